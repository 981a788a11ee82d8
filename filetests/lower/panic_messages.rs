//@ lir: text
//@ lir: formatted
//@ lir: unwrap
//@ lir: todo
//@ data
pub fn text() -> ! {
    panic!("a message")
}

pub fn formatted(x: u32) -> ! {
    panic!("number {x}")
}

pub fn unwrap(x: Option<u32>) -> u32 {
    x.unwrap()
}

pub fn todo() -> u32 {
    todo!()
}
