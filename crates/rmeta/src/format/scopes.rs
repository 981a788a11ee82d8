//! Decoding of [`crate::scopes`] (`rustc_middle::metadata::ModChild`, `rustc_hir::def::Res`).

use super::decoder::{Decode, Decoder};
use super::hash_facts::Visibility;
use super::items::{def_kind_number, read_meaning};
use crate::error::Result;
use crate::scopes::{Meaning, ScopeName};
use crate::session::Session;
use ty::{CrateNum, DefId, FloatTy, IntTy, Symbol, UintTy};

/// A name that a module has from elsewhere.
struct Imported {
    name: Symbol,
    meaning: Option<Found>,
    visible_in: Option<DefId>,
}

/// What it means, as far as its own bytes say.
enum Found {
    Def(DefId),
    Other(Meaning),
}

const INTS: [IntTy; 6] = [IntTy::Isize, IntTy::I8, IntTy::I16, IntTy::I32, IntTy::I64, IntTy::I128];
const UINTS: [UintTy; 6] = [UintTy::Usize, UintTy::U8, UintTy::U16, UintTy::U32, UintTy::U64, UintTy::U128];
const FLOATS: [FloatTy; 4] = [FloatTy::F16, FloatTy::F32, FloatTy::F64, FloatTy::F128];

impl<'tcx> Decode<'tcx> for Imported {
    fn decode(d: &mut Decoder<'tcx>) -> Result<Self> {
        let name = super::span::skip_ident_span(d)?;
        let meaning = match read_meaning(&mut d.clone())? {
            Some(0 | 1) => read_found(&mut d.clone())?,
            _ => None,
        };
        // What follows is read as for all other purposes.
        let (_, visible_in) = super::items::read_rest_of_child(d)?;
        Ok(Imported { name, meaning, visible_in })
    }
}

fn read_found(d: &mut Decoder<'_>) -> Result<Option<Found>> {
    Ok(match read_meaning(d)? {
        Some(0) => {
            def_kind_number(d)?;
            Some(Found::Def(d.read()?))
        }
        Some(1) => {
            let kind = d.read_variant(6, "no such primitive type")?;
            let number = |d: &mut Decoder<'_>| d.read_u8().map(usize::from);
            let meaning = match kind {
                0 => INTS.get(number(d)?).map(|ty| Meaning::Int(*ty)),
                1 => UINTS.get(number(d)?).map(|ty| Meaning::Uint(*ty)),
                2 => FLOATS.get(number(d)?).map(|ty| Meaning::Float(*ty)),
                3 => Some(Meaning::Str),
                4 => Some(Meaning::Bool),
                _ => Some(Meaning::Char),
            };
            meaning.map(Found::Other)
        }
        _ => None,
    })
}

impl<'tcx> Session<'tcx> {
    /// All names in a module, enum or trait: private ones and imports too, without macros. In an enum, those of variants.
    ///
    /// # Errors
    /// The file is damaged.
    pub fn scope_names(&'tcx self, module: DefId) -> Result<Vec<ScopeName>> {
        let mut names = Vec::new();
        for child in self.local_ids(module.krate, module.index, |tables| &tables.module_children_non_reexports)? {
            if let (Some(kind), Some(name)) = (self.read_def_kind(child)?, self.name(child)?) {
                let visible_in = match self.entry(child, |tables| &tables.visibility)? {
                    Some(Visibility::Restricted(index)) => Some(DefId { index, ..child }),
                    _ => None,
                };
                names.push(ScopeName { name, meaning: Meaning::Def(kind, child), visible_in });
            }
        }
        let imported: Vec<Imported> = self.entries(module, |tables| &tables.module_children_reexports)?;
        for Imported { name, meaning, visible_in } in imported {
            let meaning = match meaning {
                // Of a crate without metadata, only macros are used.
                Some(Found::Def(def_id)) if self.crate_data(def_id.krate).is_some() => {
                    self.read_def_kind(def_id)?.map(|kind| Meaning::Def(kind, def_id))
                }
                Some(Found::Other(meaning)) => Some(meaning),
                _ => None,
            };
            names.extend(meaning.map(|meaning| ScopeName { name, meaning, visible_in }));
        }
        Ok(names)
    }

    /// How many definitions a crate has: their numbers are below.
    pub fn definition_count(&self, krate: CrateNum) -> u32 {
        self.crate_data(krate).map_or(0, |data| u32::try_from(data.root.tables.def_keys.len()).unwrap_or(u32::MAX))
    }
}
