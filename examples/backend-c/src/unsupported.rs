//! What C cannot say, by name.

use crate::signature;
use lir::{BinaryOp, Callee, CastOp, Function, Inst, Scalar, Terminator, Type, UnaryOp};

/// The first construct of a function that C lacks.
pub fn construct(function: &Function) -> Option<String> {
    if function.attrs.naked {
        return Some("naked functions".into());
    }
    if !function.attrs.target_features.is_empty() {
        return Some("target features of one function".into());
    }
    if function.signature.variadic && function.signature.params.is_empty() {
        return Some("variadic functions without parameters".into());
    }
    signature::unsupported(&function.signature)
        .or_else(|| function.signatures.iter().find_map(signature::unsupported))
        .or_else(|| function.blocks.iter().find_map(|block| block_unsupported(function, block)))
}

fn block_unsupported(function: &Function, block: &lir::BlockData) -> Option<String> {
    if block.landing.is_some() {
        return Some("unwinding into clean-up code".into());
    }
    match &block.terminator {
        Terminator::Invoke { .. } | Terminator::Resume { .. } => return Some("unwinding into clean-up code".into()),
        Terminator::AsmGoto { .. } => return Some("inline assembly".into()),
        Terminator::TailCall(_) => return Some("tail calls".into()),
        _ => {}
    }
    block.nodes.iter().find_map(|node| inst(function, &node.inst))
}

fn inst(function: &Function, inst: &Inst) -> Option<String> {
    let ty = |value: lir::Value| function.ty(value);
    let is = |value: lir::Value, scalar: Scalar| function.ty(value).lane() == scalar;
    let wide_atomic = |ty: Type| ty.size_bytes(8) > 8;
    match inst {
        Inst::Asm(_) => Some("inline assembly".into()),
        Inst::LlvmIntrinsic { name, .. } => Some(name.clone()),
        Inst::AtomicLoad { ty, .. } if wide_atomic(*ty) => Some("atomics of 128 bits".into()),
        Inst::AtomicStore { value, .. } | Inst::AtomicRmw { value, .. } | Inst::CmpXchg { new: value, .. }
            if wide_atomic(ty(*value)) =>
        {
            Some("atomics of 128 bits".into())
        }
        Inst::Load { flags, ty, .. } if flags.volatile && (ty.is_vector() || ty.size_bytes(8) > 8) => {
            Some("volatile accesses of more than a register".into())
        }
        Inst::Store { flags, value, .. }
            if flags.volatile && (ty(*value).is_vector() || ty(*value).size_bytes(8) > 8) =>
        {
            Some("volatile accesses of more than a register".into())
        }
        Inst::Unary { op, value } if is(*value, Scalar::F128) && !matches!(op, UnaryOp::Fneg | UnaryOp::Fabs) => {
            Some("mathematical functions of f128".into())
        }
        Inst::Binary { op, lhs, .. } if is(*lhs, Scalar::F128) && !is_plain(*op) => {
            Some("mathematical functions of f128".into())
        }
        Inst::Fma { a, .. } if is(*a, Scalar::F128) || is(*a, Scalar::F16) => {
            Some("a fused multiplication of f16 or f128".into())
        }
        Inst::Cast { op: CastOp::Ftrunc, value, ty } if is(*value, Scalar::F128) && ty.lane() == Scalar::F16 => {
            Some("a conversion of f128 to f16".into())
        }
        Inst::Call(call) => {
            let signature = function.signature(call.sig);
            let beyond = call.args.iter().skip(signature.params.len());
            let narrow =
                beyond.clone().any(|&value| ty(value).is_vector() || matches!(ty(value), Type::F16 | Type::F32));
            let unnamed = signature.variadic && signature.params.is_empty() && matches!(call.callee, Callee::Symbol(_));
            (narrow || unnamed).then(|| "variable arguments that C widens".into())
        }
        _ => None,
    }
}

fn is_plain(op: BinaryOp) -> bool {
    use BinaryOp::{Copysign, Fadd, Fdiv, Fmul, Fsub};
    matches!(op, Fadd | Fsub | Fmul | Fdiv | Copysign)
}
