//! `bessemer` in rustc's place: as `RUSTC`, or as `RUSTC_WRAPPER` (the compiler's path comes first then).

use crate::show;
use driver::unit::{self, Role, Settings, UnitFailure, UnitOutput};
use driver::{DriverError, Invocation, Observer, Toolchain};
use std::ffi::OsString;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::mpsc;
use std::time::Duration;

/// The words of `bessemer`'s own commands, which no command line of rustc begins with.
const OWN: [&str; 3] = ["-h", "--help", "help"];

/// If these arguments (without the program's name) are rustc's: the compiler that was named, and its arguments.
pub fn arguments(args: &[OsString]) -> Option<(Option<PathBuf>, Vec<OsString>)> {
    let first = args.first()?;
    let text = first.to_str().unwrap_or_default();
    if Path::new(first).file_stem().is_some_and(|stem| stem == "rustc") {
        return Some((Some(PathBuf::from(first)), args[1..].to_vec()));
    }
    // Tools that take us for rustc ask for its version in these words; people ask for ours.
    let is_version = matches!(text, "-V" | "--version") && args.len() == 1 && std::env::var_os("CARGO").is_none();
    let is_rustc = (text.starts_with('-') || text.ends_with(".rs")) && !OWN.contains(&text) && !is_version;
    is_rustc.then(|| (None, args.to_vec()))
}

/// Does what rustc would do.
pub fn obey(program: Option<PathBuf>, args: Vec<OsString>) -> ExitCode {
    let cache = driver::options::default_cache();
    let toolchain = match &program {
        Some(program) => Toolchain::find_program(program, cache.as_deref()),
        None => Toolchain::find(cache.as_deref()),
    };
    let toolchain = match toolchain {
        Ok(toolchain) => toolchain,
        Err(error) => return show::error(&DriverError::from(error), false, false),
    };
    let invocation = match Invocation::parse(args) {
        Ok(invocation) => invocation,
        Err(message) => return show::usage(&message),
    };
    let (json, color) = (invocation.is_json(), invocation.is_colored());
    let mut settings = match settings(cache) {
        Ok(settings) => settings,
        Err(error) => return show::unit_error(&error, json, color),
    };
    if std::env::var_os("BESSEMER_PROGRESS").is_some() {
        settings.observer = progress(invocation.crate_name().unwrap_or_default().to_owned());
    }
    let mut sink = |line: &[u8]| {
        let _ = std::io::stderr().write_all(line);
    };
    let name = invocation.file_stem().unwrap_or_default();
    let (kind, result) = match unit::role(invocation, &settings, &toolchain) {
        Role::Rustc(invocation) => {
            let error = unit::hand_over(&toolchain, &invocation);
            return show::error(&error, json, color);
        }
        Role::Library(invocation) => ("library", unit::library(&toolchain, &invocation, &mut sink)),
        Role::Final(invocation, types) => {
            ("artefact", unit::final_artefact(&toolchain, &invocation, &types, &settings, &mut sink))
        }
    };
    match result {
        Ok(output) => {
            write_report(&name, kind, &output);
            ExitCode::SUCCESS
        }
        Err(UnitFailure::Rustc(status)) => {
            ExitCode::from(status.code().and_then(|code| u8::try_from(code).ok()).unwrap_or(101))
        }
        Err(UnitFailure::Driver(error)) => show::unit_error(&error, json, color),
    }
}

fn settings(cache: Option<PathBuf>) -> Result<Settings, DriverError> {
    let backends = crate::backends().map_err(DriverError::Usage)?;
    let backend = match std::env::var("BESSEMER_BACKEND") {
        Ok(name) if !name.is_empty() => {
            Some(backends.choose(&name).map_err(|error| DriverError::Usage(format!("BESSEMER_BACKEND: {error}")))?)
        }
        _ => None,
    };
    let host_mark = std::env::var("BESSEMER_HOST_MARK").ok().filter(|mark| !mark.is_empty());
    Ok(Settings { backends, backend, host_mark, cache, observer: Observer::default() })
}

/// Says what goes on where that takes long, in lines that cargo shows above its own progress.
fn progress(name: String) -> Observer {
    /// Shorter stages are not worth a line.
    const PATIENCE: Duration = Duration::from_secs(2);
    let (sender, receiver) = mpsc::channel::<&'static str>();
    std::thread::spawn(move || {
        let mut stage = receiver.recv().ok();
        while let Some(current) = stage {
            stage = match receiver.recv_timeout(PATIENCE) {
                Ok(next) => Some(next),
                Err(mpsc::RecvTimeoutError::Disconnected) => None,
                Err(mpsc::RecvTimeoutError::Timeout) => {
                    let _ = writeln!(std::io::stderr(), "{:>12} {name}: {current}", "Bessemer");
                    receiver.recv().ok()
                }
            };
        }
    });
    Observer::new(move |stage| {
        let _ = sender.send(stage);
    })
}

/// Writes what was done where `cargo bessemer` gathers it.
fn write_report(name: &str, kind: &str, output: &UnitOutput) {
    let Some(folder) = std::env::var_os("BESSEMER_REPORT_DIR") else { return };
    let value = serde_json::json!({ "unit": name, "kind": kind, "report": output.report });
    // Only what is shown at the end: not worth an error.
    let _ = std::fs::write(Path::new(&folder).join(format!("{name}.json")), value.to_string());
}
