// With `panic = "abort"`, nothing is cleaned up.
//@ lir: one
//@ lir: callback
//@ rustc: -Cpanic=abort
pub struct Guard(pub u32);
impl Drop for Guard {
    fn drop(&mut self) {}
}

unsafe extern "Rust" {
    safe fn may_panic(x: u32) -> u32;
}

pub fn one(guard: Guard) -> u32 {
    may_panic(guard.0)
}

pub extern "C" fn callback(x: u32) -> u32 {
    may_panic(x)
}
