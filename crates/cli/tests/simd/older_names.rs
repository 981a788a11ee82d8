//! Intrinsics that the standard library calls by names that LLVM has not any more, or with results in structs. What the
//! processor lacks is compiled all the same.
use std::arch::x86_64::*;
use std::hint::black_box;

#[target_feature(enable = "avx512f,avx512bw,avx512vl,avx512vbmi2")]
fn compress(mask: u8, lanes: [u16; 8]) -> [[u16; 8]; 2] {
    let vector = unsafe { _mm_loadu_si128(lanes.as_ptr().cast()) };
    let (packed, spread) = (_mm_maskz_compress_epi16(mask, vector), _mm_mask_expand_epi16(vector, mask, vector));
    unsafe { [std::mem::transmute::<__m128i, [u16; 8]>(packed), std::mem::transmute::<__m128i, [u16; 8]>(spread)] }
}

#[target_feature(enable = "avx512f,avx512dq,avx512vl,avx512bitalg")]
fn classes(lanes: [f32; 16]) -> [u64; 4] {
    let vector = unsafe { _mm512_loadu_ps(lanes.as_ptr()) };
    let infinite = _mm512_fpclass_ps_mask::<0x18>(vector);
    let bits = _mm512_bitshuffle_epi64_mask(_mm512_set1_epi64(0x5a), _mm512_set1_epi8(3));
    let integers = _mm512_maskz_cvttps_epi32(0xff, vector);
    [infinite.into(), bits, _mm512_reduce_add_epi32(integers) as u64, 0]
}

#[target_feature(enable = "kl")]
fn wrap(key: [u64; 2]) -> ([u64; 6], u32) {
    let mut handle = [0; 6];
    let key = unsafe { _mm_loadu_si128(key.as_ptr().cast()) };
    let word = unsafe { _mm_encodekey128_u32(0, key, handle.as_mut_ptr().cast()) };
    (handle, word)
}

#[target_feature(enable = "kl,widekl")]
fn encrypt(blocks: [__m128i; 8], handle: [u8; 48]) -> ([__m128i; 8], u8) {
    let mut output = blocks;
    let flag = unsafe { _mm_aesencwide128kl_u8(output.as_mut_ptr(), blocks.as_ptr(), handle.as_ptr()) };
    (output, flag)
}

fn prefetched(bytes: &[u8]) -> u32 {
    unsafe {
        _mm_prefetch::<_MM_HINT_T0>(bytes.as_ptr().cast());
        _mm_prefetch::<_MM_HINT_NTA>(bytes.as_ptr().add(64).cast());
        _mm_prefetch::<_MM_HINT_ET0>(bytes.as_ptr().add(128).cast());
    }
    bytes.iter().map(|&byte| u32::from(byte)).sum()
}

fn main() {
    println!("{}", prefetched(black_box(&[3; 4096])));
    let lanes = black_box([1, 2, 3, 4, 5, 6, 7, 8]);
    if is_x86_feature_detected!("avx512vbmi2") && is_x86_feature_detected!("avx512vl") {
        println!("{:?}", unsafe { compress(0b1011_0010, lanes) });
    }
    if is_x86_feature_detected!("avx512bitalg") && is_x86_feature_detected!("avx512dq") {
        println!("{:?}", unsafe { classes([f32::INFINITY; 16]) });
    }
    if is_x86_feature_detected!("kl") && is_x86_feature_detected!("widekl") {
        println!("{:?}", unsafe { wrap([1, 2]).1 });
        black_box(unsafe { encrypt([_mm_setzero_si128(); 8], [0; 48]) });
    }
}
