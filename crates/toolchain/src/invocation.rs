//! A rustc command line as cargo writes it.
//!
//! Bessemer stands in rustc's place under cargo, so it reads rustc's own options: enough of each to know what is asked for,
//! and the words as they were, to hand them on.

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};

/// One option (or the source file) with the words it was written in.
#[derive(Clone, PartialEq, Eq, Debug)]
struct Word {
    /// The option's long name without dashes (`codegen`, `emit`, `L`, …); empty for the source file.
    name: &'static str,
    value: Option<String>,
    raw: Vec<OsString>,
}

/// What kinds of file rustc makes of a crate (`--crate-type`).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum OutputCrateType {
    Bin,
    /// `lib` or `rlib`.
    Lib,
    Dylib,
    Cdylib,
    Staticlib,
    ProcMacro,
}

impl OutputCrateType {
    /// The type of a name, if rustc has it.
    pub fn from_name(name: &str) -> Option<OutputCrateType> {
        Some(match name {
            "bin" => OutputCrateType::Bin,
            "lib" | "rlib" => OutputCrateType::Lib,
            "dylib" => OutputCrateType::Dylib,
            "cdylib" => OutputCrateType::Cdylib,
            "staticlib" => OutputCrateType::Staticlib,
            "proc-macro" => OutputCrateType::ProcMacro,
            _ => return None,
        })
    }

    /// The name that rustc has for it.
    pub fn name(self) -> &'static str {
        match self {
            OutputCrateType::Bin => "bin",
            OutputCrateType::Lib => "lib",
            OutputCrateType::Dylib => "dylib",
            OutputCrateType::Cdylib => "cdylib",
            OutputCrateType::Staticlib => "staticlib",
            OutputCrateType::ProcMacro => "proc-macro",
        }
    }
}

/// A parsed command line.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Invocation {
    words: Vec<Word>,
    /// An option asks rustc for something other than compiling a crate (`-vV`, `--print`, `--explain`).
    pub is_question: bool,
}

/// Options with a value, by every way of writing them. The first is the name that they have here.
const WITH_VALUE: &[(&str, &[&str])] = &[
    ("cfg", &["--cfg"]),
    ("check-cfg", &["--check-cfg"]),
    ("L", &["-L"]),
    ("l", &["-l"]),
    ("crate-type", &["--crate-type"]),
    ("crate-name", &["--crate-name"]),
    ("edition", &["--edition"]),
    ("emit", &["--emit"]),
    ("print", &["--print"]),
    ("o", &["-o"]),
    ("out-dir", &["--out-dir"]),
    ("explain", &["--explain"]),
    ("target", &["--target"]),
    ("lint", &["-A", "--allow", "-W", "--warn", "-D", "--deny", "-F", "--forbid", "--force-warn"]),
    ("cap-lints", &["--cap-lints"]),
    ("codegen", &["-C", "--codegen"]),
    ("extern", &["--extern"]),
    ("sysroot", &["--sysroot"]),
    ("error-format", &["--error-format"]),
    ("json", &["--json"]),
    ("color", &["--color"]),
    ("diagnostic-width", &["--diagnostic-width"]),
    ("remap-path-prefix", &["--remap-path-prefix"]),
    ("remap-path-scope", &["--remap-path-scope"]),
    ("env-set", &["--env-set"]),
    ("Z", &["-Z"]),
];

/// Options without a value.
const FLAGS: &[(&str, &[&str])] = &[
    ("g", &["-g"]),
    ("O", &["-O"]),
    ("test", &["--test"]),
    ("question", &["-h", "--help", "-V", "--version", "-vV", "-Vv"]),
    ("verbose", &["-v", "--verbose"]),
];

impl Invocation {
    /// Reads rustc's arguments. `@FILE` stands for the lines of a file.
    ///
    /// # Errors
    /// A file of arguments that cannot be read; an argument that is not UTF-8.
    pub fn parse(args: impl IntoIterator<Item = OsString>) -> Result<Invocation, String> {
        let mut list = Vec::new();
        for arg in args {
            match arg.to_str().and_then(|arg| arg.strip_prefix('@')) {
                Some(file) => {
                    let text = std::fs::read_to_string(file)
                        .map_err(|error| format!("cannot read the arguments in `{file}`: {error}"))?;
                    list.extend(text.lines().map(OsString::from));
                }
                None => list.push(arg),
            }
        }
        let mut words = Vec::new();
        let mut list = list.into_iter();
        while let Some(arg) = list.next() {
            let text = arg.to_str().ok_or_else(|| format!("the argument {arg:?} is not UTF-8"))?.to_owned();
            words.push(match option(&text) {
                Some((name, Some(value))) => Word { name, value: Some(value), raw: vec![arg] },
                Some((name, None)) if WITH_VALUE.iter().any(|it| it.0 == name) => {
                    let value = list.next();
                    let text = value.as_ref().map(|it| it.to_string_lossy().into_owned());
                    Word { name, value: text, raw: std::iter::once(arg).chain(value).collect() }
                }
                Some((name, None)) => Word { name, value: None, raw: vec![arg] },
                None if text.starts_with('-') && text != "-" => Word { name: "other", value: None, raw: vec![arg] },
                None => Word { name: "", value: Some(text), raw: vec![arg] },
            });
        }
        let is_question = words.iter().any(|word| match word.name {
            "question" | "explain" => true,
            // What is printed of a link is no question: the crate is compiled.
            "print" => !matches!(print_kind(word), "native-static-libs" | "link-args"),
            _ => false,
        });
        Ok(Invocation { words, is_question })
    }

    fn values<'a>(&'a self, name: &'a str) -> impl DoubleEndedIterator<Item = &'a str> {
        self.words.iter().filter(move |word| word.name == name).filter_map(|word| word.value.as_deref())
    }

    /// All arguments as they were given (files of arguments opened up).
    pub fn args(&self) -> Vec<OsString> {
        self.words.iter().flat_map(|word| word.raw.iter().cloned()).collect()
    }

    /// The arguments that a condition on name and value holds for.
    pub(crate) fn args_where(&self, keep: impl Fn(&str, Option<&str>) -> bool) -> Vec<OsString> {
        let kept = self.words.iter().filter(|word| keep(word.name, word.value.as_deref()));
        kept.flat_map(|word| word.raw.iter().cloned()).collect()
    }

    pub fn source(&self) -> Option<&Path> {
        self.values("").next().map(Path::new)
    }

    pub fn crate_name(&self) -> Option<&str> {
        self.values("crate-name").next_back()
    }

    /// The crate types asked for; empty where the source's attributes decide.
    pub fn crate_types(&self) -> Vec<OutputCrateType> {
        let mut types: Vec<_> = self
            .values("crate-type")
            .flat_map(|value| value.split(','))
            .filter_map(OutputCrateType::from_name)
            .collect();
        types.sort_unstable();
        types.dedup();
        types
    }

    /// A test harness is made (`--test`).
    pub fn is_test(&self) -> bool {
        self.words.iter().any(|word| word.name == "test")
    }

    pub fn edition(&self) -> Option<&str> {
        self.values("edition").next_back()
    }

    /// Whether a kind of output is asked for with `--emit`; `link` is what rustc makes without one.
    pub fn emits(&self, kind: &str) -> bool {
        let mut any = false;
        for value in self.values("emit").flat_map(|value| value.split(',')) {
            any = true;
            if value.split('=').next() == Some(kind) {
                return true;
            }
        }
        !any && kind == "link"
    }

    /// The kinds of output asked for, with the files that are named for them.
    pub fn emit_paths(&self) -> Vec<(&str, Option<PathBuf>)> {
        let kinds = self.values("emit").flat_map(|value| value.split(','));
        let kinds = kinds.map(|kind| match kind.split_once('=') {
            Some((kind, path)) => (kind, Some(PathBuf::from(path))),
            None => (kind, None),
        });
        kinds.collect()
    }

    /// Whether `--print` asks for this.
    pub fn prints(&self, kind: &str) -> bool {
        self.words.iter().any(|word| word.name == "print" && print_kind(word) == kind)
    }

    pub fn out_dir(&self) -> Option<&Path> {
        self.values("out-dir").next_back().map(Path::new)
    }

    /// The file that `-o` names.
    pub fn output(&self) -> Option<&Path> {
        self.values("o").next_back().map(Path::new)
    }

    pub fn target(&self) -> Option<&str> {
        self.values("target").next_back()
    }

    pub fn sysroot(&self) -> Option<&Path> {
        self.values("sysroot").next_back().map(Path::new)
    }

    /// `--extern` arguments.
    pub fn externs(&self) -> Vec<String> {
        self.values("extern").map(str::to_owned).collect()
    }

    /// `--cfg` arguments.
    pub fn cfgs(&self) -> Vec<String> {
        self.values("cfg").map(str::to_owned).collect()
    }

    /// `-L` arguments.
    pub fn search_paths(&self) -> Vec<String> {
        self.values("L").map(str::to_owned).collect()
    }

    /// `-l` arguments.
    pub fn libraries(&self) -> Vec<String> {
        self.values("l").map(str::to_owned).collect()
    }

    /// `-Z` arguments.
    pub fn unstable(&self) -> Vec<&str> {
        self.values("Z").collect()
    }

    /// The crate's own lints are not shown: cargo does that for what comes from elsewhere and is not worked on.
    pub fn has_capped_lints(&self) -> bool {
        // Flags of the user's come later, and may say less.
        self.values("cap-lints").any(|level| level == "allow")
    }

    /// With other files for crates that are named.
    pub fn with_externs(mut self, files: &[(String, PathBuf)]) -> Invocation {
        for word in self.words.iter_mut().filter(|word| word.name == "extern") {
            let Some(other) = word.value.as_deref().and_then(|value| other_extern(value, files)) else { continue };
            word.raw = vec!["--extern".into(), OsString::from(&other)];
            word.value = Some(other);
        }
        self
    }

    /// Without any lints.
    pub(crate) fn with_capped_lints(mut self) -> Invocation {
        self.words.retain(|word| word.name != "cap-lints");
        self.words.push(Word {
            name: "cap-lints",
            value: Some("allow".to_owned()),
            raw: vec!["--cap-lints=allow".into()],
        });
        self
    }

    /// Diagnostics are asked for as JSON lines.
    pub fn is_json(&self) -> bool {
        self.values("error-format").next_back() == Some("json")
    }

    /// More is to be said (`-v`).
    pub fn is_verbose(&self) -> bool {
        self.words.iter().any(|word| word.name == "verbose")
    }

    /// Rendered diagnostics are to have colours.
    pub fn is_colored(&self) -> bool {
        match self.values("color").next_back() {
            Some(color) => color == "always",
            None => self.values("json").any(|value| value.split(',').any(|it| it == "diagnostic-rendered-ansi")),
        }
    }

    /// Codegen options (`-C NAME=VALUE`) in their order, with `-` in names; `-g` and `-O` are among them.
    pub fn codegen(&self) -> Vec<(String, Option<String>)> {
        let mut list = Vec::new();
        for word in &self.words {
            match word.name {
                "codegen" => {
                    let text = word.value.as_deref().unwrap_or_default();
                    let (name, value) = match text.split_once('=') {
                        Some((name, value)) => (name, Some(value.to_owned())),
                        None => (text, None),
                    };
                    list.push((name.replace('_', "-"), value));
                }
                "g" => list.push(("debuginfo".to_owned(), Some("2".to_owned()))),
                "O" => list.push(("opt-level".to_owned(), Some("3".to_owned()))),
                _ => {}
            }
        }
        list
    }

    /// The last value of a codegen option.
    pub fn codegen_value(&self, name: &str) -> Option<String> {
        self.codegen().into_iter().rfind(|it| it.0 == name).and_then(|it| it.1)
    }

    /// The stem of the files that rustc names after the crate: its name and `-C extra-filename`.
    pub fn file_stem(&self) -> Option<String> {
        Some(format!("{}{}", self.crate_name()?, self.codegen_value("extra-filename").unwrap_or_default()))
    }

    /// Where a file with rustc's own name goes.
    pub fn output_file(&self, prefix: &str, suffix: &str) -> Option<PathBuf> {
        Some(self.out_dir().unwrap_or(Path::new("")).join(format!("{prefix}{}{suffix}", self.file_stem()?)))
    }

    /// All values of a codegen option, in their order.
    pub fn codegen_values(&self, name: &str) -> Vec<String> {
        self.codegen().into_iter().filter(|it| it.0 == name).filter_map(|it| it.1).collect()
    }

    /// With another value for an option of this exact name and value, or without it.
    pub fn replace_codegen(mut self, name: &str, value: &str, by: Option<&str>) -> Invocation {
        let text = format!("{name}={value}");
        let is_it = |word: &Word| word.name == "codegen" && word.value.as_deref() == Some(&text);
        match by {
            Some(by) => {
                let value = format!("{name}={by}");
                for word in self.words.iter_mut().filter(|word| is_it(word)) {
                    word.raw = vec!["-C".into(), OsString::from(&value)];
                    word.value = Some(value.clone());
                }
            }
            None => self.words.retain(|word| !is_it(word)),
        }
        self
    }

    /// With one more argument of the linker.
    pub fn with_link_arg(mut self, file: &Path) -> Invocation {
        let mut raw = OsString::from("-Clink-arg=");
        raw.push(file);
        self.words.push(Word { name: "codegen", value: raw.to_str().map(|text| text[2..].to_owned()), raw: vec![raw] });
        self
    }

    /// The crate graph's code is elsewhere than in rlibs: `--extern NAME=X.rlib` becomes `NAME=X.rmeta` where that exists.
    pub fn with_metadata_externs(mut self) -> Invocation {
        for word in &mut self.words {
            let Some(value) = word.value.as_mut().filter(|_| word.name == "extern") else { continue };
            if let Some(stem) = value.strip_suffix(".rlib") {
                let metadata = format!("{stem}.rmeta");
                let path = metadata.split_once('=').map_or(metadata.as_str(), |it| it.1);
                if Path::new(path).is_file() {
                    word.raw = vec!["--extern".into(), OsStr::new(&metadata).to_owned()];
                    *value = metadata;
                }
            }
        }
        self
    }
}

/// An argument of `--extern` with another file, if there is one for its crate.
pub fn other_extern(argument: &str, files: &[(String, PathBuf)]) -> Option<String> {
    let (options, _) = argument.split_once('=')?;
    let name = options.rsplit(':').next()?;
    let (_, file) = files.iter().find(|(of, _)| of == name)?;
    Some(format!("{options}={}", file.display()))
}

/// What a `--print` asks for, without the file for the answer.
fn print_kind(word: &Word) -> &str {
    word.value.as_deref().unwrap_or_default().split('=').next().unwrap_or_default()
}

/// The name of an option and the value that is joined to it.
fn option(text: &str) -> Option<(&'static str, Option<String>)> {
    for (name, spellings) in FLAGS {
        if spellings.contains(&text) {
            return Some((name, None));
        }
    }
    for (name, spellings) in WITH_VALUE {
        for spelling in *spellings {
            let Some(rest) = text.strip_prefix(spelling) else { continue };
            if rest.is_empty() {
                return Some((name, None));
            }
            if spelling.starts_with("--") {
                if let Some(value) = rest.strip_prefix('=') {
                    return Some((name, Some(value.to_owned())));
                }
            } else {
                return Some((name, Some(rest.to_owned())));
            }
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::{Invocation, OutputCrateType};
    use std::path::{Path, PathBuf};

    fn parse(text: &str) -> Invocation {
        Invocation::parse(text.split_whitespace().map(Into::into)).unwrap()
    }

    #[test]
    fn reads_what_cargo_writes() {
        let invocation = parse(
            "--crate-name rg --edition=2021 src/main.rs --error-format=json --json=diagnostic-rendered-ansi,artifacts \
             --crate-type bin --emit=dep-info,link -C embed-bitcode=no -Cdebuginfo=2 -C metadata=01 \
             -C extra-filename=-77 --out-dir deps -L dependency=deps --extern a=deps/liba.rlib -lstatic=z",
        );
        assert_eq!(invocation.source(), Some(Path::new("src/main.rs")));
        assert_eq!(invocation.crate_types(), [OutputCrateType::Bin]);
        assert!(invocation.emits("link") && invocation.emits("dep-info") && !invocation.emits("metadata"));
        assert_eq!(invocation.codegen_value("debuginfo").as_deref(), Some("2"));
        assert_eq!(invocation.output_file("", ".d"), Some(PathBuf::from("deps/rg-77.d")));
        assert_eq!(invocation.externs(), ["a=deps/liba.rlib"]);
        assert_eq!(invocation.libraries(), ["static=z"]);
        assert!(invocation.is_json() && invocation.is_colored() && !invocation.is_question);
    }

    #[test]
    fn keeps_the_words_as_they_were() {
        let text = "-vv --cfg a -Ca=b -C c --test x.rs -O";
        let invocation = parse(text);
        let args = invocation.args();
        let args: Vec<_> = args.iter().map(|arg| arg.to_str().unwrap()).collect();
        assert_eq!(args.join(" "), text);
        assert_eq!(
            invocation.args_where(|name, _| !matches!(name, "cfg" | "test")),
            ["-vv", "-Ca=b", "-C", "c", "x.rs", "-O"]
        );
        assert!(invocation.is_test() && invocation.emits("link"));
        assert_eq!(invocation.codegen_value("opt-level").as_deref(), Some("3"));
    }

    #[test]
    fn questions_are_known() {
        assert!(parse("-vV").is_question);
        assert!(parse("- --crate-name ___ --print=file-names").is_question);
        assert!(!parse("a.rs").is_question);
    }
}
