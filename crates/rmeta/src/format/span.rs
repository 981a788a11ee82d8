//! Spans (`rustc_metadata::rmeta`, `SpanTag`), and numbers for files and expansions across crates.
//!
//! A span is a tag byte `aaaaacdd` (kind `d`, root context `c`, length `a`) and what the tag leaves open. Each crate has a
//! range of numbers for its source files and one for its syntax contexts, so that decoding a span looks nothing up.

use super::decoder::{Decode, Decoder};
use crate::error::Result;
use ty::{SourceFileId, Span, SyntaxContext};

const KIND: u8 = 0b11;
const LOCAL: u8 = 0b00;
const PARTIAL: u8 = 0b10;
const INDIRECT: u8 = 0b11;
/// Of an indirect span: the distance counts backwards from the span. Of others: the context is the root.
const FLAG: u8 = 0b100;
const LENGTH_ELSEWHERE: u8 = 0b11111;

impl<'tcx> Decode<'tcx> for Span {
    fn decode(d: &mut Decoder<'tcx>) -> Result<Span> {
        let start = d.position();
        let tag = d.peek_u8()?;
        if tag & KIND != INDIRECT {
            return direct(d);
        }
        d.read_u8()?;
        let len = usize::from(tag >> 3);
        if len > 8 {
            return Err(d.error("a span's position is longer than 8 bytes"));
        }
        let mut bytes = [0; 8];
        bytes[..len].copy_from_slice(d.read_bytes(len)?);
        let number = usize::try_from(u64::from_le_bytes(bytes)).unwrap_or(usize::MAX);
        let position = if tag & FLAG != 0 { start.checked_sub(number) } else { Some(number) };
        let Some(position) = position else { return Err(d.error("a span's position is before the start")) };
        d.with_position(position, direct)
    }
}

/// A span that is written out here.
fn direct<'tcx>(d: &mut Decoder<'tcx>) -> Result<Span> {
    let tag = d.read_u8()?;
    let ctxt = if tag & FLAG != 0 { SyntaxContext::ROOT } else { d.read()? };
    match tag & KIND {
        PARTIAL => return Ok(Span { ctxt, ..Span::DUMMY }),
        INDIRECT => return Err(d.error("a span refers to a reference")),
        _ => {}
    }
    let lo = d.read_u32()?;
    let len = match tag >> 3 {
        LENGTH_ELSEWHERE => d.read_u32()?,
        len => u32::from(len),
    };
    let Some(hi) = lo.checked_add(len) else { return Err(d.error("a span is too long")) };
    let index = d.read_u32()?;
    let krate = if tag & KIND == LOCAL { d.krate.num } else { d.read()? };
    match d.session.source_file_id(krate, index) {
        Some(file) => Ok(Span { file, lo, hi, ctxt }),
        // Files of procedural macros, whose metadata is not read.
        None if d.session.crate_data(krate).is_none() => Ok(Span { ctxt, ..Span::DUMMY }),
        None => Err(d.error("a span is in no file")),
    }
}

impl<'tcx> Decode<'tcx> for SyntaxContext {
    fn decode(d: &mut Decoder<'tcx>) -> Result<SyntaxContext> {
        let index = d.read_u32()?;
        if index == 0 {
            return Ok(SyntaxContext::ROOT);
        }
        if index as usize >= d.krate.root.syntax_contexts.len() {
            return Err(d.error("no expansion has this number"));
        }
        Ok(SyntaxContext(d.krate.first_syntax_context + index))
    }
}

/// A name in its place. The place is skipped.
pub fn skip_ident_span(d: &mut Decoder<'_>) -> Result<ty::Symbol> {
    let name = d.read()?;
    d.read::<Span>()?;
    Ok(name)
}

/// The number of a crate's file in the session.
pub(crate) fn file_id(first: u32, index: u32) -> SourceFileId {
    SourceFileId(first + index)
}
