// Since the edition 2024, a temporary of a tail expression is dropped before the block's variables.
//@ lir: tail
pub struct Guard(pub u32);
impl Drop for Guard {
    fn drop(&mut self) {}
}

unsafe extern "Rust" {
    safe fn make() -> Guard;
}

pub fn tail() -> u32 {
    let _local = make();
    make().0
}
