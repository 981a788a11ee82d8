//! A back end that takes short functions only, which it has Cranelift compile. Long ones are for the back ends after it.

use backend_cranelift::CraneliftBackend;
use bessemer_cli::backend::{Backend, Capabilities, CodegenError, Compiled, Emit, Options, Rejected};
use bessemer_cli::lir::{Function, Module};

/// Functions with more instructions are long.
const LONG: usize = 40;

pub struct ShortFunctions;

impl Backend for ShortFunctions {
    fn name(&self) -> &str {
        "short"
    }

    fn capabilities(&self) -> Capabilities {
        Capabilities { summary: "short functions, by Cranelift".into(), ..Capabilities::default() }
    }

    fn compile(&self, module: &Module, options: &Options, emit: Emit) -> Result<Compiled, CodegenError> {
        let size = |function: &Function| function.blocks.iter().map(|block| block.nodes.len() + 1).sum::<usize>();
        let (long, short) = module.functions.iter().cloned().partition(|function| size(function) > LONG);
        let module = Module { functions: short, ..module.clone() };
        let mut compiled = CraneliftBackend.compile(&module, options, emit)?;
        let long: Vec<Function> = long;
        compiled.rejected.extend(long.into_iter().map(|function| Rejected {
            function: function.name.to_string(),
            construct: format!("more than {LONG} instructions"),
        }));
        Ok(compiled)
    }
}
