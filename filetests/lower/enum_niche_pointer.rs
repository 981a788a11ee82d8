//@ lir: is_some
//@ lir: get
//@ lir: none
//@ lir: of_box
pub fn is_some(x: Option<&u32>) -> bool {
    x.is_some()
}

pub fn get(x: Option<&u32>) -> u32 {
    match x {
        Some(x) => *x,
        None => 0,
    }
}

pub fn none() -> Option<&'static u32> {
    None
}

pub fn of_box(x: u32) -> Option<Box<u32>> {
    if x == 0 { None } else { Some(Box::new(x)) }
}
