//@ lir: even
//@ lir: odd
//@ features: explicit_tail_calls
#![allow(incomplete_features)]
pub fn even(x: u32) -> bool {
    if x == 0 {
        return true;
    }
    become odd(x.wrapping_sub(1))
}

pub fn odd(x: u32) -> bool {
    if x == 0 {
        return false;
    }
    become even(x.wrapping_sub(1))
}
