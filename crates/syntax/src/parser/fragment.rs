//! The fragments that macros match: `$x:expr` and the like. (rustc: `rustc_parse::parser::nonterminal`.)

use std::fmt;

use super::{FollowedByType, Parser, PathStyle, Restrictions};
use crate::ast::*;
use crate::doubt::Result;
use crate::span::{Editions, Ident};
use crate::symbol::kw;
use crate::token::{Delim, MetaVar, Token, TokenKind};

/// What a metavariable of `macro_rules!` matches.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[expect(missing_docs, reason = "named as in macros")]
pub enum FragmentKind {
    Item,
    Block,
    Stmt,
    PatParam,
    Pat,
    Expr,
    Expr2021,
    Ty,
    Ident,
    Lifetime,
    Literal,
    Meta,
    Path,
    Vis,
    Tt,
}

impl FragmentKind {
    /// The kind that a name means. `pat` and `expr` mean other kinds in old editions, which is for the caller to know.
    pub fn of_name(name: &str) -> Option<FragmentKind> {
        ALL.iter().find(|(_, text)| *text == name).map(|(kind, _)| *kind)
    }

    /// The kind that a captured group was matched as.
    pub fn of_metavar(kind: MetaVar) -> FragmentKind {
        match kind {
            MetaVar::Item => FragmentKind::Item,
            MetaVar::Block => FragmentKind::Block,
            MetaVar::Stmt => FragmentKind::Stmt,
            MetaVar::PatParam => FragmentKind::PatParam,
            MetaVar::Pat => FragmentKind::Pat,
            MetaVar::Expr { .. } => FragmentKind::Expr,
            MetaVar::Ty { .. } => FragmentKind::Ty,
            MetaVar::Literal => FragmentKind::Literal,
            MetaVar::Meta => FragmentKind::Meta,
            MetaVar::Path => FragmentKind::Path,
            MetaVar::Vis => FragmentKind::Vis,
        }
    }

    /// May such a fragment begin with this token? If not, a macro's rule does not match, else it must be read.
    pub fn may_begin_with(self, token: &Token, editions: &Editions) -> bool {
        match self {
            FragmentKind::Expr2021 => {
                token.can_begin_expr(editions) && !token.is_keyword(kw::LET) && !token.is_keyword(kw::CONST)
            }
            FragmentKind::Expr => {
                (token.can_begin_expr(editions) || token.is_keyword(kw::UNDERSCORE)) && !token.is_keyword(kw::LET)
            }
            FragmentKind::Ty => token.can_begin_type(editions),
            FragmentKind::Ident => token.ident().is_some_and(|(ident, _)| ident.name != kw::UNDERSCORE),
            FragmentKind::Literal => token.can_begin_literal(),
            FragmentKind::Vis => {
                matches!(token.kind, TokenKind::Comma | TokenKind::NtLifetime(..))
                    || token.is_ident()
                    || token.metavar().is_some()
                    || token.can_begin_type(editions)
            }
            FragmentKind::Block => {
                matches!(token.kind, TokenKind::Open(Delim::Brace) | TokenKind::NtLifetime(..))
                    || matches!(
                        token.metavar(),
                        Some(MetaVar::Block | MetaVar::Stmt | MetaVar::Expr { .. } | MetaVar::Literal)
                    )
            }
            FragmentKind::Path | FragmentKind::Meta => {
                token.kind == TokenKind::PathSep
                    || token.is_ident()
                    || token
                        .metavar()
                        .is_some_and(|kind| !matches!(kind, MetaVar::Item | MetaVar::Block | MetaVar::Vis))
            }
            FragmentKind::Pat => token.can_begin_pattern(true),
            FragmentKind::PatParam => token.can_begin_pattern(false),
            FragmentKind::Lifetime => token.is_lifetime(),
            FragmentKind::Tt | FragmentKind::Item | FragmentKind::Stmt => !matches!(token.kind, TokenKind::Close(_)),
        }
    }
}

const ALL: [(FragmentKind, &str); 15] = [
    (FragmentKind::Item, "item"),
    (FragmentKind::Block, "block"),
    (FragmentKind::Stmt, "stmt"),
    (FragmentKind::PatParam, "pat_param"),
    (FragmentKind::Pat, "pat"),
    (FragmentKind::Expr, "expr"),
    (FragmentKind::Expr2021, "expr_2021"),
    (FragmentKind::Ty, "ty"),
    (FragmentKind::Ident, "ident"),
    (FragmentKind::Lifetime, "lifetime"),
    (FragmentKind::Literal, "literal"),
    (FragmentKind::Meta, "meta"),
    (FragmentKind::Path, "path"),
    (FragmentKind::Vis, "vis"),
    (FragmentKind::Tt, "tt"),
];

impl fmt::Display for FragmentKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(ALL.iter().find(|(kind, _)| kind == self).map_or("", |(_, text)| *text))
    }
}

/// A fragment that was read. Its tokens are what [`Parser::tokens_since`] gives.
#[derive(Clone, Debug)]
#[expect(missing_docs, reason = "named as the kinds are")]
pub enum Fragment {
    Item(ItemId),
    Block(BlockId),
    Stmt(Stmt),
    Pat(PatId),
    Expr(ExprId),
    Ty(TyId),
    Ident(Ident, bool),
    Lifetime(Ident, bool),
    Literal(ExprId),
    Meta(AttrItem),
    Path(Path),
    Vis(Visibility),
    Tt,
}

impl Parser<'_> {
    /// Reads a fragment.
    pub fn parse_fragment(&mut self, kind: FragmentKind) -> Result<Fragment> {
        Ok(match kind {
            FragmentKind::Tt => {
                if self.token.kind.is_close_or_eof() {
                    return self.expected("macro fragment", "token tree");
                }
                self.skip_tree();
                Fragment::Tt
            }
            FragmentKind::Item => Fragment::Item(self.some_item(Place::Module)?),
            FragmentKind::Block => Fragment::Block(self.block()?),
            FragmentKind::Stmt => match self.stmt(Restrictions::STMT)? {
                Some(stmt) => Fragment::Stmt(stmt),
                None => return self.expected("macro fragment", "statement"),
            },
            FragmentKind::PatParam => Fragment::Pat(self.pat_no_alternatives()?),
            FragmentKind::Pat => Fragment::Pat(self.pat()?),
            FragmentKind::Expr | FragmentKind::Expr2021 => Fragment::Expr(self.expr()?),
            FragmentKind::Literal => Fragment::Literal(self.literal_maybe_minus()?),
            FragmentKind::Ty => Fragment::Ty(self.ty()?),
            FragmentKind::Ident => match self.token.ident().filter(|(ident, _)| ident.name != kw::UNDERSCORE) {
                Some((ident, raw)) => {
                    self.bump();
                    Fragment::Ident(ident, raw)
                }
                None => return self.expected("macro fragment", "identifier"),
            },
            FragmentKind::Lifetime => match self.token.lifetime() {
                Some((ident, raw)) => {
                    self.bump();
                    Fragment::Lifetime(ident, raw)
                }
                None => return self.expected("macro fragment", "lifetime"),
            },
            FragmentKind::Meta => Fragment::Meta(self.attr_item()?),
            FragmentKind::Path => Fragment::Path(self.path(PathStyle::Type)?),
            FragmentKind::Vis => Fragment::Vis(self.visibility(FollowedByType::Yes)?),
        })
    }

    /// Reads an expression.
    pub fn parse_expr(&mut self) -> Result<ExprId> {
        self.expr()
    }

    /// Reads the attributes in front of something.
    pub fn parse_outer_attrs(&mut self) -> Result<Vec<Attr>> {
        self.outer_attrs()
    }

    /// Reads a type.
    pub fn parse_ty(&mut self) -> Result<TyId> {
        self.ty()
    }

    /// Reads a pattern, perhaps with a guard: what a macro call among patterns expands to.
    pub fn parse_pat(&mut self) -> Result<PatId> {
        self.pat_allow_guard()
    }

    /// Reads items up to the end: what a macro call among items expands to.
    pub fn parse_items(&mut self, place: Place) -> Result<Vec<ItemId>> {
        let mut items = Vec::new();
        while !self.is_at_end() {
            items.push(self.some_item(place)?);
        }
        Ok(items)
    }

    /// Reads statements up to the end: what a macro call among statements expands to.
    pub fn parse_stmts(&mut self) -> Result<Vec<Stmt>> {
        let mut stmts = Vec::new();
        while !self.is_at_end() {
            stmts.push(self.full_stmt()?);
        }
        Ok(stmts)
    }

    /// Reads `T is 1..=9`, `T is !null`: what `pattern_type!` gets.
    pub fn parse_pattern_type(&mut self) -> Result<(TyId, Id<TyPat>)> {
        const CONSTRUCT: &str = "pattern type";
        let ty = self.ty()?;
        if !self.token.is_ident_named(kw::IS) {
            return self.expected(CONSTRUCT, "`is`");
        }
        self.bump();
        if self.is(TokenKind::Bang) {
            self.bump();
            if !self.token.is_ident_named(kw::NULL) {
                return self.expected(CONSTRUCT, "`null`");
            }
            self.bump();
            return Ok((ty, self.ast.add(TyPat::NotNull)));
        }
        let pat = self.pat()?;
        let pats = match self.ast[pat].kind {
            PatKind::Or(pats) => self.ast[pats].to_vec(),
            _ => vec![pat],
        };
        let mut found = Vec::new();
        for pat in pats {
            let Pat { kind: PatKind::Range(start, end, op, _), .. } = self.ast[pat] else {
                return self.doubt(self.ast[pat].span, CONSTRUCT, "a type is only restricted by ranges");
            };
            found.push(self.ast.add(TyPat::Range(start.map(AnonConst), end.map(AnonConst), op)));
        }
        Ok(match found[..] {
            [pat] => (ty, pat),
            _ => {
                let pats = self.ast.add_list(found);
                (ty, self.ast.add(TyPat::Or(pats)))
            }
        })
    }
}
