//! What type checking asks about definitions beyond [`Definitions`]: where methods are found, and who may use what.

use crate::*;

/// Questions of a type checker. What is said of [`Definitions`] holds here too.
pub trait Members<'tcx>: Definitions<'tcx> {
    /// The inherent impls, in all crates, of types with an outermost constructor.
    fn inherent_impls(&self, shape: SimplifiedType) -> &'tcx [DefId];
    /// The module in which an item or field may be named; `None` for everywhere.
    fn visible_in(&self, def_id: DefId) -> Option<DefId>;
    /// The feature that an unstable item needs.
    fn unstable_feature(&self, def_id: DefId) -> Option<Symbol>;
    /// `#[non_exhaustive]` on a struct, union or enum itself.
    fn is_non_exhaustive(&self, adt: DefId) -> bool;
    /// For which receivers a trait's methods are passed over.
    fn skipped_receivers(&self, trait_: DefId) -> SkippedReceivers;
}

/// Receivers for which a trait's methods are passed over, in older editions.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct SkippedReceivers {
    /// Arrays, before edition 2021.
    pub array: bool,
    /// Boxed slices, before edition 2024.
    pub boxed_slice: bool,
}
