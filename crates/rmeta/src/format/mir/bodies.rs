//! Finding and remembering bodies.

use super::super::decoder::{Decode, Decoder};
use super::super::tables::Table;
use super::constant::AllocTable;
use crate::error::Result;
use crate::session::{CrateData, Session};
use ::mir::{Body, ConstQualifs, CoroutineLayout, Promoted};
use ty::{ConstAllocation, ConstValue, DefId, DefKind, Definitions, IndexVec, Memo, MetadataError, Ty};

/// What has been decoded of a crate's bodies, by index of definition.
#[derive(Default)]
pub(crate) struct MirCaches<'tcx> {
    optimized: Memo<u32, &'tcx Body<'tcx>>,
    ctfe: Memo<u32, &'tcx Body<'tcx>>,
    promoted: Memo<u32, &'tcx IndexVec<Promoted, Body<'tcx>>>,
    coroutine_witnesses: Memo<u32, Option<&'tcx CoroutineLayout<'tcx>>>,
    initializers: Memo<u32, Option<ConstAllocation<'tcx>>>,
    pub(super) allocs: AllocTable,
}

impl<'tcx> CrateData<'tcx> {
    /// A table's value for a definition of this crate.
    fn table_value<T: Decode<'tcx>>(
        &'tcx self,
        session: &'tcx Session<'tcx>,
        table: &Table,
        index: u32,
    ) -> Result<Option<T>> {
        match table.value(self.bytes, index)? {
            Some(position) => self.decoder(session, position)?.read().map(Some),
            None => Ok(None),
        }
    }

    /// As [`CrateData::table_value`], for bodies that must be there.
    fn table_body<T: Decode<'tcx> + ty::Hold + Send + Sync>(
        &'tcx self,
        session: &'tcx Session<'tcx>,
        table: &Table,
        index: u32,
    ) -> &'tcx T {
        match self.expect(self.table_value(session, table, index)) {
            Some(value) => session.tcx.arena().hold(value),
            None => {
                let name = session.tcx.def_path_str(DefId { krate: self.num, index });
                let message = format!(
                    "the body of `{name}` is not in it, as rustc writes only those that other crates inline\n  help: compile \
                     the crate with `cargo bessemer`, or with rustc's option `-Zalways-encode-mir`"
                );
                std::panic::panic_any(MetadataError { path: self.source.metadata.clone(), message })
            }
        }
    }
}

impl<'tcx> Session<'tcx> {
    fn has_entry(&self, def_id: DefId, table: impl Fn(&CrateData<'tcx>) -> Table) -> bool {
        let krate = self.data(def_id.krate);
        krate.expect(table(krate).value(krate.bytes, def_id.index)).is_some()
    }

    /// Constructors are written once, as what is evaluated.
    fn is_constructor(&self, def_id: DefId) -> bool {
        matches!(self.def_kind(def_id), DefKind::Ctor(..))
    }

    pub(crate) fn has_optimized_mir_of(&self, def_id: DefId) -> bool {
        self.has_entry(def_id, |krate| krate.root.tables.optimized_mir)
            || self.is_constructor(def_id) && self.has_ctfe_mir_of(def_id)
    }

    pub(crate) fn optimized_mir_of(&'tcx self, def_id: DefId) -> &'tcx Body<'tcx> {
        let krate = self.data(def_id.krate);
        krate.mir.optimized.get_or(def_id.index, || {
            if self.is_constructor(def_id) {
                return self.ctfe_mir_of(def_id);
            }
            krate.table_body(self, &krate.root.tables.optimized_mir, def_id.index)
        })
    }

    pub(crate) fn has_ctfe_mir_of(&self, def_id: DefId) -> bool {
        self.has_entry(def_id, |krate| krate.root.tables.mir_for_ctfe)
    }

    pub(crate) fn ctfe_mir_of(&'tcx self, def_id: DefId) -> &'tcx Body<'tcx> {
        let krate = self.data(def_id.krate);
        krate.mir.ctfe.get_or(def_id.index, || krate.table_body(self, &krate.root.tables.mir_for_ctfe, def_id.index))
    }

    pub(crate) fn promoted_mir_of(&'tcx self, def_id: DefId) -> &'tcx IndexVec<Promoted, Body<'tcx>> {
        let krate = self.data(def_id.krate);
        krate
            .mir
            .promoted
            .get_or(def_id.index, || krate.table_body(self, &krate.root.tables.promoted_mir, def_id.index))
    }

    pub(crate) fn coroutine_layout_of(&'tcx self, def_id: DefId) -> Option<&'tcx CoroutineLayout<'tcx>> {
        if !self.has_optimized_mir_of(def_id) {
            return None;
        }
        self.optimized_mir_of(def_id).coroutine.as_ref()?.coroutine_layout.as_ref()
    }

    pub(crate) fn coroutine_witnesses_of(&'tcx self, def_id: DefId) -> Option<&'tcx CoroutineLayout<'tcx>> {
        let krate = self.data(def_id.krate);
        krate.mir.coroutine_witnesses.get_or(def_id.index, || {
            let table = &krate.root.tables.mir_coroutine_witnesses;
            let layout = krate.expect(krate.table_value(self, table, def_id.index));
            layout.map(|layout| self.tcx.arena().hold(layout))
        })
    }

    pub(crate) fn trivial_const_of(&'tcx self, def_id: DefId) -> Option<(ConstValue, Ty<'tcx>)> {
        let krate = self.data(def_id.krate);
        krate.expect(krate.table_value(self, &krate.root.tables.trivial_const, def_id.index))
    }

    pub(crate) fn const_qualifs_of(&'tcx self, def_id: DefId) -> Option<ConstQualifs> {
        let krate = self.data(def_id.krate);
        // What follows is about const traits, and whether there were errors.
        let entry = krate.table_value::<(bool, bool)>(self, &krate.root.tables.mir_const_qualif, def_id.index);
        krate.expect(entry).map(|(has_mut_interior, needs_drop)| ConstQualifs { has_mut_interior, needs_drop })
    }

    pub(crate) fn static_initializer_of(&'tcx self, def_id: DefId) -> Option<ConstAllocation<'tcx>> {
        let krate = self.data(def_id.krate);
        krate.mir.initializers.get_or(def_id.index, || {
            let table = &krate.root.tables.eval_static_initializer;
            krate.expect(krate.table_value(self, table, def_id.index))
        })
    }
}

impl<'tcx> Decoder<'tcx> {
    /// Where the crate's constant memory of a number is stored.
    pub(super) fn alloc_position(&self, index: u32) -> Result<usize> {
        let positions = self.krate.mir.allocs.positions(self)?;
        match positions.get(index as usize) {
            Some(&position) => Ok(position),
            None => Err(self.error("no constant memory has this number")),
        }
    }
}
