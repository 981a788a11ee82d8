//! Intrinsics that work on memory: copies, comparisons, volatile and atomic accesses, arithmetic of addresses.

use crate::operand::{OperandRef, OperandValue};
use crate::place::PlaceRef;
use crate::{FunctionCx, LowerError};
use layout::TyAndLayout;
use lir::{ArithFlags, BinaryOp, CastOp, Inst, IntCond, LoadFacts, MemFlags, Ordering, RmwOp, Type, Value};
use ty::Instance;

impl<'tcx> FunctionCx<'_, 'tcx> {
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

    /// What works on memory and addresses: its result, or none if it is not one of these.
    pub(super) fn memory_intrinsic(
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
            "compare_bytes" => immediate(self.memcmp(args[0].immediate(), args[1].immediate(), args[2].immediate())),
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
        let len = self.const_usize(size);
        let difference = self.memcmp(a, b, len);
        let zero = self.const_int(Type::I32, 0);
        self.icmp(IntCond::Eq, difference, zero)
    }

    /// C's `memcmp`: an `i32` that is negative, 0 or positive.
    fn memcmp(&mut self, a: Value, b: Value, len: Value) -> Value {
        let signature = lir::Signature::plain(&[Type::PTR, Type::PTR, self.usize_type()], &[Type::I32]);
        self.runtime_call("memcmp", signature, vec![a, b, len])[0]
    }

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

    /// What is atomic, by its name without `atomic_`.
    pub(super) fn atomic_intrinsic(
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
                let (old, exchanged) = self.b.pair(Inst::CmpXchg {
                    ptr: args[0].immediate(),
                    expected: args[1].immediate(),
                    new: args[2].immediate(),
                    success,
                    failure,
                    weak: name == "cxchgweak",
                });
                return Ok(OperandRef { val: OperandValue::Pair(old, exchanged), layout: result });
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
}
