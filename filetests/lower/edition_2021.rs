// Before the edition 2024, a temporary of a tail expression outlives the block's variables.
//@ lir: tail
//@ edition: 2021
pub struct Guard(pub u32);
impl Drop for Guard {
    fn drop(&mut self) {}
}

extern "Rust" {
    fn make() -> Guard;
}

pub fn tail() -> u32 {
    let _local = unsafe { make() };
    unsafe { make().0 }
}
