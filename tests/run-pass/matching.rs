//! Patterns of all kinds: constants, texts, ranges of every width, slices, references, bindings in both.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Shape {
    Dot,
    Line(u8, u8),
    Box { w: i64, h: Option<i64> },
    Deep(Option<Option<Option<bool>>>),
}
const ORIGIN: (i32, &str) = (0, "origin");
const BYTES: [u8; 3] = *b"abc";
const SHAPE: Shape = Shape::Box { w: 3, h: None };
const LIMIT: u128 = 1 << 100;
fn text(s: &str) -> u32 {
    match s {
        "" => 0,
        "a" | "b" => 1,
        "longer than sixteen bytes" => 2,
        "longer than sixteen bytez" => 3,
        s if s.starts_with('é') => 4,
        _ => 5,
    }
}
fn bytes(b: &[u8]) -> u32 {
    match b {
        b"abc" => 1,
        b"xyz" => 2,
        [x, y, z] if [*x, *y, *z] == BYTES => 9,
        [] => 3,
        [b'0'..=b'9', rest @ ..] => 10 + rest.len() as u32,
        [first, .., last] if first == last => 4,
        [.., b'!'] => 5,
        [_, middle @ .., _] => 100 + bytes(middle),
        [_] => 6,
    }
}
fn wide(n: u128) -> u8 {
    match n {
        0 => 0,
        1..=0xff => 1,
        LIMIT => 2,
        0x1_0000_0000_0000_0000..LIMIT => 3,
        u128::MAX => 4,
        _ => 5,
    }
}
fn signed(n: i128) -> u8 {
    match n {
        i128::MIN..=-1_000_000_000_000_000_000_000 => 0,
        -5..0 => 1,
        0 => 2,
        i128::MAX => 3,
        _ => 4,
    }
}
fn small(n: i8) -> &'static str {
    match n {
        i8::MIN => "min",
        -127..=-2 => "below",
        -1 | 0 | 1 => "near",
        2.. => "above",
    }
}
fn float(x: f32) -> u8 {
    match x {
        f32::INFINITY => 0,
        0.0 => 1,
        ..0.0 => 2,
        0.0..1.5 => 3,
        1.5.. => 4,
        _ => 5,
    }
}
fn character(c: char) -> u8 {
    match c {
        'a'..='f' | 'A'..='F' => 0,
        '\u{0}'..' ' => 1,
        '🦀'.. => 2,
        _ => 3,
    }
}
fn shape(s: &Shape) -> i64 {
    match s {
        &SHAPE => -1,
        Shape::Dot => 0,
        Shape::Line(a, b @ (1 | 3 | 5..=9)) => *a as i64 * *b as i64,
        &Shape::Line(9, _) | &Shape::Deep(Some(Some(Some(true)))) if s == &Shape::Line(9, 9) => 9,
        Shape::Line(..) => 2,
        Shape::Box { w: w @ 1..=5, h: Some(h) } | Shape::Box { w: h, h: Some(w) } => w * 100 + h,
        Shape::Box { h: None, .. } => 3,
        Shape::Deep(None) => 4,
        Shape::Deep(Some(None)) => 5,
        Shape::Deep(Some(Some(inner))) => match inner {
            None => 6,
            Some(true) => 7,
            Some(false) => 8,
        },
    }
}
fn tuples(t: (bool, Option<&str>, [i32; 3])) -> String {
    match t {
        (true, None, [a, ..]) if a > 5 => format!("a{a}"),
        (_, Some(s @ ("x" | "y")), [.., c]) => format!("{s}{c}"),
        (false, Some(s), rest @ [0, ..]) => format!("{s}{rest:?}"),
        (flag @ true, _, _) => flag.to_string(),
        (false, ..) => "no".into(),
    }
}
fn change(list: &mut [Option<String>]) {
    match list {
        [Some(first), .., Some(last)] => std::mem::swap(first, last),
        [slot @ None, ..] => *slot = Some("filled".into()),
        [only] => *only = only.take().map(|it| it + "!"),
        _ => {}
    }
    for slot in list {
        if let Some(text) = slot && let [b'a', ..] = text.as_bytes() && text.len() < 9 {
            text.push('+');
        }
    }
}
#[repr(i16)]
#[derive(Clone, Copy, Debug)]
enum Sparse {
    A = -300,
    B = 5,
    C = 6,
    D = 30000,
}
fn main() {
    println!("{:?}", ["", "b", "longer than sixteen bytes", "longer than sixteen bytez", "éa", "zz"].map(text));
    println!("{:?}", [&b"abc"[..], b"xyz", b"", b"7ab", b"qpq", b"ok!", b"-abc-", b"_", b"ab"].map(bytes));
    println!("{:?}", [0, 5, LIMIT, LIMIT - 1, u128::MAX, LIMIT + 1, 256].map(wide));
    println!("{:?}", [i128::MIN, -5, -6, 0, i128::MAX, 7].map(signed));
    println!("{:?}", [i8::MIN, -3, 0, 1, 2, 127].map(small));
    println!("{:?}", [f32::INFINITY, -0.0, -1.0, 1.25, 1.5, f32::NAN].map(float));
    println!("{:?}", ['c', 'D', '\t', '🦀', 'z', char::MAX].map(character));
    let shapes = [
        Shape::Dot, Shape::Line(2, 7), Shape::Line(2, 4), SHAPE, Shape::Box { w: 4, h: Some(9) },
        Shape::Box { w: 40, h: Some(9) }, Shape::Box { w: 1, h: None }, Shape::Deep(None), Shape::Deep(Some(None)),
        Shape::Deep(Some(Some(None))), Shape::Deep(Some(Some(Some(true)))), Shape::Deep(Some(Some(Some(false)))),
    ];
    println!("{:?}", shapes.iter().map(shape).collect::<Vec<_>>());
    println!("{} {}", size_of::<Shape>(), size_of::<Option<Option<Option<bool>>>>());
    for t in [(true, None, [6, 0, 0]), (true, Some("y"), [1, 2, 3]), (false, Some("z"), [0, 1, 2]), (true, None, [1; 3]), (false, None, [1; 3])] {
        println!("{}", tuples(t));
    }
    let mut list = [Some("ab".to_owned()), None, Some("cd".to_owned())];
    change(&mut list);
    println!("{list:?}");
    change(&mut list[1..2]);
    change(&mut list[..1]);
    println!("{list:?}");
    println!("{}", list.iter().filter(|it| matches!(it, Some(text) if text.len() > 2)).count());
    for sparse in [Sparse::A, Sparse::B, Sparse::C, Sparse::D] {
        print!("{} {} {sparse:?}; ", sparse as i16, sparse as i16 as u8);
    }
    assert!(matches!((0, "origin"), ORIGIN));
    let (mut a, mut b);
    (a, (_, b), ..) = (1, (2, 3), 4);
    [a, .., b] = [b, 7, a];
    println!("{a} {b}");
}
