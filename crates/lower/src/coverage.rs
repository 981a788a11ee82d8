//! Counters of programs whose coverage is measured, and what follows from them.
//!
//! Few blocks of a function are counted: how often the others run follows, as each node of the flow graph is left as often as it is
//! entered (Knuth and Stevenson: optimal measurement points for program frequency counts). The blocks are the graph's edges; those
//! of a spanning tree are calculated, all others are counted. Which tree is taken shows only where flow is not what it seems,
//! since a function has panicked: the same as rustc's, so that reports agree.

use crate::{FunctionCx, LowerCx};
use lir::{Inst, Scalar, SymbolKind, SymbolRef, Type};
use mir::{Body, Coverage, CoverageBlock, StatementKind};
use rustc_hash::{FxHashMap, FxHashSet};
use std::sync::Arc;
use ty::{ConstKind, DefId, DefKind, GenericArg, Instance, InstanceKind, TyKind};

/// The symbol by which counters of a function are asked for begins so; the function's name in reports follows. It stands for
/// constant memory that holds this name.
pub const COVERAGE_NAME_PREFIX: &str = "__profn_";

/// What a program's report says of a function.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct CoverageRecord {
    /// The function's name.
    pub name: String,
    /// Tells one text of the function from another; 0 for a function that nobody counts.
    pub source_hash: u64,
    /// The program has the function, and with it its counters.
    pub is_counted: bool,
    /// The file that it is in.
    pub file: Arc<str>,
    /// Its text, in any order.
    pub regions: Vec<CoverageRegion>,
}

/// A piece of text that runs as often as these counters say.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct CoverageRegion {
    /// Line and column of the first byte, from 1.
    pub start: (u32, u32),
    /// Line and column of the byte after the last.
    pub end: (u32, u32),
    /// The counters whose sum is taken, ...
    pub plus: Vec<u32>,
    /// ... and those that are subtracted from that.
    pub minus: Vec<u32>,
}

/// How the blocks of a function are counted.
#[derive(Debug, Default)]
pub(crate) struct Counters {
    source_hash: u64,
    /// The numbers of the counters of blocks that are counted.
    numbers: FxHashMap<CoverageBlock, u32>,
    /// Of each block with text the counters to add and to subtract; both empty: it never runs.
    terms: FxHashMap<CoverageBlock, (Vec<u32>, Vec<u32>)>,
}

impl Counters {
    /// `None` for a body whose coverage is not measured.
    pub(crate) fn of_body(body: &Body<'_>) -> Option<Counters> {
        let coverage = body.coverage.as_deref()?;
        let mut seen = FxHashSet::default();
        for statement in body.basic_blocks.iter().flat_map(|block| &block.statements) {
            if let StatementKind::Counter(block) = statement.kind {
                let scope = &body.source_scopes[statement.source_info.scope];
                // What was inlined has blocks of its own function.
                if scope.inlined.is_none() && scope.inlined_parent_scope.is_none() {
                    seen.insert(block);
                }
            }
        }
        Some(Counters::new(coverage, &seen))
    }

    /// `seen` are the blocks that are left of the function: others never run.
    fn new(coverage: &Coverage, seen: &FxHashSet<CoverageBlock>) -> Counters {
        let mut order = coverage.priority.clone();
        if let [_, real @ ..] = &mut order[..] {
            // What is not there had better be counted: that is free.
            real.sort_by_key(|block| !seen.contains(block));
        }
        let is_calculated = spanning_tree(coverage, &order);
        let mut neighbours: FxHashMap<CoverageBlock, Vec<(CoverageBlock, CoverageBlock)>> = FxHashMap::default();
        for &block in order.iter().filter(|&&block| is_calculated[block as usize]) {
            let (from, to) = (coverage.from[block as usize], coverage.to[block as usize]);
            neighbours.entry(from).or_default().push((block, to));
            neighbours.entry(to).or_default().push((block, from));
        }
        let mut counters = Counters { source_hash: coverage.source_hash, ..Counters::default() };
        let mut wanted: Vec<CoverageBlock> = coverage.mappings.iter().map(|(block, _)| *block).collect();
        wanted.sort_unstable();
        wanted.dedup();
        for block in wanted {
            let (mut plus, mut minus) = match seen.contains(&block) {
                false => (Vec::new(), Vec::new()),
                true if !is_calculated[block as usize] => (vec![block], Vec::new()),
                true => {
                    // Without it the tree falls in two parts. What enters the one it leads to, leaves that again.
                    let inside = reached(coverage.to[block as usize], block, &neighbours);
                    let counted = order.iter().copied().filter(|&it| !is_calculated[it as usize]);
                    let ends = |it: &CoverageBlock| {
                        let at = |node: CoverageBlock| inside.contains(&node);
                        (at(coverage.from[*it as usize]), at(coverage.to[*it as usize]))
                    };
                    let (mut leave, mut enter) = (Vec::new(), Vec::new());
                    for it in counted.filter(|it| seen.contains(it)) {
                        match ends(&it) {
                            (true, false) => leave.push(it),
                            (false, true) => enter.push(it),
                            _ => {}
                        }
                    }
                    (leave, enter)
                }
            };
            plus.sort_unstable();
            minus.sort_unstable();
            let mut number = |block: CoverageBlock| {
                let next = counters.numbers.len() as u32;
                *counters.numbers.entry(block).or_insert(next)
            };
            let terms = (
                plus.into_iter().map(&mut number).collect::<Vec<_>>(),
                minus.into_iter().map(&mut number).collect::<Vec<_>>(),
            );
            counters.terms.insert(block, terms);
        }
        counters
    }
}

/// Of each block whether it is an edge of the tree that the first blocks of an order make.
fn spanning_tree(coverage: &Coverage, order: &[CoverageBlock]) -> Vec<bool> {
    let mut parents: Vec<CoverageBlock> = (0..coverage.from.len() as u32).collect();
    let root = |parents: &mut Vec<CoverageBlock>, mut node: CoverageBlock| {
        while parents[node as usize] != node {
            let above = parents[parents[node as usize] as usize];
            parents[node as usize] = above;
            node = above;
        }
        node
    };
    let mut is_calculated = vec![false; coverage.from.len()];
    for &block in order {
        let from = root(&mut parents, coverage.from[block as usize]);
        let to = root(&mut parents, coverage.to[block as usize]);
        if from != to {
            parents[from as usize] = to;
            is_calculated[block as usize] = true;
        }
    }
    is_calculated
}

/// The nodes that are reached from one by edges of a tree, but for one of these.
fn reached(
    start: CoverageBlock,
    without: CoverageBlock,
    neighbours: &FxHashMap<CoverageBlock, Vec<(CoverageBlock, CoverageBlock)>>,
) -> FxHashSet<CoverageBlock> {
    let mut reached = FxHashSet::from_iter([start]);
    let mut rest = vec![start];
    while let Some(node) = rest.pop() {
        for &(edge, next) in neighbours.get(&node).into_iter().flatten() {
            if edge != without && reached.insert(next) {
                rest.push(next);
            }
        }
    }
    reached
}

/// Whether an argument stands for itself.
fn is_parameter(arg: GenericArg<'_>) -> bool {
    match arg {
        GenericArg::Lifetime(_) => false,
        GenericArg::Type(ty) => matches!(ty.kind(), TyKind::Param(_)),
        GenericArg::Const(constant) => matches!(constant.kind(), ConstKind::Param(_)),
    }
}

/// What a function's lowering remembers of the functions whose counters it counts up: its own and inlined ones.
#[derive(Default)]
pub(crate) struct CoverageCx<'tcx> {
    counters: FxHashMap<InstanceKind<'tcx>, Option<Arc<Counters>>>,
    /// Those with a counter.
    pub(crate) covered: FxHashSet<Instance<'tcx>>,
}

impl<'tcx> FunctionCx<'_, 'tcx> {
    /// Counts that a block runs, if it is one of those that are counted.
    pub(crate) fn count(&mut self, block: CoverageBlock) {
        let scope = &self.body.source_scopes[self.source_info.scope];
        let inlined = scope.inlined.or_else(|| self.body.source_scopes[scope.inlined_parent_scope?].inlined);
        let instance = match inlined {
            Some((callee, _)) => self.monomorphize_value(callee),
            None => self.instance,
        };
        let traits = self.cx.traits;
        let counters = self.coverage.counters.entry(instance.kind);
        let counters =
            counters.or_insert_with(|| Counters::of_body(traits.instance_mir(instance)).map(Arc::new)).clone();
        let Some(counters) = counters else { return };
        let Some(&number) = counters.numbers.get(&block) else { return };
        self.coverage.covered.insert(instance);
        let name = format!("{COVERAGE_NAME_PREFIX}{}", self.cx.report_name(instance));
        let symbol = self.b.symbol(SymbolRef { name: name.into(), kind: SymbolKind::Data, weak: false, local: true });
        let name = self.b.value(Inst::SymbolAddr { symbol, offset: 0 });
        let mut constant =
            |scalar, value: u64| self.b.value(Inst::Iconst { ty: Type::Scalar(scalar), value: u128::from(value) });
        let hash = constant(Scalar::I64, counters.source_hash);
        let count = constant(Scalar::I32, counters.numbers.len() as u64);
        let number = constant(Scalar::I32, u64::from(number));
        self.b.effect(Inst::LlvmIntrinsic {
            name: "llvm.instrprof.increment".to_owned(),
            args: vec![name, hash, count, number],
            returns: Vec::new(),
        });
    }
}

impl<'tcx> LowerCx<'tcx> {
    /// The name of a function in reports: rustc's, whatever its copies are called here.
    fn report_name(&self, instance: Instance<'tcx>) -> String {
        self.mangler.symbol_name(instance, None)
    }

    /// What a report says of a function. `None` where no text is its own.
    ///
    /// A function that the program does not reach (`is_counted`) may be one that another program of the same crates counts, so it
    /// has counters, too, if it has a name of its own: reports of several programs take what the first says of a name. What has
    /// parameters of its own for arguments is nobody's.
    pub fn coverage_record(&self, instance: Instance<'tcx>, is_counted: bool) -> Option<CoverageRecord> {
        let body = self.traits.instance_mir(instance);
        let coverage = body.coverage.as_deref()?;
        let counters = Counters::of_body(body)?;
        let definitions = self.tcx.definitions();
        // A closure has further arguments, which say what it captures: those of the function that it is in count.
        let mut function = instance.def_id();
        while definitions.def_kind(function) == DefKind::Closure
            && let Some(parent) = definitions.def_key(function).parent
        {
            function = DefId { index: parent, ..function };
        }
        let count = definitions.generics_of(function).count();
        let has_counters = !instance.args.as_slice().iter().take(count).any(|arg| is_parameter(*arg));
        let (_, first) = coverage.mappings.first()?;
        let file = definitions.source_file(first.file);
        let mut regions: Vec<CoverageRegion> = Vec::new();
        for (block, span) in &coverage.mappings {
            if span.file != first.file {
                continue;
            }
            let (start, end) = (file.line_and_byte(span.lo), file.line_and_byte(span.hi));
            // What is in no order, LLVM's tools would not read.
            if start > end || span.lo == span.hi {
                continue;
            }
            let (plus, minus) = counters.terms.get(block).filter(|_| has_counters).cloned().unwrap_or_default();
            regions.push(CoverageRegion { start, end, plus, minus });
        }
        if regions.is_empty() {
            return None;
        }
        let file = crate::debug::source_path(file);
        let source_hash = if has_counters { coverage.source_hash } else { 0 };
        Some(CoverageRecord { name: self.report_name(instance), source_hash, is_counted, file, regions })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ty::Span;

    /// `if` with both arms: a function that begins (0), takes one way (1) or the other (2), and ends (3); then the way back (4).
    fn branches() -> Coverage {
        // Nodes: before 0 is 0; 1 and 2 leave what 0 leads to; 3 leaves what they lead to; 4 leaves what 3 leads to.
        Coverage {
            source_hash: 1,
            from: vec![0, 1, 1, 3, 4],
            to: vec![1, 3, 3, 4, 0],
            priority: vec![4, 3, 2, 1, 0],
            mappings: (0..4).map(|block| (block, Span::DUMMY)).collect(),
        }
    }

    fn shown(counters: &Counters) -> Vec<String> {
        let mut blocks: Vec<_> = counters.terms.iter().collect();
        blocks.sort();
        let of: FxHashMap<u32, CoverageBlock> =
            counters.numbers.iter().map(|(block, number)| (*number, *block)).collect();
        let text = |(block, (plus, minus)): (&CoverageBlock, &(Vec<u32>, Vec<u32>))| {
            let side =
                |numbers: &[u32], sign: &str| numbers.iter().map(|it| format!("{sign}{}", of[it])).collect::<String>();
            format!("{block} = {}{}", side(plus, "+"), side(minus, "-"))
        };
        blocks.into_iter().map(text).collect()
    }

    #[test]
    fn few_blocks_are_counted() {
        let coverage = branches();
        let all: FxHashSet<CoverageBlock> = (0..4).collect();
        let counters = Counters::new(&coverage, &all);
        // The end, the second way and the beginning are calculated where the order allows.
        assert_eq!(shown(&counters), ["0 = +0", "1 = +1", "2 = +0-1", "3 = +0"]);
        assert_eq!(counters.numbers.len(), 2);
        // A way that was optimised away never runs.
        let counters = Counters::new(&coverage, &FxHashSet::from_iter([0, 2, 3]));
        assert_eq!(shown(&counters), ["0 = +0", "1 = ", "2 = +0", "3 = +0"]);
    }
}
