//! Projection: the type that `<T as Trait>::Name` means.

use crate::TraitError;
use crate::impls::Leaf;
use crate::matcher::{Matcher, PartialArgs, filled};
use crate::select::{Selection, Solver};
use smallvec::{SmallVec, smallvec};
use ty::{AliasTy, AliasTyKind, DefId, GenericArg, GenericArgs, GenericParamKind, Region, TraitRef, Ty, TyKind};

impl<'tcx> Solver<'_, 'tcx> {
    /// The normalised type of an associated type of a trait. `args` are normalised: the trait's, then the item's own.
    pub fn project(&mut self, item: DefId, args: GenericArgs<'tcx>) -> Result<Ty<'tcx>, TraitError<'tcx>> {
        let tcx = self.cx.tcx;
        let alias = tcx.mk_ty(TyKind::Alias(AliasTyKind::Projection, AliasTy { def_id: item, args }));
        let trait_ = match self.cx.trait_of_item(item) {
            Some(trait_) => trait_,
            None => return Err(TraitError::NoValue(alias)),
        };
        let goal = self.trait_ref_of(trait_, args);
        let value = match self.select(goal)? {
            Selection::Impl { impl_, args: impl_args } => {
                let leaf = self.cx.leaf(impl_, item).filter(|leaf| leaf.item.has_value || leaf.impl_.is_some());
                let Some(leaf) = leaf else { return Err(TraitError::NoValue(alias)) };
                let leaf_args = self.leaf_args(leaf, goal, impl_, impl_args, args)?;
                tcx.subst(self.cx.definitions().type_of(leaf.item.def_id), leaf_args)
            }
            Selection::Object => match *goal.self_ty().kind() {
                TyKind::Dynamic(predicates, _) => self.project_object(predicates, item, args)?,
                _ => return Err(TraitError::NoValue(alias)),
            },
            Selection::Builtin => {
                let trait_item = self.cx.lang_item_of(trait_);
                let builtin = match trait_item {
                    Some(trait_item) => self.project_builtin(trait_item, item, args)?,
                    None => None,
                };
                match builtin {
                    Some(ty) => ty,
                    // A default of the trait (`Iterator` of gen blocks has none today).
                    None => match self.cx.definitions().assoc_item(item) {
                        Some(found) if found.has_value => tcx.subst(self.cx.definitions().type_of(item), args),
                        _ => return Err(TraitError::NoValue(alias)),
                    },
                }
            }
        };
        self.deeper(|solver| solver.normalize(value))
    }

    /// The trait applied to the first of an item's arguments.
    pub fn trait_ref_of(&self, trait_: DefId, args: GenericArgs<'tcx>) -> TraitRef<'tcx> {
        let count = self.cx.definitions().generics_of(trait_).count();
        TraitRef { def_id: trait_, args: self.cx.tcx.mk_args(&args[..count]) }
    }

    /// The arguments for the definition of an item that an impl uses. `item_args` are the trait's and then the item's own.
    pub fn leaf_args(
        &mut self,
        leaf: Leaf,
        goal: TraitRef<'tcx>,
        impl_: DefId,
        impl_args: GenericArgs<'tcx>,
        item_args: GenericArgs<'tcx>,
    ) -> Result<GenericArgs<'tcx>, TraitError<'tcx>> {
        let container_args = match leaf.impl_ {
            None => return Ok(item_args),
            Some(node) if node == impl_ => impl_args,
            Some(node) => {
                let Some(header) = self.cx.definitions().impl_header(node) else {
                    return Err(TraitError::Unimplemented(goal));
                };
                match self.match_impl(node, header.trait_ref, goal)? {
                    Some(args) => args,
                    None => return Err(TraitError::Unimplemented(goal)),
                }
            }
        };
        let own = &item_args[goal.args.len()..];
        if own.is_empty() {
            return Ok(container_args);
        }
        let all: SmallVec<[GenericArg<'tcx>; 8]> = container_args.iter().chain(own.iter().copied()).collect();
        Ok(self.cx.tcx.mk_args(&all))
    }

    /// The normalised type of an associated type of an inherent impl; the arguments are the self type, then its own.
    pub fn project_inherent(&mut self, item: DefId, args: GenericArgs<'tcx>) -> Result<Ty<'tcx>, TraitError<'tcx>> {
        let tcx = self.cx.tcx;
        let impl_ = self.cx.parent(item);
        let generics = self.cx.definitions().generics_of(impl_);
        let mut impl_args: PartialArgs<'tcx> = smallvec![None; generics.count()];
        for param in &generics.own_params {
            if param.kind == GenericParamKind::Lifetime {
                impl_args[param.index as usize] = Some(GenericArg::Lifetime(Region::Erased));
            }
        }
        let matches = Matcher::new(tcx, &mut impl_args).ty(self.cx.definitions().type_of(impl_), args[0].expect_ty());
        if !matches || impl_args.iter().any(Option::is_none) {
            let alias = AliasTy { def_id: item, args };
            return Err(TraitError::NoValue(tcx.mk_ty(TyKind::Alias(AliasTyKind::Inherent, alias))));
        }
        let mut all = filled(tcx, &impl_args);
        all.extend_from_slice(&args[1..]);
        let ty = tcx.subst_slice(self.cx.definitions().type_of(item), &all);
        self.deeper(|solver| solver.normalize(ty))
    }
}
