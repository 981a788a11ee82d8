//! The commands of a compiler with a back end of its own.

use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::{Command, Output};

const PROGRAM: &str = "fn main() {\n    let mut all = vec![3, 1, 2];\n    all.sort();\n    println!(\"{all:?}\")\n}\n";

fn command(program: &Path, folder: &Path) -> Command {
    let mut command = Command::new(program);
    command.current_dir(folder).env("BESSEMER_CACHE_DIR", folder.join("cache"));
    // What the cargo that runs these tests says of itself.
    for (name, _) in std::env::vars_os() {
        let text = name.to_string_lossy();
        if text.starts_with("CARGO") && text != "CARGO_HOME"
            || text.starts_with("BESSEMER") && text != "BESSEMER_CACHE_DIR"
        {
            command.env_remove(&name);
        }
    }
    command
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn succeeded(output: &Output) -> (String, String) {
    let (out, errors) = (text(&output.stdout), text(&output.stderr));
    assert!(output.status.success(), "{}: {out}\n{errors}", output.status);
    (out, errors)
}

#[test]
fn its_back_end_is_one_of_them() {
    let folder = tempfile::tempdir().expect("a folder");
    let mine = Path::new(env!("CARGO_BIN_EXE_mine"));
    let (out, _) = succeeded(&command(mine, folder.path()).arg("backends").output().expect("it starts"));
    assert!(out.contains("short functions, by Cranelift"), "{out}");
    std::fs::write(folder.path().join("program.rs"), PROGRAM).expect("a file");
    let run =
        command(mine, folder.path()).args(["run", "--backend", "short", "program.rs"]).output().expect("it starts");
    let (out, errors) = succeeded(&run);
    assert_eq!(out, "[1, 2, 3]\n");
    assert!(errors.contains("functions went to llvm, for more than 40 instructions"), "{errors}");
    let unknown = command(mine, folder.path()).args(["run", "--backend", "long", "program.rs"]).output();
    let errors = text(&unknown.expect("it starts").stderr);
    assert!(errors.contains("there are: llvm, cranelift, short"), "{errors}");
}

/// Under its other name, which cargo makes of a subcommand's, it is cargo's; and cargo runs it in rustc's place.
#[test]
fn it_is_a_subcommand_of_cargo() {
    let folder = tempfile::tempdir().expect("a folder");
    let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).expect("a file");
    write("Cargo.toml", "[package]\nname = \"program\"\nversion = \"1.0.0\"\nedition = \"2024\"\n[workspace]\n");
    std::fs::create_dir(folder.path().join("src")).expect("a folder");
    write("src/main.rs", PROGRAM);
    let subcommand = folder.path().join("cargo-mine");
    symlink(env!("CARGO_BIN_EXE_mine"), &subcommand).expect("a link");
    let mut run = command(&subcommand, folder.path());
    let (out, errors) =
        succeeded(&run.args(["mine", "run", "--report", "--backend", "short"]).output().expect("it starts"));
    assert_eq!(out, "[1, 2, 3]\n");
    assert!(errors.contains(" went to llvm: more than 40 instructions"), "{errors}");
}
