//! An example of a back end that is a program: LIR to GNU C, compiled by the system's C compiler (gcc or clang; `CC` chooses).
//!
//! **What goes in.** A [`lir::Module`] and [`backend::Options`]. **What comes out.** An object file, or C as text.
//!
//! **What it must not know.** Anything of Bessemer but `lir`, `backend` and the protocol.
//!
//! # Map
//!
//! * `types`: LIR's types as C types. `signature`: how values are passed, so that functions call those of other back ends.
//! * `unsupported`: what C cannot say, by name; functions with that are rejected.
//! * `function`: a function's blocks as labels and `goto`. `inst`: instructions. `scalar`: operations on one lane;
//!   operations on vectors are written lane by lane, and the C compiler puts them together again.
//! * `data`: data objects, as assembly, since C has no addresses in the middle of bytes.
//! * `compiler`: the C compiler's command line.

#![forbid(unsafe_code)]

mod compiler;
mod data;
mod function;
mod inst;
mod module;
mod scalar;
mod signature;
mod types;
mod unsupported;

use backend::{Backend, Capabilities, CodegenError, Compiled, Emit, Format, Options};

/// Code generation by way of C.
#[derive(Clone, Debug)]
pub struct CBackend {
    compiler: String,
}

impl CBackend {
    /// With the C compiler that `CC` names, else `cc`.
    pub fn new() -> CBackend {
        let compiler = std::env::var("CC").ok().filter(|name| !name.is_empty());
        CBackend { compiler: compiler.unwrap_or_else(|| "cc".to_owned()) }
    }

    /// What decides the code that comes out: this program and the C compiler.
    pub fn version(&self) -> String {
        format!("{} with {}", env!("CARGO_PKG_VERSION"), compiler::version(&self.compiler))
    }
}

impl Default for CBackend {
    fn default() -> CBackend {
        CBackend::new()
    }
}

impl Backend for CBackend {
    fn name(&self) -> &str {
        "c"
    }

    fn capabilities(&self) -> Capabilities {
        Capabilities {
            summary: "by way of C, with gcc or clang".into(),
            optimizes: true,
            functions_per_module: 128,
            formats: vec![Format::new("c", "c", Emit::Ir)],
            triples: vec!["x86_64-unknown-linux-gnu".into()],
            ..Capabilities::default()
        }
    }

    fn compile(&self, module: &lir::Module, options: &Options, emit: Emit) -> Result<Compiled, CodegenError> {
        if options.triple != "x86_64-unknown-linux-gnu" {
            return Err(CodegenError::Target(options.triple.clone()));
        }
        let (text, rejected) = module::write(module, options);
        let bytes = match emit {
            Emit::Ir => text.into_bytes(),
            Emit::Object => compiler::compile(&self.compiler, &text, options)?,
            Emit::Assembly | Emit::Bitcode | Emit::InitialIr | Emit::Remarks => return Err(CodegenError::Emit(emit)),
        };
        Ok(Compiled { bytes, rejected })
    }
}
