// A program whose `main` is C's, under that name in Rust too.
#![no_main]

use std::ffi::{c_char, c_int};

#[unsafe(no_mangle)]
pub extern "C" fn main(count: c_int, _: *const *const c_char) -> c_int {
    println!("{count} argument");
    0
}
