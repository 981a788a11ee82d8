//! Constructs of bodies, each at least once.

use std::collections::BTreeMap as Map;
use std::fmt::{self, Debug, Write as _};
use std::ops::ControlFlow;

pub struct Pair<'a, T, const N: usize> {
    pub left: [T; N],
    pub right: &'a str,
}

pub struct Unit;
pub struct Tuple(pub u8, pub i64);

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum Shape {
    #[default]
    Point,
    Circle(u8),
    Rect {
        w: i32,
        h: i32,
    },
}

pub enum Plain {
    A,
    B = 1 + 1,
}

pub const LIMIT: usize = 3 + Plain::B as usize;
pub static TABLE: [u8; LIMIT] = [1; LIMIT];
pub static mut COUNTER: u32 = 0;

pub trait Area {
    const SIDES: u8;
    type Unit: Default;
    fn area(&self) -> f64;
    fn twice(&self) -> f64 {
        self.area() * 2.0 + f64::from(Self::SIDES) + { Self::Unit::default() as Self::Unit; 0.0 }
    }
}

impl Area for Shape {
    const SIDES: u8 = 4;
    type Unit = u8;
    fn area(&self) -> f64 {
        match *self {
            Self::Point => 0.,
            Shape::Circle(r) if r > 9 => 1_0.5e1,
            Shape::Circle(0) | Shape::Circle(1..=3) => 0.1f64,
            Self::Circle(ref r @ 4..) => f64::from(*r),
            Self::Rect { w, .. } if let Some(x @ 0..5) = w.checked_add(1) => f64::from(x),
            Self::Rect { w: a, h: mut b } => {
                b += a;
                f64::from(b)
            }
        }
    }
}

impl<'a, T: Copy + Debug, const N: usize> Pair<'a, T, N> {
    pub fn new(left: T, right: &'a str) -> Self {
        Self { left: [left; N], right }
    }

    pub fn map<U, F>(&self, mut f: F) -> Vec<U>
    where
        F: for<'x> FnMut(&'x T) -> U,
    {
        let mut out = Vec::with_capacity(N);
        'all: for (i, item) in self.left.iter().enumerate() {
            if i == N / 2 {
                continue 'all;
            } else if i > 100 {
                break;
            }
            out.push(f(item));
        }
        out
    }
}

pub fn loops(mut n: u32) -> u32 {
    while n > 3 && n != 7 {
        n -= 1;
        while let Some(m) = n.checked_sub(2) {
            n = m;
            if n == 5 {
                break;
            }
        }
    }
    let value = 'outer: loop {
        'block: {
            if n == 0 {
                break 'outer 5;
            }
            if n == 1 {
                break 'block;
            }
            n = 0;
        }
        loop {
            break;
        }
    };
    let labelled = 'a: { if n > 0 { break 'a 1u8 } 2 };
    value + u32::from(labelled)
}

pub fn questions(text: &str) -> Result<u32, Box<dyn std::error::Error + Send + Sync + 'static>> {
    let number: u32 = text.trim().parse()?;
    let doubled = (|| -> Option<u32> { number.checked_mul(2)?.checked_add(u32::from(TABLE[0])) })();
    let Some(doubled) = doubled else {
        return Err("overflow".into());
    };
    Ok(doubled)
}

pub fn patterns(values: &[Option<(u8, char)>], bytes: &[u8]) -> usize {
    let [first, .., last] = values else { return 0 };
    let (([a, rest @ .., _], _) | ([a, rest @ ..], ())) = (bytes, ()) else { return 1 };
    let Tuple(x, ..) = Tuple(1, -2);
    let (one, .., three) = (1u8, 2, 3u8);
    let &(ref p, q) = &(String::new(), 'q');
    let _ = (a, rest.len(), p, q, one, three, last);
    match (first, x) {
        (Some((b'a'..=b'z', 'x' | 'y')), _) => 2,
        (&Some((u8::MAX, _)), LIMIT_BYTE..) => 3,
        (None, 0) | (Some(_), ..) => 4,
        _ if matches!(last, Some((1, c)) if c.is_ascii()) => 5,
        (_, 6) => 6,
        _ => 7,
    }
}

const LIMIT_BYTE: u8 = 200;

pub fn assignments() -> (i32, i32) {
    let (mut a, mut b, mut s) = (1, 2, [0; 3]);
    let mut shape = Tuple(0, 0);
    (a, b) = (b, a);
    [s[0], .., s[2]] = [a, b, a + b];
    Tuple(shape.0, _) = Tuple(9, 8);
    Tuple { 1: shape.1, .. } = shape;
    (_, ..) = (s, 1);
    Unit = Unit;
    a <<= 1;
    b ^= !a | -b & a % 3;
    (a, b)
}

pub fn ranges(v: &[u8]) -> usize {
    let whole = ..;
    v[..].len() + v[1..].len() + v[..2].len() + v[1..2].len() + v[..=2].len() + v[1..=2].len() + usize::from(whole == ..)
}

pub fn texts(out: &mut String, x: u8, name: &str) -> fmt::Result {
    let width = 7;
    println!();
    print!("plain");
    write!(out, "{x:>width$.prec$} {0:#010x} {name:?} {1:?} {2}{{}}", x, 2u8, "inlined", prec = 3)?;
    write!(out, "{} {:+e} {:*^9}", format_args!("{}-{}", x, name), 1.5, 'c')?;
    assert!(x == 1 || name.is_empty(), "{name} is {}", x);
    assert_eq!(x, 2, "with {width}");
    if x > 3 {
        panic!("{x}");
    } else if x > 2 {
        unreachable!();
    }
    debug_assert_ne!(x, 4);
    todo!("later {}", 1)
}

pub fn literals() {
    let _ = (1u8, 0xff_i64, 0b1, 0o7usize, 1e3, 2.5f32, 'a', '\n', b'\x7f', "a\"\u{e9}", r#"raw"#, b"by\0te", c"c", true);
    let _ = (u128::MAX, i8::MIN, -1i16, !0u32, 1.0_f64.sqrt(), 1f32);
}

pub fn closures<'a>(names: &'a [String]) -> impl Fn(usize) -> &'a str + use<'a> {
    let add = |a: u8, b| -> u8 { a + b };
    let moved = move |i: usize| &*names[i];
    let nested = || { let inner = |x: &u8| *x; inner(&add(1, 2)) };
    let annotated = |&(a, ref b): &(u8, String), mut c: Vec<_>| { c.push(a); b.len() };
    let _: (fn(u8) -> u8, Option<unsafe extern "C" fn(*const u8, ...) -> i32>) = (u8::count_ones_of, None);
    let _ = (nested(), annotated(&(1, String::new()), vec![2u8]));
    moved
}

trait CountOnes {
    fn count_ones_of(self) -> u8;
}

impl CountOnes for u8 {
    fn count_ones_of(self) -> u8 {
        <u8>::count_ones(self) as u8
    }
}

pub fn paths() {
    let _: Map<String, Vec<<Shape as Area>::Unit>> = Map::new();
    let _ = <Shape as Area>::SIDES;
    let _ = <[u8]>::len(&[]);
    let _ = Vec::<u8>::with_capacity::<>(1);
    let _ = std::mem::size_of::<Pair<'static, u8, 4>>();
    let _ = crate::LIMIT + self::LIMIT + ::std::primitive::usize::MAX;
    let _: Box<dyn Fn(&str) -> Option<&str> + '_> = Box::new(|s| s.get(1..));
    let _ = Option::Some(ControlFlow::<u8, ()>::Break(1));
    let _: [u8; { const N: usize = 2; N }] = [0, 1];
    let _ = Pair::<u8, 2>::new(1, "x").map(|x| *x);
    let _: Option<&dyn Iterator<Item = u8>> = None;
    let _ = -2 == 1 - 3i8;
    let _ = const { LIMIT * 2 };
    unsafe { COUNTER += 1 };
    let raw = &raw mut COUNTER;
    let _ = raw as *mut u8 as usize;
    let _ = std::mem::offset_of!(Pair<'static, u8, 1>, right);
}

pub fn items() -> usize {
    use self::inner::{Hidden, *};
    use std::fmt::Write as _;
    const A: usize = 2;
    #[derive(Debug)]
    struct Local<T>(T);
    enum E { X = 3, Y }
    impl<T> Local<T> {
        fn get(self) -> T {
            fn deep() -> usize { A }
            let _ = deep();
            self.0
        }
    }
    trait Named {
        fn name(&self) -> String { String::from("named") }
    }
    impl Named for Hidden {}
    macro_rules! double {
        ($e:expr) => {{ let x = $e; x * 2 }};
    }
    macro_rules! with_local {
        ($name:ident) => { let $name = 5; let hidden = 6; let _ = hidden; };
    }
    let x = 4;
    let hidden = 1;
    with_local!(y);
    let mut text = String::new();
    let _ = write!(text, "{}", Hidden.name());
    use E::*;
    let _ = match E::X { X => 1, Y => 2 };
    double!(x + 1) + Local(hidden).get() + y + helper() + LIMIT
}

pub fn bounded(x: &impl for<'a> Fn(&'a [u8; { 1 + 1 }]) -> u8) -> impl IntoIterator<Item = [u8; { 2 * 2 }]> {
    x(&[0; 2]);
    [[0; 4]]
}

mod inner {
    pub struct Hidden;
    pub fn helper() -> usize {
        super::LIMIT + super::zoo_root()
    }
}

pub fn zoo_root() -> usize {
    1
}

pub async fn later(a: u8, (b, c): (u8, u8), _: u8) -> Result<u8, String> {
    let block = async move { a + b };
    let value = block.await;
    let closure = async |x: u8| x + c;
    let other = closure(value).await;
    (async { Ok::<u8, String>(other) }).await?;
    Ok(value)
}

pub fn chains(a: Option<u8>, b: Option<u8>) -> u8 {
    if let Some(x) = a
        && x > 1
        && let Some(y) = b
    {
        x + y
    } else {
        0
    }
}

thread_local! {
    static LOCAL: std::cell::Cell<u8> = const { std::cell::Cell::new(1) };
    static LAZY: String = String::from("lazy");
}

pub fn uses_thread_local() -> u8 {
    LAZY.with(|text| text.len() as u8) + LOCAL.get()
}

macro_rules! joined {
    ($name:ident, $number:expr, $ty:ty, $pair:tt, $pat:pat) => {{
        let a = $number as $ty;
        let b = $pair.0 + $number * 2;
        let c = [$pair.0, $pair.0 + -$name];
        match b {
            $pat if b as $ty == a => c[0],
            $pat | 20 => $name.pow(2),
            _ => $name,
        }
    }};
}

macro_rules! itself {
    ($name:ident) => {
        $name
    };
}

pub fn places_in_macros(n: i64, pair: (i64, u8)) -> i64 {
    let d = joined!(n, 1, i64, pair, 0..=9);
    for itself!(i) in vec![d] {
        if i == 1 {
            return i;
        }
    }
    d
}
