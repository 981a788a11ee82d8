//! Standing in rustc's place under cargo: one crate, compiled as a rustc command line says.
//!
//! A library is checked and its metadata gets all bodies; nothing is generated for it, and its rlib is a placeholder. A final
//! artefact (program, test, C library) is generated whole, from all crates that it reaches. What serves the build itself
//! (build scripts, procedural macros and what they need) is left to rustc, as is everything that is no compilation.

use crate::crate_checks;
use crate::entry::Root;
use crate::error::DriverError;
use crate::files;
use crate::link_job::Artefact;
use crate::marks::Served;
use crate::missing::Missing;
use crate::options::Options;
use crate::pipeline::Pipeline;
use crate::report::Report;
use crate::rustc_args;
use crate::threads::{Permits, catching_under_cargo};
use crate::{emit, own_front, placeholder, staticlib, test_reexports, test_support};
use cache::scratch::Scratch;
use std::cell::OnceCell;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, OnceLock};
use std::thread::ScopedJoinHandle;
use toolchain::unit::{add_env_dependencies, add_file_dependency, dep_info_file, final_types};
use toolchain::{CheckError, Invocation, OutputCrateType, Toolchain, UnitError};

pub use crate::marks::Marks;
pub use crate::settings::{Settings, Shown};

/// The environment variables that decide what becomes of a final artefact besides its command line: cargo is told to make
/// it again when one of them changes.
pub const TRACKED_ENVIRONMENT: [&str; 1] = ["BESSEMER_BACKEND"];

/// What is done with a command line.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Role {
    /// It is rustc's own business; the arguments may have been changed.
    Rustc(Invocation),
    /// A library that gets code from rustc, and all bodies into its metadata as well.
    Both(Invocation),
    /// A library, which is only checked.
    Library(Invocation),
    /// Something with code: these files of it.
    Final(Invocation, Vec<OutputCrateType>),
}

/// Decides what is done with a command line.
pub fn role(invocation: Invocation, settings: &Settings, toolchain: &Toolchain) -> Role {
    let (served, invocation) = match settings.marks {
        Some(marks) => marks.read(invocation),
        None => (Served::Either, invocation),
    };
    let is_build_script = invocation.crate_name().is_some_and(|name| name.starts_with("build_script_"))
        && invocation.crate_types() == [OutputCrateType::Bin];
    if is_build_script && settings.marks.is_some() && !invocation.is_question {
        return Role::Rustc(match toolchain.build_script_shim() {
            Some(shim) => invocation.with_link_arg(&shim),
            None => invocation,
        });
    }
    if is_build_script || served == Served::Host {
        return Role::Rustc(invocation);
    }
    let wanted = emit::wanted(&invocation, &settings.backends);
    let is_compilation = !invocation.is_question
        && invocation.source().is_some()
        && (!reads_input(&invocation) || (served == Served::Target && toolchain.input.is_some()))
        && invocation.crate_name().is_some()
        && invocation.emits("link")
        && wanted.is_some();
    // Only cargo asks for files of a certain name in a certain folder; others (probes of build scripts) want rustc.
    if !is_compilation || invocation.output_file("", "").is_none() || invocation.out_dir().is_none() {
        return Role::Rustc(invocation);
    }
    let types = final_types(&invocation);
    // A procedural macro's unit tests are not told as such, but cargo offers `proc_macro` to nothing else. They are linked
    // with what serves the build, and have no library form from which bodies could be read.
    let is_macro_test = invocation.is_test() && invocation.externs().iter().any(|it| it == "proc_macro");
    if types.contains(&OutputCrateType::ProcMacro) || is_macro_test {
        return Role::Rustc(invocation);
    }
    if !types.is_empty() {
        return Role::Final(invocation, types);
    }
    // A library's code is generated with its users, so what shows it alone is rustc's.
    let is_shown = wanted.is_some_and(|wanted| !wanted.is_empty());
    if served == Served::Target && !is_shown { Role::Library(invocation) } else { Role::Both(invocation) }
}

fn reads_input(invocation: &Invocation) -> bool {
    invocation.source().is_some_and(|source| source.as_os_str() == "-")
}

/// If a unit of the program has its source on standard input: reads that, and gives the file in which it is now, beside what
/// the unit writes. It is for [`Toolchain::input`].
///
/// # Errors
/// What cannot be read or written.
pub fn keep_input(invocation: &Invocation, settings: &Settings) -> Result<Option<PathBuf>, DriverError> {
    let is_marked = settings.marks.is_some_and(|marks| marks.read(invocation.clone()).0 == Served::Target);
    // What is only checked is rustc's own business.
    let is_ours = is_marked && reads_input(invocation) && invocation.emits("link");
    let Some(path) = invocation.output_file(".", ".input").filter(|_| is_ours) else { return Ok(None) };
    let mut text = Vec::new();
    let read = std::io::stdin().lock().read_to_end(&mut text);
    read.map_err(|error| DriverError::Open(format!("cannot read the source from standard input: {error}")))?;
    files::write(&path, &text)?;
    Ok(Some(path))
}

/// Runs rustc in this process's place. Comes back only where it cannot be started.
pub fn hand_over(toolchain: &Toolchain, invocation: &Invocation) -> DriverError {
    toolchain.exec(invocation).into()
}

/// What a unit gave.
#[derive(Debug, Default)]
pub struct UnitOutput {
    /// What was done, and how long it took.
    pub report: Report,
    /// The files with code that were written.
    pub files: Vec<PathBuf>,
    /// What the user asked to be told of it.
    pub notes: Vec<String>,
}

/// Why a unit is not there.
#[derive(Debug)]
pub enum UnitFailure {
    /// rustc has said why; this is how it ended.
    Rustc(std::process::ExitStatus),
    /// What failed was ours to do.
    Driver(DriverError),
}

impl From<DriverError> for UnitFailure {
    fn from(error: DriverError) -> UnitFailure {
        UnitFailure::Driver(error)
    }
}

impl From<UnitError> for UnitFailure {
    fn from(error: UnitError) -> UnitFailure {
        match error {
            UnitError::Rustc(status) => UnitFailure::Rustc(status),
            UnitError::Check(error) => UnitFailure::Driver(error.into()),
        }
    }
}

/// Has rustc compile a library that may serve the build as well as artefacts. `sink` gets rustc's words line by line.
pub fn both(
    toolchain: &Toolchain,
    invocation: &Invocation,
    settings: &Settings,
    sink: &mut (dyn FnMut(&[u8]) + Send),
) -> Result<UnitOutput, UnitFailure> {
    let mut report = Report::default();
    let toolchain = &own_front::prepared(toolchain, settings.front_end);
    crate_checks::keep(invocation)?;
    report.stage("compile (rustc)", |_| toolchain.compile_with_bodies(invocation, sink))?;
    keep_global_asm(toolchain, invocation)?;
    own_front::keep(toolchain, invocation, settings)?;
    Ok(UnitOutput { report, ..UnitOutput::default() })
}

/// Checks a library. `sink` gets rustc's words line by line.
pub fn library(
    toolchain: &Toolchain,
    invocation: &Invocation,
    settings: &Settings,
    sink: &mut (dyn FnMut(&[u8]) + Send),
) -> Result<UnitOutput, UnitFailure> {
    let mut report = Report::default();
    let toolchain = &own_front::prepared(toolchain, settings.front_end);
    report.stage("check (rustc)", |_| toolchain.check_library(invocation, None, sink))?;
    keep_global_asm(toolchain, invocation)?;
    own_front::keep(toolchain, invocation, settings)?;
    placeholder::write(invocation)?;
    Ok(UnitOutput { report, ..UnitOutput::default() })
}

/// Metadata does not hold the text of `global_asm!`: it is kept beside it.
fn keep_global_asm(toolchain: &Toolchain, invocation: &Invocation) -> Result<(), DriverError> {
    let output = |suffix| invocation.output_file("lib", suffix).expect("a unit has a name");
    let path = output(".global-asm");
    // Without pipelining, a library that rustc compiles has its metadata in its rlib alone.
    let metadata = Some(output(".rmeta")).filter(|file| file.is_file()).unwrap_or_else(|| output(".rlib"));
    if rmeta::has_global_asm(&metadata).map_err(|error| DriverError::Open(error.to_string()))? {
        let folder = files::temporary_folder()?;
        let text = toolchain.unit_global_asm(invocation, folder.path())?;
        return files::write(&path, text.as_bytes());
    }
    // That of an earlier version of the crate.
    let _ = std::fs::remove_file(path);
    Ok(())
}

/// Compiles a final artefact. `sink` gets rustc's words line by line.
pub fn final_artefact(
    toolchain: &Toolchain,
    invocation: &Invocation,
    types: &[OutputCrateType],
    settings: &Settings,
    sink: &mut (dyn FnMut(&[u8]) + Send),
) -> Result<UnitOutput, UnitFailure> {
    if types.contains(&OutputCrateType::Dylib) {
        return Err(DriverError::Usage(
            "a Rust dynamic library (crate type `dylib`) is not supported yet\n  help: use plain cargo for it, or `cdylib` \
             for a library that C calls"
                .to_owned(),
        )
        .into());
    }
    if invocation.prints("link-args") {
        return Err(DriverError::Usage(
            "`--print link-args` is not supported\n  help: use plain cargo for it".to_owned(),
        )
        .into());
    }
    let mut options = rustc_args::of_invocation(invocation, settings)?.for_target(toolchain);
    options.whole_library = settings.shown.is_some();
    let toolchain = &own_front::prepared(toolchain, settings.front_end);
    let mut report = Report { observer: settings.observer.clone(), ..Report::default() };
    let folder = UnitFolder::new(invocation)?;
    let is_library = !types.contains(&OutputCrateType::Bin);
    let own = folder.path.join("program.rmeta");
    let (options, folder) = (&options, &*folder.path);
    if is_library {
        // A crate that is a library for others too has its metadata where they look for it.
        let also_lib = invocation.crate_types().contains(&OutputCrateType::Lib);
        let file = (!also_lib).then_some(own.as_path());
        report.stage("check (rustc)", |_| toolchain.check_library(invocation, file, sink))?;
        let mut metadata = own.clone();
        if also_lib {
            keep_global_asm(toolchain, invocation)?;
            own_front::keep(toolchain, invocation, settings)?;
            placeholder::write(invocation)?;
            metadata = invocation.output_file("lib", ".rmeta").expect("a unit has a name");
        }
        track_settings(invocation, settings)?;
        let (root, metadata) = (Root::Library, &*metadata);
        let unit = Unit { toolchain, invocation, types, options, settings, root, metadata, folder };
        let notes = catching_under_cargo(|permits| unit.generate(&|| Ok(()), permits, &mut report))?;
        return Ok(UnitOutput { report, files: output_files(toolchain, invocation, types), notes });
    }
    let mut options = options.clone();
    options.test = invocation.is_test();
    let support = test_support::support(toolchain, &options, &mut report)?;
    let test_args = support.as_ref().map(|support| support.rustc_args(&options.source)).unwrap_or_default();
    let mut options = test_support::with_support(&options, support.as_ref());
    let (plain, mut bodies) = toolchain.start_final(invocation, &own, &test_args).map_err(DriverError::from)?;
    // The plain check goes on while code is generated; nothing is written before it has found the program right.
    std::thread::scope(|scope| {
        let (checked, is_right) = std::sync::mpsc::channel();
        let plain = scope.spawn(move || {
            let outcome = plain.finish(sink);
            let _ = checked.send(outcome.is_ok());
            outcome
        });
        let metadata = report.stage("check (rustc)", |_| match &support {
            Some(support) => {
                let verdict = OnceCell::new();
                let is_right = || *verdict.get_or_init(|| is_right.recv() == Ok(true));
                test_reexports::settle(toolchain, &mut options, invocation, support, &own, &mut bodies, is_right)
            }
            None => Ok(bodies.metadata()?),
        });
        let is_there = metadata.is_ok();
        let bodies = scope.spawn(move || if is_there { bodies.finish() } else { Ok(()) });
        let verdict = Verdict::new(plain, bodies);
        let (options, root) = (&options, Root::of(&options));
        let unit = Unit { toolchain, invocation, types, options, settings, root, metadata: &own, folder };
        let made = metadata
            .and_then(|()| catching_under_cargo(|permits| unit.generate(&|| verdict.wait(), permits, &mut report)));
        verdict.finish()?;
        let notes = made?;
        track_settings(invocation, settings)?;
        Ok(UnitOutput { report, files: output_files(toolchain, invocation, types), notes })
    })
}

/// A folder for what comes between, removed in the end. Its path is the same in every build of a unit, as rustc's
/// incremental compilation takes a command line with another path for another compilation.
struct UnitFolder {
    path: PathBuf,
    /// Where the path is one of its own.
    _temporary: Option<Scratch>,
}

impl UnitFolder {
    fn new(invocation: &Invocation) -> Result<UnitFolder, DriverError> {
        let folder = invocation.output_file(".", ".bessemer").expect("a unit has a name");
        // Such a path has no way into rustc's command line.
        if !toolchain::takes_in_emit(&folder) {
            let temporary = files::temporary_folder()?;
            return Ok(UnitFolder { path: temporary.path().to_owned(), _temporary: Some(temporary) });
        }
        std::fs::create_dir_all(&folder).map_err(|error| DriverError::Output { path: folder.clone(), error })?;
        Ok(UnitFolder { path: folder, _temporary: None })
    }
}

impl Drop for UnitFolder {
    fn drop(&mut self) {
        // What stays is in the way of nothing.
        let _ = std::fs::remove_dir_all(&self.path);
    }
}

/// Makes cargo compile the unit again where what it depends on besides its sources changes.
fn track_settings(invocation: &Invocation, settings: &Settings) -> Result<(), DriverError> {
    match (dep_info_file(invocation), &settings.stamp) {
        (Some(file), Some(stamp)) => Ok(add_file_dependency(&file, stamp)?),
        (Some(file), None) => Ok(add_env_dependencies(&file, &TRACKED_ENVIRONMENT)?),
        (None, _) => Ok(()),
    }
}

/// The outcome of checks that go on in other threads.
struct Verdict<'scope> {
    threads: Mutex<Option<Checks<'scope>>>,
    outcome: OnceLock<Result<(), UnitError>>,
}

/// The plain check, and the one that the bodies came from.
type Checks<'scope> =
    (ScopedJoinHandle<'scope, Result<(), UnitError>>, ScopedJoinHandle<'scope, Result<(), CheckError>>);

impl<'scope> Verdict<'scope> {
    fn new(
        plain: ScopedJoinHandle<'scope, Result<(), UnitError>>,
        bodies: ScopedJoinHandle<'scope, Result<(), CheckError>>,
    ) -> Self {
        Verdict { threads: Mutex::new(Some((plain, bodies))), outcome: OnceLock::new() }
    }

    fn outcome(&self) -> &Result<(), UnitError> {
        self.outcome.get_or_init(|| {
            let threads = self.threads.lock().unwrap_or_else(|poison| poison.into_inner()).take();
            let Some((plain, bodies)) = threads else { return Ok(()) };
            // They do nothing that could panic; if one does, that is passed on.
            let plain = plain.join().unwrap_or_else(|payload| std::panic::resume_unwind(payload));
            let bodies = bodies.join().unwrap_or_else(|payload| std::panic::resume_unwind(payload));
            // What is wrong with the program, the plain check says best.
            plain.and(bodies.map_err(UnitError::from))
        })
    }

    /// Waits for them. The error stands for whatever they say, which [`Verdict::finish`] gives.
    fn wait(&self) -> Result<(), DriverError> {
        match self.outcome() {
            Ok(()) => Ok(()),
            Err(_) => Err(DriverError::Diagnostics(Vec::new())),
        }
    }

    fn finish(self) -> Result<(), UnitError> {
        self.outcome();
        self.outcome.into_inner().unwrap_or(Ok(()))
    }
}

/// A final artefact whose front half is done.
struct Unit<'a> {
    toolchain: &'a Toolchain,
    invocation: &'a Invocation,
    types: &'a [OutputCrateType],
    options: &'a Options,
    settings: &'a Settings,
    root: Root,
    metadata: &'a Path,
    folder: &'a Path,
}

impl Unit<'_> {
    /// Generates and links, the latter only once `permit` says that the program is right.
    fn generate(
        &self,
        permit: &(dyn Fn() -> Result<(), DriverError> + Sync),
        permits: &Permits,
        report: &mut Report,
    ) -> Result<Vec<String>, DriverError> {
        let wants_more = self.settings.shown.is_some()
            || emit::wanted(self.invocation, &self.settings.backends).is_some_and(|wanted| !wanted.is_empty());
        // Optimisers look across functions, so that there is no code that is the same in the next build.
        let with_image = !self.options.optimizes()
            && !self.options.is_instrumented()
            && self.types == [OutputCrateType::Bin]
            && !wants_more;
        match self.generate_with(with_image, permit, permits, report) {
            Err(Failed::WithoutImage) => {
                self.generate_with(false, permit, permits, report).map_err(|failed| match failed {
                    Failed::Driver(error) => error,
                    Failed::WithoutImage => DriverError::Internal("an image where none is wanted".to_owned()),
                })
            }
            Err(Failed::Driver(error)) => Err(error),
            Ok(notes) => Ok(notes),
        }
    }

    fn generate_with(
        &self,
        with_image: bool,
        permit: &(dyn Fn() -> Result<(), DriverError> + Sync),
        permits: &Permits,
        report: &mut Report,
    ) -> Result<Vec<String>, Failed> {
        let &Unit { toolchain, invocation, options, settings, root, metadata, folder, .. } = self;
        let missing = Missing::OfInvocation { toolchain, invocation, folder };
        let settings_of = Some(settings);
        let pipeline = Pipeline { toolchain, options, metadata, root, missing, settings: settings_of, with_image };
        let mut program = pipeline.lower(report)?;
        program.use_static_std();
        let mut divided = pipeline.divide(&mut program);
        let objects = pipeline.generate(&mut program, &mut divided, report)?;
        // What is left is rustc's and the linker's.
        permits.give_back();
        report.stage("check (rustc), rest", |_| permit())?;
        let mut wanted = emit::wanted(invocation, &settings.backends).unwrap_or_default();
        for (kind, path) in wanted.drain(..) {
            emit::write(&pipeline, &divided.parts, &kind, path, report)?;
        }
        if let Some(shown) = &settings.shown {
            let path = shown.folder.join(invocation.file_stem().unwrap_or_default());
            // What was made for the artefact is found in the cache now, and is not to be counted twice.
            let mut aside = Report { observer: settings.observer.clone(), ..Report::default() };
            emit::write(&pipeline, &divided.parts, &shown.kind, path, &mut aside)?;
            report.missing.append(&mut aside.missing);
        }
        options.drop_unless_one_shot(divided);
        let mut notes = Vec::new();
        for kind in self.types {
            let output = output_of(toolchain, invocation, *kind);
            let artefact = match kind {
                OutputCrateType::Staticlib => {
                    report.stage("archive", |_| staticlib::write(&output, &objects, &program.link_inputs, options))?;
                    if invocation.prints("native-static-libs") {
                        notes.extend(staticlib::native_libraries(&program.link_inputs));
                    }
                    continue;
                }
                OutputCrateType::Cdylib => Artefact::SharedLibrary(program.exported.clone()),
                _ => Artefact::Executable,
            };
            let job = pipeline.link_job(&program, objects.clone(), &output, artefact)?;
            let linked = report.stage("link", |_| link::aot::link(&job));
            if linked.is_err() && program.image.is_some() {
                return Err(Failed::WithoutImage);
            }
            linked.map_err(DriverError::from)?;
        }
        Ok(notes)
    }
}

/// Why there is no artefact.
enum Failed {
    Driver(DriverError),
    /// With an image, the linker refused: somebody cleaned the cache meanwhile, or the image has code that another program
    /// reaches and this one lacks something for. Without one, it succeeds or says what is wrong with this program.
    WithoutImage,
}

impl From<DriverError> for Failed {
    fn from(error: DriverError) -> Failed {
        Failed::Driver(error)
    }
}

/// The files with code of a final artefact.
fn output_files(toolchain: &Toolchain, invocation: &Invocation, types: &[OutputCrateType]) -> Vec<PathBuf> {
    types.iter().map(|&kind| output_of(toolchain, invocation, kind)).collect()
}

/// Where a kind of artefact goes.
fn output_of(toolchain: &Toolchain, invocation: &Invocation, kind: OutputCrateType) -> PathBuf {
    let spec = &toolchain.target.spec;
    match kind {
        OutputCrateType::Staticlib => output_path(invocation, &spec.staticlib_prefix, &spec.staticlib_suffix),
        OutputCrateType::Cdylib => output_path(invocation, &spec.dll_prefix, &spec.dll_suffix),
        _ => output_path(invocation, "", &spec.exe_suffix),
    }
}

/// Where a file of a unit goes, by rustc's names.
fn output_path(invocation: &Invocation, prefix: &str, suffix: &str) -> PathBuf {
    match invocation.output() {
        Some(output) => output.to_owned(),
        None => invocation.output_file(prefix, suffix).expect("a unit has a name"),
    }
}
