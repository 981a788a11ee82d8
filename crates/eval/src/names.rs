//! Names and identities of types, as programs see them.

use crate::EvalCx;
use crate::fault::{EvalResult, fault};
use ty::{DefId, DefPathData, Instance, Ty};

impl<'tcx> EvalCx<'tcx> {
    /// What `type_name` gives.
    pub(crate) fn type_name(&self, ty: Ty<'tcx>) -> String {
        format!("{ty:?}")
    }

    /// The number in a `TypeId`.
    pub(crate) fn type_id_hash(&self, ty: Ty<'tcx>) -> EvalResult<u128> {
        fault!("the `TypeId` of `{ty:?}` is not supported at compile-time yet")
    }

    /// A function's name in messages.
    pub(crate) fn instance_name(&self, instance: Instance<'tcx>) -> String {
        self.def_path(instance.def_id())
    }

    fn def_path(&self, def_id: DefId) -> String {
        let definitions = self.tcx.definitions();
        let key = definitions.def_key(def_id);
        let Some(parent) = key.parent else { return definitions.crate_name(def_id.krate).to_string() };
        let own = match key.data {
            DefPathData::TypeNs(name) | DefPathData::ValueNs(name) | DefPathData::MacroNs(name) => name.to_string(),
            DefPathData::Closure => "{closure}".to_string(),
            DefPathData::Impl => "{impl}".to_string(),
            DefPathData::AnonConst | DefPathData::LateAnonConst => "{constant}".to_string(),
            DefPathData::ForeignMod => return self.def_path(DefId { krate: def_id.krate, index: parent }),
            other => format!("{{{other:?}}}"),
        };
        format!("{}::{own}", self.def_path(DefId { krate: def_id.krate, index: parent }))
    }
}
