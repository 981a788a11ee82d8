//! How arguments travel: what C's side sees of them, what the caller has of them afterwards, and which cannot.

mod conventions {
    pub mod generate;
}

use conventions::generate::{Program, generate};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// How many programs of random calls are made; `CONVENTIONS_SEEDS` says another number.
const SEEDS: u64 = 2;

/// Every way in which code is made.
const CONFIGURATIONS: [&[&str]; 3] = [&["--backend=cranelift"], &["--backend=llvm"], &["--backend=llvm", "--release"]];

fn start(command: &mut Command) -> Output {
    command.env("RUSTC_BOOTSTRAP", "1").output().unwrap_or_else(|error| panic!("{command:?}: {error}"))
}

/// Runs a command that must end well; gives its standard output.
fn output(command: &mut Command) -> String {
    let output = start(command);
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{command:?}: {}\n{errors}", output.status);
    String::from_utf8(output.stdout).expect("the programs print text")
}

fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    std::fs::create_dir_all(&folder).expect("the folder is made");
    folder
}

fn source(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/conventions").join(name)
}

fn build(options: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_bessemer"));
    command.args(["build", "--edition=2024"]).args(options);
    command
}

/// Compiles the C half as a library in the folder.
fn compile_c(compiler: &str, folder: &Path, source: &str, optimize: &str) {
    let (file, object) = (folder.join("half.c"), folder.join("half.o"));
    std::fs::write(&file, source).expect("the source is written");
    output(Command::new(compiler).args(["-std=gnu11", "-fPIC", "-w", optimize, "-c", "-o"]).arg(&object).arg(&file));
    let archive = folder.join("libhalf.a");
    let _ = std::fs::remove_file(&archive);
    output(Command::new("ar").arg("crs").arg(&archive).arg(&object));
}

/// Random structs and calls, compiled half by the system's C compiler.
///
/// Each call passes a random list of arguments: before and behind C's `...` from Rust to C and back, and without it from C
/// to Rust. What arrives is hashed, field by field, and so is what was sent. The callee destroys its arguments, which must
/// not be seen where they came from.
#[test]
fn random_calls_between_rust_and_c() {
    let seeds = std::env::var("CONVENTIONS_SEEDS").map_or(SEEDS, |seeds| seeds.parse().expect("a number"));
    for seed in 1..=seeds {
        let Program { rust, c, calls } = generate(seed);
        let folder = folder(&format!("conventions-{seed}"));
        let file = folder.join("program.rs");
        std::fs::write(&file, rust).expect("the source is written");
        for (index, options) in CONFIGURATIONS.into_iter().enumerate() {
            compile_c("cc", &folder, &c, if index % 2 == 0 { "-O0" } else { "-O2" });
            let program = folder.join(format!("program{}", options.join("")));
            output(build(options).arg("-L").arg(&folder).arg("-o").arg(&program).arg(&file));
            let printed = output(&mut Command::new(&program));
            assert_eq!(printed, format!("{calls} calls\n"), "seed {seed} with {options:?}");
        }
    }
}

/// Machines that QEMU runs programs of, with GNU's C compilers for them, and the back ends for unoptimised code.
const MACHINES: [(&str, &str, &str, &[&str]); 2] = [
    ("aarch64-unknown-linux-gnu", "aarch64-linux-gnu", "qemu-aarch64", &["cranelift", "llvm"]),
    ("riscv64gc-unknown-linux-gnu", "riscv64-linux-gnu", "qemu-riscv64", &["llvm"]),
];

/// Whether std can be had from its source.
fn has_source() -> bool {
    let sysroot = output(Command::new("rustc").args(["--print", "sysroot"]));
    let is_named = std::env::var_os("BESSEMER_RUST_SRC").is_some_and(|value| !value.is_empty());
    is_named || Path::new(sysroot.trim()).join("lib/rustlib/src/rust/library").is_dir()
}

/// The same between Rust and C for other machines.
#[test]
fn random_calls_on_other_machines() {
    let seeds = std::env::var("CONVENTIONS_SEEDS").map_or(1, |seeds| seeds.parse().expect("a number"));
    let is_there = |program: &str| Command::new(program).arg("--version").output().is_ok();
    for (target, gnu, emulator, backends) in MACHINES {
        let compiler = format!("{gnu}-gcc");
        if !has_source() || !is_there(&compiler) || !is_there(emulator) {
            eprintln!("skipped: {target} needs the source of std, {compiler} and {emulator}");
            continue;
        }
        for seed in 1..=seeds {
            let Program { rust, c, calls } = generate(seed);
            let folder = folder(&format!("conventions-{gnu}-{seed}"));
            let file = folder.join("program.rs");
            std::fs::write(&file, rust).expect("the source is written");
            let unoptimized = backends.iter().map(|backend| (*backend, "0", "-O2"));
            for (backend, level, of_c) in unoptimized.chain([("llvm", "2", "-O0")]) {
                compile_c(&compiler, &folder, &c, of_c);
                let program = folder.join(format!("program-{backend}-{level}"));
                let mut command = build(&["--target", target, "--backend", backend, "-O", level]);
                output(command.arg("-L").arg(&folder).arg("-o").arg(&program).arg(&file));
                let printed = output(Command::new(emulator).args(["-L", &format!("/usr/{gnu}")]).arg(&program));
                assert_eq!(
                    printed,
                    format!("{calls} calls\n"),
                    "{target}, seed {seed} with {backend} at level {level}"
                );
            }
        }
    }
}

#[test]
fn arguments_are_copied_where_the_caller_keeps_them() {
    let folder = folder("conventions-copies");
    for options in CONFIGURATIONS {
        let program = folder.join(format!("program{}", options.join("")));
        output(build(options).arg("-o").arg(&program).arg(source("copies.rs")));
        assert_eq!(output(&mut Command::new(&program)), "nothing is changed\n", "{options:?}");
    }
}

/// The errors about signatures in a compiler's messages, sorted, each up to its advice.
fn signature_errors(output: &Output) -> Vec<String> {
    assert_eq!(output.status.code(), Some(1));
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    let blocks = text.split("\n\n").filter(|block| block.starts_with("error: this function"));
    let until_notes = |block: &str| {
        let lines = block.trim_end().lines().take_while(|line| !line.trim_start().starts_with("= note"));
        // The margin is as wide as the widest number of a line.
        lines.map(str::trim_start).collect::<Vec<_>>().join("\n")
    };
    let mut errors: Vec<String> = blocks.map(until_notes).collect();
    errors.sort();
    errors
}

#[test]
fn signatures_that_need_what_is_not_there_are_refused_as_by_rustc() {
    let folder = folder("conventions-vectors");
    let file = source("vectors.rs");
    for flag in ["target-feature=+sse3", "target-feature=+avx", "target-cpu=x86-64-v4"] {
        // An optimiser of MIR inlines some of the calls, and what nobody calls then is not looked at.
        let expected = ["opt-level=0", "opt-level=3"].map(|level| {
            let mut rustc = Command::new("rustc");
            rustc.args(["--edition=2024", "-C", flag, "-C", level, "-o"]).arg(folder.join("rustc")).arg(&file);
            signature_errors(&start(&mut rustc))
        });
        assert!(expected.iter().all(|errors| errors.len() >= 4), "{expected:#?}");
        for options in CONFIGURATIONS {
            let mut command = build(options);
            command.args(["-C", flag, "-o"]).arg(folder.join("program")).arg(&file);
            let level = usize::from(options.contains(&"--release"));
            assert_eq!(signature_errors(&start(&mut command)), expected[level], "with {options:?} and {flag:?}");
        }
    }
}
