//! The command line: its words and their help. What they mean for the driver is in `request`.

use backend::{DebugInfo, OptLevel};
use clap::{ArgAction, ArgMatches, Args, CommandFactory, FromArgMatches, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;
use driver::rustc_args;
use driver::{FrontEnd, OutputCrateType, StdChoice};
use std::ffi::OsString;
use std::path::PathBuf;

/// Where `--help` speaks of the environment.
pub const ENVIRONMENT: &str = "\
Environment variables:
  BESSEMER_BACKEND          the back end, where --backend names none
  BESSEMER_BACKEND_TIMEOUT  how many seconds a back end that is a program may take for a module [default: 600]
  BESSEMER_BACKTRACE        set: an internal error shows where it happened
  BESSEMER_CACHE_DIR        the folder of the caches; empty: nothing is cached [default: ~/.cache/bessemer]
  BESSEMER_CACHE_SIZE       how large the cache of compiled code may become, as in 2G
  BESSEMER_CONFIG           the configuration file [default: ~/.config/bessemer/config.toml]
  BESSEMER_JITDUMP          not empty: perf finds code, names and lines of programs that run in memory (perf inject --jit)
  BESSEMER_PERF_MAP         not empty: perf finds names of programs that run in memory
  BESSEMER_RUST_SRC         the source of std, for targets without a compiled one: the folder `library` of Rust's source
  BROWSER                   what explore --open starts [default: xdg-open]
  CC                        the C compiler that links [default: cc]
  NO_COLOR                  not empty: no colours
  RUSTC                     the rustc whose toolchain is used [default: rustc]
  TERM                      dumb: neither colours nor a line about what is being done
";

/// The levels and back ends where nothing is said: one rule for all commands.
const DEFAULTS: &str = "\
Without -O, --release or -C opt-level, code is not optimised. Without --backend and BESSEMER_BACKEND, Cranelift compiles what is
not optimised, and LLVM what is. The same holds for build, run, check and cargo bessemer.
";

/// What sizes are of.
const BLOAT: &str = "\
Sizes are those of code in the linked program, by its symbols. Instances of one generic function count together (× how many). Code is of
the crate whose source it is in; what was inlined is of the function that it is in.

Examples:
  bessemer bloat -O prog.rs
  bessemer bloat -O -n 0 prog.rs           all functions
  cargo bessemer bloat --release --crates
";

/// What a comparison is.
pub const COMPARE: &str = "\
Each build is made of a copy of the source, with caches of its own: cold, after an edit of main, and unchanged. Then the programs run in
turn. Outputs and exit codes are compared with those of rustc -O 3; the exit status is 1 where one differs or cannot be built. What the
noise is greater than is not ranked. Ctrl-C ends it without a result, and nothing is left behind.

Examples:
  bessemer compare prog.rs
  bessemer compare --only llvm,cranelift:0,rustc --rounds 20 prog.rs -- input.txt
  bessemer compare --filter '-O 3' --html report.html prog.rs
  bessemer compare --cpu native --std source --only 3 prog.rs
  cargo bessemer compare --bin prog --markdown -- --help
";

/// What the page is.
pub const EXPLORE: &str = "\
The page is on 127.0.0.1, at an address that nobody else knows; all that it consists of is in this program. The file itself is not
changed. A file without `main` is a library, of which all functions are shown. Ctrl-C ends it.

Examples:
  bessemer explore --open prog.rs
  bessemer explore --pane asm:llvm:3 --pane asm:cranelift:0 prog.rs
  bessemer explore --pane mir --pane asm:llvm:3 --export page prog.rs
  bessemer explore --profile prog.rs -- input.txt
  cargo bessemer explore -p prog
";

/// How functions are named.
const CODE: &str = "\
Without FUNCTION, all functions that have code of their own are listed, with their numbers and sizes. A function is named by its path,
the end of it, a part of it, its symbol or its number; where that fits several, they are listed, and NUMBER says which.

Examples:
  bessemer asm prog.rs                     the list
  bessemer asm -O prog.rs main --source    optimised, with source lines between
  bessemer asm --backend cranelift --att prog.rs 'Vec<_>::push' 2
  bessemer lir prog.rs main
  bessemer llvm-ir -O prog.rs main --json
";

const EXAMPLES: &str = "\
Examples:
  bessemer run hello.rs
  bessemer run prog.rs one two
  bessemer build --release -o prog prog.rs
  bessemer build --backend cranelift --emit lir,clif prog.rs
  bessemer build --emit asm -o - prog.rs
  echo 'fn main() { println!(\"hi\") }' | bessemer run -

A source file that begins with `#!/usr/bin/env -S bessemer run` is a program of its own.
";

/// Compiles Rust with a back end of your choice.
#[derive(Parser, Debug)]
#[command(
    name = "bessemer",
    version,
    about,
    after_help = format!("{DEFAULTS}\n{EXAMPLES}"),
    after_long_help = format!("{DEFAULTS}\n{ENVIRONMENT}\n{EXAMPLES}"),
)]
pub struct Cli {
    #[command(subcommand)]
    pub command: Command,
}

#[derive(Subcommand, Debug)]
pub enum Command {
    /// Compile a program and run it at once, in memory.
    #[command(
        override_usage = "bessemer run [OPTIONS] <FILE.rs> [ARGS]…",
        after_help = DEFAULTS,
        after_long_help = format!("{DEFAULTS}\n{ENVIRONMENT}")
    )]
    Run {
        #[command(flatten)]
        compile: CompileArgs,
        /// The program's source file (`-` reads it from standard input), and after it the program's arguments, all of them. One
        /// `--` between them is left out.
        #[arg(value_name = "FILE.rs", required_unless_present_any = ["print", "explain"], trailing_var_arg = true)]
        program: Vec<OsString>,
    },
    /// Compile a program to a file.
    #[command(after_help = DEFAULTS, after_long_help = format!("{DEFAULTS}\n{ENVIRONMENT}"))]
    Build {
        #[command(flatten)]
        compile: CompileArgs,
        /// The program's source file; `-` reads it from standard input.
        #[arg(value_name = "FILE.rs", required_unless_present_any = ["print", "explain"])]
        file: Option<PathBuf>,
        /// Write the result to FILE, or into it where it is a pipe or a device; `-` is standard output.
        #[arg(short = 'o', value_name = "FILE")]
        output: Option<PathBuf>,
        /// Write results into FOLDER.
        #[arg(long, value_name = "FOLDER")]
        out_dir: Option<PathBuf>,
        /// What to write: link, obj, asm, mir, lir; a stage of our own front end: tokens, ast, expanded, expanded-lines (with
        /// the places of all parts), hir, thir; or a back end's own form: llvm-ir, llvm-ir-initial (before LLVM optimises),
        /// llvm-bc, llvm-remarks (the calls that LLVM did not inline, and why), clif. KIND=FILE says where. Bodies that hir
        /// and thir lack are warned of.
        #[arg(long, value_name = "KINDS", value_delimiter = ',', default_value = "link")]
        emit: Vec<String>,
    },
    /// Report errors and warnings only.
    #[command(after_help = DEFAULTS, after_long_help = format!("{DEFAULTS}\n{ENVIRONMENT}"))]
    Check {
        #[command(flatten)]
        compile: CompileArgs,
        /// The program's source file; `-` reads it from standard input.
        #[arg(value_name = "FILE.rs", required_unless_present_any = ["print", "explain"])]
        file: Option<PathBuf>,
    },
    /// Show the functions of a program, or the assembly of one: that of the object which is linked, with names and labels.
    #[command(after_help = CODE, after_long_help = format!("{CODE}\n{ENVIRONMENT}"))]
    Asm(AsmArgs),
    /// Show the functions of a program, or LLVM's IR of one.
    #[command(after_help = CODE)]
    LlvmIr(CodeArgs),
    /// Show the functions of a crate, or the MIR of one: generic, as rustc made it.
    #[command(after_help = CODE)]
    Mir(CodeArgs),
    /// Show the functions of a program, or what back ends get of one.
    #[command(after_help = CODE)]
    Lir(CodeArgs),
    /// Show the functions of a program, or Cranelift's IR of one.
    #[command(after_help = CODE)]
    Clif(CodeArgs),
    /// Show what a program's size is made of, by crate and by function.
    #[command(after_help = BLOAT)]
    Bloat(BloatArgs),
    /// Compare all back ends at all levels, and rustc, on one program: build times, sizes, run time, memory, output.
    #[command(
        override_usage = "bessemer compare [OPTIONS] <FILE.rs> [-- ARGS…]",
        after_help = COMPARE,
    )]
    Compare(CompareArgs),
    /// Show a program's source and what it is compiled to side by side, on a page of this machine: edit, and see.
    #[command(after_help = EXPLORE)]
    Explore(ExploreArgs),
    /// What `explore` runs for each pane.
    #[command(hide = true)]
    ExploreWorker(WorkerArgs),
    /// Show or empty the caches of compiled code and of programs.
    #[command(subcommand)]
    Cache(CacheCommand),
    /// Prepare targets whose std is compiled from its source.
    #[command(subcommand)]
    Target(TargetCommand),
    /// List the back ends and what each can do.
    Backends {
        /// Print JSON.
        #[arg(long)]
        json: bool,
    },
    /// Check that everything that Bessemer needs is there.
    Doctor {
        /// Print JSON.
        #[arg(long)]
        json: bool,
    },
    /// Print what makes a shell complete this command's words.
    Completions {
        /// The shell.
        shell: Shell,
    },
    /// Print this command's manual page, or that of one of its commands, for `man -l -`.
    Man {
        /// The command: run, build, check, …
        command: Option<String>,
    },
}

#[derive(Subcommand, Clone, Copy, Debug)]
pub enum CacheCommand {
    /// Show how much is cached, and where (BESSEMER_CACHE_SIZE sets the limit, BESSEMER_CACHE_DIR the folder).
    Stats {
        /// Print JSON.
        #[arg(long)]
        json: bool,
    },
    /// Remove everything that is cached.
    Clean {
        /// Print JSON.
        #[arg(long)]
        json: bool,
    },
}

#[derive(Subcommand, Clone, Debug)]
pub enum TargetCommand {
    /// Have rustc check the source of std for a target, so that programs can be compiled for it.
    Add {
        /// A target triple, or a JSON file that describes a target.
        target: String,
        /// What a panic does: unwind, abort or immediate-abort. The target's own way where nothing is said.
        #[arg(long, value_name = "STRATEGY", value_parser = ["unwind", "abort", "immediate-abort"])]
        panic: Option<String>,
        /// The source of std: the folder `library` of Rust's source.
        #[arg(long, value_name = "FOLDER")]
        rust_src: Option<PathBuf>,
    },
    /// List the targets that are prepared.
    List {
        /// Print JSON.
        #[arg(long)]
        json: bool,
    },
    /// Remove what was prepared for a target.
    Remove {
        /// The target's name, as `list` shows it.
        target: String,
    },
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub enum Color {
    Auto,
    Always,
    Never,
}

/// The forms of a report.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub enum ReportFormat {
    Text,
    Json,
}

/// What `asm` and its kin show.
#[derive(Args, Debug)]
pub struct CodeArgs {
    #[command(flatten)]
    pub compile: CompileArgs,
    /// The program's source file; `-` reads it from standard input.
    #[arg(value_name = "FILE.rs")]
    pub file: PathBuf,
    /// The function: its path, a part of that, its symbol, or its number in the list.
    #[arg(value_name = "FUNCTION")]
    pub function: Option<String>,
    /// Which one of those that FUNCTION fits.
    #[arg(value_name = "NUMBER")]
    pub index: Option<usize>,
}

/// How assembly is shown.
#[derive(Args, Debug)]
pub struct AsmArgs {
    #[command(flatten)]
    pub code: CodeArgs,
    /// In Intel's syntax, which is the default.
    #[arg(long)]
    pub intel: bool,
    /// In AT&T's syntax.
    #[arg(long, conflicts_with = "intel")]
    pub att: bool,
    /// Put the source lines between that the code comes from; the default at a terminal.
    #[arg(long)]
    pub source: bool,
    /// Without source lines.
    #[arg(long, conflicts_with = "source")]
    pub no_source: bool,
}

/// What `bloat` shows.
#[derive(Args, Debug)]
pub struct BloatArgs {
    #[command(flatten)]
    pub compile: CompileArgs,
    #[command(flatten)]
    pub look: BloatLook,
    /// The program's source file; `-` reads it from standard input.
    #[arg(value_name = "FILE.rs")]
    pub file: PathBuf,
}

/// How much of it.
#[derive(Args, Clone, PartialEq, Eq, Debug)]
pub struct BloatLook {
    /// Crates only.
    #[arg(long)]
    pub crates: bool,
    /// How many functions to show, the largest first; 0 for all.
    #[arg(short = 'n', long, value_name = "N", default_value_t = 30)]
    pub limit: usize,
}

/// What a crate is compiled against: the same wherever a file is.
#[derive(Args, Clone, PartialEq, Eq, Debug, Default)]
pub struct Used {
    /// Use a compiled crate.
    #[arg(long = "extern", value_name = "NAME=PATH")]
    pub externs: Vec<String>,
    /// Add a folder to the library search path.
    #[arg(short = 'L', value_name = "[KIND=]PATH")]
    pub search_paths: Vec<String>,
    /// Link a native library.
    #[arg(short = 'l', value_name = "[KIND=]NAME")]
    pub libraries: Vec<String>,
}

/// What is explored.
#[derive(Args, Debug)]
pub struct ExploreArgs {
    #[command(flatten)]
    pub look: ExploreLook,
    /// The source file.
    #[arg(value_name = "FILE.rs")]
    pub file: PathBuf,
    /// The Rust edition.
    #[arg(long, value_name = "EDITION", default_value = "2024")]
    pub edition: String,
    /// What to make of the crate: bin or lib.
    #[arg(long = "crate-type", value_name = "TYPE", value_parser = ["bin", "lib", "cdylib", "staticlib"])]
    pub crate_type: Option<String>,
    /// Set a `cfg`.
    #[arg(long, value_name = "SPEC")]
    pub cfg: Vec<String>,
    /// A codegen option of rustc's: target-cpu=native, panic=abort and others.
    #[arg(short = 'C', long = "codegen", value_name = "OPTION[=VALUE]")]
    pub codegen: Vec<String>,
    #[command(flatten)]
    pub used: Used,
    /// What to compile for, instead of this machine.
    #[arg(long, value_name = "TARGET")]
    pub target: Option<String>,
    /// The program's arguments, for --profile.
    #[arg(value_name = "ARGS", last = true)]
    pub args: Vec<OsString>,
}

/// How the page is shown: the same for files and packages.
#[derive(Args, Clone, PartialEq, Eq, Debug)]
pub struct ExploreLook {
    /// Open the page in a browser.
    #[arg(long)]
    pub open: bool,
    /// Write the page into FOLDER, with what its panes show, to be opened from there; nothing is served.
    #[arg(long, value_name = "FOLDER", conflicts_with = "open")]
    pub export: Option<PathBuf>,
    /// What a pane shows at first, as in asm:llvm:3: a stage (expanded, mir, lir, clif, llvm-ir-initial, llvm-ir, asm), a back end, a
    /// level. Up to four.
    #[arg(long = "pane", value_name = "STAGE[:BACKEND[:LEVEL]]")]
    pub panes: Vec<String>,
    /// How many seconds one compilation may take before it is cut off [default: 60; of packages 1800].
    #[arg(long, value_name = "SECONDS", value_parser = clap::value_parser!(u64).range(1..))]
    pub limit: Option<u64>,
    /// Run the program, too, and show where it spends its time, as `perf` sees it: a flame graph, and samples beside source and
    /// assembly. All code keeps frame pointers then.
    #[arg(long, conflicts_with = "export")]
    pub profile: bool,
}

/// What a pane of `explore` has compiled.
#[derive(Args, Debug)]
pub struct WorkerArgs {
    #[command(flatten)]
    pub compile: CompileArgs,
    /// The stage.
    #[arg(long)]
    pub stage: String,
    /// The file that the source file stands for.
    #[arg(long)]
    pub shown_as: Option<PathBuf>,
    /// The source file.
    pub file: PathBuf,
}

/// What is compared, and how that is shown.
#[derive(Args, Debug)]
pub struct CompareArgs {
    #[command(flatten)]
    pub look: CompareLook,
    /// The program's source file.
    #[arg(value_name = "FILE.rs")]
    pub file: PathBuf,
    /// The program's arguments.
    #[arg(value_name = "ARGS", last = true)]
    pub args: Vec<OsString>,
    /// The Rust edition.
    #[arg(long, value_name = "EDITION", default_value = "2024")]
    pub edition: String,
    /// Set a `cfg`.
    #[arg(long, value_name = "SPEC")]
    pub cfg: Vec<String>,
    /// A codegen option of rustc's, for all: panic=abort and others; target-cpu is --cpu.
    #[arg(short = 'C', long = "codegen", value_name = "OPTION[=VALUE]")]
    pub codegen: Vec<String>,
    /// Compare each with code for this processor as well (native: this machine's). Names have `+cpu` then.
    #[arg(long, value_name = "CPU")]
    pub cpu: Option<String>,
    /// Where std comes from: prebuilt, or source: each back end with std compiled from its source (rust-src or
    /// BESSEMER_RUST_SRC) as well. Names have `+std` then.
    #[arg(long, value_name = "FROM", default_value = "prebuilt", value_parser = ["prebuilt", "source"])]
    pub std: String,
    #[command(flatten)]
    pub used: Used,
}

/// How a comparison is made and shown: the same for files and packages.
#[derive(Args, Clone, PartialEq, Eq, Debug)]
pub struct CompareLook {
    /// Compare only these, besides rustc -O 3: back ends (or rustc), levels, or both as in llvm:3, with `+std` or `+cpu` behind
    /// for these variants alone.
    #[arg(long, value_name = "WHAT", value_delimiter = ',')]
    pub only: Vec<String>,
    /// Compare only those whose names, as in `llvm -O 3`, contain this.
    #[arg(long, value_name = "TEXT", allow_hyphen_values = true)]
    pub filter: Option<String>,
    /// How often each program is run.
    #[arg(long, value_name = "N", default_value_t = 10)]
    pub rounds: u32,
    /// How often each build is made [default: 3; of packages 1].
    #[arg(long, value_name = "N")]
    pub builds: Option<u32>,
    /// Print JSON.
    #[arg(long)]
    pub json: bool,
    /// Print Markdown.
    #[arg(long, conflicts_with = "json")]
    pub markdown: bool,
    /// Write a page with a picture of build time against run time.
    #[arg(long, value_name = "FILE")]
    pub html: Option<PathBuf>,
}

/// Options that say how to compile.
#[derive(Args, Debug)]
pub struct CompileArgs {
    /// The back end: llvm (best code), cranelift (fastest compile), one that your configuration names, or exec:PATH for a
    /// program that is one.
    #[arg(long, value_name = "NAME")]
    pub backend: Option<String>,
    /// Who makes the crate's bodies: rustc, or our own front end (own) where it is sure, and rustc elsewhere. --report tells
    /// how many of each.
    #[arg(long, value_name = "WHO", default_value = "rustc", value_parser = parse_front_end)]
    pub front_end: FrontEnd,
    /// How hard to optimise: 0, 1, 2, 3, s or z; 3 where no level follows.
    // A level that follows as a word of its own is joined to it before (`normalized`).
    #[arg(short = 'O', value_name = "LEVEL", value_parser = parse_opt, num_args = 0..=1, require_equals = true,
          default_missing_value = "3")]
    pub opt: Option<OptLevel>,
    /// The same as -O 3.
    #[arg(long, conflicts_with = "opt")]
    pub release: bool,
    /// The same as --debuginfo 2.
    #[arg(short = 'g', conflicts_with = "debuginfo")]
    pub debug: bool,
    /// Debug information: 0 none, 1 lines, 2 variables and types too.
    #[arg(long, value_name = "LEVEL", value_parser = parse_debug)]
    pub debuginfo: Option<DebugInfo>,
    /// The Rust edition.
    #[arg(long, value_name = "EDITION", default_value = "2024")]
    pub edition: String,
    /// The crate's tests, with the harness that runs them, instead of the program.
    #[arg(long)]
    pub test: bool,
    /// What to make of the crate, instead of what its `#![crate_type]` says: bin, lib, cdylib, staticlib.
    #[arg(long = "crate-type", value_name = "TYPES", value_delimiter = ',', value_parser = parse_crate_type)]
    pub crate_types: Vec<OutputCrateType>,
    /// Set a `cfg`.
    #[arg(long, value_name = "SPEC")]
    pub cfg: Vec<String>,
    /// Which `cfg`s there may be: others are warned of.
    #[arg(long, value_name = "SPEC")]
    pub check_cfg: Vec<String>,
    /// The crate's name.
    #[arg(long, value_name = "NAME")]
    pub crate_name: Option<String>,
    /// A codegen option of rustc's: panic, strip, linker, link-arg, target-cpu, target-feature, relocation-model,
    /// force-frame-pointers, overflow-checks, debug-assertions, opt-level, debuginfo and others. One that has no effect here is
    /// told.
    #[arg(short = 'C', long = "codegen", value_name = "OPTION[=VALUE]")]
    pub codegen: Vec<String>,
    /// Allow a lint.
    #[arg(short = 'A', long = "allow", value_name = "LINT")]
    pub allow: Vec<String>,
    /// Warn of a lint.
    #[arg(short = 'W', long = "warn", value_name = "LINT")]
    pub warn: Vec<String>,
    /// Warn of a lint, whatever the source says.
    #[arg(long, value_name = "LINT")]
    pub force_warn: Vec<String>,
    /// Make a lint an error.
    #[arg(short = 'D', long = "deny", value_name = "LINT")]
    pub deny: Vec<String>,
    /// Make a lint an error that the source cannot allow.
    #[arg(short = 'F', long = "forbid", value_name = "LINT")]
    pub forbid: Vec<String>,
    /// All of these in the order of the command line, as rustc takes them: which level a lint has depends on it.
    #[arg(skip)]
    pub lints: Vec<(&'static str, String)>,
    /// The most severe level that lints have: allow, warn, deny, forbid.
    #[arg(long, value_name = "LEVEL")]
    pub cap_lints: Option<String>,
    #[command(flatten)]
    pub used: Used,
    /// What to compile for, instead of this machine: a target triple, or a JSON file that describes a target.
    #[arg(long, value_name = "TARGET")]
    pub target: Option<String>,
    /// Where std comes from: prebuilt (as rustc compiled it), source (compiled with the program), or auto: prebuilt where the
    /// toolchain has it for the target.
    #[arg(long, value_name = "FROM", default_value = "auto", value_parser = parse_std)]
    pub std: StdChoice,
    /// The source of std, for targets without a compiled one: the folder `library` of Rust's source.
    #[arg(long, value_name = "FOLDER")]
    pub rust_src: Option<PathBuf>,
    /// Print something that rustc knows, instead of compiling: cfg, sysroot, target-cpus and others; or, while compiling,
    /// link-args or native-static-libs.
    #[arg(long, value_name = "WHAT")]
    pub print: Vec<String>,
    /// Explain an error by its number, as rustc does.
    #[arg(long, value_name = "CODE")]
    pub explain: Option<String>,
    /// Tell what was done: stages with their times, functions, caches, other back ends, sizes, memory; as text or json.
    // A format that follows as a word of its own is joined to it before (`normalized`).
    #[arg(long, visible_alias = "time", value_name = "FORMAT", num_args = 0..=1, require_equals = true,
          default_missing_value = "text")]
    pub report: Option<ReportFormat>,
    /// Diagnostics and reports as JSON lines.
    #[arg(long)]
    pub json: bool,
    /// Coloured output.
    #[arg(long, value_name = "WHEN", default_value = "auto")]
    pub color: Color,
    /// Say more about what is done.
    #[arg(short = 'v', long, action = ArgAction::Count)]
    pub verbose: u8,
    /// Say nothing but warnings and errors.
    #[arg(short = 'q', long, conflicts_with = "verbose")]
    pub quiet: bool,
}

/// The options of rustc's that give lints a level.
const LINTS: [&str; 5] = ["allow", "warn", "force_warn", "deny", "forbid"];

impl Cli {
    /// Reads a command line, the program's name first. Ends the process where it is wrong or asks for help.
    pub fn read(args: impl IntoIterator<Item = OsString>) -> Cli {
        let matches = Cli::command().get_matches_from(normalized(args));
        let mut cli = Cli::from_arg_matches(&matches).unwrap_or_else(|error| error.exit());
        let compile = match &mut cli.command {
            Command::Run { compile, .. } | Command::Build { compile, .. } | Command::Check { compile, .. } => compile,
            Command::Bloat(BloatArgs { compile, .. }) => compile,
            Command::Asm(AsmArgs { code: CodeArgs { compile, .. }, .. }) => compile,
            Command::LlvmIr(args) | Command::Mir(args) | Command::Lir(args) | Command::Clif(args) => &mut args.compile,
            _ => return cli,
        };
        if let Some((_, matches)) = matches.subcommand() {
            compile.lints = lints(matches);
        }
        cli
    }
}

fn lints(matches: &ArgMatches) -> Vec<(&'static str, String)> {
    let mut all: Vec<(usize, &'static str, String)> = Vec::new();
    for level in LINTS {
        let indices = matches.indices_of(level).into_iter().flatten();
        let values = matches.get_many::<String>(level).into_iter().flatten();
        all.extend(indices.zip(values).map(|(index, value)| (index, level, value.clone())));
    }
    all.sort_unstable();
    all.into_iter().map(|(_, level, value)| (level, value)).collect()
}

/// A command line in which a value that may be left out is joined to its option: rustc's `-O` has none, and `-O 3` and
/// `--report json` are words for people. What follows a program that is run is the program's.
fn normalized(args: impl IntoIterator<Item = OsString>) -> Vec<OsString> {
    let cli = Cli::command();
    let mut args = args.into_iter();
    let mut all: Vec<OsString> = args.by_ref().take(2).collect();
    let Some(command) = all.get(1).and_then(|name| cli.find_subcommand(name)) else {
        all.extend(args);
        return all;
    };
    let mut args = args.peekable();
    while let Some(arg) = args.next() {
        let text = arg.to_str().unwrap_or_default();
        let is_value: fn(&str) -> bool = match text {
            "--" => {
                all.push(arg);
                break;
            }
            "-O" => |next| matches!(next, "s" | "z") || !next.is_empty() && next.bytes().all(|it| it.is_ascii_digit()),
            "--report" | "--time" => |next| matches!(next, "text" | "json"),
            _ => {
                let is_program = command.get_name() == "run" && (!text.starts_with('-') || text == "-");
                let level = text.strip_prefix("-O").filter(|level| !level.is_empty() && !level.starts_with('='));
                let next = if needs_value(command, text) { args.next() } else { None };
                all.push(level.map_or(arg.clone(), |level| format!("-O={level}").into()));
                all.extend(next);
                if is_program {
                    break;
                }
                continue;
            }
        };
        let value = args.next_if(|next| next.to_str().is_some_and(is_value));
        let mut joined = arg;
        if let Some(value) = value {
            joined.push("=");
            joined.push(value);
        }
        all.push(joined);
    }
    all.extend(args);
    all
}

/// Whether the word after an option is its value.
fn needs_value(command: &clap::Command, option: &str) -> bool {
    let arg = match option.strip_prefix("--") {
        Some(long) => command.get_arguments().find(|arg| arg.get_long() == Some(long)),
        None => {
            let mut letters = option.strip_prefix('-').unwrap_or_default().chars();
            let letter = letters.next();
            command
                .get_arguments()
                .find(|arg| letter.is_some() && arg.get_short() == letter && letters.as_str().is_empty())
        }
    };
    arg.is_some_and(|arg| arg.get_action().takes_values() && !arg.is_require_equals_set())
}

fn parse_opt(text: &str) -> Result<OptLevel, String> {
    rustc_args::opt_level(text).ok_or_else(|| "there are the levels 0, 1, 2, 3, s and z".to_owned())
}

fn parse_crate_type(text: &str) -> Result<OutputCrateType, String> {
    OutputCrateType::from_name(text).ok_or_else(|| "there are the types bin, lib, cdylib and staticlib".to_owned())
}

/// The front end of a name.
pub fn parse_front_end(text: &str) -> Result<FrontEnd, String> {
    FrontEnd::from_name(text).ok_or_else(|| "there are rustc and own".to_owned())
}

fn parse_std(text: &str) -> Result<StdChoice, String> {
    StdChoice::from_name(text).ok_or_else(|| "there are auto, prebuilt and source".to_owned())
}

fn parse_debug(text: &str) -> Result<DebugInfo, String> {
    rustc_args::debug_info(text).ok_or_else(|| "there are the levels 0, 1 and 2".to_owned())
}

#[cfg(test)]
mod tests {
    use super::{Cli, Command, normalized};
    use clap::CommandFactory;

    #[test]
    fn the_words_are_well_defined() {
        Cli::command().debug_assert();
    }

    #[test]
    fn lints_keep_their_order() {
        let words = "b check -D unused --allow=dead_code a.rs -Wunused -F unsafe_code";
        let cli = Cli::read(words.split_whitespace().map(Into::into));
        let Command::Check { compile, .. } = cli.command else { panic!("it is a check") };
        let lints: Vec<String> = compile.lints.iter().map(|(level, lint)| format!("{level} {lint}")).collect();
        assert_eq!(lints, ["deny unused", "allow dead_code", "warn unused", "forbid unsafe_code"]);
    }

    #[test]
    fn values_are_joined_to_their_options() {
        let joined = |text: &str| {
            let words = normalized(text.split_whitespace().map(Into::into));
            words.into_iter().map(|word| word.into_string().expect("text")).collect::<Vec<_>>().join(" ")
        };
        for (given, expected) in [
            ("b build -O a.rs", "b build -O a.rs"),
            ("b build -O 2 a.rs", "b build -O=2 a.rs"),
            ("b build -Os a.rs -O 9", "b build -O=s a.rs -O=9"),
            ("b build --report json a.rs", "b build --report=json a.rs"),
            ("b build --report a.rs --time", "b build --report a.rs --time"),
            ("b run -O 3 a.rs -O 3", "b run -O=3 a.rs -O 3"),
            ("b run -O 3 - -O3", "b run -O=3 - -O3"),
            ("b run -O2 -- script -O 3", "b run -O=2 -- script -O 3"),
            ("b run -O 2 --cfg x -C opt-level=1 script -O 3", "b run -O=2 --cfg x -C opt-level=1 script -O 3"),
            ("b cache stats -O 3", "b cache stats -O=3"),
        ] {
            assert_eq!(joined(given), expected);
        }
    }
}
