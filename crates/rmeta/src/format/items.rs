//! Definitions: what they are, where, and their generics, types and signatures.

use super::adt::Repr;
use super::decoder::{Decode, Decoder, missing};
use super::hash_facts::Visibility;
use super::macros::read_name_kind;
use super::tables::{LazyArray, Table};
use super::types::read_is_unsafe;
use crate::error::Result;
use crate::macros::NameKind;
use crate::session::{CrateData, Session};
use ty::*;

impl<'tcx> Session<'tcx> {
    /// The value that a table has for a definition, if it has one.
    pub(crate) fn entry<T: Decode<'tcx>>(
        &'tcx self,
        def_id: DefId,
        table: impl FnOnce(&super::tables::Tables) -> &Table,
    ) -> Result<Option<T>> {
        let krate = self.data(def_id.krate);
        match table(&krate.root.tables).value(krate.bytes, def_id.index)? {
            Some(position) => krate.decoder(self, position)?.read().map(Some),
            None => Ok(None),
        }
    }

    /// The list that a table has for a definition; empty if it has none.
    pub(crate) fn entries<T: Decode<'tcx>>(
        &'tcx self,
        def_id: DefId,
        table: impl FnOnce(&super::tables::Tables) -> &Table,
    ) -> Result<Vec<T>> {
        let krate = self.data(def_id.krate);
        let array = table(&krate.root.tables).array(krate.bytes, def_id.index)?;
        self.array(krate, array.unwrap_or(LazyArray::EMPTY))
    }

    /// The elements of a list.
    pub(crate) fn array<T: Decode<'tcx>>(&'tcx self, krate: &'tcx CrateData<'tcx>, array: LazyArray) -> Result<Vec<T>> {
        let mut decoder = krate.decoder(self, array.position)?;
        let mut list = Vec::new();
        for _ in 0..array.len {
            list.push(decoder.read()?);
        }
        Ok(list)
    }

    /// A list of indices, as definitions of the crate.
    pub(crate) fn local_ids(
        &'tcx self,
        krate: CrateNum,
        index: u32,
        table: impl FnOnce(&super::tables::Tables) -> &Table,
    ) -> Result<Vec<DefId>> {
        let indices: Vec<u32> = self.entries(DefId { krate, index }, table)?;
        Ok(indices.into_iter().map(|index| DefId { krate, index }).collect())
    }

    /// What the definition is. A definition that the compiler made and took back has no kind.
    pub(crate) fn read_def_kind(&self, def_id: DefId) -> Result<Option<DefKind>> {
        let krate = self.data(def_id.krate);
        let code = krate.root.tables.def_kind.byte(krate.bytes, def_id.index)?;
        self.format.def_kind(code)
    }

    pub(crate) fn read_def_key(&'tcx self, def_id: DefId) -> Result<DefKey> {
        let found: Option<DefKey> = self.entry(def_id, |tables| &tables.def_keys)?;
        let key = found.ok_or_else(|| missing("a definition has no key"))?;
        // Parents are numbered before their children, so every path of parents ends.
        match key.parent {
            Some(parent) if parent >= def_id.index => Err(missing("a definition's parent comes after it")),
            _ => Ok(key),
        }
    }

    /// The name of a definition, of a constructor that of its type or variant.
    pub(crate) fn name(&'tcx self, def_id: DefId) -> Result<Option<Symbol>> {
        let key = self.read_def_key(def_id)?;
        match (key.data, key.parent) {
            (DefPathData::Ctor, Some(index)) => Ok(self.read_def_key(DefId { index, ..def_id })?.data.name()),
            (data, _) => Ok(data.name()),
        }
    }

    pub(crate) fn expect_name(&'tcx self, def_id: DefId) -> Result<Symbol> {
        self.name(def_id)?.ok_or_else(|| missing("a definition has no name"))
    }

    pub(crate) fn read_adt_def(&'tcx self, did: DefId) -> Result<AdtDef> {
        let kind = match self.read_def_kind(did)? {
            Some(DefKind::Struct) => AdtKind::Struct,
            Some(DefKind::Union) => AdtKind::Union,
            Some(DefKind::Enum) => AdtKind::Enum,
            _ => return Err(missing("a definition is no struct, union or enum")),
        };
        let Repr(repr) =
            self.entry(did, |tables| &tables.repr_options)?.ok_or_else(|| missing("a type has no representation"))?;
        let mut variants = Vec::new();
        if kind == AdtKind::Enum {
            for child in self.local_ids(did.krate, did.index, |tables| &tables.module_children_non_reexports)? {
                if self.read_def_kind(child)? == Some(DefKind::Variant) {
                    variants.push(self.read_variant(child)?);
                }
            }
        } else {
            variants.push(self.read_variant(did)?);
        }
        variants.sort_by_key(|(index, _)| *index);
        if variants.iter().enumerate().any(|(at, (index, _))| at != *index as usize) {
            return Err(missing("an enum's variants are not numbered one by one"));
        }
        let is = |item| self.find_lang_item(item).map(|found| found == Some(did));
        Ok(AdtDef {
            did,
            kind,
            variants: variants.into_iter().map(|(_, variant)| variant).collect(),
            repr,
            is_box: is(LangItem::OwnedBox)?,
            is_phantom_data: is(LangItem::PhantomData)?,
            is_manually_drop: is(LangItem::ManuallyDrop)?,
            is_unsafe_cell: is(LangItem::UnsafeCell)?,
            is_unsafe_pinned: is(LangItem::UnsafePinned)?,
            is_maybe_dangling: is(LangItem::MaybeDangling)?,
        })
    }

    fn read_variant(&'tcx self, def_id: DefId) -> Result<(u32, VariantDef)> {
        let data: VariantData =
            self.entry(def_id, |tables| &tables.variant_data)?.ok_or_else(|| missing("a variant has no data"))?;
        let fields = self.local_ids(def_id.krate, def_id.index, |tables| &tables.associated_item_or_field_def_ids)?;
        let fields = fields
            .into_iter()
            .map(|did| Ok(FieldDef { did, name: self.expect_name(did)? }))
            .collect::<Result<IndexVec<FieldIdx, FieldDef>>>()?;
        let ctor = data.ctor.map(|(kind, index)| (kind, DefId { index, ..def_id }));
        Ok((data.index, VariantDef { def_id, ctor, name: self.expect_name(def_id)?, discr: data.discr, fields }))
    }

    /// Whether `#[non_exhaustive]` is on a variant (or struct).
    pub(crate) fn read_is_non_exhaustive(&'tcx self, variant: DefId) -> Result<bool> {
        let data: Option<VariantData> = self.entry(variant, |tables| &tables.variant_data)?;
        Ok(data.is_some_and(|data| data.is_non_exhaustive))
    }

    /// The type of a definition. Types made for an `impl Trait` in a trait's method are not written where they follow from
    /// others.
    pub(crate) fn read_type_of(&'tcx self, def_id: DefId) -> Result<Ty<'tcx>> {
        match self.entry(def_id, |tables| &tables.type_of)? {
            Some(ty) => Ok(ty),
            None => Err(missing("a definition has no type")),
        }
    }

    pub(crate) fn read_generics(&'tcx self, def_id: DefId) -> Result<Generics> {
        let generics: Option<Generics> = self.entry(def_id, |tables| &tables.generics_of)?;
        let generics = generics.ok_or_else(|| missing("a definition has no generics"))?;
        let mut inherited = 0;
        if let Some(parent) = generics.parent {
            is_before(parent, def_id)?;
            ensure_stack();
            inherited = self.generics_of(parent).count();
        }
        let own = (inherited..).zip(&generics.own_params);
        let is_numbered = |(number, param): (usize, &GenericParamDef)| param.index as usize == number;
        match generics.parent_count == inherited && own.into_iter().all(is_numbered) {
            true => Ok(generics),
            false => Err(missing("generic parameters are not numbered one by one")),
        }
    }

    pub(crate) fn read_predicates(&'tcx self, def_id: DefId) -> Result<GenericPredicates<'tcx>> {
        type Found<'tcx> = (Option<DefId>, Vec<(Clause<'tcx>, Span)>);
        let found: Option<Found<'tcx>> = self.entry(def_id, |tables| &tables.explicit_predicates_of)?;
        let (parent, predicates) = found.ok_or_else(|| missing("a definition has no where-clauses"))?;
        parent.map_or(Ok(()), |parent| is_before(parent, def_id))?;
        Ok(GenericPredicates { parent, predicates: self.clauses(predicates) })
    }

    /// Clauses, without their places.
    pub(crate) fn clauses(&self, clauses: Vec<(Clause<'tcx>, Span)>) -> &'tcx [Clause<'tcx>] {
        let clauses: Vec<_> = clauses.into_iter().map(|(clause, _)| clause).collect();
        self.tcx.arena().alloc_slice(&clauses)
    }

    /// The children of a module, trait or enum: name and definition. Names of types that are not definitions are left out.
    pub(crate) fn read_module_children(&'tcx self, module: DefId) -> Result<Vec<(Symbol, DefId)>> {
        let mut children = Vec::new();
        for child in self.local_ids(module.krate, module.index, |tables| &tables.module_children_non_reexports)? {
            if let Some(name) = self.name(child)? {
                children.push((name, child));
            }
        }
        let reexports: Vec<ModChild> = self.entries(module, |tables| &tables.module_children_reexports)?;
        children.extend(reexports.into_iter().filter_map(|child| Some((child.name, child.def_id?))));
        Ok(children)
    }

    /// What a module offers to other crates: names and definitions, re-exports included. Unwinds as [`Definitions`] says.
    pub fn public_children(&'tcx self, module: DefId) -> Vec<(Symbol, DefId)> {
        self.data(module.krate).expect(self.read_public_children(module))
    }

    fn read_public_children(&'tcx self, module: DefId) -> Result<Vec<(Symbol, DefId)>> {
        let mut children = Vec::new();
        for child in self.local_ids(module.krate, module.index, |tables| &tables.module_children_non_reexports)? {
            if self.entry(child, |tables| &tables.visibility)? == Some(Visibility::Public)
                && let Some(name) = self.name(child)?
            {
                children.push((name, child));
            }
        }
        let reexports: Vec<ModChild> = self.entries(module, |tables| &tables.module_children_reexports)?;
        let public = reexports.into_iter().filter(|child| child.is_public);
        children.extend(public.filter_map(|child| Some((child.name, child.def_id?))));
        Ok(children)
    }
}

/// Fails if a definition's parent is not before it: parents are, and so walks outwards end.
fn is_before(parent: DefId, child: DefId) -> Result<()> {
    match parent.krate == child.krate && parent.index < child.index {
        true => Ok(()),
        false => Err(missing("a definition's parent comes after it")),
    }
}

impl<'tcx> Decode<'tcx> for DefKey {
    fn decode(d: &mut Decoder<'tcx>) -> Result<Self> {
        Ok(DefKey { parent: d.read()?, data: d.read()?, disambiguator: d.read()? })
    }
}

impl<'tcx> Decode<'tcx> for DefPathData {
    fn decode(d: &mut Decoder<'tcx>) -> Result<Self> {
        let count = if d.encoding().lowered_paths { 19 } else { 17 };
        let step = match d.read_variant(count, "no such step of a path")? {
            // Two steps that only some releases have.
            step @ 12.. if !d.encoding().lowered_paths => step + 2,
            step => step,
        };
        Ok(match step {
            0 => DefPathData::CrateRoot,
            1 => DefPathData::Impl,
            2 => DefPathData::ForeignMod,
            3 => DefPathData::Use,
            4 => DefPathData::GlobalAsm,
            5 => DefPathData::TypeNs(d.read()?),
            6 => DefPathData::ValueNs(d.read()?),
            7 => DefPathData::MacroNs(d.read()?),
            8 => DefPathData::LifetimeNs(d.read()?),
            9 => DefPathData::Closure,
            10 => DefPathData::Ctor,
            11 => DefPathData::AnonConst,
            12 => DefPathData::LateAnonConst,
            13 => DefPathData::DesugaredAnonymousLifetime,
            14 => DefPathData::OpaqueTy,
            15 => DefPathData::OpaqueLifetime(d.read()?),
            16 => DefPathData::AnonAssocTy(d.read()?),
            17 => DefPathData::SyntheticCoroutineBody,
            _ => DefPathData::NestedStatic,
        })
    }
}

impl<'tcx> Decode<'tcx> for Generics {
    fn decode(d: &mut Decoder<'tcx>) -> Result<Self> {
        let parent = d.read()?;
        let parent_count = d.read()?;
        let own_params = d.read()?;
        // The map from parameters to their numbers, which they have themselves.
        d.read::<Vec<(DefId, u32)>>()?;
        let has_self = d.read()?;
        d.read::<Option<Span>>()?;
        Ok(Generics { parent, parent_count, own_params, has_self })
    }
}

impl<'tcx> Decode<'tcx> for GenericParamDef {
    fn decode(d: &mut Decoder<'tcx>) -> Result<Self> {
        let (name, def_id, index) = d.read()?;
        let _pure_wrt_drop = d.read_bool()?;
        let kind = match d.read_variant(3, "no such kind of generic parameter")? {
            0 => GenericParamKind::Lifetime,
            1 => GenericParamKind::Type { has_default: d.read()?, synthetic: d.read()? },
            _ => GenericParamKind::Const { has_default: d.read()? },
        };
        Ok(GenericParamDef { name, def_id, index, kind })
    }
}

pub(crate) struct VariantData {
    index: u32,
    discr: VariantDiscr,
    ctor: Option<(CtorKind, u32)>,
    is_non_exhaustive: bool,
}

impl<'tcx> Decode<'tcx> for VariantData {
    fn decode(d: &mut Decoder<'tcx>) -> Result<Self> {
        Ok(VariantData { index: d.read()?, discr: d.read()?, ctor: d.read()?, is_non_exhaustive: d.read_bool()? })
    }
}

/// A name that a module exports from elsewhere. Only definitions are of interest.
pub(crate) struct ModChild {
    pub(super) name: Symbol,
    def_id: Option<DefId>,
    /// What it means, if it is no value.
    pub(super) kind: Option<NameKind>,
    pub(super) is_public: bool,
}

impl<'tcx> Decode<'tcx> for ModChild {
    fn decode(d: &mut Decoder<'tcx>) -> Result<Self> {
        let name = super::span::skip_ident_span(d)?;
        let kind = read_name_kind(&mut d.clone())?;
        let (def_id, visible_in) = read_rest_of_child(d)?;
        Ok(ModChild { name, def_id, kind, is_public: visible_in.is_none() })
    }
}

/// What follows the name of a module's child: the definition that it means, and the module in which it may be seen if it is
/// not public.
pub(super) fn read_rest_of_child(d: &mut Decoder<'_>) -> Result<(Option<DefId>, Option<DefId>)> {
    let def_id = read_resolution(d)?;
    let visible_in = match d.read_variant(2, "no such visibility")? {
        0 => None,
        _ => Some(d.read::<DefId>()?),
    };
    for _ in 0..d.read_len()? {
        if d.read_variant(5, "no such kind of re-export")? < 3 {
            d.read::<DefId>()?;
        }
    }
    Ok((def_id, visible_in))
}

/// The number of a meaning as releases without modules of a namespace count; nothing for such a module, which is read.
pub(super) fn read_meaning(d: &mut Decoder<'_>) -> Result<Option<u8>> {
    let open_modules = d.encoding().open_modules;
    let count = if open_modules { 10 } else { 9 };
    Ok(match d.read_variant(count, "no such meaning of a name")? {
        7 if open_modules => {
            d.read_symbol()?;
            None
        }
        meaning @ 8.. if open_modules => Some(meaning - 1),
        meaning => Some(meaning),
    })
}

/// What a name means (`rustc_hir::def::Res`).
fn read_resolution(d: &mut Decoder<'_>) -> Result<Option<DefId>> {
    let Some(meaning) = read_meaning(d)? else { return Ok(None) };
    match meaning {
        0 => {
            def_kind_number(d)?;
            return d.read().map(Some);
        }
        1 => {
            if d.read_variant(6, "no such primitive type")? < 3 {
                d.read_u8()?;
            }
        }
        2 | 4 => drop(d.read::<DefId>()?),
        3 => drop(d.read::<(DefId, bool)>()?),
        6 | 8 => {}
        7 => {
            if d.read_variant(4, "no such kind of attribute")? == 0 {
                d.read_symbol()?;
            }
        }
        _ => return Err(d.error("a module exports a local variable")),
    }
    Ok(None)
}

/// A `DefKind` outside of its table: its number, and of a macro what it can be used as.
pub(super) fn def_kind_number(d: &mut Decoder<'_>) -> Result<(u8, u8)> {
    let number = d.read_variant(31, "no such kind of definition")?;
    let mut macro_kinds = 0;
    match number {
        12 | 17 if d.encoding().type_constants => drop(d.read_bool()?),
        14 => {
            read_is_unsafe(d)?;
            d.read::<(Mutability, bool)>()?;
        }
        15 => drop(d.read::<(u8, u8)>()?),
        18 => macro_kinds = d.read_u8()?,
        28 => drop(d.read_bool()?),
        _ => {}
    }
    Ok((number, macro_kinds))
}
