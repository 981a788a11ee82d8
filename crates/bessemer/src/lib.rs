//! Compile Rust inside your own process.
//!
//! **What it is.** A small, steady face of the `driver`: the options, and the three things that can be done with them.
//! **What goes in.** [`Options`] with a [`Source`]. **What comes out.** Files, or a program ready to run; a [`Report`].
//!
//! **What it must not know.** Anything that the driver does not.
//!
//! ```no_run
//! use bessemer::{Backends, Options, Source};
//!
//! let source = Source::Text(b"fn main() { println!(\"hi\") }".to_vec());
//! let mut options = Options::new(source, Backends::builtin().choose("cranelift")?);
//! options.output = Some("hi".into());
//! let output = bessemer::build(&options)?;
//! println!("{:?}", output.files);
//! # Ok::<(), bessemer::Error>(())
//! ```
//!
//! Internal errors of Bessemer come back as [`Error::Internal`]; the panic hook of the process may print their message first.

#![forbid(unsafe_code)]

pub use driver::Program;
pub use driver::{
    BackendChoice, Backends, BuildOutput, DriverError as Error, EmitKind, Options, Report, Source, build, check, run,
};
