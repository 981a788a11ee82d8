//! Giving LIR to back ends.

use crate::error::DriverError;
use crate::options::{BackendChoice, EmitKind, Options};
use crate::report::{Fallback, Report};
use crate::{backends, target};
use backend::{Backend, Emit};
use lir::{Linkage, Module};
use rayon::prelude::*;
use rustc_hash::FxHashMap;
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
    result
}

/// Puts a program into modules: as many as are compiled side by side.
pub fn partition(program: mono::Program, global_asm: String, options: &Options) -> Vec<Module> {
    let name = options.crate_name();
    let source = match &options.source {
        toolchain::Source::File(file) => file.to_string_lossy().into_owned(),
        toolchain::Source::Text(_) => "<anon>".to_owned(),
    };
    let folder = std::env::current_dir().map(|folder| folder.to_string_lossy().into_owned()).unwrap_or_default();
    let new_module = |index: usize| Module {
        name: format!("{name}.{index}"),
        source_file: source.clone(),
        source_folder: folder.clone(),
        ..Module::default()
    };
    // One module where the back end optimises across functions (LLVM), or compiles functions in parallel itself.
    // Each kind of file other than a linked one is one file (rustc: they mean one codegen unit).
    let one_file = options.emit.iter().any(|kind| !matches!(kind, EmitKind::Link | EmitKind::Mir));
    let split = options.backend == BackendChoice::Llvm && !options.optimizes() && !one_file;
    let count = if split { rayon::current_num_threads().min(program.functions.len() / 16 + 1) } else { 1 };
    let mut modules: Vec<Module> = (0..count).map(new_module).collect();
    let mut sizes = vec![0usize; count];
    for module in &mut modules {
        module.debug_types.clone_from(&program.debug_types);
    }
    for function in program.functions {
        let smallest = (0..count).min_by_key(|&index| sizes[index]).expect("at least one module");
        sizes[smallest] += function.blocks.iter().map(|block| block.nodes.len() + 2).sum::<usize>();
        modules[smallest].functions.push(function);
    }
    modules[0].data = program.data;
    if !global_asm.is_empty() {
        // What assembly names must be found by name.
        modules[0].global_asm.push(global_asm);
        return modules;
    }
    // Unoptimised, a module may be one of several that refer to each other (those of an image).
    if count == 1 && options.optimizes() && options.backend == BackendChoice::Llvm {
        internalize(&mut modules[0]);
    }
    modules
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

/// Compiles modules to objects, on all cores. What the chosen back end cannot do goes to LLVM, and is reported.
pub fn compile(
    toolchain: &Toolchain,
    options: &Options,
    modules: &[Module],
    report: &mut Report,
) -> Result<Vec<Object>, DriverError> {
    let backend_options = backend_options(toolchain, options);
    let backend = backends::backend(options.backend, toolchain)?;
    let results: Result<Vec<_>, _> = modules
        .par_iter()
        .map(|module| backend.compile(module, &backend_options, Emit::Object).map(|compiled| (module, compiled)))
        .collect();
    let mut objects = Vec::new();
    let mut rejected_modules = Vec::new();
    for (module, compiled) in results? {
        if !compiled.rejected.is_empty() {
            if options.backend == BackendChoice::Llvm {
                return Err(unsupported(&compiled.rejected));
            }
            let constructs: FxHashMap<&str, &str> = compiled
                .rejected
                .iter()
                .map(|rejected| (rejected.function.as_str(), rejected.construct.as_str()))
                .collect();
            for rejected in &compiled.rejected {
                report.fallbacks.push(Fallback {
                    function: rejected.function.clone(),
                    construct: rejected.construct.clone(),
                    backend: BackendChoice::Llvm.name(),
                });
            }
            let mut rest = Module { name: format!("{}.llvm", module.name), ..module.clone() };
            rest.functions.retain(|function| constructs.contains_key(&*function.name));
            rest.data.clear();
            rest.aliases.clear();
            if !constructs.contains_key("") {
                rest.global_asm.clear();
            }
            rejected_modules.push(rest);
        }
        objects.push(Object { name: module.name.clone(), bytes: compiled.bytes });
    }
    if !rejected_modules.is_empty() {
        let llvm = backends::backend(BackendChoice::Llvm, toolchain)?;
        for module in &rejected_modules {
            let compiled = llvm.compile(module, &backend_options, Emit::Object)?;
            if !compiled.rejected.is_empty() {
                return Err(unsupported(&compiled.rejected));
            }
            objects.push(Object { name: module.name.clone(), bytes: compiled.bytes });
        }
    }
    Ok(objects)
}

fn unsupported(rejected: &[backend::Rejected]) -> DriverError {
    DriverError::Program(
        rejected
            .iter()
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
    choice: BackendChoice,
    modules: &[Module],
    emit: Emit,
) -> Result<Vec<u8>, DriverError> {
    let backend_options = backend_options(toolchain, options);
    let backend: Box<dyn Backend> = backends::backend(choice, toolchain)?;
    let mut out = Vec::new();
    for module in modules {
        let compiled = backend.compile(module, &backend_options, emit)?;
        out.extend(compiled.bytes);
    }
    Ok(out)
}
