//! Inline assembly (`InlineAsm` terminators, `rustc_ast` and `rustc_target::asm`).

use super::super::decoder::{Decode, Decoder};
use super::asm_registers::ARCHITECTURES;
use crate::error::Result;
use ::mir::{AsmOptions, AsmRegister, AsmTemplatePiece, InlineAsm, InlineAsmOperand};
use ty::{Span, Symbol};

impl<'tcx> Decode<'tcx> for InlineAsm<'tcx> {
    fn decode(d: &mut Decoder<'tcx>) -> Result<InlineAsm<'tcx>> {
        let naked = d.read_variant(2, "no such assembly macro")? == 1;
        let template = d.read()?;
        let operands = d.read()?;
        let options = read_options(d)?;
        let _line_spans: Vec<Span> = d.read()?;
        Ok(InlineAsm { naked, template, operands, options, targets: d.read()?, unwind: d.read()? })
    }
}

fn read_options(d: &mut Decoder<'_>) -> Result<AsmOptions> {
    let bits = d.read_u16()?;
    if bits >= 1 << 9 {
        return Err(d.error("unknown options of inline assembly"));
    }
    let has = |bit: u16| bits >> bit & 1 == 1;
    Ok(AsmOptions {
        pure_: has(0),
        nomem: has(1),
        readonly: has(2),
        preserves_flags: has(3),
        noreturn: has(4),
        nostack: has(5),
        att_syntax: has(6),
        raw: has(7),
        may_unwind: has(8),
    })
}

impl<'tcx> Decode<'tcx> for AsmTemplatePiece {
    fn decode(d: &mut Decoder<'tcx>) -> Result<AsmTemplatePiece> {
        Ok(match d.read_variant(2, "no such piece of an assembly template")? {
            0 => AsmTemplatePiece::String(d.read_str()?.to_owned()),
            _ => AsmTemplatePiece::Placeholder {
                operand: d.read_usize()?,
                modifier: if d.read_option()? { Some(d.read_char()?) } else { None },
                span: d.read()?,
            },
        })
    }
}

impl<'tcx> Decode<'tcx> for InlineAsmOperand<'tcx> {
    fn decode(d: &mut Decoder<'tcx>) -> Result<InlineAsmOperand<'tcx>> {
        Ok(match d.read_variant(7, "no such assembly operand")? {
            0 => InlineAsmOperand::In { reg: d.read()?, value: d.read()? },
            1 => InlineAsmOperand::Out { reg: d.read()?, late: d.read_bool()?, place: d.read()? },
            2 => InlineAsmOperand::InOut {
                reg: d.read()?,
                late: d.read_bool()?,
                in_value: d.read()?,
                out_place: d.read()?,
            },
            3 => InlineAsmOperand::Const { value: d.read()? },
            4 => InlineAsmOperand::SymFn { value: d.read()? },
            5 => InlineAsmOperand::SymStatic { def_id: d.read()? },
            _ => InlineAsmOperand::Label { target_index: d.read_usize()? },
        })
    }
}

/// An architecture that only some releases have, by its number there.
const XTENSA: u8 = 14;
/// The architecture that got more registers in the same releases.
const LOONGARCH: u8 = 7;

impl<'tcx> Decode<'tcx> for AsmRegister {
    fn decode(d: &mut Decoder<'tcx>) -> Result<AsmRegister> {
        let is_class = d.read_variant(2, "neither a register nor a register class")? == 1;
        let architecture = if d.encoding().amdgpu_and_xtensa {
            let number = d.read_variant(ARCHITECTURES.len() as u8 + 3, "no such architecture")?;
            // Classes and registers are not in the same order.
            let amdgpu = if is_class { 3 } else { 2 };
            let number_before = number - u8::from(number > amdgpu) - u8::from(number > XTENSA);
            if number == amdgpu || number == XTENSA || number_before == LOONGARCH {
                return Err(d.error("a register of an architecture that is not supported"));
            }
            number_before
        } else {
            d.read_variant(ARCHITECTURES.len() as u8 + 1, "no such architecture")?
        };
        let Some(architecture) = ARCHITECTURES.get(usize::from(architecture)) else {
            return Err(d.error("an invalid assembly register"));
        };
        let names = if is_class { architecture.classes } else { architecture.registers };
        // An enum of one variant has no number.
        let count = names.split_ascii_whitespace().count();
        let index = if count == 1 { 0 } else { d.read_u8()? };
        match names.split_ascii_whitespace().nth(usize::from(index)) {
            Some(name) if is_class => Ok(AsmRegister::Class(Symbol::intern(name))),
            Some(name) => Ok(AsmRegister::Register(Symbol::intern(name))),
            None => Err(d.error("no such register")),
        }
    }
}
