//@ lir: offsets
//@ lir: unaligned
//@ lir: volatile
//@ lir: field
//@ lir: difference
//@ rustc: -Cdebug-assertions=off
pub fn offsets(x: *const u32, n: usize) -> u32 {
    unsafe { *x.add(n) ^ *x.sub(1) ^ *x.wrapping_add(2) }
}

pub fn unaligned(x: *const u32) -> u32 {
    unsafe { x.read_unaligned() }
}

pub fn volatile(x: *mut u8) {
    unsafe { x.write_volatile(x.read_volatile() ^ 1) }
}

pub fn field(x: *mut (u8, u32)) -> *mut u32 {
    unsafe { &raw mut (*x).1 }
}

pub fn difference(x: *const u32, y: *const u32) -> isize {
    unsafe { x.offset_from(y) }
}
