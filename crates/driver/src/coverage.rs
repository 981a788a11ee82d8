//! What a program says of its own text to the tools that report coverage (`llvm-cov`): LLVM's coverage mapping, version 7.
//!
//! One record names all files, and one for each function says which text runs as often as which counters say
//! (<https://llvm.org/docs/CoverageMappingFormat.html>). The records are data in sections of their own; the names and numbers
//! of the counters are LLVM's work. Functions that the program does not reach have records too: they are never run.

use crate::front_half::FrontHalf;
use lir::{Data, Linkage, Module};
use lower::{COVERAGE_NAME_PREFIX, CoverageRecord, CoverageRegion};
use rustc_hash::{FxHashMap, FxHashSet};
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use ty::{
    ConstKind, CrateNum, DefId, GenericArg, GenericArgs, GenericParamKind, Instance, ParamConst, ParamTy, Region,
    TyKind,
};

/// Version 7, as the format counts.
const VERSION: u32 = 6;

/// The records of a program: of the functions that it counts, and of those of its crates that it does not reach.
pub(crate) fn records(
    front: &FrontHalf<'_>,
    counted: Vec<CoverageRecord>,
    covered: &FxHashSet<DefId>,
) -> Vec<CoverageRecord> {
    let definitions = front.tcx.definitions();
    let mut records = counted;
    for (krate, _) in front.session.crate_sources() {
        if krate != CrateNum::LOCAL && front.std.contains(&krate) {
            continue;
        }
        for def_id in definitions.local_functions(krate) {
            if !covered.contains(&def_id) {
                let instance = Instance::new(def_id, placeholders(front, def_id));
                records.extend(front.cx.coverage_record(instance, false));
            }
        }
    }
    records.sort();
    records.dedup();
    records
}

/// The parameters of a function as arguments for them: it has no others.
fn placeholders<'tcx>(front: &FrontHalf<'tcx>, def_id: DefId) -> GenericArgs<'tcx> {
    let (tcx, definitions) = (front.tcx, front.tcx.definitions());
    let mut all = Vec::new();
    let mut next = Some(def_id);
    while let Some(generics) = next.map(|def_id| definitions.generics_of(def_id)) {
        let args = generics.own_params.iter().map(|param| match param.kind {
            GenericParamKind::Lifetime => GenericArg::Lifetime(Region::Erased),
            GenericParamKind::Type { .. } => {
                GenericArg::Type(tcx.mk_ty(TyKind::Param(ParamTy { index: param.index, name: param.name })))
            }
            GenericParamKind::Const { .. } => {
                GenericArg::Const(tcx.mk_const(ConstKind::Param(ParamConst { index: param.index, name: param.name })))
            }
        });
        all.splice(0..0, args);
        next = generics.parent;
    }
    tcx.mk_args(&all)
}

/// Adds records to a program's modules: to each the names of the functions whose counters it counts up, to the first all else.
pub(crate) fn add<'m>(modules: impl IntoIterator<Item = &'m mut Module>, records: &[CoverageRecord], folder: &Path) {
    let mut is_first = true;
    for module in modules {
        add_names(module);
        if std::mem::take(&mut is_first) && !records.is_empty() {
            module.data.extend(mapping(records, folder));
            module.data.extend(unused_names(records));
        }
    }
}

/// The constants that name functions, which LLVM asks for by their symbols.
fn add_names(module: &mut Module) {
    let symbols = module.functions.iter().flat_map(|function| &function.symbols).map(|symbol| symbol.name.clone());
    let names: FxHashSet<Arc<str>> = symbols.filter(|name| name.starts_with(COVERAGE_NAME_PREFIX)).collect();
    let mut names: Vec<_> = names.into_iter().collect();
    names.sort_unstable();
    for name in names {
        let bytes = name.as_bytes()[COVERAGE_NAME_PREFIX.len()..].to_vec();
        module.data.push(constant(name, bytes, None));
    }
}

/// The names of functions that nobody counts.
fn unused_names(records: &[CoverageRecord]) -> Option<Data> {
    let names: Vec<&str> = records.iter().filter(|it| !it.is_counted).map(|it| &*it.name).collect();
    if names.is_empty() {
        return None;
    }
    let names = names.join("\x01");
    let mut bytes = Vec::new();
    write_number(&mut bytes, names.len());
    // They are not compressed.
    write_number(&mut bytes, 0);
    bytes.extend(names.bytes());
    Some(constant("__llvm_prf_nm_unused".into(), bytes, Some("__llvm_prf_names")))
}

fn constant(name: Arc<str>, bytes: Vec<u8>, section: Option<&str>) -> Data {
    Data {
        name,
        linkage: Linkage::Internal,
        align: 1,
        writable: false,
        thread_local: false,
        mergeable: false,
        section: section.map(str::to_owned),
        used: section.is_some(),
        bytes,
        zero_size_bytes: 0,
        relocations: Vec::new(),
        debug: None,
    }
}

/// The record of all files, and those of the functions.
fn mapping(records: &[CoverageRecord], folder: &Path) -> Vec<Data> {
    let mut numbers: BTreeMap<&str, usize> = BTreeMap::new();
    for record in records {
        numbers.insert(&record.file, 0);
    }
    // The first name is that of the folder at which the others begin.
    let folder = folder.to_string_lossy();
    let mut names = vec![&*folder];
    for (name, number) in &mut numbers {
        *number = names.len();
        names.push(name);
    }
    let files = encode_files(&names);
    let hash = md5_word(&files);
    let mut header = Vec::new();
    for word in [0, files.len() as u32, 0, VERSION] {
        header.extend(word.to_le_bytes());
    }
    header.extend(files);
    let aligned = |name: String, bytes, section| Data { align: 8, ..constant(name.into(), bytes, Some(section)) };
    let mut all = vec![aligned("__llvm_coverage_mapping".to_owned(), header, "__llvm_covmap")];
    for (number, record) in records.iter().enumerate() {
        let text = encode_function(numbers[&*record.file], &record.regions);
        let mut bytes = Vec::new();
        bytes.extend(md5_word(record.name.as_bytes()).to_le_bytes());
        bytes.extend((text.len() as u32).to_le_bytes());
        bytes.extend(record.source_hash.to_le_bytes());
        bytes.extend(hash.to_le_bytes());
        bytes.extend(text);
        all.push(aligned(format!("__covrec_{number}"), bytes, "__llvm_covfun"));
    }
    all
}

fn encode_files(names: &[&str]) -> Vec<u8> {
    let mut list = Vec::new();
    for name in names {
        write_number(&mut list, name.len());
        list.extend(name.bytes());
    }
    let mut bytes = Vec::new();
    write_number(&mut bytes, names.len());
    write_number(&mut bytes, list.len());
    // The list is not compressed.
    write_number(&mut bytes, 0);
    bytes.extend(list);
    bytes
}

/// A function's regions, all in one file.
fn encode_function(file: usize, regions: &[CoverageRegion]) -> Vec<u8> {
    let mut regions: Vec<&CoverageRegion> = regions.iter().collect();
    regions.sort_by_key(|region| region.start);
    let mut expressions = Expressions::default();
    let counters: Vec<usize> =
        regions.iter().map(|region| expressions.difference(&region.plus, &region.minus)).collect();
    let mut bytes = Vec::new();
    write_number(&mut bytes, 1);
    write_number(&mut bytes, file);
    write_number(&mut bytes, expressions.all.len());
    for (left, right) in expressions.all {
        write_number(&mut bytes, left);
        write_number(&mut bytes, right);
    }
    write_number(&mut bytes, regions.len());
    let mut line = 0;
    for (region, counter) in regions.into_iter().zip(counters) {
        write_number(&mut bytes, counter);
        write_number(&mut bytes, (region.start.0 - line) as usize);
        write_number(&mut bytes, region.start.1 as usize);
        write_number(&mut bytes, (region.end.0 - region.start.0) as usize);
        write_number(&mut bytes, region.end.1 as usize);
        line = region.start.0;
    }
    bytes
}

/// Sums and differences of counters. What has a value is one number: its kind in the two lowest bits.
#[derive(Default)]
struct Expressions {
    all: Vec<(usize, usize)>,
    numbers: FxHashMap<(usize, usize), usize>,
}

impl Expressions {
    const ZERO: usize = 0;
    const COUNTER: usize = 1;
    const SUBTRACT: usize = 2;
    const ADD: usize = 3;

    fn sum(&mut self, counters: &[u32]) -> usize {
        let mut values = counters.iter().map(|&counter| (counter as usize) << 2 | Self::COUNTER);
        let Some(first) = values.next() else { return Self::ZERO };
        values.fold(first, |left, right| self.make(left, right, Self::ADD))
    }

    fn difference(&mut self, plus: &[u32], minus: &[u32]) -> usize {
        let left = self.sum(plus);
        match minus {
            [] => left,
            _ => {
                let right = self.sum(minus);
                self.make(left, right, Self::SUBTRACT)
            }
        }
    }

    fn make(&mut self, left: usize, right: usize, kind: usize) -> usize {
        let number = *self.numbers.entry((left, right)).or_insert_with(|| {
            self.all.push((left, right));
            self.all.len() - 1
        });
        number << 2 | kind
    }
}

/// ULEB128.
fn write_number(bytes: &mut Vec<u8>, mut number: usize) {
    while number >= 0x80 {
        bytes.push(number as u8 & 0x7f | 0x80);
        number >>= 7;
    }
    bytes.push(number as u8);
}

/// The first eight bytes of the MD5 hash by which LLVM's profiles name functions and files, as LLVM reads them: a number with its
/// lowest byte first. It protects nothing.
fn md5_word(bytes: &[u8]) -> u64 {
    let [a, b, c, d, e, f, g, h, ..] = md5::compute(bytes).0;
    u64::from_le_bytes([a, b, c, d, e, f, g, h])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn functions_are_encoded() {
        let region = |line, plus: &[u32], minus: &[u32]| CoverageRegion {
            start: (line, 5),
            end: (line + 1, 300),
            plus: plus.to_vec(),
            minus: minus.to_vec(),
        };
        let regions = [region(9, &[0], &[1]), region(7, &[0], &[]), region(12, &[], &[]), region(12, &[1, 2], &[])];
        let bytes = encode_function(3, &regions);
        let expected = [
            // Files, expressions, and the four regions.
            &[1, 3][..],
            &[2, 1, 5, 5, 9],
            &[4],
            &[1, 7, 5, 1, 0xac, 2],
            &[2, 2, 5, 1, 0xac, 2],
            &[0, 3, 5, 1, 0xac, 2],
            &[7, 0, 5, 1, 0xac, 2],
        ];
        assert_eq!(bytes, expected.concat());
    }

    /// The examples of RFC 1321.
    #[test]
    fn hashes_are_numbers_with_their_lowest_byte_first() {
        assert_eq!(md5_word(b"").swap_bytes(), 0xd41d_8cd9_8f00_b204);
        assert_eq!(md5_word(b"message digest").swap_bytes(), 0xf96b_697d_7cb7_938d);
    }
}
