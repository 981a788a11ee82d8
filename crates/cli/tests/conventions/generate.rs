//! Makes the two halves of a program: one in Rust and one in C.

use std::fmt::Write as _;

/// The halves, and how many calls they check.
pub struct Program {
    pub rust: String,
    pub c: String,
    pub calls: usize,
}

/// How many structs a program has, and how many calls of each kind.
const SHAPES: usize = 40;
const CALLS: usize = 20;
/// Structs have at most so many bytes before they are aligned.
const MAX_BYTES: usize = 40;

struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_mul(0x5851_f42d_4c95_7f2d).wrapping_add(0x1405_7b7e_f767_814f);
        ((self.0 >> 33) % limit as u64) as usize
    }
    fn one_in(&mut self, count: usize) -> bool {
        self.below(count) == 0
    }
    fn pick<T: Copy>(&mut self, items: &[T]) -> T {
        items[self.below(items.len())]
    }
}

/// A type of both languages: its names, its size, and whether it has a part in floating point.
#[derive(Clone, Copy, PartialEq)]
struct Scalar {
    rust: &'static str,
    c: &'static str,
    bytes: usize,
}

const SCALARS: &[Scalar] = &[
    Scalar { rust: "u8", c: "uint8_t", bytes: 1 },
    Scalar { rust: "i16", c: "int16_t", bytes: 2 },
    Scalar { rust: "i32", c: "int32_t", bytes: 4 },
    Scalar { rust: "f32", c: "float", bytes: 4 },
    Scalar { rust: "u64", c: "uint64_t", bytes: 8 },
    Scalar { rust: "f64", c: "double", bytes: 8 },
    Scalar { rust: "f32", c: "float", bytes: 4 },
    Scalar { rust: "f64", c: "double", bytes: 8 },
    Scalar { rust: "u128", c: "u128", bytes: 16 },
];

/// What C passes behind `...` as it is.
const ARGUMENTS: &[Scalar] = &[SCALARS[2], SCALARS[4], SCALARS[5], SCALARS[8]];

#[derive(Clone, Copy)]
enum Field {
    Scalar(Scalar),
    Array(Scalar, usize),
    /// An earlier struct.
    Struct(usize),
}

struct Shape {
    fields: Vec<Field>,
    /// As Rust's `repr` has it.
    packed: bool,
    align: Option<usize>,
    bytes: usize,
}

#[derive(Clone, Copy)]
enum Type {
    Scalar(Scalar),
    Struct(usize),
}

impl Type {
    fn rust(self) -> String {
        match self {
            Type::Scalar(scalar) => scalar.rust.to_owned(),
            Type::Struct(index) => format!("S{index}"),
        }
    }
    fn c(self) -> String {
        match self {
            Type::Scalar(scalar) => scalar.c.to_owned(),
            Type::Struct(index) => format!("S{index}"),
        }
    }
    /// The end of the names of the functions that make and hash its values.
    fn suffix(self) -> String {
        self.rust()
    }
}

fn random_shape(random: &mut Random, shapes: &[Shape]) -> Shape {
    let limit = 1 + random.below(MAX_BYTES);
    let packed = random.one_in(6);
    let align = (!packed && random.one_in(5)).then_some(16);
    let mut shape = Shape { fields: vec![], packed, align, bytes: 0 };
    // Some are empty, and many are of one type.
    let only = random.one_in(3).then(|| random.pick(SCALARS));
    while !random.one_in(12) {
        let scalar = only.unwrap_or_else(|| random.pick(SCALARS));
        let nested = random.below(shapes.len().max(1));
        let field = match random.below(8) {
            0 => Field::Array(scalar, 1 + random.below(4)),
            // (Rust has no aligned structs in packed ones.)
            1 if !packed && shapes.get(nested).is_some_and(|shape| shape.align.is_none()) => Field::Struct(nested),
            _ => Field::Scalar(scalar),
        };
        let bytes = match field {
            Field::Scalar(scalar) => scalar.bytes,
            Field::Array(scalar, count) => scalar.bytes * count,
            Field::Struct(index) => shapes[index].bytes,
        };
        if shape.bytes + bytes > limit {
            break;
        }
        shape.bytes += bytes;
        shape.fields.push(field);
    }
    shape
}

fn random_type(random: &mut Random) -> Type {
    match random.one_in(3) {
        true => Type::Scalar(random.pick(ARGUMENTS)),
        false => Type::Struct(random.below(SHAPES)),
    }
}

const RUST_HEAD: &str = "\
#![feature(c_variadic)]
#![allow(warnings)]
use std::hint::black_box;
fn mix(h: &mut u64, x: u64) { *h = (*h ^ x).wrapping_mul(0x100000001b3); *h ^= *h >> 29; }
fn next(k: &mut u64) -> u64 { *k = k.wrapping_add(0x9e3779b97f4a7c15); let x = *k ^ *k >> 30; x.wrapping_mul(0xbf58476d1ce4e5b9) >> 3 }
macro_rules! integers { ($($make:ident $mix:ident $t:ident),*) => { $(
    fn $make(k: &mut u64) -> $t { next(k) as $t }
    fn $mix(h: &mut u64, x: $t) { mix(h, x as u64) }
)* } }
integers!(make_u8 mix_u8 u8, make_i16 mix_i16 i16, make_i32 mix_i32 i32, make_u64 mix_u64 u64);
fn make_f32(k: &mut u64) -> f32 { (next(k) % 1000003) as f32 }
fn mix_f32(h: &mut u64, x: f32) { mix(h, x.to_bits() as u64) }
fn make_f64(k: &mut u64) -> f64 { (next(k) % 1000003) as f64 }
fn mix_f64(h: &mut u64, x: f64) { mix(h, x.to_bits()) }
fn make_u128(k: &mut u64) -> u128 { let low = next(k); low as u128 | (next(k) as u128) << 64 }
fn mix_u128(h: &mut u64, x: u128) { mix(h, x as u64); mix(h, (x >> 64) as u64) }
";

const C_HEAD: &str = "\
#include <stdarg.h>
#include <stdint.h>
#include <string.h>
typedef unsigned __int128 u128;
static void mix(uint64_t *h, uint64_t x) { *h = (*h ^ x) * 0x100000001b3ull; *h ^= *h >> 29; }
static uint64_t next(uint64_t *k) { *k += 0x9e3779b97f4a7c15ull; uint64_t x = *k ^ *k >> 30; return x * 0xbf58476d1ce4e5b9ull >> 3; }
#define INTEGER(name, type) \\
    static type make_##name(uint64_t *k) { return (type)next(k); } \\
    static void mix_##name(uint64_t *h, type x) { mix(h, (uint64_t)x); }
INTEGER(u8, uint8_t) INTEGER(i16, int16_t) INTEGER(i32, int32_t) INTEGER(u64, uint64_t)
static float make_f32(uint64_t *k) { return (float)(next(k) % 1000003); }
static void mix_f32(uint64_t *h, float x) { uint32_t bits; memcpy(&bits, &x, 4); mix(h, bits); }
static double make_f64(uint64_t *k) { return (double)(next(k) % 1000003); }
static void mix_f64(uint64_t *h, double x) { uint64_t bits; memcpy(&bits, &x, 8); mix(h, bits); }
static u128 make_u128(uint64_t *k) { uint64_t low = next(k); return low | (u128)next(k) << 64; }
static void mix_u128(uint64_t *h, u128 x) { mix(h, (uint64_t)x); mix(h, (uint64_t)(x >> 64)); }
";

/// A struct in both languages, with the functions that make and hash its values.
fn write_shape(index: usize, shape: &Shape, rust: &mut String, c: &mut String) {
    let attribute = match (shape.packed, shape.align) {
        (true, _) => (", packed".to_owned(), "__attribute__((packed))".to_owned()),
        (_, Some(align)) => (format!(", align({align})"), format!("__attribute__((aligned({align})))")),
        _ => Default::default(),
    };
    let (mut rust_fields, mut c_fields) = (String::new(), String::new());
    let (mut rust_make, mut c_make) = (String::new(), String::new());
    let (mut rust_mix, mut c_mix) = (String::new(), String::new());
    for (number, field) in shape.fields.iter().enumerate() {
        let (ty, suffix, c_ty, count) = match *field {
            Field::Scalar(scalar) => (scalar.rust.to_owned(), scalar.rust.to_owned(), scalar.c.to_owned(), None),
            Field::Array(scalar, count) => {
                (format!("[{}; {count}]", scalar.rust), scalar.rust.to_owned(), scalar.c.to_owned(), Some(count))
            }
            Field::Struct(index) => (format!("S{index}"), format!("S{index}"), format!("S{index}"), None),
        };
        write!(rust_fields, "f{number}: {ty}, ").unwrap();
        match count {
            None => {
                write!(c_fields, "{c_ty} f{number}; ").unwrap();
                write!(rust_make, "f{number}: make_{suffix}(k), ").unwrap();
                write!(c_make, "s.f{number} = make_{suffix}(k); ").unwrap();
                write!(rust_mix, "mix_{suffix}(h, s.f{number}); ").unwrap();
                write!(c_mix, "mix_{suffix}(h, s.f{number}); ").unwrap();
            }
            Some(count) => {
                write!(c_fields, "{c_ty} f{number}[{count}]; ").unwrap();
                write!(rust_make, "f{number}: [(); {count}].map(|()| make_{suffix}(k)), ").unwrap();
                write!(c_make, "for (int i = 0; i < {count}; i++) s.f{number}[i] = make_{suffix}(k); ").unwrap();
                write!(rust_mix, "for x in {{ s.f{number} }} {{ mix_{suffix}(h, x); }} ").unwrap();
                write!(c_mix, "for (int i = 0; i < {count}; i++) mix_{suffix}(h, s.f{number}[i]); ").unwrap();
            }
        }
    }
    writeln!(
        rust,
        "#[derive(Clone, Copy)] #[repr(C{})] struct S{index} {{ {rust_fields}}}
fn make_S{index}(k: &mut u64) -> S{index} {{ S{index} {{ {rust_make}}} }}
fn mix_S{index}(h: &mut u64, s: S{index}) {{ {rust_mix}}}",
        attribute.0
    )
    .unwrap();
    writeln!(
        c,
        "typedef struct {} {{ {c_fields}}} S{index};
static S{index} make_S{index}(uint64_t *k) {{ S{index} s; memset(&s, 0, sizeof s); {c_make}return s; }}
static void mix_S{index}(uint64_t *h, S{index} s) {{ {c_mix}}}",
        attribute.1
    )
    .unwrap();
}

/// Lines that make the arguments, and those that hash them.
fn rust_arguments(args: &[Type]) -> (String, String) {
    let (mut make, mut mix) = (String::new(), String::new());
    for (index, arg) in args.iter().enumerate() {
        let suffix = arg.suffix();
        writeln!(make, "    let a{index} = make_{suffix}(&mut k);").unwrap();
        writeln!(mix, "    mix_{suffix}(&mut h, a{index});").unwrap();
    }
    (make, mix)
}

fn list(args: &[Type], each: impl Fn(usize, Type) -> String) -> String {
    args.iter().enumerate().map(|(index, &arg)| each(index, arg)).collect::<Vec<_>>().join(", ")
}

/// `int` in front, so that there is one parameter at least.
fn with_first(rest: &str, first: &str) -> String {
    if rest.is_empty() { first.to_owned() } else { format!("{first}, {rest}") }
}

/// Rust calls a variadic function in C, by name and by pointer, twice each with the same arguments.
fn write_variadic(index: usize, random: &mut Random, rust: &mut String, c: &mut String) {
    let fixed: Vec<Type> = (0..random.below(4)).map(|_| random_type(random)).collect();
    let more: Vec<Type> = (0..1 + random.below(9)).map(|_| random_type(random)).collect();
    let ret = match random.one_in(3) {
        true => Type::Struct(random.below(SHAPES)),
        false => Type::Scalar(SCALARS[4]),
    };
    let all: Vec<Type> = fixed.iter().chain(&more).copied().collect();
    let (make, mix) = rust_arguments(&all);
    let params = with_first(&list(&fixed, |_, ty| format!("_: {}", ty.rust())), "_: i32");
    let args = with_first(&list(&all, |index, _| format!("a{index}")), "7");
    let (ty, suffix) = (ret.rust(), ret.suffix());
    writeln!(
        rust,
        "#[link(name = \"half\", kind = \"static\")] unsafe extern \"C\" {{ fn v{index}({params}, ...) -> {ty}; }}
#[inline(never)] unsafe fn variadic{index}(report: &mut Report) {{
    let mut k = {index};
{make}    let mut h = 0;
{mix}    let expected = {{ let mut k = h; let mut h = 0; mix_{suffix}(&mut h, make_{suffix}(&mut k)); h }};
    let pointer: unsafe extern \"C\" fn({params}, ...) -> {ty} = black_box(v{index});
    for round in 0..2 {{
        let (direct, through) = (v{index}({args}), pointer({args}));
        for result in [direct, through] {{ let mut h = 0; mix_{suffix}(&mut h, result); report.check(\"v{index}\", h, expected); }}
    }}
    let sent = h;
    let mut h = 0;
{mix}    report.check(\"arguments of v{index}\", h, sent);
}}"
    )
    .unwrap();
    let params = with_first(&list(&fixed, |index, ty| format!("{} a{index}", ty.c())), "int n");
    let last = if fixed.is_empty() { "n".to_owned() } else { format!("a{}", fixed.len() - 1) };
    writeln!(c, "{} v{index}({params}, ...) {{\n    uint64_t h = 0; va_list list; va_start(list, {last});", ret.c())
        .unwrap();
    for (index, ty) in all.iter().enumerate() {
        let c_ty = ty.c();
        match index < fixed.len() {
            true => writeln!(c, "    mix_{}(&h, a{index}); memset(&a{index}, 0x55, sizeof a{index});", ty.suffix()),
            false => writeln!(c, "    mix_{}(&h, va_arg(list, {c_ty}));", ty.suffix()),
        }
        .unwrap();
    }
    // What the stack was given may be overwritten.
    writeln!(c, "    va_end(list); return make_{suffix}(&h);\n}}").unwrap();
}

/// C calls a function in Rust, twice with the same arguments.
fn write_callback(index: usize, random: &mut Random, rust: &mut String, c: &mut String) {
    let args: Vec<Type> = (0..1 + random.below(9)).map(|_| random_type(random)).collect();
    let ret = random_type(random);
    let (ty, suffix) = (ret.rust(), ret.suffix());
    let params = list(&args, |index, ty| format!("mut a{index}: {}", ty.rust()));
    let (_, mix) = rust_arguments(&args);
    let destroy: String =
        (0..args.len()).map(|index| format!("    unsafe {{ (&raw mut a{index}).write_bytes(0x55, 1) }};\n")).collect();
    writeln!(
        rust,
        "#[unsafe(no_mangle)] extern \"C\" fn r{index}({params}) -> {ty} {{
    let mut h = 0;
{mix}{destroy}    black_box(({})); make_{suffix}(&mut h)
}}
unsafe extern \"C\" {{ fn call_r{index}(wrong: &mut i32); }}
unsafe fn callback{index}(report: &mut Report) {{
    let mut wrong = 0;
    call_r{index}(&mut wrong);
    report.check(\"r{index}\", wrong as u64, 0);
}}",
        (0..args.len()).map(|index| format!("&a{index},")).collect::<String>()
    )
    .unwrap();
    let types = list(&args, |_, ty| ty.c());
    let names = list(&args, |index, _| format!("a{index}"));
    writeln!(c, "{} r{index}({types});\nvoid call_r{index}(int *wrong) {{\n    uint64_t k = {index}, h = 0;", ret.c())
        .unwrap();
    for (index, ty) in args.iter().enumerate() {
        writeln!(c, "    {0} a{index} = make_{1}(&k); mix_{1}(&h, a{index});", ty.c(), ty.suffix()).unwrap();
    }
    writeln!(
        c,
        "    uint64_t expected = 0, seed = h; mix_{suffix}(&expected, make_{suffix}(&seed));
    for (int round = 0; round < 2; round++) {{ uint64_t got = 0; mix_{suffix}(&got, r{index}({names})); *wrong += got != expected; }}
}}"
    )
    .unwrap();
}

/// C calls a variadic function in Rust, which can read scalars only.
fn write_variadic_callback(index: usize, random: &mut Random, rust: &mut String, c: &mut String) {
    let fixed: Vec<Type> = (0..random.below(5)).map(|_| random_type(random)).collect();
    let more: Vec<Type> = (0..1 + random.below(12)).map(|_| Type::Scalar(random.pick(&ARGUMENTS[..3]))).collect();
    let params = with_first(&list(&fixed, |index, ty| format!("a{index}: {}", ty.rust())), "n: i32");
    let (_, mix) = rust_arguments(&fixed);
    let read: String =
        more.iter().map(|ty| format!("    mix_{0}(&mut h, unsafe {{ list.arg::<{0}>() }});\n", ty.rust())).collect();
    writeln!(
        rust,
        "#[unsafe(no_mangle)] unsafe extern \"C\" fn w{index}({params}, mut list: ...) -> u64 {{
    let mut h = 0;
{mix}{read}    h
}}
unsafe extern \"C\" {{ fn call_w{index}(wrong: &mut i32); }}
unsafe fn variadic_callback{index}(report: &mut Report) {{
    let mut wrong = 0;
    call_w{index}(&mut wrong);
    report.check(\"w{index}\", wrong as u64, 0);
}}"
    )
    .unwrap();
    let all: Vec<Type> = fixed.iter().chain(&more).copied().collect();
    let types = with_first(&list(&fixed, |_, ty| ty.c()), "int");
    let names = with_first(&list(&all, |index, _| format!("a{index}")), "7");
    writeln!(
        c,
        "uint64_t w{index}({types}, ...);\nvoid call_w{index}(int *wrong) {{\n    uint64_t k = {index}, h = 0;"
    )
    .unwrap();
    for (index, ty) in all.iter().enumerate() {
        writeln!(c, "    {0} a{index} = make_{1}(&k); mix_{1}(&h, a{index});", ty.c(), ty.suffix()).unwrap();
    }
    writeln!(c, "    *wrong += w{index}({names}) != h;\n}}").unwrap();
}

/// The program that belongs to a number.
pub fn generate(seed: u64) -> Program {
    let mut random = Random(seed);
    let (mut rust, mut c) = (RUST_HEAD.to_owned(), C_HEAD.to_owned());
    let mut shapes: Vec<Shape> = Vec::new();
    for index in 0..SHAPES {
        let shape = random_shape(&mut random, &shapes);
        write_shape(index, &shape, &mut rust, &mut c);
        shapes.push(shape);
    }
    let mut main = String::new();
    for index in 0..CALLS {
        write_variadic(index, &mut random, &mut rust, &mut c);
        write_callback(index, &mut random, &mut rust, &mut c);
        write_variadic_callback(index, &mut random, &mut rust, &mut c);
        for kind in ["variadic", "callback", "variadic_callback"] {
            writeln!(main, "        {kind}{index}(&mut report);").unwrap();
        }
    }
    writeln!(
        rust,
        "#[derive(Default)] struct Report {{ calls: usize }}
impl Report {{
    fn check(&mut self, name: &str, got: u64, expected: u64) {{
        self.calls += 1;
        if got != expected {{ println!(\"{{name}}: {{got:x}}, not {{expected:x}}\"); }}
    }}
}}
fn main() {{
    let mut report = Report::default();
    unsafe {{
{main}    }}
    println!(\"{{}} calls\", report.calls);
}}"
    )
    .unwrap();
    Program { rust, c, calls: CALLS * 7 }
}
