//! From options to a compiled program.
//!
//! **What goes in.** [`Options`] and a program's source. **What comes out.** Files, or a program that is ready to run; a [`Report`]
//! of what was done and how long it took; or a [`DriverError`].
//!
//! **What it must not know.** Command lines (but rustc's); how its results are shown. It never prints and never ends the process.
//!
//! # Where things are
//!
//! Modules use each other in one direction: what is further down here uses what is above it.
//!
//! | | |
//! |---|---|
//! | words | [`error`], [`report`], [`options`], [`backends`], [`config`], `settings` (how cargo's units are compiled), `marks`, [`rustc_args`] (what rustc's command lines mean), [`targets`] (what code is made for) |
//! | small tools | `files`, [`objects`], `threads`, `placeholder` (what stands for a library's code), `crate_checks`, `limits` |
//! | caches | [`caches`]: `code` (functions and modules), `image` (code of crates that are not edited), `run` (programs that were run), with `key`, `cpu`, `inputs` and `names` |
//! | front half | `opening` says what it depends on; `own_front` runs our own front end; [`front_half`] puts it together; `entry`, `assembly`, `link_inputs`, `declarations`, `std_items` and `faults` ask it; `missing` asks rustc for what metadata lacks; [`lowering`] gives the whole program |
//! | back half | `partition` divides it, [`codegen`] gives it to back ends, [`link_job`], `c_runtime` and `staticlib` are for the linker |
//! | tests | `test_support` and `test_reexports` have rustc find a crate's tests |
//! | whole ways | `pipeline`: all of that in order; [`mod@build`] writes files, with `emit`; [`mod@run`] gives a [`prepared`] program, with a [`runner`] if need be, and remembers it; [`mod@unit`] stands in rustc's place under cargo, and [`libraries`] does the same for single libraries; [`compiled`] keeps a crate in memory, for embedders |

#![warn(missing_docs)]

mod assembly;
pub mod backends;
pub mod build;
mod c_runtime;
pub mod caches;
pub mod codegen;
pub mod compiled;
pub mod config;
mod coverage;
mod crate_checks;
mod declarations;
mod emit;
pub mod entry;
pub mod error;
mod faults;
mod files;
pub mod front_half;
pub mod libraries;
mod limits;
mod link_inputs;
pub mod link_job;
pub mod loading;
pub mod lowering;
mod marks;
mod missing;
mod noting;
pub mod objects;
mod opening;
pub mod options;
mod own_front;
mod partition;
mod pipeline;
mod placeholder;
pub mod prepared;
pub mod report;
pub mod run;
pub mod runner;
pub mod rustc_args;
mod settings;
mod staticlib;
mod std_items;
pub mod targets;
mod test_reexports;
mod test_support;
mod threads;
pub mod unit;

pub use backends::{BackendChoice, Backends};
pub use build::{BuildOutput, build, check};
pub use error::DriverError;
pub use noting::FunctionWork;
pub use options::{EmitKind, FrontEnd, Options, StdChoice};
pub use prepared::Program;
pub use report::{Observer, Report};
pub use run::run;
pub use target::PanicStrategy;
pub use toolchain::{Invocation, OutputCrateType, Source, Toolchain, ToolchainError, prerequisites};
