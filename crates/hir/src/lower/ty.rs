//! Types, bounds and constants in types. (rustc: `rustc_ast_lowering`, `lib.rs`.)

use ::ty::{DefId, DefKind, DefPathData, ExternAbi, LangItem};
use syntax::ast::{self, AnonConst, Bound, BoundModifiers, DynSyntax, ExprKind as E, Id, List};
use syntax::doubt::Result;
use syntax::span::{Ident, Span};
use syntax::symbol::kw;

use super::Lowerer;
use super::path::Source;
use crate::body::{Body, TyId};
use crate::expr::ExprKind;
use crate::path::{Path, PathSegment, QPath, Res};
use crate::resolve::{Resolved, Rib, RibKind};
use crate::ty::*;

impl Lowerer<'_, '_> {
    pub(super) fn new_ty(&mut self, span: Span, kind: TyKind) -> TyId {
        self.cx.hir.types.push(Ty { kind, span })
    }

    /// A type.
    pub(super) fn ty(&mut self, ty: ast::TyId) -> Result<TyId> {
        let span = self.ast[ty].span;
        self.level(span, |x| x.ty_inner(ty))
    }

    fn ty_inner(&mut self, id: ast::TyId) -> Result<TyId> {
        let ast::Ty { kind, span } = self.ast[id];
        let kind = match kind {
            ast::TyKind::Slice(ty) => TyKind::Slice(self.ty(ty)?),
            ast::TyKind::Array(ty, len) => {
                let ty = self.ty(ty)?;
                TyKind::Array(ty, self.array_len(len)?)
            }
            ast::TyKind::Ptr(ty, mutability) => TyKind::Ptr(self.ty(ty)?, mutability),
            ast::TyKind::Ref(lifetime, ty, mutability) => {
                let lifetime = self.ref_lifetime(lifetime, span);
                TyKind::Ref(lifetime, self.ty(ty)?, mutability)
            }
            ast::TyKind::PinnedRef(lifetime, ty, mutability) => {
                let lifetime = self.ref_lifetime(lifetime, span);
                let ty = self.ty(ty)?;
                let arg = self.new_ty(span, TyKind::Ref(lifetime, ty, mutability));
                let def_id = self.lang_item(LangItem::Pin, span)?;
                let res = Res::Def(DefKind::Struct, def_id);
                let args = GenericArgs {
                    args: vec![GenericArg::Type(arg)],
                    constraints: Vec::new(),
                    parenthesized: Parenthesized::No,
                    span_ext: span,
                };
                let ident = Ident::new(syntax::symbol::Symbol::intern("pin"), span);
                let segments = vec![PathSegment { ident, res, args: Some(Box::new(args)), infer_args: false }];
                TyKind::Path(QPath::Resolved(None, Path { span, res, segments }))
            }
            ast::TyKind::FnPtr(ptr) => return self.fn_ptr(ptr, span),
            ast::TyKind::UnsafeBinder(binder) => {
                let ast::UnsafeBinderTy { params, inner } = self.ast[binder];
                let (params, inner) = self.binder(params, |x| x.ty(inner))?;
                TyKind::UnsafeBinder(params, inner)
            }
            ast::TyKind::Never => TyKind::Never,
            ast::TyKind::Tup(types) => {
                let types = self.ast[types].to_vec();
                TyKind::Tup(types.into_iter().map(|ty| self.ty(ty)).collect::<Result<_>>()?)
            }
            ast::TyKind::Path(qself, path) => {
                let found = self.resolve(qself, &path, Source::Type)?;
                let is_trait = matches!(found.partial.res, Res::Def(DefKind::Trait | DefKind::TraitAlias, _));
                if qself.is_none() && is_trait && found.partial.unresolved == 0 {
                    let bound = ast::PolyTraitRef {
                        params: List::EMPTY,
                        modifiers: BoundModifiers::NONE,
                        path,
                        span,
                        parens: false,
                    };
                    let bound = self.poly_trait_ref(&bound)?;
                    let lifetime = self.object_lifetime(span);
                    TyKind::TraitObject(vec![bound], lifetime, DynSyntax::None)
                } else {
                    let qpath = self.resolved_qpath(qself, &path, Source::Type, &found)?;
                    return Ok(self.ty_path(span, qpath));
                }
            }
            ast::TyKind::TraitObject(bounds, syntax) => {
                let (mut lowered, mut lifetime) = (Vec::new(), None);
                for bound in self.ast[bounds].iter().copied() {
                    match bound {
                        Bound::Trait(bound) => lowered.push(self.poly_trait_ref(&bound)?),
                        Bound::Outlives(ident) if lifetime.is_none() => lifetime = Some(self.lifetime(ident)),
                        Bound::Outlives(_) | Bound::Use(..) => {}
                    }
                }
                TyKind::TraitObject(lowered, lifetime.unwrap_or_else(|| self.object_lifetime(span)), syntax)
            }
            ast::TyKind::ImplTrait(bounds) => {
                // Of a signature, what is inside belongs to the opaque type, if it is one.
                let outer = self.cx.parent;
                self.cx.parent = self.defs.opaque_type(outer, span).unwrap_or(outer);
                let bounds = self.bounds(bounds);
                self.cx.parent = outer;
                TyKind::TraitAscription(bounds?)
            }
            ast::TyKind::Paren(ty) => return self.ty(ty),
            ast::TyKind::Infer => TyKind::Infer,
            ast::TyKind::ImplicitSelf => {
                let ident = Self::dummy("Self");
                let Some(res) = self.res.lexical(Ident::new(kw::SELF_TYPE, span), crate::scope::Ns::Type)? else {
                    return self.doubt(span, "`self`", "there is no `Self`");
                };
                let segments = vec![PathSegment { ident, res, args: None, infer_args: true }];
                TyKind::Path(QPath::Resolved(None, Path { span, res, segments }))
            }
            ast::TyKind::MacCall(_) => return self.doubt(span, "macro call", "it is not expanded"),
            ast::TyKind::CVarArgs => return self.doubt(span, "type", "`...` is no type"),
            ast::TyKind::Pat(..) => return self.doubt(span, "pattern type", "not supported"),
        };
        Ok(self.new_ty(span, kind))
    }

    /// The type that a path is: a trait's is an object.
    pub(super) fn ty_path(&mut self, span: Span, qpath: QPath) -> TyId {
        let kind = match qpath {
            QPath::Resolved(None, path) if matches!(path.res, Res::Def(DefKind::Trait | DefKind::TraitAlias, _)) => {
                let bound = PolyTraitRef { generic_params: Vec::new(), modifiers: BoundModifiers::NONE, path, span };
                let lifetime = self.object_lifetime(span);
                TyKind::TraitObject(vec![bound], lifetime, DynSyntax::None)
            }
            qpath => TyKind::Path(qpath),
        };
        self.new_ty(span, kind)
    }

    fn ref_lifetime(&mut self, lifetime: Option<Ident>, span: Span) -> Lifetime {
        match lifetime {
            Some(ident) => self.lifetime(ident),
            None => {
                let ident = Ident::new(kw::UNDERSCORE_LIFETIME, span.before());
                Lifetime { ident, kind: self.elided, is_implicit: true }
            }
        }
    }

    fn object_lifetime(&mut self, span: Span) -> Lifetime {
        let ident = Ident::new(kw::UNDERSCORE_LIFETIME, span);
        Lifetime { ident, kind: LifetimeKind::ImplicitObjectLifetimeDefault, is_implicit: true }
    }

    fn fn_ptr(&mut self, ptr: Id<ast::FnPtrTy>, span: Span) -> Result<TyId> {
        let ast::FnPtrTy { safety, ext, params, decl, .. } = self.ast[ptr];
        let abi = match ext {
            ast::Extern::None => ExternAbi::Rust,
            ast::Extern::Implicit(_) => ExternAbi::C { unwind: false },
            ast::Extern::Explicit(lit, at, _) => match lit.symbol.as_str().parse().ok() {
                Some(abi) => abi,
                None => return self.doubt(at, "ABI", format!("`{}` is not known", lit.symbol)),
            },
        };
        let (generic_params, (decl, param_idents)) = self.binder(params, |x| {
            let inputs = x.ast[x.ast[decl].inputs].to_vec();
            let idents = inputs.iter().map(|param| match x.ast[param.pat].kind {
                ast::PatKind::Ident(_, ident, None) => Some(ident),
                _ => None,
            });
            let idents = idents.collect();
            Ok((x.elided_as(LifetimeKind::Elided, |x| x.fn_decl(decl))?, idents))
        })?;
        let is_unsafe = matches!(safety, ast::Safety::Unsafe(_));
        let ptr = FnPtrTy { is_unsafe, abi, generic_params, decl, param_idents };
        Ok(self.new_ty(span, TyKind::FnPtr(Box::new(ptr))))
    }

    /// Types of parameters and result.
    pub(super) fn fn_decl(&mut self, decl: Id<ast::FnDecl>) -> Result<FnDecl> {
        self.fn_decl_of(decl, None)
    }

    /// Types of parameters and result. Of an `async fn`, what is written in the result belongs to the future's type.
    pub(super) fn fn_decl_of(&mut self, decl: Id<ast::FnDecl>, future: Option<DefId>) -> Result<FnDecl> {
        let ast::FnDecl { inputs, output } = self.ast[decl];
        let mut types = Vec::new();
        let mut c_variadic = false;
        for param in self.ast[inputs].iter().copied() {
            match self.ast[param.ty].kind {
                ast::TyKind::CVarArgs => c_variadic = true,
                _ => types.push(self.ty(param.ty)?),
            }
        }
        let output = match output {
            ast::FnRet::Default(span) => FnRetTy::Default(span),
            ast::FnRet::Ty(ty) => {
                let outer = self.cx.parent;
                self.cx.parent = future.unwrap_or(outer);
                let output = self.ty(ty);
                self.cx.parent = outer;
                FnRetTy::Return(output?)
            }
        };
        let lifetime_elision_allowed = false;
        Ok(FnDecl { inputs: types, output, c_variadic, lifetime_elision_allowed })
    }

    /// `for<…>` and what it is in front of.
    pub(super) fn binder<T>(
        &mut self,
        params: List<ast::GenericParam>,
        f: impl FnOnce(&mut Self) -> Result<T>,
    ) -> Result<(Vec<GenericParam>, T)> {
        let mut rib = Rib::new(RibKind::Params);
        let mut lowered = Vec::new();
        for param in self.ast[params].iter().copied() {
            let name = Self::ty_symbol(param.ident.name);
            let key = self.res.item_key(param.ident);
            let kind = match param.kind {
                ast::GenericParamKind::Lifetime => GenericParamKind::Lifetime,
                ast::GenericParamKind::Type(_) => GenericParamKind::Type,
                ast::GenericParamKind::Const(..) => {
                    return self.doubt(param.ident.span, "binder", "constants in binders are not supported");
                }
            };
            let data = match kind {
                GenericParamKind::Lifetime => DefPathData::LifetimeNs(name),
                _ => DefPathData::TypeNs(name),
            };
            let def_id = self.define(data, param.ident.span)?;
            match kind {
                GenericParamKind::Lifetime => rib.lifetimes.push((key, def_id)),
                _ => rib.types.push((key, Res::Def(DefKind::TyParam, def_id))),
            }
            lowered.push(GenericParam { def_id, ident: param.ident, kind, span: param.ident.span });
        }
        let ribs = self.res.ribs.len();
        self.res.ribs.push(rib);
        let result = f(self);
        self.res.ribs.truncate(ribs);
        Ok((lowered, result?))
    }

    pub(super) fn bounds(&mut self, bounds: List<Bound>) -> Result<Vec<GenericBound>> {
        let mut lowered = Vec::new();
        for bound in self.ast[bounds].iter().copied() {
            lowered.push(match bound {
                Bound::Trait(bound) => GenericBound::Trait(self.poly_trait_ref(&bound)?),
                Bound::Outlives(ident) => GenericBound::Outlives(self.lifetime(ident)),
                Bound::Use(args, span) => {
                    let mut found = Vec::new();
                    for arg in self.ast[args].iter().copied() {
                        found.push(match arg {
                            ast::UseArg::Lifetime(ident) => UseArg::Lifetime(self.lifetime(ident)),
                            ast::UseArg::Arg(path) => {
                                let res = self.resolve(None, &path, Source::Type)?.partial.res;
                                match self.ast[path.segments].first() {
                                    Some(segment) => UseArg::Param(segment.ident, res),
                                    None => return self.doubt(span, "path", "it is empty"),
                                }
                            }
                        });
                    }
                    GenericBound::Use(found, span)
                }
            });
        }
        Ok(lowered)
    }

    /// A trait as a bound.
    pub(super) fn poly_trait_ref(&mut self, bound: &ast::PolyTraitRef) -> Result<PolyTraitRef> {
        let ast::PolyTraitRef { params, modifiers, path, span, .. } = *bound;
        let (generic_params, path) = self.binder(params, |x| {
            let mut found = x.resolve(None, &path, Source::Trait)?;
            if modifiers.asyncness {
                found.partial.res = x.async_trait(found.partial.res, span)?;
            }
            x.resolved_qpath(None, &path, Source::Trait, &found)
        })?;
        match path {
            QPath::Resolved(None, path) => Ok(PolyTraitRef { generic_params, modifiers, path, span }),
            _ => self.doubt(span, "bound", "it is no trait"),
        }
    }

    /// The length of an array.
    pub(super) fn array_len(&mut self, len: AnonConst) -> Result<ConstArg> {
        let mut inner = len.0;
        while let E::Paren(expr) = self.ast[inner].kind {
            inner = expr;
        }
        match self.ast[inner].kind {
            E::Underscore => Ok(ConstArg { kind: ConstArgKind::Infer, span: self.ast[len.0].span }),
            _ => self.const_arg(len),
        }
    }

    /// A constant in a type.
    pub(super) fn const_arg(&mut self, anon: AnonConst) -> Result<ConstArg> {
        self.const_arg_as(anon, DefPathData::AnonConst, self.ast[anon.0].span)
    }

    /// A constant that is found to be one late: its definition is at `span`.
    pub(super) fn late_const(&mut self, expr: ast::ExprId, span: Span) -> Result<ConstArg> {
        self.const_arg_as(AnonConst(expr), DefPathData::LateAnonConst, span)
    }

    fn const_arg_as(&mut self, anon: AnonConst, data: DefPathData, def_span: Span) -> Result<ConstArg> {
        let mut inner = anon.0;
        if let E::Block(block, _) = self.ast[inner].kind
            && let [ast::Stmt { kind: ast::StmtKind::Expr(expr), .. }] = self.ast[self.ast[block].stmts]
            && let E::Path(..) = self.ast[expr].kind
        {
            inner = expr;
        }
        let span = self.ast[inner].span;
        if let E::Path(None, path) = self.ast[inner].kind
            && let [segment] = &self.ast[path.segments]
            && segment.args.is_none()
            && let Some(found) = self.try_resolve(None, &path, Source::Expr)?
            && let Res::Def(DefKind::ConstParam, _) = found.partial.res
        {
            let qpath = self.resolved_qpath(None, &path, Source::Type, &found)?;
            return Ok(ConstArg { kind: ConstArgKind::Path(qpath), span });
        }
        let anon = self.anon_const_as(anon, data, def_span)?;
        Ok(ConstArg { kind: ConstArgKind::Anon(anon), span })
    }

    /// A constant with a body of its own.
    pub(super) fn anon_const(&mut self, anon: AnonConst) -> Result<crate::ty::AnonConst> {
        self.anon_const_as(anon, DefPathData::AnonConst, self.ast[anon.0].span)
    }

    fn anon_const_as(&mut self, anon: AnonConst, data: DefPathData, at: Span) -> Result<crate::ty::AnonConst> {
        let span = self.ast[anon.0].span;
        let def_id = self.define(data, at)?;
        self.body(def_id, |x| Ok(Body { params: Vec::new(), value: x.expr_of(anon.0)? }));
        let is_literal = match self.ast[anon.0].kind {
            E::Lit(_) => true,
            E::Unary(ast::UnOp::Neg, inner) => matches!(self.ast[inner].kind, E::Lit(_)),
            _ => false,
        };
        Ok(crate::ty::AnonConst { def_id, span, is_literal })
    }

    /// A path that stands where a type might, and is a constant.
    pub(super) fn const_path(&mut self, path: &ast::Path, found: &Resolved, span: Span) -> Result<ConstArg> {
        if let Res::Def(DefKind::ConstParam, _) = found.partial.res {
            let qpath = self.resolved_qpath(None, path, Source::Type, found)?;
            return Ok(ConstArg { kind: ConstArgKind::Path(qpath), span });
        }
        let def_id = self.define(DefPathData::LateAnonConst, span)?;
        self.body(def_id, |x| {
            let qpath = x.resolved_qpath(None, path, Source::Expr, found)?;
            Ok(Body { params: Vec::new(), value: x.expr(span, ExprKind::Path(qpath)) })
        });
        Ok(ConstArg { kind: ConstArgKind::Anon(crate::ty::AnonConst { def_id, span, is_literal: false }), span })
    }
}
