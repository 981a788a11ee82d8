//! Signatures: from LIR's to Cranelift's, so that the registers and stack places come out as LLVM would choose them.
//!
//! The rules here are those of the System V ABI for x86-64 with LLVM's own for what C does not have (several results, `i128`
//! in pairs, vectors of odd shapes widened to whole registers). Cranelift assigns registers in the same order; what is
//! done here is to choose the types it sees, to pad the stack, and to refuse what it would do differently. Those of other
//! processors are in a module each.

mod aarch64;

use crate::isa::{Arch, Features};
use crate::translate::{Shape, Stop};
use cranelift_codegen::ir::{self, AbiParam, ArgumentPurpose, types};
use cranelift_codegen::isa::CallConv;
use lir::{Extension, PointerRole, Scalar, Signature, Type};
use smallvec::SmallVec;

/// How one LIR parameter or result travels.
#[derive(Clone, PartialEq, Debug)]
pub(crate) enum Passing {
    /// As its parts, unchanged.
    Direct,
    /// A vector of lanes held apart, packed into this many 16-byte vectors.
    Packed(u32),
    /// A copy of the pointee on the stack: its size, that size rounded up to 8, and whether 8 bytes of padding come
    /// first.
    ByValue { size: u32, rounded: u32, padded: bool },
    /// A 128-bit integer on the stack, because fewer than two registers are left. Cranelift would have passed it so as
    /// well, but then wasted the last register, which later arguments may still use.
    WideStack { padded: bool },
    /// A narrow integer as one of 32 bits.
    Widened(Extension),
    /// A 128-bit integer as two of 64 bits.
    Halves,
    /// After an integer of 64 bits that is nothing, which takes the last register.
    Padded,
    /// A vector of eight bytes as a float of 64 bits.
    Short,
}

/// How the results travel.
#[derive(Clone, PartialEq, Debug)]
pub(crate) enum Returning {
    /// Each in registers.
    Registers(SmallVec<[Passing; 2]>),
    /// There are more than registers for them: all are stored, at these offsets, where an additional first parameter
    /// points to. LLVM does that of its own accord.
    Memory { offsets: Vec<u32>, size: u32, align: u32 },
}

/// A signature for Cranelift, and how LIR's values map to it.
#[derive(Clone, Debug)]
pub(crate) struct AbiSignature {
    pub clif: ir::Signature,
    pub params: SmallVec<[Passing; 8]>,
    pub returns: Returning,
    /// Where the next integer argument would go, for the thunks of variadic calls.
    pub integers_used: u32,
    pub vectors_used: u32,
    pub stack_bytes: u32,
}

const INTEGER_REGISTERS: u32 = 6;
const VECTOR_REGISTERS: u32 = 8;
const INTEGER_RESULTS: u32 = 3;
const VECTOR_RESULTS: u32 = 2;

/// Keeps track of which registers and stack bytes are taken.
#[derive(Default)]
struct Places {
    integers: u32,
    vectors: u32,
    stack_bytes: u32,
}

impl Places {
    fn take(&mut self, ty: ir::Type) {
        if ty == types::I128 {
            self.integers += 2;
        } else if ty.is_int() {
            if self.integers >= INTEGER_REGISTERS {
                self.stack(8, 8);
            }
            self.integers += 1;
        } else {
            if self.vectors >= VECTOR_REGISTERS {
                let bytes = ty.bytes().max(8);
                self.stack(bytes, bytes);
            }
            self.vectors += 1;
        }
    }

    fn stack(&mut self, bytes: u32, align: u32) {
        self.stack_bytes = self.stack_bytes.next_multiple_of(align) + bytes;
    }
}

impl AbiSignature {
    /// Maps a signature; `variadic` are the types of a call's arguments beyond those that the signature tells of.
    pub fn new(signature: &Signature, variadic: &[Type], features: Features) -> Result<AbiSignature, Stop> {
        if features.arch == Arch::Aarch64 {
            return aarch64::signature(signature, variadic);
        }
        let conv = call_conv(signature)?;
        if signature.has_groups() {
            return Err(Stop::rejected("parameters that go together"));
        }
        let mut clif = ir::Signature::new(conv);
        let mut places = Places::default();
        let returns = results(signature, features, conv, &mut clif.returns)?;
        if let Returning::Memory { .. } = returns {
            clif.params.push(AbiParam::special(types::I64, ArgumentPurpose::StructReturn));
            places.take(types::I64);
        }
        let mut params = SmallVec::new();
        for (index, param) in signature.all_params().enumerate() {
            let role = param.attrs.role;
            params.push(match role {
                Some(PointerRole::StructReturn { .. }) if index == 0 && signature.returns.is_empty() => {
                    clif.params.push(AbiParam::special(types::I64, ArgumentPurpose::StructReturn));
                    places.take(types::I64);
                    Passing::Direct
                }
                Some(PointerRole::StructReturn { .. }) => {
                    return Err(Stop::internal("a struct-return pointer that is not alone in giving the result"));
                }
                Some(PointerRole::ByValue { size, align }) => {
                    by_value(size, align, conv, &mut places, &mut clif.params)?
                }
                None => argument(param.ty, param.attrs.extension, features, conv, &mut places, &mut clif.params)?,
            });
        }
        for &ty in variadic {
            params.push(argument(ty, Extension::None, features, conv, &mut places, &mut clif.params)?);
        }

        Ok(AbiSignature {
            clif,
            params,
            returns,
            integers_used: places.integers,
            vectors_used: places.vectors,
            stack_bytes: places.stack_bytes,
        })
    }
}

fn results(
    signature: &Signature,
    features: Features,
    conv: CallConv,
    out: &mut Vec<AbiParam>,
) -> Result<Returning, Stop> {
    let mut places = Places::default();
    let mut passings = SmallVec::new();
    for result in &signature.returns {
        passings.push(value(result.ty, result.attrs.extension, features, conv, &mut places, out)?);
    }
    let fits = match conv {
        CallConv::WindowsFastcall => out.len() <= 1,
        _ => places.integers <= INTEGER_RESULTS && places.vectors <= VECTOR_RESULTS,
    };
    if fits {
        return Ok(Returning::Registers(passings));
    }
    // LLVM has more registers for these than Cranelift: xmm2 and xmm3 for vectors, st(0) and st(1) for doubles.
    if conv == CallConv::WindowsFastcall || places.integers <= INTEGER_RESULTS {
        return Err(Stop::rejected("more results than registers for them"));
    }
    out.clear();
    let (mut size, mut align) = (0u32, 1u32);
    let mut offsets = Vec::new();
    for result in &signature.returns {
        let bytes = result.ty.size_bytes(8);
        let own_align = bytes.next_power_of_two();
        align = align.max(own_align);
        size = size.next_multiple_of(own_align);
        offsets.push(size);
        size += bytes.next_multiple_of(own_align);
    }
    Ok(Returning::Memory { offsets, size: size.next_multiple_of(align), align })
}

fn call_conv(signature: &Signature) -> Result<CallConv, Stop> {
    let conv = match signature.conv {
        lir::CallConv::C | lir::CallConv::SysV64 => CallConv::SystemV,
        lir::CallConv::Win64 => CallConv::WindowsFastcall,
        lir::CallConv::Cold => return Err(Stop::rejected("the calling convention `rust-cold`")),
        lir::CallConv::X86Interrupt => return Err(Stop::rejected("the calling convention `x86-interrupt`")),
        lir::CallConv::Aapcs => return Err(Stop::rejected("the calling convention `aapcs`")),
    };
    if conv == CallConv::WindowsFastcall && signature.variadic {
        return Err(Stop::rejected("variable arguments in the Windows calling convention"));
    }
    Ok(conv)
}

fn by_value(
    size: u64,
    align: u64,
    conv: CallConv,
    places: &mut Places,
    params: &mut Vec<AbiParam>,
) -> Result<Passing, Stop> {
    if conv != CallConv::SystemV || align > 16 {
        return Err(Stop::rejected("a by-value stack argument of unusual alignment or convention"));
    }
    let size = u32::try_from(size).map_err(|_| Stop::rejected("a by-value stack argument of 4 GiB or more"))?;
    let rounded = size.next_multiple_of(8);
    let padded = on_stack(rounded, align == 16, places, params);
    Ok(Passing::ByValue { size, rounded, padded })
}

/// Adds something that is passed on the stack by its address; gives whether there is padding before it.
fn on_stack(bytes: u32, aligned: bool, places: &mut Places, params: &mut Vec<AbiParam>) -> bool {
    let padded = aligned && !places.stack_bytes.is_multiple_of(16);
    if padded {
        params.push(AbiParam::special(types::I64, ArgumentPurpose::StructArgument(8)));
        places.stack_bytes += 8;
    }
    params.push(AbiParam::special(types::I64, ArgumentPurpose::StructArgument(bytes)));
    places.stack_bytes += bytes;
    padded
}

fn argument(
    ty: Type,
    extension: Extension,
    features: Features,
    conv: CallConv,
    places: &mut Places,
    out: &mut Vec<AbiParam>,
) -> Result<Passing, Stop> {
    let wide = ty == Type::I128 || ty == Type::vector(Scalar::I128, 1);
    if wide && conv == CallConv::SystemV && places.integers + 2 > INTEGER_REGISTERS {
        return Ok(Passing::WideStack { padded: on_stack(16, true, places, out) });
    }
    value(ty, extension, features, conv, places, out)
}

fn part_bytes(ty: Type) -> u32 {
    ty.lane().size_bytes(8)
}

fn value(
    ty: Type,
    extension: Extension,
    features: Features,
    conv: CallConv,
    places: &mut Places,
    out: &mut Vec<AbiParam>,
) -> Result<Passing, Stop> {
    let shape = Shape::of(ty);
    let (passing, part, count) = match (ty, shape) {
        (Type::Scalar(_), _) | (Type::Vector { lanes: 1, .. }, Shape::Lanes(..)) => (Passing::Direct, shape.part(), 1),
        (_, Shape::Chunks(chunk, count)) => (Passing::Direct, chunk, count),
        (_, Shape::Lanes(..) | Shape::Scalar(_)) => {
            let bytes = ty.size_bytes(8);
            let count = bytes.div_ceil(16);
            // LLVM adds lanes until a register is filled; but where making their number a power of two does not do
            // that, it passes them one by one.
            let lanes = u32::from(ty.lanes());
            let fills = lanes.is_power_of_two() || lanes.next_power_of_two() * part_bytes(ty) == 16;
            if matches!(ty.lane(), Scalar::F16 | Scalar::I128 | Scalar::F128) || !fills {
                return Err(Stop::rejected(format!("a parameter or result that is a vector of {bytes} bytes")));
            }
            (Passing::Packed(count), types::I8X16, count)
        }
    };
    if ty.is_vector() && count > 1 && (features.avx || !count.is_power_of_two()) {
        return Err(Stop::rejected("a parameter or result that is a vector of more than 16 bytes"));
    }
    let wide = part.is_vector() || part.bits() == 128;
    if conv == CallConv::WindowsFastcall && (wide || matches!(ty.lane(), Scalar::F16)) {
        return Err(Stop::rejected("a wide parameter or result in the Windows calling convention"));
    }
    for _ in 0..count {
        let mut param = AbiParam::new(part);
        if part.is_int() && part.bits() < 64 {
            param = match extension {
                Extension::None => param,
                Extension::Zero => param.uext(),
                Extension::Sign => param.sext(),
            };
        }
        out.push(param);
        places.take(part);
    }
    Ok(passing)
}
