//! What a program needs: from its roots, everything they reach.
//!
//! **What goes in.** Roots (the entry point, exported definitions). **What comes out.** The lowered functions and data of the
//! whole program, each once, sorted by name so that the same program always gives the same modules.
//!
//! **What it must not know.** Back ends; where metadata comes from.
//!
//! There is no separate collection pass: lowering a function *is* finding out what it refers to. Each that is met is lowered
//! as soon as a core has time for it. What code mentions and does not use is looked at afterwards, for constants that do not
//! evaluate (`mentioned`). A program with such errors is gone through once more to tell how they came about (`explain`).

#![forbid(unsafe_code)]
#![warn(missing_docs)]

mod contexts;
mod depth;
mod discovery;
mod explain;
mod mentioned;
mod noted;
mod stable;
mod symbols;

pub use contexts::Contexts;
pub use symbols::Clash;

use contexts::Item;
use depth::Limit;
use discovery::{Discovery, Found};
use lower::{CoverageRecord, EntryPoint, LowerCx, LowerError, Lowered, Use};
use mentioned::{Checker, functions_of_memory};
use rayon::prelude::*;
use rustc_hash::{FxHashMap, FxHashSet};
use stable::Stability;
use std::sync::Arc;
use symbols::Contested;
use ty::{CodegenFlags, CrateNum, DefId, DefKind, Instance, Span};

/// Everything lowered.
#[derive(Clone, Debug, Default)]
pub struct Program {
    /// The functions, sorted by name.
    pub functions: Vec<lir::Function>,
    /// The data objects, sorted by name.
    pub data: Vec<lir::Data>,
    /// What the functions' debug variables refer to. How they are numbered depends on what was lowered first.
    pub debug_types: lir::IndexVec<lir::DebugTypeId, lir::DebugType>,
    /// The names of those functions and data that depend on nothing of the edited crates, with the crates that define them;
    /// constant memory belongs to none. Empty without a [`Base`].
    pub stable: FxHashMap<Arc<str>, Option<CrateNum>>,
    /// The names of functions and statics that are made with other settings than the program's own, and which: the number that
    /// [`Contexts::add`] gave. Constant memory has none, as it has no code.
    pub contexts: FxHashMap<Arc<str>, u8>,
    /// What reports of coverage say of the functions that are counted.
    pub coverage: Vec<CoverageRecord>,
    /// The definitions of these.
    pub covered: FxHashSet<DefId>,
    /// Those of [`Roots::asked`] that the program uses.
    pub noted: FxHashSet<DefId>,
}

/// Code that is there already, and need not be lowered again.
pub struct Base<'a> {
    /// Crates that change often: the one being compiled, and those that are worked on beside it. What mentions nothing of
    /// them is the same in the next build.
    pub edited: FxHashSet<CrateNum>,
    /// Whether something of a name is there. Everything that it refers to is there too.
    pub has: &'a (dyn Fn(&str) -> bool + Sync),
}

/// A function or static that cannot be lowered, and why.
#[derive(Clone, Debug)]
pub struct Failure<'tcx> {
    /// The item that cannot be lowered.
    pub item: Use<'tcx>,
    /// Why.
    pub error: LowerError,
    /// How it came about, where that was found out (`explain`).
    pub notes: Option<Vec<Note<'tcx>>>,
}

impl<'tcx> Failure<'tcx> {
    pub(crate) fn new(item: Use<'tcx>, error: LowerError) -> Failure<'tcx> {
        Failure { item, error, notes: None }
    }
}

/// A note below an error.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Note<'tcx> {
    /// A constant without a value was mentioned here.
    Erroneous {
        /// Where.
        span: Span,
    },
    /// The place because of which the instance with the error is needed.
    Instantiating {
        /// What is instantiated.
        instance: Instance<'tcx>,
        /// Where.
        span: Span,
    },
}

/// Why a program cannot be made.
#[derive(Clone, Debug)]
pub enum Failed<'tcx> {
    /// Everything that cannot be lowered.
    Items(Vec<Failure<'tcx>>),
    /// Symbols that are defined more than once.
    Symbols(Vec<Clash<'tcx>>),
}

/// What to start from.
#[derive(Clone, Debug, Default)]
pub struct Roots {
    /// The function that the program starts with, if it has one.
    pub entry: Option<EntryPoint>,
    /// Definitions with a symbol that others may use, crate by crate in the order in which linkers take them.
    pub exported: Vec<DefId>,
    /// Functions and types of which is to be told whether the program uses them ([`Program::noted`]).
    pub asked: FxHashSet<DefId>,
}

impl Roots {
    /// The exported definitions of the crates that are compiled here, besides the entry point. `crates` are all, in the order
    /// in which linkers take them.
    pub fn of_crates(cx: &LowerCx<'_>, entry: Option<EntryPoint>, crates: &[CrateNum]) -> Roots {
        let definitions = cx.tcx.definitions();
        let compiled: Vec<CrateNum> =
            crates.iter().copied().filter(|krate| !cx.options.prebuilt.contains(krate)).collect();
        // All definitions must be looked at, and crates such as bindings of C libraries have many.
        let of_crate = |&krate: &CrateNum| -> Vec<DefId> {
            definitions.local_codegen_items(krate).into_iter().filter(|&def_id| is_root(cx, def_id)).collect()
        };
        let exported: Vec<Vec<DefId>> = compiled.par_iter().with_max_len(1).map(of_crate).collect();
        let exported = exported.concat();
        Roots { entry, exported, asked: FxHashSet::default() }
    }

    /// Whether definitions of different crates have one name.
    pub fn are_contested<'tcx>(&self, cx: &LowerCx<'tcx>) -> bool {
        Contested::of_roots(cx, self).is_ok_and(|contested| !contested.is_empty())
    }
}

fn is_root(cx: &LowerCx<'_>, def_id: DefId) -> bool {
    let definitions = cx.tcx.definitions();
    if !matches!(definitions.def_kind(def_id), DefKind::Fn | DefKind::AssocFn | DefKind::Static { .. }) {
        return false;
    }
    let attrs = definitions.codegen_attrs(def_id);
    let named = lower::is_exported(attrs)
        || is_custom_section(cx, def_id, attrs)
        || attrs.linkage.is_some_and(|linkage| linkage != ty::Linkage::Internal)
        || attrs.flags.intersects(CodegenFlags::USED_COMPILER | CodegenFlags::USED_LINKER);
    // Few are named, so the rest is asked of few.
    named && !definitions.is_foreign_item(def_id) && !has_type_params(cx, def_id)
}

/// Whether it is a section of a WebAssembly module, which tools read: nothing refers to it.
fn is_custom_section(cx: &LowerCx<'_>, def_id: DefId, attrs: &ty::CodegenAttrs) -> bool {
    attrs.link_section.is_some()
        && cx.tcx.session().cfg.holds("target_family", Some("wasm"))
        && matches!(cx.tcx.definitions().def_kind(def_id), DefKind::Static { .. })
}

/// Whether a definition has parameters other than lifetimes, of its own or its parents'.
pub fn has_type_params(cx: &LowerCx<'_>, def_id: DefId) -> bool {
    let definitions = cx.tcx.definitions();
    let mut next = Some(def_id);
    while let Some(def_id) = next {
        let generics = definitions.generics_of(def_id);
        if generics.own_params.iter().any(|param| !matches!(param.kind, ty::GenericParamKind::Lifetime)) {
            return true;
        }
        next = generics.parent;
    }
    false
}

/// Lowers all that the roots reach. `base` is none where [`Roots::are_contested`].
///
/// # Errors
/// Everything that is wrong with the program.
pub fn lower_program<'tcx>(
    contexts: &Contexts<'_, 'tcx>,
    roots: &Roots,
    base: Option<&Base<'_>>,
) -> Result<Program, Failed<'tcx>> {
    let cx = contexts.own();
    let mut contested = Contested::of_roots(cx, roots).map_err(Failed::Symbols)?;
    let mut stability = Stability::new(contexts, base);
    let mut program = Program::default();
    let mut entry_uses: Vec<Use<'tcx>> = Vec::new();
    let mut failures = Vec::new();
    if let Some(entry) = &roots.entry {
        match lower::lower_entry(cx, entry) {
            Ok(lowered) => {
                program.functions.extend(lowered.item);
                entry_uses.extend(lowered.uses);
            }
            Err(error) => {
                let (EntryPoint::Main { main, .. } | EntryPoint::Tests { harness: main, .. }) = *entry;
                let item = Use::Function(Instance::new(main, ty::List::empty()));
                failures.push(Failure::new(item, error));
            }
        }
    }
    let mut limit = Limit::new(cx.tcx, cx.options.recursion_limit);
    let (found, at_fault) = loop {
        let mut start = entry_uses.clone();
        let exported = roots.exported.iter().map(|&def_id| symbols::item(cx, def_id));
        start.extend(exported.filter(|&item| !contested.is_loser(item)));
        let discovery = Discovery::new(contexts, &stability, &contested, limit);
        let mut found = discovery.on_all_cores(&start);
        let mut at_fault = Vec::new();
        // Else not everything was met.
        if !discovery.exceeded() {
            let mut met = discovery.take_met();
            if !met.clashes.is_empty() {
                symbols::sort(cx, &mut met.clashes);
                return Err(Failed::Symbols(met.clashes));
            }
            let taken = found.iter().map(|found| found.item.what);
            if let Some(other) = contested.judge(cx, taken, &met.losers).map_err(Failed::Symbols)? {
                contested = other;
                continue;
            }
            at_fault = check_mentioned(contexts, &discovery, &found);
        }
        let has_exceeded = discovery.exceeded();
        let has_failed = found.iter().any(Found::has_failed);
        if !has_exceeded && !has_failed && at_fault.is_empty() {
            break (found, at_fault);
        }
        let explained = explain::explain(contexts, limit, &functions_of_roots(contexts, roots, &start));
        if explained.iter().any(|failure| matches!(failure.error, LowerError::RecursionLimit { .. })) {
            return Err(Failed::Items(explained));
        }
        if has_exceeded {
            // There is a way on which nothing is too deep.
            limit = Limit::NONE;
            continue;
        }
        if has_failed {
            // The order of messages must be the same every time, too. What is known of types and constants is remembered, so
            // this takes little time.
            found = Discovery::new(contexts, &stability, &contested, limit).in_order(&start);
        }
        if !explained.is_empty() {
            found.retain(|found| !matches!(found.result, Err(LowerError::Const(_))));
            at_fault = explained;
        }
        break (found, at_fault);
    };
    failures.extend(at_fault);
    program.noted = noted::noted(cx, &roots.asked, &entry_uses, &found);
    let mut covered: FxHashSet<Instance<'tcx>> = FxHashSet::default();
    for Found { item, result, .. } in found {
        match result {
            Ok(One::Function(function)) => {
                covered.extend(function.covered.iter().copied());
                failures.extend(function.faults.into_iter().map(|error| Failure::new(item.what, error)));
                stability.note(item, &function.item.name, &function.uses);
                program.contexts.extend((item.context != 0).then(|| (function.item.name.clone(), item.context)));
                program.functions.push(function.item);
            }
            Ok(One::Data(data)) => {
                stability.note(item, &data.item.name, &data.uses);
                let is_static = matches!(item.what, Use::Static(_));
                program
                    .contexts
                    .extend((is_static && item.context != 0).then(|| (data.item.name.clone(), item.context)));
                program.data.push(data.item);
            }
            Err(error) => failures.push(Failure::new(item.what, error)),
        }
    }
    if !failures.is_empty() {
        return Err(Failed::Items(failures));
    }
    program.debug_types =
        std::mem::take(&mut *cx.debug_types.lock().unwrap_or_else(|poison| poison.into_inner())).into_types();
    program.stable = stability.finish();
    program.covered = covered.iter().map(|instance| instance.def_id()).collect();
    program.coverage = covered.iter().filter_map(|&instance| cx.coverage_record(instance, true)).collect();
    program.coverage.sort();
    program.functions.par_sort_unstable_by(|a, b| a.name.cmp(&b.name));
    program.data.par_sort_unstable_by(|a, b| a.name.cmp(&b.name));
    Ok(program)
}

/// The constants of what lowered functions mention and do not use that do not evaluate.
fn check_mentioned<'tcx>(
    contexts: &Contexts<'_, 'tcx>,
    discovery: &Discovery<'_, 'tcx>,
    found: &[Found<'tcx>],
) -> Vec<Failure<'tcx>> {
    let checker = Checker::new(contexts, discovery);
    let check = |found: &Found<'tcx>| {
        if let Ok(One::Function(function)) = &found.result
            && !(function.mentions.is_empty() && function.constants.is_empty())
        {
            checker.check(found.item.context, &function.mentions, &function.constants, found.path);
        }
    };
    found.par_iter().for_each(check);
    checker.finish()
}

/// The functions from which a program is gone through: `main` first, as rustc does.
fn functions_of_roots<'tcx>(contexts: &Contexts<'_, 'tcx>, roots: &Roots, start: &[Use<'tcx>]) -> Vec<Item<'tcx>> {
    let mut functions = Vec::new();
    let mut seen = FxHashSet::default();
    if let Some(EntryPoint::Main { main, .. }) = roots.entry {
        functions.push(contexts.of_own(Use::Function(Instance::new(main, ty::List::empty()))));
    }
    for item in start.iter().map(|&what| contexts.of_own(what)) {
        match item.what {
            Use::Function(_) => functions.push(item),
            Use::Static(_) | Use::Alloc(_) => {
                functions_of_memory(contexts, item, |memory| seen.insert(memory), |found| functions.push(found));
            }
        }
    }
    functions
}

/// The arguments of a function with lifetime parameters only: all erased.
fn identity_args<'tcx>(cx: &LowerCx<'tcx>, def_id: DefId) -> ty::GenericArgs<'tcx> {
    let count = cx.tcx.definitions().generics_of(def_id).count();
    let args = vec![ty::GenericArg::Lifetime(ty::Region::Erased); count];
    cx.tcx.mk_args(&args)
}

fn is_made_here<'tcx>(cx: &LowerCx<'tcx>, item: Use<'tcx>) -> bool {
    match item {
        Use::Function(instance) => cx.is_codegened_here(instance),
        Use::Static(def_id) => cx.is_static_here(def_id),
        Use::Alloc(_) => true,
    }
}

fn name<'tcx>(cx: &LowerCx<'tcx>, item: Use<'tcx>) -> ty::Symbol {
    match item {
        Use::Function(instance) => cx.symbol_name(instance),
        Use::Static(def_id) => cx.symbol_name(Instance::new(def_id, ty::List::empty())),
        Use::Alloc(id) => cx.alloc_name(id),
    }
}

enum One<'tcx> {
    Function(Box<Lowered<'tcx, lir::Function>>),
    Data(Box<Lowered<'tcx, lir::Data>>),
}

fn lower_one<'tcx>(cx: &LowerCx<'tcx>, item: Use<'tcx>) -> Result<One<'tcx>, LowerError> {
    Ok(match item {
        Use::Function(instance) => One::Function(Box::new(lower::lower_instance(cx, instance)?)),
        Use::Static(def_id) => One::Data(Box::new(lower::lower_static(cx, def_id)?)),
        Use::Alloc(id) => One::Data(Box::new(lower::lower_alloc(cx, id)?)),
    })
}
