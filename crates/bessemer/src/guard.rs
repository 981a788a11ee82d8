//! Catching panics of units.
//!
//! A panic belongs to the std that began it: only `catch_unwind` of that std can take it, and that of another ends the
//! process. Units run on the toolchain's shared std, and the host has one of its own. So a small unit is compiled that does
//! nothing but catch, and calls of functions that may unwind go through it. There is one for each toolchain, made when it is
//! first needed, and it stays as long as the process.

use crate::Error;
use driver::compiled::{self, Kind};
use driver::{Backends, DriverError, Options, Report, Toolchain};
use std::collections::HashMap;
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

/// The unit. `tell` gets the panic's message.
const SOURCE: &str = r#"
use std::panic::{AssertUnwindSafe, catch_unwind};

#[unsafe(no_mangle)]
pub unsafe extern "C" fn bessemer_guard(
    run: unsafe extern "C-unwind" fn(*mut u8),
    data: *mut u8,
    tell: unsafe extern "C" fn(*mut u8, *const u8, usize),
    to: *mut u8,
) -> bool {
    let Err(payload) = catch_unwind(|| unsafe { run(data) }) else { return true };
    let text = match payload.downcast_ref::<&'static str>() {
        Some(text) => text,
        None => payload.downcast_ref::<String>().map_or("", |text| text.as_str()),
    };
    unsafe { tell(to, text.as_ptr(), text.len()) };
    // What is thrown may panic when it is dropped.
    if let Err(again) = catch_unwind(AssertUnwindSafe(|| drop(payload))) {
        std::mem::forget(again);
    }
    false
}
"#;

/// Its type.
type GuardFunction = unsafe extern "C" fn(
    unsafe extern "C-unwind" fn(*mut u8),
    *mut u8,
    unsafe extern "C" fn(*mut u8, *const u8, usize),
    *mut u8,
) -> bool;

/// A panic of a unit that was caught.
#[derive(Clone, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub struct Panic {
    /// What was said; empty if that was no text.
    pub message: String,
}

impl Panic {
    pub(crate) fn new(message: String) -> Panic {
        Panic { message }
    }
}

impl fmt::Display for Panic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("panicked")?;
        if self.message.is_empty() { Ok(()) } else { write!(f, ": {}", self.message) }
    }
}

impl std::error::Error for Panic {}

/// The loaded unit.
#[derive(Clone, Copy)]
pub(crate) struct Guard(GuardFunction);

impl Guard {
    /// The guard for a toolchain.
    pub fn of(toolchain: &Toolchain, backends: &Backends, cache: Option<&Path>) -> Result<Guard, Error> {
        static GUARDS: Mutex<Option<HashMap<PathBuf, Guard>>> = Mutex::new(None);
        let mut guards = GUARDS.lock().unwrap_or_else(PoisonError::into_inner);
        let guards = guards.get_or_insert_default();
        if let Some(guard) = guards.get(&toolchain.sysroot) {
            return Ok(*guard);
        }
        let backend = backends.for_level(backend::OptLevel::O0);
        let mut options = Options::new(driver::Source::Text(SOURCE.as_bytes().to_vec()), backend);
        options.crate_name = Some("bessemer_guard".to_owned());
        options.cache = cache.map(Path::to_owned);
        let compiled = compiled::compile(toolchain, &options, Kind::Library, &mut Report::default())?;
        // It stays loaded when this is dropped.
        let image = compiled.load(&[])?;
        let address = image.lookup("bessemer_guard");
        let address = address.ok_or_else(|| DriverError::Internal("the guard against panics is empty".to_owned()))?;
        // SAFETY: the function in the source is of this type.
        let guard = Guard(unsafe { std::mem::transmute::<*const u8, GuardFunction>(address) });
        guards.insert(toolchain.sysroot.clone(), guard);
        Ok(guard)
    }

    /// Runs a function with its data, and catches what leaves it.
    ///
    /// # Safety
    /// The function takes the data, and only panics of the units' std leave it.
    pub unsafe fn run(self, run: unsafe extern "C-unwind" fn(*mut u8), data: *mut u8) -> Result<(), Panic> {
        unsafe extern "C" fn tell(to: *mut u8, text: *const u8, length: usize) {
            // SAFETY: the guard gives back what it was given, and a text that is there during the call.
            unsafe {
                let text = std::slice::from_raw_parts(text, length);
                *to.cast::<String>() = String::from_utf8_lossy(text).into_owned();
            }
        }
        let mut message = String::new();
        // SAFETY: the caller answers for the function; the message outlives the call.
        let returned = unsafe { (self.0)(run, data, tell, (&raw mut message).cast()) };
        if returned { Ok(()) } else { Err(Panic::new(message)) }
    }
}
