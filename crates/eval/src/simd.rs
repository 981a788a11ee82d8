//! Intrinsics on vectors: lane by lane.

use crate::call::Args;
use crate::fault::{EvalResult, fault};
use crate::float;
use crate::intrinsics::{bits, saturating};
use crate::machine::Machine;
use crate::memory::Pointer;
use crate::value::{Imm, ImmTy, MemPlace, OpTy, PlaceTy};
use mir::{BinOp, CastKind, UnOp};
use rustc_apfloat::Round;
use ty::{FieldIdx, Instance, Scalar, ScalarInt, SimdIntrinsic, Ty, TyKind, ValTreeKind};

/// An operation on each pair of lanes.
#[derive(Clone, Copy)]
enum LaneOp {
    Binary(BinOp),
    /// The result is a mask.
    Compare(BinOp),
    Saturating(BinOp),
    Float(float::Binary),
    Offset,
}

/// A function of each lane.
#[derive(Clone, Copy)]
enum LaneFunction {
    Negate,
    Float(float::Unary),
    Bits(fn(ScalarInt) -> u128),
}

impl<'tcx> Machine<'_, 'tcx> {
    /// Runs an intrinsic on vectors. False if constants cannot have it.
    pub(crate) fn simd_intrinsic(
        &mut self,
        op: SimdIntrinsic,
        instance: Instance<'tcx>,
        args: &Args<'tcx>,
        dest: &PlaceTy<'tcx>,
    ) -> EvalResult<bool> {
        use LaneFunction as F;
        use LaneOp as P;
        use SimdIntrinsic as S;
        let round = |to| F::Float(float::Unary::Round(to));
        match op {
            S::Add => self.lane_by_lane(op, P::Binary(BinOp::Add), args, dest)?,
            S::Sub => self.lane_by_lane(op, P::Binary(BinOp::Sub), args, dest)?,
            S::Mul => self.lane_by_lane(op, P::Binary(BinOp::Mul), args, dest)?,
            S::Div => self.lane_by_lane(op, P::Binary(BinOp::Div), args, dest)?,
            S::Rem => self.lane_by_lane(op, P::Binary(BinOp::Rem), args, dest)?,
            S::Shl => self.lane_by_lane(op, P::Binary(BinOp::ShlUnchecked), args, dest)?,
            S::Shr => self.lane_by_lane(op, P::Binary(BinOp::ShrUnchecked), args, dest)?,
            S::And => self.lane_by_lane(op, P::Binary(BinOp::BitAnd), args, dest)?,
            S::Or => self.lane_by_lane(op, P::Binary(BinOp::BitOr), args, dest)?,
            S::Xor => self.lane_by_lane(op, P::Binary(BinOp::BitXor), args, dest)?,
            S::Eq => self.lane_by_lane(op, P::Compare(BinOp::Eq), args, dest)?,
            S::Ne => self.lane_by_lane(op, P::Compare(BinOp::Ne), args, dest)?,
            S::Lt => self.lane_by_lane(op, P::Compare(BinOp::Lt), args, dest)?,
            S::Le => self.lane_by_lane(op, P::Compare(BinOp::Le), args, dest)?,
            S::Gt => self.lane_by_lane(op, P::Compare(BinOp::Gt), args, dest)?,
            S::Ge => self.lane_by_lane(op, P::Compare(BinOp::Ge), args, dest)?,
            S::SaturatingAdd => self.lane_by_lane(op, P::Saturating(BinOp::Add), args, dest)?,
            S::SaturatingSub => self.lane_by_lane(op, P::Saturating(BinOp::Sub), args, dest)?,
            S::Fmin | S::MinimumNumberNsz => {
                self.lane_by_lane(op, P::Float(float::Binary::MinimumNumber), args, dest)?;
            }
            S::Fmax | S::MaximumNumberNsz => {
                self.lane_by_lane(op, P::Float(float::Binary::MaximumNumber), args, dest)?;
            }
            S::ArithOffset => self.lane_by_lane(op, P::Offset, args, dest)?,
            S::Neg => self.each_lane(op, F::Negate, args, dest)?,
            S::Fabs => self.each_lane(op, F::Float(float::Unary::Abs), args, dest)?,
            S::Ceil => self.each_lane(op, round(Round::TowardPositive), args, dest)?,
            S::Floor => self.each_lane(op, round(Round::TowardNegative), args, dest)?,
            S::Round => self.each_lane(op, round(Round::NearestTiesToAway), args, dest)?,
            S::RoundTiesEven => self.each_lane(op, round(Round::NearestTiesToEven), args, dest)?,
            S::Trunc => self.each_lane(op, round(Round::TowardZero), args, dest)?,
            S::Ctlz => self.each_lane(op, F::Bits(bits::leading_zeros), args, dest)?,
            S::Cttz => self.each_lane(op, F::Bits(bits::trailing_zeros), args, dest)?,
            S::Ctpop => self.each_lane(op, F::Bits(bits::count_ones), args, dest)?,
            S::Bswap => self.each_lane(op, F::Bits(bits::swap_bytes), args, dest)?,
            S::Bitreverse => self.each_lane(op, F::Bits(bits::reverse), args, dest)?,
            S::Fma | S::RelaxedFma => self.simd_fma(op, args, dest)?,
            S::FunnelShl | S::FunnelShr => self.simd_funnel_shift(op, args, dest)?,
            S::Cast | S::As | S::CastPtr | S::WithExposedProvenance => self.simd_cast(op, args, dest)?,
            S::Insert | S::InsertDyn => self.simd_insert(op, args, dest)?,
            S::Extract | S::ExtractDyn => self.simd_extract(op, args, dest)?,
            S::Splat => self.simd_splat(args, dest)?,
            S::Shuffle | S::ShuffleConstGeneric => self.simd_shuffle(op, instance, args, dest)?,
            S::ReduceAny | S::ReduceAll => self.simd_reduce_mask(op == S::ReduceAll, args, dest)?,
            S::ReduceAddOrdered => self.simd_fold(BinOp::Add, true, args, dest)?,
            S::ReduceMulOrdered => self.simd_fold(BinOp::Mul, true, args, dest)?,
            S::ReduceAnd => self.simd_fold(BinOp::BitAnd, false, args, dest)?,
            S::ReduceOr => self.simd_fold(BinOp::BitOr, false, args, dest)?,
            S::ReduceXor => self.simd_fold(BinOp::BitXor, false, args, dest)?,
            S::ReduceMin | S::ReduceMax => self.simd_extremum(op == S::ReduceMin, args, dest)?,
            S::Select => self.simd_select(args, dest)?,
            S::SelectBitmask => self.simd_select_bitmask(op, args, dest)?,
            S::Bitmask => self.simd_bitmask(op, args, dest)?,
            S::Gather => self.simd_gather(args, dest)?,
            S::Scatter => self.simd_scatter(args)?,
            S::MaskedLoad => self.simd_masked_load(op, instance, args, dest)?,
            S::MaskedStore => self.simd_masked_store(op, instance, args)?,
            // rustc does not evaluate these either: addresses are not known, the order of operations is not, or what they give
            // differs between machines.
            S::ExposeProvenance
            | S::ReduceAddUnordered
            | S::ReduceMulUnordered
            | S::CarrylessMul
            | S::Fsqrt
            | S::Fsin
            | S::Fcos
            | S::Fexp
            | S::Fexp2
            | S::Flog
            | S::Flog2
            | S::Flog10 => return Ok(false),
            // Vectors whose length the machine decides are in no constant.
            S::SveCast
            | S::SveTupleCreate2
            | S::SveTupleCreate3
            | S::SveTupleCreate4
            | S::SveTupleGet
            | S::SveTupleSet => return Ok(false),
        }
        Ok(true)
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

    fn lane_by_lane(
        &mut self,
        op: SimdIntrinsic,
        lane_op: LaneOp,
        args: &Args<'tcx>,
        dest: &PlaceTy<'tcx>,
    ) -> EvalResult<()> {
        let (left, right) = (self.lane_values(&args[0])?, self.lane_values(&args[1])?);
        let mut values = Vec::new();
        for (index, (left, right)) in left.iter().zip(&right).enumerate() {
            values.push(self.lane_binary(op, lane_op, left, right, index)?);
        }
        self.write_lanes(&values, dest)
    }

    fn each_lane(
        &mut self,
        op: SimdIntrinsic,
        function: LaneFunction,
        args: &Args<'tcx>,
        dest: &PlaceTy<'tcx>,
    ) -> EvalResult<()> {
        let mut values = Vec::new();
        for lane in self.lane_values(&args[0])? {
            let int = self.lane_int(&lane)?;
            let scalar = match function {
                LaneFunction::Negate => self.arithmetic_unary(UnOp::Neg, &lane)?,
                LaneFunction::Bits(function) => Scalar::from_bits(function(int), int.size),
                LaneFunction::Float(function) => {
                    let TyKind::Float(width) = *lane.layout.ty.kind() else { ty::bug!("`{op}` of other than floats") };
                    Scalar::from_bits(float::unary(width, function, int.bits), int.size)
                }
            };
            values.push(Imm::Scalar(scalar));
        }
        self.write_lanes(&values, dest)
    }

    fn simd_fma(&mut self, op: SimdIntrinsic, args: &Args<'tcx>, dest: &PlaceTy<'tcx>) -> EvalResult<()> {
        let [a, b, c] = [0, 1, 2].map(|index| self.lane_values(&args[index]));
        let (a, b, c) = (a?, b?, c?);
        let mut values = Vec::new();
        for (index, first) in a.iter().enumerate() {
            let TyKind::Float(width) = *first.layout.ty.kind() else { ty::bug!("`{op}` of other than floats") };
            let bits = [first, &b[index], &c[index]].map(|lane| self.lane_int(lane));
            let [x, y, z] = bits;
            let result = float::mul_add(width, x?.bits, y?.bits, z?.bits);
            values.push(Imm::Scalar(Scalar::from_bits(result, (width.bit_width() / 8) as u8)));
        }
        self.write_lanes(&values, dest)
    }

    fn simd_funnel_shift(&mut self, op: SimdIntrinsic, args: &Args<'tcx>, dest: &PlaceTy<'tcx>) -> EvalResult<()> {
        let [a, b, c] = [0, 1, 2].map(|index| self.lane_values(&args[index]));
        let (a, b, c) = (a?, b?, c?);
        let mut values = Vec::new();
        for (index, first) in a.iter().enumerate() {
            let (high, low) = (self.lane_int(first)?, self.lane_int(&b[index])?);
            let amount = self.lane_int(&c[index])?.bits;
            let bits = u32::from(high.size) * 8;
            if amount >= u128::from(bits) {
                fault!("overflowing shift by {amount} in `{op}` in lane {index}");
            }
            let amount = amount as u32;
            let result = match op {
                SimdIntrinsic::FunnelShl => high.bits << amount | low.bits.unbounded_shr(bits - amount),
                _ => high.bits.unbounded_shl(bits - amount) | low.bits >> amount,
            };
            values.push(Imm::Scalar(Scalar::from_bits(result, high.size)));
        }
        self.write_lanes(&values, dest)
    }

    fn simd_cast(&mut self, op: SimdIntrinsic, args: &Args<'tcx>, dest: &PlaceTy<'tcx>) -> EvalResult<()> {
        let lanes = self.lanes(&args[0])?;
        let dest = self.dest_lanes(dest)?;
        for (lane, dest) in lanes.iter().zip(&dest) {
            self.lane_cast(op, lane, dest)?;
        }
        Ok(())
    }

    fn lane_binary(
        &mut self,
        op: SimdIntrinsic,
        lane_op: LaneOp,
        left: &ImmTy<'tcx>,
        right: &ImmTy<'tcx>,
        index: usize,
    ) -> EvalResult<Imm> {
        let size = left.layout.size.bytes() as u8;
        match lane_op {
            LaneOp::Binary(operator) => {
                if let BinOp::ShlUnchecked | BinOp::ShrUnchecked = operator {
                    let amount = self.lane_int(right)?;
                    if amount.bits >= u128::from(size) * 8 {
                        fault!("overflowing shift by {} in `{op}` in lane {index}", amount.signed());
                    }
                }
                Ok(self.binary_op(operator, left, right)?.imm)
            }
            LaneOp::Compare(operator) => {
                let Imm::Scalar(Scalar::Int(result)) = self.binary_op(operator, left, right)?.imm else {
                    ty::bug!("a comparison yields a bool")
                };
                let mask = if result.bits == 1 { u128::MAX } else { 0 };
                Ok(Imm::Scalar(Scalar::from_bits(mask, size)))
            }
            LaneOp::Saturating(operator) => {
                let (l, r) = (self.lane_int(left)?, self.lane_int(right)?);
                Ok(Imm::Scalar(Scalar::from_bits(saturating(operator, l, r, left.layout.ty.is_signed()), size)))
            }
            LaneOp::Float(operator) => {
                let TyKind::Float(width) = *left.layout.ty.kind() else { ty::bug!("`{op}` of other than floats") };
                let (l, r) = (self.lane_int(left)?.bits, self.lane_int(right)?.bits);
                Ok(Imm::Scalar(Scalar::from_bits(float::binary_intrinsic(width, operator, l, r), size)))
            }
            LaneOp::Offset => {
                let ptr = self.to_pointer(self.lane_scalar(left)?)?;
                let count = self.lane_int(right)?.signed() as u64;
                let Some(pointee) = left.layout.ty.builtin_deref(self.cx.tcx) else {
                    ty::bug!("`{op}` of other than pointers")
                };
                let size = self.cx.layout_of(pointee)?.size.bytes();
                Ok(Imm::Scalar(self.pointer_scalar(ptr.wrapping_add(count.wrapping_mul(size)))))
            }
        }
    }

    fn lane_cast(&mut self, op: SimdIntrinsic, lane: &MemPlace<'tcx>, dest: &MemPlace<'tcx>) -> EvalResult<()> {
        let (from, to): (Ty<'tcx>, Ty<'tcx>) = (lane.layout.ty, dest.layout.ty);
        let values = matches!(op, SimdIntrinsic::Cast | SimdIntrinsic::As);
        let kind = match (from.kind(), to.kind()) {
            (TyKind::Int(_) | TyKind::Uint(_), TyKind::Int(_) | TyKind::Uint(_)) if values => CastKind::IntToInt,
            (TyKind::Int(_) | TyKind::Uint(_), TyKind::Float(_)) if values => CastKind::IntToFloat,
            (TyKind::Float(_), TyKind::Float(_)) if values => CastKind::FloatToFloat,
            (TyKind::Float(width), TyKind::Int(_) | TyKind::Uint(_)) if op == SimdIntrinsic::Cast => {
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
            (TyKind::RawPtr(..), TyKind::RawPtr(..)) if op == SimdIntrinsic::CastPtr => CastKind::PtrToPtr,
            (TyKind::Int(_) | TyKind::Uint(_), TyKind::RawPtr(..)) if op == SimdIntrinsic::WithExposedProvenance => {
                CastKind::PointerWithExposedProvenance
            }
            _ => fault!("Unsupported SIMD cast from element type {} to {}", self.cx.shown(from), self.cx.shown(to)),
        };
        self.cast(kind, &(*lane).into(), to, &(*dest).into())
    }

    // ---- moving lanes

    fn simd_insert(&mut self, op: SimdIntrinsic, args: &Args<'tcx>, dest: &PlaceTy<'tcx>) -> EvalResult<()> {
        let mut lanes = self.lane_values(&args[0])?;
        let index = self.lane_index(op, &args[1], lanes.len())?;
        lanes[index] = self.read_imm(&args[2])?;
        let values: Vec<Imm> = lanes.iter().map(|lane| lane.imm).collect();
        self.write_lanes(&values, dest)
    }

    fn simd_extract(&mut self, op: SimdIntrinsic, args: &Args<'tcx>, dest: &PlaceTy<'tcx>) -> EvalResult<()> {
        let lanes = self.lanes(&args[0])?;
        let index = self.lane_index(op, &args[1], lanes.len())?;
        self.copy_op(&lanes[index].into(), dest)
    }

    fn simd_splat(&mut self, args: &Args<'tcx>, dest: &PlaceTy<'tcx>) -> EvalResult<()> {
        for lane in self.dest_lanes(dest)? {
            self.copy_op(&args[0], &lane.into())?;
        }
        Ok(())
    }

    fn simd_shuffle(
        &mut self,
        op: SimdIntrinsic,
        instance: Instance<'tcx>,
        args: &Args<'tcx>,
        dest: &PlaceTy<'tcx>,
    ) -> EvalResult<()> {
        let mut lanes = self.lane_values(&args[0])?;
        let count = lanes.len();
        lanes.extend(self.lane_values(&args[1])?);
        let mut values = Vec::new();
        for index in self.shuffle_indices(op, instance, args)? {
            match lanes.get(index as usize) {
                Some(lane) => values.push(lane.imm),
                None => fault!("`{op}` index {index} is out-of-bounds for 2 vectors with length {count}"),
            }
        }
        self.write_lanes(&values, dest)
    }

    fn lane_index(&self, op: SimdIntrinsic, index: &OpTy<'tcx>, len: usize) -> EvalResult<usize> {
        let index = self.read_int(index)?.bits as usize;
        if index >= len {
            fault!("`{op}` index {index} is out-of-bounds of vector with length {len}");
        }
        Ok(index)
    }

    fn shuffle_indices(
        &mut self,
        op: SimdIntrinsic,
        instance: Instance<'tcx>,
        args: &Args<'tcx>,
    ) -> EvalResult<Vec<u32>> {
        if op == SimdIntrinsic::Shuffle {
            let lanes = self.lane_values(&args[2])?;
            return lanes.iter().map(|lane| Ok(self.lane_int(lane)?.bits as u32)).collect();
        }
        let tree = match instance.args.const_at(2).as_value() {
            Some((_, tree)) => tree,
            None => fault!("the indices of `{op}` are not known"),
        };
        match tree.kind() {
            ValTreeKind::Branch(parts) => Ok(parts.iter().filter_map(|part| Some(part.as_bits()? as u32)).collect()),
            ValTreeKind::Leaf(_) => ty::bug!("the indices of `{op}` are an array"),
        }
    }

    // ---- across lanes

    fn simd_reduce_mask(&mut self, all: bool, args: &Args<'tcx>, dest: &PlaceTy<'tcx>) -> EvalResult<()> {
        let mut result = all;
        for lane in self.lane_values(&args[0])? {
            let lane = self.mask_bool(&lane)?;
            result = if all { result & lane } else { result | lane };
        }
        self.write_bits(u128::from(result), dest)
    }

    /// Folds lanes from the first on; `with_start` begins with the second argument.
    fn simd_fold(&mut self, op: BinOp, with_start: bool, args: &Args<'tcx>, dest: &PlaceTy<'tcx>) -> EvalResult<()> {
        let lanes = self.lane_values(&args[0])?;
        let (mut result, rest) = match (with_start, lanes.split_first()) {
            (true, _) => (self.read_imm(&args[1])?, &lanes[..]),
            (false, Some((first, rest))) => (*first, rest),
            (false, None) => ty::bug!("a vector has lanes"),
        };
        for lane in rest {
            result.imm = self.binary_op(op, &result, lane)?.imm;
        }
        self.write_imm(ImmTy { imm: result.imm, layout: dest.layout() }, dest)
    }

    /// The least lane, or the greatest.
    fn simd_extremum(&mut self, least: bool, args: &Args<'tcx>, dest: &PlaceTy<'tcx>) -> EvalResult<()> {
        let lanes = self.lane_values(&args[0])?;
        let Some((first, rest)) = lanes.split_first() else { ty::bug!("a vector has lanes") };
        let mut result = *first;
        for lane in rest {
            result.imm = self.lane_extremum(least, &result, lane)?;
        }
        self.write_imm(ImmTy { imm: result.imm, layout: dest.layout() }, dest)
    }

    fn lane_extremum(&mut self, least: bool, left: &ImmTy<'tcx>, right: &ImmTy<'tcx>) -> EvalResult<Imm> {
        if let TyKind::Float(width) = *left.layout.ty.kind() {
            let op = if least { float::Binary::MinimumNumber } else { float::Binary::MaximumNumber };
            let (l, r) = (self.lane_int(left)?, self.lane_int(right)?);
            let bits = float::binary_intrinsic(width, op, l.bits, r.bits);
            return Ok(Imm::Scalar(Scalar::from_bits(bits, l.size)));
        }
        let op = if least { BinOp::Le } else { BinOp::Ge };
        match self.binary_op(op, left, right)?.imm {
            Imm::Scalar(Scalar::Int(int)) if int.bits == 1 => Ok(left.imm),
            _ => Ok(right.imm),
        }
    }

    // ---- masks

    fn simd_select(&mut self, args: &Args<'tcx>, dest: &PlaceTy<'tcx>) -> EvalResult<()> {
        let mask = self.lane_values(&args[0])?;
        let choices: Vec<bool> = mask.iter().map(|lane| self.mask_bool(lane)).collect::<EvalResult<_>>()?;
        self.choose_lanes(&choices, args, dest)
    }

    fn simd_select_bitmask(&mut self, op: SimdIntrinsic, args: &Args<'tcx>, dest: &PlaceTy<'tcx>) -> EvalResult<()> {
        let count = self.lanes(&args[1])?.len();
        let mask = self.bit_mask(op, &args[0], count)?;
        let choices: Vec<bool> = (0..count).map(|lane| mask >> self.mask_bit(lane, count) & 1 == 1).collect();
        self.choose_lanes(&choices, args, dest)
    }

    /// Lanes of the second argument, or of the third where the choice is false.
    fn choose_lanes(&mut self, choices: &[bool], args: &Args<'tcx>, dest: &PlaceTy<'tcx>) -> EvalResult<()> {
        let (yes, no) = (self.lane_values(&args[1])?, self.lane_values(&args[2])?);
        let picked =
            choices.iter().enumerate().map(|(index, &choice)| if choice { yes[index].imm } else { no[index].imm });
        let values: Vec<Imm> = picked.collect();
        self.write_lanes(&values, dest)
    }

    fn simd_bitmask(&mut self, op: SimdIntrinsic, args: &Args<'tcx>, dest: &PlaceTy<'tcx>) -> EvalResult<()> {
        let lanes = self.lane_values(&args[0])?;
        check_mask_len(op, lanes.len())?;
        let mut mask = 0u64;
        for (index, lane) in lanes.iter().enumerate() {
            mask |= u64::from(self.mask_bool(lane)?) << self.mask_bit(index, lanes.len());
        }
        if let TyKind::Uint(_) = dest.layout().ty.kind() {
            return self.write_bits(u128::from(mask), dest);
        }
        let size = dest.layout().size.bytes();
        let place = self.force_allocation(dest)?;
        let mut bytes = vec![0; size as usize];
        self.cx.target.write_uint(&mut bytes, u128::from(mask));
        if let Some((id, at)) = self.check_access(place.ptr, size)? {
            let target = self.cx.target;
            self.buffer_mut(id)?.write_bytes(target, at, &bytes);
        }
        Ok(())
    }

    /// A mask with one bit a lane, as an integer or as an array of bytes.
    fn bit_mask(&mut self, op: SimdIntrinsic, mask: &OpTy<'tcx>, lanes: usize) -> EvalResult<u64> {
        check_mask_len(op, lanes)?;
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

    fn simd_gather(&mut self, args: &Args<'tcx>, dest: &PlaceTy<'tcx>) -> EvalResult<()> {
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
        self.write_lanes(&values, dest)
    }

    fn simd_scatter(&mut self, args: &Args<'tcx>) -> EvalResult<()> {
        let (values, pointers) = (self.lane_values(&args[0])?, self.lane_values(&args[1])?);
        for (index, lane) in self.lane_values(&args[2])?.iter().enumerate() {
            if self.mask_bool(lane)? {
                let place = self.deref(&pointers[index].into())?;
                self.write_imm(values[index], &place.into())?;
            }
        }
        Ok(())
    }

    fn simd_masked_load(
        &mut self,
        op: SimdIntrinsic,
        instance: Instance<'tcx>,
        args: &Args<'tcx>,
        dest: &PlaceTy<'tcx>,
    ) -> EvalResult<()> {
        let base = self.read_pointer(&args[1])?;
        self.check_vector_align(op, instance, base, dest.layout())?;
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
        self.write_lanes(&values, dest)
    }

    fn simd_masked_store(&mut self, op: SimdIntrinsic, instance: Instance<'tcx>, args: &Args<'tcx>) -> EvalResult<()> {
        let base = self.read_pointer(&args[1])?;
        self.check_vector_align(op, instance, base, args[2].layout())?;
        let (mask, values) = (self.lane_values(&args[0])?, self.lane_values(&args[2])?);
        for (index, lane) in mask.iter().enumerate() {
            if self.mask_bool(lane)? {
                let place = lane_in_memory(base, &values[index], index);
                self.write_imm(values[index], &place.into())?;
            }
        }
        Ok(())
    }

    /// The last constant argument says how the pointer is aligned: not at all, as an element, as a vector.
    fn check_vector_align(
        &self,
        op: SimdIntrinsic,
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
            _ => fault!("the alignment of `{op}` is not known"),
        }
    }
}

fn lane_in_memory<'tcx>(base: Pointer, like: &ImmTy<'tcx>, index: usize) -> MemPlace<'tcx> {
    let ptr = base.wrapping_add(like.layout.size.bytes() * index as u64);
    MemPlace { ptr, meta: None, misaligned: None, layout: like.layout }
}

fn check_mask_len(op: SimdIntrinsic, lanes: usize) -> EvalResult<()> {
    if lanes > 64 {
        fault!("{op}: vectors larger than 64 elements are currently not supported");
    }
    Ok(())
}
