//! From a crate's metadata to the whole program's LIR.

use crate::assembly::{all_global_asm, named_in_assembly, refuse_symbols_of_assembly};
use crate::backends::BackendChoice;
use crate::caches::image::{self, Crates, Image};
use crate::coverage;
use crate::crate_checks::{self, CrateSettings};
use crate::declarations;
use crate::entry::{Root, find_entry};
use crate::error::DriverError;
use crate::faults;
use crate::front_half::{self, FrontHalf, with_front};
use crate::link_inputs::link_inputs;
use crate::missing::Missing;
use crate::options::{Options, level_name};
use crate::own_front;
use crate::report::Report;
use crate::settings::Settings;
use crate::std_items::{StdItems, runtime};
use backend::OptLevel;
use link::aot::Input;
use rustc_hash::{FxHashMap, FxHashSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use toolchain::Toolchain;
use ty::{CrateNum, DefId, DefKind};

/// A program as LIR, and what it is linked with.
#[derive(Debug)]
pub struct Lowered {
    /// Functions, data and their symbols, without what an image has.
    pub lir: mono::Program,
    /// The program's `global_asm!`; empty where there is none.
    pub global_asm: String,
    /// What all programs have of std, where it is made from its source.
    pub runtime: FxHashSet<Arc<str>>,
    /// The symbols of std's allocator, for programs that are linked with the static std and have none of their own.
    pub allocator: Vec<lir::Function>,
    /// What modules must know of foreign functions.
    pub declarations: Vec<lir::Declaration>,
    /// Archives and libraries, in the order for the linker.
    pub link_inputs: Vec<Input>,
    /// The program defines its own allocator, or needs what is not in a shared std, so that will not do.
    pub needs_static_std: bool,
    /// The program looks for its own executable file.
    pub wants_its_file: bool,
    /// Shared libraries that the program's own `#[link]` attributes name.
    pub native_libraries: Vec<String>,
    /// The symbols that a C library of the program shows to others.
    pub exported: Vec<String>,
    /// The code of dependencies that is there already, and to which the stable part of this program belongs.
    pub image: Option<Image>,
    /// Files of crates that were read, other than the toolchain's and the program's own.
    pub crate_files: Vec<PathBuf>,
    /// How the crates of the image are optimised, where they are.
    pub levels: FxHashMap<CrateNum, OptLevel>,
    /// How code is optimised that is made with settings of its own, by their numbers ([`mono::Program::contexts`]).
    pub context_levels: FxHashMap<u8, OptLevel>,
    /// What reports of coverage say of the program's functions.
    pub coverage: Vec<lower::CoverageRecord>,
}

impl Lowered {
    /// Makes it a program that is linked with the static std, which lacks the symbols of an allocator.
    pub(crate) fn use_static_std(&mut self) {
        self.lir.functions.append(&mut self.allocator);
    }
}

/// By what a program's code will be compiled.
#[derive(Clone, Copy)]
pub(crate) struct By<'a> {
    /// Present where code that mentions nothing of edited crates is kept as an image: with how cargo's units are compiled.
    pub image_for: Option<&'a Settings>,
    /// The back end for what is optimised so, where that is not as the program is.
    pub backend_for: &'a dyn Fn(OptLevel) -> BackendChoice,
}

/// Lowers the whole program, but for what is in an image if one is wanted.
/// `missing` is asked for what the crate's metadata does not say.
pub(crate) fn lower_program(
    toolchain: &Toolchain,
    options: &Options,
    metadata: &Path,
    root: Root,
    by: By<'_>,
    missing: Missing<'_>,
    report: &mut Report,
) -> Result<Lowered, DriverError> {
    with_front(toolchain, options, metadata, report, |front, report| {
        let cx = &front.cx;
        let image = || {
            let settings = by.image_for?;
            // Modules for WebAssembly must know the signatures of what they refer to, which an image does not tell.
            let std = if toolchain.target.spec.is_like_wasm { &FxHashSet::default() } else { &front.std };
            let crates = image::crates(front.session, &cx.options.prebuilt, std);
            let image = match image::folder(toolchain, options, settings, front.session, &crates) {
                Some(folder) => Image::load(folder),
                // What is optimised on its own is so without a cache, too.
                None if !crates.levels.is_empty() => Image::unkept(),
                None => return None,
            };
            Some((crates, image))
        };
        let (image, mut roots) = rayon::join(image, || mono::Roots::of_crates(cx, None, &front.session.link_order()));
        let mut exported = c_symbols(front, &roots.exported);
        let std_items = StdItems::find(front);
        roots.asked = std_items.all();
        roots.entry = find_entry(front, root, &roots.exported, missing)?;
        let spec = &toolchain.target.spec;
        // Whoever runs WebAssembly finds where a program begins by its name.
        if spec.is_like_wasm && roots.entry.is_some() && !exported.contains(&spec.entry_name) {
            exported.push(spec.entry_name.clone());
            exported.sort();
        }
        let global_asm = all_global_asm(front, missing)?;
        refuse_symbols_of_assembly(front, &roots, &global_asm)?;
        roots.exported.extend(named_in_assembly(front, &global_asm));
        let shown = if options.whole_library && root == Root::Library { own_functions(front) } else { Vec::new() };
        let known: FxHashSet<DefId> = roots.exported.iter().copied().collect();
        roots.exported.extend(shown.iter().filter(|def_id| !known.contains(def_id)));
        // What an image holds was chosen for other programs.
        let (crates, image) = image.filter(|_| !roots.are_contested(cx)).unzip();
        let Crates { edited, levels } = crates.unwrap_or_default();
        let has = |name: &str| image.as_ref().is_some_and(|image| image.symbols().contains(name));
        let base = image.is_some().then_some(mono::Base { edited, has: &has });
        let own = CrateSettings { checks: cx.checks(), opt: options.opt, debug: options.debug };
        // What is in an image is optimised as its crates are; of edited crates nothing is.
        let has_own_level = |krate| base.as_ref().is_none_or(|base| base.edited.contains(&krate));
        let others = crate_checks::others(
            front.session,
            &front.std,
            &cx.options.prebuilt,
            crate_checks::of_std(toolchain),
            own,
            &has_own_level,
        );
        let with = |CrateSettings { checks, opt, debug }| {
            let mut way = String::new();
            let mut part = options.clone();
            if opt != own.opt {
                way += level_name(opt);
                part = options.with_level(opt, (by.backend_for)(opt));
            }
            if debug != own.debug {
                way += &format!("g{}", debug as u8);
                part.debug = debug;
            }
            let (variables, optimize) = (front_half::variables(&part), part.optimizes());
            cx.with_settings(checks, lower::Options { variables, optimize, debug, ..cx.options.clone() }, &way)
        };
        let others: Vec<_> =
            others.into_iter().map(|(settings, crates)| (with(settings), settings.opt, crates)).collect();
        let mut contexts = mono::Contexts::new(cx);
        let mut context_levels = FxHashMap::default();
        for (cx, opt, crates) in &others {
            context_levels.insert(contexts.add(cx, crates.iter().copied(), *opt != own.opt), *opt);
        }
        let lowered = report.stage("lower", |_| mono::lower_program(&contexts, &roots, base.as_ref()));
        let mut program = lowered.map_err(|failed| match failed {
            mono::Failed::Items(failures) => faults::program_errors(front, failures),
            mono::Failed::Symbols(clashes) => faults::symbol_errors(front, &clashes),
        })?;
        let coverage = match options.coverage {
            true => coverage::records(front, std::mem::take(&mut program.coverage), &program.covered),
            false => Vec::new(),
        };
        keep(front, &mut program, &shown);
        report.reached = program.functions.len() as u64;
        report.count(report.reached, "functions");
        let (allocator, needs_static_std) = allocator(front);
        let declarations = declarations::foreign(front, &program)?;
        let (link_inputs, native_libraries) = link_inputs(front, options, &toolchain.target_lib_dir())?;
        // The shared std has no test harness in it, and keeps its own definitions of symbols that the program defines.
        own_front::count(front.own, report);
        let needs_static_std = needs_static_std || root == Root::Tests || defines_symbol_of_std(front, &exported);
        Ok(Lowered {
            wants_its_file: std_items.want_file(&program.noted),
            lir: program,
            global_asm,
            runtime: runtime(front, &roots.exported),
            allocator,
            declarations,
            link_inputs,
            needs_static_std,
            native_libraries,
            exported,
            image,
            crate_files: crate_files(front),
            levels,
            context_levels,
            coverage,
        })
    })
}

/// The crate's functions that have code without generic arguments.
fn own_functions(front: &FrontHalf<'_>) -> Vec<DefId> {
    let definitions = front.tcx.definitions();
    let items = definitions.local_codegen_items(CrateNum::LOCAL).into_iter();
    let is_function = |def_id: &DefId| matches!(definitions.def_kind(*def_id), DefKind::Fn | DefKind::AssocFn);
    items.filter(|def_id| is_function(def_id) && !mono::has_type_params(&front.cx, *def_id)).collect()
}

/// Has back ends keep functions that nothing refers to.
fn keep(front: &FrontHalf<'_>, program: &mut mono::Program, functions: &[DefId]) {
    if functions.is_empty() {
        return;
    }
    let name = |&def_id: &DefId| front.cx.symbol_name(ty::Instance::new(def_id, ty::List::empty())).as_str().to_owned();
    let names: FxHashSet<String> = functions.iter().map(name).collect();
    let kept = program.functions.iter_mut().filter(|function| names.contains(&*function.name));
    kept.for_each(|function| function.attrs.used = true);
}

/// What of the program's crates was read, or would be if it were there.
fn crate_files(front: &FrontHalf<'_>) -> Vec<PathBuf> {
    let is_own = |krate: &CrateNum| *krate != CrateNum::LOCAL && !front.std.contains(krate);
    let crates = front.session.crate_sources().filter(|(krate, _)| is_own(krate));
    let files = crates.flat_map(|(_, source)| {
        let assembly = Some(source.metadata.with_extension("global-asm")).filter(|file| file.is_file());
        [Some(source.metadata.clone()), source.rlib.clone(), assembly]
    });
    files.flatten().collect()
}

/// The symbols among exported definitions that are for other languages, and not std's own.
fn c_symbols(front: &FrontHalf<'_>, exported: &[DefId]) -> Vec<String> {
    let definitions = front.tcx.definitions();
    let exported = exported.iter().filter(|&&def_id| {
        let attrs = definitions.codegen_attrs(def_id);
        lower::is_exported(attrs)
            && !front.std.contains(&def_id.krate)
            && !attrs.flags.contains(ty::CodegenFlags::STD_INTERNAL_SYMBOL)
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

/// The functions that make std's allocator the program's, where it has none of its own; and whether it has one.
fn allocator(front: &FrontHalf<'_>) -> (Vec<lir::Function>, bool) {
    let definitions = front.tcx.definitions();
    let crates = definitions.crates();
    let prebuilt = &front.cx.options.prebuilt;
    let own =
        crates.iter().any(|&krate| !prebuilt.contains(&krate) && definitions.crate_flags(krate).has_global_allocator);
    let any = |has: fn(&ty::CrateFlags) -> bool| crates.iter().any(|&krate| has(&definitions.crate_flags(krate)));
    // Programs without std, or without `alloc`, have no defaults.
    let default = !own && any(|flags| flags.has_default_lib_allocator);
    let default_handler = any(|flags| flags.needs_allocator) && !any(|flags| flags.has_alloc_error_handler);
    (lower::allocator_shim(&front.cx, default, default_handler), own)
}
