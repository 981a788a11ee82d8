//@ lir: catches
//@ features: core_intrinsics
#![allow(internal_features)]
fn body(_: *mut u8) {}
fn caught(_: *mut u8, _: *mut u8) {}

pub fn catches(data: *mut u8) -> i32 {
    unsafe { std::intrinsics::catch_unwind(body, data, caught) }
}
