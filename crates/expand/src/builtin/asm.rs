//! `asm!`, `naked_asm!`, `global_asm!`. (rustc: `rustc_parse::parser::asm`, `rustc_builtin_macros::asm`.)

use ra_ap_rustc_parse_format as template;
use syntax::ast::*;
use syntax::doubt::{Doubt, Result};
use syntax::parser::{Fragment, FragmentKind, Parser};
use syntax::span::Span;
use syntax::symbol::{Symbol, kw};
use syntax::token::{Delim, LitKind, TokenKind};

use super::{Use, comma};
use crate::call::Made;
use crate::expander::Expander;
use crate::literal;

const ASM: &str = "inline assembly";

#[derive(Default)]
struct Arguments {
    templates: Vec<ExprId>,
    operands: Vec<AsmOperand>,
    names: Vec<(Symbol, usize)>,
    clobber_abis: Vec<Symbol>,
    options: AsmOptions,
}

enum Argument {
    Template(ExprId),
    Operand(Option<Symbol>, AsmOperand),
    ClobberAbi(Vec<Symbol>),
    Options(AsmOptions),
}

impl Expander<'_> {
    pub(super) fn asm(&mut self, call: &Use<'_>, macro_kind: AsmMacro) -> Result<Made> {
        let found = self.parse(&call.args.tokens, call.args.close, |parser| {
            let mut found = Vec::new();
            while !parser.is_at_end() {
                let attrs = parser.parse_outer_attrs()?;
                found.push((attrs, argument(parser, found.is_empty())?));
                comma(parser)?;
            }
            Ok(found)
        })?;
        let mut arguments = Arguments::default();
        for (attrs, argument) in found {
            let attrs = self.ast.add_list(attrs);
            if self.attrs(attrs)?.is_none() {
                continue;
            }
            match argument {
                Argument::Template(expr) => arguments.templates.push(expr),
                Argument::Operand(name, operand) => {
                    if let Some(name) = name {
                        arguments.names.push((name, arguments.operands.len()));
                    }
                    arguments.operands.push(operand);
                }
                Argument::ClobberAbi(abis) => arguments.clobber_abis.extend(abis),
                Argument::Options(options) => arguments.options.0 |= options.0,
            }
        }
        let template = self.asm_template(call, &arguments)?;
        let Arguments { operands, clobber_abis, options, .. } = arguments;
        let template = self.ast.add_list(template);
        let operands = self.ast.add_list(operands);
        let clobber_abis = self.ast.add_list(clobber_abis);
        let asm = self.ast.add(InlineAsm { macro_kind, template, operands, clobber_abis, options });
        let mut b = self.builder(call.span);
        Ok(match macro_kind {
            AsmMacro::GlobalAsm => Made::Items(vec![b.item(List::EMPTY, ItemKind::GlobalAsm(asm))]),
            AsmMacro::Asm | AsmMacro::NakedAsm => Made::Expr(b.expr(ExprKind::InlineAsm(asm))),
        })
    }

    fn asm_template(&mut self, call: &Use<'_>, arguments: &Arguments) -> Result<Vec<AsmPiece>> {
        let mut result = Vec::new();
        let is_positional = |index: usize| {
            let is_named = arguments.names.iter().any(|(_, at)| *at == index);
            let is_register = match arguments.operands.get(index) {
                Some(
                    AsmOperand::In(reg, _)
                    | AsmOperand::Out(reg, ..)
                    | AsmOperand::InOut(reg, ..)
                    | AsmOperand::SplitInOut(reg, ..),
                ) => matches!(reg, AsmReg::Explicit(_)),
                Some(_) => false,
                None => true,
            };
            !is_named && !is_register
        };
        let mut next = 0;
        for (number, &expr) in arguments.templates.iter().enumerate() {
            if number > 0 {
                result.push(AsmPiece::Text(Symbol::intern("\n")));
            }
            self.expr_now(expr)?;
            let Expr { kind, span, .. } = self.ast[expr];
            let fail = |message: String| Err(Doubt::new(span, ASM, message));
            let ExprKind::Lit(lit) = kind else { return fail("the template must be a string literal".to_owned()) };
            let Some(text) = literal::string(&lit) else {
                return fail("the template must be a string literal".to_owned());
            };
            if arguments.options.is_raw() {
                result.push(AsmPiece::Text(Symbol::intern(&text)));
                continue;
            }
            let style = match lit.kind {
                LitKind::StrRaw(hashes) => Some(usize::from(hashes)),
                _ => None,
            };
            let mut parser = template::Parser::new(&text, style, None, false, template::ParseMode::InlineAsm);
            parser.curarg = next;
            let pieces: Vec<_> = parser.by_ref().collect();
            next = parser.curarg;
            if let Some(error) = parser.errors.first() {
                return fail(format!("invalid asm template string: {}", error.description));
            }
            for piece in &pieces {
                let argument = match piece {
                    template::Piece::Lit(text) => {
                        result.push(AsmPiece::Text(Symbol::intern(text)));
                        continue;
                    }
                    template::Piece::NextArgument(argument) => argument,
                };
                let index = match argument.position {
                    template::ArgumentIs(index) | template::ArgumentImplicitlyIs(index) if is_positional(index) => {
                        index
                    }
                    template::ArgumentIs(index) | template::ArgumentImplicitlyIs(index) => {
                        return fail(format!("invalid reference to argument at index {index}"));
                    }
                    template::ArgumentNamed(name) => {
                        match arguments.names.iter().find(|(known, _)| known.as_str() == name) {
                            Some((_, index)) => *index,
                            None => return fail(format!("there is no argument named `{name}`")),
                        }
                    }
                };
                let mut modifiers = argument.format.ty.chars();
                let modifier = modifiers.next();
                if modifiers.next().is_some() {
                    return fail("asm template modifier must be a single character".to_owned());
                }
                result.push(AsmPiece::Operand(index as u32, modifier));
            }
        }
        if arguments.templates.is_empty() {
            return call.fail("requires at least a template string argument");
        }
        Ok(result)
    }
}

fn argument(parser: &mut Parser<'_>, is_first: bool) -> Result<Argument> {
    if is_first {
        return Ok(Argument::Template(parser.parse_expr()?));
    }
    if eat(parser, "clobber_abi") {
        open(parser)?;
        let mut abis = Vec::new();
        while !close(parser) {
            let Fragment::Literal(expr) = parser.parse_fragment(FragmentKind::Literal)? else { continue };
            let ExprKind::Lit(lit) = parser.ast()[expr].kind else { return wrong(parser, "a string literal") };
            match literal::string(&lit) {
                Some(text) => abis.push(Symbol::intern(&text)),
                None => return wrong(parser, "a string literal"),
            }
            comma_or_close(parser)?;
        }
        return Ok(Argument::ClobberAbi(abis));
    }
    if eat(parser, "options") {
        open(parser)?;
        let mut options = AsmOptions::default();
        while !close(parser) {
            match parser.token().plain_name().and_then(|name| AsmOptions::of_name(name.as_str())) {
                Some(option) => options.0 |= option.0,
                None => return wrong(parser, "an option"),
            }
            parser.bump();
            comma_or_close(parser)?;
        }
        return Ok(Argument::Options(options));
    }
    let name = match parser.token().ident() {
        Some((ident, _)) if parser.ahead(1).kind == TokenKind::Eq => {
            parser.bump();
            parser.bump();
            Some(ident.name)
        }
        _ => None,
    };
    match operand(parser)? {
        Some(operand) => Ok(Argument::Operand(name, operand)),
        None => Ok(Argument::Template(parser.parse_expr()?)),
    }
}

fn operand(parser: &mut Parser<'_>) -> Result<Option<AsmOperand>> {
    Ok(Some(if eat(parser, "in") {
        AsmOperand::In(register(parser)?, parser.parse_expr()?)
    } else if eat(parser, "out") {
        AsmOperand::Out(register(parser)?, false, output(parser)?)
    } else if eat(parser, "lateout") {
        AsmOperand::Out(register(parser)?, true, output(parser)?)
    } else if eat(parser, "inout") {
        in_out(parser, false)?
    } else if eat(parser, "inlateout") {
        in_out(parser, true)?
    } else if eat(parser, "label") {
        match parser.parse_fragment(FragmentKind::Block)? {
            Fragment::Block(block) => AsmOperand::Label(block),
            _ => return wrong(parser, "a block"),
        }
    } else if eat(parser, "const") {
        AsmOperand::Const(AnonConst(parser.parse_expr()?))
    } else if eat(parser, "sym") {
        let expr = parser.parse_expr()?;
        match parser.ast()[expr].kind {
            ExprKind::Path(qself, path) => AsmOperand::Sym(qself, path),
            _ => return wrong(parser, "a path for argument to `sym`"),
        }
    } else {
        return Ok(None);
    }))
}

fn in_out(parser: &mut Parser<'_>, late: bool) -> Result<AsmOperand> {
    let reg = register(parser)?;
    let input = parser.parse_expr()?;
    if parser.token().kind != TokenKind::FatArrow {
        return Ok(AsmOperand::InOut(reg, late, input));
    }
    parser.bump();
    Ok(AsmOperand::SplitInOut(reg, late, input, output(parser)?))
}

fn output(parser: &mut Parser<'_>) -> Result<Option<ExprId>> {
    if parser.token().is_ident_named(kw::UNDERSCORE) {
        parser.bump();
        return Ok(None);
    }
    parser.parse_expr().map(Some)
}

/// `(reg)` or `("eax")`
fn register(parser: &mut Parser<'_>) -> Result<AsmReg> {
    open(parser)?;
    let reg = match (parser.token().kind, parser.token().ident()) {
        (_, Some((ident, false))) => AsmReg::Class(ident.name),
        (TokenKind::Literal(lit), _) if lit.kind == LitKind::Str => AsmReg::Explicit(lit.symbol),
        _ => {
            // A captured literal.
            let Fragment::Literal(expr) = parser.parse_fragment(FragmentKind::Literal)? else {
                return wrong(parser, "a register");
            };
            let ExprKind::Lit(lit) = parser.ast()[expr].kind else { return wrong(parser, "a register") };
            return match close(parser) {
                true => Ok(AsmReg::Explicit(lit.symbol)),
                false => wrong(parser, "`)`"),
            };
        }
    };
    parser.bump();
    match close(parser) {
        true => Ok(reg),
        false => wrong(parser, "`)`"),
    }
}

fn eat(parser: &mut Parser<'_>, word: &str) -> bool {
    let found = matches!(parser.token().ident(), Some((ident, false)) if ident.name.as_str() == word);
    if found {
        parser.bump();
    }
    found
}

fn open(parser: &mut Parser<'_>) -> Result<()> {
    match parser.token().kind {
        TokenKind::Open(Delim::Paren) => {
            parser.bump();
            Ok(())
        }
        _ => wrong(parser, "`(`"),
    }
}

fn close(parser: &mut Parser<'_>) -> bool {
    let found = parser.token().kind == TokenKind::Close(Delim::Paren);
    if found {
        parser.bump();
    }
    found
}

fn comma_or_close(parser: &mut Parser<'_>) -> Result<()> {
    match parser.token().kind {
        TokenKind::Comma => {
            parser.bump();
            Ok(())
        }
        TokenKind::Close(Delim::Paren) => Ok(()),
        _ => wrong(parser, "`,`"),
    }
}

fn wrong<T>(parser: &Parser<'_>, what: &str) -> Result<T> {
    let span: Span = parser.token().span;
    Err(Doubt::new(span, ASM, format!("expected {what}")))
}
