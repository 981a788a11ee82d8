//! The threads that work: with big stacks, as many as there are cores, or as cargo permits.

use crate::error::{DriverError, explain};
use std::num::NonZero;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

/// Goals of trait selection and the types in metadata nest deeply.
const STACK_BYTES: usize = 64 << 20;

/// Runs something on all cores' worth of threads. It may unwind with an internal error, with damaged metadata or with a fault
/// of the program, and these become errors.
pub fn catching<T: Send>(run: impl FnOnce() -> Result<T, DriverError> + Send) -> Result<T, DriverError> {
    catching_in(&pool(cores())?, run)
}

/// As [`catching`], where cargo says how many processes and threads work at once, and this process ends with it: the threads
/// are left to the system. `run` may give back what it no longer needs.
pub(crate) fn catching_under_cargo<T: Send>(
    run: impl FnOnce(&Permits) -> Result<T, DriverError> + Send,
) -> Result<T, DriverError> {
    let permits = Permits::from_environment();
    let pool = std::mem::ManuallyDrop::new(permitted_pool(&permits)?);
    let result = catching_in(&pool, || run(&permits));
    permits.give_back();
    result
}

fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, NonZero::get)
}

/// The tokens of the jobserver that cargo (a make, a ninja) has: one for each thread that works, but for the first, which the
/// process has by being there. They are asked for at the start and come when others give them back.
pub(crate) struct Permits {
    tokens: Arc<Tokens>,
    /// Asks, and waits for tokens. Nothing where nobody limits threads.
    asking: Mutex<Option<jobserver::HelperThread>>,
}

#[derive(Default)]
struct Tokens {
    state: Mutex<TokenState>,
    changed: Condvar,
}

#[derive(Default)]
struct TokenState {
    /// Those that came.
    held: Vec<jobserver::Acquired>,
    /// How many threads work by them.
    working: usize,
    /// No more are needed, or nobody counts them.
    done: bool,
}

impl Permits {
    fn from_environment() -> Permits {
        // SAFETY: the file descriptors that the environment names are the jobserver's, as cargo promises those whom it
        // starts; this process has closed none, and one that is no pipe is refused.
        Permits::new(unsafe { jobserver::Client::from_env() }, cores() - 1)
    }

    /// Asks for so many tokens.
    fn new(client: Option<jobserver::Client>, count: usize) -> Permits {
        let tokens = Arc::new(Tokens::default());
        let receiver = tokens.clone();
        let helper = client.map(|client| client.into_helper_thread(move |token| receiver.take(token)));
        let asking = match helper {
            Some(Ok(helper)) => {
                (0..count).for_each(|_| helper.request_token());
                Some(helper)
            }
            // Nobody limits threads, or a jobserver that cannot be asked.
            Some(Err(_)) | None => {
                tokens.finish();
                None
            }
        };
        Permits { tokens, asking: Mutex::new(asking) }
    }

    /// Gives all tokens back, and asks for no more. Threads that wait for one get to work without, so that this is for
    /// when little is left to do.
    pub(crate) fn give_back(&self) {
        // Dropping it ends the asking: a token that comes now is given back at once.
        drop(self.asking.lock().unwrap_or_else(PoisonError::into_inner).take());
        self.tokens.finish();
    }
}

impl Tokens {
    fn state(&self) -> MutexGuard<'_, TokenState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn take(&self, token: std::io::Result<jobserver::Acquired>) {
        let mut state = self.state();
        match token {
            Ok(token) if !state.done => state.held.push(token),
            Ok(_) => {}
            // A jobserver that cannot be asked limits nothing.
            Err(_) => state.done = true,
        }
        self.changed.notify_all();
    }

    fn finish(&self) {
        let mut state = self.state();
        state.done = true;
        state.held.clear();
        self.changed.notify_all();
    }

    /// Waits until one more thread may work.
    fn wait(&self) {
        let mut state = self.state();
        while !state.done && state.working == state.held.len() {
            state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
        state.working += 1;
    }
}

/// A thread for each core. All but the first begin when there is a token for them.
fn permitted_pool(permits: &Permits) -> Result<rayon::ThreadPool, DriverError> {
    let tokens = permits.tokens.clone();
    let start = move |index| {
        if index > 0 {
            tokens.wait();
        }
    };
    built(rayon::ThreadPoolBuilder::new().start_handler(start).num_threads(cores()))
}

fn pool(threads: usize) -> Result<rayon::ThreadPool, DriverError> {
    built(rayon::ThreadPoolBuilder::new().num_threads(threads))
}

fn built(builder: rayon::ThreadPoolBuilder) -> Result<rayon::ThreadPool, DriverError> {
    builder
        .stack_size(STACK_BYTES)
        .build()
        .map_err(|error| DriverError::Internal(format!("cannot start threads: {error}")))
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
    fn threads_begin_as_tokens_come_free() {
        let client = jobserver::Client::new(1).expect("a jobserver");
        let elsewhere = client.acquire().expect("a token");
        let permits = Permits::new(Some(client.clone()), 1);
        let (begins, begun) = std::sync::mpsc::channel();
        let tokens = permits.tokens.clone();
        let thread = std::thread::spawn(move || {
            tokens.wait();
            begins.send(()).expect("somebody listens");
        });
        assert!(begun.try_recv().is_err(), "a thread works while the token is in use");
        drop(elsewhere);
        begun.recv().expect("the thread begins");
        thread.join().expect("it ends");
        assert_eq!(client.available().expect("an answer"), 0, "the token is in use here");
        permits.give_back();
        assert_eq!(client.available().expect("an answer"), 1, "the token was given back");
    }

    #[test]
    fn threads_that_wait_do_not_keep_the_process() {
        let client = jobserver::Client::new(0).expect("a jobserver");
        let permits = Permits::new(Some(client), 1);
        let tokens = permits.tokens.clone();
        let thread = std::thread::spawn(move || tokens.wait());
        permits.give_back();
        thread.join().expect("it ends");
    }

    #[test]
    fn panics_become_errors() {
        let result: Result<(), _> = catching(|| panic!("internal error: no such thing"));
        assert!(matches!(result, Err(DriverError::Internal(message)) if message == "no such thing"));
        let damaged = ty::MetadataError { path: "lib.rmeta".into(), message: "cut off".to_owned() };
        let result: Result<(), _> = catching(|| std::panic::panic_any(damaged));
        assert!(matches!(result, Err(DriverError::Open(_))));
    }
}
