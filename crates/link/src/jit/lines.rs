//! Where the code of objects comes from: their line tables, with the addresses at which the code is now.

use super::layout::Plan;
use super::{Line, Loader};
use gimli::{AttributeValue, DebugLine, DebugLineOffset, LittleEndian};
use object::{Object, ObjectSection, ObjectSymbol, RelocationTarget};
use rustc_hash::FxHashMap;
use std::path::Path;
use std::sync::Arc;

type Slice<'d> = gimli::EndianSlice<'d, LittleEndian>;

/// The lines of the objects (not of archives' members), by address. An image begins at `base`. What is damaged, or has no
/// line table, has no lines.
pub(super) fn lines(loader: &Loader<'_>, plan: &Plan, base: u64) -> Vec<Line> {
    let mut lines = Vec::new();
    for (index, (_, bytes)) in (0u32..).zip(&loader.objects) {
        if let Ok(file) = object::File::parse(&**bytes) {
            let place = |section: u32| plan.section(index, section).map(|offset| base + offset);
            // What was read until something is damaged stays.
            let _ = read(&file, &place, &mut lines);
        }
    }
    lines.sort_by_key(|line| line.address);
    lines
}

fn read(file: &object::File<'_>, place: &dyn Fn(u32) -> Option<u64>, lines: &mut Vec<Line>) -> gimli::Result<()> {
    let (table, strings) = (relocated(file, ".debug_line", place), relocated(file, ".debug_line_str", place));
    let program_at = DebugLine::new(&table, LittleEndian);
    let strings = gimli::DebugLineStr::from(Slice::new(&strings, LittleEndian));
    let mut offset = 0;
    while offset < table.len() {
        let program = program_at.program(DebugLineOffset(offset), 8, None, None)?;
        let header = program.header();
        // Of tables with 32-bit offsets, as all are.
        offset += header.unit_length() + 4;
        let mut names = FxHashMap::default();
        let mut rows = program.rows();
        while let Some((header, row)) = rows.next_row()? {
            let line = row.line().map_or(0, |line| u32::try_from(line.get()).unwrap_or(0));
            let file = match row.end_sequence() {
                true => "".into(),
                false => names
                    .entry(row.file_index())
                    .or_insert_with(|| file_name(header, row.file_index(), &strings))
                    .clone(),
            };
            lines.push(Line { address: row.address(), file, line });
        }
    }
    Ok(())
}

/// The path of a file; empty where it is not known.
fn file_name(
    header: &gimli::LineProgramHeader<Slice<'_>>,
    index: u64,
    strings: &gimli::DebugLineStr<Slice<'_>>,
) -> Arc<str> {
    let text = |value: AttributeValue<Slice<'_>>| {
        let slice = match value {
            AttributeValue::String(slice) => slice,
            AttributeValue::DebugLineStrRef(offset) => strings.get_str(offset).ok()?,
            _ => return None,
        };
        Some(slice.to_string_lossy().into_owned())
    };
    let Some(file) = header.file(index) else { return "".into() };
    let name = text(file.path_name()).unwrap_or_default();
    match file.directory(header).and_then(text) {
        Some(folder) => Path::new(&folder).join(name).to_string_lossy().into(),
        None => name.into(),
    }
}

/// A section's content with addresses of loaded code in it; empty if there is none.
fn relocated(file: &object::File<'_>, name: &str, place: &dyn Fn(u32) -> Option<u64>) -> Vec<u8> {
    let Some(section) = file.section_by_name(name) else { return Vec::new() };
    let Ok(content) = section.uncompressed_data() else { return Vec::new() };
    let mut content = content.into_owned();
    for (offset, relocation) in section.relocations() {
        let RelocationTarget::Symbol(symbol) = relocation.target() else { continue };
        let Ok(symbol) = file.symbol_by_index(symbol) else { continue };
        let section = symbol.section_index().and_then(|section| u32::try_from(section.0).ok());
        let start = section.and_then(place).unwrap_or(0);
        let value = start.wrapping_add(symbol.address()).wrapping_add_signed(relocation.addend());
        let bytes = usize::from(relocation.size() / 8);
        let at = usize::try_from(offset).ok().and_then(|offset| content.get_mut(offset..offset.checked_add(bytes)?));
        if let (Some(at), Some(value)) = (at, value.to_le_bytes().get(..bytes)) {
            at.copy_from_slice(value);
        }
    }
    content
}
