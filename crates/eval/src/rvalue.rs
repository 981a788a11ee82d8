//! Rvalues and assignments; constants as operands.

use crate::fault::{EvalResult, fault};
use crate::layouts::Layout;
use crate::machine::Machine;
use crate::memory::Pointer;
use crate::value::{Imm, ImmTy, MemPlace, OpTy, PlaceTy, Shape};
use mir::{AggregateKind, Operand, Place, Rvalue, UnOp};
use smallvec::SmallVec;
use ty::{ConstValue, FieldIdx, IndexVec, Scalar, VariantIdx};

impl<'tcx> Machine<'_, 'tcx> {
    pub(crate) fn assign(&mut self, place: Place<'tcx>, rvalue: &'tcx Rvalue<'tcx>) -> EvalResult<()> {
        let dest = self.eval_place(place)?;
        match rvalue {
            Rvalue::Use(operand) | Rvalue::WrapUnsafeBinder(operand, _) => {
                let value = self.eval_operand(operand)?;
                self.copy_op(&value, &dest)
            }
            Rvalue::CopyForDeref(place) => {
                let value = self.eval_place_to_op(*place)?;
                self.copy_op(&value, &dest)
            }
            Rvalue::BinaryOp(op, operands) => {
                let left = self.eval_operand(&operands.0)?;
                let left = self.read_imm(&left)?;
                let right = self.eval_operand(&operands.1)?;
                let right = self.read_imm(&right)?;
                let result = self.binary_op(*op, &left, &right)?;
                self.write_imm(ImmTy { imm: result.imm, layout: dest.layout() }, &dest)
            }
            Rvalue::UnaryOp(op, operand) => {
                let value = self.eval_operand(operand)?;
                let value = self.read_imm(&value)?;
                let imm = self.unary_op(*op, &value)?;
                self.write_imm(ImmTy { imm, layout: dest.layout() }, &dest)
            }
            Rvalue::Repeat(operand, _) => self.repeat(operand, &dest),
            Rvalue::Ref(_, place) | Rvalue::RawPtr(_, place) => {
                let source = self.eval_place(*place)?;
                let source = self.force_allocation(&source)?;
                let pointer = self.pointer_to(&source, dest.layout());
                self.write_imm(pointer, &dest)
            }
            Rvalue::ThreadLocalRef(def_id) => {
                fault!("cannot access thread local static `{}`", self.cx.tcx.def_path_str(*def_id))
            }
            Rvalue::Cast(kind, operand, ty) => {
                let value = self.eval_operand(operand)?;
                let ty = self.mono_ty(*ty);
                self.cast(*kind, &value, ty, &dest)
            }
            Rvalue::Discriminant(place) => {
                let op = self.eval_place_to_op(*place)?;
                let variant = self.read_discriminant(&op)?;
                let discriminant = self.cx.discriminant_for_variant(op.layout().ty, variant)?;
                self.write_imm(ImmTy::scalar(Scalar::Int(discriminant), dest.layout()), &dest)
            }
            Rvalue::Aggregate(kind, fields) => self.aggregate(kind, fields, &dest),
        }
    }

    fn repeat(&mut self, operand: &Operand<'tcx>, dest: &PlaceTy<'tcx>) -> EvalResult<()> {
        let value = self.eval_operand(operand)?;
        let array = self.force_allocation(dest)?;
        let len = self.len_of(&array)?;
        if len == 0 || array.layout.size.bytes() == 0 {
            return Ok(());
        }
        let size = value.layout().size.bytes();
        // Zeros are written into fresh memory at once, so that big arrays of them cost nothing.
        if let OpTy::Imm(ImmTy { imm: Imm::Scalar(Scalar::Int(int)), .. }) = value
            && (int.bits == 0 || size == 1)
            && u64::from(int.size) == size
            && let Some((id, at)) = self.check_access(array.ptr, array.layout.size.bytes())?
        {
            let target = self.cx.target;
            self.buffer_mut(id)?.fill(target, at, array.layout.size.bytes(), int.bits as u8);
            return Ok(());
        }
        let first = self.project_index(&array, 0)?;
        self.copy_op(&value, &first.into())?;
        let second = Pointer { base: first.ptr.base, offset: first.ptr.offset + size };
        self.mem_copy_repeatedly(first.ptr, second, size, len - 1, false)
    }

    fn aggregate(
        &mut self,
        kind: &'tcx AggregateKind<'tcx>,
        operands: &'tcx IndexVec<FieldIdx, Operand<'tcx>>,
        dest: &PlaceTy<'tcx>,
    ) -> EvalResult<()> {
        let mut values: SmallVec<[OpTy<'tcx>; 4]> = SmallVec::new();
        for operand in operands {
            values.push(self.eval_operand(operand)?);
        }
        let first = VariantIdx::from_u32(0);
        let (variant, active) = match kind {
            AggregateKind::Array(_) => {
                let array = self.force_allocation(dest)?;
                for (index, value) in values.iter().enumerate() {
                    let element = self.project_index(&array, index as u64)?;
                    self.copy_op(value, &element.into())?;
                }
                return Ok(());
            }
            AggregateKind::RawPtr(..) => {
                let [data, meta] = values.as_slice() else { ty::bug!("a pointer is made of two parts") };
                let data = self.read_scalar(data)?;
                let imm = match self.read_imm(meta)?.imm {
                    Imm::Scalar(meta) => Imm::Pair(data, meta),
                    Imm::Uninit => Imm::Scalar(data),
                    Imm::Pair(..) => ty::bug!("a pointer's metadata is one scalar"),
                };
                return self.write_imm(ImmTy { imm, layout: dest.layout() }, dest);
            }
            AggregateKind::Adt(_, variant, _, active) => (*variant, *active),
            AggregateKind::Tuple
            | AggregateKind::Closure(..)
            | AggregateKind::Coroutine(..)
            | AggregateKind::CoroutineClosure(..) => (first, None),
        };
        if active.is_none() && self.aggregate_imm(&values, variant, dest)? {
            return Ok(());
        }
        let place = self.force_allocation(dest)?;
        self.write_uninit(&place.into())?;
        let inner = match kind {
            AggregateKind::Adt(..) => self.project_variant(&place, variant),
            _ => place,
        };
        for (index, value) in values.iter().enumerate() {
            let field = active.unwrap_or(FieldIdx::from_usize(index));
            let field = self.project_field(&inner, field)?;
            self.copy_op(value, &field.into())?;
        }
        if let AggregateKind::Adt(..) | AggregateKind::Coroutine(..) = kind {
            self.write_discriminant(variant, &place.into())?;
        }
        Ok(())
    }

    /// Builds a value of scalars without memory, if it is a plain struct or tuple of them. False if not.
    fn aggregate_imm(&mut self, values: &[OpTy<'tcx>], variant: VariantIdx, dest: &PlaceTy<'tcx>) -> EvalResult<bool> {
        let layout = dest.layout();
        if self.cx.single_variant(layout) != Some(variant) || layout.is_uninhabited() {
            return Ok(false);
        }
        let fields = values.iter().enumerate().filter(|(_, value)| !value.layout().is_zst());
        let fields: SmallVec<[(usize, &OpTy<'tcx>); 2]> = fields.collect();
        let imm = match (self.cx.shape(layout), fields.as_slice()) {
            (Shape::Scalar(_), [(_, value)]) if matches!(self.cx.shape(value.layout()), Shape::Scalar(_)) => {
                self.read_imm(value)?.imm
            }
            (Shape::Pair(_, _, second), [(a, first), (b, other)]) => {
                let scalars = [first, other].map(|value| matches!(self.cx.shape(value.layout()), Shape::Scalar(_)));
                if scalars != [true, true] {
                    return Ok(false);
                }
                let offsets = (layout.fields.offset(*a).bytes(), layout.fields.offset(*b));
                let (first, other) = match offsets {
                    (0, offset) if offset == second => (first, other),
                    (_, offset) if offset.bytes() == 0 => (other, first),
                    _ => return Ok(false),
                };
                Imm::Pair(self.read_scalar(first)?, self.read_scalar(other)?)
            }
            _ => return Ok(false),
        };
        if imm == Imm::Uninit {
            return Ok(false);
        }
        self.write_imm(ImmTy { imm, layout }, dest)?;
        Ok(true)
    }

    fn unary_op(&mut self, op: UnOp, value: &ImmTy<'tcx>) -> EvalResult<Imm> {
        match op {
            UnOp::PtrMetadata => match value.imm {
                Imm::Pair(_, meta) => Ok(Imm::Scalar(meta)),
                _ => Ok(Imm::Uninit),
            },
            UnOp::Not | UnOp::Neg => Ok(Imm::Scalar(self.arithmetic_unary(op, value)?)),
        }
    }

    /// A constant's value as an operand.
    pub(crate) fn const_to_op(&mut self, value: ConstValue, layout: Layout<'tcx>) -> EvalResult<OpTy<'tcx>> {
        Ok(match value {
            ConstValue::Scalar(scalar) => ImmTy::scalar(scalar, layout).into(),
            ConstValue::ZeroSized => ImmTy::uninit(layout).into(),
            ConstValue::Slice { alloc_id, meta } => {
                let ptr = self.pointer_scalar(Pointer::new(alloc_id, 0));
                ImmTy::pair(ptr, self.usize_scalar(meta), layout).into()
            }
            ConstValue::Indirect { alloc_id, offset } => {
                MemPlace { ptr: Pointer::new(alloc_id, offset), meta: None, misaligned: None, layout }.into()
            }
        })
    }
}
