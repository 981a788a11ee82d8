//! Reads rustc's crate metadata, lazily.
//!
//! **What it is.** The front end of today: rustc has parsed, checked and lowered the program and wrote what it knows into
//! `.rmeta` files; this crate answers questions about them. Opening a file reads its header and its root (positions of
//! tables); everything else is decoded when it is asked for, and remembered.
//!
//! **What goes in.** The `.rmeta` of the crate being compiled, and where to look for its dependencies. **What comes out.**
//! A [`Session`], which implements [`ty::Definitions`] and [`mir::Bodies`].
//!
//! **What it must not know.** What the answers are for: trait selection, layouts, code generation. It starts no process and
//! writes no file.
//!
//! The format changes with every release of rustc. All knowledge of it is in one module ([`mod@format`]), which decodes every
//! release in the table of the crate `release` and refuses the others; a program's crates are of one release. The rest of the
//! crate finds files ([`locate`]), reads integers and strings ([`reader`]) and holds the session.
//!
//! Bytes are never trusted: every read is checked against the end of the file, nesting is bounded, and lengths only
//! reserve as much memory as the file could fill.

mod archive;
pub mod check;
pub mod error;
mod file;
pub mod format;
pub mod locate;
pub mod macros;
pub mod reader;
pub mod scopes;
pub mod session;

pub use error::{DecodeError, OpenError};
pub use locate::CrateLocator;
pub use session::{CrateSource, Session, has_global_asm, macro_crate};
