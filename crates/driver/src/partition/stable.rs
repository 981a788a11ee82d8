//! Taking out of a program what mentions nothing of the crates that are edited.

use super::cluster;
use backend::OptLevel;
use lir::Data;
use rustc_hash::FxHashMap;
use std::collections::BTreeMap;
use std::sync::Arc;
use ty::CrateNum;

/// Takes out of a program what belongs to the image, divided by how it is optimised.
pub(crate) fn take_stable(
    program: &mut mono::Program,
    levels: &FxHashMap<CrateNum, OptLevel>,
) -> Vec<(OptLevel, mono::Program)> {
    let names = std::mem::take(&mut program.stable);
    let (data, rest) = std::mem::take(&mut program.data).into_iter().partition(|it| names.contains_key(&it.name));
    program.data = rest;
    let mut data: FxHashMap<Arc<str>, Data> = data.into_iter().map(|data: Data| (data.name.clone(), data)).collect();
    let mut groups: BTreeMap<OptLevel, mono::Program> = BTreeMap::new();
    for function in std::mem::take(&mut program.functions) {
        match names.get(&function.name) {
            None => program.functions.push(function),
            Some(krate) => {
                let level = krate.and_then(|krate| levels.get(&krate)).copied().unwrap_or_default();
                groups.entry(level).or_default().functions.push(function);
            }
        }
    }
    // An optimiser knows the constants of its own module only, so those that are optimised come first.
    for (_, group) in groups.iter_mut().rev() {
        for function in &group.functions {
            for symbol in &function.symbols {
                cluster::claim(&symbol.name, &mut data, &mut group.data);
            }
        }
        group.data.sort_unstable_by(|a, b| a.name.cmp(&b.name));
        group.debug_types = program.debug_types.clone();
    }
    // What nothing but data refers to.
    if let Some(mut group) = groups.first_entry() {
        group.get_mut().data.extend(data.into_values());
        group.get_mut().data.sort_unstable_by(|a, b| a.name.cmp(&b.name));
    } else {
        program.data.extend(data.into_values());
    }
    groups.into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stable_code_goes_with_its_crates_level() {
        let text = "
            data hidden @shared align(1) { \"s\" }
            data hidden @inner align(1) { \"i\" }
            data hidden @outer align(8) { i64 0 at 0: data @inner }
            data hidden @edited align(1) { \"e\" }
            function hidden @fast() { sym0 = data @shared\nblock0:\nv0 = symbol_addr sym0\nreturn }
            function hidden @slow() { sym0 = data @shared sym1 = data @outer\nblock0:\nv0 = symbol_addr sym0\nv1 = symbol_addr \
                    sym1\nreturn }
            function hidden @mine() { sym0 = data @edited\nblock0:\nv0 = symbol_addr sym0\nreturn }";
        let module = lir::parse_module(text).unwrap_or_else(|error| panic!("{error}"));
        let (optimised, plain) = (CrateNum(1), CrateNum(2));
        let stable =
            [("fast", Some(optimised)), ("slow", Some(plain)), ("shared", None), ("inner", None), ("outer", None)];
        let mut program = mono::Program {
            functions: module.functions,
            data: module.data,
            stable: stable.into_iter().map(|(name, krate)| (name.into(), krate)).collect(),
            ..mono::Program::default()
        };
        let levels = FxHashMap::from_iter([(optimised, OptLevel::O2)]);
        let groups = take_stable(&mut program, &levels);
        let names = |program: &mono::Program| {
            let functions = program.functions.iter().map(|it| it.name.to_string());
            functions.chain(program.data.iter().map(|it| it.name.to_string())).collect::<Vec<_>>().join(" ")
        };
        let groups: Vec<_> = groups.iter().map(|(level, program)| (*level, names(program))).collect();
        // The constant is where an optimiser may look into it.
        let expected = [(OptLevel::O0, "slow inner outer"), (OptLevel::O2, "fast shared")];
        assert_eq!(groups, expected.map(|(level, names)| (level, names.to_owned())));
        assert_eq!(names(&program), "mine edited");
    }
}
