//! `cargo bessemer asm|llvm-ir|mir|lir|clif`: a build of which one final artefact's code is shown.

use crate::args::Color;
use crate::code::{self, Kind, Look, Wanted};
use crate::explore::worker;
use crate::{settings, show};
use inspect::disassembly::Syntax;
use inspect::text::Form;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::SystemTime;

/// What is to be shown, and how.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CodeRequest {
    pub kind: Kind,
    pub function: Option<String>,
    pub index: Option<usize>,
    /// A library's code, which has to be made for it.
    pub is_library: bool,
    /// LLVM's IR before anything is optimised.
    is_initial: bool,
    /// It is asked for by `explore`, which wants to ask more of it.
    worker: Option<Asked>,
    syntax: Syntax,
    source: Option<bool>,
    json: bool,
    color: Color,
}

/// What `explore` asks for: `STAGE,OUTPUT,FILE`.
#[derive(Clone, PartialEq, Eq, Debug)]
struct Asked {
    /// The stage.
    stage: String,
    /// What is written for it, by the name that `--emit` has for it.
    output: String,
    /// The file that the source begins with.
    main: PathBuf,
}

impl Asked {
    fn read(text: &str) -> Option<Asked> {
        let (stage, rest) = text.split_once(',')?;
        let (output, main) = rest.split_once(',')?;
        Some(Asked { stage: stage.to_owned(), output: output.to_owned(), main: main.into() })
    }
}

/// Options of cargo's whose values are words of their own.
const WITH_VALUES: [&str; 22] = [
    "-p",
    "--package",
    "--bin",
    "--example",
    "--test",
    "--bench",
    "-F",
    "--features",
    "--target",
    "--profile",
    "-j",
    "--jobs",
    "--manifest-path",
    "--target-dir",
    "--config",
    "--message-format",
    "-Z",
    "--backend",
    "--front-end",
    "--lockfile-path",
    "-C",
    "--exclude",
];

/// Reads the arguments of such a command. Gives what is to be shown, and the arguments of the build.
///
/// # Errors
/// Words that mean nothing.
pub fn split(kind: Kind, args: impl IntoIterator<Item = OsString>) -> Result<(CodeRequest, Vec<OsString>), String> {
    let mut request = CodeRequest {
        kind,
        function: None,
        index: None,
        is_library: false,
        is_initial: false,
        worker: None,
        syntax: Syntax::default(),
        source: None,
        json: false,
        color: Color::Auto,
    };
    let mut rest = Vec::new();
    let mut args = args.into_iter();
    let mut only_names = false;
    while let Some(arg) = args.next() {
        let text = arg.to_string_lossy().into_owned();
        if only_names || !text.starts_with('-') {
            match (&request.function, request.index) {
                (None, _) => request.function = Some(text),
                (Some(_), None) => {
                    let number = text.parse().map_err(|_| format!("`{text}`: the number of a function is needed"))?;
                    request.index = Some(number);
                }
                _ => return Err(format!("`{text}` is one word too many: there is a function, and its number")),
            }
            continue;
        }
        match &*text {
            "--" => only_names = true,
            "--intel" if kind == Kind::Asm => request.syntax = Syntax::Intel,
            "--att" if kind == Kind::Asm => request.syntax = Syntax::Att,
            "--source" if kind == Kind::Asm => request.source = Some(true),
            "--no-source" if kind == Kind::Asm => request.source = Some(false),
            "--initial" if kind == Kind::Text(Form::LlvmIr) => request.is_initial = true,
            "--json" => request.json = true,
            "--color" => {
                let value = args.next().unwrap_or_default();
                request.color = color(&value.to_string_lossy());
                rest.extend([arg, value]);
            }
            "--lib" => {
                request.is_library = true;
                rest.push(arg);
            }
            _ => {
                if let Some(asked) = text.strip_prefix("--explore-worker=") {
                    request.worker = Some(Asked::read(asked).ok_or("`--explore-worker` is for `explore` only")?);
                    continue;
                }
                if let Some(value) = text.strip_prefix("--color=") {
                    request.color = color(value);
                }
                rest.push(arg);
                if WITH_VALUES.contains(&&*text) {
                    rest.extend(args.next());
                }
            }
        }
    }
    if request.is_library {
        // A library by itself has no code: it is made as for other languages, with all that it offers.
        rest.extend(["--crate-type".into(), "cdylib".into()]);
    }
    Ok((request, rest))
}

/// cargo says what is wrong with other words.
fn color(value: &str) -> Color {
    match value {
        "always" => Color::Always,
        "never" => Color::Never,
        _ => Color::Auto,
    }
}

impl CodeRequest {
    /// cargo's command for the build.
    pub fn command(&self) -> &'static str {
        if self.is_library { "rustc" } else { "build" }
    }

    /// What the build is to write, by the name that `--emit` has for it.
    pub fn output(&self) -> String {
        match &self.worker {
            Some(asked) => asked.output.clone(),
            None if self.is_initial => "llvm-ir-initial".to_owned(),
            None => self.kind.emitted().name().to_owned(),
        }
    }

    /// Shows what the build has put into a folder of settings. Its target directory says what it was made of.
    pub fn show(&self, placed: &Path, target_dir: Option<&Path>) -> ExitCode {
        let folder = &settings::shown(placed);
        let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
        let mut files: Vec<PathBuf> = entries.map(|entry| entry.path()).collect();
        files.sort();
        let [file] = &files[..] else {
            return super::usage(&match &files[..] {
                [] => "no program was built that has code\n  help: a library's is shown with --lib".to_owned(),
                _ => {
                    let names: Vec<String> = files.iter().map(|file| artefact(file)).collect();
                    format!(
                        "there is code of several programs: {}\n  help: choose one with -p, --bin, --lib, --example or --test",
                        names.join(", ")
                    )
                }
            });
        };
        if let Some(Asked { stage, main, .. }) = &self.worker {
            let krate = artefact(file).replace('-', "_");
            let done = std::fs::read(settings::work(placed, &file.file_name().unwrap_or_default().to_string_lossy()));
            let done = done.ok().and_then(|text| serde_json::from_slice(&text).ok()).unwrap_or_default();
            let inputs = target_dir.map(|folder| inputs(folder, &krate)).unwrap_or_default();
            let answered = worker::artefact(stage, file, main, &krate, done, &inputs);
            return answered
                .unwrap_or_else(|error| show::error(&error, show::Style { json: true, ..show::Style::default() }));
        }
        let wanted = Wanted { function: self.function.clone(), index: self.index };
        let look = Look::new(self.json, self.color, self.syntax, self.source);
        code::show_file(self.kind, file, &wanted, look)
            .unwrap_or_else(|error| show::error(&error, show::Style { json: self.json, ..show::Style::default() }))
    }
}

/// The files that an artefact is made of, those of packages beside its own as well, as cargo has written it beside what it has made
/// last.
fn inputs(target_dir: &Path, krate: &str) -> Vec<PathBuf> {
    let is_it = |file: &Path| {
        let stem = file.file_stem().unwrap_or_default().to_string_lossy().replace('-', "_");
        file.extension().is_some_and(|it| it == "d") && (stem == krate || stem.strip_prefix("lib") == Some(krate))
    };
    // Profiles' folders, perhaps below those of targets, and examples' in them; what is between is cargo's own.
    let mut found: Option<(SystemTime, PathBuf)> = None;
    let mut folders = vec![(target_dir.to_owned(), 0)];
    while let Some((folder, depth)) = folders.pop() {
        for path in std::fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path()) {
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            let is_cargos = name.starts_with('.') || matches!(&*name, "deps" | "build" | "incremental");
            if depth < 3 && !is_cargos && path.is_dir() {
                folders.push((path, depth + 1));
            } else if is_it(&path)
                && let Ok(time) = std::fs::metadata(&path).and_then(|it| it.modified())
            {
                found = found.max(Some((time, path)));
            }
        }
    }
    let Some((_, file)) = found else { return Vec::new() };
    let text = std::fs::read_to_string(file).unwrap_or_default();
    // What the build has made itself is no input.
    let target_dir = target_dir.parent().unwrap_or(target_dir);
    driver::prerequisites(&text).into_iter().filter(|path| !path.starts_with(target_dir)).collect()
}

/// An artefact's name, without what cargo adds to it.
fn artefact(file: &Path) -> String {
    let name = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
    name.rsplit_once('-').map_or(name.clone(), |(name, _)| name.to_owned())
}

#[cfg(test)]
mod tests {
    use super::{inputs, split};
    use crate::code::Kind;
    use std::ffi::OsStr;
    use std::path::PathBuf;

    #[test]
    fn inputs_are_those_of_the_artefact() {
        let target = tempfile::tempdir().expect("a folder");
        let folder = target.path().join("bessemer/x86/debug/examples");
        std::fs::create_dir_all(&folder).expect("a folder");
        let text = format!("{0}/a-b: /w/src/a\\ b.rs /w/src/c.rs {0}/out.rs\n", target.path().display());
        std::fs::write(folder.join("a-b.d"), text).expect("a file");
        let found = inputs(&target.path().join("bessemer"), "a_b");
        assert_eq!(found, [PathBuf::from("/w/src/a b.rs"), PathBuf::from("/w/src/c.rs")]);
        assert!(inputs(&target.path().join("bessemer"), "b").is_empty());
    }

    #[test]
    fn functions_are_told_from_cargos_options() {
        let words = "-p a --bin b c::d --release --features=x -F y 3 --att --json";
        let (request, rest) = split(Kind::Asm, words.split(' ').map(Into::into)).unwrap();
        assert_eq!((request.function.as_deref(), request.index), (Some("c::d"), Some(3)));
        assert_eq!(rest.join(OsStr::new(" ")), "-p a --bin b --release --features=x -F y");
        assert_eq!(request.command(), "build");
        let (request, rest) = split(Kind::Asm, ["--lib".into(), "--".into(), "-f".into()]).unwrap();
        assert_eq!(request.function.as_deref(), Some("-f"));
        assert_eq!(
            (request.command(), rest.join(OsStr::new(" ")).to_str()),
            ("rustc", Some("--lib --crate-type cdylib"))
        );
        let output = |name, words: &str| {
            let words = words.split(' ').map(Into::into);
            split(Kind::of_command(name).expect("a form"), words).expect("a request").0.output()
        };
        assert_eq!(output("llvm-ir", "--initial f"), "llvm-ir-initial");
        assert_eq!(output("llvm-ir", "f"), "llvm-ir");
        assert_eq!(output("llvm-ir", "--explore-worker=remarks,llvm-remarks,src/a,b.rs"), "llvm-remarks");
        for wrong in ["a b", "a 1 2"] {
            assert!(split(Kind::Asm, wrong.split(' ').map(Into::into)).is_err(), "{wrong}");
        }
    }
}
