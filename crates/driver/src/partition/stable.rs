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
    let names = std::mem::take(&mut program.lasting);
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
