//! What is printed of expanded files is compared with what rustc prints.

use std::path::Path;
use std::process::Command;

use bessemer_expand::cfg::Options;
use bessemer_expand::mbe::Session;
use bessemer_expand::single;
use syntax::span::Edition;

/// Fails unless our text of an expanded file is rustc's.
fn check(name: &str, edition: Edition) -> single::Summary {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/zoo").join(name);
    let folder = path.parent().unwrap();
    let mut rustc: Command = testing::rustc(folder);
    rustc.args(["-Zunpretty=expanded", "--crate-type=lib", "--cfg", "yes", "--cfg", "key=\"value\"", "--edition"]);
    rustc.arg(edition.to_string()).arg(&path);
    // A call of a macro that does not exist is an error, behind which rustc prints the rest all the same.
    let output = rustc.env("RUSTC_BOOTSTRAP", "1").output().unwrap();
    let expected = String::from_utf8(output.stdout).unwrap();
    assert!(!expected.is_empty(), "{}", String::from_utf8_lossy(&output.stderr));

    let mut options = Options::default();
    options.insert("yes", None);
    options.insert("key", Some("value"));
    let source = std::fs::read_to_string(&path).unwrap();
    let mut session = Session::new(edition);
    let (parsed, summary) = single::expand_text(&source, 1, &options, &mut session)
        .unwrap_or_else(|doubt| panic!("{}: {:?}: {doubt}", path.display(), doubt.span));
    let found = single::print(&parsed, &session);
    if found != expected {
        let mut lines = found.lines().zip(expected.lines()).enumerate();
        let (number, (ours, rustcs)) = lines.find(|(_, (a, b))| a != b).unwrap_or((0, ("<end>", "<end>")));
        panic!("{name}: line {} of the print\n ours:  {ours}\n rustc: {rustcs}", number + 1);
    }
    summary
}

#[test]
fn rules() {
    for edition in [Edition::E2021, Edition::E2024] {
        let summary = check("rules.rs", edition);
        assert_eq!(summary.left, 0);
        assert!(summary.expanded >= 38, "{summary:?}");
    }
}

#[test]
fn conditional_compilation() {
    check("cfg.rs", Edition::E2021);
    check("nothing.rs", Edition::E2021);
}
