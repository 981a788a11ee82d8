//! What is found out about a body, by node (rustc's `TypeckResults`). Types have variables until the end.

use crate::adjust::Adjustment;
use crate::capture::{Captured, FakeRead};
use hir::body::{BlockId, ExprId, LocalId, PatId, TyId};
use hir::path::Res;
use rustc_hash::{FxHashMap, FxHashSet};
use solve::{Args, Ty};
use ty::{DefId, DefKind, FieldIdx, Mutability};

#[derive(Default)]
pub(crate) struct Results<'tcx> {
    pub exprs: FxHashMap<ExprId, Ty<'tcx>>,
    pub pats: FxHashMap<PatId, Ty<'tcx>>,
    pub blocks: FxHashMap<BlockId, Ty<'tcx>>,
    pub locals: FxHashMap<LocalId, Ty<'tcx>>,
    /// Of casts: the type that is written.
    pub types: FxHashMap<TyId, Ty<'tcx>>,
    pub adjustments: FxHashMap<ExprId, Vec<Adjustment<'tcx>>>,
    /// Methods that are called: by name, or as an operator.
    pub methods: FxHashMap<ExprId, (DefId, Args<'tcx>)>,
    /// What paths mean, and their arguments.
    pub paths: FxHashMap<ExprId, (Res, Args<'tcx>)>,
    /// What paths in patterns mean.
    pub pat_paths: FxHashMap<PatId, (Res, Args<'tcx>)>,
    /// What paths at the ends of range patterns mean: whether it is the upper end.
    pub range_paths: FxHashMap<(PatId, bool), (Res, Args<'tcx>)>,
    /// The variants of struct patterns and expressions.
    pub variants: FxHashMap<ExprId, DefId>,
    pub pat_variants: FxHashMap<PatId, DefId>,
    /// References that default binding modes look through, from the outside.
    pub pat_adjustments: FxHashMap<PatId, Vec<Ty<'tcx>>>,
    /// Of bindings: whether they are references to what they match.
    pub by_ref: FxHashMap<PatId, Option<Mutability>>,
    pub fields: FxHashMap<ExprId, FieldIdx>,
    /// Casts that are coercions.
    pub coercion_casts: FxHashSet<ExprId>,
    /// Of closures: the signature, with regions bound.
    pub closure_sigs: FxHashMap<DefId, solve::FnSig<'tcx>>,
    /// Of closures: what they capture, in the order of their fields.
    pub captures: FxHashMap<DefId, Vec<Captured<'tcx>>>,
    /// Of closures: what their patterns look at of what is around them.
    pub fake_reads: FxHashMap<DefId, Vec<FakeRead<'tcx>>>,
    /// `offset_of!`: the type that each step is taken in, variant and field.
    pub offsets: FxHashMap<ExprId, Vec<(Ty<'tcx>, ty::VariantIdx, FieldIdx)>>,
    pub const_args: FxHashMap<ExprId, solve::Const<'tcx>>,
    /// Of struct expressions with `..base`: the types of all fields.
    pub fru_fields: FxHashMap<ExprId, Vec<Ty<'tcx>>>,
    /// Types as written that only borrow checking needs: they say something of lifetimes or were inferred in part.
    pub user_types: FxHashSet<TyId>,
}

impl<'tcx> Results<'tcx> {
    /// The type of an expression after its adjustments.
    pub fn adjusted(&self, expr: ExprId) -> Option<Ty<'tcx>> {
        match self.adjustments.get(&expr).and_then(|list| list.last()) {
            Some(last) => Some(last.target),
            None => self.exprs.get(&expr).copied(),
        }
    }
}

/// The kind of a definition that a path means.
pub(crate) fn res_def(res: Res) -> Option<(DefKind, DefId)> {
    match res {
        Res::Def(kind, def_id) => Some((kind, def_id)),
        _ => None,
    }
}
