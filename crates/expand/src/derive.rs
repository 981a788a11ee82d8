//! The derives that the compiler knows. (rustc: `rustc_builtin_macros::deriving`.)
//!
//! [`shape`] makes an impl of any trait: its generics and bounds, methods, and the bodies' frame of `match`es over variants and
//! accesses to fields. Here is what each trait does with the fields.

mod params;
mod shape;

use rustc_hash::FxHashSet;
use syntax::ast::*;
use syntax::doubt::{Doubt, Result};
use syntax::span::{Ident, Span};
use syntax::symbol::{Symbol, kw};
use syntax::token::AttrStyle;

use crate::build::Builder;
use crate::cfg::is_named;
use crate::expander::Expander;
use crate::hygiene::{ExpnId, Transparency};
use shape::{Field, Fieldless, Fields, Made, Method, ParamTy, Shape, TraitDef};

const DERIVE: &str = "derive";

impl Expander<'_> {
    /// What a derive makes of an item.
    pub(crate) fn builtin_derive(
        &mut self,
        name: Symbol,
        id: ItemId,
        expansion: ExpnId,
        span: Span,
    ) -> Result<Vec<ItemId>> {
        let derives_copy = self.items.get(&id).is_some_and(|state| state.derives_copy);
        let def_site = self.session.hygiene.at(span, expansion, Transparency::Opaque);
        let krate = self.session.hygiene.at(Span::DUMMY, expansion, Transparency::Opaque);
        let mut shape = Shape::new(&mut self.ast, id, def_site, krate)?;
        match name.as_str() {
            "Clone" => clone(&mut shape, derives_copy),
            "Copy" => shape.impl_of(TraitDef { supports_unions: true, ..TraitDef::new(&["marker", "Copy"]) }, None),
            "ConstParamTy" => {
                let bounds = vec![vec!["cmp", "Eq"]];
                shape.impl_of(TraitDef { bounds, ..TraitDef::new(&["marker", "ConstParamTy_"]) }, None)
            }
            "Debug" => debug(&mut shape),
            "Default" => default(&mut shape),
            "Eq" => eq(&mut shape),
            "Hash" => hash(&mut shape),
            "Ord" => ord(&mut shape),
            "PartialEq" => partial_eq(&mut shape),
            "PartialOrd" => partial_ord(&mut shape),
            _ => return Err(Doubt::new(span, DERIVE, format!("the derive `{name}` is not supported"))),
        }?;
        Ok(shape.items)
    }
}

/// `let _: Assert<T>;` for the type of each field, once for each name.
fn assert_fields(shape: &mut Shape<'_>, assert: &[&str]) -> Vec<Stmt> {
    let mut seen = FxHashSet::default();
    let mut stmts = Vec::new();
    for field in shape.all_fields() {
        if let Some(name) = shape::simple_name(shape.ast, field.ty)
            && !seen.insert(name)
        {
            continue;
        }
        let span = shape.at(field.span);
        stmts.push(assert_type(&mut shape.builder(span), field.ty, assert));
    }
    stmts
}

fn assert_type(b: &mut Builder<'_>, ty: TyId, assert: &[&str]) -> Stmt {
    let path = b.std_path(assert);
    let path = b.with_args(path, vec![AngleArg::Type(ty)]);
    let ty = b.ty_path(path);
    let pat = b.pat(PatKind::Wild);
    b.let_(pat, Some(ty), None)
}

fn clone(shape: &mut Shape<'_>, derives_copy: bool) -> Result<()> {
    let is_union = matches!(shape.kind, ItemKind::Union(..));
    let has_types = shape.has_type_params();
    let is_simple = is_union || derives_copy && !has_types;
    let bounds = if is_union { vec![vec!["marker", "Copy"]] } else { Vec::new() };
    let def = |path: &'static [&'static str]| TraitDef {
        copy_if_packed: true,
        supports_unions: true,
        bounds: bounds.clone(),
        ..TraitDef::new(path)
    };
    if is_simple {
        let trivial = TraitDef { is_unsafe: true, is_hidden: true, ..def(&["clone", "TrivialClone"]) };
        shape.impl_of(trivial, None)?;
    }
    let mut method = Method::new("clone", ParamTy::SelfTy);
    method.is_static_body = is_simple;
    let body = |shape: &mut Shape<'_>, fields: &Fields, _: &[Ident]| {
        let span = shape.span;
        if is_simple {
            let stmts = if is_union {
                let mut b = shape.builder(span);
                let path = b.at(Span::DUMMY).path(&[kw::SELF_TYPE]);
                let path = Path { span, ..path };
                let ty = b.ty_path(path);
                vec![assert_type(&mut b, ty, &["clone", "AssertParamIsCopy"])]
            } else {
                assert_fields(shape, &["clone", "AssertParamIsClone"])
            };
            let mut b = shape.builder(span);
            let this = b.expr_ident(Ident::new(kw::SELF, span));
            let expr = b.deref(this);
            return Ok(Made { stmts, expr: Some(expr) });
        }
        let (path, data, fields) = match fields {
            Fields::Struct(data, fields) => (vec![shape.ident], *data, fields),
            Fields::Variant(variant, fields) => (vec![shape.ident, variant.ident], variant.data, fields),
            _ => return shape.wrong(),
        };
        let calls: Vec<ExprId> = fields
            .iter()
            .map(|field| shape.builder(field.span).call_std(&["clone", "Clone", "clone"], vec![field.expr]))
            .collect();
        let mut b = shape.builder(span);
        let path = b.path_of(path);
        let expr = match data {
            VariantData::Struct(_) => {
                let fields = fields.iter().zip(calls).filter_map(|(field, call)| field_value(field, call)).collect();
                b.struct_expr(path, fields)
            }
            VariantData::Tuple(_) => {
                let callee = b.expr_path(path);
                b.call(callee, calls)
            }
            VariantData::Unit => b.expr_path(path),
        };
        Ok(Made::expr(expr))
    };
    shape.impl_of(def(&["clone", "Clone"]), Some((method, &body)))
}

/// `name: value`
fn field_value(field: &Field, expr: ExprId) -> Option<ExprField> {
    Some(ExprField { ident: field.name?, expr, span: field.span, attrs: List::EMPTY, is_shorthand: false })
}

fn debug(shape: &mut Shape<'_>) -> Result<()> {
    let mut method = Method::new("fmt", ParamTy::Std(&["fmt", "Result"], Vec::new()));
    method.params = vec![(ParamTy::RefMut(Box::new(ParamTy::Std(&["fmt", "Formatter"], Vec::new()))), "f")];
    method.fieldless = Fieldless::Specialize;
    let def = TraitDef { copy_if_packed: true, ..TraitDef::new(&["fmt", "Debug"]) };
    shape.impl_of(def, Some((method, &debug_body)))
}

fn debug_body(shape: &mut Shape<'_>, fields: &Fields, args: &[Ident]) -> Result<Made> {
    const CUTOFF: usize = 5;
    let span = shape.span;
    let [f] = args[..] else { return shape.wrong() };
    let (ident, data, fields) = match fields {
        Fields::Struct(data, fields) => (shape.ident, *data, fields),
        Fields::Variant(variant, fields) => (variant.ident, variant.data, fields),
        Fields::Fieldless => return fieldless_debug(shape, f),
        _ => return shape.wrong(),
    };
    let is_struct = matches!(data, VariantData::Struct(_));
    let mut b = shape.builder(span);
    let name = b.str(ident.name.as_str());
    let f = b.expr_ident(f);
    if fields.is_empty() {
        return Ok(Made::expr(b.call_std(&["fmt", "Formatter", "write_str"], vec![f, name])));
    }
    let mut names = Vec::new();
    let mut values = Vec::new();
    for (index, field) in fields.iter().enumerate() {
        let mut b = b.at(field.span);
        if let (true, Some(name)) = (is_struct, field.name) {
            names.push(b.str(name.name.as_str()));
        }
        let is_last = index + 1 == fields.len();
        values.push(if is_last { b.addr_of(field.expr) } else { field.expr });
    }
    let count = fields.len();
    if count <= CUTOFF {
        let kind = if is_struct { "struct" } else { "tuple" };
        let mut args = vec![f, name];
        match is_struct {
            true => names.into_iter().zip(values).for_each(|(name, value)| args.extend([name, value])),
            false => args.extend(values),
        }
        let method = format!("debug_{kind}_field{count}_finish");
        return Ok(Made::expr(b.call_std(&["fmt", "Formatter", &method], args)));
    }
    let mut stmts = Vec::new();
    let mut args = vec![f, name];
    if is_struct {
        let infer = b.ty(TyKind::Infer);
        let lifetime = Ident::new(kw::STATIC_LIFETIME, span);
        let ty = b.ty_ref(infer, Some(lifetime), Mutability::Not);
        let array = b.array(names);
        let array = b.addr_of(array);
        let ident = b.ident("names");
        let pat = b.pat_ident(ident);
        stmts.push(b.let_(pat, Some(ty), Some(array)));
        args.push(b.expr_ident(ident));
    }
    let path = b.std_path(&["fmt", "Debug"]);
    let bound = b.bound(path, BoundModifiers::NONE);
    let bounds = b.ast.add_list(vec![bound]);
    let debug = b.ty(TyKind::TraitObject(bounds, DynSyntax::Dyn));
    let debug = b.ty_ref(debug, None, Mutability::Not);
    let slice = b.ty(TyKind::Slice(debug));
    let slice = b.ty_ref(slice, None, Mutability::Not);
    let array = b.array(values);
    let array = b.addr_of(array);
    let ident = b.ident("values");
    let pat = b.pat_ident(ident);
    stmts.push(b.let_(pat, Some(slice), Some(array)));
    args.push(b.expr_ident(ident));
    let method = if is_struct { "debug_struct_fields_finish" } else { "debug_tuple_fields_finish" };
    let expr = b.call_std(&["fmt", "Formatter", method], args);
    Ok(Made { stmts, expr: Some(expr) })
}

fn fieldless_debug(shape: &mut Shape<'_>, f: Ident) -> Result<Made> {
    let (span, ident) = (shape.span, shape.ident);
    let variants = shape.variants();
    let mut b = shape.builder(span);
    let arms = variants
        .into_iter()
        .map(|variant| {
            let path = b.path_of(vec![ident, variant.ident]);
            let pat = match variant.data {
                VariantData::Tuple(_) => b.pat_tuple_struct(path, Vec::new()),
                VariantData::Struct(_) => b.pat_struct(path, Vec::new()),
                VariantData::Unit => b.pat_path(path),
            };
            let name = b.str(variant.ident.name.as_str());
            b.arm(pat, name)
        })
        .collect();
    let this = b.expr_ident(Ident::new(kw::SELF, span));
    let name = b.match_(this, arms);
    let f = b.expr_ident(f);
    Ok(Made::expr(b.call_std(&["fmt", "Formatter", "write_str"], vec![f, name])))
}

fn hash(shape: &mut Shape<'_>) -> Result<()> {
    let mut method = Method::new("hash", ParamTy::Unit);
    method.generics = vec![("__H", vec!["hash", "Hasher"])];
    method.params = vec![(ParamTy::RefMut(Box::new(ParamTy::Local("__H"))), "state")];
    method.fieldless = Fieldless::Unify;
    let body = |shape: &mut Shape<'_>, fields: &Fields, args: &[Ident]| {
        let [state] = args[..] else { return shape.wrong() };
        let (fields, expr) = match fields {
            Fields::Struct(_, fields) | Fields::Variant(_, fields) => (&fields[..], None),
            Fields::Discriminant(field, matched) => (std::slice::from_ref(field), *matched),
            _ => return shape.wrong(),
        };
        let span = shape.span;
        let stmts = fields
            .iter()
            .map(|field| {
                let state = shape.builder(span).expr_ident(state);
                let mut b = shape.builder(field.span);
                let call = b.call_std(&["hash", "Hash", "hash"], vec![field.expr, state]);
                // Without a semicolon, as rustc has it: the print adds it.
                b.stmt_expr(call)
            })
            .collect();
        Ok(Made { stmts, expr })
    };
    let def = TraitDef { copy_if_packed: true, ..TraitDef::new(&["hash", "Hash"]) };
    shape.impl_of(def, Some((method, &body)))
}

fn eq(shape: &mut Shape<'_>) -> Result<()> {
    let mut method = Method::new("assert_fields_are_eq", ParamTy::Unit);
    method.is_static_body = true;
    method.fieldless = Fieldless::Unify;
    method.attrs = vec![("doc", Some("hidden")), ("coverage", Some("off"))];
    let body = |shape: &mut Shape<'_>, _: &Fields, _: &[Ident]| {
        Ok(Made { stmts: assert_fields(shape, &["cmp", "AssertParamIsEq"]), expr: None })
    };
    let def = TraitDef { copy_if_packed: true, supports_unions: true, ..TraitDef::new(&["cmp", "Eq"]) };
    shape.impl_of(def, Some((method, &body)))
}

fn partial_eq(shape: &mut Shape<'_>) -> Result<()> {
    let structural =
        TraitDef { no_bound: true, supports_unions: true, ..TraitDef::new(&["marker", "StructuralPartialEq"]) };
    shape.impl_of(structural, None)?;
    let mut method = Method::new("eq", ParamTy::Local("bool"));
    method.params = vec![(ParamTy::RefSelf, "other")];
    method.fieldless = Fieldless::Unify;
    let body = |shape: &mut Shape<'_>, fields: &Fields, _: &[Ident]| {
        let span = shape.span;
        match fields {
            Fields::Struct(_, fields) | Fields::Variant(_, fields) => {
                let mut found = None;
                // Comparisons that are cheap come first.
                let (scalars, others): (Vec<&Field>, Vec<&Field>) = fields.iter().partition(|field| field.is_scalar);
                for field in scalars.into_iter().chain(others) {
                    let right = equal(shape, field)?;
                    found = Some(match found {
                        None => right,
                        Some(left) => shape.builder(field.span).binary(BinOp::And, left, right),
                    });
                }
                let expr = found.unwrap_or_else(|| shape.builder(span).bool(true));
                Ok(Made::expr(expr))
            }
            Fields::Discriminant(field, matched) => {
                let left = equal(shape, field)?;
                Ok(Made::expr(match matched {
                    Some(matched) => shape.builder(field.span).binary(BinOp::And, left, *matched),
                    None => left,
                }))
            }
            _ => shape.wrong(),
        }
    };
    let def = TraitDef { copy_if_packed: true, ..TraitDef::new(&["cmp", "PartialEq"]) };
    shape.impl_of(def, Some((method, &body)))
}

/// `self.x == other.x`
fn equal(shape: &mut Shape<'_>, field: &Field) -> Result<ExprId> {
    let [other] = field.others[..] else { return shape.wrong() };
    let mut side = |mut expr: ExprId| {
        while let ExprKind::AddrOf(BorrowKind::Ref, Mutability::Not, inner) = shape.ast[expr].kind {
            expr = inner;
        }
        match shape.ast[expr].kind {
            ExprKind::Block(..) => {
                let span = shape.ast[expr].span;
                shape.builder(span).paren(expr)
            }
            _ => expr,
        }
    };
    let (left, right) = (side(field.expr), side(other));
    Ok(shape.builder(field.span).binary(BinOp::Eq, left, right))
}

/// Comparisons one after the other, the last field innermost.
fn fold(
    shape: &mut Shape<'_>,
    fields: &Fields,
    single: impl std::ops::Fn(&mut Shape<'_>, &Field) -> Result<ExprId>,
    combine: impl std::ops::Fn(&mut Shape<'_>, Span, ExprId, ExprId) -> Result<ExprId>,
    nothing: impl std::ops::Fn(&mut Shape<'_>) -> ExprId,
) -> Result<Made> {
    let expr = match fields {
        Fields::Struct(_, fields) | Fields::Variant(_, fields) => match fields.split_last() {
            None => nothing(shape),
            Some((last, rest)) => {
                let mut old = single(shape, last)?;
                for field in rest.iter().rev() {
                    let new = single(shape, field)?;
                    old = combine(shape, field.span, old, new)?;
                }
                old
            }
        },
        Fields::Discriminant(field, matched) => {
            let check = single(shape, field)?;
            match matched {
                Some(matched) => {
                    let span = shape.span;
                    combine(shape, span, *matched, check)?
                }
                None => check,
            }
        }
        _ => return shape.wrong(),
    };
    Ok(Made::expr(expr))
}

fn ord(shape: &mut Shape<'_>) -> Result<()> {
    let mut method = Method::new("cmp", ParamTy::Std(&["cmp", "Ordering"], Vec::new()));
    method.params = vec![(ParamTy::RefSelf, "other")];
    method.fieldless = Fieldless::Unify;
    let body = |shape: &mut Shape<'_>, fields: &Fields, _: &[Ident]| {
        let trait_span = shape.span;
        fold(
            shape,
            fields,
            |shape, field| {
                let [other] = field.others[..] else { return shape.wrong() };
                Ok(shape.builder(field.span).call_std(&["cmp", "Ord", "cmp"], vec![field.expr, other]))
            },
            |shape, span, old, new| {
                let mut b = shape.builder(span);
                let equal = b.at(trait_span).std_path(&["cmp", "Ordering", "Equal"]);
                let pat = b.pat_path(equal);
                Ok(then(&mut b, trait_span, pat, old, new))
            },
            |shape| shape.builder(trait_span).expr_std(&["cmp", "Ordering", "Equal"]),
        )
    };
    let def = TraitDef { copy_if_packed: true, ..TraitDef::new(&["cmp", "Ord"]) };
    shape.impl_of(def, Some((method, &body)))
}

/// `match new { equal => old, cmp => cmp }`
fn then(b: &mut Builder<'_>, trait_span: Span, equal: PatId, old: ExprId, new: ExprId) -> ExprId {
    let cmp = Ident::new(Symbol::intern("cmp"), trait_span);
    let equal = b.arm(equal, old);
    let pat = b.pat_ident(cmp);
    let value = b.expr_ident(cmp);
    let other = b.arm(pat, value);
    b.match_(new, vec![equal, other])
}

/// Is the discriminant compared first, and the data afterwards? Where few variants have data, the data come first.
fn discriminant_first(shape: &Shape<'_>) -> bool {
    if !matches!(shape.kind, ItemKind::Enum(..)) {
        return true;
    }
    let has_data: Vec<bool> = shape.variants().iter().map(|variant| !shape::is_fieldless(variant)).collect();
    match has_data.iter().filter(|has| **has).count() {
        0 => true,
        1..=2 => false,
        _ => (0..has_data.len() - 1).any(|index| {
            has_data[index] && has_data[index + 1..].iter().position(|has| *has).is_some_and(|distance| distance >= 2)
        }),
    }
}

fn partial_ord(shape: &mut Shape<'_>) -> Result<()> {
    let ordering = ParamTy::Std(&["cmp", "Ordering"], Vec::new());
    let mut method = Method::new("partial_cmp", ParamTy::Std(&["option", "Option"], vec![ordering]));
    method.params = vec![(ParamTy::RefSelf, "other")];
    method.fieldless = Fieldless::Unify;
    let discriminant_first = discriminant_first(shape);
    let body = |shape: &mut Shape<'_>, fields: &Fields, _: &[Ident]| {
        let trait_span = shape.span;
        fold(
            shape,
            fields,
            |shape, field| {
                let [other] = field.others[..] else { return shape.wrong() };
                let path = ["cmp", "PartialOrd", "partial_cmp"];
                Ok(shape.builder(field.span).call_std(&path, vec![field.expr, other]))
            },
            |shape, span, old, new| {
                if !discriminant_first
                    && let ExprKind::Match(_, arms, _) = shape.ast[old].kind
                    && let Some(last) = shape.ast[arms].last()
                    && let PatKind::Wild = shape.ast[last.pat].kind
                {
                    if let Some(last) = shape.ast[arms].last_mut() {
                        last.body = Some(new);
                    }
                    return Ok(old);
                }
                let mut b = shape.builder(span);
                let equal = b.at(trait_span).std_path(&["cmp", "Ordering", "Equal"]);
                let equal = b.pat_path(equal);
                let some = b.std_path(&["option", "Option", "Some"]);
                let pat = b.pat_tuple_struct(some, vec![equal]);
                Ok(then(&mut b, trait_span, pat, old, new))
            },
            |shape| {
                let mut b = shape.builder(trait_span);
                let equal = b.expr_std(&["cmp", "Ordering", "Equal"]);
                b.call_std(&["option", "Option", "Some"], vec![equal])
            },
        )
    };
    let def = TraitDef { copy_if_packed: true, ..TraitDef::new(&["cmp", "PartialOrd"]) };
    shape.impl_of(def, Some((method, &body)))
}

fn default(shape: &mut Shape<'_>) -> Result<()> {
    let mut method = Method::new("default", ParamTy::SelfTy);
    method.has_self = false;
    let variants = shape.variants();
    let is_default =
        |ast: &Ast, variant: &Variant| ast[variant.attrs].iter().any(|attr| is_named(ast, attr, "default"));
    let chosen: Vec<Variant> = variants.into_iter().filter(|variant| is_default(shape.ast, variant)).collect();
    let is_enum = matches!(shape.kind, ItemKind::Enum(..));
    let def = TraitDef { no_bound: !chosen.is_empty(), ..TraitDef::new(&["default", "Default"]) };
    let body = |shape: &mut Shape<'_>, _: &Fields, _: &[Ident]| {
        let span = shape.span;
        let (path, data, span) = if is_enum {
            let [variant] = &chosen[..] else {
                return Err(Doubt::new(span, DERIVE, "one variant must be the default"));
            };
            let this = Ident::new(kw::SELF_TYPE, variant.span);
            (vec![this, variant.ident], variant.data, variant.span)
        } else {
            match shape.kind {
                ItemKind::Struct(_, _, data) => (vec![shape.ident], data, span),
                _ => return shape.wrong(),
            }
        };
        let in_enum = is_enum;
        let place = |shape: &Shape<'_>, span: Span| if in_enum { span } else { shape.at(span) };
        let mut values = Vec::new();
        for field in shape.fields_of(&data) {
            let at = place(shape, field.span);
            let mut b = shape.builder(at);
            let value = match field.default {
                None => b.call_std(&["default", "Default", "default"], Vec::new()),
                Some(value) => {
                    let span = b.ast[value.0].span;
                    b.at(span).expr(ExprKind::ConstBlock(value))
                }
            };
            values.push((at, field.ident, value));
        }
        let mut b = shape.builder(span);
        let path = b.path_of(path);
        Ok(Made::expr(match data {
            VariantData::Unit if !in_enum => b.struct_expr(path, Vec::new()),
            VariantData::Unit => b.expr_path(path),
            VariantData::Tuple(_) if values.is_empty() && !in_enum => b.struct_expr(path, Vec::new()),
            VariantData::Tuple(_) => {
                let callee = b.expr_path(path);
                b.call(callee, values.into_iter().map(|(_, _, value)| value).collect())
            }
            VariantData::Struct(_) => {
                let field = |(span, ident, expr): (Span, Option<Ident>, ExprId)| {
                    Some(ExprField { ident: ident?, expr, span, attrs: List::EMPTY, is_shorthand: false })
                };
                b.struct_expr(path, values.into_iter().filter_map(field).collect())
            }
        }))
    };
    shape.impl_of(def, Some((method, &body)))
}

/// `#[name]` or `#[name(word)]`
pub(crate) fn attribute(b: &mut Builder<'_>, (name, word): (&str, Option<&str>)) -> Attr {
    match word {
        None => b.attr_word(AttrStyle::Outer, name),
        Some(word) => b.attr_nested_word(name, word),
    }
}
