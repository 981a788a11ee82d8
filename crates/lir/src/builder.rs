//! Building functions block by block.

use crate::{
    Block, BlockData, Call, Function, Inst, Landing, LandingKind, Linkage, LocId, Location, Node, SigId, Signature,
    Slot, SlotData, SymbolRef, SymbolRefId, Terminator, Type, Value, Var, asm_result_types,
};
use rustc_hash::FxHashMap;
use std::sync::Arc;

/// Builds one [`Function`]. Instructions go to the end of the current block ([`FunctionBuilder::switch_to`]); a block
/// is finished by a terminator.
pub struct FunctionBuilder {
    function: Function,
    current: Option<Block>,
    terminated: Vec<bool>,
    loc: LocId,
    pointer_bytes: u32,
    signatures: FxHashMap<Signature, SigId>,
    symbols: FxHashMap<SymbolRef, SymbolRefId>,
    locations: FxHashMap<Location, LocId>,
}

impl FunctionBuilder {
    /// Starts a function; its parameters are the first values. `pointer_bytes` is the target's pointer size.
    pub fn new(name: Arc<str>, signature: Signature, linkage: Linkage, pointer_bytes: u32) -> FunctionBuilder {
        let values = signature.params.iter().map(|param| param.ty).collect();
        FunctionBuilder {
            function: Function { values, ..Function::new(name, linkage, signature) },
            current: None,
            terminated: Vec::new(),
            loc: LocId::NONE,
            pointer_bytes,
            signatures: FxHashMap::default(),
            symbols: FxHashMap::default(),
            locations: FxHashMap::default(),
        }
    }

    /// What has been built so far.
    pub fn function(&self) -> &Function {
        &self.function
    }

    /// For what has no method of its own: attributes, files, scopes, debug variables.
    pub fn function_mut(&mut self) -> &mut Function {
        &mut self.function
    }

    /// The type of a value.
    pub fn ty(&self, value: Value) -> Type {
        self.function.ty(value)
    }

    pub fn create_block(&mut self) -> Block {
        let block = Block::from_index(self.function.blocks.len());
        self.function.blocks.push(BlockData::default());
        self.terminated.push(false);
        block
    }

    /// Makes a landing block; gives it, the exception and the selector.
    pub fn create_landing_block(&mut self, kind: LandingKind) -> (Block, Value, Value) {
        let block = self.create_block();
        let exception = self.new_value(Type::PTR);
        let selector = self.new_value(Type::I32);
        self.function.blocks[block.index()].landing = Some(Landing { kind, exception, selector });
        self.function.blocks[block.index()].cold = true;
        (block, exception, selector)
    }

    /// Says that a block is executed rarely.
    pub fn set_cold(&mut self, block: Block) {
        self.function.blocks[block.index()].cold = true;
    }

    /// Goes on at the end of `block`.
    pub fn switch_to(&mut self, block: Block) {
        self.current = Some(block);
    }

    pub fn current(&self) -> Option<Block> {
        self.current
    }

    /// Whether the current block has its terminator (or there is no current block).
    pub fn is_terminated(&self) -> bool {
        self.current.is_none_or(|block| self.terminated[block.index()])
    }

    /// The location of what is built from now on.
    pub fn set_loc(&mut self, loc: LocId) {
        self.loc = loc;
    }

    pub fn loc(&self) -> LocId {
        self.loc
    }

    pub fn location(&mut self, location: Location) -> LocId {
        let next = LocId::from_index(self.function.locations.len());
        *self.locations.entry(location).or_insert_with(|| {
            self.function.locations.push(location);
            next
        })
    }

    pub fn create_var(&mut self, ty: Type) -> Var {
        self.function.vars.push(ty);
        Var::from_index(self.function.vars.len() - 1)
    }

    pub fn create_slot(&mut self, size: u64, align: u64) -> Slot {
        self.function.slots.push(SlotData { size, align });
        Slot::from_index(self.function.slots.len() - 1)
    }

    pub fn signature(&mut self, signature: Signature) -> SigId {
        if let Some(&id) = self.signatures.get(&signature) {
            return id;
        }
        let id = SigId::from_index(self.function.signatures.len());
        self.function.signatures.push(signature.clone());
        self.signatures.insert(signature, id);
        id
    }

    pub fn symbol(&mut self, symbol: SymbolRef) -> SymbolRefId {
        if let Some(&id) = self.symbols.get(&symbol) {
            return id;
        }
        let id = SymbolRefId::from_index(self.function.symbols.len());
        self.function.symbols.push(symbol.clone());
        self.symbols.insert(symbol, id);
        id
    }

    /// Adds an instruction and gives its first result, if it has one (the others follow it in number).
    pub fn push(&mut self, inst: Inst) -> Option<Value> {
        let types = self.result_types(&inst);
        let result_count = u8::try_from(types.len()).expect("an instruction has few results");
        let first_result = if types.is_empty() { Value(0) } else { Value::from_index(self.function.values.len()) };
        self.function.values.extend(types);
        let loc = self.loc;
        let block = self.current_block();
        block.nodes.push(Node { inst, first_result, result_count, loc });
        (result_count > 0).then_some(first_result)
    }

    /// Adds an instruction that has exactly one result.
    pub fn value(&mut self, inst: Inst) -> Value {
        self.push(inst).expect("the instruction has a result")
    }

    /// Adds an instruction without a result that matters.
    pub fn effect(&mut self, inst: Inst) {
        self.push(inst);
    }

    /// Adds a call; gives its results.
    pub fn call(&mut self, call: Call) -> Vec<Value> {
        let count = self.function.signature(call.sig).returns.len();
        let first = self.push(Inst::Call(Box::new(call)));
        results_from(first, count)
    }

    /// Ends the current block with an invoke; gives the results, which may be used from `normal` on.
    pub fn invoke(&mut self, call: Call, normal: Block, unwind: Block) -> Vec<Value> {
        let types: Vec<Type> = self.function.signature(call.sig).returns.iter().map(|param| param.ty).collect();
        let first = self.new_values(&types);
        self.finish(Terminator::Invoke { call: Box::new(call), normal, unwind }, first, types.len());
        results_from(Some(first), types.len())
    }

    /// Ends the current block.
    pub fn terminate(&mut self, terminator: Terminator) {
        let (first, count) = match &terminator {
            Terminator::Invoke { .. } => panic!("use FunctionBuilder::invoke"),
            Terminator::AsmGoto { asm, .. } => {
                let types = asm_result_types(asm);
                (self.new_values(&types), types.len())
            }
            _ => (Value(0), 0),
        };
        self.finish(terminator, first, count);
    }

    /// The finished function. Every block must have its terminator.
    pub fn finish_function(self) -> Function {
        let open = self.terminated.iter().position(|done| !done);
        assert!(open.is_none(), "block{} of {} has no terminator", open.unwrap_or(0), self.function.name);
        self.function
    }

    fn finish(&mut self, terminator: Terminator, first_result: Value, count: usize) {
        let index = self.current.expect("a current block").index();
        assert!(!self.terminated[index], "block{index} has its terminator already");
        self.terminated[index] = true;
        let loc = self.loc;
        let block = self.current_block();
        block.terminator = terminator;
        block.first_result = if count == 0 { Value(0) } else { first_result };
        block.result_count = u8::try_from(count).expect("a terminator has few results");
        block.terminator_loc = loc;
    }

    fn current_block(&mut self) -> &mut BlockData {
        let block = self.current.expect("a current block");
        &mut self.function.blocks[block.index()]
    }

    fn new_value(&mut self, ty: Type) -> Value {
        self.function.values.push(ty);
        Value::from_index(self.function.values.len() - 1)
    }

    fn new_values(&mut self, types: &[Type]) -> Value {
        let first = Value::from_index(self.function.values.len());
        self.function.values.extend_from_slice(types);
        first
    }

    fn result_types(&self, inst: &Inst) -> crate::ResultTypes {
        self.function.result_types(inst, self.pointer_bytes)
    }
}

fn results_from(first: Option<Value>, count: usize) -> Vec<Value> {
    match first {
        Some(first) => (first.0..).take(count).map(Value).collect(),
        None => Vec::new(),
    }
}
