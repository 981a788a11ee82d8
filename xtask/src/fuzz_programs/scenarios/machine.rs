//! What only this machine has: vector instructions and assembly.

use super::super::generator::Generator;
use super::super::types::{Type, U32, U64};
use std::fmt::Write as _;

/// Operations on two vectors of integers that all widths have, without their prefix.
const BINARY: &[&str] = &[
    "add_epi8",
    "add_epi16",
    "add_epi32",
    "add_epi64",
    "sub_epi8",
    "sub_epi16",
    "sub_epi32",
    "sub_epi64",
    "adds_epi8",
    "adds_epi16",
    "adds_epu8",
    "adds_epu16",
    "subs_epi8",
    "subs_epi16",
    "subs_epu8",
    "subs_epu16",
    "mullo_epi16",
    "mulhi_epi16",
    "mulhi_epu16",
    "mul_epu32",
    "madd_epi16",
    "sad_epu8",
    "avg_epu8",
    "avg_epu16",
    "min_epu8",
    "max_epu8",
    "min_epi16",
    "max_epi16",
    "cmpeq_epi8",
    "cmpeq_epi16",
    "cmpeq_epi32",
    "cmpgt_epi8",
    "cmpgt_epi16",
    "cmpgt_epi32",
    "packs_epi16",
    "packs_epi32",
    "packus_epi16",
    "unpacklo_epi8",
    "unpackhi_epi8",
    "unpacklo_epi16",
    "unpackhi_epi16",
    "unpacklo_epi32",
    "unpackhi_epi32",
    "unpacklo_epi64",
    "unpackhi_epi64",
];
/// Those that AVX2 has beside them.
const BINARY_AVX2: &[&str] = &[
    "mullo_epi32",
    "min_epi8",
    "max_epi8",
    "min_epu16",
    "max_epu16",
    "min_epi32",
    "max_epi32",
    "min_epu32",
    "max_epu32",
    "cmpeq_epi64",
    "cmpgt_epi64",
    "shuffle_epi8",
    "sign_epi8",
    "sign_epi16",
    "sign_epi32",
    "hadd_epi16",
    "hadd_epi32",
    "hsub_epi16",
    "hadds_epi16",
    "maddubs_epi16",
    "mulhrs_epi16",
    "mul_epi32",
    "packus_epi32",
    "sllv_epi32",
    "srlv_epi32",
    "srav_epi32",
    "sllv_epi64",
    "srlv_epi64",
];
/// Operations with a number that is known at compile time, and the largest number.
const IMMEDIATE: &[(&str, usize)] = &[
    ("slli_epi16", 17),
    ("srli_epi16", 17),
    ("srai_epi16", 17),
    ("slli_epi32", 33),
    ("srli_epi32", 33),
    ("srai_epi32", 33),
    ("slli_epi64", 65),
    ("srli_epi64", 65),
    ("shuffle_epi32", 255),
    ("shufflelo_epi16", 255),
    ("shufflehi_epi16", 255),
    ("bslli_W", 17),
    ("bsrli_W", 17),
];
/// Operations on two vectors of floats. What they make is never read as bits: those of NaN may differ.
const FLOATS: &[&str] = &["add", "sub", "mul", "div", "min", "max", "unpacklo", "unpackhi"];

/// A chain of operations on the integers `a`, `b` and the floats `p`, `q`.
fn chain(g: &mut Generator, prefix: &str, wide: &str, more: &[&str]) -> String {
    let bits = wide.trim_start_matches("si");
    let mut text = String::new();
    for _ in 0..g.rng.between(4, 10) {
        let [to, from, other] = [0; 3].map(|_| *g.rng.pick(&["a", "b"]));
        let line = match g.rng.below(12) {
            0..=4 => {
                let all = BINARY.len() + more.len();
                let at = g.rng.below(all);
                let op = BINARY.get(at).copied().unwrap_or_else(|| more[at - BINARY.len()]);
                format!("{to} = {prefix}_{op}({from}, {other});")
            }
            5 => {
                let op = *g.rng.pick(&["and", "or", "xor", "andnot"]);
                format!("{to} = {prefix}_{op}_{wide}({from}, {other});")
            }
            6 | 7 => {
                let (op, most) = *g.rng.pick(IMMEDIATE);
                let op = match op {
                    "bslli_W" if bits == "128" => "slli_si128".to_owned(),
                    "bsrli_W" if bits == "128" => "srli_si128".to_owned(),
                    "bslli_W" => "slli_si256".to_owned(),
                    "bsrli_W" => "srli_si256".to_owned(),
                    other => other.to_owned(),
                };
                let most = if op.ends_with("si128") || op.ends_with("si256") { 15 } else { most };
                format!("{to} = {prefix}_{op}::<{}>({from});", g.rng.below(most + 1))
            }
            8 | 9 => {
                let op = *g.rng.pick(FLOATS);
                let [to, from, other] = [0; 3].map(|_| *g.rng.pick(&["p", "q"]));
                format!("{to} = {prefix}_{op}_ps({from}, {other});")
            }
            10 => match g.rng.below(3) {
                0 => format!("p = {prefix}_cvtepi32_ps({from});"),
                1 => format!("q = {prefix}_sqrt_ps(p);"),
                _ => format!("p = {prefix}_shuffle_ps::<{}>(p, q);", g.rng.below(256)),
            },
            _ => match g.rng.below(3) {
                0 => format!("{to} = {prefix}_cvttps_epi32(p);"),
                1 => format!("count += {prefix}_movemask_epi8({from}) as u32 as u64;"),
                _ => format!("{to} = {prefix}_set1_epi32(count as i32);"),
            },
        };
        let _ = writeln!(text, "        {line}");
    }
    text
}

pub(super) fn sse2(g: &mut Generator, name: &str) {
    let steps = chain(g, "_mm", "si128", &[]);
    let bytes = g.over(&Type::Int(U32), &[("i", Type::Int(U32))]);
    let (single, double) = (g.over(&Type::Float(32), &[]), g.over(&Type::Float(64), &[]));
    let key = g.over(&Type::Int(U64), &[("i", Type::Int(U32))]);
    g.template(
        r#"#[derive(Clone, Copy)] #[repr(C)] struct Both$NAME { n: u8, ints: std::arch::x86_64::__m128i, floats: std::arch::x86_64::__m128 }
#[inline(never)]
fn $NAME_step(mut a: std::arch::x86_64::__m128i, mut b: std::arch::x86_64::__m128i, mut p: std::arch::x86_64::__m128, mut q: std::arch::x86_64::__m128, mut count: u64) -> (Both$NAME, u64) {
    use std::arch::x86_64::*;
    unsafe {
$STEPS
        (Both$NAME { n: 7, ints: _mm_xor_si128(a, _mm_slli_epi32::<1>(b)), floats: _mm_add_ps(p, q) }, count)
    }
}
extern "C" fn $NAME_c(x: std::arch::x86_64::__m128i, n: i32, y: std::arch::x86_64::__m128d) -> std::arch::x86_64::__m128d {
    use std::arch::x86_64::*;
    unsafe { _mm_add_pd(_mm_cvtepi32_pd(_mm_add_epi32(x, _mm_set1_epi32(n))), y) }
}
fn $NAME_lanes(x: std::arch::x86_64::__m128i) -> [u32; 4] { let mut to = [0; 4]; unsafe { std::arch::x86_64::_mm_storeu_si128(to.as_mut_ptr().cast(), x) }; to }
fn $NAME() {
    use std::arch::x86_64::*;
    let bytes: [u32; 8] = std::array::from_fn(|i| { let i = i as u32; $BYTES.rotate_left(i) });
    let mut both = unsafe { Both$NAME { n: 0, ints: _mm_loadu_si128(bytes.as_ptr().cast()), floats: _mm_set_ps(1.5, -2.0, real32($SINGLE), 0.25) } };
    let mut b = unsafe { _mm_loadu_si128(bytes[4..].as_ptr().cast()) };
    for i in 0..3u32 {
        let (next, count) = $NAME_step(both.ints, b, both.floats, unsafe { _mm_cvtepi32_ps(b) }, $KEY & 0xffff);
        let mut floats = [0f32; 4];
        unsafe { _mm_storeu_ps(floats.as_mut_ptr(), next.floats); }
        point(1, &($NAME_lanes(next.ints), floats, count, next.n));
        b = both.ints;
        both = next;
    }
    let f: extern "C" fn(__m128i, i32, __m128d) -> __m128d = std::hint::black_box($NAME_c);
    let doubles: [f64; 2] = unsafe { std::mem::transmute(f(b, 3, _mm_set_pd(real64($DOUBLE), -1.0))) };
    point(2, &doubles);
    unsafe {
        point(3, &(_mm_cvtsd_f64(_mm_sqrt_sd(_mm_set1_pd(2.0), _mm_set_sd(real64($DOUBLE).abs()))), _mm_cvttsd_si64(_mm_set_sd(real64($DOUBLE))), _mm_comilt_ss(_mm_set_ss($SINGLE), _mm_set_ss(1.0))));
        point(4, &(_mm_movemask_ps(_mm_cmplt_ps(both.floats, _mm_setzero_ps())), _mm_extract_epi16::<3>(b), _mm_cvtsi128_si64(b), $NAME_lanes(_mm_insert_epi16::<5>(b, 77))));
        _mm_sfence(); _mm_lfence(); _mm_mfence(); _mm_pause();
    }
    println!("{:?} {}", size_of::<Both$NAME>(), align_of::<Both$NAME>());
}"#,
        &[
            ("NAME", name),
            ("STEPS", &steps),
            ("BYTES", &bytes),
            ("SINGLE", &single),
            ("DOUBLE", &double),
            ("KEY", &key),
        ],
    );
}

pub(super) fn avx2(g: &mut Generator, name: &str) {
    let steps = chain(g, "_mm256", "si256", BINARY_AVX2);
    let bytes = g.over(&Type::Int(U32), &[("i", Type::Int(U32))]);
    let key = g.over(&Type::Int(U64), &[("i", Type::Int(U32))]);
    let (lane, permutation) = (g.rng.below(8).to_string(), g.rng.below(256).to_string());
    g.template(
        r#"#[derive(Clone, Copy)] struct Both$NAME(u8, std::arch::x86_64::__m256i, std::arch::x86_64::__m256);
#[target_feature(enable = "avx2")] #[inline(never)]
fn $NAME_step(mut a: std::arch::x86_64::__m256i, mut b: std::arch::x86_64::__m256i, mut p: std::arch::x86_64::__m256, mut q: std::arch::x86_64::__m256, mut count: u64) -> (Both$NAME, u64) {
    use std::arch::x86_64::*;
$STEPS
    (Both$NAME(7, _mm256_xor_si256(a, _mm256_slli_epi32::<1>(b)), _mm256_add_ps(p, q)), count)
}
#[inline(never)]
fn $NAME_pass(x: std::arch::x86_64::__m256i, n: u8) -> (std::arch::x86_64::__m256i, u8) { (x, n ^ 1) }
#[target_feature(enable = "avx2")] #[inline]
fn $NAME_lanes(x: std::arch::x86_64::__m256i) -> [u32; 8] { let mut to = [0; 8]; unsafe { std::arch::x86_64::_mm256_storeu_si256(to.as_mut_ptr().cast(), x) }; to }
#[target_feature(enable = "avx2,bmi2,popcnt,fma")]
fn $NAME_all(bytes: &[u32; 16]) {
    use std::arch::x86_64::*;
    let mut both = unsafe { Both$NAME(0, _mm256_loadu_si256(bytes.as_ptr().cast()), _mm256_cvtepi32_ps(_mm256_loadu_si256(bytes[4..].as_ptr().cast()))) };
    let mut b = unsafe { _mm256_loadu_si256(bytes[8..].as_ptr().cast()) };
    for i in 0..3u32 {
        let (next, count) = $NAME_step(both.1, b, both.2, _mm256_cvtepi32_ps(b), $KEY & 0xffff);
        let mut floats = [0f32; 8];
        unsafe { _mm256_storeu_ps(floats.as_mut_ptr(), next.2); }
        point(1, &($NAME_lanes(next.1), floats, count, next.0));
        b = $NAME_pass(both.1, i as u8).0;
        both = next;
    }
    point(2, &($NAME_lanes(_mm256_permutevar8x32_epi32(b, both.1)), $NAME_lanes(_mm256_permute4x64_epi64::<$PERMUTATION>(b)), _mm256_extract_epi32::<$LANE>(b)));
    point(3, &$NAME_lanes(_mm256_blendv_epi8(b, both.1, _mm256_cmpgt_epi8(b, both.1))));
    point(4, &$NAME_lanes(_mm256_cvtepu8_epi32(_mm256_castsi256_si128(b))));
    let gathered = unsafe { _mm256_i32gather_epi32::<4>(bytes.as_ptr().cast(), _mm256_and_si256(b, _mm256_set1_epi32(15))) };
    point(5, &$NAME_lanes(gathered));
    point(6, &(_pext_u64(bytes[0] as u64, 0xf0f0_5555), _pdep_u32(bytes[1], !7), _popcnt32(bytes[2] as i32), _bzhi_u32(bytes[3], 9)));
    let fused = _mm256_fmadd_ps(_mm256_set1_ps(1.5), _mm256_cvtepi32_ps(b), _mm256_set1_ps(-0.25));
    point(7, &$NAME_lanes(_mm256_cvttps_epi32(fused)));
}
fn $NAME() {
    let bytes: [u32; 16] = std::array::from_fn(|i| { let i = i as u32; $BYTES.rotate_left(i).wrapping_mul(i | 1) });
    if is_x86_feature_detected!("avx2") && is_x86_feature_detected!("bmi2") && is_x86_feature_detected!("fma") { unsafe { $NAME_all(&bytes) } } else { println!("without AVX2"); }
}"#,
        &[
            ("NAME", name),
            ("STEPS", &steps),
            ("BYTES", &bytes),
            ("KEY", &key),
            ("LANE", &lane),
            ("PERMUTATION", &permutation),
        ],
    );
}

/// Assembly, in functions and beside them.
pub(super) fn assembly(g: &mut Generator, name: &str) {
    let u64_type = Type::Int(U64);
    let vars = [("a", u64_type.clone()), ("b", u64_type.clone())];
    let (start, other, next) = (g.over(&u64_type, &[]), g.over(&u64_type, &[]), g.over(&u64_type, &vars));
    let double = g.over(&Type::Float(64), &[]);
    let number = g.rng.below(1000).to_string();
    let shift = g.rng.between(1, 63).to_string();
    let rounds = g.rng.between(1, 9).to_string();
    let choices = [
        r#"asm!("lea {0}, [{1} + {2}*4 + {k}]", out(reg) r, in(reg) a, in(reg) b, k = const $NUMBER, options(pure, nomem, nostack, preserves_flags)); point(1, &r);"#,
        r#"asm!("add {0}, {2}", "adc {1}, 0", inout(reg) a => r, inout(reg) b => s, in(reg) !a); point(2, &(r, s));"#,
        r#"asm!("mul {0}", in(reg) b, inlateout("rax") a => r, lateout("rdx") s, options(pure, nomem, nostack)); point(3, &(r, s));"#,
        r#"let small: u8; asm!("cmp {0}, {1}", "setb {2}", in(reg) a, in(reg) b, out(reg_byte) small); point(4, &small);"#,
        r#"let mut left = $ROUNDSu32; r = b; asm!("2:", "rol {0}, {3}", "xor {0}, {1}", "dec {2:e}", "jnz 2b", inout(reg) r, in(reg) a, inout(reg) left, const $SHIFT); point(5, &(r, left));"#,
        r#"let mut memory = [a as u32, b as u32, 3]; asm!("mov eax, dword ptr [{0}]", "add dword ptr [{0} + 8], eax", "xchg dword ptr [{0} + 4], eax", in(reg) memory.as_mut_ptr(), out("eax") _); point(6, &memory);"#,
        r#"asm!("call {f}", f = sym $NAME_called, in("rdi") a, in("rsi") b, lateout("rax") r, clobber_abi("C")); point(7, &r);"#,
        r#"let mut way = 1u8; asm!("test {0}, {1}", "jz {l}", in(reg) a, in(reg) b, l = label { way = 2; }); point(8, &way);"#,
        r#"r = a; asm!("shld {0}, {1}, cl", inout(reg) r, in(reg) b, in("cl") $SHIFTu8); point(9, &r);"#,
        r#"let mut f = real64($DOUBLE); asm!("addsd {0}, {1}", "sqrtsd {0}, {0}", inout(xmm_reg) f, in(xmm_reg) 2.5f64); point(10, &f);"#,
        r#"let v = std::arch::x86_64::_mm_set_epi64x(a as i64, b as i64); let mut w = v; asm!("paddd {0}, {1}", "pshufd {0}, {0}, 0x1b", inout(xmm_reg) w, in(xmm_reg) v); point(11, &std::mem::transmute::<_, [u32; 4]>(w));"#,
        r#"let wide: u16; asm!("bswap {0:e}", "mov {1:x}, {0:x}", inout(reg) a as u32 => s32, out(reg) wide); point(12, &(s32, wide));"#,
        r#"point(13, &($NAME_generic::<$NUMBER>(a), $NAME_generic::<7>(b), $NAME_naked(a, b), $NAME_beside(b)));"#,
        r#"let held = noisy(60, a); asm!("nop", options(nomem, nostack, preserves_flags)); point(14, &held);"#,
        r#"let p: extern "C" fn(u64, u64) -> u64 = $NAME_naked; point(15, &p(b, a));"#,
        r#"let text: [u8; 4]; let packed: u32; asm!("movd {0:e}, {1}", out(reg) packed, in(xmm_reg) f32::from_bits(b as u32 & 0x7f7f_ffff)); text = packed.to_le_bytes(); point(17, &text);"#,
    ];
    let mut chosen: Vec<&str> = Vec::new();
    for _ in 0..g.rng.between(3, 8) {
        chosen.push(*g.rng.pick(&choices));
    }
    let words = [
        ("NAME", name),
        ("NUMBER", &*number),
        ("SHIFT", &shift),
        ("ROUNDS", &rounds),
        ("DOUBLE", &double),
        ("START", &start),
        ("OTHER", &other),
        ("NEXT", &next),
    ];
    let blocks: String = chosen.iter().map(|it| format!("        {{ {} }}\n", super::fill(it, &words))).collect();
    let words: Vec<_> = words.into_iter().chain([("BLOCKS", &*blocks)]).collect();
    g.template(
        r#"std::arch::global_asm!(".globl $NAME_beside", "$NAME_beside:", "lea rax, [rdi + rdi*2 + {k}]", "ret", k = const $NUMBER + 1);
unsafe extern "C" { safe fn $NAME_beside(a: u64) -> u64; }
extern "C" fn $NAME_called(a: u64, b: u64) -> u64 { point(30, &(a, b)); a.rotate_left(3) ^ b }
#[unsafe(naked)] extern "C" fn $NAME_naked(a: u64, b: u64) -> u64 { std::arch::naked_asm!("push rsi", "call {f}", "pop rsi", "xor rax, rsi", "ret", f = sym $NAME_leaf) }
extern "C" fn $NAME_leaf(a: u64) -> u64 { a.wrapping_mul($NUMBER | 1) }
#[inline] fn $NAME_generic<const K: u64>(a: u64) -> u64 { let r; unsafe { std::arch::asm!("imul {0}, {1}, {k}", out(reg) r, in(reg) a, k = const K as i32, options(pure, nomem, nostack)); } r }
fn $NAME() {
    use std::arch::asm;
    let (mut a, mut b): (u64, u64) = ($START, $OTHER);
    for _ in 0..2 {
        let (mut r, mut s, mut s32) = (0u64, 0u64, 0u32);
        unsafe {
$BLOCKS        }
        (a, b) = (b ^ r ^ s32 as u64, $NEXT);
    }
}"#,
        &words,
    );
}
