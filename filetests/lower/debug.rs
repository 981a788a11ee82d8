// Places of instructions, where variables are, and what statics are.
//@ lir: sum
//@ lir: NUMBERS
//@ debug
pub fn sum(first: u32, rest: &[u32]) -> u32 {
    let mut sum = first;
    for x in rest {
        sum ^= x;
    }
    sum
}

pub static mut NUMBERS: &mut [u16] = &mut [1, 2];
