//! The back end that compiles fast, on Cranelift.
//!
//! **What goes in.** A [`lir::Module`] and [`backend::Options`].
//! **What comes out.** An ELF relocatable object (or Cranelift's IR or assembly as text), and the names of the
//! functions that need something Cranelift lacks: inline assembly, most target intrinsics, odd calling conventions.
//! **What it must not know.** MIR, Rust types, files, other back ends.
//!
//! # Shape
//!
//! * `isa` turns options into Cranelift's target. `isa::Arch` is the processor, which the modules below ask for.
//! * `abi` maps LIR signatures to Cranelift's, following what LLVM does with the same types.
//! * `translate` turns one LIR function into one Cranelift function.
//! * `code` runs Cranelift on it; functions are independent, so this happens on all threads.
//! * `recall` finds functions that have been compiled before.
//! * `object`, `relocation`, `unwind` and `debug` write the object: sections, symbols and relocations; `.eh_frame` and the tables
//!   that landing pads are found by; DWARF.
//!
//! The object is written here rather than by `cranelift-module`, because a function may be rejected after the others
//! refer to it, and because `.gcc_except_table` needs the call sites of the finished code.

#![forbid(unsafe_code)]
#![warn(missing_docs)]

mod abi;
mod code;
mod debug;
mod isa;
mod object;
mod recall;
mod relocation;
mod thunk;
mod translate;
mod unwind;

use backend::{Backend, Capabilities, CodegenError, Compiled, Emit, Format, FunctionCache, Options, Rejected};
use code::{Compiler, Outcome};
use rayon::prelude::*;
use recall::Recall;

/// The Cranelift back end. It has no state.
#[derive(Clone, Copy, Debug, Default)]
pub struct CraneliftBackend;

impl Backend for CraneliftBackend {
    fn name(&self) -> &str {
        "cranelift"
    }

    fn capabilities(&self) -> Capabilities {
        Capabilities {
            summary: "compiles fast, optimizes little".into(),
            compiles_fast: true,
            // In a module that has changed, the functions that have not are known.
            functions_per_module: 128,
            debug_variables: true,
            debug_copies: true,
            instruments: false,
            assembly: true,
            formats: vec![Format::new("clif", "clif", Emit::Ir)],
            triples: vec!["x86_64-unknown-linux-gnu".into(), "aarch64-unknown-linux-gnu".into()],
            ..Capabilities::default()
        }
    }

    fn version(&self) -> Result<Option<String>, CodegenError> {
        Ok(Some(cranelift_codegen::VERSION.to_owned()))
    }

    fn compile(&self, module: &lir::Module, options: &Options, emit: Emit) -> Result<Compiled, CodegenError> {
        compile(module, options, emit, None)
    }

    fn compile_with(
        &self,
        module: &lir::Module,
        options: &Options,
        emit: Emit,
        cache: &dyn FunctionCache,
    ) -> Result<Compiled, CodegenError> {
        compile(module, options, emit, Some(cache))
    }
}

fn compile(
    module: &lir::Module,
    options: &Options,
    emit: Emit,
    cache: Option<&dyn FunctionCache>,
) -> Result<Compiled, CodegenError> {
    if matches!(emit, Emit::Bitcode | Emit::InitialIr | Emit::Remarks) {
        return Err(CodegenError::Emit(emit));
    }
    let target = isa::Target::new(options)?;
    // Texts are for people, who can wait.
    let recall = cache.filter(|_| emit == Emit::Object).map(|cache| Recall::new(cache, options, &target));
    let outcomes: Vec<Outcome> = module
        .functions
        .par_iter()
        .map_init(
            || Compiler::new(&target, options, emit),
            |compiler, function| match &recall {
                Some(recall) => recall.recall(function, || compiler.compile(function)),
                None => compiler.compile(function),
            },
        )
        .collect::<Result<_, _>>()?;

    let mut rejected = Vec::new();
    if !module.global_asm.is_empty() {
        rejected.push(Rejected { function: String::new(), construct: "global assembly".to_owned() });
    }
    for (function, outcome) in module.functions.iter().zip(&outcomes) {
        if let Outcome::Rejected(construct) = outcome {
            rejected.push(Rejected { function: function.name.to_string(), construct: construct.clone() });
        }
    }
    let bytes = match emit {
        Emit::Object => object::write(module, &outcomes, &target, options)?,
        _ => text(&outcomes).into_bytes(),
    };
    Ok(Compiled { bytes, rejected })
}

/// The text of all functions that have one, in the module's order.
fn text(outcomes: &[Outcome]) -> String {
    let mut all = String::new();
    for outcome in outcomes {
        if let Outcome::Text(text) = outcome {
            if !all.is_empty() {
                all.push('\n');
            }
            all.push_str(text);
        }
    }
    all
}
