//! Objects that rustc makes, taken apart.

use bessemer_inspect::InspectError;
use bessemer_inspect::code::ObjectCode;
use bessemer_inspect::disassembly::{Disassembler, Instruction, Syntax};

const SOURCE: &str = "#![crate_type = \"lib\"]
#[unsafe(no_mangle)]
pub fn count(text: &str, wanted: u8) -> usize {
    let mut found = 0;
    for byte in text.bytes() {
        if byte == wanted {
            found += outside::called(byte);
        }
    }
    found
}
pub mod outside {
    #[inline(never)]
    pub fn called(byte: u8) -> usize { usize::from(byte) * 3 }
}
";

fn object() -> Vec<u8> {
    let folder = tempfile::tempdir().unwrap();
    let source = folder.path().join("sample.rs");
    std::fs::write(&source, SOURCE).unwrap();
    let mut rustc = testing::rustc(folder.path());
    rustc.args(["--edition=2024", "--emit=obj", "-g", "-Copt-level=1", "-o", "sample.o"]).arg(&source);
    testing::output(&mut rustc);
    std::fs::read(folder.path().join("sample.o")).unwrap()
}

fn instructions(bytes: &[u8], name: &str, syntax: Syntax) -> Vec<Instruction> {
    let code = ObjectCode::read(bytes).unwrap();
    let lines = code.lines().unwrap();
    let function = code.functions().iter().find(|it| it.name == name).expect("the function");
    let mut disassembler = Disassembler::new(&testing::sysroot(), &code, syntax).unwrap();
    let found = disassembler.function(&code, function, &lines).unwrap();
    assert_eq!(found.iter().map(|it| it.size_bytes).sum::<u64>(), function.size_bytes, "{found:?}");
    found
}

#[test]
#[cfg(target_arch = "x86_64")]
fn names_labels_and_lines() {
    let bytes = object();
    let found = instructions(&bytes, "count", Syntax::Intel);
    let text: Vec<String> = found.iter().map(|it| it.text.replace('\t', " ")).collect();
    // It may be called by its address in a register.
    assert!(text.iter().any(|text| text.contains("sample::outside::called")), "{text:?}");
    // Each branch leads to a label that is there, and each label is led to.
    let labels: Vec<&String> = found.iter().filter_map(|it| it.label.as_ref()).collect();
    assert!(!labels.is_empty(), "{text:?}");
    for label in &labels {
        assert!(text.iter().any(|text| text.ends_with(&format!(" {label}"))), "{label}: {text:?}");
    }
    let is_jump = |text: &&String| text.starts_with('j');
    for jump in text.iter().filter(is_jump) {
        assert!(labels.iter().any(|label| jump.ends_with(&***label)), "{jump}");
    }
    let lines: Vec<u64> = found
        .iter()
        .filter_map(|it| it.line.as_ref())
        .filter(|it| it.file.ends_with("sample.rs"))
        .map(|it| it.line)
        .collect();
    assert!(lines.contains(&6) && lines.contains(&7), "{lines:?}");
    let att = instructions(&bytes, "count", Syntax::Att);
    assert_eq!(att.len(), found.len());
    assert!(att.iter().any(|it| it.text.contains("%r")) && !text.iter().any(|text| text.contains('%')), "{att:?}");
}

/// LLVM knows the machines that it was built for, whatever machine this is.
#[test]
fn what_is_no_object_is_an_error() {
    for bytes in [&b""[..], b"\x7fELF", b"\0asm\x01\0\0\0", b"#!/bin/sh\n"] {
        assert!(matches!(ObjectCode::read(bytes), Err(InspectError::Object(_))), "{bytes:?}");
    }
    // Damage is an error or makes other text, and nothing else.
    let whole = object();
    for cut in (64..whole.len()).step_by(whole.len() / 97) {
        let mut bytes = whole.clone();
        bytes[cut] ^= 0x55;
        for bytes in [&bytes[..], &whole[..cut]] {
            let Ok(code) = ObjectCode::read(bytes) else { continue };
            let lines = code.lines().unwrap_or_default();
            let Ok(mut disassembler) = Disassembler::new(&testing::sysroot(), &code, Syntax::Intel) else { continue };
            for function in code.functions() {
                let _ = disassembler.function(&code, function, &lines);
            }
        }
    }
}
