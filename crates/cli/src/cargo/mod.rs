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
mod bloat;
mod chosen;
mod code;
mod compare;
mod config;
mod doctests;
mod explore;
pub mod last_build;
mod place;
mod report;
mod timeline;

use crate::{output, settings, show};
use args::{Parsed, Request};
use driver::{Backends, Toolchain, ToolchainError};
use std::ffi::{OsStr, OsString};
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::time::Instant;

/// What the names of cargo's subcommands begin with.
const PREFIX: &str = "cargo-";

/// The name of the subcommand that this process is, by the name under which it was started.
pub fn subcommand() -> Option<OsString> {
    let program = PathBuf::from(std::env::args_os().next()?);
    let name = program.file_name()?.to_str()?.strip_prefix(PREFIX)?;
    Some(name.into())
}

/// Does what rustdoc would, or what it would have done, where this process was started in such a place; else gives nothing.
pub fn in_place_of_rustdoc(args: &[OsString]) -> Option<ExitCode> {
    doctests::stand_in(args)
}

/// Runs the subcommand of cargo's of this name. `args` are what cargo gave it.
pub fn main_with(backends: &Backends, name: &OsStr, mut args: Vec<OsString>) -> ExitCode {
    // cargo gives its subcommand's name first.
    if args.first().is_some_and(|arg| arg == name) {
        args.remove(0);
    }
    if args.first().is_some_and(|arg| arg == "compare") {
        return compare::main_with(backends, args.split_off(1));
    }
    if args.first().is_some_and(|arg| arg == "explore") {
        return explore::main_with(backends, args.split_off(1));
    }
    let started = Instant::now();
    let request = match args::parse(args, backends) {
        Ok(Parsed::Request(request)) => request,
        Ok(Parsed::Text(text)) => {
            return output::print(&text);
        }
        Err(message) => return usage(&message),
    };
    let cargo = std::env::var_os("CARGO").map_or_else(|| PathBuf::from("cargo"), PathBuf::from);
    let configuration = config::Config::read(&request.configs);
    match unknown_release(&request, &configuration) {
        Ok(None) => {}
        Ok(Some(error)) => {
            eprintln!("note: {}; plain cargo does it", error.to_string().lines().next().unwrap_or_default());
            let mut command = Command::new(&cargo);
            command.arg(&request.command);
            command.args(request.configs.iter().flat_map(|config| ["--config", config])).args(&request.rest);
            return fail(&format!("cannot run `{}`: {}", cargo.display(), command.exec()));
        }
        Err(message) => return fail(&message),
    }
    let bessemer = match place::bessemer() {
        Ok(bessemer) => bessemer,
        Err(message) => return fail(&message),
    };
    let place = match place::Place::find(&cargo, &request) {
        Ok(place) => place,
        Err(message) => return fail(&message),
    };
    let doctests = match doctests::Doctests::new(&request) {
        Ok(doctests) => doctests,
        Err(error) => return fail(&format!("cannot make a temporary file: {error}")),
    };
    let mut command = Command::new(&cargo);
    command.arg(&request.command);
    // nextest's own command comes before all options.
    let own_command = match request.rest.first() {
        Some(word) if request.command == "nextest" && !word.as_encoded_bytes().starts_with(b"-") => 1,
        _ => 0,
    };
    command.args(&request.rest[..own_command]);
    if let Some(folder) = place.target_dir.as_ref().filter(|_| request.target_dir.is_none()) {
        command.arg("--target-dir").arg(folder);
    }
    for config in &request.configs {
        command.arg("--config").arg(config);
    }
    let mut report = None;
    let is_reported = request.report.is_some() || request.page.is_some();
    let mut shown = None;
    // Removed at the end, if it is there.
    let mut temporary: Vec<tempfile::TempDir> = Vec::new();
    if request.compiles() {
        // Once, and not for each crate.
        if let Some(message) = driver::options::default_cache().and_then(|cache| driver::caches::refusal(&cache)) {
            show::say(&format!("warning: {message}\n"));
        }
        let mut placed = settings::Placed {
            backend: request.backend.clone().or_else(|| std::env::var("BESSEMER_BACKEND").ok()),
            front_end: request.front_end,
            shows_progress: request.shows_progress(),
            verbose: request.is_verbose(),
            wrapper: configuration.program("RUSTC_WRAPPER", "rustc-wrapper"),
            shown: request.code.as_ref().map(code::CodeRequest::output),
            ..settings::Placed::default()
        };
        // Somebody has us there already.
        placed.wrapper.take_if(|wrapper| is_bessemer(wrapper));
        let root = match place.settings_root() {
            Ok((root, folder)) => {
                temporary.extend(folder);
                root
            }
            Err(error) => return fail(&format!("cannot make a temporary folder: {error}")),
        };
        if request.code.is_none() && place.target_dir.is_some() {
            let words = [&*request.command].into_iter().map(str::to_owned);
            let words = words.chain(request.rest.iter().map(|word| word.to_string_lossy().into_owned()));
            last_build::begin(&root, &words.collect::<Vec<_>>().join(" "));
        }
        let build = place::build_id(&bessemer);
        let folder = match settings::place(&root, &bessemer, &build, &placed, is_reported) {
            Ok((path, folder)) => {
                if is_reported {
                    report = Some(report::Gathering::new(settings::report(&path)));
                }
                shown = request.code.as_ref().map(|code| (code, path.clone()));
                temporary.extend(folder);
                path
            }
            Err(error) => return fail(&format!("cannot write settings into `{}`: {error}", root.display())),
        };
        if let Some(doctests) = &doctests
            && let Err(error) = doctests.configure(&mut command, &configuration, &settings::link(&folder))
        {
            return fail(&format!("cannot write temporary files: {error}"));
        }
        // The variable would win over all configuration.
        command.env_remove("RUSTC_WRAPPER");
        match settings::link(&folder).to_str() {
            Some(wrapper) => configure(&mut command, "build.rustc-wrapper", &toml_string(wrapper)),
            None => drop(command.env("RUSTC_WRAPPER", settings::link(&folder))),
        }
        let manifest = place.manifest();
        let profile = request.profile_name();
        let unmet = configuration.unmet(&manifest, profile);
        // Once, and not for each crate. What is only checked has no code.
        if !unmet.is_empty() && !request.is_quiet() && request.command != "check" {
            let unmet = unmet.join(", ");
            show::say(&format!("note: of the profile `{profile}`, Bessemer does not do this yet: {unmet}\n"));
        }
        for profile in ["dev", "release", "test", "bench"].into_iter().chain(request.custom_profile()) {
            for (key, first, serves_build) in [
                ("build-override.codegen-units", settings::HOST_MARK, true),
                ("codegen-units", settings::TARGET_MARK, false),
            ] {
                let wanted = configuration.codegen_units(&manifest, profile, serves_build);
                let number = first + wanted.min(settings::MARKS - 1);
                configure(&mut command, &format!("profile.{profile}.{key}"), &number.to_string());
            }
        }
    }
    command.args(&request.rest[own_command..]);
    if let Some(bloat) = &request.bloat {
        return bloat.run(command);
    }
    let cannot_run = |error| fail(&format!("cannot run `{}`: {error}", cargo.display()));
    if doctests.is_none() && temporary.is_empty() {
        return cannot_run(command.exec());
    }
    let status = match command.status() {
        Ok(status) => status,
        Err(error) => return cannot_run(error),
    };
    if let (Some(report), Some(file)) = (&report, &request.page) {
        let folder = place.target_dir.clone().unwrap_or_default();
        let file = file.clone().unwrap_or_else(|| folder.join("report.html"));
        if let Err(error) = std::fs::write(&file, report.page(started.elapsed())) {
            return fail(&format!("cannot write `{}`: {error}", file.display()));
        }
        show::say(&format!("The report is in {}\n", file.display()));
    }
    if let (Some(report), Some(format)) = (report, request.report) {
        show::say(&report.tell(format, started.elapsed()));
    }
    match shown {
        Some((code, folder)) if status.success() => code.show(&folder, place.target_dir.as_deref()),
        _ => exit_code(status),
    }
}

/// What is wrong with rustc, if that is its release, and if plain cargo may do what Bessemer then cannot.
fn unknown_release(request: &Request, configuration: &config::Config) -> Result<Option<ToolchainError>, String> {
    if !request.compiles() || !request.may_fall_back()? {
        return Ok(None);
    }
    // Where cargo runs us already, the rustc that it then runs is the one in `PATH`.
    let program = configuration.program("RUSTC", "rustc").filter(|program| !is_bessemer(program));
    let cache = driver::options::default_cache();
    match Toolchain::find_program(&program.unwrap_or_else(|| PathBuf::from("rustc")), cache.as_deref()) {
        Err(error @ ToolchainError::Version { .. }) => Ok(Some(error)),
        // What else is wrong is said by whoever stumbles over it.
        Ok(_) | Err(_) => Ok(None),
    }
}

fn is_bessemer(program: &Path) -> bool {
    program.file_stem().is_some_and(|stem| stem == "bessemer")
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

fn configure(command: &mut Command, key: &str, value: &str) {
    command.arg("--config").arg(format!("{key}={value}"));
}

fn toml_string(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            _ if c.is_control() => out += &format!("\\u{:04x}", u32::from(c)),
            _ => out.push(c),
        }
    }
    out + "\""
}

fn fail(message: &str) -> ExitCode {
    show::say(&format!("error: {message}\n"));
    ExitCode::from(101)
}

/// A wrong command line.
fn usage(message: &str) -> ExitCode {
    show::say(&format!("error: {message}\n\nFor more information, try `cargo bessemer --help`.\n"));
    ExitCode::from(2)
}
