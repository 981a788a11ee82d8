//! Types as debuggers see them.

use crate::{LowerCx, debug_names};
use layout::{HasDataLayout, TyAndLayout};
use lir::{BaseEncoding, DebugField, DebugParameter, DebugType, DebugTypeId, DebugVariant, IndexVec};
use mir::{ProjectionElem, VarDebugInfoContents};
use rustc_hash::FxHashMap;
use std::sync::Arc;
use ty::rustc_abi::{Primitive, TagEncoding, Variants};
use ty::{AdtKind, ClosureArgs, DefId, FieldIdx, GenericArg, GenericArgs, Ty, TyKind, VariantIdx};

/// The types of a program's variables: each once.
#[derive(Debug, Default)]
pub struct DebugTypes<'tcx> {
    ids: FxHashMap<Ty<'tcx>, DebugTypeId>,
    types: IndexVec<DebugTypeId, DebugType>,
}

impl<'tcx> DebugTypes<'tcx> {
    /// The table that ids index.
    pub fn into_types(self) -> IndexVec<DebugTypeId, DebugType> {
        self.types
    }

    fn push(&mut self, ty: DebugType) -> DebugTypeId {
        self.types.push(ty)
    }

    /// The id of a type, described if it is new.
    pub(crate) fn id(&mut self, cx: &LowerCx<'tcx>, ty: Ty<'tcx>) -> DebugTypeId {
        // What restricts the values of a type is not for debuggers.
        if let TyKind::Pat(base, _) = *ty.kind() {
            return self.id(cx, base);
        }
        if let Some(&known) = self.ids.get(&ty) {
            return known;
        }
        ty::ensure_stack();
        // Types may refer to themselves: the id is there before the description.
        let id = self.push(DebugType::Opaque { name: "".into(), size: 0, align: 1 });
        self.ids.insert(ty, id);
        let described = self.describe(cx, ty);
        self.types[id] = described;
        id
    }

    fn describe(&mut self, cx: &LowerCx<'tcx>, ty: Ty<'tcx>) -> DebugType {
        let name: Arc<str> = debug_names::type_name(cx.tcx, ty).into();
        let Ok(layout) = cx.layout_of(ty) else { return DebugType::Opaque { name, size: 0, align: 1 } };
        let (size, align) = (layout.size.bytes(), layout.align.abi.bytes());
        let base = |encoding| DebugType::Base { name: name.clone(), size, encoding };
        match *ty.kind() {
            TyKind::Bool => base(BaseEncoding::Bool),
            TyKind::Char => base(BaseEncoding::Char),
            TyKind::Int(_) => base(BaseEncoding::Signed),
            TyKind::Uint(_) => base(BaseEncoding::Unsigned),
            TyKind::Float(_) => base(BaseEncoding::Float),
            TyKind::Ref(_, pointee, _) | TyKind::RawPtr(pointee, _) => self.pointer(cx, name, layout, pointee),
            TyKind::FnPtr(_) => DebugType::FunctionPointer { name, size },
            TyKind::Array(element, count) => {
                let count = count.as_target_usize().unwrap_or(0);
                DebugType::Array { element: self.id(cx, element), count, size }
            }
            TyKind::Tuple(types) => {
                let names: Vec<Arc<str>> = (0..types.len()).map(|index| format!("__{index}").into()).collect();
                DebugType::Struct { name, size, align, fields: self.fields(cx, layout, &names), parameters: Vec::new() }
            }
            TyKind::Closure(did, args) => {
                let names = captured_names(cx, did, ClosureArgs::new(args).upvar_tys().len());
                DebugType::Struct { name, size, align, fields: self.fields(cx, layout, &names), parameters: Vec::new() }
            }
            // What the global allocator gives is a pointer, for debuggers too.
            TyKind::Adt(_, args) if ty.is_box(cx.tcx) && is_zero_sized(cx, args.get(1)) => {
                self.pointer(cx, name, layout, args.type_at(0))
            }
            TyKind::Adt(did, args) => {
                let adt = cx.tcx.adt_def(did);
                let parameters = self.parameters(cx, did, args);
                match adt.kind {
                    AdtKind::Struct | AdtKind::Union => {
                        let fields = self.fields(cx, layout, &field_names(adt.non_enum_variant()));
                        match adt.kind {
                            AdtKind::Union => DebugType::Union { name, size, align, fields, parameters },
                            _ => DebugType::Struct { name, size, align, fields, parameters },
                        }
                    }
                    AdtKind::Enum => self.enumeration(cx, name, layout, adt, parameters),
                }
            }
            _ => DebugType::Opaque { name, size, align },
        }
    }

    fn pointer(
        &mut self,
        cx: &LowerCx<'tcx>,
        name: Arc<str>,
        layout: TyAndLayout<'tcx>,
        pointee: Ty<'tcx>,
    ) -> DebugType {
        let word = u64::from(cx.pointer_bytes());
        if layout.size.bytes() == word {
            return DebugType::Pointer { name, pointee: self.id(cx, pointee), size: word };
        }
        let types = cx.tcx.types();
        let (element, first, second, second_ty) = match *cx.layout.struct_tail(pointee).kind() {
            TyKind::Str => (types.u8, "data_ptr", "length", self.id(cx, types.usize)),
            TyKind::Slice(element) => (element, "data_ptr", "length", self.id(cx, types.usize)),
            _ => {
                let words = self.id(cx, types.usize);
                let vtable = self.push(DebugType::Pointer { name: "*const usize".into(), pointee: words, size: word });
                (types.u8, "pointer", "vtable", vtable)
            }
        };
        let element = self.id(cx, element);
        let data = self.push(DebugType::Pointer { name: "".into(), pointee: element, size: word });
        let fields = vec![
            DebugField { name: first.into(), ty: data, offset: 0 },
            DebugField { name: second.into(), ty: second_ty, offset: word },
        ];
        DebugType::Struct { name, size: 2 * word, align: word, fields, parameters: Vec::new() }
    }

    /// The types among the arguments of a generic type.
    fn parameters(&mut self, cx: &LowerCx<'tcx>, did: DefId, args: GenericArgs<'tcx>) -> Vec<DebugParameter> {
        let parameters = cx.tcx.definitions().generics_of(did).own_params.iter().zip(args.iter());
        parameters
            .filter_map(|(parameter, arg)| {
                Some(DebugParameter { name: parameter.name.as_str().into(), ty: self.id(cx, arg.as_type()?) })
            })
            .collect()
    }

    fn fields(&mut self, cx: &LowerCx<'tcx>, layout: TyAndLayout<'tcx>, names: &[Arc<str>]) -> Vec<DebugField> {
        let count = layout.fields.count().min(names.len());
        (0..count)
            .map(|index| DebugField {
                name: names[index].clone(),
                ty: self.id(cx, layout.field(cx.layout, index).ty),
                offset: layout.fields.offset(index).bytes(),
            })
            .collect()
    }

    fn enumeration(
        &mut self,
        cx: &LowerCx<'tcx>,
        name: Arc<str>,
        layout: TyAndLayout<'tcx>,
        adt: &ty::AdtDef,
        parameters: Vec<DebugParameter>,
    ) -> DebugType {
        let (size, align) = (layout.size.bytes(), layout.align.abi.bytes());
        let variant_struct = |this: &mut Self, index: VariantIdx| {
            let variant = &adt.variants[index];
            let fields = this.fields(cx, layout.for_variant(cx.layout, index), &field_names(variant));
            let (name, parameters) = (variant.name.as_str().into(), parameters.clone());
            this.push(DebugType::Struct { name, size, align, fields, parameters })
        };
        match &layout.variants {
            Variants::Empty => DebugType::Opaque { name, size, align },
            Variants::Single { index } => {
                let ty = variant_struct(self, *index);
                let variant = DebugVariant { name: adt.variants[*index].name.as_str().into(), discriminant: None, ty };
                DebugType::Enum { name, size, align, tag: None, variants: vec![variant], parameters }
            }
            Variants::Multiple { tag, tag_encoding, tag_field, .. } => {
                let tag_size = tag.size(cx.layout.data_layout()).bytes();
                let tag_integer = match tag.primitive() {
                    Primitive::Int(integer, signed) => cx.layout.integer_ty(integer, signed),
                    _ => cx.tcx.types().usize,
                };
                let tag_ty = self.id(cx, tag_integer);
                let all_unit = adt.variants.iter().all(|variant| variant.fields.is_empty());
                if all_unit && matches!(tag_encoding, TagEncoding::Direct) && tag_size == size {
                    let values = adt
                        .variants
                        .iter_enumerated()
                        .filter_map(|(index, variant)| {
                            let value = cx.layout.discriminant_for_variant(layout.ty, index).ok()?;
                            let signed = tag_integer.is_signed();
                            let value = if signed { value.signed() } else { value.bits as i128 };
                            Some((Arc::from(variant.name.as_str()), value))
                        })
                        .collect();
                    return DebugType::CLikeEnum { name, base: tag_ty, size, values };
                }
                let offset = layout.fields.offset(tag_field.index()).bytes();
                let mut variants = Vec::new();
                for index in adt.variants.indices() {
                    let discriminant = match cx.layout.variant_tag(layout, index) {
                        Ok(layout::VariantTag::Write { tag, .. }) => Some(tag.bits),
                        Ok(layout::VariantTag::Implicit) => None,
                        Ok(layout::VariantTag::Uninhabited) | Err(_) => continue,
                    };
                    let ty = variant_struct(self, index);
                    variants.push(DebugVariant { name: adt.variants[index].name.as_str().into(), discriminant, ty });
                }
                DebugType::Enum { name, size, align, tag: Some((tag_ty, offset)), variants, parameters }
            }
        }
    }
}

/// Whether an argument is a type without bytes, or there is none.
fn is_zero_sized<'tcx>(cx: &LowerCx<'tcx>, arg: Option<&GenericArg<'tcx>>) -> bool {
    let ty = arg.and_then(|arg| arg.as_type());
    ty.is_none_or(|ty| cx.layout_of(ty).is_ok_and(|layout| layout.is_1zst()))
}

/// The names of what a closure has captured, as its body has them: `_ref__x` for a reference to `x`.
fn captured_names(cx: &LowerCx<'_>, closure: DefId, count: usize) -> Vec<Arc<str>> {
    let mut names: Vec<Arc<str>> = (0..count).map(|index| format!("__{index}").into()).collect();
    if !cx.bodies.has_optimized_mir(closure) {
        return names;
    }
    let environment = mir::Local::from_usize(1);
    for variable in &cx.bodies.optimized_mir(closure).var_debug_info {
        let VarDebugInfoContents::Place(place) = &variable.value else { continue };
        // The closure is passed by reference or not.
        let projection = match place.projection.split_first() {
            Some((ProjectionElem::Deref, rest)) => rest,
            _ => place.projection,
        };
        let (field, prefix) = match projection {
            [ProjectionElem::Field(field, _)] => (field, ""),
            [ProjectionElem::Field(field, _), ProjectionElem::Deref] => (field, "_ref__"),
            _ => continue,
        };
        if place.local == environment
            && let Some(name) = names.get_mut(field.index())
        {
            *name = format!("{prefix}{}", variable.name.as_str()).into();
        }
    }
    names
}

/// Fields' names; those of tuple structs as rustc names them for debuggers.
fn field_names(variant: &ty::VariantDef) -> Vec<Arc<str>> {
    variant
        .fields
        .iter_enumerated()
        .map(|(index, field): (FieldIdx, _)| {
            let name = field.name.as_str();
            if name.starts_with(|c: char| c.is_ascii_digit()) {
                format!("__{}", index.index()).into()
            } else {
                name.into()
            }
        })
        .collect()
}
