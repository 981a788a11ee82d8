//! Punycode (RFC 3492), with `_` for `-` as symbols need it.

const BASE: u32 = 36;
const T_MIN: u32 = 1;
const T_MAX: u32 = 26;
const SKEW: u32 = 38;
const DAMP: u32 = 700;

/// Encodes an identifier.
pub(crate) fn encode(name: &str) -> String {
    let mut out: String = name.chars().filter(char::is_ascii).collect();
    let basic = out.len() as u32;
    if basic > 0 {
        out.push('_');
    }
    let points: Vec<u32> = name.chars().map(u32::from).collect();
    let mut handled = basic;
    let mut current = 128u32;
    let mut delta = 0u32;
    let mut bias = 72u32;
    while (handled as usize) < points.len() {
        let Some(next) = points.iter().copied().filter(|&point| point >= current).min() else { break };
        delta += (next - current) * (handled + 1);
        current = next;
        for &point in &points {
            if point < current {
                delta += 1;
            }
            if point == current {
                push_variable_length(&mut out, delta, bias);
                bias = adapt(delta, handled + 1, handled == basic);
                delta = 0;
                handled += 1;
            }
        }
        delta += 1;
        current += 1;
    }
    out
}

fn push_variable_length(out: &mut String, delta: u32, bias: u32) {
    let mut rest = delta;
    let mut weight = BASE;
    loop {
        let threshold = weight.saturating_sub(bias).clamp(T_MIN, T_MAX);
        if rest < threshold {
            out.push(digit(rest));
            return;
        }
        out.push(digit(threshold + (rest - threshold) % (BASE - threshold)));
        rest = (rest - threshold) / (BASE - threshold);
        weight += BASE;
    }
}

fn digit(value: u32) -> char {
    char::from_digit(value, BASE).map_or('0', |_| match value {
        0..26 => char::from(b'a' + value as u8),
        _ => char::from(b'0' + (value - 26) as u8),
    })
}

fn adapt(delta: u32, count: u32, first: bool) -> u32 {
    let mut delta = if first { delta / DAMP } else { delta / 2 };
    delta += delta / count;
    let mut steps = 0;
    while delta > (BASE - T_MIN) * T_MAX / 2 {
        delta /= BASE - T_MIN;
        steps += BASE;
    }
    steps + (BASE - T_MIN + 1) * delta / (delta + SKEW)
}
