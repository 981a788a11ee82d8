//! Running a program: compiled for this process or to a file, or remembered from its last run.

use crate::caches;
use crate::caches::inputs::{self, Before};
use crate::caches::run::{Entry, Found, RunCache, shows_backtraces, wants_jit_dump};
use crate::error::DriverError;
use crate::link_job::Artefact;
use crate::lowering::Lowered;
use crate::objects::Object;
use crate::options::Options;
use crate::pipeline::{self, CheckedSource};
use crate::prepared::{Executable, InMemory, Prepared, Program};
use crate::report::Report;
use crate::runner;
use crate::threads::catching;
use backend::DebugInfo;
use cache::scratch::Scratch;
use link::aot::{Job, LinkError};
use link::jit::is_in_process;
use std::ffi::OsString;
use std::fs::File;
use std::path::{Path, PathBuf};
use toolchain::{Source, Toolchain};

/// Compiles a program for running it, or finds it compiled.
pub fn run(options: &Options, args: &[OsString], report: &mut Report) -> Result<Program, DriverError> {
    let (toolchain, mut options) = pipeline::begin(options, report)?;
    if wants_jit_dump() && options.debug == DebugInfo::None {
        options.debug = DebugInfo::Lines;
    }
    let options = &options;
    let args: Vec<OsString> = std::iter::once(program_name(options)).chain(args.iter().cloned()).collect();
    let cache = RunCache::open(options, &toolchain);
    if let Some(cache) = &cache
        && let Some(Found { entry, executable }) = report.stage("look up", |_| cache.find())
    {
        report.from_cache = true;
        report.fallbacks.clone_from(&entry.fallbacks);
        let prepared = match executable {
            Some((path, file)) => {
                let runner = runner::of(&toolchain);
                Prepared::File(Executable { path, file, temporary: None, runner })
            }
            None => {
                let objects = entry.objects.into_iter().map(|(name, bytes)| Object { name, bytes }).collect();
                Prepared::Memory(InMemory { objects, toolchain })
            }
        };
        return Ok(Program { diagnostics: entry.diagnostics, prepared, args });
    }
    pipeline::require_cpu(options, &toolchain)?;
    caches::sweep(options.cache.as_deref());
    let before = Before::now(options);
    let asked = options;
    let mut options = options.clone();
    // What was compiled is told by its hash: files may change at any time.
    options.body_args.push("-Zchecksum-hash-algorithm=blake3".into());
    let source = CheckedSource::new(&toolchain, &options, report)?;
    let pipeline = source.pipeline(&toolchain);
    let (objects, mut program, needs_file) = catching(|| {
        let mut program = pipeline.lower(report)?;
        let needs_file = needs_file(pipeline.options, &toolchain, &program);
        if needs_file {
            program.use_static_std();
        }
        let mut divided = pipeline.divide(&mut program);
        let objects = pipeline.generate(&mut program, &mut divided, report)?;
        Ok((objects, program, needs_file))
    })
    .map_err(|error| error.after(&source.checked.diagnostics))?;
    // Files that were read besides what rustc names; nothing where that is not known.
    let mut read = Some(std::mem::take(&mut program.crate_files));
    let mut entry = Entry { fallbacks: report.fallbacks.clone(), ..Entry::default() };
    let prepared = if needs_file {
        let job = pipeline.link_job(&program, objects, Path::new(""), Artefact::Executable)?;
        let linked = report.stage("link", |_| link_for_running(job, cache.as_ref(), source.folder));
        let Linked { mut executable, kept, read: linked } =
            linked.map_err(|error| error.after(&source.checked.diagnostics))?;
        read = read.zip(linked).map(|(read, linked)| [read, linked].concat());
        // The toolchain is known as a whole.
        read.iter_mut().for_each(|files| files.retain(|file| !file.starts_with(toolchain.own_dir())));
        if kept.is_none() {
            read = None;
        }
        entry.executable = kept;
        executable.runner = runner::of(&toolchain);
        Prepared::File(executable)
    } else {
        entry.objects = objects.iter().map(|object| (object.name.clone(), object.bytes.clone())).collect();
        Prepared::Memory(InMemory { objects, toolchain })
    };
    let checked = source.checked;
    if let Some(cache) = &cache
        && let Some(mut read) = read
    {
        // What is Bessemer's own follows from this build of it; it may have been made just now.
        read.retain(|file| !cache.is_own(file));
        if let Some(inputs) = before.inputs(asked, &checked.dep_info, &read) {
            entry.inputs = inputs;
            entry.env.clone_from(&checked.dep_info.env);
            entry.diagnostics.clone_from(&checked.diagnostics);
            // A cache that cannot be written costs time, not the result.
            let _ = cache.store(&entry);
        }
    }
    Ok(Program { diagnostics: checked.diagnostics, prepared, args })
}

/// A linked program.
struct Linked {
    executable: Executable,
    /// It is in the cache, as this.
    kept: Option<caches::run::Executable>,
    /// What the linker read, if it said so.
    read: Option<Vec<PathBuf>>,
}

/// Links into the cache if there is one that takes it, else into the temporary folder.
fn link_for_running(mut job: Job, cache: Option<&RunCache>, temporary: Scratch) -> Result<Linked, DriverError> {
    if let Some(cache) = cache
        && let Ok(scratch) = cache.scratch()
        // A full disk has many faces. What is wrong with the program itself shows once more below.
        && let Ok((path, read)) = link_and_list(&mut job, scratch.path())
        && let Ok((kept, path, file)) = cache.keep(&path)
    {
        // Though it may not be found again, others must make room for it.
        let _ = cache.forget_oldest();
        return Ok(Linked {
            executable: Executable { path, file, temporary: None, runner: Vec::new() },
            kept: Some(kept),
            read,
        });
    }
    let path = temporary.path().join("program");
    job.output.clone_from(&path);
    link::aot::link(&job)?;
    let file = File::open(&path).map_err(|error| DriverError::Io { path: path.clone(), error })?;
    let executable = Executable { path, file, temporary: Some(temporary), runner: Vec::new() };
    Ok(Linked { executable, kept: None, read: None })
}

/// Links into a folder, and asks the linker what it read where it is one that can tell: the toolchain's own.
fn link_and_list(job: &mut Job, folder: &Path) -> Result<(PathBuf, Option<Vec<PathBuf>>), LinkError> {
    let output = folder.join("program");
    let list = folder.join("linked");
    let chooses_linker = |arg: &OsString| {
        let arg = arg.to_string_lossy();
        arg.contains("-fuse-ld") || arg.contains("--ld-path") || arg.starts_with("-B")
    };
    let asks = job.linker.lld_folder.is_some() && !job.args.iter().any(chooses_linker);
    let count = job.args.len();
    if asks {
        let mut argument = OsString::from("--dependency-file=");
        argument.push(&list);
        job.args.extend(["-Xlinker".into(), argument]);
    }
    job.output.clone_from(&output);
    let linked = link::aot::link(job);
    job.args.truncate(count);
    linked?;
    let read = std::fs::read(&list).ok().filter(|_| asks).map(|text| inputs::linked_files(&text));
    // Without any, it is no list of LLD's.
    let mut read = read.filter(|files| !files.is_empty());
    // What is in the folder are the program's own objects.
    read.iter_mut().for_each(|files| files.retain(|file| !file.starts_with(folder)));
    Ok((output, read))
}

/// The shared std has an allocator and a panic runtime of its own, and debuggers and backtraces read files: programs that
/// replace the one or want the other are linked. So is everything where the toolchain has no shared std.
fn needs_file(options: &Options, toolchain: &Toolchain, program: &Lowered) -> bool {
    toolchain.shared_std().is_none()
        || program.needs_static_std
        // The runtime that keeps counters writes them when a process ends.
        || options.counts()
        || options.panic.aborts()
        || options.is_static(&toolchain.target)
        || (options.debug != DebugInfo::None && !wants_jit_dump())
        || !program.native_libraries.is_empty()
        || !options.libraries.is_empty()
        || !options.link_args.is_empty()
        || program.wants_its_file
        || shows_backtraces()
        // The program's own definition takes the place of a library's in the whole program only if it is a file that is started.
        || program.exported.iter().any(|symbol| symbol != "main" && is_in_process(symbol))
}

/// What the program finds as its own name.
fn program_name(options: &Options) -> OsString {
    match &options.source {
        Source::File(file) => file.with_extension("").into_os_string(),
        Source::Text(_) => OsString::from("rust_out"),
    }
}
