//! Folders that belong to this user alone.
//!
//! What a cache holds becomes part of programs that its user runs, so nobody else may have put it there. A folder is used only
//! if it is the user's own, nobody else may write to it, and nobody else decides what its path means: no folder on the way is
//! writable by others (unless it protects its entries, like `/tmp`) or owned by another than root, and no symbolic link on the
//! way is another's.

use std::ffi::OsString;
use std::fmt;
use std::fs::{DirBuilder, Metadata};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, MetadataExt};
use std::path::{Component, Path, PathBuf};

/// Why a folder is not used.
#[derive(Debug)]
pub enum Refused {
    /// It is not there and cannot be made, or is no folder.
    Io {
        /// The folder.
        path: PathBuf,
        /// The system's error.
        error: io::Error,
    },
    /// It, or a folder that it is in, belongs to another user.
    Owner {
        /// The folder.
        path: PathBuf,
        /// The owner's number.
        uid: u32,
    },
    /// Others may write to it, or to a folder that it is in.
    Writable {
        /// The folder.
        path: PathBuf,
        /// Its permissions.
        mode: u32,
    },
    /// Its path goes through another user's symbolic link.
    Link {
        /// The link.
        path: PathBuf,
        /// The owner's number.
        uid: u32,
    },
}

impl Refused {
    /// Whether it is a matter of safety: not only a folder that is not there.
    pub fn is_unsafe(&self) -> bool {
        !matches!(self, Refused::Io { .. })
    }
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Refused::Io { path, error } => write!(f, "{}: {error}", path.display()),
            Refused::Owner { path, uid } => write!(f, "`{}` belongs to another user (uid {uid})", path.display()),
            Refused::Writable { path, mode } => {
                write!(f, "others may write to `{}` (its mode is {:04o})", path.display(), mode & 0o7777)
            }
            Refused::Link { path, uid } => {
                write!(f, "`{}` is a symbolic link of another user (uid {uid})", path.display())
            }
        }
    }
}

impl std::error::Error for Refused {}

/// The folder of a path without symbolic links in it, if it is this user's alone.
///
/// # Errors
/// [`Refused`] says why it is not used.
pub fn existing(folder: &Path) -> Result<PathBuf, Refused> {
    walk(folder, false)
}

/// As [`existing`], but folders that are not there are made, for this user only.
///
/// # Errors
/// As [`existing`].
pub fn open(folder: &Path) -> Result<PathBuf, Refused> {
    walk(folder, true)
}

/// Writes a file completely or not at all, for this user only.
///
/// # Errors
/// Those of the system; nothing is left behind then.
pub fn write(path: &Path, parts: &[&[u8]]) -> io::Result<()> {
    let folder = path.parent().unwrap_or(Path::new("."));
    let mut file = tempfile::Builder::new().prefix(crate::scratch::FILE_PREFIX).tempfile_in(folder)?;
    for part in parts {
        file.write_all(part)?;
    }
    file.persist(path).map_err(|error| error.error)?;
    Ok(())
}

/// Whether nothing in a folder may be run, nor loaded as a library, as its file system forbids it.
pub fn forbids_running(folder: &Path) -> bool {
    let Ok(path) = std::ffi::CString::new(folder.as_os_str().as_encoded_bytes()) else { return false };
    let mut found = std::mem::MaybeUninit::<libc::statvfs>::uninit();
    // SAFETY: the path is a C string, and there is room for what is found; it is looked at only if it is there.
    unsafe {
        libc::statvfs(path.as_ptr(), found.as_mut_ptr()) == 0 && found.assume_init().f_flag & libc::ST_NOEXEC != 0
    }
}

/// The user that this process acts for.
pub fn user() -> u32 {
    // SAFETY: it asks for a number, and cannot fail.
    unsafe { libc::geteuid() }
}

fn group() -> u32 {
    // SAFETY: as above.
    unsafe { libc::getegid() }
}

/// As many symbolic links as Linux follows.
const MAX_LINKS: usize = 40;

fn walk(folder: &Path, create: bool) -> Result<PathBuf, Refused> {
    let io = |path: &Path| {
        let path = path.to_owned();
        move |error| Refused::Io { path, error }
    };
    let mut rest = components(&std::path::absolute(folder).map_err(io(folder))?);
    let mut real = PathBuf::from("/");
    let mut links = 0;
    while let Some(component) = rest.pop() {
        if component == ".." {
            real.pop();
            continue;
        }
        let next = real.join(&component);
        let metadata = match std::fs::symlink_metadata(&next) {
            Err(error) if create && error.kind() == io::ErrorKind::NotFound => {
                match DirBuilder::new().mode(0o700).create(&next) {
                    // Another process may have been faster.
                    Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(io(&next)(error)),
                    _ => std::fs::symlink_metadata(&next),
                }
            }
            other => other,
        };
        let metadata = metadata.map_err(io(&next))?;
        if metadata.is_symlink() {
            if !is_trusted(metadata.uid()) {
                return Err(Refused::Link { path: next, uid: metadata.uid() });
            }
            links += 1;
            if links > MAX_LINKS {
                return Err(io(&next)(io::Error::from_raw_os_error(libc::ELOOP)));
            }
            let target = std::fs::read_link(&next).map_err(io(&next))?;
            if target.is_absolute() {
                real = PathBuf::from("/");
            }
            rest.extend(components(&target));
            continue;
        }
        if !metadata.is_dir() {
            return Err(io(&next)(io::ErrorKind::NotADirectory.into()));
        }
        if rest.is_empty() {
            check_last(&next, &metadata)?
        } else {
            check_ancestor(&next, &metadata)?
        }
        real = next;
    }
    Ok(real)
}

/// The parts of a path, the last first.
fn components(path: &Path) -> Vec<OsString> {
    let parts = path.components().rev().filter(|it| matches!(it, Component::Normal(_) | Component::ParentDir));
    parts.map(|part| part.as_os_str().to_owned()).collect()
}

/// Root can do everything anyway. Users that a container does not know are shown as "nobody"; what is theirs was there before
/// whatever runs in it.
fn is_trusted(uid: u32) -> bool {
    const NOBODY: u32 = 65534;
    uid == 0 || uid == NOBODY || uid == user()
}

fn check_ancestor(path: &Path, metadata: &Metadata) -> Result<(), Refused> {
    let mode = metadata.mode();
    if !is_trusted(metadata.uid()) {
        return Err(Refused::Owner { path: path.to_owned(), uid: metadata.uid() });
    }
    // In a sticky folder only the owner of an entry can replace it. A user's own group is trusted with the folders on the way.
    let is_sticky = mode & 0o1000 != 0;
    let group_writes = mode & 0o020 != 0 && ![0, group()].contains(&metadata.gid());
    if !is_sticky && (mode & 0o002 != 0 || group_writes) {
        return Err(Refused::Writable { path: path.to_owned(), mode });
    }
    Ok(())
}

fn check_last(path: &Path, metadata: &Metadata) -> Result<(), Refused> {
    if metadata.uid() != user() {
        return Err(Refused::Owner { path: path.to_owned(), uid: metadata.uid() });
    }
    if metadata.mode() & 0o022 != 0 {
        return Err(Refused::Writable { path: path.to_owned(), mode: metadata.mode() });
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::{Refused, existing, open, user, write};
    use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};
    use std::path::Path;

    fn set_mode(path: &Path, mode: u32) {
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
    }

    #[test]
    fn folders_are_made_for_their_user_only() {
        let place = tempfile::tempdir().unwrap();
        let place = std::fs::canonicalize(place.path()).unwrap();
        let folder = place.join("a/b");
        assert!(matches!(existing(&folder), Err(Refused::Io { .. })));
        assert_eq!(open(&folder).unwrap(), folder);
        assert_eq!(existing(&place.join("a/./../a/b")).unwrap(), folder);
        for path in [place.join("a"), folder.clone()] {
            assert_eq!(std::fs::metadata(&path).unwrap().mode() & 0o777, 0o700);
        }
        write(&folder.join("file"), &[b"con", b"tent"]).unwrap();
        assert_eq!(std::fs::read(folder.join("file")).unwrap(), b"content");
        assert_eq!(std::fs::metadata(folder.join("file")).unwrap().mode() & 0o777, 0o600);
        assert_eq!(std::fs::read_dir(&folder).unwrap().count(), 1);
    }

    #[test]
    fn what_others_may_write_is_refused() {
        let place = tempfile::tempdir().unwrap();
        let folder = place.path().join("a/b");
        open(&folder).unwrap();
        for mode in [0o777, 0o720, 0o702, 0o1777] {
            set_mode(&folder, mode);
            assert!(matches!(open(&folder), Err(Refused::Writable { .. })), "{mode:o}");
        }
        set_mode(&folder, 0o755);
        // A folder on the way: its entries may be exchanged, unless it is sticky.
        let parent = place.path().join("a");
        set_mode(&parent, 0o777);
        assert!(matches!(open(&folder), Err(Refused::Writable { .. })));
        set_mode(&parent, 0o1777);
        open(&folder).unwrap();
    }

    #[test]
    fn what_is_anothers_is_refused() {
        let place = tempfile::tempdir().unwrap();
        let (mine, theirs) = (place.path().join("mine"), place.path().join("theirs"));
        open(&mine).unwrap();
        open(&theirs).unwrap();
        let links = ["mine-link", "mine-by-them"].map(|name| place.path().join(name));
        for link in &links {
            symlink(&mine, link).unwrap();
        }
        assert_eq!(open(&links[0]).unwrap(), std::fs::canonicalize(&mine).unwrap());
        if user() != 0 {
            println!("the rest is for root, who can give things away");
            return;
        }
        std::os::unix::fs::lchown(&links[1], Some(1234), None).unwrap();
        assert!(matches!(open(&links[1]), Err(Refused::Link { uid: 1234, .. })));
        std::os::unix::fs::chown(&theirs, Some(1234), None).unwrap();
        assert!(matches!(open(&theirs), Err(Refused::Owner { uid: 1234, .. })));
        assert!(matches!(open(&theirs.join("below")), Err(Refused::Owner { uid: 1234, .. })));
    }

    #[test]
    fn links_that_go_round() {
        let place = tempfile::tempdir().unwrap();
        symlink("b", place.path().join("a")).unwrap();
        symlink("a", place.path().join("b")).unwrap();
        assert!(matches!(open(&place.path().join("a")), Err(Refused::Io { .. })));
        assert!(matches!(open(&place.path().join("a/c")), Err(Refused::Io { .. })));
    }
}
