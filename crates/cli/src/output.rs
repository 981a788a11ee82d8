//! Standard output: what commands print, and results that go there instead of into a file (`-o -`).

use driver::{EmitKind, Options};
use std::fs::File;
use std::io::{self, ErrorKind, IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// The kinds of `--print` that tell of a link, and so go with compiling.
pub const PRINTED_WHILE_COMPILING: [&str; 2] = ["link-args", "native-static-libs"];

/// Prints text. Whoever closes the pipe wants no more, which is no fault.
pub fn print(text: &str) -> ExitCode {
    let mut out = io::stdout().lock();
    finish(out.write_all(text.as_bytes()).and_then(|()| out.flush()))
}

/// What became of writing to standard output.
fn finish(written: io::Result<()>) -> ExitCode {
    match written {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => {
            let _ = writeln!(io::stderr(), "error: cannot write to standard output: {error}");
            ExitCode::FAILURE
        }
        _ => ExitCode::SUCCESS,
    }
}

/// A result that goes to standard output: it is written to a file of our own first.
pub struct Redirected {
    file: PathBuf,
    _folder: tempfile::TempDir,
}

/// Lets options write to a file of our own what is to go to standard output, if anything is.
///
/// # Errors
/// What is asked for cannot be written there.
pub fn redirect(options: &mut Options) -> Result<Option<Redirected>, String> {
    let by_kind = options.emit_paths.iter().find(|(_, path)| is_stdout(path)).map(|(kind, _)| kind.clone());
    let kind = match (&by_kind, options.output.as_deref().is_some_and(is_stdout)) {
        (None, false) => return Ok(None),
        (Some(kind), _) => kind.clone(),
        (None, true) => match &options.emit[..] {
            [kind] => kind.clone(),
            _ => {
                return Err(
                    "standard output takes one kind of output: name files for others, as in --emit asm=FILE".into()
                );
            }
        },
    };
    if options.emit_paths.values().filter(|path| is_stdout(path)).count() > 1 {
        return Err("standard output takes one kind of output: name files for others, as in --emit asm=FILE".into());
    }
    if is_binary(&kind) && io::stdout().is_terminal() {
        return Err(format!("output of the kind `{}` is not text, and standard output is a terminal", kind.name()));
    }
    let folder = tempfile::tempdir().map_err(|error| format!("cannot make a temporary folder: {error}"))?;
    let file = folder.path().join("output");
    match by_kind {
        Some(kind) => drop(options.emit_paths.insert(kind, file.clone())),
        None => options.output = Some(file.clone()),
    }
    Ok(Some(Redirected { file, _folder: folder }))
}

/// `-`, and what is another name for it: writing there by its path would not go on where others have written.
fn is_stdout(path: &Path) -> bool {
    ["-", "/dev/stdout", "/dev/fd/1", "/proc/self/fd/1"].iter().any(|name| path.as_os_str() == *name)
}

/// Whether a terminal cannot show it.
fn is_binary(kind: &EmitKind) -> bool {
    match kind {
        EmitKind::Link | EmitKind::Obj => true,
        EmitKind::Format(name) => name.ends_with("-bc"),
        EmitKind::Asm
        | EmitKind::Mir
        | EmitKind::Lir
        | EmitKind::Tokens
        | EmitKind::Ast
        | EmitKind::Expanded
        | EmitKind::ExpandedLines
        | EmitKind::Hir
        | EmitKind::Thir => false,
    }
}

impl Redirected {
    /// Writes it out.
    pub fn print(self) -> ExitCode {
        let copy = || -> io::Result<()> {
            let mut out = io::stdout().lock();
            io::copy(&mut File::open(&self.file)?, &mut out)?;
            out.flush()
        };
        finish(copy())
    }
}
