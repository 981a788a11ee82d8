//! The table of functions, and for each the jump through its entry.

use std::arch::global_asm;
use std::ffi::{CStr, c_void};
use std::sync::atomic::AtomicPtr;

/// The table's entries, in the order of [`NAMES`]. Null until the library is loaded.
pub(crate) fn slots() -> &'static [AtomicPtr<c_void>] {
    unsafe extern "C" {
        #[link_name = "bessemer_llvm_slots"]
        static SLOTS: [AtomicPtr<c_void>; NAMES.len()];
    }
    // SAFETY: the assembly below defines this symbol as one pointer for each name, all null, in writable memory.
    unsafe { &SLOTS }
}

/// What starts and ends the table, and one function's entry in it and jump through it, for the assembler.
#[cfg(target_arch = "x86_64")]
macro_rules! jump {
    ($name:ident) => {
        concat!(
            ".globl ",
            stringify!($name),
            "\n.hidden ",
            stringify!($name),
            "\n.type ",
            stringify!($name),
            ",@function\n",
            stringify!($name),
            ":\n",
            "jmp qword ptr [rip + bessemer_llvm_slot_",
            stringify!($name),
            "]\n.size ",
            stringify!($name),
            ", . - ",
            stringify!($name),
            "\n"
        )
    };
}
#[cfg(target_arch = "aarch64")]
macro_rules! jump {
    ($name:ident) => {
        concat!(
            ".globl ",
            stringify!($name),
            "\n.hidden ",
            stringify!($name),
            "\n.type ",
            stringify!($name),
            ",@function\n",
            stringify!($name),
            ":\n",
            "adrp x16, bessemer_llvm_slot_",
            stringify!($name),
            "\n",
            "ldr x16, [x16, :lo12:bessemer_llvm_slot_",
            stringify!($name),
            "]\nbr x16\n.size ",
            stringify!($name),
            ", . - ",
            stringify!($name),
            "\n"
        )
    };
}

macro_rules! functions {
    ($($name:ident)*) => {
        /// The names of all functions in the table.
        pub(crate) const NAMES: &[&CStr] = &[$(
            match CStr::from_bytes_with_nul(concat!(stringify!($name), "\0").as_bytes()) {
                Ok(name) => name,
                Err(_) => panic!("a name holds no NUL"),
            }
        ),*];
        functions! { @asm $($name)* }
    };
    (@asm $($name:ident)*) => {
        global_asm!(
            ".pushsection .bss.bessemer_llvm_slots,\"aw\",@nobits",
            ".balign 8",
            ".globl bessemer_llvm_slots",
            ".hidden bessemer_llvm_slots",
            "bessemer_llvm_slots:",
            $(concat!("bessemer_llvm_slot_", stringify!($name), ": .skip 8"),)*
            ".popsection",
            ".pushsection .text.bessemer_llvm_jumps,\"ax\",@progbits",
            $(jump!($name),)*
            ".popsection",
        );
    };
}

functions! {
    LLVMAddAlias2
    LLVMAddAttributeAtIndex
    LLVMAddCallSiteAttribute
    LLVMAddCase
    LLVMAddClause
    LLVMAddFunction
    LLVMAddGlobal
    LLVMAddModuleFlag
    LLVMAddNamedMetadataOperand
    LLVMAppendBasicBlockInContext
    LLVMAppendModuleInlineAsm
    LLVMArrayType2
    LLVMBFloatTypeInContext
    LLVMBuildAlloca
    LLVMBuildAtomicCmpXchg
    LLVMBuildAtomicRMW
    LLVMBuildBinOp
    LLVMBuildBr
    LLVMBuildCall2
    LLVMBuildCallBr
    LLVMBuildCast
    LLVMBuildCondBr
    LLVMBuildExtractElement
    LLVMBuildExtractValue
    LLVMBuildFCmp
    LLVMBuildFNeg
    LLVMBuildFence
    LLVMBuildGEP2
    LLVMBuildICmp
    LLVMBuildInBoundsGEP2
    LLVMBuildInsertElement
    LLVMBuildInsertValue
    LLVMBuildInvoke2
    LLVMBuildLandingPad
    LLVMBuildLoad2
    LLVMBuildMemCpy
    LLVMBuildMemMove
    LLVMBuildMemSet
    LLVMBuildResume
    LLVMBuildRet
    LLVMBuildRetVoid
    LLVMBuildSelect
    LLVMBuildShuffleVector
    LLVMBuildStore
    LLVMBuildSwitch
    LLVMBuildUnreachable
    LLVMCanValueUseFastMathFlags
    LLVMConstAllOnes
    LLVMConstArray2
    LLVMConstFPFromBits
    LLVMConstGEP2
    LLVMConstInt
    LLVMConstIntOfArbitraryPrecision
    LLVMConstIntToPtr
    LLVMConstNull
    LLVMConstStringInContext2
    LLVMConstStructInContext
    LLVMConstVector
    LLVMContextCreate
    LLVMContextDispose
    LLVMContextSetDiagnosticHandler
    LLVMContextSetDiscardValueNames
    LLVMCopyStringRepOfTargetData
    LLVMCountParamTypes
    LLVMCountStructElementTypes
    LLVMCreateBuilderInContext
    LLVMCreateConstantRangeAttribute
    LLVMCreateDIBuilder
    LLVMCreateDisasmCPUFeatures
    LLVMCreateEnumAttribute
    LLVMCreateMemoryBufferWithMemoryRange
    LLVMCreatePassBuilderOptions
    LLVMCreateStringAttribute
    LLVMCreateTargetDataLayout
    LLVMCreateTargetMachineOptions
    LLVMCreateTargetMachineWithOptions
    LLVMCreateTypeAttribute
    LLVMDIBuilderCreateDebugLocation
    LLVMDIBuilderCreateExpression
    LLVMDIBuilderInsertDeclareRecordAtEnd
    LLVMDisasmDispose
    LLVMDisasmInstruction
    LLVMDisposeBuilder
    LLVMDisposeDIBuilder
    LLVMDisposeErrorMessage
    LLVMDisposeMemoryBuffer
    LLVMDisposeMessage
    LLVMDisposeModule
    LLVMDisposePassBuilderOptions
    LLVMDisposeTargetData
    LLVMDisposeTargetMachine
    LLVMDisposeTargetMachineOptions
    LLVMDoubleTypeInContext
    LLVMFP128TypeInContext
    LLVMFloatTypeInContext
    LLVMFunctionType
    LLVMGetArrayLength2
    LLVMGetBasicBlockTerminator
    LLVMGetBufferSize
    LLVMGetBufferStart
    LLVMGetCallSiteEnumAttribute
    LLVMGetCalledValue
    LLVMGetComdat
    LLVMGetCurrentDebugLocation2
    LLVMGetDiagInfoDescription
    LLVMGetDiagInfoSeverity
    LLVMGetElementType
    LLVMGetEnumAttributeAtIndex
    LLVMGetEnumAttributeKindForName
    LLVMGetErrorMessage
    LLVMGetFirstBasicBlock
    LLVMGetFirstFunction
    LLVMGetFirstGlobal
    LLVMGetFirstInstruction
    LLVMGetHostCPUFeatures
    LLVMGetHostCPUName
    LLVMGetInlineAsm
    LLVMGetInsertBlock
    LLVMGetInstructionOpcode
    LLVMGetIntTypeWidth
    LLVMGetIntrinsicDeclaration
    LLVMGetLinkage
    LLVMGetMDKindIDInContext
    LLVMGetNamedMetadataNumOperands
    LLVMGetNamedMetadataOperands
    LLVMGetNextBasicBlock
    LLVMGetNextFunction
    LLVMGetNextGlobal
    LLVMGetNextInstruction
    LLVMGetOrInsertComdat
    LLVMGetParam
    LLVMGetParamTypes
    LLVMGetPoison
    LLVMGetPreviousInstruction
    LLVMGetSection
    LLVMGetStructElementTypes
    LLVMGetTargetFromTriple
    LLVMGetTypeKind
    LLVMGetUndef
    LLVMGetUnnamedAddress
    LLVMGetValueName2
    LLVMGetVectorSize
    LLVMGlobalGetValueType
    LLVMGlobalSetMetadata
    LLVMHalfTypeInContext
    LLVMInstallFatalErrorHandler
    LLVMIntTypeInContext
    LLVMIntrinsicGetName
    LLVMIntrinsicGetType
    LLVMIntrinsicIsOverloaded
    LLVMIsAFunction
    LLVMIsAInstruction
    LLVMIsDeclaration
    LLVMIsGlobalConstant
    LLVMLookupIntrinsicID
    LLVMMDNodeInContext2
    LLVMMDStringInContext2
    LLVMMetadataAsValue
    LLVMModuleCreateWithNameInContext
    LLVMParseCommandLineOptions
    LLVMParseIRInContext2
    LLVMPassBuilderOptionsSetLoopInterleaving
    LLVMPassBuilderOptionsSetLoopUnrolling
    LLVMPassBuilderOptionsSetLoopVectorization
    LLVMPassBuilderOptionsSetMergeFunctions
    LLVMPassBuilderOptionsSetSLPVectorization
    LLVMPointerSize
    LLVMPointerTypeInContext
    LLVMPositionBuilderAtEnd
    LLVMPositionBuilderBefore
    LLVMPrintModuleToString
    LLVMRemoveStringAttributeAtIndex
    LLVMRunPasses
    LLVMSetAlignment
    LLVMSetCleanup
    LLVMSetComdat
    LLVMSetComdatSelectionKind
    LLVMSetCurrentDebugLocation2
    LLVMSetDataLayout
    LLVMSetDisasmOptions
    LLVMSetExact
    LLVMSetFastMathFlags
    LLVMSetFunctionCallConv
    LLVMSetGlobalConstant
    LLVMSetInitializer
    LLVMSetInstructionCallConv
    LLVMSetLinkage
    LLVMSetMetadata
    LLVMSetNSW
    LLVMSetNUW
    LLVMSetOperand
    LLVMSetOrdering
    LLVMSetPersonalityFn
    LLVMSetSection
    LLVMSetSourceFileName
    LLVMSetSubprogram
    LLVMSetTailCallKind
    LLVMSetTarget
    LLVMSetTargetMachineAsmVerbosity
    LLVMSetThreadLocal
    LLVMSetUnnamedAddress
    LLVMSetVisibility
    LLVMSetVolatile
    LLVMSetWeak
    LLVMStructTypeInContext
    LLVMTargetMachineEmitToMemoryBuffer
    LLVMTargetMachineOptionsSetABI
    LLVMTargetMachineOptionsSetCPU
    LLVMTargetMachineOptionsSetCodeGenOptLevel
    LLVMTargetMachineOptionsSetCodeModel
    LLVMTargetMachineOptionsSetFeatures
    LLVMTargetMachineOptionsSetRelocMode
    LLVMTypeOf
    LLVMValueAsMetadata
    LLVMVectorType
    LLVMVerifyModule
    LLVMVoidTypeInContext
    LLVMWriteBitcodeToMemoryBuffer
}
