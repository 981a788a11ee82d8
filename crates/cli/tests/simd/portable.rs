//! Vectors of the standard library.
#![feature(portable_simd)]
use std::hint::black_box as bb;
use std::simd::prelude::*;
use std::simd::{Select, StdFloat};
fn main() {
    let a = bb(f32x4::from_array([1.0, -2.0, 3.5, 0.0]));
    let b = bb(f32x4::splat(2.0));
    println!("{:?} {:?} {:?}", a + b, a * b, (a / b).abs());
    println!("{:?} {:?}", a.simd_lt(b), Select::select(a.simd_lt(b), a, b));
    println!("{} {}", a.reduce_sum(), a.reduce_max());
    println!("{:?} {:?}", a.reverse(), a.rotate_elements_left::<1>());
    println!("{:?}", a.interleave(b));
    println!("{:?} {:?}", a.mul_add(b, a), b.sqrt());
    let i = bb(i32x8::from_array([1, -2, 3, -4, 5, -6, 7, -8]));
    println!("{:?} {:?} {}", i.abs(), i.signum(), i.reduce_sum());
    println!("{:?} {}", i.is_negative(), i.is_negative().to_bitmask());
    println!("{:?}", i.cast::<f64>());
    println!("{:?}", bb(u8x16::splat(200)).saturating_add(u8x16::splat(100)));
    println!(
        "{:?}",
        u8x16::from_array(*b"hello simd world")
            .swizzle_dyn(bb(u8x16::from_array([15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0])))
    );
    let data = [1u64, 2, 3, 4, 5, 6, 7];
    println!("{:?}", Simd::<u64, 4>::gather_or_default(&data, bb(Simd::from_array([6, 0, 9, 3]))));
    println!("{:?}", u64x8::load_or_default(bb(&data)));
    let mut out = [0u64; 5];
    u64x4::splat(9).scatter(&mut out, bb(Simd::from_array([0, 2, 4, 7])));
    println!("{out:?}");
    println!("{:?}", bb(f64x2::from_array([1e300, f64::NAN])).cast::<i32>());
    println!("{:?}", mask32x4::from_bitmask(bb(0b0110)).to_array());
    println!("{:?}", bb(i64x2::from_array([i64::MIN, 5])) >> i64x2::splat(3));
    println!("{:?}", bb(u32x4::splat(7)) / u32x4::from_array([1, 2, 3, 7]) % bb(u32x4::splat(4)));
}
