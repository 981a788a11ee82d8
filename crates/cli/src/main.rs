//! `bessemer`: compiles and runs Rust programs.
//!
//! **What goes in.** The command line. **What comes out.** What was asked for; messages on standard error; an exit code: 0,
//! the program's own for `run`, 1 where the program is at fault, 2 for a wrong command line, 101 for our own bugs.
//!
//! Under cargo it stands in rustc's place ([`rustc`]).
//!
//! **What it must not know.** How anything is compiled.

#![forbid(unsafe_code)]

mod args;
mod cache;
mod doctor;
mod rustc;
mod settings;
mod show;
mod start;

use args::{Cli, Command};
use backend::OptLevel;
use clap::Parser;
use driver::config::Config;
use driver::{Backends, Options, Report};
use std::process::ExitCode;

/// Lowering makes millions of small things on all cores, for which this allocator takes half as long as the C library's.
/// Programs that are run in memory have the C library's all the same.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    show::install_panic_hook();
    let args: Vec<_> = std::env::args_os().skip(1).collect();
    if let Some((programs, args)) = rustc::arguments(&args) {
        return std::panic::catch_unwind(|| rustc::obey(programs, args))
            .unwrap_or_else(|payload| show::error(&driver::error::explain(payload), false, false));
    }
    let cli = Cli::parse();
    std::panic::catch_unwind(|| obey(cli.command))
        .unwrap_or_else(|payload| show::error(&driver::error::explain(payload), false, false))
}

/// The back ends of this build and those that the user's configuration names.
fn backends() -> Result<Backends, String> {
    let config = Config::load().map_err(|error| error.to_string())?;
    Ok(Backends::builtin().with_config(&config))
}

/// Says so if the cache is not used because others could have put something there.
fn warn_of_cache(options: &Options) {
    if let Some(message) = options.cache.as_deref().and_then(driver::caches::refusal) {
        show::warning(&message, options.json);
    }
}

fn obey(command: Command) -> ExitCode {
    let backends = match backends() {
        Ok(backends) => backends,
        Err(message) => return show::usage(&message),
    };
    match command {
        Command::Run { compile, args } => {
            let options = match compile.options(&backends, |backends| backends.for_level(OptLevel::O0)) {
                Ok(options) => options,
                Err(message) => return show::usage(&message),
            };
            warn_of_cache(&options);
            let mut report = Report::default();
            let result = driver::run(&options, &args, &mut report);
            match result {
                Ok(program) => {
                    show::diagnostics(&program.diagnostics);
                    show::fallbacks(&report, compile.verbose);
                    if compile.time {
                        show::report(&report, compile.json);
                    }
                    let error = start::start(program);
                    show::error(&error, compile.json, options.color)
                }
                Err(error) => show::error(&error, compile.json, options.color),
            }
        }
        Command::Build { compile, output, out_dir, emit } => {
            let mut options = match compile.options(&backends, Backends::best) {
                Ok(options) => options,
                Err(message) => return show::usage(&message),
            };
            warn_of_cache(&options);
            options.output = output;
            options.out_dir = out_dir;
            options.emit = match args::emit_kinds(&emit, options.backend.all()) {
                Ok(emit) => emit,
                Err(message) => return show::usage(&message),
            };
            match driver::build(&options) {
                Ok(output) => {
                    show::diagnostics(&output.diagnostics);
                    show::fallbacks(&output.report, compile.verbose);
                    if compile.time {
                        show::report(&output.report, compile.json);
                    }
                    ExitCode::SUCCESS
                }
                Err(error) => show::error(&error, compile.json, options.color),
            }
        }
        Command::Check { compile } => {
            let options = match compile.options(&backends, Backends::best) {
                Ok(options) => options,
                Err(message) => return show::usage(&message),
            };
            warn_of_cache(&options);
            match driver::check(&options) {
                Ok(output) => {
                    show::diagnostics(&output.diagnostics);
                    if compile.time {
                        show::report(&output.report, compile.json);
                    }
                    ExitCode::SUCCESS
                }
                Err(error) => show::error(&error, compile.json, options.color),
            }
        }
        Command::Cache(command) => cache::cache(&command),
        Command::Backends { json } => doctor::backends(&backends, json),
        Command::Doctor { json } => doctor::doctor(&backends, json),
    }
}
