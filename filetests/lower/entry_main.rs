// C's `main`, which hands the program's own to std.
//@ entry
//@ lir: main
pub fn main() -> Result<(), String> {
    Ok(())
}
