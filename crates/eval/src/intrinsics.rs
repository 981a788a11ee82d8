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
    AllocId, ExternAbi, FieldIdx, FloatTy, GlobalAlloc, Instance, Mutability, Scalar, ScalarInt, Ty, TyKind, VariantIdx,
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
        let name = definition.name.as_str();
        if name == "const_eval_select" {
            return self.const_eval_select(args, dest, target);
        }
        let done = if name.starts_with("simd_") {
            self.simd_intrinsic(name, instance, args, dest)?
        } else {
            self.type_intrinsic(name, instance, args, dest)?
                || self.memory_intrinsic(name, instance, args, dest)?
                || self.variadic_intrinsic(name, args, dest)?
                || self.integer_intrinsic(name, args, dest)?
                || self.float_intrinsic(name, args, dest)?
        };
        if done {
            self.return_to(target)?;
            return Ok(true);
        }
        if definition.must_be_overridden {
            fault!("intrinsic `{name}` is not supported at compile-time");
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

    fn type_intrinsic(
        &mut self,
        name: &str,
        instance: Instance<'tcx>,
        args: &Args<'tcx>,
        dest: &PlaceTy<'tcx>,
    ) -> EvalResult<bool> {
        let cx = self.cx;
        let ty = || instance.args.type_at(0);
        match name {
            "size_of" | "align_of" => {
                let layout = cx.layout_of(ty())?;
                let value = if name == "size_of" { layout.size.bytes() } else { layout.align.abi.bytes() };
                self.write_bits(u128::from(value), dest)?;
            }
            "size_of_val" | "align_of_val" => {
                let imm = self.read_imm(&args[0])?;
                let place = self.pointee(&imm)?;
                let Some((size, align)) = self.size_and_align_of(&place)? else {
                    fault!("`extern type` does not have known layout")
                };
                self.write_bits(u128::from(if name == "size_of_val" { size } else { align }), dest)?;
            }
            "offset_of" => {
                let variant = self.read_int(&args[0])?.bits as u32;
                let field = self.read_int(&args[1])?.bits as usize;
                let layout = cx.for_variant(cx.layout_of(ty())?, VariantIdx::from_u32(variant));
                self.write_bits(u128::from(layout.fields.offset(field).bytes()), dest)?;
            }
            "needs_drop" => self.write_bits(u128::from(cx.tcx.hooks().needs_drop(ty())), dest)?,
            "type_name" => {
                let name = cx.type_name(ty());
                let id = cx.string_alloc(&name);
                let pair = ImmTy::pair(
                    self.pointer_scalar(Pointer::new(id, 0)),
                    self.usize_scalar(name.len() as u64),
                    dest.layout(),
                );
                self.write_imm(pair, dest)?;
            }
            "type_id" => self.write_type_id(ty(), dest)?,
            "type_id_eq" => {
                let (a, b) = (self.read_type_id(&args[0])?, self.read_type_id(&args[1])?);
                self.write_bits(u128::from(a == b), dest)?;
            }
            "variant_count" => {
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
            "caller_location" => {
                let imm = self.caller_location()?;
                self.write_imm(ImmTy { imm, layout: dest.layout() }, dest)?;
            }
            "assert_inhabited" | "assert_zero_valid" | "assert_mem_uninitialized_valid" => {
                let layout = cx.layout_of(ty())?;
                let shown = || cx.shown(ty());
                if layout.is_uninhabited() {
                    let text = format!("aborted execution: attempted to instantiate uninhabited type `{}`", shown());
                    return Err(self.panic(&text));
                }
                if name == "assert_zero_valid" && !cx.filled_is_valid(layout, 0) {
                    let text =
                        format!("aborted execution: attempted to zero-initialize type `{}`, which is invalid", shown());
                    return Err(self.panic(&text));
                }
                if name == "assert_mem_uninitialized_valid" && !cx.filled_is_valid(layout, 1) {
                    let text = format!(
                        "aborted execution: attempted to leave type `{}` uninitialized, which is invalid",
                        shown()
                    );
                    return Err(self.panic(&text));
                }
            }
            "vtable_size" | "vtable_align" => {
                let vtable = self.read_scalar(&args[0])?;
                let layout = cx.layout_of(self.vtable_type(vtable)?)?;
                let value = if name == "vtable_size" { layout.size.bytes() } else { layout.align.abi.bytes() };
                self.write_bits(u128::from(value), dest)?;
            }
            "discriminant_value" => {
                let place = self.deref(&args[0])?;
                let variant = self.read_discriminant(&place.into())?;
                let discriminant = cx.discriminant_for_variant(place.layout.ty, variant)?;
                self.write_scalar(Scalar::Int(discriminant), dest)?;
            }
            "ub_checks" | "overflow_checks" | "contract_checks" => self.write_bits(1, dest)?,
            "is_val_statically_known" => self.write_bits(0, dest)?,
            "black_box" => self.copy_op(&args[0], dest)?,
            "forget" | "cold_path" => {}
            "likely" | "unlikely" => self.copy_op(&args[0], dest)?,
            "assume" => {
                let condition = self.read_scalar(&args[0])?;
                if !self.to_bool(condition)? {
                    fault!("`assume` called with `false`");
                }
            }
            "unreachable" => fault!("entering unreachable code"),
            _ => return Ok(false),
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
        name: &str,
        instance: Instance<'tcx>,
        args: &Args<'tcx>,
        dest: &PlaceTy<'tcx>,
    ) -> EvalResult<bool> {
        match name {
            "copy" => self.copy_intrinsic(&args[0], &args[1], &args[2], true)?,
            "copy_nonoverlapping" => self.copy_intrinsic(&args[0], &args[1], &args[2], false)?,
            "volatile_copy_memory" | "volatile_copy_nonoverlapping_memory" => {
                let overlap = name == "volatile_copy_memory";
                self.copy_intrinsic(&args[1], &args[0], &args[2], overlap)?;
            }
            "write_bytes" | "volatile_set_memory" => {
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
            "compare_bytes" => {
                let (left, right) = (self.read_pointer(&args[0])?, self.read_pointer(&args[1])?);
                let len = self.read_usize(&args[2])?;
                let ordering = self.read_bytes(left, len)?.cmp(self.read_bytes(right, len)?);
                self.write_bits(ordering as i8 as i128 as u128, dest)?;
            }
            "raw_eq" => {
                let (size, align) = self.pointee_size(&args[0])?;
                let (left, right) = (self.read_pointer(&args[0])?, self.read_pointer(&args[1])?);
                self.check_align(left, align)?;
                self.check_align(right, align)?;
                let same = self.read_bytes(left, size)? == self.read_bytes(right, size)?;
                self.write_bits(u128::from(same), dest)?;
            }
            "typed_swap_nonoverlapping" => {
                let (left, right) = (self.deref(&args[0])?, self.deref(&args[1])?);
                let size = left.layout.size.bytes();
                let temporary = self.allocate(left.layout)?;
                self.mem_copy(left.ptr, temporary.ptr, size, false)?;
                self.mem_copy(right.ptr, left.ptr, size, false)?;
                self.mem_copy(temporary.ptr, right.ptr, size, false)?;
                self.free(temporary.ptr);
            }
            "read_via_copy" | "volatile_load" => {
                let place = self.deref(&args[0])?;
                self.copy_op(&place.into(), dest)?;
            }
            "unaligned_volatile_load" => {
                let place = MemPlace { misaligned: None, ..self.deref(&args[0])? };
                self.copy_op(&place.into(), dest)?;
            }
            "write_via_move" | "volatile_store" => {
                let place = self.deref(&args[0])?;
                self.copy_op(&args[1], &place.into())?;
            }
            "unaligned_volatile_store" => {
                let place = MemPlace { misaligned: None, ..self.deref(&args[0])? };
                self.copy_op(&args[1], &place.into())?;
            }
            "transmute" | "transmute_unchecked" => self.copy_op_transmute(&args[0], dest)?,
            "aggregate_raw_ptr" => {
                let data = self.read_scalar(&args[0])?;
                let imm = match self.read_imm(&args[1])?.imm {
                    Imm::Scalar(meta) => Imm::Pair(data, meta),
                    _ => Imm::Scalar(data),
                };
                self.write_imm(ImmTy { imm, layout: dest.layout() }, dest)?;
            }
            "ptr_metadata" => {
                let imm = match self.read_imm(&args[0])?.imm {
                    Imm::Pair(_, meta) => Imm::Scalar(meta),
                    _ => Imm::Uninit,
                };
                self.write_imm(ImmTy { imm, layout: dest.layout() }, dest)?;
            }
            "slice_get_unchecked" => {
                let slice = self.deref(&args[0])?;
                let index = self.read_usize(&args[1])?;
                let element = self.project_index(&slice, index)?;
                let pointer = self.pointer_to(&element, dest.layout());
                self.write_imm(pointer, dest)?;
            }
            "offset" => {
                let (left, right) = (self.read_imm(&args[0])?, self.read_imm(&args[1])?);
                let outcome = self.binary_op(BinOp::Offset, &left, &right)?;
                self.write_imm(ImmTy { imm: outcome.imm, layout: dest.layout() }, dest)?;
            }
            "arith_offset" => {
                let size = self.cx.layout_of(instance.args.type_at(0))?.size.bytes();
                let ptr = self.read_pointer(&args[0])?;
                let count = self.read_int(&args[1])?.signed() as u64;
                self.write_pointer(ptr.wrapping_add(count.wrapping_mul(size)), dest)?;
            }
            "ptr_mask" => {
                let ptr = self.read_scalar(&args[0])?;
                let mask = self.read_int(&args[1])?;
                match ptr {
                    Scalar::Int(int) => self.write_bits(int.bits & mask.bits, dest)?,
                    Scalar::Ptr(..) => fault!("intrinsic `ptr_mask` is not supported at compile-time"),
                }
            }
            "ptr_offset_from" | "ptr_offset_from_unsigned" => self.pointer_distance(name, instance, args, dest)?,
            "ptr_guaranteed_cmp" => {
                let (left, right) = (self.read_scalar(&args[0])?, self.read_scalar(&args[1])?);
                let result = self.guaranteed_cmp(left, right)?;
                self.write_bits(result, dest)?;
            }
            "const_allocate" => {
                let (size, align) = (self.read_usize(&args[0])?, self.read_usize(&args[1])?);
                let align = heap_align(align, name)?;
                let ptr = self.allocate_bytes(size, align, MemoryKind::Heap { made_global: false })?;
                self.write_pointer(ptr, dest)?;
            }
            "const_deallocate" => {
                let ptr = self.read_pointer(&args[0])?;
                let (size, align) = (self.read_usize(&args[1])?, self.read_usize(&args[2])?);
                let align = heap_align(align, name)?;
                self.deallocate_heap(ptr, size, align)?;
            }
            "const_make_global" => {
                let ptr = self.read_pointer(&args[0])?;
                self.make_global(ptr)?;
                self.write_pointer(ptr, dest)?;
            }
            _ => return Ok(false),
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
        name: &str,
        instance: Instance<'tcx>,
        args: &Args<'tcx>,
        dest: &PlaceTy<'tcx>,
    ) -> EvalResult<()> {
        let (a, b) = (self.read_pointer(&args[0])?, self.read_pointer(&args[1])?);
        if a.base != b.base {
            fault!("`{name}` called on two different pointers that are not both derived from the same allocation");
        }
        let distance = i128::from(a.offset) - i128::from(b.offset);
        let unsigned = name == "ptr_offset_from_unsigned";
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
            fault!("`{name}` called when first pointer is too far ahead of second");
        }
        if distance < -limit {
            fault!("`{name}` called when first pointer is too far before second");
        }
        if self.check_inbounds(b, distance as i64).is_err() {
            fault!(
                "`{name}` called on two different pointers where the memory range between them is not in-bounds of an \
                 allocation"
            );
        }
        let size = i128::from(self.cx.layout_of(instance.args.type_at(0))?.size.bytes());
        if size == 0 {
            fault!("`{name}` called with a zero-sized type");
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

    // ---- integers

    fn integer_intrinsic(&mut self, name: &str, args: &Args<'tcx>, dest: &PlaceTy<'tcx>) -> EvalResult<bool> {
        let operator = match name {
            "wrapping_add" => BinOp::Add,
            "wrapping_sub" => BinOp::Sub,
            "wrapping_mul" => BinOp::Mul,
            "unchecked_add" => BinOp::AddUnchecked,
            "unchecked_sub" => BinOp::SubUnchecked,
            "unchecked_mul" => BinOp::MulUnchecked,
            "unchecked_div" => BinOp::Div,
            "unchecked_rem" => BinOp::Rem,
            "unchecked_shl" => BinOp::ShlUnchecked,
            "unchecked_shr" => BinOp::ShrUnchecked,
            "add_with_overflow" => BinOp::AddWithOverflow,
            "sub_with_overflow" => BinOp::SubWithOverflow,
            "mul_with_overflow" => BinOp::MulWithOverflow,
            "three_way_compare" => BinOp::Cmp,
            _ => return self.integer_function(name, args, dest),
        };
        let (left, right) = (self.read_imm(&args[0])?, self.read_imm(&args[1])?);
        let outcome = self.binary_op(operator, &left, &right)?;
        self.write_imm(ImmTy { imm: outcome.imm, layout: dest.layout() }, dest)?;
        Ok(true)
    }

    fn integer_function(&mut self, name: &str, args: &Args<'tcx>, dest: &PlaceTy<'tcx>) -> EvalResult<bool> {
        match name {
            "ctpop" | "ctlz" | "ctlz_nonzero" | "cttz" | "cttz_nonzero" | "bswap" | "bitreverse" => {
                let int = self.read_int(&args[0])?;
                self.write_bits(bit_function(name, int)?, dest)?;
            }
            "saturating_add" | "saturating_sub" => {
                let signed = args[0].layout().ty.is_signed();
                let (left, right) = (self.read_int(&args[0])?, self.read_int(&args[1])?);
                let op = if name == "saturating_add" { BinOp::Add } else { BinOp::Sub };
                self.write_bits(saturating(op, left, right, signed), dest)?;
            }
            "rotate_left" | "rotate_right" => {
                let int = self.read_int(&args[0])?;
                let amount = self.read_int(&args[1])?.bits as u32;
                let bits = u32::from(int.size) * 8;
                let amount = amount % bits;
                let amount = if name == "rotate_left" { amount } else { (bits - amount) % bits };
                let rotated = if amount == 0 { int.bits } else { int.bits << amount | int.bits >> (bits - amount) };
                self.write_bits(rotated, dest)?;
            }
            "exact_div" => {
                let signed = args[0].layout().ty.is_signed();
                let (left, right) = (self.read_int(&args[0])?, self.read_int(&args[1])?);
                self.int_op(BinOp::Div, left, right, signed, signed)?;
                let exact = if signed { left.signed() % right.signed() == 0 } else { left.bits % right.bits == 0 };
                if !exact {
                    fault!("exact_div: {left:?} cannot be divided by {right:?} without remainder");
                }
                let quotient = self.int_op(BinOp::Div, left, right, signed, signed)?;
                self.write_imm(ImmTy { imm: quotient.imm, layout: dest.layout() }, dest)?;
            }
            _ => return Ok(false),
        }
        Ok(true)
    }

    // ---- floats

    fn float_intrinsic(&mut self, name: &str, args: &Args<'tcx>, dest: &PlaceTy<'tcx>) -> EvalResult<bool> {
        let arithmetic = match name {
            "fadd_algebraic" | "fadd_fast" => Some(BinOp::Add),
            "fsub_algebraic" | "fsub_fast" => Some(BinOp::Sub),
            "fmul_algebraic" | "fmul_fast" => Some(BinOp::Mul),
            "fdiv_algebraic" | "fdiv_fast" => Some(BinOp::Div),
            "frem_algebraic" | "frem_fast" => Some(BinOp::Rem),
            _ => None,
        };
        if let Some(op) = arithmetic {
            let (left, right) = (self.read_imm(&args[0])?, self.read_imm(&args[1])?);
            let outcome = self.binary_op(op, &left, &right)?;
            self.write_imm(ImmTy { imm: outcome.imm, layout: dest.layout() }, dest)?;
            return Ok(true);
        }
        if let "float_to_int_unchecked" = name {
            let bits = self.read_int(&args[0])?.bits;
            let TyKind::Float(width) = *args[0].layout().ty.kind() else { ty::bug!("not a float") };
            let to = dest.layout();
            match float::to_int_checked(width, bits, to.size.bits() as u32, to.ty.is_signed()) {
                Some(result) => self.write_bits(result, dest)?,
                None => fault!("`float_to_int_unchecked` intrinsic called on a value that does not fit"),
            }
            return Ok(true);
        }
        // Of all floats since 1.96.
        if name == "fabs"
            && let TyKind::Float(width) = *args[0].layout().ty.kind()
        {
            let value = self.read_int(&args[0])?.bits;
            self.write_bits(float::unary(width, float::Unary::Abs, value), dest)?;
            return Ok(true);
        }
        let Some((stem, width)) = float_name(name) else { return Ok(false) };
        let unary = match stem {
            "floor" => Some(float::Unary::Round(Round::TowardNegative)),
            "ceil" => Some(float::Unary::Round(Round::TowardPositive)),
            "trunc" => Some(float::Unary::Round(Round::TowardZero)),
            "round" => Some(float::Unary::Round(Round::NearestTiesToAway)),
            "round_ties_even_" | "rint" | "nearbyint" => Some(float::Unary::Round(Round::NearestTiesToEven)),
            "fabs" => Some(float::Unary::Abs),
            _ => None,
        };
        if let Some(op) = unary {
            let value = self.read_int(&args[0])?.bits;
            self.write_bits(float::unary(width, op, value), dest)?;
            return Ok(true);
        }
        let binary = match stem {
            "minnum" | "minimum_number_nsz_" => Some(float::Binary::MinimumNumber),
            "maxnum" | "maximum_number_nsz_" => Some(float::Binary::MaximumNumber),
            "minimum" => Some(float::Binary::Minimum),
            "maximum" => Some(float::Binary::Maximum),
            "copysign" => Some(float::Binary::CopySign),
            _ => None,
        };
        if let Some(op) = binary {
            let (left, right) = (self.read_int(&args[0])?.bits, self.read_int(&args[1])?.bits);
            self.write_bits(float::binary_intrinsic(width, op, left, right), dest)?;
            return Ok(true);
        }
        if let "fma" | "fmuladd" = stem {
            let [a, b, c] = [0, 1, 2].map(|index| self.read_int(&args[index]));
            self.write_bits(float::mul_add(width, a?.bits, b?.bits, c?.bits), dest)?;
            return Ok(true);
        }
        Ok(false)
    }
}

/// The name of a float intrinsic without its width.
fn float_name(name: &str) -> Option<(&str, FloatTy)> {
    let widths = [("f16", FloatTy::F16), ("f32", FloatTy::F32), ("f64", FloatTy::F64), ("f128", FloatTy::F128)];
    widths.into_iter().find_map(|(suffix, width)| Some((name.strip_suffix(suffix)?, width)))
}

/// The alignment that is meant, in bytes: 0 is as good as 1.
fn heap_align(align: u64, name: &str) -> EvalResult<u64> {
    let align = align.max(1);
    if !align.is_power_of_two() {
        fault!("invalid align passed to `{name}`: {align} is not a power of 2");
    }
    if align > 1 << 29 {
        fault!("invalid align passed to `{name}`: {align} is too large");
    }
    Ok(align)
}

/// Counts and permutes bits.
pub(crate) fn bit_function(name: &str, int: ScalarInt) -> EvalResult<u128> {
    let unused = 128 - u32::from(int.size) * 8;
    if int.bits == 0 && name.ends_with("_nonzero") {
        fault!("`{name}` called on 0");
    }
    Ok(match name {
        "ctpop" => u128::from(int.bits.count_ones()),
        "ctlz" | "ctlz_nonzero" => u128::from(int.bits.leading_zeros() - unused),
        "cttz" | "cttz_nonzero" => u128::from(int.bits.trailing_zeros().min(128 - unused)),
        "bswap" => (int.bits << unused).swap_bytes(),
        "bitreverse" => (int.bits << unused).reverse_bits(),
        _ => ty::bug!("`{name}` is not a function of bits"),
    })
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
