//! The names of operations, flags and kinds in the text form.

use crate::{
    BaseEncoding, BinaryOp, CallConv, CastOp, FloatCond, IntCond, Linkage, Ordering, OverflowOp, ReduceOp, RmwOp,
    Scalar, SymbolKind, Type, UnaryOp,
};
use std::fmt;

/// Gives an enum without fields its names: a `name` method, [`fmt::Display`], and `from_name`.
macro_rules! names {
    ($ty:ident { $($variant:ident $name:literal,)* }) => {
        impl $ty {
            /// The name in the text form.
            pub fn name(self) -> &'static str {
                match self {
                    $($ty::$variant => $name,)*
                }
            }

            /// The one with this name in the text form.
            pub fn from_name(name: &str) -> Option<$ty> {
                Some(match name {
                    $($name => $ty::$variant,)*
                    _ => return None,
                })
            }
        }

        impl fmt::Display for $ty {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.name())
            }
        }
    };
}

names!(Scalar {
    I8 "i8",
    I16 "i16",
    I32 "i32",
    I64 "i64",
    I128 "i128",
    F16 "f16",
    F32 "f32",
    F64 "f64",
    F128 "f128",
    Ptr "ptr",
});

names!(UnaryOp {
    Ineg "ineg",
    Not "not",
    Ctlz "ctlz",
    Cttz "cttz",
    Popcnt "popcnt",
    Bswap "bswap",
    Bitreverse "bitreverse",
    Fneg "fneg",
    Fabs "fabs",
    Sqrt "sqrt",
    Floor "floor",
    Ceil "ceil",
    Ftrunc "ftrunc",
    Round "round",
    RoundEven "roundeven",
    Sin "sin",
    Cos "cos",
    Exp "exp",
    Exp2 "exp2",
    Log "log",
    Log2 "log2",
    Log10 "log10",
});

names!(BinaryOp {
    Iadd "iadd",
    Isub "isub",
    Imul "imul",
    Udiv "udiv",
    Sdiv "sdiv",
    Urem "urem",
    Srem "srem",
    And "and",
    Or "or",
    Xor "xor",
    Shl "shl",
    Lshr "lshr",
    Ashr "ashr",
    UaddSat "uadd_sat",
    SaddSat "sadd_sat",
    UsubSat "usub_sat",
    SsubSat "ssub_sat",
    Umin "umin",
    Umax "umax",
    Smin "smin",
    Smax "smax",
    Rotl "rotl",
    Rotr "rotr",
    Fadd "fadd",
    Fsub "fsub",
    Fmul "fmul",
    Fdiv "fdiv",
    Frem "frem",
    Fmin "fmin",
    Fmax "fmax",
    Fminimum "fminimum",
    Fmaximum "fmaximum",
    Copysign "copysign",
    Pow "pow",
});

names!(OverflowOp {
    Uadd "uadd_overflow",
    Sadd "sadd_overflow",
    Usub "usub_overflow",
    Ssub "ssub_overflow",
    Umul "umul_overflow",
    Smul "smul_overflow",
});

names!(IntCond {
    Eq "eq",
    Ne "ne",
    Ult "ult",
    Ule "ule",
    Ugt "ugt",
    Uge "uge",
    Slt "slt",
    Sle "sle",
    Sgt "sgt",
    Sge "sge",
});

names!(FloatCond {
    Oeq "oeq",
    Une "une",
    Olt "olt",
    Ole "ole",
    Ogt "ogt",
    Oge "oge",
    Unordered "unordered",
    Ordered "ordered",
});

names!(CastOp {
    Zext "zext",
    Sext "sext",
    Trunc "trunc",
    Bitcast "bitcast",
    PtrToInt "ptr_to_int",
    IntToPtr "int_to_ptr",
    FtoUiSat "fto_ui_sat",
    FtoSiSat "fto_si_sat",
    FtoUi "fto_ui",
    FtoSi "fto_si",
    UiToF "ui_to_f",
    SiToF "si_to_f",
    Fext "fext",
    Ftrunc "fptrunc",
});

names!(Ordering {
    Relaxed "relaxed",
    Acquire "acquire",
    Release "release",
    AcqRel "acqrel",
    SeqCst "seqcst",
});

names!(RmwOp {
    Xchg "xchg",
    Add "add",
    Sub "sub",
    And "and",
    Nand "nand",
    Or "or",
    Xor "xor",
    Umin "umin",
    Umax "umax",
    Smin "smin",
    Smax "smax",
});

names!(ReduceOp {
    Add "add",
    Mul "mul",
    And "and",
    Or "or",
    Xor "xor",
    Umin "umin",
    Umax "umax",
    Smin "smin",
    Smax "smax",
    Fmin "fmin",
    Fmax "fmax",
    FaddOrdered "fadd_ordered",
    FmulOrdered "fmul_ordered",
    FaddAny "fadd_any",
    FmulAny "fmul_any",
});

names!(Linkage {
    Internal "internal",
    Hidden "hidden",
    Export "export",
    WeakExport "weak_export",
    WeakHidden "weak_hidden",
    Common "common",
    Available "available",
});

names!(CallConv {
    C "c",
    Cold "cold",
    SysV64 "sysv64",
    Win64 "win64",
    X86Interrupt "x86_interrupt",
    Aapcs "aapcs",
});

names!(SymbolKind {
    Function "function",
    Data "data",
    ThreadLocal "tls",
});

names!(BaseEncoding {
    Bool "bool",
    Char "char",
    Signed "signed",
    Unsigned "unsigned",
    Float "float",
});

impl Type {
    /// The type of this name: `i32`, `ptr`, `f32x4`.
    pub fn from_name(name: &str) -> Option<Type> {
        if let Some(scalar) = Scalar::from_name(name) {
            return Some(Type::Scalar(scalar));
        }
        let (lane, lanes) = name.split_once('x')?;
        let lanes: u16 = lanes.parse().ok().filter(|&count| count > 0 && !lanes.starts_with(['0', '+']))?;
        Some(Type::vector(Scalar::from_name(lane)?, lanes))
    }
}

impl fmt::Display for Type {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Type::Scalar(scalar) => write!(f, "{scalar}"),
            Type::Vector { lane, lanes } => write!(f, "{lane}x{lanes}"),
        }
    }
}
