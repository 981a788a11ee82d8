//! Layouts of some hundred types, each compared with the one that rustc prints.

mod common;
mod printed;

use std::collections::BTreeMap;
use std::fmt::Write;
use ty::Arena;

/// The layouts that rustc prints, by the line of the type alias.
fn printed_layouts(dir: &std::path::Path) -> BTreeMap<usize, String> {
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
            assert!(value["level"] != "error" || message.starts_with("aborting"), "{}", value["rendered"]);
            continue;
        };
        let at = value["spans"][0]["line_start"].as_u64().expect("a line") as usize;
        layouts.insert(at, layout.to_owned());
    }
    layouts
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
    assert_eq!(printed.len(), types.len());
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
        let (ours, theirs) = (without_seeds(&ours), without_seeds(&printed[&(first + index)]));
        if ours != theirs {
            writeln!(wrong, "{entry}\nours: {ours}\nrustc: {theirs}\n").unwrap();
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}
