//! Targets and target machines.

use super::{Buffer, Module, c_string, take_message};
use llvm_lazy::Loaded;
use llvm_sys::core::LLVMDisposeMessage;
use llvm_sys::target::*;
use llvm_sys::target_machine::*;
use std::ffi::CString;
use std::sync::Mutex;

/// What decides the code for a target.
pub(crate) struct MachineOptions<'a> {
    pub(crate) triple: &'a str,
    pub(crate) cpu: &'a str,
    pub(crate) features: &'a str,
    /// Empty: what follows from the features.
    pub(crate) abi: &'a str,
    pub(crate) level: LLVMCodeGenOptLevel,
    pub(crate) reloc: LLVMRelocMode,
    pub(crate) code_model: LLVMCodeModel,
}

/// A target with all its settings.
pub(crate) struct Machine {
    raw: LLVMTargetMachineRef,
    family: &'static str,
}

/// The name that LLVM's functions for a target start with, by the triple's architecture.
fn family(triple: &str) -> Option<&'static str> {
    let arch = triple.split('-').next().unwrap_or("");
    Some(match arch {
        "x86_64" | "x86_64h" | "i386" | "i586" | "i686" => "X86",
        "aarch64" | "aarch64_be" | "arm64" | "arm64e" | "arm64ec" => "AArch64",
        _ if arch.starts_with("arm") || arch.starts_with("thumb") => "ARM",
        _ if arch.starts_with("riscv") => "RISCV",
        _ if arch.starts_with("wasm") => "WebAssembly",
        _ if arch.starts_with("powerpc") => "PowerPC",
        _ if arch.starts_with("loongarch") => "LoongArch",
        _ if arch.starts_with("mips") => "Mips",
        _ if arch.starts_with("sparc") => "Sparc",
        "s390x" => "SystemZ",
        _ => return None,
    })
}

/// Makes a triple's target known to LLVM, once a process; gives its family.
fn initialize(loaded: Loaded, triple: &str) -> Result<&'static str, String> {
    static DONE: Mutex<Vec<&'static str>> = Mutex::new(Vec::new());
    let family = family(triple).ok_or_else(|| format!("no architecture is known for the triple {triple}"))?;
    let mut done = DONE.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
    if done.contains(&family) {
        return Ok(family);
    }
    for part in ["TargetInfo", "Target", "TargetMC", "AsmPrinter", "AsmParser"] {
        let name = CString::new(format!("LLVMInitialize{family}{part}")).expect("no NUL");
        // SAFETY: LLVM's initialisers take nothing; the lock serialises them.
        let found = unsafe { loaded.call_by_name(&name) };
        if !found && part != "AsmParser" {
            return Err(format!("the toolchain's LLVM was built without {family}"));
        }
    }
    done.push(family);
    Ok(family)
}

impl Machine {
    /// Whether sections and groups of sections are how its objects keep definitions apart.
    pub(crate) fn separates_sections(&self) -> bool {
        self.family != "WebAssembly"
    }

    pub(crate) fn new(loaded: Loaded, options: &MachineOptions) -> Result<Machine, String> {
        let family = initialize(loaded, options.triple)?;
        let (triple, cpu, features) = (c_string(options.triple), c_string(options.cpu), c_string(options.features));
        let abi = c_string(options.abi);
        unsafe {
            let (mut target, mut message) = (std::ptr::null_mut(), std::ptr::null_mut());
            if LLVMGetTargetFromTriple(triple.as_ptr(), &mut target, &mut message) != 0 {
                return Err(take_message(message));
            }
            let settings = LLVMCreateTargetMachineOptions();
            LLVMTargetMachineOptionsSetCPU(settings, cpu.as_ptr());
            LLVMTargetMachineOptionsSetFeatures(settings, features.as_ptr());
            LLVMTargetMachineOptionsSetABI(settings, abi.as_ptr());
            LLVMTargetMachineOptionsSetCodeGenOptLevel(settings, options.level);
            LLVMTargetMachineOptionsSetRelocMode(settings, options.reloc);
            LLVMTargetMachineOptionsSetCodeModel(settings, options.code_model);
            let raw = LLVMCreateTargetMachineWithOptions(target, triple.as_ptr(), settings);
            LLVMDisposeTargetMachineOptions(settings);
            if raw.is_null() {
                return Err(format!("LLVM cannot make a machine for {}", options.triple));
            }
            Ok(Machine { raw, family })
        }
    }

    pub(super) fn raw(&self) -> LLVMTargetMachineRef {
        self.raw
    }

    pub(crate) fn data_layout(&self) -> DataLayout {
        unsafe {
            let data = LLVMCreateTargetDataLayout(self.raw);
            let text = take_message(LLVMCopyStringRepOfTargetData(data));
            let pointer_bytes = LLVMPointerSize(data);
            LLVMDisposeTargetData(data);
            DataLayout { text, pointer_bytes }
        }
    }

    /// Generates machine code. Errors of assembly go to the context's list instead.
    pub(crate) fn emit(&self, module: &Module, assembly: bool) -> Result<Vec<u8>, String> {
        let kind = match assembly {
            true => LLVMCodeGenFileType::LLVMAssemblyFile,
            false => LLVMCodeGenFileType::LLVMObjectFile,
        };
        unsafe {
            LLVMSetTargetMachineAsmVerbosity(self.raw, 0);
            let (mut message, mut buffer) = (std::ptr::null_mut(), std::ptr::null_mut());
            if LLVMTargetMachineEmitToMemoryBuffer(self.raw, module.raw(), kind, &mut message, &mut buffer) != 0 {
                return Err(take_message(message));
            }
            if !message.is_null() {
                LLVMDisposeMessage(message);
            }
            Ok(Buffer(buffer).to_vec())
        }
    }
}

impl Drop for Machine {
    fn drop(&mut self) {
        unsafe { LLVMDisposeTargetMachine(self.raw) }
    }
}

/// A target's data layout.
pub(crate) struct DataLayout {
    pub(crate) text: String,
    pub(crate) pointer_bytes: u32,
}

/// This machine's CPU and all its features, by LLVM's names.
pub(crate) fn host_cpu() -> (String, String) {
    unsafe { (take_message(LLVMGetHostCPUName()), take_message(LLVMGetHostCPUFeatures())) }
}
