//@ lir: small_integers
//@ lir: registers
//@ lir: stack
//@ lir: mixed
//@ lir: floats
//@ lir: caller
#[repr(C)]
pub struct Two(pub u64, pub u32);
#[repr(C)]
pub struct Big(pub [u64; 3]);
#[repr(C)]
pub struct Mixed(pub f64, pub i32);
#[repr(C)]
pub struct Floats(pub f32, pub f32, pub f32);
#[repr(C)]
pub struct Nothing;

#[inline(never)]
pub extern "C" fn small_integers(a: bool, b: i8, c: u16, _: Nothing) -> i16 {
    i16::from(a) ^ i16::from(b) ^ c as i16
}

#[inline(never)]
pub extern "C" fn registers(x: Two) -> Two {
    x
}

#[inline(never)]
pub extern "C" fn stack(x: Big) -> Big {
    Big([x.0[2]; 3])
}

#[inline(never)]
pub extern "C" fn mixed(x: Mixed) -> Mixed {
    x
}

#[inline(never)]
pub extern "C" fn floats(x: Floats) -> Floats {
    x
}

pub fn caller() -> u64 {
    let two = registers(Two(1, 2));
    let big = stack(Big([1, 2, 3]));
    two.0 ^ big.0[1] ^ small_integers(true, -1, 2, Nothing) as u64
}
