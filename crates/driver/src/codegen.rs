//! Giving LIR to back ends, unless what they would make of it is known.

use crate::backends::BackendChoice;
use crate::cluster::cluster;
use crate::code_cache::CodeCache;
use crate::error::DriverError;
use crate::options::{EmitKind, Options};
use crate::report::{Fallback, Report};
use crate::{split, target};
use backend::{CodegenError, Compiled, Emit, Rejected};
use lir::{Linkage, Module};
use rayon::prelude::*;
use rustc_hash::FxHashSet;
use toolchain::Toolchain;

/// An object file in memory.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Object {
    pub name: String,
    pub bytes: Vec<u8>,
}

/// The options for back ends that these options mean.
pub fn backend_options(toolchain: &Toolchain, options: &Options) -> backend::Options {
    let mut result = backend::Options::new(&toolchain.host);
    result.cpu = options.target_cpu.clone().unwrap_or_else(|| target::default_cpu(&toolchain.host).to_owned());
    result.features = options
        .target_features
        .iter()
        .flat_map(|features| features.split(','))
        .filter(|feature| !feature.is_empty())
        .map(str::to_owned)
        .collect();
    result.opt = options.opt;
    result.debug = options.debug;
    result.frame_pointers = options.frame_pointers;
    // What is generated is what the program reaches, so that the linker finds little to drop, and thousands of sections are
    // most of its work. Optimisers, though, leave functions unreached that they copied into others.
    result.function_sections = options.optimizes();
    result
}

/// Puts a program into modules: many that are compiled side by side and kept apart, or, where functions are optimised together,
/// one or a few (see [`split`]).
pub fn partition(program: mono::Program, global_asm: String, options: &Options) -> Vec<Module> {
    let capabilities = options.backend.capabilities();
    let crosses_functions = capabilities.crosses_functions && options.optimizes();
    // Each kind of file other than a linked one is one file (rustc: they mean one codegen unit).
    let one_file = options.emit.iter().any(|kind| !matches!(kind, EmitKind::Link | EmitKind::Mir));
    let functions = program.functions.len();
    let count = match (one_file, crosses_functions) {
        (true, _) => 1,
        (false, true) => split::part_count(functions),
        (false, false) => bucket_count(functions, capabilities.functions_per_module),
    };
    let mut modules = new_modules(count, options);
    if crosses_functions && count > 1 {
        // What assembly names must be found by name.
        let parts = split::split(program.functions, program.data, count, global_asm.is_empty());
        for (module, part) in modules.iter_mut().zip(parts) {
            module.functions = part.functions;
            module.data = part.data;
        }
    } else {
        for function in program.functions {
            modules[bucket(&function.name, count)].functions.push(function);
        }
        for data in program.data {
            modules[bucket(&data.name, count)].data.push(data);
        }
    }
    own_types(&mut modules, &program.debug_types);
    if !global_asm.is_empty() {
        // What assembly names must be found by name.
        modules[0].global_asm.push(global_asm);
        return modules;
    }
    // Unoptimised, a module may be one of several that refer to each other (those of an image).
    if count == 1 && crosses_functions {
        internalize(&mut modules[0]);
    }
    modules
}

/// As [`partition`], for code that is kept as it is: no edit will change a module, so they are large, and hold together what
/// belongs together.
pub fn partition_lasting(mut program: mono::Program, options: &Options) -> Vec<Module> {
    if options.optimizes() && options.backend.capabilities().crosses_functions {
        let count = split::part_count(program.functions.len());
        let mut modules = new_modules(count, options);
        // Programs to come may refer to any of it.
        for (module, part) in modules.iter_mut().zip(split::split(program.functions, program.data, count, false)) {
            module.functions = part.functions;
            module.data = part.data;
        }
        own_types(&mut modules, &program.debug_types);
        return modules;
    }
    let count = match program.functions.len() {
        ..512 => 1,
        functions => (functions / 512).next_power_of_two().clamp(8, MAX_BUCKETS),
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

/// Gives each module the types that its functions and data mention.
fn own_types(modules: &mut [Module], debug_types: &lir::IndexVec<lir::DebugTypeId, lir::DebugType>) {
    for module in modules {
        module.debug_types = lir::hash::own_debug_types(&mut module.functions, &mut module.data, debug_types);
    }
}

/// How many modules a program of this many functions becomes. A power of two, so that it is mostly the same after an edit; as
/// many modules as make an edit cheap, and few enough that the modules themselves cost little.
fn bucket_count(functions: usize, functions_per_module: usize) -> usize {
    let functions_per_module = if functions_per_module == 0 { 32 } else { functions_per_module };
    (functions / functions_per_module).next_power_of_two().min(MAX_BUCKETS)
}

const MAX_BUCKETS: usize = 128;

/// The module that a definition belongs to: always the same, whatever else the program holds, so that an edit changes few modules.
fn bucket(name: &str, count: usize) -> usize {
    let hash = name_hash(name);
    // The last bytes of a name are in few bits of the hash; this carries them to the upper ones.
    let mixed = (hash ^ (hash >> 32)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    (mixed >> 48) as usize % count
}

/// FNV-1a.
fn name_hash(name: &str) -> u64 {
    name.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

/// What no other object refers to need not be seen by any.
fn internalize(module: &mut Module) {
    for function in &mut module.functions {
        if function.linkage == Linkage::Hidden && !function.attrs.used {
            function.linkage = Linkage::Internal;
        }
    }
    for data in &mut module.data {
        if data.linkage == Linkage::Hidden && !data.used {
            data.linkage = Linkage::Internal;
        }
    }
}

/// Compiles modules to objects, on all cores, but for what is in the code cache. What the chosen back end rejects goes to the
/// next one ([`BackendChoice::fallbacks`]), and is reported.
pub fn compile(
    toolchain: &Toolchain,
    options: &Options,
    modules: &[Module],
    report: &mut Report,
) -> Result<Vec<Object>, DriverError> {
    let cache = CodeCache::open(options, toolchain);
    let objects = compile_with(toolchain, options, modules, cache.as_ref(), report)?;
    if let Some(cache) = &cache {
        cache.commit();
    }
    Ok(objects)
}

fn compile_with(
    toolchain: &Toolchain,
    options: &Options,
    modules: &[Module],
    cache: Option<&CodeCache>,
    report: &mut Report,
) -> Result<Vec<Object>, DriverError> {
    let backend_options = backend_options(toolchain, options);
    let mut objects = Vec::new();
    let mut choice = options.backend.clone();
    let mut next = options.backend.fallbacks().into_iter();
    let mut rejected_modules: Option<Vec<Module>> = None;
    loop {
        choice.prepare(toolchain);
        let modules = rejected_modules.as_deref().unwrap_or(modules);
        let results = compile_modules(&choice, &backend_options, modules, cache, report)?;
        let mut rejections = Vec::new();
        for (module, compiled) in modules.iter().zip(results) {
            if !compiled.rejected.is_empty() {
                rejections.push((module, compiled.rejected));
            }
            objects.push(Object { name: module.name.clone(), bytes: compiled.bytes });
        }
        if rejections.is_empty() {
            return Ok(objects);
        }
        let Some(fallback) = next.next() else {
            return Err(unsupported(rejections.iter().flat_map(|(_, rejected)| rejected)));
        };
        for rejected in rejections.iter().flat_map(|(_, rejected)| rejected) {
            report.fallbacks.push(Fallback {
                function: rejected.function.clone(),
                construct: rejected.construct.clone(),
                backend: fallback.name().to_owned(),
            });
        }
        let parts = rejections.iter().map(|(module, rejected)| rejected_part(module, rejected, fallback.name()));
        rejected_modules = Some(parts.collect());
        choice = fallback;
    }
}

/// What one back end makes of modules, each either now or before.
fn compile_modules(
    choice: &BackendChoice,
    options: &backend::Options,
    modules: &[Module],
    cache: Option<&CodeCache>,
    report: &mut Report,
) -> Result<Vec<Compiled>, DriverError> {
    let (backend, key) = (choice.backend(), choice.key());
    let results: Result<Vec<_>, CodegenError> = modules
        .par_iter()
        .with_max_len(1)
        .map(|module| {
            // What is not known as a whole may be known in parts.
            match cache {
                None => Ok((backend.compile(module, options, Emit::Object)?, false)),
                Some(cache) => {
                    cache.module(&key, module, options, || backend.compile_with(module, options, Emit::Object, cache))
                }
            }
        })
        .collect();
    let results = results?;
    let functions = |module: &Module| module.functions.len() as u64;
    let in_found_modules: u64 =
        modules.iter().zip(&results).filter(|(_, (_, found))| *found).map(|(module, _)| functions(module)).sum();
    let found = in_found_modules + cache.map_or(0, CodeCache::take_found);
    report.count_code(choice.name(), modules.iter().map(functions).sum(), found);
    Ok(results.into_iter().map(|(compiled, _)| compiled).collect())
}

/// The module of what a back end has rejected of a module.
fn rejected_part(module: &Module, rejected: &[Rejected], backend: &str) -> Module {
    let names: FxHashSet<&str> = rejected.iter().map(|rejected| rejected.function.as_str()).collect();
    // Named after what it holds, so that it is the same whatever module of the program that was in.
    let first = rejected.iter().map(|rejected| rejected.function.as_str()).min().unwrap_or_default();
    let program = module.name.rsplit_once('.').map_or(&*module.name, |(program, _)| program);
    let mut functions: Vec<_> =
        module.functions.iter().filter(|function| names.contains(&*function.name)).cloned().collect();
    Module {
        name: format!("{program}.{:x}.{backend}", name_hash(first)),
        debug_types: lir::hash::own_debug_types(&mut functions, &mut [], &module.debug_types),
        functions,
        data: Vec::new(),
        aliases: Vec::new(),
        global_asm: if names.contains("") { module.global_asm.clone() } else { Vec::new() },
        source_file: module.source_file.clone(),
        source_folder: module.source_folder.clone(),
    }
}

fn unsupported<'a>(rejected: impl Iterator<Item = &'a Rejected>) -> DriverError {
    DriverError::Program(
        rejected
            .map(|rejected| crate::error::ProgramError {
                message: format!("no back end supports {}", rejected.construct),
                notes: vec![format!("needed by `{}`", rejected.function)],
                ..crate::error::ProgramError::default()
            })
            .collect(),
    )
}

/// Compiles modules to text or bitcode, one after the other.
pub fn emit(
    toolchain: &Toolchain,
    options: &Options,
    choice: &BackendChoice,
    modules: &[Module],
    emit: Emit,
) -> Result<Vec<u8>, DriverError> {
    let backend_options = backend_options(toolchain, options);
    choice.prepare(toolchain);
    let mut out = Vec::new();
    for module in modules {
        let compiled = choice.backend().compile(module, &backend_options, emit)?;
        out.extend(compiled.bytes);
    }
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::{bucket, bucket_count};

    #[test]
    fn buckets_are_even() {
        let counts = |size| [0, 63, 255, 999, 3999, 100_000].map(|functions| bucket_count(functions, size));
        assert_eq!(counts(128), [1, 1, 1, 8, 32, 128]);
        assert_eq!(counts(32), [1, 1, 8, 32, 128, 128]);
        assert_eq!(counts(0), counts(32));
        let mut sizes = [0; 32];
        for number in 0..3200 {
            sizes[bucket(&format!("_RNvCs0_5crate{number}"), 32)] += 1;
        }
        assert!(sizes.iter().all(|&size| (60..140).contains(&size)), "{sizes:?}");
    }
}
