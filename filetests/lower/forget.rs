//@ lir: forgotten
//@ lir: manually
use std::mem::ManuallyDrop;

pub fn forgotten(x: Box<u32>) {
    std::mem::forget(x);
}

pub fn manually(x: Box<u32>) -> ManuallyDrop<Box<u32>> {
    ManuallyDrop::new(x)
}
