//! Statements, terminators, rvalues, operands, places (`rustc_middle::mir::syntax`, `statement`, `terminator`).

use super::super::attributes::skip_parsed_attributes;
use super::super::decoder::{Decode, Decoder};
use crate::error::Result;
use ::mir::{
    AggregateKind, AssertKind, BasicBlock, BinOp, BorrowKind, Call, CastKind, Const, ConstOperand, Local, Operand,
    Place, PointerCoercion, ProjectionElem, Promoted, RawPtrKind, RuntimeChecks, Rvalue, SourceScope, StatementKind,
    SwitchTargets, Terminator, TerminatorKind, UnOp, UnwindAction, UnwindTerminateReason,
};
use smallvec::SmallVec;
use ty::{FieldIdx, Span, UnevaluatedConst, VariantIdx};

/// Numbers.
macro_rules! indices {
    ($($name:ident),*) => {
        $(impl<'tcx> Decode<'tcx> for $name {
            #[inline]
            fn decode(d: &mut Decoder<'tcx>) -> Result<$name> {
                Ok($name::from_u32(d.read_u32()?))
            }
        })*
    };
}
indices!(Local, BasicBlock, SourceScope, Promoted);

impl<'tcx> Decode<'tcx> for FieldIdx {
    fn decode(d: &mut Decoder<'tcx>) -> Result<FieldIdx> {
        layout_index(d).map(FieldIdx::from_u32)
    }
}
impl<'tcx> Decode<'tcx> for VariantIdx {
    fn decode(d: &mut Decoder<'tcx>) -> Result<VariantIdx> {
        layout_index(d).map(VariantIdx::from_u32)
    }
}

/// The highest numbers are not used.
fn layout_index(d: &mut Decoder<'_>) -> Result<u32> {
    match d.read_u32()? {
        index if index < 0xffff_ff00 => Ok(index),
        _ => Err(d.error("the number of a field or variant is too large")),
    }
}

/// Enums whose variants have no fields, in their order.
macro_rules! plain_enums {
    ($($name:ident, $what:literal: $($variant:ident),*;)*) => {
        $(impl<'tcx> Decode<'tcx> for $name {
            fn decode(d: &mut Decoder<'tcx>) -> Result<$name> {
                const ALL: &[$name] = &[$($name::$variant),*];
                Ok(ALL[usize::from(d.read_variant(ALL.len() as u8, $what)?)])
            }
        })*
    };
}
plain_enums! {
    RawPtrKind, "no such kind of raw borrow": Mut, Const, FakeForPtrMetadata;
    RuntimeChecks, "no such runtime check": UbChecks, ContractChecks, OverflowChecks;
    UnOp, "no such unary operator": Not, Neg, PtrMetadata;
    BinOp, "no such binary operator": Add, AddUnchecked, AddWithOverflow, Sub, SubUnchecked, SubWithOverflow, Mul,
        MulUnchecked, MulWithOverflow, Div, Rem, BitXor, BitAnd, BitOr, Shl, ShlUnchecked, Shr, ShrUnchecked, Eq, Lt, Le,
        Ne, Ge, Gt, Cmp, Offset;
    UnwindTerminateReason, "no such reason to terminate": Abi, InCleanup;
}

impl<'tcx> Decode<'tcx> for ProjectionElem<'tcx> {
    fn decode(d: &mut Decoder<'tcx>) -> Result<ProjectionElem<'tcx>> {
        Ok(match d.read_variant(8, "no such projection")? {
            0 => ProjectionElem::Deref,
            1 => ProjectionElem::Field(d.read()?, d.read()?),
            2 => ProjectionElem::Index(d.read()?),
            3 => ProjectionElem::ConstantIndex {
                offset: d.read_u64()?,
                min_length: d.read_u64()?,
                from_end: d.read_bool()?,
            },
            4 => ProjectionElem::Subslice { from: d.read_u64()?, to: d.read_u64()?, from_end: d.read_bool()? },
            5 => ProjectionElem::Downcast(d.read()?, d.read()?),
            6 => ProjectionElem::OpaqueCast(d.read()?),
            _ => ProjectionElem::UnwrapUnsafeBinder(d.read()?),
        })
    }
}

impl<'tcx> Decode<'tcx> for Place<'tcx> {
    fn decode(d: &mut Decoder<'tcx>) -> Result<Place<'tcx>> {
        let local = d.read()?;
        let len = d.read_len()?;
        if len == 0 {
            return Ok(Place::from_local(local));
        }
        let mut projection: SmallVec<[ProjectionElem<'tcx>; 4]> = SmallVec::new();
        for _ in 0..len {
            projection.push(d.read()?);
        }
        Ok(Place { local, projection: d.tcx().arena().alloc_slice(&projection) })
    }
}

impl<'tcx> Decode<'tcx> for Const<'tcx> {
    fn decode(d: &mut Decoder<'tcx>) -> Result<Const<'tcx>> {
        Ok(match d.read_variant(3, "no such kind of constant in MIR")? {
            0 => Const::Ty(d.read()?, d.read()?),
            1 => Const::Unevaluated {
                constant: UnevaluatedConst { def: d.read()?, args: d.read()? },
                promoted: d.read()?,
                ty: d.read()?,
            },
            _ => Const::Val(d.read()?, d.read()?),
        })
    }
}

impl<'tcx> Decode<'tcx> for ConstOperand<'tcx> {
    fn decode(d: &mut Decoder<'tcx>) -> Result<ConstOperand<'tcx>> {
        let span = d.read()?;
        if d.read_option()? {
            let _user_type_annotation = d.read_u32()?;
        }
        Ok(ConstOperand { span, const_: d.read()? })
    }
}

impl<'tcx> Decode<'tcx> for Operand<'tcx> {
    fn decode(d: &mut Decoder<'tcx>) -> Result<Operand<'tcx>> {
        Ok(match d.read_variant(4, "no such operand")? {
            0 => Operand::Copy(d.read()?),
            1 => Operand::Move(d.read()?),
            2 => Operand::Constant(d.read()?),
            _ => Operand::RuntimeChecks(d.read()?),
        })
    }
}

impl<'tcx> Decode<'tcx> for BorrowKind {
    fn decode(d: &mut Decoder<'tcx>) -> Result<BorrowKind> {
        Ok(match d.read_variant(3, "no such kind of borrow")? {
            0 => BorrowKind::Shared,
            1 => {
                d.read_variant(2, "no such kind of fake borrow")?;
                BorrowKind::Fake
            }
            _ => {
                d.read_variant(3, "no such kind of mutable borrow")?;
                BorrowKind::Mut
            }
        })
    }
}

impl<'tcx> Decode<'tcx> for PointerCoercion {
    fn decode(d: &mut Decoder<'tcx>) -> Result<PointerCoercion> {
        let is_unsafe = |d: &mut Decoder<'tcx>| Ok(d.read_variant(2, "neither safe nor unsafe")? == 0);
        Ok(match d.read_variant(6, "no such coercion of pointers")? {
            0 => {
                is_unsafe(d)?;
                PointerCoercion::ReifyFnPointer
            }
            1 => PointerCoercion::UnsafeFnPointer,
            2 => PointerCoercion::ClosureFnPointer { is_unsafe: is_unsafe(d)? },
            3 => PointerCoercion::MutToConstPointer,
            4 => PointerCoercion::ArrayToPointer,
            _ => PointerCoercion::Unsize,
        })
    }
}

impl<'tcx> Decode<'tcx> for CastKind {
    fn decode(d: &mut Decoder<'tcx>) -> Result<CastKind> {
        Ok(match d.read_variant(11, "no such cast")? {
            0 => CastKind::PointerExposeProvenance,
            1 => CastKind::PointerWithExposedProvenance,
            2 => {
                let coercion = d.read()?;
                let _source = d.read_variant(2, "no such source of a coercion")?;
                CastKind::PointerCoercion(coercion)
            }
            3 => CastKind::IntToInt,
            4 => CastKind::FloatToInt,
            5 => CastKind::FloatToFloat,
            6 => CastKind::IntToFloat,
            7 => CastKind::PtrToPtr,
            8 => CastKind::FnPtrToPtr,
            9 => CastKind::Transmute,
            _ => CastKind::Subtype,
        })
    }
}

impl<'tcx> Decode<'tcx> for AggregateKind<'tcx> {
    fn decode(d: &mut Decoder<'tcx>) -> Result<AggregateKind<'tcx>> {
        Ok(match d.read_variant(7, "no such aggregate")? {
            0 => AggregateKind::Array(d.read()?),
            1 => AggregateKind::Tuple,
            2 => {
                let (did, variant, args) = (d.read()?, d.read()?, d.read()?);
                if d.read_option()? {
                    let _user_type_annotation = d.read_u32()?;
                }
                AggregateKind::Adt(did, variant, args, d.read()?)
            }
            3 => AggregateKind::Closure(d.read()?, d.read()?),
            4 => AggregateKind::Coroutine(d.read()?, d.read()?),
            5 => AggregateKind::CoroutineClosure(d.read()?, d.read()?),
            _ => AggregateKind::RawPtr(d.read()?, d.read()?),
        })
    }
}

impl<'tcx> Decode<'tcx> for Rvalue<'tcx> {
    fn decode(d: &mut Decoder<'tcx>) -> Result<Rvalue<'tcx>> {
        let retags = !d.encoding().retag_statements;
        Ok(match d.read_variant(if retags { 13 } else { 12 }, "no such rvalue")? {
            0 => {
                let operand = d.read()?;
                if retags {
                    let _with_retag = d.read_variant(2, "neither with a retag nor without")?;
                }
                Rvalue::Use(operand)
            }
            1 => Rvalue::Repeat(d.read()?, d.read()?),
            2 => {
                ty::Region::decode(d)?;
                Rvalue::Ref(d.read()?, d.read()?)
            }
            3 => Rvalue::ThreadLocalRef(d.read()?),
            4 => Rvalue::RawPtr(d.read()?, d.read()?),
            5 => Rvalue::Cast(d.read()?, d.read()?, d.read()?),
            6 => Rvalue::BinaryOp(d.read()?, d.read()?),
            7 => Rvalue::UnaryOp(d.read()?, d.read()?),
            8 => Rvalue::Discriminant(d.read()?),
            9 => Rvalue::Aggregate(d.read()?, d.read()?),
            10 => Rvalue::CopyForDeref(d.read()?),
            11 => Rvalue::WrapUnsafeBinder(d.read()?, d.read()?),
            _ => return Err(d.error("a reborrow of a user's type, which is not supported")),
        })
    }
}

/// A statement, or `None` if it does nothing at run time.
pub(super) fn read_statement_kind<'tcx>(d: &mut Decoder<'tcx>) -> Result<Option<StatementKind<'tcx>>> {
    let retags = d.encoding().retag_statements;
    let statement = match d.read_variant(if retags { 13 } else { 12 }, "no such statement")? {
        statement @ 5.. if !retags => statement + 1,
        statement => statement,
    };
    Ok(Some(match statement {
        0 => match d.read()? {
            (_, Rvalue::Ref(BorrowKind::Fake, _)) => return Ok(None),
            (place, rvalue) => StatementKind::Assign(Box::new((place, rvalue))),
        },
        1 | 7 => return Err(d.error("a statement that only the borrow checker understands")),
        2 => StatementKind::SetDiscriminant { place: d.read()?, variant_index: d.read()? },
        3 => StatementKind::StorageLive(d.read()?),
        4 => StatementKind::StorageDead(d.read()?),
        5 => {
            let _retag = d.read_variant(4, "no such retag")?;
            Place::decode(d)?;
            return Ok(None);
        }
        6 => {
            let _mentioned = Place::decode(d)?;
            return Ok(None);
        }
        8 => match d.read_variant(3, "no such coverage statement")? {
            0 => return Ok(None),
            1 => {
                let _marker = d.read_u32()?;
                return Ok(None);
            }
            _ => StatementKind::Counter(d.read_u32()?),
        },
        9 => match d.read_variant(2, "no such intrinsic statement")? {
            0 => StatementKind::Assume(d.read()?),
            _ => StatementKind::CopyNonOverlapping { src: d.read()?, dst: d.read()?, count: d.read()? },
        },
        12 => {
            let _dropped_later = Place::decode(d)?;
            return Ok(None);
        }
        // Steps of evaluation are counted elsewhere; and what is nothing stays nothing.
        _ => return Ok(None),
    }))
}

impl<'tcx> Decode<'tcx> for SwitchTargets {
    fn decode(d: &mut Decoder<'tcx>) -> Result<SwitchTargets> {
        let values: SmallVec<_> = (0..d.read_len()?).map(|_| d.read_u128()).collect::<Result<_>>()?;
        let targets: SmallVec<_> = (0..d.read_len()?).map(|_| Decode::decode(d)).collect::<Result<_>>()?;
        if targets.len() != values.len() + 1 {
            return Err(d.error("a switch has more or fewer targets than values"));
        }
        Ok(SwitchTargets { values, targets })
    }
}

impl<'tcx> Decode<'tcx> for UnwindAction {
    fn decode(d: &mut Decoder<'tcx>) -> Result<UnwindAction> {
        Ok(match d.read_variant(4, "no such unwind action")? {
            0 => UnwindAction::Continue,
            1 => UnwindAction::Unreachable,
            2 => UnwindAction::Terminate(d.read()?),
            _ => UnwindAction::Cleanup(d.read()?),
        })
    }
}

impl<'tcx> Decode<'tcx> for AssertKind<'tcx> {
    fn decode(d: &mut Decoder<'tcx>) -> Result<AssertKind<'tcx>> {
        Ok(match d.read_variant(11, "no such assertion")? {
            0 => AssertKind::BoundsCheck { len: d.read()?, index: d.read()? },
            1 => AssertKind::Overflow(d.read()?, d.read()?, d.read()?),
            2 => AssertKind::OverflowNeg(d.read()?),
            3 => AssertKind::DivisionByZero(d.read()?),
            4 => AssertKind::RemainderByZero(d.read()?),
            5 => AssertKind::ResumedAfterReturn(d.read()?),
            6 => AssertKind::ResumedAfterPanic(d.read()?),
            7 => AssertKind::ResumedAfterDrop(d.read()?),
            8 => AssertKind::MisalignedPointerDereference { required: d.read()?, found: d.read()? },
            9 => AssertKind::NullPointerDereference,
            _ => AssertKind::InvalidEnumConstruction(d.read()?),
        })
    }
}

/// Arguments of a call, each with its span.
fn read_args<'tcx>(d: &mut Decoder<'tcx>) -> Result<Vec<Operand<'tcx>>> {
    let len = d.read_len()?;
    let mut args = d.list_of(len);
    for _ in 0..len {
        args.push(d.read()?);
        Span::decode(d)?;
    }
    Ok(args)
}

impl<'tcx> Decode<'tcx> for Terminator<'tcx> {
    fn decode(d: &mut Decoder<'tcx>) -> Result<Terminator<'tcx>> {
        let terminator = Terminator { source_info: d.read()?, kind: d.read()? };
        if d.encoding().terminator_attributes {
            skip_parsed_attributes(d)?;
        }
        Ok(terminator)
    }
}

impl<'tcx> Decode<'tcx> for TerminatorKind<'tcx> {
    fn decode(d: &mut Decoder<'tcx>) -> Result<TerminatorKind<'tcx>> {
        Ok(match d.read_variant(15, "no such terminator")? {
            0 => TerminatorKind::Goto { target: d.read()? },
            1 => TerminatorKind::SwitchInt { discr: d.read()?, targets: d.read()? },
            2 => TerminatorKind::UnwindResume,
            3 => TerminatorKind::UnwindTerminate(d.read()?),
            4 => TerminatorKind::Return,
            5 => TerminatorKind::Unreachable,
            6 => {
                let (place, target, unwind) = (d.read()?, d.read()?, d.read()?);
                let _replace = d.read_bool()?;
                let drop: Option<BasicBlock> = d.read()?;
                let async_fut: Option<Local> = if d.encoding().async_drop_futures { d.read()? } else { None };
                if drop.is_some() || async_fut.is_some() {
                    return Err(d.error("an asynchronous drop that is not expanded"));
                }
                TerminatorKind::Drop { place, target, unwind }
            }
            7 => {
                let func = d.read()?;
                let args = read_args(d)?;
                let (destination, target, unwind) = (d.read()?, d.read()?, d.read()?);
                let _source = d.read_variant(5, "no such source of a call")?;
                let fn_span = d.read()?;
                TerminatorKind::Call(Box::new(Call { func, args, destination, target, unwind, fn_span }))
            }
            8 => TerminatorKind::TailCall { func: d.read()?, args: read_args(d)?, fn_span: d.read()? },
            9 => TerminatorKind::Assert {
                cond: d.read()?,
                expected: d.read_bool()?,
                msg: d.read()?,
                target: d.read()?,
                unwind: d.read()?,
            },
            10 | 11 => return Err(d.error("a coroutine that is not transformed into a state machine")),
            12 | 13 => return Err(d.error("a terminator that only the borrow checker understands")),
            _ => TerminatorKind::InlineAsm(d.read()?),
        })
    }
}
