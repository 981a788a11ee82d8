//! The machine's memory: allocations of its own, and access to finished ones.

use crate::fault::{EvalResult, Fault, FaultKind};
use crate::mask;
use rustc_hash::FxHashMap;
use smallvec::SmallVec;
use std::collections::BTreeMap;
use ty::{AllocId, Allocation, ConstAllocation, InitMask, Mutability, Scalar, ScalarInt};

/// An address: an offset into an allocation, or a plain number (then without an allocation to access).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Pointer {
    pub base: Option<AllocId>,
    /// In bytes; wraps.
    pub offset: u64,
}

impl Pointer {
    pub(crate) fn new(base: AllocId, offset: u64) -> Pointer {
        Pointer { base: Some(base), offset }
    }
    pub(crate) fn address(offset: u64) -> Pointer {
        Pointer { base: None, offset }
    }
    pub(crate) fn wrapping_add(self, bytes: u64) -> Pointer {
        Pointer { base: self.base, offset: self.offset.wrapping_add(bytes) }
    }
}

impl std::fmt::Display for Pointer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.base {
            Some(base) if self.offset == 0 => write!(f, "{base:?}"),
            Some(base) => write!(f, "{base:?}+{:#x}", self.offset),
            None => write!(f, "{:#x}[noalloc]", self.offset),
        }
    }
}

/// What an allocation is for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum MemoryKind {
    Stack,
    /// Made by `const_allocate`.
    Heap {
        made_global: bool,
    },
}

/// Bytes of a pointer that was copied in pieces: target, and the number of the byte within the pointer.
pub(crate) type Fragments = BTreeMap<u64, (AllocId, u8)>;

/// An allocation of this machine.
#[derive(Debug)]
pub(crate) struct Buffer {
    pub alloc: Allocation,
    pub fragments: Fragments,
    pub kind: MemoryKind,
}

/// An allocation being read.
#[derive(Clone, Copy)]
pub(crate) struct AllocRef<'a> {
    pub alloc: &'a Allocation,
    pub fragments: Option<&'a Fragments>,
}

/// A piece of memory taken out, to be put elsewhere.
struct Piece {
    bytes: SmallVec<[u8; 64]>,
    /// Relative to the piece.
    provenance: SmallVec<[(u64, AllocId); 4]>,
    fragments: SmallVec<[(u64, (AllocId, u8)); 4]>,
    /// Runs, relative to the piece.
    init: SmallVec<[(u64, u64, bool); 4]>,
}

/// Facts of the target that memory needs.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Target {
    /// In bytes.
    pub pointer_size: u64,
    pub big_endian: bool,
}

impl Target {
    pub(crate) fn read_uint(self, bytes: &[u8]) -> u128 {
        let mut value = [0u8; 16];
        if self.big_endian {
            value[16 - bytes.len()..].copy_from_slice(bytes);
            u128::from_be_bytes(value)
        } else {
            value[..bytes.len()].copy_from_slice(bytes);
            u128::from_le_bytes(value)
        }
    }

    pub(crate) fn write_uint(self, bytes: &mut [u8], value: u128) {
        let len = bytes.len();
        if self.big_endian {
            bytes.copy_from_slice(&value.to_be_bytes()[16 - len..]);
        } else {
            bytes.copy_from_slice(&value.to_le_bytes()[..len]);
        }
    }
}

fn provenance_range(provenance: &[(u64, AllocId)], start: u64, end: u64) -> std::ops::Range<usize> {
    let first = provenance.partition_point(|&(at, _)| at < start);
    let last = provenance.partition_point(|&(at, _)| at < end);
    first..last
}

impl<'a> AllocRef<'a> {
    pub(crate) fn global(alloc: ConstAllocation<'a>) -> AllocRef<'a> {
        AllocRef { alloc: alloc.0, fragments: None }
    }

    /// Whether any byte of the range belongs to a pointer.
    fn has_provenance(self, target: Target, start: u64, len: u64) -> bool {
        let from = start.saturating_sub(target.pointer_size - 1);
        !provenance_range(&self.alloc.provenance, from, start + len).is_empty()
            || self.fragments.is_some_and(|fragments| fragments.range(start..start + len).next().is_some())
    }

    fn check_init(self, id: AllocId, start: u64, len: u64) -> EvalResult<()> {
        match mask::first_uninit(&self.alloc.init, start, len) {
            None => Ok(()),
            Some(at) => {
                let end = mask::run_end(&self.alloc.init, at, start + len);
                let message = format!(
                    "reading memory at {id:?}[{start:#x}..{:#x}], but memory is uninitialized at [{at:#x}..{end:#x}], and \
                     this operation requires initialized memory",
                    start + len
                );
                Err(Fault::of_kind(FaultKind::Uninit, message))
            }
        }
    }

    /// A scalar of `size` bytes; only where `pointer` is set may it be a pointer.
    pub(crate) fn read_scalar(
        self,
        id: AllocId,
        target: Target,
        start: u64,
        size: u64,
        pointer: bool,
    ) -> EvalResult<Scalar> {
        self.check_init(id, start, size)?;
        let bytes = &self.alloc.bytes[start as usize..(start + size) as usize];
        let value = target.read_uint(bytes);
        if !self.has_provenance(target, start, size) {
            return Ok(Scalar::from_bits(value, size as u8));
        }
        if pointer && size == target.pointer_size {
            if let Some(base) = self.alloc.pointer_at(start) {
                return Ok(Scalar::Ptr(base, value as u64, size as u8));
            }
            if let Some(base) = self.whole_fragments(target, start) {
                return Ok(Scalar::Ptr(base, value as u64, size as u8));
            }
            let message = format!("unable to read parts of a pointer from memory at {}", Pointer::new(id, start));
            return Err(Fault::of_kind(FaultKind::PartialPointer, message));
        }
        Err(Fault::pointer_as_int())
    }

    /// The target, if all bytes of a pointer lie here in order as fragments (or none does).
    fn whole_fragments(self, target: Target, start: u64) -> Option<AllocId> {
        let fragments = self.fragments?;
        let (base, first) = *fragments.get(&start)?;
        let all = (0..target.pointer_size).all(|index| fragments.get(&(start + index)) == Some(&(base, index as u8)));
        (first == 0 && all).then_some(base)
    }

    /// Plain bytes: initialised, and no part of a pointer.
    pub(crate) fn read_bytes(self, id: AllocId, target: Target, start: u64, len: u64) -> EvalResult<&'a [u8]> {
        self.check_init(id, start, len)?;
        if self.has_provenance(target, start, len) {
            return Err(Fault::pointer_as_int());
        }
        Ok(&self.alloc.bytes[start as usize..(start + len) as usize])
    }

    fn take(self, target: Target, start: u64, len: u64) -> Piece {
        let end = start + len;
        let bytes = SmallVec::from_slice(&self.alloc.bytes[start as usize..end as usize]);
        let mut provenance = SmallVec::new();
        let mut fragments: SmallVec<[(u64, (AllocId, u8)); 4]> = SmallVec::new();
        let from = start.saturating_sub(target.pointer_size - 1);
        for &(at, base) in &self.alloc.provenance[provenance_range(&self.alloc.provenance, from, end)] {
            if at >= start && at + target.pointer_size <= end {
                provenance.push((at - start, base));
            } else {
                for index in 0..target.pointer_size {
                    if (start..end).contains(&(at + index)) {
                        fragments.push((at + index - start, (base, index as u8)));
                    }
                }
            }
        }
        if let Some(all) = self.fragments {
            fragments.extend(all.range(start..end).map(|(&at, &fragment)| (at - start, fragment)));
        }
        let mut init = SmallVec::new();
        let mut at = start;
        while at < end {
            let stop = mask::run_end(&self.alloc.init, at, end);
            init.push((at - start, stop - at, self.alloc.init.get(at)));
            at = stop;
        }
        Piece { bytes, provenance, fragments, init }
    }
}

impl Buffer {
    pub(crate) fn new(size: u64, align: u64, kind: MemoryKind) -> Buffer {
        Buffer {
            alloc: Allocation {
                bytes: vec![0; size as usize],
                provenance: Vec::new(),
                init: InitMask::All(size == 0),
                align,
                mutability: Mutability::Mut,
            },
            fragments: Fragments::new(),
            kind,
        }
    }

    pub(crate) fn size(&self) -> u64 {
        self.alloc.size()
    }

    pub(crate) fn as_ref(&self) -> AllocRef<'_> {
        AllocRef { alloc: &self.alloc, fragments: Some(&self.fragments) }
    }

    /// Forgets which bytes of a range are pointers; pointers that reach in from outside become fragments.
    fn clear_provenance(&mut self, target: Target, start: u64, len: u64) {
        let end = start + len;
        let from = start.saturating_sub(target.pointer_size - 1);
        let range = provenance_range(&self.alloc.provenance, from, end);
        if !range.is_empty() {
            let mut outside: SmallVec<[(u64, (AllocId, u8)); 4]> = SmallVec::new();
            for &(at, base) in &self.alloc.provenance[range.clone()] {
                for index in 0..target.pointer_size {
                    if !(start..end).contains(&(at + index)) {
                        outside.push((at + index, (base, index as u8)));
                    }
                }
            }
            self.alloc.provenance.drain(range);
            self.fragments.extend(outside);
        }
        if !self.fragments.is_empty() {
            let inside: SmallVec<[u64; 16]> = self.fragments.range(start..end).map(|(&at, _)| at).collect();
            for at in inside {
                self.fragments.remove(&at);
            }
        }
    }

    fn set_init(&mut self, start: u64, len: u64, init: bool) {
        let size = self.size();
        mask::set_range(&mut self.alloc.init, size, start, len, init);
    }

    fn add_provenance(&mut self, at: u64, base: AllocId) {
        let provenance = &mut self.alloc.provenance;
        match provenance.last() {
            Some(&(last, _)) if last >= at => {
                let index = provenance.partition_point(|&(other, _)| other < at);
                provenance.insert(index, (at, base));
            }
            _ => provenance.push((at, base)),
        }
    }

    pub(crate) fn write_scalar(&mut self, target: Target, start: u64, scalar: Scalar) {
        let (value, size, base) = match scalar {
            Scalar::Int(ScalarInt { bits, size }) => (bits, size, None),
            Scalar::Ptr(base, offset, size) => (u128::from(offset), size, Some(base)),
        };
        let size = u64::from(size);
        self.clear_provenance(target, start, size);
        target.write_uint(&mut self.alloc.bytes[start as usize..(start + size) as usize], value);
        self.set_init(start, size, true);
        if let Some(base) = base {
            self.add_provenance(start, base);
        }
    }

    pub(crate) fn write_bytes(&mut self, target: Target, start: u64, bytes: &[u8]) {
        self.clear_provenance(target, start, bytes.len() as u64);
        self.alloc.bytes[start as usize..start as usize + bytes.len()].copy_from_slice(bytes);
        self.set_init(start, bytes.len() as u64, true);
    }

    pub(crate) fn fill(&mut self, target: Target, start: u64, len: u64, byte: u8) {
        // Fresh memory is zero already; not touching it keeps large zeroed arrays cheap.
        let fresh = byte == 0 && self.alloc.init == InitMask::All(false);
        self.clear_provenance(target, start, len);
        if !fresh {
            self.alloc.bytes[start as usize..(start + len) as usize].fill(byte);
        }
        self.set_init(start, len, true);
    }

    pub(crate) fn write_uninit(&mut self, target: Target, start: u64, len: u64) {
        self.clear_provenance(target, start, len);
        // So that `fill` may rely on fresh memory being zero.
        self.alloc.bytes[start as usize..(start + len) as usize].fill(0);
        self.set_init(start, len, false);
    }

    fn put(&mut self, target: Target, start: u64, piece: &Piece) {
        let len = piece.bytes.len() as u64;
        self.clear_provenance(target, start, len);
        self.alloc.bytes[start as usize..(start + len) as usize].copy_from_slice(&piece.bytes);
        for &(at, run, init) in &piece.init {
            if !init {
                self.alloc.bytes[(start + at) as usize..(start + at + run) as usize].fill(0);
            }
            self.set_init(start + at, run, init);
        }
        for &(at, base) in &piece.provenance {
            self.add_provenance(start + at, base);
        }
        self.fragments.extend(piece.fragments.iter().map(|&(at, fragment)| (start + at, fragment)));
    }

    /// Joins fragments that make up whole pointers. False if others remain.
    pub(crate) fn join_fragments(&mut self, target: Target) -> bool {
        while let Some((&start, _)) = self.fragments.first_key_value() {
            let Some(base) = self.as_ref().whole_fragments(target, start) else { return false };
            for index in 0..target.pointer_size {
                self.fragments.remove(&(start + index));
            }
            self.add_provenance(start, base);
        }
        true
    }
}

/// The allocations of one machine.
#[derive(Default)]
pub(crate) struct Memory {
    pub local: FxHashMap<AllocId, Buffer>,
}

/// A range of an allocation that may be accessed: which, and where. `None`: nothing is accessed.
pub(crate) type Range = Option<(AllocId, u64)>;

impl Memory {
    /// Copies within and between allocations; `source` is either one of ours or finished memory.
    pub(crate) fn copy(
        &mut self,
        target: Target,
        source: Result<(AllocId, u64), (AllocRef<'_>, u64)>,
        dest: (AllocId, u64),
        len: u64,
        times: u64,
    ) {
        let piece = match source {
            Ok((id, at)) => self.local[&id].as_ref().take(target, at, len),
            Err((alloc, at)) => alloc.take(target, at, len),
        };
        let buffer = self.local.get_mut(&dest.0).expect("the destination was checked");
        let plain = piece.provenance.is_empty() && piece.fragments.is_empty();
        if times > 1 && plain && matches!(piece.init.as_slice(), [(_, _, true)]) {
            let total = len * times;
            if piece.bytes.iter().all(|&byte| byte == piece.bytes[0]) {
                buffer.fill(target, dest.1, total, piece.bytes[0]);
            } else {
                buffer.write_bytes(target, dest.1, &piece.bytes.repeat(times as usize));
            }
            return;
        }
        for index in 0..times {
            buffer.put(target, dest.1 + index * len, &piece);
        }
    }
}
