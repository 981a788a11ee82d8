//! Traits, impls and their items.

use super::decoder::{Decode, Decoder, missing};
use super::tables::LazyArray;
use super::types::read_is_unsafe;
use crate::error::Result;
use crate::session::{CrateData, Session};
use rustc_hash::FxHashMap;
use ty::*;

/// How long a chain of impls that specialise one another may be.
const MAX_SPECIALIZATIONS: usize = 1000;

impl<'tcx> Session<'tcx> {
    pub(crate) fn read_trait_def(&'tcx self, trait_: DefId) -> Result<TraitDef> {
        self.entry(trait_, |tables| &tables.trait_def)?.ok_or_else(|| missing("a definition is no trait"))
    }

    pub(crate) fn read_assoc_item(&'tcx self, def_id: DefId) -> Result<Option<AssocItem>> {
        let Some(container) = self.entry(def_id, |tables| &tables.assoc_container)? else { return Ok(None) };
        let (container, trait_item) = match container {
            Container::Trait => (AssocContainer::Trait, Some(def_id)),
            Container::InherentImpl => (AssocContainer::InherentImpl, None),
            Container::TraitImpl(item) => (AssocContainer::TraitImpl, Some(item)),
        };
        let kind = match self.read_def_kind(def_id)? {
            Some(DefKind::AssocConst) => AssocKind::Const,
            Some(DefKind::AssocFn) => AssocKind::Fn,
            Some(DefKind::AssocTy) => AssocKind::Type,
            _ => return Err(missing("an associated item is neither constant, function nor type")),
        };
        let krate = self.data(def_id.krate);
        let rpitit = krate.root.tables.opt_rpitit_info.value(krate.bytes, def_id.index)?;
        let has_value = match container {
            AssocContainer::Trait => matches!(self.read_defaultness(def_id)?, Defaultness::Default { has_value: true }),
            _ => true,
        };
        Ok(Some(AssocItem {
            def_id,
            name: self.expect_name(def_id)?,
            kind,
            container,
            trait_item,
            fn_has_self_parameter: kind == AssocKind::Fn && self.has_self_parameter(def_id)?,
            has_value,
            is_synthetic: rpitit.is_some(),
        }))
    }

    /// Whether the first parameter is called `self`.
    fn has_self_parameter(&'tcx self, def_id: DefId) -> Result<bool> {
        let krate = self.data(def_id.krate);
        let names = krate.root.tables.fn_arg_idents.array(krate.bytes, def_id.index)?;
        let Some(names) = names.filter(|names| names.len > 0) else { return Ok(false) };
        let mut decoder = krate.decoder(self, names.position)?;
        if !decoder.read_option()? {
            return Ok(false);
        }
        Ok(decoder.read_symbol()?.as_str() == "self")
    }

    pub(crate) fn read_assoc_items(&'tcx self, container: DefId) -> Result<Vec<AssocItem>> {
        let ids =
            self.local_ids(container.krate, container.index, |tables| &tables.associated_item_or_field_def_ids)?;
        ids.into_iter()
            .map(|def_id| self.read_assoc_item(def_id)?.ok_or_else(|| missing("an associated item belongs to nothing")))
            .collect()
    }

    pub(crate) fn read_defaultness(&self, def_id: DefId) -> Result<Defaultness> {
        let krate = self.data(def_id.krate);
        match krate.root.tables.defaultness.byte(krate.bytes, def_id.index)? {
            0 => Ok(Defaultness::Final),
            1 => Ok(Defaultness::Default { has_value: false }),
            2 => Ok(Defaultness::Default { has_value: true }),
            _ => Err(missing("no such defaultness")),
        }
    }

    /// The impl that this one specialises. That those which it specialises in turn come to an end is seen here.
    pub(crate) fn read_impl_parent(&self, impl_: DefId) -> Result<Option<DefId>> {
        let parent = self.read_own_impl_parent(impl_)?;
        let mut next = parent;
        for _ in 0..MAX_SPECIALIZATIONS {
            let Some(impl_) = next else { return Ok(parent) };
            next = self.read_own_impl_parent(impl_)?;
        }
        Err(missing("impls specialise each other without end"))
    }

    fn read_own_impl_parent(&self, impl_: DefId) -> Result<Option<DefId>> {
        let krate = self.data(impl_.krate);
        match krate.root.tables.impl_parent.raw_def_id(krate.bytes, impl_.index)? {
            Some(raw) => krate.map_def_id(raw).map(Some),
            None => Ok(None),
        }
    }

    /// The impls of a trait in one crate.
    pub(crate) fn read_impls_in(&'tcx self, krate: &'tcx CrateData<'tcx>, trait_: DefId) -> Result<Vec<TraitImpl>> {
        let by_trait = match krate.trait_impls.get() {
            Some(by_trait) => by_trait,
            None => {
                let read = self.read_impl_index(krate)?;
                krate.trait_impls.get_or_init(|| read)
            }
        };
        let Some(&impls) = by_trait.get(&trait_) else { return Ok(Vec::new()) };
        let impls: Vec<(u32, Option<Simplified>)> = self.array(krate, impls)?;
        Ok(impls
            .into_iter()
            .map(|(index, simplified)| TraitImpl {
                impl_: DefId { krate: krate.num, index },
                simplified_self: simplified.map(|simplified| simplified.0),
            })
            .collect())
    }

    /// Which traits a crate has impls of, and where their lists are.
    fn read_impl_index(&'tcx self, krate: &'tcx CrateData<'tcx>) -> Result<FxHashMap<DefId, LazyArray>> {
        let list = krate.root.impls;
        let mut decoder = krate.decoder(self, list.position)?;
        let mut by_trait = FxHashMap::default();
        for _ in 0..list.len {
            let raw = decoder.read()?;
            let impls = decoder.read_lazy_array()?;
            by_trait.insert(krate.map_def_id(raw)?, impls);
        }
        Ok(by_trait)
    }
}

impl CrateData<'_> {
    /// A definition as this crate numbers it, as the session does.
    pub(crate) fn map_def_id(&self, (krate, index): (u32, u32)) -> Result<DefId> {
        match self.crate_map.get(krate as usize) {
            Some(&krate) => Ok(DefId { krate, index }),
            None => Err(missing("no crate has this number")),
        }
    }
}

pub(crate) enum Container {
    Trait,
    InherentImpl,
    TraitImpl(DefId),
}

impl<'tcx> Decode<'tcx> for Container {
    fn decode(d: &mut Decoder<'tcx>) -> Result<Self> {
        Ok(match d.read_variant(3, "no such container of associated items")? {
            0 => Container::Trait,
            1 => Container::InherentImpl,
            _ => match d.read_variant(2, "neither a result nor an error")? {
                0 => Container::TraitImpl(d.read()?),
                _ => return Err(d.error("an item of no trait")),
            },
        })
    }
}

impl<'tcx> Decode<'tcx> for TraitDef {
    fn decode(d: &mut Decoder<'tcx>) -> Result<Self> {
        let (def, _) = read_trait_def(d)?;
        Ok(def)
    }
}

/// Of a trait, what is the same in all releases, and for which receivers its methods are passed over. What follows is for
/// coherence and messages.
pub(super) fn read_trait_def(d: &mut Decoder<'_>) -> Result<(TraitDef, SkippedReceivers)> {
    let def_id = d.read()?;
    if d.encoding().impl_restrictions && d.read_variant(2, "no such restriction of impls")? == 1 {
        d.read::<(DefId, Span)>()?;
    }
    let is_unsafe = read_is_unsafe(d)?;
    skip_constness(d)?;
    let _paren_sugar = d.read_bool()?;
    let is_auto = d.read()?;
    let is_marker = d.read()?;
    let is_coinductive = d.read()?;
    let is_fundamental = d.read()?;
    let skipped = SkippedReceivers { array: d.read_bool()?, boxed_slice: d.read_bool()? };
    let is_coinductive = is_coinductive || is_auto;
    Ok((TraitDef { def_id, is_auto, is_marker, is_coinductive, is_fundamental, is_unsafe }, skipped))
}

/// `Constness`: const is first.
fn skip_constness(d: &mut Decoder<'_>) -> Result<()> {
    if d.read_variant(2, "no such constness")? == 0 && d.encoding().always_const {
        d.read_bool()?;
    }
    Ok(())
}

/// `ImplTraitHeader`.
impl<'tcx> Decode<'tcx> for ImplHeader<'tcx> {
    fn decode(d: &mut Decoder<'tcx>) -> Result<Self> {
        let header = ImplHeader { trait_ref: d.read()?, polarity: d.read()? };
        read_is_unsafe(d)?;
        skip_constness(d)?;
        Ok(header)
    }
}

impl<'tcx> Decode<'tcx> for Destructor {
    fn decode(d: &mut Decoder<'tcx>) -> Result<Self> {
        Ok(Destructor { did: d.read()? })
    }
}

/// [`SimplifiedType`], under a name of ours so that "any type" can be told from "none".
pub(super) struct Simplified(pub(super) SimplifiedType);

impl<'tcx> Decode<'tcx> for Simplified {
    fn decode(d: &mut Decoder<'tcx>) -> Result<Self> {
        Ok(Simplified(match d.read_variant(23, "no such outermost constructor of a type")? {
            0 => SimplifiedType::Bool,
            1 => SimplifiedType::Char,
            2 => SimplifiedType::Int(d.read()?),
            3 => SimplifiedType::Uint(d.read()?),
            4 => SimplifiedType::Float(d.read()?),
            5 => SimplifiedType::Adt(d.read()?),
            6 => SimplifiedType::Foreign(d.read()?),
            7 => SimplifiedType::Str,
            8 => SimplifiedType::Array,
            9 => SimplifiedType::Slice,
            10 => SimplifiedType::Ref(d.read()?),
            11 => SimplifiedType::Ptr(d.read()?),
            12 => SimplifiedType::Never,
            13 => SimplifiedType::Tuple(d.read()?),
            14 => SimplifiedType::MarkerTraitObject,
            15 => SimplifiedType::Trait(d.read()?),
            16 => SimplifiedType::Closure(d.read()?),
            17 => SimplifiedType::Coroutine(d.read()?),
            18 => SimplifiedType::CoroutineWitness(d.read()?),
            19 => SimplifiedType::Function(d.read()?),
            20 => SimplifiedType::UnsafeBinder,
            _ => SimplifiedType::Other,
        }))
    }
}
