//! Attributes that matter to code generation.

use crate::Symbol;

bitflags::bitflags! {
    /// Attributes of a function or static that are simply there or not.
    #[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
    pub struct CodegenFlags: u32 {
        /// `#[cold]`: seldom called.
        const COLD = 1 << 0;
        /// `#[rustc_nounwind]`: does not unwind; if it would, the program is aborted.
        const NEVER_UNWIND = 1 << 1;
        /// `#[unsafe(naked)]`: nothing but the assembly in it.
        const NAKED = 1 << 2;
        /// `#[unsafe(no_mangle)]`: the symbol is the name.
        const NO_MANGLE = 1 << 3;
        /// `#[rustc_std_internal_symbol]`: a symbol by which crates of the standard library find each other.
        const STD_INTERNAL_SYMBOL = 1 << 4;
        /// `#[thread_local]`: each thread has its own.
        const THREAD_LOCAL = 1 << 5;
        /// `#[used(compiler)]`: emitted though nothing refers to it; the linker may drop it.
        const USED_COMPILER = 1 << 6;
        /// `#[used(linker)]`, `#[used]`: as `USED_COMPILER`, and kept by the linker.
        const USED_LINKER = 1 << 7;
        /// `#[track_caller]`: takes its caller's place as a hidden last argument.
        const TRACK_CALLER = 1 << 8;
        /// `#[ffi_pure]`: has no effects, but may read memory.
        const FFI_PURE = 1 << 9;
        /// `#[ffi_const]`: has no effects, and its result follows from its arguments.
        const FFI_CONST = 1 << 10;
        /// `#[rustc_allocator]`: returns new memory, and may be left out.
        const ALLOCATOR = 1 << 11;
        /// `#[rustc_deallocator]`: frees such memory.
        const DEALLOCATOR = 1 << 12;
        /// `#[rustc_reallocator]`: moves such memory.
        const REALLOCATOR = 1 << 13;
        /// `#[rustc_allocator_zeroed]`: as `ALLOCATOR`, and the memory is zero.
        const ALLOCATOR_ZEROED = 1 << 14;
        /// `#[no_builtins]` of its crate: calls and loops are taken for nothing but themselves.
        const NO_BUILTINS = 1 << 15;
        /// In an `extern` block.
        const FOREIGN_ITEM = 1 << 16;
        /// Declared by one crate and defined by another, by a symbol that both know (`#[eii]`).
        const EXTERNALLY_IMPLEMENTABLE_ITEM = 1 << 17;
    }
}

/// `#[inline]`: how much a function wants to be inlined.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum InlineAttr {
    /// No attribute: the optimiser decides.
    #[default]
    None,
    /// `#[inline]`
    Hint,
    /// `#[inline(always)]`
    Always,
    /// `#[inline(never)]`
    Never,
    /// Inlining is required for correctness.
    Force,
}

/// `#[optimize(…)]`: what the optimiser aims at in a function.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum OptimizeAttr {
    /// No attribute: as the whole program.
    #[default]
    Default,
    /// `#[optimize(none)]`
    DoNotOptimize,
    /// `#[optimize(speed)]`
    Speed,
    /// `#[optimize(size)]`
    Size,
}

/// `#[linkage = "…"]`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Linkage {
    /// `external`: visible to other objects.
    External,
    /// `available_externally`: a copy for inlining; another object has the definition.
    AvailableExternally,
    /// `linkonce`: one of several definitions is taken; dropped where it is not used.
    LinkOnceAny,
    /// `linkonce_odr`: as `linkonce`, and all definitions are equivalent.
    LinkOnceOdr,
    /// `weak`: gives way to other definitions.
    WeakAny,
    /// `weak_odr`: as `weak`, and all definitions are equivalent.
    WeakOdr,
    /// `internal`: visible in its own object only.
    Internal,
    /// `extern_weak`: the address is null where nobody defines it.
    ExternalWeak,
    /// `common`: uninitialised memory that several objects may ask for, as C's tentative definitions.
    Common,
}

/// All attributes of a function or static that say how code is made of it.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct CodegenAttrs {
    /// Attributes without arguments.
    pub flags: CodegenFlags,
    /// `#[inline]`
    pub inline: InlineAttr,
    /// `#[optimize]`
    pub optimize: OptimizeAttr,
    /// `#[export_name]` or `#[link_name]`.
    pub symbol_name: Option<Symbol>,
    /// `#[target_feature(enable = …)]`, by Rust's names, implied ones included.
    pub target_features: Vec<Symbol>,
    /// Of a definition.
    pub linkage: Option<Linkage>,
    /// Of a foreign static or function.
    pub import_linkage: Option<Linkage>,
    /// `#[link_section = "…"]`
    pub link_section: Option<Symbol>,
    /// Minimum alignment in bytes.
    pub align: Option<u64>,
}
