//! Modules: the unit that a back end compiles to one object.

use crate::{DebugStatic, DebugType, DebugTypeId, Function, Linkage, Signature};
use index::IndexVec;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// A place in a data object's bytes that holds the address of a symbol plus an addend.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub struct Relocation {
    /// Byte offset; the pointer-wide field there is zero in the bytes.
    pub offset: u64,
    /// The symbol.
    pub symbol: Arc<str>,
    /// Whether the symbol is a function (the back end may have to declare it).
    pub function: bool,
    /// Null where nothing defines the symbol.
    pub weak: bool,
    /// Bytes to add to the symbol's address.
    pub addend: i64,
}

/// A data object: static, constant, vtable, string.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub struct Data {
    /// The linker symbol.
    pub name: Arc<str>,
    /// Who sees it.
    pub linkage: Linkage,
    /// Alignment in bytes: a power of two.
    pub align: u64,
    /// The program may write to it.
    pub writable: bool,
    /// Each thread has a copy.
    pub thread_local: bool,
    /// The address does not matter: equal constants may share one (LLVM `unnamed_addr`).
    pub mergeable: bool,
    /// The section, if not the back end's choice.
    pub section: Option<String>,
    /// Must be kept though nothing refers to it (`#[used]`).
    pub used: bool,
    /// The content; `zero_size_bytes` zero bytes follow it.
    #[serde(with = "serde_bytes_vec")]
    pub bytes: Vec<u8>,
    /// Zero bytes after `bytes` (all of an object in .bss).
    pub zero_size_bytes: u64,
    /// In ascending order of offset.
    pub relocations: Vec<Relocation>,
    /// Which static it is, for debuggers.
    pub debug: Option<DebugStatic>,
}

impl Data {
    /// The size of all of it.
    pub fn size_bytes(&self) -> u64 {
        self.bytes.len() as u64 + self.zero_size_bytes
    }
}

/// A second name of a definition in the same module.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub struct Alias {
    /// The other name.
    pub name: Arc<str>,
    /// The name of the definition.
    pub target: Arc<str>,
    /// Who sees the other name.
    pub linkage: Linkage,
}

/// What is known of a function that the module refers to and does not define: for targets on which a name alone does not
/// do (WebAssembly).
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub struct Declaration {
    /// The name by which it is referred to.
    pub symbol: Arc<str>,
    /// Its parameters and results.
    pub signature: Signature,
    /// Where it comes from, if nothing in the program defines it.
    pub import: Option<Import>,
}

/// A function of another program.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub struct Import {
    /// The module that has it.
    pub module: Arc<str>,
    /// Its name there.
    pub name: Arc<str>,
}

/// A set of functions and data that is compiled to one object.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default, Serialize, Deserialize)]
pub struct Module {
    /// For messages and debug information.
    pub name: String,
    /// The functions that it defines.
    pub functions: Vec<Function>,
    /// The data objects that it defines.
    pub data: Vec<Data>,
    /// Other names of these.
    pub aliases: Vec<Alias>,
    /// Functions that it refers to and does not define, where more than their names is needed.
    pub declarations: Vec<Declaration>,
    /// `global_asm!` texts in the target assembler's language (Intel syntax on x86 unless the text switches).
    pub global_asm: Vec<String>,
    /// Types that the functions' debug variables and the statics refer to.
    pub debug_types: IndexVec<DebugTypeId, DebugType>,
    /// For the debug information: the main source file and the folder that relative paths start from.
    pub source_file: String,
    /// The folder that relative paths start from.
    pub source_folder: String,
}

/// Bytes as one blob, not as a sequence of numbers. For `#[serde(with = …)]`.
pub mod serde_bytes_vec {
    use serde::{Deserializer, Serializer, de};
    use std::fmt;

    /// serde's function of this name.
    pub fn serialize<S: Serializer>(bytes: &[u8], serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_bytes(bytes)
    }

    /// serde's function of this name.
    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<u8>, D::Error> {
        struct Visitor;
        impl<'de> de::Visitor<'de> for Visitor {
            type Value = Vec<u8>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("bytes")
            }
            fn visit_bytes<E: de::Error>(self, bytes: &[u8]) -> Result<Vec<u8>, E> {
                Ok(bytes.to_vec())
            }
            fn visit_byte_buf<E: de::Error>(self, bytes: Vec<u8>) -> Result<Vec<u8>, E> {
                Ok(bytes)
            }
        }
        deserializer.deserialize_byte_buf(Visitor)
    }
}
