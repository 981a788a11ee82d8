//! Types. (rustc: `rustc_parse::parser::ty`.)

use super::fns::NameRule;
use super::{AllowPlus, Parser, PathStyle};
use crate::ast::*;
use crate::doubt::Result;
use crate::span::{Edition, Span};
use crate::symbol::kw;
use crate::token::{Delim, MetaVar, TokenKind};

const TYPE: &str = "type";

impl Parser<'_> {
    /// A type, perhaps `A + B`.
    pub(super) fn ty(&mut self) -> Result<TyId> {
        self.ty_with(AllowPlus::Yes, false)
    }

    /// `-> T`, if it is there.
    pub(super) fn ret_ty(&mut self, plus: AllowPlus) -> Result<FnRet> {
        match self.eat(TokenKind::RArrow) {
            true => Ok(FnRet::Ty(self.ty_with(plus, false)?)),
            false => Ok(FnRet::Default(self.prev.span.after())),
        }
    }

    /// A type. `variadic`: or `...`, as the last parameter of C functions is.
    pub(super) fn ty_with(&mut self, plus: AllowPlus, variadic: bool) -> Result<TyId> {
        self.nested(|p| p.ty_at_level(plus, variadic))
    }

    fn ty_at_level(&mut self, plus: AllowPlus, variadic: bool) -> Result<TyId> {
        if let Some(ty) = self.eat_metavar(|kind| matches!(kind, MetaVar::Ty { .. }), |p| p.ty())? {
            return Ok(ty);
        }
        let lo = self.token.span;
        let mut several_bounds = false;
        let kind = match self.token.kind {
            TokenKind::Open(Delim::Paren) => self.tuple_ty(lo, plus)?,
            TokenKind::Bang => {
                self.bump();
                TyKind::Never
            }
            TokenKind::Star => {
                self.bump();
                let Some(mutability) = self.const_or_mut() else {
                    return self.expected("pointer type", "`mut` or `const`");
                };
                TyKind::Ptr(self.ty_with(AllowPlus::No, false)?, mutability)
            }
            TokenKind::Open(Delim::Bracket) if !self.is_maybe_const() => self.array_ty()?,
            TokenKind::And | TokenKind::AndAnd => {
                self.eat_first(TokenKind::And);
                let lifetime = if self.token.is_lifetime() { Some(self.lifetime("reference type")?) } else { None };
                let (pinned, mutability) = self.pin_and_mut();
                let ty = self.ty_with(AllowPlus::No, false)?;
                match pinned {
                    Pinnedness::Not => TyKind::Ref(lifetime, ty, mutability),
                    Pinnedness::Pinned => TyKind::PinnedRef(lifetime, ty, mutability),
                }
            }
            TokenKind::DotDotDot if variadic => {
                self.bump();
                TyKind::CVarArgs
            }
            _ if self.is_keyword(kw::UNDERSCORE) => {
                self.bump();
                TyKind::Infer
            }
            _ if self.is_fn_front(false) => self.fn_ptr_ty(List::EMPTY)?,
            _ if self.is_keyword(kw::FOR) => {
                let params = self.binder()?.unwrap_or_default();
                if self.is_fn_front(false) {
                    self.fn_ptr_ty(params)?
                } else {
                    let path = self.path(PathStyle::Type)?;
                    let more = plus == AllowPlus::Yes && self.token.is_like_plus();
                    self.remaining_bounds_of(params, path, lo, more, false)?
                }
            }
            _ if self.is_keyword(kw::IMPL) => {
                self.bump();
                let bounds = self.bounds()?;
                several_bounds = bounds.len() > 1 || self.prev.kind == TokenKind::Plus;
                TyKind::ImplTrait(bounds)
            }
            _ if self.is_dyn() => {
                self.bump();
                let bounds = self.bounds()?;
                several_bounds = bounds.len() > 1 || self.prev.kind == TokenKind::Plus;
                TyKind::TraitObject(bounds, DynSyntax::Dyn)
            }
            TokenKind::Lt | TokenKind::Shl => {
                self.eat_first(TokenKind::Lt);
                let (qself, path) = self.qpath(PathStyle::Type)?;
                TyKind::Path(Some(qself), path)
            }
            _ if self.is_path_start() => self.path_ty(lo, plus)?,
            _ if self.can_begin_bound() => self.bare_object(plus)?,
            _ if self.is_keyword(kw::UNSAFE) && self.ahead(1).kind == TokenKind::Lt => {
                self.bump();
                self.expect_lt("unsafe binder")?;
                let params = self.generic_params()?;
                self.expect_gt("unsafe binder")?;
                let inner = self.ty()?;
                TyKind::UnsafeBinder(self.ast.add(UnsafeBinderTy { params, inner }))
            }
            _ => return self.expected(TYPE, "type"),
        };
        let span = lo.to(self.prev.span);
        if several_bounds && plus == AllowPlus::No {
            return self.doubt(span, TYPE, "ambiguous `+` in a type");
        }
        Ok(self.ast.add(Ty { kind, span }))
    }

    /// `(A, B)`, `(A)`, `(A) + B`
    fn tuple_ty(&mut self, lo: Span, plus: AllowPlus) -> Result<TyKind> {
        let mut ends_with_plus = false;
        let (types, trailing) = self.delimited_list(Delim::Paren, "tuple type", |p| {
            let ty = p.ty()?;
            ends_with_plus = p.prev.kind == TokenKind::Plus;
            Ok(ty)
        })?;
        let [ty] = types[..] else { return Ok(TyKind::Tup(self.ast.add_list(types))) };
        if trailing {
            return Ok(TyKind::Tup(self.ast.add_list(types)));
        }
        let more = plus == AllowPlus::Yes && self.token.is_like_plus();
        match self.ast[ty].kind {
            TyKind::Path(None, path) if more => self.remaining_bounds_of(List::EMPTY, path, lo, true, true),
            TyKind::TraitObject(bounds, DynSyntax::None) if more && bounds.len() == 1 && !ends_with_plus => {
                self.remaining_bounds(self.ast[bounds].to_vec(), true)
            }
            _ => Ok(TyKind::Paren(ty)),
        }
    }

    /// `[T]`, `[T; N]`
    fn array_ty(&mut self) -> Result<TyKind> {
        self.bump();
        let ty = self.ty()?;
        let kind = match self.eat(TokenKind::Semi) {
            true => TyKind::Array(ty, self.anon_const()?),
            false => TyKind::Slice(ty),
        };
        self.expect(TokenKind::Close(Delim::Bracket), "array type")?;
        Ok(kind)
    }

    fn is_dyn(&self) -> bool {
        if !self.is_keyword(kw::DYN) {
            return false;
        }
        let next = self.ahead(1);
        self.edition() >= Edition::E2018
            || match next.is_path_start(self.editions) {
                true => !matches!(next.kind, TokenKind::PathSep | TokenKind::Lt | TokenKind::Shl),
                false => {
                    matches!(next.kind, TokenKind::Open(Delim::Paren) | TokenKind::Question)
                        || next.is_lifetime()
                        || next.is_keyword(kw::FOR)
                }
            }
    }

    fn path_ty(&mut self, lo: Span, plus: AllowPlus) -> Result<TyKind> {
        let path = self.path(PathStyle::Type)?;
        if self.eat(TokenKind::Bang) {
            let args = self.delim_args("macro call")?;
            return Ok(TyKind::MacCall(self.ast.add(MacCall { path, args })));
        }
        match plus == AllowPlus::Yes && self.token.is_like_plus() {
            true => self.remaining_bounds_of(List::EMPTY, path, lo, true, false),
            false => Ok(TyKind::Path(None, path)),
        }
    }

    /// A trait object without `dyn` that does not begin with a path.
    fn bare_object(&mut self, plus: AllowPlus) -> Result<TyKind> {
        if self.token.is_lifetime() && !self.ahead(1).is_like_plus() {
            return self.expected(TYPE, "type");
        }
        Ok(TyKind::TraitObject(self.bounds_with(plus)?, DynSyntax::None))
    }

    fn remaining_bounds_of(
        &mut self,
        params: List<GenericParam>,
        path: Path,
        lo: Span,
        more: bool,
        parens: bool,
    ) -> Result<TyKind> {
        let span = lo.to(self.prev.span);
        let bound = PolyTraitRef { params, modifiers: BoundModifiers::NONE, path, span, parens };
        self.remaining_bounds(vec![Bound::Trait(bound)], more)
    }

    fn remaining_bounds(&mut self, mut bounds: Vec<Bound>, more: bool) -> Result<TyKind> {
        if more {
            self.eat_plus();
            let others = self.bounds()?;
            bounds.extend_from_slice(&self.ast[others]);
        }
        Ok(TyKind::TraitObject(self.ast.add_list(bounds), DynSyntax::None))
    }

    fn fn_ptr_ty(&mut self, params: List<GenericParam>) -> Result<TyKind> {
        let lo = self.token.span;
        let header = self.fn_header()?;
        if header.constness != Constness::No || header.coroutine.is_some() {
            return self.doubt(lo, "function pointer type", "a function pointer is neither `const` nor `async`");
        }
        let decl = self.fn_decl(NameRule::Optional, AllowPlus::No)?;
        let decl_span = lo.to(self.prev.span);
        let FnHeader { safety, ext, .. } = header;
        Ok(TyKind::FnPtr(self.ast.add(FnPtrTy { safety, ext, params, decl, decl_span })))
    }
}
