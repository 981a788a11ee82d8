//! What a command line means for the driver.

use crate::args::{Color, CompileArgs};
use crate::{output, show, suggest};
use backend::{DebugInfo, OptLevel};
use driver::rustc_args::{self, CodegenFault, Effect};
use driver::{BackendChoice, Backends, EmitKind, Options, Source};
use std::ffi::OsString;
use std::io::{IsTerminal, Read};
use std::path::{Path, PathBuf};

/// Options, and what is to be said of them.
pub struct Request {
    pub options: Options,
    /// What was asked for and has no effect.
    pub warnings: Vec<String>,
}

/// Whether colours go where something is shown: as asked, or else to a terminal that has them.
pub fn colors(asked: Color, is_terminal: bool) -> bool {
    match asked {
        Color::Always => true,
        Color::Never => false,
        Color::Auto => is_terminal && !is_dumb() && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty()),
    }
}

/// Whether the terminal shows text only.
pub fn is_dumb() -> bool {
    std::env::var_os("TERM").is_some_and(|term| term == "dumb")
}

/// The back end that was named, by an option or by `BESSEMER_BACKEND`; else the one for code of this level and target.
pub fn choose_backend(
    named: Option<&str>,
    level: OptLevel,
    target: Option<&str>,
    backends: &Backends,
) -> Result<BackendChoice, String> {
    let say = |error: driver::DriverError| error.to_string();
    if let Some(name) = named {
        return backends.choose(name).map_err(|error| say(error) + &suggest::closest(name, &backends.names()));
    }
    match std::env::var("BESSEMER_BACKEND") {
        Ok(name) if !name.is_empty() => backends.choose(&name).map_err(|error| format!("BESSEMER_BACKEND: {error}")),
        _ => Ok(backends.for_level_and_target(level, target)),
    }
}

/// Whether the user has named a back end, rather than leave the choice to the rule.
fn is_backend_named(named: Option<&str>) -> bool {
    named.is_some() || std::env::var_os("BESSEMER_BACKEND").is_some_and(|name| !name.is_empty())
}

/// Adds the kinds of output that `--emit` names, with the files that it names for them.
pub fn add_emit(options: &mut Options, words: &[String]) -> Result<(), String> {
    options.emit.clear();
    for word in words {
        let (name, path) = match word.split_once('=') {
            Some((name, path)) => (name, Some(PathBuf::from(path))),
            None => (word.as_str(), None),
        };
        let kind = EmitKind::from_name(name, options.backend.all()).ok_or_else(|| {
            let names = EmitKind::names(options.backend.all());
            let names: Vec<&str> = names.iter().map(String::as_str).collect();
            let there_are = names.join(", ");
            let closest = suggest::closest(name, &names);
            format!("`--emit {name}`: there is no such kind of output; there are: {there_are}{closest}")
        })?;
        if let Some(path) = path {
            options.emit_paths.insert(kind.clone(), path);
        }
        if !options.emit.contains(&kind) {
            options.emit.push(kind);
        }
    }
    Ok(())
}

impl CompileArgs {
    /// The options that these arguments mean for a source.
    pub fn request(&self, file: &Path, backends: &Backends) -> Result<Request, String> {
        // Anything will do until the level is known.
        let mut options = Options::new(Source::File(file.to_owned()), backends.best());
        let mut warnings = Vec::new();
        options.opt = self.opt.unwrap_or(if self.release { OptLevel::O3 } else { OptLevel::O0 });
        options.debug = self.debuginfo.unwrap_or(if self.debug { DebugInfo::Full } else { DebugInfo::None });
        options.test = self.test;
        options.front_end = self.front_end;
        options.target.clone_from(&self.target);
        options.std = self.std;
        options.rust_src.clone_from(&self.rust_src);
        options.edition.clone_from(&self.edition);
        options.cfgs.clone_from(&self.cfg);
        options.crate_name.clone_from(&self.crate_name);
        options.externs.clone_from(&self.used.externs);
        options.search_paths.clone_from(&self.used.search_paths);
        options.libraries.clone_from(&self.used.libraries);
        options.json = self.json;
        options.color = self.color();
        for option in &self.codegen {
            warnings.extend(apply_codegen(&mut options, option)?);
        }
        options.check_args.extend(self.lints());
        options.backend = choose_backend(self.backend.as_deref(), options.opt, self.target.as_deref(), backends)?;
        options.settle_back_end(is_backend_named(self.backend.as_deref())).map_err(|error| error.to_string())?;
        // Last, as it may wait for somebody at a terminal.
        if file.as_os_str() == "-" {
            let mut text = Vec::new();
            std::io::stdin().read_to_end(&mut text).map_err(|error| format!("cannot read standard input: {error}"))?;
            options.source = Source::Text(text);
        }
        Ok(Request { options, warnings })
    }

    pub fn color(&self) -> bool {
        colors(self.color, std::io::stderr().is_terminal())
    }

    pub fn style(&self) -> show::Style {
        show::Style { json: self.json, color: self.color(), verbose: self.verbose > 0 }
    }

    /// What decides which lints rustc warns of.
    fn lints(&self) -> Vec<OsString> {
        let lints = self.lints.iter().map(|(level, lint)| (format!("--{}", level.replace('_', "-")), lint));
        let cfgs = self.check_cfg.iter().map(|spec| ("--check-cfg".to_owned(), spec));
        let cap = self.cap_lints.iter().map(|level| ("--cap-lints".to_owned(), level));
        lints.chain(cfgs).chain(cap).flat_map(|(flag, value)| [OsString::from(flag), value.into()]).collect()
    }

    /// What rustc is to be asked instead of compiling, if anything.
    pub fn question(&self, file: Option<&Path>) -> Option<Vec<OsString>> {
        let mut args: Vec<OsString> = Vec::new();
        if let Some(code) = &self.explain {
            args.extend(["--explain".into(), code.into()]);
            return Some(args);
        }
        let is_about_linking = |what: &String| output::PRINTED_WHILE_COMPILING.contains(&what.as_str());
        if self.print.is_empty() || self.print.iter().all(is_about_linking) {
            return None;
        }
        args.extend(self.print.iter().flat_map(|what| [OsString::from("--print"), what.into()]));
        args.extend(["--edition".into(), OsString::from(&self.edition)]);
        for (flag, values) in [("-C", &self.codegen), ("--cfg", &self.cfg)] {
            args.extend(values.iter().flat_map(|value| [OsString::from(flag), value.into()]));
        }
        if self.test {
            args.push("--test".into());
        }
        args.extend(self.target.iter().flat_map(|target| [OsString::from("--target"), target.into()]));
        args.extend(self.crate_name.iter().flat_map(|name| [OsString::from("--crate-name"), name.into()]));
        args.extend(file.map(Into::into));
        Some(args)
    }
}

/// Does what a codegen option says. Gives a warning if that has no effect.
fn apply_codegen(options: &mut Options, option: &str) -> Result<Option<String>, String> {
    let (name, value) = match option.split_once('=') {
        Some((name, value)) => (name.trim(), Some(value)),
        None => (option.trim(), None),
    };
    let name = name.replace('_', "-");
    match rustc_args::codegen(options, &name, value) {
        Ok(Effect::Done) => Ok(None),
        Ok(effect) => {
            // rustc says whether the value makes sense.
            options.check_args.extend(["-C".into(), OsString::from(option)]);
            let is_missing = effect == Effect::Missing;
            Ok(is_missing.then(|| format!("`-C {option}` has no effect: Bessemer does not do that yet")))
        }
        Err(CodegenFault::Words(words)) => Err(format!("`-C {option}`: {words}")),
        Err(CodegenFault::Unsupported(message)) => Err(message),
        Err(CodegenFault::Unknown) => {
            let names = rustc_args::codegen_names();
            Err(format!(
                "`-C {name}` is not an option; there are {}{}",
                names.join(", "),
                suggest::closest(&name, &names)
            ))
        }
    }
}
