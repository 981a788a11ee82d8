//! The compiler's own functions (`core::intrinsics`).
//!
//! Most never get here: MIR building replaces what plain MIR can say. What std's bodies and rustc's own passes leave over
//! is done here; a name not known here runs its fallback body, if it has one.

mod memory;
mod number;

use crate::operand::{OperandRef, OperandValue};
use crate::place::PlaceRef;
use crate::{FunctionCx, LowerError};
use eval::InitRequirement;
use layout::TyAndLayout;
use lir::{BinaryOp, Inst, IntCond, LandingKind, LoadFacts, MemFlags, Terminator, Type, Value};
use ty::{Allocation, ConstAllocation, GlobalAlloc, InitMask, Instance, Mutability, Ty};

/// What became of a call of an intrinsic.
pub enum IntrinsicResult<'tcx> {
    /// Its result.
    Value(OperandRef<'tcx>),
    /// The block has its terminator; nothing returns.
    Diverges,
    /// Call the fallback body.
    Fallback,
}

impl<'tcx> FunctionCx<'_, 'tcx> {
    /// Lowers a call of an intrinsic whose result has this layout.
    pub(crate) fn intrinsic_call(
        &mut self,
        name: &str,
        instance: Instance<'tcx>,
        args: &[OperandRef<'tcx>],
        result: TyAndLayout<'tcx>,
    ) -> Result<IntrinsicResult<'tcx>, LowerError> {
        if let Some(rest) = name.strip_prefix("atomic_") {
            let value = self.atomic_intrinsic(rest, instance, args, result)?;
            return Ok(IntrinsicResult::Value(value));
        }
        if let Some(value) = self.float_intrinsic(name, args)? {
            return Ok(IntrinsicResult::Value(OperandRef::immediate_of(value, result)));
        }
        if let Some(value) = self.int_intrinsic(name, args, result)? {
            return Ok(IntrinsicResult::Value(value));
        }
        if let Some(value) = self.memory_intrinsic(name, instance, args, result)? {
            return Ok(IntrinsicResult::Value(value));
        }
        self.other_intrinsic(name, instance, args, result)
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

    fn other_intrinsic(
        &mut self,
        name: &str,
        instance: Instance<'tcx>,
        args: &[OperandRef<'tcx>],
        result: TyAndLayout<'tcx>,
    ) -> Result<IntrinsicResult<'tcx>, LowerError> {
        let value = |value| Ok(IntrinsicResult::Value(OperandRef::immediate_of(value, result)));
        let unit = || Ok(IntrinsicResult::Value(OperandRef::zero_sized(result)));
        match name {
            "abort" => {
                self.b.terminate(Terminator::Trap);
                Ok(IntrinsicResult::Diverges)
            }
            "unreachable" => {
                self.b.terminate(Terminator::Unreachable);
                Ok(IntrinsicResult::Diverges)
            }
            "breakpoint" => {
                self.b.effect(Inst::Breakpoint);
                unit()
            }
            "cold_path" | "forget" | "va_end" => unit(),
            "assume" => {
                self.b.effect(Inst::Assume { cond: args[0].immediate() });
                unit()
            }
            "likely" | "unlikely" => {
                let likely = name == "likely";
                value(self.b.value(Inst::Expect { value: args[0].immediate(), likely }))
            }
            "is_val_statically_known" => value(self.const_bool(false)),
            "ub_checks" => {
                let on = self.cx.runtime_check(mir::RuntimeChecks::UbChecks);
                value(self.const_bool(on))
            }
            "overflow_checks" => {
                let on = self.cx.runtime_check(mir::RuntimeChecks::OverflowChecks);
                value(self.const_bool(on))
            }
            "contract_checks" => {
                let on = self.cx.runtime_check(mir::RuntimeChecks::ContractChecks);
                value(self.const_bool(on))
            }
            "caller_location" => Ok(IntrinsicResult::Value(self.caller_location_here()?)),
            "black_box" => Ok(IntrinsicResult::Value(self.black_box(args[0])?)),
            "transmute" | "transmute_unchecked" => Ok(IntrinsicResult::Value(self.transmute_operand(args[0], result)?)),
            "discriminant_value" => {
                let place = self.place_of(args[0])?;
                let op = self.load_operand(place);
                if result.is_zst() {
                    return unit();
                }
                let discriminant = self.discriminant(op, result)?;
                value(discriminant)
            }
            "aggregate_raw_ptr" => {
                let data = args[0].immediate();
                let val = match args[1].val {
                    OperandValue::ZeroSized => OperandValue::Immediate(data),
                    OperandValue::Immediate(meta) => OperandValue::Pair(data, meta),
                    other => ty::bug!("pointer metadata {other:?}"),
                };
                Ok(IntrinsicResult::Value(OperandRef { val, layout: result }))
            }
            "ptr_metadata" => match args[0].pointer_parts() {
                (_, Some(meta)) => value(meta),
                (_, None) => unit(),
            },
            "slice_get_unchecked" => {
                // From a (reference or pointer to a) slice to one of its elements.
                let (ptr, _) = args[0].pointer_parts();
                let element = result.ty.builtin_deref(self.cx.tcx).expect("a pointer to an element");
                let size = self.layout_of(element)?.size.bytes();
                value(self.element_ptr(ptr, args[1].immediate(), size))
            }
            "select_unpredictable" => {
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
            "catch_unwind" => value(self.catch_unwind(args)?),
            "assert_inhabited" | "assert_zero_valid" | "assert_mem_uninitialized_valid" => {
                self.assert_valid(name, self.arg_ty(instance, 0), result)
            }
            "size_of" => {
                let size = self.layout_of(self.arg_ty(instance, 0))?.size.bytes();
                value(self.const_usize(size))
            }
            "align_of" | "min_align_of" => {
                let align = self.layout_of(self.arg_ty(instance, 0))?.align.abi.bytes();
                value(self.const_usize(align))
            }
            "needs_drop" => {
                let needs = self.cx.tcx.hooks().needs_drop(self.arg_ty(instance, 0));
                value(self.const_bool(needs))
            }
            "const_eval_select" => Ok(IntrinsicResult::Fallback),
            "va_start" => {
                self.b.effect(Inst::VaStart { list: args[0].immediate() });
                unit()
            }
            "va_copy" => {
                let place = self.place_of(args[0])?;
                let temp = self.new_temp(result);
                self.b.effect(Inst::VaCopy { dst: temp.ptr, src: place.ptr });
                Ok(IntrinsicResult::Value(self.load_operand(temp)))
            }
            "va_arg" => Ok(IntrinsicResult::Value(self.va_arg(args[0], result)?)),
            _ => Ok(IntrinsicResult::Fallback),
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
    fn catch_unwind(&mut self, args: &[OperandRef<'tcx>]) -> Result<Value, LowerError> {
        let (try_fn, data, catch_fn) = (args[0].immediate(), args[1].immediate(), args[2].immediate());
        let one_ptr = lir::Signature::plain(&[Type::PTR], &[]);
        let two_ptrs = lir::Signature::plain(&[Type::PTR; 2], &[]);
        let sig = self.b.signature(one_ptr);
        let attrs = lir::CallAttrs::default();
        let call = lir::Call { callee: lir::Callee::Indirect(try_fn), sig, args: vec![data], attrs };
        if self.cx.tcx.session().panic_abort {
            self.b.call(call);
            return Ok(self.const_int(Type::I32, 0));
        }
        let caught = self.b.create_var(Type::I32);
        let (normal, done) = (self.b.create_block(), self.b.create_block());
        let (landing, exception, _) = self.b.create_landing_block(LandingKind::CatchAll);
        self.set_personality();
        self.b.invoke(call, normal, landing);
        self.b.switch_to(normal);
        let zero = self.const_int(Type::I32, 0);
        self.b.effect(Inst::SetVar { var: caught, value: zero });
        self.b.terminate(Terminator::Jump(done));
        self.b.switch_to(landing);
        let sig = self.b.signature(two_ptrs);
        self.b.call(lir::Call { callee: lir::Callee::Indirect(catch_fn), sig, args: vec![data, exception], attrs });
        let one = self.const_int(Type::I32, 1);
        self.b.effect(Inst::SetVar { var: caught, value: one });
        self.b.terminate(Terminator::Jump(done));
        self.b.switch_to(done);
        Ok(self.b.value(Inst::GetVar { var: caught }))
    }

    /// Panics where a value of the type cannot be zero, uninitialised, or be at all.
    fn assert_valid(
        &mut self,
        name: &str,
        ty: Ty<'tcx>,
        result: TyAndLayout<'tcx>,
    ) -> Result<IntrinsicResult<'tcx>, LowerError> {
        let layout = self.layout_of(ty)?;
        let requirement = InitRequirement::of_intrinsic(name)
            .ok_or_else(|| LowerError::internal(format!("`{name}` requires nothing")))?;
        if self.cx.eval.allows(ty, requirement)? {
            return Ok(IntrinsicResult::Value(OperandRef::zero_sized(result)));
        }
        let ty_name = self.cx.mangler.type_name(ty);
        let message = if layout.uninhabited {
            format!("attempted to instantiate uninhabited type `{ty_name}`")
        } else if name == "assert_zero_valid" {
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

    /// C's `va_arg` on x86-64 (System V ABI, 3.5.7), written out for back ends to share.
    fn va_arg(&mut self, list: OperandRef<'tcx>, result: TyAndLayout<'tcx>) -> Result<OperandRef<'tcx>, LowerError> {
        let Some((ty, None)) = self.register_types(result) else {
            return Err(LowerError::unsupported("`va_arg` of an aggregate", self.span()));
        };
        let list = list.immediate();
        let is_float = ty.lane().is_float();
        // struct { u32 gp_offset, fp_offset; void *overflow_arg_area, *reg_save_area }
        let (field, limit, step) = if is_float { (4, 176, 16) } else { (0, 48, 8) };
        let offset_ptr = self.ptr_offset(list, field);
        let flags = MemFlags::aligned(4);
        let facts = LoadFacts::default();
        let offset = self.b.value(Inst::Load { ty: Type::I32, ptr: offset_ptr, flags, facts });
        let last = self.const_int(Type::I32, limit - step);
        let in_registers = self.icmp(IntCond::Ule, offset, last);
        let (register, memory, done) = (self.b.create_block(), self.b.create_block(), self.b.create_block());
        let address = self.b.create_var(Type::PTR);
        self.branch(in_registers, register, memory);
        self.b.switch_to(register);
        let save_ptr = self.ptr_offset(list, 16);
        let word = MemFlags::aligned(8);
        let save = self.b.value(Inst::Load { ty: Type::PTR, ptr: save_ptr, flags: word, facts });
        let wide = self.int_cast(offset, Type::I64, false);
        let from_save = self.b.value(Inst::PtrAdd { ptr: save, offset: wide, inbounds: true });
        self.b.effect(Inst::SetVar { var: address, value: from_save });
        let step_value = self.const_int(Type::I32, step);
        let next = self.binary(BinaryOp::Iadd, offset, step_value);
        self.b.effect(Inst::Store { value: next, ptr: offset_ptr, flags });
        self.b.terminate(Terminator::Jump(done));
        self.b.switch_to(memory);
        let area_ptr = self.ptr_offset(list, 8);
        let area = self.b.value(Inst::Load { ty: Type::PTR, ptr: area_ptr, flags: word, facts });
        self.b.effect(Inst::SetVar { var: address, value: area });
        let after = self.ptr_offset(area, 8);
        self.b.effect(Inst::Store { value: after, ptr: area_ptr, flags: word });
        self.b.terminate(Terminator::Jump(done));
        self.b.switch_to(done);
        let ptr = self.b.value(Inst::GetVar { var: address });
        let place = PlaceRef { ptr, meta: None, layout: result, align: 8 };
        Ok(self.load_operand(place))
    }
}
