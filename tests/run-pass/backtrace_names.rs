// A captured backtrace names the program's functions, which are found in its executable file.
#[inline(never)]
fn inner() -> String {
    std::backtrace::Backtrace::force_capture().to_string()
}
#[inline(never)]
fn outer_function() -> String {
    let s = inner();
    s + ""
}
fn main() {
    println!("{}", outer_function().contains("outer_function"));
}
