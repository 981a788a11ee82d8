//! Names and identities of types, as programs see them.

use crate::EvalCx;
use ty::{Instance, Ty};

impl<'tcx> EvalCx<'tcx> {
    /// What `type_name` gives.
    pub(crate) fn type_name(&self, ty: Ty<'tcx>) -> String {
        self.mangler.type_name(ty)
    }

    /// The number in a `TypeId`.
    pub(crate) fn type_id_hash(&self, ty: Ty<'tcx>) -> u128 {
        self.mangler.type_id(ty)
    }

    /// A type in messages.
    pub(crate) fn shown(&self, ty: Ty<'tcx>) -> String {
        self.tcx.ty_str(ty)
    }

    /// A function's name in messages.
    pub(crate) fn instance_name(&self, instance: Instance<'tcx>) -> String {
        self.tcx.value_path_str(instance.def_id(), instance.args)
    }
}
