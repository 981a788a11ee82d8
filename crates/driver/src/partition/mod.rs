//! Dividing a program into modules, each of which becomes one object.
//!
//! There are three ways: by names, so that an edit changes few modules ([`buckets`]); by who calls whom, for optimisers
//! ([`split`]); and by the order of the program, for code that is kept as it is ([`mod@cluster`]).

pub(crate) mod buckets;
mod cluster;
mod levels;
mod runtime;
mod split;
mod stable;

use crate::assembly;
use crate::backends::BackendChoice;
use crate::options::{EmitKind, Lto, Options};
use backend::OptLevel;
use cluster::cluster;
pub(crate) use levels::Part;
use levels::by_level;
use lir::{Linkage, Module};
use rustc_hash::{FxHashMap, FxHashSet};
pub(crate) use stable::take_stable;
use std::sync::Arc;

/// Inlines what asks for it, where the back end does not: it sees one function at a time, or functions of one module, and what is
/// not optimised is in many. (Tools rely on it: wasm-bindgen looks for the functions that call its markers, which an
/// `#[inline(always)]` function does.) `exported` are names that others ask for.
pub fn inline_calls(program: &mut mono::Program, global_asm: &str, exported: &[String], options: &Options) {
    if options.backend.capabilities().crosses_functions && options.optimizes() {
        return;
    }
    let mentioned = assembly::mentioned(global_asm);
    // What has a name of its own may be asked for by std's compiled code, or by another language.
    let is_mangled = |name: &str| name.starts_with("_R") || name.starts_with("_ZN");
    let is_needed = |name: &str| !is_mangled(name) || mentioned.contains(name) || exported.iter().any(|it| it == name);
    inline::inline(&mut program.functions, &program.data, &is_needed);
}

/// Puts a program into modules, a part for each level that its crates are optimised at (see [`levels`]). `backend_for` chooses who
/// compiles a level other than the program's own. `runtime` is what all programs have of a std from source.
pub fn parts(
    mut program: mono::Program,
    global_asm: String,
    runtime: &FxHashSet<Arc<str>>,
    options: &Options,
    context_levels: &FxHashMap<u8, OptLevel>,
    backend_for: &dyn Fn(OptLevel) -> BackendChoice,
) -> Vec<Part> {
    keep_what_assembly_uses(&mut program, &global_asm);
    let mut global_asm = Some(global_asm);
    let parts = by_level(program, options.opt, context_levels).into_iter();
    let part = |(opt, program, shared)| {
        let options = if opt == options.opt { options.clone() } else { options.with_level(opt, backend_for(opt)) };
        // The first part is the program's own.
        let modules = partition(program, global_asm.take().unwrap_or_default(), runtime, &options, &shared);
        Part { options, modules }
    };
    parts.map(part).collect()
}

/// Puts a part of a program into modules: many that are compiled side by side and kept apart, or, where functions are optimised together,
/// one or a few (see [`split`]). `shared` are names that other parts of the program refer to.
fn partition(
    program: mono::Program,
    global_asm: String,
    runtime: &FxHashSet<Arc<str>>,
    options: &Options,
    shared: &FxHashSet<Arc<str>>,
) -> Vec<Module> {
    let capabilities = options.backend.capabilities();
    let crosses_functions = capabilities.crosses_functions && options.optimizes();
    // Each kind of file other than a linked one is one file (rustc: they mean one codegen unit).
    let one_file = options.emit.iter().any(|kind| !matches!(kind, EmitKind::Link | EmitKind::Mir));
    // Code that is to be small, or that counts what it does, is better off in one piece.
    let is_fast = matches!(options.opt, OptLevel::O1 | OptLevel::O2 | OptLevel::O3) && !options.is_instrumented();
    let runtime = match crosses_functions && !one_file && is_fast && options.lto != Lto::Fat {
        true => runtime::reached(&program, runtime),
        false => FxHashSet::default(),
    };
    let functions = program.functions.iter().filter(|function| !runtime.contains(&function.name)).count();
    let count = match (one_file, crosses_functions) {
        (true, _) => 1,
        (false, true) => match (options.lto, options.codegen_units) {
            (Lto::Fat, _) => 1,
            // More modules than functions would be empty ones. rustc means units of a crate: parts of a large program are larger
            // than crates are, so that one unit does not make it one core's work.
            (_, Some(units)) => (units as usize).clamp(split::part_count(functions), functions.max(1)),
            _ => split::part_count(functions),
        },
        (false, false) => buckets::count(functions, capabilities.functions_per_module),
    };
    let mut modules = new_modules(count, options);
    let runtime_count = if runtime.is_empty() { 0 } else { split::part_count(runtime.len()).max(2) };
    modules.extend((0..runtime_count).map(runtime_module));
    if crosses_functions && modules.len() > 1 {
        let apart = (runtime_count > 0).then_some((&runtime, runtime_count));
        let how = split::How { internalize: true, copies_hinted_only: options.lto == Lto::Off, shared, apart };
        let parts = split::split(program.functions, program.data, count, &how);
        for (module, part) in modules.iter_mut().zip(parts) {
            module.functions = part.functions;
            module.data = part.data;
        }
    } else {
        for function in program.functions {
            modules[buckets::of(&function.name, count)].functions.push(function);
        }
        for data in program.data {
            modules[buckets::of(&data.name, count)].data.push(data);
        }
    }
    own_types(&mut modules, &program.debug_types);
    if !global_asm.is_empty() {
        modules[0].global_asm.push(global_asm);
    }
    // Unoptimised, a module may be one of several that refer to each other (those of an image).
    if modules.len() == 1 && crosses_functions {
        internalize(&mut modules[0], shared);
    }
    modules
}

/// As [`partition`], for code that is kept as it is: no edit will change a module, so they are large, and hold together what
/// belongs together.
pub fn partition_stable(mut program: mono::Program, options: &Options) -> Vec<Module> {
    if options.optimizes() && options.backend.capabilities().crosses_functions {
        let count = split::part_count(program.functions.len());
        let mut modules = new_modules(count, options);
        // Programs to come may refer to any of it.
        let shared = FxHashSet::default();
        let how = split::How { internalize: false, copies_hinted_only: false, shared: &shared, apart: None };
        for (module, part) in modules.iter_mut().zip(split::split(program.functions, program.data, count, &how)) {
            module.functions = part.functions;
            module.data = part.data;
        }
        own_types(&mut modules, &program.debug_types);
        return modules;
    }
    let count = match program.functions.len() {
        ..512 => 1,
        functions => (functions / 512).next_power_of_two().clamp(8, buckets::MAX_COUNT),
    };
    let debug_types = std::mem::take(&mut program.debug_types);
    let mut modules = new_modules(count, options);
    for (module, (functions, data)) in modules.iter_mut().zip(cluster(program, count)) {
        module.functions = functions;
        module.data = data;
    }
    own_types(&mut modules, &debug_types);
    modules
}

fn new_modules(count: usize, options: &Options) -> Vec<Module> {
    let name = options.crate_name();
    let source_file = match &options.source {
        toolchain::Source::File(file) => file.to_string_lossy().into_owned(),
        toolchain::Source::Text(_) => "<anon>".to_owned(),
    };
    let source_folder = std::env::current_dir().map(|folder| folder.to_string_lossy().into_owned()).unwrap_or_default();
    let named = |index| Module { name: format!("{name}.{index}"), ..Module::default() };
    let new = |index| Module { source_file: source_file.clone(), source_folder: source_folder.clone(), ..named(index) };
    (0..count).map(new).collect()
}

/// A module of what all programs have of std: nothing in it is of this program, not even a folder.
fn runtime_module(index: usize) -> Module {
    Module { name: format!("std.{index}"), source_file: "std".to_owned(), ..Module::default() }
}

/// Gives each module the types that its functions and data mention.
fn own_types(modules: &mut [Module], debug_types: &lir::IndexVec<lir::DebugTypeId, lir::DebugType>) {
    for module in modules {
        module.debug_types = lir::hash::own_debug_types(&mut module.functions, &mut module.data, debug_types);
    }
}

/// What assembly refers to is used, though no code says so, and must be found by its name.
fn keep_what_assembly_uses(program: &mut mono::Program, global_asm: &str) {
    if global_asm.is_empty() {
        return;
    }
    let mentioned = assembly::mentioned(global_asm);
    for function in program.functions.iter_mut().filter(|function| mentioned.contains(&*function.name)) {
        function.attrs.used = true;
    }
    for data in program.data.iter_mut().filter(|data| mentioned.contains(&*data.name)) {
        data.used = true;
    }
}

/// What no other object refers to need not be seen by any.
fn internalize(module: &mut Module, shared: &FxHashSet<Arc<str>>) {
    for function in &mut module.functions {
        if function.linkage == Linkage::Hidden && !function.attrs.used && !shared.contains(&function.name) {
            function.linkage = Linkage::Internal;
        }
    }
    for data in &mut module.data {
        if data.linkage == Linkage::Hidden && !data.used && !shared.contains(&data.name) {
            data.linkage = Linkage::Internal;
        }
    }
}
