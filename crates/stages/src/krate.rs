//! A crate as it is given.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use expand::cfg::Options;
use expand::external::Surroundings;
use rmeta::CrateLocator;
use syntax::span::Edition;

/// A crate to be read, as rustc's command line says it.
#[derive(Clone, Debug, Default)]
pub struct Crate {
    /// The crate's name.
    pub name: String,
    /// The file of its root module, as rustc is given it.
    pub path: PathBuf,
    /// The text of the root module, where it is in no file.
    pub text: Option<Vec<u8>>,
    /// The edition.
    pub edition: Edition,
    /// The conditions that hold, each `NAME` or `NAME="VALUE"`: all that `rustc --print cfg` says with the same options.
    pub cfg: Vec<String>,
    /// Where other crates are.
    pub locator: CrateLocator,
    /// The folder that relative paths start from; empty for that of this process.
    pub folder: PathBuf,
    /// The environment, if it is not that of this process.
    pub variables: Option<HashMap<String, String>>,
    /// `--test`
    pub is_test: bool,
    /// Is it a crate of procedural macros?
    pub is_proc_macro: bool,
}

impl Crate {
    /// The text of the root module; nothing if it cannot be read or is not UTF-8.
    pub fn source(&self) -> Option<String> {
        let bytes = match &self.text {
            Some(text) => text.clone(),
            None => std::fs::read(self.folder.join(&self.path)).ok()?,
        };
        String::from_utf8(bytes).ok()
    }

    /// Where its procedural macros run.
    pub(crate) fn setting(&self) -> names::Setting {
        let folder = Some(self.folder.clone()).filter(|folder| !folder.as_os_str().is_empty());
        let variables = self.variables.as_ref();
        names::Setting { folder, variables: variables.map(|all| all.clone().into_iter().collect()) }
    }

    /// What `cfg` asks.
    pub(crate) fn options(&self) -> Options {
        let mut options = Options::default();
        for condition in &self.cfg {
            options.insert_printed(condition);
        }
        if self.is_test {
            options.insert("test", None);
        }
        if self.is_proc_macro {
            options.insert("proc_macro", None);
        }
        options
    }
}

/// Files and variables as rustc sees them.
impl Surroundings for Crate {
    fn read(&self, path: &Path) -> Option<Vec<u8>> {
        std::fs::read(self.folder.join(path)).ok()
    }

    fn exists(&self, path: &Path) -> bool {
        self.folder.join(path).is_file()
    }

    fn variable(&self, name: &str) -> Option<String> {
        match &self.variables {
            Some(variables) => variables.get(name).cloned(),
            None => std::env::var(name).ok(),
        }
    }
}
