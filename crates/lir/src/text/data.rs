//! The text of modules, data objects and debug types.

use super::{Commas, Int, Quoted, SymbolName, write_flags};
use crate::{Alias, Data, DebugField, DebugParameter, DebugStatic, DebugType, Declaration, Import, Module};
use std::fmt::{self, Display, Formatter, Write};

/// Bytes of a data object on one line of text.
const HEX_LINE_BYTES: usize = 32;
/// The longest line of a data object that is text.
const TEXT_LINE_BYTES: usize = 80;

impl Display for Module {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        writeln!(f, "module {}", Quoted(&self.name))?;
        if !self.source_file.is_empty() || !self.source_folder.is_empty() {
            writeln!(f, "source {} in {}", Quoted(&self.source_file), Quoted(&self.source_folder))?;
        }
        for (index, ty) in self.debug_types.iter().enumerate() {
            writeln!(f, "type{index} = {ty}")?;
        }
        for text in &self.global_asm {
            writeln!(f, "global_asm {}", Quoted(text))?;
        }
        self.aliases.iter().try_for_each(|alias| write!(f, "{alias}"))?;
        self.declarations.iter().try_for_each(|declaration| write!(f, "{declaration}"))?;
        self.data.iter().try_for_each(|data| write!(f, "{data}"))?;
        for function in &self.functions {
            write!(f, "\n{function}")?;
        }
        Ok(())
    }
}

impl Display for Alias {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        writeln!(f, "alias {} {} = {}", self.linkage, SymbolName(&self.name), SymbolName(&self.target))
    }
}

impl Display for Declaration {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let Declaration { symbol, signature, import } = self;
        write!(f, "declare {}{signature}", SymbolName(symbol))?;
        if let Some(Import { module, name }) = import {
            write!(f, " import({}, {})", Quoted(module), Quoted(name))?;
        }
        f.write_char('\n')
    }
}

impl Display for Data {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "data {} {} align({})", self.linkage, SymbolName(&self.name), self.align)?;
        let flags = [
            (self.writable, " writable"),
            (self.thread_local, " tls"),
            (self.mergeable, " mergeable"),
            (self.used, " used"),
        ];
        write_flags(f, &flags)?;
        if let Some(section) = &self.section {
            write!(f, " section({})", Quoted(section))?;
        }
        if let Some(DebugStatic { name, ty, file, line }) = &self.debug {
            write!(f, " debug({}, {ty}, {}, {line})", Quoted(name), Quoted(file))?;
        }
        f.write_str(" {\n")?;
        write_bytes(f, &self.bytes)?;
        if self.zero_size_bytes > 0 {
            writeln!(f, "    zero {}", self.zero_size_bytes)?;
        }
        for relocation in &self.relocations {
            let kind = if relocation.function { "function" } else { "data" };
            write!(f, "    at {}: {kind} {}", relocation.offset, SymbolName(&relocation.symbol))?;
            write!(f, "{}", super::inst::Offset(relocation.addend))?;
            f.write_str(if relocation.weak { " weak\n" } else { "\n" })?;
        }
        f.write_str("}\n")
    }
}

fn write_bytes(f: &mut Formatter<'_>, bytes: &[u8]) -> fmt::Result {
    let textual = |byte: &u8| matches!(byte, b' '..=b'~' | b'\n' | b'\t' | 0);
    let mostly_text = bytes.iter().filter(|byte| **byte != 0).count() * 2 > bytes.len();
    if mostly_text && bytes.iter().all(textual) {
        for line in bytes.split_inclusive(|byte| *byte == b'\n').flat_map(|line| line.chunks(TEXT_LINE_BYTES)) {
            let text = str::from_utf8(line).map_err(|_| fmt::Error)?;
            writeln!(f, "    {}", Quoted(text))?;
        }
        return Ok(());
    }
    for line in bytes.chunks(HEX_LINE_BYTES) {
        f.write_str("    hex \"")?;
        for (index, word) in line.chunks(8).enumerate() {
            f.write_str(if index == 0 { "" } else { " " })?;
            word.iter().try_for_each(|byte| write!(f, "{byte:02x}"))?;
        }
        f.write_str("\"\n")?;
    }
    Ok(())
}

impl Display for DebugField {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {} + {}", Quoted(&self.name), self.ty, self.offset)
    }
}

/// What a generic type was made with: nothing, or in brackets after a word.
struct Parameters<'a>(&'a [DebugParameter]);

impl Display for Parameters<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        if self.0.is_empty() {
            return Ok(());
        }
        write!(f, " of [{}]", Commas(self.0.iter()))
    }
}

impl Display for DebugParameter {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", Quoted(&self.name), self.ty)
    }
}

impl Display for DebugType {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            DebugType::Base { name, size, encoding } => write!(f, "base {} size {size} {encoding}", Quoted(name)),
            DebugType::Pointer { name, pointee, size } => write!(f, "pointer {} size {size} {pointee}", Quoted(name)),
            DebugType::Struct { name, size, align, fields, parameters } => {
                write!(
                    f,
                    "struct {} size {size} align {align}{} [{}]",
                    Quoted(name),
                    Parameters(parameters),
                    Commas(fields.iter())
                )
            }
            DebugType::Union { name, size, align, fields, parameters } => {
                write!(
                    f,
                    "union {} size {size} align {align}{} [{}]",
                    Quoted(name),
                    Parameters(parameters),
                    Commas(fields.iter())
                )
            }
            DebugType::Array { element, count, size } => write!(f, "array size {size} {element} count {count}"),
            DebugType::Enum { name, size, align, tag, variants, parameters } => {
                write!(f, "enum {} size {size} align {align}{}", Quoted(name), Parameters(parameters))?;
                if let Some((ty, offset)) = tag {
                    write!(f, " tag {ty} + {offset}")?;
                }
                f.write_str(" [")?;
                for (index, variant) in variants.iter().enumerate() {
                    let comma = if index == 0 { "" } else { ", " };
                    write!(f, "{comma}{}: {}", Quoted(&variant.name), variant.ty)?;
                    if let Some(discriminant) = variant.discriminant {
                        write!(f, " = {}", Int(discriminant))?;
                    }
                }
                f.write_char(']')
            }
            DebugType::CLikeEnum { name, base, size, values } => {
                write!(f, "c_like_enum {} size {size} {base} [", Quoted(name))?;
                for (index, (name, value)) in values.iter().enumerate() {
                    write!(f, "{}{} = {value}", if index == 0 { "" } else { ", " }, Quoted(name))?;
                }
                f.write_char(']')
            }
            DebugType::FunctionPointer { name, size } => write!(f, "function_pointer {} size {size}", Quoted(name)),
            DebugType::Opaque { name, size, align } => write!(f, "opaque {} size {size} align {align}", Quoted(name)),
        }
    }
}
