//! Facts about definitions: linkage, attributes, whether they are compiled here.

use crate::LowerCx;
use layout::abi::FnAbi;
use lir::{AllocatorRole, FunctionAttrs, InlineHint, Linkage, OptimizeHint};
use std::sync::Arc;
use ty::{CodegenAttrs, CodegenFlags, DefId, DefKind, GenericArg, InlineAttr, Instance, InstanceKind, OptimizeAttr};

impl<'tcx> LowerCx<'tcx> {
    /// Whether the code of an instance is made here, rather than linked from a compiled crate.
    pub fn is_codegened_here(&self, instance: Instance<'tcx>) -> bool {
        let definitions = self.tcx.definitions();
        match instance.kind {
            InstanceKind::Item(def_id) => {
                if definitions.is_foreign_item(def_id) {
                    return false;
                }
                if !self.options.prebuilt.contains(&def_id.krate) {
                    return true;
                }
                let generic = instance.args.iter().any(|arg| !matches!(arg, GenericArg::Lifetime(_)));
                (generic
                    || definitions.is_cross_crate_inlinable(def_id)
                    || is_constructor(definitions.def_kind(def_id)))
                    && self.bodies.has_optimized_mir(def_id)
            }
            InstanceKind::Virtual(..) | InstanceKind::Intrinsic(_) => false,
            InstanceKind::ThreadLocalShim(def_id) => !self.options.prebuilt.contains(&def_id.krate),
            _ => true,
        }
    }

    /// Whether rustc compiles an instance once, with the crate that defines it: all others are compiled with what uses them.
    pub fn is_of_its_crate(&self, instance: Instance<'tcx>) -> bool {
        let definitions = self.tcx.definitions();
        match instance.kind {
            InstanceKind::Item(def_id) => {
                !mangle::is_generic(instance)
                    && !definitions.is_foreign_item(def_id)
                    && !definitions.is_cross_crate_inlinable(def_id)
                    && !is_constructor(definitions.def_kind(def_id))
            }
            _ => false,
        }
    }

    /// Whether nobody else sees the symbol of an instance or static (`#[linkage = "internal"]`), whatever its name.
    pub(crate) fn is_local_symbol(&self, instance: Instance<'tcx>) -> bool {
        let InstanceKind::Item(def_id) = instance.kind else { return false };
        let has_linkage =
            matches!(self.tcx.definitions().def_kind(def_id), DefKind::Fn | DefKind::AssocFn | DefKind::Static { .. });
        has_linkage && self.tcx.definitions().codegen_attrs(def_id).linkage == Some(ty::Linkage::Internal)
    }

    /// A setting that MIR asks for.
    pub fn runtime_check(&self, check: mir::RuntimeChecks) -> bool {
        let checks = self.checks();
        match check {
            mir::RuntimeChecks::UbChecks => checks.ub,
            mir::RuntimeChecks::ContractChecks => checks.contract,
            mir::RuntimeChecks::OverflowChecks => checks.overflow,
        }
    }

    /// Whether the memory of a static is defined here.
    pub fn is_static_here(&self, def_id: DefId) -> bool {
        !self.tcx.definitions().is_foreign_item(def_id) && !self.options.prebuilt.contains(&def_id.krate)
    }

    /// A foreign item that may be absent.
    pub(crate) fn is_weak_import(&self, def_id: DefId) -> bool {
        let definitions = self.tcx.definitions();
        definitions.is_foreign_item(def_id)
            && matches!(
                definitions.codegen_attrs(def_id).import_linkage,
                Some(ty::Linkage::ExternalWeak | ty::Linkage::WeakAny | ty::Linkage::WeakOdr)
            )
    }

    /// How a definition's symbol is seen by others.
    pub(crate) fn item_linkage(&self, def_id: DefId) -> Linkage {
        let attrs = self.tcx.definitions().codegen_attrs(def_id);
        if let Some(linkage) = attrs.linkage {
            return match linkage {
                // It has a name that nobody else has, and may be referred to from several objects.
                ty::Linkage::Internal => self.options.linkage,
                ty::Linkage::External | ty::Linkage::AvailableExternally => Linkage::Export,
                ty::Linkage::Common => Linkage::Common,
                _ => Linkage::WeakExport,
            };
        }
        if is_exported(attrs) { Linkage::Export } else { self.options.linkage }
    }

    /// A function's path as a debugger shows it.
    pub(crate) fn debug_name(&self, instance: Instance<'tcx>) -> Arc<str> {
        let def_id = instance.def_id();
        let name = || -> &'tcx Arc<str> { self.tcx.arena().keep(Arc::from(self.tcx.debug_path_str(def_id))) };
        self.debug_names.get_or(def_id, name).clone()
    }

    /// Linkage and attributes of a function that is compiled here.
    pub(crate) fn function_attrs(&self, instance: Instance<'tcx>, abi: &FnAbi<'tcx>) -> (Linkage, FunctionAttrs) {
        let def_id = instance.def_id();
        let empty = CodegenAttrs::default();
        let is_item = matches!(instance.kind, InstanceKind::Item(_));
        let kind = self.tcx.definitions().def_kind(def_id);
        let has_attrs = matches!(
            kind,
            DefKind::Fn | DefKind::AssocFn | DefKind::Closure | DefKind::Ctor(..) | DefKind::SyntheticCoroutineBody
        );
        let codegen = if has_attrs { self.tcx.definitions().codegen_attrs(def_id) } else { &empty };
        let linkage = if is_item { self.item_linkage(def_id) } else { self.options.linkage };
        let flags = codegen.flags;
        let mut attrs = FunctionAttrs {
            inline: match codegen.inline {
                InlineAttr::None => InlineHint::None,
                InlineAttr::Hint => InlineHint::Hint,
                InlineAttr::Always | InlineAttr::Force => InlineHint::Always,
                InlineAttr::Never => InlineHint::Never,
            },
            optimize: match codegen.optimize {
                OptimizeAttr::Default => OptimizeHint::Default,
                OptimizeAttr::DoNotOptimize => OptimizeHint::None,
                OptimizeAttr::Size => OptimizeHint::Size,
                OptimizeAttr::Speed => OptimizeHint::Speed,
            },
            cold: flags.contains(CodegenFlags::COLD),
            nounwind: !abi.can_unwind,
            noreturn: abi.ret.layout.uninhabited,
            unwind_table: true,
            naked: is_item && flags.contains(CodegenFlags::NAKED),
            no_builtins: self.tcx.definitions().crate_flags(def_id.krate).no_builtins,
            allocator: None,
            target_features: codegen
                .target_features
                .iter()
                .flat_map(|feature| llvm_feature(feature.as_str()))
                .collect(),
            section: codegen.link_section.map(|section| section.as_str().to_owned()),
            align: codegen.align.unwrap_or(0),
            used: flags.intersects(CodegenFlags::USED_COMPILER | CodegenFlags::USED_LINKER),
        };
        if !is_item {
            attrs.section = None;
            if matches!(instance.kind, InstanceKind::DropGlue(..) | InstanceKind::CloneShim(..)) {
                attrs.inline = InlineHint::None;
                attrs.cold = false;
            }
        }
        attrs.allocator = if flags.contains(CodegenFlags::ALLOCATOR) {
            Some(AllocatorRole::Alloc { size: 0, align: 1, zeroed: false })
        } else if flags.contains(CodegenFlags::ALLOCATOR_ZEROED) {
            Some(AllocatorRole::Alloc { size: 0, align: 1, zeroed: true })
        } else if flags.contains(CodegenFlags::REALLOCATOR) {
            Some(AllocatorRole::Realloc { ptr: 0, align: 2, new_size: 3 })
        } else if flags.contains(CodegenFlags::DEALLOCATOR) {
            Some(AllocatorRole::Dealloc { ptr: 0 })
        } else {
            None
        };
        if attrs.allocator.is_some() {
            // Optimisers know what calls of it do. They do not, once its body stands in a call's place.
            attrs.inline = InlineHint::Never;
        }
        (linkage, attrs)
    }
}

fn is_constructor(kind: DefKind) -> bool {
    matches!(kind, DefKind::Ctor(..))
}

/// The symbol has a name that other objects know.
pub fn is_exported(attrs: &CodegenAttrs) -> bool {
    attrs.symbol_name.is_some() || attrs.flags.intersects(CodegenFlags::NO_MANGLE | CodegenFlags::STD_INTERNAL_SYMBOL)
}

/// LLVM's names for a target feature that Rust names.
fn llvm_feature(feature: &str) -> Vec<String> {
    let names: &[&str] = match feature {
        "sse4.2" => &["sse4.2", "crc32"],
        "pclmulqdq" => &["pclmul"],
        "rdrand" => &["rdrnd"],
        "bmi1" => &["bmi"],
        "cmpxchg16b" => &["cx16"],
        "lahfsahf" => &["sahf"],
        "apxf" => &["egpr", "push2pop2", "ppx", "ndd", "ccmp", "cf", "nf", "zu"],
        "avx512fp16" => &["avx512fp16"],
        "crt-static" | "x87" => &[],
        other => return vec![format!("+{other}")],
    };
    names.iter().map(|name| format!("+{name}")).collect()
}
