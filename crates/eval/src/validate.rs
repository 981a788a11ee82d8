//! Whether what an evaluation left is a value of its type: rustc's last check of a constant (`interpret::validity`).
//!
//! Undefined behaviour that the machine did not notice while it ran (a transmute to `bool`, a reference to nothing) is found
//! here, before anything else relies on the value.

use crate::fault::{EvalResult, Fault, FaultKind};
use crate::layouts::Layout;
use crate::machine::Machine;
use crate::memory::Pointer;
use crate::value::{Imm, ImmTy, MemPlace};
use layout::{BackendRepr, FieldsShape, Variants};
use rustc_hash::FxHashSet;
use std::fmt::Write;
use ty::rustc_abi;
use ty::{AllocId, FieldIdx, GlobalAlloc, Scalar, Symbol, Ty, TyKind, VariantIdx};

/// A step from a value to a part of it.
#[derive(Clone, Copy)]
enum Step<'tcx> {
    Field(Symbol),
    Variant(Symbol),
    Captured(Symbol),
    Tuple(usize),
    Element(u64),
    Tag,
    Deref,
    Downcast(Ty<'tcx>),
}

struct Validator<'m, 'e, 'tcx> {
    machine: &'m mut Machine<'e, 'tcx>,
    /// The type of what is checked.
    ty: Ty<'tcx>,
    path: Vec<Step<'tcx>>,
    /// What references lead to, with the way there.
    todo: Vec<(MemPlace<'tcx>, Vec<Step<'tcx>>)>,
    seen: FxHashSet<(Option<AllocId>, u64, Ty<'tcx>, Option<Scalar>)>,
}

impl<'tcx> Machine<'_, 'tcx> {
    /// Checks a value, and all that its references lead to, other statics excepted.
    pub(crate) fn validate(&mut self, place: MemPlace<'tcx>) -> EvalResult<()> {
        let may_read_mutable = std::mem::replace(&mut self.may_read_mutable, true);
        let mut validator = Validator {
            machine: self,
            ty: place.layout.ty,
            path: Vec::new(),
            todo: Vec::new(),
            seen: FxHashSet::default(),
        };
        let result = validator.run(place);
        self.may_read_mutable = may_read_mutable;
        result
    }
}

impl<'tcx> Validator<'_, '_, 'tcx> {
    fn run(&mut self, place: MemPlace<'tcx>) -> EvalResult<()> {
        self.todo.push((place, Vec::new()));
        while let Some((place, path)) = self.todo.pop() {
            self.path = path;
            self.value(&place)?;
        }
        Ok(())
    }

    fn failure<T>(&self, what: impl std::fmt::Display) -> EvalResult<T> {
        let cx = self.machine.cx;
        let has_type = cx.tcx.definitions().release().behaviour.invalid_values_have_types;
        let mut message = "constructing invalid value".to_string();
        if has_type {
            let _ = write!(message, " of type {}:", cx.shown(self.ty));
        }
        if !self.path.is_empty() {
            message.push_str(" at ");
        }
        for step in &self.path {
            let _ = match step {
                Step::Field(name) => write!(message, ".{name}"),
                Step::Variant(name) => write!(message, ".<enum-variant({name})>"),
                Step::Captured(name) => write!(message, ".<captured-var({name})>"),
                Step::Tuple(index) => write!(message, ".{index}"),
                Step::Element(index) => write!(message, "[{index}]"),
                Step::Tag => write!(message, ".<enum-tag>"),
                Step::Deref => write!(message, ".<deref>"),
                Step::Downcast(ty) if has_type => write!(message, ".<dyn-downcast({})>", cx.shown(*ty)),
                Step::Downcast(_) => write!(message, ".<dyn-downcast>"),
            };
        }
        message.push_str(match (has_type, self.path.is_empty()) {
            (true, true) => "",
            (true, false) => ",",
            (false, _) => ":",
        });
        Err(Fault::new(format!("{message} encountered {what}")))
    }

    fn within<T>(&mut self, step: Step<'tcx>, run: impl FnOnce(&mut Self) -> EvalResult<T>) -> EvalResult<T> {
        self.path.push(step);
        let result = run(self)?;
        self.path.pop();
        Ok(result)
    }

    /// Turns a fault of memory into one of the value in it.
    fn readable<T>(&self, result: EvalResult<T>, expected: &str) -> EvalResult<T> {
        match result {
            Err(fault) => match *fault {
                Fault::Here { kind: FaultKind::Uninit, .. } => {
                    self.failure(format_args!("uninitialized memory, but expected {expected}"))
                }
                Fault::Here { kind: FaultKind::PointerAsInt, .. } => {
                    self.failure(format_args!("a pointer, but expected {expected}"))
                }
                Fault::Here { kind: FaultKind::PartialPointer, .. } => {
                    self.failure("a partial pointer or a mix of pointers")
                }
                _ => Err(fault),
            },
            ok => ok,
        }
    }

    fn read(&self, place: &MemPlace<'tcx>, expected: &str) -> EvalResult<ImmTy<'tcx>> {
        self.readable(self.machine.read_imm(&(*place).into()), expected)
    }

    fn scalar(&self, place: &MemPlace<'tcx>, expected: &str) -> EvalResult<Scalar> {
        self.readable(self.machine.read_scalar(&(*place).into()), expected)
    }

    fn value(&mut self, place: &MemPlace<'tcx>) -> EvalResult<()> {
        let ty = place.layout.ty;
        match *ty.kind() {
            TyKind::Bool => {
                let scalar = self.scalar(place, "a boolean")?;
                match scalar {
                    Scalar::Int(int) if int.bits > 1 => {
                        return self.failure(format_args!("{int:?}, but expected a boolean"));
                    }
                    _ => return Ok(()),
                }
            }
            TyKind::Char => {
                let scalar = self.scalar(place, "a unicode scalar value")?;
                match scalar {
                    Scalar::Int(int) if char::from_u32(int.bits as u32).is_none() => {
                        return self.failure(format_args!(
                            "{int:?}, but expected a valid unicode scalar value (in `0..=0x10FFFF` but not in \
                             `0xD800..=0xDFFF`)"
                        ));
                    }
                    _ => return Ok(()),
                }
            }
            TyKind::Int(_) | TyKind::Uint(_) => return self.scalar(place, "an integer").map(drop),
            TyKind::Float(_) => return self.scalar(place, "a floating point number").map(drop),
            TyKind::RawPtr(..) => {
                let pointer = self.read(place, "a raw pointer")?;
                let pointee = self.machine.pointee(&pointer)?;
                return self.metadata(&pointee);
            }
            TyKind::Ref(..) => {
                let pointer = self.read(place, "a reference")?;
                return self.safe_pointer(&pointer, "reference");
            }
            TyKind::FnPtr(_) => {
                let scalar = self.scalar(place, "a function pointer")?;
                let ptr = self.machine.to_pointer(scalar)?;
                let target = ptr.base.and_then(|base| self.machine.cx.tcx.try_global_alloc(base));
                if !matches!(target, Some(GlobalAlloc::Function(_))) || ptr.offset != 0 {
                    return self.failure(format_args!("{ptr}, but expected a function pointer"));
                }
                return Ok(());
            }
            TyKind::Never => return self.failure("a value of the never type `!`"),
            TyKind::Foreign(_) | TyKind::FnDef(..) => return Ok(()),
            _ => {}
        }
        self.parts(place)?;
        self.representation(place)
    }

    /// Fields, elements, the variant.
    fn parts(&mut self, place: &MemPlace<'tcx>) -> EvalResult<()> {
        let ty = place.layout.ty;
        match *ty.kind() {
            TyKind::Str => {
                let len = self.machine.len_of(place)?;
                self.readable(self.machine.read_bytes(place.ptr, len).map(drop), "a string")
            }
            TyKind::Array(element, _) | TyKind::Slice(element) => self.elements(place, element),
            TyKind::Pat(base, _) => {
                let layout = self.machine.cx.layout_of(base)?;
                self.value(&MemPlace { layout, ..*place })
            }
            TyKind::Dynamic(..) => {
                let Some(vtable) = place.meta else { ty::bug!("a trait object without a vtable") };
                let layout = self.machine.cx.layout_of(self.machine.vtable_type(vtable)?)?;
                let inner = MemPlace { layout, meta: None, ..*place };
                self.within(Step::Downcast(inner.layout.ty), |this| this.value(&inner))
            }
            TyKind::Adt(..) if ty.is_box(self.machine.cx.tcx) => self.boxed(place, ty),
            // What a coroutine saves is there in some of its states only.
            TyKind::Coroutine(..) => Ok(()),
            _ => self.fields(place),
        }
    }

    fn boxed(&mut self, place: &MemPlace<'tcx>, ty: Ty<'tcx>) -> EvalResult<()> {
        let tcx = self.machine.cx.tcx;
        let Some(pointee) = ty.builtin_deref(tcx) else { ty::bug!("a box holds something") };
        // The pointer is the box's first scalar, or pair of scalars.
        let layout = self.machine.cx.layout_of(tcx.mk_ptr(pointee, ty::Mutability::Mut))?;
        let pointer = self.read(&MemPlace { layout, ..*place }, "a box")?;
        self.safe_pointer(&pointer, "box")
    }

    fn elements(&mut self, place: &MemPlace<'tcx>, element: Ty<'tcx>) -> EvalResult<()> {
        let len = self.machine.len_of(place)?;
        let layout = self.machine.cx.layout_of(element)?;
        if let TyKind::Int(_) | TyKind::Uint(_) | TyKind::Float(_) = element.kind() {
            // All at once; only where something is wrong, one by one.
            if self.machine.read_bytes(place.ptr, layout.size.bytes() * len).is_ok() {
                return Ok(());
            }
        }
        let len = if layout.is_zst() { len.min(1) } else { len };
        for index in 0..len {
            let part = self.machine.project_index(place, index)?;
            self.within(Step::Element(index), |this| this.value(&part))?;
        }
        Ok(())
    }

    fn fields(&mut self, place: &MemPlace<'tcx>) -> EvalResult<()> {
        match &place.layout.layout.fields {
            FieldsShape::Primitive | FieldsShape::Union(_) => {}
            FieldsShape::Array { .. } => {
                // A vector's array, or an array itself: the element's type is that of field 0.
                let element = self.machine.cx.field(place.layout, FieldIdx::from_u32(0));
                self.elements(place, element.ty)?;
            }
            FieldsShape::Arbitrary { offsets, .. } => {
                let multiple = matches!(place.layout.layout.variants, Variants::Multiple { .. });
                for index in 0..offsets.len() {
                    // The tag is looked at by way of the variant.
                    if multiple && self.is_tag(place.layout, index) {
                        continue;
                    }
                    let field = self.machine.project_field(place, FieldIdx::from_usize(index))?;
                    let step = self.step(place.layout, index);
                    self.within(step, |this| this.value(&field))?;
                }
            }
        }
        match place.layout.layout.variants {
            Variants::Multiple { .. } => {
                let variant = self.variant(place)?;
                let inner = self.machine.project_variant(place, variant);
                let TyKind::Adt(did, _) = *place.layout.ty.kind() else { return Ok(()) };
                let name = self.machine.cx.tcx.adt_def(did).variants[variant].name;
                self.within(Step::Variant(name), |this| this.value_of_variant(&inner))
            }
            Variants::Single { .. } | Variants::Empty => Ok(()),
        }
    }

    fn value_of_variant(&mut self, place: &MemPlace<'tcx>) -> EvalResult<()> {
        self.fields(place)?;
        self.representation(place)
    }

    fn is_tag(&self, layout: Layout<'tcx>, index: usize) -> bool {
        matches!(layout.layout.variants, Variants::Multiple { tag_field, .. } if tag_field.index() == index)
    }

    fn variant(&mut self, place: &MemPlace<'tcx>) -> EvalResult<VariantIdx> {
        self.within(Step::Tag, |this| {
            let read = this.machine.read_discriminant(&(*place).into());
            match this.readable(read, "a valid enum tag") {
                Ok(variant) => Ok(variant),
                Err(fault) => match &*fault {
                    Fault::Here { message, .. } if message.starts_with("enum value has invalid tag: ") => {
                        let tag = message.trim_start_matches("enum value has invalid tag: ").to_string();
                        this.failure(format_args!("{tag}, but expected a valid enum tag"))
                    }
                    Fault::Here { message, .. } if message.starts_with("read discriminant of") => {
                        this.failure("an uninhabited enum variant")
                    }
                    _ => Err(fault),
                },
            }
        })
    }

    fn step(&self, layout: Layout<'tcx>, index: usize) -> Step<'tcx> {
        let tcx = self.machine.cx.tcx;
        match *layout.ty.kind() {
            TyKind::Adt(did, _) => {
                let variant = self.machine.cx.single_variant(layout).unwrap_or(VariantIdx::ZERO);
                Step::Field(tcx.adt_def(did).variants[variant].fields[FieldIdx::from_usize(index)].name)
            }
            TyKind::Closure(did, _) | TyKind::CoroutineClosure(did, _) => {
                match tcx.definitions().captured_names(did).get(index) {
                    Some(&name) => Step::Captured(name),
                    None => Step::Tuple(index),
                }
            }
            _ => Step::Tuple(index),
        }
    }

    /// What the layout promises of the scalars that a value consists of.
    fn representation(&mut self, place: &MemPlace<'tcx>) -> EvalResult<()> {
        if place.layout.is_uninhabited() {
            let ty = self.machine.cx.shown(place.layout.ty);
            return self.failure(format_args!("a value of uninhabited type `{ty}`"));
        }
        let always = |scalar: rustc_abi::Scalar| scalar.is_always_valid(self.machine.cx.layouts);
        match place.layout.layout.backend_repr {
            BackendRepr::Scalar(scalar) if !scalar.is_uninit_valid() && !always(scalar) => {
                let value = self.scalar(place, "initialized scalar value")?;
                self.in_range(value, scalar)
            }
            BackendRepr::ScalarPair(first, second)
                if !(first.is_uninit_valid() || second.is_uninit_valid() || always(first) && always(second)) =>
            {
                match self.read(place, "initialized scalar value")?.imm {
                    Imm::Pair(a, b) => {
                        self.in_range(a, first)?;
                        self.in_range(b, second)
                    }
                    _ => Ok(()),
                }
            }
            _ => Ok(()),
        }
    }

    fn in_range(&self, value: Scalar, scalar: rustc_abi::Scalar) -> EvalResult<()> {
        let layouts = self.machine.cx.layouts;
        let range = scalar.valid_range(layouts);
        let max = scalar.size(layouts).unsigned_int_max();
        let (low, high) = (range.start, range.end);
        let allowed = if low > high {
            format!("less or equal to {high}, or greater or equal to {low}")
        } else if low == high {
            format!("equal to {low}")
        } else if low == 0 {
            format!("less or equal to {high}")
        } else if high == max {
            format!("greater or equal to {low}")
        } else {
            format!("in the range {low}..={high}")
        };
        match value {
            Scalar::Int(int) if range.contains(int.bits) => Ok(()),
            Scalar::Int(int) => self.failure(format_args!("{}, but expected something {allowed}", int.bits)),
            Scalar::Ptr(..) if low == 1 && high == max => {
                if self.machine.may_be_null(value)? {
                    return self.failure("a maybe-null pointer, but expected something that is definitely non-zero");
                }
                Ok(())
            }
            Scalar::Ptr(..) if scalar.is_always_valid(layouts) => Ok(()),
            Scalar::Ptr(..) => self.failure(format_args!(
                "a pointer with unknown absolute address, but expected something that is definitely {allowed}"
            )),
        }
    }

    // ---- pointers

    /// A wide pointer's metadata.
    fn metadata(&self, place: &MemPlace<'tcx>) -> EvalResult<()> {
        let Some(meta) = place.meta else { return Ok(()) };
        let tail = self.machine.cx.layouts.struct_tail(place.layout.ty);
        match tail.kind() {
            TyKind::Dynamic(..) => match self.machine.vtable_type(meta) {
                Ok(_) => Ok(()),
                Err(_) => {
                    let vtable = self.machine.to_pointer(meta)?;
                    self.failure(format_args!("{vtable}, but expected a vtable pointer"))
                }
            },
            _ => self.readable(self.machine.to_int(meta).map(drop), "an integer"),
        }
    }

    fn safe_pointer(&mut self, pointer: &ImmTy<'tcx>, what: &str) -> EvalResult<()> {
        let place = match pointer.imm {
            Imm::Uninit => return self.failure(format_args!("uninitialized memory, but expected a {what}")),
            _ => self.machine.pointee(pointer)?,
        };
        self.metadata(&place)?;
        let (size, align) = match self.machine.size_and_align_of(&place) {
            Ok(Some(known)) => known,
            Ok(None) => (place.layout.size.bytes(), place.layout.align.abi.bytes()),
            Err(fault) => match &*fault {
                Fault::Here { message, .. } => {
                    let why = message.trim_start_matches("invalid metadata in wide pointer: ").to_string();
                    return self.failure(format_args!("invalid {what} metadata: {why}"));
                }
                Fault::Inner(_) => return Err(fault),
            },
        };
        self.dereferenceable(place.ptr, size, what)?;
        if let Some((has, required)) = self.machine.misalignment(place.ptr, align)? {
            return self
                .failure(format_args!("an unaligned {what} (required {required} byte alignment but found {has})"));
        }
        let address = self.machine.pointer_scalar(place.ptr);
        if self.machine.may_be_null(address)? {
            let maybe = if place.ptr.base.is_some() { "maybe-null" } else { "null" };
            return self.failure(format_args!("a {maybe} {what}"));
        }
        if place.layout.is_uninhabited() {
            let ty = self.machine.cx.shown(place.layout.ty);
            return self.failure(format_args!("a {what} pointing to uninhabited type {ty}"));
        }
        // Other statics are checked on their own account.
        let target = place.ptr.base.and_then(|base| self.machine.cx.tcx.try_global_alloc(base));
        let follow = !matches!(target, Some(GlobalAlloc::Static(_)));
        if follow && self.seen.insert((place.ptr.base, place.ptr.offset, place.layout.ty, place.meta)) {
            let mut path = self.path.clone();
            path.push(Step::Deref);
            self.todo.push((place, path));
        }
        Ok(())
    }

    fn dereferenceable(&self, ptr: Pointer, size: u64, what: &str) -> EvalResult<()> {
        let Some(base) = ptr.base else {
            return match (size, ptr.offset) {
                (0, _) => Ok(()),
                (_, 0) => self.failure(format_args!("a null {what}")),
                _ => self.failure(format_args!("a dangling {what} ({ptr} has no provenance)")),
            };
        };
        if !self.machine.memory.local.contains_key(&base) && self.machine.cx.tcx.try_global_alloc(base).is_none() {
            return self.failure(format_args!("a dangling {what} (use-after-free)"));
        }
        if size == 0 {
            return Ok(());
        }
        let info = self.machine.alloc_info(base)?;
        if ptr.offset.checked_add(size).is_none_or(|end| end > info.size) {
            return self.failure(format_args!("a dangling {what} (going beyond the bounds of its allocation)"));
        }
        Ok(())
    }
}
