//! Instructions: which part of the translator does which.

use super::{Parts, Shape, Stop, Translator};
use crate::isa::Arch;
use cranelift_codegen::ir::immediates::{Ieee16, Ieee32, Ieee64};
use cranelift_codegen::ir::{self, InstBuilder, types};
use lir::{Inst, Node, Type};

impl Translator<'_> {
    pub(super) fn inst(&mut self, node: &Node) -> Result<(), Stop> {
        if let Some(parts) = self.one_result(node)? {
            self.define(node.result(0), parts);
        }
        Ok(())
    }

    /// Translates an instruction. Gives the result of those that have exactly one; others define theirs themselves.
    fn one_result(&mut self, node: &Node) -> Result<Option<Parts>, Stop> {
        let result = match &node.inst {
            Inst::Iconst { ty, value } => {
                let Shape::Scalar(clif) = Shape::of(*ty) else {
                    return Err(Stop::internal("an integer constant of vector type"));
                };
                self.constants.insert(node.first_result, *value);
                one(self.int(clif, *value))
            }
            Inst::Fconst { ty, bits } => {
                let Shape::Scalar(clif) = Shape::of(*ty) else {
                    return Err(Stop::internal("a float constant of vector type"));
                };
                one(self.float(clif, *bits))
            }
            Inst::Zero { ty } | Inst::Undef { ty } => self.zero(*ty),
            Inst::SymbolAddr { symbol, offset } => {
                let global = self.symbol(*symbol);
                let base = self.builder.ins().symbol_value(types::I64, global);
                one(self.offset(base, *offset as u64))
            }
            Inst::TlsAddr { symbol } => {
                let global = self.symbol(*symbol);
                one(self.builder.ins().tls_value(types::I64, global))
            }
            Inst::SlotAddr { slot, offset } => {
                self.slot_addresses.insert(node.first_result, (*slot, *offset));
                return Ok(None);
            }
            Inst::GetVar { var } => self.get_var(*var),
            Inst::SetVar { var, value } => {
                self.set_var(*var, *value);
                return Ok(None);
            }
            Inst::Unary { op, value } => self.unary(*op, *value),
            Inst::Binary { op, lhs, rhs, .. } => self.binary(*op, *lhs, *rhs),
            Inst::Overflow { op, lhs, rhs } => {
                let (wrapped, overflowed) = self.overflow(*op, *lhs, *rhs);
                self.define(node.result(0), wrapped);
                self.define(node.result(1), overflowed);
                return Ok(None);
            }
            Inst::Fma { a, b, c } => self.fma(*a, *b, *c),
            Inst::FunnelShift { left, high, low, amount } => self.funnel_shift(*left, *high, *low, *amount),
            Inst::Icmp { cond, lhs, rhs } => self.icmp(*cond, *lhs, *rhs),
            Inst::Fcmp { cond, lhs, rhs } => self.fcmp(*cond, *lhs, *rhs),
            Inst::Select { cond, if_true, if_false } => self.select(*cond, *if_true, *if_false),
            Inst::Cast { op, value, ty } => self.cast(*op, *value, *ty)?,
            Inst::PtrAdd { ptr, offset, inbounds: true } if let Some(address) = self.within_slot(*ptr, *offset) => {
                self.slot_addresses.insert(node.first_result, address);
                return Ok(None);
            }
            Inst::PtrAdd { ptr, offset, .. } => {
                let ptrs = self.parts(*ptr);
                let offsets = self.parts(*offset);
                ptrs.into_iter().zip(offsets).map(|(ptr, offset)| self.builder.ins().iadd(ptr, offset)).collect()
            }
            Inst::Load { ty, ptr, flags, .. } => self.load(*ty, *ptr, *flags),
            Inst::Store { value, ptr, flags } => {
                self.store(*value, *ptr, *flags);
                return Ok(None);
            }
            Inst::AtomicLoad { ty, ptr, .. } => self.atomic_load(*ty, *ptr)?,
            Inst::AtomicStore { value, ptr, order, .. } => {
                return self.atomic_store(*value, *ptr, *order).map(|()| None);
            }
            Inst::AtomicRmw { op, ptr, value, .. } => self.atomic_rmw(*op, *ptr, *value)?,
            Inst::CmpXchg { ptr, expected, new, .. } => {
                let (old, exchanged) = self.cmpxchg(*ptr, *expected, *new)?;
                self.define(node.result(0), old);
                self.define(node.result(1), exchanged);
                return Ok(None);
            }
            Inst::Fence { order, single_thread } => {
                // x86 orders everything but a store before a later load by itself.
                let is_needed = *order == lir::Ordering::SeqCst || self.features.arch != Arch::X86_64;
                if is_needed && !single_thread {
                    self.builder.ins().fence();
                }
                return Ok(None);
            }
            Inst::Memcpy { dst, src, len, volatile, .. } => {
                self.copy("memcpy", *dst, *src, *len, *volatile);
                return Ok(None);
            }
            Inst::Memmove { dst, src, len, volatile, .. } => {
                self.copy("memmove", *dst, *src, *len, *volatile);
                return Ok(None);
            }
            Inst::Memset { dst, byte, len, volatile, .. } => {
                self.fill(*dst, *byte, *len, *volatile);
                return Ok(None);
            }
            Inst::Splat { ty, value } => self.splat(*ty, *value),
            Inst::ExtractLane { vector, lane } => one(self.extract_lane(*vector, *lane)),
            Inst::InsertLane { vector, lane, value } => self.insert_lane(*vector, *lane, *value),
            Inst::ExtractLaneDyn { vector, lane } => self.extract_lane_dyn(*vector, *lane),
            Inst::InsertLaneDyn { vector, lane, value } => self.insert_lane_dyn(*vector, *lane, *value),
            Inst::Shuffle { a, b, mask } => self.shuffle(*a, *b, mask),
            Inst::Reduce { op, vector } => one(self.reduce(*op, *vector)),
            Inst::Bitmask { vector, ty } => one(self.bitmask(*vector, *ty)),
            Inst::MaskFromBits { value, ty } => self.mask_from_bits(*value, *ty),
            Inst::Gather { ptrs, mask, passthru, .. } => self.gather(*ptrs, *mask, *passthru),
            Inst::Scatter { ptrs, mask, value, .. } => {
                self.scatter(*ptrs, *mask, *value);
                return Ok(None);
            }
            Inst::MaskedLoad { ptr, mask, passthru, .. } => self.masked_load(*ptr, *mask, *passthru),
            Inst::MaskedStore { ptr, mask, value, .. } => {
                self.masked_store(*ptr, *mask, *value);
                return Ok(None);
            }
            Inst::Call(call) => {
                let results = self.call(call)?;
                for (value, parts) in node.results().zip(results) {
                    self.define(value, parts);
                }
                return Ok(None);
            }
            Inst::LlvmIntrinsic { name, args, returns } => {
                let results = self.intrinsic(name, args, returns)?;
                for (value, parts) in node.results().zip(results) {
                    self.define(value, parts);
                }
                return Ok(None);
            }
            Inst::Asm(_) => return Err(Stop::rejected("inline assembly")),
            Inst::Expect { value, .. } | Inst::BlackBox { value } => self.parts(*value),
            Inst::ReturnAddress => one(self.builder.ins().get_return_address(types::I64)),
            Inst::Breakpoint => {
                self.builder.ins().debugtrap();
                return Ok(None);
            }
            Inst::SlotLive { .. }
            | Inst::SlotDead { .. }
            | Inst::Prefetch { .. }
            | Inst::Assume { .. }
            | Inst::BlackBoxMemory { .. }
            | Inst::VaEnd { .. } => return Ok(None),
            Inst::VaStart { .. } => return Err(Stop::rejected("va_start")),
            Inst::VaCopy { dst, src } => {
                self.copy_va_list(*dst, *src);
                return Ok(None);
            }
        };
        Ok(Some(result))
    }

    /// A float constant by its bits.
    pub(super) fn float(&mut self, ty: ir::Type, bits: u128) -> ir::Value {
        match ty {
            types::F16 => self.builder.ins().f16const(Ieee16::with_bits(bits as u16)),
            types::F32 => self.builder.ins().f32const(Ieee32::with_bits(bits as u32)),
            types::F64 => self.builder.ins().f64const(Ieee64::with_bits(bits as u64)),
            _ => {
                let constant = self.builder.func.dfg.constants.insert(bits.to_le_bytes().as_slice().into());
                self.builder.ins().f128const(constant)
            }
        }
    }

    /// A value of zero bytes.
    pub(super) fn zero(&mut self, ty: Type) -> Parts {
        let shape = Shape::of(ty);
        let part = shape.part();
        let zero = if part.is_vector() {
            let constant = self.builder.func.dfg.constants.insert([0u8; 16].as_slice().into());
            self.builder.ins().vconst(part, constant)
        } else if part.is_float() {
            self.float(part, 0)
        } else {
            self.int(part, 0)
        };
        Parts::from_elem(zero, shape.count())
    }
}

pub(super) fn one(value: ir::Value) -> Parts {
    Parts::from_elem(value, 1)
}
