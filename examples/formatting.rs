//! Formatting of every kind: width, alignment, precision, signs, radixes, escapes, debug builders, floats.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::{self, Alignment, Binary, Debug, Display, Formatter, LowerExp, UpperHex, Write as _};
use std::io::Write as _;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;

#[derive(Debug, Clone, Default)]
#[allow(dead_code)]
struct Nested {
    name: &'static str,
    list: Vec<Option<u8>>,
    unit: (),
    tuple: (i32, f32),
}

#[derive(Debug)]
#[allow(dead_code)]
enum Shape {
    Point,
    Circle(f64),
    Rect { w: u32, h: u32 },
}

struct Colour(u8, u8, u8);

impl Display for Colour {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let text = format!("rgb({}, {}, {})", self.0, self.1, self.2);
        if f.alternate() { write!(f, "{self:X}") } else { f.pad(&text) }
    }
}

impl UpperHex for Colour {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_char('#')?;
        [self.0, self.1, self.2].iter().try_for_each(|part| write!(f, "{part:02X}"))
    }
}

impl Binary for Colour {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let value = u32::from_be_bytes([0, self.0, self.1, self.2]);
        Binary::fmt(&value, f)
    }
}

struct Options;

impl Debug for Options {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let align = match f.align() {
            Some(Alignment::Left) => "left",
            Some(Alignment::Right) => "right",
            Some(Alignment::Center) => "centre",
            None => "none",
        };
        let (fill, width, precision) = (f.fill(), f.width(), f.precision());
        let flags = (f.sign_plus(), f.alternate(), f.sign_aware_zero_pad());
        f.debug_struct("Options")
            .field("align", &format_args!("{align} {fill:?}"))
            .field("size", &(width, precision))
            .field("flags", &flags)
            .finish_non_exhaustive()
    }
}

fn exponents<T: LowerExp>(values: &[T]) -> String {
    values.iter().map(|value| format!("{value:e} {value:.2e}")).collect::<Vec<_>>().join(", ")
}

fn main() {
    let (width, precision, name) = (12, 3, "Ünïcödé");
    println!("[{name:>width$}] [{name:<12}] [{name:^12}] [{name:*^12}] [{name:.precision$}] [{:-^1$.2}]", name, 9);
    println!("[{:5}] [{:<5}] [{:05}] [{:+}] [{:+05}] [{:^7}] [{:>+7}]", 42, 42, -42, 42, 7, -1, 5);
    println!("{:b} {:#b} {:#010b} {:o} {:#o} {:x} {:#X} {:#06x}", 10u8, 5i8, 6, 64, 8, 255, 0xbeef, 0xf);
    println!("{:x} {:b} {:?} {:#?} {:02x?} {:#04X?}", -1i16, -2i8, i128::MIN, u64::MAX, [1, 171], [10u8]);
    println!("{} {} {} {}", 1.0, 0.1 + 0.2, 1e21, -0.0);
    println!("{:?} {:?} {:?} {:?} {:?}", 1.0, 1e16, 1e-7, f64::MAX, f32::MIN_POSITIVE);
    println!(
        "{:.0} {:.0} {:.1} {:.3} {:8.2} {:<8.2}| {:+.1} {:08.3}",
        0.5,
        1.5,
        0.25,
        2.0 / 3.0,
        9.999,
        1.0,
        1.0,
        -3.14159
    );
    println!("{} {:?} {} {:5} {:+}", f64::NAN, f64::INFINITY, f32::NEG_INFINITY, f64::NAN, f64::INFINITY);
    println!("{} | {}", exponents(&[1500.0, 0.00012, 0.0]), exponents(&[12345u32, 7, 1000]));
    println!("{} {} {:.30}", f32::MAX, 5e-324, 0.1);
    println!("{:?} {:?} {:?} {:?}", "tab\t\"quote\" \u{7f} \u{301}é\0", 'a', '\'', '\u{200b}');
    println!("{} {} {}", "é\n".escape_unicode(), "é\n".escape_default(), b"\xffa\n".escape_ascii());
    println!("{:?} {:?} {:?}", b"bytes", c"c string", std::ffi::OsStr::new("os"));

    let nested = Nested { name: "n", list: vec![Some(1), None], tuple: (-1, 0.5), ..Nested::default() };
    println!("{nested:?}\n{nested:#?}");
    println!("{:?} {:?} {:#?}", Shape::Point, Shape::Circle(1.0), Shape::Rect { w: 3, h: 4 });
    let map = BTreeMap::from([("k", vec![1.5, 2.0]), ("l", vec![])]);
    println!("{map:?} {map:.1?} {:?}\n{map:#?}", BTreeSet::from([3, 1, 2]));
    println!("{0} {0:#} [{0:>20}] {0:#b} {1:?} {1:^+#09.3?}", Colour(255, 128, 0), Options);
    println!("{:>8}|{:<6}|{:?}|{:5}|{:?}", true, 'x', (), "ab", ((1,), "t"));
    println!(
        "{:?} {:?} {:?} {:?}",
        Duration::from_millis(1500),
        Duration::from_nanos(42),
        Duration::MAX,
        Duration::ZERO
    );
    println!(
        "{:>16} {} {:?}",
        Ipv4Addr::LOCALHOST,
        Ipv6Addr::from(0x2001_0db8 << 96),
        SocketAddr::from(([1, 2, 3, 4], 80))
    );
    println!("{:?} {:?} {:?}", 1..=3, ..5, (0..10).step_by(3));
    println!("{:?} {:?}", Some(&Box::new("boxed")), Err::<(), _>(std::cell::RefCell::new(3)));
    println!("{{}} {{{}}} {0:?} {named} {named:?}", "x", named = 'n');

    let mut text = String::new();
    write!(text, "{:1$}", 7, 3).and_then(|()| writeln!(text, "{:.*}", 2, 1.23456)).expect("strings do not fail");
    let mut buffer = [0u8; 8];
    let failed = write!(&mut buffer[..], "{}", "too long for it");
    println!("{text:?} {:?} {:?}", std::str::from_utf8(&buffer), failed.map_err(|error| error.kind()));
    eprintln!("{:>1$}", "to standard error", 24);
    let pointer = std::ptr::without_provenance::<u8>(0xdead);
    println!("{pointer:p} {pointer:#p} {:?}", std::ptr::null::<u8>());
    std::io::stdout().write_fmt(format_args!("{}\n", format_args!("{:?}", ["nested"]))).expect("stdout is open");
}
