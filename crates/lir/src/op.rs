//! Operations: what instructions do with their operands.

use crate::{Scalar, Type};
use serde::{Deserialize, Serialize};

/// Unary operations on one value; the result has the operand's type unless said otherwise.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub enum UnaryOp {
    /// Two's complement negation, wrapping.
    Ineg,
    /// Bitwise not.
    Not,
    /// Count of leading zeros; the width for 0. (The result has the operand's type.)
    Ctlz,
    /// Count of trailing zeros; the width for 0.
    Cttz,
    /// Count of ones.
    Popcnt,
    /// Bytes in reverse order; at least two of them.
    Bswap,
    /// Bits in reverse order.
    Bitreverse,
    /// The sign flipped, of NaNs too.
    Fneg,
    /// The sign cleared, of NaNs too.
    Fabs,
    /// Square root, rounded correctly.
    Sqrt,
    /// Round toward negative infinity.
    Floor,
    /// Round toward positive infinity.
    Ceil,
    /// Round toward zero.
    Ftrunc,
    /// Round half away from zero.
    Round,
    /// Round half to even.
    RoundEven,
    /// Sine. This and the following are libm's functions, with its precision.
    Sin,
    /// Cosine.
    Cos,
    /// e to the power of the operand.
    Exp,
    /// 2 to the power of the operand.
    Exp2,
    /// Natural logarithm.
    Log,
    /// Logarithm to base 2.
    Log2,
    /// Logarithm to base 10.
    Log10,
}

/// Binary operations. Both operands and the result have the same type, lane-wise on vectors.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub enum BinaryOp {
    /// Sum, wrapping.
    Iadd,
    /// Difference, wrapping.
    Isub,
    /// Product, wrapping.
    Imul,
    /// Unsigned division. A zero divisor is undefined behaviour (lowering checks it first).
    Udiv,
    /// Signed division. A zero divisor and MIN / -1 are undefined behaviour.
    Sdiv,
    /// Unsigned remainder; undefined as `Udiv`.
    Urem,
    /// Signed remainder, with the sign of the dividend; undefined as `Sdiv`.
    Srem,
    /// Bitwise and.
    And,
    /// Bitwise or.
    Or,
    /// Bitwise exclusive or.
    Xor,
    /// Shift left. The amount of a shift has the operand's type and is less than its width; otherwise undefined behaviour.
    Shl,
    /// Shift right, filling with zeros.
    Lshr,
    /// Shift right, filling with the sign.
    Ashr,
    /// Unsigned sum, the maximum where it is exceeded.
    UaddSat,
    /// Signed sum, the nearest limit where it is exceeded.
    SaddSat,
    /// Unsigned difference, 0 where it is below.
    UsubSat,
    /// Signed difference, the nearest limit where it is exceeded.
    SsubSat,
    /// Unsigned minimum.
    Umin,
    /// Unsigned maximum.
    Umax,
    /// Signed minimum.
    Smin,
    /// Signed maximum.
    Smax,
    /// Rotate left. The amount of a rotation has the operand's type and is taken modulo the width.
    Rotl,
    /// Rotate right.
    Rotr,
    /// Float sum, rounded to nearest, ties to even, as all float arithmetic.
    Fadd,
    /// Float difference.
    Fsub,
    /// Float product.
    Fmul,
    /// Float quotient.
    Fdiv,
    /// C's `fmod`: the remainder has the sign of the dividend.
    Frem,
    /// IEEE 754-2008 minNum: the other operand where one is NaN.
    Fmin,
    /// IEEE 754-2008 maxNum.
    Fmax,
    /// IEEE 754-2019 minimum: NaN where one is NaN, -0 < +0.
    Fminimum,
    /// IEEE 754-2019 maximum: NaN where one is NaN, -0 < +0.
    Fmaximum,
    /// The first operand's magnitude with the second's sign.
    Copysign,
    /// libm's `pow`.
    Pow,
}

/// Promises about an arithmetic operation's result; breaking one is undefined behaviour (poison).
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default, Serialize, Deserialize)]
pub struct ArithFlags {
    /// No unsigned wrap.
    pub nuw: bool,
    /// No signed wrap.
    pub nsw: bool,
    /// The division or right shift loses nothing.
    pub exact: bool,
    /// Float operations may be reassociated and so on, without assuming away NaN and infinities ("algebraic").
    pub algebraic: bool,
    /// As `algebraic`, and the operands are finite and not NaN ("fast").
    pub fast: bool,
}

impl ArithFlags {
    /// No promises.
    pub const NONE: ArithFlags = ArithFlags { nuw: false, nsw: false, exact: false, algebraic: false, fast: false };
}

/// Operations that say whether they overflowed: the result is `(wrapped, i8)`.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub enum OverflowOp {
    /// Unsigned sum.
    Uadd,
    /// Signed sum.
    Sadd,
    /// Unsigned difference.
    Usub,
    /// Signed difference.
    Ssub,
    /// Unsigned product.
    Umul,
    /// Signed product.
    Smul,
}

/// Conditions of integers: `U…` compare without sign, `S…` with.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub enum IntCond {
    /// Equal.
    Eq,
    /// Not equal.
    Ne,
    /// Unsigned less.
    Ult,
    /// Unsigned less or equal.
    Ule,
    /// Unsigned greater.
    Ugt,
    /// Unsigned greater or equal.
    Uge,
    /// Signed less.
    Slt,
    /// Signed less or equal.
    Sle,
    /// Signed greater.
    Sgt,
    /// Signed greater or equal.
    Sge,
}

/// Ordered comparisons are false where an operand is NaN; `Une` is true there.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub enum FloatCond {
    /// Equal.
    Oeq,
    /// Not equal, or an operand is NaN.
    Une,
    /// Less.
    Olt,
    /// Less or equal.
    Ole,
    /// Greater.
    Ogt,
    /// Greater or equal.
    Oge,
    /// True where an operand is NaN.
    Unordered,
    /// True where none is.
    Ordered,
}

/// Conversions from the operand's type to the type named in the instruction, lane-wise on vectors.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub enum CastOp {
    /// To a wider integer, filling with zeros.
    Zext,
    /// To a wider integer, filling with the sign.
    Sext,
    /// To a narrower integer, dropping the high bits.
    Trunc,
    /// Same size, other type: scalars, vectors, not pointers.
    Bitcast,
    /// A pointer to an integer as wide as a pointer.
    PtrToInt,
    /// An integer as wide as a pointer to a pointer.
    IntToPtr,
    /// Float to unsigned integer, saturating, NaN to 0 (Rust's `as`).
    FtoUiSat,
    /// Float to signed integer, saturating, NaN to 0 (Rust's `as`).
    FtoSiSat,
    /// Float to unsigned integer; out of range is undefined behaviour.
    FtoUi,
    /// Float to signed integer; out of range is undefined behaviour.
    FtoSi,
    /// Unsigned integer to float, rounded to nearest.
    UiToF,
    /// Signed integer to float, rounded to nearest.
    SiToF,
    /// To a wider float.
    Fext,
    /// To a narrower float, rounded to nearest.
    Ftrunc,
}

/// How an atomic access is ordered with others; as C++20 and Rust have it.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub enum Ordering {
    /// Not at all.
    Relaxed,
    /// Later accesses stay later.
    Acquire,
    /// Earlier accesses stay earlier.
    Release,
    /// Both of these.
    AcqRel,
    /// Both, and in one order with all accesses of this kind.
    SeqCst,
}

/// What an atomic read-modify-write makes of the old value and the operand.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub enum RmwOp {
    /// The operand.
    Xchg,
    /// Their sum.
    Add,
    /// The old value less the operand.
    Sub,
    /// Bitwise and.
    And,
    /// Bitwise and, inverted.
    Nand,
    /// Bitwise or.
    Or,
    /// Bitwise exclusive or.
    Xor,
    /// Unsigned minimum.
    Umin,
    /// Unsigned maximum.
    Umax,
    /// Signed minimum.
    Smin,
    /// Signed maximum.
    Smax,
}

/// The operations across the lanes of a vector; the result is a scalar of the lane's type.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub enum ReduceOp {
    /// Sum, wrapping.
    Add,
    /// Product, wrapping.
    Mul,
    /// Bitwise and.
    And,
    /// Bitwise or.
    Or,
    /// Bitwise exclusive or.
    Xor,
    /// Unsigned minimum.
    Umin,
    /// Unsigned maximum.
    Umax,
    /// Signed minimum.
    Smin,
    /// Signed maximum.
    Smax,
    /// As [`BinaryOp::Fmin`].
    Fmin,
    /// As [`BinaryOp::Fmax`].
    Fmax,
    /// Float sum in lane order, starting from lane 0 (no reassociation).
    FaddOrdered,
    /// Float product in lane order, starting from lane 0.
    FmulOrdered,
    /// Float sum in any order.
    FaddAny,
    /// Float product in any order.
    FmulAny,
}

/// The type of a comparison of two values of type `operand`.
pub fn compare_type(operand: Type, pointer_bytes: u32) -> Type {
    match operand {
        Type::Scalar(_) => Type::I8,
        Type::Vector { lane, lanes } => {
            let bits = lane.size_bytes(pointer_bytes) * 8;
            Type::Vector { lane: Scalar::int(bits).expect("every lane size is an integer's"), lanes }
        }
    }
}
