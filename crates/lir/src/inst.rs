//! Instructions and terminators.

use crate::{
    ArithFlags, BinaryOp, Block, CastOp, FloatCond, InlineAsm, IntCond, Ordering, OverflowOp, ReduceOp, RmwOp, SigId,
    Slot, SymbolRefId, Type, UnaryOp, Value, Var,
};
use serde::{Deserialize, Serialize};

/// Facts about a memory access.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default, Serialize, Deserialize)]
pub struct MemFlags {
    /// Alignment of the address in bytes; at least 1.
    pub align: u64,
    /// The access is an effect of its own: it is done once, and in order with others of the kind.
    pub volatile: bool,
    /// The data is not used again soon, so caches may be bypassed.
    pub nontemporal: bool,
}

impl MemFlags {
    /// Of an ordinary access to an address with this alignment, in bytes.
    pub fn aligned(align: u64) -> MemFlags {
        MemFlags { align, volatile: false, nontemporal: false }
    }
}

/// Facts about a loaded value: promises that a back end may ignore.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default, Serialize, Deserialize)]
pub struct LoadFacts {
    /// No bit is undefined.
    pub noundef: bool,
    /// The pointer is not null.
    pub nonnull: bool,
    /// The memory never changes while the program can observe it.
    pub invariant: bool,
    /// Alignment of what a loaded pointer points to; 0 says nothing.
    pub pointee_align: u64,
    /// Valid integers: from `.0` up to and excluding `.1`, wrapping.
    pub range: Option<(u128, u128)>,
}

/// What a call calls.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub enum Callee {
    /// A function of the function's table of symbols.
    Symbol(SymbolRefId),
    /// The function at an address.
    Indirect(Value),
}

/// Facts about one call beyond its signature.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default, Serialize, Deserialize)]
pub struct CallAttrs {
    /// The call does not unwind.
    pub nounwind: bool,
    /// The call does not return.
    pub noreturn: bool,
    /// The call is executed rarely.
    pub cold: bool,
}

/// A call. With `sig.variadic`, `args` may be longer than `sig.params`; the excess is passed by C's rules for `...`, each
/// in its own type and, as far as `sig.extra` goes, in the role that this says.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub struct Call {
    /// The function to call.
    pub callee: Callee,
    /// The signature to call it with.
    pub sig: SigId,
    /// As many as the signature has parameters, or more if it is variadic.
    pub args: Vec<Value>,
    /// Promises about this call.
    pub attrs: CallAttrs,
}

/// An instruction other than a terminator. Operands come before immediates; results are given by
/// [`crate::Function::result_types`].
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub enum Inst {
    // ---- constants and addresses
    /// An integer or pointer constant; bits above the width are zero.
    Iconst {
        /// The type of the result.
        ty: Type,
        /// The number.
        value: u128,
    },
    /// A float constant by its bits.
    Fconst {
        /// The type of the result.
        ty: Type,
        /// IEEE 754's encoding.
        bits: u128,
    },
    /// All lanes zero / null / 0.0; any type.
    Zero {
        /// The type of the result.
        ty: Type,
    },
    /// An unspecified value; any type.
    Undef {
        /// The type of the result.
        ty: Type,
    },
    /// The address of a symbol (function or data, not thread-local) plus a constant.
    SymbolAddr {
        /// The symbol.
        symbol: SymbolRefId,
        /// Bytes to add.
        offset: i64,
    },
    /// The address of this thread's copy of a thread-local symbol.
    TlsAddr {
        /// The symbol.
        symbol: SymbolRefId,
    },
    /// The address in a slot.
    SlotAddr {
        /// The slot.
        slot: Slot,
        /// Bytes to add.
        offset: u64,
    },
    // ---- variables
    /// A variable's value.
    GetVar {
        /// The variable.
        var: Var,
    },
    /// Sets a variable.
    SetVar {
        /// The variable.
        var: Var,
        /// What it is set to.
        value: Value,
    },
    // ---- arithmetic
    /// See [`UnaryOp`].
    Unary {
        /// The operation.
        op: UnaryOp,
        /// The operand.
        value: Value,
    },
    /// See [`BinaryOp`].
    Binary {
        /// The operation.
        op: BinaryOp,
        /// Promises about the result.
        flags: ArithFlags,
        /// The left operand.
        lhs: Value,
        /// The right operand.
        rhs: Value,
    },
    /// Results: the wrapped value, and an `i8` that is 1 on overflow.
    Overflow {
        /// The operation.
        op: OverflowOp,
        /// The left operand.
        lhs: Value,
        /// The right operand.
        rhs: Value,
    },
    /// `a * b + c`, rounded once.
    Fma {
        /// A factor.
        a: Value,
        /// The other factor.
        b: Value,
        /// The addend.
        c: Value,
    },
    /// Funnel shifts (`fshl`/`fshr`): amount modulo the width.
    FunnelShift {
        /// Whether the result is the high half of a shift to the left, else the low half of one to the right.
        left: bool,
        /// The high half of the number to shift.
        high: Value,
        /// The low half of the number to shift.
        low: Value,
        /// By how many bits.
        amount: Value,
    },
    /// `i8` for scalars; for vectors a vector of integers as wide as the lanes, all ones for true.
    Icmp {
        /// The condition.
        cond: IntCond,
        /// The left operand.
        lhs: Value,
        /// The right operand.
        rhs: Value,
    },
    /// As `Icmp`, of floats.
    Fcmp {
        /// The condition.
        cond: FloatCond,
        /// The left operand.
        lhs: Value,
        /// The right operand.
        rhs: Value,
    },
    /// `cond` is an `i8` boolean, or for a lane-wise choice a mask vector as compares give (the sign bit decides).
    Select {
        /// The boolean or the mask.
        cond: Value,
        /// The result where `cond` is true.
        if_true: Value,
        /// The result where it is not.
        if_false: Value,
    },
    /// See [`CastOp`].
    Cast {
        /// The operation.
        op: CastOp,
        /// The operand.
        value: Value,
        /// The type of the result.
        ty: Type,
    },
    // ---- memory
    /// `ptr + offset` bytes (`offset` is an integer as wide as a pointer). `inbounds`: stays within one allocation.
    PtrAdd {
        /// The pointer.
        ptr: Value,
        /// Bytes to add, signed.
        offset: Value,
        /// The result stays within the allocation.
        inbounds: bool,
    },
    /// Reads memory.
    Load {
        /// The type of the result.
        ty: Type,
        /// The address.
        ptr: Value,
        /// Facts about the access.
        flags: MemFlags,
        /// Facts about the result.
        facts: LoadFacts,
    },
    /// Writes memory.
    Store {
        /// The value to write.
        value: Value,
        /// The address.
        ptr: Value,
        /// Facts about the access.
        flags: MemFlags,
    },
    /// Reads memory atomically: a scalar of 1, 2, 4, 8 or 16 bytes.
    AtomicLoad {
        /// The type of the result.
        ty: Type,
        /// The address.
        ptr: Value,
        /// How it is ordered.
        order: Ordering,
        /// Alignment of the address in bytes.
        align: u64,
    },
    /// Writes memory atomically.
    AtomicStore {
        /// The value to write.
        value: Value,
        /// The address.
        ptr: Value,
        /// How it is ordered.
        order: Ordering,
        /// Alignment of the address in bytes.
        align: u64,
    },
    /// Result: the old value.
    AtomicRmw {
        /// The operation.
        op: RmwOp,
        /// The address.
        ptr: Value,
        /// The operand.
        value: Value,
        /// How it is ordered.
        order: Ordering,
    },
    /// Results: the old value, and an `i8` that is 1 where the exchange happened.
    CmpXchg {
        /// The address.
        ptr: Value,
        /// The old value with which the exchange happens.
        expected: Value,
        /// The value to write then.
        new: Value,
        /// How it is ordered then.
        success: Ordering,
        /// How it is ordered otherwise.
        failure: Ordering,
        /// It may fail although the old value is the expected one.
        weak: bool,
    },
    /// Orders accesses around it.
    Fence {
        /// How it is ordered.
        order: Ordering,
        /// Orders with this thread's signal handlers only.
        single_thread: bool,
    },
    /// `len` is in bytes, as wide as a pointer. The regions do not overlap.
    Memcpy {
        /// The address to write to.
        dst: Value,
        /// The address to read from.
        src: Value,
        /// The number of bytes.
        len: Value,
        /// Alignment of `dst` in bytes.
        dst_align: u64,
        /// Alignment of `src` in bytes.
        src_align: u64,
        /// As [`MemFlags::volatile`].
        volatile: bool,
    },
    /// As `Memcpy`; the regions may overlap.
    Memmove {
        /// The address to write to.
        dst: Value,
        /// The address to read from.
        src: Value,
        /// The number of bytes.
        len: Value,
        /// Alignment of `dst` in bytes.
        dst_align: u64,
        /// Alignment of `src` in bytes.
        src_align: u64,
        /// As [`MemFlags::volatile`].
        volatile: bool,
    },
    /// `byte` is an `i8`.
    Memset {
        /// The address to write to.
        dst: Value,
        /// What each byte becomes.
        byte: Value,
        /// The number of bytes.
        len: Value,
        /// Alignment of the address in bytes.
        align: u64,
        /// As [`MemFlags::volatile`].
        volatile: bool,
    },
    /// `write`: for writing; `data`: data, else instruction cache; `locality` 0 (none) to 3 (keep).
    Prefetch {
        /// The address.
        ptr: Value,
        /// For writing.
        write: bool,
        /// Into the data cache, else the cache of instructions.
        data: bool,
        /// From 0 (not used again) to 3 (keep).
        locality: u8,
    },
    /// The slot's life begins: from here on its memory is its own. Its content is undefined.
    SlotLive {
        /// The slot.
        slot: Slot,
    },
    /// The slot's content becomes undefined, and its memory may serve another slot until the next `SlotLive`.
    SlotDead {
        /// The slot.
        slot: Slot,
    },
    // ---- vectors
    /// A vector of which all lanes are the value.
    Splat {
        /// The type of the result.
        ty: Type,
        /// The lane.
        value: Value,
    },
    /// A lane's value.
    ExtractLane {
        /// The vector.
        vector: Value,
        /// The lane, from 0.
        lane: u16,
    },
    /// The vector with another value in a lane.
    InsertLane {
        /// The vector.
        vector: Value,
        /// The lane, from 0.
        lane: u16,
        /// The new lane.
        value: Value,
    },
    /// As `ExtractLane` with a lane number (`i32`, in range) known at run time.
    ExtractLaneDyn {
        /// The vector.
        vector: Value,
        /// The lane, from 0.
        lane: Value,
    },
    /// As `InsertLane` with a lane number (`i32`, in range) known at run time.
    InsertLaneDyn {
        /// The vector.
        vector: Value,
        /// The lane, from 0.
        lane: Value,
        /// The new lane.
        value: Value,
    },
    /// Lane `i` of the result is lane `mask[i]` of `a` followed by `b`.
    Shuffle {
        /// The vector with the lanes from 0.
        a: Value,
        /// The vector with the lanes that follow; of the same type.
        b: Value,
        /// For each lane of the result, where it comes from.
        mask: Vec<u16>,
    },
    /// See [`ReduceOp`].
    Reduce {
        /// The operation.
        op: ReduceOp,
        /// The vector.
        vector: Value,
    },
    /// The sign bits of the lanes as an integer of type `ty` (the smallest of i8… that holds one bit a lane), lane 0
    /// lowest.
    Bitmask {
        /// The vector.
        vector: Value,
        /// The type of the result.
        ty: Type,
    },
    /// The reverse of `Bitmask`: an integer's bits as a mask vector of type `ty`.
    MaskFromBits {
        /// The operand.
        value: Value,
        /// The type of the result.
        ty: Type,
    },
    /// Lanes where `mask` is set are loaded from their own pointer, the others come from `passthru`.
    Gather {
        /// The addresses, one a lane.
        ptrs: Value,
        /// Which lanes: those whose sign bit is set.
        mask: Value,
        /// The result's other lanes.
        passthru: Value,
        /// Alignment of the address in bytes.
        align: u64,
    },
    /// Stores lanes where `mask` is set, each through its own pointer.
    Scatter {
        /// The addresses, one a lane.
        ptrs: Value,
        /// Which lanes: those whose sign bit is set.
        mask: Value,
        /// The lanes to store.
        value: Value,
        /// Alignment of the address in bytes.
        align: u64,
    },
    /// Loads lanes where `mask` is set from consecutive memory; the others come from `passthru`, and their memory is not touched.
    MaskedLoad {
        /// The address.
        ptr: Value,
        /// Which lanes: those whose sign bit is set.
        mask: Value,
        /// The result's other lanes.
        passthru: Value,
        /// Alignment of the address in bytes.
        align: u64,
    },
    /// Stores lanes where `mask` is set to consecutive memory; the memory of the others is not touched.
    MaskedStore {
        /// The address.
        ptr: Value,
        /// Which lanes: those whose sign bit is set.
        mask: Value,
        /// The lanes to store.
        value: Value,
        /// Alignment of the address in bytes.
        align: u64,
    },
    // ---- calls and the rest
    /// A call that does not unwind into this function's cleanup (it may unwind through it). Results as the signature's.
    Call(Box<Call>),
    /// A call of an LLVM intrinsic by its full name (`llvm.x86.sse2.pmadd.wd`); for back ends that have it.
    LlvmIntrinsic {
        /// Its full name, with the types that it is for.
        name: String,
        /// The arguments.
        args: Vec<Value>,
        /// The types of the results: fields of the struct if there are several.
        returns: Vec<Type>,
    },
    /// Inline assembly that goes on with the next instruction.
    Asm(Box<InlineAsm>),
    /// The `i8` is known to be 1.
    Assume {
        /// The promise.
        cond: Value,
    },
    /// Result: the `i8` operand, which is expected to be `likely`.
    Expect {
        /// The operand.
        value: Value,
        /// What it is expected to be.
        likely: bool,
    },
    /// Result: the operand, about which the optimiser must not know anything.
    BlackBox {
        /// The operand.
        value: Value,
    },
    /// The optimiser must assume that the memory behind the pointer is read and written.
    BlackBoxMemory {
        /// The address.
        ptr: Value,
    },
    /// The address that this function returns to (`ptr`).
    ReturnAddress,
    /// A breakpoint trap that execution may continue after.
    Breakpoint,
    /// C's variable arguments in a variadic function: `list` points to a `va_list`.
    VaStart {
        /// The address of the `va_list`.
        list: Value,
    },
    /// C's `va_end`.
    VaEnd {
        /// The address of the `va_list`.
        list: Value,
    },
    /// C's `va_copy`: both operands point to a `va_list`.
    VaCopy {
        /// The address of the new list.
        dst: Value,
        /// The address of the list to copy.
        src: Value,
    },
}

/// Which way a branch usually goes.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default, Serialize, Deserialize)]
pub enum BranchHint {
    /// Nothing is known.
    #[default]
    None,
    /// The condition usually holds.
    Likely,
    /// The condition rarely holds.
    Unlikely,
}

/// The end of a block.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub enum Terminator {
    /// Goes to a block.
    Jump(Block),
    /// `cond` is an `i8`: not zero goes to `then`.
    Branch {
        /// The condition.
        cond: Value,
        /// Where to go if `cond` is not zero.
        then: Block,
        /// Where to go if it is.
        otherwise: Block,
        /// Which way is usual.
        hint: BranchHint,
    },
    /// `value` is an integer; the cases are distinct.
    Switch {
        /// The number that decides.
        value: Value,
        /// Numbers, and where to go for each.
        cases: Vec<(u128, Block)>,
        /// Where to go for all others.
        default: Block,
    },
    /// Returns the values, of which there are as many as the signature's results.
    Return(Vec<Value>),
    /// Reaching this is undefined behaviour.
    Unreachable,
    /// Ends the program abnormally (ud2).
    Trap,
    /// A call whose unwinding continues at `unwind`, a landing block. `results` are defined on the way to `normal`
    /// only, which has no other predecessor.
    Invoke {
        /// The call.
        call: Box<Call>,
        /// Where to go when it returns.
        normal: Block,
        /// Where unwinding goes on.
        unwind: Block,
    },
    /// Goes on unwinding with the exception that a cleanup landing block received.
    Resume {
        /// The exception object.
        exception: Value,
        /// The personality's selector.
        selector: Value,
    },
    /// Assembly that may jump to `targets`; `fallthrough` is absent for `noreturn`. Results are defined on all edges.
    AsmGoto {
        /// The assembly.
        asm: Box<InlineAsm>,
        /// Where to go after its last instruction.
        fallthrough: Option<Block>,
        /// What its labels are.
        targets: Vec<Block>,
        /// Where unwinding goes on.
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

    /// Calls `visit` with every block that may follow, to change them.
    pub fn for_each_successor_mut(&mut self, visit: &mut dyn FnMut(&mut Block)) {
        match self {
            Terminator::Jump(block) => visit(block),
            Terminator::Branch { then, otherwise, .. } => [then, otherwise].into_iter().for_each(visit),
            Terminator::Switch { cases, default, .. } => {
                cases.iter_mut().map(|(_, block)| block).chain([default]).for_each(visit);
            }
            Terminator::Invoke { normal, unwind, .. } => [normal, unwind].into_iter().for_each(visit),
            Terminator::AsmGoto { fallthrough, targets, unwind, .. } => {
                fallthrough.iter_mut().chain(targets).chain(unwind).for_each(visit);
            }
            Terminator::Return(_)
            | Terminator::Unreachable
            | Terminator::Trap
            | Terminator::Resume { .. }
            | Terminator::TailCall(_) => {}
        }
    }
}
