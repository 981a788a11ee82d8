//! What occurs inside types: flags, binder depth, size.

use crate::*;

/// Facts about a type or constant that follow from its parts.
#[derive(Clone, Copy)]
pub(crate) struct Summary {
    pub flags: TypeFlags,
    pub outer_binder: u32,
    /// See [`Ty::tree_size`].
    pub tree_size: u32,
}

impl Summary {
    fn new() -> Summary {
        Summary { flags: TypeFlags::empty(), outer_binder: 0, tree_size: 0 }
    }
    fn add(&mut self, flags: TypeFlags, outer_binder: u32) {
        self.flags |= flags;
        self.outer_binder = self.outer_binder.max(outer_binder);
    }
    fn grow(&mut self, tree_size: u32) {
        self.tree_size = self.tree_size.saturating_add(tree_size);
    }
    fn ty(&mut self, ty: Ty<'_>) {
        self.add(ty.flags(), ty.outer_binder());
        self.grow(ty.tree_size());
    }
    fn constant(&mut self, constant: Const<'_>) {
        self.add(constant.flags(), constant.outer_binder());
        self.grow(constant.tree_size());
    }
    fn region(&mut self, region: Region) {
        self.add(region.flags(), region.outer_binder());
    }
    fn args(&mut self, args: GenericArgs<'_>) {
        for arg in args {
            match arg {
                GenericArg::Lifetime(region) => self.region(region),
                GenericArg::Type(ty) => self.ty(ty),
                GenericArg::Const(constant) => self.constant(constant),
            }
        }
    }
    fn term(&mut self, term: Term<'_>) {
        match term {
            Term::Ty(ty) => self.ty(ty),
            Term::Const(constant) => self.constant(constant),
        }
    }
    fn bound(&mut self, bound_vars: List<'_, BoundVariableKind>, fill: impl FnOnce(&mut Summary)) {
        let mut inner = Summary::new();
        fill(&mut inner);
        if !bound_vars.is_empty() {
            inner.flags |= TypeFlags::HAS_BINDER_VARS;
        }
        self.add(inner.flags, inner.outer_binder.saturating_sub(1));
        self.grow(inner.tree_size);
    }
}

pub(crate) fn ty_summary(kind: &TyKind<'_>) -> Summary {
    let mut sum = Summary::new();
    sum.grow(1);
    match *kind {
        TyKind::Bool
        | TyKind::Char
        | TyKind::Int(_)
        | TyKind::Uint(_)
        | TyKind::Float(_)
        | TyKind::Foreign(_)
        | TyKind::Str
        | TyKind::Never => {}
        TyKind::Adt(_, args)
        | TyKind::FnDef(_, args)
        | TyKind::Closure(_, args)
        | TyKind::CoroutineClosure(_, args)
        | TyKind::Coroutine(_, args)
        | TyKind::CoroutineWitness(_, args) => sum.args(args),
        TyKind::Array(ty, len) => {
            sum.ty(ty);
            sum.constant(len);
        }
        TyKind::Pat(ty, pattern) => {
            sum.ty(ty);
            pattern_flags(&mut sum, pattern);
        }
        TyKind::Slice(ty) | TyKind::RawPtr(ty, _) => sum.ty(ty),
        TyKind::Ref(region, ty, _) => {
            sum.region(region);
            sum.ty(ty);
        }
        TyKind::FnPtr(sig) => sum.bound(sig.bound_vars, |sum| {
            for ty in sig.value.inputs_and_output {
                sum.ty(ty);
            }
        }),
        TyKind::UnsafeBinder(binder) => sum.bound(binder.bound_vars, |sum| sum.ty(binder.value)),
        TyKind::Dynamic(predicates, region) => {
            sum.region(region);
            for predicate in predicates {
                sum.bound(predicate.bound_vars, |sum| match predicate.value {
                    ExistentialPredicate::Trait(trait_ref) => sum.args(trait_ref.args),
                    ExistentialPredicate::Projection(projection) => {
                        sum.args(projection.args);
                        sum.term(projection.term);
                    }
                    ExistentialPredicate::AutoTrait(_) => {}
                });
            }
        }
        TyKind::Tuple(types) => {
            for ty in types {
                sum.ty(ty);
            }
        }
        TyKind::Alias(_, alias) => {
            sum.args(alias.args);
            sum.flags |= TypeFlags::HAS_ALIAS;
        }
        TyKind::Param(_) => sum.flags |= TypeFlags::HAS_PARAM,
        TyKind::Bound(depth, bound) => {
            sum.add(TypeFlags::HAS_BOUND, depth + 1);
            if bound.kind != BoundTyKind::Anon {
                sum.flags |= TypeFlags::HAS_BINDER_VARS;
            }
        }
        TyKind::Infer(_) => sum.flags |= TypeFlags::HAS_INFER,
        TyKind::Error => sum.flags |= TypeFlags::HAS_ERROR,
    }
    sum
}

fn pattern_flags(sum: &mut Summary, pattern: Pattern<'_>) {
    match pattern.kind() {
        PatternKind::Range { start, end } => {
            sum.constant(start);
            sum.constant(end);
        }
        PatternKind::Or(list) => {
            for pattern in list {
                pattern_flags(sum, pattern);
            }
        }
        PatternKind::NotNull => {}
    }
}

pub(crate) fn const_summary(kind: &ConstKind<'_>) -> Summary {
    let mut sum = Summary::new();
    sum.grow(1);
    match *kind {
        ConstKind::Param(_) => sum.flags |= TypeFlags::HAS_PARAM,
        ConstKind::Bound(depth, _) => sum.add(TypeFlags::HAS_BOUND, depth + 1),
        ConstKind::Infer(_) => sum.flags |= TypeFlags::HAS_INFER,
        ConstKind::Unevaluated(unevaluated) => {
            sum.args(unevaluated.args);
            sum.flags |= TypeFlags::HAS_UNEVALUATED;
        }
        ConstKind::Value(ty, value) => {
            sum.ty(ty);
            // With `min_generic_const_args`, parts of a value may be parameters.
            if let ValTreeKind::Branch(parts) = value.kind() {
                for part in parts {
                    sum.constant(part);
                }
            }
        }
        ConstKind::Expr => sum.flags |= TypeFlags::HAS_UNEVALUATED,
        ConstKind::Error => sum.flags |= TypeFlags::HAS_ERROR,
    }
    sum
}
