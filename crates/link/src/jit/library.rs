//! Shared libraries, through the system's dynamic loader.

use super::JitError;
use std::ffi::{CStr, CString, c_void};
use std::os::unix::ffi::OsStrExt;
use std::path::Path;
use std::sync::OnceLock;

/// An open shared library. It is never closed.
pub(super) struct Library {
    handle: *mut c_void,
}

impl Library {
    /// Opens a library with all of its symbols bound at once and visible to others.
    ///
    /// # Safety
    ///
    /// The library's initialisers run.
    pub unsafe fn open(path: &Path) -> Result<Library, JitError> {
        let error = |message: String| JitError::Library { path: path.to_owned(), message };
        let name = CString::new(path.as_os_str().as_bytes()).map_err(|_| error("the path holds a zero".to_owned()))?;
        // SAFETY: the name ends with a zero; the caller answers for the initialisers.
        let handle = unsafe { libc::dlopen(name.as_ptr(), libc::RTLD_NOW | libc::RTLD_GLOBAL) };
        if handle.is_null() {
            // SAFETY: dlerror gives null or a text that ends with a zero and lasts until this thread's next call.
            let text = unsafe { libc::dlerror().cast_const().as_ref() }.map(|text| {
                // SAFETY: as above.
                unsafe { CStr::from_ptr(text) }.to_string_lossy().into_owned()
            });
            return Err(error(text.unwrap_or_else(|| "unknown error".to_owned())));
        }
        Ok(Library { handle })
    }
}

/// The library of mathematics that belongs to the C library: every program is linked to it, but only what uses it needs it,
/// and this process may not. Opened when a symbol is found nowhere else; null where there is none.
fn mathematics() -> *mut c_void {
    static HANDLE: OnceLock<usize> = OnceLock::new();
    // SAFETY: the name ends with a zero, and the C library's own libraries may be opened at any time.
    let open = || unsafe { libc::dlopen(c"libm.so.6".as_ptr(), libc::RTLD_NOW | libc::RTLD_GLOBAL) as usize };
    *HANDLE.get_or_init(open) as *mut c_void
}

/// The address of a symbol: in the libraries, in order, with what they depend on; then anywhere in the process; then among
/// the mathematics.
pub(super) fn find(libraries: &[Library], symbol: &CStr) -> Option<u64> {
    let handles = libraries.iter().map(|library| library.handle).chain([libc::RTLD_DEFAULT]);
    // SAFETY: the handles are open, and the name ends with a zero.
    let mut addresses = handles.map(|handle| unsafe { libc::dlsym(handle, symbol.as_ptr()) });
    let found = addresses.find(|address| !address.is_null());
    let found = found.or_else(|| match mathematics() {
        handle if handle.is_null() => None,
        // SAFETY: as above.
        handle => Some(unsafe { libc::dlsym(handle, symbol.as_ptr()) }).filter(|address| !address.is_null()),
    });
    found.map(|address| address as u64)
}

/// For the address of a thread-local variable of a shared library on this thread: the library's module number and the
/// variable's offset, which `__tls_get_addr` takes on any thread.
pub(super) fn tls_module_and_offset(address: u64) -> Option<(u64, u64)> {
    struct Search {
        address: u64,
        found: Option<(u64, u64)>,
    }

    extern "C" fn visit(info: *mut libc::dl_phdr_info, _size: usize, data: *mut c_void) -> libc::c_int {
        // SAFETY: the loader gives a valid `info`, and `data` is the `Search` below, which nothing else uses meanwhile.
        let (info, search) = unsafe { (&*info, &mut *data.cast::<Search>()) };
        if info.dlpi_tls_modid == 0 || info.dlpi_tls_data.is_null() || info.dlpi_phdr.is_null() {
            return 0;
        }
        // SAFETY: the loader gives the address and the number of the library's program headers.
        let headers = unsafe { std::slice::from_raw_parts(info.dlpi_phdr, usize::from(info.dlpi_phnum)) };
        let Some(header) = headers.iter().find(|header| header.p_type == libc::PT_TLS) else { return 0 };
        let start = info.dlpi_tls_data as u64;
        if (start..start.saturating_add(header.p_memsz)).contains(&search.address) {
            search.found = Some((info.dlpi_tls_modid as u64, search.address - start));
            return 1;
        }
        0
    }

    let mut search = Search { address, found: None };
    // SAFETY: `visit` takes what `dl_iterate_phdr` gives, and does not outlive `search`.
    unsafe { libc::dl_iterate_phdr(Some(visit), (&raw mut search).cast()) };
    search.found
}
