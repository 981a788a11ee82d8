//! Patterns. (rustc: `rustc_ast_pretty::pprust::state`.)

use super::engine::Breaks;
use super::{Fixup, INDENT, Printer};
use crate::ast::*;

impl Printer<'_> {
    pub(super) fn pat(&mut self, pat: PatId) {
        self.level(|p| p.pat_at_level(pat));
    }

    fn comma_pats(&mut self, pats: List<PatId>) {
        self.commas(&self.ast()[pats], |p, &pat| p.pat(pat));
    }

    fn pat_at_level(&mut self, id: PatId) {
        let ast = self.ast();
        let pat = &ast[id];
        self.comments_before(pat.span.lo);
        self.engine.place(pat.span);
        match pat.kind {
            PatKind::Missing => {}
            PatKind::Wild => self.word("_"),
            PatKind::Never => self.word("!"),
            PatKind::Ident(mode, ident, sub) => {
                if mode.mutability == Mutability::Mut {
                    self.word_nbsp("mut");
                }
                if let Some((pinned, mutability)) = mode.by_ref {
                    self.word_nbsp("ref");
                    if pinned == Pinnedness::Pinned {
                        self.word_nbsp("pin");
                    }
                    self.mutability(mutability, pinned == Pinnedness::Pinned);
                }
                self.ident(ident);
                if let Some(sub) = sub {
                    self.space();
                    self.word_space("@");
                    self.pat(sub);
                }
            }
            PatKind::TupleStruct(qself, path, pats) => {
                self.maybe_qpath(qself, &path, true);
                self.word("(");
                self.comma_pats(pats);
                self.word(")");
            }
            PatKind::Or(pats) => {
                self.separated("|", true, Breaks::Inconsistent, &ast[pats], |p, &pat| p.pat(pat));
            }
            PatKind::Path(None, path) => self.path(&path, true, 0),
            PatKind::Path(Some(qself), path) => self.qpath(qself, &path, false),
            PatKind::Struct(id) => self.struct_pat(&ast[id]),
            PatKind::Tuple(pats) => {
                self.word("(");
                self.comma_pats(pats);
                if pats.len() == 1 {
                    self.word(",");
                }
                self.word(")");
            }
            PatKind::Box(inner) => {
                self.word("box ");
                self.pat(inner);
            }
            PatKind::Deref(inner) => {
                self.word("deref!");
                self.word("(");
                self.pat(inner);
                self.word(")");
            }
            PatKind::Ref(inner, pinned, mutability) => {
                self.word("&");
                if pinned == Pinnedness::Pinned {
                    self.word("pin ");
                    if mutability == Mutability::Not {
                        self.word("const ");
                    }
                }
                if mutability == Mutability::Mut {
                    self.word("mut ");
                }
                // `&mut x` would be read as `&mut` and `x`.
                let parens = matches!(
                    ast[inner].kind,
                    PatKind::Ident(BindingMode { by_ref: None, mutability: Mutability::Mut }, ..)
                );
                if parens {
                    self.word("(");
                }
                self.pat(inner);
                if parens {
                    self.word(")");
                }
            }
            PatKind::Expr(expr) => self.expr(expr, Fixup::default()),
            PatKind::Range(start, end, op, _) => {
                if let Some(start) = start {
                    self.expr(start, Fixup::default());
                }
                self.word(match op {
                    RangeEnd::DotDotDot => "...",
                    RangeEnd::DotDotEq => "..=",
                    RangeEnd::DotDot => "..",
                });
                if let Some(end) = end {
                    self.expr(end, Fixup::default());
                }
            }
            PatKind::Guard(inner, cond) => {
                self.word("(");
                self.pat(inner);
                self.space();
                self.word_space("if");
                self.expr(cond, Fixup::default());
                self.word(")");
            }
            PatKind::Slice(pats) => {
                self.word("[");
                self.comma_pats(pats);
                self.word("]");
            }
            PatKind::Rest => self.word(".."),
            PatKind::Paren(inner) => {
                self.word("(");
                self.pat(inner);
                self.word(")");
            }
            PatKind::MacCall(mac) => self.mac(&ast[mac]),
        }
    }

    fn struct_pat(&mut self, pat: &StructPat) {
        let ast = self.ast();
        let StructPat { qself, path, fields, rest } = *pat;
        let rest = rest.is_some();
        self.maybe_qpath(qself, &path, true);
        self.nbsp();
        self.word("{");
        let empty = fields.is_empty() && !rest;
        if !empty {
            self.space();
        }
        self.commas_and_comments(
            Breaks::Consistent,
            &ast[fields],
            |p, field| {
                p.cbox(INDENT);
                if !field.is_shorthand {
                    p.ident(field.ident);
                    p.word_nbsp(":");
                }
                p.pat(field.pat);
                p.end();
            },
            |p, field| p.ast()[field.pat].span,
        );
        if rest {
            if !fields.is_empty() {
                self.word_space(",");
            }
            self.word("..");
        }
        if !empty {
            self.space();
        }
        self.word("}");
    }
}
