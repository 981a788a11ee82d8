//! Recursion that cannot overflow the stack.
//!
//! Programs nest as deeply as their authors like, and what reads them recurses. At each `SEGMENT`th level the work goes on
//! in a thread of its own while this one waits: so a level needs no more stack than a thread has, and what is ordinary
//! never gets there.

use crate::doubt::{Doubt, Result};
use crate::span::Span;
use std::panic::resume_unwind;
use std::thread::{Builder, scope};

/// How deeply a tree may be nested. Chains count too: in `a + b + c` the sum of `a` and `b` is one level down.
pub const MAX_DEPTH: u32 = 20_000;

/// After how many levels another stack is needed.
pub const SEGMENT: u32 = 96;

const SEGMENT_BYTES: usize = 8 << 20;

/// Runs `f` on a new stack. Nothing if the system has no more threads.
#[cold]
#[inline(never)]
pub fn on_new_stack<R: Send>(f: impl FnOnce() -> R + Send) -> Option<R> {
    scope(|scope| {
        let thread = Builder::new().stack_size(SEGMENT_BYTES).spawn_scoped(scope, f).ok()?;
        match thread.join() {
            Ok(result) => Some(result),
            Err(panic) => resume_unwind(panic),
        }
    })
}

/// Walks one level of a tree: on a new stack at each `segment`th. `depth` is where the walker counts its levels, of which
/// [`MAX_DEPTH`] are too many.
pub fn level<W: Send, T: Send>(
    walker: &mut W,
    depth: fn(&mut W) -> &mut u32,
    segment: u32,
    span: Span,
    walk: impl FnOnce(&mut W) -> Result<T> + Send,
) -> Result<T> {
    let too_deep = || Err(Doubt::new(span, "nested syntax", format!("nested more than {MAX_DEPTH} levels deep")));
    if *depth(walker) >= MAX_DEPTH {
        return too_deep();
    }
    *depth(walker) += 1;
    let result = match depth(walker).is_multiple_of(segment) {
        true => on_new_stack(|| walk(walker)).unwrap_or_else(too_deep),
        false => walk(walker),
    };
    *depth(walker) -= 1;
    result
}
