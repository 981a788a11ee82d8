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

/// The unit. `tell` gets the panic's message, and where it began.
const SOURCE: &str = r#"
use std::cell::{Cell, RefCell};
use std::panic::{AssertUnwindSafe, catch_unwind, set_hook, take_hook};

thread_local! {
    static QUIET_CALLS: Cell<usize> = const { Cell::new(0) };
    static PLACE: RefCell<String> = const { RefCell::new(String::new()) };
}

#[unsafe(no_mangle)]
pub extern "C" fn bessemer_install() {
    let show = take_hook();
    set_hook(Box::new(move |info| {
        let place = info.location().map_or(String::new(), |place| place.to_string());
        let _ = PLACE.try_with(|last| last.try_borrow_mut().map(|mut last| *last = place));
        if QUIET_CALLS.try_with(Cell::get).unwrap_or(0) == 0 {
            show(info);
        }
    }));
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn bessemer_guard(
    run: unsafe extern "C-unwind" fn(*mut u8),
    data: *mut u8,
    is_quiet: bool,
    tell: unsafe extern "C" fn(*mut u8, bool, *const u8, usize),
    to: *mut u8,
) -> bool {
    let quiet = usize::from(is_quiet);
    QUIET_CALLS.set(QUIET_CALLS.get() + quiet);
    // What a hook of somebody else's does not tell is not known.
    PLACE.take();
    let result = catch_unwind(|| unsafe { run(data) });
    let Err(payload) = result else {
        QUIET_CALLS.set(QUIET_CALLS.get() - quiet);
        return true;
    };
    let text = match payload.downcast_ref::<&'static str>() {
        Some(text) => text,
        None => payload.downcast_ref::<String>().map_or("", |text| text.as_str()),
    };
    let place = PLACE.take();
    unsafe {
        tell(to, false, text.as_ptr(), text.len());
        tell(to, true, place.as_ptr(), place.len());
    }
    // What is thrown may panic when it is dropped.
    if let Err(again) = catch_unwind(AssertUnwindSafe(|| drop(payload))) {
        std::mem::forget(again);
    }
    QUIET_CALLS.set(QUIET_CALLS.get() - quiet);
    false
}
"#;

/// Its type.
type GuardFunction = unsafe extern "C" fn(
    unsafe extern "C-unwind" fn(*mut u8),
    *mut u8,
    bool,
    unsafe extern "C" fn(*mut u8, bool, *const u8, usize),
    *mut u8,
) -> bool;

/// A panic of a unit that was caught.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
#[non_exhaustive]
pub struct Panic {
    /// What was said; empty if that was no text.
    pub message: String,
    /// Where it began, `FILE:LINE:COLUMN`; empty if it was resumed, or if a unit has set a panic hook.
    pub place: String,
}

impl fmt::Display for Panic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("panicked")?;
        if !self.place.is_empty() {
            write!(f, " at {}", self.place)?;
        }
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
        let find = |name: &str| {
            let missing = || DriverError::Internal("the guard against panics lacks a part".to_owned());
            image.lookup(name).ok_or_else(missing)
        };
        // SAFETY: the functions in the source are of these types, and this one runs once.
        let guard = unsafe {
            std::mem::transmute::<*const u8, extern "C" fn()>(find("bessemer_install")?)();
            Guard(std::mem::transmute::<*const u8, GuardFunction>(find("bessemer_guard")?))
        };
        guards.insert(toolchain.sysroot.clone(), guard);
        Ok(guard)
    }

    /// Runs a function with its data, and catches what leaves it. Quietly, it is not shown before.
    ///
    /// # Safety
    /// The function takes the data, and only panics of the units' std leave it.
    pub unsafe fn run(
        self,
        run: unsafe extern "C-unwind" fn(*mut u8),
        data: *mut u8,
        is_quiet: bool,
    ) -> Result<(), Panic> {
        unsafe extern "C" fn tell(to: *mut u8, is_place: bool, text: *const u8, length: usize) {
            // SAFETY: the guard gives back what it was given, and a text that is there during the call.
            unsafe {
                let panic = &mut *to.cast::<Panic>();
                let text = String::from_utf8_lossy(std::slice::from_raw_parts(text, length)).into_owned();
                if is_place { panic.place = text } else { panic.message = text }
            }
        }
        let mut panic = Panic::default();
        // SAFETY: the caller answers for the function; what is told outlives the call.
        let returned = unsafe { (self.0)(run, data, is_quiet, tell, (&raw mut panic).cast()) };
        if returned { Ok(()) } else { Err(panic) }
    }
}
