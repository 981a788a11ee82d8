//! Attributes that matter to code generation.

use crate::Symbol;

bitflags::bitflags! {
    /// Attributes of a function or static that are simply there or not.
    #[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
    pub struct CodegenFlags: u32 {
        const COLD = 1 << 0;
        const NEVER_UNWIND = 1 << 1;
        const NAKED = 1 << 2;
        const NO_MANGLE = 1 << 3;
        const STD_INTERNAL_SYMBOL = 1 << 4;
        const THREAD_LOCAL = 1 << 5;
        const USED_COMPILER = 1 << 6;
        const USED_LINKER = 1 << 7;
        const TRACK_CALLER = 1 << 8;
        const FFI_PURE = 1 << 9;
        const FFI_CONST = 1 << 10;
        const ALLOCATOR = 1 << 11;
        const DEALLOCATOR = 1 << 12;
        const REALLOCATOR = 1 << 13;
        const ALLOCATOR_ZEROED = 1 << 14;
        const NO_BUILTINS = 1 << 15;
        const FOREIGN_ITEM = 1 << 16;
        const EXTERNALLY_IMPLEMENTABLE_ITEM = 1 << 17;
    }
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum InlineAttr {
    #[default]
    None,
    Hint,
    Always,
    Never,
    /// Inlining is required for correctness.
    Force,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum OptimizeAttr {
    #[default]
    Default,
    DoNotOptimize,
    Speed,
    Size,
}

/// `#[linkage = "…"]`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Linkage {
    External,
    AvailableExternally,
    LinkOnceAny,
    LinkOnceOdr,
    WeakAny,
    WeakOdr,
    Internal,
    ExternalWeak,
    Common,
}

#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct CodegenAttrs {
    pub flags: CodegenFlags,
    pub inline: InlineAttr,
    pub optimize: OptimizeAttr,
    /// `#[export_name]` or `#[link_name]`.
    pub symbol_name: Option<Symbol>,
    /// `#[target_feature(enable = …)]`, by Rust's names, implied ones included.
    pub target_features: Vec<Symbol>,
    /// Of a definition.
    pub linkage: Option<Linkage>,
    /// Of a foreign static or function.
    pub import_linkage: Option<Linkage>,
    pub link_section: Option<Symbol>,
    /// Minimum alignment in bytes.
    pub align: Option<u64>,
}
