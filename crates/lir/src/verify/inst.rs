//! Operands of instructions and terminators: which there are, and their types.

use super::{Check, Verifier};
use crate::operands::{for_each_operand, for_each_terminator_operand};
use crate::{
    AsmOperand, AsmPiece, BinaryOp, Block, Call, Callee, CastOp, InlineAsm, Inst, Ordering, OverflowOp, ReduceOp,
    RmwOp, Scalar, Signature, SymbolKind, SymbolRefId, Terminator, Type, UnaryOp, Value,
};
use rustc_hash::FxHashSet;

macro_rules! require {
    ($condition:expr, $($message:tt)*) => {
        if !$condition {
            return Err(format!($($message)*));
        }
    };
}

/// Checks everything about an instruction but its results.
pub(super) fn check_inst(verifier: &Verifier<'_>, inst: &Inst) -> Check {
    verifier.operands_in_range(|visit| for_each_operand(inst, visit))?;
    let v = verifier;
    match inst {
        Inst::Iconst { ty, value } => {
            require!(
                matches!(ty, Type::Scalar(lane) if lane.is_int() || *lane == Scalar::Ptr),
                "{ty} is not an integer"
            );
            v.constant_fits(*ty, *value)
        }
        Inst::Fconst { ty, bits } => {
            require!(matches!(ty, Type::Scalar(lane) if lane.is_float()), "{ty} is not a float");
            v.constant_fits(*ty, *bits)
        }
        Inst::Zero { ty } | Inst::Undef { ty } => check_type(*ty),
        Inst::SymbolAddr { symbol, .. } => v.symbol(*symbol, &[SymbolKind::Function, SymbolKind::Data]),
        Inst::TlsAddr { symbol } => v.symbol(*symbol, &[SymbolKind::ThreadLocal]),
        Inst::SlotAddr { slot, .. } | Inst::SlotLive { slot } | Inst::SlotDead { slot } => {
            require!(v.function.slots.contains(*slot), "{slot} is not in the table of slots");
            Ok(())
        }
        Inst::GetVar { var } => v.var(*var).map(drop),
        Inst::SetVar { var, value } => v.expect(*value, v.var(*var)?),
        Inst::Unary { op, value } => check_unary(v, *op, *value),
        Inst::Binary { op, lhs, rhs, .. } => check_binary(v, *op, *lhs, *rhs),
        Inst::Overflow { op, lhs, rhs } => {
            use OverflowOp::{Sadd, Smul, Ssub, Uadd, Umul, Usub};
            match op {
                Uadd | Sadd | Usub | Ssub | Umul | Smul => v.int(*lhs)?,
            }
            v.same(*lhs, *rhs)
        }
        Inst::Fma { a, b, c } => {
            v.float(*a)?;
            v.same(*a, *b)?;
            v.same(*a, *c)
        }
        Inst::FunnelShift { high, low, amount, .. } => {
            v.int(*high)?;
            v.same(*high, *low)?;
            v.same(*high, *amount)
        }
        Inst::Icmp { lhs, rhs, .. } => {
            let ty = v.ty(*lhs);
            require!(!ty.lane().is_float(), "{lhs} is {ty}, not integers or pointers");
            v.same(*lhs, *rhs)
        }
        Inst::Fcmp { lhs, rhs, .. } => {
            v.float(*lhs)?;
            v.same(*lhs, *rhs)
        }
        Inst::Select { cond, if_true, if_false } => {
            if v.ty(*cond) != Type::I8 {
                v.mask(*cond, v.ty(*if_true))?;
            }
            v.same(*if_true, *if_false)
        }
        Inst::Cast { op, value, ty } => check_cast(v, *op, v.ty(*value), *ty),
        _ => check_memory(v, inst),
    }
}

fn check_memory(v: &Verifier<'_>, inst: &Inst) -> Check {
    match inst {
        Inst::PtrAdd { ptr, offset, .. } => {
            v.expect(*ptr, Type::PTR)?;
            v.expect(*offset, v.pointer_int())
        }
        Inst::Load { ty, ptr, flags, facts } => {
            check_type(*ty)?;
            check_align(flags.align)?;
            require!(
                facts.pointee_align == 0 || facts.pointee_align.is_power_of_two(),
                "an alignment of {} is not a power of two",
                facts.pointee_align
            );
            require!(!facts.nonnull || *ty == Type::PTR, "nonnull is for pointers, not {ty}");
            require!(facts.pointee_align == 0 || *ty == Type::PTR, "pointee_align is for pointers, not {ty}");
            if let Some(range) = facts.range {
                check_range(*ty, range, v.pointer_bytes)?;
            }
            v.expect(*ptr, Type::PTR)
        }
        Inst::Store { ptr, flags, .. } => {
            check_align(flags.align)?;
            v.expect(*ptr, Type::PTR)
        }
        Inst::AtomicLoad { ty, ptr, order, align } => {
            check_atomic_type(*ty)?;
            check_align(*align)?;
            require!(!matches!(order, Ordering::Release | Ordering::AcqRel), "a load cannot be {order}");
            v.expect(*ptr, Type::PTR)
        }
        Inst::AtomicStore { value, ptr, order, align } => {
            check_atomic_type(v.ty(*value))?;
            check_align(*align)?;
            require!(!matches!(order, Ordering::Acquire | Ordering::AcqRel), "a store cannot be {order}");
            v.expect(*ptr, Type::PTR)
        }
        Inst::AtomicRmw { op, ptr, value, .. } => {
            let ty = v.ty(*value);
            check_atomic_type(ty)?;
            require!(ty != Type::PTR || *op == RmwOp::Xchg, "{op} is for integers, not pointers");
            v.expect(*ptr, Type::PTR)
        }
        Inst::CmpXchg { ptr, expected, new, failure, .. } => {
            check_atomic_type(v.ty(*expected))?;
            v.same(*expected, *new)?;
            require!(!matches!(failure, Ordering::Release | Ordering::AcqRel), "a failure cannot be {failure}");
            v.expect(*ptr, Type::PTR)
        }
        Inst::Fence { order, .. } => {
            require!(*order != Ordering::Relaxed, "a fence cannot be relaxed");
            Ok(())
        }
        Inst::Memcpy { dst, src, len, dst_align, src_align, .. }
        | Inst::Memmove { dst, src, len, dst_align, src_align, .. } => {
            check_align(*dst_align)?;
            check_align(*src_align)?;
            v.expect(*dst, Type::PTR)?;
            v.expect(*src, Type::PTR)?;
            v.expect(*len, v.pointer_int())
        }
        Inst::Memset { dst, byte, len, align, .. } => {
            check_align(*align)?;
            v.expect(*dst, Type::PTR)?;
            v.expect(*byte, Type::I8)?;
            v.expect(*len, v.pointer_int())
        }
        Inst::Prefetch { ptr, locality, .. } => {
            require!(*locality <= 3, "a locality is at most 3");
            v.expect(*ptr, Type::PTR)
        }
        _ => check_vector(v, inst),
    }
}

fn check_vector(v: &Verifier<'_>, inst: &Inst) -> Check {
    match inst {
        Inst::Splat { ty, value } => {
            check_type(*ty)?;
            require!(ty.is_vector(), "{ty} is not a vector");
            v.expect(*value, Type::Scalar(ty.lane()))
        }
        Inst::ExtractLane { vector, lane } => v.lane(*vector, *lane).map(drop),
        Inst::InsertLane { vector, lane, value } => {
            let ty = v.lane(*vector, *lane)?;
            v.expect(*value, ty)
        }
        Inst::ExtractLaneDyn { vector, lane } => {
            v.lane(*vector, 0)?;
            v.expect(*lane, Type::I32)
        }
        Inst::InsertLaneDyn { vector, lane, value } => {
            let ty = v.lane(*vector, 0)?;
            v.expect(*lane, Type::I32)?;
            v.expect(*value, ty)
        }
        Inst::Shuffle { a, b, mask } => {
            let ty = v.ty(*a);
            require!(ty.is_vector(), "{a} is {ty}, not a vector");
            v.same(*a, *b)?;
            require!(!mask.is_empty() && mask.len() <= usize::from(u16::MAX), "a mask of {} lanes", mask.len());
            let lanes = u32::from(ty.lanes()) * 2;
            let wrong = mask.iter().find(|&&lane| u32::from(lane) >= lanes);
            wrong.map_or(Ok(()), |lane| Err(format!("lane {lane} of {lanes}")))
        }
        Inst::Reduce { op, vector } => {
            use ReduceOp::{Add, And, FaddAny, FaddOrdered, Fmax, Fmin, FmulAny, FmulOrdered};
            use ReduceOp::{Mul, Or, Smax, Smin, Umax, Umin, Xor};
            require!(v.ty(*vector).is_vector(), "{vector} is not a vector");
            match op {
                Add | Mul | And | Or | Xor | Umin | Umax | Smin | Smax => v.int(*vector),
                Fmin | Fmax | FaddOrdered | FmulOrdered | FaddAny | FmulAny => v.float(*vector),
            }
        }
        Inst::Bitmask { vector, ty } => {
            v.mask(*vector, v.ty(*vector))?;
            v.bits_of_mask(*ty, v.ty(*vector))
        }
        Inst::MaskFromBits { value, ty } => {
            check_type(*ty)?;
            require!(ty.is_vector() && ty.lane().is_int(), "{ty} is not a mask");
            v.bits_of_mask(v.ty(*value), *ty)
        }
        Inst::Gather { ptrs, mask, passthru: value, align } | Inst::Scatter { ptrs, mask, value, align } => {
            check_align(*align)?;
            let ty = v.ty(*value);
            require!(ty.is_vector(), "{value} is {ty}, not a vector");
            v.expect(*ptrs, ty.with_lane(Scalar::Ptr))?;
            v.mask(*mask, ty)
        }
        Inst::MaskedLoad { ptr, mask, passthru: value, align } | Inst::MaskedStore { ptr, mask, value, align } => {
            check_align(*align)?;
            v.expect(*ptr, Type::PTR)?;
            v.mask(*mask, v.ty(*value))
        }
        Inst::Call(call) => check_call(v, call),
        Inst::LlvmIntrinsic { name, returns, .. } => {
            require!(name.starts_with("llvm."), "{name} is not an intrinsic of LLVM");
            returns.iter().try_for_each(|ty| check_type(*ty))
        }
        Inst::Asm(asm) => check_asm(v, asm, None),
        Inst::Assume { cond } => v.expect(*cond, Type::I8),
        Inst::Expect { value, .. } => v.expect(*value, Type::I8),
        Inst::BlackBox { .. } | Inst::ReturnAddress | Inst::Breakpoint => Ok(()),
        Inst::BlackBoxMemory { ptr } | Inst::VaEnd { list: ptr } => v.expect(*ptr, Type::PTR),
        Inst::VaStart { list } => {
            require!(v.function.signature.variadic, "va_start in a function that is not variadic");
            v.expect(*list, Type::PTR)
        }
        Inst::VaCopy { dst, src } => {
            v.expect(*dst, Type::PTR)?;
            v.expect(*src, Type::PTR)
        }
        _ => unreachable!("checked by the functions before this one"),
    }
}

/// Checks everything about a terminator but its results.
pub(super) fn check_terminator(v: &Verifier<'_>, terminator: &Terminator) -> Check {
    v.operands_in_range(|visit| for_each_terminator_operand(terminator, visit))?;
    terminator.successors().into_iter().try_for_each(|block| v.block(block))?;
    match terminator {
        Terminator::Jump(_) | Terminator::Unreachable | Terminator::Trap => Ok(()),
        Terminator::Branch { cond, .. } => v.expect(*cond, Type::I8),
        Terminator::Switch { value, cases, .. } => {
            let ty = v.ty(*value);
            require!(matches!(ty, Type::Scalar(lane) if lane.is_int()), "{value} is {ty}, not an integer");
            let mut seen = FxHashSet::default();
            for (case, _) in cases {
                v.constant_fits(ty, *case)?;
                require!(seen.insert(*case), "two cases for {case}");
            }
            Ok(())
        }
        Terminator::Return(values) => {
            let returns = &v.function.signature.returns;
            require!(values.len() == returns.len(), "{} values where {} are returned", values.len(), returns.len());
            values.iter().zip(returns).try_for_each(|(value, param)| v.expect(*value, param.ty))
        }
        Terminator::Invoke { call, .. } => check_call(v, call),
        Terminator::Resume { exception, selector } => {
            require!(v.function.personality.is_some(), "resuming needs the function's personality");
            v.expect(*exception, Type::PTR)?;
            v.expect(*selector, Type::I32)
        }
        Terminator::AsmGoto { asm, targets, fallthrough, unwind } => {
            require!(asm.options.noreturn != fallthrough.is_some(), "noreturn is for assembly without fallthrough");
            require!(asm.options.may_unwind || unwind.is_none(), "an unwind edge is for may_unwind");
            check_asm(v, asm, Some(targets.len()))
        }
        Terminator::TailCall(call) => {
            check_call(v, call)?;
            let own = &v.function.signature;
            let callee = v.function.signature(call.sig);
            require!(own.conv == callee.conv, "a tail call from convention {} to {}", own.conv, callee.conv);
            let types = |signature: &Signature| signature.returns.iter().map(|param| param.ty).collect::<Vec<_>>();
            require!(types(own) == types(callee), "a tail call's results are the caller's");
            Ok(())
        }
    }
}

fn check_call(v: &Verifier<'_>, call: &Call) -> Check {
    match call.callee {
        Callee::Symbol(symbol) => v.symbol(symbol, &[SymbolKind::Function])?,
        Callee::Indirect(value) => v.expect(value, Type::PTR)?,
    }
    let signature = v.function.signatures.get(call.sig);
    let signature = signature.ok_or_else(|| format!("{} is not in the table of signatures", call.sig))?;
    let (given, taken) = (call.args.len(), signature.params.len() + signature.extra.len());
    let enough = if signature.variadic { given >= taken } else { given == taken };
    require!(enough, "{given} arguments for {taken} parameters");
    call.args.iter().zip(signature.all_params()).try_for_each(|(value, param)| v.expect(*value, param.ty))
}

/// `label_count` is the number of an asm goto's targets.
fn check_asm(v: &Verifier<'_>, asm: &InlineAsm, label_count: Option<usize>) -> Check {
    for piece in &asm.template {
        if let AsmPiece::Operand { index, .. } = piece {
            require!((*index as usize) < asm.operands.len(), "operand {index} of {}", asm.operands.len());
        }
    }
    for operand in &asm.operands {
        match operand {
            AsmOperand::Out { ty: Some(ty), .. } | AsmOperand::InOut { ty: Some(ty), .. } => check_type(*ty)?,
            AsmOperand::Symbol(symbol) => {
                v.symbol(*symbol, &[SymbolKind::Function, SymbolKind::Data, SymbolKind::ThreadLocal])?;
            }
            AsmOperand::Label(index) => {
                let count = label_count.ok_or("labels are for asm_goto")?;
                require!((*index as usize) < count, "label {index} of {count}");
            }
            _ => {}
        }
    }
    Ok(())
}

fn check_unary(v: &Verifier<'_>, op: UnaryOp, value: Value) -> Check {
    use UnaryOp::{Bitreverse, Bswap, Ceil, Cos, Ctlz, Cttz, Exp, Exp2, Fabs, Floor, Fneg, Ftrunc, Ineg};
    use UnaryOp::{Log, Log2, Log10, Not, Popcnt, Round, RoundEven, Sin, Sqrt};
    match op {
        Ineg | Not | Ctlz | Cttz | Popcnt | Bswap | Bitreverse => v.int(value),
        Fneg | Fabs | Sqrt | Floor | Ceil | Ftrunc | Round | RoundEven | Sin | Cos | Exp | Exp2 | Log | Log2
        | Log10 => v.float(value),
    }
}

fn check_binary(v: &Verifier<'_>, op: BinaryOp, lhs: Value, rhs: Value) -> Check {
    use BinaryOp::{Fadd, Fdiv, Fmax, Fmaximum, Fmin, Fminimum, Fmul, Frem, Fsub};
    let float = matches!(
        op,
        Fadd | Fsub | Fmul | Fdiv | Frem | Fmin | Fmax | Fminimum | Fmaximum | BinaryOp::Copysign | BinaryOp::Pow
    );
    if float {
        v.float(lhs)?
    } else {
        v.int(lhs)?
    }
    v.same(lhs, rhs)
}

fn check_cast(v: &Verifier<'_>, op: CastOp, from: Type, to: Type) -> Check {
    check_type(to)?;
    let (from_lane, to_lane) = (from.lane(), to.lane());
    let (from_size, to_size) = (from_lane.size_bytes(v.pointer_bytes), to_lane.size_bytes(v.pointer_bytes));
    let same_shape = from.with_lane(to_lane) == to;
    let ok = match op {
        CastOp::Zext | CastOp::Sext => same_shape && from_lane.is_int() && to_lane.is_int() && from_size < to_size,
        CastOp::Trunc => same_shape && from_lane.is_int() && to_lane.is_int() && from_size > to_size,
        CastOp::Bitcast => {
            let same_size = from.size_bytes(v.pointer_bytes) == to.size_bytes(v.pointer_bytes);
            same_size && from_lane != Scalar::Ptr && to_lane != Scalar::Ptr
        }
        CastOp::PtrToInt => same_shape && from_lane == Scalar::Ptr && to_lane.is_int() && from_size == to_size,
        CastOp::IntToPtr => same_shape && from_lane.is_int() && to_lane == Scalar::Ptr && from_size == to_size,
        CastOp::FtoUiSat | CastOp::FtoSiSat | CastOp::FtoUi | CastOp::FtoSi => {
            same_shape && from_lane.is_float() && to_lane.is_int()
        }
        CastOp::UiToF | CastOp::SiToF => same_shape && from_lane.is_int() && to_lane.is_float(),
        CastOp::Fext => same_shape && from_lane.is_float() && to_lane.is_float() && from_size < to_size,
        CastOp::Ftrunc => same_shape && from_lane.is_float() && to_lane.is_float() && from_size > to_size,
    };
    if ok { Ok(()) } else { Err(format!("{op} does not go from {from} to {to}")) }
}

/// A vector has lanes.
pub(super) fn check_type(ty: Type) -> Check {
    require!(ty.lanes() > 0, "a vector without lanes");
    Ok(())
}

fn check_atomic_type(ty: Type) -> Check {
    let fine = matches!(ty, Type::Scalar(lane) if lane.is_int() || lane == Scalar::Ptr);
    if fine { Ok(()) } else { Err(format!("atomic operations are for integers and pointers, not {ty}")) }
}

pub(super) fn check_align(align: u64) -> Check {
    require!(align.is_power_of_two(), "an alignment of {align} is not a power of two");
    Ok(())
}

/// Ranges are of scalar integers and pointers, and neither empty nor full.
pub(super) fn check_range(ty: Type, (low, high): (u128, u128), pointer_bytes: u32) -> Check {
    let fine = matches!(ty, Type::Scalar(lane) if !lane.is_float());
    require!(fine, "a range is for integers, not {ty}");
    let bits = ty.size_bytes(pointer_bytes) * 8;
    let fits = |value: u128| bits == 128 || value >> bits == 0;
    require!(fits(low) && fits(high), "the range {low}..{high} does not fit {ty}");
    require!(low != high, "the range {low}..{high} is empty");
    Ok(())
}

impl Verifier<'_> {
    fn operands_in_range(&self, for_each: impl FnOnce(&mut dyn FnMut(Value))) -> Check {
        let mut result = Ok(());
        let count = self.function.values.len();
        for_each(&mut |value| {
            if value.index() >= count && result.is_ok() {
                result = Err(format!("{value} is not in the table of values"));
            }
        });
        result
    }

    /// The type of a value that is in range.
    fn ty(&self, value: Value) -> Type {
        self.function.ty(value)
    }

    fn expect(&self, value: Value, ty: Type) -> Check {
        let actual = self.ty(value);
        require!(actual == ty, "{value} is {actual}, not {ty}");
        Ok(())
    }

    fn same(&self, left: Value, right: Value) -> Check {
        let (left_type, right_type) = (self.ty(left), self.ty(right));
        require!(left_type == right_type, "{left} is {left_type}, {right} is {right_type}");
        Ok(())
    }

    fn int(&self, value: Value) -> Check {
        let ty = self.ty(value);
        require!(ty.lane().is_int(), "{value} is {ty}, not integers");
        Ok(())
    }

    fn float(&self, value: Value) -> Check {
        let ty = self.ty(value);
        require!(ty.lane().is_float(), "{value} is {ty}, not floats");
        Ok(())
    }

    /// A mask for vectors of type `of`: integers, as many.
    fn mask(&self, value: Value, of: Type) -> Check {
        let ty = self.ty(value);
        let fine = ty.is_vector() && of.is_vector() && ty.lanes() == of.lanes() && ty.lane().is_int();
        require!(fine, "{value} is {ty}, not a mask for {of}");
        Ok(())
    }

    /// The type of a vector's lane.
    fn lane(&self, vector: Value, lane: u16) -> Result<Type, String> {
        let ty = self.ty(vector);
        require!(ty.is_vector(), "{vector} is {ty}, not a vector");
        require!(lane < ty.lanes(), "lane {lane} of {ty}");
        Ok(Type::Scalar(ty.lane()))
    }

    /// Whether `ty` is the smallest integer that holds a bit for each lane of `mask`.
    fn bits_of_mask(&self, ty: Type, mask: Type) -> Check {
        let smallest = Scalar::int(u32::from(mask.lanes()).next_power_of_two().max(8)).map(Type::Scalar);
        require!(smallest == Some(ty), "{ty} is not the smallest integer with a bit for each lane of {mask}");
        Ok(())
    }

    fn pointer_int(&self) -> Type {
        Scalar::int(self.pointer_bytes * 8).map_or(Type::I64, Type::Scalar)
    }

    fn constant_fits(&self, ty: Type, value: u128) -> Check {
        let bits = ty.size_bytes(self.pointer_bytes) * 8;
        require!(bits >= 128 || value >> bits == 0, "{value:#x} does not fit {ty}");
        Ok(())
    }

    fn var(&self, var: crate::Var) -> Result<Type, String> {
        self.function.vars.get(var).copied().ok_or_else(|| format!("{var} is not in the table of variables"))
    }

    fn block(&self, block: Block) -> Check {
        require!(self.function.blocks.contains(block), "{block} does not exist");
        Ok(())
    }

    fn symbol(&self, id: SymbolRefId, kinds: &[SymbolKind]) -> Check {
        let symbol = self.function.symbols.get(id);
        let symbol = symbol.ok_or_else(|| format!("{id} is not in the table of symbols"))?;
        require!(kinds.contains(&symbol.kind), "{} is a symbol of the kind `{}`", symbol.name, symbol.kind);
        Ok(())
    }
}
