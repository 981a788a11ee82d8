// Places of instructions, and where variables are.
//@ lir: sum
//@ debug
pub fn sum(first: u32, rest: &[u32]) -> u32 {
    let mut sum = first;
    for x in rest {
        sum ^= x;
    }
    sum
}
