// The niche of one variant's field says which variant it is, and the others have fields beside it.
//@ lir: which
//@ lir: make
pub enum Shape {
    Long(char, u16),
    Short(u16),
    None,
}

pub fn which(x: &Shape) -> u16 {
    match x {
        Shape::Long(_, n) => *n,
        Shape::Short(n) => *n,
        Shape::None => 0,
    }
}

pub fn make(n: u16) -> Shape {
    if n == 0 { Shape::None } else { Shape::Short(n) }
}
