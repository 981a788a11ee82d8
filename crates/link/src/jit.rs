//! The in-process loader: makes relocatable objects callable in this process.
//!
//! **What goes in.** ELF64 x86-64 relocatable objects and archives of them, from any compiler, and shared libraries.
//! **What comes out.** A [`LoadedCode`]: code and data in memory, relocated, protected, known to the unwinder, with
//! thread-locals; symbols are found by name.
//!
//! The rules are those of the System V ABI's x86-64 supplement and of a static linker followed by a dynamic loader:
//! section groups (COMDAT) are merged, a definition in an object wins over one in an archive, which wins over a shared
//! library; thread-locals follow the general- and local-dynamic models. Memory is never writable and executable at
//! once. Every input is checked: a damaged object gives an error.
//!
//! # Shape
//!
//! `object` reads an object, `resolve` settles which definition a name means, `layout` gives every section its
//! place, `relocate` computes what the instructions and data refer to, `frames` and `tls` tell the unwinder and the
//! thread-local accesses about the image, `tools` and `dump` tell profilers and debuggers, also of
//! `lines`. Each is one pass over data that the one before made.

mod dump;
mod frames;
mod layout;
mod library;
mod lines;
mod main;
mod memory;
mod object;
mod relocate;
mod resolve;
mod tls;
mod tools;

pub use main::{MainError, is_in_process};
pub use tools::is_debugged;

use memory::Memory;
use rustc_hash::FxHashMap;
use std::borrow::Cow;
use std::ffi::{c_char, c_int};
use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

/// Where and why a relocation cannot be carried out.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RelocationError {
    /// The object.
    pub object: String,
    /// The section in it.
    pub section: String,
    /// In bytes from the section's start.
    pub offset: u64,
    /// The relocation's name in the ABI.
    pub kind: String,
    /// The symbol that the place refers to.
    pub symbol: String,
    /// Why it cannot be done.
    pub message: String,
}

impl fmt::Display for RelocationError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let RelocationError { object, section, offset, kind, symbol, message } = self;
        write!(f, "{object}: {section}+{offset:#x}: {kind} against `{symbol}`: {message}")
    }
}

/// Why nothing was loaded.
#[derive(Debug)]
pub enum JitError {
    /// A file could not be read.
    Io {
        /// The file.
        path: PathBuf,
        /// The system's error.
        error: io::Error,
    },
    /// A shared library could not be opened.
    Library {
        /// The library.
        path: PathBuf,
        /// What the system says.
        message: String,
    },
    /// An object is damaged, or of a kind that is not for this loader.
    Object {
        /// The object.
        object: String,
        /// What is damaged.
        message: String,
    },
    /// Two objects define a symbol.
    Duplicate {
        /// The symbol.
        symbol: String,
        /// The object with one definition.
        first: String,
        /// The object with the other.
        second: String,
    },
    /// Nothing defines these symbols; with each, an object that refers to it.
    Undefined {
        /// The symbols, each with an object that needs it.
        symbols: Vec<(String, String)>,
    },
    /// A relocation that cannot be carried out.
    Relocation(Box<RelocationError>),
    /// The objects are larger than code can address.
    TooLarge,
    /// The system gave no memory, or refused to protect it.
    Memory(io::Error),
}

impl fmt::Display for JitError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            JitError::Io { path, error } => write!(f, "{}: {error}", path.display()),
            JitError::Library { path, message } => write!(f, "cannot open {}: {message}", path.display()),
            JitError::Object { object, message } => write!(f, "{object}: {message}"),
            JitError::Duplicate { symbol, first, second } => {
                write!(f, "the symbol `{symbol}` is defined in {first} and in {second}")
            }
            JitError::Undefined { symbols } => {
                f.write_str("undefined symbols:")?;
                symbols.iter().try_for_each(|(symbol, object)| write!(f, "\n  `{symbol}`, used by {object}"))
            }
            JitError::Relocation(error) => write!(f, "{error}"),
            JitError::TooLarge => f.write_str("the program is too large to be loaded into memory"),
            JitError::Memory(error) => write!(f, "no memory for the program: {error}"),
        }
    }
}

impl std::error::Error for JitError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            JitError::Io { error, .. } | JitError::Memory(error) => Some(error),
            _ => None,
        }
    }
}

/// Gathers objects, archives and libraries, then loads them.
#[derive(Default)]
pub struct Loader<'a> {
    objects: Vec<(String, Cow<'a, [u8]>)>,
    archives: Vec<(String, Vec<u8>)>,
    libraries: Vec<library::Library>,
    definitions: FxHashMap<String, u64>,
    keeps_functions: bool,
    keeps_lines: bool,
}

impl<'a> Loader<'a> {
    /// A loader without inputs.
    pub fn new() -> Loader<'a> {
        Loader::default()
    }

    /// Adds an object. `name` is for messages.
    pub fn add_object(&mut self, name: impl Into<String>, bytes: impl Into<Cow<'a, [u8]>>) {
        self.objects.push((name.into(), bytes.into()));
    }

    /// Adds an archive (also an rlib), of which the members are taken that define missing symbols.
    pub fn add_archive(&mut self, path: &Path) -> Result<(), JitError> {
        // Read, not mapped: whoever cuts off a mapped file ends this process by a signal.
        let bytes = std::fs::read(path).map_err(|error| JitError::Io { path: path.to_owned(), error })?;
        self.archives.push((path.display().to_string(), bytes));
        Ok(())
    }

    /// Opens a shared library, its symbols visible to all libraries that are opened later. Libraries are searched in
    /// the order in which they were added, then everything that the process has loaded. They stay open for ever.
    ///
    /// # Safety
    ///
    /// The library's initialisers run, and must be sound to run in this process.
    pub unsafe fn add_library(&mut self, path: &Path) -> Result<(), JitError> {
        // SAFETY: promised by the caller.
        self.libraries.push(unsafe { library::Library::open(path) }?);
        Ok(())
    }

    /// Defines a symbol as an address in this process. Definitions in objects win over it; libraries do not.
    pub fn define(&mut self, symbol: impl Into<String>, address: *const u8) {
        self.definitions.insert(symbol.into(), address as u64);
    }

    /// Lets the loaded code keep the names and places of all functions, for profilers and debuggers.
    pub fn keep_functions(&mut self) {
        self.keeps_functions = true;
    }

    /// Lets the loaded code keep the lines of the source that the functions come from, where the objects say it.
    pub fn keep_lines(&mut self) {
        self.keeps_lines = true;
    }

    /// Loads everything. No code of the objects runs yet.
    pub fn load(self) -> Result<LoadedCode, JitError> {
        let program = resolve::resolve(&self)?;
        let plan = layout::layout(&program)?;
        let memory = self.place(&program, &plan).inspect_err(|_| {
            if let Some(template) = plan.tls {
                tls::release_slot(template.slot);
            }
        });
        let (memory, registers) = memory?;
        // From here on nothing fails, so that what is registered stays.
        let address = |offset: u64| memory.address() + offset;
        if let Some(template) = plan.tls {
            tls::fill(template.slot, memory.slice_at(template.offset, template.file_bytes), &template);
        }
        let frames = registers.map(|(frames, [register, deregister])| {
            let table = address(frames);
            // SAFETY: the records were checked when they were copied, end with a terminator, and are unmapped only after
            // they were taken back.
            unsafe { frames::register(register, table as *const u8) };
            (deregister, table)
        });
        let symbols = program.exported(&plan).map(|(name, offset)| (name.to_owned(), address(offset))).collect();
        let functions = if self.keeps_functions { program.functions(&plan, memory.address()) } else { Vec::new() };
        let lines = if self.keeps_lines { lines::lines(&self, &plan, memory.address()) } else { Vec::new() };
        let words = |list: &[layout::Span]| -> Vec<u64> { memory.words(list) };
        let initializers = words(&plan.initializers);
        let mut finalizers = words(&plan.finalizers);
        finalizers.reverse();
        let tls_slot = plan.tls.map(|template| template.slot);
        Ok(LoadedCode {
            symbols,
            functions,
            lines,
            initializers,
            finalizers,
            frames,
            tls_slot,
            mapping: memory.into_mapping(),
        })
    }

    /// Fills the image's memory and protects it. Also gives, if there are unwind tables, their offset and the unwinder's
    /// functions that take them and take them back.
    fn place(&self, program: &resolve::Program<'_>, plan: &layout::Plan) -> Result<(Memory, Registers), JitError> {
        let find = |name: &std::ffi::CStr| {
            library::find(&self.libraries, name).ok_or_else(|| JitError::Undefined {
                symbols: vec![(name.to_string_lossy().into_owned(), "the unwind tables".to_owned())],
            })
        };
        let registers = match plan.frames {
            None => None,
            Some(frames) => Some((frames, [find(c"__register_frame")?, find(c"__deregister_frame")?])),
        };
        let mut memory = Memory::reserve(plan.size_bytes, plan.align)?;
        relocate::relocate(program, plan, &mut memory)?;
        memory.protect(plan)?;
        Ok((memory, registers))
    }
}

/// Where a function is.
#[derive(Clone, PartialEq, Eq, Debug)]
struct Function {
    address: u64,
    size_bytes: u64,
    symbol: String,
}

/// From this address on, code comes from this line; from none where the file's name is empty.
#[derive(Clone, PartialEq, Eq, Debug)]
struct Line {
    address: u64,
    file: std::sync::Arc<str>,
    line: u32,
}

/// See [`Loader::place`].
type Registers = Option<(u64, [u64; 2])>;

/// Loaded code. It stays in memory as long as the process lives, since threads, exit handlers and unwinding may need it
/// at any time; dropping a `LoadedCode` only forgets the names. Who knows that nothing needs it can [`LoadedCode::unload`] it.
pub struct LoadedCode {
    symbols: FxHashMap<String, u64>,
    /// Empty unless the loader was told to keep them.
    functions: Vec<Function>,
    /// By address; empty unless the loader was told to keep them.
    lines: Vec<Line>,
    initializers: Vec<u64>,
    finalizers: Vec<u64>,
    /// The unwinder's function that takes back tables, and the table.
    frames: Option<(u64, u64)>,
    tls_slot: Option<u32>,
    mapping: memory::Mapping,
}

impl LoadedCode {
    /// The address of a function or of data that an object defines. Symbols that are local to an object and
    /// thread-locals have none.
    pub fn lookup(&self, symbol: &str) -> Option<*const u8> {
        self.symbols.get(symbol).map(|&address| address as *const u8)
    }

    /// All symbols that [`LoadedCode::lookup`] finds, with their addresses, in no particular order.
    pub fn symbols(&self) -> impl Iterator<Item = (&str, *const u8)> {
        self.symbols.iter().map(|(name, &address)| (name.as_str(), address as *const u8))
    }

    /// Runs `.preinit_array` and `.init_array`, with the arguments that glibc gives to each function.
    ///
    /// # Safety
    ///
    /// The objects' initialisers must be sound to run in this process, on this thread, and only once. `argv` and `envp`
    /// are as for C's `main`.
    pub unsafe fn run_initializers(&self, argc: c_int, argv: *const *const c_char, envp: *const *const c_char) {
        type Initializer = extern "C" fn(c_int, *const *const c_char, *const *const c_char);
        for &address in self.initializers.iter().filter(|&&address| is_function(address)) {
            // SAFETY: the address comes from an array of such functions; the caller promises the rest.
            let function = unsafe { std::mem::transmute::<usize, Initializer>(address as usize) };
            function(argc, argv, envp);
        }
    }

    /// Takes the code out of the process: the unwinder forgets its tables, and the system gets its memory back. Where
    /// threads have used thread-locals of it, the memory stays until the last of these threads has ended, as it ends with
    /// their destructors. Gives whether the memory is given back already.
    ///
    /// # Safety
    ///
    /// Nothing uses the image any more, now or later: no code of it runs on any thread, and nobody keeps a pointer to a
    /// function, a constant or a variable of it (as callbacks, exit handlers, vtables and `&'static` are) but for
    /// destructors of thread-locals.
    pub unsafe fn unload(self) -> bool {
        if let Some((deregister, table)) = self.frames {
            // SAFETY: the table was registered by its counterpart, and nothing unwinds through the image.
            unsafe { frames::register(deregister, table as *const u8) };
        }
        match self.tls_slot {
            // SAFETY: promised by the caller.
            Some(slot) => unsafe { tls::unload(slot, self.mapping) },
            None => {
                // SAFETY: promised by the caller.
                unsafe { self.mapping.unmap() };
                true
            }
        }
    }

    /// Runs `.fini_array`, last function first.
    ///
    /// # Safety
    ///
    /// As [`LoadedCode::run_initializers`]; nothing of the program may run any more.
    pub unsafe fn run_finalizers(&self) {
        // SAFETY: promised by the caller.
        unsafe { run_finalizers(&self.finalizers) };
    }
}

/// Runs the functions at these addresses.
///
/// # Safety
///
/// They are from an image's arrays, which is loaded; the image's finalisers may run now.
unsafe fn run_finalizers(addresses: &[u64]) {
    for &address in addresses.iter().filter(|&&address| is_function(address)) {
        // SAFETY: the address comes from an array of such functions; the caller promises the rest.
        let function = unsafe { std::mem::transmute::<usize, extern "C" fn()>(address as usize) };
        function();
    }
}

/// Arrays of functions may hold 0 and -1 as fillers.
fn is_function(address: u64) -> bool {
    address != 0 && address != u64::MAX
}
