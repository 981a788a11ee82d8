//! What is printed of expanded files is compared with what rustc prints.

mod common;

use std::path::Path;
use std::process::Command;

use bessemer_expand::cfg::Options;
use bessemer_expand::expander::Summary;
use bessemer_expand::mbe::Limits;
use syntax::span::Edition;

/// Fails unless our text of an expanded file is rustc's.
fn check(name: &str, edition: Edition) -> Summary {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/zoo").join(name);
    let folder = path.parent().unwrap();
    let mut rustc: Command = testing::rustc(folder);
    rustc.args(["-Zunpretty=expanded", "--crate-type=lib", "--cfg", "yes", "--cfg", "key=\"value\"", "--edition"]);
    rustc.arg(edition.to_string()).arg(&path);
    // Without `core` there are errors of later stages, behind which rustc prints all the same.
    let output = rustc.output().unwrap();
    let expected = String::from_utf8(output.stdout).unwrap();
    assert!(!expected.is_empty(), "{}", String::from_utf8_lossy(&output.stderr));

    let mut options = Options::default();
    options.insert("yes", None);
    options.insert("key", Some("value"));
    let source = std::fs::read_to_string(&path).unwrap();
    let expanded = common::expand(&source, edition, &options, Limits::default()).unwrap_or_else(|failure| {
        let place = failure.sources.describe(failure.cause.lo);
        panic!("{}: {place:?}: {}", path.display(), failure.doubt)
    });
    let found = expanded.print();
    if found != expected {
        let mut lines = found.lines().zip(expected.lines()).enumerate();
        let (number, (ours, rustcs)) = lines.find(|(_, (a, b))| a != b).unwrap_or((0, ("<end>", "<end>")));
        panic!("{name}: line {} of the print\n ours:  {ours}\n rustc: {rustcs}", number + 1);
    }
    expanded.summary
}

#[test]
fn rules() {
    for edition in [Edition::E2021, Edition::E2024] {
        let summary = check("rules.rs", edition);
        assert!(summary.expanded >= 38, "{summary:?}");
    }
}

#[test]
fn conditional_compilation() {
    check("cfg.rs", Edition::E2021);
    check("nothing.rs", Edition::E2021);
}
