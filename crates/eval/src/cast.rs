//! Casts.

use crate::fault::{EvalResult, fault};
use crate::float;
use crate::layouts::Layout;
use crate::machine::Machine;
use crate::memory::Pointer;
use crate::value::{Imm, ImmTy, OpTy, PlaceTy};
use mir::{CastKind, PointerCoercion};
use ty::{ClosureKind, FieldIdx, GlobalAlloc, Instance, Scalar, Ty, TyKind};

impl<'tcx> Machine<'_, 'tcx> {
    pub(crate) fn cast(
        &mut self,
        kind: CastKind,
        source: &OpTy<'tcx>,
        ty: Ty<'tcx>,
        dest: &PlaceTy<'tcx>,
    ) -> EvalResult<()> {
        let layout = if ty == dest.layout().ty { dest.layout() } else { self.cx.layout_of(ty)? };
        let source_ty = source.layout().ty;
        match kind {
            CastKind::PointerCoercion(PointerCoercion::Unsize) => self.unsize(source, layout, dest),
            CastKind::PointerCoercion(PointerCoercion::ReifyFnPointer) => {
                let TyKind::FnDef(def_id, args) = *source_ty.kind() else { ty::bug!("a fn pointer of {source_ty:?}") };
                let instance = self.cx.resolve_for_fn_ptr(def_id, args)?;
                self.write_pointer(self.fn_pointer(instance), dest)
            }
            CastKind::PointerCoercion(PointerCoercion::ClosureFnPointer { .. }) => {
                let TyKind::Closure(def_id, args) = *source_ty.kind() else {
                    ty::bug!("a fn pointer of {source_ty:?}")
                };
                let instance = self.cx.resolve_closure(def_id, args, ClosureKind::FnOnce)?;
                self.write_pointer(self.fn_pointer(instance), dest)
            }
            CastKind::PointerCoercion(
                PointerCoercion::UnsafeFnPointer | PointerCoercion::MutToConstPointer | PointerCoercion::ArrayToPointer,
            ) => {
                let imm = self.read_imm(source)?.imm;
                self.write_imm(ImmTy { imm, layout }, dest)
            }
            CastKind::PointerExposeProvenance => match self.read_scalar(source)? {
                Scalar::Ptr(..) => fault!("exposing pointers is not possible at compile-time"),
                Scalar::Int(int) => self.write_bits(int.bits, dest),
            },
            CastKind::PointerWithExposedProvenance => {
                let address = self.read_int(source)?;
                let bits = if source_ty.is_signed() { address.signed() as u128 } else { address.bits };
                self.write_bits(bits, dest)
            }
            CastKind::IntToInt => {
                let int = self.read_int(source)?;
                let bits = match source_ty.kind() {
                    TyKind::Int(_) => int.signed() as u128,
                    TyKind::Bool => u128::from(self.to_bool(Scalar::Int(int))?),
                    // An enum without fields has its discriminant type's sign when it is cast, by way of `discriminant`.
                    _ => int.bits,
                };
                self.write_bits(bits, dest)
            }
            CastKind::IntToFloat => {
                let int = self.read_int(source)?;
                let signed = source_ty.is_signed();
                let TyKind::Float(width) = *ty.kind() else { ty::bug!("not a float: {ty:?}") };
                let bits = if signed { int.signed() as u128 } else { int.bits };
                self.write_bits(float::from_int(width, bits, signed), dest)
            }
            CastKind::FloatToInt => {
                let bits = self.read_int(source)?.bits;
                let TyKind::Float(width) = *source_ty.kind() else { ty::bug!("not a float: {source_ty:?}") };
                let int_bits = layout.size.bits() as u32;
                self.write_bits(float::to_int(width, bits, int_bits, ty.is_signed()), dest)
            }
            CastKind::FloatToFloat => {
                let bits = self.read_int(source)?.bits;
                let (TyKind::Float(from), TyKind::Float(to)) = (*source_ty.kind(), *ty.kind()) else {
                    ty::bug!("not floats: {source_ty:?}, {ty:?}")
                };
                self.write_bits(float::convert(from, to, bits), dest)
            }
            CastKind::FnPtrToPtr | CastKind::PtrToPtr => {
                let imm = match self.read_imm(source)?.imm {
                    // A wide pointer loses its metadata.
                    Imm::Pair(ptr, _) if layout.size != source.layout().size => Imm::Scalar(ptr),
                    Imm::Uninit => fault!("using uninitialized data, but this operation requires initialized memory"),
                    imm => imm,
                };
                self.write_imm(ImmTy { imm, layout }, dest)
            }
            CastKind::Transmute | CastKind::Subtype => self.copy_op_transmute(source, dest),
        }
    }

    pub(crate) fn fn_pointer(&self, instance: Instance<'tcx>) -> Pointer {
        Pointer::new(self.cx.tcx.alloc_id_for(GlobalAlloc::Function(instance)), 0)
    }

    pub(crate) fn vtable_pointer(&self, ty: Ty<'tcx>, object: Ty<'tcx>) -> Pointer {
        let TyKind::Dynamic(predicates, _) = *object.kind() else { ty::bug!("a vtable for {object:?}") };
        let ty = self.cx.tcx.erase_regions(ty);
        Pointer::new(self.cx.tcx.alloc_id_for(GlobalAlloc::VTable(ty, predicates)), 0)
    }

    /// Unsizes a pointer, or a struct that holds one.
    fn unsize(&mut self, source: &OpTy<'tcx>, to: Layout<'tcx>, dest: &PlaceTy<'tcx>) -> EvalResult<()> {
        let from = source.layout();
        match (*from.ty.kind(), *to.ty.kind()) {
            (TyKind::Ref(_, a, _) | TyKind::RawPtr(a, _), TyKind::Ref(_, b, _) | TyKind::RawPtr(b, _)) => {
                self.unsize_pointer(source, a, b, dest)
            }
            (TyKind::Pat(..), TyKind::Pat(base, _)) => {
                let base = self.cx.layout_of(base)?;
                let source = self.op_field(source, FieldIdx::from_u32(0))?;
                let dest = self.force_allocation(dest)?;
                let dest = self.project_field(&dest, FieldIdx::from_u32(0))?;
                self.unsize(&source, base, &dest.into())
            }
            (TyKind::Adt(..), TyKind::Adt(..)) => {
                let place = self.force_allocation(dest)?;
                for index in 0..from.fields.count() {
                    let index = FieldIdx::from_usize(index);
                    let to = self.cx.field(to, index);
                    let field = self.op_field(source, index)?;
                    let dest = self.project_field(&place, index)?.into();
                    if field.layout().is_zst() && to.is_zst() {
                        continue;
                    }
                    if field.layout().ty == to.ty {
                        self.copy_op(&field, &dest)?;
                    } else {
                        self.unsize(&field, to, &dest)?;
                    }
                }
                Ok(())
            }
            _ => ty::bug!("{:?} is unsized to {:?}", from.ty, to.ty),
        }
    }

    fn unsize_pointer(
        &mut self,
        source: &OpTy<'tcx>,
        a: Ty<'tcx>,
        b: Ty<'tcx>,
        dest: &PlaceTy<'tcx>,
    ) -> EvalResult<()> {
        let (from, to) = self.cx.lockstep_tails(a, b);
        let imm = match (*from.kind(), *to.kind()) {
            (TyKind::Array(..), TyKind::Slice(_)) => {
                let ptr = self.read_scalar(source)?;
                Imm::Pair(ptr, self.usize_scalar(self.cx.expect_array_len(from)?))
            }
            (TyKind::Dynamic(before, _), TyKind::Dynamic(after, _)) => {
                let (ptr, vtable) = self.read_pair(source)?;
                if before == after {
                    Imm::Pair(ptr, vtable)
                } else {
                    let ty = self.vtable_type(vtable)?;
                    Imm::Pair(ptr, self.pointer_scalar(self.vtable_pointer(ty, to)))
                }
            }
            (_, TyKind::Dynamic(..)) => {
                let ptr = self.read_scalar(source)?;
                Imm::Pair(ptr, self.pointer_scalar(self.vtable_pointer(from, to)))
            }
            // The same tail: nothing changes.
            _ if from == to => self.read_imm(source)?.imm,
            _ => ty::bug!("a pointer to {a:?} is unsized to one to {b:?}"),
        };
        self.write_imm(ImmTy { imm, layout: dest.layout() }, dest)
    }
}
