//! Types and values: constants, globals, and what can be set on instructions.

use super::{Block, Metadata, Type, Value, len};
use llvm_sys::core::*;
use llvm_sys::prelude::*;
use llvm_sys::*;

impl<'c> Type<'c> {
    pub(crate) fn vector(self, lanes: u32) -> Type<'c> {
        Type::new(unsafe { LLVMVectorType(self.0, lanes) })
    }

    pub(crate) fn array(self, count: u64) -> Type<'c> {
        Type::new(unsafe { LLVMArrayType2(self.0, count) })
    }

    /// The type of functions that return `self`.
    pub(crate) fn function(self, params: &[Type<'c>], variadic: bool) -> Type<'c> {
        let mut raw: Vec<LLVMTypeRef> = params.iter().map(|param| param.0).collect();
        Type::new(unsafe { LLVMFunctionType(self.0, raw.as_mut_ptr(), len(&raw), variadic.into()) })
    }

    pub(crate) fn param_types(self) -> Vec<Type<'c>> {
        let count = unsafe { LLVMCountParamTypes(self.0) };
        let mut raw = vec![std::ptr::null_mut(); count as usize];
        unsafe { LLVMGetParamTypes(self.0, raw.as_mut_ptr()) };
        raw.into_iter().map(Type::new).collect()
    }

    pub(crate) fn struct_fields(self) -> Vec<Type<'c>> {
        let count = unsafe { LLVMCountStructElementTypes(self.0) };
        let mut raw = vec![std::ptr::null_mut(); count as usize];
        unsafe { LLVMGetStructElementTypes(self.0, raw.as_mut_ptr()) };
        raw.into_iter().map(Type::new).collect()
    }

    pub(crate) fn kind(self) -> LLVMTypeKind {
        unsafe { LLVMGetTypeKind(self.0) }
    }

    /// The element type of a vector or array.
    pub(crate) fn element(self) -> Type<'c> {
        Type::new(unsafe { LLVMGetElementType(self.0) })
    }

    pub(crate) fn vector_lanes(self) -> u32 {
        unsafe { LLVMGetVectorSize(self.0) }
    }

    pub(crate) fn array_length(self) -> u64 {
        unsafe { LLVMGetArrayLength2(self.0) }
    }

    pub(crate) fn int_bits(self) -> Option<u32> {
        match self.kind() {
            LLVMTypeKind::LLVMIntegerTypeKind => Some(unsafe { LLVMGetIntTypeWidth(self.0) }),
            _ => None,
        }
    }

    pub(crate) fn zero(self) -> Value<'c> {
        Value::new(unsafe { LLVMConstNull(self.0) })
    }

    pub(crate) fn undef(self) -> Value<'c> {
        Value::new(unsafe { LLVMGetUndef(self.0) })
    }

    pub(crate) fn poison(self) -> Value<'c> {
        Value::new(unsafe { LLVMGetPoison(self.0) })
    }

    pub(crate) fn all_ones(self) -> Value<'c> {
        Value::new(unsafe { LLVMConstAllOnes(self.0) })
    }

    /// An integer of this integer type (its low bits).
    pub(crate) fn constant(self, value: u128) -> Value<'c> {
        let bits = self.int_bits().expect("an integer type");
        let raw = if bits <= 64 {
            let value = value as u64;
            let value = if bits == 64 { value } else { value & ((1 << bits) - 1) };
            unsafe { LLVMConstInt(self.0, value, 0) }
        } else {
            let words = [value as u64, (value >> 64) as u64];
            unsafe { LLVMConstIntOfArbitraryPrecision(self.0, 2, words.as_ptr()) }
        };
        Value::new(raw)
    }

    /// A float of this float type.
    pub(crate) fn float_from_bits(self, bits: u128) -> Value<'c> {
        let words = [bits as u64, (bits >> 64) as u64];
        Value::new(unsafe { LLVMConstFPFromBits(self.0, words.as_ptr()) })
    }

    pub(crate) fn const_array(self, values: &[Value<'c>]) -> Value<'c> {
        let mut raw: Vec<LLVMValueRef> = values.iter().map(|value| value.0).collect();
        Value::new(unsafe { LLVMConstArray2(self.0, raw.as_mut_ptr(), raw.len() as u64) })
    }

    /// An assembly text as something to call. This is the function type.
    pub(crate) fn inline_asm(self, asm: &super::build::AsmText) -> Value<'c> {
        let dialect = match asm.intel {
            true => LLVMInlineAsmDialect::LLVMInlineAsmDialectIntel,
            false => LLVMInlineAsmDialect::LLVMInlineAsmDialectATT,
        };
        Value::new(unsafe {
            LLVMGetInlineAsm(
                self.0,
                asm.template.as_ptr().cast(),
                asm.template.len(),
                asm.constraints.as_ptr().cast(),
                asm.constraints.len(),
                asm.side_effects.into(),
                asm.align_stack.into(),
                dialect,
                asm.can_unwind.into(),
            )
        })
    }
}

/// A vector of constants.
pub(crate) fn const_vector<'c>(values: &[Value<'c>]) -> Value<'c> {
    let mut raw: Vec<LLVMValueRef> = values.iter().map(|value| value.0).collect();
    Value::new(unsafe { LLVMConstVector(raw.as_mut_ptr(), len(&raw)) })
}

impl<'c> Value<'c> {
    pub(crate) fn ty(self) -> Type<'c> {
        Type::new(unsafe { LLVMTypeOf(self.0) })
    }

    pub(crate) fn is_instruction(self) -> bool {
        !unsafe { LLVMIsAInstruction(self.0) }.is_null()
    }

    /// A constant address `bytes` behind this one.
    pub(crate) fn const_offset(self, byte: Type<'c>, bytes: Value<'c>) -> Value<'c> {
        let mut index = bytes.0;
        Value::new(unsafe { LLVMConstGEP2(byte.0, self.0, &mut index, 1) })
    }

    pub(crate) fn const_int_to_ptr(self, ty: Type<'c>) -> Value<'c> {
        Value::new(unsafe { LLVMConstIntToPtr(self.0, ty.0) })
    }

    // ---- globals

    /// The type of what a global holds, or a function's type.
    pub(crate) fn value_type(self) -> Type<'c> {
        Type::new(unsafe { LLVMGlobalGetValueType(self.0) })
    }

    pub(crate) fn name(self) -> String {
        let mut length = 0;
        unsafe {
            let start = LLVMGetValueName2(self.0, &mut length);
            String::from_utf8_lossy(std::slice::from_raw_parts(start.cast::<u8>(), length)).into_owned()
        }
    }

    pub(crate) fn is_declaration(self) -> bool {
        unsafe { LLVMIsDeclaration(self.0) != 0 }
    }

    pub(crate) fn set_linkage(self, linkage: LLVMLinkage) {
        unsafe { LLVMSetLinkage(self.0, linkage) }
    }

    pub(crate) fn linkage(self) -> LLVMLinkage {
        unsafe { LLVMGetLinkage(self.0) }
    }

    pub(crate) fn set_hidden(self) {
        unsafe { LLVMSetVisibility(self.0, LLVMVisibility::LLVMHiddenVisibility) }
    }

    pub(crate) fn set_unnamed_addr(self) {
        unsafe { LLVMSetUnnamedAddress(self.0, LLVMUnnamedAddr::LLVMGlobalUnnamedAddr) }
    }

    pub(crate) fn is_unnamed_addr(self) -> bool {
        matches!(unsafe { LLVMGetUnnamedAddress(self.0) }, LLVMUnnamedAddr::LLVMGlobalUnnamedAddr)
    }

    pub(crate) fn set_section(self, section: &str) {
        let section = super::c_string(section);
        unsafe { LLVMSetSection(self.0, section.as_ptr()) }
    }

    pub(crate) fn has_section(self) -> bool {
        let section = unsafe { LLVMGetSection(self.0) };
        !section.is_null() && unsafe { *section } != 0
    }

    pub(crate) fn has_comdat(self) -> bool {
        !unsafe { comdat::LLVMGetComdat(self.0) }.is_null()
    }

    /// Of a global, an alloca, a load or a store; in bytes, a power of two. LLVM allows no more than 2³².
    pub(crate) fn set_alignment(self, bytes: u64) {
        debug_assert!(bytes.is_power_of_two());
        unsafe { LLVMSetAlignment(self.0, u32::try_from(bytes).unwrap_or(1 << 31)) }
    }

    pub(crate) fn set_initializer(self, value: Value<'c>) {
        unsafe { LLVMSetInitializer(self.0, value.0) }
    }

    pub(crate) fn set_global_constant(self) {
        unsafe { LLVMSetGlobalConstant(self.0, 1) }
    }

    pub(crate) fn is_global_constant(self) -> bool {
        unsafe { LLVMIsGlobalConstant(self.0) != 0 }
    }

    pub(crate) fn set_thread_local(self) {
        unsafe { LLVMSetThreadLocal(self.0, 1) }
    }

    // ---- functions

    pub(crate) fn is_function(self) -> bool {
        !unsafe { LLVMIsAFunction(self.0) }.is_null()
    }

    pub(crate) fn param(self, number: u32) -> Value<'c> {
        Value::new(unsafe { LLVMGetParam(self.0, number) })
    }

    pub(crate) fn set_call_conv(self, conv: u32) {
        unsafe { LLVMSetFunctionCallConv(self.0, conv) }
    }

    pub(crate) fn set_personality(self, personality: Value<'c>) {
        unsafe { LLVMSetPersonalityFn(self.0, personality.0) }
    }

    pub(crate) fn set_subprogram(self, subprogram: Metadata<'c>) {
        unsafe { debuginfo::LLVMSetSubprogram(self.0, subprogram.0) }
    }

    /// Describes a global variable to debuggers.
    pub(crate) fn describe(self, kind: u32, description: Metadata<'c>) {
        unsafe { LLVMGlobalSetMetadata(self.0, kind, description.0) }
    }

    /// The terminators of all blocks.
    pub(crate) fn terminators(self) -> Vec<Value<'c>> {
        let mut all = Vec::new();
        let mut block = unsafe { LLVMGetFirstBasicBlock(self.0) };
        while !block.is_null() {
            let terminator = unsafe { LLVMGetBasicBlockTerminator(block) };
            if !terminator.is_null() {
                all.push(Value::new(terminator));
            }
            block = unsafe { LLVMGetNextBasicBlock(block) };
        }
        all
    }

    // ---- instructions

    pub(crate) fn opcode(self) -> LLVMOpcode {
        unsafe { LLVMGetInstructionOpcode(self.0) }
    }

    pub(crate) fn next_instruction(self) -> Option<Value<'c>> {
        let raw = unsafe { LLVMGetNextInstruction(self.0) };
        (!raw.is_null()).then(|| Value::new(raw))
    }

    pub(crate) fn previous_instruction(self) -> Option<Value<'c>> {
        let raw = unsafe { LLVMGetPreviousInstruction(self.0) };
        (!raw.is_null()).then(|| Value::new(raw))
    }

    /// Sets call convention of a call.
    pub(crate) fn set_instruction_call_conv(self, conv: u32) {
        unsafe { LLVMSetInstructionCallConv(self.0, conv) }
    }

    pub(crate) fn set_tail_call(self, kind: LLVMTailCallKind) {
        unsafe { LLVMSetTailCallKind(self.0, kind) }
    }

    pub(crate) fn set_operand(self, number: u32, value: Value<'c>) {
        unsafe { LLVMSetOperand(self.0, number, value.0) }
    }

    pub(crate) fn set_nuw(self) {
        if self.is_instruction() {
            unsafe { LLVMSetNUW(self.0, 1) }
        }
    }

    pub(crate) fn set_nsw(self) {
        if self.is_instruction() {
            unsafe { LLVMSetNSW(self.0, 1) }
        }
    }

    pub(crate) fn set_exact(self) {
        if self.is_instruction() {
            unsafe { LLVMSetExact(self.0, 1) }
        }
    }

    pub(crate) fn set_fast_math(self, flags: LLVMFastMathFlags) {
        if self.is_instruction() && unsafe { LLVMCanValueUseFastMathFlags(self.0) } != 0 {
            unsafe { LLVMSetFastMathFlags(self.0, flags) }
        }
    }

    /// Of a load, store, atomic exchange.
    pub(crate) fn set_volatile(self) {
        unsafe { LLVMSetVolatile(self.0, 1) }
    }

    /// Of a load or store.
    pub(crate) fn set_ordering(self, ordering: LLVMAtomicOrdering) {
        unsafe { LLVMSetOrdering(self.0, ordering) }
    }

    pub(crate) fn set_weak(self) {
        unsafe { LLVMSetWeak(self.0, 1) }
    }

    pub(crate) fn set_metadata(self, kind: u32, node: Value<'c>) {
        if self.is_instruction() {
            unsafe { LLVMSetMetadata(self.0, kind, node.0) }
        }
    }

    pub(crate) fn add_clause(self, clause: Value<'c>) {
        unsafe { LLVMAddClause(self.0, clause.0) }
    }

    pub(crate) fn set_cleanup(self) {
        unsafe { LLVMSetCleanup(self.0, 1) }
    }

    pub(crate) fn add_case(self, value: Value<'c>, target: Block<'c>) {
        unsafe { LLVMAddCase(self.0, value.0, target.0) }
    }
}

impl<'c> Block<'c> {
    pub(crate) fn first_instruction(self) -> Option<Value<'c>> {
        let raw = unsafe { LLVMGetFirstInstruction(self.0) };
        (!raw.is_null()).then(|| Value::new(raw))
    }
}
