//! docs/write-a-back-end.md, followed word by word: its commands are run, its files are written, and its back end runs hello.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// A step of the guide.
#[derive(Debug, PartialEq)]
enum Step {
    /// A command line, which stands indented by itself.
    Run(String),
    /// A block of Rust under a paragraph that names its file.
    Write(String, String),
}

/// What a reader does up to where the guide goes on to tests.
fn steps(guide: &str) -> Vec<Step> {
    let mut steps = Vec::new();
    let mut file = None;
    let mut lines = guide.lines().take_while(|line| !line.starts_with("## 3."));
    while let Some(line) = lines.next() {
        if let Some(command) = line.strip_prefix("    ") {
            steps.push(Step::Run(command.to_owned()));
        } else if line == "```rust" {
            let text: Vec<&str> = lines.by_ref().take_while(|line| *line != "```").collect();
            let file = file.take().unwrap_or_else(|| panic!("no file is named above `{}`", text[0]));
            steps.push(Step::Write(file, text.join("\n") + "\n"));
        } else if let Some(named) = line.split('`').skip(1).step_by(2).filter(|word| word.ends_with(".rs")).last() {
            file = Some(named.to_owned());
        }
    }
    steps
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().expect("the project's folder")
}

/// A command of the guide in the folder where the guide is by then. Only `cargo new` is as from the folder above.
fn run(command: &str, folder: &Path) -> Output {
    let words: Vec<&str> = command.split_whitespace().collect();
    let program = if words[0] == "bessemer" { env!("CARGO_BIN_EXE_bessemer") } else { words[0] };
    Command::new(program)
        .args(&words[1..])
        .current_dir(folder)
        // The packages that it adds are there, as the project uses them too.
        .env("CARGO_NET_OFFLINE", "true")
        .env("BESSEMER_CACHE_DIR", folder.join("cache"))
        .env_remove("CARGO_TARGET_DIR")
        .output()
        .unwrap_or_else(|error| panic!("{command}: {error}"))
}

#[test]
fn a_reader_who_follows_the_guide_has_a_back_end_that_runs_hello() {
    let guide = std::fs::read_to_string(root().join("docs/write-a-back-end.md")).expect("the guide");
    let folder = tempfile::tempdir().expect("a folder");
    std::os::unix::fs::symlink(root(), folder.path().join("bessemer")).expect("the clone is beside it");
    let mut current = folder.path().to_owned();
    let mut runs = Vec::new();
    for step in steps(&guide) {
        match step {
            Step::Write(file, text) => std::fs::write(current.join(file), text).expect("a file of the package"),
            Step::Run(command) if command.starts_with("cd ") => current.push(&command[3..]),
            Step::Run(command) => {
                let output = run(&command, &current);
                let messages = String::from_utf8_lossy(&output.stderr).into_owned();
                assert!(output.status.success(), "{command}:\n{messages}");
                if command.contains("--backend") {
                    runs.push((String::from_utf8_lossy(&output.stdout).into_owned(), messages));
                }
            }
        }
    }
    let [(first, first_messages), (second, second_messages)] = &runs[..] else { panic!("{runs:?}") };
    assert_eq!((&**first, &**second), ("hello, 42\n", "hello, 42\n"));
    assert!(first_messages.contains("went to llvm, for everything"), "{first_messages}");
    // The second names what still goes elsewhere: `answer` is the reader's own by then.
    assert!(
        second_messages.contains("mine: ") && second_messages.contains("`hello::main` went to llvm"),
        "{second_messages}"
    );
    assert!(!second_messages.contains("answer` went to"), "{second_messages}");
}
