//! Macros of crates that everybody uses, expanded here and by rustc.

use std::collections::{BTreeMap, HashMap};
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use bessemer_procmacro::{Isolation, Library};

use crate::common::*;

const MANIFEST: &str = r#"
[package]
edition = "2021"

[workspace]

[dependencies]
async-trait = "0.1"
clap = { version = "4", features = ["derive", "env"] }
serde = { version = "1", features = ["derive"] }
thiserror = "2"
tokio = { version = "1", features = ["macros", "rt"] }
tracing = "0.1"
"#;

/// An expansion of rustc's.
struct Record {
    library: String,
    kind: u8,
    name: String,
    arguments: String,
    input: String,
    output: String,
}

fn records(log: &[u8]) -> Vec<Record> {
    let mut rest = log;
    let mut part = || {
        let (len, behind) = rest.split_first_chunk::<8>().expect("a length");
        let (part, behind) = behind.split_at(u64::from_le_bytes(*len) as usize);
        rest = behind;
        (String::from_utf8(part.to_vec()).expect("UTF-8"), rest.is_empty())
    };
    let mut records = Vec::new();
    loop {
        let [library, kind, name, arguments, input] = std::array::from_fn(|_| part().0);
        let (output, is_last) = part();
        records.push(Record { library, kind: kind.as_bytes()[0], name, arguments, input, output });
        if is_last {
            return records;
        }
    }
}

/// Has rustc check a package that uses the macros, and writes down what they made.
fn tap(folder: &Path) -> Vec<Record> {
    std::fs::write(folder.join("tap.rs"), include_str!("programs/tap.rs")).unwrap();
    testing::output(testing::rustc(folder).args(["--crate-type", "cdylib", "--edition", "2024", "tap.rs"]));
    std::fs::create_dir(folder.join("src")).unwrap();
    // Some macros read the environment that cargo makes for a package. Here it is this test's own package's.
    let own = [
        ("name", env!("CARGO_PKG_NAME")),
        ("version", env!("CARGO_PKG_VERSION")),
        ("description", env!("CARGO_PKG_DESCRIPTION")),
    ];
    let package: String = own.iter().map(|(key, value)| format!("{key} = {value:?}\n")).collect();
    std::fs::write(folder.join("Cargo.toml"), MANIFEST.replace("[package]\n", &format!("[package]\n{package}")))
        .unwrap();
    std::fs::write(folder.join("src/main.rs"), include_str!("programs/registry.rs")).unwrap();
    let mut cargo = Command::new("cargo");
    cargo.current_dir(folder).args(["check", "--quiet", "--tests"]).env("CARGO_TARGET_DIR", folder.join("target"));
    cargo.env("LD_PRELOAD", folder.join("libtap.so")).env("TAP_LOG", folder.join("log"));
    testing::output(&mut cargo);
    records(&std::fs::read(folder.join("log")).unwrap())
}

#[test]
#[ignore = "it needs packages of crates.io"]
fn macros_of_the_registry_make_what_rustc_has_them_make() {
    let folder = tempfile::tempdir().unwrap();
    let records = tap(folder.path());
    assert!(records.len() > 20, "{} expansions", records.len());
    for isolation in [Isolation::InProcess, Isolation::Forked] {
        let mut libraries = HashMap::new();
        let mut loading = Duration::ZERO;
        // Of each macro: how often, how many questions, how long.
        let mut figures = BTreeMap::<&str, (u32, u32, Duration)>::new();
        let mut differ = Vec::new();
        let mut by_blanks = 0;
        for record in &records {
            let library = libraries.entry(&record.library).or_insert_with(|| {
                let start = Instant::now();
                let library = Library::open(Path::new(&record.library), isolation).unwrap();
                loading += start.elapsed();
                library
            });
            let arguments = Program::new(&record.arguments, "arguments.rs");
            let mut program = Program::new(&record.input, "input.rs");
            let tokens = program.tokens.clone();
            let arguments = (record.kind == 1).then_some(arguments.tokens);
            let call = program.call(syntax::span::Span::new(0, record.input.len() as u32), arguments, tokens);
            // The fastest of a few, as the machine may have other work.
            let timed = || {
                let start = Instant::now();
                match expand(library, &record.name, call.clone(), &program) {
                    Ok(expansion) => (start.elapsed(), expansion),
                    Err(error) => panic!("{} of\n{}\n{error}", record.name, record.input),
                }
            };
            let (mut time, expansion) = timed();
            (1..5).for_each(|_| time = time.min(timed().0));
            let figure = figures.entry(&record.name).or_default();
            *figure = (figure.0 + 1, figure.1 + expansion.requests, figure.2 + time);
            let printed = program.print(&expansion.tokens);
            let kinds = |text: &str| {
                let tokens = Program::new(text, "output.rs").tokens;
                tokens.tokens().iter().map(|token| token.kind).collect::<Vec<_>>()
            };
            if printed != record.output {
                match kinds(&printed) == kinds(&record.output) {
                    // The input was printed and read again, so blanks in what goes through may differ.
                    true => by_blanks += 1,
                    false => differ.push(format!("{}\nours: {printed}\nrustc's: {}", record.name, record.output)),
                }
            }
        }
        println!("{isolation:?}: {} expansions, {by_blanks} differ in blanks", records.len());
        println!("loading of {} libraries: {loading:?}", libraries.len());
        for (name, (count, requests, time)) in figures {
            println!("{name:16} {count:3} expansions, {:6} requests and {:?} each", requests / count, time / count);
        }
        assert!(differ.is_empty(), "{} differ: {}", differ.len(), differ.join("\n\n"));
    }
}
