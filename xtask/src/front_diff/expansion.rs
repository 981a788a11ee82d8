//! Files whose macros are their own, expanded.
//!
//! Most files call std's macros, which this stage knows nothing of. So each file is changed before both read it: it gets no
//! `core`, std's macros are replaced by small ones written in front of its first item, and derives and tests are blanked
//! out. What the file's own macros expand to is the same as ever.

use expand::cfg::Options;
use expand::mbe::Session;
use expand::single;
use syntax::doubt::Doubt;
use syntax::span::{Edition, Editions};

/// Macros that stand for nothing but an expression.
const UNITS: &str = "print println eprint eprintln format format_args panic unreachable unimplemented todo vec write \
    writeln concat stringify include_str include_bytes env option_env line file column module_path dbg \
    compile_error addr_of addr_of_mut asm naked_asm offset_of pin is_x86_feature_detected concat_bytes";

const OTHERS: &str = "\
    macro_rules! assert { ($e:expr $(, $($t:tt)*)?) => { ($e) } } \
    macro_rules! debug_assert { ($e:expr $(, $($t:tt)*)?) => { ($e) } } \
    macro_rules! assert_eq { ($a:expr, $b:expr $(, $($t:tt)*)?) => { ($a, $b) } } \
    macro_rules! assert_ne { ($a:expr, $b:expr $(, $($t:tt)*)?) => { ($a, $b) } } \
    macro_rules! debug_assert_eq { ($a:expr, $b:expr $(, $($t:tt)*)?) => { ($a, $b) } } \
    macro_rules! matches { ($e:expr, $p:pat $(if $g:expr)? $(,)?) => { match $e { $p $(if $g)? => true, _ => false } } } \
    macro_rules! r#try { ($e:expr $(,)?) => { ($e) } } \
    macro_rules! cfg { ($($t:tt)*) => { true } } \
    macro_rules! thread_local { ($($t:tt)*) => {} } \
    macro_rules! global_asm { ($($t:tt)*) => {} } \
    macro_rules! include { ($($t:tt)*) => {} } ";

/// The text that is compared; nothing if the file is not read even before expansion.
pub fn prepare(source: &str, edition: Edition) -> Option<String> {
    let text = syntax::lexer::normalize(source).into_owned();
    let text = blank(text, &["#[derive(", "#[derive ("], ")]");
    let text = blank(text, &["#[test", "#[bench", "#[global_allocator"], "]");
    let parsed = syntax::parse(&text, 0, &Editions::new(edition)).ok()?;
    let first = parsed.ast[parsed.file.items].first().map(|&item| &parsed.ast[item])?;
    let attrs = parsed.ast[first.attrs].iter().map(|attr| attr.span.lo);
    let at = attrs.chain([first.span.lo]).min()? as usize;
    let head = if text.starts_with("#!/") { text.find('\n')? + 1 } else { 0 };
    let units: String =
        UNITS.split_whitespace().map(|name| format!("macro_rules! {name} {{ ($($t:tt)*) => {{ () }} }} ")).collect();
    let (shebang, inner) = text.get(..at)?.split_at_checked(head)?;
    Some(format!("{shebang}#![feature(no_core)] #![no_core] {inner}{units}{OTHERS}{}", &text[at..]))
}

/// The text with blanks in place of attributes that begin and end so.
fn blank(mut text: String, begins: &[&str], end: &str) -> String {
    for begin in begins {
        let mut from = 0;
        while let Some(start) = text[from..].find(begin).map(|at| at + from) {
            let Some(stop) = text[start..].find(end).map(|at| at + start + end.len()) else { break };
            let blanks: String = text[start..stop].chars().map(|c| if c == '\n' { '\n' } else { ' ' }).collect();
            from = start + blanks.len();
            text.replace_range(start..stop, &blanks);
        }
    }
    text
}

/// What we print of the prepared text.
pub fn ours(prepared: &str, edition: Edition, options: &Options) -> Result<String, Box<Doubt>> {
    let mut session = Session::new(edition);
    let (parsed, _) = single::expand_text(prepared, 1, options, &mut session)?;
    Ok(single::print(&parsed, &session))
}
