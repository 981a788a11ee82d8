//! Calls by C's rules: of the C library, between functions of the program's own, and of a half that is written in C.

use super::super::generator::Generator;
use super::super::types::{INTS, Type, U64};
use std::fmt::Write as _;

pub(super) fn c_library(g: &mut Generator, name: &str) {
    let (i32_type, i64_type) = (Type::Int(INTS[10]), Type::Int(INTS[12]));
    let (a, b, c) = (g.over(&i32_type, &[]), g.over(&i64_type, &[]), g.over(&Type::Float(64), &[]));
    g.line(format!(
        r#"#[repr(C)] #[derive(Clone, Copy)] struct Div{name} {{ quot: i32, rem: i32 }}
#[repr(C)] #[derive(Clone, Copy)] struct LDiv{name} {{ quot: i64, rem: i64 }}
mod {name}_c {{
    use super::*;
    unsafe extern "C" {{
        pub safe fn div(a: i32, b: i32) -> Div{name};
        pub safe fn ldiv(a: i64, b: i64) -> LDiv{name};
        pub safe fn labs(a: i64) -> i64;
        pub fn snprintf(to: *mut u8, size: usize, format: *const u8, ...) -> i32;
        pub fn qsort(base: *mut i32, count: usize, size: usize, compare: extern "C" fn(&i32, &i32) -> i32);
    }}
}}
extern "C" fn {name}_compare(a: &i32, b: &i32) -> i32 {{ (*a & 0xffff) - (*b & 0xffff) }}
fn {name}() {{
    let d = {name}_c::div({a} >> 1, 7);
    let l = {name}_c::ldiv({b} >> 1, -9);
    point(1, &(d.quot, d.rem, l.quot, l.rem));
    point(2, &{name}_c::labs({b} >> 1));
    let mut buffer = [0u8; 128];
    let n = unsafe {{ {name}_c::snprintf(buffer.as_mut_ptr(), 128, c"%d %lld %.3f %c %s %5.1e".as_ptr().cast(), d.rem, l.quot, real64({c}).clamp(-1e9, 1e9), 65i32, c"text".as_ptr(), 0.25f64) }};
    println!("{{}} {{}}", n, std::str::from_utf8(&buffer[..n.clamp(0, 127) as usize]).unwrap());
    let mut numbers = [{a}, d.quot, d.rem, 5, -1, 77, l.rem as i32];
    unsafe {{ {name}_c::qsort(numbers.as_mut_ptr(), 7, 4, {name}_compare) }};
    for (i, x) in numbers.iter().enumerate() {{ if i > 0 {{ point(3, &(numbers[i - 1] & 0xffff <= x & 0xffff)); }} }}
}}"#
    ));
}

/// A type that C has too.
#[derive(Clone, Copy, PartialEq, Debug)]
enum Foreign {
    /// One of [`SCALARS`].
    Scalar(usize),
    Array(usize, usize),
    /// One of the scenario's structs.
    Struct(usize),
}

/// C's name and ours.
const SCALARS: &[(&str, &str)] = &[
    ("int8_t", "i8"),
    ("uint8_t", "u8"),
    ("int16_t", "i16"),
    ("uint16_t", "u16"),
    ("int32_t", "i32"),
    ("uint32_t", "u32"),
    ("int64_t", "i64"),
    ("uint64_t", "u64"),
    ("float", "f32"),
    ("double", "f64"),
    ("float", "f32"),
    ("double", "f64"),
    ("_Bool", "bool"),
    ("unsigned __int128", "u128"),
];
/// What C's `...` passes as it is: `int32_t`, `int64_t`, `double`.
const PROMOTED: &[usize] = &[4, 6, 9];

/// The types of a scenario, and what both halves have of them: their definitions, their checksums, how to make them.
struct Foreigns<'a> {
    name: &'a str,
    structs: Vec<Vec<Foreign>>,
}

impl Foreigns<'_> {
    fn new<'a>(g: &mut Generator, name: &'a str) -> Foreigns<'a> {
        let mut structs: Vec<Vec<Foreign>> = Vec::new();
        for index in 0..g.rng.between(2, 5) {
            let count = g.rng.between(1, 4);
            let mut fields = Vec::new();
            for _ in 0..count {
                let scalar = g.rng.below(SCALARS.len());
                fields.push(match g.rng.below(10) {
                    0 | 1 => Foreign::Array(scalar, g.rng.between(1, 4)),
                    2 | 3 if index > 0 => Foreign::Struct(g.rng.below(index)),
                    _ => Foreign::Scalar(scalar),
                });
            }
            structs.push(fields);
        }
        Foreigns { name, structs }
    }

    fn any(&self, g: &mut Generator) -> Foreign {
        if g.rng.percent(60) {
            Foreign::Struct(g.rng.below(self.structs.len()))
        } else {
            Foreign::Scalar(g.rng.below(SCALARS.len()))
        }
    }

    fn c(&self, ty: Foreign) -> String {
        match ty {
            Foreign::Scalar(index) | Foreign::Array(index, _) => SCALARS[index].0.to_owned(),
            Foreign::Struct(index) => format!("struct {}_s{index}", self.name),
        }
    }

    fn rust(&self, ty: Foreign) -> String {
        match ty {
            Foreign::Scalar(index) => SCALARS[index].1.to_owned(),
            Foreign::Array(index, count) => format!("[{}; {count}]", SCALARS[index].1),
            Foreign::Struct(index) => format!("{}S{index}", self.name),
        }
    }

    /// C's expression for a value that follows from a number.
    fn made_in_c(&self, ty: Foreign, from: &str) -> String {
        match ty {
            Foreign::Scalar(index) | Foreign::Array(index, _) => match SCALARS[index].1 {
                "f32" | "f64" => format!("({})(int32_t)({from}) / 8", SCALARS[index].0),
                "bool" => format!("(_Bool)(({from}) & 1)"),
                _ => format!("({})({from})", SCALARS[index].0),
            },
            Foreign::Struct(index) => format!("{}_make{index}({from})", self.name),
        }
    }

    fn made_in_rust(&self, ty: Foreign, from: &str) -> String {
        let scalar = |index: usize, from: &str| match SCALARS[index].1 {
            name @ ("f32" | "f64") => format!("(({from}) as i32 as {name} / 8.0)"),
            "bool" => format!("(({from}) & 1 == 1)"),
            name => format!("(({from}) as {name})"),
        };
        match ty {
            Foreign::Scalar(index) => scalar(index, from),
            Foreign::Array(index, count) => {
                let all: Vec<String> =
                    (0..count).map(|at| scalar(index, &format!("{}_mix({from}, {at})", self.name))).collect();
                format!("[{}]", all.join(", "))
            }
            Foreign::Struct(index) => format!("{}S{index}::make({from})", self.name),
        }
    }

    /// C's expression for the checksum `h` with a value.
    fn summed_in_c(&self, ty: Foreign, h: &str, value: &str) -> String {
        let mix = format!("{}_mix", self.name);
        match ty {
            Foreign::Scalar(index) | Foreign::Array(index, _) => match SCALARS[index].1 {
                "f32" | "f64" => format!("{mix}({h}, (uint64_t)(int64_t)({value} * 8))"),
                "u128" => format!("{mix}({mix}({h}, (uint64_t)({value})), (uint64_t)(({value}) >> 64))"),
                _ => format!("{mix}({h}, (uint64_t)({value}))"),
            },
            Foreign::Struct(index) => format!("{}_sum{index}({h}, {value})", self.name),
        }
    }

    /// The definitions that C has.
    fn in_c(&self) -> String {
        let name = self.name;
        let mut text = String::from("#include <stdarg.h>\n#include <stdint.h>\n");
        let _ = writeln!(
            text,
            "static uint64_t {name}_mix(uint64_t h, uint64_t x) {{ h = (h ^ x) * 0x100000001b3ull; return h << 23 | h >> 41; }}"
        );
        for (index, fields) in self.structs.iter().enumerate() {
            let (mut all, mut make, mut sum) = (String::new(), String::new(), String::new());
            for (at, &field) in fields.iter().enumerate() {
                let count = match field {
                    Foreign::Array(_, count) => count,
                    _ => 1,
                };
                let suffix = if matches!(field, Foreign::Array(..)) { format!("[{count}]") } else { String::new() };
                let _ = write!(all, "{} f{at}{suffix}; ", self.c(field));
                for element in 0..count {
                    let (place, from) = if suffix.is_empty() {
                        (format!("f{at}"), format!("{name}_mix(h, {at})"))
                    } else {
                        (format!("f{at}[{element}]"), format!("{name}_mix({name}_mix(h, {at}), {element})"))
                    };
                    let _ = write!(make, "s.{place} = {}; ", self.made_in_c(field, &from));
                    let _ = write!(sum, "h = {}; ", self.summed_in_c(field, "h", &format!("s.{place}")));
                }
            }
            let ty = self.c(Foreign::Struct(index));
            let _ = writeln!(text, "{ty} {{ {all}}};");
            let _ = writeln!(text, "static {ty} {name}_make{index}(uint64_t h) {{ {ty} s = {{0}}; {make}return s; }}");
            let _ = writeln!(text, "static uint64_t {name}_sum{index}(uint64_t h, {ty} s) {{ {sum}return h; }}");
        }
        text
    }

    /// The definitions that Rust has.
    fn in_rust(&self) -> String {
        let name = self.name;
        let mut text =
            format!("fn {name}_mix(h: u64, x: u64) -> u64 {{ (h ^ x).wrapping_mul(0x100000001b3).rotate_left(23) }}\n");
        for (index, fields) in self.structs.iter().enumerate() {
            let (mut all, mut make, mut sum) = (String::new(), String::new(), String::new());
            for (at, &field) in fields.iter().enumerate() {
                let _ = write!(all, "f{at}: {}, ", self.rust(field));
                let _ = write!(make, "f{at}: {}, ", self.made_in_rust(field, &format!("{name}_mix(h, {at})")));
                let _ = write!(sum, "self.f{at}.sum(h); ");
            }
            let ty = format!("{name}S{index}");
            let _ = writeln!(text, "#[repr(C)] #[derive(Clone, Copy)] struct {ty} {{ {all}}}");
            let _ = writeln!(text, "impl {ty} {{ fn make(h: u64) -> {ty} {{ {ty} {{ {make}}} }} }}");
            let _ = writeln!(text, "impl Sum for {ty} {{ fn sum(&self, h: &mut H) {{ {sum}}} }}");
        }
        text
    }

    /// A function in Rust by C's rules, which sums what it is given and makes something of it.
    fn function(&self, function: &str, params: &[Foreign], result: Foreign, extra: &str) -> String {
        let list: Vec<String> =
            params.iter().enumerate().map(|(at, &ty)| format!("a{at}: {}", self.rust(ty))).collect();
        let sums: String = (0..params.len()).map(|at| format!("a{at}.sum(&mut h); ")).collect();
        format!(
            "extern \"C\" fn {function}({}) -> {} {{ let mut h = H(5); {sums}point(40, &h.0); {extra}{} }}\n",
            list.join(", "),
            self.rust(result),
            self.made_in_rust(result, "h.0")
        )
    }

    fn pointer(&self, params: &[Foreign], result: Foreign) -> String {
        let list: Vec<String> = params.iter().map(|&ty| self.rust(ty)).collect();
        format!("extern \"C\" fn({}) -> {}", list.join(", "), self.rust(result))
    }

    /// Arguments for a function in Rust's words, made of a number.
    fn args(&self, params: &[Foreign], from: &str) -> String {
        let all: Vec<String> = params
            .iter()
            .enumerate()
            .map(|(at, &ty)| self.made_in_rust(ty, &format!("{}_mix({from}, {at})", self.name)))
            .collect();
        all.join(", ")
    }
}

/// Structs by value through pointers to `extern "C"` functions; `snprintf` through a pointer, with more arguments than
/// there are registers.
pub(super) fn c_calls(g: &mut Generator, name: &str) {
    let types = Foreigns::new(g, name);
    let seed = g.over(&Type::Int(U64), &[]);
    let (mut items, mut calls) = (types.in_rust(), String::new());
    for at in 0..g.rng.between(2, 4) {
        let params: Vec<Foreign> = (0..g.rng.between(1, 9)).map(|_| types.any(g)).collect();
        let result = types.any(g);
        items.push_str(&types.function(&format!("{name}_f{at}"), &params, result, ""));
        items.push_str(&types.function(&format!("{name}_g{at}"), &params, result, "let h = H(h.0 ^ 1); "));
        let pointer = types.pointer(&params, result);
        let args = types.args(&params, "seed");
        let _ = write!(
            calls,
            "        let all: [{pointer}; 2] = [{name}_f{at}, {name}_g{at}];
        for f in all {{ point({at}, &std::hint::black_box(f)({args})); }}
        point({at}, &{name}_f{at}({args}));
        let boxed: Box<dyn Fn(u64) -> {}> = Box::new(move |seed| all[seed as usize % 2]({args}));
        point({at}, &boxed(seed ^ 9));\n",
            types.rust(result)
        );
    }
    let mut format = String::new();
    let mut values = String::new();
    for at in 0..g.rng.between(1, 18) {
        let (spec, value) = match g.rng.below(6) {
            0 => ("%d ", format!("{name}_mix(seed, {at}) as i32")),
            1 => ("%llx ", format!("{name}_mix(seed, {at})")),
            2 => ("%.3e ", format!("{name}_mix(seed, {at}) as i32 as f64 / 16.0")),
            3 => ("%c", format!("(b'a' + (seed % 20) as u8 + {at} % 5) as i32")),
            4 => ("%s ", "[c\"iron\", c\"\", c\"steel\"][(seed % 3) as usize].as_ptr()".to_owned()),
            _ => ("%g ", format!("(seed as i16 as f64 + {at}.5)")),
        };
        format.push_str(spec);
        let _ = write!(values, ", {value}");
    }
    g.template(
        r#"$ITEMSmod $NAME_c {
    unsafe extern "C" { pub fn snprintf(to: *mut u8, size: usize, format: *const u8, ...) -> i32; }
}
fn $NAME() {
    for round in 0..2u64 {
        let seed: u64 = $SEED ^ round;
$CALLS        let mut buffer = [0u8; 512];
        let print: unsafe extern "C" fn(*mut u8, usize, *const u8, ...) -> i32 = std::hint::black_box($NAME_c::snprintf);
        let n = unsafe { print(buffer.as_mut_ptr(), 512, c"$FORMAT".as_ptr().cast()$VALUES) };
        println!("{n} {}", std::str::from_utf8(&buffer[..n.clamp(0, 511) as usize]).unwrap());
    }
}"#,
        &[
            ("NAME", name),
            ("ITEMS", &items),
            ("SEED", &seed),
            ("CALLS", &calls),
            ("FORMAT", &format),
            ("VALUES", &values),
        ],
    );
}

/// Functions in C that are given structs, give structs, call back, and take arguments without end.
pub(super) fn c_half(g: &mut Generator, name: &str) {
    let types = Foreigns::new(g, name);
    let seed = g.over(&Type::Int(U64), &[]);
    let mut c = types.in_c();
    let (mut items, mut declared, mut calls) = (types.in_rust(), String::new(), String::new());
    for at in 0..g.rng.between(2, 4) {
        let params: Vec<Foreign> = (0..g.rng.between(1, 9)).map(|_| types.any(g)).collect();
        let result = types.any(g);
        let c_params: Vec<String> =
            params.iter().enumerate().map(|(at, &ty)| format!("{} a{at}", types.c(ty))).collect();
        let c_params = c_params.join(", ");
        let sums: String = params
            .iter()
            .enumerate()
            .map(|(at, &ty)| format!("h = {}; ", types.summed_in_c(ty, "h", &format!("a{at}"))))
            .collect();
        let (c_result, made) = (types.c(result), types.made_in_c(result, "h"));
        let _ = writeln!(c, "uint64_t {name}_told{at};");
        let _ = writeln!(
            c,
            "{c_result} {name}_c{at}({c_params}) {{ uint64_t h = 7; {sums}{name}_told{at} = h; return {made}; }}"
        );
        let c_args: Vec<String> =
            params.iter().enumerate().map(|(at, &ty)| types.made_in_c(ty, &format!("{name}_mix(h, {at})"))).collect();
        let _ = writeln!(
            c,
            "{c_result} {name}_back{at}({c_result} (*f)({c_params}), uint64_t h) {{ {c_result} x = f({0}); h = {name}_mix(h, 3); return {name}_mix(h, 1) & 1 ? f({0}) : x; }}",
            c_args.join(", ")
        );
        let (pointer, rust_result) = (types.pointer(&params, result), types.rust(result));
        let list: Vec<String> =
            params.iter().enumerate().map(|(at, &ty)| format!("a{at}: {}", types.rust(ty))).collect();
        let _ = write!(
            declared,
            "        pub safe static {name}_told{at}: AtomicU64;
        pub safe fn {name}_c{at}({}) -> {rust_result};
        pub safe fn {name}_back{at}(f: {pointer}, h: u64) -> {rust_result};\n",
            list.join(", ")
        );
        items.push_str(&types.function(&format!("{name}_f{at}"), &params, result, ""));
        let args = types.args(&params, "seed");
        let _ = write!(
            calls,
            "        point({at}, &{name}_c{at}({args}));
        println!(\"{{:x}}\", {name}_told{at}.load(Relaxed));
        point({at}, &{name}_back{at}({name}_f{at}, seed));
        point({at}, &std::hint::black_box({name}_c{at} as {pointer})({args}));
        point({at}, &{name}_back{at}({name}_c{at}, seed ^ 5));\n"
        );
    }
    // Arguments without end: what each call passes is told by letters.
    let mut cases = String::new();
    for &scalar in PROMOTED {
        let ty = Foreign::Scalar(scalar);
        let sum = types.summed_in_c(ty, "h", "x");
        let letter = (b'a' + scalar as u8) as char;
        let _ = write!(cases, "case '{letter}': {{ {0} x = va_arg(all, {0}); h = {sum}; break; }} ", types.c(ty));
    }
    for index in 0..types.structs.len() {
        let ty = Foreign::Struct(index);
        let sum = types.summed_in_c(ty, "h", "x");
        let _ = write!(cases, "case '{index}': {{ {0} x = va_arg(all, {0}); h = {sum}; break; }} ", types.c(ty));
    }
    let _ = writeln!(
        c,
        "uint64_t {name}_v(const char *kinds, ...) {{ uint64_t h = 9; va_list all; va_start(all, kinds); for (; *kinds; kinds++) switch (*kinds) {{ {cases}}} va_end(all); return h; }}"
    );
    for at in 0..g.rng.between(1, 3) {
        let (mut kinds, mut values) = (String::new(), String::new());
        for place in 0..g.rng.between(1, 12) {
            let ty = if g.rng.percent(35) {
                let index = g.rng.below(types.structs.len());
                let _ = write!(kinds, "{index}");
                Foreign::Struct(index)
            } else {
                let scalar = *g.rng.pick(PROMOTED);
                kinds.push((b'a' + scalar as u8) as char);
                Foreign::Scalar(scalar)
            };
            let _ = write!(values, ", {}", types.made_in_rust(ty, &format!("{name}_mix(seed, {place})")));
        }
        let _ = writeln!(
            calls,
            "        point({}, &unsafe {{ {name}_v(c\"{kinds}\".as_ptr().cast(){values}) }});",
            at + 50
        );
    }
    for line in c.lines() {
        g.lines.push(format!("{}{line}", super::super::program::C_LINE));
    }
    g.template(
        r#"$ITEMSmod $NAME_half {
    use super::*;
    unsafe extern "C" {
$DECLARED        pub fn $NAME_v(kinds: *const u8, ...) -> u64;
    }
}
fn $NAME() {
    use $NAME_half::*;
    for round in 0..2u64 {
        let seed: u64 = $SEED ^ round;
$CALLS    }
}"#,
        &[("NAME", name), ("ITEMS", &items), ("DECLARED", &declared), ("SEED", &seed), ("CALLS", &calls)],
    );
}
