//! Vector extensions beyond what every x86-64 has.

use std::arch::x86_64::*;
use std::hint::black_box as bb;

#[target_feature(enable = "avx2,fma")]
#[inline(never)]
unsafe fn sum(a: &[f32]) -> f32 {
    unsafe {
        let mut acc = _mm256_setzero_ps();
        for chunk in a.chunks_exact(8) {
            let v = _mm256_loadu_ps(chunk.as_ptr());
            acc = _mm256_fmadd_ps(v, _mm256_set1_ps(2.0), acc);
        }
        let hi = _mm256_extractf128_ps::<1>(acc);
        let lo = _mm256_castps256_ps128(acc);
        let s = _mm_add_ps(hi, lo);
        let s = _mm_hadd_ps(s, s);
        let s = _mm_hadd_ps(s, s);
        _mm_cvtss_f32(s)
    }
}

#[target_feature(enable = "avx2")]
fn ints(a: __m256i, b: __m256i) -> [i32; 8] {
    let m = _mm256_cmpgt_epi32(a, b);
    let r = _mm256_blendv_epi8(a, b, m);
    let r = _mm256_permutevar8x32_epi32(r, _mm256_setr_epi32(7, 6, 5, 4, 3, 2, 1, 0));
    let r = _mm256_shuffle_epi32::<0b10_11_00_01>(r);
    let r = _mm256_add_epi32(r, _mm256_slli_epi32::<4>(_mm256_abs_epi32(a)));
    let r = _mm256_mullo_epi32(r, _mm256_set1_epi32(3));
    let mut out = [0; 8];
    unsafe { _mm256_storeu_si256(out.as_mut_ptr().cast(), r) };
    println!("{:x} {:x}", _mm256_movemask_epi8(m), _mm256_movemask_ps(_mm256_castsi256_ps(m)));
    out
}

#[target_feature(enable = "avx2")]
fn gather(base: &[i32; 16]) -> [i32; 8] {
    let r = unsafe { _mm256_i32gather_epi32::<4>(base.as_ptr(), _mm256_setr_epi32(15, 0, 3, 3, 8, 9, 1, 2)) };
    let mut out = [0; 8];
    unsafe { _mm256_storeu_si256(out.as_mut_ptr().cast(), r) };
    let m = unsafe { _mm256_maskload_epi32(base.as_ptr(), _mm256_setr_epi32(-1, 0, -1, 0, 0, 0, 0, -1)) };
    let mut more = [1; 8];
    unsafe { _mm256_storeu_si256(more.as_mut_ptr().cast(), m) };
    println!("{more:?}");
    out
}

#[target_feature(enable = "ssse3,sse4.1,sse4.2")]
fn sse4(a: __m128i, b: __m128i) {
    unsafe {
        let mut o = [[0u8; 16]; 8];
        _mm_storeu_si128(o[0].as_mut_ptr().cast(), _mm_shuffle_epi8(a, b));
        _mm_storeu_si128(o[1].as_mut_ptr().cast(), _mm_abs_epi8(a));
        _mm_storeu_si128(o[2].as_mut_ptr().cast(), _mm_alignr_epi8::<5>(a, b));
        _mm_storeu_si128(o[3].as_mut_ptr().cast(), _mm_max_epi8(a, b));
        _mm_storeu_si128(o[4].as_mut_ptr().cast(), _mm_cvtepi8_epi16(a));
        _mm_storeu_si128(o[5].as_mut_ptr().cast(), _mm_blendv_epi8(a, b, _mm_cmpgt_epi8(a, b)));
        _mm_storeu_si128(o[6].as_mut_ptr().cast(), _mm_hadd_epi16(a, b));
        _mm_storeu_si128(o[7].as_mut_ptr().cast(), _mm_mulhrs_epi16(a, b));
        for o in o {
            println!("{o:?}");
        }
        println!("{} {} {}", _mm_extract_epi8::<7>(a), _mm_testz_si128(a, b), _mm_crc32_u32(1, 2));
        println!("{}", _mm_cmpestri::<{ _SIDD_CMP_EQUAL_ANY }>(a, 16, b, 16));
    }
}

#[target_feature(enable = "pclmulqdq,aes")]
fn crypto(a: __m128i, b: __m128i) {
    let r = _mm_clmulepi64_si128::<0x10>(a, b);
    let s = _mm_aesenc_si128(a, b);
    let t = _mm_aesdeclast_si128(s, a);
    unsafe {
        println!(
            "{:?} {:?} {:?}",
            std::mem::transmute::<_, [u64; 2]>(r),
            std::mem::transmute::<_, [u8; 16]>(s),
            std::mem::transmute::<_, [u8; 16]>(t)
        );
    }
}

fn main() {
    let there = is_x86_feature_detected!("avx2")
        && is_x86_feature_detected!("fma")
        && is_x86_feature_detected!("pclmulqdq")
        && is_x86_feature_detected!("aes")
        && is_x86_feature_detected!("popcnt");
    if !there {
        return;
    }
    println!("{}", unsafe { _popcnt64(bb(0xff00ff)) });
    unsafe {
        let data: Vec<f32> = (0..64).map(|i| i as f32 * 0.5).collect();
        println!("{}", sum(bb(&data)));
        let [a, b] = bb(std::mem::transmute::<[[i32; 8]; 2], [__m256i; 2]>([
            [1, -2, 3, -4, 5, -6, 7, -8],
            [8, -7, 6, -5, 4, -3, 2, -1],
        ]));
        println!("{:?}", ints(a, b));
        println!("{:?}", gather(bb(&std::array::from_fn(|i| i as i32 * 11))));
        let x: __m128i = std::mem::transmute(bb(*b"hello simd world"));
        let y: __m128i = std::mem::transmute(bb([3u8, 0, 255, 7, 9, 11, 13, 100, 128, 1, 2, 15, 14, 6, 5, 4]));
        sse4(x, y);
        crypto(x, y);
    }
}
