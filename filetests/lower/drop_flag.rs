//@ lir: conditional
//@ lir: reassigned
pub struct Guard(pub u32);
impl Drop for Guard {
    fn drop(&mut self) {}
}

unsafe extern "Rust" {
    safe fn consume(x: Guard);
    safe fn touch(x: &Guard);
}

pub fn conditional(x: Guard, condition: bool) {
    if condition {
        consume(x);
    }
}

pub fn reassigned() {
    let mut x = Guard(1);
    touch(&x);
    x = Guard(2);
    touch(&x);
}
