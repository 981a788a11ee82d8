//! What a back end is.
//!
//! **What goes in.** A [`lir::Module`] and [`Options`]. **What comes out.** An object file's bytes, or a text form of some
//! intermediate stage; and the functions that this back end cannot do, by name, so that another can be asked.
//!
//! **What it must not know.** MIR, Rust types, files: code generation is a pure function without IO or global state.

#![forbid(unsafe_code)]
#![warn(missing_docs)]

#[cfg(feature = "filetest")]
pub mod filetest;
mod function_cache;
mod remark;

pub use function_cache::FunctionCache;
pub use lir::DebugInfo;
pub use remark::Remark;

use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::fmt;
use std::path::{Path, PathBuf};

/// How hard to optimise; the same as rustc's `opt-level`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default, Serialize, Deserialize)]
pub enum OptLevel {
    #[default]
    /// Not at all.
    O0,
    /// A little.
    O1,
    /// For speed.
    O2,
    /// For speed, whatever the size.
    O3,
    /// For size, with an eye on speed.
    Os,
    /// For size alone.
    Oz,
}

/// What is measured of a program when it runs, or has been.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default, Serialize, Deserialize)]
pub enum Profile {
    /// Nothing.
    #[default]
    None,
    /// It counts which ways it goes, and writes that to a file of this name when it ends. The runtime knows patterns in it: `%p` is
    /// the number of the process, `%m` stands for the program.
    Generate(String),
    /// It is optimised for the ways that a file says it goes.
    Use {
        /// The file, in the form that LLVM's tool makes of what programs write.
        file: PathBuf,
        /// The hash of what is in it, since results of code generation are remembered.
        hash: String,
    },
}

/// Everything beyond the module that decides what code comes out. Part of the key of every cache.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub struct Options {
    /// The target triple (`x86_64-unknown-linux-gnu`).
    pub triple: String,
    /// The CPU by LLVM's name (`x86-64`, `native`, `skylake`).
    pub cpu: String,
    /// Features beyond the CPU's, with `+` or `-` before LLVM's name.
    pub features: Vec<String>,
    /// LLVM's name of the C ABI, where the architecture has several (`lp64d`); empty: what follows from the features.
    #[serde(default)]
    pub abi: String,
    /// How far apart code and data may lie.
    #[serde(default)]
    pub code_model: CodeModel,
    /// How much to optimise.
    pub opt: OptLevel,
    /// How much to tell debuggers.
    pub debug: DebugInfo,
    /// Whether code may be loaded at any address.
    pub position_independent: bool,
    /// Each function keeps a frame pointer.
    pub frame_pointers: bool,
    /// Functions with large frames touch each page of the stack.
    #[serde(default)]
    pub stack_probes: bool,
    /// Each function and data object in a section of its own, so that the linker can drop what nothing refers to.
    pub function_sections: bool,
    /// Check LIR before and the back end's own form after lowering (costs time; on in tests).
    pub verify: bool,
    /// What is measured, or has been.
    #[serde(default)]
    pub profile: Profile,
}

impl Options {
    /// Unoptimised code for a triple and a CPU. Which CPU is usual for a target, its description says (rustc's field `cpu`):
    /// `x86-64` is one of x86-64 alone, and `generic` not the usual one of all others.
    pub fn new(triple: &str, cpu: &str) -> Options {
        Options {
            triple: triple.to_owned(),
            cpu: cpu.to_owned(),
            features: Vec::new(),
            abi: String::new(),
            code_model: CodeModel::default(),
            opt: OptLevel::O0,
            debug: DebugInfo::None,
            position_independent: true,
            frame_pointers: false,
            stack_probes: true,
            function_sections: true,
            verify: cfg!(debug_assertions),
            profile: Profile::None,
        }
    }
}

/// How far apart code and data may lie, which decides how code forms addresses.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default, Serialize, Deserialize)]
pub enum CodeModel {
    /// What is usual for the target.
    #[default]
    Default,
    /// Within the lowest 2 GiB, or near each other.
    Small,
    /// Anywhere, but near each other (RISC-V), or code near and data far (x86-64).
    Medium,
    /// Anywhere.
    Large,
}

/// What can come out of a back end.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub enum Emit {
    /// An object file of the target's format.
    Object,
    /// Assembly as text.
    Assembly,
    /// The back end's own IR as text (LLVM IR, CLIF).
    Ir,
    /// LLVM bitcode.
    Bitcode,
    /// The back end's own IR as text, before anything is optimised.
    InitialIr,
    /// What the optimiser says of calls that it did not inline, as text: a [`Remark`] a line.
    Remarks,
}

/// A function that a back end cannot compile, and the construct that it lacks.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Rejected {
    /// The function's linker name; empty for the module's global assembly.
    pub function: String,
    /// The construct, for people: "inline assembly", "llvm.x86.aesni.aesenc".
    pub construct: String,
}

/// The result of compiling a module.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Compiled {
    /// The output in the form asked for. An object holds everything but the rejected functions, to which it has undefined references.
    pub bytes: Vec<u8>,
    /// The functions that another back end has to compile.
    pub rejected: Vec<Rejected>,
}

/// Why no code came out. All of these but [`CodegenError::Assembly`] and [`CodegenError::Profile`] are somebody's mistake other than the user's program.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum CodegenError {
    /// The back end does not know the triple, CPU or a feature.
    Target(String),
    /// The back end's library is absent or unusable; the text says how to mend it.
    Unavailable(String),
    /// This back end has no such output.
    Emit(Emit),
    /// The assembler does not accept the program's inline or global assembly; its messages, one a line.
    Assembly(String),
    /// The file of [`Profile::Use`] is none, or one of another version.
    Profile(String),
    /// A bug: LIR that does not hold its own rules, or the back end's own error.
    Internal {
        /// The function's linker name; empty where it is none's in particular.
        function: String,
        /// What went wrong.
        message: String,
    },
}

impl fmt::Display for CodegenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            CodegenError::Target(what) => write!(f, "the back end does not support this target: {what}"),
            CodegenError::Unavailable(what) => write!(f, "the back end cannot be used: {what}"),
            CodegenError::Emit(emit) => write!(f, "the back end has no output of the kind {emit:?}"),
            CodegenError::Assembly(messages) => write!(f, "the program's assembly is wrong:\n{messages}"),
            CodegenError::Profile(what) => write!(f, "the profile cannot be used: {what}"),
            CodegenError::Internal { function, message } => {
                write!(f, "internal error while compiling `{function}`: {message}")
            }
        }
    }
}

impl std::error::Error for CodegenError {}

/// A form of a back end's own that `--emit` can ask for.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Format {
    /// What `--emit` calls it: `llvm-ir`, `clif`.
    pub name: Cow<'static, str>,
    /// The extension of its file, without the dot.
    pub extension: Cow<'static, str>,
    /// What the back end is asked for: [`Emit::Ir`], [`Emit::InitialIr`], [`Emit::Bitcode`] or [`Emit::Remarks`].
    pub emit: Emit,
}

impl Format {
    /// A format whose names are known at compile time.
    pub const fn new(name: &'static str, extension: &'static str, emit: Emit) -> Format {
        Format { name: Cow::Borrowed(name), extension: Cow::Borrowed(extension), emit }
    }
}

/// What a back end is good for. All that others decide about it follows from this: nobody asks for its name.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Capabilities {
    /// One line for people.
    pub summary: Cow<'static, str>,
    /// It optimises. The first back end that does takes optimised code, where the user names none.
    pub optimizes: bool,
    /// It compiles faster than the others. The first back end that does takes unoptimised code in the edit-run loop (`run`,
    /// cargo's `dev` profile), where the user names none.
    pub compiles_fast: bool,
    /// When it optimises, it looks beyond single functions. Optimised programs are then divided into few modules, which have
    /// copies of small functions of others, and what only one module needs is internal to it.
    pub crosses_functions: bool,
    /// How many functions of an unoptimised program make up a module, about. An unchanged module is found in the cache
    /// as a whole; back ends that look up single functions too can have larger ones. 0 means 32.
    pub functions_per_module: usize,
    /// It compiles whatever LIR can say. It is the first to be asked for functions that another back end has rejected.
    pub complete: bool,
    /// It compiles inline and global assembly.
    pub inline_asm: bool,
    /// It describes variables and types to debuggers.
    pub debug_variables: bool,
    /// LIR variables are cheap even where it does not optimise, while memory costs what it costs. What a debugger shall find in
    /// memory is then a copy of them.
    pub debug_copies: bool,
    /// It counts what programs do when they run ([`Options::profile`], and counters in LIR), and optimises for what was counted.
    pub instruments: bool,
    /// It can write assembly.
    pub assembly: bool,
    /// Its own forms.
    pub formats: Vec<Format>,
    /// The targets that it knows.
    pub triples: Vec<Cow<'static, str>>,
}

/// A code generator.
pub trait Backend: Send + Sync {
    /// The name that `--backend` takes.
    fn name(&self) -> &str;

    /// What it is good for. Cheap: it is asked often, and before anything is known of a toolchain.
    fn capabilities(&self) -> Capabilities;

    /// The version of what makes its code, for people: LLVM's, Cranelift's. `None` where it has none of its own.
    ///
    /// # Errors
    /// What makes its code is not there.
    fn version(&self) -> Result<Option<String>, CodegenError> {
        Ok(None)
    }

    /// What decides the code that comes out besides module, options and this build of Bessemer: the version of a program
    /// that does the work, say. Part of the key of every cache.
    fn identity(&self) -> Vec<u8> {
        Vec::new()
    }

    /// Told once, before anything is compiled, the folder of the Rust toolchain whose programs are compiled. For back ends
    /// that take a library from there.
    fn set_sysroot(&self, folder: &Path) {
        let _ = folder;
    }

    /// Compiles a module. May be called from several threads at once.
    fn compile(&self, module: &lir::Module, options: &Options, emit: Emit) -> Result<Compiled, CodegenError>;

    /// The same as [`Backend::compile`], with a cache. Back ends that work function by function look up each function.
    fn compile_with(
        &self,
        module: &lir::Module,
        options: &Options,
        emit: Emit,
        cache: &dyn FunctionCache,
    ) -> Result<Compiled, CodegenError> {
        let _ = cache;
        self.compile(module, options, emit)
    }
}
