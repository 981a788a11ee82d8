//! Types that are small in memory and endless as trees are rewritten in time that grows as what they take in memory.

use super::REBUILT;
use crate::*;

fn with_tcx<R>(test: impl for<'tcx> FnOnce(Tcx<'tcx>) -> R) -> R {
    let arena = Arena::new();
    let session = SessionOptions {
        triple: String::new(),
        data_layout: String::new(),
        abi_name: String::new(),
        c_enum_min_bits: 0,
        overflow_checks: false,
        ub_checks: false,
        contract_checks: false,
        panic_abort: false,
        optimize: false,
        cfg: Default::default(),
    };
    test(Tcx::new(&arena, session))
}

/// Pairs of pairs of pairs: as a tree, twice as big with each level.
fn nested<'tcx>(tcx: Tcx<'tcx>, leaf: Ty<'tcx>, depth: usize) -> Ty<'tcx> {
    (0..depth).fold(leaf, |ty, _| tcx.mk_tuple(&[ty, ty]))
}

fn bound(var: u32, depth: u32) -> Region {
    Region::Bound(depth, BoundRegion { var, kind: BoundRegionKind::Anon })
}

fn reference<'tcx>(tcx: Tcx<'tcx>, region: Region) -> Ty<'tcx> {
    tcx.mk_ty(TyKind::Ref(region, tcx.types().u8, Mutability::Not))
}

/// `for<'a> fn(ty)`.
fn under_binder<'tcx>(tcx: Tcx<'tcx>, ty: Ty<'tcx>) -> Ty<'tcx> {
    let value = tcx.mk_fn_sig(&[ty], tcx.types().unit, ExternAbi::Rust);
    let bound_vars = tcx.mk_bound_vars(&[BoundVariableKind::Region(BoundRegionKind::Anon); 2]);
    tcx.mk_ty(TyKind::FnPtr(Binder { value, bound_vars }))
}

fn parameter<'tcx>(tcx: Tcx<'tcx>) -> Ty<'tcx> {
    tcx.mk_ty(TyKind::Param(ParamTy { index: 0, name: Symbol::intern("T") }))
}

/// Rewrites types of two depths: one twice as deep may take twice as many steps, and a few more.
fn grows_linearly(rewrite: impl for<'tcx> Fn(Tcx<'tcx>, usize) -> (Ty<'tcx>, Ty<'tcx>)) {
    let steps = |depth| {
        with_tcx(|tcx| {
            let before = REBUILT.get();
            let (rewritten, wanted) = rewrite(tcx, depth);
            assert_eq!(rewritten.tree_size(), u32::MAX);
            assert!(rewritten == wanted);
            REBUILT.get() - before
        })
    };
    let (small, large) = (steps(100), steps(200));
    assert!(small >= 10, "{small}");
    assert!(large <= 2 * small + 32, "{small} steps, then {large}");
}

#[test]
fn substitution() {
    grows_linearly(|tcx, depth| {
        let args = tcx.mk_args(&[tcx.types().i64.into()]);
        (tcx.subst(nested(tcx, parameter(tcx), depth), args), nested(tcx, tcx.types().i64, depth))
    });
}

#[test]
fn substitution_under_a_binder() {
    grows_linearly(|tcx, depth| {
        // The argument mentions a variable of an outer binder.
        let arg = |depth| tcx.mk_args(&[reference(tcx, bound(0, depth)).into()]);
        let generic = under_binder(tcx, nested(tcx, parameter(tcx), depth));
        (tcx.subst(generic, arg(0)), under_binder(tcx, nested(tcx, reference(tcx, bound(0, 1)), depth)))
    });
}

#[test]
fn shifting() {
    grows_linearly(|tcx, depth| {
        let ty = |level| nested(tcx, reference(tcx, bound(0, level)), depth);
        (shift_bound_vars(tcx, ty(0), 3), ty(3))
    });
}

#[test]
fn taking_a_binder_off() {
    grows_linearly(|tcx, depth| {
        let ty = |region| nested(tcx, reference(tcx, region), depth);
        let binder = Binder { value: ty(bound(0, 0)), bound_vars: List::empty() };
        (tcx.instantiate_bound_erased(binder), ty(Region::Erased))
    });
}

#[test]
fn erasure() {
    grows_linearly(|tcx, depth| {
        let ty = |region| nested(tcx, reference(tcx, region), depth);
        (tcx.erase_regions(ty(Region::Static)), ty(Region::Erased))
    });
}

/// Closures' signatures have binders, and are in the types of what the closures are given to.
#[test]
fn erasure_around_binders() {
    grows_linearly(|tcx, depth| {
        let named = |depth| nested(tcx, under_binder(tcx, reference(tcx, bound(1, 0))), depth);
        let signature = tcx.mk_fn_sig(&[reference(tcx, bound(0, 0))], tcx.types().unit, ExternAbi::Rust);
        let bound_vars = tcx.mk_bound_vars(&[BoundVariableKind::Region(BoundRegionKind::Anon)]);
        let leaf = tcx.mk_ty(TyKind::FnPtr(Binder { value: signature, bound_vars }));
        (tcx.erase_regions(named(depth)), nested(tcx, leaf, depth))
    });
}

/// Variables are numbered as they first occur: that is not forgotten where a type is not walked again.
#[test]
fn erasure_under_a_binder() {
    grows_linearly(|tcx, depth| {
        let pair = |first, second| tcx.mk_tuple(&[reference(tcx, bound(first, 0)), reference(tcx, bound(second, 0))]);
        let ty = |first, second| under_binder(tcx, nested(tcx, pair(first, second), depth));
        (tcx.erase_regions(ty(1, 0)), ty(0, 1))
    });
}

/// What was made of a type under one binder says nothing of the same type under the next.
#[test]
fn binders_are_told_apart() {
    with_tcx(|tcx| {
        let pairs = |left, right| {
            let pair =
                |first, second| tcx.mk_tuple(&[reference(tcx, bound(first, 0)), reference(tcx, bound(second, 0))]);
            nested(tcx, tcx.mk_tuple(&[pair(left, right), pair(right, left)]), 4)
        };
        let after = |region, ty| {
            let inputs = [reference(tcx, region), ty];
            let value = tcx.mk_fn_sig(&inputs, tcx.types().unit, ExternAbi::Rust);
            let bound_vars = tcx.mk_bound_vars(&[BoundVariableKind::Region(BoundRegionKind::Anon); 2]);
            tcx.mk_ty(TyKind::FnPtr(Binder { value, bound_vars }))
        };
        let both = tcx.mk_tuple(&[after(bound(0, 0), pairs(0, 1)), after(bound(1, 0), pairs(0, 1))]);
        let wanted = tcx.mk_tuple(&[after(bound(0, 0), pairs(0, 1)), after(bound(0, 0), pairs(1, 0))]);
        assert!(tcx.erase_regions(both) == wanted);
    });
}

#[test]
fn names_end() {
    with_tcx(|tcx| {
        let name = tcx.ty_str(nested(tcx, tcx.types().u8, 100));
        assert!(name.len() < 1 << 16, "{}", name.len());
        assert!(name.contains("..."));
    });
}

/// When a binder is taken off, what it binds is replaced, and what binders further out bind is one closer, be it a type, a
/// constant or a region; what is bound inside of the value stays.
#[test]
fn what_escapes_a_binder_comes_closer() {
    with_tcx(|tcx| {
        let under = |replaced, depth, inner| {
            let element = tcx.mk_ty(TyKind::Bound(depth, BoundTy { var: 0, kind: BoundTyKind::Anon }));
            let array = tcx.mk_ty(TyKind::Array(element, tcx.mk_const(ConstKind::Bound(depth, 1))));
            let regions = [bound(2, depth), replaced];
            let inside = [bound(0, 0), inner].map(|region| reference(tcx, region));
            let types = [array, under_binder(tcx, tcx.mk_tuple(&inside))];
            tcx.mk_tuple(&[&types[..], &regions.map(|region| reference(tcx, region))].concat())
        };
        let binder = Binder { value: under(bound(1, 0), 2, bound(3, 3)), bound_vars: List::empty() };
        let given = [None, Some(bound(7, 5))];
        assert_eq!(tcx.instantiate_bound(binder, &given), under(bound(7, 5), 1, bound(3, 2)));
        assert_eq!(tcx.instantiate_bound_erased(binder), under(Region::Erased, 1, bound(3, 2)));
        assert_eq!(shift_bound_vars(tcx, binder.value, 2), under(bound(1, 2), 4, bound(3, 5)));
    });
}
