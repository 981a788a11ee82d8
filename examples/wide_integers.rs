//! Arithmetic on 128 bits and more: modular powers, primality, square roots, fractions, and a small big integer.

use std::fmt;
use std::ops::{Add, Mul};

fn mul_mod(a: u64, b: u64, m: u64) -> u64 {
    (u128::from(a) * u128::from(b) % u128::from(m)) as u64
}

fn pow_mod(mut base: u64, mut exponent: u64, m: u64) -> u64 {
    let mut result = 1;
    base %= m;
    while exponent > 0 {
        if exponent & 1 == 1 {
            result = mul_mod(result, base, m);
        }
        base = mul_mod(base, base, m);
        exponent >>= 1;
    }
    result
}

/// Miller and Rabin; for 64 bits these witnesses are enough.
fn is_prime(n: u64) -> bool {
    const WITNESSES: [u64; 12] = [2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37];
    if n < 2 || WITNESSES.iter().any(|&p| n != p && n % p == 0) {
        return false;
    }
    let twos = (n - 1).trailing_zeros();
    WITNESSES.iter().filter(|&&witness| witness != n).all(|&witness| {
        let mut x = pow_mod(witness, (n - 1) >> twos, n);
        x == 1
            || (0..twos).any(|_| {
                let squared = mul_mod(x, x, n);
                std::mem::replace(&mut x, squared) == n - 1
            })
    })
}

/// A natural number, by its lowest digit first.
#[derive(Clone, PartialEq, Eq)]
struct Big(Vec<u64>);

impl From<u64> for Big {
    fn from(value: u64) -> Big {
        Big(vec![value])
    }
}

impl Add<&Big> for &Big {
    type Output = Big;
    fn add(self, other: &Big) -> Big {
        let mut carry = false;
        let mut digits: Vec<u64> = (0..self.0.len().max(other.0.len()))
            .map(|i| {
                let (a, b) = (self.0.get(i).copied().unwrap_or(0), other.0.get(i).copied().unwrap_or(0));
                let (sum, first) = a.overflowing_add(b);
                let (sum, second) = sum.overflowing_add(u64::from(carry));
                carry = first | second;
                sum
            })
            .collect();
        digits.extend(carry.then_some(1));
        Big(digits)
    }
}

impl Mul<&Big> for &Big {
    type Output = Big;
    fn mul(self, other: &Big) -> Big {
        let mut digits = vec![0u64; self.0.len() + other.0.len()];
        for (i, &a) in self.0.iter().enumerate() {
            let mut carry = 0u128;
            for (j, &b) in other.0.iter().enumerate() {
                let sum = u128::from(a) * u128::from(b) + u128::from(digits[i + j]) + carry;
                digits[i + j] = sum as u64;
                carry = sum >> 64;
            }
            digits[i + other.0.len()] = carry as u64;
        }
        while digits.len() > 1 && digits.last() == Some(&0) {
            digits.pop();
        }
        Big(digits)
    }
}

impl fmt::Display for Big {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const CHUNK: u128 = 10_000_000_000_000_000_000;
        let mut digits = self.0.clone();
        let mut chunks = Vec::new();
        while !digits.is_empty() {
            let mut remainder = 0u128;
            for digit in digits.iter_mut().rev() {
                let value = remainder << 64 | u128::from(*digit);
                *digit = (value / CHUNK) as u64;
                remainder = value % CHUNK;
            }
            chunks.push(remainder);
            while digits.last() == Some(&0) {
                digits.pop();
            }
        }
        let mut text = chunks.pop().unwrap_or(0).to_string();
        chunks.iter().rev().for_each(|chunk| text += &format!("{chunk:019}"));
        f.pad_integral(true, "", &text)
    }
}

fn main() {
    for n in [2, 91, 561, 1_000_000_007, 3_215_031_751, 18_446_744_073_709_551_557, u64::MAX] {
        println!("{n:>20} {}", if is_prime(n) { "prime" } else { "not prime" });
    }
    let factorial = (1..=50).fold(Big::from(1), |product, n| &product * &Big::from(n));
    println!("50! = {factorial}\n{:>30}", &Big::from(u64::MAX) + &Big::from(1));

    let (a, b) = (0x0123_4567_89ab_cdef_fedc_ba98_7654_3210_u128, 1_000_000_007_u128 << 40);
    println!("{} {} {:x}", a / b, a % b, a.wrapping_mul(b));
    println!("{:?} {:?} {:?}", a.checked_mul(b), a.overflowing_add(u128::MAX), b.checked_pow(2).map(u128::ilog10));
    println!("{} {} {} {}", a.leading_zeros(), b.trailing_zeros(), a.count_ones(), a.isqrt());
    println!("{:x} {:x} {:x}", a.rotate_left(20), a.swap_bytes(), a.reverse_bits());
    let (c, d) = (i128::MIN, -7_i128);
    println!("{} {} {} {}", c / d, c % d, c.rem_euclid(d), c.wrapping_abs());
    println!("{:?} {:?} {}", c.checked_neg(), c.checked_div(-1), c.saturating_sub(1) >> 100);
    println!("{} {} {}", a as f64, c as f32, 1e30_f64 as u128);
    println!("{} {} {}", -1.5e20_f64 as i128, f64::NAN as u128, u128::MAX as f32);
    println!("{:?} {:?}", "340282366920938463463374607431768211455".parse::<u128>(), "-1".parse::<u128>().is_err());
    println!("{:?} {:?}", u64::try_from(a).is_err(), i128::from_str_radix("-zz", 36));
    println!("{:?}", (1..=34).map(|n| n as u128).product::<u128>().to_be_bytes());
    println!("{:?}", [a, b, 5].iter().max().map(|n| n >> std::hint::black_box(64)));
}
