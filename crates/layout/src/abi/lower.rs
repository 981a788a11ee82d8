//! The ABI in the LIR's terms.

use super::{ArgAbi, FnAbi, PassMode};
use crate::{BackendRepr, Integer, LayoutCx, Metadata, Primitive, Scalar};
use lir::{Param, ParamAttrs, PointerRole, Signature, Type};
use smallvec::SmallVec;
use ty::rustc_abi::Float;
use ty::{Ty, TyKind};

/// The machine-level parameters of one argument.
pub type Params = SmallVec<[Param; 2]>;

/// The LIR's type of a primitive.
pub fn primitive_type(primitive: Primitive) -> lir::Scalar {
    match primitive {
        Primitive::Int(Integer::I8, _) => lir::Scalar::I8,
        Primitive::Int(Integer::I16, _) => lir::Scalar::I16,
        Primitive::Int(Integer::I32, _) => lir::Scalar::I32,
        Primitive::Int(Integer::I64, _) => lir::Scalar::I64,
        Primitive::Int(Integer::I128, _) => lir::Scalar::I128,
        Primitive::Float(Float::F16) => lir::Scalar::F16,
        Primitive::Float(Float::F32) => lir::Scalar::F32,
        Primitive::Float(Float::F64) => lir::Scalar::F64,
        Primitive::Float(Float::F128) => lir::Scalar::F128,
        Primitive::Pointer(_) => lir::Scalar::Ptr,
    }
}

/// The LIR's type of a layout that is one scalar or vector; a `bool` is an `i8`.
pub fn immediate_type(repr: BackendRepr) -> Option<Type> {
    match repr {
        BackendRepr::Scalar(scalar) => Some(Type::Scalar(primitive_type(scalar.primitive()))),
        BackendRepr::SimdVector { element, count } => {
            Some(Type::vector(primitive_type(element.primitive()), u16::try_from(count).ok()?))
        }
        _ => None,
    }
}

impl<'tcx> ArgAbi<'tcx> {
    /// The machine-level parameters that the argument occupies, in order:
    ///
    /// - `Ignore`: none.
    /// - `Direct`: the value.
    /// - `Pair`: first and second scalar.
    /// - `Cast`: the registers.
    /// - `Indirect`: the address; then the length or vtable of an unsized value.
    pub fn params(&self, cx: &LayoutCx<'tcx>) -> Params {
        let mut params = Params::new();
        match &self.mode {
            PassMode::Ignore => {}
            PassMode::Direct(attrs) => {
                let Some(ty) = immediate_type(self.layout.layout.backend_repr) else {
                    ty::bug!("`{:?}` goes as one value that it is not", self.layout.ty);
                };
                let mut attrs = *attrs;
                if let BackendRepr::Scalar(scalar) = self.layout.layout.backend_repr {
                    attrs.range = range(cx, scalar);
                }
                params.push(Param { ty, attrs });
            }
            PassMode::Pair(a_attrs, b_attrs) => {
                let BackendRepr::ScalarPair(a, b) = self.layout.layout.backend_repr else {
                    ty::bug!("`{:?}` goes as a pair that it is not", self.layout.ty);
                };
                let scalar = |scalar: Scalar, attrs: &ParamAttrs| Param {
                    ty: Type::Scalar(primitive_type(scalar.primitive())),
                    attrs: ParamAttrs { range: range(cx, scalar), ..*attrs },
                };
                params.push(scalar(a, a_attrs));
                let mut second = scalar(b, b_attrs);
                second.attrs.range = second.attrs.range.or_else(|| slice_length_range(cx, self.layout.ty));
                params.push(second);
            }
            PassMode::Cast(target) => {
                params.extend(target.regs.iter().map(|reg| {
                    // In other integers, what is above the value's bytes is undefined.
                    let noundef = target.noundef && reg.bytes.is_power_of_two();
                    Param { ty: reg.ty, attrs: ParamAttrs { noundef, ..ParamAttrs::default() } }
                }));
                if let (true, Ok(count @ 2..)) = (target.together, u8::try_from(params.len())) {
                    params[0].attrs.group = count;
                }
            }
            PassMode::Indirect { attrs, meta_attrs, .. } => {
                params.push(Param { ty: Type::PTR, attrs: *attrs });
                if let Some(meta_attrs) = meta_attrs {
                    let ty = match cx.pointee_metadata(self.layout.ty) {
                        Metadata::Vtable => Type::PTR,
                        _ => Type::Scalar(primitive_type(Primitive::Int(cx.data_layout.ptr_sized_integer(), false))),
                    };
                    params.push(Param { ty, attrs: *meta_attrs });
                }
            }
        }
        params
    }
}

impl<'tcx> FnAbi<'tcx> {
    /// The machine-level signature. A result that goes through memory is the first parameter (its role says so); then
    /// come the [`ArgAbi::params`] of the arguments in order, those that a variadic call adds apart from the others.
    ///
    /// A `bool` in a pair that is returned has undefined bits above its lowest, since compiled std says nothing of them:
    /// the caller must mask it. (As an argument or as the whole result it fills its byte.)
    pub fn to_lir_signature(&self, cx: &LayoutCx<'tcx>) -> Signature {
        let mut params = Vec::with_capacity(self.args.len() + 1);
        let mut returns = Vec::new();
        match &self.ret.mode {
            PassMode::Indirect { .. } => params.extend(self.ret.params(cx)),
            PassMode::Pair(..) => {
                let promise_nothing = |param: Param| Param::new(param.ty);
                returns.extend(self.ret.params(cx).into_iter().map(promise_nothing));
            }
            _ => returns.extend(self.ret.params(cx)),
        }
        let variadic = if self.c_variadic { self.fixed_count..self.args.len() } else { 0..0 };
        let mut extra = Vec::new();
        for (index, arg) in self.args.iter().enumerate() {
            match variadic.contains(&index) {
                true => extra.extend(arg.params(cx)),
                false => params.extend(arg.params(cx)),
            }
        }
        Signature { params, returns, conv: self.conv, variadic: self.c_variadic, extra }
    }

    /// Whether the result goes through memory that the caller passes the address of, as the first parameter.
    pub fn returns_indirectly(&self) -> bool {
        self.ret.is_indirect()
    }

    /// Size and alignment of that memory.
    pub fn return_area(&self) -> Option<(u64, u64)> {
        match self.ret.mode {
            PassMode::Indirect {
                attrs: ParamAttrs { role: Some(PointerRole::StructReturn { size, align }), .. },
                ..
            } => Some((size, align)),
            _ => None,
        }
    }
}

/// The valid values of an integer, where they are not all: from, up to and excluding.
fn range<'tcx>(cx: &LayoutCx<'tcx>, scalar: Scalar) -> Option<(u128, u128)> {
    let Primitive::Int(..) = scalar.primitive() else { return None };
    if !cx.tcx().session().optimize || scalar.is_always_valid(cx) {
        return None;
    }
    let range = scalar.valid_range(cx);
    Some((range.start, scalar.size(cx).truncate(range.end.wrapping_add(1))))
}

/// The valid lengths of a slice behind a reference: its size is at most `isize::MAX`.
fn slice_length_range<'tcx>(cx: &LayoutCx<'tcx>, ty: Ty<'tcx>) -> Option<(u128, u128)> {
    let TyKind::Ref(_, pointee, _) = *ty.kind() else { return None };
    let TyKind::Slice(element) = *pointee.kind() else { return None };
    if !cx.tcx().session().optimize {
        return None;
    }
    let element_size = cx.layout_of(element).ok()?.layout.size.bytes();
    let max = cx.pointer_size().signed_int_max() as u64;
    let max_length = max.checked_div(element_size)?;
    Some((0, u128::from(max_length) + 1))
}
