//! The compact binary form, for caches and for sending LIR to other processes.
//!
//! A header, then the content in `postcard`'s encoding:
//!
//! | bytes | |
//! |---|---|
//! | 4 | magic: `BLIR` |
//! | 2 | version of the format, little-endian |
//! | 1 | what it holds: 0 module, 1 function |
//! | 1 | zero |
//! | 8 | length of the content, little-endian |
//! | 16 | the first half of the content's BLAKE3 hash |
//!
//! The checksum finds accidents, not forgeries: what is read may break the verifier's rules.

use crate::{Function, Module};
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::fmt;

const MAGIC: [u8; 4] = *b"BLIR";
/// The version of the format, which changes with every change of the data types.
pub const VERSION: u16 = 5;
const HEADER_BYTES: usize = 32;

#[derive(Clone, Copy)]
enum Kind {
    Module = 0,
    Function = 1,
}

/// Why bytes are not LIR.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum BinaryError {
    /// The bytes are something else.
    Foreign,
    /// Written by another version of this crate.
    Version(u16),
    /// A module where a function was asked for, or the reverse.
    Kind,
    /// Too short, or changed since they were written.
    Damaged,
}

impl fmt::Display for BinaryError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            BinaryError::Foreign => f.write_str("the bytes are not LIR"),
            BinaryError::Version(version) => {
                write!(f, "the LIR has format version {version}, but this program reads version {VERSION}")
            }
            BinaryError::Kind => f.write_str("the LIR is not of the kind that was asked for"),
            BinaryError::Damaged => f.write_str("the LIR is damaged"),
        }
    }
}

impl std::error::Error for BinaryError {}

/// A module as bytes.
pub fn module_to_bytes(module: &Module) -> Vec<u8> {
    to_bytes(Kind::Module, module)
}

/// A function as bytes.
pub fn function_to_bytes(function: &Function) -> Vec<u8> {
    to_bytes(Kind::Function, function)
}

/// The module in these bytes.
pub fn module_from_bytes(bytes: &[u8]) -> Result<Module, BinaryError> {
    from_bytes(Kind::Module, bytes)
}

/// The function in these bytes.
pub fn function_from_bytes(bytes: &[u8]) -> Result<Function, BinaryError> {
    from_bytes(Kind::Function, bytes)
}

fn to_bytes<T: Serialize>(kind: Kind, value: &T) -> Vec<u8> {
    let mut bytes = postcard::to_extend(value, vec![0; HEADER_BYTES]).expect("LIR holds nothing that postcard refuses");
    let (header, content) = bytes.split_at_mut(HEADER_BYTES);
    header[..4].copy_from_slice(&MAGIC);
    header[4..6].copy_from_slice(&VERSION.to_le_bytes());
    header[6] = kind as u8;
    header[8..16].copy_from_slice(&(content.len() as u64).to_le_bytes());
    header[16..].copy_from_slice(&checksum(content));
    bytes
}

fn from_bytes<T: DeserializeOwned>(kind: Kind, bytes: &[u8]) -> Result<T, BinaryError> {
    if bytes.get(..4) != Some(&MAGIC) {
        return Err(BinaryError::Foreign);
    }
    let (header, content) = bytes.split_at_checked(HEADER_BYTES).ok_or(BinaryError::Damaged)?;
    let version = u16::from_le_bytes([header[4], header[5]]);
    if version != VERSION {
        return Err(BinaryError::Version(version));
    }
    if header[6] != kind as u8 {
        return Err(BinaryError::Kind);
    }
    let intact =
        header[7] == 0 && header[8..16] == (content.len() as u64).to_le_bytes() && header[16..] == checksum(content);
    if !intact {
        return Err(BinaryError::Damaged);
    }
    // Lengths in the content are no promise: serde reserves little before it has seen the items.
    match postcard::take_from_bytes(content) {
        Ok((value, [])) => Ok(value),
        _ => Err(BinaryError::Damaged),
    }
}

fn checksum(content: &[u8]) -> [u8; 16] {
    let mut half = [0; 16];
    half.copy_from_slice(&blake3::hash(content).as_bytes()[..16]);
    half
}

/// Reads content without its header, so that tests reach the decoder with bytes that no checksum guards.
#[doc(hidden)]
pub fn module_from_unguarded_content(content: &[u8]) -> Result<Module, BinaryError> {
    postcard::from_bytes(content).map_err(|_| BinaryError::Damaged)
}

/// The number of bytes before the content.
#[doc(hidden)]
pub const CONTENT_START: usize = HEADER_BYTES;
