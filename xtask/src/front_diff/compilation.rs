//! A run of rustc whose expansion is compared: of a file by itself, or recorded while cargo built a package.

use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};

use front::Front;
use rmeta::CrateLocator;
use stages::Crate;
use syntax::span::Edition;

use ty::Arena;

use super::Toolchain;

/// A run of rustc.
#[derive(Clone, Debug, Default)]
pub struct Compilation {
    /// The crate's name.
    pub name: String,
    /// The file of its root module, as rustc is given it.
    pub path: PathBuf,
    pub edition: Edition,
    /// `--cfg`
    pub cfgs: Vec<String>,
    /// `--extern`
    pub externs: BTreeMap<String, Vec<PathBuf>>,
    /// `-L`
    pub search_dirs: Vec<PathBuf>,
    /// The working folder.
    pub folder: PathBuf,
    /// The environment, if it is not ours.
    pub variables: Option<HashMap<String, String>>,
    /// `--test`
    pub is_test: bool,
    /// Is it a crate of procedural macros?
    pub is_proc_macro: bool,
    /// Where it is written down, if cargo ran it.
    pub record: Option<PathBuf>,
    /// rustc's arguments, without those that say what it writes.
    pub args: Vec<String>,
}

impl Compilation {
    /// Of a file that is a crate by itself.
    pub fn of_file(path: &Path, edition: Edition) -> Compilation {
        let stem = path.file_stem().and_then(|stem| stem.to_str()).unwrap_or("main");
        let name: String = stem.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '_' }).collect();
        let args = vec!["--crate-type=lib".to_owned(), format!("--edition={edition}"), path.display().to_string()];
        Compilation { name, path: path.to_owned(), edition, args, ..Compilation::default() }
    }

    /// Of a command line of rustc; nothing if it compiles no crate.
    pub fn of_args(args: &[String], folder: PathBuf, variables: HashMap<String, String>) -> Option<Compilation> {
        let mut found = Compilation { folder, variables: Some(variables), ..Compilation::default() };
        let mut args = args.iter().cloned();
        while let Some(arg) = args.next() {
            let (name, attached) = match arg.split_once('=').filter(|_| arg.starts_with("--")) {
                Some((name, value)) => (name.to_owned(), Some(value.to_owned())),
                None => (arg.clone(), None),
            };
            let takes_value = matches!(
                &*name,
                "--crate-name"
                    | "--edition"
                    | "--cfg"
                    | "--extern"
                    | "-L"
                    | "--crate-type"
                    | "--emit"
                    | "--out-dir"
                    | "--error-format"
                    | "--json"
                    | "--cap-lints"
                    | "--check-cfg"
                    | "-C"
                    | "--target"
                    | "--codegen"
                    | "--diagnostic-width"
                    | "-o"
                    | "--print"
            );
            let value = if takes_value { attached.or_else(|| args.next())? } else { String::new() };
            let mut keep = |value: &str| found.args.extend([name.clone(), value.to_owned()]);
            match &*name {
                "--crate-name" => {
                    keep(&value);
                    found.name = value;
                }
                "--edition" => {
                    keep(&value);
                    found.edition = value.parse().ok()?;
                }
                "--cfg" => {
                    keep(&value);
                    found.cfgs.push(value);
                }
                "--extern" => {
                    keep(&value);
                    let (name, path) = value.split_once('=').unwrap_or((&value, ""));
                    let name = name.rsplit(':').next().unwrap_or(name).to_owned();
                    let paths = found.externs.entry(name).or_default();
                    paths.extend((!path.is_empty()).then(|| PathBuf::from(path)));
                }
                "-L" => {
                    keep(&value);
                    let path = value.split_once('=').map_or(&*value, |(_, path)| path);
                    found.search_dirs.push(path.into());
                }
                "--crate-type" => {
                    keep(&value);
                    found.is_proc_macro |= value == "proc-macro";
                }
                "--target" | "--check-cfg" | "--cap-lints" => keep(&value),
                "-C" | "--codegen" => {
                    if !value.starts_with("incremental") && !value.starts_with("linker") {
                        keep(&value);
                    }
                }
                "--test" => {
                    found.args.push(name);
                    found.is_test = true;
                }
                "--emit" | "--out-dir" | "--error-format" | "--json" | "--diagnostic-width" | "-o" => {}
                "--print" => return None,
                _ if name.starts_with('-') && name != "-" => found.args.push(arg),
                _ if name == "-" => return None,
                _ => {
                    found.path = PathBuf::from(&arg);
                    found.args.push(arg);
                }
            }
        }
        (!found.path.as_os_str().is_empty() && !found.name.is_empty()).then_some(found)
    }

    /// Where its dependencies lie.
    pub fn locator(&self, sysroot_lib: PathBuf) -> CrateLocator {
        let in_folder = |path: &PathBuf| self.folder.join(path);
        let externs = self.externs.iter();
        CrateLocator {
            sysroot_lib,
            search_dirs: self.search_dirs.iter().map(in_folder).collect(),
            externs: externs.map(|(name, paths)| (name.clone(), paths.iter().map(in_folder).collect())).collect(),
        }
    }

    /// The crate as our front end reads it.
    pub fn to_crate(&self, toolchain: &Toolchain) -> Crate {
        Crate {
            name: self.name.clone(),
            path: self.path.clone(),
            text: None,
            edition: self.edition,
            cfg: toolchain.cfg.lines().map(str::to_owned).chain(self.cfgs.iter().cloned()).collect(),
            locator: self.locator(toolchain.sysroot_lib.clone()),
            folder: self.folder.clone(),
            variables: self.variables.clone(),
            is_test: self.is_test,
            is_proc_macro: self.is_proc_macro,
        }
    }

    /// The text of the root module.
    pub fn source(&self) -> Option<String> {
        std::fs::read_to_string(self.folder.join(&self.path)).ok()
    }
}

/// Opens a crate by the metadata that rustc wrote of it.
pub fn open<'tcx>(arena: &'tcx Arena, metadata: &Path, krate: &Crate) -> Result<Front<'tcx>, String> {
    let inputs = testing::inputs(metadata, &krate.locator, testing::session_options());
    Front::open(arena, inputs).map_err(|error| error.to_string())
}
