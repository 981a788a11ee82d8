//! `cargo bessemer asm` and its kin.

use crate::project::Project;

fn project() -> Project {
    let project = Project::program("fn main() { println!(\"{}\", program::twice(std::env::args().count() as u32)) }\n");
    project.write("src/lib.rs", "#[inline(never)]\npub fn twice(x: u32) -> u32 { x.wrapping_mul(2) }\n");
    project
}

#[test]
fn code_of_packages() {
    let project = project();
    let built = project.bessemer(&["build"]).success();
    assert_eq!(built.compiled(), ["program"]);
    for args in [&["asm", "twice"][..], &["asm", "twice", "--release"], &["asm", "--backend", "llvm", "program::twice"]]
    {
        for _ in 0..2 {
            let found = project.bessemer(args).success();
            assert!(found.stdout.starts_with("program::twice:\n"), "{found:#?}");
            found.says("ret\n");
        }
    }
    project.bessemer(&["asm", "twice", "--source"]).success().says("        // src/lib.rs:2  pub fn twice");
    for (form, text) in
        [("mir", "fn main() -> () {"), ("lir", "// program::main"), ("clif", "; program::main"), ("llvm-ir", "define ")]
    {
        project.bessemer(&[form, "main"]).success().says(text);
        project.bessemer(&[form, "-q", "--json"]).success().says("{\"functions\":[");
    }
    // A library as it is, without the programs that use it.
    let library = project.bessemer(&["asm", "--lib"]).success();
    library.says("program::twice");
    library.never_says("program::main");
    // What was shown is built again, and then no more.
    assert_eq!(project.bessemer(&["build"]).success().compiled(), ["program"]);
    assert_eq!(project.bessemer(&["build"]).success().compiled(), [""; 0]);
    assert_eq!(project.run("target/bessemer/debug/program").success().stdout, "2\n");
}

#[test]
fn one_program_is_shown() {
    let project = project();
    project.write("src/bin/other.rs", "fn main() { println!(\"{}\", program::twice(7)) }\n");
    let several = project.bessemer(&["asm", "twice"]).code(2);
    several.says("there is code of several programs: other, program");
    project.bessemer(&["asm", "--bin", "other", "main"]).success().says("other::main:");
    project.bessemer(&["asm", "--bin", "nobody"]).code(101).says("no bin target named `nobody`");
    project.bessemer(&["asm", "a", "b"]).code(2).says("the number of a function is needed");
    project.bessemer(&["ams", "a"]).code(2).says("did you mean `asm`?");
    project.write("src/main.rs", "fn main() { wrong }\n");
    project.bessemer(&["asm", "--bin", "program"]).code(101).says("cannot find value `wrong`");
}

#[test]
fn sizes_of_packages() {
    let project = project();
    let found = project.bessemer(&["bloat", "--release", "-n", "5"]).success();
    found.says("  std\n");
    found.says("program");
    found.says("-n 0 shows all");
    let found = project.bessemer(&["bloat", "--json", "--crates"]).success();
    let value: serde_json::Value = serde_json::from_str(&found.stdout).unwrap();
    assert!(value["crates"].as_array().unwrap().iter().any(|it| it["crate"] == "program"), "{value}");
    project.write("src/bin/other.rs", "fn main() {}\n");
    project.bessemer(&["bloat"]).code(2).says("there are several programs");
    project.bessemer(&["bloat", "-n", "x"]).code(2).says("`-n` needs a number");
}
