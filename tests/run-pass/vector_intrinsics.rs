//@ only-x86_64
//! Intrinsics of `std::arch`, in functions with features of their own.
use std::arch::x86_64::*;

fn bytes<T: Copy, const N: usize>(value: T) -> [u8; N] {
    assert_eq!(size_of::<T>(), N);
    unsafe { std::mem::transmute_copy(&value) }
}
#[inline(never)]
fn sse2(a: [i32; 4], b: [i32; 4]) {
    unsafe {
        let (a, b) = (_mm_loadu_si128(a.as_ptr().cast()), _mm_loadu_si128(b.as_ptr().cast()));
        println!("{:?}", bytes::<_, 16>(_mm_add_epi32(a, b)));
        println!("{:?}", bytes::<_, 16>(_mm_shuffle_epi32::<0b00_01_10_11>(a)));
        println!("{:?}", bytes::<_, 16>(_mm_packs_epi32(a, b)));
        println!("{:?}", bytes::<_, 16>(_mm_mul_epu32(a, b)));
        println!("{:?}", bytes::<_, 16>(_mm_madd_epi16(a, b)));
        println!("{:?}", bytes::<_, 16>(_mm_sad_epu8(a, b)));
        println!("{:?}", bytes::<_, 16>(_mm_avg_epu16(a, b)));
        println!("{:?}", bytes::<_, 16>(_mm_cmpgt_epi8(a, b)));
        println!("{:?}", bytes::<_, 16>(_mm_slli_si128::<3>(a)));
        println!("{:?}", bytes::<_, 16>(_mm_srai_epi16::<3>(a)));
        println!("{:?}", bytes::<_, 16>(_mm_sll_epi64(a, _mm_cvtsi32_si128(5))));
        println!("{} {}", _mm_movemask_epi8(a), _mm_extract_epi16::<3>(b));
        println!("{:?}", bytes::<_, 16>(_mm_unpackhi_epi16(a, b)));
        println!("{:?}", bytes::<_, 16>(_mm_mulhi_epu16(a, b)));
        let (x, y) = (_mm_cvtepi32_ps(a), _mm_cvtepi32_ps(b));
        println!("{:?}", bytes::<_, 16>(_mm_div_ps(x, _mm_add_ps(y, _mm_set1_ps(0.5)))));
        println!("{:?} {}", bytes::<_, 16>(_mm_max_ps(x, y)), _mm_movemask_ps(_mm_cmplt_ps(x, y)));
        println!("{:?}", bytes::<_, 16>(_mm_cvttps_epi32(_mm_sqrt_ps(_mm_mul_ps(x, x)))));
        println!("{:?}", bytes::<_, 16>(_mm_cvtps_pd(x)));
        println!("{} {}", _mm_comilt_ss(x, y), _mm_ucomieq_sd(_mm_cvtps_pd(x), _mm_cvtps_pd(y)));
        let mut four = (x, y, x, y);
        _MM_TRANSPOSE4_PS(&mut four.0, &mut four.1, &mut four.2, &mut four.3);
        println!("{:?}", bytes::<_, 64>(four));
    }
}
#[target_feature(enable = "avx2,fma")]
fn avx2(a: [i32; 8], b: [i32; 8]) -> __m256i {
    unsafe {
        let (a, b) = (_mm256_loadu_si256(a.as_ptr().cast()), _mm256_loadu_si256(b.as_ptr().cast()));
        println!("{:?}", bytes::<_, 32>(_mm256_mullo_epi32(a, b)));
        println!("{:?}", bytes::<_, 32>(_mm256_shuffle_epi8(a, b)));
        println!("{:?}", bytes::<_, 32>(_mm256_permutevar8x32_epi32(a, b)));
        println!("{:?}", bytes::<_, 32>(_mm256_permute4x64_epi64::<0b00_11_01_10>(a)));
        println!("{:?}", bytes::<_, 32>(_mm256_sllv_epi32(a, _mm256_and_si256(b, _mm256_set1_epi32(31)))));
        println!("{:?}", bytes::<_, 32>(_mm256_blend_epi32::<0b1010_0101>(a, b)));
        println!("{:?}", bytes::<_, 32>(_mm256_alignr_epi8::<5>(a, b)));
        let table = [10i32, 20, 30, 40, 50, 60, 70, 80];
        let index = _mm256_and_si256(b, _mm256_set1_epi32(7));
        println!("{:?}", bytes::<_, 32>(_mm256_i32gather_epi32::<4>(table.as_ptr(), index)));
        let (x, y) = (_mm256_cvtepi32_ps(a), _mm256_cvtepi32_ps(b));
        println!("{:?}", bytes::<_, 32>(_mm256_fmadd_ps(x, y, x)));
        println!("{:?}", bytes::<_, 32>(_mm256_round_ps::<{ _MM_FROUND_TO_ZERO | _MM_FROUND_NO_EXC }>(_mm256_mul_ps(x, _mm256_set1_ps(0.3)))));
        println!("{:?}", bytes::<_, 32>(_mm256_cmp_ps::<_CMP_NLE_UQ>(x, y)));
        println!("{:?}", bytes::<_, 32>(_mm256_hadd_epi16(a, b)));
        let mut out = [0i32; 8];
        _mm256_maskstore_epi32(out.as_mut_ptr(), _mm256_cmpgt_epi32(a, b), a);
        println!("{out:?} {}", _mm256_testz_si256(a, b));
        println!("{:?}", bytes::<_, 16>(_mm256_extracti128_si256::<1>(a)));
        _mm256_inserti128_si256::<0>(a, _mm256_castsi256_si128(b))
    }
}
#[target_feature(enable = "sse4.2,popcnt,bmi1,bmi2,lzcnt,pclmulqdq,aes,ssse3")]
fn scalars(a: u64, b: u64) {
    println!("{:x} {:x}", _mm_crc32_u64(a, b), _mm_crc32_u8(a as u32, b as u8));
    println!("{} {} {}", _popcnt64(a as i64), _lzcnt_u64(a), _tzcnt_u64(b));
    println!("{:x} {:x}", _pdep_u64(a, b), _pext_u64(a, b));
    println!("{:x} {:x}", _andn_u64(a, b), _bextr_u64(a, 5, 20));
    let mut high = 0;
    println!("{:x} {high:x}", _mulx_u64(a, b, &mut high));
    let (x, y) = (_mm_set_epi64x(a as i64, b as i64), _mm_set_epi64x(b as i64, 7));
    println!("{:?}", bytes::<_, 16>(_mm_clmulepi64_si128::<0x10>(x, y)));
    println!("{:?}", bytes::<_, 16>(_mm_aesenc_si128(x, y)));
    println!("{:?}", bytes::<_, 16>(_mm_abs_epi8(x)));
    println!("{} {}", _mm_cmpestri::<_SIDD_CMP_EQUAL_ANY>(x, 16, y, 16), _mm_extract_epi32::<2>(x));
    println!("{:?}", bytes::<_, 16>(_mm_blendv_epi8(x, y, x)));
    println!("{:?}", bytes::<_, 16>(_mm_minpos_epu16(x)));
    println!("{:?}", bytes::<_, 16>(_mm_mpsadbw_epu8::<3>(x, y)));
    println!("{:?}", bytes::<_, 16>(_mm_dp_ps::<0xf1>(_mm_cvtepi32_ps(x), _mm_cvtepi32_ps(y))));
}
fn main() {
    let a = [1, -2, 300_000, i32::MIN];
    let b = [7, 65_537, -9, i32::MAX];
    sse2(a, b);
    if is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma") {
        let a = [1, -2, 3, 400, -50_000, 6, i32::MAX, 8];
        let b = [9, 3, -3, 5, 6, 0x0102_0304, 2, -1];
        let f: unsafe fn([i32; 8], [i32; 8]) -> __m256i = avx2;
        println!("{:?}", bytes::<_, 32>(unsafe { f(a, b) }));
    }
    if is_x86_feature_detected!("bmi2") && is_x86_feature_detected!("aes") && is_x86_feature_detected!("sse4.2") {
        unsafe { scalars(0x1234_5678_9abc_def0, 0xff00_ff0f_0f0f_8181) };
    }
    let mut carry = 0;
    let low = unsafe { _addcarry_u64(0, u64::MAX, 2, &mut carry) };
    println!("{low} {carry} {}", unsafe { _bswap64(0x0102) });
}
