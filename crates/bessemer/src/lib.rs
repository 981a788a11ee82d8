//! Compile and run Rust inside your own process.
//!
//! **What it is.** An engine that compiles sources to units, and units whose functions can be called.
//! **What goes in.** An [`Engine`]'s settings, and [`Source`]s. **What comes out.** [`Unit`]s, or [`Diagnostics`].
//!
//! ```
//! use bessemer::{Engine, Source};
//!
//! let engine = Engine::builder().build()?;
//! let unit = engine.compile(Source::text(r#"
//!     #[unsafe(no_mangle)]
//!     pub extern "C" fn add(a: i32, b: i32) -> i32 { a + b }
//! "#))?;
//! // SAFETY: the function above is of this type, and leaves nothing behind.
//! let add = unsafe { unit.get::<extern "C" fn(i32, i32) -> i32>("add")? };
//! assert_eq!(add(40, 2), 42);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Errors and warnings
//!
//! They are data: [`Diagnostic`] has the fields of rustc's JSON messages.
//!
//! ```
//! # use bessemer::{Engine, Source};
//! let error = Engine::new()?.compile(Source::text("fn f() -> u8 { \"no\" }")).unwrap_err();
//! let first = error.errors().next().unwrap();
//! assert_eq!((first.code(), first.spans[0].line_start), (Some("E0308"), 1));
//! assert!(error.to_string().contains("^^^^ expected `u8`, found `&str`"));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Panics and the host
//!
//! Functions of the convention `"C-unwind"` may panic; [`Function::call`] gives the panic as an error:
//!
//! ```
//! # use bessemer::{Engine, Source};
//! # let engine = Engine::new()?;
//! let unit = engine.compile(Source::text(r#"
//!     #[unsafe(no_mangle)]
//!     pub extern "C-unwind" fn div(a: i32, b: i32) -> i32 { a / b }
//! "#))?;
//! // SAFETY: the function above is of this type, and leaves nothing behind.
//! let div = unsafe { unit.get::<extern "C-unwind" fn(i32, i32) -> i32>("div")? };
//! // SAFETY: as above.
//! assert_eq!(unsafe { div.call((7, 2)) }, Ok(3));
//! // SAFETY: as above.
//! assert_eq!(unsafe { div.call((7, 0)) }.unwrap_err().message, "attempt to divide by zero");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! Nothing here ends or replaces the host, or prints, except that a panic of a unit is shown by the unit's std ([`EngineBuilder::quiet_panics`] hides it), and that an
//! internal error of Bessemer may be shown by the host's panic hook before it comes back as an error. A unit is native code
//! in this process, however: what it does wrong in `unsafe` code, or when it calls `std::process::exit`, it does to the
//! host. Programs ([`Source::program`]) run in processes of their own.
//!
//! # What stays
//!
//! A dropped unit is unmapped, and the unwinder forgets it. What stays as long as the process: interned names (a few bytes
//! for each name that was ever compiled), the toolchain's shared std and LLVM once they are loaded, and one small unit for
//! each toolchain that catches panics. A unit whose thread-locals were used stays mapped until the threads that used them have
//! ended, since their destructors are code of the unit.
//!
//! # Features
//!
//! `llvm` and `cranelift`: which back ends there are, by default both.
//!
//! **What it must not know.** How anything is compiled: that is the driver's, whose own functions are in [`driver`]. Who has a
//! back end of their own ([`Backends::with`]) finds what it needs in [`backend`] and [`lir`].

#![deny(missing_docs)]

mod diagnostic;
mod engine;
mod error;
mod function;
mod guard;
mod options;
mod source;
mod unit;
mod watch;

pub use ::backend;
pub use ::driver;
pub use ::driver::options::{FrontEnd, StripKind};
pub use ::driver::report::{BodyCount, CodeCount, Doubted, Fallback, Report, Stage};
pub use ::driver::{Backends, DriverError, Toolchain};
pub use ::lir;
pub use backend::{DebugInfo, OptLevel};
pub use diagnostic::{Code, Diagnostic, Diagnostics, Expansion, Level, Reason, Span, SpanLine};
pub use engine::{Engine, EngineBuilder};
pub use error::Error;
pub use function::{Function, FunctionPointer, UnwindingPointer};
pub use guard::Panic;
pub use options::{Codegen, Linking, Output};
pub use source::{Kind, Source};
pub use unit::Unit;
pub use watch::{Cancel, Watch};
