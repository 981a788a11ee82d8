//@ lir: make
//@ lir: make_large
//@ lir: size
//@ data
use std::any::Any;

#[repr(align(32))]
pub struct Large([u8; 40]);

pub fn make(x: &u16) -> &dyn Any {
    x
}

pub fn make_large(x: &Large) -> &(dyn Send + Sync) {
    x
}

pub fn size(x: &dyn Any) -> (usize, usize) {
    (size_of_val(x), align_of_val(x))
}
