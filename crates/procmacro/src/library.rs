//! A library of macros, loaded somewhere.

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use crate::error::{Error, Result};
use crate::file::{self, Checked};
use crate::server::{Counters, Outcome, Server};
use crate::surroundings::Surroundings;
use crate::sys::{Child, Failure, InProcess};
use crate::wire::{Malformed, Reader};
use crate::{Call, Expansion, Isolation, Macro, MacroKind, Setting};

/// A library of procedural macros.
///
/// Several threads may expand macros of a library at once. In a forked child they wait for each other.
pub struct Library {
    path: PathBuf,
    file: Checked,
    setting: Setting,
    macros: Vec<Macro>,
    place: Place,
    counters: Counters,
}

enum Place {
    InProcess(InProcess),
    /// A child that waits for work. None: one is at work, or ended, and another is forked when it is needed.
    Forked(Mutex<Option<Child>>),
}

impl Library {
    /// Loads a library.
    pub fn open(path: &Path, isolation: Isolation) -> Result<Library> {
        Library::open_in(path, isolation, Setting::default())
    }

    /// Loads a library whose child, if it has one, sees another folder or environment than this process.
    pub fn open_in(path: &Path, isolation: Isolation, setting: Setting) -> Result<Library> {
        // The child looks for it from another folder.
        let absolute = std::path::absolute(path);
        let path = if setting.folder.is_some() { absolute.as_deref().unwrap_or(path) } else { path };
        let file = file::check(path)?;
        let (place, list) = match isolation {
            Isolation::InProcess => {
                let (library, list) =
                    InProcess::load(&file).map_err(|message| Error::Load { path: path.to_owned(), message })?;
                (Place::InProcess(library), list)
            }
            Isolation::Forked => {
                let (child, list) = fork(path, &file, &setting)?;
                (Place::Forked(Mutex::new(Some(child))), list)
            }
        };
        let message = "its list of macros is not rustc's".to_owned();
        let macros = read_list(&list).map_err(|Malformed| Error::NotMacros { path: path.to_owned(), message })?;
        Ok(Library { path: path.to_owned(), file, setting, macros, place, counters: Counters::new() })
    }

    /// Its macros, in the order in which its source has them.
    pub fn macros(&self) -> &[Macro] {
        &self.macros
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Expands a use of a macro, which is given by its number in [`Library::macros`].
    pub fn expand(&self, index: usize, call: Call, surroundings: &dyn Surroundings) -> Result<Expansion> {
        let used = self.macros.get(index).ok_or(Error::NoSuchMacro)?;
        if (used.kind == MacroKind::Attribute) != call.arguments.is_some() {
            return Err(Error::NoSuchMacro);
        }
        let (mut server, input) = Server::new(call, surroundings, &self.counters);
        let index = index as u32;
        let result = match &self.place {
            Place::InProcess(library) => library.run(index, &input, &mut |request| server.answer(request)),
            Place::Forked(slot) => {
                let mut slot = slot.lock().unwrap_or_else(PoisonError::into_inner);
                // If something unwinds here, the child is not put back, and ends.
                let mut child = match slot.take() {
                    Some(child) => child,
                    None => fork(&self.path, &self.file, &self.setting)?.0,
                };
                match child.run(index, &input, &mut |request| server.answer(request)) {
                    Ok(result) => {
                        *slot = Some(child);
                        result
                    }
                    // What was not answered explains all that came of it.
                    Err(end) => match server.into_doubt() {
                        Some(doubt) => return Err(doubt.into()),
                        None => return Err(Error::Crashed { name: used.name.clone(), how: end.into() }),
                    },
                }
            }
        };
        let Outcome { result, effects, requests } = server.finish(&result)?;
        match result {
            Ok(tokens) => Ok(Expansion { tokens, effects, requests }),
            Err(message) => Err(Error::Panicked { name: used.name.clone(), message, effects: Box::new(effects) }),
        }
    }
}

impl fmt::Debug for Library {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Library").field("path", &self.path).field("macros", &self.macros).finish_non_exhaustive()
    }
}

fn fork(path: &Path, file: &Checked, setting: &Setting) -> Result<(Child, Vec<u8>)> {
    Child::new(file, setting).map_err(|failure| {
        let message = match failure {
            Failure::System(error) => format!("no child process for it: {error}"),
            Failure::Loader(message) => message,
            Failure::Ended(end) => format!("its initialisation {}", crate::error::Crash::from(end)),
            Failure::Silent => "its initialisation does not end".to_owned(),
        };
        Error::Load { path: path.to_owned(), message }
    })
}

/// Reads the list that [`crate::sys`] writes.
fn read_list(list: &[u8]) -> std::result::Result<Vec<Macro>, Malformed> {
    let mut reader = Reader(list);
    let mut macros = Vec::new();
    for _ in 0..reader.len()? {
        let kind = reader.byte()?;
        let name = reader.str()?.to_owned();
        let kind = match kind {
            0 => {
                let mut helpers = Vec::new();
                for _ in 0..reader.len()? {
                    helpers.push(reader.str()?.to_owned());
                }
                MacroKind::Derive { helpers }
            }
            1 => MacroKind::Attribute,
            2 => MacroKind::Bang,
            _ => return Err(Malformed),
        };
        macros.push(Macro { name, kind });
    }
    reader.end()?;
    Ok(macros)
}
