//! Bodies made by hand: their dump, their check, substitution into them, and their control flow.

use bessemer_mir::traversal::{Dominators, predecessors, reachable, reverse_postorder};
use bessemer_mir::*;
use expect_test::expect;
use ty::{Arena, DefId, List, Mutability, ParamTy, Span, Symbol, Tcx, Ty, TyKind};

fn with_tcx(test: impl FnOnce(Tcx<'_>)) {
    let arena = Arena::new();
    test(Tcx::new(&arena, testing::session_options()));
}

fn param<'tcx>(tcx: Tcx<'tcx>) -> Ty<'tcx> {
    tcx.mk_ty(TyKind::Param(ParamTy { index: 0, name: Symbol::intern("T") }))
}

/// Drops what a pointer points to; if that unwinds, calls a function.
fn drop_body<'tcx>(tcx: Tcx<'tcx>) -> Body<'tcx> {
    let pointer = tcx.mk_ptr(param(tcx), Mutability::Mut);
    let unit = tcx.types().unit;
    let mut body = BodyBuilder::new(tcx, Span::DUMMY, &[pointer], unit);
    let (end, cleanup, resume) = (body.new_block(), body.new_cleanup_block(), body.new_cleanup_block());
    let place = Place::from_local(body.arg(0)).deref(tcx).field(tcx, 1, param(tcx));
    body.terminate(TerminatorKind::Drop { place, target: end, unwind: UnwindAction::Cleanup(cleanup) });
    body.switch_to(end);
    body.ret();
    body.switch_to(cleanup);
    let func = body.function(DefId { krate: ty::CrateNum(3), index: 7 }, List::empty());
    let temp = body.temp(unit);
    let one = body.scalar(tcx.types().i32, u128::MAX, 4);
    let next =
        body.call(func, vec![one], Place::from_local(temp), UnwindAction::Terminate(UnwindTerminateReason::InCleanup));
    assert_eq!(next, body.current_block());
    body.terminate(TerminatorKind::Goto { target: resume });
    body.switch_to(resume);
    body.terminate(TerminatorKind::UnwindResume);
    body.finish()
}

#[test]
fn dump() {
    with_tcx(|tcx| {
        let body = drop_body(tcx);
        assert_eq!(body.check(), Ok(()));
        expect![[r#"
            fn shim(_1: *mut T) -> () {
                let mut _0: ();
                let mut _2: ();

                bb0: {
                    drop(((*_1).1: T)) -> [return: bb1, unwind: bb2];
                }

                bb1: {
                    return;
                }

                bb2 (cleanup): {
                    _2 = {3:7}(const -1_i32) -> [return: bb4, unwind terminate(cleanup)];
                }

                bb3 (cleanup): {
                    resume;
                }

                bb4 (cleanup): {
                    goto -> bb3;
                }
            }
        "#]]
        .assert_eq(&pretty::body_to_string(tcx, "fn shim", &body));
    });
}

#[test]
fn substitution_reaches_projections() {
    with_tcx(|tcx| {
        let body = tcx.subst(drop_body(tcx), tcx.mk_args(&[tcx.types().u8.into()]));
        assert_eq!(tcx.ty_str(body.local_decls[Local::from_u32(1)].ty), "*mut u8");
        let TerminatorKind::Drop { place, .. } = body.basic_blocks[BasicBlock::START].terminator.kind else {
            panic!("the first block drops");
        };
        assert_eq!(place.ty(&body.local_decls, tcx), tcx.types().u8);
    });
}

#[test]
fn control_flow() {
    with_tcx(|tcx| {
        let types = tcx.types();
        let mut body = BodyBuilder::new(tcx, Span::DUMMY, &[types.bool], types.unit);
        let (left, right, join, dead) = (body.new_block(), body.new_block(), body.new_block(), body.new_block());
        let targets = SwitchTargets {
            values: smallvec::SmallVec::from_slice(&[0]),
            targets: smallvec::SmallVec::from_slice(&[left, right]),
        };
        let discr = Operand::Copy(Place::from_local(body.arg(0)));
        body.terminate(TerminatorKind::SwitchInt { discr, targets });
        for block in [left, right, dead] {
            body.switch_to(block);
            body.terminate(TerminatorKind::Goto { target: join });
        }
        body.switch_to(join);
        body.ret();
        let body = body.finish();
        assert_eq!(reverse_postorder(&body), [BasicBlock::START, right, left, join]);
        assert!(!reachable(&body)[dead]);
        assert_eq!(predecessors(&body)[join].as_slice(), [left, right, dead]);
        let dominators = Dominators::of(&body);
        assert_eq!(dominators.immediate_dominator(join), Some(BasicBlock::START));
        assert!(dominators.dominates(BasicBlock::START, join) && !dominators.dominates(left, join));
        assert!(!dominators.is_reachable(dead));
    });
}

#[test]
fn numbers_out_of_range_are_found() {
    with_tcx(|tcx| {
        let mut body = drop_body(tcx);
        body.basic_blocks[BasicBlock::from_u32(1)].terminator.kind =
            TerminatorKind::Goto { target: BasicBlock::from_u32(9) };
        assert!(body.check().is_err());
        let mut body = drop_body(tcx);
        body.basic_blocks[BasicBlock::from_u32(1)].statements.push(Statement {
            source_info: SourceInfo { span: Span::DUMMY, scope: SourceScope::OUTERMOST },
            kind: StatementKind::StorageLive(Local::from_u32(99)),
        });
        assert!(body.check().is_err());
    });
}
