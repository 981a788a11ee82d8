// Bytes of constants that are not initialised, and an enum whose variant lacks some.
//@ lir: nothing
//@ lir: padded
//@ lir: variant
//@ data
use std::mem::MaybeUninit;

pub fn nothing() -> MaybeUninit<u64> {
    const NOTHING: MaybeUninit<u64> = MaybeUninit::uninit();
    NOTHING
}

pub fn padded() -> &'static (u8, u32) {
    const PADDED: &(u8, u32) = &(1, 2);
    PADDED
}

pub fn variant() -> [Option<u64>; 2] {
    const VARIANTS: [Option<u64>; 2] = [None, Some(3)];
    VARIANTS
}
