//! Debug information: metadata from its text form, locations, and records of where variables are.

use super::{Block, Builder, Context, Metadata, Module, Value, c_string, take_message};
use llvm_sys::core::*;
use llvm_sys::debuginfo::*;
use llvm_sys::ir_reader::LLVMParseIRInContext2;
use llvm_sys::prelude::*;
use std::marker::PhantomData;

impl Context {
    /// Reads an assembly text that holds nothing but metadata, and gives the operands of the named list `list` in it. The
    /// C interface has no functions for some kinds of metadata; the text has all.
    pub(crate) fn parse_metadata(&self, text: &str, list: &str) -> Result<Vec<Metadata<'_>>, String> {
        let (text, list) = (c_string(text), c_string(list));
        unsafe {
            let length = text.as_bytes().len();
            let buffer = LLVMCreateMemoryBufferWithMemoryRange(text.as_ptr(), length, c"debug".as_ptr(), 1);
            let (mut module, mut message) = (std::ptr::null_mut(), std::ptr::null_mut());
            // LLVM reads no text into a context that forgets names. The text has none to forget.
            LLVMContextSetDiscardValueNames(self.raw(), 0);
            let failed = LLVMParseIRInContext2(self.raw(), buffer, &mut module, &mut message) != 0;
            LLVMContextSetDiscardValueNames(self.raw(), 1);
            LLVMDisposeMemoryBuffer(buffer);
            if failed {
                return Err(take_message(message));
            }
            // Metadata belongs to the context, so the module can go.
            let module = Module { raw: module, context: self };
            let count = LLVMGetNamedMetadataNumOperands(module.raw(), list.as_ptr());
            let mut raw: Vec<LLVMValueRef> = vec![std::ptr::null_mut(); count as usize];
            LLVMGetNamedMetadataOperands(module.raw(), list.as_ptr(), raw.as_mut_ptr());
            Ok(raw.into_iter().map(|value| Metadata::new(LLVMValueAsMetadata(value))).collect())
        }
    }

    /// A place in the source: line and column of a scope, which is inlined at another place or not.
    pub(crate) fn debug_location<'c>(
        &'c self,
        line: u32,
        column: u32,
        scope: Metadata<'c>,
        inlined_at: Option<Metadata<'c>>,
    ) -> Metadata<'c> {
        let inlined_at = inlined_at.map_or(std::ptr::null_mut(), |location| location.0);
        // Debug information has 16 bits for a column.
        let column = if column > u16::MAX.into() { 0 } else { column };
        Metadata::new(unsafe { LLVMDIBuilderCreateDebugLocation(self.raw(), line, column, scope.0, inlined_at) })
    }
}

/// Makes the records that say where variables are.
pub(crate) struct DebugBuilder<'c>(LLVMDIBuilderRef, PhantomData<&'c Context>);

impl<'c> DebugBuilder<'c> {
    pub(crate) fn new(module: &Module<'c>) -> DebugBuilder<'c> {
        DebugBuilder(unsafe { LLVMCreateDIBuilder(module.raw()) }, PhantomData)
    }

    /// Says that a variable is behind `address`, from the end of `block` as it is now. The expression is of DWARF's
    /// operators, on the address.
    pub(crate) fn declare(
        &self,
        address: Value<'c>,
        variable: Metadata<'c>,
        expression: &mut [u64],
        location: Metadata<'c>,
        block: Block<'c>,
    ) {
        unsafe {
            let expression = LLVMDIBuilderCreateExpression(self.0, expression.as_mut_ptr(), expression.len());
            LLVMDIBuilderInsertDeclareRecordAtEnd(self.0, address.0, variable.0, expression, location.0, block.0);
        }
    }
}

impl Drop for DebugBuilder<'_> {
    fn drop(&mut self) {
        unsafe { LLVMDisposeDIBuilder(self.0) }
    }
}

impl<'c> Builder<'c> {
    /// The place in the source of the instructions to come.
    pub(crate) fn set_location(&self, location: Option<Metadata<'c>>) {
        let raw = location.map_or(std::ptr::null_mut(), |location| location.0);
        unsafe { LLVMSetCurrentDebugLocation2(self.0, raw) }
    }
}
