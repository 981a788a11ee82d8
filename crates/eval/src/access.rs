//! Checked access to memory, and reading and writing values.

use crate::fault::{EvalResult, Fault, fault};
use crate::layouts::Layout;
use crate::machine::{LocalValue, Machine};
use crate::memory::{AllocRef, Buffer, MemoryKind, Pointer, Range};
use crate::value::{Imm, ImmTy, MemPlace, OpTy, PlaceTy, Shape};
use ty::rustc_abi::Primitive;
use ty::{AllocId, GlobalAlloc, Mutability, Scalar, ScalarInt, Ty, TyKind};

/// From this size on, it is tried first whether there is as much memory.
const BIG: u64 = 1 << 26;

/// Facts about an allocation that do not depend on its content.
#[derive(Clone, Copy)]
pub(crate) struct AllocInfo {
    pub size: u64,
    pub align: u64,
    /// It still holds memory (as opposed to functions, vtables and freed memory).
    pub data: bool,
}

impl<'tcx> Machine<'_, 'tcx> {
    pub(crate) fn alloc_info(&self, id: AllocId) -> EvalResult<AllocInfo> {
        if let Some(buffer) = self.memory.local.get(&id) {
            return Ok(AllocInfo { size: buffer.size(), align: buffer.alloc.align, data: true });
        }
        Ok(match self.cx.tcx.try_global_alloc(id) {
            Some(GlobalAlloc::Memory(alloc)) => AllocInfo { size: alloc.0.size(), align: alloc.0.align, data: true },
            Some(GlobalAlloc::Static(def_id)) => {
                let (size, align) = self.cx.static_size_align(def_id)?;
                AllocInfo { size, align, data: true }
            }
            Some(GlobalAlloc::VTable(..)) => AllocInfo { size: 0, align: self.cx.target.pointer_size, data: false },
            Some(GlobalAlloc::Function(_) | GlobalAlloc::TypeId(_)) | None => {
                AllocInfo { size: 0, align: 1, data: false }
            }
        })
    }

    /// Memory to be read.
    pub(crate) fn alloc_ref(&self, id: AllocId) -> EvalResult<AllocRef<'_>> {
        if let Some(buffer) = self.memory.local.get(&id) {
            return Ok(buffer.as_ref());
        }
        match self.cx.tcx.try_global_alloc(id) {
            Some(GlobalAlloc::Memory(alloc)) => {
                if alloc.0.mutability.is_mut() && !self.may_read_mutable {
                    fault!("constant accesses mutable global memory");
                }
                Ok(AllocRef::global(alloc))
            }
            Some(GlobalAlloc::Static(def_id)) => {
                if self.static_root == Some(def_id) {
                    fault!("encountered static that tried to access itself during initialization");
                }
                let alloc = self.cx.eval_static_inner(def_id)?;
                if alloc.0.mutability.is_mut() && !self.may_read_mutable {
                    fault!("constant accesses mutable global memory");
                }
                Ok(AllocRef::global(alloc))
            }
            Some(GlobalAlloc::Function(_)) => fault!("accessing {id:?} which contains a function"),
            Some(GlobalAlloc::VTable(..)) => fault!("accessing {id:?} which contains a vtable"),
            Some(GlobalAlloc::TypeId(_)) => fault!("accessing {id:?} which contains a `TypeId`"),
            None => fault!("memory access failed: {id:?} has been freed, so this pointer is dangling"),
        }
    }

    /// Memory to be written.
    pub(crate) fn buffer_mut(&mut self, id: AllocId) -> EvalResult<&mut Buffer> {
        if !self.memory.local.contains_key(&id) {
            self.alloc_ref(id)?;
            match self.cx.tcx.try_global_alloc(id) {
                Some(GlobalAlloc::Static(_)) => {
                    fault!("modifying a static's initial value from another static's initializer")
                }
                _ => fault!("writing to {id:?} which is read-only"),
            }
        }
        let buffer = self.memory.local.get_mut(&id).expect("looked up above");
        if buffer.alloc.mutability == Mutability::Not {
            fault!("writing to {id:?} which is read-only");
        }
        Ok(buffer)
    }

    /// Checks that `size` bytes from a pointer lie within an allocation.
    pub(crate) fn check_access(&self, ptr: Pointer, size: u64) -> EvalResult<Range> {
        if size == 0 {
            return Ok(None);
        }
        let attempt = || format!("memory access failed: attempting to access {}", count_bytes(size as i64));
        self.check_range(ptr, size as i64, attempt)?;
        Ok(ptr.base.map(|base| (base, ptr.offset)))
    }

    /// Checks that all bytes between a pointer and the same moved by `bytes` lie within an allocation.
    pub(crate) fn check_inbounds(&self, ptr: Pointer, bytes: i64) -> EvalResult<()> {
        if bytes == 0 {
            return Ok(());
        }
        let attempt =
            || format!("in-bounds pointer arithmetic failed: attempting to offset pointer by {}", count_bytes(bytes));
        self.check_range(ptr, bytes, attempt)
    }

    /// Checks `size` bytes from a pointer onwards, or before it if negative.
    fn check_range(&self, ptr: Pointer, size: i64, attempt: impl FnOnce() -> String) -> EvalResult<()> {
        let Some(base) = ptr.base else {
            if ptr.offset == 0 {
                fault!("{}, but got null pointer", attempt());
            }
            fault!("{}, but got {ptr} which is a dangling pointer (it has no provenance)", attempt());
        };
        let info = self.alloc_info(base)?;
        if !info.data {
            // Says precisely what is wrong with it.
            self.alloc_ref(base)?;
        }
        let offset = ptr.offset as i64;
        let fits = if size >= 0 {
            offset >= 0 && offset.checked_add(size).is_some_and(|end| end as u64 <= info.size)
        } else {
            offset >= size.saturating_neg() && offset as u64 <= info.size
        };
        if fits {
            return Ok(());
        }
        let left = info.size.saturating_sub(ptr.offset) as i64;
        let why = if offset < 0 {
            "points to before the beginning of the allocation".to_string()
        } else if size < 0 && offset == 0 {
            "is at the beginning of the allocation".to_string()
        } else if size < 0 {
            format!("is only {} from the beginning of the allocation", count_bytes(offset))
        } else if left == 0 {
            format!("is at or beyond the end of the allocation of size {}", count_bytes(info.size as i64))
        } else {
            format!("is only {} from the end of the allocation", count_bytes(left))
        };
        fault!("{}, but got {ptr} which {why}", attempt());
    }

    /// The alignment that a pointer has, and the one that it needs, if they differ for the worse; in bytes.
    pub(crate) fn misalignment(&self, ptr: Pointer, align: u64) -> EvalResult<Option<(u64, u64)>> {
        if align == 1 {
            return Ok(None);
        }
        let offset_align = if ptr.offset == 0 { u64::MAX } else { 1 << ptr.offset.trailing_zeros() };
        let has = match ptr.base {
            None => offset_align,
            Some(base) => offset_align.min(self.alloc_info(base)?.align),
        };
        Ok((has < align).then_some((has, align)))
    }

    pub(crate) fn check_align(&self, ptr: Pointer, align: u64) -> EvalResult<()> {
        match self.misalignment(ptr, align)? {
            None => Ok(()),
            Some((has, required)) => {
                fault!("accessing memory with alignment {has}, but alignment {required} is required")
            }
        }
    }

    fn check_place(&self, place: &MemPlace<'tcx>) -> EvalResult<()> {
        match place.misaligned {
            None => Ok(()),
            Some((has, required)) => {
                fault!("accessing memory based on pointer with alignment {has}, but alignment {required} is required")
            }
        }
    }

    /// Whether a pointer may be null when the program runs.
    pub(crate) fn may_be_null(&self, scalar: Scalar) -> EvalResult<bool> {
        match scalar {
            Scalar::Int(int) => Ok(int.bits == 0),
            Scalar::Ptr(base, offset, _) => {
                let info = self.alloc_info(base)?;
                // In bounds, its end included, nothing is at address 0; and an aligned base plus an odd offset is not 0.
                Ok(offset > info.size && offset % info.align == 0)
            }
        }
    }

    // ---- allocation

    pub(crate) fn allocate_bytes(&mut self, size: u64, align: u64, kind: MemoryKind) -> EvalResult<Pointer> {
        if size > self.cx.max_size() {
            fault!("tried to allocate more memory than available to compiler");
        }
        // Asked for beforehand, as running out of memory could not be reported.
        if size > BIG && Vec::<u8>::new().try_reserve_exact(size as usize).is_err() {
            fault!("tried to allocate more memory than available to compiler");
        }
        let id = self.cx.tcx.reserve_alloc_id();
        self.memory.local.insert(id, Buffer::new(size, align, kind));
        Ok(Pointer::new(id, 0))
    }

    /// Uninitialised memory for a sized type.
    pub(crate) fn allocate(&mut self, layout: Layout<'tcx>) -> EvalResult<MemPlace<'tcx>> {
        let ptr = self.allocate_bytes(layout.size.bytes(), layout.align.abi.bytes(), MemoryKind::Stack)?;
        Ok(MemPlace { ptr, meta: None, misaligned: None, layout })
    }

    pub(crate) fn free(&mut self, ptr: Pointer) {
        if let Some(base) = ptr.base {
            self.memory.local.remove(&base);
        }
    }

    // ---- scalars

    pub(crate) fn pointer_scalar(&self, ptr: Pointer) -> Scalar {
        let size = self.cx.target.pointer_size as u8;
        match ptr.base {
            Some(base) => Scalar::Ptr(base, self.wrap_offset(ptr.offset), size),
            None => Scalar::from_bits(u128::from(ptr.offset), size),
        }
    }

    fn wrap_offset(&self, offset: u64) -> u64 {
        if self.cx.target.pointer_size == 8 { offset } else { offset & ((1 << (self.cx.target.pointer_size * 8)) - 1) }
    }

    pub(crate) fn usize_scalar(&self, value: u64) -> Scalar {
        Scalar::from_bits(u128::from(value), self.cx.target.pointer_size as u8)
    }

    pub(crate) fn to_pointer(&self, scalar: Scalar) -> EvalResult<Pointer> {
        match scalar {
            Scalar::Ptr(base, offset, _) => Ok(Pointer::new(base, offset)),
            Scalar::Int(int) => Ok(Pointer::address(int.bits as u64)),
        }
    }

    pub(crate) fn to_int(&self, scalar: Scalar) -> EvalResult<ScalarInt> {
        match scalar {
            Scalar::Int(int) => Ok(int),
            Scalar::Ptr(..) => Err(Fault::pointer_as_int()),
        }
    }

    pub(crate) fn to_bool(&self, scalar: Scalar) -> EvalResult<bool> {
        match self.to_int(scalar)?.bits {
            0 => Ok(false),
            1 => Ok(true),
            other => fault!("interpreting an invalid 8-bit value as a bool: 0x{other:02x}"),
        }
    }

    /// The bits of a scalar, which must be a value of its type as far as that is a `bool` or `char`.
    pub(crate) fn checked_bits(&self, scalar: Scalar, ty: Ty<'tcx>) -> EvalResult<ScalarInt> {
        let int = self.to_int(scalar)?;
        match ty.kind() {
            TyKind::Bool => {
                self.to_bool(scalar)?;
            }
            TyKind::Char if char::from_u32(int.bits as u32).is_none() => {
                fault!("interpreting an invalid 32-bit value as a char: 0x{:08x}", int.bits)
            }
            _ => {}
        }
        Ok(int)
    }

    // ---- immediates

    fn read_scalar_at(&self, ptr: Pointer, primitive: Primitive) -> EvalResult<Scalar> {
        let size = self.cx.primitive_size(primitive);
        let Some((id, at)) = self.check_access(ptr, size)? else { ty::bug!("a scalar without bytes") };
        let pointer = matches!(primitive, Primitive::Pointer(_));
        self.alloc_ref(id)?.read_scalar(id, self.cx.target, at, size, pointer)
    }

    /// The value of an operand that can be held outside of memory.
    pub(crate) fn read_imm(&self, op: &OpTy<'tcx>) -> EvalResult<ImmTy<'tcx>> {
        let place = match op {
            OpTy::Imm(imm) => return Ok(*imm),
            OpTy::Mem(place) => place,
        };
        // What is out of bounds is so before it is misaligned.
        self.check_access(place.ptr, place.layout.size.bytes())?;
        self.check_place(place)?;
        let imm = match self.cx.shape(place.layout) {
            Shape::ZeroSized => Imm::Uninit,
            Shape::Scalar(primitive) => Imm::Scalar(self.read_scalar_at(place.ptr, primitive)?),
            Shape::Pair(first, second, offset) => Imm::Pair(
                self.read_scalar_at(place.ptr, first)?,
                self.read_scalar_at(place.ptr.wrapping_add(offset.bytes()), second)?,
            ),
            Shape::Memory => match self.cx.loose_scalar(place.layout) {
                Some(primitive) => Imm::Scalar(self.read_scalar_at(place.ptr, primitive)?),
                None => ty::bug!("a primitive value of the type {:?}", place.layout.ty),
            },
        };
        Ok(ImmTy { imm, layout: place.layout })
    }

    pub(crate) fn read_scalar(&self, op: &OpTy<'tcx>) -> EvalResult<Scalar> {
        match self.read_imm(op)?.imm {
            Imm::Scalar(scalar) => Ok(scalar),
            Imm::Pair(..) => ty::bug!("a pair where a scalar was expected: {:?}", op.layout().ty),
            Imm::Uninit => fault!("using uninitialized data, but this operation requires initialized memory"),
        }
    }

    pub(crate) fn read_pair(&self, op: &OpTy<'tcx>) -> EvalResult<(Scalar, Scalar)> {
        match self.read_imm(op)?.imm {
            Imm::Pair(first, second) => Ok((first, second)),
            Imm::Scalar(_) => ty::bug!("a scalar where a pair was expected: {:?}", op.layout().ty),
            Imm::Uninit => fault!("using uninitialized data, but this operation requires initialized memory"),
        }
    }

    pub(crate) fn read_int(&self, op: &OpTy<'tcx>) -> EvalResult<ScalarInt> {
        let scalar = self.read_scalar(op)?;
        self.to_int(scalar)
    }

    pub(crate) fn read_pointer(&self, op: &OpTy<'tcx>) -> EvalResult<Pointer> {
        let scalar = match self.read_imm(op)?.imm {
            Imm::Scalar(scalar) | Imm::Pair(scalar, _) => scalar,
            Imm::Uninit => fault!("using uninitialized data, but this operation requires initialized memory"),
        };
        self.to_pointer(scalar)
    }

    pub(crate) fn read_usize(&self, op: &OpTy<'tcx>) -> EvalResult<u64> {
        Ok(self.read_int(op)?.bits as u64)
    }

    pub(crate) fn read_bytes(&self, ptr: Pointer, size: u64) -> EvalResult<&[u8]> {
        match self.check_access(ptr, size)? {
            None => Ok(&[]),
            Some((id, at)) => self.alloc_ref(id)?.read_bytes(id, self.cx.target, at, size),
        }
    }

    // ---- writing

    fn write_scalar_at(&mut self, ptr: Pointer, scalar: Scalar) -> EvalResult<()> {
        let size = match scalar {
            Scalar::Int(int) => int.size,
            Scalar::Ptr(_, _, size) => size,
        };
        if let Some((id, at)) = self.check_access(ptr, u64::from(size))? {
            let target = self.cx.target;
            self.buffer_mut(id)?.write_scalar(target, at, scalar);
        }
        Ok(())
    }

    /// Writes an immediate of the layout `layout` into memory.
    pub(crate) fn write_imm_mem(&mut self, imm: Imm, layout: Layout<'tcx>, place: &MemPlace<'tcx>) -> EvalResult<()> {
        self.check_place(place)?;
        match imm {
            Imm::Scalar(scalar) => self.write_scalar_at(place.ptr, scalar),
            Imm::Pair(first, second) => {
                let Shape::Pair(_, _, offset) = self.cx.shape(layout) else {
                    ty::bug!("a pair as the value of the type {:?}", layout.ty)
                };
                self.write_scalar_at(place.ptr, first)?;
                self.write_scalar_at(place.ptr.wrapping_add(offset.bytes()), second)
            }
            Imm::Uninit => self.write_uninit_mem(place.ptr, layout.size.bytes()),
        }
    }

    fn write_uninit_mem(&mut self, ptr: Pointer, size: u64) -> EvalResult<()> {
        if let Some((id, at)) = self.check_access(ptr, size)? {
            let target = self.cx.target;
            self.buffer_mut(id)?.write_uninit(target, at, size);
        }
        Ok(())
    }

    pub(crate) fn write_imm(&mut self, value: ImmTy<'tcx>, dest: &PlaceTy<'tcx>) -> EvalResult<()> {
        let place = match *dest {
            PlaceTy::Mem(place) => place,
            PlaceTy::Local { frame, local, layout } => {
                let held = self.cx.shape(layout) != Shape::Memory || value.imm == Imm::Uninit;
                match &mut self.stack[frame].locals[local].value {
                    LocalValue::Mem(place) => *place,
                    LocalValue::Dead => ty::bug!("a write to the dead local {local:?}"),
                    LocalValue::Live(imm) if held => {
                        *imm = value.imm;
                        return Ok(());
                    }
                    LocalValue::Live(_) => self.force_allocation(dest)?,
                }
            }
        };
        self.write_imm_mem(value.imm, value.layout, &place)
    }

    pub(crate) fn write_scalar(&mut self, scalar: Scalar, dest: &PlaceTy<'tcx>) -> EvalResult<()> {
        self.write_imm(ImmTy::scalar(scalar, dest.layout()), dest)
    }

    /// Writes an integer of the destination's size.
    pub(crate) fn write_bits(&mut self, bits: u128, dest: &PlaceTy<'tcx>) -> EvalResult<()> {
        self.write_imm(ImmTy::bits(bits, dest.layout()), dest)
    }

    pub(crate) fn write_pointer(&mut self, ptr: Pointer, dest: &PlaceTy<'tcx>) -> EvalResult<()> {
        self.write_scalar(self.pointer_scalar(ptr), dest)
    }

    pub(crate) fn write_uninit(&mut self, dest: &PlaceTy<'tcx>) -> EvalResult<()> {
        self.write_imm(ImmTy::uninit(dest.layout()), dest)
    }

    pub(crate) fn mem_copy(&mut self, source: Pointer, dest: Pointer, size: u64, overlap: bool) -> EvalResult<()> {
        self.mem_copy_repeatedly(source, dest, size, 1, overlap)
    }

    pub(crate) fn mem_copy_repeatedly(
        &mut self,
        source: Pointer,
        dest: Pointer,
        size: u64,
        times: u64,
        overlap: bool,
    ) -> EvalResult<()> {
        let Some(total) = size.checked_mul(times) else { fault!("overflow computing total size of a copy") };
        let from = self.check_access(source, size)?;
        let to = self.check_access(dest, total)?;
        let (Some(from), Some(to)) = (from, to) else { return Ok(()) };
        self.buffer_mut(to.0)?;
        if !overlap && from.0 == to.0 && from.1 < to.1 + total && to.1 < from.1 + size {
            fault!("`copy_nonoverlapping` called on overlapping ranges");
        }
        let target = self.cx.target;
        if self.memory.local.contains_key(&from.0) {
            self.memory.copy(target, Ok(from), to, size, times);
        } else {
            // Finished memory does not change: it may be read while ours is written.
            let cx = self.cx;
            let alloc = match cx.tcx.global_alloc(from.0) {
                GlobalAlloc::Memory(alloc) => {
                    self.alloc_ref(from.0)?;
                    alloc
                }
                GlobalAlloc::Static(def_id) => {
                    self.alloc_ref(from.0)?;
                    cx.eval_static_inner(def_id)?
                }
                _ => {
                    self.alloc_ref(from.0)?;
                    ty::bug!("memory that cannot be read was read")
                }
            };
            self.memory.copy(target, Err((AllocRef::global(alloc), from.1)), to, size, times);
        }
        Ok(())
    }

    /// Copies a value; both sides have the same type but for lifetimes.
    pub(crate) fn copy_op(&mut self, source: &OpTy<'tcx>, dest: &PlaceTy<'tcx>) -> EvalResult<()> {
        let layout = source.layout();
        let place = match source {
            OpTy::Imm(imm) => return self.write_imm(*imm, dest),
            OpTy::Mem(place) => place,
        };
        match self.cx.shape(layout) {
            Shape::ZeroSized => self.check_place(place),
            Shape::Scalar(_) | Shape::Pair(..) => {
                let imm = self.read_imm(source)?;
                self.write_imm(imm, dest)
            }
            Shape::Memory => {
                self.check_place(place)?;
                let dest = self.force_allocation(dest)?;
                self.check_place(&dest)?;
                let size = match place.meta {
                    None => layout.size.bytes(),
                    Some(_) => match self.size_and_align_of(place)? {
                        Some((size, _)) => size,
                        None => fault!("a value of unknown size is copied"),
                    },
                };
                // The same place may be assigned to itself.
                self.mem_copy(place.ptr, dest.ptr, size, true)
            }
        }
    }

    /// Copies a value's bytes to a place of another type of the same size.
    pub(crate) fn copy_op_transmute(&mut self, source: &OpTy<'tcx>, dest: &PlaceTy<'tcx>) -> EvalResult<()> {
        let (from, to) = (source.layout(), dest.layout());
        if from.ty == to.ty {
            return self.copy_op(source, dest);
        }
        if from.size != to.size {
            fault!(
                "transmuting from {}-byte type to {}-byte type: `{}` -> `{}`",
                from.size.bytes(),
                to.size.bytes(),
                self.cx.shown(from.ty),
                self.cx.shown(to.ty)
            );
        }
        if to.is_uninhabited() {
            fault!("constructing a value of the uninhabited type `{}`", self.cx.shown(to.ty));
        }
        if let (Shape::Scalar(from_primitive), Shape::Scalar(to_primitive)) = (self.cx.shape(from), self.cx.shape(to)) {
            let same = self.cx.primitive_size(from_primitive) == self.cx.primitive_size(to_primitive);
            if same && let Imm::Scalar(scalar) = self.read_imm(source)?.imm {
                let pointer = matches!(to_primitive, Primitive::Pointer(_));
                if pointer || matches!(scalar, Scalar::Int(_)) {
                    return self.write_imm(ImmTy::scalar(scalar, to), dest);
                }
            }
        }
        let source = self.spill(source)?;
        let dest = self.force_allocation(dest)?;
        self.check_place(&source)?;
        self.check_place(&dest)?;
        self.mem_copy(source.ptr, dest.ptr, from.size.bytes(), true)
    }

    /// The operand in memory; a fresh copy if it is not there.
    pub(crate) fn spill(&mut self, op: &OpTy<'tcx>) -> EvalResult<MemPlace<'tcx>> {
        match op {
            OpTy::Mem(place) => Ok(*place),
            OpTy::Imm(imm) => {
                let place = self.allocate(imm.layout)?;
                self.write_imm_mem(imm.imm, imm.layout, &place)?;
                Ok(place)
            }
        }
    }

    /// Makes sure that a place is in memory.
    pub(crate) fn force_allocation(&mut self, place: &PlaceTy<'tcx>) -> EvalResult<MemPlace<'tcx>> {
        match *place {
            PlaceTy::Mem(place) => Ok(place),
            PlaceTy::Local { frame, local, layout } => match self.stack[frame].locals[local].value {
                LocalValue::Mem(place) => Ok(place),
                LocalValue::Dead => ty::bug!("the dead local {local:?} is used"),
                LocalValue::Live(imm) => {
                    let place = self.allocate(layout)?;
                    if imm != Imm::Uninit {
                        self.write_imm_mem(imm, layout, &place)?;
                    }
                    self.stack[frame].locals[local].value = LocalValue::Mem(place);
                    Ok(place)
                }
            },
        }
    }
}

fn count_bytes(count: i64) -> String {
    if count == 1 { "1 byte".to_string() } else { format!("{count} bytes") }
}
