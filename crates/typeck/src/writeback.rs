//! Final types (rustc's `writeback`).

use crate::doubt::{Answer, Doubt};
use crate::state::FnCx;
use solve::{Args, Const, Ty};

/// What is left is to look up: types are exported one by one, with what was found out.
pub(crate) struct Written;

impl<'tcx> FnCx<'_, 'tcx> {
    pub fn write_back(&self) -> Answer<Written> {
        let exprs: Vec<_> = self.results.borrow().exprs.keys().copied().collect();
        // What is built in depends on types as they are in the end.
        for &expr in &exprs {
            let ty = self.results.borrow().exprs.get(&expr).copied();
            if let Some(ty) = ty {
                let ty = self.normalize(self.resolved(ty))?;
                self.results.borrow_mut().exprs.insert(expr, self.resolved(ty));
            }
            let mut adjustments = self.results.borrow().adjustments.get(&expr).cloned().unwrap_or_default();
            if adjustments.is_empty() {
                continue;
            }
            for adjustment in &mut adjustments {
                let target = self.normalize(self.resolved(adjustment.target))?;
                adjustment.target = self.resolved(target);
            }
            self.results.borrow_mut().adjustments.insert(expr, adjustments);
        }
        for expr in exprs {
            self.fix_builtin(expr);
        }
        Ok(Written)
    }

    /// The final type.
    pub fn exported(&self, ty: Ty<'tcx>) -> Answer<ty::Ty<'tcx>> {
        let ty = self.resolved(ty);
        let ty = self.normalize(ty)?;
        let found = self.cx.export(self.resolved(ty));
        let found = found.ok_or_else(|| Doubt::new("a type that is not known in the end", self.text(ty)))?;
        self.without_own_future(self.cx.tcx().erase_regions(found))
    }
    pub fn exported_args(&self, args: Args<'tcx>) -> Answer<ty::GenericArgs<'tcx>> {
        let args = self.resolved(args);
        let args = self.normalize(args)?;
        let found = self.cx.export_args(self.resolved(args).elements());
        let found = found.ok_or_else(|| Doubt::new("a generic argument that is not known in the end", ""))?;
        self.without_own_future(self.cx.tcx().erase_regions(found))
    }
    pub fn exported_const(&self, constant: Const<'tcx>) -> Answer<ty::Const<'tcx>> {
        let constant = self.resolved(constant);
        let constant = self.normalize(constant)?;
        let found = self.cx.export_const(self.resolved(constant));
        found.ok_or_else(|| Doubt::new("a constant that is not known in the end", ""))
    }
}
