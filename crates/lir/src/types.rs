//! Value types and machine-level signatures.

use serde::{Deserialize, Serialize};

/// The type of one scalar, or of one lane of a vector.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Scalar {
    /// An integer of 8 bits, signed or not, or a boolean.
    I8,
    /// An integer of 16 bits.
    I16,
    /// An integer of 32 bits.
    I32,
    /// An integer of 64 bits.
    I64,
    /// An integer of 128 bits.
    I128,
    /// IEEE 754 binary16.
    F16,
    /// IEEE 754 binary32.
    F32,
    /// IEEE 754 binary64.
    F64,
    /// IEEE 754 binary128.
    F128,
    /// A pointer in the default address space. Its width is the target's.
    Ptr,
}

impl Scalar {
    /// Size in bytes, given the target's pointer size in bytes.
    pub fn size_bytes(self, pointer_bytes: u32) -> u32 {
        match self {
            Scalar::I8 => 1,
            Scalar::I16 | Scalar::F16 => 2,
            Scalar::I32 | Scalar::F32 => 4,
            Scalar::I64 | Scalar::F64 => 8,
            Scalar::I128 | Scalar::F128 => 16,
            Scalar::Ptr => pointer_bytes,
        }
    }

    /// The integer scalar of this many bits, where there is one.
    pub fn int(bits: u32) -> Option<Scalar> {
        Some(match bits {
            8 => Scalar::I8,
            16 => Scalar::I16,
            32 => Scalar::I32,
            64 => Scalar::I64,
            128 => Scalar::I128,
            _ => return None,
        })
    }

    /// Whether this is one of `i8`…`i128`.
    pub fn is_int(self) -> bool {
        matches!(self, Scalar::I8 | Scalar::I16 | Scalar::I32 | Scalar::I64 | Scalar::I128)
    }

    /// Whether this is one of `f16`…`f128`.
    pub fn is_float(self) -> bool {
        matches!(self, Scalar::F16 | Scalar::F32 | Scalar::F64 | Scalar::F128)
    }
}

/// The type of a value: a scalar, or a vector of scalars.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Type {
    /// One scalar.
    Scalar(Scalar),
    /// `lanes` is at least 1; a one-lane vector is still a vector.
    Vector {
        /// The type of each lane.
        lane: Scalar,
        /// How many there are.
        lanes: u16,
    },
}

impl Type {
    /// [`Scalar::I8`].
    pub const I8: Type = Type::Scalar(Scalar::I8);
    /// [`Scalar::I16`].
    pub const I16: Type = Type::Scalar(Scalar::I16);
    /// [`Scalar::I32`].
    pub const I32: Type = Type::Scalar(Scalar::I32);
    /// [`Scalar::I64`].
    pub const I64: Type = Type::Scalar(Scalar::I64);
    /// [`Scalar::I128`].
    pub const I128: Type = Type::Scalar(Scalar::I128);
    /// [`Scalar::F16`].
    pub const F16: Type = Type::Scalar(Scalar::F16);
    /// [`Scalar::F32`].
    pub const F32: Type = Type::Scalar(Scalar::F32);
    /// [`Scalar::F64`].
    pub const F64: Type = Type::Scalar(Scalar::F64);
    /// [`Scalar::F128`].
    pub const F128: Type = Type::Scalar(Scalar::F128);
    /// [`Scalar::Ptr`].
    pub const PTR: Type = Type::Scalar(Scalar::Ptr);

    /// A vector type.
    pub fn vector(lane: Scalar, lanes: u16) -> Type {
        Type::Vector { lane, lanes }
    }

    /// The scalar itself, or the type of a lane.
    pub fn lane(self) -> Scalar {
        match self {
            Type::Scalar(scalar) => scalar,
            Type::Vector { lane, .. } => lane,
        }
    }

    /// 1 for a scalar.
    pub fn lanes(self) -> u16 {
        match self {
            Type::Scalar(_) => 1,
            Type::Vector { lanes, .. } => lanes,
        }
    }

    /// The same shape (scalar, or vector of as many lanes) with another lane type.
    pub fn with_lane(self, lane: Scalar) -> Type {
        match self {
            Type::Scalar(_) => Type::Scalar(lane),
            Type::Vector { lanes, .. } => Type::Vector { lane, lanes },
        }
    }

    /// Whether this is a vector.
    pub fn is_vector(self) -> bool {
        matches!(self, Type::Vector { .. })
    }

    /// Size in bytes (of all lanes), given the target's pointer size in bytes.
    pub fn size_bytes(self, pointer_bytes: u32) -> u32 {
        self.lane().size_bytes(pointer_bytes) * u32::from(self.lanes())
    }
}

/// A calling convention. The Rust ABI has been lowered to machine-level parameters, so at this level it *is*
/// [`CallConv::C`].
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default, Serialize, Deserialize)]
pub enum CallConv {
    /// The target's C convention.
    #[default]
    C,
    /// As C, but the callee saves most registers (`extern "rust-cold"`, LLVM's preserve_most). A back end may use C for
    /// it only if every definition and every call in the program is its own.
    Cold,
    /// The System V convention of x86-64.
    SysV64,
    /// The Windows convention of x86-64.
    Win64,
    /// Of handlers of interrupts.
    X86Interrupt,
    /// The base standard's convention of 32-bit Arm, which has no floats in registers.
    Aapcs,
}

/// How a narrow integer fills its register.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default, Serialize, Deserialize)]
pub enum Extension {
    #[default]
    /// In no way in particular.
    None,
    /// With zeros.
    Zero,
    /// With its sign.
    Sign,
}

/// Pointer parameters with a meaning of their own in the calling convention.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub enum PointerRole {
    /// The pointer to where the result goes (LLVM `sret`). Always the first parameter.
    StructReturn {
        /// The size of the pointee in bytes.
        size: u64,
        /// Its alignment in bytes.
        align: u64,
    },
    /// The pointee is copied to the argument area of the stack (LLVM `byval`); the callee gets the address of the copy.
    ByValue {
        /// The size of the pointee in bytes.
        size: u64,
        /// Its alignment in bytes.
        align: u64,
    },
}

/// What a pointer parameter's callee may do with the pointer itself.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default, Serialize, Deserialize)]
pub enum Captures {
    #[default]
    /// It may keep the pointer and use it.
    Anything,
    /// The callee keeps neither address nor provenance (LLVM `captures(none)`).
    Nothing,
    /// It may keep the address, and read through what it keeps (LLVM `captures(address, read_provenance)`).
    AddressAndReads,
    /// It may keep the address, but may do nothing through it (LLVM `captures(address)`).
    Address,
}

/// Facts about a parameter or a result. All are promises by the program: a back end may ignore them, except
/// `extension`, `role` and `group`, which are part of the calling convention.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default, Serialize, Deserialize)]
pub struct ParamAttrs {
    /// How a narrow integer fills its register.
    pub extension: Extension,
    /// A meaning in the calling convention.
    pub role: Option<PointerRole>,
    /// The first of so many parameters of one type that are parts of one argument: they all go in registers, or all to the
    /// stack (LLVM's arrays as parameters). 0: it stands for itself, or is a later part.
    pub group: u8,
    /// Nothing else accesses what this pointer is used for, during the call.
    pub noalias: bool,
    /// The pointer is not null.
    pub nonnull: bool,
    /// The callee does not write through the pointer.
    pub readonly: bool,
    /// No bit is undefined.
    pub noundef: bool,
    /// Writing through the pointer is harmless, if other accesses are as before.
    pub writable: bool,
    /// Nobody reads the pointee after the call.
    pub dead_on_return: bool,
    /// What the callee may do with the pointer itself.
    pub captures: Captures,
    /// Bytes that may be read through the pointer; 0 says nothing.
    pub dereferenceable: u64,
    /// Whether `dereferenceable` holds only where the pointer is not null.
    pub dereferenceable_or_null: bool,
    /// Alignment of the pointee in bytes; 0 says nothing.
    pub align: u64,
    /// Valid integers: from `.0` up to and excluding `.1`, wrapping.
    pub range: Option<(u128, u128)>,
}

/// One machine-level parameter or result.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub struct Param {
    /// Its type.
    pub ty: Type,
    /// Facts about it.
    pub attrs: ParamAttrs,
}

impl Param {
    /// A parameter of which nothing is known.
    pub fn new(ty: Type) -> Param {
        Param { ty, attrs: ParamAttrs::default() }
    }
}

/// A machine-level signature.
///
/// Several results are returned as LLVM returns a struct of those fields directly: on x86-64, integers in rax and rdx,
/// floats in xmm0 and xmm1.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default, Serialize, Deserialize)]
pub struct Signature {
    /// The parameters.
    pub params: Vec<Param>,
    /// The results.
    pub returns: Vec<Param>,
    /// The calling convention.
    pub conv: CallConv,
    /// Whether more arguments than `params` may follow (C's `...`).
    pub variadic: bool,
    /// Of a variadic call: its first arguments beyond `params`. A pointer's role, which decides where the argument goes, is
    /// said here; the arguments after these are passed as plain values.
    pub extra: Vec<Param>,
}

impl Signature {
    /// A signature in the target's C convention that says nothing of its parameters and results but their types.
    pub fn plain(params: &[Type], returns: &[Type]) -> Signature {
        let plain = |types: &[Type]| types.iter().copied().map(Param::new).collect();
        Signature { params: plain(params), returns: plain(returns), ..Signature::default() }
    }

    /// The parameters, then those that a variadic call adds: what a call's arguments are, in order.
    pub fn all_params(&self) -> impl Iterator<Item = &Param> {
        self.params.iter().chain(&self.extra)
    }

    /// Whether some parameters go together ([`ParamAttrs::group`]).
    pub fn has_groups(&self) -> bool {
        self.all_params().any(|param| param.attrs.group != 0)
    }
}
