//! Calls of LLVM's intrinsics, which Rust's library declares as foreign functions.

use crate::operand::{OperandRef, OperandValue};
use crate::{FunctionCx, LowerError};
use layout::{BackendRepr, LayoutCx, Scalar, TyAndLayout, Variants};
use lir::{Inst, MemFlags, Terminator, Type};
use ty::{Instance, InstanceKind};

/// The scalars and vectors that a value consists of where it is passed to or comes from an intrinsic, with their offsets;
/// `None` if it does not consist of such.
pub fn intrinsic_parts<'tcx>(cx: &LayoutCx<'tcx>, layout: TyAndLayout<'tcx>) -> Option<Vec<(u64, Type)>> {
    let mut parts = Vec::new();
    add_parts(cx, layout, 0, &mut parts)?;
    // LLVM's structs have their fields in memory's order.
    parts.sort_unstable_by_key(|(offset, _)| *offset);
    Some(parts)
}

fn add_parts<'tcx>(
    cx: &LayoutCx<'tcx>,
    layout: TyAndLayout<'tcx>,
    offset: u64,
    parts: &mut Vec<(u64, Type)>,
) -> Option<()> {
    match layout.backend_repr {
        _ if layout.is_zst() => {}
        BackendRepr::Memory { .. } => {
            let Variants::Single { .. } = layout.variants else { return None };
            for index in 0..layout.fields.count() {
                add_parts(cx, layout.field(cx, index), offset + layout.fields.offset(index).bytes(), parts)?;
            }
        }
        BackendRepr::ScalarPair(a, b) => {
            let b_offset = a.size(cx).align_to(b.align(cx).abi).bytes();
            let ty = |scalar: Scalar| Type::Scalar(layout::abi::primitive_type(scalar.primitive()));
            parts.extend([(offset, ty(a)), (offset + b_offset, ty(b))]);
        }
        repr => parts.push((offset, layout::abi::immediate_type(repr)?)),
    }
    Some(())
}

impl<'tcx> FunctionCx<'_, 'tcx> {
    /// `extern "unadjusted" { #[link_name = "llvm.…"] fn …; }`
    pub(crate) fn llvm_intrinsic_name(&self, instance: Instance<'tcx>) -> Option<String> {
        let InstanceKind::Item(def_id) = instance.kind else { return None };
        let definitions = self.cx.tcx.definitions();
        if !definitions.is_foreign_item(def_id) {
            return None;
        }
        let name = definitions.codegen_attrs(def_id).symbol_name?;
        name.as_str().starts_with("llvm.").then(|| name.as_str().to_owned())
    }

    pub(crate) fn call_llvm_intrinsic(&mut self, name: &str, call: &mir::Call<'tcx>) -> Result<(), LowerError> {
        let mut args = Vec::new();
        for arg in &call.args {
            let op = self.operand(arg)?;
            match self.in_registers(op).val {
                OperandValue::ZeroSized => {}
                OperandValue::Immediate(value) => args.push(value),
                OperandValue::Pair(a, b) => args.extend([a, b]),
                OperandValue::Ref(..) => {
                    let construct = format!("passing `{:?}` to `{name}`", op.layout.ty);
                    return Err(LowerError::unsupported(construct, self.span()));
                }
            }
        }
        let destination_ty = self.place_ty(call.destination);
        let layout = self.layout_of(destination_ty)?;
        let parts = intrinsic_parts(self.cx.layout, layout).ok_or_else(|| {
            LowerError::unsupported(format!("a result of the type `{:?}` from `{name}`", layout.ty), self.span())
        })?;
        let returns = parts.iter().map(|(_, ty)| *ty).collect();
        let results = self.b.values(Inst::LlvmIntrinsic { name: name.to_owned(), args, returns });
        let Some(target) = call.target else {
            self.b.terminate(Terminator::Unreachable);
            return Ok(());
        };
        let op = match layout.backend_repr {
            _ if layout.is_zst() => OperandRef::zero_sized(layout),
            BackendRepr::Memory { .. } => {
                let temp = self.new_temp(layout);
                for (&value, &(offset, _)) in results.iter().zip(&parts) {
                    let ptr = self.ptr_offset(temp.ptr, offset);
                    let flags = MemFlags::aligned(crate::operand::align_at(temp.align, offset));
                    self.b.effect(Inst::Store { value, ptr, flags });
                }
                self.load_operand(temp)
            }
            BackendRepr::ScalarPair(..) => OperandRef { val: OperandValue::Pair(results[0], results[1]), layout },
            _ => OperandRef::immediate_of(results[0], layout),
        };
        self.store_result(op, call.destination)?;
        self.goto(target);
        Ok(())
    }
}
