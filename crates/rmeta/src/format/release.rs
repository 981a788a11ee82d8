//! A release's lists, ready to be looked up.

use crate::error::DecodeError;
use crate::macros::MacroKinds;
use release::{Encoding, RELEASES, Release};
use std::sync::OnceLock;
use ty::{CtorKind, CtorOf, DefKind, ExternAbi, LangItem, Symbol};

/// What the decoder knows of the release whose metadata it reads.
pub struct Format {
    pub release: &'static Release,
    /// Predefined symbols by number.
    pub(super) symbols: Vec<Symbol>,
    /// Lang items by number; `None` for those that nobody asks for.
    pub(super) lang_items: Vec<Option<LangItem>>,
    /// Attributes by number: name, and the shape of the fields.
    pub(super) attributes: Vec<(&'static str, &'static str)>,
    /// Tables in their order: name, and whether entries are positions of values or lists.
    pub(super) tables: Vec<(&'static str, TableKind)>,
    /// Calling conventions by packed number; `None` for those that are not supported.
    pub(super) abis: Vec<Option<ExternAbi>>,
    /// Kinds of definitions by code, from 1.
    def_kinds: Vec<DefKind>,
    /// By the same codes: what a macro of this kind can be used as.
    macro_kinds: Vec<Option<MacroKinds>>,
}

/// What a table's entries are.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum TableKind {
    /// The position of a value.
    Value,
    /// The position and length of a list.
    List,
    /// The value itself.
    Direct,
}

impl Format {
    /// The format of a release. Its lists are read once in a process.
    pub fn of(release: &'static Release) -> &'static Format {
        static FORMATS: [OnceLock<Format>; RELEASES.len()] = [const { OnceLock::new() }; RELEASES.len()];
        FORMATS[release::index(release)].get_or_init(|| Format::read(release))
    }

    /// The format of metadata that says this version of itself; `None` if it is not known.
    pub fn of_version(version: &str) -> Option<&'static Format> {
        release::of_version(version).map(Format::of)
    }

    pub(super) fn encoding(&self) -> &'static Encoding {
        &self.release.encoding
    }

    fn read(release: &'static Release) -> Format {
        let lists = &release.lists;
        let row = |line: &'static str| line.split_once(' ').unwrap_or((line, ""));
        let tables = lists.tables.lines().map(row).map(|(name, kind)| {
            let kind = match kind {
                "value" => TableKind::Value,
                "list" => TableKind::List,
                _ => TableKind::Direct,
            };
            (name, kind)
        });
        Format {
            release,
            symbols: lists.symbols.lines().map(Symbol::intern).collect(),
            lang_items: lists.lang_items.lines().map(LangItem::from_name).collect(),
            attributes: lists.attributes.lines().map(row).collect(),
            tables: tables.collect(),
            abis: lists.abis.lines().map(|name| name.parse().ok()).collect(),
            def_kinds: lists.def_kinds.lines().map(def_kind).collect(),
            macro_kinds: lists.def_kinds.lines().map(macro_kinds).collect(),
        }
    }

    /// The kind of definition that a table's entry means; `None` for a definition that the compiler made and took back.
    #[inline]
    pub(super) fn def_kind(&self, code: u8) -> Result<Option<DefKind>, DecodeError> {
        match code.checked_sub(1).map(|index| self.def_kinds.get(usize::from(index))) {
            None => Ok(None),
            Some(Some(kind)) => Ok(Some(*kind)),
            Some(None) => Err(super::decoder::missing("no such kind of definition")),
        }
    }

    /// What a macro can be used as, by its code in a table; `None` for what is no macro.
    pub(super) fn macro_kinds(&self, code: u8) -> Option<MacroKinds> {
        self.macro_kinds.get(usize::from(code.checked_sub(1)?)).copied().flatten()
    }

    /// Whether a table of kinds of definitions has a `global_asm!`.
    pub(crate) fn has_global_asm(&self, codes: &[u8]) -> bool {
        let index = self.def_kinds.iter().position(|kind| *kind == DefKind::GlobalAsm);
        index.is_some_and(|index| codes.contains(&(index as u8 + 1)))
    }
}

/// The kind of a pattern in rustc's table of kinds.
fn def_kind(pattern: &str) -> DefKind {
    let has = |part: &str| pattern.contains(part);
    let name = pattern.split(['{', '(']).next().unwrap_or(pattern);
    match name {
        "Mod" => DefKind::Mod,
        "Struct" => DefKind::Struct,
        "Union" => DefKind::Union,
        "Enum" => DefKind::Enum,
        "Variant" => DefKind::Variant,
        "Trait" => DefKind::Trait,
        "TyAlias" => DefKind::TyAlias,
        "ForeignTy" => DefKind::ForeignTy,
        "TraitAlias" => DefKind::TraitAlias,
        "AssocTy" => DefKind::AssocTy,
        "TyParam" => DefKind::TyParam,
        "Fn" => DefKind::Fn,
        "Const" => DefKind::Const,
        "ConstParam" => DefKind::ConstParam,
        "AssocFn" => DefKind::AssocFn,
        "AssocConst" => DefKind::AssocConst,
        "ExternCrate" => DefKind::ExternCrate,
        "Use" => DefKind::Use,
        "ForeignMod" => DefKind::ForeignMod,
        "AnonConst" => DefKind::AnonConst,
        "InlineConst" => DefKind::InlineConst,
        "OpaqueTy" => DefKind::OpaqueTy,
        "Field" => DefKind::Field,
        "LifetimeParam" => DefKind::LifetimeParam,
        "GlobalAsm" => DefKind::GlobalAsm,
        "Impl" => DefKind::Impl { of_trait: has("of_trait:true") },
        "Closure" => DefKind::Closure,
        "Static" => {
            DefKind::Static { safe: has("safety:Safe"), mutable: has("mutability:Mut"), nested: has("nested:true") }
        }
        "Ctor" => DefKind::Ctor(
            if has("CtorOf::Struct") { CtorOf::Struct } else { CtorOf::Variant },
            if has("CtorKind::Fn") { CtorKind::Fn } else { CtorKind::Const },
        ),
        "Macro" => DefKind::Macro,
        "SyntheticCoroutineBody" => DefKind::SyntheticCoroutineBody,
        _ => ty::bug!("a kind of definition that is not known: {pattern}"),
    }
}

/// What a macro can be used as, of a pattern in rustc's table of kinds: `Macro(MACRO_KINDS_DERIVE_ATTR)`.
fn macro_kinds(pattern: &str) -> Option<MacroKinds> {
    let kinds = pattern.strip_prefix("Macro(")?;
    let has = |kind| kinds.contains(kind);
    Some(MacroKinds { bang: has("BANG"), attr: has("ATTR"), derive: has("DERIVE") })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    /// All lists are understood, and what is asked for by name is in each of them.
    #[test]
    fn lists_of_all_releases() {
        for release in &RELEASES {
            let format = Format::of(release);
            assert_eq!(
                format.symbols[..3].iter().map(|name| name.as_str()).collect::<Vec<_>>(),
                ["$crate", "{{root}}", "_"]
            );
            assert_eq!(format.symbols.last().unwrap().as_str(), release.name);
            assert!(format.has_global_asm(&(0..50).collect::<Vec<u8>>()) && !format.has_global_asm(&[1, 2, 3]));
            assert_eq!(format.def_kind(0), Ok(None));
            assert_eq!(format.def_kind(1), Ok(Some(DefKind::Mod)));
            assert!(format.def_kind(200).is_err());
            let of_macros = format.macro_kinds.iter().flatten().map(|kinds| [kinds.bang, kinds.attr, kinds.derive]);
            let all = (1..8).map(|bits| [0, 1, 2].map(|bit| bits >> bit & 1 != 0)).collect::<HashSet<_>>();
            assert_eq!(of_macros.collect::<HashSet<_>>(), all, "{}", release.name);
            assert_eq!((format.macro_kinds(0), format.macro_kinds(1), format.macro_kinds(200)), (None, None, None));
            for name in super::super::attributes::ASKED_FOR {
                let is_past = release.number.1 > 96 && name.starts_with("RustcLayoutScalar");
                assert_eq!(format.attributes.iter().any(|row| row.0 == name), !is_past, "{name}");
            }
            let missing =
                super::super::tables::USED.iter().filter(|name| format.tables.iter().all(|row| row.0 != **name));
            assert_eq!(missing.count(), 0, "{}", release.name);
        }
    }
}
