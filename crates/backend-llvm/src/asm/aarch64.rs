//! Registers, classes and modifiers of AArch64, by the Reference's chapter on inline assembly.

use super::Fix;
use crate::cx::Cx;
use crate::ll::Type;
use lir::Scalar;

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Class {
    Reg,
    Vreg,
    VregLow16,
    /// Predicates, which can only be clobbered.
    Preg,
}

impl Class {
    pub(super) fn named(name: &str) -> Option<Class> {
        Some(match name {
            "reg" => Class::Reg,
            "vreg" => Class::Vreg,
            "vreg_low16" => Class::VregLow16,
            "preg" => Class::Preg,
            _ => return None,
        })
    }

    pub(super) fn of_register(name: &str) -> Option<Class> {
        let (first, rest) = name.split_at_checked(1)?;
        let number: Option<u32> = rest.parse().ok();
        Some(match (first, number) {
            ("x" | "w", Some(0..=30)) => Class::Reg,
            ("v" | "b" | "h" | "s" | "d" | "q" | "z", Some(0..=31)) => Class::Vreg,
            ("p", Some(0..=15)) => Class::Preg,
            _ if matches!(name, "fp" | "lr") => Class::Reg,
            _ if name == "ffr" => Class::Preg,
            _ => return None,
        })
    }

    pub(super) fn dummy<'c>(self, cx: &Cx<'_, 'c>) -> Type<'c> {
        match self {
            Class::Reg => cx.types.i32,
            Class::Vreg | Class::VregLow16 | Class::Preg => cx.types.i64.vector(2),
        }
    }

    pub(super) fn fix<'c>(self, cx: &Cx<'_, 'c>, ty: lir::Type) -> Fix<'c> {
        match (self, ty) {
            (Class::Reg, lir::Type::Scalar(scalar)) if scalar.is_float() => {
                Fix::Bitcast(cx.context.int(cx.bits(scalar)))
            }
            (Class::Vreg, lir::Type::Scalar(Scalar::I8)) => Fix::Lane(cx.types.i8.vector(8), cx.types.i8.vector(8)),
            (Class::Vreg, lir::Type::Scalar(Scalar::Ptr)) => Fix::Bitcast(cx.types.size),
            // LLVM takes nothing but whole registers for this class.
            (Class::VregLow16, lir::Type::Scalar(scalar)) if scalar != Scalar::Ptr && cx.bits(scalar) < 128 => {
                let vector = cx.scalar(scalar).vector(128 / cx.bits(scalar));
                Fix::Lane(vector, cx.types.i64.vector(2))
            }
            _ => Fix::None,
        }
    }

    pub(super) fn constraint(self) -> &'static str {
        match self {
            Class::Reg => "r",
            Class::Vreg => "w",
            Class::VregLow16 => "x",
            Class::Preg => "^Upa",
        }
    }

    pub(super) fn modifier(self, modifier: Option<char>) -> Option<char> {
        match self {
            Class::Reg => modifier,
            Class::Vreg | Class::VregLow16 | Class::Preg => modifier.filter(|letter| *letter != 'v'),
        }
    }
}

/// An explicit register as a constraint: LLVM wants the name by the size of what is in it.
pub(super) fn register(name: &str, bytes: Option<u32>) -> String {
    let number = name.get(1..).filter(|number| !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit()));
    match (Class::of_register(name), number) {
        // LLVM has no other name for it.
        (Some(Class::Reg), Some("30")) => "{lr}".to_owned(),
        (Some(Class::Reg), Some(number)) => format!("{{{}{number}}}", if bytes == Some(8) { 'x' } else { 'w' }),
        (Some(Class::Vreg), Some(number)) => {
            let kind = match bytes {
                Some(1 | 2 | 8) => 'd',
                Some(4) => 's',
                _ => 'q',
            };
            format!("{{{kind}{number}}}")
        }
        _ => format!("{{{name}}}"),
    }
}
