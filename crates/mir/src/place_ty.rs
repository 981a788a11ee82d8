//! Types of places, operands and rvalues.

use crate::*;
use ty::rustc_abi::IntegerType;
use ty::{Const as TyConst, Idx, IndexVec, Integer, Mutability, Tcx, Ty, TyKind, VariantIdx, bug};

/// Declarations of a body's locals.
pub type LocalDecls<'tcx> = IndexVec<Local, LocalDecl<'tcx>>;

/// The type of a place, and of which variant it is a part (after a downcast).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct PlaceTy<'tcx> {
    /// The type of the whole value, also after a downcast.
    pub ty: Ty<'tcx>,
    /// The variant whose fields a field projection selects; `None` without a downcast.
    pub variant: Option<VariantIdx>,
}

impl<'tcx> PlaceTy<'tcx> {
    /// A type as a whole: no variant is selected.
    pub fn from_ty(ty: Ty<'tcx>) -> PlaceTy<'tcx> {
        PlaceTy { ty, variant: None }
    }

    /// The type of what a projection selects. Fields' types are as the projection says, so a substituted body gives
    /// substituted types, to be normalised by the caller.
    pub fn projection_ty(self, tcx: Tcx<'tcx>, elem: ProjectionElem<'tcx>) -> PlaceTy<'tcx> {
        let ty = match elem {
            ProjectionElem::Deref => match self.ty.builtin_deref(tcx) {
                Some(ty) => ty,
                None => bug!("dereference of {:?}", self.ty),
            },
            ProjectionElem::Field(_, ty) => ty,
            ProjectionElem::Index(_) | ProjectionElem::ConstantIndex { .. } => match self.ty.sequence_element() {
                Some(ty) => ty,
                None => bug!("index into {:?}", self.ty),
            },
            ProjectionElem::Subslice { from, to, from_end } => match *self.ty.kind() {
                TyKind::Slice(_) => self.ty,
                TyKind::Array(element, _) if !from_end => tcx.mk_array(element, to - from),
                TyKind::Array(element, len) => match len.as_target_usize() {
                    Some(len) => tcx.mk_array(element, len - from - to),
                    None => bug!("subslice of an array of unknown length {:?}", self.ty),
                },
                _ => bug!("subslice of {:?}", self.ty),
            },
            ProjectionElem::Downcast(_, variant) => return PlaceTy { ty: self.ty, variant: Some(variant) },
            ProjectionElem::OpaqueCast(ty) | ProjectionElem::UnwrapUnsafeBinder(ty) => ty,
        };
        PlaceTy::from_ty(ty)
    }
}

impl<'tcx> Place<'tcx> {
    /// The type of what the place selects, and its variant where it ends in a downcast.
    pub fn place_ty(self, locals: &LocalDecls<'tcx>, tcx: Tcx<'tcx>) -> PlaceTy<'tcx> {
        let start = PlaceTy::from_ty(locals[self.local].ty);
        self.projection.iter().fold(start, |place, &elem| place.projection_ty(tcx, elem))
    }
    /// The type of what the place selects.
    pub fn ty(self, locals: &LocalDecls<'tcx>, tcx: Tcx<'tcx>) -> Ty<'tcx> {
        self.place_ty(locals, tcx).ty
    }
    /// What a projection selects of this place.
    pub fn project(self, tcx: Tcx<'tcx>, elem: ProjectionElem<'tcx>) -> Place<'tcx> {
        let mut all: smallvec::SmallVec<[_; 8]> = smallvec::SmallVec::from_slice(self.projection);
        all.push(elem);
        Place { local: self.local, projection: tcx.arena().alloc_slice(&all) }
    }
    /// `*place`
    pub fn deref(self, tcx: Tcx<'tcx>) -> Place<'tcx> {
        self.project(tcx, ProjectionElem::Deref)
    }
    /// `place.index`. The field's type is needed as it stands in the projection.
    pub fn field(self, tcx: Tcx<'tcx>, index: usize, ty: Ty<'tcx>) -> Place<'tcx> {
        self.project(tcx, ProjectionElem::Field(ty::FieldIdx::new(index), ty))
    }
    /// The same enum (or coroutine), known to be this variant, so that the variant's fields can be selected.
    pub fn downcast(self, tcx: Tcx<'tcx>, variant: VariantIdx) -> Place<'tcx> {
        self.project(tcx, ProjectionElem::Downcast(None, variant))
    }
}

impl<'tcx> Operand<'tcx> {
    /// The type of the operand's value.
    pub fn ty(&self, locals: &LocalDecls<'tcx>, tcx: Tcx<'tcx>) -> Ty<'tcx> {
        match self {
            Operand::Copy(place) | Operand::Move(place) => place.ty(locals, tcx),
            Operand::Constant(constant) => constant.const_.ty(),
            Operand::RuntimeChecks(_) => tcx.types().bool,
        }
    }
}

/// The type of a type's discriminants as `Rvalue::Discriminant` yields them: by `repr` for an enum (`isize` without),
/// `u32` for a coroutine, `u8` for types without variants.
pub fn discriminant_ty<'tcx>(tcx: Tcx<'tcx>, ty: Ty<'tcx>) -> Ty<'tcx> {
    let types = tcx.types();
    match *ty.kind() {
        TyKind::Adt(did, _) if tcx.adt_def(did).is_enum() => match tcx.adt_def(did).repr.discr_type() {
            IntegerType::Pointer(true) => types.isize,
            IntegerType::Pointer(false) => types.usize,
            IntegerType::Fixed(integer, signed) => match (integer, signed) {
                (Integer::I8, true) => types.i8,
                (Integer::I16, true) => types.i16,
                (Integer::I32, true) => types.i32,
                (Integer::I64, true) => types.i64,
                (Integer::I128, true) => types.i128,
                (Integer::I8, false) => types.u8,
                (Integer::I16, false) => types.u16,
                (Integer::I32, false) => types.u32,
                (Integer::I64, false) => types.u64,
                (Integer::I128, false) => types.u128,
            },
        },
        TyKind::Coroutine(..) => types.u32,
        _ => types.u8,
    }
}

impl BinOp {
    /// The result's type for operands of these types.
    pub fn ty<'tcx>(self, tcx: Tcx<'tcx>, left: Ty<'tcx>, _right: Ty<'tcx>) -> Ty<'tcx> {
        match self {
            BinOp::Add
            | BinOp::AddUnchecked
            | BinOp::Sub
            | BinOp::SubUnchecked
            | BinOp::Mul
            | BinOp::MulUnchecked
            | BinOp::Div
            | BinOp::Rem
            | BinOp::BitXor
            | BinOp::BitAnd
            | BinOp::BitOr
            | BinOp::Shl
            | BinOp::ShlUnchecked
            | BinOp::Shr
            | BinOp::ShrUnchecked
            | BinOp::Offset => left,
            BinOp::AddWithOverflow | BinOp::SubWithOverflow | BinOp::MulWithOverflow => {
                tcx.mk_tuple(&[left, tcx.types().bool])
            }
            BinOp::Eq | BinOp::Lt | BinOp::Le | BinOp::Ne | BinOp::Ge | BinOp::Gt => tcx.types().bool,
            BinOp::Cmp => {
                let ordering = tcx.expect_lang_item(ty::LangItem::OrderingEnum);
                tcx.mk_ty(TyKind::Adt(ordering, ty::List::empty()))
            }
        }
    }
}

impl<'tcx> AggregateKind<'tcx> {
    /// The type of the aggregate; `fields` are the operands' types.
    fn ty(&self, tcx: Tcx<'tcx>, fields: &[Ty<'tcx>]) -> Ty<'tcx> {
        match *self {
            AggregateKind::Array(element) => tcx.mk_array(element, fields.len() as u64),
            AggregateKind::Tuple => tcx.mk_tuple(fields),
            AggregateKind::Adt(did, _, args, _) => tcx.mk_ty(TyKind::Adt(did, args)),
            AggregateKind::Closure(did, args) => tcx.mk_ty(TyKind::Closure(did, args)),
            AggregateKind::Coroutine(did, args) => tcx.mk_ty(TyKind::Coroutine(did, args)),
            AggregateKind::CoroutineClosure(did, args) => tcx.mk_ty(TyKind::CoroutineClosure(did, args)),
            AggregateKind::RawPtr(pointee, mutability) => tcx.mk_ptr(pointee, mutability),
        }
    }
}

impl<'tcx> Rvalue<'tcx> {
    /// The type of the value. References and raw pointers to thread-locals are answered as raw pointers to the static's
    /// type where it is mutable or foreign, as shared references else.
    pub fn ty(&self, locals: &LocalDecls<'tcx>, tcx: Tcx<'tcx>) -> Ty<'tcx> {
        match self {
            Rvalue::Use(operand) => operand.ty(locals, tcx),
            Rvalue::Repeat(operand, count) => array_of(tcx, operand.ty(locals, tcx), *count),
            Rvalue::Ref(kind, place) => {
                let mutability = if *kind == BorrowKind::Mut { Mutability::Mut } else { Mutability::Not };
                tcx.mk_ref(place.ty(locals, tcx), mutability)
            }
            Rvalue::RawPtr(kind, place) => {
                let mutability = if *kind == RawPtrKind::Mut { Mutability::Mut } else { Mutability::Not };
                tcx.mk_ptr(place.ty(locals, tcx), mutability)
            }
            Rvalue::ThreadLocalRef(did) => thread_local_ptr_ty(tcx, *did),
            Rvalue::Cast(_, _, ty) | Rvalue::WrapUnsafeBinder(_, ty) => *ty,
            Rvalue::BinaryOp(op, operands) => op.ty(tcx, operands.0.ty(locals, tcx), operands.1.ty(locals, tcx)),
            Rvalue::UnaryOp(UnOp::Not | UnOp::Neg, operand) => operand.ty(locals, tcx),
            Rvalue::UnaryOp(UnOp::PtrMetadata, operand) => pointer_metadata_ty(tcx, operand.ty(locals, tcx)),
            Rvalue::Discriminant(place) => discriminant_ty(tcx, place.ty(locals, tcx)),
            Rvalue::Aggregate(kind, fields) => {
                let fields: smallvec::SmallVec<[_; 8]> = fields.iter().map(|field| field.ty(locals, tcx)).collect();
                kind.ty(tcx, &fields)
            }
            Rvalue::CopyForDeref(place) => place.ty(locals, tcx),
        }
    }
}

fn array_of<'tcx>(tcx: Tcx<'tcx>, element: Ty<'tcx>, count: TyConst<'tcx>) -> Ty<'tcx> {
    tcx.mk_ty(TyKind::Array(element, count))
}

fn thread_local_ptr_ty<'tcx>(tcx: Tcx<'tcx>, did: ty::DefId) -> Ty<'tcx> {
    let definitions = tcx.definitions();
    let ty = tcx.erase_regions(definitions.type_of(did));
    if matches!(definitions.def_kind(did), ty::DefKind::Static { mutable: true, .. }) {
        tcx.mk_ptr(ty, Mutability::Mut)
    } else if definitions.is_foreign_item(did) {
        tcx.mk_ptr(ty, Mutability::Not)
    } else {
        tcx.mk_ref(ty, Mutability::Not)
    }
}

/// The type of a pointer's metadata, for a pointee without parameters.
fn pointer_metadata_ty<'tcx>(tcx: Tcx<'tcx>, pointer: Ty<'tcx>) -> Ty<'tcx> {
    let Some(mut pointee) = pointer.builtin_deref(tcx) else { bug!("metadata of {pointer:?}") };
    loop {
        match *pointee.kind() {
            TyKind::Slice(_) | TyKind::Str => return tcx.types().usize,
            TyKind::Dynamic(..) => {
                let metadata = tcx.expect_lang_item(ty::LangItem::DynMetadata);
                return tcx.mk_ty(TyKind::Adt(metadata, tcx.mk_args(&[pointee.into()])));
            }
            TyKind::Adt(did, args) if tcx.adt_def(did).is_struct() => {
                match tcx.adt_def(did).non_enum_variant().fields.iter().last() {
                    Some(field) => {
                        let tail = tcx.subst(tcx.definitions().type_of(field.did), args);
                        pointee = tcx.normalize(tail);
                    }
                    None => return tcx.types().unit,
                }
            }
            TyKind::Tuple(types) => match types.last() {
                Some(&last) => pointee = last,
                None => return tcx.types().unit,
            },
            _ => return tcx.types().unit,
        }
    }
}
