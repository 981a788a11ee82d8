//! What closures capture, and how they are called for that (rustc's `upvar`).
//!
//! A closure's body is walked for all uses of variables around it ([`uses`]). Each use asks for a place; rules make it
//! shorter ([`place`]), and of places within one another the outermost stays.

mod coroutine;
mod place;
mod uses;

pub(crate) use place::{By, Capture, Place, ProjectionKind};
pub(crate) use uses::FakeRead;

use crate::doubt::{Answer, Doubt};
use crate::state::FnCx;
use crate::types::Make as _;
use hir::body::{ExprId, LocalId};
use hir::expr::{Closure, ExprKind};
use place::Relation;
use solve::ir::inherent::{GenericArgs as _, Ty as _};
use solve::{ClosureKind, Ty, TyKind};
use syntax::ast::CaptureBy;
use ty::{DefId, Mutability};
use uses::{Walker, mutability};

/// A place that a closure captures: one field of it.
#[derive(Clone, Debug)]
pub(crate) struct Captured<'tcx> {
    pub place: Place<'tcx>,
    pub info: Capture,
    /// Whether the place can be written through the capture.
    pub mutability: Mutability,
}

impl<'tcx> FnCx<'_, 'tcx> {
    /// Decides what closures capture and how they are called, the inner ones first.
    pub fn analyze_closures(&self) -> Answer<()> {
        for (expr, node) in self.hir.exprs.iter_enumerated() {
            let ExprKind::Closure(closure) = &node.kind else { continue };
            self.analyze(expr, closure).map_err(|doubt| doubt.placed(self.place_of(expr)))?;
        }
        Ok(())
    }

    fn analyze(&self, expr: ExprId, closure: &Closure) -> Answer<()> {
        let ty = self.results.borrow().exprs.get(&expr).copied();
        // Code that is never looked at has no types.
        let Some(ty) = ty else { return Ok(()) };
        let ty = self.shallow(ty);
        let (def_id, upvars, kind_ty) = match *ty.kind_ref() {
            TyKind::Closure(def_id, args) => {
                let parts = args.as_closure();
                (def_id, parts.tupled_upvars_ty(), Some(parts.kind_ty()))
            }
            TyKind::CoroutineClosure(def_id, args) => {
                let parts = args.as_coroutine_closure();
                (def_id, parts.tupled_upvars_ty(), Some(parts.kind_ty()))
            }
            TyKind::Coroutine(def_id, args) => (def_id, args.as_coroutine().tupled_upvars_ty(), None),
            _ => return Err(Doubt::new("a closure of another kind", "")),
        };
        let mut walker = Walker::new(self, def_id);
        walker.consume(closure.body.value)?;
        let mut uses = walker.uses;
        let clause = self.coroutine_clause(closure)?;
        self.capture_arguments(closure, &mut uses)?;
        let (captures, kind) = self.processed(clause, uses.captures)?;
        let mut minimal = Vec::new();
        self.minimize(&mut minimal, captures)?;
        if self.edition_at(self.hir[expr].span) < 2 {
            // Before edition 2021, each variable that is mentioned is captured as a whole.
            let whole = self.whole_variables(def_id, clause)?;
            self.minimize(&mut minimal, whole)?;
        }
        let captures: Vec<Captured<'tcx>> = minimal.into_iter().flat_map(|(_, captures)| captures).collect();
        let is_open = kind_ty.filter(|&ty| self.shallow(ty).to_opt_closure_kind().is_none());
        if let Some(kind_ty) = is_open {
            self.demand_eq(Ty::from_closure_kind(self.cx, kind), kind_ty)?;
        }
        if let TyKind::CoroutineClosure(_, args) = *ty.kind_ref() {
            self.analyze_future(closure, args, &captures, is_open.map(|_| kind))?;
        }
        let types: Vec<_> = captures.iter().map(|captured| self.upvar_ty(captured)).collect();
        self.demand_sub(upvars, self.cx.tuple(&types))?;
        {
            let mut results = self.results.borrow_mut();
            results.captures.insert(def_id, captures);
            results.fake_reads.insert(def_id, uses.fake_reads);
        }
        let calls = self.deferred_calls.borrow_mut().remove(&def_id).unwrap_or_default();
        for call in calls {
            self.resolve_call(call)?;
        }
        Ok(())
    }

    /// The type of the field that holds a capture.
    pub fn upvar_ty(&self, captured: &Captured<'tcx>) -> Ty<'tcx> {
        self.upvar_ty_for(captured, self.infer.new_region_var())
    }

    fn upvar_ty_for(&self, captured: &Captured<'tcx>, region: solve::Region<'tcx>) -> Ty<'tcx> {
        let ty = captured.place.ty();
        let mutability = match captured.info.by {
            By::Value => return ty,
            By::Shared => Mutability::Not,
            By::Unique | By::Mut => Mutability::Mut,
        };
        self.cx.reference(region, ty, mutability)
    }

    /// The uses with places as they may be captured, and what kind of closure they ask for.
    fn processed(
        &self,
        clause: CaptureBy,
        captures: Vec<(Place<'tcx>, Capture)>,
    ) -> Answer<(Vec<(Place<'tcx>, Capture)>, ClosureKind)> {
        let mut kind = ClosureKind::Fn;
        let mut processed = Vec::new();
        for (mut place, mut info) in captures {
            place.restrict_precision(&mut info.by);
            place.shorten_for_size(&mut info.by);
            let needed = match info.by {
                By::Shared => ClosureKind::Fn,
                By::Unique | By::Mut => ClosureKind::FnMut,
                By::Value => ClosureKind::FnOnce,
            };
            // The one that permits less.
            if kind.extends(needed) {
                kind = needed;
            }
            match (clause, info.by) {
                (CaptureBy::Value(_), _) => {
                    place.stop_at_deref(&mut info.by);
                    info.by = By::Value;
                }
                (CaptureBy::Ref, By::Value) => place.stop_at_deref(&mut info.by),
                (CaptureBy::Ref, _) => {}
                (CaptureBy::Use(_), _) => return Err(Doubt::new("a `use` closure", "")),
            }
            if info.by == By::Value && !self.is_copy(place.ty())? {
                place.restrict_for_drop(&mut info.by, self.members);
            }
            processed.push((place, info));
        }
        Ok((processed, kind))
    }

    fn whole_variables(&self, closure: DefId, clause: CaptureBy) -> Answer<Vec<(Place<'tcx>, Capture)>> {
        let by = match clause {
            CaptureBy::Value(_) => By::Value,
            CaptureBy::Ref => By::Shared,
            CaptureBy::Use(_) => return Err(Doubt::new("a `use` closure", "")),
        };
        let mut whole = Vec::new();
        for &(var, _) in self.upvars.get(&closure).into_iter().flatten() {
            let place = Place { var, var_ty: self.structurally(self.local_ty(var)?)?, projections: Vec::new() };
            whole.push((place, Capture { by, by_expr: None, path_expr: None }));
        }
        Ok(whole)
    }

    /// Adds captures to those that are known, by variable, so that none is within another.
    fn minimize(
        &self,
        minimal: &mut Vec<(LocalId, Vec<Captured<'tcx>>)>,
        captures: Vec<(Place<'tcx>, Capture)>,
    ) -> Answer<()> {
        for (mut place, mut info) in captures {
            let index = match minimal.iter().position(|&(var, _)| var == place.var) {
                Some(index) => index,
                None => {
                    minimal.push((place.var, Vec::new()));
                    minimal.len() - 1
                }
            };
            let known = &mut minimal[index].1;
            let path_expr = info.path_expr;
            let mut holds_others = false;
            known.retain(|part| {
                if place.relation(&part.place) != Relation::Around {
                    return true;
                }
                holds_others = true;
                let mut part = part.clone();
                part.place.truncate(place.projections.len(), &mut part.info.by);
                info = Capture { path_expr, ..info.max(part.info) };
                false
            });
            let mut is_held = false;
            if !holds_others {
                for whole in known.iter_mut() {
                    match place.relation(&whole.place) {
                        Relation::Same => whole.info = whole.info.max(info),
                        Relation::Within => {
                            place.truncate(whole.place.projections.len(), &mut info.by);
                            whole.info = Capture { path_expr: whole.info.path_expr, ..whole.info.max(info) };
                        }
                        Relation::Around | Relation::Apart => continue,
                    }
                    is_held = true;
                    break;
                }
            }
            if !is_held {
                let mutability = mutability(self, &place)?;
                known.push(Captured { place, info, mutability });
            }
        }
        // In the order of the fields, so that they are dropped in it.
        for (_, captures) in minimal {
            captures.sort_by(|a, b| fields(&a.place).cmp(fields(&b.place)));
        }
        Ok(())
    }

    fn is_copy(&self, ty: Ty<'tcx>) -> Answer<bool> {
        let copy = self.lang(ty::LangItem::Copy)?;
        self.infer.holds(self.goal(self.cx.trait_ref(copy, &[ty.into()])))
    }
}

/// The numbers of the fields on the way.
fn fields<'p>(place: &'p Place<'_>) -> impl Iterator<Item = ty::FieldIdx> + 'p {
    place.projections.iter().filter_map(|step| match step.kind {
        ProjectionKind::Field(index, _) => Some(index),
        _ => None,
    })
}
