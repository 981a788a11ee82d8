//! Naked functions: assembly at the module's level that defines the symbol, as rustc makes them. LLVM's own naked
//! functions still let the optimiser look at their bodies.

use crate::cx::Cx;
use lir::{AsmOperand, AsmPiece, Function, InlineAsm, Inst, Linkage, Terminator};
use std::fmt::Write;

/// Defines a naked function, whose body is one block of assembly.
pub(crate) fn lower_naked(cx: &Cx, source: &Function) -> Result<(), String> {
    let asm = body(source).ok_or("a naked function's body is one block of assembly")?;
    let mut template = String::new();
    for piece in &asm.template {
        match piece {
            AsmPiece::Text(text) => template.push_str(text),
            AsmPiece::Operand { index, .. } => match asm.operands.get(*index as usize) {
                Some(AsmOperand::Const(text)) => template.push_str(text),
                Some(AsmOperand::Symbol(symbol)) => {
                    let symbol = source.symbol(*symbol);
                    cx.keep_for_assembly(cx.symbol(symbol));
                    template.push_str(&quoted(&symbol.name));
                }
                _ => return Err("assembly of a naked function has an operand in a register".to_owned()),
            },
        }
    }
    cx.append_asm_plain(&wrap(source, asm, &template, &cx.options.triple));
    Ok(())
}

fn body(source: &Function) -> Option<&InlineAsm> {
    let [block] = source.blocks.as_slice() else { return None };
    match (&block.nodes[..], &block.terminator) {
        ([], Terminator::AsmGoto { asm, .. }) => Some(asm),
        ([node], _) => match &node.inst {
            Inst::Asm(asm) => Some(asm),
            _ => None,
        },
        _ => None,
    }
}

/// The directives of ELF around a function's assembly.
fn wrap(source: &Function, asm: &InlineAsm, template: &str, triple: &str) -> String {
    let name = quoted(&source.name);
    let section = match &source.attrs.section {
        Some(section) => section.clone(),
        None => format!(".text.{}", source.name),
    };
    let mut text = String::new();
    let mut line = |args: std::fmt::Arguments| {
        text.write_fmt(args).and_then(|()| text.write_char('\n')).expect("a string takes everything");
    };
    let is_thumb = triple.starts_with("thumb");
    // A comment begins with `@` in Arm's assembly.
    let mark = if is_thumb || triple.starts_with("arm") { '%' } else { '@' };
    line(format_args!(".pushsection {},\"ax\",{mark}progbits", quoted(&section)));
    line(format_args!(".balign {}", source.attrs.align.max(4)));
    match source.linkage {
        Linkage::Internal => {}
        Linkage::Hidden | Linkage::Export => line(format_args!(".globl {name}")),
        Linkage::WeakExport | Linkage::WeakHidden | Linkage::Common | Linkage::Available => {
            line(format_args!(".weak {name}"));
        }
    }
    if let Linkage::Hidden | Linkage::WeakHidden | Linkage::Available = source.linkage {
        line(format_args!(".hidden {name}"));
    }
    line(format_args!(".type {name},{mark}function"));
    if is_thumb {
        line(format_args!(".thumb\n.thumb_func"));
    }
    line(format_args!("{name}:"));
    let intel = triple.starts_with("x86_64") && !asm.options.att_syntax;
    match intel {
        true => line(format_args!(".intel_syntax noprefix\n{template}\n.att_syntax prefix")),
        false => line(format_args!("{template}")),
    }
    line(format_args!(".size {name}, . - {name}"));
    line(format_args!(".popsection"));
    text
}

/// A symbol's name for the assembler.
fn quoted(name: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b'$');
    match name.bytes().all(plain) {
        true => name.to_owned(),
        false => format!("\"{}\"", name.replace('\\', "\\\\").replace('"', "\\\"")),
    }
}
