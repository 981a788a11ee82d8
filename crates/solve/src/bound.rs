//! Folds of bound variables: other numbers, or values in their places.

use crate::ir::inherent::{Const as _, IntoKind, Region as _, Ty as _};
use crate::ir::{
    BoundVar, BoundVarIndexKind, DebruijnIndex, Flags, INNERMOST, TypeFoldable, TypeFolder, TypeSuperFoldable,
};
use crate::{
    Binder, BoundConst, BoundRegion, BoundTy, BoundVarKind, Const, ConstKind, Cx, GenericArg, Predicate, Region,
    RegionKind, Ty, TyKind, ir,
};

/// What takes the place of the variables of one binder.
pub(crate) trait BoundFold<'tcx> {
    fn cx(&self) -> Cx<'tcx>;
    /// The values are as they are outside of the binder; the fold moves them under binders. A variable that
    /// stays bound is at [`INNERMOST`], and [`BoundFold::KEEPS_BINDER`] says so.
    fn region(&mut self, bound: BoundRegion<'tcx>) -> Region<'tcx>;
    fn ty(&mut self, bound: BoundTy<'tcx>) -> Ty<'tcx>;
    fn constant(&mut self, bound: BoundConst<'tcx>) -> Const<'tcx>;
    /// Variables are replaced by other variables of the same binder.
    const KEEPS_BINDER: bool = false;
}

struct Folder<'a, B> {
    bound: &'a mut B,
    depth: DebruijnIndex,
}

/// Replaces the variables that the binder around the value binds.
pub(crate) fn fold_bound<'tcx, B: BoundFold<'tcx>, T: TypeFoldable<Cx<'tcx>>>(value: T, bound: &mut B) -> T {
    value.fold_with(&mut Folder { bound, depth: INNERMOST })
}

impl<'tcx, B: BoundFold<'tcx>> TypeFolder<Cx<'tcx>> for Folder<'_, B> {
    fn cx(&self) -> Cx<'tcx> {
        self.bound.cx()
    }
    fn fold_binder<T: TypeFoldable<Cx<'tcx>>>(&mut self, binder: Binder<'tcx, T>) -> Binder<'tcx, T> {
        self.depth.shift_in(1);
        let binder = ir::TypeSuperFoldable::super_fold_with(binder, self);
        self.depth.shift_out(1);
        binder
    }
    fn fold_ty(&mut self, ty: Ty<'tcx>) -> Ty<'tcx> {
        if ty.outer_exclusive_binder() <= self.depth {
            return ty;
        }
        match *ty.kind_ref() {
            TyKind::Bound(BoundVarIndexKind::Bound(depth), bound) if depth == self.depth => {
                let value = self.bound.ty(bound);
                ir::shift_vars(self.cx(), value, self.depth.as_u32())
            }
            TyKind::Bound(BoundVarIndexKind::Bound(depth), bound) if !B::KEEPS_BINDER => {
                Ty::new_bound(self.cx(), depth.shifted_out(1), bound)
            }
            TyKind::Bound(..) => ty,
            _ => ty.super_fold_with(self),
        }
    }
    fn fold_region(&mut self, region: Region<'tcx>) -> Region<'tcx> {
        match region.kind() {
            RegionKind::ReBound(BoundVarIndexKind::Bound(depth), bound) if depth == self.depth => {
                let value = self.bound.region(bound);
                ir::shift_region(self.cx(), value, self.depth.as_u32())
            }
            RegionKind::ReBound(BoundVarIndexKind::Bound(depth), bound) if !B::KEEPS_BINDER && depth > self.depth => {
                Region::new_bound(self.cx(), depth.shifted_out(1), bound)
            }
            _ => region,
        }
    }
    fn fold_const(&mut self, constant: Const<'tcx>) -> Const<'tcx> {
        if constant.outer_exclusive_binder() <= self.depth {
            return constant;
        }
        match constant.kind() {
            ConstKind::Bound(BoundVarIndexKind::Bound(depth), bound) if depth == self.depth => {
                let value = self.bound.constant(bound);
                ir::shift_vars(self.cx(), value, self.depth.as_u32())
            }
            ConstKind::Bound(BoundVarIndexKind::Bound(depth), bound) if !B::KEEPS_BINDER => {
                Const::new_bound(self.cx(), depth.shifted_out(1), bound)
            }
            ConstKind::Bound(..) => constant,
            _ => constant.super_fold_with(self),
        }
    }
    fn fold_predicate(&mut self, predicate: Predicate<'tcx>) -> Predicate<'tcx> {
        if predicate.outer_exclusive_binder() <= self.depth { predicate } else { predicate.super_fold_with(self) }
    }
}

/// Moves variables behind `amount` others of the same binder.
pub(crate) struct ShiftVars<'tcx> {
    cx: Cx<'tcx>,
    amount: usize,
}

impl<'tcx> ShiftVars<'tcx> {
    pub(crate) fn new(cx: Cx<'tcx>, amount: usize) -> Self {
        ShiftVars { cx, amount }
    }
}

impl<'tcx> BoundFold<'tcx> for ShiftVars<'tcx> {
    const KEEPS_BINDER: bool = true;
    fn cx(&self) -> Cx<'tcx> {
        self.cx
    }
    fn region(&mut self, bound: BoundRegion<'tcx>) -> Region<'tcx> {
        Region::new_bound(self.cx, INNERMOST, ir::BoundRegion { var: bound.var + self.amount, ..bound })
    }
    fn ty(&mut self, bound: BoundTy<'tcx>) -> Ty<'tcx> {
        Ty::new_bound(self.cx, INNERMOST, ir::BoundTy { var: bound.var + self.amount, ..bound })
    }
    fn constant(&mut self, bound: BoundConst<'tcx>) -> Const<'tcx> {
        Const::new_bound(self.cx, INNERMOST, BoundConst::new(bound.var + self.amount))
    }
}

/// Numbers variables by first occurrence, and forgets their names: equal binders are the same then.
pub(crate) struct Anonymize<'tcx> {
    cx: Cx<'tcx>,
    seen: Vec<(BoundVar, BoundVarKind<'tcx>)>,
}

impl<'tcx> Anonymize<'tcx> {
    fn number(&mut self, var: BoundVar, kind: BoundVarKind<'tcx>) -> BoundVar {
        let known = self.seen.iter().position(|&(seen, _)| seen == var);
        BoundVar::from_usize(known.unwrap_or_else(|| {
            self.seen.push((var, kind));
            self.seen.len() - 1
        }))
    }
}

impl<'tcx> BoundFold<'tcx> for Anonymize<'tcx> {
    const KEEPS_BINDER: bool = true;
    fn cx(&self) -> Cx<'tcx> {
        self.cx
    }
    fn region(&mut self, bound: BoundRegion<'tcx>) -> Region<'tcx> {
        let var = self.number(bound.var, BoundVarKind::Region(ir::BoundRegionKind::Anon));
        Region::new_anon_bound(self.cx, INNERMOST, var)
    }
    fn ty(&mut self, bound: BoundTy<'tcx>) -> Ty<'tcx> {
        let var = self.number(bound.var, BoundVarKind::Ty(ir::BoundTyKind::Anon));
        Ty::new_anon_bound(self.cx, INNERMOST, var)
    }
    fn constant(&mut self, bound: BoundConst<'tcx>) -> Const<'tcx> {
        let var = self.number(bound.var, BoundVarKind::Const);
        Const::new_anon_bound(self.cx, INNERMOST, var)
    }
}

/// The binder with variables numbered by first occurrence and without names.
pub(crate) fn anonymize<'tcx, T: TypeFoldable<Cx<'tcx>>>(cx: Cx<'tcx>, binder: Binder<'tcx, T>) -> Binder<'tcx, T> {
    let mut anonymize = Anonymize { cx, seen: Vec::new() };
    let value = fold_bound(binder.skip_binder(), &mut anonymize);
    let kinds: Vec<_> = anonymize.seen.into_iter().map(|(_, kind)| kind).collect();
    ir::Binder::bind_with_vars(value, cx.mk_bound_vars(&kinds))
}

/// Values for the variables of a binder, made when they are first met.
pub(crate) struct Instantiate<'tcx, F> {
    cx: Cx<'tcx>,
    values: Vec<(BoundVar, GenericArg<'tcx>)>,
    make: F,
}

impl<'tcx, F: FnMut(BoundVar, BoundVarKind<'tcx>) -> GenericArg<'tcx>> Instantiate<'tcx, F> {
    fn value(&mut self, var: BoundVar, kind: BoundVarKind<'tcx>) -> GenericArg<'tcx> {
        if let Some(&(_, value)) = self.values.iter().find(|(known, _)| *known == var) {
            return value;
        }
        let value = (self.make)(var, kind);
        self.values.push((var, value));
        value
    }
}

impl<'tcx, F: FnMut(BoundVar, BoundVarKind<'tcx>) -> GenericArg<'tcx>> BoundFold<'tcx> for Instantiate<'tcx, F> {
    fn cx(&self) -> Cx<'tcx> {
        self.cx
    }
    fn region(&mut self, bound: BoundRegion<'tcx>) -> Region<'tcx> {
        match self.value(bound.var, BoundVarKind::Region(bound.kind)) {
            GenericArg::Lifetime(region) => region,
            other => ty::bug!("{other:?} for a bound lifetime"),
        }
    }
    fn ty(&mut self, bound: BoundTy<'tcx>) -> Ty<'tcx> {
        match self.value(bound.var, BoundVarKind::Ty(bound.kind)) {
            GenericArg::Type(ty) => ty,
            other => ty::bug!("{other:?} for a bound type"),
        }
    }
    fn constant(&mut self, bound: BoundConst<'tcx>) -> Const<'tcx> {
        match self.value(bound.var, BoundVarKind::Const) {
            GenericArg::Const(constant) => constant,
            other => ty::bug!("{other:?} for a bound constant"),
        }
    }
}

/// The value under a binder with other values in place of its variables.
pub(crate) fn instantiate<'tcx, T: TypeFoldable<Cx<'tcx>>>(
    cx: Cx<'tcx>,
    binder: Binder<'tcx, T>,
    make: impl FnMut(BoundVar, BoundVarKind<'tcx>) -> GenericArg<'tcx>,
) -> T {
    fold_bound(binder.skip_binder(), &mut Instantiate { cx, values: Vec::new(), make })
}
