//! Finding, loading and checking the library.

use crate::functions::{NAMES, slots};
use std::ffi::{CStr, CString, OsStr, c_char, c_void};
use std::fmt;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::Ordering;

/// The major version of LLVM whose C interface `llvm-sys` declares.
pub const LLVM_MAJOR: u32 = 22;

/// Proof that the library is loaded and every function of the table can be called.
#[derive(Clone, Copy, Debug)]
pub struct Loaded {
    library: Handle,
    version: [u32; 3],
}

#[derive(Clone, Copy, Debug)]
struct Handle(*mut c_void);

// SAFETY: a handle of `dlopen` is only a name; all functions that take one may be called from any thread.
unsafe impl Send for Handle {}
// SAFETY: as above.
unsafe impl Sync for Handle {}

/// Why LLVM cannot be used, and what would help.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum LoadError {
    /// No folder holds a library of the right name.
    NotFound {
        /// Where it may be.
        folders: Vec<PathBuf>,
    },
    /// The system's loader refused it.
    Refused {
        /// The library.
        path: PathBuf,
        /// What the system says.
        reason: String,
    },
    /// It is another version.
    Version {
        /// The library.
        path: PathBuf,
        /// The version that it has.
        found: String,
    },
    /// It lacks a function.
    Function {
        /// The library.
        path: PathBuf,
        /// The function that it lacks.
        name: &'static str,
    },
}

impl fmt::Display for LoadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            LoadError::NotFound { folders } => {
                let folders: Vec<String> = folders.iter().map(|folder| folder.display().to_string()).collect();
                write!(
                    f,
                    "no shared library of LLVM {LLVM_MAJOR} in {}; it belongs to the Rust toolchain, as rustup and most \
                     distributions install it: check that the sysroot is the right toolchain's",
                    folders.join(", ")
                )
            }
            LoadError::Refused { path, reason } => write!(f, "cannot load {}: {reason}", path.display()),
            LoadError::Version { path, found } => {
                write!(f, "{} is LLVM {found}, but LLVM {LLVM_MAJOR} is needed", path.display())
            }
            LoadError::Function { path, name } => {
                write!(f, "{} has no function {name}: the toolchain's LLVM was built without it", path.display())
            }
        }
    }
}

impl std::error::Error for LoadError {}

static LOADED: Mutex<Option<Loaded>> = Mutex::new(None);

/// Loads LLVM from the toolchain with this sysroot. A process has one LLVM: when one has been loaded, later calls give that
/// one, whatever they ask for.
pub fn load(sysroot: &Path) -> Result<Loaded, LoadError> {
    let mut loaded = LOADED.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
    if let Some(loaded) = *loaded {
        return Ok(loaded);
    }
    let fresh = open(sysroot)?;
    *loaded = Some(fresh);
    Ok(fresh)
}

impl Loaded {
    /// The version that it says it has: major, minor, patch.
    pub fn version(self) -> [u32; 3] {
        self.version
    }

    /// Calls a function without parameters and results by its name, where the library has it. For the functions that
    /// initialise one target (`LLVMInitializeX86Target`), which are there only for targets that LLVM was built with.
    ///
    /// # Safety
    ///
    /// The function must be one that may be called now with no arguments.
    pub unsafe fn call_by_name(self, name: &CStr) -> bool {
        let Some(address) = symbol(self.library, name) else { return false };
        // SAFETY: the caller says that the symbol is a function of this type that may be called.
        unsafe {
            let function = std::mem::transmute::<*mut c_void, extern "C" fn()>(address);
            function();
        }
        true
    }
}

fn open(sysroot: &Path) -> Result<Loaded, LoadError> {
    let path = find(sysroot)?;
    let c_path = CString::new(path.as_os_str().as_bytes()).expect("a path of the file system holds no NUL");
    // SAFETY: the path is NUL-terminated. The library's initialisers are LLVM's and have no demands.
    let handle = unsafe { libc::dlopen(c_path.as_ptr(), libc::RTLD_LAZY | libc::RTLD_LOCAL) };
    if handle.is_null() {
        return Err(LoadError::Refused { path, reason: last_error() });
    }
    let library = Handle(handle);
    let version = check_version(library, &path)?;
    for (slot, name) in slots().iter().zip(NAMES) {
        let Some(address) = symbol(library, name) else {
            return Err(LoadError::Function { path, name: name.to_str().expect("names are ASCII") });
        };
        slot.store(address, Ordering::Release);
    }
    Ok(Loaded { library, version })
}

/// Where a toolchain's LLVM may lie: in the sysroot, as rustup installs it; where a distribution has its own libraries, which
/// rustc is linked with; or in the folder of that version of LLVM.
fn folders(sysroot: &Path) -> Vec<PathBuf> {
    let multiarch = format!("lib/{}-linux-gnu", std::env::consts::ARCH);
    let of_version = format!("lib/llvm-{LLVM_MAJOR}/lib");
    ["lib", &multiarch, "lib64", &of_version].map(|folder| sysroot.join(folder)).into()
}

/// The library's path: `libLLVM.so.22…` (as rustc's own builds name it), or a distribution's `libLLVM-22….so`.
fn find(sysroot: &Path) -> Result<PathBuf, LoadError> {
    let folders = folders(sysroot);
    let found = folders.iter().find_map(|folder| find_in(folder));
    found.ok_or(LoadError::NotFound { folders })
}

fn find_in(folder: &Path) -> Option<PathBuf> {
    let fits = |name: &OsStr| {
        let name = name.to_string_lossy();
        let version = LLVM_MAJOR.to_string();
        let after = |prefix: &str| name.strip_prefix(prefix).is_some_and(|rest| rest.starts_with(&version));
        after("libLLVM.so.") || (after("libLLVM-") && name.ends_with(".so")) || name == "libLLVM.dylib"
    };
    let entries = std::fs::read_dir(folder).ok()?;
    let mut paths: Vec<PathBuf> =
        entries.flatten().map(|entry| entry.path()).filter(|path| path.file_name().is_some_and(fits)).collect();
    // The versioned file, not the linker script of a similar name beside it.
    paths.sort_by_key(|path| (!path.to_string_lossy().contains(".so."), path.clone()));
    paths.into_iter().next()
}

fn check_version(library: Handle, path: &Path) -> Result<[u32; 3], LoadError> {
    let name = c"LLVMGetVersion";
    let Some(address) = symbol(library, name) else {
        return Err(LoadError::Function { path: path.to_owned(), name: "LLVMGetVersion" });
    };
    let (mut major, mut minor, mut patch) = (0, 0, 0);
    // SAFETY: this is the type of LLVMGetVersion in every version of LLVM since 16, which introduced it.
    unsafe {
        let version = std::mem::transmute::<*mut c_void, extern "C" fn(&mut u32, &mut u32, &mut u32)>(address);
        version(&mut major, &mut minor, &mut patch);
    }
    if major != LLVM_MAJOR {
        return Err(LoadError::Version { path: path.to_owned(), found: format!("{major}.{minor}.{patch}") });
    }
    Ok([major, minor, patch])
}

fn symbol(library: Handle, name: &CStr) -> Option<*mut c_void> {
    // SAFETY: the handle is of a library that is never closed; the name is NUL-terminated.
    let address = unsafe { libc::dlsym(library.0, name.as_ptr()) };
    (!address.is_null()).then_some(address)
}

fn last_error() -> String {
    // SAFETY: dlerror gives null or a string that lives until this thread's next call of a dl function.
    unsafe {
        let message: *const c_char = libc::dlerror();
        match message.is_null() {
            true => "no reason given".to_owned(),
            false => CStr::from_ptr(message).to_string_lossy().into_owned(),
        }
    }
}
