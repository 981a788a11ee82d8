//! Inference: variables, what is known of them, and how goals are proven about them.
//!
//! [`InferCx`] is what a type checker holds for a body, and what the published solver makes for each goal of its own. Its
//! parts: [`tables`] (unification), [`generalize`] (what a variable may become), [`canonical`] (goals without variables of
//! their own), [`leak`] (lifetimes that must not meet), [`delegate`] (the rest of what the solver asks).

mod canonical;
mod delegate;
mod fudge;
mod generalize;
mod leak;
mod like;
mod resolve;
pub(crate) mod tables;

pub use tables::Outlives;

use crate::ir::inherent::{Const as _, Ty as _};
use crate::ir::{self, UniverseIndex};
use crate::{Args, Binder, BoundVarKind, Const, Cx, GenericArg, Region, RegionKind, Ty, TypingMode};
use std::cell::{Cell, RefCell};
use std::ops::Deref;
use tables::{ConstKey, Tables, TyKey, Value};
use ty::{DefId, GenericParamKind};

/// The state of inference.
pub struct Inference<'tcx> {
    cx: Cx<'tcx>,
    mode: Cell<TypingMode<'tcx>>,
    universe: Cell<UniverseIndex>,
    tables: RefCell<Tables<'tcx>>,
}

/// An inference context: variables and what is known of them.
pub struct InferCx<'tcx>(Inference<'tcx>);

impl<'tcx> Deref for InferCx<'tcx> {
    type Target = Inference<'tcx>;
    fn deref(&self) -> &Inference<'tcx> {
        &self.0
    }
}

impl<'tcx> InferCx<'tcx> {
    /// A context without variables. The mode says which opaque types are looked through.
    pub fn new(cx: Cx<'tcx>, mode: TypingMode<'tcx>) -> InferCx<'tcx> {
        InferCx(Inference {
            cx,
            mode: Cell::new(mode),
            universe: Cell::new(UniverseIndex::ROOT),
            tables: RefCell::new(Tables::default()),
        })
    }

    /// A context for a body that is being checked, which defines these opaque types and has these coroutines. What the
    /// coroutines hold is not known: whether one is `Send`, or `Copy`, is never for sure.
    pub fn for_body(cx: Cx<'tcx>, defines: &[DefId]) -> InferCx<'tcx> {
        InferCx::new(cx, of_body(cx, defines))
    }

    /// From here on, the body is one that defines these opaque types, and what all its coroutines hold is known.
    pub fn know_coroutines(&self, defines: &[DefId]) {
        self.mode.set(of_body(self.cx, defines));
    }

    /// A context for a program after type checking: all opaque types are known.
    pub fn after_analysis(cx: Cx<'tcx>) -> InferCx<'tcx> {
        InferCx::new(cx, ir::TypingMode::PostAnalysis)
    }
}

fn of_body<'tcx>(cx: Cx<'tcx>, defines: &[DefId]) -> TypingMode<'tcx> {
    let defining = crate::list::Element::intern(cx, defines);
    ir::TypingMode::Analysis { defining_opaque_types_and_generators: defining }
}

impl<'tcx> Inference<'tcx> {
    /// The session.
    pub fn cx(&self) -> Cx<'tcx> {
        self.cx
    }

    /// A new type variable.
    pub fn new_ty_var(&self) -> Ty<'tcx> {
        Ty::new_var(self.cx, self.tables.borrow_mut().new_ty(self.universe.get()))
    }
    /// A new variable for an integer literal's type.
    pub fn new_int_var(&self) -> Ty<'tcx> {
        let var = self.tables.borrow_mut().ints.new_key(ir::IntVarValue::Unknown);
        Ty::new_infer(self.cx, ir::IntVar(var))
    }
    /// A new variable for a float literal's type.
    pub fn new_float_var(&self) -> Ty<'tcx> {
        let var = self.tables.borrow_mut().floats.new_key(ir::FloatVarValue::Unknown);
        Ty::new_infer(self.cx, ir::FloatVar(var))
    }
    /// A new constant variable.
    pub fn new_const_var(&self) -> Const<'tcx> {
        self.const_var_in(self.universe.get())
    }
    /// A new lifetime variable.
    pub fn new_region_var(&self) -> Region<'tcx> {
        self.region_var_in(self.universe.get())
    }

    fn const_var_in(&self, universe: UniverseIndex) -> Const<'tcx> {
        let key = self.tables.borrow_mut().consts.new_key(Value::Unknown(universe));
        Const::new_var(self.cx, key.vid)
    }
    fn region_var_in(&self, universe: UniverseIndex) -> Region<'tcx> {
        let key = self.tables.borrow_mut().regions.new_key(Value::Unknown(universe));
        self.cx.mk_region(RegionKind::ReVar(key.vid))
    }

    /// New variables for all generic parameters of an item.
    pub fn fresh_args(&self, def_id: DefId) -> Args<'tcx> {
        let mut args: smallvec::SmallVec<[GenericArg<'tcx>; 8]> = smallvec::SmallVec::new();
        self.cx.for_each_param(def_id, &mut |param| {
            args.push(match param.kind {
                GenericParamKind::Lifetime => self.new_region_var().into(),
                GenericParamKind::Type { .. } => self.new_ty_var().into(),
                GenericParamKind::Const { .. } => self.new_const_var().into(),
            });
        });
        Cx::mk_args(self.cx, &args)
    }

    fn fresh_for(&self, kind: BoundVarKind<'tcx>) -> GenericArg<'tcx> {
        match kind {
            BoundVarKind::Region(_) => self.new_region_var().into(),
            BoundVarKind::Ty(_) => self.new_ty_var().into(),
            BoundVarKind::Const => self.new_const_var().into(),
        }
    }

    /// The value with new variables in place of what the binder binds: it is wanted for some of them.
    pub fn instantiate_with_fresh<T: ir::TypeFoldable<Cx<'tcx>>>(&self, binder: Binder<'tcx, T>) -> T {
        if binder.bound_vars().is_empty() {
            return binder.skip_binder();
        }
        crate::bound::instantiate(self.cx, binder, |_, kind| self.fresh_for(kind))
    }

    /// The value with placeholders in place of what the binder binds: it is wanted for all of them.
    pub fn instantiate_with_placeholders<T: ir::TypeFoldable<Cx<'tcx>>>(&self, binder: Binder<'tcx, T>) -> T {
        if binder.bound_vars().is_empty() {
            return binder.skip_binder();
        }
        let universe = self.next_universe();
        let cx = self.cx;
        crate::bound::instantiate(cx, binder, |var, kind| match kind {
            BoundVarKind::Region(kind) => {
                let bound = ir::BoundRegion { var, kind };
                cx.mk_region(RegionKind::RePlaceholder(ir::PlaceholderRegion::new(universe, bound))).into()
            }
            BoundVarKind::Ty(kind) => {
                let bound = ir::BoundTy { var, kind };
                Ty::new_placeholder(cx, ir::PlaceholderType::new(universe, bound)).into()
            }
            BoundVarKind::Const => {
                Const::new_placeholder(cx, ir::PlaceholderConst::new(universe, ir::BoundConst::new(var))).into()
            }
        })
    }

    fn next_universe(&self) -> UniverseIndex {
        let next = self.universe.get().next_universe();
        self.universe.set(next);
        next
    }

    /// Does something, and undoes what it did to variables.
    pub fn probing<R>(&self, f: impl FnOnce() -> R) -> R {
        let universe = self.universe.get();
        let snapshot = self.tables.borrow_mut().snapshot();
        let result = f();
        self.tables.borrow_mut().roll_back(snapshot);
        self.universe.set(universe);
        result
    }

    /// Does something, and undoes what it did to variables if it fails.
    pub fn commit_if_ok<R, E>(&self, f: impl FnOnce() -> Result<R, E>) -> Result<R, E> {
        let universe = self.universe.get();
        let snapshot = self.tables.borrow_mut().snapshot();
        let result = f();
        match &result {
            Ok(_) => self.tables.borrow_mut().commit(snapshot),
            Err(_) => {
                self.tables.borrow_mut().roll_back(snapshot);
                self.universe.set(universe);
            }
        }
        result
    }

    /// The variables of which nothing is known: of those that are equal, one.
    pub fn unresolved(&self) -> Vec<Ty<'tcx>> {
        let (types, ints, floats) = {
            let tables = self.tables.borrow();
            (tables.types.len(), tables.ints.len(), tables.floats.len())
        };
        let types = (0..types).map(|index| Ty::new_var(self.cx, ir::TyVid::from_usize(index)));
        let ints = (0..ints).map(|index| Ty::new_infer(self.cx, ir::IntVar(ir::IntVid::from_usize(index))));
        let floats = (0..floats).map(|index| Ty::new_infer(self.cx, ir::FloatVar(ir::FloatVid::from_usize(index))));
        let all = types.chain(ints).chain(floats);
        all.filter(|&ty| ir::InferCtxtLike::shallow_resolve(self, ty) == ty).collect()
    }

    /// How many constraints on lifetimes came up. Nobody solves them yet.
    pub fn outlives_count(&self) -> usize {
        self.tables.borrow().outlives.len()
    }

    fn known_ty(&self, var: ir::TyVid) -> Result<Ty<'tcx>, UniverseIndex> {
        match self.tables.borrow_mut().types.probe_value(TyKey::from(var)) {
            Value::Known(ty) => Ok(ty),
            Value::Unknown(universe) => Err(universe),
        }
    }
    fn known_const(&self, var: ir::ConstVid) -> Result<Const<'tcx>, UniverseIndex> {
        match self.tables.borrow_mut().consts.probe_value(ConstKey::from(var)) {
            Value::Known(constant) => Ok(constant),
            Value::Unknown(universe) => Err(universe),
        }
    }
}
