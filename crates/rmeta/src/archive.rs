//! The metadata bytes within a file: as they are, or as a member of an rlib.

use crate::error::OpenError;
use crate::v1_95::HEADER;
use object::read::archive::ArchiveFile;
use object::{Object, ObjectSection};
use std::path::Path;

/// The archive member that holds an rlib's metadata.
const MEMBER: &[u8] = b"lib.rmeta";

/// Finds the metadata in the bytes of a `.rmeta`, `.rlib` or dynamic library.
pub(crate) fn metadata_bytes<'a>(path: &Path, file: &'a [u8]) -> Result<&'a [u8], OpenError> {
    let foreign = |message: String| OpenError::NotMetadata { path: path.to_owned(), message };
    if file.starts_with(b"rust") {
        return Ok(file);
    }
    if file.starts_with(b"!<arch>\n") || file.starts_with(b"!<thin>\n") {
        let archive = ArchiveFile::parse(file).map_err(|error| foreign(error.to_string()))?;
        for member in archive.members() {
            let member = member.map_err(|error| foreign(error.to_string()))?;
            if member.name() == MEMBER {
                let data = member.data(file).map_err(|error| foreign(error.to_string()))?;
                return Ok(unwrap_object(data, ".rmeta").unwrap_or(data));
            }
        }
        return Err(foreign("the archive has no member lib.rmeta".to_owned()));
    }
    if unwrap_object(file, ".rustc").is_some() {
        return Err(OpenError::Compressed { path: path.to_owned() });
    }
    Err(foreign("it does not begin as metadata does".to_owned()))
}

/// On most targets the member is an object file with the metadata as a section.
fn unwrap_object<'a>(data: &'a [u8], section: &str) -> Option<&'a [u8]> {
    let object = object::File::parse(data).ok()?;
    object.section_by_name(section)?.data().ok()
}

/// Finds the metadata in the bytes of a dynamic library: behind what every file begins with, and its length.
pub(crate) fn library_metadata<'a>(path: &Path, file: &'a [u8]) -> Result<&'a [u8], OpenError> {
    let foreign = |message: &str| OpenError::NotMetadata { path: path.to_owned(), message: message.to_owned() };
    let section = unwrap_object(file, ".rustc").ok_or_else(|| foreign("it has no section .rustc"))?;
    let rest = section.strip_prefix(HEADER).ok_or_else(|| foreign("its section .rustc is of another version"))?;
    let (len, rest) = rest.split_first_chunk().ok_or_else(|| foreign("it is cut short"))?;
    let len = usize::try_from(u64::from_le_bytes(*len)).unwrap_or(usize::MAX);
    rest.get(..len).ok_or_else(|| foreign("it is cut short"))
}
