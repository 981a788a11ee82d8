//! Changes that are collected while a body is looked at, and made at once.

use crate::work::{Block, Exit, Statement, Step, Work, outermost, temp_decl};
use mir::visit::Location;
use mir::{
    BasicBlock, Local, LocalDecl, Place, Rvalue, SourceInfo, StatementKind, TerminatorKind, UnwindTerminateReason,
};
use rustc_hash::FxHashMap;
use ty::{Span, Ty};

/// Changes of a body: new locals and blocks at the end, statements before others, other terminators.
pub(crate) struct Patch<'tcx> {
    terminators: FxHashMap<BasicBlock, TerminatorKind<'tcx>>,
    blocks: Vec<Block<'tcx>>,
    statements: Vec<(Location, StatementKind<'tcx>)>,
    locals: Vec<LocalDecl<'tcx>>,
    resume: Option<BasicBlock>,
    unreachable_cleanup: Option<BasicBlock>,
    terminate: Option<(BasicBlock, UnwindTerminateReason)>,
    span: Span,
    first_local: usize,
    first_block: usize,
}

impl<'tcx> Patch<'tcx> {
    pub fn new(work: &Work<'tcx>) -> Patch<'tcx> {
        let mut patch = Patch {
            terminators: FxHashMap::default(),
            blocks: Vec::new(),
            statements: Vec::new(),
            locals: Vec::new(),
            resume: None,
            unreachable_cleanup: None,
            terminate: None,
            span: work.span,
            first_local: work.locals.len(),
            first_block: work.blocks.len(),
        };
        // Of several such blocks, the last is taken.
        for (at, block) in work.blocks.iter_enumerated() {
            match &block.terminator().kind {
                _ if !block.statements.is_empty() => {}
                Exit::Run(TerminatorKind::UnwindResume) => patch.resume = Some(at),
                Exit::Run(TerminatorKind::Unreachable) if block.is_cleanup => patch.unreachable_cleanup = Some(at),
                Exit::Run(TerminatorKind::UnwindTerminate(reason)) => patch.terminate = Some((at, *reason)),
                _ => {}
            }
        }
        patch
    }

    fn cleanup_block(&mut self, kind: TerminatorKind<'tcx>) -> BasicBlock {
        self.new_block(Block::new(kind, outermost(self.span), true))
    }

    /// A block that does nothing but go on unwinding.
    pub fn resume_block(&mut self) -> BasicBlock {
        match self.resume {
            Some(block) => block,
            None => {
                let block = self.cleanup_block(TerminatorKind::UnwindResume);
                *self.resume.insert(block)
            }
        }
    }

    /// A block of unwinding that is never reached.
    pub fn unreachable_cleanup_block(&mut self) -> BasicBlock {
        match self.unreachable_cleanup {
            Some(block) => block,
            None => {
                let block = self.cleanup_block(TerminatorKind::Unreachable);
                *self.unreachable_cleanup.insert(block)
            }
        }
    }

    /// A block that ends the program.
    pub fn terminate_block(&mut self, reason: UnwindTerminateReason) -> BasicBlock {
        match self.terminate {
            Some((block, known)) if known == reason => block,
            _ => {
                let block = self.cleanup_block(TerminatorKind::UnwindTerminate(reason));
                self.terminate = Some((block, reason));
                block
            }
        }
    }

    /// A block, of the body or a new one.
    pub fn block<'a>(&'a self, work: &'a Work<'tcx>, block: BasicBlock) -> &'a Block<'tcx> {
        match block.index().checked_sub(self.first_block) {
            Some(new) => &self.blocks[new],
            None => &work.blocks[block],
        }
    }

    /// What a statement that is added there is said to come from.
    pub fn source_info(&self, work: &Work<'tcx>, at: Location) -> SourceInfo {
        source_info(self.block(work, at.block), at)
    }

    pub fn new_temp(&mut self, ty: Ty<'tcx>, span: Span) -> Local {
        self.locals.push(temp_decl(ty, span));
        Local::from_usize(self.first_local + self.locals.len() - 1)
    }

    /// The type of a local that the patch adds.
    pub fn new_local_ty(&self, local: Local) -> Option<Ty<'tcx>> {
        let index = local.index().checked_sub(self.first_local)?;
        self.locals.get(index).map(|decl| decl.ty)
    }

    pub fn new_block(&mut self, block: Block<'tcx>) -> BasicBlock {
        self.blocks.push(block);
        BasicBlock::from_usize(self.first_block + self.blocks.len() - 1)
    }

    pub fn set_terminator(&mut self, block: BasicBlock, kind: TerminatorKind<'tcx>) {
        self.terminators.insert(block, kind);
    }

    /// Adds a statement before the one that is there now, after those that were added there before.
    pub fn add_statement(&mut self, at: Location, kind: StatementKind<'tcx>) {
        self.statements.push((at, kind));
    }

    pub fn add_assign(&mut self, at: Location, place: Place<'tcx>, rvalue: Rvalue<'tcx>) {
        self.add_statement(at, StatementKind::Assign(Box::new((place, rvalue))));
    }

    pub fn apply(self, work: &mut Work<'tcx>) {
        work.blocks.extend(self.blocks);
        work.locals.extend(self.locals);
        let mut statements = self.statements;
        // Stable, so that those of one place keep their order.
        statements.sort_by_key(|(at, _)| *at);
        let mut statements = statements.into_iter().peekable();
        while let Some(&(Location { block, .. }, _)) = statements.peek() {
            let data = &mut work.blocks[block];
            let mut all = Vec::with_capacity(data.statements.len() + 1);
            let old = std::mem::take(&mut data.statements);
            let end = data.terminator().source_info;
            for (index, statement) in old.into_iter().enumerate() {
                while let Some((_, kind)) =
                    statements.next_if(|(at, _)| at.block == block && at.statement_index <= index)
                {
                    all.push(Statement { source_info: statement.source_info, kind: Step::Run(kind) });
                }
                all.push(statement);
            }
            while let Some((_, kind)) = statements.next_if(|(at, _)| at.block == block) {
                all.push(Statement { source_info: end, kind: Step::Run(kind) });
            }
            data.statements = all;
        }
        for (block, kind) in self.terminators {
            let data = &mut work.blocks[block];
            if matches!(kind, TerminatorKind::Unreachable) {
                data.statements.clear();
            }
            data.set_exit(kind);
        }
    }
}

fn source_info(block: &Block<'_>, at: Location) -> SourceInfo {
    match block.statements.get(at.statement_index) {
        Some(statement) => statement.source_info,
        None => block.terminator().source_info,
    }
}
