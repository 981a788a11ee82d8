//! Types, constants, regions, generic arguments.

use crate::{
    ClosureKind, DefId, ExistentialPredicates, ExternAbi, FloatTy, IntTy, List, Mutability, ScalarInt, Symbol, Tcx,
    UintTy,
};
use std::fmt;
use std::hash::{Hash, Hasher};

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
        /// A type or constant of a program with errors.
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
    /// What the type is.
    pub fn kind(self) -> &'tcx TyKind<'tcx> {
        &self.0.kind
    }
    /// What occurs in it.
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

/// An alias and its arguments, as in `<T as Iterator>::Item`.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct AliasTy<'tcx> {
    /// The associated type, opaque type or `type` item.
    pub def_id: DefId,
    /// All of its arguments: of an associated type, the trait's with `Self` first, then its own.
    pub args: GenericArgs<'tcx>,
}

/// A type parameter.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct ParamTy {
    /// Which generic argument takes its place.
    pub index: u32,
    /// For messages. Parameters of the same index have the same name in sound types.
    pub name: Symbol,
}

/// A constant parameter.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct ParamConst {
    /// Which generic argument takes its place.
    pub index: u32,
    /// For messages.
    pub name: Symbol,
}

/// What is known of a bound region beside its number.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum BoundRegionKind {
    /// Nothing: elided, as in `fn(&u8)`, or made anonymous by [`Tcx::erase_regions`].
    Anon,
    /// `'a` of `for<'a>`: the parameter's definition.
    Named(DefId),
    /// The environment of a closure, `&'env mut self`.
    ClosureEnv,
}

/// What is known of a bound type beside its number.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum BoundTyKind {
    /// Nothing.
    Anon,
    /// `T` of `for<T>`: the parameter's definition.
    Param(DefId),
}

/// A region that a binder binds.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct BoundRegion {
    /// Its number among the binder's variables.
    pub var: u32,
    /// Its name, if it has one.
    pub kind: BoundRegionKind,
}

/// A type that a binder binds.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct BoundTy {
    /// Its number among the binder's variables.
    pub var: u32,
    /// Its name, if it has one.
    pub kind: BoundTyKind,
}

/// What a binder binds: `'a` of `for<'a>`.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum BoundVariableKind {
    /// A type (of unstable Rust).
    Ty(BoundTyKind),
    /// A region.
    Region(BoundRegionKind),
    /// A constant (of unstable Rust).
    Const,
}

/// A lifetime. After type checking all that matters is which binder a bound one belongs to; the others are kept only so
/// that substitution and `TypeId`s come out right.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Region {
    /// A lifetime parameter that is among the generic arguments.
    EarlyParam {
        /// Which generic argument takes its place.
        index: u32,
        /// For messages.
        name: Symbol,
    },
    /// De Bruijn index (0: the innermost binder) and variable.
    Bound(u32, BoundRegion),
    /// `'static`
    Static,
    /// Which one does not matter any more.
    Erased,
}

/// A value under a binder (`for<'a, …>`).
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Binder<'tcx, T> {
    /// May mention the binder's variables, by depth 0.
    pub value: T,
    /// What the binder binds; [`BoundRegion::var`] and the like count them.
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
    /// The value changed under the same binder.
    pub fn map<U>(self, f: impl FnOnce(T) -> U) -> Binder<'tcx, U> {
        Binder { value: f(self.value), bound_vars: self.bound_vars }
    }
}

/// A function's signature, without the binder of its late-bound lifetimes.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct FnSig<'tcx> {
    /// The output is last.
    pub inputs_and_output: List<'tcx, Ty<'tcx>>,
    /// Arguments follow as in C: `...` is last.
    pub c_variadic: bool,
    /// `unsafe fn`
    pub is_unsafe: bool,
    /// `extern "…"`
    pub abi: ExternAbi,
}

impl<'tcx> FnSig<'tcx> {
    /// The types of the parameters.
    pub fn inputs(self) -> &'tcx [Ty<'tcx>] {
        let all = self.inputs_and_output.as_slice();
        &all[..all.len() - 1]
    }
    /// The type of the result; `()` where none is written.
    pub fn output(self) -> Ty<'tcx> {
        *self.inputs_and_output.last().expect("a signature has an output")
    }
}
impl fmt::Debug for FnSig<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "extern {:?} fn({:?}) -> {:?}", self.abi, self.inputs(), self.output())
    }
}

/// A signature with its late-bound lifetimes: `for<'a> fn(&'a u8)`.
pub type PolyFnSig<'tcx> = Binder<'tcx, FnSig<'tcx>>;

/// The pattern of a pattern type.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum PatternKind<'tcx> {
    /// Inclusive.
    Range {
        /// The least value.
        start: Const<'tcx>,
        /// The greatest value.
        end: Const<'tcx>,
    },
    /// Any of these matches.
    Or(List<'tcx, Pattern<'tcx>>),
    /// Of pointers: all but null.
    NotNull,
}

/// An interned pattern; compared by pointer.
#[derive(Clone, Copy, Debug)]
pub struct Pattern<'tcx>(pub(crate) &'tcx PatternKind<'tcx>);

impl<'tcx> Pattern<'tcx> {
    /// What the pattern is.
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
    /// `bool`
    Bool,
    /// `char`
    Char,
    /// `i32` and so on.
    Int(IntTy),
    /// `u32` and so on.
    Uint(UintTy),
    /// `f32` and so on.
    Float(FloatTy),
    /// A struct, union or enum, and its arguments.
    Adt(DefId, GenericArgs<'tcx>),
    /// `extern { type T; }`
    Foreign(DefId),
    /// `str`
    Str,
    /// `[T; N]`
    Array(Ty<'tcx>, Const<'tcx>),
    /// `pattern_type!(T is pattern)`: `T` with fewer values.
    Pat(Ty<'tcx>, Pattern<'tcx>),
    /// `[T]`
    Slice(Ty<'tcx>),
    /// `*const T`, `*mut T`
    RawPtr(Ty<'tcx>, Mutability),
    /// `&'a T`, `&'a mut T`
    Ref(Region, Ty<'tcx>, Mutability),
    /// The type of one function item.
    FnDef(DefId, GenericArgs<'tcx>),
    /// `for<'a> fn(&'a T) -> U`
    FnPtr(PolyFnSig<'tcx>),
    /// `unsafe<'a> &'a T`
    UnsafeBinder(Binder<'tcx, Ty<'tcx>>),
    /// `dyn Trait + 'a`
    Dynamic(ExistentialPredicates<'tcx>, Region),
    /// The arguments are the parent's, then (kind, signature as a fn pointer, tuple of upvars).
    Closure(DefId, GenericArgs<'tcx>),
    /// An async closure: the parent's arguments, then (kind, signature parts, upvars, by-ref captures, witness).
    CoroutineClosure(DefId, GenericArgs<'tcx>),
    /// The parent's arguments, then (kind, resume, yield, return, upvars).
    Coroutine(DefId, GenericArgs<'tcx>),
    /// What a coroutine holds while suspended, as one type: what auto traits ask about. See
    /// `mir::Bodies::coroutine_witnesses`.
    CoroutineWitness(DefId, GenericArgs<'tcx>),
    /// `!`
    Never,
    /// `(A, B)`; `()` without types.
    Tuple(List<'tcx, Ty<'tcx>>),
    /// A type that is defined elsewhere, not yet replaced by its definition.
    Alias(AliasTyKind, AliasTy<'tcx>),
    /// A parameter of the item that the type is in.
    Param(ParamTy),
    /// A type that a binder binds: De Bruijn index (0: the innermost binder) and variable.
    Bound(u32, BoundTy),
    /// An inference variable; trait selection's own.
    Infer(u32),
    /// A type of a program with errors, which are reported already.
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
    /// What the constant is.
    pub fn kind(self) -> &'tcx ConstKind<'tcx> {
        &self.0.kind
    }
    /// What occurs in it.
    pub fn flags(self) -> TypeFlags {
        self.0.flags
    }
    /// As [`Ty::outer_binder`].
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

/// A constant that is named but not evaluated.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct UnevaluatedConst<'tcx> {
    /// The constant item, associated constant or constant expression.
    pub def: DefId,
    /// All of its arguments.
    pub args: GenericArgs<'tcx>,
}

/// What a constant in a type is.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub enum ConstKind<'tcx> {
    /// A parameter: `N`.
    Param(ParamConst),
    /// A constant that a binder binds: De Bruijn index (0: the innermost binder) and variable.
    Bound(u32, u32),
    /// An inference variable; trait selection's own.
    Infer(u32),
    /// A constant item, or an expression such as `N + 1`.
    Unevaluated(UnevaluatedConst<'tcx>),
    /// A value and its type.
    Value(Ty<'tcx>, ValTree<'tcx>),
    /// An expression of `generic_const_exprs`; nothing can be done with it.
    Expr,
    /// A constant of a program with errors, which are reported already.
    Error,
}

/// A structural value, as constant generic arguments are. Compared by pointer.
#[derive(Clone, Copy, Debug)]
pub struct ValTree<'tcx>(pub(crate) &'tcx ValTreeKind<'tcx>);

impl<'tcx> ValTree<'tcx> {
    /// What the value is.
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

/// The shape of a structural value.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum ValTreeKind<'tcx> {
    /// An integer, `bool` or `char`.
    Leaf(ScalarInt),
    /// Fields; of an enum, the variant's number (a `u32` leaf) first; of an array, slice or `str` (bytes), the elements.
    Branch(List<'tcx, Const<'tcx>>),
}

/// A generic argument.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub enum GenericArg<'tcx> {
    /// For a lifetime parameter. Regions are of no meaning in generated code.
    Lifetime(Region),
    /// For a type parameter.
    Type(Ty<'tcx>),
    /// For a constant parameter.
    Const(Const<'tcx>),
}

impl<'tcx> GenericArg<'tcx> {
    /// The type, if it is one.
    pub fn as_type(self) -> Option<Ty<'tcx>> {
        match self {
            GenericArg::Type(ty) => Some(ty),
            _ => None,
        }
    }
    /// The constant, if it is one.
    pub fn as_const(self) -> Option<Const<'tcx>> {
        match self {
            GenericArg::Const(constant) => Some(constant),
            _ => None,
        }
    }
    /// The type; panics if it is none.
    pub fn expect_ty(self) -> Ty<'tcx> {
        self.as_type().expect("a type argument")
    }
    /// The constant; panics if it is none.
    pub fn expect_const(self) -> Const<'tcx> {
        self.as_const().expect("a constant argument")
    }
    /// What occurs in it.
    pub fn flags(self) -> TypeFlags {
        match self {
            GenericArg::Lifetime(region) => region.flags(),
            GenericArg::Type(ty) => ty.flags(),
            GenericArg::Const(constant) => constant.flags(),
        }
    }
    /// As [`Ty::outer_binder`].
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

/// Arguments for all parameters of an item, in order of their indices.
pub type GenericArgs<'tcx> = List<'tcx, GenericArg<'tcx>>;

impl<'tcx> GenericArgs<'tcx> {
    /// The type at an index.
    pub fn type_at(self, index: usize) -> Ty<'tcx> {
        self[index].expect_ty()
    }
    /// The constant at an index; panics if it is none.
    pub fn const_at(self, index: usize) -> Const<'tcx> {
        self[index].expect_const()
    }
    /// The arguments that are types.
    pub fn types(self) -> impl Iterator<Item = Ty<'tcx>> {
        self.iter().filter_map(GenericArg::as_type)
    }
}

impl Region {
    /// What types get for the region occurring in them.
    pub fn flags(self) -> TypeFlags {
        match self {
            Region::EarlyParam { .. } => TypeFlags::HAS_REGION_PARAM,
            Region::Bound(_, BoundRegion { kind: BoundRegionKind::Anon, .. }) => TypeFlags::HAS_BOUND,
            Region::Bound(..) => TypeFlags::HAS_BOUND | TypeFlags::HAS_BINDER_VARS,
            Region::Static => TypeFlags::HAS_FREE_REGION,
            Region::Erased => TypeFlags::empty(),
        }
    }
    /// As [`Ty::outer_binder`].
    pub fn outer_binder(self) -> u32 {
        match self {
            Region::Bound(depth, _) => depth + 1,
            _ => 0,
        }
    }
}

impl<'tcx> Ty<'tcx> {
    /// Whether it is `()`.
    pub fn is_unit(self) -> bool {
        matches!(self.kind(), TyKind::Tuple(list) if list.is_empty())
    }
    /// Whether it is `!`.
    pub fn is_never(self) -> bool {
        matches!(self.kind(), TyKind::Never)
    }
    /// Whether it is `bool`.
    pub fn is_bool(self) -> bool {
        matches!(self.kind(), TyKind::Bool)
    }
    /// Whether it is `char`.
    pub fn is_char(self) -> bool {
        matches!(self.kind(), TyKind::Char)
    }
    /// Whether it is an integer; `char` and `bool` are none.
    pub fn is_integral(self) -> bool {
        matches!(self.kind(), TyKind::Int(_) | TyKind::Uint(_))
    }
    /// Whether it is a signed integer. No float is.
    pub fn is_signed(self) -> bool {
        matches!(self.kind(), TyKind::Int(_))
    }
    /// Whether it is a float.
    pub fn is_floating_point(self) -> bool {
        matches!(self.kind(), TyKind::Float(_))
    }
    /// Whether it is `&T` or `&mut T`.
    pub fn is_ref(self) -> bool {
        matches!(self.kind(), TyKind::Ref(..))
    }
    /// Whether it is `*const T` or `*mut T`.
    pub fn is_raw_ptr(self) -> bool {
        matches!(self.kind(), TyKind::RawPtr(..))
    }
    /// A reference, raw pointer or fn pointer.
    pub fn is_any_ptr(self) -> bool {
        self.is_ref() || self.is_raw_ptr() || matches!(self.kind(), TyKind::FnPtr(..))
    }
    /// Whether it is a trait object.
    pub fn is_dyn(self) -> bool {
        matches!(self.kind(), TyKind::Dynamic(..))
    }
    /// The types of a tuple's fields; panics if it is none.
    pub fn expect_tuple(self) -> List<'tcx, Ty<'tcx>> {
        match *self.kind() {
            TyKind::Tuple(list) => list,
            _ => crate::bug!("expected a tuple type, got {self:?}"),
        }
    }
    /// Whether it is a struct, union or enum.
    pub fn is_adt(self) -> bool {
        matches!(self.kind(), TyKind::Adt(..))
    }
    /// Whether it is `Box<T, A>`.
    pub fn is_box(self, tcx: Tcx<'tcx>) -> bool {
        matches!(*self.kind(), TyKind::Adt(did, _) if tcx.adt_def(did).is_box)
    }
    /// Whether it is an `enum`.
    pub fn is_enum(self, tcx: Tcx<'tcx>) -> bool {
        matches!(*self.kind(), TyKind::Adt(did, _) if tcx.adt_def(did).is_enum())
    }
    /// Whether it is a `union`.
    pub fn is_union(self, tcx: Tcx<'tcx>) -> bool {
        matches!(*self.kind(), TyKind::Adt(did, _) if tcx.adt_def(did).is_union())
    }
    /// Whether it is a struct with `#[repr(simd)]`.
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
