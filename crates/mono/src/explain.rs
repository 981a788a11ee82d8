//! How an error came to be needed, told as rustc tells it.
//!
//! Functions are lowered by all cores at once, in any order. But what an error is said to come from follows from the order in
//! which functions are met: rustc's, depth first, each function's used items in the order of its blocks, then those that are
//! only mentioned. So a program with errors is gone through again in that order, without lowering anything.
//! (`rustc_monomorphize::collector`.)

use crate::contexts::{Context, Contexts, Item};
use crate::depth::Limit;
use crate::mentioned::{evaluate, functions, functions_of_memory, memory_in, mentions};
use crate::{Failure, Note};
use lower::{LowerCx, LowerError, Use};
use mir::visit::{Location, Visitor};
use mir::{BasicBlock, Body, ConstOperand, Mention, MentionedItem, Operand, TerminatorKind};
use rustc_hash::{FxHashMap, FxHashSet};
use std::collections::BTreeSet;
use std::vec::IntoIter;
use ty::{ConstError, ConstValue, DefId, GenericArg, Instance, InstanceKind, Scalar, Span};

/// Whether a function's code is needed, or only its constants must evaluate.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Mode {
    Used,
    Mentioned,
}

/// A function, and where it is referred to.
type Met<'tcx> = (Item<'tcx>, Span);

/// A function whose items are being gone through.
struct Frame<'tcx> {
    used: IntoIter<Met<'tcx>>,
    mentioned: IntoIter<Met<'tcx>>,
    /// How many instances of a function were on the way before this one.
    before: (DefId, u32),
}

struct Explainer<'a, 'tcx> {
    contexts: &'a Contexts<'a, 'tcx>,
    /// The program's own.
    cx: &'a LowerCx<'tcx>,
    limit: Limit,
    used: FxHashSet<Item<'tcx>>,
    mentioned: FxHashSet<Item<'tcx>>,
    /// Instances of each function on the way.
    depths: FxHashMap<DefId, u32>,
    failures: Vec<Failure<'tcx>>,
    reported: Vec<ConstError>,
    noted: FxHashSet<Span>,
}

/// The errors of constants that a program needs, and that of a function that needs itself without end. Nothing else.
pub(crate) fn explain<'tcx>(contexts: &Contexts<'_, 'tcx>, limit: Limit, roots: &[Item<'tcx>]) -> Vec<Failure<'tcx>> {
    let mut explainer = Explainer {
        contexts,
        cx: contexts.own(),
        limit,
        used: FxHashSet::default(),
        mentioned: FxHashSet::default(),
        depths: FxHashMap::default(),
        failures: Vec::new(),
        reported: Vec::new(),
        noted: FxHashSet::default(),
    };
    for &root in roots {
        let is_here = matches!(root.what, Use::Function(instance) if explainer.cx.is_codegened_here(instance));
        if is_here && explainer.used.insert(root) && explainer.run(root).is_none() {
            break;
        }
    }
    explainer.failures
}

impl<'tcx> Explainer<'_, 'tcx> {
    /// Goes through all that a root needs. `None` if that has no end.
    fn run(&mut self, root: Item<'tcx>) -> Option<()> {
        let mut stack = vec![self.enter(root, Span::DUMMY, Mode::Used)?];
        while let Some(frame) = stack.last_mut() {
            let (next, mode) = match frame.used.next() {
                Some(next) => (Some(next), Mode::Used),
                None => (frame.mentioned.next(), Mode::Mentioned),
            };
            match next {
                Some((item, span)) => stack.push(self.enter(item, span, mode)?),
                None => {
                    let (def_id, before) = frame.before;
                    self.depths.insert(def_id, before);
                    stack.pop();
                }
            }
        }
        Some(())
    }

    fn enter(&mut self, item: Item<'tcx>, span: Span, mode: Mode) -> Option<Frame<'tcx>> {
        let Use::Function(instance) = item.what else { ty::bug!("only functions have items") };
        let def_id = instance.def_id();
        let depth = self.depths.entry(def_id).or_insert(0);
        let before = (def_id, *depth);
        *depth += 1;
        if !self.limit.allows(def_id, before.1) {
            let error = LowerError::RecursionLimit { span };
            self.fail(instance, error);
            return None;
        }
        let errors = self.failures.len();
        let (mut used, mut mentioned) = self.items(instance, item.context, mode);
        let is_generic = instance.args.iter().any(|arg| !matches!(arg, GenericArg::Lifetime(_)));
        if self.failures.len() > errors
            && is_generic
            && matches!(instance.kind, InstanceKind::Item(_))
            && let Some(failure) = self.failures.last_mut()
        {
            failure.notes.get_or_insert_default().push(Note::Instantiating { instance, span });
        }
        used.retain(|&(found, _)| self.used.insert(found));
        mentioned.retain(|&(found, _)| !self.used.contains(&found) && self.mentioned.insert(found));
        Some(Frame { used: used.into_iter(), mentioned: mentioned.into_iter(), before })
    }

    fn fail(&mut self, instance: Instance<'tcx>, error: LowerError) {
        self.failures.push(Failure { item: Use::Function(instance), error, notes: Some(Vec::new()) });
    }

    /// What an instance uses and what it mentions.
    fn items(&mut self, instance: Instance<'tcx>, context: Context, mode: Mode) -> (Vec<Met<'tcx>>, Vec<Met<'tcx>>) {
        let (mut used, mut mentioned) = (Vec::new(), Vec::new());
        let Ok(body) = self.cx.traits.try_instance_mir(instance) else { return (used, mentioned) };
        let mut items: FxHashSet<MentionedItem<'tcx>> = FxHashSet::default();
        if mode == Mode::Used {
            for block in self.reachable_blocks(instance, context, body) {
                self.block((instance, context), body, block, &mut items, &mut used);
            }
        }
        for constant in &body.required_consts {
            if let Some(value) = self.constant(instance, constant) {
                self.functions_of_value(value, context, &mut mentioned);
            }
        }
        for mention in mentions(self.cx, instance, body) {
            if !items.contains(&mention.item) {
                self.mention(instance, context, mention, &mut mentioned);
            }
        }
        (used, mentioned)
    }

    fn block(
        &mut self,
        (instance, context): (Instance<'tcx>, Context),
        body: &Body<'tcx>,
        block: BasicBlock,
        items: &mut FxHashSet<MentionedItem<'tcx>>,
        used: &mut Vec<Met<'tcx>>,
    ) {
        enum Part<'tcx> {
            Mention(Mention<'tcx>),
            Constant(ConstOperand<'tcx>),
        }
        let mut parts = Vec::new();
        body.mentions_of_block(self.cx.tcx, block, |at, mention| parts.push((at, Part::Mention(mention))));
        let mut constants = Constants(Vec::new());
        constants.visit_block(block, &body.basic_blocks[block]);
        parts.extend(constants.0.into_iter().map(|(at, constant)| (at, Part::Constant(constant))));
        parts.sort_by_key(|&(at, _)| at);
        for (_, part) in parts {
            match part {
                Part::Mention(mention) => {
                    items.insert(mention.item);
                    self.mention(instance, context, mention, used);
                }
                Part::Constant(constant) => {
                    if let Some(value) = self.constant(instance, &constant) {
                        self.functions_of_value(value, context, used);
                    }
                }
            }
        }
    }

    fn functions_of_value(&self, value: ConstValue, context: Context, met: &mut Vec<Met<'tcx>>) {
        if let Some(id) = value.memory() {
            let memory = memory_in(self.contexts, context, id);
            let mut seen = FxHashSet::default();
            let is_new = |memory| seen.insert(memory);
            functions_of_memory(self.contexts, memory, is_new, |found| met.push((found, Span::DUMMY)));
        }
    }

    fn mention(&self, instance: Instance<'tcx>, context: Context, mention: Mention<'tcx>, met: &mut Vec<Met<'tcx>>) {
        let item = self.cx.traits.instantiate_and_normalize(mention.item, instance.args);
        let function = |found| self.contexts.used_in(context, Use::Function(found));
        functions(self.cx, item, |found| met.push((function(found), mention.span)));
    }

    /// The value of a constant; if there is none, that is reported.
    fn constant(&mut self, instance: Instance<'tcx>, constant: &ConstOperand<'tcx>) -> Option<ConstValue> {
        let error = match evaluate(self.cx, instance, constant) {
            Ok(value) => return Some(value),
            Err(LowerError::Const(error)) => error,
            Err(_) => return None,
        };
        let used_at = error.used_at.clone();
        let is_same = |known: &ConstError| {
            (known.span, &known.message, &known.label) == (error.span, &error.message, &error.label)
        };
        if !self.reported.iter().any(is_same) {
            self.reported.push(error.clone());
            self.fail(instance, LowerError::Const(error));
        }
        for span in used_at.into_iter().chain([constant.span]) {
            if !span.is_dummy()
                && self.noted.insert(span)
                && let Some(failure) = self.failures.last_mut()
            {
                failure.notes.get_or_insert_default().push(Note::Erroneous { span });
            }
        }
        None
    }

    /// The blocks that an instance may run, the lowest first of those that are known to be reached.
    fn reachable_blocks(&self, instance: Instance<'tcx>, context: Context, body: &Body<'tcx>) -> Vec<BasicBlock> {
        let mut reached = Vec::new();
        let mut seen: FxHashSet<BasicBlock> = FxHashSet::default();
        let mut rest = BTreeSet::from([BasicBlock::START]);
        while let Some(block) = rest.pop_first() {
            if !seen.insert(block) {
                continue;
            }
            reached.push(block);
            let terminator = &body.basic_blocks[block].terminator.kind;
            match (terminator, self.switch_value(instance, context, body, block)) {
                (TerminatorKind::SwitchInt { targets, .. }, Some(value)) => {
                    rest.insert(targets.target_for_value(value));
                }
                _ => rest.extend(terminator.successors()),
            }
        }
        reached
    }

    fn switch_value(
        &self,
        instance: Instance<'tcx>,
        context: Context,
        body: &Body<'tcx>,
        block: BasicBlock,
    ) -> Option<u128> {
        match body.switched_on(block)? {
            Operand::RuntimeChecks(check) => Some(u128::from(self.contexts.in_context(context).runtime_check(*check))),
            Operand::Constant(constant) => match evaluate(self.cx, instance, constant) {
                Ok(ConstValue::Scalar(Scalar::Int(int))) => Some(int.bits),
                _ => None,
            },
            Operand::Copy(_) | Operand::Move(_) => None,
        }
    }
}

/// The constants of a block, by statement.
struct Constants<'tcx>(Vec<(usize, ConstOperand<'tcx>)>);

impl<'tcx> Visitor<'tcx> for Constants<'tcx> {
    fn visit_const(&mut self, constant: &ConstOperand<'tcx>, at: Location) {
        self.0.push((at.statement_index, *constant));
    }
}
