//! Paths and their arguments. (rustc: `rustc_parse::parser::path`.)

use smallvec::SmallVec;

use super::{AllowPlus, Parser, PathStyle, Restrictions};
use crate::ast::*;
use crate::doubt::Result;
use crate::span::{Ident, Span};
use crate::symbol::kw;
use crate::token::{Delim, MetaVar, Token, TokenKind};

const PATH: &str = "path";

/// Most paths are short.
type Segments = SmallVec<[PathSegment; 4]>;

fn is_args_start(token: &Token) -> bool {
    matches!(token.kind, TokenKind::Lt | TokenKind::Shl | TokenKind::Open(Delim::Paren) | TokenKind::LArrow)
}

impl Parser<'_> {
    /// `T as U>::a`, behind `<`.
    pub(super) fn qpath(&mut self, style: PathStyle) -> Result<(Id<QSelf>, Path)> {
        let lo = self.prev.span;
        let ty = self.ty()?;
        let (mut segments, path_span) = if self.eat_keyword(kw::AS) {
            let path = self.path(PathStyle::Type)?;
            (Segments::from_slice(&self.ast[path.segments]), path.span)
        } else {
            (Segments::new(), self.token.span)
        };
        self.expect(TokenKind::Gt, "qualified path")?;
        let position = segments.len() as u32;
        if !self.is_import_coupler() {
            self.expect(TokenKind::PathSep, "qualified path")?;
            self.path_segments(&mut segments, style)?;
        }
        let qself = self.ast.add(QSelf { ty, path_span, position });
        let segments = self.ast.add_copies(&segments);
        Ok((qself, Path { segments, span: lo.to(self.prev.span) }))
    }

    /// A path without a type in front.
    pub(super) fn path(&mut self, style: PathStyle) -> Result<Path> {
        let captured = |kind| matches!(kind, MetaVar::Path | MetaVar::Ty { is_path: true });
        if let Some(path) = self.eat_metavar(captured, |p| p.path(PathStyle::Type))? {
            if style == PathStyle::Mod && self.ast[path.segments].iter().any(|segment| segment.args.is_some()) {
                return self.doubt(path.span, PATH, "unexpected generic arguments in path");
            }
            return Ok(path);
        }
        let lo = self.token.span;
        let mut segments = Segments::new();
        if self.eat(TokenKind::PathSep) {
            segments.push(PathSegment { ident: Ident::new(kw::PATH_ROOT, lo.before()), args: None });
        }
        self.path_segments(&mut segments, style)?;
        let segments = self.ast.add_copies(&segments);
        Ok(Path { segments, span: lo.to(self.prev.span) })
    }

    fn path_segments(&mut self, segments: &mut Segments, style: PathStyle) -> Result<()> {
        loop {
            segments.push(self.path_segment(style)?);
            if self.is_import_coupler() || !self.eat(TokenKind::PathSep) {
                return Ok(());
            }
        }
    }

    pub(super) fn path_segment_ident(&mut self) -> Result<Ident> {
        match self.token.ident() {
            Some((ident, false)) if ident.name.is_path_segment_keyword() => {
                self.bump();
                Ok(ident)
            }
            _ => self.ident(PATH),
        }
    }

    pub(super) fn path_segment(&mut self, style: PathStyle) -> Result<PathSegment> {
        let ident = self.path_segment_ident()?;
        let has_args = style == PathStyle::Type && is_args_start(&self.token)
            || style != PathStyle::Mod && self.is(TokenKind::PathSep) && is_args_start(&self.ahead(1));
        if !has_args {
            return Ok(PathSegment { ident, args: None });
        }
        self.eat(TokenKind::PathSep);
        let lo = self.token.span;
        let args = if self.eat_first(TokenKind::Lt) {
            let args = self.angle_args()?;
            self.expect_gt("generic arguments")?;
            GenericArgs::Angle { args, span: lo.to(self.prev.span) }
        } else if self.is_open(Delim::Paren) && self.ahead(1).kind == TokenKind::DotDot {
            self.bump();
            self.bump();
            self.expect(TokenKind::Close(Delim::Paren), "generic arguments")?;
            GenericArgs::ParenElided(lo.to(self.prev.span))
        } else {
            self.paren_args(ident, lo)?
        };
        let args = Some(self.ast.add(args));
        Ok(PathSegment { ident, args })
    }

    /// `(A, B) -> C`
    fn paren_args(&mut self, ident: Ident, lo: Span) -> Result<GenericArgs> {
        let (inputs, _) = self.delimited_list(Delim::Paren, "parameter types", |p| p.path_param())?;
        let inputs = self.ast.add_list(inputs);
        let inputs_span = lo.to(self.prev.span);
        let output = self.ret_ty(AllowPlus::No)?;
        Ok(GenericArgs::Paren { inputs, inputs_span, output, span: ident.span.to(self.prev.span) })
    }

    /// `A, N, T = U, T: B`
    fn angle_args(&mut self) -> Result<List<AngleArg>> {
        let mut args = Vec::with_capacity(1);
        while let Some(arg) = self.angle_arg()? {
            args.push(arg);
            if !self.eat(TokenKind::Comma) {
                break;
            }
        }
        Ok(self.ast.add_list(args))
    }

    fn angle_arg(&mut self) -> Result<Option<AngleArg>> {
        let lo = self.token.span;
        let Some(arg) = self.generic_arg()? else { return Ok(None) };
        if !matches!(self.token.kind, TokenKind::Colon | TokenKind::Eq) {
            return Ok(Some(arg));
        }
        let named = match arg {
            AngleArg::Type(ty) => match self.ast[ty].kind {
                TyKind::Path(None, path) => match self.ast[path.segments] {
                    [segment] => Some(segment),
                    _ => None,
                },
                _ => None,
            },
            _ => None,
        };
        let Some(PathSegment { ident, args }) = named else { return Ok(Some(arg)) };
        let kind = if self.eat(TokenKind::Colon) {
            ConstraintKind::Bounds(self.bounds()?)
        } else {
            self.bump();
            match self.generic_arg()? {
                Some(AngleArg::Type(ty)) => ConstraintKind::EqType(ty),
                Some(AngleArg::Const(value)) => ConstraintKind::EqConst(value),
                _ => return self.expected("associated item", "type or constant"),
            }
        };
        let constraint = AssocConstraint { ident, args, kind, span: lo.to(self.prev.span) };
        Ok(Some(AngleArg::Constraint(self.ast.add(constraint))))
    }

    fn generic_arg(&mut self) -> Result<Option<AngleArg>> {
        if self.token.is_lifetime() && !self.ahead(1).is_like_plus() {
            return Ok(Some(AngleArg::Lifetime(self.lifetime("generic arguments")?)));
        }
        let is_block = self.is_keyword(kw::CONST) && self.ahead(1).kind == TokenKind::Open(Delim::Brace);
        if self.token.can_begin_const_arg() || is_block {
            return Ok(Some(AngleArg::Const(self.const_arg()?)));
        }
        if self.token.can_begin_type(self.editions) {
            return Ok(Some(AngleArg::Type(self.ty()?)));
        }
        Ok(None)
    }

    /// A constant as a generic argument: a block, a literal, a name.
    pub(super) fn const_arg(&mut self) -> Result<AnonConst> {
        if self.is_open(Delim::Brace) {
            let lo = self.token.span;
            return self.block_expr(None, lo, false).map(AnonConst);
        }
        let attrs = self.outer_attrs()?;
        let value = self.expr_with(Restrictions::CONST, attrs)?;
        let simple = match self.ast[value].kind {
            ExprKind::Block(..) | ExprKind::Lit(_) | ExprKind::ConstBlock(_) => true,
            ExprKind::Unary(UnOp::Neg, inner) => matches!(self.ast[inner].kind, ExprKind::Lit(_)),
            ExprKind::Path(None, path) => matches!(self.ast[path.segments], [PathSegment { args: None, .. }]),
            _ => false,
        };
        match simple {
            true => Ok(AnonConst(value)),
            false => {
                let message = "expressions must be enclosed in braces to be used as const generic arguments";
                self.doubt(self.ast[value].span, "generic arguments", message)
            }
        }
    }
}
