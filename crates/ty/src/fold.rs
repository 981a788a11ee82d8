//! Rewriting types: the frame for all rewrites.

#[cfg(test)]
mod tests;

use crate::*;
use rustc_hash::FxHashMap;

/// Rewrites types, constants and regions. The default methods rebuild what they are given from rewritten parts.
pub trait TypeFolder<'tcx> {
    /// Where rewritten types are interned.
    fn tcx(&self) -> Tcx<'tcx>;
    /// Where the folder remembers what it made of big types, and for how many binders around them. A folder without this walks
    /// a type as a tree, which may be exponential in what the type takes; so it must have another way to meet each part once.
    fn cache(&mut self) -> Option<(&mut FoldCache<'tcx>, u32)>;
    /// The type in its place.
    fn fold_ty(&mut self, ty: Ty<'tcx>) -> Ty<'tcx> {
        super_fold_ty(self, ty)
    }
    /// The constant in its place.
    fn fold_const(&mut self, constant: Const<'tcx>) -> Const<'tcx> {
        super_fold_const(self, constant)
    }
    /// The region in its place.
    fn fold_region(&mut self, region: Region) -> Region {
        region
    }
    /// Called around the content of a binder, so that the folder can count depth.
    fn enter_binder(&mut self) {}
    /// Called after [`TypeFolder::enter_binder`], when the content is rewritten.
    fn leave_binder(&mut self) {}
    /// The bound variables of a rewritten binder.
    fn fold_bound_vars(&mut self, vars: List<'tcx, BoundVariableKind>) -> List<'tcx, BoundVariableKind> {
        vars
    }
}

/// What a [`TypeFolder`] can rewrite.
pub trait TypeFoldable<'tcx>: Sized {
    /// The value with all types, constants and regions in it rewritten.
    fn fold_with<F: TypeFolder<'tcx> + ?Sized>(self, folder: &mut F) -> Self;
}

/// What a folder made of big types, by the number of binders around them.
pub type FoldCache<'tcx> = FxHashMap<(Ty<'tcx>, u32), Ty<'tcx>>;

/// Types of at most this size are walked as trees: that is cheaper than looking them up.
const SMALL: u32 = 16;

/// Whether to look a type up before it is walked, and to remember the result.
pub(crate) fn is_big(ty: Ty<'_>) -> bool {
    ty.tree_size() > SMALL
}

#[cfg(test)]
thread_local! {
    /// How many types were rebuilt from their parts.
    pub(crate) static REBUILT: std::cell::Cell<u64> = const { std::cell::Cell::new(0) };
}

/// Rebuilds a type from its rewritten parts, unless the folder has met it before.
pub fn super_fold_ty<'tcx, F: TypeFolder<'tcx> + ?Sized>(folder: &mut F, ty: Ty<'tcx>) -> Ty<'tcx> {
    ensure_stack();
    if !is_big(ty) {
        return rebuild_ty(folder, ty);
    }
    if let Some((cache, depth)) = folder.cache()
        && let Some(&known) = cache.get(&(ty, depth))
    {
        return known;
    }
    let rebuilt = rebuild_ty(folder, ty);
    if let Some((cache, depth)) = folder.cache() {
        cache.insert((ty, depth), rebuilt);
    }
    rebuilt
}

fn rebuild_ty<'tcx, F: TypeFolder<'tcx> + ?Sized>(folder: &mut F, ty: Ty<'tcx>) -> Ty<'tcx> {
    #[cfg(test)]
    REBUILT.set(REBUILT.get() + 1);
    let kind = match *ty.kind() {
        TyKind::Bool
        | TyKind::Char
        | TyKind::Int(_)
        | TyKind::Uint(_)
        | TyKind::Float(_)
        | TyKind::Foreign(_)
        | TyKind::Str
        | TyKind::Never
        | TyKind::Param(_)
        | TyKind::Bound(..)
        | TyKind::Infer(_)
        | TyKind::Error => return ty,
        TyKind::Adt(did, args) => TyKind::Adt(did, args.fold_with(folder)),
        TyKind::Array(element, len) => TyKind::Array(element.fold_with(folder), len.fold_with(folder)),
        TyKind::Pat(base, pattern) => TyKind::Pat(base.fold_with(folder), pattern.fold_with(folder)),
        TyKind::Slice(element) => TyKind::Slice(element.fold_with(folder)),
        TyKind::RawPtr(pointee, mutability) => TyKind::RawPtr(pointee.fold_with(folder), mutability),
        TyKind::Ref(region, pointee, mutability) => {
            TyKind::Ref(folder.fold_region(region), pointee.fold_with(folder), mutability)
        }
        TyKind::FnDef(did, args) => TyKind::FnDef(did, args.fold_with(folder)),
        TyKind::FnPtr(sig) => TyKind::FnPtr(sig.fold_with(folder)),
        TyKind::UnsafeBinder(binder) => TyKind::UnsafeBinder(binder.fold_with(folder)),
        TyKind::Dynamic(predicates, region) => {
            TyKind::Dynamic(predicates.fold_with(folder), folder.fold_region(region))
        }
        TyKind::Closure(did, args) => TyKind::Closure(did, args.fold_with(folder)),
        TyKind::CoroutineClosure(did, args) => TyKind::CoroutineClosure(did, args.fold_with(folder)),
        TyKind::Coroutine(did, args) => TyKind::Coroutine(did, args.fold_with(folder)),
        TyKind::CoroutineWitness(did, args) => TyKind::CoroutineWitness(did, args.fold_with(folder)),
        TyKind::Tuple(types) => TyKind::Tuple(types.fold_with(folder)),
        TyKind::Alias(kind, alias) => {
            TyKind::Alias(kind, AliasTy { def_id: alias.def_id, args: alias.args.fold_with(folder) })
        }
    };
    if kind == *ty.kind() { ty } else { folder.tcx().mk_ty(kind) }
}

/// Rebuilds a constant from its rewritten parts.
pub fn super_fold_const<'tcx, F: TypeFolder<'tcx> + ?Sized>(folder: &mut F, constant: Const<'tcx>) -> Const<'tcx> {
    let kind = match *constant.kind() {
        ConstKind::Unevaluated(unevaluated) => {
            ConstKind::Unevaluated(UnevaluatedConst { def: unevaluated.def, args: unevaluated.args.fold_with(folder) })
        }
        ConstKind::Value(ty, value) => {
            let ty = ty.fold_with(folder);
            let value = match value.kind() {
                // Values are big at times, and seldom hold anything to rewrite.
                ValTreeKind::Branch(parts) if !constant.flags().is_empty() => {
                    folder.tcx().mk_valtree(ValTreeKind::Branch(parts.fold_with(folder)))
                }
                ValTreeKind::Branch(_) | ValTreeKind::Leaf(_) => value,
            };
            ConstKind::Value(ty, value)
        }
        _ => return constant,
    };
    if kind == *constant.kind() { constant } else { folder.tcx().mk_const(kind) }
}

impl<'tcx> TypeFoldable<'tcx> for Ty<'tcx> {
    fn fold_with<F: TypeFolder<'tcx> + ?Sized>(self, folder: &mut F) -> Self {
        folder.fold_ty(self)
    }
}
impl<'tcx> TypeFoldable<'tcx> for Const<'tcx> {
    fn fold_with<F: TypeFolder<'tcx> + ?Sized>(self, folder: &mut F) -> Self {
        folder.fold_const(self)
    }
}
impl<'tcx> TypeFoldable<'tcx> for Region {
    fn fold_with<F: TypeFolder<'tcx> + ?Sized>(self, folder: &mut F) -> Self {
        folder.fold_region(self)
    }
}
impl<'tcx> TypeFoldable<'tcx> for GenericArg<'tcx> {
    fn fold_with<F: TypeFolder<'tcx> + ?Sized>(self, folder: &mut F) -> Self {
        match self {
            GenericArg::Lifetime(region) => GenericArg::Lifetime(folder.fold_region(region)),
            GenericArg::Type(ty) => GenericArg::Type(folder.fold_ty(ty)),
            GenericArg::Const(constant) => GenericArg::Const(folder.fold_const(constant)),
        }
    }
}
impl<'tcx> TypeFoldable<'tcx> for Pattern<'tcx> {
    fn fold_with<F: TypeFolder<'tcx> + ?Sized>(self, folder: &mut F) -> Self {
        let kind = match self.kind() {
            PatternKind::Range { start, end } => {
                PatternKind::Range { start: start.fold_with(folder), end: end.fold_with(folder) }
            }
            PatternKind::Or(list) => {
                let folded: smallvec::SmallVec<[_; 4]> = list.iter().map(|pattern| pattern.fold_with(folder)).collect();
                PatternKind::Or(folder.tcx().mk_patterns(&folded))
            }
            PatternKind::NotNull => return self,
        };
        folder.tcx().mk_pattern(kind)
    }
}

macro_rules! fold_lists {
    ($($element:ty => $intern:ident;)*) => {
        $(impl<'tcx> TypeFoldable<'tcx> for List<'tcx, $element> {
            fn fold_with<F: TypeFolder<'tcx> + ?Sized>(self, folder: &mut F) -> Self {
                // Most lists come out as they went in: look for the first change before building anything.
                for (index, element) in self.iter().enumerate() {
                    let folded = element.fold_with(folder);
                    if folded != element {
                        let mut all: smallvec::SmallVec<[$element; 8]> = self[..index].iter().copied().collect();
                        all.push(folded);
                        for rest in &self.as_slice()[index + 1..] {
                            all.push(rest.fold_with(folder));
                        }
                        return folder.tcx().$intern(&all);
                    }
                }
                self
            }
        })*
    };
}
fold_lists! {
    GenericArg<'tcx> => mk_args;
    Ty<'tcx> => mk_types;
    Const<'tcx> => mk_consts;
    PolyExistentialPredicate<'tcx> => mk_existential;
}

impl<'tcx, T: TypeFoldable<'tcx>> TypeFoldable<'tcx> for Binder<'tcx, T> {
    fn fold_with<F: TypeFolder<'tcx> + ?Sized>(self, folder: &mut F) -> Self {
        folder.enter_binder();
        let value = self.value.fold_with(folder);
        folder.leave_binder();
        Binder { value, bound_vars: folder.fold_bound_vars(self.bound_vars) }
    }
}
impl<'tcx> TypeFoldable<'tcx> for FnSig<'tcx> {
    fn fold_with<F: TypeFolder<'tcx> + ?Sized>(self, folder: &mut F) -> Self {
        FnSig { inputs_and_output: self.inputs_and_output.fold_with(folder), ..self }
    }
}
impl<'tcx> TypeFoldable<'tcx> for Term<'tcx> {
    fn fold_with<F: TypeFolder<'tcx> + ?Sized>(self, folder: &mut F) -> Self {
        match self {
            Term::Ty(ty) => Term::Ty(ty.fold_with(folder)),
            Term::Const(constant) => Term::Const(constant.fold_with(folder)),
        }
    }
}
impl<'tcx> TypeFoldable<'tcx> for ExistentialPredicate<'tcx> {
    fn fold_with<F: TypeFolder<'tcx> + ?Sized>(self, folder: &mut F) -> Self {
        match self {
            ExistentialPredicate::Trait(trait_ref) => ExistentialPredicate::Trait(trait_ref.fold_with(folder)),
            ExistentialPredicate::Projection(projection) => {
                ExistentialPredicate::Projection(projection.fold_with(folder))
            }
            ExistentialPredicate::AutoTrait(def_id) => ExistentialPredicate::AutoTrait(def_id),
        }
    }
}
impl<'tcx> TypeFoldable<'tcx> for ExistentialTraitRef<'tcx> {
    fn fold_with<F: TypeFolder<'tcx> + ?Sized>(self, folder: &mut F) -> Self {
        ExistentialTraitRef { def_id: self.def_id, args: self.args.fold_with(folder) }
    }
}
impl<'tcx> TypeFoldable<'tcx> for ExistentialProjection<'tcx> {
    fn fold_with<F: TypeFolder<'tcx> + ?Sized>(self, folder: &mut F) -> Self {
        ExistentialProjection {
            def_id: self.def_id,
            args: self.args.fold_with(folder),
            term: self.term.fold_with(folder),
        }
    }
}
impl<'tcx> TypeFoldable<'tcx> for TraitRef<'tcx> {
    fn fold_with<F: TypeFolder<'tcx> + ?Sized>(self, folder: &mut F) -> Self {
        TraitRef { def_id: self.def_id, args: self.args.fold_with(folder) }
    }
}
impl<'tcx> TypeFoldable<'tcx> for ImplHeader<'tcx> {
    fn fold_with<F: TypeFolder<'tcx> + ?Sized>(self, folder: &mut F) -> Self {
        ImplHeader { trait_ref: self.trait_ref.fold_with(folder), polarity: self.polarity }
    }
}
impl<'tcx> TypeFoldable<'tcx> for ClauseKind<'tcx> {
    fn fold_with<F: TypeFolder<'tcx> + ?Sized>(self, folder: &mut F) -> Self {
        match self {
            ClauseKind::Trait(trait_ref) => ClauseKind::Trait(trait_ref.fold_with(folder)),
            ClauseKind::Projection { def_id, args, term } => {
                ClauseKind::Projection { def_id, args: args.fold_with(folder), term: term.fold_with(folder) }
            }
            ClauseKind::ConstArgHasType(constant, ty) => {
                ClauseKind::ConstArgHasType(constant.fold_with(folder), ty.fold_with(folder))
            }
            ClauseKind::Other => ClauseKind::Other,
        }
    }
}
impl<'tcx> TypeFoldable<'tcx> for UnevaluatedConst<'tcx> {
    fn fold_with<F: TypeFolder<'tcx> + ?Sized>(self, folder: &mut F) -> Self {
        UnevaluatedConst { def: self.def, args: self.args.fold_with(folder) }
    }
}
impl<'tcx> TypeFoldable<'tcx> for Instance<'tcx> {
    fn fold_with<F: TypeFolder<'tcx> + ?Sized>(self, folder: &mut F) -> Self {
        let kind = match self.kind {
            InstanceKind::FnPtrShim(did, ty) => InstanceKind::FnPtrShim(did, ty.fold_with(folder)),
            InstanceKind::FutureDropPollShim(did, a, b) => {
                InstanceKind::FutureDropPollShim(did, a.fold_with(folder), b.fold_with(folder))
            }
            InstanceKind::DropGlue(did, ty) => InstanceKind::DropGlue(did, ty.map(|ty| ty.fold_with(folder))),
            InstanceKind::CloneShim(did, ty) => InstanceKind::CloneShim(did, ty.fold_with(folder)),
            InstanceKind::FnPtrAddrShim(did, ty) => InstanceKind::FnPtrAddrShim(did, ty.fold_with(folder)),
            InstanceKind::AsyncDropGlueCtorShim(did, ty) => {
                InstanceKind::AsyncDropGlueCtorShim(did, ty.fold_with(folder))
            }
            InstanceKind::AsyncDropGlue(did, ty) => InstanceKind::AsyncDropGlue(did, ty.fold_with(folder)),
            other => other,
        };
        Instance { kind, args: self.args.fold_with(folder) }
    }
}

impl<'tcx, T: TypeFoldable<'tcx>> TypeFoldable<'tcx> for Vec<T> {
    fn fold_with<F: TypeFolder<'tcx> + ?Sized>(self, folder: &mut F) -> Self {
        self.into_iter().map(|element| element.fold_with(folder)).collect()
    }
}
impl<'tcx, I: Idx, T: TypeFoldable<'tcx>> TypeFoldable<'tcx> for IndexVec<I, T> {
    fn fold_with<F: TypeFolder<'tcx> + ?Sized>(self, folder: &mut F) -> Self {
        self.into_iter().map(|element| element.fold_with(folder)).collect()
    }
}
impl<'tcx, T: TypeFoldable<'tcx>> TypeFoldable<'tcx> for Option<T> {
    fn fold_with<F: TypeFolder<'tcx> + ?Sized>(self, folder: &mut F) -> Self {
        self.map(|value| value.fold_with(folder))
    }
}
impl<'tcx, T: TypeFoldable<'tcx>> TypeFoldable<'tcx> for Box<T> {
    fn fold_with<F: TypeFolder<'tcx> + ?Sized>(self, folder: &mut F) -> Self {
        Box::new((*self).fold_with(folder))
    }
}
impl<'tcx, A: TypeFoldable<'tcx>, B: TypeFoldable<'tcx>> TypeFoldable<'tcx> for (A, B) {
    fn fold_with<F: TypeFolder<'tcx> + ?Sized>(self, folder: &mut F) -> Self {
        (self.0.fold_with(folder), self.1.fold_with(folder))
    }
}
