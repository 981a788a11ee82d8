//! One pack: an immutable file of blobs with an index.
//!
//! | bytes | |
//! |---|---|
//! | 8 | magic |
//! | 4 | count of entries |
//! | 4 | `bits`: how many leading bits of a key the fan-out table looks at |
//! | 8 | length of the file |
//! | 8 | checksum of the above |
//! | 4 · (2^bits + 1) | fan-out: how many entries have a key with leading bits less than the position's |
//! | 64 · count | index, ascending by key: key (32), offset (8), length (8), checksum of key and blob (16) |
//! | | blobs |
//!
//! Numbers are little-endian. The index has no checksum of its own: an entry that is not as it was written does not fit its
//! blob's checksum, or is not found.

use crate::lazy::LazyFile;
use std::fs::File;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// What a blob is found by. Keys must be hashes: the index relies on their bits being spread evenly.
pub type Key = [u8; 32];

const MAGIC: &[u8; 8] = b"bespack1";
const HEADER_BYTES: usize = 32;
const ENTRY_BYTES: usize = 64;
/// With this, the fan-out table has more positions than there are entries: a look-up looks at one entry, or at none.
const MAX_BITS: u32 = 20;

/// A pack that is open for look-ups.
#[derive(Debug)]
pub struct Pack {
    path: PathBuf,
    file: LazyFile,
    count: usize,
    bits: u32,
}

/// Why a file is not used.
#[derive(Debug)]
pub enum OpenError {
    /// It cannot be read; it may be a pack.
    Io(io::Error),
    /// It is no pack, or cut off.
    Damaged,
}

impl Pack {
    /// Opens a pack. Looks at its header only.
    pub fn open(path: &Path) -> Result<Pack, OpenError> {
        let file = File::open(path).map_err(OpenError::Io)?;
        let metadata = file.metadata().map_err(OpenError::Io)?;
        if !metadata.is_file() {
            return Err(OpenError::Io(io::ErrorKind::InvalidInput.into()));
        }
        if metadata.len() < HEADER_BYTES as u64 {
            return Err(OpenError::Damaged);
        }
        let file = LazyFile::new(file).map_err(OpenError::Io)?;
        let header = file.get(0..HEADER_BYTES).ok_or_else(|| OpenError::Io(io::Error::other("it cannot be read")))?;
        if header[..8] != *MAGIC
            || header[24..32] != blake3::hash(&header[..24]).as_bytes()[..8]
            || read_u64(header, 16) != Some(file.len() as u64)
        {
            return Err(OpenError::Damaged);
        }
        let count = u32::from_le_bytes(header[8..12].try_into().expect("four bytes")) as usize;
        let bits = u32::from_le_bytes(header[12..16].try_into().expect("four bytes"));
        if bits > MAX_BITS || head_bytes(count, bits) > file.len() as u64 {
            return Err(OpenError::Damaged);
        }
        Ok(Pack { path: path.to_owned(), file, count, bits })
    }

    /// The file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// How many entries there are, damaged ones included.
    pub fn len(&self) -> usize {
        self.count
    }

    /// Whether there are no entries.
    pub fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// The size of the file in bytes.
    pub fn size_bytes(&self) -> u64 {
        self.file.len() as u64
    }

    /// The blob of a key, if it is here and undamaged.
    pub fn get(&self, key: &Key) -> Option<&[u8]> {
        let bucket = leading_bits(key, self.bits);
        let end = self.fan_out(bucket + 1)?.min(self.count);
        let start = self.fan_out(bucket)?;
        let mut entries = (start..end).filter_map(|index| self.entry(index));
        entries.find(|entry| entry[..32] == *key).and_then(|entry| self.blob(entry))
    }

    /// All undamaged entries, for another pack.
    pub fn entries(&self) -> impl Iterator<Item = NewEntry<&[u8]>> {
        (0..self.count).filter_map(|index| {
            let entry = self.entry(index)?;
            let blob = self.blob(entry)?;
            Some(NewEntry { key: *entry.first_chunk()?, checksum: *entry[48..64].first_chunk()?, blob })
        })
    }

    fn fan_out(&self, bucket: usize) -> Option<usize> {
        let at = HEADER_BYTES + 4 * bucket;
        Some(u32::from_le_bytes(self.file.get(at..at + 4)?.try_into().ok()?) as usize)
    }

    fn entry(&self, index: usize) -> Option<&[u8]> {
        let start = HEADER_BYTES + fan_out_bytes(self.bits) + ENTRY_BYTES * index;
        self.file.get(start..start + ENTRY_BYTES)
    }

    /// The blob of an index entry, if its checksum is right.
    fn blob(&self, entry: &[u8]) -> Option<&[u8]> {
        let start = usize::try_from(read_u64(entry, 32)?).ok()?;
        let length = usize::try_from(read_u64(entry, 40)?).ok()?;
        let blob = self.file.get(start..start.checked_add(length)?)?;
        (checksum(entry.first_chunk()?, blob) == entry[48..64]).then_some(blob)
    }
}

fn read_u64(bytes: &[u8], at: usize) -> Option<u64> {
    Some(u64::from_le_bytes(bytes.get(at..at + 8)?.try_into().ok()?))
}

fn fan_out_bytes(bits: u32) -> usize {
    4 * ((1 << bits) + 1)
}

fn head_bytes(count: usize, bits: u32) -> u64 {
    (HEADER_BYTES + fan_out_bytes(bits)) as u64 + ENTRY_BYTES as u64 * count as u64
}

fn leading_bits(key: &Key, bits: u32) -> usize {
    let head = u32::from_be_bytes([key[0], key[1], key[2], key[3]]);
    (u64::from(head) >> (32 - bits)) as usize
}

fn checksum(key: &Key, blob: &[u8]) -> [u8; 16] {
    let mut hasher = blake3::Hasher::new();
    hasher.update(key).update(blob);
    *hasher.finalize().as_bytes().first_chunk().expect("32 bytes")
}

/// A blob on its way into a pack.
#[derive(Clone, Debug)]
pub struct NewEntry<B> {
    key: Key,
    checksum: [u8; 16],
    blob: B,
}

impl<B: AsRef<[u8]>> NewEntry<B> {
    /// An entry of this key.
    pub fn new(key: Key, blob: B) -> NewEntry<B> {
        NewEntry { key, checksum: checksum(&key, blob.as_ref()), blob }
    }

    /// The same entry without the ownership of its bytes.
    pub fn borrowed(&self) -> NewEntry<&[u8]> {
        NewEntry { key: self.key, checksum: self.checksum, blob: self.blob.as_ref() }
    }
}

/// Writes a pack. Of entries with the same key the first is taken.
pub fn write<B: AsRef<[u8]>>(out: &mut impl Write, mut entries: Vec<NewEntry<B>>) -> io::Result<()> {
    entries.sort_by_key(|entry| entry.key);
    entries.dedup_by(|later, first| later.key == first.key);
    let count = u32::try_from(entries.len()).map_err(|_| io::Error::other("too many entries for one pack"))?;
    let bits = entries.len().checked_ilog2().map_or(0, |bits| bits + 1).min(MAX_BITS);
    let head = head_bytes(entries.len(), bits);
    let length = head + entries.iter().map(|entry| entry.blob.as_ref().len() as u64).sum::<u64>();

    let mut header = Vec::with_capacity(head as usize);
    header.extend_from_slice(MAGIC);
    header.extend_from_slice(&count.to_le_bytes());
    header.extend_from_slice(&bits.to_le_bytes());
    header.extend_from_slice(&length.to_le_bytes());
    let check = blake3::hash(&header);
    header.extend_from_slice(&check.as_bytes()[..8]);
    let mut before = 0;
    for bucket in 0..=1usize << bits {
        while before < entries.len() && leading_bits(&entries[before].key, bits) < bucket {
            before += 1;
        }
        header.extend_from_slice(&(before as u32).to_le_bytes());
    }
    let mut offset = head;
    for entry in &entries {
        let length = entry.blob.as_ref().len() as u64;
        header.extend_from_slice(&entry.key);
        header.extend_from_slice(&offset.to_le_bytes());
        header.extend_from_slice(&length.to_le_bytes());
        header.extend_from_slice(&entry.checksum);
        offset += length;
    }
    out.write_all(&header)?;
    entries.iter().try_for_each(|entry| out.write_all(entry.blob.as_ref()))
}
