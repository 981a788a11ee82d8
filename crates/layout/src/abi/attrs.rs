//! Promises about arguments and results.

use super::{ArgAbi, PassMode};
use crate::{BackendRepr, FieldsShape, LayoutCx, PointerKind, Primitive, Scalar, Size, TyAndLayout, Variants};
use lir::{Captures, Extension, ParamAttrs, PointerRole};
use ty::{Mutability, TyKind};

impl<'tcx> LayoutCx<'tcx> {
    /// Promises of a scalar that is (a part of) a value, at an offset. `is_drop_target`: the value is the argument of
    /// `drop_in_place`, a raw pointer that is as good as `&mut`.
    pub(super) fn scalar_attrs(
        &self,
        scalar: Scalar,
        layout: TyAndLayout<'tcx>,
        offset: Size,
        is_return: bool,
        is_drop_target: bool,
    ) -> ParamAttrs {
        let mut attrs = ParamAttrs::default();
        let optimize = self.tcx().session().optimize;
        if scalar.is_bool() {
            attrs.extension = Extension::Zero;
            attrs.noundef = optimize;
            return attrs;
        }
        attrs.noundef = optimize && !scalar.is_uninit_valid();
        let Scalar::Initialized { value: Primitive::Pointer(_), valid_range } = scalar else { return attrs };
        attrs.nonnull = optimize && (!valid_range.contains(0) || is_drop_target);

        let Some(pointee) = layout.pointee_info_at(self, offset) else { return attrs };
        let kind = match (pointee.safe, *layout.ty.kind()) {
            (Some(kind), _) => kind,
            (None, TyKind::RawPtr(target, _)) if is_drop_target => {
                let reference = self.expect_layout(self.tcx().mk_ref(target, Mutability::Mut));
                match reference.pointee_info_at(self, offset).and_then(|info| info.safe) {
                    Some(kind) => kind,
                    None => return attrs,
                }
            }
            _ => return attrs,
        };
        attrs.align = pointee.align.bytes();
        let dereferenceable = match kind {
            // What a result points to may be freed right after the return; what these point to, during the call.
            _ if is_return => 0,
            PointerKind::Box { .. }
            | PointerKind::SharedRef { frozen: false }
            | PointerKind::MutableRef { unpin: false } => 0,
            PointerKind::SharedRef { frozen: true } | PointerKind::MutableRef { unpin: true } => pointee.size.bytes(),
        };
        if optimize && dereferenceable != 0 {
            attrs.dereferenceable = dereferenceable;
            attrs.dereferenceable_or_null = !attrs.nonnull;
            attrs.nonnull = false;
        }
        if !is_return && optimize {
            attrs.noalias = match kind {
                PointerKind::SharedRef { frozen } => frozen,
                PointerKind::MutableRef { unpin } => unpin,
                PointerKind::Box { unpin, global } => unpin && global,
            };
            if kind == (PointerKind::SharedRef { frozen: true }) {
                attrs.readonly = true;
                attrs.captures = Captures::AddressAndReads;
            }
        }
        attrs
    }

    /// The mode of a value that goes by pointer.
    pub(super) fn indirect(&self, layout: TyAndLayout<'tcx>, is_return: bool) -> PassMode {
        let optimize = self.tcx().session().optimize;
        let size = layout.layout.size.bytes();
        let align = layout.layout.align.abi.bytes();
        let attrs = ParamAttrs {
            role: is_return.then_some(PointerRole::StructReturn { size, align }),
            align,
            noalias: optimize,
            noundef: optimize,
            nonnull: optimize && size == 0,
            dereferenceable: if optimize { size } else { 0 },
            // The callee may keep the address, but nothing may be done with it.
            captures: if optimize { Captures::Address } else { Captures::Anything },
            writable: optimize && is_return,
            dead_on_return: optimize && !is_return && layout.is_sized(),
            ..ParamAttrs::default()
        };
        let meta_attrs = (!layout.is_sized()).then(ParamAttrs::default);
        PassMode::Indirect { attrs, meta_attrs, on_stack: false }
    }

    pub(super) fn make_indirect(&self, arg: &mut ArgAbi<'tcx>, is_return: bool) {
        if !arg.is_indirect() {
            arg.mode = self.indirect(arg.layout, is_return);
        }
    }

    /// Passes an argument as a copy in the stack's argument area.
    pub(super) fn make_by_value(&self, arg: &mut ArgAbi<'tcx>) {
        self.make_indirect(arg, false);
        if let PassMode::Indirect { attrs, on_stack, .. } = &mut arg.mode {
            *on_stack = true;
            attrs.dead_on_return = false;
            attrs.role = Some(PointerRole::ByValue { size: arg.layout.layout.size.bytes(), align: attrs.align });
        }
    }

    /// Whether a value surely has no undefined byte: neither padding nor a union is in it. Enums of several variants, and
    /// vectors, count as having some.
    pub(super) fn is_defined(&self, layout: TyAndLayout<'tcx>) -> bool {
        let data = layout.layout;
        match data.backend_repr {
            BackendRepr::Scalar(scalar) => !scalar.is_uninit_valid(),
            BackendRepr::ScalarPair(a, b) => {
                !a.is_uninit_valid() && !b.is_uninit_valid() && a.size(self) + b.size(self) == data.size
            }
            BackendRepr::SimdVector { .. } | BackendRepr::ScalableVector { .. } => false,
            BackendRepr::Memory { .. } => match data.fields {
                FieldsShape::Primitive | FieldsShape::Union(_) => false,
                FieldsShape::Array { count, .. } => count == 0 || self.is_defined(layout.field(self, 0)),
                FieldsShape::Arbitrary { .. } => {
                    let mut covered = Size::ZERO;
                    let is_covered = data.fields.index_by_increasing_offset().all(|index| {
                        let field = layout.field(self, index);
                        if field.layout.size == Size::ZERO {
                            return true;
                        }
                        let follows = data.fields.offset(index) == covered;
                        covered += field.layout.size;
                        follows && self.is_defined(field)
                    });
                    matches!(data.variants, Variants::Single { .. }) && is_covered && covered == data.size
                }
            },
        }
    }

    /// C compilers expect smaller integers to fill so many bits.
    pub(super) fn extend_to(&self, arg: &mut ArgAbi<'tcx>, bits: u64) {
        if let BackendRepr::Scalar(scalar) = arg.layout.layout.backend_repr
            && let Primitive::Int(integer, signed) = scalar.primitive()
            && integer.size().bits() < bits
            && let PassMode::Direct(attrs) = &mut arg.mode
        {
            attrs.extension = if signed { Extension::Sign } else { Extension::Zero };
        }
    }
}
