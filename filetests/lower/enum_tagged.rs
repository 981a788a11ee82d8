//@ lir: area
//@ lir: make
//@ lir: change
pub enum Shape {
    Circle(f64),
    Square { side: f64, id: u32 },
    Empty,
}

pub fn area(x: &Shape) -> f64 {
    match *x {
        Shape::Circle(r) => r,
        Shape::Square { side, .. } => side * side,
        Shape::Empty => 0.0,
    }
}

pub fn make(side: f64) -> Shape {
    Shape::Square { side, id: 7 }
}

pub fn change(x: &mut Shape) {
    *x = Shape::Empty;
}
