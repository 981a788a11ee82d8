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
//! The format belongs to one version of rustc, so all knowledge of it is in one module per version ([`v1_95`]); the rest of
//! the crate finds files ([`locate`]), reads integers and strings ([`reader`]) and holds the session.
//!
//! Bytes are never trusted: every read is checked against the end of the file, nesting is bounded, and lengths only
//! reserve as much memory as the file could fill.

mod archive;
pub mod check;
pub mod error;
pub mod locate;
pub mod macros;
pub mod reader;
pub mod session;
pub mod v1_95;

pub use error::{DecodeError, OpenError};
pub use locate::CrateLocator;
pub use session::{CrateSource, Session, has_global_asm, macro_crate};
