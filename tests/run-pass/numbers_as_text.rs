//! Numbers at their edges: printed, read, converted, and the checks of arithmetic.
//@ compile-flags: -C overflow-checks=on
use std::fmt::{Debug, Display, LowerExp, UpperExp};
use std::num::{NonZero, Saturating, Wrapping};
use std::panic::catch_unwind;

fn show<T: Display + Debug + LowerExp + UpperExp + Copy>(x: T) {
    println!("{x} {x:?} {x:e} {x:E} {x:+} {x:012.3} {x:.0} {x:<9.1}| {x:^+14.2e}|");
}
fn check(name: &str, f: impl FnOnce() -> i128 + std::panic::UnwindSafe) {
    match catch_unwind(f) {
        Ok(value) => println!("{name}: {value}"),
        Err(payload) => println!("{name}: {}", payload.downcast_ref::<&str>().unwrap_or(&"other")),
    }
}
macro_rules! integers {
    ($($t:ident)*) => { $(
        for x in [$t::MIN, $t::MAX, 0, 1, $t::MAX / 3, $t::MIN / 7] {
            print!("{x} {x:x} {x:#b} {x:o} {x:e} ");
            print!("{:?} {:?} {:?} ", x.checked_add(1), x.checked_mul(3), x.checked_neg());
            print!("{} {} {:?} ", x.wrapping_mul(77), x.saturating_sub(9), x.overflowing_add($t::MAX));
            print!("{} {} {} ", x.rotate_left(5), x.swap_bytes(), x.reverse_bits());
            print!("{:?} {:?} {:?} ", x.checked_shl(7), x.checked_pow(2), x.checked_ilog10());
            print!("{} {} {} {} ", x as f32, x as f64, x as u8, x as i128);
            println!("{:?} {}", x.to_string().parse::<$t>(), x.div_euclid(7));
        }
        println!("{:?} {:?}", "".parse::<$t>(), "+5".parse::<$t>());
        println!("{:?}", $t::from_str_radix("zz", 36));
        println!("{:?} {:?}", $t::try_from(300i32), $t::try_from(-1i64).is_ok());
        println!("{:?}", [1.5e30f64, -1.0, f64::NAN, f64::INFINITY, 255.9, -128.9].map(|x| x as $t));
        println!("{:?}", [1.5e30f32, -1.0, f32::NAN, f32::NEG_INFINITY, 255.9, 65535.5].map(|x| x as $t));
    )* };
}
fn main() {
    std::panic::set_hook(Box::new(|_| {}));
    for x in [0.0f64, -0.0, 1.0, 0.1, 1e21, 1e-7, 123456.789, f64::MIN_POSITIVE, 5e-324, f64::MAX, f64::NAN, f64::INFINITY, f64::NEG_INFINITY, 2.5, 3.5, 9.995, 1e15 + 0.3] {
        show(x);
        show(x as f32);
        println!("{} {} {} {}", x.floor(), x.round(), x.trunc(), x.round_ties_even());
        println!("{:?} {:?} {:?}", x.partial_cmp(&1.0), x.classify(), x.total_cmp(&0.5));
        println!("{} {} {}", x % 0.7, x.rem_euclid(3.0), x.mul_add(3.0, -1.0));
        println!("{:?} {:?}", x.max(1.0), x.clamp(-1.0, 2.0));
    }
    for text in ["1e400", "-1e-400", "0x1", "inf", "-NaN", ".5", "5.", "1_0", "179769313486231580793e289", "2.2250738585072011e-308", "8.5899345920000004e9", "9007199254740993"] {
        println!("{text} {:?} {:?}", text.parse::<f64>(), text.parse::<f32>());
    }
    integers! { i8 u16 i64 u128 i128 }
    let (zero, minus, big) = (std::hint::black_box(0), std::hint::black_box(-1), std::hint::black_box(200));
    check("add", move || (i8::MAX - minus as i8) as i128);
    check("neg", move || -(i64::MIN + zero as i64) as i128);
    check("mul", move || ((1u128 << 127) * big as u128) as i128);
    check("div", move || i128::MIN / minus);
    check("div by zero", move || 7 / zero);
    check("rem by zero", move || 7 % zero);
    check("rem", move || (i16::MIN % minus as i16) as i128);
    check("shl", move || (1u8 << (big as u32)) as i128);
    check("shr", move || 1i128 >> big);
    check("usize", move || (zero as usize - 1) as i128);
    check("abs", move || (i32::MIN + zero as i32).abs() as i128);
    check("pow", move || 10i32.pow(big as u32) as i128);
    check("sum", move || [u8::MAX, big as u8].iter().sum::<u8>() as i128);
    check("index", move || [1, 2, 3][..][big as usize]);
    check("isqrt", move || minus.isqrt());
    println!("{} {}", Wrapping(250u8) + Wrapping(10), Saturating(i16::MIN) - Saturating(5));
    println!("{:?} {:?}", NonZero::new(5u128).map(|it| it.leading_zeros()), NonZero::<i8>::new(0));
    println!("{:?} {:?}", u64::MAX.carrying(), 5u8.abs_diff(7));
    println!("{:?} {:?}", char::from_digit(35, 36), 'f'.to_digit(16));
    println!("{:?}", (0..5).map(|i| (i as f32 * 0.1).to_bits()).collect::<Vec<_>>());
    println!("{:?}", u128::MAX.to_string().len());
    println!("{} {}", (u128::MAX as f32).is_infinite(), (u128::MAX as f64));
    println!("{:?}", [f64::NAN, 1e300, -0.0].map(|x| (x as f32).to_bits() & 0x7fff_ffff != 0));
}
trait Carrying {
    fn carrying(self) -> (u64, bool);
}
impl Carrying for u64 {
    fn carrying(self) -> (u64, bool) {
        self.overflowing_add(2)
    }
}
