//! `bessemer explore` and `cargo bessemer explore`: a page on which source and code stand side by side.
//!
//! The page and its server are the crate `explore`. Here is who compiles for it: a process for each pane ([`worker`]), which this one
//! starts, asks and ends ([`pool`]).

mod child;
mod pool;
mod profile;
mod remarks;
mod sources;
mod subject;
mod why;
pub mod worker;

use crate::args::{ExploreArgs, ExploreLook};
use crate::signals::Interrupts;
use crate::{output, show};
use driver::{Backends, DriverError};
use explore::api::Configuration;
use pool::Pool;
use serde_json::{Value, json};
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};
use std::sync::Arc;
use std::time::Duration;
use subject::Subject;

/// The stages: their names, what people call them, and what each is.
const STAGES: [(&str, &str, &str); 7] = [
    ("expanded", "Expanded source", "the source with its macros expanded"),
    ("mir", "MIR", "generic, as rustc made it"),
    ("lir", "LIR", "what back ends get"),
    ("clif", "Cranelift IR", "what Cranelift makes of LIR"),
    ("llvm-ir-initial", "LLVM IR, initial", "before LLVM optimises"),
    ("llvm-ir", "LLVM IR", "after LLVM has optimised"),
    ("asm", "Assembly", "of the object that is linked"),
];

/// A package, for cargo's subcommand.
pub struct Package {
    pub cargo: PathBuf,
    pub args: Vec<OsString>,
    /// The file that is shown at first.
    pub file: PathBuf,
    pub name: String,
    /// Where `cargo bessemer` builds it.
    pub target_dir: PathBuf,
    /// Programs are run, and looked at meanwhile.
    pub is_profiled: bool,
}

/// `bessemer explore`.
pub fn file(args: &ExploreArgs, backends: &Backends) -> Result<ExitCode, ExitCode> {
    let fail = |error| show::error(&error, show::Style::default());
    let file = std::path::absolute(&args.file).unwrap_or_else(|_| args.file.clone());
    std::fs::metadata(&file).map_err(|error| fail(DriverError::Io { path: args.file.clone(), error }))?;
    let mut options: Vec<OsString> = vec!["--edition".into(), (&args.edition).into()];
    for (flag, values) in [("--cfg", &args.cfg), ("-l", &args.used.libraries), ("-C", &args.codegen)] {
        options.extend(values.iter().flat_map(|value| [OsString::from(flag), value.into()]));
    }
    for (flag, values) in [("--extern", &args.used.externs), ("-L", &args.used.search_paths)] {
        options.extend(values.iter().flat_map(|value| [OsString::from(flag), crate::compare::absolute(value).into()]));
    }
    if args.look.profile {
        if args.target.is_some() {
            return Err(show::usage("--profile: what is run is for this machine; --target has another"));
        }
        options.extend(["-C".into(), subject::FRAME_POINTERS.into()]);
    }
    if let Some(target) = &args.target {
        options.extend(["--target".into(), target.into()]);
    }
    let name = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let about = json!({
        "kind": "file",
        "name": name,
        "command": "bessemer",
        "path": args.file.display().to_string(),
        "args": options.iter().map(|word| word.to_string_lossy()).collect::<Vec<_>>(),
    });
    let make =
        |compiler, scratch: &Path| Subject::of_file(compiler, &file, options.clone(), args.crate_type.clone(), scratch);
    explore((&args.look, &args.args), about, 60, backends, make)
}

/// `cargo bessemer explore`.
pub fn package(
    package: Package,
    look: &ExploreLook,
    args: &[OsString],
    backends: &Backends,
) -> Result<ExitCode, ExitCode> {
    let about = json!({
        "kind": "package",
        "name": package.file.file_name().unwrap_or_default().to_string_lossy(),
        "title": package.name,
        "command": "cargo bessemer",
        "path": package.file.display().to_string(),
        "args": package.args.iter().map(|word| word.to_string_lossy()).collect::<Vec<_>>(),
    });
    let remarks = remarks::formats(backends);
    let make = |compiler, _: &Path| Subject::of_package(compiler, package, remarks);
    explore((look, args), about, 1800, backends, make)
}

/// What the first panes show, as asked: `STAGE[:BACKEND[:LEVEL]]`.
fn panes(words: &[String], names: &[String]) -> Result<Vec<Configuration>, String> {
    let default = ["asm".to_owned()];
    let words = if words.is_empty() { &default[..] } else { words };
    if words.len() > 4 {
        return Err("there are at most four panes".to_owned());
    }
    let mut panes = Vec::new();
    for word in words {
        let mut parts = word.split(':');
        let stage = parts.next().unwrap_or_default();
        if !STAGES.iter().any(|(name, ..)| *name == stage) {
            let stages: Vec<&str> = STAGES.iter().map(|(name, ..)| *name).collect();
            let closest = crate::suggest::closest(stage, &stages);
            return Err(format!("`{stage}` is no stage; there are {}{closest}", stages.join(", ")));
        }
        let backend = parts.next().unwrap_or_default();
        if !backend.is_empty() && !names.iter().any(|name| name == backend) {
            return Err(format!("`{backend}` is no back end; there are {}", names.join(", ")));
        }
        let level = parts.next().unwrap_or(if backend == "cranelift" || stage == "clif" { "0" } else { "3" });
        if !["0", "1", "2", "3", "s", "z"].contains(&level) || parts.next().is_some() {
            return Err(format!("`{word}`: there are the levels 0, 1, 2, 3, s and z"));
        }
        let first = names.first().map_or("", |name| name);
        let backend = if backend.is_empty() { first } else { backend };
        let configuration = |backend: &str| Configuration {
            stage: stage.to_owned(),
            backend: backend.to_owned(),
            level: level.to_owned(),
            target: String::new(),
        };
        panes.push(configuration(backend));
    }
    Ok(panes)
}

fn explore(
    (look, args): (&ExploreLook, &[OsString]),
    mut about: Value,
    seconds: u64,
    backends: &Backends,
    make: impl FnOnce(PathBuf, &Path) -> Subject,
) -> Result<ExitCode, ExitCode> {
    let fail = |message: String| show::error(&DriverError::Usage(message), show::Style::default());
    let mut names: Vec<String> = backends.names().into_iter().map(str::to_owned).collect();
    names.extend(backends.programs().into_iter().map(|(name, _)| name));
    if !look.profile && !args.is_empty() {
        return Err(show::usage("arguments of the program are for --profile, which runs it"));
    }
    let panes = panes(&look.panes, &names).map_err(|message| show::usage(&message))?;
    let stages: Vec<Value> = STAGES
        .iter()
        .map(|(name, label, about)| {
            // A back end's own form is made by it alone.
            let backend = backends.format(name).map(|(choice, _)| choice.name().to_owned());
            json!({ "name": name, "label": label, "about": about, "backend": backend })
        })
        .collect();
    about["stages"] = stages.into();
    about["backends"] = json!(names);
    // Who says why calls are not inlined.
    about["remarks"] = json!(remarks::formats(backends).into_keys().collect::<Vec<_>>());
    let mut targets: Vec<String> = Vec::new();
    for triple in backends.iter().flat_map(|backend| backend.capabilities().triples) {
        if !targets.iter().any(|known| *known == *triple) {
            targets.push(triple.into_owned());
        }
    }
    about["targets"] = json!(targets);
    about["levels"] = json!(["0", "1", "2", "3", "s", "z"]);
    about["panes"] = json!(panes);
    about["profile"] = look.profile.into();
    about["version"] = env!("CARGO_PKG_VERSION").into();
    let limit = Duration::from_secs(look.limit.unwrap_or(seconds));
    about["limit"] = limit.as_secs().into();
    let scratch = tempfile::Builder::new().prefix("bessemer-explore-").tempdir();
    let scratch = scratch.map_err(|error| fail(format!("a temporary folder cannot be made: {error}")))?;
    let compiler = std::env::current_exe().map_err(|error| fail(error.to_string()))?;
    let interrupts = Interrupts::watch();
    let profiled = look.profile.then(|| args.to_vec());
    let pool = Arc::new(Pool::new(make(compiler, scratch.path()), about, limit, scratch.path(), profiled));
    let result = match &look.export {
        Some(folder) => {
            let written = explore::export::write(&*pool, &panes, folder);
            match written {
                Ok(()) => Ok(output::print(&format!("{}\n", folder.join("index.html").display()))),
                Err(error) => Err(fail(format!("{}: {error}", folder.display()))),
            }
        }
        None => serve(&pool, look.open, &interrupts).map_err(fail),
    };
    pool.end();
    drop(scratch);
    interrupts.end_if_asked();
    result
}

/// Serves until somebody wants an end.
fn serve(pool: &Arc<Pool>, open: bool, interrupts: &Interrupts) -> Result<ExitCode, String> {
    let server = explore::Server::bind(Arc::clone(pool) as Arc<dyn explore::Compile>);
    let server = server.map_err(|error| format!("there is no place for the page on 127.0.0.1: {error}"))?;
    let address = server.address();
    server.start();
    output::print(&format!("{address}\n"));
    show::say("The page is there until Ctrl-C.\n");
    if open {
        open_browser(&address)?;
    }
    while !interrupts.are_asked() {
        std::thread::sleep(Duration::from_millis(100));
    }
    Ok(ExitCode::SUCCESS)
}

/// Opens the browser that the user has, by what desktops have for that.
fn open_browser(address: &str) -> Result<(), String> {
    let chosen = std::env::var_os("BROWSER").filter(|program| !program.is_empty());
    let program = chosen.unwrap_or_else(|| "xdg-open".into());
    let mut command = Command::new(&program);
    command.arg(address).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    let child = command
        .spawn()
        .map_err(|error| format!("cannot run `{}`: {error}\n  help: open {address} yourself", program.display()))?;
    // Nobody waits for it; it may be the browser itself.
    std::thread::spawn(move || {
        let mut child = child;
        let _ = child.wait();
    });
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::panes;

    #[test]
    fn panes_are_stages_of_back_ends_at_levels() {
        let names = ["llvm".to_owned(), "cranelift".to_owned()];
        let given = |words: &[&str]| {
            let words: Vec<String> = words.iter().map(|word| (*word).to_owned()).collect();
            let panes = panes(&words, &names)?;
            Ok::<_, String>(
                panes.iter().map(|it| format!("{} {} {}", it.stage, it.backend, it.level)).collect::<Vec<_>>(),
            )
        };
        assert_eq!(given(&[]).expect("panes"), ["asm llvm 3"]);
        assert_eq!(
            given(&["asm:cranelift", "mir", "llvm-ir:llvm:s"]).expect("panes"),
            ["asm cranelift 0", "mir llvm 3", "llvm-ir llvm s"]
        );
        for wrong in [&["amm"][..], &["asm:gcc"], &["asm:llvm:9"], &["asm:llvm:1:2"], &["asm"; 5]] {
            assert!(given(wrong).is_err(), "{wrong:?}");
        }
    }
}
