//! The text of instructions and terminators.

use super::{Commas, Context, Int, Quoted, write_flags};
use crate::{
    ArithFlags, AsmOperand, AsmPiece, AsmRegister, BranchHint, Call, Callee, Function, InlineAsm, Inst, LoadFacts,
    MemFlags, Node, Scalar, Terminator, Type,
};
use std::fmt::{self, Display, Formatter};

/// An instruction or a terminator as one line of text, for messages.
pub struct NodeText<'a> {
    function: &'a Function,
    what: What<'a>,
}

enum What<'a> {
    Node(&'a Node),
    Terminator(&'a Terminator),
}

impl Function {
    /// An instruction of this function as text.
    pub fn node_text<'a>(&'a self, node: &'a Node) -> NodeText<'a> {
        NodeText { function: self, what: What::Node(node) }
    }

    /// A terminator of this function as text.
    pub fn terminator_text<'a>(&'a self, terminator: &'a Terminator) -> NodeText<'a> {
        NodeText { function: self, what: What::Terminator(terminator) }
    }
}

impl Display for NodeText<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let context = Context::new(self.function);
        match self.what {
            What::Node(node) => {
                if node.result_count > 0 {
                    write!(f, "{} = ", Commas(node.results()))?;
                }
                write_inst(f, &context, &node.inst)
            }
            What::Terminator(terminator) => write_terminator(f, &context, terminator),
        }
    }
}

struct Flags(ArithFlags);

impl Display for Flags {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let ArithFlags { nuw, nsw, exact, algebraic, fast } = self.0;
        let flags = [(nuw, " nuw"), (nsw, " nsw"), (exact, " exact"), (algebraic, " algebraic"), (fast, " fast")];
        write_flags(f, &flags)
    }
}

impl Display for MemFlags {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, " align({})", self.align)?;
        write_flags(f, &[(self.volatile, " volatile"), (self.nontemporal, " nontemporal")])
    }
}

impl Display for LoadFacts {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let flags = [(self.noundef, " noundef"), (self.nonnull, " nonnull"), (self.invariant, " invariant")];
        write_flags(f, &flags)?;
        if self.pointee_align != 0 {
            write!(f, " pointee_align({})", self.pointee_align)?;
        }
        if let Some((low, high)) = self.range {
            write!(f, " range({}, {})", Int(low), Int(high))?;
        }
        Ok(())
    }
}

/// ` + 8`, ` - 8` or nothing.
pub(super) struct Offset(pub i64);

impl Display for Offset {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self.0 {
            0 => Ok(()),
            offset if offset < 0 => write!(f, " - {}", offset.unsigned_abs()),
            offset => write!(f, " + {offset}"),
        }
    }
}

pub(super) fn write_inst(f: &mut Formatter<'_>, context: &Context<'_>, inst: &Inst) -> fmt::Result {
    match inst {
        Inst::Iconst { ty, value } => {
            write!(f, "iconst {ty} ")?;
            write_int_constant(f, *ty, *value)
        }
        Inst::Fconst { ty, bits } => {
            write!(f, "fconst {ty} ")?;
            write_float_constant(f, *ty, *bits)
        }
        Inst::Zero { ty } => write!(f, "zero {ty}"),
        Inst::Undef { ty } => write!(f, "undef {ty}"),
        Inst::SymbolAddr { symbol, offset } => {
            write!(f, "symbol_addr {}{}", context.symbol(*symbol), Offset(*offset))
        }
        Inst::TlsAddr { symbol } => write!(f, "tls_addr {}", context.symbol(*symbol)),
        Inst::SlotAddr { slot, offset: 0 } => write!(f, "slot_addr {slot}"),
        Inst::SlotAddr { slot, offset } => write!(f, "slot_addr {slot} + {offset}"),
        Inst::GetVar { var } => write!(f, "get_var {var}"),
        Inst::SetVar { var, value } => write!(f, "set_var {var}, {value}"),
        Inst::Unary { op, value } => write!(f, "{op} {value}"),
        Inst::Binary { op, flags, lhs, rhs } => write!(f, "{op}{} {lhs}, {rhs}", Flags(*flags)),
        Inst::Overflow { op, lhs, rhs } => write!(f, "{op} {lhs}, {rhs}"),
        Inst::Fma { a, b, c } => write!(f, "fma {a}, {b}, {c}"),
        Inst::FunnelShift { left, high, low, amount } => {
            write!(f, "{} {high}, {low}, {amount}", if *left { "fshl" } else { "fshr" })
        }
        Inst::Icmp { cond, lhs, rhs } => write!(f, "icmp {cond} {lhs}, {rhs}"),
        Inst::Fcmp { cond, lhs, rhs } => write!(f, "fcmp {cond} {lhs}, {rhs}"),
        Inst::Select { cond, if_true, if_false } => write!(f, "select {cond}, {if_true}, {if_false}"),
        Inst::Cast { op, value, ty } => write!(f, "{op} {value} to {ty}"),
        _ => write_memory_inst(f, context, inst),
    }
}

fn write_memory_inst(f: &mut Formatter<'_>, context: &Context<'_>, inst: &Inst) -> fmt::Result {
    let volatile = |volatile: &bool| if *volatile { " volatile" } else { "" };
    match inst {
        Inst::PtrAdd { ptr, offset, inbounds } => {
            write!(f, "ptr_add{} {ptr}, {offset}", if *inbounds { " inbounds" } else { "" })
        }
        Inst::Load { ty, ptr, flags, facts } => write!(f, "load {ty} {ptr}{flags}{facts}"),
        Inst::Store { value, ptr, flags } => write!(f, "store {value}, {ptr}{flags}"),
        Inst::AtomicLoad { ty, ptr, order, align } => write!(f, "atomic_load {order} {ty} {ptr} align({align})"),
        Inst::AtomicStore { value, ptr, order, align } => {
            write!(f, "atomic_store {order} {value}, {ptr} align({align})")
        }
        Inst::AtomicRmw { op, ptr, value, order } => write!(f, "atomic_rmw {op} {order} {ptr}, {value}"),
        Inst::CmpXchg { ptr, expected, new, success, failure, weak } => {
            let weak = if *weak { " weak" } else { "" };
            write!(f, "cmpxchg{weak} {success} {failure} {ptr}, {expected}, {new}")
        }
        Inst::Fence { order, single_thread } => {
            write!(f, "fence {order}{}", if *single_thread { " single_thread" } else { "" })
        }
        Inst::Memcpy { dst, src, len, dst_align, src_align, volatile: v } => {
            write!(f, "memcpy {dst}, {src}, {len} align({dst_align}, {src_align}){}", volatile(v))
        }
        Inst::Memmove { dst, src, len, dst_align, src_align, volatile: v } => {
            write!(f, "memmove {dst}, {src}, {len} align({dst_align}, {src_align}){}", volatile(v))
        }
        Inst::Memset { dst, byte, len, align, volatile: v } => {
            write!(f, "memset {dst}, {byte}, {len} align({align}){}", volatile(v))
        }
        Inst::Prefetch { ptr, write, data, locality } => {
            let write = if *write { "write" } else { "read" };
            let data = if *data { "data" } else { "code" };
            write!(f, "prefetch {write} {data} {ptr} locality({locality})")
        }
        Inst::SlotLive { slot } => write!(f, "slot_live {slot}"),
        Inst::SlotDead { slot } => write!(f, "slot_dead {slot}"),
        _ => write_vector_inst(f, context, inst),
    }
}

fn write_vector_inst(f: &mut Formatter<'_>, context: &Context<'_>, inst: &Inst) -> fmt::Result {
    match inst {
        Inst::Splat { ty, value } => write!(f, "splat {ty} {value}"),
        Inst::ExtractLane { vector, lane } => write!(f, "extract_lane {vector}, {lane}"),
        Inst::InsertLane { vector, lane, value } => write!(f, "insert_lane {vector}, {lane}, {value}"),
        Inst::ExtractLaneDyn { vector, lane } => write!(f, "extract_lane_dyn {vector}, {lane}"),
        Inst::InsertLaneDyn { vector, lane, value } => write!(f, "insert_lane_dyn {vector}, {lane}, {value}"),
        Inst::Shuffle { a, b, mask } => write!(f, "shuffle {a}, {b}, [{}]", Commas(mask.iter())),
        Inst::Reduce { op, vector } => write!(f, "reduce {op} {vector}"),
        Inst::Bitmask { vector, ty } => write!(f, "bitmask {ty} {vector}"),
        Inst::MaskFromBits { value, ty } => write!(f, "mask_from_bits {ty} {value}"),
        Inst::Gather { ptrs, mask, passthru, align } => write!(f, "gather {ptrs}, {mask}, {passthru} align({align})"),
        Inst::Scatter { ptrs, mask, value, align } => write!(f, "scatter {ptrs}, {mask}, {value} align({align})"),
        Inst::MaskedLoad { ptr, mask, passthru, align } => {
            write!(f, "masked_load {ptr}, {mask}, {passthru} align({align})")
        }
        Inst::MaskedStore { ptr, mask, value, align } => {
            write!(f, "masked_store {ptr}, {mask}, {value} align({align})")
        }
        Inst::Call(call) => {
            f.write_str("call ")?;
            write_call(f, context, call)
        }
        Inst::LlvmIntrinsic { name, args, returns } => {
            write!(f, "llvm_intrinsic {}({}) -> ({})", Quoted(name), Commas(args.iter()), Commas(returns.iter()))
        }
        Inst::Asm(asm) => {
            f.write_str("asm ")?;
            write_asm(f, context, asm)
        }
        Inst::Assume { cond } => write!(f, "assume {cond}"),
        Inst::Expect { value, likely } => write!(f, "expect {value}{}", if *likely { " likely" } else { " unlikely" }),
        Inst::BlackBox { value } => write!(f, "black_box {value}"),
        Inst::BlackBoxMemory { ptr } => write!(f, "black_box_memory {ptr}"),
        Inst::ReturnAddress => f.write_str("return_address"),
        Inst::Breakpoint => f.write_str("breakpoint"),
        Inst::VaStart { list } => write!(f, "va_start {list}"),
        Inst::VaEnd { list } => write!(f, "va_end {list}"),
        Inst::VaCopy { dst, src } => write!(f, "va_copy {dst}, {src}"),
        _ => unreachable!("written by the functions before this one"),
    }
}

pub(super) fn write_terminator(f: &mut Formatter<'_>, context: &Context<'_>, terminator: &Terminator) -> fmt::Result {
    match terminator {
        Terminator::Jump(block) => write!(f, "jump {block}"),
        Terminator::Branch { cond, then, otherwise, hint } => {
            let hint = match hint {
                BranchHint::None => "",
                BranchHint::Likely => " likely",
                BranchHint::Unlikely => " unlikely",
            };
            write!(f, "branch {cond}, {then}, {otherwise}{hint}")
        }
        Terminator::Switch { value, cases, default } => {
            write!(f, "switch {value} [")?;
            for (index, (case, block)) in cases.iter().enumerate() {
                write!(f, "{}{}: {block}", if index == 0 { "" } else { ", " }, Int(*case))?;
            }
            write!(f, "] else {default}")
        }
        Terminator::Return(values) if values.is_empty() => f.write_str("return"),
        Terminator::Return(values) => write!(f, "return {}", Commas(values.iter())),
        Terminator::Unreachable => f.write_str("unreachable"),
        Terminator::Trap => f.write_str("trap"),
        Terminator::Invoke { call, normal, unwind } => {
            f.write_str("invoke ")?;
            write_call(f, context, call)?;
            write!(f, " to {normal} unwind {unwind}")
        }
        Terminator::Resume { exception, selector } => write!(f, "resume {exception}, {selector}"),
        Terminator::AsmGoto { asm, fallthrough, targets, unwind } => {
            f.write_str("asm_goto ")?;
            write_asm(f, context, asm)?;
            if let Some(block) = fallthrough {
                write!(f, " to {block}")?;
            }
            if !targets.is_empty() {
                write!(f, " labels({})", Commas(targets.iter()))?;
            }
            if let Some(block) = unwind {
                write!(f, " unwind {block}")?;
            }
            Ok(())
        }
        Terminator::TailCall(call) => {
            f.write_str("tail_call ")?;
            write_call(f, context, call)
        }
    }
}

fn write_call(f: &mut Formatter<'_>, context: &Context<'_>, call: &Call) -> fmt::Result {
    write!(f, "{} ", call.sig)?;
    match call.callee {
        Callee::Symbol(symbol) => write!(f, "{}", context.symbol(symbol))?,
        Callee::Indirect(value) => write!(f, "{value}")?,
    }
    write!(f, "({})", Commas(call.args.iter()))?;
    let attrs = call.attrs;
    write_flags(f, &[(attrs.nounwind, " nounwind"), (attrs.noreturn, " noreturn"), (attrs.cold, " cold")])
}

fn write_asm(f: &mut Formatter<'_>, context: &Context<'_>, asm: &InlineAsm) -> fmt::Result {
    f.write_str("[")?;
    for (index, piece) in asm.template.iter().enumerate() {
        f.write_str(if index == 0 { "" } else { ", " })?;
        match piece {
            AsmPiece::Text(text) => write!(f, "{}", Quoted(text))?,
            AsmPiece::Operand { index, modifier: None } => write!(f, "{{{index}}}")?,
            AsmPiece::Operand { index, modifier: Some(modifier) } => {
                write!(f, "{{{index}:{}}}", Quoted(modifier.encode_utf8(&mut [0; 4])))?;
            }
        }
    }
    f.write_str("] (")?;
    for (index, operand) in asm.operands.iter().enumerate() {
        f.write_str(if index == 0 { "" } else { ", " })?;
        write_asm_operand(f, context, operand)?;
    }
    f.write_str(")")?;
    let options = &asm.options;
    let flags = [
        (options.pure_, " pure"),
        (options.nomem, " nomem"),
        (options.readonly, " readonly"),
        (options.preserves_flags, " preserves_flags"),
        (options.noreturn, " noreturn"),
        (options.nostack, " nostack"),
        (options.att_syntax, " att_syntax"),
        (options.raw, " raw"),
        (options.may_unwind, " may_unwind"),
    ];
    write_flags(f, &flags)
}

fn write_asm_operand(f: &mut Formatter<'_>, context: &Context<'_>, operand: &AsmOperand) -> fmt::Result {
    let late_name = |late: &bool| if *late { "late" } else { "" };
    match operand {
        AsmOperand::In { reg, value } => write!(f, "in({reg}) {value}"),
        AsmOperand::Out { reg, late, ty: Some(ty) } => write!(f, "{}out({reg}) {ty}", late_name(late)),
        AsmOperand::Out { reg, late, ty: None } => write!(f, "{}out({reg}) _", late_name(late)),
        AsmOperand::InOut { reg, late, value, ty: Some(ty) } => {
            write!(f, "in{}out({reg}) {value} {ty}", late_name(late))
        }
        AsmOperand::InOut { reg, late, value, ty: None } => write!(f, "in{}out({reg}) {value} _", late_name(late)),
        AsmOperand::Const(text) => write!(f, "const {}", Quoted(text)),
        AsmOperand::Symbol(symbol) => write!(f, "symbol {}", context.symbol(*symbol)),
        AsmOperand::Label(index) => write!(f, "label {index}"),
    }
}

/// A class by its name, an explicit register in quotes, as in Rust's `asm!`.
impl Display for AsmRegister {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            AsmRegister::Explicit(name) => write!(f, "{}", Quoted(name)),
            AsmRegister::Class(name) => write!(f, "class {}", Quoted(name)),
        }
    }
}

/// Small negative numbers are written as such.
fn write_int_constant(f: &mut Formatter<'_>, ty: Type, value: u128) -> fmt::Result {
    if let Type::Scalar(lane) = ty
        && lane.is_int()
    {
        let bits = lane.size_bytes(8) * 8;
        let fits = bits == 128 || value >> bits == 0;
        let signed = (value << (128 - bits)).cast_signed() >> (128 - bits);
        if fits && (-1_000_000..0).contains(&signed) {
            return write!(f, "{signed}");
        }
    }
    write!(f, "{}", Int(value))
}

/// `f32` and `f64` as decimal numbers where those give back the same bits.
fn write_float_constant(f: &mut Formatter<'_>, ty: Type, bits: u128) -> fmt::Result {
    match ty {
        Type::Scalar(Scalar::F32) => {
            if let Ok(narrow) = u32::try_from(bits)
                && f32::from_bits(narrow).is_finite()
            {
                return write!(f, "{:?}", f32::from_bits(narrow));
            }
        }
        Type::Scalar(Scalar::F64) => {
            if let Ok(narrow) = u64::try_from(bits)
                && f64::from_bits(narrow).is_finite()
            {
                return write!(f, "{:?}", f64::from_bits(narrow));
            }
        }
        _ => {}
    }
    write!(f, "{bits:#x}")
}
