//@ lir: to_integer
//@ lir: from_integer
//@ lir: between
pub fn to_integer(x: f32) -> (u8, i64) {
    (x as u8, x as i64)
}

pub fn from_integer(x: i32, y: u64) -> (f32, f64) {
    (x as f32, y as f64)
}

pub fn between(x: f64) -> f32 {
    x as f32
}
