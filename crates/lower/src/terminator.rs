//! Terminators other than calls of functions.

use crate::{FunctionCx, LocalRef, LowerError};
use layout::abi::PassMode;
use lir::{BranchHint, Inst, LandingKind, Terminator, Type, Value};
use mir::{AssertKind, BasicBlock, SwitchTargets, TerminatorKind, UnwindAction, UnwindTerminateReason};
use ty::{LangItem, TyKind};

impl<'tcx> FunctionCx<'_, 'tcx> {
    pub(crate) fn terminator(
        &mut self,
        block: BasicBlock,
        terminator: &'tcx mir::Terminator<'tcx>,
    ) -> Result<(), LowerError> {
        match &terminator.kind {
            TerminatorKind::Goto { target } => self.goto(*target),
            TerminatorKind::SwitchInt { discr, targets } => self.switch(block, discr, targets)?,
            TerminatorKind::Return => self.return_()?,
            TerminatorKind::Unreachable => self.b.terminate(Terminator::Unreachable),
            TerminatorKind::UnwindResume => {
                let (exception, selector) = self.exception_vars();
                let exception = self.b.value(Inst::GetVar { var: exception });
                let selector = self.b.value(Inst::GetVar { var: selector });
                self.b.terminate(Terminator::Resume { exception, selector });
            }
            TerminatorKind::UnwindTerminate(reason) => self.terminate_with(*reason)?,
            TerminatorKind::Drop { place, target, unwind } => self.drop_place(*place, *target, *unwind)?,
            TerminatorKind::Assert { cond, expected, msg, target, unwind } => {
                self.assert(cond, *expected, msg, *target, *unwind)?;
            }
            TerminatorKind::Call(call) => self.call_terminator(call)?,
            TerminatorKind::TailCall { .. } => {
                return Err(LowerError::unsupported("explicit tail call (`become`)", self.span()));
            }
            TerminatorKind::InlineAsm(asm) => self.inline_asm(asm)?,
        }
        Ok(())
    }

    pub(crate) fn goto(&mut self, target: BasicBlock) {
        let target = self.block(target);
        self.b.terminate(Terminator::Jump(target));
    }

    fn is_empty_unreachable(&self, block: BasicBlock) -> bool {
        let data = &self.body.basic_blocks[block];
        data.statements.is_empty() && data.terminator.kind == TerminatorKind::Unreachable
    }

    /// The value of a switch, where it is the same for every run of this instance.
    fn known_switch_value(&mut self, block: BasicBlock) -> Result<Option<u128>, LowerError> {
        match self.body.switched_on(block) {
            Some(mir::Operand::RuntimeChecks(check)) => Ok(Some(u128::from(self.cx.runtime_check(*check)))),
            Some(mir::Operand::Constant(constant)) => self.constant_bits(constant),
            _ => Ok(None),
        }
    }

    fn switch(
        &mut self,
        block: BasicBlock,
        discr: &mir::Operand<'tcx>,
        targets: &SwitchTargets,
    ) -> Result<(), LowerError> {
        if let Some(value) = self.known_switch_value(block)? {
            self.goto(targets.target_for_value(value));
            return Ok(());
        }
        let value = self.operand(discr)?.immediate();
        let ty = self.b.ty(value);
        let value = if ty == Type::PTR { self.reinterpret_value(value, self.usize_type()) } else { value };
        let ty = self.b.ty(value);
        let otherwise = targets.otherwise();
        let cases: Vec<(u128, BasicBlock)> = targets.iter().collect();
        let simple = match cases[..] {
            [(case, target)] => Some((case, target, otherwise)),
            // Two cases are all there are.
            [(case, target), (_, second)] if self.is_empty_unreachable(otherwise) => Some((case, target, second)),
            _ => None,
        };
        if let Some((case, target, other)) = simple {
            let hint = match (self.cold_blocks[target], self.cold_blocks[other]) {
                (false, true) => BranchHint::Likely,
                (true, false) => BranchHint::Unlikely,
                _ => BranchHint::None,
            };
            let (then, otherwise) = (self.block(target), self.block(other));
            if ty == Type::I8 && case == 0 {
                // `if`: a bool's other value.
                let hint = match hint {
                    BranchHint::Likely => BranchHint::Unlikely,
                    BranchHint::Unlikely => BranchHint::Likely,
                    BranchHint::None => BranchHint::None,
                };
                self.b.terminate(Terminator::Branch { cond: value, then: otherwise, otherwise: then, hint });
            } else {
                let constant = self.const_int(ty, case);
                let cond = self.icmp(lir::IntCond::Eq, value, constant);
                self.b.terminate(Terminator::Branch { cond, then, otherwise, hint });
            }
            return Ok(());
        }
        let default = self.block(otherwise);
        let cases = cases.into_iter().map(|(case, target)| (case, self.block(target))).collect();
        self.b.terminate(Terminator::Switch { value, cases, default });
        Ok(())
    }

    fn return_(&mut self) -> Result<(), LowerError> {
        let ret = &self.fn_abi.ret;
        if ret.layout.uninhabited {
            // Returning from a function that cannot return: undefined behaviour caught cheaply.
            self.b.terminate(Terminator::Trap);
            return Ok(());
        }
        self.end_va_list();
        let values = match &ret.mode {
            PassMode::Ignore | PassMode::Indirect { .. } => vec![],
            _ => {
                let op = match self.locals[mir::Local::RETURN] {
                    LocalRef::Memory(place) => self.load_operand(place),
                    _ => self.local_operand(mir::Local::RETURN),
                };
                self.values_for_abi(op, ret)?
            }
        };
        self.b.terminate(Terminator::Return(values));
        Ok(())
    }

    // ---- unwinding

    /// The block where a call continues by unwinding, if it does so in this function.
    pub(crate) fn unwind_target(&mut self, action: UnwindAction) -> Result<Option<lir::Block>, LowerError> {
        if self.cx.tcx.session().panic_abort {
            return Ok(None);
        }
        Ok(match action {
            UnwindAction::Continue => {
                // A function whose ABI does not unwind stops what comes out of its callees.
                None
            }
            UnwindAction::Unreachable => None,
            UnwindAction::Cleanup(block) => Some(self.landing(block)),
            UnwindAction::Terminate(reason) => Some(self.terminate_landing(reason)?),
        })
    }

    fn exception_vars(&mut self) -> (lir::Var, lir::Var) {
        if let Some(vars) = self.exception {
            return vars;
        }
        let vars = (self.b.create_var(Type::PTR), self.b.create_var(Type::I32));
        self.exception = Some(vars);
        vars
    }

    fn landing(&mut self, cleanup: BasicBlock) -> lir::Block {
        if let Some(&known) = self.landings.get(&cleanup) {
            return known;
        }
        let (exception_var, selector_var) = self.exception_vars();
        let target = self.block(cleanup);
        let here = self.b.current();
        let (landing, exception, selector) = self.b.create_landing_block(LandingKind::Cleanup);
        self.set_personality();
        self.b.switch_to(landing);
        self.b.effect(Inst::SetVar { var: exception_var, value: exception });
        self.b.effect(Inst::SetVar { var: selector_var, value: selector });
        self.b.terminate(Terminator::Jump(target));
        if let Some(here) = here {
            self.b.switch_to(here);
        }
        self.landings.insert(cleanup, landing);
        landing
    }

    fn terminate_landing(&mut self, reason: UnwindTerminateReason) -> Result<lir::Block, LowerError> {
        let index = reason as usize;
        if let Some(known) = self.terminate_landings[index] {
            return Ok(known);
        }
        let here = self.b.current();
        let (landing, _, _) = self.b.create_landing_block(LandingKind::CatchAll);
        self.set_personality();
        self.terminate_landings[index] = Some(landing);
        self.b.switch_to(landing);
        self.terminate_with(reason)?;
        if let Some(here) = here {
            self.b.switch_to(here);
        }
        Ok(landing)
    }

    fn terminate_with(&mut self, reason: UnwindTerminateReason) -> Result<(), LowerError> {
        let item = match reason {
            UnwindTerminateReason::Abi => LangItem::PanicCannotUnwind,
            UnwindTerminateReason::InCleanup => LangItem::PanicInCleanup,
        };
        self.lang_call(item, &[], UnwindAction::Unreachable)
    }

    /// Names the personality routine, which landing pads need.
    pub(crate) fn set_personality(&mut self) {
        if self.b.function().personality.is_some() {
            return;
        }
        let symbol = self.b.symbol(lir::SymbolRef {
            name: "rust_eh_personality".into(),
            kind: lir::SymbolKind::Function,
            weak: false,
            local: false,
        });
        self.b.function_mut().personality = Some(symbol);
    }

    // ---- assertions and drops

    fn assert(
        &mut self,
        cond: &mir::Operand<'tcx>,
        expected: bool,
        msg: &AssertKind<'tcx>,
        target: BasicBlock,
        unwind: UnwindAction,
    ) -> Result<(), LowerError> {
        let optional = matches!(msg, AssertKind::Overflow(op, ..) if is_optional_check(*op))
            || matches!(msg, AssertKind::OverflowNeg(_));
        let known = match cond {
            mir::Operand::Constant(constant) => self.constant_bits(constant)?.map(|bits| bits == 1),
            _ => None,
        };
        if known == Some(expected) || (optional && !self.cx.checks().overflow) {
            self.goto(target);
            return Ok(());
        }
        let cond = self.operand(cond)?.immediate();
        let ok = self.block(target);
        let fail = self.b.create_block();
        self.b.set_cold(fail);
        let (then, otherwise, hint) =
            if expected { (ok, fail, BranchHint::Likely) } else { (fail, ok, BranchHint::Unlikely) };
        self.b.terminate(Terminator::Branch { cond, then, otherwise, hint });
        self.b.switch_to(fail);
        let location = self.caller_location_here()?.immediate();
        let (item, args): (LangItem, Vec<Value>) = match msg {
            AssertKind::BoundsCheck { len, index } => {
                let len = self.operand(len)?.immediate();
                let index = self.operand(index)?.immediate();
                (LangItem::PanicBoundsCheck, vec![index, len, location])
            }
            AssertKind::MisalignedPointerDereference { required, found } => {
                let required = self.operand(required)?.immediate();
                let found = self.operand(found)?.immediate();
                (LangItem::PanicMisalignedPointerDereference, vec![required, found, location])
            }
            AssertKind::InvalidEnumConstruction(source) => {
                let source = self.operand(source)?.immediate();
                (LangItem::PanicInvalidEnumConstruction, vec![source, location])
            }
            other => (panic_item(other), vec![location]),
        };
        self.lang_call(item, &args, unwind)
    }

    fn drop_place(
        &mut self,
        place: mir::Place<'tcx>,
        target: BasicBlock,
        unwind: UnwindAction,
    ) -> Result<(), LowerError> {
        let ty = self.place_ty(place);
        let glue = self.cx.traits.resolve_drop_in_place(ty);
        if let ty::InstanceKind::DropGlue(_, None) = glue.kind {
            self.goto(target);
            return Ok(());
        }
        let place = self.place(place)?;
        let target = self.block(target);
        let mut args: Vec<Value> = std::iter::once(place.ptr).chain(place.meta).collect();
        if let TyKind::Dynamic(..) = ty.kind() {
            // Slot 0 of a vtable: null where there is nothing to drop.
            let vtable = args.pop().expect("a trait object has a vtable");
            let callee = self.load_vtable_ptr(vtable, 0, false);
            let null = self.b.value(Inst::Zero { ty: Type::PTR });
            let some = self.icmp(lir::IntCond::Ne, callee, null);
            let call = self.b.create_block();
            self.branch(some, call, target);
            self.b.switch_to(call);
            let signature = self.drop_glue_signature();
            let call = self.plain_call(lir::Callee::Indirect(callee), signature, args);
            return self.finish_call(call, Some(target), unwind);
        }
        let abi = self.cx.fn_abi_of_instance(glue)?;
        let signature = abi.to_lir_signature(self.cx.layout);
        let symbol = self.function_symbol(glue);
        let call = self.plain_call(lir::Callee::Symbol(symbol), signature, args);
        self.finish_call(call, Some(target), unwind)
    }

    /// `fn(*mut T)`
    fn drop_glue_signature(&self) -> lir::Signature {
        lir::Signature::plain(&[Type::PTR], &[])
    }

    fn plain_call(&mut self, callee: lir::Callee, signature: lir::Signature, args: Vec<Value>) -> lir::Call {
        let sig = self.b.signature(signature);
        lir::Call { callee, sig, args, attrs: lir::CallAttrs::default() }
    }

    /// A call that unwinds as `unwind` says; what is built next follows its return. Gives its results.
    pub(crate) fn call_or_invoke(&mut self, call: lir::Call, unwind: UnwindAction) -> Result<Vec<Value>, LowerError> {
        Ok(match self.unwind_target(unwind)? {
            Some(unwind) if !call.attrs.nounwind => {
                let normal = self.b.create_block();
                let results = self.b.invoke(call, normal, unwind);
                self.b.switch_to(normal);
                results
            }
            _ => self.b.call(call),
        })
    }

    /// Ends the block with a call without a result, going on at `target` (nowhere: it does not return).
    pub(crate) fn finish_call(
        &mut self,
        mut call: lir::Call,
        target: Option<lir::Block>,
        unwind: UnwindAction,
    ) -> Result<(), LowerError> {
        call.attrs.noreturn |= target.is_none();
        self.call_or_invoke(call, unwind)?;
        match target {
            Some(target) => self.b.terminate(Terminator::Jump(target)),
            None => self.b.terminate(Terminator::Unreachable),
        }
        Ok(())
    }

    /// Calls a language item that does not return.
    pub(crate) fn lang_call(&mut self, item: LangItem, args: &[Value], unwind: UnwindAction) -> Result<(), LowerError> {
        let def_id = self.cx.tcx.expect_lang_item(item);
        let instance = ty::Instance::new(def_id, ty::List::empty());
        let abi = self.cx.fn_abi_of_instance(instance)?;
        let signature = abi.to_lir_signature(self.cx.layout);
        let symbol = self.function_symbol(instance);
        let mut call = self.plain_call(lir::Callee::Symbol(symbol), signature, args.to_vec());
        call.attrs.cold = true;
        call.attrs.nounwind = !abi.can_unwind;
        self.finish_call(call, None, unwind)
    }
}

/// Overflow checks that `-C overflow-checks=off` leaves out (of code that inherits the setting).
fn is_optional_check(op: mir::BinOp) -> bool {
    use mir::BinOp as B;
    matches!(op, B::Add | B::Sub | B::Mul | B::Shl | B::Shr)
}

fn panic_item(kind: &AssertKind<'_>) -> LangItem {
    use mir::BinOp as B;
    use ty::{CoroutineDesugaring as D, CoroutineKind as C};
    match kind {
        AssertKind::Overflow(op, ..) => match op {
            B::Add => LangItem::PanicAddOverflow,
            B::Sub => LangItem::PanicSubOverflow,
            B::Mul => LangItem::PanicMulOverflow,
            B::Div => LangItem::PanicDivOverflow,
            B::Rem => LangItem::PanicRemOverflow,
            B::Shr => LangItem::PanicShrOverflow,
            B::Shl => LangItem::PanicShlOverflow,
            other => ty::bug!("an overflow check of {other:?}"),
        },
        AssertKind::OverflowNeg(_) => LangItem::PanicNegOverflow,
        AssertKind::DivisionByZero(_) => LangItem::PanicDivZero,
        AssertKind::RemainderByZero(_) => LangItem::PanicRemZero,
        AssertKind::ResumedAfterReturn(kind) => match kind {
            C::Coroutine { .. } => LangItem::PanicCoroutineResumed,
            C::Desugared(D::Async, _) => LangItem::PanicAsyncFnResumed,
            C::Desugared(D::AsyncGen, _) => LangItem::PanicAsyncGenFnResumed,
            C::Desugared(D::Gen, _) => LangItem::PanicGenFnNone,
        },
        AssertKind::ResumedAfterPanic(kind) => match kind {
            C::Coroutine { .. } => LangItem::PanicCoroutineResumedPanic,
            C::Desugared(D::Async, _) => LangItem::PanicAsyncFnResumedPanic,
            C::Desugared(D::AsyncGen, _) => LangItem::PanicAsyncGenFnResumedPanic,
            C::Desugared(D::Gen, _) => LangItem::PanicGenFnNonePanic,
        },
        AssertKind::ResumedAfterDrop(kind) => match kind {
            C::Coroutine { .. } => LangItem::PanicCoroutineResumedDrop,
            C::Desugared(D::Async, _) => LangItem::PanicAsyncFnResumedDrop,
            C::Desugared(D::AsyncGen, _) => LangItem::PanicAsyncGenFnResumedDrop,
            C::Desugared(D::Gen, _) => LangItem::PanicGenFnNoneDrop,
        },
        AssertKind::NullPointerDereference => LangItem::PanicNullPointerDereference,
        AssertKind::BoundsCheck { .. }
        | AssertKind::MisalignedPointerDereference { .. }
        | AssertKind::InvalidEnumConstruction(_) => ty::bug!("handled by the caller"),
    }
}
