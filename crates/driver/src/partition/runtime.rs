//! What every program has of a std that is made from its source.
//!
//! Before `main` and after it, and where a program panics, std runs thousands of functions (locks, threads, formatting, names for
//! backtraces): nine of ten that a small program consists of. They are the same in all programs. So where code is optimised, they
//! are modules of their own, which the cache of code has from the first program on.

use lir::{Data, Function};
use rustc_hash::{FxHashMap, FxHashSet};
use std::sync::Arc;

/// Functions below which it is not worth its modules.
const MIN_FUNCTIONS: usize = 500;

/// What a program reaches from these definitions of std, with them; nothing where that is little. What they refer to by a fixed
/// symbol that is not among them, such as the program's allocator, is not in it.
pub(super) fn reached(program: &mono::Program, from: &FxHashSet<Arc<str>>) -> FxHashSet<Arc<str>> {
    let functions: FxHashMap<&str, &Function> = program.functions.iter().map(|it| (&*it.name, it)).collect();
    let data: FxHashMap<&str, &Data> = program.data.iter().map(|it| (&*it.name, it)).collect();
    let mut names: FxHashSet<Arc<str>> = FxHashSet::default();
    let mut queue: Vec<Arc<str>> = from.iter().cloned().collect();
    let mut count = 0;
    while let Some(name) = queue.pop() {
        let is_foreign = !from.contains(&name) && has_fixed_name(&name);
        let function = functions.get(&*name).filter(|_| !is_foreign);
        // Constants have names of their own kind, which follow from what they hold.
        let data = data.get(&*name).filter(|it| it.mergeable || !is_foreign);
        if (function.is_none() && data.is_none()) || !names.insert(name) {
            continue;
        }
        count += usize::from(function.is_some());
        queue.extend(function.iter().flat_map(|it| &it.symbols).map(|symbol| symbol.name.clone()));
        queue.extend(data.iter().flat_map(|it| &it.relocations).map(|place| place.symbol.clone()));
    }
    if count < MIN_FUNCTIONS { FxHashSet::default() } else { names }
}

/// Whether a symbol's name says nothing of who defines it, so that it may be another thing in another program: it is not mangled,
/// or in the crate `__rustc` that rustc makes up for the symbols of allocators and panics.
fn has_fixed_name(name: &str) -> bool {
    !name.starts_with("_R") || name.contains("_7___rustc")
}

#[cfg(test)]
mod tests {
    use super::reached;
    use rustc_hash::FxHashSet;
    use std::fmt::Write;
    use std::sync::Arc;

    /// A chain of functions from `_Rstart`, a constant, an allocator and something of the program's own.
    fn program(count: usize) -> mono::Program {
        let mut text = "data hidden @constant align(1) mergeable { \"c\" }\n\
                        data hidden @variable align(1) { \"v\" }\n\
                        function hidden @alloc() { sym0 = function @_Rmine\nblock0:\nunreachable }\n\
                        function hidden @_Rmine() {\nblock0:\nunreachable }\n\
                        function hidden @_Rstart() { sym0 = function @_R0\nsym1 = function @alloc\nsym2 = data @constant\n\
                        sym3 = data @variable\nblock0:\nunreachable }\n"
            .to_owned();
        for number in 0..count {
            let next = (number + 1) % count;
            let _ =
                writeln!(text, "function hidden @_R{number}() {{ sym0 = function @_R{next}\nblock0:\nunreachable }}");
        }
        let module = lir::parse_module(&text).unwrap_or_else(|error| panic!("{error}"));
        mono::Program { functions: module.functions, data: module.data, ..mono::Program::default() }
    }

    #[test]
    fn the_programs_own_is_not_in_it() {
        let from = FxHashSet::from_iter([Arc::from("_Rstart"), Arc::from("_Rnowhere")]);
        let names = reached(&program(600), &from);
        assert_eq!(names.len(), 600 + 2, "the functions, their first one and the constant");
        assert!(["_Rstart", "_R0", "_R599", "constant"].iter().all(|&name| names.contains(name)));
        assert_eq!(reached(&program(100), &from).len(), 0, "it is not worth it");
        assert_eq!(reached(&program(600), &FxHashSet::default()).len(), 0);
    }
}
