//! The store: the packs of a folder, and what is to become the next.

use crate::pack::{self, Key, NewEntry, OpenError, Pack};
use std::collections::{HashMap, HashSet};
use std::ffi::OsStr;
use std::fs::{File, TryLockError};
use std::io::{self, BufWriter, Read, Seek, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard};
use std::time::{Duration, SystemTime};

/// Packs are merged when there are more than this many.
pub const MANY_PACKS: usize = 16;

/// The limit where none is asked for.
pub const DEFAULT_LIMIT_BYTES: u64 = 4 << 30;

/// Packs of at least this size are not merged any further: merging costs time, and dropping such a pack should not empty the
/// store.
const MAX_MERGED_BYTES: u64 = 256 << 20;

/// How often the packs are listed at most, while others merge them.
const MANY_TRIES: usize = 100;

/// Temporary files of this age belong to nobody.
const LEFT_OVER_AGE: Duration = Duration::from_secs(60 * 60);

const PACK_SUFFIX: &str = ".pack";
const TEMPORARY_PREFIX: &str = "temporary-";
const LOCK_FILE: &str = "lock";

/// A store in a folder, as it was when it was opened, and what has been put since.
#[derive(Debug)]
pub struct Store {
    folder: PathBuf,
    limit_bytes: u64,
    /// The newest first.
    packs: Vec<Pack>,
    /// What is found in packs from this position on is written again, lest it be dropped soon.
    first_old: usize,
    added: Mutex<HashMap<Key, NewEntry<Vec<u8>>>>,
    renewed: Mutex<HashSet<Key>>,
}

/// How large a store is.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Stats {
    /// The number of entries.
    pub entries: u64,
    /// The number of files.
    pub packs: u64,
    /// The sum of the packs' sizes.
    pub size_bytes: u64,
    /// The size at which old entries are evicted.
    pub limit_bytes: u64,
}

impl Store {
    /// Opens the store of a folder, which need not exist. With a limit of 0 nothing is ever stored.
    pub fn open(folder: &Path, limit_bytes: u64) -> Store {
        let packs = open_packs(folder);
        let mut newer_bytes = 0;
        let first_old = packs.iter().position(|pack| {
            newer_bytes += pack.size_bytes();
            newer_bytes > limit_bytes / 2
        });
        Store {
            folder: folder.to_owned(),
            limit_bytes,
            // The newest is never old, or it would be written again with every use.
            first_old: first_old.unwrap_or(packs.len()).max(1),
            packs,
            added: Mutex::default(),
            renewed: Mutex::default(),
        }
    }

    /// The folder that holds the store.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// The bytes of a key, if they were stored before this store was opened, and are undamaged.
    pub fn get(&self, key: &Key) -> Option<&[u8]> {
        let (position, blob) =
            self.packs.iter().enumerate().find_map(|(position, pack)| Some((position, pack.get(key)?)))?;
        if position >= self.first_old {
            lock(&self.renewed).insert(*key);
        }
        Some(blob)
    }

    /// Notes bytes for the next [`Store::commit`].
    pub fn put(&self, key: Key, bytes: Vec<u8>) {
        if self.limit_bytes > 0 {
            let entry = NewEntry::new(key, bytes);
            lock(&self.added).insert(key, entry);
        }
    }

    /// Stores what was put, and tidies up. On an error nothing of it is stored, and it is forgotten.
    pub fn commit(&self) -> io::Result<()> {
        let added = std::mem::take(&mut *lock(&self.added));
        let renewed = std::mem::take(&mut *lock(&self.renewed));
        if added.is_empty() && renewed.is_empty() {
            return Ok(());
        }
        let old = renewed.iter().filter(|key| !added.contains_key(*key)).filter_map(|key| {
            let blob = self.packs.iter().find_map(|pack| pack.get(key))?;
            Some(NewEntry::new(*key, blob))
        });
        let new = added.values().map(|entry| entry.borrowed());
        let entries: Vec<NewEntry<&[u8]>> = new.chain(old).collect();
        std::fs::create_dir_all(&self.folder)?;
        write_pack(&self.folder, entries, SystemTime::now())?;
        self.tidy();
        Ok(())
    }

    /// How large the store is now.
    pub fn stats(&self) -> Stats {
        let packs = open_packs(&self.folder);
        Stats {
            entries: packs.iter().map(|pack| pack.len() as u64).sum(),
            packs: packs.len() as u64,
            size_bytes: packs.iter().map(Pack::size_bytes).sum(),
            limit_bytes: self.limit_bytes,
        }
    }

    /// Removes everything that is stored, by whomever. Files that are not the store's stay.
    pub fn clear(&self) -> io::Result<()> {
        lock(&self.added).clear();
        lock(&self.renewed).clear();
        for file in files(&self.folder)? {
            if is_pack(&file) || is_temporary(&file) {
                remove(&file)?;
            }
        }
        Ok(())
    }

    /// Merges packs if there are many, drops the oldest if they exceed the limit, and removes what killed processes have left.
    /// [`Store::commit`] does it too. Does nothing while another process does it.
    pub fn tidy(&self) {
        // Failures leave more files than need be, and the next process tries again.
        let _ = with_lock(&self.folder, |lock_file| {
            let _ = remove_left_overs(&self.folder);
            let packs = drop_oldest(open_packs(&self.folder), self.limit_bytes);
            lock_file.map_or(Ok(()), |lock_file| merge_smallest(&self.folder, packs, self.limit_bytes, lock_file))
        });
    }
}

/// Runs something that one process at a time may do, unless another is at it. It gets the lock file if that is locked; there are
/// file systems without locks.
fn with_lock(folder: &Path, run: impl FnOnce(Option<&File>) -> io::Result<()>) -> io::Result<()> {
    let path = folder.join(LOCK_FILE);
    let lock_file = File::options().create(true).truncate(false).read(true).write(true).open(path)?;
    match lock_file.try_lock() {
        Ok(()) => {
            let result = run(Some(&lock_file));
            // Not only closed: a process that another thread is just starting has the file open too, until it runs.
            lock_file.unlock()?;
            result
        }
        Err(TryLockError::WouldBlock) => Ok(()),
        // Two that drop packs at once do no harm.
        Err(TryLockError::Error(_)) => run(None),
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(|poison| poison.into_inner())
}

fn files(folder: &Path) -> io::Result<Vec<PathBuf>> {
    match std::fs::read_dir(folder) {
        Ok(entries) => entries.map(|entry| Ok(entry?.path())).collect(),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Vec::new()),
        Err(error) => Err(error),
    }
}

fn name(path: &Path) -> &str {
    path.file_name().and_then(OsStr::to_str).unwrap_or_default()
}

/// `<time in hexadecimal>-<who>.pack`
fn is_pack(path: &Path) -> bool {
    let stem = name(path).strip_suffix(PACK_SUFFIX);
    stem.and_then(|stem| stem.split_once('-')).is_some_and(|(time, _)| time.len() == 16)
}

fn is_temporary(path: &Path) -> bool {
    name(path).starts_with(TEMPORARY_PREFIX)
}

/// Removes a file that another process may have removed.
fn remove(path: &Path) -> io::Result<()> {
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

/// The packs of a folder, the newest first.
///
/// A folder is not listed at one moment: of packs that are merged meanwhile, the parts may be gone already and the whole not be
/// there yet, so that what was stored long ago would not be found. So whoever merges says so before the parts are removed (see
/// [`announce_removal`]), and a list during which that happened is made again.
fn open_packs(folder: &Path) -> Vec<Pack> {
    open_listed(folder, || files(folder).unwrap_or_default())
}

fn open_listed(folder: &Path, mut list: impl FnMut() -> Vec<PathBuf>) -> Vec<Pack> {
    let mut opened = Vec::new();
    // A list is made again only if another process has removed packs meanwhile, and to merge some it had to write some first.
    // So this ends soon; the limit is for those that remove packs without end. Then what is there has to do.
    for _ in 0..MANY_TRIES {
        let removals = announced_removals(folder);
        let mut paths: Vec<PathBuf> = list().into_iter().filter(|path| is_pack(path)).collect();
        // Names start with the time.
        paths.sort_by(|a, b| b.cmp(a));
        opened = paths.iter().map(|path| Pack::open(path)).collect();
        let gone =
            |it: &Result<Pack, OpenError>| matches!(it, Err(OpenError::Io(it)) if it.kind() == io::ErrorKind::NotFound);
        if !opened.iter().any(gone) && announced_removals(folder) == removals {
            break;
        }
    }
    opened.into_iter().filter_map(Result::ok).collect()
}

/// How often packs of this folder were merged: what the lock file holds.
fn announced_removals(folder: &Path) -> Vec<u8> {
    std::fs::read(folder.join(LOCK_FILE)).unwrap_or_default()
}

/// Says that packs whose content is in another pack now are about to be removed. `lock_file` is locked, so that nobody else
/// counts.
fn announce_removal(mut lock_file: &File) -> io::Result<()> {
    let mut count = Vec::new();
    lock_file.rewind()?;
    lock_file.take(16).read_to_end(&mut count)?;
    let count = count.first_chunk().map_or(0, |count| u64::from_le_bytes(*count));
    lock_file.rewind()?;
    lock_file.write_all(&count.wrapping_add(1).to_le_bytes())
}

/// Writes a pack, complete or not at all. `time` decides how soon it is dropped.
fn write_pack<B: AsRef<[u8]>>(folder: &Path, entries: Vec<NewEntry<B>>, time: SystemTime) -> io::Result<()> {
    let temporary = tempfile::Builder::new().prefix(TEMPORARY_PREFIX).tempfile_in(folder)?;
    let mut out = BufWriter::with_capacity(1 << 20, temporary);
    pack::write(&mut out, entries)?;
    out.flush()?;
    let temporary = out.into_inner().map_err(|error| error.into_error())?;
    // The random part of the temporary name makes the name unique.
    let unique = name(temporary.path()).strip_prefix(TEMPORARY_PREFIX).unwrap_or_default().to_owned();
    let nanoseconds = time.duration_since(SystemTime::UNIX_EPOCH).map_or(0, |time| time.as_nanos() as u64);
    let path = folder.join(format!("{nanoseconds:016x}-{unique}{PACK_SUFFIX}"));
    temporary.persist_noclobber(path).map_err(|error| error.error)?;
    Ok(())
}

/// The time in a pack's name.
fn time(pack: &Pack) -> SystemTime {
    let nanoseconds = name(pack.path()).get(..16).and_then(|digits| u64::from_str_radix(digits, 16).ok());
    SystemTime::UNIX_EPOCH + Duration::from_nanos(nanoseconds.unwrap_or(0))
}

/// Removes temporary files of killed processes, and files with the name of a pack that are none.
fn remove_left_overs(folder: &Path) -> io::Result<()> {
    for file in files(folder)? {
        let useless = if is_temporary(&file) {
            let age = std::fs::metadata(&file).and_then(|it| it.modified()).map(|time| time.elapsed());
            matches!(age, Ok(Ok(age)) if age > LEFT_OVER_AGE)
        } else {
            is_pack(&file) && matches!(Pack::open(&file), Err(OpenError::Damaged))
        };
        if useless {
            remove(&file)?;
        }
    }
    Ok(())
}

/// Drops the oldest packs until the rest are within the limit, and gives the rest. `packs`: the newest first.
fn drop_oldest(mut packs: Vec<Pack>, limit_bytes: u64) -> Vec<Pack> {
    let mut total: u64 = packs.iter().map(Pack::size_bytes).sum();
    while total > limit_bytes
        && let Some(oldest) = packs.pop()
    {
        total -= oldest.size_bytes();
        let _ = remove(oldest.path());
    }
    packs
}

/// Merges the smallest packs if there are many, so that each byte is copied a logarithmic number of times at most. Large packs
/// are left alone as long as small ones will do: somebody waits for this.
fn merge_smallest(folder: &Path, mut packs: Vec<Pack>, limit_bytes: u64, lock_file: &File) -> io::Result<()> {
    let max_bytes = MAX_MERGED_BYTES.min(limit_bytes / 16);
    packs.retain(|pack| pack.size_bytes() < max_bytes);
    if packs.len() <= MANY_PACKS {
        return Ok(());
    }
    packs.sort_by_key(Pack::size_bytes);
    let at_least = packs.len() - MANY_PACKS / 2;
    let mut total = 0;
    let count = packs.iter().enumerate().take_while(|(index, pack)| {
        let is_taken = *index < at_least || pack.size_bytes() <= total;
        total += pack.size_bytes();
        is_taken && total <= 2 * max_bytes
    });
    let count = count.count().max(2);
    packs.truncate(count);
    // Of entries with the same key the newest is taken.
    packs.sort_by_key(|pack| std::cmp::Reverse(time(pack)));
    write_pack(folder, packs.iter().flat_map(Pack::entries).collect(), time(&packs[0]))?;
    announce_removal(lock_file)?;
    packs.iter().try_for_each(|pack| remove(pack.path()))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Lists that others interrupt by merging: none has the parts, and none has the whole.
    #[test]
    fn lists_that_miss_both_the_parts_and_the_whole() {
        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path();
        let key = |number: usize| *blake3::hash(&number.to_le_bytes()).as_bytes();
        let mut count = 0;
        let mut put_one = || {
            let store = Store::open(folder, 1 << 30);
            store.put(key(count), count.to_le_bytes().to_vec());
            store.commit().unwrap();
            count += 1;
        };
        (0..MANY_PACKS).for_each(|_| put_one());
        let mut interruptions = 0;
        let packs = open_listed(folder, || {
            let mut listed = files(folder).unwrap();
            if interruptions < 20 {
                interruptions += 1;
                let removals = announced_removals(folder);
                while announced_removals(folder) == removals {
                    put_one();
                }
                listed.retain(|path| path.exists());
            }
            listed
        });
        assert_eq!(interruptions, 20);
        let lost = (0..count).filter(|&number| !packs.iter().any(|pack| pack.get(&key(number)).is_some()));
        assert_eq!(lost.collect::<Vec<_>>(), [0; 0]);
    }

    /// A process that is being started has all files of this one open until it runs. That must not keep the lock.
    #[test]
    fn the_lock_ends_though_the_file_stays_open_elsewhere() {
        let folder = tempfile::tempdir().unwrap();
        let mut elsewhere = None;
        with_lock(folder.path(), |file| {
            elsewhere = Some(file.unwrap().try_clone()?);
            Ok(())
        })
        .unwrap();
        let mut is_locked = false;
        with_lock(folder.path(), |file| {
            is_locked = file.is_some();
            Ok(())
        })
        .unwrap();
        assert!(is_locked, "{elsewhere:?} keeps the lock");
    }

    /// What the lock file holds is a count, but nobody has to believe that.
    #[test]
    fn any_lock_file_will_do() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(LOCK_FILE);
        for content in [&b""[..], b"x", &[0xff; 8], &[7; 1000]] {
            std::fs::write(&path, content).unwrap();
            let file = File::options().read(true).write(true).open(&path).unwrap();
            let before = announced_removals(folder.path());
            announce_removal(&file).unwrap();
            assert_ne!(announced_removals(folder.path()), before);
        }
    }
}
