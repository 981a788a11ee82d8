//! Impls of a trait by self type, and which impl in a chain of specialisations has an item.

use crate::TraitCx;
use rustc_hash::FxHashMap;
use ty::{AssocItem, DefId, SimplifiedType, Ty, TyKind};

/// The impls of one trait.
#[derive(Default)]
pub(crate) struct ImplTable {
    by_self: FxHashMap<SimplifiedType, Vec<DefId>>,
    blanket: Vec<DefId>,
}

impl ImplTable {
    /// The impls whose self type may be one of this shape.
    pub fn candidates(&self, self_ty: Option<SimplifiedType>) -> impl Iterator<Item = DefId> + '_ {
        let (some, all): (&[DefId], bool) = match self_ty {
            Some(shape) => (self.by_self.get(&shape).map_or(&[], Vec::as_slice), false),
            None => (&[], true),
        };
        let others = all.then(|| self.by_self.values().flatten().copied()).into_iter().flatten();
        self.blanket.iter().copied().chain(some.iter().copied()).chain(others)
    }
}

/// Where an item of a trait is defined for an impl.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Leaf {
    pub item: AssocItem,
    /// The impl (the one asked for, or one that it specialises); `None`: the trait itself.
    pub impl_: Option<DefId>,
}

impl<'tcx> TraitCx<'tcx> {
    pub(crate) fn impl_table(&self, trait_: DefId) -> &'tcx ImplTable {
        self.impl_tables.get_or(trait_, || {
            let mut table = ImplTable::default();
            for trait_impl in self.definitions().impls_of_trait(trait_) {
                match trait_impl.simplified_self {
                    Some(shape) => table.by_self.entry(shape).or_default().push(trait_impl.impl_),
                    None => table.blanket.push(trait_impl.impl_),
                }
            }
            self.tcx.arena().keep(table)
        })
    }

    /// The outermost constructor of a type, as impls are sorted by it (rustc's `fast_reject`). `None`: look at all impls.
    pub(crate) fn simplify(&self, ty: Ty<'tcx>) -> Option<SimplifiedType> {
        Some(match *ty.kind() {
            TyKind::Bool => SimplifiedType::Bool,
            TyKind::Char => SimplifiedType::Char,
            TyKind::Int(int) => SimplifiedType::Int(int),
            TyKind::Uint(uint) => SimplifiedType::Uint(uint),
            TyKind::Float(float) => SimplifiedType::Float(float),
            TyKind::Adt(did, _) => SimplifiedType::Adt(did),
            TyKind::Foreign(did) => SimplifiedType::Foreign(did),
            TyKind::Str => SimplifiedType::Str,
            TyKind::Array(..) => SimplifiedType::Array,
            TyKind::Slice(_) => SimplifiedType::Slice,
            TyKind::Pat(base, _) => return self.simplify(base),
            TyKind::RawPtr(_, mutability) => SimplifiedType::Ptr(mutability),
            TyKind::Ref(_, _, mutability) => SimplifiedType::Ref(mutability),
            TyKind::FnDef(did, _) | TyKind::Closure(did, _) | TyKind::CoroutineClosure(did, _) => {
                SimplifiedType::Closure(did)
            }
            TyKind::Coroutine(did, _) => SimplifiedType::Coroutine(did),
            TyKind::CoroutineWitness(did, _) => SimplifiedType::CoroutineWitness(did),
            TyKind::Never => SimplifiedType::Never,
            TyKind::Tuple(types) => SimplifiedType::Tuple(types.len()),
            TyKind::FnPtr(sig) => SimplifiedType::Function(sig.value.inputs().len()),
            TyKind::UnsafeBinder(_) => SimplifiedType::UnsafeBinder,
            TyKind::Dynamic(predicates, _) => match crate::object::principal(predicates) {
                Some(principal) if !self.definitions().trait_def(principal.value.def_id).is_auto => {
                    SimplifiedType::Trait(principal.value.def_id)
                }
                _ => SimplifiedType::MarkerTraitObject,
            },
            TyKind::Alias(..) | TyKind::Param(_) | TyKind::Bound(..) | TyKind::Infer(_) | TyKind::Error => return None,
        })
    }

    /// Whether the first impl specialises the second.
    pub(crate) fn specializes(&self, impl_: DefId, general: DefId) -> bool {
        std::iter::successors(self.definitions().impl_parent(impl_), |&parent| self.definitions().impl_parent(parent))
            .any(|ancestor| ancestor == general)
    }

    /// The definition of a trait's item that an impl uses: its own, that of an impl which it specialises, or the trait's.
    pub(crate) fn leaf(&self, impl_: DefId, trait_item: DefId) -> Option<Leaf> {
        self.leaves.get_or((impl_, trait_item), || {
            let mut node = Some(impl_);
            while let Some(impl_) = node {
                let items = self.definitions().assoc_items(impl_);
                if let Some(item) = items.iter().find(|item| item.trait_item == Some(trait_item)) {
                    return Some(Leaf { item: *item, impl_: Some(impl_) });
                }
                node = self.definitions().impl_parent(impl_);
            }
            Some(Leaf { item: self.definitions().assoc_item(trait_item)?, impl_: None })
        })
    }
}
