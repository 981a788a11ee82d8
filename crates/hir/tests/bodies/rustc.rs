//! Bodies are compared with rustc's, node by node and place by place.

use syntax::span::Edition;

fn compare(source: &str, edition: Edition) {
    let folder = tempfile::tempdir().unwrap();
    let metadata = crate::common::metadata(folder.path(), source, edition);
    let found = crate::common::lower(source, edition, &metadata, true).expect("it is expanded");
    assert_eq!(found.doubts, []);
    let expected =
        testing::hir_tree::texts(&crate::common::dump(folder.path(), edition), &|file| found.files.contains(file));
    for (path, rustcs) in &expected {
        let Some(ours) = found.bodies.get(path) else { panic!("{edition}: {path} has no body") };
        if ours != rustcs {
            let mut lines = ours.lines().zip(rustcs.lines()).enumerate();
            let (number, (ours, rustcs)) = lines.find(|(_, (a, b))| a != b).unwrap_or((0, ("<end>", "<end>")));
            panic!("{edition}, {path}, line {}\n ours:  {ours}\n rustc: {rustcs}", number + 1);
        }
    }
    assert_eq!(found.bodies.len(), expected.len(), "{edition}");
}

/// All constructs, in the editions that know them.
#[test]
fn bodies() {
    compare(include_str!("../zoo/bodies.rs"), Edition::E2024);
}

/// Paths begin elsewhere, and traits need no `dyn`.
#[test]
fn old_bodies() {
    for edition in [Edition::E2015, Edition::E2018] {
        compare(include_str!("../zoo/old.rs"), edition);
    }
}
