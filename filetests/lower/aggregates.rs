//@ lir: copy
//@ lir: build
//@ lir: update
//@ lir: overwrite
//@ lir: through
#[derive(Clone, Copy)]
pub struct Large {
    pub a: u64,
    pub b: [u32; 6],
    pub c: u8,
}

pub fn copy(x: &Large) -> Large {
    *x
}

pub fn build(a: u64) -> Large {
    Large { a, b: [0; 6], c: 1 }
}

pub fn update(x: Large) -> Large {
    Large { c: 2, ..x }
}

pub fn overwrite(x: &mut Large, y: &Large) {
    *x = *y;
}

pub fn through(x: Large) -> Large {
    let y = x;
    let z = y;
    z
}
