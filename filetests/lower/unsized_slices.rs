//@ lir: length
//@ lir: element
//@ lir: from_array
//@ lir: part
//@ lir: size
//@ lir: text
pub fn length(x: &[u32]) -> usize {
    x.len()
}

pub fn element(x: &[u32], at: usize) -> u32 {
    x[at]
}

pub fn from_array(x: &[u16; 5]) -> &[u16] {
    x
}

pub fn part(x: &[u8]) -> &[u8] {
    &x[1..3]
}

pub fn size(x: &[u32]) -> usize {
    size_of_val(x)
}

pub fn text(x: &str) -> &[u8] {
    x.as_bytes()
}
