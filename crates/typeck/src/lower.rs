//! Types that are written in bodies (rustc's `hir_ty_lowering`).

use crate::doubt::{Answer, Doubt};
use crate::elision::{Elided, Elision};
use crate::expr::mutability_ty;
use crate::state::FnCx;
use crate::types::{Look as _, Make as _};
use hir::body::TyId;
use hir::path::{PathSegment, PrimTy, QPath, Res};
use hir::ty::{
    AssocItemConstraintKind, ConstArg, ConstArgKind, FnDecl, FnRetTy, GenericArg as Written, GenericArgs, GenericParam,
    Lifetime, LifetimeKind, PolyTraitRef, TyKind as Kind,
};
use solve::ir::inherent::{Const as _, IntoKind as _, Region as _, Ty as _};
use solve::ir::{self, Interner as _, TypeVisitableExt as _, Upcast as _};
use solve::{
    Args, Binder, BoundVarKind, Clause, ClauseKind, Const, ExistentialPredicate, FnSig, GenericArg, Region, Safety, Ty,
    TyKind,
};
use ty::{AdtDef, DefId, DefKind, GenericParamDef, GenericParamKind, VariantDef};

/// Lifetimes that binders around a type bind: of each binder, from the outside, its parameters.
pub(crate) type Binders<'b> = &'b [Vec<DefId>];

impl<'a, 'tcx> FnCx<'a, 'tcx> {
    /// A type as it is written, with variables for what is left out, normalised.
    pub fn lower_ty(&self, id: TyId) -> Answer<Ty<'tcx>> {
        let raw = self.lower_raw(id)?;
        if raw.has_free_regions() || raw.has_aliases() || raw.has_infer_types() || raw.has_param() {
            self.results.borrow_mut().user_types.insert(id);
        }
        self.require_wf(raw);
        let ty = self.normalize(raw)?;
        self.results.borrow_mut().types.insert(id, ty);
        Ok(ty)
    }
    pub fn lower_raw(&self, id: TyId) -> Answer<Ty<'tcx>> {
        self.lower_in(id, &[]).map_err(|doubt| doubt.placed(self.source.span(self.hir[id].span)))
    }

    pub fn lower_in(&self, id: TyId, binders: Binders<'_>) -> Answer<Ty<'tcx>> {
        ty::ensure_stack();
        let cx = self.cx;
        Ok(match &self.hir[id].kind {
            Kind::Slice(inner) => cx.slice(self.lower_in(*inner, binders)?),
            Kind::Array(inner, len) => {
                let inner = self.lower_in(*inner, binders)?;
                cx.kind(TyKind::Array(inner, self.lower_const_arg(len)?))
            }
            Kind::Ptr(inner, mutability) => cx.pointer(self.lower_in(*inner, binders)?, mutability_ty(*mutability)),
            Kind::Ref(lifetime, inner, mutability) => {
                let region = self.lower_lifetime(lifetime, binders)?;
                cx.reference(region, self.lower_in(*inner, binders)?, mutability_ty(*mutability))
            }
            Kind::Never => cx.types().never,
            Kind::Tup(types) => {
                let types: Answer<Vec<_>> = types.iter().map(|&ty| self.lower_in(ty, binders)).collect();
                cx.tuple(&types?)
            }
            Kind::Infer => self.fresh(),
            Kind::FnPtr(pointer) => {
                let mut binders = binders.to_vec();
                let params = bound_params(&pointer.generic_params)?;
                let elision = Elision::new(binders.len() + 1, params.len(), false);
                binders.push(params.clone());
                let safety = if pointer.is_unsafe { Safety::Unsafe } else { Safety::Safe };
                let lower = || self.lower_fn_decl(&pointer.decl, safety, pointer.abi, &binders);
                let (sig, elision) = self.eliding(elision, lower);
                Ty::new_fn_ptr(cx, Binder::bind_with_vars(sig?, self.bound_vars(&params, elision.count)))
            }
            Kind::Path(path) => self.lower_path_ty(path, binders)?,
            Kind::TraitObject(bounds, lifetime, _) => self.lower_object(bounds, lifetime, binders)?,
            Kind::UnsafeBinder(..) => return Err(Doubt::new("an unsafe binder", "")),
            Kind::TraitAscription(_) => return Err(Doubt::new("`impl Trait` in a body", "")),
            Kind::OpaqueDef(_) => return Err(Doubt::new("an opaque type in a body", "")),
            Kind::Pat(..) => return Err(Doubt::new("a pattern type", "")),
        })
    }

    pub fn lower_fn_decl(
        &self,
        decl: &FnDecl,
        safety: Safety,
        abi: ty::ExternAbi,
        binders: Binders<'_>,
    ) -> Answer<FnSig<'tcx>> {
        let mut types = Vec::new();
        for &input in &decl.inputs {
            types.push(self.lower_in(input, binders)?);
        }
        self.begin_output();
        types.push(match decl.output {
            FnRetTy::Default(_) => self.cx.types().unit,
            FnRetTy::Return(output) => self.lower_in(output, binders)?,
        });
        let inputs_and_output = self.cx.mk_tys(&types);
        Ok(FnSig { inputs_and_output, c_variadic: decl.c_variadic, safety, abi: solve::Abi(abi) })
    }

    /// Of a binder with named lifetimes; the others are left out.
    fn bound_vars(&self, params: &[DefId], count: usize) -> solve::BoundVarKinds<'tcx> {
        let named = params.iter().map(|&param| ir::BoundRegionKind::Named(param));
        let vars: Vec<BoundVarKind<'tcx>> = named
            .chain(std::iter::repeat_n(ir::BoundRegionKind::Anon, count.saturating_sub(params.len())))
            .map(BoundVarKind::Region)
            .collect();
        self.cx.mk_bound_vars(&vars)
    }

    /// Does something in a binder where lifetimes may be left out.
    pub fn eliding<R>(&self, elision: Elision, f: impl FnOnce() -> R) -> (R, Elision) {
        self.elisions.borrow_mut().push(elision.clone());
        let result = f();
        let after = self.elisions.borrow_mut().pop().unwrap_or(elision);
        (result, after)
    }
    fn begin_output(&self) {
        if let Some(elision) = self.elisions.borrow_mut().last_mut() {
            elision.begin_output();
        }
    }

    fn lower_lifetime(&self, lifetime: &Lifetime, binders: Binders<'_>) -> Answer<Region<'tcx>> {
        let elided = match (self.elisions.borrow_mut().last_mut(), lifetime.kind) {
            (Some(elision), LifetimeKind::Static | LifetimeKind::Param(_)) => {
                elision.written(lifetime.kind);
                Elided::Named(lifetime.kind)
            }
            (None, LifetimeKind::Static | LifetimeKind::Param(_)) => Elided::Named(lifetime.kind),
            (Some(elision), kind) => elision.left_out(kind)?,
            (None, _) => Elided::Fresh,
        };
        let cx = self.cx;
        let bound = |depth: usize, var: usize, kind| {
            let bound = ir::BoundRegion { var: ir::BoundVar::from_usize(var), kind };
            Region::new_bound(cx, ir::DebruijnIndex::from_u32(depth as u32), bound)
        };
        Ok(match elided {
            Elided::Bound { depth, var } => bound(binders.len().saturating_sub(depth), var, ir::BoundRegionKind::Anon),
            Elided::Named(LifetimeKind::Param(def_id)) => {
                let found = binders.iter().rev().enumerate().find_map(|(depth, params)| {
                    let index = params.iter().position(|&param| param == def_id)?;
                    Some(bound(depth, index, ir::BoundRegionKind::Named(def_id)))
                });
                found.unwrap_or_else(|| self.infer.new_region_var())
            }
            Elided::Named(LifetimeKind::Static) => cx.statik(),
            Elided::Named(_) | Elided::Fresh => self.infer.new_region_var(),
        })
    }

    fn lower_path_ty(&self, path: &QPath, binders: Binders<'_>) -> Answer<Ty<'tcx>> {
        let cx = self.cx;
        match path {
            QPath::LangItem(item, _) => {
                let args = self.args_for(item.def_id, &[], None, true, binders)?;
                Ok(cx.ty_of(item.def_id, args))
            }
            QPath::TypeRelative(base, segment) => {
                let base_ty = self.lower_in(*base, binders)?;
                self.lower_assoc_ty(*base, base_ty, segment, binders)
            }
            QPath::Resolved(qself, path) => {
                let Some(last) = path.segments.last() else { return Err(Doubt::new("an empty path", "")) };
                match path.res {
                    Res::PrimTy(prim) => Ok(self.prim(prim)),
                    Res::SelfTyParam { .. } => {
                        Ok(Ty::new_param(cx, solve::ParamTy { index: 0, name: ty::Symbol::intern("Self") }))
                    }
                    Res::SelfTyAlias { alias_to, .. } => Ok(cx.ty_of(alias_to, cx.identity_args(alias_to))),
                    Res::Def(DefKind::TyParam, def_id) => {
                        let (index, name) = self.param(def_id)?;
                        Ok(Ty::new_param(cx, solve::ParamTy { index, name }))
                    }
                    Res::Def(DefKind::Struct | DefKind::Enum | DefKind::Union, def_id) => {
                        let args = self.args_of_segment(def_id, &[], last, binders)?;
                        Ok(Ty::new_adt(cx, cx.adt_def(def_id), args))
                    }
                    Res::Def(DefKind::TyAlias, def_id) => {
                        let args = self.args_of_segment(def_id, &[], last, binders)?;
                        Ok(cx.ty_of(def_id, args))
                    }
                    Res::Def(DefKind::ForeignTy, def_id) => Ok(Ty::new_foreign(cx, def_id)),
                    // `Enum::Variant` where a type stands: patterns and struct expressions alone.
                    Res::Def(DefKind::Variant, def_id) => {
                        let enum_ = cx.parent_of(def_id);
                        let args = self.variant_args(enum_, path.segments.as_slice(), binders)?;
                        Ok(Ty::new_adt(cx, cx.adt_def(enum_), args))
                    }
                    Res::Def(DefKind::AssocTy, def_id) => {
                        let Some(qself) = qself else { return Err(Doubt::new("an associated type of nothing", "")) };
                        let self_ty = self.lower_in(*qself, binders)?;
                        let [.., trait_segment, item] = path.segments.as_slice() else {
                            return Err(Doubt::new("a path to an associated type", ""));
                        };
                        let trait_ = cx.parent_of(def_id);
                        let args = self.args_of_segment(trait_, &[self_ty.into()], trait_segment, binders)?;
                        let args = self.args_of_segment(def_id, args.elements(), item, binders)?;
                        Ok(Ty::new_projection_from_args(cx, def_id, args))
                    }
                    _ => Err(Doubt::new("a path to another kind of type", "")),
                }
            }
        }
    }

    pub fn prim(&self, prim: PrimTy) -> Ty<'tcx> {
        let kind = match prim {
            PrimTy::Int(int) => ty::TyKind::Int(int),
            PrimTy::Uint(uint) => ty::TyKind::Uint(uint),
            PrimTy::Float(float) => ty::TyKind::Float(float),
            PrimTy::Str => ty::TyKind::Str,
            PrimTy::Bool => ty::TyKind::Bool,
            PrimTy::Char => ty::TyKind::Char,
        };
        self.cx.import(self.cx.tcx().mk_ty(kind))
    }

    /// The number and name of a generic parameter of what is around the body.
    pub fn param(&self, def_id: DefId) -> Answer<(u32, ty::Symbol)> {
        let parent = self.cx.parent_of(def_id);
        let generics = self.members.generics_of(parent);
        let found = generics.own_params.iter().find(|param| param.def_id == def_id);
        found.map(|param| (param.index, param.name)).ok_or_else(|| Doubt::new("a generic parameter of elsewhere", ""))
    }

    /// `T::Name`: what a bound says (rustc's `lower_type_relative_path`), or a variant.
    fn lower_assoc_ty(
        &self,
        base: TyId,
        base_ty: Ty<'tcx>,
        segment: &PathSegment,
        binders: Binders<'_>,
    ) -> Answer<Ty<'tcx>> {
        let cx = self.cx;
        let name = self.symbol(segment.ident.name);
        if let TyKind::Adt(adt, _) = *base_ty.kind_ref()
            && adt.data().is_enum()
            && adt.data().variants.iter().any(|variant| variant.name == name)
        {
            return Ok(base_ty);
        }
        let mut traits: Vec<Binder<'tcx, solve::TraitRef<'tcx>>> = Vec::new();
        // `Self::Name` in an impl of a trait means that trait's.
        if let Kind::Path(QPath::Resolved(None, path)) = &self.hir[base].kind
            && let Res::SelfTyAlias { alias_to, is_trait_impl: true } = path.res
        {
            let trait_ref = cx.impl_trait_ref(alias_to).instantiate_identity();
            traits.push(Binder::dummy(trait_ref));
        } else if let TyKind::Param(_) = base_ty.kind_ref() {
            for clause in clauses(self.env) {
                let kind = clause.kind();
                if let ClauseKind::Trait(predicate) = kind.skip_binder()
                    && predicate.self_ty() == base_ty
                {
                    traits.push(kind.rebind(predicate.trait_ref));
                }
            }
        } else {
            return Err(Doubt::new("an associated type that depends on more than a bound", name.as_str()));
        }
        let mut found: Option<(DefId, solve::TraitRef<'tcx>)> = None;
        for bound in ir::elaborate::elaborate(cx, traits.into_iter().map(|bound| -> Clause<'tcx> { bound.upcast(cx) }))
        {
            let ClauseKind::Trait(predicate) = bound.kind().skip_binder() else { continue };
            let trait_ref = predicate.trait_ref;
            let Some(item) = self.assoc_item_named(trait_ref.def_id, name, ty::AssocKind::Type) else { continue };
            match found {
                Some((known, other)) if known != item.def_id || other != trait_ref => {
                    return Err(Doubt::new("an associated type of several bounds", name.as_str()));
                }
                _ => found = Some((item.def_id, trait_ref)),
            }
        }
        let Some((def_id, trait_ref)) = found else {
            return Err(Doubt::new("an associated type that no bound has", name.as_str()));
        };
        if trait_ref.has_escaping_bound_vars() {
            return Err(Doubt::new("an associated type of a higher-ranked bound", name.as_str()));
        }
        let args = self.args_of_segment(def_id, trait_ref.args.elements(), segment, binders)?;
        Ok(Ty::new_projection_from_args(cx, def_id, args))
    }

    // ---- generic arguments

    /// The arguments that a segment of a path gives an item, after those of what it is in.
    pub fn args_of_segment(
        &self,
        def_id: DefId,
        parent: &[GenericArg<'tcx>],
        segment: &PathSegment,
        binders: Binders<'_>,
    ) -> Answer<Args<'tcx>> {
        self.args_for(def_id, parent, segment.args.as_deref(), segment.infer_args, binders)
    }

    pub fn variant_args(&self, enum_: DefId, segments: &[PathSegment], binders: Binders<'_>) -> Answer<Args<'tcx>> {
        // `Enum::<T>::Variant` or `Enum::Variant::<T>`, or a name that was imported.
        let of_enum =
            segments.iter().rev().find(|segment| segment.res.def_id() == Some(enum_) && segment.args.is_some());
        match (of_enum, segments.last()) {
            (Some(segment), _) | (None, Some(segment)) => {
                let has_types = segment.args.as_deref().is_some_and(|args| !args.args.is_empty());
                self.args_for(enum_, &[], segment.args.as_deref(), !has_types, binders)
            }
            _ => Err(Doubt::new("an empty path", "")),
        }
    }

    pub fn args_for(
        &self,
        def_id: DefId,
        parent: &[GenericArg<'tcx>],
        written: Option<&GenericArgs>,
        infer: bool,
        binders: Binders<'_>,
    ) -> Answer<Args<'tcx>> {
        let cx = self.cx;
        let generics = self.members.generics_of(def_id);
        let mut args: Vec<GenericArg<'tcx>> = parent.to_vec();
        if args.len() < generics.parent_count {
            // What it is in has parameters that nothing says.
            let fresh = self.infer.fresh_args(def_id);
            args.extend(&fresh.elements()[args.len()..generics.parent_count]);
        }
        let given: &[Written] = written.map_or(&[], |args| &args.args);
        let mut lifetimes = given.iter().filter_map(|arg| match arg {
            Written::Lifetime(lifetime) => Some(lifetime),
            _ => None,
        });
        let mut others = given.iter().filter(|arg| !matches!(arg, Written::Lifetime(_)));
        let own = generics.own_params.iter().skip(args.len().saturating_sub(generics.parent_count));
        for param in own {
            let arg = match param.kind {
                GenericParamKind::Lifetime => match lifetimes.next() {
                    Some(lifetime) => self.lower_lifetime(lifetime, binders)?.into(),
                    None => self.infer.new_region_var().into(),
                },
                GenericParamKind::Type { synthetic: true, .. } => self.fresh().into(),
                GenericParamKind::Type { has_default, .. } => match others.next() {
                    Some(Written::Type(ty)) => self.lower_in(*ty, binders)?.into(),
                    Some(Written::Infer(_)) => self.fresh().into(),
                    Some(_) => return Err(Doubt::new("an argument of another kind", "")),
                    None if has_default && !infer => self.default_of(param, &args)?,
                    None => self.fresh().into(),
                },
                GenericParamKind::Const { has_default } => match others.next() {
                    Some(Written::Const(constant)) => self.lower_const_arg(constant)?.into(),
                    Some(Written::Infer(_)) => self.infer.new_const_var().into(),
                    // A path that is written like a type may be a constant parameter.
                    Some(Written::Type(ty)) => self.const_of_type(*ty)?.into(),
                    Some(_) => return Err(Doubt::new("an argument of another kind", "")),
                    None if has_default && !infer => {
                        let default = self.members.const_param_default(param.def_id);
                        let Some(default) = default else { return Err(Doubt::new("a default that is not known", "")) };
                        let default = ir::EarlyBinder::bind(cx.import_const(default));
                        default.instantiate(cx, cx.args(&args)).into()
                    }
                    None => self.infer.new_const_var().into(),
                },
            };
            args.push(arg);
        }
        if others.next().is_some() {
            return Err(Doubt::new("more generic arguments than parameters", ""));
        }
        if written.is_some_and(|written| !written.constraints.is_empty())
            && self.members.def_kind(def_id) != DefKind::Trait
        {
            return Err(Doubt::new("a constraint on an associated item here", ""));
        }
        Ok(cx.args(&args))
    }

    fn default_of(&self, param: &GenericParamDef, args: &[GenericArg<'tcx>]) -> Answer<GenericArg<'tcx>> {
        Ok(self.cx.ty_of(param.def_id, self.cx.args(args)).into())
    }

    fn const_of_type(&self, ty: TyId) -> Answer<Const<'tcx>> {
        match &self.hir[ty].kind {
            Kind::Path(QPath::Resolved(None, path)) => self.const_of_res(path.res),
            _ => Err(Doubt::new("an argument of another kind", "")),
        }
    }
    fn const_of_res(&self, res: Res) -> Answer<Const<'tcx>> {
        match res {
            Res::Def(DefKind::ConstParam, def_id) => {
                let (index, name) = self.param(def_id)?;
                Ok(self.cx.mk_const(solve::ConstKind::Param(solve::ParamConst { index, name })))
            }
            _ => Err(Doubt::new("a constant that is no parameter", "")),
        }
    }

    pub fn lower_const_arg(&self, constant: &ConstArg) -> Answer<Const<'tcx>> {
        let cx = self.cx;
        match &constant.kind {
            ConstArgKind::Infer => Ok(self.infer.new_const_var()),
            ConstArgKind::Path(QPath::Resolved(None, path)) => self.const_of_res(path.res),
            ConstArgKind::Path(_) => Err(Doubt::new("a constant that is no parameter", "")),
            ConstArgKind::Anon(anon) => {
                let args = cx.identity_args(anon.def_id);
                let unevaluated = ir::UnevaluatedConst { def: anon.def_id, args };
                let constant = Const::new_unevaluated(cx, unevaluated);
                // A literal is a value from the beginning.
                if anon.is_literal { self.normalize(constant) } else { Ok(constant) }
            }
        }
    }

    // ---- trait objects

    fn lower_object(&self, bounds: &[PolyTraitRef], lifetime: &Lifetime, binders: Binders<'_>) -> Answer<Ty<'tcx>> {
        let cx = self.cx;
        let region = match lifetime.kind {
            LifetimeKind::ImplicitObjectLifetimeDefault => self.infer.new_region_var(),
            _ => self.lower_lifetime(lifetime, binders)?,
        };
        let mut principal: Vec<Binder<'tcx, ExistentialPredicate<'tcx>>> = Vec::new();
        let mut projections = Vec::new();
        let mut autos = Vec::new();
        for bound in bounds {
            let Res::Def(DefKind::Trait, trait_) = bound.path.res else {
                return Err(Doubt::new("a trait object of a trait alias", ""));
            };
            if self.members.trait_def(trait_).is_auto {
                autos.push(trait_);
                continue;
            }
            let Some(segment) = bound.path.segments.last() else { return Err(Doubt::new("an empty path", "")) };
            let params = bound_params(&bound.generic_params)?;
            let mut inner = binders.to_vec();
            inner.push(params.clone());
            // `Self` is left out of the result.
            let dummy = cx.types().unit;
            let elision = Elision::new(inner.len(), params.len(), false);
            let (lowered, _) = self.eliding(elision, || {
                let args = self.args_of_segment(trait_, &[dummy.into()], segment, &inner)?;
                let count = self.elisions.borrow().last().map_or(params.len(), |elision| elision.count);
                let vars = self.bound_vars(&params, count);
                self.begin_output();
                self.lower_object_projections(trait_, args, segment, vars, &inner, &mut projections)?;
                Ok::<_, Box<Doubt>>((args, vars))
            });
            let (args, vars) = lowered?;
            let existential = ir::ExistentialTraitRef::new_from_args(cx, trait_, cx.args(&args.elements()[1..]));
            principal.push(Binder::bind_with_vars(ExistentialPredicate::Trait(existential), vars));
        }
        if principal.len() > 1 {
            return Err(Doubt::new("a trait object of several traits", ""));
        }
        let hash =
            |def_id: DefId| (self.members.stable_crate_id(def_id.krate), self.members.def_path_hash_local(def_id));
        autos.sort_by_key(|&def_id| hash(def_id));
        autos.dedup();
        let mut all = principal;
        all.append(&mut projections);
        all.extend(autos.into_iter().map(|auto| Binder::dummy(ExistentialPredicate::AutoTrait(auto))));
        Ok(Ty::new_dynamic(cx, cx.mk_existential(&all), region))
    }

    fn lower_object_projections(
        &self,
        trait_: DefId,
        args: Args<'tcx>,
        segment: &PathSegment,
        vars: solve::BoundVarKinds<'tcx>,
        binders: Binders<'_>,
        out: &mut Vec<Binder<'tcx, ExistentialPredicate<'tcx>>>,
    ) -> Answer<()> {
        let cx = self.cx;
        let mut wanted = 0;
        // Associated types of the trait and of its supertraits, but for those that need a size of `Self`.
        let trait_ref = ir::TraitRef::new_from_args(cx, trait_, args);
        let mut known: Vec<(ty::Symbol, DefId, Args<'tcx>)> = Vec::new();
        for bound in ir::elaborate::supertraits(cx, Binder::bind_with_vars(trait_ref, vars)) {
            let bound_ref = bound.skip_binder();
            for item in self.members.assoc_items(bound_ref.def_id) {
                if item.kind == ty::AssocKind::Type
                    && !item.is_synthetic
                    && !cx.generics_require_sized_self(item.def_id)
                {
                    wanted += 1;
                    known.push((item.name, item.def_id, bound_ref.args));
                }
            }
        }
        let constraints = segment.args.as_deref().map_or(&[][..], |args| &args.constraints);
        for constraint in constraints {
            let name = self.symbol(constraint.ident.name);
            let Some(&(_, def_id, args)) = known.iter().find(|(known, ..)| *known == name) else {
                return Err(Doubt::new("a constraint on an associated item here", name.as_str()));
            };
            let AssocItemConstraintKind::EqType(ty) = constraint.kind else {
                return Err(Doubt::new("a constraint on an associated item here", name.as_str()));
            };
            let ty = self.lower_in(ty, binders)?;
            let args = cx.args(&args.elements()[1..]);
            let projection = ir::ExistentialProjection::new_from_args(cx, def_id, args, ty.into());
            out.push(Binder::bind_with_vars(ExistentialPredicate::Projection(projection), vars));
        }
        if constraints.len() != wanted {
            return Err(Doubt::new("a trait object whose supertraits say what its types are", ""));
        }
        Ok(())
    }

    // ---- structs in expressions and patterns

    /// The variant that a struct expression or pattern names, and its type (rustc's `check_struct_path`).
    pub fn lower_struct_path(&self, path: &QPath) -> Answer<(&'tcx VariantDef, Ty<'tcx>)> {
        let cx = self.cx;
        let of = |adt: &'tcx AdtDef, def_id: DefId| adt.variants.iter().find(|variant| variant.def_id == def_id);
        let none = || Doubt::new("a struct that is none", "");
        let (variant, ty) = match path {
            QPath::Resolved(_, resolved) => match resolved.res {
                Res::Def(DefKind::Variant, def_id) => {
                    let adt = cx.adt_def(cx.parent_of(def_id)).data();
                    (of(adt, def_id).ok_or_else(none)?, self.lower_path_ty(path, &[])?)
                }
                _ => {
                    let ty = self.lower_path_ty(path, &[])?;
                    let ty = self.try_structurally(ty)?;
                    let (adt, _) = ty.as_adt().ok_or_else(none)?;
                    if adt.is_enum() {
                        return Err(none());
                    }
                    (adt.non_enum_variant(), ty)
                }
            },
            QPath::TypeRelative(base, segment) => {
                let ty = self.lower_raw(*base)?;
                let ty = self.try_structurally(self.normalize(ty)?)?;
                let name = self.symbol(segment.ident.name);
                match ty.as_adt() {
                    Some((adt, _)) if adt.is_enum() => {
                        (adt.variants.iter().find(|variant| variant.name == name).ok_or_else(none)?, ty)
                    }
                    _ => {
                        let ty = self.lower_path_ty(path, &[])?;
                        let ty = self.try_structurally(self.normalize(ty)?)?;
                        let (adt, _) = ty.as_adt().ok_or_else(none)?;
                        if adt.is_enum() {
                            return Err(none());
                        }
                        (adt.non_enum_variant(), ty)
                    }
                }
            }
            QPath::LangItem(item, _) => match item.kind {
                DefKind::Variant => {
                    let enum_ = cx.parent_of(item.def_id);
                    let args = self.infer.fresh_args(enum_);
                    let adt = cx.adt_def(enum_);
                    (of(adt.data(), item.def_id).ok_or_else(none)?, Ty::new_adt(cx, adt, args))
                }
                _ => {
                    let adt = cx.adt_def(item.def_id);
                    if adt.data().is_enum() {
                        return Err(none());
                    }
                    let args = self.infer.fresh_args(item.def_id);
                    (adt.data().non_enum_variant(), Ty::new_adt(cx, adt, args))
                }
            },
        };
        let ty = self.normalize(ty)?;
        self.require_wf(ty);
        if let Some((adt, args)) = ty.as_adt() {
            self.require_clauses(adt.did, args)?;
        }
        Ok((variant, ty))
    }
}

fn bound_params(params: &[GenericParam]) -> Answer<Vec<DefId>> {
    let is_lifetime = |param: &GenericParam| {
        matches!(param.kind, hir::ty::GenericParamKind::Lifetime | hir::ty::GenericParamKind::ElidedLifetime)
    };
    match params.iter().all(is_lifetime) {
        true => Ok(params.iter().map(|param| param.def_id).collect()),
        false => Err(Doubt::new("a binder of types", "")),
    }
}

fn clauses<'tcx>(env: solve::ParamEnv<'tcx>) -> Vec<Clause<'tcx>> {
    use solve::ir::inherent::{ParamEnv as _, SliceLike as _};
    env.caller_bounds().to_vec()
}
