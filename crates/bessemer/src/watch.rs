//! Watching a compilation, and stopping it.

use driver::Observer;
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Stops compilations. Clones stop the same ones.
///
/// A compilation ends before its next stage or the next module of code generation, and at once where rustc works.
#[derive(Clone, Default, Debug)]
pub struct Cancel(Arc<AtomicBool>);

impl Cancel {
    /// Stops nothing yet.
    pub fn new() -> Cancel {
        Cancel::default()
    }

    /// Stops the compilations that it was given to, now and later. Their error has [`crate::Reason::Cancelled`].
    pub fn cancel(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    /// Whether that was done.
    pub fn is_cancelled(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

/// Who watches a compilation.
#[derive(Clone, Default)]
pub struct Watch(Observer);

impl Watch {
    /// Nobody.
    pub fn new() -> Watch {
        Watch::default()
    }

    /// Tells the name of each stage when it begins, in words for people. Called on threads of the compilation.
    pub fn on_stage(self, tell: impl Fn(&'static str) + Send + Sync + 'static) -> Watch {
        Watch(self.0.telling(tell))
    }

    /// Lets the compilation be stopped.
    pub fn cancelled_by(self, cancel: &Cancel) -> Watch {
        Watch(self.0.stopped_by(cancel.0.clone()))
    }

    pub(crate) fn observer(&self) -> Observer {
        self.0.clone()
    }
}

impl fmt::Debug for Watch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
