//! Constant memory: what the evaluation of constants yields.

use crate::{DefId, Instance, List, Mutability, PolyExistentialPredicate, Ty};
use std::fmt;
use std::num::NonZeroU64;

/// A piece of constant memory, or a function, static or vtable that constant memory points to. Belongs to a context;
/// [`crate::Tcx::global_alloc`] tells what it is.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct AllocId(pub NonZeroU64);

impl fmt::Debug for AllocId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "alloc{}", self.0)
    }
}

/// What an [`AllocId`] stands for.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum GlobalAlloc<'tcx> {
    /// A function's code; the bytes of a fn pointer.
    Function(Instance<'tcx>),
    /// The vtable of a type for a trait object type's predicates.
    VTable(Ty<'tcx>, List<'tcx, PolyExistentialPredicate<'tcx>>),
    /// The static's own memory (not a copy of its initial value).
    Static(DefId),
    /// Memory of its own, such as what `&1` or a string literal points to.
    Memory(ConstAllocation<'tcx>),
    /// Part of a `TypeId` value: pointer fields in its representation that only equal themselves.
    TypeId(Ty<'tcx>),
}

/// Finished constant memory; compared by address.
#[derive(Clone, Copy, Debug)]
pub struct ConstAllocation<'tcx>(pub &'tcx Allocation);

impl PartialEq for ConstAllocation<'_> {
    fn eq(&self, other: &Self) -> bool {
        std::ptr::eq(self.0, other.0)
    }
}
impl Eq for ConstAllocation<'_> {}
impl std::hash::Hash for ConstAllocation<'_> {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        std::ptr::hash(self.0, state);
    }
}

/// Bytes, some of which are (parts of) pointers and some of which may be uninitialised.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Allocation {
    /// The bytes. A pointer's bytes hold its offset into the allocation that it points to.
    pub bytes: Vec<u8>,
    /// Pointers: byte offset and target, ascending.
    pub provenance: Vec<(u64, AllocId)>,
    /// Which of the bytes have a value.
    pub init: InitMask,
    /// Alignment in bytes.
    pub align: u64,
    /// Whether it may be written after evaluation: the memory of a `static mut` or with an `UnsafeCell`.
    pub mutability: Mutability,
}

impl Allocation {
    /// In bytes.
    pub fn size(&self) -> u64 {
        self.bytes.len() as u64
    }

    /// The target of the pointer stored at exactly this offset.
    pub fn pointer_at(&self, offset: u64) -> Option<AllocId> {
        let index = self.provenance.binary_search_by_key(&offset, |&(at, _)| at).ok()?;
        Some(self.provenance[index].1)
    }
}

/// Which bytes are initialised.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum InitMask {
    /// All alike.
    All(bool),
    /// A bit a byte, lowest first.
    Bits(Vec<u64>),
}

impl InitMask {
    /// Whether the byte at this offset has a value. Offsets after the end have none.
    pub fn get(&self, offset: u64) -> bool {
        match self {
            InitMask::All(init) => *init,
            InitMask::Bits(words) => {
                words.get((offset / 64) as usize).is_some_and(|word| word >> (offset % 64) & 1 == 1)
            }
        }
    }
}

/// An integer of 1 to 16 bytes (0 for the unit-like leaf), the bits above its size zero.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ScalarInt {
    /// The bits, zero-extended.
    pub bits: u128,
    /// In bytes.
    pub size: u8,
}

impl ScalarInt {
    /// Truncates `bits` to `size` bytes.
    pub fn truncated(bits: u128, size: u8) -> ScalarInt {
        let bits = match size {
            0 => 0,
            16.. => bits,
            _ => bits & ((1u128 << (u32::from(size) * 8)) - 1),
        };
        ScalarInt { bits, size }
    }

    /// The value as a signed number.
    pub fn signed(self) -> i128 {
        match self.size {
            0 => 0,
            size => {
                let shift = 128 - u32::from(size) * 8;
                ((self.bits << shift) as i128) >> shift
            }
        }
    }
}
impl fmt::Debug for ScalarInt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "0x{:0width$x}", self.bits, width = usize::from(self.size) * 2)
    }
}

/// A pointer-sized or smaller value in a constant.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Scalar {
    /// An integer, float, `bool`, `char`, or a pointer without provenance.
    Int(ScalarInt),
    /// A pointer: target, byte offset (wrapping), size in bytes.
    Ptr(AllocId, u64, u8),
}

impl Scalar {
    /// An integer of `size` bytes; bits above that are cut off.
    pub fn from_bits(bits: u128, size: u8) -> Scalar {
        Scalar::Int(ScalarInt::truncated(bits, size))
    }
}

/// The value of a constant, as MIR has it.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum ConstValue {
    /// A value in a register.
    Scalar(Scalar),
    /// A value of a type without bytes, such as `()` or a function item.
    ZeroSized,
    /// A fat pointer to a slice or `str`: the memory (from offset 0) and the element count.
    Slice {
        /// The slice's elements, from the start of this memory.
        alloc_id: AllocId,
        /// The number of elements (of bytes for `str`).
        meta: u64,
    },
    /// Any value, in memory at this offset.
    Indirect {
        /// The memory that holds the value.
        alloc_id: AllocId,
        /// In bytes, from the start of the memory.
        offset: u64,
    },
}

impl ConstValue {
    /// What the value refers to or is in, if that is memory, a function or a static.
    pub fn memory(self) -> Option<AllocId> {
        match self {
            ConstValue::Scalar(Scalar::Ptr(id, ..))
            | ConstValue::Slice { alloc_id: id, .. }
            | ConstValue::Indirect { alloc_id: id, .. } => Some(id),
            ConstValue::Scalar(Scalar::Int(_)) | ConstValue::ZeroSized => None,
        }
    }
}
