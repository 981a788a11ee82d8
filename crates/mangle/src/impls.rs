//! What an impl is for, as its path shows it.

use crate::path::Args;
use ty::{
    Const, ConstKind, DefId, FoldCache, GenericArg, Region, Tcx, TraitRef, Ty, TyKind, TypeFlags, TypeFoldable,
    TypeFolder, super_fold_const, super_fold_ty,
};

/// The self type of an impl, and the trait if it is for one.
pub(crate) struct ImplSubject<'tcx> {
    pub self_ty: Ty<'tcx>,
    pub trait_ref: Option<TraitRef<'tcx>>,
}

/// As the impl is written, in terms of its own parameters.
pub(crate) fn generic_subject<'tcx>(tcx: Tcx<'tcx>, impl_: DefId) -> ImplSubject<'tcx> {
    let definitions = tcx.definitions();
    let trait_ref = definitions.impl_header(impl_).map(|header| header.trait_ref);
    let self_ty = trait_ref.map_or_else(|| definitions.type_of(impl_), TraitRef::self_ty);
    ImplSubject { self_ty, trait_ref }
}

impl<'tcx> ImplSubject<'tcx> {
    pub(crate) fn subst(self, tcx: Tcx<'tcx>, args: Args<'tcx>) -> ImplSubject<'tcx> {
        ImplSubject {
            self_ty: tcx.subst_slice(self.self_ty, args),
            trait_ref: self.trait_ref.map(|trait_ref| tcx.subst_slice(trait_ref, args)),
        }
    }

    pub(crate) fn normalize(self, tcx: Tcx<'tcx>) -> ImplSubject<'tcx> {
        let mut normalizer = Normalizer { tcx, cache: FoldCache::default() };
        ImplSubject {
            self_ty: tcx.erase_regions(self.self_ty).fold_with(&mut normalizer),
            trait_ref: self.trait_ref.map(|trait_ref| tcx.erase_regions(trait_ref).fold_with(&mut normalizer)),
        }
    }
}

/// Whether the arguments are an item's own parameters, one by one.
pub(crate) fn is_identity(args: Args<'_>) -> bool {
    args.iter().enumerate().all(|(index, arg)| match *arg {
        GenericArg::Lifetime(region) => region == Region::Erased,
        GenericArg::Type(ty) => matches!(*ty.kind(), TyKind::Param(param) if param.index as usize == index),
        GenericArg::Const(constant) => {
            matches!(*constant.kind(), ConstKind::Param(param) if param.index as usize == index)
        }
    })
}

/// Normalises what does not depend on parameters, and leaves the rest.
struct Normalizer<'tcx> {
    tcx: Tcx<'tcx>,
    cache: FoldCache<'tcx>,
}

const NORMALIZABLE: TypeFlags = TypeFlags::HAS_ALIAS.union(TypeFlags::HAS_UNEVALUATED);

impl<'tcx> TypeFolder<'tcx> for Normalizer<'tcx> {
    fn tcx(&self) -> Tcx<'tcx> {
        self.tcx
    }
    fn cache(&mut self) -> Option<(&mut FoldCache<'tcx>, u32)> {
        Some((&mut self.cache, 0))
    }
    fn fold_ty(&mut self, ty: Ty<'tcx>) -> Ty<'tcx> {
        if !ty.flags().intersects(NORMALIZABLE) {
            ty
        } else if !ty.has_param() && ty.outer_binder() == 0 {
            self.tcx.normalize(ty)
        } else {
            super_fold_ty(self, ty)
        }
    }
    fn fold_const(&mut self, constant: Const<'tcx>) -> Const<'tcx> {
        let is_open = constant.flags().contains(TypeFlags::HAS_PARAM) || constant.outer_binder() != 0;
        match constant.kind() {
            ConstKind::Unevaluated(_) if !is_open => self.tcx.hooks().eval_const(constant).unwrap_or(constant),
            _ => super_fold_const(self, constant),
        }
    }
}
