//! Monomorphic MIR to LIR.
//!
//! **What goes in.** An [`Instance`] whose MIR `traits` can give, or a constant allocation, static or vtable.
//! **What comes out.** A [`lir::Function`] or [`lir::Data`], and what it refers to ([`Use`]), so that whoever asks can go on
//! with those: lowering *is* the discovery of what a program needs.
//!
//! **What it must not know.** Back ends, files, crates on disk; which instances are compiled where (`mono` decides).
//!
//! The modules: `function` has the state of one function; `place` and `operand` are memory and values in hand;
//! `rvalue`, `statement`, `terminator`, `call`, `intrinsic` follow MIR; `constant` and `data` deal with constant memory;
//! `entry` makes the functions that no MIR describes.

#![forbid(unsafe_code)]
#![warn(missing_docs)]

mod abi_check;
mod asm;
mod call;
mod constant;
mod coverage;
mod data;
mod debug;
mod debug_names;
mod debug_types;
mod definitions;
mod entry;
mod error;
mod function;
mod intrinsic;
mod llvm_intrinsic;
mod operand;
mod place;
mod registers;
mod rvalue;
mod simd;
mod statement;
mod terminator;
mod test_entry;

pub use coverage::{COVERAGE_NAME_PREFIX, CoverageRecord, CoverageRegion};
pub use data::{lower_alloc, lower_static};
pub use debug_types::DebugTypes;
pub use definitions::is_exported;
pub use entry::{EntryPoint, allocator_shim, lower_entry};
pub use error::LowerError;
pub use function::lower_instance;
pub use llvm_intrinsic::intrinsic_parts;

use function::{FunctionCx, LocalRef};

use eval::EvalCx;
use layout::abi::FnAbi;
use layout::{LayoutCx, TyAndLayout};
use mangle::Mangler;
use rustc_hash::FxHashSet;
use std::sync::{Arc, Mutex};
use traits::TraitCx;
use ty::{AllocId, CrateNum, DefId, Instance, InstanceKind, Memo, Tcx, Ty};

/// The state that all lowering shares: the crates before this one, and the settings.
pub struct LowerCx<'tcx> {
    /// The context of the program's types.
    pub tcx: Tcx<'tcx>,
    /// Who has the MIR of functions.
    pub bodies: &'tcx dyn mir::Bodies<'tcx>,
    /// Layouts of types, and how functions pass their arguments.
    pub layout: &'tcx LayoutCx<'tcx>,
    /// Which impls and instances are meant.
    pub traits: &'tcx TraitCx<'tcx>,
    /// Constants and statics, evaluated.
    pub eval: &'tcx EvalCx<'tcx>,
    /// Names of symbols.
    pub mangler: &'tcx Mangler<'tcx>,
    /// What changes the code that is made.
    pub options: Options,
    /// Whether all functions have a target feature, by Rust's name. Asked only of signatures that need one.
    pub has_feature: Arc<dyn Fn(&str) -> bool + Send + Sync + 'tcx>,
    /// Which checks the code makes when it runs.
    checks: Checks,
    /// The code is for crates with settings other than the program's own, so copies have names other than its: the end of these.
    variant: Option<String>,
    /// Types of debug variables; of all functions lowered so far, whatever their checks.
    pub debug_types: Arc<Mutex<DebugTypes<'tcx>>>,
    names: Memo<Instance<'tcx>, ty::Symbol>,
    alloc_names: Memo<AllocId, ty::Symbol>,
    /// Names as LIR holds them: many functions refer to one.
    shared_names: Memo<ty::Symbol, &'tcx Arc<str>>,
    /// How debuggers show definitions.
    debug_names: Memo<DefId, &'tcx Arc<str>>,
}

/// What changes the code that is made.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Options {
    /// How much debuggers are told: nothing, lines, or everything (with `variables`).
    pub debug: lir::DebugInfo,
    /// Whether variables and their types are described, and where a debugger finds those that could be values.
    pub variables: Variables,
    /// Std and its parts, whose variables are not worth copies.
    pub std: FxHashSet<CrateNum>,
    /// Whether the code will be optimised: says whether hints and lifetimes are worth making.
    pub optimize: bool,
    /// Linkage of what is compiled here and not exported: `Hidden`, or `Internal` where all is in one module.
    pub linkage: lir::Linkage,
    /// How many instances of a function may need each other (`#![recursion_limit]`).
    pub recursion_limit: u32,
    /// Crates whose compiled code is linked: std and its parts.
    pub prebuilt: FxHashSet<CrateNum>,
    /// How the C runtime calls the program.
    pub entry: EntryAbi,
}

/// What debuggers are told of variables.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Variables {
    /// Nothing.
    #[default]
    Hidden,
    /// They are all in memory.
    InMemory,
    /// Those that need no memory are in LIR variables, and code outside of std stores a copy whenever one changes.
    Copied,
    /// They are where they would be without a debugger, which finds those in memory.
    AsTheyAre,
}

/// How the C runtime of a target calls a program.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct EntryAbi {
    /// The symbol: `main` in most cases.
    pub symbol: Arc<str>,
    /// It gets the number of the arguments and the arguments, as C's `main`.
    pub takes_arguments: bool,
}

impl Default for EntryAbi {
    /// C's `main`.
    fn default() -> EntryAbi {
        EntryAbi { symbol: "main".into(), takes_arguments: true }
    }
}

/// Which checks code makes when it runs: settings of the crate that code is compiled with. Copies of generic and inline
/// functions have those of the crate that needs them.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct Checks {
    /// Arithmetic that inherits the setting does not overflow (`-C overflow-checks`).
    pub overflow: bool,
    /// Preconditions of unsafe functions (`-C debug-assertions`, `-Z ub-checks`).
    pub ub: bool,
    /// Contracts (`-Z contract-checks`).
    pub contract: bool,
}

/// Something that lowered code or data refers to.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Use<'tcx> {
    /// Code: called, or its address is taken.
    Function(Instance<'tcx>),
    /// A static's own memory.
    Static(DefId),
    /// Constant memory or a vtable.
    Alloc(AllocId),
}

/// Something lowered.
#[derive(Clone, Debug)]
pub struct Lowered<'tcx, T> {
    /// The function or the data in LIR.
    pub item: T,
    /// In the order in which they were met; one may be there more than once.
    pub uses: Vec<Use<'tcx>>,
    /// The user's mistakes that did not keep it from being lowered.
    pub faults: Vec<LowerError>,
    /// What the code mentions and does not use: no code of that is needed, but its constants must evaluate.
    pub mentions: Vec<mir::Mention<'tcx>>,
    /// What the values of constants refer to that the code need not use.
    pub constants: Vec<AllocId>,
    /// The functions whose counters it counts up: itself, and inlined ones.
    pub covered: Vec<Instance<'tcx>>,
}

impl<'tcx, T> Lowered<'tcx, T> {
    /// An item without mistakes that mentions nothing that it does not use.
    pub(crate) fn new(item: T, uses: Vec<Use<'tcx>>) -> Lowered<'tcx, T> {
        Lowered { item, uses, faults: Vec::new(), mentions: Vec::new(), constants: Vec::new(), covered: Vec::new() }
    }
}

impl<'tcx> LowerCx<'tcx> {
    /// The state of a program's lowering. Code has the checks of the session's settings, and functions the session's
    /// target features.
    pub fn new(
        tcx: Tcx<'tcx>,
        bodies: &'tcx dyn mir::Bodies<'tcx>,
        layout: &'tcx LayoutCx<'tcx>,
        traits: &'tcx TraitCx<'tcx>,
        eval: &'tcx EvalCx<'tcx>,
        mangler: &'tcx Mangler<'tcx>,
        options: Options,
    ) -> LowerCx<'tcx> {
        let session = tcx.session();
        let checks =
            Checks { overflow: session.overflow_checks, ub: session.ub_checks, contract: session.contract_checks };
        LowerCx {
            tcx,
            bodies,
            layout,
            traits,
            eval,
            mangler,
            options,
            has_feature: Arc::new(move |feature| tcx.session().cfg.holds("target_feature", Some(feature))),
            checks,
            variant: None,
            debug_types: Arc::default(),
            names: Memo::default(),
            alloc_names: Memo::default(),
            shared_names: Memo::default(),
            debug_names: Memo::default(),
        }
    }

    /// The same for code that is made with other settings than the program's own: with these checks and options. `way` tells the
    /// options from others, and whatever else such code is told by; empty: all but the checks is as in the program.
    pub fn with_settings(&self, checks: Checks, options: Options, way: &str) -> LowerCx<'tcx> {
        let &LowerCx { tcx, bodies, layout, traits, eval, mangler, .. } = self;
        let Checks { overflow, ub, contract } = checks;
        let digits = [overflow, ub, contract].map(|on| if on { '1' } else { '0' });
        let differs = checks != self.checks || !way.is_empty();
        let variant = differs.then(|| format!("bessemer_{}{way}", String::from_iter(digits)));
        let (debug_types, has_feature) = (self.debug_types.clone(), self.has_feature.clone());
        LowerCx {
            checks,
            variant,
            debug_types,
            has_feature,
            ..LowerCx::new(tcx, bodies, layout, traits, eval, mangler, options)
        }
    }

    /// Which checks the code makes when it runs.
    pub fn checks(&self) -> Checks {
        self.checks
    }

    /// The target's pointer size in bytes.
    pub fn pointer_bytes(&self) -> u32 {
        u32::try_from(self.layout.target().pointer_size().bytes()).expect("a small pointer")
    }

    /// The linker name of an instance.
    pub fn symbol_name(&self, instance: Instance<'tcx>) -> ty::Symbol {
        self.names.get_or(instance, || {
            // Other crates may have a definition of the same name.
            let name = if self.is_local_symbol(instance) {
                self.mangler.mangled_name(instance)
            } else if let Some(variant) = &self.variant
                && !self.is_of_its_crate(instance)
                && self.is_codegened_here(instance)
            {
                self.mangler.copy_name(instance, variant)
            } else if self.is_copy(instance) {
                self.mangler.copy_name(instance, "bessemer")
            } else {
                self.mangler.symbol_name(instance, None)
            };
            ty::Symbol::intern(&name)
        })
    }

    /// Whether an instance is compiled here, though compiled crates may have it too.
    fn is_copy(&self, instance: Instance<'tcx>) -> bool {
        let foreign = self.options.prebuilt.contains(&instance.def_id().krate);
        let may_be_elsewhere =
            mangle::is_generic(instance) || foreign || !matches!(instance.kind, InstanceKind::Item(_));
        may_be_elsewhere && self.is_codegened_here(instance)
    }

    /// The layout of a type without parameters.
    pub fn layout_of(&self, ty: Ty<'tcx>) -> Result<TyAndLayout<'tcx>, LowerError> {
        self.layout.layout_of(ty).map_err(LowerError::from_layout)
    }

    /// How an instance is called.
    pub fn fn_abi_of_instance(&self, instance: Instance<'tcx>) -> Result<&'tcx FnAbi<'tcx>, LowerError> {
        self.call_abi(instance, &[])
    }

    /// The linker name of constant memory or a vtable: made from the content, so that equal content has equal names.
    pub fn alloc_name(&self, id: AllocId) -> ty::Symbol {
        match self.alloc_names.get(&id) {
            Some(name) => name,
            None => {
                let name = data::content_name(self, id);
                self.alloc_names.insert(id, name)
            }
        }
    }

    fn symbol_arc(&self, name: ty::Symbol) -> Arc<str> {
        self.shared_names.get_or(name, || self.tcx.arena().keep(Arc::from(name.as_str()))).clone()
    }
}
