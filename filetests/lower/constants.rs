//@ lir: scalars
//@ lir: text
//@ lir: slice
//@ lir: nested
//@ lir: pair
//@ lir: large
//@ lir: function
//@ lir: promoted
//@ lir: float
//@ data
pub struct Nested {
    pub name: &'static str,
    pub inner: &'static [&'static u16],
}

pub const NESTED: Nested = Nested { name: "outer", inner: &[&1, &2] };
pub const LARGE: [u32; 5] = [1, 2, 3, 4, 5];
pub const FUNCTION: &[fn()] = &[other];

fn other() {}

pub fn scalars() -> (u8, char, i64) {
    (255, 'x', -2)
}

pub fn text() -> &'static str {
    "hello"
}

pub fn slice() -> &'static [u16] {
    &[1, 2, 3]
}

pub fn nested() -> Nested {
    NESTED
}

pub fn pair() -> (&'static str, u8) {
    const PAIR: (&str, u8) = ("p", 1);
    PAIR
}

pub fn large() -> [u32; 5] {
    LARGE
}

pub fn function() -> &'static [fn()] {
    FUNCTION
}

pub fn promoted() -> &'static (u8, u32) {
    &(1, 2)
}

pub fn float() -> f32 {
    1.5
}
