//! Which definition is which node. (rustc: `rustc_resolve::def_collector`.)
//!
//! Definitions have numbers in the metadata of the crate. A node's definition is the child of the definition around it that
//! has the same name and stands at the same place. Several may: what a macro repeats. They are in the order of the text.

use ::ty::{CrateNum, DefId, DefKey, DefPathData, Definitions};
use expand::sources::Sources;
use rmeta::Session;
use rustc_hash::FxHashMap;
use std::cell::Cell;
use std::sync::Arc;
use syntax::doubt::{Doubt, Result};
use syntax::span::Span;

/// The definitions of the crate.
pub(crate) struct Defs<'tcx> {
    session: &'tcx Session<'tcx>,
    krate: CrateNum,
    children: FxHashMap<(u32, Key), Vec<Child>>,
    /// Where texts begin, by their names.
    bases: FxHashMap<Arc<str>, u32>,
}

type Key = DefPathData;

struct Child {
    index: u32,
    /// Where it is in the texts, once somebody asked.
    place: Cell<Option<(u32, u32)>>,
    is_taken: bool,
}

impl<'tcx> Defs<'tcx> {
    pub fn new(session: &'tcx Session<'tcx>, krate: CrateNum, sources: &Sources) -> Defs<'tcx> {
        let mut children: FxHashMap<(u32, Key), Vec<Child>> = FxHashMap::default();
        for index in 1..session.definition_count(krate) {
            let def_id = DefId { krate, index };
            let DefKey { parent: Some(parent), data, .. } = session.def_key(def_id) else { continue };
            children.entry((parent, data)).or_default().push(Child { index, place: Cell::new(None), is_taken: false });
        }
        // Of two with one name, the first.
        let bases = sources.files().iter().rev().map(|file| (file.name.clone(), file.base)).collect();
        Defs { session, krate, children, bases }
    }

    /// Where a definition is in the texts; nothing of what another crate's macro wrote, which has its place there.
    fn place(&self, child: &Child) -> (u32, u32) {
        if let Some(known) = child.place.get() {
            return known;
        }
        let span = self.session.def_span(DefId { krate: self.krate, index: child.index });
        let name = (!span.is_dummy()).then(|| &*self.session.source_file(span.file).name);
        let base = name.and_then(|name| self.bases.get(name));
        let place = base.map_or((0, 0), |base| (base + span.lo, base + span.hi));
        child.place.set(Some(place));
        place
    }

    /// The definition of a node, which it has from now on.
    ///
    /// # Errors
    /// There is none that may be it.
    pub fn take(&mut self, parent: DefId, data: DefPathData, span: Span) -> Result<DefId> {
        let key = (parent.index, data);
        let at = self.children.get(&key).and_then(|children| {
            let free = |is_it: &dyn Fn((u32, u32)) -> bool| {
                children.iter().position(|child| !child.is_taken && is_it(self.place(child)))
            };
            match &children[..] {
                [_] => Some(0),
                _ => free(&|place| place == (span.lo, span.hi))
                    .or_else(|| free(&|(lo, _)| lo == span.lo))
                    // Numbers of places in other crates say nothing here.
                    .or_else(|| free(&|(lo, _)| lo == 0)),
            }
        });
        let child = at.and_then(|at| self.children.get_mut(&key)?.get_mut(at));
        match child {
            Some(Child { index, is_taken, .. }) => {
                *is_taken = true;
                let index = *index;
                Ok(DefId { krate: self.krate, index })
            }
            None => {
                let parent = crate::text::def_path(self.session, parent);
                Err(Doubt::new(span, "definition", format!("{data:?} is not among the definitions in {parent}")))
            }
        }
    }

    /// The definition of an `extern` block, which has no place of its own: it is the one that has this item.
    pub fn take_block(&mut self, parent: DefId, item: Option<(DefPathData, Span)>, span: Span) -> Result<DefId> {
        let Some((data, at)) = item else { return self.take(parent, DefPathData::ForeignMod, span) };
        let has_item = |block: u32| {
            let items = self.children.get(&(block, data)).into_iter().flatten();
            items.into_iter().any(|item| self.place(item).0 == at.lo)
        };
        let blocks = self.children.get(&(parent.index, DefPathData::ForeignMod));
        let found = blocks.into_iter().flatten().find(|block| !block.is_taken && has_item(block.index));
        let Some(index) = found.map(|block| block.index) else {
            return self.take(parent, DefPathData::ForeignMod, span);
        };
        for block in self.children.get_mut(&(parent.index, DefPathData::ForeignMod)).into_iter().flatten() {
            block.is_taken |= block.index == index;
        }
        Ok(DefId { krate: self.krate, index })
    }

    /// The opaque type that `impl Trait` at a place of a signature is. What is inside of one that is a parameter belongs to the
    /// function.
    pub fn opaque_type(&self, parent: DefId, span: Span) -> Option<DefId> {
        let children = self.children.get(&(parent.index, DefPathData::OpaqueTy)).into_iter().flatten();
        let found = children.into_iter().find(|child| self.place(child) == (span.lo, span.hi));
        found.map(|child| DefId { krate: self.krate, index: child.index })
    }

    /// The only child of that name.
    pub fn named(&self, parent: DefId, data: DefPathData) -> Option<DefId> {
        let children = self.children.get(&(parent.index, data))?;
        children.first().map(|child| DefId { krate: self.krate, index: child.index })
    }
}
