//! Whole bodies: arguments, captured variables, and the frame around the value.

use crate::builder::{Builder, VarLocals, end};
use crate::place::PlaceBuilder;
use crate::scope::{DropKind, LintLevel};
use crate::{BuiltBody, Doubt, Result, TerminatorKind};
use mir::{BasicBlock, Local, Place, ProjectionElem, SourceInfo, SourceScopeData, VarDebugInfo, VarDebugInfoContents};
use thir::{BindingMode, BodyTy, ByRef, PatKind, Scope, ScopeData};
use ty::{
    ClosureArgs, CoroutineArgs, CoroutineClosureArgs, CoroutineKind, DefKind, ExternAbi, FieldIdx, FnSig, Mutability,
    Symbol, Ty, TyKind,
};

/// The closure itself, as its body sees it.
const CAPTURES: Local = Local::from_u32(1);

impl<'tcx> Builder<'_, 'tcx> {
    pub fn build(mut self) -> Result<BuiltBody<'tcx>> {
        let body = self.body;
        let session = self.tcx.session();
        self.check_overflow = session.overflow_checks || self.is_constant_body() || body.inherits_overflow_checks;
        self.lint_roots.push(None);
        self.source_scopes.push(SourceScopeData {
            span: body.span,
            parent_scope: None,
            inlined: None,
            inlined_parent_scope: None,
        });
        let start = self.new_block();
        match &self.thir.body_type {
            BodyTy::Fn(sig) => self.function(start, *sig),
            BodyTy::Const(ty) => self.constant_body(start, *ty),
            BodyTy::GlobalAsm(_) => Err(Doubt::at("`global_asm!`", body.span)),
        }
    }

    fn constant_body(mut self, start: BasicBlock, ty: Ty<'tcx>) -> Result<BuiltBody<'tcx>> {
        self.new_local(ty, self.body.return_ty_span, Mutability::Mut);
        let mut block = start;
        self.expr_into_dest(Place::from_local(Local::RETURN), &mut block, self.body.root)?;
        let info = self.source_info(self.body.span);
        self.terminate(block, info, TerminatorKind::Return);
        self.build_drop_trees()?;
        self.remove_uninhabited();
        self.finish(None)
    }

    fn function(mut self, start: BasicBlock, sig: FnSig<'tcx>) -> Result<BuiltBody<'tcx>> {
        let body = self.body;
        let definitions = self.facts.definitions();
        let is_closure = matches!(definitions.def_kind(body.def_id), DefKind::Closure);
        self.coroutine = if is_closure { self.coroutine_of_body()? } else { None };
        self.arg_count = self.thir.params.len();
        self.new_local(sig.output(), body.return_ty_span, Mutability::Mut);
        let call_site = Scope { local_id: body.body_id, data: ScopeData::CallSite };
        let arguments = Scope { local_id: body.body_id, data: ScopeData::Arguments };
        let info = self.source_info(body.span);
        let fn_end = end(body.span);
        let mut block = start;
        self.in_scope((call_site, info), LintLevel::Inherited, &mut block, |this, block| {
            let result = Place::from_local(Local::RETURN);
            this.in_breakable_scope(None, result, fn_end, block, |this, mut block| {
                this.in_scope((arguments, info), LintLevel::Inherited, &mut block, |this, block| {
                    this.args_and_body(block, arguments)
                })?;
                Ok(Some(block))
            })?;
            let info = this.source_info(fn_end);
            this.terminate(*block, info, TerminatorKind::Return);
            this.build_drop_trees()
        })?;
        self.remove_uninhabited();
        // A closure's own signature says nothing of how its arguments are passed.
        let is_tupled = sig.abi == ExternAbi::RustCall && !is_closure;
        let spread_arg = is_tupled.then(|| Local::from_usize(self.arg_count));
        self.finish(spread_arg)
    }

    /// What kind of coroutine the body is of, if it is of one.
    fn coroutine_of_body(&self) -> Result<Option<CoroutineKind>> {
        let closure = self.thir.params.iter().next().map(|param| param.ty);
        match closure.map(|ty| *ty.kind()) {
            Some(TyKind::Coroutine(def_id, _)) => match self.facts.definitions().coroutine_kind(def_id) {
                Some(kind) => Ok(Some(kind)),
                None => Err(Doubt::at("coroutine of no kind", self.body.span)),
            },
            _ => Ok(None),
        }
    }

    fn args_and_body(&mut self, block: &mut BasicBlock, scope: Scope) -> Result<()> {
        let thir = self.thir;
        let value_span = thir[self.body.root].span;
        for (index, param) in thir.params.iter().enumerate() {
            let span = param.pat.as_ref().map_or(self.body.span, |pat| pat.span);
            let local = self.new_local(param.ty, span, Mutability::Mut);
            let simple = param.pat.as_ref().and_then(|pat| match pat.kind {
                PatKind::Binding { name, mode: BindingMode(ByRef::No, _), subpattern: None, .. } => Some(name),
                _ => None,
            });
            if let Some(name) = simple {
                self.debug_info(name, Self::outermost(span), Place::from_local(local), u16::try_from(index + 1).ok());
            }
        }
        self.captured_variables()?;
        let mut visibility = None;
        for (index, param) in thir.params.iter().enumerate() {
            let local = Local::from_usize(index + 1);
            let span = param.pat.as_ref().map_or(value_span, |pat| pat.span);
            // What a pattern leaves in the argument is dropped, too.
            self.schedule_drop(span, scope, local, DropKind::Value)?;
            let Some(pat) = &param.pat else { continue };
            let outer = self.source_scope;
            if let Some(node) = param.hir_id {
                self.maybe_new_source_scope(span, node);
            }
            match pat.kind {
                PatKind::Binding { var, mode: BindingMode(ByRef::No, mutability), subpattern: None, .. } => {
                    self.local_decls[local].mutability = mutability;
                    self.local_decls[local].source_info.scope = self.source_scope;
                    self.var_locals.insert(var, VarLocals::One(local));
                }
                _ => {
                    visibility = self.declare_bindings(visibility, value_span, pat, None)?;
                    self.place_into_pattern(block, pat, PlaceBuilder::from(local))?;
                }
            }
            self.source_scope = outer;
        }
        if let Some(visibility) = visibility {
            self.source_scope = visibility;
        }
        let intrinsic = self.facts.definitions().intrinsic(self.body.def_id);
        if intrinsic.is_some_and(|intrinsic| intrinsic.must_be_overridden) {
            let info = self.source_info(ty::Span::DUMMY);
            self.terminate(*block, info, TerminatorKind::Unreachable);
            *block = self.new_block();
            return Ok(());
        }
        self.expr_into_dest(Place::from_local(Local::RETURN), block, self.body.root)
    }

    pub(crate) fn debug_info(
        &mut self,
        name: Symbol,
        source_info: SourceInfo,
        place: Place<'tcx>,
        argument_index: Option<u16>,
    ) {
        let value = VarDebugInfoContents::Place(place);
        self.var_debug_info.push(VarDebugInfo { name, source_info, composite: None, value, argument_index });
    }

    /// The closure's fields stand for captured variables.
    fn captured_variables(&mut self) -> Result<()> {
        let Some(mut closure) = self.local_decls.get(CAPTURES).map(|decl| decl.ty) else { return Ok(()) };
        if self.arg_count == 0 || !matches!(self.facts.definitions().def_kind(self.body.def_id), DefKind::Closure) {
            return Ok(());
        }
        let mut path = Vec::new();
        if let TyKind::Ref(_, inner, _) = *closure.kind() {
            path.push(ProjectionElem::Deref);
            closure = inner;
        }
        let types = match *closure.kind() {
            TyKind::Closure(_, args) => ClosureArgs::new(args).upvar_tys(),
            TyKind::Coroutine(_, args) => CoroutineArgs::new(args).upvar_tys(),
            TyKind::CoroutineClosure(_, args) => CoroutineClosureArgs::new(args).upvar_tys(),
            _ => return Ok(()),
        };
        let captures = &self.body.captures;
        if types.len() != captures.len() {
            return Err(Doubt::at("captures", self.body.span));
        }
        for (index, (capture, ty)) in captures.iter().zip(types).enumerate() {
            let mut path = path.clone();
            path.push(ProjectionElem::Field(FieldIdx::from_usize(index), ty));
            if capture.by_ref.is_some() {
                path.push(ProjectionElem::Deref);
            }
            let use_place = Place { local: CAPTURES, projection: self.tcx.arena().alloc_slice(&path) };
            let name = capture.debug_name(|ty, variant, field| self.field_name(ty, variant, field));
            self.debug_info(Symbol::intern(&name), Self::outermost(capture.span), use_place, None);
            self.captures.push(use_place);
        }
        Ok(())
    }

    fn field_name(&self, ty: Ty<'tcx>, variant: ty::VariantIdx, field: FieldIdx) -> String {
        let TyKind::Adt(adt, _) = *ty.kind() else { return field.to_string() };
        let variant = self.tcx.adt_def(adt).variants.get(variant);
        match variant.and_then(|variant| variant.fields.get(field)) {
            Some(def) => def.name.as_str().to_owned(),
            None => field.to_string(),
        }
    }

    /// Calls whose result cannot exist do not return.
    fn remove_uninhabited(&mut self) {
        for block in (0..self.blocks.len()).map(BasicBlock::from_usize) {
            let Some(terminator) = &self.blocks[block].terminator else { continue };
            let TerminatorKind::Call(call) = &terminator.kind else { continue };
            if self.facts.is_inhabited(self.ty_of(call.destination)) {
                continue;
            }
            if let Some(terminator) = &mut self.blocks[block].terminator
                && let TerminatorKind::Call(call) = &mut terminator.kind
            {
                call.target = None;
            }
        }
    }
}
