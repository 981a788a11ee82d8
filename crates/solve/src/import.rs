//! The bridge: Bessemer's types as the solver's, and back.

use crate::ir::inherent::IntoKind;
use crate::ir::{BoundVarIndexKind, DebruijnIndex, Interner as _};
use crate::{
    Abi, Args, Binder, BoundConst, BoundVarKind, BoundVarKinds, Clause, ClauseKind, Const, ConstKind, Cx, EarlyParam,
    ExistentialPredicate, FnSig, GenericArg, List, ParamConst, ParamTy, Pat, PatternKind, PredicateKind, Region,
    RegionKind, Safety, Term, TraitRef, Ty, TyKind, ValTree, ValueConst, ir,
};
use ty::rustc_abi::IntegerType;

/// The integer type of a `repr`.
pub(crate) fn integer_ty(cx: Cx<'_>, integer: IntegerType) -> Ty<'_> {
    use ir::{IntTy, UintTy};
    use ty::Integer;
    let kind = match integer {
        IntegerType::Pointer(true) => TyKind::Int(IntTy::Isize),
        IntegerType::Pointer(false) => TyKind::Uint(UintTy::Usize),
        IntegerType::Fixed(size, signed) => match (size, signed) {
            (Integer::I8, true) => TyKind::Int(IntTy::I8),
            (Integer::I16, true) => TyKind::Int(IntTy::I16),
            (Integer::I32, true) => TyKind::Int(IntTy::I32),
            (Integer::I64, true) => TyKind::Int(IntTy::I64),
            (Integer::I128, true) => TyKind::Int(IntTy::I128),
            (Integer::I8, false) => TyKind::Uint(UintTy::U8),
            (Integer::I16, false) => TyKind::Uint(UintTy::U16),
            (Integer::I32, false) => TyKind::Uint(UintTy::U32),
            (Integer::I64, false) => TyKind::Uint(UintTy::U64),
            (Integer::I128, false) => TyKind::Uint(UintTy::U128),
        },
    };
    cx.mk_ty(kind)
}

macro_rules! same_enums {
    ($($to_ir:ident, $to_ty:ident: $ty:ident { $($variant:ident)* })*) => {
        $(
            pub(crate) fn $to_ir(value: ty::$ty) -> ir::$ty {
                match value { $(ty::$ty::$variant => ir::$ty::$variant,)* }
            }
            pub(crate) fn $to_ty(value: ir::$ty) -> ty::$ty {
                match value { $(ir::$ty::$variant => ty::$ty::$variant,)* }
            }
        )*
    };
}
same_enums! {
    int_ir, int_ty: IntTy { Isize I8 I16 I32 I64 I128 }
    uint_ir, uint_ty: UintTy { Usize U8 U16 U32 U64 U128 }
    float_ir, float_ty: FloatTy { F16 F32 F64 F128 }
    mutability_ir, mutability_ty: Mutability { Not Mut }
    alias_ir, alias_ty: AliasTyKind { Projection Inherent Opaque Free }
}

pub(crate) fn variance(variance: ty::Variance) -> ir::Variance {
    match variance {
        ty::Variance::Covariant => ir::Variance::Covariant,
        ty::Variance::Invariant => ir::Variance::Invariant,
        ty::Variance::Contravariant => ir::Variance::Contravariant,
        ty::Variance::Bivariant => ir::Variance::Bivariant,
    }
}

fn bound_region_kind<'tcx>(kind: ty::BoundRegionKind) -> ir::BoundRegionKind<Cx<'tcx>> {
    match kind {
        ty::BoundRegionKind::Anon => ir::BoundRegionKind::Anon,
        ty::BoundRegionKind::Named(did) => ir::BoundRegionKind::Named(did),
        ty::BoundRegionKind::ClosureEnv => ir::BoundRegionKind::ClosureEnv,
    }
}

fn bound_ty_kind<'tcx>(kind: ty::BoundTyKind) -> ir::BoundTyKind<Cx<'tcx>> {
    match kind {
        ty::BoundTyKind::Anon => ir::BoundTyKind::Anon,
        ty::BoundTyKind::Param(did) => ir::BoundTyKind::Param(did),
    }
}

fn at(depth: u32) -> BoundVarIndexKind {
    BoundVarIndexKind::Bound(DebruijnIndex::from_u32(depth))
}

impl<'tcx> Cx<'tcx> {
    /// A type of ours as the solver's.
    pub fn import(self, ty: ty::Ty<'tcx>) -> Ty<'tcx> {
        if let Some(known) = self.0.imported.get(&ty) {
            return known;
        }
        ty::ensure_stack();
        let kind = self.import_kind(*ty.kind());
        self.0.imported.insert(ty, self.mk_ty(kind))
    }

    fn import_kind(self, kind: ty::TyKind<'tcx>) -> TyKind<'tcx> {
        match kind {
            ty::TyKind::Bool => TyKind::Bool,
            ty::TyKind::Char => TyKind::Char,
            ty::TyKind::Int(int) => TyKind::Int(int_ir(int)),
            ty::TyKind::Uint(uint) => TyKind::Uint(uint_ir(uint)),
            ty::TyKind::Float(float) => TyKind::Float(float_ir(float)),
            ty::TyKind::Adt(did, args) => TyKind::Adt(self.adt_def(did), self.import_args(&args)),
            ty::TyKind::Foreign(did) => TyKind::Foreign(did),
            ty::TyKind::Str => TyKind::Str,
            ty::TyKind::Array(ty, len) => TyKind::Array(self.import(ty), self.import_const(len)),
            ty::TyKind::Pat(ty, pattern) => TyKind::Pat(self.import(ty), self.import_pat(pattern)),
            ty::TyKind::Slice(ty) => TyKind::Slice(self.import(ty)),
            ty::TyKind::RawPtr(ty, mutability) => TyKind::RawPtr(self.import(ty), mutability_ir(mutability)),
            ty::TyKind::Ref(region, ty, mutability) => {
                TyKind::Ref(self.import_region(region), self.import(ty), mutability_ir(mutability))
            }
            ty::TyKind::FnDef(did, args) => TyKind::FnDef(did, self.import_args(&args)),
            ty::TyKind::FnPtr(sig) => {
                let (types, header) = self.import_sig(sig).split();
                TyKind::FnPtr(types, header)
            }
            ty::TyKind::UnsafeBinder(binder) => {
                let bound_vars = self.import_bound_vars(&binder.bound_vars);
                TyKind::UnsafeBinder(Binder::bind_with_vars(self.import(binder.value), bound_vars).into())
            }
            ty::TyKind::Dynamic(predicates, region) => {
                let predicates: Vec<_> =
                    predicates.iter().map(|predicate| self.import_existential(predicate)).collect();
                TyKind::Dynamic(self.mk_existential(&predicates), self.import_region(region))
            }
            ty::TyKind::Closure(did, args) => TyKind::Closure(did, self.import_args(&args)),
            ty::TyKind::CoroutineClosure(did, args) => TyKind::CoroutineClosure(did, self.import_args(&args)),
            ty::TyKind::Coroutine(did, args) => TyKind::Coroutine(did, self.import_args(&args)),
            ty::TyKind::CoroutineWitness(did, args) => TyKind::CoroutineWitness(did, self.import_args(&args)),
            ty::TyKind::Never => TyKind::Never,
            ty::TyKind::Tuple(types) => TyKind::Tuple(self.import_tys(&types)),
            ty::TyKind::Alias(kind, alias) => {
                let args = self.import_args(&alias.args);
                TyKind::Alias(alias_ir(kind), ir::AliasTy::new_from_args(self, alias.def_id, args))
            }
            ty::TyKind::Param(param) => TyKind::Param(ParamTy { index: param.index, name: param.name }),
            ty::TyKind::Bound(depth, bound) => {
                let var = ir::BoundVar::from_u32(bound.var);
                TyKind::Bound(at(depth), ir::BoundTy { var, kind: bound_ty_kind(bound.kind) })
            }
            ty::TyKind::Infer(_) => TyKind::Error(self.note("a type of another inference")),
            ty::TyKind::Error => TyKind::Error(self.note("an erroneous type")),
        }
    }

    /// Types of ours, one by one.
    pub fn import_tys(self, types: &[ty::Ty<'tcx>]) -> List<'tcx, Ty<'tcx>> {
        let types: Vec<_> = types.iter().map(|&ty| self.import(ty)).collect();
        self.mk_tys(&types)
    }

    /// A region of ours.
    pub fn import_region(self, region: ty::Region) -> Region<'tcx> {
        self.mk_region(match region {
            ty::Region::EarlyParam { index, name } => RegionKind::ReEarlyParam(EarlyParam { index, name }),
            ty::Region::Bound(depth, bound) => {
                let var = ir::BoundVar::from_u32(bound.var);
                RegionKind::ReBound(at(depth), ir::BoundRegion { var, kind: bound_region_kind(bound.kind) })
            }
            ty::Region::Static => RegionKind::ReStatic,
            ty::Region::Erased => RegionKind::ReErased,
        })
    }

    /// A constant of ours. What has no meaning here becomes an error, and a doubt is noted.
    pub fn import_const(self, constant: ty::Const<'tcx>) -> Const<'tcx> {
        self.mk_const(match *constant.kind() {
            ty::ConstKind::Param(param) => ConstKind::Param(ParamConst { index: param.index, name: param.name }),
            ty::ConstKind::Bound(depth, var) => {
                ConstKind::Bound(at(depth), BoundConst::new(ir::BoundVar::from_u32(var)))
            }
            ty::ConstKind::Unevaluated(unevaluated) => {
                let args = self.import_args(&unevaluated.args);
                ConstKind::Unevaluated(ir::UnevaluatedConst::new(unevaluated.def, args))
            }
            ty::ConstKind::Value(ty, value) => {
                ConstKind::Value(ValueConst { ty: self.import(ty), valtree: self.import_valtree(value) })
            }
            ty::ConstKind::Infer(_) => ConstKind::Error(self.note("a constant of another inference")),
            ty::ConstKind::Expr => ConstKind::Error(self.note("a generic constant expression")),
            ty::ConstKind::Error => ConstKind::Error(self.note("an erroneous constant")),
        })
    }

    fn import_valtree(self, value: ty::ValTree<'tcx>) -> ValTree<'tcx> {
        self.mk_valtree(match value.kind() {
            ty::ValTreeKind::Leaf(leaf) => ir::ValTreeKind::Leaf(leaf),
            ty::ValTreeKind::Branch(parts) => {
                ir::ValTreeKind::Branch(parts.iter().map(|part| self.import_const(part)).collect())
            }
        })
    }

    fn import_pat(self, pattern: ty::Pattern<'tcx>) -> Pat<'tcx> {
        self.mk_pat(match pattern.kind() {
            ty::PatternKind::Range { start, end } => {
                PatternKind::Range { start: self.import_const(start), end: self.import_const(end) }
            }
            ty::PatternKind::Or(parts) => {
                let parts: Vec<_> = parts.iter().map(|part| self.import_pat(part)).collect();
                PatternKind::Or(self.mk_pats(&parts))
            }
            ty::PatternKind::NotNull => PatternKind::NotNull,
        })
    }

    /// A generic argument of ours.
    pub fn import_arg(self, arg: ty::GenericArg<'tcx>) -> GenericArg<'tcx> {
        match arg {
            ty::GenericArg::Lifetime(region) => GenericArg::Lifetime(self.import_region(region)),
            ty::GenericArg::Type(ty) => GenericArg::Type(self.import(ty)),
            ty::GenericArg::Const(constant) => GenericArg::Const(self.import_const(constant)),
        }
    }

    /// Generic arguments of ours.
    pub fn import_args(self, args: &[ty::GenericArg<'tcx>]) -> Args<'tcx> {
        let args: smallvec::SmallVec<[_; 8]> = args.iter().map(|&arg| self.import_arg(arg)).collect();
        Cx::mk_args(self, &args)
    }

    /// A term of ours.
    pub fn import_term(self, term: ty::Term<'tcx>) -> Term<'tcx> {
        match term {
            ty::Term::Ty(ty) => Term::Ty(self.import(ty)),
            ty::Term::Const(constant) => Term::Const(self.import_const(constant)),
        }
    }

    fn import_bound_vars(self, kinds: &[ty::BoundVariableKind]) -> BoundVarKinds<'tcx> {
        let kinds: smallvec::SmallVec<[BoundVarKind<'tcx>; 4]> = kinds
            .iter()
            .map(|&kind| match kind {
                ty::BoundVariableKind::Ty(kind) => BoundVarKind::Ty(bound_ty_kind(kind)),
                ty::BoundVariableKind::Region(kind) => BoundVarKind::Region(bound_region_kind(kind)),
                ty::BoundVariableKind::Const => BoundVarKind::Const,
            })
            .collect();
        self.mk_bound_vars(&kinds)
    }

    /// A signature of ours.
    pub fn import_sig(self, sig: ty::PolyFnSig<'tcx>) -> Binder<'tcx, FnSig<'tcx>> {
        let bound_vars = self.import_bound_vars(&sig.bound_vars);
        let sig = sig.value;
        let value = ir::FnSig {
            inputs_and_output: self.import_tys(&sig.inputs_and_output),
            c_variadic: sig.c_variadic,
            safety: if sig.is_unsafe { Safety::Unsafe } else { Safety::Safe },
            abi: Abi(sig.abi),
        };
        Binder::bind_with_vars(value, bound_vars)
    }

    /// A trait reference of ours.
    pub fn import_trait_ref(self, trait_ref: ty::TraitRef<'tcx>) -> TraitRef<'tcx> {
        ir::TraitRef::new_from_args(self, trait_ref.def_id, self.import_args(&trait_ref.args))
    }

    fn import_existential(
        self,
        predicate: ty::PolyExistentialPredicate<'tcx>,
    ) -> Binder<'tcx, ExistentialPredicate<'tcx>> {
        let bound_vars = self.import_bound_vars(&predicate.bound_vars);
        let value = match predicate.value {
            ty::ExistentialPredicate::Trait(trait_ref) => ExistentialPredicate::Trait(
                ir::ExistentialTraitRef::new_from_args(self, trait_ref.def_id, self.import_args(&trait_ref.args)),
            ),
            ty::ExistentialPredicate::Projection(projection) => {
                let (args, term) = (self.import_args(&projection.args), self.import_term(projection.term));
                ExistentialPredicate::Projection(ir::ExistentialProjection::new_from_args(
                    self,
                    projection.def_id,
                    args,
                    term,
                ))
            }
            ty::ExistentialPredicate::AutoTrait(did) => ExistentialPredicate::AutoTrait(did),
        };
        Binder::bind_with_vars(value, bound_vars)
    }

    /// A where-clause, unless it is one that says nothing about which impl is meant (of lifetimes, well-formedness, …).
    pub(crate) fn import_clause(self, clause: ty::Clause<'tcx>) -> Option<Clause<'tcx>> {
        let kind = match clause.value {
            ty::ClauseKind::Trait(trait_ref) => ClauseKind::Trait(ir::TraitPredicate {
                trait_ref: self.import_trait_ref(trait_ref),
                polarity: ir::PredicatePolarity::Positive,
            }),
            ty::ClauseKind::Projection { def_id, args, term } => ClauseKind::Projection(ir::ProjectionPredicate {
                projection_term: ir::AliasTerm::new_from_args(self, def_id, self.import_args(&args)),
                term: self.import_term(term),
            }),
            ty::ClauseKind::ConstArgHasType(constant, ty) => {
                ClauseKind::ConstArgHasType(self.import_const(constant), self.import(ty))
            }
            ty::ClauseKind::Other => return None,
        };
        let bound_vars = self.import_bound_vars(&clause.bound_vars);
        Some(Clause(self.mk_predicate(Binder::bind_with_vars(PredicateKind::Clause(kind), bound_vars))))
    }

    pub(crate) fn import_clauses(self, clauses: &[ty::Clause<'tcx>]) -> Vec<Clause<'tcx>> {
        clauses.iter().filter_map(|&clause| self.import_clause(clause)).collect()
    }
}

/// Whether a type is a tuple, and of what.
pub(crate) fn tuple<'tcx>(ty: Ty<'tcx>) -> Option<&'tcx [Ty<'tcx>]> {
    match ty.kind() {
        TyKind::Tuple(types) => Some(types.elements()),
        _ => None,
    }
}
