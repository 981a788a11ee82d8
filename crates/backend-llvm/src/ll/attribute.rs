//! Attributes of functions, parameters, results and calls.

use super::{Context, Type, Value};
use llvm_sys::core::*;
use llvm_sys::prelude::*;
use llvm_sys::{LLVMAttributeFunctionIndex, LLVMAttributeIndex, LLVMAttributeReturnIndex};
use std::marker::PhantomData;

/// An attribute of any form.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(crate) struct Attribute<'c>(LLVMAttributeRef, PhantomData<&'c Context>);

/// What an attribute is attached to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Place {
    Function,
    Return,
    /// Parameters count from 0.
    Param(u32),
}

impl Place {
    fn index(self) -> LLVMAttributeIndex {
        match self {
            Place::Function => LLVMAttributeFunctionIndex,
            Place::Return => LLVMAttributeReturnIndex,
            Place::Param(number) => number + 1,
        }
    }
}

/// The number of an attribute kind by its name in the text form.
pub(crate) fn kind(name: &str) -> u32 {
    let kind = unsafe { LLVMGetEnumAttributeKindForName(name.as_ptr().cast(), name.len()) };
    debug_assert!(kind != 0, "LLVM has no attribute {name}");
    kind
}

impl Context {
    /// An attribute without a value, or with an integer.
    pub(crate) fn attribute(&self, kind: u32, value: u64) -> Attribute<'_> {
        Attribute(unsafe { LLVMCreateEnumAttribute(self.raw(), kind, value) }, PhantomData)
    }

    pub(crate) fn type_attribute<'c>(&'c self, kind: u32, ty: Type<'c>) -> Attribute<'c> {
        Attribute(unsafe { LLVMCreateTypeAttribute(self.raw(), kind, ty.0) }, PhantomData)
    }

    pub(crate) fn string_attribute(&self, name: &str, value: &str) -> Attribute<'_> {
        let (name_len, value_len) = (super::len(name.as_bytes()), super::len(value.as_bytes()));
        let raw = unsafe {
            LLVMCreateStringAttribute(self.raw(), name.as_ptr().cast(), name_len, value.as_ptr().cast(), value_len)
        };
        Attribute(raw, PhantomData)
    }

    /// The integers of `bits` bits from `low` up to and excluding `high`, wrapping; the two differ.
    pub(crate) fn range_attribute(&self, kind: u32, bits: u32, low: u128, high: u128) -> Attribute<'_> {
        let words = |value: u128| [value as u64, (value >> 64) as u64];
        let (low, high) = (words(low), words(high));
        let raw = unsafe { LLVMCreateConstantRangeAttribute(self.raw(), kind, bits, low.as_ptr(), high.as_ptr()) };
        Attribute(raw, PhantomData)
    }
}

impl<'c> Value<'c> {
    /// Attaches to a function.
    pub(crate) fn add_attribute(self, place: Place, attribute: Attribute<'c>) {
        unsafe { LLVMAddAttributeAtIndex(self.0, place.index(), attribute.0) }
    }

    /// Takes an attribute off a function, if it is there.
    pub(crate) fn remove_string_attribute(self, name: &str) {
        let len = super::len(name.as_bytes());
        unsafe { LLVMRemoveStringAttributeAtIndex(self.0, LLVMAttributeFunctionIndex, name.as_ptr().cast(), len) }
    }

    /// Attaches to a call or invoke.
    pub(crate) fn add_call_attribute(self, place: Place, attribute: Attribute<'c>) {
        unsafe { LLVMAddCallSiteAttribute(self.0, place.index(), attribute.0) }
    }

    pub(crate) fn has_function_attribute(self, kind: u32) -> bool {
        !unsafe { LLVMGetEnumAttributeAtIndex(self.0, LLVMAttributeFunctionIndex, kind) }.is_null()
    }

    /// Whether a call or its callee has an attribute of the function kind.
    pub(crate) fn call_has_attribute(self, kind: u32) -> bool {
        if !unsafe { LLVMGetCallSiteEnumAttribute(self.0, LLVMAttributeFunctionIndex, kind) }.is_null() {
            return true;
        }
        let callee = unsafe { LLVMGetCalledValue(self.0) };
        !unsafe { LLVMIsAFunction(callee) }.is_null() && Value::new(callee).has_function_attribute(kind)
    }
}
