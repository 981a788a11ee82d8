//! Calls: arguments and results as the convention wants them, unwind edges, the run-time library.

use super::{External, Parts, Shape, Stop, Translator};
use crate::abi::{AbiSignature, Passing, Returning};
use crate::isa::Arch;
use crate::thunk::{TargetPlace, VariadicThunk};
use cranelift_codegen::ir::{
    self, AbiParam, BlockArg, ExceptionTableData, ExceptionTableItem, ExceptionTag, ExtFuncData,
};
use cranelift_codegen::ir::{InstBuilder, MemFlagsData, types};
use cranelift_codegen::isa::CallConv;
use lir::{Block, BlockData, Call, Callee, Extension, LandingKind, SigId, SymbolRefId, Type};
use smallvec::SmallVec;
use std::rc::Rc;

/// The tag of handlers that run clean-up code.
const CLEANUP_TAG: u32 = 0;
/// The tag of handlers that stop the unwinding.
pub(crate) const CATCH_TAG: u32 = 1;

/// A call ready to be emitted.
struct Prepared {
    callee: Target,
    signature: ir::SigRef,
    args: SmallVec<[ir::Value; 8]>,
    returns: Returning,
    /// Where the results go that are returned in memory.
    memory: Option<ir::Value>,
}

enum Target {
    Direct(ir::FuncRef),
    Indirect(ir::Value),
}

impl Translator<'_> {
    /// An ordinary call; gives its results.
    pub(super) fn call(&mut self, call: &Call) -> Result<Vec<Parts>, Stop> {
        let prepared = self.prepare(call)?;
        let inst = match prepared.callee {
            Target::Direct(callee) => self.builder.ins().call(callee, &prepared.args),
            Target::Indirect(callee) => self.builder.ins().call_indirect(prepared.signature, callee, &prepared.args),
        };
        let results = self.builder.inst_results(inst).to_vec();
        Ok(self.unpack_results(call.sig, &prepared.returns, prepared.memory, results))
    }

    fn unpack_results(
        &mut self,
        sig: SigId,
        returns: &Returning,
        memory: Option<ir::Value>,
        results: Vec<ir::Value>,
    ) -> Vec<Parts> {
        let types = self.function.signature(sig).returns.iter().map(|param| param.ty);
        match (returns, memory) {
            (Returning::Memory { offsets, .. }, Some(memory)) => types
                .zip(offsets)
                .map(|(ty, &offset)| {
                    let address = self.offset(memory, u64::from(offset));
                    self.load_parts(ty, address, MemFlagsData::new().with_notrap())
                })
                .collect(),
            (Returning::Registers(passings), _) => {
                let mut results = results.into_iter();
                types.zip(passings).map(|(ty, passing)| self.unpack(ty, passing, &mut results)).collect()
            }
            (Returning::Memory { .. }, None) => unreachable!("memory was made for the results"),
        }
    }

    /// Ends the function with its results.
    pub(super) fn return_values(&mut self, values: &[lir::Value]) {
        let mut out = SmallVec::<[ir::Value; 4]>::new();
        match self.abi.returns.clone() {
            Returning::Registers(passings) => {
                for (&value, passing) in values.iter().zip(&passings) {
                    self.pack(value, passing, &mut out);
                }
            }
            Returning::Memory { offsets, .. } => {
                let memory = self.result_memory.expect("a pointer to where the results go");
                for (&value, offset) in values.iter().zip(offsets) {
                    let address = self.offset(memory, u64::from(offset));
                    let parts = self.parts(value);
                    self.store_parts(&parts, address, MemFlagsData::new().with_notrap());
                }
            }
        }
        self.builder.ins().return_(&out);
    }

    /// Memory for the results of a call, where they do not come in registers; its address is the first argument.
    fn memory_for(&mut self, returns: &Returning, args: &mut SmallVec<[ir::Value; 8]>) -> Option<ir::Value> {
        let &Returning::Memory { size, align, .. } = returns else { return None };
        let address = self.aligned_scratch(size, align);
        args.push(address);
        Some(address)
    }

    /// A call that ends a block.
    pub(super) fn invoke(&mut self, data: &BlockData, call: &Call, normal: Block, unwind: Block) -> Result<(), Stop> {
        let function = self.function;
        let prepared = self.prepare(call)?;
        if self.builder.func.dfg.signatures[prepared.signature].call_conv != CallConv::SystemV {
            return Err(Stop::rejected("a call in the Windows calling convention that may unwind"));
        }
        let landing = function.block(unwind).landing.ok_or_else(|| Stop::internal("an unwind edge to no landing"))?;
        let tag = ExceptionTag::from_u32(match landing.kind {
            LandingKind::Cleanup => CLEANUP_TAG,
            LandingKind::CatchAll => CATCH_TAG,
        });
        let unwind_block = self.blocks[unwind];
        self.landing_params(unwind_block);
        let exceptional = [BlockArg::TryCallExn(0), BlockArg::TryCallExn(1)];
        let exceptional = self.builder.func.dfg.block_call(unwind_block, &exceptional);

        // The results arrive as parameters of the next block, or where work must be done on them, of one before it.
        let normal = self.blocks[normal];
        let as_they_are = match &prepared.returns {
            Returning::Registers(passings) => passings.iter().all(|passing| *passing == Passing::Direct),
            Returning::Memory { .. } => false,
        };
        let arrival = if as_they_are { normal } else { self.builder.create_block() };
        let types: SmallVec<[ir::Type; 4]> =
            self.builder.func.dfg.signatures[prepared.signature].returns.iter().map(|param| param.value_type).collect();
        let results: Vec<ir::Value> = types.iter().map(|&ty| self.builder.append_block_param(arrival, ty)).collect();
        let args: SmallVec<[BlockArg; 4]> = (0..).take(types.len()).map(BlockArg::TryCallRet).collect();
        let arriving = self.builder.func.dfg.block_call(arrival, &args);

        let items = [ExceptionTableItem::Tag(tag, exceptional)];
        let table = ExceptionTableData::new(prepared.signature, arriving, items);
        let table = self.builder.func.dfg.exception_tables.push(table);
        match prepared.callee {
            Target::Direct(callee) => self.builder.ins().try_call(callee, &prepared.args, table),
            Target::Indirect(callee) => self.builder.ins().try_call_indirect(callee, &prepared.args, table),
        };
        if !as_they_are {
            self.builder.seal_block(arrival);
            self.builder.switch_to_block(arrival);
        }
        let results = self.unpack_results(call.sig, &prepared.returns, prepared.memory, results);
        for (value, parts) in data.terminator_results().zip(results) {
            self.define(value, parts);
        }
        if !as_they_are {
            self.builder.ins().jump(normal, &[]);
        }
        Ok(())
    }

    fn prepare(&mut self, call: &Call) -> Result<Prepared, Stop> {
        let signature = self.function.signature(call.sig);
        if call.args.len() < signature.params.len() || (call.args.len() > signature.params.len() && !signature.variadic)
        {
            return Err(Stop::internal("a call with the wrong number of arguments"));
        }
        if signature.variadic {
            return self.prepare_variadic(call);
        }
        let (sig_ref, abi) = self.signature(call.sig)?;
        let callee = match call.callee {
            Callee::Symbol(symbol) => Target::Direct(self.callee(symbol, call.sig, sig_ref)),
            Callee::Indirect(pointer) => Target::Indirect(self.single(pointer)),
        };
        let mut args = SmallVec::new();
        let memory = self.memory_for(&abi.returns, &mut args);
        for (&value, passing) in call.args.iter().zip(&abi.params) {
            self.pack(value, passing, &mut args);
        }
        Ok(Prepared { callee, signature: sig_ref, args, returns: abi.returns.clone(), memory })
    }

    /// On x86-64, the function's address goes where a last integer argument would, for a thunk to jump to.
    fn prepare_variadic(&mut self, call: &Call) -> Result<Prepared, Stop> {
        let signature = self.function.signature(call.sig);
        let told = signature.all_params().count();
        let more: Vec<Type> = call.args.iter().skip(told).map(|&value| self.ty(value)).collect();
        let mut abi = AbiSignature::new(signature, &more, self.features)?;
        let mut args = SmallVec::new();
        let memory = self.memory_for(&abi.returns, &mut args);
        for (&value, passing) in call.args.iter().zip(&abi.params) {
            self.pack(value, passing, &mut args);
        }
        if self.features.arch == Arch::Aarch64 {
            // These calls are like others.
            let signature = self.builder.import_signature(abi.clif);
            let callee = match call.callee {
                Callee::Symbol(symbol) => {
                    let name = self.external(External::Symbol(symbol));
                    let data = ExtFuncData { name, signature, colocated: true, patchable: false };
                    Target::Direct(self.builder.import_function(data))
                }
                Callee::Indirect(pointer) => Target::Indirect(self.single(pointer)),
            };
            return Ok(Prepared { callee, signature, args, returns: abi.returns, memory });
        }
        let address = match call.callee {
            Callee::Symbol(symbol) => {
                let global = self.symbol(symbol);
                self.builder.ins().symbol_value(types::I64, global)
            }
            Callee::Indirect(pointer) => self.single(pointer),
        };
        args.push(address);
        abi.clif.params.push(AbiParam::new(types::I64));
        let target = match u8::try_from(abi.integers_used) {
            Ok(register @ 0..6) => TargetPlace::Register(register),
            _ => TargetPlace::Stack(abi.stack_bytes.next_multiple_of(8)),
        };
        let thunk = VariadicThunk { vector_registers: abi.vectors_used.min(8) as u8, target };
        let name = self.external(External::Thunk(thunk));
        let signature = self.builder.import_signature(abi.clif);
        let callee = self.builder.import_function(ExtFuncData { name, signature, colocated: true, patchable: false });
        Ok(Prepared { callee: Target::Direct(callee), signature, args, returns: abi.returns, memory })
    }

    fn signature(&mut self, sig: SigId) -> Result<(ir::SigRef, Rc<AbiSignature>), Stop> {
        if let Some(known) = &self.signatures[sig] {
            return Ok(known.clone());
        }
        let abi = Rc::new(AbiSignature::new(self.function.signature(sig), &[], self.features)?);
        let sig_ref = self.builder.import_signature(abi.clif.clone());
        self.signatures[sig] = Some((sig_ref, abi.clone()));
        Ok((sig_ref, abi))
    }

    /// All direct calls are near ones: the linker puts a procedure linkage table entry between where the function turns
    /// out to be far away.
    fn callee(&mut self, symbol: SymbolRefId, sig: SigId, signature: ir::SigRef) -> ir::FuncRef {
        if let Some(&callee) = self.callees.get(&(symbol, sig)) {
            return callee;
        }
        let name = self.external(External::Symbol(symbol));
        let callee = self.builder.import_function(ExtFuncData { name, signature, colocated: true, patchable: false });
        self.callees.insert((symbol, sig), callee);
        callee
    }

    /// Calls a function of the run-time library, libc or libm, all of which have the C convention.
    pub(super) fn library_call(
        &mut self,
        name: &'static str,
        params: &[ir::Type],
        returns: &[ir::Type],
        args: &[ir::Value],
    ) -> SmallVec<[ir::Value; 1]> {
        let callee = match self.libraries.get(name) {
            Some(&callee) => callee,
            None => {
                let mut signature = ir::Signature::new(CallConv::SystemV);
                signature.params.extend(params.iter().map(|&ty| AbiParam::new(ty)));
                signature.returns.extend(returns.iter().map(|&ty| AbiParam::new(ty)));
                let signature = self.builder.import_signature(signature);
                let external = self.external(External::Library(name.into()));
                let data = ExtFuncData { name: external, signature, colocated: true, patchable: false };
                let callee = self.builder.import_function(data);
                self.libraries.insert(name, callee);
                callee
            }
        };
        let inst = self.builder.ins().call(callee, args);
        SmallVec::from_slice(self.builder.inst_results(inst))
    }

    /// A LIR value to what the convention passes.
    pub(super) fn pack<A>(&mut self, value: lir::Value, passing: &Passing, out: &mut SmallVec<A>)
    where
        A: smallvec::Array<Item = ir::Value>,
    {
        let parts = self.parts(value);
        match *passing {
            Passing::Direct => out.extend(parts),
            Passing::Packed(count) => {
                let slot = self.scratch(count * 16);
                let address = self.builder.ins().stack_addr(types::I64, slot, 0);
                let flags = MemFlagsData::new().with_notrap();
                self.store_parts(&parts, address, flags);
                for index in 0..count as i32 {
                    out.push(self.builder.ins().load(types::I8X16, flags, address, index * 16));
                }
            }
            Passing::ByValue { size, rounded, padded } => {
                let mut source = parts[0];
                if size != rounded {
                    // The copy to the stack is made in whole words, which must not read past the end.
                    let slot = self.scratch(rounded);
                    let address = self.builder.ins().stack_addr(types::I64, slot, 0);
                    let length = self.builder.ins().iconst(types::I64, i64::from(size));
                    self.library_call("memcpy", &[types::I64; 3], &[types::I64], &[address, source, length]);
                    source = address;
                }
                self.pack_stack(source, padded, out);
            }
            Passing::WideStack { padded } => {
                let slot = self.scratch(16);
                let address = self.builder.ins().stack_addr(types::I64, slot, 0);
                self.store_parts(&parts, address, MemFlagsData::new().with_notrap());
                self.pack_stack(address, padded, out);
            }
            Passing::Widened(extension) => out.push(match extension {
                Extension::Sign => self.builder.ins().sextend(types::I32, parts[0]),
                _ => self.builder.ins().uextend(types::I32, parts[0]),
            }),
            Passing::Halves => {
                let (low, high) = self.builder.ins().isplit(parts[0]);
                out.extend([low, high]);
            }
            Passing::Padded => {
                out.push(self.int(types::I64, 0));
                out.extend(parts);
            }
            Passing::Short => {
                let address = self.aligned_scratch(8, 8);
                let flags = MemFlagsData::new().with_notrap();
                self.store_parts(&parts, address, flags);
                out.push(self.builder.ins().load(types::F64, flags, address, 0));
            }
        }
    }

    /// Something to be copied to the stack, perhaps after padding, the content of which is anything.
    fn pack_stack<A>(&mut self, source: ir::Value, padded: bool, out: &mut SmallVec<A>)
    where
        A: smallvec::Array<Item = ir::Value>,
    {
        if padded {
            let slot = self.scratch(8);
            out.push(self.builder.ins().stack_addr(types::I64, slot, 0));
        }
        out.push(source);
    }

    /// What the convention passes to a LIR value.
    pub(super) fn unpack(
        &mut self,
        ty: Type,
        passing: &Passing,
        incoming: &mut impl Iterator<Item = ir::Value>,
    ) -> Parts {
        let shape = Shape::of(ty);
        match *passing {
            Passing::Direct => incoming.take(shape.count()).collect(),
            Passing::Packed(count) => {
                let slot = self.scratch(count * 16);
                let address = self.builder.ins().stack_addr(types::I64, slot, 0);
                let flags = MemFlagsData::new().with_notrap();
                let packed: SmallVec<[ir::Value; 2]> = incoming.take(count as usize).collect();
                self.store_parts(&packed, address, flags);
                self.load_parts(ty, address, flags)
            }
            Passing::ByValue { padded, .. } => {
                if padded {
                    incoming.next();
                }
                incoming.take(1).collect()
            }
            Passing::WideStack { padded } => {
                if padded {
                    incoming.next();
                }
                let address = incoming.next().expect("an address for each argument on the stack");
                self.load_parts(ty, address, MemFlagsData::new().with_notrap())
            }
            Passing::Widened(_) => {
                incoming.take(1).map(|wide| self.builder.ins().ireduce(shape.part(), wide)).collect()
            }
            Passing::Halves => {
                let halves: SmallVec<[ir::Value; 2]> = incoming.take(2).collect();
                Parts::from_elem(self.builder.ins().iconcat(halves[0], halves[1]), 1)
            }
            Passing::Padded => incoming.skip(1).take(1).collect(),
            Passing::Short => {
                let double = incoming.next().expect("a register for each short vector");
                let address = self.aligned_scratch(8, 8);
                let flags = MemFlagsData::new().with_notrap();
                self.builder.ins().store(flags, double, address, 0);
                self.load_parts(ty, address, flags)
            }
        }
    }
}
