//! What is printed is compared with what rustc prints.

use std::path::Path;
use std::process::Command;

use bessemer_syntax::span::{Edition, Editions};

/// Fails unless our text of a file is rustc's.
fn check(path: &Path, edition: Edition) {
    let folder = path.parent().unwrap();
    let mut rustc: Command = testing::rustc(folder);
    rustc.args(["-Zunpretty=normal", "--edition", &edition.to_string()]).arg(path);
    let expected = testing::output(&mut rustc);
    let editions = Editions::new(edition);
    let source = std::fs::read_to_string(path).unwrap();
    let parsed = bessemer_syntax::parse(&source, 1, &editions)
        .unwrap_or_else(|doubt| panic!("{}: {:?}: {doubt}", path.display(), doubt.span));
    let found = parsed.print(&editions);
    if found == expected {
        return;
    }
    let (number, (ours, rustcs)) = found.lines().zip(expected.lines()).enumerate().find(|(_, (a, b))| a != b).unwrap();
    panic!("{}: line {} of the print\n ours:  {ours}\n rustc: {rustcs}", path.display(), number + 1);
}

fn zoo(name: &str, edition: Edition) {
    check(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/zoo").join(name), edition);
}

#[test]
fn all_syntax_of_the_first_edition() {
    zoo("edition_2015.rs", Edition::E2015);
}

#[test]
fn all_syntax_of_the_newest_edition() {
    zoo("edition_2024.rs", Edition::E2024);
}

#[test]
fn our_own_sources() {
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("src")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                check(&path, Edition::E2024);
            }
        }
    }
}
