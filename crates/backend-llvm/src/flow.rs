//! The order of a function's blocks, and which variables need no memory.

use lir::{Block, DebugPlace, Function, IndexVec, Inst, Value, Var};

/// The blocks that can be reached, such that a block comes after all those that dominate it.
pub(crate) fn reverse_postorder(function: &Function) -> Vec<Block> {
    let mut order = Vec::with_capacity(function.blocks.len());
    let mut seen = IndexVec::repeat(false, function.blocks.len());
    let entry = Block::ZERO;
    seen[entry] = true;
    let mut stack = vec![(entry, function.block(entry).terminator.successors(), 0)];
    while let Some((block, successors, next)) = stack.last_mut() {
        match successors.get(*next) {
            None => {
                order.push(*block);
                stack.pop();
            }
            Some(&successor) => {
                *next += 1;
                if !seen[successor] {
                    seen[successor] = true;
                    stack.push((successor, function.block(successor).terminator.successors(), 0));
                }
            }
        }
    }
    order.reverse();
    order
}

/// For each variable that is set in one place which dominates all its uses: the value that it is set to. Such a variable is
/// that value. (Between setting and use the value is not computed again: that would need a way around the setting.)
pub(crate) fn direct_variables(
    function: &Function,
    order: &[Block],
    in_memory: &IndexVec<Var, bool>,
) -> IndexVec<Var, Option<Value>> {
    let count = function.vars.len();
    let mut sets = IndexVec::repeat(Sets::None, count);
    for &block in order {
        for (number, node) in function.block(block).nodes.iter().enumerate() {
            if let Inst::SetVar { var, value } = node.inst {
                let set = &mut sets[var];
                *set = match set {
                    Sets::None => Sets::One { block, number, value },
                    Sets::One { .. } | Sets::Many => Sets::Many,
                };
            }
        }
    }
    for (set, _) in sets.iter_mut().zip(in_memory).filter(|(_, in_memory)| **in_memory) {
        *set = Sets::Many;
    }
    if !sets.iter().any(|set| matches!(set, Sets::One { .. })) {
        return IndexVec::repeat(None, count);
    }
    let dominators = Dominators::new(function, order);
    for &block in order {
        for (number, node) in function.block(block).nodes.iter().enumerate() {
            if let Inst::GetVar { var } = node.inst
                && let Sets::One { block: set_block, number: set_number, .. } = sets[var]
            {
                let dominated = match set_block == block {
                    true => set_number < number,
                    false => dominators.dominates(set_block, block),
                };
                if !dominated {
                    sets[var] = Sets::Many;
                }
            }
        }
    }
    let value = |set: Sets| match set {
        Sets::One { value, .. } => Some(value),
        Sets::None | Sets::Many => None,
    };
    sets.into_iter().map(value).collect()
}

/// The variables that a debugger looks for in memory.
pub(crate) fn debugged_variables(function: &Function) -> IndexVec<Var, bool> {
    let mut all = IndexVec::repeat(false, function.vars.len());
    for variable in &function.debug_variables {
        if let DebugPlace::Var(var) = variable.place {
            all[var] = true;
        }
    }
    all
}

#[derive(Clone, Copy)]
enum Sets {
    None,
    One { block: Block, number: usize, value: Value },
    Many,
}

/// The dominator tree, by the algorithm of Cooper, Harvey and Kennedy.
struct Dominators {
    /// Each block's place in the order.
    position: IndexVec<Block, usize>,
    /// For each place in the order, that of the immediate dominator.
    immediate: Vec<usize>,
}

const UNKNOWN: usize = usize::MAX;

impl Dominators {
    fn new(function: &Function, order: &[Block]) -> Dominators {
        let mut position = IndexVec::repeat(UNKNOWN, function.blocks.len());
        for (place, block) in order.iter().enumerate() {
            position[*block] = place;
        }
        let mut predecessors: Vec<Vec<usize>> = vec![Vec::new(); order.len()];
        for (place, block) in order.iter().enumerate() {
            for successor in function.block(*block).terminator.successors() {
                predecessors[position[successor]].push(place);
            }
        }
        let mut immediate = vec![UNKNOWN; order.len()];
        immediate[0] = 0;
        let mut changed = true;
        while changed {
            changed = false;
            for place in 1..order.len() {
                let known =
                    predecessors[place].iter().copied().filter(|&predecessor| immediate[predecessor] != UNKNOWN);
                let new = known.reduce(|a, b| common(&immediate, a, b)).expect("a reachable block has a predecessor");
                if immediate[place] != new {
                    immediate[place] = new;
                    changed = true;
                }
            }
        }
        Dominators { position, immediate }
    }

    fn dominates(&self, above: Block, below: Block) -> bool {
        let above = self.position[above];
        let mut place = self.position[below];
        while place > above {
            place = self.immediate[place];
        }
        place == above
    }
}

fn common(immediate: &[usize], mut a: usize, mut b: usize) -> usize {
    while a != b {
        while a > b {
            a = immediate[a];
        }
        while b > a {
            b = immediate[b];
        }
    }
    a
}

#[cfg(test)]
mod tests {
    use super::*;
    use lir::{FunctionBuilder, Linkage, Signature, Terminator, Type};

    /// A loop whose variable is set before it and in it, and one that is set once in it.
    #[test]
    fn variables_of_a_loop() {
        let mut b = FunctionBuilder::new("f".into(), Signature::default(), Linkage::Export, 8);
        let (entry, head, body, exit) = (b.create_block(), b.create_block(), b.create_block(), b.create_block());
        let (twice, once, late) = (b.create_var(Type::I8), b.create_var(Type::I8), b.create_var(Type::I8));
        b.switch_to(entry);
        let one = b.value(Inst::Iconst { ty: Type::I8, value: 1 });
        b.effect(Inst::SetVar { var: twice, value: one });
        b.terminate(Terminator::Jump(head));
        b.switch_to(head);
        let cond = b.value(Inst::GetVar { var: twice });
        b.effect(Inst::SetVar { var: once, value: cond });
        let hint = lir::BranchHint::None;
        b.terminate(Terminator::Branch { cond, then: body, otherwise: exit, hint });
        b.switch_to(body);
        b.value(Inst::GetVar { var: once });
        b.effect(Inst::SetVar { var: twice, value: one });
        b.effect(Inst::SetVar { var: late, value: one });
        b.terminate(Terminator::Jump(head));
        b.switch_to(exit);
        b.value(Inst::GetVar { var: late });
        b.terminate(Terminator::Return(vec![]));
        let function = b.finish_function();
        let order = reverse_postorder(&function);
        let direct = direct_variables(&function, &order, &IndexVec::repeat(false, 3));
        assert_eq!(direct.as_slice(), [None, Some(cond), None]);
    }
}
