//@ lir: unwrap
//@ lir: impossible
//@ lir: one_variant
pub enum Never {}

pub enum One {
    Only(u16, u8),
}

pub fn unwrap(x: Result<u32, Never>) -> u32 {
    match x {
        Ok(x) => x,
        Err(never) => match never {},
    }
}

pub fn impossible(x: Never) -> u32 {
    match x {}
}

pub fn one_variant(x: One) -> u16 {
    let One::Only(a, _) = x;
    a
}
