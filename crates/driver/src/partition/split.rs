//! Dividing an optimised program into modules that are compiled side by side.
//!
//! An optimiser sees one module at a time, so what belongs together must stay together: a function is put where its users
//! are, those first that have few. What is small, or asks to be inlined, is given to every module that calls it: one module
//! has its code, the others a copy to inline from. Constants are copied too, so that what they hold is known everywhere.
//! What no other module refers to is internal to its own, which lets the optimiser do with it what it likes.
//!
//! The result depends on the program alone: the same on every machine.

use lir::{Data, Function, InlineHint, Linkage};
use rustc_hash::{FxHashMap, FxHashSet};
use std::sync::Arc;

/// A program's definitions, divided.
#[derive(Debug, Default)]
pub(super) struct Part {
    pub functions: Vec<Function>,
    pub data: Vec<Data>,
}

/// How many modules an optimised program of this many functions becomes: one as long as that is soon done.
pub(super) fn part_count(functions: usize) -> usize {
    match functions / FUNCTIONS_PER_PART {
        0 => 1,
        // An even number, as of cores.
        parts => parts.next_multiple_of(2).min(MAX_PARTS),
    }
}

const FUNCTIONS_PER_PART: usize = 5000;
const MAX_PARTS: usize = 16;

/// Instructions up to which a function is copied: of one that asks to be inlined, and of any other.
const MAX_HINTED_COPY: u32 = 200;
const MAX_COPY: u32 = 100;

/// The same of one that asks to be inlined, and that is apart ([`How::apart`]): optimisers have all of these where std is compiled.
const MAX_HINTED_COPY_APART: u32 = 1000;

/// Bytes up to which a constant is copied.
const MAX_COPIED_BYTES: u64 = 4096;

/// How a program is divided.
#[derive(Clone, Copy)]
pub(super) struct How<'a> {
    /// What only one part needs is internal to it; else all of it is there for others too.
    pub internalize: bool,
    /// Of functions, only those that ask to be inlined are copied.
    pub copies_hinted_only: bool,
    /// What others than the parts refer to.
    pub shared: &'a FxHashSet<Arc<str>>,
    /// What is put into parts of its own, which come last, and how many these are. They are the same in all programs that have
    /// these definitions: nothing in them is internal, and they have no copies of anything else.
    pub apart: Option<(&'a FxHashSet<Arc<str>>, usize)>,
}

/// Divides a program, whose definitions are sorted, into `count` parts, and those [`How::apart`].
pub(super) fn split(functions: Vec<Function>, data: Vec<Data>, count: usize, how: &How<'_>) -> Vec<Part> {
    let internalize = how.internalize;
    let program = Graph::new(&functions, &data, how);
    let (homes, all) = match how.apart {
        None => (program.homes(count), count),
        Some((_, apart)) => {
            let (mut homes, others) = (program.only(false).homes(count), program.only(true).homes(apart));
            for (item, home) in others.into_iter().enumerate().filter(|&(item, _)| program.apart[item]) {
                homes[item] = count as u32 + home;
            }
            (homes, count + apart)
        }
    };
    let plans: Vec<Plan> = (0..all as u32).map(|part| Plan::new(&program, &homes, part, internalize)).collect();
    let shared: FxHashSet<u32> = plans.iter().flat_map(|plan| plan.elsewhere.iter().copied()).collect();

    let mut parts: Vec<Part> = plans.iter().map(|plan| copies(plan, &functions, &data)).collect();
    let linkage = |item: usize, name: &Arc<str>, linkage: Linkage, used: bool| match linkage {
        Linkage::Internal | Linkage::Hidden if shared.contains(&(item as u32)) || program.apart[item] => {
            Linkage::Hidden
        }
        Linkage::Hidden if internalize && !used && !how.shared.contains(name) => Linkage::Internal,
        other => other,
    };
    let first_data = functions.len();
    for (item, mut function) in functions.into_iter().enumerate() {
        function.linkage = linkage(item, &function.name, function.linkage, function.attrs.used);
        parts[homes[item] as usize].functions.push(function);
    }
    for (index, mut data) in data.into_iter().enumerate() {
        let item = first_data + index;
        if !program.copied[item] || !internalize {
            data.linkage = linkage(item, &data.name, data.linkage, data.used);
            parts[homes[item] as usize].data.push(data);
        }
    }
    for part in &mut parts {
        part.functions.sort_unstable_by(|a, b| a.name.cmp(&b.name));
        part.data.sort_unstable_by(|a, b| a.name.cmp(&b.name));
    }
    parts
}

/// What a part has besides the definitions that are at home there.
fn copies(plan: &Plan, functions: &[Function], data: &[Data]) -> Part {
    let mut part = Part::default();
    for &item in &plan.copies {
        match functions.get(item as usize) {
            Some(function) => part.functions.push(Function { linkage: Linkage::Available, ..function.clone() }),
            None => {
                let data = &data[item as usize - functions.len()];
                // The original is described; a static is one variable.
                part.data.push(Data { linkage: Linkage::Internal, debug: None, ..data.clone() });
            }
        }
    }
    part
}

/// Which definition refers to which. Functions come first, then data.
struct Graph {
    sizes: Vec<u32>,
    refs: Vec<Vec<u32>>,
    /// Whether each part that needs it has a copy.
    copied: Vec<bool>,
    /// Whether it goes into a part of its own kind ([`How::apart`]).
    apart: Vec<bool>,
    function_count: usize,
}

impl Graph {
    fn new(functions: &[Function], data: &[Data], how: &How<'_>) -> Graph {
        let names = functions.iter().map(|function| &*function.name).chain(data.iter().map(|data| &*data.name));
        let numbers: FxHashMap<&str, u32> = names.zip(0..).collect();
        let refs_of = |names: &mut dyn Iterator<Item = &str>| -> Vec<u32> {
            let mut refs: Vec<u32> = names.filter_map(|name| numbers.get(name).copied()).collect();
            refs.sort_unstable();
            refs.dedup();
            refs
        };
        let of_functions = functions.iter().map(|it| refs_of(&mut it.symbols.iter().map(|symbol| &*symbol.name)));
        let of_data = data.iter().map(|it| refs_of(&mut it.relocations.iter().map(|place| &*place.symbol)));
        let refs = of_functions.chain(of_data).collect();
        let sizes: Vec<u32> = functions.iter().map(size).chain(data.iter().map(|_| 1)).collect();
        let may_copy = |function: &Function| !how.copies_hinted_only || function.attrs.inline != InlineHint::None;
        let is_apart = |name: &Arc<str>| how.apart.is_some_and(|(names, _)| names.contains(name));
        let all = functions.iter().map(|function| &function.name).chain(data.iter().map(|data| &data.name));
        let apart: Vec<bool> = all.map(is_apart).collect();
        let copied_functions = functions.iter().zip(sizes.iter().zip(&apart)).map(|(function, (&size, &apart))| {
            let max_hinted = if apart { MAX_HINTED_COPY_APART } else { MAX_HINTED_COPY };
            may_copy(function) && is_copied(function, size, max_hinted)
        });
        let copied_data = data.iter().map(|data| is_copied_data(data) && !how.shared.contains(&data.name));
        let copied = copied_functions.chain(copied_data).collect();
        Graph { sizes, refs, copied, apart, function_count: functions.len() }
    }

    /// The graph of what goes into parts of their own, or of all else. The rest has neither size nor neighbours in it, so that
    /// the result is the same whatever it is.
    fn only(&self, apart: bool) -> Graph {
        let is_in = |item: u32| self.apart[item as usize] == apart;
        let sizes = (0..).zip(&self.sizes).map(|(item, &size)| if is_in(item) { size } else { 0 }).collect();
        let refs_of = |(item, refs): (u32, &Vec<u32>)| match is_in(item) {
            true => refs.iter().copied().filter(|&to| is_in(to)).collect(),
            false => Vec::new(),
        };
        Graph {
            sizes,
            refs: (0..).zip(&self.refs).map(refs_of).collect(),
            copied: self.copied.clone(),
            apart: self.apart.clone(),
            function_count: self.function_count,
        }
    }

    /// The part that each definition is at home in.
    fn homes(&self, count: usize) -> Vec<u32> {
        let total: u64 = self.sizes.iter().map(|&size| u64::from(size)).sum();
        let limit = total / count as u64 + 1;
        let mut users = vec![0u32; self.sizes.len()];
        let mut edges: Vec<(u32, u32)> = Vec::new();
        for (from, refs) in (0..).zip(&self.refs) {
            for &to in refs {
                users[to as usize] += 1;
                edges.push((from, to));
            }
        }
        edges.sort_unstable_by_key(|&(from, to)| (users[to as usize], from, to));

        // What few refer to joins them, up to the size of a part.
        let mut clusters = Clusters { parents: (0..self.sizes.len() as u32).collect(), sizes: self.sizes.clone() };
        for &(from, to) in &edges {
            clusters.join(from, to, limit / 2);
        }

        // Large clusters come first, each where most of what it is connected with is, if there is room.
        let mut order: Vec<u32> =
            (0..self.sizes.len() as u32).filter(|&item| clusters.parents[item as usize] == item).collect();
        order.sort_by_key(|&item| (std::cmp::Reverse(clusters.sizes[item as usize]), item));
        let roots: Vec<u32> = (0..self.sizes.len() as u32).map(|item| clusters.root(item)).collect();
        let mut neighbours: FxHashMap<u32, Vec<u32>> = FxHashMap::default();
        for &(from, to) in &edges {
            let (from, to) = (roots[from as usize], roots[to as usize]);
            if from != to {
                neighbours.entry(from).or_default().push(to);
                neighbours.entry(to).or_default().push(from);
            }
        }
        let mut loads = vec![0u64; count];
        let mut places: FxHashMap<u32, usize> = FxHashMap::default();
        for cluster in order {
            let size = u64::from(clusters.sizes[cluster as usize]);
            let mut links = vec![0u32; count];
            for neighbour in neighbours.get(&cluster).into_iter().flatten() {
                if let Some(&part) = places.get(neighbour) {
                    links[part] += 1;
                }
            }
            let has_room = |&part: &usize| loads[part] + size <= limit;
            let best = (0..count)
                .filter(has_room)
                .max_by_key(|&part| (links[part], std::cmp::Reverse(loads[part]), std::cmp::Reverse(part)));
            let part = best.unwrap_or_else(|| (0..count).min_by_key(|&part| loads[part]).expect("there are parts"));
            loads[part] += size;
            places.insert(cluster, part);
        }
        roots.iter().map(|root| places[root] as u32).collect()
    }
}

/// How much code a function is, before anything is inlined.
fn size(function: &Function) -> u32 {
    let count: usize = function.blocks.iter().map(|block| block.nodes.len() + 1).sum();
    u32::try_from(count).unwrap_or(u32::MAX)
}

fn is_copied(function: &Function, size: u32, max_hinted: u32) -> bool {
    let attrs = &function.attrs;
    let is_plain = function.linkage == Linkage::Hidden && !attrs.naked && !attrs.used && !attrs.cold;
    is_plain
        && match attrs.inline {
            InlineHint::Always => true,
            InlineHint::Hint => size <= max_hinted,
            InlineHint::None => size <= MAX_COPY,
            InlineHint::Never => false,
        }
}

/// Constants whose address means nothing.
pub(super) fn is_copied_data(data: &Data) -> bool {
    data.mergeable
        && !data.writable
        && !data.thread_local
        && !data.used
        && data.section.is_none()
        && data.linkage == Linkage::Hidden
        && data.size_bytes() <= MAX_COPIED_BYTES
}

/// Sets of definitions that stay together: a forest, with the size of each set at its root.
struct Clusters {
    parents: Vec<u32>,
    sizes: Vec<u32>,
}

impl Clusters {
    fn root(&mut self, mut item: u32) -> u32 {
        while self.parents[item as usize] != item {
            let above = self.parents[self.parents[item as usize] as usize];
            self.parents[item as usize] = above;
            item = above;
        }
        item
    }

    /// Makes two sets one, unless it would be larger than the limit.
    fn join(&mut self, a: u32, b: u32, limit: u64) {
        let (a, b) = (self.root(a), self.root(b));
        let size = u64::from(self.sizes[a as usize]) + u64::from(self.sizes[b as usize]);
        if a != b && size <= limit {
            self.parents[a.max(b) as usize] = a.min(b);
            self.sizes[a.min(b) as usize] = u32::try_from(size).unwrap_or(u32::MAX);
        }
    }
}

/// What a part needs of others.
struct Plan {
    /// Definitions that it has copies of.
    copies: Vec<u32>,
    /// Definitions that it refers to, and that are at home in another part.
    elsewhere: Vec<u32>,
}

impl Plan {
    fn new(program: &Graph, homes: &[u32], part: u32, internalize: bool) -> Plan {
        let mut plan = Plan { copies: Vec::new(), elsewhere: Vec::new() };
        let is_data = |item: u32| item as usize >= program.function_count;
        // Constants that are copied are at home nowhere, unless others may ask for them.
        let is_homeless = |item: u32| internalize && is_data(item) && program.copied[item as usize];
        let is_here = |item: u32| homes[item as usize] == part && !is_homeless(item);
        let mut queue: Vec<u32> = (0..homes.len() as u32).filter(|&item| is_here(item)).collect();
        let mut seen: FxHashSet<u32> = queue.iter().copied().collect();
        // What the parts of others have copies of is not the same in all programs.
        let is_apart = queue.first().is_some_and(|&item| program.apart[item as usize]);
        while let Some(item) = queue.pop() {
            for &target in &program.refs[item as usize] {
                if !seen.insert(target) {
                    continue;
                }
                let is_copied = program.copied[target as usize] && (!is_apart || program.apart[target as usize]);
                if !is_data(target) || !is_copied {
                    plan.elsewhere.push(target);
                }
                if is_copied {
                    plan.copies.push(target);
                    queue.push(target);
                }
            }
        }
        plan
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use lir::{BlockData, Inst, LocId, Node, Scalar, SymbolKind, SymbolRef, Value};

    fn function(name: &str, size: usize, callees: &[&str]) -> Function {
        let module = lir::parse_module(&format!("function hidden @{name}() {{\nblock0:\n    unreachable\n}}\n"));
        let mut function = module.expect("a function").functions.remove(0);
        let nop = || Node {
            inst: Inst::Iconst { ty: lir::Type::Scalar(Scalar::I8), value: 0 },
            first_result: Value::ZERO,
            result_count: 0,
            loc: LocId::NONE,
        };
        function.blocks = lir::IndexVec::from_vec(vec![BlockData {
            nodes: (1..size).map(|_| nop()).collect(),
            ..BlockData::default()
        }]);
        let symbol =
            |name: &&str| SymbolRef { name: (*name).into(), kind: SymbolKind::Function, weak: false, local: true };
        function.symbols = callees.iter().map(symbol).collect();
        function
    }

    fn shape(parts: &[Part]) -> Vec<String> {
        let text = |it: &Function| format!("{} {}", it.name, format!("{:?}", it.linkage).to_lowercase());
        parts.iter().map(|part| part.functions.iter().map(text).collect::<Vec<_>>().join(", ")).collect()
    }

    #[test]
    fn counts() {
        assert_eq!([0, 4999, 5000, 9999, 16_000, 1_000_000].map(part_count), [1, 1, 2, 2, 4, 16]);
    }

    #[test]
    fn constants_are_copied_and_at_home_where_others_may_ask() {
        let text = "data hidden @c align(1) mergeable { \"c\" }\nfunction hidden @a() { sym0 = data @c\nblock0:\nv0 = symbol_addr \
                    sym0\nreturn }\nfunction hidden @b() { sym0 = data @c\nblock0:\nv0 = symbol_addr sym0\nreturn }";
        let module = lir::parse_module(text).unwrap_or_else(|error| panic!("{error}"));
        let linkages = |internalize| -> Vec<Vec<Linkage>> {
            let how = How { internalize, copies_hinted_only: false, shared: &FxHashSet::default(), apart: None };
            let parts = split(module.functions.clone(), module.data.clone(), 2, &how);
            parts.iter().map(|part| part.data.iter().map(|data| data.linkage).collect()).collect()
        };
        assert_eq!(linkages(true), [[Linkage::Internal], [Linkage::Internal]]);
        assert_eq!(linkages(false), [[Linkage::Hidden], [Linkage::Internal]]);
    }

    #[test]
    fn callers_and_callees() {
        let functions = vec![
            function("a", 200, &["b", "small"]),
            function("b", 200, &["shared"]),
            function("c", 200, &["d", "small"]),
            function("d", 200, &["shared"]),
            function("shared", 200, &[]),
            function("small", 10, &[]),
        ];
        let shape_of = |how: &How<'_>| shape(&split(functions.clone(), Vec::new(), 2, how));
        let shared = FxHashSet::default();
        let how = How { internalize: true, copies_hinted_only: false, shared: &shared, apart: None };
        assert_eq!(
            shape_of(&how),
            ["a internal, b internal, small hidden", "c internal, d internal, shared hidden, small available",]
        );
        // What does not ask to be inlined stays where it is.
        assert_eq!(
            shape_of(&How { copies_hinted_only: true, ..how }),
            ["a internal, b internal, small hidden", "c internal, d internal, shared hidden",]
        );
        let elsewhere = FxHashSet::from_iter(["b".into()]);
        assert_eq!(shape_of(&How { shared: &elsewhere, ..how })[0], "a internal, b hidden, small hidden");
    }

    /// What is in parts of its own is the same, whatever else there is, and sees nothing of that.
    #[test]
    fn parts_apart() {
        let names = FxHashSet::from_iter(["r", "s", "small"].map(Arc::from));
        let how = How {
            internalize: true,
            copies_hinted_only: false,
            shared: &FxHashSet::default(),
            apart: Some((&names, 1)),
        };
        let runtime = || vec![function("r", 200, &["s", "small", "alloc"]), function("s", 200, &["r"])];
        let divided = |own: Vec<Function>| {
            let mut all: Vec<Function> = own.into_iter().chain(runtime()).collect();
            all.push(function("small", 10, &[]));
            all.sort_by(|a, b| a.name.cmp(&b.name));
            split(all, Vec::new(), 1, &how)
        };
        let one = divided(vec![function("alloc", 10, &[]), function("main", 200, &["r", "small"])]);
        let other = divided(vec![function("alloc", 200, &["x"]), function("x", 10, &["s"])]);
        assert_eq!(shape(&one), ["alloc hidden, main internal, small available", "r hidden, s hidden, small hidden"]);
        assert_eq!(shape(&other), ["alloc hidden, x internal", "r hidden, s hidden, small hidden"]);
        assert_eq!(one[1].functions, other[1].functions);
    }
}
