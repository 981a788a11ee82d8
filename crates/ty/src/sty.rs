//! Types, constants, regions, generic arguments.

use crate::{DefId, ExistentialPredicates, ExternAbi, List, Mutability, ScalarInt, Symbol, Tcx};
use std::fmt;
use std::hash::{Hash, Hasher};

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, PartialOrd, Ord)]
pub enum IntTy {
    Isize,
    I8,
    I16,
    I32,
    I64,
    I128,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, PartialOrd, Ord)]
pub enum UintTy {
    Usize,
    U8,
    U16,
    U32,
    U64,
    U128,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, PartialOrd, Ord)]
pub enum FloatTy {
    F16,
    F32,
    F64,
    F128,
}

impl IntTy {
    /// Width in bits; `None` for `isize`.
    pub fn bit_width(self) -> Option<u64> {
        Some(match self {
            IntTy::Isize => return None,
            IntTy::I8 => 8,
            IntTy::I16 => 16,
            IntTy::I32 => 32,
            IntTy::I64 => 64,
            IntTy::I128 => 128,
        })
    }
    pub fn name(self) -> &'static str {
        match self {
            IntTy::Isize => "isize",
            IntTy::I8 => "i8",
            IntTy::I16 => "i16",
            IntTy::I32 => "i32",
            IntTy::I64 => "i64",
            IntTy::I128 => "i128",
        }
    }
}
impl UintTy {
    /// Width in bits; `None` for `usize`.
    pub fn bit_width(self) -> Option<u64> {
        Some(match self {
            UintTy::Usize => return None,
            UintTy::U8 => 8,
            UintTy::U16 => 16,
            UintTy::U32 => 32,
            UintTy::U64 => 64,
            UintTy::U128 => 128,
        })
    }
    pub fn name(self) -> &'static str {
        match self {
            UintTy::Usize => "usize",
            UintTy::U8 => "u8",
            UintTy::U16 => "u16",
            UintTy::U32 => "u32",
            UintTy::U64 => "u64",
            UintTy::U128 => "u128",
        }
    }
}
impl FloatTy {
    pub fn bit_width(self) -> u64 {
        match self {
            FloatTy::F16 => 16,
            FloatTy::F32 => 32,
            FloatTy::F64 => 64,
            FloatTy::F128 => 128,
        }
    }
    pub fn name(self) -> &'static str {
        match self {
            FloatTy::F16 => "f16",
            FloatTy::F32 => "f32",
            FloatTy::F64 => "f64",
            FloatTy::F128 => "f128",
        }
    }
}

bitflags::bitflags! {
    /// What occurs somewhere inside a type, constant or argument.
    #[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
    pub struct TypeFlags: u16 {
        /// A type or constant parameter.
        const HAS_PARAM = 1 << 0;
        /// A region parameter.
        const HAS_REGION_PARAM = 1 << 1;
        /// A projection, opaque type or free/inherent alias.
        const HAS_ALIAS = 1 << 2;
        /// A constant that is not evaluated.
        const HAS_UNEVALUATED = 1 << 3;
        /// An inference variable (trait selection's).
        const HAS_INFER = 1 << 4;
        /// A region that is neither bound nor erased (nor a parameter).
        const HAS_FREE_REGION = 1 << 5;
        /// A bound variable of any depth.
        const HAS_BOUND = 1 << 6;
        const HAS_ERROR = 1 << 7;
        /// A binder with bound variables, or bound regions that are named.
        const HAS_BINDER_VARS = 1 << 8;
    }
}

/// A type. Compared by pointer; [`Ty::kind`] tells what it is.
#[derive(Clone, Copy)]
pub struct Ty<'tcx>(pub(crate) &'tcx TyData<'tcx>);

/// What a type's handle points to.
pub struct TyData<'tcx> {
    pub(crate) kind: TyKind<'tcx>,
    pub(crate) flags: TypeFlags,
    /// Binders outside of the type that its bound variables refer to: 0 if none escapes.
    pub(crate) outer_binder: u32,
    pub(crate) tree_size: u32,
}

impl<'tcx> Ty<'tcx> {
    pub fn kind(self) -> &'tcx TyKind<'tcx> {
        &self.0.kind
    }
    pub fn flags(self) -> TypeFlags {
        self.0.flags
    }
    /// 0 if no bound variable escapes the type; else 1 + the highest De Bruijn index that does.
    pub fn outer_binder(self) -> u32 {
        self.0.outer_binder
    }
    /// How many types and constants there are in it, written out in full; `u32::MAX` if more. Equal parts are one in memory, so
    /// this may be exponential in what the type takes: walk a type as a tree only if this is small.
    pub fn tree_size(self) -> u32 {
        self.0.tree_size
    }
    /// Whether type or constant parameters occur.
    pub fn has_param(self) -> bool {
        self.flags().contains(TypeFlags::HAS_PARAM)
    }
}

impl PartialEq for Ty<'_> {
    fn eq(&self, other: &Self) -> bool {
        std::ptr::eq(self.0, other.0)
    }
}
impl Eq for Ty<'_> {}
impl Hash for Ty<'_> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        std::ptr::hash(self.0, state);
    }
}

/// How an alias type is defined.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum AliasTyKind {
    /// `<T as Trait>::Name`
    Projection,
    /// An associated type of an inherent impl.
    Inherent,
    /// `impl Trait`
    Opaque,
    /// A `type` item that is not expanded eagerly.
    Free,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct AliasTy<'tcx> {
    pub def_id: DefId,
    pub args: GenericArgs<'tcx>,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct ParamTy {
    pub index: u32,
    pub name: Symbol,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct ParamConst {
    pub index: u32,
    pub name: Symbol,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum BoundRegionKind {
    Anon,
    Named(DefId),
    /// The environment of a closure, `&'env mut self`.
    ClosureEnv,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum BoundTyKind {
    Anon,
    Param(DefId),
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct BoundRegion {
    pub var: u32,
    pub kind: BoundRegionKind,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct BoundTy {
    pub var: u32,
    pub kind: BoundTyKind,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum BoundVariableKind {
    Ty(BoundTyKind),
    Region(BoundRegionKind),
    Const,
}

/// A lifetime. After type checking all that matters is which binder a bound one belongs to; the others are kept only so
/// that substitution and `TypeId`s come out right.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Region {
    EarlyParam {
        index: u32,
        name: Symbol,
    },
    /// De Bruijn index (0: the innermost binder) and variable.
    Bound(u32, BoundRegion),
    Static,
    Erased,
}

/// A value under a binder (`for<'a, …>`).
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Binder<'tcx, T> {
    pub value: T,
    pub bound_vars: List<'tcx, BoundVariableKind>,
}

impl<'tcx, T> Binder<'tcx, T> {
    /// A binder of nothing around a value in which no bound variable escapes.
    pub fn dummy(value: T) -> Binder<'tcx, T> {
        Binder { value, bound_vars: List::empty() }
    }
    /// The value, its bound variables now dangling. For uses that do not look at regions.
    pub fn skip_binder(self) -> T {
        self.value
    }
    /// Another value under the same binder.
    pub fn rebind<U>(self, value: U) -> Binder<'tcx, U> {
        Binder { value, bound_vars: self.bound_vars }
    }
    pub fn map<U>(self, f: impl FnOnce(T) -> U) -> Binder<'tcx, U> {
        Binder { value: f(self.value), bound_vars: self.bound_vars }
    }
}

#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct FnSig<'tcx> {
    /// The output is last.
    pub inputs_and_output: List<'tcx, Ty<'tcx>>,
    pub c_variadic: bool,
    pub is_unsafe: bool,
    pub abi: ExternAbi,
}

impl<'tcx> FnSig<'tcx> {
    pub fn inputs(self) -> &'tcx [Ty<'tcx>] {
        let all = self.inputs_and_output.as_slice();
        &all[..all.len() - 1]
    }
    pub fn output(self) -> Ty<'tcx> {
        *self.inputs_and_output.last().expect("a signature has an output")
    }
}
impl fmt::Debug for FnSig<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "extern {:?} fn({:?}) -> {:?}", self.abi, self.inputs(), self.output())
    }
}

pub type PolyFnSig<'tcx> = Binder<'tcx, FnSig<'tcx>>;

/// The pattern of a pattern type.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum PatternKind<'tcx> {
    /// Inclusive.
    Range {
        start: Const<'tcx>,
        end: Const<'tcx>,
    },
    Or(List<'tcx, Pattern<'tcx>>),
    NotNull,
}

/// An interned pattern; compared by pointer.
#[derive(Clone, Copy, Debug)]
pub struct Pattern<'tcx>(pub(crate) &'tcx PatternKind<'tcx>);

impl<'tcx> Pattern<'tcx> {
    pub fn kind(self) -> PatternKind<'tcx> {
        *self.0
    }
}
impl PartialEq for Pattern<'_> {
    fn eq(&self, other: &Self) -> bool {
        std::ptr::eq(self.0, other.0)
    }
}
impl Eq for Pattern<'_> {}
impl Hash for Pattern<'_> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        std::ptr::hash(self.0, state);
    }
}

/// What a type is.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub enum TyKind<'tcx> {
    Bool,
    Char,
    Int(IntTy),
    Uint(UintTy),
    Float(FloatTy),
    Adt(DefId, GenericArgs<'tcx>),
    /// `extern { type T; }`
    Foreign(DefId),
    Str,
    Array(Ty<'tcx>, Const<'tcx>),
    Pat(Ty<'tcx>, Pattern<'tcx>),
    Slice(Ty<'tcx>),
    RawPtr(Ty<'tcx>, Mutability),
    Ref(Region, Ty<'tcx>, Mutability),
    /// The type of one function item.
    FnDef(DefId, GenericArgs<'tcx>),
    FnPtr(PolyFnSig<'tcx>),
    UnsafeBinder(Binder<'tcx, Ty<'tcx>>),
    Dynamic(ExistentialPredicates<'tcx>, Region),
    /// The arguments are the parent's, then (kind, signature as a fn pointer, tuple of upvars).
    Closure(DefId, GenericArgs<'tcx>),
    /// An async closure: the parent's arguments, then (kind, signature parts, upvars, by-ref captures, witness).
    CoroutineClosure(DefId, GenericArgs<'tcx>),
    /// The parent's arguments, then (kind, resume, yield, return, upvars).
    Coroutine(DefId, GenericArgs<'tcx>),
    CoroutineWitness(DefId, GenericArgs<'tcx>),
    Never,
    Tuple(List<'tcx, Ty<'tcx>>),
    Alias(AliasTyKind, AliasTy<'tcx>),
    Param(ParamTy),
    Bound(u32, BoundTy),
    /// An inference variable; trait selection's own.
    Infer(u32),
    Error,
}

/// A constant in a type. Compared by pointer.
#[derive(Clone, Copy)]
pub struct Const<'tcx>(pub(crate) &'tcx ConstData<'tcx>);

/// What a constant's handle points to.
pub struct ConstData<'tcx> {
    pub(crate) kind: ConstKind<'tcx>,
    pub(crate) flags: TypeFlags,
    pub(crate) outer_binder: u32,
    pub(crate) tree_size: u32,
}

impl<'tcx> Const<'tcx> {
    pub fn kind(self) -> &'tcx ConstKind<'tcx> {
        &self.0.kind
    }
    pub fn flags(self) -> TypeFlags {
        self.0.flags
    }
    pub fn outer_binder(self) -> u32 {
        self.0.outer_binder
    }
    /// As [`Ty::tree_size`].
    pub fn tree_size(self) -> u32 {
        self.0.tree_size
    }
    /// The value's type and tree, if this is a value.
    pub fn as_value(self) -> Option<(Ty<'tcx>, ValTree<'tcx>)> {
        match *self.kind() {
            ConstKind::Value(ty, value) => Some((ty, value)),
            _ => None,
        }
    }
    /// The bits of an evaluated scalar constant.
    pub fn as_bits(self) -> Option<u128> {
        match self.as_value()?.1.kind() {
            ValTreeKind::Leaf(leaf) => Some(leaf.bits),
            ValTreeKind::Branch(_) => None,
        }
    }
    /// The value of an evaluated `usize` constant.
    pub fn as_target_usize(self) -> Option<u64> {
        u64::try_from(self.as_bits()?).ok()
    }
}
impl PartialEq for Const<'_> {
    fn eq(&self, other: &Self) -> bool {
        std::ptr::eq(self.0, other.0)
    }
}
impl Eq for Const<'_> {}
impl Hash for Const<'_> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        std::ptr::hash(self.0, state);
    }
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct UnevaluatedConst<'tcx> {
    pub def: DefId,
    pub args: GenericArgs<'tcx>,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub enum ConstKind<'tcx> {
    Param(ParamConst),
    Bound(u32, u32),
    Infer(u32),
    Unevaluated(UnevaluatedConst<'tcx>),
    Value(Ty<'tcx>, ValTree<'tcx>),
    /// An expression of `generic_const_exprs`; nothing can be done with it.
    Expr,
    Error,
}

/// A structural value, as constant generic arguments are. Compared by pointer.
#[derive(Clone, Copy, Debug)]
pub struct ValTree<'tcx>(pub(crate) &'tcx ValTreeKind<'tcx>);

impl<'tcx> ValTree<'tcx> {
    pub fn kind(self) -> ValTreeKind<'tcx> {
        *self.0
    }
}
impl PartialEq for ValTree<'_> {
    fn eq(&self, other: &Self) -> bool {
        std::ptr::eq(self.0, other.0)
    }
}
impl Eq for ValTree<'_> {}
impl Hash for ValTree<'_> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        std::ptr::hash(self.0, state);
    }
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum ValTreeKind<'tcx> {
    Leaf(ScalarInt),
    /// Fields; of an enum, the variant's number (a `u32` leaf) first; of an array, slice or `str` (bytes), the elements.
    Branch(List<'tcx, Const<'tcx>>),
}

/// A generic argument.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub enum GenericArg<'tcx> {
    Lifetime(Region),
    Type(Ty<'tcx>),
    Const(Const<'tcx>),
}

impl<'tcx> GenericArg<'tcx> {
    pub fn as_type(self) -> Option<Ty<'tcx>> {
        match self {
            GenericArg::Type(ty) => Some(ty),
            _ => None,
        }
    }
    pub fn as_const(self) -> Option<Const<'tcx>> {
        match self {
            GenericArg::Const(constant) => Some(constant),
            _ => None,
        }
    }
    pub fn expect_ty(self) -> Ty<'tcx> {
        self.as_type().expect("a type argument")
    }
    pub fn expect_const(self) -> Const<'tcx> {
        self.as_const().expect("a constant argument")
    }
    pub fn flags(self) -> TypeFlags {
        match self {
            GenericArg::Lifetime(region) => region.flags(),
            GenericArg::Type(ty) => ty.flags(),
            GenericArg::Const(constant) => constant.flags(),
        }
    }
    pub fn outer_binder(self) -> u32 {
        match self {
            GenericArg::Lifetime(region) => region.outer_binder(),
            GenericArg::Type(ty) => ty.outer_binder(),
            GenericArg::Const(constant) => constant.outer_binder(),
        }
    }
}
impl<'tcx> From<Ty<'tcx>> for GenericArg<'tcx> {
    fn from(ty: Ty<'tcx>) -> Self {
        GenericArg::Type(ty)
    }
}
impl<'tcx> From<Const<'tcx>> for GenericArg<'tcx> {
    fn from(constant: Const<'tcx>) -> Self {
        GenericArg::Const(constant)
    }
}
impl From<Region> for GenericArg<'_> {
    fn from(region: Region) -> Self {
        GenericArg::Lifetime(region)
    }
}

pub type GenericArgs<'tcx> = List<'tcx, GenericArg<'tcx>>;

impl<'tcx> GenericArgs<'tcx> {
    /// The type at an index.
    pub fn type_at(self, index: usize) -> Ty<'tcx> {
        self[index].expect_ty()
    }
    pub fn const_at(self, index: usize) -> Const<'tcx> {
        self[index].expect_const()
    }
    /// The arguments that are types.
    pub fn types(self) -> impl Iterator<Item = Ty<'tcx>> {
        self.iter().filter_map(GenericArg::as_type)
    }
}

impl Region {
    pub fn flags(self) -> TypeFlags {
        match self {
            Region::EarlyParam { .. } => TypeFlags::HAS_REGION_PARAM,
            Region::Bound(_, BoundRegion { kind: BoundRegionKind::Anon, .. }) => TypeFlags::HAS_BOUND,
            Region::Bound(..) => TypeFlags::HAS_BOUND | TypeFlags::HAS_BINDER_VARS,
            Region::Static => TypeFlags::HAS_FREE_REGION,
            Region::Erased => TypeFlags::empty(),
        }
    }
    pub fn outer_binder(self) -> u32 {
        match self {
            Region::Bound(depth, _) => depth + 1,
            _ => 0,
        }
    }
}

/// How a closure takes its environment.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, PartialOrd, Ord)]
pub enum ClosureKind {
    Fn,
    FnMut,
    FnOnce,
}

/// The parts of a closure's arguments.
#[derive(Clone, Copy, Debug)]
pub struct ClosureArgs<'tcx> {
    pub parent_args: &'tcx [GenericArg<'tcx>],
    /// `i8`, `i16`, `i32` for Fn, FnMut, FnOnce.
    pub kind_ty: Ty<'tcx>,
    /// A fn pointer whose one input is the tuple of the closure's parameters.
    pub sig_as_fn_ptr_ty: Ty<'tcx>,
    pub tupled_upvars_ty: Ty<'tcx>,
}

impl<'tcx> ClosureArgs<'tcx> {
    pub fn new(args: GenericArgs<'tcx>) -> ClosureArgs<'tcx> {
        let (parent_args, own) = args.as_slice().split_at(args.len() - 3);
        ClosureArgs {
            parent_args,
            kind_ty: own[0].expect_ty(),
            sig_as_fn_ptr_ty: own[1].expect_ty(),
            tupled_upvars_ty: own[2].expect_ty(),
        }
    }
    pub fn kind(self) -> ClosureKind {
        self.kind_ty.to_closure_kind().expect("a closure's kind is known after type checking")
    }
    pub fn upvar_tys(self) -> List<'tcx, Ty<'tcx>> {
        self.tupled_upvars_ty.expect_tuple()
    }
    /// The signature: one input, the tuple of parameters.
    pub fn sig(self) -> PolyFnSig<'tcx> {
        match *self.sig_as_fn_ptr_ty.kind() {
            TyKind::FnPtr(sig) => sig,
            _ => crate::bug!("a closure's signature is a fn pointer"),
        }
    }
}

/// The parts of a coroutine's arguments.
#[derive(Clone, Copy, Debug)]
pub struct CoroutineArgs<'tcx> {
    pub parent_args: &'tcx [GenericArg<'tcx>],
    pub kind_ty: Ty<'tcx>,
    pub resume_ty: Ty<'tcx>,
    pub yield_ty: Ty<'tcx>,
    pub return_ty: Ty<'tcx>,
    pub tupled_upvars_ty: Ty<'tcx>,
}

impl<'tcx> CoroutineArgs<'tcx> {
    /// Variants before the first suspension point's: unresumed, returned, panicked.
    pub const RESERVED_VARIANTS: usize = 3;
    pub const UNRESUMED: usize = 0;
    pub const RETURNED: usize = 1;
    pub const POISONED: usize = 2;

    pub fn new(args: GenericArgs<'tcx>) -> CoroutineArgs<'tcx> {
        let (parent_args, own) = args.as_slice().split_at(args.len() - 5);
        CoroutineArgs {
            parent_args,
            kind_ty: own[0].expect_ty(),
            resume_ty: own[1].expect_ty(),
            yield_ty: own[2].expect_ty(),
            return_ty: own[3].expect_ty(),
            tupled_upvars_ty: own[4].expect_ty(),
        }
    }
    pub fn upvar_tys(self) -> List<'tcx, Ty<'tcx>> {
        self.tupled_upvars_ty.expect_tuple()
    }
}

/// The parts of an async closure's arguments.
#[derive(Clone, Copy, Debug)]
pub struct CoroutineClosureArgs<'tcx> {
    pub parent_args: &'tcx [GenericArg<'tcx>],
    pub kind_ty: Ty<'tcx>,
    /// A fn pointer `fn(resume, tupled inputs) -> (yield, return)`.
    pub signature_parts_ty: Ty<'tcx>,
    pub tupled_upvars_ty: Ty<'tcx>,
    /// A fn pointer `for<'env> fn() -> (captures…)`: the upvars as the by-reference coroutine has them.
    pub coroutine_captures_by_ref_ty: Ty<'tcx>,
}

impl<'tcx> CoroutineClosureArgs<'tcx> {
    pub fn new(args: GenericArgs<'tcx>) -> CoroutineClosureArgs<'tcx> {
        let (parent_args, own) = args.as_slice().split_at(args.len() - 4);
        CoroutineClosureArgs {
            parent_args,
            kind_ty: own[0].expect_ty(),
            signature_parts_ty: own[1].expect_ty(),
            tupled_upvars_ty: own[2].expect_ty(),
            coroutine_captures_by_ref_ty: own[3].expect_ty(),
        }
    }
    pub fn upvar_tys(self) -> List<'tcx, Ty<'tcx>> {
        self.tupled_upvars_ty.expect_tuple()
    }
}

impl<'tcx> Ty<'tcx> {
    pub fn is_unit(self) -> bool {
        matches!(self.kind(), TyKind::Tuple(list) if list.is_empty())
    }
    pub fn is_never(self) -> bool {
        matches!(self.kind(), TyKind::Never)
    }
    pub fn is_bool(self) -> bool {
        matches!(self.kind(), TyKind::Bool)
    }
    pub fn is_char(self) -> bool {
        matches!(self.kind(), TyKind::Char)
    }
    pub fn is_integral(self) -> bool {
        matches!(self.kind(), TyKind::Int(_) | TyKind::Uint(_))
    }
    pub fn is_signed(self) -> bool {
        matches!(self.kind(), TyKind::Int(_))
    }
    pub fn is_floating_point(self) -> bool {
        matches!(self.kind(), TyKind::Float(_))
    }
    pub fn is_ref(self) -> bool {
        matches!(self.kind(), TyKind::Ref(..))
    }
    pub fn is_raw_ptr(self) -> bool {
        matches!(self.kind(), TyKind::RawPtr(..))
    }
    /// A reference or raw pointer.
    pub fn is_any_ptr(self) -> bool {
        self.is_ref() || self.is_raw_ptr() || matches!(self.kind(), TyKind::FnPtr(..))
    }
    pub fn is_dyn(self) -> bool {
        matches!(self.kind(), TyKind::Dynamic(..))
    }
    pub fn expect_tuple(self) -> List<'tcx, Ty<'tcx>> {
        match *self.kind() {
            TyKind::Tuple(list) => list,
            _ => crate::bug!("expected a tuple type, got {self:?}"),
        }
    }
    pub fn is_adt(self) -> bool {
        matches!(self.kind(), TyKind::Adt(..))
    }
    pub fn is_box(self, tcx: Tcx<'tcx>) -> bool {
        matches!(*self.kind(), TyKind::Adt(did, _) if tcx.adt_def(did).is_box)
    }
    pub fn is_enum(self, tcx: Tcx<'tcx>) -> bool {
        matches!(*self.kind(), TyKind::Adt(did, _) if tcx.adt_def(did).is_enum())
    }
    pub fn is_union(self, tcx: Tcx<'tcx>) -> bool {
        matches!(*self.kind(), TyKind::Adt(did, _) if tcx.adt_def(did).is_union())
    }
    pub fn is_simd(self, tcx: Tcx<'tcx>) -> bool {
        matches!(*self.kind(), TyKind::Adt(did, _) if tcx.adt_def(did).repr.simd())
    }
    /// What a reference, raw pointer or `Box` points to.
    pub fn builtin_deref(self, tcx: Tcx<'tcx>) -> Option<Ty<'tcx>> {
        match *self.kind() {
            TyKind::Ref(_, ty, _) | TyKind::RawPtr(ty, _) => Some(ty),
            TyKind::Adt(did, args) if tcx.adt_def(did).is_box => Some(args.type_at(0)),
            _ => None,
        }
    }
    /// The element type of an array or slice.
    pub fn sequence_element(self) -> Option<Ty<'tcx>> {
        match *self.kind() {
            TyKind::Array(ty, _) | TyKind::Slice(ty) => Some(ty),
            _ => None,
        }
    }
    /// `i8`, `i16`, `i32` as the kind of a closure.
    pub fn to_closure_kind(self) -> Option<ClosureKind> {
        match self.kind() {
            TyKind::Int(IntTy::I8) => Some(ClosureKind::Fn),
            TyKind::Int(IntTy::I16) => Some(ClosureKind::FnMut),
            TyKind::Int(IntTy::I32) => Some(ClosureKind::FnOnce),
            _ => None,
        }
    }
}
