//! Instructions and terminators.

use super::function::Reader;
use super::{Error, Result, TokenKind};
use crate::{
    ArithFlags, AsmOperand, AsmOptions, AsmPiece, AsmRegister, BinaryOp, BranchHint, Call, CallAttrs, Callee, CastOp,
    FloatCond, InlineAsm, Inst, IntCond, LoadFacts, MemFlags, Ordering, OverflowOp, ReduceOp, RmwOp, Scalar, Slot,
    SymbolKind, Terminator, Type, UnaryOp, Var,
};

pub(super) enum Parsed {
    Inst(Inst),
    Terminator(Terminator),
}

pub(super) fn inst(r: &mut Reader<'_, '_>) -> Result<Parsed> {
    let offset = r.p.token.offset;
    let Some(name) = r.p.word() else { return r.p.expected("an instruction") };
    r.p.next()?;
    if let Some(terminator) = terminator(r, name)? {
        return Ok(Parsed::Terminator(terminator));
    }
    if let Some(inst) = scalar_inst(r, name)? {
        return Ok(Parsed::Inst(inst));
    }
    if let Some(inst) = memory_inst(r, name)? {
        return Ok(Parsed::Inst(inst));
    }
    if let Some(inst) = vector_inst(r, name)? {
        return Ok(Parsed::Inst(inst));
    }
    match other_inst(r, name)? {
        Some(inst) => Ok(Parsed::Inst(inst)),
        None => Err(Error { offset, message: format!("unknown instruction `{name}`") }),
    }
}

fn terminator(r: &mut Reader<'_, '_>, name: &str) -> Result<Option<Terminator>> {
    Ok(Some(match name {
        "jump" => Terminator::Jump(r.block_name()?),
        "branch" => {
            let cond = r.value()?;
            r.comma()?;
            let then = r.block_name()?;
            r.comma()?;
            let otherwise = r.block_name()?;
            let hint = if r.p.eat_flag("likely")? {
                BranchHint::Likely
            } else if r.p.eat_flag("unlikely")? {
                BranchHint::Unlikely
            } else {
                BranchHint::None
            };
            Terminator::Branch { cond, then, otherwise, hint }
        }
        "switch" => {
            let value = r.value()?;
            let ty = r.ty(value).unwrap_or(Type::I128);
            r.p.expect("[")?;
            let cases = r.p.list("]", |p| {
                let (negative, magnitude) = p.signed()?;
                p.expect(":")?;
                let case = if negative { negated(ty, magnitude) } else { magnitude };
                Ok((case, crate::Block::from_u32(p.entity("block")?)))
            })?;
            r.p.expect_word("else")?;
            Terminator::Switch { value, cases, default: r.block_name()? }
        }
        "return" => {
            let mut values = Vec::new();
            let mut more = r.p.word_on_line().is_some();
            while more {
                values.push(r.value()?);
                more = r.p.eat(",")?;
            }
            Terminator::Return(values)
        }
        "unreachable" => Terminator::Unreachable,
        "trap" => Terminator::Trap,
        "invoke" => {
            let call = Box::new(call(r)?);
            r.p.expect_word("to")?;
            let normal = r.block_name()?;
            r.p.expect_word("unwind")?;
            Terminator::Invoke { call, normal, unwind: r.block_name()? }
        }
        "resume" => {
            let (exception, selector) = r.two()?;
            Terminator::Resume { exception, selector }
        }
        "asm_goto" => {
            let asm = Box::new(asm(r)?);
            let fallthrough = if r.p.eat_flag("to")? { Some(r.block_name()?) } else { None };
            let targets = if r.p.eat_flag("labels")? {
                r.p.expect("(")?;
                r.p.list(")", |p| p.entity("block").map(crate::Block::from_u32))?
            } else {
                Vec::new()
            };
            let unwind = if r.p.eat_flag("unwind")? { Some(r.block_name()?) } else { None };
            Terminator::AsmGoto { asm, fallthrough, targets, unwind }
        }
        "tail_call" => Terminator::TailCall(Box::new(call(r)?)),
        _ => return Ok(None),
    }))
}

fn scalar_inst(r: &mut Reader<'_, '_>, name: &str) -> Result<Option<Inst>> {
    if let Some(op) = UnaryOp::from_name(name) {
        return Ok(Some(Inst::Unary { op, value: r.value()? }));
    }
    if let Some(op) = BinaryOp::from_name(name) {
        let flags = arith_flags(r)?;
        let (lhs, rhs) = r.two()?;
        return Ok(Some(Inst::Binary { op, flags, lhs, rhs }));
    }
    if let Some(op) = OverflowOp::from_name(name) {
        let (lhs, rhs) = r.two()?;
        return Ok(Some(Inst::Overflow { op, lhs, rhs }));
    }
    if let Some(op) = CastOp::from_name(name) {
        let value = r.value()?;
        r.p.expect_word("to")?;
        return Ok(Some(Inst::Cast { op, value, ty: r.p.ty()? }));
    }
    Ok(Some(match name {
        "iconst" => {
            let ty = r.p.ty()?;
            let (negative, magnitude) = r.p.signed()?;
            Inst::Iconst { ty, value: if negative { negated(ty, magnitude) } else { magnitude } }
        }
        "fconst" => {
            let ty = r.p.ty()?;
            Inst::Fconst { ty, bits: float_bits(r, ty)? }
        }
        "zero" => Inst::Zero { ty: r.p.ty()? },
        "undef" => Inst::Undef { ty: r.p.ty()? },
        "symbol_addr" => {
            let symbol = r.symbol(SymbolKind::Data)?;
            Inst::SymbolAddr { symbol, offset: r.p.offset()? }
        }
        "tls_addr" => Inst::TlsAddr { symbol: r.symbol(SymbolKind::ThreadLocal)? },
        "slot_addr" => {
            let slot = Slot::from_u32(r.p.entity("slot")?);
            Inst::SlotAddr { slot, offset: r.p.unsigned_offset()? }
        }
        "get_var" => Inst::GetVar { var: Var::from_u32(r.p.entity("var")?) },
        "set_var" => {
            let var = Var::from_u32(r.p.entity("var")?);
            r.comma()?;
            Inst::SetVar { var, value: r.value()? }
        }
        "fma" => {
            let (a, b, c) = r.three()?;
            Inst::Fma { a, b, c }
        }
        "fshl" | "fshr" => {
            let (high, low, amount) = r.three()?;
            Inst::FunnelShift { left: name == "fshl", high, low, amount }
        }
        "icmp" => {
            let cond = r.p.named("a condition", IntCond::from_name)?;
            let (lhs, rhs) = r.two()?;
            Inst::Icmp { cond, lhs, rhs }
        }
        "fcmp" => {
            let cond = r.p.named("a condition", FloatCond::from_name)?;
            let (lhs, rhs) = r.two()?;
            Inst::Fcmp { cond, lhs, rhs }
        }
        "select" => {
            let (cond, if_true, if_false) = r.three()?;
            Inst::Select { cond, if_true, if_false }
        }
        _ => return Ok(None),
    }))
}

fn memory_inst(r: &mut Reader<'_, '_>, name: &str) -> Result<Option<Inst>> {
    Ok(Some(match name {
        "ptr_add" => {
            let inbounds = r.p.eat_flag("inbounds")?;
            let (ptr, offset) = r.two()?;
            Inst::PtrAdd { ptr, offset, inbounds }
        }
        "load" => {
            let ty = r.p.ty()?;
            let ptr = r.value()?;
            let (flags, facts) = load_flags(r)?;
            Inst::Load { ty, ptr, flags, facts }
        }
        "store" => {
            let (value, ptr) = r.two()?;
            let align = align(r)?;
            let volatile = r.p.eat_flag("volatile")?;
            let nontemporal = r.p.eat_flag("nontemporal")?;
            Inst::Store { value, ptr, flags: MemFlags { align, volatile, nontemporal } }
        }
        "atomic_load" => {
            let order = ordering(r)?;
            let ty = r.p.ty()?;
            let ptr = r.value()?;
            Inst::AtomicLoad { ty, ptr, order, align: align(r)? }
        }
        "atomic_store" => {
            let order = ordering(r)?;
            let (value, ptr) = r.two()?;
            Inst::AtomicStore { value, ptr, order, align: align(r)? }
        }
        "atomic_rmw" => {
            let op = r.p.named("an operation", RmwOp::from_name)?;
            let order = ordering(r)?;
            let (ptr, value) = r.two()?;
            Inst::AtomicRmw { op, ptr, value, order }
        }
        "cmpxchg" => {
            let weak = r.p.eat_flag("weak")?;
            let success = ordering(r)?;
            let failure = ordering(r)?;
            let (ptr, expected, new) = r.three()?;
            Inst::CmpXchg { ptr, expected, new, success, failure, weak }
        }
        "fence" => {
            let order = ordering(r)?;
            Inst::Fence { order, single_thread: r.p.eat_flag("single_thread")? }
        }
        "memcpy" | "memmove" => {
            let (dst, src, len) = r.three()?;
            let (dst_align, src_align) = if r.p.eat_flag("align")? { r.p.paren_pair()? } else { (1, 1) };
            let volatile = r.p.eat_flag("volatile")?;
            if name == "memcpy" {
                Inst::Memcpy { dst, src, len, dst_align, src_align, volatile }
            } else {
                Inst::Memmove { dst, src, len, dst_align, src_align, volatile }
            }
        }
        "memset" => {
            let (dst, byte, len) = r.three()?;
            let align = align(r)?;
            Inst::Memset { dst, byte, len, align, volatile: r.p.eat_flag("volatile")? }
        }
        "prefetch" => {
            let write = r.p.named("`read` or `write`", |word| one_of(word, "read", "write"))?;
            let data = r.p.named("`code` or `data`", |word| one_of(word, "code", "data"))?;
            let ptr = r.value()?;
            let locality = if r.p.eat_flag("locality")? { r.p.paren()? } else { 0 };
            Inst::Prefetch { ptr, write, data, locality }
        }
        "slot_live" => Inst::SlotLive { slot: Slot::from_u32(r.p.entity("slot")?) },
        "slot_dead" => Inst::SlotDead { slot: Slot::from_u32(r.p.entity("slot")?) },
        _ => return Ok(None),
    }))
}

fn vector_inst(r: &mut Reader<'_, '_>, name: &str) -> Result<Option<Inst>> {
    Ok(Some(match name {
        "splat" => {
            let ty = r.p.ty()?;
            Inst::Splat { ty, value: r.value()? }
        }
        "extract_lane" => {
            let vector = r.value()?;
            r.comma()?;
            Inst::ExtractLane { vector, lane: r.p.small()? }
        }
        "insert_lane" => {
            let vector = r.value()?;
            r.comma()?;
            let lane = r.p.small()?;
            r.comma()?;
            Inst::InsertLane { vector, lane, value: r.value()? }
        }
        "extract_lane_dyn" => {
            let (vector, lane) = r.two()?;
            Inst::ExtractLaneDyn { vector, lane }
        }
        "insert_lane_dyn" => {
            let (vector, lane, value) = r.three()?;
            Inst::InsertLaneDyn { vector, lane, value }
        }
        "shuffle" => {
            let (a, b) = r.two()?;
            r.comma()?;
            r.p.expect("[")?;
            Inst::Shuffle { a, b, mask: r.p.list("]", super::Parser::small)? }
        }
        "reduce" => {
            let op = r.p.named("an operation", ReduceOp::from_name)?;
            Inst::Reduce { op, vector: r.value()? }
        }
        "bitmask" => {
            let ty = r.p.ty()?;
            Inst::Bitmask { vector: r.value()?, ty }
        }
        "mask_from_bits" => {
            let ty = r.p.ty()?;
            Inst::MaskFromBits { value: r.value()?, ty }
        }
        "gather" => {
            let (ptrs, mask, passthru) = r.three()?;
            Inst::Gather { ptrs, mask, passthru, align: align(r)? }
        }
        "scatter" => {
            let (ptrs, mask, value) = r.three()?;
            Inst::Scatter { ptrs, mask, value, align: align(r)? }
        }
        "masked_load" => {
            let (ptr, mask, passthru) = r.three()?;
            Inst::MaskedLoad { ptr, mask, passthru, align: align(r)? }
        }
        "masked_store" => {
            let (ptr, mask, value) = r.three()?;
            Inst::MaskedStore { ptr, mask, value, align: align(r)? }
        }
        _ => return Ok(None),
    }))
}

fn other_inst(r: &mut Reader<'_, '_>, name: &str) -> Result<Option<Inst>> {
    Ok(Some(match name {
        "call" => Inst::Call(Box::new(call(r)?)),
        "llvm_intrinsic" => {
            let name = r.p.text()?;
            let args = r.values_in_parens()?;
            let returns = if !r.p.eat("->")? {
                Vec::new()
            } else if r.p.eat("(")? {
                r.p.list(")", super::Parser::ty)?
            } else {
                vec![r.p.ty()?]
            };
            Inst::LlvmIntrinsic { name, args, returns }
        }
        "asm" => Inst::Asm(Box::new(asm(r)?)),
        "assume" => Inst::Assume { cond: r.value()? },
        "expect" => {
            let value = r.value()?;
            Inst::Expect { value, likely: r.p.named("`likely` or `unlikely`", |w| one_of(w, "unlikely", "likely"))? }
        }
        "black_box" => Inst::BlackBox { value: r.value()? },
        "black_box_memory" => Inst::BlackBoxMemory { ptr: r.value()? },
        "return_address" => Inst::ReturnAddress,
        "breakpoint" => Inst::Breakpoint,
        "va_start" => Inst::VaStart { list: r.value()? },
        "va_end" => Inst::VaEnd { list: r.value()? },
        "va_copy" => {
            let (dst, src) = r.two()?;
            Inst::VaCopy { dst, src }
        }
        _ => return Ok(None),
    }))
}

/// A word for `false` and a word for `true`.
fn one_of(word: &str, no: &str, yes: &str) -> Option<bool> {
    if word == yes { Some(true) } else { (word == no).then_some(false) }
}

fn ordering(r: &mut Reader<'_, '_>) -> Result<Ordering> {
    r.p.named("an ordering", Ordering::from_name)
}

/// ` align(4)`; 1 where it is not written.
fn align(r: &mut Reader<'_, '_>) -> Result<u64> {
    if r.p.eat_flag("align")? { r.p.paren() } else { Ok(1) }
}

fn arith_flags(r: &mut Reader<'_, '_>) -> Result<ArithFlags> {
    let mut flags = ArithFlags::NONE;
    while let Some(word) = r.p.word_on_line() {
        match word {
            "nuw" => flags.nuw = true,
            "nsw" => flags.nsw = true,
            "exact" => flags.exact = true,
            "algebraic" => flags.algebraic = true,
            "fast" => flags.fast = true,
            _ => break,
        }
        r.p.next()?;
    }
    Ok(flags)
}

fn load_flags(r: &mut Reader<'_, '_>) -> Result<(MemFlags, LoadFacts)> {
    let mut flags = MemFlags::aligned(1);
    let mut facts = LoadFacts::default();
    while let Some(word) = r.p.word_on_line() {
        match word {
            "volatile" => flags.volatile = true,
            "nontemporal" => flags.nontemporal = true,
            "noundef" => facts.noundef = true,
            "nonnull" => facts.nonnull = true,
            "invariant" => facts.invariant = true,
            "align" | "pointee_align" | "range" => {}
            _ => break,
        }
        r.p.next()?;
        match word {
            "align" => flags.align = r.p.paren()?,
            "pointee_align" => facts.pointee_align = r.p.paren()?,
            "range" => facts.range = Some(r.p.paren_pair()?),
            _ => {}
        }
    }
    Ok((flags, facts))
}

/// `sig0 @f(v1, v2) nounwind`, where the signature may be spelled and the callee may be a value.
fn call(r: &mut Reader<'_, '_>) -> Result<Call> {
    let sig = r.signature_id()?;
    let callee =
        if r.at_symbol() { Callee::Symbol(r.symbol(SymbolKind::Function)?) } else { Callee::Indirect(r.value()?) };
    let args = r.values_in_parens()?;
    let mut attrs = CallAttrs::default();
    while let Some(word) = r.p.word_on_line() {
        match word {
            "nounwind" => attrs.nounwind = true,
            "noreturn" => attrs.noreturn = true,
            "cold" => attrs.cold = true,
            _ => break,
        }
        r.p.next()?;
    }
    Ok(Call { callee, sig, args, attrs })
}

fn asm(r: &mut Reader<'_, '_>) -> Result<InlineAsm> {
    r.p.expect("[")?;
    let template = r.p.list("]", |p| {
        if !p.eat("{")? {
            return p.text().map(AsmPiece::Text);
        }
        let index = p.small()?;
        let modifier = if p.eat(":")? {
            let text = p.text()?;
            let mut chars = text.chars();
            match (chars.next(), chars.next()) {
                (Some(modifier), None) => Some(modifier),
                _ => return p.error("a modifier is one character"),
            }
        } else {
            None
        };
        p.expect("}")?;
        Ok(AsmPiece::Operand { index, modifier })
    })?;
    r.p.expect("(")?;
    let mut operands = Vec::new();
    while !r.p.eat(")")? {
        if !operands.is_empty() {
            r.comma()?;
        }
        operands.push(asm_operand(r)?);
    }
    let mut options = AsmOptions::default();
    while let Some(word) = r.p.word_on_line() {
        match word {
            "pure" => options.pure_ = true,
            "nomem" => options.nomem = true,
            "readonly" => options.readonly = true,
            "preserves_flags" => options.preserves_flags = true,
            "noreturn" => options.noreturn = true,
            "nostack" => options.nostack = true,
            "att_syntax" => options.att_syntax = true,
            "raw" => options.raw = true,
            "may_unwind" => options.may_unwind = true,
            _ => break,
        }
        r.p.next()?;
    }
    Ok(InlineAsm { template, operands, options })
}

fn asm_operand(r: &mut Reader<'_, '_>) -> Result<AsmOperand> {
    let Some(word) = r.p.word() else { return r.p.expected("an operand") };
    let known = ["in", "out", "lateout", "inout", "inlateout", "const", "symbol", "label"];
    if !known.contains(&word) {
        return r.p.expected("an operand");
    }
    r.p.next()?;
    Ok(match word {
        "in" => AsmOperand::In { reg: asm_register(r)?, value: r.value()? },
        "out" | "lateout" => AsmOperand::Out { reg: asm_register(r)?, late: word == "lateout", ty: asm_result(r)? },
        "inout" | "inlateout" => AsmOperand::InOut {
            reg: asm_register(r)?,
            late: word == "inlateout",
            value: r.value()?,
            ty: asm_result(r)?,
        },
        "const" => AsmOperand::Const(r.p.text()?),
        "symbol" => AsmOperand::Symbol(r.symbol(SymbolKind::Function)?),
        _ => AsmOperand::Label(r.p.small()?),
    })
}

/// `(class "reg")` or `("eax")`
fn asm_register(r: &mut Reader<'_, '_>) -> Result<AsmRegister> {
    r.p.expect("(")?;
    let class = r.p.word() == Some("class");
    if class {
        r.p.next()?;
    }
    let name = r.p.text()?;
    r.p.expect(")")?;
    Ok(if class { AsmRegister::Class(name) } else { AsmRegister::Explicit(name) })
}

/// A type, or `_` for none.
fn asm_result(r: &mut Reader<'_, '_>) -> Result<Option<Type>> {
    if r.p.word() == Some("_") {
        r.p.next()?;
        return Ok(None);
    }
    r.p.ty().map(Some)
}

/// A negative integer in the bits of a type; pointers are taken as 64 bits wide.
fn negated(ty: Type, magnitude: u128) -> u128 {
    let bits = ty.lane().size_bytes(8) * 8;
    magnitude.wrapping_neg() & (u128::MAX >> (128 - bits))
}

/// A float's bits: in hexadecimal, or as a decimal number of type `f32` or `f64`.
fn float_bits(r: &mut Reader<'_, '_>, ty: Type) -> Result<u128> {
    let negative = r.p.eat("-")?;
    let TokenKind::Number(digits) = r.p.token.kind else { return r.p.expected("a number") };
    if digits.starts_with("0x") {
        return if negative { r.p.error("bits have no sign") } else { r.p.uint() };
    }
    let text = format!("{}{digits}", if negative { "-" } else { "" });
    let bits = match ty {
        Type::Scalar(Scalar::F32) => text.parse::<f32>().ok().map(|value| u128::from(value.to_bits())),
        Type::Scalar(Scalar::F64) => text.parse::<f64>().ok().map(|value| u128::from(value.to_bits())),
        _ => return r.p.error("constants of this type are written as bits in hexadecimal"),
    };
    let Some(bits) = bits else { return r.p.error("not a number") };
    r.p.next()?;
    Ok(bits)
}
