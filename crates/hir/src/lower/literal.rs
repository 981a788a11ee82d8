//! What literals mean. (rustc: `rustc_ast::util::literal`.)

use std::sync::Arc;

use ::ty::{FloatTy, IntTy, UintTy};
use rustc_literal_escaper::{MixedUnit, unescape_byte, unescape_byte_str, unescape_c_str, unescape_char, unescape_str};
use syntax::doubt::{Doubt, Result};
use syntax::span::Span;
use syntax::symbol::Symbol;
use syntax::token;

use crate::expr::{Lit, LitIntType, LitKind};

/// The value of a literal.
pub(super) fn literal(lit: &token::Lit, span: Span) -> Result<Lit> {
    let wrong = || Doubt::new(span, "literal", format!("`{lit}` has no value"));
    let text = lit.symbol.as_str();
    let kind = match lit.kind {
        token::LitKind::Bool => LitKind::Bool(text == "true"),
        token::LitKind::Byte => LitKind::Byte(unescape_byte(text).map_err(|_| wrong())?),
        token::LitKind::Char => LitKind::Char(unescape_char(text).map_err(|_| wrong())?),
        token::LitKind::Integer => integer(text, lit.suffix).ok_or_else(wrong)?,
        token::LitKind::Float => float(text, lit.suffix).ok_or_else(wrong)?,
        token::LitKind::Str => {
            let mut value = String::new();
            let mut is_right = true;
            unescape_str(text, |_, c| match c {
                Ok(c) => value.push(c),
                Err(error) => is_right &= !error.is_fatal(),
            });
            LitKind::Str(Symbol::intern(is_right.then_some(&*value).ok_or_else(wrong)?))
        }
        token::LitKind::StrRaw(_) => LitKind::Str(lit.symbol),
        token::LitKind::ByteStr => {
            let mut value = Vec::new();
            let mut is_right = true;
            unescape_byte_str(text, |_, c| match c {
                Ok(c) => value.push(c),
                Err(error) => is_right &= !error.is_fatal(),
            });
            LitKind::ByteStr(is_right.then_some(Arc::from(value)).ok_or_else(wrong)?)
        }
        token::LitKind::ByteStrRaw(_) => LitKind::ByteStr(text.as_bytes().into()),
        token::LitKind::CStr => {
            let mut value = Vec::new();
            let mut is_right = true;
            unescape_c_str(text, |_, c| match c {
                Ok(MixedUnit::Char(c)) => value.extend_from_slice(c.get().encode_utf8(&mut [0; 4]).as_bytes()),
                Ok(MixedUnit::HighByte(byte)) => value.push(byte.get()),
                Err(error) => is_right &= !error.is_fatal(),
            });
            value.push(0);
            LitKind::CStr(is_right.then_some(Arc::from(value)).ok_or_else(wrong)?)
        }
        token::LitKind::CStrRaw(_) => {
            let mut value = text.as_bytes().to_vec();
            value.push(0);
            LitKind::CStr(value.into())
        }
    };
    Ok(Lit { kind, span })
}

fn integer(text: &str, suffix: Option<Symbol>) -> Option<LitKind> {
    let text: String = text.chars().filter(|c| *c != '_').collect();
    let (digits, base) = match text.get(..2) {
        Some("0x") => (&text[2..], 16),
        Some("0o") => (&text[2..], 8),
        Some("0b") => (&text[2..], 2),
        _ => (&text[..], 10),
    };
    let ty = match suffix.map(Symbol::as_str) {
        None => LitIntType::Unsuffixed,
        Some("i8") => LitIntType::Signed(IntTy::I8),
        Some("i16") => LitIntType::Signed(IntTy::I16),
        Some("i32") => LitIntType::Signed(IntTy::I32),
        Some("i64") => LitIntType::Signed(IntTy::I64),
        Some("i128") => LitIntType::Signed(IntTy::I128),
        Some("isize") => LitIntType::Signed(IntTy::Isize),
        Some("u8") => LitIntType::Unsigned(UintTy::U8),
        Some("u16") => LitIntType::Unsigned(UintTy::U16),
        Some("u32") => LitIntType::Unsigned(UintTy::U32),
        Some("u64") => LitIntType::Unsigned(UintTy::U64),
        Some("u128") => LitIntType::Unsigned(UintTy::U128),
        Some("usize") => LitIntType::Unsigned(UintTy::Usize),
        // `1f32` is a float.
        Some(_) if base == 10 => return float(&text, suffix),
        Some(_) => return None,
    };
    Some(LitKind::Int(u128::from_str_radix(digits, base).ok()?, ty))
}

fn float(text: &str, suffix: Option<Symbol>) -> Option<LitKind> {
    let ty = match suffix.map(Symbol::as_str) {
        None => None,
        Some("f16") => Some(FloatTy::F16),
        Some("f32") => Some(FloatTy::F32),
        Some("f64") => Some(FloatTy::F64),
        Some("f128") => Some(FloatTy::F128),
        Some(_) => return None,
    };
    let digits: String = text.chars().filter(|c| *c != '_').collect();
    Some(LitKind::Float(Symbol::intern(&digits), ty))
}
