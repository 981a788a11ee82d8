//! SSE2 through `std::arch`: dot products, a search for a byte, alpha blending, transposition; checked against plain code.

use std::arch::x86_64::*;

fn dot(a: &[f32], b: &[f32]) -> f32 {
    let (a_chunks, b_chunks) = (a.chunks_exact(4), b.chunks_exact(4));
    let rest: f32 = a_chunks.remainder().iter().zip(b_chunks.remainder()).map(|(a, b)| a * b).sum();
    // SAFETY: every x86-64 has SSE2, and each chunk has four floats.
    unsafe {
        let mut sum = _mm_setzero_ps();
        for (a, b) in a_chunks.zip(b_chunks) {
            sum = _mm_add_ps(sum, _mm_mul_ps(_mm_loadu_ps(a.as_ptr()), _mm_loadu_ps(b.as_ptr())));
        }
        let high = _mm_movehl_ps(sum, sum);
        let pairs = _mm_add_ps(sum, high);
        rest + _mm_cvtss_f32(_mm_add_ss(pairs, _mm_shuffle_ps::<0b01>(pairs, pairs)))
    }
}

fn find(haystack: &[u8], needle: u8) -> Option<usize> {
    let chunks = haystack.chunks_exact(16);
    let tail = haystack.len() - chunks.remainder().len();
    for (index, chunk) in chunks.enumerate() {
        // SAFETY: each chunk has 16 bytes.
        let mask = unsafe {
            let bytes = _mm_loadu_si128(chunk.as_ptr().cast());
            _mm_movemask_epi8(_mm_cmpeq_epi8(bytes, _mm_set1_epi8(needle as i8)))
        };
        if mask != 0 {
            return Some(index * 16 + mask.trailing_zeros() as usize);
        }
    }
    haystack[tail..].iter().position(|&byte| byte == needle).map(|at| at + tail)
}

/// `a` over `b` by a weight of 0 to 256, on eight channels of 16 bits at a time.
fn blend(a: &mut [u16; 16], b: &[u16; 16], weight: i16) {
    for (a, b) in a.chunks_exact_mut(8).zip(b.chunks_exact(8)) {
        // SAFETY: eight numbers of 16 bits are 128 bits.
        unsafe {
            let (x, y) = (_mm_loadu_si128(a.as_ptr().cast()), _mm_loadu_si128(b.as_ptr().cast()));
            let x = _mm_mullo_epi16(x, _mm_set1_epi16(weight));
            let y = _mm_mullo_epi16(y, _mm_sub_epi16(_mm_set1_epi16(256), _mm_set1_epi16(weight)));
            _mm_storeu_si128(a.as_mut_ptr().cast(), _mm_srli_epi16::<8>(_mm_adds_epu16(x, y)));
        }
    }
}

fn transpose(rows: [[i32; 4]; 4]) -> [[i32; 4]; 4] {
    // SAFETY: arrays of four numbers of 32 bits are what vectors are.
    unsafe {
        let [a, b, c, d] = rows.map(|row| _mm_loadu_si128(row.as_ptr().cast()));
        let (ab, cd) = (_mm_unpacklo_epi32(a, b), _mm_unpacklo_epi32(c, d));
        let (ab_high, cd_high) = (_mm_unpackhi_epi32(a, b), _mm_unpackhi_epi32(c, d));
        let result = [
            _mm_unpacklo_epi64(ab, cd),
            _mm_unpackhi_epi64(ab, cd),
            _mm_unpacklo_epi64(ab_high, cd_high),
            _mm_unpackhi_epi64(ab_high, cd_high),
        ];
        std::mem::transmute::<[__m128i; 4], [[i32; 4]; 4]>(result)
    }
}

/// The differences' sum of two blocks, as a video encoder wants it.
fn absolute_differences(a: &[u8; 16], b: &[u8; 16]) -> u64 {
    // SAFETY: 16 bytes each.
    unsafe {
        let sums = _mm_sad_epu8(_mm_loadu_si128(a.as_ptr().cast()), _mm_loadu_si128(b.as_ptr().cast()));
        (_mm_cvtsi128_si64(sums) + _mm_cvtsi128_si64(_mm_srli_si128::<8>(sums))) as u64
    }
}

fn roots(values: [f64; 2]) -> (f64, f64, i32) {
    // SAFETY: every x86-64 has SSE2.
    unsafe {
        let vector = _mm_sqrt_pd(_mm_loadu_pd(values.as_ptr()));
        let over = _mm_movemask_pd(_mm_cmpgt_pd(vector, _mm_set1_pd(1.5)));
        let mut out = [0.0; 2];
        _mm_storeu_pd(out.as_mut_ptr(), _mm_max_pd(vector, _mm_set_pd(1.25, 0.0)));
        (out[0], out[1], over)
    }
}

fn main() {
    let a: Vec<f32> = (0..23).map(|n| n as f32 * 0.5).collect();
    let b: Vec<f32> = (0..23).map(|n| 8.0 - n as f32).collect();
    println!("{} {}", dot(&a, &b), a.iter().zip(&b).map(|(a, b)| a * b).sum::<f32>());

    let text = b"Vectors look at sixteen bytes at once, and the tail comes last!";
    for needle in [b'V', b',', b'!', b'z', b'k'] {
        let position = find(text, needle);
        println!("{:?} {position:?} {}", char::from(needle), position == text.iter().position(|&byte| byte == needle));
    }

    let (mut over, under) = (std::array::from_fn(|n| n as u16 * 16), [255; 16]);
    let plain: Vec<u16> = over.iter().zip(under).map(|(a, b): (&u16, u16)| (a * 96 + b * 160) >> 8).collect();
    blend(&mut over, &under, 96);
    println!("{over:?} {}", over[..] == plain);

    println!("{:?}", transpose(std::array::from_fn(|row| std::array::from_fn(|column| (row * 4 + column) as i32))));
    let block: [u8; 16] = std::array::from_fn(|n| (n * n) as u8);
    println!("{} {:?}", absolute_differences(&block, &[100; 16]), roots([2.0, 3.0]));
    // SAFETY: as above.
    let packed: [i8; 16] = unsafe {
        let wide = _mm_setr_epi16(-200, -128, -1, 0, 1, 127, 128, 300);
        std::mem::transmute(_mm_packs_epi16(wide, _mm_slli_epi16::<1>(_mm_cmplt_epi16(wide, _mm_setzero_si128()))))
    };
    println!("{packed:?} {}", is_x86_feature_detected!("sse2"));
}
