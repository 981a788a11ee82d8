//! The optimisation pipeline.

use super::{Machine, Module, c_string};
use llvm_sys::error::{LLVMDisposeErrorMessage, LLVMGetErrorMessage};
use llvm_sys::support::LLVMParseCommandLineOptions;
use llvm_sys::transforms::pass_builder::*;
use std::ffi::CStr;
use std::path::{Path, PathBuf};
use std::sync::{Once, OnceLock, PoisonError, RwLock, RwLockReadGuard};

/// Sets LLVM's command-line options as rustc does (`rustc_codegen_llvm::llvm_util::configure_llvm`), once a process.
pub(crate) fn configure() {
    static DONE: Once = Once::new();
    DONE.call_once(|| {
        let options = [
            c"bessemer",
            // Merging two exported functions makes an alias, not a jump.
            c"-mergefunc-use-aliases",
            // Assumptions about alignment, made when a call is inlined, stand in the way of other optimisations.
            c"-preserve-alignment-assumptions-during-inlining=false",
        ];
        let raw = options.map(CStr::as_ptr);
        unsafe { LLVMParseCommandLineOptions(raw.len() as i32, raw.as_ptr(), std::ptr::null()) }
    });
}

/// Has all compilations to come count so that threads do not lose each other's counts. LLVM has one setting for a process.
pub(crate) fn count_atomically() {
    static DONE: Once = Once::new();
    DONE.call_once(|| {
        let raw = [c"bessemer".as_ptr(), c"-instrprof-atomic-counter-update-all".as_ptr()];
        unsafe { LLVMParseCommandLineOptions(raw.len() as i32, raw.as_ptr(), std::ptr::null()) }
    });
}

/// Has all compilations to come take what was counted from this file. LLVM has one setting for a process.
pub(crate) fn use_profile(file: &Path) -> Result<(), String> {
    static FILE: OnceLock<PathBuf> = OnceLock::new();
    let mut is_first = false;
    let known = FILE.get_or_init(|| {
        is_first = true;
        let option = c_string(&format!("-pgo-test-profile-file={}", file.display()));
        let raw = [c"bessemer".as_ptr(), option.as_ptr()];
        unsafe { LLVMParseCommandLineOptions(raw.len() as i32, raw.as_ptr(), std::ptr::null()) }
        file.to_owned()
    });
    if is_first || known == file {
        return Ok(());
    }
    Err(format!("one process optimises for one profile, and this one has {}", known.display()))
}

/// Held for reading by who compiles: LLVM reads its settings all the time, and does not expect them to change meanwhile.
static SETTINGS: RwLock<bool> = RwLock::new(false);

/// Keeps LLVM's settings as they are.
pub(crate) fn settle() -> RwLockReadGuard<'static, bool> {
    SETTINGS.read().unwrap_or_else(PoisonError::into_inner)
}

/// Has all compilations to come say why calls are not inlined, and keeps the settings then. LLVM has one setting for a process.
pub(crate) fn remark_calls() -> Result<RwLockReadGuard<'static, bool>, String> {
    if !*settle() {
        // A compilation that LLVM has ended for good never says that it is over: nobody waits for it.
        let Ok(mut remarks) = SETTINGS.try_write() else {
            return Err("remarks can be had when nothing else is being compiled in the process".to_owned());
        };
        if !*remarks {
            let raw = [c"bessemer".as_ptr(), c"-pass-remarks-missed=^inline$".as_ptr()];
            unsafe { LLVMParseCommandLineOptions(raw.len() as i32, raw.as_ptr(), std::ptr::null()) }
            *remarks = true;
        }
    }
    Ok(settle())
}

/// How to run a pipeline.
pub(crate) struct PassOptions {
    pub(crate) unroll: bool,
    pub(crate) vectorize: bool,
    pub(crate) merge_functions: bool,
}

/// Runs a pipeline by its text form.
pub(crate) fn run(module: &Module, machine: &Machine, pipeline: &str, options: &PassOptions) -> Result<(), String> {
    let pipeline = c_string(pipeline);
    unsafe {
        let raw = LLVMCreatePassBuilderOptions();
        LLVMPassBuilderOptionsSetLoopUnrolling(raw, options.unroll.into());
        LLVMPassBuilderOptionsSetLoopInterleaving(raw, options.unroll.into());
        LLVMPassBuilderOptionsSetLoopVectorization(raw, options.vectorize.into());
        LLVMPassBuilderOptionsSetSLPVectorization(raw, options.vectorize.into());
        LLVMPassBuilderOptionsSetMergeFunctions(raw, options.merge_functions.into());
        let error = LLVMRunPasses(module.raw(), pipeline.as_ptr(), machine.raw(), raw);
        LLVMDisposePassBuilderOptions(raw);
        if error.is_null() {
            return Ok(());
        }
        let message = LLVMGetErrorMessage(error);
        let text = CStr::from_ptr(message).to_string_lossy().into_owned();
        LLVMDisposeErrorMessage(message);
        Err(text)
    }
}
