//@ lir: tracked
//@ lir: calls
//@ lir: passes_on
//@ lir: pointer
//@ data
use std::panic::Location;

#[track_caller]
pub fn tracked(x: u32) -> u32 {
    x + Location::caller().line()
}

pub fn calls() -> u32 {
    tracked(1)
}

#[track_caller]
pub fn passes_on() -> u32 {
    tracked(2)
}

pub fn pointer() -> fn(u32) -> u32 {
    tracked
}
