//! Inline assembly: what its operands must be, and its typed form.

use crate::build::Builder;
use crate::doubt::{Answer, Doubt};
use crate::expect::Expectation;
use crate::state::FnCx;
use crate::types::{Look as _, Make as _};
use hir::body::ExprId;
use hir::expr::{AsmOperand, InlineAsm};
use mir::{AsmOptions, AsmRegister, AsmTemplatePiece};
use solve::ir::inherent::Ty as _;
use solve::{Ty, TyKind};
use syntax::ast::{AsmMacro, AsmPiece, AsmReg};
use thir::{ExprKind, InlineAsmExpr, InlineAsmOperand};
use ty::{Span, Symbol};

impl<'a, 'tcx> FnCx<'a, 'tcx> {
    /// (rustc's `check_expr_asm`)
    pub fn check_asm(&self, asm: &'a InlineAsm) -> Answer<Ty<'tcx>> {
        let mut diverges = match asm.macro_kind {
            AsmMacro::Asm => options(asm).noreturn,
            AsmMacro::NakedAsm | AsmMacro::GlobalAsm => true,
        };
        for operand in &asm.operands {
            match *operand {
                AsmOperand::In { expr, .. } => self.check_asm_input(expr)?,
                AsmOperand::Out { expr: Some(expr), .. } | AsmOperand::InOut { expr, .. } => {
                    self.check_asm_output(expr)?;
                }
                AsmOperand::Out { expr: None, .. } | AsmOperand::SymStatic(..) => {}
                AsmOperand::SplitInOut { in_expr, out_expr, .. } => {
                    self.check_asm_input(in_expr)?;
                    out_expr.map_or(Ok(()), |expr| self.check_asm_output(expr))?;
                }
                AsmOperand::Const(_) => return Err(Doubt::new("a constant in inline assembly", "")),
                AsmOperand::SymFn(expr) => {
                    self.check_expr(expr)?;
                }
                AsmOperand::Label(block) => {
                    let before = self.diverges.get();
                    let unit = self.cx.types().unit;
                    let ty = self.check_block_expected(None, block, Expectation::HasType(unit))?;
                    if !ty.is_never() {
                        self.demand_sub(unit, ty)?;
                        diverges = false;
                    }
                    self.diverges.set(before);
                }
            }
        }
        Ok(if diverges { self.cx.types().never } else { self.cx.types().unit })
    }

    fn check_asm_output(&self, expr: ExprId) -> Answer<()> {
        let ty = self.check_expr(expr)?;
        self.make_place_mutable(expr)?;
        self.require_sized(ty)
    }

    /// Functions are passed as pointers to them, references as raw pointers.
    fn check_asm_input(&self, expr: ExprId) -> Answer<()> {
        let ty = self.check_expr(expr)?;
        self.require_sized(ty)?;
        let ty = self.structurally(ty)?;
        let target = match *ty.kind_ref() {
            TyKind::FnDef(def_id, args) => Ty::new_fn_ptr(self.cx, self.normalize(self.sig_of(def_id, args))?),
            TyKind::Ref(_, inner, mutability) => self.cx.pointer(inner, crate::types::from_ir(mutability)),
            _ => return Ok(()),
        };
        self.coerce_or_doubt(expr, ty, target, false).map(drop)
    }
}

impl<'tcx> Builder<'_, '_, 'tcx> {
    pub fn asm(&mut self, asm: &InlineAsm) -> Answer<ExprKind<'tcx>> {
        let mut operands = Vec::new();
        for operand in &asm.operands {
            operands.push(match *operand {
                AsmOperand::In { reg, expr } => {
                    InlineAsmOperand::In { reg: self.register(reg)?, expr: self.expr(expr)? }
                }
                AsmOperand::Out { reg, late, expr } => {
                    InlineAsmOperand::Out { reg: self.register(reg)?, late, expr: self.optional(expr)? }
                }
                AsmOperand::InOut { reg, late, expr } => {
                    InlineAsmOperand::InOut { reg: self.register(reg)?, late, expr: self.expr(expr)? }
                }
                AsmOperand::SplitInOut { reg, late, in_expr, out_expr } => InlineAsmOperand::SplitInOut {
                    reg: self.register(reg)?,
                    late,
                    in_expr: self.expr(in_expr)?,
                    out_expr: self.optional(out_expr)?,
                },
                AsmOperand::Const(_) => return Err(Doubt::new("a constant in inline assembly", "")),
                AsmOperand::SymFn(expr) => InlineAsmOperand::SymFn { value: self.expr(expr)? },
                AsmOperand::SymStatic(_, def_id) => InlineAsmOperand::SymStatic { def_id },
                AsmOperand::Label(block) => InlineAsmOperand::Label { block: self.block(block)? },
            });
        }
        let piece = |piece: &AsmPiece| match *piece {
            AsmPiece::Text(text) => AsmTemplatePiece::String(text.as_str().to_owned()),
            // Where it is is for messages about programs that are wrong.
            AsmPiece::Operand(operand, modifier) => {
                AsmTemplatePiece::Placeholder { operand: operand as usize, modifier, span: Span::DUMMY }
            }
        };
        Ok(ExprKind::InlineAsm(Box::new(InlineAsmExpr {
            asm_macro: match asm.macro_kind {
                AsmMacro::Asm => thir::AsmMacro::Asm,
                AsmMacro::GlobalAsm => thir::AsmMacro::GlobalAsm,
                AsmMacro::NakedAsm => thir::AsmMacro::NakedAsm,
            },
            template: asm.template.iter().map(piece).collect(),
            operands,
            options: options(asm),
            line_spans: Vec::new(),
        })))
    }

    fn register(&self, written: AsmReg) -> Answer<AsmRegister> {
        match written {
            AsmReg::Class(name) => Ok(AsmRegister::Class(Symbol::intern(name.as_str()))),
            AsmReg::Explicit(name) => {
                let target = &self.fcx.cx.tcx().session().triple;
                let name = target.starts_with("x86_64").then(|| x86_register(name.as_str())).flatten();
                let name = name.ok_or_else(|| Doubt::new("a register in inline assembly", ""))?;
                Ok(AsmRegister::Register(Symbol::intern(name)))
            }
        }
    }
}

fn options(asm: &InlineAsm) -> AsmOptions {
    let names = asm.options.names();
    let has = |name: &str| names.contains(&name);
    AsmOptions {
        pure_: has("pure"),
        nomem: has("nomem"),
        readonly: has("readonly"),
        preserves_flags: has("preserves_flags"),
        noreturn: has("noreturn"),
        nostack: has("nostack"),
        att_syntax: has("att_syntax"),
        raw: has("raw"),
        may_unwind: has("may_unwind"),
    }
}

/// A register by the first of its names.
fn x86_register(name: &str) -> Option<&str> {
    Some(match name {
        "ax" | "eax" | "rax" => "ax",
        "bx" | "ebx" | "rbx" => "bx",
        "cx" | "ecx" | "rcx" => "cx",
        "dx" | "edx" | "rdx" => "dx",
        "si" | "esi" | "rsi" => "si",
        "di" | "edi" | "rdi" => "di",
        "al" | "ah" | "bl" | "bh" | "cl" | "ch" | "dl" | "dh" | "sil" | "dil" => name,
        _ if name.starts_with('r') => {
            let number = name[1..].trim_end_matches(['b', 'w', 'd']);
            let is_byte = name.ends_with('b');
            let known = ["r8", "r9", "r10", "r11", "r12", "r13", "r14", "r15"];
            let bytes = ["r8b", "r9b", "r10b", "r11b", "r12b", "r13b", "r14b", "r15b"];
            let index = known.iter().position(|known| known[1..] == *number)?;
            if is_byte { bytes[index] } else { known[index] }
        }
        _ => {
            let is_vector = ["xmm", "ymm"].iter().any(|class| {
                name.strip_prefix(class).and_then(|number| number.parse::<u8>().ok()).is_some_and(|number| number < 16)
            });
            return is_vector.then_some(name);
        }
    })
}
