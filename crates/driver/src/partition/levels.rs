//! Dividing a program by how its crates are optimised.
//!
//! What a crate defines, and the copies that it needs of generic and inline functions, are optimised as its package's profile
//! says. An optimiser has one level for all that it sees at once, so each level is a part of the program of its own: nothing is
//! inlined from one into another, as rustc inlines nothing of crates but what is copied into those that use it.

use super::split::is_copied_data;
use backend::OptLevel;
use lir::{Data, Linkage, Module};
use rustc_hash::{FxHashMap, FxHashSet};
use std::sync::Arc;

use crate::options::Options;

/// A part of a program, as modules.
#[derive(Debug)]
pub struct Part {
    /// How it is compiled.
    pub options: Options,
    /// The modules.
    pub modules: Vec<Module>,
}

/// A part of a program that is optimised in one way.
#[derive(Debug)]
pub(super) struct Level {
    pub opt: OptLevel,
    pub program: mono::Program,
    /// What other parts refer to of this one.
    pub shared: FxHashSet<Arc<str>>,
}

/// From what is optimised most, for speed, to what is not.
const MOST_FIRST: [OptLevel; 6] = [OptLevel::O3, OptLevel::O2, OptLevel::O1, OptLevel::Os, OptLevel::Oz, OptLevel::O0];

/// Divides a program. `levels` are those of settings other than the program's own, by their numbers. The program's own part is the
/// first, and is there whatever is in it.
pub(crate) fn by_level(
    mut program: mono::Program,
    own: OptLevel,
    levels: &FxHashMap<u8, OptLevel>,
) -> Vec<(OptLevel, mono::Program, FxHashSet<Arc<str>>)> {
    let contexts = std::mem::take(&mut program.contexts);
    let level_of = |name: &str| contexts.get(name).and_then(|context| levels.get(context)).copied().unwrap_or(own);
    if contexts.keys().all(|name| level_of(name) == own) {
        return vec![(own, program, FxHashSet::default())];
    }
    let mut groups: FxHashMap<OptLevel, mono::Program> = FxHashMap::default();
    groups.entry(own).or_default();
    for function in std::mem::take(&mut program.functions) {
        groups.entry(level_of(&function.name)).or_default().functions.push(function);
    }
    // Statics belong to their crates; constants to those who use them.
    let mut rest: FxHashMap<Arc<str>, Data> = FxHashMap::default();
    for data in std::mem::take(&mut program.data) {
        match contexts.contains_key(&data.name) {
            true => groups.entry(level_of(&data.name)).or_default().data.push(data),
            false => drop(rest.insert(data.name.clone(), data)),
        }
    }
    let constants: FxHashMap<Arc<str>, Data> =
        rest.iter().filter(|(_, data)| is_copied_data(data)).map(|(name, data)| (name.clone(), data.clone())).collect();
    let mut parts: Vec<Level> = MOST_FIRST
        .into_iter()
        .filter_map(|opt| Some(Level { opt, program: groups.remove(&opt)?, shared: FxHashSet::default() }))
        .collect();
    for part in &mut parts {
        let mut claimed = Vec::new();
        for name in referred(&part.program) {
            super::cluster::claim(&name, &mut rest, &mut claimed);
        }
        part.program.data.extend(claimed);
    }
    parts.sort_by_key(|part| part.opt != own);
    parts[0].program.data.extend(rest.into_values());
    for part in &mut parts {
        copy_constants(&mut part.program, &constants);
        part.program.data.sort_unstable_by(|a, b| a.name.cmp(&b.name));
        part.program.debug_types = program.debug_types.clone();
    }
    share(&mut parts);
    parts.into_iter().map(|part| (part.opt, part.program, part.shared)).collect()
}

/// The names that a program refers to.
fn referred(program: &mono::Program) -> Vec<Arc<str>> {
    let of_functions = program.functions.iter().flat_map(|it| it.symbols.iter().map(|symbol| symbol.name.clone()));
    let of_data = program.data.iter().flat_map(|it| it.relocations.iter().map(|place| place.symbol.clone()));
    of_functions.chain(of_data).collect()
}

/// The names that a program defines.
fn defined(program: &mono::Program) -> FxHashSet<Arc<str>> {
    let functions = program.functions.iter().map(|function| function.name.clone());
    functions.chain(program.data.iter().map(|data| data.name.clone())).collect()
}

/// Gives a part copies of constants that another has, so that its optimiser knows what they hold.
fn copy_constants(program: &mut mono::Program, constants: &FxHashMap<Arc<str>, Data>) {
    let mut known = defined(program);
    let mut wanted = referred(program);
    while let Some(name) = wanted.pop() {
        if let Some(data) = constants.get(&name)
            && known.insert(name)
        {
            wanted.extend(data.relocations.iter().map(|place| place.symbol.clone()));
            program.data.push(Data { linkage: Linkage::Internal, debug: None, ..data.clone() });
        }
    }
}

/// Notes what parts need of each other.
fn share(parts: &mut [Level]) {
    let mut shared: FxHashSet<Arc<str>> = FxHashSet::default();
    for part in &*parts {
        let own = defined(&part.program);
        shared.extend(referred(&part.program).into_iter().filter(|name| !own.contains(name)));
    }
    for part in parts {
        part.shared = defined(&part.program).into_iter().filter(|name| shared.contains(name)).collect();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_level_is_a_part() {
        let text = "
            data hidden @text align(1) mergeable { \"t\" }
            data hidden @static align(1) { \"s\" }
            data hidden @own align(1) { \"o\" }
            function hidden @lib() { sym0 = data @text sym1 = data @static\nblock0:\nv0 = symbol_addr sym0\nv1 = symbol_addr sym1\nreturn }
            function hidden @other() { block0:\nreturn }
            function hidden @main() { sym0 = data @text sym1 = data @own sym2 = function @lib\nblock0:\nv0 = symbol_addr sym0\nv1 = symbol_addr sym1\nv2 = symbol_addr sym2\nreturn }";
        let module = lir::parse_module(text).unwrap_or_else(|error| panic!("{error}"));
        let program = mono::Program {
            functions: module.functions,
            data: module.data,
            contexts: [("lib", 1), ("static", 1), ("other", 2)]
                .into_iter()
                .map(|(name, number)| (name.into(), number))
                .collect(),
            ..mono::Program::default()
        };
        let show = |levels: &[(u8, OptLevel)]| -> Vec<String> {
            let parts = by_level(program.clone(), OptLevel::O3, &levels.iter().copied().collect());
            let text = |(opt, program, shared): &(OptLevel, mono::Program, FxHashSet<Arc<str>>)| {
                let functions = program.functions.iter().map(|it| it.name.to_string());
                let data = program.data.iter().map(|it| format!("{} {:?}", it.name, it.linkage));
                let names = functions.chain(data).collect::<Vec<_>>().join(", ");
                let mut shared: Vec<&str> = shared.iter().map(|name| &**name).collect();
                shared.sort_unstable();
                format!("{opt:?}: {names}; shared: {}", shared.join(", "))
            };
            parts.iter().map(text).collect()
        };
        // Other checks, and the same level: one part.
        assert_eq!(show(&[(1, OptLevel::O3), (2, OptLevel::O3)]).len(), 1);
        assert_eq!(
            show(&[(1, OptLevel::Os), (2, OptLevel::O3)]),
            [
                "O3: other, main, own Hidden, text Hidden; shared: ",
                "Os: lib, static Hidden, text Internal; shared: lib",
            ]
        );
        assert_eq!(
            show(&[(1, OptLevel::O0), (2, OptLevel::Os)]),
            [
                "O3: main, own Hidden, text Hidden; shared: ",
                "Os: other; shared: ",
                "O0: lib, static Hidden, text Internal; shared: lib",
            ]
        );
    }
}
