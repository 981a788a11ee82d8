//! How LIR values are held in Cranelift values.

use cranelift_codegen::ir::{self, types};
use lir::{Scalar, Type};

/// How a LIR value of some type is held.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Shape {
    /// One Cranelift scalar.
    Scalar(ir::Type),
    /// A vector as this many 16-byte vectors.
    Chunks(ir::Type, u32),
    /// A vector with each lane in a scalar of its own; for those that do not fill 16-byte vectors, or whose lanes
    /// Cranelift has no vectors of.
    Lanes(ir::Type, u32),
}

impl Shape {
    pub fn of(ty: Type) -> Shape {
        let scalar = scalar_type(ty.lane());
        let Type::Vector { lane, lanes } = ty else { return Shape::Scalar(scalar) };
        let lanes = u32::from(lanes);
        let simple = !matches!(lane, Scalar::I128 | Scalar::F16 | Scalar::F128);
        let bytes = scalar.bytes() * lanes;
        if simple && bytes.is_multiple_of(16) {
            let chunk = scalar.by(16 / scalar.bytes()).expect("a 16-byte vector");
            return Shape::Chunks(chunk, bytes / 16);
        }
        Shape::Lanes(scalar, lanes)
    }

    /// The type of each part.
    pub fn part(self) -> ir::Type {
        match self {
            Shape::Scalar(ty) | Shape::Chunks(ty, _) | Shape::Lanes(ty, _) => ty,
        }
    }

    /// How many parts there are.
    pub fn count(self) -> usize {
        match self {
            Shape::Scalar(_) => 1,
            Shape::Chunks(_, count) | Shape::Lanes(_, count) => count as usize,
        }
    }
}

/// Cranelift's type for a scalar. Pointers are 64-bit integers there.
pub(crate) fn scalar_type(scalar: Scalar) -> ir::Type {
    match scalar {
        Scalar::I8 => types::I8,
        Scalar::I16 => types::I16,
        Scalar::I32 => types::I32,
        Scalar::I64 | Scalar::Ptr => types::I64,
        Scalar::I128 => types::I128,
        Scalar::F16 => types::F16,
        Scalar::F32 => types::F32,
        Scalar::F64 => types::F64,
        Scalar::F128 => types::F128,
    }
}
