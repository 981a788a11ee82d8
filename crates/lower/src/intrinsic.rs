//! The compiler's own functions (`core::intrinsics`).
//!
//! Most never get here: MIR building replaces what plain MIR can say. What std's bodies and rustc's own passes leave over
//! is done here; a name not known here runs its fallback body, if it has one.

use crate::operand::{OperandRef, OperandValue};
use crate::place::PlaceRef;
use crate::{FunctionCx, LowerError};
use eval::InitRequirement;
use layout::TyAndLayout;
use lir::{
    ArithFlags, BinaryOp, CastOp, Inst, IntCond, LandingKind, LoadFacts, MemFlags, Ordering, OverflowOp, RmwOp,
    Terminator, Type, UnaryOp, Value,
};
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

    // ---- numbers

    fn float_intrinsic(&mut self, name: &str, args: &[OperandRef<'tcx>]) -> Result<Option<Value>, LowerError> {
        let Some(stem) = ["f128", "f16", "f32", "f64"].iter().find_map(|suffix| name.strip_suffix(suffix)) else {
            return Ok(None);
        };
        let unary = match stem {
            "sqrt" => Some(UnaryOp::Sqrt),
            "sin" => Some(UnaryOp::Sin),
            "cos" => Some(UnaryOp::Cos),
            "exp" => Some(UnaryOp::Exp),
            "exp2" => Some(UnaryOp::Exp2),
            "log" => Some(UnaryOp::Log),
            "log2" => Some(UnaryOp::Log2),
            "log10" => Some(UnaryOp::Log10),
            "floor" => Some(UnaryOp::Floor),
            "ceil" => Some(UnaryOp::Ceil),
            "trunc" => Some(UnaryOp::Ftrunc),
            "round" => Some(UnaryOp::Round),
            "round_ties_even_" => Some(UnaryOp::RoundEven),
            "fabs" => Some(UnaryOp::Fabs),
            _ => None,
        };
        if let Some(op) = unary {
            let value = args[0].immediate();
            return Ok(Some(self.b.value(Inst::Unary { op, value })));
        }
        let binary = match stem {
            "pow" => Some(BinaryOp::Pow),
            "minnum" => Some(BinaryOp::Fmin),
            "maxnum" => Some(BinaryOp::Fmax),
            "minimum" => Some(BinaryOp::Fminimum),
            "maximum" => Some(BinaryOp::Fmaximum),
            "copysign" => Some(BinaryOp::Copysign),
            _ => None,
        };
        if let Some(op) = binary {
            return Ok(Some(self.binary(op, args[0].immediate(), args[1].immediate())));
        }
        Ok(match stem {
            "fma" => {
                let (a, b, c) = (args[0].immediate(), args[1].immediate(), args[2].immediate());
                Some(self.b.value(Inst::Fma { a, b, c }))
            }
            // May be fused or not: not.
            "fmuladd" => {
                let product = self.binary(BinaryOp::Fmul, args[0].immediate(), args[1].immediate());
                Some(self.binary(BinaryOp::Fadd, product, args[2].immediate()))
            }
            "powi" => {
                let base = args[0].immediate();
                Some(self.powi(base, args[1].immediate()))
            }
            _ => None,
        })
    }

    /// An integer power, by the function of the compiler's runtime library.
    fn powi(&mut self, base: Value, exponent: Value) -> Value {
        let ty = self.b.ty(base);
        let (name, wide) = match ty.lane() {
            lir::Scalar::F64 => ("__powidf2", ty),
            lir::Scalar::F128 => ("__powitf2", ty),
            // Half precision is computed in single.
            _ => ("__powisf2", Type::F32),
        };
        let arg = if ty == wide { base } else { self.b.value(Inst::Cast { op: CastOp::Fext, value: base, ty: wide }) };
        let signature = lir::Signature {
            params: vec![lir::Param::new(wide), lir::Param::new(Type::I32)],
            returns: vec![lir::Param::new(wide)],
            ..lir::Signature::default()
        };
        let result = self.runtime_call(name, signature, vec![arg, exponent])[0];
        if ty == wide { result } else { self.b.value(Inst::Cast { op: CastOp::Ftrunc, value: result, ty }) }
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

    fn int_intrinsic(
        &mut self,
        name: &str,
        args: &[OperandRef<'tcx>],
        result: TyAndLayout<'tcx>,
    ) -> Result<Option<OperandRef<'tcx>>, LowerError> {
        let signed = args.first().is_some_and(|arg| arg.layout.ty.is_signed());
        let plain = ArithFlags::NONE;
        let wrap = ArithFlags { nuw: !signed, nsw: signed, ..plain };
        let pick = |s: BinaryOp, u: BinaryOp| if signed { s } else { u };
        let binary = match name {
            "exact_div" => Some((pick(BinaryOp::Sdiv, BinaryOp::Udiv), ArithFlags { exact: true, ..plain })),
            "unchecked_div" => Some((pick(BinaryOp::Sdiv, BinaryOp::Udiv), plain)),
            "unchecked_rem" => Some((pick(BinaryOp::Srem, BinaryOp::Urem), plain)),
            "unchecked_add" => Some((BinaryOp::Iadd, wrap)),
            "unchecked_sub" => Some((BinaryOp::Isub, wrap)),
            "unchecked_mul" => Some((BinaryOp::Imul, wrap)),
            "wrapping_add" => Some((BinaryOp::Iadd, plain)),
            "wrapping_sub" => Some((BinaryOp::Isub, plain)),
            "wrapping_mul" => Some((BinaryOp::Imul, plain)),
            "saturating_add" => Some((pick(BinaryOp::SaddSat, BinaryOp::UaddSat), plain)),
            "saturating_sub" => Some((pick(BinaryOp::SsubSat, BinaryOp::UsubSat), plain)),
            "disjoint_bitor" => Some((BinaryOp::Or, plain)),
            "fadd_fast" => Some((BinaryOp::Fadd, ArithFlags { fast: true, ..plain })),
            "fsub_fast" => Some((BinaryOp::Fsub, ArithFlags { fast: true, ..plain })),
            "fmul_fast" => Some((BinaryOp::Fmul, ArithFlags { fast: true, ..plain })),
            "fdiv_fast" => Some((BinaryOp::Fdiv, ArithFlags { fast: true, ..plain })),
            "frem_fast" => Some((BinaryOp::Frem, ArithFlags { fast: true, ..plain })),
            "fadd_algebraic" => Some((BinaryOp::Fadd, ArithFlags { algebraic: true, ..plain })),
            "fsub_algebraic" => Some((BinaryOp::Fsub, ArithFlags { algebraic: true, ..plain })),
            "fmul_algebraic" => Some((BinaryOp::Fmul, ArithFlags { algebraic: true, ..plain })),
            "fdiv_algebraic" => Some((BinaryOp::Fdiv, ArithFlags { algebraic: true, ..plain })),
            "frem_algebraic" => Some((BinaryOp::Frem, ArithFlags { algebraic: true, ..plain })),
            _ => None,
        };
        if let Some((op, flags)) = binary {
            let (lhs, rhs) = (args[0].immediate(), args[1].immediate());
            let value = self.b.value(Inst::Binary { op, flags, lhs, rhs });
            return Ok(Some(OperandRef::immediate_of(value, result)));
        }
        let overflow = match (name, signed) {
            ("add_with_overflow", false) => Some(OverflowOp::Uadd),
            ("add_with_overflow", true) => Some(OverflowOp::Sadd),
            ("sub_with_overflow", false) => Some(OverflowOp::Usub),
            ("sub_with_overflow", true) => Some(OverflowOp::Ssub),
            ("mul_with_overflow", false) => Some(OverflowOp::Umul),
            ("mul_with_overflow", true) => Some(OverflowOp::Smul),
            _ => None,
        };
        if let Some(op) = overflow {
            let value = self.b.value(Inst::Overflow { op, lhs: args[0].immediate(), rhs: args[1].immediate() });
            let val = OperandValue::Pair(value, Value(value.0 + 1));
            return Ok(Some(OperandRef { val, layout: result }));
        }
        let to_u32 = |this: &mut Self, value| this.int_cast(value, Type::I32, false);
        let value = match name {
            "ctpop" | "ctlz" | "ctlz_nonzero" | "cttz" | "cttz_nonzero" => {
                let op = match name {
                    "ctpop" => UnaryOp::Popcnt,
                    "ctlz" | "ctlz_nonzero" => UnaryOp::Ctlz,
                    _ => UnaryOp::Cttz,
                };
                let count = self.b.value(Inst::Unary { op, value: args[0].immediate() });
                to_u32(self, count)
            }
            "bswap" if args[0].layout.size.bytes() == 1 => args[0].immediate(),
            "bswap" => self.b.value(Inst::Unary { op: UnaryOp::Bswap, value: args[0].immediate() }),
            "bitreverse" => self.b.value(Inst::Unary { op: UnaryOp::Bitreverse, value: args[0].immediate() }),
            "rotate_left" | "rotate_right" => {
                let value = args[0].immediate();
                let ty = self.b.ty(value);
                let amount = self.int_cast(args[1].immediate(), ty, false);
                let op = if name == "rotate_left" { BinaryOp::Rotl } else { BinaryOp::Rotr };
                // The amount counts modulo the width, which for a byte needs more bits than a byte's own width has.
                self.binary(op, value, amount)
            }
            "unchecked_funnel_shl" | "unchecked_funnel_shr" => {
                let (high, low) = (args[0].immediate(), args[1].immediate());
                let ty = self.b.ty(high);
                let amount = self.int_cast(args[2].immediate(), ty, false);
                let left = name == "unchecked_funnel_shl";
                self.b.value(Inst::FunnelShift { left, high, low, amount })
            }
            "unchecked_shl" | "unchecked_shr" => {
                let value = args[0].immediate();
                let amount = self.shift_amount(value, args[1].immediate(), args[1].layout.ty.is_signed(), false);
                let op = match (name, signed) {
                    ("unchecked_shl", _) => BinaryOp::Shl,
                    (_, true) => BinaryOp::Ashr,
                    (_, false) => BinaryOp::Lshr,
                };
                self.binary(op, value, amount)
            }
            "float_to_int_unchecked" => {
                let (ty, _) = self.register_types(result).expect("an integer");
                let op = if result.ty.is_signed() { CastOp::FtoSi } else { CastOp::FtoUi };
                self.b.value(Inst::Cast { op, value: args[0].immediate(), ty })
            }
            "three_way_compare" => {
                let op = self.binary_op(mir::BinOp::Cmp, args[0], args[1], result)?;
                return Ok(Some(op));
            }
            _ => return Ok(None),
        };
        Ok(Some(OperandRef::immediate_of(value, result)))
    }

    // ---- memory

    /// `count` elements from one pointer to another.
    pub(crate) fn copy_elements(
        &mut self,
        src: OperandRef<'tcx>,
        dst: Value,
        count: Value,
        overlapping: bool,
        volatile: bool,
    ) -> Result<(), LowerError> {
        let pointee = src.layout.ty.builtin_deref(self.cx.tcx).expect("a pointer");
        let layout = self.layout_of(pointee)?;
        let len = self.scaled(count, layout.size.bytes());
        let align = layout.align.abi.bytes();
        let src = src.immediate();
        self.b.effect(if overlapping {
            Inst::Memmove { dst, src, len, dst_align: align, src_align: align, volatile }
        } else {
            Inst::Memcpy { dst, src, len, dst_align: align, src_align: align, volatile }
        });
        Ok(())
    }

    fn scaled(&mut self, count: Value, size: u64) -> Value {
        if size == 1 {
            return count;
        }
        let size = self.const_usize(size);
        self.binary(BinaryOp::Imul, count, size)
    }

    /// The place behind a pointer operand.
    fn place_of(&mut self, pointer: OperandRef<'tcx>) -> Result<PlaceRef<'tcx>, LowerError> {
        self.deref_operand(pointer)
    }

    fn load_volatile(&mut self, place: PlaceRef<'tcx>) -> OperandRef<'tcx> {
        let layout = place.layout;
        if layout.is_zst() {
            return OperandRef::zero_sized(layout);
        }
        let flags = MemFlags { align: place.align, volatile: true, nontemporal: false };
        match self.register_types(layout) {
            Some((ty, None)) => {
                let load = Inst::Load { ty, ptr: place.ptr, flags, facts: LoadFacts::default() };
                OperandRef::immediate_of(self.b.value(load), layout)
            }
            _ => {
                let temp = self.new_temp(layout);
                let len = self.const_usize(layout.size.bytes());
                self.b.effect(Inst::Memcpy {
                    dst: temp.ptr,
                    src: place.ptr,
                    len,
                    dst_align: temp.align,
                    src_align: place.align,
                    volatile: true,
                });
                self.load_operand(temp)
            }
        }
    }

    fn memory_intrinsic(
        &mut self,
        name: &str,
        instance: Instance<'tcx>,
        args: &[OperandRef<'tcx>],
        result: TyAndLayout<'tcx>,
    ) -> Result<Option<OperandRef<'tcx>>, LowerError> {
        let immediate = |value| Ok(Some(OperandRef::immediate_of(value, result)));
        match name {
            "copy" | "copy_nonoverlapping" => {
                self.copy_elements(args[0], args[1].immediate(), args[2].immediate(), name == "copy", false)?;
                self.unit(result)
            }
            "volatile_copy_memory" | "volatile_copy_nonoverlapping_memory" => {
                let overlapping = name == "volatile_copy_memory";
                self.copy_elements(args[1], args[0].immediate(), args[2].immediate(), overlapping, true)?;
                self.unit(result)
            }
            "write_bytes" | "volatile_set_memory" => {
                let layout = self.layout_of(self.arg_ty(instance, 0))?;
                let len = self.scaled(args[2].immediate(), layout.size.bytes());
                self.b.effect(Inst::Memset {
                    dst: args[0].immediate(),
                    byte: args[1].immediate(),
                    len,
                    align: layout.align.abi.bytes(),
                    volatile: name == "volatile_set_memory",
                });
                self.unit(result)
            }
            "volatile_load" | "unaligned_volatile_load" => {
                let mut place = self.place_of(args[0])?;
                if name == "unaligned_volatile_load" {
                    place.align = 1;
                }
                Ok(Some(self.load_volatile(place)))
            }
            "volatile_store" | "unaligned_volatile_store" | "nontemporal_store" => {
                let mut place = self.place_of(args[0])?;
                if name == "unaligned_volatile_store" {
                    place.align = 1;
                }
                let nontemporal = name == "nontemporal_store";
                self.store_operand_flags(args[1], place, !nontemporal, nontemporal);
                self.unit(result)
            }
            "read_via_copy" => {
                let place = self.place_of(args[0])?;
                let op = self.load_operand(place);
                // What is read may be overwritten before the copy is used.
                if let OperandValue::Ref(..) = op.val {
                    let temp = self.spill(op);
                    return Ok(Some(self.load_operand(temp)));
                }
                Ok(Some(op))
            }
            "write_via_move" => {
                let place = self.place_of(args[0])?;
                self.store_operand(args[1], place);
                self.unit(result)
            }
            "typed_swap_nonoverlapping" => {
                let a = self.place_of(args[0])?;
                let b = self.place_of(args[1])?;
                if a.layout.is_zst() {
                    return self.unit(result);
                }
                let first = self.load_operand(a);
                let first = match first.val {
                    OperandValue::Ref(..) => {
                        let temp = self.spill(first);
                        OperandRef { val: OperandValue::Ref(temp.ptr, None, temp.align), layout: first.layout }
                    }
                    _ => first,
                };
                let second = self.load_operand(b);
                self.store_operand(second, a);
                self.store_operand(first, b);
                self.unit(result)
            }
            "compare_bytes" => {
                let usize_ty = self.usize_type();
                let signature = lir::Signature {
                    params: vec![lir::Param::new(Type::PTR), lir::Param::new(Type::PTR), lir::Param::new(usize_ty)],
                    returns: vec![lir::Param::new(Type::I32)],
                    ..lir::Signature::default()
                };
                let args = args.iter().map(OperandRef::immediate).collect();
                immediate(self.runtime_call("memcmp", signature, args)[0])
            }
            "raw_eq" => {
                let layout = self.layout_of(self.arg_ty(instance, 0))?;
                let (a, b) = (args[0].immediate(), args[1].immediate());
                immediate(self.raw_equal(layout, a, b))
            }
            "size_of_val" | "align_of_val" => {
                let ty = self.arg_ty(instance, 0);
                let (_, meta) = args[0].pointer_parts();
                let (size, align) = self.size_and_align_of_dst(ty, meta);
                immediate(if name == "size_of_val" { size } else { align })
            }
            "vtable_size" | "vtable_align" => {
                let word = u64::from(self.pointer_bytes());
                let offset = if name == "vtable_size" { word } else { 2 * word };
                immediate(self.load_vtable_usize(args[0].immediate(), offset))
            }
            "arith_offset" | "offset" => {
                let pointee = args[0].layout.ty.builtin_deref(self.cx.tcx).expect("a pointer");
                let size = self.layout_of(pointee)?.size.bytes();
                let offset = self.scaled(args[1].immediate(), size);
                let ptr = args[0].immediate();
                immediate(self.b.value(Inst::PtrAdd { ptr, offset, inbounds: name == "offset" }))
            }
            "ptr_offset_from" | "ptr_offset_from_unsigned" => {
                let size = self.layout_of(self.arg_ty(instance, 0))?.size.bytes();
                let ty = self.usize_type();
                let a = self.b.value(Inst::Cast { op: CastOp::PtrToInt, value: args[0].immediate(), ty });
                let b = self.b.value(Inst::Cast { op: CastOp::PtrToInt, value: args[1].immediate(), ty });
                let signed = name == "ptr_offset_from";
                let flags = ArithFlags { nuw: !signed, ..ArithFlags::NONE };
                let bytes = self.b.value(Inst::Binary { op: BinaryOp::Isub, flags, lhs: a, rhs: b });
                if size <= 1 {
                    return immediate(bytes);
                }
                let op = if signed { BinaryOp::Sdiv } else { BinaryOp::Udiv };
                let size = self.const_usize(size);
                let flags = ArithFlags { exact: true, ..ArithFlags::NONE };
                immediate(self.b.value(Inst::Binary { op, flags, lhs: bytes, rhs: size }))
            }
            "ptr_mask" => {
                let ptr = args[0].immediate();
                let ty = self.usize_type();
                let address = self.b.value(Inst::Cast { op: CastOp::PtrToInt, value: ptr, ty });
                let masked = self.binary(BinaryOp::And, address, args[1].immediate());
                // By distance, so that the pointer keeps its origin.
                let offset = self.sub(masked, address);
                immediate(self.b.value(Inst::PtrAdd { ptr, offset, inbounds: false }))
            }
            "prefetch_read_data"
            | "prefetch_write_data"
            | "prefetch_read_instruction"
            | "prefetch_write_instruction" => {
                let locality = instance.args.const_at(1).as_bits().unwrap_or(0).min(3) as u8;
                self.b.effect(Inst::Prefetch {
                    ptr: args[0].immediate(),
                    write: name.contains("write"),
                    data: name.contains("data"),
                    locality,
                });
                self.unit(result)
            }
            _ => Ok(None),
        }
    }

    fn raw_equal(&mut self, layout: TyAndLayout<'tcx>, a: Value, b: Value) -> Value {
        let size = layout.size.bytes();
        let align = layout.align.abi.bytes();
        if size == 0 {
            return self.const_bool(true);
        }
        if let Some(int) = lir::Scalar::int(size as u32 * 8).filter(|_| size <= 16) {
            let load = |this: &mut Self, ptr| {
                let flags = MemFlags::aligned(align);
                this.b.value(Inst::Load { ty: Type::Scalar(int), ptr, flags, facts: LoadFacts::default() })
            };
            let first = load(self, a);
            let second = load(self, b);
            return self.icmp(IntCond::Eq, first, second);
        }
        let usize_ty = self.usize_type();
        let signature = lir::Signature {
            params: vec![lir::Param::new(Type::PTR), lir::Param::new(Type::PTR), lir::Param::new(usize_ty)],
            returns: vec![lir::Param::new(Type::I32)],
            ..lir::Signature::default()
        };
        let len = self.const_usize(size);
        let difference = self.runtime_call("memcmp", signature, vec![a, b, len])[0];
        let zero = self.const_int(Type::I32, 0);
        self.icmp(IntCond::Eq, difference, zero)
    }

    // ---- atomics

    fn ordering(&self, instance: Instance<'tcx>, index: usize) -> Result<Ordering, LowerError> {
        // A variant of `AtomicOrdering`: relaxed, release, acquire, acquire-release, sequentially consistent.
        let constant = instance.args.const_at(index);
        let variant = match constant.as_value().map(|(_, value)| value.kind()) {
            Some(ty::ValTreeKind::Branch(parts)) => parts.first().and_then(|part| part.as_bits()),
            Some(ty::ValTreeKind::Leaf(leaf)) => Some(leaf.bits),
            None => None,
        };
        Ok(match variant {
            Some(0) => Ordering::Relaxed,
            Some(1) => Ordering::Release,
            Some(2) => Ordering::Acquire,
            Some(3) => Ordering::AcqRel,
            Some(4) => Ordering::SeqCst,
            _ => return Err(LowerError::internal(format!("the atomic ordering {constant:?}"))),
        })
    }

    fn atomic_intrinsic(
        &mut self,
        name: &str,
        instance: Instance<'tcx>,
        args: &[OperandRef<'tcx>],
        result: TyAndLayout<'tcx>,
    ) -> Result<OperandRef<'tcx>, LowerError> {
        let immediate = |value| OperandRef::immediate_of(value, result);
        match name {
            "fence" | "singlethreadfence" => {
                let order = self.ordering(instance, 0)?;
                if order != Ordering::Relaxed {
                    self.b.effect(Inst::Fence { order, single_thread: name == "singlethreadfence" });
                }
                return Ok(OperandRef::zero_sized(result));
            }
            "load" => {
                let order = self.ordering(instance, 1)?;
                let (ty, _) = self.register_types(result).expect("atomics are scalars");
                let align = result.size.bytes();
                return Ok(immediate(self.b.value(Inst::AtomicLoad { ty, ptr: args[0].immediate(), order, align })));
            }
            "store" => {
                let order = self.ordering(instance, 1)?;
                let align = args[1].layout.size.bytes();
                let (ptr, value) = (args[0].immediate(), args[1].immediate());
                self.b.effect(Inst::AtomicStore { value, ptr, order, align });
                return Ok(OperandRef::zero_sized(result));
            }
            "cxchg" | "cxchgweak" => {
                let success = self.ordering(instance, 1)?;
                let failure = self.ordering(instance, 2)?;
                let old = self.b.value(Inst::CmpXchg {
                    ptr: args[0].immediate(),
                    expected: args[1].immediate(),
                    new: args[2].immediate(),
                    success,
                    failure,
                    weak: name == "cxchgweak",
                });
                let val = OperandValue::Pair(old, Value(old.0 + 1));
                return Ok(OperandRef { val, layout: result });
            }
            _ => {}
        }
        let (op, order_index) = match name {
            "xchg" => (RmwOp::Xchg, 1),
            "xadd" => (RmwOp::Add, 2),
            "xsub" => (RmwOp::Sub, 2),
            "and" => (RmwOp::And, 2),
            "nand" => (RmwOp::Nand, 2),
            "or" => (RmwOp::Or, 2),
            "xor" => (RmwOp::Xor, 2),
            "max" => (RmwOp::Smax, 1),
            "min" => (RmwOp::Smin, 1),
            "umax" => (RmwOp::Umax, 1),
            "umin" => (RmwOp::Umin, 1),
            other => return Err(LowerError::unsupported(format!("the intrinsic `atomic_{other}`"), self.span())),
        };
        let order = self.ordering(instance, order_index)?;
        let ptr = args[0].immediate();
        let value = args[1].immediate();
        let (ty, _) = self.register_types(result).expect("atomics are scalars");
        // Arithmetic on pointers is arithmetic on addresses.
        let value = if op != RmwOp::Xchg && self.b.ty(value) == Type::PTR {
            self.reinterpret_value(value, self.usize_type())
        } else {
            value
        };
        let old = self.b.value(Inst::AtomicRmw { op, ptr, value, order });
        Ok(immediate(self.reinterpret_value(old, ty)))
    }

    // ---- the rest

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
        let one_ptr = lir::Signature { params: vec![lir::Param::new(Type::PTR)], ..lir::Signature::default() };
        let two_ptrs = lir::Signature { params: vec![lir::Param::new(Type::PTR); 2], ..lir::Signature::default() };
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
