//! One compilation, from LIR to bytes.

use crate::cx::Cx;
use crate::debug::Debug;
use crate::ll::{self, Context, Machine, MachineOptions, passes};
use crate::{function, intrinsic, profile, remark, unsupported};
use backend::{CodeModel, CodegenError, Compiled, DebugInfo, Emit, OptLevel, Options, Profile, Rejected};
use llvm_lazy::Loaded;
use llvm_sys::comdat::LLVMComdatSelectionKind;
use llvm_sys::target_machine::{LLVMCodeGenOptLevel, LLVMCodeModel, LLVMRelocMode};
use llvm_sys::{LLVMLinkage, LLVMModuleFlagBehavior, LLVMOpcode, LLVMTypeKind};

/// Compiles a module on this thread.
pub(crate) fn compile(
    loaded: Loaded,
    source: &lir::Module,
    options: &Options,
    emit: Emit,
) -> Result<Compiled, CodegenError> {
    passes::configure();
    if let Profile::Use { file, .. } = &options.profile {
        passes::use_profile(file).map_err(CodegenError::Target)?;
    }
    let _settled = match emit {
        Emit::Remarks => passes::remark_calls().map_err(CodegenError::Target)?,
        _ => passes::settle(),
    };
    let (cpu, features) = cpu_and_features(options);
    let machine_options = MachineOptions {
        triple: &options.triple,
        cpu: &cpu,
        features: &features,
        abi: &options.abi,
        level: level(options.opt),
        reloc: reloc(options),
        code_model: code_model(options.code_model),
    };
    let machine = Machine::new(loaded, &machine_options).map_err(CodegenError::Target)?;
    let context = Context::new(loaded, emit == Emit::Remarks);
    let module = context.module(&source.name);
    let layout = machine.data_layout();
    module.set_target(&options.triple, &layout.text);
    module.set_source_file(&source.name);
    add_flags(&module, options);

    let cx = Cx::new(&context, &module, source, options, &cpu, &features, layout.pointer_bytes);
    let rejected = lower(&cx, source)?;
    let old = cx.has_old_intrinsics();
    drop(cx);
    let module = if old { intrinsic::upgrade(module).map_err(internal)? } else { module };

    if options.verify {
        module.verify().map_err(internal)?;
    }
    if emit != Emit::InitialIr {
        optimize(&module, &machine, options).map_err(internal)?;
    }
    let bytes = match emit {
        Emit::Ir | Emit::InitialIr => module.to_text().into_bytes(),
        Emit::Bitcode => module.to_bitcode(),
        Emit::Remarks => remark::text(&context.take_remarks()).into_bytes(),
        Emit::Object | Emit::Assembly => {
            prepare_for_emission(&module, &machine, options);
            machine.emit(&module, emit == Emit::Assembly).map_err(internal)?
        }
    };
    let errors = context.take_errors();
    if !errors.is_empty() {
        let text = errors.join("\n");
        let assembly = errors.iter().all(|error| error.contains("<inline asm>"));
        let profile = matches!(&options.profile, Profile::Use { file, .. }
            if errors.iter().all(|error| error.contains(&*file.to_string_lossy())));
        return Err(match (assembly, profile) {
            (true, _) => CodegenError::Assembly(text),
            (_, true) => CodegenError::Profile(text),
            _ => internal(text),
        });
    }
    Ok(Compiled { bytes, rejected })
}

/// Puts everything of the module into LLVM's; gives what had to be left out.
fn lower(cx: &Cx, source: &lir::Module) -> Result<Vec<Rejected>, CodegenError> {
    let mut rejected = Vec::new();
    let mut bodies = Vec::new();
    for function in &source.functions {
        match unsupported::construct(cx, function) {
            Some(construct) => rejected.push(Rejected { function: function.name.to_string(), construct }),
            None => bodies.push(function),
        }
    }
    cx.declare_definitions(source, &bodies);
    cx.declare_called(&bodies);
    cx.define_data(source);
    if cx.options.debug > DebugInfo::None {
        let debug = Debug::new(cx, &bodies).map_err(internal)?;
        drop(cx.debug.set(debug));
    }
    for function in bodies {
        function::lower(cx, function)
            .map_err(|message| CodegenError::Internal { function: function.name.to_string(), message })?;
    }
    cx.finish(source);
    Ok(rejected)
}

fn internal(message: String) -> CodegenError {
    CodegenError::Internal { function: String::new(), message }
}

/// LLVM's name of the CPU, and the features beyond it as one text.
fn cpu_and_features(options: &Options) -> (String, String) {
    if options.cpu != "native" {
        return (options.cpu.clone(), options.features.join(","));
    }
    let (cpu, mut features) = ll::machine::host_cpu();
    for feature in &options.features {
        features.push(',');
        features.push_str(feature);
    }
    (cpu, features)
}

fn level(opt: OptLevel) -> LLVMCodeGenOptLevel {
    match opt {
        OptLevel::O0 => LLVMCodeGenOptLevel::LLVMCodeGenLevelNone,
        OptLevel::O1 => LLVMCodeGenOptLevel::LLVMCodeGenLevelLess,
        OptLevel::O2 | OptLevel::Os | OptLevel::Oz => LLVMCodeGenOptLevel::LLVMCodeGenLevelDefault,
        OptLevel::O3 => LLVMCodeGenOptLevel::LLVMCodeGenLevelAggressive,
    }
}

fn reloc(options: &Options) -> LLVMRelocMode {
    match options.position_independent {
        true => LLVMRelocMode::LLVMRelocPIC,
        false => LLVMRelocMode::LLVMRelocStatic,
    }
}

fn code_model(model: CodeModel) -> LLVMCodeModel {
    match model {
        CodeModel::Default => LLVMCodeModel::LLVMCodeModelDefault,
        CodeModel::Small => LLVMCodeModel::LLVMCodeModelSmall,
        CodeModel::Medium => LLVMCodeModel::LLVMCodeModelMedium,
        CodeModel::Large => LLVMCodeModel::LLVMCodeModelLarge,
    }
}

/// The module flags that rustc sets (`rustc_codegen_llvm::context::create_module`); debug information adds its own.
fn add_flags(module: &ll::Module, options: &Options) {
    if options.position_independent {
        // rustc says "min" here, for which the C interface has no name.
        module.add_flag(LLVMModuleFlagBehavior::LLVMModuleFlagBehaviorOverride, "PIC Level", 2);
    }
    module.add_flag(LLVMModuleFlagBehavior::LLVMModuleFlagBehaviorWarning, "RtLibUseGOT", 1);
    if !options.abi.is_empty() {
        module.add_text_flag(LLVMModuleFlagBehavior::LLVMModuleFlagBehaviorError, "target-abi", &options.abi);
    }
    if options.debug > DebugInfo::None {
        module.add_flag(LLVMModuleFlagBehavior::LLVMModuleFlagBehaviorWarning, "Dwarf Version", 4);
        module.add_flag(LLVMModuleFlagBehavior::LLVMModuleFlagBehaviorWarning, "Debug Info Version", 3);
    }
}

/// The pipeline of the level, with rustc's settings (`rustc_codegen_llvm::back::write::llvm_optimize`).
///
/// A module holds what several crates define. Where size is what counts, it goes through both halves of the pipeline that
/// rustc's `lto = "fat"` consists of: what the first has simplified is looked at once more for what is not worth a function of its
/// own. Measured on WebAssembly: 3 to 5 % smaller than by the one pipeline of the level, which takes a fifth less time.
fn optimize(module: &ll::Module, machine: &Machine, options: &Options) -> Result<(), String> {
    let pipeline = match options.opt {
        // All that the pipeline for O0 does for us is to inline what must be.
        OptLevel::O0 => {
            let always = ll::attribute::kind("alwaysinline");
            let is_empty = !module.functions().any(|function| function.has_function_attribute(always));
            let counts = module.functions().any(|function| function.name() == profile::INCREMENT);
            if is_empty && !counts && options.profile == Profile::None {
                return Ok(());
            }
            "default<O0>"
        }
        OptLevel::O1 => "default<O1>",
        OptLevel::O2 => "default<O2>",
        OptLevel::O3 => "default<O3>",
        OptLevel::Os => "lto-pre-link<Os>,lto<Os>",
        OptLevel::Oz => "lto-pre-link<Oz>,lto<Oz>",
    };
    let pass_options = passes::PassOptions {
        unroll: matches!(options.opt, OptLevel::O1 | OptLevel::O2 | OptLevel::O3),
        vectorize: matches!(options.opt, OptLevel::O2 | OptLevel::O3),
        merge_functions: !matches!(options.opt, OptLevel::O0 | OptLevel::O1),
    };
    profile::before(module, machine, options, &pass_options)?;
    passes::run(module, machine, pipeline, &pass_options)
}

/// What rustc asks of a target machine where the C interface has no setting for it, by means of the IR.
fn prepare_for_emission(module: &ll::Module, machine: &Machine, options: &Options) {
    trap_on_unreachable(module, options.opt == OptLevel::O0);
    // WebAssembly's objects have everything apart anyway, and know groups of one kind only.
    if options.function_sections && machine.separates_sections() {
        own_sections(module);
    }
}

/// Gives every definition a section of its own: what LLVM knows as function and data sections is not a setting of the C
/// interface. What has a symbol gets a section group that holds it alone, which makes LLVM separate its code, its jump
/// tables and its unwind data; what has none gets a section by name. Done after optimisation, which would keep the members
/// of a group together and functions of different sections apart.
fn own_sections(module: &ll::Module) {
    let alone = LLVMComdatSelectionKind::LLVMNoDuplicatesComdatSelectionKind;
    for global in module.functions().chain(module.globals()) {
        if global.is_declaration() || global.has_section() || global.has_comdat() {
            continue;
        }
        match global.linkage() {
            LLVMLinkage::LLVMAvailableExternallyLinkage
            | LLVMLinkage::LLVMAppendingLinkage
            | LLVMLinkage::LLVMCommonLinkage => {}
            LLVMLinkage::LLVMPrivateLinkage => name_section(global),
            _ => module.set_comdat(global, &global.name(), alone),
        }
    }
}

/// The section of a private constant, unless the linker may merge it with equal ones: LLVM has sections for that.
fn name_section(global: ll::Value) {
    let ty = global.value_type();
    let size = if ty.kind() == LLVMTypeKind::LLVMArrayTypeKind { ty.array_length() } else { 0 };
    if !global.is_global_constant() || (global.is_unnamed_addr() && matches!(size, 4 | 8 | 16 | 32)) {
        return;
    }
    let prefix = if holds_pointer(ty) { ".data.rel.ro." } else { ".rodata." };
    global.set_section(&format!("{prefix}{}", global.name()));
}

fn holds_pointer(ty: ll::Type) -> bool {
    match ty.kind() {
        LLVMTypeKind::LLVMPointerTypeKind => true,
        LLVMTypeKind::LLVMStructTypeKind => ty.struct_fields().into_iter().any(holds_pointer),
        LLVMTypeKind::LLVMArrayTypeKind | LLVMTypeKind::LLVMVectorTypeKind => holds_pointer(ty.element()),
        _ => false,
    }
}

/// Makes reaching the unreachable a trap rather than a fall into the next function, except after a call that does not
/// return; and, when optimising, except in an empty block, which tells code generation that a switch needs no default.
fn trap_on_unreachable(module: &ll::Module, everywhere: bool) {
    let noreturn = ll::attribute::kind("noreturn");
    let trap = ll::Module::intrinsic_id("llvm.trap").expect("LLVM has llvm.trap");
    let builder = module.context().builder();
    for function in module.functions() {
        for (number, terminator) in function.terminators().into_iter().enumerate() {
            if terminator.opcode() != LLVMOpcode::LLVMUnreachable {
                continue;
            }
            let wanted = match terminator.previous_instruction() {
                Some(previous) => previous.opcode() != LLVMOpcode::LLVMCall || !previous.call_has_attribute(noreturn),
                None => everywhere || number == 0,
            };
            if wanted {
                let (callee, ty) = module.intrinsic(trap, &[]);
                builder.before(terminator);
                builder.call(ty, callee, &[]);
            }
        }
    }
}
