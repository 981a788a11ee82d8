//! Structs, unions and enums.

use crate::ir::inherent::IntoKind;
use crate::ir::solve::{AdtDestructorKind, SizedTraitKind};
use crate::ir::{EarlyBinder, TypeSuperVisitable, TypeVisitable, TypeVisitor};
use crate::{Clause, ClauseKind, Const, ConstKind, Cx, Ty, TyKind, ir};
use std::fmt;
use std::hash::{Hash, Hasher};
use ty::rustc_index::bit_set::DenseBitSet;
use ty::{DefId, LangItem};

/// Parameters by index.
pub(crate) type Params = DenseBitSet<u32>;

/// A struct, union or enum; the same if its definition is.
#[derive(Clone, Copy)]
pub struct AdtDef<'tcx>(pub(crate) &'tcx ty::AdtDef);

impl<'tcx> AdtDef<'tcx> {
    /// The definition.
    pub fn data(self) -> &'tcx ty::AdtDef {
        self.0
    }
}
impl PartialEq for AdtDef<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.0.did == other.0.did
    }
}
impl Eq for AdtDef<'_> {}
impl Hash for AdtDef<'_> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.did.hash(state);
    }
}
impl fmt::Debug for AdtDef<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "adt({:?})", self.0.did)
    }
}

impl<'tcx> ir::inherent::AdtDef<Cx<'tcx>> for AdtDef<'tcx> {
    fn def_id(self) -> DefId {
        self.0.did
    }
    fn is_struct(self) -> bool {
        self.0.is_struct()
    }
    fn struct_tail_ty(self, cx: Cx<'tcx>) -> Option<EarlyBinder<Cx<'tcx>, Ty<'tcx>>> {
        cx.tail(self.0).map(EarlyBinder::bind)
    }
    fn is_phantom_data(self) -> bool {
        self.0.is_phantom_data
    }
    fn is_manually_drop(self) -> bool {
        self.0.is_manually_drop
    }
    fn all_field_tys(self, cx: Cx<'tcx>) -> EarlyBinder<Cx<'tcx>, impl IntoIterator<Item = Ty<'tcx>>> {
        EarlyBinder::bind(cx.fields(self.0).iter().copied())
    }
    fn sizedness_constraint(self, cx: Cx<'tcx>, sizedness: SizedTraitKind) -> Option<EarlyBinder<Cx<'tcx>, Ty<'tcx>>> {
        cx.adt_sizedness(self.0, sizedness, 0).map(EarlyBinder::bind)
    }
    fn is_fundamental(self) -> bool {
        // Coherence asks; impls are checked by rustc.
        self.0.is_box
    }
    fn destructor(self, cx: Cx<'tcx>) -> Option<AdtDestructorKind> {
        cx.definitions().adt_destructor(self.0.did).map(|_| AdtDestructorKind::NotConst)
    }
}

/// How deep structs may end in structs before we give up: more than any program's do that are not endless.
const MOST_TAILS: usize = 128;

impl<'tcx> Cx<'tcx> {
    /// The types of all fields of all variants.
    pub(crate) fn fields(self, adt: &'tcx ty::AdtDef) -> &'tcx [Ty<'tcx>] {
        self.items.fields.get_or(adt.did, || {
            let fields = adt.variants.iter().flat_map(|variant| variant.fields.iter());
            let fields: Vec<_> = fields.map(|field| self.type_of_item(field.did)).collect();
            self.keep(&fields)
        })
    }

    /// The type of a struct's last field.
    fn tail(self, adt: &'tcx ty::AdtDef) -> Option<Ty<'tcx>> {
        if !adt.is_struct() {
            return None;
        }
        self.fields(adt).last().copied()
    }

    /// The type that must have a size for the struct to have one; `None` if it always has.
    fn adt_sizedness(self, adt: &'tcx ty::AdtDef, sizedness: SizedTraitKind, depth: usize) -> Option<Ty<'tcx>> {
        if !adt.is_struct() {
            return None;
        }
        if depth > MOST_TAILS {
            self.note_with("a struct that ends in itself", || self.tcx().def_path_str(adt.did));
            return None;
        }
        let is_sized = sizedness == SizedTraitKind::Sized;
        self.items.sizedness.get_or((adt.did, is_sized), || {
            let constraint = self.ty_sizedness(self.tail(adt)?, sizedness, depth + 1)?;
            // Where the struct itself asks for it, nobody else has to.
            let trait_ = self.lang.get(if is_sized { LangItem::Sized } else { LangItem::MetaSized });
            let is_given = |clause: &Clause<'tcx>| {
                matches!(clause.kind().skip_binder(), ClauseKind::Trait(predicate)
                    if predicate.trait_ref.def_id == trait_ && predicate.self_ty() == constraint)
            };
            (!self.all_predicates(adt.did).iter().any(is_given)).then_some(constraint)
        })
    }

    /// The part of a type that must have a size for the type to have one; `None` if it always has.
    pub(crate) fn ty_sizedness(self, ty: Ty<'tcx>, sizedness: SizedTraitKind, depth: usize) -> Option<Ty<'tcx>> {
        match *ty.kind_ref() {
            TyKind::Str | TyKind::Slice(_) | TyKind::Dynamic(..) => (sizedness == SizedTraitKind::Sized).then_some(ty),
            TyKind::Tuple(types) => self.ty_sizedness(*types.elements().last()?, sizedness, depth),
            TyKind::Adt(adt, args) => {
                let inner = self.adt_sizedness(adt.0, sizedness, depth)?;
                self.ty_sizedness(EarlyBinder::bind(inner).instantiate(self, args), sizedness, depth)
            }
            TyKind::Foreign(_)
            | TyKind::Param(_)
            | TyKind::Alias(..)
            | TyKind::Placeholder(_)
            | TyKind::Bound(..)
            | TyKind::UnsafeBinder(_) => Some(ty),
            _ => None,
        }
    }

    /// The parameters of a struct that only its last field mentions: those may be unsized with it.
    pub(crate) fn unsizing_params(self, did: DefId) -> &'tcx Params {
        self.items.unsizing.get_or(did, || {
            let count = self.definitions().generics_of(did).count();
            let mut params = Params::new_empty(count);
            let adt = self.definitions().adt_def(did);
            if let (true, Some((tail, rest))) = (adt.is_struct(), self.fields(adt).split_last()) {
                let mut add = |index: u32| _ = params.insert(index);
                tail.visit_with(&mut EachParam(&mut add));
                let mut remove = |index: u32| _ = params.remove(index);
                for field in rest {
                    field.visit_with(&mut EachParam(&mut remove));
                }
            }
            self.tcx().arena().keep(params)
        })
    }
}

/// Visits type and constant parameters.
struct EachParam<F>(F);

impl<'tcx, F: FnMut(u32)> TypeVisitor<Cx<'tcx>> for EachParam<F> {
    type Result = ();
    fn visit_ty(&mut self, ty: Ty<'tcx>) {
        match *ty.kind_ref() {
            TyKind::Param(param) => (self.0)(param.index),
            _ => ty.super_visit_with(self),
        }
    }
    fn visit_const(&mut self, constant: Const<'tcx>) {
        match constant.kind() {
            ConstKind::Param(param) => (self.0)(param.index),
            _ => constant.super_visit_with(self),
        }
    }
}
