//! Ends of blocks, and landing pads.

use crate::function::FunctionCx;
use crate::ll::Value;
use lir::{BlockData, BranchHint, Landing, LandingKind, Terminator};
use llvm_sys::LLVMTailCallKind;

/// How much more often the likely way is gone; LLVM's own number for `expect`.
const LIKELY: u32 = 2000;

impl<'c> FunctionCx<'_, '_, 'c> {
    pub(crate) fn lower_landing(&mut self, landing: Landing) {
        let builder = self.builder();
        let pad = builder.landing_pad(self.cx.types.landing);
        match landing.kind {
            LandingKind::Cleanup => pad.set_cleanup(),
            LandingKind::CatchAll => pad.add_clause(self.cx.types.ptr.zero()),
        }
        let (exception, selector) = (builder.extract_value(pad, 0), builder.extract_value(pad, 1));
        self.set(landing.exception, exception);
        self.set(landing.selector, selector);
    }

    pub(crate) fn lower_terminator(&mut self, data: &BlockData) -> Result<(), String> {
        let builder = self.builder();
        match &data.terminator {
            Terminator::Jump(target) => builder.br(self.block(*target)),
            Terminator::Branch { cond, then, otherwise, hint } => {
                let cond = self.condition(*cond);
                let branch = builder.cond_br(cond, self.block(*then), self.block(*otherwise));
                match self.likely(*hint, *then, *otherwise) {
                    BranchHint::None => {}
                    BranchHint::Likely => self.set_weights(branch, &[LIKELY, 1]),
                    BranchHint::Unlikely => self.set_weights(branch, &[1, LIKELY]),
                }
            }
            Terminator::Switch { value, cases, default } => self.lower_switch(*value, cases, *default),
            Terminator::Return(values) => {
                let value = self.returned(values);
                builder.ret(value);
            }
            Terminator::Unreachable => {
                builder.unreachable();
            }
            Terminator::Trap => {
                self.cx.call_intrinsic("llvm.trap", &[], &[]);
                builder.unreachable();
            }
            Terminator::Invoke { call, normal, unwind } => {
                let (callee, ty, args) = self.call_parts(call);
                let invoke = builder.invoke(ty, callee, &args, self.block(*normal), self.block(*unwind));
                self.finish_call(invoke, call);
                self.set_results(invoke, data.terminator_results(), true);
            }
            Terminator::Resume { exception, selector } => {
                let (exception, selector) = (self.get(*exception), self.get(*selector));
                let pair = self.cx.types.landing.poison();
                let pair = builder.insert_value(pair, exception, 0);
                let pair = builder.insert_value(pair, selector, 1);
                builder.resume(pair);
            }
            Terminator::AsmGoto { .. } => return self.lower_asm_goto(data),
            Terminator::TailCall(call) => {
                let (callee, ty, args) = self.call_parts(call);
                let value = builder.call(ty, callee, &args);
                self.finish_call(value, call);
                value.set_tail_call(LLVMTailCallKind::LLVMTailCallKindMustTail);
                let returns = !self.source.signature(call.sig).returns.is_empty();
                builder.ret(returns.then_some(value));
            }
        }
        Ok(())
    }

    /// The hint, or what follows from one of the ways being marked as cold.
    fn likely(&self, hint: BranchHint, then: lir::Block, otherwise: lir::Block) -> BranchHint {
        let cold = |block| self.source.block(block).cold;
        match (hint, cold(then), cold(otherwise)) {
            _ if !self.cx.optimizes() => BranchHint::None,
            (BranchHint::None, true, false) => BranchHint::Unlikely,
            (BranchHint::None, false, true) => BranchHint::Likely,
            (hint, _, _) => hint,
        }
    }

    fn set_weights(&self, branch: Value<'c>, weights: &[u32]) {
        let context = self.cx.context;
        let mut operands = vec![context.md_string("branch_weights")];
        for weight in weights {
            operands.push(context.md_value(self.cx.types.i32.constant((*weight).into())));
        }
        branch.set_metadata(self.cx.kinds.prof, context.md_as_value(context.md_node(&operands)));
    }

    fn lower_switch(&mut self, value: lir::Value, cases: &[(u128, lir::Block)], default: lir::Block) {
        let value = self.get(value);
        let ty = value.ty();
        let switch = self.builder().switch(value, self.block(default), cases.len());
        for (case, target) in cases {
            switch.add_case(ty.constant(*case), self.block(*target));
        }
        let cold = |block: &lir::Block| self.source.block(*block).cold;
        let targets = || std::iter::once(&default).chain(cases.iter().map(|(_, target)| target));
        if self.cx.optimizes() && targets().any(cold) && !targets().all(cold) {
            let weights: Vec<u32> = targets().map(|target| if cold(target) { 1 } else { LIKELY }).collect();
            self.set_weights(switch, &weights);
        }
    }

    fn returned(&mut self, values: &[lir::Value]) -> Option<Value<'c>> {
        match values {
            [] => None,
            [one] => Some(self.get(*one)),
            many => {
                let fields: Vec<Value> = many.iter().map(|value| self.get(*value)).collect();
                let types: Vec<_> = fields.iter().map(|field| field.ty()).collect();
                let empty = self.cx.context.structure(&types, false).poison();
                let fill = |all, (number, field): (u32, &Value<'c>)| self.builder().insert_value(all, *field, number);
                Some((0..).zip(&fields).fold(empty, fill))
            }
        }
    }
}
