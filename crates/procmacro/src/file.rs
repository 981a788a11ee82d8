//! What a macro library says about itself before anything in it is called.

use std::ffi::{CStr, CString};
use std::fs::File;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use object::read::ReadCache;
use object::{Object, ObjectSection, ObjectSymbol};

use crate::Error;

/// The version whose bridge this crate speaks.
const VERSION: &str = "rustc 1.95.0";

/// What the section `.rustc` begins with, and the metadata in it again: the encoding's number is the last byte.
const HEADER: &[u8] = b"rust\0\0\0\x0a";

/// The name of the list of macros is this, the crate's stable id, and `__`.
const LIST: &str = "__rustc_proc_macro_decls_";

/// A library whose structures are known.
#[derive(Debug)]
pub(crate) struct Checked {
    path: CString,
    symbol: CString,
}

impl Checked {
    pub(crate) fn path(&self) -> &CStr {
        &self.path
    }

    pub(crate) fn symbol(&self) -> &CStr {
        &self.symbol
    }
}

/// Reads a library's version and the name of its list of macros.
pub(crate) fn check(path: &Path) -> Result<Checked, Error> {
    let unreadable = |message: String| Error::Unreadable { path: path.to_owned(), message };
    let not_macros = |message: &str| Error::NotMacros { path: path.to_owned(), message: message.to_owned() };
    // The loader searches for names without a slash in folders of its own.
    let path_on_disk = std::path::absolute(path).map_err(|error| unreadable(error.to_string()))?;
    let c_path = CString::new(path_on_disk.as_os_str().as_bytes()).map_err(|error| unreadable(error.to_string()))?;
    // Only what is asked for is read.
    let data = ReadCache::new(File::open(path).map_err(|error| unreadable(error.to_string()))?);
    let object = object::File::parse(&data).map_err(|error| not_macros(&error.to_string()))?;
    let section = object.section_by_name(".rustc").ok_or_else(|| not_macros("no part of it is from rustc"))?;
    let data = section.data().map_err(|error| not_macros(&error.to_string()))?;
    let version = version(data).ok_or_else(|| not_macros("what rustc wrote into it is not known"))?;
    let is_known = version.strip_prefix(VERSION).is_some_and(|rest| rest.is_empty() || rest.starts_with(' '));
    if !is_known {
        return Err(Error::Version { path: path.to_owned(), found: version.to_owned() });
    }
    let mut lists = object.dynamic_symbols().filter(|symbol| symbol.is_definition()).filter_map(|symbol| {
        let name = symbol.name().ok()?;
        let id = name.strip_prefix(LIST)?.strip_suffix("__")?;
        let is_id = id.len() >= 8 && id.bytes().all(|byte| byte.is_ascii_hexdigit());
        // A pointer and a length.
        (is_id && symbol.size() == 2 * size_of::<usize>() as u64).then(|| name.to_owned())
    });
    let symbol = lists.next().ok_or_else(|| not_macros("it has no procedural macros"))?;
    if lists.next().is_some() {
        return Err(not_macros("it has two lists of procedural macros"));
    }
    let symbol = CString::new(symbol).map_err(|error| not_macros(&error.to_string()))?;
    Ok(Checked { path: c_path, symbol })
}

/// The version in the section: the header, the length, then the metadata: header, a position, and a string.
fn version(section: &[u8]) -> Option<&str> {
    let metadata = section.strip_prefix(HEADER)?.get(8..)?;
    let string = metadata.strip_prefix(HEADER)?.get(8..)?;
    // The string's length is below 128, so it is one byte.
    let (len, text) = string.split_first()?;
    std::str::from_utf8(text.get(..usize::from(*len))?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_version_is_found_or_nothing() {
        let mut section = [HEADER, &[0; 8], HEADER, &[0; 8], &[12], b"rustc 1.95.0"].concat();
        assert_eq!(version(&section), Some("rustc 1.95.0"));
        for len in 0..section.len() {
            assert_eq!(version(&section[..len]), None);
        }
        section[7] += 1;
        assert_eq!(version(&section), None);
    }
}
