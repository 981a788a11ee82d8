// Each constant fails, but only once its parameter is known.
#![feature(const_type_name)]
#![allow(unconditional_panic, arithmetic_overflow)]
use std::mem::{size_of, transmute, MaybeUninit};
pub struct X<T>(T);
const fn deep<T>(n: u32) -> u32 { inner::<T>(n) + 1 }
const fn inner<T>(n: u32) -> u32 { if n == 0 { 1 / (size_of::<T>() as u32 - 1) } else { deep::<T>(n - 1) } }
#[track_caller]
const fn checked<T>() -> u32 { assert!(size_of::<T>() > 1, "too small"); 3 }
const fn forever<T>(n: u64) -> u64 { forever::<T>(n + 1) }
trait Named { const NAME: &'static str; }
impl<T> Named for X<T> { const NAME: &'static str = "the name"; }
impl<T> X<T> {
    const ONE: u8 = size_of::<T>() as u8;
    pub const E01: u8 = 255 + Self::ONE;
    pub const E02: i8 = -127 - Self::ONE as i8 * 2;
    pub const E03: u64 = u64::MAX * (1 + size_of::<T>() as u64);
    pub const E04: u32 = 1 << (31 + Self::ONE as u32);
    pub const E05: i32 = -1 >> (-1 * Self::ONE as i32);
    pub const E06: i32 = -(i32::MIN + Self::ONE as i32 - 1);
    pub const E07: u8 = 7 / (Self::ONE - 1);
    pub const E08: i16 = 7 % (Self::ONE as i16 - 1);
    pub const E09: i64 = i64::MIN / (Self::ONE as i64 - 2);
    pub const E10: u8 = [1, 2, 3][Self::ONE as usize + 4];
    pub const E11: u8 = { panic!("no luck") };
    pub const E12: u8 = { panic!("{}", Self::NAME) };
    pub const E13: u8 = { assert!(size_of::<T>() == 7); 1 };
    pub const E14: u8 = { assert!(size_of::<T>() == 7, "seven, please"); 1 };
    pub const E15: u8 = None::<u8>.unwrap();
    pub const E16: u8 = None::<u8>.expect("something");
    pub const E17: u32 = deep::<T>(2);
    pub const E18: u32 = checked::<T>();
    pub const E19: u8 = { unreachable!() };
    pub const E20: u8 = { todo!() };
    pub const E21: u32 = unsafe { *(&raw const *&Self::ONE).cast::<u32>() };
    pub const E22: u8 = unsafe { *std::ptr::null::<u8>().wrapping_add(size_of::<T>() - 1) };
    pub const E23: u8 = unsafe { *(8 as *const u8) };
    pub const E24: u8 = unsafe { *[1u8, 2].as_ptr().wrapping_add(2) };
    pub const E25: u8 = unsafe { MaybeUninit::<u8>::uninit().assume_init() + Self::ONE };
    pub const E26: bool = unsafe { if transmute::<u8, bool>(2) { true } else { false } };
    pub const E27: usize = unsafe { transmute::<&u8, usize>(&5) + 1 };
    pub const E28: u8 = unsafe { std::hint::unreachable_unchecked() };
    pub const E29: u8 = unsafe { 200u8.unchecked_add(55 + Self::ONE) };
    pub const E30: u8 = { let s: &[u8] = &[1, 2, 3]; s[size_of::<T>() + 3] };
    pub const E31: &'static [u8] = &[1u8, 2].split_at(size_of::<T>() + 2).0;
    pub const E32: u8 = { let mut total = 0u8; let mut i = 0; while i < 100 { total += 3 * Self::ONE; i += 1; } total };
    pub const E33: u16 = unsafe { (&raw const *&Self::ONE).cast::<u16>().read_unaligned() };
    pub const E34: isize = unsafe { (&raw const *&Self::ONE).offset_from(&raw const *Self::NAME.as_ptr()) };
    pub const E36: std::num::NonZero<u8> = std::num::NonZero::new(Self::ONE - 1).unwrap();
    pub const E37: u8 = Self::E07 + 1;
    pub const E38: u32 = "x".len() as u32 - 1 - Self::ONE as u32;
    pub const E39: char = char::from_u32(0xD800 + Self::ONE as u32).unwrap();
    pub const E40: [u8; 2] = *match [1u8, 2, 3].as_slice().first_chunk::<2>() { Some(a) if a[0] == 2 => a, _ => panic!("mismatch") };
    pub const E41: &'static u32 = { let mut r = &5; unsafe { r = transmute::<usize, &u32>(8); } r };
    pub const E42: bool = unsafe { transmute(3u8) };
    pub const E43: (u8, bool) = (1, unsafe { transmute(3u8) });
    pub const E44: u32 = unsafe { MaybeUninit::uninit().assume_init() };
    pub const E45: std::num::NonZero<u8> = unsafe { std::num::NonZero::new_unchecked(0) };
    pub const E46: char = unsafe { char::from_u32_unchecked(0xD800) };
    pub const E47: Option<bool> = unsafe { transmute(3u8) };
    pub const E48: &'static [u8] = unsafe { std::slice::from_raw_parts(std::ptr::dangling(), 3) };
    pub const E49: std::num::NonZero<u16> = unsafe { transmute(0u16) };
    pub const E50: [(u8, std::cmp::Ordering); 2] = [(1, std::cmp::Ordering::Less), (2, unsafe { transmute(7u8) })];
    pub const E51: &'static &'static bool = &&unsafe { transmute(9u8) };
    pub const E52: fn() = unsafe { transmute(8usize) };
    pub const E53: &'static dyn Send = unsafe { transmute((&5u8, 8usize)) };
    pub const E54: [u8; 3] = unsafe { let mut a = MaybeUninit::<[u8; 3]>::uninit(); a.as_mut_ptr().cast::<u8>().write(1); transmute(a) };
    pub const E55: (u32, usize) = (1, unsafe { transmute(&5u8) });
    pub const E56: &'static u64 = unsafe { &*(&raw const *&[0u32; 4]).cast::<u64>() };
    pub const E57: &'static [u16] = unsafe { std::slice::from_raw_parts(&7u16, 2) };
    pub const E59: Choice = unsafe { transmute([5u8, 0]) };
    pub const E60: &'static Named60 = &Named60 { first: 1, inner: unsafe { transmute(2u8) } };
}
#[repr(u8)] pub enum Choice { A(bool) = 1, B(u8) = 2 }
pub struct Named60 { first: u8, inner: Inner60 }
pub struct Inner60(bool);
