//! Bound variables that escape a value: those whose binder is further out.

use crate::*;

/// What becomes of the bound variables that escape a value.
///
/// Their binders are counted from the value outwards: 0 is the closest around it, whatever binders inside of it the variable
/// stands under.
pub trait EscapingVars {
    /// The binder of a variable afterwards, of a type or constant and, unless [`EscapingVars::region`] says else, a region.
    fn binder(&mut self, outer: u32) -> u32;

    /// What takes a region's place. The depth of a bound one is counted in the same way.
    fn region(&mut self, outer: u32, bound: BoundRegion) -> Region {
        Region::Bound(self.binder(outer), bound)
    }
}

/// Rewrites the bound variables that escape a value.
pub fn fold_escaping<'tcx, T: TypeFoldable<'tcx>>(tcx: Tcx<'tcx>, value: T, vars: &mut impl EscapingVars) -> T {
    value.fold_with(&mut Escaping { tcx, vars, depth: 0, cache: FoldCache::default() })
}

struct Escaping<'a, 'tcx, V> {
    tcx: Tcx<'tcx>,
    vars: &'a mut V,
    /// Binders of the value around what is folded just now.
    depth: u32,
    cache: FoldCache<'tcx>,
}

impl<V: EscapingVars> Escaping<'_, '_, V> {
    /// The De Bruijn index afterwards of a variable that escapes.
    fn moved(&mut self, depth: u32) -> u32 {
        self.vars.binder(depth - self.depth) + self.depth
    }
}

impl<'tcx, V: EscapingVars> TypeFolder<'tcx> for Escaping<'_, 'tcx, V> {
    fn tcx(&self) -> Tcx<'tcx> {
        self.tcx
    }
    fn cache(&mut self) -> Option<(&mut FoldCache<'tcx>, u32)> {
        Some((&mut self.cache, self.depth))
    }
    fn fold_ty(&mut self, ty: Ty<'tcx>) -> Ty<'tcx> {
        if ty.outer_binder() <= self.depth {
            return ty;
        }
        match *ty.kind() {
            TyKind::Bound(depth, bound) => self.tcx.mk_ty(TyKind::Bound(self.moved(depth), bound)),
            _ => super_fold_ty(self, ty),
        }
    }
    fn fold_const(&mut self, constant: Const<'tcx>) -> Const<'tcx> {
        if constant.outer_binder() <= self.depth {
            return constant;
        }
        match *constant.kind() {
            ConstKind::Bound(depth, var) => self.tcx.mk_const(ConstKind::Bound(self.moved(depth), var)),
            _ => super_fold_const(self, constant),
        }
    }
    fn fold_region(&mut self, region: Region) -> Region {
        match region {
            Region::Bound(depth, bound) if depth >= self.depth => match self.vars.region(depth - self.depth, bound) {
                Region::Bound(outer, bound) => Region::Bound(outer + self.depth, bound),
                other => other,
            },
            other => other,
        }
    }
    fn enter_binder(&mut self) {
        self.depth += 1;
    }
    fn leave_binder(&mut self) {
        self.depth -= 1;
    }
}
