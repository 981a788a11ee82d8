//! Putting arguments in place of parameters, and values under binders and out of them.

use crate::*;

/// Moves variables under more binders.
struct Under(u32);

impl EscapingVars for Under {
    fn binder(&mut self, outer: u32) -> u32 {
        outer + self.0
    }
}

/// Moves a value under `amount` binders.
pub fn shift_bound_vars<'tcx, T: TypeFoldable<'tcx>>(tcx: Tcx<'tcx>, value: T, amount: u32) -> T {
    if amount == 0 { value } else { fold_escaping(tcx, value, &mut Under(amount)) }
}

struct Substitution<'a, 'tcx> {
    tcx: Tcx<'tcx>,
    args: &'a [GenericArg<'tcx>],
    depth: u32,
    cache: FoldCache<'tcx>,
}

impl<'tcx> Substitution<'_, 'tcx> {
    fn arg(&self, index: u32, name: Symbol) -> GenericArg<'tcx> {
        match self.args.get(index as usize) {
            Some(&arg) => arg,
            None => bug!("no argument for the parameter `{name}` (number {index}) among {:?}", self.args),
        }
    }
}

impl<'tcx> TypeFolder<'tcx> for Substitution<'_, 'tcx> {
    fn tcx(&self) -> Tcx<'tcx> {
        self.tcx
    }
    fn cache(&mut self) -> Option<(&mut FoldCache<'tcx>, u32)> {
        Some((&mut self.cache, self.depth))
    }
    fn fold_ty(&mut self, ty: Ty<'tcx>) -> Ty<'tcx> {
        if !ty.flags().intersects(TypeFlags::HAS_PARAM | TypeFlags::HAS_REGION_PARAM) {
            return ty;
        }
        match *ty.kind() {
            TyKind::Param(param) => {
                let arg = self.arg(param.index, param.name);
                shift_bound_vars(self.tcx, arg.expect_ty(), self.depth)
            }
            _ => super_fold_ty(self, ty),
        }
    }
    fn fold_const(&mut self, constant: Const<'tcx>) -> Const<'tcx> {
        if !constant.flags().intersects(TypeFlags::HAS_PARAM | TypeFlags::HAS_REGION_PARAM) {
            return constant;
        }
        match *constant.kind() {
            ConstKind::Param(param) => {
                let arg = self.arg(param.index, param.name);
                shift_bound_vars(self.tcx, arg.expect_const(), self.depth)
            }
            _ => super_fold_const(self, constant),
        }
    }
    fn fold_region(&mut self, region: Region) -> Region {
        match region {
            // Late-bound regions of an outer function may have no argument: they are erased.
            Region::EarlyParam { index, .. } => match self.args.get(index as usize) {
                Some(&GenericArg::Lifetime(region)) => match region {
                    Region::Bound(depth, bound) => Region::Bound(depth + self.depth, bound),
                    other => other,
                },
                _ => Region::Erased,
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

/// Replaces what the closest binder binds by given regions, erased ones where none is given, and takes the binder away.
struct Instantiate<'a>(&'a [Option<Region>]);

impl EscapingVars for Instantiate<'_> {
    fn binder(&mut self, outer: u32) -> u32 {
        outer.saturating_sub(1)
    }
    fn region(&mut self, outer: u32, bound: BoundRegion) -> Region {
        if outer > 0 {
            return Region::Bound(outer - 1, bound);
        }
        match self.0.get(bound.var as usize).copied().flatten() {
            Some(region @ Region::Bound(..)) => region,
            _ => Region::Erased,
        }
    }
}

impl<'tcx> Tcx<'tcx> {
    /// Replaces parameters by arguments.
    pub fn subst<T: TypeFoldable<'tcx>>(self, value: T, args: GenericArgs<'tcx>) -> T {
        self.subst_slice(value, args.as_slice())
    }

    /// As [`Tcx::subst`], with arguments that are not interned.
    pub fn subst_slice<T: TypeFoldable<'tcx>>(self, value: T, args: &[GenericArg<'tcx>]) -> T {
        value.fold_with(&mut Substitution { tcx: self, args, depth: 0, cache: FoldCache::default() })
    }

    /// Takes a binder off, its regions erased.
    pub fn instantiate_bound_erased<T: TypeFoldable<'tcx>>(self, binder: Binder<'tcx, T>) -> T {
        self.instantiate_bound(binder, &[])
    }

    /// Takes a binder off, its variables replaced by regions that may be bound further out. Where none is given, and where it is
    /// a free one, the region is erased.
    pub fn instantiate_bound<T: TypeFoldable<'tcx>>(self, binder: Binder<'tcx, T>, regions: &[Option<Region>]) -> T {
        fold_escaping(self, binder.value, &mut Instantiate(regions))
    }
}
