//! What became of each function that a back end was given, for who wants to know that.

use backend::{Compiled, FunctionCache};
use lir::Module;
use lir::hash::ContentHash;
use rustc_hash::{FxHashMap, FxHashSet};
use std::borrow::Cow;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// What became of a function.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct FunctionWork {
    /// The linker's symbol.
    pub function: String,
    /// The back end that has made it.
    pub backend: String,
    /// How long that took. Absent: it was found in the cache.
    pub time: Option<Duration>,
    /// How many functions the time is that of: all of a module, where the back end does not tell them apart.
    pub together: usize,
    /// What of it decides its code: the same for the same, in one build of Bessemer.
    pub code: [u8; 32],
}

/// A function cache, if there is one, that remembers what it was told.
pub(crate) struct Noting<'a> {
    cache: Option<&'a dyn FunctionCache>,
    /// By symbol: how long it took, or that it was found.
    told: Mutex<FxHashMap<String, Option<Duration>>>,
}

impl<'a> Noting<'a> {
    pub fn new(cache: Option<&'a dyn FunctionCache>) -> Noting<'a> {
        Noting { cache, told: Mutex::default() }
    }

    /// What became of the functions of a module, which took so long, or was found as a whole.
    pub fn functions(
        self,
        backend: &str,
        module: &Module,
        compiled: &Compiled,
        time: Option<Duration>,
    ) -> Vec<FunctionWork> {
        let told = self.told.into_inner().unwrap_or_else(PoisonError::into_inner);
        let rejected: FxHashSet<&str> = compiled.rejected.iter().map(|it| &*it.function).collect();
        let made = module.functions.iter().filter(|function| !rejected.contains(&*function.name));
        let all = module.functions.len() - rejected.iter().filter(|name| !name.is_empty()).count();
        made.map(|function| {
            let alone = told.get(&*function.name);
            FunctionWork {
                function: function.name.to_string(),
                backend: backend.to_owned(),
                time: alone.copied().unwrap_or(time),
                together: if alone.is_some() || time.is_none() { 1 } else { all },
                code: lir::code_hash(function).0,
            }
        })
        .collect()
    }
}

impl FunctionCache for Noting<'_> {
    fn get(&self, key: &ContentHash) -> Option<Cow<'_, [u8]>> {
        self.cache?.get(key)
    }

    fn put(&self, key: &ContentHash, bytes: Vec<u8>) {
        if let Some(cache) = self.cache {
            cache.put(key, bytes);
        }
    }

    fn took(&self, function: &str, time: Option<Duration>) {
        self.told.lock().unwrap_or_else(PoisonError::into_inner).insert(function.to_owned(), time);
    }
}
