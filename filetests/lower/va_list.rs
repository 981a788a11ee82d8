//@ lir: sum
//@ features: c_variadic
pub unsafe extern "C" fn sum(count: u32, mut args: ...) -> u64 {
    let mut sum = 0u64;
    for _ in 0..count {
        sum = sum.wrapping_add(unsafe { args.arg::<u64>() });
    }
    sum
}
