//! Running a program: compiled to memory, or remembered from its last run.

use crate::build::{request, require_cpu, require_source, temporary_folder};
use crate::codegen::{self, Object};
use crate::error::DriverError;
use crate::execute::Executable;
use crate::inputs::{self, Before};
use crate::link_job::{self, Linkage};
use crate::missing::Missing;
use crate::options::Options;
use crate::program::{LirProgram, Root, lower_program};
use crate::report::Report;
use crate::run_cache::{Entry, Found, RunCache};
use crate::threads::catching;
use crate::{caches, run_cache, test_entry, test_reexports};
use backend::DebugInfo;
use cache::scratch::Scratch;
use link::aot::{Job, LinkError};
use link::jit::Loader;
use std::ffi::{CString, OsStr, OsString};
use std::fs::File;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use toolchain::{Source, Toolchain};

/// A program that is ready to run.
#[derive(Debug)]
pub struct Program {
    /// rustc's warnings.
    pub diagnostics: Vec<u8>,
    image: Image,
    /// The program's arguments, its own name first.
    args: Vec<OsString>,
}

#[derive(Debug)]
enum Image {
    /// To be loaded into this process, beside the toolchain's shared std.
    Memory {
        objects: Vec<Object>,
        toolchain: Toolchain,
    },
    File(Executable),
}

/// Compiles a program for running it, or finds it compiled.
pub fn run(options: &Options, args: &[OsString], report: &mut Report) -> Result<Program, DriverError> {
    require_source(options)?;
    let toolchain = report.stage("find toolchain", || Toolchain::find(options.cache.as_deref()))?;
    let mut argv = vec![program_name(options)];
    argv.extend(args.iter().cloned());
    let cache = RunCache::open(options, &toolchain);
    if let Some(cache) = &cache
        && let Some(Found { entry, executable }) = report.stage("look up", || cache.find())
    {
        report.from_cache = true;
        report.fallbacks.clone_from(&entry.fallbacks);
        let image = match executable {
            Some((path, file)) => Image::File(Executable { path, file, temporary: None }),
            None => {
                let objects = entry.objects.into_iter().map(|(name, bytes)| Object { name, bytes }).collect();
                Image::Memory { objects, toolchain }
            }
        };
        return Ok(Program { diagnostics: entry.diagnostics, image, args: argv });
    }
    require_cpu(options, &toolchain)?;
    caches::sweep(options.cache.as_deref());
    let before = Before::now(options);
    let asked = options;
    let folder = temporary_folder()?;
    let support = test_entry::support(&toolchain, options, report)?;
    let mut options = test_entry::with_support(options, support.as_ref());
    // What was compiled is told by its hash: files may change at any time.
    options.body_args.push("-Zchecksum-hash-algorithm=blake3".into());
    let check = || test_reexports::check(&toolchain, &options, support.as_ref(), folder.path());
    let (options, checked) = report.stage("check (rustc)", check)?;
    let options = &options;
    let (objects, program, needs_file) = catching(|| {
        let mut program = lower_program(
            &toolchain,
            options,
            &checked.metadata,
            Root::of(options),
            None,
            Missing::OfRequest { toolchain: &toolchain, request: &request(options), folder: folder.path() },
            report,
        )?;
        let needs_file = needs_file(options, &program);
        if needs_file {
            let allocator = std::mem::take(&mut program.allocator);
            program.program.functions.extend(allocator);
        }
        let modules =
            codegen::partition(std::mem::take(&mut program.program), std::mem::take(&mut program.global_asm), options);
        let mut inner = Report::default();
        let objects =
            report.stage("code generation", || codegen::compile(&toolchain, options, &modules, &mut inner))?;
        report.count(objects.iter().map(|object| object.bytes.len() as u64).sum(), "bytes");
        report.extend(inner);
        Ok((objects, program, needs_file))
    })
    .map_err(|error| error.after(&checked.diagnostics))?;
    let mut entry = Entry {
        env: checked.dep_info.env.clone(),
        diagnostics: checked.diagnostics.clone(),
        fallbacks: report.fallbacks.clone(),
        ..Entry::default()
    };
    // Files that were read besides what rustc names; nothing where that is not known.
    let mut read = Some(program.crate_files);
    let image = if needs_file {
        let job = link_job::job(&toolchain, options, objects, program.link_inputs, Path::new(""), Linkage::Executable);
        let linked = report.stage("link", || link_for_running(job, cache.as_ref(), folder));
        let Linked { executable, kept, read: linked } = linked.map_err(|error| error.after(&checked.diagnostics))?;
        read = read.zip(linked).map(|(read, linked)| [read, linked].concat());
        // The toolchain is known as a whole.
        read.iter_mut().for_each(|files| files.retain(|file| !file.starts_with(&toolchain.sysroot)));
        if kept.is_none() {
            read = None;
        }
        entry.executable = kept;
        Image::File(executable)
    } else {
        entry.objects = objects.iter().map(|object| (object.name.clone(), object.bytes.clone())).collect();
        Image::Memory { objects, toolchain }
    };
    if let Some(cache) = &cache
        && let Some(mut read) = read
    {
        // What is Bessemer's own follows from this build of it; it may have been made just now.
        read.retain(|file| !cache.is_own(file));
        if let Some(inputs) = before.inputs(asked, &checked.dep_info, &read) {
            entry.inputs = inputs;
            // A cache that cannot be written costs time, not the result.
            let _ = cache.store(&entry);
        }
    }
    Ok(Program { diagnostics: checked.diagnostics, image, args: argv })
}

/// A linked program.
struct Linked {
    executable: Executable,
    /// It is in the cache, as this.
    kept: Option<run_cache::Executable>,
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
        return Ok(Linked { executable: Executable { path, file, temporary: None }, kept: Some(kept), read });
    }
    let path = temporary.path().join("program");
    job.output.clone_from(&path);
    link::aot::link(&job)?;
    let file = File::open(&path).map_err(|error| DriverError::Io { path: path.clone(), error })?;
    let executable = Executable { path, file, temporary: Some(temporary) };
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
/// replace the one or want the other are linked.
fn needs_file(options: &Options, program: &LirProgram) -> bool {
    program.needs_static_std
        || options.panic_abort
        || options.debug != DebugInfo::None
        || !program.native_libraries.is_empty()
        || !options.libraries.is_empty()
        || !options.link_args.is_empty()
        || program.program.functions.iter().any(wants_its_file)
        || starts_itself(program)
        || program.exported.iter().any(|symbol| symbol != "main" && is_in_process(symbol))
}

/// Whether a library of this process defines a symbol. The program's own definition takes its place in the whole program
/// only if it is the program's file that is started.
fn is_in_process(symbol: &str) -> bool {
    // SAFETY: looks up a name in the libraries that are loaded.
    CString::new(symbol).is_ok_and(|symbol| unsafe { !libc::dlsym(libc::RTLD_DEFAULT, symbol.as_ptr()).is_null() })
}

/// Asks for its own executable file, or for the names of functions, which are found in that.
fn wants_its_file(function: &lir::Function) -> bool {
    function.symbols.iter().any(|symbol| {
        let of_std = |module: &str, item: &str| symbol.name.contains(module) && symbol.name.contains(item);
        of_std("3std3env", "11current_exe") || of_std("3std9backtrace", "9Backtrace")
    })
}

/// Reads its own name and starts processes: the name may well be what it starts.
fn starts_itself(program: &LirProgram) -> bool {
    let mut symbols = program.program.functions.iter().flat_map(|function| &function.symbols);
    let (mut commands, mut arguments) = (false, false);
    symbols.any(|symbol| {
        commands |= symbol.name.contains("3std7process") && symbol.name.contains("7Command");
        arguments |= symbol.name.contains("3std3env") && symbol.name.contains("4args");
        commands && arguments
    })
}

/// What the program finds as its own name.
fn program_name(options: &Options) -> OsString {
    match &options.source {
        Source::File(file) => file.with_extension("").into_os_string(),
        Source::Text(_) => OsString::from("rust_out"),
    }
}

impl Program {
    /// Runs the program, whose exit ends this process. Gives an error where it could not be started.
    pub fn start(self) -> DriverError {
        match self.image {
            Image::File(executable) => executable.start(&self.args[1..]),
            Image::Memory { objects, toolchain } => start_in_memory(&objects, &toolchain, &self.args),
        }
    }
}

fn load(objects: &[Object], toolchain: &Toolchain) -> Result<link::jit::LoadedCode, DriverError> {
    let failed = |error: link::jit::JitError| DriverError::Load(error.to_string());
    let lib = toolchain.target_lib_dir();
    let find = |prefix: &str, suffix: &str| {
        let entries = std::fs::read_dir(&lib).map_err(|error| DriverError::Io { path: lib.clone(), error })?;
        let mut found = entries.filter_map(|entry| entry.ok()).map(|entry| entry.path()).filter(|path| {
            path.file_name()
                .and_then(OsStr::to_str)
                .is_some_and(|name| name.starts_with(prefix) && name.ends_with(suffix))
        });
        found.next().ok_or_else(|| {
            DriverError::Load(format!(
                "`{}` has no {prefix}*{suffix}\n  help: reinstall the toolchain, or use `bessemer build`",
                lib.display()
            ))
        })
    };
    let mut loader = Loader::new();
    for object in objects {
        loader.add_object(object.name.clone(), &object.bytes[..]);
    }
    // SAFETY: the toolchain's own std; its initialisers are those of every Rust program.
    unsafe { loader.add_library(&find("libstd-", ".so")?) }.map_err(failed)?;
    loader.add_archive(&find("libcompiler_builtins-", ".rlib")?).map_err(failed)?;
    loader.load().map_err(failed)
}

unsafe extern "C" {
    /// C's environment, which the program's initialisers are given.
    static environ: *const *mut libc::c_char;
}

fn start_in_memory(objects: &[Object], toolchain: &Toolchain, args: &[OsString]) -> DriverError {
    let image = match load(objects, toolchain) {
        Ok(image) => image,
        Err(error) => return error,
    };
    let Some(main) = image.lookup("main") else {
        return DriverError::Internal("the program in memory has no `main`".to_owned());
    };
    let mut strings = Vec::with_capacity(args.len());
    for arg in args {
        match CString::new(arg.as_bytes()) {
            Ok(string) => strings.push(string),
            Err(_) => return DriverError::Usage("an argument contains a zero byte".to_owned()),
        }
    }
    let mut argv: Vec<*const libc::c_char> = strings.iter().map(|string| string.as_ptr()).collect();
    argv.push(std::ptr::null());
    // SAFETY: `main` is the entry point that `lower` made, a C function of this type; the program's std installs its own
    // handlers for faults where ours are taken back; arguments live until the process ends.
    unsafe {
        libc::signal(libc::SIGSEGV, libc::SIG_DFL);
        libc::signal(libc::SIGBUS, libc::SIG_DFL);
        let environment = environ.cast::<*const libc::c_char>();
        image.run_initializers(args.len() as libc::c_int, argv.as_ptr(), environment);
        let main: extern "C" fn(libc::c_int, *const *const libc::c_char) -> libc::c_int = std::mem::transmute(main);
        let code = main(args.len() as libc::c_int, argv.as_ptr());
        image.run_finalizers();
        libc::exit(code)
    }
}
