//! Facts about the memory behind a pointer that lies in a value.

use crate::{FieldsShape, LayoutCx, PointeeInfo, PointerKind, Size, TagEncoding, TyAndLayout, Variants};
use ty::{LangItem, Mutability, Ty, TyKind};

impl<'tcx> TyAndLayout<'tcx> {
    /// What is known of what the pointer at an offset of a value points to; `None` where there is no pointer, or
    /// nothing is known. The rules are those of `rustc_middle::ty::layout`.
    pub fn pointee_info_at(self, cx: &LayoutCx<'tcx>, offset: Size) -> Option<PointeeInfo> {
        let at_start = offset.bytes() == 0;
        match *self.ty.kind() {
            TyKind::RawPtr(pointee, _) if at_start => cx.pointee_info(pointee, None),
            TyKind::FnPtr(_) if at_start => cx.pointee_info(self.ty, None),
            TyKind::Ref(_, pointee, mutability) if at_start => {
                let optimize = cx.tcx().session().optimize;
                let kind = match mutability {
                    Mutability::Not => {
                        PointerKind::SharedRef { frozen: optimize && cx.tcx().hooks().is_freeze(pointee) }
                    }
                    Mutability::Mut => PointerKind::MutableRef { unpin: optimize && cx.is_unpin(pointee) },
                };
                cx.pointee_info(pointee, Some(kind))
            }
            _ => self.pointee_info_inside(cx, offset),
        }
    }

    /// Looks for the pointer in a field.
    fn pointee_info_inside(self, cx: &LayoutCx<'tcx>, offset: Size) -> Option<PointeeInfo> {
        let data = match self.layout.variants {
            // An enum like `Option<&T>`: null, or a pointer of the other variant.
            Variants::Multiple {
                tag_encoding: TagEncoding::Niche { untagged_variant, niche_start, .. },
                tag_field,
                ref variants,
                ..
            } if variants.len() == 2 && self.layout.fields.offset(tag_field.index()) == offset => {
                if niche_start != 0 {
                    return None;
                }
                self.for_variant(cx, untagged_variant)
            }
            Variants::Multiple { .. } => return None,
            Variants::Single { .. } | Variants::Empty => self,
        };
        if let FieldsShape::Union(_) = data.layout.fields {
            return None;
        }
        let end = offset + cx.pointer_size();
        let mut found = (0..data.layout.fields.count()).find_map(|index| {
            let start = data.layout.fields.offset(index);
            if start > offset {
                return None;
            }
            let field = data.field(cx, index);
            if end > start + field.layout.size {
                return None;
            }
            field.pointee_info_at(cx, offset - start)
        });
        if let Some(info) = &mut found
            && offset.bytes() == 0
            && let Some((boxed, global)) = cx.boxed(self.ty)
        {
            let unpin = cx.tcx().session().optimize && cx.is_unpin(boxed);
            info.safe = Some(PointerKind::Box { unpin, global });
        }
        found
    }
}

impl<'tcx> LayoutCx<'tcx> {
    fn pointee_info(&self, pointee: Ty<'tcx>, safe: Option<PointerKind>) -> Option<PointeeInfo> {
        let layout = self.layout_of(pointee).ok()?;
        Some(PointeeInfo { safe, size: layout.layout.size, align: layout.layout.align.abi })
    }

    fn is_unpin(&self, ty: Ty<'tcx>) -> bool {
        let hooks = self.tcx().hooks();
        hooks.is_unpin(ty) && hooks.is_unsafe_unpin(ty)
    }

    /// What a `Box` holds, and whether it is of the global allocator.
    fn boxed(&self, ty: Ty<'tcx>) -> Option<(Ty<'tcx>, bool)> {
        let tcx = self.tcx();
        let TyKind::Adt(did, args) = *ty.kind() else { return None };
        if !tcx.adt_def(did).is_box {
            return None;
        }
        let global = match *args.type_at(1).kind() {
            TyKind::Adt(allocator, _) => tcx.lang_item(LangItem::GlobalAlloc) == Some(allocator),
            _ => false,
        };
        Some((args.type_at(0), global))
    }
}
