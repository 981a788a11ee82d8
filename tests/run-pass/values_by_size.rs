// Structs, tuples, arrays and enums of all sizes, passed and returned by value, through pointers and trait objects, in the
// Rust and the C convention.
use std::hint::black_box as b;

macro_rules! sized {
    ($($name:ident($($field:ident: $t:ty),*);)*) => { $(
        #[derive(Clone, Copy, PartialEq, Debug)]
        #[repr(C)]
        struct $name { $($field: $t),* }
        impl $name {
            #[inline(never)]
            extern "C" fn c(self, n: u32, other: Self) -> Self { let _ = n; if self == other { self } else { other } }
            #[inline(never)]
            fn rust(self, n: u32, other: Self) -> (u32, Self) { (n, if self == other { self } else { other }) }
            #[inline(never)]
            fn option(self, some: bool) -> Option<Self> { some.then_some(self) }
        }
    )* };
}
sized! {
    A(x: u8); B(x: u8, y: u16); C(x: f32, y: f32, z: f32); D(x: f32, y: i32, z: f64); E(x: u64, y: u8, z: u64);
    F(x: f64, y: f64); G(x: u32, y: f32); H(x: [u8; 3]); I(x: [u8; 17]); J(x: i128); K(x: (u8, f64)); L(x: [f32; 4], y: u8);
    M(x: [u64; 9]); N(x: bool, y: char); O(x: f64, y: u32, z: u32); P(x: u16, y: u16, z: u16, w: f32);
}

trait Shape {
    fn area(&self) -> f64;
    fn scaled(&self, by: f64) -> Box<dyn Shape>;
    fn pair(&self) -> (u8, [u16; 5]);
}
impl Shape for F {
    fn area(&self) -> f64 { self.x * self.y }
    fn scaled(&self, by: f64) -> Box<dyn Shape> { Box::new(F { x: self.x * by, y: self.y * by }) }
    fn pair(&self) -> (u8, [u16; 5]) { (self.x as u8, [self.y as u16; 5]) }
}
impl Shape for A {
    fn area(&self) -> f64 { self.x as f64 }
    fn scaled(&self, by: f64) -> Box<dyn Shape> { Box::new(A { x: (self.x as f64 * by) as u8 }) }
    fn pair(&self) -> (u8, [u16; 5]) { (self.x, [1, 2, 3, 4, 5]) }
}

#[derive(Clone, Copy, PartialEq, Debug)]
enum Niche { Empty, Flag(bool), Char(char), Ref(&'static u32), Pair(u8, u16), Wide(u64, Option<bool>) }

#[inline(never)]
fn turn(it: Niche) -> Niche {
    match it {
        Niche::Empty => Niche::Flag(true),
        Niche::Flag(flag) if flag => Niche::Char('x'),
        Niche::Flag(_) => Niche::Empty,
        Niche::Char('a'..='m') => Niche::Pair(1, 2),
        Niche::Char(_) => Niche::Ref(&7),
        Niche::Ref(it) => Niche::Wide(*it as u64, None),
        Niche::Pair(x, y) => Niche::Wide(x as u64 + y as u64, Some(false)),
        Niche::Wide(x, it) => if it == Some(false) { Niche::Char('b') } else { Niche::Pair(x as u8, 9) },
    }
}

#[inline(never)]
#[allow(clippy::too_many_arguments)]
fn many(a: u8, b: f32, c: [u8; 5], d: (u64, u64), e: &str, f: Option<u32>, g: u128, h: f64, i: i16, j: Box<u8>, k: &[u16], l: char) -> String {
    format!("{a} {b} {c:?} {d:?} {e} {f:?} {g} {h} {i} {j} {k:?} {l}")
}

macro_rules! all {
    ($($value:expr, $other:expr;)*) => { $({
        let (value, other) = (b($value), b($other));
        println!("{:?} {:?} {:?} {:?}", value.c(1, other), value.rust(2, other), value.option(b(true)), value.option(b(false)));
    })* };
}

fn main() {
    all! {
        A { x: 1 }, A { x: 2 };
        B { x: 1, y: 2 }, B { x: 3, y: 4 };
        C { x: 1.0, y: 2.0, z: 3.0 }, C { x: 4.0, y: 5.0, z: 6.0 };
        D { x: 1.0, y: -2, z: 3.0 }, D { x: 1.5, y: -3, z: 4.0 };
        E { x: 1, y: 2, z: 3 }, E { x: 4, y: 5, z: 6 };
        F { x: 1.0, y: 2.0 }, F { x: 3.0, y: 4.0 };
        G { x: 1, y: 2.0 }, G { x: 3, y: 4.0 };
        H { x: [1, 2, 3] }, H { x: [4, 5, 6] };
        I { x: [1; 17] }, I { x: [2; 17] };
        J { x: -5 }, J { x: i128::MAX };
        K { x: (1, 2.0) }, K { x: (3, 4.0) };
        L { x: [1.0; 4], y: 1 }, L { x: [2.0; 4], y: 2 };
        M { x: [1; 9] }, M { x: [2; 9] };
        N { x: true, y: 'a' }, N { x: false, y: 'b' };
        O { x: 1.0, y: 2, z: 3 }, O { x: 4.0, y: 5, z: 6 };
        P { x: 1, y: 2, z: 3, w: 4.0 }, P { x: 5, y: 6, z: 7, w: 8.0 };
    }
    let shapes: [Box<dyn Shape>; 2] = [Box::new(F { x: 2.0, y: 3.0 }), Box::new(A { x: 9 })];
    for shape in b(shapes) {
        println!("{} {} {:?}", shape.area(), shape.scaled(2.0).area(), shape.pair());
    }
    let mut it = b(Niche::Empty);
    for _ in 0..12 {
        print!("{it:?} {:?}; ", Some(Some(it)) == Some(None));
        it = turn(it);
    }
    println!();
    println!("{}", many(1, 2.5, [3; 5], (4, 5), "six", Some(7), 1 << 90, 8.5, -9, Box::new(10), &[11, 12], 'l'));
}
