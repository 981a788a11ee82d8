//! SIMD intrinsics (`core::intrinsics::simd`).

use crate::operand::OperandRef;
use crate::{FunctionCx, LowerError};
use layout::TyAndLayout;
use ty::Instance;

impl<'tcx> FunctionCx<'_, 'tcx> {
    pub(crate) fn simd_intrinsic(
        &mut self,
        name: &str,
        _instance: Instance<'tcx>,
        _args: &[OperandRef<'tcx>],
        _result: TyAndLayout<'tcx>,
    ) -> Result<OperandRef<'tcx>, LowerError> {
        Err(LowerError::unsupported(format!("the intrinsic `{name}`"), self.span()))
    }
}
