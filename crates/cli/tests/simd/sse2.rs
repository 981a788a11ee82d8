//! The vector extension that every x86-64 has.

use std::arch::x86_64::*;

fn show(name: &str, v: __m128i) {
    let mut bytes = [0u8; 16];
    unsafe { _mm_storeu_si128(bytes.as_mut_ptr().cast(), v) };
    println!("{name} {bytes:02x?}");
}
fn showf(name: &str, v: __m128) {
    let mut a = [0f32; 4];
    unsafe { _mm_storeu_ps(a.as_mut_ptr(), v) };
    println!("{name} {a:?}");
}
fn showd(name: &str, v: __m128d) {
    let mut a = [0f64; 2];
    unsafe { _mm_storeu_pd(a.as_mut_ptr(), v) };
    println!("{name} {a:?}");
}

#[inline(never)]
fn ints(a: __m128i, b: __m128i) {
    unsafe {
        show("add8", _mm_add_epi8(a, b));
        show("add16", _mm_add_epi16(a, b));
        show("add32", _mm_add_epi32(a, b));
        show("add64", _mm_add_epi64(a, b));
        show("sub8", _mm_sub_epi8(a, b));
        show("sub64", _mm_sub_epi64(a, b));
        show("adds8", _mm_adds_epi8(a, b));
        show("addus8", _mm_adds_epu8(a, b));
        show("subs16", _mm_subs_epi16(a, b));
        show("subus16", _mm_subs_epu16(a, b));
        show("mullo16", _mm_mullo_epi16(a, b));
        show("mulhi16", _mm_mulhi_epi16(a, b));
        show("muleu32", _mm_mul_epu32(a, b));
        show("madd", _mm_madd_epi16(a, b));
        show("avg", _mm_avg_epu8(a, b));
        show("sad", _mm_sad_epu8(a, b));
        show("maxu8", _mm_max_epu8(a, b));
        show("mini16", _mm_min_epi16(a, b));
        show("and", _mm_and_si128(a, b));
        show("andnot", _mm_andnot_si128(a, b));
        show("or", _mm_or_si128(a, b));
        show("xor", _mm_xor_si128(a, b));
        show("eq8", _mm_cmpeq_epi8(a, b));
        show("gt8", _mm_cmpgt_epi8(a, b));
        show("lt16", _mm_cmplt_epi16(a, b));
        show("eq32", _mm_cmpeq_epi32(a, b));
        show("gt32", _mm_cmpgt_epi32(a, b));
        println!("movemask {:04x} {:04x}", _mm_movemask_epi8(a), _mm_movemask_epi8(b));
        show("slli16", _mm_slli_epi16::<3>(a));
        show("srli32", _mm_srli_epi32::<5>(a));
        show("srai16", _mm_srai_epi16::<4>(a));
        show("slli64", _mm_slli_epi64::<9>(a));
        show("bslli", _mm_bslli_si128::<3>(a));
        show("bsrli", _mm_bsrli_si128::<5>(a));
        show("shuf32", _mm_shuffle_epi32::<0b00_01_10_11>(a));
        show("shuflo", _mm_shufflelo_epi16::<0b00_01_10_11>(a));
        show("shufhi", _mm_shufflehi_epi16::<0b10_00_10_11>(a));
        show("unpklo8", _mm_unpacklo_epi8(a, b));
        show("unpkhi16", _mm_unpackhi_epi16(a, b));
        show("unpklo64", _mm_unpacklo_epi64(a, b));
        show("packs16", _mm_packs_epi16(a, b));
        show("packus16", _mm_packus_epi16(a, b));
        println!("extract {} {}", _mm_extract_epi16::<3>(a), _mm_cvtsi128_si64(a));
        show("insert", _mm_insert_epi16::<6>(a, 0x1234));
        show("set1", _mm_set1_epi16(-77));
        show("sll", _mm_sll_epi32(a, _mm_cvtsi32_si128(7)));
        show("cvtps", _mm_cvtps_epi32(_mm_cvtepi32_ps(a)));
        show("cvttps", _mm_cvttps_epi32(_mm_set_ps(1.5, -2.7, 1e20, f32::NAN)));
    }
}

#[inline(never)]
fn floats(a: __m128, b: __m128, c: __m128d, d: __m128d) {
    unsafe {
        showf("add", _mm_add_ps(a, b));
        showf("sub", _mm_sub_ps(a, b));
        showf("mul", _mm_mul_ps(a, b));
        showf("div", _mm_div_ps(a, b));
        showf("min", _mm_min_ps(a, b));
        showf("max", _mm_max_ps(a, b));
        showf("sqrt", _mm_sqrt_ps(_mm_mul_ps(a, a)));
        showf("addss", _mm_add_ss(a, b));
        showf("and", _mm_and_ps(a, b));
        showf("xor", _mm_xor_ps(a, b));
        println!(
            "cmp {:x} {:x} {:x}",
            _mm_movemask_ps(_mm_cmplt_ps(a, b)),
            _mm_movemask_ps(_mm_cmpeq_ps(a, a)),
            _mm_movemask_ps(_mm_cmpneq_ps(a, b))
        );
        showf("shuf", _mm_shuffle_ps::<0b01_11_00_10>(a, b));
        showf("unpk", _mm_unpackhi_ps(a, b));
        showf("movehl", _mm_movehl_ps(a, b));
        println!("comi {} {}", _mm_comilt_ss(a, b), _mm_ucomieq_ss(a, a));
        println!("cvt {} {}", _mm_cvtss_f32(a), _mm_cvttss_si32(a));
        showd("addd", _mm_add_pd(c, d));
        showd("divd", _mm_div_pd(c, d));
        showd("sqrtd", _mm_sqrt_pd(_mm_mul_pd(c, c)));
        showd("mind", _mm_min_pd(c, d));
        showd("unpkd", _mm_unpacklo_pd(c, d));
        showd("shufd", _mm_shuffle_pd::<0b01>(c, d));
        showd("cvtd", _mm_cvtps_pd(a));
        showf("cvtf", _mm_cvtpd_ps(c));
        println!("maskd {:x}", _mm_movemask_pd(_mm_cmpge_pd(c, d)));
        let mut t = [a, b, _mm_setzero_ps(), _mm_set1_ps(9.0)];
        let [ref mut r0, ref mut r1, ref mut r2, ref mut r3] = t;
        _MM_TRANSPOSE4_PS(r0, r1, r2, r3);
        for r in t {
            showf("transpose", r);
        }
    }
}

fn main() {
    unsafe {
        let a = _mm_set_epi8(-128, 127, 3, -4, 5, 60, -70, 8, 90, -100, 11, 12, 100, 14, -15, 16);
        let b = _mm_set_epi32(0x7fff_0001, -5, 0x0b0c_8001u32 as i32, 0x640e_7f10);
        ints(a, b);
        ints(b, a);
        floats(
            _mm_set_ps(1.5, -2.5, 3.25, -0.0),
            _mm_set_ps(0.5, 8.0, 3.25, 1.0),
            _mm_set_pd(2.5, -7.0),
            _mm_set_pd(0.5, 9.0),
        );
    }
}
