//! Evaluating whole constants and statics.

use crate::EvalCx;
use crate::fault::{EvalResult, Fault, fault};
use crate::intern::InternKind;
use crate::machine::Machine;
use crate::value::{MemPlace, Shape};
use mir::Promoted;
use std::cell::RefCell;
use ty::{
    ConstAllocation, ConstError, ConstKind, ConstValue, CrateNum, DefId, DefKind, GenericArgs, GlobalAlloc, Instance,
    Mutability, Scalar, Span, Ty, ValTree,
};

/// The subject of an evaluation: a constant, or a promoted of a body.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(crate) struct GlobalId<'tcx> {
    pub instance: Instance<'tcx>,
    pub promoted: Option<Promoted>,
}

/// Constants within constants. More than rustc's default limit of recursion, which crates may raise.
const NESTING_LIMIT: usize = 1024;
/// Every so many levels the evaluation goes on with a new thread's stack.
const NESTING_PER_STACK: usize = 32;
const STACK_SIZE: usize = 16 << 20;

thread_local! {
    /// What this thread is evaluating, by numbers that tell constants apart.
    static RUNNING: RefCell<Vec<Running>> = const { RefCell::new(Vec::new()) };
}

/// One evaluation under way: the evaluator's address, and hashes of its subject.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Running {
    cx: usize,
    what: u64,
}

/// Removes the innermost evaluation, also when unwinding.
struct Popper;

impl Drop for Popper {
    fn drop(&mut self) {
        RUNNING.with_borrow_mut(|running| {
            running.pop();
        });
    }
}

impl<'tcx> EvalCx<'tcx> {
    /// The error that a fault outside of any machine is.
    #[expect(clippy::boxed_local, reason = "faults come boxed")]
    pub(crate) fn error(&self, fault: Box<Fault>) -> ConstError {
        match *fault {
            Fault::Inner(error) => error,
            Fault::Here { message, span, .. } => ConstError::new(span.unwrap_or(Span::DUMMY), message),
        }
    }

    /// A value that is none of its type: rustc calls using it undefined behaviour.
    fn invalid(&self, fault: Box<Fault>, span: Span) -> Box<Fault> {
        let error = self.error(fault.at(span));
        let label = Some("it is undefined behavior to use this value".to_string());
        ConstError { label, ..error }.into()
    }

    fn keep_error(&self, fault: Box<Fault>) -> &'tcx ConstError {
        self.tcx.arena().keep(self.error(fault))
    }

    /// Runs an evaluation, unless it is under way already: then it depends on itself.
    fn nested<R: Send>(
        &self,
        what: impl std::hash::Hash,
        span: Span,
        run: impl FnOnce() -> EvalResult<R> + Send,
    ) -> EvalResult<R> {
        use std::hash::BuildHasher;
        let this = Running { cx: std::ptr::from_ref(self).addr(), what: rustc_hash::FxBuildHasher.hash_one(what) };
        let depth = RUNNING.with_borrow(|running| if running.contains(&this) { usize::MAX } else { running.len() });
        let at = |message: &str| Err(Fault::new(message).at(span));
        if depth == usize::MAX {
            return at("cycle detected when evaluating a constant: its value depends on itself");
        }
        if depth >= NESTING_LIMIT {
            return at("reached the recursion limit while evaluating constants");
        }
        RUNNING.with_borrow_mut(|running| running.push(this));
        let _popper = Popper;
        if !(depth + 1).is_multiple_of(NESTING_PER_STACK) {
            return run();
        }
        let outer = RUNNING.with_borrow(Vec::clone);
        let result = std::thread::scope(|scope| {
            let thread = std::thread::Builder::new().stack_size(STACK_SIZE).spawn_scoped(scope, || {
                RUNNING.with_borrow_mut(|running| *running = outer);
                run().map_err(|fault| self.error(fault))
            });
            match thread {
                Ok(thread) => thread.join(),
                Err(_) => Ok(Err(ConstError::new(span, "cannot start a thread to evaluate a deeply nested constant"))),
            }
        });
        match result {
            Ok(result) => result.map_err(Box::<Fault>::from),
            Err(payload) => std::panic::resume_unwind(payload),
        }
    }

    pub(crate) fn eval_global(&self, id: GlobalId<'tcx>) -> EvalResult<ConstValue> {
        if let Some(known) = self.values.get(&id) {
            return known.map_err(Box::<Fault>::from);
        }
        let def_id = id.instance.def_id();
        let span = self.tcx.definitions().def_span(def_id);
        let value = self.nested(id, span, || self.compute_global(id, span));
        let value = value.map_err(|fault| self.keep_error(fault));
        self.values.insert(id, value).map_err(Box::<Fault>::from)
    }

    fn compute_global(&self, id: GlobalId<'tcx>, span: Span) -> EvalResult<ConstValue> {
        let def_id = id.instance.def_id();
        let body = match id.promoted {
            Some(promoted) => &self.bodies.promoted_mir(def_id)[promoted],
            None => {
                if let Some((value, _)) = self.bodies.trivial_const(def_id) {
                    return Ok(value);
                }
                if !self.bodies.has_ctfe_mir(def_id) {
                    fault!("the constant `{}` has no body to evaluate", self.instance_name(id.instance));
                }
                self.bodies.mir_for_ctfe(def_id)
            }
        };
        let kind = if id.promoted.is_some() { InternKind::Promoted } else { InternKind::Constant };
        let mut machine = Machine::new(self);
        let result = machine.run_root(id.instance, body);
        let place = result.map_err(|fault| Box::<Fault>::from(machine.report(fault)))?;
        if !self.was_validated(id.instance) {
            machine.validate(place).map_err(|fault| self.invalid(fault, span))?;
        }
        machine.result_value(place, kind, span).map_err(|fault| fault.at(span))
    }

    /// Whether rustc has found that the value of a constant or static (or a promoted of it) is one of its type: it evaluates
    /// those that have no parameters, and writes no metadata for a crate where one is wrong. They may be large tables.
    fn was_validated(&self, instance: Instance<'tcx>) -> bool {
        let def_id = instance.def_id();
        def_id.krate != CrateNum::LOCAL
            && instance.args.is_empty()
            && matches!(self.tcx.definitions().def_kind(def_id), DefKind::Const | DefKind::Static { .. })
    }

    /// A constant operand without parameters.
    pub(crate) fn eval_const(&self, constant: mir::Const<'tcx>) -> EvalResult<ConstValue> {
        match constant {
            mir::Const::Val(value, _) => Ok(value),
            mir::Const::Ty(ty, constant) => {
                let constant = self.eval_type_const_inner(constant)?;
                match constant.as_value() {
                    // The type outside is the one of the operand; the tree's own may differ in lifetimes.
                    Some((_, tree)) => self.tree_value(self.tcx.normalize(ty), tree),
                    None => ty::bug!("an evaluated constant is a value"),
                }
            }
            mir::Const::Unevaluated { constant, promoted, .. } => {
                let instance = match promoted {
                    Some(_) => Instance::new(constant.def, self.normalize_args(constant.args)),
                    None => self.resolve(constant.def, constant.args)?,
                };
                self.eval_global(GlobalId { instance, promoted })
            }
        }
    }

    /// A constant operand of a body with these arguments.
    pub(crate) fn eval_generic_operand(
        &self,
        constant: mir::Const<'tcx>,
        args: Option<GenericArgs<'tcx>>,
    ) -> EvalResult<ConstValue> {
        match args {
            Some(args) => self.eval_const(self.tcx.subst(constant, args)),
            None => self.eval_const(constant),
        }
    }

    pub(crate) fn eval_type_const_inner(&self, constant: ty::Const<'tcx>) -> EvalResult<ty::Const<'tcx>> {
        let unevaluated = match *constant.kind() {
            ConstKind::Value(..) => return Ok(constant),
            ConstKind::Unevaluated(unevaluated) => unevaluated,
            _ => fault!("the constant `{constant:?}` depends on a parameter"),
        };
        if let Some(known) = self.type_consts.get(&constant) {
            return known.map_err(Box::<Fault>::from);
        }
        let compute = || {
            let instance = self.resolve(unevaluated.def, unevaluated.args)?;
            let ty = self.tcx.definitions().type_of(instance.def_id());
            let ty = self.tcx.normalize(self.tcx.subst(ty, instance.args));
            let value = self.eval_global(GlobalId { instance, promoted: None })?;
            let tree = self.value_to_tree(value, ty)?;
            Ok(self.tcx.mk_const(ConstKind::Value(ty, tree)))
        };
        let result = compute().map_err(|fault| self.keep_error(fault));
        self.type_consts.insert(constant, result).map_err(Box::<Fault>::from)
    }

    pub(crate) fn eval_discriminant_inner(&self, def_id: DefId) -> EvalResult<u128> {
        let instance = Instance::new(def_id, GenericArgs::empty());
        match self.eval_global(GlobalId { instance, promoted: None })? {
            ConstValue::Scalar(Scalar::Int(int)) => Ok(int.bits),
            other => ty::bug!("a discriminant is an integer, not {other:?}"),
        }
    }

    pub(crate) fn tree_value(&self, ty: Ty<'tcx>, tree: ValTree<'tcx>) -> EvalResult<ConstValue> {
        match self.tree_values.get(&(ty, tree)) {
            Some(value) => Ok(value),
            None => {
                let value = self.tree_to_value(ty, tree)?;
                Ok(self.tree_values.insert((ty, tree), value))
            }
        }
    }

    pub(crate) fn eval_static_inner(&self, def_id: DefId) -> EvalResult<ConstAllocation<'tcx>> {
        if let Some(known) = self.statics.get(&def_id) {
            return known.map_err(Box::<Fault>::from);
        }
        let span = self.tcx.definitions().def_span(def_id);
        let result = self.nested((def_id, "static"), span, || self.compute_static(def_id, span));
        let result = result.map_err(|fault| self.keep_error(fault));
        self.statics.insert(def_id, result).map_err(Box::<Fault>::from)
    }

    fn compute_static(&self, def_id: DefId, span: Span) -> EvalResult<ConstAllocation<'tcx>> {
        let definitions = self.tcx.definitions();
        if definitions.is_foreign_item(def_id) {
            fault!("cannot access extern static `{}`", self.instance_name(Instance::new(def_id, GenericArgs::empty())));
        }
        if let Some(alloc) = self.bodies.static_initializer(def_id) {
            return Ok(alloc);
        }
        let DefKind::Static { mutable, .. } = definitions.def_kind(def_id) else {
            ty::bug!("{def_id:?} is not a static")
        };
        if !self.bodies.has_ctfe_mir(def_id) {
            let name = self.instance_name(Instance::new(def_id, GenericArgs::empty()));
            fault!("the static `{name}` has no body to evaluate");
        }
        let instance = Instance::new(def_id, GenericArgs::empty());
        let mut machine = Machine::new(self);
        machine.static_root = Some(def_id);
        machine.may_read_mutable = true;
        let result = machine.run_root(instance, self.bodies.mir_for_ctfe(def_id));
        let place = result.map_err(|fault| Box::<Fault>::from(machine.report(fault)))?;
        if !self.was_validated(instance) {
            machine.validate(place).map_err(|fault| self.invalid(fault, span))?;
        }
        let mutability = if mutable { Mutability::Mut } else { Mutability::Not };
        let own = match mutability {
            Mutability::Not if self.tcx.hooks().is_freeze(place.layout.ty) => Mutability::Not,
            _ => Mutability::Mut,
        };
        let root = place.ptr.base.expect("the result is in memory");
        machine.intern(root, InternKind::Static(mutability), own, span)
    }
}

impl<'tcx> Machine<'_, 'tcx> {
    /// The value that an evaluation left at the start of an allocation.
    pub(crate) fn result_value(
        &mut self,
        place: MemPlace<'tcx>,
        kind: InternKind,
        span: Span,
    ) -> EvalResult<ConstValue> {
        let root = place.ptr.base.expect("the result is in memory");
        let shape = self.cx.shape(place.layout);
        if shape == Shape::ZeroSized {
            return Ok(ConstValue::ZeroSized);
        }
        let scalar = match shape {
            Shape::Scalar(_) => Some(self.read_scalar(&place.into())?),
            _ => None,
        };
        let alloc = self.intern(root, kind, Mutability::Not, span)?;
        match scalar {
            Some(scalar) => Ok(ConstValue::Scalar(scalar)),
            None => {
                if self.cx.tcx.try_global_alloc(root).is_none() {
                    self.cx.tcx.set_alloc(root, GlobalAlloc::Memory(alloc));
                }
                Ok(ConstValue::Indirect { alloc_id: root, offset: 0 })
            }
        }
    }
}
