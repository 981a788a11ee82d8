//! Numbers and identifiers of the v0 scheme.

use crate::punycode;

/// Writes `<base-62-number>`: `_` for 0, else the number less one, then `_`.
pub(crate) fn push_number(out: &mut String, number: u64) {
    const DIGITS: &[u8; 62] = b"0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
    if let Some(mut rest) = number.checked_sub(1) {
        let start = out.len();
        loop {
            out.insert(start, char::from(DIGITS[(rest % 62) as usize]));
            rest /= 62;
            if rest == 0 {
                break;
            }
        }
    }
    out.push('_');
}

/// Writes nothing for 0, else a tag and `<base-62-number>` of the number less one.
pub(crate) fn push_optional(out: &mut String, tag: char, number: u64) {
    if let Some(number) = number.checked_sub(1) {
        out.push(tag);
        push_number(out, number);
    }
}

/// Numbers have few digits, and names have many such numbers.
fn push_decimal(out: &mut String, number: usize) {
    if number >= 10 {
        push_decimal(out, number / 10);
    }
    out.push(char::from(b'0' + (number % 10) as u8));
}

/// Writes `<undisambiguated-identifier>`.
pub(crate) fn push_identifier(out: &mut String, name: &str) {
    let encoded;
    let name = if name.is_ascii() {
        name
    } else {
        out.push('u');
        encoded = punycode::encode(name);
        &encoded
    };
    push_decimal(out, name.len());
    if name.starts_with(|first: char| first == '_' || first.is_ascii_digit()) {
        out.push('_');
    }
    out.push_str(name);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers() {
        let text = |number| {
            let mut out = String::from("x");
            push_number(&mut out, number);
            out
        };
        assert_eq!(text(0), "x_");
        assert_eq!(text(1), "x0_");
        assert_eq!(text(62), "xZ_");
        assert_eq!(text(63), "x10_");
        assert_eq!(text(u64::MAX), "xlYGhA16ahye_");
    }

    #[test]
    fn identifiers() {
        let text = |name| {
            let mut out = String::new();
            push_identifier(&mut out, name);
            out
        };
        assert_eq!(text("main"), "4main");
        assert_eq!(text("_x"), "2__x");
        assert_eq!(text(""), "0");
        assert_eq!(text("gödel"), "u8gdel_5qa");
        assert_eq!(text("例え"), "u7r8jz45g");
    }
}
