//! `cargo bessemer compare`.

use crate::project::Project;

#[test]
fn packages_are_compared_in_a_copy() {
    let project = Project::new(&[
        (
            "Cargo.toml",
            "[package]\nname = \"program\"\nversion = \"0.1.0\"\nedition = \"2024\"\n[workspace]\n[dependencies]\n\
             beside = { path = \"../beside\" }\n",
        ),
        ("src/main.rs", "fn main() { println!(\"{} {}\", beside::number(), std::env::args().count()) }\n"),
    ])
    .in_folder("package");
    let beside = "[package]\nname = \"beside\"\nversion = \"0.1.0\"\nedition = \"2024\"\n";
    project.write("../beside/Cargo.toml", beside);
    project.write("../beside/src/lib.rs", "pub fn number() -> u32 { if cfg!(debug_assertions) { 1 } else { 2 } }\n");
    project.cargo(&["generate-lockfile"]).success();
    let before = project.snapshot("..");
    let args = ["compare", "--only", "cranelift:s,llvm:0", "--rounds", "1", "--json", "--bin", "program", "--", "a"];
    let found = project.bessemer(&args).code(1);
    let value: serde_json::Value = serde_json::from_str(&found.stdout).unwrap_or_else(|_| panic!("{found:#?}"));
    let rows = value["rows"].as_array().unwrap();
    let told: Vec<String> = rows
        .iter()
        .map(|row| format!("{} {} {}", row["compiler"], row["level"], row["output"]).replace('"', ""))
        .collect();
    assert_eq!(told, ["rustc 3 reference", "llvm 0 different", "cranelift s same"], "{value:#}");
    assert_eq!(rows[1]["details"], "@@ standard output, line 1 @@\n-2 2\n+1 2");
    assert_eq!(project.snapshot(".."), before);
    project.write("src/bin/other.rs", "fn main() {}\n");
    project.bessemer(&["compare"]).code(1).says("there are several programs: other, program");
    project.bessemer(&["compare", "--help"]).success().says("--rounds");
    project.bessemer(&["--backend", "llvm", "compare"]).code(2).says("`compare` comes first");
}

#[test]
fn a_processor_stands_beside() {
    let project = Project::new(&[
        ("Cargo.toml", "[package]\nname = \"program\"\nversion = \"0.1.0\"\nedition = \"2024\"\n[workspace]\n"),
        ("src/main.rs", "fn main() { println!(\"{}\", cfg!(target_feature = \"avx2\")) }\n"),
    ]);
    project.cargo(&["generate-lockfile"]).success();
    let args = ["compare", "--cpu", "haswell", "--only", "rustc:3,llvm:0", "--rounds", "1", "--json"];
    let found = project.bessemer(&args).code(1);
    let value: serde_json::Value = serde_json::from_str(&found.stdout).unwrap_or_else(|_| panic!("{found:#?}"));
    let rows = value["rows"].as_array().unwrap();
    let told: Vec<String> = rows
        .iter()
        .map(|row| format!("{} {} {} {}", row["compiler"], row["level"], row["cpu"], row["output"]).replace('"', ""))
        .collect();
    let expected =
        ["rustc 3 null reference", "rustc 3 haswell different", "llvm 0 null same", "llvm 0 haswell different"];
    assert_eq!(told, expected, "{value:#}");
    project.write(".cargo/config.toml", "[target.'cfg(unix)']\nrustflags = [\"-Cdebuginfo=1\"]\n");
    project.bessemer(&["compare", "--cpu", "haswell"]).code(2).says("give all in RUSTFLAGS");
}
