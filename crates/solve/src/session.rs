//! The session: where solver types live, and what of definitions has been imported.

use crate::constraints::{Constraints, ConstraintsData};
use crate::consts::ValTreeData;
use crate::ir::search_graph::GlobalCache;
use crate::ir::{FlagComputation, TypeFlags, TypeVisitableExt as _, WithCachedTypeInfo};
use crate::items::{ImplIndex, Items};
use crate::lang::LangItems;
use crate::list::Element;
use crate::{
    Args, Binder, BoundVarKind, BoundVarKinds, CanonicalVarKind, Clause, Clauses, Const, ConstKind, Doubt,
    ExistentialPredicate, GenericArg, List, Noted, OpaqueTypeKey, Pat, PatternKind, Predicate, PredicateKind, Region,
    RegionKind, Ty, TyKind, Tys, ValTree, ir,
};
use mir::Bodies;
use rustc_hash::FxHashMap;
use std::cell::RefCell;
use std::ops::Deref;
use std::sync::{Mutex, PoisonError};
use ty::interner::Interner;
use ty::{DefId, Definitions, Memo, Tcx};

/// Everything that lives as long as the solver is in use: interned types, imported items, answers of the solver.
///
/// It is shared by all threads that check bodies of one program.
pub struct Session<'tcx> {
    pub(crate) tcx: Tcx<'tcx>,
    pub(crate) bodies: &'tcx dyn Bodies<'tcx>,
    pub(crate) lang: LangItems,
    types: Interner<'tcx, WithCachedTypeInfo<TyKind<'tcx>>>,
    consts: Interner<'tcx, WithCachedTypeInfo<ConstKind<'tcx>>>,
    regions: Interner<'tcx, WithCachedTypeInfo<RegionKind<'tcx>>>,
    pats: Interner<'tcx, WithCachedTypeInfo<PatternKind<'tcx>>>,
    predicates: Interner<'tcx, WithCachedTypeInfo<Binder<'tcx, PredicateKind<'tcx>>>>,
    valtrees: Interner<'tcx, ValTreeData<'tcx>>,
    clauses: Interner<'tcx, WithCachedTypeInfo<List<'tcx, Clause<'tcx>>>>,
    constraints: Interner<'tcx, ConstraintsData<'tcx>>,
    lists: Lists<'tcx>,
    pub(crate) items: Items<'tcx>,
    pub(crate) imported: Memo<ty::Ty<'tcx>, Ty<'tcx>>,
    pub(crate) exported: Memo<Ty<'tcx>, Option<ty::Ty<'tcx>>>,
    pub(crate) answers: Mutex<GlobalCache<Cx<'tcx>>>,
    pub(crate) param_envs: Mutex<FxHashMap<crate::ParamEnv<'tcx>, ir::CanonicalParamEnvCacheEntry<Cx<'tcx>>>>,
    common: std::sync::OnceLock<CommonTypes<'tcx>>,
}

// SAFETY: it holds collections of its own and references, which dropping does not follow.
#[allow(unsafe_code, reason = "the one promise that an arena asks for")]
unsafe impl ty::Hold for Session<'_> {}

#[derive(Default)]
struct Lists<'tcx> {
    args: Interner<'tcx, [GenericArg<'tcx>]>,
    types: Interner<'tcx, [Ty<'tcx>]>,
    pats: Interner<'tcx, [Pat<'tcx>]>,
    clauses: Interner<'tcx, [Clause<'tcx>]>,
    bound_vars: Interner<'tcx, [BoundVarKind<'tcx>]>,
    canonical_vars: Interner<'tcx, [CanonicalVarKind<'tcx>]>,
    existential: Interner<'tcx, [Binder<'tcx, ExistentialPredicate<'tcx>>]>,
    opaques: Interner<'tcx, [(OpaqueTypeKey<'tcx>, Ty<'tcx>)]>,
    definitions: Interner<'tcx, [DefId]>,
    outlives: Interner<'tcx, [ir::OutlivesPredicate<Cx<'tcx>, GenericArg<'tcx>>]>,
}

/// Types that every program has.
pub struct CommonTypes<'tcx> {
    /// `()`
    pub unit: Ty<'tcx>,
    /// `bool`
    pub bool: Ty<'tcx>,
    /// `u8`
    pub u8: Ty<'tcx>,
    /// `usize`
    pub usize: Ty<'tcx>,
    /// `!`
    pub never: Ty<'tcx>,
    /// A lifetime that does not matter.
    pub erased: Region<'tcx>,
    /// `'static`
    pub statik: Region<'tcx>,
    /// What an item without where-clauses assumes.
    pub no_clauses: Clauses<'tcx>,
}

thread_local! {
    /// The first doubt that came up since it was last taken. Questions of the published solver have no place for it in
    /// their answers.
    static DOUBT: RefCell<Option<Box<Doubt>>> = const { RefCell::new(None) };
}

/// A copyable reference to a [`Session`]: what the published solver calls an interner.
#[derive(Clone, Copy)]
pub struct Cx<'tcx>(pub(crate) &'tcx Session<'tcx>);

impl<'tcx> Deref for Cx<'tcx> {
    type Target = Session<'tcx>;
    fn deref(&self) -> &Session<'tcx> {
        self.0
    }
}

impl<'tcx> Session<'tcx> {
    /// A session of a program, in its arena. Fails if the program's core library lacks what the solver builds on.
    pub fn start(tcx: Tcx<'tcx>, bodies: &'tcx dyn Bodies<'tcx>) -> crate::Answer<Cx<'tcx>> {
        let lang = LangItems::find(tcx)?;
        // What was noted in another session on this thread is over.
        DOUBT.with_borrow_mut(Option::take);
        let session = tcx.arena().hold(Session {
            tcx,
            bodies,
            lang,
            types: Interner::default(),
            consts: Interner::default(),
            regions: Interner::default(),
            pats: Interner::default(),
            predicates: Interner::default(),
            valtrees: Interner::default(),
            clauses: Interner::default(),
            constraints: Interner::default(),
            lists: Lists::default(),
            items: Items::default(),
            imported: Memo::default(),
            exported: Memo::default(),
            answers: Mutex::default(),
            param_envs: Mutex::default(),
            common: std::sync::OnceLock::new(),
        });
        let cx = Cx(session);
        let common = CommonTypes {
            unit: cx.mk_ty(TyKind::Tuple(List::default())),
            bool: cx.mk_ty(TyKind::Bool),
            u8: cx.mk_ty(TyKind::Uint(ir::UintTy::U8)),
            usize: cx.mk_ty(TyKind::Uint(ir::UintTy::Usize)),
            never: cx.mk_ty(TyKind::Never),
            erased: cx.mk_region(RegionKind::ReErased),
            statik: cx.mk_region(RegionKind::ReStatic),
            no_clauses: cx.mk_clauses(&[]),
        };
        _ = session.common.set(common);
        Ok(cx)
    }
}

impl<'tcx> Cx<'tcx> {
    /// The context of Bessemer's own types.
    pub fn tcx(self) -> Tcx<'tcx> {
        self.0.tcx
    }
    /// Who knows the program's definitions.
    pub fn definitions(self) -> &'tcx dyn Definitions<'tcx> {
        self.0.tcx.definitions()
    }
    /// Types that every program has.
    pub fn types(self) -> &'tcx CommonTypes<'tcx> {
        match self.0.common.get() {
            Some(common) => common,
            None => ty::bug!("a session's common types are made with it"),
        }
    }
    pub(crate) fn erased_region(self) -> Region<'tcx> {
        self.types().erased
    }

    /// Notes a doubt, of which the first is told when the question in hand is answered.
    pub fn note(self, construct: &'static str) -> Noted {
        self.note_with(construct, String::new)
    }
    pub(crate) fn note_with(self, construct: &'static str, message: impl FnOnce() -> String) -> Noted {
        DOUBT.with_borrow_mut(|doubt| {
            doubt.get_or_insert_with(|| Doubt::new(construct, message()));
        });
        Noted(())
    }
    /// The doubt noted since this was last called. Answers found meanwhile may follow from it, so they are forgotten.
    pub(crate) fn take_doubt(self) -> Option<Box<Doubt>> {
        let doubt = DOUBT.with_borrow_mut(Option::take);
        if doubt.is_some() {
            *self.0.answers.lock().unwrap_or_else(PoisonError::into_inner) = GlobalCache::default();
        }
        doubt
    }

    /// Notes a doubt about what was imported with one before, and so is remembered with something erroneous in it.
    pub(crate) fn checked<T: ir::TypeVisitable<Cx<'tcx>>>(self, value: T) -> T {
        if value.references_error() {
            self.note("something erroneous");
        }
        value
    }

    /// The interned type of a kind.
    pub fn mk_ty(self, kind: TyKind<'tcx>) -> Ty<'tcx> {
        Ty(self.0.types.intern(
            &kind,
            |entry| entry.internee == kind,
            || {
                let FlagComputation { flags, outer_exclusive_binder, .. } = FlagComputation::for_kind(&kind);
                self.0.tcx.arena().alloc(WithCachedTypeInfo { internee: kind, flags, outer_exclusive_binder })
            },
        ))
    }
    /// The interned constant of a kind.
    pub fn mk_const(self, kind: ConstKind<'tcx>) -> Const<'tcx> {
        Const(self.0.consts.intern(
            &kind,
            |entry| entry.internee == kind,
            || {
                let FlagComputation { flags, outer_exclusive_binder, .. } = FlagComputation::for_const_kind(&kind);
                self.0.tcx.arena().alloc(WithCachedTypeInfo { internee: kind, flags, outer_exclusive_binder })
            },
        ))
    }
    /// The interned region of a kind.
    pub fn mk_region(self, kind: RegionKind<'tcx>) -> Region<'tcx> {
        Region(self.0.regions.intern(
            &kind,
            |entry| entry.internee == kind,
            || {
                let (flags, outer_exclusive_binder) = crate::region::summary(&kind);
                self.0.tcx.arena().alloc(WithCachedTypeInfo { internee: kind, flags, outer_exclusive_binder })
            },
        ))
    }
    /// The interned pattern of a pattern type.
    pub fn mk_pat(self, kind: PatternKind<'tcx>) -> Pat<'tcx> {
        Pat(self.0.pats.intern(
            &kind,
            |entry| entry.internee == kind,
            || {
                let (flags, outer_exclusive_binder) = match kind {
                    PatternKind::Range { start, end } => join(&[start, end]),
                    PatternKind::Or(parts) => join(&parts),
                    PatternKind::NotNull => join::<Const<'tcx>>(&[]),
                };
                self.0.tcx.arena().alloc(WithCachedTypeInfo { internee: kind, flags, outer_exclusive_binder })
            },
        ))
    }
    /// The interned predicate under its binder.
    pub fn mk_predicate(self, kind: Binder<'tcx, PredicateKind<'tcx>>) -> Predicate<'tcx> {
        Predicate(self.0.predicates.intern(
            &kind,
            |entry| entry.internee == kind,
            || {
                let FlagComputation { flags, outer_exclusive_binder, .. } = FlagComputation::for_predicate(kind);
                self.0.tcx.arena().alloc(WithCachedTypeInfo { internee: kind, flags, outer_exclusive_binder })
            },
        ))
    }
    /// Interned clauses, in this order.
    pub fn mk_clauses(self, clauses: &[Clause<'tcx>]) -> Clauses<'tcx> {
        let list = Clause::intern(self, clauses);
        Clauses(self.0.clauses.intern(
            &list,
            |entry| entry.internee == list,
            || {
                let FlagComputation { flags, outer_exclusive_binder, .. } =
                    FlagComputation::<Cx<'tcx>>::for_clauses(clauses);
                self.0.tcx.arena().alloc(WithCachedTypeInfo { internee: list, flags, outer_exclusive_binder })
            },
        ))
    }
    pub(crate) fn mk_valtree(self, kind: crate::ValTreeKind<'tcx>) -> ValTree<'tcx> {
        let data = ValTreeData(kind);
        ValTree(self.0.valtrees.intern(
            &data,
            |entry| *entry == data,
            || self.0.tcx.arena().hold(ValTreeData(data.0.clone())),
        ))
    }
    pub(crate) fn mk_constraints(self, data: ir::solve::ExternalConstraintsData<Cx<'tcx>>) -> Constraints<'tcx> {
        Constraints(self.0.constraints.intern(
            &data,
            |entry| entry.0 == data,
            || self.0.tcx.arena().hold(ConstraintsData(data.clone())),
        ))
    }

    /// An interned list of types.
    pub fn mk_tys(self, types: &[Ty<'tcx>]) -> Tys<'tcx> {
        Ty::intern(self, types)
    }
    /// An interned list of generic arguments.
    pub fn mk_args(self, args: &[GenericArg<'tcx>]) -> Args<'tcx> {
        GenericArg::intern(self, args)
    }
    pub(crate) fn mk_pats(self, pats: &[Pat<'tcx>]) -> List<'tcx, Pat<'tcx>> {
        Pat::intern(self, pats)
    }
    /// An interned list of what a binder binds.
    pub fn mk_bound_vars(self, kinds: &[BoundVarKind<'tcx>]) -> BoundVarKinds<'tcx> {
        BoundVarKind::intern(self, kinds)
    }
    /// An interned list of what a trait object's type says of the value: its trait, associated types, auto traits.
    pub fn mk_existential(
        self,
        predicates: &[Binder<'tcx, ExistentialPredicate<'tcx>>],
    ) -> List<'tcx, Binder<'tcx, ExistentialPredicate<'tcx>>> {
        Element::intern(self, predicates)
    }
    /// What is assumed where these clauses are: no more than they say, elaborated or not.
    pub fn mk_param_env(self, clauses: &[Clause<'tcx>]) -> crate::ParamEnv<'tcx> {
        crate::ParamEnv(self.mk_clauses(clauses))
    }

    pub(crate) fn impl_index(self, trait_: DefId) -> &'tcx ImplIndex {
        self.0.items.impls.get_or(trait_, || self.0.tcx.arena().keep(ImplIndex::new(self, trait_)))
    }
}

/// The flags and binders of several values together.
fn join<T: ir::Flags>(parts: &[T]) -> (TypeFlags, ir::DebruijnIndex) {
    let flags = parts.iter().fold(TypeFlags::empty(), |flags, part| flags.union(part.flags()));
    let binder = parts.iter().map(T::outer_exclusive_binder).max().unwrap_or(ir::INNERMOST);
    (flags, binder)
}

macro_rules! elements {
    ($($element:ty: $field:ident;)*) => {
        $(impl<'tcx> Element<'tcx> for $element {
            fn intern(cx: Cx<'tcx>, elements: &[Self]) -> List<'tcx, Self> {
                if elements.is_empty() {
                    return List::default();
                }
                List(cx.0.lists.$field.intern(
                    elements,
                    |entry| entry == elements,
                    || cx.0.tcx.arena().alloc_slice(elements),
                ))
            }
        })*
    };
}
elements! {
    GenericArg<'tcx>: args;
    Ty<'tcx>: types;
    Pat<'tcx>: pats;
    Clause<'tcx>: clauses;
    BoundVarKind<'tcx>: bound_vars;
    CanonicalVarKind<'tcx>: canonical_vars;
    Binder<'tcx, ExistentialPredicate<'tcx>>: existential;
    (OpaqueTypeKey<'tcx>, Ty<'tcx>): opaques;
    DefId: definitions;
    ir::OutlivesPredicate<Cx<'tcx>, GenericArg<'tcx>>: outlives;
}
