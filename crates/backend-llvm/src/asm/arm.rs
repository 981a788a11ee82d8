//! Registers, classes and modifiers of 32-bit Arm, by the Reference's chapter on inline assembly.

use super::{Fix, is_half};
use crate::cx::Cx;
use crate::ll::Type;
use lir::Scalar;

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Class {
    Reg,
    Sreg,
    SregLow16,
    Dreg,
    DregLow16,
    DregLow8,
    Qreg,
    QregLow8,
    QregLow4,
}

impl Class {
    pub(super) fn named(name: &str) -> Option<Class> {
        Some(match name {
            "reg" => Class::Reg,
            "sreg" => Class::Sreg,
            "sreg_low16" => Class::SregLow16,
            "dreg" => Class::Dreg,
            "dreg_low16" => Class::DregLow16,
            "dreg_low8" => Class::DregLow8,
            "qreg" => Class::Qreg,
            "qreg_low8" => Class::QregLow8,
            "qreg_low4" => Class::QregLow4,
            _ => return None,
        })
    }

    pub(super) fn of_register(name: &str) -> Option<Class> {
        let (first, number) = name.split_at_checked(1)?;
        let number: u32 = number.parse().ok()?;
        Some(match (first, number) {
            ("r", 0..=15) => Class::Reg,
            ("s", 0..=31) => Class::Sreg,
            ("d", 0..=31) => Class::Dreg,
            ("q", 0..=15) => Class::Qreg,
            _ => return None,
        })
    }

    pub(super) fn dummy<'c>(self, cx: &Cx<'_, 'c>) -> Type<'c> {
        match self {
            Class::Reg => cx.types.i32,
            Class::Sreg | Class::SregLow16 => cx.scalar(Scalar::F32),
            Class::Dreg | Class::DregLow16 | Class::DregLow8 => cx.scalar(Scalar::F64),
            Class::Qreg | Class::QregLow8 | Class::QregLow4 => cx.types.i64.vector(2),
        }
    }

    pub(super) fn fix<'c>(self, cx: &Cx<'_, 'c>, ty: lir::Type) -> Fix<'c> {
        match (self, ty) {
            (Class::Reg, lir::Type::Scalar(scalar)) if scalar.is_float() => {
                Fix::Bitcast(cx.context.int(cx.bits(scalar)))
            }
            (Class::Sreg | Class::SregLow16, lir::Type::Scalar(Scalar::I32)) => Fix::Bitcast(cx.scalar(Scalar::F32)),
            (Class::Dreg | Class::DregLow16 | Class::DregLow8, lir::Type::Scalar(Scalar::I64)) => {
                Fix::Bitcast(cx.scalar(Scalar::F64))
            }
            (_, lir::Type::Vector { lanes, .. }) if is_half(ty) => {
                Fix::Bitcast(cx.scalar(Scalar::I16).vector(lanes.into()))
            }
            _ => Fix::None,
        }
    }

    pub(super) fn constraint(self) -> &'static str {
        match self {
            Class::Reg => "r",
            Class::Sreg | Class::DregLow16 | Class::QregLow8 => "t",
            Class::SregLow16 | Class::DregLow8 | Class::QregLow4 => "x",
            Class::Dreg | Class::Qreg => "w",
        }
    }

    pub(super) fn modifier(self, modifier: Option<char>) -> Option<char> {
        match self {
            Class::Reg | Class::Sreg | Class::SregLow16 => None,
            Class::Dreg | Class::DregLow16 | Class::DregLow8 => Some('P'),
            // A half of the register, or all of it.
            Class::Qreg | Class::QregLow8 | Class::QregLow4 => modifier.or(Some('q')),
        }
    }
}

/// An explicit register as a constraint.
pub(super) fn register(name: &str) -> String {
    match name {
        // LLVM has no other name for it.
        "r14" => "{lr}".to_owned(),
        _ => format!("{{{name}}}"),
    }
}
