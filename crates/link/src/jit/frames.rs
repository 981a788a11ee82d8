//! Unwind tables (`.eh_frame`; Linux Standard Base, "Exception Frames").
//!
//! The unwinder walks the records of a registered table without checks, so they are checked here: each lies within its
//! section, and each frame description refers to a common information entry in front of it.

use super::JitError;
use super::object::{Object, relocation_parts};
use super::resolve::Target;
use rustc_hash::FxHashMap;

/// Four zero bytes end the unwinder's walk.
pub(super) const TERMINATOR_BYTES: u64 = 4;

/// The records of one section.
pub(super) struct FrameTable {
    /// Without a terminator.
    pub size_bytes: u64,
    /// Ranges (start, end) of descriptions of functions that were discarded. Their second word becomes zero, which
    /// makes them common entries that nothing refers to.
    pub dropped: Vec<(u64, u64)>,
}

impl FrameTable {
    /// Whether a relocation at this offset is for a record that was dropped or is behind the terminator.
    pub fn skips(&self, offset: u64) -> bool {
        let next = self.dropped.partition_point(|(start, _)| *start <= offset);
        let dropped = next.checked_sub(1).is_some_and(|index| offset < self.dropped[index].1);
        dropped || offset >= self.size_bytes
    }
}

/// Checks the records of a section.
pub(super) fn check(object: &Object<'_>, section: u32, targets: &[Target]) -> Result<FrameTable, JitError> {
    let records = read(object, section, targets);
    records
        .map_err(|message| JitError::Object { object: object.name.clone(), message: format!(".eh_frame: {message}") })
}

fn read(object: &Object<'_>, section: u32, targets: &[Target]) -> Result<FrameTable, String> {
    let section = &object.sections[section as usize];
    let function_of: FxHashMap<u64, usize> = section
        .relocations
        .iter()
        .map(|relocation| {
            let (offset, _, symbol, _) = relocation_parts(relocation);
            (offset, symbol)
        })
        .collect();
    let data = section.data;
    let word = |at: usize| {
        let bytes = data.get(at..at.checked_add(4)?)?;
        Some(u32::from_le_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]))
    };
    let mut common_entries = Vec::new();
    let mut dropped = Vec::new();
    let mut at = 0;
    while at < data.len() {
        let length = word(at).ok_or("a record is cut off")?;
        if length == 0 {
            break;
        }
        if length == u32::MAX {
            return Err("a record of the 64-bit format".to_owned());
        }
        let end = at + 4 + length as usize;
        if length < 4 || end > data.len() {
            return Err("a record is cut off".to_owned());
        }
        let distance = word(at + 4).ok_or("a record is cut off")?;
        if distance == 0 {
            check_common(&data[at + 8..end]).ok_or("a common information entry that the unwinder does not know")?;
            common_entries.push(at);
        } else {
            let common = (at + 4).checked_sub(distance as usize);
            if common.is_none_or(|common| common_entries.binary_search(&common).is_err()) {
                return Err("a frame description without its common information entry".to_owned());
            }
            if length < 12 {
                return Err("a frame description is cut off".to_owned());
            }
            let target = function_of.get(&(at as u64 + 8)).and_then(|&symbol| targets.get(symbol));
            match target {
                None => return Err("a frame description of no function".to_owned()),
                Some(Target::Discarded) => dropped.push((at as u64, end as u64)),
                Some(_) => {}
            }
        }
        at = end;
    }
    Ok(FrameTable { size_bytes: at as u64, dropped })
}

/// Checks a common information entry from its version on: the unwinder ends the program where it does not know an
/// encoding.
fn check_common(mut entry: &[u8]) -> Option<()> {
    let version = *entry.split_off_first()?;
    if version != 1 && version != 3 {
        return None;
    }
    let length = entry.iter().position(|byte| *byte == 0)?;
    let augmentation = entry.split_off(..length)?;
    entry.split_off_first()?;
    skip_leb128(&mut entry)?; // code alignment
    skip_leb128(&mut entry)?; // data alignment
    if version == 1 {
        entry.split_off_first()?;
    } else {
        skip_leb128(&mut entry)?; // return address register
    }
    let Some((b'z', letters)) = augmentation.split_first() else {
        return augmentation.is_empty().then_some(());
    };
    skip_leb128(&mut entry)?; // length of what follows
    for letter in letters {
        match letter {
            b'R' | b'L' => drop(known_encoding(*entry.split_off_first()?)?),
            b'P' => {
                let width = known_encoding(*entry.split_off_first()?)?;
                entry.split_off(..width)?;
            }
            b'S' => {}
            _ => return None,
        }
    }
    Some(())
}

/// The width of a pointer in an encoding that this loader takes: absolute or relative to its place, of a fixed size.
fn known_encoding(encoding: u8) -> Option<usize> {
    const OMITTED: u8 = 0xff;
    if encoding == OMITTED {
        return Some(0);
    }
    // 0x80 says that the pointer is read from where this points.
    match encoding & 0x70 {
        0x00 | 0x10 => {}
        _ => return None,
    }
    match encoding & 0x0f {
        0x00 | 0x04 | 0x0c => Some(8),
        0x03 | 0x0b => Some(4),
        0x02 | 0x0a => Some(2),
        _ => None,
    }
}

fn skip_leb128(bytes: &mut &[u8]) -> Option<()> {
    while bytes.split_off_first()? & 0x80 != 0 {}
    Some(())
}

/// Tells the unwinder about a table, or that it is to forget one.
///
/// # Safety
///
/// `function` is the address of the unwinder's `__register_frame` (`__deregister_frame`). `table` has passed [`check`], was relocated, ends
/// with a terminator, and stays where it is until it is taken back in the same way, by `__deregister_frame`.
pub(super) unsafe fn register(function: u64, table: *const u8) {
    // SAFETY: promised by the caller; this is the type of both functions in libgcc.
    unsafe {
        let function = std::mem::transmute::<usize, unsafe extern "C" fn(*const u8)>(function as usize);
        function(table);
    }
}
