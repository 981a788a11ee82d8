//! `bessemer`'s own commands.

use crate::args::{self, Command};
use crate::{cache, doctor, show, start, target};
use backend::OptLevel;
use driver::{Backends, DriverError, Options, Report, libraries};
use std::process::ExitCode;

/// Says so if the cache is not used because others could have put something there.
fn warn_of_cache(options: &Options) {
    if let Some(message) = options.cache.as_deref().and_then(driver::caches::refusal) {
        show::warning(&message, options.json);
    }
}

/// Does what a command line asks for.
pub fn obey(command: Command, backends: &Backends) -> ExitCode {
    let backends = match crate::configured(backends) {
        Ok(backends) => backends,
        Err(message) => return show::usage(&message),
    };
    match command {
        Command::Run { compile, args } => {
            let options = match compile
                .options(&backends, |backends| backends.for_level_and_target(OptLevel::O0, compile.target.as_deref()))
            {
                Ok(options) => options,
                Err(message) => return show::usage(&message),
            };
            warn_of_cache(&options);
            if let Err(error) = target::prepare(&options) {
                return show::error(&error, compile.json, options.color);
            }
            let mut report = Report::default();
            let result = libraries::crate_types(&options, &compile.crate_types).and_then(|types| {
                if libraries::is_program(&types) {
                    return driver::run(&options, &args, &mut report);
                }
                Err(DriverError::Usage(
                    "a library is not run\n  help: build it, or run its tests with --test".to_owned(),
                ))
            });
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
            if let Err(error) = target::prepare(&options) {
                return show::error(&error, compile.json, options.color);
            }
            options.output = output;
            options.out_dir = out_dir;
            options.emit = match args::emit_kinds(&emit, options.backend.all()) {
                Ok(emit) => emit,
                Err(message) => return show::usage(&message),
            };
            let built = libraries::crate_types(&options, &compile.crate_types).and_then(|types| {
                if libraries::is_program(&types) { driver::build(&options) } else { libraries::build(&options, &types) }
            });
            match built {
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
            if let Err(error) = target::prepare(&options) {
                return show::error(&error, compile.json, options.color);
            }
            let checked = libraries::crate_types(&options, &compile.crate_types).and_then(|types| {
                if libraries::is_program(&types) { driver::check(&options) } else { libraries::check(&options) }
            });
            match checked {
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
        Command::Target(command) => target::target(&command),
        Command::Backends { json } => doctor::backends(&backends, json),
        Command::Doctor { json } => doctor::doctor(&backends, json),
    }
}
