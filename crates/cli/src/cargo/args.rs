//! The command line: Bessemer's own options are taken out, everything else is cargo's.

use super::bloat::{self, BloatRequest};
use super::code::{self, CodeRequest};
use crate::args::{ReportFormat, parse_front_end};
use crate::code::Kind;
use crate::request::is_dumb;
use crate::suggest;
use driver::config::Config;
use driver::{Backends, FrontEnd};
use std::ffi::OsString;
use std::io::IsTerminal;
use std::path::PathBuf;

const HELP: &str = "\
Build, run and test packages with Bessemer's back ends

Usage: cargo bessemer <COMMAND> [OPTIONS] [CARGO OPTIONS…] [-- ARGS…]

Commands:
  build, b    Compile a package
  run, r      Compile and run a program of a package
  check, c    Report errors and warnings only
  test, t     Compile and run tests
  bench       Compile and run benchmarks
  nextest     Compile tests, and run them with cargo-nextest, which is to be installed: cargo bessemer nextest run
  install     Compile and install a program
  clean       Remove what was compiled
  rustc       As build, with more arguments for the compiler
  asm         Show the functions of a program, or the assembly of one: cargo bessemer asm [FUNCTION [NUMBER]]
  llvm-ir, mir, lir, clif
              The same in other forms
  bloat       Show what a program's size is made of, by crate and by function
  explore     Show source and code side by side on a page: cargo bessemer explore [-p NAME] [--bin NAME]
  compare     Compare all back ends at all levels, and rustc: cargo bessemer compare [--bin NAME] [-- ARGS…]

Options:
      --backend <NAME>  cranelift (fastest compile), llvm (best code), or exec:PATH for a program that is one
                        [default: cranelift for unoptimised profiles, llvm for optimised ones]
      --front-end <WHO> Who makes the bodies of programs, libraries and tests: rustc, or own (our front end, and rustc's
                        bodies where that is not sure) [default: rustc]
      --report [FORMAT] Tell where the time went: stages, functions, caches, other back ends, sizes, memory; text, json,
                        or html[=FILE], a page with a timeline
      --fallback        Leave it to plain cargo, with a note, where rustc's release is not one that Bessemer knows
      --intel, --att    (asm) The syntax of assembly [default: --intel]
      --source, --no-source
                        (asm) Put source lines between [default: at a terminal]
      --initial         (llvm-ir) Before LLVM optimises
      --json            (asm and its kin) Show it as JSON
      --crates, -n <N>  (bloat) Crates only; how many functions [default: 30, 0 for all]
      --only, --filter, --rounds, --builds, --markdown, --html
                        (compare) What is compared, how often, and how it is shown: see bessemer compare --help
      --open, --export, --pane, --limit
                        (explore) How the page is shown: see bessemer explore --help
  -h, --help            Print help
  -V, --version         Print version

All other options are cargo's: --release, --profile, -p, --bin, --example, --features, --target-dir, -j, … What is built
lies in `target/bessemer`, where a plain `cargo build` neither looks nor is disturbed.

Examples:
  cargo bessemer run
  cargo bessemer build --release
  cargo bessemer test --backend llvm -p mycrate
  cargo bessemer build --report
  cargo bessemer build --release --report html=build.html
  cargo bessemer asm --release --bin prog main
";

/// What to do.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Request {
    /// cargo's command, by its full name.
    pub command: String,
    pub backend: Option<String>,
    pub front_end: FrontEnd,
    pub report: Option<ReportFormat>,
    /// The report is written as a page: into this file, or where such pages are.
    pub page: Option<Option<PathBuf>>,
    /// Which sizes are shown of what was built.
    pub bloat: Option<BloatRequest>,
    /// What is shown of what was built.
    pub code: Option<CodeRequest>,
    /// Plain cargo does it where rustc's release is not known.
    pub fallback: bool,
    /// What cargo is told, in order, but for configuration.
    pub rest: Vec<OsString>,
    pub profile: Option<String>,
    /// The target directory that the user named.
    pub target_dir: Option<PathBuf>,
    pub manifest_path: Option<PathBuf>,
    /// The folder of the package that `install` is to install.
    pub install_path: Option<PathBuf>,
    /// The values of `--config`. What cargo is told later wins, so they come before ours.
    pub configs: Vec<String>,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Parsed {
    Request(Box<Request>),
    /// Something to print.
    Text(String),
}

const COMMANDS: [(&str, &str); 22] = [
    ("build", "build"),
    ("b", "build"),
    ("run", "run"),
    ("r", "run"),
    ("check", "check"),
    ("c", "check"),
    ("test", "test"),
    ("t", "test"),
    ("bench", "bench"),
    ("install", "install"),
    ("clean", "clean"),
    ("rustc", "rustc"),
    ("doc", "doc"),
    ("nextest", "nextest"),
    // Builds, of which something is shown.
    ("asm", "build"),
    ("llvm-ir", "build"),
    ("mir", "build"),
    ("lir", "build"),
    ("clif", "build"),
    ("bloat", "build"),
    // Many builds.
    ("compare", "compare"),
    ("explore", "explore"),
];

impl Request {
    /// Whether the command may compile something.
    pub fn compiles(&self) -> bool {
        self.command != "clean"
    }

    /// Whether plain cargo may do it: as was asked for, or as the user's configuration file says.
    pub fn may_fall_back(&self) -> Result<bool, String> {
        Ok(self.fallback || Config::load().map_err(|error| error.to_string())?.fallback)
    }

    /// Whether long steps are to be told of: to a person at a terminal who has not asked for silence.
    pub fn shows_progress(&self) -> bool {
        let is_for_programs = |arg: &str| arg.starts_with("--message-format");
        std::io::stderr().is_terminal() && !is_dumb() && !self.is_quiet() && !self.says(is_for_programs)
    }

    /// Whether nothing is to be said but warnings and errors.
    pub fn is_quiet(&self) -> bool {
        self.says(|arg| matches!(arg, "-q" | "--quiet"))
    }

    /// Whether cargo is told something of a kind.
    fn says(&self, kind: impl Fn(&str) -> bool) -> bool {
        self.rest.iter().take_while(|arg| *arg != "--").any(|arg| arg.to_str().is_some_and(&kind))
    }

    /// The profile that decides how final artefacts are compiled.
    pub fn profile_name(&self) -> &str {
        let is_release = self.says(|arg| matches!(arg, "-r" | "--release"));
        match (&self.profile, &*self.command) {
            (Some(profile), _) if profile == "debug" => "dev",
            (Some(profile), _) => profile,
            (None, "bench") => "bench",
            (None, "install") if self.says(|arg| arg == "--debug") => "dev",
            (None, "install") => "release",
            (None, _) if is_release => "release",
            (None, "test" | "nextest") => "test",
            (None, _) => "dev",
        }
    }

    /// Whether all is to be told.
    pub fn is_verbose(&self) -> bool {
        self.says(|arg| matches!(arg, "-v" | "-vv" | "--verbose"))
    }
}

/// Reads the arguments after `cargo bessemer`, where these back ends can be named.
pub fn parse(args: Vec<OsString>, backends: &Backends) -> Result<Parsed, String> {
    let mut args = args.into_iter();
    let mut request = Request::default();
    // Our own options may stand before the command.
    let command = loop {
        let Some(arg) = args.next() else { return Ok(Parsed::Text(HELP.to_owned())) };
        let arg = arg.to_string_lossy().into_owned();
        match arg.as_str() {
            "-h" | "--help" | "help" => return Ok(Parsed::Text(HELP.to_owned())),
            "-V" | "--version" => {
                return Ok(Parsed::Text(format!("cargo-bessemer {}\n", env!("CARGO_PKG_VERSION"))));
            }
            _ if own_option(&mut request, &arg, &mut args, backends)? => {}
            _ => break arg,
        }
    };
    let Some((named, command)) = COMMANDS.iter().find(|it| it.0 == command) else {
        let names: Vec<&str> = COMMANDS.iter().map(|it| it.0).filter(|name| name.len() > 1).collect();
        return Err(match suggest::similar(&command, &names) {
            Some(name) => format!("`cargo bessemer` has no command `{command}`\n  help: did you mean `{name}`?"),
            None => format!("`cargo bessemer` has no command `{command}`; use plain `cargo {command}`"),
        });
    };
    if matches!(*command, "compare" | "explore") {
        return Err(format!("`{command}` comes first, its options after it"));
    }
    request.command = (*command).to_owned();
    if *named == "bloat" {
        let (bloat, rest) = bloat::split(args)?;
        request.bloat = Some(bloat);
        args = rest.into_iter();
    } else if let Some(kind) = Kind::of_command(named) {
        let (code, rest) = code::split(kind, args)?;
        request.command = code.command().to_owned();
        request.code = Some(code);
        args = rest.into_iter();
    }
    while let Some(arg) = args.next() {
        if arg == "--" {
            request.rest.push(arg);
            request.rest.extend(args);
            break;
        }
        // What is not UTF-8 is cargo's to understand.
        let Some(text) = arg.to_str().map(str::to_owned) else {
            request.rest.push(arg);
            continue;
        };
        if own_option(&mut request, &text, &mut args, backends)? {
            continue;
        }
        // Options of cargo's that decide where things are.
        let (name, mut value) = match text.split_once('=') {
            Some((name, value)) => (name, Some(OsString::from(value))),
            None => (text.as_str(), None),
        };
        // What nextest calls a profile is one of its own.
        let profile = if request.command == "nextest" { "--cargo-profile" } else { "--profile" };
        let takes_value =
            name == profile || matches!(name, "--target-dir" | "--manifest-path" | "--color" | "--config" | "--path");
        let is_config = name == "--config";
        if !is_config {
            request.rest.push(arg);
        }
        if takes_value
            && value.is_none()
            && let Some(next) = args.next()
        {
            if !is_config {
                request.rest.push(next.clone());
            }
            value = Some(next);
        }
        let string = |value: Option<OsString>| Some(value?.to_string_lossy().into_owned());
        match name {
            "--target-dir" => request.target_dir = value.map(PathBuf::from),
            "--manifest-path" => request.manifest_path = value.map(PathBuf::from),
            _ if name == profile => request.profile = string(value),
            "--path" => request.install_path = value.map(PathBuf::from),
            "--config" => request.configs.extend(string(value)),
            _ => {}
        }
    }
    Ok(Parsed::Request(Box::new(request)))
}

/// A back end's name that compilations in other folders understand too.
fn known_backend(name: String, backends: &Backends) -> Result<String, String> {
    let name = match name.strip_prefix("exec:") {
        Some(path) => {
            let path = std::path::absolute(path).map_err(|error| format!("`--backend {name}`: {error}"))?;
            format!("exec:{}", path.display())
        }
        None => name,
    };
    let config = Config::load().map_err(|error| error.to_string())?;
    backends.with_config(&config).choose(&name).map_err(|error| error.to_string())?;
    Ok(name)
}

/// Takes an option that is ours. Gives whether it was.
fn own_option(
    request: &mut Request,
    arg: &str,
    args: &mut (impl Iterator<Item = OsString> + Clone),
    backends: &Backends,
) -> Result<bool, String> {
    let mut value = |option: &str| match arg.strip_prefix(option) {
        Some("") => match args.next() {
            Some(value) => Ok(Some(value.to_string_lossy().into_owned())),
            None => Err(format!("`{option}` needs a name")),
        },
        Some(rest) => Ok(rest.strip_prefix('=').map(str::to_owned)),
        None => Ok(None),
    };
    if let Some(backend) = value("--backend")? {
        request.backend = Some(known_backend(backend, backends)?);
        return Ok(true);
    }
    if let Some(who) = value("--front-end")? {
        request.front_end = parse_front_end(&who).map_err(|there_are| format!("`--front-end {who}`: {there_are}"))?;
        return Ok(true);
    }
    if arg == "--fallback" {
        request.fallback = true;
        return Ok(true);
    }
    let format = match arg.strip_prefix("--report") {
        Some("") => match args.clone().next() {
            Some(next)
                if ["json", "text", "html"].iter().any(|it| next == *it)
                    || next.as_encoded_bytes().starts_with(b"html=") =>
            {
                args.next().map(|it| it.to_string_lossy().into_owned())
            }
            _ => Some("text".to_owned()),
        },
        Some(rest) => rest.strip_prefix('=').map(str::to_owned),
        None => None,
    };
    match format.as_deref() {
        None => return Ok(false),
        Some("text") => request.report = Some(ReportFormat::Text),
        Some("json") => request.report = Some(ReportFormat::Json),
        Some("html") => request.page = Some(None),
        Some(other) => match other.strip_prefix("html=").filter(|file| !file.is_empty()) {
            Some(file) => request.page = Some(Some(file.into())),
            None => return Err(format!("`--report={other}`: it can be text, json, html or html=FILE")),
        },
    }
    Ok(true)
}

#[cfg(test)]
mod tests {
    use super::{Parsed, ReportFormat, Request};
    use driver::{Backends, FrontEnd};
    use std::ffi::OsStr;

    fn parse(text: &str) -> Result<Parsed, String> {
        super::parse(text.split_whitespace().map(Into::into).collect(), &Backends::builtin())
    }

    fn request(text: &str) -> Request {
        match parse(text).unwrap() {
            Parsed::Request(request) => *request,
            Parsed::Text(text) => panic!("{text}"),
        }
    }

    #[test]
    fn own_options_are_taken_out() {
        assert_eq!(request("b").front_end, FrontEnd::Rustc);
        assert_eq!(request("b --front-end=own").front_end, FrontEnd::Own);
        assert!(parse("b --front-end gcc").unwrap_err().contains("rustc and own"));
        let it = request("--fallback b --backend llvm -p a --report --profile=fast --target-dir x -- --backend y");
        assert_eq!(it.command, "build");
        assert_eq!(it.backend.as_deref(), Some("llvm"));
        assert!(it.fallback);
        assert_eq!(it.report, Some(ReportFormat::Text));
        assert_eq!(request("b --report json").report, Some(ReportFormat::Json));
        assert_eq!(request("--report b --report=json").report, Some(ReportFormat::Json));
        assert_eq!(request("b --report html").page, Some(None));
        for words in ["b --report html=a.html", "b --report=html=a.html"] {
            assert_eq!(request(words).page, Some(Some("a.html".into())));
        }
        assert!(parse("b --report=html=").is_err());
        assert_eq!(it.target_dir, Some("x".into()));
        assert_eq!(it.profile.as_deref(), Some("fast"));
        assert_eq!(it.rest.join(OsStr::new(" ")), "-p a --profile=fast --target-dir x -- --backend y");
    }

    #[test]
    fn profiles_of_nextest_are_its_own() {
        let it = request("nextest run --profile ci --cargo-profile fast");
        assert_eq!((it.command.as_str(), it.profile_name()), ("nextest", "fast"));
        assert_eq!(it.rest.join(OsStr::new(" ")), "run --profile ci --cargo-profile fast");
        assert_eq!(request("nextest run --profile ci").profile_name(), "test");
        assert_eq!(request("test -r").profile_name(), "release");
    }

    #[test]
    fn wrong_words_are_said() {
        assert!(parse("build --backend gcc").unwrap_err().contains("llvm, cranelift"));
        assert!(parse("publish").unwrap_err().contains("cargo publish"));
        for (word, meant) in [("buidl", "build"), ("tset", "test"), ("chekc", "check"), ("rnu", "run")] {
            assert!(parse(word).unwrap_err().ends_with(&format!("did you mean `{meant}`?")), "{word}");
        }
        assert!(matches!(parse("").unwrap(), Parsed::Text(_)));
    }
}
