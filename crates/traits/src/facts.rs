//! Facts about types without parameters.

use crate::{TraitCx, TraitError};
use ty::{ClosureArgs, CoroutineClosureArgs, DefId, GenericArgs, LangItem, Ty, TyKind, VariantDiscr};

/// Types of at most this size are walked as trees: that is cheaper than remembering what is known of each part.
const SMALL: u32 = 16;

impl<'tcx> TraitCx<'tcx> {
    /// Whether `Copy` holds.
    pub fn is_copy(&self, ty: Ty<'tcx>) -> bool {
        match *ty.kind() {
            TyKind::Bool
            | TyKind::Char
            | TyKind::Int(_)
            | TyKind::Uint(_)
            | TyKind::Float(_)
            | TyKind::RawPtr(..)
            | TyKind::FnPtr(_)
            | TyKind::FnDef(..)
            | TyKind::Never => true,
            TyKind::Ref(_, _, mutability) => !mutability.is_mut(),
            TyKind::Str | TyKind::Slice(_) | TyKind::Dynamic(..) | TyKind::Foreign(_) => false,
            TyKind::Array(element, _) => self.is_copy(element),
            TyKind::Tuple(types) if ty.tree_size() <= SMALL => types.iter().all(|ty| self.is_copy(ty)),
            _ => self.implements(ty, LangItem::Copy),
        }
    }

    /// Whether `Sized` holds.
    pub fn is_sized(&self, ty: Ty<'tcx>) -> bool {
        match *ty.kind() {
            TyKind::Str | TyKind::Slice(_) | TyKind::Dynamic(..) | TyKind::Foreign(_) => false,
            TyKind::Adt(did, _) if !self.tcx.adt_def(did).is_struct() => true,
            TyKind::Adt(..) | TyKind::Tuple(_) | TyKind::UnsafeBinder(_) => self.implements(ty, LangItem::Sized),
            _ => true,
        }
    }

    /// No interior mutability outside of indirection.
    pub fn is_freeze(&self, ty: Ty<'tcx>) -> bool {
        self.is_trivially_plain(ty) || self.implements(ty, LangItem::Freeze)
    }

    /// Whether `Unpin` holds: a pinned value may be moved.
    pub fn is_unpin(&self, ty: Ty<'tcx>) -> bool {
        self.is_trivially_plain(ty) || self.implements(ty, LangItem::Unpin)
    }

    /// Whether a unique reference to the type may be taken as unaliased.
    pub fn is_unsafe_unpin(&self, ty: Ty<'tcx>) -> bool {
        self.is_trivially_plain(ty) || self.implements(ty, LangItem::UnsafeUnpin)
    }

    /// Types that need no look at impls for `Freeze`, `Unpin` and `UnsafeUnpin`.
    fn is_trivially_plain(&self, ty: Ty<'tcx>) -> bool {
        match *ty.kind() {
            TyKind::Bool
            | TyKind::Char
            | TyKind::Int(_)
            | TyKind::Uint(_)
            | TyKind::Float(_)
            | TyKind::Never
            | TyKind::Str
            | TyKind::Ref(..)
            | TyKind::RawPtr(..)
            | TyKind::FnDef(..)
            | TyKind::FnPtr(_)
            | TyKind::Error => true,
            TyKind::Tuple(types) if ty.tree_size() <= SMALL => types.iter().all(|ty| self.is_trivially_plain(ty)),
            TyKind::Array(inner, _) | TyKind::Slice(inner) | TyKind::Pat(inner, _) => self.is_trivially_plain(inner),
            _ => false,
        }
    }

    /// Whether dropping a value of the type does anything.
    pub fn needs_drop(&self, ty: Ty<'tcx>) -> bool {
        if ty.tree_size() <= SMALL {
            return self.needs_drop_uncached(ty);
        }
        self.needs_drop.get_or(ty, || self.needs_drop_uncached(ty))
    }

    fn needs_drop_uncached(&self, ty: Ty<'tcx>) -> bool {
        match *ty.kind() {
            TyKind::Bool
            | TyKind::Char
            | TyKind::Int(_)
            | TyKind::Uint(_)
            | TyKind::Float(_)
            | TyKind::Never
            | TyKind::Str
            | TyKind::Ref(..)
            | TyKind::RawPtr(..)
            | TyKind::FnDef(..)
            | TyKind::FnPtr(_)
            | TyKind::Pat(..)
            | TyKind::Error => false,
            TyKind::Dynamic(..) | TyKind::Foreign(_) | TyKind::Coroutine(..) => true,
            TyKind::Slice(element) => self.needs_drop(element),
            TyKind::Array(element, len) => len.as_target_usize() != Some(0) && self.needs_drop(element),
            TyKind::Tuple(types) => types.iter().any(|ty| self.needs_drop(ty)),
            TyKind::Closure(_, args) => ClosureArgs::new(args).upvar_tys().iter().any(|ty| self.needs_drop(ty)),
            TyKind::CoroutineClosure(_, args) => {
                CoroutineClosureArgs::new(args).upvar_tys().iter().any(|ty| self.needs_drop(ty))
            }
            TyKind::UnsafeBinder(binder) => self.needs_drop(self.tcx.instantiate_bound_erased(binder)),
            TyKind::Adt(did, args) => self.needs_drop.get_or(ty, || self.adt_needs_drop(did, args)),
            TyKind::CoroutineWitness(..)
            | TyKind::Alias(..)
            | TyKind::Param(_)
            | TyKind::Bound(..)
            | TyKind::Infer(_) => ty::bug!("whether {ty:?} needs drop is not known"),
        }
    }

    fn adt_needs_drop(&self, did: DefId, args: GenericArgs<'tcx>) -> bool {
        // Damaged metadata may have types that contain themselves.
        ty::ensure_stack();
        let adt = self.tcx.adt_def(did);
        if adt.is_manually_drop {
            return false;
        }
        if adt.is_box || self.definitions().adt_destructor(did).is_some() {
            return true;
        }
        !adt.is_union()
            && adt
                .variants
                .iter()
                .flat_map(|variant| variant.fields.iter())
                .any(|field| self.needs_drop(self.field_ty(field.did, args)))
    }

    /// The normalised type of a field for a type's (normalised) arguments.
    pub fn field_ty(&self, field: DefId, args: GenericArgs<'tcx>) -> Ty<'tcx> {
        self.instantiate_and_normalize(self.definitions().type_of(field), args)
    }

    /// The last field's last field's … type, which decides whether a pointer to the type has metadata, and which.
    pub fn struct_tail(&self, ty: Ty<'tcx>) -> Ty<'tcx> {
        self.solver().struct_tail(ty).unwrap_or_else(|error| error.unwind(self.tcx))
    }

    /// The discriminants of an enum's variants, as bits of its discriminant type ([`mir::discriminant_ty`]), by variant.
    pub fn discriminants(&self, adt: DefId) -> Result<&'tcx [u128], TraitError<'tcx>> {
        self.discriminants.get_or(adt, || {
            let def = self.tcx.adt_def(adt);
            let size = match def.repr.discr_type() {
                ty::rustc_abi::IntegerType::Pointer(_) => 8,
                ty::rustc_abi::IntegerType::Fixed(integer, _) => integer.size().bytes() as u8,
            };
            let mut base = 0;
            let mut all = Vec::with_capacity(def.variants.len());
            for variant in &def.variants {
                let offset = match variant.discr {
                    VariantDiscr::Explicit(constant) => {
                        base = match self.tcx.hooks().eval_discriminant(constant) {
                            Ok(bits) => bits,
                            Err(error) => return Err(TraitError::Const(self.tcx.arena().keep(error))),
                        };
                        0
                    }
                    VariantDiscr::Relative(offset) => offset,
                };
                all.push(ty::ScalarInt::truncated(base.wrapping_add(u128::from(offset)), size).bits);
            }
            Ok(self.tcx.arena().alloc_slice(&all))
        })
    }
}
