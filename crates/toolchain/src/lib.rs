//! rustc as a front end.
//!
//! **What it is.** Finds the installed rustc and its sysroot, checks that it is a version whose metadata can be read, asks it
//! what targets are, and runs it on a crate. Where there is no compiled std for a target, has rustc check the source of std.
//!
//! **What goes in.** The environment, and a [`CrateRequest`]. **What comes out.** A [`Toolchain`], and a [`Checked`] crate:
//! its metadata file, what rustc had to say, and what the result depends on.
//!
//! **What it must not know.** What metadata holds. This is the only crate that starts rustc.

#![forbid(unsafe_code)]

mod check;
pub mod crate_types;
mod dep_info;
mod find;
pub mod invocation;
mod plain;
mod prelude;
mod prepared;
mod shims;
mod std_source;
mod stop;
mod targets;
mod test_support;
pub mod unit;

pub use check::{CheckError, Checked, CrateRequest, CrateType, Source, takes_in_emit, temporary_folder};
pub use dep_info::{DepInfo, prerequisites};
pub use find::{FILE_PREFIX, Toolchain, ToolchainError, Wrappers, find_program};
pub use invocation::{Invocation, OutputCrateType};
pub use shims::OtherSources;
pub use std_source::{KnownStd, SOURCE_VARIABLE, Std, StdError, StdRequest, StdSettings, known_stds};
pub use stop::Stop;
pub use targets::TargetError;
pub use test_support::{TestSupport, WrappedCrate};
pub use unit::UnitError;
