//! Attributes of items, as far as they are not part of other tables (`rustc_hir::attrs`).
//!
//! A list of attributes can only be read from its start, so all kinds that rustc writes for other crates are known here by
//! their shape. Where an attribute is of a tool or a derive macro and has arguments (tokens), reading stops, and what
//! follows counts as absent: the attributes asked for are the standard library's own, which has none of those before them.

use super::codegen::Cfg;
use super::decoder::Decoder;
use crate::error::Result;
use crate::macros::MacroAttributes;
use crate::session::Session;
use release::Directive;
use ty::{DefId, Span};

/// The attributes of an item that matter.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(crate) struct Attributes {
    pub scalar_valid_range_start: Option<u128>,
    pub scalar_valid_range_end: Option<u128>,
    pub non_exhaustive: bool,
    pub fundamental: bool,
    pub pin_v2: bool,
}

/// Reads a macro's attributes.
pub(crate) fn read_macro_attributes(d: &mut Decoder<'_>, count: usize) -> Result<MacroAttributes> {
    let mut found = MacroAttributes::default();
    for _ in 0..count {
        let mut ahead = d.clone();
        if ahead.read_variant(2, "no such form of an attribute")? == 0 {
            let (name, _) = read_kind(&mut ahead)?;
            match name {
                "MacroExport" => {
                    ahead.read::<Span>()?;
                    found.local_inner_macros = ahead.read_bool()?;
                }
                "AllowInternalUnstable" => {
                    for _ in 0..ahead.read_len()? {
                        let (feature, _): (ty::Symbol, Span) = ahead.read()?;
                        found.allow_internal_unstable.push(feature);
                    }
                }
                "RustcBuiltinMacro" => found.builtin = Some((ahead.read()?, ahead.read()?)),
                "RustcMacroTransparency" => {
                    found.transparency = Some(ahead.read_variant(3, "no such transparency")?);
                }
                _ => {}
            }
        }
        if !read_attribute(d, &mut Attributes::default())? {
            break;
        }
    }
    Ok(found)
}

impl<'tcx> Session<'tcx> {
    /// `#[rustc_legacy_const_generics]` of a function: the numbers of the arguments of calls that are constants, and arguments of
    /// the function's generics in truth.
    ///
    /// # Errors
    /// The file is damaged.
    pub fn legacy_const_generics(&'tcx self, def_id: DefId) -> Result<Vec<usize>> {
        let krate = self.data(def_id.krate);
        let mut numbers = Vec::new();
        let Some(list) = krate.root.tables.attributes.array(krate.bytes, def_id.index)? else { return Ok(numbers) };
        let mut d = krate.decoder(self, list.position)?;
        for _ in 0..list.len {
            let mut ahead = d.clone();
            if ahead.read_variant(2, "no such form of an attribute")? == 0
                && read_kind(&mut ahead)?.0 == "RustcLegacyConstGenerics"
            {
                for _ in 0..ahead.read_len()? {
                    numbers.push(ahead.read_usize()?);
                    ahead.read::<Span>()?;
                }
            }
            if !read_attribute(&mut d, &mut Attributes::default())? {
                break;
            }
        }
        Ok(numbers)
    }

    pub(crate) fn read_attributes(&'tcx self, def_id: DefId) -> Result<Attributes> {
        match self.memos.attributes.get(&def_id) {
            Some(known) => Ok(known),
            None => Ok(self.memos.attributes.insert(def_id, self.decode_attributes(def_id)?)),
        }
    }

    fn decode_attributes(&'tcx self, def_id: DefId) -> Result<Attributes> {
        let krate = self.data(def_id.krate);
        let mut attributes = Attributes::default();
        let Some(list) = krate.root.tables.attributes.array(krate.bytes, def_id.index)? else {
            return Ok(attributes);
        };
        let mut decoder = krate.decoder(self, list.position)?;
        for _ in 0..list.len {
            if !read_attribute(&mut decoder, &mut attributes)? {
                break;
            }
        }
        Ok(attributes)
    }
}

/// The names of the attributes that matter.
#[cfg(test)]
pub(super) const ASKED_FOR: [&str; 10] = [
    "RustcLayoutScalarValidRangeStart",
    "RustcLayoutScalarValidRangeEnd",
    "NonExhaustive",
    "Fundamental",
    "PinV2",
    "MacroExport",
    "AllowInternalUnstable",
    "RustcBuiltinMacro",
    "RustcMacroTransparency",
    "RustcLegacyConstGenerics",
];

/// Reads an attribute. False if it cannot be read to its end.
pub(crate) fn read_attribute(d: &mut Decoder<'_>, attributes: &mut Attributes) -> Result<bool> {
    if d.read_variant(2, "no such form of an attribute")? == 1 {
        return skip_unparsed(d);
    }
    let (name, shape) = read_kind(d)?;
    if shape.starts_with(LOCAL_ONLY) {
        return Err(d.error("an attribute that is not written for other crates"));
    }
    match name {
        "RustcLayoutScalarValidRangeStart" => attributes.scalar_valid_range_start = Some(d.clone().read()?),
        "RustcLayoutScalarValidRangeEnd" => attributes.scalar_valid_range_end = Some(d.clone().read()?),
        "NonExhaustive" => attributes.non_exhaustive = true,
        "Fundamental" => attributes.fundamental = true,
        "PinV2" => attributes.pin_v2 = true,
        _ => {}
    }
    if shape == UNREADABLE {
        return Ok(false);
    }
    skip(d, &mut shape.bytes())?;
    Ok(true)
}

/// The name and the shape of a parsed attribute.
fn read_kind(d: &mut Decoder<'_>) -> Result<(&'static str, &'static str)> {
    let kind = usize::from(d.read_u8()?);
    d.session.format.attributes.get(kind).copied().ok_or_else(|| d.error("no such attribute"))
}

/// Skips the attributes of a terminator, which are written whoever else sees them.
pub(super) fn skip_parsed_attributes(d: &mut Decoder<'_>) -> Result<()> {
    for _ in 0..d.read_len()? {
        let (_, shape) = read_kind(d)?;
        let shape = shape.strip_prefix(LOCAL_ONLY).unwrap_or(shape);
        if shape == UNREADABLE {
            return Err(d.error("an attribute of a terminator whose form is not known"));
        }
        skip(d, &mut shape.bytes())?;
    }
    Ok(())
}

/// An attribute as tokens.
fn skip_unparsed(d: &mut Decoder<'_>) -> Result<bool> {
    for _ in 0..d.read_len()? {
        d.read_symbol()?;
    }
    d.read::<Span>()?;
    if d.read_variant(3, "no such arguments of an attribute")? != 0 {
        return Ok(false);
    }
    let _style = d.read_variant(2, "neither an inner nor an outer attribute")?;
    d.read::<Span>()?;
    Ok(true)
}

/// Skips values by their shape. One letter is one value; `?` makes the next optional, `*` a list, and `(`…`)` groups.
///
/// `s` span, `y` symbol, `b` bool, `1` byte, `2` u16, `n` usize, `d` definition, `i` identifier, `C` condition, `D`
/// directive of a diagnostic, `S` stability, `F` a deprecation's first version, `K` the form of a documentation comment, `x`
/// u128, `H` what `doc(auto_cfg)` hides or shows, `U` how a loop is unrolled. `cargo xtask release-facts` makes shapes from
/// the definitions of attributes.
fn skip(d: &mut Decoder<'_>, shape: &mut (impl Iterator<Item = u8> + Clone)) -> Result<()> {
    while let Some(letter) = shape.next() {
        if letter == b')' {
            return Ok(());
        }
        skip_one(d, letter, shape)?;
    }
    Ok(())
}

fn skip_one(d: &mut Decoder<'_>, letter: u8, shape: &mut (impl Iterator<Item = u8> + Clone)) -> Result<()> {
    match letter {
        b'?' | b'*' => {
            let count = if letter == b'?' { usize::from(d.read_option()?) } else { d.read_len()? };
            let start = shape.clone();
            for _ in 0..count {
                let mut element = start.clone();
                let letter = element.next().expect("a value follows");
                skip_one(d, letter, &mut element)?;
            }
            pass_one(shape);
        }
        b'(' => skip(d, shape)?,
        b's' => drop(d.read::<Span>()?),
        b'y' => drop(d.read_symbol()?),
        b'b' => drop(d.read_bool()?),
        b'1' => drop(d.read_u8()?),
        b'2' => drop(d.read_u16()?),
        b'4' => drop(d.read_u32()?),
        b'n' => drop(d.read_usize()?),
        b'x' => drop(d.read_u128()?),
        b'd' => drop(d.read::<DefId>()?),
        b'i' => drop(super::span::skip_ident_span(d)?),
        b'C' => drop(d.read::<Cfg>()?),
        b'D' => d.nested(skip_directive)?,
        b'S' => skip_stability(d)?,
        b'K' => match d.read_variant(2, "no such documentation comment")? {
            0 => drop(d.read_u8()?),
            _ => drop(d.read::<Span>()?),
        },
        b'F' => match d.read_variant(5, "no such deprecation")? {
            0 => drop(d.read::<(u16, u16, u16)>()?),
            2 => drop(d.read_symbol()?),
            _ => {}
        },
        b'H' => match d.read_variant(2, "no such setting of `doc(auto_cfg)`")? {
            0 => drop(d.read::<Span>()?),
            _ => drop(d.read::<Vec<(Span, Option<ty::Symbol>)>>()?),
        },
        b'U' => {
            if d.read_variant(4, "no such unrolling of a loop")? == 3 {
                d.read_u32()?;
            }
        }
        _ => ty::bug!("no shape is called {}", char::from(letter)),
    }
    Ok(())
}

/// Moves past the shape of one value.
fn pass_one(shape: &mut impl Iterator<Item = u8>) {
    let mut open = 0;
    for letter in shape {
        match letter {
            b'(' => open += 1,
            b')' => open -= 1,
            b'?' | b'*' => continue,
            _ => {}
        }
        if open == 0 {
            return;
        }
    }
}

fn skip_stability(d: &mut Decoder<'_>) -> Result<()> {
    read_stability(d).map(drop)
}

/// The feature, and whether it is unstable.
pub(super) fn read_stability(d: &mut Decoder<'_>) -> Result<(ty::Symbol, bool)> {
    let is_unstable = d.read_variant(2, "neither stable nor unstable")? == 0;
    if is_unstable {
        if d.read_variant(3, "no such reason")? == 2 {
            d.read_symbol()?;
        }
        d.read::<Option<u32>>()?;
        if d.encoding().soft_stability {
            d.read_bool()?;
        }
        d.read::<(Option<ty::Symbol>, Option<ty::Symbol>)>()?;
    } else {
        if d.read_variant(3, "stable since no version")? == 0 {
            d.read::<(u16, u16, u16)>()?;
        }
        d.read::<Option<ty::Symbol>>()?;
    }
    Ok((d.read_symbol()?, is_unstable))
}

/// What a `#[diagnostic::on_unimplemented]` or its like says.
fn skip_directive(d: &mut Decoder<'_>) -> Result<()> {
    let form = d.encoding().directive;
    d.read_bool()?;
    if form != Directive::Filters && d.read_option()? {
        d.read::<Span>()?;
        skip_predicate(d)?;
    }
    for _ in 0..d.read_len()? {
        if form == Directive::Filters {
            d.read::<Span>()?;
            skip_predicate(d)?;
        }
        d.nested(skip_directive)?;
    }
    for _ in 0..2 {
        if d.read_option()? {
            d.read::<Span>()?;
            skip_format_string(d)?;
        }
    }
    for _ in 0..d.read_len()? {
        skip_format_string(d)?;
    }
    if d.read_option()? {
        skip_format_string(d)?;
    }
    if form == Directive::ConstMessage && d.read_option()? && d.read_variant(2, "no such message")? == 1 {
        d.read::<(ty::Symbol, Span)>()?;
    }
    Ok(())
}

fn skip_predicate(d: &mut Decoder<'_>) -> Result<()> {
    match d.read_variant(5, "no such condition of a message")? {
        0 => drop(d.read_variant(3, "no such flag")?),
        1 => {
            if d.read_variant(4, "no such name")? == 3 {
                d.read_symbol()?;
            }
            for _ in 0..d.read_len()? {
                d.read_variant(2, "neither text nor a parameter")?;
                d.read_symbol()?;
            }
        }
        2 => d.nested(skip_predicate)?,
        _ => {
            for _ in 0..d.read_len()? {
                d.nested(skip_predicate)?;
            }
        }
    }
    Ok(())
}

fn skip_format_string(d: &mut Decoder<'_>) -> Result<()> {
    d.read::<(ty::Symbol, Span)>()?;
    for _ in 0..d.read_len()? {
        if d.read_variant(2, "neither text nor an argument")? == 0 {
            d.read_symbol()?;
            continue;
        }
        let arguments = d.encoding().format_arguments;
        match d.read_variant(arguments.count, "no such argument of a message")? {
            0 => drop(d.read::<(ty::Symbol, Span)>()?),
            argument if argument == arguments.as_written => drop(d.read_symbol()?),
            _ => {}
        }
    }
    Ok(())
}

/// What stands before the shape of attributes that rustc does not write for other crates.
const LOCAL_ONLY: char = '!';

/// The shape of attributes of experiments with deeply nested contents: reading stops there.
const UNREADABLE: &str = "~";
