//! Rewriting types: substitution, erasure, and the frame for other rewrites.

use crate::*;

/// Rewrites types, constants and regions. The default methods rebuild what they are given from rewritten parts.
pub trait TypeFolder<'tcx> {
    fn tcx(&self) -> Tcx<'tcx>;
    fn fold_ty(&mut self, ty: Ty<'tcx>) -> Ty<'tcx> {
        super_fold_ty(self, ty)
    }
    fn fold_const(&mut self, constant: Const<'tcx>) -> Const<'tcx> {
        super_fold_const(self, constant)
    }
    fn fold_region(&mut self, region: Region) -> Region {
        region
    }
    /// Called around what is under a binder, so that the folder can count depth.
    fn enter_binder(&mut self) {}
    fn leave_binder(&mut self) {}
    /// The bound variables of a rewritten binder.
    fn fold_bound_vars(&mut self, vars: List<'tcx, BoundVariableKind>) -> List<'tcx, BoundVariableKind> {
        vars
    }
}

/// What a [`TypeFolder`] can rewrite.
pub trait TypeFoldable<'tcx>: Sized {
    fn fold_with<F: TypeFolder<'tcx> + ?Sized>(self, folder: &mut F) -> Self;
}

/// Rebuilds a type from its rewritten parts.
pub fn super_fold_ty<'tcx, F: TypeFolder<'tcx> + ?Sized>(folder: &mut F, ty: Ty<'tcx>) -> Ty<'tcx> {
    ensure_stack();
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

/// Moves the bound variables that escape a value under `amount` more binders.
struct Shifter<'tcx> {
    tcx: Tcx<'tcx>,
    depth: u32,
    amount: u32,
}

impl<'tcx> TypeFolder<'tcx> for Shifter<'tcx> {
    fn tcx(&self) -> Tcx<'tcx> {
        self.tcx
    }
    fn fold_ty(&mut self, ty: Ty<'tcx>) -> Ty<'tcx> {
        if ty.outer_binder() <= self.depth {
            return ty;
        }
        match *ty.kind() {
            TyKind::Bound(depth, bound) if depth >= self.depth => {
                self.tcx.mk_ty(TyKind::Bound(depth + self.amount, bound))
            }
            _ => super_fold_ty(self, ty),
        }
    }
    fn fold_const(&mut self, constant: Const<'tcx>) -> Const<'tcx> {
        if constant.outer_binder() <= self.depth {
            return constant;
        }
        match *constant.kind() {
            ConstKind::Bound(depth, var) if depth >= self.depth => {
                self.tcx.mk_const(ConstKind::Bound(depth + self.amount, var))
            }
            _ => super_fold_const(self, constant),
        }
    }
    fn fold_region(&mut self, region: Region) -> Region {
        match region {
            Region::Bound(depth, bound) if depth >= self.depth => Region::Bound(depth + self.amount, bound),
            _ => region,
        }
    }
    fn enter_binder(&mut self) {
        self.depth += 1;
    }
    fn leave_binder(&mut self) {
        self.depth -= 1;
    }
}

/// Moves a value under `amount` binders.
pub fn shift_bound_vars<'tcx, T: TypeFoldable<'tcx>>(tcx: Tcx<'tcx>, value: T, amount: u32) -> T {
    if amount == 0 { value } else { value.fold_with(&mut Shifter { tcx, depth: 0, amount }) }
}

struct Substitution<'a, 'tcx> {
    tcx: Tcx<'tcx>,
    args: &'a [GenericArg<'tcx>],
    depth: u32,
}

impl<'tcx> Substitution<'_, 'tcx> {
    fn arg(&self, index: u32, name: Symbol) -> GenericArg<'tcx> {
        match self.args.get(index as usize) {
            Some(&arg) => arg,
            None => bug!("no argument for the parameter `{name}` (number {index}) among {:?}", self.args),
        }
    }
}

impl<'tcx> TypeFolder<'tcx> for Substitution<'_, 'tcx> {
    fn tcx(&self) -> Tcx<'tcx> {
        self.tcx
    }
    fn fold_ty(&mut self, ty: Ty<'tcx>) -> Ty<'tcx> {
        if !ty.flags().intersects(TypeFlags::HAS_PARAM | TypeFlags::HAS_REGION_PARAM) {
            return ty;
        }
        match *ty.kind() {
            TyKind::Param(param) => {
                let arg = self.arg(param.index, param.name);
                shift_bound_vars(self.tcx, arg.expect_ty(), self.depth)
            }
            _ => super_fold_ty(self, ty),
        }
    }
    fn fold_const(&mut self, constant: Const<'tcx>) -> Const<'tcx> {
        match *constant.kind() {
            ConstKind::Param(param) => {
                let arg = self.arg(param.index, param.name);
                shift_bound_vars(self.tcx, arg.expect_const(), self.depth)
            }
            _ => super_fold_const(self, constant),
        }
    }
    fn fold_region(&mut self, region: Region) -> Region {
        match region {
            // Late-bound regions of an outer function may have no argument: they are erased.
            Region::EarlyParam { index, .. } => match self.args.get(index as usize) {
                Some(&GenericArg::Lifetime(region)) => match region {
                    Region::Bound(depth, bound) => Region::Bound(depth + self.depth, bound),
                    other => other,
                },
                _ => Region::Erased,
            },
            other => other,
        }
    }
    fn enter_binder(&mut self) {
        self.depth += 1;
    }
    fn leave_binder(&mut self) {
        self.depth -= 1;
    }
}

/// Replaces what one binder binds by given regions, erased ones where none is given.
struct Instantiate<'a, 'tcx> {
    tcx: Tcx<'tcx>,
    depth: u32,
    regions: &'a [Option<Region>],
}

impl<'tcx> TypeFolder<'tcx> for Instantiate<'_, 'tcx> {
    fn tcx(&self) -> Tcx<'tcx> {
        self.tcx
    }
    fn fold_ty(&mut self, ty: Ty<'tcx>) -> Ty<'tcx> {
        if ty.outer_binder() <= self.depth {
            return ty;
        }
        match *ty.kind() {
            TyKind::Bound(depth, bound) if depth > self.depth => self.tcx.mk_ty(TyKind::Bound(depth - 1, bound)),
            _ => super_fold_ty(self, ty),
        }
    }
    fn fold_const(&mut self, constant: Const<'tcx>) -> Const<'tcx> {
        if constant.outer_binder() <= self.depth { constant } else { super_fold_const(self, constant) }
    }
    fn fold_region(&mut self, region: Region) -> Region {
        match region {
            Region::Bound(depth, bound) if depth == self.depth => {
                match self.regions.get(bound.var as usize).copied().flatten() {
                    Some(Region::Bound(outer, bound)) => Region::Bound(outer + self.depth, bound),
                    _ => Region::Erased,
                }
            }
            Region::Bound(depth, bound) if depth > self.depth => Region::Bound(depth - 1, bound),
            other => other,
        }
    }
    fn enter_binder(&mut self) {
        self.depth += 1;
    }
    fn leave_binder(&mut self) {
        self.depth -= 1;
    }
}

/// Erases regions that are not bound inside of the value, and makes bound ones anonymous, those of each binder numbered
/// as they first occur; those that do not occur are dropped. So types that differ only in the names or the order of a
/// binder's variables become the same. (`rustc_middle::ty::erase_regions` does so, and symbols and type ids show it.)
struct Eraser<'tcx> {
    tcx: Tcx<'tcx>,
    /// For each binder that we are under, innermost last: its variables as they occurred, old number and kind.
    binders: Vec<Vec<(u32, BoundVariableKind)>>,
    /// Of the binder that was left last.
    left: Vec<(u32, BoundVariableKind)>,
}

const ERASABLE: TypeFlags =
    TypeFlags::HAS_FREE_REGION.union(TypeFlags::HAS_REGION_PARAM).union(TypeFlags::HAS_BINDER_VARS);

impl Eraser<'_> {
    /// The new number of a variable of the binder of a depth.
    fn number(&mut self, depth: u32, var: u32, kind: BoundVariableKind) -> u32 {
        let Some(index) = self.binders.len().checked_sub(depth as usize + 1) else { return var };
        let seen = &mut self.binders[index];
        let number = seen.iter().position(|&(old, _)| old == var).unwrap_or_else(|| {
            seen.push((var, kind));
            seen.len() - 1
        });
        number as u32
    }
}

impl<'tcx> TypeFolder<'tcx> for Eraser<'tcx> {
    fn tcx(&self) -> Tcx<'tcx> {
        self.tcx
    }
    fn fold_ty(&mut self, ty: Ty<'tcx>) -> Ty<'tcx> {
        if !ty.flags().intersects(ERASABLE) && ty.outer_binder() == 0 {
            return ty;
        }
        match *ty.kind() {
            TyKind::Bound(depth, bound) => {
                let var = self.number(depth, bound.var, BoundVariableKind::Ty(BoundTyKind::Anon));
                self.tcx.mk_ty(TyKind::Bound(depth, BoundTy { var, kind: BoundTyKind::Anon }))
            }
            _ => super_fold_ty(self, ty),
        }
    }
    fn fold_const(&mut self, constant: Const<'tcx>) -> Const<'tcx> {
        match *constant.kind() {
            ConstKind::Bound(depth, var) => {
                let var = self.number(depth, var, BoundVariableKind::Const);
                self.tcx.mk_const(ConstKind::Bound(depth, var))
            }
            _ => super_fold_const(self, constant),
        }
    }
    fn fold_region(&mut self, region: Region) -> Region {
        match region {
            Region::Bound(depth, bound) => {
                let var = self.number(depth, bound.var, BoundVariableKind::Region(BoundRegionKind::Anon));
                Region::Bound(depth, BoundRegion { var, kind: BoundRegionKind::Anon })
            }
            _ => Region::Erased,
        }
    }
    fn enter_binder(&mut self) {
        self.binders.push(Vec::new());
    }
    fn leave_binder(&mut self) {
        self.left = self.binders.pop().unwrap_or_default();
    }
    fn fold_bound_vars(&mut self, _: List<'tcx, BoundVariableKind>) -> List<'tcx, BoundVariableKind> {
        let kinds: smallvec::SmallVec<[_; 8]> = self.left.iter().map(|&(_, kind)| kind).collect();
        self.tcx.mk_bound_vars(&kinds)
    }
}

impl<'tcx> Tcx<'tcx> {
    /// Replaces parameters by arguments.
    pub fn subst<T: TypeFoldable<'tcx>>(self, value: T, args: GenericArgs<'tcx>) -> T {
        self.subst_slice(value, args.as_slice())
    }

    /// As [`Tcx::subst`], with arguments that are not interned.
    pub fn subst_slice<T: TypeFoldable<'tcx>>(self, value: T, args: &[GenericArg<'tcx>]) -> T {
        value.fold_with(&mut Substitution { tcx: self, args, depth: 0 })
    }

    /// Erases all free regions.
    pub fn erase_regions<T: TypeFoldable<'tcx>>(self, value: T) -> T {
        value.fold_with(&mut Eraser { tcx: self, binders: Vec::new(), left: Vec::new() })
    }

    /// Takes a binder off, its regions erased.
    pub fn instantiate_bound_erased<T: TypeFoldable<'tcx>>(self, binder: Binder<'tcx, T>) -> T {
        self.instantiate_bound(binder, &[])
    }

    /// Takes a binder off, its variables replaced by regions that may be bound further out. Where none is given, and where it is
    /// a free one, the region is erased.
    pub fn instantiate_bound<T: TypeFoldable<'tcx>>(self, binder: Binder<'tcx, T>, regions: &[Option<Region>]) -> T {
        binder.value.fold_with(&mut Instantiate { tcx: self, depth: 0, regions })
    }
}
