//! Programs on vectors, compiled by each back end, against the same programs compiled by rustc.
//!
//! The programs print what every operation yields. Some need unstable features, which the installed compiler takes when
//! it is told to.

use std::path::{Path, PathBuf};
use std::process::Command;

/// Runs a command that must end well; gives its standard output.
fn output(command: &mut Command) -> String {
    let output = command.env("RUSTC_BOOTSTRAP", "1").output().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{command:?}: {}\n{errors}", output.status);
    String::from_utf8(output.stdout).expect("the programs print text")
}

/// Compares a program's output as each back end compiles it, plain and optimised, to that of rustc's.
fn check(name: &str) {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/simd").join(name).with_extension("rs");
    let binary = |suffix: &str| -> PathBuf { Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{name}-{suffix}")) };
    let reference = binary("rustc");
    output(Command::new("rustc").args(["--edition=2024", "-O", "-o"]).arg(&reference).arg(&source));
    let expected = output(&mut Command::new(&reference));
    for options in [&["--backend=cranelift"][..], &["--backend=llvm"], &["--backend=llvm", "--release"]] {
        let program = binary(&options.join(""));
        let bessemer = env!("CARGO_BIN_EXE_bessemer");
        output(Command::new(bessemer).arg("build").args(options).arg("-o").arg(&program).arg(&source));
        let actual = output(&mut Command::new(&program));
        for (line, (expected, actual)) in expected.lines().zip(actual.lines()).enumerate() {
            assert_eq!(expected, actual, "{name} with {options:?}, line {} of the output", line + 1);
        }
        assert_eq!(expected, actual, "{name} with {options:?}");
    }
}

#[test]
fn every_intrinsic() {
    check("intrinsics");
}

#[test]
fn portable_vectors() {
    check("portable");
}

#[test]
fn sse2() {
    check("sse2");
}

#[test]
fn beyond_sse2() {
    check("avx2");
}

#[test]
fn older_names() {
    check("older_names");
}
