//! Loaded into rustc before everything else (`LD_PRELOAD`): gives variables of the environment to rustc itself that neither
//! the program's `env!` nor its procedural macros are to see, among them the permission to use unstable options.
//!
//! rustc reads what concerns itself on its main thread, and compiles on another. So the variables whose names begin with
//! [`PREFIX`] are taken out of the environment at the start, and `getenv` finds them on the main thread only.

#![no_std]

use core::ffi::{c_char, c_int, c_long, c_uint};
use core::ptr::null_mut;
use core::sync::atomic::{AtomicPtr, AtomicUsize, Ordering::Relaxed};

const PREFIX: &[u8] = b"BESSEMER_GIVES_";
const PRELOAD: &[u8] = b"LD_PRELOAD=";
const GETTID: c_long = 186;
const OPENAT: c_long = 257;
/// `openat` in the current folder.
const HERE: c_long = -100;
/// Files that are read instead of others: pairs of paths, each of which ends with [`END`].
const SOURCES: &[u8] = b"SOURCES=";
const END: u8 = 1;

static GIVEN: [AtomicPtr<c_char>; 8] = [const { AtomicPtr::new(null_mut()) }; 8];
static COUNT: AtomicUsize = AtomicUsize::new(0);

unsafe extern "C" {
    static mut environ: *mut *mut c_char;
    fn getpid() -> c_int;
    fn syscall(number: c_long, ...) -> c_long;
}

#[used]
#[unsafe(link_section = ".init_array")]
static START: extern "C" fn() = start;

/// Takes out of the environment what it was given for this library alone.
extern "C" fn start() {
    // SAFETY: there is one thread yet, and the environment is as the C library found it.
    unsafe {
        let mut from = environ;
        if from.is_null() {
            return;
        }
        let mut to = from;
        while !(*from).is_null() {
            let entry = *from;
            from = from.add(1);
            let count = COUNT.load(Relaxed);
            if begins(entry, PREFIX) && count < GIVEN.len() {
                GIVEN[count].store(entry.add(PREFIX.len()), Relaxed);
                COUNT.store(count + 1, Relaxed);
                continue;
            }
            if begins(entry, PRELOAD) && !remove_first(entry.add(PRELOAD.len())) {
                continue;
            }
            *to = entry;
            to = to.add(1);
        }
        *to = null_mut();
    }
}

/// Removes the first of a list of libraries, which is this one. Gives whether there are others.
unsafe fn remove_first(list: *mut c_char) -> bool {
    // SAFETY: the list ends with a zero byte, and what is moved becomes no longer.
    unsafe {
        let mut from = list;
        while *from != 0 && *from as u8 != b':' {
            from = from.add(1);
        }
        if *from == 0 || *from.add(1) == 0 {
            return false;
        }
        let mut to = list;
        while *from != 0 {
            from = from.add(1);
            *to = *from;
            to = to.add(1);
        }
        true
    }
}

unsafe fn begins(text: *const c_char, with: &[u8]) -> bool {
    let mut at = 0;
    while at < with.len() {
        // SAFETY: the bytes before this one were equal, so none of them ends the text.
        if unsafe { *text.add(at) } as u8 != with[at] {
            return false;
        }
        at += 1;
    }
    true
}

/// If this is the variable of that name: its value.
unsafe fn value(entry: *mut c_char, name: *const c_char) -> *mut c_char {
    // SAFETY: both end with a zero byte, at which they begin to differ if not before.
    unsafe {
        let mut at = 0;
        while *name.add(at) != 0 {
            if *entry.add(at) != *name.add(at) {
                return null_mut();
            }
            at += 1;
        }
        if *entry.add(at) as u8 == b'=' { entry.add(at + 1) } else { null_mut() }
    }
}

/// The C library's function, which this one stands before.
///
/// # Safety
/// `name` is a C string, and no other thread changes the environment.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn getenv(name: *const c_char) -> *mut c_char {
    // SAFETY: the caller's promises; the texts of the environment live as long as the process.
    unsafe {
        if syscall(GETTID) == c_long::from(getpid()) {
            let mut at = 0;
            while at < COUNT.load(Relaxed) && at < GIVEN.len() {
                let found = value(GIVEN[at].load(Relaxed), name);
                if !found.is_null() {
                    return found;
                }
                at += 1;
            }
        }
        let mut entry = environ;
        while !entry.is_null() && !(*entry).is_null() {
            let mut found = value(*entry, name);
            // The allocator may ask before the start.
            if found.is_null() && begins(*entry, PREFIX) {
                found = value((*entry).add(PREFIX.len()), name);
            }
            if !found.is_null() {
                return found;
            }
            entry = entry.add(1);
        }
        null_mut()
    }
}

/// The same for programs with more rights than their users, which rustc is not: its allocator asks in this way.
///
/// # Safety
/// As [`getenv`].
#[unsafe(no_mangle)]
pub unsafe extern "C" fn secure_getenv(name: *const c_char) -> *mut c_char {
    // SAFETY: the caller's promises.
    unsafe { getenv(name) }
}

/// The file that is read instead of another, and how long its path is.
unsafe fn instead(path: *const c_char) -> Option<(*const c_char, usize)> {
    let mut at = 0;
    while at < COUNT.load(Relaxed) && at < GIVEN.len() {
        let entry = GIVEN[at].load(Relaxed);
        at += 1;
        // SAFETY: the entry ends with a zero byte, and so does the path.
        unsafe {
            if !begins(entry, SOURCES) {
                continue;
            }
            let mut pair = entry.add(SOURCES.len()).cast_const();
            while *pair != 0 {
                let mut len = 0;
                while *path.add(len) != 0 && *pair.add(len) == *path.add(len) {
                    len += 1;
                }
                let is_it = *path.add(len) == 0 && *pair.add(len) as u8 == END;
                let other = after(pair);
                if is_it {
                    return Some((other, after(other).offset_from(other) as usize - 1));
                }
                pair = after(other);
            }
        }
    }
    None
}

/// What follows a path of the list.
unsafe fn after(mut path: *const c_char) -> *const c_char {
    // SAFETY: the list ends with a zero byte.
    unsafe {
        while *path != 0 && *path as u8 != END {
            path = path.add(1);
        }
        if *path == 0 { path } else { path.add(1) }
    }
}

/// The C library's function, by which rustc opens sources.
///
/// # Safety
/// `path` is a C string.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn open64(path: *const c_char, flags: c_int, mode: c_uint) -> c_int {
    let mut other = [0_u8; 4096];
    // SAFETY: the caller's promise; the system checks what it is given.
    unsafe {
        let mut opened = path;
        if let Some((from, len)) = instead(path)
            && len < other.len()
        {
            let mut at = 0;
            while at < len {
                other[at] = *from.add(at) as u8;
                at += 1;
            }
            opened = other.as_ptr().cast();
        }
        syscall(OPENAT, HERE, opened, flags, mode) as c_int
    }
}

#[panic_handler]
fn panic(_: &core::panic::PanicInfo<'_>) -> ! {
    loop {}
}
