//! Constants as operands.

use crate::operand::{OperandRef, OperandValue, scalar_type};
use crate::place::PlaceRef;
use crate::{FunctionCx, LowerError};
use layout::TyAndLayout;
use lir::{Inst, Type, Value};
use mir::ConstOperand;
use ty::rustc_abi::BackendRepr;
use ty::{AllocId, Allocation, ConstValue, GlobalAlloc, Scalar};

impl<'tcx> FunctionCx<'_, 'tcx> {
    /// Evaluates a MIR operand.
    pub fn operand(&mut self, operand: &mir::Operand<'tcx>) -> Result<OperandRef<'tcx>, LowerError> {
        match operand {
            mir::Operand::Copy(place) | mir::Operand::Move(place) => self.consume_place(*place),
            mir::Operand::Constant(constant) => self.constant_operand(constant),
            mir::Operand::RuntimeChecks(check) => {
                let value = self.cx.runtime_check(*check);
                let layout = self.layout_of(self.cx.tcx.types().bool)?;
                Ok(OperandRef::immediate_of(self.const_bool(value), layout))
            }
        }
    }

    /// The value of a constant, with this instance's arguments.
    pub(crate) fn eval_constant(&mut self, constant: &ConstOperand<'tcx>) -> Result<ConstValue, LowerError> {
        let const_ = self.monomorphize_value(constant.const_);
        self.cx.eval.eval_const_operand(const_).map_err(|mut error| {
            if error.span.is_dummy() {
                error.span = constant.span;
            }
            LowerError::Const(error)
        })
    }

    pub(crate) fn constant_operand(&mut self, constant: &ConstOperand<'tcx>) -> Result<OperandRef<'tcx>, LowerError> {
        let ty = self.monomorphize(constant.const_.ty());
        let layout = self.layout_of(ty)?;
        if let ty::TyKind::FnDef(..) = ty.kind() {
            return Ok(OperandRef::zero_sized(layout));
        }
        let value = self.eval_constant(constant)?;
        self.const_value_operand(value, layout)
    }

    /// An operand of a constant's value.
    pub fn const_value_operand(
        &mut self,
        value: ConstValue,
        layout: TyAndLayout<'tcx>,
    ) -> Result<OperandRef<'tcx>, LowerError> {
        if layout.is_zst() {
            return Ok(OperandRef::zero_sized(layout));
        }
        let val = match value {
            ConstValue::ZeroSized => OperandValue::ZeroSized,
            ConstValue::Scalar(scalar) => match self.register_types(layout) {
                Some((ty, None)) => OperandValue::Immediate(self.scalar_value(scalar, ty)?),
                _ => {
                    // A scalar for an aggregate of the same size.
                    let ty = match scalar {
                        Scalar::Int(int) => Type::Scalar(
                            lir::Scalar::int(u32::from(int.size) * 8)
                                .ok_or_else(|| LowerError::internal("a scalar of an odd size"))?,
                        ),
                        Scalar::Ptr(..) => Type::PTR,
                    };
                    let value = self.scalar_value(scalar, ty)?;
                    let temp = self.new_temp(layout);
                    self.store_value(value, temp.ptr, temp.align);
                    return Ok(self.load_operand(temp));
                }
            },
            ConstValue::Slice { alloc_id, meta } => {
                let ptr = self.alloc_address(alloc_id, 0)?;
                let len = self.const_usize(meta);
                OperandValue::Pair(ptr, len)
            }
            ConstValue::Indirect { alloc_id, offset } => return self.indirect_operand(alloc_id, offset, layout),
        };
        Ok(OperandRef { val, layout })
    }

    /// A constant in memory: scalars are read here and now, everything else is referred to.
    fn indirect_operand(
        &mut self,
        alloc_id: AllocId,
        offset: u64,
        layout: TyAndLayout<'tcx>,
    ) -> Result<OperandRef<'tcx>, LowerError> {
        if let GlobalAlloc::Memory(memory) = self.cx.tcx.global_alloc(alloc_id) {
            let dl = self.cx.layout.target();
            match layout.backend_repr {
                BackendRepr::Scalar(scalar) => {
                    let size = scalar.size(dl).bytes();
                    let value = self.read_scalar(memory.0, offset, size, scalar_type(scalar))?;
                    return Ok(OperandRef::immediate_of(value, layout));
                }
                BackendRepr::ScalarPair(a, b) => {
                    let second = self.pair_offset(a, b);
                    let first = self.read_scalar(memory.0, offset, a.size(dl).bytes(), scalar_type(a))?;
                    let second = self.read_scalar(memory.0, offset + second, b.size(dl).bytes(), scalar_type(b))?;
                    return Ok(OperandRef { val: OperandValue::Pair(first, second), layout });
                }
                _ => {}
            }
        }
        let ptr = self.alloc_address(alloc_id, offset)?;
        let place = PlaceRef { ptr, meta: None, layout, align: layout.align.abi.bytes() };
        Ok(self.load_operand(place))
    }

    fn read_scalar(&mut self, memory: &'tcx Allocation, offset: u64, size: u64, ty: Type) -> Result<Value, LowerError> {
        let range = offset as usize..(offset + size) as usize;
        let Some(bytes) = memory.bytes.get(range) else {
            return Err(LowerError::internal("a constant ends before its type does"));
        };
        if (offset..offset + size).any(|at| !memory.init.get(at)) {
            return Ok(self.b.value(Inst::Undef { ty }));
        }
        let mut buffer = [0u8; 16];
        buffer[..bytes.len()].copy_from_slice(bytes);
        let bits = u128::from_le_bytes(buffer);
        match memory.pointer_at(offset) {
            Some(target) => self.scalar_value(Scalar::Ptr(target, bits as u64, size as u8), ty),
            None => self.scalar_value(Scalar::from_bits(bits, size as u8), ty),
        }
    }

    /// A constant scalar as a value of a type.
    pub(crate) fn scalar_value(&mut self, scalar: Scalar, ty: Type) -> Result<Value, LowerError> {
        match scalar {
            Scalar::Int(int) => {
                if ty.lane().is_float() {
                    Ok(self.b.value(Inst::Fconst { ty, bits: int.bits }))
                } else {
                    Ok(self.b.value(Inst::Iconst { ty, value: int.bits }))
                }
            }
            Scalar::Ptr(alloc, offset, _) => {
                let ptr = self.alloc_address(alloc, offset)?;
                Ok(self.reinterpret_value(ptr, ty))
            }
        }
    }

    /// The bits of a constant of an integer-like type, if it has such.
    pub(crate) fn constant_bits(&mut self, constant: &ConstOperand<'tcx>) -> Result<Option<u128>, LowerError> {
        Ok(match self.eval_constant(constant)? {
            ConstValue::Scalar(Scalar::Int(int)) => Some(int.bits),
            _ => None,
        })
    }

    /// Whether all bytes of a scalar constant are zero.
    pub(crate) fn constant_is_zero(&mut self, constant: &ConstOperand<'tcx>) -> Result<bool, LowerError> {
        Ok(self.constant_bits(constant)? == Some(0))
    }

    /// The `&'static Location` of where we are, or of our caller for `#[track_caller]`.
    pub(crate) fn caller_location_here(&mut self) -> Result<OperandRef<'tcx>, LowerError> {
        // Walk out of inlined functions that pass their caller's location on.
        let mut span = self.source_info.span;
        let mut scope = self.source_info.scope;
        loop {
            let data = &self.body.source_scopes[scope];
            if let Some((callee, call_site)) = data.inlined {
                if !layout::abi::requires_caller_location(self.cx.layout, callee.kind) {
                    return self.location_of(span);
                }
                span = call_site;
            }
            match data.inlined_parent_scope {
                Some(parent) => scope = parent,
                None => break,
            }
        }
        match self.caller_location {
            Some(location) => Ok(location),
            None => self.location_of(span),
        }
    }

    fn location_of(&mut self, span: ty::Span) -> Result<OperandRef<'tcx>, LowerError> {
        let value = self.cx.eval.caller_location(span)?;
        let layout = self.layout_of(self.cx.layout.caller_location_ty())?;
        self.const_value_operand(value, layout)
    }
}
