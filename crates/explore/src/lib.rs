//! A page on this machine that shows Rust and what it is compiled to, side by side.
//!
//! **What goes in.** Somebody who compiles ([`Compile`]), and what the page asks for ([`api`]). **What comes out.** A page on
//! 127.0.0.1, behind an address that only its user knows ([`Server`]); or the same page as files ([`export`]). All that it consists
//! of is in here: nothing comes from a network.
//!
//! The page is written by hand, as modules of JavaScript in `web/modules`, which are put together without their imports
//! ([`assets`]), so that it is one script, which works from a disk, too. Its editor is CodeMirror, as `cargo xtask explore-assets`
//! bundles it.
//!
//! **What it must not know.** How anything is compiled, or which stages and back ends there are.

#![forbid(unsafe_code)]
#![warn(missing_docs)]

pub mod api;
pub mod assets;
pub mod diagnostics;
pub mod export;
mod guard;
mod http;
mod server;

pub use api::Compile;
pub use server::Server;
