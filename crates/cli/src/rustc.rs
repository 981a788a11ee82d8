//! `bessemer` in rustc's place: as `RUSTC`, or as `RUSTC_WRAPPER` (the compiler's path comes first then).

use crate::cargo::last_build;
use crate::explore::worker::Done;
use crate::settings::{HOST_MARK, Placed, TARGET_MARK};
use crate::show::{self, Style};
use crate::signals::Interrupts;
use crate::status::Status;
use driver::unit::{self, Marks, Role, Settings, Shown, UnitFailure, UnitOutput};
use driver::{Backends, DriverError, EmitKind, FunctionWork, Invocation, Observer, Toolchain, targets};
use std::ffi::{OsStr, OsString};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Instant, SystemTime, UNIX_EPOCH};

/// The words of `bessemer`'s own commands, which no command line of rustc begins with.
const OWN: [&str; 3] = ["-h", "--help", "help"];

/// What runs a command line: the compiler, and what the user wants it to be run by.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Programs {
    pub rustc: Option<PathBuf>,
    pub workspace_wrapper: Option<PathBuf>,
}

/// If these arguments (without the program's name) are rustc's: the programs that were named, and its arguments.
pub fn arguments(args: &[OsString]) -> Option<(Programs, Vec<OsString>)> {
    let first = args.first()?;
    let text = first.to_str().unwrap_or_default();
    let is_argument = |arg: &OsString| matches!(arg.as_encoded_bytes().first(), Some(b'-' | b'@')) || is_source(arg);
    let programs = args.iter().position(is_argument).unwrap_or(args.len());
    let is_rustc = |program: &OsString| Path::new(program).file_stem().is_some_and(|stem| stem == "rustc");
    // cargo names the compiler, perhaps after what it is to be run by for members of the workspace.
    if matches!(programs, 1 | 2) && (is_rustc(&args[programs - 1]) || Placed::here().is_some()) {
        let (own, rest) = args.split_at(programs);
        let path = |program: &OsString| PathBuf::from(program);
        let workspace_wrapper = (programs == 2).then(|| path(first));
        return Some((Programs { rustc: own.last().map(path), workspace_wrapper }, rest.to_vec()));
    }
    // Tools that take us for rustc ask for its version in these words; people ask for ours.
    let is_version = matches!(text, "-V" | "--version") && args.len() == 1 && std::env::var_os("CARGO").is_none();
    let is_rustc = is_argument(first) && !OWN.contains(&text) && !is_version;
    is_rustc.then(|| (Programs::default(), args.to_vec()))
}

fn is_source(arg: &OsStr) -> bool {
    Path::new(arg).extension().is_some_and(|extension| extension == "rs")
}

/// Does what rustc would do. `started` is when this process began.
pub fn obey(backends: &Backends, programs: Programs, args: Vec<OsString>, started: Instant) -> ExitCode {
    let cache = driver::options::default_cache();
    let placed = Placed::here();
    let toolchain = match &programs.rustc {
        Some(program) => Toolchain::find_program(program, cache.as_deref()),
        None => Toolchain::find(cache.as_deref()),
    };
    let mut toolchain = match toolchain {
        Ok(toolchain) => toolchain,
        Err(error) => return show::error(&DriverError::from(error), Style::default()),
    };
    toolchain.wrappers.workspace = programs.workspace_wrapper;
    toolchain.wrappers.outer = placed.as_ref().and_then(|placed| placed.wrapper.clone());
    if args.iter().any(|arg| arg.to_str().is_none()) {
        // rustc says what it thinks of that.
        return show::error(&toolchain.exec_as_is(args).into(), Style::default());
    }
    let invocation = match Invocation::parse(args) {
        Ok(invocation) => invocation,
        Err(message) => return show::usage(&message),
    };
    let verbose = invocation.is_verbose() || placed.as_ref().is_some_and(|placed| placed.verbose);
    let style = Style { json: invocation.is_json(), color: invocation.is_colored(), verbose };
    let mut settings = match settings(backends, cache, placed.as_ref()) {
        Ok(settings) => settings,
        Err(error) => return show::unit_error(&error, style),
    };
    toolchain.input = match unit::keep_input(&invocation, &settings) {
        Ok(input) => input,
        Err(error) => return show::unit_error(&error, style),
    };
    let status = match &placed {
        Some(placed) if placed.shows_progress => Status::of_unit(invocation.crate_name().unwrap_or_default()),
        _ => Status::none(),
    };
    let interrupts = Interrupts::watch();
    settings.observer = interrupts.observer(&status);
    let done: Arc<Mutex<Vec<FunctionWork>>> = Arc::default();
    if settings.shown.is_some() {
        let noted = Arc::clone(&done);
        settings.observer = settings.observer.telling_work(move |work| {
            noted.lock().unwrap_or_else(PoisonError::into_inner).push(work);
        });
    }
    let toolchain = targets::choose_for_unit(toolchain, &invocation, settings.cache.as_deref(), &settings.observer);
    let toolchain = match toolchain {
        Ok(toolchain) => toolchain,
        Err(error) => {
            status.end();
            interrupts.end_if_asked();
            return show::unit_error(&error, style);
        }
    };
    let mut sink = |line: &[u8]| {
        let _ = std::io::stderr().write_all(line);
    };
    let name = invocation.file_stem().unwrap_or_default();
    let (kind, result) = match unit::role(invocation, &settings, &toolchain) {
        Role::Rustc(invocation) => {
            let error = unit::hand_over(&toolchain, &invocation);
            return show::error(&error, style);
        }
        Role::Both(invocation) => ("library", unit::both(&toolchain, &invocation, &settings, &mut sink)),
        Role::Library(invocation) => ("library", unit::library(&toolchain, &invocation, &settings, &mut sink)),
        Role::Final(invocation, types) => {
            ("artefact", unit::final_artefact(&toolchain, &invocation, &types, &settings, &mut sink))
        }
    };
    status.end();
    interrupts.end_if_asked();
    match result {
        Ok(mut output) => {
            output.report.finish(started.elapsed(), &output.files);
            output.notes.iter().for_each(|note| show::note(note, style.json));
            if let Some(Placed { work_folder, .. }) =
                placed.as_ref().filter(|it| it.shown.is_some() && kind == "artefact")
            {
                let done = std::mem::take(&mut *done.lock().unwrap_or_else(PoisonError::into_inner));
                // Only what is shown beside the code: not worth an error.
                let _ = std::fs::write(
                    work_folder.join(&name),
                    serde_json::json!(Done::new(&output.report, done)).to_string(),
                );
            }
            if let Some(placed) = placed {
                write_report(&placed, &name, kind, &output, started);
            }
            ExitCode::SUCCESS
        }
        Err(UnitFailure::Rustc(status)) => {
            ExitCode::from(status.code().and_then(|code| u8::try_from(code).ok()).unwrap_or(101))
        }
        Err(UnitFailure::Driver(error)) => show::unit_error(&error, style),
    }
}

fn settings(backends: &Backends, cache: Option<PathBuf>, placed: Option<&Placed>) -> Result<Settings, DriverError> {
    let name = match placed {
        Some(placed) => placed.backend.clone(),
        None => std::env::var("BESSEMER_BACKEND").ok(),
    };
    let backends = crate::configured(backends).map_err(DriverError::Usage)?;
    let backend = match name {
        Some(name) if !name.is_empty() => {
            Some(backends.choose(&name).map_err(|error| DriverError::Usage(format!("BESSEMER_BACKEND: {error}")))?)
        }
        _ => None,
    };
    let marks = placed.map(|_| Marks { host: HOST_MARK, target: TARGET_MARK });
    let stamp = placed.map(|placed| placed.stamp.clone());
    let front_end = placed.map(|placed| placed.front_end).unwrap_or_default();
    let shown = placed.and_then(|placed| {
        let kind = EmitKind::from_name(placed.shown.as_deref()?, &backends)?;
        Some(Shown { kind, folder: placed.shown_folder.clone() })
    });
    Ok(Settings { backends, backend, front_end, marks, stamp, cache, shown, observer: Observer::default() })
}

/// Writes what was done where `cargo bessemer` gathers it, and where it is kept until the next build.
fn write_report(placed: &Placed, name: &str, kind: &str, output: &UnitOutput, started: Instant) {
    // When that was, for all processes of the build: in seconds since 1970.
    let began = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().saturating_sub(started.elapsed());
    let value =
        serde_json::json!({ "unit": name, "kind": kind, "began": began.as_secs_f64(), "report": output.report });
    if placed.shown.is_none() {
        last_build::note(&placed.root, name, &value);
    }
    if let Some(folder) = &placed.report {
        // Only what is shown at the end: not worth an error.
        let _ = std::fs::write(folder.join(format!("{name}.json")), value.to_string());
    }
}
