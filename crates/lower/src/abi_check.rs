//! Signatures that need what the function lacks: vectors in registers of a target feature, and unsized parameters, both of
//! functions with another ABI than Rust's own. (In Rust's, vectors go through memory.)

use crate::{FunctionCx, LowerCx, LowerError};
use layout::abi::{ArgAbi, FnAbi, PassMode};
use layout::{BackendRepr, TyAndLayout};
use std::collections::{HashSet, VecDeque};
use ty::{DefId, DefKind, Instance, Span, Ty, TyKind};

/// On which side of a call the fault is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Side {
    Definition,
    Call,
}

/// For vectors of up to so many bits: the feature with which C compilers pass them in registers.
const X86_VECTORS: &[(u64, &str)] = &[(128, "sse"), (256, "avx"), (512, "avx512f")];
const ARM_VECTORS: &[(u64, &str)] = &[(128, "neon")];
const WASM_VECTORS: &[(u64, &str)] = &[(128, "simd128")];
const RISCV_VECTORS: &[(u64, &str)] = &[
    (32, "zvl32b"),
    (64, "zvl64b"),
    (128, "zvl128b"),
    (256, "zvl256b"),
    (512, "zvl512b"),
    (1024, "zvl1024b"),
    (2048, "zvl2048b"),
    (4096, "zvl4096b"),
    (8192, "zvl8192b"),
    (16384, "zvl16384b"),
    (32768, "zvl32768b"),
    (65536, "zvl65536b"),
];

impl<'tcx> FunctionCx<'_, 'tcx> {
    /// Checks the function's own signature.
    pub(crate) fn check_definition_abi(&mut self) {
        if !self.fn_abi.abi.is_rustic_abi() {
            let span = self.cx.tcx.definitions().def_span(self.instance.def_id());
            self.check_abi(self.fn_abi, Side::Definition, span);
        }
    }

    /// Checks the signature of a function that is called, against what the caller has.
    pub(crate) fn check_call_abi(&mut self, abi: &FnAbi<'tcx>, span: Span) {
        if !abi.abi.is_rustic_abi() {
            self.check_abi(abi, Side::Call, span);
        }
    }

    /// Checks the signature of an intrinsic of LLVM's.
    pub(crate) fn check_intrinsic_abi(&mut self, instance: Instance<'tcx>, span: Span) {
        if let Ok(abi) = self.cx.call_abi(instance, &[]) {
            self.check_call_abi(abi, span);
        }
    }

    fn check_abi(&mut self, abi: &FnAbi<'tcx>, side: Side, span: Span) {
        // (Of a call's variable arguments nothing is asked.)
        let fixed = &abi.args[..abi.fixed_count];
        for arg in fixed.iter().filter(|arg| !arg.layout.is_sized()) {
            let fault = Fault::Unsized;
            self.faults.push(fault.error(self.cx, arg.layout.ty, side, span));
        }
        for arg in fixed.iter().chain([&abi.ret]).filter(|arg| is_vector(arg)) {
            if let Some(fault) = self.vector_fault(arg.layout) {
                self.faults.push(fault.error(self.cx, arg.layout.ty, side, span));
            }
        }
    }

    fn vector_fault(&self, layout: TyAndLayout<'tcx>) -> Option<Fault> {
        let vectors = match self.cx.tcx.session().cfg.values("target_arch").next() {
            Some("aarch64" | "arm") => ARM_VECTORS,
            Some("wasm32" | "wasm64") => WASM_VECTORS,
            Some("riscv32" | "riscv64") => RISCV_VECTORS,
            _ => X86_VECTORS,
        };
        let bits = layout.layout.size.bits();
        let Some((_, feature)) = vectors.iter().find(|(widest, _)| bits <= *widest) else {
            return Some(Fault::NoVector);
        };
        let attrs = self.cx.tcx.definitions().codegen_attrs(self.instance.def_id());
        let has = attrs.target_features.iter().any(|own| own.as_str() == *feature) || (self.cx.has_feature)(feature);
        (!has).then_some(Fault::Feature(feature))
    }
}

/// Whether an argument or result travels in a vector register as a vector, rather than as floats or bytes.
fn is_vector(arg: &ArgAbi<'_>) -> bool {
    match &arg.mode {
        PassMode::Cast(target) => target.regs.iter().any(|reg| reg.ty.is_vector()),
        PassMode::Direct(_) | PassMode::Pair(..) => {
            matches!(arg.layout.layout.backend_repr, BackendRepr::SimdVector { .. })
        }
        PassMode::Ignore | PassMode::Indirect { .. } => false,
    }
}

/// Why an argument or a result cannot be passed.
#[derive(Clone, Copy)]
enum Fault {
    /// The function lacks this feature.
    Feature(&'static str),
    /// No feature passes vectors of this size.
    NoVector,
    Unsized,
}

impl Fault {
    fn error<'tcx>(self, cx: &LowerCx<'tcx>, ty: Ty<'tcx>, side: Side, span: Span) -> LowerError {
        let (what, label, whose) = match side {
            Side::Definition => ("definition", "function defined here", ""),
            Side::Call => ("call", "function called here", " in the caller"),
        };
        let ty = public_type_name(cx, ty);
        let (message, help) = match self {
            Fault::Feature(feature) => (
                format!(
                    "this function {what} uses SIMD vector type `{ty}` which (with the chosen ABI) requires the \
                     `{feature}` target feature, which is not enabled{whose}"
                ),
                Some(format!(
                    "consider enabling it globally (`-C target-feature=+{feature}`) or locally \
                     (`#[target_feature(enable=\"{feature}\")]`)"
                )),
            ),
            Fault::NoVector => (
                format!(
                    "this function {what} uses SIMD vector type `{ty}` which is not currently supported with the chosen \
                     ABI"
                ),
                None,
            ),
            Fault::Unsized => (
                format!("this function {what} uses unsized type `{ty}` which is not supported with the chosen ABI"),
                Some("only rustic ABIs support unsized parameters".to_owned()),
            ),
        };
        LowerError::Abi { message, label, help, span }
    }
}

/// A type's name, with the path by which programs know it if it is of the standard library: `std::arch::x86_64::__m256`.
fn public_type_name<'tcx>(cx: &LowerCx<'tcx>, ty: Ty<'tcx>) -> String {
    let name = cx.tcx.ty_str(ty);
    let TyKind::Adt(def_id, _) = *ty.kind() else { return name };
    let path = cx.tcx.def_path_str(def_id);
    match (public_path(cx, def_id), name.strip_prefix(&path)) {
        (Some(public), Some(args)) if cx.options.prebuilt.contains(&def_id.krate) => format!("{public}{args}"),
        _ => name,
    }
}

/// The shortest path from `std` (or `core`, for programs without it) on which the public modules have a definition.
fn public_path(cx: &LowerCx<'_>, wanted: DefId) -> Option<String> {
    let definitions = cx.tcx.definitions();
    let root = ["std", "core"].into_iter().find_map(|name| {
        definitions.crates().into_iter().find(|&krate| definitions.crate_name(krate).as_str() == name)
    })?;
    let mut seen = HashSet::from([root.root()]);
    let mut left = VecDeque::from([(root.root(), definitions.crate_name(root).as_str().to_owned())]);
    while let Some((module, path)) = left.pop_front() {
        for (name, child) in definitions.module_children(module) {
            let path = || format!("{path}::{}", name.as_str());
            if child == wanted {
                return Some(path());
            }
            if definitions.def_kind(child) == DefKind::Mod && seen.insert(child) {
                left.push_back((child, path()));
            }
        }
    }
    None
}
