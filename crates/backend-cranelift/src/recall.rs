//! Functions that have been compiled before.
//!
//! A function is kept as its [`Outcome`], which depends only on
//! * the function, without what only describes it to debuggers ([`lir::code_hash`]): an outcome refers to the function's tables
//!   of symbols and locations by number, and the object is written from both;
//! * the options, and the features of the machine where the options ask for those;
//! * Cranelift, this crate, and the encoding, which is the [`FunctionCache`]'s affair.
//!
//! Everything else is looked up when the object is written: whether a symbol is defined in the same module, where code
//! and data are, names of files.

use crate::code::Outcome;
use crate::isa::Target;
use backend::{CodegenError, FunctionCache, Options};
use lir::Function;
use lir::hash::ContentHash;
use std::time::Instant;

/// A cache, with what the functions of one module have in common.
pub(crate) struct Recall<'a> {
    cache: &'a dyn FunctionCache,
    common: ContentHash,
}

impl Recall<'_> {
    pub fn new<'a>(cache: &'a dyn FunctionCache, options: &Options, target: &Target) -> Recall<'a> {
        // The options may say "native", which means something else on another machine.
        let isa = &target.isa;
        let isa_flags: Vec<String> = isa.isa_flags().iter().map(ToString::to_string).collect();
        let machine = (isa.triple().to_string(), isa.flags().to_string(), isa_flags);
        let common = lir::value_hash(&("cranelift function", cranelift_codegen::VERSION, options, machine));
        Recall { cache, common }
    }

    /// The outcome of a function: the one in the cache, or else that of compiling it, which is put there. Errors are not kept.
    pub fn recall(
        &self,
        function: &Function,
        compile: impl FnOnce() -> Result<Outcome, CodegenError>,
    ) -> Result<Outcome, CodegenError> {
        let key = self.key(function);
        if let Some(bytes) = self.cache.get(&key)
            && let Ok(outcome) = postcard::from_bytes(&bytes)
        {
            self.cache.took(&function.name, None);
            return Ok(outcome);
        }
        let start = Instant::now();
        let outcome = compile()?;
        self.cache.took(&function.name, Some(start.elapsed()));
        if let Ok(bytes) = postcard::to_stdvec(&outcome) {
            self.cache.put(&key, bytes);
        }
        Ok(outcome)
    }

    fn key(&self, function: &Function) -> ContentHash {
        let mut hasher = blake3::Hasher::new();
        hasher.update(&self.common.0).update(&lir::code_hash(function).0);
        ContentHash(*hasher.finalize().as_bytes())
    }
}
