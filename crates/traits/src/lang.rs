//! Traits and their items that the compiler itself implements.

use crate::TraitCx;
use rustc_hash::FxHashMap;
use ty::{ClosureKind, DefId, LangItem};

/// Language items by definition: those that selection and projection treat specially.
pub(crate) struct LangTraits {
    items: FxHashMap<DefId, LangItem>,
}

const ITEMS: &[LangItem] = &[
    LangItem::Sized,
    LangItem::MetaSized,
    LangItem::PointeeSized,
    LangItem::Unsize,
    LangItem::Copy,
    LangItem::Clone,
    LangItem::TrivialClone,
    LangItem::DiscriminantKind,
    LangItem::Discriminant,
    LangItem::PointeeTrait,
    LangItem::Metadata,
    LangItem::FnPtrTrait,
    LangItem::FnPtrAddr,
    LangItem::Destruct,
    LangItem::TransmuteTrait,
    LangItem::Fn,
    LangItem::FnMut,
    LangItem::FnOnce,
    LangItem::FnOnceOutput,
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
    LangItem::CoroutineResume,
    LangItem::FuturePoll,
    LangItem::IteratorNext,
    LangItem::AsyncIteratorPollNext,
    LangItem::Unpin,
    LangItem::Tuple,
    LangItem::BikeshedGuaranteedNoDrop,
    LangItem::DropInPlace,
    LangItem::AsyncDropInPlace,
];

impl TraitCx<'_> {
    /// Which of the special items a definition is.
    pub(crate) fn lang_item_of(&self, def_id: DefId) -> Option<LangItem> {
        let lang = self.lang.get_or_init(|| {
            let pairs = ITEMS.iter().filter_map(|&item| Some((self.tcx.lang_item(item)?, item)));
            LangTraits { items: pairs.collect() }
        });
        lang.items.get(&def_id).copied()
    }
}

/// `Fn`, `FnMut`, `FnOnce`.
pub(crate) fn fn_trait_kind(item: LangItem) -> Option<ClosureKind> {
    match item {
        LangItem::Fn => Some(ClosureKind::Fn),
        LangItem::FnMut => Some(ClosureKind::FnMut),
        LangItem::FnOnce => Some(ClosureKind::FnOnce),
        _ => None,
    }
}

/// `AsyncFn`, `AsyncFnMut`, `AsyncFnOnce`.
pub(crate) fn async_fn_trait_kind(item: LangItem) -> Option<ClosureKind> {
    match item {
        LangItem::AsyncFn => Some(ClosureKind::Fn),
        LangItem::AsyncFnMut => Some(ClosureKind::FnMut),
        LangItem::AsyncFnOnce => Some(ClosureKind::FnOnce),
        _ => None,
    }
}

/// Whether a closure of kind `actual` may be called as `wanted`.
pub(crate) fn kind_extends(actual: ClosureKind, wanted: ClosureKind) -> bool {
    actual <= wanted
}
