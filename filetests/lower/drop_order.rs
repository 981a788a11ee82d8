// Locals are dropped in reverse, temporaries at the end of the statement.
//@ lir: locals
//@ lir: temporary
pub struct Guard(pub u32);
impl Drop for Guard {
    fn drop(&mut self) {}
}

unsafe extern "Rust" {
    safe fn make() -> Guard;
    safe fn end();
}

pub fn locals() {
    let _a = make();
    let _b = make();
    end();
}

pub fn temporary() {
    make().0;
    end();
}
