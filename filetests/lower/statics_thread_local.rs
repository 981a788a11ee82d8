//@ lir: LOCAL
//@ lir: address
//@ lir: of_std
//@ features: thread_local
use std::cell::Cell;

#[thread_local]
pub static LOCAL: Cell<u32> = Cell::new(5);

thread_local!(static PLAIN: Cell<u32> = const { Cell::new(1) });

pub fn address() -> u32 {
    LOCAL.get()
}

pub fn of_std() -> u32 {
    PLAIN.get()
}
