//! rustc's description of a target: the fields that Bessemer uses, with the defaults that rustc documents for them
//! (`rustc_target::spec::TargetOptions`), which its JSON leaves out.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// How a target is described. Fields have the names of rustc's JSON.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Spec {
    /// LLVM's data layout string.
    pub data_layout: String,
    /// LLVM's name of the target.
    pub llvm_target: String,
    /// LLVM's name of the C ABI, where the target has several; empty otherwise.
    #[serde(default)]
    pub llvm_abiname: String,
    /// The least size of an enum in C, in bits; 0: that of `int`.
    #[serde(default)]
    pub c_enum_min_bits: u64,
    /// The CPU that code is made for where none is asked for, by LLVM's name.
    #[serde(default = "generic")]
    pub cpu: String,
    /// Features beyond that CPU's, as LLVM takes them: `+a,-b`.
    #[serde(default)]
    pub features: String,
    /// What a panic does where nothing is asked for.
    #[serde(default)]
    pub panic_strategy: PanicStrategy,
    /// Where code may be loaded.
    #[serde(default)]
    pub relocation_model: RelocationModel,
    /// How far apart code and data may lie.
    #[serde(default)]
    pub code_model: CodeModel,
    /// Every function has unwind information.
    #[serde(default)]
    pub default_uwtable: bool,
    /// How functions with large frames touch each page of the stack.
    #[serde(default)]
    pub stack_probes: StackProbes,
    /// The symbol by which the C runtime calls a program.
    #[serde(default = "main")]
    pub entry_name: String,
    /// Whether that gets the arguments' count and the arguments.
    #[serde(default = "yes")]
    pub main_needs_argc_argv: bool,
    /// Executables may be loaded at any address.
    #[serde(default)]
    pub position_independent_executables: bool,
    /// The C runtime is linked statically where nothing is asked for.
    #[serde(default)]
    pub crt_static_default: bool,
    /// Whether the feature `crt-static` decides how the C runtime is linked.
    #[serde(default)]
    pub crt_static_respected: bool,
    /// Executables without shared libraries may be loaded at any address, too.
    #[serde(default)]
    pub static_position_independent_executables: bool,
    /// The C library whose start-up objects rustc's compiled std brings along, where it does: `musl`.
    #[serde(default)]
    pub crt_objects_fallback: Option<String>,
    /// The format of objects is WebAssembly's.
    #[serde(default)]
    pub is_like_wasm: bool,
    /// There is one thread only.
    #[serde(default)]
    pub singlethread: bool,
    /// The widest atomic access in bits; absent: that of a pointer.
    #[serde(default)]
    pub max_atomic_width: Option<u32>,
    /// The program that links.
    #[serde(default)]
    pub linker: Option<String>,
    /// What kind of a program that is.
    #[serde(default)]
    pub linker_flavor: LinkerFlavor,
    /// What a linker is told first, by its flavour.
    #[serde(default)]
    pub pre_link_args: BTreeMap<LinkerFlavor, Vec<String>>,
    /// Objects that come first, by the kind of what is linked (`static-nopic-exe`), where no system brings its own.
    #[serde(default)]
    pub pre_link_objects_fallback: BTreeMap<String, Vec<String>>,
    /// Objects that come last, likewise.
    #[serde(default)]
    pub post_link_objects_fallback: BTreeMap<String, Vec<String>>,
    /// What a linker is told after the program and its crates, by its flavour.
    #[serde(default)]
    pub late_link_args: BTreeMap<LinkerFlavor, Vec<String>>,
    /// How the names of executables end.
    #[serde(default)]
    pub exe_suffix: String,
    /// How those of shared libraries begin.
    #[serde(default = "lib")]
    pub dll_prefix: String,
    /// How they end.
    #[serde(default = "so")]
    pub dll_suffix: String,
    /// How those of archives begin.
    #[serde(default = "lib")]
    pub staticlib_prefix: String,
    /// How they end.
    #[serde(default = "archive")]
    pub staticlib_suffix: String,
}

fn generic() -> String {
    "generic".to_owned()
}

fn main() -> String {
    "main".to_owned()
}

fn yes() -> bool {
    true
}

fn lib() -> String {
    "lib".to_owned()
}

fn so() -> String {
    ".so".to_owned()
}

fn archive() -> String {
    ".a".to_owned()
}

/// What a panic does. The later, the less is left of it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PanicStrategy {
    /// It unwinds the stack.
    #[default]
    Unwind,
    /// It ends the process.
    Abort,
    /// It aborts without a message: no code is left that would make one.
    ImmediateAbort,
}

impl PanicStrategy {
    /// All that there are.
    pub const ALL: [PanicStrategy; 3] = [PanicStrategy::Unwind, PanicStrategy::Abort, PanicStrategy::ImmediateAbort];

    /// The strategy that `-C panic` calls so.
    pub fn from_name(name: &str) -> Option<PanicStrategy> {
        PanicStrategy::ALL.into_iter().find(|it| it.name() == name)
    }

    /// What `-C panic` calls it.
    pub fn name(self) -> &'static str {
        match self {
            PanicStrategy::Unwind => "unwind",
            PanicStrategy::Abort => "abort",
            PanicStrategy::ImmediateAbort => "immediate-abort",
        }
    }

    /// Whether nothing unwinds.
    pub fn aborts(self) -> bool {
        self != PanicStrategy::Unwind
    }
}

/// Where code may be loaded.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RelocationModel {
    /// At one address.
    Static,
    /// At any address.
    #[default]
    Pic,
    /// At any address, as a program.
    Pie,
    /// One that Bessemer does not know.
    #[serde(other)]
    Other,
}

/// How far apart code and data may lie.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CodeModel {
    /// As LLVM has it.
    Small,
    /// As LLVM has it.
    Medium,
    /// As LLVM has it.
    Large,
    /// What is usual for the target, or one that Bessemer does not know.
    #[default]
    #[serde(other)]
    Default,
}

/// How functions with large frames touch each page of the stack.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct StackProbes {
    /// `none`, `inline`, `call` or `inline-or-call`; absent: `none`.
    #[serde(default)]
    pub kind: String,
}

impl StackProbes {
    /// Whether functions do it themselves. Where LLVM's age decides (`inline-or-call`), that of all known toolchains does.
    pub fn are_inline(&self) -> bool {
        matches!(&*self.kind, "inline" | "inline-or-call")
    }
}

/// What kind of a program links.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LinkerFlavor {
    /// A C compiler that runs GNU's linker.
    #[default]
    GnuCc,
    /// A C compiler that runs LLD.
    GnuLldCc,
    /// GNU's linker itself.
    Gnu,
    /// LLD itself, as GNU's linker.
    GnuLld,
    /// LLD as the linker of WebAssembly.
    WasmLld,
    /// A C compiler that runs that.
    WasmLldCc,
    /// One that Bessemer does not know.
    #[serde(other)]
    Other,
}
