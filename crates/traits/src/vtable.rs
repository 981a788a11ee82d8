//! Contents of vtables, slot by slot, exactly in rustc's order (`rustc_trait_selection::traits::vtable`).
//!
//! A vtable begins with the drop glue, the size and the alignment. Then follow the segments of the trait's supertraits, each
//! trait after its own supertraits: the methods that the trait declares, then, unless a prefix of this vtable serves as the
//! supertrait's, a pointer to the supertrait's own vtable.

use crate::object::{is_self, principal, with_self_ty};
use crate::{TraitCx, TraitError};
use rustc_hash::FxHashSet;
use ty::{
    AssocKind, ClauseKind, DefId, Defaultness, ExistentialPredicate, ExistentialPredicates, ExistentialTraitRef,
    GenericArg, GenericParamKind, Instance, LangItem, Region, TraitRef, Ty, TyKind,
};

/// One pointer-sized slot.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum VtableEntry<'tcx> {
    /// Drop glue, null if there is nothing to drop.
    DropInPlace,
    /// The size of the type, in bytes.
    Size,
    /// The alignment of the type, in bytes.
    Align,
    /// A method that cannot be called for this type.
    Vacant,
    /// The code of a method, as it is called with a thin pointer for `self`.
    Method(Instance<'tcx>),
    /// The vtable of the same type for a supertrait ([`TraitCx::vtable_predicates`] names it).
    TraitPointer(TraitRef<'tcx>),
}

const HEADER: [VtableEntry<'static>; 3] = [VtableEntry::DropInPlace, VtableEntry::Size, VtableEntry::Align];

/// A trait's own part of a vtable.
struct Segment<'tcx> {
    trait_ref: TraitRef<'tcx>,
    has_pointer: bool,
}

/// A trait on the way down to its supertraits.
struct Visit<'tcx> {
    trait_ref: TraitRef<'tcx>,
    has_pointer: bool,
    /// Supertraits of the same subtrait that come after this one.
    siblings: std::vec::IntoIter<TraitRef<'tcx>>,
}

impl<'tcx> TraitCx<'tcx> {
    /// Methods that a trait itself contributes to vtables, in order of declaration.
    pub fn own_vtable_methods(&self, trait_: DefId) -> &'tcx [DefId] {
        self.own_methods.get_or(trait_, || {
            let methods = self.definitions().assoc_items(trait_).iter().filter(|item| {
                item.kind == AssocKind::Fn
                    && item.fn_has_self_parameter
                    && self.definitions().defaultness(item.def_id) != Defaultness::Final
                    && !self.requires_sized_self(item.def_id)
                    && !self.is_generic(item.def_id)
            });
            let methods: Vec<DefId> = methods.map(|item| item.def_id).collect();
            self.tcx.arena().alloc_slice(&methods)
        })
    }

    fn is_generic(&self, method: DefId) -> bool {
        let own = &self.definitions().generics_of(method).own_params;
        own.iter().any(|param| param.kind != GenericParamKind::Lifetime)
    }

    /// Whether a method demands `Self: Sized`, by itself or through a supertrait of what it demands.
    fn requires_sized_self(&self, method: DefId) -> bool {
        let Some(sized) = self.tcx.lang_item(LangItem::Sized) else { return false };
        self.definitions().predicates_of(method).predicates.iter().any(|clause| match clause.value {
            ClauseKind::Trait(bound) => is_self(bound.self_ty()) && self.supertrait_ids(bound.def_id).contains(&sized),
            _ => false,
        })
    }

    fn has_vtable_methods(&self, trait_: DefId) -> bool {
        self.supertrait_ids(trait_).iter().any(|&id| !self.own_vtable_methods(id).is_empty())
    }

    fn segments(&self, trait_ref: TraitRef<'tcx>) -> Result<Vec<Segment<'tcx>>, TraitError<'tcx>> {
        let mut solver = self.solver();
        let mut segments = Vec::new();
        let mut seen: FxHashSet<TraitRef<'tcx>> = FxHashSet::default();
        seen.insert(trait_ref);
        // Once a trait with methods was laid out, later ones are no prefixes.
        let mut no_prefix = false;
        let mut path = vec![Visit { trait_ref, has_pointer: false, siblings: Vec::new().into_iter() }];
        loop {
            // Down to a trait without supertraits that were not seen.
            while let Some(innermost) = path.last() {
                let mut supers = solver.direct_supertraits(innermost.trait_ref)?.into_iter();
                let Some(next) = supers.find(|&found| seen.insert(found)) else { break };
                path.push(Visit { trait_ref: next, has_pointer: no_prefix, siblings: supers });
            }
            // Up, until there is another branch to go down.
            loop {
                let Some(Visit { trait_ref, has_pointer, mut siblings }) = path.pop() else { return Ok(segments) };
                let has_methods = self.has_vtable_methods(trait_ref.def_id);
                segments.push(Segment { trait_ref, has_pointer: has_pointer && has_methods });
                no_prefix |= has_methods;
                if let Some(next) = siblings.find(|&found| seen.insert(found)) {
                    path.push(Visit { trait_ref: next, has_pointer: no_prefix, siblings });
                    break;
                }
            }
        }
    }

    /// The vtable of a type for a trait, whose first argument is the type. Normalised.
    pub fn vtable_entries(&self, trait_ref: TraitRef<'tcx>) -> &'tcx [VtableEntry<'tcx>] {
        self.vtables.get_or(trait_ref, || {
            let entries = self.vtable_entries_uncached(trait_ref).unwrap_or_else(|error| error.unwind(self.tcx));
            self.tcx.arena().alloc_slice(&entries)
        })
    }

    /// The vtable of a type for a trait object type's predicates.
    pub fn vtable_entries_for_dyn(
        &self,
        ty: Ty<'tcx>,
        predicates: ExistentialPredicates<'tcx>,
    ) -> &'tcx [VtableEntry<'tcx>] {
        match principal(predicates) {
            Some(principal) => self.vtable_entries(self.normalize(with_self_ty(self.tcx, principal, ty))),
            None => &HEADER,
        }
    }

    /// What names a vtable, the same for all trait object types that share it: the trait alone, regions erased.
    pub fn vtable_key(&self, predicates: ExistentialPredicates<'tcx>) -> ExistentialPredicates<'tcx> {
        match principal(predicates) {
            Some(principal) => self.trait_alone(self.normalize(self.tcx.instantiate_bound_erased(principal))),
            None => ExistentialPredicates::empty(),
        }
    }

    /// The [`TraitCx::vtable_key`] for a trait, as [`VtableEntry::TraitPointer`] has it.
    pub fn vtable_predicates(&self, trait_ref: TraitRef<'tcx>) -> ExistentialPredicates<'tcx> {
        self.trait_alone(ExistentialTraitRef { def_id: trait_ref.def_id, args: self.tcx.mk_args(&trait_ref.args[1..]) })
    }

    fn trait_alone(&self, trait_ref: ExistentialTraitRef<'tcx>) -> ExistentialPredicates<'tcx> {
        self.tcx.mk_existential(&[ty::Binder::dummy(ExistentialPredicate::Trait(trait_ref))])
    }

    fn vtable_entries_uncached(&self, trait_ref: TraitRef<'tcx>) -> Result<Vec<VtableEntry<'tcx>>, TraitError<'tcx>> {
        let mut entries: Vec<VtableEntry<'tcx>> = HEADER.to_vec();
        for segment in self.segments(trait_ref)? {
            for &method in self.own_vtable_methods(segment.trait_ref.def_id) {
                entries.push(self.vtable_method(method, segment.trait_ref)?);
            }
            if segment.has_pointer {
                entries.push(VtableEntry::TraitPointer(segment.trait_ref));
            }
        }
        Ok(entries)
    }

    fn vtable_method(&self, method: DefId, trait_ref: TraitRef<'tcx>) -> Result<VtableEntry<'tcx>, TraitError<'tcx>> {
        let own = &self.definitions().generics_of(method).own_params;
        let mut args = trait_ref.args.to_vec();
        args.extend(own.iter().map(|_| GenericArg::Lifetime(Region::Erased)));
        let args = self.tcx.mk_args(&args);
        let clauses = self.definitions().predicates_of(method).predicates;
        if !clauses.is_empty() && !self.solver().clauses_hold(clauses, args)? {
            return Ok(VtableEntry::Vacant);
        }
        Ok(VtableEntry::Method(self.resolve_for_vtable(method, args)))
    }

    /// The slot of the first method of a trait in vtables of the trait object type that is the goal's self type.
    pub(crate) fn first_method_slot(&self, goal: TraitRef<'tcx>) -> Result<usize, TraitError<'tcx>> {
        let own = self.object_trait_ref(goal.self_ty())?.ok_or(TraitError::Unimplemented(goal))?;
        let mut slot = HEADER.len();
        for segment in self.segments(own)? {
            if self.is_same_trait(segment.trait_ref, goal) {
                return Ok(slot);
            }
            slot += self.own_vtable_methods(segment.trait_ref.def_id).len() + usize::from(segment.has_pointer);
        }
        Err(TraitError::Unimplemented(goal))
    }

    /// The principal trait of a trait object type, applied to the type itself.
    fn object_trait_ref(&self, object: Ty<'tcx>) -> Result<Option<TraitRef<'tcx>>, TraitError<'tcx>> {
        let TyKind::Dynamic(predicates, _) = *object.kind() else { return Ok(None) };
        match principal(predicates) {
            Some(principal) => self.try_normalize(with_self_ty(self.tcx, principal, object)).map(Some),
            None => Ok(None),
        }
    }

    /// Whether two traits are the same apart from their self types.
    fn is_same_trait(&self, left: TraitRef<'tcx>, right: TraitRef<'tcx>) -> bool {
        left.def_id == right.def_id && left.args[1..] == right.args[1..]
    }

    /// For an upcast from one trait object type to another: the slot of the source's vtable that holds a pointer to the
    /// target's. `None`: the same vtable serves.
    pub fn upcast_slot(&self, source: Ty<'tcx>, target: Ty<'tcx>) -> Option<usize> {
        self.try_upcast_slot(source, target).unwrap_or_else(|error| error.unwind(self.tcx))
    }

    fn try_upcast_slot(&self, source: Ty<'tcx>, target: Ty<'tcx>) -> Result<Option<usize>, TraitError<'tcx>> {
        let (Some(from), Some(to)) = (self.object_trait_ref(source)?, self.object_trait_ref(target)?) else {
            return Ok(None);
        };
        let mut slot = HEADER.len();
        for segment in self.segments(from)? {
            slot += self.own_vtable_methods(segment.trait_ref.def_id).len();
            if self.is_same_trait(segment.trait_ref, to) {
                return Ok(segment.has_pointer.then_some(slot));
            }
            slot += usize::from(segment.has_pointer);
        }
        Err(TraitError::Unimplemented(to))
    }
}
