//! A thin typed layer over LLVM's C interface; all unsafe code of this crate is in here, but for the thread that a
//! compilation runs on.
//!
//! **Why it is sound.** Every handle but the owners ([`Context`], [`Module`], [`Builder`], [`Machine`], [`Buffer`]) is a
//! `Copy` name of something that lives as long as the [`Context`] (types, values, attributes, metadata), and carries the
//! context's lifetime. Values inside a function are only ever deleted by the pass pipeline, which consumes the phase of
//! lowering: no `Value` is used after [`passes::run`] except those asked for anew from the module. Handles come from LLVM and
//! are never null unless a function says `Option`. A [`Context`] can only be made from [`Loaded`], which proves that the
//! library is there.
//!
//! What LLVM itself would leave undefined or assert (a flag on what the builder folded into a constant, an attribute value
//! out of range) is checked here.

#![allow(clippy::undocumented_unsafe_blocks, reason = "one argument for the whole layer, above")]

pub(crate) mod attribute;
pub(crate) mod build;
pub(crate) mod debug;
pub(crate) mod machine;
pub(crate) mod passes;
pub(crate) mod value;

pub(crate) use attribute::Attribute;
pub(crate) use build::Builder;
pub(crate) use machine::{Machine, MachineOptions};

use llvm_lazy::Loaded;
use llvm_sys::comdat::*;
use llvm_sys::core::*;
use llvm_sys::prelude::*;
use llvm_sys::*;
use std::cell::RefCell;
use std::ffi::{CStr, CString, c_char, c_uint, c_void};
use std::marker::PhantomData;

macro_rules! handle {
    ($(#[$meta:meta])* $name:ident, $raw:ty) => {
        $(#[$meta])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
        pub(crate) struct $name<'c>(pub(super) $raw, pub(super) PhantomData<&'c Context>);

        impl<'c> $name<'c> {
            pub(super) fn new(raw: $raw) -> $name<'c> {
                debug_assert!(!raw.is_null());
                $name(raw, PhantomData)
            }
        }
    };
}

handle!(/** A type. */ Type, LLVMTypeRef);
handle!(/** A constant, global, parameter or instruction. */ Value, LLVMValueRef);
handle!(/** A basic block. */ Block, LLVMBasicBlockRef);
handle!(/** A metadata node. */ Metadata, LLVMMetadataRef);

/// A NUL-terminated copy; inner NULs, which no name of ours holds, end it.
pub(super) fn c_string(text: &str) -> CString {
    let end = text.find('\0').unwrap_or(text.len());
    CString::new(&text[..end]).expect("no NUL before the end")
}

/// Takes over a message that LLVM allocated.
pub(super) unsafe fn take_message(message: *mut c_char) -> String {
    if message.is_null() {
        return String::new();
    }
    let text = unsafe { CStr::from_ptr(message) }.to_string_lossy().into_owned();
    unsafe { LLVMDisposeMessage(message) };
    text
}

/// Owns everything that LLVM makes for one compilation, and collects the errors that it reports on the way.
pub(crate) struct Context {
    raw: LLVMContextRef,
    /// A stable address for the handler.
    said: Box<RefCell<Said>>,
}

/// What LLVM has reported.
struct Said {
    errors: Vec<String>,
    /// What optimisations tell; absent: nobody wants to know.
    remarks: Option<Vec<String>>,
}

impl Context {
    /// One, in which remarks are kept or not.
    pub(crate) fn new(_: Loaded, keep_remarks: bool) -> Context {
        let said = Said { errors: Vec::new(), remarks: keep_remarks.then(Vec::new) };
        let said = Box::new(RefCell::new(said));
        unsafe {
            let raw = LLVMContextCreate();
            let payload: *const RefCell<Said> = &*said;
            LLVMContextSetDiagnosticHandler(raw, Some(on_diagnostic), payload as *mut c_void);
            LLVMContextSetDiscardValueNames(raw, 1);
            Context { raw, said }
        }
    }

    /// The errors reported so far; forgets them.
    pub(crate) fn take_errors(&self) -> Vec<String> {
        std::mem::take(&mut self.said.borrow_mut().errors)
    }

    /// The remarks of optimisations so far; forgets them.
    pub(crate) fn take_remarks(&self) -> Vec<String> {
        self.said.borrow_mut().remarks.as_mut().map(std::mem::take).unwrap_or_default()
    }

    pub(crate) fn module(&self, name: &str) -> Module<'_> {
        let name = c_string(name);
        Module { raw: unsafe { LLVMModuleCreateWithNameInContext(name.as_ptr(), self.raw) }, context: self }
    }

    /// Reads a module; LLVM brings up to date what an older version may have written.
    pub(crate) fn parse_bitcode(&self, bitcode: &[u8]) -> Result<Module<'_>, String> {
        let (mut module, mut message) = (std::ptr::null_mut(), std::ptr::null_mut());
        let failed = unsafe {
            let (start, length) = (bitcode.as_ptr().cast(), bitcode.len());
            let buffer = Buffer(LLVMCreateMemoryBufferWithMemoryRange(start, length, c"module".as_ptr(), 0));
            ir_reader::LLVMParseIRInContext2(self.raw, buffer.0, &mut module, &mut message) != 0
        };
        match failed {
            true => Err(unsafe { take_message(message) }),
            false => Ok(Module { raw: module, context: self }),
        }
    }

    pub(crate) fn builder(&self) -> Builder<'_> {
        Builder::new(unsafe { LLVMCreateBuilderInContext(self.raw) })
    }

    pub(crate) fn raw(&self) -> LLVMContextRef {
        self.raw
    }

    pub(crate) fn int(&self, bits: u32) -> Type<'_> {
        Type::new(unsafe { LLVMIntTypeInContext(self.raw, bits) })
    }

    pub(crate) fn half(&self) -> Type<'_> {
        Type::new(unsafe { LLVMHalfTypeInContext(self.raw) })
    }

    pub(crate) fn bfloat(&self) -> Type<'_> {
        Type::new(unsafe { LLVMBFloatTypeInContext(self.raw) })
    }

    pub(crate) fn float(&self) -> Type<'_> {
        Type::new(unsafe { LLVMFloatTypeInContext(self.raw) })
    }

    pub(crate) fn double(&self) -> Type<'_> {
        Type::new(unsafe { LLVMDoubleTypeInContext(self.raw) })
    }

    pub(crate) fn fp128(&self) -> Type<'_> {
        Type::new(unsafe { LLVMFP128TypeInContext(self.raw) })
    }

    pub(crate) fn ptr(&self) -> Type<'_> {
        Type::new(unsafe { LLVMPointerTypeInContext(self.raw, 0) })
    }

    pub(crate) fn void(&self) -> Type<'_> {
        Type::new(unsafe { LLVMVoidTypeInContext(self.raw) })
    }

    pub(crate) fn structure<'c>(&'c self, fields: &[Type<'c>], packed: bool) -> Type<'c> {
        let mut raw: Vec<LLVMTypeRef> = fields.iter().map(|field| field.0).collect();
        Type::new(unsafe { LLVMStructTypeInContext(self.raw, raw.as_mut_ptr(), len(&raw), packed.into()) })
    }

    /// The number of a kind of metadata on instructions.
    pub(crate) fn metadata_kind(&self, name: &str) -> u32 {
        unsafe { LLVMGetMDKindIDInContext(self.raw, name.as_ptr().cast(), length(name)) }
    }

    pub(crate) fn md_string(&self, text: &str) -> Metadata<'_> {
        self.md_bytes(text.as_bytes())
    }

    pub(crate) fn md_bytes(&self, bytes: &[u8]) -> Metadata<'_> {
        Metadata::new(unsafe { LLVMMDStringInContext2(self.raw, bytes.as_ptr().cast(), bytes.len()) })
    }

    pub(crate) fn md_node<'c>(&'c self, operands: &[Metadata<'c>]) -> Metadata<'c> {
        let mut raw: Vec<LLVMMetadataRef> = operands.iter().map(|operand| operand.0).collect();
        Metadata::new(unsafe { LLVMMDNodeInContext2(self.raw, raw.as_mut_ptr(), raw.len()) })
    }

    pub(crate) fn md_value<'c>(&'c self, value: Value<'c>) -> Metadata<'c> {
        Metadata::new(unsafe { LLVMValueAsMetadata(value.0) })
    }

    /// Metadata as an operand of a call.
    pub(crate) fn md_as_value<'c>(&'c self, metadata: Metadata<'c>) -> Value<'c> {
        Value::new(unsafe { LLVMMetadataAsValue(self.raw, metadata.0) })
    }

    /// Bytes as an array of `i8`.
    pub(crate) fn const_bytes(&self, bytes: &[u8]) -> Value<'_> {
        Value::new(unsafe { LLVMConstStringInContext2(self.raw, bytes.as_ptr().cast(), bytes.len(), 1) })
    }

    pub(crate) fn const_struct<'c>(&'c self, fields: &[Value<'c>], packed: bool) -> Value<'c> {
        let mut raw: Vec<LLVMValueRef> = fields.iter().map(|field| field.0).collect();
        Value::new(unsafe { LLVMConstStructInContext(self.raw, raw.as_mut_ptr(), len(&raw), packed.into()) })
    }

    pub(crate) fn append_block<'c>(&'c self, function: Value<'c>) -> Block<'c> {
        Block::new(unsafe { LLVMAppendBasicBlockInContext(self.raw, function.0, c"".as_ptr()) })
    }
}

impl Drop for Context {
    fn drop(&mut self) {
        unsafe { LLVMContextDispose(self.raw) }
    }
}

extern "C" fn on_diagnostic(info: LLVMDiagnosticInfoRef, payload: *mut c_void) {
    // LLVM calls this on the thread that uses the context, between calls into this crate; the cell is not borrowed then.
    unsafe {
        let said = &*payload.cast::<RefCell<Said>>();
        let text = || take_message(LLVMGetDiagInfoDescription(info));
        match LLVMGetDiagInfoSeverity(info) {
            LLVMDiagnosticSeverity::LLVMDSError => said.borrow_mut().errors.push(text()),
            LLVMDiagnosticSeverity::LLVMDSRemark => {
                if let Some(remarks) = &mut said.borrow_mut().remarks {
                    remarks.push(text());
                }
            }
            _ => {}
        }
    }
}

/// The length of a list as the C interface counts.
pub(super) fn len<T>(list: &[T]) -> c_uint {
    length(list)
}

fn length<T, L: AsRef<[T]> + ?Sized>(list: &L) -> c_uint {
    c_uint::try_from(list.as_ref().len()).expect("fewer than 2^32 operands")
}

/// A module under construction.
pub(crate) struct Module<'c> {
    raw: LLVMModuleRef,
    context: &'c Context,
}

impl<'c> Module<'c> {
    pub(crate) fn raw(&self) -> LLVMModuleRef {
        self.raw
    }

    pub(crate) fn context(&self) -> &'c Context {
        self.context
    }

    pub(crate) fn set_source_file(&self, name: &str) {
        unsafe { LLVMSetSourceFileName(self.raw, name.as_ptr().cast(), name.len()) }
    }

    pub(crate) fn set_target(&self, triple: &str, data_layout: &str) {
        let (triple, data_layout) = (c_string(triple), c_string(data_layout));
        unsafe {
            LLVMSetTarget(self.raw, triple.as_ptr());
            LLVMSetDataLayout(self.raw, data_layout.as_ptr());
        }
    }

    pub(crate) fn add_flag(&self, behavior: LLVMModuleFlagBehavior, key: &str, value: u32) {
        let value = self.context.md_value(self.context.int(32).constant(value.into()));
        unsafe { LLVMAddModuleFlag(self.raw, behavior, key.as_ptr().cast(), key.len(), value.0) }
    }

    pub(crate) fn add_text_flag(&self, behavior: LLVMModuleFlagBehavior, key: &str, value: &str) {
        let value = self.context.md_string(value);
        unsafe { LLVMAddModuleFlag(self.raw, behavior, key.as_ptr().cast(), key.len(), value.0) }
    }

    pub(crate) fn append_asm(&self, text: &str) {
        unsafe { LLVMAppendModuleInlineAsm(self.raw, text.as_ptr().cast(), text.len()) }
    }

    pub(crate) fn add_named_metadata(&self, name: &str, node: Metadata<'c>) {
        let name = c_string(name);
        unsafe { LLVMAddNamedMetadataOperand(self.raw, name.as_ptr(), self.context.md_as_value(node).0) }
    }

    pub(crate) fn add_function(&self, name: &str, ty: Type<'c>) -> Value<'c> {
        let name = c_string(name);
        Value::new(unsafe { LLVMAddFunction(self.raw, name.as_ptr(), ty.0) })
    }

    pub(crate) fn add_global(&self, name: &str, ty: Type<'c>) -> Value<'c> {
        let name = c_string(name);
        Value::new(unsafe { LLVMAddGlobal(self.raw, ty.0, name.as_ptr()) })
    }

    pub(crate) fn add_alias(&self, name: &str, ty: Type<'c>, target: Value<'c>) -> Value<'c> {
        let name = c_string(name);
        Value::new(unsafe { LLVMAddAlias2(self.raw, ty.0, 0, target.0, name.as_ptr()) })
    }

    /// The section group of this name.
    pub(crate) fn set_comdat(&self, global: Value<'c>, name: &str, kind: LLVMComdatSelectionKind) {
        let name = c_string(name);
        unsafe {
            let comdat = LLVMGetOrInsertComdat(self.raw, name.as_ptr());
            LLVMSetComdatSelectionKind(comdat, kind);
            LLVMSetComdat(global.0, comdat);
        }
    }

    /// All functions, declared or defined.
    pub(crate) fn functions(&self) -> impl Iterator<Item = Value<'c>> + use<'c> {
        let first = unsafe { LLVMGetFirstFunction(self.raw) };
        chain(first, |value| unsafe { LLVMGetNextFunction(value) })
    }

    /// All global variables, declared or defined.
    pub(crate) fn globals(&self) -> impl Iterator<Item = Value<'c>> + use<'c> {
        let first = unsafe { LLVMGetFirstGlobal(self.raw) };
        chain(first, |value| unsafe { LLVMGetNextGlobal(value) })
    }

    /// The number of an intrinsic, by its full name or its name without the types' suffix.
    pub(crate) fn intrinsic_id(name: &str) -> Option<u32> {
        let id = unsafe { LLVMLookupIntrinsicID(name.as_ptr().cast(), name.len()) };
        (id != 0).then_some(id)
    }

    /// An intrinsic's name without types.
    pub(crate) fn intrinsic_name(id: u32) -> String {
        let mut length = 0;
        unsafe {
            let start = LLVMIntrinsicGetName(id, &mut length);
            String::from_utf8_lossy(std::slice::from_raw_parts(start.cast::<u8>(), length)).into_owned()
        }
    }

    pub(crate) fn intrinsic_is_overloaded(id: u32) -> bool {
        unsafe { LLVMIntrinsicIsOverloaded(id) != 0 }
    }

    /// An intrinsic's declaration and type.
    pub(crate) fn intrinsic(&self, id: u32, overload: &[Type<'c>]) -> (Value<'c>, Type<'c>) {
        let mut raw: Vec<LLVMTypeRef> = overload.iter().map(|ty| ty.0).collect();
        unsafe {
            let ty = LLVMIntrinsicGetType(self.context.raw, id, raw.as_mut_ptr(), raw.len());
            let function = LLVMGetIntrinsicDeclaration(self.raw, id, raw.as_mut_ptr(), raw.len());
            (Value::new(function), Type::new(ty))
        }
    }

    /// An intrinsic's type, without declaring it.
    pub(crate) fn intrinsic_type(&self, id: u32, overload: &[Type<'c>]) -> Type<'c> {
        let mut raw: Vec<LLVMTypeRef> = overload.iter().map(|ty| ty.0).collect();
        Type::new(unsafe { LLVMIntrinsicGetType(self.context.raw, id, raw.as_mut_ptr(), raw.len()) })
    }

    /// Checks LLVM's own rules.
    pub(crate) fn verify(&self) -> Result<(), String> {
        let mut message = std::ptr::null_mut();
        let action = analysis::LLVMVerifierFailureAction::LLVMReturnStatusAction;
        let broken = unsafe { analysis::LLVMVerifyModule(self.raw, action, &mut message) };
        let message = unsafe { take_message(message) };
        if broken != 0 { Err(message) } else { Ok(()) }
    }

    pub(crate) fn to_text(&self) -> String {
        unsafe { take_message(LLVMPrintModuleToString(self.raw)) }
    }

    pub(crate) fn to_bitcode(&self) -> Vec<u8> {
        Buffer(unsafe { bit_writer::LLVMWriteBitcodeToMemoryBuffer(self.raw) }).to_vec()
    }
}

impl Drop for Module<'_> {
    fn drop(&mut self) {
        unsafe { LLVMDisposeModule(self.raw) }
    }
}

fn chain<'c>(first: LLVMValueRef, next: impl Fn(LLVMValueRef) -> LLVMValueRef) -> impl Iterator<Item = Value<'c>> {
    let some = |raw: LLVMValueRef| (!raw.is_null()).then_some(raw);
    std::iter::successors(some(first), move |raw| some(next(*raw))).map(Value::new)
}

/// Bytes that LLVM wrote.
pub(crate) struct Buffer(LLVMMemoryBufferRef);

impl Buffer {
    pub(crate) fn to_vec(&self) -> Vec<u8> {
        unsafe {
            let (start, size) = (LLVMGetBufferStart(self.0), LLVMGetBufferSize(self.0));
            std::slice::from_raw_parts(start.cast::<u8>(), size).to_vec()
        }
    }
}

impl Drop for Buffer {
    fn drop(&mut self) {
        unsafe { LLVMDisposeMemoryBuffer(self.0) }
    }
}
