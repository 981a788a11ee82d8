//! LIR's promises as LLVM's attributes, named and placed as rustc's own output has them.

use crate::cx::{Cx, groups};
use crate::ll::attribute::{Place, kind};
use crate::ll::{Attribute, Context, Value};
use backend::{OptLevel, Options};
use lir::{
    AllocatorRole, CallAttrs, Captures, Extension, Function, Import, InlineHint, OptimizeHint, Param, PointerRole,
    Scalar, Signature, Type,
};

/// The crate that names of std's own symbols are in (`_RNvC…7___rustc12___rust_alloc`).
const STD_CRATE: &str = "7___rustc";

/// Numbers of attribute kinds, and the attributes that many share.
pub(crate) struct Attributes<'c> {
    context: &'c Context,
    kinds: Kinds,
    /// On every function: CPU, features, frame pointer, stack probes.
    common: Vec<Attribute<'c>>,
    /// On every definition as the optimisation level asks.
    level: Vec<Attribute<'c>>,
    features: String,
    optimizes: bool,
    pic: bool,
}

macro_rules! kinds {
    ($($field:ident = $name:literal),* $(,)?) => {
        struct Kinds { $($field: u32),* }
        impl Kinds {
            fn new() -> Kinds {
                Kinds { $($field: kind($name)),* }
            }
        }
    };
}

kinds! {
    align = "align",
    allocalign = "allocalign",
    allockind = "allockind",
    allocptr = "allocptr",
    allocsize = "allocsize",
    alwaysinline = "alwaysinline",
    byval = "byval",
    captures = "captures",
    cold = "cold",
    dead_on_return = "dead_on_return",
    dead_on_unwind = "dead_on_unwind",
    dereferenceable = "dereferenceable",
    dereferenceable_or_null = "dereferenceable_or_null",
    inlinehint = "inlinehint",
    minsize = "minsize",
    noalias = "noalias",
    noinline = "noinline",
    nonlazybind = "nonlazybind",
    nonnull = "nonnull",
    noreturn = "noreturn",
    noundef = "noundef",
    nounwind = "nounwind",
    optnone = "optnone",
    optsize = "optsize",
    range = "range",
    readonly = "readonly",
    signext = "signext",
    sret = "sret",
    uwtable = "uwtable",
    writable = "writable",
    zeroext = "zeroext",
}

/// Bits of `captures`: what may be captured, once for the result and once for everything else.
mod captures {
    const ADDRESS: u64 = 0b0011;
    const READ_PROVENANCE: u64 = 0b0100;
    pub(super) const NONE: u64 = 0;
    pub(super) const ADDRESS_ONLY: u64 = ADDRESS << 4 | ADDRESS;
    pub(super) const ADDRESS_AND_READS: u64 = (ADDRESS | READ_PROVENANCE) << 4 | ADDRESS | READ_PROVENANCE;
}

/// Bits of `allockind`.
mod alloc_kind {
    pub(super) const ALLOC: u64 = 1;
    pub(super) const REALLOC: u64 = 2;
    pub(super) const FREE: u64 = 4;
    pub(super) const UNINITIALIZED: u64 = 8;
    pub(super) const ZEROED: u64 = 16;
    pub(super) const ALIGNED: u64 = 32;
}

/// `uwtable` without an argument: a table that holds at every instruction.
const UWTABLE_DEFAULT: u64 = 2;

impl<'c> Attributes<'c> {
    pub(crate) fn new(context: &'c Context, options: &Options, cpu: &str, features: &str) -> Attributes<'c> {
        let kinds = Kinds::new();
        let mut common = Vec::new();
        if options.stack_probes {
            common.push(context.string_attribute("probe-stack", "inline-asm"));
        }
        if options.frame_pointers {
            common.push(context.string_attribute("frame-pointer", "all"));
        }
        common.push(context.string_attribute("target-cpu", cpu));
        let level = match options.opt {
            OptLevel::Os => vec![context.attribute(kinds.optsize, 0)],
            OptLevel::Oz => vec![context.attribute(kinds.minsize, 0), context.attribute(kinds.optsize, 0)],
            _ => Vec::new(),
        };
        Attributes {
            context,
            kinds,
            common,
            level,
            features: features.to_owned(),
            optimizes: options.opt != OptLevel::O0,
            pic: options.position_independent,
        }
    }

    fn flag(&self, kind: u32) -> Attribute<'c> {
        self.context.attribute(kind, 0)
    }

    /// What a signature says of its parameters and results.
    pub(crate) fn add_declaration(&self, value: Value<'c>, signature: &Signature, cx: &Cx<'_, 'c>) {
        self.each(&signature.params, signature, cx, |place, attribute| value.add_attribute(place, attribute));
    }

    /// The same, and more, for a call.
    pub(crate) fn add_call(&self, call: Value<'c>, signature: &Signature, attrs: &CallAttrs, cx: &Cx<'_, 'c>) {
        let params = signature.all_params();
        self.each(params, signature, cx, |place, attribute| call.add_call_attribute(place, attribute));
        let flags = [
            (attrs.nounwind, self.kinds.nounwind),
            (attrs.noreturn, self.kinds.noreturn),
            (attrs.cold && self.optimizes, self.kinds.cold),
        ];
        for (_, kind) in flags.into_iter().filter(|(set, _)| *set) {
            call.add_call_attribute(Place::Function, self.flag(kind));
        }
    }

    /// For a function that another object defines. A local one needs no entry of the global offset table to be called.
    pub(crate) fn add_external(&self, value: Value<'c>, local: bool) {
        if self.pic && !local {
            value.add_attribute(Place::Function, self.flag(self.kinds.nonlazybind));
        }
    }

    /// Where a function comes from that nothing defines.
    pub(crate) fn add_import(&self, value: Value<'c>, import: &Import) {
        for (key, text) in [("wasm-import-module", &import.module), ("wasm-import-name", &import.name)] {
            value.add_attribute(Place::Function, self.context.string_attribute(key, text));
        }
    }

    /// What a function with a body says of itself.
    pub(crate) fn add_definition(&self, value: Value<'c>, function: &Function) {
        let add = |attribute| value.add_attribute(Place::Function, attribute);
        let attrs = &function.attrs;
        for attribute in &self.common {
            add(*attribute);
        }
        if self.pic {
            add(self.flag(self.kinds.nonlazybind));
        }
        if attrs.no_builtins {
            add(self.context.string_attribute("no-builtins", ""));
        }
        if attrs.unwind_table {
            add(self.context.attribute(self.kinds.uwtable, UWTABLE_DEFAULT));
        }
        for (set, kind) in [
            (attrs.nounwind, self.kinds.nounwind),
            (attrs.noreturn, self.kinds.noreturn),
            (attrs.cold, self.kinds.cold),
        ] {
            if set {
                add(self.flag(kind));
            }
        }
        match attrs.optimize {
            OptimizeHint::Default => self.level.iter().for_each(|attribute| add(*attribute)),
            OptimizeHint::None => add(self.flag(self.kinds.optnone)),
            OptimizeHint::Size => {
                add(self.flag(self.kinds.minsize));
                add(self.flag(self.kinds.optsize));
            }
            OptimizeHint::Speed => {}
        }
        match attrs.inline {
            // LLVM wants the two together.
            _ if attrs.optimize == OptimizeHint::None => add(self.flag(self.kinds.noinline)),
            InlineHint::None => {}
            InlineHint::Hint => add(self.flag(self.kinds.inlinehint)),
            InlineHint::Always => add(self.flag(self.kinds.alwaysinline)),
            InlineHint::Never => add(self.flag(self.kinds.noinline)),
        }
        let mut features = self.features.clone();
        for feature in &attrs.target_features {
            if !features.is_empty() {
                features.push(',');
            }
            features.push_str(feature);
        }
        if !features.is_empty() {
            add(self.context.string_attribute("target-features", &features));
        }
        if let Some(role) = attrs.allocator {
            self.add_allocator(value, role, &function.name);
        }
    }

    /// The allocator's functions have their names from rustc, and no definition that says what they are: recognises them
    /// where the types fit, as LLVM does `malloc`.
    pub(crate) fn add_allocator_by_name(&self, value: Value<'c>, name: &str, signature: &Signature, cx: &Cx<'_, 'c>) {
        // The plain name stands behind, with its length.
        let Some((_, plain)) = name.split_once(STD_CRATE) else { return };
        let size = if cx.pointer_bytes == 8 { Type::I64 } else { Type::I32 };
        let params: Vec<Type> = signature.params.iter().map(|param| param.ty).collect();
        let gives_pointer = matches!(&signature.returns[..], [result] if result.ty == Type::PTR);
        let role = match plain {
            "12___rust_alloc" if gives_pointer && params == [size, size] => {
                AllocatorRole::Alloc { size: 0, align: 1, zeroed: false }
            }
            "19___rust_alloc_zeroed" if gives_pointer && params == [size, size] => {
                AllocatorRole::Alloc { size: 0, align: 1, zeroed: true }
            }
            "14___rust_realloc" if gives_pointer && params == [Type::PTR, size, size, size] => {
                AllocatorRole::Realloc { ptr: 0, align: 2, new_size: 3 }
            }
            "14___rust_dealloc" if params == [Type::PTR, size, size] => AllocatorRole::Dealloc { ptr: 0 },
            _ => return,
        };
        self.add_allocator(value, role, name);
        // What the toolchain's shims are; see `rustc_codegen_llvm::allocator`. A program's own may panic all the same.
        value.add_attribute(Place::Function, self.flag(self.kinds.nounwind));
    }

    /// Says what an allocator's function of this name does.
    fn add_allocator(&self, value: Value<'c>, role: AllocatorRole, name: &str) {
        use alloc_kind::*;
        let add = |place, kind, number| value.add_attribute(place, self.context.attribute(kind, number));
        // The high half is the parameter with the size of an element, the low half the one with their number: none.
        let size_of = |param: u32| u64::from(param) << 32 | u64::from(u32::MAX);
        value.add_attribute(Place::Function, self.context.string_attribute("alloc-family", "__rust_alloc"));
        match role {
            AllocatorRole::Alloc { size, align, zeroed } => {
                let contents = if zeroed { ZEROED } else { UNINITIALIZED };
                add(Place::Function, self.kinds.allockind, ALLOC | ALIGNED | contents);
                add(Place::Function, self.kinds.allocsize, size_of(size));
                add(Place::Param(align), self.kinds.allocalign, 0);
                add(Place::Return, self.kinds.noalias, 0);
                if let Some((prefix, _)) = name.split_once(STD_CRATE).filter(|_| !zeroed) {
                    let name = format!("{prefix}{STD_CRATE}19___rust_alloc_zeroed");
                    let attribute = self.context.string_attribute("alloc-variant-zeroed", &name);
                    value.add_attribute(Place::Function, attribute);
                }
            }
            AllocatorRole::Realloc { ptr, align, new_size } => {
                add(Place::Function, self.kinds.allockind, REALLOC | ALIGNED);
                add(Place::Function, self.kinds.allocsize, size_of(new_size));
                add(Place::Param(ptr), self.kinds.allocptr, 0);
                add(Place::Param(align), self.kinds.allocalign, 0);
                add(Place::Return, self.kinds.noalias, 0);
            }
            AllocatorRole::Dealloc { ptr } => {
                add(Place::Function, self.kinds.allockind, FREE);
                add(Place::Param(ptr), self.kinds.allocptr, 0);
                add(Place::Param(ptr), self.kinds.captures, captures::ADDRESS_ONLY);
            }
        }
    }

    fn each<'p>(
        &self,
        params: impl IntoIterator<Item = &'p Param>,
        signature: &Signature,
        cx: &Cx<'_, 'c>,
        mut add: impl FnMut(Place, Attribute<'c>),
    ) {
        for (number, (param, _)) in (0..).zip(groups(params.into_iter())) {
            self.each_of(param, false, cx, |attribute| add(Place::Param(number), attribute));
        }
        // Of several results LLVM can say nothing.
        if let [result] = &signature.returns[..] {
            self.each_of(result, true, cx, |attribute| add(Place::Return, attribute));
        }
    }

    /// One parameter's attributes; without optimisation only what belongs to the calling convention.
    fn each_of(&self, param: &Param, result: bool, cx: &Cx<'_, 'c>, mut add: impl FnMut(Attribute<'c>)) {
        let attrs = &param.attrs;
        let is_ptr = param.ty == Type::PTR;
        let is_int = matches!(param.ty, Type::Scalar(scalar) if scalar.is_int());
        match attrs.extension {
            Extension::None => {}
            Extension::Zero if is_int => add(self.flag(self.kinds.zeroext)),
            Extension::Sign if is_int => add(self.flag(self.kinds.signext)),
            Extension::Zero | Extension::Sign => {}
        }
        let mut align = if is_ptr { attrs.align } else { 0 };
        match attrs.role {
            None => {}
            Some(PointerRole::StructReturn { size, align: role_align }) => {
                add(self.context.type_attribute(self.kinds.sret, cx.types.i8.array(size)));
                align = align.max(role_align);
                if self.optimizes {
                    add(self.flag(self.kinds.dead_on_unwind));
                }
            }
            Some(PointerRole::ByValue { size, align: role_align }) => {
                add(self.context.type_attribute(self.kinds.byval, cx.types.i8.array(size)));
                // The place of the copy in the argument area follows from this one, whatever else is known.
                align = role_align;
            }
        }
        if align > 1 || (align == 1 && attrs.role.is_some()) {
            add(self.context.attribute(self.kinds.align, align));
        }
        if !self.optimizes {
            return;
        }
        if attrs.noundef {
            add(self.flag(self.kinds.noundef));
        }
        if let (true, Some((low, high))) = (is_int, attrs.range) {
            self.add_range(param.ty.lane(), low, high, cx, &mut add);
        }
        if !is_ptr {
            return;
        }
        for (set, kind) in [
            (attrs.noalias, self.kinds.noalias),
            (attrs.nonnull, self.kinds.nonnull),
            (attrs.readonly && !result, self.kinds.readonly),
            (attrs.writable && !result, self.kinds.writable),
            (attrs.dead_on_return && !result, self.kinds.dead_on_return),
        ] {
            if set {
                add(self.flag(kind));
            }
        }
        match attrs.captures {
            _ if result => {}
            Captures::Anything => {}
            Captures::Nothing => add(self.context.attribute(self.kinds.captures, captures::NONE)),
            Captures::Address => add(self.context.attribute(self.kinds.captures, captures::ADDRESS_ONLY)),
            Captures::AddressAndReads => {
                add(self.context.attribute(self.kinds.captures, captures::ADDRESS_AND_READS));
            }
        }
        if attrs.dereferenceable > 0 {
            let kind = match attrs.dereferenceable_or_null {
                true => self.kinds.dereferenceable_or_null,
                false => self.kinds.dereferenceable,
            };
            add(self.context.attribute(kind, attrs.dereferenceable));
        }
    }

    fn add_range(&self, scalar: Scalar, low: u128, high: u128, cx: &Cx, add: &mut impl FnMut(Attribute<'c>)) {
        let bits = cx.bits(scalar);
        if let Some((low, high)) = proper_range(bits, low, high) {
            add(self.context.range_attribute(self.kinds.range, bits, low, high));
        }
    }
}

/// A range as LLVM has it, in `bits` bits; `None` where it says nothing (or nothing possible).
pub(crate) fn proper_range(bits: u32, low: u128, high: u128) -> Option<(u128, u128)> {
    let mask = if bits >= 128 { u128::MAX } else { (1 << bits) - 1 };
    let (low, high) = (low & mask, high & mask);
    (low != high).then_some((low, high))
}
