//@ lir: make
//@ lir: read
//@ lir: small
#[derive(Clone, Copy)]
pub union Value {
    pub number: u64,
    pub bytes: [u8; 8],
    pub pointer: *const u8,
}

pub union Small {
    pub a: u8,
    pub b: bool,
}

pub fn make(x: u64) -> Value {
    Value { number: x }
}

pub fn read(x: Value) -> u8 {
    unsafe { x.bytes[2] }
}

pub fn small(x: Small) -> bool {
    unsafe { x.b }
}
