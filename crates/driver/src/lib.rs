//! From options to a compiled program.
//!
//! **What goes in.** [`Options`] and a program's source. **What comes out.** Files, or a running program; a [`Report`] of what
//! was done and how long it took; or a [`DriverError`].
//!
//! **What it must not know.** Command lines; how its results are shown. It never prints and never exits.
//!
//! The rooms: [`options`] is what may be asked for; [`program`] puts the front half together, from metadata to LIR;
//! [`codegen`] gives LIR to back ends; [`build`] writes files; [`run`] runs in memory, and remembers.

pub mod backends;
pub mod build;
pub mod codegen;
pub mod error;
pub mod link_job;
pub mod options;
pub mod program;
pub mod report;
pub mod run;
mod run_cache;
pub mod target;
mod test_entry;

pub use build::{BuildOutput, build, check};
pub use error::DriverError;
pub use options::{BackendChoice, EmitKind, Options};
pub use report::Report;
pub use run::run;
pub use toolchain::{Source, Toolchain};
