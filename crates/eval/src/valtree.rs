//! Structural values: constants as the type system has them.

use crate::EvalCx;
use crate::fault::{EvalResult, fault};
use crate::intern::InternKind;
use crate::layouts::Layout;
use crate::machine::Machine;
use crate::value::{Imm, ImmTy, MemPlace, OpTy, Shape};
use ty::{
    ConstKind, ConstValue, FieldIdx, Mutability, Scalar, ScalarInt, Span, Ty, TyKind, ValTree, ValTreeKind, VariantIdx,
};

/// Bigger values are not made into trees.
const NODE_LIMIT: usize = 100_000;

impl<'tcx> EvalCx<'tcx> {
    pub(crate) fn tree_to_value(&self, ty: Ty<'tcx>, tree: ValTree<'tcx>) -> EvalResult<ConstValue> {
        let layout = self.layout_of(ty)?;
        if layout.is_zst() {
            return Ok(ConstValue::ZeroSized);
        }
        if let (
            TyKind::Bool
            | TyKind::Char
            | TyKind::Int(_)
            | TyKind::Uint(_)
            | TyKind::Float(_)
            | TyKind::RawPtr(..)
            | TyKind::Pat(..),
            ValTreeKind::Leaf(leaf),
        ) = (ty.kind(), tree.kind())
        {
            return Ok(ConstValue::Scalar(Scalar::Int(leaf)));
        }
        let mut machine = Machine::new(self);
        if let TyKind::Ref(_, pointee, _) = *ty.kind() {
            let place = machine.tree_place(pointee, tree)?;
            let id = place.ptr.base.expect("allocated above");
            let alloc = machine.intern(id, InternKind::Constant, Mutability::Not, Span::DUMMY)?;
            if self.tcx.try_global_alloc(id).is_none() {
                self.tcx.set_alloc(id, ty::GlobalAlloc::Memory(alloc));
            }
            return Ok(match place.meta {
                None => ConstValue::Scalar(machine.pointer_scalar(place.ptr)),
                Some(meta) => ConstValue::Slice { alloc_id: id, meta: machine.to_int(meta)?.bits as u64 },
            });
        }
        let place = machine.allocate(layout)?;
        machine.write_tree(&place, tree)?;
        machine.result_value(place, InternKind::Constant, Span::DUMMY)
    }

    pub(crate) fn value_to_tree(&self, value: ConstValue, ty: Ty<'tcx>) -> EvalResult<ValTree<'tcx>> {
        let layout = self.layout_of(ty)?;
        let mut machine = Machine::new(self);
        let op = machine.const_to_op(value, layout)?;
        let mut nodes = 0;
        machine.tree_of(&op, &mut nodes)
    }
}

impl<'tcx> Machine<'_, 'tcx> {
    fn leaf(&self, int: ScalarInt) -> ValTree<'tcx> {
        self.cx.tcx.mk_valtree(ValTreeKind::Leaf(int))
    }

    fn branch(&self, parts: &[ty::Const<'tcx>]) -> ValTree<'tcx> {
        self.cx.tcx.mk_valtree(ValTreeKind::Branch(self.cx.tcx.mk_consts(parts)))
    }

    fn tree_of(&mut self, op: &OpTy<'tcx>, nodes: &mut usize) -> EvalResult<ValTree<'tcx>> {
        *nodes += 1;
        if *nodes > NODE_LIMIT {
            fault!("maximum number of nodes exceeded in constant");
        }
        let ty = op.layout().ty;
        let tcx = self.cx.tcx;
        match *ty.kind() {
            TyKind::FnDef(..) => Ok(self.branch(&[])),
            TyKind::Bool | TyKind::Char | TyKind::Int(_) | TyKind::Uint(_) | TyKind::Float(_) | TyKind::Pat(..) => {
                let int = self.read_int(op)?;
                Ok(self.leaf(int))
            }
            TyKind::RawPtr(..) => match self.read_imm(op)?.imm {
                Imm::Scalar(Scalar::Int(int)) => Ok(self.leaf(int)),
                _ => fault!("`{}` cannot be used as a constant of the type system", self.cx.shown(ty)),
            },
            TyKind::Ref(..) => {
                let place = self.deref(op)?;
                self.tree_of(&place.into(), nodes)
            }
            TyKind::Str | TyKind::Slice(_) | TyKind::Array(..) => {
                let place = self.spill(op)?;
                let mut parts = Vec::new();
                for index in 0..self.len_of(&place)? {
                    let element = self.project_index(&place, index)?;
                    let tree = self.tree_of(&element.into(), nodes)?;
                    parts.push(tcx.mk_const(ConstKind::Value(element.layout.ty, tree)));
                }
                Ok(self.branch(&parts))
            }
            TyKind::Tuple(types) => {
                let parts = self.trees_of_fields(op, types.len(), nodes)?;
                Ok(self.branch(&parts))
            }
            TyKind::Adt(did, _) if !tcx.adt_def(did).is_union() => {
                let adt = tcx.adt_def(did);
                let variant = self.read_discriminant(op)?;
                let mut parts = Vec::new();
                let mut inner = *op;
                if adt.is_enum() {
                    let number = self.leaf(ScalarInt::truncated(u128::from(variant.as_u32()), 4));
                    parts.push(tcx.mk_const(ConstKind::Value(tcx.types().u32, number)));
                    inner = self.project_op(op, mir::ProjectionElem::Downcast(None, variant))?;
                }
                parts.extend(self.trees_of_fields(&inner, adt.variants[variant].fields.len(), nodes)?);
                Ok(self.branch(&parts))
            }
            _ => fault!("`{}` cannot be used as a constant of the type system", self.cx.shown(ty)),
        }
    }

    fn trees_of_fields(
        &mut self,
        op: &OpTy<'tcx>,
        count: usize,
        nodes: &mut usize,
    ) -> EvalResult<Vec<ty::Const<'tcx>>> {
        let mut parts = Vec::new();
        for index in 0..count {
            let field = self.op_field(op, FieldIdx::from_usize(index))?;
            let tree = self.tree_of(&field, nodes)?;
            parts.push(self.cx.tcx.mk_const(ConstKind::Value(field.layout().ty, tree)));
        }
        Ok(parts)
    }

    /// Memory for a type, which may be unsized, filled with a tree's value.
    fn tree_place(&mut self, ty: Ty<'tcx>, tree: ValTree<'tcx>) -> EvalResult<MemPlace<'tcx>> {
        let layout = self.cx.layout_of(ty)?;
        let place = if layout.is_sized() {
            self.allocate(layout)?
        } else {
            let meta = self.usize_scalar(self.tail_len(layout, tree));
            let place =
                MemPlace { ptr: crate::memory::Pointer::address(0), meta: Some(meta), misaligned: None, layout };
            let Some((size, align)) = self.size_and_align_of(&place)? else { fault!("a constant of unknown size") };
            let ptr = self.allocate_bytes(size, align, crate::memory::MemoryKind::Stack)?;
            MemPlace { ptr, ..place }
        };
        self.write_tree(&place, tree)?;
        Ok(place)
    }

    /// The number of elements of the slice or `str` that an unsized value ends in.
    fn tail_len(&self, layout: Layout<'tcx>, tree: ValTree<'tcx>) -> u64 {
        let ValTreeKind::Branch(parts) = tree.kind() else { return 0 };
        match layout.ty.kind() {
            TyKind::Slice(_) | TyKind::Str => parts.len() as u64,
            _ => match parts.last().and_then(|part| part.as_value()) {
                Some((_, last)) => {
                    let field = self.cx.field(layout, FieldIdx::from_usize(layout.fields.count() - 1));
                    self.tail_len(field, last)
                }
                None => 0,
            },
        }
    }

    pub(crate) fn write_tree(&mut self, place: &MemPlace<'tcx>, tree: ValTree<'tcx>) -> EvalResult<()> {
        let tcx = self.cx.tcx;
        let ty = place.layout.ty;
        match (*ty.kind(), tree.kind()) {
            (TyKind::FnDef(..), _) => Ok(()),
            (TyKind::Ref(_, pointee, _), _) => {
                let target = self.tree_place(pointee, tree)?;
                let pointer = self.pointer_to(&target, place.layout);
                self.write_imm(pointer, &(*place).into())
            }
            (_, ValTreeKind::Leaf(int)) => {
                let layout = match self.cx.shape(place.layout) {
                    Shape::Scalar(_) => place.layout,
                    _ => ty::bug!("a number as the value of {ty:?}"),
                };
                self.write_imm(ImmTy { imm: Imm::Scalar(Scalar::Int(int)), layout }, &(*place).into())
            }
            (TyKind::Array(..) | TyKind::Slice(_) | TyKind::Str, ValTreeKind::Branch(parts)) => {
                for (index, part) in parts.iter().enumerate() {
                    let element = self.project_index(place, index as u64)?;
                    self.write_part(&element, part)?;
                }
                Ok(())
            }
            (TyKind::Tuple(_), ValTreeKind::Branch(parts)) => self.write_fields(place, &parts),
            (TyKind::Adt(did, _), ValTreeKind::Branch(parts)) => {
                if !tcx.adt_def(did).is_enum() {
                    return self.write_fields(place, &parts);
                }
                let Some(variant) = parts.first().and_then(|part| part.as_bits()) else {
                    ty::bug!("an enum's tree begins with the variant")
                };
                let variant = VariantIdx::from_u32(variant as u32);
                let inner = self.project_variant(place, variant);
                self.write_fields(&inner, &parts.as_slice()[1..])?;
                self.write_discriminant(variant, &(*place).into())
            }
            _ => ty::bug!("a tree as the value of {ty:?}"),
        }
    }

    fn write_fields(&mut self, place: &MemPlace<'tcx>, parts: &[ty::Const<'tcx>]) -> EvalResult<()> {
        for (index, &part) in parts.iter().enumerate() {
            let field = self.project_field(place, FieldIdx::from_usize(index))?;
            self.write_part(&field, part)?;
        }
        Ok(())
    }

    fn write_part(&mut self, place: &MemPlace<'tcx>, part: ty::Const<'tcx>) -> EvalResult<()> {
        match part.as_value() {
            Some((_, tree)) => self.write_tree(place, tree),
            None => fault!("a constant depends on a parameter"),
        }
    }
}
