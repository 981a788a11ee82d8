//! Rvalues.

use crate::operand::{OperandRef, OperandValue, is_vector, scalar_type};
use crate::place::PlaceRef;
use crate::{FunctionCx, LowerError};
use layout::TyAndLayout;
use lir::{
    ArithFlags, BinaryOp, CastOp, FloatCond, Inst, IntCond, MemFlags, OverflowOp, Terminator, Type, UnaryOp, Value,
};
use mir::{AggregateKind, BinOp, CastKind, PointerCoercion, Rvalue, UnOp};
use traits::UnsizeKind;
use ty::rustc_abi::{BackendRepr, FieldsShape, Scalar as AbiScalar};
use ty::{FieldIdx, IndexVec, Ty, TyKind, VariantIdx};

impl<'tcx> FunctionCx<'_, 'tcx> {
    /// Evaluates an rvalue into memory.
    pub fn rvalue_into(&mut self, dest: PlaceRef<'tcx>, rvalue: &Rvalue<'tcx>) -> Result<(), LowerError> {
        match rvalue {
            Rvalue::Use(operand) => {
                let op = self.operand(operand)?;
                self.store_operand(op, dest);
            }
            Rvalue::Repeat(operand, _) => self.repeat_into(dest, operand)?,
            Rvalue::Aggregate(kind, fields) if !matches!(**kind, AggregateKind::RawPtr(..)) => {
                self.aggregate_into(dest, kind, fields)?;
            }
            Rvalue::Cast(CastKind::Transmute, operand, _) => {
                let op = self.operand(operand)?;
                if op.layout.size == dest.layout.size {
                    // The bytes as they are.
                    self.store_operand(op, dest);
                }
            }
            Rvalue::Cast(CastKind::PointerCoercion(PointerCoercion::Unsize), operand, _)
                if !self.is_register(dest.layout) =>
            {
                let op = self.operand(operand)?;
                let source = self.operand_in_memory(op);
                self.coerce_unsized_into(source, dest)?;
            }
            _ => {
                let op = self.rvalue_operand(rvalue, dest.layout)?;
                self.store_operand(op, dest);
            }
        }
        Ok(())
    }

    fn repeat_into(&mut self, dest: PlaceRef<'tcx>, operand: &mir::Operand<'tcx>) -> Result<(), LowerError> {
        let FieldsShape::Array { count, .. } = dest.layout.fields else { ty::bug!("a repeat of {:?}", dest.layout.ty) };
        let op = self.operand(operand)?;
        let element_size = op.layout.size.bytes();
        if count == 0 || element_size == 0 {
            return Ok(());
        }
        let total = self.const_usize(count * element_size);
        if let OperandValue::Immediate(value) = op.val {
            if self.b.ty(value) == Type::I8 {
                self.b.effect(Inst::Memset {
                    dst: dest.ptr,
                    byte: value,
                    len: total,
                    align: dest.align,
                    volatile: false,
                });
                return Ok(());
            }
            if let mir::Operand::Constant(constant) = operand
                && self.constant_is_zero(constant)?
            {
                let byte = self.const_int(Type::I8, 0);
                self.b.effect(Inst::Memset { dst: dest.ptr, byte, len: total, align: dest.align, volatile: false });
                return Ok(());
            }
        }
        if count <= 4 {
            for index in 0..count {
                let index = self.const_usize(index);
                let element = self.project_index(dest, index)?;
                self.store_operand(op, element);
            }
            return Ok(());
        }
        // A loop over the addresses.
        let ty = self.usize_type();
        let counter = self.b.create_var(ty);
        let zero = self.const_usize(0);
        self.b.effect(Inst::SetVar { var: counter, value: zero });
        let (head, body, done) = (self.b.create_block(), self.b.create_block(), self.b.create_block());
        self.b.terminate(Terminator::Jump(head));
        self.b.switch_to(head);
        let index = self.b.value(Inst::GetVar { var: counter });
        let limit = self.const_usize(count);
        let more = self.icmp(IntCond::Ult, index, limit);
        self.branch(more, body, done);
        self.b.switch_to(body);
        let element = self.project_index(dest, index)?;
        self.store_operand(op, element);
        let one = self.const_usize(1);
        let flags = ArithFlags { nuw: true, ..ArithFlags::NONE };
        let next = self.b.value(Inst::Binary { op: BinaryOp::Iadd, flags, lhs: index, rhs: one });
        self.b.effect(Inst::SetVar { var: counter, value: next });
        self.b.terminate(Terminator::Jump(head));
        self.b.switch_to(done);
        Ok(())
    }

    fn aggregate_into(
        &mut self,
        dest: PlaceRef<'tcx>,
        kind: &AggregateKind<'tcx>,
        fields: &IndexVec<FieldIdx, mir::Operand<'tcx>>,
    ) -> Result<(), LowerError> {
        let (variant, active_field) = match *kind {
            AggregateKind::Adt(_, variant, _, active) => (Some(variant), active),
            AggregateKind::Coroutine(..) => (Some(VariantIdx::from_u32(0)), None),
            _ => (None, None),
        };
        let is_array = matches!(kind, AggregateKind::Array(_));
        let fields_place = match variant {
            Some(variant) if !is_array => PlaceRef { layout: dest.layout.for_variant(self.cx.layout, variant), ..dest },
            _ => dest,
        };
        // Upvars of a coroutine are fields of the whole, not of its first variant.
        let fields_place = if matches!(kind, AggregateKind::Coroutine(..)) { dest } else { fields_place };
        for (index, operand) in fields.iter_enumerated() {
            let op = self.operand(operand)?;
            if op.layout.is_zst() {
                continue;
            }
            let field = if is_array {
                let position = self.const_usize(u64::from(index.as_u32()));
                self.project_index(dest, position)?
            } else {
                self.project_field(fields_place, active_field.unwrap_or(index))
            };
            self.store_operand(op, field);
        }
        if let Some(variant) = variant {
            self.set_discriminant(dest, variant)?;
        }
        Ok(())
    }

    /// Builds an aggregate that is held in registers, if its parts map to registers directly.
    fn aggregate_operand(
        &mut self,
        layout: TyAndLayout<'tcx>,
        kind: &AggregateKind<'tcx>,
        fields: &IndexVec<FieldIdx, mir::Operand<'tcx>>,
    ) -> Result<OperandRef<'tcx>, LowerError> {
        if let AggregateKind::RawPtr(..) = kind {
            let data = self.operand(&fields[FieldIdx::from_u32(0)])?.immediate();
            let meta = self.operand(&fields[FieldIdx::from_u32(1)])?;
            let val = match meta.val {
                OperandValue::ZeroSized => OperandValue::Immediate(data),
                OperandValue::Immediate(meta) => OperandValue::Pair(data, meta),
                other => ty::bug!("pointer metadata {other:?}"),
            };
            return Ok(OperandRef { val, layout });
        }
        let parts = match layout.backend_repr {
            BackendRepr::Scalar(scalar) => [Some((0, scalar)), None],
            BackendRepr::ScalarPair(a, b) => [Some((0, a)), Some((self.pair_offset(a, b), b))],
            _ => [None, None],
        };
        if parts[0].is_some() && !matches!(kind, AggregateKind::Array(_) | AggregateKind::Coroutine(..)) {
            let (variant, active_field) = match *kind {
                AggregateKind::Adt(_, variant, _, active) => (Some(variant), active),
                _ => (None, None),
            };
            let fields_layout = match variant {
                Some(variant) => layout.for_variant(self.cx.layout, variant),
                None => layout,
            };
            let ops = fields.iter().map(|operand| self.operand(operand)).collect::<Result<Vec<_>, _>>()?;
            let mut found = [None, None];
            let mut direct = true;
            for (index, op) in ops.iter().enumerate() {
                let index = active_field.map_or(index, |field| field.index());
                let offset = fields_layout.fields.offset(index).bytes();
                match op.val {
                    OperandValue::ZeroSized => {}
                    OperandValue::Immediate(value) if !is_vector(op.layout) => {
                        direct &= self.fill_part(&parts, &mut found, offset, value);
                    }
                    OperandValue::Pair(a, b) => {
                        let BackendRepr::ScalarPair(scalar_a, scalar_b) = op.layout.backend_repr else {
                            ty::bug!("a pair of {:?}", op.layout.ty)
                        };
                        let second = self.pair_offset(scalar_a, scalar_b);
                        direct &= self.fill_part(&parts, &mut found, offset, a);
                        direct &= self.fill_part(&parts, &mut found, offset + second, b);
                    }
                    _ => direct = false,
                }
            }
            if direct {
                if let Some(variant) = variant
                    && let Some((tag_field, ty, bits)) = self.tag_for_variant(layout, variant)?
                {
                    let offset = layout.fields.offset(tag_field.index()).bytes();
                    let tag = self.const_int(ty, bits);
                    direct &= self.fill_part(&parts, &mut found, offset, tag);
                }
                if direct {
                    let mut values = Vec::new();
                    for (part, value) in parts.iter().zip(found) {
                        if let Some((_, scalar)) = part {
                            values.push(match value {
                                Some(value) => value,
                                None => self.b.value(Inst::Undef { ty: scalar_type(*scalar) }),
                            });
                        }
                    }
                    let val = match values[..] {
                        [one] => OperandValue::Immediate(one),
                        [a, b] => OperandValue::Pair(a, b),
                        _ => ty::bug!("one or two parts"),
                    };
                    return Ok(OperandRef { val, layout });
                }
            }
            // Built in memory from the operands already evaluated.
            let temp = self.new_temp(layout);
            let fields_place = PlaceRef { layout: fields_layout, ..temp };
            for (index, op) in ops.into_iter().enumerate() {
                let index = active_field.unwrap_or(FieldIdx::from_usize(index));
                if !op.layout.is_zst() {
                    let field = self.project_field(fields_place, index);
                    self.store_operand(op, field);
                }
            }
            if let Some(variant) = variant {
                self.set_discriminant(temp, variant)?;
            }
            return Ok(self.load_operand(temp));
        }
        let temp = self.new_temp(layout);
        self.aggregate_into(temp, kind, fields)?;
        Ok(self.load_operand(temp))
    }

    fn fill_part(
        &mut self,
        parts: &[Option<(u64, AbiScalar)>; 2],
        found: &mut [Option<Value>; 2],
        offset: u64,
        value: Value,
    ) -> bool {
        for (index, part) in parts.iter().enumerate() {
            if let Some((at, scalar)) = part
                && *at == offset
            {
                let ty = scalar_type(*scalar);
                let from = self.b.ty(value);
                let pointer_bytes = self.pointer_bytes();
                if from.is_vector() || from.size_bytes(pointer_bytes) != ty.size_bytes(pointer_bytes) {
                    return false;
                }
                found[index] = Some(self.reinterpret_value(value, ty));
                return true;
            }
        }
        false
    }

    /// Evaluates an rvalue whose type has this layout; the result is in registers if the layout is, or a reference.
    pub fn rvalue_operand(
        &mut self,
        rvalue: &Rvalue<'tcx>,
        layout: TyAndLayout<'tcx>,
    ) -> Result<OperandRef<'tcx>, LowerError> {
        let immediate = |value| OperandRef::immediate_of(value, layout);
        Ok(match rvalue {
            Rvalue::Use(operand) => self.operand(operand)?,
            Rvalue::CopyForDeref(place) => self.consume_place(*place)?,
            Rvalue::WrapUnsafeBinder(operand, _) => {
                let op = self.operand(operand)?;
                OperandRef { val: op.val, layout }
            }
            Rvalue::Repeat(..) => {
                let temp = self.new_temp(layout);
                self.rvalue_into(temp, rvalue)?;
                self.load_operand(temp)
            }
            Rvalue::Ref(_, place) | Rvalue::RawPtr(_, place) => {
                let place = self.place(*place)?;
                let val = match place.meta {
                    Some(meta) => OperandValue::Pair(place.ptr, meta),
                    None => OperandValue::Immediate(place.ptr),
                };
                OperandRef { val, layout }
            }
            Rvalue::ThreadLocalRef(def_id) => immediate(self.thread_local_address(*def_id)?),
            Rvalue::Cast(kind, operand, _) => self.cast(*kind, operand, layout)?,
            Rvalue::BinaryOp(op, operands) => {
                let lhs = self.operand(&operands.0)?;
                let rhs = self.operand(&operands.1)?;
                self.binary_op(*op, lhs, rhs, layout)?
            }
            Rvalue::UnaryOp(UnOp::PtrMetadata, operand) => {
                let op = self.operand(operand)?;
                match op.pointer_parts() {
                    (_, Some(meta)) => immediate(meta),
                    (_, None) => OperandRef::zero_sized(layout),
                }
            }
            Rvalue::UnaryOp(op, operand) => {
                let value = self.operand(operand)?;
                let ty = value.layout.ty;
                let value = value.immediate();
                immediate(match op {
                    UnOp::Not if ty.is_bool() => {
                        let one = self.const_int(Type::I8, 1);
                        self.binary(BinaryOp::Xor, value, one)
                    }
                    UnOp::Not => self.b.value(Inst::Unary { op: UnaryOp::Not, value }),
                    UnOp::Neg if ty.is_floating_point() => self.b.value(Inst::Unary { op: UnaryOp::Fneg, value }),
                    UnOp::Neg => self.b.value(Inst::Unary { op: UnaryOp::Ineg, value }),
                    UnOp::PtrMetadata => ty::bug!("handled above"),
                })
            }
            Rvalue::Discriminant(place) => {
                let op = self.consume_place(*place)?;
                immediate(self.discriminant(op, layout)?)
            }
            Rvalue::Aggregate(kind, fields) => {
                if layout.is_zst() {
                    for operand in fields {
                        self.operand(operand)?;
                    }
                    OperandRef::zero_sized(layout)
                } else {
                    self.aggregate_operand(layout, kind, fields)?
                }
            }
        })
    }

    // ---- binary operations

    /// A binary operation of MIR.
    pub fn binary_op(
        &mut self,
        op: BinOp,
        lhs: OperandRef<'tcx>,
        rhs: OperandRef<'tcx>,
        layout: TyAndLayout<'tcx>,
    ) -> Result<OperandRef<'tcx>, LowerError> {
        let ty = lhs.layout.ty;
        if let (OperandValue::Pair(a1, a2), OperandValue::Pair(b1, b2)) = (lhs.val, rhs.val) {
            // Fat pointers: by address, then metadata.
            return Ok(OperandRef::immediate_of(self.compare_fat(op, (a1, a2), (b1, b2)), layout));
        }
        if lhs.val == OperandValue::ZeroSized {
            // `()` and the like are all equal.
            let result = matches!(op, BinOp::Eq | BinOp::Le | BinOp::Ge);
            return Ok(OperandRef::immediate_of(self.const_bool(result), layout));
        }
        let (a, b) = (lhs.immediate(), rhs.immediate());
        match op {
            BinOp::AddWithOverflow | BinOp::SubWithOverflow | BinOp::MulWithOverflow => {
                let signed = ty.is_signed();
                let op = match (op, signed) {
                    (BinOp::AddWithOverflow, false) => OverflowOp::Uadd,
                    (BinOp::AddWithOverflow, true) => OverflowOp::Sadd,
                    (BinOp::SubWithOverflow, false) => OverflowOp::Usub,
                    (BinOp::SubWithOverflow, true) => OverflowOp::Ssub,
                    (_, false) => OverflowOp::Umul,
                    (_, true) => OverflowOp::Smul,
                };
                let (wrapped, overflowed) = self.b.pair(Inst::Overflow { op, lhs: a, rhs: b });
                Ok(OperandRef { val: OperandValue::Pair(wrapped, overflowed), layout })
            }
            _ => {
                let rhs_ty = rhs.layout.ty;
                Ok(OperandRef::immediate_of(self.scalar_binop(op, a, b, ty, rhs_ty)?, layout))
            }
        }
    }

    fn compare_fat(&mut self, op: BinOp, a: (Value, Value), b: (Value, Value)) -> Value {
        match op {
            BinOp::Eq | BinOp::Ne => {
                let first = self.icmp(IntCond::Eq, a.0, b.0);
                let second = self.icmp(IntCond::Eq, a.1, b.1);
                let equal = self.binary(BinaryOp::And, first, second);
                if op == BinOp::Eq {
                    equal
                } else {
                    let one = self.const_bool(true);
                    self.binary(BinaryOp::Xor, equal, one)
                }
            }
            _ => {
                let strict = match op {
                    BinOp::Lt | BinOp::Le => IntCond::Ult,
                    _ => IntCond::Ugt,
                };
                let last = match op {
                    BinOp::Lt => IntCond::Ult,
                    BinOp::Le => IntCond::Ule,
                    BinOp::Gt => IntCond::Ugt,
                    _ => IntCond::Uge,
                };
                let less = self.icmp(strict, a.0, b.0);
                let same = self.icmp(IntCond::Eq, a.0, b.0);
                let by_meta = self.icmp(last, a.1, b.1);
                let tie = self.binary(BinaryOp::And, same, by_meta);
                self.binary(BinaryOp::Or, less, tie)
            }
        }
    }

    fn scalar_binop(
        &mut self,
        op: BinOp,
        a: Value,
        b: Value,
        ty: Ty<'tcx>,
        rhs_ty: Ty<'tcx>,
    ) -> Result<Value, LowerError> {
        let signed = ty.is_signed();
        let float = ty.is_floating_point();
        let with_flags = |this: &mut Self, op, flags| this.b.value(Inst::Binary { op, flags, lhs: a, rhs: b });
        let plain = ArithFlags::NONE;
        let unchecked = ArithFlags { nuw: !signed, nsw: signed, ..plain };
        Ok(match op {
            BinOp::Add if float => with_flags(self, BinaryOp::Fadd, plain),
            BinOp::Sub if float => with_flags(self, BinaryOp::Fsub, plain),
            BinOp::Mul if float => with_flags(self, BinaryOp::Fmul, plain),
            BinOp::Div if float => with_flags(self, BinaryOp::Fdiv, plain),
            BinOp::Rem if float => with_flags(self, BinaryOp::Frem, plain),
            BinOp::Add => with_flags(self, BinaryOp::Iadd, plain),
            BinOp::Sub => with_flags(self, BinaryOp::Isub, plain),
            BinOp::Mul => with_flags(self, BinaryOp::Imul, plain),
            BinOp::AddUnchecked => with_flags(self, BinaryOp::Iadd, unchecked),
            BinOp::SubUnchecked => with_flags(self, BinaryOp::Isub, unchecked),
            BinOp::MulUnchecked => with_flags(self, BinaryOp::Imul, unchecked),
            BinOp::Div => with_flags(self, if signed { BinaryOp::Sdiv } else { BinaryOp::Udiv }, plain),
            BinOp::Rem => with_flags(self, if signed { BinaryOp::Srem } else { BinaryOp::Urem }, plain),
            BinOp::BitXor => with_flags(self, BinaryOp::Xor, plain),
            BinOp::BitAnd => with_flags(self, BinaryOp::And, plain),
            BinOp::BitOr => with_flags(self, BinaryOp::Or, plain),
            BinOp::Shl | BinOp::ShlUnchecked | BinOp::Shr | BinOp::ShrUnchecked => {
                let masked = matches!(op, BinOp::Shl | BinOp::Shr);
                let amount = self.shift_amount(a, b, rhs_ty.is_signed(), masked);
                let op = match op {
                    BinOp::Shl | BinOp::ShlUnchecked => BinaryOp::Shl,
                    _ if signed => BinaryOp::Ashr,
                    _ => BinaryOp::Lshr,
                };
                self.binary(op, a, amount)
            }
            BinOp::Eq | BinOp::Ne | BinOp::Lt | BinOp::Le | BinOp::Gt | BinOp::Ge if float => {
                let cond = match op {
                    BinOp::Eq => FloatCond::Oeq,
                    BinOp::Ne => FloatCond::Une,
                    BinOp::Lt => FloatCond::Olt,
                    BinOp::Le => FloatCond::Ole,
                    BinOp::Gt => FloatCond::Ogt,
                    _ => FloatCond::Oge,
                };
                self.b.value(Inst::Fcmp { cond, lhs: a, rhs: b })
            }
            BinOp::Eq | BinOp::Ne | BinOp::Lt | BinOp::Le | BinOp::Gt | BinOp::Ge => {
                let cond = match (op, signed) {
                    (BinOp::Eq, _) => IntCond::Eq,
                    (BinOp::Ne, _) => IntCond::Ne,
                    (BinOp::Lt, true) => IntCond::Slt,
                    (BinOp::Lt, false) => IntCond::Ult,
                    (BinOp::Le, true) => IntCond::Sle,
                    (BinOp::Le, false) => IntCond::Ule,
                    (BinOp::Gt, true) => IntCond::Sgt,
                    (BinOp::Gt, false) => IntCond::Ugt,
                    (_, true) => IntCond::Sge,
                    (_, false) => IntCond::Uge,
                };
                self.icmp(cond, a, b)
            }
            BinOp::Cmp => {
                // -1, 0 or 1 in a byte: (a > b) - (a < b).
                let (greater, less) = if signed { (IntCond::Sgt, IntCond::Slt) } else { (IntCond::Ugt, IntCond::Ult) };
                let greater = self.icmp(greater, a, b);
                let less = self.icmp(less, a, b);
                self.sub(greater, less)
            }
            BinOp::Offset => {
                let pointee = ty.builtin_deref(self.cx.tcx).expect("a pointer is offset");
                let size = self.layout_of(pointee)?.size.bytes();
                self.element_ptr(a, b, size)
            }
            BinOp::AddWithOverflow | BinOp::SubWithOverflow | BinOp::MulWithOverflow => {
                ty::bug!("handled by the caller")
            }
        })
    }

    /// A shift's amount as a value of the shifted type, masked to its width if asked.
    pub fn shift_amount(&mut self, shifted: Value, amount: Value, amount_signed: bool, mask: bool) -> Value {
        let ty = self.b.ty(shifted);
        let bits = u128::from(ty.lane().size_bytes(self.pointer_bytes()) * 8);
        if ty.is_vector() {
            return amount;
        }
        let amount = self.int_cast(amount, ty, amount_signed);
        if mask {
            let mask = self.const_int(ty, bits - 1);
            self.binary(BinaryOp::And, amount, mask)
        } else {
            amount
        }
    }

    // ---- casts

    fn cast(
        &mut self,
        kind: CastKind,
        operand: &mir::Operand<'tcx>,
        layout: TyAndLayout<'tcx>,
    ) -> Result<OperandRef<'tcx>, LowerError> {
        let op = self.operand(operand)?;
        let immediate = |value| OperandRef::immediate_of(value, layout);
        Ok(match kind {
            CastKind::PointerCoercion(PointerCoercion::ReifyFnPointer) => match *op.layout.ty.kind() {
                TyKind::FnDef(def_id, args) => {
                    let instance = self
                        .cx
                        .traits
                        .resolve_for_fn_ptr(def_id, args)
                        .ok_or_else(|| LowerError::internal(format!("no function for {:?}", op.layout.ty)))?;
                    immediate(self.function_address(instance))
                }
                _ => ty::bug!("{:?} is made a fn pointer", op.layout.ty),
            },
            CastKind::PointerCoercion(PointerCoercion::ClosureFnPointer { .. }) => match *op.layout.ty.kind() {
                TyKind::Closure(def_id, args) => {
                    let instance = self.cx.traits.resolve_closure(def_id, args, ty::ClosureKind::FnOnce);
                    immediate(self.function_address(instance))
                }
                _ => ty::bug!("{:?} is made a fn pointer", op.layout.ty),
            },
            CastKind::PointerCoercion(PointerCoercion::Unsize) => {
                if self.is_register(layout) && matches!(op.val, OperandValue::Immediate(_) | OperandValue::Pair(..)) {
                    self.coerce_unsized_operand(op, layout)?
                } else {
                    let source = self.operand_in_memory(op);
                    let temp = self.new_temp(layout);
                    self.coerce_unsized_into(source, temp)?;
                    self.load_operand(temp)
                }
            }
            CastKind::PointerCoercion(
                PointerCoercion::UnsafeFnPointer | PointerCoercion::MutToConstPointer | PointerCoercion::ArrayToPointer,
            )
            | CastKind::PtrToPtr
            | CastKind::FnPtrToPtr => match (op.val, self.is_fat(layout)) {
                (OperandValue::Pair(data, _), false) => immediate(data),
                (val, _) => OperandRef { val, layout },
            },
            CastKind::Subtype => OperandRef { val: op.val, layout },
            CastKind::Transmute => self.transmute_operand(op, layout)?,
            CastKind::PointerExposeProvenance => {
                let (ptr, _) = op.pointer_parts();
                let ty = self.usize_type();
                let value = self.b.value(Inst::Cast { op: CastOp::PtrToInt, value: ptr, ty });
                let (to, _) = self.register_types(layout).expect("an integer");
                immediate(self.int_cast(value, to, false))
            }
            CastKind::PointerWithExposedProvenance => {
                let value = self.int_cast(op.immediate(), self.usize_type(), op.layout.ty.is_signed());
                immediate(self.b.value(Inst::Cast { op: CastOp::IntToPtr, value, ty: Type::PTR }))
            }
            CastKind::IntToInt | CastKind::FloatToInt | CastKind::FloatToFloat | CastKind::IntToFloat => {
                immediate(self.scalar_cast(op, layout)?)
            }
        })
    }

    fn is_fat(&self, layout: TyAndLayout<'tcx>) -> bool {
        matches!(layout.backend_repr, BackendRepr::ScalarPair(..))
    }

    /// `as` between numbers, enums, `bool` and `char`.
    fn scalar_cast(&mut self, op: OperandRef<'tcx>, layout: TyAndLayout<'tcx>) -> Result<Value, LowerError> {
        let (to, _) = self.register_types(layout).expect("a scalar type");
        if op.layout.ty.is_enum(self.cx.tcx) {
            return self.discriminant(op, layout);
        }
        let from_signed = op.layout.ty.is_signed();
        let to_signed = layout.ty.is_signed();
        let value = op.immediate();
        let from_float = op.layout.ty.is_floating_point();
        let to_float = layout.ty.is_floating_point();
        let cast = |this: &mut Self, op| this.b.value(Inst::Cast { op, value, ty: to });
        Ok(match (from_float, to_float) {
            (false, false) => self.int_cast(value, to, from_signed),
            (true, false) => cast(self, if to_signed { CastOp::FtoSiSat } else { CastOp::FtoUiSat }),
            (false, true) => cast(self, if from_signed { CastOp::SiToF } else { CastOp::UiToF }),
            (true, true) => {
                let from = self.b.ty(value).size_bytes(8);
                match from.cmp(&to.size_bytes(8)) {
                    std::cmp::Ordering::Less => cast(self, CastOp::Fext),
                    std::cmp::Ordering::Greater => cast(self, CastOp::Ftrunc),
                    std::cmp::Ordering::Equal => value,
                }
            }
        })
    }

    // ---- unsizing

    /// Pointer metadata of `target` for a pointer to `source` (with its own metadata, if it is a trait object already).
    fn unsized_meta(&mut self, source: Ty<'tcx>, target: Ty<'tcx>, old: Option<Value>) -> Result<Value, LowerError> {
        match self.cx.traits.unsize_kind(source, target) {
            UnsizeKind::Length(len) => {
                let len = len.as_target_usize().expect("an array's length is known");
                Ok(self.const_usize(len))
            }
            UnsizeKind::SameVtable => Ok(old.expect("a trait object has a vtable")),
            UnsizeKind::Upcast { slot } => {
                let offset = slot as u64 * u64::from(self.pointer_bytes());
                Ok(self.load_vtable_ptr(old.expect("a trait object has a vtable"), offset, true))
            }
            UnsizeKind::Vtable(source, predicates) => self.vtable_address(source, predicates),
        }
    }

    fn unsize_pointer(
        &mut self,
        op: OperandRef<'tcx>,
        layout: TyAndLayout<'tcx>,
    ) -> Result<OperandRef<'tcx>, LowerError> {
        let source = op.layout.ty.builtin_deref(self.cx.tcx).expect("a pointer");
        let target = layout.ty.builtin_deref(self.cx.tcx).expect("a pointer");
        let (ptr, old) = op.pointer_parts();
        let meta = self.unsized_meta(source, target, old)?;
        Ok(OperandRef { val: OperandValue::Pair(ptr, meta), layout })
    }

    fn coerce_unsized_operand(
        &mut self,
        op: OperandRef<'tcx>,
        layout: TyAndLayout<'tcx>,
    ) -> Result<OperandRef<'tcx>, LowerError> {
        if op.layout.ty.is_ref() || op.layout.ty.is_raw_ptr() {
            return self.unsize_pointer(op, layout);
        }
        if let (TyKind::Pat(source, _), TyKind::Pat(target, _)) = (*op.layout.ty.kind(), *layout.ty.kind()) {
            let source = OperandRef { val: op.val, layout: self.layout_of(source)? };
            let target = self.layout_of(target)?;
            let coerced = self.coerce_unsized_operand(source, target)?;
            return Ok(OperandRef { val: coerced.val, layout });
        }
        // A struct around one pointer field, all other fields without size.
        for index in 0..op.layout.fields.count() {
            let field = op.layout.field(self.cx.layout, index);
            if field.is_zst() {
                continue;
            }
            let source = self.extract_field(op, FieldIdx::from_usize(index));
            let target = layout.field(self.cx.layout, index);
            if self.is_register(target) && target.size == layout.size {
                let coerced = self.coerce_unsized_operand(source, target)?;
                return Ok(OperandRef { val: coerced.val, layout });
            }
        }
        let source = self.operand_in_memory(op);
        let temp = self.new_temp(layout);
        self.coerce_unsized_into(source, temp)?;
        Ok(self.load_operand(temp))
    }

    /// Coerces a smart pointer field by field: pointers get metadata, other fields are copied.
    fn coerce_unsized_into(&mut self, source: PlaceRef<'tcx>, dest: PlaceRef<'tcx>) -> Result<(), LowerError> {
        let (from, to) = (source.layout.ty, dest.layout.ty);
        match (*from.kind(), *to.kind()) {
            (TyKind::Ref(..) | TyKind::RawPtr(..), _) => {
                let op = self.load_operand(source);
                let op = self.unsize_pointer(op, dest.layout)?;
                self.store_operand(op, dest);
            }
            (TyKind::Pat(..), TyKind::Pat(..)) => {
                let op = self.load_operand(source);
                let op = self.coerce_unsized_operand(op, dest.layout)?;
                self.store_operand(op, dest);
            }
            (TyKind::Adt(did_a, _), TyKind::Adt(did_b, _)) if did_a == did_b => {
                for index in 0..source.layout.fields.count() {
                    let index = FieldIdx::from_usize(index);
                    let from = self.project_field(source, index);
                    let to = self.project_field(dest, index);
                    if to.layout.is_zst() {
                        continue;
                    }
                    if from.layout.ty == to.layout.ty {
                        let op = self.load_operand(from);
                        self.store_operand(op, to);
                    } else {
                        self.coerce_unsized_into(from, to)?;
                    }
                }
            }
            _ => return Err(LowerError::internal(format!("{from:?} is coerced to {to:?}"))),
        }
        Ok(())
    }

    /// Stores raw bytes of an immediate to memory at its own alignment; a helper for casts of odd sizes.
    pub fn store_value(&mut self, value: Value, ptr: Value, align: u64) {
        self.b.effect(Inst::Store { value, ptr, flags: MemFlags::aligned(align) });
    }
}
