//! A store of small blobs on disk, found by the hash of what they were made from.
//!
//! **What goes in.** A folder, a size limit, 32-byte keys with bytes. **What comes out.** The same bytes for the same key, or
//! nothing: never other bytes, whatever became of the files meanwhile.
//!
//! **What it must not know.** What is stored, and what the keys are hashes of. ([`KeyBuilder`] makes them of parts.)
//!
//! # How it works
//!
//! The folder holds *packs*: files that are written once, complete, under a temporary name, then renamed, and never changed.
//! Each [`Store::commit`] adds one. A pack starts with an index sorted by key ([`pack`]), so that a look-up costs
//! a few cache misses, and a system call for each page of the pack that was not looked at before: tens of thousands of them take
//! some milliseconds. (Not a memory map, whose pages cost as much: a pack that somebody cuts off, or a disk that fails, would end
//! the process by a signal. See `lazy`.)
//!
//! * **Damage.** Each blob has a checksum that covers its key too, and is believed only if that is right. A damaged entry is
//!   absent; what is put in its place later is found first. A file that is no pack, or is cut off, is ignored. Nothing is
//!   flushed to the disk explicitly: what a power failure spoils is damage like any other.
//! * **Several processes.** Packs are immutable, so readers need no lock; a pack that is removed stays readable for those that
//!   have it open. Writers do not know of each other. Only *tidying* (merging, dropping, removing left-overs) wants a lock,
//!   and whoever does not get it at once leaves the tidying to the next.
//! * **What a process has committed it finds**, and so does every store that is opened later, until the size limit drops it,
//!   somebody clears the store, or the file is damaged; whoever else merges, writes or is killed meanwhile. A folder cannot be
//!   listed at one moment, so a list that is made while packs are merged may have neither the parts nor the whole. Therefore
//!   the lock file counts merges: the count goes up when the whole is in place and before the parts are removed, and a reader
//!   that sees it change makes its list again.
//! * **Killed processes** leave a temporary file at most, which tidying removes when it is an hour old.
//! * **Many packs** would make look-ups slow, so the smallest are merged when there are more than [`store::MANY_PACKS`].
//! * **The size limit** drops whole packs, the oldest first. What is still in use is not lost by that: an entry that is found
//!   in the older half of the store is written again with the next pack ("first in, first out, with a second chance"). That
//!   needs no times of use, which would be written by readers.
//! * **A folder that cannot be written, a full disk**: [`Store::commit`] fails, and everything else goes on as without it.
//!
//! # Why not a library
//!
//! LMDB, redb and SQLite are transactional: a write blocks other writers, and a damaged page may fail, or be believed. redb
//! lets one process in at a time. cacache keeps a file per entry, and tens of thousands of files take longer to open than the
//! code in them takes to make. What is wanted here is less than a database (entries can be lost at any time) and more (they must
//! never be wrong), and is small.

#![warn(missing_docs)]

mod key;
mod lazy;
pub mod pack;
pub mod private;
pub mod scratch;
pub mod sealed;
pub mod size;
pub mod stamp;
pub mod store;

pub use key::KeyBuilder;
pub use pack::Key;
pub use store::{Stats, Store};
