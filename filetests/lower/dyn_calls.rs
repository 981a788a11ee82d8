//@ lir: by_reference
//@ lir: by_mut
//@ lir: by_box
//@ lir: make
//@ data
pub trait Shape {
    fn area(&self) -> u32;
    fn grow(&mut self, by: u32);
    fn take(self: Box<Self>) -> u32;
}

pub struct Square(pub u32);
impl Shape for Square {
    fn area(&self) -> u32 {
        self.0
    }
    fn grow(&mut self, by: u32) {
        self.0 ^= by;
    }
    fn take(self: Box<Self>) -> u32 {
        self.0
    }
}

pub fn by_reference(x: &dyn Shape) -> u32 {
    x.area()
}

pub fn by_mut(x: &mut dyn Shape) {
    x.grow(1);
}

pub fn by_box(x: Box<dyn Shape>) -> u32 {
    x.take()
}

pub fn make(x: &Square) -> &dyn Shape {
    x
}
