//! What the published relations and solver ask of an inference context ([`InferCtxtLike`]).

use super::Inference;
use super::tables::{ConstKey, RegionKey, SubKey, TyKey, Value};
use crate::ir::inherent::{IntoKind, OpaqueTypeStorageEntries, Ty as _};
use crate::ir::relate::RelateResult;
use crate::ir::relate::combine::PredicateEmittingRelation;
use crate::ir::{
    self, ConstVid, FloatVarValue, FloatVid, InferCtxtLike, IntVarValue, IntVid, RegionVid, TyVid, TypeFoldable,
    UniverseIndex, Variance,
};
use crate::{
    AliasTy, Args, Binder, Const, ConstKind, Cx, GenericArg, Noted, Nowhere, OpaqueTypeKey, Region, RegionKind, Ty,
    TyKind, TypingMode,
};
use ty::DefId;

/// How many hidden types there are.
#[derive(Clone, Copy, Default, Debug)]
pub struct OpaqueEntries {
    types: usize,
    duplicates: usize,
}

impl OpaqueTypeStorageEntries for OpaqueEntries {
    fn needs_reevaluation(self, canonicalized: usize) -> bool {
        self.types != canonicalized
    }
}

impl<'tcx> Inference<'tcx> {
    fn int_ty(&self, var: IntVid) -> Ty<'tcx> {
        let mut tables = self.tables.borrow_mut();
        match tables.ints.probe_value(var) {
            IntVarValue::IntType(int) => self.cx.mk_ty(TyKind::Int(int)),
            IntVarValue::UintType(uint) => self.cx.mk_ty(TyKind::Uint(uint)),
            IntVarValue::Unknown => Ty::new_infer(self.cx, ir::IntVar(tables.ints.find(var))),
        }
    }
    fn float_ty(&self, var: FloatVid) -> Ty<'tcx> {
        let mut tables = self.tables.borrow_mut();
        match tables.floats.probe_value(var) {
            FloatVarValue::Known(float) => self.cx.mk_ty(TyKind::Float(float)),
            FloatVarValue::Unknown => Ty::new_infer(self.cx, ir::FloatVar(tables.floats.find(var))),
        }
    }
    /// The value of a variable or, if it is not known, the variable that stands for all that are equal to it.
    fn ty_of_var(&self, var: TyVid) -> Ty<'tcx> {
        self.known_ty(var).unwrap_or_else(|_| Ty::new_var(self.cx, self.root_ty_var(var)))
    }
    fn const_of_var(&self, var: ConstVid) -> Const<'tcx> {
        use ir::inherent::Const as _;
        self.known_const(var).unwrap_or_else(|_| Const::new_var(self.cx, self.root_const_var(var)))
    }
}

impl<'tcx> InferCtxtLike for Inference<'tcx> {
    type Interner = Cx<'tcx>;
    type OpaqueTypeStorageEntries = OpaqueEntries;

    fn cx(&self) -> Cx<'tcx> {
        self.cx
    }
    fn typing_mode(&self) -> TypingMode<'tcx> {
        self.mode.get()
    }
    fn universe(&self) -> UniverseIndex {
        self.universe.get()
    }
    fn create_next_universe(&self) -> UniverseIndex {
        self.next_universe()
    }

    fn universe_of_ty(&self, var: TyVid) -> Option<UniverseIndex> {
        self.known_ty(var).err()
    }
    fn universe_of_lt(&self, var: RegionVid) -> Option<UniverseIndex> {
        match self.tables.borrow_mut().regions.probe_value(RegionKey::from(var)) {
            Value::Known(_) => None,
            Value::Unknown(universe) => Some(universe),
        }
    }
    fn universe_of_ct(&self, var: ConstVid) -> Option<UniverseIndex> {
        self.known_const(var).err()
    }

    fn root_ty_var(&self, var: TyVid) -> TyVid {
        self.tables.borrow_mut().types.find(TyKey::from(var)).vid
    }
    fn sub_unification_table_root_var(&self, var: TyVid) -> TyVid {
        self.tables.borrow_mut().subs.find(SubKey::from(var)).vid
    }
    fn root_const_var(&self, var: ConstVid) -> ConstVid {
        self.tables.borrow_mut().consts.find(ConstKey::from(var)).vid
    }

    fn opportunistic_resolve_ty_var(&self, var: TyVid) -> Ty<'tcx> {
        self.ty_of_var(var)
    }
    fn opportunistic_resolve_int_var(&self, var: IntVid) -> Ty<'tcx> {
        self.int_ty(var)
    }
    fn opportunistic_resolve_float_var(&self, var: FloatVid) -> Ty<'tcx> {
        self.float_ty(var)
    }
    fn opportunistic_resolve_ct_var(&self, var: ConstVid) -> Const<'tcx> {
        self.const_of_var(var)
    }
    fn opportunistic_resolve_lt_var(&self, var: RegionVid) -> Region<'tcx> {
        let mut tables = self.tables.borrow_mut();
        let root = tables.regions.find(RegionKey::from(var));
        match tables.regions.probe_value(root) {
            Value::Known(region) => region,
            Value::Unknown(_) => self.cx.mk_region(RegionKind::ReVar(root.vid)),
        }
    }

    fn is_changed_arg(&self, arg: GenericArg<'tcx>) -> bool {
        match arg {
            GenericArg::Lifetime(_) => false,
            GenericArg::Type(ty) => match *ty.kind_ref() {
                TyKind::Infer(ir::TyVar(var)) => self.ty_of_var(var) != ty,
                TyKind::Infer(ir::IntVar(var)) => self.int_ty(var) != ty,
                TyKind::Infer(ir::FloatVar(var)) => self.float_ty(var) != ty,
                _ => true,
            },
            GenericArg::Const(constant) => match constant.kind() {
                ConstKind::Infer(ir::InferConst::Var(var)) => self.const_of_var(var) != constant,
                _ => true,
            },
        }
    }

    fn next_region_infer(&self) -> Region<'tcx> {
        self.new_region_var()
    }
    fn next_ty_infer(&self) -> Ty<'tcx> {
        self.new_ty_var()
    }
    fn next_const_infer(&self) -> Const<'tcx> {
        self.new_const_var()
    }
    fn fresh_args_for_item(&self, def_id: DefId) -> Args<'tcx> {
        self.fresh_args(def_id)
    }
    fn instantiate_binder_with_infer<T: TypeFoldable<Cx<'tcx>> + Copy>(&self, value: Binder<'tcx, T>) -> T {
        self.instantiate_with_fresh(value)
    }
    fn enter_forall<T: TypeFoldable<Cx<'tcx>>, U>(&self, value: Binder<'tcx, T>, f: impl FnOnce(T) -> U) -> U {
        f(self.instantiate_with_placeholders(value))
    }

    fn equate_ty_vids_raw(&self, a: TyVid, b: TyVid) {
        self.tables.borrow_mut().equate_types(a, b);
    }
    fn sub_unify_ty_vids_raw(&self, a: TyVid, b: TyVid) {
        self.tables.borrow_mut().subs.union(SubKey::from(a), SubKey::from(b));
    }
    fn equate_int_vids_raw(&self, a: IntVid, b: IntVid) {
        self.tables.borrow_mut().ints.union(a, b);
    }
    fn equate_float_vids_raw(&self, a: FloatVid, b: FloatVid) {
        self.tables.borrow_mut().floats.union(a, b);
    }
    fn equate_const_vids_raw(&self, a: ConstVid, b: ConstVid) {
        self.tables.borrow_mut().consts.union(ConstKey::from(a), ConstKey::from(b));
    }

    fn instantiate_ty_var_raw<R: PredicateEmittingRelation<Self>>(
        &self,
        relation: &mut R,
        target_is_expected: bool,
        target: TyVid,
        variance: Variance,
        source: Ty<'tcx>,
    ) -> RelateResult<Cx<'tcx>, ()> {
        self.instantiate_ty_var(relation, target_is_expected, target, variance, source)
    }
    fn instantiate_int_var_raw(&self, var: IntVid, value: IntVarValue) {
        self.tables.borrow_mut().ints.union_value(var, value);
    }
    fn instantiate_float_var_raw(&self, var: FloatVid, value: FloatVarValue) {
        self.tables.borrow_mut().floats.union_value(var, value);
    }
    fn instantiate_const_var_raw<R: PredicateEmittingRelation<Self>>(
        &self,
        relation: &mut R,
        target_is_expected: bool,
        target: ConstVid,
        source: Const<'tcx>,
    ) -> RelateResult<Cx<'tcx>, ()> {
        self.instantiate_const_var(relation, target_is_expected, target, source)
    }

    fn set_tainted_by_errors(&self, _: Noted) {
        self.cx.note("something erroneous");
    }

    fn shallow_resolve(&self, ty: Ty<'tcx>) -> Ty<'tcx> {
        match *ty.kind_ref() {
            TyKind::Infer(ir::TyVar(var)) => {
                let value = self.ty_of_var(var);
                // A variable may have been found to be an integer's.
                match *value.kind_ref() {
                    TyKind::Infer(ir::IntVar(_) | ir::FloatVar(_)) => self.shallow_resolve(value),
                    _ => value,
                }
            }
            TyKind::Infer(ir::IntVar(var)) => self.int_ty(var),
            TyKind::Infer(ir::FloatVar(var)) => self.float_ty(var),
            _ => ty,
        }
    }
    fn shallow_resolve_const(&self, constant: Const<'tcx>) -> Const<'tcx> {
        match constant.kind() {
            ConstKind::Infer(ir::InferConst::Var(var)) => self.const_of_var(var),
            _ => constant,
        }
    }
    fn resolve_vars_if_possible<T: TypeFoldable<Cx<'tcx>>>(&self, value: T) -> T {
        self.resolved(value)
    }
    fn probe<T>(&self, probe: impl FnOnce() -> T) -> T {
        self.probing(probe)
    }

    fn sub_regions(&self, sub: Region<'tcx>, sup: Region<'tcx>, _: Nowhere) {
        self.tables.borrow_mut().outlives(sup, sub);
    }
    fn equate_regions(&self, a: Region<'tcx>, b: Region<'tcx>, _: Nowhere) {
        self.tables.borrow_mut().equate_regions(a, b);
    }
    fn register_ty_outlives(&self, ty: Ty<'tcx>, region: Region<'tcx>, _: Nowhere) {
        self.tables.borrow_mut().outlives.push(ir::OutlivesPredicate(ty.into(), region));
    }

    fn opaque_types_storage_num_entries(&self) -> OpaqueEntries {
        let tables = self.tables.borrow();
        OpaqueEntries { types: tables.opaques.types.len(), duplicates: tables.opaques.duplicates.len() }
    }
    fn clone_opaque_types_lookup_table(&self) -> Vec<(OpaqueTypeKey<'tcx>, Ty<'tcx>)> {
        self.tables.borrow().opaques.types.clone()
    }
    fn clone_duplicate_opaque_types(&self) -> Vec<(OpaqueTypeKey<'tcx>, Ty<'tcx>)> {
        self.tables.borrow().opaques.duplicates.clone()
    }
    fn clone_opaque_types_added_since(&self, before: OpaqueEntries) -> Vec<(OpaqueTypeKey<'tcx>, Ty<'tcx>)> {
        let tables = self.tables.borrow();
        let (types, duplicates) = (&tables.opaques.types, &tables.opaques.duplicates);
        types[before.types..].iter().chain(&duplicates[before.duplicates..]).copied().collect()
    }
    fn opaques_with_sub_unified_hidden_type(&self, var: TyVid) -> Vec<AliasTy<'tcx>> {
        let root = self.sub_unification_table_root_var(var);
        let opaques = self.tables.borrow().opaques.types.clone();
        let is_related = |hidden: Ty<'tcx>| match *hidden.kind_ref() {
            TyKind::Infer(ir::TyVar(hidden)) => self.sub_unification_table_root_var(hidden) == root,
            _ => false,
        };
        opaques
            .into_iter()
            .filter(|&(_, hidden)| is_related(hidden))
            .map(|(key, _)| ir::AliasTy::new_from_args(self.cx, key.def_id, key.args))
            .collect()
    }
    fn register_hidden_type_in_storage(
        &self,
        key: OpaqueTypeKey<'tcx>,
        hidden: Ty<'tcx>,
        _: Nowhere,
    ) -> Option<Ty<'tcx>> {
        let mut tables = self.tables.borrow_mut();
        match tables.opaques.types.iter_mut().find(|(known, _)| *known == key) {
            Some((_, entry)) => Some(std::mem::replace(entry, hidden)),
            None => {
                tables.opaques.types.push((key, hidden));
                None
            }
        }
    }
    fn add_duplicate_opaque_type(&self, key: OpaqueTypeKey<'tcx>, hidden: Ty<'tcx>, _: Nowhere) {
        self.tables.borrow_mut().opaques.duplicates.push((key, hidden));
    }
    fn reset_opaque_types(&self) {
        self.tables.borrow_mut().opaques = Default::default();
    }
}
