//! Functions ready to be compiled: a definition or a shim, with its arguments.

use crate::{DefId, GenericArgs, Ty};

/// Why a function is made into a plain pointer by a shim.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum ReifyReason {
    /// The function is made a fn pointer.
    FnPtr,
    /// The function is put in a vtable.
    Vtable,
}

/// Which code an instance runs.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum InstanceKind<'tcx> {
    /// A function, method, closure, coroutine, constant or static with MIR or a symbol of its own.
    Item(DefId),
    /// The compiler's own.
    Intrinsic(DefId),
    /// `self` by value, called through a vtable: takes a pointer and loads.
    VTableShim(DefId),
    /// A `#[track_caller]` function as a pointer: passes its own location on.
    ReifyShim(DefId, Option<ReifyReason>),
    /// `Fn*::call*` for a fn pointer or fn item type.
    FnPtrShim(DefId, Ty<'tcx>),
    /// A call through this slot of the vtable. Never compiled itself.
    Virtual(DefId, usize),
    /// `FnOnce::call_once` of a closure that takes `&self` or `&mut self`.
    ClosureOnceShim {
        /// The method of `FnOnce`.
        call_once: DefId,
        /// Whether the closure is `#[track_caller]`, and so takes its caller's place as an argument.
        track_caller: bool,
    },
    /// The body that an async closure runs to make its coroutine, by `FnOnce` or by reference.
    ConstructCoroutineInClosureShim {
        /// The async closure.
        coroutine_closure_def_id: DefId,
        /// Whether the shim takes the closure by reference, as `FnMut` and `Fn` do.
        receiver_by_ref: bool,
    },
    /// A thread-local's address from another crate.
    ThreadLocalShim(DefId),
    /// `Future::poll` of a coroutine that drops another asynchronously: the method, the coroutine that calls, and the
    /// one that does.
    FutureDropPollShim(DefId, Ty<'tcx>, Ty<'tcx>),
    /// `drop_in_place` (the first id); `None`: nothing to drop.
    DropGlue(DefId, Option<Ty<'tcx>>),
    /// `Clone::clone` of arrays, tuples, closures and the like.
    CloneShim(DefId, Ty<'tcx>),
    /// `FnPtr::addr` (the id) of a fn pointer type.
    FnPtrAddrShim(DefId, Ty<'tcx>),
    /// `async_drop_in_place` (the id) of a type: makes the coroutine that drops it.
    AsyncDropGlueCtorShim(DefId, Ty<'tcx>),
    /// The body of the coroutine that drops a value asynchronously; the type is the coroutine.
    AsyncDropGlue(DefId, Ty<'tcx>),
}

impl<'tcx> InstanceKind<'tcx> {
    /// The function that it is made from or for; several kinds can have the same.
    pub fn def_id(self) -> DefId {
        match self {
            InstanceKind::Item(def_id)
            | InstanceKind::Intrinsic(def_id)
            | InstanceKind::VTableShim(def_id)
            | InstanceKind::ReifyShim(def_id, _)
            | InstanceKind::FnPtrShim(def_id, _)
            | InstanceKind::Virtual(def_id, _)
            | InstanceKind::ClosureOnceShim { call_once: def_id, .. }
            | InstanceKind::ConstructCoroutineInClosureShim { coroutine_closure_def_id: def_id, .. }
            | InstanceKind::ThreadLocalShim(def_id)
            | InstanceKind::FutureDropPollShim(def_id, ..)
            | InstanceKind::DropGlue(def_id, _)
            | InstanceKind::CloneShim(def_id, _)
            | InstanceKind::FnPtrAddrShim(def_id, _)
            | InstanceKind::AsyncDropGlueCtorShim(def_id, _)
            | InstanceKind::AsyncDropGlue(def_id, _) => def_id,
        }
    }
}

/// A function with all its generic arguments.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Instance<'tcx> {
    /// Which code it runs.
    pub kind: InstanceKind<'tcx>,
    /// Regions are erased, aliases normalised.
    pub args: GenericArgs<'tcx>,
}

impl<'tcx> Instance<'tcx> {
    /// A plain item.
    pub fn new(def_id: DefId, args: GenericArgs<'tcx>) -> Instance<'tcx> {
        Instance { kind: InstanceKind::Item(def_id), args }
    }
    /// See [`InstanceKind::def_id`].
    pub fn def_id(self) -> DefId {
        self.kind.def_id()
    }
}
