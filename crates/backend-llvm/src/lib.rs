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
//! * `profile`: counting which ways programs go, and optimising for these. `remark`: why calls were not inlined.
//! * `function`: one function's blocks and values; `inst`, `arith`, `memory`, `vector`, `call`, `intrinsic`, `terminator`:
//!   the instructions by kind. `asm`: inline assembly. `debug`: debug information.

#![warn(missing_docs)]

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
mod profile;
mod remark;
mod terminator;
mod unsupported;
mod vector;

use backend::{Backend, Capabilities, CodegenError, Compiled, Emit, Format, Options};
use std::borrow::Cow;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

/// Code generation with the Rust toolchain's LLVM.
#[derive(Clone, Debug, Default)]
pub struct LlvmBackend {
    sysroot: OnceLock<PathBuf>,
}

impl LlvmBackend {
    /// With the LLVM of a toolchain that is named later ([`Backend::set_sysroot`]). Nothing is looked for or loaded yet.
    pub fn new() -> LlvmBackend {
        LlvmBackend::default()
    }

    /// With the LLVM of the toolchain in this folder (as `rustc --print sysroot` gives it).
    pub fn with_sysroot(sysroot: PathBuf) -> LlvmBackend {
        LlvmBackend { sysroot: OnceLock::from(sysroot) }
    }

    fn load(&self) -> Result<llvm_lazy::Loaded, CodegenError> {
        let Some(sysroot) = self.sysroot.get() else {
            return Err(CodegenError::Unavailable("it is not known which toolchain's LLVM to use".to_owned()));
        };
        llvm_lazy::load(sysroot).map_err(|error| CodegenError::Unavailable(error.to_string()))
    }
}

/// The targets for which programs are compiled and run by tests.
const TRIPLES: [&str; 8] = [
    "x86_64-unknown-linux-gnu",
    "x86_64-unknown-linux-musl",
    "aarch64-unknown-linux-gnu",
    "riscv64gc-unknown-linux-gnu",
    "riscv32imac-unknown-none-elf",
    "thumbv7em-none-eabihf",
    "wasm32-unknown-unknown",
    "wasm32-wasip1",
];

impl Backend for LlvmBackend {
    fn name(&self) -> &str {
        "llvm"
    }

    fn capabilities(&self) -> Capabilities {
        Capabilities {
            summary: "optimised code from the Rust toolchain's own LLVM".into(),
            optimizes: true,
            compiles_fast: false,
            crosses_functions: true,
            functions_per_module: 32,
            complete: true,
            inline_asm: true,
            debug_variables: true,
            debug_copies: false,
            instruments: true,
            assembly: true,
            formats: vec![
                Format::new("llvm-ir", "ll", Emit::Ir),
                Format::new("llvm-ir-initial", "initial.ll", Emit::InitialIr),
                Format::new("llvm-bc", "bc", Emit::Bitcode),
                Format::new("llvm-remarks", "remarks", Emit::Remarks),
            ],
            triples: TRIPLES.map(Cow::Borrowed).to_vec(),
        }
    }

    fn set_sysroot(&self, folder: &Path) {
        // The first one stays: it may be loaded already.
        let _ = self.sysroot.set(folder.to_owned());
    }

    fn version(&self) -> Result<Option<String>, CodegenError> {
        let [major, minor, patch] = self.load()?.version();
        Ok(Some(format!("{major}.{minor}.{patch}")))
    }

    fn compile(&self, module: &lir::Module, options: &Options, emit: Emit) -> Result<Compiled, CodegenError> {
        let loaded = self.load()?;
        guard::run(|| codegen::compile(loaded, module, options, emit))
    }
}
