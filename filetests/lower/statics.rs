//@ rustc: -Cdebug-assertions=off
//@ lir: PLAIN
//@ lir: ZEROS
//@ lir: COUNTER
//@ lir: CELL
//@ lir: POINTERS
//@ lir: read
//@ lir: count
//@ lir: cell
use std::sync::atomic::{AtomicU32, Ordering};

pub static PLAIN: u32 = 7;
pub static ZEROS: [u64; 100] = [0; 100];
pub static mut COUNTER: u16 = 1;
pub static CELL: AtomicU32 = AtomicU32::new(3);
pub static POINTERS: (&u32, fn() -> u32, &str) = (&PLAIN, read, "text");

pub fn read() -> u32 {
    PLAIN
}

pub fn count() -> u16 {
    unsafe {
        COUNTER ^= 1;
        COUNTER
    }
}

pub fn cell() -> u32 {
    CELL.load(Ordering::Relaxed)
}
