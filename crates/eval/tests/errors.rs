//! Errors of constants: the same messages at the same places as rustc's.

mod common;

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;
use ty::{AssocKind, CrateNum, DefKind, Definitions};

/// rustc's messages for a program that uses all constants: by line and column.
fn from_rustc(dir: &Path, source: &str, names: &[String]) -> BTreeMap<(u32, u32), String> {
    let uses: String = names.iter().map(|name| format!("    let _ = X::<u8>::{name};\n")).collect();
    std::fs::write(dir.join("snippet.rs"), format!("{source}\nfn main() {{\n{uses}}}\n")).expect("written");
    let mut command = Command::new("rustc");
    command.args(["--edition", "2024", "-Awarnings", "--error-format=short", "snippet.rs"]);
    let output = command.current_dir(dir).env("RUSTC_BOOTSTRAP", "1").output().expect("it starts");
    let text = String::from_utf8(output.stderr).expect("UTF-8");
    let mut found = BTreeMap::new();
    for line in text.lines() {
        if let Some((place, message)) = line.split_once(": error[E0080]: ") {
            let mut numbers = place.rsplit(':').map(|number| number.parse().expect("a number"));
            let (column, line) = (numbers.next().expect("a column"), numbers.next().expect("a line"));
            let message = message
                .split(": evaluation of `")
                .next()
                .and_then(|m| m.split(": it is undefined").next())
                .expect("at least one");
            found.insert((line, column), comparable(message));
        }
    }
    found
}

/// A message without what is other here and there: allocations have other numbers, and rustc leaves out the modules of a type
/// where its name alone says which it is.
fn comparable(message: &str) -> String {
    let mut parts = message.split("alloc");
    let mut text = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        text.push_str("alloc");
        text.push_str(part.trim_start_matches(|c: char| c.is_ascii_digit()));
    }
    match text.strip_prefix("constructing invalid value of type ").and_then(|rest| rest.split_once(": ")) {
        Some((ty, rest)) => {
            let name = |word: &'_ str| word.rsplit("::").next().unwrap_or_default().to_owned();
            let is_path = |c: char| c.is_alphanumeric() || c == '_' || c == ':';
            let mut short = String::new();
            let mut word = String::new();
            for c in ty.chars() {
                if is_path(c) {
                    word.push(c);
                } else {
                    short += &name(&std::mem::take(&mut word));
                    short.push(c);
                }
            }
            format!("constructing invalid value of type {short}{}: {rest}", name(&word))
        }
        None => text,
    }
}

#[test]
fn messages() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/battery/errors.rs");
    let source = std::fs::read_to_string(path).expect("the battery");
    let ours = common::with_snippet(&source, |program| {
        let session = program.session;
        let mut ours = Vec::new();
        let crate_data = session.crate_data(CrateNum::LOCAL).expect("the snippet");
        for index in 0..crate_data.root.tables.def_kind.len() as u32 {
            let def_id = ty::DefId { krate: CrateNum::LOCAL, index };
            let item = match session.def_kind(def_id) {
                DefKind::AssocConst => session.assoc_item(def_id).expect("an associated item"),
                _ => continue,
            };
            if item.kind != AssocKind::Const || !item.name.as_str().starts_with('E') {
                continue;
            }
            let args = program.tcx.mk_args(&[program.tcx.types().u8.into()]);
            let ty = program.tcx.normalize(program.tcx.subst(session.type_of(def_id), args));
            let constant = ty::UnevaluatedConst { def: def_id, args };
            let constant = mir::Const::Unevaluated { constant, promoted: None, ty };
            let result = match program.eval.eval_const_operand(constant) {
                Ok(value) => ((0, 0), format!("evaluates to {}", program.show(ty, value))),
                Err(error) => {
                    let place = if error.span.is_dummy() {
                        (0, 0)
                    } else {
                        let span = session.expansion_cause(error.span);
                        session.source_file(span.file).line_column(span.lo)
                    };
                    (place, comparable(&error.message))
                }
            };
            ours.push((item.name.to_string(), result));
        }
        ours
    });
    let names: Vec<String> = ours.iter().map(|(name, _)| name.clone()).collect();
    let dir = tempfile::tempdir().expect("a temporary folder");
    let theirs = from_rustc(dir.path(), &source, &names);
    let different: Vec<String> = ours
        .iter()
        .filter(|(_, (place, message))| theirs.get(place) != Some(message))
        .map(|(name, (place, message))| format!("{name} {place:?}: {message}\n  rustc: {:?}", theirs.get(place)))
        .collect();
    assert!(
        different.is_empty(),
        "{} of {} differ:\n{}\n{theirs:#?}",
        different.len(),
        ours.len(),
        different.join("\n")
    );
}
