//! Which source line each piece of code comes from, by the object's debug information.

use crate::InspectError;
use crate::code::{ObjectCode, Place};
use gimli::{AttributeValue, DwarfSections, EndianSlice, LineProgramHeader, RunTimeEndian, SectionId, Unit};
use std::path::PathBuf;
use std::rc::Rc;

type Reader<'a> = EndianSlice<'a, RunTimeEndian>;

/// A line of a source file.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SourceLine {
    /// The file as the debug information names it.
    pub file: Rc<PathBuf>,
    /// The line's number, from 1 on.
    pub line: u64,
}

/// The source lines of an object's code.
#[derive(Clone, Debug, Default)]
pub struct Lines {
    /// Where a line's code begins, and none where code without a line does, in order.
    rows: Vec<(u64, Option<SourceLine>)>,
}

impl Lines {
    /// Reads all of them. An object without debug information has none.
    ///
    /// # Errors
    /// The debug information is damaged.
    pub fn read(code: &ObjectCode<'_>) -> Result<Lines, InspectError> {
        let endian = if code.is_little_endian() { RunTimeEndian::Little } else { RunTimeEndian::Big };
        let load = |id: SectionId| code.relocated(id.name());
        let sections = DwarfSections::load(load)?;
        let dwarf = sections.borrow(|bytes| EndianSlice::new(bytes, endian));
        let mut rows = Vec::new();
        let mut units = dwarf.units();
        while let Some(header) = units.next().map_err(damaged)? {
            let unit = dwarf.unit(header).map_err(damaged)?;
            read_unit(&dwarf, &unit, &mut rows).map_err(damaged)?;
        }
        for (address, _) in &mut rows {
            *address = code.address_outside(*address);
        }
        // Of rows at one place, the last one counts; an end gives way to what begins there.
        rows.sort_by_key(|(address, line): &(u64, Option<SourceLine>)| (*address, line.is_some()));
        Ok(Lines { rows })
    }

    /// The line of the code at a place.
    pub fn at(&self, place: Place) -> Option<&SourceLine> {
        self.at_address(place.address())
    }

    /// The line of the code at an address of a linked program.
    pub fn at_address(&self, address: u64) -> Option<&SourceLine> {
        let after = self.rows.partition_point(|row| row.0 <= address);
        self.rows[..after].last()?.1.as_ref()
    }
}

fn damaged(error: gimli::Error) -> InspectError {
    InspectError::Debug(error.to_string())
}

fn read_unit<'a>(
    dwarf: &gimli::Dwarf<Reader<'a>>,
    unit: &Unit<Reader<'a>>,
    all: &mut Vec<(u64, Option<SourceLine>)>,
) -> gimli::Result<()> {
    let Some(program) = unit.line_program.clone() else { return Ok(()) };
    let mut files: Vec<Option<Rc<PathBuf>>> = Vec::new();
    let mut rows = program.rows();
    while let Some((header, row)) = rows.next_row()? {
        let line = match row.line() {
            Some(line) if !row.end_sequence() => {
                let index = usize::try_from(row.file_index()).unwrap_or_default();
                if files.len() <= index {
                    files.resize(index + 1, None);
                }
                let file = match &files[index] {
                    Some(file) => Rc::clone(file),
                    None => {
                        let file = Rc::new(file_path(dwarf, unit, header, row.file_index())?);
                        files[index] = Some(Rc::clone(&file));
                        file
                    }
                };
                Some(SourceLine { file, line: line.get() })
            }
            _ => None,
        };
        all.push((row.address(), line));
    }
    Ok(())
}

fn file_path<'a>(
    dwarf: &gimli::Dwarf<Reader<'a>>,
    unit: &Unit<Reader<'a>>,
    header: &LineProgramHeader<Reader<'a>>,
    index: u64,
) -> gimli::Result<PathBuf> {
    let text = |value: AttributeValue<Reader<'a>>| -> gimli::Result<String> {
        Ok(dwarf.attr_string(unit, value)?.to_string_lossy().into_owned())
    };
    let Some(file) = header.file(index) else { return Ok(PathBuf::from("?")) };
    let mut path = match unit.comp_dir {
        Some(folder) => PathBuf::from(folder.to_string_lossy().into_owned()),
        None => PathBuf::new(),
    };
    if let Some(folder) = file.directory(header) {
        path.push(text(folder)?);
    }
    path.push(text(file.path_name())?);
    Ok(path)
}
