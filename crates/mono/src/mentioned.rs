//! What code mentions and does not use: no code of it is made, but that its constants evaluate is checked, so that whether a
//! program is right does not depend on what an optimisation leaves of it.

use crate::Failure;
use crate::contexts::{Context, Contexts, Item};
use crate::depth::Path;
use crate::discovery::Discovery;
use lower::{LowerCx, LowerError, Use};
use mir::{Body, Mention, MentionedItem};
use std::sync::{Mutex, PoisonError};
use traits::{TraitError, VtableEntry};
use ty::{AllocId, ClosureKind, ConstValue, ExistentialPredicates, GlobalAlloc, Instance, InstanceKind, Ty, TyKind};

/// The functions whose code a mention (without parameters) refers to, of those whose code is made here.
pub(crate) fn functions<'tcx>(cx: &LowerCx<'tcx>, item: MentionedItem<'tcx>, mut each: impl FnMut(Instance<'tcx>)) {
    let mut called = |instance: Instance<'tcx>| {
        let is_nothing = matches!(
            instance.kind,
            InstanceKind::Virtual(..) | InstanceKind::Intrinsic(_) | InstanceKind::DropGlue(_, None)
        );
        if !is_nothing && cx.is_codegened_here(instance) {
            each(instance);
        }
    };
    match item {
        MentionedItem::Fn(ty) => {
            // Code whose where-clauses do not hold never runs.
            if let TyKind::FnDef(def_id, args) = *ty.kind()
                && let Some(instance) = cx.traits.resolve_instance(def_id, args)
            {
                called(instance);
            }
        }
        MentionedItem::Drop(ty) => called(cx.traits.resolve_drop_in_place(ty)),
        MentionedItem::Closure(ty) => {
            if let TyKind::Closure(def_id, args) = *ty.kind() {
                called(cx.traits.resolve_closure(def_id, args, ClosureKind::FnOnce));
            }
        }
        MentionedItem::UnsizeCast { source, target } => {
            let (source, target) = cx.traits.unsize_tails_of_pointers(source, target);
            if let TyKind::Dynamic(predicates, _) = *target.kind()
                && !matches!(source.kind(), TyKind::Dynamic(..))
            {
                functions_of_vtable(cx, source, predicates, &mut called);
            }
        }
    }
}

/// The functions that constant memory or a static refers to, through other such memory too.
/// `is_new` tells whether memory was not looked at before.
pub(crate) fn functions_of_memory<'tcx>(
    contexts: &Contexts<'_, 'tcx>,
    root: Item<'tcx>,
    mut is_new: impl FnMut(Item<'tcx>) -> bool,
    mut each: impl FnMut(Item<'tcx>),
) {
    let cx = contexts.own();
    let mut rest = vec![root];
    while let Some(item) = rest.pop() {
        let memory = match item.what {
            Use::Function(instance) => {
                if cx.is_codegened_here(instance) {
                    each(item);
                }
                continue;
            }
            Use::Static(def_id) if cx.is_static_here(def_id) && is_new(item) => cx.eval.eval_static(def_id).ok(),
            Use::Alloc(id) if is_new(item) => match cx.tcx.global_alloc(id) {
                GlobalAlloc::Memory(memory) => Some(memory),
                GlobalAlloc::VTable(ty, predicates) => {
                    let mut each = |instance| each(contexts.used_in(item.context, Use::Function(instance)));
                    functions_of_vtable(cx, ty, predicates, &mut each);
                    None
                }
                GlobalAlloc::Function(_) | GlobalAlloc::Static(_) | GlobalAlloc::TypeId(_) => None,
            },
            Use::Static(_) | Use::Alloc(_) => None,
        };
        let targets = memory.iter().flat_map(|memory| memory.0.provenance.iter().rev());
        rest.extend(targets.map(|&(_, target)| memory_in(contexts, item.context, target)));
    }
}

/// What the number of some memory means that is referred to in a context.
pub(crate) fn memory_in<'tcx>(contexts: &Contexts<'_, 'tcx>, context: Context, id: AllocId) -> Item<'tcx> {
    let what = match contexts.own().tcx.global_alloc(id) {
        GlobalAlloc::Function(instance) => Use::Function(instance),
        GlobalAlloc::Static(def_id) => Use::Static(def_id),
        GlobalAlloc::Memory(_) | GlobalAlloc::VTable(..) | GlobalAlloc::TypeId(_) => Use::Alloc(id),
    };
    contexts.used_in(context, what)
}

/// The functions in the vtable of a type.
fn functions_of_vtable<'tcx>(
    cx: &LowerCx<'tcx>,
    ty: Ty<'tcx>,
    predicates: ExistentialPredicates<'tcx>,
    each: &mut impl FnMut(Instance<'tcx>),
) {
    for entry in cx.traits.vtable_entries_for_dyn(ty, predicates) {
        match *entry {
            VtableEntry::Method(instance) if cx.is_codegened_here(instance) => each(instance),
            _ => {}
        }
    }
    let glue = cx.traits.resolve_drop_in_place(ty);
    if !matches!(glue.kind, InstanceKind::DropGlue(_, None)) {
        each(glue);
    }
}

/// What an instance mentions, in terms of its parameters.
pub(crate) fn mentions<'tcx>(cx: &LowerCx<'tcx>, instance: Instance<'tcx>, body: &Body<'tcx>) -> Vec<Mention<'tcx>> {
    // Shims are made here, as is: they have no code that was optimised away.
    match instance.kind {
        InstanceKind::Item(_) => body.mentions.clone(),
        _ if body.mentions.is_empty() => body.all_mentions(cx.tcx),
        _ => body.mentions.clone(),
    }
}

/// The value of a constant that a body speaks of, for an instance of it.
pub(crate) fn evaluate<'tcx>(
    cx: &LowerCx<'tcx>,
    instance: Instance<'tcx>,
    constant: &mir::ConstOperand<'tcx>,
) -> Result<ConstValue, LowerError> {
    let mono = cx.traits.try_instantiate_and_normalize(constant.const_, instance.args);
    let value = match mono {
        Ok(mono) => cx.eval.eval_const_operand(mono),
        Err(TraitError::Const(error)) => Err(error.clone()),
        Err(error) => error.unwind(cx.tcx),
    };
    value.map_err(|mut error| {
        if error.span.is_dummy() {
            error.span = constant.span;
        }
        LowerError::Const(error)
    })
}

/// Checks the constants of what used code mentions: of all functions on the ways from there, each once.
pub(crate) struct Checker<'c, 'a, 'tcx> {
    contexts: &'c Contexts<'a, 'tcx>,
    discovery: &'c Discovery<'a, 'tcx>,
    failures: Mutex<Vec<Failure<'tcx>>>,
}

impl<'c, 'a, 'tcx> Checker<'c, 'a, 'tcx> {
    /// All used code must have been met.
    pub fn new(contexts: &'c Contexts<'a, 'tcx>, discovery: &'c Discovery<'a, 'tcx>) -> Checker<'c, 'a, 'tcx> {
        Checker { contexts, discovery, failures: Mutex::default() }
    }

    /// From what a function of a context mentions that was met on a way, and what its constants refer to.
    pub fn check(&self, context: Context, mentions: &[Mention<'tcx>], constants: &[AllocId], path: Path<'tcx>) {
        let cx = self.contexts.own();
        let mut rest: Vec<(Item<'tcx>, Path<'tcx>)> = Vec::new();
        let add = |rest: &mut Vec<_>, context, mention: &Mention<'tcx>, path| {
            let item = |instance| self.contexts.used_in(context, Use::Function(instance));
            functions(cx, mention.item, |instance| rest.push((item(instance), path)));
        };
        let add_memory = |rest: &mut Vec<_>, context, id, path| {
            let is_new = |memory| self.discovery.is_new_memory(memory);
            let memory = memory_in(self.contexts, context, id);
            functions_of_memory(self.contexts, memory, is_new, |item| rest.push((item, path)));
        };
        mentions.iter().for_each(|mention| add(&mut rest, context, mention, path));
        constants.iter().for_each(|&id| add_memory(&mut rest, context, id, path));
        while let Some((item, path)) = rest.pop() {
            let Use::Function(instance) = item.what else { continue };
            if self.discovery.exceeded() || !self.discovery.is_to_be_checked(item) {
                continue;
            }
            let Some(path) = self.discovery.step(path, instance) else { return };
            let Ok(body) = cx.traits.try_instance_mir(instance) else { continue };
            for constant in &body.required_consts {
                match evaluate(cx, instance, constant) {
                    Ok(value) => {
                        value.memory().into_iter().for_each(|id| add_memory(&mut rest, item.context, id, path))
                    }
                    Err(error) => self.fail(Failure::new(item.what, error)),
                }
            }
            let mentions = mentions_of(cx, instance, body);
            mentions.iter().for_each(|mention| add(&mut rest, item.context, mention, path));
        }
    }

    fn fail(&self, failure: Failure<'tcx>) {
        self.failures.lock().unwrap_or_else(PoisonError::into_inner).push(failure);
    }

    pub fn finish(self) -> Vec<Failure<'tcx>> {
        self.failures.into_inner().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What an instance mentions, with its arguments.
fn mentions_of<'tcx>(cx: &LowerCx<'tcx>, instance: Instance<'tcx>, body: &Body<'tcx>) -> Vec<Mention<'tcx>> {
    cx.traits.instantiate_and_normalize(mentions(cx, instance, body), instance.args)
}
