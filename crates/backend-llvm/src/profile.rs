//! Counting which ways a program goes when it runs, and optimising for the ways that it went.
//!
//! LLVM's own passes do both, on the functions as they are after small ones have been inlined; what comes before and between is
//! as in LLVM's standard pipelines (`buildModuleSimplificationPipeline`, `addPreInlinerPasses`), of which the C interface does not offer this part. The function
//! must look the same when it is counted and when counts are used, so both begin with the same passes.

use crate::ll::attribute::Place;
use crate::ll::passes::{self, PassOptions};
use crate::ll::{Machine, Module};
use backend::{OptLevel, Options, Profile};
use llvm_sys::comdat::LLVMComdatSelectionKind;

/// The attribute that sets how much code a call is worth, whatever else is said of it.
const THRESHOLD: &str = "function-inline-threshold";

/// LLVM's own threshold for inlining before programs are instrumented.
const EARLY_THRESHOLD: &str = "75";

/// What cleans up functions, and what is inlined, before they are looked at.
const EARLY: &str = "function(lower-expect,simplifycfg,sroa<modify-cfg>,early-cse),ipsccp,called-value-propagation,globalopt,\
                     function(instcombine<no-verify-fixpoint>,simplifycfg),cgscc(inline,function<eager-inv>(sroa<modify-cfg>,early-cse,\
                     simplifycfg,instcombine<no-verify-fixpoint>)),globaldce";

/// The intrinsic that counts up, of programs whose coverage is measured.
pub(crate) const INCREMENT: &str = "llvm.instrprof.increment";

/// Does what comes before the pipeline of the level.
pub(crate) fn before(
    module: &Module,
    machine: &Machine,
    options: &Options,
    pass_options: &PassOptions,
) -> Result<(), String> {
    // As rustc: at the very beginning, and so that threads do not lose each other's counts.
    if module.functions().any(|function| function.name() == INCREMENT) {
        passes::count_atomically();
        passes::run(module, machine, "instrprof", pass_options)?;
    }
    let passes = match &options.profile {
        Profile::None => return Ok(()),
        Profile::Generate(file) => {
            name_file(module, file);
            "pgo-instr-gen,instrprof"
        }
        Profile::Use { .. } => "pgo-instr-use,pgo-icall-prom,function(pgo-memop-opt),require<profile-summary>",
    };
    if options.opt != OptLevel::O0 {
        let threshold = module.context().string_attribute(THRESHOLD, EARLY_THRESHOLD);
        let functions: Vec<_> = module.functions().filter(|function| !function.is_declaration()).collect();
        functions.iter().for_each(|function| function.add_attribute(Place::Function, threshold));
        passes::run(module, machine, EARLY, pass_options)?;
        // Some of them are not there any more.
        module.functions().for_each(|function| function.remove_string_attribute(THRESHOLD));
    }
    passes::run(module, machine, passes, pass_options)
}

/// Tells the runtime which file to write. All modules say the same.
fn name_file(module: &Module, file: &str) {
    const NAME: &str = "__llvm_profile_filename";
    let mut bytes = file.as_bytes().to_vec();
    bytes.push(0);
    let content = module.context().const_bytes(&bytes);
    let global = module.add_global(NAME, content.ty());
    global.set_initializer(content);
    global.set_global_constant();
    global.set_hidden();
    module.set_comdat(global, NAME, LLVMComdatSelectionKind::LLVMAnyComdatSelectionKind);
}
