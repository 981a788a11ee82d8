//! perf's dump of code in memory, from which `perf inject --jit` makes files with the code, its names and its lines (Linux,
//! tools/perf/Documentation/jitdump-specification.txt).

use super::{Function, Line, LoadedCode};
use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::os::fd::AsRawFd;
use std::path::{Path, PathBuf};

/// `JiTD`, as a number.
const MAGIC: u32 = 0x4A69_5444;
const VERSION: u32 = 1;
const HEADER_BYTES: u32 = 40;
/// ELF's number for x86-64.
const MACHINE: u32 = 62;
const RECORD_HEAD_BYTES: usize = 16;
const CODE_LOAD: u32 = 0;
const DEBUG_INFO: u32 = 2;

impl LoadedCode {
    /// Writes the dump of this process's code in memory (`jit-PID.dump` in `folder`), and maps it, which is how perf learns of it.
    /// `name` makes a name for people of a symbol. Gives the file.
    ///
    /// # Errors
    /// The file cannot be written, or cannot be mapped as code.
    pub fn write_jit_dump(&self, folder: &Path, name: impl Fn(&str) -> String) -> io::Result<PathBuf> {
        let path = folder.join(format!("jit-{}.dump", std::process::id()));
        // Not through a link that somebody else has put there.
        let _ = std::fs::remove_file(&path);
        let file = File::options().read(true).write(true).create_new(true).open(&path)?;
        let mut out = BufWriter::new(&file);
        let time = now();
        out.write_all(&header(time))?;
        for (index, function) in (0u64..).zip(&self.functions) {
            if let Some(record) = lines_record(function, &self.lines, time) {
                out.write_all(&record)?;
            }
            let (start, bytes) = (function.address as *const u8, function.size_bytes as usize);
            // SAFETY: the function is code of this image, which stays in memory and does not change.
            let code = unsafe { std::slice::from_raw_parts(start, bytes) };
            out.write_all(&load_record(function, &name(&function.symbol), code, index, time))?;
        }
        out.flush()?;
        drop(out);
        let (protection, flags) = (libc::PROT_READ | libc::PROT_EXEC, libc::MAP_PRIVATE);
        // SAFETY: a new mapping of a page, which nobody uses: perf is told of mappings of code.
        let mapping =
            unsafe { libc::mmap(std::ptr::null_mut(), HEADER_BYTES as usize, protection, flags, file.as_raw_fd(), 0) };
        if mapping == libc::MAP_FAILED { Err(io::Error::last_os_error()) } else { Ok(path) }
    }
}

/// The clock that `perf record -k mono` takes its times from, in nanoseconds.
fn now() -> u64 {
    let mut time = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: the pointer is to a value of the right type. The clock exists on every Linux.
    unsafe { libc::clock_gettime(libc::CLOCK_MONOTONIC, &raw mut time) };
    time.tv_sec as u64 * 1_000_000_000 + time.tv_nsec as u64
}

fn header(time: u64) -> Vec<u8> {
    let mut bytes = Vec::new();
    for word in [MAGIC, VERSION, HEADER_BYTES, MACHINE, 0, std::process::id()] {
        bytes.extend(word.to_le_bytes());
    }
    // No flags.
    bytes.extend([time, 0].iter().flat_map(|word| word.to_le_bytes()));
    bytes
}

fn record(kind: u32, content: &[u8], time: u64) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(RECORD_HEAD_BYTES + content.len());
    bytes.extend(kind.to_le_bytes());
    bytes.extend(((RECORD_HEAD_BYTES + content.len()) as u32).to_le_bytes());
    bytes.extend(time.to_le_bytes());
    bytes.extend(content);
    bytes
}

fn load_record(function: &Function, name: &str, code: &[u8], index: u64, time: u64) -> Vec<u8> {
    let process = std::process::id();
    let mut content = Vec::new();
    // The process, and the thread, which is the first.
    content.extend([process, process].iter().flat_map(|word| word.to_le_bytes()));
    // Where it is, and where it was compiled: the same.
    let words = [function.address, function.address, function.size_bytes, index];
    content.extend(words.iter().flat_map(|word| word.to_le_bytes()));
    push_name(&mut content, name);
    content.extend(code);
    record(CODE_LOAD, &content, time)
}

/// The lines of a function, which come before the function itself.
fn lines_record(function: &Function, lines: &[Line], time: u64) -> Option<Vec<u8>> {
    let first = lines.partition_point(|line| line.address < function.address);
    let end = lines.partition_point(|line| line.address < function.address + function.size_bytes);
    let lines: Vec<&Line> = lines[first..end].iter().filter(|line| !line.file.is_empty()).collect();
    if lines.is_empty() {
        return None;
    }
    let mut content = Vec::new();
    content.extend([function.address, lines.len() as u64].iter().flat_map(|word| word.to_le_bytes()));
    for line in lines {
        content.extend(line.address.to_le_bytes());
        // No discriminator.
        content.extend([line.line, 0].iter().flat_map(|word| word.to_le_bytes()));
        // Each with its name: perf 6.1 does not know the abbreviation for that of the entry before.
        push_name(&mut content, &line.file);
    }
    Some(record(DEBUG_INFO, &content, time))
}

/// A string that ends with a zero byte.
fn push_name(content: &mut Vec<u8>, name: &str) {
    content.extend(name.bytes().filter(|&byte| byte != 0));
    content.push(0);
}
