//! What a body mentions: what its code refers to, though an optimisation may have removed that code, or it can never run.
//!
//! Whether a program is right must not depend on how it is optimised. So constants that do not evaluate are errors in all that
//! is mentioned, and a front end lists what that is before it optimises. (`rustc_mir_transform::mentioned_items`.)

use crate::{
    BasicBlock, Body, CastKind, InlineAsmOperand, Operand, PointerCoercion, Rvalue, StatementKind, TerminatorKind,
};
use ty::{Span, Tcx, Ty, TypeFoldable, TypeFolder};

/// Something whose code a body refers to, by type. In terms of the body's parameters, as everything in it.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum MentionedItem<'tcx> {
    /// A function of this type is called, or becomes a pointer. Not always one function: it may be a fn pointer.
    Fn(Ty<'tcx>),
    /// A value is dropped.
    Drop(Ty<'tcx>),
    /// A pointer is unsized, maybe to a trait object: then a vtable refers to code.
    UnsizeCast {
        /// The pointer's type before, such as `&[u8; 4]` or `Box<T>`.
        source: Ty<'tcx>,
        /// Its type after, such as `&[u8]` or `Box<dyn Trait>`.
        target: Ty<'tcx>,
    },
    /// A closure becomes a fn pointer.
    Closure(Ty<'tcx>),
}

/// Something mentioned, and where.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Mention<'tcx> {
    /// What is mentioned.
    pub item: MentionedItem<'tcx>,
    /// The statement or terminator that mentions it, to say where an error came from.
    pub span: Span,
}

impl<'tcx> Body<'tcx> {
    /// What the code of a block refers to, in its order, and by which statement (the terminator's number is one more than the
    /// last statement's).
    pub fn mentions_of_block(&self, tcx: Tcx<'tcx>, block: BasicBlock, mut each: impl FnMut(usize, Mention<'tcx>)) {
        let data = &self.basic_blocks[block];
        let ty_of = |operand: &Operand<'tcx>| operand.ty(&self.local_decls, tcx);
        for (index, statement) in data.statements.iter().enumerate() {
            if let StatementKind::Assign(assign) = &statement.kind
                && let Rvalue::Cast(CastKind::PointerCoercion(coercion), operand, target) = &assign.1
            {
                let item = match coercion {
                    PointerCoercion::Unsize => MentionedItem::UnsizeCast { source: ty_of(operand), target: *target },
                    PointerCoercion::ReifyFnPointer => MentionedItem::Fn(ty_of(operand)),
                    PointerCoercion::ClosureFnPointer { .. } => MentionedItem::Closure(ty_of(operand)),
                    _ => continue,
                };
                each(index, Mention { item, span: statement.source_info.span });
            }
        }
        let mut at_end = |item| each(data.statements.len(), Mention { item, span: data.terminator.source_info.span });
        match &data.terminator.kind {
            TerminatorKind::Call(call) => at_end(MentionedItem::Fn(ty_of(&call.func))),
            TerminatorKind::TailCall { func, .. } => at_end(MentionedItem::Fn(ty_of(func))),
            TerminatorKind::Drop { place, .. } => at_end(MentionedItem::Drop(place.ty(&self.local_decls, tcx))),
            TerminatorKind::InlineAsm(asm) => {
                for operand in &asm.operands {
                    if let InlineAsmOperand::SymFn { value } = operand {
                        at_end(MentionedItem::Fn(value.const_.ty()));
                    }
                }
            }
            _ => {}
        }
    }

    /// All that a body without dead code mentions, such as that of a shim.
    pub fn all_mentions(&self, tcx: Tcx<'tcx>) -> Vec<Mention<'tcx>> {
        let mut all = Vec::new();
        for block in self.basic_blocks.indices() {
            self.mentions_of_block(tcx, block, |_, mention| all.push(mention));
        }
        all
    }
}

impl<'tcx> TypeFoldable<'tcx> for MentionedItem<'tcx> {
    fn fold_with<F: TypeFolder<'tcx> + ?Sized>(self, folder: &mut F) -> Self {
        match self {
            MentionedItem::Fn(ty) => MentionedItem::Fn(ty.fold_with(folder)),
            MentionedItem::Drop(ty) => MentionedItem::Drop(ty.fold_with(folder)),
            MentionedItem::UnsizeCast { source, target } => {
                MentionedItem::UnsizeCast { source: source.fold_with(folder), target: target.fold_with(folder) }
            }
            MentionedItem::Closure(ty) => MentionedItem::Closure(ty.fold_with(folder)),
        }
    }
}

impl<'tcx> TypeFoldable<'tcx> for Mention<'tcx> {
    fn fold_with<F: TypeFolder<'tcx> + ?Sized>(self, folder: &mut F) -> Self {
        Mention { item: self.item.fold_with(folder), span: self.span }
    }
}
