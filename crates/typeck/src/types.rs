//! Short ways to make and to look at the solver's types.

use solve::ir;
use solve::ir::inherent::{Region as _, Ty as _};
use solve::{Args, Cx, GenericArg, Region, TraitRef, Ty, TyKind};
use ty::{AdtDef, DefId, Mutability};

/// Short ways to make types.
pub(crate) trait Make<'tcx>: Copy {
    fn this(self) -> Cx<'tcx>;

    fn erased(self) -> Region<'tcx> {
        self.this().types().erased
    }
    fn statik(self) -> Region<'tcx> {
        Region::new_static(self.this())
    }
    fn reference(self, region: Region<'tcx>, ty: Ty<'tcx>, mutability: Mutability) -> Ty<'tcx> {
        Ty::new_ref(self.this(), region, ty, to_ir(mutability))
    }
    fn pointer(self, ty: Ty<'tcx>, mutability: Mutability) -> Ty<'tcx> {
        Ty::new_ptr(self.this(), ty, to_ir(mutability))
    }
    fn slice(self, ty: Ty<'tcx>) -> Ty<'tcx> {
        Ty::new_slice(self.this(), ty)
    }
    fn tuple(self, types: &[Ty<'tcx>]) -> Ty<'tcx> {
        Ty::new_tup(self.this(), types)
    }
    fn kind(self, kind: TyKind<'tcx>) -> Ty<'tcx> {
        self.this().mk_ty(kind)
    }
    fn args(self, args: &[GenericArg<'tcx>]) -> Args<'tcx> {
        <Cx<'tcx> as ir::Interner>::mk_args(self.this(), args)
    }
    /// `args[0]: Trait<args[1..]>`.
    fn trait_ref(self, trait_: DefId, args: &[GenericArg<'tcx>]) -> TraitRef<'tcx> {
        ir::TraitRef::new_from_args(self.this(), trait_, self.args(args))
    }
    /// An item's type with these arguments.
    fn ty_of(self, def_id: DefId, args: Args<'tcx>) -> Ty<'tcx> {
        let cx = self.this();
        ir::Interner::type_of(cx, def_id).instantiate(cx, args)
    }
    fn parent_of(self, def_id: DefId) -> DefId {
        ir::Interner::parent(self.this(), def_id)
    }
}
impl<'tcx> Make<'tcx> for Cx<'tcx> {
    fn this(self) -> Cx<'tcx> {
        self
    }
}

pub(crate) fn to_ir(mutability: Mutability) -> ir::Mutability {
    match mutability {
        Mutability::Not => ir::Mutability::Not,
        Mutability::Mut => ir::Mutability::Mut,
    }
}
pub(crate) fn from_ir(mutability: ir::Mutability) -> Mutability {
    match mutability {
        ir::Mutability::Not => Mutability::Not,
        ir::Mutability::Mut => Mutability::Mut,
    }
}

/// Short ways to look at types.
pub(crate) trait Look<'tcx>: Copy {
    fn ty(self) -> Ty<'tcx>;

    fn is_never(self) -> bool {
        matches!(self.ty().kind_ref(), TyKind::Never)
    }
    fn is_unit(self) -> bool {
        matches!(self.ty().kind_ref(), TyKind::Tuple(types) if types.elements().is_empty())
    }
    fn is_var(self) -> bool {
        matches!(self.ty().kind_ref(), TyKind::Infer(ir::TyVar(_)))
    }
    fn is_bool(self) -> bool {
        matches!(self.ty().kind_ref(), TyKind::Bool)
    }
    fn is_integral_or_var(self) -> bool {
        matches!(self.ty().kind_ref(), TyKind::Int(_) | TyKind::Uint(_) | TyKind::Infer(ir::IntVar(_)))
    }
    fn is_float_or_var(self) -> bool {
        matches!(self.ty().kind_ref(), TyKind::Float(_) | TyKind::Infer(ir::FloatVar(_)))
    }
    fn is_numeric(self) -> bool {
        self.is_integral_or_var() || self.is_float_or_var()
    }
    /// Numbers, `bool`, `char`, fn items and pointers: rustc's `is_scalar`.
    fn is_scalar(self) -> bool {
        self.is_numeric()
            || matches!(
                self.ty().kind_ref(),
                TyKind::Bool | TyKind::Char | TyKind::RawPtr(..) | TyKind::FnDef(..) | TyKind::FnPtr(..)
            )
    }
    fn is_slice(self) -> bool {
        matches!(self.ty().kind_ref(), TyKind::Slice(_))
    }
    fn as_ref(self) -> Option<(Region<'tcx>, Ty<'tcx>, Mutability)> {
        match *self.ty().kind_ref() {
            TyKind::Ref(region, ty, mutability) => Some((region, ty, from_ir(mutability))),
            _ => None,
        }
    }
    fn as_raw(self) -> Option<(Ty<'tcx>, Mutability)> {
        match *self.ty().kind_ref() {
            TyKind::RawPtr(ty, mutability) => Some((ty, from_ir(mutability))),
            _ => None,
        }
    }
    fn as_adt(self) -> Option<(&'tcx AdtDef, Args<'tcx>)> {
        match *self.ty().kind_ref() {
            TyKind::Adt(adt, args) => Some((adt.data(), args)),
            _ => None,
        }
    }
    fn as_tuple(self) -> Option<&'tcx [Ty<'tcx>]> {
        match *self.ty().kind_ref() {
            TyKind::Tuple(types) => Some(types.elements()),
            _ => None,
        }
    }
    fn as_array(self) -> Option<(Ty<'tcx>, solve::Const<'tcx>)> {
        match *self.ty().kind_ref() {
            TyKind::Array(ty, len) => Some((ty, len)),
            _ => None,
        }
    }
    /// What a box holds.
    fn boxed(self) -> Option<Ty<'tcx>> {
        let (adt, args) = self.as_adt()?;
        let first = args.elements().first()?;
        match first {
            GenericArg::Type(ty) if adt.is_box => Some(*ty),
            _ => None,
        }
    }
    /// What the language itself dereferences to; raw pointers only if they are asked for.
    fn builtin_deref(self, explicit: bool) -> Option<Ty<'tcx>> {
        match *self.ty().kind_ref() {
            TyKind::Ref(_, ty, _) => Some(ty),
            TyKind::RawPtr(ty, _) if explicit => Some(ty),
            _ => self.boxed(),
        }
    }
    /// What the language itself indexes.
    fn builtin_index(self) -> Option<Ty<'tcx>> {
        match *self.ty().kind_ref() {
            TyKind::Array(ty, _) | TyKind::Slice(ty) => Some(ty),
            _ => None,
        }
    }
}
impl<'tcx> Look<'tcx> for Ty<'tcx> {
    fn ty(self) -> Ty<'tcx> {
        self
    }
}
