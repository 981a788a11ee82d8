//! Building functions block by block.

use crate::{
    Block, BlockData, Call, Function, InlineAsm, Inst, Landing, LandingKind, Linkage, LocId, Location, Node, SigId,
    Signature, Slot, SlotData, SymbolRef, SymbolRefId, Terminator, Type, Value, Var, asm_result_types,
};
use index::IndexVec;
use rustc_hash::FxHashMap;
use std::sync::Arc;

/// Builds one [`Function`]. Instructions go to the end of the current block ([`FunctionBuilder::switch_to`]); a block
/// is finished by a terminator.
pub struct FunctionBuilder {
    function: Function,
    current: Option<Block>,
    terminated: IndexVec<Block, bool>,
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
            terminated: IndexVec::new(),
            loc: LocId::NONE,
            pointer_bytes,
            signatures: FxHashMap::default(),
            symbols: FxHashMap::default(),
            locations: FxHashMap::default(),
        }
    }

    /// The function as far as it has been built.
    pub fn function(&self) -> &Function {
        &self.function
    }

    /// Access to the parts that have no methods here: attributes, files, scopes, debug variables.
    pub fn function_mut(&mut self) -> &mut Function {
        &mut self.function
    }

    /// The type of a value.
    pub fn ty(&self, value: Value) -> Type {
        self.function.ty(value)
    }

    /// Makes a block, empty and without a terminator.
    pub fn create_block(&mut self) -> Block {
        self.terminated.push(false);
        self.function.blocks.push(BlockData::default())
    }

    /// Makes a landing block; gives it, the exception and the selector.
    pub fn create_landing_block(&mut self, kind: LandingKind) -> (Block, Value, Value) {
        let block = self.create_block();
        let exception = self.function.values.push(Type::PTR);
        let selector = self.function.values.push(Type::I32);
        let data = &mut self.function.blocks[block];
        data.landing = Some(Landing { kind, exception, selector });
        data.cold = true;
        (block, exception, selector)
    }

    /// Says that a block is executed rarely.
    pub fn set_cold(&mut self, block: Block) {
        self.function.blocks[block].cold = true;
    }

    /// Goes on at the end of `block`.
    pub fn switch_to(&mut self, block: Block) {
        self.current = Some(block);
    }

    /// The block to whose end instructions go.
    pub fn current(&self) -> Option<Block> {
        self.current
    }

    /// Whether the current block has its terminator (or there is no current block).
    pub fn is_terminated(&self) -> bool {
        self.current.is_none_or(|block| self.terminated[block])
    }

    /// Sets the location of the instructions to come.
    pub fn set_loc(&mut self, loc: LocId) {
        self.loc = loc;
    }

    /// The location that instructions get now.
    pub fn loc(&self) -> LocId {
        self.loc
    }

    /// Enters a location into the table, once.
    pub fn location(&mut self, location: Location) -> LocId {
        *self.locations.entry(location).or_insert_with(|| self.function.locations.push(location))
    }

    /// Makes a variable.
    pub fn create_var(&mut self, ty: Type) -> Var {
        self.function.vars.push(ty)
    }

    /// Makes a slot; size and alignment in bytes.
    pub fn create_slot(&mut self, size: u64, align: u64) -> Slot {
        self.function.slots.push(SlotData { size, align })
    }

    /// Enters a signature into the table, once.
    pub fn signature(&mut self, signature: Signature) -> SigId {
        if let Some(&id) = self.signatures.get(&signature) {
            return id;
        }
        let id = self.function.signatures.push(signature.clone());
        self.signatures.insert(signature, id);
        id
    }

    /// Enters a symbol into the table, once.
    pub fn symbol(&mut self, symbol: SymbolRef) -> SymbolRefId {
        if let Some(&id) = self.symbols.get(&symbol) {
            return id;
        }
        let id = self.function.symbols.push(symbol.clone());
        self.symbols.insert(symbol, id);
        id
    }

    /// Adds an instruction and gives its results.
    pub fn values(&mut self, inst: Inst) -> Vec<Value> {
        let (first, count) = self.push(inst);
        (0..count).map(|position| first.plus(position)).collect()
    }

    /// Adds an instruction that has exactly one result.
    pub fn value(&mut self, inst: Inst) -> Value {
        let (result, count) = self.push(inst);
        assert_eq!(count, 1, "the results of the instruction at {result}");
        result
    }

    /// Adds an instruction that has exactly two results.
    pub fn pair(&mut self, inst: Inst) -> (Value, Value) {
        let (first, count) = self.push(inst);
        assert_eq!(count, 2, "the results of the instruction at {first}");
        (first, first.plus(1))
    }

    /// Adds an instruction without a result that matters.
    pub fn effect(&mut self, inst: Inst) {
        self.push(inst);
    }

    /// Adds a call; gives its results.
    pub fn call(&mut self, call: Call) -> Vec<Value> {
        self.values(Inst::Call(Box::new(call)))
    }

    /// Ends the current block with an invoke; gives the results, which may be used from `normal` on.
    pub fn invoke(&mut self, call: Call, normal: Block, unwind: Block) -> Vec<Value> {
        let types = self.function.signature(call.sig).returns.iter().map(|param| param.ty).collect();
        self.finish(Terminator::Invoke { call: Box::new(call), normal, unwind }, types)
    }

    /// Ends the current block with assembly that goes to one of several blocks; gives its results, which may be used in all
    /// of them.
    pub fn asm_goto(
        &mut self,
        asm: Box<InlineAsm>,
        fallthrough: Option<Block>,
        targets: Vec<Block>,
        unwind: Option<Block>,
    ) -> Vec<Value> {
        let types = asm_result_types(&asm);
        self.finish(Terminator::AsmGoto { asm, fallthrough, targets, unwind }, types)
    }

    /// Ends the current block with a terminator that has no results of its own.
    ///
    /// # Panics
    ///
    /// With an invoke or `AsmGoto`, for which there are [`FunctionBuilder::invoke`] and [`FunctionBuilder::asm_goto`].
    pub fn terminate(&mut self, terminator: Terminator) {
        let has_results = matches!(terminator, Terminator::Invoke { .. } | Terminator::AsmGoto { .. });
        assert!(!has_results, "use FunctionBuilder::invoke or FunctionBuilder::asm_goto");
        self.finish(terminator, crate::ResultTypes::new());
    }

    /// The finished function. Every block must have its terminator.
    pub fn finish_function(self) -> Function {
        if let Some(open) = self.terminated.position(|done| !done) {
            panic!("{open} of {} has no terminator", self.function.name);
        }
        self.function
    }

    /// Adds an instruction; gives its first result, after which the others follow in number, and their count.
    fn push(&mut self, inst: Inst) -> (Value, usize) {
        let types = self.function.result_types(&inst, self.pointer_bytes);
        let (first_result, result_count) = self.new_results(types);
        let loc = self.loc;
        self.current_block().nodes.push(Node { inst, first_result, result_count, loc });
        (first_result, result_count.into())
    }

    fn finish(&mut self, terminator: Terminator, types: crate::ResultTypes) -> Vec<Value> {
        let current = self.current.expect("a current block");
        assert!(!self.terminated[current], "{current} has its terminator already");
        self.terminated[current] = true;
        let (first_result, result_count) = self.new_results(types);
        let loc = self.loc;
        let block = self.current_block();
        block.terminator = terminator;
        block.first_result = first_result;
        block.result_count = result_count;
        block.terminator_loc = loc;
        block.terminator_results().collect()
    }

    /// Makes the values of an instruction or terminator: the first (`v0` if there are none) and their count.
    fn new_results(&mut self, types: crate::ResultTypes) -> (Value, u8) {
        let count = u8::try_from(types.len()).expect("an instruction has few results");
        let first = if count == 0 { Value::ZERO } else { self.function.values.next_index() };
        self.function.values.extend(types);
        (first, count)
    }

    fn current_block(&mut self) -> &mut BlockData {
        let block = self.current.expect("a current block");
        &mut self.function.blocks[block]
    }
}
