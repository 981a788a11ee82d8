//! Putting bodies in the place of calls.

use crate::{Bodies, body};
use lir::operands::{
    for_each_operand_mut, for_each_table_entry_mut, for_each_terminator_operand_mut,
    for_each_terminator_table_entry_mut,
};
use lir::{
    Block, BlockData, Call, Callee, DebugPlace, DebugScope, DebugVariable, FileId, Function, Inst, LocId, Location,
    Node, ScopeId, ScopeKind, SigId, Signature, Slot, SlotData, SymbolRef, SymbolRefId, Terminator, Value, Var,
};
use rustc_hash::FxHashMap;
use std::sync::Arc;

/// Callers do not grow beyond this many instructions.
const MAX_CALLER_SIZE: usize = 20_000;

/// Replaces the calls in a function of which there are bodies.
pub(crate) fn inline_into(function: &mut Function, bodies: &Bodies) {
    let targets: FxHashMap<SymbolRefId, &Function> =
        function.symbols.iter_enumerated().filter_map(|(id, symbol)| Some((id, bodies.get(&symbol.name)?))).collect();
    if targets.is_empty() || function.attrs.naked {
        return;
    }
    let size = body::size(function);
    let mut caller = Caller {
        targets,
        replaced: FxHashMap::default(),
        slots: FxHashMap::default(),
        signatures: function.signatures.iter_enumerated().map(|(id, signature)| (signature.clone(), id)).collect(),
        symbols: function.symbols.iter_enumerated().map(|(id, symbol)| (symbol.clone(), id)).collect(),
        files: function.files.iter_enumerated().map(|(id, file)| (file.clone(), id)).collect(),
        size,
        function,
    };
    for block in caller.function.block_ids() {
        caller.block(block);
    }
    caller.finish();
}

/// A function while bodies are put into it.
struct Caller<'a> {
    function: &'a mut Function,
    /// What is to be inlined, by the number that the function knew it by at first.
    targets: FxHashMap<SymbolRefId, &'a Function>,
    /// Results of calls that are gone, and what has their value.
    replaced: FxHashMap<Value, Value>,
    /// Slots of bodies: each body takes them from the first on.
    slots: FxHashMap<SlotData, Vec<Slot>>,
    signatures: FxHashMap<Signature, SigId>,
    symbols: FxHashMap<SymbolRef, SymbolRefId>,
    files: FxHashMap<Arc<str>, FileId>,
    size: usize,
}

/// A block that is being written.
struct Open {
    block: Block,
    nodes: Vec<Node>,
}

/// The end of a block.
struct End {
    terminator: Terminator,
    first_result: Value,
    result_count: u8,
    loc: LocId,
}

/// A call that is to be replaced.
struct Site {
    call: Box<Call>,
    first_result: Value,
    result_count: u8,
    loc: LocId,
    /// Where its unwinding goes on, if here.
    unwind: Option<Block>,
    cold: bool,
}

impl<'a> Caller<'a> {
    fn block(&mut self, block: Block) {
        let data = &self.function.blocks[block];
        let has_target = data.nodes.iter().any(|node| matches!(&node.inst, Inst::Call(call) if self.is_target(call)))
            || matches!(&data.terminator, Terminator::Invoke { call, .. } if self.is_target(call));
        if !has_target {
            return;
        }
        let data = std::mem::take(&mut self.function.blocks[block]);
        let BlockData { landing, nodes, terminator, first_result, result_count, terminator_loc, cold } = data;
        self.function.blocks[block] = BlockData { landing, cold, ..BlockData::default() };
        let mut open = Open { block, nodes: Vec::with_capacity(nodes.len()) };
        for node in nodes {
            let Node { inst, first_result, result_count, loc } = node;
            match inst {
                Inst::Call(call) if let Some(body) = self.body_for(&call, false) => {
                    let site = Site { call, first_result, result_count, loc, unwind: None, cold };
                    open = self.splice(open, &site, body);
                }
                inst => open.nodes.push(Node { inst, first_result, result_count, loc }),
            }
        }
        let loc = terminator_loc;
        match terminator {
            Terminator::Invoke { call, normal, unwind } if let Some(body) = self.body_for(&call, true) => {
                let site = Site { call, first_result, result_count, loc, unwind: Some(unwind), cold };
                open = self.splice(open, &site, body);
                self.close(open, End::plain(Terminator::Jump(normal), loc));
            }
            terminator => self.close(open, End { terminator, first_result, result_count, loc }),
        }
    }

    fn is_target(&self, call: &Call) -> bool {
        matches!(call.callee, Callee::Symbol(symbol) if self.targets.contains_key(&symbol))
    }

    /// The body that takes the place of a call.
    fn body_for(&mut self, call: &Call, unwinds_here: bool) -> Option<&'a Function> {
        let Callee::Symbol(symbol) = call.callee else { return None };
        let body = *self.targets.get(&symbol)?;
        let size = self.size + body::size(body);
        if size > MAX_CALLER_SIZE || !body::fits(self.function, call, body, unwinds_here) {
            return None;
        }
        self.size = size;
        Some(body)
    }

    fn close(&mut self, open: Open, end: End) {
        let data = &mut self.function.blocks[open.block];
        data.nodes = open.nodes;
        data.terminator = end.terminator;
        data.first_result = end.first_result;
        data.result_count = end.result_count;
        data.terminator_loc = end.loc;
    }

    fn new_block(&mut self, cold: bool) -> Block {
        self.function.blocks.push(BlockData { cold, ..BlockData::default() })
    }

    /// Writes a body after what a block has. Gives the block that goes on after it.
    fn splice(&mut self, open: Open, site: &Site, body: &Function) -> Open {
        let numbers = self.tables(open.block, site, body);
        let results = (0..usize::from(site.result_count)).map(|index| site.first_result.plus(index));
        // Several returns meet in one block, their results in variables.
        let join = (body::returns(body) > 1).then(|| {
            let vars: Vec<Var> = body.signature.returns.iter().map(|it| self.function.vars.push(it.ty)).collect();
            (self.new_block(site.cold), vars)
        });
        let mut first = Some(open);
        let mut after = None;
        for (block, data) in body.blocks.iter_enumerated() {
            let mut open = first.take().unwrap_or_else(|| Open { block: numbers.block(block), nodes: Vec::new() });
            for node in &data.nodes {
                let node = numbers.node(node);
                match (node.inst, site.unwind) {
                    (Inst::Call(call), Some(unwind)) if !call.attrs.nounwind => {
                        let normal = self.new_block(data.cold || site.cold);
                        let Node { first_result, result_count, loc, .. } = node;
                        let terminator = Terminator::Invoke { call, normal, unwind };
                        self.close(open, End { terminator, first_result, result_count, loc });
                        open = Open { block: normal, nodes: Vec::new() };
                    }
                    (inst, _) => open.nodes.push(Node { inst, ..node }),
                }
            }
            let loc = numbers.loc(data.terminator_loc);
            match (&data.terminator, &join) {
                (Terminator::Return(values), None) => {
                    self.replaced.extend(results.clone().zip(values.iter().map(|&value| numbers.value(value))));
                    after = Some(open);
                }
                (Terminator::Return(values), Some((join, vars))) => {
                    let sets = vars.iter().zip(values).map(|(&var, &value)| {
                        let inst = Inst::SetVar { var, value: numbers.value(value) };
                        Node { inst, first_result: Value::ZERO, result_count: 0, loc }
                    });
                    open.nodes.extend(sets);
                    self.close(open, End::plain(Terminator::Jump(*join), loc));
                }
                (terminator, _) => {
                    let terminator = numbers.terminator(terminator);
                    let first_result = numbers.result(data.first_result, data.result_count);
                    self.close(open, End { terminator, first_result, result_count: data.result_count, loc });
                }
            }
        }
        let joined = join.map(|(block, vars)| {
            let get = |(&var, result)| Node {
                inst: Inst::GetVar { var },
                first_result: result,
                result_count: 1,
                loc: site.loc,
            };
            Open { block, nodes: vars.iter().zip(results).map(get).collect() }
        });
        joined.or(after).expect("a body that returns")
    }

    /// Adds what a body has in its tables to those of the caller.
    fn tables<'s>(&mut self, first: Block, site: &'s Site, body: &Function) -> Numbers<'s> {
        let function = &mut *self.function;
        let params = body.signature.params.len();
        let first_value = function.values.len();
        for &ty in body.values.iter().skip(params) {
            function.values.push(ty);
        }
        let first_var = function.vars.len();
        for &ty in &body.vars {
            function.vars.push(ty);
        }
        let mut taken: FxHashMap<SlotData, usize> = FxHashMap::default();
        let mut slots = Vec::with_capacity(body.slots.len());
        for &data in &body.slots {
            let of_kind = self.slots.entry(data).or_default();
            let next = taken.entry(data).or_default();
            if *next == of_kind.len() {
                of_kind.push(function.slots.push(data));
            }
            slots.push(of_kind[*next]);
            *next += 1;
        }
        let sigs = body.signatures.iter().map(|signature| match self.signatures.get(signature) {
            Some(&known) => known,
            None => {
                let id = function.signatures.push(signature.clone());
                self.signatures.insert(signature.clone(), id);
                id
            }
        });
        let sigs = sigs.collect();
        let symbols = body.symbols.iter().map(|symbol| match self.symbols.get(symbol) {
            Some(&known) => known,
            None => {
                let id = function.symbols.push(symbol.clone());
                self.symbols.insert(symbol.clone(), id);
                id
            }
        });
        let symbols: Vec<SymbolRefId> = symbols.collect();
        if let (None, Some(own)) = (function.personality, body.personality) {
            function.personality = Some(symbols[own.index()]);
        }
        let mut numbers = Numbers {
            args: &site.call.args,
            first_value,
            first_var,
            slots,
            sigs,
            symbols,
            blocks: vec![first],
            first_loc: None,
        };
        self.debug_tables(&mut numbers, site.loc, body);
        for data in body.blocks.iter().skip(1) {
            let block = self.new_block(data.cold || site.cold);
            numbers.blocks.push(block);
        }
        for (block, data) in body.blocks.iter_enumerated() {
            if let Some(mut landing) = data.landing {
                landing.exception = numbers.value(landing.exception);
                landing.selector = numbers.value(landing.selector);
                self.function.blocks[numbers.block(block)].landing = Some(landing);
            }
        }
        numbers
    }

    /// Describes a body as inlined at `call`; not where that is not known, or the body is not described.
    fn debug_tables(&mut self, numbers: &mut Numbers<'_>, call: LocId, body: &Function) {
        let function = &mut *self.function;
        if call.is_none() || function.scopes.is_empty() || body.scopes.is_empty() {
            return;
        }
        let mut files = Vec::with_capacity(body.files.len());
        for file in &body.files {
            let id = self.files.entry(file.clone()).or_insert_with(|| function.files.push(file.clone()));
            files.push(*id);
        }
        let (first_loc, first_scope) = (function.locations.len(), function.scopes.len());
        numbers.first_loc = Some(first_loc);
        let scope_of = |scope: ScopeId| ScopeId::from_usize(first_scope + scope.index());
        for location in &body.locations {
            let Location { file, line, column, scope } = *location;
            function.locations.push(Location { file: files[file.index()], line, column, scope: scope_of(scope) });
        }
        let around = function.locations[call].scope;
        for (id, scope) in body.scopes.iter_enumerated() {
            let kind = match &scope.kind {
                ScopeKind::Function => ScopeKind::Inlined {
                    name: body.scopes[id].name.clone(),
                    // As lowering has it: without variables, one description does for all instances.
                    linkage_name: if body.debug_variables.is_empty() { "".into() } else { body.name.clone() },
                    call,
                },
                ScopeKind::Inlined { name, linkage_name, call } => ScopeKind::Inlined {
                    name: name.clone(),
                    linkage_name: linkage_name.clone(),
                    call: numbers.loc(*call),
                },
                ScopeKind::Block => ScopeKind::Block,
            };
            let parent = Some(scope.parent.map_or(around, scope_of));
            let file = files[scope.file.index()];
            function.scopes.push(DebugScope { kind, parent, name: scope.name.clone(), file, line: scope.line });
        }
        for variable in &body.debug_variables {
            let place = match variable.place {
                DebugPlace::Slot { slot, offset } => DebugPlace::Slot { slot: numbers.slot(slot), offset },
                DebugPlace::Pointer { slot, offset } => DebugPlace::Pointer { slot: numbers.slot(slot), offset },
                DebugPlace::Var(var) => DebugPlace::Var(numbers.var(var)),
            };
            let (scope, loc) = (scope_of(variable.scope), numbers.loc(variable.loc));
            function.debug_variables.push(DebugVariable { place, scope, loc, ..variable.clone() });
        }
    }

    /// Puts in what has taken the place of results.
    fn finish(self) {
        let Caller { function, replaced, .. } = self;
        let replace = &mut |value: &mut Value| {
            while let Some(&by) = replaced.get(value) {
                *value = by;
            }
        };
        if replaced.is_empty() {
            return;
        }
        for block in &mut function.blocks {
            for node in &mut block.nodes {
                for_each_operand_mut(&mut node.inst, replace);
            }
            for_each_terminator_operand_mut(&mut block.terminator, replace);
        }
    }
}

impl End {
    /// A terminator without results.
    fn plain(terminator: Terminator, loc: LocId) -> End {
        End { terminator, first_result: Value::ZERO, result_count: 0, loc }
    }
}

/// What a body's numbers are in the caller.
struct Numbers<'s> {
    args: &'s [Value],
    first_value: usize,
    first_var: usize,
    slots: Vec<Slot>,
    sigs: Vec<SigId>,
    symbols: Vec<SymbolRefId>,
    blocks: Vec<Block>,
    /// None where the body's locations are not kept.
    first_loc: Option<usize>,
}

impl Numbers<'_> {
    fn value(&self, value: Value) -> Value {
        match self.args.get(value.index()) {
            Some(&arg) => arg,
            None => Value::from_usize(self.first_value + value.index() - self.args.len()),
        }
    }

    fn result(&self, first: Value, count: u8) -> Value {
        if count == 0 { Value::ZERO } else { self.value(first) }
    }

    fn var(&self, var: Var) -> Var {
        Var::from_usize(self.first_var + var.index())
    }

    fn slot(&self, slot: Slot) -> Slot {
        self.slots[slot.index()]
    }

    fn block(&self, block: Block) -> Block {
        self.blocks[block.index()]
    }

    fn loc(&self, loc: LocId) -> LocId {
        match self.first_loc {
            Some(first) if !loc.is_none() => LocId::from_usize(first + loc.index()),
            _ => LocId::NONE,
        }
    }

    fn node(&self, node: &Node) -> Node {
        let mut inst = node.inst.clone();
        for_each_operand_mut(&mut inst, &mut |value| *value = self.value(*value));
        for_each_table_entry_mut(&mut inst, &mut |sig| *sig = self.sigs[sig.index()], &mut |symbol| {
            *symbol = self.symbols[symbol.index()]
        });
        match &mut inst {
            Inst::GetVar { var } | Inst::SetVar { var, .. } => *var = self.var(*var),
            Inst::SlotAddr { slot, .. } | Inst::SlotLive { slot } | Inst::SlotDead { slot } => *slot = self.slot(*slot),
            _ => {}
        }
        let first_result = self.result(node.first_result, node.result_count);
        Node { inst, first_result, result_count: node.result_count, loc: self.loc(node.loc) }
    }

    fn terminator(&self, terminator: &Terminator) -> Terminator {
        let mut terminator = terminator.clone();
        for_each_terminator_operand_mut(&mut terminator, &mut |value| *value = self.value(*value));
        for_each_terminator_table_entry_mut(&mut terminator, &mut |sig| *sig = self.sigs[sig.index()], &mut |symbol| {
            *symbol = self.symbols[symbol.index()]
        });
        terminator.for_each_successor_mut(&mut |block| *block = self.block(*block));
        terminator
    }
}
