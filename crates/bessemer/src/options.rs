//! How things are compiled, in groups.

use backend::{DebugInfo, OptLevel};
use driver::options::{FrontEnd, StripKind};
use std::path::PathBuf;

/// How code is generated.
///
/// ```
/// let mut codegen = bessemer::Codegen::default();
/// codegen.opt = bessemer::OptLevel::O2;
/// ```
#[derive(Clone, PartialEq, Eq, Debug, Default)]
#[non_exhaustive]
pub struct Codegen {
    /// Who makes the bodies of the source's functions: rustc, or our own front end where it is sure
    /// ([`Report::bodies`](crate::Report::bodies) says of how many).
    pub front_end: FrontEnd,
    /// The back end's name. Absent: the engine chooses by the level, fast for unoptimised code.
    pub backend: Option<String>,
    /// How hard to optimise.
    pub opt: OptLevel,
    /// How much is told to debuggers.
    pub debug: DebugInfo,
    /// Whether arithmetic is checked. Absent: with the debug assertions.
    pub overflow_checks: Option<bool>,
    /// Absent: on unless optimising.
    pub debug_assertions: Option<bool>,
    /// Panics abort: for programs only.
    pub panic_abort: bool,
    /// The CPU's name for LLVM; `native` is this one. Absent: any of the target.
    pub target_cpu: Option<String>,
    /// Features beyond the CPU's: `+avx2,-sse4.1`.
    pub target_features: Option<String>,
    /// Functions keep a frame pointer, for profilers.
    pub frame_pointers: bool,
}

/// How programs are linked.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
#[non_exhaustive]
pub struct Linking {
    /// Native libraries, `[KIND=]NAME`.
    pub libraries: Vec<String>,
    /// More arguments for the program that links.
    pub args: Vec<String>,
    /// The program that links. Absent: the C compiler, with the toolchain's own linker.
    pub linker: Option<PathBuf>,
    /// What is left out of the executable.
    pub strip: StripKind,
}

/// A form of a compiled unit.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
#[non_exhaustive]
pub enum Output {
    /// A program's executable.
    Executable,
    /// An object file.
    Object,
    /// Assembly of the chosen back end.
    Assembly,
    /// Bessemer's intermediate language, as text.
    Lir,
    /// rustc's, as text.
    Mir,
    /// The source's tokens, as text: of our own front end, as the following four.
    Tokens,
    /// Its syntax tree.
    Ast,
    /// The source with its macros expanded.
    Expanded,
    /// Bodies with names resolved.
    Hir,
    /// Bodies with types.
    Thir,
    /// LLVM's, as text.
    LlvmIr,
    /// LLVM's, as bitcode.
    LlvmBitcode,
    /// Cranelift's, as text.
    Clif,
    /// A form of another back end's own by its name.
    Named(String),
}

impl Output {
    pub(crate) fn kind(&self) -> driver::EmitKind {
        use driver::EmitKind;
        match self {
            Output::Executable => EmitKind::Link,
            Output::Object => EmitKind::Obj,
            Output::Assembly => EmitKind::Asm,
            Output::Lir => EmitKind::Lir,
            Output::Mir => EmitKind::Mir,
            Output::Tokens => EmitKind::Tokens,
            Output::Ast => EmitKind::Ast,
            Output::Expanded => EmitKind::Expanded,
            Output::Hir => EmitKind::Hir,
            Output::Thir => EmitKind::Thir,
            Output::LlvmIr => EmitKind::Format("llvm-ir".to_owned()),
            Output::LlvmBitcode => EmitKind::Format("llvm-bc".to_owned()),
            Output::Clif => EmitKind::Format("clif".to_owned()),
            Output::Named(name) => EmitKind::Format(name.clone()),
        }
    }
}
