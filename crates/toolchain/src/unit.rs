//! Running rustc for cargo: the front half of what a command line asks for.
//!
//! A library is checked, and its metadata gets the bodies of all functions; no code is made of it. A final artefact is
//! checked as it is, for the diagnostics, and beside that once more as a library, for the bodies.

use crate::check::{CheckError, join, module_asm, no_main_in_expanded, refused, wait};
use crate::invocation::{Invocation, OutputCrateType};
use crate::prelude::lacks_tests;
use crate::shims::OtherSources;
use crate::{Toolchain, Wrappers};
use std::ffi::OsString;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Output, Stdio};

/// Why a unit is not there.
#[derive(Debug)]
pub enum UnitError {
    /// rustc ended with this, having said why.
    Rustc(ExitStatus),
    Check(CheckError),
}

impl From<CheckError> for UnitError {
    fn from(error: CheckError) -> UnitError {
        UnitError::Check(error)
    }
}

/// Where rustc's words go: each line of its standard error as it comes.
pub type Sink<'a> = &'a mut (dyn FnMut(&[u8]) + Send);

/// Options that concern code generation of the whole program only, which rustc checks though it makes none.
fn is_of_linking(name: &str, value: Option<&str>) -> bool {
    let option = value.unwrap_or_default().split('=').next().unwrap_or_default().replace('_', "-");
    name == "codegen" && matches!(option.as_str(), "lto" | "linker-plugin-lto" | "strip" | "prefer-dynamic")
}

/// Options about what is written and said, and as what the crate is compiled.
fn is_of_output(name: &str) -> bool {
    let names = ["emit", "crate-type", "test", "error-format", "json", "color", "cap-lints", "o", "out-dir"];
    names.contains(&name)
}

/// The check of a final artefact as it is, under way.
#[derive(Debug)]
pub struct PlainCheck {
    child: Child,
    program: PathBuf,
}

impl PlainCheck {
    /// Passes on what rustc says until it ends.
    pub fn finish(self, sink: Sink<'_>) -> Result<(), UnitError> {
        let status = stream(self.child, &self.program, sink)?;
        if status.success() { Ok(()) } else { Err(UnitError::Rustc(status)) }
    }
}

/// The check of a final artefact for its bodies, under way.
#[derive(Debug)]
pub struct BodiesCheck {
    child: Child,
    program: PathBuf,
    /// What rustc said so far, for people.
    said: Vec<u8>,
    /// The same without inlining.
    again: Option<Command>,
}

impl BodiesCheck {
    /// Waits until the metadata is there, whole. rustc then still has its own files to write: see [`BodiesCheck::finish`]. An
    /// error says nothing where the plain check finds one too.
    pub fn metadata(&mut self) -> Result<(), CheckError> {
        match self.wait_for_metadata() {
            // Inlined into functions that nothing needs, constants are evaluated that nothing needs. Which ones are found out
            // later.
            Err(CheckError::Bodies { stderr }) if String::from_utf8_lossy(&stderr).contains("[E0080]") => {
                let Some(mut again) = self.again.take() else { return Err(CheckError::Bodies { stderr }) };
                let failed = |error| CheckError::Spawn { program: self.program.clone(), error };
                self.child = again.spawn().map_err(failed)?;
                self.wait_for_metadata()
            }
            result => result,
        }
    }

    fn wait_for_metadata(&mut self) -> Result<(), CheckError> {
        if let Some(stderr) = self.child.stderr.take() {
            let mut reader = BufReader::new(stderr);
            let mut line = String::new();
            let failed = |error| CheckError::Spawn { program: self.program.clone(), error };
            while reader.read_line(&mut line).map_err(failed)? > 0 {
                match serde_json::from_str::<Words>(&line) {
                    Ok(Words { artifact: Some(_), .. }) => {
                        // What follows is of no interest, but must not keep rustc waiting.
                        std::thread::spawn(move || std::io::copy(&mut reader, &mut std::io::sink()));
                        return Ok(());
                    }
                    Ok(Words { rendered: Some(text), .. }) => self.said.extend(text.into_bytes()),
                    _ => self.said.extend(line.as_bytes()),
                }
                line.clear();
            }
        }
        self.end()
    }

    /// Waits for rustc's end.
    pub fn finish(mut self) -> Result<(), CheckError> {
        self.end()
    }

    fn end(&mut self) -> Result<(), CheckError> {
        let status = self.child.wait();
        let status = status.map_err(|error| CheckError::Spawn { program: self.program.clone(), error })?;
        if status.success() {
            return Ok(());
        }
        let stderr = std::mem::take(&mut self.said);
        Err(match refused(Output { status, stdout: Vec::new(), stderr }) {
            CheckError::Diagnostics(stderr) => CheckError::Bodies { stderr },
            other => other,
        })
    }
}

/// What is of interest in a line of rustc's JSON.
#[derive(serde::Deserialize)]
struct Words {
    /// A file that has been written.
    artifact: Option<String>,
    /// A diagnostic for people.
    rendered: Option<String>,
}

impl Toolchain {
    /// A command whose words are read as they come.
    fn piped(&self, mut command: Command, args: Vec<OsString>) -> Result<Command, CheckError> {
        command.args(args).stdin(self.stdin()?).stdout(Stdio::null()).stderr(Stdio::piped());
        Ok(command)
    }

    /// The standard input of one run of rustc.
    fn stdin(&self) -> Result<Stdio, CheckError> {
        let Some(path) = &self.input else { return Ok(Stdio::null()) };
        let file = std::fs::File::open(path).map_err(|error| CheckError::Io { path: path.clone(), error })?;
        Ok(file.into())
    }

    fn start(&self, command: Command, args: Vec<OsString>) -> Result<Child, CheckError> {
        let mut command = self.piped(command, args)?;
        command.args(self.sysroot_args());
        command.spawn().map_err(|error| CheckError::Spawn { program: command.get_program().into(), error })
    }

    /// A command for diagnostics: rustc, or what the user wants to see members of the workspace instead.
    fn checking_rustc(&self) -> Command {
        match &self.wrappers.workspace {
            Some(wrapper) => {
                let mut command = Command::new(wrapper);
                command.arg(&self.rustc);
                if self.is_immediate() {
                    command.env("RUSTC_BOOTSTRAP", "1");
                }
                command
            }
            None => self.stable_rustc(),
        }
    }

    /// A command for what rustc compiles to the end, with all that the user wants it to be run by.
    fn compiling_rustc(&self) -> Command {
        let Wrappers { outer, workspace } = &self.wrappers;
        let mut programs = outer.iter().chain(workspace).chain([&self.rustc]);
        match programs.next() {
            Some(first) if *first != self.rustc => {
                let mut command = Command::new(first);
                command.args(programs);
                command
            }
            _ => self.stable_rustc(),
        }
    }

    /// Runs rustc in this process's place, as a command line says. Comes back only if it cannot be started.
    #[cfg(unix)]
    pub fn exec(&self, invocation: &Invocation) -> CheckError {
        use std::os::unix::process::CommandExt;
        let is_compilation = !invocation.is_question && invocation.source().is_some();
        let mut command = if is_compilation { self.compiling_rustc() } else { Command::new(&self.rustc) };
        // rustc answers without a permission then, and `cfg(panic = "abort")` holds for both.
        let invocation = match invocation.is_question {
            true => &invocation.clone().replace_codegen("panic", "immediate-abort", Some("abort")),
            false => invocation,
        };
        command.args(invocation.args());
        if is_compilation {
            // What is only checked for a target is checked with that target's std.
            command.args(self.sysroot_args());
            if self.is_immediate() && self.wrappers != Wrappers::default() {
                command.env("RUSTC_BOOTSTRAP", "1");
            }
        }
        CheckError::Spawn { program: command.get_program().into(), error: command.exec() }
    }

    /// Runs rustc in this process's place with any arguments. Comes back only if it cannot be started.
    #[cfg(unix)]
    pub fn exec_as_is(&self, args: Vec<OsString>) -> CheckError {
        use std::os::unix::process::CommandExt;
        let mut command = Command::new(&self.rustc);
        CheckError::Spawn { program: self.rustc.clone(), error: command.args(args).exec() }
    }

    /// Compiles a library to the end, and has the bodies of all functions put into its metadata.
    pub fn compile_with_bodies(&self, invocation: &Invocation, sink: Sink<'_>) -> Result<(), UnitError> {
        let mut args = invocation.args();
        args.extend(self.bodies_args(invocation));
        let mut command = self.unstable_rustc();
        if self.wrappers != Wrappers::default() {
            // What stands before rustc must not take the permission away from it.
            command = self.compiling_rustc();
            command.env("RUSTC_BOOTSTRAP", "1").env("RUSTC_ICE", "0");
        }
        let status = stream(self.start(command, args)?, &self.rustc, sink)?;
        if status.success() { Ok(()) } else { Err(UnitError::Rustc(status)) }
    }

    /// What asks for bodies, and does not let the program use unstable features where the user does not.
    fn bodies_args(&self, invocation: &Invocation) -> Vec<OsString> {
        let permission = std::env::var("RUSTC_BOOTSTRAP").unwrap_or_default();
        let is_permitted = permission == "1" || permission.split(',').any(|name| Some(name) == invocation.crate_name());
        let mut args: Vec<OsString> = vec!["-Zalways-encode-mir".into()];
        args.extend(self.inlining_arg().map(OsString::from));
        if !is_permitted {
            args.push("-Zallow-features=".into());
        }
        args
    }

    /// Checks a library: the metadata that `--emit=metadata` means, with all bodies in it, and the dependency information.
    /// With `file`, the metadata goes there instead of where rustc puts it.
    pub fn check_library(&self, invocation: &Invocation, file: Option<&Path>, sink: Sink<'_>) -> Result<(), UnitError> {
        let invocation = invocation.clone().with_metadata_externs();
        let args = |invocation: &Invocation, with_bodies: bool| {
            let mut args = invocation
                .args_where(|name, value| !matches!(name, "emit" | "crate-type" | "o") && !is_of_linking(name, value));
            let metadata = file.map_or(OsString::from("metadata"), |file| join("metadata=", file));
            let mut emit = OsString::from(if invocation.emits("dep-info") { "--emit=dep-info," } else { "--emit=" });
            emit.push(metadata);
            args.extend([emit, "--crate-type=lib".into()]);
            if with_bodies {
                args.extend(self.bodies_args(invocation));
                if !final_types(invocation).is_empty() {
                    args.extend(self.runtime_args());
                }
            }
            args
        };
        if self.wrappers.workspace.is_some() {
            // Whatever it is, it is not to write the bodies: they come from rustc, once it is content.
            let mut artifacts: Vec<Vec<u8>> = Vec::new();
            let status =
                stream(self.start(self.checking_rustc(), args(&invocation, false))?, &self.rustc, &mut |line| {
                    if is_of_artifact(line) { artifacts.push(line.to_vec()) } else { sink(line) }
                })?;
            if !status.success() {
                return Err(UnitError::Rustc(status));
            }
            let without_lints = invocation.clone().with_capped_lints();
            let bodies = args(&without_lints, true);
            let mut said = Vec::new();
            let status = stream(self.start(self.unstable_rustc(), bodies)?, &self.rustc, &mut |line| {
                if !is_of_artifact(line) {
                    said.extend_from_slice(line);
                }
            })?;
            if !status.success() {
                return Err(CheckError::Bodies { stderr: said }.into());
            }
            artifacts.iter().for_each(|line| sink(line));
            return Ok(());
        }
        // The words of a compiler that takes itself for a nightly one are not what the user is to read.
        let mut held: Vec<Vec<u8>> = Vec::new();
        let mut is_odd = false;
        let status = stream(self.start(self.unstable_rustc(), args(&invocation, true))?, &self.rustc, &mut |line| {
            if is_odd || is_of_nightly(line) {
                is_odd = true;
                held.push(line.to_vec());
            } else {
                sink(line);
            }
        })?;
        if status.success() {
            held.iter().for_each(|line| sink(line));
            return Ok(());
        }
        if is_odd {
            let status = stream(self.start(self.stable_rustc(), args(&invocation, false))?, &self.rustc, sink)?;
            // What is an error with the bodies only is ours, and said as it is.
            if status.success() {
                held.iter().for_each(|line| sink(line));
            }
        }
        Err(UnitError::Rustc(status))
    }

    /// Starts two checks of a final artefact side by side: one as it is, for its diagnostics and its dependency
    /// information, and one as a library, which writes its metadata with all bodies to `metadata`. `test_args` are what
    /// stands for `--test` in the latter.
    pub fn start_final(
        &self,
        invocation: &Invocation,
        metadata: &Path,
        test_args: &[OsString],
    ) -> Result<(PlainCheck, BodiesCheck), CheckError> {
        let bodies = self.start_bodies(invocation, metadata, test_args, &OtherSources::default())?;
        let invocation = invocation.clone().with_metadata_externs();
        let child = self.start(self.checking_rustc(), self.plain_args(&invocation, metadata))?;
        Ok((PlainCheck { child, program: self.rustc.clone() }, bodies))
    }

    /// The sources from which a crate's tests may be found after all where rustc has said this of the bodies, written into
    /// `folder`; none if that is no help. The crate itself is right.
    pub fn sources_of_tests(
        &self,
        invocation: &Invocation,
        folder: &Path,
        said: &CheckError,
    ) -> Result<OtherSources, CheckError> {
        let CheckError::Bodies { stderr } = said else { return Ok(OtherSources::default()) };
        if !lacks_tests(stderr) {
            return Ok(OtherSources::default());
        }
        let names = |name: &str, value: Option<&str>| !is_of_output(name) && !is_of_linking(name, value);
        self.with_preludes(&invocation.clone().with_metadata_externs().args_where(names), folder)
    }

    /// Starts the check for the bodies of a crate's tests.
    pub fn start_tests(
        &self,
        invocation: &Invocation,
        metadata: &Path,
        test_args: &[OsString],
        sources: &OtherSources,
    ) -> Result<BodiesCheck, CheckError> {
        self.start_bodies(invocation, metadata, test_args, sources)
    }

    fn start_bodies(
        &self,
        invocation: &Invocation,
        metadata: &Path,
        test_args: &[OsString],
        unstable: &OtherSources,
    ) -> Result<BodiesCheck, CheckError> {
        let invocation = invocation.clone().with_metadata_externs();
        let mut args = invocation.args_where(|name, value| !is_of_output(name) && !is_of_linking(name, value));
        args.extend(["--crate-type=lib", "--cap-lints=allow", "-Zalways-encode-mir"].map(Into::into));
        // rustc says in this form when a file is there.
        args.extend(["--error-format=json", "--json=artifacts"].map(Into::into));
        args.push(join("--emit=metadata=", metadata));
        args.extend(self.runtime_args());
        args.extend(self.inlining_arg().map(OsString::from));
        if invocation.is_test() {
            args.extend_from_slice(test_args);
        }
        let without_inlining = args.iter().cloned().chain(["-Zinline-mir=no".into()]).collect();
        let again = Some(self.piped(self.unstable_rustc_with(unstable), without_inlining)?);
        let child = self.start(self.unstable_rustc_with(unstable), args)?;
        Ok(BodiesCheck { child, program: self.rustc.clone(), said: Vec::new(), again })
    }

    fn plain_args(&self, invocation: &Invocation, metadata: &Path) -> Vec<OsString> {
        let mut args =
            invocation.args_where(|name, value| !matches!(name, "emit" | "o") && !is_of_linking(name, value));
        let mut emit = join("--emit=metadata=", &metadata.with_extension("check.rmeta"));
        if invocation.emits("dep-info") {
            emit.push(",dep-info");
            // `-o` names the output, and by it the dependency information.
            if let Some(output) = invocation.output() {
                emit.push("=");
                emit.push(output.with_extension("d"));
            }
        }
        args.push(emit);
        args
    }

    /// The text of a crate's `global_asm!` as rustc hands it to LLVM, by way of the module assembly in its LLVM IR.
    pub fn unit_global_asm(&self, invocation: &Invocation, folder: &Path) -> Result<String, CheckError> {
        let invocation = invocation.clone().with_metadata_externs();
        let ir = folder.join("program.ll");
        let mut args = invocation.args_where(|name, value| {
            let codegen_units = name == "codegen" && value.is_some_and(|value| value.starts_with("codegen-units"));
            !is_of_output(name) && !is_of_linking(name, value) && !codegen_units
        });
        args.extend(["--crate-type=lib", "--cap-lints=allow", "--color=never", "-Ccodegen-units=1"].map(Into::into));
        args.push(join("--emit=llvm-ir=", &ir));
        let output = wait(self.start(self.unstable_rustc(), args)?, &self.rustc)?;
        if !output.status.success() {
            return Err(CheckError::Bodies { stderr: output.stderr });
        }
        let text = std::fs::read_to_string(&ir).map_err(|error| CheckError::Io { path: ir, error })?;
        Ok(module_asm(&text))
    }

    /// Whether a crate has `#![no_main]`, which metadata does not say.
    pub fn unit_has_no_main(&self, invocation: &Invocation) -> Result<bool, CheckError> {
        let invocation = invocation.clone().with_metadata_externs();
        let mut args = invocation.args_where(|name, value| !is_of_output(name) && !is_of_linking(name, value));
        args.extend(["--cap-lints=allow", "--color=never", "-Zunpretty=expanded"].map(Into::into));
        let mut command = self.unstable_rustc();
        command.args(args).args(self.sysroot_args());
        command.stdin(self.stdin()?).stdout(Stdio::piped()).stderr(Stdio::piped());
        let child = command.spawn();
        let child = child.map_err(|error| CheckError::Spawn { program: command.get_program().into(), error })?;
        no_main_in_expanded(wait(child, &self.rustc)?)
    }
}

/// Whether a line of diagnostics is of a compiler that may use unstable features.
fn is_of_nightly(line: &[u8]) -> bool {
    let has = |text: &str| line.windows(text.len()).any(|window| window == text.as_bytes());
    has("E0725") || has("allow-features") || has("to the crate attributes to enable")
}

/// Passes on each line that a process says, until it ends.
fn stream(mut child: Child, program: &Path, sink: &mut dyn FnMut(&[u8])) -> Result<ExitStatus, CheckError> {
    let failed = |error| CheckError::Spawn { program: program.to_owned(), error };
    if let Some(stderr) = child.stderr.take() {
        let mut reader = BufReader::new(stderr);
        let mut line = Vec::new();
        while reader.read_until(b'\n', &mut line).map_err(failed)? > 0 {
            sink(&line);
            line.clear();
        }
    }
    child.wait().map_err(failed)
}

/// The dependency information that rustc wrote for a unit, if it is where rustc puts it.
pub fn dep_info_file(invocation: &Invocation) -> Option<PathBuf> {
    if !invocation.emits("dep-info") {
        return None;
    }
    match invocation.output() {
        Some(output) => Some(output.with_extension("d")),
        None => invocation.output_file("", ".d"),
    }
}

/// Adds environment variables to what a unit depends on: cargo then makes it again when one of them changes.
pub fn add_env_dependencies(file: &Path, names: &[&str]) -> Result<(), CheckError> {
    let failed = |error| CheckError::Io { path: file.to_owned(), error };
    let mut out = std::fs::OpenOptions::new().append(true).open(file).map_err(failed)?;
    let mut text = String::from("\n");
    for name in names {
        match std::env::var(name) {
            Ok(value) => {
                let value = value.replace('\\', "\\\\").replace('\n', "\\n").replace('\r', "\\r");
                text += &format!("# env-dep:{name}={value}\n");
            }
            Err(_) => text += &format!("# env-dep:{name}\n"),
        }
    }
    out.write_all(text.as_bytes()).map_err(failed)
}

/// Adds a file to what a unit depends on: cargo then makes it again when that changes.
pub fn add_file_dependency(dep_info: &Path, file: &Path) -> Result<(), CheckError> {
    let failed = |error| CheckError::Io { path: dep_info.to_owned(), error };
    let text = std::fs::read_to_string(dep_info).map_err(failed)?;
    // As rustc does: from the folder in which it runs, whose own path may have what there is no way to write in a rule.
    let here = std::env::current_dir().unwrap_or_default();
    let file = file.strip_prefix(here).unwrap_or(file);
    let writable = |name: &&str| !name.contains(|c: char| c.is_whitespace() && c != ' ');
    // cargo reads the first rule only.
    let (Some(at), Some(name)) = (text.find(": "), file.to_str().filter(writable)) else { return Ok(()) };
    let end = text[at..].find('\n').map_or(text.len(), |end| at + end);
    let text = format!("{} {}{}", &text[..end], name.replace(' ', "\\ "), &text[end..]);
    std::fs::write(dep_info, text).map_err(failed)
}

/// Whether a line of rustc's JSON says that a file has been written.
fn is_of_artifact(line: &[u8]) -> bool {
    matches!(serde_json::from_slice::<Words>(line), Ok(Words { artifact: Some(_), .. }))
}

/// The one crate type of a final artefact among a command line's, if it makes one.
pub fn final_types(invocation: &Invocation) -> Vec<OutputCrateType> {
    if invocation.is_test() {
        return vec![OutputCrateType::Bin];
    }
    let types = invocation.crate_types();
    if types.is_empty() {
        return vec![OutputCrateType::Bin];
    }
    types.into_iter().filter(|it| *it != OutputCrateType::Lib).collect()
}
