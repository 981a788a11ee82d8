//@ lir: one
//@ lir: two
//@ lir: nothing_to_drop
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

pub fn two(_a: Guard, _b: Guard) -> u32 {
    may_panic(1) + may_panic(2)
}

pub fn nothing_to_drop() -> u32 {
    may_panic(1)
}
