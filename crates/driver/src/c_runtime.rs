//! The C runtime of targets whose systems bring none, or another: objects that rustc's description of the target names, and
//! the C library beside them.

use crate::error::DriverError;
use crate::options::{Options, search_folder};
use crate::runner;
use link::aot::{Flavor, Frame, Input, LibraryKind, Linker, OutputKind};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use toolchain::{Std, Toolchain, find_program};

/// What programs are linked with besides their crates.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(crate) struct CRuntime {
    /// The objects with which they begin and end, where the program that links has no right ones.
    pub frame: Option<Frame>,
    /// The folder in which these and the C library are.
    pub folder: Option<PathBuf>,
    /// The unwinder, where std's `libunwind` is nowhere.
    pub unwinder: Vec<Input>,
    /// The C compiler's own functions, where std has not all of them.
    pub functions: Option<Input>,
}

/// glibc's question to the loader by which GCC's unwinder finds tables, answered as musl can. GCC's unwinder is the one that
/// systems with glibc have for musl, too.
const FIND_OBJECT: &str = include_str!("c_runtime/find_object.c");

/// Whether the target's C library is musl.
pub(crate) fn is_musl(toolchain: &Toolchain) -> bool {
    toolchain.target.spec.crt_objects_fallback.as_deref() == Some("musl")
}

/// Finds what a program or library of this kind for the target is linked with. Nothing where the C compiler that links knows it
/// itself.
///
/// # Errors
/// It is nowhere.
pub(crate) fn find(
    toolchain: &Toolchain,
    options: &Options,
    linker: &Linker,
    kind: OutputKind,
) -> Result<CRuntime, DriverError> {
    let is_library = kind == OutputKind::SharedLibrary;
    if toolchain.target.spec.is_like_wasm {
        return if is_library { Ok(CRuntime::default()) } else { wasi(toolchain) };
    }
    let functions = compiler_functions(toolchain, linker);
    if !is_musl(toolchain) {
        return Ok(CRuntime { functions, ..CRuntime::default() });
    }
    if is_library && options.is_static(&toolchain.target) {
        return Err(DriverError::Usage(format!(
            "a shared library for `{}` needs a shared C library\n  help: add `-C target-feature=-crt-static`",
            toolchain.target.name
        )));
    }
    let (frame, folder) = match with_std(toolchain, kind) {
        Some((frame, folder)) => (Some(frame), Some(folder)),
        None => (None, None),
    };
    let searched = options.search_paths.iter().map(|path| search_folder(path)).chain(folder.clone());
    let unwinder = match searched.into_iter().any(|folder| folder.join("libunwind.a").is_file()) {
        true => Vec::new(),
        false => vec![Input::C { name: "find-object".to_owned(), text: FIND_OBJECT.to_owned() }, gcc_unwinder(linker)],
    };
    Ok(CRuntime { frame, folder, unwinder, functions })
}

/// What C compilers call where a machine has no instruction for something (`__popcountdi2`). A compiled std has it from LLVM's
/// C sources; the source of std has only what Rust code needs.
fn compiler_functions(toolchain: &Toolchain, linker: &Linker) -> Option<Input> {
    if toolchain.std == Std::Prebuilt || linker.flavor != Flavor::Cc {
        return None;
    }
    linker.file("libgcc.a").map(|path| Input::Archive { path, whole: false })
}

/// GCC's unwinder: where the compiler says, as the compilers for musl do not look there by themselves.
fn gcc_unwinder(linker: &Linker) -> Input {
    match linker.file("libgcc_eh.a") {
        Some(path) => Input::Archive { path, whole: false },
        None => {
            Input::Library { name: "gcc_eh".to_owned(), kind: LibraryKind::Static { whole: false }, verbatim: false }
        }
    }
}

/// The kind of executable to make of a program with the C library in it.
pub(crate) fn static_kind(toolchain: &Toolchain, options: &Options) -> OutputKind {
    let spec = &toolchain.target.spec;
    let anywhere = spec.static_position_independent_executables && !options.fixed_address;
    // The compilers that systems have for musl (`musl-gcc`) begin each program with the object for shared libraries, which
    // such a program cannot do with.
    match anywhere && (!is_musl(toolchain) || with_std(toolchain, OutputKind::StaticPieExecutable).is_some()) {
        true => OutputKind::StaticPieExecutable,
        false => OutputKind::StaticFixedExecutable,
    }
}

/// The objects that came with the target's compiled std for a kind of output, and their folder.
fn with_std(toolchain: &Toolchain, kind: OutputKind) -> Option<(Frame, PathBuf)> {
    let spec = &toolchain.target.spec;
    let folder = own_folder(toolchain);
    let find = |objects: &BTreeMap<String, Vec<String>>| -> Option<Vec<PathBuf>> {
        let paths: Vec<PathBuf> = objects.get(name(kind)?)?.iter().map(|object| folder.join(object)).collect();
        (!paths.is_empty() && paths.iter().all(|path| path.is_file())).then_some(paths)
    };
    let frame = Frame { first: find(&spec.pre_link_objects_fallback)?, last: find(&spec.post_link_objects_fallback)? };
    Some((frame, folder))
}

/// How rustc's description calls a kind of output.
fn name(kind: OutputKind) -> Option<&'static str> {
    Some(match kind {
        OutputKind::PieExecutable => "dynamic-pic-exe",
        OutputKind::FixedExecutable => "dynamic-nopic-exe",
        OutputKind::StaticPieExecutable => "static-pic-exe",
        OutputKind::StaticFixedExecutable => "static-nopic-exe",
        OutputKind::SharedLibrary => "dynamic-dylib",
        OutputKind::Object => return None,
    })
}

/// Where the toolchain keeps the C runtime with the target's compiled std.
fn own_folder(toolchain: &Toolchain) -> PathBuf {
    toolchain.own_dir().join(&toolchain.target.name).join("lib").join("self-contained")
}

/// What WASI's programs begin with.
fn wasi(toolchain: &Toolchain) -> Result<CRuntime, DriverError> {
    let target = &toolchain.target;
    let kind = name(OutputKind::StaticFixedExecutable).unwrap_or_default();
    let Some(objects) = target.spec.pre_link_objects_fallback.get(kind).filter(|it| !it.is_empty()) else {
        return Ok(CRuntime::default());
    };
    let has_all = |folder: &PathBuf| objects.iter().all(|object| folder.join(object).is_file());
    match wasi_folders(toolchain).into_iter().find(has_all) {
        Some(folder) => {
            let first = objects.iter().map(|object| folder.join(object)).collect();
            let frame = Some(Frame { first, last: Vec::new() });
            Ok(CRuntime { frame, folder: Some(folder), ..CRuntime::default() })
        }
        None => Err(DriverError::Usage(format!(
            "programs for `{}` are linked with WASI's C library, which is not there (`{}`)\n  help: install it (Debian, Ubuntu: \
             `wasi-libc`; or wasi-sdk), or set WASI_SDK_PATH to the folder of wasi-sdk; then try again",
            target.name,
            objects.join("`, `")
        ))),
    }
}

/// Where WASI's C library may be: with the compiled std, where the user says, and where systems install it.
fn wasi_folders(toolchain: &Toolchain) -> Vec<PathBuf> {
    let name = &toolchain.target.name;
    let mut folders = vec![own_folder(toolchain)];
    let variable = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    let sdk = variable("WASI_SDK_PATH").map(|sdk| sdk.join("share").join("wasi-sysroot"));
    let sysroots =
        [variable("WASI_SYSROOT"), sdk, Some("/opt/wasi-sdk/share/wasi-sysroot".into()), Some("/usr".into())];
    for sysroot in sysroots.into_iter().flatten() {
        // The name that the C library had first.
        folders.extend([name.as_str(), "wasm32-wasi"].map(|triple| sysroot.join("lib").join(triple)));
    }
    folders
}

/// Puts the unwinder in the place of the library that std names.
pub(crate) fn with_unwinder(inputs: Vec<Input>, unwinder: &[Input]) -> Vec<Input> {
    // GCC's shared one is there for glibc only.
    let is_unwind = |input: &Input| matches!(input, Input::Library { name, .. } if name == "unwind" || name == "gcc_s");
    if unwinder.is_empty() {
        return inputs;
    }
    let mut result = Vec::new();
    for input in inputs {
        if is_unwind(&input) { result.extend(unwinder.iter().cloned()) } else { result.push(input) }
    }
    result
}

/// The program that links programs with musl, where the user names none; `usual` is the compiler for that machine by its
/// usual name. The system's own compiler is right where all of the C runtime came with std.
pub(crate) fn musl_compiler(toolchain: &Toolchain, usual: PathBuf) -> PathBuf {
    if !runner::runs_here(toolchain) {
        return usual;
    }
    if with_std(toolchain, OutputKind::StaticPieExecutable).is_some() {
        return PathBuf::from("cc");
    }
    // What musl itself installs for the machine that it is built on.
    let own = Path::new("musl-gcc");
    if find_program(&usual).is_none() && find_program(own).is_some() { own.to_owned() } else { usual }
}
