//! A macro library in this process's memory. (rustc: `proc_macro::bridge::client`, `rustc_metadata::creader`.)
//!
//! The structures below are the bridge's of Rust 1.95.0. Strings and slices are a pointer and a length there, in this order.

use std::ffi::{CStr, c_char, c_void};

use super::buffer::Buffer;

#[repr(C)]
#[derive(Clone, Copy)]
struct Slice<T> {
    data: *const T,
    len: usize,
}

/// How a macro makes requests: a function and what it is called with.
#[repr(C)]
struct Closure {
    call: extern "C" fn(*mut c_void, Buffer) -> Buffer,
    env: *mut c_void,
}

#[repr(C)]
struct BridgeConfig {
    input: Buffer,
    dispatch: Closure,
    force_show_panics: bool,
}

/// A macro's entry.
#[repr(C)]
#[derive(Clone, Copy)]
struct Client {
    /// Counters for handles. Only the compiler's side counts, and ours has counters of its own.
    handle_counters: *const c_void,
    run: extern "C" fn(BridgeConfig) -> Buffer,
}

#[repr(C)]
#[derive(Clone, Copy)]
struct Derive {
    trait_name: Slice<u8>,
    attributes: Slice<Slice<u8>>,
    client: Client,
}

#[repr(C)]
#[derive(Clone, Copy)]
struct Other {
    name: Slice<u8>,
    client: Client,
}

#[repr(C)]
#[derive(Clone, Copy)]
union Payload {
    derive: Derive,
    other: Other,
}

/// What a library exports for each macro: an enum in C's representation, which is a number and a union.
#[repr(C)]
#[derive(Clone, Copy)]
struct Entry {
    kind: u32,
    payload: Payload,
}

/// The kinds of [`Entry`].
const DERIVE: u32 = 0;
const BANG: u32 = 2;

/// A loaded library. It stays loaded until the process ends: a macro may have started threads, and its list lives in it.
#[derive(Clone, Copy)]
pub(super) struct Loaded {
    entries: Slice<Entry>,
}

// SAFETY: the list is constant memory of a library that is never unloaded.
unsafe impl Send for Loaded {}
// SAFETY: as above; the entry points may be called on any thread, and rustc does.
unsafe impl Sync for Loaded {}

impl Loaded {
    /// Loads a library whose list of macros has this symbol. Where that fails, the loader's reason is left in `reason`.
    ///
    /// This runs in forked children, so it uses no memory of the program's allocator.
    ///
    /// # Safety
    ///
    /// The library was made by rustc 1.95.0, and its initialisers may be run.
    pub(super) unsafe fn load(path: &CStr, symbol: &CStr, reason: &mut Buffer) -> Option<Loaded> {
        // SAFETY: both strings end in a zero; initialisers may be run as the caller says.
        let address = unsafe {
            let library = libc::dlopen(path.as_ptr(), libc::RTLD_NOW | libc::RTLD_LOCAL);
            if library.is_null() { library } else { libc::dlsym(library, symbol.as_ptr()) }
        };
        if address.is_null() {
            // SAFETY: `dlerror` gives null or a string that lives until the next call on this thread.
            let message: *const c_char = unsafe { libc::dlerror() };
            if !message.is_null() {
                // SAFETY: as above.
                reason.extend(unsafe { CStr::from_ptr(message) }.to_bytes());
            }
            return None;
        }
        // SAFETY: rustc 1.95.0 exports a slice of entries under this name, which its loader has relocated.
        Some(Loaded { entries: unsafe { *address.cast::<Slice<Entry>>() } })
    }

    fn entries(&self) -> &[Entry] {
        // SAFETY: a slice of rustc's, of constant memory that stays where it is.
        unsafe { bytes(self.entries) }
    }

    /// Writes the list: of each macro its kind, its name and, if it is a derive, its helper attributes.
    pub(super) fn describe(&self, out: &mut Buffer) {
        let text = |out: &mut Buffer, text: Slice<u8>| {
            out.extend(&(text.len as u64).to_le_bytes());
            // SAFETY: strings of the library's constant memory.
            out.extend(unsafe { bytes(text) });
        };
        out.extend(&(self.entries().len() as u64).to_le_bytes());
        for entry in self.entries() {
            out.extend(&[entry.kind.min(u8::MAX.into()) as u8]);
            if entry.kind > BANG {
                // Not known. Whoever reads the list stops here.
                return;
            }
            if entry.kind == DERIVE {
                // SAFETY: the payload of this kind.
                let derive = unsafe { entry.payload.derive };
                text(out, derive.trait_name);
                out.extend(&(derive.attributes.len as u64).to_le_bytes());
                // SAFETY: as of `entries`.
                for attribute in unsafe { bytes(derive.attributes) } {
                    text(out, *attribute);
                }
            } else {
                // SAFETY: the payload of the other kinds.
                text(out, unsafe { entry.payload.other.name });
            }
        }
    }

    /// Runs a macro. `buffer` holds its input and then its output; `answer` replaces a request by its reply.
    ///
    /// `answer` must not unwind. The macro's own panics end in its library, which makes a message of them.
    pub(super) fn run(&self, index: usize, buffer: &mut Buffer, answer: &mut dyn FnMut(&mut Buffer)) {
        let Some(entry) = self.entries().get(index) else { return buffer.clear() };
        // SAFETY: the payload that belongs to the kind.
        let client =
            unsafe { if entry.kind == DERIVE { entry.payload.derive.client } else { entry.payload.other.client } };
        let mut answer = answer;
        let dispatch = Closure { call, env: (&raw mut answer).cast() };
        let input = std::mem::replace(buffer, Buffer::new());
        *buffer = (client.run)(BridgeConfig { input, dispatch, force_show_panics: false });
    }
}

/// What a macro calls with a request.
extern "C" fn call(env: *mut c_void, mut buffer: Buffer) -> Buffer {
    // SAFETY: `env` is what `Loaded::run` made of a reference that lives while the macro runs. The macro makes requests only
    // while it runs, and one at a time: its own borrow checks see to that.
    let answer = unsafe { &mut *env.cast::<&mut dyn FnMut(&mut Buffer)>() };
    answer(&mut buffer);
    buffer
}

/// # Safety
///
/// The slice is one of rustc's, of memory that lives as long as the process.
unsafe fn bytes<T>(slice: Slice<T>) -> &'static [T] {
    if slice.len == 0 {
        return &[];
    }
    // SAFETY: as the caller says.
    unsafe { std::slice::from_raw_parts(slice.data, slice.len) }
}
