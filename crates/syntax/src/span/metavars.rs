//! Where the metavariables of `macro_rules!` put what they hold.
//!
//! What a metavariable holds keeps its own place, that of the macro's argument. Yet it stands between tokens of the macro, and
//! a node of both has a place in the macro. So expansion notes for each content where its metavariable is, and joined spans
//! ask. It is noted for a thread: spans are joined everywhere, and a crate is expanded by one thread. (rustc:
//! `MetavarSpansMap`, which is global, too.)

use std::cell::RefCell;

use rustc_hash::FxHashMap;

use super::Span;

thread_local! {
    static METAVARS: RefCell<FxHashMap<Span, Span>> = RefCell::default();
}

/// Forgets everything: the expansion of another crate begins.
pub fn forget() {
    METAVARS.take();
}

/// Notes that a metavariable at `at` holds what stands at `span`. Is that the only place so far?
pub fn note(span: Span, at: Span) -> bool {
    METAVARS.with_borrow_mut(|known| *known.entry(span).or_insert(at) == at)
}

/// Both spans, if need be one or both of a metavariable, in one context.
pub(super) fn in_one_context(a: Span, b: Span) -> Option<(Span, Span)> {
    if a.ctxt == b.ctxt {
        return Some((a, b));
    }
    let (meta_a, meta_b) = METAVARS.with_borrow(|known| (known.get(&a).copied(), known.get(&b).copied()));
    let pairs = [meta_b.map(|b| (a, b)), meta_a.map(|a| (a, b)), meta_a.zip(meta_b)];
    pairs.into_iter().flatten().find(|(a, b)| a.ctxt == b.ctxt)
}

#[cfg(test)]
mod tests {
    use super::super::{Span, SyntaxContext};
    use super::{forget, note};

    #[test]
    fn joined_with_what_a_metavariable_holds() {
        let at = |lo, hi, ctxt| Span { lo, hi, ctxt: SyntaxContext(ctxt) };
        let (argument, other, metavar, after) = (at(10, 20, 0), at(30, 31, 0), at(102, 104, 1), at(105, 110, 1));
        forget();
        assert_eq!(argument.to(after), after);
        assert_eq!(after.to(argument), after);
        assert!(note(argument, metavar));
        assert!(!note(argument, after));
        assert_eq!(argument.to(after), at(102, 110, 1));
        assert_eq!(after.to(argument), at(102, 110, 1));
        assert_eq!(argument.to(other), at(10, 31, 0));
        assert_eq!(other.to(after), after);
        assert_eq!(at(0, 1, 2).to(after), at(0, 1, 2));
        forget();
        assert_eq!(argument.to(after), after);
    }
}
