//! Compiled code that is kept from build to build, whatever program it was made for.
//!
//! Entries are found by the hash of everything that they follow from: the LIR (see [`lir::code_hash()`]), the back end's options,
//! and the *identity* of the code generator: this executable and, for LLVM's part, the toolchain. So nothing has to be declared
//! void: another compiler simply does not find the old entries, which are dropped when space is needed.

use crate::caches::cpu::cpu_of;
use crate::caches::key::add_tools;
use crate::options as driver_options;
use backend::{Compiled, FunctionCache, Options, Rejected};
use cache::{KeyBuilder, Store, private};
use lir::Module;
use lir::hash::ContentHash;
use std::borrow::Cow;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use toolchain::Toolchain;

/// The environment variable that limits the size of the cache (`500M`, `8G`; `0` for none).
pub const SIZE_VARIABLE: &str = "BESSEMER_CACHE_SIZE";

/// The code cache, open for one compilation.
#[derive(Debug)]
pub struct CodeCache {
    store: Store,
    /// What tells this code generator from others.
    identity: [u8; 32],
    found: AtomicU64,
}

/// The folder of the code cache in the user's cache folder.
pub fn folder(cache: &Path) -> PathBuf {
    // Packs of another format belong in another folder.
    cache.join("code1")
}

/// How large the cache may become, in bytes. What the environment says is used if it is a size.
pub fn limit_bytes() -> u64 {
    let wanted = std::env::var(SIZE_VARIABLE).ok();
    wanted.and_then(|text| cache::size::parse(&text)).unwrap_or(cache::store::DEFAULT_LIMIT_BYTES)
}

/// The store of the code cache, for looking at and emptying.
pub fn store(cache: &Path) -> Store {
    Store::open(&folder(cache), limit_bytes())
}

impl CodeCache {
    /// Opens the code cache in the user's cache folder. `None` if nothing may be kept, or if this program does not know which
    /// build of itself it is.
    pub fn open(options: &driver_options::Options, toolchain: &Toolchain) -> Option<CodeCache> {
        if limit_bytes() == 0 {
            return None;
        }
        // What is kept becomes part of programs: nobody else may have written it.
        let folder = private::open(&folder(&private::open(options.cache.as_deref()?).ok()?)).ok()?;
        let mut key = KeyBuilder::new("code");
        add_tools(&mut key, toolchain)?;
        key.add(cpu_of(options.target_cpu.as_deref()));
        let store = Store::open(&folder, limit_bytes());
        Some(CodeCache { store, identity: key.finish(), found: AtomicU64::new(0) })
    }

    /// Keeps what was made. A cache that cannot be written costs time the next time, not the result.
    pub fn commit(&self) {
        let _ = self.store.commit();
    }

    /// How many functions have been found since this was asked the last time.
    pub fn take_found(&self) -> u64 {
        self.found.swap(0, Ordering::Relaxed)
    }

    /// What `compile` makes of a module, or made of an equal one before; and whether that was so. Errors are not remembered.
    pub fn module<E>(
        &self,
        backend: &[u8],
        module: &Module,
        options: &Options,
        compile: impl FnOnce() -> Result<Compiled, E>,
    ) -> Result<(Compiled, bool), E> {
        let mut key = KeyBuilder::new("module");
        key.add(self.identity).add(backend).add_value(options).add(lir::exact_module_hash(module).0);
        let key = key.finish();
        if let Some(compiled) = self.store.get(&key).and_then(decode) {
            return Ok((compiled, true));
        }
        let compiled = compile()?;
        self.store.put(key, encode(&compiled));
        Ok((compiled, false))
    }

    fn function_key(&self, key: &ContentHash) -> [u8; 32] {
        KeyBuilder::new("function").add(self.identity).add(key.0).finish()
    }
}

impl FunctionCache for CodeCache {
    fn get(&self, key: &ContentHash) -> Option<Cow<'_, [u8]>> {
        let bytes = self.store.get(&self.function_key(key))?;
        self.found.fetch_add(1, Ordering::Relaxed);
        Some(Cow::Borrowed(bytes))
    }

    fn put(&self, key: &ContentHash, bytes: Vec<u8>) {
        self.store.put(self.function_key(key), bytes);
    }
}

fn encode(compiled: &Compiled) -> Vec<u8> {
    let rejected: Vec<(&str, &str)> =
        compiled.rejected.iter().map(|it| (it.function.as_str(), it.construct.as_str())).collect();
    let mut bytes = postcard::to_stdvec(&rejected).expect("strings can be encoded");
    bytes.extend_from_slice(&compiled.bytes);
    bytes
}

fn decode(bytes: &[u8]) -> Option<Compiled> {
    let (rejected, object) = postcard::take_from_bytes::<Vec<(String, String)>>(bytes).ok()?;
    let rejected = rejected.into_iter().map(|(function, construct)| Rejected { function, construct }).collect();
    Some(Compiled { bytes: object.to_vec(), rejected })
}

#[cfg(test)]
mod tests {
    use super::{Compiled, Rejected, decode, encode};

    #[test]
    fn results_come_back() {
        let rejected = Rejected { function: "f".to_owned(), construct: "a construct".to_owned() };
        for rejected in [Vec::new(), vec![rejected]] {
            let compiled = Compiled { bytes: vec![1, 2, 3], rejected };
            assert_eq!(decode(&encode(&compiled)), Some(compiled));
        }
    }
}
