//! Paths in expressions and patterns: what they mean, and their arguments (rustc's `instantiate_value_path`,
//! `resolve_fully_qualified_call`).

use crate::doubt::{Answer, Doubt};
use crate::state::FnCx;
use crate::types::{Look as _, Make as _};
use hir::body::ExprId;
use hir::path::{Path, PathSegment, QPath, Res};
use solve::{Args, Ty, TyKind};
use ty::{AssocContainer, CtorOf, DefId, DefKind};

/// A path whose meaning is known.
pub(crate) struct Meaning<'tcx> {
    pub res: Res,
    /// The arguments.
    pub args: Args<'tcx>,
    pub ty: Ty<'tcx>,
}

impl<'a, 'tcx> FnCx<'a, 'tcx> {
    /// (rustc's `check_expr_path`)
    pub fn check_path(&self, expr: ExprId, path: &QPath) -> Answer<Ty<'tcx>> {
        let meaning = self.value_of(path)?;
        self.results.borrow_mut().paths.insert(expr, (meaning.res, meaning.args));
        self.require_wf_args(meaning.args);
        Ok(meaning.ty)
    }

    /// What a path means where a value or a pattern stands.
    pub fn value_of(&self, path: &QPath) -> Answer<Meaning<'tcx>> {
        match path {
            QPath::LangItem(item, _) => {
                let args = self.infer.fresh_args(item.def_id);
                self.instantiated(Res::Def(item.kind, item.def_id), item.def_id, args)
            }
            QPath::Resolved(qself, resolved) => self.resolved_value(*qself, resolved),
            QPath::TypeRelative(base, segment) => {
                let self_ty = self.lower_raw(*base)?;
                let self_ty = self.normalize(self_ty)?;
                self.require_wf(self_ty);
                let name = self.symbol(segment.ident.name);
                let shape = self.try_structurally(self_ty)?;
                if let Some((adt, args)) = shape.as_adt()
                    && adt.is_enum()
                    && let Some(variant) = adt.variants.iter().find(|variant| variant.name == name)
                {
                    let Some((kind, ctor)) = variant.ctor else {
                        return Err(Doubt::new("a variant with named fields as a value", ""));
                    };
                    return self.instantiated(Res::Def(DefKind::Ctor(CtorOf::Variant, kind), ctor), ctor, args);
                }
                let edition = self.edition_at(segment.ident.span);
                let pick = self.probe_path(name, edition, self_ty, self.traits())?;
                let Some(pick) = pick else {
                    return Err(Doubt::new(
                        "an associated item that is not found",
                        format!("{name} of {}", self.text(self_ty)),
                    ));
                };
                self.assoc_value(pick.item.def_id, Some(self_ty), None, segment)
            }
        }
    }

    fn resolved_value(&self, qself: Option<hir::body::TyId>, path: &Path) -> Answer<Meaning<'tcx>> {
        let cx = self.cx;
        let none = cx.args(&[]);
        let Some(last) = path.segments.last() else { return Err(Doubt::new("an empty path", "")) };
        match path.res {
            Res::Local(local) => Ok(Meaning { res: path.res, args: none, ty: self.local_ty(local)? }),
            Res::Def(kind @ (DefKind::Fn | DefKind::Const | DefKind::Static { .. }), def_id) => {
                let args = self.args_of_segment(def_id, &[], last, &[])?;
                self.instantiated(Res::Def(kind, def_id), def_id, args)
            }
            Res::Def(DefKind::ConstParam, def_id) => {
                let ty = self.normalize(cx.ty_of(def_id, cx.identity_args(cx.parent_of(def_id))))?;
                Ok(Meaning { res: path.res, args: none, ty })
            }
            Res::Def(kind @ DefKind::Ctor(of, _), ctor) => {
                let args = match of {
                    CtorOf::Struct => self.args_of_segment(cx.parent_of(ctor), &[], last, &[])?,
                    CtorOf::Variant => {
                        let enum_ = cx.parent_of(cx.parent_of(ctor));
                        self.variant_args(enum_, &path.segments, &[])?
                    }
                };
                self.instantiated(Res::Def(kind, ctor), ctor, args)
            }
            Res::SelfCtor(impl_) => {
                let ty = self.normalize(cx.ty_of(impl_, cx.identity_args(impl_)))?;
                let Some((adt, args)) = ty.as_adt() else { return Err(Doubt::new("`Self(…)` of no struct", "")) };
                if !adt.is_struct() {
                    return Err(Doubt::new("`Self(…)` of no struct", ""));
                }
                let Some((kind, ctor)) = adt.non_enum_variant().ctor else {
                    return Err(Doubt::new("`Self(…)` of no struct", ""));
                };
                self.instantiated(Res::Def(DefKind::Ctor(CtorOf::Struct, kind), ctor), ctor, args)
            }
            Res::Def(DefKind::AssocFn | DefKind::AssocConst, def_id) => {
                let self_ty = match qself {
                    Some(qself) => {
                        let ty = self.lower_raw(qself)?;
                        self.require_wf(ty);
                        Some(self.normalize(ty)?)
                    }
                    None => None,
                };
                let before = path.segments.len().checked_sub(2).and_then(|index| path.segments.get(index));
                self.assoc_value(def_id, self_ty, before, last)
            }
            _ => Err(Doubt::new("a path to another kind of value", "")),
        }
    }

    /// A function or constant of a trait or impl.
    fn assoc_value(
        &self,
        def_id: DefId,
        self_ty: Option<Ty<'tcx>>,
        container_segment: Option<&PathSegment>,
        segment: &PathSegment,
    ) -> Answer<Meaning<'tcx>> {
        let cx = self.cx;
        let Some(item) = self.members.assoc_item(def_id) else { return Err(Doubt::new("an associated item", "")) };
        let container = cx.parent_of(def_id);
        let parent = match (item.container, container_segment) {
            (AssocContainer::Trait, Some(segment)) => {
                let self_ty = self_ty.unwrap_or_else(|| self.fresh());
                self.args_of_segment(container, &[self_ty.into()], segment, &[])?
            }
            (AssocContainer::Trait, None) => {
                let self_ty = self_ty.unwrap_or_else(|| self.fresh());
                self.args_for(container, &[self_ty.into()], None, true, &[])?
            }
            _ => self.infer.fresh_args(container),
        };
        let args = self.args_of_segment(def_id, parent.elements(), segment, &[])?;
        let kind = self.members.def_kind(def_id);
        let meaning = self.instantiated(Res::Def(kind, def_id), def_id, args)?;
        if let (AssocContainer::InherentImpl | AssocContainer::TraitImpl, Some(self_ty)) = (item.container, self_ty) {
            let impl_ty = self.normalize(cx.ty_of(container, args_of_parent(self, container, meaning.args)))?;
            self.demand_eq(impl_ty, self_ty)?;
        }
        Ok(meaning)
    }

    /// The value of an item with arguments: its where-clauses must hold.
    fn instantiated(&self, res: Res, def_id: DefId, args: Args<'tcx>) -> Answer<Meaning<'tcx>> {
        let args = self.normalize(args)?;
        let ty = self.normalize(self.item_ty(def_id, args))?;
        let of = match res {
            Res::Def(DefKind::Ctor(..), ctor) => self.adt_of_ctor(ctor),
            _ => def_id,
        };
        self.require_clauses(of, args)?;
        Ok(Meaning { res, args, ty })
    }

    fn item_ty(&self, def_id: DefId, args: Args<'tcx>) -> Ty<'tcx> {
        match self.members.def_kind(def_id) {
            DefKind::Fn | DefKind::AssocFn | DefKind::Ctor(_, ty::CtorKind::Fn) => {
                self.cx.kind(TyKind::FnDef(def_id, args))
            }
            DefKind::Ctor(_, ty::CtorKind::Const) => self.cx.ty_of(self.adt_of_ctor(def_id), args),
            _ => self.cx.ty_of(def_id, args),
        }
    }

    /// The struct or enum of a constructor.
    pub fn adt_of_ctor(&self, ctor: DefId) -> DefId {
        let parent = self.cx.parent_of(ctor);
        match self.members.def_kind(parent) {
            DefKind::Variant => self.cx.parent_of(parent),
            _ => parent,
        }
    }
}

fn args_of_parent<'tcx>(fcx: &FnCx<'_, 'tcx>, container: DefId, args: Args<'tcx>) -> Args<'tcx> {
    let count = fcx.members.generics_of(container).count();
    fcx.cx.args(&args.elements()[..count.min(args.elements().len())])
}
