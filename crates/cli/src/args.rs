//! The command line.

use backend::{DebugInfo, OptLevel};
use clap::{Args, Parser, Subcommand, ValueEnum};
use driver::rustc_args;
use driver::{BackendChoice, Backends, EmitKind, Options, OutputCrateType, Source, StdChoice};
use std::ffi::OsString;
use std::io::{IsTerminal, Read};
use std::path::PathBuf;

/// Compiles Rust with a back end of your choice.
#[derive(Parser, Debug)]
#[command(
    name = "bessemer",
    version,
    about,
    after_help = "Examples:\n  bessemer run hello.rs\n  bessemer run prog.rs -- one two\n  bessemer build --release -o prog prog.rs\n  \
                  bessemer build --backend cranelift --emit lir,clif prog.rs\n  echo 'fn main() { println!(\"hi\") }' | bessemer run -"
)]
pub struct Cli {
    #[command(subcommand)]
    pub command: Command,
}

#[derive(Subcommand, Debug)]
pub enum Command {
    /// Compile a program and run it at once, in memory.
    Run {
        #[command(flatten)]
        compile: CompileArgs,
        /// The program's arguments, after `--`.
        #[arg(last = true)]
        args: Vec<OsString>,
    },
    /// Compile a program to a file.
    Build {
        #[command(flatten)]
        compile: CompileArgs,
        /// Write the result to FILE.
        #[arg(short = 'o', value_name = "FILE")]
        output: Option<PathBuf>,
        /// Write results into FOLDER.
        #[arg(long, value_name = "FOLDER")]
        out_dir: Option<PathBuf>,
        /// What to write: link, obj, asm, mir, lir, or a back end's own form: llvm-ir, llvm-bc, clif.
        #[arg(long, value_name = "KINDS", value_delimiter = ',', default_value = "link")]
        emit: Vec<String>,
    },
    /// Report errors and warnings only.
    Check {
        #[command(flatten)]
        compile: CompileArgs,
    },
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
        /// What a panic does: unwind or abort. The target's own way where nothing is said.
        #[arg(long, value_name = "STRATEGY", value_parser = ["unwind", "abort"])]
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

/// Options that say what to compile and how.
#[derive(Args, Debug)]
pub struct CompileArgs {
    /// The program's source file; `-` reads it from standard input.
    #[arg(value_name = "FILE.rs")]
    pub file: PathBuf,
    /// The back end: llvm (best code), cranelift (fastest compile), one that your configuration names, or exec:PATH for a
    /// program that is one.
    #[arg(long, value_name = "NAME")]
    pub backend: Option<String>,
    /// How hard to optimise: 0, 1, 2, 3, s or z.
    #[arg(short = 'O', value_name = "LEVEL", value_parser = parse_opt)]
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
    /// The crate's name.
    #[arg(long, value_name = "NAME")]
    pub crate_name: Option<String>,
    /// A codegen option: panic=abort|unwind, overflow-checks=on|off, debug-assertions=on|off, target-cpu=CPU,
    /// target-feature=FEATURES, opt-level=LEVEL, debuginfo=LEVEL, linker=PROGRAM, link-arg=ARG.
    #[arg(short = 'C', long = "codegen", value_name = "OPTION")]
    pub codegen: Vec<String>,
    /// Use a compiled crate.
    #[arg(long = "extern", value_name = "NAME=PATH")]
    pub externs: Vec<String>,
    /// Add a folder to the library search path.
    #[arg(short = 'L', value_name = "[KIND=]PATH")]
    pub search_paths: Vec<String>,
    /// Link a native library.
    #[arg(short = 'l', value_name = "[KIND=]NAME")]
    pub libraries: Vec<String>,
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
    /// Print a table of the stages with their times and counts.
    #[arg(long)]
    pub time: bool,
    /// Diagnostics and reports as JSON lines.
    #[arg(long)]
    pub json: bool,
    /// Coloured output.
    #[arg(long, value_name = "WHEN", default_value = "auto")]
    pub color: Color,
    /// Say more about what is done.
    #[arg(short = 'v', long)]
    pub verbose: bool,
}

/// The kinds of output that `--emit` names.
pub fn emit_kinds(names: &[String], backends: &Backends) -> Result<Vec<EmitKind>, String> {
    let kind = |name: &String| {
        EmitKind::from_name(name, backends).ok_or_else(|| {
            let names = EmitKind::names(backends).join(", ");
            format!("`--emit {name}`: there is no such kind of output; there are: {names}")
        })
    };
    names.iter().map(kind).collect()
}

fn parse_opt(text: &str) -> Result<OptLevel, String> {
    rustc_args::opt_level(text).ok_or_else(|| "there are the levels 0, 1, 2, 3, s and z".to_owned())
}

fn parse_crate_type(text: &str) -> Result<OutputCrateType, String> {
    OutputCrateType::from_name(text).ok_or_else(|| "there are the types bin, lib, cdylib and staticlib".to_owned())
}

fn parse_std(text: &str) -> Result<StdChoice, String> {
    StdChoice::from_name(text).ok_or_else(|| "there are auto, prebuilt and source".to_owned())
}

fn parse_debug(text: &str) -> Result<DebugInfo, String> {
    rustc_args::debug_info(text).ok_or_else(|| "there are the levels 0, 1 and 2".to_owned())
}

fn parse_switch(name: &str, value: Option<&str>) -> Result<bool, String> {
    let wrong = || format!("`-C {name}={}`: it can be on or off", value.unwrap_or_default());
    rustc_args::switch(value).ok_or_else(wrong)
}

impl CompileArgs {
    /// The options that these arguments mean. `default_backend` is used where none of the back ends is named.
    pub fn options(
        &self,
        backends: &Backends,
        default_backend: impl FnOnce(&Backends) -> BackendChoice,
    ) -> Result<Options, String> {
        let backend = match &self.backend {
            Some(name) => backends.choose(name).map_err(|error| error.to_string())?,
            None => default_backend(backends),
        };
        let source = if self.file.as_os_str() == "-" {
            let mut text = Vec::new();
            std::io::stdin().read_to_end(&mut text).map_err(|error| format!("cannot read standard input: {error}"))?;
            Source::Text(text)
        } else {
            Source::File(self.file.clone())
        };
        let mut options = Options::new(source, backend);
        options.opt = self.opt.unwrap_or(if self.release { OptLevel::O3 } else { OptLevel::O0 });
        options.debug = self.debuginfo.unwrap_or(if self.debug { DebugInfo::Full } else { DebugInfo::None });
        options.test = self.test;
        options.target.clone_from(&self.target);
        options.std = self.std;
        options.rust_src.clone_from(&self.rust_src);
        options.edition.clone_from(&self.edition);
        options.cfgs.clone_from(&self.cfg);
        options.crate_name.clone_from(&self.crate_name);
        options.externs.clone_from(&self.externs);
        options.search_paths.clone_from(&self.search_paths);
        options.libraries.clone_from(&self.libraries);
        options.json = self.json;
        options.color = match self.color {
            Color::Always => true,
            Color::Never => false,
            Color::Auto => {
                std::io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty())
            }
        };
        for option in &self.codegen {
            self.apply_codegen(&mut options, option)?;
        }
        Ok(options)
    }

    fn apply_codegen(&self, options: &mut Options, option: &str) -> Result<(), String> {
        let (name, value) = match option.split_once('=') {
            Some((name, value)) => (name.trim(), Some(value)),
            None => (option.trim(), None),
        };
        let needed = || value.ok_or_else(|| format!("`-C {name}` needs a value: `-C {name}=…`"));
        match name.replace('_', "-").as_str() {
            "panic" => {
                options.panic_abort = match needed()? {
                    "abort" => true,
                    "unwind" => false,
                    other => return Err(format!("`-C panic={other}`: it can be abort or unwind")),
                }
            }
            "overflow-checks" => options.overflow_checks = Some(parse_switch(name, value)?),
            "debug-assertions" => options.debug_assertions = Some(parse_switch(name, value)?),
            "target-cpu" => options.target_cpu = Some(needed()?.to_owned()),
            "target-feature" => options.target_features = Some(needed()?.to_owned()),
            "opt-level" => options.opt = parse_opt(needed()?)?,
            "debuginfo" => options.debug = parse_debug(value.unwrap_or("2"))?,
            "linker" => options.linker = Some(PathBuf::from(needed()?)),
            "link-arg" => options.link_args.push(needed()?.to_owned()),
            "link-args" => options.link_args.extend(needed()?.split_whitespace().map(str::to_owned)),
            _ => {
                return Err(format!(
                    "`-C {name}` is not an option of Bessemer; there are panic, overflow-checks, debug-assertions, \
                     target-cpu, target-feature, opt-level, debuginfo, linker, link-arg"
                ));
            }
        }
        Ok(())
    }
}
