//! Each intrinsic on vectors, on some kinds of lanes.
#![feature(core_intrinsics, repr_simd)]
#![allow(internal_features, non_camel_case_types)]
use std::hint::black_box as bb;
use std::intrinsics::simd::*;

#[repr(simd)]
#[derive(Copy)]
struct V<T, const N: usize>([T; N]);
#[repr(simd, packed)]
#[derive(Copy)]
struct P<T, const N: usize>([T; N]);

impl<T: Copy, const N: usize> Clone for V<T, N> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<T: Copy, const N: usize> Clone for P<T, N> {
    fn clone(&self) -> Self {
        *self
    }
}

fn arr<T: Copy, const N: usize>(v: V<T, N>) -> [T; N] {
    unsafe { (&raw const v).cast::<[T; N]>().read_unaligned() }
}
fn parr<T: Copy, const N: usize>(v: P<T, N>) -> [T; N] {
    unsafe { (&raw const v).cast::<[T; N]>().read_unaligned() }
}

macro_rules! show { ($($e:expr),* $(,)?) => { $( println!("{}: {:?}", stringify!($e), arr($e)); )* } }
macro_rules! say { ($($e:expr),* $(,)?) => { $( println!("{}: {:?}", stringify!($e), $e); )* } }

#[inline(never)]
unsafe fn ints(a: V<i32, 4>, b: V<i32, 4>, ua: V<u32, 4>, ub: V<u32, 4>, s: V<i32, 4>, us: V<u32, 4>) {
    unsafe {
        show!(
            simd_add(a, b),
            simd_sub(a, b),
            simd_mul(a, b),
            simd_div(a, b),
            simd_rem(a, b),
            simd_div(ua, ub),
            simd_rem(ua, ub),
            simd_shl(a, s),
            simd_shr(a, s),
            simd_shr(ua, us),
            simd_funnel_shl(ua, ub, us),
            simd_funnel_shr(ua, ub, us),
            simd_carryless_mul(ua, ub),
            simd_and(a, b),
            simd_or(a, b),
            simd_xor(a, b),
            simd_neg(a),
            simd_saturating_add(a, b),
            simd_saturating_sub(ua, ub),
            simd_saturating_sub(a, b),
            simd_saturating_add(ua, ub),
            simd_bswap(ua),
            simd_bitreverse(ua),
            simd_ctlz(ua),
            simd_cttz(ua),
            simd_ctpop(ua)
        );
        show!(
            simd_eq::<_, V<i32, 4>>(a, b),
            simd_ne::<_, V<i32, 4>>(a, b),
            simd_lt::<_, V<i32, 4>>(a, b),
            simd_le::<_, V<i32, 4>>(ua, ub),
            simd_gt::<_, V<i32, 4>>(ua, ub),
            simd_ge::<_, V<i32, 4>>(a, b)
        );
        show!(
            simd_cast::<_, V<i64, 4>>(a),
            simd_cast::<_, V<u8, 4>>(a),
            simd_cast::<_, V<f32, 4>>(a),
            simd_cast::<_, V<f64, 4>>(ua),
            simd_cast::<_, V<u64, 4>>(ua),
            simd_as::<_, V<i16, 4>>(ua)
        );
        say!(
            simd_reduce_add_ordered(a, 5i32),
            simd_reduce_mul_ordered(a, 3i32),
            simd_reduce_add_unordered::<_, u32>(ua),
            simd_reduce_mul_unordered::<_, u32>(ua),
            simd_reduce_and::<_, u32>(ua),
            simd_reduce_or::<_, u32>(ua),
            simd_reduce_xor::<_, u32>(ua),
            simd_reduce_min::<_, i32>(a),
            simd_reduce_max::<_, i32>(a),
            simd_reduce_min::<_, u32>(ua),
            simd_reduce_max::<_, u32>(ua)
        );
    }
}

#[inline(never)]
unsafe fn floats(a: V<f32, 4>, b: V<f32, 4>, c: V<f64, 2>, d: V<f64, 2>) {
    unsafe {
        show!(
            simd_add(a, b),
            simd_sub(a, b),
            simd_mul(a, b),
            simd_div(a, b),
            simd_rem(a, b),
            simd_neg(a),
            simd_fabs(a),
            simd_fmin(a, b),
            simd_fmax(a, b),
            simd_ceil(a),
            simd_floor(a),
            simd_round(a),
            simd_round_ties_even(a),
            simd_trunc(a),
            simd_fsqrt(simd_fabs(a)),
            simd_fma(a, b, a),
            simd_relaxed_fma(a, b, a)
        );
        show!(
            simd_eq::<_, V<i32, 4>>(a, b),
            simd_ne::<_, V<i32, 4>>(a, b),
            simd_lt::<_, V<i32, 4>>(a, b),
            simd_le::<_, V<i32, 4>>(a, b),
            simd_gt::<_, V<i32, 4>>(a, b),
            simd_ge::<_, V<i32, 4>>(a, b)
        );
        show!(
            simd_as::<_, V<i32, 4>>(a),
            simd_as::<_, V<u8, 4>>(a),
            simd_as::<_, V<i64, 4>>(b),
            simd_as::<_, V<f64, 4>>(a),
            simd_as::<_, V<u64, 2>>(c),
            simd_cast::<_, V<f32, 2>>(c),
            simd_cast::<_, V<i32, 2>>(d)
        );
        show!(simd_fsin(c), simd_fcos(c), simd_fexp(d), simd_fexp2(d), simd_flog(d), simd_flog2(d), simd_flog10(d));
        say!(
            simd_reduce_add_ordered(a, 0.5f32),
            simd_reduce_mul_ordered(b, 1.5f32),
            simd_reduce_add_unordered::<_, f64>(c),
            simd_reduce_mul_unordered::<_, f64>(c),
            simd_reduce_min::<_, f32>(a),
            simd_reduce_max::<_, f32>(b)
        );
    }
}

#[inline(never)]
unsafe fn lanes(a: V<i32, 4>, b: V<i32, 4>, i: u32) {
    unsafe {
        show!(simd_insert(a, 2, 77i32), simd_insert_dyn(a, i, 99i32), simd_splat::<V<u16, 8>, u16>(i as u16));
        say!(simd_extract::<_, i32>(a, 3), simd_extract_dyn::<_, i32>(b, i));
        show!(
            simd_shuffle::<_, _, V<i32, 4>>(a, b, const { V::<u32, 4>([0, 5, 2, 7]) }),
            simd_shuffle::<_, _, V<i32, 2>>(a, b, const { V::<u32, 2>([7, 1]) }),
            simd_shuffle::<_, _, V<i32, 8>>(a, b, const { V::<u32, 8>([7, 6, 5, 4, 3, 2, 1, 0]) }),
            simd_shuffle::<_, _, V<i32, 1>>(a, b, const { V::<u32, 1>([6]) })
        );
    }
}

#[inline(never)]
unsafe fn masks(
    a: V<i32, 4>,
    b: V<i32, 4>,
    m: V<i32, 4>,
    m8: V<i8, 4>,
    w: V<i8, 16>,
    t: V<i16, 10>,
    x: V<u16, 10>,
    y: V<u16, 10>,
) {
    unsafe {
        show!(
            simd_select(m, a, b),
            simd_select(m8, a, b),
            simd_select_bitmask(0b1010u8, a, b),
            simd_select_bitmask([0b0110u8], a, b),
            simd_select(t, x, y),
            simd_select_bitmask(0b11_0010_1101u16, x, y),
            simd_select_bitmask([0b0011_0101u8, 0b01], x, y)
        );
        say!(
            simd_bitmask::<_, u8>(m),
            simd_bitmask::<_, [u8; 1]>(m),
            simd_bitmask::<_, u16>(w),
            simd_bitmask::<_, [u8; 2]>(w),
            simd_bitmask::<_, u16>(t),
            simd_bitmask::<_, [u8; 2]>(t),
            simd_bitmask::<_, u8>(m8)
        );
        let big = V::<i8, 24>(bb([0, -1, -1, 0, 0, 0, -1, 0, 0, 0, -1, 0, -1, -1, 0, 0, -1, 0, 0, 0, -1, -1, -1, -1]));
        say!(simd_bitmask::<_, u32>(big), simd_bitmask::<_, [u8; 3]>(big));
        say!(
            simd_reduce_all(m),
            simd_reduce_any(m),
            simd_reduce_all(simd_eq::<_, V<i32, 4>>(a, a)),
            simd_reduce_any(simd_ne::<_, V<i32, 4>>(a, a)),
            simd_reduce_any(t),
            simd_reduce_all(t),
            simd_reduce_all(simd_eq::<_, V<i16, 10>>(x, x))
        );
    }
}

#[inline(never)]
unsafe fn memory(mask: V<i32, 4>, vals: V<i32, 4>) {
    unsafe {
        let data = bb([10, 20, 30, 40, 50, 60]);
        let p = data.as_ptr();
        let ptrs = V::<*const i32, 4>([p.add(5), p, std::ptr::null(), p.add(2)]);
        show!(simd_gather(vals, ptrs, mask));
        show!(
            simd_masked_load::<_, _, _, { SimdAlign::Element }>(mask, p.add(1), vals),
            simd_masked_load::<_, _, _, { SimdAlign::Unaligned }>(mask, p.add(2), vals)
        );
        let mut out = bb([0; 6]);
        let o = out.as_mut_ptr();
        simd_scatter(vals, V::<*mut i32, 4>([o.add(4), o.add(1), std::ptr::null_mut(), o.add(4)]), mask);
        println!("{out:?}");
        simd_masked_store::<_, _, _, { SimdAlign::Element }>(mask, out.as_mut_ptr().add(2), vals);
        println!("{out:?}");
        let moved: V<*const i32, 4> = simd_arith_offset(V::<*const i32, 4>([p; 4]), V::<isize, 4>([0, 3, 1, 5]));
        show!(simd_gather(vals, moved, V::<i32, 4>([-1; 4])));
        let addr: V<usize, 4> = simd_expose_provenance(moved);
        println!("{:?}", arr(addr).map(|a| a - p as usize));
        let back: V<*const i32, 4> = simd_with_exposed_provenance(addr);
        let cast: V<*const u32, 4> = simd_cast_ptr(back);
        println!("{}", *arr(back)[3] + *arr(cast)[1] as i32);
        let eq: V<isize, 4> = simd_eq(addr, simd_expose_provenance::<_, V<usize, 4>>(back));
        show!(eq);
    }
}

#[inline(never)]
unsafe fn packed(a: P<f32, 3>, b: P<f32, 3>, v: V<f32, 3>) {
    unsafe {
        println!("{:?} {:?}", parr(simd_add(a, b)), parr(simd_mul(a, b)));
        println!("{:?}", arr(simd_add(v, v)));
        println!("{:?} {}", parr(simd_insert(a, 1, 5.5f32)), simd_extract::<_, f32>(b, 2));
        println!("{:?}", parr(simd_cast::<_, P<f64, 3>>(a)));
        println!("{:?}", simd_reduce_add_ordered(a, 0f32));
        let m: P<i32, 3> = simd_lt(a, b);
        println!("{:?} {}", parr(m), simd_bitmask::<_, u8>(m));
        println!("{:?}", parr(simd_select(m, a, b)));
        println!("{:?}", parr(simd_shuffle::<_, _, P<f32, 3>>(a, b, const { V::<u32, 3>([5, 0, 4]) })));
        println!("{:?}", parr(simd_splat::<P<u8, 5>, u8>(7)));
    }
}

fn main() {
    unsafe {
        ints(
            bb(V([1, -2, i32::MAX, -77])),
            bb(V([3, 5, 9, -77])),
            bb(V([1, 0xffff_fff0, 1 << 31, 12345])),
            bb(V([9, 0x100, 3, 12345])),
            bb(V([1, 31, 0, 7])),
            bb(V([1, 31, 0, 7])),
        );
        floats(
            bb(V([1.5, -2.5, f32::NAN, 1e20])),
            bb(V([1.5, 3.0, 2.0, -7.25])),
            bb(V([0.5, -3.5])),
            bb(V([2.0, 1000.5])),
        );
        lanes(bb(V([1, 2, 3, 4])), bb(V([5, 6, 7, 8])), bb(2));
        masks(
            bb(V([1, 2, 3, 4])),
            bb(V([5, 6, 7, 8])),
            bb(V([-1, 0, 0, -1])),
            bb(V([0, 0, -1, -1])),
            bb(V([-1, 0, 0, 0, 0, 0, 0, 0, -1, -1, 0, 0, 0, 0, -1, 0])),
            bb(V([-1, -1, 0, -1, 0, 0, -1, 0, -1, 0])),
            bb(V([1, 2, 3, 4, 5, 6, 7, 8, 9, 10])),
            bb(V([11, 12, 13, 14, 15, 16, 17, 18, 19, 20])),
        );
        memory(bb(V([-1, -1, 0, -1])), bb(V([100, 200, 300, 400])));
        packed(bb(P([1.0, 2.0, 3.0])), bb(P([0.5, 4.0, -1.0])), bb(V([1.0, 2.0, 3.0])));
    }
}
