//! What changed between two releases in the definitions that matter.

use super::source::{Source, items};
use std::collections::BTreeMap;

/// Where the definitions are whose encoding, numbering or meaning Bessemer knows.
const PLACES: &[&str] = &[
    "compiler/rustc_abi/src",
    "compiler/rustc_ast/src/ast.rs",
    "compiler/rustc_ast/src/token.rs",
    "compiler/rustc_ast/src/tokenstream.rs",
    "compiler/rustc_hir/src/attrs",
    "compiler/rustc_hir/src/def.rs",
    "compiler/rustc_hir/src/definitions.rs",
    "compiler/rustc_hir/src/hir.rs",
    "compiler/rustc_hir/src/lang_items.rs",
    "compiler/rustc_hir/src/stability.rs",
    "compiler/rustc_metadata/src/rmeta/mod.rs",
    "compiler/rustc_metadata/src/rmeta/table.rs",
    "compiler/rustc_middle/src/metadata.rs",
    "compiler/rustc_middle/src/middle",
    "compiler/rustc_middle/src/mir",
    "compiler/rustc_middle/src/ty",
    "compiler/rustc_session/src/cstore.rs",
    "compiler/rustc_session/src/config.rs",
    "compiler/rustc_span/src/hygiene.rs",
    "compiler/rustc_span/src/lib.rs",
    "compiler/rustc_target/src/asm",
    "compiler/rustc_target/src/spec/mod.rs",
    "compiler/rustc_type_ir/src",
];

/// Prints each definition that only one of the two has, and the lines of each that differs.
pub fn print(old: &Source, new: &Source) -> Result<(), String> {
    println!("from {} to {}", old.release()?, new.release()?);
    for place in PLACES {
        let mut files = old.files(place);
        files.extend(new.files(place));
        files.sort();
        files.dedup();
        for file in files {
            let of = |source: &Source| -> BTreeMap<String, Vec<String>> {
                source.file(&file).map(|text| items(&text).into_iter().collect()).unwrap_or_default()
            };
            for line in differences(&of(old), &of(new)) {
                println!("{file}: {line}");
            }
        }
    }
    Ok(())
}

fn differences(old: &BTreeMap<String, Vec<String>>, new: &BTreeMap<String, Vec<String>>) -> Vec<String> {
    let mut lines = Vec::new();
    let mut headings: Vec<&String> = old.keys().chain(new.keys()).collect();
    headings.sort();
    headings.dedup();
    for heading in headings {
        match (old.get(heading), new.get(heading)) {
            (Some(old), Some(new)) if old != new => {
                lines.push(heading.clone());
                lines.extend(old.iter().filter(|part| !new.contains(part)).map(|part| format!("  - {part}")));
                lines.extend(new.iter().filter(|part| !old.contains(part)).map(|part| format!("  + {part}")));
            }
            (Some(_), None) => lines.push(format!("- {heading}")),
            (None, Some(_)) => lines.push(format!("+ {heading}")),
            _ => {}
        }
    }
    lines
}
