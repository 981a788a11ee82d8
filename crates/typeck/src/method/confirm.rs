//! Calling the method that was found: adjusting the receiver, arguments, where-clauses (rustc's `method::confirm`).

use super::{Pick, PickKind, ReceiverAdjustment};
use crate::adjust::{Adjust, Adjustment, AutoBorrow};
use crate::doubt::{Answer, Doubt};
use crate::expect::Expectation;
use crate::fncx::Callee;
use crate::state::FnCx;
use crate::types::{Look as _, Make as _};
use hir::body::ExprId;
use hir::path::PathSegment;
use mir::PointerCoercion;
use solve::ir::inherent::BoundExistentialPredicates as _;
use solve::ir::{self};
use solve::{Args, Ty, TyKind};
use ty::Mutability;

impl<'a, 'tcx> FnCx<'a, 'tcx> {
    /// `receiver.name(args)` (rustc's `check_expr_method_call`)
    pub fn check_method_call(
        &self,
        expr: ExprId,
        segment: &'a PathSegment,
        receiver: ExprId,
        args: &'a [ExprId],
        expected: Expectation<'tcx>,
    ) -> Answer<Ty<'tcx>> {
        let receiver_ty = self.check_expr(receiver)?;
        // Nothing is known of the methods of variables.
        let receiver_ty = self.structurally(receiver_ty)?;
        let name = self.symbol(segment.ident.name);
        let edition = self.edition_at(segment.ident.span);
        let pick = self.probe_method(name, edition, receiver_ty, self.traits())?;
        let Some(pick) = pick else {
            return Err(Doubt::new("a method that is not found", format!("{name} of {}", self.text(receiver_ty))));
        };
        let callee = self.confirm(expr, receiver, receiver_ty, &pick, segment)?;
        self.write_method(expr, callee.def_id, callee.args);
        let inputs = callee.inputs();
        self.check_args(
            inputs.get(1..).unwrap_or_default(),
            callee.output(),
            expected,
            args,
            callee.sig.c_variadic,
            crate::callee::Arguments::Apart,
        )?;
        self.require_wf(callee.output());
        Ok(callee.output())
    }

    fn confirm(
        &self,
        expr: ExprId,
        receiver: ExprId,
        receiver_ty: Ty<'tcx>,
        pick: &Pick<'tcx>,
        segment: &PathSegment,
    ) -> Answer<Callee<'tcx>> {
        let self_ty = self.adjust_self(expr, receiver, receiver_ty, pick)?;
        let parent = self.receiver_args(self_ty, pick)?;
        let def_id = pick.item.def_id;
        let args = self.args_of_segment(def_id, parent.elements(), segment, &[])?;
        let args = self.normalize(args)?;
        let sig = self.infer.instantiate_with_fresh(self.sig_of(def_id, args));
        let clauses = self.clauses_of(def_id, args);
        let Some(&first) = sig.inputs_and_output.elements().first() else {
            return Err(Doubt::new("a method without a receiver", ""));
        };
        let method_self = self.normalize(first)?;
        self.demand_sub(method_self, self_ty)?;
        let sig = self.normalize(sig)?;
        for clause in clauses {
            let clause = self.normalize(clause)?;
            self.require(clause);
        }
        self.require_wf_args(args);
        for &ty in sig.inputs_and_output.elements() {
            self.require_wf(ty);
        }
        Ok(Callee { def_id, args, sig })
    }

    fn adjust_self(
        &self,
        expr: ExprId,
        receiver: ExprId,
        receiver_ty: Ty<'tcx>,
        pick: &Pick<'tcx>,
    ) -> Answer<Ty<'tcx>> {
        let cx = self.cx;
        let mut steps = self.autoderef(receiver_ty);
        let mut target = receiver_ty;
        for _ in 0..=pick.autoderefs {
            match steps.next()? {
                Some((ty, _)) => target = ty,
                None => return Err(Doubt::new("a receiver that is not dereferenced twice alike", "")),
            }
        }
        let mut adjustments = steps.adjust_steps(self.hir[expr].span)?;
        match pick.adjustment {
            Some(ReceiverAdjustment::Autoref { mutability, unsize }) => {
                let region = self.infer.new_region_var();
                let base = target;
                target = cx.reference(region, target, mutability);
                // Arguments may be looked at while the receiver is borrowed.
                let kind = Adjust::Borrow(AutoBorrow::new(mutability, true));
                adjustments.push(Adjustment { kind, target });
                if unsize {
                    let Some((element, _)) = base.as_array() else {
                        return Err(Doubt::new("unsizing of what is no array", ""));
                    };
                    target = cx.reference(region, cx.slice(element), mutability);
                    adjustments.push(Adjustment { kind: Adjust::Pointer(PointerCoercion::Unsize), target });
                }
            }
            Some(ReceiverAdjustment::ToConstPtr) => {
                let Some((pointee, _)) = target.as_raw() else { return Err(Doubt::new("a pointer that is none", "")) };
                target = cx.pointer(pointee, Mutability::Not);
                adjustments.push(Adjustment { kind: Adjust::Pointer(PointerCoercion::MutToConstPointer), target });
            }
            None => {}
        }
        self.goals.borrow_mut().absorb(steps.into_goals());
        self.adjust(receiver, adjustments)?;
        Ok(target)
    }

    fn receiver_args(&self, self_ty: Ty<'tcx>, pick: &Pick<'tcx>) -> Answer<Args<'tcx>> {
        let cx = self.cx;
        match pick.kind {
            PickKind::Inherent | PickKind::Trait => Ok(self.infer.fresh_args(pick.container)),
            PickKind::WhereClause(trait_ref) => Ok(self.infer.instantiate_with_fresh(trait_ref).args),
            PickKind::Object => {
                let mut steps = self.autoderef(self_ty).with_raw_pointers();
                while let Some((ty, _)) = steps.next()? {
                    let TyKind::Dynamic(predicates, _) = *ty.kind_ref() else { continue };
                    let Some(principal) = predicates.principal() else { continue };
                    let trait_ref = principal.with_self_ty(cx, ty);
                    for upper in ir::elaborate::supertraits(cx, trait_ref) {
                        if upper.skip_binder().def_id == pick.container {
                            return Ok(self.infer.instantiate_with_fresh(upper).args);
                        }
                    }
                }
                Err(Doubt::new("a method of a trait object that is none", ""))
            }
        }
    }
}
