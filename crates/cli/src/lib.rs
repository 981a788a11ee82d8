//! The commands `bessemer` and `cargo bessemer`, for programs that have back ends of their own.
//!
//! **What goes in.** The back ends ([`main_with`]), and the process's command line. **What comes out.** What was asked for;
//! messages on standard error; an exit code: 0, the program's own for `run`, 1 where the program is at fault, 2 for a wrong
//! command line, 101 for our own bugs.
//!
//! One program serves as several commands, by the name under which it is started: `cargo-NAME` is a subcommand of cargo's;
//! under any other name it has `bessemer`'s commands, or stands in rustc's place (`rustc`), which is what cargo runs it as.
//! So a compiler with one more back end is this program, and a link `cargo-mine` to it:
//!
//! ```no_run
//! use bessemer_cli::{Backends, backend, lir};
//! # struct Mine;
//! # impl backend::Backend for Mine {
//! #     fn name(&self) -> &str { "mine" }
//! #     fn capabilities(&self) -> backend::Capabilities { backend::Capabilities::default() }
//! #     fn compile(&self, _: &lir::Module, _: &backend::Options, emit: backend::Emit)
//! #         -> Result<backend::Compiled, backend::CodegenError> { Err(backend::CodegenError::Emit(emit)) }
//! # }
//! fn main() -> std::process::ExitCode {
//!     bessemer_cli::main_with(Backends::builtin().with(std::sync::Arc::new(Mine)))
//! }
//! ```
//!
//! `examples/own-compiler` is one that can be run.
//!
//! **What it must not know.** How anything is compiled.

#![forbid(unsafe_code)]
#![warn(missing_docs)]

mod args;
mod bloat;
mod cache;
mod cargo;
mod code;
mod commands;
mod compare;
mod doctor;
mod explore;
mod output;
mod request;
mod rustc;
mod settings;
mod show;
mod signals;
mod start;
mod status;
mod suggest;
mod target;
mod version;
mod workspace;

pub use backend;
pub use driver::Backends;
pub use lir;

use driver::config::Config;
use std::ffi::OsString;
use std::process::ExitCode;
use std::time::Instant;

/// Does what this process's command line asks for, with these back ends and those that the user's configuration names. For a
/// program's `main`: it prints, sets a panic hook, and `run` ends the process.
pub fn main_with(backends: Backends) -> ExitCode {
    let started = Instant::now();
    let args: Vec<OsString> = std::env::args_os().skip(1).collect();
    if let Some(code) = cargo::in_place_of_rustdoc(&args) {
        return code;
    }
    if let Some(name) = cargo::subcommand() {
        return cargo::main_with(&backends, &name, args);
    }
    show::install_panic_hook();
    let obey = || match rustc::arguments(&args) {
        _ if version::is_asked(&args) => output::print(&version::text(&backends)),
        Some((programs, args)) => rustc::obey(&backends, programs, args, started),
        None => commands::obey(args::Cli::read(std::env::args_os()).command, &backends, started),
    };
    let code = std::panic::catch_unwind(std::panic::AssertUnwindSafe(obey));
    code.unwrap_or_else(|payload| {
        let error = driver::error::explain(payload);
        // Whoever stops the work has a reason to end this process by.
        signals::end_if_noted();
        show::error(&error, show::Style::default())
    })
}

/// These back ends and those that the user's configuration names.
fn configured(backends: &Backends) -> Result<Backends, String> {
    let config = Config::load().map_err(|error| error.to_string())?;
    Ok(backends.with_config(&config))
}
