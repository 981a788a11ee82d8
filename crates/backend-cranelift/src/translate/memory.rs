//! Loads, stores, atomics and block operations.

use super::inst::one;
use super::shape::scalar_type;
use super::{Parts, Shape, Stop, Translator};
use crate::isa::Arch;
use cranelift_codegen::ir::condcodes::IntCC;
use cranelift_codegen::ir::{self, AtomicRmwOp, InstBuilder, MemFlagsData, types};
use lir::{MemFlags, Ordering, RmwOp, Scalar, Type, Value};
use smallvec::SmallVec;

/// Block operations of a constant length up to this many bytes are done inline.
const INLINE_BYTES: u128 = 64;

impl Translator<'_> {
    pub(super) fn load(&mut self, ty: Type, ptr: Value, flags: MemFlags) -> Parts {
        let address = self.single(ptr);
        let shape = Shape::of(ty);
        if !flags.volatile {
            return self.load_parts(ty, address, memory_flags(flags, shape));
        }
        let align = self.volatile_align(flags);
        if let Some(int) = one_access(shape, align) {
            let value = self.builder.ins().atomic_load(int, MemFlagsData::new(), address);
            return one(self.reinterpret(shape.part(), value));
        }
        let slot = self.scratch(ty.size_bytes(8));
        let own = self.builder.ins().stack_addr(types::I64, slot, 0);
        self.copy_volatile(own, address, ty.size_bytes(8), align);
        self.load_parts(ty, own, MemFlagsData::new().with_notrap())
    }

    /// Copies in as few accesses as can be, which are atomic ones: nothing removes, joins or moves those.
    fn copy_volatile(&mut self, dst: ir::Value, src: ir::Value, bytes: u32, align: u32) {
        for (ty, offset) in aligned_pieces(bytes, align) {
            let (src, dst) = (self.offset(src, offset as u64), self.offset(dst, offset as u64));
            let value = self.builder.ins().atomic_load(ty, MemFlagsData::new(), src);
            self.builder.ins().atomic_store(MemFlagsData::new(), value, dst);
        }
    }

    /// How far the pieces of a volatile access must be aligned: x86 does not care, others refuse atomic accesses that are not.
    fn volatile_align(&self, flags: MemFlags) -> u32 {
        match self.features.arch {
            Arch::X86_64 => 8,
            Arch::Aarch64 => flags.align.clamp(1, 8) as u32,
        }
    }

    pub(super) fn load_parts(&mut self, ty: Type, address: ir::Value, flags: MemFlagsData) -> Parts {
        let shape = Shape::of(ty);
        let part = shape.part();
        let stride = part.bytes() as i32;
        (0..shape.count() as i32).map(|index| self.builder.ins().load(part, flags, address, index * stride)).collect()
    }

    pub(super) fn store(&mut self, value: Value, ptr: Value, flags: MemFlags) {
        let address = self.single(ptr);
        let ty = self.ty(value);
        let shape = Shape::of(ty);
        let parts = self.parts(value);
        let align = self.volatile_align(flags);
        if !flags.volatile {
            self.store_parts(&parts, address, memory_flags(flags, shape));
        } else if let Some(int) = one_access(shape, align) {
            let value = self.reinterpret(int, parts[0]);
            self.builder.ins().atomic_store(MemFlagsData::new(), value, address);
        } else {
            let slot = self.scratch(ty.size_bytes(8));
            let own = self.builder.ins().stack_addr(types::I64, slot, 0);
            self.store_parts(&parts, own, MemFlagsData::new().with_notrap());
            self.copy_volatile(address, own, ty.size_bytes(8), align);
        }
    }

    pub(super) fn store_parts(&mut self, parts: &[ir::Value], address: ir::Value, flags: MemFlagsData) {
        let mut offset = 0;
        for &part in parts {
            self.builder.ins().store(flags, part, address, offset);
            offset += self.clif_ty(part).bytes() as i32;
        }
    }

    /// The integer type that an atomic access of `ty` is made with.
    fn atomic_type(&self, ty: Type) -> Result<ir::Type, Stop> {
        match ty {
            Type::Scalar(Scalar::I128 | Scalar::F128) if !self.features.wide_atomics => {
                Err(Stop::rejected(match self.features.arch {
                    Arch::X86_64 => "a 128-bit atomic access without cmpxchg16b",
                    Arch::Aarch64 => "a 128-bit atomic access",
                }))
            }
            Type::Scalar(scalar) => Ok(scalar_type(scalar).as_int()),
            Type::Vector { .. } => Err(Stop::internal("an atomic access to a vector")),
        }
    }

    pub(super) fn atomic_load(&mut self, ty: Type, ptr: Value) -> Result<Parts, Stop> {
        let int = self.atomic_type(ty)?;
        let address = self.single(ptr);
        let value = self.builder.ins().atomic_load(int, MemFlagsData::new(), address);
        Ok(one(self.reinterpret(Shape::of(ty).part(), value)))
    }

    pub(super) fn atomic_store(&mut self, value: Value, ptr: Value, order: Ordering) -> Result<(), Stop> {
        let int = self.atomic_type(self.ty(value))?;
        let (value, address) = (self.single(value), self.single(ptr));
        let value = self.reinterpret(int, value);
        let is_ordered = match self.features.arch {
            // Neither x86 nor Cranelift moves earlier accesses behind a store; Cranelift's own atomic store would
            // come with a fence.
            Arch::X86_64 => order == Ordering::SeqCst || int.bits() > 64,
            Arch::Aarch64 => order != Ordering::Relaxed,
        };
        if is_ordered {
            self.builder.ins().atomic_store(MemFlagsData::new(), value, address);
        } else {
            self.builder.ins().store(MemFlagsData::new(), value, address, 0);
        }
        Ok(())
    }

    pub(super) fn atomic_rmw(&mut self, op: RmwOp, ptr: Value, value: Value) -> Result<Parts, Stop> {
        let ty = self.ty(value);
        let int = self.atomic_type(ty)?;
        let op = match op {
            RmwOp::Xchg => AtomicRmwOp::Xchg,
            RmwOp::Add => AtomicRmwOp::Add,
            RmwOp::Sub => AtomicRmwOp::Sub,
            RmwOp::And => AtomicRmwOp::And,
            RmwOp::Nand => AtomicRmwOp::Nand,
            RmwOp::Or => AtomicRmwOp::Or,
            RmwOp::Xor => AtomicRmwOp::Xor,
            RmwOp::Umin => AtomicRmwOp::Umin,
            RmwOp::Umax => AtomicRmwOp::Umax,
            RmwOp::Smin => AtomicRmwOp::Smin,
            RmwOp::Smax => AtomicRmwOp::Smax,
        };
        let (address, value) = (self.single(ptr), self.single(value));
        let value = self.reinterpret(int, value);
        let old = self.builder.ins().atomic_rmw(int, MemFlagsData::new(), op, address, value);
        Ok(one(self.reinterpret(Shape::of(ty).part(), old)))
    }

    pub(super) fn cmpxchg(&mut self, ptr: Value, expected: Value, new: Value) -> Result<(Parts, Parts), Stop> {
        let ty = self.ty(expected);
        let int = self.atomic_type(ty)?;
        let address = self.single(ptr);
        let (expected, new) = (self.single(expected), self.single(new));
        let (expected, new) = (self.reinterpret(int, expected), self.reinterpret(int, new));
        let old = self.builder.ins().atomic_cas(MemFlagsData::new(), address, expected, new);
        let exchanged = self.builder.ins().icmp(IntCC::Equal, old, expected);
        Ok((one(self.reinterpret(Shape::of(ty).part(), old)), one(exchanged)))
    }

    /// `memcpy` and `memmove`.
    pub(super) fn copy(&mut self, name: &'static str, dst: Value, src: Value, len: Value, volatile: bool) {
        let constant = self.constants.get(&len).copied();
        let (dst, src, len) = (self.single(dst), self.single(src), self.single(len));
        match constant {
            Some(bytes) if bytes <= INLINE_BYTES && !volatile => self.copy_inline(dst, src, bytes as u32),
            _ => {
                self.library_call(name, &[types::I64; 3], &[types::I64], &[dst, src, len]);
            }
        }
    }

    /// Loads everything before storing anything, so that the regions may overlap.
    pub(super) fn copy_inline(&mut self, dst: ir::Value, src: ir::Value, bytes: u32) {
        let flags = MemFlagsData::new().with_notrap();
        let loaded: SmallVec<[_; 8]> = pieces(bytes, true)
            .into_iter()
            .map(|(ty, offset)| (self.builder.ins().load(ty, flags, src, offset), offset))
            .collect();
        for (value, offset) in loaded {
            self.builder.ins().store(flags, value, dst, offset);
        }
    }

    pub(super) fn fill(&mut self, dst: Value, byte: Value, len: Value, volatile: bool) {
        let constant_len = self.constants.get(&len).copied();
        let constant_byte = self.constants.get(&byte).copied();
        let (dst, byte, len) = (self.single(dst), self.single(byte), self.single(len));
        if let (Some(bytes), Some(byte), false) = (constant_len, constant_byte, volatile)
            && bytes <= INLINE_BYTES
        {
            let pattern = u128::from_le_bytes([byte as u8; 16]);
            for (ty, offset) in pieces(bytes as u32, false) {
                let value = self.int(ty, pattern);
                self.builder.ins().store(MemFlagsData::new().with_notrap(), value, dst, offset);
            }
            return;
        }
        let byte = self.builder.ins().uextend(types::I32, byte);
        self.library_call("memset", &[types::I64, types::I32, types::I64], &[types::I64], &[dst, byte, len]);
    }

    /// A `va_list` is a structure that both conventions define.
    pub(super) fn copy_va_list(&mut self, dst: Value, src: Value) {
        let (dst, src) = (self.single(dst), self.single(src));
        let bytes = match self.features.arch {
            Arch::X86_64 => 24,
            Arch::Aarch64 => 32,
        };
        self.copy_inline(dst, src, bytes);
    }
}

/// The accesses, largest first, that cover a region.
fn pieces(bytes: u32, vectors: bool) -> SmallVec<[(ir::Type, i32); 8]> {
    let mut pieces = SmallVec::new();
    let mut offset = 0;
    while offset < bytes {
        let ty = match bytes - offset {
            16.. if vectors => types::I8X16,
            8.. => types::I64,
            4.. => types::I32,
            2.. => types::I16,
            _ => types::I8,
        };
        pieces.push((ty, offset as i32));
        offset += ty.bytes();
    }
    pieces
}

/// Accesses that cover a region, of which none is larger than `align`, by which the region is aligned.
fn aligned_pieces(bytes: u32, align: u32) -> SmallVec<[(ir::Type, i32); 8]> {
    let mut all = SmallVec::new();
    let mut start = 0;
    while start < bytes {
        let length = align.min(bytes - start);
        all.extend(pieces(length, false).into_iter().map(|(ty, offset)| (ty, start as i32 + offset)));
        start += length;
    }
    all
}

/// The integer to access a value as a whole by, where there is one and the value is aligned so far.
fn one_access(shape: Shape, align: u32) -> Option<ir::Type> {
    match shape {
        Shape::Scalar(part) if part.bits() <= 64 && part.bytes() <= align => Some(part.as_int()),
        _ => None,
    }
}

/// Of an access that is not volatile.
fn memory_flags(flags: MemFlags, shape: Shape) -> MemFlagsData {
    let clif = MemFlagsData::new().with_notrap();
    if flags.align >= u64::from(shape.part().bytes()) { clif.with_aligned() } else { clif }
}
