//! Objects: what back ends make of modules.

/// An object file in memory.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Object {
    /// The module's name, from which the linker's messages make a file's.
    pub name: String,
    /// An object file for the target, as the linker takes it.
    pub bytes: Vec<u8>,
}

/// How large objects are together.
pub(crate) fn size_bytes(objects: &[Object]) -> u64 {
    objects.iter().map(|object| object.bytes.len() as u64).sum()
}
