//! Code for another processor, run by QEMU.

#![allow(dead_code, reason = "each test uses what it needs")]

use backend::{Backend, Emit, OptLevel, Options};
use bessemer_backend_cranelift::CraneliftBackend;
use std::collections::HashSet;
use std::fmt::Write;
use std::process::Command;

const COMPILER: &str = "aarch64-linux-gnu-gcc";
const EMULATOR: &str = "qemu-aarch64";

/// The calls of a function `(operands: ptr, results: ptr)`.
pub struct Calls<'a> {
    pub function: &'a str,
    /// The operands of each, in memory.
    pub inputs: Vec<Vec<u8>>,
    /// How much memory the results get.
    pub room: usize,
}

/// Whether there are a C compiler and an emulator.
pub fn is_there() -> bool {
    let missing = [COMPILER, EMULATOR].iter().find(|program| Command::new(program).arg("--version").output().is_err());
    if let Some(missing) = missing {
        eprintln!("skipped: the same for AArch64, as there is no {missing}");
    }
    missing.is_none()
}

/// Functions that std has for Rust programs. GCC has none of these, as the machine has instructions for them.
const LIBRARY: &str = "\
    float __extendhfsf2(_Float16 x) { return x; }\n\
    _Float16 __truncsfhf2(float x) { return x; }\n\
    _Float16 __truncdfhf2(double x) { return x; }\n";

/// Makes all calls; gives the memory for the results of each, one after the other, which was filled with `before`.
pub fn run(module: &lir::Module, calls: &[Calls<'_>], before: u8) -> Vec<u8> {
    let compiled = CraneliftBackend.compile(module, &options(OptLevel::O0), Emit::Object).expect("code");
    assert_eq!(compiled.rejected, []);

    let mut source = "#include <stdio.h>\n#include <string.h>\n\
        typedef void function(const unsigned char *, unsigned char *);\n"
        .to_owned();
    source.push_str(LIBRARY);
    let names: HashSet<&str> = calls.iter().map(|calls| calls.function).collect();
    for name in names {
        writeln!(source, "extern function {name};").unwrap();
    }
    source.push_str("static const struct { function *code; unsigned count, input, room; } calls[] = {\n");
    for calls in calls {
        let input = calls.inputs.first().map_or(0, Vec::len);
        writeln!(source, "{{ {}, {}, {input}, {} }},", calls.function, calls.inputs.len(), calls.room).unwrap();
    }
    write!(
        source,
        "}};\nint main(void) {{\n\
         static unsigned char input[4096], output[4096];\n\
         for (unsigned i = 0; i < sizeof calls / sizeof *calls; i++)\n\
         for (unsigned n = 0; n < calls[i].count; n++) {{\n\
         if (fread(input, 1, calls[i].input, stdin) != calls[i].input) return 1;\n\
         memset(output, {before}, sizeof output);\n\
         calls[i].code(input, output);\n\
         fwrite(output, 1, calls[i].room, stdout);\n\
         }}\nreturn 0; }}\n"
    )
    .unwrap();
    let input: Vec<u8> = calls.iter().flat_map(|calls| calls.inputs.concat()).collect();
    run_program(&source, &[&compiled.bytes], &input)
}

pub fn options(opt: OptLevel) -> Options {
    Options { opt, verify: true, ..Options::new("aarch64-unknown-linux-gnu", "generic") }
}

/// Links a program of a C source and objects, and runs it with an input; gives its output.
pub fn run_program(source: &str, objects: &[&[u8]], input: &[u8]) -> Vec<u8> {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = |name: &str| folder.path().join(name);
    std::fs::write(path("main.c"), source).expect("writing a file");
    std::fs::write(path("input"), input).expect("writing a file");
    let mut compiler = Command::new(COMPILER);
    compiler.current_dir(folder.path()).args(["-static", "-o", "program", "main.c"]);
    for (number, object) in objects.iter().enumerate() {
        let name = format!("code{number}.o");
        std::fs::write(path(&name), object).expect("writing a file");
        compiler.arg(name);
    }
    let status = compiler.arg("-lm").status().expect("running the C compiler");
    assert!(status.success());
    let input = std::fs::File::open(path("input")).expect("the file");
    let ran = Command::new(EMULATOR).arg(path("program")).stdin(input).output().expect("running the emulator");
    let came = ran.stdout.len();
    assert!(ran.status.success(), "{} after {came} bytes: {}", ran.status, String::from_utf8_lossy(&ran.stderr));
    ran.stdout
}
