//! Which definition is which node. (rustc: `rustc_resolve::def_collector`.)
//!
//! Definitions have numbers in the metadata of the crate. A node's definition is the child of the definition around it that
//! has the same name and stands at the same place. Several may: what a macro repeats. They are in the order of the text.

use ::ty::{CrateNum, DefId, DefKey, DefPathData, Definitions};
use expand::sources::Sources;
use rmeta::Session;
use rustc_hash::FxHashMap;
use syntax::doubt::{Doubt, Result};
use syntax::span::Span;

/// The definitions of the crate.
pub(crate) struct Defs<'tcx> {
    session: &'tcx Session<'tcx>,
    krate: CrateNum,
    children: FxHashMap<(u32, Key), Vec<Child>>,
}

type Key = DefPathData;

struct Child {
    index: u32,
    lo: u32,
    hi: u32,
    is_taken: bool,
}

impl<'tcx> Defs<'tcx> {
    pub fn new(session: &'tcx Session<'tcx>, krate: CrateNum, sources: &Sources) -> Defs<'tcx> {
        let mut children: FxHashMap<(u32, Key), Vec<Child>> = FxHashMap::default();
        let mut bases = FxHashMap::default();
        for index in 1..session.definition_count(krate) {
            let def_id = DefId { krate, index };
            let DefKey { parent: Some(parent), data, .. } = session.def_key(def_id) else { continue };
            let (mut lo, mut hi) = (0, 0);
            let span = session.def_span(def_id);
            if !span.is_dummy() {
                let base = bases.entry(span.file).or_insert_with(|| {
                    let name = session.source_file(span.file).name.clone();
                    sources.files().iter().find(|file| file.name == name).map(|file| file.base)
                });
                // What another crate's macro wrote has its place there.
                if let Some(base) = base {
                    (lo, hi) = (*base + span.lo, *base + span.hi);
                }
            }
            children.entry((parent, data)).or_default().push(Child { index, lo, hi, is_taken: false });
        }
        Defs { session, krate, children }
    }

    /// The definition of a node, which it has from now on.
    ///
    /// # Errors
    /// There is none that may be it.
    pub fn take(&mut self, parent: DefId, data: DefPathData, span: Span) -> Result<DefId> {
        let found = self.children.get_mut(&(parent.index, data)).and_then(|children| {
            let free = |child: &Child| !child.is_taken;
            let at = match &children[..] {
                [_] => Some(0),
                _ => children
                    .iter()
                    .position(|child| free(child) && (child.lo, child.hi) == (span.lo, span.hi))
                    .or_else(|| children.iter().position(|child| free(child) && child.lo == span.lo))
                    .or_else(|| children.iter().position(|child| free(child) && child.lo == 0)),
                // Numbers of places in other crates say nothing here.
            };
            at.map(|at| {
                children[at].is_taken = true;
                children[at].index
            })
        });
        match found {
            Some(index) => Ok(DefId { krate: self.krate, index }),
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
            items.into_iter().any(|item| item.lo == at.lo)
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
        let found = children.into_iter().find(|child| (child.lo, child.hi) == (span.lo, span.hi));
        found.map(|child| DefId { krate: self.krate, index: child.index })
    }

    /// The only child of that name.
    pub fn named(&self, parent: DefId, data: DefPathData) -> Option<DefId> {
        let children = self.children.get(&(parent.index, data))?;
        children.first().map(|child| DefId { krate: self.krate, index: child.index })
    }
}
