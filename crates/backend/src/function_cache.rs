//! Keeping compiled functions from one run to the next.

use lir::hash::ContentHash;
use std::borrow::Cow;
use std::time::Duration;

/// A place where a back end may keep what it made, and find it the next time. Using one saves time and changes nothing else.
///
/// A back end puts everything that its result depends on into the key, *but for its own code*: whoever implements this must
/// keep what one build of the back end put from every other build.
pub trait FunctionCache: Sync {
    /// The bytes that were put with this key: exactly those, or nothing.
    fn get(&self, key: &ContentHash) -> Option<Cow<'_, [u8]>>;

    /// Keeps bytes for this key, or does not: there is no promise to find them again.
    fn put(&self, key: &ContentHash, bytes: Vec<u8>);

    /// Told how long it took to compile a function, by its linker name; no time: it was found. Back ends that compile a module as
    /// a whole have nothing to tell.
    fn took(&self, function: &str, time: Option<Duration>) {
        let _ = (function, time);
    }
}
