//! A type with its layout, and the way into its parts.

use crate::{LayoutCx, LayoutData, Metadata, Scalar, Size, Variants};
use std::fmt;
use std::ops::Deref;
use ty::rustc_abi::{ReprFlags, ReprOptions, WrappingRange};
use ty::{ClosureArgs, CoroutineArgs, CoroutineClosureArgs, FieldIdx, Mutability, Ty, TyKind, VariantIdx, bug};

/// A type and a layout.
///
/// The layout need not be the type's own: it may be that of one variant of an enum, or of the address part of a wide
/// pointer, for which there are no types.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct TyAndLayout<'tcx> {
    /// The type.
    pub ty: Ty<'tcx>,
    /// How it lies in memory.
    pub layout: &'tcx LayoutData,
}

impl<'tcx> Deref for TyAndLayout<'tcx> {
    type Target = &'tcx LayoutData;
    fn deref(&self) -> &&'tcx LayoutData {
        &self.layout
    }
}

impl AsRef<LayoutData> for TyAndLayout<'_> {
    fn as_ref(&self) -> &LayoutData {
        self.layout
    }
}

impl fmt::Debug for TyAndLayout<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TyAndLayout").field("ty", &self.ty).field("layout", self.layout).finish()
    }
}

/// What a field is: a type with its own layout, or a layout without a type of its own.
enum Part<'tcx> {
    Ty(Ty<'tcx>),
    Layout(TyAndLayout<'tcx>),
}

impl<'tcx> TyAndLayout<'tcx> {
    /// The layout of one variant of an enum or coroutine; the field numbers are then the variant's.
    pub fn for_variant(self, cx: &LayoutCx<'tcx>, variant: VariantIdx) -> TyAndLayout<'tcx> {
        let layout: &'tcx LayoutData = match &self.layout.variants {
            Variants::Single { index } if *index == variant => return self,
            // The variants that are left out are uninhabited, but code that cannot be reached may mention them.
            Variants::Single { .. } | Variants::Empty => {
                let fields = match *self.ty.kind() {
                    TyKind::Adt(did, _) => cx.tcx().adt_def(did).variants[variant].fields.len(),
                    _ => bug!("`{:?}` has no variants to choose from", self.ty),
                };
                cx.absent_variants
                    .get_or((variant, fields), || cx.keep(LayoutData::uninhabited_variant(cx, variant, fields)))
            }
            Variants::Multiple { variants, .. } => &variants[variant],
        };
        TyAndLayout { ty: self.ty, layout }
    }

    /// The field of a number in the source's order. Of an enum with several variants, field 0 is the tag; of a wide
    /// pointer, 0 is the address and 1 the metadata; of an array, all are alike.
    pub fn field(self, cx: &LayoutCx<'tcx>, index: usize) -> TyAndLayout<'tcx> {
        match self.part(cx, self.ty, index) {
            Part::Layout(layout) => layout,
            Part::Ty(ty) => match cx.layout_of(ty) {
                Ok(layout) => layout,
                Err(error) => bug!("field {index} of `{:?}`, which has a layout, has none: {error}", self.ty),
            },
        }
    }

    /// The type of the field of a number (see [`TyAndLayout::field`]), normalised.
    pub fn field_ty(self, cx: &LayoutCx<'tcx>, index: usize) -> Ty<'tcx> {
        match self.part(cx, self.ty, index) {
            Part::Layout(layout) => layout.ty,
            Part::Ty(ty) => cx.normalize(ty),
        }
    }

    fn part(self, cx: &LayoutCx<'tcx>, ty: Ty<'tcx>, index: usize) -> Part<'tcx> {
        let tcx = cx.tcx();
        match *ty.kind() {
            TyKind::Pat(base, _) => Part::Ty(base),
            TyKind::UnsafeBinder(binder) => self.part(cx, tcx.instantiate_bound_erased(binder), index),
            TyKind::Ref(_, pointee, _) | TyKind::RawPtr(pointee, _) => {
                if index == 0 {
                    // The address keeps the wide pointer's type, so that what it points to stays known.
                    let unit = tcx.types().unit;
                    let thin = if ty.is_raw_ptr() {
                        tcx.mk_ptr(unit, Mutability::Mut)
                    } else {
                        tcx.mk_ref(unit, Mutability::Mut)
                    };
                    return Part::Layout(TyAndLayout { ty, layout: cx.expect_layout(thin).layout });
                }
                match cx.pointee_metadata(pointee) {
                    Metadata::Length => Part::Ty(tcx.types().usize),
                    Metadata::Vtable => {
                        let entries = cx.vtable_min_entries(cx.struct_tail(pointee));
                        Part::Ty(tcx.mk_ref(tcx.mk_array(tcx.types().usize, entries), Mutability::Not))
                    }
                    Metadata::Thin => bug!("a thin pointer `{ty:?}` has no field {index}"),
                }
            }
            TyKind::Array(element, _) | TyKind::Slice(element) => Part::Ty(element),
            TyKind::Str => Part::Ty(tcx.types().u8),
            TyKind::Closure(_, args) => Part::Ty(ClosureArgs::new(args).upvar_tys()[index]),
            TyKind::CoroutineClosure(_, args) => Part::Ty(CoroutineClosureArgs::new(args).upvar_tys()[index]),
            TyKind::Coroutine(def_id, args) => match self.layout.variants {
                Variants::Empty => bug!("a coroutine has variants"),
                Variants::Single { index: variant } => {
                    let saved = match cx.coroutine_layout(def_id, args) {
                        Some(saved) => saved,
                        None => bug!("a coroutine's layout was known and is not"),
                    };
                    let local = saved.variant_fields[variant][FieldIdx::from_usize(index)];
                    Part::Ty(tcx.subst(saved.field_tys[local].ty, args))
                }
                Variants::Multiple { tag, tag_field, .. } => {
                    if tag_field.index() == index {
                        Part::Layout(cx.tag_layout(tag))
                    } else {
                        Part::Ty(CoroutineArgs::new(args).upvar_tys()[index])
                    }
                }
            },
            TyKind::Tuple(types) => Part::Ty(types[index]),
            TyKind::Adt(..) => match self.layout.variants {
                Variants::Single { index: variant } => Part::Ty(cx.adt_field_ty(ty, variant, index)),
                Variants::Multiple { tag, .. } => {
                    assert_eq!(index, 0, "an enum's only field is its tag");
                    Part::Layout(cx.tag_layout(tag))
                }
                Variants::Empty => bug!("an empty enum has no fields"),
            },
            _ => bug!("`{ty:?}` has no fields"),
        }
    }

    /// Whether values take no memory (and are sized).
    pub fn is_zst(self) -> bool {
        self.layout.is_zst()
    }
    /// Whether the size is known without a value.
    pub fn is_sized(self) -> bool {
        self.layout.is_sized()
    }

    /// The only field that is not of size 0 and alignment 1, and its number; `None` if there is none, or several.
    pub fn non_1zst_field(self, cx: &LayoutCx<'tcx>) -> Option<(FieldIdx, TyAndLayout<'tcx>)> {
        let mut found = None;
        for index in 0..self.layout.fields.count() {
            let field = self.field(cx, index);
            if field.layout.is_1zst() {
                continue;
            }
            if found.is_some() {
                return None;
            }
            found = Some((FieldIdx::from_usize(index), field));
        }
        found
    }

    /// Passed by pointer in ABIs other than Rust's, as C passes arrays (`va_list`).
    pub(crate) fn pass_indirectly_in_non_rustic_abis(self, cx: &LayoutCx<'tcx>) -> bool {
        let mut base = self;
        while base.is_transparent(cx) {
            match base.non_1zst_field(cx) {
                Some((_, field)) => base = field,
                None => break,
            }
        }
        base.repr(cx).is_some_and(|repr| repr.flags.contains(ReprFlags::PASS_INDIRECTLY_IN_NON_RUSTIC_ABIS))
    }

    /// Whether it is no more than its one field with bytes, by its definition.
    pub(crate) fn is_transparent(self, cx: &LayoutCx<'tcx>) -> bool {
        self.repr(cx).is_some_and(|repr| repr.transparent())
    }

    fn repr(self, cx: &LayoutCx<'tcx>) -> Option<ReprOptions> {
        match *self.ty.kind() {
            TyKind::Adt(did, _) => Some(cx.tcx().adt_def(did).repr),
            _ => None,
        }
    }
}

impl<'tcx> LayoutCx<'tcx> {
    /// The layout of a type that surely has one.
    pub fn expect_layout(&self, ty: Ty<'tcx>) -> TyAndLayout<'tcx> {
        match self.layout_of(ty) {
            Ok(layout) => layout,
            Err(error) => bug!("{error}"),
        }
    }

    /// The normalised type of a field of an algebraic type.
    pub fn adt_field_ty(&self, ty: Ty<'tcx>, variant: VariantIdx, index: usize) -> Ty<'tcx> {
        let TyKind::Adt(did, args) = *ty.kind() else { bug!("`{ty:?}` is not algebraic") };
        self.field_tys.get_or((ty, variant, index as u32), || {
            let tcx = self.tcx();
            let field = &tcx.adt_def(did).variants[variant].fields[FieldIdx::from_usize(index)];
            self.normalize(tcx.subst(tcx.definitions().type_of(field.did), args))
        })
    }

    /// The layout of a tag, in the type of an integer (or `*mut ()`) of its size.
    pub(crate) fn tag_layout(&self, tag: Scalar) -> TyAndLayout<'tcx> {
        let layout = self.tags.get_or(tag, || self.keep(LayoutData::scalar(self, tag)));
        TyAndLayout { ty: self.primitive_ty(tag.primitive()), layout }
    }

    /// The whole range of values of a scalar's size.
    pub(crate) fn full_scalar(&self, value: crate::Primitive) -> Scalar {
        let size: Size = value.size(self);
        Scalar::Initialized { value, valid_range: WrappingRange::full(size) }
    }
}
