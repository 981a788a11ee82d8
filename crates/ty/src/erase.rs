//! Erasing regions.

use crate::fold::is_big;
use crate::*;

/// Erases regions that are not bound inside of the value, and makes bound ones anonymous, those of each binder numbered
/// as they first occur; those that do not occur are dropped. So types that differ only in the names or the order of a
/// binder's variables become the same. (`rustc_middle::ty::erase_regions` does so, and symbols and type ids show it.)
struct Eraser<'tcx> {
    tcx: Tcx<'tcx>,
    /// For each binder that we are under, innermost last.
    binders: Vec<BinderState<'tcx>>,
    /// The variables of the binder that was left last.
    left: Vec<(u32, BoundVariableKind)>,
    /// Erased forms of types that are under no binder.
    cache: FoldCache<'tcx>,
}

/// A binder that the eraser is under.
#[derive(Default)]
struct BinderState<'tcx> {
    /// Its variables as they occurred, old number and kind.
    seen: Vec<(u32, BoundVariableKind)>,
    /// Erased forms of types directly under it. Their variables have numbers by then, so those that mention this binder and
    /// outer ones become the same again; only until it is left.
    cache: FoldCache<'tcx>,
}

const ERASABLE: TypeFlags =
    TypeFlags::HAS_FREE_REGION.union(TypeFlags::HAS_REGION_PARAM).union(TypeFlags::HAS_BINDER_VARS);

impl Eraser<'_> {
    /// The new number of a variable of the binder of a depth.
    fn number(&mut self, depth: u32, var: u32, kind: BoundVariableKind) -> u32 {
        let Some(index) = self.binders.len().checked_sub(depth as usize + 1) else { return var };
        let seen = &mut self.binders[index].seen;
        let number = seen.iter().position(|&(old, _)| old == var).unwrap_or_else(|| {
            seen.push((var, kind));
            seen.len() - 1
        });
        number as u32
    }
}

impl<'tcx> TypeFolder<'tcx> for Eraser<'tcx> {
    fn tcx(&self) -> Tcx<'tcx> {
        self.tcx
    }
    fn cache(&mut self) -> Option<(&mut FoldCache<'tcx>, u32)> {
        Some((self.binders.last_mut().map_or(&mut self.cache, |binder| &mut binder.cache), 0))
    }
    fn fold_ty(&mut self, ty: Ty<'tcx>) -> Ty<'tcx> {
        if ty.outer_binder() == 0 {
            if !ty.flags().intersects(ERASABLE) {
                return ty;
            }
            // What is around does not matter, and many functions mention the same big types.
            if is_big(ty) {
                let tcx = self.tcx;
                return tcx.erased.get_or(ty, || super_fold_ty(self, ty));
            }
        }
        match *ty.kind() {
            TyKind::Bound(depth, bound) => {
                let var = self.number(depth, bound.var, BoundVariableKind::Ty(BoundTyKind::Anon));
                self.tcx.mk_ty(TyKind::Bound(depth, BoundTy { var, kind: BoundTyKind::Anon }))
            }
            _ => super_fold_ty(self, ty),
        }
    }
    fn fold_const(&mut self, constant: Const<'tcx>) -> Const<'tcx> {
        if !constant.flags().intersects(ERASABLE) && constant.outer_binder() == 0 {
            return constant;
        }
        match *constant.kind() {
            ConstKind::Bound(depth, var) => {
                let var = self.number(depth, var, BoundVariableKind::Const);
                self.tcx.mk_const(ConstKind::Bound(depth, var))
            }
            _ => super_fold_const(self, constant),
        }
    }
    fn fold_region(&mut self, region: Region) -> Region {
        match region {
            Region::Bound(depth, bound) => {
                let var = self.number(depth, bound.var, BoundVariableKind::Region(BoundRegionKind::Anon));
                Region::Bound(depth, BoundRegion { var, kind: BoundRegionKind::Anon })
            }
            _ => Region::Erased,
        }
    }
    fn enter_binder(&mut self) {
        self.binders.push(BinderState::default());
    }
    fn leave_binder(&mut self) {
        self.left = self.binders.pop().unwrap_or_default().seen;
    }
    fn fold_bound_vars(&mut self, _: List<'tcx, BoundVariableKind>) -> List<'tcx, BoundVariableKind> {
        let kinds: smallvec::SmallVec<[_; 8]> = self.left.iter().map(|&(_, kind)| kind).collect();
        self.tcx.mk_bound_vars(&kinds)
    }
}

impl<'tcx> Tcx<'tcx> {
    /// Erases all free regions.
    pub fn erase_regions<T: TypeFoldable<'tcx>>(self, value: T) -> T {
        value.fold_with(&mut Eraser { tcx: self, binders: Vec::new(), left: Vec::new(), cache: FoldCache::default() })
    }
}
