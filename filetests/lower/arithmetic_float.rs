//@ lir: operations
//@ lir: compare
//@ lir: remainder
//@ lir: half
//@ lir: quad
//@ features: f16, f128
pub fn operations(a: f32, b: f32) -> f32 {
    -(a + b) * a / b - 1.0
}

pub fn compare(a: f64, b: f64) -> (bool, bool, bool) {
    (a < b, a != b, a >= b)
}

pub fn remainder(a: f64, b: f64) -> f64 {
    a % b
}

pub fn half(a: f16, b: f16) -> f32 {
    (a + b) as f32
}

pub fn quad(a: f128) -> f128 {
    a * 2.0
}
