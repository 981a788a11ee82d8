//! Values of an attempt that is taken back, with new variables in place of those that were made in it.

use super::Inference;
use crate::ir::inherent::IntoKind;
use crate::ir::{self, Flags, TypeFlags, TypeFoldable, TypeFolder, TypeSuperFoldable};
use crate::{Const, ConstKind, Cx, Predicate, Region, RegionKind, Ty, TyKind};
use rustc_hash::FxHashMap;

/// How many variables there are.
#[derive(Clone, Copy)]
struct Counts {
    types: usize,
    ints: usize,
    floats: usize,
    consts: usize,
    regions: usize,
}

impl<'tcx> Inference<'tcx> {
    /// Does something, undoes what it did to variables, and gives its value. New variables stand for those that were made
    /// meanwhile and are gone: what is known of older ones remains in the value (rustc's `fudge_inference_if_ok`).
    pub fn fudging<T: TypeFoldable<Cx<'tcx>>, E>(&self, f: impl FnOnce() -> Result<T, E>) -> Result<T, E> {
        let before = self.counts();
        let value = self.probing(|| f().map(|value| self.resolved(value)))?;
        let mut fudger = Fudger {
            infer: self,
            before,
            types: FxHashMap::default(),
            regions: FxHashMap::default(),
            consts: FxHashMap::default(),
        };
        Ok(value.fold_with(&mut fudger))
    }

    fn counts(&self) -> Counts {
        let tables = self.tables.borrow();
        Counts {
            types: tables.types.len(),
            ints: tables.ints.len(),
            floats: tables.floats.len(),
            consts: tables.consts.len(),
            regions: tables.regions.len(),
        }
    }
}

struct Fudger<'a, 'tcx> {
    infer: &'a Inference<'tcx>,
    before: Counts,
    types: FxHashMap<Ty<'tcx>, Ty<'tcx>>,
    regions: FxHashMap<Region<'tcx>, Region<'tcx>>,
    consts: FxHashMap<Const<'tcx>, Const<'tcx>>,
}

impl<'tcx> TypeFolder<Cx<'tcx>> for Fudger<'_, 'tcx> {
    fn cx(&self) -> Cx<'tcx> {
        self.infer.cx
    }
    fn fold_ty(&mut self, ty: Ty<'tcx>) -> Ty<'tcx> {
        if !ty.flags().intersects(TypeFlags::HAS_INFER) {
            return ty;
        }
        let TyKind::Infer(var) = *ty.kind_ref() else { return ty.super_fold_with(self) };
        let infer = self.infer;
        let fresh = || match var {
            ir::IntVar(_) => infer.new_int_var(),
            ir::FloatVar(_) => infer.new_float_var(),
            _ => infer.new_ty_var(),
        };
        let is_old = match var {
            ir::TyVar(var) => var.as_usize() < self.before.types,
            ir::IntVar(var) => var.as_usize() < self.before.ints,
            ir::FloatVar(var) => var.as_usize() < self.before.floats,
            _ => true,
        };
        if is_old { ty } else { *self.types.entry(ty).or_insert_with(fresh) }
    }
    fn fold_region(&mut self, region: Region<'tcx>) -> Region<'tcx> {
        match region.kind() {
            RegionKind::ReVar(var) if var.as_usize() >= self.before.regions => {
                let infer = self.infer;
                *self.regions.entry(region).or_insert_with(|| infer.new_region_var())
            }
            _ => region,
        }
    }
    fn fold_const(&mut self, constant: Const<'tcx>) -> Const<'tcx> {
        match constant.kind() {
            ConstKind::Infer(ir::InferConst::Var(var)) if var.as_usize() >= self.before.consts => {
                let infer = self.infer;
                *self.consts.entry(constant).or_insert_with(|| infer.new_const_var())
            }
            ConstKind::Infer(_) => constant,
            _ => constant.super_fold_with(self),
        }
    }
    fn fold_predicate(&mut self, predicate: Predicate<'tcx>) -> Predicate<'tcx> {
        predicate.super_fold_with(self)
    }
}
