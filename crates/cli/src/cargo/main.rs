//! `cargo bessemer`: what cargo does, with Bessemer's back ends.
//!
//! **What goes in.** A cargo command line. **What comes out.** What cargo says and makes, in a target directory of
//! Bessemer's own.
//!
//! cargo does the work: it is told to run `bessemer` where it would run rustc (as its `rustc-wrapper`), and to mark the
//! crates that serve the build itself (build scripts, procedural macros and what they need), which rustc compiles.
//!
//! **What it must not know.** How anything is compiled.

mod args;
mod doctests;
mod place;
mod report;

use args::{Parsed, Request};
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::path::PathBuf;
use std::process::{Command, ExitCode};

/// The number of codegen units by which crates that serve the build itself are known. cargo's defaults are 16 and 256,
/// and nobody would ask for this one.
const HOST_MARK: &str = "255";

fn main() -> ExitCode {
    let mut args: Vec<String> = match std::env::args_os().skip(1).map(|arg| arg.into_string()).collect() {
        Ok(args) => args,
        Err(arg) => return fail(&format!("the argument {arg:?} is not UTF-8")),
    };
    // cargo gives its subcommand's name first.
    if args.first().is_some_and(|arg| arg == "bessemer") {
        args.remove(0);
    } else if let Some(marker) = doctests::marker() {
        return doctests::stand_in(&marker, &args);
    }
    let request = match args::parse(args) {
        Ok(Parsed::Request(request)) => request,
        Ok(Parsed::Text(text)) => {
            print!("{text}");
            return ExitCode::SUCCESS;
        }
        Err(message) => return usage(&message),
    };
    let cargo = std::env::var_os("CARGO").map_or_else(|| PathBuf::from("cargo"), PathBuf::from);
    let bessemer = match place::bessemer() {
        Ok(bessemer) => bessemer,
        Err(message) => return fail(&message),
    };
    let mut command = Command::new(&cargo);
    command.arg(&request.command);
    if request.has_target_dir() {
        match place::target_dir(&cargo, &request) {
            Ok(Some(folder)) => {
                command.arg("--target-dir").arg(folder);
            }
            // cargo says what is wrong, or puts things where it always does.
            Ok(None) => {}
            Err(message) => return fail(&message),
        }
    }
    let mut report = None;
    if request.compiles() {
        // Once, and not for each crate.
        if let Some(message) = driver::options::default_cache().and_then(|cache| driver::caches::refusal(&cache)) {
            eprintln!("warning: {message}");
        }
        let wrapper = bessemer.to_string_lossy();
        let mut configure = |key: &str, value: String| {
            command.arg("--config").arg(format!("{key}={value}"));
        };
        configure("build.rustc-wrapper", toml_string(&wrapper));
        for profile in ["dev", "release"].into_iter().chain(request.custom_profile()) {
            configure(&format!("profile.{profile}.build-override.codegen-units"), HOST_MARK.to_owned());
        }
        command.env("BESSEMER_HOST_MARK", HOST_MARK).env("BESSEMER_BUILD", place::build_id(&bessemer));
        // The variable would win over what cargo is told above.
        command.env_remove("RUSTC_WRAPPER").env_remove("CARGO_BUILD_RUSTC_WRAPPER");
        if let Some(backend) = &request.backend {
            command.env("BESSEMER_BACKEND", backend);
        }
        if request.shows_progress() {
            command.env("BESSEMER_PROGRESS", "1");
        }
        if request.report {
            match report::Gathering::new() {
                Ok(gathering) => {
                    command.env("BESSEMER_REPORT_DIR", gathering.folder());
                    report = Some(gathering);
                }
                Err(error) => return fail(&format!("cannot make a folder for the report: {error}")),
            }
        }
    }
    let doctests = match doctests::Doctests::new(&request) {
        Ok(doctests) => doctests,
        Err(error) => return fail(&format!("cannot make a temporary file: {error}")),
    };
    if let Some(doctests) = &doctests {
        doctests.configure(&mut command);
    }
    command.args(&request.rest);
    let cannot_run = |error| fail(&format!("cannot run `{}`: {error}", cargo.display()));
    if doctests.is_none() && report.is_none() {
        return cannot_run(command.exec());
    }
    let status = match command.status() {
        Ok(status) => status,
        Err(error) => return cannot_run(error),
    };
    if let Some(report) = report {
        eprint!("{}", report.text());
    }
    if let Some(mut command) = doctests.and_then(|doctests| doctests.follow_up(&cargo, &request, status.success())) {
        eprintln!("note: documentation tests are compiled by rustc");
        let own = match command.status() {
            Ok(status) => status,
            Err(error) => return cannot_run(error),
        };
        if status.success() {
            return exit_code(own);
        }
    }
    exit_code(status)
}

/// Ends as another process ended.
fn exit_code(status: std::process::ExitStatus) -> ExitCode {
    let code = status.code().or_else(|| status.signal().map(|signal| 128 + signal));
    ExitCode::from(code.and_then(|code| u8::try_from(code).ok()).unwrap_or(101))
}

impl Request {
    /// The profile named on the command line, where it is none of cargo's own.
    fn custom_profile(&self) -> Option<&str> {
        self.profile.as_deref().filter(|profile| !matches!(*profile, "dev" | "release" | "test" | "bench" | "debug"))
    }
}

fn toml_string(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

fn fail(message: &str) -> ExitCode {
    eprintln!("error: {message}");
    ExitCode::from(101)
}

fn usage(message: &str) -> ExitCode {
    eprintln!("error: {message}\n\nFor more information, try `cargo bessemer --help`.");
    ExitCode::from(2)
}
