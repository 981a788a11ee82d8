//@ lir: sum
//@ rustc: -Copt-level=3
pub fn sum(n: u32) -> u32 {
    let mut sum = 0;
    for i in 0..n {
        sum += i;
    }
    sum
}
