//! Patterns. (rustc: `rustc_parse::parser::pat`.)

use super::{Parser, PathStyle};
use crate::ast::*;
use crate::doubt::Result;
use crate::span::Span;
use crate::stack::{SEGMENT, on_new_stack};
use crate::symbol::kw;
use crate::token::{Delim, MetaVar, TokenKind};

const PAT: &str = "pattern";

impl Parser<'_> {
    /// A pattern with alternatives.
    pub(super) fn pat(&mut self) -> Result<PatId> {
        let lo = self.token.span;
        let leading = self.eat_alternative()?;
        let first = self.pat_no_alternatives()?;
        if !matches!(self.token.kind, TokenKind::Or | TokenKind::OrOr) && !leading {
            return Ok(first);
        }
        let lo = if leading { lo } else { self.ast[first].span };
        let mut pats = vec![first];
        while self.eat_alternative()? {
            pats.push(self.pat_no_alternatives()?);
        }
        let pats = self.ast.add_list(pats);
        Ok(self.add_pat(lo.to(self.prev.span), PatKind::Or(pats)))
    }

    fn eat_alternative(&mut self) -> Result<bool> {
        match self.is(TokenKind::OrOr) {
            true => self.expected(PAT, "`|`"),
            false => Ok(self.eat(TokenKind::Or)),
        }
    }

    /// The same, or `p if a`.
    pub(super) fn pat_allow_guard(&mut self) -> Result<PatId> {
        let pat = self.pat()?;
        if !self.eat_keyword(kw::IF) {
            return Ok(pat);
        }
        let cond = self.expr()?;
        let span = self.ast[pat].span.to(self.ast[cond].span);
        Ok(self.add_pat(span, PatKind::Guard(pat, cond)))
    }

    /// A pattern in front of `:`, and whether that follows. Alternatives would need parentheses.
    pub(super) fn pat_before_ty(&mut self, construct: &'static str) -> Result<(PatId, bool)> {
        let pat = self.pat()?;
        if let PatKind::Or(_) = self.ast[pat].kind {
            return self.doubt(self.ast[pat].span, construct, "alternatives must be in parentheses here");
        }
        Ok((pat, self.eat(TokenKind::Colon)))
    }

    pub(super) fn add_pat(&mut self, span: Span, kind: PatKind) -> PatId {
        self.ast.add(Pat { kind, span })
    }

    /// A pattern without alternatives.
    pub(super) fn pat_no_alternatives(&mut self) -> Result<PatId> {
        self.pat_with(true)
    }

    fn pat_with(&mut self, allow_range: bool) -> Result<PatId> {
        self.nested(|p| p.pat_at_level(allow_range))
    }

    fn pat_at_level(&mut self, allow_range: bool) -> Result<PatId> {
        if let Some(pat) = self.eat_metavar(|kind| kind == MetaVar::PatParam, |p| p.pat_no_alternatives())? {
            return Ok(pat);
        }
        if let Some(pat) = self.eat_metavar(|kind| kind == MetaVar::Pat, |p| p.pat())? {
            return Ok(pat);
        }
        let lo = self.token.span;
        let kind = match self.token.kind {
            TokenKind::And | TokenKind::AndAnd => {
                self.eat_first(TokenKind::And);
                if self.token.is_lifetime() {
                    return self.expected(PAT, "pattern");
                }
                let (pinned, mutability) = self.pin_and_mut();
                PatKind::Ref(self.pat_with(false)?, pinned, mutability)
            }
            TokenKind::Open(Delim::Paren) => self.paren_pat()?,
            TokenKind::Open(Delim::Bracket) => {
                let (pats, _) = self.delimited_list(Delim::Bracket, "slice pattern", |p| p.pat_allow_guard())?;
                PatKind::Slice(self.ast.add_list(pats))
            }
            TokenKind::DotDot if !self.is_range_end(1) => {
                self.bump();
                PatKind::Rest
            }
            TokenKind::DotDot | TokenKind::DotDotEq => {
                let (end, span) = self.eat_range_op().unwrap_or((RangeEnd::DotDot, lo));
                let value = self.range_pat_end()?;
                PatKind::Range(None, Some(value), end, span)
            }
            TokenKind::Bang => {
                self.bump();
                PatKind::Never
            }
            _ => self.word_pat(lo)?,
        };
        let pat = self.add_pat(lo.to(self.prev.span), kind);
        if self.is(TokenKind::At) {
            return self.doubt(self.token.span, PAT, "the left-hand side of `@` must be a binding");
        }
        if !allow_range && matches!(kind, PatKind::Range(_, _, RangeEnd::DotDot | RangeEnd::DotDotEq, _)) {
            return self.doubt(self.ast[pat].span, PAT, "this range must be in parentheses");
        }
        Ok(pat)
    }

    /// A pattern that begins with a word or a literal.
    fn word_pat(&mut self, lo: Span) -> Result<PatKind> {
        if self.eat_keyword(kw::UNDERSCORE) {
            return Ok(PatKind::Wild);
        }
        if self.eat_keyword(kw::MUT) {
            return self.mut_pat();
        }
        if self.eat_keyword(kw::REF) {
            let by_ref = Some(self.pin_and_mut());
            return self.ident_pat(BindingMode { by_ref, mutability: Mutability::Not });
        }
        if self.eat_keyword(kw::BOX) {
            return Ok(PatKind::Box(self.pat_with(false)?));
        }
        if self.is_const_block(0) {
            return self.doubt(lo, PAT, "const blocks cannot be used as patterns");
        }
        if self.is_builtin() {
            let name = self.builtin_start()?;
            if name.name != kw::DEREF {
                return self.doubt(name.span, "builtin", format!("`builtin # {name}` is unknown"));
            }
            let pat = self.pat_allow_guard()?;
            self.builtin_end()?;
            return Ok(PatKind::Deref(pat));
        }
        if self.is_ident_pat() {
            return self.ident_pat(BindingMode::NONE);
        }
        let is_word = self.token.is_ident() && !self.token.is_bool() && !self.is_keyword(kw::IN);
        if self.is_path_start() || is_word {
            return self.path_pat(lo);
        }
        let begin = match self.token.can_begin_literal() || self.token.is_metavar_expr() {
            true => self.literal_maybe_minus()?,
            false => return self.expected(PAT, "pattern"),
        };
        match self.eat_range_op() {
            Some(op) => self.range_pat(begin, op),
            None => Ok(PatKind::Expr(begin)),
        }
    }

    fn path_pat(&mut self, lo: Span) -> Result<PatKind> {
        let (qself, path) = if self.eat_first(TokenKind::Lt) {
            let (qself, path) = self.qpath(PathStyle::Pat)?;
            (Some(qself), path)
        } else {
            (None, self.path(PathStyle::Pat)?)
        };
        let span = lo.to(self.prev.span);
        if qself.is_none() && self.eat(TokenKind::Bang) {
            let args = self.delim_args("macro call")?;
            return Ok(PatKind::MacCall(self.ast.add(MacCall { path, args })));
        }
        if let Some(op) = self.eat_range_op() {
            let begin = self.add_expr(span, ExprKind::Path(qself, path));
            return self.range_pat(begin, op);
        }
        match self.token.kind {
            TokenKind::Open(Delim::Brace) => self.struct_pat(qself, path),
            TokenKind::Open(Delim::Paren) => {
                let (pats, _) = self.delimited_list(Delim::Paren, "tuple struct pattern", |p| p.pat_allow_guard())?;
                Ok(PatKind::TupleStruct(qself, path, self.ast.add_list(pats)))
            }
            _ => Ok(PatKind::Path(qself, path)),
        }
    }

    /// `(p)`, `(p, q)`
    fn paren_pat(&mut self) -> Result<PatKind> {
        let (pats, trailing) = self.delimited_list(Delim::Paren, "tuple pattern", |p| p.pat_allow_guard())?;
        match pats[..] {
            [pat] if !trailing && !matches!(self.ast[pat].kind, PatKind::Rest) => Ok(PatKind::Paren(pat)),
            _ => Ok(PatKind::Tuple(self.ast.add_list(pats))),
        }
    }

    /// What follows `mut`.
    fn mut_pat(&mut self) -> Result<PatKind> {
        let by_ref = if self.eat_keyword(kw::REF) { Some(self.pin_and_mut()) } else { None };
        let lo = self.token.span;
        if matches!(self.token.metavar(), Some(MetaVar::Pat | MetaVar::PatParam)) {
            return self.expected(PAT, "identifier");
        }
        let pat = self.pat_no_alternatives()?;
        match self.ast[pat].kind {
            PatKind::Ident(BindingMode::NONE, ident, sub) => {
                Ok(PatKind::Ident(BindingMode { by_ref, mutability: Mutability::Mut }, ident, sub))
            }
            _ => self.doubt(lo, PAT, "`mut` must be followed by a named binding"),
        }
    }

    fn is_ident_pat(&self) -> bool {
        self.token.is_ident()
            && !self.token.is_bool()
            && !self.token.is_path_segment_keyword()
            && !self.is_keyword(kw::IN)
            && !matches!(
                self.ahead(1).kind,
                TokenKind::Open(Delim::Paren | Delim::Brace)
                    | TokenKind::DotDotDot
                    | TokenKind::DotDotEq
                    | TokenKind::DotDot
                    | TokenKind::PathSep
                    | TokenKind::Bang
            )
    }

    fn ident_pat(&mut self, mode: BindingMode) -> Result<PatKind> {
        let ident = self.ident(PAT)?;
        let sub = if self.eat(TokenKind::At) { Some(self.pat_no_alternatives()?) } else { None };
        if self.is_open(Delim::Paren) {
            return self.expected(PAT, "identifier, not the pattern of a variant");
        }
        Ok(PatKind::Ident(mode, ident, sub))
    }

    fn eat_range_op(&mut self) -> Option<(RangeEnd, Span)> {
        let end = match self.token.kind {
            TokenKind::DotDotDot => RangeEnd::DotDotDot,
            TokenKind::DotDotEq => RangeEnd::DotDotEq,
            TokenKind::DotDot => RangeEnd::DotDot,
            _ => return None,
        };
        self.bump();
        Some((end, self.prev.span))
    }

    fn range_pat(&mut self, begin: ExprId, (op, span): (RangeEnd, Span)) -> Result<PatKind> {
        let end = match self.is_range_end(0) {
            true => Some(self.range_pat_end()?),
            false if op == RangeEnd::DotDot => None,
            false => return self.doubt(span, "range pattern", "an inclusive range needs an end"),
        };
        Ok(PatKind::Range(Some(begin), end, op, span))
    }

    /// May the end of a range begin `distance` further?
    fn is_range_end(&self, distance: usize) -> bool {
        let token = self.ahead(distance);
        token.is_path_start(self.editions)
            || matches!(token.kind, TokenKind::Literal(_) | TokenKind::Minus)
            || token.is_bool()
            || token.is_metavar_expr()
            || self.is_const_block(distance)
    }

    fn range_pat_end(&mut self) -> Result<ExprId> {
        if self.is_const_block(0) {
            return self.doubt(self.token.span, "range pattern", "const blocks cannot be used as patterns");
        }
        if !self.is_path_start() {
            return self.literal_maybe_minus();
        }
        let lo = self.token.span;
        let (qself, path) = if self.eat_first(TokenKind::Lt) {
            let (qself, path) = self.qpath(PathStyle::Pat)?;
            (Some(qself), path)
        } else {
            (None, self.path(PathStyle::Pat)?)
        };
        Ok(self.add_expr(lo.to(self.prev.span), ExprKind::Path(qself, path)))
    }

    fn struct_pat(&mut self, qself: Option<Id<QSelf>>, path: Path) -> Result<PatKind> {
        const CONSTRUCT: &str = "struct pattern";
        self.bump();
        let mut fields = Vec::new();
        let mut rest = None;
        while !self.is_close(Delim::Brace) {
            let attrs = self.outer_attrs()?;
            if self.is(TokenKind::DotDot) && attrs.is_empty() {
                rest = Some(self.token.span);
                self.bump();
                break;
            }
            fields.push(self.pat_field(attrs)?);
            if !self.eat(TokenKind::Comma) {
                break;
            }
        }
        self.expect(TokenKind::Close(Delim::Brace), CONSTRUCT)?;
        let fields = self.ast.add_list(fields);
        Ok(PatKind::Struct(self.ast.add(StructPat { qself, path, fields, rest })))
    }

    fn pat_field(&mut self, attrs: Vec<Attr>) -> Result<PatField> {
        const CONSTRUCT: &str = "struct pattern";
        let lo = self.token.span;
        let attrs = self.ast.add_list(attrs);
        if self.ahead(1).kind == TokenKind::Colon {
            let ident = self.field_name(CONSTRUCT)?;
            self.bump();
            let pat = self.pat_allow_guard()?;
            let span = lo.to(self.ast[pat].span);
            return Ok(PatField { ident, pat, is_shorthand: false, attrs, span });
        }
        let is_box = self.eat_keyword(kw::BOX);
        let start = self.token.span;
        let mutability = self.mutability();
        let by_ref = if self.eat_keyword(kw::REF) { Some(self.pin_and_mut()) } else { None };
        let ident = self.field_name(CONSTRUCT)?;
        let end = self.prev.span;
        let mut pat = self.add_pat(start.to(end), PatKind::Ident(BindingMode { by_ref, mutability }, ident, None));
        if is_box {
            pat = self.add_pat(lo.to(end), PatKind::Box(pat));
        }
        Ok(PatField { ident, pat, is_shorthand: true, attrs, span: lo.to(end) })
    }

    /// May this pattern be one that nothing matches, so that its arm has no body?
    pub(super) fn could_be_never(&self, pat: PatId) -> bool {
        self.could_be_never_at(pat, 1)
    }

    fn could_be_never_at(&self, pat: PatId, depth: u32) -> bool {
        if depth.is_multiple_of(SEGMENT) {
            // Without another stack the answer is no, and an arm without a body a doubt.
            return on_new_stack(|| self.could_be_never_at(pat, depth + 1)).unwrap_or(false);
        }
        let mut todo = vec![pat];
        let mut found = false;
        while let Some(pat) = todo.pop() {
            match self.ast[pat].kind {
                PatKind::Never | PatKind::MacCall(_) => found = true,
                PatKind::Or(pats) => found = self.ast[pats].iter().all(|&pat| self.could_be_never_at(pat, depth + 1)),
                PatKind::Ident(_, _, Some(inner))
                | PatKind::Box(inner)
                | PatKind::Deref(inner)
                | PatKind::Ref(inner, ..)
                | PatKind::Guard(inner, _)
                | PatKind::Paren(inner) => todo.push(inner),
                PatKind::TupleStruct(_, _, pats) | PatKind::Tuple(pats) | PatKind::Slice(pats) => {
                    todo.extend(self.ast[pats].iter().rev());
                }
                PatKind::Struct(id) => {
                    todo.extend(self.ast[self.ast[id].fields].iter().rev().map(|field| field.pat));
                }
                _ => {}
            }
        }
        found
    }
}
