//! Inline assembly.

use crate::{SymbolRefId, Type, Value};
use serde::{Deserialize, Serialize};

/// A piece of an `asm!` template.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub enum AsmPiece {
    /// Text in the assembler's language.
    Text(String),
    /// The operand of this index (in `InlineAsm::operands`), with an optional modifier letter.
    Operand {
        /// Which operand.
        index: u32,
        /// How it is written.
        modifier: Option<char>,
    },
}

/// A register or a class of them, by the Reference's names for the target: `"eax"` explicit, `"reg"` a class.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub enum AsmRegister {
    /// A register.
    Explicit(String),
    /// Any register of a class.
    Class(String),
}

/// An operand of inline assembly.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub enum AsmOperand {
    /// A value that is in a register at the start.
    In {
        /// Where it is.
        reg: AsmRegister,
        /// The value.
        value: Value,
    },
    /// `ty` is the type of the result that this operand adds to the instruction; `None` is a clobber (`_`).
    Out {
        /// Where it is.
        reg: AsmRegister,
        /// `lateout`: the register is written after all inputs are read.
        late: bool,
        /// The type of the result, if it has one.
        ty: Option<Type>,
    },
    /// A value that is in a register at the start, and a result that is there at the end.
    InOut {
        /// Where it is.
        reg: AsmRegister,
        /// `lateout`: the register is written after all inputs are read.
        late: bool,
        /// The value at the start.
        value: Value,
        /// The type of the result, if it has one.
        ty: Option<Type>,
    },
    /// Text put into the template.
    Const(String),
    /// A symbol's name, put into the template.
    Symbol(SymbolRefId),
    /// The `n`-th of the terminator's targets (asm goto).
    Label(u32),
}

/// The options of `asm!`, each with the name that Rust gives it.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default, Serialize, Deserialize)]
pub struct AsmOptions {
    /// `pure`: no effects but the results.
    pub pure_: bool,
    /// `nomem`: neither reads nor writes memory.
    pub nomem: bool,
    /// `readonly`: writes no memory.
    pub readonly: bool,
    /// `preserves_flags`: the flags register is as before.
    pub preserves_flags: bool,
    /// `noreturn`: execution does not go on after it.
    pub noreturn: bool,
    /// `nostack`: pushes nothing to the stack, nor uses the red zone.
    pub nostack: bool,
    /// `att_syntax`: the template is in AT&T syntax.
    pub att_syntax: bool,
    /// `raw`: the template was without placeholders.
    pub raw: bool,
    /// `may_unwind`: may unwind.
    pub may_unwind: bool,
}

/// Inline assembly. As an instruction its results are the `Out`/`InOut` operands that have a type, in order.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub struct InlineAsm {
    /// The text, with operands in it.
    pub template: Vec<AsmPiece>,
    /// What [`AsmPiece::Operand`] counts.
    pub operands: Vec<AsmOperand>,
    /// Promises, and how the text is to be read.
    pub options: AsmOptions,
}
