//! `cargo xtask tidy`: the invariants that the documents state, checked.
//!
//! Each rule is a function from the project's files to a list of what breaks it. A rule that cannot fail is worth nothing, so
//! the tests at the end break each of them on purpose.

use crate::project;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::path::{Path, PathBuf};

const HELP: &str = "\
Check the invariants that ARCHITECTURE.md and CONTRIBUTING.md state

Usage: cargo xtask tidy [FOLDER]

FOLDER is the project's folder; without it, the one that this task was built in.
";

/// Source files longer than this hold more than one concept.
const MAX_LINES: usize = 800;

/// Crates that may contain `unsafe` beside the promise that an arena asks for (`unsafe impl Hold`).
/// `procmacro`: it loads macros' libraries, calls them, and forks. `bessemer`: it hands out functions of loaded code.
/// `inspect`: it asks LLVM's disassembler.
const UNSAFE_CRATES: [&str; 10] =
    ["backend-llvm", "bessemer", "cache", "driver", "inspect", "link", "llvm-lazy", "procmacro", "rmeta", "ty"];

/// Sources that are no part of a crate: the installed rustc compiles them into what it loads itself, and what build scripts are
/// linked with.
const SHIMS: &str = "crates/toolchain/src/shims/";

/// Places that may start processes, and why.
const PROCESS_STARTERS: [(&str, &str); 6] = [
    ("crates/bessemer/src/unit.rs", "starts compiled programs for the host"),
    ("crates/toolchain/", "runs rustc"),
    ("crates/link/src/aot/", "runs the linker"),
    ("crates/backend-exec/", "runs back ends that are programs"),
    ("crates/backend/src/filetest.rs", "runs the programs that its tests are"),
    ("crates/cli/", "runs cargo, and the compiled program"),
];

/// Places that may print or end the process.
const TALKERS: [&str; 2] = ["crates/cli/", "xtask/"];

/// The files that the rules look at: path from the project's folder, and text.
struct Project {
    files: BTreeMap<String, String>,
}

type Findings = Vec<String>;

/// Runs the task. `Ok(false)`: something is broken.
pub fn main(args: impl Iterator<Item = String>) -> Result<bool, String> {
    let args: Vec<String> = args.collect();
    let root = match &args[..] {
        [] => PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/..")),
        [flag] if flag == "-h" || flag == "--help" => {
            print!("{HELP}");
            return Ok(true);
        }
        [folder] if !folder.starts_with('-') => PathBuf::from(folder),
        _ => return Err(HELP.to_owned()),
    };
    let findings = Project::read(&root)?.check();
    for finding in &findings {
        println!("{finding}");
    }
    println!("tidy: {} found", if findings.is_empty() { "nothing".to_owned() } else { findings.len().to_string() });
    Ok(findings.is_empty())
}

impl Project {
    fn read(root: &Path) -> Result<Project, String> {
        let mut files = BTreeMap::new();
        let mut folders = vec![PathBuf::new()];
        while let Some(folder) = folders.pop() {
            let entries =
                std::fs::read_dir(root.join(&folder)).map_err(|error| format!("{}: {error}", root.display()))?;
            for entry in entries.flatten() {
                let path = folder.join(entry.file_name());
                let name = entry.file_name().to_string_lossy().into_owned();
                if entry.file_type().is_ok_and(|it| it.is_dir()) {
                    if !name.starts_with('.') && !project::is_build_folder(&root.join(&path)) {
                        folders.push(path);
                    }
                } else if name.ends_with(".rs") || name.ends_with(".md") || name == "Cargo.toml" {
                    let text = std::fs::read_to_string(root.join(&path)).map_err(|error| format!("{name}: {error}"))?;
                    files.insert(path.to_string_lossy().into_owned(), text);
                }
            }
        }
        Ok(Project { files })
    }

    fn check(&self) -> Findings {
        let rules: [fn(&Project) -> Findings; 11] = [
            Project::crate_graph,
            Project::crate_documents,
            Project::unsafe_code,
            Project::processes,
            Project::output,
            Project::backends_by_name,
            Project::metadata_versions,
            Project::circles,
            Project::keys,
            Project::file_sizes,
            Project::documents,
        ];
        rules.iter().flat_map(|rule| rule(self)).collect()
    }

    /// Rust files of the crates and of xtask, without their tests.
    fn sources(&self) -> impl Iterator<Item = (&str, &str)> {
        let is_source =
            |path: &str| (path.starts_with("crates/") && path.contains("/src/")) || path.starts_with("xtask/src/");
        let is_source = move |path: &str| is_source(path) && !path.starts_with(SHIMS);
        let rust = self.files.iter().filter(move |(path, _)| path.ends_with(".rs") && is_source(path));
        rust.map(|(path, text)| (&**path, &**text))
    }

    /// Lines of code that hold a pattern: comments and the tests at a file's end do not count.
    fn lines_with<'a>(&'a self, pattern: &'a str) -> impl Iterator<Item = (&'a str, usize, &'a str)> {
        self.sources().flat_map(move |(path, text)| {
            let is_test = path.ends_with("/tests.rs") || path.contains("/tests/");
            let code = if is_test { "" } else { text.split("\n#[cfg(test)]\nmod tests").next().unwrap_or_default() };
            let numbered = code
                .lines()
                .enumerate()
                .filter(move |(_, line)| line.contains(pattern) && !line.trim_start().starts_with("//"));
            numbered.map(move |(index, line)| (path, index + 1, line))
        })
    }

    /// ARCHITECTURE.md lists each crate with the crates that it uses.
    fn crate_graph(&self) -> Findings {
        let mut findings = Vec::new();
        let claimed = self.claimed_graph();
        for (path, manifest) in &self.files {
            let Some(name) = path.strip_prefix("crates/").and_then(|path| path.strip_suffix("/Cargo.toml")) else {
                continue;
            };
            let actual = dependencies(manifest, &self.files);
            match claimed.get(name) {
                None => findings.push(format!("ARCHITECTURE.md: the table of crates lacks `{name}`")),
                Some(claimed) if *claimed != actual => findings.push(format!(
                    "ARCHITECTURE.md: `{name}` uses {}, and the table says {}",
                    list(&actual),
                    list(claimed)
                )),
                Some(_) => {}
            }
        }
        for name in claimed.keys() {
            if !self.files.contains_key(&format!("crates/{name}/Cargo.toml")) {
                findings.push(format!("ARCHITECTURE.md: there is no crate `{name}`"));
            }
        }
        findings
    }

    /// The rows `| crate | uses | holds |` of ARCHITECTURE.md.
    fn claimed_graph(&self) -> BTreeMap<String, BTreeSet<String>> {
        let text = self.files.get("ARCHITECTURE.md").map_or("", |text| text);
        let mut graph = BTreeMap::new();
        for line in text.lines() {
            let cells: Vec<&str> = line.trim().trim_matches('|').split('|').map(str::trim).collect();
            if let [name, uses, _] = cells[..]
                && let Some(name) = name.strip_prefix('`').and_then(|name| name.strip_suffix('`'))
            {
                let uses =
                    uses.split(',').map(|it| it.trim().trim_matches('`')).filter(|it| !it.is_empty() && *it != "–");
                graph.insert(name.to_owned(), uses.map(str::to_owned).collect());
            }
        }
        graph
    }

    /// Each crate says what goes in, what comes out, and what it must not know.
    fn crate_documents(&self) -> Findings {
        let mut findings = Vec::new();
        for (path, text) in self.files.iter().filter(|(path, _)| is_crate_root(path)) {
            let header: String = text.lines().take_while(|line| line.starts_with("//!")).collect();
            for phrase in ["**What goes in.**", "**What comes out.**", "**What it must not know.**"] {
                if !header.contains(phrase) {
                    findings.push(format!("{path}: its documentation does not begin with {phrase}"));
                }
            }
        }
        findings
    }

    /// `unsafe` stands only in the listed crates; the others forbid it.
    fn unsafe_code(&self) -> Findings {
        let mut findings = Vec::new();
        for (path, number, line) in self.lines_with("unsafe ") {
            let code = line.split("//").next().unwrap_or_default();
            let promise = code.contains("unsafe impl ty::Hold for") || code.contains("unsafe impl Hold for");
            // Not a part of a longer name, and not text.
            let word = |form: &str| {
                let before = code.find(form).and_then(|at| code[..at].chars().next_back());
                code.contains(form) && !before.is_some_and(|c| c.is_alphanumeric() || c == '_' || c == '"')
            };
            let forms = ["unsafe {", "unsafe fn ", "unsafe impl ", "unsafe trait ", "unsafe extern "];
            let is_code = forms.into_iter().any(word);
            let krate = path.strip_prefix("crates/").and_then(|path| path.split('/').next()).unwrap_or("xtask");
            if is_code && !promise && krate != "xtask" && !UNSAFE_CRATES.contains(&krate) {
                findings.push(format!("{path}:{number}: `unsafe` outside the crates that may have it"));
            }
        }
        for (path, text) in self.files.iter().filter(|(path, _)| is_crate_root(path)) {
            let krate = path["crates/".len()..].split('/').next().unwrap_or_default();
            let forbids = text.contains("#![forbid(unsafe_code)]") || text.contains("#![deny(unsafe_code)]");
            if !UNSAFE_CRATES.contains(&krate) && !forbids {
                findings.push(format!("{path}: it does not say `#![forbid(unsafe_code)]`"));
            }
        }
        findings
    }

    /// Who may start processes; nothing but `toolchain` starts rustc.
    fn processes(&self) -> Findings {
        let mut findings = Vec::new();
        for (path, number, line) in self.lines_with("Command::new(") {
            let may = PROCESS_STARTERS.iter().any(|(place, _)| path.starts_with(place));
            if path.starts_with("crates/") && !path.starts_with("crates/testing/") && !may {
                findings.push(format!("{path}:{number}: a process is started where none may be"));
            }
            if line.contains("\"rustc\"") && !path.starts_with("crates/toolchain/") && !is_helper(path) {
                findings.push(format!("{path}:{number}: rustc is started outside of `toolchain`"));
            }
        }
        findings
    }

    /// Library crates never print and never end the process.
    fn output(&self) -> Findings {
        let mut findings = Vec::new();
        for pattern in ["println!(", "eprintln!(", "print!(", "process::exit(", "libc::exit("] {
            for (path, number, _) in self.lines_with(pattern) {
                if !TALKERS.iter().any(|place| path.starts_with(place)) && !is_helper(path) {
                    findings.push(format!("{path}:{number}: a library crate prints, or ends the process ({pattern}…)"));
                }
            }
        }
        findings
    }

    /// The driver knows back ends by what they can do; only its list of built-in ones names them.
    fn backends_by_name(&self) -> Findings {
        let mut findings = Vec::new();
        for pattern in ["backend_llvm::", "backend_cranelift::", "\"llvm\" ==", "== \"llvm\"", "== \"cranelift\""] {
            for (path, number, _) in self.lines_with(pattern) {
                if path.starts_with("crates/driver/") && path != "crates/driver/src/backends.rs" {
                    findings.push(format!("{path}:{number}: a back end is asked for by name"));
                }
            }
        }
        findings
    }

    /// rustc's encoding is known to `rmeta` alone.
    fn metadata_versions(&self) -> Findings {
        let found = self.lines_with("rmeta::format").filter(|(path, ..)| path.starts_with("crates/"));
        let found = found.filter(|(path, ..)| !path.starts_with("crates/rmeta/"));
        found.map(|(path, number, _)| format!("{path}:{number}: an encoding of metadata outside of `rmeta`")).collect()
    }

    /// The driver's modules use each other in one direction. A folder is one module.
    fn circles(&self) -> Findings {
        const PLACE: &str = "crates/driver/src/";
        let of = |path: &str| {
            let rest = path.strip_prefix(PLACE)?;
            let name = rest.split('/').next()?;
            Some(name.strip_suffix(".rs").unwrap_or(name).to_owned()).filter(|name| name != "lib")
        };
        let modules: BTreeSet<String> = self.sources().filter_map(|(path, _)| of(path)).collect();
        let mut graph: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for (path, text) in self.sources() {
            let Some(module) = of(path) else { continue };
            let used = used_modules(text).into_iter().filter(|used| *used != module && modules.contains(used));
            graph.entry(module.clone()).or_default().extend(used);
        }
        // What uses nothing that is left is in no circle, again and again.
        while let Some(free) = graph.iter().find(|(_, used)| used.is_empty()).map(|(module, _)| module.clone()) {
            graph.remove(&free);
            graph.values_mut().for_each(|used| _ = used.remove(&free));
        }
        let Some(mut module) = graph.keys().next() else { return Findings::new() };
        // Each that is left uses another that is left.
        let mut path = Vec::new();
        while !path.contains(&module) {
            path.push(module);
            module = graph[module].iter().next().expect("a module in a circle uses another");
        }
        let start = path.iter().position(|it| *it == module).unwrap_or_default();
        let circle: Vec<&str> = path[start..].iter().chain([&module]).map(|it| it.as_str()).collect();
        vec![format!("{PLACE}: modules use each other in a circle: {}", circle.join(" -> "))]
    }

    /// Parts of keys are put behind each other in one way.
    fn keys(&self) -> Findings {
        let found = self
            .lines_with("to_le_bytes()).update(")
            .filter(|(path, ..)| path.starts_with("crates/") && !path.starts_with("crates/cache/"));
        let finding =
            |(path, number, _)| format!("{path}:{number}: a key is made by hand; `cache::KeyBuilder` makes keys");
        found.map(finding).collect()
    }

    /// One file, one concept.
    fn file_sizes(&self) -> Findings {
        let long = self.files.iter().filter(|(path, _)| path.ends_with(".rs"));
        let long = long.map(|(path, text)| (path, text.lines().count())).filter(|(_, lines)| *lines > MAX_LINES);
        long.map(|(path, lines)| format!("{path}: {lines} lines; at most {MAX_LINES} hold one concept")).collect()
    }

    /// Merges are finished; links between documents lead somewhere, and each environment variable is in the table of them.
    fn documents(&self) -> Findings {
        let mut findings = Vec::new();
        for (path, text) in &self.files {
            let marker = text.lines().position(|line| line.starts_with("<<<<<<< ") || line.starts_with(">>>>>>> "));
            findings.extend(marker.map(|line| format!("{path}:{}: a merge is not finished", line + 1)));
        }
        for (path, text) in self.files.iter().filter(|(path, _)| path.ends_with(".md")) {
            let folder = Path::new(path).parent().unwrap_or(Path::new(""));
            for target in text.split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
                let file = target.split('#').next().unwrap_or_default();
                let local = !file.is_empty() && !file.contains("://") && file.ends_with(".md");
                if local && !self.files.contains_key(&normal(&folder.join(file))) {
                    findings.push(format!("{path}: the link to `{target}` leads nowhere"));
                }
            }
        }
        let table = self.files.get("docs/configuration.md").map_or("", |text| text);
        let mut variables = BTreeSet::new();
        for (path, _, line) in self.lines_with("\"BESSEMER_") {
            let names = line.split("\"BESSEMER_").skip(1).filter_map(|rest| rest.split('"').next());
            let is_name = |name: &&str| name.chars().all(|it| it.is_ascii_uppercase() || it == '_');
            if path.starts_with("crates/") {
                variables.extend(names.filter(is_name).map(|name| format!("BESSEMER_{name}")));
            }
        }
        for variable in variables.iter().filter(|variable| !table.contains(&format!("`{variable}"))) {
            findings.push(format!("docs/configuration.md: `{variable}` is missing"));
        }
        findings
    }
}

/// The modules of its crate that a file names: the first words after `crate::`.
fn used_modules(text: &str) -> BTreeSet<String> {
    let code = text.split("\n#[cfg(test)]\nmod tests").next().unwrap_or_default();
    let lines = code.lines().filter(|line| !line.trim_start().starts_with("//"));
    let code: Vec<&str> = lines.collect();
    let mut used = BTreeSet::new();
    let first_word =
        |text: &str| -> String { text.trim_start().chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect() };
    for rest in code.join("\n").split("crate::").skip(1) {
        let Some(list) = rest.strip_prefix('{') else {
            used.insert(first_word(rest));
            continue;
        };
        let mut depth = 0;
        let mut start = 0;
        for (at, c) in list.char_indices() {
            match c {
                '{' => depth += 1,
                ',' | '}' if depth == 0 => {
                    used.insert(first_word(&list[start..at]));
                    start = at + 1;
                    if c == '}' {
                        break;
                    }
                }
                '}' => depth -= 1,
                _ => {}
            }
        }
    }
    used
}

/// Programs of the project's own that are no part of what users get.
fn is_helper(path: &str) -> bool {
    path.starts_with("xtask/") || path.starts_with("crates/testing/")
}

fn is_crate_root(path: &str) -> bool {
    path.starts_with("crates/") && path.ends_with("/src/lib.rs")
}

/// A path without `..`.
fn normal(path: &Path) -> String {
    let mut parts: Vec<String> = Vec::new();
    for part in path.components() {
        match part.as_os_str().to_string_lossy().as_ref() {
            ".." => drop(parts.pop()),
            "." => {}
            part => parts.push(part.to_owned()),
        }
    }
    parts.join("/")
}

/// The crates of this project that a manifest has as dependencies, not for tests only.
fn dependencies(manifest: &str, files: &BTreeMap<String, String>) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let mut inside = false;
    for line in manifest.lines() {
        if line.starts_with('[') {
            inside = line.trim() == "[dependencies]";
        } else if inside
            && let Some(name) = line.split([' ', '=', '.']).next()
            && files.contains_key(&format!("crates/{name}/Cargo.toml"))
        {
            found.insert(name.to_owned());
        }
    }
    found
}

fn list(names: &BTreeSet<String>) -> String {
    let mut text = String::new();
    for name in names {
        let _ = write!(text, "{}{name}", if text.is_empty() { "" } else { ", " });
    }
    if text.is_empty() { "nothing".to_owned() } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The project as it is, with one file changed.
    fn changed(path: &str, change: impl FnOnce(&str) -> String) -> Findings {
        let mut project = Project::read(Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))).expect("the project");
        let text = project.files.get(path).cloned().unwrap_or_default();
        project.files.insert(path.to_owned(), change(&text));
        project.check()
    }

    fn with(line: &'static str) -> impl FnOnce(&str) -> String {
        move |text| {
            let (head, rest) = text.split_once("\nuse ").expect("a file with `use`");
            format!("{head}\n{line}\nuse {rest}")
        }
    }

    fn breaks(path: &str, change: impl FnOnce(&str) -> String, expected: &str) {
        let findings = changed(path, change);
        assert!(findings.iter().any(|finding| finding.contains(expected)), "{expected}: {findings:#?}");
    }

    #[test]
    fn the_project_is_tidy() {
        assert_eq!(changed("README.md", str::to_owned), Findings::new());
    }

    #[test]
    fn what_is_broken_is_found() {
        let lower = "crates/lower/src/place.rs";
        breaks(
            "crates/lir/Cargo.toml",
            |text| text.replace("[dependencies]", "[dependencies]\nty = 1"),
            "`lir` uses index, ty",
        );
        breaks("crates/new/Cargo.toml", |_| String::new(), "the table of crates lacks `new`");
        breaks(
            "crates/lir/src/lib.rs",
            |text| text.replace("must not know", "knows"),
            "does not begin with **What it must",
        );
        breaks(lower, with("fn f() { unsafe { g() } }"), "`unsafe` outside the crates");
        breaks(
            "crates/lir/src/lib.rs",
            |text| text.replace("#![forbid", "#![warn"),
            "does not say `#![forbid(unsafe_code)]`",
        );
        breaks(lower, with("fn f() { Command::new(\"ls\"); }"), "a process is started");
        breaks(
            "crates/link/src/aot/command.rs",
            with("fn f() { Command::new(\"rustc\"); }"),
            "rustc is started outside",
        );
        breaks(lower, with("fn f() { println!(\"here\"); }"), "a library crate prints");
        breaks(lower, with("fn f() { std::process::exit(1); }"), "a library crate prints, or ends");
        breaks(
            "crates/driver/src/files.rs",
            with("use crate::{\n    caches::{self, code},\n    build,\n};"),
            "in a circle: ",
        );
        breaks(lower, with("fn f() { hasher.update(&1u64.to_le_bytes()).update(b); }"), "a key is made by hand");
        breaks("crates/driver/src/build.rs", with("use backend_llvm::LlvmBackend;"), "a back end is asked for by name");
        breaks(lower, with("use rmeta::format;"), "an encoding of metadata outside");
        breaks(lower, |text| text.to_owned() + &"//\n".repeat(MAX_LINES), "lines; at most 800");
        breaks("README.md", |text| text.to_owned() + "<<<<<<< HEAD\n", "a merge is not finished");
        breaks("README.md", |text| text.to_owned() + "[here](docs/nowhere.md)", "leads nowhere");
        breaks(lower, with("const X: &str = \"BESSEMER_SECRET\";"), "`BESSEMER_SECRET` is missing");
    }
}
