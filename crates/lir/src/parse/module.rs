//! Modules, data objects, debug types.

use super::{Error, Parser, Result, TokenKind, function};
use crate::{
    Alias, BaseEncoding, Data, DebugField, DebugParameter, DebugStatic, DebugType, DebugTypeId, DebugVariant,
    Declaration, Import, Linkage, Module, Relocation, Scalar,
};
use std::sync::Arc;

pub(super) fn module(p: &mut Parser<'_>) -> Result<Module> {
    let mut module = Module::default();
    while let Some(word) = p.word() {
        match word {
            "module" => {
                p.next()?;
                module.name = p.text()?;
            }
            "source" => {
                p.next()?;
                module.source_file = p.text()?;
                p.expect_word("in")?;
                module.source_folder = p.text()?;
            }
            "global_asm" => {
                p.next()?;
                module.global_asm.push(p.text()?);
            }
            "alias" => module.aliases.push(alias(p)?),
            "declare" => module.declarations.push(declaration(p)?),
            "data" => module.data.push(data(p)?),
            "function" => module.functions.push(function::function(p)?),
            _ => {
                p.table_entity("type", module.debug_types.len())?;
                p.expect("=")?;
                module.debug_types.push(debug_type(p)?);
            }
        }
    }
    p.end()?;
    Ok(module)
}

fn alias(p: &mut Parser<'_>) -> Result<Alias> {
    p.next()?;
    let linkage = p.named("a linkage", Linkage::from_name)?;
    let name = p.symbol_name()?;
    p.expect("=")?;
    Ok(Alias { name, target: p.symbol_name()?, linkage })
}

fn declaration(p: &mut Parser<'_>) -> Result<Declaration> {
    p.next()?;
    let (symbol, signature) = (p.symbol_name()?, function::signature(p, false)?);
    let mut import = None;
    if p.word() == Some("import") {
        p.next()?;
        p.expect("(")?;
        let module = p.text()?.into();
        p.expect(",")?;
        import = Some(Import { module, name: p.text()?.into() });
        p.expect(")")?;
    }
    Ok(Declaration { symbol, signature, import })
}

fn data(p: &mut Parser<'_>) -> Result<Data> {
    p.next()?;
    let mut data = Data {
        linkage: p.named("a linkage", Linkage::from_name)?,
        name: p.symbol_name()?,
        align: 1,
        writable: false,
        thread_local: false,
        mergeable: false,
        section: None,
        used: false,
        bytes: Vec::new(),
        zero_size_bytes: 0,
        relocations: Vec::new(),
        debug: None,
    };
    while !p.eat("{")? {
        let Some(word) = p.word() else { return p.expected("an attribute or `{`") };
        let known = matches!(word, "align" | "section" | "writable" | "tls" | "mergeable" | "used" | "debug");
        if !known {
            return p.expected("an attribute of data");
        }
        p.next()?;
        match word {
            "align" => data.align = p.paren()?,
            "section" => data.section = Some(p.paren_text()?),
            "writable" => data.writable = true,
            "tls" => data.thread_local = true,
            "mergeable" => data.mergeable = true,
            "debug" => data.debug = Some(debug_static(p)?),
            _ => data.used = true,
        }
    }
    while !p.eat("}")? {
        content(p, &mut data)?;
    }
    Ok(data)
}

/// `("path", type0, "file", 3)`
fn debug_static(p: &mut Parser<'_>) -> Result<DebugStatic> {
    p.expect("(")?;
    let name = p.text()?.into();
    p.expect(",")?;
    let ty = type_id(p)?;
    p.expect(",")?;
    let file = p.text()?.into();
    p.expect(",")?;
    let line = p.small()?;
    p.expect(")")?;
    Ok(DebugStatic { name, ty, file, line })
}

fn content(p: &mut Parser<'_>, data: &mut Data) -> Result<()> {
    let offset = p.token.offset;
    if let TokenKind::Text(_) = p.token.kind {
        not_after_zeros(p, data)?;
        data.bytes.append(&mut p.bytes()?);
        return p.eat(",").map(drop);
    }
    match p.word() {
        Some("hex") => {
            not_after_zeros(p, data)?;
            p.next()?;
            let digits = p.bytes()?;
            let bytes = hex_bytes(&digits);
            let bytes = bytes.ok_or_else(|| Error { offset, message: "expected hexadecimal bytes".to_owned() })?;
            data.bytes.extend(bytes);
        }
        Some("zero") => {
            p.next()?;
            let count: u64 = p.small()?;
            let total = data.zero_size_bytes.checked_add(count);
            data.zero_size_bytes =
                total.ok_or_else(|| Error { offset, message: "the object is too large".to_owned() })?;
        }
        Some("at") => {
            p.next()?;
            let relocation = relocation(p)?;
            data.relocations.push(relocation);
        }
        Some(word) if Scalar::from_name(word).is_some_and(Scalar::is_int) => {
            not_after_zeros(p, data)?;
            p.next()?;
            let (negative, magnitude) = p.signed()?;
            let value = if negative { magnitude.wrapping_neg() } else { magnitude };
            let size = Scalar::from_name(word).map_or(0, |scalar| scalar.size_bytes(8));
            data.bytes.extend(&value.to_le_bytes()[..size as usize]);
        }
        _ => return p.expected("a text, `hex`, an integer, `zero`, `at` or `}`"),
    }
    p.eat(",").map(drop)
}

fn not_after_zeros(p: &Parser<'_>, data: &Data) -> Result<()> {
    if data.zero_size_bytes == 0 { Ok(()) } else { p.error("bytes after `zero`") }
}

fn hex_bytes(digits: &[u8]) -> Option<Vec<u8>> {
    let mut nibbles = Vec::with_capacity(digits.len());
    for digit in digits.iter().filter(|byte| **byte != b' ') {
        nibbles.push(u8::try_from(char::from(*digit).to_digit(16)?).ok()?);
    }
    let pairs = nibbles.chunks_exact(2);
    pairs.remainder().is_empty().then(|| pairs.map(|pair| pair[0] << 4 | pair[1]).collect())
}

/// `8: function @f + 4 weak`
fn relocation(p: &mut Parser<'_>) -> Result<Relocation> {
    let offset = p.small()?;
    p.expect(":")?;
    let function = p.named("`function` or `data`", |word| match word {
        "function" => Some(true),
        "data" => Some(false),
        _ => None,
    })?;
    let symbol = p.symbol_name()?;
    let addend = p.offset()?;
    let weak = p.eat_flag("weak")?;
    Ok(Relocation { offset, symbol, function, weak, addend })
}

fn type_id(p: &mut Parser<'_>) -> Result<DebugTypeId> {
    p.entity("type").map(DebugTypeId::from_u32)
}

/// `word number`
fn number_after<T: TryFrom<u128>>(p: &mut Parser<'_>, word: &str) -> Result<T> {
    p.expect_word(word)?;
    p.small()
}

fn debug_type(p: &mut Parser<'_>) -> Result<DebugType> {
    let Some(kind) = p.word() else { return p.expected("a type's kind") };
    let known = ["base", "pointer", "struct", "union", "array", "enum", "c_like_enum", "function_pointer", "opaque"];
    if !known.contains(&kind) {
        return p.expected("a type's kind");
    }
    p.next()?;
    let name: Arc<str> = if kind == "array" { Arc::from("") } else { Arc::from(p.text()?) };
    let size: u64 = number_after(p, "size")?;
    Ok(match kind {
        "base" => DebugType::Base { name, size, encoding: p.named("an encoding", BaseEncoding::from_name)? },
        "pointer" => DebugType::Pointer { name, pointee: type_id(p)?, size },
        "struct" | "union" => {
            let (align, parameters) = (number_after(p, "align")?, type_parameters(p)?);
            let fields = fields(p)?;
            match kind {
                "union" => DebugType::Union { name, size, align, fields, parameters },
                _ => DebugType::Struct { name, size, align, fields, parameters },
            }
        }
        "array" => DebugType::Array { element: type_id(p)?, count: number_after(p, "count")?, size },
        "enum" => {
            let (align, parameters) = (number_after(p, "align")?, type_parameters(p)?);
            let tag = if p.word() == Some("tag") {
                p.next()?;
                Some((type_id(p)?, p.unsigned_offset()?))
            } else {
                None
            };
            p.expect("[")?;
            let variants = p.list("]", variant)?;
            DebugType::Enum { name, size, align, tag, variants, parameters }
        }
        "c_like_enum" => {
            let base = type_id(p)?;
            p.expect("[")?;
            let values = p.list("]", |p| {
                let name = Arc::from(p.text()?);
                p.expect("=")?;
                Ok((name, p.i128()?))
            })?;
            DebugType::CLikeEnum { name, base, size, values }
        }
        "function_pointer" => DebugType::FunctionPointer { name, size },
        _ => DebugType::Opaque { name, size, align: number_after(p, "align")? },
    })
}

fn type_parameters(p: &mut Parser<'_>) -> Result<Vec<DebugParameter>> {
    if p.word() != Some("of") {
        return Ok(Vec::new());
    }
    p.next()?;
    p.expect("[")?;
    p.list("]", |p| {
        let name = Arc::from(p.text()?);
        p.expect(":")?;
        Ok(DebugParameter { name, ty: type_id(p)? })
    })
}

fn fields(p: &mut Parser<'_>) -> Result<Vec<DebugField>> {
    p.expect("[")?;
    p.list("]", |p| {
        let name = Arc::from(p.text()?);
        p.expect(":")?;
        Ok(DebugField { name, ty: type_id(p)?, offset: p.unsigned_offset()? })
    })
}

fn variant(p: &mut Parser<'_>) -> Result<DebugVariant> {
    let name = Arc::from(p.text()?);
    p.expect(":")?;
    let ty = type_id(p)?;
    let discriminant = if p.eat("=")? { Some(p.uint()?) } else { None };
    Ok(DebugVariant { name, discriminant, ty })
}
