//! Runs of rustc that somebody may stop.

use crate::check::wait;
use crate::{CheckError, Toolchain};
use std::io::Read;
use std::process::{Child, Output};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

/// How long a stopped rustc may go on.
const PATIENCE: Duration = Duration::from_millis(10);

/// A flag that stops runs of rustc when it is set; or none.
#[derive(Clone, Default, Debug)]
pub struct Stop(pub Option<Arc<AtomicBool>>);

impl PartialEq for Stop {
    /// Who may stop a toolchain's runs does not make it another.
    fn eq(&self, _: &Stop) -> bool {
        true
    }
}

impl Eq for Stop {}

impl Toolchain {
    /// Waits for a run of rustc; kills it if it is to stop, which makes it one that has crashed.
    pub(crate) fn wait(&self, mut child: Child) -> Result<Output, CheckError> {
        let Some(flag) = &self.stop.0 else { return wait(child, &self.rustc) };
        let failed = |error| CheckError::Spawn { program: self.rustc.clone(), error };
        let read = |pipe: Option<&mut dyn Read>| {
            let mut bytes = Vec::new();
            // What is cut off belongs to a process that was killed.
            let _ = pipe.map(|pipe| pipe.read_to_end(&mut bytes));
            bytes
        };
        // As in `Child::wait_with_output`: it may wait for the end of its input.
        drop(child.stdin.take());
        let (mut stdout, mut stderr) = (child.stdout.take(), child.stderr.take());
        std::thread::scope(|scope| {
            let stdout = scope.spawn(move || read(stdout.as_mut().map(|pipe| pipe as &mut dyn Read)));
            let stderr = scope.spawn(move || read(stderr.as_mut().map(|pipe| pipe as &mut dyn Read)));
            let status = loop {
                if let Some(status) = child.try_wait().map_err(failed)? {
                    break status;
                }
                if flag.load(Ordering::Relaxed) {
                    // It may have ended just now.
                    let _ = child.kill();
                }
                std::thread::sleep(PATIENCE);
            };
            let bytes = |thread: std::thread::ScopedJoinHandle<'_, Vec<u8>>| thread.join().unwrap_or_default();
            Ok(Output { status, stdout: bytes(stdout), stderr: bytes(stderr) })
        })
    }
}
