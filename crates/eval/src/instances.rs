//! What the machine asks about functions: which one is meant, and its body.

use crate::EvalCx;
use crate::fault::{EvalResult, fault};
use mir::Body;
use traits::VtableEntry;
use ty::{ClosureKind, DefId, ExistentialPredicates, GenericArgs, Instance, InstanceKind, Ty, TypeFlags};

impl<'tcx> EvalCx<'tcx> {
    pub(crate) fn resolve(&self, def_id: DefId, args: GenericArgs<'tcx>) -> EvalResult<Instance<'tcx>> {
        match self.traits.try_resolve_instance(def_id, self.normalize_args(args)) {
            Ok(instance) => Ok(instance),
            Err(error) => {
                let failure = error.into_failure(self.tcx);
                match failure.constant {
                    Some(error) => Err(error.into()),
                    None => fault!("{}", failure.message),
                }
            }
        }
    }

    pub(crate) fn resolve_for_fn_ptr(&self, def_id: DefId, args: GenericArgs<'tcx>) -> EvalResult<Instance<'tcx>> {
        match self.traits.resolve_for_fn_ptr(def_id, self.normalize_args(args)) {
            Some(instance) => Ok(instance),
            None => fault!("the function of a fn pointer does not exist"),
        }
    }

    pub(crate) fn resolve_closure(
        &self,
        def_id: DefId,
        args: GenericArgs<'tcx>,
        kind: ClosureKind,
    ) -> EvalResult<Instance<'tcx>> {
        Ok(self.traits.resolve_closure(def_id, args, kind))
    }

    pub(crate) fn resolve_drop_in_place(&self, ty: Ty<'tcx>) -> EvalResult<Instance<'tcx>> {
        Ok(self.traits.resolve_drop_in_place(ty))
    }

    /// Arguments as instances have them: without regions, aliases and unevaluated constants.
    pub(crate) fn normalize_args(&self, args: GenericArgs<'tcx>) -> GenericArgs<'tcx> {
        const UNFINISHED: TypeFlags = TypeFlags::HAS_ALIAS
            .union(TypeFlags::HAS_UNEVALUATED)
            .union(TypeFlags::HAS_FREE_REGION)
            .union(TypeFlags::HAS_REGION_PARAM)
            .union(TypeFlags::HAS_BINDER_VARS);
        if args.iter().any(|arg| arg.flags().intersects(UNFINISHED)) { self.traits.normalize(args) } else { args }
    }

    /// The method in a slot of a type's vtable.
    pub(crate) fn vtable_method(
        &self,
        ty: Ty<'tcx>,
        predicates: ExistentialPredicates<'tcx>,
        slot: usize,
    ) -> EvalResult<Instance<'tcx>> {
        match self.traits.vtable_entries_for_dyn(ty, predicates).get(slot) {
            Some(&VtableEntry::Method(instance)) => Ok(instance),
            _ => fault!("`dyn` call trying to call something that is not a method"),
        }
    }

    pub(crate) fn lockstep_tails(&self, a: Ty<'tcx>, b: Ty<'tcx>) -> (Ty<'tcx>, Ty<'tcx>) {
        self.traits.unsize_tails(a, b)
    }

    pub(crate) fn is_track_caller(&self, instance: Instance<'tcx>) -> bool {
        self.traits.requires_caller_location(instance)
    }

    /// The body that a function is run by at compile time.
    pub(crate) fn fn_body(&self, instance: Instance<'tcx>) -> EvalResult<&'tcx Body<'tcx>> {
        match instance.kind {
            InstanceKind::Item(def_id) => {
                if self.bodies.has_ctfe_mir(def_id) {
                    Ok(self.bodies.mir_for_ctfe(def_id))
                } else if self.tcx.definitions().is_foreign_item(def_id) {
                    fault!("calling foreign function `{}`", self.instance_name(instance))
                } else if self.bodies.has_optimized_mir(def_id) {
                    // Not a const fn by its own account: a closure, or a method of a trait that is const.
                    Ok(self.bodies.optimized_mir(def_id))
                } else {
                    fault!("calling non-const function `{}`", self.instance_name(instance))
                }
            }
            _ => Ok(self.traits.instance_mir(instance)),
        }
    }

    /// What the parameters in an instance's body stand for; `None` if the body is made for the instance alone.
    pub(crate) fn body_args(&self, instance: Instance<'tcx>) -> Option<GenericArgs<'tcx>> {
        match instance.kind {
            InstanceKind::CloneShim(..)
            | InstanceKind::ThreadLocalShim(_)
            | InstanceKind::FnPtrAddrShim(..)
            | InstanceKind::FnPtrShim(..)
            | InstanceKind::DropGlue(_, Some(_))
            | InstanceKind::FutureDropPollShim(..)
            | InstanceKind::AsyncDropGlue(..)
            | InstanceKind::AsyncDropGlueCtorShim(..) => None,
            InstanceKind::Item(_)
            | InstanceKind::Intrinsic(_)
            | InstanceKind::VTableShim(_)
            | InstanceKind::ReifyShim(..)
            | InstanceKind::Virtual(..)
            | InstanceKind::ClosureOnceShim { .. }
            | InstanceKind::ConstructCoroutineInClosureShim { .. }
            | InstanceKind::DropGlue(_, None) => Some(instance.args),
        }
    }
}
