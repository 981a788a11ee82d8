//! Values and memory of constants (`rustc_middle::mir::consts` and `rustc_middle::mir::interpret`).

use super::super::decoder::{Decode, Decoder};
use crate::error::Result;
use crate::reader::Reader;
use std::sync::OnceLock;
use ty::{AllocId, Allocation, ConstAllocation, ConstValue, GlobalAlloc, InitMask, Memo, Mutability, Scalar};

/// Which of a crate's numbered pieces of constant memory have which id in the session.
#[derive(Default)]
pub(super) struct AllocTable {
    known: Memo<u32, AllocId>,
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

impl<'tcx> Decode<'tcx> for AllocId {
    /// Memory may point to memory, but not in a circle, except through statics, which are only named here: a constant
    /// cannot be evaluated before what it points to. Circles are damaged bytes, which the limit of nesting finds.
    fn decode(d: &mut Decoder<'tcx>) -> Result<AllocId> {
        let index = d.read_u32()?;
        if let Some(id) = d.krate.mir.allocs.known.get(&index) {
            return Ok(id);
        }
        let position = d.alloc_position(index)?;
        let alloc = d.with_position(position, |d| d.nested(read_global_alloc))?;
        let id = d.tcx().alloc_id_for(alloc);
        Ok(d.krate.mir.allocs.known.insert(index, id))
    }
}

fn read_global_alloc<'tcx>(d: &mut Decoder<'tcx>) -> Result<GlobalAlloc<'tcx>> {
    Ok(match d.read_variant(5, "no such kind of constant memory")? {
        0 => GlobalAlloc::Memory(d.read()?),
        1 => GlobalAlloc::Function(d.read()?),
        2 => GlobalAlloc::VTable(d.read()?, d.read()?),
        3 => GlobalAlloc::Static(d.read()?),
        _ => GlobalAlloc::TypeId(d.read()?),
    })
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
        Ok(ConstAllocation(d.tcx().arena().alloc(allocation)))
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
        let mut provenance: Vec<(u64, AllocId)> = Vec::with_capacity(count);
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
