//! `bessemer`: compiles and runs Rust programs.
//!
//! **What goes in.** The command line. **What comes out.** What was asked for; messages on standard error; an exit code: 0,
//! the program's own for `run`, 1 where the program is at fault, 2 for a wrong command line, 101 for our own bugs.
//!
//! Under cargo it stands in rustc's place ([`rustc`]).
//!
//! **What it must not know.** How anything is compiled.

mod args;
mod cache;
mod doctor;
mod rustc;
mod settings;
mod show;

use args::{Cli, Command};
use clap::Parser;
use driver::{BackendChoice, Report};
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

fn obey(command: Command) -> ExitCode {
    match command {
        Command::Run { compile, args } => {
            let options = match compile.options(BackendChoice::Cranelift) {
                Ok(options) => options,
                Err(message) => return show::usage(&message),
            };
            let mut report = Report::default();
            let result = driver::run(&options, &args, &mut report);
            match result {
                Ok(program) => {
                    show::diagnostics(&program.diagnostics);
                    show::fallbacks(&report, compile.verbose);
                    if compile.time {
                        show::report(&report, compile.json);
                    }
                    let error = program.start();
                    show::error(&error, compile.json, options.color)
                }
                Err(error) => show::error(&error, compile.json, options.color),
            }
        }
        Command::Build { compile, output, out_dir, emit } => {
            let mut options = match compile.options(BackendChoice::Llvm) {
                Ok(options) => options,
                Err(message) => return show::usage(&message),
            };
            options.output = output;
            options.out_dir = out_dir;
            options.emit = emit;
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
            let options = match compile.options(BackendChoice::Llvm) {
                Ok(options) => options,
                Err(message) => return show::usage(&message),
            };
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
        Command::Backends { json } => doctor::backends(json),
        Command::Doctor { json } => doctor::doctor(json),
    }
}
