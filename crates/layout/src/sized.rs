//! What a type ends in: whether it is sized, and what pointers to it carry.

use crate::LayoutCx;
use ty::{
    AliasTy, AliasTyKind, AssocKind, Clause, ClauseKind, DefId, Defaultness, ExistentialPredicate, FieldIdx,
    GenericArgs, GenericParamKind, LangItem, TraitRef, Ty, TyKind, VariantIdx,
};

/// What a pointer to a type carries besides the address.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Metadata {
    /// Nothing.
    Thin,
    /// The number of elements, a `usize`.
    Length,
    /// A pointer to a vtable.
    Vtable,
}

/// Types nested deeper than this are taken for endless.
const TAIL_LIMIT: usize = 1 << 16;

impl<'tcx> LayoutCx<'tcx> {
    /// What the type ends in: the last field's last field, and so on, until something that is no struct or tuple.
    pub fn struct_tail(&self, ty: Ty<'tcx>) -> Ty<'tcx> {
        let mut ty = self.normalize(ty);
        for _ in 0..TAIL_LIMIT {
            ty = match *ty.kind() {
                TyKind::Adt(did, _) => {
                    let adt = self.tcx().adt_def(did);
                    if !adt.is_struct() {
                        return ty;
                    }
                    match adt.non_enum_variant().fields.len() {
                        0 => return ty,
                        count => self.adt_field_ty(ty, VariantIdx::ZERO, count - 1),
                    }
                }
                TyKind::Tuple(types) => match types.as_slice().last() {
                    Some(&last) => last,
                    None => return ty,
                },
                TyKind::Pat(base, _) => base,
                TyKind::UnsafeBinder(binder) => self.normalize(self.tcx().instantiate_bound_erased(binder)),
                _ => return ty,
            };
        }
        ty
    }

    /// What pointers to a type carry.
    pub fn pointee_metadata(&self, pointee: Ty<'tcx>) -> Metadata {
        match self.struct_tail(pointee).kind() {
            TyKind::Slice(_) | TyKind::Str => Metadata::Length,
            TyKind::Dynamic(..) => Metadata::Vtable,
            _ => Metadata::Thin,
        }
    }

    /// Whether the size of the type's values is known.
    pub fn is_sized(&self, ty: Ty<'tcx>) -> bool {
        !matches!(
            self.struct_tail(ty).kind(),
            TyKind::Slice(_) | TyKind::Str | TyKind::Dynamic(..) | TyKind::Foreign(_)
        )
    }

    /// Whether a struct can be unsized for some arguments. Then its last field stays last in memory, for all arguments.
    pub(crate) fn struct_maybe_unsized(&self, adt: DefId) -> bool {
        self.maybe_unsized.get_or(adt, || {
            let tcx = self.tcx();
            let fields = &tcx.adt_def(adt).non_enum_variant().fields;
            match fields.len() {
                0 => false,
                count => {
                    let last = &fields[FieldIdx::from_usize(count - 1)];
                    !self.is_sized_within(adt, tcx.definitions().type_of(last.did), 0)
                }
            }
        })
    }

    /// Whether a type that may mention an item's parameters is sized whenever the item's where-clauses hold.
    fn is_sized_within(&self, item: DefId, ty: Ty<'tcx>, depth: usize) -> bool {
        if depth > 256 {
            return true;
        }
        let tcx = self.tcx();
        match *ty.kind() {
            TyKind::Slice(_) | TyKind::Str | TyKind::Dynamic(..) | TyKind::Foreign(_) => false,
            TyKind::Tuple(types) => {
                types.as_slice().last().is_none_or(|&last| self.is_sized_within(item, last, depth + 1))
            }
            TyKind::Pat(base, _) => self.is_sized_within(item, base, depth + 1),
            TyKind::Adt(did, args) => {
                let adt = tcx.adt_def(did);
                if !adt.is_struct() {
                    return true;
                }
                let fields = &adt.non_enum_variant().fields;
                match fields.len() {
                    0 => true,
                    count => {
                        let last = &fields[FieldIdx::from_usize(count - 1)];
                        let last = tcx.definitions().type_of(last.did);
                        self.is_sized_within(item, tcx.subst(last, args), depth + 1)
                    }
                }
            }
            TyKind::Param(_) => self.is_bounded_sized(item, ty),
            TyKind::Alias(kind, alias) => {
                if !ty.has_param() {
                    let normal = self.normalize(ty);
                    return normal == ty || self.is_sized_within(item, normal, depth + 1);
                }
                self.alias_is_sized(kind, alias) || self.is_bounded_sized(item, ty)
            }
            _ => true,
        }
    }

    /// Whether an associated or opaque type's own bounds make it sized.
    fn alias_is_sized(&self, kind: AliasTyKind, alias: AliasTy<'tcx>) -> bool {
        match kind {
            AliasTyKind::Projection | AliasTyKind::Opaque => {
                let bounds = self.tcx().definitions().item_bounds(alias.def_id);
                let identity = |trait_ref: TraitRef<'tcx>| matches!(*trait_ref.self_ty().kind(), TyKind::Alias(_, own) if own.def_id == alias.def_id);
                bounds.iter().any(|clause| {
                    matches!(clause.value, ClauseKind::Trait(trait_ref)
                        if identity(trait_ref) && self.implies_sized(trait_ref.def_id, 0))
                })
            }
            // Their own type is what counts; nobody has one that is unsized as a struct's last field.
            AliasTyKind::Inherent | AliasTyKind::Free => true,
        }
    }

    /// Whether an item's where-clauses say that the type is sized.
    fn is_bounded_sized(&self, item: DefId, ty: Ty<'tcx>) -> bool {
        let definitions = self.tcx().definitions();
        let mut next = Some(item);
        while let Some(item) = next {
            let predicates = definitions.predicates_of(item);
            let says_so = |clause: &Clause<'tcx>| {
                matches!(clause.value, ClauseKind::Trait(trait_ref)
                    if trait_ref.self_ty() == ty && self.implies_sized(trait_ref.def_id, 0))
            };
            if predicates.predicates.iter().any(says_so) {
                return true;
            }
            next = predicates.parent;
        }
        false
    }

    /// How many words the vtables of a trait object's trait have at least: those that all have (drop, size, align), and one
    /// for each method of the trait and its supertraits.
    pub(crate) fn vtable_min_entries(&self, object: Ty<'tcx>) -> u64 {
        const COMMON: u64 = 3;
        let principal = match *object.kind() {
            TyKind::Dynamic(predicates, _) => predicates.iter().find_map(|predicate| match predicate.value {
                ExistentialPredicate::Trait(trait_ref) => Some(trait_ref.def_id),
                _ => None,
            }),
            _ => None,
        };
        let Some(principal) = principal else { return COMMON };
        self.vtable_entries.get_or(principal, || {
            let mut traits = vec![principal];
            let mut index = 0;
            let mut count = COMMON;
            while let Some(&trait_) = traits.get(index) {
                index += 1;
                count += self.vtable_methods(trait_);
                for clause in self.tcx().definitions().super_predicates_of(trait_) {
                    if let ClauseKind::Trait(trait_ref) = clause.value
                        && is_self_param(trait_ref.args)
                        && !traits.contains(&trait_ref.def_id)
                    {
                        traits.push(trait_ref.def_id);
                    }
                }
            }
            count
        })
    }

    /// How many methods of a trait can be called on trait objects.
    fn vtable_methods(&self, trait_: DefId) -> u64 {
        let definitions = self.tcx().definitions();
        let requires_sized = |method: DefId| {
            definitions.predicates_of(method).predicates.iter().any(|clause| {
                matches!(clause.value, ClauseKind::Trait(trait_ref)
                    if is_self_param(trait_ref.args) && self.implies_sized(trait_ref.def_id, 0))
            })
        };
        let is_generic = |method: DefId| {
            definitions.generics_of(method).own_params.iter().any(|param| param.kind != GenericParamKind::Lifetime)
        };
        let methods = definitions.assoc_items(trait_).iter().filter(|item| {
            item.kind == AssocKind::Fn
                && item.fn_has_self_parameter
                && definitions.defaultness(item.def_id) != Defaultness::Final
                && !requires_sized(item.def_id)
                && !is_generic(item.def_id)
        });
        methods.count() as u64
    }

    /// Whether a trait is `Sized` or has it as a supertrait.
    fn implies_sized(&self, trait_: DefId, depth: usize) -> bool {
        let tcx = self.tcx();
        if tcx.lang_item(LangItem::Sized) == Some(trait_) {
            return true;
        }
        // Supertraits do not run in circles in a program that rustc accepts; `depth` is for those it does not.
        depth < 64
            && tcx.definitions().super_predicates_of(trait_).iter().any(|clause| {
                matches!(clause.value, ClauseKind::Trait(trait_ref)
                    if is_self_param(trait_ref.args) && self.implies_sized(trait_ref.def_id, depth + 1))
            })
    }
}

/// Whether the self type is the parameter `Self` of a trait.
fn is_self_param(args: GenericArgs<'_>) -> bool {
    matches!(args[0].as_type().map(|ty| *ty.kind()), Some(TyKind::Param(param)) if param.index == 0)
}
