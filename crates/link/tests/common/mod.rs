//! Compiling small objects.

use std::path::PathBuf;
use std::process::Command;

/// Compiles C, with these options beyond `-c`.
pub fn c_object(source: &str, options: &[&str]) -> Vec<u8> {
    let folder = tempfile::tempdir().unwrap();
    let (input, output) = (folder.path().join("source.c"), folder.path().join("source.o"));
    std::fs::write(&input, source).unwrap();
    let status = Command::new("cc").arg("-c").args(options).arg(&input).arg("-o").arg(&output).status().unwrap();
    assert!(status.success());
    std::fs::read(output).unwrap()
}

/// Compiles Rust that uses std's shared library to one object.
#[allow(dead_code)]
pub fn rust_object(source: &str, options: &[&str]) -> Vec<u8> {
    let folder = tempfile::tempdir().unwrap();
    let (input, output) = (folder.path().join("source.rs"), folder.path().join("source.o"));
    std::fs::write(&input, source).unwrap();
    let mut command = Command::new("rustc");
    command.args(["--edition=2024", "--emit=obj", "-Cprefer-dynamic", "-Ccodegen-units=1"]).args(options);
    let status = command.arg(&input).arg("-o").arg(&output).status().unwrap();
    assert!(status.success());
    std::fs::read(output).unwrap()
}

/// A library of the toolchain's target, by the start and the end of its name.
#[allow(dead_code)]
pub fn toolchain_library(prefix: &str, suffix: &str) -> PathBuf {
    let output = Command::new("rustc").args(["--print", "target-libdir"]).output().unwrap();
    let folder = PathBuf::from(String::from_utf8(output.stdout).unwrap().trim());
    let mut entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap());
    let found = entries.find(|entry| {
        let name = entry.file_name().into_string().unwrap();
        name.starts_with(prefix) && name.ends_with(suffix)
    });
    found.unwrap().path()
}
