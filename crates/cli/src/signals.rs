//! Being interrupted (Ctrl-C, or asked to end): what lies in temporary folders is removed first, and the process ends as one that
//! nobody has taught to.

use crate::status::Status;
use driver::Observer;
use signal_hook::consts::{SIGINT, SIGTERM};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};

/// The signals that ask for an end.
const ENDS: [i32; 2] = [SIGINT, SIGTERM];

/// Notes that somebody wants an end.
#[derive(Clone, Default)]
pub struct Interrupts {
    /// By signal, in the order of [`ENDS`].
    asked: [Arc<AtomicBool>; 2],
    /// Any of them.
    stop: Arc<AtomicBool>,
}

impl Interrupts {
    /// Notes them from now on. A second one ends the process at once. What whoever started us has told us to ignore, as `nohup`
    /// and shells do for what is in the background, stays ignored.
    pub fn watch() -> Interrupts {
        let interrupts = Interrupts::default();
        let ignored = ignored();
        for (signal, asked) in ENDS.into_iter().zip(&interrupts.asked) {
            if ignored & (1 << (signal - 1)) != 0 {
                continue;
            }
            // Where that does not work, the process ends at once.
            let _ = signal_hook::flag::register_conditional_default(signal, Arc::clone(&interrupts.stop));
            let _ = signal_hook::flag::register(signal, Arc::clone(asked));
            let _ = signal_hook::flag::register(signal, Arc::clone(&interrupts.stop));
        }
        let _ = NOTED.set(interrupts.clone());
        interrupts
    }

    /// Who stops the work then, and is told what goes on.
    pub fn observer(&self, status: &Status) -> Observer {
        status.observer().stopped_by(Arc::clone(&self.stop))
    }

    /// Whether somebody wants an end.
    pub fn are_asked(&self) -> bool {
        self.stop.load(Ordering::Relaxed)
    }

    /// Ends this process if somebody wants that, by the signal that said so.
    pub fn end_if_asked(&self) {
        for (signal, asked) in ENDS.into_iter().zip(&self.asked) {
            if asked.load(Ordering::Relaxed) {
                link::start::raise_by_default(signal);
            }
        }
    }

    /// Lets signals do again what they do where nobody notes them: for a program that runs in this process.
    pub fn forget(self) {
        let ignored = ignored();
        for signal in ENDS.into_iter().filter(|signal| ignored & (1 << (signal - 1)) == 0) {
            link::start::act_by_default(signal);
        }
    }
}

/// Ends this process if work was stopped by a signal that has been noted: for where the stop is all that is known of it.
pub fn end_if_noted() {
    NOTED.get().into_iter().for_each(Interrupts::end_if_asked);
}

/// What is noted in this process.
static NOTED: OnceLock<Interrupts> = OnceLock::new();

/// The signals that this process ignores, as bits.
fn ignored() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let bits = status.lines().find_map(|line| line.strip_prefix("SigIgn:")).unwrap_or_default();
    u64::from_str_radix(bits.trim(), 16).unwrap_or_default()
}
