// Rust's own convention: small in registers, others by address, nothing for what has no size.
//@ lir: scalars
//@ lir: pair
//@ lir: cast
//@ lir: large
//@ lir: nothing
//@ lir: caller
pub struct Three(pub u8, pub u8, pub u8);
pub struct Large(pub [u64; 4]);

#[inline(never)]
pub fn scalars(a: bool, b: char, c: i8, d: f32, e: *const u8, f: u128) -> bool {
    _ = (b, c, d, e, f);
    a
}

#[inline(never)]
pub fn pair(x: (u32, u8)) -> (u8, u32) {
    (x.1, x.0)
}

#[inline(never)]
pub fn cast(x: Three) -> Three {
    Three(x.2, x.1, x.0)
}

#[inline(never)]
pub fn large(x: Large) -> Large {
    Large([x.0[1]; 4])
}

#[inline(never)]
pub fn nothing(_: (), _: [u32; 0]) {}

pub fn caller(x: Three, y: Large) -> u64 {
    let three = cast(x);
    let large = large(y);
    nothing((), []);
    let (a, b) = pair((1, 2));
    large.0[0] ^ u64::from(three.0) ^ u64::from(a) ^ u64::from(b)
}
