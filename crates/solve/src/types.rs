//! Types: handles, and how they are walked, folded and made.

use crate::ir::inherent::{IntoKind, SliceLike};
use crate::ir::relate::{Relate, RelateResult, TypeRelation};
use crate::ir::{
    BoundVar, BoundVarIndexKind, CollectAndApply, DebruijnIndex, FallibleTypeFolder, Flags, TypeFoldable, TypeFolder,
    TypeSuperFoldable, TypeSuperVisitable, TypeVisitable, TypeVisitor, VisitorResult, WithCachedTypeInfo, try_visit,
};
use crate::{
    AdtDef, AliasTy, Args, Binder, BoundExistentialPredicates, BoundTy, ClosureKind, Const, Cx, FnSig, Noted, ParamTy,
    Pat, PlaceholderType, Region, TyKind, Tys, ir,
};
use std::fmt;
use ty::DefId;

/// A handle to something interned: equal if it is the same in memory, with flags and binders at hand.
macro_rules! interned {
    ($name:ident, $kind:ty) => {
        impl PartialEq for $name<'_> {
            fn eq(&self, other: &Self) -> bool {
                std::ptr::eq(self.0, other.0)
            }
        }
        impl Eq for $name<'_> {}
        impl std::hash::Hash for $name<'_> {
            fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
                std::ptr::hash(self.0, state);
            }
        }
        impl Flags for $name<'_> {
            fn flags(&self) -> $crate::ir::TypeFlags {
                self.0.flags
            }
            fn outer_exclusive_binder(&self) -> $crate::ir::DebruijnIndex {
                self.0.outer_exclusive_binder
            }
        }
        impl<'tcx> IntoKind for $name<'tcx> {
            type Kind = $kind;
            fn kind(self) -> $kind {
                self.0.internee
            }
        }
    };
}
pub(crate) use interned;

/// A type. Compared by pointer; `kind` tells what it is.
#[derive(Clone, Copy)]
pub struct Ty<'tcx>(pub(crate) &'tcx WithCachedTypeInfo<TyKind<'tcx>>);
interned!(Ty, TyKind<'tcx>);

impl fmt::Debug for Ty<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0.internee, f)
    }
}

impl<'tcx> Ty<'tcx> {
    /// What the type is.
    pub fn kind_ref(self) -> &'tcx TyKind<'tcx> {
        &self.0.internee
    }
}

impl<'tcx> TypeVisitable<Cx<'tcx>> for Ty<'tcx> {
    fn visit_with<V: TypeVisitor<Cx<'tcx>>>(&self, visitor: &mut V) -> V::Result {
        visitor.visit_ty(*self)
    }
}

impl<'tcx> TypeSuperVisitable<Cx<'tcx>> for Ty<'tcx> {
    fn super_visit_with<V: TypeVisitor<Cx<'tcx>>>(&self, visitor: &mut V) -> V::Result {
        ty::ensure_stack();
        match *self.kind_ref() {
            TyKind::RawPtr(ty, _) | TyKind::Slice(ty) => ty.visit_with(visitor),
            TyKind::Array(ty, len) => {
                try_visit!(ty.visit_with(visitor));
                len.visit_with(visitor)
            }
            TyKind::Dynamic(predicates, region) => {
                try_visit!(predicates.visit_with(visitor));
                region.visit_with(visitor)
            }
            TyKind::Tuple(types) => types.visit_with(visitor),
            TyKind::Adt(_, args)
            | TyKind::FnDef(_, args)
            | TyKind::Closure(_, args)
            | TyKind::CoroutineClosure(_, args)
            | TyKind::Coroutine(_, args)
            | TyKind::CoroutineWitness(_, args) => args.visit_with(visitor),
            TyKind::FnPtr(types, _) => types.visit_with(visitor),
            TyKind::UnsafeBinder(binder) => binder.visit_with(visitor),
            TyKind::Ref(region, ty, _) => {
                try_visit!(region.visit_with(visitor));
                ty.visit_with(visitor)
            }
            TyKind::Alias(_, alias) => alias.visit_with(visitor),
            TyKind::Pat(ty, pattern) => {
                try_visit!(ty.visit_with(visitor));
                pattern.visit_with(visitor)
            }
            TyKind::Error(noted) => visitor.visit_error(noted),
            TyKind::Bool
            | TyKind::Char
            | TyKind::Str
            | TyKind::Int(_)
            | TyKind::Uint(_)
            | TyKind::Float(_)
            | TyKind::Infer(_)
            | TyKind::Bound(..)
            | TyKind::Placeholder(_)
            | TyKind::Param(_)
            | TyKind::Never
            | TyKind::Foreign(_) => V::Result::output(),
        }
    }
}

impl<'tcx> TypeFoldable<Cx<'tcx>> for Ty<'tcx> {
    fn try_fold_with<F: FallibleTypeFolder<Cx<'tcx>>>(self, folder: &mut F) -> Result<Self, F::Error> {
        folder.try_fold_ty(self)
    }
    fn fold_with<F: TypeFolder<Cx<'tcx>>>(self, folder: &mut F) -> Self {
        folder.fold_ty(self)
    }
}

/// The fold of a type's parts, with or without errors.
macro_rules! fold_parts {
    ($self:ident, |$part:ident| $fold:expr) => {{
        macro_rules! f {
            ($value:expr) => {{
                let $part = $value;
                $fold
            }};
        }
        match *$self.kind_ref() {
            TyKind::RawPtr(ty, mutability) => TyKind::RawPtr(f!(ty), mutability),
            TyKind::Array(ty, len) => TyKind::Array(f!(ty), f!(len)),
            TyKind::Slice(ty) => TyKind::Slice(f!(ty)),
            TyKind::Adt(adt, args) => TyKind::Adt(adt, f!(args)),
            TyKind::Dynamic(predicates, region) => TyKind::Dynamic(f!(predicates), f!(region)),
            TyKind::Tuple(types) => TyKind::Tuple(f!(types)),
            TyKind::FnDef(did, args) => TyKind::FnDef(did, f!(args)),
            TyKind::FnPtr(types, header) => TyKind::FnPtr(f!(types), header),
            TyKind::UnsafeBinder(binder) => {
                let binder: Binder<'tcx, Ty<'tcx>> = binder.into();
                TyKind::UnsafeBinder(f!(binder).into())
            }
            TyKind::Ref(region, ty, mutability) => TyKind::Ref(f!(region), f!(ty), mutability),
            TyKind::Coroutine(did, args) => TyKind::Coroutine(did, f!(args)),
            TyKind::CoroutineWitness(did, args) => TyKind::CoroutineWitness(did, f!(args)),
            TyKind::Closure(did, args) => TyKind::Closure(did, f!(args)),
            TyKind::CoroutineClosure(did, args) => TyKind::CoroutineClosure(did, f!(args)),
            TyKind::Alias(kind, alias) => TyKind::Alias(kind, f!(alias)),
            TyKind::Pat(ty, pattern) => TyKind::Pat(f!(ty), f!(pattern)),
            TyKind::Bool
            | TyKind::Char
            | TyKind::Str
            | TyKind::Int(_)
            | TyKind::Uint(_)
            | TyKind::Float(_)
            | TyKind::Error(_)
            | TyKind::Infer(_)
            | TyKind::Param(_)
            | TyKind::Bound(..)
            | TyKind::Placeholder(_)
            | TyKind::Never
            | TyKind::Foreign(_) => *$self.kind_ref(),
        }
    }};
}

impl<'tcx> TypeSuperFoldable<Cx<'tcx>> for Ty<'tcx> {
    fn try_super_fold_with<F: FallibleTypeFolder<Cx<'tcx>>>(self, folder: &mut F) -> Result<Self, F::Error> {
        ty::ensure_stack();
        let kind = fold_parts!(self, |part| part.try_fold_with(folder)?);
        Ok(if kind == *self.kind_ref() { self } else { folder.cx().mk_ty(kind) })
    }
    fn super_fold_with<F: TypeFolder<Cx<'tcx>>>(self, folder: &mut F) -> Self {
        ty::ensure_stack();
        let kind = fold_parts!(self, |part| part.fold_with(folder));
        if kind == *self.kind_ref() { self } else { folder.cx().mk_ty(kind) }
    }
}

impl<'tcx> Relate<Cx<'tcx>> for Ty<'tcx> {
    fn relate<R: TypeRelation<Cx<'tcx>>>(relation: &mut R, a: Self, b: Self) -> RelateResult<Cx<'tcx>, Self> {
        ty::ensure_stack();
        relation.tys(a, b)
    }
}

impl<'tcx> ir::inherent::Ty<Cx<'tcx>> for Ty<'tcx> {
    fn new_unit(cx: Cx<'tcx>) -> Self {
        cx.types().unit
    }
    fn new_bool(cx: Cx<'tcx>) -> Self {
        cx.types().bool
    }
    fn new_u8(cx: Cx<'tcx>) -> Self {
        cx.types().u8
    }
    fn new_usize(cx: Cx<'tcx>) -> Self {
        cx.types().usize
    }
    fn new_infer(cx: Cx<'tcx>, var: ir::InferTy) -> Self {
        cx.mk_ty(TyKind::Infer(var))
    }
    fn new_var(cx: Cx<'tcx>, var: ir::TyVid) -> Self {
        cx.mk_ty(TyKind::Infer(ir::TyVar(var)))
    }
    fn new_param(cx: Cx<'tcx>, param: ParamTy) -> Self {
        cx.mk_ty(TyKind::Param(param))
    }
    fn new_placeholder(cx: Cx<'tcx>, param: PlaceholderType<'tcx>) -> Self {
        cx.mk_ty(TyKind::Placeholder(param))
    }
    fn new_bound(cx: Cx<'tcx>, debruijn: DebruijnIndex, var: BoundTy<'tcx>) -> Self {
        cx.mk_ty(TyKind::Bound(BoundVarIndexKind::Bound(debruijn), var))
    }
    fn new_anon_bound(cx: Cx<'tcx>, debruijn: DebruijnIndex, var: BoundVar) -> Self {
        Self::new_bound(cx, debruijn, ir::BoundTy { var, kind: ir::BoundTyKind::Anon })
    }
    fn new_canonical_bound(cx: Cx<'tcx>, var: BoundVar) -> Self {
        let bound = ir::BoundTy { var, kind: ir::BoundTyKind::Anon };
        cx.mk_ty(TyKind::Bound(BoundVarIndexKind::Canonical, bound))
    }
    fn new_alias(cx: Cx<'tcx>, kind: ir::AliasTyKind, alias: AliasTy<'tcx>) -> Self {
        cx.mk_ty(TyKind::Alias(kind, alias))
    }
    fn new_error(cx: Cx<'tcx>, noted: Noted) -> Self {
        cx.mk_ty(TyKind::Error(noted))
    }
    fn new_adt(cx: Cx<'tcx>, adt: AdtDef<'tcx>, args: Args<'tcx>) -> Self {
        cx.mk_ty(TyKind::Adt(adt, args))
    }
    fn new_foreign(cx: Cx<'tcx>, did: DefId) -> Self {
        cx.mk_ty(TyKind::Foreign(did))
    }
    fn new_dynamic(cx: Cx<'tcx>, predicates: BoundExistentialPredicates<'tcx>, region: Region<'tcx>) -> Self {
        cx.mk_ty(TyKind::Dynamic(predicates, region))
    }
    fn new_coroutine(cx: Cx<'tcx>, did: DefId, args: Args<'tcx>) -> Self {
        cx.mk_ty(TyKind::Coroutine(did, args))
    }
    fn new_coroutine_closure(cx: Cx<'tcx>, did: DefId, args: Args<'tcx>) -> Self {
        cx.mk_ty(TyKind::CoroutineClosure(did, args))
    }
    fn new_closure(cx: Cx<'tcx>, did: DefId, args: Args<'tcx>) -> Self {
        cx.mk_ty(TyKind::Closure(did, args))
    }
    fn new_coroutine_witness(cx: Cx<'tcx>, did: DefId, args: Args<'tcx>) -> Self {
        cx.mk_ty(TyKind::CoroutineWitness(did, args))
    }
    fn new_coroutine_witness_for_coroutine(cx: Cx<'tcx>, did: DefId, args: Args<'tcx>) -> Self {
        // What a coroutine holds is known with erased regions only. So they are erased here too: a coroutine that holds
        // itself would have ever new regions otherwise.
        let parent = &args.elements()[..args.len().saturating_sub(5)];
        let erased = cx.erased_region();
        let args: Vec<_> = parent
            .iter()
            .map(|&arg| match arg {
                crate::GenericArg::Lifetime(_) => crate::GenericArg::Lifetime(erased),
                other => other,
            })
            .collect();
        cx.mk_ty(TyKind::CoroutineWitness(did, crate::ir::Interner::mk_args(cx, &args)))
    }
    fn new_ptr(cx: Cx<'tcx>, ty: Self, mutability: ir::Mutability) -> Self {
        cx.mk_ty(TyKind::RawPtr(ty, mutability))
    }
    fn new_ref(cx: Cx<'tcx>, region: Region<'tcx>, ty: Self, mutability: ir::Mutability) -> Self {
        cx.mk_ty(TyKind::Ref(region, ty, mutability))
    }
    fn new_array_with_const_len(cx: Cx<'tcx>, ty: Self, len: Const<'tcx>) -> Self {
        cx.mk_ty(TyKind::Array(ty, len))
    }
    fn new_slice(cx: Cx<'tcx>, ty: Self) -> Self {
        cx.mk_ty(TyKind::Slice(ty))
    }
    fn new_tup(cx: Cx<'tcx>, types: &[Self]) -> Self {
        cx.mk_ty(TyKind::Tuple(cx.mk_tys(types)))
    }
    fn new_tup_from_iter<It, T>(cx: Cx<'tcx>, iter: It) -> T::Output
    where
        It: Iterator<Item = T>,
        T: CollectAndApply<Self, Self>,
    {
        T::collect_and_apply(iter, |types| Self::new_tup(cx, types))
    }
    fn new_fn_def(cx: Cx<'tcx>, did: DefId, args: Args<'tcx>) -> Self {
        cx.mk_ty(TyKind::FnDef(did, args))
    }
    fn new_fn_ptr(cx: Cx<'tcx>, sig: Binder<'tcx, FnSig<'tcx>>) -> Self {
        let (types, header) = sig.split();
        cx.mk_ty(TyKind::FnPtr(types, header))
    }
    fn new_pat(cx: Cx<'tcx>, ty: Self, pattern: Pat<'tcx>) -> Self {
        cx.mk_ty(TyKind::Pat(ty, pattern))
    }
    fn new_unsafe_binder(cx: Cx<'tcx>, ty: Binder<'tcx, Ty<'tcx>>) -> Self {
        cx.mk_ty(TyKind::UnsafeBinder(ty.into()))
    }
    fn tuple_fields(self) -> Tys<'tcx> {
        match *self.kind_ref() {
            TyKind::Tuple(types) => types,
            // The solver asks where it has seen a tuple.
            _ => Tys::default(),
        }
    }
    fn to_opt_closure_kind(self) -> Option<ClosureKind> {
        match *self.kind_ref() {
            TyKind::Int(ir::IntTy::I8) => Some(ClosureKind::Fn),
            TyKind::Int(ir::IntTy::I16) => Some(ClosureKind::FnMut),
            TyKind::Int(ir::IntTy::I32) => Some(ClosureKind::FnOnce),
            _ => None,
        }
    }
    fn from_closure_kind(cx: Cx<'tcx>, kind: ClosureKind) -> Self {
        cx.mk_ty(TyKind::Int(match kind {
            ClosureKind::Fn => ir::IntTy::I8,
            ClosureKind::FnMut => ir::IntTy::I16,
            ClosureKind::FnOnce => ir::IntTy::I32,
        }))
    }
    fn from_coroutine_closure_kind(cx: Cx<'tcx>, kind: ClosureKind) -> Self {
        // A coroutine by reference serves `Fn` and `FnMut` alike.
        Self::from_closure_kind(cx, if kind == ClosureKind::Fn { ClosureKind::FnMut } else { kind })
    }
    fn has_unsafe_fields(self) -> bool {
        // They are not stable, and no crate of the toolchain has any that matter here.
        false
    }
    fn discriminant_ty(self, cx: Cx<'tcx>) -> Self {
        match *self.kind_ref() {
            TyKind::Adt(adt, _) if adt.data().is_enum() => {
                let integer = adt.data().repr.discr_type();
                crate::import::integer_ty(cx, integer)
            }
            TyKind::Coroutine(..) => cx.mk_ty(TyKind::Uint(ir::UintTy::U32)),
            TyKind::Param(_) | TyKind::Alias(..) | TyKind::Infer(ir::TyVar(_)) | TyKind::Placeholder(_) => {
                match cx.tcx().lang_item(ty::LangItem::Discriminant) {
                    Some(item) => Self::new_projection(cx, item, [self]),
                    None => cx.types().u8,
                }
            }
            _ => cx.types().u8,
        }
    }
}
