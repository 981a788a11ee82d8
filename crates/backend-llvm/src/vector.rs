//! Vectors.

use crate::function::FunctionCx;
use crate::ll::{Value, value::const_vector};
use lir::{Inst, ReduceOp, Scalar, Type};
use llvm_sys::{LLVMFastMathAllowReassoc, LLVMOpcode};

impl<'c> FunctionCx<'_, '_, 'c> {
    pub(crate) fn lower_vector(&mut self, result: lir::Value, inst: &Inst) {
        let i32 = self.cx.types.i32;
        match inst {
            Inst::Splat { ty, value } => {
                let value = self.get(*value);
                let vector = self.cx.ty(*ty);
                let builder = self.builder();
                let one = builder.insert_element(vector.poison(), value, i32.zero());
                let mask = i32.vector(ty.lanes().into()).zero();
                let splat = builder.shuffle(one, vector.poison(), mask);
                self.set(result, splat);
            }
            Inst::ExtractLane { vector, lane } => {
                let vector = self.get(*vector);
                let value = self.builder().extract_element(vector, i32.constant((*lane).into()));
                self.set(result, value);
            }
            Inst::InsertLane { vector, lane, value } => {
                let (vector, value) = (self.get(*vector), self.get(*value));
                let value = self.builder().insert_element(vector, value, i32.constant((*lane).into()));
                self.set(result, value);
            }
            Inst::ExtractLaneDyn { vector, lane } => {
                let (vector, lane) = (self.get(*vector), self.get(*lane));
                let value = self.builder().extract_element(vector, lane);
                self.set(result, value);
            }
            Inst::InsertLaneDyn { vector, lane, value } => {
                let (vector, lane, value) = (self.get(*vector), self.get(*lane), self.get(*value));
                let value = self.builder().insert_element(vector, value, lane);
                self.set(result, value);
            }
            Inst::Shuffle { a, b, mask } => {
                let (a, b) = (self.get(*a), self.get(*b));
                let mask: Vec<Value> = mask.iter().map(|lane| i32.constant((*lane).into())).collect();
                let value = self.builder().shuffle(a, b, const_vector(&mask));
                self.set(result, value);
            }
            Inst::Reduce { op, vector } => self.lower_reduce(result, *op, *vector),
            Inst::Bitmask { vector, ty } => {
                let lanes = self.ty_of(*vector).lanes();
                let mask = self.mask(*vector);
                let builder = self.builder();
                let bits = builder.bitcast(mask, self.cx.context.int(lanes.into()));
                let wide = self.cx.ty(*ty);
                let value = if bits.ty() == wide { bits } else { builder.zext(bits, wide) };
                self.set(result, value);
            }
            Inst::MaskFromBits { value, ty } => {
                let bits = self.get(*value);
                let narrow = self.cx.context.int(ty.lanes().into());
                let builder = self.builder();
                let bits = if bits.ty() == narrow { bits } else { builder.trunc(bits, narrow) };
                let mask = builder.bitcast(bits, self.cx.shaped(*ty, self.cx.types.i1));
                self.set_bit(result, mask);
            }
            Inst::Gather { ptrs, mask, passthru, align } => {
                let (ptrs, mask, passthru) = (self.get(*ptrs), self.mask(*mask), self.get(*passthru));
                let types = [passthru.ty(), ptrs.ty()];
                let value = self.cx.call_intrinsic("llvm.masked.gather", &types, &[ptrs, mask, passthru]);
                self.add_pointer_align(value, 0, *align);
                self.set(result, value);
            }
            Inst::Scatter { ptrs, mask, value, align } => {
                let (ptrs, mask, value) = (self.get(*ptrs), self.mask(*mask), self.get(*value));
                let types = [value.ty(), ptrs.ty()];
                let call = self.cx.call_intrinsic("llvm.masked.scatter", &types, &[value, ptrs, mask]);
                self.add_pointer_align(call, 1, *align);
            }
            Inst::MaskedLoad { ptr, mask, passthru, align } => {
                let (ptr, mask, passthru) = (self.get(*ptr), self.mask(*mask), self.get(*passthru));
                let types = [passthru.ty(), ptr.ty()];
                let value = self.cx.call_intrinsic("llvm.masked.load", &types, &[ptr, mask, passthru]);
                self.add_pointer_align(value, 0, *align);
                self.set(result, value);
            }
            Inst::MaskedStore { ptr, mask, value, align } => {
                let (ptr, mask, value) = (self.get(*ptr), self.mask(*mask), self.get(*value));
                let types = [value.ty(), ptr.ty()];
                let call = self.cx.call_intrinsic("llvm.masked.store", &types, &[value, ptr, mask]);
                self.add_pointer_align(call, 1, *align);
            }
            _ => unreachable!("not a vector instruction"),
        }
    }

    /// LLVM 22 has the alignment of masked accesses as an attribute of the pointer.
    fn add_pointer_align(&self, call: Value<'c>, param: u32, align: u64) {
        let kind = crate::ll::attribute::kind("align");
        let attribute = self.cx.context.attribute(kind, align.max(1));
        call.add_call_attribute(crate::ll::attribute::Place::Param(param), attribute);
    }

    fn lower_reduce(&mut self, result: lir::Value, op: ReduceOp, vector: lir::Value) {
        let ty = self.ty_of(vector);
        // Of masks, whether all or any lanes are set.
        if let (Some(mask), ReduceOp::And | ReduceOp::Or) = (self.known_bit(vector), op) {
            let name = if op == ReduceOp::And { "llvm.vector.reduce.and" } else { "llvm.vector.reduce.or" };
            let bit = self.cx.call_intrinsic(name, &[mask.ty()], &[mask]);
            let lane = self.cx.scalar(ty.lane());
            let value = self.builder().cast(LLVMOpcode::LLVMSExt, bit, lane);
            return self.set(result, value);
        }
        let vector = self.get(vector);
        if ty.lane() == Scalar::Ptr {
            return self.reduce_pointers(result, op, vector, ty);
        }
        let reduce = |name| self.cx.call_intrinsic(name, &[vector.ty()], &[vector]);
        let fold = |name, start| self.cx.call_intrinsic(name, &[vector.ty()], &[start, vector]);
        // What changes nothing: -0.0 for sums, 1.0 for products.
        let neutral_sum = || self.float_constant(Type::Scalar(ty.lane()), 1 << (self.cx.bits(ty.lane()) - 1));
        let neutral_product = || self.float_one(ty.lane());
        let value = match op {
            ReduceOp::Add => reduce("llvm.vector.reduce.add"),
            ReduceOp::Mul => reduce("llvm.vector.reduce.mul"),
            ReduceOp::And => reduce("llvm.vector.reduce.and"),
            ReduceOp::Or => reduce("llvm.vector.reduce.or"),
            ReduceOp::Xor => reduce("llvm.vector.reduce.xor"),
            ReduceOp::Umin => reduce("llvm.vector.reduce.umin"),
            ReduceOp::Umax => reduce("llvm.vector.reduce.umax"),
            ReduceOp::Smin => reduce("llvm.vector.reduce.smin"),
            ReduceOp::Smax => reduce("llvm.vector.reduce.smax"),
            ReduceOp::Fmin => reduce("llvm.vector.reduce.fmin"),
            ReduceOp::Fmax => reduce("llvm.vector.reduce.fmax"),
            ReduceOp::FaddOrdered => fold("llvm.vector.reduce.fadd", neutral_sum()),
            ReduceOp::FmulOrdered => fold("llvm.vector.reduce.fmul", neutral_product()),
            ReduceOp::FaddAny => {
                let value = fold("llvm.vector.reduce.fadd", neutral_sum());
                value.set_fast_math(LLVMFastMathAllowReassoc);
                value
            }
            ReduceOp::FmulAny => {
                let value = fold("llvm.vector.reduce.fmul", neutral_product());
                value.set_fast_math(LLVMFastMathAllowReassoc);
                value
            }
        };
        self.set(result, value);
    }

    fn reduce_pointers(&mut self, result: lir::Value, op: ReduceOp, vector: Value<'c>, ty: Type) {
        let name = match op {
            ReduceOp::Add => "llvm.vector.reduce.add",
            ReduceOp::Mul => "llvm.vector.reduce.mul",
            ReduceOp::And => "llvm.vector.reduce.and",
            ReduceOp::Or => "llvm.vector.reduce.or",
            ReduceOp::Xor => "llvm.vector.reduce.xor",
            ReduceOp::Umin => "llvm.vector.reduce.umin",
            ReduceOp::Umax => "llvm.vector.reduce.umax",
            ReduceOp::Smin => "llvm.vector.reduce.smin",
            _ => "llvm.vector.reduce.smax",
        };
        let bits = self.cx.shaped(ty, self.cx.types.size);
        let builder = self.builder();
        let vector = builder.cast(LLVMOpcode::LLVMPtrToInt, vector, bits);
        let value = self.cx.call_intrinsic(name, &[bits], &[vector]);
        let value = builder.cast(LLVMOpcode::LLVMIntToPtr, value, self.cx.types.ptr);
        self.set(result, value);
    }

    fn float_one(&self, scalar: Scalar) -> Value<'c> {
        let bits = match scalar {
            Scalar::F16 => 0x3c00,
            Scalar::F32 => 0x3f80_0000,
            Scalar::F64 => 0x3ff0_0000_0000_0000,
            Scalar::F128 => 0x3fff << 112,
            _ => 0,
        };
        self.float_constant(Type::Scalar(scalar), bits)
    }
}
