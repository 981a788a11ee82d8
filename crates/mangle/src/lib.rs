//! What things are called in compiled code, as the release of rustc calls them that checked the program.
//!
//! **What it is.** The v0 symbol names of instances, the 128-bit numbers of types that `TypeId` holds, and the text of
//! `core::any::type_name`. Compiled std exports functions under such names and compares such numbers with ours, so both
//! must be the same to the last bit. (`rustc_symbol_mangling::v0`, RFC 2603; `TyCtxt::type_id_hash`;
//! `rustc_const_eval::util::type_name`.)
//!
//! **What goes in.** Instances and types, normalised. **What comes out.** Strings and numbers.
//!
//! **What it must not know.** Which instances a program has, and which of them are shared between crates: the caller says
//! for which crate a copy is.

#![deny(unsafe_code)]
#![warn(missing_docs)]

mod base62;
mod impls;
mod path;
mod punycode;
mod stable_hash;
mod type_name;
mod v0;

use std::hash::Hasher as _;
use ty::{
    CodegenFlags, CrateNum, DefId, DefKind, DefPathData, GenericArg, GenericArgs, Instance, InstanceKind, List, Memo,
    NativeLibKind, Tcx, Ty,
};

/// Names things. Remembers hashes of types, and parts of names.
pub struct Mangler<'tcx> {
    tcx: Tcx<'tcx>,
    /// See [`Mangler::new`].
    rustc_version: String,
    types: Memo<Ty<'tcx>, stable_hash::Fingerprint>,
    adts: Memo<DefId, stable_hash::Fingerprint>,
    args: Memo<GenericArgs<'tcx>, stable_hash::Fingerprint>,
    type_lists: Memo<List<'tcx, Ty<'tcx>>, stable_hash::Fingerprint>,
    parts: v0::Parts<'tcx>,
    /// Whether foreign items have a module of their own to be imported from.
    imported: Memo<DefId, bool>,
}

// SAFETY: it holds collections of its own and references, which dropping does not follow.
#[allow(unsafe_code, reason = "the one promise that an arena asks for")]
unsafe impl ty::Hold for Mangler<'_> {}

impl<'tcx> Mangler<'tcx> {
    /// `rustc_version` is what `rustc -V` prints after `rustc `, such as `1.95.0 (59807616e 2026-04-14)`: it tells the
    /// symbols of std's own that cross crates by name (`__rust_alloc`, `rust_begin_unwind`) from another version's.
    pub fn new(tcx: Tcx<'tcx>, rustc_version: impl Into<String>) -> Mangler<'tcx> {
        Mangler {
            tcx,
            rustc_version: rustc_version.into(),
            types: Memo::default(),
            adts: Memo::default(),
            args: Memo::default(),
            type_lists: Memo::default(),
            parts: v0::Parts::default(),
            imported: Memo::default(),
        }
    }

    /// The linker's name of an instance's code, or of a static.
    ///
    /// `instantiating_crate`: the crate that an instance is compiled for, where several crates may hold a copy: it becomes
    /// part of the name. See [`is_generic`] for when rustc has one. It is ignored for what has a fixed name.
    pub fn symbol_name(&self, instance: Instance<'tcx>, instantiating_crate: Option<CrateNum>) -> String {
        if let Some(name) = self.fixed_symbol_name(instance) {
            return name;
        }
        v0::instance(self.tcx, &self.parts, instance, instantiating_crate)
    }

    /// The mangled name of what has a name of its own (see [`Mangler::fixed_symbol_name`]).
    pub fn mangled_name(&self, instance: Instance<'tcx>) -> String {
        v0::instance(self.tcx, &self.parts, instance, None)
    }

    /// The name of a copy of an instance that is made for a whole program. It says nothing of the program, so that the same
    /// copy has the same name in all. `kind` tells copies apart that differ.
    pub fn copy_name(&self, instance: Instance<'tcx>, kind: &str) -> String {
        if let Some(name) = self.fixed_symbol_name(instance) {
            return name;
        }
        let mut name = v0::instance(self.tcx, &self.parts, instance, None);
        v0::push_no_crate(&mut name, kind);
        name
    }

    /// How a crate is called at the root of paths in names: every mangled name that mentions something of it contains this.
    pub fn crate_root(&self, krate: CrateNum) -> String {
        v0::crate_root(self.tcx, &self.parts, krate)
    }

    /// The name that attributes fix (`#[no_mangle]`, `#[export_name]`, `#[link_name]`, foreign items, std's internal
    /// symbols); `None` if the name is mangled.
    pub fn fixed_symbol_name(&self, instance: Instance<'tcx>) -> Option<String> {
        let definitions = self.tcx.definitions();
        let def_id = instance.def_id();
        if !has_codegen_attrs(definitions.def_kind(def_id)) {
            return None;
        }
        let attrs = definitions.codegen_attrs(def_id);
        // The shim of a `#[track_caller]` function lives beside the function.
        if matches!(instance.kind, InstanceKind::ReifyShim(..)) && attrs.flags.contains(CodegenFlags::TRACK_CALLER) {
            return None;
        }
        let item_name = || self.item_name(def_id);
        if attrs.flags.contains(CodegenFlags::STD_INTERNAL_SYMBOL) {
            let name = attrs.symbol_name.map_or_else(item_name, |name| name.as_str().to_owned());
            return Some(self.internal_symbol_name(&name));
        }
        if self.is_imported(def_id) {
            return None;
        }
        self.given_name(def_id)
    }

    /// Whether it is imported from a module that its block names (`#[link(wasm_import_module = "…")]`) on WebAssembly, where
    /// names in different modules are different things: then its symbol is mangled.
    fn is_imported(&self, def_id: DefId) -> bool {
        let definitions = self.tcx.definitions();
        if !self.tcx.session().cfg.holds("target_family", Some("wasm")) || !definitions.is_foreign_item(def_id) {
            return false;
        }
        let find = || {
            let mut libraries = definitions.native_libraries(def_id.krate);
            libraries.retain(|library| library.kind == NativeLibKind::WasmImportModule);
            // Few crates have any.
            !libraries.is_empty()
                && definitions.foreign_modules(def_id.krate).iter().any(|block| {
                    block.items.contains(&def_id)
                        && libraries.iter().any(|library| library.foreign_module == Some(block.def_id))
                })
        };
        self.imported.get_or(def_id, find)
    }

    /// The name by attributes (`#[link_name]` and the like), or of a foreign item its own: what it is imported as.
    pub fn given_name(&self, def_id: DefId) -> Option<String> {
        let attrs = self.tcx.definitions().codegen_attrs(def_id);
        if let Some(name) = attrs.symbol_name {
            return Some(name.as_str().to_owned());
        }
        attrs.flags.contains(CodegenFlags::NO_MANGLE).then(|| self.item_name(def_id))
    }

    /// The name of one of std's symbols that crates agree on by name only, such as `__rust_alloc`.
    pub fn internal_symbol_name(&self, name: &str) -> String {
        match name {
            // LLVM knows this one.
            "rust_eh_personality" => name.to_owned(),
            // Those of Apple's C libraries.
            "__isPlatformVersionAtLeast" | "__isOSVersionAtLeast" => name.to_owned(),
            _ => {
                let mut hasher = stable_hash::Hasher::new();
                hasher.write(self.rustc_version.as_bytes());
                v0::internal(stable_hash::finish(hasher).0, name)
            }
        }
    }

    /// What `TypeId::of` holds, as one number (its bytes in memory are the number's, lowest first).
    pub fn type_id(&self, ty: Ty<'tcx>) -> u128 {
        stable_hash::type_id(self, ty)
    }

    /// `core::any::type_name`.
    pub fn type_name(&self, ty: Ty<'tcx>) -> String {
        type_name::type_name(self.tcx, ty)
    }

    fn item_name(&self, def_id: DefId) -> String {
        let key = self.tcx.definitions().def_key(def_id);
        match (key.data, key.parent) {
            (DefPathData::Ctor, Some(index)) => self.item_name(DefId { index, ..def_id }),
            (data, _) => match data.name() {
                Some(name) => name.as_str().to_owned(),
                None => ty::bug!("{def_id:?} has no name of its own"),
            },
        }
    }
}

/// Whether the instance has arguments other than lifetimes. Then every crate that needs it may compile a copy, and rustc
/// makes the crate that did part of its name: pass [`CrateNum::LOCAL`] for a copy of one's own.
pub fn is_generic(instance: Instance<'_>) -> bool {
    instance.args.iter().any(|arg| !matches!(arg, GenericArg::Lifetime(_)))
}

/// Kinds of definitions that code generation attributes can be on.
fn has_codegen_attrs(kind: DefKind) -> bool {
    matches!(
        kind,
        DefKind::Fn
            | DefKind::AssocFn
            | DefKind::Ctor(..)
            | DefKind::Closure
            | DefKind::Static { .. }
            | DefKind::SyntheticCoroutineBody
    )
}
