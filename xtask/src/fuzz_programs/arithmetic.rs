//! Expressions of the number types.

use super::generator::Generator;
use super::types::{INTS, Int, Type, U8, U32, U64};
use super::values;

impl Generator {
    /// An expression of an integer type.
    pub fn int_expression(&mut self, int: Int, depth: usize) -> String {
        let ty = Type::Int(int);
        let name = int.name;
        let left = |g: &mut Generator| g.expression(&ty, depth - 1);
        match self.rng.below(22) {
            0..=4 => {
                let op = *self.rng.pick(&[
                    "wrapping_add",
                    "wrapping_sub",
                    "wrapping_mul",
                    "wrapping_add",
                    "saturating_add",
                    "saturating_sub",
                    "saturating_mul",
                ]);
                let (a, b) = (left(self), left(self));
                format!("{a}.{op}({b})")
            }
            5 | 6 => {
                let op = *self.rng.pick(&["&", "|", "^"]);
                let (a, b) = (left(self), left(self));
                format!("({a} {op} {b})")
            }
            7 | 8 => {
                let op =
                    *self.rng.pick(&["wrapping_div", "wrapping_rem", "wrapping_div_euclid", "wrapping_rem_euclid"]);
                let a = left(self);
                let b = if self.rng.percent(40) {
                    values::nonzero_int(&mut self.rng, int)
                } else {
                    format!("({} | 1)", left(self))
                };
                format!("{a}.{op}({b})")
            }
            9 => {
                let op = *self.rng.pick(&["wrapping_shl", "wrapping_shr", "rotate_left", "rotate_right"]);
                let (a, b) = (left(self), self.expression(&Type::Int(U32), depth - 1));
                format!("{a}.{op}({b})")
            }
            10 => {
                let op = *self.rng.pick(&["<<", ">>"]);
                let amount = Type::Int(*self.rng.pick(INTS));
                let (a, b) = (left(self), self.expression(&amount, depth - 1));
                let mask = if amount == Type::Int(U8) || matches!(amount, Type::Int(it) if it.bits == 8) {
                    (int.bits - 1).min(63)
                } else {
                    int.bits - 1
                };
                format!("({a} {op} ({b} & {mask}))")
            }
            11 => {
                let op = *self.rng.pick(&["wrapping_neg", "swap_bytes", "reverse_bits", "to_be"]);
                if self.rng.percent(30) { format!("(!{})", left(self)) } else { format!("{}.{op}()", left(self)) }
            }
            12 => {
                let of = *self.rng.pick(INTS);
                let op = *self.rng.pick(&[
                    "leading_zeros",
                    "trailing_zeros",
                    "count_ones",
                    "leading_ones",
                    "trailing_ones",
                    "count_zeros",
                ]);
                let value = self.expression(&Type::Int(of), depth - 1);
                format!("({value}.{op}() as {name})")
            }
            13 => {
                let a = left(self);
                let power = self.rng.below(6);
                format!("{a}.wrapping_pow({power})")
            }
            14 if int.signed => {
                let op = *self.rng.pick(&["wrapping_abs", "signum"]);
                format!("{}.{op}()", left(self))
            }
            14 | 15 if !self.in_const => {
                let op = *self.rng.pick(&["min", "max"]);
                let (a, b) = (left(self), left(self));
                format!("{a}.{op}({b})")
            }
            16 if !self.in_const => {
                let op = *self.rng.pick(&["add", "sub", "mul", "div", "rem"]);
                let (a, b, c) = (left(self), left(self), left(self));
                format!("{a}.checked_{op}({b}).unwrap_or({c})")
            }
            17 => {
                let op = *self.rng.pick(&["add", "sub", "mul"]);
                let (a, b) = (left(self), left(self));
                format!("{a}.overflowing_{op}({b}).0")
            }
            // Arithmetic that is checked, but cannot overflow.
            18 => {
                let op = *self.rng.pick(&["+", "*", "+"]);
                let mask = if op == "*" { (1u32 << ((int.bits / 2 - 1).min(16))) - 1 } else { 0x3f };
                let (a, b) = (left(self), left(self));
                format!("(({a} & {mask}) {op} ({b} & {mask}))")
            }
            _ => self.cast(int, depth),
        }
    }

    /// A cast to an integer type from anything that has one.
    fn cast(&mut self, to: Int, depth: usize) -> String {
        let name = to.name;
        match self.rng.below(13) {
            12 => self.transmuted(to, depth),
            0 | 1 => {
                let bits = *self.rng.pick(&[32, 64]);
                let value = self.expression(&Type::Float(bits), depth - 1);
                if to.bits == bits && !self.in_const && self.rng.percent(30) {
                    return format!("(real{bits}({value}).to_bits() as {name})");
                }
                format!("({value} as {name})")
            }
            2 => format!("({} as {name})", self.expression(&Type::Bool, depth - 1)),
            3 => format!("({} as u32 as {name})", self.expression(&Type::Char, depth - 1)),
            4 if !self.in_const => format!("({} as i8 as {name})", self.expression(&Type::Ordering, depth - 1)),
            5 => {
                let of = *self.rng.pick(INTS);
                format!("({}.get() as {name})", self.expression(&Type::NonZero(of), depth - 1))
            }
            6 => {
                let ty = self.plain_type(2);
                let what = *self.rng.pick(&["size_of", "align_of"]);
                format!("({what}::<{}>() as {name})", self.text(&ty))
            }
            7 if !to.signed => {
                let signed = INTS.iter().find(|it| it.signed && it.bits == to.bits && it.name.len() == to.name.len());
                let of = *signed.expect("every width has a signed type");
                let (a, b) = (self.expression(&Type::Int(of), depth - 1), self.expression(&Type::Int(of), depth - 1));
                if self.rng.percent(50) { format!("{a}.abs_diff({b})") } else { format!("{a}.unsigned_abs()") }
            }
            _ => {
                let of = *self.rng.pick(INTS);
                format!("({} as {name})", self.expression(&Type::Int(of), depth - 1))
            }
        }
    }

    /// An expression of a float type.
    pub fn float_expression(&mut self, bits: u32, depth: usize) -> String {
        let ty = Type::Float(bits);
        let left = |g: &mut Generator| g.expression(&ty, depth - 1);
        match self.rng.below(16) {
            0..=5 => {
                let op = *self.rng.pick(&["+", "-", "*", "/", "+", "*", "%"]);
                let (a, b) = (left(self), left(self));
                format!("({a} {op} {b})")
            }
            6 => format!("(-{})", left(self)),
            7 | 8 if !self.in_const => {
                let op = *self.rng.pick(&[
                    "sqrt",
                    "floor",
                    "ceil",
                    "trunc",
                    "abs",
                    "round",
                    "round_ties_even",
                    "recip",
                    "fract",
                ]);
                format!("{}.{op}()", left(self))
            }
            9 if !self.in_const => {
                let (a, b, c) = (left(self), left(self), left(self));
                match self.rng.below(4) {
                    0 => format!("{a}.mul_add({b}, {c})"),
                    1 => format!("real{bits}({a}).copysign(real{bits}({b}))"),
                    2 => format!("{a}.clamp(-100.5, 1000.25)"),
                    _ => format!("real{bits}({a}).signum()"),
                }
            }
            10 => {
                let other = if bits == 32 { 64 } else { 32 };
                format!("({} as f{bits})", self.expression(&Type::Float(other), depth - 1))
            }
            11 if !self.in_const => {
                let of = if bits == 32 { U32 } else { U64 };
                format!("f{bits}::from_bits({})", self.expression(&Type::Int(of), depth - 1))
            }
            _ => {
                let of = *self.rng.pick(INTS);
                format!("({} as f{bits})", self.expression(&Type::Int(of), depth - 1))
            }
        }
    }

    /// An expression of type `bool`.
    pub fn bool_expression(&mut self, depth: usize) -> String {
        match self.rng.below(12) {
            0..=3 => {
                let ty = match self.rng.below(6) {
                    0 => Type::Float(32),
                    1 => Type::Float(64),
                    2 => Type::Char,
                    _ => Type::Int(*self.rng.pick(INTS)),
                };
                let op = *self.rng.pick(&["==", "!=", "<", "<=", ">", ">="]);
                let (a, b) = (self.expression(&ty, depth - 1), self.expression(&ty, depth - 1));
                format!("({a} {op} {b})")
            }
            4 | 5 => {
                let op = *self.rng.pick(&["&&", "||", "&", "|", "^"]);
                let (a, b) = (self.expression(&Type::Bool, depth - 1), self.expression(&Type::Bool, depth - 1));
                format!("({a} {op} {b})")
            }
            6 => format!("(!{})", self.expression(&Type::Bool, depth - 1)),
            7 => {
                let int = *self.rng.pick(INTS);
                let op = *self.rng.pick(&["add", "sub", "mul"]);
                let ty = Type::Int(int);
                let (a, b) = (self.expression(&ty, depth - 1), self.expression(&ty, depth - 1));
                format!("{a}.overflowing_{op}({b}).1")
            }
            8 | 9 if !self.in_const => {
                let ty = self.plain_type(2);
                if !ty.has_derives(&self.types.adts) {
                    return self.bool_expression(depth);
                }
                let (a, b) = (self.expression(&ty, depth - 1), self.expression(&ty, depth - 1));
                let op = *self.rng.pick(&["==", "!=", "<", ">=", "=="]);
                format!("({a} {op} {b})")
            }
            10 => {
                let ty = self.plain_type(2);
                let value = self.expression(&ty, depth - 1);
                let pattern = self.pattern(&ty, 2, &mut Vec::new(), false);
                format!("matches!({value}, {pattern})")
            }
            _ if self.in_const => format!("({} > 7)", self.expression(&Type::Int(U32), depth - 1)),
            _ => {
                let bits = *self.rng.pick(&[32, 64]);
                let value = self.expression(&Type::Float(bits), depth - 1);
                let op = *self.rng.pick(&["is_nan", "is_finite", "is_infinite", "is_normal", "is_subnormal"]);
                format!("{value}.{op}()")
            }
        }
    }
}
