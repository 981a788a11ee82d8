//! The LLVM back end.
//!
//! **What goes in.** A [`lir::Module`] and [`backend::Options`]. **What comes out.** An ELF object, assembly, LLVM's IR as
//! text or bitcode; what rustc itself would have LLVM make of the same program, attribute by attribute, because it is the
//! same LLVM: the shared library of the Rust toolchain, loaded at the first use and not before ([`llvm_lazy`]).
//!
//! **What it must not know.** MIR, Rust types, files. Nothing here is global but the loaded library and the list of
//! initialised targets.
//!
//! # Map
//!
//! * `ll`: the typed layer over LLVM's C interface, with nearly all the unsafe code.
//! * `codegen`: one compilation from start to end, on a thread of its own (`guard`), so that not even LLVM's fatal errors
//!   end the process.
//! * `cx`: what holds for a whole module: types, symbols, intrinsics. `globals`: data objects. `attributes`.
//! * `function`: one function's blocks and values; `inst`, `arith`, `memory`, `vector`, `call`, `intrinsic`, `terminator`:
//!   the instructions by kind. `asm`: inline assembly. `debug`: debug information.

mod arith;
mod asm;
mod attributes;
mod call;
mod codegen;
mod cx;
mod debug;
mod flow;
mod function;
mod globals;
mod guard;
mod inst;
mod intrinsic;
mod ll;
mod memory;
mod support;
mod terminator;
mod vector;

use backend::{Backend, Capabilities, CodegenError, Compiled, Emit, Options};
use std::path::PathBuf;

/// Code generation with the Rust toolchain's LLVM.
#[derive(Clone, Debug, Default)]
pub struct LlvmBackend {
    sysroot: Option<PathBuf>,
}

impl LlvmBackend {
    /// With the LLVM of the toolchain that the command `rustc` is of. Nothing is looked for or loaded yet.
    pub fn new() -> LlvmBackend {
        LlvmBackend { sysroot: None }
    }

    /// With the LLVM of the toolchain in this folder (as `rustc --print sysroot` gives it).
    pub fn with_sysroot(sysroot: PathBuf) -> LlvmBackend {
        LlvmBackend { sysroot: Some(sysroot) }
    }

    fn load(&self) -> Result<llvm_lazy::Loaded, CodegenError> {
        let unavailable = |error: llvm_lazy::LoadError| CodegenError::Unavailable(error.to_string());
        match &self.sysroot {
            Some(sysroot) => llvm_lazy::load(sysroot).map_err(unavailable),
            None => llvm_lazy::load_default().map_err(unavailable),
        }
    }
}

impl Backend for LlvmBackend {
    fn name(&self) -> &'static str {
        "llvm"
    }

    fn capabilities(&self) -> Capabilities {
        Capabilities {
            summary: "optimised code from the Rust toolchain's own LLVM",
            optimizes: true,
            inline_asm: true,
            debug_variables: true,
            emits: &[Emit::Object, Emit::Assembly, Emit::Ir, Emit::Bitcode],
            triples: &["x86_64-unknown-linux-gnu", "x86_64-unknown-linux-musl", "aarch64-unknown-linux-gnu"],
        }
    }

    fn compile(&self, module: &lir::Module, options: &Options, emit: Emit) -> Result<Compiled, CodegenError> {
        let loaded = self.load()?;
        guard::run(|| codegen::compile(loaded, module, options, emit))
    }
}
