//! Code of dependencies, which is kept and linked again.

use crate::project::Project;

/// A package with two programs and a dependency that nobody works on.
fn project(programs: [&str; 2]) -> Project {
    let mut project = Project::new(&[
        (
            "Cargo.toml",
            "[package]\nname = \"programs\"\nversion = \"1.0.0\"\nedition = \"2024\"\n[dependencies]\nkept = \"1.0.0\"\n[workspace]\n",
        ),
        (
            ".cargo/config.toml",
            "[source.crates-io]\nreplace-with = \"vendored\"\n[source.vendored]\ndirectory = \"vendor\"\n",
        ),
        ("vendor/kept/.cargo-checksum.json", "{\"files\":{}}"),
        ("vendor/kept/Cargo.toml", "[package]\nname = \"kept\"\nversion = \"1.0.0\"\nedition = \"2024\"\n"),
        (
            "vendor/kept/src/lib.rs",
            "pub fn twice(x: u32) -> u32 { x * 2 }\n\
             unsafe extern \"C\" { safe fn programs_own(x: u32) -> u32; }\n\
             pub fn asks(x: u32) -> u32 { programs_own(x) }\n",
        ),
        ("src/bin/first.rs", programs[0]),
        ("src/bin/second.rs", programs[1]),
    ]);
    project.cache = project.path("cache");
    project
}

/// How many functions a build had to lower.
fn lowered(report: &str) -> u64 {
    let line = report.lines().find(|line| line.contains(" lower ")).unwrap_or_else(|| panic!("{report}"));
    let words: Vec<&str> = line.split_whitespace().collect();
    let at = words.iter().position(|word| *word == "functions").unwrap_or_else(|| panic!("{line}"));
    words[at - 1].parse().unwrap()
}

const TWICE: &str = "fn main() { println!(\"{}\", kept::twice(4)); }\n";

/// A program gets code from an image that it does not reach itself, and that refers to what only another program has.
#[test]
fn what_another_program_has_is_not_missed() {
    let asks = "#[unsafe(no_mangle)] extern \"C\" fn programs_own(x: u32) -> u32 { x + 1 }\n\
                fn main() { println!(\"{}\", kept::asks(1)); }\n";
    let project = project([asks, TWICE]);
    project.bessemer(&["build", "--bin", "first"]).success();
    project.bessemer(&["build", "--bin", "second"]).success();
    assert_eq!(project.run("target/bessemer/debug/first").success().stdout, "2\n");
    assert_eq!(project.run("target/bessemer/debug/second").success().stdout, "8\n");
}

#[test]
fn what_is_kept_is_not_lowered_again() {
    let project = project([TWICE, TWICE]);
    let build = || lowered(&project.bessemer(&["build", "--bin", "first", "--report"]).success().stderr);
    let all = build();
    // In other files, but the same crates.
    project.bessemer(&["clean"]).success();
    let own = build();
    assert!(own * 4 < all, "{own} of {all}");
    project.edit("src/bin/first.rs", "fn main() { println!(\"{}\", kept::twice(5)); }\n");
    assert!(build() * 4 < all);
    assert_eq!(project.run("target/bessemer/debug/first").success().stdout, "10\n");
    // Another version of the dependency is another image.
    project.edit("vendor/kept/src/lib.rs", "pub fn twice(x: u32) -> u32 { x + x + 1 }\n");
    project.bessemer(&["clean"]).success();
    assert!(build() * 2 > all);
    assert_eq!(project.run("target/bessemer/debug/first").success().stdout, "11\n");
}
