//! Constants of the type system, and patterns of pattern types.

use crate::ir::inherent::IntoKind;
use crate::ir::relate::{Relate, RelateResult, TypeRelation, structurally_relate_consts};
use crate::ir::{
    BoundVar, BoundVarIndexKind, DebruijnIndex, FallibleTypeFolder, Flags, TypeFoldable, TypeFolder, TypeSuperFoldable,
    TypeSuperVisitable, TypeVisitable, TypeVisitor, VisitorResult, WithCachedTypeInfo, try_visit,
};
use crate::types::interned;
use crate::{
    Args, BoundConst, ConstKind, Cx, Noted, PatternKind, PlaceholderConst, Ty, UnevaluatedConst, ValTreeKind, ir,
};
use std::fmt;

/// A constant in a type. Compared by pointer.
#[derive(Clone, Copy)]
pub struct Const<'tcx>(pub(crate) &'tcx WithCachedTypeInfo<ConstKind<'tcx>>);
interned!(Const, ConstKind<'tcx>);

impl fmt::Debug for Const<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0.internee, f)
    }
}

/// A value: of a type, and what it is.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct ValueConst<'tcx> {
    /// The type.
    pub ty: Ty<'tcx>,
    /// The value.
    pub valtree: ValTree<'tcx>,
}

impl fmt::Debug for ValueConst<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.valtree.0.0 {
            ValTreeKind::Leaf(leaf) => write!(f, "{}_{:?}", leaf.bits, self.ty),
            ValTreeKind::Branch(parts) => write!(f, "{parts:?}_{:?}", self.ty),
        }
    }
}

impl<'tcx> ir::inherent::ValueConst<Cx<'tcx>> for ValueConst<'tcx> {
    fn ty(self) -> Ty<'tcx> {
        self.ty
    }
    fn valtree(self) -> ValTree<'tcx> {
        self.valtree
    }
}

/// A structural value. Compared by pointer.
#[derive(Clone, Copy, Debug)]
pub struct ValTree<'tcx>(pub(crate) &'tcx ValTreeData<'tcx>);

/// What a value's handle points to.
#[derive(Debug, PartialEq, Eq, Hash)]
pub struct ValTreeData<'tcx>(pub(crate) ValTreeKind<'tcx>);

// SAFETY: a boxed slice frees its memory, and never looks behind the references in it.
#[allow(unsafe_code, reason = "the one promise that an arena asks for")]
unsafe impl ty::Hold for ValTreeData<'_> {}

impl PartialEq for ValTree<'_> {
    fn eq(&self, other: &Self) -> bool {
        std::ptr::eq(self.0, other.0)
    }
}
impl Eq for ValTree<'_> {}
impl std::hash::Hash for ValTree<'_> {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        std::ptr::hash(self.0, state);
    }
}
impl<'tcx> ir::inherent::ValTree<Cx<'tcx>> for ValTree<'tcx> {
    fn kind(&self) -> &ValTreeKind<'tcx> {
        &self.0.0
    }
}

/// An expression of `generic_const_exprs`, which is not supported: none is ever made.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct ExprConst<'tcx> {
    args: Args<'tcx>,
}

impl<'tcx> ir::inherent::ExprConst<Cx<'tcx>> for ExprConst<'tcx> {
    fn args(self) -> Args<'tcx> {
        self.args
    }
}
impl<'tcx> TypeVisitable<Cx<'tcx>> for ExprConst<'tcx> {
    fn visit_with<V: TypeVisitor<Cx<'tcx>>>(&self, visitor: &mut V) -> V::Result {
        self.args.visit_with(visitor)
    }
}
impl<'tcx> TypeFoldable<Cx<'tcx>> for ExprConst<'tcx> {
    fn try_fold_with<F: FallibleTypeFolder<Cx<'tcx>>>(self, folder: &mut F) -> Result<Self, F::Error> {
        Ok(ExprConst { args: self.args.try_fold_with(folder)? })
    }
    fn fold_with<F: TypeFolder<Cx<'tcx>>>(self, folder: &mut F) -> Self {
        ExprConst { args: self.args.fold_with(folder) }
    }
}
impl<'tcx> Relate<Cx<'tcx>> for ExprConst<'tcx> {
    fn relate<R: TypeRelation<Cx<'tcx>>>(relation: &mut R, a: Self, b: Self) -> RelateResult<Cx<'tcx>, Self> {
        Ok(ExprConst { args: relation.relate(a.args, b.args)? })
    }
}

impl<'tcx> TypeVisitable<Cx<'tcx>> for Const<'tcx> {
    fn visit_with<V: TypeVisitor<Cx<'tcx>>>(&self, visitor: &mut V) -> V::Result {
        visitor.visit_const(*self)
    }
}

impl<'tcx> TypeSuperVisitable<Cx<'tcx>> for Const<'tcx> {
    fn super_visit_with<V: TypeVisitor<Cx<'tcx>>>(&self, visitor: &mut V) -> V::Result {
        match self.kind() {
            ConstKind::Unevaluated(unevaluated) => unevaluated.visit_with(visitor),
            ConstKind::Value(value) => {
                try_visit!(value.ty.visit_with(visitor));
                match &value.valtree.0.0 {
                    ValTreeKind::Leaf(_) => {}
                    ValTreeKind::Branch(parts) => {
                        for part in parts {
                            try_visit!(part.visit_with(visitor));
                        }
                    }
                }
                V::Result::output()
            }
            ConstKind::Error(noted) => visitor.visit_error(noted),
            ConstKind::Expr(expr) => expr.visit_with(visitor),
            ConstKind::Param(_) | ConstKind::Infer(_) | ConstKind::Bound(..) | ConstKind::Placeholder(_) => {
                V::Result::output()
            }
        }
    }
}

impl<'tcx> TypeFoldable<Cx<'tcx>> for Const<'tcx> {
    fn try_fold_with<F: FallibleTypeFolder<Cx<'tcx>>>(self, folder: &mut F) -> Result<Self, F::Error> {
        folder.try_fold_const(self)
    }
    fn fold_with<F: TypeFolder<Cx<'tcx>>>(self, folder: &mut F) -> Self {
        folder.fold_const(self)
    }
}

impl<'tcx> TypeSuperFoldable<Cx<'tcx>> for Const<'tcx> {
    fn try_super_fold_with<F: FallibleTypeFolder<Cx<'tcx>>>(self, folder: &mut F) -> Result<Self, F::Error> {
        // The parts of values are values, of types without anything to fold.
        let kind = match self.kind() {
            ConstKind::Unevaluated(unevaluated) => ConstKind::Unevaluated(unevaluated.try_fold_with(folder)?),
            ConstKind::Value(value) => ConstKind::Value(ValueConst { ty: value.ty.try_fold_with(folder)?, ..value }),
            ConstKind::Expr(expr) => ConstKind::Expr(expr.try_fold_with(folder)?),
            _ => return Ok(self),
        };
        Ok(if kind == self.0.internee { self } else { folder.cx().mk_const(kind) })
    }
    fn super_fold_with<F: TypeFolder<Cx<'tcx>>>(self, folder: &mut F) -> Self {
        let kind = match self.kind() {
            ConstKind::Unevaluated(unevaluated) => ConstKind::Unevaluated(unevaluated.fold_with(folder)),
            ConstKind::Value(value) => ConstKind::Value(ValueConst { ty: value.ty.fold_with(folder), ..value }),
            ConstKind::Expr(expr) => ConstKind::Expr(expr.fold_with(folder)),
            _ => return self,
        };
        if kind == self.0.internee { self } else { folder.cx().mk_const(kind) }
    }
}

impl<'tcx> Relate<Cx<'tcx>> for Const<'tcx> {
    fn relate<R: TypeRelation<Cx<'tcx>>>(relation: &mut R, a: Self, b: Self) -> RelateResult<Cx<'tcx>, Self> {
        relation.consts(a, b)
    }
}

impl<'tcx> ir::inherent::Const<Cx<'tcx>> for Const<'tcx> {
    fn new_infer(cx: Cx<'tcx>, var: ir::InferConst) -> Self {
        cx.mk_const(ConstKind::Infer(var))
    }
    fn new_var(cx: Cx<'tcx>, var: ir::ConstVid) -> Self {
        cx.mk_const(ConstKind::Infer(ir::InferConst::Var(var)))
    }
    fn new_bound(cx: Cx<'tcx>, debruijn: DebruijnIndex, bound: BoundConst<'tcx>) -> Self {
        cx.mk_const(ConstKind::Bound(BoundVarIndexKind::Bound(debruijn), bound))
    }
    fn new_anon_bound(cx: Cx<'tcx>, debruijn: DebruijnIndex, var: BoundVar) -> Self {
        Self::new_bound(cx, debruijn, BoundConst::new(var))
    }
    fn new_canonical_bound(cx: Cx<'tcx>, var: BoundVar) -> Self {
        cx.mk_const(ConstKind::Bound(BoundVarIndexKind::Canonical, BoundConst::new(var)))
    }
    fn new_placeholder(cx: Cx<'tcx>, placeholder: PlaceholderConst<'tcx>) -> Self {
        cx.mk_const(ConstKind::Placeholder(placeholder))
    }
    fn new_unevaluated(cx: Cx<'tcx>, unevaluated: UnevaluatedConst<'tcx>) -> Self {
        cx.mk_const(ConstKind::Unevaluated(unevaluated))
    }
    fn new_expr(cx: Cx<'tcx>, expr: ExprConst<'tcx>) -> Self {
        cx.mk_const(ConstKind::Expr(expr))
    }
    fn new_error(cx: Cx<'tcx>, noted: Noted) -> Self {
        cx.mk_const(ConstKind::Error(noted))
    }
}

/// A pattern of a pattern type. Compared by pointer.
#[derive(Clone, Copy)]
pub struct Pat<'tcx>(pub(crate) &'tcx WithCachedTypeInfo<PatternKind<'tcx>>);
interned!(Pat, PatternKind<'tcx>);

impl fmt::Debug for Pat<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0.internee, f)
    }
}
impl<'tcx> TypeVisitable<Cx<'tcx>> for Pat<'tcx> {
    fn visit_with<V: TypeVisitor<Cx<'tcx>>>(&self, visitor: &mut V) -> V::Result {
        self.kind().visit_with(visitor)
    }
}
impl<'tcx> TypeFoldable<Cx<'tcx>> for Pat<'tcx> {
    fn try_fold_with<F: FallibleTypeFolder<Cx<'tcx>>>(self, folder: &mut F) -> Result<Self, F::Error> {
        let kind = self.kind().try_fold_with(folder)?;
        Ok(if kind == self.0.internee { self } else { folder.cx().mk_pat(kind) })
    }
    fn fold_with<F: TypeFolder<Cx<'tcx>>>(self, folder: &mut F) -> Self {
        let kind = self.kind().fold_with(folder);
        if kind == self.0.internee { self } else { folder.cx().mk_pat(kind) }
    }
}
impl<'tcx> Relate<Cx<'tcx>> for Pat<'tcx> {
    fn relate<R: TypeRelation<Cx<'tcx>>>(relation: &mut R, a: Self, b: Self) -> RelateResult<Cx<'tcx>, Self> {
        let cx = relation.cx();
        match (a.kind(), b.kind()) {
            (PatternKind::NotNull, PatternKind::NotNull) => Ok(a),
            (PatternKind::Range { start: start_a, end: end_a }, PatternKind::Range { start: start_b, end: end_b }) => {
                let (start, end) = (relation.relate(start_a, start_b)?, relation.relate(end_a, end_b)?);
                Ok(cx.mk_pat(PatternKind::Range { start, end }))
            }
            (PatternKind::Or(a), PatternKind::Or(b)) if a.len() == b.len() => {
                let pairs = a.elements().iter().zip(b.elements());
                let parts = pairs.map(|(&a, &b)| relation.relate(a, b)).collect::<Result<Vec<_>, _>>()?;
                Ok(cx.mk_pat(PatternKind::Or(cx.mk_pats(&parts))))
            }
            _ => Err(ir::error::TypeError::Mismatch),
        }
    }
}

/// Relates two constants by what they are made of.
pub(crate) fn relate_structurally<'tcx, R: TypeRelation<Cx<'tcx>>>(
    relation: &mut R,
    a: Const<'tcx>,
    b: Const<'tcx>,
) -> RelateResult<Cx<'tcx>, Const<'tcx>> {
    structurally_relate_consts(relation, a, b)
}
