//! Decoding of [`crate::macros`] (`rustc_metadata::rmeta`, `rustc_ast::token`, `rustc_ast::tokenstream`).

use super::attributes::read_macro_attributes;
use super::decoder::{Decode, Decoder, missing};
use super::items::{ModChild, def_kind_number};
use crate::error::Result;
use crate::macros::{
    Captured, ContextData, Delimiter, ExpansionData, LiteralKind, MacroAttributes, MacroDefinition, MacroKinds,
    NameKind, PublicName, Spacing, Token, TokenKind,
};
use crate::session::Session;
use ty::{CrateNum, DefId, Span, Symbol, SyntaxContext};

/// Of the bits that rustc writes.
fn kinds_of_bits(bits: u8) -> MacroKinds {
    MacroKinds { bang: bits & 1 != 0, attr: bits & 2 != 0, derive: bits & 4 != 0 }
}

/// Of a code in the table of kinds of definitions.
fn kinds_of_code(code: u8) -> Option<MacroKinds> {
    let bits = match code {
        41 => 1,
        42 => 2,
        43 => 4,
        44 => 2 | 1,
        45 => 4 | 2,
        46 => 4 | 1,
        47 => 7,
        _ => return None,
    };
    Some(kinds_of_bits(bits))
}

impl<'tcx> Session<'tcx> {
    /// The names that a module offers to other crates, those of values left out.
    ///
    /// # Errors
    /// The file is damaged.
    pub fn public_names(&'tcx self, module: DefId) -> Result<Vec<PublicName>> {
        let mut names = Vec::new();
        for child in self.local_ids(module.krate, module.index, |tables| &tables.module_children_non_reexports)? {
            if !self.is_public(child)? {
                continue;
            }
            let krate = self.data(child.krate);
            let code = krate.root.tables.def_kind.byte(krate.bytes, child.index)?;
            let kind = match code {
                1 => NameKind::Module(child),
                4 | 6 | 9 => NameKind::Scope(child),
                2 | 3 | 5 | 7 | 8 | 10 | 11 => NameKind::Type,
                _ => match kinds_of_code(code) {
                    Some(kinds) => NameKind::Macro(child, kinds),
                    None => continue,
                },
            };
            if let Some(name) = self.name(child)? {
                names.push(PublicName { name, kind });
            }
        }
        let reexports: Vec<ModChild> = self.entries(module, |tables| &tables.module_children_reexports)?;
        for child in reexports.into_iter().filter(|child| child.is_public) {
            if let Some(kind) = child.kind {
                names.push(PublicName { name: child.name, kind });
            }
        }
        Ok(names)
    }

    /// A macro's definition; none of macros that have no rules: procedural ones.
    ///
    /// # Errors
    /// The file is damaged.
    pub fn macro_definition(&'tcx self, def_id: DefId) -> Result<Option<MacroDefinition>> {
        let krate = self.data(def_id.krate);
        let tables = &krate.root.tables;
        let Some(position) = tables.macro_definition.value(krate.bytes, def_id.index)? else { return Ok(None) };
        let mut body = Vec::new();
        let mut decoder = krate.decoder(self, position)?;
        decoder.read::<(Span, Span)>()?;
        read_delimiter(&mut decoder)?;
        read_stream(&mut decoder, &mut body)?;
        let attributes = match tables.attributes.array(krate.bytes, def_id.index)? {
            Some(list) => read_macro_attributes(&mut krate.decoder(self, list.position)?, list.len)?,
            None => MacroAttributes::default(),
        };
        let name = self.name(def_id)?.ok_or_else(|| missing("a macro has no name"))?;
        let span = self.entry(def_id, |tables| &tables.def_span)?.unwrap_or(Span::DUMMY);
        let is_macro_rules = tables.is_macro_rules.byte(krate.bytes, def_id.index)? != 0;
        Ok(Some(MacroDefinition { name, span, is_macro_rules, body, attributes }))
    }

    /// The last expansion of a context; none of the root.
    ///
    /// # Errors
    /// The file is damaged.
    pub fn context_data(&'tcx self, ctxt: SyntaxContext) -> Result<Option<ContextData>> {
        if ctxt == SyntaxContext::ROOT {
            return Ok(None);
        }
        let krate = self.crate_of_context(ctxt).ok_or_else(|| missing("no crate has this context"))?;
        let index = ctxt.0 - krate.first_syntax_context;
        let position = krate.root.syntax_contexts.value(krate.bytes, index)?;
        let mut decoder = krate.decoder(self, position.ok_or_else(|| missing("a context was not written"))?)?;
        let parent = decoder.read()?;
        let expn: super::expansion::ExpnId = decoder.read()?;
        let transparency = decoder.read_variant(3, "no such transparency")?;
        Ok(Some(ContextData { parent, expansion: (expn.krate, expn.index), transparency }))
    }

    /// What an expansion was; none of the root, and of crates whose metadata was not read.
    ///
    /// # Errors
    /// The file is damaged.
    pub fn expansion_data(&'tcx self, krate: CrateNum, index: u32) -> Result<Option<ExpansionData>> {
        let Some(krate) = self.crate_data(krate).filter(|_| index != 0) else { return Ok(None) };
        match krate.root.expn_data.value(krate.bytes, index)? {
            Some(position) => krate.decoder(self, position)?.read().map(Some),
            None => Ok(None),
        }
    }

    /// The module that a definition is in.
    ///
    /// # Errors
    /// The file is damaged.
    pub fn parent_module(&'tcx self, mut def_id: DefId) -> Result<DefId> {
        loop {
            let Some(index) = self.read_def_key(def_id)?.parent else { return Ok(def_id) };
            if index >= def_id.index {
                return Err(missing("a definition's parent comes after it"));
            }
            def_id.index = index;
            let krate = self.data(def_id.krate);
            if krate.root.tables.def_kind.byte(krate.bytes, index)? == 1 {
                return Ok(def_id);
            }
        }
    }

    fn is_public(&'tcx self, def_id: DefId) -> Result<bool> {
        let visibility = self.entry(def_id, |tables| &tables.visibility)?;
        Ok(visibility == Some(super::hash_facts::Visibility::Public))
    }
}

/// What a re-exported name means (`rustc_hir::def::Res`); nothing if it is a value.
pub(super) fn read_name_kind(d: &mut Decoder<'_>) -> Result<Option<NameKind>> {
    Ok(match d.read_variant(9, "no such meaning of a name")? {
        0 => {
            let (number, bits) = def_kind_number(d)?;
            let def_id: DefId = d.read()?;
            match number {
                0 => Some(NameKind::Module(def_id)),
                3 | 5 | 8 => Some(NameKind::Scope(def_id)),
                1 | 2 | 4 | 6 | 7 | 9 | 10 => Some(NameKind::Type),
                18 => Some(NameKind::Macro(def_id, kinds_of_bits(bits))),
                _ => None,
            }
        }
        1 => {
            if d.read_variant(6, "no such primitive type")? < 3 {
                d.read_u8()?;
            }
            Some(NameKind::Type)
        }
        2 | 4 => {
            d.read::<DefId>()?;
            None
        }
        3 => {
            d.read::<(DefId, bool)>()?;
            None
        }
        6 => Some(NameKind::Tool),
        7 => {
            if d.read_variant(4, "no such kind of attribute")? == 0 {
                d.read_symbol()?;
            }
            Some(NameKind::Attribute)
        }
        8 => None,
        _ => return Err(d.error("a module exports a local variable")),
    })
}

/// Punctuation in the order of `rustc_ast::token::TokenKind`.
#[rustfmt::skip]
const PUNCTUATION: [&str; 47] = [
    "=", "<", "<=", "==", "!=", ">=", ">", "&&", "||", "!", "~", "+", "-", "*", "/", "%", "^", "&", "|", "<<", ">>",
    "+=", "-=", "*=", "/=", "%=", "^=", "&=", "|=", "<<=", ">>=", "@", ".", "..", "...", "..=", ",", ";", ":", "::",
    "->", "<-", "=>", "#", "$", "?", "'",
];

fn read_stream(d: &mut Decoder<'_>, tokens: &mut Vec<Token>) -> Result<()> {
    for _ in 0..d.read_len()? {
        match d.read_variant(2, "no such tree of tokens")? {
            0 => {
                let kind = read_kind(d)?;
                let span = d.read()?;
                let spacing = read_spacing(d)?;
                tokens.push(Token { kind, span, spacing });
            }
            _ => {
                let (open, close): (Span, Span) = d.read()?;
                let (open_spacing, close_spacing) = (read_spacing(d)?, read_spacing(d)?);
                let delimiter = read_delimiter(d)?;
                tokens.push(Token { kind: TokenKind::Open(delimiter), span: open, spacing: open_spacing });
                d.nested(|d| read_stream(d, tokens))?;
                tokens.push(Token { kind: TokenKind::Close(delimiter), span: close, spacing: close_spacing });
            }
        }
    }
    Ok(())
}

fn read_spacing(d: &mut Decoder<'_>) -> Result<Spacing> {
    Ok(match d.read_variant(3, "no such spacing")? {
        0 => Spacing::Alone,
        1 => Spacing::Joint,
        _ => Spacing::JointHidden,
    })
}

fn read_raw(d: &mut Decoder<'_>) -> Result<bool> {
    Ok(d.read_variant(2, "neither raw nor not")? == 1)
}

fn read_kind(d: &mut Decoder<'_>) -> Result<TokenKind> {
    let number = d.read_variant(62, "no such token")?;
    if let Some(text) = PUNCTUATION.get(usize::from(number)) {
        return Ok(TokenKind::Punct(text));
    }
    Ok(match number {
        55 => {
            let kind = read_literal_kind(d)?;
            TokenKind::Literal { kind, symbol: d.read()?, suffix: d.read()? }
        }
        56 => TokenKind::Ident(d.read()?, read_raw(d)?),
        57 => TokenKind::CapturedIdent(d.read()?, d.read()?, read_raw(d)?),
        58 => TokenKind::Lifetime(d.read()?, read_raw(d)?),
        59 => TokenKind::CapturedLifetime(d.read()?, d.read()?, read_raw(d)?),
        60 => {
            let is_block = d.read_variant(2, "no such comment")? == 1;
            let is_inner = d.read_variant(2, "neither an inner nor an outer comment")? == 1;
            TokenKind::DocComment { is_block, is_inner, text: d.read()? }
        }
        _ => return Err(d.error("a delimiter is outside of its tree")),
    })
}

fn read_literal_kind(d: &mut Decoder<'_>) -> Result<LiteralKind> {
    Ok(match d.read_variant(11, "no such literal")? {
        0 => LiteralKind::Bool,
        1 => LiteralKind::Byte,
        2 => LiteralKind::Char,
        3 => LiteralKind::Integer,
        4 => LiteralKind::Float,
        5 => LiteralKind::Str,
        6 => LiteralKind::StrRaw(d.read_u8()?),
        7 => LiteralKind::ByteStr,
        8 => LiteralKind::ByteStrRaw(d.read_u8()?),
        9 => LiteralKind::CStr,
        _ => LiteralKind::CStrRaw(d.read_u8()?),
    })
}

fn read_delimiter(d: &mut Decoder<'_>) -> Result<Delimiter> {
    Ok(match d.read_variant(4, "no such delimiter")? {
        0 => Delimiter::Paren,
        1 => Delimiter::Brace,
        2 => Delimiter::Bracket,
        _ => match d.read_variant(2, "no such origin of a group")? {
            0 => Delimiter::Captured(read_captured(d)?),
            _ => Delimiter::ProcMacro,
        },
    })
}

fn read_captured(d: &mut Decoder<'_>) -> Result<Captured> {
    Ok(match d.read_variant(13, "no such metavariable")? {
        0 => Captured::Item,
        1 => Captured::Block,
        2 => Captured::Stmt,
        3 => match d.read_variant(2, "no such pattern")? {
            0 => Captured::Pat,
            _ => {
                d.read_bool()?;
                Captured::PatParam
            }
        },
        4 => {
            if d.read_variant(2, "no such expression")? == 1 {
                d.read_bool()?;
            }
            Captured::Expr { literal: d.read_bool()?, string: d.read_bool()? }
        }
        5 => Captured::Ty { is_path: d.read_bool()? },
        6 => Captured::Ident,
        7 => Captured::Lifetime,
        8 => Captured::Literal,
        9 => {
            d.read_bool()?;
            Captured::Meta
        }
        10 => Captured::Path,
        11 => Captured::Vis,
        _ => Captured::Tt,
    })
}

impl<'tcx> Decode<'tcx> for ExpansionData {
    fn decode(d: &mut Decoder<'tcx>) -> Result<Self> {
        let (mut macro_name, mut macro_kind) = (None, 0);
        match d.read_variant(4, "no such kind of expansion")? {
            0 => {}
            1 => {
                macro_kind = d.read_variant(3, "no such kind of macro")?;
                macro_name = Some(d.read()?);
            }
            2 => drop(d.read_variant(3, "no such pass")?),
            _ => {
                if d.read_variant(13, "no such desugaring")? == 11 {
                    d.read_bool()?;
                }
            }
        }
        let parent: super::expansion::ExpnId = d.read()?;
        let call_site = d.read()?;
        let _disambiguator = d.read_u32()?;
        let def_site = d.read()?;
        d.read::<Option<Vec<Symbol>>>()?;
        let edition = d.read_variant(5, "no such edition")?;
        let macro_def_id = d.read()?;
        let parent_module = d.read()?;
        let _allow_internal_unsafe = d.read_bool()?;
        let local_inner_macros = d.read_bool()?;
        let collapse_debuginfo = d.read()?;
        let parent = (parent.krate, parent.index);
        Ok(ExpansionData {
            macro_name,
            macro_kind,
            parent,
            call_site,
            def_site,
            edition,
            macro_def_id,
            parent_module,
            local_inner_macros,
            collapse_debuginfo,
        })
    }
}
