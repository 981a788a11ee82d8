//! Paths and their arguments. (rustc: `rustc_ast_lowering::path`.)

use ::ty::{DefKind, Definitions, GenericParamKind, LangItem};
use syntax::ast::{self, AngleArg, Id, QSelf};
use syntax::doubt::Result;
use syntax::span::{Ident, Span};
use syntax::symbol::kw;

use super::Lowerer;
use crate::body::TyId;
use crate::path::{Path, PathSegment, QPath, Res};
use crate::resolve::{Partial, Resolved};
use crate::scope::Ns;
use crate::ty::{
    AssocItemConstraint, AssocItemConstraintKind, GenericArg, GenericArgs, Lifetime, LifetimeKind, Parenthesized,
    TyKind,
};

/// Where a path stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Source {
    Type,
    Trait,
    Expr,
    Pat,
    Struct,
    TupleStruct,
}

impl Source {
    fn ns(self) -> Ns {
        match self {
            Source::Type | Source::Trait | Source::Struct => Ns::Type,
            Source::Expr | Source::Pat | Source::TupleStruct => Ns::Value,
        }
    }

    /// Are missing arguments inferred?
    fn is_optional(self) -> bool {
        !matches!(self, Source::Type | Source::Trait)
    }
}

impl Lowerer<'_, '_> {
    /// What a path means.
    pub(super) fn resolve(&mut self, qself: Option<Id<QSelf>>, path: &ast::Path, source: Source) -> Result<Resolved> {
        match self.try_resolve(qself, path, source)? {
            Some(found) => Ok(found),
            None => {
                let names: Vec<&str> = self.ast[path.segments].iter().map(|s| s.ident.name.as_str()).collect();
                self.doubt(path.span, "path", format!("cannot find `{}` in this scope", names.join("::")))
            }
        }
    }

    /// What a path means; nothing if there is no such name.
    pub(super) fn try_resolve(
        &mut self,
        qself: Option<Id<QSelf>>,
        path: &ast::Path,
        source: Source,
    ) -> Result<Option<Resolved>> {
        let idents: Vec<Ident> = self.ast[path.segments].iter().map(|segment| segment.ident).collect();
        let position = match qself {
            None => return self.resolve_idents(&idents, source.ns()),
            Some(qself) => self.ast[qself].position as usize,
        };
        if position == 0 {
            let partial = Partial { res: Res::Err, unresolved: idents.len() };
            return Ok(Some(Resolved { partial, segments: vec![Res::Err; idents.len()] }));
        }
        let ns = if position + 1 == idents.len() { source.ns() } else { Ns::Type };
        let in_trait = idents.get(..=position).unwrap_or(&idents);
        let Some(mut found) = self.resolve_idents(in_trait, ns)? else { return Ok(None) };
        found.partial.unresolved += idents.len() - in_trait.len();
        found.segments.resize(idents.len(), Res::Err);
        Ok(Some(found))
    }

    /// What names mean: in the namespace that is wanted, else in another.
    fn resolve_idents(&mut self, idents: &[Ident], ns: Ns) -> Result<Option<Resolved>> {
        if let Some(found) = self.res.path(idents, ns)? {
            return Ok(Some(found));
        }
        match ns {
            Ns::Type => self.res.path(idents, Ns::Value),
            Ns::Value => self.res.path(idents, Ns::Type),
        }
    }

    /// A path.
    pub(super) fn qpath(&mut self, qself: Option<Id<QSelf>>, path: &ast::Path, source: Source) -> Result<QPath> {
        let found = self.resolve(qself, path, source)?;
        self.resolved_qpath(qself, path, source, &found)
    }

    /// A path of which is known what it means.
    pub(super) fn resolved_qpath(
        &mut self,
        qself: Option<Id<QSelf>>,
        path: &ast::Path,
        source: Source,
        found: &Resolved,
    ) -> Result<QPath> {
        let position = qself.map(|qself| self.ast[qself].position as usize);
        let qself_ty = match qself {
            Some(qself) => Some(self.ty(self.ast[qself].ty)?),
            None => None,
        };
        let Partial { res, unresolved } = found.partial;
        let segments = self.ast[path.segments].to_vec();
        let start = segments.len().saturating_sub(unresolved);
        let mut lowered = Vec::with_capacity(start);
        for (index, segment) in segments[..start].iter().enumerate() {
            let optional = source.is_optional() && position.is_none_or(|position| index >= position);
            let elided = self.elided_lifetimes(res, index, start);
            let meaning = found.segments.get(index).copied().unwrap_or(Res::Err);
            lowered.push(self.segment(path.span, segment, optional, elided, source, meaning)?);
        }
        let span = match segments[..start].last() {
            Some(last) => self.up_to(path, last),
            None => path.span.before(),
        };
        let resolved = QPath::Resolved(qself_ty, Path { span, res, segments: lowered });
        if unresolved == 0 {
            return Ok(resolved);
        }
        let mut ty = match (start, qself_ty) {
            (0, Some(ty)) => ty,
            (0, None) => return self.doubt(path.span, "path", "it begins with nothing"),
            _ => self.ty_path(span, resolved),
        };
        for (index, segment) in segments.iter().enumerate().skip(start) {
            let lowered = self.segment(path.span, segment, source.is_optional(), 0, source, Res::Err)?;
            let qpath = QPath::TypeRelative(ty, lowered);
            if index + 1 == segments.len() {
                return Ok(qpath);
            }
            ty = self.ty_path(self.up_to(path, segment), qpath);
        }
        self.doubt(path.span, "path", "it ends with nothing")
    }

    /// A path's beginning up to a segment.
    fn up_to(&self, path: &ast::Path, segment: &ast::PathSegment) -> Span {
        let at = segment.ident.span;
        // Names of paths that the compiler wrote have no places, for which the whole path's stands here; but `Self` has one.
        let is_whole = (at.lo, at.hi) == (path.span.lo, path.span.hi);
        match is_whole && path.segments.len() > 1 && segment.ident.name != kw::SELF_TYPE {
            true => path.span.before(),
            false => path.span.before().to(self.segment_span(segment)),
        }
    }

    fn segment_span(&self, segment: &ast::PathSegment) -> Span {
        match segment.args.map(|args| &self.ast[args]) {
            Some(ast::GenericArgs::Angle { span, .. } | ast::GenericArgs::Paren { span, .. })
            | Some(ast::GenericArgs::ParenElided(span)) => segment.ident.span.to(*span),
            None => segment.ident.span,
        }
    }

    /// How many lifetimes a segment has that are not written.
    fn elided_lifetimes(&self, res: Res, index: usize, start: usize) -> usize {
        let parent = |mut def_id: ::ty::DefId| {
            def_id.index = self.session.def_key(def_id).parent.unwrap_or(0);
            def_id
        };
        let def_id = match res {
            Res::Def(DefKind::AssocTy, def_id) if index + 2 == start => parent(def_id),
            Res::Def(DefKind::Variant, def_id) if index + 1 == start => parent(def_id),
            Res::Def(DefKind::Struct | DefKind::Union | DefKind::Enum | DefKind::TyAlias | DefKind::Trait, def_id)
                if index + 1 == start =>
            {
                def_id
            }
            _ => return 0,
        };
        let params = &self.session.generics_of(def_id).own_params;
        params.iter().filter(|param| param.kind == GenericParamKind::Lifetime).count()
    }

    /// A name with its arguments.
    pub(super) fn segment(
        &mut self,
        path_span: Span,
        segment: &ast::PathSegment,
        optional: bool,
        elided: usize,
        source: Source,
        res: Res,
    ) -> Result<PathSegment> {
        let (mut args, infer_args) = match segment.args.map(|args| self.ast[args]) {
            None => {
                let span_ext = path_span.after();
                let parenthesized = Parenthesized::No;
                (GenericArgs { args: Vec::new(), constraints: Vec::new(), parenthesized, span_ext }, optional)
            }
            Some(args) => self.generic_args(&args, optional)?,
        };
        let has_lifetimes = args.args.iter().any(|arg| matches!(arg, GenericArg::Lifetime(_)));
        if args.parenthesized == Parenthesized::No && !has_lifetimes && elided > 0 {
            let is_inferred = !matches!(source, Source::Type | Source::Trait);
            let kind = if is_inferred { LifetimeKind::Infer } else { self.elided };
            let ident = Ident::new(kw::UNDERSCORE_LIFETIME, segment.ident.span);
            let lifetime = GenericArg::Lifetime(Lifetime { ident, kind, is_implicit: true });
            args.args.splice(0..0, std::iter::repeat_n(lifetime, elided));
        }
        let is_empty = args.args.is_empty() && args.constraints.is_empty() && args.parenthesized == Parenthesized::No;
        let is_written = args.span_ext.lo != args.span_ext.hi;
        let args = (!is_empty || is_written).then(|| Box::new(args));
        Ok(PathSegment { ident: segment.ident, res, args, infer_args })
    }

    /// Arguments, and whether types and constants among them are to be inferred.
    pub(super) fn generic_args(&mut self, args: &ast::GenericArgs, optional: bool) -> Result<(GenericArgs, bool)> {
        match *args {
            ast::GenericArgs::Angle { args, span } => {
                let (mut lowered, mut constraints) = (Vec::new(), Vec::new());
                let mut has_others = false;
                for arg in self.ast[args].iter().copied() {
                    match arg {
                        AngleArg::Lifetime(lifetime) => {
                            lowered.push(GenericArg::Lifetime(self.lifetime(lifetime)));
                        }
                        AngleArg::Type(ty) => {
                            has_others = true;
                            lowered.push(self.type_arg(ty)?);
                        }
                        AngleArg::Const(anon) => {
                            has_others = true;
                            lowered.push(GenericArg::Const(self.const_arg(anon)?));
                        }
                        AngleArg::Constraint(constraint) => constraints.push(self.constraint(constraint)?),
                    }
                }
                let parenthesized = Parenthesized::No;
                let args = GenericArgs { args: lowered, constraints, parenthesized, span_ext: span };
                Ok((args, !has_others && optional))
            }
            ast::GenericArgs::Paren { inputs, inputs_span, output, span } => {
                let inputs = self.elided_as(LifetimeKind::Elided, |x| {
                    let types = x.ast[inputs].to_vec();
                    types.into_iter().map(|ty| x.ty(ty)).collect::<Result<Vec<TyId>>>()
                })?;
                let tuple = self.new_ty(inputs_span, TyKind::Tup(inputs));
                let output = match output {
                    ast::FnRet::Default(_) => self.new_ty(span, TyKind::Tup(Vec::new())),
                    ast::FnRet::Ty(ty) => self.elided_as(LifetimeKind::Elided, |x| x.ty(ty))?,
                };
                let constraint = AssocItemConstraint {
                    ident: Self::dummy("Output"),
                    gen_args: GenericArgs {
                        args: Vec::new(),
                        constraints: Vec::new(),
                        parenthesized: Parenthesized::No,
                        span_ext: Span::DUMMY,
                    },
                    kind: AssocItemConstraintKind::EqType(output),
                    span: self.cx.hir.types[output].span,
                };
                let args = GenericArgs {
                    args: vec![GenericArg::Type(tuple)],
                    constraints: vec![constraint],
                    parenthesized: Parenthesized::ParenSugar,
                    span_ext: inputs_span,
                };
                Ok((args, false))
            }
            ast::GenericArgs::ParenElided(span) => {
                let parenthesized = Parenthesized::ReturnTypeNotation;
                let args = GenericArgs { args: Vec::new(), constraints: Vec::new(), parenthesized, span_ext: span };
                Ok((args, false))
            }
        }
    }

    /// A type between brackets may be a constant's name.
    fn type_arg(&mut self, ty: ast::TyId) -> Result<GenericArg> {
        let mut inner = self.ast[ty];
        while let ast::TyKind::Paren(in_parens) = inner.kind {
            inner = self.ast[in_parens];
        }
        if let ast::TyKind::Infer = inner.kind {
            return Ok(GenericArg::Infer(self.ast[ty].span));
        }
        if let ast::TyKind::Path(None, path) = self.ast[ty].kind
            && let [segment] = &self.ast[path.segments]
            && segment.args.is_none()
        {
            let found = self.resolve(None, &path, Source::Type)?;
            let is_value = match found.partial.res {
                Res::Def(kind, _) => crate::scope::namespace(kind) == Some(Ns::Value),
                Res::SelfCtor(_) | Res::Local(_) => true,
                _ => false,
            };
            if is_value && found.partial.unresolved == 0 {
                let span = self.ast[ty].span;
                return Ok(GenericArg::Const(self.const_path(&path, &found, span)?));
            }
        }
        Ok(GenericArg::Type(self.ty(ty)?))
    }

    fn constraint(&mut self, constraint: Id<ast::AssocConstraint>) -> Result<AssocItemConstraint> {
        let ast::AssocConstraint { ident, args, kind, span } = self.ast[constraint];
        let gen_args = match args {
            Some(args) => self.generic_args(&self.ast[args], false)?.0,
            None => GenericArgs {
                args: Vec::new(),
                constraints: Vec::new(),
                parenthesized: Parenthesized::No,
                span_ext: Span::DUMMY,
            },
        };
        let kind = match kind {
            ast::ConstraintKind::EqType(ty) => AssocItemConstraintKind::EqType(self.ty(ty)?),
            ast::ConstraintKind::EqConst(anon) => AssocItemConstraintKind::EqConst(self.const_arg(anon)?),
            ast::ConstraintKind::Bounds(bounds) => AssocItemConstraintKind::Bound(self.bounds(bounds)?),
        };
        Ok(AssocItemConstraint { ident, gen_args, kind, span })
    }

    /// A lifetime that is written.
    pub(super) fn lifetime(&mut self, ident: Ident) -> Lifetime {
        let kind = match ident.name {
            kw::STATIC_LIFETIME => LifetimeKind::Static,
            kw::UNDERSCORE_LIFETIME => self.elided,
            _ => self.res.lifetime(ident).map_or(LifetimeKind::Elided, LifetimeKind::Param),
        };
        Lifetime { ident, kind, is_implicit: false }
    }

    /// What elided lifetimes are meanwhile.
    pub(super) fn elided_as<T>(&mut self, kind: LifetimeKind, f: impl FnOnce(&mut Self) -> Result<T>) -> Result<T> {
        let outer = std::mem::replace(&mut self.elided, kind);
        let result = f(self);
        self.elided = outer;
        result
    }

    /// The trait that `async Fn()` means.
    pub(super) fn async_trait(&self, res: Res, span: Span) -> Result<Res> {
        let Res::Def(DefKind::Trait, def_id) = res else { return Ok(res) };
        let pairs = [
            (LangItem::Fn, LangItem::AsyncFn),
            (LangItem::FnMut, LangItem::AsyncFnMut),
            (LangItem::FnOnce, LangItem::AsyncFnOnce),
        ];
        let found = pairs.into_iter().find(|(sync, _)| self.session.lang_item(*sync) == Some(def_id));
        match found.and_then(|(_, item)| self.session.lang_item(item)) {
            Some(def_id) => Ok(Res::Def(DefKind::Trait, def_id)),
            None => self.doubt(span, "async bound", "the trait has no async form"),
        }
    }

    /// A name as a path.
    pub(super) fn ident_path(&mut self, ident: Ident, res: Res) -> QPath {
        let segments = vec![PathSegment { ident, res, args: None, infer_args: true }];
        QPath::Resolved(None, Path { span: ident.span, res, segments })
    }
}
