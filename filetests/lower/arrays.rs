//@ lir: zeros
//@ lir: repeat
//@ lir: repeat_large
//@ lir: list
//@ lir: index
//@ lir: constant_index
//@ lir: of_arrays
pub fn zeros() -> [u8; 64] {
    [0; 64]
}

pub fn repeat(x: u16) -> [u16; 4] {
    [x; 4]
}

pub fn repeat_large(x: (u64, u32)) -> [(u64, u32); 100] {
    [x; 100]
}

pub fn list(x: u32) -> [u32; 3] {
    [x, 1, x]
}

pub fn index(x: [u32; 4], at: usize) -> u32 {
    x[at]
}

pub fn constant_index(x: &[u32; 4]) -> u32 {
    x[3]
}

pub fn of_arrays(x: &mut [[u8; 3]; 5], i: usize, j: usize) {
    x[i][j] = 1;
}
