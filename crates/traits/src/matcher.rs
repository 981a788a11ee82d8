//! Matching the types of an impl's header, or of a where-clause, against types without parameters.

use crate::regions::{lower, same_but_regions};
use smallvec::SmallVec;
use ty::{
    Const, ConstKind, ExistentialPredicate, ExistentialPredicates, FoldCache, GenericArg, GenericArgs, Pattern,
    PatternKind, PolyFnSig, Region, Tcx, Term, Ty, TyKind, TypeFlags, TypeFoldable, TypeFolder, ValTree, ValTreeKind,
};

/// Pairs of a pattern's bound variable and the value's.
type BoundPairs = SmallVec<[(u32, u32); 4]>;

/// Arguments of an impl as far as they are known.
pub(crate) type PartialArgs<'tcx> = SmallVec<[Option<GenericArg<'tcx>>; 8]>;

/// A type of the pattern that must be projected or evaluated before it can be compared, and what it must be equal to. Both
/// lie under `depth` binders of the pattern.
#[derive(Clone, Copy)]
pub(crate) struct Equation<'tcx> {
    pub pattern: Term<'tcx>,
    pub value: Term<'tcx>,
    pub depth: u32,
}

/// Finds arguments for the pattern's parameters that make it equal to the value. Regions match any region, except that
/// those bound inside of the pattern must be bound in the same way inside of the value.
pub(crate) struct Matcher<'a, 'tcx> {
    tcx: Tcx<'tcx>,
    args: &'a mut PartialArgs<'tcx>,
    equations: SmallVec<[Equation<'tcx>; 2]>,
    /// For each binder that was entered.
    binders: SmallVec<[BoundPairs; 2]>,
}

impl<'a, 'tcx> Matcher<'a, 'tcx> {
    pub fn new(tcx: Tcx<'tcx>, args: &'a mut PartialArgs<'tcx>) -> Matcher<'a, 'tcx> {
        Matcher { tcx, args, equations: SmallVec::new(), binders: SmallVec::new() }
    }

    /// Pattern and value lie under `depth` common binders.
    pub fn under(mut self, depth: u32) -> Matcher<'a, 'tcx> {
        self.binders.resize(depth as usize, SmallVec::new());
        self
    }

    /// What remains to be checked.
    pub fn into_equations(self) -> SmallVec<[Equation<'tcx>; 2]> {
        self.equations
    }

    fn depth(&self) -> u32 {
        self.binders.len() as u32
    }

    fn bind(&mut self, index: u32, value: GenericArg<'tcx>) -> bool {
        let Some(value) = lower(self.tcx, value, self.depth()) else { return false };
        match self.args.get_mut(index as usize) {
            Some(slot @ None) => {
                *slot = Some(value);
                true
            }
            Some(&mut Some(known)) => same_but_regions(self.tcx, known, value),
            None => ty::bug!("a pattern's parameter number {index} is out of range"),
        }
    }

    fn later(&mut self, pattern: Term<'tcx>, value: Term<'tcx>) -> bool {
        self.equations.push(Equation { pattern, value, depth: self.depth() });
        true
    }

    pub fn args(&mut self, pattern: GenericArgs<'tcx>, value: GenericArgs<'tcx>) -> bool {
        pattern.len() == value.len() && pattern.iter().zip(value).all(|(pattern, value)| self.arg(pattern, value))
    }

    fn arg(&mut self, pattern: GenericArg<'tcx>, value: GenericArg<'tcx>) -> bool {
        match (pattern, value) {
            (GenericArg::Lifetime(pattern), GenericArg::Lifetime(value)) => self.region(pattern, value),
            (GenericArg::Type(pattern), GenericArg::Type(value)) => self.ty(pattern, value),
            (GenericArg::Const(pattern), GenericArg::Const(value)) => self.constant(pattern, value),
            _ => false,
        }
    }

    pub fn term(&mut self, pattern: Term<'tcx>, value: Term<'tcx>) -> bool {
        match (pattern, value) {
            (Term::Ty(pattern), Term::Ty(value)) => self.ty(pattern, value),
            (Term::Const(pattern), Term::Const(value)) => self.constant(pattern, value),
            _ => false,
        }
    }

    fn region(&mut self, pattern: Region, value: Region) -> bool {
        let depth = self.depth();
        match (pattern, value) {
            (Region::Bound(outer, pattern), Region::Bound(level, value)) if outer < depth && outer == level => {
                let pairs = &mut self.binders[(depth - 1 - outer) as usize];
                match pairs.iter().find(|pair| pair.0 == pattern.var || pair.1 == value.var) {
                    Some(&pair) => pair == (pattern.var, value.var),
                    None => {
                        pairs.push((pattern.var, value.var));
                        true
                    }
                }
            }
            (Region::Bound(outer, _), _) if outer < depth => false,
            (_, Region::Bound(level, _)) if level < depth => false,
            (Region::EarlyParam { index, .. }, _) => {
                let Some(value) = lower(self.tcx, GenericArg::Lifetime(value), depth) else { return false };
                if let Some(slot) = self.args.get_mut(index as usize)
                    && matches!(slot, None | Some(GenericArg::Lifetime(Region::Erased)))
                {
                    *slot = Some(value);
                }
                true
            }
            _ => true,
        }
    }

    pub fn ty(&mut self, pattern: Ty<'tcx>, value: Ty<'tcx>) -> bool {
        if pattern == value && !pattern.flags().intersects(OPEN) {
            return true;
        }
        match (*pattern.kind(), *value.kind()) {
            (TyKind::Param(param), _) => self.bind(param.index, GenericArg::Type(value)),
            (TyKind::Alias(..), _) => self.later(Term::Ty(pattern), Term::Ty(value)),
            (TyKind::Adt(left, pattern), TyKind::Adt(right, value))
            | (TyKind::FnDef(left, pattern), TyKind::FnDef(right, value))
            | (TyKind::Closure(left, pattern), TyKind::Closure(right, value))
            | (TyKind::CoroutineClosure(left, pattern), TyKind::CoroutineClosure(right, value))
            | (TyKind::Coroutine(left, pattern), TyKind::Coroutine(right, value))
            | (TyKind::CoroutineWitness(left, pattern), TyKind::CoroutineWitness(right, value)) => {
                left == right && self.args(pattern, value)
            }
            (TyKind::Array(pattern, pattern_len), TyKind::Array(value, len)) => {
                self.ty(pattern, value) && self.constant(pattern_len, len)
            }
            (TyKind::Slice(pattern), TyKind::Slice(value)) => self.ty(pattern, value),
            (TyKind::Pat(pattern, pattern_range), TyKind::Pat(value, range)) => {
                self.ty(pattern, value) && self.pattern(pattern_range, range)
            }
            (TyKind::RawPtr(pattern, left), TyKind::RawPtr(value, right)) => left == right && self.ty(pattern, value),
            (TyKind::Ref(pattern_region, pattern, left), TyKind::Ref(region, value, right)) => {
                left == right && self.region(pattern_region, region) && self.ty(pattern, value)
            }
            (TyKind::FnPtr(pattern), TyKind::FnPtr(value)) => self.fn_sig(pattern, value),
            (TyKind::UnsafeBinder(pattern), TyKind::UnsafeBinder(value)) => {
                self.enter(|matcher| matcher.ty(pattern.value, value.value))
            }
            (TyKind::Dynamic(pattern, pattern_region), TyKind::Dynamic(value, region)) => {
                self.region(pattern_region, region) && self.existential(pattern, value)
            }
            (TyKind::Tuple(pattern), TyKind::Tuple(value)) => {
                pattern.len() == value.len()
                    && pattern.iter().zip(value).all(|(pattern, value)| self.ty(pattern, value))
            }
            _ => pattern == value,
        }
    }

    fn enter(&mut self, inside: impl FnOnce(&mut Self) -> bool) -> bool {
        self.binders.push(SmallVec::new());
        let result = inside(self);
        self.binders.pop();
        result
    }

    fn fn_sig(&mut self, pattern: PolyFnSig<'tcx>, value: PolyFnSig<'tcx>) -> bool {
        let (pattern, value) = (pattern.value, value.value);
        let same_header =
            (pattern.c_variadic, pattern.is_unsafe, pattern.abi) == (value.c_variadic, value.is_unsafe, value.abi);
        same_header
            && pattern.inputs_and_output.len() == value.inputs_and_output.len()
            && self.enter(|matcher| {
                let mut pairs = pattern.inputs_and_output.iter().zip(value.inputs_and_output);
                pairs.all(|(pattern, value)| matcher.ty(pattern, value))
            })
    }

    fn existential(&mut self, pattern: ExistentialPredicates<'tcx>, value: ExistentialPredicates<'tcx>) -> bool {
        pattern.len() == value.len()
            && pattern.iter().zip(value).all(|(pattern, value)| {
                self.enter(|matcher| match (pattern.value, value.value) {
                    (ExistentialPredicate::Trait(pattern), ExistentialPredicate::Trait(value)) => {
                        pattern.def_id == value.def_id && matcher.args(pattern.args, value.args)
                    }
                    (ExistentialPredicate::Projection(pattern), ExistentialPredicate::Projection(value)) => {
                        pattern.def_id == value.def_id
                            && matcher.args(pattern.args, value.args)
                            && matcher.term(pattern.term, value.term)
                    }
                    (ExistentialPredicate::AutoTrait(left), ExistentialPredicate::AutoTrait(right)) => left == right,
                    _ => false,
                })
            })
    }

    fn constant(&mut self, pattern: Const<'tcx>, value: Const<'tcx>) -> bool {
        match (*pattern.kind(), *value.kind()) {
            (ConstKind::Param(param), _) => self.bind(param.index, GenericArg::Const(value)),
            (ConstKind::Unevaluated(_), _) => self.later(Term::Const(pattern), Term::Const(value)),
            (ConstKind::Value(_, left), ConstKind::Value(_, right)) => same_value(left, right),
            _ => pattern == value,
        }
    }

    fn pattern(&mut self, pattern: Pattern<'tcx>, value: Pattern<'tcx>) -> bool {
        match (pattern.kind(), value.kind()) {
            (PatternKind::Range { start, end }, PatternKind::Range { start: value_start, end: value_end }) => {
                self.constant(start, value_start) && self.constant(end, value_end)
            }
            (PatternKind::Or(pattern), PatternKind::Or(value)) => {
                pattern.len() == value.len()
                    && pattern.iter().zip(value).all(|(pattern, value)| self.pattern(pattern, value))
            }
            (PatternKind::NotNull, PatternKind::NotNull) => true,
            _ => false,
        }
    }
}

const OPEN: TypeFlags = TypeFlags::HAS_PARAM
    .union(TypeFlags::HAS_REGION_PARAM)
    .union(TypeFlags::HAS_ALIAS)
    .union(TypeFlags::HAS_UNEVALUATED);

/// Structural equality of values; the types in them may differ in regions.
fn same_value(left: ValTree<'_>, right: ValTree<'_>) -> bool {
    match (left.kind(), right.kind()) {
        (ValTreeKind::Leaf(left), ValTreeKind::Leaf(right)) => left == right,
        (ValTreeKind::Branch(left), ValTreeKind::Branch(right)) => {
            left.len() == right.len()
                && left.iter().zip(right).all(|(left, right)| match (left.as_value(), right.as_value()) {
                    (Some((_, left)), Some((_, right))) => same_value(left, right),
                    _ => left == right,
                })
        }
        _ => false,
    }
}

/// Looks for parameters without a known argument. (Regions are always known: they may be erased.)
struct Unknown<'a, 'tcx> {
    tcx: Tcx<'tcx>,
    args: &'a PartialArgs<'tcx>,
    found: bool,
    cache: FoldCache<'tcx>,
}

impl<'tcx> TypeFolder<'tcx> for Unknown<'_, 'tcx> {
    fn tcx(&self) -> Tcx<'tcx> {
        self.tcx
    }
    fn cache(&mut self) -> Option<(&mut FoldCache<'tcx>, u32)> {
        Some((&mut self.cache, 0))
    }
    fn fold_ty(&mut self, ty: Ty<'tcx>) -> Ty<'tcx> {
        if !ty.has_param() || self.found {
            return ty;
        }
        if let TyKind::Param(param) = *ty.kind() {
            self.found |= self.args[param.index as usize].is_none();
            return ty;
        }
        ty::super_fold_ty(self, ty)
    }
    fn fold_const(&mut self, constant: Const<'tcx>) -> Const<'tcx> {
        if let ConstKind::Param(param) = *constant.kind() {
            self.found |= self.args[param.index as usize].is_none();
            return constant;
        }
        ty::super_fold_const(self, constant)
    }
}

/// Whether every parameter in a value has an argument.
pub(crate) fn all_known<'tcx>(tcx: Tcx<'tcx>, args: &PartialArgs<'tcx>, value: impl TypeFoldable<'tcx>) -> bool {
    let mut folder = Unknown { tcx, args, found: false, cache: FoldCache::default() };
    value.fold_with(&mut folder);
    !folder.found
}

/// The arguments as a list to substitute; unknown ones, which must not occur in what is substituted, are errors.
pub(crate) fn filled<'tcx>(tcx: Tcx<'tcx>, args: &PartialArgs<'tcx>) -> SmallVec<[GenericArg<'tcx>; 8]> {
    args.iter().map(|arg| arg.unwrap_or(GenericArg::Type(tcx.types().error))).collect()
}
