//! Keys: hashes of everything that a result follows from.
//!
//! Each part goes in with its length, so that parts which only together are the same bytes make different keys.

use std::ffi::OsStr;
use std::hash::{Hash, Hasher};
use std::path::Path;

/// A key that is being made.
#[derive(Clone, Debug)]
pub struct KeyBuilder(blake3::Hasher);

impl KeyBuilder {
    /// A key of a kind that no other kind's keys are equal to.
    pub fn new(kind: &str) -> KeyBuilder {
        let mut key = KeyBuilder(blake3::Hasher::new());
        key.add(kind);
        key
    }

    /// Adds bytes.
    pub fn add(&mut self, part: impl AsRef<[u8]>) -> &mut KeyBuilder {
        let part = part.as_ref();
        self.0.update(&(part.len() as u64).to_le_bytes()).update(part);
        self
    }

    /// Adds a path as it is written.
    pub fn add_path(&mut self, path: impl AsRef<Path>) -> &mut KeyBuilder {
        self.add(path.as_ref().as_os_str().as_encoded_bytes())
    }

    /// Adds strings, and how many there are.
    pub fn add_list<T: AsRef<OsStr>>(&mut self, list: &[T]) -> &mut KeyBuilder {
        self.add((list.len() as u64).to_le_bytes());
        for it in list {
            self.add(it.as_ref().as_encoded_bytes());
        }
        self
    }

    /// Adds a value: all that its [`Hash`] looks at, which for derived ones is every field. Such a key holds within one build
    /// of this program only, as another may order fields and variants in another way.
    pub fn add_value(&mut self, value: &(impl Hash + ?Sized)) -> &mut KeyBuilder {
        let mut bytes = Bytes(Vec::new());
        value.hash(&mut bytes);
        self.add(bytes.0)
    }

    /// Adds an environment variable: unset and empty are two things.
    pub fn add_variable(&mut self, name: &str) -> &mut KeyBuilder {
        self.add(name);
        match std::env::var_os(name) {
            Some(value) => self.add("set").add(value.as_encoded_bytes()),
            None => self.add("unset"),
        }
    }

    /// The key.
    pub fn finish(&self) -> [u8; 32] {
        *self.0.finalize().as_bytes()
    }

    /// The key as a file's name: its first `digits` hexadecimal digits, of 64.
    pub fn name(&self, digits: usize) -> String {
        self.0.finalize().to_hex().chars().take(digits).collect()
    }
}

/// What [`Hash`] feeds, as it is. Strings and lists say themselves where they end.
struct Bytes(Vec<u8>);

impl Hasher for Bytes {
    fn write(&mut self, bytes: &[u8]) {
        self.0.extend_from_slice(bytes);
    }

    fn finish(&self) -> u64 {
        unreachable!("the bytes are asked for")
    }
}

#[cfg(test)]
mod tests {
    use super::KeyBuilder;

    #[test]
    fn what_is_different_has_different_keys() {
        type Add = fn(&mut KeyBuilder) -> &mut KeyBuilder;
        let parts: [(&str, Add); 13] = [
            ("nothing", |key| key),
            ("an empty part", |key| key.add("")),
            ("two empty parts", |key| key.add("").add("")),
            ("one part", |key| key.add("ab")),
            ("two parts", |key| key.add("a").add("b")),
            ("a list", |key| key.add_list(&["a", "b"])),
            ("a list of one", |key| key.add_list(&["ab"])),
            ("a list of nothings", |key| key.add_list(&["", ""])),
            ("no value", |key| key.add_value(&None::<(&str, &str)>)),
            ("strings", |key| key.add_value(&Some(("a", "b")))),
            ("the same, cut elsewhere", |key| key.add_value(&Some(("ab", "")))),
            ("a variable that is set", |key| key.add_variable("CARGO_MANIFEST_DIR")),
            ("one that is not", |key| key.add_variable("BESSEMER_NO_SUCH_VARIABLE")),
        ];
        let mut keys: Vec<([u8; 32], &str)> = Vec::new();
        for (what, add) in parts {
            for kind in ["a", "b"] {
                let mut key = KeyBuilder::new(kind);
                add(&mut key);
                let key = key.finish();
                let same = keys.iter().find(|it| it.0 == key);
                assert!(same.is_none(), "{what} makes the same key as {same:?}");
                keys.push((key, what));
            }
        }
        let name = KeyBuilder::new("a").name(40);
        assert!(name.len() == 40 && KeyBuilder::new("a").name(64).starts_with(&name));
    }
}
