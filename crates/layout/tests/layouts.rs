//! Layouts of some hundred types, each compared with the one that rustc prints.

mod common;
mod printed;

use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::Path;
use ty::Arena;

/// The layouts that rustc prints, by the line of the type alias. Since 1.98 it prints none where a coroutine is in the type.
fn printed_layouts(dir: &Path) -> BTreeMap<usize, String> {
    let mut command = testing::rustc(dir);
    command.args([
        "--edition",
        "2024",
        "--crate-type",
        "lib",
        "--emit=metadata",
        "--cfg",
        "probe",
        "--error-format=json",
        "snippet.rs",
    ]);
    let output = command.output().expect("rustc starts");
    let mut layouts = BTreeMap::new();
    for line in String::from_utf8_lossy(&output.stderr).lines() {
        let value: serde_json::Value = serde_json::from_str(line).expect("a message");
        let message = value["message"].as_str().expect("text");
        let Some((_, layout)) = message.split_once(") = ") else {
            let is_coroutine = ["{async ", "coroutine@", "{gen "].iter().any(|kind| message.contains(kind));
            if message.ends_with("does not have a fixed layout") && is_coroutine {
                continue;
            }
            assert!(value["level"] != "error" || message.starts_with("aborting"), "{}", value["rendered"]);
            continue;
        };
        let at = value["spans"][0]["line_start"].as_u64().expect("a line") as usize;
        layouts.insert(at, layout.to_owned());
    }
    layouts
}

/// Sizes and alignments of these types and of an `Option` of each, as a program that rustc compiled prints them.
fn printed_sizes(dir: &Path, source: &str, types: &[usize]) -> Vec<[u64; 4]> {
    let mut source = source.to_owned();
    source.push_str("pub fn print_sizes() {\n");
    for index in types {
        let [of, in_option] = [format!("T{index}"), format!("Option<T{index}>")];
        let sizes = [of, in_option].map(|ty| format!("std::mem::size_of::<{ty}>(), std::mem::align_of::<{ty}>()"));
        writeln!(source, "std::println!(\"{{}} {{}} {{}} {{}}\", {});", sizes.join(", ")).unwrap();
    }
    source.push_str("}\n");
    std::fs::write(dir.join("sizes.rs"), source).expect("the source is written");
    std::fs::write(dir.join("main.rs"), "fn main() { sizes::print_sizes() }").expect("the program is written");
    testing::output(testing::rustc(dir).args(["--edition", "2024", "--crate-type", "lib", "sizes.rs"]));
    testing::output(testing::rustc(dir).args(["main.rs", "--extern", "sizes=libsizes.rlib"]));
    let text = testing::output(&mut std::process::Command::new(dir.join("main")));
    let numbers = |line: &str| -> Vec<u64> { line.split(' ').map(|word| word.parse().expect("a number")).collect() };
    text.lines().map(|line| numbers(line).try_into().expect("four numbers")).collect()
}

/// Without the seeds of a randomisation that is not done.
fn without_seeds(text: &str) -> String {
    text.lines().filter(|line| !line.trim_start().starts_with("randomization_seed")).collect::<Vec<_>>().join("\n")
}

#[test]
fn layouts_are_rustcs() {
    let types = common::types::all();
    assert!(types.len() > 600, "{}", types.len());
    let mut source = common::types::DEFINITIONS.to_owned();
    let first = source.lines().count() + 1;
    // Releases have other names for it.
    let attribute = if testing::has_attribute("RustcDumpLayout") { "rustc_dump_layout" } else { "rustc_layout" };
    for (index, entry) in types.iter().enumerate() {
        writeln!(source, "#[cfg_attr(probe, {attribute}(debug))] pub type T{index} = {entry};").unwrap();
    }
    let dir = tempfile::tempdir().expect("a temporary folder");
    let metadata = testing::compile(dir.path(), &source, &[]);
    // Since 1.97, variants have a form of their own, which says less.
    let has_variant_layouts = testing::release().number >= (1, 97, 0);
    let printed = printed_layouts(dir.path());
    let unprinted: Vec<usize> = (0..types.len()).filter(|index| !printed.contains_key(&(first + index))).collect();
    assert!(unprinted.is_empty() || testing::release().number >= (1, 98, 0) && unprinted.len() < 30, "{unprinted:?}");
    let sizes = match unprinted.is_empty() {
        true => Vec::new(),
        false => printed_sizes(dir.path(), &source, &unprinted),
    };
    assert_eq!(sizes.len(), unprinted.len());
    let arena = Arena::new();
    let program = common::open(&arena, &metadata, false);
    let mut wrong = String::new();
    for (index, entry) in types.iter().enumerate() {
        let alias = program.find(&format!("snippet::T{index}"));
        let ty = ty::Definitions::type_of(program.session, alias);
        let ours = match program.layouts.layout_of(ty) {
            Ok(layout) if has_variant_layouts => printed::print(layout.layout),
            Ok(layout) => format!("{:#?}", layout.layout),
            Err(error) => error.to_string(),
        };
        let Some(theirs) = printed.get(&(first + index)) else { continue };
        let (ours, theirs) = (without_seeds(&ours), without_seeds(theirs));
        if ours != theirs {
            writeln!(wrong, "{entry}\nours: {ours}\nrustc: {theirs}\n").unwrap();
        }
    }
    let option = program.tcx.expect_lang_item(ty::LangItem::Option);
    for (&index, &theirs) in unprinted.iter().zip(&sizes) {
        let ty = ty::Definitions::type_of(program.session, program.find(&format!("snippet::T{index}")));
        let in_option = program.tcx.mk_ty(ty::TyKind::Adt(option, program.tcx.mk_args(&[ty.into()])));
        let [(size, align), (option_size, option_align)] = [ty, in_option].map(|ty| {
            let layout = program.layouts.layout_of(ty).expect("a layout").layout;
            (layout.size.bytes(), layout.align.abi.bytes())
        });
        let ours = [size, align, option_size, option_align];
        if ours != theirs {
            writeln!(wrong, "{}\nours: {ours:?}\nrustc: {theirs:?}\n", types[index]).unwrap();
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}
