//! Intrinsics: what the compiler itself does in place of a call.

use crate::call::Args;
use crate::fault::{EvalResult, fault};
use crate::float;
use crate::machine::Machine;
use crate::memory::{MemoryKind, Pointer};
use crate::operator::overflowing;
use crate::value::{Imm, ImmTy, MemPlace, OpTy, PlaceTy};
use mir::{BasicBlock, BinOp};
use rustc_apfloat::Round;
use ty::{
    AllocId, ExternAbi, FieldIdx, FloatIntrinsic, FloatTy, GlobalAlloc, Instance, Intrinsic, LanguageIntrinsic,
    MemoryIntrinsic, Mutability, NumberIntrinsic, Scalar, ScalarInt, Ty, TyKind, VariantIdx,
};

impl<'tcx> Machine<'_, 'tcx> {
    /// Runs an intrinsic and goes on at `target`. False if it is not one that the machine knows but has a body.
    pub(crate) fn intrinsic(
        &mut self,
        instance: Instance<'tcx>,
        args: &Args<'tcx>,
        dest: &PlaceTy<'tcx>,
        target: Option<BasicBlock>,
    ) -> EvalResult<bool> {
        let def_id = instance.def_id();
        let Some(definition) = self.cx.tcx.definitions().intrinsic(def_id) else {
            ty::bug!("{def_id:?} is not an intrinsic")
        };
        if definition.known == Some(Intrinsic::Language(LanguageIntrinsic::ConstEvalSelect)) {
            return self.const_eval_select(args, dest, target);
        }
        let done = match definition.known {
            Some(Intrinsic::Float(function, width)) => self.float_intrinsic(function, width, args, dest)?,
            Some(Intrinsic::Number(function)) => self.number_intrinsic(function, args, dest)?,
            Some(Intrinsic::Memory(op)) => self.memory_intrinsic(op, instance, args, dest)?,
            Some(Intrinsic::Simd(op)) => self.simd_intrinsic(op, instance, args, dest)?,
            Some(Intrinsic::Language(op)) => self.language_intrinsic(op, instance, args, dest)?,
            // Nothing runs beside a constant's evaluation, and rustc evaluates no atomics either.
            Some(Intrinsic::Atomic(_)) | None => false,
        };
        if done {
            self.return_to(target)?;
            return Ok(true);
        }
        if definition.must_be_overridden {
            fault!("intrinsic `{}` is not supported at compile-time", definition.name.as_str());
        }
        Ok(false)
    }

    fn const_eval_select(
        &mut self,
        args: &Args<'tcx>,
        dest: &PlaceTy<'tcx>,
        target: Option<BasicBlock>,
    ) -> EvalResult<bool> {
        let TyKind::FnDef(def_id, generic) = *args[1].layout().ty.kind() else {
            ty::bug!("`const_eval_select` of {:?}", args[1].layout().ty)
        };
        let instance = self.cx.resolve(def_id, generic)?;
        let mut values = Args::new();
        for index in 0..args[0].layout().fields.count() {
            values.push(self.op_field(&args[0], FieldIdx::from_usize(index))?);
        }
        self.call(instance, ExternAbi::Rust, values, Some(*dest), target)?;
        Ok(true)
    }

    // ---- about types

    fn language_intrinsic(
        &mut self,
        op: LanguageIntrinsic,
        instance: Instance<'tcx>,
        args: &Args<'tcx>,
        dest: &PlaceTy<'tcx>,
    ) -> EvalResult<bool> {
        let cx = self.cx;
        let ty = || instance.args.type_at(0);
        use LanguageIntrinsic as L;
        match op {
            L::SizeOf | L::AlignOf => {
                let layout = cx.layout_of(ty())?;
                let value = if op == L::SizeOf { layout.size.bytes() } else { layout.align.abi.bytes() };
                self.write_bits(u128::from(value), dest)?;
            }
            L::OffsetOf => {
                let variant = self.read_int(&args[0])?.bits as u32;
                let field = self.read_int(&args[1])?.bits as usize;
                let layout = cx.for_variant(cx.layout_of(ty())?, VariantIdx::from_u32(variant));
                self.write_bits(u128::from(layout.fields.offset(field).bytes()), dest)?;
            }
            L::NeedsDrop => self.write_bits(u128::from(cx.tcx.hooks().needs_drop(ty())), dest)?,
            L::TypeName => {
                let name = cx.type_name(ty());
                let id = cx.string_alloc(&name);
                let pair = ImmTy::pair(
                    self.pointer_scalar(Pointer::new(id, 0)),
                    self.usize_scalar(name.len() as u64),
                    dest.layout(),
                );
                self.write_imm(pair, dest)?;
            }
            L::TypeId => self.write_type_id(ty(), dest)?,
            L::TypeIdEq => {
                let (a, b) = (self.read_type_id(&args[0])?, self.read_type_id(&args[1])?);
                self.write_bits(u128::from(a == b), dest)?;
            }
            L::VariantCount => {
                let ty = match *ty().kind() {
                    TyKind::Pat(base, _) => base,
                    _ => ty(),
                };
                let count = match *ty.kind() {
                    TyKind::Adt(did, _) => cx.tcx.adt_def(did).variants.len(),
                    _ => 0,
                };
                self.write_bits(count as u128, dest)?;
            }
            L::CallerLocation => {
                let imm = self.caller_location()?;
                self.write_imm(ImmTy { imm, layout: dest.layout() }, dest)?;
            }
            L::AssertInhabited | L::AssertZeroValid | L::AssertMemUninitializedValid => {
                let layout = cx.layout_of(ty())?;
                let shown = || cx.shown(ty());
                if layout.is_uninhabited() {
                    let text = format!("aborted execution: attempted to instantiate uninhabited type `{}`", shown());
                    return Err(self.panic(&text));
                }
                if op == L::AssertZeroValid && !cx.filled_is_valid(layout, 0) {
                    let text =
                        format!("aborted execution: attempted to zero-initialize type `{}`, which is invalid", shown());
                    return Err(self.panic(&text));
                }
                if op == L::AssertMemUninitializedValid && !cx.filled_is_valid(layout, 1) {
                    let text = format!(
                        "aborted execution: attempted to leave type `{}` uninitialized, which is invalid",
                        shown()
                    );
                    return Err(self.panic(&text));
                }
            }
            L::DiscriminantValue => {
                let place = self.deref(&args[0])?;
                let variant = self.read_discriminant(&place.into())?;
                let discriminant = cx.discriminant_for_variant(place.layout.ty, variant)?;
                self.write_scalar(Scalar::Int(discriminant), dest)?;
            }
            L::UbChecks | L::OverflowChecks | L::ContractChecks => self.write_bits(1, dest)?,
            L::IsValStaticallyKnown => self.write_bits(0, dest)?,
            L::BlackBox => self.copy_op(&args[0], dest)?,
            L::Forget | L::ColdPath => {}
            L::Assume => {
                let condition = self.read_scalar(&args[0])?;
                if !self.to_bool(condition)? {
                    fault!("`assume` called with `false`");
                }
            }
            L::Unreachable => fault!("entering unreachable code"),
            L::Transmute | L::TransmuteUnchecked => self.copy_op_transmute(&args[0], dest)?,
            // Their bodies say what they mean.
            L::SelectUnpredictable | L::ContractCheckRequires | L::ContractCheckEnsures => return Ok(false),
            L::ConstEvalSelect => ty::bug!("`const_eval_select` is a call"),
            L::SizeOfTypeId
            | L::TypeIdVariants
            | L::TypeIdFields
            | L::TypeIdFieldRepresentingType
            | L::FieldRepresentingTypeActualTypeId => {
                // Their bodies say that constants can call them, which is not so here.
                fault!("intrinsic `{op}` needs the reflection of types, which is not supported")
            }
            // rustc does not evaluate these either, or (the last three) they need the reflection of types.
            L::Abort
            | L::Breakpoint
            | L::CatchUnwind
            | L::RustcPeek
            | L::Autodiff
            | L::Offload
            | L::AmdgpuDispatchPtr
            | L::GpuLaunchSizedWorkgroupMem
            | L::ReturnAddress
            | L::TypeIdVtable
            | L::TypeOf
            | L::FieldOffset => return Ok(false),
        }
        Ok(true)
    }

    /// A `TypeId`: an array of pointers whose addresses are parts of the hash and whose targets tell the type.
    fn write_type_id(&mut self, ty: Ty<'tcx>, dest: &PlaceTy<'tcx>) -> EvalResult<()> {
        let hash = self.cx.type_id_hash(ty);
        let ty = self.cx.tcx.erase_regions(ty);
        let id = self.cx.tcx.alloc_id_for(GlobalAlloc::TypeId(ty));
        let place = self.force_allocation(dest)?;
        let target = self.cx.target;
        let mut bytes = [0u8; 16];
        target.write_uint(&mut bytes, hash);
        for (index, part) in bytes.chunks(target.pointer_size as usize).enumerate() {
            let address = target.read_uint(part) as u64;
            let part = Scalar::Ptr(id, address, target.pointer_size as u8);
            let at = place.ptr.wrapping_add(index as u64 * target.pointer_size);
            let layout = self.cx.layout_of(self.cx.tcx.mk_ptr(self.cx.tcx.types().unit, Mutability::Not))?;
            self.write_imm_mem(Imm::Scalar(part), layout, &MemPlace { ptr: at, meta: None, misaligned: None, layout })?;
        }
        Ok(())
    }

    fn read_type_id(&mut self, op: &OpTy<'tcx>) -> EvalResult<Ty<'tcx>> {
        let place = self.spill(op)?;
        let target = self.cx.target;
        let layout = self.cx.layout_of(self.cx.tcx.mk_ptr(self.cx.tcx.types().unit, Mutability::Not))?;
        let mut found = None;
        let mut bytes = [0u8; 16];
        for (index, part) in bytes.chunks_mut(target.pointer_size as usize).enumerate() {
            let ptr = place.ptr.wrapping_add(index as u64 * target.pointer_size);
            let part_place = MemPlace { ptr, meta: None, misaligned: None, layout };
            let pointer = self.read_pointer(&part_place.into())?;
            let ty = match pointer.base.and_then(|base| self.cx.tcx.try_global_alloc(base)) {
                Some(GlobalAlloc::TypeId(ty)) => ty,
                _ => fault!("invalid `TypeId` value: not all bytes carry type id metadata"),
            };
            if *found.get_or_insert(ty) != ty {
                fault!("invalid `TypeId` value: not all bytes carry the same type id metadata");
            }
            target.write_uint(part, u128::from(pointer.offset));
        }
        let ty = match found {
            Some(ty) => ty,
            None => ty::bug!("a `TypeId` without parts"),
        };
        if target.read_uint(&bytes) != self.cx.type_id_hash(ty) {
            fault!("invalid `TypeId` value: the hash does not match the type id metadata");
        }
        Ok(ty)
    }

    // ---- memory and pointers

    fn pointee_size(&self, op: &OpTy<'tcx>) -> EvalResult<(u64, u64)> {
        match op.layout().ty.builtin_deref(self.cx.tcx) {
            Some(pointee) => {
                let layout = self.cx.layout_of(pointee)?;
                Ok((layout.size.bytes(), layout.align.abi.bytes()))
            }
            None => ty::bug!("{:?} is not a pointer", op.layout().ty),
        }
    }

    fn total_size(&self, size: u64, count: u64, name: &str) -> EvalResult<u64> {
        match size.checked_mul(count) {
            Some(total) if total <= self.cx.max_size() => Ok(total),
            _ => fault!("overflow computing total size of `{name}`"),
        }
    }

    pub(crate) fn copy_intrinsic(
        &mut self,
        source: &OpTy<'tcx>,
        dest: &OpTy<'tcx>,
        count: &OpTy<'tcx>,
        overlap: bool,
    ) -> EvalResult<()> {
        let (size, align) = self.pointee_size(source)?;
        let count = self.read_usize(count)?;
        let size = self.total_size(size, count, if overlap { "copy" } else { "copy_nonoverlapping" })?;
        let (source, dest) = (self.read_pointer(source)?, self.read_pointer(dest)?);
        self.check_align(source, align)?;
        self.check_align(dest, align)?;
        self.mem_copy(source, dest, size, overlap)
    }

    fn memory_intrinsic(
        &mut self,
        op: MemoryIntrinsic,
        instance: Instance<'tcx>,
        args: &Args<'tcx>,
        dest: &PlaceTy<'tcx>,
    ) -> EvalResult<bool> {
        use MemoryIntrinsic as M;
        match op {
            M::Copy => self.copy_intrinsic(&args[0], &args[1], &args[2], true)?,
            M::CopyNonoverlapping => self.copy_intrinsic(&args[0], &args[1], &args[2], false)?,
            M::VolatileCopyMemory | M::VolatileCopyNonoverlappingMemory => {
                let overlap = op == M::VolatileCopyMemory;
                self.copy_intrinsic(&args[1], &args[0], &args[2], overlap)?;
            }
            M::WriteBytes | M::VolatileSetMemory => {
                let (size, align) = self.pointee_size(&args[0])?;
                let ptr = self.read_pointer(&args[0])?;
                let byte = self.read_int(&args[1])?.bits as u8;
                let count = self.read_usize(&args[2])?;
                let len = self.total_size(size, count, "write_bytes")?;
                self.check_align(ptr, align)?;
                if let Some((id, at)) = self.check_access(ptr, len)? {
                    let target = self.cx.target;
                    self.buffer_mut(id)?.fill(target, at, len, byte);
                }
            }
            M::CompareBytes => {
                let (left, right) = (self.read_pointer(&args[0])?, self.read_pointer(&args[1])?);
                let len = self.read_usize(&args[2])?;
                let ordering = self.read_bytes(left, len)?.cmp(self.read_bytes(right, len)?);
                self.write_bits(ordering as i8 as i128 as u128, dest)?;
            }
            M::RawEq => {
                let (size, align) = self.pointee_size(&args[0])?;
                let (left, right) = (self.read_pointer(&args[0])?, self.read_pointer(&args[1])?);
                self.check_align(left, align)?;
                self.check_align(right, align)?;
                let same = self.read_bytes(left, size)? == self.read_bytes(right, size)?;
                self.write_bits(u128::from(same), dest)?;
            }
            M::TypedSwapNonoverlapping => {
                let (left, right) = (self.deref(&args[0])?, self.deref(&args[1])?);
                let size = left.layout.size.bytes();
                let temporary = self.allocate(left.layout)?;
                self.mem_copy(left.ptr, temporary.ptr, size, false)?;
                self.mem_copy(right.ptr, left.ptr, size, false)?;
                self.mem_copy(temporary.ptr, right.ptr, size, false)?;
                self.free(temporary.ptr);
            }
            M::ReadViaCopy | M::VolatileLoad => {
                let place = self.deref(&args[0])?;
                self.copy_op(&place.into(), dest)?;
            }
            M::UnalignedVolatileLoad => {
                let place = MemPlace { misaligned: None, ..self.deref(&args[0])? };
                self.copy_op(&place.into(), dest)?;
            }
            M::WriteViaMove | M::VolatileStore => {
                let place = self.deref(&args[0])?;
                self.copy_op(&args[1], &place.into())?;
            }
            M::UnalignedVolatileStore => {
                let place = MemPlace { misaligned: None, ..self.deref(&args[0])? };
                self.copy_op(&args[1], &place.into())?;
            }
            M::AggregateRawPtr => {
                let data = self.read_scalar(&args[0])?;
                let imm = match self.read_imm(&args[1])?.imm {
                    Imm::Scalar(meta) => Imm::Pair(data, meta),
                    _ => Imm::Scalar(data),
                };
                self.write_imm(ImmTy { imm, layout: dest.layout() }, dest)?;
            }
            M::PtrMetadata => {
                let imm = match self.read_imm(&args[0])?.imm {
                    Imm::Pair(_, meta) => Imm::Scalar(meta),
                    _ => Imm::Uninit,
                };
                self.write_imm(ImmTy { imm, layout: dest.layout() }, dest)?;
            }
            M::SliceGetUnchecked => {
                let slice = self.deref(&args[0])?;
                let index = self.read_usize(&args[1])?;
                let element = self.project_index(&slice, index)?;
                let pointer = self.pointer_to(&element, dest.layout());
                self.write_imm(pointer, dest)?;
            }
            M::Offset => {
                let (left, right) = (self.read_imm(&args[0])?, self.read_imm(&args[1])?);
                let outcome = self.binary_op(BinOp::Offset, &left, &right)?;
                self.write_imm(ImmTy { imm: outcome.imm, layout: dest.layout() }, dest)?;
            }
            M::ArithOffset => {
                let size = self.cx.layout_of(instance.args.type_at(0))?.size.bytes();
                let ptr = self.read_pointer(&args[0])?;
                let count = self.read_int(&args[1])?.signed() as u64;
                self.write_pointer(ptr.wrapping_add(count.wrapping_mul(size)), dest)?;
            }
            M::PtrMask => {
                let ptr = self.read_scalar(&args[0])?;
                let mask = self.read_int(&args[1])?;
                match ptr {
                    Scalar::Int(int) => self.write_bits(int.bits & mask.bits, dest)?,
                    Scalar::Ptr(..) => fault!("intrinsic `ptr_mask` is not supported at compile-time"),
                }
            }
            M::PtrOffsetFrom | M::PtrOffsetFromUnsigned => self.pointer_distance(op, instance, args, dest)?,
            M::PtrGuaranteedCmp => {
                let (left, right) = (self.read_scalar(&args[0])?, self.read_scalar(&args[1])?);
                let result = self.guaranteed_cmp(left, right)?;
                self.write_bits(result, dest)?;
            }
            M::SizeOfVal | M::AlignOfVal => {
                let imm = self.read_imm(&args[0])?;
                let place = self.pointee(&imm)?;
                let Some((size, align)) = self.size_and_align_of(&place)? else {
                    fault!("`extern type` does not have known layout")
                };
                self.write_bits(u128::from(if op == M::SizeOfVal { size } else { align }), dest)?;
            }
            M::VtableSize | M::VtableAlign => {
                let vtable = self.read_scalar(&args[0])?;
                let layout = self.cx.layout_of(self.vtable_type(vtable)?)?;
                let value = if op == M::VtableSize { layout.size.bytes() } else { layout.align.abi.bytes() };
                self.write_bits(u128::from(value), dest)?;
            }
            M::ConstAllocate => {
                let (size, align) = (self.read_usize(&args[0])?, self.read_usize(&args[1])?);
                let align = heap_align(align, op)?;
                let ptr = self.allocate_bytes(size, align, MemoryKind::Heap { made_global: false })?;
                self.write_pointer(ptr, dest)?;
            }
            M::ConstDeallocate => {
                let ptr = self.read_pointer(&args[0])?;
                let (size, align) = (self.read_usize(&args[1])?, self.read_usize(&args[2])?);
                let align = heap_align(align, op)?;
                self.deallocate_heap(ptr, size, align)?;
            }
            M::ConstMakeGlobal => {
                let ptr = self.read_pointer(&args[0])?;
                self.make_global(ptr)?;
                self.write_pointer(ptr, dest)?;
            }
            M::VaCopy => self.va_copy(&args[0], dest)?,
            M::VaArg => self.va_arg(&args[0], dest)?,
            M::VaEnd => self.va_end(&args[0])?,
            // Fetching early changes nothing that a program sees: their bodies do nothing.
            M::PrefetchReadData | M::PrefetchWriteData | M::PrefetchReadInstruction | M::PrefetchWriteInstruction => {
                return Ok(false);
            }
            // rustc does not evaluate the first two either; MIR never has the last, as building MIR replaces it.
            M::NontemporalStore | M::VaStart | M::WriteBoxViaMove => return Ok(false),
        }
        Ok(true)
    }

    fn deallocate_heap(&mut self, ptr: Pointer, size: u64, align: u64) -> EvalResult<()> {
        let Some(id) = ptr.base else { fault!("deallocating {ptr}, which does not point to an allocation") };
        let Some(buffer) = self.memory.local.get(&id) else {
            // Memory of another constant is left alone.
            if let Some(GlobalAlloc::Memory(_)) = self.cx.tcx.try_global_alloc(id) {
                return Ok(());
            }
            self.alloc_ref(id)?;
            fault!("deallocating {id:?}, which is static memory");
        };
        if ptr.offset != 0 {
            fault!("deallocating {ptr} which does not point to the beginning of an object");
        }
        match buffer.kind {
            MemoryKind::Heap { made_global: false } => {}
            MemoryKind::Heap { made_global: true } => {
                fault!(
                    "deallocating {id:?}, which is heap allocation (made global) memory, using heap allocation \
                        deallocation operation"
                )
            }
            MemoryKind::Stack => {
                fault!(
                    "deallocating {id:?}, which is stack variable memory, using heap allocation deallocation operation"
                )
            }
        }
        if buffer.size() != size || buffer.alloc.align != align {
            fault!(
                "incorrect layout on deallocation: {id:?} has size {} and alignment {}, but gave size {size} and \
                 alignment {align}",
                buffer.size(),
                buffer.alloc.align
            );
        }
        self.memory.local.remove(&id);
        Ok(())
    }

    fn make_global(&mut self, ptr: Pointer) -> EvalResult<()> {
        let Some(id) = ptr.base else { fault!("pointer passed to `const_make_global` is dangling: {ptr}") };
        if ptr.offset != 0 {
            fault!("making {ptr} global which does not point to the beginning of an object");
        }
        match self.memory.local.get_mut(&id) {
            None if self.cx.tcx.try_global_alloc(id).is_none() => {
                fault!("pointer passed to `const_make_global` is dangling: {ptr}")
            }
            Some(buffer) => match buffer.kind {
                MemoryKind::Heap { made_global: false } => {
                    buffer.kind = MemoryKind::Heap { made_global: true };
                    buffer.alloc.mutability = Mutability::Not;
                    Ok(())
                }
                MemoryKind::Heap { made_global: true } => {
                    fault!("attempting to call `const_make_global` twice on the same allocation {id:?}")
                }
                MemoryKind::Stack => {
                    fault!("pointer passed to `const_make_global` does not point to a heap allocation: {ptr}")
                }
            },
            None => fault!("pointer passed to `const_make_global` does not point to a heap allocation: {ptr}"),
        }
    }

    fn pointer_distance(
        &mut self,
        op: MemoryIntrinsic,
        instance: Instance<'tcx>,
        args: &Args<'tcx>,
        dest: &PlaceTy<'tcx>,
    ) -> EvalResult<()> {
        let (a, b) = (self.read_pointer(&args[0])?, self.read_pointer(&args[1])?);
        if a.base != b.base {
            fault!("`{op}` called on two different pointers that are not both derived from the same allocation");
        }
        let distance = i128::from(a.offset) - i128::from(b.offset);
        let unsigned = op == MemoryIntrinsic::PtrOffsetFromUnsigned;
        if unsigned && distance < 0 {
            let what = if a.base.is_none() { "address" } else { "offset" };
            fault!(
                "`ptr_offset_from_unsigned` called when first pointer has smaller {what} than second: {} < {}",
                a.offset,
                b.offset
            );
        }
        let limit = i128::from(self.cx.max_size());
        if distance > limit {
            fault!("`{op}` called when first pointer is too far ahead of second");
        }
        if distance < -limit {
            fault!("`{op}` called when first pointer is too far before second");
        }
        if self.check_inbounds(b, distance as i64).is_err() {
            fault!(
                "`{op}` called on two different pointers where the memory range between them is not in-bounds of an \
                 allocation"
            );
        }
        let size = i128::from(self.cx.layout_of(instance.args.type_at(0))?.size.bytes());
        if size == 0 {
            fault!("`{op}` called with a zero-sized type");
        }
        if distance % size != 0 {
            fault!("exact_div: {distance}_isize cannot be divided by {size}_isize without remainder");
        }
        self.write_bits((distance / size) as u128, dest)
    }

    /// 0: surely different; 1: surely the same; 2: not known at compile time.
    fn guaranteed_cmp(&mut self, left: Scalar, right: Scalar) -> EvalResult<u128> {
        Ok(match (left, right) {
            (Scalar::Int(a), Scalar::Int(b)) => u128::from(a.bits == b.bits),
            (Scalar::Int(int), Scalar::Ptr(base, offset, size))
            | (Scalar::Ptr(base, offset, size), Scalar::Int(int)) => {
                let moved = Scalar::Ptr(base, offset.wrapping_sub(int.bits as u64), size);
                if self.may_be_null(moved)? { 2 } else { 0 }
            }
            (Scalar::Ptr(a, a_offset, _), Scalar::Ptr(b, b_offset, _)) => {
                let (a_info, b_info) = (self.alloc_info(a)?, self.alloc_info(b)?);
                let align = a_info.align.min(b_info.align);
                if align > 1 && a_offset % align != b_offset % align {
                    return Ok(0);
                }
                let is_static = |id: AllocId| matches!(self.cx.tcx.try_global_alloc(id), Some(GlobalAlloc::Static(_)));
                if !is_static(a) || !is_static(b) {
                    2
                } else if a == b {
                    u128::from(a_offset == b_offset)
                } else if a_offset < a_info.size && b_offset < b_info.size {
                    0
                } else {
                    2
                }
            }
        })
    }

    // ---- numbers

    fn number_intrinsic(
        &mut self,
        function: NumberIntrinsic,
        args: &Args<'tcx>,
        dest: &PlaceTy<'tcx>,
    ) -> EvalResult<bool> {
        use NumberIntrinsic as N;
        let operator = match function {
            N::WrappingAdd => BinOp::Add,
            N::WrappingSub => BinOp::Sub,
            N::WrappingMul => BinOp::Mul,
            N::UncheckedAdd => BinOp::AddUnchecked,
            N::UncheckedSub => BinOp::SubUnchecked,
            N::UncheckedMul => BinOp::MulUnchecked,
            N::UncheckedDiv => BinOp::Div,
            N::UncheckedRem => BinOp::Rem,
            N::UncheckedShl => BinOp::ShlUnchecked,
            N::UncheckedShr => BinOp::ShrUnchecked,
            N::AddWithOverflow => BinOp::AddWithOverflow,
            N::SubWithOverflow => BinOp::SubWithOverflow,
            N::MulWithOverflow => BinOp::MulWithOverflow,
            N::ThreeWayCompare => BinOp::Cmp,
            N::FaddAlgebraic | N::FaddFast => BinOp::Add,
            N::FsubAlgebraic | N::FsubFast => BinOp::Sub,
            N::FmulAlgebraic | N::FmulFast => BinOp::Mul,
            N::FdivAlgebraic | N::FdivFast => BinOp::Div,
            N::FremAlgebraic | N::FremFast => BinOp::Rem,
            N::Ctpop | N::Ctlz | N::CtlzNonzero | N::Cttz | N::CttzNonzero | N::Bswap | N::Bitreverse => {
                let int = self.read_int(&args[0])?;
                if int.bits == 0 && matches!(function, N::CtlzNonzero | N::CttzNonzero) {
                    fault!("`{function}` called on 0");
                }
                let bits = match function {
                    N::Ctpop => bits::count_ones(int),
                    N::Ctlz | N::CtlzNonzero => bits::leading_zeros(int),
                    N::Cttz | N::CttzNonzero => bits::trailing_zeros(int),
                    N::Bswap => bits::swap_bytes(int),
                    _ => bits::reverse(int),
                };
                self.write_bits(bits, dest)?;
                return Ok(true);
            }
            N::Fabs => {
                let bits = self.read_int(&args[0])?.bits;
                let TyKind::Float(width) = *args[0].layout().ty.kind() else { ty::bug!("not a float") };
                self.write_bits(float::unary(width, float::Unary::Abs, bits), dest)?;
                return Ok(true);
            }
            N::SaturatingAdd | N::SaturatingSub => {
                let signed = args[0].layout().ty.is_signed();
                let (left, right) = (self.read_int(&args[0])?, self.read_int(&args[1])?);
                let op = if function == N::SaturatingAdd { BinOp::Add } else { BinOp::Sub };
                self.write_bits(saturating(op, left, right, signed), dest)?;
                return Ok(true);
            }
            N::RotateLeft | N::RotateRight => {
                let int = self.read_int(&args[0])?;
                let amount = self.read_int(&args[1])?.bits as u32;
                let bits = u32::from(int.size) * 8;
                let amount = amount % bits;
                let amount = if function == N::RotateLeft { amount } else { (bits - amount) % bits };
                let rotated = if amount == 0 { int.bits } else { int.bits << amount | int.bits >> (bits - amount) };
                self.write_bits(rotated, dest)?;
                return Ok(true);
            }
            N::ExactDiv => {
                self.exact_div(args, dest)?;
                return Ok(true);
            }
            N::FloatToIntUnchecked => {
                let bits = self.read_int(&args[0])?.bits;
                let TyKind::Float(width) = *args[0].layout().ty.kind() else { ty::bug!("not a float") };
                let to = dest.layout();
                match float::to_int_checked(width, bits, to.size.bits() as u32, to.ty.is_signed()) {
                    Some(result) => self.write_bits(result, dest)?,
                    None => fault!("`float_to_int_unchecked` intrinsic called on a value that does not fit"),
                }
                return Ok(true);
            }
            // Their bodies do the same with several operations.
            N::UncheckedFunnelShl | N::UncheckedFunnelShr | N::DisjointBitor | N::CarryingMulAdd | N::CarrylessMul => {
                return Ok(false);
            }
        };
        let (left, right) = (self.read_imm(&args[0])?, self.read_imm(&args[1])?);
        let outcome = self.binary_op(operator, &left, &right)?;
        self.write_imm(ImmTy { imm: outcome.imm, layout: dest.layout() }, dest)?;
        Ok(true)
    }

    fn exact_div(&mut self, args: &Args<'tcx>, dest: &PlaceTy<'tcx>) -> EvalResult<()> {
        let signed = args[0].layout().ty.is_signed();
        let (left, right) = (self.read_int(&args[0])?, self.read_int(&args[1])?);
        let quotient = self.int_op(BinOp::Div, left, right, signed, signed)?;
        let exact = if signed { left.signed() % right.signed() == 0 } else { left.bits % right.bits == 0 };
        if !exact {
            fault!("exact_div: {left:?} cannot be divided by {right:?} without remainder");
        }
        self.write_imm(ImmTy { imm: quotient.imm, layout: dest.layout() }, dest)
    }

    fn float_intrinsic(
        &mut self,
        function: FloatIntrinsic,
        width: FloatTy,
        args: &Args<'tcx>,
        dest: &PlaceTy<'tcx>,
    ) -> EvalResult<bool> {
        use FloatIntrinsic as F;
        let first = self.read_int(&args[0])?.bits;
        let second = |this: &mut Self| this.read_int(&args[1]).map(|int| int.bits);
        let result = match function {
            F::Floor => float::unary(width, float::Unary::Round(Round::TowardNegative), first),
            F::Ceil => float::unary(width, float::Unary::Round(Round::TowardPositive), first),
            F::Trunc => float::unary(width, float::Unary::Round(Round::TowardZero), first),
            F::Round => float::unary(width, float::Unary::Round(Round::NearestTiesToAway), first),
            F::RoundTiesEven => float::unary(width, float::Unary::Round(Round::NearestTiesToEven), first),
            F::Fabs => float::unary(width, float::Unary::Abs, first),
            F::Minnum | F::MinimumNumberNsz => {
                float::binary_intrinsic(width, float::Binary::MinimumNumber, first, second(self)?)
            }
            F::Maxnum | F::MaximumNumberNsz => {
                float::binary_intrinsic(width, float::Binary::MaximumNumber, first, second(self)?)
            }
            F::Minimum => float::binary_intrinsic(width, float::Binary::Minimum, first, second(self)?),
            F::Maximum => float::binary_intrinsic(width, float::Binary::Maximum, first, second(self)?),
            F::Copysign => float::binary_intrinsic(width, float::Binary::CopySign, first, second(self)?),
            F::Fma | F::Fmuladd => float::mul_add(width, first, second(self)?, self.read_int(&args[2])?.bits),
            // What these give differs between machines, so rustc does not evaluate them either.
            F::Sqrt | F::Powi | F::Sin | F::Cos | F::Pow | F::Exp | F::Exp2 | F::Log | F::Log2 | F::Log10 => {
                return Ok(false);
            }
        };
        self.write_bits(result, dest)?;
        Ok(true)
    }
}

/// The alignment that is meant, in bytes: 0 is as good as 1.
fn heap_align(align: u64, op: MemoryIntrinsic) -> EvalResult<u64> {
    let align = align.max(1);
    if !align.is_power_of_two() {
        fault!("invalid align passed to `{op}`: {align} is not a power of 2");
    }
    if align > 1 << 29 {
        fault!("invalid align passed to `{op}`: {align} is too large");
    }
    Ok(align)
}

/// Functions of an integer's bits.
pub(crate) mod bits {
    use ty::ScalarInt;

    fn unused(int: ScalarInt) -> u32 {
        128 - u32::from(int.size) * 8
    }
    pub(crate) fn count_ones(int: ScalarInt) -> u128 {
        int.bits.count_ones().into()
    }
    /// The integer's width for 0.
    pub(crate) fn leading_zeros(int: ScalarInt) -> u128 {
        (int.bits.leading_zeros() - unused(int)).into()
    }
    /// The integer's width for 0.
    pub(crate) fn trailing_zeros(int: ScalarInt) -> u128 {
        int.bits.trailing_zeros().min(128 - unused(int)).into()
    }
    pub(crate) fn swap_bytes(int: ScalarInt) -> u128 {
        (int.bits << unused(int)).swap_bytes()
    }
    pub(crate) fn reverse(int: ScalarInt) -> u128 {
        (int.bits << unused(int)).reverse_bits()
    }
}

pub(crate) fn saturating(op: BinOp, left: ScalarInt, right: ScalarInt, signed: bool) -> u128 {
    let (result, overflowed) = overflowing(op, left, right, signed);
    if !overflowed {
        return result.bits;
    }
    let bits = u32::from(left.size) * 8;
    match (signed, op) {
        // The first operand's sign tells which way it went.
        (true, _) if left.signed() >= 0 => (1 << (bits - 1)) - 1,
        (true, _) => 1 << (bits - 1),
        (false, BinOp::Add) => u128::MAX >> (128 - bits),
        (false, _) => 0,
    }
}
