//! A program that aborts where others unwind: nothing is dropped, nothing is caught.
//@ compile-flags: -C panic=abort
//@ run-fail
//@ error-pattern: the end of it
struct Told(&'static str);
impl Drop for Told {
    fn drop(&mut self) {
        println!("drop {}", self.0);
    }
}
fn main() {
    println!("{}", cfg!(panic = "abort"));
    let _kept = Told("kept");
    println!("{:?}", std::panic::catch_unwind(|| Told("inside").0.len()));
    let _ = std::panic::catch_unwind(|| panic!("the end of it"));
    println!("not reached");
}
