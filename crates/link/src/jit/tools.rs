//! What profilers and debuggers are told of code in memory, as they find no file with it: perf's map, and GDB's interface for
//! compilers (`__jit_debug_register_code`; GDB manual, "JIT Compilation Interface").

use super::{Function, LoadedCode};
use std::io::{self, Write};
use std::path::PathBuf;
use std::sync::Mutex;

impl LoadedCode {
    /// Writes the file in which perf looks for the names of this process's code in memory (`/tmp/perf-PID.map`). `name` makes
    /// a name for people of a symbol. Gives the file.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn write_perf_map(&self, name: impl Fn(&str) -> String) -> io::Result<PathBuf> {
        let path = PathBuf::from(format!("/tmp/perf-{}.map", std::process::id()));
        let mut text = Vec::new();
        for Function { address, size_bytes, symbol } in &self.functions {
            writeln!(text, "{address:x} {size_bytes:x} {}", name(symbol))?;
        }
        // Not through a link that somebody else has put there.
        let _ = std::fs::remove_file(&path);
        std::fs::File::create_new(&path)?.write_all(&text)?;
        Ok(path)
    }

    /// Tells a debugger that watches this process, now or later, of the functions.
    pub fn tell_debugger(&self) {
        let mut list = ENTRIES.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let file: &'static [u8] = symbol_file(&self.functions).leak();
        let entry: &'static mut Entry =
            Box::leak(Box::new(Entry { next: 0, previous: 0, file: file.as_ptr() as u64, size: file.len() as u64 }));
        let address = std::ptr::from_mut(entry) as u64;
        if let Some(last) = list.last() {
            entry.previous = *last;
            // SAFETY: entries are never freed, and changed by nobody but who has the lock.
            unsafe { (*(*last as *mut Entry)).next = address };
        }
        list.push(address);
        let first = list[0];
        // SAFETY: this is the only place where the descriptor is written, by who has the lock. The debugger reads it while this
        // process stands still.
        unsafe {
            let descriptor = &raw mut __jit_debug_descriptor;
            (*descriptor).first = first;
            (*descriptor).relevant = address;
            (*descriptor).action = 1;
            __jit_debug_register_code();
            (*descriptor).action = 0;
        }
    }
}

/// Whether a debugger watches this process.
pub fn is_debugged() -> bool {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let tracer = status.lines().find_map(|line| line.strip_prefix("TracerPid:"));
    tracer.is_some_and(|pid| pid.trim() != "0")
}

/// The entries that the debugger was told of, by address.
static ENTRIES: Mutex<Vec<u64>> = Mutex::new(Vec::new());

/// `struct jit_code_entry`.
#[repr(C)]
struct Entry {
    next: u64,
    previous: u64,
    file: u64,
    size: u64,
}

/// `struct jit_descriptor`.
#[repr(C)]
struct Descriptor {
    version: u32,
    /// 0: nothing, 1: an entry is new.
    action: u32,
    relevant: u64,
    first: u64,
}

/// The debugger looks for these two by their names. They are in our own programs only: others may have theirs.
#[cfg_attr(feature = "debugger", unsafe(no_mangle))]
#[allow(non_upper_case_globals, reason = "the debugger's name for it")]
static mut __jit_debug_descriptor: Descriptor = Descriptor { version: 1, action: 0, relevant: 0, first: 0 };

/// The debugger stops here.
#[cfg_attr(feature = "debugger", unsafe(no_mangle))]
#[inline(never)]
extern "C" fn __jit_debug_register_code() {
    // SAFETY: nothing is done; but it is not known that nothing is done, so that the call stays.
    unsafe { std::arch::asm!("", options(nostack, preserves_flags)) }
}

/// The size of an ELF header, and of a section's.
const HEADER_BYTES: u64 = 64;
/// The size of a symbol.
const SYMBOL_BYTES: u64 = 24;

/// An ELF file without code, which says which function is at which address.
fn symbol_file(functions: &[Function]) -> Vec<u8> {
    let start = functions.iter().map(|function| function.address).min().unwrap_or_default();
    let end = functions.iter().map(|function| function.address + function.size_bytes).max().unwrap_or_default();
    let names = b"\0.text\0.symtab\0.strtab\0.shstrtab\0";
    let mut strings = vec![0];
    // The first symbol is none.
    let mut symbols = vec![0; SYMBOL_BYTES as usize];
    for function in functions {
        symbols.extend((strings.len() as u32).to_le_bytes());
        // A global function, of section 1.
        symbols.extend([0x12, 0, 1, 0]);
        symbols.extend(function.address.to_le_bytes());
        symbols.extend(function.size_bytes.to_le_bytes());
        strings.extend(function.symbol.as_bytes());
        strings.push(0);
    }
    let symbols_at = HEADER_BYTES;
    let strings_at = symbols_at + symbols.len() as u64;
    let names_at = strings_at + strings.len() as u64;
    let sections_at = (names_at + names.len() as u64).next_multiple_of(8);
    let mut file = Vec::new();
    file.extend([0x7f, b'E', b'L', b'F', 2, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
    // An executable for x86-64.
    file.extend(2u16.to_le_bytes());
    file.extend(62u16.to_le_bytes());
    file.extend(1u32.to_le_bytes());
    file.extend([0u64, 0, sections_at].iter().flat_map(|word| word.to_le_bytes()));
    file.extend(0u32.to_le_bytes());
    // Sizes and numbers: this header, program headers, sections; which of them has the names.
    file.extend([HEADER_BYTES as u16, 56, 0, HEADER_BYTES as u16, 5, 4].iter().flat_map(|word| word.to_le_bytes()));
    file.extend(&symbols);
    file.extend(&strings);
    file.extend(names);
    file.resize(sections_at as usize, 0);
    // Name, type, flags, address, offset, size, link, info, alignment, size of an entry.
    let mut section = |name: u32, ty: u32, words: [u64; 4], link: u32, info: u32, more: [u64; 2]| {
        file.extend(name.to_le_bytes());
        file.extend(ty.to_le_bytes());
        file.extend(words.iter().flat_map(|word| word.to_le_bytes()));
        file.extend(link.to_le_bytes());
        file.extend(info.to_le_bytes());
        file.extend(more.iter().flat_map(|word| word.to_le_bytes()));
    };
    section(0, 0, [0; 4], 0, 0, [0; 2]);
    // Zeros in the file's eyes; allocated and executable.
    section(1, 8, [6, start, HEADER_BYTES, end - start], 0, 0, [16, 0]);
    section(7, 2, [0, 0, symbols_at, symbols.len() as u64], 3, 1, [8, SYMBOL_BYTES]);
    section(15, 3, [0, 0, strings_at, strings.len() as u64], 0, 0, [1, 0]);
    section(23, 3, [0, 0, names_at, names.len() as u64], 0, 0, [1, 0]);
    file
}

#[cfg(test)]
mod tests {
    use super::{Function, symbol_file};
    use object::{Object, ObjectSymbol};

    #[test]
    fn the_file_is_one() {
        let function = |address, size_bytes, symbol: &str| Function { address, size_bytes, symbol: symbol.to_owned() };
        let bytes = symbol_file(&[function(0x7000, 16, "first"), function(0x7010, 8, "second")]);
        let file = object::File::parse(&*bytes).expect("an ELF file");
        let symbols: Vec<_> = file.symbols().map(|it| (it.name().expect("a name"), it.address(), it.size())).collect();
        assert_eq!(symbols, [("first", 0x7000, 16), ("second", 0x7010, 8)]);
    }
}
