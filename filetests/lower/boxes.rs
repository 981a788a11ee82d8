//@ rustc: -Cdebug-assertions=off
//@ lir: make
//@ lir: take_out
//@ lir: write
//@ lir: partly
pub struct Own(pub String, pub String);

pub fn make(x: u64) -> Box<u64> {
    Box::new(x)
}

pub fn take_out(x: Box<[u64; 4]>) -> [u64; 4] {
    *x
}

pub fn write(x: &mut Box<u32>) {
    **x = 3;
}

pub fn partly(x: Box<Own>) -> String {
    x.0
}
