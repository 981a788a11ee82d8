//! The front half: from a crate's metadata to the whole program's LIR.

use crate::asm_symbols;
use crate::crate_checks;
use crate::error::{DriverError, ProgramError};
use crate::faults::{self, place};
use crate::image::{self, Crates, Image};
use crate::limits::recursion_limit;
use crate::missing::Missing;
use crate::options::{Options, search_folder};
use crate::report::Report;
use crate::target;
use crate::test_entry::find_entry;
use crate::unit::Settings;
use backend::{DebugInfo, OptLevel};
use front::{Front, Inputs};
use link::aot::{Input, LibraryKind};
use lower::LowerCx;
use rmeta::{CrateLocator, Session};
use rustc_hash::FxHashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, LazyLock};
use toolchain::Toolchain;
use ty::{Arena, CrateNum, DefId, DefKind, NativeLibKind, SessionOptions, Tcx};

/// What a program begins with.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Root {
    /// The crate's `main`.
    Main,
    /// The crate's test functions, run by the harness.
    Tests,
    /// Nothing: what others call.
    Library,
}

impl Root {
    /// What the program of these options begins with.
    pub(crate) fn of(options: &Options) -> Root {
        if options.test { Root::Tests } else { Root::Main }
    }
}

/// A program as LIR, and what it is linked with.
#[derive(Debug)]
pub struct LirProgram {
    pub program: mono::Program,
    /// The program's `global_asm!`; empty where there is none.
    pub global_asm: String,
    /// The symbols of std's allocator, for programs that are linked with the static std and have none of their own.
    pub allocator: Vec<lir::Function>,
    /// Archives and libraries, in the order for the linker.
    pub link_inputs: Vec<Input>,
    /// The program defines its own allocator, or needs what is not in a shared std, so that will not do.
    pub needs_static_std: bool,
    /// Shared libraries that the program's own `#[link]` attributes name.
    pub native_libraries: Vec<String>,
    /// The symbols that a C library of the program shows to others.
    pub exported: Vec<String>,
    /// The code of dependencies that is there already, and to which the lasting part of this program belongs.
    pub image: Option<Image>,
    /// Files of crates that were read, other than the toolchain's and the program's own.
    pub crate_files: Vec<PathBuf>,
    /// How the crates of the image are optimised, where they are.
    pub levels: FxHashMap<CrateNum, OptLevel>,
}

/// An opened program, and what lowers it.
pub struct FrontHalf<'tcx> {
    pub tcx: Tcx<'tcx>,
    pub session: &'tcx Session<'tcx>,
    pub cx: LowerCx<'tcx>,
}

/// Opens a crate's metadata and hands the front half to `f`.
pub fn with_front<T>(
    toolchain: &Toolchain,
    options: &Options,
    metadata: &Path,
    report: &mut Report,
    f: impl for<'tcx> FnOnce(&FrontHalf<'tcx>, &mut Report) -> Result<T, DriverError>,
) -> Result<T, DriverError> {
    let data_layout = target::data_layout(&toolchain.host).ok_or_else(|| {
        DriverError::Usage(format!("the target `{}` is not supported yet; x86_64-unknown-linux-gnu is", toolchain.host))
    })?;
    let arena = Arena::new();
    let checks = options.checks();
    let session = SessionOptions {
        triple: toolchain.host.clone(),
        data_layout: data_layout.to_owned(),
        overflow_checks: checks.overflow,
        ub_checks: checks.ub,
        contract_checks: checks.contract,
        panic_abort: options.panic_abort,
        optimize: options.optimizes(),
        target_features: target::default_features(&toolchain.host),
    };
    let locator = CrateLocator {
        sysroot_lib: toolchain.target_lib_dir(),
        search_dirs: options.search_paths.iter().map(|path| search_folder(path)).collect(),
        externs: externs(&options.externs),
    };
    let rustc_version = toolchain.version.strip_prefix("rustc ").unwrap_or(&toolchain.version);
    let inputs = Inputs { metadata, locator: &locator, options: session, rustc_version };
    let opened = report.stage("open metadata", || Front::open(&arena, inputs)).map_err(|error| match error {
        front::Error::Open(error) => DriverError::Open(error.to_string()),
        front::Error::DataLayout(error) => DriverError::Internal(error.to_string()),
    })?;
    let Front { tcx, session, bodies, layouts, traits, eval, mangler } = opened;
    let sysroot = toolchain.target_lib_dir();
    let prebuilt = session
        .crate_sources()
        .filter(|(_, source)| source.metadata.starts_with(&sysroot))
        .map(|(krate, _)| krate)
        .collect();
    let lower_options = lower::Options {
        debug: options.debug,
        variables: wants_variables(options),
        optimize: options.optimizes(),
        linkage: lir::Linkage::Hidden,
        recursion_limit: recursion_limit(tcx, CrateNum::LOCAL.root()),
        prebuilt,
    };
    let mut cx = LowerCx::new(tcx, bodies, layouts, traits, eval, mangler, lower_options);
    if options.target_cpu.is_some() || options.target_features.is_some() {
        let (cpu, features) = (options.target_cpu.as_deref(), options.target_features.as_deref());
        let enabled = LazyLock::new(move || toolchain.enabled_features(cpu, features));
        cx.has_feature = Arc::new(move |name| enabled.iter().any(|enabled| enabled == name));
    }
    let front = FrontHalf { tcx, session, cx };
    let result = f(&front, report);
    options.done_with(front);
    options.done_with(arena);
    result
}

/// Lowers the whole program, but for what is in an image if one is wanted, for code that is compiled by these settings.
/// `missing` is asked for what the crate's metadata does not say.
pub fn lower_program(
    toolchain: &Toolchain,
    options: &Options,
    metadata: &Path,
    root: Root,
    image_for: Option<&Settings>,
    missing: Missing<'_>,
    report: &mut Report,
) -> Result<LirProgram, DriverError> {
    with_front(toolchain, options, metadata, report, |front, report| {
        let cx = &front.cx;
        let image = || {
            let settings = image_for?;
            let crates = image::crates(front.session, &cx.options.prebuilt);
            let image = match image::folder(toolchain, options, settings, front.session, &crates) {
                Some(folder) => Image::load(folder),
                // What is optimised on its own is so without a cache, too.
                None if !crates.levels.is_empty() => Image::unkept(),
                None => return None,
            };
            Some((crates, image))
        };
        let (image, mut roots) = rayon::join(image, || mono::Roots::of_crates(cx, None, &front.session.link_order()));
        let exported = c_symbols(front, &roots.exported);
        roots.entry = find_entry(front, root, &roots.exported, missing)?;
        let global_asm = all_global_asm(front, missing)?;
        refuse_symbols_of_assembly(front, &roots, &global_asm)?;
        roots.exported.extend(named_in_assembly(front, &global_asm));
        // What an image holds was chosen for other programs.
        let (crates, image) = image.filter(|_| !roots.are_contested(cx)).unzip();
        let Crates { volatile, levels } = crates.unwrap_or_default();
        let has = |name: &str| image.as_ref().is_some_and(|image| image.symbols().contains(name));
        let base = image.is_some().then_some(mono::Base { volatile, has: &has });
        let others = crate_checks::others(front.session, &cx.options.prebuilt, cx.checks());
        let others: Vec<_> = others.into_iter().map(|(checks, crates)| (cx.with_checks(checks), crates)).collect();
        let mut contexts = mono::Contexts::new(cx);
        others.iter().for_each(|(cx, crates)| contexts.add(cx, crates.iter().copied()));
        let program = report.stage("lower", || mono::lower_program(&contexts, &roots, base.as_ref()));
        let program = program.map_err(|failed| match failed {
            mono::Failed::Items(failures) => faults::program_errors(front, failures),
            mono::Failed::Symbols(clashes) => faults::symbol_errors(front, &clashes),
        })?;
        report.count(program.functions.len() as u64, "functions");
        let (allocator, needs_static_std) = allocator(front);
        let (link_inputs, native_libraries) = link_inputs(front, options, &toolchain.target_lib_dir())?;
        // The shared std has no test harness in it, and keeps its own definitions of symbols that the program defines.
        let needs_static_std = needs_static_std || root == Root::Tests || defines_symbol_of_std(front, &exported);
        Ok(LirProgram {
            program,
            global_asm,
            allocator,
            link_inputs,
            needs_static_std,
            native_libraries,
            exported,
            image,
            crate_files: crate_files(front),
            levels,
        })
    })
}

/// What of the program's crates was read, or would be if it were there.
fn crate_files(front: &FrontHalf<'_>) -> Vec<PathBuf> {
    let is_own = |krate: &CrateNum| *krate != CrateNum::LOCAL && !front.cx.options.prebuilt.contains(krate);
    let crates = front.session.crate_sources().filter(|(krate, _)| is_own(krate));
    let files = crates.flat_map(|(_, source)| {
        let assembly = Some(source.metadata.with_extension("global-asm")).filter(|file| file.is_file());
        [Some(source.metadata.clone()), source.rlib.clone(), assembly]
    });
    files.flatten().collect()
}

fn externs(arguments: &[String]) -> std::collections::BTreeMap<String, Vec<PathBuf>> {
    let mut map = std::collections::BTreeMap::new();
    for argument in arguments {
        if let Some((name, path)) = argument.split_once('=') {
            let name = name.rsplit(':').next().unwrap_or(name);
            map.entry(name.to_owned()).or_insert_with(Vec::new).push(PathBuf::from(path));
        }
    }
    map
}

/// The symbols among exported definitions that are for other languages, and not std's own.
fn c_symbols(front: &FrontHalf<'_>, exported: &[DefId]) -> Vec<String> {
    let definitions = front.tcx.definitions();
    let exported = exported.iter().filter(|&&def_id| {
        let attrs = definitions.codegen_attrs(def_id);
        lower::is_exported(attrs) && !attrs.flags.contains(ty::CodegenFlags::STD_INTERNAL_SYMBOL)
    });
    let name = |&def_id: &DefId| front.cx.symbol_name(ty::Instance::new(def_id, ty::List::empty())).as_str().to_owned();
    let mut symbols: Vec<String> = exported.map(name).collect();
    symbols.sort();
    symbols.dedup();
    symbols
}

/// Whether a symbol for other languages is one that std has, too.
fn defines_symbol_of_std(front: &FrontHalf<'_>, exported: &[String]) -> bool {
    if exported.iter().all(|symbol| symbol == "main") {
        return false;
    }
    let definitions = front.tcx.definitions();
    let of_std = front.cx.options.prebuilt.iter().flat_map(|&krate| definitions.exported_symbols(krate));
    let fixed_name = |symbol: &ty::ExportedSymbol<'_>| match *symbol {
        ty::ExportedSymbol::NonGeneric(def_id) => {
            front.cx.mangler.fixed_symbol_name(ty::Instance::new(def_id, ty::List::empty()))
        }
        _ => None,
    };
    of_std.filter_map(fixed_name).any(|name| exported.binary_search(&name).is_ok())
}

/// The `global_asm!` of all crates that are compiled here. That of libraries was kept beside their metadata.
fn all_global_asm(front: &FrontHalf<'_>, missing: Missing<'_>) -> Result<String, DriverError> {
    let definitions = front.tcx.definitions();
    let mut text = String::new();
    for (krate, source) in front.session.crate_sources() {
        let items = || definitions.local_codegen_items(krate).into_iter();
        let has_asm = || items().any(|def_id| definitions.def_kind(def_id) == DefKind::GlobalAsm);
        if front.cx.options.prebuilt.contains(&krate) || !has_asm() {
            continue;
        }
        if krate == CrateNum::LOCAL {
            text += &missing.global_asm()?;
            continue;
        }
        let path = source.metadata.with_extension("global-asm");
        text += &std::fs::read_to_string(&path).map_err(|_| {
            DriverError::Open(format!(
                "the `global_asm!` of crate `{}` is not known: there is no `{}`\n  help: compile the crate with \
                 `cargo bessemer`",
                source.name.as_str(),
                path.display()
            ))
        })?;
    }
    Ok(text)
}

/// Says so if assembly defines a symbol that Rust defines as well.
fn refuse_symbols_of_assembly(front: &FrontHalf<'_>, roots: &mono::Roots, assembly: &str) -> Result<(), DriverError> {
    if assembly.is_empty() {
        return Ok(());
    }
    let definitions = front.tcx.definitions();
    let defined = asm_symbols::defined(assembly);
    let error = |name: &str, def_id: DefId| ProgramError {
        code: None,
        message: format!("symbol `{name}` is already defined"),
        place: place(front, definitions.def_span(def_id)),
        notes: vec![format!(
            "`{}` has the symbol, and a label in `global_asm!` has it too",
            front.tcx.def_path_str(def_id)
        )],
        ..ProgramError::default()
    };
    let mut errors = Vec::new();
    if let Some(lower::EntryPoint::Main { main, .. }) = roots.entry
        && defined.contains("main")
    {
        errors.push(error("main", main));
    }
    for &def_id in &roots.exported {
        let name = front.cx.mangler.fixed_symbol_name(ty::Instance::new(def_id, ty::List::empty()));
        if let Some(name) = name.filter(|name| defined.contains(&**name))
            && definitions.codegen_attrs(def_id).linkage.is_none()
        {
            errors.push(error(&name, def_id));
        }
    }
    if errors.is_empty() { Ok(()) } else { Err(DriverError::Program(errors)) }
}

/// The functions and statics that assembly refers to by name (`sym`).
fn named_in_assembly(front: &FrontHalf<'_>, assembly: &str) -> Vec<DefId> {
    if assembly.is_empty() {
        return Vec::new();
    }
    let definitions = front.tcx.definitions();
    let crates = front.session.crate_sources().filter(|(krate, _)| !front.cx.options.prebuilt.contains(krate));
    let items = crates.flat_map(|(krate, _)| definitions.local_codegen_items(krate));
    let named = items.filter(|&def_id| {
        let is_item = matches!(definitions.def_kind(def_id), DefKind::Fn | DefKind::AssocFn | DefKind::Static { .. });
        is_item && !mono::has_type_params(&front.cx, def_id) && {
            let name = front.cx.symbol_name(ty::Instance::new(def_id, ty::List::empty()));
            assembly.contains(name.as_str())
        }
    });
    named.collect()
}

/// The functions that make std's allocator the program's, where it has none of its own; and whether it has one.
fn allocator(front: &FrontHalf<'_>) -> (Vec<lir::Function>, bool) {
    let definitions = front.tcx.definitions();
    let crates = definitions.crates();
    let prebuilt = &front.cx.options.prebuilt;
    let own =
        crates.iter().any(|&krate| !prebuilt.contains(&krate) && definitions.crate_flags(krate).has_global_allocator);
    // std brings a handler of its own.
    let handler = crates.iter().any(|&krate| definitions.crate_flags(krate).has_alloc_error_handler);
    (lower::allocator_shim(&front.cx, !own, !handler), own)
}

/// Crates' archives and native libraries, in rustc's order: what uses before what is used.
fn link_inputs(
    front: &FrontHalf<'_>,
    options: &Options,
    sysroot: &Path,
) -> Result<(Vec<Input>, Vec<String>), DriverError> {
    let definitions = front.tcx.definitions();
    let prebuilt = &front.cx.options.prebuilt;
    let wanted_runtime = if options.panic_abort { "panic_abort" } else { "panic_unwind" };
    let mut archives = Vec::new();
    let mut last = Vec::new();
    let mut own = Vec::new();
    let mut system = Vec::new();
    let mut names = Vec::new();
    let (mut needs_runtime, mut has_runtime) = (false, false);
    for (krate, source) in front.session.crate_sources() {
        let flags = definitions.crate_flags(krate);
        needs_runtime |= flags.needs_panic_runtime;
        if flags.panic_runtime {
            if source.name.as_str() != wanted_runtime {
                continue;
            }
            has_runtime = true;
        }
        let is_prebuilt = prebuilt.contains(&krate);
        if is_prebuilt && let Some(path) = &source.rlib {
            let input = Input::Archive { path: path.clone(), whole: false };
            if flags.compiler_builtins { last.push(input) } else { archives.push(input) }
        }
        for library in definitions.native_libraries(krate) {
            if !library.enabled {
                continue;
            }
            let name = library.name.as_str().to_owned();
            let kind = match library.kind {
                NativeLibKind::Static { bundle: true, .. } if is_prebuilt => continue,
                NativeLibKind::Static { whole_archive, .. } => LibraryKind::Static { whole: whole_archive },
                NativeLibKind::Dylib { as_needed } => LibraryKind::Shared { as_needed: as_needed == Some(true) },
                NativeLibKind::Unspecified => LibraryKind::Any,
                NativeLibKind::Framework | NativeLibKind::RawDylib | NativeLibKind::LinkArg => continue,
            };
            if !is_prebuilt {
                names.push(name.clone());
            }
            let input = Input::Library { name, kind, verbatim: library.verbatim };
            let list = if is_prebuilt { &mut system } else { &mut own };
            if !list.contains(&input) {
                list.push(input);
            }
        }
    }
    // No crate names the runtime that aborts: rustc adds it where a program is made.
    if needs_runtime && !has_runtime {
        archives.push(Input::Archive { path: find_rlib(sysroot, wanted_runtime)?, whole: false });
    }
    let inputs = own.into_iter().chain(archives).chain(last).chain(system).collect();
    Ok((inputs, names))
}

/// A crate of the toolchain by its name.
fn find_rlib(sysroot: &Path, name: &str) -> Result<PathBuf, DriverError> {
    let prefix = format!("lib{name}-");
    let entries = std::fs::read_dir(sysroot).into_iter().flatten().flatten();
    let mut rlibs = entries.map(|entry| entry.path()).filter(|path| {
        let file = path.file_name().and_then(|file| file.to_str()).unwrap_or_default();
        file.starts_with(&prefix) && file.ends_with(".rlib")
    });
    rlibs.next().ok_or_else(|| DriverError::Open(format!("the toolchain has no `{name}` in `{}`", sysroot.display())))
}

/// Whether variables are described to debuggers.
pub fn wants_variables(options: &Options) -> bool {
    options.debug >= DebugInfo::Full && options.backend.capabilities().debug_variables
}
