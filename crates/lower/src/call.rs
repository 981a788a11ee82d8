//! Calls of functions, and how arguments and results travel.

use crate::intrinsic::IntrinsicResult;
use crate::operand::{OperandRef, OperandValue};
use crate::place::PlaceRef;
use crate::{FunctionCx, LocalRef, LowerCx, LowerError};
use layout::abi::{ArgAbi, CastTarget, FnAbi, PassMode};
use layout::{BackendRepr, Scalar};
use lir::{BinaryOp, CallAttrs, Callee, Inst, LoadFacts, MemFlags, Terminator, Type, Value};
use ty::{ExternAbi, FieldIdx, Instance, InstanceKind, Intrinsic, LanguageIntrinsic, Ty, TyKind};

impl<'tcx> LowerCx<'tcx> {
    /// How an instance is called, with these types beyond its signature (C's `...`).
    pub(crate) fn call_abi(
        &self,
        instance: Instance<'tcx>,
        extra: &[Ty<'tcx>],
    ) -> Result<&'tcx FnAbi<'tcx>, LowerError> {
        self.layout.fn_abi_of_instance(instance, extra).map_err(LowerError::from_abi)
    }
}

/// Where a call's result goes.
enum Destination<'tcx> {
    Nothing,
    /// The callee writes it to memory that was given to it.
    InPlace,
    Memory(PlaceRef<'tcx>),
    /// To a local in registers; through this memory if the callee writes it.
    Local(mir::Local, Option<PlaceRef<'tcx>>),
    /// To memory that is not aligned enough for the callee, through memory that is: the latter first.
    Unaligned(PlaceRef<'tcx>, PlaceRef<'tcx>),
}

/// Whose the memory of an argument is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Owner {
    /// The caller has it after the call, too.
    Caller,
    /// Nobody looks at it any more.
    Callee,
}

impl Owner {
    /// Of an operand, and of its fields where these are the arguments.
    fn of(operand: &mir::Operand<'_>) -> Owner {
        match operand {
            mir::Operand::Move(_) => Owner::Callee,
            mir::Operand::Copy(_) | mir::Operand::Constant(_) | mir::Operand::RuntimeChecks(_) => Owner::Caller,
        }
    }
}

impl<'tcx> FunctionCx<'_, 'tcx> {
    pub(crate) fn call_terminator(&mut self, call: &mir::Call<'tcx>) -> Result<(), LowerError> {
        // The location that a callee with `#[track_caller]` sees is that of the call's function name on.
        let source_info = mir::SourceInfo { span: call.fn_span, ..self.source_info };
        let callee_ty = self.operand_ty(&call.func);
        let (instance, pointer, abi) = match *callee_ty.kind() {
            TyKind::FnDef(def_id, args) => {
                let instance = self
                    .cx
                    .traits
                    .resolve_instance(def_id, args)
                    .ok_or_else(|| LowerError::internal(format!("no function for {callee_ty:?}")))?;
                match instance.kind {
                    InstanceKind::DropGlue(_, None) => {
                        self.goto(call.target.expect("drop glue returns"));
                        return Ok(());
                    }
                    InstanceKind::Intrinsic(def_id) => {
                        let old = std::mem::replace(&mut self.source_info, source_info);
                        let fallback = self.call_intrinsic(def_id, instance, call)?;
                        self.source_info = old;
                        match fallback {
                            None => return Ok(()),
                            Some(instance) => (Some(instance), None, None),
                        }
                    }
                    _ => (Some(instance), None, None),
                }
            }
            TyKind::FnPtr(sig) => {
                let pointer = self.operand(&call.func)?.immediate();
                (None, Some(pointer), Some(sig))
            }
            _ => return Err(LowerError::internal(format!("{callee_ty:?} is called"))),
        };
        if let Some(instance) = instance
            && let Some(name) = self.llvm_intrinsic_name(instance)
        {
            self.check_intrinsic_abi(instance, call.fn_span);
            return self.call_llvm_intrinsic(&name, call);
        }
        let fn_abi = match (instance, abi) {
            (Some(instance), _) => {
                let extra = self.variadic_types(instance, call);
                self.cx.call_abi(instance, &extra)?
            }
            (None, Some(sig)) => {
                let fixed = sig.value.inputs().len();
                let extra: Vec<_> = match sig.value.c_variadic {
                    true => call.args[fixed..].iter().map(|arg| self.operand_ty(arg)).collect(),
                    false => vec![],
                };
                self.cx.layout.fn_abi_of_fn_ptr(sig, &extra).map_err(LowerError::from_abi)?
            }
            (None, None) => ty::bug!("a call of nothing"),
        };
        self.check_call_abi(fn_abi, call.fn_span);
        let mut values = Vec::new();
        let destination = self.destination(call, fn_abi, &mut values)?;
        let mut callee = pointer.map(Callee::Indirect);
        let untupled = fn_abi.abi == ExternAbi::RustCall && !call.args.is_empty();
        let (plain, tuple) = match call.args.split_last() {
            Some((last, rest)) if untupled => (rest, Some(last)),
            _ => (&call.args[..], None),
        };
        for (index, arg) in plain.iter().enumerate() {
            let op = self.operand(arg)?;
            if index == 0
                && let Some(Instance { kind: InstanceKind::Virtual(_, slot), .. }) = instance
            {
                let (data, vtable) = self.receiver_parts(op)?;
                let offset = slot as u64 * u64::from(self.pointer_bytes());
                callee = Some(Callee::Indirect(self.load_vtable_ptr(vtable, offset, true)));
                values.push(data);
                continue;
            }
            self.argument(op, Owner::of(arg), &fn_abi.args[index], &mut values)?;
        }
        let mut next = plain.len();
        if let Some(tuple) = tuple {
            let op = self.operand(tuple)?;
            for index in 0..op.layout.fields.count() {
                let field = match op.val {
                    OperandValue::Ref(ptr, meta, align) => {
                        let place = PlaceRef { ptr, meta, layout: op.layout, align };
                        let place = self.project_field(place, FieldIdx::from_usize(index));
                        self.load_operand(place)
                    }
                    _ => self.extract_field(op, FieldIdx::from_usize(index)),
                };
                self.argument(field, Owner::of(tuple), &fn_abi.args[next], &mut values)?;
                next += 1;
            }
        }
        if fn_abi.caller_location {
            let old = std::mem::replace(&mut self.source_info, source_info);
            let location = self.caller_location_here()?;
            self.source_info = old;
            self.argument(location, Owner::Caller, &fn_abi.args[next], &mut values)?;
        }
        self.set_debug_location(source_info);
        let callee = match (callee, instance) {
            (Some(callee), _) => callee,
            (None, Some(instance)) => Callee::Symbol(self.function_symbol(instance)),
            (None, None) => ty::bug!("a call of nothing"),
        };
        let sig = self.b.signature(fn_abi.to_lir_signature(self.cx.layout));
        let mut attrs = CallAttrs { nounwind: !fn_abi.can_unwind, ..CallAttrs::default() };
        if let Some(instance) = instance {
            let codegen = self.cx.tcx.definitions().codegen_attrs(instance.def_id());
            attrs.cold =
                codegen.flags.contains(ty::CodegenFlags::COLD) && !matches!(instance.kind, InstanceKind::Virtual(..));
            attrs.nounwind |= codegen.flags.contains(ty::CodegenFlags::NEVER_UNWIND)
                && !matches!(instance.kind, InstanceKind::Virtual(..));
        }
        let diverges = call.target.is_none() || fn_abi.ret.layout.uninhabited;
        attrs.noreturn = diverges;
        let call_inst = lir::Call { callee, sig, args: values, attrs };
        let results = self.call_or_invoke(call_inst, call.unwind)?;
        let Some(target) = call.target.filter(|_| !diverges) else {
            self.b.terminate(Terminator::Unreachable);
            return Ok(());
        };
        self.take_result(&results, fn_abi, destination)?;
        self.goto(target);
        Ok(())
    }

    pub(crate) fn operand_ty(&mut self, operand: &mir::Operand<'tcx>) -> Ty<'tcx> {
        match operand {
            mir::Operand::Copy(place) | mir::Operand::Move(place) => self.place_ty(*place),
            mir::Operand::Constant(constant) => self.monomorphize(constant.const_.ty()),
            mir::Operand::RuntimeChecks(_) => self.cx.tcx.types().bool,
        }
    }

    fn variadic_types(&mut self, instance: Instance<'tcx>, call: &mir::Call<'tcx>) -> Vec<Ty<'tcx>> {
        let InstanceKind::Item(def_id) = instance.kind else { return vec![] };
        if !matches!(self.cx.tcx.definitions().def_kind(def_id), ty::DefKind::Fn | ty::DefKind::AssocFn) {
            return vec![];
        }
        let sig = self.cx.tcx.definitions().fn_sig(def_id);
        match sig.value.c_variadic {
            true => call.args[sig.value.inputs().len()..].iter().map(|arg| self.operand_ty(arg)).collect(),
            false => vec![],
        }
    }

    // ---- arguments

    /// Adds an argument's machine-level values. What goes by pointer is the callee's while it runs: it may change it.
    fn argument(
        &mut self,
        op: OperandRef<'tcx>,
        owner: Owner,
        abi: &ArgAbi<'tcx>,
        values: &mut Vec<Value>,
    ) -> Result<(), LowerError> {
        // (A call copies what goes on the stack anyway.)
        let op = match (&abi.mode, op.val) {
            (PassMode::Indirect { on_stack: false, .. }, OperandValue::Ref(_, None, _))
                if owner == Owner::Caller && !op.layout.is_zst() =>
            {
                let place = self.spill(op);
                OperandRef { val: OperandValue::Ref(place.ptr, None, place.align), layout: op.layout }
            }
            _ => op,
        };
        values.extend(self.values_for_abi(op, abi)?);
        Ok(())
    }

    /// The machine-level values that an argument or result becomes.
    pub(crate) fn values_for_abi(
        &mut self,
        op: OperandRef<'tcx>,
        abi: &ArgAbi<'tcx>,
    ) -> Result<Vec<Value>, LowerError> {
        Ok(match &abi.mode {
            PassMode::Ignore => vec![],
            PassMode::Direct(_) => {
                let op = self.in_registers(op);
                vec![op.immediate()]
            }
            PassMode::Pair(..) => match self.in_registers(op).val {
                OperandValue::Pair(a, b) => vec![a, b],
                other => ty::bug!("{other:?} is passed as a pair"),
            },
            PassMode::Cast(cast) => {
                let place = self.operand_in_memory(op);
                self.load_cast(cast, place)
            }
            PassMode::Indirect { meta_attrs: Some(_), .. } => match op.val {
                OperandValue::Ref(ptr, Some(meta), _) => vec![ptr, meta],
                // A pointer to the unsized value itself.
                OperandValue::Pair(ptr, meta) => vec![ptr, meta],
                other => ty::bug!("{other:?} is passed unsized"),
            },
            PassMode::Indirect { .. } => {
                if op.layout.is_zst() {
                    return Ok(vec![self.dangling(op.layout).ptr]);
                }
                let needed = op.layout.align.abi.bytes();
                match op.val {
                    OperandValue::Ref(ptr, None, align) if align >= needed => vec![ptr],
                    _ => vec![self.spill(op).ptr],
                }
            }
        })
    }

    pub(crate) fn in_registers(&mut self, op: OperandRef<'tcx>) -> OperandRef<'tcx> {
        match op.val {
            OperandValue::Ref(ptr, None, align) => {
                self.load_operand(PlaceRef { ptr, meta: None, layout: op.layout, align })
            }
            _ => op,
        }
    }

    /// A value's bytes in registers.
    fn load_cast(&mut self, cast: &CastTarget, place: PlaceRef<'tcx>) -> Vec<Value> {
        let size = place.layout.size.bytes();
        let pointer_bytes = self.pointer_bytes();
        let reach = cast.regs.iter().map(|reg| reg.offset + u64::from(reg.ty.size_bytes(pointer_bytes))).max();
        let base = match reach {
            // The last register is wider than what is left: read from a copy with room behind it.
            Some(reach) if reach > size => {
                let slot = self.b.create_slot(reach, place.align.max(16));
                let ptr = self.b.value(Inst::SlotAddr { slot, offset: 0 });
                let len = self.const_usize(size);
                self.b.effect(Inst::Memcpy {
                    dst: ptr,
                    src: place.ptr,
                    len,
                    dst_align: 16,
                    src_align: place.align,
                    volatile: false,
                });
                PlaceRef { ptr, align: place.align.max(16), ..place }
            }
            _ => place,
        };
        cast.regs
            .iter()
            .map(|reg| {
                let ptr = self.ptr_offset(base.ptr, reg.offset);
                let flags = MemFlags::aligned(crate::operand::align_at(base.align, reg.offset));
                self.b.value(Inst::Load { ty: reg.ty, ptr, flags, facts: LoadFacts::default() })
            })
            .collect()
    }

    /// A value from registers that hold its bytes, in new memory.
    fn store_cast(&mut self, cast: &CastTarget, values: &[Value], abi: &ArgAbi<'tcx>) -> PlaceRef<'tcx> {
        let layout = abi.layout;
        let pointer_bytes = self.pointer_bytes();
        let reach = cast.regs.iter().map(|reg| reg.offset + u64::from(reg.ty.size_bytes(pointer_bytes))).max();
        let align = layout.align.abi.bytes().max(8);
        let slot = self.b.create_slot(layout.size.bytes().max(reach.unwrap_or(0)), align);
        let base = self.b.value(Inst::SlotAddr { slot, offset: 0 });
        for (reg, &value) in cast.regs.iter().zip(values) {
            let ptr = self.ptr_offset(base, reg.offset);
            let flags = MemFlags::aligned(crate::operand::align_at(align, reg.offset));
            self.b.effect(Inst::Store { value, ptr, flags });
        }
        PlaceRef { ptr: base, meta: None, layout, align }
    }

    /// A parameter's value from its machine-level values.
    pub(crate) fn param_operand(
        &mut self,
        abi: &ArgAbi<'tcx>,
        values: &[Value],
    ) -> Result<OperandRef<'tcx>, LowerError> {
        let layout = abi.layout;
        Ok(match &abi.mode {
            PassMode::Ignore => OperandRef::zero_sized(layout),
            PassMode::Direct(_) => OperandRef::immediate_of(values[0], layout),
            PassMode::Pair(..) => OperandRef { val: OperandValue::Pair(values[0], values[1]), layout },
            PassMode::Cast(cast) => {
                let place = self.store_cast(cast, values, abi);
                self.load_operand(place)
            }
            PassMode::Indirect { meta_attrs: Some(_), .. } => {
                OperandRef { val: OperandValue::Ref(values[0], Some(values[1]), 1), layout }
            }
            PassMode::Indirect { .. } => {
                let align = layout.align.abi.bytes();
                self.load_operand(PlaceRef { ptr: values[0], meta: None, layout, align })
            }
        })
    }

    /// Data pointer and vtable of the receiver of a virtual call: inside of smart pointers, if need be.
    fn receiver_parts(&mut self, mut op: OperandRef<'tcx>) -> Result<(Value, Value), LowerError> {
        loop {
            match op.val {
                OperandValue::Pair(data, vtable) => return Ok((data, vtable)),
                // An unsized `self`: the memory it is in.
                OperandValue::Ref(data, Some(vtable), _) => return Ok((data, vtable)),
                OperandValue::Ref(..) => {
                    let (field, _) = op
                        .layout
                        .non_1zst_field(self.cx.layout)
                        .ok_or_else(|| LowerError::internal("a receiver without a pointer"))?;
                    op = self.extract_field(op, field);
                }
                other => return Err(LowerError::internal(format!("a virtual call on {other:?}"))),
            }
        }
    }

    // ---- results

    fn destination(
        &mut self,
        call: &mir::Call<'tcx>,
        abi: &FnAbi<'tcx>,
        values: &mut Vec<Value>,
    ) -> Result<Destination<'tcx>, LowerError> {
        let indirect = abi.ret.is_indirect();
        if abi.ret.is_ignore() {
            return Ok(Destination::Nothing);
        }
        if let Some(local) = call.destination.as_local() {
            match self.locals[local] {
                LocalRef::Var(..) | LocalRef::Zst(_) => {
                    let through = indirect.then(|| self.new_temp(abi.ret.layout));
                    values.extend(through.map(|place| place.ptr));
                    return Ok(Destination::Local(local, through));
                }
                _ => {}
            }
        }
        let place = self.place(call.destination)?;
        if indirect {
            if place.align < abi.ret.layout.align.abi.bytes() {
                // The callee expects aligned memory; a field of a packed struct is not.
                let temp = self.new_temp(abi.ret.layout);
                values.push(temp.ptr);
                return Ok(Destination::Unaligned(temp, place));
            }
            values.push(place.ptr);
            return Ok(Destination::InPlace);
        }
        Ok(Destination::Memory(place))
    }

    /// A call's result from its machine-level values.
    fn result_operand(&mut self, abi: &ArgAbi<'tcx>, results: &[Value]) -> Result<OperandRef<'tcx>, LowerError> {
        if let (PassMode::Pair(..), BackendRepr::ScalarPair(a, b)) = (&abi.mode, abi.layout.backend_repr) {
            // rustc's code returns the bools of a pair as LLVM's `i1`, and says nothing of the rest of their bytes.
            let mut clean = |scalar: Scalar, value| match scalar.is_bool() {
                true => {
                    let one = self.const_int(Type::I8, 1);
                    self.binary(BinaryOp::And, value, one)
                }
                false => value,
            };
            let results = [clean(a, results[0]), clean(b, results[1])];
            return self.param_operand(abi, &results);
        }
        self.param_operand(abi, results)
    }

    fn take_result(
        &mut self,
        results: &[Value],
        abi: &FnAbi<'tcx>,
        destination: Destination<'tcx>,
    ) -> Result<(), LowerError> {
        match destination {
            Destination::Nothing | Destination::InPlace => {}
            Destination::Memory(place) => {
                let op = self.result_operand(&abi.ret, results)?;
                self.store_operand(op, place);
            }
            Destination::Unaligned(temp, place) => {
                let op = self.load_operand(temp);
                self.store_operand(op, place);
            }
            Destination::Local(local, Some(through)) => {
                let op = self.load_operand(through);
                self.set_local(local, op);
            }
            Destination::Local(local, None) => {
                let op = self.result_operand(&abi.ret, results)?;
                self.set_local(local, op);
            }
        }
        Ok(())
    }

    /// Puts a value where a call's result goes.
    pub(crate) fn store_result(
        &mut self,
        op: OperandRef<'tcx>,
        destination: mir::Place<'tcx>,
    ) -> Result<(), LowerError> {
        if let Some(local) = destination.as_local()
            && let LocalRef::Var(..) | LocalRef::Zst(_) = self.locals[local]
        {
            self.set_local(local, op);
            return Ok(());
        }
        let place = self.place(destination)?;
        self.store_operand(op, place);
        Ok(())
    }

    // ---- intrinsics

    /// Lowers a call of an intrinsic; gives the function to call instead, if that is its fallback body.
    fn call_intrinsic(
        &mut self,
        def_id: ty::DefId,
        instance: Instance<'tcx>,
        call: &mir::Call<'tcx>,
    ) -> Result<Option<Instance<'tcx>>, LowerError> {
        let definition = self.cx.tcx.definitions().intrinsic(def_id).expect("the instance says it is an intrinsic");
        if definition.known == Some(Intrinsic::Language(LanguageIntrinsic::ConstEvalSelect)) {
            return self.const_eval_select(call).map(|()| None);
        }
        let result_ty = self.place_ty(call.destination);
        let result = self.layout_of(result_ty)?;
        let mut args = Vec::with_capacity(call.args.len());
        for arg in &call.args {
            args.push(self.operand(arg)?);
        }
        let outcome = match definition.known {
            Some(intrinsic) => self.intrinsic_call(intrinsic, instance, &call.args, &args, result)?,
            None => IntrinsicResult::Fallback,
        };
        match outcome {
            IntrinsicResult::Diverges => Ok(None),
            IntrinsicResult::Value(op) => {
                self.store_result(op, call.destination)?;
                match call.target {
                    Some(target) => self.goto(target),
                    None => self.b.terminate(Terminator::Unreachable),
                }
                Ok(None)
            }
            IntrinsicResult::Fallback if definition.must_be_overridden => {
                Err(LowerError::unsupported(format!("the intrinsic `{}`", definition.name.as_str()), self.span()))
            }
            IntrinsicResult::Fallback => Ok(Some(Instance::new(def_id, instance.args))),
        }
    }

    /// `const_eval_select(args, at_compile_time, at_run_time)`: calls the last with the tuple's fields.
    fn const_eval_select(&mut self, call: &mir::Call<'tcx>) -> Result<(), LowerError> {
        let callee = self.operand_ty(&call.args[2]);
        let TyKind::FnDef(def_id, args) = *callee.kind() else {
            return Err(LowerError::internal(format!("`const_eval_select` of {callee:?}")));
        };
        let instance = self
            .cx
            .traits
            .resolve_instance(def_id, args)
            .ok_or_else(|| LowerError::internal(format!("no function for {callee:?}")))?;
        let abi = self.cx.call_abi(instance, &[])?;
        let mut values = Vec::new();
        let destination = self.destination(call, abi, &mut values)?;
        let tuple = self.operand(&call.args[0])?;
        let count = tuple.layout.fields.count();
        for index in 0..count {
            let field = self.extract_field(tuple, FieldIdx::from_usize(index));
            self.argument(field, Owner::of(&call.args[0]), &abi.args[index], &mut values)?;
        }
        if abi.caller_location {
            let location = self.caller_location_here()?;
            self.argument(location, Owner::Caller, &abi.args[count], &mut values)?;
        }
        let sig = self.b.signature(abi.to_lir_signature(self.cx.layout));
        let symbol = self.function_symbol(instance);
        let attrs = CallAttrs { nounwind: !abi.can_unwind, ..CallAttrs::default() };
        let lowered = lir::Call { callee: Callee::Symbol(symbol), sig, args: values, attrs };
        let results = self.call_or_invoke(lowered, call.unwind)?;
        match call.target {
            Some(target) if !abi.ret.layout.uninhabited => {
                self.take_result(&results, abi, destination)?;
                self.goto(target);
            }
            _ => self.b.terminate(Terminator::Unreachable),
        }
        Ok(())
    }

    // ---- C's variable arguments, in functions defined here

    pub(crate) fn start_va_list(&mut self, local: mir::Local) -> Result<(), LowerError> {
        if let LocalRef::Memory(place) = self.locals[local] {
            self.b.effect(Inst::VaStart { list: place.ptr });
            self.va_list = Some(place.ptr);
            return Ok(());
        }
        Err(LowerError::unsupported("a list of variable arguments that is not in memory", self.span()))
    }

    pub(crate) fn end_va_list(&mut self) {
        if let Some(list) = self.va_list {
            self.b.effect(Inst::VaEnd { list });
        }
    }
}
