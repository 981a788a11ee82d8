// Where a field lies that has no fixed alignment is found when the program runs.
//@ lir: slice_field
//@ lir: dyn_field
//@ lir: dyn_size
//@ lir: unsize
use std::fmt::Debug;

pub struct Tail<T: ?Sized> {
    pub head: u16,
    pub tail: T,
}

pub fn slice_field(x: &Tail<[u32]>) -> &[u32] {
    &x.tail
}

pub fn dyn_field(x: &Tail<dyn Debug>) -> &dyn Debug {
    &x.tail
}

pub fn dyn_size(x: &Tail<dyn Debug>) -> usize {
    size_of_val(x)
}

pub fn unsize(x: &Tail<[u32; 3]>) -> &Tail<[u32]> {
    x
}
