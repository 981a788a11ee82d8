//! Items that the language refers to, as the solver names them.

use crate::Doubt;
use crate::ir::lang_items::{SolverAdtLangItem, SolverLangItem, SolverTraitLangItem};
use rustc_hash::FxHashMap;
use ty::{DefId, LangItem, Tcx};

/// The program's language items.
pub(crate) struct LangItems {
    by_item: FxHashMap<LangItem, DefId>,
    by_def: FxHashMap<DefId, LangItem>,
}

/// What every core library has. The solver asks for them without saying what to do if there are none.
const REQUIRED: &[LangItem] = &[
    LangItem::Sized,
    LangItem::MetaSized,
    LangItem::PointeeSized,
    LangItem::Copy,
    LangItem::Clone,
    LangItem::TrivialClone,
    LangItem::Drop,
    LangItem::Destruct,
    LangItem::Unsize,
    LangItem::DiscriminantKind,
    LangItem::Discriminant,
    LangItem::PointeeTrait,
    LangItem::Metadata,
    LangItem::DynMetadata,
    LangItem::Fn,
    LangItem::FnMut,
    LangItem::FnOnce,
    LangItem::AsyncFn,
    LangItem::AsyncFnMut,
    LangItem::AsyncFnOnce,
    LangItem::AsyncFnOnceOutput,
    LangItem::CallOnceFuture,
    LangItem::CallRefFuture,
    LangItem::AsyncFnKindHelper,
    LangItem::AsyncFnKindUpvars,
    LangItem::Iterator,
    LangItem::FusedIterator,
    LangItem::Future,
    LangItem::FutureOutput,
    LangItem::AsyncIterator,
    LangItem::Coroutine,
    LangItem::CoroutineReturn,
    LangItem::CoroutineYield,
    LangItem::FnPtrTrait,
    LangItem::Tuple,
    LangItem::Unpin,
    LangItem::TransmuteTrait,
    LangItem::BikeshedGuaranteedNoDrop,
    LangItem::Option,
    LangItem::Poll,
];

/// Traits that rustc may add to all bounds; none does on stable.
const DEFAULT_TRAITS: &[LangItem] =
    &[LangItem::DefaultTrait1, LangItem::DefaultTrait2, LangItem::DefaultTrait3, LangItem::DefaultTrait4];

impl LangItems {
    pub(crate) fn find(tcx: Tcx<'_>) -> crate::Answer<LangItems> {
        let mut items = LangItems { by_item: FxHashMap::default(), by_def: FxHashMap::default() };
        for &item in REQUIRED {
            let Some(def_id) = tcx.lang_item(item) else {
                return Err(Doubt::new("a core library of another kind", format!("no `{}`", item.name())));
            };
            items.by_item.insert(item, def_id);
            items.by_def.insert(def_id, item);
        }
        for &item in DEFAULT_TRAITS {
            if let Some(def_id) = tcx.lang_item(item) {
                items.by_def.insert(def_id, item);
            }
        }
        Ok(items)
    }

    /// An item of [`REQUIRED`].
    pub(crate) fn get(&self, item: LangItem) -> DefId {
        match self.by_item.get(&item) {
            Some(&def_id) => def_id,
            None => ty::bug!("`{}` is looked for at the start", item.name()),
        }
    }

    pub(crate) fn of(&self, def_id: DefId) -> Option<LangItem> {
        self.by_def.get(&def_id).copied()
    }

    pub(crate) fn is_default_trait(&self, def_id: DefId) -> bool {
        self.of(def_id).is_some_and(|item| DEFAULT_TRAITS.contains(&item))
    }
}

macro_rules! same_names {
    ($solver:ident, $to:ident, $from:ident: $($name:ident)*) => {
        /// The item that the solver means.
        pub(crate) fn $to(item: $solver) -> LangItem {
            match item { $($solver::$name => same_names!(@ $name),)* }
        }
        /// As the solver calls it.
        pub(crate) fn $from(item: LangItem) -> Option<$solver> {
            Some(match item { $(same_names!(@ $name) => $solver::$name,)* _ => return None })
        }
    };
    // The solver calls the trait as well as its type by this name, and asks for the trait only.
    (@ $name:ident) => { LangItem::$name };
}

same_names! { SolverLangItem, of_solver_item, solver_item:
    AsyncFnKindUpvars AsyncFnOnceOutput CallOnceFuture CallRefFuture CoroutineReturn CoroutineYield DynMetadata
    FutureOutput Metadata
}
same_names! { SolverAdtLangItem, of_solver_adt, solver_adt:
    Option Poll
}
same_names! { SolverTraitLangItem, of_solver_trait, solver_trait:
    AsyncFn AsyncFnKindHelper AsyncFnMut AsyncFnOnce AsyncFnOnceOutput AsyncIterator BikeshedGuaranteedNoDrop Clone Copy
    Coroutine Destruct DiscriminantKind Drop Fn FnMut FnOnce FnPtrTrait FusedIterator Future Iterator MetaSized
    PointeeSized PointeeTrait Sized TransmuteTrait TrivialClone Tuple Unpin Unsize
}
