//! What built-in macros expand to. (rustc: `rustc_ast_pretty::pprust::state`.)

use super::{Breaks, Fixup, Printer};
use crate::ast::*;
use crate::symbol::Symbol;

enum AsmArg {
    Template(String),
    Operand(AsmOperand),
    ClobberAbi(Symbol),
    Options(AsmOptions),
}

impl Printer<'_> {
    pub(super) fn format_args(&mut self, format: &FormatArgs) {
        let ast = self.ast();
        self.word("format_args!");
        self.word("(");
        self.ibox(0);
        self.word(template(&ast[format.template]));
        for arg in &ast[format.args] {
            self.word_space(",");
            self.expr(arg.expr, Fixup::default());
        }
        self.end();
        self.word(")");
    }

    /// The arguments of `asm!`, in parentheses.
    pub(super) fn inline_asm(&mut self, asm: &InlineAsm) {
        let ast = self.ast();
        let mut text = String::new();
        for piece in &ast[asm.template] {
            match piece {
                AsmPiece::Text(symbol) => text.push_str(&symbol.as_str().replace('{', "{{").replace('}', "}}")),
                AsmPiece::Operand(number, None) => text.push_str(&format!("{{{number}}}")),
                AsmPiece::Operand(number, Some(modifier)) => text.push_str(&format!("{{{number}:{modifier}}}")),
            }
        }
        let mut args = vec![AsmArg::Template(text)];
        args.extend(ast[asm.operands].iter().map(|operand| AsmArg::Operand(*operand)));
        args.extend(ast[asm.clobber_abis].iter().map(|abi| AsmArg::ClobberAbi(*abi)));
        if asm.options != AsmOptions::default() {
            args.push(AsmArg::Options(asm.options));
        }
        self.word("(");
        self.separated(",", false, Breaks::Consistent, &args, |p, arg| match arg {
            AsmArg::Template(text) => p.quoted(text),
            AsmArg::Operand(operand) => p.asm_operand(operand),
            AsmArg::ClobberAbi(abi) => {
                p.word("clobber_abi");
                p.word("(");
                p.quoted(abi.as_str());
                p.word(")");
            }
            AsmArg::Options(options) => {
                p.word("options");
                p.word("(");
                p.commas(&options.names(), |p, name| p.word(*name));
                p.word(")");
            }
        });
        self.word(")");
    }

    fn quoted(&mut self, text: &str) {
        self.word(format!("\"{}\"", text.escape_debug()));
    }

    fn asm_operand(&mut self, operand: &AsmOperand) {
        let late = |late: bool, name: &'static str, late_name: &'static str| if late { late_name } else { name };
        match *operand {
            AsmOperand::In(reg, expr) => {
                self.asm_reg("in", reg);
                self.expr(expr, Fixup::default());
            }
            AsmOperand::Out(reg, is_late, expr) => {
                self.asm_reg(late(is_late, "out", "lateout"), reg);
                self.expr_or_underscore(expr);
            }
            AsmOperand::InOut(reg, is_late, expr) => {
                self.asm_reg(late(is_late, "inout", "inlateout"), reg);
                self.expr(expr, Fixup::default());
            }
            AsmOperand::SplitInOut(reg, is_late, input, output) => {
                self.asm_reg(late(is_late, "inout", "inlateout"), reg);
                self.expr(input, Fixup::default());
                self.space();
                self.word_space("=>");
                self.expr_or_underscore(output);
            }
            AsmOperand::Const(value) => {
                self.word_space("const");
                self.expr(value.0, Fixup::default());
            }
            AsmOperand::Sym(qself, path) => {
                self.word_space("sym");
                match qself {
                    Some(qself) => self.qpath(qself, &path, true),
                    None => self.path(&path, true, 0),
                }
            }
            AsmOperand::Label(block) => {
                self.head("label");
                self.block(block);
            }
        }
    }

    /// `in(reg) `
    fn asm_reg(&mut self, word: &'static str, reg: AsmReg) {
        self.word(word);
        self.word("(");
        match reg {
            AsmReg::Explicit(name) => self.quoted(name.as_str()),
            AsmReg::Class(name) => self.symbol(name),
        }
        self.word(")");
        self.space();
    }

    fn expr_or_underscore(&mut self, expr: Option<ExprId>) {
        match expr {
            Some(expr) => self.expr(expr, Fixup::default()),
            None => self.word("_"),
        }
    }
}

/// A template as a string literal.
fn template(pieces: &[FormatPiece]) -> String {
    let mut text = "\"".to_owned();
    for piece in pieces {
        match piece {
            FormatPiece::Literal(literal) => {
                for c in literal.as_str().chars() {
                    text.extend(c.escape_debug());
                    if let '{' | '}' = c {
                        text.push(c);
                    }
                }
            }
            FormatPiece::Placeholder(placeholder) => text.push_str(&placeholder_text(placeholder)),
        }
    }
    text.push('"');
    text
}

fn placeholder_text(placeholder: &Placeholder) -> String {
    let count = |count: FormatCount| match count {
        FormatCount::Literal(n) => n.to_string(),
        FormatCount::Arg(arg) => format!("{arg}$"),
    };
    let mut options = String::new();
    options.extend(placeholder.fill);
    options.push_str(match placeholder.alignment {
        Some(FormatAlignment::Left) => "<",
        Some(FormatAlignment::Right) => ">",
        Some(FormatAlignment::Center) => "^",
        None => "",
    });
    options.push_str(match placeholder.sign {
        Some(FormatSign::Plus) => "+",
        Some(FormatSign::Minus) => "-",
        None => "",
    });
    options.push_str(if placeholder.alternate { "#" } else { "" });
    options.push_str(if placeholder.zero_pad { "0" } else { "" });
    options.push_str(&placeholder.width.map(count).unwrap_or_default());
    if let Some(precision) = placeholder.precision {
        options.push('.');
        options.push_str(&count(precision));
    }
    options.push_str(match placeholder.debug_hex {
        Some(FormatDebugHex::Lower) => "x",
        Some(FormatDebugHex::Upper) => "X",
        None => "",
    });
    options.push_str(match placeholder.format {
        FormatTrait::Display => "",
        FormatTrait::Debug => "?",
        FormatTrait::LowerExp => "e",
        FormatTrait::UpperExp => "E",
        FormatTrait::Octal => "o",
        FormatTrait::Pointer => "p",
        FormatTrait::Binary => "b",
        FormatTrait::LowerHex => "x",
        FormatTrait::UpperHex => "X",
    });
    let colon = if options.is_empty() { "" } else { ":" };
    format!("{{{}{colon}{options}}}", placeholder.arg)
}
