//! `format_args!`. (rustc: `rustc_builtin_macros::format`.)
//!
//! The arguments are read, the template is expanded to a string and taken apart, and each placeholder is given the numbers
//! of the arguments that it uses. What the template captures becomes an argument behind the written ones.

use std::ops::Range;

use ra_ap_rustc_parse_format as template;
use syntax::ast::*;
use syntax::doubt::{Doubt, Result};
use syntax::span::{Ident, Span};
use syntax::symbol::Symbol;
use syntax::token::{LitKind, TokenKind};

use super::{Use, comma};
use crate::call::Made;
use crate::expander::Expander;
use crate::literal;

const FORMAT: &str = "format arguments";

struct Arguments {
    list: Vec<FormatArg>,
    explicit: usize,
    used: Vec<bool>,
}

impl Arguments {
    fn named(&self, name: Symbol) -> Option<usize> {
        self.list.iter().position(|arg| arg.name.is_some_and(|ident| ident.name == name))
    }
}

impl Expander<'_> {
    pub(super) fn format_args(&mut self, call: &Use<'_>, newline: bool) -> Result<Made> {
        let (format, list) = self.parse(&call.args.tokens, call.args.close, |parser| {
            if parser.is_at_end() {
                return call.fail("requires at least a format string argument");
            }
            let format = parser.parse_expr()?;
            comma(parser)?;
            let mut list: Vec<FormatArg> = Vec::new();
            while !parser.is_at_end() {
                let name = match parser.token().ident() {
                    Some((ident, _)) if parser.ahead(1).kind == TokenKind::Eq => {
                        parser.bump();
                        parser.bump();
                        Some(ident)
                    }
                    _ => None,
                };
                let span = parser.token().span;
                let expr = parser.parse_expr()?;
                if name.is_none() && list.iter().any(|arg| arg.name.is_some()) {
                    return Err(Doubt::new(span, FORMAT, "positional arguments cannot follow named arguments"));
                }
                let is_double = |arg: &FormatArg| arg.name.zip(name).is_some_and(|(a, b)| a.name == b.name);
                if list.iter().any(is_double) {
                    return Err(Doubt::new(span, FORMAT, "duplicate argument"));
                }
                list.push(FormatArg { name, is_captured: false, expr });
                comma(parser)?;
            }
            Ok((format, list))
        })?;
        let is_literal = matches!(self.ast[format].kind, ExprKind::Lit(_));
        let written = self.ast[format].span;
        self.expr_now(format)?;
        let Expr { kind: ExprKind::Lit(lit), span, .. } = self.ast[format] else {
            return call.fail("the format argument must be a string literal");
        };
        let Some(mut text) = literal::string(&lit) else {
            return call.fail("the format argument must be a string literal");
        };
        if newline {
            text.push('\n');
        }
        let style = match lit.kind {
            LitKind::StrRaw(hashes) => Some(usize::from(hashes)),
            _ => None,
        };
        let snippet = self.sources.file(written.lo).and_then(|file| {
            let (lo, hi) = (written.lo.checked_sub(file.base)?, written.hi.checked_sub(file.base)?);
            file.text.get(lo as usize..hi as usize).map(str::to_owned)
        });
        let mut parser = template::Parser::new(&text, style, snippet, newline, template::ParseMode::Format);
        let mut pieces = Vec::new();
        for piece in parser.by_ref() {
            pieces.push(piece);
        }
        if let Some(error) = parser.errors.first() {
            return Err(Doubt::new(span, FORMAT, format!("invalid format string: {}", error.description)));
        }
        // A part of the template, if that is written as one literal.
        let is_written = parser.is_source_literal;
        let part = |range: &Range<usize>| {
            let at = |offset: usize| span.lo.saturating_add(u32::try_from(offset).unwrap_or(u32::MAX));
            is_written.then(|| Span { lo: at(range.start), hi: at(range.end), ..span })
        };
        let mut places = parser.arg_places.iter();
        let explicit = list.len();
        let mut arguments = Arguments { list, explicit, used: vec![false; explicit] };
        let mut result = Vec::new();
        let mut literal = String::new();
        for piece in &pieces {
            let argument = match piece {
                template::Piece::Lit(text) => {
                    literal.push_str(text);
                    continue;
                }
                template::Piece::NextArgument(argument) => argument,
            };
            if !literal.is_empty() {
                result.push(FormatPiece::Literal(Symbol::intern(&literal)));
                literal.clear();
            }
            let mut find = |x: &mut Self, arg: Argument<'_>| x.argument(arg, &mut arguments, span, is_literal);
            let place = places.next().and_then(part);
            let name_place = part(&argument.position_span);
            let arg = find(
                self,
                match argument.position {
                    template::ArgumentImplicitlyIs(index) | template::ArgumentIs(index) => Argument::Index(index),
                    template::ArgumentNamed(name) => Argument::Name(name, name_place),
                },
            )?;
            let format = &argument.format;
            let mut count = |x: &mut Self, count: &template::Count<'_>| -> Result<Option<FormatCount>> {
                Ok(Some(match *count {
                    template::CountIs(n) => FormatCount::Literal(n),
                    template::CountIsName(name, ref at) => FormatCount::Arg(find(x, Argument::Name(name, part(at)))?),
                    template::CountIsParam(index) | template::CountIsStar(index) => {
                        FormatCount::Arg(find(x, Argument::Index(index))?)
                    }
                    template::CountImplied => return Ok(None),
                }))
            };
            // Captured arguments are numbered in this order.
            let precision = count(self, &format.precision)?;
            let width = count(self, &format.width)?;
            result.push(FormatPiece::Placeholder(Placeholder {
                arg,
                format: match format.ty {
                    "" => FormatTrait::Display,
                    "?" => FormatTrait::Debug,
                    "e" => FormatTrait::LowerExp,
                    "E" => FormatTrait::UpperExp,
                    "o" => FormatTrait::Octal,
                    "p" => FormatTrait::Pointer,
                    "b" => FormatTrait::Binary,
                    "x" => FormatTrait::LowerHex,
                    "X" => FormatTrait::UpperHex,
                    other => return Err(Doubt::new(span, FORMAT, format!("unknown format trait `{other}`"))),
                },
                fill: format.fill,
                alignment: match format.align {
                    template::AlignLeft => Some(FormatAlignment::Left),
                    template::AlignRight => Some(FormatAlignment::Right),
                    template::AlignCenter => Some(FormatAlignment::Center),
                    template::AlignUnknown => None,
                },
                sign: format.sign.map(|sign| match sign {
                    template::Sign::Plus => FormatSign::Plus,
                    template::Sign::Minus => FormatSign::Minus,
                }),
                alternate: format.alternate,
                zero_pad: format.zero_pad,
                debug_hex: format.debug_hex.map(|hex| match hex {
                    template::DebugHex::Lower => FormatDebugHex::Lower,
                    template::DebugHex::Upper => FormatDebugHex::Upper,
                }),
                width,
                precision,
                span: place,
                width_span: format.width_span.as_ref().and_then(part),
                precision_span: format.precision_span.as_ref().and_then(part),
            }));
        }
        if !literal.is_empty() {
            result.push(FormatPiece::Literal(Symbol::intern(&literal)));
        }
        if arguments.used.contains(&false) {
            return Err(Doubt::new(span, FORMAT, "argument never used"));
        }
        let template = self.ast.add_list(result);
        let args = self.ast.add_list(arguments.list);
        let format = FormatArgs { span, template, args, explicit: explicit as u32 };
        let format = self.ast.add(format);
        Ok(Made::Expr(self.builder(call.def_site).expr(ExprKind::FormatArgs(format))))
    }

    /// The number of an argument that the template uses.
    fn argument(&mut self, arg: Argument<'_>, arguments: &mut Arguments, span: Span, is_literal: bool) -> Result<u32> {
        let index = match arg {
            Argument::Index(index) if index < arguments.explicit => index,
            Argument::Index(index) => {
                let message = format!("the format string has no argument {index}");
                return Err(Doubt::new(span, FORMAT, message));
            }
            Argument::Name(name, place) => {
                let span = place.unwrap_or(span);
                let name = Symbol::intern(name);
                match arguments.named(name) {
                    Some(index) => index,
                    None if !is_literal => {
                        let message = format!("there is no argument named `{name}`");
                        return Err(Doubt::new(span, FORMAT, message));
                    }
                    None => {
                        let ident = Ident::new(name, span);
                        let expr = self.builder(span).expr_ident(ident);
                        arguments.list.push(FormatArg { name: Some(ident), is_captured: true, expr });
                        arguments.list.len() - 1
                    }
                }
            }
        };
        if let Some(used) = arguments.used.get_mut(index) {
            *used = true;
        }
        Ok(index as u32)
    }
}

/// What a placeholder refers to.
enum Argument<'a> {
    Index(usize),
    /// A name, and where it is in the template.
    Name(&'a str, Option<Span>),
}
