//@ lir: make
//@ lir: get
//@ lir: map
pub fn make(x: u32) -> Option<u32> {
    Some(x)
}

pub fn get(x: Option<u64>) -> u64 {
    match x {
        Some(x) => x,
        None => 1,
    }
}

pub fn map(x: Result<u8, u16>) -> Result<u8, u16> {
    match x {
        Ok(x) => Ok(x ^ 1),
        Err(x) => Err(x ^ 1),
    }
}
