//! LLVM intrinsics that Cranelift can express.

use super::{Parts, Stop, Translator};
use lir::{Type, Value};

impl Translator<'_> {
    pub(super) fn intrinsic(&mut self, name: &str, args: &[Value], returns: &[Type]) -> Result<Vec<Parts>, Stop> {
        let _ = (args, returns);
        match name {
            // A hint to the processor that this is a loop waiting for memory.
            "llvm.x86.sse2.pause" => Ok(Vec::new()),
            _ => Err(Stop::rejected(name)),
        }
    }
}
