// Arithmetic, casts and bit operations of every width, at the edges.
use std::hint::black_box as b;

macro_rules! integers {
    ($($t:ident)*) => { $({
        let edges: [$t; 8] = [0, 1, 2, 3, $t::MAX, $t::MAX - 1, $t::MIN, $t::MIN + 1];
        let mut sum = 0u128;
        let mut add = |value: u128| sum = sum.rotate_left(7) ^ value.wrapping_mul(0x9e37_79b9_7f4a_7c15);
        for x in edges {
            let x = b(x);
            add(x.count_ones() as u128 + ((x.leading_zeros() as u128) << 16) + ((x.trailing_zeros() as u128) << 32));
            add(x.swap_bytes() as u128);
            add(x.reverse_bits() as u128);
            add(x as f64 as u128);
            add((x as f32).to_bits() as u128);
            add((x as f64).to_bits() as u128);
            add(x as u8 as u128); add(x as i16 as u128); add(x as u32 as u128); add(x as i64 as u128); add(x as i128 as u128);
            for y in edges {
                let y = b(y);
                add(x.wrapping_add(y) as u128); add(x.wrapping_sub(y) as u128); add(x.wrapping_mul(y) as u128);
                add(x.saturating_add(y) as u128); add(x.saturating_sub(y) as u128); add(x.saturating_mul(y) as u128);
                add(x.checked_add(y).map_or(77, |it| it as u128));
                add(x.checked_mul(y).map_or(78, |it| it as u128));
                add(x.checked_sub(y).map_or(76, |it| it as u128));
                add(x.checked_div(y).map_or(79, |it| it as u128));
                add(x.checked_rem(y).map_or(80, |it| it as u128));
                add(x.overflowing_mul(y).1 as u128);
                add(x.wrapping_shl(y as u32) as u128); add(x.wrapping_shr(y as u32) as u128);
                add(x.rotate_left(y as u32 & 127) as u128);
                add(x.cmp(&y) as i8 as u8 as u128);
                add(x.abs_diff(y) as u128);
                add(x.midpoint(y) as u128);
            }
        }
        println!("{} {sum:032x}", stringify!($t));
    })* };
}

macro_rules! floats {
    ($($t:ident)*) => { $({
        let values = [0.0, -0.0, 1.0, -1.5, 0.1, 3.0e9, -7.0e18, 1.0e30, $t::MIN_POSITIVE, $t::MAX, $t::INFINITY, $t::NEG_INFINITY, $t::NAN];
        for x in values {
            let x: $t = b(x);
            println!("{x:?} {:e} {} {} {} {} {} {} {} {} {:?}", x, x as i8, x as u8, x as i32, x as u32, x as i64, x as u64, x as i128, x as u128, x.classify());
            println!("  {:?} {:?} {:?} {:?} {:?} {:?}", x.floor(), x.ceil(), x.trunc(), x.round(), x.round_ties_even(), x.abs().sqrt());
            for y in values {
                let y: $t = b(y);
                print!(" {:?} {:?} {:?} {:?} {:?}", x + y == y + x, x.partial_cmp(&y), x.min(y) == y, x.mul_add(y, x) == x, x.copysign(y).is_sign_negative());
            }
            println!();
        }
        println!("{:?} {:?} {:?}", b(5.5 as $t) % b(2.0), b(-5.5 as $t) % b(2.0), b(10.0 as $t).powi(b(-3)));
    })* };
}

fn main() {
    integers!(u8 i8 u16 i16 u32 i32 u64 i64 u128 i128 usize isize);
    floats!(f32 f64);
    println!("{:?} {:?}", b(1u128 << 100) / b(12345678901234567u128), b(-(1i128 << 100)) % b(1234567890123i128));
    println!("{} {}", b('ß') as u32, b(97u8) as char);
    println!("{:?} {:?}", b("340282366920938463463374607431768211455").parse::<u128>(), b("1e-7").parse::<f64>());
}
