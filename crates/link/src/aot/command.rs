//! The linker's command line.

use super::{Exports, Flavor, Input, Job, LibraryKind, LinkError, Linker, OutputKind, Strip};
use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// A longer command line goes through a response file; systems refuse those of about 128 KiB for one argument and 2 MiB
/// in total.
const COMMAND_LINE_LIMIT_BYTES: usize = 64 * 1024;

pub(super) struct Prepared {
    pub command: Command,
    pub program: PathBuf,
    /// For messages.
    pub text: String,
    /// For short messages.
    pub folded: String,
}

impl Linker {
    /// Where the C compiler has a file of its own, or of the system's that it links for; nothing where it has none.
    pub fn file(&self, name: &str) -> Option<PathBuf> {
        let output = Command::new(&self.program).arg(format!("-print-file-name={name}")).stdin(Stdio::null()).output();
        // A file that it does not have, it gives back by its name.
        let path = PathBuf::from(String::from_utf8(output.ok()?.stdout).ok()?.trim());
        Some(path).filter(|path| path.is_absolute() && path.is_file())
    }
}

/// Writes the files that the linker reads, and makes the command.
pub(super) fn build(job: &Job, temporary: &Path, output: &Path) -> Result<Prepared, LinkError> {
    for (index, input) in job.inputs.iter().enumerate() {
        match input {
            Input::ObjectBytes { name, bytes } => write(&object_path(temporary, index, name), bytes)?,
            Input::C { name, text } => write(&c_path(temporary, index, name), text.as_bytes())?,
            _ => {}
        }
    }
    if let Exports::Listed(symbols) = &job.exports {
        write(&exports_path(job, temporary), exports_text(job, symbols).as_bytes())?;
    }
    let (program, args) = super::arguments(job, temporary, output);
    let text = display(&program, &args);
    let mut command = Command::new(&program);
    if text.len() <= COMMAND_LINE_LIMIT_BYTES {
        command.args(&args);
    } else {
        let path = temporary.join("arguments");
        // LLD looks for its first word before it reads files.
        let first = if args.first().is_some_and(|arg| arg == "-flavor") { 2 } else { 0 };
        let (first, others) = args.split_at(first);
        command.args(first);
        write(&path, &response_file(others))?;
        let mut argument = OsString::from("@");
        argument.push(&path);
        command.arg(argument);
    }
    let folded = display(&program, &fold(&args, temporary));
    Ok(Prepared { command, program, text, folded })
}

fn write(path: &Path, bytes: &[u8]) -> Result<(), LinkError> {
    std::fs::write(path, bytes).map_err(|error| LinkError::Io { path: path.to_owned(), error })
}

/// The program and its arguments, in rustc's order.
pub(super) fn arguments(job: &Job, temporary: &Path, output: &Path) -> (PathBuf, Vec<OsString>) {
    let is_direct = job.linker.flavor == Flavor::Ld;
    let mut args = Args { is_direct, ..Args::default() };
    if is_direct && job.linker.program.file_stem().is_some_and(|name| name == "rust-lld" || name == "lld") {
        // The one program is several linkers.
        args.all(["-flavor", "gnu"]);
    }
    if job.kind == OutputKind::Object {
        args.all(&job.first_args);
        for (index, input) in job.inputs.iter().enumerate() {
            add_input(&mut args, temporary, index, input);
        }
        args.lld(job);
        args.plain("-r");
        if !is_direct {
            args.plain("-nostdlib");
        }
        args.plain("-o");
        args.plain(output);
        return (job.linker.program.clone(), args.list);
    }
    match &job.exports {
        Exports::ByVisibility => {}
        Exports::All => args.linker(["--export-dynamic"]),
        Exports::Listed(_) => {
            let option = if is_library(job) { "--version-script" } else { "--dynamic-list" };
            args.linker([OsStr::new(option), exports_path(job, temporary).as_os_str()]);
        }
    }
    args.all(&job.first_args);
    if let Some(frame) = &job.frame {
        if !is_direct {
            args.plain("-nostartfiles");
        }
        args.all(&frame.first);
    }
    for symbol in &job.required_symbols {
        args.linker(["-u", symbol]);
    }
    let is_object = |input: &Input| matches!(input, Input::ObjectBytes { .. } | Input::C { .. } | Input::Object(_));
    let (objects, others): (Vec<_>, Vec<_>) = job.inputs.iter().enumerate().partition(|(_, input)| is_object(input));
    for (index, input) in objects {
        add_input(&mut args, temporary, index, input);
    }
    args.linker(["--as-needed"]);
    for folder in &job.search_folders {
        args.plain("-L");
        args.plain(folder);
    }
    for (index, input) in others {
        add_input(&mut args, temporary, index, input);
    }
    args.hint(Hint::Dynamic);
    args.lld(job);
    args.linker(["--eh-frame-hdr"]);
    args.linker(["-z", "noexecstack"]);
    args.plain("-o");
    args.plain(output);
    if job.gc_sections {
        args.linker(["--gc-sections"]);
    }
    args.plain(match job.kind {
        OutputKind::PieExecutable => "-pie",
        OutputKind::FixedExecutable if is_direct => "-static",
        OutputKind::FixedExecutable => "-no-pie",
        OutputKind::StaticPieExecutable if is_direct => "-pie",
        OutputKind::StaticPieExecutable => "-static-pie",
        OutputKind::StaticFixedExecutable => "-static",
        OutputKind::SharedLibrary => "-shared",
        OutputKind::Object => "-r",
    });
    if job.kind == OutputKind::StaticFixedExecutable && !is_direct {
        args.plain("-no-pie");
        // Compilers for musl name the loader for all programs.
        args.linker(["--no-dynamic-linker"]);
    }
    if let Some(name) = job.soname.as_ref().filter(|_| is_library(job)) {
        args.linker(["-soname", name]);
    }
    if !is_direct {
        args.linker(["-z", "relro"]);
        args.linker(["-z", "now"]);
    }
    if job.optimize {
        args.linker(["-O1"]);
    } else if job.linker.lld_folder.is_some() || is_direct {
        // Unlike the C compiler's linker, LLD optimises unless it is told not to.
        args.linker(["-O0"]);
    }
    match job.strip {
        Strip::None => {}
        Strip::DebugInfo => args.linker(["--strip-debug"]),
        Strip::Symbols => args.linker(["--strip-all"]),
    }
    for path in &job.rpaths {
        args.linker([OsStr::new("-rpath"), path.as_os_str()]);
    }
    if !job.default_libraries && !is_direct {
        args.plain("-nodefaultlibs");
    }
    args.list.extend(job.args.iter().cloned());
    if let Some(frame) = &job.frame {
        args.all(&frame.last);
    }
    (job.linker.program.clone(), args.list)
}

fn is_library(job: &Job) -> bool {
    job.kind == OutputKind::SharedLibrary
}

fn add_input(args: &mut Args, temporary: &Path, index: usize, input: &Input) {
    match input {
        Input::ObjectBytes { name, .. } => args.plain(object_path(temporary, index, name)),
        Input::C { name, .. } => args.plain(c_path(temporary, index, name)),
        Input::Object(path) => args.plain(path),
        Input::Archive { path, whole } => {
            args.hint(Hint::Static);
            args.whole(*whole, path.as_os_str());
        }
        Input::SharedLibrary { path, as_needed } => {
            args.hint(Hint::Dynamic);
            args.needed(*as_needed, path.as_os_str());
        }
        Input::Library { name, kind, verbatim } => {
            let option = OsString::from(format!("-l{}{name}", if *verbatim { ":" } else { "" }));
            match kind {
                LibraryKind::Any => {
                    args.hint(Hint::Dynamic);
                    args.plain(option);
                }
                LibraryKind::Shared { as_needed } => {
                    args.hint(Hint::Dynamic);
                    args.needed(*as_needed, &option);
                }
                LibraryKind::Static { whole } => {
                    args.hint(Hint::Static);
                    args.whole(*whole, &option);
                }
            }
        }
    }
}

pub(super) fn object_path(temporary: &Path, index: usize, name: &str) -> PathBuf {
    temporary_path(temporary, index, name, "o")
}

fn c_path(temporary: &Path, index: usize, name: &str) -> PathBuf {
    temporary_path(temporary, index, name, "c")
}

fn temporary_path(temporary: &Path, index: usize, name: &str, extension: &str) -> PathBuf {
    let plain = |c: char| if c.is_ascii_alphanumeric() || c == '_' || c == '-' || c == '.' { c } else { '_' };
    let name: String = name.chars().map(plain).take(100).collect();
    temporary.join(format!("{index}-{name}.{extension}"))
}

fn exports_path(job: &Job, temporary: &Path) -> PathBuf {
    temporary.join(if is_library(job) { "exports.version" } else { "exports.list" })
}

/// A version script for a library, a dynamic list for an executable.
fn exports_text(job: &Job, symbols: &[String]) -> String {
    let names: String = symbols.iter().map(|symbol| format!("    \"{symbol}\";\n")).collect();
    match (is_library(job), symbols.is_empty()) {
        (true, true) => "{\n  local:\n    *;\n};\n".to_owned(),
        (true, false) => format!("{{\n  global:\n{names}  local:\n    *;\n}};\n"),
        (false, _) => format!("{{\n{names}}};\n"),
    }
}

/// Whether `-l` looks for archives or shared libraries.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Hint {
    Static,
    Dynamic,
}

#[derive(Default)]
pub(super) struct Args {
    list: Vec<OsString>,
    hint: Option<Hint>,
    /// The linker reads them itself, rather than through a C compiler.
    is_direct: bool,
}

impl Args {
    pub(super) fn plain(&mut self, arg: impl AsRef<OsStr>) {
        self.list.push(arg.as_ref().to_owned());
    }

    pub(super) fn all<S: AsRef<OsStr>>(&mut self, args: impl IntoIterator<Item = S>) {
        args.into_iter().for_each(|arg| self.plain(arg));
    }

    pub(super) fn into_list(self) -> Vec<OsString> {
        self.list
    }

    /// Arguments for the linker that belong together.
    fn linker<S: AsRef<OsStr>>(&mut self, args: impl IntoIterator<Item = S>) {
        if self.is_direct {
            return self.all(args);
        }
        let args: Vec<S> = args.into_iter().collect();
        // `-Wl,` splits at commas; `-Xlinker` does not.
        if args.iter().any(|arg| arg.as_ref().as_encoded_bytes().contains(&b',')) {
            for arg in args {
                self.plain("-Xlinker");
                self.plain(arg);
            }
            return;
        }
        let mut option = OsString::from("-Wl");
        for arg in args {
            option.push(",");
            option.push(arg);
        }
        self.list.push(option);
    }

    /// The linker that the C compiler is to use.
    fn lld(&mut self, job: &Job) {
        if let Some(folder) = &job.linker.lld_folder {
            let mut option = OsString::from("-B");
            option.push(folder);
            self.plain(option);
            self.plain("-fuse-ld=lld");
        }
    }

    fn hint(&mut self, hint: Hint) {
        if self.hint == Some(hint) || self.hint.is_none() && hint == Hint::Dynamic {
            return;
        }
        self.hint = Some(hint);
        self.linker([if hint == Hint::Static { "-Bstatic" } else { "-Bdynamic" }]);
    }

    fn whole(&mut self, whole: bool, arg: &OsStr) {
        if whole {
            self.linker(["--whole-archive"]);
        }
        self.plain(arg);
        if whole {
            self.linker(["--no-whole-archive"]);
        }
    }

    fn needed(&mut self, as_needed: bool, arg: &OsStr) {
        if !as_needed {
            self.linker(["--no-as-needed"]);
        }
        self.plain(arg);
        if !as_needed {
            self.linker(["--as-needed"]);
        }
    }
}

/// Arguments for people: objects that are there for this call alone, and libraries of the same folder, are counted.
fn fold(args: &[OsString], temporary: &Path) -> Vec<OsString> {
    let folder_of_library = |arg: &OsString| -> Option<PathBuf> {
        let path = Path::new(arg);
        let is_library = path.extension().is_some_and(|it| it == "rlib" || it == "so");
        path.parent().filter(|_| is_library && path.is_absolute()).map(Path::to_owned)
    };
    let mut folded: Vec<OsString> = Vec::new();
    let mut rest = args.iter().peekable();
    while let Some(arg) = rest.next() {
        let path = Path::new(arg);
        if path.starts_with(temporary) && path.extension().is_some_and(|it| it == "o") {
            let mut count = 1;
            while rest.next_if(|arg| Path::new(arg).starts_with(temporary)).is_some() {
                count += 1;
            }
            folded.push(format!("<{count} object file{}>", if count == 1 { "" } else { "s" }).into());
        } else if let Some(folder) = folder_of_library(arg) {
            let stem = |arg: &OsString| Path::new(arg).file_stem().unwrap_or_default().to_string_lossy().into_owned();
            let mut names = vec![stem(arg)];
            while let Some(next) = rest.next_if(|arg| folder_of_library(arg).as_ref() == Some(&folder)) {
                names.push(stem(next));
            }
            let names = if let [name] = &names[..] { name.clone() } else { format!("{{{}}}", names.join(",")) };
            folded.push(folder.join(names).into());
        } else {
            folded.push(arg.clone());
        }
    }
    folded
}

/// A command line that a shell takes.
pub(super) fn display(program: &Path, args: &[OsString]) -> String {
    let words = std::iter::once(program.as_os_str()).chain(args.iter().map(OsString::as_os_str));
    words.map(quote).collect::<Vec<String>>().join(" ")
}

fn quote(word: &OsStr) -> String {
    let word = word.to_string_lossy();
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./,=:+@%".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        word.into_owned()
    } else {
        format!("'{}'", word.replace('\'', r"'\''"))
    }
}

/// Arguments in the form that GCC and Clang read from `@file`: blanks, quotes and backslashes are escaped.
fn response_file(args: &[OsString]) -> Vec<u8> {
    let mut bytes = Vec::new();
    for arg in args {
        for &byte in arg.as_encoded_bytes() {
            if byte.is_ascii_whitespace() || matches!(byte, b'"' | b'\'' | b'\\') {
                bytes.push(b'\\');
            }
            bytes.push(byte);
        }
        bytes.push(b'\n');
    }
    bytes
}
