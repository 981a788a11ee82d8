//! What this back end cannot compile.

use crate::cx::Cx;
use crate::{asm, intrinsic};
use lir::{Function, Inst, Terminator};

/// The construct that keeps a function from being compiled, if there is one.
pub(crate) fn unsupported(cx: &Cx, function: &Function) -> Option<String> {
    let triple = &cx.options.triple;
    for block in &function.blocks {
        for node in &block.nodes {
            let construct = match &node.inst {
                Inst::LlvmIntrinsic { name, .. } if !intrinsic::exists(name) => Some(name.clone()),
                Inst::Asm(asm) => asm::unsupported(triple, asm),
                _ => None,
            };
            if construct.is_some() {
                return construct;
            }
        }
        if let Terminator::AsmGoto { asm, .. } = &block.terminator
            && let Some(construct) = asm::unsupported(triple, asm)
        {
            return Some(construct);
        }
    }
    None
}
