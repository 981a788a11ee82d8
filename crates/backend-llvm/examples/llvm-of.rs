//! Compiles a file of LIR and prints what LLVM makes of it: `llvm-of FILE [O0|O1|O2|O3|Os|Oz] [ir|asm] [+feature…]`.

use backend::{Backend, Emit, OptLevel, Options};
use bessemer_backend_llvm::LlvmBackend;
use std::io::Write;

fn main() {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let has = |name: &str| args.iter().any(|arg| arg == name);
    let Some(file) = args.first() else {
        panic!("usage: llvm-of FILE [O0|O1|O2|O3|Os|Oz] [ir|asm|obj|g] [+feature…]")
    };
    let text = std::fs::read_to_string(file).expect("a readable file");
    let module = lir::parse_module(&text).unwrap_or_else(|error| panic!("{file}:{error}"));
    let levels =
        [("O1", OptLevel::O1), ("O2", OptLevel::O2), ("O3", OptLevel::O3), ("Os", OptLevel::Os), ("Oz", OptLevel::Oz)];
    let opt = levels.iter().find(|(name, _)| has(name)).map_or(OptLevel::O0, |(_, level)| *level);
    let features = args.iter().filter(|arg| arg.starts_with(['+', '-'])).cloned().collect();
    let debug = if has("g") { backend::DebugInfo::Full } else { backend::DebugInfo::None };
    let options = Options { opt, features, debug, ..Options::new("x86_64-unknown-linux-gnu", "x86-64") };
    let emit = match () {
        _ if has("asm") => Emit::Assembly,
        _ if has("obj") => Emit::Object,
        _ => Emit::Ir,
    };
    let compiled = LlvmBackend::with_sysroot(testing::sysroot())
        .compile(&module, &options, emit)
        .unwrap_or_else(|error| panic!("{error}"));
    std::io::stdout().write_all(&compiled.bytes).expect("written");
    for rejected in compiled.rejected {
        eprintln!("rejected {}: {}", rejected.function, rejected.construct);
    }
}
