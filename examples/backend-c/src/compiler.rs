//! The C compiler's command line.

use backend::{CodegenError, DebugInfo, OptLevel, Options};
use std::process::Command;

/// The flags that make C mean what LIR means: wrapping arithmetic, memory without types, exact floats, frames that can be
/// unwound.
const MEANING: [&str; 12] = [
    "-std=gnu11",
    "-w",
    "-fwrapv",
    "-fno-strict-aliasing",
    "-fno-delete-null-pointer-checks",
    "-ffp-contract=off",
    "-fno-math-errno",
    "-fexceptions",
    "-fasynchronous-unwind-tables",
    "-fno-stack-protector",
    "-fcf-protection=none",
    "-fPIC",
];

/// The first line of what the compiler says of its version.
pub fn version(compiler: &str) -> String {
    let output = Command::new(compiler).arg("--version").output();
    let text = output.map(|output| String::from_utf8_lossy(&output.stdout).into_owned()).unwrap_or_default();
    text.lines().next().unwrap_or("no C compiler").to_owned()
}

/// Compiles C to an object.
pub fn compile(compiler: &str, text: &str, options: &Options) -> Result<Vec<u8>, CodegenError> {
    let io = |error: std::io::Error| CodegenError::Unavailable(error.to_string());
    let folder = tempfile::tempdir().map_err(io)?;
    let (source, object) = (folder.path().join("module.c"), folder.path().join("module.o"));
    std::fs::write(&source, text).map_err(io)?;
    let level = match options.opt {
        OptLevel::O0 => "-O0",
        OptLevel::O1 => "-O1",
        OptLevel::O2 => "-O2",
        OptLevel::O3 => "-O3",
        OptLevel::Os | OptLevel::Oz => "-Os",
    };
    let mut command = Command::new(compiler);
    command.args(MEANING).args([level, "-c"]).arg(&source).arg("-o").arg(&object);
    command.arg(format!("-march={}", options.cpu));
    for feature in &options.features {
        let (on, name) = feature.split_at_checked(1).unwrap_or(("+", feature));
        command.arg(if on == "-" { format!("-mno-{name}") } else { format!("-m{name}") });
    }
    if options.function_sections {
        command.args(["-ffunction-sections", "-fdata-sections"]);
    }
    if options.debug >= DebugInfo::Lines {
        command.arg("-g1");
    }
    if options.frame_pointers {
        command.arg("-fno-omit-frame-pointer");
    }
    let output = command.output().map_err(|error| {
        CodegenError::Unavailable(format!("cannot run the C compiler `{compiler}`: {error}; install gcc, or set CC"))
    })?;
    if !output.status.success() {
        let message = String::from_utf8_lossy(&output.stderr).lines().take(20).collect::<Vec<_>>().join("\n");
        return Err(CodegenError::Internal { function: String::new(), message: format!("{compiler}: {message}") });
    }
    std::fs::read(&object).map_err(io)
}
