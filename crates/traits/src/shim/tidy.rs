//! Takes out of a shim's body what does nothing: landing pads that only go on unwinding, and blocks that nothing reaches.

use mir::{BasicBlock, Body, TerminatorKind, UnwindAction};
use ty::{Idx, IndexVec};

pub(super) fn tidy(mut body: Body<'_>) -> Body<'_> {
    let resumes: IndexVec<BasicBlock, bool> = body
        .basic_blocks
        .iter()
        .map(|block| block.statements.is_empty() && block.terminator.kind == TerminatorKind::UnwindResume)
        .collect();
    for block in body.basic_blocks.iter_mut() {
        if let Some(unwind) = unwind_mut(&mut block.terminator.kind)
            && let UnwindAction::Cleanup(target) = *unwind
            && resumes[target]
        {
            *unwind = UnwindAction::Continue;
        }
    }
    let reachable = mir::traversal::reachable(&body);
    let mut next = 0;
    let numbers: IndexVec<BasicBlock, Option<BasicBlock>> = reachable
        .iter()
        .map(|&reached| {
            reached.then(|| {
                next += 1;
                BasicBlock::new(next - 1)
            })
        })
        .collect();
    let blocks = std::mem::take(&mut body.basic_blocks);
    for (block, mut data) in blocks.into_iter_enumerated() {
        if numbers[block].is_some() {
            let new = |target: &mut BasicBlock| *target = numbers[*target].expect("a successor is reachable");
            for_each_target(&mut data.terminator.kind, new);
            body.basic_blocks.push(data);
        }
    }
    body
}

fn unwind_mut<'a>(kind: &'a mut TerminatorKind<'_>) -> Option<&'a mut UnwindAction> {
    match kind {
        TerminatorKind::Drop { unwind, .. } | TerminatorKind::Assert { unwind, .. } => Some(unwind),
        TerminatorKind::Call(call) => Some(&mut call.unwind),
        TerminatorKind::InlineAsm(asm) => Some(&mut asm.unwind),
        _ => None,
    }
}

fn for_each_target(kind: &mut TerminatorKind<'_>, mut change: impl FnMut(&mut BasicBlock)) {
    match kind {
        TerminatorKind::Goto { target }
        | TerminatorKind::Drop { target, .. }
        | TerminatorKind::Assert { target, .. } => change(target),
        TerminatorKind::SwitchInt { targets, .. } => targets.targets.iter_mut().for_each(&mut change),
        TerminatorKind::Call(call) => call.target.iter_mut().for_each(&mut change),
        TerminatorKind::InlineAsm(asm) => asm.targets.iter_mut().for_each(&mut change),
        TerminatorKind::UnwindResume
        | TerminatorKind::UnwindTerminate(_)
        | TerminatorKind::Return
        | TerminatorKind::Unreachable
        | TerminatorKind::TailCall { .. } => {}
    }
    if let Some(UnwindAction::Cleanup(target)) = unwind_mut(kind) {
        change(target);
    }
}
