//! Inline assembly.

use crate::operand::OperandValue;
use crate::place::PlaceRef;
use crate::{FunctionCx, LocalRef, LowerError};
use lir::{AsmOperand, AsmPiece, AsmRegister, Inst, Terminator, Type, Value};
use mir::{AsmTemplatePiece, InlineAsmOperand};
use ty::{ConstValue, Scalar, TyKind};

/// Where an output goes.
enum Output<'tcx> {
    Local(mir::Local),
    Place(PlaceRef<'tcx>),
}

impl<'tcx> FunctionCx<'_, 'tcx> {
    /// A naked function has nothing but its block of assembly: its parameters stay where the caller put them.
    pub(crate) fn naked_body(&mut self) -> Result<(), LowerError> {
        let body = self.body;
        for data in &body.basic_blocks {
            if let mir::TerminatorKind::InlineAsm(asm) = &data.terminator.kind {
                self.set_source(data.terminator.source_info);
                return self.inline_asm(asm);
            }
        }
        ty::bug!("a naked function without assembly")
    }

    pub(crate) fn inline_asm(&mut self, asm: &mir::InlineAsm<'tcx>) -> Result<(), LowerError> {
        let mut outputs = Vec::new();
        let mut operands = Vec::new();
        for operand in &asm.operands {
            operands.push(match operand {
                InlineAsmOperand::In { reg, value } => {
                    AsmOperand::In { reg: register(*reg), value: self.asm_input(value)? }
                }
                InlineAsmOperand::Out { reg, late, place } => {
                    let ty = place.map(|place| self.asm_output(place, &mut outputs)).transpose()?;
                    AsmOperand::Out { reg: register(*reg), late: *late, ty }
                }
                InlineAsmOperand::InOut { reg, late, in_value, out_place } => {
                    let value = self.asm_input(in_value)?;
                    let ty = out_place.map(|place| self.asm_output(place, &mut outputs)).transpose()?;
                    AsmOperand::InOut { reg: register(*reg), late: *late, value, ty }
                }
                InlineAsmOperand::Const { value } => AsmOperand::Const(self.asm_const_text(value)?),
                InlineAsmOperand::SymFn { value } => {
                    let ty = self.monomorphize(value.const_.ty());
                    let TyKind::FnDef(def_id, args) = *ty.kind() else { ty::bug!("`sym` of {ty:?}") };
                    let instance = self
                        .cx
                        .traits
                        .resolve_for_fn_ptr(def_id, args)
                        .ok_or_else(|| LowerError::internal(format!("no function for {ty:?}")))?;
                    AsmOperand::Symbol(self.function_symbol(instance))
                }
                InlineAsmOperand::SymStatic { def_id } => {
                    let name = self.cx.symbol_name(ty::Instance::new(*def_id, ty::List::empty()));
                    self.note(crate::Use::Static(*def_id));
                    let local = self.cx.is_static_here(*def_id) && crate::function::is_of_this_image(name.as_str());
                    let name = name.as_str().into();
                    let kind = lir::SymbolKind::Data;
                    AsmOperand::Symbol(self.b.symbol(lir::SymbolRef { name, kind, weak: false, local }))
                }
                InlineAsmOperand::Label { target_index } => {
                    let first = usize::from(!asm.options.noreturn);
                    AsmOperand::Label((*target_index - first) as u32)
                }
            });
        }
        let template = asm
            .template
            .iter()
            .map(|piece| match piece {
                AsmTemplatePiece::String(text) => AsmPiece::Text(text.clone()),
                AsmTemplatePiece::Placeholder { operand, modifier, .. } => {
                    AsmPiece::Operand { index: *operand as u32, modifier: *modifier }
                }
            })
            .collect();
        let options = lir::AsmOptions {
            pure_: asm.options.pure_,
            nomem: asm.options.nomem,
            readonly: asm.options.readonly,
            preserves_flags: asm.options.preserves_flags,
            noreturn: asm.options.noreturn,
            nostack: asm.options.nostack,
            att_syntax: asm.options.att_syntax,
            raw: asm.options.raw,
            may_unwind: asm.options.may_unwind,
        };
        let has_labels = operands.iter().any(|operand| matches!(operand, AsmOperand::Label(_)));
        let lowered = Box::new(lir::InlineAsm { template, operands, options });
        let diverges = options.noreturn || asm.naked;
        let unwind = if options.may_unwind { self.unwind_target(asm.unwind)? } else { None };
        if has_labels || unwind.is_some() {
            let mut targets = asm.targets.clone();
            let fallthrough = if diverges { None } else { Some(targets.remove(0)) };
            // Results are stored on the way out, in a block of each edge's own.
            let edges: Vec<_> =
                fallthrough.into_iter().chain(targets).map(|target| (self.b.create_block(), target)).collect();
            let mut blocks: Vec<_> = edges.iter().map(|(block, _)| *block).collect();
            let fallthrough = if diverges { None } else { Some(blocks.remove(0)) };
            let results = self.b.asm_goto(lowered, fallthrough, blocks, unwind);
            for (edge, target) in edges {
                self.b.switch_to(edge);
                self.store_asm_outputs(&results, &outputs)?;
                self.goto(target);
            }
            return Ok(());
        }
        let results = self.b.values(Inst::Asm(lowered));
        if diverges {
            self.b.terminate(Terminator::Unreachable);
            return Ok(());
        }
        self.store_asm_outputs(&results, &outputs)?;
        match asm.targets.first() {
            Some(target) => self.goto(*target),
            None => self.b.terminate(Terminator::Unreachable),
        }
        Ok(())
    }

    fn asm_input(&mut self, operand: &mir::Operand<'tcx>) -> Result<Value, LowerError> {
        let op = self.operand(operand)?;
        match op.val {
            OperandValue::Immediate(value) => Ok(value),
            // `MaybeUninit<T>` and other wrappers that live in memory.
            OperandValue::Ref(ptr, None, align) => {
                let ty = self.asm_type(op.layout)?;
                let flags = lir::MemFlags::aligned(align);
                Ok(self.b.value(Inst::Load { ty, ptr, flags, facts: lir::LoadFacts::default() }))
            }
            _ => Err(LowerError::unsupported("an assembly operand of this type", self.span())),
        }
    }

    fn asm_type(&self, layout: layout::TyAndLayout<'tcx>) -> Result<Type, LowerError> {
        match self.register_types(layout) {
            Some((ty, None)) => Ok(ty),
            _ => lir::Scalar::int(layout.size.bytes() as u32 * 8)
                .map(Type::Scalar)
                .ok_or_else(|| LowerError::unsupported("an assembly operand of this type", self.span())),
        }
    }

    fn asm_output(&mut self, place: mir::Place<'tcx>, outputs: &mut Vec<Output<'tcx>>) -> Result<Type, LowerError> {
        if let Some(local) = place.as_local()
            && let LocalRef::Var(_, None, layout) = self.locals[local]
        {
            outputs.push(Output::Local(local));
            return self.asm_type(layout);
        }
        let place = self.place(place)?;
        outputs.push(Output::Place(place));
        self.asm_type(place.layout)
    }

    fn store_asm_outputs(&mut self, results: &[Value], outputs: &[Output<'tcx>]) -> Result<(), LowerError> {
        for (&value, output) in results.iter().zip(outputs) {
            match output {
                Output::Local(local) => {
                    let LocalRef::Var(var, _, _) = self.locals[*local] else { ty::bug!("checked when collected") };
                    self.set_var(var, value);
                }
                Output::Place(place) => self.store_value(value, place.ptr, place.align),
            }
        }
        Ok(())
    }

    /// `const` operands are numbers in the text.
    fn asm_const_text(&mut self, constant: &mir::ConstOperand<'tcx>) -> Result<String, LowerError> {
        let ty = self.monomorphize(constant.const_.ty());
        match self.eval_constant(constant)? {
            ConstValue::Scalar(Scalar::Int(int)) if ty.is_signed() => Ok(int.signed().to_string()),
            ConstValue::Scalar(Scalar::Int(int)) => Ok(int.bits.to_string()),
            _ => Err(LowerError::unsupported("an assembly constant that is not an integer", constant.span)),
        }
    }
}

fn register(reg: mir::AsmRegister) -> AsmRegister {
    match reg {
        mir::AsmRegister::Register(name) => AsmRegister::Explicit(name.as_str().to_owned()),
        mir::AsmRegister::Class(name) => AsmRegister::Class(name.as_str().to_owned()),
    }
}
