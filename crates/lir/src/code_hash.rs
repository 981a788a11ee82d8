//! The hash of what a function's machine code is made from.
//!
//! Where [`crate::hash`] asks whether two functions mean the same, this asks whether they are the same, entry by entry, so that
//! compiled code may refer to the function's tables by number. It is also made for speed: tens of thousands of functions are
//! hashed in each build, so nothing is copied or encoded first.

use crate::hash::ContentHash;
use crate::{Function, Module};
use std::hash::{Hash, Hasher};

/// The hash of a function without what only describes it to debuggers: files, locations (but which instruction has which
/// location counts), scopes, variables. Code that follows from nothing else may be used for every function with the same hash.
///
/// The hash holds within one build of this program: another may order enums or hash types in another way.
pub fn code_hash(function: &Function) -> ContentHash {
    let Function {
        name,
        linkage,
        attrs,
        signature,
        values,
        vars,
        slots,
        blocks,
        signatures,
        symbols,
        personality,
        files: _,
        locations: _,
        scopes: _,
        debug_variables: _,
        debug_result: _,
    } = function;
    value_hash(&(name, linkage, attrs, signature, values, vars, slots, blocks, signatures, symbols, personality))
}

/// The hash of a module, debug information and all, in the order in which everything is. As [`code_hash`], for one build only.
pub fn exact_module_hash(module: &Module) -> ContentHash {
    value_hash(module)
}

/// The hash of a value: of all that its [`Hash`] looks at, which for derived ones is every field. As [`code_hash`], for one build
/// only.
pub fn value_hash(value: &impl Hash) -> ContentHash {
    let mut hasher = Blake3::default();
    value.hash(&mut hasher);
    hasher.flush();
    ContentHash(*hasher.state.finalize().as_bytes())
}

/// What [`Hash`] feeds, through a buffer: BLAKE3 is fast on long inputs only. Numbers are written in as many bytes as they need,
/// after their length, since most are small.
struct Blake3 {
    state: blake3::Hasher,
    buffer: [u8; BUFFER_BYTES],
    used: usize,
}

const BUFFER_BYTES: usize = 16 * 1024;

impl Default for Blake3 {
    fn default() -> Blake3 {
        Blake3 { state: blake3::Hasher::new(), buffer: [0; BUFFER_BYTES], used: 0 }
    }
}

impl Blake3 {
    fn flush(&mut self) {
        self.state.update(&self.buffer[..self.used]);
        self.used = 0;
    }

    fn put(&mut self, bytes: &[u8]) {
        if bytes.len() > BUFFER_BYTES - self.used {
            self.flush();
            if bytes.len() > BUFFER_BYTES {
                self.state.update(bytes);
                return;
            }
        }
        self.buffer[self.used..self.used + bytes.len()].copy_from_slice(bytes);
        self.used += bytes.len();
    }

    /// A few bytes, whose number the compiler knows.
    #[inline]
    fn put_few<const COUNT: usize>(&mut self, bytes: [u8; COUNT]) {
        if COUNT > BUFFER_BYTES - self.used {
            self.flush();
        }
        self.buffer[self.used..self.used + COUNT].copy_from_slice(&bytes);
        self.used += COUNT;
    }

    /// One byte below 251, or a marker with the number's length, and its bytes.
    #[inline]
    fn number(&mut self, number: u64) {
        if number < 251 {
            self.put_few([number as u8]);
        } else if number <= u64::from(u16::MAX) {
            let [low, high] = (number as u16).to_le_bytes();
            self.put_few([251, low, high]);
        } else {
            let mut bytes = [252; 9];
            bytes[1..].copy_from_slice(&number.to_le_bytes());
            self.put_few(bytes);
        }
    }
}

impl Hasher for Blake3 {
    /// Only strings and slices of small integers come here; the calls around this one say how long they are.
    fn write(&mut self, bytes: &[u8]) {
        self.put(bytes);
    }

    #[inline]
    fn write_u8(&mut self, number: u8) {
        self.put_few([number]);
    }

    #[inline]
    fn write_u16(&mut self, number: u16) {
        self.number(number.into());
    }

    #[inline]
    fn write_u32(&mut self, number: u32) {
        self.number(number.into());
    }

    #[inline]
    fn write_u64(&mut self, number: u64) {
        self.number(number);
    }

    #[inline]
    fn write_u128(&mut self, number: u128) {
        self.number(number as u64);
        self.number((number >> 64) as u64);
    }

    #[inline]
    fn write_usize(&mut self, number: usize) {
        self.number(number as u64);
    }

    // The signed forms cast to the unsigned ones; `write_isize` is where enums' variants come.

    fn finish(&self) -> u64 {
        unreachable!("the whole hash is asked for")
    }
}
