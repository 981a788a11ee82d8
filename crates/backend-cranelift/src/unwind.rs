//! `.eh_frame` and `.gcc_except_table`.
//!
//! Every function gets a frame description entry, so that backtraces pass through those that never unwind. A function
//! with landing pads also gets a *language-specific data area*: the table by which the personality routine finds the
//! landing pad of a call. Its format is that of the Itanium C++ ABI's exception handling, as GCC and LLVM write it.

use crate::code::{CallSite, FunctionCode};
use gimli::LittleEndian;
use gimli::constants::{DW_EH_PE_indirect, DW_EH_PE_omit, DW_EH_PE_pcrel, DW_EH_PE_sdata4, DW_EH_PE_uleb128};
use gimli::write::{Address, CommonInformationEntry, EhFrame, EndianVec, FrameTable, RelocateWriter, Relocation};

/// The frame table of an object under construction.
pub(crate) struct Frames {
    table: FrameTable,
    base: CommonInformationEntry,
}

/// What frame entries refer to, as gimli names it: a number, given meaning by the caller of [`Frames::write`].
pub(crate) type SymbolNumber = usize;

/// A function's landing pads and their personality routine, by where the caller put them.
pub(crate) struct Handlers {
    /// A pointer to the personality routine.
    pub personality: SymbolNumber,
    pub table: SymbolNumber,
    pub table_offset: u64,
}

impl Frames {
    pub fn new(mut base: CommonInformationEntry) -> Frames {
        base.fde_address_encoding = DW_EH_PE_pcrel | DW_EH_PE_sdata4;
        Frames { table: FrameTable::default(), base }
    }

    /// Adds a function that starts `offset` bytes after a symbol.
    pub fn add(&mut self, code: &FunctionCode, symbol: SymbolNumber, offset: u64, handlers: Option<Handlers>) {
        let mut entry = code.unwind.to_fde(Address::Symbol { symbol, addend: offset as i64 });
        let mut common = self.base.clone();
        if let Some(handlers) = handlers {
            let personality = Address::Symbol { symbol: handlers.personality, addend: 0 };
            common.personality = Some((DW_EH_PE_indirect | DW_EH_PE_pcrel | DW_EH_PE_sdata4, personality));
            common.lsda_encoding = Some(DW_EH_PE_pcrel | DW_EH_PE_sdata4);
            entry.lsda = Some(Address::Symbol { symbol: handlers.table, addend: handlers.table_offset as i64 });
        }
        let common = self.table.add_cie(common);
        self.table.add_fde(common, entry);
    }

    /// The section's bytes and what they refer to.
    pub fn write(&self) -> gimli::write::Result<Relocated> {
        let mut section = EhFrame::from(Relocated::default());
        self.table.write_eh_frame(&mut section)?;
        Ok(section.0)
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
pub(crate) fn data_area(code: &FunctionCode) -> Option<Vec<u8>> {
    if code.call_sites.iter().all(|site| site.landing.is_none()) {
        return None;
    }
    let catches = code.call_sites.iter().any(|site| site.landing.is_some_and(|landing| landing.catches));

    let mut sites = Vec::new();
    for (start, end, landing) in ranges(&code.call_sites) {
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
