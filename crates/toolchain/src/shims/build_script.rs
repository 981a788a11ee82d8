//! Linked into build scripts: undoes, before `main`, what `cargo bessemer` makes cargo say in their environment.
//!
//! cargo tells build scripts which `RUSTC_WRAPPER` and `RUSTDOC` it was configured with. For `cargo bessemer` these are links
//! in folders of its own, where other links beside them (`instead-of-RUSTC_WRAPPER`) name what the user has configured.

#![no_std]

use core::ffi::{c_char, c_int};
use core::ptr::null;

unsafe extern "C" {
    fn getenv(name: *const c_char) -> *mut c_char;
    fn setenv(name: *const c_char, value: *const c_char, overwrite: c_int) -> c_int;
    fn unsetenv(name: *const c_char) -> c_int;
    fn readlink(path: *const c_char, buffer: *mut c_char, size: usize) -> isize;
}

const PREFIX: &[u8] = b"/instead-of-";
const RUSTC_WRAPPER: &[u8] = b"RUSTC_WRAPPER\0";
const RUSTDOC: &[u8] = b"RUSTDOC\0";
const RUSTC: &[u8] = b"RUSTC\0";
const SIZE: usize = 4096;

#[used]
#[unsafe(link_section = ".init_array")]
static START: extern "C" fn() = start;

extern "C" fn start() {
    restore(RUSTC_WRAPPER);
    restore(RUSTDOC);
}

/// A text with room for the path of a file.
struct Text {
    bytes: [u8; SIZE],
    len: usize,
}

impl Text {
    const fn new() -> Text {
        Text { bytes: [0; SIZE], len: 0 }
    }

    /// Adds bytes up to a zero one. Where they do not fit, nothing fits after them either.
    fn push(&mut self, bytes: &[u8]) {
        let mut at = 0;
        while at < bytes.len() && bytes[at] != 0 {
            if self.len + 1 >= SIZE {
                self.len = SIZE;
                return;
            }
            self.bytes[self.len] = bytes[at];
            self.len += 1;
            at += 1;
        }
    }

    /// Adds the folder of a path without its last slash. Gives whether it names a folder.
    fn push_folder(&mut self, path: *const c_char) -> bool {
        // SAFETY: the path ends with a zero byte, and nothing after it is read.
        unsafe {
            let (mut len, mut slash) = (0, None);
            while *path.add(len) != 0 {
                if *path.add(len) as u8 == b'/' {
                    slash = Some(len);
                }
                len += 1;
            }
            match slash {
                Some(slash) => {
                    let mut at = 0;
                    while at < slash {
                        self.push(&[*path.add(at) as u8]);
                        at += 1;
                    }
                    true
                }
                None => false,
            }
        }
    }

    fn as_c(&self) -> *const c_char {
        if self.len < SIZE { self.bytes.as_ptr().cast() } else { null() }
    }
}

/// Gives a variable its value back, or removes it, as the link says: `=VALUE`, or `=` for none.
fn restore(name: &[u8]) {
    let mut value = Text::new();
    let mut link = Text::new();
    // SAFETY: there is one thread yet; all texts end with a zero byte, `setenv` copies its own, and `readlink` writes no
    // more bytes than it is told.
    unsafe {
        let current = getenv(name.as_ptr().cast());
        if current.is_null() || !link.push_folder(current) {
            return;
        }
        link.push(PREFIX);
        link.push(name);
        if link.as_c().is_null() {
            return;
        }
        let len = readlink(link.as_c(), value.bytes.as_mut_ptr().cast(), SIZE - 1);
        if len < 1 || value.bytes[0] != b'=' {
            return;
        }
        if len > 1 {
            setenv(name.as_ptr().cast(), value.bytes.as_ptr().cast::<c_char>().add(1), 1);
        } else if name.as_ptr() == RUSTDOC.as_ptr() {
            // Where nothing else is configured, cargo takes the one beside its rustc.
            let mut beside = Text::new();
            let rustc = getenv(RUSTC.as_ptr().cast());
            if !rustc.is_null() && beside.push_folder(rustc) {
                beside.push(b"/");
            }
            beside.push(b"rustdoc");
            if !beside.as_c().is_null() {
                setenv(name.as_ptr().cast(), beside.as_c(), 1);
            }
        } else {
            unsetenv(name.as_ptr().cast());
        }
    }
}
