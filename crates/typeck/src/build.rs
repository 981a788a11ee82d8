//! Typed bodies.
use crate::doubt::Answer;
use crate::state::FnCx;
use crate::writeback::Written;
pub(crate) fn build<'tcx>(_: &FnCx<'_, 'tcx>, _: &Written) -> Answer<Vec<thir::TypedBody<'tcx>>> { Ok(Vec::new()) }
