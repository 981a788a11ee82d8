//! Calling the `main` of a program that was loaded.

use super::LoadedCode;
use std::ffi::{CString, OsString, c_char, c_int, c_void};
use std::fmt;
use std::os::unix::ffi::OsStrExt;

/// Why a loaded program was not begun.
#[derive(Clone, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub enum MainError {
    /// The objects define no `main`.
    Missing,
    /// An argument contains a zero byte, which C's strings cannot.
    Argument(OsString),
}

impl fmt::Display for MainError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            MainError::Missing => f.write_str("the program in memory has no `main`"),
            MainError::Argument(_) => f.write_str("an argument contains a zero byte"),
        }
    }
}

impl std::error::Error for MainError {}

/// Runs the functions that end a program, for the C library.
///
/// # Safety
///
/// The pointer is to the addresses of such functions, which are loaded and have not run.
unsafe extern "C" fn finalize(functions: *mut c_void) {
    // SAFETY: promised by the caller.
    unsafe { super::run_finalizers(&*functions.cast::<Vec<u64>>()) };
}

unsafe extern "C" {
    /// Has a function called when this process ends.
    fn __cxa_atexit(function: unsafe extern "C" fn(*mut c_void), argument: *mut c_void, library: *mut c_void) -> c_int;

    /// C's environment, which the program's initialisers are given.
    static environ: *const *mut c_char;
}

impl LoadedCode {
    /// Runs a whole program on this thread: its initialisers, and `main` with these arguments (its own name first). Gives what
    /// `main` returns. The program may also end this process, or leave threads behind that run on. Its finalisers run when this
    /// process ends, after all that the program has asked to be run then: as in a program of its own.
    ///
    /// The handlers of this process for faults (SIGSEGV, SIGBUS) are taken back, so that the program installs its own.
    ///
    /// # Errors
    /// Nothing has run then.
    ///
    /// # Safety
    ///
    /// `main`, if there is one, is C's entry point of a program. Initialisers, `main` and finalisers must be sound to run in
    /// this process, on this thread, and only once.
    pub unsafe fn call_main(&self, args: &[OsString]) -> Result<c_int, MainError> {
        type Main = extern "C" fn(c_int, *const *const c_char) -> c_int;
        let main = self.lookup("main").ok_or(MainError::Missing)?;
        let string = |arg: &OsString| CString::new(arg.as_bytes()).map_err(|_| MainError::Argument(arg.clone()));
        let strings: Vec<CString> = args.iter().map(string).collect::<Result<_, _>>()?;
        let mut argv: Vec<*const c_char> = strings.iter().map(|string| string.as_ptr()).collect();
        argv.push(std::ptr::null());
        // Threads that the program leaves behind may ask for its arguments at any time.
        std::mem::forget(strings);
        let argv: &'static [*const c_char] = argv.leak();
        let argc = args.len() as c_int;
        // SAFETY: the caller promises that this is sound; the arguments live for ever; `main` is a function of this type.
        unsafe {
            libc::signal(libc::SIGSEGV, libc::SIG_DFL);
            libc::signal(libc::SIGBUS, libc::SIG_DFL);
            // What is noted first runs last. Without memory for the note, nothing is run then.
            let finalizers = Box::leak(Box::new(self.finalizers.clone()));
            __cxa_atexit(finalize, std::ptr::from_mut(finalizers).cast(), std::ptr::null_mut());
            self.run_initializers(argc, argv.as_ptr(), environ.cast::<*const c_char>());
            let main = std::mem::transmute::<*const u8, Main>(main);
            Ok(main(argc, argv.as_ptr()))
        }
    }
}

/// Whether a library of this process defines a symbol.
pub fn is_in_process(symbol: &str) -> bool {
    // SAFETY: looks up a name in the libraries that are loaded.
    CString::new(symbol).is_ok_and(|symbol| unsafe { !libc::dlsym(libc::RTLD_DEFAULT, symbol.as_ptr()).is_null() })
}
