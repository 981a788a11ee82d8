//! Folders for what comes between, and what is left of them when a process is killed.
//!
//! A process holds a lock on each of its folders, which the system takes back however the process ends: a folder that is not
//! locked is nobody's. That holds across containers too, where process numbers say nothing.

use std::fs::{File, TryLockError};
use std::io;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::time::Duration;
use tempfile::TempDir;

/// How the names of files begin that are written beside their place.
pub const FILE_PREFIX: &str = "temporary-";

/// How the names of folders begin.
pub const FOLDER_PREFIX: &str = "bessemer-scratch-";

/// What is younger may not have its lock yet, or is a file that is being written.
pub const LEFT_OVER_AGE: Duration = Duration::from_secs(60 * 60);

/// A folder for this user only, which is removed with this value.
#[derive(Debug)]
pub struct Scratch {
    folder: TempDir,
    /// Kept open for its lock.
    _lock: Option<File>,
}

impl Scratch {
    /// Makes a folder in another.
    ///
    /// # Errors
    /// Those of the system.
    pub fn new_in(parent: &Path) -> io::Result<Scratch> {
        let mut builder = tempfile::Builder::new();
        builder.prefix(FOLDER_PREFIX).permissions(std::fs::Permissions::from_mode(0o700));
        let folder = builder.tempdir_in(parent)?;
        // Where there are no locks, left-overs are told by their age alone.
        let lock = File::open(folder.path()).ok().filter(|file| file.try_lock().is_ok());
        Ok(Scratch { folder, _lock: lock })
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        self.folder.path()
    }
}

/// Removes what killed processes of this user have left in a folder: folders and files with our prefixes that are older than
/// this, and locked by nobody.
pub fn sweep(parent: &Path, age: Duration) {
    for entry in std::fs::read_dir(parent).into_iter().flatten().flatten() {
        let name = entry.file_name();
        let name = name.to_string_lossy();
        let is_file = name.starts_with(FILE_PREFIX);
        if is_file || name.starts_with(FOLDER_PREFIX) {
            remove_left_over(&entry.path(), is_file, age);
        }
    }
}

fn remove_left_over(path: &Path, is_file: bool, age: Duration) {
    let Ok(metadata) = std::fs::symlink_metadata(path) else { return };
    let is_old = metadata.modified().is_ok_and(|time| time.elapsed().is_ok_and(|it| it > age));
    if metadata.uid() != crate::private::user() || !is_old {
        return;
    }
    // What cannot be removed is in the way of nothing.
    if is_file && metadata.is_file() {
        // Some files are there for their lock alone.
        if File::open(path).is_ok_and(|file| matches!(file.try_lock(), Err(TryLockError::WouldBlock))) {
            return;
        }
        let _ = std::fs::remove_file(path);
    } else if metadata.is_dir()
        && let Ok(folder) = File::open(path)
        && !matches!(folder.try_lock(), Err(TryLockError::WouldBlock))
    {
        let _ = std::fs::remove_dir_all(path);
    }
}

/// Removes a folder with all that is in it, though others may be writing to it: what they write later is in a new folder of
/// that name, or gone.
///
/// # Errors
/// Those of the system, other than that it is not there.
pub fn remove_folder(folder: &Path) -> io::Result<()> {
    let parent = folder.parent().unwrap_or(Path::new("."));
    let aside = Scratch::new_in(parent);
    let target: PathBuf = aside.as_ref().map_or_else(|_| folder.to_owned(), |aside| aside.path().join("removed"));
    if aside.is_ok()
        && let Err(error) = std::fs::rename(folder, &target)
    {
        return if error.kind() == io::ErrorKind::NotFound { Ok(()) } else { Err(error) };
    }
    // Whoever has opened a file there before may still put another beside it.
    let mut result = Ok(());
    for _ in 0..10 {
        result = match std::fs::remove_dir_all(&target) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
            other => other,
        };
        if !matches!(&result, Err(error) if error.kind() == io::ErrorKind::DirectoryNotEmpty) {
            break;
        }
    }
    result
}

#[cfg(test)]
mod tests {
    use super::{Scratch, remove_folder, sweep};
    use std::path::Path;
    use std::time::{Duration, SystemTime};

    fn make_old(path: &Path) {
        let time = SystemTime::now() - Duration::from_secs(7200);
        std::fs::File::open(path).unwrap().set_modified(time).unwrap();
    }

    #[test]
    fn what_is_nobodys_is_swept() {
        let place = tempfile::tempdir().unwrap();
        let used = Scratch::new_in(place.path()).unwrap();
        let locked = std::fs::File::create(place.path().join("temporary-locked")).unwrap();
        locked.lock().unwrap();
        make_old(&place.path().join("temporary-locked"));
        for name in ["bessemer-scratch-dead", "bessemer-scratch-young", "other-folder"] {
            std::fs::create_dir_all(place.path().join(name).join("below")).unwrap();
        }
        for name in ["temporary-dead", "temporary-young", "other-file"] {
            std::fs::write(place.path().join(name), "text").unwrap();
        }
        make_old(used.path());
        for name in ["bessemer-scratch-dead", "temporary-dead", "other-folder", "other-file"] {
            make_old(&place.path().join(name));
        }
        sweep(place.path(), Duration::from_secs(3600));
        let mut left: Vec<_> = std::fs::read_dir(place.path()).unwrap().map(|it| it.unwrap().file_name()).collect();
        left.sort();
        let name = used.path().file_name().unwrap().to_owned();
        let mut expected =
            ["bessemer-scratch-young", "temporary-young", "temporary-locked", "other-folder", "other-file"]
                .map(Into::into)
                .to_vec();
        expected.push(name);
        expected.sort();
        assert_eq!(left, expected);
        let path = used.path().to_owned();
        drop(used);
        assert!(!path.exists());
    }

    #[test]
    fn a_folder_that_others_write_to_is_removed() {
        let place = tempfile::tempdir().unwrap();
        let folder = place.path().join("folder");
        remove_folder(&folder).unwrap();
        std::thread::scope(|scope| {
            let writer = scope.spawn(|| {
                for number in 0..2000 {
                    let _ = std::fs::create_dir_all(&folder);
                    let _ = std::fs::write(folder.join(number.to_string()), "text");
                }
            });
            while !writer.is_finished() {
                remove_folder(&folder).unwrap();
            }
        });
        remove_folder(&folder).unwrap();
        assert_eq!(std::fs::read_dir(place.path()).unwrap().count(), 0);
    }
}
