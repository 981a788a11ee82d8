//! The verifier: the rules that every [`Function`] and [`Module`] holds, and that every back end may rely on.
//!
//! An error of the verifier is always a bug of whoever made the LIR, never the user's mistake. Time is close to linear
//! in the size of the function.

mod dominance;
mod inst;
mod module;
mod tables;

use crate::operands::{for_each_operand, for_each_terminator_operand};
use crate::{Block, Function, Linkage, Module, Node, Terminator, Type, Value};
use dominance::Dominance;
use index::IndexVec;
use std::fmt;
use std::sync::Arc;

/// Where in a block an error is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Position {
    /// The block itself: its landing pad or its predecessors.
    Start,
    /// The instruction of this index.
    Inst(usize),
    /// The terminator.
    Terminator,
}

/// A broken rule.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct VerifyError {
    /// The symbol of the function, data object or alias; empty for the module itself.
    pub symbol: Arc<str>,
    /// The block and the place in it, if it is in one.
    pub at: Option<(Block, Position)>,
    /// The rule and how it is broken, with the instruction's text where there is one.
    pub message: String,
}

impl fmt::Display for VerifyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &*self.symbol {
            "" => f.write_str("the module")?,
            name => write!(f, "{}", crate::text::SymbolName(name))?,
        }
        match self.at {
            None => {}
            Some((block, Position::Start)) => write!(f, ", {block}")?,
            Some((block, Position::Inst(index))) => write!(f, ", {block}, instruction {index}")?,
            Some((block, Position::Terminator)) => write!(f, ", {block}, terminator")?,
        }
        write!(f, ": {}", self.message)
    }
}

impl std::error::Error for VerifyError {}

/// Checks a function on its own. `pointer_bytes` is the target's pointer size. No errors: the function holds its rules.
pub fn verify_function(function: &Function, pointer_bytes: u32) -> Vec<VerifyError> {
    let mut verifier = Verifier::new(function, pointer_bytes);
    verifier.run();
    verifier.errors
}

/// Checks a module: each function, and the module's own rules.
pub fn verify_module(module: &Module, pointer_bytes: u32) -> Vec<VerifyError> {
    let mut errors: Vec<VerifyError> =
        module.functions.iter().flat_map(|function| verify_function(function, pointer_bytes)).collect();
    module::verify(module, pointer_bytes, &mut errors);
    errors
}

/// Where a value is defined.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Definition {
    block: Block,
    /// 0 at the block's start, 1 + index for instructions. A use at `position` sees definitions before it.
    position: u32,
}

/// No definition was seen. No function has as many blocks.
const UNDEFINED: Definition = Definition { block: Block::from_u32(u32::MAX), position: 0 };

/// A rule that does not hold; turned into a [`VerifyError`] where the place is known.
type Check = Result<(), String>;

struct Verifier<'a> {
    function: &'a Function,
    pointer_bytes: u32,
    definitions: IndexVec<Value, Definition>,
    at: Option<(Block, Position)>,
    errors: Vec<VerifyError>,
}

impl<'a> Verifier<'a> {
    fn new(function: &'a Function, pointer_bytes: u32) -> Verifier<'a> {
        Verifier {
            function,
            pointer_bytes,
            definitions: IndexVec::repeat(UNDEFINED, function.values.len()),
            at: None,
            errors: Vec::new(),
        }
    }

    fn run(&mut self) {
        let function = self.function;
        if function.blocks.is_empty() {
            self.error("a function has at least one block".to_owned());
            return;
        }
        if let Err(message) = tables::check(function, self.pointer_bytes) {
            // The rest reads the tables and would only repeat this.
            self.error(message);
            return;
        }
        self.check_head();
        self.define_all();
        for block in function.block_ids() {
            self.check_block_types(block);
        }
        if !self.errors.is_empty() {
            // What follows needs sound edges and definitions.
            return;
        }
        self.check_edges();
        self.check_dominance();
    }

    fn error(&mut self, message: String) {
        self.errors.push(VerifyError { symbol: self.function.name.clone(), at: self.at, message });
    }

    fn check(&mut self, result: Check) {
        if let Err(message) = result {
            let Some((block, position)) = self.at else { return self.error(message) };
            let data = self.function.block(block);
            let message = match position {
                Position::Start => message,
                Position::Inst(index) => format!("{message} in `{}`", self.function.node_text(&data.nodes[index])),
                Position::Terminator => {
                    format!("{message} in `{}`", self.function.terminator_text(&data.terminator))
                }
            };
            self.error(message);
        }
    }

    fn check_head(&mut self) {
        let function = self.function;
        if function.name.is_empty() {
            self.error("a function has a name".to_owned());
        }
        if function.linkage == Linkage::Common {
            self.error("a function cannot have common linkage".to_owned());
        }
        let align = function.attrs.align;
        if align != 0 && !align.is_power_of_two() {
            self.error(format!("an alignment of {align} is not a power of two"));
        }
        self.at = Some((Block::ZERO, Position::Start));
        for (value, param) in function.params().zip(&function.signature.params) {
            match function.values.get(value) {
                Some(ty) if *ty == param.ty => {}
                Some(ty) => self.error(format!("parameter {value} is {ty} in the table and {} in the head", param.ty)),
                None => self.error(format!("parameter {value} is missing in the table of values")),
            }
            self.define(value, Block::ZERO, 0);
        }
    }

    fn define(&mut self, value: Value, block: Block, position: u32) {
        match self.definitions.get_mut(value) {
            None => self.error(format!("{value} is not in the table of values")),
            Some(definition) if *definition != UNDEFINED => self.error(format!("{value} has two definitions")),
            Some(definition) => *definition = Definition { block, position },
        }
    }

    fn define_all(&mut self) {
        let function = self.function;
        for block in function.block_ids() {
            let data = function.block(block);
            self.at = Some((block, Position::Start));
            if let Some(landing) = &data.landing {
                self.define_typed(landing.exception, Type::PTR, block);
                self.define_typed(landing.selector, Type::I32, block);
                if function.personality.is_none() {
                    self.error("a landing pad needs the function's personality".to_owned());
                }
            }
            for (index, node) in data.nodes.iter().enumerate() {
                self.at = Some((block, Position::Inst(index)));
                self.check_range(node.first_result, node.result_count);
                let position = u32::try_from(index + 1).unwrap_or(u32::MAX);
                node.results().for_each(|value| self.define(value, block, position));
            }
            self.at = Some((block, Position::Terminator));
            self.check_range(data.first_result, data.result_count);
            // An invoke's results exist on the way to `normal` only; that this block has no other predecessor is
            // checked with the edges. Assembly's exist on all edges.
            let (home, position) = match &data.terminator {
                Terminator::Invoke { normal, .. } if function.blocks.contains(*normal) => (*normal, 0),
                _ => (block, u32::MAX),
            };
            data.terminator_results().for_each(|value| self.define(value, home, position));
        }
    }

    fn define_typed(&mut self, value: Value, ty: Type, block: Block) {
        self.define(value, block, 0);
        if let Some(&actual) = self.function.values.get(value)
            && actual != ty
        {
            self.error(format!("{value} is {actual}, not {ty}"));
        }
    }

    fn check_range(&mut self, first: Value, count: u8) {
        if first.as_u32().checked_add(u32::from(count)).is_none() {
            self.error(format!("{first} and the {count} results after it are not in the table of values"));
        }
    }

    fn check_block_types(&mut self, block: Block) {
        let function = self.function;
        let data = function.block(block);
        for (index, node) in data.nodes.iter().enumerate() {
            self.at = Some((block, Position::Inst(index)));
            let result = self.check_node(node);
            self.check(result);
        }
        self.at = Some((block, Position::Terminator));
        let result = self.check_terminator_node(block);
        self.check(result);
    }

    fn check_node(&self, node: &Node) -> Check {
        self.check_loc(node.loc)?;
        inst::check_inst(self, &node.inst)?;
        let value_type = |value: Value| self.function.values.get(value).copied();
        let types = self.function.infer_results(&node.inst, Some(self.pointer_bytes), &value_type);
        self.check_results(node.results(), types)
    }

    fn check_terminator_node(&self, block: Block) -> Check {
        let data = self.function.block(block);
        self.check_loc(data.terminator_loc)?;
        inst::check_terminator(self, &data.terminator)?;
        self.check_results(data.terminator_results(), self.function.infer_terminator_results(&data.terminator))
    }

    fn check_loc(&self, loc: crate::LocId) -> Check {
        let known = loc.is_none() || self.function.locations.contains(loc);
        if known { Ok(()) } else { Err(format!("{loc} is not in the table of locations")) }
    }

    fn check_results(&self, results: impl Iterator<Item = Value>, types: Option<crate::ResultTypes>) -> Check {
        let types = types.ok_or("the results' types do not follow from the operands")?;
        let mut count = 0;
        for value in results {
            let actual = self.function.values.get(value);
            if let (Some(&actual), Some(&expected)) = (actual, types.get(count))
                && actual != expected
            {
                return Err(format!("{value} is {actual}, but the result is {expected}"));
            }
            count += 1;
        }
        if count == types.len() { Ok(()) } else { Err(format!("{count} results where there are {}", types.len())) }
    }

    /// Edges to landing pads, to the entry, and from invokes.
    fn check_edges(&mut self) {
        let function = self.function;
        let mut predecessor_counts = IndexVec::repeat(0u32, function.blocks.len());
        for data in &function.blocks {
            for target in data.terminator.successors() {
                predecessor_counts[target] += 1;
            }
        }
        if predecessor_counts[Block::ZERO] > 0 {
            self.at = Some((Block::ZERO, Position::Start));
            self.error("the entry block has predecessors".to_owned());
        }
        if function.block(Block::ZERO).landing.is_some() {
            self.at = Some((Block::ZERO, Position::Start));
            self.error("the entry block is a landing pad".to_owned());
        }
        for block in function.block_ids() {
            self.at = Some((block, Position::Terminator));
            let terminator = &function.block(block).terminator;
            let (normal_targets, unwind) = split_successors(terminator);
            for target in normal_targets {
                if function.block(target).landing.is_some() {
                    self.check(Err(format!("{target} is a landing pad, but this edge is not an unwind edge")));
                }
            }
            if let Some(target) = unwind
                && function.block(target).landing.is_none()
            {
                self.check(Err(format!("the unwind edge goes to {target}, which is not a landing pad")));
            }
            if let Terminator::Invoke { normal, .. } = terminator
                && predecessor_counts[*normal] != 1
            {
                self.check(Err(format!("{normal} has other predecessors than this invoke")));
            }
        }
    }

    fn check_dominance(&mut self) {
        let function = self.function;
        let dominance = Dominance::new(function);
        for block in function.block_ids() {
            let data = function.block(block);
            for (index, node) in data.nodes.iter().enumerate() {
                self.at = Some((block, Position::Inst(index)));
                let position = u32::try_from(index + 1).unwrap_or(u32::MAX);
                for_each_operand(&node.inst, &mut |value| self.check_use(&dominance, value, block, position));
            }
            self.at = Some((block, Position::Terminator));
            for_each_terminator_operand(&data.terminator, &mut |value| {
                self.check_use(&dominance, value, block, u32::MAX);
            });
        }
    }

    fn check_use(&mut self, dominance: &Dominance, value: Value, block: Block, position: u32) {
        let definition = self.definitions[value];
        if definition == UNDEFINED {
            return self.check(Err(format!("{value} has no definition")));
        }
        let dominates = if definition.block == block {
            definition.position < position
        } else {
            dominance.dominates(definition.block, block)
        };
        if !dominates {
            let home = definition.block;
            self.check(Err(format!("the definition of {value} in {home} does not dominate this use")));
        }
    }
}

/// The blocks that may follow without and with unwinding.
fn split_successors(terminator: &Terminator) -> (Vec<Block>, Option<Block>) {
    match terminator {
        Terminator::Invoke { normal, unwind, .. } => (vec![*normal], Some(*unwind)),
        Terminator::AsmGoto { fallthrough, targets, unwind, .. } => {
            (fallthrough.iter().chain(targets).copied().collect(), *unwind)
        }
        other => (other.successors(), None),
    }
}
