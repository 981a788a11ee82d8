//! A file whose bytes are read when they are first looked at.
//!
//! A memory map does that too, but whoever cuts off a mapped file, and a disk that cannot be read, end the process that looks at
//! it by a signal, which a library can do nothing about. Here both are an error like any other. What was read stays as it was.

use memmap2::{MmapOptions, MmapRaw};
use std::fs::File;
use std::io;
use std::ops::Range;
use std::os::unix::fs::FileExt;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

/// What is read at once, at least. A page: less memory is not to be had.
const BLOCK_BYTES: usize = 4096;

/// A file of fixed length.
#[derive(Debug)]
pub(crate) struct LazyFile {
    file: File,
    len: usize,
    /// As many bytes as the file has, rounded up to whole blocks: address space, which becomes memory where it is written to.
    memory: MmapRaw,
    /// A bit for each block that was read.
    present: Box<[AtomicU64]>,
    /// Held while blocks are read.
    reading: Mutex<()>,
}

impl LazyFile {
    /// Takes a file with the length that it has now, which must not be 0.
    pub(crate) fn new(file: File) -> io::Result<LazyFile> {
        let len = usize::try_from(file.metadata()?.len()).map_err(|_| io::ErrorKind::FileTooLarge)?;
        let blocks = len.div_ceil(BLOCK_BYTES);
        let memory = MmapOptions::new().len(blocks * BLOCK_BYTES).no_reserve_swap().map_anon()?;
        // Blocks that are used lie far apart, and a huge page for each would be mostly zeros.
        #[cfg(target_os = "linux")]
        let _ = memory.advise(memmap2::Advice::NoHugePage);
        let present = (0..blocks.div_ceil(64)).map(|_| AtomicU64::new(0)).collect();
        Ok(LazyFile { file, len, memory: memory.into(), present, reading: Mutex::new(()) })
    }

    pub(crate) fn len(&self) -> usize {
        self.len
    }

    /// Bytes of the file; `None` if it has none there, or if they cannot be read (any more).
    pub(crate) fn get(&self, range: Range<usize>) -> Option<&[u8]> {
        if range.start > range.end || range.end > self.len {
            return None;
        }
        if range.is_empty() {
            return Some(&[]);
        }
        let blocks = range.start / BLOCK_BYTES..range.end.div_ceil(BLOCK_BYTES);
        if !blocks.clone().all(|block| self.is_present(block)) {
            self.read(blocks).ok()?;
        }
        // SAFETY: the range is within the memory, and its blocks are present: they were written before their bits were set
        // (which is what the orderings are for), and are never written again.
        Some(unsafe { std::slice::from_raw_parts(self.memory.as_ptr().add(range.start), range.len()) })
    }

    fn is_present(&self, block: usize) -> bool {
        self.present[block / 64].load(Ordering::Acquire) & (1 << (block % 64)) != 0
    }

    /// Reads those of some blocks that were not read before.
    #[cold]
    fn read(&self, blocks: Range<usize>) -> io::Result<()> {
        let _reading = self.reading.lock().unwrap_or_else(|poison| poison.into_inner());
        let mut next = blocks.start;
        while next < blocks.end {
            if self.is_present(next) {
                next += 1;
                continue;
            }
            let end = (next..blocks.end).find(|&block| self.is_present(block)).unwrap_or(blocks.end);
            let (start_byte, end_byte) = (next * BLOCK_BYTES, (end * BLOCK_BYTES).min(self.len));
            // SAFETY: the range is within the memory. Nobody else has a reference to it: `get` gives none to blocks that are not
            // present, and the lock keeps others from reading them.
            let bytes = unsafe {
                std::slice::from_raw_parts_mut(self.memory.as_mut_ptr().add(start_byte), end_byte - start_byte)
            };
            self.file.read_exact_at(bytes, start_byte as u64)?;
            for block in next..end {
                self.present[block / 64].fetch_or(1 << (block % 64), Ordering::Release);
            }
            next = end;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(len: usize) -> (tempfile::NamedTempFile, Vec<u8>) {
        let bytes: Vec<u8> = (0..len).map(|at| (at * 31 + at / 256) as u8).collect();
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), &bytes).unwrap();
        (file, bytes)
    }

    #[test]
    fn ranges_of_all_kinds() {
        for len in [1, BLOCK_BYTES - 1, BLOCK_BYTES, 70 * BLOCK_BYTES + 1] {
            let (file, bytes) = file(len);
            let lazy = LazyFile::new(File::open(file.path()).unwrap()).unwrap();
            let mut at = 1;
            for _ in 0..200 {
                at = at * 7919 % (len + 1);
                let end = (at + at % 9000).min(len);
                assert_eq!(lazy.get(at..end), Some(&bytes[at..end]));
            }
            assert_eq!(lazy.get(0..len), Some(&bytes[..]));
            assert_eq!(lazy.get(0..len + 1), None);
            assert_eq!(lazy.get(len..len), Some(&[][..]));
        }
    }

    #[test]
    fn threads_read_the_same() {
        let (file, bytes) = file(300 * BLOCK_BYTES);
        let lazy = LazyFile::new(File::open(file.path()).unwrap()).unwrap();
        std::thread::scope(|scope| {
            for thread in 0..4 {
                let (lazy, bytes) = (&lazy, &bytes);
                scope.spawn(move || {
                    for round in 0..2000 {
                        let at = (round * 4231 + thread * 997) % (bytes.len() - 5000);
                        assert_eq!(lazy.get(at..at + 5000), Some(&bytes[at..at + 5000]));
                    }
                });
            }
        });
    }

    /// Where a memory map would end the process.
    #[test]
    fn a_file_that_is_cut_off() {
        let (file, bytes) = file(10 * BLOCK_BYTES);
        let lazy = LazyFile::new(File::open(file.path()).unwrap()).unwrap();
        assert_eq!(lazy.get(0..10), Some(&bytes[..10]));
        File::options().write(true).open(file.path()).unwrap().set_len(5).unwrap();
        assert_eq!(lazy.get(0..BLOCK_BYTES), Some(&bytes[..BLOCK_BYTES]));
        assert_eq!(lazy.get(BLOCK_BYTES..BLOCK_BYTES + 1), None);
        assert_eq!(lazy.get(0..2 * BLOCK_BYTES), None);
    }
}
