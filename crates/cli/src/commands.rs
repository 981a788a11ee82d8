//! `bessemer`'s own commands.

use crate::args::{Cli, Command, CompileArgs, ReportFormat};
use crate::output::Redirected;
use crate::request::{self, Request};
use crate::signals::Interrupts;
use crate::status::Status;
use crate::{bloat, cache, code, compare, doctor, explore, output, show, start, target};
use clap::CommandFactory;
use driver::{Backends, BuildOutput, DriverError, Options, Report, Toolchain, libraries};
use inspect::text::Form;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Instant;

/// Does what a command line asks for. `started` is when this process began.
pub fn obey(command: Command, backends: &Backends, started: Instant) -> ExitCode {
    let backends = match crate::configured(backends) {
        Ok(backends) => backends,
        Err(message) => return show::usage(&message),
    };
    let done = match command {
        Command::Run { compile, mut program } => {
            let mut args = program.split_off(program.len().min(1));
            if args.first().is_some_and(|arg| arg == "--") {
                args.remove(0);
            }
            run(&compile, program.first().map(Path::new), &args, &backends, started)
        }
        Command::Build { compile, file, output, out_dir, emit } => {
            let outputs = Outputs { output, out_dir, emit };
            build(&compile, file.as_deref(), outputs, &backends, started)
        }
        Command::Check { compile, file } => check(&compile, file.as_deref(), &backends, started),
        Command::Asm(args) => code::asm(&args, &backends, started),
        Command::LlvmIr(args) => code::text(Form::LlvmIr, &args, &backends, started),
        Command::Mir(args) => code::text(Form::Mir, &args, &backends, started),
        Command::Lir(args) => code::text(Form::Lir, &args, &backends, started),
        Command::Clif(args) => code::text(Form::Clif, &args, &backends, started),
        Command::Bloat(args) => bloat::file(&args, &backends, started),
        Command::Explore(args) => explore::file(&args, &backends),
        Command::ExploreWorker(args) => explore::worker::file(&args, &backends, started),
        Command::Compare(args) => compare::file(&args, &backends),
        Command::Cache(command) => return cache::cache(&command),
        Command::Target(command) => return target::target(&command),
        Command::Backends { json } => return doctor::backends(&backends, json),
        Command::Doctor { json } => return doctor::doctor(&backends, json),
        Command::Completions { shell } => {
            let mut text = Vec::new();
            clap_complete::generate(shell, &mut Cli::command(), "bessemer", &mut text);
            return output::print(&String::from_utf8_lossy(&text));
        }
        Command::Man { command } => return man(command.as_deref()),
    };
    done.unwrap_or_else(|code| code)
}

/// What a command needs that compiles: what it is to do, and who watches it.
pub struct Work {
    pub options: Options,
    pub report: Report,
    pub status: Status,
    pub interrupts: Interrupts,
}

impl Work {
    /// Gets ready, or does what is to be done instead: a question for rustc has its answer here.
    pub fn new(compile: &CompileArgs, file: Option<&Path>, backends: &Backends) -> Result<Work, ExitCode> {
        if let Some(question) = compile.question(file) {
            let toolchain = Toolchain::find(driver::options::default_cache().as_deref());
            let error = match toolchain {
                Ok(toolchain) => toolchain.exec_as_is(question).into(),
                Err(error) => DriverError::from(error),
            };
            return Err(show::error(&error, compile.style()));
        }
        let usage = |message: String| show::usage(&message);
        let file = file.ok_or_else(|| usage("a source file is needed".to_owned()))?;
        let Request { options, warnings } = compile.request(file, backends).map_err(usage)?;
        // Others could have put something there.
        let refused = options.cache.as_deref().and_then(driver::caches::refusal);
        for warning in warnings.iter().chain(&refused) {
            show::warning(warning, options.json, options.color);
        }
        target::prepare(&options, compile.quiet).map_err(|error| show::error(&error, compile.style()))?;
        let status =
            if compile.quiet || options.json { Status::none() } else { Status::of_file(&options.crate_name()) };
        let interrupts = Interrupts::watch();
        let report = Report { observer: interrupts.observer(&status), ..Report::default() };
        Ok(Work { options, report, status, interrupts })
    }

    /// Takes the line away that says what is being done, and ends this process if somebody wants that.
    pub fn end(status: Status, interrupts: &Interrupts) {
        status.end();
        interrupts.end_if_asked();
    }
}

/// Says what a compilation gave besides its result.
pub fn tell(compile: &CompileArgs, diagnostics: &[u8], report: &mut Report, files: &[PathBuf], started: Instant) {
    show::diagnostics(diagnostics);
    for missing in &report.missing {
        show::warning(missing, compile.json, compile.color());
    }
    if !compile.quiet {
        show::fallbacks(report, compile.verbose > 0);
    }
    if let Some(format) = compile.report {
        report.finish(started.elapsed(), files);
        show::report(report, compile.json || format == ReportFormat::Json);
    }
}

/// Builds a file into a folder of its own, for a command that shows what was made. `build` is given that folder.
pub fn build_to_show(
    compile: &CompileArgs,
    file: &Path,
    backends: &Backends,
    started: Instant,
    build: impl FnOnce(&mut Options, Report, &Path) -> Result<BuildOutput, DriverError>,
) -> Result<tempfile::TempDir, ExitCode> {
    let folder =
        tempfile::tempdir().map_err(|error| show::usage(&format!("a temporary folder cannot be made: {error}")))?;
    let Work { mut options, report, status, interrupts } = Work::new(compile, Some(file), backends)?;
    let built = build(&mut options, report, folder.path());
    Work::end(status, &interrupts);
    let mut built = built.map_err(|error| show::error(&error, compile.style()))?;
    tell(compile, &built.diagnostics, &mut built.report, &[], started);
    Ok(folder)
}

fn run(
    compile: &CompileArgs,
    file: Option<&Path>,
    args: &[OsString],
    backends: &Backends,
    started: Instant,
) -> Result<ExitCode, ExitCode> {
    let Work { options, mut report, status, interrupts } = Work::new(compile, file, backends)?;
    let result = libraries::crate_types(&options, &compile.crate_types).and_then(|types| {
        if libraries::is_program(&types) {
            return driver::run(&options, args, &mut report);
        }
        Err(DriverError::Usage("a library is not run\n  help: build it, or run its tests with --test".to_owned()))
    });
    Work::end(status, &interrupts);
    let program = result.map_err(|error| show::error(&error, compile.style()))?;
    tell(compile, &program.diagnostics, &mut report, &[], started);
    let error = start::start(program, interrupts);
    Err(show::error(&error, compile.style()))
}

/// Where the results of a build go.
struct Outputs {
    output: Option<PathBuf>,
    out_dir: Option<PathBuf>,
    emit: Vec<String>,
}

fn build(
    compile: &CompileArgs,
    file: Option<&Path>,
    outputs: Outputs,
    backends: &Backends,
    started: Instant,
) -> Result<ExitCode, ExitCode> {
    let Work { mut options, report, status, interrupts } = Work::new(compile, file, backends)?;
    options.output = outputs.output;
    options.out_dir = outputs.out_dir;
    request::add_emit(&mut options, &outputs.emit).map_err(|message| show::usage(&message))?;
    for what in compile.print.iter().filter(|what| *what == "native-static-libs") {
        options.check_args.extend(["--print".into(), what.into()]);
    }
    let redirected = output::redirect(&mut options).map_err(|message| show::usage(&message))?;
    let built = libraries::crate_types(&options, &compile.crate_types).and_then(|types| {
        if libraries::is_program(&types) {
            driver::build(&options, report)
        } else {
            libraries::build(&options, &types, report)
        }
    });
    Work::end(status, &interrupts);
    let BuildOutput { files, diagnostics, notes, link_command, mut report } =
        built.map_err(|error| show::error(&error, compile.style()))?;
    tell(compile, &diagnostics, &mut report, &files, started);
    notes.iter().for_each(|note| show::note(note, compile.json));
    if let Some(command) = link_command.filter(|_| compile.print.iter().any(|what| what == "link-args")) {
        output::print(&format!("{command}\n"));
    }
    Ok(redirected.map_or(ExitCode::SUCCESS, Redirected::print))
}

fn check(
    compile: &CompileArgs,
    file: Option<&Path>,
    backends: &Backends,
    started: Instant,
) -> Result<ExitCode, ExitCode> {
    let Work { options, report, status, interrupts } = Work::new(compile, file, backends)?;
    let checked = libraries::crate_types(&options, &compile.crate_types).and_then(|types| {
        if libraries::is_program(&types) { driver::check(&options, report) } else { libraries::check(&options, report) }
    });
    Work::end(status, &interrupts);
    let mut output = checked.map_err(|error| show::error(&error, compile.style()))?;
    tell(compile, &output.diagnostics, &mut output.report, &[], started);
    Ok(ExitCode::SUCCESS)
}

/// Prints a manual page.
fn man(command: Option<&str>) -> ExitCode {
    let mut cli = Cli::command();
    cli.build();
    let page = match command {
        None => cli,
        Some(name) => match cli.find_subcommand(name) {
            Some(command) => command.clone(),
            None => {
                let names: Vec<&str> = cli.get_subcommands().map(clap::Command::get_name).collect();
                let closest = crate::suggest::closest(name, &names);
                return show::usage(&format!("there is no command `{name}`{closest}"));
            }
        },
    };
    let mut text = Vec::new();
    match clap_mangen::Man::new(page).render(&mut text) {
        Ok(()) => output::print(&String::from_utf8_lossy(&text)),
        Err(error) => show::usage(&format!("the page cannot be made: {error}")),
    }
}
