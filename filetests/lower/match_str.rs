//@ lir: of_str
//@ data
pub fn of_str(x: &str) -> u8 {
    match x {
        "yes" => 1,
        _ => 0,
    }
}
