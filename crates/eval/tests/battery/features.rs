// What needs unstable features, and intrinsics.
#![feature(core_intrinsics, const_heap, const_trait_impl, const_type_name, const_cmp, const_default, const_convert)]
#![feature(const_closures, const_destruct, const_eval_select, const_option_ops, const_index, const_ops, const_clone)]
#![feature(variant_count, const_raw_ptr_comparison, const_array, const_result_trait_fn, ptr_alignment_type)]
#![feature(f16, f128, const_carrying_mul_add, const_unsigned_bigint_helpers, never_type, const_cell_traits)]
#![feature(repr_simd, adt_const_params, unsized_const_params)]
#![allow(internal_features, incomplete_features)]
use std::any::TypeId;
use std::intrinsics;
use std::marker::Destruct;

pub const NAMES: [&str; 12] = [
    std::any::type_name::<u8>(), std::any::type_name::<Option<&'static str>>(), std::any::type_name::<Vec<[u32; 4]>>(),
    std::any::type_name::<dyn Fn(u8) -> bool + Send>(), std::any::type_name::<fn(&u8) -> &u8>(), std::any::type_name::<(u8,)>(),
    std::any::type_name::<*const [u8]>(), std::any::type_name::<Local<'static, 3>>(), std::any::type_name::<<Vec<u8> as IntoIterator>::Item>(),
    std::any::type_name::<!>(), std::any::type_name::<&mut dyn Iterator<Item = u32>>(), std::any::type_name::<std::collections::HashMap<String, ()>>(),
];
pub struct Local<'a, const N: usize>(&'a u8);
pub const NAME_0: &str = NAMES[0];
pub const NAME_1: &str = NAMES[1];
pub const NAME_2: &str = NAMES[2];
pub const NAME_3: &str = NAMES[3];
pub const NAME_4: &str = NAMES[4];
pub const NAME_5: &str = NAMES[5];
pub const NAME_6: &str = NAMES[6];
pub const NAME_7: &str = NAMES[7];
pub const NAME_8: &str = NAMES[8];
pub const NAME_9: &str = NAMES[9];
pub const NAME_10: &str = NAMES[10];
pub const NAME_11: &str = NAMES[11];
pub const IDS: [bool; 4] = [TypeId::of::<u8>() == TypeId::of::<u8>(), TypeId::of::<u8>() == TypeId::of::<i8>(), TypeId::of::<&'static str>() == TypeId::of::<&str>(), TypeId::of::<fn(&u8)>() == TypeId::of::<fn(&'static u8)>()];
pub const COUNTS: [usize; 2] = [std::mem::variant_count::<Option<u8>>(), std::mem::variant_count::<std::cmp::Ordering>()];
pub const SELECT: u8 = { const fn at_compile_time(x: u8) -> u8 { x + 1 } fn at_run_time(_: u8) -> u8 { 0 } intrinsics::const_eval_select((4,), at_compile_time, at_run_time) };
pub const KNOWN: bool = intrinsics::is_val_statically_known(3) & false;
pub const HEAP: u32 = unsafe { let p = intrinsics::const_allocate(8, 4).cast::<u32>(); p.write(5); p.add(1).write(6); let sum = *p + *p.add(1); intrinsics::const_deallocate(p.cast(), 8, 4); sum };
pub const GUARANTEED: [bool; 2] = { let x = 5u8; let p = &raw const x; [p.is_null(), std::ptr::null::<u8>().is_null()] };
pub const EXACT: u32 = unsafe { intrinsics::exact_div(21u32, 7) };
pub const COMPARE: [i32; 2] = unsafe { [intrinsics::compare_bytes(b"abc".as_ptr(), b"abd".as_ptr(), 3).signum(), intrinsics::raw_eq(&[1u16, 2], &[1, 2]) as i32] };
pub const DISCRIMINANT: [isize; 2] = [intrinsics::discriminant_value(&Some(3u8)), intrinsics::discriminant_value(&None::<u8>)];
pub const BLACK_BOX: u8 = std::hint::black_box(7);
pub const CARRY: (u64, bool) = u64::MAX.carrying_add(1, true);
pub const WIDENING: (u64, u64) = u64::MAX.carrying_mul(u64::MAX, u64::MAX);
pub const HALF: [u16; 3] = [1.5f16.to_bits(), (1.0f16 / 3.0).to_bits(), (65519.0f32 as f16).to_bits()];
pub const QUAD: [u128; 2] = [(1.0f128 / 3.0).to_bits(), (0.1f64 as f128).to_bits()];

pub const trait Speak { fn speak(&self) -> u32; fn twice(&self) -> u32 { self.speak() * 2 } }
pub struct Dog(u32);
const impl Speak for Dog { fn speak(&self) -> u32 { self.0 } }
const impl Speak for () { fn speak(&self) -> u32 { 100 } fn twice(&self) -> u32 { 1 } }
const fn talk<T: [const] Speak + [const] Destruct>(t: T) -> u32 { t.twice() + t.speak() }
pub const TALK: [u32; 2] = [talk(Dog(7)), talk(())];
pub const EQUAL: [bool; 3] = ["abc" == "abc", (1u8, 'x') == (1, 'y'), Some(3u8) == Some(3)];
pub const ORDER: [bool; 2] = [3u8 < 4, (1u8, 2u8) < (1, 1)];
const fn increment(x: u32) -> u32 { x + 1 }
pub const MAPPED: u32 = match Some(4u32).map(increment) { Some(x) => x, None => 0 };
pub struct Guard<'a>(&'a std::cell::Cell<u32>, u32);
const impl<'a> Drop for Guard<'a> { fn drop(&mut self) { self.0.set(self.0.get() * 10 + self.1); } }
pub const DROPPED: u32 = { let log = std::cell::Cell::new(0); { let _a = Guard(&log, 1); let _b = Guard(&log, 2); let t = (Guard(&log, 3), Guard(&log, 4)); drop_it(t.0); } log.get() };
const fn drop_it<T: [const] Destruct>(_: T) {}
pub const DROPPED_ENUM: u32 = { let log = std::cell::Cell::new(0); { let _o = Some(Guard(&log, 5)); let _a = [Guard(&log, 6), Guard(&log, 7)]; } log.get() };

// Vectors.
use std::intrinsics::simd;
#[repr(simd)] #[derive(Clone, Copy)] pub struct I4([i32; 4]);
#[repr(simd)] #[derive(Clone, Copy)] pub struct F4([f32; 4]);
#[repr(simd)] #[derive(Clone, Copy)] pub struct U8x8([u8; 8]);
static A: I4 = I4([1, -2, 3, i32::MAX]);
static B: I4 = I4([10, 20, -30, 1]);
static F: F4 = F4([1.5, -2.5, 3.25, 0.1]);
const fn ints(v: I4) -> [i32; 4] { unsafe { std::mem::transmute(v) } }
const fn floats(v: F4) -> [f32; 4] { unsafe { std::mem::transmute(v) } }
pub const SIMD_ADD: [i32; 4] = unsafe { ints(simd::simd_add(A, B)) };
pub const SIMD_MUL: [i32; 4] = unsafe { ints(simd::simd_mul(A, B)) };
pub const SIMD_LT: [i32; 4] = unsafe { ints(simd::simd_lt(A, B)) };
pub const SIMD_SAT: [i32; 4] = unsafe { ints(simd::simd_saturating_add(A, B)) };
pub const SIMD_SHL: [i32; 4] = unsafe { ints(simd::simd_shl(A, I4([1, 2, 3, 0]))) };
pub const SIMD_FLOOR: [f32; 4] = unsafe { floats(simd::simd_floor(F)) };
pub const SIMD_ROUND: [f32; 4] = unsafe { floats(simd::simd_round(F)) };
pub const SIMD_NEG: [f32; 4] = unsafe { floats(simd::simd_neg(F)) };
pub const SIMD_FMA: [f32; 4] = unsafe { floats(simd::simd_fma(F, F, F)) };
pub const SIMD_MAX: [f32; 4] = unsafe { floats(simd::simd_fmax(F, F4([2.0, f32::NAN, -1.0, 0.2]))) };
pub const SIMD_INSERT: [i32; 4] = unsafe { ints(simd::simd_insert(A, 2, 99)) };
pub const SIMD_EXTRACT: i32 = unsafe { simd::simd_extract(A, 1) };
pub const SIMD_SHUFFLE: [i32; 4] = unsafe { { #[repr(simd)] #[derive(Clone, Copy)] struct Index([u32; 4]); const INDEX: Index = Index([7, 0, 4, 3]); ints(simd::simd_shuffle(A, B, INDEX)) } };
pub const SIMD_REDUCE: [i32; 4] = unsafe { [simd::simd_reduce_add_ordered(A, 5), simd::simd_reduce_max(A), simd::simd_reduce_min(A), simd::simd_reduce_xor(A)] };
pub const SIMD_ANY: [bool; 2] = unsafe { let m = simd::simd_lt::<I4, I4>(A, B); [simd::simd_reduce_any(m), simd::simd_reduce_all(m)] };
pub const SIMD_SELECT: [i32; 4] = unsafe { let m: I4 = simd::simd_lt(A, B); ints(simd::simd_select(m, A, B)) };
pub const SIMD_BITMASK: u8 = unsafe { let m: I4 = simd::simd_gt(A, B); simd::simd_bitmask(m) };
pub const SIMD_CAST: [f32; 4] = unsafe { floats(simd::simd_cast(A)) };
pub const SIMD_AS: [i32; 4] = unsafe { ints(simd::simd_as(F)) };
pub const SIMD_SPLAT: [u8; 8] = unsafe { let v: U8x8 = simd::simd_splat(7u8); std::mem::transmute(v) };
pub const SIMD_COUNT: [i32; 4] = unsafe { ints(simd::simd_ctlz(A)) };
pub const SIMD_LOAD: [i32; 4] = unsafe { let a = [1, 2, 3, 4]; let m = I4([-1, 0, 0, -1]); ints(simd::simd_masked_load::<I4, *const i32, I4, { simd::SimdAlign::Element }>(m, a.as_ptr(), B)) };
