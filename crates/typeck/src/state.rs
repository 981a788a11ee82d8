//! The state of checking a function with its closures, and where checking begins.

use crate::adjust::{Adjust, Adjustment, AutoBorrow};
use crate::cast::DeferredCast;
use crate::closure::DeferredCall;
use crate::coroutine::CoroutineTypes;
use crate::doubt::{Answer, Doubt};
use crate::elision::Elision;
use crate::fncx::Typing;
use crate::many::CoerceMany;
use crate::results::Results;
use crate::types::{Look as _, Make as _};
use hir::body::{Body, ExprId, Hir, LocalId, PatId};
use hir::expr::{ExprKind, StmtKind};
use hir::pat::PatKind;
use hir::path::{QPath, Res};
use rustc_hash::{FxHashMap, FxHashSet};
use solve::{Cx, Fulfillment, InferCx, Ty, TyKind};
use std::cell::{Cell, RefCell};
use std::ops::Deref;
use syntax::span::Edition;
use ty::{DefId, DefKind, LangItem, Members, Symbol};

/// What is known of the source that a body was made of.
pub trait Source {
    /// The place of a span in the program's files.
    fn span(&self, span: syntax::span::Span) -> ty::Span;
    /// The edition of what stands there.
    fn edition(&self, span: syntax::span::Span) -> Edition;
    /// Where the macro was invoked that made a span; none for what was written by hand.
    fn call_site(&self, span: syntax::span::Span) -> Option<syntax::span::Span>;
    /// The module that the body is in.
    fn module(&self) -> DefId;
}

/// Types a body with its closures: the closures' bodies come after the one that they are in.
///
/// # Errors
/// A [`Doubt`] where something is not known for sure. The caller falls back on rustc.
pub fn check<'tcx>(
    cx: Cx<'tcx>,
    members: &dyn Members<'tcx>,
    hir: &Hir,
    source: &dyn Source,
) -> Answer<Vec<thir::TypedBody<'tcx>>> {
    let owner = hir.def_id;
    let base = root_owner(cx, owner);
    if base != owner {
        return Err(Doubt::new("a body that is a part of another", ""));
    }
    let fcx = FnCx::new(cx, members, hir, source);
    fcx.check_owner()?;
    let written = fcx.write_back()?;
    crate::build::build(&fcx, &written)
}

/// The item that a closure or constant in a body belongs to.
fn root_owner(cx: Cx<'_>, def_id: DefId) -> DefId {
    let mut at = def_id;
    while matches!(cx.definitions().def_kind(at), DefKind::Closure | DefKind::InlineConst) {
        at = cx.parent_of(at);
    }
    at
}

/// Where a `break` leads.
pub(crate) struct Breakable<'tcx> {
    pub target: ExprId,
    /// `None` for loops that give no value.
    pub coerce: Option<CoerceMany<'tcx>>,
    pub may_break: bool,
}

/// The state that a closure has of its own.
#[derive(Default)]
pub(crate) struct BodyState<'tcx> {
    pub ret: Option<CoerceMany<'tcx>>,
    pub breakables: Vec<Breakable<'tcx>>,
    /// Of a coroutine's body.
    pub coroutine: Option<CoroutineTypes<'tcx>>,
}

pub(crate) struct FnCx<'a, 'tcx> {
    pub typing: Typing<'a, 'tcx>,
    pub hir: &'a Hir,
    pub source: &'a dyn Source,
    pub results: RefCell<Results<'tcx>>,
    pub diverges: Cell<bool>,
    /// The binders whose parameters' types are being lowered, from the outside.
    pub elisions: RefCell<Vec<Elision>>,
    pub state: RefCell<BodyState<'tcx>>,
    pub diverging_vars: RefCell<Vec<Ty<'tcx>>>,
    pub deferred_calls: RefCell<FxHashMap<DefId, Vec<DeferredCall<'tcx>>>>,
    pub deferred_casts: RefCell<Vec<DeferredCast<'tcx>>>,
    traits: Vec<DefId>,
    pub deferred_repeats: RefCell<Vec<(ExprId, Ty<'tcx>, solve::Const<'tcx>)>>,
    /// Of each closure the variables that it mentions of what is around it.
    pub upvars: FxHashMap<DefId, Vec<(LocalId, ExprId)>>,
    /// Expressions whose use does not read what they denote.
    not_read: FxHashSet<ExprId>,
    /// While what is inside of an `async fn`'s future is written down: that future, which is opaque there.
    pub own_future: Cell<Option<DefId>>,
}

impl<'a, 'tcx> Deref for FnCx<'a, 'tcx> {
    type Target = Typing<'a, 'tcx>;
    fn deref(&self) -> &Typing<'a, 'tcx> {
        &self.typing
    }
}

impl<'a, 'tcx> FnCx<'a, 'tcx> {
    fn new(cx: Cx<'tcx>, members: &'a dyn Members<'tcx>, hir: &'a Hir, source: &'a dyn Source) -> FnCx<'a, 'tcx> {
        let owner = hir.def_id;
        let mut defines = crate::opaque::defined_by(cx, owner);
        defines.extend(crate::coroutine::of_body(hir));
        let typing = Typing {
            cx,
            members,
            infer: InferCx::for_body(cx, &defines),
            goals: RefCell::new(Fulfillment::new()),
            env: cx.param_env_of(owner),
            owner,
            module: source.module(),
        };
        FnCx {
            typing,
            hir,
            source,
            results: RefCell::default(),
            diverges: Cell::new(false),
            elisions: RefCell::default(),
            state: RefCell::default(),
            diverging_vars: RefCell::default(),
            deferred_calls: RefCell::default(),
            deferred_casts: RefCell::default(),
            traits: [&hir.traits].into_iter().chain(hir.block_traits.values()).flatten().copied().collect(),
            deferred_repeats: RefCell::default(),
            upvars: crate::upvar::mentioned(hir),
            not_read: not_read(hir),
            own_future: Cell::new(None),
        }
    }

    /// Checks the body of an item (rustc's `typeck_with_inspect`).
    fn check_owner(&self) -> Answer<()> {
        let cx = self.cx;
        let owner = self.owner;
        match self.members.def_kind(owner) {
            DefKind::Fn | DefKind::AssocFn => {
                let sig = self.sig_of(owner, cx.identity_args(owner));
                let sig = self.liberated(sig);
                let sig = self.normalize(sig)?;
                let all = sig.inputs_and_output.elements();
                let Some((&output, inputs)) = all.split_last() else { return Err(Doubt::new("a signature", "")) };
                let mut inputs = inputs.to_vec();
                if sig.c_variadic {
                    // The signature does not have the list of the others.
                    inputs.push(self.va_list()?);
                }
                self.check_body(&self.hir.body, &inputs, output)?;
            }
            DefKind::Const
            | DefKind::AssocConst
            | DefKind::Static { .. }
            | DefKind::AnonConst
            | DefKind::InlineConst => {
                let ty = cx.ty_of(owner, cx.identity_args(owner));
                let ty = self.normalize(ty)?;
                self.require_sized(ty)?;
                let value = self.hir.body.value;
                self.check_coercible(value, ty)?;
            }
            _ => return Err(Doubt::new("a body of another kind of item", "")),
        }
        self.finish()
    }

    /// The type of what `...` binds in a variadic function's body.
    pub fn va_list(&self) -> Answer<Ty<'tcx>> {
        let va_list = self.lang(LangItem::VaList)?;
        Ok(self.cx.ty_of(va_list, self.cx.args(&[self.infer.new_region_var().into()])))
    }

    /// What is left when all expressions were looked at, in rustc's order.
    fn finish(&self) -> Answer<()> {
        self.resolve_repeats()?;
        self.check_recursion()?;
        self.unify_opaques()?;
        self.fallback()?;
        self.check_deferred_casts()?;
        self.select()?;
        self.analyze_closures()?;
        self.select()?;
        self.unify_opaques()?;
        // What depends on what coroutines hold, rustc looks at when their bodies are built.
        if crate::coroutine::of_body(self.hir).next().is_some() {
            self.infer.know_coroutines(&crate::opaque::defined_by(self.cx, self.owner));
            self.goals.borrow_mut().look_again();
        }
        let failed = self.goals.borrow_mut().select_all(&self.infer)?;
        match failed.first() {
            None => Ok(()),
            Some(goal) => {
                let text = cx_text(self, goal.predicate);
                Err(Doubt::new("something required that is not known to hold", text))
            }
        }
    }

    fn resolve_repeats(&self) -> Answer<()> {
        let repeats = std::mem::take(&mut *self.deferred_repeats.borrow_mut());
        for (expr, element, count) in repeats {
            self.require_copy_for_repeat(expr, element, count)?;
        }
        Ok(())
    }

    /// A signature with its own late-bound lifetimes, as the function's body sees them.
    pub fn liberated(&self, sig: solve::Binder<'tcx, solve::FnSig<'tcx>>) -> solve::FnSig<'tcx> {
        // Lifetimes of the body are not told apart in the result, and nothing is selected by them.
        self.infer.instantiate_with_fresh(sig)
    }

    /// Checks a function's or closure's body (rustc's `check_fn`).
    pub fn check_body(&self, body: &'a Body, inputs: &[Ty<'tcx>], output: Ty<'tcx>) -> Answer<()> {
        self.require_sized(output)?;
        self.state.borrow_mut().ret = Some(CoerceMany::new(output));
        if inputs.len() != body.params.len() {
            return Err(Doubt::new("parameters that the signature does not have", ""));
        }
        for (param, &ty) in body.params.iter().zip(inputs) {
            self.check_pat_top(param.pat, ty)?;
            self.require_sized(ty)?;
        }
        self.check_return_value(body.value, output)?;
        let ret = self.state.borrow_mut().ret.take();
        let actual = ret.map_or(output, |coerce| coerce.complete(self));
        self.demand_sub(output, actual)
    }

    // ---- names and places

    pub fn symbol(&self, name: syntax::symbol::Symbol) -> Symbol {
        Symbol::intern(name.as_str())
    }
    pub fn edition_at(&self, span: syntax::span::Span) -> u8 {
        match self.source.edition(span) {
            Edition::E2015 => 0,
            Edition::E2018 => 1,
            Edition::E2021 => 2,
            Edition::E2024 => 3,
        }
    }
    pub fn place_of(&self, expr: ExprId) -> ty::Span {
        self.source.span(self.hir[expr].span)
    }

    // ---- results

    pub fn write_expr(&self, expr: ExprId, ty: Ty<'tcx>) {
        self.results.borrow_mut().exprs.insert(expr, ty);
    }
    pub fn write_method(&self, expr: ExprId, def_id: DefId, args: solve::Args<'tcx>) {
        self.results.borrow_mut().methods.insert(expr, (def_id, args));
    }
    pub fn local_ty(&self, local: LocalId) -> Answer<Ty<'tcx>> {
        let found = self.results.borrow().locals.get(&local).copied();
        found.ok_or_else(|| Doubt::new("a variable without a type", ""))
    }

    /// Adds adjustments to those that an expression has (rustc's `apply_adjustments`).
    pub fn adjust(&self, expr: ExprId, adjustments: Vec<Adjustment<'tcx>>) -> Answer<()> {
        let Some(&last) = adjustments.last() else { return Ok(()) };
        for adjustment in &adjustments {
            if adjustment.kind == Adjust::NeverToAny && adjustment.target.is_var() {
                self.diverging_vars.borrow_mut().push(adjustment.target);
            }
        }
        let is_mut = |it: &Adjustment<'tcx>| matches!(it.kind, Adjust::Borrow(AutoBorrow::Mut { .. }));
        let borrows_mutably = adjustments.iter().any(is_mut);
        {
            let mut results = self.results.borrow_mut();
            let before = results.adjustments.entry(expr).or_default();
            let is_deref = |kind: Adjust| matches!(kind, Adjust::Deref | Adjust::OverloadedDeref(..));
            match (&mut before[..], &adjustments[..]) {
                ([], _) => *before = adjustments,
                ([Adjustment { kind: Adjust::NeverToAny, target }], _) => *target = last.target,
                ([first, Adjustment { kind: Adjust::Borrow(_), .. }], [new, ..])
                    if is_deref(first.kind) && is_deref(new.kind) =>
                {
                    *before = adjustments;
                }
                _ => return Err(Doubt::new("adjustments on top of others", "").placed(self.place_of(expr))),
            }
        }
        if borrows_mutably {
            self.make_place_mutable(expr)?;
        }
        Ok(())
    }

    /// The traits whose items may be named by their names alone where an expression stands. (Those that blocks import count
    /// in the whole body: a name that only one of them has means it.)
    pub fn traits(&self) -> &[DefId] {
        &self.traits
    }

    pub fn has_upvars(&self, closure: DefId) -> bool {
        self.upvars.get(&closure).is_some_and(|mentioned| !mentioned.is_empty())
    }

    // ---- what expressions are

    /// Whether evaluating an expression reads the value that it denotes.
    pub fn constitutes_read(&self, expr: ExprId) -> bool {
        !self.is_place(expr) || !self.not_read.contains(&expr)
    }

    /// Whether an expression denotes a place, by its form.
    pub fn is_place(&self, expr: ExprId) -> bool {
        match &self.hir[expr].kind {
            ExprKind::Path(QPath::Resolved(_, path)) => {
                matches!(path.res, Res::Local(_) | Res::Def(DefKind::Static { .. }, _) | Res::Err)
            }
            ExprKind::Type(inner, _) => self.is_place(*inner),
            ExprKind::Unary(syntax::ast::UnOp::Deref, _) | ExprKind::Field(..) | ExprKind::Index(..) => true,
            _ => false,
        }
    }

    /// The part of a type that says whether it has a size.
    pub fn struct_tail(&self, ty: Ty<'tcx>) -> Ty<'tcx> {
        let mut ty = self.shallow(ty);
        for _ in 0..64 {
            let next = match *ty.kind_ref() {
                TyKind::Adt(adt, args) if adt.data().is_struct() => {
                    let Some(field) = adt.data().non_enum_variant().fields.iter().last() else { return ty };
                    self.cx.ty_of(field.did, args)
                }
                TyKind::Tuple(types) => match types.elements().last() {
                    Some(&last) => last,
                    None => return ty,
                },
                _ => return ty,
            };
            let next = match next.kind_ref() {
                TyKind::Alias(..) => {
                    let mut goals = Fulfillment::new();
                    match self.infer.probing(|| self.infer.structurally_normalize(&mut goals, self.env, next)) {
                        Ok(next) => next,
                        Err(_) => return next,
                    }
                }
                _ => next,
            };
            ty = self.shallow(next);
        }
        ty
    }
}

fn cx_text<'tcx>(fcx: &FnCx<'_, 'tcx>, predicate: solve::Predicate<'tcx>) -> String {
    fcx.cx.text_of_predicate(fcx.resolved(predicate))
}

/// Places that are only referred to, or matched by patterns that read nothing.
fn not_read(hir: &Hir) -> FxHashSet<ExprId> {
    let mut set = FxHashSet::default();
    let reads = |pat: PatId| pat_reads(hir, pat);
    for expr in hir.exprs.iter() {
        match &expr.kind {
            ExprKind::AddrOf(_, _, inner) | ExprKind::Field(inner, _) | ExprKind::Assign(inner, _, _) => {
                set.insert(*inner);
            }
            ExprKind::Match(scrutinee, arms, _) if !arms.iter().any(|&arm| reads(hir[arm].pat)) => {
                set.insert(*scrutinee);
            }
            ExprKind::Let(condition) if !reads(condition.pat) => {
                set.insert(condition.init);
            }
            _ => {}
        }
    }
    for stmt in hir.stmts.iter() {
        if let StmtKind::Let(stmt) = &stmt.kind
            && let Some(init) = stmt.init
            && !reads(stmt.pat)
        {
            set.insert(init);
        }
    }
    set
}

fn pat_reads(hir: &Hir, pat: PatId) -> bool {
    match &hir[pat].kind {
        PatKind::Wild => false,
        PatKind::Guard(inner, _) => pat_reads(hir, *inner),
        PatKind::Or(pats) => pats.iter().any(|&pat| pat_reads(hir, pat)),
        _ => true,
    }
}
