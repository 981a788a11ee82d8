//! `cargo bessemer explore`.

use super::chosen::{Chosen, Started, start, with_arguments};
use crate::args::{EXPLORE, ExploreLook};
use crate::explore::{self, Package};
use crate::{show, workspace};
use clap::Args;
use driver::{Backends, DriverError};
use serde_json::Value;
use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

fn command() -> clap::Command {
    let command = clap::Command::new("cargo bessemer explore")
        .about("Show a package's source and what it is compiled to side by side, on a page of this machine")
        .override_usage("cargo bessemer explore [OPTIONS] [CARGO OPTIONS…]")
        .after_help(EXPLORE);
    let lib = clap::Arg::new("lib").long("lib").action(clap::ArgAction::SetTrue);
    let command = with_arguments(command, "Its arguments, for --profile");
    ExploreLook::augment_args(command.arg(lib.help_heading("cargo's options")))
}

/// Runs the command with the arguments after its name.
pub fn main_with(backends: &Backends, args: Vec<OsString>) -> ExitCode {
    let started = match start::<ExploreLook>(command(), backends, args) {
        Ok(started) => started,
        Err(code) => return code,
    };
    let Started { backends, cargo, matches, look, program_args, chosen } = started;
    let Chosen { mut args, manifest } = chosen;
    let value = |name: &str| matches.get_one::<OsString>(name).map(|value| value.to_string_lossy().into_owned());
    let wanted = Wanted {
        package: value("package"),
        program: value("bin").map(|name| ("bin", name)).or_else(|| value("example").map(|name| ("example", name))),
        is_library: matches.get_flag("lib"),
    };
    let found = workspace::metadata(&cargo, manifest.as_deref(), &["--no-deps"]).and_then(|metadata| {
        let here = std::env::current_dir().map_err(|error| error.to_string())?;
        let folder = PathBuf::from(metadata["target_directory"].as_str().unwrap_or_default());
        Ok((find(&metadata, manifest.as_deref().unwrap_or(&here), &wanted)?, folder.join("bessemer")))
    });
    let (found, target_dir) = match found {
        Ok(found) => found,
        Err(message) => return show::error(&DriverError::Usage(message), show::Style::default()),
    };
    if let Some(manifest) = manifest {
        args.extend(["--manifest-path".into(), std::path::absolute(&manifest).unwrap_or(manifest).into()]);
    }
    if wanted.package.is_none() {
        args.extend(["--package".into(), (&found.package).into()]);
    }
    match &*found.kind {
        "lib" => args.push("--lib".into()),
        kind if wanted.program.is_none() => args.extend([format!("--{kind}").into(), (&found.name).into()]),
        _ => {}
    }
    let package = Package { cargo, args, file: found.file, name: found.name, target_dir, is_profiled: look.profile };
    explore::package(package, &look, &program_args, &backends).unwrap_or_else(|code| code)
}

/// What somebody wants to look at.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
struct Wanted {
    package: Option<String>,
    program: Option<(&'static str, String)>,
    is_library: bool,
}

/// What that is.
#[derive(Clone, PartialEq, Eq, Debug)]
struct Found {
    package: String,
    /// `bin`, `example`, `lib`.
    kind: String,
    name: String,
    /// The file that its source begins with.
    file: PathBuf,
}

/// Finds what is wanted: the one program of the package, or else its library.
fn find(metadata: &Value, here: &Path, wanted: &Wanted) -> Result<Found, String> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let packages: Vec<&Value> = metadata["packages"].as_array().into_iter().flatten().collect();
    let folder = |package: &Value| Path::new(&text(&package["manifest_path"])).parent().map(Path::to_owned);
    let is_default = |package: &Value| {
        let members = metadata["workspace_default_members"].as_array().into_iter().flatten();
        members.into_iter().any(|member| *member == package["id"])
    };
    let mut fitting: Vec<&Value> = match &wanted.package {
        Some(name) => packages.iter().copied().filter(|package| package["name"] == **name).collect(),
        // The one around where we are, the innermost first.
        None => {
            let is_around = |package: &&Value| folder(package).is_some_and(|folder| here.starts_with(folder));
            let around = packages.iter().copied().filter(is_around).max_by_key(|package| folder(package));
            around.map_or_else(|| packages.iter().copied().filter(|it| is_default(it)).collect(), |it| vec![it])
        }
    };
    let kind_of = |target: &Value| -> Option<&'static str> {
        let kinds: Vec<&str> = target["kind"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
        let is = |kind: &str| kinds.contains(&kind);
        match () {
            () if is("bin") => Some("bin"),
            () if is("example") => Some("example"),
            () if is("lib") || is("rlib") || is("cdylib") || is("staticlib") => Some("lib"),
            () => None,
        }
    };
    let mut targets: Vec<Found> = Vec::new();
    for package in fitting.drain(..) {
        for target in package["targets"].as_array().into_iter().flatten() {
            let Some(kind) = kind_of(target) else { continue };
            let (package, name) = (text(&package["name"]), text(&target["name"]));
            targets.push(Found { package, kind: kind.to_owned(), name, file: text(&target["src_path"]).into() });
        }
    }
    match (&wanted.program, wanted.is_library) {
        (Some((kind, name)), _) => targets.retain(|it| it.kind == *kind && it.name == *name),
        (None, true) => targets.retain(|it| it.kind == "lib"),
        (None, false) => {
            let wanted = if targets.iter().any(|it| it.kind == "bin") { "bin" } else { "lib" };
            targets.retain(|it| it.kind == wanted);
        }
    }
    let names: Vec<&OsStr> = targets.iter().map(|it| it.name.as_ref()).collect();
    match targets.len() {
        1 => Ok(targets.remove(0)),
        0 => {
            Err("there is no such program or library\n  help: choose one with -p, --bin, --lib or --example".to_owned())
        }
        _ => {
            let names = names.join(OsStr::new(", "));
            let names = names.to_string_lossy();
            Err(format!("there are several: {names}\n  help: choose one with -p, --bin, --lib or --example"))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Wanted, find};
    use serde_json::json;
    use std::path::Path;

    #[test]
    fn the_words_are_well_defined() {
        super::command().debug_assert();
    }

    #[test]
    fn one_target_is_meant() {
        let target =
            |kind: &str, name: &str| json!({ "kind": [kind], "name": name, "src_path": format!("/w/{name}.rs") });
        let metadata = json!({ "workspace_default_members": ["1"], "packages": [
            { "id": "1", "name": "a", "manifest_path": "/w/Cargo.toml",
              "targets": [target("lib", "a"), target("bin", "a"), target("example", "e"), target("custom-build", "b")] },
            { "id": "2", "name": "b", "manifest_path": "/w/b/Cargo.toml", "targets": [target("bin", "x"), target("bin", "y")] },
        ]});
        let found = |here: &str, wanted: Wanted| {
            find(&metadata, Path::new(here), &wanted).map(|it| format!("{} {} {}", it.package, it.kind, it.name))
        };
        let program = |kind, name: &str| Some((kind, name.to_owned()));
        assert_eq!(found("/w", Wanted::default()).expect("one"), "a bin a");
        assert_eq!(found("/elsewhere", Wanted::default()).expect("one"), "a bin a");
        assert_eq!(found("/w", Wanted { is_library: true, ..Wanted::default() }).expect("one"), "a lib a");
        assert_eq!(
            found("/w/src", Wanted { program: program("example", "e"), ..Wanted::default() }).expect("one"),
            "a example e"
        );
        assert_eq!(
            found("/w/b/src", Wanted { program: program("bin", "y"), ..Wanted::default() }).expect("one"),
            "b bin y"
        );
        assert!(found("/w/b", Wanted::default()).expect_err("two").contains("x, y"));
        let wanted = Wanted { package: Some("b".to_owned()), program: program("bin", "z"), ..Wanted::default() };
        assert!(found("/w", wanted).is_err());
    }
}
