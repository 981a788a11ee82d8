//@ lir: uses
//@ lir: pick::<u8>
//@ lir: pick::<[u64; 3]>
//@ lir: first::<3>
#[inline(never)]
fn pick<T>(a: T, _b: T) -> T {
    a
}

#[inline(never)]
fn first<const N: usize>(x: [u8; N]) -> usize {
    x[0] as usize + N
}

pub fn uses() -> u64 {
    u64::from(pick(1u8, 2)) ^ pick([1u64, 2, 3], [4, 5, 6])[1] ^ first([1, 2, 3]) as u64
}
