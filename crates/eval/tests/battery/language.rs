#![feature(const_trait_impl, const_cell_traits)]
// What the language itself does in constants.
use std::cell::Cell;
use std::mem::{self, ManuallyDrop, MaybeUninit};

// Control flow, recursion, patterns.
const fn fib(n: u32) -> u64 { if n < 2 { n as u64 } else { fib(n - 1) + fib(n - 2) } }
pub const FIB: u64 = fib(15);
const fn collatz(mut n: u64) -> u32 {
    let mut steps = 0;
    loop {
        match n {
            1 => break steps,
            even if even % 2 == 0 => n /= 2,
            _ => n = 3 * n + 1,
        }
        steps += 1;
    }
}
pub const COLLATZ: [u32; 4] = [collatz(1), collatz(7), collatz(27), collatz(97)];
pub const LABELED: u32 = { let mut total = 0; let mut i = 0; 'outer: while i < 10 { i += 1; let mut j = 0; while j < 10 { j += 1; if i * j > 30 { continue 'outer; } total += i * j; } } total };

#[derive(Clone, Copy)]
pub enum Shape { Point, Circle { radius: u16 }, Rect(u16, u16), Big([u8; 20]) }
const fn area(shape: Shape) -> u32 {
    match shape {
        Shape::Point => 0,
        Shape::Circle { radius: r @ 0..=9 } => 3 * r as u32 * r as u32,
        Shape::Circle { radius } => 100 + radius as u32,
        Shape::Rect(w, h) if w == h => 7,
        Shape::Rect(w, h) => w as u32 * h as u32,
        Shape::Big([first, .., last]) => first as u32 * 256 + last as u32,
    }
}
pub const AREAS: [u32; 6] = [
    area(Shape::Point), area(Shape::Circle { radius: 3 }), area(Shape::Circle { radius: 30 }), area(Shape::Rect(4, 4)),
    area(Shape::Rect(4, 5)), area(Shape::Big([9; 20])),
];
const fn slices(bytes: &[u8]) -> u32 {
    match bytes {
        [] => 1,
        [x] => *x as u32,
        [first, middle @ .., last] => *first as u32 + *last as u32 + slices(middle) * 10,
    }
}
pub const SLICES: u32 = slices(b"abcde");

// Enums: niches, discriminants, casts.
#[repr(i8)] #[derive(Clone, Copy)] pub enum Signed { A = -5, B, C = 100 }
pub const SIGNED: [i32; 3] = [Signed::A as i32, Signed::B as i32, Signed::C as i32];
pub enum Wide { A = 1 << 40, B = -1 }
pub const WIDE: [isize; 2] = [Wide::A as isize, Wide::B as isize];
pub const NICHE: [bool; 6] = [
    matches!(Some(&1), None), matches!(None::<&u8>, None), matches!(Some(Some(false)), Some(Some(false))),
    matches!(None::<Option<bool>>, Some(None)), matches!(Some(None::<bool>), Some(None)), Some('a').is_some(),
];
pub const NICHE_BYTES: [u8; 4] = unsafe {[
    mem::transmute::<Option<Option<bool>>, u8>(None), mem::transmute(Some(None::<bool>)),
    mem::transmute(Some(Some(true))), mem::transmute(None::<std::cmp::Ordering>),
]};
const fn flip(mut value: Option<u32>) -> Option<u32> {
    if let Some(ref mut inner) = value { *inner += 1; value } else { Some(0) }
}
pub const FLIPPED: [u32; 2] = [flip(None).unwrap(), flip(Some(41)).unwrap()];
pub const RESULT: [u32; 2] = [match parse("12x") { Ok(n) => n, Err(at) => 1000 + at as u32 }, match parse("345") { Ok(n) => n, Err(_) => 0 }];
const fn parse(text: &str) -> Result<u32, usize> {
    let bytes = text.as_bytes();
    let mut total = 0;
    let mut i = 0;
    while i < bytes.len() {
        let digit = bytes[i].wrapping_sub(b'0');
        if digit > 9 { return Err(i); }
        total = total * 10 + digit as u32;
        i += 1;
    }
    Ok(total)
}

// Generics, traits, associated constants, constant generics.
pub trait Size { const SIZE: usize; const DOUBLE: usize = Self::SIZE * 2; const NAME: &'static str; }
impl Size for u8 { const SIZE: usize = 1; const NAME: &'static str = "u8"; }
impl Size for u32 { const SIZE: usize = mem::size_of::<u32>(); const DOUBLE: usize = 99; const NAME: &'static str = "u32"; }
impl<T: Size, const N: usize> Size for [T; N] { const SIZE: usize = T::SIZE * N; const NAME: &'static str = T::NAME; }
impl<A: Size, B: Size> Size for (A, B) { const SIZE: usize = A::SIZE + B::SIZE; const NAME: &'static str = B::NAME; }
pub const ASSOCIATED: [usize; 5] = [u8::DOUBLE, u32::DOUBLE, <[u32; 5]>::DOUBLE, <(u8, [u32; 3])>::SIZE, <[(u8, u32); 2] as Size>::NAME.len()];
const fn sum<const N: usize>(values: [u32; N]) -> u32 { let mut i = 0; let mut total = 0; while i < N { total += values[i]; i += 1; } total }
pub const SUMS: [u32; 3] = [sum([]), sum([1, 2, 3]), sum::<4>([10; 4])];
pub struct Matrix<const R: usize, const C: usize>([[u16; C]; R]);
impl<const R: usize, const C: usize> Matrix<R, C> {
    const CELLS: usize = R * C;
    const fn transpose(self) -> Matrix<C, R> {
        let mut out = [[0; R]; C];
        let mut r = 0;
        while r < R { let mut c = 0; while c < C { out[c][r] = self.0[r][c]; c += 1; } r += 1; }
        Matrix(out)
    }
}
pub const TRANSPOSED: [[u16; 2]; 3] = Matrix([[1, 2, 3], [4, 5, 6]]).transpose().0;
pub const CELLS: usize = Matrix::<4, 5>::CELLS;
const fn inline<T>() -> usize { const { mem::size_of::<T>() * 3 } }
pub const INLINE: [usize; 2] = [inline::<u64>(), inline::<[u8; 7]>()];
pub struct Wrapper<const B: bool, const C: char>;
impl<const B: bool, const C: char> Wrapper<B, C> { const V: u32 = if B { C as u32 } else { 0 }; }
pub const WRAPPED: [u32; 2] = [Wrapper::<true, 'é'>::V, Wrapper::<false, 'x'>::V];
pub const LENGTHS: [u8; mem::size_of::<u64>() + FIB as usize % 7] = [3; 8 + 610 % 7];

// References, places, mutation.
const fn bump(cell: &mut [u32], at: usize) -> &mut u32 { cell[at] += 1; &mut cell[at] }
pub const BUMPED: [u32; 3] = { let mut a = [1, 2, 3]; *bump(&mut a, 1) *= 10; *bump(&mut a, 2) = 77; a };
pub const SWAPPED: (u8, u8) = { let mut a = 1; let mut b = 2; mem::swap(&mut a, &mut b); (a, mem::replace(&mut b, 9) + b) };
pub const NESTED: u32 = { let mut t = ((1, 2), [3, 4]); let ((ref mut a, _), [_, ref mut b]) = t; *a += 10; *b += 20; t.0.0 + t.1[1] };
pub const CELL: u32 = { let cell = Cell::new(5); cell.set(cell.get() + 1); cell.into_inner() };
pub const STRUCT_UPDATE: [u8; 3] = { #[derive(Clone, Copy)] struct S { a: u8, b: u8, c: u8 } const BASE: S = S { a: 1, b: 2, c: 3 }; let s = S { b: 9, ..BASE }; [s.a, s.b, s.c] };
#[repr(C, packed)] #[derive(Clone, Copy)] pub struct Packed { a: u8, b: u32, c: u16 }
pub const PACKED: [u8; 7] = unsafe { mem::transmute(Packed { a: 1, b: 0x01020304, c: 0xABCD }) };
pub const PACKED_READ: u32 = { let p = Packed { a: 1, b: 0x01020304, c: 5 }; p.b + p.c as u32 + p.a as u32 };
pub union Bits { float: f32, int: u32, bytes: [u8; 4] }
pub const UNION: u32 = unsafe { Bits { float: -1.5 }.int };
pub const UNION_WRITE: f32 = unsafe { let mut u = Bits { int: 0 }; u.bytes[3] = 0x40; u.float };
pub const UNINIT: [u16; 4] = unsafe { let mut a = [const { MaybeUninit::<u16>::uninit() }; 4]; let mut i = 0; while i < 4 { a[i].write(i as u16 * 3); i += 1; } mem::transmute(a) };
pub const MANUAL: u8 = { let m = ManuallyDrop::new(7u8); ManuallyDrop::into_inner(m) };
pub const PTR: u32 = unsafe { let a = [1u32, 2, 3, 4]; let p = a.as_ptr(); let q = p.add(3); *q.sub(1) + q.offset_from(p) as u32 };
pub const PTR_WRITE: [u8; 4] = unsafe { let mut a = [0u8; 4]; let p = a.as_mut_ptr(); p.write(1); p.add(2).write_bytes(7, 2); *p.add(1) = *p.add(3) + 1; a };
pub const COPIED: [u16; 5] = unsafe { let mut a = [1u16, 2, 3, 4, 5]; let p = a.as_mut_ptr(); std::ptr::copy(p, p.add(1), 4); a };
// A pointer moved byte by byte.
pub const BYTEWISE: u32 = unsafe {
    let value = 42u32;
    let source: &u32 = &value;
    let mut dest = MaybeUninit::<&u32>::uninit();
    let mut i = 0;
    while i < 8 {
        let from = (&raw const source).cast::<MaybeUninit<u8>>().add(i);
        let to = dest.as_mut_ptr().cast::<MaybeUninit<u8>>().add(i);
        *to = *from;
        i += 1;
    }
    *dest.assume_init()
};

// Statics.
pub static TABLE: [u8; 256] = { let mut t = [0u8; 256]; let mut i = 0; while i < 256 { t[i] = (i as u8).reverse_bits(); i += 1; } t };
pub const FROM_STATIC: u8 = TABLE[3];
pub static LINKED: Node = Node { next: Some(&Node { next: Some(&LAST), value: 2 }), value: 1 };
static LAST: Node = Node { next: None, value: 3 };
pub struct Node { next: Option<&'static Node>, value: u32 }
pub const WALKED: u32 = { let mut total = 0; let mut node = &LINKED; loop { total = total * 10 + node.value; match node.next { Some(next) => node = next, None => break total } } };
pub static ZEROS: [u8; 1 << 20] = [0; 1 << 20];
pub const ZERO_LEN: usize = ZEROS.len() + ZEROS[1 << 19] as usize;

// Strings.
pub const CONCAT: &str = concat!("a", 1, 2.5, true, 'x');
const fn join<const N: usize>(a: &str, b: &str) -> [u8; N] {
    let mut out = [0; N];
    let (mut i, a, b) = (0, a.as_bytes(), b.as_bytes());
    while i < a.len() { out[i] = a[i]; i += 1; }
    while i < N { out[i] = b[i - a.len()]; i += 1; }
    out
}
pub const JOINED: &str = { const BYTES: [u8; 11] = join("hello ", "world"); match std::str::from_utf8(&BYTES) { Ok(s) => s, Err(_) => "bad" } };
pub const LINE: u32 = line!();
pub const CALLER: [u32; 2] = { #[track_caller] const fn here() -> [u32; 2] { let l = std::panic::Location::caller(); [l.line(), l.column()] } here() };
pub const FILE: &str = std::panic::Location::caller().file();
pub const COLUMNS: [u32; 3] = {
	#[track_caller] const fn column() -> u32 { std::panic::Location::caller().column() }
	let tab = column();
	let (_, wide) = ("日本", column());
	[tab, wide, { let _ = "é\u{301}́"; column() }]
};
