//! The context that types live in.

use crate::interner::Interner;
use crate::*;
use bumpalo::Bump;
use std::any::Any;
use std::num::NonZeroU64;
use std::ops::Deref;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, OnceLock};

const SHARDS: usize = 16;

/// Memory that lives as long as a context. Make one, then a [`Context`] in it.
#[derive(Default)]
pub struct Arena {
    bump: [Mutex<Bump>; SHARDS],
    /// Values that need dropping.
    held: Mutex<Vec<Held>>,
}

/// A type whose destructor reads nothing that the value borrows.
///
/// An arena outlives the borrows of what it holds: a value that borrows something shorter-lived than the arena can be
/// put in it, and is dropped after that is gone. Collections, boxes and reference counts of references are fine, as they
/// free memory of their own and never look behind a reference.
///
/// # Safety
///
/// Dropping a value of the type must not read through any reference in it, neither in a `Drop` of its own nor in one of
/// its parts.
pub unsafe trait Hold {}

// SAFETY: a vector drops its entries and frees its memory.
unsafe impl<I: rustc_index::Idx, T: Hold> Hold for IndexVec<I, T> {}

/// A value that is dropped with the arena.
struct Held {
    pointer: *mut (),
    drop: unsafe fn(*mut ()),
}
// SAFETY: only values that are `Send + Sync` are held (see `Arena::hold_any`).
unsafe impl Send for Held {}
// SAFETY: as above; nothing is done through a shared `Held`.
unsafe impl Sync for Held {}

impl Arena {
    /// An empty arena.
    pub fn new() -> Arena {
        Arena::default()
    }

    /// Keeps a value that needs no dropping for as long as the arena lives. Others are for [`Arena::keep`] and
    /// [`Arena::hold`]; the compiler says so.
    pub fn alloc<T: Send + Sync>(&self, value: T) -> &T {
        const { assert!(!std::mem::needs_drop::<T>(), "values that need dropping go to `Arena::keep` or `Arena::hold`") };
        let bump = self.shard().lock().unwrap_or_else(|poison| poison.into_inner());
        let pointer: *const T = bump.alloc(value);
        // SAFETY: a bump arena never moves or frees before it is dropped, which is with `self`.
        unsafe { &*pointer }
    }

    /// Keeps a value that borrows nothing for as long as the arena lives, and drops it with the arena.
    pub fn keep<T: Any + Send + Sync>(&self, value: T) -> &T {
        // SAFETY: there is nothing that the destructor could read behind a borrow.
        unsafe { self.hold_any(value) }
    }

    /// Keeps a value that may borrow for as long as the arena lives, and drops it with the arena.
    pub fn hold<T: Hold + Send + Sync>(&self, value: T) -> &T {
        // SAFETY: `Hold` says that the destructor reads nothing behind a borrow.
        unsafe { self.hold_any(value) }
    }

    /// # Safety
    ///
    /// The destructor of `T` must not read what the value borrows, which may be gone by then.
    unsafe fn hold_any<T: Send + Sync>(&self, value: T) -> &T {
        let pointer = Box::into_raw(Box::new(value));
        unsafe fn drop_box<T>(pointer: *mut ()) {
            // SAFETY: `pointer` came from `Box::into_raw` of a `Box<T>` and is dropped once, by the arena.
            drop(unsafe { Box::from_raw(pointer.cast::<T>()) });
        }
        self.held
            .lock()
            .unwrap_or_else(|poison| poison.into_inner())
            .push(Held { pointer: pointer.cast(), drop: drop_box::<T> });
        // SAFETY: the box lives until the arena is dropped, and is never handed out mutably.
        unsafe { &*pointer }
    }

    /// Keeps a copy of a slice for as long as the arena lives.
    pub fn alloc_slice<T: Copy + Send + Sync>(&self, values: &[T]) -> &[T] {
        let bump = self.shard().lock().unwrap_or_else(|poison| poison.into_inner());
        let pointer: *const [T] = bump.alloc_slice_copy(values);
        // SAFETY: as in `alloc`.
        unsafe { &*pointer }
    }

    fn shard(&self) -> &Mutex<Bump> {
        // Threads spread over the shards by the address of a thread-local.
        thread_local!(static MARK: u8 = const { 0 });
        let address = MARK.with(|mark| std::ptr::from_ref(mark).addr());
        &self.bump[(address >> 8) % SHARDS]
    }
}

impl Drop for Arena {
    fn drop(&mut self) {
        for held in self.held.get_mut().unwrap_or_else(|poison| poison.into_inner()).drain(..).rev() {
            // SAFETY: each pointer was registered with its own drop function, and is dropped once.
            unsafe { (held.drop)(held.pointer) };
        }
    }
}

/// Types that every program has.
pub struct CommonTypes<'tcx> {
    /// `()`
    pub unit: Ty<'tcx>,
    /// `bool`
    pub bool: Ty<'tcx>,
    /// `char`
    pub char: Ty<'tcx>,
    /// `!`
    pub never: Ty<'tcx>,
    /// `str`
    pub str_: Ty<'tcx>,
    /// `isize`
    pub isize: Ty<'tcx>,
    /// `i8`
    pub i8: Ty<'tcx>,
    /// `i16`
    pub i16: Ty<'tcx>,
    /// `i32`
    pub i32: Ty<'tcx>,
    /// `i64`
    pub i64: Ty<'tcx>,
    /// `i128`
    pub i128: Ty<'tcx>,
    /// `usize`
    pub usize: Ty<'tcx>,
    /// `u8`
    pub u8: Ty<'tcx>,
    /// `u16`
    pub u16: Ty<'tcx>,
    /// `u32`
    pub u32: Ty<'tcx>,
    /// `u64`
    pub u64: Ty<'tcx>,
    /// `u128`
    pub u128: Ty<'tcx>,
    /// `f16`
    pub f16: Ty<'tcx>,
    /// `f32`
    pub f32: Ty<'tcx>,
    /// `f64`
    pub f64: Ty<'tcx>,
    /// `f128`
    pub f128: Ty<'tcx>,
    /// [`TyKind::Error`]
    pub error: Ty<'tcx>,
}

/// Where types live: the interners, and the session's facts.
pub struct Context<'tcx> {
    arena: &'tcx Arena,
    types: Interner<'tcx, TyData<'tcx>>,
    consts: Interner<'tcx, ConstData<'tcx>>,
    valtrees: Interner<'tcx, ValTreeKind<'tcx>>,
    patterns: Interner<'tcx, PatternKind<'tcx>>,
    args: Interner<'tcx, [GenericArg<'tcx>]>,
    type_lists: Interner<'tcx, [Ty<'tcx>]>,
    const_lists: Interner<'tcx, [Const<'tcx>]>,
    pattern_lists: Interner<'tcx, [Pattern<'tcx>]>,
    bound_vars: Interner<'tcx, [BoundVariableKind]>,
    existential: Interner<'tcx, [PolyExistentialPredicate<'tcx>]>,
    definitions: OnceLock<&'tcx dyn Definitions<'tcx>>,
    hooks: OnceLock<&'tcx dyn Hooks<'tcx>>,
    common: OnceLock<CommonTypes<'tcx>>,
    session: SessionOptions,
    next_alloc: AtomicU64,
    allocs: Memo<AllocId, GlobalAlloc<'tcx>>,
    alloc_ids: Memo<GlobalAlloc<'tcx>, AllocId>,
    /// Types without what [`Tcx::erase_regions`] erases, of big types in which no bound variable escapes.
    pub(crate) erased: Memo<Ty<'tcx>, Ty<'tcx>>,
}

// SAFETY: it holds collections of its own and references, which dropping does not follow.
unsafe impl Hold for Context<'_> {}

/// What the whole session was asked for, where it changes the meaning of MIR.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct SessionOptions {
    /// The target, as rustc calls it: `x86_64-unknown-linux-gnu`.
    pub triple: String,
    /// LLVM's data layout string of the target.
    pub data_layout: String,
    /// LLVM's name of the C ABI, where the target's architecture has several; empty otherwise.
    pub abi_name: String,
    /// The least size of an enum in C, in bits; 0: that of `int`.
    pub c_enum_min_bits: u64,
    /// The program's own; other crates may have others (this and the next two).
    pub overflow_checks: bool,
    /// Checks of unsafe functions' preconditions (`-C debug-assertions`).
    pub ub_checks: bool,
    /// Checks of contracts (`-Z contract-checks`).
    pub contract_checks: bool,
    /// A panic ends the program (`-C panic=abort`); nothing unwinds.
    pub panic_abort: bool,
    /// The program is optimised (`opt-level` other than 0): some intrinsics and MIR differ.
    pub optimize: bool,
    /// The conditions of `cfg` that hold for the target, among them the features that all functions have.
    pub cfg: target::Cfg,
}

/// A copyable reference to a [`Context`].
#[derive(Clone, Copy)]
pub struct Tcx<'tcx>(&'tcx Context<'tcx>);

impl<'tcx> Deref for Tcx<'tcx> {
    type Target = Context<'tcx>;
    fn deref(&self) -> &Context<'tcx> {
        self.0
    }
}

macro_rules! list_interners {
    ($($(#[$meta:meta])* $method:ident, $field:ident: $element:ty;)*) => {
        $(
            $(#[$meta])*
            pub fn $method(self, values: &[$element]) -> List<'tcx, $element> {
                if values.is_empty() {
                    return List::empty();
                }
                List(self.0.$field.intern(
                    values,
                    |entry| entry == values,
                    || self.0.arena.alloc_slice(values),
                ))
            }
        )*
    };
}

impl<'tcx> Tcx<'tcx> {
    /// Makes a context in an arena.
    pub fn new(arena: &'tcx Arena, session: SessionOptions) -> Tcx<'tcx> {
        let context = arena.hold(Context {
            arena,
            types: Interner::default(),
            consts: Interner::default(),
            valtrees: Interner::default(),
            patterns: Interner::default(),
            args: Interner::default(),
            type_lists: Interner::default(),
            const_lists: Interner::default(),
            pattern_lists: Interner::default(),
            bound_vars: Interner::default(),
            existential: Interner::default(),
            definitions: OnceLock::new(),
            hooks: OnceLock::new(),
            common: OnceLock::new(),
            session,
            next_alloc: AtomicU64::new(1),
            allocs: Memo::default(),
            alloc_ids: Memo::default(),
            erased: Memo::default(),
        });
        let tcx = Tcx(context);
        let ty = |kind| tcx.mk_ty(kind);
        let common = CommonTypes {
            unit: ty(TyKind::Tuple(List::empty())),
            bool: ty(TyKind::Bool),
            char: ty(TyKind::Char),
            never: ty(TyKind::Never),
            str_: ty(TyKind::Str),
            isize: ty(TyKind::Int(IntTy::Isize)),
            i8: ty(TyKind::Int(IntTy::I8)),
            i16: ty(TyKind::Int(IntTy::I16)),
            i32: ty(TyKind::Int(IntTy::I32)),
            i64: ty(TyKind::Int(IntTy::I64)),
            i128: ty(TyKind::Int(IntTy::I128)),
            usize: ty(TyKind::Uint(UintTy::Usize)),
            u8: ty(TyKind::Uint(UintTy::U8)),
            u16: ty(TyKind::Uint(UintTy::U16)),
            u32: ty(TyKind::Uint(UintTy::U32)),
            u64: ty(TyKind::Uint(UintTy::U64)),
            u128: ty(TyKind::Uint(UintTy::U128)),
            f16: ty(TyKind::Float(FloatTy::F16)),
            f32: ty(TyKind::Float(FloatTy::F32)),
            f64: ty(TyKind::Float(FloatTy::F64)),
            f128: ty(TyKind::Float(FloatTy::F128)),
            error: ty(TyKind::Error),
        };
        assert!(context.common.set(common).is_ok());
        tcx
    }

    /// Says who answers questions about definitions. Once.
    pub fn set_definitions(self, definitions: &'tcx dyn Definitions<'tcx>) {
        assert!(self.0.definitions.set(definitions).is_ok(), "definitions are set once");
    }

    /// Installs the crates' answers to questions that this crate cannot answer. Called once.
    pub fn set_hooks(self, hooks: &'tcx dyn Hooks<'tcx>) {
        assert!(self.0.hooks.set(hooks).is_ok(), "hooks are set once");
    }

    /// Who answers questions about definitions. Panics before [`Tcx::set_definitions`].
    pub fn definitions(self) -> &'tcx dyn Definitions<'tcx> {
        *self.0.definitions.get().expect("the definitions are set before they are asked")
    }

    /// As [`Tcx::definitions`], where they may not be set.
    pub fn try_definitions(self) -> Option<&'tcx dyn Definitions<'tcx>> {
        self.0.definitions.get().copied()
    }

    /// Who answers what this crate cannot. Panics before [`Tcx::set_hooks`].
    pub fn hooks(self) -> &'tcx dyn Hooks<'tcx> {
        *self.0.hooks.get().expect("the hooks are set before they are asked")
    }

    /// As [`Tcx::hooks`], where they may not be set.
    pub fn try_hooks(self) -> Option<&'tcx dyn Hooks<'tcx>> {
        self.0.hooks.get().copied()
    }

    /// Memory for what lives as long as the types.
    pub fn arena(self) -> &'tcx Arena {
        self.0.arena
    }

    /// What the session was asked for.
    pub fn session(self) -> &'tcx SessionOptions {
        &self.0.session
    }

    /// Types that need not be looked up.
    pub fn types(self) -> &'tcx CommonTypes<'tcx> {
        self.0.common.get().expect("set when the context is made")
    }

    /// The definition of a struct, union or enum, which `did` must be.
    pub fn adt_def(self, did: DefId) -> &'tcx AdtDef {
        self.definitions().adt_def(did)
    }

    /// A language item; `None` if no crate of the session defines it.
    pub fn lang_item(self, item: LangItem) -> Option<DefId> {
        self.definitions().lang_item(item)
    }

    /// A language item that every program with std has.
    pub fn expect_lang_item(self, item: LangItem) -> DefId {
        match self.lang_item(item) {
            Some(def_id) => def_id,
            None => bug!("the program has no language item `{}`", item.name()),
        }
    }

    /// The interned type of a kind.
    pub fn mk_ty(self, kind: TyKind<'tcx>) -> Ty<'tcx> {
        Ty(self.0.types.intern(
            &kind,
            |entry| entry.kind == kind,
            || {
                let walk::Summary { flags, outer_binder, tree_size } = walk::ty_summary(&kind);
                self.0.arena.alloc(TyData { kind, flags, outer_binder, tree_size })
            },
        ))
    }

    /// The interned constant of a kind.
    pub fn mk_const(self, kind: ConstKind<'tcx>) -> Const<'tcx> {
        Const(self.0.consts.intern(
            &kind,
            |entry| entry.kind == kind,
            || {
                let walk::Summary { flags, outer_binder, tree_size } = walk::const_summary(&kind);
                self.0.arena.alloc(ConstData { kind, flags, outer_binder, tree_size })
            },
        ))
    }

    /// The interned value of a kind.
    pub fn mk_valtree(self, kind: ValTreeKind<'tcx>) -> ValTree<'tcx> {
        ValTree(self.0.valtrees.intern(&kind, |entry| *entry == kind, || self.0.arena.alloc(kind)))
    }

    /// The interned pattern of a kind.
    pub fn mk_pattern(self, kind: PatternKind<'tcx>) -> Pattern<'tcx> {
        Pattern(self.0.patterns.intern(&kind, |entry| *entry == kind, || self.0.arena.alloc(kind)))
    }

    list_interners! {
        /// Interned generic arguments.
        mk_args, args: GenericArg<'tcx>;
        /// Interned types, such as those of a tuple.
        mk_types, type_lists: Ty<'tcx>;
        /// Interned constants, such as the parts of a value.
        mk_consts, const_lists: Const<'tcx>;
        /// Interned patterns, such as the alternatives of one.
        mk_patterns, pattern_lists: Pattern<'tcx>;
        /// A binder's interned variables.
        mk_bound_vars, bound_vars: BoundVariableKind;
        /// A trait object's interned predicates, which must be in rustc's order already.
        mk_existential, existential: PolyExistentialPredicate<'tcx>;
    }

    /// `(A, B)`; of no types, `()`.
    pub fn mk_tuple(self, types: &[Ty<'tcx>]) -> Ty<'tcx> {
        self.mk_ty(TyKind::Tuple(self.mk_types(types)))
    }
    /// `&T` or `&mut T`, its region erased.
    pub fn mk_ref(self, ty: Ty<'tcx>, mutability: Mutability) -> Ty<'tcx> {
        self.mk_ty(TyKind::Ref(Region::Erased, ty, mutability))
    }
    /// `*const T` or `*mut T`.
    pub fn mk_ptr(self, ty: Ty<'tcx>, mutability: Mutability) -> Ty<'tcx> {
        self.mk_ty(TyKind::RawPtr(ty, mutability))
    }
    /// `[T; len]`
    pub fn mk_array(self, element: Ty<'tcx>, len: u64) -> Ty<'tcx> {
        self.mk_ty(TyKind::Array(element, self.mk_usize(len)))
    }
    /// A scalar constant of a type; `size` in bytes.
    pub fn mk_scalar_const(self, ty: Ty<'tcx>, bits: u128, size: u8) -> Const<'tcx> {
        let leaf = self.mk_valtree(ValTreeKind::Leaf(ScalarInt::truncated(bits, size)));
        self.mk_const(ConstKind::Value(ty, leaf))
    }
    /// A `usize` constant (of a 64-bit target).
    pub fn mk_usize(self, value: u64) -> Const<'tcx> {
        self.mk_scalar_const(self.types().usize, u128::from(value), 8)
    }
    /// A safe signature without C-variadic arguments.
    pub fn mk_fn_sig(self, inputs: &[Ty<'tcx>], output: Ty<'tcx>, abi: ExternAbi) -> FnSig<'tcx> {
        let mut all = inputs.to_vec();
        all.push(output);
        FnSig { inputs_and_output: self.mk_types(&all), c_variadic: false, is_unsafe: false, abi }
    }

    // ---- constant memory

    /// A new id that stands for nothing yet.
    pub fn reserve_alloc_id(self) -> AllocId {
        let id = self.0.next_alloc.fetch_add(1, Ordering::Relaxed);
        AllocId(NonZeroU64::new(id).expect("ids count from 1"))
    }

    /// Says what a reserved id stands for. Once for each id.
    pub fn set_alloc(self, id: AllocId, alloc: GlobalAlloc<'tcx>) {
        self.0.allocs.insert(id, alloc);
    }

    /// The id of a function, vtable, static or type id (the same for the same thing), or a new one for memory.
    pub fn alloc_id_for(self, alloc: GlobalAlloc<'tcx>) -> AllocId {
        if let GlobalAlloc::Memory(_) = alloc {
            let id = self.reserve_alloc_id();
            self.set_alloc(id, alloc);
            return id;
        }
        self.0.alloc_ids.get_or(alloc, || {
            let id = self.reserve_alloc_id();
            self.set_alloc(id, alloc);
            id
        })
    }

    /// What an id stands for; `None` while it is reserved only.
    pub fn try_global_alloc(self, id: AllocId) -> Option<GlobalAlloc<'tcx>> {
        self.0.allocs.get(&id)
    }

    /// What an id stands for, which must have been said.
    pub fn global_alloc(self, id: AllocId) -> GlobalAlloc<'tcx> {
        match self.try_global_alloc(id) {
            Some(alloc) => alloc,
            None => bug!("{id:?} stands for nothing"),
        }
    }

    // ---- questions that later crates answer

    /// The type with regions erased, aliases resolved and constants evaluated. See [`Hooks::normalize_ty`].
    pub fn normalize(self, ty: Ty<'tcx>) -> Ty<'tcx> {
        self.hooks().normalize_ty(ty)
    }
}
