//! Giving LIR to back ends, unless what they would make of it is known.

use crate::backends::BackendChoice;
use crate::caches::code::CodeCache;
use crate::error::DriverError;
use crate::noting::Noting;
use crate::objects::Object;
use crate::options::Options;
use crate::partition::buckets::name_hash;
use crate::report::Report;
use backend::{CodegenError, Compiled, Emit, FunctionCache, Rejected};
use lir::Module;
use rustc_hash::FxHashSet;
use std::cmp::Reverse;
use std::path::Path;
use std::sync::OnceLock;
use std::time::Instant;
use toolchain::Toolchain;

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
    let backend_options = options.for_backend(&toolchain.target);
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
        for (module, rejected) in rejections.iter().flat_map(|(module, all)| all.iter().map(move |it| (module, it))) {
            let place = place_of(module, &rejected.function);
            report.fall_back(&rejected.function, place, &rejected.construct, fallback.name());
        }
        let parts = rejections.iter().map(|(module, rejected)| rejected_part(module, rejected, fallback.name()));
        rejected_modules = Some(parts.collect());
        choice = fallback;
    }
}

/// Where a function of a module is, as far as its debug information says.
fn place_of(module: &Module, function: &str) -> Option<String> {
    let function = module.functions.iter().find(|it| &*it.name == function)?;
    let scope = function.scopes.iter().next()?;
    let file = Path::new(&*function.files[scope.file]);
    // As rustc says it: from where it was run.
    let file = file.strip_prefix(&module.source_folder).unwrap_or(file);
    Some(format!("{}:{}", file.display(), scope.line))
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
    let observer = report.observer.clone();
    let compile = |module: &Module| {
        observer.check();
        let noting = observer.wants_work().then(|| Noting::new(cache.map(|it| it as &dyn FunctionCache)));
        let start = Instant::now();
        let make = || {
            let parts = noting.as_ref().map(|it| it as &dyn FunctionCache);
            match parts.or_else(|| cache.map(|it| it as &dyn FunctionCache)) {
                None => backend.compile(module, options, Emit::Object),
                // What is not known as a whole may be known in parts.
                Some(parts) => backend.compile_with(module, options, Emit::Object, parts),
            }
        };
        let (compiled, is_found) = match cache {
            None => (make()?, false),
            Some(cache) => cache.module(&key, module, options, make)?,
        };
        if let Some(noting) = noting {
            let time = (!is_found).then(|| start.elapsed());
            for work in noting.functions(choice.name(), module, &compiled, time) {
                observer.work(work);
            }
        }
        Ok((compiled, is_found))
    };
    let results: Result<Vec<_>, CodegenError> = longest_first(modules, instructions, compile).into_iter().collect();
    let results = results?;
    let functions = |module: &Module| module.functions.len() as u64;
    let in_found_modules: u64 =
        modules.iter().zip(&results).filter(|(_, (_, found))| *found).map(|(module, _)| functions(module)).sum();
    let found = in_found_modules + cache.map_or(0, CodeCache::take_found);
    report.count_code(choice.name(), modules.iter().map(functions).sum(), found);
    Ok(results.into_iter().map(|(compiled, _)| compiled).collect())
}

/// How much work a module is, about.
fn instructions(module: &Module) -> usize {
    module.functions.iter().flat_map(|function| &function.blocks).map(|block| block.nodes.len() + 1).sum()
}

/// What work makes of each item, on all threads. The most costly begin first, so that none is left for one core to do alone
/// when the others are done. Results are in the items' order.
fn longest_first<I: Sync, T: Send + Sync>(
    items: &[I],
    cost: impl Fn(&I) -> usize,
    work: impl Fn(&I) -> T + Sync,
) -> Vec<T> {
    let results: Vec<OnceLock<T>> = items.iter().map(|_| OnceLock::new()).collect();
    let mut tasks: Vec<(&I, &OnceLock<T>)> = items.iter().zip(&results).collect();
    tasks.sort_by_cached_key(|(item, _)| Reverse(cost(item)));
    let work = &work;
    rayon::scope_fifo(|scope| {
        for (item, result) in tasks {
            scope.spawn_fifo(move |_| {
                let _ = result.set(work(item));
            });
        }
    });
    results.into_iter().map(|result| result.into_inner().expect("each task has ended")).collect()
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
        declarations: module.declarations.clone(),
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
    let backend_options = options.for_backend(&toolchain.target);
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
    use super::*;
    use std::sync::Mutex;

    #[test]
    fn the_longest_begin_first_and_results_are_in_order() {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(1).build().expect("a thread");
        let begun = Mutex::new(Vec::new());
        let results = pool.install(|| {
            longest_first(
                &[3, 9, 1, 7],
                |&cost| cost,
                |&cost| {
                    begun.lock().expect("no panic").push(cost);
                    cost * 10
                },
            )
        });
        assert_eq!(results, [30, 90, 10, 70]);
        assert_eq!(begun.into_inner().expect("no panic"), [9, 7, 3, 1]);
    }
}
