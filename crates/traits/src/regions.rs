//! Regions of outer binders: moving values between depths, and forgetting regions.

use rustc_hash::FxHashSet;
use ty::{
    Binder, BoundRegion, BoundRegionKind, EscapingVars, GenericArg, GenericArgs, Region, Tcx, Ty, TyKind, TypeFoldable,
};

/// Takes variables out from under `amount` binders.
struct OutFrom {
    amount: u32,
    /// One is bound by these binders.
    is_bound_here: bool,
}

impl EscapingVars for OutFrom {
    fn binder(&mut self, outer: u32) -> u32 {
        self.is_bound_here |= outer < self.amount;
        outer.saturating_sub(self.amount)
    }
}

/// Takes a value out from under `amount` binders; `None` if it mentions what they bind.
pub(crate) fn lower<'tcx>(tcx: Tcx<'tcx>, arg: GenericArg<'tcx>, amount: u32) -> Option<GenericArg<'tcx>> {
    if amount == 0 || arg.outer_binder() == 0 {
        return Some(arg);
    }
    let mut vars = OutFrom { amount, is_bound_here: false };
    let lowered = ty::fold_escaping(tcx, arg, &mut vars);
    (!vars.is_bound_here).then_some(lowered)
}

/// Erases regions.
struct Forget;

impl EscapingVars for Forget {
    fn binder(&mut self, outer: u32) -> u32 {
        outer
    }
    fn region(&mut self, _: u32, _: BoundRegion) -> Region {
        Region::Erased
    }
}

/// Erases the regions of outer binders that a value (with erased free regions) mentions.
pub(crate) fn forget_outer<'tcx, T: TypeFoldable<'tcx>>(tcx: Tcx<'tcx>, value: T) -> T {
    ty::fold_escaping(tcx, value, &mut Forget)
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
