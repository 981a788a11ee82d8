//! What a program needs: from its roots, everything they reach.
//!
//! **What goes in.** Roots (the entry point, exported definitions). **What comes out.** The lowered functions and data of the
//! whole program, each once, sorted by name so that the same program always gives the same modules.
//!
//! **What it must not know.** Back ends; where metadata comes from.
//!
//! There is no separate collection pass: lowering a function *is* finding out what it refers to. Each that is met is lowered
//! as soon as a core has time for it. What code mentions and does not use is looked at afterwards, for constants that do not
//! evaluate ([`mentioned`]). A program with such errors is gone through once more to tell how they came about ([`explain`]).

mod depth;
mod discovery;
mod explain;
mod lasting;
mod mentioned;

use depth::Limit;
use discovery::{Discovery, Found};
use lasting::Lasting;
use lower::{EntryPoint, LowerCx, LowerError, Lowered, Use};
use mentioned::{Checker, functions_of_memory};
use rayon::prelude::*;
use rustc_hash::{FxHashMap, FxHashSet};
use std::sync::Arc;
use ty::{CodegenFlags, CrateNum, DefId, DefKind, Instance, Span};

/// Everything lowered.
#[derive(Clone, Debug, Default)]
pub struct Program {
    pub functions: Vec<lir::Function>,
    pub data: Vec<lir::Data>,
    /// What the functions' debug variables refer to.
    pub debug_types: Vec<lir::DebugType>,
    /// The names of those functions and data that depend on nothing of the volatile crates, with the crates that define them;
    /// constant memory belongs to none. Empty without a [`Base`].
    pub lasting: FxHashMap<Arc<str>, Option<CrateNum>>,
}

/// Code that is there already, and need not be lowered again.
pub struct Base<'a> {
    /// Crates that change often: the one being compiled, and those that are worked on beside it. What mentions nothing of
    /// them is the same in the next build.
    pub volatile: FxHashSet<CrateNum>,
    /// Whether something of a name is there. Everything that it refers to is there too.
    pub has: &'a (dyn Fn(&str) -> bool + Sync),
}

/// A function or static that cannot be lowered, and why.
#[derive(Clone, Debug)]
pub struct Failure<'tcx> {
    pub item: Use<'tcx>,
    pub error: LowerError,
    /// How it came about, where that was found out ([`explain`]).
    pub notes: Option<Vec<Note<'tcx>>>,
}

impl<'tcx> Failure<'tcx> {
    pub(crate) fn new(item: Use<'tcx>, error: LowerError) -> Failure<'tcx> {
        Failure { item, error, notes: None }
    }
}

/// What is said of an error after it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Note<'tcx> {
    /// A constant without a value was mentioned here.
    Erroneous { span: Span },
    /// It was met in an instance that is needed because of what is here.
    Instantiating { instance: Instance<'tcx>, span: Span },
}

/// What to start from.
#[derive(Clone, Debug, Default)]
pub struct Roots {
    pub entry: Option<EntryPoint>,
    /// Definitions with a symbol that others may use.
    pub exported: Vec<DefId>,
}

impl Roots {
    /// The exported definitions of the crates that are compiled here, besides the entry point.
    pub fn of_crates(cx: &LowerCx<'_>, entry: Option<EntryPoint>) -> Roots {
        let definitions = cx.tcx.definitions();
        let crates = definitions.crates();
        let compiled: Vec<CrateNum> =
            crates.iter().copied().filter(|krate| !cx.options.prebuilt.contains(krate)).collect();
        // All definitions must be looked at, and crates such as bindings of C libraries have many.
        let of_crate = |&krate: &CrateNum| -> Vec<DefId> {
            definitions.local_codegen_items(krate).into_iter().filter(|&def_id| is_root(cx, def_id)).collect()
        };
        let exported: Vec<Vec<DefId>> = compiled.par_iter().with_max_len(1).map(of_crate).collect();
        let exported = exported.concat();
        Roots { entry, exported }
    }
}

fn is_root(cx: &LowerCx<'_>, def_id: DefId) -> bool {
    let definitions = cx.tcx.definitions();
    if !matches!(definitions.def_kind(def_id), DefKind::Fn | DefKind::AssocFn | DefKind::Static { .. }) {
        return false;
    }
    let attrs = definitions.codegen_attrs(def_id);
    let named = lower::is_exported(attrs)
        || attrs.linkage.is_some_and(|linkage| linkage != ty::Linkage::Internal)
        || attrs.flags.intersects(CodegenFlags::USED_COMPILER | CodegenFlags::USED_LINKER);
    // Few are named, so the rest is asked of few.
    named && !definitions.is_foreign_item(def_id) && !has_type_params(cx, def_id)
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

/// Lowers all that the roots reach. On failure, everything that failed.
pub fn lower_program<'tcx>(
    cx: &LowerCx<'tcx>,
    roots: &Roots,
    base: Option<&Base<'_>>,
) -> Result<Program, Vec<Failure<'tcx>>> {
    let mut lasting = Lasting::new(cx, base);
    let mut program = Program::default();
    let mut start: Vec<Use<'tcx>> = Vec::new();
    let mut failures = Vec::new();
    if let Some(entry) = &roots.entry {
        match lower::lower_entry(cx, entry) {
            Ok(lowered) => {
                program.functions.extend(lowered.item);
                start.extend(lowered.uses);
            }
            Err(error) => {
                let (EntryPoint::Main { main, .. } | EntryPoint::Tests { harness: main, .. }) = *entry;
                let item = Use::Function(Instance::new(main, ty::List::empty()));
                failures.push(Failure::new(item, error));
            }
        }
    }
    start.extend(roots.exported.iter().map(|&def_id| match cx.tcx.definitions().def_kind(def_id) {
        DefKind::Static { .. } => Use::Static(def_id),
        _ => Use::Function(Instance::new(def_id, identity_args(cx, def_id))),
    }));
    let limit = Limit::new(cx.tcx, cx.options.recursion_limit);
    let discover = |limit, in_order: bool| {
        let discovery = Discovery::new(cx, &lasting, limit);
        let found = if in_order { discovery.in_order(&start) } else { discovery.on_all_cores(&start) };
        (discovery, found)
    };
    // Types of variables are numbered in the order in which they are met, which must be the same every time.
    let in_order = cx.options.variables;
    let (mut discovery, mut found) = discover(limit, in_order);
    failures.extend(check_mentioned(cx, &discovery, &found));
    let is_at_fault = |failure: &Failure<'_>| matches!(failure.error, LowerError::Const(_));
    let failed = || found.iter().any(|found| found.result.is_err());
    if discovery.exceeded() || failures.iter().any(is_at_fault) || failed() {
        let explained = explain::explain(cx, limit, &roots_of(cx, roots, &start));
        let is_endless = explained.iter().any(|failure| matches!(failure.error, LowerError::RecursionLimit { .. }));
        if is_endless {
            return Err(explained);
        }
        if discovery.exceeded() {
            // There is a way on which nothing is too deep.
            (discovery, found) = discover(Limit::NONE, in_order);
            failures.extend(check_mentioned(cx, &discovery, &found));
        } else if !in_order && failed() {
            // The order of messages must be the same every time, too. What is known of types and constants is remembered, so
            // this takes little time.
            (discovery, found) = discover(limit, true);
        }
        if !explained.is_empty() {
            failures.retain(|failure| !is_at_fault(failure));
            found.retain(|found| !matches!(found.result, Err(LowerError::Const(_))));
            failures.extend(explained);
        }
    }
    drop(discovery);
    for Found { item, result, .. } in found {
        match result {
            Ok(One::Function(function)) => {
                lasting.note(item, &function.item.name, &function.uses);
                program.functions.push(function.item);
            }
            Ok(One::Data(data)) => {
                lasting.note(item, &data.item.name, &data.uses);
                program.data.push(data.item);
            }
            Err(error) => failures.push(Failure::new(item, error)),
        }
    }
    if !failures.is_empty() {
        return Err(failures);
    }
    program.debug_types =
        std::mem::take(&mut *cx.debug_types.lock().unwrap_or_else(|poison| poison.into_inner())).into_types();
    program.lasting = lasting.finish();
    program.functions.par_sort_unstable_by(|a, b| a.name.cmp(&b.name));
    program.data.par_sort_unstable_by(|a, b| a.name.cmp(&b.name));
    Ok(program)
}

/// The constants of what lowered functions mention and do not use that do not evaluate.
fn check_mentioned<'tcx>(
    cx: &LowerCx<'tcx>,
    discovery: &Discovery<'_, 'tcx>,
    found: &[Found<'tcx>],
) -> Vec<Failure<'tcx>> {
    let checker = Checker::new(cx, discovery);
    let check = |found: &Found<'tcx>| {
        if let Ok(One::Function(function)) = &found.result
            && !(function.mentions.is_empty() && function.constants.is_empty())
        {
            checker.check(&function.mentions, &function.constants, found.path);
        }
    };
    if cx.options.variables {
        found.iter().for_each(check)
    } else {
        found.par_iter().for_each(check)
    }
    checker.finish()
}

/// The functions from which a program is gone through: `main` first, as rustc does.
fn roots_of<'tcx>(cx: &LowerCx<'tcx>, roots: &Roots, start: &[Use<'tcx>]) -> Vec<Instance<'tcx>> {
    let mut functions = Vec::new();
    let mut seen = FxHashSet::default();
    if let Some(EntryPoint::Main { main, .. }) = roots.entry {
        functions.push(Instance::new(main, ty::List::empty()));
    }
    for item in start {
        match *item {
            Use::Function(instance) => functions.push(instance),
            Use::Static(def_id) => {
                let memory = cx.tcx.alloc_id_for(ty::GlobalAlloc::Static(def_id));
                functions_of_memory(cx, memory, |id| seen.insert(id), |found| functions.push(found));
            }
            Use::Alloc(id) => functions_of_memory(cx, id, |id| seen.insert(id), |found| functions.push(found)),
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
