// What is assigned is read before it is written, whatever overlaps.
//@ lir: swap_fields
//@ lir: of_itself
pub struct Both(pub u64, pub u64);

pub fn swap_fields(x: &mut Both) {
    *x = Both(x.1, x.0);
}

pub fn of_itself(x: &mut [u64; 4]) {
    *x = [x[3], x[2], x[1], x[0]];
}
