//! Calls: `name!(…)`. (rustc: `rustc_expand::expand::MacroExpander::expand_invoc`, `rustc_expand::base::MacResult`.)

use syntax::ast::*;
use syntax::doubt::{Doubt, Result};
use syntax::parser::Parser;
use syntax::span::{Span, SyntaxContext};
use syntax::stream::TokenStream;
use syntax::token::{Token, TokenKind};

use crate::expander::{Expander, Extension};
use crate::external::{Around, ProcCall, ProcMacro};
use crate::hygiene::{ExpnId, MacroKind, Transparency};

/// What a call is to become, by where it stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Want {
    Expr,
    /// An expression where there may be none: an argument, a statement.
    OptExpr,
    Pat,
    Ty,
    Items(Place),
    Stmts,
}

/// What it became.
#[derive(Clone, Debug)]
pub(crate) enum Got {
    Expr(ExprId),
    OptExpr(Option<ExprId>),
    Pat(PatId),
    Ty(TyId),
    Items(Vec<ItemId>),
    Stmts(Vec<Stmt>),
}

/// What a built-in macro makes.
#[derive(Clone, Debug)]
pub(crate) enum Made {
    Expr(ExprId),
    Ty(TyId),
    Items(Vec<ItemId>),
    /// Tokens that are read as whatever is wanted.
    Tokens(TokenStream),
    /// Nothing, where something is wanted that may be nothing; else `()`.
    Nothing,
}

impl Expander<'_> {
    /// Expands a call, and reads the result.
    pub(crate) fn call(&mut self, mac: Id<MacCall>, want: Want) -> Result<(ExpnId, Got)> {
        let MacCall { path, args } = self.ast[mac].clone();
        let span = self.ast[mac].span();
        let Some(extension) = self.macro_of_path(&path, MacroKind::Bang)? else {
            return Err(Doubt::new(path.span, "macro name", "an attribute is called as a macro"));
        };
        match &extension {
            Extension::Rules(rules) => {
                let (id, stream) = rules.expand(&mut self.session, self.current, span, &args.tokens)?;
                self.summary.expanded += 1;
                Ok((id, self.read(&stream, span, want)?))
            }
            Extension::Procedural { run, .. } => {
                let id = self.fresh(&extension, MacroKind::Bang, span)?;
                let stream = self.run(run.as_ref(), id, span, None, args.tokens.clone())?;
                Ok((id, self.read(&stream, span, want)?))
            }
            Extension::Builtin { name, .. } => {
                let name = *name;
                let id = self.fresh(&extension, MacroKind::Bang, span)?;
                let made = self.inside(id, |x| x.builtin(name, id, span, &args, want))?;
                Ok((id, self.convert(made, span, want)?))
            }
        }
    }

    /// Runs a procedural macro.
    pub(crate) fn run(
        &mut self,
        run: &dyn ProcMacro,
        id: ExpnId,
        call_site: Span,
        arguments: Option<TokenStream>,
        input: TokenStream,
    ) -> Result<TokenStream> {
        let hygiene = &mut self.session.hygiene;
        let call = ProcCall {
            arguments,
            input,
            def_site: hygiene.at(call_site, id, Transparency::Opaque),
            call_site: hygiene.at(call_site, id, Transparency::Transparent),
            mixed_site: hygiene.at(call_site, id, Transparency::SemiOpaque),
        };
        let (hygiene, crates) = (&self.session.hygiene, self.input.crates);
        let crate_name = |ctxt: SyntaxContext| match hygiene.crate_of(ctxt) {
            crate::external::CrateId::LOCAL => syntax::symbol::kw::CRATE,
            krate => crates.crate_name(krate),
        };
        let around = Around { hygiene, sources: &self.sources, crate_name: &crate_name };
        let stream = run.expand(&call, &around).map_err(|mut doubt| {
            if doubt.span == Span::DUMMY {
                doubt.span = call_site;
            }
            doubt
        })?;
        self.session.charge(stream.len(), call_site)?;
        Ok(stream)
    }

    /// Reads what a macro wrote.
    pub(crate) fn read(&mut self, stream: &TokenStream, span: Span, want: Want) -> Result<Got> {
        self.parse(stream, span.after(), |parser| {
            Ok(match want {
                Want::Expr => Got::Expr(read_expr(parser)?),
                Want::OptExpr if parser.is_at_end() => Got::OptExpr(None),
                Want::OptExpr => Got::OptExpr(Some(parser.parse_expr()?)),
                Want::Pat => Got::Pat(parser.parse_pat()?),
                Want::Ty => Got::Ty(parser.parse_ty()?),
                Want::Items(place) => Got::Items(parser.parse_items(place)?),
                Want::Stmts => Got::Stmts(parser.parse_stmts()?),
            })
        })
    }

    fn convert(&mut self, made: Made, span: Span, want: Want) -> Result<Got> {
        let wrong = || Err(Doubt::new(span, "macro call", "the built-in macro cannot be used in this place"));
        Ok(match (made, want) {
            (Made::Tokens(tokens), _) => self.read(&tokens, span, want)?,
            (Made::Expr(expr), Want::Expr) => Got::Expr(expr),
            (Made::Expr(expr), Want::OptExpr) => Got::OptExpr(Some(expr)),
            (Made::Expr(expr), Want::Stmts) => {
                Got::Stmts(vec![Stmt { kind: StmtKind::Expr(expr), span: self.ast[expr].span }])
            }
            (Made::Expr(expr), Want::Pat) => match self.ast[expr].kind {
                ExprKind::Lit(_) => {
                    let span = self.ast[expr].span;
                    Got::Pat(self.ast.add(Pat { kind: PatKind::Expr(expr), span }))
                }
                _ => return wrong(),
            },
            (Made::Ty(ty), Want::Ty) => Got::Ty(ty),
            (Made::Items(items), Want::Items(_)) => Got::Items(items),
            (Made::Items(items), Want::Stmts) => {
                let stmt = |item: &ItemId| Stmt { kind: StmtKind::Item(*item), span: self.ast[*item].span };
                Got::Stmts(items.iter().map(stmt).collect())
            }
            (Made::Nothing, Want::Items(_)) => Got::Items(Vec::new()),
            (Made::Nothing, Want::Stmts) => Got::Stmts(Vec::new()),
            _ => return wrong(),
        })
    }
}

/// An expression, behind which a semicolon means nothing.
fn read_expr(parser: &mut Parser<'_>) -> Result<ExprId> {
    let expr = parser.parse_expr()?;
    if parser.token().kind == TokenKind::Semi {
        parser.bump();
    }
    Ok(expr)
}

/// Is this the text of an identifier?
pub(crate) fn is_word(token: &Token, word: &str) -> bool {
    token.plain_name().is_some_and(|name| name.as_str() == word)
}
