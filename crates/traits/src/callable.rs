//! `Fn`, `FnMut`, `FnOnce` and their async sisters, for closures, function items and function pointers.

use crate::lang::kind_extends;
use crate::regions::instantiate_for;
use crate::select::Solver;
use crate::{TraitCx, TraitError};
use smallvec::{SmallVec, smallvec};
use ty::{
    Binder, ClosureArgs, ClosureKind, CoroutineClosureArgs, DefId, ExternAbi, GenericArg, GenericArgs, LangItem,
    PolyFnSig, Region, Tcx, TraitRef, Ty, TyKind,
};

/// What a call of a type by one of the `Fn` traits means: the tuple of parameters and the result.
type Call<'tcx> = Binder<'tcx, (Ty<'tcx>, Ty<'tcx>)>;

/// The signature that an async closure has before its coroutine's upvars are known.
#[derive(Clone, Copy, Debug)]
pub(crate) struct CoroutineClosureSig<'tcx> {
    pub tupled_inputs_ty: Ty<'tcx>,
    pub resume_ty: Ty<'tcx>,
    pub yield_ty: Ty<'tcx>,
    pub return_ty: Ty<'tcx>,
}

impl<'tcx> ty::TypeFoldable<'tcx> for CoroutineClosureSig<'tcx> {
    fn fold_with<F: ty::TypeFolder<'tcx> + ?Sized>(self, folder: &mut F) -> Self {
        CoroutineClosureSig {
            tupled_inputs_ty: self.tupled_inputs_ty.fold_with(folder),
            resume_ty: self.resume_ty.fold_with(folder),
            yield_ty: self.yield_ty.fold_with(folder),
            return_ty: self.return_ty.fold_with(folder),
        }
    }
}

/// The signature of an async closure, as its arguments hold it.
pub(crate) fn coroutine_closure_sig<'tcx>(args: CoroutineClosureArgs<'tcx>) -> Binder<'tcx, CoroutineClosureSig<'tcx>> {
    let TyKind::FnPtr(sig) = *args.signature_parts_ty.kind() else {
        ty::bug!("an async closure's signature is a fn pointer")
    };
    sig.map(|sig| {
        let (&[resume_ty, tupled_inputs_ty], results) = (sig.inputs(), sig.output().expect_tuple()) else {
            ty::bug!("an async closure's signature has two inputs")
        };
        CoroutineClosureSig { tupled_inputs_ty, resume_ty, yield_ty: results[0], return_ty: results[1] }
    })
}

/// A closure kind as the type that stands for it in arguments.
fn kind_ty(tcx: Tcx<'_>, kind: ClosureKind) -> Ty<'_> {
    let types = tcx.types();
    match kind {
        ClosureKind::Fn => types.i8,
        ClosureKind::FnMut => types.i16,
        ClosureKind::FnOnce => types.i32,
    }
}

/// A coroutine's kind: one by reference serves `Fn` as well as `FnMut`, and has the kind of the latter.
fn coroutine_kind_ty(tcx: Tcx<'_>, kind: ClosureKind) -> Ty<'_> {
    match kind {
        ClosureKind::Fn | ClosureKind::FnMut => kind_ty(tcx, ClosureKind::FnMut),
        ClosureKind::FnOnce => kind_ty(tcx, ClosureKind::FnOnce),
    }
}

/// The upvars of the coroutine that a call of an async closure makes: the call's inputs, then what the closure captured, by
/// reference or by value.
fn upvars_for_kind<'tcx>(
    tcx: Tcx<'tcx>,
    kind: ClosureKind,
    inputs: Ty<'tcx>,
    upvars: Ty<'tcx>,
    captures_by_ref: Ty<'tcx>,
) -> Ty<'tcx> {
    let captures = match (kind, *captures_by_ref.kind()) {
        (ClosureKind::FnOnce, _) => upvars,
        (_, TyKind::FnPtr(sig)) => tcx.instantiate_bound_erased(sig.map(|sig| sig.output())),
        _ => ty::bug!("captures by reference are a fn pointer"),
    };
    let all: SmallVec<[Ty<'tcx>; 8]> = inputs.expect_tuple().iter().chain(captures.expect_tuple()).collect();
    tcx.mk_tuple(&all)
}

impl<'tcx> TraitCx<'tcx> {
    /// The coroutine type that a call of an async closure by a kind of trait makes.
    pub(crate) fn coroutine_of_closure(
        &self,
        closure: DefId,
        args: CoroutineClosureArgs<'tcx>,
        sig: CoroutineClosureSig<'tcx>,
        kind: ClosureKind,
    ) -> Ty<'tcx> {
        let tcx = self.tcx;
        let upvars =
            upvars_for_kind(tcx, kind, sig.tupled_inputs_ty, args.tupled_upvars_ty, args.coroutine_captures_by_ref_ty);
        let mut all: SmallVec<[GenericArg<'tcx>; 8]> = args.parent_args.iter().copied().collect();
        for ty in [coroutine_kind_ty(tcx, kind), sig.resume_ty, sig.yield_ty, sig.return_ty, upvars] {
            all.push(ty.into());
        }
        tcx.mk_ty(TyKind::Coroutine(self.coroutine_for_closure(closure), tcx.mk_args(&all)))
    }

    /// The coroutine inside of an async closure: what its body returns.
    pub(crate) fn coroutine_for_closure(&self, closure: DefId) -> DefId {
        match *self.bodies.optimized_mir(closure).return_ty().kind() {
            TyKind::Coroutine(did, _) => did,
            ref other => ty::bug!("an async closure returns a coroutine, not {other:?}"),
        }
    }
}

impl<'tcx> Solver<'_, 'tcx> {
    /// The signature of a function item or pointer that implements the `Fn` traits.
    fn function_sig(&self, ty: Ty<'tcx>) -> Option<PolyFnSig<'tcx>> {
        let sig = match *ty.kind() {
            TyKind::FnDef(did, args) => self.cx.tcx.subst(self.cx.definitions().fn_sig(did), args),
            TyKind::FnPtr(sig) => sig,
            _ => return None,
        };
        let header = sig.value;
        (!header.is_unsafe && header.abi == ExternAbi::Rust && !header.c_variadic).then_some(sig)
    }

    fn function_call(&self, ty: Ty<'tcx>) -> Option<Call<'tcx>> {
        let tcx = self.cx.tcx;
        self.function_sig(ty).map(|sig| sig.map(|sig| (tcx.mk_tuple(sig.inputs()), sig.output())))
    }

    /// What a call by a `Fn` trait means; `None` if the compiler does not implement it for the type.
    pub fn callable(&mut self, ty: Ty<'tcx>, kind: ClosureKind) -> Result<Option<Call<'tcx>>, TraitError<'tcx>> {
        Ok(match *ty.kind() {
            TyKind::FnDef(..) | TyKind::FnPtr(_) => self.function_call(ty),
            TyKind::Closure(_, args) => {
                let args = ClosureArgs::new(args);
                kind_extends(args.kind(), kind).then(|| args.sig().map(|sig| (sig.inputs()[0], sig.output())))
            }
            TyKind::CoroutineClosure(did, args) => {
                let args = CoroutineClosureArgs::new(args);
                let extends = args.kind_ty.to_closure_kind().is_some_and(|actual| kind_extends(actual, kind));
                if !extends || (kind != ClosureKind::FnOnce && has_self_borrows(args)) {
                    return Ok(None);
                }
                Some(
                    coroutine_closure_sig(args)
                        .map(|sig| (sig.tupled_inputs_ty, self.cx.coroutine_of_closure(did, args, sig, kind))),
                )
            }
            _ => None,
        })
    }

    /// `<F as FnOnce<Args>>::Output`.
    pub fn project_callable(
        &mut self,
        ty: Ty<'tcx>,
        kind: ClosureKind,
        args: GenericArgs<'tcx>,
    ) -> Result<Option<Ty<'tcx>>, TraitError<'tcx>> {
        let Some(call) = self.callable(ty, kind)? else { return Ok(None) };
        Ok(Some(self.result_of(call, args).1))
    }

    /// Takes the binder off a call, the regions being those of the projection's arguments.
    fn result_of(&self, call: Call<'tcx>, args: GenericArgs<'tcx>) -> (Ty<'tcx>, Ty<'tcx>) {
        let tcx = self.cx.tcx;
        instantiate_for(tcx, call, |call| tcx.mk_args(&[call.0.into()]), tcx.mk_args(&[args[1]]))
    }

    /// Goals on which the compiler's impl of an `AsyncFn` trait depends; `None` if there is no such impl.
    pub fn async_callable_nested(
        &mut self,
        ty: Ty<'tcx>,
        kind: ClosureKind,
    ) -> Result<Option<SmallVec<[TraitRef<'tcx>; 4]>>, TraitError<'tcx>> {
        let tcx = self.cx.tcx;
        Ok(match *ty.kind() {
            TyKind::CoroutineClosure(_, args) => {
                let actual = CoroutineClosureArgs::new(args).kind_ty.to_closure_kind();
                actual.is_some_and(|actual| kind_extends(actual, kind)).then(|| smallvec![])
            }
            TyKind::FnDef(..) | TyKind::FnPtr(_) | TyKind::Closure(..) => {
                let Some(call) = self.callable(ty, kind)? else { return Ok(None) };
                let (_, output) = tcx.instantiate_bound_erased(call);
                Some(self.for_each(tcx.expect_lang_item(LangItem::Future), &[output]))
            }
            _ => None,
        })
    }

    /// An associated type of the `AsyncFn` traits.
    pub fn project_async_callable(
        &mut self,
        ty: Ty<'tcx>,
        kind: ClosureKind,
        item: DefId,
        args: GenericArgs<'tcx>,
    ) -> Result<Option<Ty<'tcx>>, TraitError<'tcx>> {
        let tcx = self.cx.tcx;
        let wants_future =
            matches!(self.cx.lang_item_of(item), Some(LangItem::CallOnceFuture | LangItem::CallRefFuture));
        if let TyKind::CoroutineClosure(did, closure_args) = *ty.kind() {
            let closure_args = CoroutineClosureArgs::new(closure_args);
            let sig = instantiate_for(
                tcx,
                coroutine_closure_sig(closure_args),
                |sig| tcx.mk_args(&[sig.tupled_inputs_ty.into()]),
                tcx.mk_args(&[args[1]]),
            );
            return Ok(Some(match wants_future {
                true => self.cx.coroutine_of_closure(did, closure_args, sig, kind),
                false => sig.return_ty,
            }));
        }
        let Some(call) = self.callable(ty, kind)? else { return Ok(None) };
        let (_, output) = self.result_of(call, args);
        if wants_future {
            return Ok(Some(output));
        }
        let output = self.normalize(output)?;
        let future_output = tcx.expect_lang_item(LangItem::FutureOutput);
        self.project(future_output, tcx.mk_args(&[output.into()])).map(Some)
    }

    /// `<ClosureKind as AsyncFnKindHelper<GoalKind>>::Upvars<'env, Inputs, Upvars, BorrowedUpvarsAsFnPtr>`.
    pub fn async_fn_upvars(&self, args: GenericArgs<'tcx>) -> Ty<'tcx> {
        let types: SmallVec<[Ty<'tcx>; 8]> = args.types().collect();
        let [_, goal_kind, inputs, upvars, by_ref] = types[..] else {
            ty::bug!("`AsyncFnKindHelper::Upvars` has five type arguments")
        };
        let kind = goal_kind.to_closure_kind().expect("the goal's kind is a closure kind");
        upvars_for_kind(self.cx.tcx, kind, inputs, upvars, by_ref)
    }
}

/// Whether the coroutine of an async closure borrows from the closure itself.
fn has_self_borrows(args: CoroutineClosureArgs<'_>) -> bool {
    match *args.coroutine_captures_by_ref_ty.kind() {
        TyKind::FnPtr(sig) => sig.value.inputs_and_output.iter().any(mentions_innermost),
        _ => true,
    }
}

/// Whether a type mentions a region of the binder right around it.
fn mentions_innermost(ty: Ty<'_>) -> bool {
    fn in_arg(arg: GenericArg<'_>, depth: u32) -> bool {
        match arg {
            GenericArg::Lifetime(Region::Bound(level, _)) => level == depth,
            GenericArg::Type(ty) => in_ty(ty, depth),
            _ => false,
        }
    }
    fn in_ty(ty: Ty<'_>, depth: u32) -> bool {
        if ty.outer_binder() <= depth {
            return false;
        }
        match *ty.kind() {
            TyKind::Ref(region, inner, _) => {
                matches!(region, Region::Bound(level, _) if level == depth) || in_ty(inner, depth)
            }
            TyKind::RawPtr(inner, _) | TyKind::Slice(inner) | TyKind::Array(inner, _) | TyKind::Pat(inner, _) => {
                in_ty(inner, depth)
            }
            TyKind::Tuple(types) => types.iter().any(|ty| in_ty(ty, depth)),
            TyKind::Adt(_, args)
            | TyKind::FnDef(_, args)
            | TyKind::Closure(_, args)
            | TyKind::CoroutineClosure(_, args)
            | TyKind::Coroutine(_, args)
            | TyKind::CoroutineWitness(_, args) => args.iter().any(|arg| in_arg(arg, depth)),
            TyKind::Alias(_, alias) => alias.args.iter().any(|arg| in_arg(arg, depth)),
            TyKind::FnPtr(sig) => sig.value.inputs_and_output.iter().any(|ty| in_ty(ty, depth + 1)),
            TyKind::UnsafeBinder(binder) => in_ty(binder.value, depth + 1),
            // Conservative: the object's lifetime or a parameter of its trait.
            TyKind::Dynamic(..) => true,
            _ => false,
        }
    }
    in_ty(ty, 0)
}
