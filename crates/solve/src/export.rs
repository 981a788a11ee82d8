//! The way back: the solver's types as Bessemer's.

use crate::import::{alias_ty, float_ty, int_ty, mutability_ty, uint_ty};
use crate::ir::inherent::IntoKind;
use crate::ir::{self, BoundVarIndexKind};
use crate::{
    BoundVarKind, BoundVarKinds, ClauseKind, Const, ConstKind, Cx, ExistentialPredicate, FnSig, GenericArg, Pat,
    PatternKind, Predicate, PredicateKind, Region, RegionKind, Safety, Term, Ty, TyKind, ValTree,
};

/// Makes types of ours.
struct Exporter<'tcx> {
    cx: Cx<'tcx>,
    /// For texts: what is not known has a number.
    shows_unknown: bool,
}

impl<'tcx> Cx<'tcx> {
    /// A type of ours for one in which nothing is left to be found out; `None` for others. Lifetimes that are variables, and
    /// those that a function's body sees as its own, are erased.
    pub fn export(self, ty: Ty<'tcx>) -> Option<ty::Ty<'tcx>> {
        if let Some(known) = self.exported.get(&ty) {
            return known;
        }
        let exported = Exporter { cx: self, shows_unknown: false }.ty(ty);
        self.exported.insert(ty, exported)
    }

    /// As [`Cx::export`], of a constant.
    pub fn export_const(self, constant: Const<'tcx>) -> Option<ty::Const<'tcx>> {
        Exporter { cx: self, shows_unknown: false }.constant(constant)
    }

    /// As [`Cx::export`], of arguments; `None` if one is not known.
    pub fn export_args(self, args: &[GenericArg<'tcx>]) -> Option<ty::GenericArgs<'tcx>> {
        Exporter { cx: self, shows_unknown: false }.args(args)
    }

    /// The type as rustc writes it. What is not known is `_`.
    pub fn text(self, ty: Ty<'tcx>) -> String {
        match (Exporter { cx: self, shows_unknown: true }).ty(ty) {
            Some(ty) => self.tcx().ty_str(ty),
            None => format!("{ty:?}"),
        }
    }

    /// A generic argument as rustc writes it.
    pub fn text_of_arg(self, arg: GenericArg<'tcx>) -> String {
        match arg {
            GenericArg::Type(ty) => self.text(ty),
            GenericArg::Lifetime(region) => format!("{region:?}"),
            GenericArg::Const(constant) => match (Exporter { cx: self, shows_unknown: true }).constant(constant) {
                Some(constant) => self.tcx().const_str(constant),
                None => format!("{constant:?}"),
            },
        }
    }
}

impl<'tcx> Cx<'tcx> {
    /// A predicate as people write it, without its binder.
    pub fn text_of_predicate(self, predicate: Predicate<'tcx>) -> String {
        let named = |name: String, args: &[GenericArg<'tcx>]| {
            let shown = args.iter().filter(|arg| !matches!(arg, GenericArg::Lifetime(_)));
            let shown: Vec<_> = shown.map(|&arg| self.text_of_arg(arg)).collect();
            if shown.is_empty() { name } else { format!("{name}<{}>", shown.join(", ")) }
        };
        match predicate.kind().skip_binder() {
            PredicateKind::Clause(ClauseKind::Trait(predicate)) => {
                let trait_ref = predicate.trait_ref;
                let not = if predicate.polarity == ir::PredicatePolarity::Negative { "!" } else { "" };
                let trait_ = named(self.tcx().def_path_str(trait_ref.def_id), &trait_ref.args.elements()[1..]);
                format!("{}: {not}{trait_}", self.text(trait_ref.self_ty()))
            }
            PredicateKind::Clause(ClauseKind::Projection(projection)) => {
                let alias = projection.projection_term;
                let item = named(self.tcx().def_path_str(alias.def_id), &alias.args.elements()[1..]);
                format!("<{}>::{item} == {}", self.text(alias.self_ty()), self.text_of_arg(projection.term.into()))
            }
            PredicateKind::AliasRelate(left, right, direction) => {
                format!("{} {direction} {}", self.text_of_arg(left.into()), self.text_of_arg(right.into()))
            }
            other => format!("{other:?}"),
        }
    }
}

fn bound_region_kind(kind: ir::BoundRegionKind<Cx<'_>>) -> ty::BoundRegionKind {
    match kind {
        ir::BoundRegionKind::Anon | ir::BoundRegionKind::NamedForPrinting(_) => ty::BoundRegionKind::Anon,
        ir::BoundRegionKind::Named(did) => ty::BoundRegionKind::Named(did),
        ir::BoundRegionKind::ClosureEnv => ty::BoundRegionKind::ClosureEnv,
    }
}

fn bound_ty_kind(kind: ir::BoundTyKind<Cx<'_>>) -> ty::BoundTyKind {
    match kind {
        ir::BoundTyKind::Anon => ty::BoundTyKind::Anon,
        ir::BoundTyKind::Param(did) => ty::BoundTyKind::Param(did),
    }
}

impl<'tcx> Exporter<'tcx> {
    fn ty(&self, ty: Ty<'tcx>) -> Option<ty::Ty<'tcx>> {
        ty::ensure_stack();
        let kind = self.kind(ty)?;
        Some(self.cx.tcx().mk_ty(kind))
    }

    fn kind(&self, ty: Ty<'tcx>) -> Option<ty::TyKind<'tcx>> {
        Some(match *ty.kind_ref() {
            TyKind::Bool => ty::TyKind::Bool,
            TyKind::Char => ty::TyKind::Char,
            TyKind::Int(int) => ty::TyKind::Int(int_ty(int)),
            TyKind::Uint(uint) => ty::TyKind::Uint(uint_ty(uint)),
            TyKind::Float(float) => ty::TyKind::Float(float_ty(float)),
            TyKind::Adt(adt, args) => ty::TyKind::Adt(adt.data().did, self.args(&args)?),
            TyKind::Foreign(did) => ty::TyKind::Foreign(did),
            TyKind::Str => ty::TyKind::Str,
            TyKind::Array(ty, len) => ty::TyKind::Array(self.ty(ty)?, self.constant(len)?),
            TyKind::Pat(ty, pattern) => ty::TyKind::Pat(self.ty(ty)?, self.pat(pattern)?),
            TyKind::Slice(ty) => ty::TyKind::Slice(self.ty(ty)?),
            TyKind::RawPtr(ty, mutability) => ty::TyKind::RawPtr(self.ty(ty)?, mutability_ty(mutability)),
            TyKind::Ref(region, ty, mutability) => {
                ty::TyKind::Ref(self.region(region)?, self.ty(ty)?, mutability_ty(mutability))
            }
            TyKind::FnDef(did, args) => ty::TyKind::FnDef(did, self.args(&args)?),
            TyKind::FnPtr(types, header) => ty::TyKind::FnPtr(self.sig(types.with(header))?),
            TyKind::UnsafeBinder(binder) => {
                let bound_vars = self.bound_vars(binder.bound_vars());
                ty::TyKind::UnsafeBinder(ty::Binder { value: self.ty(binder.skip_binder())?, bound_vars })
            }
            TyKind::Dynamic(predicates, region) => {
                let predicates = predicates.into_iter().map(|predicate| self.existential(predicate));
                let predicates = predicates.collect::<Option<Vec<_>>>()?;
                ty::TyKind::Dynamic(self.cx.tcx().mk_existential(&predicates), self.region(region)?)
            }
            TyKind::Closure(did, args) => ty::TyKind::Closure(did, self.args(&args)?),
            TyKind::CoroutineClosure(did, args) => ty::TyKind::CoroutineClosure(did, self.args(&args)?),
            TyKind::Coroutine(did, args) => ty::TyKind::Coroutine(did, self.args(&args)?),
            TyKind::CoroutineWitness(did, args) => ty::TyKind::CoroutineWitness(did, self.args(&args)?),
            TyKind::Never => ty::TyKind::Never,
            TyKind::Tuple(types) => {
                let types = types.into_iter().map(|ty| self.ty(ty)).collect::<Option<Vec<_>>>()?;
                ty::TyKind::Tuple(self.cx.tcx().mk_types(&types))
            }
            TyKind::Alias(kind, alias) => {
                ty::TyKind::Alias(alias_ty(kind), ty::AliasTy { def_id: alias.def_id, args: self.args(&alias.args)? })
            }
            TyKind::Param(param) => ty::TyKind::Param(ty::ParamTy { index: param.index, name: param.name }),
            TyKind::Bound(BoundVarIndexKind::Bound(depth), bound) => {
                let bound = ty::BoundTy { var: bound.var.as_u32(), kind: bound_ty_kind(bound.kind) };
                ty::TyKind::Bound(depth.as_u32(), bound)
            }
            TyKind::Infer(ir::TyVar(var)) if self.shows_unknown => ty::TyKind::Infer(var.as_u32()),
            TyKind::Infer(ir::IntVar(var)) if self.shows_unknown => ty::TyKind::Infer(var.as_u32()),
            TyKind::Infer(ir::FloatVar(var)) if self.shows_unknown => ty::TyKind::Infer(var.as_u32()),
            TyKind::Placeholder(placeholder) if self.shows_unknown => ty::TyKind::Infer(placeholder.bound.var.as_u32()),
            TyKind::Bound(..) | TyKind::Infer(_) | TyKind::Placeholder(_) | TyKind::Error(_) => return None,
        })
    }

    fn region(&self, region: Region<'tcx>) -> Option<ty::Region> {
        Some(match region.kind() {
            RegionKind::ReEarlyParam(param) => ty::Region::EarlyParam { index: param.index, name: param.name },
            RegionKind::ReBound(BoundVarIndexKind::Bound(depth), bound) => {
                let bound = ty::BoundRegion { var: bound.var.as_u32(), kind: bound_region_kind(bound.kind) };
                ty::Region::Bound(depth.as_u32(), bound)
            }
            RegionKind::ReStatic => ty::Region::Static,
            RegionKind::ReErased | RegionKind::ReVar(_) | RegionKind::ReLateParam(_) => ty::Region::Erased,
            RegionKind::ReBound(..) | RegionKind::RePlaceholder(_) | RegionKind::ReError(_) if self.shows_unknown => {
                ty::Region::Erased
            }
            RegionKind::ReBound(..) | RegionKind::RePlaceholder(_) | RegionKind::ReError(_) => return None,
        })
    }

    fn constant(&self, constant: Const<'tcx>) -> Option<ty::Const<'tcx>> {
        let kind = match constant.kind() {
            ConstKind::Param(param) => ty::ConstKind::Param(ty::ParamConst { index: param.index, name: param.name }),
            ConstKind::Bound(BoundVarIndexKind::Bound(depth), bound) => {
                ty::ConstKind::Bound(depth.as_u32(), bound.var.as_u32())
            }
            ConstKind::Unevaluated(unevaluated) => ty::ConstKind::Unevaluated(ty::UnevaluatedConst {
                def: unevaluated.def,
                args: self.args(&unevaluated.args)?,
            }),
            ConstKind::Value(value) => ty::ConstKind::Value(self.ty(value.ty)?, self.valtree(value.valtree)?),
            ConstKind::Infer(ir::InferConst::Var(var)) if self.shows_unknown => ty::ConstKind::Infer(var.as_u32()),
            _ => return None,
        };
        Some(self.cx.tcx().mk_const(kind))
    }

    fn valtree(&self, value: ValTree<'tcx>) -> Option<ty::ValTree<'tcx>> {
        let kind = match &value.0.0 {
            ir::ValTreeKind::Leaf(leaf) => ty::ValTreeKind::Leaf(*leaf),
            ir::ValTreeKind::Branch(parts) => {
                let parts = parts.iter().map(|&part| self.constant(part)).collect::<Option<Vec<_>>>()?;
                ty::ValTreeKind::Branch(self.cx.tcx().mk_consts(&parts))
            }
        };
        Some(self.cx.tcx().mk_valtree(kind))
    }

    fn pat(&self, pattern: Pat<'tcx>) -> Option<ty::Pattern<'tcx>> {
        let kind = match pattern.kind() {
            PatternKind::Range { start, end } => {
                ty::PatternKind::Range { start: self.constant(start)?, end: self.constant(end)? }
            }
            PatternKind::Or(parts) => {
                let parts = parts.into_iter().map(|part| self.pat(part)).collect::<Option<Vec<_>>>()?;
                ty::PatternKind::Or(self.cx.tcx().mk_patterns(&parts))
            }
            PatternKind::NotNull => ty::PatternKind::NotNull,
        };
        Some(self.cx.tcx().mk_pattern(kind))
    }

    fn args(&self, args: &[GenericArg<'tcx>]) -> Option<ty::GenericArgs<'tcx>> {
        let args = args.iter().map(|&arg| {
            Some(match arg {
                GenericArg::Lifetime(region) => ty::GenericArg::Lifetime(self.region(region)?),
                GenericArg::Type(ty) => ty::GenericArg::Type(self.ty(ty)?),
                GenericArg::Const(constant) => ty::GenericArg::Const(self.constant(constant)?),
            })
        });
        let args = args.collect::<Option<smallvec::SmallVec<[_; 8]>>>()?;
        Some(self.cx.tcx().mk_args(&args))
    }

    fn bound_vars(&self, kinds: BoundVarKinds<'tcx>) -> ty::List<'tcx, ty::BoundVariableKind> {
        let kinds: Vec<_> = kinds
            .into_iter()
            .map(|kind| match kind {
                BoundVarKind::Ty(kind) => ty::BoundVariableKind::Ty(bound_ty_kind(kind)),
                BoundVarKind::Region(kind) => ty::BoundVariableKind::Region(bound_region_kind(kind)),
                BoundVarKind::Const => ty::BoundVariableKind::Const,
            })
            .collect();
        self.cx.tcx().mk_bound_vars(&kinds)
    }

    fn sig(&self, sig: crate::Binder<'tcx, FnSig<'tcx>>) -> Option<ty::PolyFnSig<'tcx>> {
        let bound_vars = self.bound_vars(sig.bound_vars());
        let sig = sig.skip_binder();
        let types = sig.inputs_and_output.into_iter().map(|ty| self.ty(ty)).collect::<Option<Vec<_>>>()?;
        let value = ty::FnSig {
            inputs_and_output: self.cx.tcx().mk_types(&types),
            c_variadic: sig.c_variadic,
            is_unsafe: sig.safety == Safety::Unsafe,
            abi: sig.abi.0,
        };
        Some(ty::Binder { value, bound_vars })
    }

    fn existential(
        &self,
        predicate: crate::Binder<'tcx, ExistentialPredicate<'tcx>>,
    ) -> Option<ty::PolyExistentialPredicate<'tcx>> {
        let value = match predicate.skip_binder() {
            ExistentialPredicate::Trait(trait_ref) => ty::ExistentialPredicate::Trait(ty::ExistentialTraitRef {
                def_id: trait_ref.def_id,
                args: self.args(&trait_ref.args)?,
            }),
            ExistentialPredicate::Projection(projection) => {
                let term = match projection.term {
                    Term::Ty(ty) => ty::Term::Ty(self.ty(ty)?),
                    Term::Const(constant) => ty::Term::Const(self.constant(constant)?),
                };
                let (def_id, args) = (projection.def_id, self.args(&projection.args)?);
                ty::ExistentialPredicate::Projection(ty::ExistentialProjection { def_id, args, term })
            }
            ExistentialPredicate::AutoTrait(did) => ty::ExistentialPredicate::AutoTrait(did),
        };
        Some(ty::Binder { value, bound_vars: self.bound_vars(predicate.bound_vars()) })
    }
}
