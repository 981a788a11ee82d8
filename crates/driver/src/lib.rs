//! From options to a compiled program.
//!
//! **What goes in.** [`Options`] and a program's source. **What comes out.** Files, or a running program; a [`Report`] of what
//! was done and how long it took; or a [`DriverError`].
//!
//! **What it must not know.** Command lines; how its results are shown. It never prints and never exits.
//!
//! The rooms: [`options`] is what may be asked for; [`program`] puts the front half together, from metadata to LIR;
//! [`codegen`] gives LIR to back ends, and [`code_cache`] keeps what they make; [`build`] writes files; [`run`] runs in
//! memory, and remembers; [`compiled`] keeps in memory what others load or look at; [`unit`] stands in rustc's place under cargo, and
//! [`libraries`] does the same for single libraries.

mod assembly;
pub mod backends;
pub mod build;
pub mod caches;
pub mod codegen;
pub mod compiled;
pub mod config;
mod crate_checks;
mod emit;
pub mod entry;
pub mod error;
mod faults;
mod files;
pub mod libraries;
mod limits;
mod link_inputs;
pub mod link_job;
pub mod loading;
pub mod lowering;
mod marks;
pub mod missing;
pub mod objects;
pub mod options;
mod partition;
mod pipeline;
mod placeholder;
pub mod prepared;
pub mod program;
pub mod report;
pub mod run;
pub mod rustc_args;
mod settings;
mod staticlib;
mod std_items;
pub mod target;
mod test_reexports;
mod test_support;
mod threads;
pub mod unit;

pub use backends::{BackendChoice, Backends};
pub use build::{BuildOutput, build, check};
pub use error::DriverError;
pub use options::{EmitKind, Options};
pub use prepared::Program;
pub use report::{Observer, Report};
pub use run::run;
pub use toolchain::{Invocation, OutputCrateType, Source, Toolchain};
