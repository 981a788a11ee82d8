//! Running a program: compiled to memory, or remembered from its last run.

use crate::build::{request, require_cpu, require_source, temporary_folder};
use crate::codegen::{self, Object};
use crate::error::DriverError;
use crate::link_job::{self, Linkage};
use crate::missing::Missing;
use crate::options::Options;
use crate::program::{LirProgram, Root, lower_program};
use crate::report::{Fallback, Report};
use crate::run_cache::{self, Entry};
use crate::test_entry;
use crate::threads::catching;
use backend::DebugInfo;
use link::jit::Loader;
use std::ffi::{CString, OsStr, OsString};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::path::PathBuf;
use std::process::Command;
use std::time::SystemTime;
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
    Memory { objects: Vec<Object>, toolchain: Toolchain },
    /// An executable file; the folder is temporary.
    File { path: PathBuf, temporary: Option<tempfile::TempDir> },
}

/// Compiles a program for running it, or finds it compiled.
pub fn run(options: &Options, args: &[OsString], report: &mut Report) -> Result<Program, DriverError> {
    require_source(options)?;
    let toolchain = report.stage("find toolchain", || Toolchain::find(options.cache.as_deref()))?;
    let mut argv = vec![program_name(options)];
    argv.extend(args.iter().cloned());
    let key = run_cache::key(options, &toolchain);
    if let Some(folder) = &options.cache
        && let Some(entry) = report.stage("look up", || run_cache::find(folder, &key))
    {
        report.from_cache = true;
        report.fallbacks = fallbacks_of(&entry);
        let image = if entry.executable.is_some() {
            Image::File { path: run_cache::executable_path(folder, &key), temporary: None }
        } else {
            let objects = entry.objects.into_iter().map(|(name, bytes)| Object { name, bytes }).collect();
            Image::Memory { objects, toolchain }
        };
        return Ok(Program { diagnostics: entry.diagnostics, image, args: argv });
    }
    require_cpu(options, &toolchain)?;
    let began = SystemTime::now();
    let folder = temporary_folder()?;
    let support = test_entry::support(&toolchain, options, report)?;
    let options = &test_entry::with_support(options, support.as_ref());
    let checked = report.stage("check (rustc)", || toolchain.check(&request(options), folder.path()))?;
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
        inputs: Vec::new(),
        env: checked.dep_info.env.clone(),
        diagnostics: checked.diagnostics.clone(),
        executable: None,
        objects: Vec::new(),
        fallbacks: report.fallbacks.iter().map(|it| (it.function.clone(), it.construct.clone())).collect(),
    };
    let image = if needs_file {
        let (path, temporary) = match &options.cache {
            Some(cache) if run_cache::prepare(cache).is_ok() => (run_cache::executable_path(cache, &key), None),
            _ => (folder.path().join("program"), Some(folder)),
        };
        let job = link_job::job(&toolchain, options, objects, program.link_inputs, &path, Linkage::Executable);
        let linked = report.stage("link", || link::aot::link(&job));
        linked.map_err(|error| DriverError::from(error).after(&checked.diagnostics))?;
        entry.executable = run_cache::hash_file(&path);
        Image::File { path, temporary }
    } else {
        entry.objects = objects.iter().map(|object| (object.name.clone(), object.bytes.clone())).collect();
        Image::Memory { objects, toolchain }
    };
    if let Some(cache) = &options.cache
        && let Some(inputs) = run_cache::inputs(options, &checked.dep_info, began)
    {
        entry.inputs = inputs;
        // A cache that cannot be written costs time, not the result.
        let _ = run_cache::store(cache, &key, &entry);
    }
    Ok(Program { diagnostics: checked.diagnostics, image, args: argv })
}

fn fallbacks_of(entry: &Entry) -> Vec<Fallback> {
    entry
        .fallbacks
        .iter()
        .map(|(function, construct)| Fallback {
            function: function.clone(),
            construct: construct.clone(),
            backend: crate::BackendChoice::Llvm.name(),
        })
        .collect()
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
            // Its own name is that of the file, so that it can start itself.
            Image::File { path, temporary: None } => {
                let error = Command::new(&path).args(&self.args[1..]).exec();
                DriverError::Io { path, error }
            }
            Image::File { path, temporary: Some(folder) } => {
                let status = Command::new(&path).args(&self.args[1..]).status();
                drop(folder);
                match status {
                    Err(error) => DriverError::Io { path, error },
                    Ok(status) => end_like(status),
                }
            }
            Image::Memory { objects, toolchain } => start_in_memory(&objects, &toolchain, &self.args),
        }
    }
}

/// Ends this process as another ended.
fn end_like(status: std::process::ExitStatus) -> ! {
    if let Some(signal) = status.signal() {
        // SAFETY: the default action of a signal that killed the program is asked for, then the signal for ourselves.
        unsafe {
            libc::signal(signal, libc::SIG_DFL);
            libc::raise(signal);
        }
    }
    std::process::exit(status.code().unwrap_or(1))
}

fn load(objects: &[Object], toolchain: &Toolchain) -> Result<link::jit::Image, DriverError> {
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
