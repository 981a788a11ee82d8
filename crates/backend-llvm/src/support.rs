//! What this back end cannot compile.

use crate::cx::Cx;
use crate::intrinsic;
use lir::{Function, Inst};

/// The construct that keeps a function from being compiled, if there is one.
pub(crate) fn unsupported(_cx: &Cx, function: &Function) -> Option<String> {
    for block in &function.blocks {
        for node in &block.nodes {
            match &node.inst {
                Inst::LlvmIntrinsic { name, .. } if !intrinsic::exists(name) => return Some(name.clone()),
                Inst::Asm(_) => return Some("inline assembly".to_owned()),
                _ => {}
            }
        }
        if let lir::Terminator::AsmGoto { .. } = block.terminator {
            return Some("inline assembly".to_owned());
        }
    }
    None
}
pub(crate) fn lower_naked(_cx: &Cx, _source: &Function) -> Result<(), String> {
    Err("naked".into())
}
impl crate::function::FunctionCx<'_, '_, '_> {
    pub(crate) fn lower_asm(
        &mut self,
        _: impl Iterator<Item = lir::Value>,
        _asm: &lir::InlineAsm,
    ) -> Result<(), String> {
        Err("asm".into())
    }
    pub(crate) fn lower_asm_goto(&mut self, _data: &lir::BlockData) -> Result<(), String> {
        Err("asm".into())
    }
}
