//! The instruction builder.

use super::{Block, Context, Type, Value, len};
use llvm_sys::core::*;
use llvm_sys::prelude::*;
use llvm_sys::*;
use std::marker::PhantomData;

/// What inline assembly is to LLVM.
pub(crate) struct AsmText {
    pub(crate) template: String,
    pub(crate) constraints: String,
    pub(crate) side_effects: bool,
    pub(crate) align_stack: bool,
    pub(crate) intel: bool,
    pub(crate) can_unwind: bool,
}

/// Puts instructions at the end of a block.
pub(crate) struct Builder<'c>(pub(super) LLVMBuilderRef, PhantomData<&'c Context>);

impl Drop for Builder<'_> {
    fn drop(&mut self) {
        unsafe { LLVMDisposeBuilder(self.0) }
    }
}

const UNNAMED: *const std::ffi::c_char = c"".as_ptr();

impl<'c> Builder<'c> {
    pub(super) fn new(raw: LLVMBuilderRef) -> Builder<'c> {
        Builder(raw, PhantomData)
    }

    pub(crate) fn at_end(&self, block: Block<'c>) {
        unsafe { LLVMPositionBuilderAtEnd(self.0, block.0) }
    }

    pub(crate) fn before(&self, instruction: Value<'c>) {
        unsafe { LLVMPositionBuilderBefore(self.0, instruction.0) }
    }

    /// Builds before another instruction, and goes back to the end of the current block.
    pub(crate) fn aside<T>(&self, before: Value<'c>, build: impl FnOnce(&Builder<'c>) -> T) -> T {
        unsafe {
            let block = LLVMGetInsertBlock(self.0);
            // Going to an instruction takes its location over.
            let location = LLVMGetCurrentDebugLocation2(self.0);
            LLVMPositionBuilderBefore(self.0, before.0);
            let built = build(self);
            LLVMPositionBuilderAtEnd(self.0, block);
            LLVMSetCurrentDebugLocation2(self.0, location);
            built
        }
    }

    /// The block that instructions go to.
    pub(crate) fn block(&self) -> Block<'c> {
        Block::new(unsafe { LLVMGetInsertBlock(self.0) })
    }

    pub(crate) fn binary(&self, opcode: LLVMOpcode, lhs: Value<'c>, rhs: Value<'c>) -> Value<'c> {
        Value::new(unsafe { LLVMBuildBinOp(self.0, opcode, lhs.0, rhs.0, UNNAMED) })
    }

    pub(crate) fn cast(&self, opcode: LLVMOpcode, value: Value<'c>, ty: Type<'c>) -> Value<'c> {
        Value::new(unsafe { LLVMBuildCast(self.0, opcode, value.0, ty.0, UNNAMED) })
    }

    pub(crate) fn zext(&self, value: Value<'c>, ty: Type<'c>) -> Value<'c> {
        self.cast(LLVMOpcode::LLVMZExt, value, ty)
    }

    pub(crate) fn trunc(&self, value: Value<'c>, ty: Type<'c>) -> Value<'c> {
        self.cast(LLVMOpcode::LLVMTrunc, value, ty)
    }

    pub(crate) fn bitcast(&self, value: Value<'c>, ty: Type<'c>) -> Value<'c> {
        self.cast(LLVMOpcode::LLVMBitCast, value, ty)
    }

    pub(crate) fn fneg(&self, value: Value<'c>) -> Value<'c> {
        Value::new(unsafe { LLVMBuildFNeg(self.0, value.0, UNNAMED) })
    }

    pub(crate) fn icmp(&self, predicate: LLVMIntPredicate, lhs: Value<'c>, rhs: Value<'c>) -> Value<'c> {
        Value::new(unsafe { LLVMBuildICmp(self.0, predicate, lhs.0, rhs.0, UNNAMED) })
    }

    pub(crate) fn fcmp(&self, predicate: LLVMRealPredicate, lhs: Value<'c>, rhs: Value<'c>) -> Value<'c> {
        Value::new(unsafe { LLVMBuildFCmp(self.0, predicate, lhs.0, rhs.0, UNNAMED) })
    }

    pub(crate) fn select(&self, cond: Value<'c>, if_true: Value<'c>, if_false: Value<'c>) -> Value<'c> {
        Value::new(unsafe { LLVMBuildSelect(self.0, cond.0, if_true.0, if_false.0, UNNAMED) })
    }

    pub(crate) fn alloca(&self, ty: Type<'c>, align: u64) -> Value<'c> {
        let value = Value::new(unsafe { LLVMBuildAlloca(self.0, ty.0, UNNAMED) });
        value.set_alignment(align);
        value
    }

    pub(crate) fn load(&self, ty: Type<'c>, ptr: Value<'c>, align: u64) -> Value<'c> {
        let value = Value::new(unsafe { LLVMBuildLoad2(self.0, ty.0, ptr.0, UNNAMED) });
        value.set_alignment(align);
        value
    }

    pub(crate) fn store(&self, value: Value<'c>, ptr: Value<'c>, align: u64) -> Value<'c> {
        let value = Value::new(unsafe { LLVMBuildStore(self.0, value.0, ptr.0) });
        value.set_alignment(align);
        value
    }

    /// `ptr` plus `offset` bytes (`byte` is the type `i8`).
    pub(crate) fn ptr_add(&self, byte: Type<'c>, ptr: Value<'c>, offset: Value<'c>, inbounds: bool) -> Value<'c> {
        let mut index = offset.0;
        Value::new(unsafe {
            match inbounds {
                true => LLVMBuildInBoundsGEP2(self.0, byte.0, ptr.0, &mut index, 1, UNNAMED),
                false => LLVMBuildGEP2(self.0, byte.0, ptr.0, &mut index, 1, UNNAMED),
            }
        })
    }

    pub(crate) fn atomic_rmw(
        &self,
        op: LLVMAtomicRMWBinOp,
        ptr: Value<'c>,
        value: Value<'c>,
        ordering: LLVMAtomicOrdering,
    ) -> Value<'c> {
        Value::new(unsafe { LLVMBuildAtomicRMW(self.0, op, ptr.0, value.0, ordering, 0) })
    }

    pub(crate) fn cmpxchg(
        &self,
        ptr: Value<'c>,
        expected: Value<'c>,
        new: Value<'c>,
        success: LLVMAtomicOrdering,
        failure: LLVMAtomicOrdering,
    ) -> Value<'c> {
        Value::new(unsafe { LLVMBuildAtomicCmpXchg(self.0, ptr.0, expected.0, new.0, success, failure, 0) })
    }

    pub(crate) fn fence(&self, ordering: LLVMAtomicOrdering, single_thread: bool) {
        unsafe { LLVMBuildFence(self.0, ordering, single_thread.into(), UNNAMED) };
    }

    pub(crate) fn memcpy(&self, dst: (Value<'c>, u64), src: (Value<'c>, u64), len: Value<'c>) -> Value<'c> {
        let (dst_align, src_align) = (small_align(dst.1), small_align(src.1));
        Value::new(unsafe { LLVMBuildMemCpy(self.0, dst.0.0, dst_align, src.0.0, src_align, len.0) })
    }

    pub(crate) fn memmove(&self, dst: (Value<'c>, u64), src: (Value<'c>, u64), len: Value<'c>) -> Value<'c> {
        let (dst_align, src_align) = (small_align(dst.1), small_align(src.1));
        Value::new(unsafe { LLVMBuildMemMove(self.0, dst.0.0, dst_align, src.0.0, src_align, len.0) })
    }

    pub(crate) fn memset(&self, dst: Value<'c>, byte: Value<'c>, len: Value<'c>, align: u64) -> Value<'c> {
        Value::new(unsafe { LLVMBuildMemSet(self.0, dst.0, byte.0, len.0, small_align(align)) })
    }

    pub(crate) fn extract_value(&self, aggregate: Value<'c>, index: u32) -> Value<'c> {
        Value::new(unsafe { LLVMBuildExtractValue(self.0, aggregate.0, index, UNNAMED) })
    }

    pub(crate) fn insert_value(&self, aggregate: Value<'c>, value: Value<'c>, index: u32) -> Value<'c> {
        Value::new(unsafe { LLVMBuildInsertValue(self.0, aggregate.0, value.0, index, UNNAMED) })
    }

    pub(crate) fn extract_element(&self, vector: Value<'c>, index: Value<'c>) -> Value<'c> {
        Value::new(unsafe { LLVMBuildExtractElement(self.0, vector.0, index.0, UNNAMED) })
    }

    pub(crate) fn insert_element(&self, vector: Value<'c>, value: Value<'c>, index: Value<'c>) -> Value<'c> {
        Value::new(unsafe { LLVMBuildInsertElement(self.0, vector.0, value.0, index.0, UNNAMED) })
    }

    pub(crate) fn shuffle(&self, a: Value<'c>, b: Value<'c>, mask: Value<'c>) -> Value<'c> {
        Value::new(unsafe { LLVMBuildShuffleVector(self.0, a.0, b.0, mask.0, UNNAMED) })
    }

    pub(crate) fn call(&self, ty: Type<'c>, callee: Value<'c>, args: &[Value<'c>]) -> Value<'c> {
        let mut raw: Vec<LLVMValueRef> = args.iter().map(|arg| arg.0).collect();
        Value::new(unsafe { LLVMBuildCall2(self.0, ty.0, callee.0, raw.as_mut_ptr(), len(&raw), UNNAMED) })
    }

    pub(crate) fn invoke(
        &self,
        ty: Type<'c>,
        callee: Value<'c>,
        args: &[Value<'c>],
        normal: Block<'c>,
        unwind: Block<'c>,
    ) -> Value<'c> {
        let mut raw: Vec<LLVMValueRef> = args.iter().map(|arg| arg.0).collect();
        let (args, count) = (raw.as_mut_ptr(), len(&raw));
        Value::new(unsafe { LLVMBuildInvoke2(self.0, ty.0, callee.0, args, count, normal.0, unwind.0, UNNAMED) })
    }

    /// A call of assembly that may jump.
    pub(crate) fn call_br(
        &self,
        ty: Type<'c>,
        callee: Value<'c>,
        args: &[Value<'c>],
        fallthrough: Block<'c>,
        targets: &[Block<'c>],
    ) -> Value<'c> {
        let mut args: Vec<LLVMValueRef> = args.iter().map(|arg| arg.0).collect();
        let mut targets: Vec<LLVMBasicBlockRef> = targets.iter().map(|target| target.0).collect();
        Value::new(unsafe {
            LLVMBuildCallBr(
                self.0,
                ty.0,
                callee.0,
                fallthrough.0,
                targets.as_mut_ptr(),
                len(&targets),
                args.as_mut_ptr(),
                len(&args),
                std::ptr::null_mut(),
                0,
                UNNAMED,
            )
        })
    }

    pub(crate) fn landing_pad(&self, ty: Type<'c>) -> Value<'c> {
        Value::new(unsafe { LLVMBuildLandingPad(self.0, ty.0, std::ptr::null_mut(), 1, UNNAMED) })
    }

    pub(crate) fn resume(&self, exception: Value<'c>) {
        unsafe { LLVMBuildResume(self.0, exception.0) };
    }

    pub(crate) fn br(&self, target: Block<'c>) {
        unsafe { LLVMBuildBr(self.0, target.0) };
    }

    pub(crate) fn cond_br(&self, cond: Value<'c>, then: Block<'c>, otherwise: Block<'c>) -> Value<'c> {
        Value::new(unsafe { LLVMBuildCondBr(self.0, cond.0, then.0, otherwise.0) })
    }

    pub(crate) fn switch(&self, value: Value<'c>, default: Block<'c>, cases: usize) -> Value<'c> {
        let cases = u32::try_from(cases).expect("few cases");
        Value::new(unsafe { LLVMBuildSwitch(self.0, value.0, default.0, cases) })
    }

    pub(crate) fn ret(&self, value: Option<Value<'c>>) {
        unsafe {
            match value {
                Some(value) => LLVMBuildRet(self.0, value.0),
                None => LLVMBuildRetVoid(self.0),
            }
        };
    }

    pub(crate) fn unreachable(&self) -> Value<'c> {
        Value::new(unsafe { LLVMBuildUnreachable(self.0) })
    }
}

/// An alignment for the functions that take 32 bits; a smaller one than is true does no harm.
fn small_align(align: u64) -> u32 {
    u32::try_from(align).unwrap_or(1 << 31)
}
