//! Registers, classes and modifiers of x86-64, by the Reference's chapter on inline assembly.

use super::{Fix, is_half};
use crate::cx::Cx;
use crate::ll::Type;
use lir::{AsmOperand, AsmRegister, Scalar};

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Class {
    Reg,
    RegAbcd,
    RegByte,
    Xmm,
    Ymm,
    Zmm,
    Kreg,
    /// `k0`, which cannot be an operand.
    Kreg0,
    Mmx,
    X87,
    Tmm,
}

impl Class {
    pub(super) fn named(name: &str) -> Option<Class> {
        Some(match name {
            "reg" => Class::Reg,
            "reg_abcd" => Class::RegAbcd,
            "reg_byte" => Class::RegByte,
            "xmm_reg" => Class::Xmm,
            "ymm_reg" => Class::Ymm,
            "zmm_reg" => Class::Zmm,
            "kreg" => Class::Kreg,
            "kreg0" => Class::Kreg0,
            "mmx_reg" => Class::Mmx,
            "x87_reg" => Class::X87,
            "tmm_reg" => Class::Tmm,
            _ => return None,
        })
    }

    pub(super) fn of_register(name: &str) -> Option<Class> {
        let byte = ["al", "bl", "cl", "dl", "ah", "bh", "ch", "dh", "sil", "dil"];
        let word = ["ax", "bx", "cx", "dx", "si", "di"];
        if byte.contains(&name) {
            return Some(Class::RegByte);
        }
        let unprefixed = name.strip_prefix(['e', 'r']).unwrap_or(name);
        if word.contains(&unprefixed) {
            return Some(Class::Reg);
        }
        let numbered = |prefix: &str, below: u32| number(name, prefix).is_some_and(|number| number < below);
        Some(match () {
            _ if numbered("xmm", 16) => Class::Xmm,
            _ if numbered("ymm", 16) => Class::Ymm,
            _ if numbered("zmm", 32) || numbered("xmm", 32) || numbered("ymm", 32) => Class::Zmm,
            _ if name == "k0" => Class::Kreg0,
            _ if numbered("k", 8) => Class::Kreg,
            _ if numbered("mm", 8) => Class::Mmx,
            _ if numbered("tmm", 8) => Class::Tmm,
            _ if name.starts_with("st") => Class::X87,
            _ => return extended(name),
        })
    }

    /// Whether a register of this class can only be clobbered; or is perhaps not there, so that an output that nobody wants
    /// must not reserve it.
    pub(super) fn only_clobbered(self, reg: &AsmRegister, operands: &[AsmOperand]) -> bool {
        match self {
            Class::Kreg0 | Class::Mmx | Class::X87 | Class::Tmm => true,
            Class::Kreg => !is_operand(reg, operands),
            Class::Zmm => match reg {
                AsmRegister::Explicit(name) => vector_number(name) >= Some(16) && !is_operand(reg, operands),
                AsmRegister::Class(_) => false,
            },
            _ => false,
        }
    }

    pub(super) fn add_clobber(self, name: &str, clobbers: &mut Vec<String>) {
        match self {
            // LLVM knows the x87 stack only as a whole, and the MMX registers are in it.
            Class::Mmx | Class::X87 => {
                if !clobbers.iter().any(|clobber| clobber == "~{st}") {
                    clobbers.push("~{st}".to_owned());
                    clobbers.extend((1..8).map(|number| format!("~{{st({number})}}")));
                }
            }
            _ => clobbers.push(format!("~{}", register(name, None))),
        }
    }

    pub(super) fn dummy<'c>(self, cx: &Cx<'_, 'c>) -> Type<'c> {
        match self {
            Class::Reg | Class::RegAbcd => cx.types.i32,
            Class::RegByte => cx.types.i8,
            Class::Kreg | Class::Kreg0 => cx.types.i16,
            Class::Xmm | Class::Ymm | Class::Zmm | Class::Mmx | Class::X87 | Class::Tmm => cx.types.f32,
        }
    }

    pub(super) fn fix<'c>(self, cx: &Cx<'_, 'c>, ty: lir::Type) -> Fix<'c> {
        let (lane, lanes) = (ty.lane(), u32::from(ty.lanes()));
        match (self, ty) {
            (Class::Reg | Class::RegAbcd, lir::Type::Scalar(scalar)) if scalar.is_float() => {
                Fix::Bitcast(cx.context.int(cx.bits(scalar)))
            }
            (Class::Xmm | Class::Ymm | Class::Zmm, lir::Type::Scalar(Scalar::I128)) => {
                Fix::Bitcast(cx.types.i64.vector(2))
            }
            (Class::Xmm | Class::Ymm | Class::Zmm, lir::Type::Scalar(Scalar::Ptr)) => Fix::Bitcast(cx.types.size),
            (Class::Xmm | Class::Ymm | Class::Zmm, lir::Type::Scalar(_)) if is_half(ty) => {
                Fix::Lane(cx.types.f16.vector(8), cx.types.i16.vector(8))
            }
            (Class::Xmm | Class::Ymm | Class::Zmm, lir::Type::Vector { .. }) if lane == Scalar::F16 => {
                Fix::Bitcast(cx.types.i16.vector(lanes))
            }
            (Class::Xmm | Class::Zmm, lir::Type::Vector { .. }) if ty.size_bytes(cx.pointer_bytes) == 64 => {
                Fix::Bitcast(cx.types.f64.vector(8))
            }
            _ => Fix::None,
        }
    }

    pub(super) fn constraint(self) -> &'static str {
        match self {
            Class::Reg => "r",
            Class::RegAbcd => "Q",
            Class::RegByte => "q",
            Class::Xmm | Class::Ymm => "x",
            Class::Zmm => "v",
            Class::Kreg | Class::Kreg0 => "^Yk",
            Class::Mmx => "y",
            Class::X87 => "f",
            Class::Tmm => "^tmm",
        }
    }

    pub(super) fn modifier(self, modifier: Option<char>) -> Result<Option<char>, String> {
        let unknown = || Err(format!("the modifier {modifier:?} does not fit {self:?}"));
        Ok(match (self, modifier) {
            (Class::Reg | Class::RegAbcd, None | Some('r')) => Some('q'),
            (Class::Reg | Class::RegAbcd, Some('l')) => Some('b'),
            (Class::Reg | Class::RegAbcd, Some('h')) => Some('h'),
            (Class::Reg | Class::RegAbcd, Some('x')) => Some('w'),
            (Class::Reg | Class::RegAbcd, Some('e')) => Some('k'),
            (Class::Xmm, None) | (Class::Xmm | Class::Ymm | Class::Zmm, Some('x')) => Some('x'),
            (Class::Ymm, None) | (Class::Xmm | Class::Ymm | Class::Zmm, Some('y')) => Some('t'),
            (Class::Zmm, None) | (Class::Xmm | Class::Ymm | Class::Zmm, Some('z')) => Some('g'),
            (Class::RegByte | Class::Kreg, None) => None,
            _ => return unknown(),
        })
    }
}

/// An explicit register as a constraint. LLVM wants a vector register's name by the size of what is in it.
pub(super) fn register(name: &str, bytes: Option<u32>) -> String {
    match vector_number(name) {
        Some(number) => {
            let kind = match bytes {
                Some(64) => 'z',
                Some(32) => 'y',
                _ => 'x',
            };
            format!("{{{kind}mm{number}}}")
        }
        None => format!("{{{name}}}"),
    }
}

fn number(name: &str, prefix: &str) -> Option<u32> {
    name.strip_prefix(prefix)?.parse().ok()
}

fn vector_number(name: &str) -> Option<u32> {
    ["xmm", "ymm", "zmm"].into_iter().find_map(|prefix| number(name, prefix))
}

/// `r8` to `r15`, with a letter for their low parts.
fn extended(name: &str) -> Option<Class> {
    let rest = name.strip_prefix('r')?;
    let digits = rest.trim_end_matches(['b', 'w', 'd']);
    let number: u32 = digits.parse().ok()?;
    if !(8..16).contains(&number) {
        return None;
    }
    match &rest[digits.len()..] {
        "b" => Some(Class::RegByte),
        "" | "w" | "d" => Some(Class::Reg),
        _ => None,
    }
}

/// Whether a value goes in or out by this register too.
fn is_operand(reg: &AsmRegister, operands: &[AsmOperand]) -> bool {
    operands.iter().any(|operand| match operand {
        AsmOperand::In { reg: other, .. } | AsmOperand::InOut { reg: other, .. } => other == reg,
        AsmOperand::Out { reg: other, ty, .. } => other == reg && ty.is_some(),
        _ => false,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn classes_of_registers() {
        let classes = ["eax", "rsi", "r8", "r15d", "r9b", "al", "xmm3", "ymm31", "k1", "st(0)", "mm2"];
        let expected = [
            Class::Reg,
            Class::Reg,
            Class::Reg,
            Class::Reg,
            Class::RegByte,
            Class::RegByte,
            Class::Xmm,
            Class::Zmm,
            Class::Kreg,
            Class::X87,
            Class::Mmx,
        ];
        assert_eq!(classes.map(Class::of_register), expected.map(Some));
        assert_eq!(["r16", "foo", "xmm32", "r", ""].map(Class::of_register), [None; 5]);
    }
}
