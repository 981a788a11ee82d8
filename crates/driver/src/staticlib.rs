//! Static libraries for other languages.

use crate::error::{DriverError, ProgramError};
use crate::files;
use crate::objects::Object;
use crate::options::{Options, search_folder};
use ar_archive_writer::{ArchiveKind, DEFAULT_OBJECT_READER, NewArchiveMember, write_archive_to_stream};
use link::aot::{Input, LibraryKind};
use object::read::archive::ArchiveFile;
use std::io::Cursor;
use std::path::{Path, PathBuf};

/// Writes a static library: the program's own objects and those of all archives that it is linked with, std included, as
/// rustc does (`rustc_codegen_ssa::back::link::link_staticlib`).
pub fn write(output: &Path, objects: &[Object], inputs: &[Input], options: &Options) -> Result<(), DriverError> {
    let mut members: Vec<(String, Vec<u8>)> =
        objects.iter().map(|object| (format!("{}.o", object.name), object.bytes.clone())).collect();
    for input in inputs {
        match input {
            Input::Archive { path, .. } => members.extend(objects_of(path)?),
            Input::Library { name, kind: LibraryKind::Static { .. }, verbatim } => {
                let file = if *verbatim { name.clone() } else { format!("lib{name}.a") };
                let path = find_library(&file, options).ok_or_else(|| not_found(name))?;
                members.extend(objects_of(&path)?);
            }
            // The user of a static library links the system's libraries.
            _ => {}
        }
    }
    let new_member =
        |(name, bytes): &(String, Vec<u8>)| NewArchiveMember::new(bytes.clone(), &DEFAULT_OBJECT_READER, name.clone());
    let members: Vec<NewArchiveMember<'_>> = members.iter().map(new_member).collect();
    let mut bytes = Cursor::new(Vec::new());
    write_archive_to_stream(&mut bytes, &members, ArchiveKind::Gnu, false, None)
        .map_err(|error| DriverError::Output { path: output.to_owned(), error })?;
    files::write(output, &bytes.into_inner())
}

/// What is said of an archive's native libraries, in rustc's words.
pub(crate) fn native_libraries(link_inputs: &[Input]) -> [String; 2] {
    let mut args: Vec<String> = Vec::new();
    for input in link_inputs {
        // What is static is in the archive.
        if let Input::Library { name, kind: LibraryKind::Any | LibraryKind::Shared { .. }, verbatim } = input {
            args.push(format!("-l{}{name}", if *verbatim { ":" } else { "" }));
        }
    }
    args.dedup();
    [
        "link against the following native artifacts when linking against this static library. The order and any \
         duplication can be significant on some platforms"
            .to_owned(),
        format!("native-static-libs: {}", args.join(" ")),
    ]
}

/// The members of an archive that are objects.
fn objects_of(path: &Path) -> Result<Vec<(String, Vec<u8>)>, DriverError> {
    let failed = |error| DriverError::Io { path: path.to_owned(), error };
    let damaged =
        |error: object::Error| failed(std::io::Error::new(std::io::ErrorKind::InvalidData, error.to_string()));
    let bytes = std::fs::read(path).map_err(failed)?;
    let archive = ArchiveFile::parse(&bytes[..]).map_err(damaged)?;
    let mut members = Vec::new();
    for member in archive.members() {
        let member = member.map_err(damaged)?;
        let name = String::from_utf8_lossy(member.name()).into_owned();
        let data = member.data(&bytes[..]).map_err(damaged)?;
        if name.ends_with(".o") && data.starts_with(b"\x7fELF") {
            members.push((name, data.to_vec()));
        }
    }
    Ok(members)
}

/// rustc's words for it.
fn not_found(library: &str) -> DriverError {
    let message = format!("could not find native static library `{library}`, perhaps an -L flag is missing?");
    DriverError::Program(vec![ProgramError { message, ..ProgramError::default() }])
}

fn find_library(file: &str, options: &Options) -> Option<PathBuf> {
    options.search_paths.iter().map(|path| search_folder(path).join(file)).find(|path| path.is_file())
}
