//! How cargo's units are compiled, besides what their command lines say.

use crate::backends::{BackendChoice, Backends};
use crate::marks::Marks;
use crate::options::{EmitKind, FrontEnd};
use crate::report::Observer;
use backend::OptLevel;
use std::path::PathBuf;

/// How units are compiled, besides what their command lines say.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The back ends that there are.
    pub backends: Backends,
    /// The one that the user named; absent: it follows from how code is optimised ([`Backends::for_level`]).
    pub backend: Option<BackendChoice>,
    /// Who makes the bodies of final artefacts' own crates.
    pub front_end: FrontEnd,
    /// How units which serve the build itself are told from others. Absent: nothing marks them, so every library gets code
    /// from rustc too.
    pub marks: Option<Marks>,
    /// A file that is newer than artefacts which were made with other settings.
    pub stamp: Option<PathBuf>,
    /// Where things are remembered; absent: nothing is.
    pub cache: Option<PathBuf>,
    /// What is to be shown of final artefacts, besides making them.
    pub shown: Option<Shown>,
    /// Told what goes on.
    pub observer: Observer,
}

/// A form of a final artefact's code that somebody wants to see.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Shown {
    /// The form. Objects have source lines then.
    pub kind: EmitKind,
    /// The folder for it: files have the artefacts' names.
    pub folder: PathBuf,
}

impl Settings {
    /// The back end for code that is optimised so, on a target that may be one which not all back ends know.
    pub(crate) fn backend_for_target(&self, level: OptLevel, target: Option<&str>) -> BackendChoice {
        self.backend.clone().unwrap_or_else(|| self.backends.for_level_and_target(level, target))
    }
}
