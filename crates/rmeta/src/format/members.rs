//! Inherent impls, visibility and stability: what type checking asks.

use super::decoder::{Decode, Decoder, missing};
use super::hash_facts::Visibility;
use super::tables::LazyArray;
use super::traits::{Simplified, read_trait_def};
use crate::error::Result;
use crate::session::{CrateData, Session};
use rustc_hash::FxHashMap;
use ty::*;

impl<'tcx> Session<'tcx> {
    /// The inherent impls of types with an outermost constructor: those beside the type's definition, then those that crates
    /// wrote for types that are not their own.
    fn read_inherent_impls(&'tcx self, shape: SimplifiedType) -> Result<Vec<DefId>> {
        let mut impls = match shape {
            SimplifiedType::Adt(def_id) | SimplifiedType::Foreign(def_id) | SimplifiedType::Trait(def_id) => {
                self.local_ids(def_id.krate, def_id.index, |tables| &tables.inherent_impls)?
            }
            _ => Vec::new(),
        };
        for krate in self.all_crate_data() {
            let by_shape = match krate.foreign_inherent_impls.get() {
                Some(by_shape) => by_shape,
                None => {
                    let read = self.read_foreign_inherent_impls(krate)?;
                    krate.foreign_inherent_impls.get_or_init(|| read)
                }
            };
            let Some(&list) = by_shape.get(&shape) else { continue };
            let indices: Vec<u32> = self.array(krate, list)?;
            impls.extend(indices.into_iter().map(|index| DefId { krate: krate.num, index }));
        }
        Ok(impls)
    }

    fn read_foreign_inherent_impls(
        &'tcx self,
        krate: &'tcx CrateData<'tcx>,
    ) -> Result<FxHashMap<SimplifiedType, LazyArray>> {
        let list = krate.root.incoherent_impls;
        let mut decoder = krate.decoder(self, list.position)?;
        let mut by_shape = FxHashMap::default();
        for _ in 0..list.len {
            let shape = decoder.read_lazy_value()?;
            let impls = decoder.read_lazy_array()?;
            let Simplified(shape) = krate.decoder(self, shape)?.read()?;
            by_shape.insert(shape, impls);
        }
        Ok(by_shape)
    }

    fn read_visible_in(&'tcx self, def_id: DefId) -> Result<Option<DefId>> {
        match self.entry(def_id, |tables| &tables.visibility)? {
            Some(Visibility::Public) => Ok(None),
            Some(Visibility::Restricted(index)) => Ok(Some(DefId { index, ..def_id })),
            None => Err(missing("a definition has no visibility")),
        }
    }
}

/// A trait's definition, of which only the receivers are of interest.
struct TraitReceivers(SkippedReceivers);

impl<'tcx> Decode<'tcx> for TraitReceivers {
    fn decode(d: &mut Decoder<'tcx>) -> Result<Self> {
        read_trait_def(d).map(|(_, skipped)| TraitReceivers(skipped))
    }
}

/// `rustc_hir::Stability`.
struct Stability {
    feature: Symbol,
    is_unstable: bool,
}

impl<'tcx> Decode<'tcx> for Stability {
    fn decode(d: &mut Decoder<'tcx>) -> Result<Self> {
        let (feature, is_unstable) = super::attributes::read_stability(d)?;
        Ok(Stability { feature, is_unstable })
    }
}

impl<'tcx> Members<'tcx> for Session<'tcx> {
    fn inherent_impls(&self, shape: SimplifiedType) -> &'tcx [DefId] {
        self.memos.inherent_impls.get_or(shape, || {
            let impls = self.data(CrateNum::LOCAL).expect(self.this().read_inherent_impls(shape));
            self.tcx.arena().alloc_slice(&impls)
        })
    }

    fn visible_in(&self, def_id: DefId) -> Option<DefId> {
        self.data(def_id.krate).expect(self.this().read_visible_in(def_id))
    }

    fn unstable_feature(&self, def_id: DefId) -> Option<Symbol> {
        let found = self.this().entry(def_id, |tables| &tables.lookup_stability);
        let found: Option<Stability> = self.data(def_id.krate).expect(found);
        found.filter(|stability| stability.is_unstable).map(|stability| stability.feature)
    }

    fn is_non_exhaustive(&self, adt: DefId) -> bool {
        self.data(adt.krate).expect(self.this().read_attributes(adt)).non_exhaustive
    }

    fn skipped_receivers(&self, trait_: DefId) -> SkippedReceivers {
        let found = self.this().entry(trait_, |tables| &tables.trait_def);
        let found: Option<TraitReceivers> = self.data(trait_.krate).expect(found);
        found.map(|receivers| receivers.0).unwrap_or_default()
    }
}
