//! What a compilation target is, as data.
//!
//! **What it is.** The facts of a target that a compiler needs: its data layout, its CPU, how its programs begin, what they
//! are linked with, and which `cfg` conditions hold.
//!
//! **What goes in.** What rustc prints for `--print target-spec-json --print cfg`. **What comes out.** A [`Target`].
//!
//! **What it must not know.** Any target by its name. What differs between two targets differs in a field that rustc's
//! description has, so that a target which somebody describes in a file of their own is served like rustc's own.

#![forbid(unsafe_code)]

mod cfg;
mod spec;

pub use cfg::Cfg;
pub use spec::{CodeModel, LinkerFlavor, PanicStrategy, RelocationModel, Spec, StackProbes};

use serde::{Deserialize, Serialize};
use std::fmt;

/// A target, described.
/// The default is none that there is: it stands where rustc has not been asked yet.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Target {
    /// What its folder in a sysroot is called: the triple, or the name of the file that describes it without `.json`.
    pub name: String,
    /// What rustc's `--target` takes: the triple, or the path of that file.
    pub argument: String,
    /// What rustc says of it.
    pub spec: Spec,
    /// The conditions that hold for it where no option says otherwise.
    pub cfg: Cfg,
}

/// Why rustc's words do not describe a target.
#[derive(Debug)]
pub enum DescriptionError {
    /// The JSON is none, or lacks something.
    Spec(serde_json::Error),
    /// A line that is no condition.
    Cfg(String),
}

impl fmt::Display for DescriptionError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            DescriptionError::Spec(error) => write!(f, "its description cannot be read: {error}"),
            DescriptionError::Cfg(line) => write!(f, "`{line}` is not a condition"),
        }
    }
}

impl std::error::Error for DescriptionError {}

impl Target {
    /// Reads what rustc prints for `--print target-spec-json --print cfg --target ARGUMENT`.
    ///
    /// # Errors
    /// The text is something else.
    pub fn parse(argument: &str, text: &str) -> Result<Target, DescriptionError> {
        let mut specs = serde_json::Deserializer::from_str(text).into_iter::<Spec>();
        let spec = match specs.next() {
            Some(spec) => spec.map_err(DescriptionError::Spec)?,
            None => return Err(DescriptionError::Cfg(text.to_owned())),
        };
        let cfg = Cfg::parse(&text[specs.byte_offset()..]).map_err(DescriptionError::Cfg)?;
        let file = argument.strip_suffix(".json").map(|path| path.rsplit('/').next().unwrap_or(path));
        Ok(Target { name: file.unwrap_or(argument).to_owned(), argument: argument.to_owned(), spec, cfg })
    }

    /// Whether it is described by a file of the user's.
    pub fn is_file(&self) -> bool {
        is_file(&self.argument)
    }

    /// The features that all code for it has, by Rust's names.
    pub fn features(&self) -> impl Iterator<Item = &str> {
        self.cfg.values("target_feature")
    }
}

/// Whether an argument of `--target` names a file, by rustc's rule.
pub fn is_file(argument: &str) -> bool {
    argument.ends_with(".json")
}

#[cfg(test)]
mod tests;
