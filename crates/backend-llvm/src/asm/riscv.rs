//! Registers and classes of RISC-V, by the Reference's chapter on inline assembly.

use super::{Fix, is_half};
use crate::cx::Cx;
use crate::ll::Type;

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Class {
    Reg,
    Freg,
    /// Vectors, which can only be clobbered.
    Vreg,
}

/// What assembly changes where it does not say otherwise.
pub(super) const FLAGS: [&str; 5] = ["~{fflags}", "~{vtype}", "~{vl}", "~{vxsat}", "~{vxrm}"];

impl Class {
    pub(super) fn named(name: &str) -> Option<Class> {
        Some(match name {
            "reg" => Class::Reg,
            "freg" => Class::Freg,
            "vreg" => Class::Vreg,
            _ => return None,
        })
    }

    pub(super) fn of_register(name: &str) -> Option<Class> {
        let (first, number) = name.split_at_checked(1)?;
        let number: u32 = number.parse().ok()?;
        Some(match (first, number) {
            ("x", 0..=31) => Class::Reg,
            ("f", 0..=31) => Class::Freg,
            ("v", 0..=31) => Class::Vreg,
            _ => return None,
        })
    }

    pub(super) fn dummy<'c>(self, cx: &Cx<'_, 'c>) -> Type<'c> {
        match self {
            Class::Reg | Class::Vreg => cx.types.i32,
            Class::Freg => cx.scalar(lir::Scalar::F32),
        }
    }

    pub(super) fn fix<'c>(self, cx: &Cx<'_, 'c>, ty: lir::Type) -> Fix<'c> {
        match (self, ty) {
            (Class::Reg, lir::Type::Scalar(scalar)) if scalar.is_float() => {
                Fix::Bitcast(cx.context.int(cx.bits(scalar)))
            }
            // A float of 16 bits is the lower half of one of 32, whose upper bits say that it is (a NaN otherwise).
            (Class::Freg, _) if is_half(ty) => Fix::Boxed(cx.scalar(lir::Scalar::F32)),
            _ => Fix::None,
        }
    }

    pub(super) fn constraint(self) -> &'static str {
        match self {
            Class::Reg => "r",
            Class::Freg => "f",
            Class::Vreg => "vr",
        }
    }
}
