//! What instructions and terminators refer to: values, and entries of the function's tables.

use crate::{AsmOperand, Call, Callee, InlineAsm, Inst, SigId, SymbolRefId, Terminator, Value};

/// The walks, once for reading and once for changing.
macro_rules! operand_walks {
    ($inst:ident, $terminator:ident, $call:ident, $asm:ident $(, $mutable:tt)?) => {
        fn $inst(inst: &$($mutable)? Inst, visit: &mut dyn FnMut(&$($mutable)? Value)) {
            match inst {
                Inst::Iconst { .. }
                | Inst::Fconst { .. }
                | Inst::Zero { .. }
                | Inst::Undef { .. }
                | Inst::SymbolAddr { .. }
                | Inst::TlsAddr { .. }
                | Inst::SlotAddr { .. }
                | Inst::GetVar { .. }
                | Inst::Fence { .. }
                | Inst::SlotLive { .. }
                | Inst::SlotDead { .. }
                | Inst::ReturnAddress
                | Inst::Breakpoint => {}
                Inst::SetVar { value, .. }
                | Inst::Unary { value, .. }
                | Inst::Cast { value, .. }
                | Inst::Load { ptr: value, .. }
                | Inst::AtomicLoad { ptr: value, .. }
                | Inst::Prefetch { ptr: value, .. }
                | Inst::Splat { value, .. }
                | Inst::ExtractLane { vector: value, .. }
                | Inst::Reduce { vector: value, .. }
                | Inst::Bitmask { vector: value, .. }
                | Inst::MaskFromBits { value, .. }
                | Inst::Assume { cond: value }
                | Inst::Expect { value, .. }
                | Inst::BlackBox { value }
                | Inst::BlackBoxMemory { ptr: value }
                | Inst::VaStart { list: value }
                | Inst::VaEnd { list: value } => visit(value),
                Inst::Binary { lhs: a, rhs: b, .. }
                | Inst::Overflow { lhs: a, rhs: b, .. }
                | Inst::Icmp { lhs: a, rhs: b, .. }
                | Inst::Fcmp { lhs: a, rhs: b, .. }
                | Inst::PtrAdd { ptr: a, offset: b, .. }
                | Inst::Store { value: a, ptr: b, .. }
                | Inst::AtomicStore { value: a, ptr: b, .. }
                | Inst::AtomicRmw { ptr: a, value: b, .. }
                | Inst::InsertLane { vector: a, value: b, .. }
                | Inst::ExtractLaneDyn { vector: a, lane: b }
                | Inst::Shuffle { a, b, .. }
                | Inst::VaCopy { dst: a, src: b } => [a, b].into_iter().for_each(visit),
                Inst::Fma { a, b, c }
                | Inst::FunnelShift { high: a, low: b, amount: c, .. }
                | Inst::Select { cond: a, if_true: b, if_false: c }
                | Inst::CmpXchg { ptr: a, expected: b, new: c, .. }
                | Inst::Memcpy { dst: a, src: b, len: c, .. }
                | Inst::Memmove { dst: a, src: b, len: c, .. }
                | Inst::Memset { dst: a, byte: b, len: c, .. }
                | Inst::InsertLaneDyn { vector: a, lane: b, value: c }
                | Inst::Gather { ptrs: a, mask: b, passthru: c, .. }
                | Inst::Scatter { ptrs: a, mask: b, value: c, .. }
                | Inst::MaskedLoad { ptr: a, mask: b, passthru: c, .. }
                | Inst::MaskedStore { ptr: a, mask: b, value: c, .. } => [a, b, c].into_iter().for_each(visit),
                Inst::Call(call) => $call(call, visit),
                Inst::LlvmIntrinsic { args, .. } => args.into_iter().for_each(visit),
                Inst::Asm(asm) => $asm(asm, visit),
            }
        }

        fn $terminator(terminator: &$($mutable)? Terminator, visit: &mut dyn FnMut(&$($mutable)? Value)) {
            match terminator {
                Terminator::Jump(_) | Terminator::Unreachable | Terminator::Trap => {}
                Terminator::Branch { cond: value, .. } | Terminator::Switch { value, .. } => visit(value),
                Terminator::Return(values) => values.into_iter().for_each(visit),
                Terminator::Resume { exception, selector } => [exception, selector].into_iter().for_each(visit),
                Terminator::Invoke { call, .. } | Terminator::TailCall(call) => $call(call, visit),
                Terminator::AsmGoto { asm, .. } => $asm(asm, visit),
            }
        }

        fn $call(call: &$($mutable)? Call, visit: &mut dyn FnMut(&$($mutable)? Value)) {
            let Call { callee, args, .. } = call;
            if let Callee::Indirect(value) = callee {
                visit(value);
            }
            args.into_iter().for_each(visit);
        }

        fn $asm(asm: &$($mutable)? InlineAsm, visit: &mut dyn FnMut(&$($mutable)? Value)) {
            let InlineAsm { operands, .. } = asm;
            for operand in operands {
                if let AsmOperand::In { value, .. } | AsmOperand::InOut { value, .. } = operand {
                    visit(value);
                }
            }
        }
    };
}

operand_walks!(read_inst, read_terminator, read_call, read_asm);
operand_walks!(change_inst, change_terminator, change_call, change_asm, mut);

/// Calls `visit` with every value that an instruction reads.
pub fn for_each_operand(inst: &Inst, visit: &mut dyn FnMut(Value)) {
    read_inst(inst, &mut |value| visit(*value));
}

/// Calls `visit` with every value that a terminator reads.
pub fn for_each_terminator_operand(terminator: &Terminator, visit: &mut dyn FnMut(Value)) {
    read_terminator(terminator, &mut |value| visit(*value));
}

/// As [`for_each_operand`], to change them.
pub fn for_each_operand_mut(inst: &mut Inst, visit: &mut dyn FnMut(&mut Value)) {
    change_inst(inst, visit);
}

/// As [`for_each_terminator_operand`], to change them.
pub fn for_each_terminator_operand_mut(terminator: &mut Terminator, visit: &mut dyn FnMut(&mut Value)) {
    change_terminator(terminator, visit);
}

/// Calls `sig` and `symbol` with every entry of the tables of signatures and symbols that an instruction names.
pub fn for_each_table_entry_mut(
    inst: &mut Inst,
    sig: &mut dyn FnMut(&mut SigId),
    symbol: &mut dyn FnMut(&mut SymbolRefId),
) {
    match inst {
        Inst::SymbolAddr { symbol: id, .. } | Inst::TlsAddr { symbol: id } => symbol(id),
        Inst::Call(call) => entries_of_call(call, sig, symbol),
        Inst::Asm(asm) => entries_of_asm(asm, symbol),
        _ => {}
    }
}

/// As [`for_each_table_entry_mut`], for a terminator.
pub fn for_each_terminator_table_entry_mut(
    terminator: &mut Terminator,
    sig: &mut dyn FnMut(&mut SigId),
    symbol: &mut dyn FnMut(&mut SymbolRefId),
) {
    match terminator {
        Terminator::Invoke { call, .. } | Terminator::TailCall(call) => entries_of_call(call, sig, symbol),
        Terminator::AsmGoto { asm, .. } => entries_of_asm(asm, symbol),
        _ => {}
    }
}

fn entries_of_call(call: &mut Call, sig: &mut dyn FnMut(&mut SigId), symbol: &mut dyn FnMut(&mut SymbolRefId)) {
    sig(&mut call.sig);
    if let Callee::Symbol(id) = &mut call.callee {
        symbol(id);
    }
}

fn entries_of_asm(asm: &mut InlineAsm, symbol: &mut dyn FnMut(&mut SymbolRefId)) {
    for operand in &mut asm.operands {
        if let AsmOperand::Symbol(id) = operand {
            symbol(id);
        }
    }
}
