//! Values and memory of constants (`rustc_middle::mir::consts` and `rustc_middle::mir::interpret`).

use super::super::decoder::{Decode, Decoder};
use crate::error::Result;
use crate::reader::Reader;
use rustc_hash::FxHashMap;
use std::sync::{Mutex, OnceLock};
use ty::{AllocId, Allocation, ConstAllocation, ConstValue, GlobalAlloc, InitMask, Memo, Mutability, Scalar};

/// Which of a crate's numbered pieces of constant memory have which id in the session.
#[derive(Default)]
pub(super) struct AllocTable {
    known: Memo<u32, AllocId>,
    /// Held while memory is decoded.
    decoding: Mutex<()>,
    positions: OnceLock<Vec<usize>>,
}

impl AllocTable {
    /// Where each piece is stored. The list has numbers of varying width, so it is read whole, when it is first asked for.
    pub(super) fn positions(&self, d: &Decoder<'_>) -> Result<&[usize]> {
        if let Some(positions) = self.positions.get() {
            return Ok(positions);
        }
        let list = d.krate.root.interpret_alloc_index;
        let mut reader = Reader::new(d.krate.bytes, list.position)?;
        let positions = (0..list.len).map(|_| reader.read_usize()).collect::<Result<_>>()?;
        Ok(self.positions.get_or_init(|| positions))
    }
}

/// Memory that is larger than this is taken for damaged bytes.
const MAX_ALLOCATION_BYTES: usize = 1 << 36;

/// Constant memory that is named by memory that is being decoded. It is decoded afterwards rather than within, so that long
/// chains take no stack and circles do no harm.
#[derive(Clone, Default)]
pub(crate) struct PendingMemory {
    /// What has an id already, but is not for others to see yet.
    ids: FxHashMap<u32, AllocId>,
    /// Memory whose contents are still to be read, and where they are.
    waiting: Vec<(AllocId, usize)>,
}

impl<'tcx> Decode<'tcx> for AllocId {
    fn decode(d: &mut Decoder<'tcx>) -> Result<AllocId> {
        let index = d.read_u32()?;
        let table = &d.krate.mir.allocs;
        if let Some(id) = table.known.get(&index) {
            return Ok(id);
        }
        if d.pending.is_some() {
            return pending_id(d, index);
        }
        // One thread at a time, so that the same memory has one id.
        let _guard = table.decoding.lock().unwrap_or_else(|poison| poison.into_inner());
        d.pending = Some(Box::default());
        let id = decode_reachable(d, index);
        d.pending = None;
        id
    }
}

/// Decodes a piece and all that it leads to, then lets others see it.
fn decode_reachable(d: &mut Decoder<'_>, index: u32) -> Result<AllocId> {
    let id = pending_id(d, index)?;
    while let Some((id, position)) = d.pending.as_mut().and_then(|pending| pending.waiting.pop()) {
        let memory = d.with_position(position, ConstAllocation::decode)?;
        d.tcx().set_alloc(id, GlobalAlloc::Memory(memory));
    }
    for (index, id) in d.pending.take().into_iter().flat_map(|pending| pending.ids) {
        d.krate.mir.allocs.known.insert(index, id);
    }
    Ok(id)
}

/// The id of a piece; memory's contents wait.
fn pending_id(d: &mut Decoder<'_>, index: u32) -> Result<AllocId> {
    let already = d.pending.as_ref().and_then(|pending| pending.ids.get(&index).copied());
    if let Some(id) = already.or_else(|| d.krate.mir.allocs.known.get(&index)) {
        return Ok(id);
    }
    let position = d.alloc_position(index)?;
    let id = d.with_position(position, |d| {
        let alloc = match d.read_variant(5, "no such kind of constant memory")? {
            0 => {
                let id = d.tcx().reserve_alloc_id();
                let contents = d.position();
                d.pending.get_or_insert_default().waiting.push((id, contents));
                return Ok(id);
            }
            1 => GlobalAlloc::Function(d.read()?),
            2 => GlobalAlloc::VTable(d.read()?, d.read()?),
            3 => GlobalAlloc::Static(d.read()?),
            _ => GlobalAlloc::TypeId(d.read()?),
        };
        Ok(d.tcx().alloc_id_for(alloc))
    })?;
    d.pending.get_or_insert_default().ids.insert(index, id);
    Ok(id)
}

/// What a pointer points to; also tells whether it may be written through, which matters to evaluation's own checks only.
fn read_provenance(d: &mut Decoder<'_>) -> Result<AllocId> {
    let id = d.read()?;
    let _immutable = d.read_bool()?;
    let _shared_ref = d.read_bool()?;
    Ok(id)
}

impl<'tcx> Decode<'tcx> for ConstAllocation<'tcx> {
    fn decode(d: &mut Decoder<'tcx>) -> Result<ConstAllocation<'tcx>> {
        let allocation = Allocation::decode(d)?;
        Ok(ConstAllocation(d.tcx().arena().keep(allocation)))
    }
}

impl<'tcx> Decode<'tcx> for Allocation {
    fn decode(d: &mut Decoder<'tcx>) -> Result<Allocation> {
        // The lowest six bits: the alignment's exponent; then whether it is mutable and whether all bytes are zero.
        let flags = d.read_u8()?;
        let align = 1u64 << (flags & 0x3f);
        let mutability = if flags & 0x40 != 0 { Mutability::Mut } else { Mutability::Not };
        let all_zero = flags & 0x80 != 0;
        let len = d.read_usize()?;
        let bytes = if all_zero { zeros(d, len)? } else { d.read_bytes(len)?.to_vec() };

        let count = d.read_len()?;
        let mut provenance: Vec<(u64, AllocId)> = d.list_of(count);
        for _ in 0..count {
            let offset = d.read_u64()?;
            if offset >= len as u64 || provenance.last().is_some_and(|&(last, _)| last >= offset) {
                return Err(d.error("pointers in constant memory are out of order"));
            }
            provenance.push((offset, read_provenance(d)?));
        }
        let init = read_init_mask(d, len)?;
        Ok(Allocation { bytes, provenance, init, align, mutability })
    }
}

/// Zeros that take no room in the file.
fn zeros(d: &Decoder<'_>, len: usize) -> Result<Vec<u8>> {
    // Asked for first, so that damaged bytes cannot abort the process.
    if len > MAX_ALLOCATION_BYTES || Vec::<u8>::new().try_reserve_exact(len).is_err() {
        return Err(d.error("constant memory is too large"));
    }
    Ok(vec![0; len])
}

fn read_init_mask(d: &mut Decoder<'_>, len: usize) -> Result<InitMask> {
    let mask = match d.read_variant(2, "no such mask of initialised bytes")? {
        0 => InitMask::All(d.read_bool()?),
        _ => {
            let count = d.read_len()?;
            if count < len.div_ceil(64) {
                return Err(d.error("a mask of initialised bytes is too short"));
            }
            let words = (0..count).map(|_| d.read_array().map(u64::from_le_bytes)).collect::<Result<_>>()?;
            InitMask::Bits(words)
        }
    };
    if d.read_u64()? != len as u64 {
        return Err(d.error("a mask of initialised bytes does not fit its memory"));
    }
    Ok(mask)
}

impl<'tcx> Decode<'tcx> for Scalar {
    fn decode(d: &mut Decoder<'tcx>) -> Result<Scalar> {
        Ok(match d.read_variant(2, "no such scalar")? {
            0 => Scalar::Int(d.read()?),
            _ => {
                let offset = d.read_u64()?;
                Scalar::Ptr(read_provenance(d)?, offset, d.read_u8()?)
            }
        })
    }
}

impl<'tcx> Decode<'tcx> for ConstValue {
    fn decode(d: &mut Decoder<'tcx>) -> Result<ConstValue> {
        Ok(match d.read_variant(4, "no such constant value")? {
            0 => ConstValue::Scalar(d.read()?),
            1 => ConstValue::ZeroSized,
            2 => ConstValue::Slice { alloc_id: d.read()?, meta: d.read_u64()? },
            _ => ConstValue::Indirect { alloc_id: d.read()?, offset: d.read_u64()? },
        })
    }
}
