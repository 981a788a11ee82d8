//! Instructions, each given to the file that lowers its kind.

use crate::function::FunctionCx;
use lir::{Inst, Node, Value};

impl<'c> FunctionCx<'_, '_, 'c> {
    pub(crate) fn lower_node(&mut self, node: &Node) -> Result<(), String> {
        let result = node.first_result;
        match &node.inst {
            // ---- constants and addresses
            Inst::Iconst { ty, value } => {
                let value = self.int_constant(*ty, *value);
                self.set(result, value);
            }
            Inst::Fconst { ty, bits } => {
                let value = self.float_constant(*ty, *bits);
                self.set(result, value);
            }
            Inst::Zero { ty } => self.set(result, self.cx.ty(*ty).zero()),
            Inst::Undef { ty } => self.set(result, self.cx.ty(*ty).undef()),
            Inst::SymbolAddr { symbol, offset } => {
                let address = self.symbol(*symbol);
                self.set(result, self.cx.offset_address(address, *offset));
            }
            Inst::TlsAddr { symbol } => {
                let symbol = self.symbol(*symbol);
                let address = self.cx.call_intrinsic("llvm.threadlocal.address", &[self.cx.types.ptr], &[symbol]);
                self.set(result, address);
            }
            Inst::SlotAddr { slot, offset } => {
                let slot = self.slots[*slot];
                let address = match offset {
                    0 => slot,
                    _ => {
                        let offset = self.cx.types.size.constant((*offset).into());
                        self.builder().ptr_add(self.cx.types.i8, slot, offset, true)
                    }
                };
                self.set(result, address);
            }
            // ---- variables
            Inst::GetVar { var } => self.get_var(result, *var),
            Inst::SetVar { var, value } => self.set_var(*var, *value),
            // ---- arithmetic
            Inst::Unary { op, value } => self.lower_unary(result, *op, *value),
            Inst::Binary { op, flags, lhs, rhs } => self.lower_binary(result, *op, *flags, *lhs, *rhs),
            Inst::Overflow { op, lhs, rhs } => self.lower_overflow(result, *op, *lhs, *rhs),
            Inst::Fma { a, b, c } => {
                let args = [self.get(*a), self.get(*b), self.get(*c)];
                let ty = self.llvm_ty_of(*a);
                let value = self.cx.call_intrinsic("llvm.fma", &[ty], &args);
                self.set(result, value);
            }
            Inst::FunnelShift { left, high, low, amount } => {
                let args = [self.get(*high), self.get(*low), self.get(*amount)];
                let ty = self.llvm_ty_of(*high);
                let name = if *left { "llvm.fshl" } else { "llvm.fshr" };
                let value = self.cx.call_intrinsic(name, &[ty], &args);
                self.set(result, value);
            }
            Inst::Icmp { cond, lhs, rhs } => self.lower_icmp(result, *cond, *lhs, *rhs),
            Inst::Fcmp { cond, lhs, rhs } => self.lower_fcmp(result, *cond, *lhs, *rhs),
            Inst::Select { cond, if_true, if_false } => self.lower_select(result, *cond, *if_true, *if_false),
            Inst::Cast { op, value, ty } => self.lower_cast(result, *op, *value, *ty),
            // ---- memory
            Inst::PtrAdd { .. }
            | Inst::Load { .. }
            | Inst::Store { .. }
            | Inst::AtomicLoad { .. }
            | Inst::AtomicStore { .. }
            | Inst::AtomicRmw { .. }
            | Inst::CmpXchg { .. }
            | Inst::Fence { .. }
            | Inst::Memcpy { .. }
            | Inst::Memmove { .. }
            | Inst::Memset { .. }
            | Inst::Prefetch { .. }
            | Inst::SlotLive { .. }
            | Inst::SlotDead { .. } => self.lower_memory(result, &node.inst),
            // ---- vectors
            Inst::Splat { .. }
            | Inst::ExtractLane { .. }
            | Inst::InsertLane { .. }
            | Inst::ExtractLaneDyn { .. }
            | Inst::InsertLaneDyn { .. }
            | Inst::Shuffle { .. }
            | Inst::Reduce { .. }
            | Inst::Bitmask { .. }
            | Inst::MaskFromBits { .. }
            | Inst::Gather { .. }
            | Inst::Scatter { .. }
            | Inst::MaskedLoad { .. }
            | Inst::MaskedStore { .. } => self.lower_vector(result, &node.inst),
            // ---- calls and the rest
            Inst::Call(call) => self.lower_call(node.results(), call),
            Inst::LlvmIntrinsic { name, args, .. } => return self.lower_intrinsic(node.results(), name, args),
            Inst::Asm(asm) => return self.lower_asm(node.results(), asm),
            Inst::Assume { cond } => {
                if self.cx.optimizes() {
                    let bit = self.condition(*cond);
                    self.cx.call_intrinsic("llvm.assume", &[], &[bit]);
                }
            }
            Inst::Expect { value, likely } => self.lower_expect(result, *value, *likely),
            Inst::BlackBox { value } => self.lower_black_box(result, *value),
            Inst::BlackBoxMemory { ptr } => {
                let ptr = self.get(*ptr);
                self.black_box_memory(ptr);
            }
            Inst::ReturnAddress => {
                let zero = self.cx.types.i32.zero();
                let address = self.cx.call_intrinsic("llvm.returnaddress", &[], &[zero]);
                self.set(result, address);
            }
            Inst::Breakpoint => {
                self.cx.call_intrinsic("llvm.debugtrap", &[], &[]);
            }
            Inst::VaStart { list } => self.lower_va("llvm.va_start", &[*list]),
            Inst::VaEnd { list } => self.lower_va("llvm.va_end", &[*list]),
            Inst::VaCopy { dst, src } => self.lower_va("llvm.va_copy", &[*dst, *src]),
        }
        Ok(())
    }

    fn lower_va(&mut self, name: &'static str, lists: &[Value]) {
        let args: Vec<_> = lists.iter().map(|list| self.get(*list)).collect();
        self.cx.call_intrinsic(name, &[self.cx.types.ptr], &args);
    }

    fn lower_expect(&mut self, result: Value, value: Value, likely: bool) {
        if !self.cx.optimizes() {
            return self.set_same(result, value);
        }
        let i1 = self.cx.types.i1;
        let bit = self.condition(value);
        let bit = self.cx.call_intrinsic("llvm.expect", &[i1], &[bit, i1.constant(likely.into())]);
        self.set_bit(result, bit);
    }
}
