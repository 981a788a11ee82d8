//! Constructs that this back end rejects.

use crate::cx::Cx;
use crate::{asm, intrinsic};
use lir::{Function, Inst, Terminator};

/// The construct that keeps a function from being compiled, if there is one.
pub(crate) fn construct(cx: &Cx, function: &Function) -> Option<String> {
    let triple = &cx.options.triple;
    for block in &function.blocks {
        for node in &block.nodes {
            let construct = match &node.inst {
                Inst::LlvmIntrinsic { name, args, returns }
                    if !intrinsic::exists(cx, function, name, args, returns) =>
                {
                    Some(name.clone())
                }
                Inst::Asm(asm) => asm::unsupported(triple, asm),
                _ => None,
            };
            if construct.is_some() {
                return construct;
            }
        }
        if let Terminator::AsmGoto { asm, targets, unwind, .. } = &block.terminator {
            if let Some(construct) = asm::unsupported(triple, asm) {
                return Some(construct);
            }
            // LLVM has calls that jump and calls that unwind, none that does both.
            if unwind.is_some() && !targets.is_empty() {
                return Some("inline assembly that both jumps and unwinds".to_owned());
            }
        }
    }
    None
}
