//! Intrinsics on vectors.

use crate::call::Args;
use crate::fault::EvalResult;
use crate::machine::Machine;
use crate::value::PlaceTy;
use ty::Instance;

impl<'tcx> Machine<'_, 'tcx> {
    /// Runs a `simd_*` intrinsic. False if it is not known here.
    pub(crate) fn simd_intrinsic(
        &mut self,
        _name: &str,
        _instance: Instance<'tcx>,
        _args: &Args<'tcx>,
        _dest: &PlaceTy<'tcx>,
    ) -> EvalResult<bool> {
        Ok(false)
    }
}
