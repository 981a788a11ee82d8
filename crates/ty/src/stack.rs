//! Walks that go deeper than the stack end with an error.
//!
//! Types nest in types, and paths in paths. In a sound program they nest a few dozen deep; in damaged metadata they may nest
//! without end (a struct that contains itself, an impl for a closure in one of its own functions). A count of levels would have
//! to fit the smallest stack that anybody runs this on; so what recurs over such data asks how much of the stack is left.

use crate::MetadataError;
use std::cell::Cell;
use std::path::PathBuf;

/// Bytes kept for unwinding, and for whatever is called between two checks.
const RESERVE_BYTES: usize = 128 << 10;

/// Where the part of the stack lies that is kept in reserve: no address at all where that is not known.
#[derive(Clone, Copy)]
struct Reserve {
    start: usize,
    end: usize,
}

thread_local! {
    /// At first, everything: so the first check on a thread finds out.
    static RESERVE: Cell<Reserve> = const { Cell::new(Reserve { start: usize::MAX, end: usize::MAX }) };
}

/// Unwinds with a [`MetadataError`] if the thread's stack is nearly used up. Recursive walks over what metadata holds call it
/// at each level: it costs a load and a comparison.
#[inline]
pub fn ensure_stack() {
    let marker = 0u8;
    let here = std::ptr::from_ref(std::hint::black_box(&marker)).addr();
    if here < RESERVE.get().end {
        check(here);
    }
}

#[cold]
fn check(here: usize) {
    let mut reserve = RESERVE.get();
    if reserve.start == usize::MAX {
        reserve = find_reserve();
        RESERVE.set(reserve);
    }
    // Below the thread's stack is another: that of a fiber, of which nothing is known.
    if (reserve.start..reserve.end).contains(&here) {
        let message = "types or paths nest without end, or deeper than this thread's stack allows".to_owned();
        std::panic::panic_any(MetadataError { path: PathBuf::new(), message });
    }
}

#[cfg(target_os = "linux")]
fn find_reserve() -> Reserve {
    let mut attributes = std::mem::MaybeUninit::<libc::pthread_attr_t>::uninit();
    let (mut start, mut size) = (std::ptr::null_mut(), 0);
    // SAFETY: the attributes are initialised by the first call, where it succeeds, before they are read, and destroyed once.
    let is_known = unsafe {
        libc::pthread_getattr_np(libc::pthread_self(), attributes.as_mut_ptr()) == 0 && {
            let is_known = libc::pthread_attr_getstack(attributes.as_ptr(), &mut start, &mut size) == 0;
            libc::pthread_attr_destroy(attributes.as_mut_ptr());
            is_known
        }
    };
    match is_known {
        true => Reserve { start: start.addr(), end: start.addr() + RESERVE_BYTES.min(size / 4) },
        false => Reserve { start: 0, end: 0 },
    }
}

#[cfg(not(target_os = "linux"))]
fn find_reserve() -> Reserve {
    Reserve { start: 0, end: 0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn descend(levels: &mut usize) -> usize {
        ensure_stack();
        *levels += 1;
        if *levels == usize::MAX {
            return 0;
        }
        let below = descend(levels);
        // Not a tail call.
        std::hint::black_box(below) + 1
    }

    #[test]
    fn endless_recursion_is_an_error_on_any_stack() {
        for size in [128 << 10, 1 << 20, 16 << 20] {
            let endless = move || {
                let mut levels = 0;
                let error =
                    std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| descend(&mut levels))).unwrap_err();
                assert!(error.is::<MetadataError>());
                // Most of the stack was there to be used.
                assert!(levels > size / 4096, "{levels}");
            };
            std::thread::Builder::new().stack_size(size).spawn(endless).unwrap().join().unwrap();
        }
    }
}
