//! What is looked at: a file that is edited, or cargo's package.

use super::Package;
use super::remarks::REMARKS;
use super::sources::Sources;
use super::worker::WASM;
use crate::cargo::last_build;
use crate::workspace;
use explore::api::Configuration;
use std::collections::HashMap;
use std::ffi::OsString;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Mutex, PoisonError};

/// What is looked at.
pub struct Subject {
    /// This program.
    compiler: PathBuf,
    kind: Kind,
}

enum Kind {
    File {
        file: PathBuf,
        /// Arguments of `bessemer`.
        args: Vec<OsString>,
        /// The crate's type, where it was asked for.
        crate_type: Option<String>,
        sources: Mutex<Sources>,
    },
    Package {
        cargo: PathBuf,
        /// Arguments of cargo's.
        args: Vec<OsString>,
        /// The file that is shown at first.
        file: PathBuf,
        /// Where `cargo bessemer` builds it.
        target_dir: PathBuf,
        /// What back ends call their remarks, by their names.
        remarks: HashMap<String, String>,
        /// Programs are run, and looked at meanwhile.
        is_profiled: bool,
    },
}

impl Subject {
    /// A file.
    pub fn of_file(
        compiler: PathBuf,
        file: &Path,
        args: Vec<OsString>,
        crate_type: Option<String>,
        scratch: &Path,
    ) -> Subject {
        let sources = Mutex::new(Sources::new(file, &scratch.join("sources")));
        Subject { compiler, kind: Kind::File { file: file.to_owned(), args, crate_type, sources } }
    }

    /// A package.
    pub fn of_package(compiler: PathBuf, package: Package, remarks: HashMap<String, String>) -> Subject {
        let Package { cargo, args, file, target_dir, is_profiled, name: _ } = package;
        Subject { compiler, kind: Kind::Package { cargo, args, file, target_dir, remarks, is_profiled } }
    }

    /// The last build of a package that was not for the page.
    pub fn last_build(&self) -> serde_json::Value {
        match &self.kind {
            Kind::File { .. } => serde_json::Value::Null,
            Kind::Package { target_dir, .. } => last_build::read(target_dir),
        }
    }

    /// The source, as it is on disk.
    pub fn source(&self) -> String {
        let (Kind::File { file, .. } | Kind::Package { file, .. }) = &self.kind;
        let bytes = std::fs::read(file).unwrap_or_default();
        String::from_utf8_lossy(&bytes).into_owned()
    }

    /// What builds a program of a text, or of what is on disk; and the file that its debug information names. It is written into
    /// this folder; where cargo builds it, cargo says where it is.
    ///
    /// # Errors
    /// There is nothing that runs.
    pub fn program_command(
        &self,
        source: Option<&str>,
        configuration: &Configuration,
        folder: &Path,
    ) -> Result<(Command, PathBuf), String> {
        let Configuration { backend, level, .. } = configuration;
        match &self.kind {
            Kind::File { args, crate_type, sources, .. } => {
                let on_disk = source.is_none().then(|| self.source());
                let text = source.or(on_disk.as_deref()).unwrap_or_default();
                if crate_type.as_deref().is_some_and(|it| it != "bin") || !has_main(text) {
                    return Err(NO_PROGRAM.to_owned());
                }
                let path = sources.lock().unwrap_or_else(PoisonError::into_inner).place(text);
                let path = path.map_err(|error| format!("the text cannot be put into a file: {error}"))?;
                let mut command = Command::new(&self.compiler);
                command.arg0("bessemer").args(["build", "--debuginfo", "1", "--color", "never"]).args(args);
                command.args(choice(backend, level)).arg("-o").arg(folder.join(PROGRAM)).arg(&path);
                Ok((command, path))
            }
            Kind::Package { file, args, .. } => {
                if args.iter().any(|word| word == "--lib") {
                    return Err(NO_PROGRAM.to_owned());
                }
                let mut command = self.cargo_command("build", backend, level);
                command.args(["--message-format", "json-render-diagnostics"]);
                Ok((command, file.clone()))
            }
        }
    }

    /// A command of `cargo bessemer` on a package.
    fn cargo_command(&self, word: &str, backend: &str, level: &str) -> Command {
        let mut command = Command::new(&self.compiler);
        command.arg0("cargo-bessemer").args(["bessemer", word]);
        if let Kind::Package { cargo, args, is_profiled, .. } = &self.kind {
            command.args(args).env("CARGO", cargo);
            if *is_profiled {
                // Where that has no effect, stacks are less deep.
                workspace::add_rustflag(&mut command, &format!("-C{FRAME_POINTERS}"));
            }
        }
        if !backend.is_empty() {
            command.args(["--backend", backend]);
        }
        let level = if level.parse::<u8>().is_ok() { level.to_owned() } else { format!("\"{level}\"") };
        let profile = if level == "0" { "dev" } else { "release" };
        if profile == "release" {
            command.arg("--release");
        }
        command.arg("--config").arg(format!("profile.{profile}.opt-level={level}"));
        command.arg("--config").arg(format!("profile.{profile}.debug=\"line-tables-only\""));
        command
    }

    /// What compiles a text, or what is on disk; and the file that messages name.
    ///
    /// # Errors
    /// The text cannot be put anywhere, or the stage is none of a package's.
    pub fn command(&self, source: Option<&str>, configuration: &Configuration) -> Result<(Command, PathBuf), String> {
        let Configuration { stage, backend, level, target } = configuration;
        let (Kind::File { args, .. } | Kind::Package { args, .. }) = &self.kind;
        let named = args.windows(2).find(|words| words[0] == "--target").and_then(|words| words[1].to_str());
        let is_wasm = [named.unwrap_or_default(), target].iter().any(|target| target.starts_with("wasm"));
        let stage = if stage == "asm" && is_wasm { WASM } else { stage };
        match &self.kind {
            Kind::File { args, crate_type, sources, file } => {
                let on_disk = source.is_none().then(|| self.source());
                let text = source.or(on_disk.as_deref()).unwrap_or_default();
                let path = sources.lock().unwrap_or_else(PoisonError::into_inner).place(text);
                let path = path.map_err(|error| format!("the text cannot be put into a file: {error}"))?;
                let mut command = Command::new(&self.compiler);
                // Code is the same with and without these lines.
                command.arg0("bessemer").args(["explore-worker", "--json", "--debuginfo", "1", "--stage", stage]);
                command.arg("--shown-as").arg(file);
                command.args(args);
                let is_library = !toolchain_says(text) && !has_main(text);
                match crate_type {
                    Some(name) => _ = command.args(["--crate-type", name]),
                    None if is_library => _ = command.args(["--crate-type", "lib"]),
                    None => {}
                }
                command.args(choice(backend, level));
                if !target.is_empty() {
                    command.args(["--target", target]);
                }
                command.arg(&path);
                Ok((command, path))
            }
            Kind::Package { file, remarks, .. } => {
                // The command that shows something of that kind, and what is written in its place.
                let (shown, output) = match stage {
                    WASM => ("asm", driver::EmitKind::Asm.name().to_owned()),
                    // No command shows it.
                    "expanded" => ("mir", driver::EmitKind::ExpandedLines.name().to_owned()),
                    REMARKS => match remarks.get(backend) {
                        Some(output) => ("llvm-ir", output.clone()),
                        None => return Err(format!("the back end `{backend}` does not say what it has not done")),
                    },
                    "llvm-ir-initial" => ("llvm-ir", stage.to_owned()),
                    _ => match crate::code::Kind::of_command(stage) {
                        Some(kind) => (stage, kind.emitted().name().to_owned()),
                        None => return Err(format!("there is no stage `{stage}`")),
                    },
                };
                let mut command = self.cargo_command(shown, backend, level);
                command.arg(format!("--explore-worker={stage},{output},{}", file.display()));
                command.args(["--message-format", "json"]);
                if !target.is_empty() {
                    command.args(["--target", target]);
                }
                Ok((command, file.clone()))
            }
        }
    }
}

/// The name of a program in the folder that it is built into.
pub const PROGRAM: &str = "program";

const NO_PROGRAM: &str = "A library has nothing that runs: programs have profiles, and examples.";

/// The option by which stacks can be seen.
pub const FRAME_POINTERS: &str = "force-frame-pointers=yes";

/// Whether the text says itself what is to be made of it.
fn toolchain_says(text: &str) -> bool {
    text.lines().any(|line| line.trim_start().starts_with("#![crate_type"))
}

/// Whether there is a `main`; what has none is a library.
fn has_main(text: &str) -> bool {
    let is_main = |line: &str| {
        let rest = line.trim_start_matches(|c: char| c.is_alphanumeric() || " ()_\"#![]:".contains(c));
        let head = &line[..line.len() - rest.len()];
        !line.trim_start().starts_with("//") && format!(" {head}").contains(" fn main(")
    };
    text.lines().any(is_main) || text.contains("#![no_main]") || text.lines().any(|line| line.ends_with(" as main;"))
}

fn choice(backend: &str, level: &str) -> Vec<OsString> {
    let mut words: Vec<OsString> = vec!["-O".into(), level.into()];
    if !backend.is_empty() {
        words.extend(["--backend".into(), backend.into()]);
    }
    words
}

#[cfg(test)]
mod tests {
    use super::has_main;

    #[test]
    fn programs_have_a_main() {
        for program in
            ["fn main() {}", "pub fn main() -> u8 {", "  async fn main() {", "use a::b as main;", "#![no_main]\n"]
        {
            assert!(has_main(program), "{program}");
        }
        for library in ["// fn main()", "fn domain() {}", "fn f() {}", "let s = \"main\";", "fn main_loop() {}"] {
            assert!(!has_main(library), "{library}");
        }
    }
}
