//@ lir: ends
pub fn ends(x: &[u8]) -> u8 {
    match x {
        [] => 0,
        [only] => *only,
        [first, .., last] => first & last,
    }
}
