//! One function's body: its values, variables, slots and blocks.

use crate::cx::{Cx, groups};
use crate::debug::Locations;
use crate::ll::{Block, Builder, Type, Value};
use crate::{asm, flow};
use backend::DebugInfo;
use lir::{Function, IndexVec, Inst, LocId, SigId, SymbolRefId, Var};
use llvm_sys::{LLVMIntPredicate, LLVMOpcode};

/// What a LIR value is in LLVM.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Repr<'c> {
    /// Not reached yet.
    Unset,
    Value(Value<'c>),
    /// A boolean or a mask as a compare gives it: `i1` or a vector of them. The `i8`, or the vector of wide lanes, is made
    /// where something asks for it.
    Bit {
        bit: Value<'c>,
        wide: Option<Value<'c>>,
    },
    /// A field of a struct or an array, taken out at each use: its definition is at the end of a block that has several
    /// successors, or a parameter.
    Field {
        aggregate: Value<'c>,
        index: u32,
    },
    /// A result of assembly that ends a block, made at each use.
    Late(asm::Output<'c>),
    /// The same as another.
    Same(lir::Value),
}

/// Where a variable lives.
#[derive(Clone, Copy, Debug)]
enum Home<'c> {
    Memory(Value<'c>),
    /// It is one value.
    Direct(lir::Value),
    /// Nothing reads it, or nothing sets it.
    Nowhere,
}

/// One function's lowering.
pub(crate) struct FunctionCx<'f, 'a, 'c> {
    pub(crate) cx: &'f Cx<'a, 'c>,
    pub(crate) source: &'f Function,
    pub(crate) value: Value<'c>,
    blocks: IndexVec<lir::Block, Option<Block<'c>>>,
    values: IndexVec<lir::Value, Repr<'c>>,
    homes: IndexVec<Var, Home<'c>>,
    pub(crate) slots: IndexVec<lir::Slot, Value<'c>>,
    pub(crate) locations: Locations<'c>,
    /// The tables' entries that have been asked for.
    symbols: IndexVec<SymbolRefId, Option<Value<'c>>>,
    signatures: IndexVec<SigId, Option<Type<'c>>>,
}

/// Lowers a function with a body, which has been declared. An error is a bug in the LIR.
pub(crate) fn lower(cx: &Cx, source: &Function) -> Result<(), String> {
    if source.attrs.naked {
        return asm::lower_naked(cx, source);
    }
    let value = cx.known(&source.name).expect("all definitions are declared");
    let order = flow::reverse_postorder(source);
    let mut blocks = IndexVec::repeat(None, source.blocks.len());
    for &block in &order {
        blocks[block] = Some(cx.context.append_block(value));
    }
    let mut fx = FunctionCx {
        cx,
        source,
        value,
        blocks,
        values: IndexVec::repeat(Repr::Unset, source.values.len()),
        homes: IndexVec::new(),
        slots: IndexVec::new(),
        locations: Locations::default(),
        symbols: IndexVec::repeat(None, source.symbols.len()),
        signatures: IndexVec::repeat(None, source.signatures.len()),
    };
    let mut params = source.params();
    for (number, (first, count)) in (0..).zip(groups(source.signature.params.iter())) {
        let whole = value.param(number);
        for (part, param) in (0..).zip(params.by_ref().take(count)) {
            fx.values[param] = match first.attrs.group {
                0 => Repr::Value(whole),
                _ => Repr::Field { aggregate: whole, index: part },
            };
        }
    }
    if let Some(personality) = source.personality {
        value.set_personality(cx.symbol(source.symbol(personality)));
    }
    cx.builder.set_location(None);
    fx.make_frame(&order);
    fx.start_debug();
    for block in order {
        fx.lower_block(block)?;
    }
    Ok(())
}

impl<'f, 'a, 'c> FunctionCx<'f, 'a, 'c> {
    pub(crate) fn builder(&self) -> &'f Builder<'c> {
        &self.cx.builder
    }

    pub(crate) fn ty_of(&self, value: lir::Value) -> lir::Type {
        self.source.ty(value)
    }

    pub(crate) fn llvm_ty_of(&self, value: lir::Value) -> Type<'c> {
        self.cx.ty(self.source.ty(value))
    }

    pub(crate) fn block(&self, block: lir::Block) -> Block<'c> {
        self.blocks[block].expect("a successor of a reachable block is reachable")
    }

    /// The address of a symbol of the function's table.
    pub(crate) fn symbol(&mut self, symbol: SymbolRefId) -> Value<'c> {
        let source = self.source;
        *self.symbols[symbol].get_or_insert_with(|| self.cx.symbol(source.symbol(symbol)))
    }

    /// The function type of a signature of the function's table.
    pub(crate) fn function_type(&mut self, signature: SigId) -> Type<'c> {
        let source = self.source;
        *self.signatures[signature].get_or_insert_with(|| self.cx.function_type(source.signature(signature)))
    }

    /// Makes the slots, and the variables that need memory.
    fn make_frame(&mut self, order: &[lir::Block]) {
        let builder = self.builder();
        builder.at_end(self.block(lir::Block::ZERO));
        for slot in &self.source.slots {
            self.slots.push(builder.alloca(self.cx.types.i8.array(slot.size), slot.align.max(1)));
        }
        let in_memory = match self.cx.options.debug >= DebugInfo::Full {
            true => flow::debugged_variables(self.source),
            false => IndexVec::repeat(false, self.source.vars.len()),
        };
        let mut read = in_memory.clone();
        for node in order.iter().flat_map(|block| &self.source.block(*block).nodes) {
            if let Inst::GetVar { var } = node.inst {
                read[var] = true;
            }
        }
        let direct = flow::direct_variables(self.source, order, &in_memory);
        for (var, ty) in self.source.vars.iter_enumerated() {
            let home = match (read[var], direct[var]) {
                (false, _) => Home::Nowhere,
                (true, Some(value)) => Home::Direct(value),
                (true, None) => {
                    let align = ty.size_bytes(self.cx.pointer_bytes).next_power_of_two().clamp(1, 64);
                    Home::Memory(builder.alloca(self.cx.ty(*ty), align.into()))
                }
            };
            self.homes.push(home);
        }
    }

    fn lower_block(&mut self, block: lir::Block) -> Result<(), String> {
        let data = self.source.block(block);
        self.builder().at_end(self.block(block));
        if let Some(landing) = data.landing {
            // The pad has no place in the source; what is done there has.
            self.set_loc(LocId::NONE);
            self.lower_landing(landing);
        }
        for node in &data.nodes {
            self.set_loc(node.loc);
            self.lower_node(node)?;
        }
        self.set_loc(data.terminator_loc);
        self.lower_terminator(data)
    }

    // ---- values

    pub(crate) fn set(&mut self, value: lir::Value, repr: Value<'c>) {
        self.values[value] = Repr::Value(repr);
    }

    /// Defines a boolean or mask by its bits.
    pub(crate) fn set_bit(&mut self, value: lir::Value, bit: Value<'c>) {
        self.values[value] = Repr::Bit { bit, wide: None };
    }

    pub(crate) fn set_field(&mut self, value: lir::Value, aggregate: Value<'c>, index: u32) {
        self.values[value] = Repr::Field { aggregate, index };
    }

    pub(crate) fn set_late(&mut self, value: lir::Value, output: asm::Output<'c>) {
        self.values[value] = Repr::Late(output);
    }

    /// Makes `value` another name of `of`.
    pub(crate) fn set_same(&mut self, value: lir::Value, of: lir::Value) {
        self.values[value] = Repr::Same(self.resolve(of));
    }

    fn resolve(&self, mut value: lir::Value) -> lir::Value {
        while let Repr::Same(of) = self.values[value] {
            value = of;
        }
        value
    }

    /// The LLVM value, in the LLVM type of its LIR type.
    pub(crate) fn get(&mut self, value: lir::Value) -> Value<'c> {
        let value = self.resolve(value);
        match self.values[value] {
            Repr::Value(repr) => repr,
            Repr::Bit { wide: Some(wide), .. } => wide,
            Repr::Bit { bit, wide: None } => {
                let wide = self.widen(bit, value);
                self.values[value] = Repr::Bit { bit, wide: Some(wide) };
                wide
            }
            Repr::Field { aggregate, index } => self.builder().extract_value(aggregate, index),
            Repr::Late(output) => self.asm_output(output),
            Repr::Unset | Repr::Same(_) => panic!("{value} of {} is used before its definition", self.source.name),
        }
    }

    /// The wide form of a bit, right behind it, so that it is there wherever the bit is.
    fn widen(&self, bit: Value<'c>, value: lir::Value) -> Value<'c> {
        let ty = self.ty_of(value);
        let wide = self.cx.ty(ty);
        let opcode = match ty.is_vector() {
            true => LLVMOpcode::LLVMSExt,
            false => LLVMOpcode::LLVMZExt,
        };
        let builder = self.builder();
        let next = if bit.is_instruction() { bit.next_instruction() } else { None };
        match next {
            Some(next) => builder.aside(next, |builder| builder.cast(opcode, bit, wide)),
            None => builder.cast(opcode, bit, wide),
        }
    }

    /// The bits of a boolean or mask, where they are at hand.
    pub(crate) fn known_bit(&self, value: lir::Value) -> Option<Value<'c>> {
        match self.values[self.resolve(value)] {
            Repr::Bit { bit, .. } => Some(bit),
            _ => None,
        }
    }

    /// A boolean as `i1`.
    pub(crate) fn condition(&mut self, value: lir::Value) -> Value<'c> {
        if let Some(bit) = self.known_bit(value) {
            return bit;
        }
        let zero = self.llvm_ty_of(value).zero();
        let wide = self.get(value);
        self.builder().icmp(LLVMIntPredicate::LLVMIntNE, wide, zero)
    }

    /// A mask vector as a vector of `i1`: the lanes' sign bits.
    pub(crate) fn mask(&mut self, value: lir::Value) -> Value<'c> {
        if let Some(bit) = self.known_bit(value) {
            return bit;
        }
        let zero = self.llvm_ty_of(value).zero();
        let wide = self.get(value);
        self.builder().icmp(LLVMIntPredicate::LLVMIntSLT, wide, zero)
    }

    // ---- variables

    pub(crate) fn get_var(&mut self, result: lir::Value, var: Var) {
        match self.homes[var] {
            Home::Memory(address) => {
                let (ty, align) = self.var_access(var);
                let value = self.builder().load(ty, address, align);
                self.set(result, value);
            }
            Home::Direct(value) => self.set_same(result, value),
            Home::Nowhere => {
                let undef = self.llvm_ty_of(result).undef();
                self.set(result, undef);
            }
        }
    }

    pub(crate) fn set_var(&mut self, var: Var, value: lir::Value) {
        if let Home::Memory(address) = self.homes[var] {
            let (_, align) = self.var_access(var);
            let value = self.get(value);
            self.builder().store(value, address, align);
        }
    }

    fn var_access(&self, var: Var) -> (Type<'c>, u64) {
        let ty = self.source.vars[var];
        let align = ty.size_bytes(self.cx.pointer_bytes).next_power_of_two().clamp(1, 64);
        (self.cx.ty(ty), align.into())
    }

    /// The address of a variable that lives in memory.
    pub(crate) fn var_address(&self, var: Var) -> Option<Value<'c>> {
        match self.homes[var] {
            Home::Memory(address) => Some(address),
            Home::Direct(_) | Home::Nowhere => None,
        }
    }
}
