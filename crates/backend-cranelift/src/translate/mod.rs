//! One LIR function to one Cranelift function.
//!
//! LIR values map to Cranelift values (its *parts*, see [`Shape`]), LIR variables to what `var` decides, slots to stack
//! slots. Blocks are visited in reverse postorder, so that definitions come before uses; blocks that cannot be reached
//! are left out.
//!
//! Addresses of slots are computed where they are used, not where LIR defines them: they cost an operand of an
//! instruction or one `lea`, whereas a value that lives from the entry on costs a register or a spill all the way.

mod call;
mod cast;
mod float;
mod inst;
mod int;
mod intrinsic;
mod memory;
mod shape;
mod var;
mod vector;

pub(crate) use call::CATCH_TAG;
pub(crate) use shape::Shape;

use crate::abi::{AbiSignature, Returning};
use crate::isa::{Features, Target};
use crate::thunk::VariadicThunk;
use cranelift_codegen::ir::{self, ExternalName, GlobalValueData, InstBuilder, SourceLoc, TrapCode, types};
use cranelift_codegen::ir::{UserExternalName, UserFuncName};
use cranelift_frontend::{FunctionBuilder, FunctionBuilderContext, Switch};
use lir::{BlockData, Function, IndexVec, LocId, SigId, SymbolRefId, Terminator};
use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};
use smallvec::SmallVec;
use std::borrow::Cow;
use std::rc::Rc;
use var::VarPlace;

/// Why a function has no code.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Stop {
    /// Cranelift lacks this construct.
    Rejected(String),
    /// The function breaks LIR's rules, or this back end does.
    Internal(String),
}

impl Stop {
    pub fn rejected(construct: impl Into<String>) -> Stop {
        Stop::Rejected(construct.into())
    }

    pub fn internal(message: impl Into<String>) -> Stop {
        Stop::Internal(message.into())
    }
}

/// What a relocation in a function's code refers to.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub(crate) enum External {
    /// An entry of the LIR function's table.
    Symbol(SymbolRefId),
    /// A function of libc, libm or the compiler's run-time library.
    Library(Cow<'static, str>),
    Thunk(VariadicThunk),
}

/// The Cranelift values that one LIR value is.
type Parts = SmallVec<[ir::Value; 1]>;

/// An unspecific trap: `Trap`, and the unreachable.
const TRAP: TrapCode = TrapCode::unwrap_user(1);

/// What is known of a function that has been translated.
pub(crate) struct Translated {
    /// The table that relocations refer to by number.
    pub externals: Vec<External>,
    /// Where the slots are.
    pub slots: IndexVec<lir::Slot, ir::StackSlot>,
}

/// Translates `function` into `clif`, whose signature and body it sets.
pub(crate) fn translate(
    function: &Function,
    target: &Target,
    clif: &mut ir::Function,
    context: &mut FunctionBuilderContext,
) -> Result<Translated, Stop> {
    refuse(function, target)?;
    let abi = AbiSignature::new(&function.signature, &[], target.features)?;
    clif.name = UserFuncName::user(0, 0);
    clif.signature = abi.clif.clone();
    let mut translator = Translator {
        builder: FunctionBuilder::new(clif, context),
        function,
        features: target.features,
        abi,
        result_memory: None,
        values: IndexVec::repeat(Parts::new(), function.values.len()),
        constants: FxHashMap::default(),
        slot_addresses: FxHashMap::default(),
        vars: IndexVec::new(),
        slots: IndexVec::new(),
        blocks: IndexVec::new(),
        signatures: IndexVec::repeat(None, function.signatures.len()),
        callees: FxHashMap::default(),
        symbols: FxHashMap::default(),
        libraries: FxHashMap::default(),
        externals: Vec::new(),
    };
    match translator.run() {
        Ok(()) => {
            let Translator { builder, externals, slots, .. } = translator;
            builder.finalize(target.isa.frontend_config());
            Ok(Translated { externals, slots: slots.iter().map(|(slot, _)| *slot).collect() })
        }
        Err(stop) => {
            drop(translator);
            // The context is in the middle of a function and of no further use.
            *context = FunctionBuilderContext::new();
            Err(stop)
        }
    }
}

/// What can be said before looking at the blocks.
fn refuse(function: &Function, target: &Target) -> Result<(), Stop> {
    if function.attrs.naked {
        return Err(Stop::rejected("a naked function"));
    }
    if function.signature.variadic {
        return Err(Stop::rejected("the definition of a function with variable arguments"));
    }
    for feature in &function.attrs.target_features {
        if feature.strip_prefix('-').is_some_and(|lost| target.enabled.contains(&lost)) {
            return Err(Stop::rejected(format!("a function without the target feature {}", &feature[1..])));
        }
        if feature == "+soft-float" {
            return Err(Stop::rejected("software floating point"));
        }
    }
    Ok(())
}

struct Translator<'a> {
    builder: FunctionBuilder<'a>,
    function: &'a Function,
    features: Features,
    abi: AbiSignature,
    /// Where the results go that are returned in memory.
    result_memory: Option<ir::Value>,
    /// Empty until the value is defined.
    values: IndexVec<lir::Value, Parts>,
    /// LIR values that are integer constants.
    constants: FxHashMap<lir::Value, u128>,
    /// LIR values that are addresses in slots: the slot, and the offset in bytes.
    slot_addresses: FxHashMap<lir::Value, (lir::Slot, u64)>,
    vars: IndexVec<lir::Var, VarPlace>,
    /// The stack slot, and the alignment where it exceeds the stack's own.
    slots: IndexVec<lir::Slot, (ir::StackSlot, Option<u64>)>,
    blocks: IndexVec<lir::Block, ir::Block>,
    signatures: IndexVec<SigId, Option<(ir::SigRef, Rc<AbiSignature>)>>,
    callees: FxHashMap<(SymbolRefId, SigId), ir::FuncRef>,
    symbols: FxHashMap<SymbolRefId, ir::GlobalValue>,
    libraries: FxHashMap<&'static str, ir::FuncRef>,
    externals: Vec<External>,
}

impl Translator<'_> {
    fn run(&mut self) -> Result<(), Stop> {
        let order = reverse_postorder(self.function);
        self.declare(&order)?;
        let mut edges = IndexVec::repeat(0u32, self.function.blocks.len());
        for &block in &order {
            for successor in self.function.block(block).terminator.successors() {
                edges[successor] += 1;
            }
        }
        for &block in &order {
            let data = self.function.block(block);
            self.builder.switch_to_block(self.blocks[block]);
            if block == lir::Block::ZERO {
                self.builder.seal_block(self.blocks[lir::Block::ZERO]);
                self.entry()?;
            }
            self.block(data)?;
            for successor in data.terminator.successors() {
                edges[successor] -= 1;
                if edges[successor] == 0 {
                    self.builder.seal_block(self.blocks[successor]);
                }
            }
        }
        Ok(())
    }

    /// Makes blocks, variables and slots. `order` has the blocks that can be reached.
    fn declare(&mut self, order: &[lir::Block]) -> Result<(), Stop> {
        let function = self.function;
        for data in &function.blocks {
            let block = self.builder.create_block();
            if data.cold {
                self.builder.set_cold_block(block);
            }
            self.blocks.push(block);
        }
        self.declare_vars(order);
        let mut frame: u64 = 0;
        for slot in &function.slots {
            let over = slot.align > STACK_ALIGN;
            let size = if over { slot.size.saturating_add(slot.align - STACK_ALIGN) } else { slot.size };
            frame = frame.saturating_add(size);
            if frame > FRAME_LIMIT {
                return Err(Stop::rejected(format!("a stack frame of {frame} bytes or more")));
            }
            let size = u32::try_from(size).expect("less than the limit");
            let shift = u8::try_from(slot.align.clamp(1, STACK_ALIGN).trailing_zeros()).expect("a small number");
            let data = ir::StackSlotData::new(ir::StackSlotKind::ExplicitSlot, size, shift);
            let clif = self.builder.create_sized_stack_slot(data);
            self.slots.push((clif, over.then_some(slot.align)));
        }
        Ok(())
    }

    /// Parameters.
    fn entry(&mut self) -> Result<(), Stop> {
        let entry = self.blocks[lir::Block::ZERO];
        self.builder.append_block_params_for_function_params(entry);
        let incoming: Vec<ir::Value> = self.builder.block_params(entry).to_vec();
        let passings = std::mem::take(&mut self.abi.params);
        let mut incoming = incoming.into_iter();
        if let Returning::Memory { .. } = self.abi.returns {
            self.result_memory = incoming.next();
        }
        for (value, passing) in self.function.params().zip(&passings) {
            let parts = self.unpack(self.function.ty(value), passing, &mut incoming);
            self.define(value, parts);
        }
        Ok(())
    }

    fn block(&mut self, data: &BlockData) -> Result<(), Stop> {
        if let Some(landing) = data.landing {
            let block = self.builder.current_block().expect("a block");
            // These are the block's first parameters; variables' come after them.
            let (exception, selector) = self.landing_params(block);
            self.define(landing.exception, Parts::from_elem(exception, 1));
            let selector = self.builder.ins().ireduce(types::I32, selector);
            self.define(landing.selector, Parts::from_elem(selector, 1));
        }
        for node in &data.nodes {
            self.builder.set_srcloc(source_loc(node.loc));
            self.inst(node)?;
        }
        self.builder.set_srcloc(source_loc(data.terminator_loc));
        self.terminator(data)
    }

    /// The exception and the selector that a landing block receives; made at the first mention of the block.
    fn landing_params(&mut self, block: ir::Block) -> (ir::Value, ir::Value) {
        if let [exception, selector, ..] = *self.builder.block_params(block) {
            return (exception, selector);
        }
        (self.builder.append_block_param(block, types::I64), self.builder.append_block_param(block, types::I64))
    }

    fn terminator(&mut self, data: &BlockData) -> Result<(), Stop> {
        match &data.terminator {
            Terminator::Jump(to) => {
                let to = self.blocks[*to];
                self.builder.ins().jump(to, &[]);
            }
            Terminator::Branch { cond, then, otherwise, .. } => {
                let cond = self.single(*cond);
                let (then, otherwise) = (self.blocks[*then], self.blocks[*otherwise]);
                self.builder.ins().brif(cond, then, &[], otherwise, &[]);
            }
            Terminator::Switch { value, cases, default } => {
                let mut switch = Switch::new();
                for (case, block) in cases {
                    switch.set_entry(*case, self.blocks[*block]);
                }
                let value = self.single(*value);
                switch.emit(&mut self.builder, value, self.blocks[*default]);
            }
            Terminator::Return(values) => self.return_values(values),
            Terminator::Unreachable | Terminator::Trap => {
                self.builder.ins().trap(TRAP);
            }
            Terminator::Invoke { call, normal, unwind } => self.invoke(data, call, *normal, *unwind)?,
            Terminator::Resume { exception, .. } => {
                let exception = self.single(*exception);
                self.library_call("_Unwind_Resume", &[types::I64], &[], &[exception]);
                self.builder.ins().trap(TRAP);
            }
            Terminator::AsmGoto { .. } => return Err(Stop::rejected("inline assembly")),
            Terminator::TailCall(_) => return Err(Stop::rejected("a guaranteed tail call")),
        }
        Ok(())
    }

    /// The parts of a value.
    fn parts(&mut self, value: lir::Value) -> Parts {
        match self.slot_addresses.get(&value) {
            Some(&(slot, offset)) => Parts::from_elem(self.slot_addr(slot, offset), 1),
            None => self.values[value].clone(),
        }
    }

    /// The one part of a scalar.
    fn single(&mut self, value: lir::Value) -> ir::Value {
        match self.slot_addresses.get(&value) {
            Some(&(slot, offset)) => self.slot_addr(slot, offset),
            None => self.values[value][0],
        }
    }

    fn define(&mut self, value: lir::Value, parts: Parts) {
        debug_assert_eq!(parts.len(), Shape::of(self.function.ty(value)).count(), "{value}");
        self.values[value] = parts;
    }

    /// The type of a LIR value.
    fn ty(&self, value: lir::Value) -> lir::Type {
        self.function.ty(value)
    }

    /// The type of a Cranelift value.
    fn clif_ty(&self, value: ir::Value) -> ir::Type {
        self.builder.func.dfg.value_type(value)
    }

    /// An integer constant of any width.
    fn int(&mut self, ty: ir::Type, value: u128) -> ir::Value {
        if ty == types::I128 {
            let low = self.builder.ins().iconst(types::I64, value as u64 as i64);
            let high = self.builder.ins().iconst(types::I64, (value >> 64) as u64 as i64);
            return self.builder.ins().iconcat(low, high);
        }
        let mask = if ty.bits() >= 64 { u64::MAX } else { (1 << ty.bits()) - 1 };
        self.builder.ins().iconst(ty, (value as u64 & mask) as i64)
    }

    fn external(&mut self, external: External) -> ExternalName {
        let index = u32::try_from(self.externals.len()).expect("few symbols");
        self.externals.push(external);
        let name = self.builder.func.declare_imported_user_function(UserExternalName { namespace: 0, index });
        ExternalName::user(name)
    }

    /// The global value of a symbol.
    fn symbol(&mut self, symbol: SymbolRefId) -> ir::GlobalValue {
        if let Some(&global) = self.symbols.get(&symbol) {
            return global;
        }
        let name = self.external(External::Symbol(symbol));
        let tls = self.function.symbol(symbol).kind == lir::SymbolKind::ThreadLocal;
        let data = GlobalValueData::Symbol { name, offset: 0.into(), colocated: false, tls };
        let global = self.builder.create_global_value(data);
        self.symbols.insert(symbol, global);
        global
    }

    /// The address of a slot.
    fn slot_addr(&mut self, slot: lir::Slot, offset: u64) -> ir::Value {
        let (clif, align) = self.slots[slot];
        let Some(align) = align else {
            let offset = i32::try_from(offset).expect("an offset within a slot");
            return self.builder.ins().stack_addr(types::I64, clif, offset);
        };
        let aligned = self.align_up(clif, align);
        self.offset(aligned, offset)
    }

    /// `ptr + offset` as an address in a slot, where it is known to be one.
    fn within_slot(&self, ptr: lir::Value, offset: lir::Value) -> Option<(lir::Slot, u64)> {
        let &(slot, start) = self.slot_addresses.get(&ptr)?;
        let offset = u64::try_from(*self.constants.get(&offset)?).ok()?;
        let address = start.checked_add(offset)?;
        (address <= self.function.slots[slot].size).then_some((slot, address))
    }

    /// The first address in a stack slot, which has room for that, with an alignment beyond the stack's own.
    fn align_up(&mut self, slot: ir::StackSlot, align: u64) -> ir::Value {
        // A stack slot is aligned to STACK_ALIGN.
        let base = self.builder.ins().stack_addr(types::I64, slot, 0);
        let up = self.builder.ins().iadd_imm_s(base, (align - STACK_ALIGN) as i64);
        let mask = self.builder.ins().iconst(types::I64, -(align as i64));
        self.builder.ins().band(up, mask)
    }

    /// The address of a piece of the frame of our own.
    fn aligned_scratch(&mut self, size: u32, align: u32) -> ir::Value {
        let align = u64::from(align);
        if align <= STACK_ALIGN {
            let slot = self.scratch(size);
            return self.builder.ins().stack_addr(types::I64, slot, 0);
        }
        let slot = self.scratch(size + align as u32);
        self.align_up(slot, align)
    }

    /// `base + bytes`.
    fn offset(&mut self, base: ir::Value, bytes: u64) -> ir::Value {
        if bytes == 0 { base } else { self.builder.ins().iadd_imm_s(base, bytes as i64) }
    }

    /// A piece of the frame of our own, aligned to 16.
    fn scratch(&mut self, size: u32) -> ir::StackSlot {
        let data = ir::StackSlotData::new(ir::StackSlotKind::ExplicitSlot, size, 4);
        self.builder.create_sized_stack_slot(data)
    }
}

/// A location as Cranelift carries it. It keeps differences to a function's first location, of which it takes -1 for no
/// location; even numbers never differ by that.
/// What the numbers of places mean that instructions have in the text form: a comment for each.
pub(crate) fn places(function: &lir::Function) -> String {
    let mut text = String::new();
    for (id, location) in function.locations.iter_enumerated() {
        let file = function.files.get(location.file).map_or("?", |file| &**file);
        text += &format!("; {} = {file}:{}:{}\n", source_loc(id), location.line, location.column);
    }
    text
}

fn source_loc(loc: LocId) -> SourceLoc {
    if loc.is_none() { SourceLoc::default() } else { SourceLoc::new(loc.as_u32() * 2) }
}

/// The reverse of [`source_loc`].
pub(crate) fn location(loc: SourceLoc) -> LocId {
    if loc.is_default() { LocId::NONE } else { LocId::from_u32(loc.bits() / 2) }
}

/// The stack's own alignment in bytes, by the ABI.
pub(crate) const STACK_ALIGN: u64 = 16;

/// Frames beyond this size do not fit Cranelift's displacements.
const FRAME_LIMIT: u64 = 1 << 30;

/// The blocks that the entry reaches, each after all its predecessors except for those that loop back to it.
fn reverse_postorder(function: &Function) -> Vec<lir::Block> {
    let mut visited = IndexVec::repeat(false, function.blocks.len());
    let mut order = Vec::with_capacity(function.blocks.len());
    let entry = lir::Block::ZERO;
    visited[entry] = true;
    let mut stack = vec![(entry, function.block(entry).terminator.successors())];
    while let Some((block, successors)) = stack.last_mut() {
        match successors.pop() {
            Some(next) if !visited[next] => {
                visited[next] = true;
                let following = function.block(next).terminator.successors();
                stack.push((next, following));
            }
            Some(_) => {}
            None => {
                order.push(*block);
                stack.pop();
            }
        }
    }
    order.reverse();
    order
}
