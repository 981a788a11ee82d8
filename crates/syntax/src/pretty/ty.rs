//! Types, paths, bounds and generics. (rustc: `rustc_ast_pretty::pprust::state`.)

use super::{Fixup, INDENT, Printer};
use crate::ast::*;
use crate::symbol::kw;

impl Printer<'_> {
    pub(super) fn ty(&mut self, ty: TyId) {
        self.level(|p| p.ty_at_level(ty));
    }

    fn comma_types(&mut self, types: List<TyId>) {
        self.commas(&self.ast()[types], |p, &ty| p.ty(ty));
    }

    fn ty_at_level(&mut self, id: TyId) {
        let ast = self.ast();
        let ty = &ast[id];
        self.comments_before(ty.span.lo);
        self.ibox(0);
        match ty.kind {
            TyKind::Slice(inner) => {
                self.word("[");
                self.ty(inner);
                self.word("]");
            }
            TyKind::Ptr(inner, mutability) => {
                self.word("*");
                self.mutability(mutability, true);
                self.ty(inner);
            }
            TyKind::Ref(lifetime, inner, mutability) => {
                self.word("&");
                self.opt_lifetime(lifetime);
                self.mutability(mutability, false);
                self.ty(inner);
            }
            TyKind::PinnedRef(lifetime, inner, mutability) => {
                self.word("&");
                self.opt_lifetime(lifetime);
                self.word("pin ");
                self.mutability(mutability, true);
                self.ty(inner);
            }
            TyKind::Never => self.word("!"),
            TyKind::Tup(types) => {
                self.word("(");
                self.comma_types(types);
                if types.len() == 1 {
                    self.word(",");
                }
                self.word(")");
            }
            TyKind::Paren(inner) => {
                self.word("(");
                self.ty(inner);
                self.word(")");
            }
            TyKind::FnPtr(id) => {
                let FnPtrTy { safety, ext, params, decl, .. } = ast[id];
                self.ibox(INDENT);
                self.binder(params);
                let header = FnHeader { safety, ext, ..FnHeader::default() };
                self.fn_signature(&header, None, &Generics::default(), &ast[decl]);
                self.end();
            }
            TyKind::UnsafeBinder(id) => {
                let UnsafeBinderTy { params, inner } = ast[id];
                self.ibox(INDENT);
                self.word("unsafe");
                self.generic_params(params);
                self.nbsp();
                self.ty(inner);
                self.end();
            }
            TyKind::Path(qself, path) => self.maybe_qpath(qself, &path, false),
            TyKind::TraitObject(bounds, syntax) => {
                if syntax == DynSyntax::Dyn {
                    self.word_nbsp("dyn");
                }
                self.bounds(bounds);
            }
            TyKind::ImplTrait(bounds) => {
                self.word_nbsp("impl");
                self.bounds(bounds);
            }
            TyKind::Array(inner, len) => {
                self.word("[");
                self.ty(inner);
                self.word("; ");
                self.expr(len.0, Fixup::default());
                self.word("]");
            }
            TyKind::Infer => self.word("_"),
            TyKind::ImplicitSelf => self.word("Self"),
            TyKind::MacCall(mac) => self.mac(&ast[mac]),
            TyKind::CVarArgs => self.word("..."),
            TyKind::Pat(inner, pat) => {
                self.ty(inner);
                self.word(" is ");
                self.ty_pat(pat);
            }
        }
        self.end();
    }

    fn ty_pat(&mut self, pat: Id<TyPat>) {
        self.level(|p| match p.ast()[pat] {
            TyPat::Range(start, end, op) => {
                if let Some(start) = start {
                    p.anon_const(start, List::EMPTY);
                }
                p.word("..");
                if let Some(end) = end {
                    if op != RangeEnd::DotDot {
                        p.word("=");
                    }
                    p.anon_const(end, List::EMPTY);
                }
            }
            TyPat::NotNull => p.word("!null"),
            TyPat::Or(pats) => {
                for (index, &pat) in p.ast()[pats].iter().enumerate() {
                    if index > 0 {
                        p.word(" | ");
                    }
                    p.ty_pat(pat);
                }
            }
        });
    }

    pub(super) fn opt_lifetime(&mut self, lifetime: Option<Lifetime>) {
        if let Some(lifetime) = lifetime {
            self.lifetime(lifetime);
            self.nbsp();
        }
    }

    /// `mut`, and `const` if that is to be said.
    pub(super) fn mutability(&mut self, mutability: Mutability, print_const: bool) {
        match mutability {
            Mutability::Mut => self.word_nbsp("mut"),
            Mutability::Not if print_const => self.word_nbsp("const"),
            Mutability::Not => {}
        }
    }

    /// A path without its last `depth` segments.
    pub(super) fn path(&mut self, path: &Path, colons: bool, depth: usize) {
        self.comments_before(path.span.lo);
        let segments = &self.ast()[path.segments];
        for (index, segment) in segments[..segments.len().saturating_sub(depth)].iter().enumerate() {
            if index > 0 {
                self.word("::");
            }
            if segment.ident.name != kw::PATH_ROOT {
                self.path_segment(segment, colons);
            }
        }
    }

    fn path_segment(&mut self, segment: &PathSegment, colons: bool) {
        self.ident(segment.ident);
        if let Some(args) = segment.args {
            self.generic_args(args, colons);
        }
    }

    pub(super) fn maybe_qpath(&mut self, qself: Option<Id<QSelf>>, path: &Path, colons: bool) {
        match qself {
            Some(qself) => self.qpath(qself, path, colons),
            None => self.path(path, colons, 0),
        }
    }

    pub(super) fn qpath(&mut self, qself: Id<QSelf>, path: &Path, colons: bool) {
        let QSelf { ty, position, .. } = self.ast()[qself];
        let position = (position as usize).min(path.segments.len());
        self.word("<");
        self.ty(ty);
        if position > 0 {
            self.space();
            self.word_space("as");
            self.path(path, false, path.segments.len() - position);
        }
        self.word(">");
        for segment in &self.ast()[path.segments][position..] {
            self.word("::");
            self.path_segment(segment, colons);
        }
    }

    pub(super) fn generic_args(&mut self, args: Id<GenericArgs>, colons: bool) {
        if colons {
            self.word("::");
        }
        let ast = self.ast();
        match ast[args] {
            GenericArgs::Angle { args, .. } => {
                self.word("<");
                self.commas(&ast[args], |p, arg| match *arg {
                    AngleArg::Lifetime(lifetime) => p.lifetime(lifetime),
                    AngleArg::Type(ty) => p.ty(ty),
                    AngleArg::Const(value) => p.expr(value.0, Fixup::default()),
                    AngleArg::Constraint(constraint) => p.constraint(constraint),
                });
                self.word(">");
            }
            GenericArgs::Paren { inputs, output, .. } => {
                self.word("(");
                self.comma_types(inputs);
                self.word(")");
                self.ret(&output);
            }
            GenericArgs::ParenElided(_) => {
                self.word("(");
                self.word("..");
                self.word(")");
            }
        }
    }

    fn constraint(&mut self, constraint: Id<AssocConstraint>) {
        let AssocConstraint { ident, args, kind, .. } = self.ast()[constraint];
        self.ident(ident);
        if let Some(args) = args {
            self.generic_args(args, false);
        }
        self.space();
        match kind {
            ConstraintKind::EqType(ty) => {
                self.word_space("=");
                self.ty(ty);
            }
            ConstraintKind::EqConst(value) => {
                self.word_space("=");
                self.anon_const(value, List::EMPTY);
            }
            ConstraintKind::Bounds(bounds) => self.bounds_behind_colon(bounds),
        }
    }

    pub(super) fn ret(&mut self, ret: &FnRet) {
        if let FnRet::Ty(ty) = *ret {
            self.space_if_not_at_start();
            self.ibox(INDENT);
            self.word_space("->");
            self.ty(ty);
            self.end();
            self.comments_before(self.ast()[ty].span.lo);
        }
    }

    pub(super) fn bounds_behind_colon(&mut self, bounds: List<Bound>) {
        if !bounds.is_empty() {
            self.word_nbsp(":");
            self.bounds(bounds);
        }
    }

    pub(super) fn bounds(&mut self, bounds: List<Bound>) {
        for (index, bound) in self.ast()[bounds].iter().enumerate() {
            if index > 0 {
                self.nbsp();
                self.word_space("+");
            }
            match bound {
                Bound::Trait(bound) => self.level(|p| p.trait_bound(bound)),
                Bound::Outlives(lifetime) => self.lifetime(*lifetime),
                Bound::Use(args, _) => {
                    self.word("use");
                    self.word("<");
                    self.commas(&self.ast()[*args], |p, arg| match arg {
                        UseArg::Arg(path) => p.path(path, false, 0),
                        UseArg::Lifetime(lifetime) => p.lifetime(*lifetime),
                    });
                    self.word(">");
                }
            }
        }
    }

    fn trait_bound(&mut self, bound: &PolyTraitRef) {
        self.binder(bound.params);
        match bound.modifiers.constness {
            BoundConstness::Never => {}
            BoundConstness::Always => self.word_space("const"),
            BoundConstness::Maybe => self.word_space("[const]"),
        }
        if bound.modifiers.asyncness {
            self.word_space("async");
        }
        match bound.modifiers.polarity {
            BoundPolarity::Positive => {}
            BoundPolarity::Negative => self.word("!"),
            BoundPolarity::Maybe => self.word("?"),
        }
        self.path(&bound.path, false, 0);
    }

    /// `for<…>`, if there are parameters.
    pub(super) fn binder(&mut self, params: List<GenericParam>) {
        if !params.is_empty() {
            self.word("for");
            self.generic_params(params);
            self.nbsp();
        }
    }

    pub(super) fn generic_params(&mut self, params: List<GenericParam>) {
        if params.is_empty() {
            return;
        }
        self.word("<");
        self.commas(&self.ast()[params], |p, param| {
            p.outer_attrs_inline(param.attrs);
            match param.kind {
                GenericParamKind::Lifetime => {
                    p.lifetime(param.ident);
                    if !param.bounds.is_empty() {
                        p.word_nbsp(":");
                        p.lifetime_bounds(param.bounds);
                    }
                }
                GenericParamKind::Type(default) => {
                    p.ident(param.ident);
                    p.bounds_behind_colon(param.bounds);
                    if let Some(default) = default {
                        p.space();
                        p.word_space("=");
                        p.ty(default);
                    }
                }
                GenericParamKind::Const(ty, default, _) => {
                    p.word_space("const");
                    p.ident(param.ident);
                    p.space();
                    p.word_space(":");
                    p.ty(ty);
                    p.bounds_behind_colon(param.bounds);
                    if let Some(default) = default {
                        p.space();
                        p.word_space("=");
                        p.expr(default.0, Fixup::default());
                    }
                }
            }
        });
        self.word(">");
    }

    fn lifetime_bounds(&mut self, bounds: List<Bound>) {
        for (index, bound) in self.ast()[bounds].iter().enumerate() {
            if index > 0 {
                self.word(" + ");
            }
            if let Bound::Outlives(lifetime) = bound {
                self.lifetime(*lifetime);
            }
        }
    }

    pub(super) fn where_clause(&mut self, clause: &WhereClause) {
        if clause.predicates.is_empty() && !clause.has_where {
            return;
        }
        self.space();
        self.word_space("where");
        for (index, predicate) in self.ast()[clause.predicates].iter().enumerate() {
            if index > 0 {
                self.word_space(",");
            }
            self.outer_attrs(predicate.attrs);
            match predicate.kind {
                WhereKind::Bound(params, ty, bounds) => {
                    self.binder(params);
                    self.ty(ty);
                    self.word(":");
                    if !bounds.is_empty() {
                        self.nbsp();
                        self.bounds(bounds);
                    }
                }
                WhereKind::Region(lifetime, bounds) => {
                    self.lifetime(lifetime);
                    self.word(":");
                    if !bounds.is_empty() {
                        self.nbsp();
                        self.lifetime_bounds(bounds);
                    }
                }
                WhereKind::Eq(lhs, rhs) => {
                    self.ty(lhs);
                    self.space();
                    self.word_space("=");
                    self.ty(rhs);
                }
            }
        }
    }
}
