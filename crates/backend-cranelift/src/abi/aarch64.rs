//! Signatures by the standard of Arm's 64-bit processors (AAPCS64), with LLVM's own rules for what C does not have.
//!
//! Cranelift assigns registers and stack places in the same order as LLVM, but for what is mended here: it keeps the last
//! register for later arguments where a 128-bit integer did not fit, it begins 128-bit results with an even register, and it
//! does not extend narrow integers.

use super::{AbiSignature, Passing, Returning};
use crate::translate::{Shape, Stop};
use cranelift_codegen::ir::{self, AbiParam, ArgumentPurpose, types};
use cranelift_codegen::isa::CallConv;
use lir::{Extension, Param, PointerRole, Scalar, Signature, Type};
use smallvec::SmallVec;

/// Of each kind, for arguments as for results.
const REGISTERS: u32 = 8;

/// The registers that are taken.
#[derive(Default)]
struct Places {
    integers: u32,
    vectors: u32,
}

/// Maps a signature; `variadic` are the types of a call's arguments beyond those that the signature tells of, which travel like
/// all others.
pub(super) fn signature(signature: &Signature, variadic: &[Type]) -> Result<AbiSignature, Stop> {
    match signature.conv {
        lir::CallConv::C => {}
        lir::CallConv::Cold => return Err(Stop::rejected("the calling convention `rust-cold`")),
        _ => return Err(Stop::rejected("a calling convention of another processor")),
    }
    let mut clif = ir::Signature::new(CallConv::SystemV);
    let mut places = Places::default();
    let mut passings = SmallVec::new();
    for result in &signature.returns {
        passings.push(value(result.ty, result.attrs.extension, true, &mut places, &mut clif.returns)?);
    }
    if places.integers > REGISTERS || places.vectors > REGISTERS {
        return Err(Stop::rejected("more results than registers for them"));
    }

    let mut places = Places::default();
    let mut params = SmallVec::new();
    let all: Vec<&Param> = signature.all_params().collect();
    for (index, param) in all.iter().enumerate() {
        let group = all.iter().skip(index).take(usize::from(param.attrs.group));
        if !fit_together(group.map(|param| param.ty), &places) {
            return Err(Stop::rejected("parameters that go to the stack together"));
        }
        params.push(match param.attrs.role {
            Some(PointerRole::StructReturn { .. }) if index == 0 && signature.returns.is_empty() => {
                // It has a register of its own.
                clif.params.push(AbiParam::special(types::I64, ArgumentPurpose::StructReturn));
                Passing::Direct
            }
            Some(PointerRole::StructReturn { .. }) => {
                return Err(Stop::internal("a struct-return pointer that is not alone in giving the result"));
            }
            Some(PointerRole::ByValue { .. }) => return Err(Stop::rejected("a by-value stack argument")),
            None => value(param.ty, param.attrs.extension, false, &mut places, &mut clif.params)?,
        });
    }
    for &ty in variadic {
        params.push(value(ty, Extension::None, false, &mut places, &mut clif.params)?);
    }
    let returns = Returning::Registers(passings);
    Ok(AbiSignature { clif, params, returns, integers_used: 0, vectors_used: 0, stack_bytes: 0 })
}

/// Whether there are registers for all parts of an argument.
fn fit_together(parts: impl Iterator<Item = Type>, places: &Places) -> bool {
    let (mut integers, mut vectors) = (places.integers, places.vectors);
    let mut any = false;
    for ty in parts {
        any = true;
        match ty {
            Type::I128 => integers = integers.next_multiple_of(2) + 2,
            _ if ty.is_vector() || Shape::of(ty).part().is_float() => vectors += 1,
            _ => integers += 1,
        }
    }
    !any || integers <= REGISTERS && vectors <= REGISTERS
}

fn value(
    ty: Type,
    extension: Extension,
    is_result: bool,
    places: &mut Places,
    out: &mut Vec<AbiParam>,
) -> Result<Passing, Stop> {
    let shape = Shape::of(ty);
    if ty.is_vector() {
        return vector(ty, shape, places, out);
    }
    let part = shape.part();
    if part.is_float() {
        places.vectors += 1;
        out.push(AbiParam::new(part));
        return Ok(Passing::Direct);
    }
    if part == types::I128 {
        return Ok(wide(is_result, places, out));
    }
    places.integers += 1;
    if part.bits() < 32 && extension != Extension::None {
        out.push(AbiParam::new(types::I32));
        return Ok(Passing::Widened(extension));
    }
    out.push(AbiParam::new(part));
    Ok(Passing::Direct)
}

fn wide(is_result: bool, places: &mut Places, out: &mut Vec<AbiParam>) -> Passing {
    if is_result {
        places.integers += 2;
        out.extend([AbiParam::new(types::I64); 2]);
        return Passing::Halves;
    }
    if places.integers + 1 == REGISTERS {
        // Nobody gets the last register.
        places.integers = REGISTERS;
        out.extend([AbiParam::new(types::I64), AbiParam::new(types::I128)]);
        return Passing::Padded;
    }
    places.integers = places.integers.next_multiple_of(2) + 2;
    out.push(AbiParam::new(types::I128));
    Passing::Direct
}

fn vector(ty: Type, shape: Shape, places: &mut Places, out: &mut Vec<AbiParam>) -> Result<Passing, Stop> {
    let bytes = ty.size_bytes(8);
    match shape {
        // LLVM halves what is larger than a register until it is not.
        Shape::Chunks(chunk, count) if count.is_power_of_two() => {
            places.vectors += count;
            out.extend((0..count).map(|_| AbiParam::new(chunk)));
            Ok(Passing::Direct)
        }
        Shape::Lanes(..) if bytes == 8 && ty.lanes() > 1 && ty.lane() != Scalar::F16 => {
            places.vectors += 1;
            out.push(AbiParam::new(types::F64));
            Ok(Passing::Short)
        }
        _ => Err(Stop::rejected(format!("a parameter or result that is a vector of {bytes} bytes"))),
    }
}
