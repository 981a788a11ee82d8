//! Signatures that need what their function or its caller lacks. None of the calls is reached: the program is refused.
#![allow(warnings)]
#![feature(repr_simd, simd_ffi, unsized_fn_params)]

use std::arch::x86_64::*;
use std::hint::black_box;

#[repr(transparent)]
struct Wrapper(__m256i);
#[repr(C)]
struct Lone(__m256d);
#[repr(C)]
struct Beside(__m256d, u8);
#[repr(simd)]
struct Wide([f32; 64]);

extern "C" fn takes(x: __m256) {}
extern "C" fn gives() -> __m256 {
    black_box(unsafe { std::mem::zeroed() })
}
extern "C" fn wrapped(a: u8, x: Wrapper) {}
extern "C" fn lone(x: Lone) {}
// This goes in memory.
extern "C" fn beside(x: Beside) {}
extern "C" fn wide(x: Wide) {}
extern "sysv64" fn sysv(x: __m512d) -> __m256d {
    black_box(unsafe { std::mem::zeroed() })
}
extern "win64" fn win(x: __m256) {}
extern "system-unwind" fn system(x: __m256) {}
extern "C" fn small(x: __m128, y: __m128i) -> __m128d {
    black_box(unsafe { std::mem::zeroed() })
}
fn rust(x: __m512, y: __m256) {}
extern "C" fn generic<T>(x: T) {}
#[target_feature(enable = "avx")]
extern "C" fn able(x: __m256) -> __m256 {
    // A caller that has the feature may call, too.
    unsafe { outside(x) }
}
#[target_feature(enable = "avx2")]
extern "C" fn implied(x: __m256) {}
#[target_feature(enable = "avx")]
extern "C" fn not_enough(x: __m512) {}
unsafe extern "C" {
    #[link_name = "takes_and_gives"]
    fn outside(x: __m256) -> __m256;
    fn variadic(x: i32, ...);
}
extern "C" fn text(x: str) {}
extern "C" fn slice(x: [u8]) {}
fn rust_slice(x: [u8]) {}

trait Trait {
    extern "C" fn method(&self, x: __m256);
}
impl Trait for u8 {
    extern "C" fn method(&self, x: __m256) {}
}

fn value<T>() -> T {
    black_box(unsafe { std::mem::zeroed() })
}

fn calls() {
    takes(value());
    gives();
    wrapped(1, value());
    lone(value());
    beside(value());
    wide(value());
    sysv(value());
    win(value());
    system(value());
    small(value(), value());
    rust(value(), value());
    generic(value::<__m256>());
    generic(1);
    unsafe {
        able(value());
        implied(value());
        not_enough(value());
        outside(value());
    }
}

fn pointers() {
    let pointer: extern "C" fn(__m256) = black_box(takes);
    pointer(value());
    let rust: fn(__m512, __m256) = black_box(rust);
    rust(value(), value());
    let object: &dyn Trait = black_box(&1_u8);
    object.method(value());
    let closure = |x| takes(x);
    black_box(closure)(value());
}

fn unsized_arguments(a: Box<str>, b: Box<[u8]>, c: Box<[u8]>) {
    text(*a);
    slice(*b);
    rust_slice(*c);
}

fn main() {
    black_box((calls as fn(), pointers as fn(), unsized_arguments as fn(_, _, _)));
}
