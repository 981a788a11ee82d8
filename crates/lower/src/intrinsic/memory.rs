//! Intrinsics that work on memory: copies, comparisons, volatile and atomic accesses, arithmetic of addresses.

use crate::operand::{OperandRef, OperandValue};
use crate::place::PlaceRef;
use crate::{FunctionCx, LowerError};
use layout::TyAndLayout;
use lir::{ArithFlags, BinaryOp, CastOp, Inst, IntCond, LoadFacts, MemFlags, Ordering, RmwOp, Type, Value};
use ty::{AtomicIntrinsic, Instance, MemoryIntrinsic};

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

    /// Operations on memory and addresses: the result, or none if the fallback body is to be called.
    pub(super) fn memory_intrinsic(
        &mut self,
        op: MemoryIntrinsic,
        instance: Instance<'tcx>,
        args: &[OperandRef<'tcx>],
        result: TyAndLayout<'tcx>,
    ) -> Result<Option<OperandRef<'tcx>>, LowerError> {
        let immediate = |value| Ok(Some(OperandRef::immediate_of(value, result)));
        use MemoryIntrinsic as M;
        match op {
            M::Copy | M::CopyNonoverlapping => {
                self.copy_elements(args[0], args[1].immediate(), args[2].immediate(), op == M::Copy, false)?;
                self.unit(result)
            }
            M::VolatileCopyMemory | M::VolatileCopyNonoverlappingMemory => {
                let overlapping = op == M::VolatileCopyMemory;
                self.copy_elements(args[1], args[0].immediate(), args[2].immediate(), overlapping, true)?;
                self.unit(result)
            }
            M::WriteBytes | M::VolatileSetMemory => {
                let layout = self.layout_of(self.arg_ty(instance, 0))?;
                let len = self.scaled(args[2].immediate(), layout.size.bytes());
                self.b.effect(Inst::Memset {
                    dst: args[0].immediate(),
                    byte: args[1].immediate(),
                    len,
                    align: layout.align.abi.bytes(),
                    volatile: op == M::VolatileSetMemory,
                });
                self.unit(result)
            }
            M::VolatileLoad | M::UnalignedVolatileLoad => {
                let mut place = self.place_of(args[0])?;
                if op == M::UnalignedVolatileLoad {
                    place.align = 1;
                }
                Ok(Some(self.load_volatile(place)))
            }
            M::VolatileStore | M::UnalignedVolatileStore | M::NontemporalStore => {
                let mut place = self.place_of(args[0])?;
                if op == M::UnalignedVolatileStore {
                    place.align = 1;
                }
                let nontemporal = op == M::NontemporalStore;
                self.store_operand_flags(args[1], place, !nontemporal, nontemporal);
                self.unit(result)
            }
            M::ReadViaCopy => {
                let place = self.place_of(args[0])?;
                let op = self.load_operand(place);
                // What is read may be overwritten before the copy is used.
                if let OperandValue::Ref(..) = op.val {
                    let temp = self.spill(op);
                    return Ok(Some(self.load_operand(temp)));
                }
                Ok(Some(op))
            }
            M::WriteViaMove => {
                let place = self.place_of(args[0])?;
                self.store_operand(args[1], place);
                self.unit(result)
            }
            M::TypedSwapNonoverlapping => {
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
            M::CompareBytes => immediate(self.memcmp(args[0].immediate(), args[1].immediate(), args[2].immediate())),
            M::RawEq => {
                let layout = self.layout_of(self.arg_ty(instance, 0))?;
                let (a, b) = (args[0].immediate(), args[1].immediate());
                immediate(self.raw_equal(layout, a, b))
            }
            M::SizeOfVal | M::AlignOfVal => {
                let ty = self.arg_ty(instance, 0);
                let (_, meta) = args[0].pointer_parts();
                let (size, align) = self.size_and_align_of_dst(ty, meta);
                immediate(if op == M::SizeOfVal { size } else { align })
            }
            M::VtableSize | M::VtableAlign => {
                let word = u64::from(self.pointer_bytes());
                let offset = if op == M::VtableSize { word } else { 2 * word };
                immediate(self.load_vtable_usize(args[0].immediate(), offset))
            }
            M::ArithOffset | M::Offset => {
                let pointee = args[0].layout.ty.builtin_deref(self.cx.tcx).expect("a pointer");
                let size = self.layout_of(pointee)?.size.bytes();
                let offset = self.scaled(args[1].immediate(), size);
                let ptr = args[0].immediate();
                immediate(self.b.value(Inst::PtrAdd { ptr, offset, inbounds: op == M::Offset }))
            }
            M::PtrOffsetFrom | M::PtrOffsetFromUnsigned => {
                let size = self.layout_of(self.arg_ty(instance, 0))?.size.bytes();
                let ty = self.usize_type();
                let a = self.b.value(Inst::Cast { op: CastOp::PtrToInt, value: args[0].immediate(), ty });
                let b = self.b.value(Inst::Cast { op: CastOp::PtrToInt, value: args[1].immediate(), ty });
                let signed = op == M::PtrOffsetFrom;
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
            M::PtrMask => {
                let ptr = args[0].immediate();
                let ty = self.usize_type();
                let address = self.b.value(Inst::Cast { op: CastOp::PtrToInt, value: ptr, ty });
                let masked = self.binary(BinaryOp::And, address, args[1].immediate());
                // By distance, so that the pointer keeps its origin.
                let offset = self.sub(masked, address);
                immediate(self.b.value(Inst::PtrAdd { ptr, offset, inbounds: false }))
            }
            M::PrefetchReadData | M::PrefetchWriteData | M::PrefetchReadInstruction | M::PrefetchWriteInstruction => {
                let locality = instance.args.const_at(1).as_bits().unwrap_or(0).min(3) as u8;
                self.b.effect(Inst::Prefetch {
                    ptr: args[0].immediate(),
                    write: matches!(op, M::PrefetchWriteData | M::PrefetchWriteInstruction),
                    data: matches!(op, M::PrefetchReadData | M::PrefetchWriteData),
                    locality,
                });
                self.unit(result)
            }
            M::AggregateRawPtr => {
                let data = args[0].immediate();
                let val = match args[1].val {
                    OperandValue::ZeroSized => OperandValue::Immediate(data),
                    OperandValue::Immediate(meta) => OperandValue::Pair(data, meta),
                    other => ty::bug!("pointer metadata {other:?}"),
                };
                Ok(Some(OperandRef { val, layout: result }))
            }
            M::PtrMetadata => match args[0].pointer_parts() {
                (_, Some(meta)) => immediate(meta),
                (_, None) => self.unit(result),
            },
            M::SliceGetUnchecked => {
                // From a (reference or pointer to a) slice to one of its elements.
                let (ptr, _) = args[0].pointer_parts();
                let element = result.ty.builtin_deref(self.cx.tcx).expect("a pointer to an element");
                let size = self.layout_of(element)?.size.bytes();
                immediate(self.element_ptr(ptr, args[1].immediate(), size))
            }
            M::VaStart => {
                self.b.effect(Inst::VaStart { list: args[0].immediate() });
                self.unit(result)
            }
            M::VaCopy => {
                let place = self.place_of(args[0])?;
                let temp = self.new_temp(result);
                self.b.effect(Inst::VaCopy { dst: temp.ptr, src: place.ptr });
                Ok(Some(self.load_operand(temp)))
            }
            M::VaArg => Ok(Some(self.va_arg(args[0], result)?)),
            M::VaEnd => self.unit(result),
            // Their bodies are what they mean at run time.
            M::PtrGuaranteedCmp | M::ConstAllocate | M::ConstDeallocate | M::ConstMakeGlobal => Ok(None),
            // MIR never has it: building MIR replaces it.
            M::WriteBoxViaMove => Ok(None),
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

    /// Atomic accesses and fences.
    pub(super) fn atomic_intrinsic(
        &mut self,
        op: AtomicIntrinsic,
        instance: Instance<'tcx>,
        args: &[OperandRef<'tcx>],
        result: TyAndLayout<'tcx>,
    ) -> Result<OperandRef<'tcx>, LowerError> {
        let immediate = |value| OperandRef::immediate_of(value, result);
        use AtomicIntrinsic as A;
        let (op, order_index) = match op {
            A::Fence | A::Singlethreadfence => {
                let order = self.ordering(instance, 0)?;
                if order != Ordering::Relaxed {
                    self.b.effect(Inst::Fence { order, single_thread: op == A::Singlethreadfence });
                }
                return Ok(OperandRef::zero_sized(result));
            }
            A::Load => {
                let order = self.ordering(instance, 1)?;
                let (ty, _) = self.register_types(result).expect("atomics are scalars");
                let align = result.size.bytes();
                return Ok(immediate(self.b.value(Inst::AtomicLoad { ty, ptr: args[0].immediate(), order, align })));
            }
            A::Store => {
                let order = self.ordering(instance, 1)?;
                let align = args[1].layout.size.bytes();
                let (ptr, value) = (args[0].immediate(), args[1].immediate());
                self.b.effect(Inst::AtomicStore { value, ptr, order, align });
                return Ok(OperandRef::zero_sized(result));
            }
            A::Cxchg | A::Cxchgweak => {
                let success = self.ordering(instance, 1)?;
                let failure = self.ordering(instance, 2)?;
                let (old, exchanged) = self.b.pair(Inst::CmpXchg {
                    ptr: args[0].immediate(),
                    expected: args[1].immediate(),
                    new: args[2].immediate(),
                    success,
                    failure,
                    weak: op == A::Cxchgweak,
                });
                return Ok(OperandRef { val: OperandValue::Pair(old, exchanged), layout: result });
            }
            A::Xchg => (RmwOp::Xchg, 1),
            A::Xadd => (RmwOp::Add, 2),
            A::Xsub => (RmwOp::Sub, 2),
            A::And => (RmwOp::And, 2),
            A::Nand => (RmwOp::Nand, 2),
            A::Or => (RmwOp::Or, 2),
            A::Xor => (RmwOp::Xor, 2),
            A::Max => (RmwOp::Smax, 1),
            A::Min => (RmwOp::Smin, 1),
            A::Umax => (RmwOp::Umax, 1),
            A::Umin => (RmwOp::Umin, 1),
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
