//! Operations on scalars and on single lanes, as C expressions.

use crate::types;
use lir::{BinaryOp, CastOp, FloatCond, IntCond, Ordering, OverflowOp, RmwOp, Scalar, UnaryOp};

/// A constant by its bits.
pub fn constant(scalar: Scalar, bits: u128) -> String {
    match scalar {
        Scalar::Ptr => format!("(ptr){bits:#x}ul"),
        Scalar::F16 | Scalar::F32 => format!("from_bits_{}({bits:#x})", types::scalar(scalar)),
        Scalar::F64 => format!("from_bits_f64({bits:#x}ul)"),
        Scalar::F128 => format!("from_bits_f128({})", wide(bits)),
        Scalar::I128 => wide(bits),
        _ => format!("({}){bits:#x}ul", types::scalar(scalar)),
    }
}

fn wide(bits: u128) -> String {
    format!("((u128){:#x}ul << 64 | {:#x}ul)", bits >> 64, bits & u128::from(u64::MAX))
}

/// Mathematical functions of C take `float` with a suffix; of f16 they are those of `float`.
fn math(name: &str, scalar: Scalar, args: &[&str]) -> String {
    match scalar {
        Scalar::F64 => format!("__builtin_{name}({})", args.join(", ")),
        Scalar::F16 => {
            let args: Vec<String> = args.iter().map(|arg| format!("(f32){arg}")).collect();
            format!("(f16)__builtin_{name}f({})", args.join(", "))
        }
        _ => format!("__builtin_{name}f({})", args.join(", ")),
    }
}

/// An operation on one value.
pub fn unary(op: UnaryOp, scalar: Scalar, a: &str) -> String {
    let (t, bits) = (types::scalar(scalar), types::bits(scalar));
    match op {
        UnaryOp::Ineg => format!("({t})-{a}"),
        UnaryOp::Not => format!("({t})~{a}"),
        UnaryOp::Ctlz if bits == 128 => format!("ctlz_128({a})"),
        UnaryOp::Ctlz => format!("({t})ctlz_64({a}, {bits})"),
        UnaryOp::Cttz if bits == 128 => format!("cttz_128({a})"),
        UnaryOp::Cttz => format!("({t})cttz_64({a}, {bits})"),
        UnaryOp::Popcnt if bits == 128 => format!("popcount_128({a})"),
        UnaryOp::Popcnt => format!("({t})popcount_64({a})"),
        UnaryOp::Bswap if bits == 128 => format!("bswap_128({a})"),
        UnaryOp::Bswap => format!("({t})(__builtin_bswap64({a}) >> {})", 64 - bits),
        UnaryOp::Bitreverse if bits == 128 => format!("reverse_128({a})"),
        UnaryOp::Bitreverse => format!("({t})(reverse_64({a}) >> {})", 64 - bits),
        UnaryOp::Fneg => format!("fneg_{t}({a})"),
        UnaryOp::Fabs => format!("fabs_{t}({a})"),
        UnaryOp::Sqrt => math("sqrt", scalar, &[a]),
        UnaryOp::Floor => math("floor", scalar, &[a]),
        UnaryOp::Ceil => math("ceil", scalar, &[a]),
        UnaryOp::Ftrunc => math("trunc", scalar, &[a]),
        UnaryOp::Round => math("round", scalar, &[a]),
        UnaryOp::RoundEven => math("roundeven", scalar, &[a]),
        UnaryOp::Sin => math("sin", scalar, &[a]),
        UnaryOp::Cos => math("cos", scalar, &[a]),
        UnaryOp::Exp => math("exp", scalar, &[a]),
        UnaryOp::Exp2 => math("exp2", scalar, &[a]),
        UnaryOp::Log => math("log", scalar, &[a]),
        UnaryOp::Log2 => math("log2", scalar, &[a]),
        UnaryOp::Log10 => math("log10", scalar, &[a]),
    }
}

/// An operation on two values.
pub fn binary(op: BinaryOp, scalar: Scalar, a: &str, b: &str) -> String {
    let (t, s) = (types::scalar(scalar), types::signed(scalar));
    let infix = |operator: &str| format!("({t})({a} {operator} {b})");
    // Narrow integers are `int` in C: the operator's result is cut back.
    let signed = |operator: &str| format!("({t})(({s}){a} {operator} ({s}){b})");
    let helper = |name: &str| format!("{name}_{t}({a}, {b})");
    match op {
        BinaryOp::Iadd | BinaryOp::Fadd => infix("+"),
        BinaryOp::Isub | BinaryOp::Fsub => infix("-"),
        BinaryOp::Imul | BinaryOp::Fmul => infix("*"),
        BinaryOp::Udiv | BinaryOp::Fdiv => infix("/"),
        BinaryOp::Sdiv => signed("/"),
        BinaryOp::Urem => infix("%"),
        BinaryOp::Srem => signed("%"),
        BinaryOp::And => infix("&"),
        BinaryOp::Or => infix("|"),
        BinaryOp::Xor => infix("^"),
        BinaryOp::Shl => infix("<<"),
        BinaryOp::Lshr => infix(">>"),
        BinaryOp::Ashr => format!("({t})(({s}){a} >> {b})"),
        BinaryOp::UaddSat => helper("uadd_sat"),
        BinaryOp::SaddSat => helper("sadd_sat"),
        BinaryOp::UsubSat => helper("usub_sat"),
        BinaryOp::SsubSat => helper("ssub_sat"),
        BinaryOp::Umin => helper("umin"),
        BinaryOp::Umax => helper("umax"),
        BinaryOp::Smin => helper("smin"),
        BinaryOp::Smax => helper("smax"),
        BinaryOp::Rotl => helper("rotl"),
        BinaryOp::Rotr => helper("rotr"),
        BinaryOp::Fmin => helper("fmin"),
        BinaryOp::Fmax => helper("fmax"),
        BinaryOp::Fminimum => helper("fminimum"),
        BinaryOp::Fmaximum => helper("fmaximum"),
        BinaryOp::Copysign => helper("copysign"),
        BinaryOp::Frem => math("fmod", scalar, &[a, b]),
        BinaryOp::Pow => math("pow", scalar, &[a, b]),
    }
}

/// The helper for an operation that says whether it overflowed.
pub fn overflow(op: OverflowOp) -> &'static str {
    match op {
        OverflowOp::Uadd => "uadd_over",
        OverflowOp::Sadd => "sadd_over",
        OverflowOp::Usub => "usub_over",
        OverflowOp::Ssub => "ssub_over",
        OverflowOp::Umul => "umul_over",
        OverflowOp::Smul => "smul_over",
    }
}

/// A multiplication and addition that is rounded once.
pub fn fma(scalar: Scalar, a: &str, b: &str, c: &str) -> String {
    math("fma", scalar, &[a, b, c])
}

/// A comparison of integers or addresses: 0 or 1.
pub fn icmp(cond: IntCond, scalar: Scalar, a: &str, b: &str) -> String {
    let operator = match cond {
        IntCond::Eq => "==",
        IntCond::Ne => "!=",
        IntCond::Ult | IntCond::Slt => "<",
        IntCond::Ule | IntCond::Sle => "<=",
        IntCond::Ugt | IntCond::Sgt => ">",
        IntCond::Uge | IntCond::Sge => ">=",
    };
    let is_signed = matches!(cond, IntCond::Slt | IntCond::Sle | IntCond::Sgt | IntCond::Sge);
    let t = match scalar {
        _ if is_signed => types::signed(scalar),
        Scalar::Ptr => "u64",
        _ => types::scalar(scalar),
    };
    format!("(({t}){a} {operator} ({t}){b})")
}

/// A comparison of floats: 0 or 1.
pub fn fcmp(cond: FloatCond, a: &str, b: &str) -> String {
    let infix = |operator: &str| format!("({a} {operator} {b})");
    match cond {
        FloatCond::Oeq => infix("=="),
        FloatCond::Une => infix("!="),
        FloatCond::Olt => infix("<"),
        FloatCond::Ole => infix("<="),
        FloatCond::Ogt => infix(">"),
        FloatCond::Oge => infix(">="),
        FloatCond::Unordered => format!("({a} != {a} || {b} != {b})"),
        FloatCond::Ordered => format!("({a} == {a} && {b} == {b})"),
    }
}

/// A conversion, but of bits (`Bitcast`).
pub fn cast(op: CastOp, from: Scalar, to: Scalar, a: &str) -> String {
    let (f, t) = (types::scalar(from), types::scalar(to));
    // There are no helpers for f16: all of its values are `float`s.
    let (f, value) = if from == Scalar::F16 { ("f32", format!("(f32){a}")) } else { (f, a.to_owned()) };
    match op {
        CastOp::Zext | CastOp::Trunc => format!("({t}){a}"),
        CastOp::UiToF if from == Scalar::I128 && to == Scalar::F16 => format!("(f16)(f32){a}"),
        CastOp::SiToF if from == Scalar::I128 && to == Scalar::F16 => format!("(f16)(f32)(i128){a}"),
        CastOp::UiToF | CastOp::Fext | CastOp::Ftrunc => format!("({t}){a}"),
        CastOp::Sext => format!("({t})({}){a}", types::signed(from)),
        CastOp::SiToF => format!("({t})({}){a}", types::signed(from)),
        CastOp::PtrToInt => format!("({t})(u64){a}"),
        CastOp::IntToPtr => format!("(ptr)(u64){a}"),
        CastOp::FtoUi => format!("({t}){value}"),
        CastOp::FtoSi => format!("({t})({}){value}", types::signed(to)),
        CastOp::FtoUiSat => format!("unsigned_{f}_{t}({value})"),
        CastOp::FtoSiSat => format!("signed_{f}_{t}({value})"),
        CastOp::Bitcast => format!("({t}){a}"),
    }
}

/// C's name of a memory order.
pub fn ordering(order: Ordering) -> &'static str {
    match order {
        Ordering::Relaxed => "__ATOMIC_RELAXED",
        Ordering::Acquire => "__ATOMIC_ACQUIRE",
        Ordering::Release => "__ATOMIC_RELEASE",
        Ordering::AcqRel => "__ATOMIC_ACQ_REL",
        Ordering::SeqCst => "__ATOMIC_SEQ_CST",
    }
}

/// C's function for an atomic change, or the operation that a loop has to do.
pub fn rmw(op: RmwOp) -> Result<&'static str, BinaryOp> {
    Ok(match op {
        RmwOp::Xchg => "__atomic_exchange_n",
        RmwOp::Add => "__atomic_fetch_add",
        RmwOp::Sub => "__atomic_fetch_sub",
        RmwOp::And => "__atomic_fetch_and",
        RmwOp::Nand => "__atomic_fetch_nand",
        RmwOp::Or => "__atomic_fetch_or",
        RmwOp::Xor => "__atomic_fetch_xor",
        RmwOp::Umin => return Err(BinaryOp::Umin),
        RmwOp::Umax => return Err(BinaryOp::Umax),
        RmwOp::Smin => return Err(BinaryOp::Smin),
        RmwOp::Smax => return Err(BinaryOp::Smax),
    })
}
