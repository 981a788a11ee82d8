//! `as` (rustc's `cast`): most casts are looked at when all else is known.

use crate::doubt::{Answer, Doubt};
use crate::expect::Expectation;
use crate::state::FnCx;
use crate::types::{Look as _, Make as _};
use hir::body::{ExprId, TyId};
use solve::ir::inherent::Ty as _;
use solve::{Ty, TyKind};

/// A cast to be looked at later.
#[derive(Clone, Copy, Debug)]
pub(crate) struct DeferredCast<'tcx> {
    operand: ExprId,
    from: Ty<'tcx>,
    to: Ty<'tcx>,
}

impl<'a, 'tcx> FnCx<'a, 'tcx> {
    pub fn check_cast(&self, operand: ExprId, target: TyId) -> Answer<Ty<'tcx>> {
        let to = self.lower_ty(target)?;
        let to = self.resolved(to);
        let from = self.check_with(operand, Expectation::CastableTo(to))?;
        let from = self.resolved(from);
        self.deferred_casts.borrow_mut().push(DeferredCast { operand, from, to });
        Ok(to)
    }

    pub fn check_deferred_casts(&self) -> Answer<()> {
        let casts = std::mem::take(&mut *self.deferred_casts.borrow_mut());
        for cast in casts {
            self.check_deferred_cast(cast).map_err(|doubt| doubt.placed(self.place_of(cast.operand)))?;
        }
        Ok(())
    }

    fn check_deferred_cast(&self, cast: DeferredCast<'tcx>) -> Answer<()> {
        let from = self.structurally(cast.from)?;
        let to = self.structurally(cast.to)?;
        if self.coerce(cast.operand, from, to, false)?.is_some() {
            // Raw pointers may differ in lifetimes, which are not known here: they are cast in any case.
            if from.as_raw().is_none() || to.as_raw().is_none() {
                self.results.borrow_mut().coercion_casts.insert(cast.operand);
            }
            return Ok(());
        }
        // The program is right, so what remains is a cast of numbers or pointers.
        match (from.kind_ref(), to.kind_ref()) {
            (TyKind::FnDef(..), _) => {
                let Some(sig) = self.sig_of_ty(from) else { return Err(Doubt::new("a cast of a function", "")) };
                let sig = self.normalize(sig)?;
                let pointer = Ty::new_fn_ptr(self.cx, sig);
                self.coerce_or_doubt(cast.operand, from, pointer, false)?;
                Ok(())
            }
            (TyKind::Ref(_, inner, _), TyKind::RawPtr(pointee, _)) => {
                let Some((_, _, mutability)) = from.as_ref() else { return Ok(()) };
                let inner = self.try_structurally(*inner)?;
                let Some((element, _)) = inner.as_array() else {
                    return Err(Doubt::new("a cast of a reference", self.text(from)));
                };
                let pointer = self.cx.pointer(inner, mutability);
                self.coerce_or_doubt(cast.operand, from, pointer, false)?;
                self.demand_eq(element, *pointee)
            }
            _ => {
                let is_enum = from.as_adt().is_some_and(|(adt, _)| adt.is_enum());
                let castable = from.is_scalar() || is_enum || matches!(from.kind_ref(), TyKind::Pat(..));
                match castable && to.is_scalar() {
                    true => Ok(()),
                    false => {
                        Err(Doubt::new("a cast of another kind", format!("{} to {}", self.text(from), self.text(to))))
                    }
                }
            }
        }
    }
}
