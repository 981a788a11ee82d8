//! What the generic arguments of closures and coroutines say of them.

use crate::{GenericArg, GenericArgs, List, PolyFnSig, Ty, TyKind};

/// How a closure takes its environment.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, PartialOrd, Ord)]
pub enum ClosureKind {
    /// By `&self`.
    Fn,
    /// By `&mut self`.
    FnMut,
    /// By `self`.
    FnOnce,
}

/// The parts of a closure's arguments.
#[derive(Clone, Copy, Debug)]
pub struct ClosureArgs<'tcx> {
    /// The arguments of the function that the closure is in.
    pub parent_args: &'tcx [GenericArg<'tcx>],
    /// `i8`, `i16`, `i32` for Fn, FnMut, FnOnce.
    pub kind_ty: Ty<'tcx>,
    /// A fn pointer whose one input is the tuple of the closure's parameters.
    pub sig_as_fn_ptr_ty: Ty<'tcx>,
    /// A tuple of the types of what it captures, as captured: `&T` where by reference.
    pub tupled_upvars_ty: Ty<'tcx>,
}

impl<'tcx> ClosureArgs<'tcx> {
    /// Takes a closure's arguments apart. They must be those of a [`TyKind::Closure`].
    pub fn new(args: GenericArgs<'tcx>) -> ClosureArgs<'tcx> {
        let (parent_args, own) = args.as_slice().split_at(args.len() - 3);
        ClosureArgs {
            parent_args,
            kind_ty: own[0].expect_ty(),
            sig_as_fn_ptr_ty: own[1].expect_ty(),
            tupled_upvars_ty: own[2].expect_ty(),
        }
    }
    /// How it takes its environment.
    pub fn kind(self) -> ClosureKind {
        self.kind_ty.to_closure_kind().expect("a closure's kind is known after type checking")
    }
    /// The types of what it captures.
    pub fn upvar_tys(self) -> List<'tcx, Ty<'tcx>> {
        self.tupled_upvars_ty.expect_tuple()
    }
    /// The signature: one input, the tuple of parameters.
    pub fn sig(self) -> PolyFnSig<'tcx> {
        match *self.sig_as_fn_ptr_ty.kind() {
            TyKind::FnPtr(sig) => sig,
            _ => crate::bug!("a closure's signature is a fn pointer"),
        }
    }
}

/// The parts of a coroutine's arguments.
#[derive(Clone, Copy, Debug)]
pub struct CoroutineArgs<'tcx> {
    /// The arguments of the function that the coroutine is in.
    pub parent_args: &'tcx [GenericArg<'tcx>],
    /// For the coroutine of an async closure: how that takes its environment, as `i8`, `i16`, `i32`; else `()`.
    pub kind_ty: Ty<'tcx>,
    /// What it is resumed with; of `async`, the context.
    pub resume_ty: Ty<'tcx>,
    /// What it yields; of `async`, `()`.
    pub yield_ty: Ty<'tcx>,
    /// What it returns at its end; of `async`, the future's output.
    pub return_ty: Ty<'tcx>,
    /// A tuple of the types of what it captures.
    pub tupled_upvars_ty: Ty<'tcx>,
}

impl<'tcx> CoroutineArgs<'tcx> {
    /// Variants before the first suspension point's: unresumed, returned, panicked.
    pub const RESERVED_VARIANTS: usize = 3;
    /// Not yet started; holds what it captures.
    pub const UNRESUMED: usize = 0;
    /// Has returned; holds nothing.
    pub const RETURNED: usize = 1;
    /// Has panicked; holds nothing.
    pub const POISONED: usize = 2;

    /// Takes a coroutine's arguments apart. They must be those of a [`TyKind::Coroutine`].
    pub fn new(args: GenericArgs<'tcx>) -> CoroutineArgs<'tcx> {
        let (parent_args, own) = args.as_slice().split_at(args.len() - 5);
        CoroutineArgs {
            parent_args,
            kind_ty: own[0].expect_ty(),
            resume_ty: own[1].expect_ty(),
            yield_ty: own[2].expect_ty(),
            return_ty: own[3].expect_ty(),
            tupled_upvars_ty: own[4].expect_ty(),
        }
    }
    /// The types of what it captures.
    pub fn upvar_tys(self) -> List<'tcx, Ty<'tcx>> {
        self.tupled_upvars_ty.expect_tuple()
    }
}

/// The parts of an async closure's arguments.
#[derive(Clone, Copy, Debug)]
pub struct CoroutineClosureArgs<'tcx> {
    /// The arguments of the function that the closure is in.
    pub parent_args: &'tcx [GenericArg<'tcx>],
    /// `i8`, `i16`, `i32` for AsyncFn, AsyncFnMut, AsyncFnOnce.
    pub kind_ty: Ty<'tcx>,
    /// A fn pointer `fn(resume, tupled inputs) -> (yield, return)`.
    pub signature_parts_ty: Ty<'tcx>,
    /// A tuple of the types of what it captures.
    pub tupled_upvars_ty: Ty<'tcx>,
    /// A fn pointer `for<'env> fn() -> (captures…)`: the upvars as the by-reference coroutine has them.
    pub coroutine_captures_by_ref_ty: Ty<'tcx>,
}

impl<'tcx> CoroutineClosureArgs<'tcx> {
    /// Takes an async closure's arguments apart. They must be those of a [`TyKind::CoroutineClosure`].
    pub fn new(args: GenericArgs<'tcx>) -> CoroutineClosureArgs<'tcx> {
        let (parent_args, own) = args.as_slice().split_at(args.len() - 4);
        CoroutineClosureArgs {
            parent_args,
            kind_ty: own[0].expect_ty(),
            signature_parts_ty: own[1].expect_ty(),
            tupled_upvars_ty: own[2].expect_ty(),
            coroutine_captures_by_ref_ty: own[3].expect_ty(),
        }
    }
    /// The types of what it captures.
    pub fn upvar_tys(self) -> List<'tcx, Ty<'tcx>> {
        self.tupled_upvars_ty.expect_tuple()
    }
}
