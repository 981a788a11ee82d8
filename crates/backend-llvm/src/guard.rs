//! Keeping LLVM's fatal errors from ending the process.
//!
//! LLVM reports what it cannot go on from (an instruction that it cannot select, …) to a handler that must not return: if it
//! does, LLVM exits. So each compilation has a thread of its own, and the handler tells the waiting caller and then sleeps
//! for ever. That leaks the thread's memory, once for each such bug; it frees nothing under LLVM's feet.

use backend::CodegenError;
use std::cell::RefCell;
use std::ffi::{CStr, c_char};
use std::panic::AssertUnwindSafe;
use std::sync::Once;
use std::sync::mpsc::{Sender, channel};

/// Enough for LLVM's recursive passes over large functions; the pages are only used when they are touched.
const STACK_BYTES: usize = 64 << 20;

enum Outcome<T> {
    Done(std::thread::Result<T>),
    Fatal(String),
}

type FatalReport = Box<dyn Fn(String)>;

thread_local! {
    static REPORT: RefCell<Option<FatalReport>> = const { RefCell::new(None) };
}

/// Runs `work` (a compilation; LLVM must be loaded) and gives its result, or LLVM's last words as an internal error.
pub(crate) fn run<T: Send>(work: impl FnOnce() -> Result<T, CodegenError> + Send) -> Result<T, CodegenError> {
    static INSTALL: Once = Once::new();
    INSTALL.call_once(|| {
        // SAFETY: the library is loaded, as the caller promises; the handler is a static function.
        unsafe { llvm_sys::error_handling::LLVMInstallFatalErrorHandler(Some(on_fatal_error)) }
    });
    let (sender, receiver) = channel::<Outcome<Result<T, CodegenError>>>();
    let body = move || {
        let result = std::panic::catch_unwind(AssertUnwindSafe(|| {
            let fatal: Sender<_> = sender.clone();
            let report: Box<dyn Fn(String) + '_> = Box::new(move |text| drop(fatal.send(Outcome::Fatal(text))));
            // SAFETY: only the lifetime changes. The report lives in this thread's cell until the end of `work`, or for
            // ever in a thread that sleeps; it is called only while `run` waits for the other end.
            let report = unsafe { std::mem::transmute::<Box<dyn Fn(String) + '_>, FatalReport>(report) };
            REPORT.with(|cell| *cell.borrow_mut() = Some(report));
            let result = work();
            REPORT.with(|cell| drop(cell.borrow_mut().take()));
            result
        }));
        drop(sender.send(Outcome::Done(result)));
    };
    let builder = std::thread::Builder::new().name("llvm".to_owned()).stack_size(STACK_BYTES);
    // SAFETY: `body` borrows from the caller. This function waits until it has sent its result, after which it touches
    // nothing that is borrowed, or until it sleeps for ever in `on_fatal_error`.
    let thread = unsafe { builder.spawn_unchecked(body) };
    let thread = match thread {
        Ok(thread) => thread,
        Err(error) => return Err(internal(format!("no thread to run LLVM in: {error}"))),
    };
    match receiver.recv() {
        Ok(Outcome::Done(result)) => {
            // Its thread-locals (LLVM's too) are gone before the caller goes on.
            drop(thread.join());
            result.unwrap_or_else(|panic| std::panic::resume_unwind(panic))
        }
        Ok(Outcome::Fatal(text)) => Err(fatal(&text)),
        Err(_) => Err(internal("the thread that ran LLVM ended without a result".to_owned())),
    }
}

/// LLVM often says which function it is at, at the end.
fn fatal(text: &str) -> CodegenError {
    let function = text.rsplit_once("In function: ").map_or("", |(_, function)| function.trim());
    CodegenError::Internal { function: function.to_owned(), message: format!("LLVM cannot go on: {}", text.trim()) }
}

fn internal(message: String) -> CodegenError {
    CodegenError::Internal { function: String::new(), message }
}

extern "C" fn on_fatal_error(reason: *const c_char) {
    // SAFETY: LLVM gives a NUL-terminated string.
    let text = unsafe { CStr::from_ptr(reason) }.to_string_lossy().into_owned();
    let reported = REPORT.with(|cell| match &*cell.borrow() {
        Some(report) => {
            report(text);
            true
        }
        None => false,
    });
    // Another user's thread (nobody waits for a report): let LLVM do what it does by default.
    if reported {
        loop {
            std::thread::park();
        }
    }
}
