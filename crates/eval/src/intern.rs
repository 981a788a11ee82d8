//! Making what an evaluation left in memory into finished memory.

use crate::fault::{EvalResult, Fault};
use crate::machine::Machine;
use crate::mask;
use crate::memory::{Buffer, MemoryKind};
use ty::{AllocId, Allocation, ConstAllocation, GlobalAlloc, Mutability, Span};

/// What a value is the value of.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum InternKind {
    Constant,
    Promoted,
    Static(Mutability),
}

impl InternKind {
    fn name(self) -> &'static str {
        match self {
            InternKind::Constant => "constant",
            InternKind::Promoted => "promoted",
            InternKind::Static(Mutability::Not) => "static",
            InternKind::Static(Mutability::Mut) => "mutable static",
        }
    }
}

impl<'tcx> Machine<'_, 'tcx> {
    /// Takes an allocation out of the machine, and finishes all that can be reached from it.
    pub(crate) fn intern(
        &mut self,
        root: AllocId,
        kind: InternKind,
        mutability: Mutability,
        span: Span,
    ) -> EvalResult<ConstAllocation<'tcx>> {
        // Allocations inside are never mutable but in a `static mut`: a `static` or `const` can only hold such as come
        // from references to temporaries, which must not be written.
        let inner = match kind {
            InternKind::Static(mutability) => mutability,
            InternKind::Constant | InternKind::Promoted => Mutability::Not,
        };
        let finished = self.finish(root, kind, mutability, span)?;
        let mut todo: Vec<AllocId> = finished.0.provenance.iter().map(|&(_, id)| id).collect();
        while let Some(id) = todo.pop() {
            // The root's own address: of a constant, it stands for the finished memory.
            if id == root {
                if self.cx.tcx.try_global_alloc(id).is_none() {
                    self.cx.tcx.set_alloc(id, GlobalAlloc::Memory(finished));
                }
                continue;
            }
            if self.cx.tcx.try_global_alloc(id).is_some() {
                continue;
            }
            let alloc = self.finish(id, kind, inner, span)?;
            todo.extend(alloc.0.provenance.iter().map(|&(_, id)| id));
            self.cx.tcx.set_alloc(id, GlobalAlloc::Memory(alloc));
        }
        Ok(finished)
    }

    fn finish(
        &mut self,
        id: AllocId,
        kind: InternKind,
        mutability: Mutability,
        span: Span,
    ) -> EvalResult<ConstAllocation<'tcx>> {
        let at = |message: String| Err(Fault::new(message).at(span));
        let Some(mut buffer) = self.memory.local.remove(&id) else {
            return at(format!("encountered dangling pointer in final value of {}", kind.name()));
        };
        if let MemoryKind::Heap { made_global: false } = buffer.kind {
            return at("encountered `const_allocate` pointer in final value that was not made global".to_string());
        }
        if !buffer.join_fragments(self.cx.target) {
            return at(format!("encountered partial pointer in final value of {}", kind.name()));
        }
        Ok(self.cx.keep(buffer, mutability))
    }
}

impl<'tcx> crate::EvalCx<'tcx> {
    pub(crate) fn keep(&self, mut buffer: Buffer, mutability: Mutability) -> ConstAllocation<'tcx> {
        let size = buffer.size();
        mask::simplify(&mut buffer.alloc.init, size);
        buffer.alloc.mutability = mutability;
        let alloc: &'tcx Allocation = self.tcx.arena().keep(buffer.alloc);
        ConstAllocation(alloc)
    }
}
