//! A library that is loaded into rustc first, and writes down each expansion of a procedural macro: the library, the macro's
//! kind and name, its input and its output as rustc prints them.

use std::ffi::{CStr, c_char, c_int, c_void};
use std::io::Write;
use std::mem::ManuallyDrop;
use std::sync::Mutex;

#[repr(C)]
struct Buffer {
    data: *mut u8,
    len: usize,
    capacity: usize,
    reserve: extern "C" fn(Buffer, usize) -> Buffer,
    drop: extern "C" fn(Buffer),
}

extern "C" fn reserve(buffer: Buffer, additional: usize) -> Buffer {
    let mut bytes = unsafe { Vec::from_raw_parts(buffer.data, buffer.len, buffer.capacity) };
    bytes.reserve(additional);
    new(bytes)
}

extern "C" fn free(buffer: Buffer) {
    drop(unsafe { Vec::from_raw_parts(buffer.data, buffer.len, buffer.capacity) });
}

fn new(bytes: Vec<u8>) -> Buffer {
    let mut bytes = ManuallyDrop::new(bytes);
    Buffer { data: bytes.as_mut_ptr(), len: bytes.len(), capacity: bytes.capacity(), reserve, drop: free }
}

impl Buffer {
    fn bytes(&self) -> &[u8] {
        unsafe { std::slice::from_raw_parts(self.data, self.len) }
    }
}

#[repr(C)]
#[derive(Clone, Copy)]
struct Closure {
    call: extern "C" fn(*mut c_void, Buffer) -> Buffer,
    env: *mut c_void,
}

#[repr(C)]
struct Config {
    input: Buffer,
    dispatch: Closure,
    force_show_panics: bool,
}

type Run = extern "C" fn(Config) -> Buffer;

#[repr(C)]
#[derive(Clone, Copy)]
struct Client {
    counters: *const c_void,
    run: Run,
}

#[repr(C)]
#[derive(Clone, Copy)]
enum Entry {
    Derive { name: &'static str, helpers: &'static [&'static str], client: Client },
    Attribute { name: &'static str, client: Client },
    Bang { name: &'static str, client: Client },
}

struct Tapped {
    library: String,
    kind: u8,
    name: &'static str,
    run: Run,
}

static TAPPED: Mutex<Vec<Tapped>> = Mutex::new(Vec::new());

/// What rustc prints for a stream.
fn print(dispatch: Closure, handle: &[u8]) -> Vec<u8> {
    let reply = (dispatch.call)(dispatch.env, new([&[10], handle].concat()));
    let text = reply.bytes()[9..].to_vec();
    (reply.drop)(reply);
    text
}

extern "C" fn tap<const N: usize>(config: Config) -> Buffer {
    let (mut record, run) = {
        let all = TAPPED.lock().unwrap();
        let Tapped { library, kind, name, run } = &all[N];
        (vec![library.clone().into_bytes(), vec![*kind], name.as_bytes().to_vec()], *run)
    };
    let dispatch = config.dispatch;
    // Three spans stand before the streams.
    let mut inputs = config.input.bytes()[12..].chunks(4).map(|handle| print(dispatch, handle)).collect::<Vec<_>>();
    if inputs.len() == 1 {
        inputs.insert(0, Vec::new());
    }
    record.append(&mut inputs);
    let output = run(config);
    if let [0, rest @ ..] = output.bytes() {
        record.push(if let [0, handle @ ..] = rest { print(dispatch, handle) } else { Vec::new() });
        let mut bytes = Vec::new();
        for part in record {
            bytes.extend((part.len() as u64).to_le_bytes());
            bytes.extend(part);
        }
        let path = std::env::var_os("TAP_LOG").unwrap();
        std::fs::OpenOptions::new().append(true).create(true).open(path).unwrap().write_all(&bytes).unwrap();
    }
    output
}

macro_rules! taps {
    ($($n:literal)*) => { [$(tap::<$n>),*] };
}

static TAPS: [Run; 48] = taps! {
    0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27 28 29 30 31 32 33 34 35 36 37 38 39 40 41 42 43 44
    45 46 47
};

#[repr(C)]
struct Info {
    file: *const c_char,
    base: *mut c_void,
    symbol: *const c_char,
    address: *mut c_void,
}

unsafe extern "C" {
    fn dlvsym(handle: *mut c_void, name: *const c_char, version: *const c_char) -> *mut c_void;
    fn dladdr(address: *const c_void, info: *mut Info) -> c_int;
}

#[unsafe(no_mangle)]
unsafe extern "C" fn dlsym(handle: *mut c_void, name: *const c_char) -> *mut c_void {
    type Dlsym = unsafe extern "C" fn(*mut c_void, *const c_char) -> *mut c_void;
    unsafe {
        let next = -1_isize as *mut c_void;
        let real = std::mem::transmute::<*mut c_void, Dlsym>(dlvsym(next, c"dlsym".as_ptr(), c"GLIBC_2.2.5".as_ptr()));
        let found = real(handle, name);
        let is_list = CStr::from_ptr(name).to_bytes().starts_with(b"__rustc_proc_macro_decls_");
        if !is_list || found.is_null() || std::env::var_os("TAP_LOG").is_none() {
            return found;
        }
        let mut info = std::mem::zeroed::<Info>();
        dladdr(found, &mut info);
        let library = CStr::from_ptr(info.file).to_str().unwrap().to_owned();
        let mut entries = (*found.cast::<&[Entry]>()).to_vec();
        for entry in &mut entries {
            let (kind, name, client) = match entry {
                Entry::Derive { name, client, .. } => (0, name, client),
                Entry::Attribute { name, client } => (1, name, client),
                Entry::Bang { name, client } => (2, name, client),
            };
            let mut all = TAPPED.lock().unwrap();
            if let Some(tap) = TAPS.get(all.len()) {
                all.push(Tapped { library: library.clone(), kind, name, run: client.run });
                client.run = *tap;
            }
        }
        let entries: &'static [Entry] = Vec::leak(entries);
        Box::into_raw(Box::new(entries)).cast()
    }
}
