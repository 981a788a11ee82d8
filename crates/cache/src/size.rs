//! Sizes as people write them.

/// The bytes that a size means: a number, with an optional `K`, `M`, `G` or `T` (powers of 1024; `B` or `iB` may follow).
/// `None` for anything else.
pub fn parse(text: &str) -> Option<u64> {
    let text = text.trim();
    let digits = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let (number, unit) = text.split_at(digits);
    let number: u64 = number.parse().ok()?;
    let unit = unit.trim().to_ascii_uppercase();
    let letter = unit.strip_suffix("IB").or_else(|| unit.strip_suffix('B')).unwrap_or(&unit);
    let shift = match letter {
        "" => 0,
        "K" => 10,
        "M" => 20,
        "G" => 30,
        "T" => 40,
        _ => return None,
    };
    number.checked_mul(1 << shift)
}

/// A size for people: `3.2 MiB`.
pub fn display(bytes: u64) -> String {
    const UNITS: [&str; 5] = ["bytes", "KiB", "MiB", "GiB", "TiB"];
    let mut size = bytes as f64;
    let mut unit = 0;
    while size >= 1024.0 && unit + 1 < UNITS.len() {
        size /= 1024.0;
        unit += 1;
    }
    if unit == 0 { format!("{bytes} bytes") } else { format!("{size:.1} {}", UNITS[unit]) }
}

#[cfg(test)]
mod tests {
    use super::{display, parse};

    #[test]
    fn sizes() {
        for (text, bytes) in [("0", 0), ("17", 17), ("2G", 2 << 30), ("2 gib", 2 << 30), ("512kb", 512 << 10)] {
            assert_eq!(parse(text), Some(bytes), "{text}");
        }
        for text in ["", "G", "-1", "1.5G", "2X", "99999999999999999999", "99999999999T"] {
            assert_eq!(parse(text), None, "{text}");
        }
        assert_eq!(display(1000), "1000 bytes");
        assert_eq!(display(3 << 19), "1.5 MiB");
    }
}
