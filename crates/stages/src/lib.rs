//! The stages of the front end, run one after the other.
//!
//! **What goes in.** A crate as rustc's command line says it ([`Crate`]), and the metadata that rustc wrote of it: definitions
//! and everything about items come from there.
//!
//! **What comes out.** The text of each stage for people ([`text`]); its bodies with names resolved ([`Resolved`]); and on
//! demand, body by body, types, MIR as it is built, and MIR that is compiled ([`Stages`]). [`OwnBodies`] gives the latter to
//! the rest of the program in place of rustc's. What is not known for sure is a [`Doubt`] that names the stage.
//!
//! **What it must not know.** How a stage works; rustc's processes; back ends; what becomes of the bodies.
//!
//! A stage that panics has a doubt: whoever asks falls back on rustc. Bodies are made on the thread that asks, which should
//! have a stack of 64 MiB: types nest deeply. [`with_stack`] gives one.

#![deny(unsafe_code)]
#![warn(missing_docs)]

mod doubt;
mod expansion;
mod krate;
mod local;
mod resolved;
mod stages;
pub mod text;

pub use doubt::{Doubt, Stage};
pub use expand::expander::BodyAt;
pub use expansion::expand;
pub use krate::Crate;
pub use local::{Asked, OwnBodies};
pub use resolved::Resolved;
pub use stages::Stages;

/// The stack that stages need.
const STACK_BYTES: usize = 256 << 20;

/// Runs something on a thread whose stack is large enough for all stages.
///
/// # Errors
/// There is no thread, or what was run panicked.
pub fn with_stack<T: Send>(run: impl FnOnce() -> T + Send) -> Result<T, Doubt> {
    std::thread::scope(|scope| {
        let thread = std::thread::Builder::new().stack_size(STACK_BYTES).spawn_scoped(scope, run);
        let thread = thread.map_err(|error| Doubt::new(Stage::Source, "a thread", error.to_string()))?;
        thread.join().map_err(|_| Doubt::new(Stage::Source, "a panic", ""))
    })
}
