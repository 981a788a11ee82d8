//! The whole tree, in the order of the text. (rustc: `rustc_ast::mut_visit`, `rustc_expand::expand::InvocationCollector`.)
//!
//! What is in lists may be removed by `cfg` or become several; what is not is changed in place.

use syntax::ast::*;
use syntax::doubt::{Doubt, Result};

use crate::attrs::Applied;
use crate::call::{Got, Want};
use crate::expander::Expander;

impl Expander<'_> {
    /// The items of a module or block, whose names are defined.
    pub(crate) fn deep_items(&mut self, items: Vec<ItemId>) -> Result<List<ItemId>> {
        for &item in &items {
            self.deep_item(item)?;
        }
        Ok(self.ast.add_list(items))
    }

    /// An item whose name is defined.
    fn deep_item(&mut self, id: ItemId) -> Result<()> {
        if self.is_apart(id) {
            return self.textual_macro(id);
        }
        let state = self.items.get(&id);
        let origin = state.and_then(|state| state.origin).unwrap_or(self.current);
        let helpers = state.map(|state| state.helpers.clone()).unwrap_or_default();
        let outer = self.helpers.len();
        self.helpers.extend(helpers);
        let span = self.ast[id].span;
        let result = self.inside(origin, |x| {
            let attrs = x.ast[id].attrs;
            x.expand_values(attrs)?;
            x.textual_macro(id)?;
            x.level(span, |x| x.item_kind(id))
        });
        self.helpers.truncate(outer);
        result
    }

    /// Items of a trait, an impl or an `extern` block.
    pub(crate) fn assoc_items(&mut self, items: List<ItemId>, place: Place) -> Result<List<ItemId>> {
        let mut result = Vec::with_capacity(items.len());
        for item in self.list(items) {
            self.assoc_item(item, place, &mut result)?;
        }
        Ok(self.ast.add_list(result))
    }

    pub(crate) fn assoc_item(&mut self, id: ItemId, place: Place, result: &mut Vec<ItemId>) -> Result<()> {
        match self.item_attrs(id, place)? {
            Applied::Removed => return Ok(()),
            Applied::Plain => {}
            Applied::Replaced(expansion, items) => {
                let span = self.ast[id].span;
                return self.level(span, |x| {
                    x.inside(expansion, |x| items.into_iter().try_for_each(|item| x.assoc_item(item, place, result)))
                });
            }
        }
        let item = self.ast[id];
        let ItemKind::MacCall(mac) = item.kind else {
            result.push(id);
            let attrs = self.ast[id].attrs;
            if self.macros {
                self.expand_values(attrs)?;
            }
            return self.level(item.span, |x| x.item_kind(id));
        };
        if !self.macros {
            result.push(id);
            return Ok(());
        }
        match self.call(mac, Want::Items(place))? {
            (expansion, Got::Items(items)) => self.level(item.span, |x| {
                x.inside(expansion, |x| items.into_iter().try_for_each(|item| x.assoc_item(item, place, result)))
            }),
            _ => Err(Doubt::new(item.span, "macro call", "a macro did not expand to items")),
        }
    }

    fn item_kind(&mut self, id: ItemId) -> Result<()> {
        let Item { vis, mut kind, .. } = self.ast[id];
        if let VisibilityKind::Restricted { path, .. } = vis.kind {
            self.path(self.ast[path])?;
        }
        match &mut kind {
            ItemKind::Static(id) => {
                let Static { ty, value, .. } = self.ast[*id];
                self.ty(ty)?;
                self.opt_expr(value)?;
            }
            ItemKind::Const(id) => {
                let Const { mut generics, ty, value, .. } = self.ast[*id];
                self.generics(&mut generics)?;
                self.ty(ty)?;
                self.opt_expr(value)?;
                self.ast[*id].generics = generics;
            }
            ItemKind::ConstBlock(block, _) => self.block(*block)?,
            ItemKind::Fn(id) => {
                let Fn { mut generics, decl, contract, body, .. } = self.ast[*id];
                self.generics(&mut generics)?;
                self.ast[*id].generics = generics;
                self.decl(decl)?;
                if let Some(FnContract { requires, ensures }) = contract {
                    requires.map_or(Ok(()), |block| self.block(block))?;
                    self.opt_expr(ensures)?;
                }
                match body {
                    Some(body) if self.is_wanted(body) => self.block(body)?,
                    Some(_) => self.ast[*id].body = None,
                    None => {}
                }
            }
            ItemKind::Mod(_, _, ModKind::Inline(items, _)) => {
                *items = match self.macros {
                    true => {
                        let list = self.list(*items);
                        self.in_module_item(id, |x| x.deep_items(list))?
                    }
                    false => self.assoc_items(*items, Place::Module)?,
                };
            }
            ItemKind::ForeignMod(ForeignMod { items, .. }) => *items = self.assoc_items(*items, Place::Extern)?,
            ItemKind::TyAlias(id) => {
                let TyAlias { mut generics, mut after_where, bounds, ty, .. } = self.ast[*id];
                self.generics(&mut generics)?;
                self.where_clause(&mut after_where)?;
                self.bounds(bounds)?;
                self.opt_ty(ty)?;
                (self.ast[*id].generics, self.ast[*id].after_where) = (generics, after_where);
            }
            ItemKind::Enum(_, generics, variants) => {
                self.generics(generics)?;
                let mut kept = Vec::with_capacity(variants.len());
                for mut variant in self.list(*variants) {
                    let Some(attrs) = self.attrs(variant.attrs)? else { continue };
                    variant.attrs = attrs;
                    self.variant_data(&mut variant.data)?;
                    self.opt_anon(variant.discriminant)?;
                    kept.push(variant);
                }
                *variants = self.ast.add_list(kept);
            }
            ItemKind::Struct(_, generics, data) | ItemKind::Union(_, generics, data) => {
                self.generics(generics)?;
                self.variant_data(data)?;
            }
            ItemKind::Trait(id) | ItemKind::TraitAlias(id) => {
                let Trait { mut generics, bounds, items, .. } = self.ast[*id];
                self.generics(&mut generics)?;
                self.bounds(bounds)?;
                let items = self.assoc_items(items, Place::Trait)?;
                (self.ast[*id].generics, self.ast[*id].items) = (generics, items);
            }
            ItemKind::Impl(id) => {
                let Impl { mut generics, of_trait, self_ty, items, .. } = self.ast[*id];
                self.generics(&mut generics)?;
                if let Some(header) = of_trait {
                    self.path(header.path)?;
                }
                self.ty(self_ty)?;
                let items = self.assoc_items(items, Place::Impl)?;
                (self.ast[*id].generics, self.ast[*id].items) = (generics, items);
            }
            ItemKind::Delegation(id) => {
                let Delegation { qself, path, body, .. } = self.ast[*id];
                self.qself(qself)?;
                self.path(path)?;
                body.map_or(Ok(()), |block| self.block(block))?;
            }
            ItemKind::ExternCrate(..) | ItemKind::Use(_) | ItemKind::Mod(_, _, ModKind::Outline) => {}
            ItemKind::GlobalAsm(asm) => self.asm_operands(*asm)?,
            ItemKind::MacCall(_) | ItemKind::MacroDef(..) => {}
        }
        self.ast[id].kind = kind;
        Ok(())
    }

    fn variant_data(&mut self, data: &mut VariantData) -> Result<()> {
        let (VariantData::Struct(fields) | VariantData::Tuple(fields)) = data else { return Ok(()) };
        let mut kept = Vec::with_capacity(fields.len());
        for mut field in self.list(*fields) {
            let Some(attrs) = self.attrs(field.attrs)? else { continue };
            field.attrs = attrs;
            self.ty(field.ty)?;
            self.opt_anon(field.default)?;
            kept.push(field);
        }
        *fields = self.ast.add_list(kept);
        Ok(())
    }

    fn generics(&mut self, generics: &mut Generics) -> Result<()> {
        generics.params = self.generic_params(generics.params)?;
        self.where_clause(&mut generics.where_clause)
    }

    fn generic_params(&mut self, params: List<GenericParam>) -> Result<List<GenericParam>> {
        if params.is_empty() {
            return Ok(params);
        }
        let mut kept = Vec::with_capacity(params.len());
        for mut param in self.list(params) {
            let Some(attrs) = self.attrs(param.attrs)? else { continue };
            param.attrs = attrs;
            self.bounds(param.bounds)?;
            match param.kind {
                GenericParamKind::Lifetime => {}
                GenericParamKind::Type(ty) => self.opt_ty(ty)?,
                GenericParamKind::Const(ty, default, _) => {
                    self.ty(ty)?;
                    self.opt_anon(default)?;
                }
            }
            kept.push(param);
        }
        Ok(self.ast.add_list(kept))
    }

    fn where_clause(&mut self, clause: &mut WhereClause) -> Result<()> {
        if clause.predicates.is_empty() {
            return Ok(());
        }
        let mut kept = Vec::with_capacity(clause.predicates.len());
        for mut predicate in self.list(clause.predicates) {
            let Some(attrs) = self.attrs(predicate.attrs)? else { continue };
            predicate.attrs = attrs;
            match &mut predicate.kind {
                WhereKind::Bound(params, ty, bounds) => {
                    *params = self.generic_params(*params)?;
                    self.ty(*ty)?;
                    self.bounds(*bounds)?;
                }
                WhereKind::Region(_, bounds) => self.bounds(*bounds)?,
                WhereKind::Eq(a, b) => {
                    self.ty(*a)?;
                    self.ty(*b)?;
                }
            }
            kept.push(predicate);
        }
        clause.predicates = self.ast.add_list(kept);
        Ok(())
    }

    fn bounds(&mut self, bounds: List<Bound>) -> Result<()> {
        for index in 0..bounds.len() {
            if let Bound::Trait(mut poly) = self.ast[bounds][index] {
                poly.params = self.generic_params(poly.params)?;
                self.path(poly.path)?;
                self.ast[bounds][index] = Bound::Trait(poly);
            }
        }
        Ok(())
    }

    fn decl(&mut self, id: Id<FnDecl>) -> Result<()> {
        let FnDecl { inputs, output } = self.ast[id];
        let mut kept = Vec::with_capacity(inputs.len());
        for mut param in self.list(inputs) {
            let Some(attrs) = self.attrs(param.attrs)? else { continue };
            param.attrs = attrs;
            self.pat(param.pat)?;
            self.ty(param.ty)?;
            kept.push(param);
        }
        self.ast[id].inputs = self.ast.add_list(kept);
        self.fn_ret(output)
    }

    fn fn_ret(&mut self, output: FnRet) -> Result<()> {
        match output {
            FnRet::Default(_) => Ok(()),
            FnRet::Ty(ty) => self.ty(ty),
        }
    }

    fn path(&mut self, path: Path) -> Result<()> {
        for segment in self.list(path.segments) {
            if let Some(args) = segment.args {
                self.generic_args(args)?;
            }
        }
        Ok(())
    }

    fn qself(&mut self, qself: Option<Id<QSelf>>) -> Result<()> {
        qself.map_or(Ok(()), |qself| self.ty(self.ast[qself].ty))
    }

    fn generic_args(&mut self, id: Id<GenericArgs>) -> Result<()> {
        match self.ast[id] {
            GenericArgs::Angle { args, .. } => {
                for arg in self.list(args) {
                    match arg {
                        AngleArg::Lifetime(_) => {}
                        AngleArg::Type(ty) => self.ty(ty)?,
                        AngleArg::Const(value) => self.expr(value.0)?,
                        AngleArg::Constraint(id) => {
                            let AssocConstraint { args, kind, .. } = self.ast[id];
                            args.map_or(Ok(()), |args| self.generic_args(args))?;
                            match kind {
                                ConstraintKind::EqType(ty) => self.ty(ty)?,
                                ConstraintKind::EqConst(value) => self.expr(value.0)?,
                                ConstraintKind::Bounds(bounds) => self.bounds(bounds)?,
                            }
                        }
                    }
                }
            }
            GenericArgs::Paren { inputs, output, .. } => {
                for ty in self.list(inputs) {
                    self.ty(ty)?;
                }
                self.fn_ret(output)?;
            }
            GenericArgs::ParenElided(_) => {}
        }
        Ok(())
    }

    fn opt_ty(&mut self, ty: Option<TyId>) -> Result<()> {
        ty.map_or(Ok(()), |ty| self.ty(ty))
    }

    pub(crate) fn ty(&mut self, id: TyId) -> Result<()> {
        let span = self.ast[id].span;
        self.level(span, |x| x.ty_at_level(id))
    }

    fn ty_at_level(&mut self, id: TyId) -> Result<()> {
        match self.ast[id].kind {
            TyKind::Slice(ty) | TyKind::Ptr(ty, _) | TyKind::Paren(ty) => self.ty(ty),
            TyKind::Ref(_, ty, _) | TyKind::PinnedRef(_, ty, _) => self.ty(ty),
            TyKind::Array(ty, len) => {
                self.ty(ty)?;
                self.expr(len.0)
            }
            TyKind::FnPtr(pointer) => {
                let FnPtrTy { params, decl, .. } = self.ast[pointer];
                self.ast[pointer].params = self.generic_params(params)?;
                self.decl(decl)
            }
            TyKind::UnsafeBinder(binder) => {
                let UnsafeBinderTy { params, inner } = self.ast[binder];
                self.ast[binder].params = self.generic_params(params)?;
                self.ty(inner)
            }
            TyKind::Tup(types) => self.list(types).into_iter().try_for_each(|ty| self.ty(ty)),
            TyKind::Path(qself, path) => {
                self.qself(qself)?;
                self.path(path)
            }
            TyKind::TraitObject(bounds, _) | TyKind::ImplTrait(bounds) => self.bounds(bounds),
            TyKind::Pat(ty, pat) => {
                self.ty(ty)?;
                self.ty_pat(pat)
            }
            TyKind::MacCall(mac) => {
                if !self.macros {
                    return Ok(());
                }
                let (expansion, Got::Ty(ty)) = self.call(mac, Want::Ty)? else { return Ok(()) };
                self.inside(expansion, |x| x.ty(ty))?;
                self.ast[id] = self.ast[ty];
                Ok(())
            }
            TyKind::Never | TyKind::Infer | TyKind::ImplicitSelf | TyKind::CVarArgs => Ok(()),
        }
    }

    fn ty_pat(&mut self, id: Id<TyPat>) -> Result<()> {
        match self.ast[id] {
            TyPat::Range(lo, hi, _) => {
                self.opt_anon(lo)?;
                self.opt_anon(hi)
            }
            TyPat::NotNull => Ok(()),
            TyPat::Or(pats) => self.list(pats).into_iter().try_for_each(|pat| self.ty_pat(pat)),
        }
    }

    fn pat(&mut self, id: PatId) -> Result<()> {
        let span = self.ast[id].span;
        self.level(span, |x| x.pat_at_level(id))
    }

    fn pats(&mut self, pats: List<PatId>) -> Result<()> {
        self.list(pats).into_iter().try_for_each(|pat| self.pat(pat))
    }

    fn pat_at_level(&mut self, id: PatId) -> Result<()> {
        let mut pat = self.ast[id];
        match &mut pat.kind {
            PatKind::Missing | PatKind::Wild | PatKind::Rest | PatKind::Never => return Ok(()),
            PatKind::Ident(_, _, inner) => return inner.map_or(Ok(()), |inner| self.pat(inner)),
            PatKind::Struct(id) => {
                let StructPat { qself, path, fields, .. } = self.ast[*id];
                self.qself(qself)?;
                self.path(path)?;
                let mut kept = Vec::with_capacity(fields.len());
                for mut field in self.list(fields) {
                    let Some(attrs) = self.attrs(field.attrs)? else { continue };
                    field.attrs = attrs;
                    self.pat(field.pat)?;
                    kept.push(field);
                }
                let kept = self.ast.add_list(kept);
                self.ast[*id].fields = kept;
            }
            PatKind::TupleStruct(qself, path, pats) => {
                self.qself(*qself)?;
                self.path(*path)?;
                return self.pats(*pats);
            }
            PatKind::Or(pats) | PatKind::Tuple(pats) | PatKind::Slice(pats) => return self.pats(*pats),
            PatKind::Path(qself, path) => {
                self.qself(*qself)?;
                return self.path(*path);
            }
            PatKind::Box(inner) | PatKind::Deref(inner) | PatKind::Ref(inner, ..) | PatKind::Paren(inner) => {
                return self.pat(*inner);
            }
            PatKind::Expr(expr) => return self.expr(*expr),
            PatKind::Range(lo, hi, ..) => {
                self.opt_expr(*lo)?;
                return self.opt_expr(*hi);
            }
            PatKind::Guard(inner, guard) => {
                self.pat(*inner)?;
                return self.expr(*guard);
            }
            PatKind::MacCall(mac) => {
                if !self.macros {
                    return Ok(());
                }
                let (expansion, Got::Pat(result)) = self.call(*mac, Want::Pat)? else { return Ok(()) };
                self.inside(expansion, |x| x.pat(result))?;
                pat = self.ast[result];
            }
        }
        self.ast[id] = pat;
        Ok(())
    }

    fn opt_anon(&mut self, value: Option<AnonConst>) -> Result<()> {
        value.map_or(Ok(()), |value| self.expr(value.0))
    }

    fn opt_expr(&mut self, expr: Option<ExprId>) -> Result<()> {
        expr.map_or(Ok(()), |expr| self.expr(expr))
    }

    /// Expressions that may be removed: arguments, elements.
    fn exprs(&mut self, exprs: List<ExprId>) -> Result<List<ExprId>> {
        let mut kept = Vec::with_capacity(exprs.len());
        for expr in self.list(exprs) {
            let Some(attrs) = self.attrs(self.ast[expr].attrs)? else { continue };
            self.ast[expr].attrs = attrs;
            let (ExprKind::MacCall(mac), true) = (self.ast[expr].kind, self.macros) else {
                self.expr(expr)?;
                kept.push(expr);
                continue;
            };
            if let (expansion, Got::OptExpr(Some(result))) = self.call(mac, Want::OptExpr)? {
                let span = self.ast[expr].span;
                self.level(span, |x| x.inside(expansion, |x| x.expr(result)))?;
                kept.push(result);
            }
        }
        Ok(self.ast.add_list(kept))
    }

    pub(crate) fn expr(&mut self, id: ExprId) -> Result<()> {
        let Expr { attrs, span, .. } = self.ast[id];
        self.ast[id].attrs = self.attrs_of_fixed(attrs)?;
        self.level(span, |x| x.expr_at_level(id))
    }

    fn expr_at_level(&mut self, id: ExprId) -> Result<()> {
        let Expr { mut kind, span, attrs } = self.ast[id];
        match &mut kind {
            ExprKind::Array(list) | ExprKind::Tup(list) => *list = self.exprs(*list)?,
            ExprKind::Call(callee, args) => {
                self.expr(*callee)?;
                *args = self.exprs(*args)?;
            }
            ExprKind::MethodCall(call) => {
                let MethodCall { segment, receiver, args, .. } = self.ast[*call];
                self.expr(receiver)?;
                segment.args.map_or(Ok(()), |args| self.generic_args(args))?;
                self.ast[*call].args = self.exprs(args)?;
            }
            ExprKind::Binary(_, _, a, b) | ExprKind::AssignOp(_, _, a, b) => {
                self.expr(*a)?;
                self.expr(*b)?;
            }
            ExprKind::Assign(a, b, _) | ExprKind::Index(a, b, _) => {
                self.expr(*a)?;
                self.expr(*b)?;
            }
            ExprKind::Unary(_, a) | ExprKind::Paren(a) | ExprKind::Try(a) | ExprKind::PostfixYield(a) => {
                self.expr(*a)?;
            }
            ExprKind::Await(a, _) | ExprKind::Use(a, _) | ExprKind::Field(a, _) | ExprKind::AddrOf(_, _, a) => {
                self.expr(*a)?;
            }
            ExprKind::Become(a) | ExprKind::ConstBlock(AnonConst(a)) => self.expr(*a)?,
            ExprKind::Cast(a, ty) | ExprKind::Type(a, ty) => {
                self.expr(*a)?;
                self.ty(*ty)?;
            }
            ExprKind::Let(pat, a) => {
                self.pat(*pat)?;
                self.expr(*a)?;
            }
            ExprKind::If(condition, then, els) => {
                self.expr(*condition)?;
                self.block(*then)?;
                self.opt_expr(*els)?;
            }
            ExprKind::While(condition, body, _) => {
                self.expr(*condition)?;
                self.block(*body)?;
            }
            ExprKind::ForLoop(id) => {
                let ForLoop { pat, iter, body, .. } = self.ast[*id];
                self.pat(pat)?;
                self.expr(iter)?;
                self.block(body)?;
            }
            ExprKind::Loop(body, ..) | ExprKind::Block(body, _) => self.block(*body)?,
            ExprKind::Gen(id) => {
                let body = self.ast[*id].body;
                self.block(body)?;
            }
            ExprKind::Match(scrutinee, arms, _) => {
                self.expr(*scrutinee)?;
                *arms = self.arms(*arms)?;
            }
            ExprKind::Closure(id) => {
                let Closure { binder, decl, body, .. } = self.ast[*id];
                if let Some((span, params)) = binder {
                    self.ast[*id].binder = Some((span, self.generic_params(params)?));
                }
                self.decl(decl)?;
                self.expr(body)?;
            }
            ExprKind::TryBlock(body, ty) => {
                self.block(*body)?;
                self.opt_ty(*ty)?;
            }
            ExprKind::Range(a, b, _) => {
                self.opt_expr(*a)?;
                self.opt_expr(*b)?;
            }
            ExprKind::Path(qself, path) => {
                self.qself(*qself)?;
                self.path(*path)?;
            }
            ExprKind::Break(_, a) | ExprKind::Ret(a) | ExprKind::Yield(a) | ExprKind::Yeet(a) => self.opt_expr(*a)?,
            ExprKind::OffsetOf(ty, _) => self.ty(*ty)?,
            ExprKind::Struct(id) => self.struct_expr(*id)?,
            ExprKind::Repeat(a, len) => {
                self.expr(*a)?;
                self.expr(len.0)?;
            }
            ExprKind::UnsafeBinderCast(_, a, ty) => {
                self.expr(*a)?;
                self.opt_ty(*ty)?;
            }
            ExprKind::MacCall(mac) => {
                if !self.macros {
                    return Ok(());
                }
                let (expansion, Got::Expr(result)) = self.call(*mac, Want::Expr)? else { return Ok(()) };
                self.inside(expansion, |x| x.expr(result))?;
                self.ast[id] = self.ast[result];
                return Ok(());
            }
            ExprKind::FormatArgs(id) => {
                for arg in self.list(self.ast[*id].args) {
                    self.expr(arg.expr)?;
                }
            }
            ExprKind::InlineAsm(id) => self.asm_operands(*id)?,
            ExprKind::Lit(_) | ExprKind::Underscore | ExprKind::Continue(_) => {}
        }
        self.ast[id] = Expr { kind, span, attrs };
        Ok(())
    }

    fn struct_expr(&mut self, id: Id<StructExpr>) -> Result<()> {
        let StructExpr { qself, path, fields, rest } = self.ast[id];
        self.qself(qself)?;
        self.path(path)?;
        let mut kept = Vec::with_capacity(fields.len());
        for mut field in self.list(fields) {
            let Some(attrs) = self.attrs(field.attrs)? else { continue };
            field.attrs = attrs;
            self.expr(field.expr)?;
            kept.push(field);
        }
        self.ast[id].fields = self.ast.add_list(kept);
        match rest {
            StructRest::Base(base) => self.expr(base),
            StructRest::Rest(_) | StructRest::None => Ok(()),
        }
    }

    fn arms(&mut self, arms: List<Arm>) -> Result<List<Arm>> {
        let mut kept = Vec::with_capacity(arms.len());
        for mut arm in self.list(arms) {
            let Some(attrs) = self.attrs(arm.attrs)? else { continue };
            arm.attrs = attrs;
            self.pat(arm.pat)?;
            self.opt_expr(arm.guard)?;
            self.opt_expr(arm.body)?;
            kept.push(arm);
        }
        Ok(self.ast.add_list(kept))
    }

    fn asm_operands(&mut self, id: Id<InlineAsm>) -> Result<()> {
        for operand in self.list(self.ast[id].operands) {
            match operand {
                AsmOperand::In(_, expr) | AsmOperand::InOut(_, _, expr) => self.expr(expr)?,
                AsmOperand::Out(_, _, expr) => self.opt_expr(expr)?,
                AsmOperand::SplitInOut(_, _, input, output) => {
                    self.expr(input)?;
                    self.opt_expr(output)?;
                }
                AsmOperand::Const(value) => self.expr(value.0)?,
                AsmOperand::Sym(qself, path) => {
                    self.qself(qself)?;
                    self.path(path)?;
                }
                AsmOperand::Label(block) => self.block(block)?,
            }
        }
        Ok(())
    }

    fn block(&mut self, id: BlockId) -> Result<()> {
        let Block { stmts, span, .. } = self.ast[id];
        self.level(span, |x| {
            let outer = (x.module, x.directory.clone(), x.scope);
            let result = x.block_at_level(id, stmts);
            (x.module, x.directory, x.scope) = outer;
            result
        })
    }

    fn block_at_level(&mut self, id: BlockId, stmts: List<Stmt>) -> Result<()> {
        let stmts = self.list(stmts);
        let stmts = self.block_rounds(stmts)?;
        let mut result = Vec::with_capacity(stmts.len());
        for stmt in stmts {
            self.stmt(stmt, &mut result)?;
        }
        self.ast[id].stmts = self.ast.add_list(result);
        Ok(())
    }

    fn stmt(&mut self, mut stmt: Stmt, result: &mut Vec<Stmt>) -> Result<()> {
        match stmt.kind {
            StmtKind::Let(id) => {
                let origin = self.let_origins.get(&id).copied().unwrap_or(self.current);
                self.inside(origin, |x| {
                    let Some(attrs) = x.attrs(x.ast[id].attrs)? else { return Ok(()) };
                    x.ast[id].attrs = attrs;
                    let Let { pat, ty, init, els, .. } = x.ast[id];
                    x.pat(pat)?;
                    x.opt_ty(ty)?;
                    x.opt_expr(init)?;
                    els.map_or(Ok(()), |block| x.block(block))?;
                    result.push(stmt);
                    Ok(())
                })?;
            }
            StmtKind::Item(item) if self.macros => {
                self.deep_item(item)?;
                result.push(stmt);
            }
            StmtKind::Item(item) => {
                let mut items = Vec::new();
                self.assoc_item(item, Place::Module, &mut items)?;
                let stmts = items.into_iter().map(|item| Stmt { kind: StmtKind::Item(item), ..stmt });
                result.extend(stmts);
            }
            StmtKind::Expr(expr) | StmtKind::Semi(expr) => {
                let origin = self.expr_origins.get(&expr).copied().unwrap_or(self.current);
                self.inside(origin, |x| {
                    let Some(attrs) = x.attrs(x.ast[expr].attrs)? else { return Ok(()) };
                    x.ast[expr].attrs = attrs;
                    if let (ExprKind::MacCall(mac), StmtKind::Semi(_), true) = (x.ast[expr].kind, stmt.kind, x.macros) {
                        if let (expansion, Got::OptExpr(Some(found))) = x.call(mac, Want::OptExpr)? {
                            x.inside(expansion, |x| x.expr(found))?;
                            stmt.kind = StmtKind::Semi(found);
                            result.push(stmt);
                        }
                        return Ok(());
                    }
                    x.expr(expr)?;
                    result.push(stmt);
                    Ok(())
                })?;
            }
            StmtKind::Empty => result.push(stmt),
            StmtKind::MacCall(id) => {
                // With macros, calls among statements were expanded before.
                let Some(attrs) = self.attrs(self.ast[id].attrs)? else { return Ok(()) };
                self.ast[id].attrs = attrs;
                result.push(stmt);
            }
        }
        Ok(())
    }
}
