//! An edit that changes code and nothing that the program does.

/// A text with the edit of this number: a value in `main` that nobody uses. None where there is no `main` in it.
pub fn in_main(text: &str, number: u32) -> Option<String> {
    let at = body_of_main(text)?;
    Some(format!("{} let _ = core::hint::black_box({number}_u32);{}", &text[..at], &text[at..]))
}

/// A text with the edit of this number as an item of its own.
pub fn at_the_end(text: &str, number: u32) -> String {
    format!("{text}\n#[used]\nstatic BESSEMER_EDIT_{number}: u32 = {number};\n")
}

/// Where the body of `main` begins, behind its brace.
fn body_of_main(text: &str) -> Option<usize> {
    let code = code_only(text);
    let is_word = |c: u8| c.is_ascii_alphanumeric() || c == b'_';
    let mut from = 0;
    while let Some(found) = code.get(from..)?.find("fn") {
        let at = from + found;
        from = at + 2;
        let before = at.checked_sub(1).map(|at| code.as_bytes()[at]);
        let rest = &code[from..];
        let name = rest.trim_start();
        if before.is_some_and(is_word) || name.len() == rest.len() || !name.starts_with("main") {
            continue;
        }
        if name["main".len()..].trim_start().starts_with('(') {
            return Some(from + rest.find('{')? + 1);
        }
    }
    None
}

/// A text in which blanks stand for what is in comments, strings and characters, byte for byte.
fn code_only(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut out = bytes.to_vec();
    let mut at = 0;
    while at < bytes.len() {
        let rest = &bytes[at..];
        let length = match rest {
            [b'/', b'/', ..] => rest.iter().position(|c| *c == b'\n').unwrap_or(rest.len()),
            [b'/', b'*', ..] => block_comment(rest),
            [b'r', b'"' | b'#', ..] if !is_in_word(bytes, at) => raw_string(rest).unwrap_or(0),
            [b'"', ..] => quoted(rest, b'"'),
            [b'\'', b'\\', ..] => quoted(rest, b'\''),
            [b'\'', _, b'\'', ..] => 3,
            _ => 0,
        };
        out[at..at + length].fill(b' ');
        at += length.max(1);
    }
    // What was replaced was replaced whole, but for characters of several bytes that no quote ends.
    String::from_utf8(out).unwrap_or_default()
}

fn is_in_word(bytes: &[u8], at: usize) -> bool {
    at > 0 && (bytes[at - 1].is_ascii_alphanumeric() || bytes[at - 1] == b'_')
}

fn block_comment(text: &[u8]) -> usize {
    let (mut depth, mut at) = (0_u32, 0);
    while at + 1 < text.len() {
        match &text[at..at + 2] {
            b"/*" => depth += 1,
            b"*/" => depth -= 1,
            _ => {
                at += 1;
                continue;
            }
        }
        at += 2;
        if depth == 0 {
            return at;
        }
    }
    text.len()
}

fn quoted(text: &[u8], quote: u8) -> usize {
    let mut at = 1;
    while at < text.len() && text[at] != quote {
        at += if text[at] == b'\\' { 2 } else { 1 };
    }
    (at + 1).min(text.len())
}

/// How long a string with as many `#` on both sides is; none where it is an identifier.
fn raw_string(text: &[u8]) -> Option<usize> {
    let marks = text[1..].iter().take_while(|c| **c == b'#').count();
    if text.get(1 + marks) != Some(&b'"') {
        return None;
    }
    let end: Vec<u8> = [b'"'].into_iter().chain(std::iter::repeat_n(b'#', marks)).collect();
    let start = marks + 2;
    let found = text[start..].windows(end.len()).position(|window| window == end);
    Some(found.map_or(text.len(), |found| start + found + end.len()))
}

#[cfg(test)]
mod tests {
    use super::{at_the_end, in_main};

    #[test]
    fn main_is_found() {
        for text in [
            "fn main() {|}",
            "// fn main() {}\n/* fn main() { /* */ */ const S: &str = \"fn main() {\"; pub fn  main () -> Result<(), ()> {| Ok(()) }",
            "fn domain() {} fn main_two() {} const C: char = '{'; const R: &str = r#\"fn main() { \"#; fn main() {|}",
            "fn f<'a>(r: &'a str) -> &'a str { r } async fn main() {|}",
        ] {
            let edited = in_main(&text.replace('|', ""), 7).expect(text);
            assert_eq!(edited, text.replace('|', " let _ = core::hint::black_box(7_u32);"));
        }
        assert_eq!(in_main("fn f() { main() }", 1), None);
        assert!(at_the_end("x", 3).starts_with("x\n#[used]"));
    }
}
