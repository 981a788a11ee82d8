//! LIR variables: which place each has, reading and writing.
//!
//! Cranelift's front end keeps, for each of its variables, a table by the blocks' numbers. That is memory in proportion to
//! blocks times variables, gigabytes for one large function. Most LIR variables are read and written in one block only:
//! they need no table. The others have one while the tables together are small, and memory of the frame beyond that, as all
//! variables have in LLVM's unoptimised code.

use super::{Parts, Shape, Translator};
use cranelift_codegen::ir::{self, InstBuilder, MemFlagsData, types};
use cranelift_frontend::Variable;
use lir::{Block, Function, IndexVec, Inst, Value, Var};
use smallvec::SmallVec;

/// Where a variable lives.
#[derive(Clone, Debug)]
pub(super) enum VarPlace {
    /// In one block, by its value now; empty until it is set.
    Block(Parts),
    /// In variables of the front end, one for each part.
    Frontend(SmallVec<[Variable; 1]>),
    /// In the frame.
    Frame(ir::StackSlot),
}

/// Entries that the front end's tables may have together, of four bytes each.
const TABLE_LIMIT: usize = 1 << 21;

/// The blocks in which a variable is read and written, as far as it matters.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Extent {
    Unused,
    /// In this block only, which sets it before it reads it.
    Within(Block),
    Across,
}

impl Translator<'_> {
    /// Gives each variable its place. `order` has the blocks that can be reached.
    pub(super) fn declare_vars(&mut self, order: &[Block]) {
        let function = self.function;
        let extents = extents(function, order);
        let parts_across: usize = extents
            .iter_enumerated()
            .filter(|(_, extent)| **extent == Extent::Across)
            .map(|(var, _)| Shape::of(function.vars[var]).count())
            .sum();
        let in_tables = parts_across.saturating_mul(order.len()) <= TABLE_LIMIT;
        for (var, extent) in extents.iter_enumerated() {
            let shape = Shape::of(function.vars[var]);
            let place = match extent {
                Extent::Unused | Extent::Within(_) => VarPlace::Block(Parts::new()),
                Extent::Across if in_tables => {
                    VarPlace::Frontend((0..shape.count()).map(|_| self.builder.declare_var(shape.part())).collect())
                }
                Extent::Across => {
                    let part = shape.part().bytes();
                    let shift = part.trailing_zeros() as u8;
                    let size = part * shape.count() as u32;
                    let data = ir::StackSlotData::new(ir::StackSlotKind::ExplicitSlot, size, shift);
                    VarPlace::Frame(self.builder.create_sized_stack_slot(data))
                }
            };
            self.vars.push(place);
        }
    }

    pub(super) fn get_var(&mut self, var: Var) -> Parts {
        match &self.vars[var] {
            VarPlace::Block(parts) => parts.clone(),
            VarPlace::Frontend(vars) => vars.iter().map(|&var| self.builder.use_var(var)).collect(),
            &VarPlace::Frame(slot) => {
                let address = self.builder.ins().stack_addr(types::I64, slot, 0);
                self.load_parts(self.function.vars[var], address, own_memory())
            }
        }
    }

    pub(super) fn set_var(&mut self, var: Var, value: Value) {
        let parts = self.parts(value);
        match &mut self.vars[var] {
            VarPlace::Block(now) => *now = parts,
            VarPlace::Frontend(vars) => {
                for (&var, part) in vars.iter().zip(parts) {
                    self.builder.def_var(var, part);
                }
            }
            &mut VarPlace::Frame(slot) => {
                let address = self.builder.ins().stack_addr(types::I64, slot, 0);
                self.store_parts(&parts, address, own_memory());
            }
        }
    }
}

/// Of an access to a slot that has the type's own alignment.
fn own_memory() -> MemFlagsData {
    MemFlagsData::new().with_notrap().with_aligned()
}

fn extents(function: &Function, order: &[Block]) -> IndexVec<Var, Extent> {
    let mut extents = IndexVec::repeat(Extent::Unused, function.vars.len());
    for &block in order {
        for node in &function.block(block).nodes {
            let (var, sets) = match node.inst {
                Inst::GetVar { var } => (var, false),
                Inst::SetVar { var, .. } => (var, true),
                _ => continue,
            };
            extents[var] = match extents[var] {
                Extent::Unused if sets => Extent::Within(block),
                Extent::Within(own) if own == block => Extent::Within(own),
                // One that is read first may have its value from an earlier round of a loop.
                _ => Extent::Across,
            };
        }
    }
    extents
}
