//! The state of one function while it is lowered.

use crate::coverage::CoverageCx;
use crate::debug::DebugCx;
use crate::operand::{OperandRef, OperandValue};
use crate::place::PlaceRef;
use crate::{LowerCx, LowerError, Lowered, Use, Variables, registers};
use layout::TyAndLayout;
use layout::abi::{FnAbi, PassMode};
use lir::{FunctionBuilder, Inst, MemFlags, SymbolKind, SymbolRef, SymbolRefId, Terminator, Value, Var};
use mir::{BasicBlock, Body, Local, Mention, MentionedItem, SourceInfo};
use rustc_hash::{FxHashMap, FxHashSet};
use ty::{AllocId, DefId, FieldIdx, GlobalAlloc, IndexVec, Instance, InstanceKind, Span, Ty, TypeFoldable};

/// Where a local lives.
#[derive(Clone, Copy, Debug)]
pub enum LocalRef<'tcx> {
    Zst(TyAndLayout<'tcx>),
    /// In variables: one, or two for a pair.
    Var(Var, Option<Var>, TyAndLayout<'tcx>),
    Memory(PlaceRef<'tcx>),
    /// An unsized parameter: the place holds a fat pointer to it.
    Pointer(PlaceRef<'tcx>),
}

/// The state of one function while it is lowered.
pub struct FunctionCx<'a, 'tcx> {
    pub cx: &'a LowerCx<'tcx>,
    pub b: FunctionBuilder,
    pub body: &'tcx Body<'tcx>,
    pub instance: Instance<'tcx>,
    pub fn_abi: &'tcx FnAbi<'tcx>,
    pub locals: IndexVec<Local, LocalRef<'tcx>>,
    pub(crate) blocks: IndexVec<BasicBlock, Option<lir::Block>>,
    pub(crate) cold_blocks: IndexVec<BasicBlock, bool>,
    /// Landing blocks of cleanup blocks.
    pub(crate) landings: FxHashMap<BasicBlock, lir::Block>,
    /// Where landing blocks leave the exception for `UnwindResume`.
    pub(crate) exception: Option<(Var, Var)>,
    /// Landing blocks that end the program: for ABI violations, and for panics while cleaning up.
    pub(crate) terminate_landings: [Option<lir::Block>; 2],
    pub(crate) caller_location: Option<OperandRef<'tcx>>,
    pub(crate) debug: DebugCx<'tcx>,
    pub(crate) source_info: SourceInfo,
    /// The pointer to where the result goes, if the caller gives one.
    pub(crate) return_pointer: Option<Value>,

    /// Signatures that the function cannot have or call.
    pub(crate) faults: Vec<LowerError>,
    /// The list of a C variadic function.
    pub(crate) va_list: Option<Value>,
    /// Slots by the value of their address, for lifetimes.
    pub(crate) slots: FxHashMap<Value, lir::Slot>,
    pub(crate) coverage: CoverageCx<'tcx>,
    uses: Vec<Use<'tcx>>,
    types: FxHashMap<Ty<'tcx>, Ty<'tcx>>,
}

/// Lowers a function that has MIR (or a shim).
pub fn lower_instance<'tcx>(
    cx: &LowerCx<'tcx>,
    instance: Instance<'tcx>,
) -> Result<Lowered<'tcx, lir::Function>, LowerError> {
    let body = cx.traits.instance_mir(instance);
    let fn_abi = cx.fn_abi_of_instance(instance)?;
    let signature = fn_abi.to_lir_signature(cx.layout);
    let name = cx.symbol_arc(cx.symbol_name(instance));
    let (linkage, attrs) = cx.function_attrs(instance, fn_abi);
    let mut b = FunctionBuilder::new(name, signature, linkage, cx.pointer_bytes());
    b.function_mut().attrs = attrs;
    let entry = b.create_block();
    b.switch_to(entry);
    let blocks = IndexVec::from_fn_n(|_| None, body.basic_blocks.len());
    let cold_blocks = IndexVec::from_fn_n(|_| false, body.basic_blocks.len());
    let mut fx = FunctionCx {
        cx,
        b,
        body,
        instance,
        fn_abi,
        locals: IndexVec::new(),
        blocks,
        cold_blocks,
        landings: FxHashMap::default(),
        exception: None,
        terminate_landings: [None, None],
        caller_location: None,
        debug: DebugCx::default(),
        source_info: SourceInfo { span: body.span, scope: mir::SourceScope::OUTERMOST },
        return_pointer: None,
        va_list: None,
        faults: Vec::new(),
        slots: FxHashMap::default(),
        coverage: CoverageCx::default(),
        uses: Vec::new(),
        // Most locals have a type of their own or share it with few.
        types: FxHashMap::with_capacity_and_hasher(body.local_decls.len(), Default::default()),
    };
    fx.start_debug();
    let constants = fx.check_required_consts()?;
    fx.check_definition_abi();
    fx.mark_cold_blocks()?;
    if fx.b.function().attrs.naked {
        fx.naked_body()?;
    } else {
        fx.prologue()?;
        fx.lower_blocks()?;
    }
    let mentions = fx.unused_mentions();
    let item = fx.b.finish_function();
    let covered = fx.coverage.covered.into_iter().collect();
    Ok(Lowered { item, uses: fx.uses, faults: fx.faults, mentions, constants, covered })
}

impl<'tcx> FunctionCx<'_, 'tcx> {
    /// A value of the body, which speaks of the function's parameters, with this instance's arguments.
    pub fn monomorphize_value<T: TypeFoldable<'tcx>>(&self, value: T) -> T {
        self.cx.traits.instantiate_and_normalize(value, self.instance.args)
    }

    /// As [`FunctionCx::monomorphize_value`] for types, remembered.
    pub fn monomorphize(&mut self, ty: Ty<'tcx>) -> Ty<'tcx> {
        if let Some(&known) = self.types.get(&ty) {
            return known;
        }
        let mono = self.monomorphize_value(ty);
        self.types.insert(ty, mono);
        mono
    }

    /// All constants that must evaluate, do. Gives the memory that they refer to.
    fn check_required_consts(&mut self) -> Result<Vec<AllocId>, LowerError> {
        let mut memory = Vec::new();
        for constant in &self.body.required_consts {
            memory.extend(self.eval_constant(constant)?.memory());
        }
        Ok(memory)
    }

    /// What the body mentions beyond the code that was lowered: in blocks that this instance never runs, and what was optimised
    /// away. With this instance's arguments.
    fn unused_mentions(&self) -> Vec<Mention<'tcx>> {
        let mentions = &self.body.mentions;
        if mentions.is_empty() {
            return Vec::new();
        }
        // Most are used: those are found without substituting anything.
        let mut used: FxHashSet<MentionedItem<'tcx>> = FxHashSet::default();
        for (block, _) in self.blocks.iter_enumerated().filter(|(_, target)| target.is_some()) {
            self.body.mentions_of_block(self.cx.tcx, block, |_, mention| {
                used.insert(mention.item);
            });
        }
        let unused = mentions.iter().filter(|mention| used.insert(mention.item));
        unused.map(|&mention| self.monomorphize_value(mention)).collect()
    }

    /// Gives every local its place and takes the parameters in.
    fn prologue(&mut self) -> Result<(), LowerError> {
        let memory = registers::needs_memory(self.body);
        let mut params = self.b.function().params();
        if let PassMode::Indirect { .. } = self.fn_abi.ret.mode {
            self.return_pointer = params.next();
        }
        let params: Vec<Value> = params.collect();
        let mut layouts: IndexVec<Local, _> = IndexVec::with_capacity(self.body.local_decls.len());
        for decl in &self.body.local_decls {
            let ty = self.monomorphize(decl.ty);
            layouts.push(self.layout_of(ty)?);
        }
        let debug_memory = self.locals_for_debugger();
        let variables = self.variables();
        let mut locals: IndexVec<Local, LocalRef<'tcx>> = IndexVec::new();
        for (local, &layout) in layouts.iter_enumerated() {
            let place = if !layout.is_sized() {
                // An unsized parameter: filled in below. (Unsized locals do not exist otherwise.)
                let pointer = self.layout_of(self.cx.tcx.mk_ptr(layout.ty, ty::Mutability::Mut))?;
                LocalRef::Pointer(self.new_temp(pointer))
            } else if layout.is_zst() {
                LocalRef::Zst(layout)
            } else if let (Local::RETURN, Some(ptr)) = (local, self.return_pointer) {
                LocalRef::Memory(PlaceRef { ptr, meta: None, layout, align: layout.align.abi.bytes() })
            } else if let Some((first, second)) = self.register_types(layout)
                && !memory[local]
                && !(debug_memory.contains(&local) && variables == Variables::InMemory)
            {
                let first = self.b.create_var(first);
                let second = second.map(|ty| self.b.create_var(ty));
                if debug_memory.contains(&local) && variables == Variables::Copied {
                    self.copy_for_debugger(local, first, second, layout);
                }
                LocalRef::Var(first, second, layout)
            } else if (1..=self.body.arg_count).contains(&local.index()) && self.is_passed_indirectly(local) {
                // Set to the caller's copy below.
                LocalRef::Zst(layout)
            } else {
                LocalRef::Memory(self.new_temp(layout))
            };
            locals.push(place);
        }
        self.locals = locals;
        self.take_params(&params, &layouts)?;
        self.declare_variables()?;
        Ok(())
    }

    /// Whether a parameter's memory is the caller's.
    fn is_passed_indirectly(&self, local: Local) -> bool {
        if self.body.spread_arg == Some(local) {
            return false;
        }
        let index = local.index() - 1;
        matches!(self.fn_abi.args.get(index).map(|arg| &arg.mode), Some(PassMode::Indirect { meta_attrs: None, .. }))
    }

    fn take_params(
        &mut self,
        params: &[Value],
        layouts: &IndexVec<Local, TyAndLayout<'tcx>>,
    ) -> Result<(), LowerError> {
        let mut next = 0;
        let mut abi_index = 0;
        for local in self.body.args_iter() {
            let layout = layouts[local];
            if self.body.spread_arg == Some(local) {
                // A tuple whose fields come as separate arguments.
                for index in 0..layout.fields.count() {
                    let arg = &self.fn_abi.args[abi_index];
                    abi_index += 1;
                    let values = take(params, &mut next, arg.params(self.cx.layout).len());
                    if let LocalRef::Zst(_) = self.locals[local] {
                        continue;
                    }
                    let field = FieldIdx::from_usize(index);
                    let op = self.param_operand(arg, values)?;
                    match self.locals[local] {
                        LocalRef::Memory(place) => {
                            let place = self.project_field(place, field);
                            self.store_operand(op, place);
                        }
                        // A tuple in registers: one field has them all, or two have one each.
                        LocalRef::Var(first, second, tuple) => {
                            let offset = tuple.fields.offset(index).bytes();
                            match op.val {
                                OperandValue::ZeroSized => {}
                                OperandValue::Immediate(value) => {
                                    let var = if offset == 0 { first } else { second.expect("a pair") };
                                    self.set_var(var, value);
                                }
                                OperandValue::Pair(a, b) => {
                                    self.set_var(first, a);
                                    self.set_var(second.expect("a pair"), b);
                                }
                                OperandValue::Ref(..) => {
                                    let op = self.param_in_registers(op, tuple)?;
                                    self.set_local(local, op);
                                }
                            }
                        }
                        LocalRef::Zst(_) | LocalRef::Pointer(_) => {}
                    }
                }
                continue;
            }
            let Some(arg) = self.fn_abi.args.get(abi_index) else {
                // The list of a variadic function's further arguments.
                self.start_va_list(local)?;
                continue;
            };
            abi_index += 1;
            let values = take(params, &mut next, arg.params(self.cx.layout).len());
            match (&arg.mode, self.locals[local]) {
                (PassMode::Ignore, _) => {}
                (PassMode::Indirect { meta_attrs: Some(_), .. }, LocalRef::Pointer(slot)) => {
                    let op = OperandRef { val: OperandValue::Pair(values[0], values[1]), layout: slot.layout };
                    self.store_operand(op, slot);
                }
                (PassMode::Indirect { .. }, LocalRef::Zst(layout)) if !layout.is_zst() => {
                    let align = layout.align.abi.bytes();
                    self.locals[local] = LocalRef::Memory(PlaceRef { ptr: values[0], meta: None, layout, align });
                }
                _ => {
                    let op = self.param_operand(arg, values)?;
                    self.set_local(local, op);
                }
            }
        }
        if self.fn_abi.caller_location {
            let arg = &self.fn_abi.args[abi_index];
            let values = take(params, &mut next, arg.params(self.cx.layout).len());
            self.caller_location = Some(OperandRef::immediate_of(values[0], arg.layout));
        }
        Ok(())
    }

    fn param_in_registers(
        &mut self,
        op: OperandRef<'tcx>,
        layout: TyAndLayout<'tcx>,
    ) -> Result<OperandRef<'tcx>, LowerError> {
        self.transmute_operand(op, layout)
    }

    /// The value of a local in variables.
    pub fn local_operand(&mut self, local: Local) -> OperandRef<'tcx> {
        match self.locals[local] {
            LocalRef::Zst(layout) => OperandRef::zero_sized(layout),
            LocalRef::Var(first, second, layout) => {
                let first = self.b.value(Inst::GetVar { var: first });
                let val = match second {
                    Some(second) => OperandValue::Pair(first, self.b.value(Inst::GetVar { var: second })),
                    None => OperandValue::Immediate(first),
                };
                OperandRef { val, layout }
            }
            LocalRef::Memory(place) => self.load_operand(place),
            LocalRef::Pointer(_) => ty::bug!("an unsized local as an operand"),
        }
    }

    /// Gives a whole local its value.
    pub fn set_local(&mut self, local: Local, op: OperandRef<'tcx>) {
        match self.locals[local] {
            LocalRef::Zst(_) => {}
            LocalRef::Memory(place) => self.store_operand(op, place),
            LocalRef::Pointer(_) => ty::bug!("an unsized local is assigned"),
            LocalRef::Var(first, second, layout) => {
                let op = match op.val {
                    OperandValue::Ref(ptr, None, align) => {
                        self.load_operand(PlaceRef { ptr, meta: None, layout, align })
                    }
                    _ => op,
                };
                match (op.val, second) {
                    (OperandValue::Immediate(value), None) => self.set_var(first, value),
                    (OperandValue::Pair(a, b), Some(second)) => {
                        self.set_var(first, a);
                        self.set_var(second, b);
                    }
                    (other, _) => ty::bug!("{other:?} is assigned to {local:?} of type {:?}", layout.ty),
                }
            }
        }
    }

    pub(crate) fn set_var(&mut self, var: Var, value: Value) {
        let ty = self.b.function().vars[var];
        let value = self.reinterpret_value(value, ty);
        self.b.effect(Inst::SetVar { var, value });
        self.update_copy(var, value);
    }

    // ---- references to other things

    pub(crate) fn note(&mut self, used: Use<'tcx>) {
        self.uses.push(used);
    }

    /// A function's symbol.
    pub fn function_symbol(&mut self, instance: Instance<'tcx>) -> SymbolRefId {
        let name = self.cx.symbol_arc(self.cx.symbol_name(instance));
        let weak = self.cx.is_weak_import(instance.def_id());
        let local = self.cx.is_codegened_here(instance) && is_of_this_image(&name);
        if let InstanceKind::Virtual(..) | InstanceKind::Intrinsic(_) = instance.kind {
            ty::bug!("{instance:?} has no symbol");
        }
        self.note(Use::Function(instance));
        self.b.symbol(SymbolRef { name, kind: SymbolKind::Function, weak, local })
    }

    pub fn function_address(&mut self, instance: Instance<'tcx>) -> Value {
        let symbol = self.function_symbol(instance);
        self.b.value(Inst::SymbolAddr { symbol, offset: 0 })
    }

    /// The address of constant memory, a function, static or vtable.
    pub fn alloc_address(&mut self, id: AllocId, offset: u64) -> Result<Value, LowerError> {
        let offset = offset as i64;
        let symbol = match self.cx.tcx.global_alloc(id) {
            GlobalAlloc::Function(instance) => self.function_symbol(instance),
            GlobalAlloc::Static(def_id) => {
                let address = self.static_address(def_id)?;
                return Ok(if offset == 0 { address } else { self.ptr_offset(address, offset as u64) });
            }
            GlobalAlloc::Memory(memory) if memory.0.size() == 0 => {
                // Nothing is there: any aligned address will do, and an offset from it.
                let value = u128::from(memory.0.align.wrapping_add(offset as u64));
                return Ok(self.const_int(lir::Type::PTR, value));
            }
            GlobalAlloc::Memory(_) | GlobalAlloc::VTable(..) => {
                let name = self.cx.symbol_arc(self.cx.alloc_name(id));
                self.note(Use::Alloc(id));
                self.b.symbol(SymbolRef { name, kind: SymbolKind::Data, weak: false, local: true })
            }
            GlobalAlloc::TypeId(_) => {
                // The pointer fields of a `TypeId` hold their offset, a part of the hash, and no address.
                return Ok(self.const_int(lir::Type::PTR, u128::from(offset as u64)));
            }
        };
        Ok(self.b.value(Inst::SymbolAddr { symbol, offset }))
    }

    /// The address of a static; of a thread-local one, this thread's.
    pub fn static_address(&mut self, def_id: DefId) -> Result<Value, LowerError> {
        let attrs = self.cx.tcx.definitions().codegen_attrs(def_id);
        if attrs.flags.contains(ty::CodegenFlags::THREAD_LOCAL) {
            return self.thread_local_address(def_id);
        }
        let name = self.cx.symbol_arc(self.cx.symbol_name(Instance::new(def_id, ty::List::empty())));
        let weak = self.cx.is_weak_import(def_id);
        let local = self.cx.is_static_here(def_id) && is_of_this_image(&name);
        self.note(Use::Static(def_id));
        if weak || attrs.import_linkage.is_some() {
            // `#[linkage = "extern_weak"] static X: *const T`: the static's value is the address of the symbol.
            return self.extern_weak_static(name);
        }
        let symbol = self.b.symbol(SymbolRef { name, kind: SymbolKind::Data, weak, local });
        Ok(self.b.value(Inst::SymbolAddr { symbol, offset: 0 }))
    }

    fn extern_weak_static(&mut self, name: std::sync::Arc<str>) -> Result<Value, LowerError> {
        let symbol = self.b.symbol(SymbolRef { name, kind: SymbolKind::Data, weak: true, local: false });
        let value = self.b.value(Inst::SymbolAddr { symbol, offset: 0 });
        let bytes = u64::from(self.pointer_bytes());
        let slot = self.b.create_slot(bytes, bytes);
        let ptr = self.b.value(Inst::SlotAddr { slot, offset: 0 });
        self.b.effect(Inst::Store { value, ptr, flags: MemFlags::aligned(bytes) });
        Ok(ptr)
    }

    /// The address of this thread's copy of a thread-local static.
    pub fn thread_local_address(&mut self, def_id: DefId) -> Result<Value, LowerError> {
        let name = self.cx.symbol_arc(self.cx.symbol_name(Instance::new(def_id, ty::List::empty())));
        let local = self.cx.is_static_here(def_id) && is_of_this_image(&name);
        self.note(Use::Static(def_id));
        let symbol = self.b.symbol(SymbolRef { name, kind: SymbolKind::ThreadLocal, weak: false, local });
        Ok(self.b.value(Inst::TlsAddr { symbol }))
    }

    /// The address of the vtable of a type for the predicates of a trait object type.
    pub fn vtable_address(
        &mut self,
        ty: Ty<'tcx>,
        predicates: ty::ExistentialPredicates<'tcx>,
    ) -> Result<Value, LowerError> {
        let key = self.cx.traits.vtable_key(predicates);
        let id = self.cx.tcx.alloc_id_for(GlobalAlloc::VTable(ty, key));
        self.alloc_address(id, 0)
    }

    // ---- control

    /// The LIR block of a MIR block.
    pub fn block(&mut self, block: BasicBlock) -> lir::Block {
        if let Some(known) = self.blocks[block] {
            return known;
        }
        let new = self.b.create_block();
        if self.cold_blocks[block] {
            self.b.set_cold(new);
        }
        self.blocks[block] = Some(new);
        new
    }

    pub fn branch(&mut self, cond: Value, then: lir::Block, otherwise: lir::Block) {
        self.b.terminate(Terminator::Branch { cond, then, otherwise, hint: lir::BranchHint::None });
    }

    fn lower_blocks(&mut self) -> Result<(), LowerError> {
        let start = self.block(BasicBlock::START);
        self.b.terminate(Terminator::Jump(start));
        let mut done = 0;
        // Blocks are lowered when something that is lowered refers to them: constant switches leave the rest out.
        let mut order = vec![BasicBlock::START];
        let mut lowered: IndexVec<BasicBlock, bool> = IndexVec::from_fn_n(|_| false, self.body.basic_blocks.len());
        while done < order.len() {
            let block = order[done];
            done += 1;
            if std::mem::replace(&mut lowered[block], true) {
                continue;
            }
            let target = self.block(block);
            self.b.switch_to(target);
            let data = &self.body.basic_blocks[block];
            for statement in &data.statements {
                self.set_source(statement.source_info);
                self.statement(statement)?;
            }
            self.set_source(data.terminator.source_info);
            self.terminator(block, &data.terminator)?;
            for successor in data.terminator.kind.successors() {
                if self.blocks[successor].is_some() && !lowered[successor] {
                    order.push(successor);
                }
            }
        }
        // A block may have been asked for only by one that was lowered before its predecessor list was walked.
        for (block, target) in self.blocks.clone().into_iter_enumerated() {
            assert!(target.is_none() || lowered[block], "{block:?} was referred to and not lowered");
        }
        Ok(())
    }

    /// What follows comes from here in the source.
    pub(crate) fn set_source(&mut self, source_info: SourceInfo) {
        self.source_info = source_info;
        self.set_debug_location(source_info);
    }

    pub(crate) fn span(&self) -> Span {
        self.source_info.span
    }
}

fn take<'v>(values: &'v [Value], next: &mut usize, count: usize) -> &'v [Value] {
    let taken = &values[*next..*next + count];
    *next += count;
    taken
}

/// Whether a symbol that is defined here is seen by this image only. What has a name of its own may be a C library's for
/// others, and the definition of another image may then take its place.
pub(crate) fn is_of_this_image(name: &str) -> bool {
    name.starts_with("_R")
}
