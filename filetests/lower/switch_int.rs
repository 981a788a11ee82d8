//@ lir: sparse
//@ lir: two_ways
//@ lir: signed
pub fn sparse(x: u32) -> u32 {
    match x {
        0 => 10,
        7 => 20,
        1_000_000 => 30,
        _ => 40,
    }
}

pub fn two_ways(x: u8) -> bool {
    match x {
        3 => true,
        _ => false,
    }
}

pub fn signed(x: i16) -> u8 {
    match x {
        -1 => 0,
        i16::MIN => 1,
        _ => 2,
    }
}
