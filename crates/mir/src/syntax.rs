//! Statements, terminators, places, operands, rvalues.

use smallvec::SmallVec;
use ty::{
    Const as TyConst, ConstValue, CoroutineKind, DefId, FieldIdx, GenericArgs, IndexVec, Mutability, Span, Symbol, Ty,
    UnevaluatedConst, VariantIdx,
};

ty::index_type! {
    /// A local variable, parameter or temporary; 0 is the return place.
    pub struct Local = "_";
}
ty::index_type! {
    /// A basic block; 0 is the first.
    pub struct BasicBlock = "bb";
}
ty::index_type! {
    /// A scope of the source, or of an inlined function's.
    pub struct SourceScope = "scope";
}
ty::index_type! {
    /// A constant expression that was taken out to be evaluated once.
    pub struct Promoted = "promoted";
}

impl Local {
    /// Where the result goes.
    pub const RETURN: Local = Local::ZERO;
}
impl BasicBlock {
    /// Where a body begins.
    pub const START: BasicBlock = BasicBlock::ZERO;
}
impl SourceScope {
    /// The function itself, without its inner scopes; every body has it.
    pub const OUTERMOST: SourceScope = SourceScope::ZERO;
}

/// Where code comes from.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct SourceInfo {
    /// The source text; of a macro's expansion, the text in the macro.
    pub span: Span,
    /// The scope that the code is in, which says what it was inlined from.
    pub scope: SourceScope,
}

/// One step from memory to a part of it, or to what it points to.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum ProjectionElem<'tcx> {
    /// `*p`, of a reference, a raw pointer, or (in a body whose drops are not elaborated) a box.
    Deref,
    /// `x.f`, and the field's type: as declared, with the arguments of `x`'s type put in. Of structs, unions, tuples,
    /// closures; and of enums and coroutines after a downcast.
    Field(FieldIdx, Ty<'tcx>),
    /// `x[i]`, of an array or a slice. The local is a `usize` that was checked against the length.
    Index(Local),
    /// `[_, x, ..]` or `[.., x, _]`: one element in a pattern of an array or slice.
    ConstantIndex {
        /// Which element: counted from 0 from the start, or from 1 from the end.
        offset: u64,
        /// How many elements the pattern was found to have at least; exact for arrays.
        min_length: u64,
        /// Whether `offset` counts from the end. Never for arrays.
        from_end: bool,
    },
    /// `[a, x @ .., b]`: the middle of an array or slice.
    Subslice {
        /// How many elements are left out at the start.
        from: u64,
        /// Where the middle ends: how many are left out at the end with `from_end`, or else the index after its
        /// last element.
        to: u64,
        /// Whether `to` counts from the end, as it must for slices.
        from_end: bool,
    },
    /// An enum or coroutine seen as one of its variants, as in `Some(x)` of a pattern. The name is for printing. A
    /// field follows.
    Downcast(Option<Symbol>, VariantIdx),
    /// A value of an `impl Trait` type seen as the type behind it.
    OpaqueCast(Ty<'tcx>),
    /// The value in an unsafe binder (`unsafe<'a> &'a T`), by `unwrap_binder!`.
    UnwrapUnsafeBinder(Ty<'tcx>),
}

/// A path to memory: a local, and the steps from it to one of its parts.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Place<'tcx> {
    /// Where the path begins.
    pub local: Local,
    /// The steps, first to last.
    pub projection: &'tcx [ProjectionElem<'tcx>],
}

impl<'tcx> Place<'tcx> {
    /// The whole local.
    pub fn from_local(local: Local) -> Place<'tcx> {
        Place { local, projection: &[] }
    }
    /// The local, if the place is all of it.
    pub fn as_local(self) -> Option<Local> {
        self.projection.is_empty().then_some(self.local)
    }
    /// Whether it leads through a pointer, and so may be memory other than the local's.
    pub fn is_indirect(self) -> bool {
        self.projection.contains(&ProjectionElem::Deref)
    }
}

/// Which setting of the program an [`Operand::RuntimeChecks`] asks for.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum RuntimeChecks {
    /// Whether the standard library checks preconditions of unsafe functions: as `debug_assertions`.
    UbChecks,
    /// Whether `#[requires]` and `#[ensures]` are checked.
    ContractChecks,
    /// Whether arithmetic that overflows panics (of the crate that the code is compiled for, as the code may be
    /// generic).
    OverflowChecks,
}

/// A constant operand.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Const<'tcx> {
    /// A constant of the type system, and its type.
    Ty(Ty<'tcx>, TyConst<'tcx>),
    /// A constant item, an associated constant, or a promoted of a body.
    Unevaluated {
        /// The item, with its arguments; for a promoted, the item in whose body it is.
        constant: UnevaluatedConst<'tcx>,
        /// Which promoted of the item's body, if it is one.
        promoted: Option<Promoted>,
        /// The type of the value.
        ty: Ty<'tcx>,
    },
    /// A value that was computed, and its type.
    Val(ConstValue, Ty<'tcx>),
}

impl<'tcx> Const<'tcx> {
    /// The type of the value.
    pub fn ty(self) -> Ty<'tcx> {
        match self {
            Const::Ty(ty, _) | Const::Unevaluated { ty, .. } | Const::Val(_, ty) => ty,
        }
    }
}

/// A constant where code uses it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct ConstOperand<'tcx> {
    /// The expression, for messages about what cannot be evaluated.
    pub span: Span,
    /// Which constant.
    pub const_: Const<'tcx>,
}

/// A value that is used. Taking one never fails and has no other effect.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Operand<'tcx> {
    /// Reads a place and leaves it as it is. Of `Copy` types, and of others where the place is not used again.
    Copy(Place<'tcx>),
    /// Reads a place, which then has no value.
    Move(Place<'tcx>),
    /// A constant, evaluated or not.
    Constant(Box<ConstOperand<'tcx>>),
    /// A bool that is a setting of the whole program.
    RuntimeChecks(RuntimeChecks),
}

impl<'tcx> Operand<'tcx> {
    /// The place that is read; `None` for constants and settings.
    pub fn place(&self) -> Option<Place<'tcx>> {
        match self {
            Operand::Copy(place) | Operand::Move(place) => Some(*place),
            _ => None,
        }
    }
    /// The constant; `None` for what is read from memory and for settings.
    pub fn constant(&self) -> Option<&ConstOperand<'tcx>> {
        match self {
            Operand::Constant(constant) => Some(constant),
            _ => None,
        }
    }
}

/// Which kind of reference [`Rvalue::Ref`] makes.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum BorrowKind {
    /// `&place`
    Shared,
    /// Borrowed only to tell the borrow checker that a `match` reads it. Absent after borrow checking.
    Fake,
    /// `&mut place`, also the implicit ones of two-phase borrows and of captures.
    Mut,
}

/// Which kind of raw pointer [`Rvalue::RawPtr`] makes.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum RawPtrKind {
    /// `&raw mut place`
    Mut,
    /// `&raw const place`
    Const,
    /// A `*const` pointer that is made only to read a length from it; the borrow checker lets it pass.
    FakeForPtrMetadata,
}

/// A conversion of pointers that Rust makes without `as`. `as` can ask for each too.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum PointerCoercion {
    /// A function item to a fn pointer.
    ReifyFnPointer,
    /// `fn()` to `unsafe fn()`: the same value.
    UnsafeFnPointer,
    /// A closure without captures to a fn pointer.
    ClosureFnPointer {
        /// Whether the fn pointer is `unsafe`.
        is_unsafe: bool,
    },
    /// `*mut T` to `*const T`: the same value.
    MutToConstPointer,
    /// `*const [T; N]` to `*const T`.
    ArrayToPointer,
    /// `&[T; N]` to `&[T]`, `Box<T>` to `Box<dyn Trait>`, `&dyn Sub` to `&dyn Super`; also of structs that hold such
    /// a pointer.
    Unsize,
}

/// What [`Rvalue::Cast`] does. The types of operand and result are known beside it.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum CastKind {
    /// `p as usize`: the address of a pointer, whose provenance is exposed.
    PointerExposeProvenance,
    /// `n as *const T`: a pointer with this address and some exposed provenance.
    PointerWithExposedProvenance,
    /// A coercion of pointers.
    PointerCoercion(PointerCoercion),
    /// `i as u8`, also of `bool`, `char` and field-less enums' discriminants: cut off, or extended by the operand's
    /// sign.
    IntToInt,
    /// `f as i32`: towards zero, saturated; NaN gives 0.
    FloatToInt,
    /// `f as f64`: rounded to the nearest.
    FloatToFloat,
    /// `i as f64`: rounded to the nearest.
    IntToFloat,
    /// `p as *const U` of raw pointers: the address stays; metadata is dropped where `U` is sized.
    PtrToPtr,
    /// `f as *const ()` of a fn pointer.
    FnPtrToPtr,
    /// `transmute`: the same bytes. Types of different sizes are well formed, but reaching the cast is undefined
    /// behaviour.
    Transmute,
    /// Between types that differ in lifetimes alone (also of `for<'a>` types): the same value, but another type to
    /// trait selection.
    Subtype,
}

/// An operation on one value.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum UnOp {
    /// `!a`, of integers and `bool`.
    Not,
    /// `-a`, of signed integers (wraps) and floats.
    Neg,
    /// `ptr::metadata(p)`: a length, a vtable, or `()`.
    PtrMetadata,
}

/// An operation on two values. Both have the same type, but for shifts and [`BinOp::Offset`].
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum BinOp {
    /// `a + b` of integers (wraps) and floats. Where overflow is checked, [`BinOp::AddWithOverflow`] and an assertion
    /// stand instead.
    Add,
    /// `a.unchecked_add(b)`: overflow is undefined behaviour.
    AddUnchecked,
    /// A pair: the wrapped sum, and whether it overflowed. Integers only.
    AddWithOverflow,
    /// `a - b` of integers (wraps) and floats.
    Sub,
    /// `a.unchecked_sub(b)`: overflow is undefined behaviour.
    SubUnchecked,
    /// A pair: the wrapped difference, and whether it overflowed. Integers only.
    SubWithOverflow,
    /// `a * b` of integers (wraps) and floats.
    Mul,
    /// `a.unchecked_mul(b)`: overflow is undefined behaviour.
    MulUnchecked,
    /// A pair: the wrapped product, and whether it overflowed. Integers only.
    MulWithOverflow,
    /// `a / b`. Of integers, that `b` is 0 or the quotient overflows is undefined behaviour: checked before.
    Div,
    /// `a % b`. As [`BinOp::Div`].
    Rem,
    /// `a ^ b` of integers and `bool`.
    BitXor,
    /// `a & b` of integers and `bool`.
    BitAnd,
    /// `a | b` of integers and `bool`.
    BitOr,
    /// `a << b`. `b` has any integer type, and counts modulo the number of bits of `a`.
    Shl,
    /// `a.unchecked_shl(b)`: a `b` of the number of bits or more is undefined behaviour.
    ShlUnchecked,
    /// `a >> b`: arithmetic where `a` is signed. `b` as in [`BinOp::Shl`].
    Shr,
    /// `a.unchecked_shr(b)`: a `b` of the number of bits or more is undefined behaviour.
    ShrUnchecked,
    /// `a == b` of integers, floats, `bool`, `char`, raw and fn pointers, as all comparisons.
    Eq,
    /// `a < b`. Wide pointers compare by address, then by metadata.
    Lt,
    /// `a <= b`
    Le,
    /// `a != b`
    Ne,
    /// `a >= b`
    Ge,
    /// `a > b`
    Gt,
    /// Three-way: an `Ordering`.
    Cmp,
    /// `ptr.offset(n)`, in elements.
    Offset,
}

/// What [`Rvalue::Aggregate`] makes, and how its operands become fields.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum AggregateKind<'tcx> {
    /// `[a, b, c]`; the element's type.
    Array(Ty<'tcx>),
    /// `(a, b)`
    Tuple,
    /// The last is the active field of a union.
    Adt(DefId, VariantIdx, GenericArgs<'tcx>, Option<FieldIdx>),
    /// A closure; the operands are what it captures.
    Closure(DefId, GenericArgs<'tcx>),
    /// A coroutine in its first state (an `async` block's value); the operands are what it captures.
    Coroutine(DefId, GenericArgs<'tcx>),
    /// An `async` closure; the operands are what it captures.
    CoroutineClosure(DefId, GenericArgs<'tcx>),
    /// A pointer from address and metadata; the pointee's type.
    RawPtr(Ty<'tcx>, Mutability),
}

/// What is computed and assigned.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Rvalue<'tcx> {
    /// The operand's value as it is.
    Use(Operand<'tcx>),
    /// `[operand; count]`
    Repeat(Operand<'tcx>, TyConst<'tcx>),
    /// `&place` and `&mut place`. Of an unsized place, with its metadata.
    Ref(BorrowKind, Place<'tcx>),
    /// The address of this thread's instance of a `#[thread_local]` static.
    ThreadLocalRef(DefId),
    /// `&raw const place` and `&raw mut place`. As [`Rvalue::Ref`].
    RawPtr(RawPtrKind, Place<'tcx>),
    /// `operand as ty`, and conversions that are not written.
    Cast(CastKind, Operand<'tcx>, Ty<'tcx>),
    /// `a op b`
    BinaryOp(BinOp, Box<(Operand<'tcx>, Operand<'tcx>)>),
    /// `op a`
    UnaryOp(UnOp, Operand<'tcx>),
    /// `discriminant_value(&place)`: as [`discriminant_ty`](crate::discriminant_ty) says, not the tag as it is in
    /// memory. 0 for types without variants.
    Discriminant(Place<'tcx>),
    /// A value made of all its fields (of a union: the one that is given), in the order of declaration.
    Aggregate(Box<AggregateKind<'tcx>>, IndexVec<FieldIdx, Operand<'tcx>>),
    /// A copy of a pointer that is dereferenced at once and never else.
    CopyForDeref(Place<'tcx>),
    /// `wrap_binder!(operand)`: a value of an unsafe binder type.
    WrapUnsafeBinder(Operand<'tcx>, Ty<'tcx>),
}

/// What a statement does.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum StatementKind<'tcx> {
    /// `place = rvalue`. The place's old value is not dropped. The place and what the operands move from do not
    /// overlap.
    Assign(Box<(Place<'tcx>, Rvalue<'tcx>)>),
    /// Writes the tag (or niche) that makes an enum's memory be this variant.
    SetDiscriminant {
        /// The enum (or coroutine).
        place: Place<'tcx>,
        /// The variant that it becomes.
        variant_index: VariantIdx,
    },
    /// The local's memory begins to exist, without a value.
    StorageLive(Local),
    /// The local's memory ceases to exist. Pointers to it dangle.
    StorageDead(Local),
    /// `assume(operand)`: that it is false is undefined behaviour.
    Assume(Operand<'tcx>),
    /// `copy_nonoverlapping(src, dst, count)`: an intrinsic that is a statement.
    CopyNonOverlapping {
        /// A pointer to what is read.
        src: Operand<'tcx>,
        /// A pointer to what is written, of the same pointee type.
        dst: Operand<'tcx>,
        /// A `usize`: the number of elements, not of bytes.
        count: Operand<'tcx>,
    },
    /// Counts that a block runs, in programs whose coverage is measured. Of the function that the scope was inlined from.
    Counter(crate::CoverageBlock),
    /// Everything without an effect at run time.
    Nop,
}

/// A step of a block that always goes on with the next.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Statement<'tcx> {
    /// Where it comes from.
    pub source_info: SourceInfo,
    /// What it does.
    pub kind: StatementKind<'tcx>,
}

/// Which block follows a switch for which value.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SwitchTargets {
    /// The cases, each once: bits of the switched integer, `bool` or `char`, zero-extended.
    pub values: SmallVec<[u128; 1]>,
    /// One more than `values`: the last is for all others.
    pub targets: SmallVec<[BasicBlock; 2]>,
}

impl SwitchTargets {
    /// The block for values that are no case. May be unreachable.
    pub fn otherwise(&self) -> BasicBlock {
        *self.targets.last().expect("a switch has a target for all other values")
    }
    /// The cases with their blocks, in order, without the one for all others.
    pub fn iter(&self) -> impl Iterator<Item = (u128, BasicBlock)> {
        self.values.iter().copied().zip(self.targets.iter().copied())
    }
    /// The block that follows for a value.
    pub fn target_for_value(&self, value: u128) -> BasicBlock {
        self.iter().find(|&(case, _)| case == value).map_or(self.otherwise(), |(_, target)| target)
    }
}

/// Why unwinding ends the program.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum UnwindTerminateReason {
    /// The function's ABI does not unwind.
    Abi,
    /// A panic while cleaning up after a panic.
    InCleanup,
}

/// What happens where a call, a drop or an assertion unwinds.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum UnwindAction {
    /// The caller goes on unwinding; nothing is cleaned up here.
    Continue,
    /// It does not unwind; that it does is undefined behaviour.
    Unreachable,
    /// The program is aborted with a message.
    Terminate(UnwindTerminateReason),
    /// This block cleans up, and then resumes unwinding.
    Cleanup(BasicBlock),
}

/// What an assertion checks, and the values that its message shows.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum AssertKind<'tcx> {
    /// `a[i]`: "index out of bounds".
    BoundsCheck {
        /// The length of what is indexed.
        len: Operand<'tcx>,
        /// The index that is too large.
        index: Operand<'tcx>,
    },
    /// `a + b` and so on, and shifts by too many bits; both operands.
    Overflow(BinOp, Operand<'tcx>, Operand<'tcx>),
    /// `-a` of the smallest number.
    OverflowNeg(Operand<'tcx>),
    /// `a / 0`; the dividend.
    DivisionByZero(Operand<'tcx>),
    /// `a % 0`; the dividend.
    RemainderByZero(Operand<'tcx>),
    /// A coroutine that has returned is resumed (an `async fn` is polled after its end).
    ResumedAfterReturn(CoroutineKind),
    /// A coroutine that panicked is resumed.
    ResumedAfterPanic(CoroutineKind),
    /// A coroutine that was dropped asynchronously is resumed.
    ResumedAfterDrop(CoroutineKind),
    /// With debug assertions: a pointer that is dereferenced is not a multiple of its type's alignment.
    MisalignedPointerDereference {
        /// The alignment of the pointee's type, in bytes.
        required: Operand<'tcx>,
        /// The address.
        found: Operand<'tcx>,
    },
    /// With debug assertions: a null pointer is dereferenced.
    NullPointerDereference,
    /// With debug assertions: a transmute makes an enum from bits that are none of its values.
    InvalidEnumConstruction(Operand<'tcx>),
}

impl<'tcx> AssertKind<'tcx> {
    /// The values that the message shows, in its order.
    pub fn operands(&self) -> SmallVec<[&Operand<'tcx>; 2]> {
        match self {
            AssertKind::BoundsCheck { len: first, index: second }
            | AssertKind::Overflow(_, first, second)
            | AssertKind::MisalignedPointerDereference { required: first, found: second } => {
                SmallVec::from_slice(&[first, second])
            }
            AssertKind::OverflowNeg(operand)
            | AssertKind::DivisionByZero(operand)
            | AssertKind::RemainderByZero(operand)
            | AssertKind::InvalidEnumConstruction(operand) => SmallVec::from_slice(&[operand]),
            AssertKind::ResumedAfterReturn(_)
            | AssertKind::ResumedAfterPanic(_)
            | AssertKind::ResumedAfterDrop(_)
            | AssertKind::NullPointerDereference => SmallVec::new(),
        }
    }
}

/// A register or register class of inline assembly, by the Reference's name.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum AsmRegister {
    /// One register, such as `eax`.
    Register(Symbol),
    /// A class from which the compiler chooses, such as `reg`.
    Class(Symbol),
}

/// An operand of `asm!` or `naked_asm!`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum InlineAsmOperand<'tcx> {
    /// `in(reg) value`
    In {
        /// Where the assembly finds it.
        reg: AsmRegister,
        /// What is in the register before.
        value: Operand<'tcx>,
    },
    /// `out(reg) place`, and clobbers: `out(reg) _`.
    Out {
        /// Where the assembly puts it.
        reg: AsmRegister,
        /// `lateout`: written only after all inputs were read, so an input may have the same register.
        late: bool,
        /// Where the value goes; `None` for a clobber.
        place: Option<Place<'tcx>>,
    },
    /// `inout(reg) value => place`
    InOut {
        /// The register before and after.
        reg: AsmRegister,
        /// `inlateout`: another input may have the same register if it has the same value.
        late: bool,
        /// What is in the register before.
        in_value: Operand<'tcx>,
        /// Where the value goes; `None` for `=> _`.
        out_place: Option<Place<'tcx>>,
    },
    /// `const value`: becomes text in the template.
    Const {
        /// An integer.
        value: Box<ConstOperand<'tcx>>,
    },
    /// `sym function`: its symbol becomes text in the template.
    SymFn {
        /// A function item.
        value: Box<ConstOperand<'tcx>>,
    },
    /// `sym STATIC`: its symbol becomes text in the template.
    SymStatic {
        /// The static.
        def_id: DefId,
    },
    /// `label { … }`: a block of Rust that the assembly may jump to.
    Label {
        /// Which of [`InlineAsm::targets`].
        target_index: usize,
    },
}

/// A part of the text of `asm!`, of which all pieces are put together.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum AsmTemplatePiece {
    /// Text as it is.
    String(String),
    /// `{operand:modifier}`
    Placeholder {
        /// Index into the operands.
        operand: usize,
        /// How the register is spelled, such as `e` for `eax`.
        modifier: Option<char>,
        /// The placeholder in the source.
        span: Span,
    },
}

/// Options of `asm!`, one bit each, numbered as in rustc's `InlineAsmOptions`.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct AsmOptions {
    /// `pure`: no effect but on its outputs, which follow from its inputs (and from memory, unless `nomem`).
    pub pure_: bool,
    /// `nomem`: no memory is read or written.
    pub nomem: bool,
    /// `readonly`: no memory is written.
    pub readonly: bool,
    /// `preserves_flags`: the flags are as before.
    pub preserves_flags: bool,
    /// `noreturn`: control does not leave at the end of the text.
    pub noreturn: bool,
    /// `nostack`: nothing is pushed, so the stack need not be aligned, and a red zone is left alone.
    pub nostack: bool,
    /// `att_syntax`: AT&T's syntax rather than Intel's.
    pub att_syntax: bool,
    /// `raw`: braces in the text are no placeholders.
    pub raw: bool,
    /// `may_unwind`: a panic may come out of it.
    pub may_unwind: bool,
}

/// The assembly of an `asm!` or `naked_asm!`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct InlineAsm<'tcx> {
    /// It is the whole body of a `#[naked]` function.
    pub naked: bool,
    /// The text.
    pub template: Vec<AsmTemplatePiece>,
    /// In the order in which the template counts them.
    pub operands: Vec<InlineAsmOperand<'tcx>>,
    /// What the assembly promises.
    pub options: AsmOptions,
    /// Where it goes on: first after the assembly (absent with `noreturn`), then the labels.
    pub targets: Vec<BasicBlock>,
    /// What happens if it unwinds, with `may_unwind`.
    pub unwind: UnwindAction,
}

/// A call, with arguments as the function is declared (a closure's are a tuple).
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Call<'tcx> {
    /// A function item, which says what is called, or a fn pointer.
    pub func: Operand<'tcx>,
    /// Evaluated before; what is moved may be passed in its own memory.
    pub args: Vec<Operand<'tcx>>,
    /// Where the result goes. No argument overlaps it.
    pub destination: Place<'tcx>,
    /// Absent where the callee does not return.
    pub target: Option<BasicBlock>,
    /// What happens if the callee unwinds.
    pub unwind: UnwindAction,
    /// The call without its receiver, as `b(c)` in `a.b(c)`: what `#[track_caller]` reports.
    pub fn_span: Span,
}

/// How control leaves a block.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum TerminatorKind<'tcx> {
    /// Always to one block.
    Goto {
        /// The block that follows.
        target: BasicBlock,
    },
    /// `match` and `if`: by the bits of a value.
    SwitchInt {
        /// An integer, `bool` or `char`, also an enum's discriminant.
        discr: Operand<'tcx>,
        /// Which block follows for which value.
        targets: SwitchTargets,
    },
    /// Goes on unwinding in the caller: the end of cleaning up.
    UnwindResume,
    /// Aborts the program with a message that says why.
    UnwindTerminate(UnwindTerminateReason),
    /// The function returns what the return place holds.
    Return,
    /// Reaching it is undefined behaviour.
    Unreachable,
    /// Drops a value in place, by its type's drop glue.
    Drop {
        /// What is dropped. Then it has no value.
        place: Place<'tcx>,
        /// The block that follows.
        target: BasicBlock,
        /// What happens if a destructor unwinds.
        unwind: UnwindAction,
    },
    /// Calls a function.
    Call(Box<Call<'tcx>>),
    /// `become f(args)`: the frame is given up before the call.
    TailCall {
        /// What is called, as in [`Call`].
        func: Operand<'tcx>,
        /// The arguments, as in [`Call`].
        args: Vec<Operand<'tcx>>,
        /// The call in the source.
        fn_span: Span,
    },
    /// Panics unless a condition holds.
    Assert {
        /// A `bool`.
        cond: Operand<'tcx>,
        /// What it must be to go on.
        expected: bool,
        /// What the panic says.
        msg: Box<AssertKind<'tcx>>,
        /// The block that follows where it holds.
        target: BasicBlock,
        /// What happens with the panic.
        unwind: UnwindAction,
    },
    /// Runs inline assembly.
    InlineAsm(Box<InlineAsm<'tcx>>),
}

/// The end of a block.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Terminator<'tcx> {
    /// Where it comes from.
    pub source_info: SourceInfo,
    /// What it does.
    pub kind: TerminatorKind<'tcx>,
}

impl TerminatorKind<'_> {
    /// The unwind action, where there is one.
    pub fn unwind(&self) -> Option<UnwindAction> {
        match self {
            TerminatorKind::Drop { unwind, .. } | TerminatorKind::Assert { unwind, .. } => Some(*unwind),
            TerminatorKind::Call(call) => Some(call.unwind),
            TerminatorKind::InlineAsm(asm) => Some(asm.unwind),
            _ => None,
        }
    }

    /// The blocks that may follow, cleanup included.
    pub fn successors(&self) -> SmallVec<[BasicBlock; 4]> {
        let mut all: SmallVec<[BasicBlock; 4]> = match self {
            TerminatorKind::Goto { target }
            | TerminatorKind::Drop { target, .. }
            | TerminatorKind::Assert { target, .. } => SmallVec::from_slice(&[*target]),
            TerminatorKind::SwitchInt { targets, .. } => targets.targets.iter().copied().collect(),
            TerminatorKind::Call(call) => call.target.into_iter().collect(),
            TerminatorKind::InlineAsm(asm) => asm.targets.iter().copied().collect(),
            TerminatorKind::UnwindResume
            | TerminatorKind::UnwindTerminate(_)
            | TerminatorKind::Return
            | TerminatorKind::Unreachable
            | TerminatorKind::TailCall { .. } => SmallVec::new(),
        };
        if let Some(UnwindAction::Cleanup(block)) = self.unwind() {
            all.push(block);
        }
        all
    }
}
