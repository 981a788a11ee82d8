//! Running rustc on a crate.

use crate::prelude::lacks_tests;
use crate::shims::OtherSources;
use crate::{DepInfo, Toolchain};
use cache::scratch::Scratch;
use std::ffi::{OsStr, OsString};
use std::fmt;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

/// Where the program's text is.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Source {
    File(PathBuf),
    /// Read from standard input already.
    Text(Vec<u8>),
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum CrateType {
    Bin,
    Lib,
    /// Any crate's tests. Their bodies are found with the arguments of [`crate::TestSupport`] in
    /// [`CrateRequest::body_args`].
    Test,
}

/// A crate to be checked.
#[derive(Clone, Debug)]
pub struct CrateRequest {
    pub source: Source,
    pub crate_type: CrateType,
    /// Absent: rustc makes one from the file's name.
    pub crate_name: Option<String>,
    /// More arguments for rustc: editions, cfgs, externs, search paths, codegen options.
    pub args: Vec<OsString>,
    /// Arguments for the plain check only, which gives the diagnostics: lints and the like.
    pub check_args: Vec<OsString>,
    /// Arguments for the reading of bodies and assembly only, not for the plain check (`-Z…`).
    pub body_args: Vec<OsString>,
    /// Colours, or not, for the diagnostics.
    pub color: bool,
    /// Diagnostics as rustc's JSON lines instead of text.
    pub json: bool,
}

/// A checked crate.
#[derive(Debug)]
pub struct Checked {
    /// The metadata with all bodies, in the folder that was given.
    pub metadata: PathBuf,
    /// What rustc said: warnings.
    pub diagnostics: Vec<u8>,
    pub dep_info: DepInfo,
}

/// Why a crate could not be checked.
#[derive(Debug)]
pub enum CheckError {
    /// The user's program is wrong; rustc's own words.
    Diagnostics(Vec<u8>),
    /// The program is right, but rustc could not write what we need.
    Bodies {
        stderr: Vec<u8>,
    },
    /// The crates with which tests are found do not compile.
    TestSupport {
        stderr: Vec<u8>,
    },
    /// rustc did not end as it does after its diagnostics: it crashed, or was killed.
    Crashed {
        /// What it had said about the program by then.
        diagnostics: Vec<u8>,
        status: String,
    },
    Spawn {
        program: PathBuf,
        error: std::io::Error,
    },
    Io {
        path: PathBuf,
        error: std::io::Error,
    },
}

impl fmt::Display for CheckError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            CheckError::Diagnostics(text) => f.write_str(&String::from_utf8_lossy(text)),
            CheckError::Bodies { stderr } => write!(
                f,
                "rustc accepts the program, but not as the library that its bodies are read from:\n{}",
                String::from_utf8_lossy(stderr).trim_end()
            ),
            CheckError::TestSupport { stderr } => write!(
                f,
                "rustc cannot compile what finds the tests of crates:\n{}\n  help: see if `cc` works, which links programs",
                String::from_utf8_lossy(stderr).trim_end()
            ),
            CheckError::Crashed { status, .. } => write!(
                f,
                "rustc itself crashed ({status})\n  help: compile crates that are given with --extern or -L again, as one of \
                 them may be damaged; rustc shows more when it is run on the program directly"
            ),
            CheckError::Spawn { program, error } => write!(f, "cannot run `{}`: {error}", program.display()),
            CheckError::Io { path, error } => write!(f, "cannot read `{}`: {error}", path.display()),
        }
    }
}

impl std::error::Error for CheckError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            CheckError::Spawn { error, .. } | CheckError::Io { error, .. } => Some(error),
            CheckError::Diagnostics(_)
            | CheckError::Bodies { .. }
            | CheckError::TestSupport { .. }
            | CheckError::Crashed { .. } => None,
        }
    }
}

impl CheckError {
    /// Whether an attribute of tests means one thing by what a crate names, and another where bodies are read.
    pub fn has_ambiguous_tests(&self) -> bool {
        let CheckError::Bodies { stderr } = self else { return false };
        let text = String::from_utf8_lossy(stderr);
        ["`test` is ambiguous", "`bench` is ambiguous"].iter().any(|words| text.contains(words))
    }
}

impl Toolchain {
    /// Checks a crate and has its metadata written into `folder`.
    ///
    /// A binary's metadata is empty, so its bodies come from compiling it as a library with all lints off; beside that, a
    /// plain check of the binary gives the diagnostics exactly as rustc does, dead code included.
    pub fn check(&self, request: &CrateRequest, folder: &Path) -> Result<Checked, CheckError> {
        let metadata = folder.join("program.rmeta");
        let dep_info = folder.join("program.d");
        let plain = self.spawn(self.plain_check(request, folder), request)?;
        let start =
            |unstable: &OtherSources| self.spawn(self.bodies_command(request, &metadata, &dep_info, unstable), request);
        let mut sources = OtherSources::default();
        let bodies = start(&sources)?;
        let plain = self.wait(plain)?;
        let mut bodies = self.wait(bodies)?;
        if !plain.status.success() {
            return Err(refused(plain));
        }
        if let Source::File(file) = &request.source
            && request.crate_type == CrateType::Test
            && !bodies.status.success()
            && lacks_tests(&bodies.stderr)
        {
            let mut args = request.args.clone();
            args.push(file.into());
            let with_preludes = self.with_preludes(&args, folder)?;
            if !with_preludes.is_empty() {
                sources = with_preludes;
                bodies = self.wait(start(&sources)?)?;
            }
        }
        // Inlined into functions that nothing needs, constants are evaluated that nothing needs. Which ones are found out later.
        if !bodies.status.success() && String::from_utf8_lossy(&bodies.stderr).contains("[E0080]") {
            let mut command = self.bodies_command(request, &metadata, &dep_info, &sources);
            command.arg("-Zinline-mir=no");
            bodies = self.wait(self.spawn(command, request)?)?;
        }
        if !bodies.status.success() {
            return Err(match refused(bodies) {
                CheckError::Diagnostics(stderr) => CheckError::Bodies { stderr },
                other => other,
            });
        }
        let text = std::fs::read_to_string(&dep_info).map_err(|error| CheckError::Io { path: dep_info, error })?;
        Ok(Checked { metadata, diagnostics: plain.stderr, dep_info: DepInfo::parse(&text) })
    }

    /// Checks a crate for its diagnostics only.
    pub fn check_only(&self, request: &CrateRequest, folder: &Path) -> Result<Vec<u8>, CheckError> {
        let output = self.wait(self.spawn(self.plain_check(request, folder), request)?)?;
        if output.status.success() { Ok(output.stderr) } else { Err(refused(output)) }
    }

    /// The text of a crate's `global_asm!`, as rustc hands it to LLVM. Metadata does not hold it, so rustc itself is asked, by
    /// way of the module assembly in its LLVM IR; symbols in it are named as in the crate's metadata.
    pub fn global_asm(&self, request: &CrateRequest, folder: &Path) -> Result<String, CheckError> {
        let ir = folder.join("program.ll");
        let mut command = self.command(self.unstable_rustc(), request);
        command.args(["--crate-type", "lib", "--cap-lints", "allow", "--color=never", "-Ccodegen-units=1"]);
        command.arg(join("--emit=llvm-ir=", &ir)).args(&request.body_args);
        let output = self.wait(self.spawn(command, request)?)?;
        if !output.status.success() {
            return Err(CheckError::Bodies { stderr: output.stderr });
        }
        let text = std::fs::read_to_string(&ir).map_err(|error| CheckError::Io { path: ir, error })?;
        Ok(module_asm(&text))
    }

    /// Whether a crate has `#![no_main]`, which metadata does not say.
    pub fn has_no_main(&self, request: &CrateRequest) -> Result<bool, CheckError> {
        let mut command = self.command(self.unstable_rustc(), request);
        command.args(["--cap-lints=allow", "--color=never", "-Zunpretty=expanded"]).args(&request.body_args);
        command.stdout(Stdio::piped());
        let output = self.wait(self.spawn(command, request)?)?;
        no_main_in_expanded(output)
    }

    fn command(&self, mut command: Command, request: &CrateRequest) -> Command {
        match &request.source {
            Source::File(file) => command.arg(file),
            Source::Text(_) => command.arg("-"),
        };
        if let Some(name) = &request.crate_name {
            command.arg("--crate-name").arg(name);
        }
        command.args(&request.args).args(self.target_args());
        command.stdout(Stdio::null()).stderr(Stdio::piped());
        command.stdin(match request.source {
            Source::File(_) => Stdio::null(),
            Source::Text(_) => Stdio::piped(),
        });
        command
    }

    fn plain_check(&self, request: &CrateRequest, folder: &Path) -> Command {
        // A target that a file describes is for those who may use unstable options.
        let rustc = if self.target.is_file() { self.unstable_rustc() } else { self.stable_rustc() };
        let mut command = self.command(rustc, request);
        if self.target.is_file() {
            command.arg("-Zallow-features=");
        }
        match request.crate_type {
            CrateType::Bin => command.arg("--crate-type=bin"),
            CrateType::Lib => command.arg("--crate-type=lib"),
            CrateType::Test => command.arg("--test"),
        };
        command.args(&request.check_args);
        command.arg(join("--emit=metadata=", &folder.join("check.rmeta")));
        command.arg(if request.color { "--color=always" } else { "--color=never" });
        if request.json {
            command.arg("--error-format=json");
        }
        command
    }

    fn bodies_command(
        &self,
        request: &CrateRequest,
        metadata: &Path,
        dep_info: &Path,
        unstable: &OtherSources,
    ) -> Command {
        let mut command = self.command(self.unstable_rustc_with(unstable), request);
        let mut emit = join("--emit=metadata=", metadata);
        emit.push(",dep-info=");
        emit.push(dep_info);
        command.args(["--crate-type", "lib", "--cap-lints", "allow", "--color=never", "-Zalways-encode-mir"]);
        command.arg(emit).args(self.runtime_args()).args(self.inlining_arg()).args(&request.body_args);
        command
    }

    /// What keeps rustc from inlining bodies, if it is to be kept from it.
    pub(crate) fn inlining_arg(&self) -> Option<&'static str> {
        self.without_inlining.then_some("-Zinline-mir=no")
    }

    fn spawn(&self, mut command: Command, request: &CrateRequest) -> Result<Child, CheckError> {
        let mut child = command.spawn().map_err(|error| CheckError::Spawn { program: self.rustc.clone(), error })?;
        if let Source::Text(text) = &request.source
            && let Some(mut stdin) = child.stdin.take()
        {
            // A compiler that stops reading has said why on its standard error.
            let _ = stdin.write_all(text);
        }
        Ok(child)
    }
}

/// What it means that rustc failed.
pub(crate) fn refused(output: Output) -> CheckError {
    if output.status.code() == Some(1) {
        return CheckError::Diagnostics(output.stderr);
    }
    let text = String::from_utf8_lossy(&output.stderr);
    let end =
        ["\nthread 'rustc'", "error: the compiler unexpectedly panicked"].iter().filter_map(|it| text.find(it)).min();
    let diagnostics = text[..end.unwrap_or(text.len())].trim_start_matches('\n').as_bytes().to_vec();
    CheckError::Crashed { diagnostics, status: output.status.to_string() }
}

/// Whether a crate that rustc has printed with all macros and conditions resolved has `#![no_main]`. rustc prints attributes
/// of the crate alone on a line that is not indented.
pub(crate) fn no_main_in_expanded(output: Output) -> Result<bool, CheckError> {
    if !output.status.success() {
        return Err(CheckError::Bodies { stderr: output.stderr });
    }
    Ok(String::from_utf8_lossy(&output.stdout).lines().any(|line| line == "#![no_main]"))
}

/// The lines of `module asm "…"` in LLVM IR, unescaped (`\\XX` is a byte in hexadecimal).
pub(crate) fn module_asm(ir: &str) -> String {
    let mut out = Vec::new();
    for line in ir.lines() {
        let Some(text) = line.strip_prefix("module asm \"").and_then(|rest| rest.strip_suffix('"')) else { continue };
        let bytes = text.as_bytes();
        let mut at = 0;
        while at < bytes.len() {
            let escape = (bytes[at] == b'\\').then(|| text.get(at + 1..at + 3)).flatten();
            match escape.and_then(|digits| u8::from_str_radix(digits, 16).ok()) {
                Some(byte) => {
                    out.push(byte);
                    at += 3;
                }
                None => {
                    out.push(bytes[at]);
                    at += 1;
                }
            }
        }
        out.push(b'\n');
    }
    without_naked_functions(&String::from_utf8_lossy(&out))
}

/// rustc makes assembly of naked functions too. They have MIR, from which they are generated like all functions; here they
/// are left out, by the lines that rustc puts around each.
fn without_naked_functions(assembly: &str) -> String {
    let lines: Vec<&str> = assembly.lines().collect();
    let mut out = String::new();
    let mut at = 0;
    while let Some(line) = lines.get(at) {
        match naked_function_end(&lines[at..]) {
            Some(length) => at += length,
            None => {
                out.push_str(line);
                out.push('\n');
                at += 1;
            }
        }
    }
    out
}

/// If a naked function begins here: how many lines it has.
fn naked_function_end(lines: &[&str]) -> Option<usize> {
    if !(lines[0].starts_with(".pushsection ") && lines.get(1)?.starts_with(".balign ")) {
        return None;
    }
    let head = lines.iter().take(6);
    let name = head.filter_map(|line| line.strip_prefix(".type ")?.strip_suffix(", @function")).next()?;
    let end = lines.iter().position(|line| line.strip_prefix(".Lfunc_end_") == Some(&format!("{name}:")))?;
    let is_whole = lines.get(end + 1)?.starts_with(".size ") && *lines.get(end + 2)? == ".popsection";
    is_whole.then_some(end + 3)
}

/// Whether rustc takes a path as it is in `--emit KIND=PATH`, which it splits at commas.
pub fn takes_in_emit(path: &Path) -> bool {
    path.to_str().is_some_and(|path| !path.contains(','))
}

/// A folder for what comes between, for this user only, whose path rustc takes in its arguments.
///
/// # Errors
/// There can be none where temporary folders are.
pub fn temporary_folder() -> Result<Scratch, CheckError> {
    let wanted = std::env::temp_dir();
    let parent = [&*wanted, Path::new("/tmp")].into_iter().find(|folder| takes_in_emit(folder));
    let parent = parent.unwrap_or(&wanted);
    Scratch::new_in(parent).map_err(|error| CheckError::Io { path: parent.to_owned(), error })
}

pub(crate) fn join(prefix: &str, path: &Path) -> OsString {
    let mut joined = OsString::from(prefix);
    joined.push(AsRef::<OsStr>::as_ref(path));
    joined
}

pub(crate) fn wait(child: Child, program: &Path) -> Result<Output, CheckError> {
    child.wait_with_output().map_err(|error| CheckError::Spawn { program: program.to_owned(), error })
}

#[cfg(test)]
mod tests {
    #[test]
    fn module_assembly_is_unescaped() {
        let ir = "source_filename = \"x\"\nmodule asm \".ascii \\22hi\\22\"\nmodule asm \"ret\"\ndefine void @f()\n";
        assert_eq!(super::module_asm(ir), ".ascii \"hi\"\nret\n");
    }

    #[test]
    fn naked_functions_are_left_out() {
        let naked = ".pushsection .text.f,\"ax\", @progbits\n.balign 4\n.globl f\n.hidden f\n.type f, @function\nf:\nret\n\n\
                     .Lfunc_end_f:\n.size f, . - f\n.popsection\n";
        let own = ".pushsection .text.g,\"ax\", @progbits\n.balign 4\ng:\ncall f\n.popsection\n";
        assert_eq!(super::without_naked_functions(&format!("nop\n{naked}{own}{naked}")), format!("nop\n{own}"));
    }
}
