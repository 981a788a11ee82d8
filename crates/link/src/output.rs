//! Files that users ask for, at places where something may be already.
//!
//! **What goes in.** Content, and the path that the user gave for it. **What comes out.** The content there: a file that appears
//! complete or not at all, in the place of one that was there, with its mode and its owner; or the same bytes written
//! into what cannot be replaced without harm (a device, a pipe, what a process has open).
//!
//! A path that is a symbolic link means the file that it leads to.

use std::fs::{File, FileType, Metadata, OpenOptions, Permissions};
use std::io::{self, ErrorKind, Write};
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};

/// As many symbolic links after each other as the system follows.
const MOST_LINKS: u32 = 40;

/// The permissions of a file.
const PERMISSION_BITS: u32 = 0o777;

/// What is at a path, and so how something is put there.
#[derive(Debug)]
pub enum Place {
    /// A file, or nothing yet: a new file takes this path by a rename.
    File {
        /// The path without symbolic links at its end.
        path: PathBuf,
        /// The file that is there.
        there: Option<Metadata>,
    },
    /// It exists, and is written into: replacing it would take it from all who have it open, or harm the system.
    Through(PathBuf),
}

impl Place {
    /// Looks at a path.
    ///
    /// # Errors
    /// Those of the system; a folder is there; a file is there that may not be written, which is how its owner protects it.
    pub fn find(path: &Path) -> io::Result<Place> {
        let mut place = path.to_owned();
        for _ in 0..MOST_LINKS {
            let there = match std::fs::symlink_metadata(&place) {
                Ok(metadata) => metadata,
                Err(error) if error.kind() == ErrorKind::NotFound => {
                    return Ok(Place::File { path: place, there: None });
                }
                Err(error) => return Err(error),
            };
            let kind: FileType = there.file_type();
            if kind.is_symlink() {
                // `/dev/stdout` and the like lead here: what the process has open may be in no folder at all.
                if is_descriptor(&place) {
                    return Ok(Place::Through(place));
                }
                let target = std::fs::read_link(&place)?;
                place = folder_of(&place).join(target);
                continue;
            }
            if kind.is_dir() {
                return Err(ErrorKind::IsADirectory.into());
            }
            if !kind.is_file() {
                return Ok(Place::Through(place));
            }
            if there.permissions().readonly() {
                return Err(ErrorKind::PermissionDenied.into());
            }
            return Ok(Place::File { path: place, there: Some(there) });
        }
        Err(io::Error::from_raw_os_error(libc::ELOOP))
    }

    /// The folder of a file whose path is taken by a rename; none where something is written into.
    pub fn folder(&self) -> Option<&Path> {
        match self {
            Place::File { path, .. } => Some(folder_of(path)),
            Place::Through(_) => None,
        }
    }

    /// Makes what [`Place::take`] is given later: beside its place if a rename is to put it there, else in a folder for temporary
    /// files.
    ///
    /// # Errors
    /// Those of `make`, which gets the folder.
    pub fn make<T>(&self, make: impl Fn(&Path) -> io::Result<T>) -> io::Result<T> {
        let Place::File { path, there } = self else { return make(&std::env::temp_dir()) };
        make(folder_of(path)).or_else(|error| match error {
            // Nothing may be made in the folder, but what is there may be written.
            error if there.is_some() && is_elsewhere(&error) => make(&std::env::temp_dir()),
            error => Err(error),
        })
    }

    /// Puts a file here. It is gone from where it was, or may be removed there.
    ///
    /// # Errors
    /// Those of the system.
    pub fn take(&self, file: &Path) -> io::Result<()> {
        let Place::File { path, there } = self else { return self.copy(file) };
        let Some(there) = there else { return std::fs::rename(file, path) };
        if keep_owner_and_mode(file, there)? {
            match std::fs::rename(file, path) {
                // It was made elsewhere, as nothing may be made beside what is there.
                Err(error) if is_elsewhere(&error) => {}
                renamed => return renamed,
            }
        }
        self.copy(file)
    }

    /// Writes the content of a file into what is here.
    fn copy(&self, file: &Path) -> io::Result<()> {
        let mut content = File::open(file)?;
        let mut out = self.open()?;
        io::copy(&mut content, &mut out)?;
        if let Place::File { there: Some(there), .. } = self {
            out.set_permissions(Permissions::from_mode(mode_after(&content.metadata()?, there)))?;
        }
        Ok(())
    }

    /// Puts a file with this content here.
    ///
    /// # Errors
    /// Those of the system.
    pub fn write(&self, content: &[u8]) -> io::Result<()> {
        if let Place::Through(_) = self {
            return self.open()?.write_all(content);
        }
        let mut builder = tempfile::Builder::new();
        // A temporary file is for its owner only; an output is as any other file of the user: the system applies the mask.
        builder.permissions(Permissions::from_mode(0o666));
        let mut temporary = self.make(|folder| builder.tempfile_in(folder))?;
        temporary.write_all(content)?;
        self.take(temporary.path())
    }

    /// What is here, to be written: a file from its beginning, everything else as it comes.
    fn open(&self) -> io::Result<File> {
        let mut options = OpenOptions::new();
        match self {
            Place::File { path, .. } => options.write(true).truncate(true).open(path),
            // Others may have written something before, and have it open still.
            Place::Through(path) => options.append(true).open(path),
        }
    }
}

/// Whether a file cannot take another's place because it is on another file system, or nothing may be changed in the folder.
fn is_elsewhere(error: &io::Error) -> bool {
    matches!(error.kind(), ErrorKind::CrossesDevices | ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem)
}

/// Puts a file with this content at a path.
///
/// # Errors
/// Those of the system, and of [`Place::find`].
pub fn write(path: &Path, content: &[u8]) -> io::Result<()> {
    Place::find(path)?.write(content)
}

/// Gives a file that is to take another's place the other's owner, and its permissions; one that can be executed stays so for
/// those who may read it. False if the owner cannot be kept.
fn keep_owner_and_mode(file: &Path, there: &Metadata) -> io::Result<bool> {
    let new = std::fs::metadata(file)?;
    if (new.uid(), new.gid()) != (there.uid(), there.gid())
        && std::os::unix::fs::chown(file, Some(there.uid()), Some(there.gid())).is_err()
    {
        return Ok(false);
    }
    let mode = mode_after(&new, there);
    if new.mode() & PERMISSION_BITS != mode {
        std::fs::set_permissions(file, Permissions::from_mode(mode))?;
    }
    Ok(true)
}

/// The permissions that a file has after its content was replaced by another's.
fn mode_after(new: &Metadata, there: &Metadata) -> u32 {
    let mode = there.mode() & PERMISSION_BITS;
    if new.mode() & 0o100 != 0 { mode | (mode & 0o444) >> 2 } else { mode }
}

/// Whether a path stands for something that a process has open (`/proc/…/fd/1`).
fn is_descriptor(path: &Path) -> bool {
    let Ok(folder) = folder_of(path).canonicalize() else { return false };
    folder.starts_with("/proc") && folder.file_name().is_some_and(|name| name == "fd")
}

/// The folder that a file is in.
fn folder_of(path: &Path) -> &Path {
    match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    }
}

#[cfg(test)]
mod tests {
    use super::{Place, write};
    use std::io::{ErrorKind, Read};
    use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};
    use std::path::Path;

    fn set_mode(path: &Path, mode: u32) {
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).expect("a mode");
    }

    #[test]
    fn files_keep_their_mode_and_links_stay() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = |name: &str| folder.path().join(name);
        std::fs::write(path("file"), "old").expect("a file");
        set_mode(&path("file"), 0o640);
        symlink("file", path("link")).expect("a link");
        symlink("none", path("dangling")).expect("a link");
        write(&path("link"), b"new").expect("written");
        write(&path("dangling"), b"made").expect("written");
        assert!(path("link").is_symlink() && path("dangling").is_symlink());
        assert_eq!(std::fs::read(path("file")).expect("a file"), b"new");
        assert_eq!(std::fs::read(path("none")).expect("a file"), b"made");
        assert_eq!(std::fs::metadata(path("file")).expect("a file").mode() & 0o777, 0o640);
        // What can be executed stays so for those who can read it.
        std::fs::write(path("program"), "program").expect("a file");
        set_mode(&path("program"), 0o755);
        Place::find(&path("link")).expect("a place").take(&path("program")).expect("taken");
        assert_eq!(std::fs::metadata(path("file")).expect("a file").mode() & 0o777, 0o750);
        assert!(!path("program").exists());
        // What its owner protects is not replaced.
        set_mode(&path("file"), 0o440);
        assert_eq!(write(&path("link"), b"more").expect_err("protected").kind(), ErrorKind::PermissionDenied);
        assert_eq!(std::fs::read(path("file")).expect("a file"), b"program");
        symlink("circle", path("circle")).expect("a link");
        assert!(write(&path("circle"), b"").is_err());
    }

    #[test]
    fn pipes_are_written_into() {
        let (mut reader, writer) = std::io::pipe().expect("a pipe");
        let descriptor = std::os::fd::AsRawFd::as_raw_fd(&writer);
        write(Path::new(&format!("/proc/self/fd/{descriptor}")), b"content").expect("written");
        drop(writer);
        let mut text = String::new();
        reader.read_to_string(&mut text).expect("read");
        assert_eq!(text, "content");
    }
}
