//! Lifetimes.

use crate::ir::inherent::IntoKind;
use crate::ir::relate::{Relate, RelateResult, TypeRelation};
use crate::ir::{
    BoundVar, BoundVarIndexKind, DebruijnIndex, FallibleTypeFolder, Flags, INNERMOST, TypeFlags, TypeFoldable,
    TypeFolder, TypeVisitable, TypeVisitor, WithCachedTypeInfo,
};
use crate::types::interned;
use crate::{BoundRegion, Cx, PlaceholderRegion, RegionKind, ir};
use std::fmt;

/// A lifetime. Compared by pointer.
#[derive(Clone, Copy)]
pub struct Region<'tcx>(pub(crate) &'tcx WithCachedTypeInfo<RegionKind<'tcx>>);
interned!(Region, RegionKind<'tcx>);

impl fmt::Debug for Region<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.kind(), f)
    }
}

impl<'tcx> TypeVisitable<Cx<'tcx>> for Region<'tcx> {
    fn visit_with<V: TypeVisitor<Cx<'tcx>>>(&self, visitor: &mut V) -> V::Result {
        visitor.visit_region(*self)
    }
}

impl<'tcx> TypeFoldable<Cx<'tcx>> for Region<'tcx> {
    fn try_fold_with<F: FallibleTypeFolder<Cx<'tcx>>>(self, folder: &mut F) -> Result<Self, F::Error> {
        folder.try_fold_region(self)
    }
    fn fold_with<F: TypeFolder<Cx<'tcx>>>(self, folder: &mut F) -> Self {
        folder.fold_region(self)
    }
}

impl<'tcx> Relate<Cx<'tcx>> for Region<'tcx> {
    fn relate<R: TypeRelation<Cx<'tcx>>>(relation: &mut R, a: Self, b: Self) -> RelateResult<Cx<'tcx>, Self> {
        relation.regions(a, b)
    }
}

impl<'tcx> ir::inherent::Region<Cx<'tcx>> for Region<'tcx> {
    fn new_bound(cx: Cx<'tcx>, debruijn: DebruijnIndex, var: BoundRegion<'tcx>) -> Self {
        cx.mk_region(RegionKind::ReBound(BoundVarIndexKind::Bound(debruijn), var))
    }
    fn new_anon_bound(cx: Cx<'tcx>, debruijn: DebruijnIndex, var: BoundVar) -> Self {
        Self::new_bound(cx, debruijn, ir::BoundRegion { var, kind: ir::BoundRegionKind::Anon })
    }
    fn new_canonical_bound(cx: Cx<'tcx>, var: BoundVar) -> Self {
        let bound = ir::BoundRegion { var, kind: ir::BoundRegionKind::Anon };
        cx.mk_region(RegionKind::ReBound(BoundVarIndexKind::Canonical, bound))
    }
    fn new_static(cx: Cx<'tcx>) -> Self {
        cx.mk_region(RegionKind::ReStatic)
    }
    fn new_placeholder(cx: Cx<'tcx>, var: PlaceholderRegion<'tcx>) -> Self {
        cx.mk_region(RegionKind::RePlaceholder(var))
    }
}

/// What of a region is kept with it (rustc's `Region::type_flags`).
pub(crate) fn summary(kind: &RegionKind<'_>) -> (TypeFlags, DebruijnIndex) {
    let free = TypeFlags::HAS_FREE_REGIONS;
    let local = free.union(TypeFlags::HAS_FREE_LOCAL_REGIONS);
    let flags = match kind {
        RegionKind::ReVar(_) => local.union(TypeFlags::HAS_RE_INFER),
        RegionKind::RePlaceholder(_) => local.union(TypeFlags::HAS_RE_PLACEHOLDER),
        RegionKind::ReEarlyParam(_) => local.union(TypeFlags::HAS_RE_PARAM),
        RegionKind::ReLateParam(_) => local,
        RegionKind::ReStatic => free,
        RegionKind::ReBound(BoundVarIndexKind::Canonical, _) => {
            TypeFlags::HAS_RE_BOUND.union(TypeFlags::HAS_CANONICAL_BOUND)
        }
        RegionKind::ReBound(BoundVarIndexKind::Bound(_), _) => TypeFlags::HAS_RE_BOUND,
        RegionKind::ReErased => TypeFlags::HAS_RE_ERASED,
        RegionKind::ReError(_) => free.union(TypeFlags::HAS_ERROR),
    };
    let outer = match *kind {
        RegionKind::ReBound(BoundVarIndexKind::Bound(debruijn), _) => debruijn.shifted_in(1),
        _ => INNERMOST,
    };
    (flags, outer)
}
