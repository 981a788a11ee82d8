//! Unsizing: from `&[T; N]` to `&[T]`, from `Box<T>` to `Box<dyn Trait>`, and the like.

use crate::select::Selection;
use crate::{TraitCx, TraitError};
use ty::{Const, ExistentialPredicates, FieldIdx, LangItem, TraitRef, Ty, TyKind};

/// What the metadata of the wider pointer is.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum UnsizeKind<'tcx> {
    /// The length of an array.
    Length(Const<'tcx>),
    /// The vtable of a type for a trait object type's predicates.
    Vtable(Ty<'tcx>, ExistentialPredicates<'tcx>),
    /// A trait object's vtable serves as it is.
    SameVtable,
    /// The pointer in this slot of the trait object's vtable.
    Upcast {
        /// Counted in pointers from the vtable's start, the header included.
        slot: usize,
    },
}

impl<'tcx> TraitCx<'tcx> {
    /// What becomes the metadata of a pointer to `source` when it is made one to `target`.
    pub fn unsize_kind(&self, source: Ty<'tcx>, target: Ty<'tcx>) -> UnsizeKind<'tcx> {
        let (source, target) = self.unsize_tails(source, target);
        match (*source.kind(), *target.kind()) {
            (TyKind::Array(_, len), TyKind::Slice(_)) => UnsizeKind::Length(len),
            (TyKind::Dynamic(..), TyKind::Dynamic(..)) => match self.upcast_slot(source, target) {
                Some(slot) => UnsizeKind::Upcast { slot },
                None => UnsizeKind::SameVtable,
            },
            (_, TyKind::Dynamic(predicates, _)) => UnsizeKind::Vtable(source, predicates),
            _ => ty::bug!("unsizing {source:?} to {target:?}"),
        }
    }

    /// The parts at the ends of two types that differ by unsizing: what is a sized type in one is unsized in the other.
    pub fn unsize_tails(&self, source: Ty<'tcx>, target: Ty<'tcx>) -> (Ty<'tcx>, Ty<'tcx>) {
        let (mut source, mut target) = (source, target);
        loop {
            (source, target) = match (*source.kind(), *target.kind()) {
                (TyKind::Adt(left, left_args), TyKind::Adt(right, right_args))
                    if left == right && self.tcx.adt_def(left).is_struct() =>
                {
                    match self.tcx.adt_def(left).non_enum_variant().fields.iter().last() {
                        Some(field) => (self.field_ty(field.did, left_args), self.field_ty(field.did, right_args)),
                        None => return (source, target),
                    }
                }
                (TyKind::Tuple(left), TyKind::Tuple(right)) if left.len() == right.len() => {
                    match (left.last(), right.last()) {
                        (Some(&left), Some(&right)) => (left, right),
                        _ => return (source, target),
                    }
                }
                _ => return (source, target),
            };
        }
    }

    /// For pointer-like types (references, raw pointers, `Box`, types with `CoerceUnsized`) that an unsizing coercion leads
    /// from and to: the pointees' differing ends, see [`TraitCx::unsize_tails`].
    pub fn unsize_tails_of_pointers(&self, source: Ty<'tcx>, target: Ty<'tcx>) -> (Ty<'tcx>, Ty<'tcx>) {
        let (mut source, mut target) = (source, target);
        loop {
            if let (Some(left), Some(right)) = (source.builtin_deref(self.tcx), target.builtin_deref(self.tcx)) {
                return self.unsize_tails(left, right);
            }
            (source, target) = match (*source.kind(), *target.kind()) {
                (TyKind::Pat(left, _), TyKind::Pat(right, _)) => (left, right),
                (TyKind::Adt(adt, left), TyKind::Adt(_, right)) => {
                    let index = self.coerced_field(source, target);
                    let field = self.tcx.adt_def(adt).non_enum_variant().fields[index].did;
                    (self.field_ty(field, left), self.field_ty(field, right))
                }
                _ => ty::bug!("unsizing {source:?} to {target:?}"),
            };
        }
    }

    /// For a struct that implements `CoerceUnsized` (`Rc`, `Pin`, …): the field that is coerced; the others stay as they are.
    pub fn coerced_field(&self, source: Ty<'tcx>, target: Ty<'tcx>) -> FieldIdx {
        self.try_coerced_field(source, target).unwrap_or_else(|error| error.unwind(self.tcx))
    }

    fn try_coerced_field(&self, source: Ty<'tcx>, target: Ty<'tcx>) -> Result<FieldIdx, TraitError<'tcx>> {
        let coerce_unsized = self.tcx.expect_lang_item(LangItem::CoerceUnsized);
        let args = self.tcx.mk_args(&[source.into(), target.into()]);
        let goal = TraitRef { def_id: coerce_unsized, args };
        if let Selection::Impl { impl_, .. } = self.select(goal)?
            && let Some(field) = self.definitions().coerce_unsized_field(impl_)
        {
            return Ok(FieldIdx::from_u32(field));
        }
        Err(TraitError::Unimplemented(goal))
    }
}
