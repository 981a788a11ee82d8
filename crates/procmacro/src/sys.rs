//! The one place where this crate leaves Rust's guarantees: libraries are loaded, their macros called, processes forked.
//!
//! Callers have checked that a library is one of rustc 1.95.0 ([`crate::file`]), so it keeps to the bridge's structures.

mod buffer;
mod client;
mod fork;

use std::ffi::CStr;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

use buffer::Buffer;
use client::Loaded;
pub(crate) use fork::{Child, EXITED, End, Failure};

use crate::Setting;
use crate::file::Checked;

/// What a macro asks.
pub(crate) struct Request<'a> {
    /// Handles of streams that are no longer needed.
    pub(crate) dropped: &'a [[u8; 4]],
    /// The bytes of the request.
    pub(crate) request: &'a [u8],
}

/// A library that is loaded into this process.
pub(crate) struct InProcess(Loaded);

impl InProcess {
    /// Loads a library. Gives the list of its macros too, or the loader's reason.
    pub(crate) fn load(file: &Checked) -> Result<(InProcess, Vec<u8>), String> {
        let mut buffer = Buffer::new();
        // SAFETY: the file was checked to be rustc's; initialisers are run because the caller wants it so.
        let loaded = unsafe { Loaded::load(file.path(), file.symbol(), &mut buffer) };
        let loaded = loaded.ok_or_else(|| String::from_utf8_lossy(buffer.bytes()).into_owned())?;
        loaded.describe(&mut buffer);
        Ok((InProcess(loaded), buffer.bytes().to_vec()))
    }

    /// Runs a macro, on the caller's stack. Gives its result.
    pub(crate) fn run(&self, index: u32, input: &[u8], answer: &mut dyn FnMut(Request<'_>) -> Vec<u8>) -> Vec<u8> {
        let mut buffer = Buffer::new();
        buffer.extend(input);
        let mut panic = None;
        self.0.run(index as usize, &mut buffer, &mut |buffer| {
            // A panic of ours must not unwind through the macro, which is told that its request failed.
            let request = Request { dropped: &[], request: buffer.bytes() };
            let reply = match &panic {
                None => catch_unwind(AssertUnwindSafe(|| answer(request))),
                Some(_) => Ok(vec![1, 1]),
            };
            let reply = reply.unwrap_or_else(|payload| {
                panic = Some(payload);
                vec![1, 1]
            });
            buffer.clear();
            buffer.extend(&reply);
        });
        if let Some(payload) = panic {
            resume_unwind(payload);
        }
        buffer.bytes().to_vec()
    }
}

impl Child {
    /// Forks, and loads a library in the child. Gives the list of its macros too.
    pub(crate) fn new(file: &Checked, setting: &Setting) -> Result<(Child, Vec<u8>), Failure> {
        let start = |path: &CStr, symbol: &CStr| {
            // SAFETY: the file was checked to be rustc's; what its initialisers do, they do to the child.
            unsafe { Child::start(path, symbol, setting) }
        };
        match start(file.path(), file.symbol()) {
            // A lock was held when the process was copied. It is not held for long.
            Err(Failure::Silent) => start(file.path(), file.symbol()),
            result => result,
        }
    }
}
