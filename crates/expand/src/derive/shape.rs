//! An impl of a trait for a struct, an enum or a union. (rustc: `rustc_builtin_macros::deriving::generic`.)

use syntax::ast::*;
use syntax::doubt::{Doubt, Result};
use syntax::span::{Ident, Span};
use syntax::symbol::{Symbol, kw};

use super::params::Finder;
use super::{DERIVE, attribute};
use crate::build::Builder;
use crate::cfg::is_named;

/// A trait that is derived.
pub(crate) struct TraitDef {
    /// Its path in the standard library.
    pub path: &'static [&'static str],
    /// Parameters need not implement it.
    pub no_bound: bool,
    /// Parameters of a packed struct must be `Copy`.
    pub copy_if_packed: bool,
    /// What else parameters must implement.
    pub bounds: Vec<Vec<&'static str>>,
    pub supports_unions: bool,
    pub is_unsafe: bool,
    /// `#[doc(hidden)]`
    pub is_hidden: bool,
}

impl TraitDef {
    pub(crate) fn new(path: &'static [&'static str]) -> TraitDef {
        TraitDef {
            path,
            no_bound: false,
            copy_if_packed: false,
            bounds: Vec::new(),
            supports_unions: false,
            is_unsafe: false,
            is_hidden: false,
        }
    }
}

/// What a method does with variants that have no fields.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fieldless {
    /// They are told apart by their discriminants alone.
    Unify,
    /// What other variants get.
    Default,
    /// If no variant has any, they are handled at once.
    Specialize,
}

/// The type of a parameter or result.
pub(crate) enum ParamTy {
    Unit,
    SelfTy,
    RefSelf,
    RefMut(Box<ParamTy>),
    Local(&'static str),
    Std(&'static [&'static str], Vec<ParamTy>),
}

/// A method of the trait.
pub(crate) struct Method {
    pub name: &'static str,
    /// Type parameters and their bounds.
    pub generics: Vec<(&'static str, Vec<&'static str>)>,
    /// `&self`
    pub has_self: bool,
    pub params: Vec<(ParamTy, &'static str)>,
    pub ret: ParamTy,
    pub attrs: Vec<(&'static str, Option<&'static str>)>,
    pub fieldless: Fieldless,
    /// The body does not look at `self`'s fields.
    pub is_static_body: bool,
}

impl Method {
    pub(crate) fn new(name: &'static str, ret: ParamTy) -> Method {
        Method {
            name,
            generics: Vec::new(),
            has_self: true,
            params: Vec::new(),
            ret,
            attrs: vec![("inline", None)],
            fieldless: Fieldless::Default,
            is_static_body: false,
        }
    }
}

/// A field, as a method sees it.
#[derive(Clone)]
pub(crate) struct Field {
    pub span: Span,
    pub name: Option<Ident>,
    /// A reference to that of `self`.
    pub expr: ExprId,
    /// References to those of the other parameters of that type.
    pub others: Vec<ExprId>,
    pub is_scalar: bool,
}

/// What a body is made of.
pub(crate) enum Fields {
    Struct(VariantData, Vec<Field>),
    Variant(Variant, Vec<Field>),
    /// An enum without any fields, at once.
    Fieldless,
    /// The discriminants as if they were fields, and what is done if they are equal.
    Discriminant(Field, Option<ExprId>),
    /// The body does not look at fields.
    Static,
}

/// A body: statements, and an expression.
pub(crate) struct Made {
    pub stmts: Vec<Stmt>,
    pub expr: Option<ExprId>,
}

impl Made {
    pub(crate) fn expr(expr: ExprId) -> Made {
        Made { stmts: Vec::new(), expr: Some(expr) }
    }

    fn into_block(mut self, b: &mut Builder<'_>) -> BlockId {
        if let Some(expr) = self.expr {
            self.stmts.push(b.stmt_expr(expr));
        }
        b.block(self.stmts)
    }

    fn into_expr(self, b: &mut Builder<'_>) -> ExprId {
        match (&self.stmts[..], self.expr) {
            ([], Some(expr)) => expr,
            (&[Stmt { kind: StmtKind::Expr(expr), .. }], None) => expr,
            _ => {
                let block = self.into_block(b);
                b.expr_block(block)
            }
        }
    }
}

/// Makes a body, given the names of the parameters that are not of the type itself.
pub(crate) type Body<'f> = &'f dyn std::ops::Fn(&mut Shape<'_>, &Fields, &[Ident]) -> Result<Made>;

/// A type that a trait is derived for.
pub(crate) struct Shape<'a> {
    pub ast: &'a mut Ast,
    pub kind: ItemKind,
    /// The type's name.
    pub ident: Ident,
    generics: Generics,
    attrs: List<Attr>,
    /// The place of what is made.
    pub span: Span,
    /// The place from where `$crate` in paths of bounds is looked up.
    krate: Span,
    /// What was made.
    pub items: Vec<ItemId>,
}

impl<'a> Shape<'a> {
    pub(crate) fn new(ast: &'a mut Ast, id: ItemId, span: Span, krate: Span) -> Result<Shape<'a>> {
        let Item { kind, attrs, span: place, .. } = ast[id];
        let (ident, generics) = match kind {
            ItemKind::Struct(ident, generics, _) | ItemKind::Union(ident, generics, _) => (ident, generics),
            ItemKind::Enum(ident, generics, _) => (ident, generics),
            _ => return Err(Doubt::new(place, DERIVE, "`derive` may only be applied to structs, enums and unions")),
        };
        Ok(Shape { ast, kind, ident, generics, attrs, span, krate, items: Vec::new() })
    }

    pub(crate) fn builder(&mut self, span: Span) -> Builder<'_> {
        Builder::new(self.ast, span)
    }

    /// A place of the program, as what is made has it.
    pub(crate) fn at(&self, span: Span) -> Span {
        Span { ctxt: self.span.ctxt, ..span }
    }

    pub(crate) fn wrong<T>(&self) -> Result<T> {
        Err(Doubt::new(self.span, DERIVE, "the derive does not fit this type"))
    }

    pub(crate) fn has_type_params(&self) -> bool {
        self.ast[self.generics.params].iter().any(|param| matches!(param.kind, GenericParamKind::Type(_)))
    }

    pub(crate) fn variants(&self) -> Vec<Variant> {
        match self.kind {
            ItemKind::Enum(_, _, variants) => self.ast[variants].to_vec(),
            _ => Vec::new(),
        }
    }

    pub(crate) fn fields_of(&self, data: &VariantData) -> Vec<FieldDef> {
        match data {
            VariantData::Struct(fields) | VariantData::Tuple(fields) => self.ast[*fields].to_vec(),
            VariantData::Unit => Vec::new(),
        }
    }

    pub(crate) fn all_fields(&self) -> Vec<FieldDef> {
        match self.kind {
            ItemKind::Struct(_, _, data) | ItemKind::Union(_, _, data) => self.fields_of(&data),
            _ => self.variants().iter().flat_map(|variant| self.fields_of(&variant.data)).collect(),
        }
    }

    fn is_packed(&self) -> bool {
        let is_packed = |attr: &Attr| match &attr.kind {
            AttrKind::Normal(AttrItem { args: AttrArgs::Delimited(args), .. }) => {
                args.tokens.tokens().iter().any(|token| crate::call::is_word(token, "packed"))
            }
            _ => false,
        };
        matches!(self.kind, ItemKind::Struct(..) | ItemKind::Union(..))
            && self.ast[self.attrs].iter().any(|attr| is_named(self.ast, attr, "repr") && is_packed(attr))
    }

    /// A path of the standard library in a bound or type.
    fn std_path(&mut self, names: &[&str], span: Span) -> Path {
        let krate = Ident::new(kw::DOLLAR_CRATE, self.krate);
        let names = names.iter().map(|name| Ident::new(Symbol::intern(name), span));
        let idents = [krate].into_iter().chain(names).collect();
        self.builder(span).path_of(idents)
    }

    /// The type's parameters as arguments.
    fn self_args(&mut self, place: impl std::ops::Fn(&GenericParam) -> Span) -> Vec<AngleArg> {
        let params = self.ast[self.generics.params].to_vec();
        let arg = |param: &GenericParam| {
            let mut b = self.builder(place(param));
            match param.kind {
                GenericParamKind::Lifetime => AngleArg::Lifetime(param.ident),
                GenericParamKind::Type(_) => AngleArg::Type(b.ty_ident(param.ident)),
                GenericParamKind::Const(..) => AngleArg::Const(AnonConst(b.expr_ident(param.ident))),
            }
        };
        params.iter().map(arg).collect()
    }

    fn param_ty(&mut self, ty: &ParamTy) -> TyId {
        let span = self.span;
        match ty {
            ParamTy::Unit => self.builder(span).unit_ty(),
            ParamTy::SelfTy => {
                let args = self.self_args(|_| span);
                let ident = self.ident;
                let mut b = self.builder(span);
                let path = b.path_of(vec![ident]);
                let path = b.with_args(path, args);
                b.ty_path(path)
            }
            ParamTy::RefSelf => {
                let this = self.param_ty(&ParamTy::SelfTy);
                self.builder(span).ty_ref(this, None, Mutability::Not)
            }
            ParamTy::RefMut(inner) => {
                let inner = self.param_ty(inner);
                self.builder(span).ty_ref(inner, None, Mutability::Mut)
            }
            ParamTy::Local(name) => self.builder(span).ty_name(name),
            ParamTy::Std(names, params) => {
                let params: Vec<TyId> = params.iter().map(|param| self.param_ty(param)).collect();
                let path = self.std_path(names, span);
                let mut b = self.builder(span);
                let path = b.with_args(path, params.into_iter().map(AngleArg::Type).collect());
                b.ty_path(path)
            }
        }
    }

    /// Makes an impl.
    pub(crate) fn impl_of(&mut self, def: TraitDef, method: Option<(Method, Body<'_>)>) -> Result<()> {
        if matches!(self.kind, ItemKind::Union(..)) && !def.supports_unions {
            return Err(Doubt::new(self.span, DERIVE, "this trait cannot be derived for unions"));
        }
        let items = match method {
            Some((method, body)) => vec![self.method(&method, body)?],
            None => Vec::new(),
        };
        let is_packed = self.is_packed();
        let generics = self.impl_generics(&def, is_packed)?;
        let path = self.std_path(def.path, self.span);
        let (span, ident) = (self.span, self.ident);
        let ctxt = span.ctxt;
        let args = self.self_args(|param| Span { ctxt, ..param.ident.span });
        let lint_attrs: Vec<Attr> = self.ast[self.attrs]
            .iter()
            .filter(|attr| {
                ["allow", "warn", "deny", "forbid", "stable", "unstable"]
                    .iter()
                    .any(|name| is_named(self.ast, attr, name))
            })
            .cloned()
            .collect();
        let self_span = self.at(ident.span);
        let mut b = self.builder(self_span);
        let self_path = b.path_of(vec![ident]);
        let self_path = b.with_args(self_path, args);
        let self_ty = b.ty_path(self_path);
        let mut b = self.builder(span);
        let mut attrs = vec![attribute(&mut b, ("automatically_derived", None))];
        if def.is_hidden {
            attrs.push(attribute(&mut b, ("doc", Some("hidden"))));
        }
        attrs.extend(lint_attrs);
        let attrs = b.ast.add_list(attrs);
        let header = ImplHeader {
            defaultness: Defaultness::Implicit,
            safety: if def.is_unsafe { Safety::Unsafe(Span::DUMMY) } else { Safety::Default },
            negative: None,
            path,
        };
        let items = b.ast.add_list(items);
        let definition = Impl { generics, constness: Constness::No, of_trait: Some(header), self_ty, items };
        let definition = b.ast.add(definition);
        let item = b.item(attrs, ItemKind::Impl(definition));
        self.items.push(item);
        Ok(())
    }

    /// The bounds that a parameter, or a type that depends on one, gets.
    fn bounds(&mut self, def: &TraitDef, is_packed: bool, span: Span) -> Vec<Bound> {
        let mut bounds = Vec::new();
        for path in &def.bounds {
            let path = self.std_path(path, span);
            bounds.push(self.builder(span).bound(path, BoundModifiers::NONE));
        }
        if !def.no_bound {
            let path = self.std_path(def.path, self.span);
            let path = Path { span, ..path };
            bounds.push(self.builder(span).bound(path, BoundModifiers::NONE));
        }
        if is_packed && def.copy_if_packed {
            let path = self.std_path(&["marker", "Copy"], span);
            bounds.push(self.builder(span).bound(path, BoundModifiers::NONE));
        }
        bounds
    }

    fn impl_generics(&mut self, def: &TraitDef, is_packed: bool) -> Result<Generics> {
        let mut params = self.ast[self.generics.params].to_vec();
        for param in &mut params {
            param.attrs = List::EMPTY;
            match &mut param.kind {
                GenericParamKind::Lifetime => {}
                GenericParamKind::Type(default) => {
                    *default = None;
                    let span = self.at(param.ident.span);
                    let mut bounds = self.bounds(def, is_packed, span);
                    bounds.extend_from_slice(&self.ast[param.bounds]);
                    param.bounds = self.ast.add_list(bounds);
                    param.colon = None;
                }
                GenericParamKind::Const(_, default, _) => *default = None,
            }
        }
        let names: Vec<Symbol> = params
            .iter()
            .filter(|param| matches!(param.kind, GenericParamKind::Type(_)))
            .map(|param| param.ident.name)
            .collect();
        let mut predicates = self.ast[self.generics.where_clause.predicates].to_vec();
        for predicate in &mut predicates {
            predicate.span = self.at(predicate.span);
        }
        if !names.is_empty() {
            for field in self.all_fields() {
                let mut finder = Finder::new(self.ast, &names);
                finder.ty(field.ty)?;
                for (binders, ty) in finder.found {
                    if simple_path_name(self.ast, ty).is_some_and(|name| names.contains(&name)) {
                        continue;
                    }
                    let bounds = self.bounds(def, is_packed, self.span);
                    if bounds.is_empty() {
                        continue;
                    }
                    let bounds = self.ast.add_list(bounds);
                    let binders = self.ast.add_list(binders);
                    let kind = WhereKind::Bound(binders, ty, bounds);
                    predicates.push(WherePredicate { attrs: List::EMPTY, kind, span: self.span });
                }
            }
        }
        let predicates = self.ast.add_list(predicates);
        let where_clause = WhereClause { has_where: false, predicates, span: self.generics.where_clause.span };
        Ok(Generics { params: self.ast.add_list(params), where_clause, span: self.at(self.generics.span) })
    }

    fn method(&mut self, method: &Method, body: Body<'_>) -> Result<ItemId> {
        let span = self.span;
        // The expressions for parameters of the type itself, and the names of the others.
        let mut selflike = Vec::new();
        let mut others = Vec::new();
        let mut inputs = Vec::new();
        if method.has_self {
            let this = Ident::new(kw::SELF, span);
            selflike.push(this);
            let mut b = self.builder(span);
            let implicit = b.ty(TyKind::ImplicitSelf);
            let ty = b.ty_ref(implicit, None, Mutability::Not);
            inputs.push(b.param(this, ty));
        }
        for (ty, name) in &method.params {
            let ident = Ident::new(Symbol::intern(name), span);
            let is_self = matches!(ty, ParamTy::RefSelf) && method.has_self;
            let ty = self.param_ty(ty);
            inputs.push(self.builder(span).param(ident, ty));
            if is_self { selflike.push(ident) } else { others.push(ident) }
        }
        let output = match &method.ret {
            ParamTy::Unit => FnRet::Default(span),
            ty => FnRet::Ty(self.param_ty(ty)),
        };
        let made = if method.is_static_body || !method.has_self {
            body(self, &Fields::Static, &others)?
        } else {
            match self.kind {
                ItemKind::Enum(..) => self.enum_body(method, body, &selflike, &others)?,
                ItemKind::Struct(_, _, data) | ItemKind::Union(_, _, data) => {
                    let fields = self.field_accesses(&data, &selflike);
                    body(self, &Fields::Struct(data, fields), &others)?
                }
                _ => return self.wrong(),
            }
        };
        let mut params = Vec::new();
        for (name, bound) in &method.generics {
            let path = self.std_path(bound, span);
            let mut b = self.builder(span);
            let bound = b.bound(path, BoundModifiers::NONE);
            let bounds = b.ast.add_list(vec![bound]);
            let ident = b.ident(name);
            let kind = GenericParamKind::Type(None);
            params.push(GenericParam { ident, attrs: List::EMPTY, bounds, kind, colon: None });
        }
        let mut b = self.builder(span);
        let attrs = method.attrs.iter().map(|attr| attribute(&mut b, *attr)).collect();
        let attrs = b.ast.add_list(attrs);
        let params = b.ast.add_list(params);
        let block = made.into_block(&mut b);
        let decl = b.decl(inputs, output);
        let function = Fn {
            defaultness: Defaultness::Implicit,
            ident: b.ident(method.name),
            generics: Generics { params, where_clause: WhereClause { span, ..WhereClause::default() }, span },
            header: FnHeader::default(),
            decl,
            sig_span: span,
            contract: None,
            body: Some(block),
            body_tokens: TokenRange::default(),
        };
        let function = b.ast.add(function);
        Ok(b.item(attrs, ItemKind::Fn(function)))
    }

    /// `&self.x`, `&other.x`
    fn field_accesses(&mut self, data: &VariantData, selflike: &[Ident]) -> Vec<Field> {
        let is_packed = self.is_packed();
        let span = self.span;
        let mut result = Vec::new();
        for (index, field) in self.fields_of(data).into_iter().enumerate() {
            let at = self.at(field.span);
            let mut exprs = Vec::new();
            for &ident in selflike {
                let this = self.builder(span).expr_ident(ident);
                let name = field.ident.unwrap_or_else(|| Ident::new(Symbol::intern(&index.to_string()), field.span));
                let mut b = self.builder(at);
                let mut expr = b.field(this, name);
                if is_packed {
                    // A copy, of which a reference may be taken.
                    let stmt = b.stmt_expr(expr);
                    let block = b.at(field.span).block(vec![stmt]);
                    expr = b.expr_block(block);
                }
                exprs.push(b.addr_of(expr));
            }
            result.push(self.field(&field, at, exprs));
        }
        result
    }

    fn field(&self, field: &FieldDef, span: Span, mut exprs: Vec<ExprId>) -> Field {
        let expr = exprs.remove(0);
        Field { span, name: field.ident, expr, others: exprs, is_scalar: is_scalar(self.ast, field.ty) }
    }

    /// The fields of a variant, as its pattern calls them.
    fn pattern_fields(&mut self, data: &VariantData, prefixes: &[String]) -> Vec<Field> {
        let span = self.span;
        let mut result = Vec::new();
        for (index, field) in self.fields_of(data).into_iter().enumerate() {
            let at = self.at(field.span);
            let mut exprs = Vec::new();
            for prefix in prefixes {
                let ident = Ident::new(Symbol::intern(&format!("{prefix}_{index}")), span);
                exprs.push(self.builder(at).expr_ident(ident));
            }
            result.push(self.field(&field, at, exprs));
        }
        result
    }

    fn variant_pattern(&mut self, variant: &Variant, prefix: &str) -> PatId {
        let (span, ident) = (self.span, self.ident);
        let at = self.at(variant.span);
        let path = self.builder(at).path_of(vec![ident, variant.ident]);
        let mut pats = Vec::new();
        for (index, field) in self.fields_of(&variant.data).into_iter().enumerate() {
            let place = self.at(field.span);
            let name = Ident::new(Symbol::intern(&format!("{prefix}_{index}")), place);
            pats.push((field.ident, place, self.builder(place).pat_ident(name)));
        }
        let mut b = self.builder(span);
        match variant.data {
            VariantData::Struct(_) => {
                let field = |(ident, span, pat): (Option<Ident>, Span, PatId)| {
                    Some(PatField { ident: ident?, pat, is_shorthand: false, attrs: List::EMPTY, span })
                };
                b.pat_struct(path, pats.into_iter().filter_map(field).collect())
            }
            VariantData::Tuple(_) => b.pat_tuple_struct(path, pats.into_iter().map(|(_, _, pat)| pat).collect()),
            VariantData::Unit => b.pat_path(path),
        }
    }

    fn enum_body(&mut self, method: &Method, body: Body<'_>, selflike: &[Ident], others: &[Ident]) -> Result<Made> {
        let span = self.span;
        let variants = self.variants();
        let unify = method.fieldless == Fieldless::Unify;
        if variants.is_empty() {
            let mut b = self.builder(span);
            let this = b.expr_ident(selflike[0]);
            let this = b.deref(this);
            return Ok(Made::expr(b.match_(this, Vec::new())));
        }
        let prefix = |index: usize| if index == 0 { "__self".to_owned() } else { format!("__arg{index}") };
        let prefixes: Vec<String> = (0..selflike.len()).map(prefix).collect();
        if variants.iter().all(is_fieldless) {
            match (&variants[..], method.fieldless) {
                ([variant], _) => return body(self, &Fields::Variant(*variant, Vec::new()), others),
                (_, Fieldless::Unify) => {
                    let (field, mut stmts) = self.discriminants(&prefixes, selflike);
                    let made = body(self, &Fields::Discriminant(field, None), others)?;
                    stmts.extend(made.stmts);
                    return Ok(Made { stmts, expr: made.expr });
                }
                (_, Fieldless::Specialize) => return body(self, &Fields::Fieldless, others),
                (_, Fieldless::Default) => {}
            }
        }
        let mut arms = Vec::new();
        for variant in variants.iter().filter(|variant| !(unify && is_fieldless(variant))) {
            let fields = self.pattern_fields(&variant.data, &prefixes);
            let mut pats: Vec<PatId> = prefixes.iter().map(|prefix| self.variant_pattern(variant, prefix)).collect();
            let pat = match pats.len() {
                1 => pats.remove(0),
                _ => self.builder(span).pat_tuple(pats),
            };
            let made = body(self, &Fields::Variant(*variant, fields), others)?;
            let mut b = self.builder(span);
            let value = made.into_expr(&mut b);
            arms.push(b.arm(pat, value));
        }
        let fieldless = variants.iter().find(|variant| is_fieldless(variant));
        let default = match fieldless {
            Some(variant) if unify => {
                let made = body(self, &Fields::Variant(*variant, Vec::new()), others)?;
                Some(made.into_expr(&mut self.builder(span)))
            }
            _ if variants.len() > 1 && selflike.len() > 1 => Some(self.unreachable()),
            _ => None,
        };
        let mut b = self.builder(span);
        if let Some(default) = default {
            let wild = b.pat(PatKind::Wild);
            arms.push(b.arm(wild, default));
        }
        let mut scrutinee: Vec<ExprId> = selflike.iter().map(|ident| b.expr_ident(*ident)).collect();
        let scrutinee = match scrutinee.len() {
            1 => scrutinee.remove(0),
            _ => b.tuple(scrutinee),
        };
        let matched = b.match_(scrutinee, arms);
        if !unify || variants.len() == 1 {
            return Ok(Made::expr(matched));
        }
        let (field, mut stmts) = self.discriminants(&prefixes, selflike);
        let made = body(self, &Fields::Discriminant(field, Some(matched)), others)?;
        stmts.extend(made.stmts);
        Ok(Made { stmts, expr: made.expr })
    }

    /// `let __self_discr = discriminant_value(self);` and the like, and the field that these are.
    fn discriminants(&mut self, prefixes: &[String], selflike: &[Ident]) -> (Field, Vec<Stmt>) {
        let span = self.span;
        let mut b = self.builder(span);
        let mut stmts = Vec::new();
        let mut exprs = Vec::new();
        for (prefix, ident) in prefixes.iter().zip(selflike) {
            let name = b.ident(&format!("{prefix}_discr"));
            let this = b.expr_ident(*ident);
            let value = b.call_std(&["intrinsics", "discriminant_value"], vec![this]);
            stmts.push(b.let_ident(name, value));
            let value = b.expr_ident(name);
            exprs.push(b.addr_of(value));
        }
        let expr = exprs.remove(0);
        (Field { span, name: None, expr, others: exprs, is_scalar: true }, stmts)
    }

    fn unreachable(&mut self) -> ExprId {
        let span = self.span;
        let mut b = self.builder(span);
        let call = b.call_std(&["intrinsics", "unreachable"], Vec::new());
        let block = b.block_of(call);
        b.ast[block].is_unsafe = true;
        b.expr_block(block)
    }
}

pub(crate) fn is_fieldless(variant: &Variant) -> bool {
    match variant.data {
        VariantData::Struct(fields) | VariantData::Tuple(fields) => fields.is_empty(),
        VariantData::Unit => true,
    }
}

/// The name that a type is, if it is one without arguments.
pub(crate) fn simple_name(ast: &Ast, ty: TyId) -> Option<Symbol> {
    match ast[ty].kind {
        TyKind::Path(None, path) => match ast[path.segments][..] {
            [PathSegment { ident, args: None }] => Some(ident.name),
            _ => None,
        },
        _ => None,
    }
}

/// The name of a path with one name.
fn simple_path_name(ast: &Ast, ty: TyId) -> Option<Symbol> {
    match ast[ty].kind {
        TyKind::Path(_, path) => match ast[path.segments][..] {
            [PathSegment { ident, .. }] => Some(ident.name),
            _ => None,
        },
        _ => None,
    }
}

fn is_scalar(ast: &Ast, mut ty: TyId) -> bool {
    while let TyKind::Ref(_, inner, _) | TyKind::PinnedRef(_, inner, _) = ast[ty].kind {
        ty = inner;
    }
    match simple_name(ast, ty) {
        Some(name) => matches!(
            name.as_str(),
            "bool"
                | "char"
                | "i8"
                | "i16"
                | "i32"
                | "i64"
                | "i128"
                | "u8"
                | "u16"
                | "u32"
                | "u64"
                | "u128"
                | "f16"
                | "f32"
                | "f64"
                | "f128"
        ),
        None => matches!(ast[ty].kind, TyKind::Tup(types) if types.is_empty()),
    }
}
