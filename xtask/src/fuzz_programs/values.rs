//! Literals: interesting values of the scalar types.

use super::rng::Rng;
use super::types::Int;

/// A literal of an integer type.
pub fn int(rng: &mut Rng, int: Int) -> String {
    let name = int.name;
    match rng.below(12) {
        0 => format!("{name}::MAX"),
        1 => format!("{name}::MIN"),
        2 => format!("0{name}"),
        3 => format!("1{name}"),
        4 if int.signed => format!("(-1{name})"),
        5..=8 => {
            let value = rng.below(100);
            if int.signed && rng.percent(30) { format!("(-{value}{name})") } else { format!("{value}{name}") }
        }
        // Powers of two and their neighbours.
        9 => {
            let shift = rng.below(int.bits as usize - 1);
            match rng.below(3) {
                0 => format!("(1{name} << {shift})"),
                1 => format!("((1{name} << {shift}) - 1)"),
                _ if shift < int.bits as usize - 2 => format!("((1{name} << {shift}) + 1)"),
                _ => format!("(!(1{name} << {shift}))"),
            }
        }
        _ => {
            let keep = rng.between(1, int.bits as usize - usize::from(int.signed));
            let value = rng.wide() >> (128 - keep);
            let sign = if int.signed && rng.percent(40) { "-" } else { "" };
            if sign.is_empty() && rng.percent(50) {
                format!("{value:#x}{name}")
            } else {
                format!("({sign}{value}{name})")
            }
        }
    }
}

/// A literal of an integer type that is not 0.
pub fn nonzero_int(rng: &mut Rng, int: Int) -> String {
    if rng.percent(20) {
        return format!("{}::MAX", int.name);
    }
    let keep = rng.between(1, int.bits as usize - usize::from(int.signed));
    format!("{}{}", (rng.wide() >> (128 - keep)).max(1), int.name)
}

/// A literal of a float type.
pub fn float(rng: &mut Rng, bits: u32) -> String {
    let name = format!("f{bits}");
    match rng.below(16) {
        0 => format!("{name}::INFINITY"),
        1 => format!("{name}::NEG_INFINITY"),
        2 => format!("{name}::NAN"),
        3 => format!("{name}::MAX"),
        4 => format!("{name}::MIN_POSITIVE"),
        5 => format!("(-0.0{name})"),
        6 => format!("0.0{name}"),
        7 => format!("{name}::EPSILON"),
        8 => format!("{}.5{name}", rng.below(1000)),
        9 => format!("(-{}.25{name})", rng.below(1000)),
        10 => {
            let largest: usize = if bits == 32 { 38 } else { 300 };
            format!("{}.{}e{}{name}", rng.between(1, 2), rng.below(100), rng.below(largest))
        }
        11 => format!("{}.{}e-{}{name}", rng.between(1, 9), rng.below(100), rng.below(44)),
        _ => {
            let sign = if rng.percent(40) { "-" } else { "" };
            format!("({sign}{}.{}{name})", rng.below(300), rng.below(1000))
        }
    }
}

pub fn char(rng: &mut Rng) -> String {
    const SOME: &[&str] =
        &["'a'", "'Z'", "'0'", "'\\n'", "'\\0'", "'é'", "'中'", "'🦀'", "char::MAX", "'\\u{d7ff}'", "'\\u{e000}'"];
    if rng.percent(50) { format!("'{}'", (b'a' + rng.below(26) as u8) as char) } else { (*rng.pick(SOME)).to_owned() }
}

pub fn text(rng: &mut Rng) -> String {
    const WORDS: &[&str] = &["", "x", "iron", "steel", "naïve", "漢字", "a b", "tab\\t", "{{}}"];
    format!("\"{}\"", rng.pick(WORDS).replace("{{}}", "braces"))
}
