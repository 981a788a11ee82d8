//! Dividing code that is kept as it is, so that modules refer to each other little.
//!
//! Each name that a module uses and does not define costs space in its object and the linker's time. Names that are close to
//! each other in the alphabet are of one crate and one type, mostly, and call each other; constants are used by one function,
//! mostly.

use lir::{Data, Function};
use mono::Program;
use rustc_hash::FxHashMap;
use std::sync::Arc;

/// The functions and data of each of `count` modules. Functions of a program are sorted by name.
pub(super) fn cluster(program: Program, count: usize) -> Vec<(Vec<Function>, Vec<Data>)> {
    let length = program.functions.len().div_ceil(count);
    let mut modules: Vec<(Vec<Function>, Vec<Data>)> = (0..count).map(|_| (Vec::new(), Vec::new())).collect();
    let mut data: FxHashMap<Arc<str>, Data> = program.data.into_iter().map(|data| (data.name.clone(), data)).collect();
    for (index, function) in program.functions.into_iter().enumerate() {
        let module = &mut modules[index / length];
        for symbol in &function.symbols {
            claim(&symbol.name, &mut data, &mut module.1);
        }
        module.0.push(function);
    }
    // What only others than functions refer to, in an order that is always the same.
    let mut rest: Vec<Data> = data.into_values().collect();
    rest.sort_unstable_by(|a, b| a.name.cmp(&b.name));
    modules[0].1.extend(rest);
    modules
}

/// Moves a data object, and what it refers to, to the first that asks for it.
pub(super) fn claim(name: &Arc<str>, data: &mut FxHashMap<Arc<str>, Data>, module: &mut Vec<Data>) {
    let mut wanted = vec![name.clone()];
    while let Some(name) = wanted.pop() {
        if let Some(data) = data.remove(&name) {
            wanted.extend(data.relocations.iter().rev().map(|relocation| relocation.symbol.clone()));
            module.push(data);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn data_is_with_its_first_user() {
        let text = "
            data hidden @a align(8) { i64 0 at 0: data @b }
            data hidden @b align(1) { \"b\" }
            data hidden @c align(1) { \"c\" }
            data hidden @d align(1) { \"d\" }
            function hidden @f() { sym0 = data @c\nblock0:\nv0 = symbol_addr sym0\nreturn }
            function hidden @g() { sym0 = data @a sym1 = data @c\nblock0:\nv0 = symbol_addr sym0\nv1 = symbol_addr sym1\nreturn }";
        let module = lir::parse_module(text).unwrap_or_else(|error| panic!("{error}"));
        let program = Program { functions: module.functions, data: module.data, ..Program::default() };
        let names = |(functions, data): &(Vec<Function>, Vec<Data>)| {
            let functions = functions.iter().map(|it| it.name.to_string());
            functions.chain(data.iter().map(|it| it.name.to_string())).collect::<Vec<_>>().join(" ")
        };
        let modules: Vec<String> = cluster(program.clone(), 2).iter().map(names).collect();
        assert_eq!(modules, ["f c d", "g a b"]);
        let modules: Vec<String> = cluster(program, 3).iter().map(names).collect();
        assert_eq!(modules, ["f c d", "g a b", ""]);
    }
}
