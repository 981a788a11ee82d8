//! Patterns. (rustc: `rustc_ast_lowering::pat`, `rustc_resolve::late`.)

use ::ty::{CtorKind, DefKind};
use syntax::ast::{self, BindingMode, ExprKind as E, List, PatKind as P};
use syntax::doubt::Result;
use syntax::span::{Ident, Span};

use super::Lowerer;
use super::literal::literal;
use super::path::Source;
use crate::body::{Local, LocalId, Node, PatId};
use crate::pat::*;
use crate::path::Res;
use crate::resolve::Key;
use crate::scope::Ns;

/// The names that a pattern has bound so far: alternatives bind the same.
#[derive(Default)]
pub(super) struct Bound(Vec<(Key, LocalId)>);

impl Lowerer<'_, '_> {
    /// A pattern, whose variables are in the innermost scope from now on.
    pub(super) fn top_pat(&mut self, pat: ast::PatId) -> Result<PatId> {
        self.sub_pat(pat, &mut Bound::default())
    }

    pub(super) fn sub_pat(&mut self, pat: ast::PatId, bound: &mut Bound) -> Result<PatId> {
        let span = self.ast[pat].span;
        self.level(span, |x| x.pat_inner(pat, bound))
    }

    fn pats(&mut self, pats: List<ast::PatId>, bound: &mut Bound) -> Result<Vec<PatId>> {
        let pats = self.ast[pats].to_vec();
        pats.into_iter().map(|pat| self.sub_pat(pat, bound)).collect()
    }

    fn pat_inner(&mut self, id: ast::PatId, bound: &mut Bound) -> Result<PatId> {
        let ast::Pat { kind, span } = self.ast[id];
        let kind = match kind {
            P::Missing => PatKind::Missing,
            P::Wild => PatKind::Wild,
            P::Never => PatKind::Never,
            P::Ident(mode, ident, sub) => {
                let id = self.cx.hir.pats.next_index();
                // The number of the first pattern that binds a variable is known before what is inside of it.
                self.pat(span, PatKind::Wild);
                let kind = self.pat_ident(id, mode, ident, sub, false, bound)?;
                self.cx.hir.pats[id].kind = kind;
                return Ok(id);
            }
            P::Struct(pat) => {
                let ast::StructPat { qself, path, fields, rest } = self.ast[pat];
                let path = self.qpath(qself, &path, Source::Struct)?;
                let mut lowered = Vec::new();
                for field in self.ast[fields].iter().copied() {
                    let pat = self.sub_pat(field.pat, bound)?;
                    self.note_lint_levels(field.attrs, Node::Pat(pat));
                    let (ident, is_shorthand, span) = (field.ident, field.is_shorthand, field.span);
                    lowered.push(PatField { ident, pat, is_shorthand, span });
                }
                PatKind::Struct(path, lowered, rest)
            }
            P::TupleStruct(qself, path, pats) => {
                let path = self.qpath(qself, &path, Source::TupleStruct)?;
                let (pats, rest) = self.tuple(pats, bound)?;
                PatKind::TupleStruct(path, pats, rest)
            }
            P::Tuple(pats) => {
                let (pats, rest) = self.tuple(pats, bound)?;
                PatKind::Tuple(pats, rest)
            }
            P::Or(pats) => PatKind::Or(self.pats(pats, bound)?),
            P::Path(qself, path) => {
                let kind = PatExprKind::Path(self.qpath(qself, &path, Source::Pat)?);
                PatKind::Expr(PatExpr { kind, span })
            }
            P::Box(pat) => PatKind::Box(self.sub_pat(pat, bound)?),
            P::Deref(pat) => PatKind::Deref(self.sub_pat(pat, bound)?),
            P::Ref(pat, pinned, mutability) => PatKind::Ref(self.sub_pat(pat, bound)?, pinned, mutability),
            P::Expr(expr) => PatKind::Expr(self.pat_expr(expr)?),
            P::Range(lo, hi, end, _) => {
                let lo = lo.map(|expr| self.pat_expr(expr)).transpose()?;
                let hi = hi.map(|expr| self.pat_expr(expr)).transpose()?;
                let end = match end {
                    ast::RangeEnd::DotDot if hi.is_some() => RangeEnd::Excluded,
                    _ => RangeEnd::Included,
                };
                PatKind::Range(lo, hi, end)
            }
            P::Slice(pats) => self.slice(pats, bound)?,
            P::Rest => return self.doubt(span, "pattern", "`..` is not allowed here"),
            P::Guard(pat, cond) => {
                let pat = self.sub_pat(pat, bound)?;
                PatKind::Guard(pat, self.expr_of(cond)?)
            }
            P::Paren(pat) => {
                let pat = self.sub_pat(pat, bound)?;
                return Ok(pat);
            }
            P::MacCall(_) => return self.doubt(span, "macro call", "it is not expanded"),
        };
        Ok(self.pat(span, kind))
    }

    fn tuple(&mut self, pats: List<ast::PatId>, bound: &mut Bound) -> Result<(Vec<PatId>, Option<u32>)> {
        let (mut lowered, mut rest) = (Vec::new(), None);
        for pat in self.ast[pats].iter().copied() {
            match self.ast[pat].kind {
                P::Rest if rest.is_none() => rest = Some(lowered.len() as u32),
                _ => lowered.push(self.sub_pat(pat, bound)?),
            }
        }
        Ok((lowered, rest))
    }

    fn slice(&mut self, pats: List<ast::PatId>, bound: &mut Bound) -> Result<PatKind> {
        let (mut before, mut rest, mut after) = (Vec::new(), None, Vec::new());
        for pat in self.ast[pats].iter().copied() {
            let ast::Pat { kind, span } = self.ast[pat];
            let lowered = match kind {
                P::Rest => {
                    rest = Some(self.pat(span, PatKind::Wild));
                    continue;
                }
                P::Ident(mode, ident, Some(sub)) if matches!(self.ast[sub].kind, P::Rest) => {
                    let id = self.cx.hir.pats.next_index();
                    self.pat(span, PatKind::Wild);
                    let kind = self.pat_ident(id, mode, ident, Some(sub), true, bound)?;
                    self.cx.hir.pats[id].kind = kind;
                    rest = Some(id);
                    continue;
                }
                _ => self.sub_pat(pat, bound)?,
            };
            match rest {
                None => before.push(lowered),
                Some(_) => after.push(lowered),
            }
        }
        Ok(PatKind::Slice(before, rest, after))
    }

    /// A name as a pattern: a variable, or a constant, unit struct or unit variant.
    fn pat_ident(
        &mut self,
        id: PatId,
        mode: BindingMode,
        ident: Ident,
        sub: Option<ast::PatId>,
        is_rest: bool,
        bound: &mut Bound,
    ) -> Result<PatKind> {
        if sub.is_none() && mode == BindingMode::NONE {
            match self.res.lexical(ident, Ns::Value)? {
                Some(
                    res @ (Res::SelfCtor(_)
                    | Res::Def(
                        DefKind::Ctor(_, CtorKind::Const) | DefKind::Const | DefKind::AssocConst | DefKind::ConstParam,
                        _,
                    )),
                ) => {
                    let kind = PatExprKind::Path(self.ident_path(ident, res));
                    return Ok(PatKind::Expr(PatExpr { kind, span: ident.span }));
                }
                Some(Res::Def(DefKind::Static { .. } | DefKind::Ctor(..), _)) => {
                    return self.doubt(ident.span, "pattern", "it shadows what it cannot be");
                }
                _ => {}
            }
        }
        let key = self.res.local_key(ident);
        let local = match bound.0.iter().find(|(name, _)| *name == key) {
            Some((_, local)) => *local,
            None => {
                let local = self.cx.hir.locals.push(Local { ident, pat: id });
                bound.0.push((key, local));
                self.innermost().values.push((key, Res::Local(local)));
                local
            }
        };
        let sub = match sub {
            Some(sub) if is_rest => {
                let span = self.ast[sub].span;
                Some(self.pat(span, PatKind::Wild))
            }
            Some(sub) => Some(self.sub_pat(sub, bound)?),
            None => None,
        };
        Ok(PatKind::Binding(mode, local, ident, sub))
    }

    /// What a pattern compares with.
    fn pat_expr(&mut self, expr: ast::ExprId) -> Result<PatExpr> {
        let ast::Expr { kind, span, .. } = self.ast[expr];
        let kind = match kind {
            E::Lit(lit) => PatExprKind::Lit(literal(&lit, span)?, false),
            E::Unary(ast::UnOp::Neg, inner) => match self.ast[inner].kind {
                E::Lit(lit) => PatExprKind::Lit(literal(&lit, span)?, true),
                _ => return self.doubt(span, "pattern", "it is no literal"),
            },
            E::Path(qself, path) => PatExprKind::Path(self.qpath(qself, &path, Source::Pat)?),
            _ => return self.doubt(span, "pattern", "an expression that is no literal"),
        };
        Ok(PatExpr { kind, span })
    }

    /// A pattern of an assignment.
    pub(super) fn assign_pat(&mut self, span: Span, kind: PatKind) -> PatId {
        self.cx.hir.pats.push(Pat { kind, span, default_binding_modes: false })
    }
}
