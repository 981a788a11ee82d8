//! Facts about targets.

/// LLVM's data layout string of a target, as rustc has it (`rustc_target::spec::targets`).
pub fn data_layout(triple: &str) -> Option<&'static str> {
    Some(match triple {
        "x86_64-unknown-linux-gnu" => "e-m:e-p270:32:32-p271:32:32-p272:64:64-i64:64-i128:128-f80:128-n8:16:32:64-S128",
        _ => return None,
    })
}

/// The CPU that code is made for where none is asked for.
pub fn default_cpu(_triple: &str) -> &'static str {
    "x86-64"
}

/// The features of that CPU, by Rust's names.
pub fn default_features(_triple: &str) -> Vec<String> {
    ["fxsr", "sse", "sse2"].map(str::to_owned).to_vec()
}
