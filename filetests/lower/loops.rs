//@ lir: count
//@ lir: forever
//@ lir: labelled
pub fn count(n: u32) -> u32 {
    let mut i = 0;
    while i < n {
        i = i.wrapping_add(2);
    }
    i
}

pub fn forever() -> ! {
    loop {}
}

pub fn labelled(mut n: u32) -> u32 {
    'outer: loop {
        loop {
            if n == 7 {
                break 'outer n;
            }
            if n > 9 {
                break;
            }
            n = n.wrapping_mul(3);
        }
        n >>= 1;
    }
}
