//! What built-in macros expand to that has no syntax of its own. (rustc: `rustc_ast::format`, `rustc_ast::ast::InlineAsm`.)

use super::{AnonConst, BlockId, ExprId, List, Path, QSelf};
use crate::ast::Id;
use crate::span::{Ident, Span};
use crate::symbol::Symbol;

/// `format_args!`, its template taken apart.
#[derive(Clone, Copy, Debug)]
pub struct FormatArgs {
    /// Where the template is.
    pub span: Span,
    /// The template.
    pub template: List<FormatPiece>,
    /// The arguments: first the written ones, then those that the template captures.
    pub args: List<FormatArg>,
    /// How many are written.
    pub explicit: u32,
}

/// An argument of `format_args!`.
#[derive(Clone, Copy, Debug)]
pub struct FormatArg {
    /// Its name, if it is written with one or is captured.
    pub name: Option<Ident>,
    /// Is it captured: not written but in the template?
    pub is_captured: bool,
    /// Its value.
    pub expr: ExprId,
}

/// A part of a template.
#[derive(Clone, Copy, Debug)]
pub enum FormatPiece {
    /// Text.
    Literal(Symbol),
    /// `{…}`
    Placeholder(Placeholder),
}

/// `{…}`: which argument is formatted, and how.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Placeholder {
    /// The number of the argument.
    pub arg: u32,
    /// The trait that formats.
    pub format: FormatTrait,
    /// What fills up to the width.
    pub fill: Option<char>,
    /// `<`, `^` or `>`
    pub alignment: Option<FormatAlignment>,
    /// `+` or `-`
    pub sign: Option<FormatSign>,
    /// `#`
    pub alternate: bool,
    /// `0`
    pub zero_pad: bool,
    /// `x` or `X` in front of `?`
    pub debug_hex: Option<FormatDebugHex>,
    /// The least width.
    pub width: Option<FormatCount>,
    /// The precision.
    pub precision: Option<FormatCount>,
    /// Where it is in the template, if that is written as one literal.
    pub span: Option<Span>,
    /// Where its width is.
    pub width_span: Option<Span>,
    /// Where its precision is.
    pub precision_span: Option<Span>,
}

/// The trait that formats an argument.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[expect(missing_docs, reason = "named as the traits are")]
pub enum FormatTrait {
    Display,
    Debug,
    LowerExp,
    UpperExp,
    Octal,
    Pointer,
    Binary,
    LowerHex,
    UpperHex,
}

/// Where the text stands within the width.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[expect(missing_docs, reason = "the names say it")]
pub enum FormatAlignment {
    Left,
    Right,
    Center,
}

/// Which signs are written.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[expect(missing_docs, reason = "the names say it")]
pub enum FormatSign {
    Plus,
    Minus,
}

/// Digits of hexadecimal numbers in `{:x?}`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[expect(missing_docs, reason = "the names say it")]
pub enum FormatDebugHex {
    Lower,
    Upper,
}

/// A width or a precision.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum FormatCount {
    /// A number.
    Literal(u16),
    /// The value of the argument of that number.
    Arg(u32),
}

/// `asm!`, `naked_asm!` or `global_asm!`.
#[derive(Clone, Copy, Debug)]
pub struct InlineAsm {
    /// Which of them.
    pub macro_kind: AsmMacro,
    /// The assembly code.
    pub template: List<AsmPiece>,
    /// The operands.
    pub operands: List<AsmOperand>,
    /// `clobber_abi("…")`
    pub clobber_abis: List<Symbol>,
    /// `options(…)`
    pub options: AsmOptions,
}

/// Which macro assembly code is in.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[expect(missing_docs, reason = "named as the macros are")]
pub enum AsmMacro {
    Asm,
    GlobalAsm,
    NakedAsm,
}

/// A part of assembly code.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum AsmPiece {
    /// Text.
    Text(Symbol),
    /// `{operand:modifier}`
    Operand(u32, Option<char>),
}

/// An operand of assembly code. `bool`: is it `late`?
#[derive(Clone, Copy, Debug)]
pub enum AsmOperand {
    /// `in(reg) expr`
    In(AsmReg, ExprId),
    /// `out(reg) expr`, `out(reg) _`
    Out(AsmReg, bool, Option<ExprId>),
    /// `inout(reg) expr`
    InOut(AsmReg, bool, ExprId),
    /// `inout(reg) expr => expr`
    SplitInOut(AsmReg, bool, ExprId, Option<ExprId>),
    /// `const expr`
    Const(AnonConst),
    /// `sym path`
    Sym(Option<Id<QSelf>>, Path),
    /// `label { … }`
    Label(BlockId),
}

/// A register.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum AsmReg {
    /// `"eax"`
    Explicit(Symbol),
    /// `reg`
    Class(Symbol),
}

/// `options(…)`: one bit each.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct AsmOptions(pub u16);

impl AsmOptions {
    /// The options' names, in the order of their bits.
    pub const NAMES: [&str; 9] =
        ["pure", "nomem", "readonly", "preserves_flags", "noreturn", "nostack", "att_syntax", "raw", "may_unwind"];

    /// The option of that name.
    pub fn of_name(name: &str) -> Option<AsmOptions> {
        let bit = Self::NAMES.iter().position(|known| *known == name)?;
        Some(AsmOptions(1 << bit))
    }

    /// Are these among the options?
    pub fn contains(self, other: AsmOptions) -> bool {
        self.0 & other.0 == other.0
    }

    /// Is the code no template?
    pub fn is_raw(self) -> bool {
        self.contains(AsmOptions(1 << 7))
    }

    /// The names of those that are set.
    pub fn names(self) -> Vec<&'static str> {
        Self::NAMES.iter().enumerate().filter(|(bit, _)| self.0 >> bit & 1 == 1).map(|(_, name)| *name).collect()
    }
}
