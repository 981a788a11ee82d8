//! Regions of outer binders: moving values between depths, and forgetting regions.

use rustc_hash::FxHashSet;
use ty::{
    Binder, BoundRegion, BoundRegionKind, Const, ConstKind, FoldCache, GenericArg, GenericArgs, Region, Tcx, Ty,
    TyKind, TypeFoldable, TypeFolder, super_fold_const, super_fold_ty,
};

/// Takes a value out from under `amount` binders.
struct Lower<'tcx> {
    tcx: Tcx<'tcx>,
    depth: u32,
    amount: u32,
    escaped: bool,
    cache: FoldCache<'tcx>,
}

impl<'tcx> TypeFolder<'tcx> for Lower<'tcx> {
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
            TyKind::Bound(depth, bound) if depth >= self.depth + self.amount => {
                self.tcx.mk_ty(TyKind::Bound(depth - self.amount, bound))
            }
            TyKind::Bound(..) => {
                self.escaped = true;
                ty
            }
            _ => super_fold_ty(self, ty),
        }
    }
    fn fold_const(&mut self, constant: Const<'tcx>) -> Const<'tcx> {
        if constant.outer_binder() <= self.depth {
            return constant;
        }
        match *constant.kind() {
            ConstKind::Bound(depth, var) if depth >= self.depth + self.amount => {
                self.tcx.mk_const(ConstKind::Bound(depth - self.amount, var))
            }
            ConstKind::Bound(..) => {
                self.escaped = true;
                constant
            }
            _ => super_fold_const(self, constant),
        }
    }
    fn fold_region(&mut self, region: Region) -> Region {
        match region {
            Region::Bound(depth, bound) if depth >= self.depth + self.amount => {
                Region::Bound(depth - self.amount, bound)
            }
            Region::Bound(depth, _) if depth >= self.depth => {
                self.escaped = true;
                region
            }
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

/// Takes a value out from under `amount` binders; `None` if it mentions what they bind.
pub(crate) fn lower<'tcx>(tcx: Tcx<'tcx>, arg: GenericArg<'tcx>, amount: u32) -> Option<GenericArg<'tcx>> {
    if amount == 0 || arg.outer_binder() == 0 {
        return Some(arg);
    }
    let mut folder = Lower { tcx, depth: 0, amount, escaped: false, cache: FoldCache::default() };
    let lowered = arg.fold_with(&mut folder);
    (!folder.escaped).then_some(lowered)
}

/// Erases every region that is not bound inside of the value, those of outer binders too.
struct Forget<'tcx> {
    tcx: Tcx<'tcx>,
    depth: u32,
    cache: FoldCache<'tcx>,
}

impl<'tcx> TypeFolder<'tcx> for Forget<'tcx> {
    fn tcx(&self) -> Tcx<'tcx> {
        self.tcx
    }
    fn cache(&mut self) -> Option<(&mut FoldCache<'tcx>, u32)> {
        Some((&mut self.cache, self.depth))
    }
    fn fold_ty(&mut self, ty: Ty<'tcx>) -> Ty<'tcx> {
        if ty.outer_binder() <= self.depth { ty } else { super_fold_ty(self, ty) }
    }
    fn fold_const(&mut self, constant: Const<'tcx>) -> Const<'tcx> {
        if constant.outer_binder() <= self.depth { constant } else { super_fold_const(self, constant) }
    }
    fn fold_region(&mut self, region: Region) -> Region {
        match region {
            Region::Bound(depth, _) if depth >= self.depth => Region::Erased,
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

/// Erases the regions of outer binders that a value (with erased free regions) mentions.
pub(crate) fn forget_outer<'tcx, T: TypeFoldable<'tcx>>(tcx: Tcx<'tcx>, value: T) -> T {
    value.fold_with(&mut Forget { tcx, depth: 0, cache: FoldCache::default() })
}

/// Whether two arguments with erased free regions are the same but for regions of outer binders.
pub(crate) fn same_but_regions<'tcx>(tcx: Tcx<'tcx>, left: GenericArg<'tcx>, right: GenericArg<'tcx>) -> bool {
    if let (GenericArg::Lifetime(_), GenericArg::Lifetime(_)) = (left, right) {
        return true;
    }
    left == right
        || ((left.outer_binder() > 0 || right.outer_binder() > 0)
            && forget_outer(tcx, left) == forget_outer(tcx, right))
}

/// Takes a binder off so that the value's `key` part becomes `goal`, which may mention regions of outer binders; regions
/// that this leaves open are erased.
pub(crate) fn instantiate_for<'tcx, T: TypeFoldable<'tcx> + Copy>(
    tcx: Tcx<'tcx>,
    binder: Binder<'tcx, T>,
    key: impl FnOnce(T) -> GenericArgs<'tcx>,
    goal: GenericArgs<'tcx>,
) -> T {
    if goal.iter().all(|arg| arg.outer_binder() == 0) {
        return tcx.instantiate_bound_erased(binder);
    }
    let mut pairs = Pairs { regions: vec![None; binder.bound_vars.len()], depth: 0, seen: FxHashSet::default() };
    for (pattern, value) in key(binder.value).iter().zip(goal) {
        pairs.arg(pattern, value);
    }
    tcx.instantiate_bound(binder, &pairs.regions)
}

/// Reads off which regions stand where a binder's own regions stand in a pattern of the same shape.
struct Pairs<'tcx> {
    regions: Vec<Option<Region>>,
    depth: u32,
    /// Types that were compared, and under how many binders: once is enough.
    seen: FxHashSet<(Ty<'tcx>, Ty<'tcx>, u32)>,
}

impl<'tcx> Pairs<'tcx> {
    fn arg(&mut self, pattern: GenericArg<'tcx>, value: GenericArg<'tcx>) {
        match (pattern, value) {
            (GenericArg::Lifetime(pattern), GenericArg::Lifetime(value)) => self.region(pattern, value),
            (GenericArg::Type(pattern), GenericArg::Type(value)) => self.ty(pattern, value),
            _ => {}
        }
    }

    fn region(&mut self, pattern: Region, value: Region) {
        if let (Region::Bound(depth, bound), Region::Bound(outer, found)) = (pattern, value)
            && depth == self.depth
            && outer >= self.depth
            && let Some(slot) = self.regions.get_mut(bound.var as usize)
        {
            let bound = BoundRegion { var: found.var, kind: BoundRegionKind::Anon };
            slot.get_or_insert(Region::Bound(outer - self.depth, bound));
        }
    }

    fn ty(&mut self, pattern: Ty<'tcx>, value: Ty<'tcx>) {
        if pattern.outer_binder() <= self.depth || !self.seen.insert((pattern, value, self.depth)) {
            return;
        }
        match (*pattern.kind(), *value.kind()) {
            (TyKind::Ref(pattern_region, pattern, _), TyKind::Ref(region, value, _)) => {
                self.region(pattern_region, region);
                self.ty(pattern, value);
            }
            (TyKind::Adt(_, pattern), TyKind::Adt(_, value))
            | (TyKind::FnDef(_, pattern), TyKind::FnDef(_, value))
            | (TyKind::Closure(_, pattern), TyKind::Closure(_, value))
            | (TyKind::Coroutine(_, pattern), TyKind::Coroutine(_, value))
            | (TyKind::CoroutineClosure(_, pattern), TyKind::CoroutineClosure(_, value)) => {
                for (pattern, value) in pattern.iter().zip(value) {
                    self.arg(pattern, value);
                }
            }
            (TyKind::Tuple(pattern), TyKind::Tuple(value)) => {
                for (pattern, value) in pattern.iter().zip(value) {
                    self.ty(pattern, value);
                }
            }
            (TyKind::Array(pattern, _), TyKind::Array(value, _))
            | (TyKind::Slice(pattern), TyKind::Slice(value))
            | (TyKind::RawPtr(pattern, _), TyKind::RawPtr(value, _))
            | (TyKind::Pat(pattern, _), TyKind::Pat(value, _)) => self.ty(pattern, value),
            (TyKind::FnPtr(pattern), TyKind::FnPtr(value)) => {
                self.depth += 1;
                for (pattern, value) in pattern.value.inputs_and_output.iter().zip(value.value.inputs_and_output) {
                    self.ty(pattern, value);
                }
                self.depth -= 1;
            }
            _ => {}
        }
    }
}
