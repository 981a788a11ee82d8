//! What the linker is told.

use crate::c_runtime;
use crate::error::DriverError;
use crate::objects::Object;
use crate::options::{Options, StripKind, search_folder};
use backend::{DebugInfo, OptLevel};
use link::aot::{Exports, Flavor, Input, Job, LibraryKind, Linker, OutputKind, Strip};
use object::{Architecture, BinaryFormat, Endianness, SectionKind, write};
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use target::{LinkerFlavor, Target};
use toolchain::Toolchain;

/// What is made of a program's objects.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Artefact {
    /// A program that is started.
    Executable,
    /// A library for other languages, which shows these symbols.
    SharedLibrary(Vec<String>),
}

/// What is linked.
pub(crate) struct Parts {
    pub objects: Vec<Object>,
    /// Archives and libraries.
    pub inputs: Vec<Input>,
    /// The symbols that the program shows where its users can see any.
    pub exported: Vec<String>,
}

/// The kind of file that the linker makes.
fn kind(toolchain: &Toolchain, options: &Options, artefact: &Artefact) -> OutputKind {
    let spec = &toolchain.target.spec;
    match artefact {
        Artefact::SharedLibrary(_) => OutputKind::SharedLibrary,
        Artefact::Executable if spec.is_like_wasm => OutputKind::FixedExecutable,
        Artefact::Executable if options.is_static(&toolchain.target) => c_runtime::static_kind(toolchain, options),
        Artefact::Executable if options.fixed_address || !spec.position_independent_executables => {
            OutputKind::FixedExecutable
        }
        Artefact::Executable => OutputKind::PieExecutable,
    }
}

/// The job that links a program's objects.
///
/// # Errors
/// The C runtime is not there.
pub(crate) fn job(
    toolchain: &Toolchain,
    options: &Options,
    parts: Parts,
    output: &Path,
    artefact: Artefact,
) -> Result<Job, DriverError> {
    let Parts { objects, inputs, exported } = parts;
    let linker = linker(toolchain, options);
    let kind = kind(toolchain, options, &artefact);
    let runtime = c_runtime::find(toolchain, options, &linker, kind)?;
    let exports = match artefact {
        // Whoever runs WebAssembly calls what a program exports, too.
        Artefact::Executable if toolchain.target.spec.is_like_wasm => Exports::Listed(exported),
        Artefact::Executable => Exports::ByVisibility,
        Artefact::SharedLibrary(symbols) => Exports::Listed(symbols),
    };
    let printers = (options.debug != DebugInfo::None).then(|| printers_object(&toolchain.target)).flatten();
    let own = objects.into_iter().chain(printers).map(object_input);
    let named = options.libraries.iter().map(|argument| library(argument));
    let others = c_runtime::with_unwinder(inputs, &runtime.unwinder).into_iter().chain(runtime.functions);
    Ok(Job {
        kind,
        exports,
        strip: match options.strip {
            StripKind::None => Strip::None,
            StripKind::DebugInfo => Strip::DebugInfo,
            StripKind::Symbols => Strip::Symbols,
        },
        output: output.to_owned(),
        inputs: own.chain(named).chain(others).collect(),
        frame: runtime.frame,
        search_folders: options.search_paths.iter().map(|path| search_folder(path)).chain(runtime.folder).collect(),
        first_args: first_args(toolchain, &linker),
        required_symbols: options.counts().then(|| PROFILER_SYMBOL.to_owned()).into_iter().collect(),
        rpaths: options.rpath.then(|| rpath(toolchain, output)).into_iter().collect(),
        gc_sections: true,
        // As rustc tells each kind of linker.
        optimize: match options.opt {
            OptLevel::O0 | OptLevel::O1 => false,
            OptLevel::O2 | OptLevel::O3 => true,
            OptLevel::Os | OptLevel::Oz => toolchain.target.spec.is_like_wasm,
        },
        default_libraries: options.default_libraries,
        args: options.link_args.iter().map(Into::into).collect(),
        linker,
        ..Job::default()
    })
}

/// What the runtime defines that keeps counters and writes them: nothing refers to it.
const PROFILER_SYMBOL: &str = "__llvm_profile_runtime";

/// Where a program looks for the toolchain's shared libraries, from where it is itself, as rustc says it.
fn rpath(toolchain: &Toolchain, output: &Path) -> PathBuf {
    let absolute = |path: &Path| std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    let folder = absolute(output.parent().unwrap_or(Path::new("")));
    let folder = folder.canonicalize().unwrap_or(folder);
    let libraries = absolute(&toolchain.target_lib_dir());
    let libraries = libraries.canonicalize().unwrap_or(libraries);
    let shared = folder.components().zip(libraries.components()).take_while(|(a, b)| a == b).count();
    let up = std::iter::repeat_n(Path::new(".."), folder.components().count() - shared);
    let mut path = PathBuf::from("$ORIGIN");
    path.extend(up);
    path.extend(libraries.components().skip(shared));
    path
}

/// The program that links for the target.
fn linker(toolchain: &Toolchain, options: &Options) -> Linker {
    let spec = &toolchain.target.spec;
    let named = options.linker.clone();
    if spec.is_like_wasm {
        let lld = toolchain.host_bin_dir().join("rust-lld");
        return Linker { program: named.unwrap_or(lld), lld_folder: None, flavor: Flavor::Wasm };
    }
    if is_bare(spec.linker_flavor) {
        let program = spec.linker.as_deref().unwrap_or("rust-lld");
        let program = match program {
            "rust-lld" => toolchain.host_bin_dir().join(program),
            _ => PathBuf::from(program),
        };
        return Linker { program: named.unwrap_or(program), lld_folder: None, flavor: Flavor::Ld };
    }
    let default = || match std::env::var_os("CC") {
        _ if !toolchain.is_for_host() => {
            let usual = cross_compiler(&spec.llvm_target);
            if c_runtime::is_musl(toolchain) { c_runtime::musl_compiler(toolchain, usual) } else { usual }
        }
        Some(program) => PathBuf::from(program),
        None => PathBuf::from("cc"),
    };
    let lld_folder = toolchain.lld_dir().filter(|_| named.is_none());
    Linker { program: named.unwrap_or_else(default), lld_folder, flavor: Flavor::Cc }
}

/// Whether programs are linked without a C compiler.
pub(crate) fn is_bare(flavor: LinkerFlavor) -> bool {
    matches!(flavor, LinkerFlavor::Gnu | LinkerFlavor::GnuLld)
}

/// The C compiler for another machine, by the name that GNU's have: the triple without its vendor.
fn cross_compiler(triple: &str) -> PathBuf {
    let parts: Vec<&str> = triple.split('-').collect();
    match parts[..] {
        [arch, _, os, env] => PathBuf::from(format!("{arch}-{os}-{env}-gcc")),
        _ => PathBuf::from(format!("{triple}-gcc")),
    }
}

/// What the target's description says that its linker is told first.
fn first_args(toolchain: &Toolchain, linker: &Linker) -> Vec<OsString> {
    let flavor = match (linker.flavor, &linker.lld_folder) {
        (Flavor::Wasm, _) => LinkerFlavor::WasmLld,
        (Flavor::Ld, _) => toolchain.target.spec.linker_flavor,
        (Flavor::Cc, Some(_)) => LinkerFlavor::GnuLldCc,
        (Flavor::Cc, None) => LinkerFlavor::GnuCc,
    };
    let args = toolchain.target.spec.pre_link_args.get(&flavor).cloned().unwrap_or_default();
    let mut args: Vec<OsString> = args.into_iter().map(OsString::from).collect();
    let has_no_system = ["unknown", "none"].iter().any(|os| toolchain.target.cfg.holds("target_os", Some(os)));
    if linker.flavor == Flavor::Wasm && has_no_system {
        // Tools for such modules look for these.
        args.extend(["--export=__heap_base".into(), "--export=__data_end".into()]);
    }
    args
}

/// The object with the section by which GDB is told to load Rust's printers of values, as rustc's programs with debug
/// information have it (`rustc_codegen_llvm::debuginfo::gdb`). None for targets whose debuggers do not look for it.
fn printers_object(target: &Target) -> Option<Object> {
    // 1: the name of a script in Python, which GDB looks for on its path of scripts.
    const SCRIPT: &[u8] = b"\x01gdb_load_rust_pretty_printers.py\0";
    let architecture = match target.spec.llvm_target.split('-').next() {
        _ if target.spec.is_like_wasm => return None,
        Some("x86_64") => Architecture::X86_64,
        Some("aarch64") => Architecture::Aarch64,
        _ => return None,
    };
    let mut object = write::Object::new(BinaryFormat::Elf, architecture, Endianness::Little);
    let section = object.add_section(Vec::new(), b".debug_gdb_scripts".to_vec(), SectionKind::DebugString);
    object.append_section_data(section, SCRIPT, 1);
    // An object of one section cannot be too large.
    Some(Object { name: "gdb-scripts".to_owned(), bytes: object.write().unwrap_or_default() })
}

/// The job that makes one object of several.
pub fn merge(toolchain: &Toolchain, options: &Options, objects: Vec<Object>, output: &Path) -> Job {
    let linker = linker(toolchain, options);
    Job {
        kind: OutputKind::Object,
        output: output.to_owned(),
        first_args: first_args(toolchain, &linker),
        linker,
        inputs: objects.into_iter().map(object_input).collect(),
        ..Job::default()
    }
}

fn object_input(object: Object) -> Input {
    Input::ObjectBytes { name: object.name, bytes: object.bytes }
}

/// `[KIND[:MODIFIERS]=]NAME`
fn library(argument: &str) -> Input {
    let (kind, name) = match argument.split_once('=') {
        Some((kind, name)) => (kind, name),
        None => ("", argument),
    };
    let (kind, modifiers) = kind.split_once(':').unwrap_or((kind, ""));
    let has = |modifier: &str| modifiers.split(',').any(|it| it == modifier);
    let kind = match kind {
        "static" => LibraryKind::Static { whole: has("+whole-archive") },
        "dylib" => LibraryKind::Shared { as_needed: has("+as-needed") },
        _ => LibraryKind::Any,
    };
    Input::Library { name: name.to_owned(), kind, verbatim: has("+verbatim") }
}
