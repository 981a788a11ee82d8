//! Instructions and terminators.

use crate::{Block, Scalar, SigId, Slot, SymbolRefId, Type, Value, Var};
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
    Popcnt,
    Bswap,
    Bitreverse,
    Fneg,
    Fabs,
    Sqrt,
    Floor,
    Ceil,
    /// Round toward zero.
    Ftrunc,
    /// Round half away from zero.
    Round,
    /// Round half to even.
    RoundEven,
    /// sin, cos, exp, exp2, ln, log2, log10 (libm's names in back ends without an instruction).
    Sin,
    Cos,
    Exp,
    Exp2,
    Log,
    Log2,
    Log10,
}

/// Binary operations. Both operands and the result have the same type, lane-wise on vectors.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub enum BinaryOp {
    Iadd,
    Isub,
    Imul,
    /// Unsigned division. A zero divisor is undefined behaviour (lowering checks it first).
    Udiv,
    /// Signed division. A zero divisor and MIN / -1 are undefined behaviour.
    Sdiv,
    Urem,
    Srem,
    And,
    Or,
    Xor,
    /// Shifts: the amount has the operand's type and is less than its width; otherwise undefined behaviour.
    Shl,
    Lshr,
    Ashr,
    UaddSat,
    SaddSat,
    UsubSat,
    SsubSat,
    Umin,
    Umax,
    Smin,
    Smax,
    /// Rotates: the amount has the operand's type and is taken modulo the width.
    Rotl,
    Rotr,
    Fadd,
    Fsub,
    Fmul,
    Fdiv,
    Frem,
    /// IEEE 754-2008 minNum: the other operand where one is NaN.
    Fmin,
    Fmax,
    /// IEEE 754-2019 minimum: NaN where one is NaN, -0 < +0.
    Fminimum,
    Fmaximum,
    Copysign,
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
    pub const NONE: ArithFlags = ArithFlags { nuw: false, nsw: false, exact: false, algebraic: false, fast: false };
}

/// Operations that say whether they overflowed: the result is `(wrapped, i8)`.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub enum OverflowOp {
    Uadd,
    Sadd,
    Usub,
    Ssub,
    Umul,
    Smul,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub enum IntCond {
    Eq,
    Ne,
    Ult,
    Ule,
    Ugt,
    Uge,
    Slt,
    Sle,
    Sgt,
    Sge,
}

/// Ordered comparisons are false where an operand is NaN; `Une` is true there.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub enum FloatCond {
    Oeq,
    Une,
    Olt,
    Ole,
    Ogt,
    Oge,
    /// True where an operand is NaN.
    Unordered,
    /// True where none is.
    Ordered,
}

/// Conversions from the operand's type to the type named in the instruction, lane-wise on vectors.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub enum CastOp {
    Zext,
    Sext,
    Trunc,
    /// Same size, other type: scalars, vectors, not pointers.
    Bitcast,
    /// To and from an integer as wide as a pointer.
    PtrToInt,
    IntToPtr,
    /// Float to integer, saturating, NaN to 0 (Rust's `as`).
    FtoUiSat,
    FtoSiSat,
    /// Float to integer; out of range is undefined behaviour.
    FtoUi,
    FtoSi,
    UiToF,
    SiToF,
    Fext,
    Ftrunc,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub enum Ordering {
    Relaxed,
    Acquire,
    Release,
    AcqRel,
    SeqCst,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub enum RmwOp {
    Xchg,
    Add,
    Sub,
    And,
    Nand,
    Or,
    Xor,
    Umin,
    Umax,
    Smin,
    Smax,
}

/// Facts about a memory access.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default, Serialize, Deserialize)]
pub struct MemFlags {
    /// Alignment of the address in bytes; at least 1.
    pub align: u64,
    pub volatile: bool,
    pub nontemporal: bool,
}

impl MemFlags {
    pub fn aligned(align: u64) -> MemFlags {
        MemFlags { align, volatile: false, nontemporal: false }
    }
}

/// Facts about a loaded value: promises that a back end may ignore.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default, Serialize, Deserialize)]
pub struct LoadFacts {
    pub noundef: bool,
    pub nonnull: bool,
    /// The memory never changes while the program can observe it.
    pub invariant: bool,
    /// Alignment of what a loaded pointer points to; 0 says nothing.
    pub pointee_align: u64,
    /// Valid integers: from `.0` up to and excluding `.1`, wrapping.
    pub range: Option<(u128, u128)>,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub enum Callee {
    Symbol(SymbolRefId),
    Indirect(Value),
}

/// What is known of one call beyond its signature.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default, Serialize, Deserialize)]
pub struct CallAttrs {
    pub nounwind: bool,
    pub noreturn: bool,
    pub cold: bool,
}

/// A call. With `sig.variadic`, `args` may be longer than `sig.params`; the excess is passed by C's rules for `...`, each
/// in its own type and, as far as `sig.extra` goes, in the role that this says.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub struct Call {
    pub callee: Callee,
    pub sig: SigId,
    pub args: Vec<Value>,
    pub attrs: CallAttrs,
}

/// The operations across the lanes of a vector; the result is a scalar of the lane's type.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub enum ReduceOp {
    Add,
    Mul,
    And,
    Or,
    Xor,
    Umin,
    Umax,
    Smin,
    Smax,
    Fmin,
    Fmax,
    /// In lane order, starting from lane 0 (no reassociation).
    FaddOrdered,
    FmulOrdered,
    /// In any order.
    FaddAny,
    FmulAny,
}

/// A piece of an `asm!` template.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub enum AsmPiece {
    Text(String),
    /// The operand of this index (in `InlineAsm::operands`), with an optional modifier letter.
    Operand {
        index: u32,
        modifier: Option<char>,
    },
}

/// A register or a class of them, by the Reference's names for the target: `"eax"` explicit, `"reg"` a class.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub enum AsmRegister {
    Explicit(String),
    Class(String),
}

#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub enum AsmOperand {
    In {
        reg: AsmRegister,
        value: Value,
    },
    /// `ty` is the type of the result that this operand adds to the instruction; `None` is a clobber (`_`).
    Out {
        reg: AsmRegister,
        late: bool,
        ty: Option<Type>,
    },
    InOut {
        reg: AsmRegister,
        late: bool,
        value: Value,
        ty: Option<Type>,
    },
    /// Text put into the template.
    Const(String),
    Symbol(SymbolRefId),
    /// The `n`-th of the terminator's targets (asm goto).
    Label(u32),
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default, Serialize, Deserialize)]
pub struct AsmOptions {
    pub pure_: bool,
    pub nomem: bool,
    pub readonly: bool,
    pub preserves_flags: bool,
    pub noreturn: bool,
    pub nostack: bool,
    pub att_syntax: bool,
    pub raw: bool,
    pub may_unwind: bool,
}

/// Inline assembly. As an instruction its results are the `Out`/`InOut` operands that have a type, in order.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub struct InlineAsm {
    pub template: Vec<AsmPiece>,
    pub operands: Vec<AsmOperand>,
    pub options: AsmOptions,
}

/// An instruction other than a terminator. Operands come before immediates; results are given by
/// [`crate::Function::result_types`].
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub enum Inst {
    // ---- constants and addresses
    /// An integer or pointer constant; bits above the width are zero.
    Iconst {
        ty: Type,
        value: u128,
    },
    /// A float constant by its bits.
    Fconst {
        ty: Type,
        bits: u128,
    },
    /// All lanes zero / null / 0.0; any type.
    Zero {
        ty: Type,
    },
    /// An unspecified value; any type.
    Undef {
        ty: Type,
    },
    /// The address of a symbol (function or data, not thread-local) plus a constant.
    SymbolAddr {
        symbol: SymbolRefId,
        offset: i64,
    },
    /// The address of this thread's copy of a thread-local symbol.
    TlsAddr {
        symbol: SymbolRefId,
    },
    SlotAddr {
        slot: Slot,
        offset: u64,
    },
    // ---- variables
    GetVar {
        var: Var,
    },
    SetVar {
        var: Var,
        value: Value,
    },
    // ---- arithmetic
    Unary {
        op: UnaryOp,
        value: Value,
    },
    Binary {
        op: BinaryOp,
        flags: ArithFlags,
        lhs: Value,
        rhs: Value,
    },
    /// Results: the wrapped value, and an `i8` that is 1 on overflow.
    Overflow {
        op: OverflowOp,
        lhs: Value,
        rhs: Value,
    },
    /// `a * b + c`, rounded once.
    Fma {
        a: Value,
        b: Value,
        c: Value,
    },
    /// Funnel shifts (`fshl`/`fshr`): amount modulo the width.
    FunnelShift {
        left: bool,
        high: Value,
        low: Value,
        amount: Value,
    },
    /// `i8` for scalars; for vectors a vector of integers as wide as the lanes, all ones for true.
    Icmp {
        cond: IntCond,
        lhs: Value,
        rhs: Value,
    },
    Fcmp {
        cond: FloatCond,
        lhs: Value,
        rhs: Value,
    },
    /// `cond` is an `i8` boolean, or for a lane-wise choice a mask vector as compares give (the sign bit decides).
    Select {
        cond: Value,
        if_true: Value,
        if_false: Value,
    },
    Cast {
        op: CastOp,
        value: Value,
        ty: Type,
    },
    // ---- memory
    /// `ptr + offset` bytes (`offset` is an integer as wide as a pointer). `inbounds`: stays within one allocation.
    PtrAdd {
        ptr: Value,
        offset: Value,
        inbounds: bool,
    },
    Load {
        ty: Type,
        ptr: Value,
        flags: MemFlags,
        facts: LoadFacts,
    },
    Store {
        value: Value,
        ptr: Value,
        flags: MemFlags,
    },
    AtomicLoad {
        ty: Type,
        ptr: Value,
        order: Ordering,
        align: u64,
    },
    AtomicStore {
        value: Value,
        ptr: Value,
        order: Ordering,
        align: u64,
    },
    /// Result: the old value.
    AtomicRmw {
        op: RmwOp,
        ptr: Value,
        value: Value,
        order: Ordering,
    },
    /// Results: the old value, and an `i8` that is 1 where the exchange happened.
    CmpXchg {
        ptr: Value,
        expected: Value,
        new: Value,
        success: Ordering,
        failure: Ordering,
        weak: bool,
    },
    Fence {
        order: Ordering,
        single_thread: bool,
    },
    /// `len` is in bytes, as wide as a pointer. The regions do not overlap.
    Memcpy {
        dst: Value,
        src: Value,
        len: Value,
        dst_align: u64,
        src_align: u64,
        volatile: bool,
    },
    Memmove {
        dst: Value,
        src: Value,
        len: Value,
        dst_align: u64,
        src_align: u64,
        volatile: bool,
    },
    /// `byte` is an `i8`.
    Memset {
        dst: Value,
        byte: Value,
        len: Value,
        align: u64,
        volatile: bool,
    },
    /// `write`: for writing; `data`: data, else instruction cache; `locality` 0 (none) to 3 (keep).
    Prefetch {
        ptr: Value,
        write: bool,
        data: bool,
        locality: u8,
    },
    /// The slot's life begins: from here on its memory is its own. Its content is undefined.
    SlotLive {
        slot: Slot,
    },
    /// The slot's content becomes undefined, and its memory may serve another slot until the next `SlotLive`.
    SlotDead {
        slot: Slot,
    },
    // ---- vectors
    Splat {
        ty: Type,
        value: Value,
    },
    ExtractLane {
        vector: Value,
        lane: u16,
    },
    InsertLane {
        vector: Value,
        lane: u16,
        value: Value,
    },
    /// As `ExtractLane` with a lane number (`i32`, in range) known at run time.
    ExtractLaneDyn {
        vector: Value,
        lane: Value,
    },
    InsertLaneDyn {
        vector: Value,
        lane: Value,
        value: Value,
    },
    /// Lane `i` of the result is lane `mask[i]` of `a` followed by `b`.
    Shuffle {
        a: Value,
        b: Value,
        mask: Vec<u16>,
    },
    Reduce {
        op: ReduceOp,
        vector: Value,
    },
    /// The sign bits of the lanes as an integer of type `ty` (the smallest of i8… that holds one bit a lane), lane 0
    /// lowest.
    Bitmask {
        vector: Value,
        ty: Type,
    },
    /// The reverse of `Bitmask`: an integer's bits as a mask vector of type `ty`.
    MaskFromBits {
        value: Value,
        ty: Type,
    },
    /// Lanes where `mask` is set are loaded from their own pointer, the others come from `passthru`.
    Gather {
        ptrs: Value,
        mask: Value,
        passthru: Value,
        align: u64,
    },
    Scatter {
        ptrs: Value,
        mask: Value,
        value: Value,
        align: u64,
    },
    MaskedLoad {
        ptr: Value,
        mask: Value,
        passthru: Value,
        align: u64,
    },
    MaskedStore {
        ptr: Value,
        mask: Value,
        value: Value,
        align: u64,
    },
    // ---- calls and the rest
    /// A call that does not unwind into this function's cleanup (it may unwind through it). Results as the signature's.
    Call(Box<Call>),
    /// A call of an LLVM intrinsic by its full name (`llvm.x86.sse2.pmadd.wd`); for back ends that have it.
    LlvmIntrinsic {
        name: String,
        args: Vec<Value>,
        returns: Vec<Type>,
    },
    Asm(Box<InlineAsm>),
    /// The `i8` is known to be 1.
    Assume {
        cond: Value,
    },
    /// Result: the `i8` operand, which is expected to be `likely`.
    Expect {
        value: Value,
        likely: bool,
    },
    /// Result: the operand, about which the optimiser must not know anything.
    BlackBox {
        value: Value,
    },
    /// The optimiser must assume that the memory behind the pointer is read and written.
    BlackBoxMemory {
        ptr: Value,
    },
    ReturnAddress,
    /// A breakpoint trap that execution may continue after.
    Breakpoint,
    /// C's variable arguments in a variadic function: `list` points to a `va_list`.
    VaStart {
        list: Value,
    },
    VaEnd {
        list: Value,
    },
    VaCopy {
        dst: Value,
        src: Value,
    },
}

/// Which way a branch usually goes.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default, Serialize, Deserialize)]
pub enum BranchHint {
    #[default]
    None,
    Likely,
    Unlikely,
}

/// The end of a block.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub enum Terminator {
    Jump(Block),
    /// `cond` is an `i8`: not zero goes to `then`.
    Branch {
        cond: Value,
        then: Block,
        otherwise: Block,
        hint: BranchHint,
    },
    /// `value` is an integer; the cases are distinct.
    Switch {
        value: Value,
        cases: Vec<(u128, Block)>,
        default: Block,
    },
    Return(Vec<Value>),
    /// Reaching this is undefined behaviour.
    Unreachable,
    /// Ends the program abnormally (ud2).
    Trap,
    /// A call whose unwinding continues at `unwind`, a landing block. `results` are defined on the way to `normal`
    /// only, which has no other predecessor.
    Invoke {
        call: Box<Call>,
        normal: Block,
        unwind: Block,
    },
    /// Goes on unwinding with the exception that a cleanup landing block received.
    Resume {
        exception: Value,
        selector: Value,
    },
    /// Assembly that may jump to `targets`; `fallthrough` is absent for `noreturn`. Results are defined on all edges.
    AsmGoto {
        asm: Box<InlineAsm>,
        fallthrough: Option<Block>,
        targets: Vec<Block>,
        unwind: Option<Block>,
    },
    /// A tail call that must reuse this frame; the signatures' conventions agree.
    TailCall(Box<Call>),
}

impl Terminator {
    /// The blocks that may follow, in order, with repetitions.
    pub fn successors(&self) -> Vec<Block> {
        match self {
            Terminator::Jump(block) => vec![*block],
            Terminator::Branch { then, otherwise, .. } => vec![*then, *otherwise],
            Terminator::Switch { cases, default, .. } => {
                cases.iter().map(|(_, block)| *block).chain([*default]).collect()
            }
            Terminator::Invoke { normal, unwind, .. } => vec![*normal, *unwind],
            Terminator::AsmGoto { fallthrough, targets, unwind, .. } => {
                fallthrough.iter().chain(targets).chain(unwind).copied().collect()
            }
            Terminator::Return(_)
            | Terminator::Unreachable
            | Terminator::Trap
            | Terminator::Resume { .. }
            | Terminator::TailCall(_) => vec![],
        }
    }
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
