//! Generic arguments, and lists of them.

use crate::ir::inherent::IntoKind;
use crate::ir::relate::{Relate, RelateResult, TypeRelation, relate_args_invariantly};
use crate::ir::{FallibleTypeFolder, GenericArgKind, TermKind, TypeFoldable, TypeFolder, TypeVisitable, TypeVisitor};
use crate::{Args, BoundExistentialPredicates, Const, Cx, List, Region, Ty, Tys, ir};
use std::fmt;
use ty::{DefId, GenericParamKind};

/// A generic argument.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub enum GenericArg<'tcx> {
    /// A lifetime, usually a variable.
    Lifetime(Region<'tcx>),
    /// A type.
    Type(Ty<'tcx>),
    /// A constant.
    Const(Const<'tcx>),
}

/// A type or a constant.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub enum Term<'tcx> {
    /// A type.
    Ty(Ty<'tcx>),
    /// A constant.
    Const(Const<'tcx>),
}

impl fmt::Debug for GenericArg<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            GenericArg::Lifetime(region) => fmt::Debug::fmt(region, f),
            GenericArg::Type(ty) => fmt::Debug::fmt(ty, f),
            GenericArg::Const(constant) => fmt::Debug::fmt(constant, f),
        }
    }
}
impl fmt::Debug for Term<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Term::Ty(ty) => fmt::Debug::fmt(ty, f),
            Term::Const(constant) => fmt::Debug::fmt(constant, f),
        }
    }
}

macro_rules! conversions {
    ($($from:ident => $to:ident::$variant:ident;)*) => {
        $(impl<'tcx> From<$from<'tcx>> for $to<'tcx> {
            fn from(value: $from<'tcx>) -> Self {
                $to::$variant(value)
            }
        })*
    };
}
conversions! {
    Region => GenericArg::Lifetime;
    Ty => GenericArg::Type;
    Const => GenericArg::Const;
    Ty => Term::Ty;
    Const => Term::Const;
}
impl<'tcx> From<Term<'tcx>> for GenericArg<'tcx> {
    fn from(term: Term<'tcx>) -> Self {
        match term {
            Term::Ty(ty) => GenericArg::Type(ty),
            Term::Const(constant) => GenericArg::Const(constant),
        }
    }
}

impl<'tcx> IntoKind for GenericArg<'tcx> {
    type Kind = GenericArgKind<Cx<'tcx>>;
    fn kind(self) -> Self::Kind {
        match self {
            GenericArg::Lifetime(region) => GenericArgKind::Lifetime(region),
            GenericArg::Type(ty) => GenericArgKind::Type(ty),
            GenericArg::Const(constant) => GenericArgKind::Const(constant),
        }
    }
}
impl<'tcx> IntoKind for Term<'tcx> {
    type Kind = TermKind<Cx<'tcx>>;
    fn kind(self) -> Self::Kind {
        match self {
            Term::Ty(ty) => TermKind::Ty(ty),
            Term::Const(constant) => TermKind::Const(constant),
        }
    }
}

impl<'tcx> TypeVisitable<Cx<'tcx>> for GenericArg<'tcx> {
    fn visit_with<V: TypeVisitor<Cx<'tcx>>>(&self, visitor: &mut V) -> V::Result {
        match *self {
            GenericArg::Lifetime(region) => visitor.visit_region(region),
            GenericArg::Type(ty) => visitor.visit_ty(ty),
            GenericArg::Const(constant) => visitor.visit_const(constant),
        }
    }
}
impl<'tcx> TypeVisitable<Cx<'tcx>> for Term<'tcx> {
    fn visit_with<V: TypeVisitor<Cx<'tcx>>>(&self, visitor: &mut V) -> V::Result {
        GenericArg::from(*self).visit_with(visitor)
    }
}
impl<'tcx> TypeFoldable<Cx<'tcx>> for GenericArg<'tcx> {
    fn try_fold_with<F: FallibleTypeFolder<Cx<'tcx>>>(self, folder: &mut F) -> Result<Self, F::Error> {
        Ok(match self {
            GenericArg::Lifetime(region) => GenericArg::Lifetime(folder.try_fold_region(region)?),
            GenericArg::Type(ty) => GenericArg::Type(folder.try_fold_ty(ty)?),
            GenericArg::Const(constant) => GenericArg::Const(folder.try_fold_const(constant)?),
        })
    }
    fn fold_with<F: TypeFolder<Cx<'tcx>>>(self, folder: &mut F) -> Self {
        match self {
            GenericArg::Lifetime(region) => GenericArg::Lifetime(folder.fold_region(region)),
            GenericArg::Type(ty) => GenericArg::Type(folder.fold_ty(ty)),
            GenericArg::Const(constant) => GenericArg::Const(folder.fold_const(constant)),
        }
    }
}
impl<'tcx> TypeFoldable<Cx<'tcx>> for Term<'tcx> {
    fn try_fold_with<F: FallibleTypeFolder<Cx<'tcx>>>(self, folder: &mut F) -> Result<Self, F::Error> {
        Ok(match self {
            Term::Ty(ty) => Term::Ty(folder.try_fold_ty(ty)?),
            Term::Const(constant) => Term::Const(folder.try_fold_const(constant)?),
        })
    }
    fn fold_with<F: TypeFolder<Cx<'tcx>>>(self, folder: &mut F) -> Self {
        match self {
            Term::Ty(ty) => Term::Ty(folder.fold_ty(ty)),
            Term::Const(constant) => Term::Const(folder.fold_const(constant)),
        }
    }
}
impl<'tcx> Relate<Cx<'tcx>> for GenericArg<'tcx> {
    fn relate<R: TypeRelation<Cx<'tcx>>>(relation: &mut R, a: Self, b: Self) -> RelateResult<Cx<'tcx>, Self> {
        Ok(match (a, b) {
            (GenericArg::Lifetime(a), GenericArg::Lifetime(b)) => relation.relate(a, b)?.into(),
            (GenericArg::Type(a), GenericArg::Type(b)) => relation.relate(a, b)?.into(),
            (GenericArg::Const(a), GenericArg::Const(b)) => relation.relate(a, b)?.into(),
            _ => return Err(ir::error::TypeError::Mismatch),
        })
    }
}
impl<'tcx> Relate<Cx<'tcx>> for Term<'tcx> {
    fn relate<R: TypeRelation<Cx<'tcx>>>(relation: &mut R, a: Self, b: Self) -> RelateResult<Cx<'tcx>, Self> {
        Ok(match (a, b) {
            (Term::Ty(a), Term::Ty(b)) => relation.relate(a, b)?.into(),
            (Term::Const(a), Term::Const(b)) => relation.relate(a, b)?.into(),
            _ => return Err(ir::error::TypeError::Mismatch),
        })
    }
}
impl<'tcx> ir::inherent::GenericArg<Cx<'tcx>> for GenericArg<'tcx> {}
impl<'tcx> ir::inherent::Term<Cx<'tcx>> for Term<'tcx> {}

impl<'tcx> Relate<Cx<'tcx>> for Args<'tcx> {
    fn relate<R: TypeRelation<Cx<'tcx>>>(relation: &mut R, a: Self, b: Self) -> RelateResult<Cx<'tcx>, Self> {
        relate_args_invariantly(relation, a, b)
    }
}

impl<'tcx> Args<'tcx> {
    /// The argument at an index as a type. The error type, and a doubt, if there is none.
    fn own_type(self, from_end: usize) -> Option<Ty<'tcx>> {
        match self.0.get(self.0.len().checked_sub(from_end)?)? {
            GenericArg::Type(ty) => Some(*ty),
            _ => None,
        }
    }

    /// The last `N` arguments, which are types, and those before them. Closures have them by construction.
    fn split_types<const N: usize>(self) -> (&'tcx [GenericArg<'tcx>], [Ty<'tcx>; N]) {
        let own = std::array::from_fn(|index| match self.own_type(N - index) {
            Some(ty) => ty,
            None => ty::bug!("a closure has the arguments of closures: {self:?}"),
        });
        (&self.0[..self.0.len() - N], own)
    }
}

impl<'tcx> ir::inherent::GenericArgs<Cx<'tcx>> for Args<'tcx> {
    fn rebase_onto(self, cx: Cx<'tcx>, source: DefId, target: Args<'tcx>) -> Args<'tcx> {
        let inherited = cx.definitions().generics_of(source).count();
        let own = self.0.get(inherited..).unwrap_or_default();
        let all: Vec<_> = target.0.iter().chain(own).copied().collect();
        cx.mk_args(&all)
    }
    fn type_at(self, index: usize) -> Ty<'tcx> {
        match self.0[index] {
            GenericArg::Type(ty) => ty,
            other => ty::bug!("argument {index} is {other:?}, not a type"),
        }
    }
    fn region_at(self, index: usize) -> Region<'tcx> {
        match self.0[index] {
            GenericArg::Lifetime(region) => region,
            other => ty::bug!("argument {index} is {other:?}, not a lifetime"),
        }
    }
    fn const_at(self, index: usize) -> Const<'tcx> {
        match self.0[index] {
            GenericArg::Const(constant) => constant,
            other => ty::bug!("argument {index} is {other:?}, not a constant"),
        }
    }
    fn identity_for_item(cx: Cx<'tcx>, def_id: DefId) -> Args<'tcx> {
        cx.identity_args(def_id)
    }
    fn extend_with_error(cx: Cx<'tcx>, def_id: DefId, original: &[GenericArg<'tcx>]) -> Args<'tcx> {
        let noted = cx.note("missing generic arguments");
        let mut args = original.to_vec();
        cx.for_each_param(def_id, &mut |param| {
            if (param.index as usize) < original.len() {
                return;
            }
            args.push(match param.kind {
                GenericParamKind::Lifetime => cx.mk_region(ir::ReError(noted)).into(),
                GenericParamKind::Type { .. } => cx.mk_ty(ir::TyKind::Error(noted)).into(),
                GenericParamKind::Const { .. } => cx.mk_const(ir::ConstKind::Error(noted)).into(),
            });
        });
        cx.mk_args(&args)
    }
    fn split_closure_args(self) -> ir::ClosureArgsParts<Cx<'tcx>> {
        let (parent, [kind, sig, upvars]) = self.split_types();
        ir::ClosureArgsParts {
            parent_args: List(parent),
            closure_kind_ty: kind,
            closure_sig_as_fn_ptr_ty: sig,
            tupled_upvars_ty: upvars,
        }
    }
    fn split_coroutine_closure_args(self) -> ir::CoroutineClosureArgsParts<Cx<'tcx>> {
        let (parent, [kind, signature_parts, upvars, by_ref]) = self.split_types();
        ir::CoroutineClosureArgsParts {
            parent_args: List(parent),
            closure_kind_ty: kind,
            signature_parts_ty: signature_parts,
            tupled_upvars_ty: upvars,
            coroutine_captures_by_ref_ty: by_ref,
        }
    }
    fn split_coroutine_args(self) -> ir::CoroutineArgsParts<Cx<'tcx>> {
        let (parent, [kind, resume, yielded, returned, upvars]) = self.split_types();
        ir::CoroutineArgsParts {
            parent_args: List(parent),
            kind_ty: kind,
            resume_ty: resume,
            yield_ty: yielded,
            return_ty: returned,
            tupled_upvars_ty: upvars,
        }
    }
}

impl<'tcx> ir::inherent::Tys<Cx<'tcx>> for Tys<'tcx> {
    fn inputs(self) -> &'tcx [Ty<'tcx>] {
        self.0.split_last().map_or(&[], |(_, inputs)| inputs)
    }
    fn output(self) -> Ty<'tcx> {
        match self.0.last() {
            Some(&output) => output,
            None => ty::bug!("a signature has an output"),
        }
    }
}

impl<'tcx> Relate<Cx<'tcx>> for BoundExistentialPredicates<'tcx> {
    /// Predicates have an order (the principal trait, projections, auto traits by definition), so equal lists are equal one
    /// by one.
    fn relate<R: TypeRelation<Cx<'tcx>>>(relation: &mut R, a: Self, b: Self) -> RelateResult<Cx<'tcx>, Self> {
        let mismatch = || ir::error::TypeError::ExistentialMismatch(ir::error::ExpectedFound::new(a, b));
        if a.len() != b.len() {
            return Err(mismatch());
        }
        let mut result = Vec::with_capacity(a.len());
        for (left, right) in a.into_iter().zip(b) {
            let value = match (left.skip_binder(), right.skip_binder()) {
                (ir::ExistentialPredicate::Trait(l), ir::ExistentialPredicate::Trait(r)) => {
                    relation.relate(left.rebind(l), right.rebind(r))?.map_bound(ir::ExistentialPredicate::Trait)
                }
                (ir::ExistentialPredicate::Projection(l), ir::ExistentialPredicate::Projection(r)) => {
                    relation.relate(left.rebind(l), right.rebind(r))?.map_bound(ir::ExistentialPredicate::Projection)
                }
                (ir::ExistentialPredicate::AutoTrait(l), ir::ExistentialPredicate::AutoTrait(r)) if l == r => left,
                _ => return Err(mismatch()),
            };
            result.push(value);
        }
        Ok(relation.cx().mk_existential(&result))
    }
}

impl<'tcx> ir::inherent::BoundExistentialPredicates<Cx<'tcx>> for BoundExistentialPredicates<'tcx> {
    fn principal_def_id(self) -> Option<DefId> {
        self.principal().map(|principal| principal.skip_binder().def_id)
    }
    fn principal(self) -> Option<ir::Binder<Cx<'tcx>, ir::ExistentialTraitRef<Cx<'tcx>>>> {
        self.0.iter().find_map(|predicate| match predicate.skip_binder() {
            ir::ExistentialPredicate::Trait(trait_ref) => Some(predicate.rebind(trait_ref)),
            _ => None,
        })
    }
    fn auto_traits(self) -> impl IntoIterator<Item = DefId> {
        self.0.iter().filter_map(|predicate| match predicate.skip_binder() {
            ir::ExistentialPredicate::AutoTrait(def_id) => Some(def_id),
            _ => None,
        })
    }
    fn projection_bounds(self) -> impl IntoIterator<Item = ir::Binder<Cx<'tcx>, ir::ExistentialProjection<Cx<'tcx>>>> {
        self.0.iter().filter_map(|predicate| match predicate.skip_binder() {
            ir::ExistentialPredicate::Projection(projection) => Some(predicate.rebind(projection)),
            _ => None,
        })
    }
}
