//! What holds for a whole module: types, symbols, intrinsics, kinds of metadata.

use crate::attributes::Attributes;
use crate::debug::Debug;
use crate::ll::{Builder, Context, Module, Type, Value};
use backend::{OptLevel, Options};
use lir::{Linkage, Scalar, Signature, SymbolKind, SymbolRef};
use llvm_sys::LLVMLinkage;
use llvm_sys::comdat::LLVMComdatSelectionKind;
use rustc_hash::FxHashMap;
use std::cell::{OnceCell, RefCell};

/// LLVM's types for LIR's scalars, and a few more.
pub(crate) struct Types<'c> {
    pub(crate) i1: Type<'c>,
    pub(crate) i8: Type<'c>,
    pub(crate) i16: Type<'c>,
    pub(crate) i32: Type<'c>,
    pub(crate) i64: Type<'c>,
    pub(crate) i128: Type<'c>,
    pub(crate) f16: Type<'c>,
    pub(crate) f32: Type<'c>,
    pub(crate) f64: Type<'c>,
    pub(crate) f128: Type<'c>,
    pub(crate) ptr: Type<'c>,
    pub(crate) void: Type<'c>,
    /// The integer as wide as a pointer.
    pub(crate) size: Type<'c>,
    /// What a landing pad gives.
    pub(crate) landing: Type<'c>,
}

/// Kinds of metadata on instructions.
pub(crate) struct MetadataKinds {
    pub(crate) range: u32,
    pub(crate) noundef: u32,
    pub(crate) nonnull: u32,
    pub(crate) align: u32,
    pub(crate) invariant_load: u32,
    pub(crate) nontemporal: u32,
    pub(crate) prof: u32,
}

/// One module's lowering.
pub(crate) struct Cx<'a, 'c> {
    pub(crate) context: &'c Context,
    pub(crate) module: &'a Module<'c>,
    pub(crate) builder: Builder<'c>,
    pub(crate) source: &'a lir::Module,
    pub(crate) options: &'a Options,
    pub(crate) types: Types<'c>,
    pub(crate) kinds: MetadataKinds,
    pub(crate) attributes: Attributes<'c>,
    pub(crate) pointer_bytes: u32,
    symbols: RefCell<FxHashMap<String, Value<'c>>>,
    intrinsics: RefCell<FxHashMap<IntrinsicKey<'c>, (Value<'c>, Type<'c>)>>,
    /// By the address of the name, which is quicker than the name.
    intrinsic_ids: RefCell<FxHashMap<*const str, u32>>,
    /// Those that LLVM has under another name, or not any more.
    old_intrinsics: RefCell<FxHashMap<String, (Value<'c>, Type<'c>)>>,
    used: RefCell<Vec<Value<'c>>>,
    compiler_used: RefCell<Vec<Value<'c>>>,
    pub(crate) debug: OnceCell<Debug<'c>>,
}

/// An intrinsic's number, and the types that it is for (few have more than two).
type IntrinsicKey<'c> = (u32, Option<Type<'c>>, Option<Type<'c>>);

impl<'a, 'c> Cx<'a, 'c> {
    pub(crate) fn new(
        context: &'c Context,
        module: &'a Module<'c>,
        source: &'a lir::Module,
        options: &'a Options,
        cpu: &str,
        features: &str,
        pointer_bytes: u32,
    ) -> Cx<'a, 'c> {
        let (ptr, i32) = (context.ptr(), context.int(32));
        let types = Types {
            i1: context.int(1),
            i8: context.int(8),
            i16: context.int(16),
            i32,
            i64: context.int(64),
            i128: context.int(128),
            f16: context.half(),
            f32: context.float(),
            f64: context.double(),
            f128: context.fp128(),
            ptr,
            void: context.void(),
            size: context.int(pointer_bytes * 8),
            landing: context.structure(&[ptr, i32], false),
        };
        let kinds = MetadataKinds {
            range: context.metadata_kind("range"),
            noundef: context.metadata_kind("noundef"),
            nonnull: context.metadata_kind("nonnull"),
            align: context.metadata_kind("align"),
            invariant_load: context.metadata_kind("invariant.load"),
            nontemporal: context.metadata_kind("nontemporal"),
            prof: context.metadata_kind("prof"),
        };
        Cx {
            context,
            module,
            builder: context.builder(),
            source,
            options,
            types,
            kinds,
            attributes: Attributes::new(context, options, cpu, features),
            pointer_bytes,
            symbols: RefCell::default(),
            intrinsics: RefCell::default(),
            intrinsic_ids: RefCell::default(),
            old_intrinsics: RefCell::default(),
            used: RefCell::default(),
            compiler_used: RefCell::default(),
            debug: OnceCell::new(),
        }
    }

    /// Whether to spend time on what only an optimiser reads.
    pub(crate) fn optimizes(&self) -> bool {
        self.options.opt != OptLevel::O0
    }

    pub(crate) fn scalar(&self, scalar: Scalar) -> Type<'c> {
        match scalar {
            Scalar::I8 => self.types.i8,
            Scalar::I16 => self.types.i16,
            Scalar::I32 => self.types.i32,
            Scalar::I64 => self.types.i64,
            Scalar::I128 => self.types.i128,
            Scalar::F16 => self.types.f16,
            Scalar::F32 => self.types.f32,
            Scalar::F64 => self.types.f64,
            Scalar::F128 => self.types.f128,
            Scalar::Ptr => self.types.ptr,
        }
    }

    pub(crate) fn ty(&self, ty: lir::Type) -> Type<'c> {
        match ty {
            lir::Type::Scalar(scalar) => self.scalar(scalar),
            lir::Type::Vector { lane, lanes } => self.scalar(lane).vector(lanes.into()),
        }
    }

    /// A vector or scalar of `lane`s, shaped as `ty`.
    pub(crate) fn shaped(&self, ty: lir::Type, lane: Type<'c>) -> Type<'c> {
        match ty {
            lir::Type::Scalar(_) => lane,
            lir::Type::Vector { lanes, .. } => lane.vector(lanes.into()),
        }
    }

    pub(crate) fn bits(&self, scalar: Scalar) -> u32 {
        scalar.size_bytes(self.pointer_bytes) * 8
    }

    /// The function type of a signature: several results are a struct, parameters that go together an array.
    pub(crate) fn function_type(&self, signature: &Signature) -> Type<'c> {
        let params: Vec<Type> = groups(signature.params.iter())
            .map(|(param, count)| match param.attrs.group {
                0 => self.ty(param.ty),
                _ => self.ty(param.ty).array(count as u64),
            })
            .collect();
        let result = match &signature.returns[..] {
            [] => self.types.void,
            [one] => self.ty(one.ty),
            many => {
                let fields: Vec<Type> = many.iter().map(|result| self.ty(result.ty)).collect();
                self.context.structure(&fields, false)
            }
        };
        result.function(&params, signature.variadic)
    }

    /// An intrinsic by its name without the types' suffix, which must exist.
    pub(crate) fn intrinsic(&self, name: &'static str, overload: &[Type<'c>]) -> (Value<'c>, Type<'c>) {
        // Texts in the program have one address each, or a few.
        let id = *self
            .intrinsic_ids
            .borrow_mut()
            .entry(std::ptr::from_ref(name))
            .or_insert_with(|| Module::intrinsic_id(name).unwrap_or_else(|| panic!("LLVM has {name}")));
        self.intrinsic_by_id(id, overload)
    }

    pub(crate) fn intrinsic_by_id(&self, id: u32, overload: &[Type<'c>]) -> (Value<'c>, Type<'c>) {
        if overload.len() > 2 {
            return self.module.intrinsic(id, overload);
        }
        let key = (id, overload.first().copied(), overload.get(1).copied());
        *self.intrinsics.borrow_mut().entry(key).or_insert_with(|| self.module.intrinsic(id, overload))
    }

    /// An intrinsic of older versions of LLVM, in this type; see [`Cx::has_old_intrinsics`].
    pub(crate) fn old_intrinsic(&self, name: &str, ty: Type<'c>) -> Result<Value<'c>, String> {
        let mut known = self.old_intrinsics.borrow_mut();
        let &mut (function, first) =
            known.entry(name.to_owned()).or_insert_with(|| (self.module.add_function(name, ty), ty));
        if first == ty { Ok(function) } else { Err(format!("{name} is declared with two types")) }
    }

    /// Whether there are calls that LLVM must bring up to date before it can go on with the module.
    pub(crate) fn has_old_intrinsics(&self) -> bool {
        !self.old_intrinsics.borrow().is_empty()
    }

    /// Calls an intrinsic; see [`Cx::intrinsic`].
    pub(crate) fn call_intrinsic(&self, name: &'static str, overload: &[Type<'c>], args: &[Value<'c>]) -> Value<'c> {
        let (function, ty) = self.intrinsic(name, overload);
        self.builder.call(ty, function, args)
    }

    // ---- symbols

    /// Declares everything that the module defines, so that what refers to it finds the definition. `bodies` are the
    /// functions that this back end compiles; the others stay declarations.
    pub(crate) fn declare_definitions(&self, source: &lir::Module, bodies: &[&lir::Function]) {
        for function in &source.functions {
            let value = self.module.add_function(&function.name, self.function_type(&function.signature));
            self.attributes.add_declaration(value, &function.signature, self);
            value.set_call_conv(crate::call::convention(function.signature.conv));
            value.set_unnamed_addr();
            self.symbols.borrow_mut().insert(function.name.to_string(), value);
        }
        for function in bodies {
            let value = self.symbols.borrow()[&*function.name];
            // A naked function's definition is assembly; this stays its declaration.
            if !function.attrs.naked {
                self.set_linkage(value, &function.name, function.linkage, false);
                self.attributes.add_definition(value, function);
                if let Some(section) = &function.attrs.section {
                    value.set_section(section);
                }
                if function.attrs.align > 1 {
                    value.set_alignment(function.attrs.align);
                }
            }
            if function.attrs.used {
                self.keep(value);
            }
        }
        for data in &source.data {
            let value = self.declare_data(data);
            self.symbols.borrow_mut().insert(data.name.to_string(), value);
        }
        for alias in &source.aliases {
            self.define_alias(alias);
        }
    }

    fn define_alias(&self, alias: &lir::Alias) {
        let target = self.symbols.borrow().get(&*alias.target).copied();
        // The target was rejected: another back end defines it and this name.
        let Some(target) = target else { return };
        let rejected = target.is_function() && !self.is_body(&alias.target);
        if rejected {
            return;
        }
        let value = self.module.add_alias(&alias.name, target.value_type(), target);
        match alias.linkage {
            Linkage::Internal => value.set_linkage(LLVMLinkage::LLVMInternalLinkage),
            Linkage::Hidden | Linkage::Available => value.set_hidden(),
            Linkage::Export | Linkage::Common => {}
            Linkage::WeakExport => value.set_linkage(LLVMLinkage::LLVMWeakAnyLinkage),
            Linkage::WeakHidden => {
                value.set_linkage(LLVMLinkage::LLVMWeakAnyLinkage);
                value.set_hidden();
            }
        }
        self.symbols.borrow_mut().insert(alias.name.to_string(), value);
    }

    fn is_body(&self, name: &str) -> bool {
        let function = self.source.functions.iter().find(|function| &*function.name == name);
        function
            .is_some_and(|function| !function.attrs.naked && crate::unsupported::construct(self, function).is_none())
    }

    /// Declares the functions that the bodies call, each with the signature of its first call, because a declaration says
    /// more to the optimiser than a bare address.
    pub(crate) fn declare_called(&self, bodies: &[&lir::Function]) {
        for function in bodies {
            for block in &function.blocks {
                let calls = block.nodes.iter().filter_map(|node| match &node.inst {
                    lir::Inst::Call(call) => Some(&**call),
                    _ => None,
                });
                let last = match &block.terminator {
                    lir::Terminator::Invoke { call, .. } | lir::Terminator::TailCall(call) => Some(&**call),
                    _ => None,
                };
                for call in calls.chain(last) {
                    if let lir::Callee::Symbol(symbol) = call.callee {
                        self.declare_function(function.symbol(symbol), Some(function.signature(call.sig)));
                    }
                }
            }
        }
    }

    /// The address of a symbol: what the module defines, or a declaration.
    pub(crate) fn symbol(&self, symbol: &SymbolRef) -> Value<'c> {
        match symbol.kind {
            SymbolKind::Function => self.declare_function(symbol, None),
            SymbolKind::Data | SymbolKind::ThreadLocal => {
                self.declare_external_data(&symbol.name, symbol.kind == SymbolKind::ThreadLocal, symbol.weak)
            }
        }
    }

    fn declare_function(&self, symbol: &SymbolRef, signature: Option<&Signature>) -> Value<'c> {
        if let Some(value) = self.known(&symbol.name) {
            return value;
        }
        let declared = || self.source.declarations.iter().find(|declaration| declaration.symbol == symbol.name);
        let signature = match signature {
            None => declared().map(|declaration| &declaration.signature),
            called => called,
        };
        let ty = match signature {
            Some(signature) => self.function_type(signature),
            None => self.types.void.function(&[], false),
        };
        let value = self.module.add_function(&symbol.name, ty);
        if let Some(signature) = signature {
            self.attributes.add_declaration(value, signature, self);
            self.attributes.add_allocator_by_name(value, &symbol.name, signature, self);
            value.set_call_conv(crate::call::convention(signature.conv));
        }
        self.attributes.add_external(value, symbol.local);
        if symbol.weak {
            value.set_linkage(LLVMLinkage::LLVMExternalWeakLinkage);
        } else {
            value.set_unnamed_addr();
        }
        self.symbols.borrow_mut().insert(symbol.name.to_string(), value);
        value
    }

    /// The address of a function of which only the name is known.
    pub(crate) fn function_address(&self, name: &str, weak: bool) -> Value<'c> {
        let symbol = SymbolRef { name: name.into(), kind: SymbolKind::Function, weak, local: false };
        self.declare_function(&symbol, None)
    }

    pub(crate) fn declare_external_data(&self, name: &str, thread_local: bool, weak: bool) -> Value<'c> {
        if let Some(value) = self.known(name) {
            return value;
        }
        let value = self.module.add_global(name, self.types.i8);
        if thread_local {
            value.set_thread_local();
        }
        if weak {
            value.set_linkage(LLVMLinkage::LLVMExternalWeakLinkage);
        }
        self.symbols.borrow_mut().insert(name.to_owned(), value);
        value
    }

    pub(crate) fn known(&self, name: &str) -> Option<Value<'c>> {
        self.symbols.borrow().get(name).copied()
    }

    /// Sets linkage and visibility of a definition. `anonymous`: nothing needs its symbol.
    pub(crate) fn set_linkage(&self, value: Value<'c>, name: &str, linkage: Linkage, anonymous: bool) {
        match linkage {
            Linkage::Internal if anonymous => value.set_linkage(LLVMLinkage::LLVMPrivateLinkage),
            Linkage::Internal => value.set_linkage(LLVMLinkage::LLVMInternalLinkage),
            Linkage::Hidden => value.set_hidden(),
            Linkage::Export => {}
            Linkage::WeakExport => value.set_linkage(LLVMLinkage::LLVMWeakAnyLinkage),
            Linkage::WeakHidden => {
                value.set_linkage(LLVMLinkage::LLVMWeakODRLinkage);
                value.set_hidden();
                self.module.set_comdat(value, name, LLVMComdatSelectionKind::LLVMAnyComdatSelectionKind);
            }
            Linkage::Available => {
                value.set_linkage(LLVMLinkage::LLVMAvailableExternallyLinkage);
                value.set_hidden();
            }
            Linkage::Common => value.set_linkage(match value.is_function() {
                true => LLVMLinkage::LLVMWeakAnyLinkage,
                false => LLVMLinkage::LLVMCommonLinkage,
            }),
        }
    }

    /// Keeps a definition though nothing refers to it.
    pub(crate) fn keep(&self, value: Value<'c>) {
        self.used.borrow_mut().push(value);
    }

    /// Keeps a definition that assembly names, as far as LLVM goes; the linker sees the reference.
    pub(crate) fn keep_for_assembly(&self, value: Value<'c>) {
        self.compiler_used.borrow_mut().push(value);
    }

    /// What comes after all definitions: where functions are imported from, the lists of what is kept, and global assembly.
    pub(crate) fn finish(&self, source: &lir::Module) {
        for declaration in &source.declarations {
            if let (Some(value), Some(import)) = (self.known(&declaration.symbol), &declaration.import) {
                self.attributes.add_import(value, import);
            }
        }
        for (name, list) in [("llvm.used", &self.used), ("llvm.compiler.used", &self.compiler_used)] {
            let list = list.borrow();
            if !list.is_empty() {
                let list = self.types.ptr.const_array(&list);
                let global = self.module.add_global(name, list.ty());
                global.set_linkage(LLVMLinkage::LLVMAppendingLinkage);
                global.set_section("llvm.metadata");
                global.set_initializer(list);
            }
        }
        for text in &source.global_asm {
            self.append_asm(text);
        }
    }

    /// Adds assembly at the module's level that is as LLVM's own output.
    pub(crate) fn append_asm_plain(&self, text: &str) {
        self.module.append_asm(text);
    }

    /// Adds assembly at the module's level. It is in Intel syntax on x86, as Rust's is; LLVM's own output around it is not.
    pub(crate) fn append_asm(&self, text: &str) {
        let x86 = self.options.triple.starts_with("x86_64") || self.options.triple.starts_with('i');
        match x86 {
            true => self.module.append_asm(&format!(".intel_syntax\n{text}\n.att_syntax\n")),
            false => self.module.append_asm(&format!("{text}\n")),
        }
    }
}

/// LLVM's parameters: the first LIR parameter of each, and how many there are in it.
pub(crate) fn groups<'p>(
    params: impl Iterator<Item = &'p lir::Param>,
) -> impl Iterator<Item = (&'p lir::Param, usize)> {
    let mut params = params;
    std::iter::from_fn(move || {
        let first = params.next()?;
        let count = usize::from(first.attrs.group).max(1);
        for _ in 1..count {
            params.next();
        }
        Some((first, count))
    })
}
