//! Vector operations: lanes in and out, shuffles, reductions, masks.
//!
//! What has no good form on whole registers is done lane by lane. That is slow and right; code that wants fast
//! vectors is compiled by another back end.

use super::{Parts, Shape, Translator};
use cranelift_codegen::ir::{self, InstBuilder, MemFlagsData, types};
use lir::{BinaryOp, ReduceOp, Type, Value};

impl Translator<'_> {
    /// The lanes of a value, lowest first.
    pub(super) fn lanes(&mut self, ty: Type, parts: &[ir::Value]) -> Vec<ir::Value> {
        match Shape::of(ty) {
            Shape::Scalar(_) | Shape::Lanes(..) => parts.to_vec(),
            Shape::Chunks(chunk, _) => {
                let per_chunk = chunk.lane_count() as u8;
                let mut lanes = Vec::with_capacity(parts.len() * usize::from(per_chunk));
                for &part in parts {
                    lanes.extend((0..per_chunk).map(|lane| self.builder.ins().extractlane(part, lane)));
                }
                lanes
            }
        }
    }

    /// A value from its lanes.
    pub(super) fn join_lanes(&mut self, ty: Type, lanes: &[ir::Value]) -> Parts {
        match Shape::of(ty) {
            Shape::Scalar(_) | Shape::Lanes(..) => Parts::from_slice(lanes),
            Shape::Chunks(chunk, _) => {
                lanes.chunks(chunk.lane_count() as usize).map(|lanes| self.chunk_from_lanes(chunk, lanes)).collect()
            }
        }
    }

    fn chunk_from_lanes(&mut self, chunk: ir::Type, lanes: &[ir::Value]) -> ir::Value {
        if lanes.iter().all(|&lane| lane == lanes[0]) {
            return self.builder.ins().splat(chunk, lanes[0]);
        }
        let mut vector = if chunk.lane_bits() < 32 {
            // Registers are moved into vectors by 32 bits at least.
            let wide = self.builder.ins().uextend(types::I32, lanes[0]);
            let vector = self.builder.ins().scalar_to_vector(types::I32X4, wide);
            self.reinterpret(chunk, vector)
        } else {
            self.builder.ins().scalar_to_vector(chunk, lanes[0])
        };
        for (&lane, index) in lanes.iter().zip(0u8..).skip(1) {
            vector = self.builder.ins().insertlane(vector, lane, index);
        }
        vector
    }

    pub(super) fn splat(&mut self, ty: Type, value: Value) -> Parts {
        let value = self.single(value);
        match Shape::of(ty) {
            Shape::Chunks(chunk, count) => {
                let vector = self.builder.ins().splat(chunk, value);
                Parts::from_elem(vector, count as usize)
            }
            shape => Parts::from_elem(value, shape.count()),
        }
    }

    pub(super) fn extract_lane(&mut self, vector: Value, lane: u16) -> ir::Value {
        let (part, lane) = self.locate(self.ty(vector), lane);
        let parts = self.parts(vector);
        match lane {
            Some(lane) => self.builder.ins().extractlane(parts[part], lane),
            None => parts[part],
        }
    }

    pub(super) fn insert_lane(&mut self, vector: Value, lane: u16, value: Value) -> Parts {
        let (part, lane) = self.locate(self.ty(vector), lane);
        let mut parts = self.parts(vector);
        let value = self.single(value);
        parts[part] = match lane {
            Some(lane) => self.builder.ins().insertlane(parts[part], value, lane),
            None => value,
        };
        parts
    }

    /// The part that a lane is in, and its number within that part where a part holds several.
    fn locate(&self, ty: Type, lane: u16) -> (usize, Option<u8>) {
        match Shape::of(ty) {
            Shape::Chunks(chunk, _) => {
                let per_chunk = chunk.lane_count() as u16;
                (usize::from(lane / per_chunk), Some((lane % per_chunk) as u8))
            }
            _ => (usize::from(lane), None),
        }
    }

    /// Puts a vector in memory of our own; gives its address and that of a lane chosen at run time.
    fn spill(&mut self, ty: Type, parts: &[ir::Value], lane: ir::Value) -> (ir::Value, ir::Value) {
        let slot = self.scratch(ty.size_bytes(8));
        let base = self.builder.ins().stack_addr(types::I64, slot, 0);
        self.store_parts(parts, base, own_memory());
        let index = self.builder.ins().uextend(types::I64, lane);
        let offset = self.builder.ins().imul_imm_u(index, i64::from(ty.lane().size_bytes(8)));
        (base, self.builder.ins().iadd(base, offset))
    }

    pub(super) fn extract_lane_dyn(&mut self, vector: Value, lane: Value) -> Parts {
        let ty = self.ty(vector);
        let (parts, lane) = (self.parts(vector), self.single(lane));
        let (_, address) = self.spill(ty, &parts, lane);
        self.load_parts(Type::Scalar(ty.lane()), address, own_memory())
    }

    pub(super) fn insert_lane_dyn(&mut self, vector: Value, lane: Value, value: Value) -> Parts {
        let ty = self.ty(vector);
        let (parts, lane, value) = (self.parts(vector), self.single(lane), self.parts(value));
        let (base, address) = self.spill(ty, &parts, lane);
        self.store_parts(&value, address, own_memory());
        self.load_parts(ty, base, own_memory())
    }

    pub(super) fn shuffle(&mut self, a: Value, b: Value, mask: &[u16]) -> Parts {
        let ty = self.ty(a);
        let result = Type::vector(ty.lane(), mask.len() as u16);
        let lanes = usize::from(ty.lanes());
        let sources: Vec<ir::Value> = mask
            .iter()
            .map(|&index| match usize::from(index).checked_sub(lanes) {
                None => self.extract_lane(a, index),
                Some(index) => self.extract_lane(b, index as u16),
            })
            .collect();
        self.join_lanes(result, &sources)
    }

    pub(super) fn reduce(&mut self, op: ReduceOp, vector: Value) -> ir::Value {
        let ty = self.ty(vector);
        let op = match op {
            ReduceOp::Add => BinaryOp::Iadd,
            ReduceOp::Mul => BinaryOp::Imul,
            ReduceOp::And => BinaryOp::And,
            ReduceOp::Or => BinaryOp::Or,
            ReduceOp::Xor => BinaryOp::Xor,
            ReduceOp::Umin => BinaryOp::Umin,
            ReduceOp::Umax => BinaryOp::Umax,
            ReduceOp::Smin => BinaryOp::Smin,
            ReduceOp::Smax => BinaryOp::Smax,
            ReduceOp::Fmin => BinaryOp::Fmin,
            ReduceOp::Fmax => BinaryOp::Fmax,
            ReduceOp::FaddOrdered | ReduceOp::FaddAny => BinaryOp::Fadd,
            ReduceOp::FmulOrdered | ReduceOp::FmulAny => BinaryOp::Fmul,
        };
        let parts = self.parts(vector);
        let lanes = self.lanes(ty, &parts);
        let mut lanes = lanes.into_iter();
        let first = lanes.next().expect("a vector has a lane");
        lanes.fold(first, |result, lane| self.scalar_binary(op, ty.lane(), result, lane))
    }

    pub(super) fn bitmask(&mut self, vector: Value, to: Type) -> ir::Value {
        let ty = self.ty(vector);
        let parts = self.parts(vector);
        let to = Shape::of(to).part();
        let mut result = None;
        let mut shift = 0;
        let is_chunks = matches!(Shape::of(ty), Shape::Chunks(..));
        for part in parts {
            let (bits, width) = if is_chunks {
                let ints = self.clif_ty(part).as_int();
                let part = self.reinterpret(ints, part);
                // The register form gives at least one bit a lane in a whole integer.
                let bits = self.builder.ins().vhigh_bits(types::I32, part);
                (self.resize(bits, to), ints.lane_count())
            } else {
                let part = if self.clif_ty(part).is_float() { self.float_bits(part) } else { part };
                let bit = self.sign_bit(part);
                (self.resize(bit, to), 1)
            };
            let placed = if shift == 0 {
                bits
            } else {
                let amount = self.builder.ins().iconst(types::I32, i64::from(shift));
                self.builder.ins().ishl(bits, amount)
            };
            result = Some(match result {
                None => placed,
                Some(before) => self.builder.ins().bor(before, placed),
            });
            shift += width;
        }
        result.expect("a vector has a lane")
    }

    /// Zero-extends or truncates.
    fn resize(&mut self, value: ir::Value, to: ir::Type) -> ir::Value {
        let from = self.clif_ty(value);
        if from == to {
            value
        } else if from.bits() > to.bits() {
            self.builder.ins().ireduce(to, value)
        } else {
            self.builder.ins().uextend(to, value)
        }
    }

    pub(super) fn mask_from_bits(&mut self, value: Value, ty: Type) -> Parts {
        let bits = self.single(value);
        let lane_ty = super::shape::scalar_type(ty.lane());
        let int = lane_ty.as_int();
        let lanes: Vec<ir::Value> = (0..ty.lanes())
            .map(|lane| {
                let amount = self.builder.ins().iconst(types::I32, i64::from(lane));
                let bit = self.builder.ins().ushr(bits, amount);
                let bit = self.resize(bit, types::I8);
                let bit = self.builder.ins().band_imm_u(bit, 1);
                let mask = self.bool_mask(int, bit);
                self.reinterpret(lane_ty, mask)
            })
            .collect();
        self.join_lanes(ty, &lanes)
    }

    /// For each lane of a mask that is set, runs `then`, with control flow around it; gives the results, which are
    /// `otherwise`'s for the lanes that are not set.
    fn where_set(
        &mut self,
        mask: Value,
        otherwise: &[ir::Value],
        mut then: impl FnMut(&mut Self, usize) -> Option<ir::Value>,
    ) -> Vec<ir::Value> {
        let ty = self.ty(mask);
        let parts = self.parts(mask);
        let masks = self.lanes(ty, &parts);
        let mut results = Vec::new();
        for (index, mask) in masks.into_iter().enumerate() {
            let mask = if self.clif_ty(mask).is_float() { self.float_bits(mask) } else { mask };
            let set = self.sign_bit(mask);
            let (inside, after) = (self.builder.create_block(), self.builder.create_block());
            let result = otherwise.get(index).map(|&value| {
                let ty = self.clif_ty(value);
                self.builder.append_block_param(after, ty)
            });
            let skip: Vec<ir::BlockArg> = otherwise.get(index).map(|&value| value.into()).into_iter().collect();
            self.builder.ins().brif(set, inside, &[], after, &skip);
            self.builder.seal_block(inside);
            self.builder.switch_to_block(inside);
            let computed: Vec<ir::BlockArg> = then(self, index).map(ir::BlockArg::from).into_iter().collect();
            self.builder.ins().jump(after, &computed);
            self.builder.seal_block(after);
            self.builder.switch_to_block(after);
            results.extend(result);
        }
        results
    }

    pub(super) fn gather(&mut self, ptrs: Value, mask: Value, passthru: Value) -> Parts {
        let (ty, ptrs_ty) = (self.ty(passthru), self.ty(ptrs));
        let (ptrs, passthru) = (self.parts(ptrs), self.parts(passthru));
        let (ptrs, passthru) = (self.lanes(ptrs_ty, &ptrs), self.lanes(ty, &passthru));
        let lane = super::shape::scalar_type(ty.lane());
        let results = self.where_set(mask, &passthru, |this, index| {
            Some(this.builder.ins().load(lane, own_memory(), ptrs[index], 0))
        });
        self.join_lanes(ty, &results)
    }

    pub(super) fn scatter(&mut self, ptrs: Value, mask: Value, value: Value) {
        let (ty, ptrs_ty) = (self.ty(value), self.ty(ptrs));
        let (ptrs, values) = (self.parts(ptrs), self.parts(value));
        let (ptrs, values) = (self.lanes(ptrs_ty, &ptrs), self.lanes(ty, &values));
        self.where_set(mask, &[], |this, index| {
            this.builder.ins().store(own_memory(), values[index], ptrs[index], 0);
            None
        });
    }

    pub(super) fn masked_load(&mut self, ptr: Value, mask: Value, passthru: Value) -> Parts {
        let ty = self.ty(passthru);
        let (ptr, passthru) = (self.single(ptr), self.parts(passthru));
        let passthru = self.lanes(ty, &passthru);
        let lane = super::shape::scalar_type(ty.lane());
        let stride = lane.bytes() as i32;
        let results = self.where_set(mask, &passthru, |this, index| {
            Some(this.builder.ins().load(lane, own_memory(), ptr, index as i32 * stride))
        });
        self.join_lanes(ty, &results)
    }

    pub(super) fn masked_store(&mut self, ptr: Value, mask: Value, value: Value) {
        let ty = self.ty(value);
        let (ptr, values) = (self.single(ptr), self.parts(value));
        let values = self.lanes(ty, &values);
        let stride = super::shape::scalar_type(ty.lane()).bytes() as i32;
        self.where_set(mask, &[], |this, index| {
            this.builder.ins().store(own_memory(), values[index], ptr, index as i32 * stride);
            None
        });
    }
}

/// An access that does not trap, of whatever alignment.
fn own_memory() -> MemFlagsData {
    MemFlagsData::new().with_notrap()
}
