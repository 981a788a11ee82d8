//! Whether lifetimes that stand for *all* lifetimes were told apart too little (rustc's leak check).
//!
//! What is wanted for all lifetimes must not hold for one only. So placeholders of universes that the asker cannot name must
//! neither be equal to each other, nor outlive each other, nor outlive what cannot name them. Such a constraint would be an
//! error in the end; seen now, it lets selection look further.

use super::Inference;
use super::tables::{RegionKey, Value, universe_of};
use crate::ir::UniverseIndex;
use crate::ir::inherent::IntoKind;
use crate::ir::solve::NoSolution;
use crate::{GenericArg, PlaceholderRegion, Region, RegionKind};
use rustc_hash::FxHashMap;

/// Lifetimes as nodes; an edge leads from what outlives to what is outlived.
#[derive(Default)]
struct Graph<'tcx> {
    numbers: FxHashMap<Region<'tcx>, usize>,
    nodes: Vec<Region<'tcx>>,
    edges: Vec<Vec<usize>>,
}

impl<'tcx> Graph<'tcx> {
    fn node(&mut self, region: Region<'tcx>) -> usize {
        *self.numbers.entry(region).or_insert_with(|| {
            self.nodes.push(region);
            self.edges.push(Vec::new());
            self.nodes.len() - 1
        })
    }

    /// The strongly connected components: of each node its number; a component's edges lead to smaller numbers.
    /// (Tarjan's algorithm, with a stack of its own.)
    fn components(&self) -> (Vec<usize>, usize) {
        const NEW: usize = usize::MAX;
        let count = self.nodes.len();
        let (mut order, mut low) = (vec![NEW; count], vec![0; count]);
        let mut component = vec![NEW; count];
        let (mut found, mut next, mut components) = (Vec::new(), 0, 0);
        for start in 0..count {
            if order[start] != NEW {
                continue;
            }
            let mut calls = vec![(start, 0)];
            while let Some(&mut (node, ref mut edge)) = calls.last_mut() {
                if *edge == 0 {
                    order[node] = next;
                    low[node] = next;
                    next += 1;
                    found.push(node);
                }
                match self.edges[node].get(*edge) {
                    Some(&to) => {
                        *edge += 1;
                        if order[to] == NEW {
                            calls.push((to, 0));
                        } else if component[to] == NEW {
                            low[node] = low[node].min(order[to]);
                        }
                        // An edge that was walked counts as begun, so that the node is entered once.
                    }
                    None => {
                        if *edge == 0 {
                            *edge = 1;
                        }
                        calls.pop();
                        if low[node] == order[node] {
                            while let Some(member) = found.pop() {
                                component[member] = components;
                                if member == node {
                                    break;
                                }
                            }
                            components += 1;
                        }
                        if let Some(&(caller, _)) = calls.last() {
                            low[caller] = low[caller].min(low[node]);
                        }
                    }
                }
            }
        }
        (component, components)
    }
}

/// What is known of a component.
#[derive(Clone, Copy)]
struct Component<'tcx> {
    /// The least universe of its lifetimes and of those that it outlives.
    universe: UniverseIndex,
    /// A placeholder that it equals.
    equals: Option<PlaceholderRegion<'tcx>>,
    /// A placeholder that it outlives.
    outlives: Option<PlaceholderRegion<'tcx>>,
}

impl<'tcx> Inference<'tcx> {
    fn universe_of_region(&self, region: Region<'tcx>) -> UniverseIndex {
        match region.kind() {
            RegionKind::ReVar(var) => match self.tables.borrow_mut().regions.probe_value(RegionKey::from(var)) {
                Value::Known(value) => universe_of(value),
                Value::Unknown(universe) => universe,
            },
            _ => universe_of(region),
        }
    }

    /// Fails where a placeholder that `outer` cannot name is related to what it must not be.
    pub(super) fn leak_check_from(&self, outer: UniverseIndex) -> Result<(), NoSolution> {
        let pairs: Vec<_> = {
            let tables = self.tables.borrow();
            let regions = tables.outlives.iter().filter_map(|outlives| match outlives.0 {
                GenericArg::Lifetime(longer) => Some((longer, outlives.1)),
                _ => None,
            });
            regions.collect()
        };
        let hidden = |region: Region<'tcx>| match region.kind() {
            RegionKind::RePlaceholder(placeholder) if outer.cannot_name(placeholder.universe) => Some(placeholder),
            _ => None,
        };
        if !pairs.iter().any(|&(longer, shorter)| hidden(longer).is_some() || hidden(shorter).is_some()) {
            return Ok(());
        }
        let mut graph = Graph::default();
        for (longer, shorter) in pairs {
            let (from, to) = (graph.node(longer), graph.node(shorter));
            graph.edges[from].push(to);
        }
        let (component_of, count) = graph.components();
        let mut members = vec![Vec::new(); count];
        for (node, &component) in component_of.iter().enumerate() {
            members[component].push(node);
        }
        let mut done: Vec<Component<'tcx>> = Vec::with_capacity(count);
        for (number, members) in members.iter().enumerate() {
            let Some(&first) = members.first() else { continue };
            let universe = self.universe_of_region(graph.nodes[first]);
            let mut own = Component { universe, equals: None, outlives: None };
            for &node in members {
                own.universe = own.universe.min(self.universe_of_region(graph.nodes[node]));
                if let Some(placeholder) = hidden(graph.nodes[node]) {
                    match own.equals {
                        Some(other) if other != placeholder => return Err(NoSolution),
                        _ => own.equals = Some(placeholder),
                    }
                }
                for &to in &graph.edges[node] {
                    let to = component_of[to];
                    if to != number {
                        let next = done[to];
                        own.universe = own.universe.min(next.universe);
                        own.outlives = own.outlives.or(next.equals).or(next.outlives);
                    }
                }
            }
            if let Some(equals) = own.equals {
                let names_it = own.universe.can_name(equals.universe);
                if !names_it || own.outlives.is_some_and(|outlived| outlived != equals) {
                    return Err(NoSolution);
                }
            }
            done.push(own);
        }
        Ok(())
    }
}
