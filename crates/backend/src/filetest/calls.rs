//! The function that makes a test's calls, and the bytes of their arguments and results.

use super::directives::{Run, split_list};
use lir::{
    Call, CallAttrs, Callee, Data, Function, FunctionBuilder, Inst, Linkage, LoadFacts, MemFlags, Scalar, Signature,
    SymbolKind, SymbolRef, Terminator, Type,
};

/// The part of a test program that all have in common.
pub(super) const C_SUPPORT: &str = "\
#include <stdio.h>
#include <stdint.h>
#include <string.h>
#include <stdlib.h>
void filetest_report(const unsigned char *bytes, uint64_t size) {
    printf(\"= \");
    for (uint64_t i = 0; i < size; i++) printf(\"%02x\", bytes[i]);
    printf(\"\\n\");
    fflush(stdout);
}
";

/// Sizes are those of targets with pointers of 64 bits, the only ones whose programs the runner starts.
const POINTER_BYTES: u32 = 8;

pub(super) fn signature_of<'m>(module: &'m lir::Module, name: &str) -> Result<&'m Signature, String> {
    let found = module.functions.iter().find(|function| &*function.name == name);
    found.map(|function| &function.signature).ok_or_else(|| format!("the file has no function @{name}"))
}

/// `main`, which makes the calls and reports each result's bytes, and the data with the arguments.
pub(super) fn main_function(module: &lir::Module, runs: &[Run]) -> Result<(Function, Vec<Data>), String> {
    let signature = Signature::plain(&[], &[Type::I32]);
    let mut b = FunctionBuilder::new("main".into(), signature, Linkage::Export, POINTER_BYTES);
    let entry = b.create_block();
    b.switch_to(entry);
    let mut data = Vec::new();
    for (index, run) in runs.iter().enumerate() {
        let signature = signature_of(module, &run.function)?.clone();
        if run.args.len() != signature.params.len() && !signature.variadic {
            return Err(format!("`{}` needs {} arguments", run.text, signature.params.len()));
        }
        let mut args = Vec::new();
        for (number, (text, param)) in run.args.iter().zip(&signature.params).enumerate() {
            let name = format!("filetest_arg_{index}_{number}");
            let symbol = SymbolRef { name: name.as_str().into(), kind: SymbolKind::Data, weak: false, local: true };
            let symbol = b.symbol(symbol);
            let ptr = b.value(Inst::SymbolAddr { symbol, offset: 0 });
            let (flags, facts) = (MemFlags::aligned(64), LoadFacts::default());
            args.push(b.value(Inst::Load { ty: param.ty, ptr, flags, facts }));
            data.push(argument_data(&name, argument_bytes(text, param.ty)?));
        }
        let name = run.function.as_str().into();
        let symbol = b.symbol(SymbolRef { name, kind: SymbolKind::Function, weak: false, local: true });
        let sig = b.signature(signature.clone());
        let call = Call { callee: Callee::Symbol(symbol), sig, args, attrs: CallAttrs::default() };
        let results = b.call(call);
        if run.results.is_some() {
            for (result, param) in results.into_iter().zip(&signature.returns) {
                report(&mut b, result, param.ty);
            }
        }
    }
    let zero = b.value(Inst::Iconst { ty: Type::I32, value: 0 });
    b.terminate(Terminator::Return(vec![zero]));
    Ok((b.finish_function(), data))
}

fn report(b: &mut FunctionBuilder, result: lir::Value, ty: Type) {
    let size = u64::from(ty.size_bytes(POINTER_BYTES));
    let slot = b.create_slot(size, 64);
    let ptr = b.value(Inst::SlotAddr { slot, offset: 0 });
    b.effect(Inst::Store { value: result, ptr, flags: MemFlags::aligned(64) });
    let size = b.value(Inst::Iconst { ty: Type::I64, value: size.into() });
    let name = "filetest_report".into();
    let symbol = b.symbol(SymbolRef { name, kind: SymbolKind::Function, weak: false, local: false });
    let sig = b.signature(Signature::plain(&[Type::PTR, Type::I64], &[]));
    b.call(Call { callee: Callee::Symbol(symbol), sig, args: vec![ptr, size], attrs: CallAttrs::default() });
}

/// Writable, so that no optimiser knows what is in it.
fn argument_data(name: &str, bytes: Vec<u8>) -> Data {
    Data {
        name: name.into(),
        linkage: Linkage::Export,
        align: 64,
        writable: true,
        thread_local: false,
        mergeable: false,
        section: None,
        used: false,
        bytes,
        zero_size_bytes: 0,
        relocations: Vec::new(),
        debug: None,
    }
}

/// The lanes of a value in memory; a scalar is one lane. `None` is any NaN.
pub(super) fn expected_bytes(text: &str, ty: Type) -> Result<Vec<Option<Vec<u8>>>, String> {
    let lanes = match ty {
        Type::Scalar(_) => vec![text.to_owned()],
        Type::Vector { lanes, .. } => {
            let inner = text.strip_prefix('<').and_then(|text| text.strip_suffix('>'));
            let list = split_list(inner.ok_or_else(|| format!("`{text}` is not a vector `<a, b, …>`"))?);
            match &list[..] {
                // One for all.
                [one] => vec![one.clone(); lanes.into()],
                many if many.len() == usize::from(lanes) => many.to_vec(),
                _ => return Err(format!("`{text}` does not have {lanes} lanes")),
            }
        }
    };
    lanes.iter().map(|lane| scalar_bytes(lane, ty.lane())).collect()
}

fn argument_bytes(text: &str, ty: Type) -> Result<Vec<u8>, String> {
    let lane = ty.lane();
    let lanes = expected_bytes(text, ty)?.into_iter();
    Ok(lanes.flat_map(|bytes| bytes.unwrap_or_else(|| quiet_nan(lane))).collect())
}

fn scalar_bytes(text: &str, scalar: Scalar) -> Result<Option<Vec<u8>>, String> {
    let size = scalar.size_bytes(POINTER_BYTES) as usize;
    let wrong = || format!("`{text}` is not a constant of its type");
    let digits = text.strip_prefix('-').unwrap_or(text);
    let negative = digits.len() < text.len();
    if let (true, None) = (scalar.is_float(), digits.strip_prefix("0x")) {
        if digits == "nan" {
            return Ok(None);
        }
        let value: f64 = text.parse().map_err(|_| wrong())?;
        return Ok(Some(match scalar {
            Scalar::F32 => (value as f32).to_le_bytes().to_vec(),
            Scalar::F64 => value.to_le_bytes().to_vec(),
            _ => small_float(value, scalar).ok_or_else(wrong)?,
        }));
    }
    let value = match digits.strip_prefix("0x") {
        Some(digits) => u128::from_str_radix(digits, 16),
        None => digits.parse(),
    };
    let value = value.map_err(|_| wrong())?;
    let value = if negative { value.wrapping_neg() } else { value };
    Ok(Some(value.to_le_bytes()[..size].to_vec()))
}

/// Floats of 16 and 128 bits for what tests write: values that both formats hold exactly.
fn small_float(value: f64, scalar: Scalar) -> Option<Vec<u8>> {
    let bits = value.to_bits();
    let sign = bits >> 63;
    let exponent = i64::try_from(bits >> 52 & 0x7ff).ok()? - 1023;
    let mantissa = bits & ((1 << 52) - 1);
    let special = value == 0.0 || value.is_infinite();
    if !special && exponent == -1023 {
        return None;
    }
    match scalar {
        Scalar::F16 => {
            let (exponent, fraction) = match () {
                _ if value == 0.0 => (0, 0),
                _ if special => (31, 0),
                _ => (u16::try_from(exponent + 15).ok().filter(|exponent| (1..31).contains(exponent))?, mantissa >> 42),
            };
            let exact = mantissa & ((1 << 42) - 1) == 0;
            let bits = (sign as u16) << 15 | exponent << 10 | fraction as u16;
            exact.then(|| bits.to_le_bytes().to_vec())
        }
        Scalar::F128 => {
            let (exponent, fraction) = match () {
                _ if value == 0.0 => (0, 0),
                _ if special => (0x7fff, 0),
                _ => (u128::try_from(exponent + 16383).ok()?, u128::from(mantissa) << 60),
            };
            Some((u128::from(sign) << 127 | exponent << 112 | fraction).to_le_bytes().to_vec())
        }
        _ => None,
    }
}

fn quiet_nan(scalar: Scalar) -> Vec<u8> {
    match scalar {
        Scalar::F16 => 0x7e00u16.to_le_bytes().to_vec(),
        Scalar::F32 => f32::NAN.to_le_bytes().to_vec(),
        Scalar::F64 => f64::NAN.to_le_bytes().to_vec(),
        _ => (0x7fff_8000u128 << 96).to_le_bytes().to_vec(),
    }
}

/// Whether the bytes are a NaN of the float of their size.
pub(super) fn is_nan(bytes: &[u8]) -> bool {
    let mut wide = [0; 16];
    wide[..bytes.len().min(16)].copy_from_slice(&bytes[..bytes.len().min(16)]);
    let bits = u128::from_le_bytes(wide);
    let (exponent_bits, size_bits) = match bytes.len() {
        2 => (5, 16),
        4 => (8, 32),
        8 => (11, 64),
        _ => (15, 128),
    };
    let fraction_bits = size_bits - 1 - exponent_bits;
    let exponent_mask = (1u128 << exponent_bits) - 1;
    bits >> fraction_bits & exponent_mask == exponent_mask && bits & ((1u128 << fraction_bits) - 1) != 0
}

/// The size of each lane of a result of this many bytes.
pub(super) fn lane_size(lanes: &[Option<Vec<u8>>], total: usize) -> usize {
    total / lanes.len().max(1)
}

/// The bytes that `filetest_report` wrote.
pub(super) fn bytes_of_line(line: &str) -> Option<Vec<u8>> {
    let digits = line.strip_prefix("= ")?;
    let byte = |index: usize| u8::from_str_radix(digits.get(index..index + 2)?, 16).ok();
    (0..digits.len()).step_by(2).map(byte).collect()
}
