//! `bessemer compare` and `cargo bessemer compare`: all back ends at all levels, and rustc, on one program.
//!
//! Builds are made of a copy of the source, which is edited in its place, each in folders of its own: what is cold is cold.

mod edit;
mod figures;
pub mod html;
mod measure;
mod outcome;
mod plan;
mod progress;
mod subject;
mod table;

use crate::args::{Color, CompareArgs, CompareLook};
use crate::signals::Interrupts;
use crate::{output, show};
use driver::{Backends, DriverError, Toolchain};
use measure::{Counts, Stopped};
use progress::Progress;
use std::ffi::OsString;
use std::io::IsTerminal;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use subject::Subject;

/// What is compared, for cargo's subcommand.
pub struct Package {
    pub cargo: PathBuf,
    pub manifest: Option<PathBuf>,
    /// The arguments of builds.
    pub args: Vec<OsString>,
}

/// `bessemer compare`.
pub fn file(args: &CompareArgs, backends: &Backends) -> Result<ExitCode, ExitCode> {
    let mut options: Vec<OsString> = vec!["--edition".into(), (&args.edition).into()];
    // The processor is a thing to compare, whichever way it is named.
    let (cpus, codegen): (Vec<_>, Vec<_>) = args.codegen.iter().cloned().partition(|option| cpu_in(option).is_some());
    let mut cpus: Vec<&str> = cpus.iter().filter_map(|it| cpu_in(it)).chain(args.cpu.as_deref()).collect();
    cpus.dedup();
    if cpus.len() > 1 {
        return Err(show::usage(&format!("{} are two processors: one is compared with none", cpus.join(" and "))));
    }
    let varied = Variants { cpu: cpus.first().map(|cpu| (*cpu).to_owned()), std_from_source: args.std == "source" };
    for (flag, values) in [("--cfg", &args.cfg), ("-l", &args.used.libraries), ("-C", &codegen)] {
        options.extend(values.iter().flat_map(|value| [OsString::from(flag), value.into()]));
    }
    if args.codegen.iter().any(|option| option.replace('_', "-").starts_with("opt-level")) {
        return Err(show::usage("`-C opt-level`: all levels are compared; --only chooses some"));
    }
    for (flag, values) in [("--extern", &args.used.externs), ("-L", &args.used.search_paths)] {
        options.extend(values.iter().flat_map(|value| [OsString::from(flag), absolute(value).into()]));
    }
    let title = args.file.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let cpu = varied.cpu.clone();
    let make = |toolchain, scratch: &Path| Subject::of_file(toolchain, &args.file, options, cpu, scratch);
    compare(&title, (&args.look, &varied), &args.args, backends, make)
}

/// `cargo bessemer compare`.
pub fn package(
    package: Package,
    look: &CompareLook,
    args: &[OsString],
    cpu: Option<String>,
    backends: &Backends,
) -> Result<ExitCode, ExitCode> {
    let varied = Variants { cpu: cpu.clone(), std_from_source: false };
    let here = package.manifest.as_deref().and_then(Path::parent).filter(|folder| !folder.as_os_str().is_empty());
    let here = here.map_or_else(std::env::current_dir, std::path::absolute).unwrap_or_default();
    let title = here.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let make = |toolchain, scratch: &Path| {
        Subject::of_package(toolchain, package.cargo, package.manifest.as_deref(), package.args, cpu, scratch)
    };
    compare(&title, (look, &varied), args, backends, make)
}

/// What is compared besides back ends and levels.
struct Variants {
    /// A processor, as rustc names it.
    cpu: Option<String>,
    std_from_source: bool,
}

/// The processor that a codegen option names.
fn cpu_in(option: &str) -> Option<&str> {
    let (name, value) = option.split_once('=')?;
    (name.replace('_', "-") == "target-cpu").then_some(value)
}

/// A path in the value of an option as it is from everywhere: `NAME=PATH`, `KIND=PATH` or a path.
pub fn absolute(value: &str) -> String {
    let (name, path) = value.split_once('=').map_or(("", value), |(name, path)| (name, path));
    let path = std::path::absolute(path).map_or_else(|_| path.to_owned(), |path| path.display().to_string());
    if name.is_empty() { path } else { format!("{name}={path}") }
}

fn compare(
    title: &str,
    (look, variants): (&CompareLook, &Variants),
    args: &[OsString],
    backends: &Backends,
    make: impl FnOnce(Toolchain, &Path) -> Result<Subject, String>,
) -> Result<ExitCode, ExitCode> {
    let fail = |message: String| {
        show::error(&DriverError::Usage(message), show::Style { json: look.json, ..show::Style::default() })
    };
    let mut names: Vec<String> = backends.names().into_iter().map(str::to_owned).collect();
    names.extend(backends.programs().into_iter().map(|(name, _)| name));
    let varied = plan::Variant { std_from_source: variants.std_from_source, cpu: variants.cpu.is_some() };
    let plan =
        plan::plan(&names, varied, &look.only, look.filter.as_deref()).map_err(|message| show::usage(&message))?;
    let toolchain = Toolchain::find(driver::options::default_cache().as_deref());
    let toolchain = toolchain.map_err(|error| fail(error.to_string()))?;
    let scratch = tempfile::Builder::new().prefix("bessemer-compare-").tempdir();
    let scratch = scratch.map_err(|error| fail(format!("a temporary folder cannot be made: {error}")))?;
    let interrupts = Interrupts::watch();
    let subject = match make(toolchain, scratch.path()) {
        Ok(subject) => subject,
        Err(message) => {
            drop(scratch);
            // What was asked may have been interrupted, too: that is no error.
            interrupts.end_if_asked();
            return Err(fail(message));
        }
    };
    let builds = look.builds.unwrap_or(if subject.is_package() { 1 } else { 3 }).max(1);
    let counts = Counts { builds, rounds: look.rounds.max(1) };
    let warm = 1 + if subject.is_package() { 0 } else { measure::warmed(&plan).count() };
    let count = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
    let mut progress = Progress::new(look.json, count(plan.len()), count(warm), counts.builds, counts.rounds);
    let measured = measure::measure(&subject, &plan, args, counts, scratch.path(), &mut progress, &interrupts);
    progress.end();
    let rows = match measured {
        Ok(rows) => rows,
        Err(stopped) => {
            drop(scratch);
            interrupts.end_if_asked();
            return Err(match stopped {
                Stopped::Failed(message) => fail(message),
                Stopped::Interrupted => ExitCode::FAILURE,
            });
        }
    };
    if let Some(file) = &look.html {
        let page = html::page(title, &rows, counts);
        std::fs::write(file, page).map_err(|error| fail(format!("{}: {error}", file.display())))?;
    }
    let color = crate::request::colors(Color::Auto, std::io::stdout().is_terminal());
    let shown = output::print(&if look.json {
        format!("{}\n", table::json(&rows, counts, variants.cpu.as_deref()))
    } else if look.markdown {
        table::markdown(&rows, counts)
    } else {
        table::text(&rows, counts, color)
    });
    Ok(if rows.iter().any(measure::Row::is_bad) { ExitCode::FAILURE } else { shown })
}
