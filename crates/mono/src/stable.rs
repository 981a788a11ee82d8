//! What stays the same when only some crates change.
//!
//! An instance that mentions nothing of a crate does not depend on it, nor does anything that it reaches: no impl of a crate
//! can concern types and traits that are all of crates it depends on. Mangled names mention everything that an instance
//! does, so they tell. Constant memory is named by its content, and is stable where something stable refers to it.

use crate::contexts::{Contexts, Item};
use crate::{Base, name};
use lower::Use;
use rustc_hash::FxHashMap;
use std::sync::Arc;
use ty::{CrateNum, Symbol};

/// Finds what is stable among what is lowered.
pub(crate) struct Stability<'a, 'tcx> {
    contexts: &'a Contexts<'a, 'tcx>,
    base: Option<&'a Base<'a>>,
    /// The edited crates, as mangled names mention them.
    roots: Vec<String>,
    names: FxHashMap<Arc<str>, Option<CrateNum>>,
    /// Constant memory that stable items refer to.
    reached: Vec<Symbol>,
    /// Constant memory, and the constant memory that it refers to.
    memory: FxHashMap<Symbol, (Arc<str>, Vec<Symbol>)>,
}

impl<'a, 'tcx> Stability<'a, 'tcx> {
    pub fn new(contexts: &'a Contexts<'a, 'tcx>, base: Option<&'a Base<'a>>) -> Self {
        let root = |&krate: &CrateNum| contexts.own().mangler.crate_root(krate);
        Stability {
            contexts,
            base,
            roots: base.iter().flat_map(|base| base.edited.iter().map(root)).collect(),
            names: FxHashMap::default(),
            reached: Vec::new(),
            memory: FxHashMap::default(),
        }
    }

    /// Whether an item of the program is in the base.
    pub fn is_there(&self, item: Item<'tcx>) -> bool {
        let Some(base) = self.base else { return false };
        (base.has)(name(self.contexts.cx(item), item.what).as_str())
            && (matches!(item.what, Use::Alloc(_)) || self.stable_crate(base, item).is_some())
    }

    /// The crate of a function or static that is stable.
    fn stable_crate(&self, base: &Base<'_>, item: Item<'tcx>) -> Option<CrateNum> {
        if self.contexts.is_together(item.context) {
            return None;
        }
        let def_id = match item.what {
            Use::Function(instance) => instance.def_id(),
            Use::Static(def_id) => def_id,
            Use::Alloc(_) => return None,
        };
        let name = name(self.contexts.cx(item), item.what);
        let is_stable =
            !base.edited.contains(&def_id.krate) && !self.roots.iter().any(|root| name.as_str().contains(&**root));
        is_stable.then_some(def_id.krate)
    }

    /// Notes a lowered item.
    pub fn note(&mut self, item: Item<'tcx>, name: &Arc<str>, uses: &[Use<'tcx>]) {
        let Some(base) = self.base else { return };
        // Memory is made with what refers to it.
        let cx = self.contexts.cx(item);
        let memory = uses.iter().filter(|it| matches!(it, Use::Alloc(_))).map(|&it| crate::name(cx, it));
        if let Use::Alloc(_) = item.what {
            let memory = memory.collect();
            self.memory.insert(crate::name(cx, item.what), (name.clone(), memory));
        } else if let Some(krate) = self.stable_crate(base, item) {
            self.reached.extend(memory);
            self.names.insert(name.clone(), Some(krate));
        }
    }

    /// The names of everything stable, with the crates of functions and statics.
    pub fn finish(mut self) -> FxHashMap<Arc<str>, Option<CrateNum>> {
        while let Some(symbol) = self.reached.pop() {
            // What was met before has been taken out, as has what is in the base.
            if let Some((name, uses)) = self.memory.remove(&symbol) {
                self.names.insert(name, None);
                self.reached.extend(uses);
            }
        }
        self.names
    }
}
