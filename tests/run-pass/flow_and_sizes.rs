//! What has few bodies: zero-sized closures and arrays, never types, empty enums, large enums, huge arrays by value.
use std::convert::Infallible;
#[derive(Clone, Copy, Debug, PartialEq)]
enum Void {}
#[derive(Debug, Clone, PartialEq)]
enum Mixed<T> {
    Never(Void, u64),
    One(T),
    Two(Result<u8, Void>, Option<Box<Mixed<T>>>),
}
#[repr(u8)]
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Many { A0, A1, A2, A3, A4, A5, A6, A7, A8, A9, B = 100, C, D = 255 }
#[derive(Clone, Copy, PartialEq, Debug)]
struct Huge { a: [u64; 300], b: u8 }
#[inline(never)]
fn huge(mut h: Huge, by: &Huge) -> Huge { h.a[299] += by.a[0]; h.b ^= by.b; h }
fn never(n: u8) -> Result<u8, Infallible> { if n > 3 { return Ok(n) } loop { break } Ok(n + 1) }
fn diverge(flag: bool) -> u32 { let x: u32 = if flag { return 5 } else { 7 }; x + match std::hint::black_box(3) { 3 => 1, _ => unreachable!() } }
fn labelled() -> Vec<(i32, i32)> {
    let mut found = vec![];
    'outer: for a in 1.. {
        let b = 'inner: {
            if a % 2 == 0 { continue 'outer }
            if a % 3 == 0 { break 'inner a * 10 }
            if a > 20 { break 'outer }
            loop { if a == 7 { break 'inner -7 } break }
            a
        };
        found.push((a, b));
    }
    found
}
fn niche(x: Option<Option<Option<Option<bool>>>>) -> u8 { match x { None => 0, Some(None) => 1, Some(Some(None)) => 2, Some(Some(Some(None))) => 3, Some(Some(Some(Some(b)))) => 4 + b as u8 } }
static ZERO: [(); usize::MAX] = [(); usize::MAX];
fn main() {
    let v: Vec<Mixed<u16>> = vec![Mixed::One(3), Mixed::Two(Ok(4), Some(Box::new(Mixed::One(5)))), Mixed::Two(Ok(1), None)];
    for m in &v { match m { Mixed::Never(n, _) => match *n {}, Mixed::One(x) => println!("one {x}"), Mixed::Two(Ok(y), z) => println!("two {y} {z:?}"), Mixed::Two(Err(e), _) => match *e {} } }
    println!("{} {} {}", size_of::<Mixed<u16>>(), size_of::<Option<Many>>(), size_of::<Result<u32, Void>>());
    let many = [Many::A0, Many::A9, Many::B, Many::C, Many::D];
    println!("{:?} {:?}", many.map(|m| m as u8), many.iter().max());
    println!("{:?}", many.map(Some).iter().map(|m| m.map_or(0, |m| m as i32 * 3)).collect::<Vec<_>>());
    let h = Huge { a: std::array::from_fn(|i| i as u64), b: 9 };
    let r = huge(huge(h, &Huge { a: [5; 300], b: 3 }), &h);
    println!("{} {} {}", r.a[299], r.b, r == h);
    let f = (|| |x: [u64; 300]| move |i: usize| x[i])()(h.a);
    println!("{} {}", f(17), size_of_val(&f));
    println!("{:?} {:?} {} {}", never(2), never(9), diverge(true), diverge(false));
    println!("{:?}", labelled());
    println!("{:?} {}", [None, Some(None), Some(Some(None)), Some(Some(Some(None))), Some(Some(Some(Some(true))))].map(niche), size_of::<Option<Option<Option<Option<bool>>>>>());
    println!("{} {}", ZERO.len(), ZERO.iter().skip(1 << 60).take(3).count());
    let empty: [String; 0] = [];
    println!("{:?} {}", empty.iter().max(), empty.concat().len());
    let ordering = (1, "b", [2.5, 0.0]).partial_cmp(&(1, "b", [2.5, f64::NAN]));
    println!("{ordering:?} {:?}", (Many::B, Some(1)).cmp(&(Many::B, None)));
    let mut grid = [[[0u8; 3]; 4]; 5];
    for (i, plane) in grid.iter_mut().enumerate() { for (j, row) in plane.iter_mut().enumerate() { for (k, x) in row.iter_mut().enumerate() { *x = (i * 12 + j * 3 + k) as u8; } } }
    println!("{}", grid.as_flattened().as_flattened().iter().map(|&x| x as u32).sum::<u32>());
    let [.., [.., [_, middle, _], _]] = grid;
    println!("{middle}");
    let text: &'static str = { const T: &str = concat!("a", 1, 2.5, true); T };
    println!("{text} {} {}", line!(), stringify!(a + b));
}
