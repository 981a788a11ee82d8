//! Intrinsics on vectors: lane by lane.

use crate::call::Args;
use crate::fault::{EvalResult, fault};
use crate::float;
use crate::intrinsics::{bit_function, saturating};
use crate::machine::Machine;
use crate::memory::Pointer;
use crate::value::{Imm, ImmTy, MemPlace, OpTy, PlaceTy};
use mir::{BinOp, CastKind, UnOp};
use rustc_apfloat::Round;
use ty::{FieldIdx, Instance, Scalar, ScalarInt, Ty, TyKind, ValTreeKind};

/// What is done to each lane.
enum LaneOp {
    Binary(BinOp),
    /// The result is a mask.
    Compare(BinOp),
    Saturating(BinOp),
    Float(float::Binary),
    Offset,
}

impl LaneOp {
    fn of(name: &str) -> Option<LaneOp> {
        Some(match name {
            "simd_add" => LaneOp::Binary(BinOp::Add),
            "simd_sub" => LaneOp::Binary(BinOp::Sub),
            "simd_mul" => LaneOp::Binary(BinOp::Mul),
            "simd_div" => LaneOp::Binary(BinOp::Div),
            "simd_rem" => LaneOp::Binary(BinOp::Rem),
            "simd_shl" => LaneOp::Binary(BinOp::ShlUnchecked),
            "simd_shr" => LaneOp::Binary(BinOp::ShrUnchecked),
            "simd_and" => LaneOp::Binary(BinOp::BitAnd),
            "simd_or" => LaneOp::Binary(BinOp::BitOr),
            "simd_xor" => LaneOp::Binary(BinOp::BitXor),
            "simd_eq" => LaneOp::Compare(BinOp::Eq),
            "simd_ne" => LaneOp::Compare(BinOp::Ne),
            "simd_lt" => LaneOp::Compare(BinOp::Lt),
            "simd_le" => LaneOp::Compare(BinOp::Le),
            "simd_gt" => LaneOp::Compare(BinOp::Gt),
            "simd_ge" => LaneOp::Compare(BinOp::Ge),
            "simd_saturating_add" => LaneOp::Saturating(BinOp::Add),
            "simd_saturating_sub" => LaneOp::Saturating(BinOp::Sub),
            "simd_fmin" | "simd_minimum_number_nsz" => LaneOp::Float(float::Binary::MinimumNumber),
            "simd_fmax" | "simd_maximum_number_nsz" => LaneOp::Float(float::Binary::MaximumNumber),
            "simd_arith_offset" => LaneOp::Offset,
            _ => return None,
        })
    }
}

impl<'tcx> Machine<'_, 'tcx> {
    /// Runs a `simd_*` intrinsic. False if it is not known here.
    pub(crate) fn simd_intrinsic(
        &mut self,
        name: &str,
        instance: Instance<'tcx>,
        args: &Args<'tcx>,
        dest: &PlaceTy<'tcx>,
    ) -> EvalResult<bool> {
        let done = self.simd_lanes(name, args, dest)?
            || self.simd_permute(name, instance, args, dest)?
            || self.simd_reduce(name, args, dest)?
            || self.simd_mask(name, args, dest)?
            || self.simd_memory(name, instance, args, dest)?;
        Ok(done)
    }

    fn vector(&self, op: &MemPlace<'tcx>) -> EvalResult<Vec<MemPlace<'tcx>>> {
        let array = match op.layout.ty.kind() {
            TyKind::Array(..) => *op,
            _ => self.project_field(op, FieldIdx::from_u32(0))?,
        };
        (0..self.len_of(&array)?).map(|index| self.project_index(&array, index)).collect()
    }

    fn lanes(&mut self, op: &OpTy<'tcx>) -> EvalResult<Vec<MemPlace<'tcx>>> {
        let place = self.spill(op)?;
        self.vector(&place)
    }

    fn lane_values(&mut self, op: &OpTy<'tcx>) -> EvalResult<Vec<ImmTy<'tcx>>> {
        let lanes = self.lanes(op)?;
        lanes.iter().map(|lane| self.read_imm(&(*lane).into())).collect()
    }

    fn dest_lanes(&mut self, dest: &PlaceTy<'tcx>) -> EvalResult<Vec<MemPlace<'tcx>>> {
        let place = self.force_allocation(dest)?;
        self.vector(&place)
    }

    fn lane_scalar(&self, lane: &ImmTy<'tcx>) -> EvalResult<Scalar> {
        self.read_scalar(&(*lane).into())
    }

    fn lane_int(&self, lane: &ImmTy<'tcx>) -> EvalResult<ScalarInt> {
        self.to_int(self.lane_scalar(lane)?)
    }

    fn mask_bool(&self, lane: &ImmTy<'tcx>) -> EvalResult<bool> {
        match self.lane_int(lane)?.signed() {
            0 => Ok(false),
            -1 => Ok(true),
            _ => fault!("each element of a SIMD mask must be all-0-bits or all-1-bits"),
        }
    }

    fn write_lanes(&mut self, values: &[Imm], dest: &PlaceTy<'tcx>) -> EvalResult<()> {
        let lanes = self.dest_lanes(dest)?;
        for (lane, &imm) in lanes.iter().zip(values) {
            self.write_imm(ImmTy { imm, layout: lane.layout }, &(*lane).into())?;
        }
        Ok(())
    }

    // ---- each lane for itself

    fn simd_lanes(&mut self, name: &str, args: &Args<'tcx>, dest: &PlaceTy<'tcx>) -> EvalResult<bool> {
        if let Some(op) = LaneOp::of(name) {
            let (left, right) = (self.lane_values(&args[0])?, self.lane_values(&args[1])?);
            let mut values = Vec::new();
            for (index, (left, right)) in left.iter().zip(&right).enumerate() {
                values.push(self.lane_binary(name, &op, left, right, index)?);
            }
            self.write_lanes(&values, dest)?;
            return Ok(true);
        }
        if let "simd_fma" | "simd_relaxed_fma" = name {
            let [a, b, c] = [0, 1, 2].map(|index| self.lane_values(&args[index]));
            let (a, b, c) = (a?, b?, c?);
            let mut values = Vec::new();
            for (index, first) in a.iter().enumerate() {
                let TyKind::Float(width) = *first.layout.ty.kind() else { ty::bug!("`{name}` of other than floats") };
                let bits = [first, &b[index], &c[index]].map(|lane| self.lane_int(lane));
                let [x, y, z] = bits;
                let result = float::mul_add(width, x?.bits, y?.bits, z?.bits);
                values.push(Imm::Scalar(Scalar::from_bits(result, (width.bit_width() / 8) as u8)));
            }
            self.write_lanes(&values, dest)?;
            return Ok(true);
        }
        if let "simd_funnel_shl" | "simd_funnel_shr" = name {
            let [a, b, c] = [0, 1, 2].map(|index| self.lane_values(&args[index]));
            let (a, b, c) = (a?, b?, c?);
            let mut values = Vec::new();
            for (index, first) in a.iter().enumerate() {
                let (high, low) = (self.lane_int(first)?, self.lane_int(&b[index])?);
                let amount = self.lane_int(&c[index])?.bits;
                let bits = u32::from(high.size) * 8;
                if amount >= u128::from(bits) {
                    fault!("overflowing shift by {amount} in `{name}` in lane {index}");
                }
                let amount = amount as u32;
                let result = match name {
                    "simd_funnel_shl" => high.bits << amount | low.bits.unbounded_shr(bits - amount),
                    _ => high.bits.unbounded_shl(bits - amount) | low.bits >> amount,
                };
                values.push(Imm::Scalar(Scalar::from_bits(result, high.size)));
            }
            self.write_lanes(&values, dest)?;
            return Ok(true);
        }
        if let "simd_cast" | "simd_as" | "simd_cast_ptr" | "simd_with_exposed_provenance" = name {
            let lanes = self.lanes(&args[0])?;
            let dest = self.dest_lanes(dest)?;
            for (lane, dest) in lanes.iter().zip(&dest) {
                self.lane_cast(name, lane, dest)?;
            }
            return Ok(true);
        }
        let known = matches!(
            name,
            "simd_neg"
                | "simd_fabs"
                | "simd_ceil"
                | "simd_floor"
                | "simd_round"
                | "simd_round_ties_even"
                | "simd_trunc"
                | "simd_ctlz"
                | "simd_ctpop"
                | "simd_cttz"
                | "simd_bswap"
                | "simd_bitreverse"
        );
        if !known {
            return Ok(false);
        }
        let mut values = Vec::new();
        for lane in self.lane_values(&args[0])? {
            values.push(Imm::Scalar(self.lane_unary(name, &lane)?));
        }
        self.write_lanes(&values, dest)?;
        Ok(true)
    }

    fn lane_unary(&self, name: &str, lane: &ImmTy<'tcx>) -> EvalResult<Scalar> {
        let int = self.lane_int(lane)?;
        let op = match name {
            "simd_neg" => return self.arithmetic_unary(UnOp::Neg, lane),
            "simd_fabs" => float::Unary::Abs,
            "simd_ceil" => float::Unary::Round(Round::TowardPositive),
            "simd_floor" => float::Unary::Round(Round::TowardNegative),
            "simd_round" => float::Unary::Round(Round::NearestTiesToAway),
            "simd_round_ties_even" => float::Unary::Round(Round::NearestTiesToEven),
            "simd_trunc" => float::Unary::Round(Round::TowardZero),
            _ => return Ok(Scalar::from_bits(bit_function(name.trim_start_matches("simd_"), int)?, int.size)),
        };
        let TyKind::Float(width) = *lane.layout.ty.kind() else { ty::bug!("`{name}` of other than floats") };
        Ok(Scalar::from_bits(float::unary(width, op, int.bits), int.size))
    }

    fn lane_binary(
        &mut self,
        name: &str,
        op: &LaneOp,
        left: &ImmTy<'tcx>,
        right: &ImmTy<'tcx>,
        index: usize,
    ) -> EvalResult<Imm> {
        let size = left.layout.size.bytes() as u8;
        match op {
            LaneOp::Binary(op) => {
                if let BinOp::ShlUnchecked | BinOp::ShrUnchecked = op {
                    let amount = self.lane_int(right)?;
                    if amount.bits >= u128::from(size) * 8 {
                        fault!("overflowing shift by {} in `{name}` in lane {index}", amount.signed());
                    }
                }
                Ok(self.binary_op(*op, left, right)?.imm)
            }
            LaneOp::Compare(op) => {
                let Imm::Scalar(Scalar::Int(result)) = self.binary_op(*op, left, right)?.imm else {
                    ty::bug!("a comparison yields a bool")
                };
                let mask = if result.bits == 1 { u128::MAX } else { 0 };
                Ok(Imm::Scalar(Scalar::from_bits(mask, size)))
            }
            LaneOp::Saturating(op) => {
                let (l, r) = (self.lane_int(left)?, self.lane_int(right)?);
                Ok(Imm::Scalar(Scalar::from_bits(saturating(*op, l, r, left.layout.ty.is_signed()), size)))
            }
            LaneOp::Float(op) => {
                let TyKind::Float(width) = *left.layout.ty.kind() else { ty::bug!("`{name}` of other than floats") };
                let (l, r) = (self.lane_int(left)?.bits, self.lane_int(right)?.bits);
                Ok(Imm::Scalar(Scalar::from_bits(float::binary_intrinsic(width, *op, l, r), size)))
            }
            LaneOp::Offset => {
                let ptr = self.to_pointer(self.lane_scalar(left)?)?;
                let count = self.lane_int(right)?.signed() as u64;
                let Some(pointee) = left.layout.ty.builtin_deref(self.cx.tcx) else {
                    ty::bug!("`{name}` of other than pointers")
                };
                let size = self.cx.layout_of(pointee)?.size.bytes();
                Ok(Imm::Scalar(self.pointer_scalar(ptr.wrapping_add(count.wrapping_mul(size)))))
            }
        }
    }

    fn lane_cast(&mut self, name: &str, lane: &MemPlace<'tcx>, dest: &MemPlace<'tcx>) -> EvalResult<()> {
        let (from, to): (Ty<'tcx>, Ty<'tcx>) = (lane.layout.ty, dest.layout.ty);
        let values = matches!(name, "simd_cast" | "simd_as");
        let kind = match (from.kind(), to.kind()) {
            (TyKind::Int(_) | TyKind::Uint(_), TyKind::Int(_) | TyKind::Uint(_)) if values => CastKind::IntToInt,
            (TyKind::Int(_) | TyKind::Uint(_), TyKind::Float(_)) if values => CastKind::IntToFloat,
            (TyKind::Float(_), TyKind::Float(_)) if values => CastKind::FloatToFloat,
            (TyKind::Float(width), TyKind::Int(_) | TyKind::Uint(_)) if name == "simd_cast" => {
                let bits = self.read_int(&(*lane).into())?.bits;
                let fits = float::to_int_checked(*width, bits, dest.layout.size.bits() as u32, to.is_signed());
                if fits.is_none() {
                    fault!(
                        "`simd_cast` intrinsic called on a value which cannot be represented in target type `{}`",
                        self.cx.shown(to)
                    );
                }
                CastKind::FloatToInt
            }
            (TyKind::Float(_), TyKind::Int(_) | TyKind::Uint(_)) if values => CastKind::FloatToInt,
            (TyKind::RawPtr(..), TyKind::RawPtr(..)) if name == "simd_cast_ptr" => CastKind::PtrToPtr,
            (TyKind::Int(_) | TyKind::Uint(_), TyKind::RawPtr(..)) if name == "simd_with_exposed_provenance" => {
                CastKind::PointerWithExposedProvenance
            }
            _ => fault!("Unsupported SIMD cast from element type {} to {}", self.cx.shown(from), self.cx.shown(to)),
        };
        self.cast(kind, &(*lane).into(), to, &(*dest).into())
    }

    // ---- moving lanes

    fn simd_permute(
        &mut self,
        name: &str,
        instance: Instance<'tcx>,
        args: &Args<'tcx>,
        dest: &PlaceTy<'tcx>,
    ) -> EvalResult<bool> {
        match name {
            "simd_insert" | "simd_insert_dyn" => {
                let mut lanes = self.lane_values(&args[0])?;
                let index = self.lane_index(name, &args[1], lanes.len())?;
                lanes[index] = self.read_imm(&args[2])?;
                let values: Vec<Imm> = lanes.iter().map(|lane| lane.imm).collect();
                self.write_lanes(&values, dest)?;
            }
            "simd_extract" | "simd_extract_dyn" => {
                let lanes = self.lanes(&args[0])?;
                let index = self.lane_index(name, &args[1], lanes.len())?;
                self.copy_op(&lanes[index].into(), dest)?;
            }
            "simd_splat" => {
                for lane in self.dest_lanes(dest)? {
                    self.copy_op(&args[0], &lane.into())?;
                }
            }
            "simd_shuffle" | "simd_shuffle_const_generic" => {
                let mut lanes = self.lane_values(&args[0])?;
                let count = lanes.len();
                lanes.extend(self.lane_values(&args[1])?);
                let mut values = Vec::new();
                for index in self.shuffle_indices(name, instance, args)? {
                    match lanes.get(index as usize) {
                        Some(lane) => values.push(lane.imm),
                        None => {
                            fault!("`{name}` index {index} is out-of-bounds for 2 vectors with length {count}")
                        }
                    }
                }
                self.write_lanes(&values, dest)?;
            }
            _ => return Ok(false),
        }
        Ok(true)
    }

    fn lane_index(&self, name: &str, index: &OpTy<'tcx>, len: usize) -> EvalResult<usize> {
        let index = self.read_int(index)?.bits as usize;
        if index >= len {
            fault!("`{name}` index {index} is out-of-bounds of vector with length {len}");
        }
        Ok(index)
    }

    fn shuffle_indices(&mut self, name: &str, instance: Instance<'tcx>, args: &Args<'tcx>) -> EvalResult<Vec<u32>> {
        if name == "simd_shuffle" {
            let lanes = self.lane_values(&args[2])?;
            return lanes.iter().map(|lane| Ok(self.lane_int(lane)?.bits as u32)).collect();
        }
        let tree = match instance.args.const_at(2).as_value() {
            Some((_, tree)) => tree,
            None => fault!("the indices of `{name}` are not known"),
        };
        match tree.kind() {
            ValTreeKind::Branch(parts) => Ok(parts.iter().filter_map(|part| Some(part.as_bits()? as u32)).collect()),
            ValTreeKind::Leaf(_) => ty::bug!("the indices of `{name}` are an array"),
        }
    }

    // ---- across lanes

    fn simd_reduce(&mut self, name: &str, args: &Args<'tcx>, dest: &PlaceTy<'tcx>) -> EvalResult<bool> {
        let Some(reduction) = name.strip_prefix("simd_reduce_") else { return Ok(false) };
        let lanes = self.lane_values(&args[0])?;
        if let "any" | "all" = reduction {
            let mut result = reduction == "all";
            for lane in &lanes {
                let lane = self.mask_bool(lane)?;
                result = if reduction == "all" { result & lane } else { result | lane };
            }
            self.write_bits(u128::from(result), dest)?;
            return Ok(true);
        }
        let ordered = match reduction {
            "add_ordered" => Some(BinOp::Add),
            "mul_ordered" => Some(BinOp::Mul),
            _ => None,
        };
        let mut rest = lanes.iter();
        let mut result = match ordered {
            Some(_) => self.read_imm(&args[1])?,
            None => match rest.next() {
                Some(first) => *first,
                None => ty::bug!("a vector has lanes"),
            },
        };
        for lane in rest {
            result.imm = match reduction {
                "add_ordered" | "mul_ordered" => {
                    let op = ordered.expect("named above");
                    self.binary_op(op, &result, lane)?.imm
                }
                "and" => self.binary_op(BinOp::BitAnd, &result, lane)?.imm,
                "or" => self.binary_op(BinOp::BitOr, &result, lane)?.imm,
                "xor" => self.binary_op(BinOp::BitXor, &result, lane)?.imm,
                "min" | "max" => self.lane_min_max(reduction, &result, lane)?,
                _ => return Ok(false),
            };
        }
        self.write_imm(ImmTy { imm: result.imm, layout: dest.layout() }, dest)?;
        Ok(true)
    }

    fn lane_min_max(&mut self, which: &str, left: &ImmTy<'tcx>, right: &ImmTy<'tcx>) -> EvalResult<Imm> {
        if let TyKind::Float(width) = *left.layout.ty.kind() {
            let op = if which == "min" { float::Binary::MinimumNumber } else { float::Binary::MaximumNumber };
            let (l, r) = (self.lane_int(left)?, self.lane_int(right)?);
            let bits = float::binary_intrinsic(width, op, l.bits, r.bits);
            return Ok(Imm::Scalar(Scalar::from_bits(bits, l.size)));
        }
        let op = if which == "min" { BinOp::Le } else { BinOp::Ge };
        match self.binary_op(op, left, right)?.imm {
            Imm::Scalar(Scalar::Int(int)) if int.bits == 1 => Ok(left.imm),
            _ => Ok(right.imm),
        }
    }

    // ---- masks

    fn simd_mask(&mut self, name: &str, args: &Args<'tcx>, dest: &PlaceTy<'tcx>) -> EvalResult<bool> {
        let choices: Vec<bool> = match name {
            "simd_select" => {
                let mask = self.lane_values(&args[0])?;
                mask.iter().map(|lane| self.mask_bool(lane)).collect::<EvalResult<_>>()?
            }
            "simd_select_bitmask" => {
                let count = self.lanes(&args[1])?.len();
                let mask = self.bit_mask(name, &args[0], count)?;
                (0..count).map(|lane| mask >> self.mask_bit(lane, count) & 1 == 1).collect()
            }
            "simd_bitmask" => {
                let lanes = self.lane_values(&args[0])?;
                check_mask_len(name, lanes.len())?;
                let mut mask = 0u64;
                for (index, lane) in lanes.iter().enumerate() {
                    mask |= u64::from(self.mask_bool(lane)?) << self.mask_bit(index, lanes.len());
                }
                let size = dest.layout().size.bytes();
                if let TyKind::Uint(_) = dest.layout().ty.kind() {
                    self.write_bits(u128::from(mask), dest)?;
                } else {
                    let place = self.force_allocation(dest)?;
                    let mut bytes = vec![0; size as usize];
                    self.cx.target.write_uint(&mut bytes, u128::from(mask));
                    if let Some((id, at)) = self.check_access(place.ptr, size)? {
                        let target = self.cx.target;
                        self.buffer_mut(id)?.write_bytes(target, at, &bytes);
                    }
                }
                return Ok(true);
            }
            _ => return Ok(false),
        };
        let (yes, no) = (self.lane_values(&args[1])?, self.lane_values(&args[2])?);
        let picked =
            choices.iter().enumerate().map(|(index, &choice)| if choice { yes[index].imm } else { no[index].imm });
        let values: Vec<Imm> = picked.collect();
        self.write_lanes(&values, dest)?;
        Ok(true)
    }

    /// A mask with one bit a lane, as an integer or as an array of bytes.
    fn bit_mask(&mut self, name: &str, mask: &OpTy<'tcx>, lanes: usize) -> EvalResult<u64> {
        check_mask_len(name, lanes)?;
        if let TyKind::Uint(_) = mask.layout().ty.kind() {
            return Ok(self.read_int(mask)?.bits as u64);
        }
        let place = self.spill(mask)?;
        let bytes = self.read_bytes(place.ptr, place.layout.size.bytes())?;
        Ok(self.cx.target.read_uint(bytes) as u64)
    }

    fn mask_bit(&self, lane: usize, lanes: usize) -> usize {
        if self.cx.target.big_endian { lanes - 1 - lane } else { lane }
    }

    // ---- memory

    fn simd_memory(
        &mut self,
        name: &str,
        instance: Instance<'tcx>,
        args: &Args<'tcx>,
        dest: &PlaceTy<'tcx>,
    ) -> EvalResult<bool> {
        match name {
            "simd_gather" => {
                let (passthrough, pointers) = (self.lane_values(&args[0])?, self.lane_values(&args[1])?);
                let mask = self.lane_values(&args[2])?;
                let mut values = Vec::new();
                for (index, lane) in mask.iter().enumerate() {
                    values.push(if self.mask_bool(lane)? {
                        let place = self.deref(&pointers[index].into())?;
                        self.read_imm(&place.into())?.imm
                    } else {
                        passthrough[index].imm
                    });
                }
                self.write_lanes(&values, dest)?;
            }
            "simd_scatter" => {
                let (values, pointers) = (self.lane_values(&args[0])?, self.lane_values(&args[1])?);
                for (index, lane) in self.lane_values(&args[2])?.iter().enumerate() {
                    if self.mask_bool(lane)? {
                        let place = self.deref(&pointers[index].into())?;
                        self.write_imm(values[index], &place.into())?;
                    }
                }
            }
            "simd_masked_load" => {
                let base = self.read_pointer(&args[1])?;
                self.check_vector_align(name, instance, base, dest.layout())?;
                let (mask, default) = (self.lane_values(&args[0])?, self.lane_values(&args[2])?);
                let mut values = Vec::new();
                for (index, lane) in mask.iter().enumerate() {
                    values.push(if self.mask_bool(lane)? {
                        let place = lane_in_memory(base, &default[index], index);
                        self.read_imm(&place.into())?.imm
                    } else {
                        default[index].imm
                    });
                }
                self.write_lanes(&values, dest)?;
            }
            "simd_masked_store" => {
                let base = self.read_pointer(&args[1])?;
                self.check_vector_align(name, instance, base, args[2].layout())?;
                let (mask, values) = (self.lane_values(&args[0])?, self.lane_values(&args[2])?);
                for (index, lane) in mask.iter().enumerate() {
                    if self.mask_bool(lane)? {
                        let place = lane_in_memory(base, &values[index], index);
                        self.write_imm(values[index], &place.into())?;
                    }
                }
            }
            _ => return Ok(false),
        }
        Ok(true)
    }

    /// The last constant argument says how the pointer is aligned: not at all, as an element, as a vector.
    fn check_vector_align(
        &self,
        name: &str,
        instance: Instance<'tcx>,
        ptr: Pointer,
        vector: crate::layouts::Layout<'tcx>,
    ) -> EvalResult<()> {
        let variant = match instance.args.const_at(3).as_value().map(|(_, tree)| tree.kind()) {
            Some(ValTreeKind::Branch(parts)) => parts.first().and_then(|part| part.as_bits()),
            _ => None,
        };
        match variant {
            Some(0) => Ok(()),
            Some(1) => self.check_align(ptr, self.cx.field(vector, FieldIdx::from_u32(0)).align.abi.bytes()),
            Some(2) => self.check_align(ptr, vector.align.abi.bytes()),
            _ => fault!("the alignment of `{name}` is not known"),
        }
    }
}

fn lane_in_memory<'tcx>(base: Pointer, like: &ImmTy<'tcx>, index: usize) -> MemPlace<'tcx> {
    let ptr = base.wrapping_add(like.layout.size.bytes() * index as u64);
    MemPlace { ptr, meta: None, misaligned: None, layout: like.layout }
}

fn check_mask_len(name: &str, lanes: usize) -> EvalResult<()> {
    if lanes > 64 {
        fault!("{name}: vectors larger than 64 elements are currently not supported");
    }
    Ok(())
}
