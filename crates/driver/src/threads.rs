//! The threads that work: with big stacks, as many as there are cores, or as cargo permits.

use crate::error::{DriverError, explain};
use std::num::NonZero;

/// Goals of trait selection and the types in metadata nest deeply.
const STACK_BYTES: usize = 64 << 20;

/// Runs something on all cores' worth of threads. It may unwind with an internal error, with damaged metadata or with a fault
/// of the program, and these become errors.
pub fn catching<T: Send>(run: impl FnOnce() -> Result<T, DriverError> + Send) -> Result<T, DriverError> {
    catching_in(&pool(cores())?, run)
}

/// As [`catching`], where cargo says how many processes and threads work at once, and this process ends with it: the threads
/// are left to the system.
pub(crate) fn catching_under_cargo<T: Send>(
    run: impl FnOnce() -> Result<T, DriverError> + Send,
) -> Result<T, DriverError> {
    let (count, tokens) = permitted();
    let pool = std::mem::ManuallyDrop::new(pool(count)?);
    let result = catching_in(&pool, run);
    drop(tokens);
    result
}

fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, NonZero::get)
}

/// How many threads may work here: one for the process itself, and one for each token that cargo (a make, a ninja) has to
/// spare just now. The tokens go back when they are dropped.
fn permitted() -> (usize, Vec<jobserver::Acquired>) {
    // SAFETY: the file descriptors that the environment names are the jobserver's, as cargo promises those whom it starts;
    // this process has closed none, and one that is no pipe is refused.
    let Some(client) = (unsafe { jobserver::Client::from_env() }) else { return (cores(), Vec::new()) };
    let mut tokens = Vec::new();
    while tokens.len() + 1 < cores() {
        match client.try_acquire() {
            Ok(Some(token)) => tokens.push(token),
            Ok(None) => break,
            // A jobserver that cannot be asked without waiting limits nothing.
            Err(_) => return (cores(), tokens),
        }
    }
    (tokens.len() + 1, tokens)
}

fn pool(threads: usize) -> Result<rayon::ThreadPool, DriverError> {
    let pool = rayon::ThreadPoolBuilder::new().stack_size(STACK_BYTES).num_threads(threads).build();
    pool.map_err(|error| DriverError::Internal(format!("cannot start threads: {error}")))
}

fn catching_in<T: Send>(
    pool: &rayon::ThreadPool,
    run: impl FnOnce() -> Result<T, DriverError> + Send,
) -> Result<T, DriverError> {
    match std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| pool.install(run))) {
        Ok(result) => result,
        Err(payload) => Err(explain(payload)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn panics_become_errors() {
        let result: Result<(), _> = catching(|| panic!("internal error: no such thing"));
        assert!(matches!(result, Err(DriverError::Internal(message)) if message == "no such thing"));
        let damaged = ty::MetadataError { path: "lib.rmeta".into(), message: "cut off".to_owned() };
        let result: Result<(), _> = catching(|| std::panic::panic_any(damaged));
        assert!(matches!(result, Err(DriverError::Open(_))));
    }
}
