//! `.eh_frame` and `.gcc_except_table`.
//!
//! Every function gets a frame description entry, so that backtraces pass through those that never unwind. A function
//! with landing pads also gets a *language-specific data area*: the table by which the personality routine finds the
//! landing pad of a call. Its format is that of the Itanium C++ ABI's exception handling, as GCC and LLVM write it.

use crate::code::CallSite;
use gimli::LittleEndian;
use gimli::constants::{DW_EH_PE_indirect, DW_EH_PE_omit, DW_EH_PE_pcrel, DW_EH_PE_sdata4, DW_EH_PE_uleb128};
use gimli::write::{
    Address, CommonInformationEntry, EhFrame, EndianVec, FrameDescriptionEntry, FrameTable, RelocateWriter, Relocation,
};
use object::write::SymbolId;

/// What all functions of a target have in common.
pub(crate) struct FrameStart {
    /// Alignment factors and the return address's register, as they are encoded.
    factors: [u8; 3],
    /// The encoded instructions that describe a frame at a function's start.
    instructions: Vec<u8>,
    base: CommonInformationEntry,
}

/// The encoding of addresses in frame entries.
const ADDRESS_ENCODING: u8 = DW_EH_PE_pcrel.0 | DW_EH_PE_sdata4.0;
/// The encoding of the address of the personality routine's address.
const PERSONALITY_ENCODING: u8 = ADDRESS_ENCODING | DW_EH_PE_indirect.0;

/// Length, zero, version, empty augmentation, factors.
const PLAIN_COMMON_BYTES: usize = 4 + 4 + 1 + 1 + 3;
/// Length, offset of the common entry, address, size.
const PLAIN_ENTRY_BYTES: usize = 4 + 4 + 8 + 8;

impl FrameStart {
    pub fn new(base: CommonInformationEntry) -> gimli::write::Result<FrameStart> {
        let nothing = FrameDescriptionEntry::new(Address::Constant(0), 0);
        let mut table = encode(&base, nothing)?;
        table.truncate(common_bytes(&table));
        let factors = table[PLAIN_COMMON_BYTES - 3..PLAIN_COMMON_BYTES].try_into().expect("three bytes");
        Ok(FrameStart { factors, instructions: table.split_off(PLAIN_COMMON_BYTES), base })
    }

    /// The encoded instructions that describe the frame from instruction to instruction.
    pub fn encode(&self, entry: FrameDescriptionEntry) -> gimli::write::Result<Vec<u8>> {
        let mut table = encode(&self.base, entry)?;
        Ok(table.split_off(common_bytes(&table) + PLAIN_ENTRY_BYTES))
    }
}

/// A frame table of one entry without addresses.
fn encode(base: &CommonInformationEntry, entry: FrameDescriptionEntry) -> gimli::write::Result<Vec<u8>> {
    let mut table = FrameTable::default();
    let common = table.add_cie(base.clone());
    table.add_fde(common, entry);
    let mut section = EhFrame::from(EndianVec::new(LittleEndian));
    table.write_eh_frame(&mut section)?;
    Ok(section.0.into_vec())
}

/// The size of the common entry at the start of a table.
fn common_bytes(table: &[u8]) -> usize {
    4 + u32::from_le_bytes(*table.first_chunk().expect("an entry")) as usize
}

/// The frame table of an object under construction.
pub(crate) struct Frames<'a> {
    start: &'a FrameStart,
    pub bytes: Vec<u8>,
    /// Of 32 bits, relative to where they are.
    pub relocations: Vec<FrameRelocation>,
    /// Where the common entry for each personality routine (or none) is.
    common: Vec<(Option<SymbolId>, usize)>,
}

pub(crate) struct FrameRelocation {
    pub offset: u64,
    pub symbol: SymbolId,
    pub addend: i64,
}

/// A function's landing pads and their personality routine.
#[derive(Clone, Copy)]
pub(crate) struct Handlers {
    /// A pointer to the personality routine.
    pub personality: SymbolId,
    pub table: SymbolId,
    pub table_offset: u64,
}

impl Frames<'_> {
    pub fn new(start: &FrameStart) -> Frames<'_> {
        Frames { start, bytes: Vec::new(), relocations: Vec::new(), common: Vec::new() }
    }

    /// Adds a function of `size` bytes that starts `offset` bytes after a symbol; `instructions` are encoded.
    pub fn add(&mut self, instructions: &[u8], symbol: SymbolId, offset: u64, size: usize, handlers: Option<Handlers>) {
        let common = self.common(handlers.map(|handlers| handlers.personality));
        let start = self.bytes.len();
        self.word(0);
        self.word(u32::try_from(start + 4 - common).expect("a table of less than 4 GiB"));
        self.address(symbol, offset);
        self.word(u32::try_from(size).expect("a function of less than 4 GiB"));
        match handlers {
            None => self.bytes.push(0),
            Some(handlers) => {
                self.bytes.push(4);
                self.address(handlers.table, handlers.table_offset);
            }
        }
        self.bytes.extend_from_slice(instructions);
        self.finish(start);
    }

    fn common(&mut self, personality: Option<SymbolId>) -> usize {
        if let Some((_, at)) = self.common.iter().find(|(of, _)| *of == personality) {
            return *at;
        }
        let start = self.bytes.len();
        self.common.push((personality, start));
        self.word(0);
        self.word(0);
        self.bytes.push(1);
        self.bytes.extend_from_slice(if personality.is_some() { b"zPLR\0" } else { b"zR\0" });
        self.bytes.extend_from_slice(&self.start.factors);
        if let Some(personality) = personality {
            self.bytes.extend_from_slice(&[7, PERSONALITY_ENCODING]);
            self.address(personality, 0);
            self.bytes.extend_from_slice(&[ADDRESS_ENCODING, ADDRESS_ENCODING]);
        } else {
            self.bytes.extend_from_slice(&[1, ADDRESS_ENCODING]);
        }
        self.bytes.extend_from_slice(&self.start.instructions);
        self.finish(start);
        start
    }

    fn word(&mut self, word: u32) {
        self.bytes.extend_from_slice(&word.to_le_bytes());
    }

    fn address(&mut self, symbol: SymbolId, offset: u64) {
        let at = self.bytes.len() as u64;
        self.relocations.push(FrameRelocation { offset: at, symbol, addend: offset as i64 });
        self.word(0);
    }

    /// Fills an entry up to a multiple of eight bytes with instructions that do nothing, and notes its length.
    fn finish(&mut self, start: usize) {
        let length = (self.bytes.len() - start).next_multiple_of(8);
        self.bytes.resize(start + length, 0);
        self.bytes[start..start + 4].copy_from_slice(&(length as u32 - 4).to_le_bytes());
    }
}

/// A section's bytes with relocations.
pub(crate) struct Relocated {
    pub bytes: EndianVec<LittleEndian>,
    pub relocations: Vec<Relocation>,
}

impl Default for Relocated {
    fn default() -> Relocated {
        Relocated { bytes: EndianVec::new(LittleEndian), relocations: Vec::new() }
    }
}

impl Clone for Relocated {
    fn clone(&self) -> Relocated {
        Relocated { bytes: self.bytes.clone(), relocations: self.relocations.clone() }
    }
}

impl RelocateWriter for Relocated {
    type Writer = EndianVec<LittleEndian>;

    fn writer(&self) -> &EndianVec<LittleEndian> {
        &self.bytes
    }

    fn writer_mut(&mut self) -> &mut EndianVec<LittleEndian> {
        &mut self.bytes
    }

    fn relocate(&mut self, relocation: Relocation) {
        self.relocations.push(relocation);
    }
}

/// The language-specific data area of a function; `None` if it has no landing pad.
pub(crate) fn data_area(call_sites: &[CallSite]) -> Option<Vec<u8>> {
    if call_sites.iter().all(|site| site.landing.is_none()) {
        return None;
    }
    let catches = call_sites.iter().any(|site| site.landing.is_some_and(|landing| landing.catches));

    let mut sites = Vec::new();
    for (start, end, landing) in ranges(call_sites) {
        uleb(&mut sites, start);
        uleb(&mut sites, end - start);
        uleb(&mut sites, landing.map_or(0, |landing| landing.offset));
        // 0 is clean-up only; otherwise 1 + the offset of the action record.
        uleb(&mut sites, u32::from(landing.is_some_and(|landing| landing.catches)));
    }
    // One action record: the first type of the type table, then nothing further.
    let actions: &[u8] = if catches { &[1, 0] } else { &[] };
    // One type: null, which matches every exception.
    let types: &[u8] = if catches { &[0; 4] } else { &[] };

    let mut rest = vec![DW_EH_PE_uleb128.0];
    uleb(&mut rest, sites.len() as u32);
    rest.extend_from_slice(&sites);
    rest.extend_from_slice(actions);
    rest.extend_from_slice(types);

    // Landing pads are relative to the function's start.
    let mut area = vec![DW_EH_PE_omit.0];
    if catches {
        area.push((DW_EH_PE_indirect | DW_EH_PE_pcrel | DW_EH_PE_sdata4).0);
        // From here to the end of the type table.
        uleb(&mut area, rest.len() as u32);
    } else {
        area.push(DW_EH_PE_omit.0);
    }
    area.extend_from_slice(&rest);
    Some(area)
}

/// The whole code up to the last call in ranges with one landing pad (or none) each. The personality routine takes a
/// call outside of all ranges for one that must not unwind, so calls without a landing pad are in a range too.
fn ranges(call_sites: &[CallSite]) -> Vec<(u32, u32, Option<crate::code::LandingPad>)> {
    let mut ranges: Vec<(u32, u32, _)> = Vec::new();
    let mut start = 0;
    for site in call_sites {
        match ranges.last_mut() {
            Some((_, end, landing)) if *landing == site.landing => *end = site.return_offset,
            _ => ranges.push((start, site.return_offset, site.landing)),
        }
        start = site.return_offset;
    }
    ranges
}

fn uleb(out: &mut Vec<u8>, mut value: u32) {
    loop {
        let byte = (value & 0x7f) as u8;
        value >>= 7;
        if value == 0 {
            out.push(byte);
            return;
        }
        out.push(byte | 0x80);
    }
}
