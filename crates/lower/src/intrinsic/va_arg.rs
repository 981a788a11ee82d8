//! C's `va_arg`, written out for back ends to share: where the next variable argument is, by the ABI of each architecture.

use crate::operand::OperandRef;
use crate::place::PlaceRef;
use crate::{FunctionCx, LowerError};
use layout::TyAndLayout;
use lir::{BinaryOp, Block, Inst, IntCond, LoadFacts, MemFlags, Terminator, Type, Value, Var};

/// A list that is a pointer to the next argument, in slots of a size.
struct Slots {
    bytes: u64,
    /// Larger arguments are behind a pointer.
    widest: u64,
}

impl<'tcx> FunctionCx<'_, 'tcx> {
    /// The next argument of a list.
    pub(super) fn va_arg(
        &mut self,
        list: OperandRef<'tcx>,
        result: TyAndLayout<'tcx>,
    ) -> Result<OperandRef<'tcx>, LowerError> {
        let Some((ty, None)) = self.register_types(result) else {
            return Err(LowerError::unsupported("`va_arg` of an aggregate", self.span()));
        };
        let list = list.immediate();
        let cfg = &self.cx.tcx.session().cfg;
        let is_little = cfg.holds("target_endian", Some("little"));
        let ptr = match cfg.values("target_arch").next() {
            Some("x86_64") => self.sysv64_va_arg(list, ty),
            Some("aarch64") if is_little && cfg.holds("target_os", Some("linux")) => self.aapcs64_va_arg(list, result),
            Some("arm") if is_little => self.slot_va_arg(list, result, Slots { bytes: 4, widest: u64::MAX }),
            Some("wasm32" | "wasm64") => self.slot_va_arg(list, result, Slots { bytes: 4, widest: u64::MAX }),
            Some("riscv64") => self.slot_va_arg(list, result, Slots { bytes: 8, widest: 16 }),
            // The ABI for few registers aligns arguments in a way of its own.
            Some("riscv32") if &*self.cx.tcx.session().abi_name != "ilp32e" => {
                self.slot_va_arg(list, result, Slots { bytes: 4, widest: 8 })
            }
            _ => return Err(LowerError::unsupported("`va_arg` for this target", self.span())),
        };
        // In a slot, values have its alignment, if that is less than their own.
        let align = result.align.abi.bytes().min(self.cx.layout.pointer_size().bytes());
        Ok(self.load_operand(PlaceRef { ptr, meta: None, layout: result, align }))
    }

    /// System V ABI of x86-64, 3.5.7: `struct { u32 gp_offset, fp_offset; void *overflow_arg_area, *reg_save_area }`.
    fn sysv64_va_arg(&mut self, list: Value, ty: Type) -> Value {
        let (field, limit, step) = if ty.lane().is_float() { (4, 176, 16) } else { (0, 48, 8) };
        let offset_ptr = self.ptr_offset(list, field);
        let offset = self.load(Type::I32, offset_ptr, 4);
        let last = self.const_int(Type::I32, limit - step);
        let in_registers = self.icmp(IntCond::Ule, offset, last);
        let (register, memory) = (self.b.create_block(), self.b.create_block());
        let (address, done) = (self.b.create_var(Type::PTR), self.b.create_block());
        self.branch(in_registers, register, memory);
        self.b.switch_to(register);
        let save_ptr = self.ptr_offset(list, 16);
        let save = self.load(Type::PTR, save_ptr, 8);
        let wide = self.int_cast(offset, Type::I64, false);
        let from_save = self.b.value(Inst::PtrAdd { ptr: save, offset: wide, inbounds: true });
        let step_value = self.const_int(Type::I32, step);
        let next = self.binary(BinaryOp::Iadd, offset, step_value);
        self.store(next, offset_ptr, 4);
        self.found(address, from_save, done);
        self.b.switch_to(memory);
        let area_ptr = self.ptr_offset(list, 8);
        let area = self.load(Type::PTR, area_ptr, 8);
        let after = self.ptr_offset(area, 8);
        self.store(after, area_ptr, 8);
        self.found(address, area, done);
        self.b.switch_to(done);
        self.b.value(Inst::GetVar { var: address })
    }

    /// AAPCS64, appendix B: `struct { void *stack, *gr_top, *vr_top; int gr_offs, vr_offs }`. The offsets are negative while
    /// there are registers left.
    fn aapcs64_va_arg(&mut self, list: Value, result: TyAndLayout<'tcx>) -> Value {
        let size = result.size.bytes();
        let is_float = self.register_types(result).is_some_and(|(ty, _)| ty.lane().is_float() || ty.is_vector());
        let (top_field, offset_field, step) = match is_float {
            true => (16, 28, size.next_multiple_of(16)),
            false => (8, 24, size.next_multiple_of(8)),
        };
        let offset_ptr = self.ptr_offset(list, offset_field);
        let offset = self.load(Type::I32, offset_ptr, 4);
        let zero = self.const_int(Type::I32, 0);
        let are_used_up = self.icmp(IntCond::Sge, offset, zero);
        let (maybe, register, memory) = (self.b.create_block(), self.b.create_block(), self.b.create_block());
        let (address, done) = (self.b.create_var(Type::PTR), self.b.create_block());
        self.branch(are_used_up, memory, maybe);
        self.b.switch_to(maybe);
        let mut offset = offset;
        if !is_float && result.align.abi.bytes() > 8 {
            // It begins in an even register.
            let most = self.const_int(Type::I32, 15);
            let mask = self.const_int(Type::I32, u128::from(!15u32));
            let sum = self.binary(BinaryOp::Iadd, offset, most);
            offset = self.binary(BinaryOp::And, sum, mask);
        }
        let step = self.const_int(Type::I32, step.into());
        let next = self.binary(BinaryOp::Iadd, offset, step);
        self.store(next, offset_ptr, 4);
        let is_too_far = self.icmp(IntCond::Sgt, next, zero);
        self.branch(is_too_far, memory, register);
        self.b.switch_to(register);
        let top_ptr = self.ptr_offset(list, top_field);
        let top = self.load(Type::PTR, top_ptr, 8);
        let wide = self.int_cast(offset, Type::I64, true);
        let from_top = self.b.value(Inst::PtrAdd { ptr: top, offset: wide, inbounds: false });
        self.found(address, from_top, done);
        self.b.switch_to(memory);
        let on_stack = self.slot_va_arg(list, result, Slots { bytes: 8, widest: u64::MAX });
        self.found(address, on_stack, done);
        self.b.switch_to(done);
        self.b.value(Inst::GetVar { var: address })
    }

    /// The list is a pointer to the next argument, or begins with one.
    fn slot_va_arg(&mut self, list: Value, result: TyAndLayout<'tcx>, slots: Slots) -> Value {
        let pointer_bytes = self.cx.layout.pointer_size().bytes();
        let is_behind_pointer = result.size.bytes() > slots.widest;
        let (size, align) = match is_behind_pointer {
            true => (pointer_bytes, pointer_bytes),
            false => (result.size.bytes(), result.align.abi.bytes()),
        };
        let mut ptr = self.load(Type::PTR, list, pointer_bytes);
        if align > slots.bytes {
            // Up to the next multiple of the alignment: by as much as the negated address has in its low bits.
            let usize_type = self.usize_type();
            let address = self.reinterpret_value(ptr, usize_type);
            let zero = self.const_usize(0);
            let negated = self.binary(BinaryOp::Isub, zero, address);
            let mask = self.const_usize(align - 1);
            let offset = self.binary(BinaryOp::And, negated, mask);
            ptr = self.b.value(Inst::PtrAdd { ptr, offset, inbounds: true });
        }
        let after = self.ptr_offset(ptr, size.next_multiple_of(slots.bytes));
        self.store(after, list, pointer_bytes);
        match is_behind_pointer {
            true => self.load(Type::PTR, ptr, pointer_bytes),
            false => ptr,
        }
    }

    fn load(&mut self, ty: Type, ptr: Value, align: u64) -> Value {
        self.b.value(Inst::Load { ty, ptr, flags: MemFlags::aligned(align), facts: LoadFacts::default() })
    }

    fn store(&mut self, value: Value, ptr: Value, align: u64) {
        self.b.effect(Inst::Store { value, ptr, flags: MemFlags::aligned(align) });
    }

    /// One of the ways to the address, which goes on at `done`.
    fn found(&mut self, address: Var, value: Value, done: Block) {
        self.b.effect(Inst::SetVar { var: address, value });
        self.b.terminate(Terminator::Jump(done));
    }
}
