//! Loads and stores, atomics, blocks of memory.

use crate::attributes::proper_range;
use crate::function::FunctionCx;
use crate::ll::Value;
use lir::{Inst, LoadFacts, MemFlags, Ordering, RmwOp, Scalar, Type};
use llvm_sys::{LLVMAtomicOrdering, LLVMAtomicRMWBinOp, LLVMOpcode};

impl<'c> FunctionCx<'_, '_, 'c> {
    pub(crate) fn lower_memory(&mut self, result: lir::Value, inst: &Inst) {
        match inst {
            Inst::PtrAdd { ptr, offset, inbounds } => {
                let (ptr, offset) = (self.get(*ptr), self.get(*offset));
                let value = self.builder().ptr_add(self.cx.types.i8, ptr, offset, *inbounds);
                self.set(result, value);
            }
            Inst::Load { ty, ptr, flags, facts } => self.lower_load(result, *ty, *ptr, *flags, facts),
            Inst::Store { value, ptr, flags } => {
                let (value, ptr) = (self.get(*value), self.get(*ptr));
                let store = self.builder().store(value, ptr, flags.align.max(1));
                self.add_access_flags(store, *flags);
            }
            Inst::AtomicLoad { ty, ptr, order, align } => {
                let ptr = self.get(*ptr);
                let load = self.builder().load(self.cx.ty(*ty), ptr, *align);
                load.set_ordering(ordering(*order));
                self.set(result, load);
            }
            Inst::AtomicStore { value, ptr, order, align } => {
                let (value, ptr) = (self.get(*value), self.get(*ptr));
                self.builder().store(value, ptr, *align).set_ordering(ordering(*order));
            }
            Inst::AtomicRmw { op, ptr, value, order } => self.lower_rmw(result, *op, *ptr, *value, *order),
            Inst::CmpXchg { ptr, expected, new, success, failure, weak } => {
                let (ptr, expected, new) = (self.get(*ptr), self.get(*expected), self.get(*new));
                let builder = self.builder();
                let both = builder.cmpxchg(ptr, expected, new, ordering(*success), ordering(*failure));
                if *weak {
                    both.set_weak();
                }
                self.set(result, builder.extract_value(both, 0));
                self.set_bit(result.plus(1), builder.extract_value(both, 1));
            }
            // A relaxed fence orders nothing, and LLVM has none.
            Inst::Fence { order: Ordering::Relaxed, .. } => {}
            Inst::Fence { order, single_thread } => self.builder().fence(ordering(*order), *single_thread),
            Inst::Memcpy { dst, src, len, dst_align, src_align, volatile } => {
                let (dst, src, len) = (self.get(*dst), self.get(*src), self.get(*len));
                let call = self.builder().memcpy((dst, *dst_align), (src, *src_align), len);
                self.set_block_volatile(call, *volatile);
            }
            Inst::Memmove { dst, src, len, dst_align, src_align, volatile } => {
                let (dst, src, len) = (self.get(*dst), self.get(*src), self.get(*len));
                let call = self.builder().memmove((dst, *dst_align), (src, *src_align), len);
                self.set_block_volatile(call, *volatile);
            }
            Inst::Memset { dst, byte, len, align, volatile } => {
                let (dst, byte, len) = (self.get(*dst), self.get(*byte), self.get(*len));
                let call = self.builder().memset(dst, byte, len, *align);
                self.set_block_volatile(call, *volatile);
            }
            Inst::Prefetch { ptr, write, data, locality } => {
                let number = |number: u8| self.cx.types.i32.constant(number.into());
                let (write, locality, data) = (number((*write).into()), number(*locality), number((*data).into()));
                let ptr = self.get(*ptr);
                self.cx.call_intrinsic("llvm.prefetch", &[ptr.ty()], &[ptr, write, locality, data]);
            }
            Inst::SlotLive { slot } => self.lower_lifetime("llvm.lifetime.start", *slot),
            Inst::SlotDead { slot } => self.lower_lifetime("llvm.lifetime.end", *slot),
            _ => unreachable!("not a memory instruction"),
        }
    }

    fn lower_lifetime(&mut self, name: &'static str, slot: lir::Slot) {
        if self.cx.optimizes() {
            let slot = self.slots[slot];
            self.cx.call_intrinsic(name, &[self.cx.types.ptr], &[slot]);
        }
    }

    fn lower_load(&mut self, result: lir::Value, ty: Type, ptr: lir::Value, flags: MemFlags, facts: &LoadFacts) {
        let ptr = self.get(ptr);
        let load = self.builder().load(self.cx.ty(ty), ptr, flags.align.max(1));
        self.add_access_flags(load, flags);
        if self.cx.optimizes() {
            self.add_load_facts(load, ty, facts);
        }
        self.set(result, load);
    }

    fn add_access_flags(&self, access: Value<'c>, flags: MemFlags) {
        if flags.volatile {
            access.set_volatile();
        }
        if flags.nontemporal {
            let one = self.cx.context.md_value(self.cx.types.i32.constant(1));
            let node = self.cx.context.md_as_value(self.cx.context.md_node(&[one]));
            access.set_metadata(self.cx.kinds.nontemporal, node);
        }
    }

    fn add_load_facts(&self, load: Value<'c>, ty: Type, facts: &LoadFacts) {
        let context = self.cx.context;
        let kinds = &self.cx.kinds;
        let Type::Scalar(scalar) = ty else { return };
        let flag = |kind| load.set_metadata(kind, context.md_as_value(context.md_node(&[])));
        if facts.noundef {
            flag(kinds.noundef);
        }
        if facts.invariant {
            flag(kinds.invariant_load);
        }
        if scalar == Scalar::Ptr {
            if facts.nonnull {
                flag(kinds.nonnull);
            }
            if facts.pointee_align > 1 {
                let align = context.md_value(self.cx.types.i64.constant(facts.pointee_align.into()));
                load.set_metadata(kinds.align, context.md_as_value(context.md_node(&[align])));
            }
        }
        if let (true, Some((low, high))) = (scalar.is_int(), facts.range)
            && let Some((low, high)) = proper_range(self.cx.bits(scalar), low, high)
        {
            let bound = |bound| context.md_value(self.cx.scalar(scalar).constant(bound));
            load.set_metadata(kinds.range, context.md_as_value(context.md_node(&[bound(low), bound(high)])));
        }
    }

    /// The last operand of the functions on blocks of memory says whether they are volatile.
    fn set_block_volatile(&self, call: Value<'c>, volatile: bool) {
        if volatile {
            call.set_operand(3, self.cx.types.i1.all_ones());
        }
    }

    fn lower_rmw(&mut self, result: lir::Value, op: RmwOp, ptr: lir::Value, value: lir::Value, order: Ordering) {
        let opcode = match op {
            RmwOp::Xchg => LLVMAtomicRMWBinOp::LLVMAtomicRMWBinOpXchg,
            RmwOp::Add => LLVMAtomicRMWBinOp::LLVMAtomicRMWBinOpAdd,
            RmwOp::Sub => LLVMAtomicRMWBinOp::LLVMAtomicRMWBinOpSub,
            RmwOp::And => LLVMAtomicRMWBinOp::LLVMAtomicRMWBinOpAnd,
            RmwOp::Nand => LLVMAtomicRMWBinOp::LLVMAtomicRMWBinOpNand,
            RmwOp::Or => LLVMAtomicRMWBinOp::LLVMAtomicRMWBinOpOr,
            RmwOp::Xor => LLVMAtomicRMWBinOp::LLVMAtomicRMWBinOpXor,
            RmwOp::Umin => LLVMAtomicRMWBinOp::LLVMAtomicRMWBinOpUMin,
            RmwOp::Umax => LLVMAtomicRMWBinOp::LLVMAtomicRMWBinOpUMax,
            RmwOp::Smin => LLVMAtomicRMWBinOp::LLVMAtomicRMWBinOpMin,
            RmwOp::Smax => LLVMAtomicRMWBinOp::LLVMAtomicRMWBinOpMax,
        };
        // LLVM exchanges pointers but does not count with them.
        let as_int = op != RmwOp::Xchg && self.ty_of(value) == Type::PTR;
        let (ptr, mut operand) = (self.get(ptr), self.get(value));
        let builder = self.builder();
        if as_int {
            operand = builder.cast(LLVMOpcode::LLVMPtrToInt, operand, self.cx.types.size);
        }
        let mut old = builder.atomic_rmw(opcode, ptr, operand, ordering(order));
        if as_int {
            old = builder.cast(LLVMOpcode::LLVMIntToPtr, old, self.cx.types.ptr);
        }
        self.set(result, old);
    }
}

fn ordering(order: Ordering) -> LLVMAtomicOrdering {
    match order {
        Ordering::Relaxed => LLVMAtomicOrdering::LLVMAtomicOrderingMonotonic,
        Ordering::Acquire => LLVMAtomicOrdering::LLVMAtomicOrderingAcquire,
        Ordering::Release => LLVMAtomicOrdering::LLVMAtomicOrderingRelease,
        Ordering::AcqRel => LLVMAtomicOrdering::LLVMAtomicOrderingAcquireRelease,
        Ordering::SeqCst => LLVMAtomicOrdering::LLVMAtomicOrderingSequentiallyConsistent,
    }
}
