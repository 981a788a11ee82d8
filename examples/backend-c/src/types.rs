//! LIR's types as C types.

use lir::{Scalar, Type};

/// The C type of a scalar: integers are unsigned.
pub fn scalar(scalar: Scalar) -> &'static str {
    match scalar {
        Scalar::I8 => "u8",
        Scalar::I16 => "u16",
        Scalar::I32 => "u32",
        Scalar::I64 => "u64",
        Scalar::I128 => "u128",
        Scalar::F16 => "f16",
        Scalar::F32 => "f32",
        Scalar::F64 => "f64",
        Scalar::F128 => "f128",
        Scalar::Ptr => "ptr",
    }
}

/// The signed C type of an integer; of a pointer that of its address.
pub fn signed(scalar: Scalar) -> &'static str {
    match scalar {
        Scalar::I8 => "i8",
        Scalar::I16 => "i16",
        Scalar::I32 => "i32",
        Scalar::I128 => "i128",
        _ => "i64",
    }
}

/// How many bits a scalar has.
pub fn bits(scalar: Scalar) -> u32 {
    scalar.size_bytes(8) * 8
}

/// How many lanes the C vector has: C has them by powers of two only.
pub fn c_lanes(ty: Type) -> u32 {
    u32::from(ty.lanes()).next_power_of_two()
}

/// The C type of a value. Vectors are declared by [`vector_declaration`].
pub fn name(ty: Type) -> String {
    match ty {
        Type::Scalar(it) => scalar(it).to_owned(),
        Type::Vector { lane, .. } => format!("{}x{}", lane_name(lane), c_lanes(ty)),
    }
}

/// C has no vectors of pointers: their lanes are addresses.
fn lane_name(lane: Scalar) -> &'static str {
    if lane == Scalar::Ptr { "u64" } else { scalar(lane) }
}

/// The declaration of a vector's C type.
pub fn vector_declaration(ty: Type) -> String {
    let bytes = c_lanes(ty) * ty.lane().size_bytes(8);
    let lane = lane_name(ty.lane());
    format!("typedef {lane} {} __attribute__((vector_size({bytes})));\n", name(ty))
}

/// A name as a C string literal.
pub fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for byte in text.bytes() {
        match byte {
            b'"' | b'\\' => {
                out.push('\\');
                out.push(char::from(byte));
            }
            0x20..0x7f => out.push(char::from(byte)),
            _ => out += &format!("\\{byte:03o}"),
        }
    }
    out + "\""
}
