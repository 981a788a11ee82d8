//! SIMD intrinsics (`core::intrinsics::simd`).
//!
//! Here every vector is a LIR vector, whatever its layout: packed vectors of an odd number of lanes live in memory, so
//! they are loaded first, and such results go back to memory. A mask is a vector of integers whose lanes are all ones or
//! all zeros, which is also what LIR compares yield and LIR masks mean, so masks pass through as they are.
//!
//! The type checker has not seen the lanes (the intrinsics are generic in the whole vector type), so an intrinsic on
//! lanes that it does not have is an error of the user found after monomorphisation.

mod lanes;
mod masks;
mod memory;

use crate::operand::{OperandRef, OperandValue};
use crate::{FunctionCx, LowerError};
use layout::TyAndLayout;
use lir::{BinaryOp, CastOp, FloatCond, Inst, IntCond, LoadFacts, MemFlags, ReduceOp, Type, UnaryOp, Value};
use ty::Instance;
use ty::rustc_abi::FieldsShape;

/// What the lanes of a vector are.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum LaneKind {
    Unsigned,
    Signed,
    Float,
    Pointer,
}

impl LaneKind {
    fn is_int(self) -> bool {
        matches!(self, LaneKind::Unsigned | LaneKind::Signed)
    }
}

/// A SIMD type taken apart.
#[derive(Clone, Copy, Debug)]
struct Shape<'tcx> {
    /// The whole.
    ty: Type,
    lane: TyAndLayout<'tcx>,
    kind: LaneKind,
}

impl Shape<'_> {
    fn lanes(&self) -> u16 {
        self.ty.lanes()
    }
}

/// A vector in hand.
#[derive(Clone, Copy, Debug)]
struct Vector<'tcx> {
    value: Value,
    shape: Shape<'tcx>,
}

/// A call of one intrinsic.
struct SimdCall<'a, 'tcx> {
    name: &'a str,
    instance: Instance<'tcx>,
    /// The operands in MIR, for those that must be constants.
    sources: &'a [mir::Operand<'tcx>],
    args: &'a [OperandRef<'tcx>],
    result: TyAndLayout<'tcx>,
}

impl<'tcx> FunctionCx<'_, 'tcx> {
    /// Lowers a call of the `simd_` intrinsic of this name. `sources` are the operands that `args` come from.
    pub(crate) fn simd_intrinsic(
        &mut self,
        name: &str,
        instance: Instance<'tcx>,
        sources: &[mir::Operand<'tcx>],
        args: &[OperandRef<'tcx>],
        result: TyAndLayout<'tcx>,
    ) -> Result<OperandRef<'tcx>, LowerError> {
        let stem = name.strip_prefix("simd_").unwrap_or(name);
        let call = SimdCall { name: stem, instance, sources, args, result };
        if let Some(value) = self.simd_arithmetic(&call)? {
            return Ok(self.simd_result(value, result));
        }
        if let Some(value) = self.simd_convert(&call)? {
            return Ok(self.simd_result(value, result));
        }
        if let Some(value) = self.simd_lanes(&call)? {
            return Ok(self.simd_result(value, result));
        }
        if let Some(op) = self.simd_masks(&call)? {
            return Ok(op);
        }
        if let Some(op) = self.simd_memory(&call)? {
            return Ok(op);
        }
        Err(self.simd_unsupported(&call))
    }

    // ---- vectors in and out

    /// What a SIMD type consists of; an error for any other type.
    fn simd_shape(&self, call: &SimdCall<'_, 'tcx>, layout: TyAndLayout<'tcx>) -> Result<Shape<'tcx>, LowerError> {
        if !layout.ty.is_simd(self.cx.tcx) {
            return Err(self.simd_unsupported(call));
        }
        let array = layout.field(self.cx.layout, 0);
        let (FieldsShape::Array { count, .. }, Some(element)) = (&array.fields, array.ty.sequence_element()) else {
            ty::bug!("the field of {:?} is an array", layout.ty)
        };
        let count = u16::try_from(*count).expect("at most 2^15 lanes");
        let lane = self.layout_of(element)?;
        let Some((Type::Scalar(scalar), None)) = self.register_types(lane) else {
            return Err(self.simd_unsupported(call));
        };
        let kind = match scalar {
            lir::Scalar::Ptr => LaneKind::Pointer,
            scalar if scalar.is_float() => LaneKind::Float,
            _ if element.is_signed() => LaneKind::Signed,
            _ => LaneKind::Unsigned,
        };
        Ok(Shape { ty: Type::vector(scalar, count), lane, kind })
    }

    /// An argument that is a vector.
    fn simd_arg(&mut self, call: &SimdCall<'_, 'tcx>, index: usize) -> Result<Vector<'tcx>, LowerError> {
        let op = call.args[index];
        let shape = self.simd_shape(call, op.layout)?;
        let value = match op.val {
            OperandValue::Immediate(value) => value,
            OperandValue::Ref(ptr, None, align) => {
                let flags = MemFlags::aligned(align);
                self.b.value(Inst::Load { ty: shape.ty, ptr, flags, facts: LoadFacts::default() })
            }
            other => ty::bug!("{other:?} is a vector of {:?}", op.layout.ty),
        };
        Ok(Vector { value, shape })
    }

    /// The operand of a result in hand: in memory, if that is where values of its type live.
    fn simd_result(&mut self, value: Value, result: TyAndLayout<'tcx>) -> OperandRef<'tcx> {
        if self.is_register(result) {
            return OperandRef::immediate_of(value, result);
        }
        let temp = self.new_temp(result);
        self.store_value(value, temp.ptr, temp.align);
        self.load_operand(temp)
    }

    fn simd_unsupported(&self, call: &SimdCall<'_, 'tcx>) -> LowerError {
        let name = |layout: TyAndLayout<'tcx>| format!("`{}`", self.cx.mangler.type_name(layout.ty));
        let types: Vec<String> = call.args.iter().map(|arg| name(arg.layout)).collect();
        let construct =
            format!("the intrinsic `simd_{}` of {} with the result {}", call.name, types.join(", "), name(call.result));
        LowerError::unsupported(construct, self.span())
    }

    // ---- lane by lane

    /// Operations whose lanes depend on the same lanes of their operands, and nothing but values.
    fn simd_arithmetic(&mut self, call: &SimdCall<'_, 'tcx>) -> Result<Option<Value>, LowerError> {
        if let Some((kind_fits, pick)) = unary(call.name) {
            let x = self.simd_arg(call, 0)?;
            if !kind_fits(x.shape.kind) {
                return Err(self.simd_unsupported(call));
            }
            let op = pick(x.shape.kind);
            if op == UnaryOp::Bswap && x.shape.lane.size.bytes() == 1 {
                return Ok(Some(x.value));
            }
            return Ok(Some(self.b.value(Inst::Unary { op, value: x.value })));
        }
        if let Some(pick) = binary(call.name) {
            let (x, y) = (self.simd_arg(call, 0)?, self.simd_arg(call, 1)?);
            let op = match pick(x.shape.kind) {
                Some(op) if x.shape.ty == y.shape.ty => op,
                _ => return Err(self.simd_unsupported(call)),
            };
            return Ok(Some(self.binary(op, x.value, y.value)));
        }
        if let Some((int, float)) = condition(call.name) {
            return self.simd_compare(call, int, float).map(Some);
        }
        Ok(match call.name {
            "fma" | "relaxed_fma" => {
                let (a, b, c) = (self.simd_arg(call, 0)?, self.simd_arg(call, 1)?, self.simd_arg(call, 2)?);
                if a.shape.kind != LaneKind::Float {
                    return Err(self.simd_unsupported(call));
                }
                let (a, b, c) = (a.value, b.value, c.value);
                if call.name == "fma" {
                    Some(self.b.value(Inst::Fma { a, b, c }))
                } else {
                    // May be fused or not: not.
                    let product = self.binary(BinaryOp::Fmul, a, b);
                    Some(self.binary(BinaryOp::Fadd, product, c))
                }
            }
            "funnel_shl" | "funnel_shr" => {
                let (high, low, amount) = (self.simd_arg(call, 0)?, self.simd_arg(call, 1)?, self.simd_arg(call, 2)?);
                if !high.shape.kind.is_int() {
                    return Err(self.simd_unsupported(call));
                }
                let left = call.name == "funnel_shl";
                let (high, low, amount) = (high.value, low.value, amount.value);
                Some(self.b.value(Inst::FunnelShift { left, high, low, amount }))
            }
            "carryless_mul" => {
                let (x, y) = (self.simd_arg(call, 0)?, self.simd_arg(call, 1)?);
                if !x.shape.kind.is_int() {
                    return Err(self.simd_unsupported(call));
                }
                let name = format!("llvm.clmul.v{}i{}", x.shape.lanes(), x.shape.lane.size.bits());
                let (args, returns) = (vec![x.value, y.value], vec![x.shape.ty]);
                Some(self.b.value(Inst::LlvmIntrinsic { name, args, returns }))
            }
            _ => None,
        })
    }

    fn simd_compare(
        &mut self,
        call: &SimdCall<'_, 'tcx>,
        int: fn(bool) -> IntCond,
        float: FloatCond,
    ) -> Result<Value, LowerError> {
        let (lhs, rhs) = (self.simd_arg(call, 0)?, self.simd_arg(call, 1)?);
        let mask = self.simd_shape(call, call.result)?;
        let same = lhs.shape.ty == rhs.shape.ty && mask.lanes() == lhs.shape.lanes();
        if !same || !mask.kind.is_int() {
            return Err(self.simd_unsupported(call));
        }
        let value = match lhs.shape.kind {
            LaneKind::Float => self.b.value(Inst::Fcmp { cond: float, lhs: lhs.value, rhs: rhs.value }),
            kind => self.icmp(int(kind == LaneKind::Signed), lhs.value, rhs.value),
        };
        // All ones stay all ones.
        Ok(self.int_cast(value, mask.ty, true))
    }

    // ---- conversions

    fn simd_convert(&mut self, call: &SimdCall<'_, 'tcx>) -> Result<Option<Value>, LowerError> {
        use LaneKind::{Float, Pointer, Signed, Unsigned};
        if !matches!(call.name, "cast" | "as" | "cast_ptr" | "expose_provenance" | "with_exposed_provenance") {
            return Ok(None);
        }
        let from = self.simd_arg(call, 0)?;
        let to = self.simd_shape(call, call.result)?;
        if from.shape.lanes() != to.lanes() {
            return Err(self.simd_unsupported(call));
        }
        let value = from.value;
        let cast = |this: &mut Self, op| this.b.value(Inst::Cast { op, value, ty: to.ty });
        let sizes = (from.shape.lane.size.bytes(), to.lane.size.bytes());
        let saturating = call.name == "as";
        Ok(Some(match (call.name, from.shape.kind, to.kind) {
            ("cast_ptr", Pointer, Pointer) => value,
            ("expose_provenance", Pointer, Unsigned) if sizes.0 == sizes.1 => cast(self, CastOp::PtrToInt),
            ("with_exposed_provenance", Unsigned, Pointer) if sizes.0 == sizes.1 => cast(self, CastOp::IntToPtr),
            ("cast" | "as", Unsigned | Signed, Unsigned | Signed) => {
                self.int_cast(value, to.ty, from.shape.kind == Signed)
            }
            ("cast" | "as", Unsigned, Float) => cast(self, CastOp::UiToF),
            ("cast" | "as", Signed, Float) => cast(self, CastOp::SiToF),
            ("cast" | "as", Float, Unsigned) => cast(self, if saturating { CastOp::FtoUiSat } else { CastOp::FtoUi }),
            ("cast" | "as", Float, Signed) => cast(self, if saturating { CastOp::FtoSiSat } else { CastOp::FtoSi }),
            ("cast" | "as", Float, Float) => match sizes.0.cmp(&sizes.1) {
                std::cmp::Ordering::Less => cast(self, CastOp::Fext),
                std::cmp::Ordering::Equal => value,
                std::cmp::Ordering::Greater => cast(self, CastOp::Ftrunc),
            },
            _ => return Err(self.simd_unsupported(call)),
        }))
    }
}

/// Which lanes a unary intrinsic takes, and what it is on them.
type UnaryRule = (fn(LaneKind) -> bool, fn(LaneKind) -> UnaryOp);

fn unary(name: &str) -> Option<UnaryRule> {
    let int = LaneKind::is_int as fn(LaneKind) -> bool;
    let float = (|kind| kind == LaneKind::Float) as fn(LaneKind) -> bool;
    Some(match name {
        "neg" => (
            |kind| kind != LaneKind::Pointer,
            |kind| if kind == LaneKind::Float { UnaryOp::Fneg } else { UnaryOp::Ineg },
        ),
        "bswap" => (int, |_| UnaryOp::Bswap),
        "bitreverse" => (int, |_| UnaryOp::Bitreverse),
        "ctlz" => (int, |_| UnaryOp::Ctlz),
        "cttz" => (int, |_| UnaryOp::Cttz),
        "ctpop" => (int, |_| UnaryOp::Popcnt),
        "fabs" => (float, |_| UnaryOp::Fabs),
        "ceil" => (float, |_| UnaryOp::Ceil),
        "floor" => (float, |_| UnaryOp::Floor),
        "round" => (float, |_| UnaryOp::Round),
        "round_ties_even" => (float, |_| UnaryOp::RoundEven),
        "trunc" => (float, |_| UnaryOp::Ftrunc),
        "fsqrt" => (float, |_| UnaryOp::Sqrt),
        "fsin" => (float, |_| UnaryOp::Sin),
        "fcos" => (float, |_| UnaryOp::Cos),
        "fexp" => (float, |_| UnaryOp::Exp),
        "fexp2" => (float, |_| UnaryOp::Exp2),
        "flog" => (float, |_| UnaryOp::Log),
        "flog2" => (float, |_| UnaryOp::Log2),
        "flog10" => (float, |_| UnaryOp::Log10),
        _ => return None,
    })
}

/// What a binary intrinsic is on lanes of a kind, if there is such.
fn binary(name: &str) -> Option<impl Fn(LaneKind) -> Option<BinaryOp>> {
    use BinaryOp::{And, Ashr, Fadd, Fdiv, Fmax, Fmin, Fmul, Frem, Fsub, Iadd, Imul, Isub, Lshr, Or};
    use BinaryOp::{SaddSat, Sdiv, Shl, Srem, SsubSat, UaddSat, Udiv, Urem, UsubSat, Xor};
    // For unsigned, signed and float lanes.
    let (unsigned, signed, float) = match name {
        "add" => (Some(Iadd), Some(Iadd), Some(Fadd)),
        "sub" => (Some(Isub), Some(Isub), Some(Fsub)),
        "mul" => (Some(Imul), Some(Imul), Some(Fmul)),
        "div" => (Some(Udiv), Some(Sdiv), Some(Fdiv)),
        "rem" => (Some(Urem), Some(Srem), Some(Frem)),
        "shl" => (Some(Shl), Some(Shl), None),
        "shr" => (Some(Lshr), Some(Ashr), None),
        "and" => (Some(And), Some(And), None),
        "or" => (Some(Or), Some(Or), None),
        "xor" => (Some(Xor), Some(Xor), None),
        "saturating_add" => (Some(UaddSat), Some(SaddSat), None),
        "saturating_sub" => (Some(UsubSat), Some(SsubSat), None),
        "fmin" | "minimum_number_nsz" => (None, None, Some(Fmin)),
        "fmax" | "maximum_number_nsz" => (None, None, Some(Fmax)),
        _ => return None,
    };
    Some(move |kind| match kind {
        LaneKind::Unsigned => unsigned,
        LaneKind::Signed => signed,
        LaneKind::Float => float,
        LaneKind::Pointer => None,
    })
}

/// The conditions of a comparison: of integers by whether they are signed, and of floats.
type ConditionRule = (fn(bool) -> IntCond, FloatCond);

fn condition(name: &str) -> Option<ConditionRule> {
    Some(match name {
        "eq" => (|_| IntCond::Eq, FloatCond::Oeq),
        "ne" => (|_| IntCond::Ne, FloatCond::Une),
        "lt" => (|signed| if signed { IntCond::Slt } else { IntCond::Ult }, FloatCond::Olt),
        "le" => (|signed| if signed { IntCond::Sle } else { IntCond::Ule }, FloatCond::Ole),
        "gt" => (|signed| if signed { IntCond::Sgt } else { IntCond::Ugt }, FloatCond::Ogt),
        "ge" => (|signed| if signed { IntCond::Sge } else { IntCond::Uge }, FloatCond::Oge),
        _ => return None,
    })
}
