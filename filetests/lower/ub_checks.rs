// Unsafe functions check their preconditions where debug assertions are on.
//@ lir: get
//@ lir: hint
pub fn get(x: &[u32]) -> u32 {
    unsafe { *x.get_unchecked(1) }
}

pub fn hint(x: bool) {
    unsafe { std::hint::assert_unchecked(x) }
}
