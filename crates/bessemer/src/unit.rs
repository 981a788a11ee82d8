//! A compiled crate.

use crate::diagnostic::{Diagnostic, parse};
use crate::engine::Shared;
use crate::function::{Function, FunctionPointer};
use crate::guard::Guard;
use crate::options::Output;
use crate::{Error, Kind};
use driver::Report;
use driver::compiled::Compiled;
use link::jit::LoadedCode;
use std::fmt;
use std::process::{Child, Command};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

/// A compiled crate, in memory.
///
/// A library is loaded into this process when something of it is first asked for, and taken out of it when the unit is
/// dropped. A program is linked when it is first started.
pub struct Unit {
    engine: Arc<Shared>,
    compiled: Compiled,
    warnings: Vec<Diagnostic>,
    report: Report,
    image: OnceLock<LoadedCode>,
    /// Held while it is loaded.
    loading: Mutex<()>,
}

unsafe extern "C" {
    /// C's environment, which initialisers are given.
    static environ: *const *const std::ffi::c_char;
}

impl Unit {
    pub(crate) fn new(engine: Arc<Shared>, compiled: Compiled, report: Report) -> Unit {
        let warnings = parse(compiled.diagnostics());
        Unit { engine, compiled, warnings, report, image: OnceLock::new(), loading: Mutex::new(()) }
    }

    /// What it was compiled as.
    pub fn kind(&self) -> Kind {
        self.compiled.kind()
    }

    /// What rustc said of it: warnings.
    pub fn warnings(&self) -> &[Diagnostic] {
        &self.warnings
    }

    /// What was done, how long it took, and which functions went to another back end.
    pub fn report(&self) -> &Report {
        &self.report
    }

    /// The names of the functions and variables that a library exports, sorted.
    pub fn exported(&self) -> &[String] {
        self.compiled.exported()
    }

    /// A function of a library by its symbol: one that is `#[unsafe(no_mangle)]` or has a `#[unsafe(export_name)]`.
    ///
    /// The first call loads the unit and runs its initialisers, if it has any (`.init_array`).
    ///
    /// The function keeps the unit:
    ///
    /// ```compile_fail,E0505
    /// # fn f(unit: bessemer::Unit) {
    /// // SAFETY: it is of this type.
    /// let add = unsafe { unit.get::<extern "C" fn(i32, i32) -> i32>("add") }.unwrap();
    /// drop(unit);
    /// add(1, 2);
    /// # }
    /// ```
    ///
    /// # Errors
    /// There is no such function; or the unit cannot be loaded: it needs a symbol that nobody defines, has an allocator of its
    /// own, or aborts on panics.
    ///
    /// # Safety
    /// - The function is of this type.
    /// - When the unit is dropped, nothing may use its code and data any more, now or later: threads that run it have ended,
    ///   and no pointer into it is kept (callbacks, hooks, trait objects, `&'static`, exit handlers). Destructors of
    ///   thread-locals are the exception: while a thread lives that has used a thread-local of the unit, its memory stays.
    /// - Its initialisers may run in this process.
    pub unsafe fn get<F: FunctionPointer>(&self, name: &str) -> Result<Function<'_, F>, Error> {
        // SAFETY: promised by the caller.
        let address = unsafe { self.address(name) }?;
        let Shared { toolchain, backends, cache, quiet_panics, .. } = &*self.engine;
        let guard = match F::UNWINDS {
            true => Some((Guard::of(toolchain, backends, cache.as_deref())?, *quiet_panics)),
            false => None,
        };
        // SAFETY: promised by the caller.
        Ok(Function::new(unsafe { F::from_address(address as usize) }, guard))
    }

    /// The address of a function or variable of a library by its symbol, for what [`Unit::get`] has no type for. Like that, it
    /// loads the unit.
    ///
    /// # Errors
    /// Those of [`Unit::get`].
    ///
    /// # Safety
    /// As [`Unit::get`] says of initialisers and of dropping the unit, of which the address knows nothing.
    pub unsafe fn address(&self, name: &str) -> Result<*const u8, Error> {
        if self.kind() == Kind::Library && self.exported().binary_search_by(|it| it.as_str().cmp(name)).is_err() {
            return Err(Error::NoSuchFunction { name: name.to_owned(), exported: self.exported().to_vec() });
        }
        // SAFETY: promised by the caller.
        let image = unsafe { self.image() }?;
        image.lookup(name).ok_or_else(|| Error::NoSuchFunction { name: name.to_owned(), exported: Vec::new() })
    }

    /// The loaded unit.
    ///
    /// # Safety
    /// Its initialisers may run.
    unsafe fn image(&self) -> Result<&LoadedCode, Error> {
        let _loading = self.loading.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(image) = self.image.get() {
            return Ok(image);
        }
        let image = self.compiled.load(&self.engine.host)?;
        let none = [std::ptr::null()];
        // SAFETY: they run once, as nobody else has the image; the caller answers for them.
        unsafe { image.run_initializers(0, none.as_ptr(), environ) };
        Ok(self.image.get_or_init(|| image))
    }

    /// A form of it: text, bitcode, an object, a program's executable.
    ///
    /// # Errors
    /// No back end has this form, or it cannot be made of this unit.
    pub fn emit(&self, output: &Output) -> Result<Vec<u8>, Error> {
        Ok(self.compiled.emit(&output.kind())?)
    }

    /// Its code as object files: names and contents. They refer to each other.
    pub fn objects(&self) -> impl Iterator<Item = (&str, &[u8])> {
        self.compiled.objects().iter().map(|object| (&*object.name, &*object.bytes))
    }

    /// A command that starts a program: give it arguments, an environment, streams. The program's file is there as long as
    /// the unit.
    ///
    /// # Errors
    /// The linker fails; or this is a library.
    pub fn command(&self) -> Result<Command, Error> {
        Ok(Command::new(self.compiled.executable()?))
    }

    /// Starts a program in a child process with these arguments, and with the streams of this process. Use
    /// [`Unit::command`] to say more.
    ///
    /// # Errors
    /// Those of [`Unit::command`]; or it cannot be started.
    pub fn spawn<A: AsRef<std::ffi::OsStr>>(&self, args: impl IntoIterator<Item = A>) -> Result<Child, Error> {
        let path = self.compiled.executable()?;
        let child = Command::new(&path).args(args).spawn();
        child.map_err(|error| driver::DriverError::Io { path, error }.into())
    }
}

impl Drop for Unit {
    fn drop(&mut self) {
        if let Some(image) = self.image.take() {
            // SAFETY: who called `get` or `address` promised that nothing uses the unit when it is dropped.
            unsafe {
                image.run_finalizers();
                image.unload();
            }
        }
    }
}

impl fmt::Debug for Unit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Unit").field("kind", &self.kind()).field("exported", &self.exported()).finish_non_exhaustive()
    }
}
