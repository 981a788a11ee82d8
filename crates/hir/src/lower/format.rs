//! `format_args!`. (rustc: `rustc_ast_lowering::format`; the encoding is that of `library/core/src/fmt/mod.rs`.)

use ::ty::LangItem;
use syntax::ast::{
    self, BindingMode, ExprKind as E, FormatAlignment, FormatCount, FormatDebugHex, FormatPiece, FormatSign,
    FormatTrait, Id, Mutability, Placeholder,
};
use syntax::doubt::Result;
use syntax::span::{Ident, Span};
use syntax::symbol::Symbol;

use super::Lowerer;
use super::literal::literal;
use crate::body::ExprId;
use crate::expr::*;

/// A template that is being simplified.
struct Format {
    span: Span,
    template: Vec<FormatPiece>,
    args: Vec<ast::FormatArg>,
}

/// How an argument is passed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum ArgKind {
    Format(FormatTrait),
    Count,
}

impl ArgKind {
    fn constructor(self) -> &'static str {
        match self {
            ArgKind::Format(FormatTrait::Display) => "new_display",
            ArgKind::Format(FormatTrait::Debug) => "new_debug",
            ArgKind::Format(FormatTrait::LowerExp) => "new_lower_exp",
            ArgKind::Format(FormatTrait::UpperExp) => "new_upper_exp",
            ArgKind::Format(FormatTrait::Octal) => "new_octal",
            ArgKind::Format(FormatTrait::Pointer) => "new_pointer",
            ArgKind::Format(FormatTrait::Binary) => "new_binary",
            ArgKind::Format(FormatTrait::LowerHex) => "new_lower_hex",
            ArgKind::Format(FormatTrait::UpperHex) => "new_upper_hex",
            ArgKind::Count => "from_usize",
        }
    }
}

/// The numbers of arguments in a template.
fn indexes(template: &mut [FormatPiece]) -> impl Iterator<Item = &mut u32> {
    template.iter_mut().flat_map(|piece| {
        let (mut arg, mut width, mut precision) = (None, None, None);
        if let FormatPiece::Placeholder(placeholder) = piece {
            arg = Some(&mut placeholder.arg);
            if let Some(FormatCount::Arg(arg)) = &mut placeholder.width {
                width = Some(arg);
            }
            if let Some(FormatCount::Arg(arg)) = &mut placeholder.precision {
                precision = Some(arg);
            }
        }
        arg.into_iter().chain(width).chain(precision)
    })
}

fn is_plain(placeholder: &Placeholder) -> bool {
    let Placeholder { fill, alignment, sign, alternate, zero_pad, debug_hex, width, precision, .. } = *placeholder;
    fill.is_none()
        && alignment.is_none()
        && sign.is_none()
        && !alternate
        && !zero_pad
        && debug_hex.is_none()
        && width.is_none()
        && precision.is_none()
}

/// The bits that stand for the options. `0x6000_0020` are those of none.
fn flags(placeholder: &Placeholder) -> u32 {
    let align = match placeholder.alignment {
        Some(FormatAlignment::Left) => 0,
        Some(FormatAlignment::Right) => 1,
        Some(FormatAlignment::Center) => 2,
        None => 3,
    };
    placeholder.fill.unwrap_or(' ') as u32
        | u32::from(placeholder.sign == Some(FormatSign::Plus)) << 21
        | u32::from(placeholder.sign == Some(FormatSign::Minus)) << 22
        | u32::from(placeholder.alternate) << 23
        | u32::from(placeholder.zero_pad) << 24
        | u32::from(placeholder.debug_hex == Some(FormatDebugHex::Lower)) << 25
        | u32::from(placeholder.debug_hex == Some(FormatDebugHex::Upper)) << 26
        | u32::from(placeholder.width.is_some()) << 27
        | u32::from(placeholder.precision.is_some()) << 28
        | align << 29
}

const NO_FLAGS: u32 = 0x6000_0020;

/// An argument that is passed: its number, how it is passed, and where the template first asks for it.
type Passed = (u32, ArgKind, Option<Span>);

/// The number of an argument in the list of those that are passed; it has the place of its last use.
fn position(list: &mut Vec<Passed>, arg: u32, kind: ArgKind, at: Option<Span>) -> u64 {
    match list.iter().position(|found| (found.0, found.1) == (arg, kind)) {
        Some(known) => {
            list[known].2 = at;
            known as u64
        }
        None => {
            list.push((arg, kind, at));
            list.len() as u64 - 1
        }
    }
}

impl Lowerer<'_, '_> {
    fn peel(&self, mut expr: ast::ExprId) -> ast::ExprId {
        while let E::Paren(inner) | E::AddrOf(ast::BorrowKind::Ref, _, inner) = self.ast[expr].kind {
            expr = inner;
        }
        expr
    }

    /// Templates in templates become one.
    fn flatten(&self, format: &mut Format) {
        let mut at = 0;
        while let Some(piece) = format.template.get(at) {
            let inner = match piece {
                FormatPiece::Placeholder(p) if matches!(p.format, FormatTrait::Display | FormatTrait::Debug) => {
                    let arg = p.arg;
                    let is_only = format.template.iter().enumerate().all(|(other, piece)| {
                        other == at || !matches!(piece, FormatPiece::Placeholder(p) if p.arg == arg)
                    });
                    let found = format.args.get(arg as usize).map(|arg| self.ast[self.peel(arg.expr)].kind);
                    match found {
                        Some(E::FormatArgs(inner)) if is_only => Some((arg, inner)),
                        _ => None,
                    }
                }
                _ => None,
            };
            let Some((arg, inner)) = inner else {
                at += 1;
                continue;
            };
            let inner = self.ast[inner];
            let inner_args = self.ast[inner.args].to_vec();
            let added = inner_args.len() as u32;
            let place = arg as usize;
            format.args.splice(place..=place, inner_args);
            for index in indexes(&mut format.template) {
                if *index > arg {
                    *index = *index - 1 + added;
                }
            }
            let mut pieces = self.ast[inner.template].to_vec();
            for index in indexes(&mut pieces) {
                *index += arg;
            }
            format.template.splice(at..=at, pieces);
        }
    }

    /// The text that a literal is formatted as.
    fn inline_text(&self, expr: ast::ExprId) -> Option<Symbol> {
        let expr = self.peel(expr);
        let E::Lit(lit) = self.ast[expr].kind else { return None };
        match literal(&lit, self.ast[expr].span).ok()?.kind {
            LitKind::Str(text) => Some(text),
            LitKind::Int(value, ty) => {
                let max = match ty {
                    LitIntType::Unsuffixed => i32::MAX as u128,
                    LitIntType::Signed(ty) => u128::MAX >> (129 - ty.bit_width().unwrap_or(64)),
                    LitIntType::Unsigned(ty) => u128::MAX >> (128 - ty.bit_width().unwrap_or(64)),
                };
                (value <= max).then(|| Symbol::intern(&value.to_string()))
            }
            _ => None,
        }
    }

    /// Literals become a part of the template.
    fn inline(&self, format: &mut Format) {
        let mut remove = vec![false; format.args.len()];
        for piece in &mut format.template {
            if let FormatPiece::Placeholder(placeholder) = piece
                && placeholder.format == FormatTrait::Display
                && is_plain(placeholder)
                && let Some(arg) = format.args.get(placeholder.arg as usize)
                && let Some(text) = self.inline_text(arg.expr)
            {
                remove[placeholder.arg as usize] = true;
                *piece = FormatPiece::Literal(text);
            }
        }
        for index in indexes(&mut format.template) {
            if let Some(remove) = remove.get_mut(*index as usize) {
                *remove = false;
            }
        }
        let kept_before: Vec<u32> = remove
            .iter()
            .scan(0, |kept, remove| {
                let before = *kept;
                *kept += u32::from(!remove);
                Some(before)
            })
            .collect();
        let mut flags = remove.iter();
        format.args.retain(|_| flags.next() == Some(&false));
        for index in indexes(&mut format.template) {
            if let Some(new) = kept_before.get(*index as usize) {
                *index = *new;
            }
        }
    }

    /// `format_args!`
    pub(super) fn format_args(&mut self, span: Span, id: Id<ast::FormatArgs>) -> Result<ExprKind> {
        let args = self.ast[id];
        let allow_const = args.args.is_empty();
        let mut format =
            Format { span: args.span, template: self.ast[args.template].to_vec(), args: self.ast[args.args].to_vec() };
        let span = self.mark(span, "format_args");
        self.flatten(&mut format);
        self.inline(&mut format);
        let mut passed = Vec::new();
        let code = match encode(&format.template, &mut passed) {
            Encoded::Text(text) => {
                let name = if allow_const { "from_str" } else { "from_str_nonconst" };
                let from_str = self.lang_type_relative(span, LangItem::FormatArguments, name)?;
                let lit = Lit { kind: LitKind::Str(Symbol::intern(&text)), span: format.span };
                let text = self.expr(format.span, ExprKind::Lit(lit));
                return Ok(ExprKind::Call(from_str, vec![text]));
            }
            Encoded::Code(code) => code,
        };
        let (lets, args) = if format.args.is_empty() {
            (Vec::new(), self.expr(span, ExprKind::Array(Vec::new())))
        } else {
            let ident = Ident::new(Symbol::intern("args"), span);
            let (tuple_pat, tuple_local) = self.bind(span, ident, BindingMode::NONE);
            let mut elements = Vec::new();
            for arg in &format.args {
                let expr = self.expr_of(arg.expr)?;
                let at = Span { ctxt: span.ctxt, ..self.ast[arg.expr].span };
                elements.push(self.ref_of(at, Mutability::Not, expr));
            }
            let tuple = self.expr(span, ExprKind::Tup(elements));
            let first = self.super_let(span, tuple_pat, tuple);
            let mut array = Vec::new();
            for passed in passed {
                array.push(self.passed_arg(span, &format, ident, tuple_local, passed)?);
            }
            let array = self.expr(span, ExprKind::Array(array));
            let (pat, local) = self.bind(span, ident, BindingMode::NONE);
            let second = self.super_let(span, pat, array);
            (vec![first, second], self.local(span, ident, local))
        };
        let lit = Lit { kind: LitKind::ByteStr(code.into()), span };
        let template = self.expr(span, ExprKind::Lit(lit));
        let new = self.lang_type_relative(span, LangItem::FormatArguments, "new")?;
        let args = self.ref_of(span, Mutability::Not, args);
        let call = self.expr(span, ExprKind::Call(new, vec![template, args]));
        let call = self.unsafe_block(span, call);
        if lets.is_empty() {
            return Ok(call);
        }
        let call = self.expr(span, call);
        let block = self.block_of(span, lets, Some(call));
        Ok(ExprKind::Block(block, None))
    }

    fn passed_arg(
        &mut self,
        span: Span,
        format: &Format,
        ident: Ident,
        local: crate::body::LocalId,
        (index, kind, place): Passed,
    ) -> Result<ExprId> {
        let Some(arg) = format.args.get(index as usize) else {
            return self.doubt(span, "format string", "it names an argument that is not there");
        };
        let in_macro = |at: Span| Span { ctxt: span.ctxt, ..at };
        let expr_span = self.ast[arg.expr].span;
        let place = in_macro(place.unwrap_or(expr_span));
        let at = if arg.is_captured { place } else { in_macro(expr_span) };
        let tuple = self.local(span, ident, local);
        let field = Ident::new(Symbol::intern(&index.to_string()), span);
        let field = self.expr(at, ExprKind::Field(tuple, field));
        let new = self.lang_type_relative(place, LangItem::FormatArgument, kind.constructor())?;
        Ok(self.expr(place, ExprKind::Call(new, vec![field])))
    }
}

enum Encoded {
    /// There is nothing but text.
    Text(String),
    /// The template as `fmt::Arguments` reads it.
    Code(Vec<u8>),
}

fn encode(template: &[FormatPiece], passed: &mut Vec<Passed>) -> Encoded {
    let mut code = Vec::new();
    let mut text = String::new();
    let mut next_position = 0;
    for piece in template {
        match piece {
            FormatPiece::Literal(piece) => text.push_str(piece.as_str()),
            FormatPiece::Placeholder(placeholder) => {
                encode_text(&text, &mut code);
                text.clear();
                encode_placeholder(placeholder, passed, &mut next_position, &mut code);
            }
        }
    }
    if code.is_empty() {
        return Encoded::Text(text);
    }
    encode_text(&text, &mut code);
    code.push(0);
    Encoded::Code(code)
}

fn encode_text(mut text: &str, code: &mut Vec<u8>) {
    while !text.is_empty() {
        let mut len = text.len().min(usize::from(u16::MAX));
        while !text.is_char_boundary(len) {
            len -= 1;
        }
        if len < 0x80 {
            code.push(len as u8);
        } else {
            code.push(0x80);
            code.extend_from_slice(&(len as u16).to_le_bytes());
        }
        code.extend_from_slice(&text.as_bytes()[..len]);
        text = &text[len..];
    }
}

fn encode_placeholder(
    placeholder: &Placeholder,
    passed: &mut Vec<Passed>,
    next_position: &mut u64,
    code: &mut Vec<u8>,
) {
    let start = code.len();
    code.push(0xC0);
    let at = position(passed, placeholder.arg, ArgKind::Format(placeholder.format), placeholder.span);
    let flags = flags(placeholder);
    if flags != NO_FLAGS {
        code[start] |= 1;
        code.extend_from_slice(&flags.to_le_bytes());
        let counts = [(placeholder.width, placeholder.width_span), (placeholder.precision, placeholder.precision_span)];
        for (bit, (count, at)) in counts.into_iter().enumerate() {
            let (indirect, value) = match count {
                None => continue,
                Some(FormatCount::Literal(value)) => (false, value),
                Some(FormatCount::Arg(arg)) => (true, position(passed, arg, ArgKind::Count, at) as u16),
            };
            if indirect || value != 0 {
                code[start] |= 1 << (1 + bit) | u8::from(indirect) << (4 + bit);
                code.extend_from_slice(&value.to_le_bytes());
            }
        }
    }
    if *next_position != at {
        code[start] |= 1 << 3;
        code.extend_from_slice(&(at as u16).to_le_bytes());
    }
    *next_position = at + 1;
}
