//! Methods: which one a name means, and what calling it asks for (rustc's `method`).

mod confirm;
mod probe;

pub(crate) use probe::{Adjustment as ReceiverAdjustment, Pick, PickKind};
