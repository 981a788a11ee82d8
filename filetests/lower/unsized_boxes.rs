//@ lir: unsize
//@ lir: rc
//@ lir: parts
use std::rc::Rc;

pub fn unsize(x: Box<[u8; 4]>) -> Box<[u8]> {
    x
}

pub fn rc(x: Rc<u32>) -> Rc<dyn std::fmt::Debug> {
    x
}

pub fn parts(x: *const [u8]) -> (*const u8, usize) {
    (x.cast(), x.len())
}
