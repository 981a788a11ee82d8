//! The compiler's own functions (`core::intrinsics`).
//!
//! Most never get here: MIR building replaces what plain MIR can say. What std's bodies and rustc's own passes leave over
//! is done here. The functions that say how are without wildcards: an intrinsic that is not done says so in an arm of its own, runs
//! its fallback body if it has one, and is an error otherwise.

mod memory;
mod number;
mod va_arg;

use crate::operand::{OperandRef, OperandValue};
use crate::place::PlaceRef;
use crate::{FunctionCx, LowerError};
use eval::InitRequirement;
use layout::TyAndLayout;
use lir::{Inst, LandingKind, Terminator, Type, Value};
use ty::{Allocation, ConstAllocation, GlobalAlloc, InitMask, Instance, Intrinsic, LanguageIntrinsic, Mutability, Ty};

/// How a call of an intrinsic was lowered.
pub enum IntrinsicResult<'tcx> {
    /// Its result.
    Value(OperandRef<'tcx>),
    /// The block has its terminator; nothing returns.
    Diverges,
    /// Nothing: call the fallback body, which may be missing.
    Fallback,
}

impl<'tcx> FunctionCx<'_, 'tcx> {
    /// Lowers a call of an intrinsic whose result has this layout. `sources` are the operands that `args` come from.
    pub(crate) fn intrinsic_call(
        &mut self,
        intrinsic: Intrinsic,
        instance: Instance<'tcx>,
        sources: &[mir::Operand<'tcx>],
        args: &[OperandRef<'tcx>],
        result: TyAndLayout<'tcx>,
    ) -> Result<IntrinsicResult<'tcx>, LowerError> {
        let op = match intrinsic {
            Intrinsic::Atomic(op) => Some(self.atomic_intrinsic(op, instance, args, result)?),
            Intrinsic::Float(op, _) => Some(OperandRef::immediate_of(self.float_intrinsic(op, args), result)),
            Intrinsic::Number(op) => self.number_intrinsic(op, args, result)?,
            Intrinsic::Memory(op) => self.memory_intrinsic(op, instance, args, result)?,
            Intrinsic::Simd(op) => Some(self.simd_intrinsic(op, instance, sources, args, result)?),
            Intrinsic::Language(op) => return self.language_intrinsic(op, instance, args, result),
        };
        Ok(op.map_or(IntrinsicResult::Fallback, IntrinsicResult::Value))
    }

    fn arg_ty(&self, instance: Instance<'tcx>, index: usize) -> Ty<'tcx> {
        instance.args.type_at(index)
    }

    fn unit(&self, result: TyAndLayout<'tcx>) -> Result<Option<OperandRef<'tcx>>, LowerError> {
        Ok(Some(OperandRef::zero_sized(result)))
    }

    /// The place behind a pointer operand.
    fn place_of(&mut self, pointer: OperandRef<'tcx>) -> Result<PlaceRef<'tcx>, LowerError> {
        self.deref_operand(pointer)
    }

    /// Calls a C function of the runtime (libc or the compiler's library) that does not unwind.
    pub(crate) fn runtime_call(&mut self, name: &str, signature: lir::Signature, args: Vec<Value>) -> Vec<Value> {
        let symbol = self.b.symbol(lir::SymbolRef {
            name: name.into(),
            kind: lir::SymbolKind::Function,
            weak: false,
            local: false,
        });
        let sig = self.b.signature(signature);
        let attrs = lir::CallAttrs { nounwind: true, ..lir::CallAttrs::default() };
        self.b.call(lir::Call { callee: lir::Callee::Symbol(symbol), sig, args, attrs })
    }

    fn language_intrinsic(
        &mut self,
        op: LanguageIntrinsic,
        instance: Instance<'tcx>,
        args: &[OperandRef<'tcx>],
        result: TyAndLayout<'tcx>,
    ) -> Result<IntrinsicResult<'tcx>, LowerError> {
        let value = |value| Ok(IntrinsicResult::Value(OperandRef::immediate_of(value, result)));
        let unit = || Ok(IntrinsicResult::Value(OperandRef::zero_sized(result)));
        use LanguageIntrinsic as L;
        match op {
            L::Abort => {
                self.b.terminate(Terminator::Trap);
                Ok(IntrinsicResult::Diverges)
            }
            L::Unreachable => {
                self.b.terminate(Terminator::Unreachable);
                Ok(IntrinsicResult::Diverges)
            }
            L::Breakpoint => {
                self.b.effect(Inst::Breakpoint);
                unit()
            }
            L::ColdPath | L::Forget => unit(),
            L::Assume => {
                self.b.effect(Inst::Assume { cond: args[0].immediate() });
                unit()
            }
            L::IsValStaticallyKnown => value(self.const_bool(false)),
            L::UbChecks => {
                let on = self.cx.runtime_check(mir::RuntimeChecks::UbChecks);
                value(self.const_bool(on))
            }
            L::OverflowChecks => {
                let on = self.cx.runtime_check(mir::RuntimeChecks::OverflowChecks);
                value(self.const_bool(on))
            }
            L::ContractChecks => {
                let on = self.cx.runtime_check(mir::RuntimeChecks::ContractChecks);
                value(self.const_bool(on))
            }
            L::CallerLocation => Ok(IntrinsicResult::Value(self.caller_location_here()?)),
            L::BlackBox => Ok(IntrinsicResult::Value(self.black_box(args[0])?)),
            L::Transmute | L::TransmuteUnchecked => {
                Ok(IntrinsicResult::Value(self.transmute_operand(args[0], result)?))
            }
            L::DiscriminantValue => {
                let place = self.place_of(args[0])?;
                let op = self.load_operand(place);
                if result.is_zst() {
                    return unit();
                }
                let discriminant = self.discriminant(op, result)?;
                value(discriminant)
            }
            L::SelectUnpredictable => {
                let cond = args[0].immediate();
                let select = |this: &mut Self, a, b| this.b.value(Inst::Select { cond, if_true: a, if_false: b });
                let val = match (args[1].val, args[2].val) {
                    (OperandValue::Immediate(a), OperandValue::Immediate(b)) => {
                        OperandValue::Immediate(select(self, a, b))
                    }
                    (OperandValue::Pair(a1, a2), OperandValue::Pair(b1, b2)) => {
                        OperandValue::Pair(select(self, a1, b1), select(self, a2, b2))
                    }
                    (OperandValue::Ref(a, None, align_a), OperandValue::Ref(b, None, align_b)) => {
                        OperandValue::Ref(select(self, a, b), None, align_a.min(align_b))
                    }
                    (OperandValue::ZeroSized, _) => OperandValue::ZeroSized,
                    (a, b) => ty::bug!("a choice between {a:?} and {b:?}"),
                };
                Ok(IntrinsicResult::Value(OperandRef { val, layout: result }))
            }
            L::CatchUnwind => value(self.catch_unwind(args, result)?),
            L::AssertInhabited => self.assert_valid(InitRequirement::Inhabited, instance, result),
            L::AssertZeroValid => self.assert_valid(InitRequirement::Zero, instance, result),
            L::AssertMemUninitializedValid => self.assert_valid(InitRequirement::Uninit, instance, result),
            L::SizeOf => {
                let size = self.layout_of(self.arg_ty(instance, 0))?.size.bytes();
                value(self.const_usize(size))
            }
            L::AlignOf => {
                let align = self.layout_of(self.arg_ty(instance, 0))?.align.abi.bytes();
                value(self.const_usize(align))
            }
            L::NeedsDrop => {
                let needs = self.cx.tcx.hooks().needs_drop(self.arg_ty(instance, 0));
                value(self.const_bool(needs))
            }
            // Its arguments are not operands like others: the caller of this function sees to it.
            L::ConstEvalSelect => Ok(IntrinsicResult::Fallback),
            // What their bodies do is what they mean.
            L::ContractCheckRequires | L::ContractCheckEnsures | L::TypeIdEq => Ok(IntrinsicResult::Fallback),
            // For constants only: `core` calls them in constants, and what they say is known there.
            L::OffsetOf
            | L::FieldOffset
            | L::VariantCount
            | L::TypeName
            | L::TypeId
            | L::TypeIdVtable
            | L::TypeOf
            | L::SizeOfTypeId
            | L::TypeIdVariants
            | L::TypeIdFields
            | L::TypeIdFieldRepresentingType
            | L::FieldRepresentingTypeActualTypeId => Ok(IntrinsicResult::Fallback),
            // A hint, which its body answers with a null pointer where a back end has no better.
            L::ReturnAddress => Ok(IntrinsicResult::Fallback),
            // For tests of rustc's analyses, for LLVM's plug-in Enzyme, and for GPUs: not supported.
            L::RustcPeek | L::Autodiff | L::Offload | L::AmdgpuDispatchPtr | L::GpuLaunchSizedWorkgroupMem => {
                Ok(IntrinsicResult::Fallback)
            }
        }
    }

    fn black_box(&mut self, op: OperandRef<'tcx>) -> Result<OperandRef<'tcx>, LowerError> {
        Ok(match op.val {
            OperandValue::Immediate(value) => {
                let value = self.b.value(Inst::BlackBox { value });
                OperandRef { val: OperandValue::Immediate(value), ..op }
            }
            OperandValue::ZeroSized => op,
            _ => {
                let place = self.spill(op);
                self.b.effect(Inst::BlackBoxMemory { ptr: place.ptr });
                self.load_operand(place)
            }
        })
    }

    /// Calls `try_fn(data)`; if it unwinds, calls `catch_fn(data, exception)` and yields 1, otherwise 0.
    fn catch_unwind(&mut self, args: &[OperandRef<'tcx>], result: TyAndLayout<'tcx>) -> Result<Value, LowerError> {
        // Releases differ in whether it is an `i32` or a `bool`.
        let answer = if result.ty.is_bool() { Type::I8 } else { Type::I32 };
        let (try_fn, data, catch_fn) = (args[0].immediate(), args[1].immediate(), args[2].immediate());
        let one_ptr = lir::Signature::plain(&[Type::PTR], &[]);
        let two_ptrs = lir::Signature::plain(&[Type::PTR; 2], &[]);
        let sig = self.b.signature(one_ptr);
        let attrs = lir::CallAttrs::default();
        let call = lir::Call { callee: lir::Callee::Indirect(try_fn), sig, args: vec![data], attrs };
        if self.cx.tcx.session().panic_abort {
            self.b.call(call);
            return Ok(self.const_int(answer, 0));
        }
        let caught = self.b.create_var(answer);
        let (normal, done) = (self.b.create_block(), self.b.create_block());
        let (landing, exception, _) = self.b.create_landing_block(LandingKind::CatchAll);
        self.set_personality();
        self.b.invoke(call, normal, landing);
        self.b.switch_to(normal);
        let zero = self.const_int(answer, 0);
        self.b.effect(Inst::SetVar { var: caught, value: zero });
        self.b.terminate(Terminator::Jump(done));
        self.b.switch_to(landing);
        let sig = self.b.signature(two_ptrs);
        self.b.call(lir::Call { callee: lir::Callee::Indirect(catch_fn), sig, args: vec![data, exception], attrs });
        let one = self.const_int(answer, 1);
        self.b.effect(Inst::SetVar { var: caught, value: one });
        self.b.terminate(Terminator::Jump(done));
        self.b.switch_to(done);
        Ok(self.b.value(Inst::GetVar { var: caught }))
    }

    /// Panics where a value of the type cannot be zero, uninitialised, or be at all.
    fn assert_valid(
        &mut self,
        requirement: InitRequirement,
        instance: Instance<'tcx>,
        result: TyAndLayout<'tcx>,
    ) -> Result<IntrinsicResult<'tcx>, LowerError> {
        let ty = self.arg_ty(instance, 0);
        let layout = self.layout_of(ty)?;
        if self.cx.eval.allows(ty, requirement)? {
            return Ok(IntrinsicResult::Value(OperandRef::zero_sized(result)));
        }
        let ty_name = self.cx.mangler.type_name(ty);
        let message = if layout.uninhabited {
            format!("attempted to instantiate uninhabited type `{ty_name}`")
        } else if requirement == InitRequirement::Zero {
            format!("attempted to zero-initialize type `{ty_name}`, which is invalid")
        } else {
            format!("attempted to leave type `{ty_name}` uninitialized, which is invalid")
        };
        let ptr = self.string_address(&message)?;
        let len = self.const_usize(message.len() as u64);
        self.lang_call(ty::LangItem::PanicNounwind, &[ptr, len], mir::UnwindAction::Unreachable)?;
        Ok(IntrinsicResult::Diverges)
    }

    /// The address of constant text.
    fn string_address(&mut self, text: &str) -> Result<Value, LowerError> {
        let tcx = self.cx.tcx;
        let memory = tcx.arena().keep(Allocation {
            bytes: text.as_bytes().to_vec(),
            provenance: Vec::new(),
            init: InitMask::All(true),
            align: 1,
            mutability: Mutability::Not,
        });
        let id = tcx.alloc_id_for(GlobalAlloc::Memory(ConstAllocation(memory)));
        self.alloc_address(id, 0)
    }
}
