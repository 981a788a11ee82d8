//! Programs that people wrote, changed at random: what rustc still accepts is compared like random programs are.
//!
//! Where a program asserts that two values are the same, a mutant may print them instead and go on: that tells more than
//! where the first assertion fails.

mod change;
mod lexer;

use super::program::Program;
use super::rng::Rng;
use super::run::Runner;
use crate::conformance::machine::Machine;
use crate::conformance::{corpus, expected};
use lexer::{Kind, Token};
use std::path::Path;

/// How many changes of a program are tried, at most. What rustc rejects is taken back.
const MAX_CHANGES: usize = 6;

/// Lints that say what a program does, which all compilers are to do alike.
const ALLOWED: &str = "#![allow(warnings, arithmetic_overflow, unconditional_panic, overflowing_literals)]\n";

/// What tells that a program may do otherwise each time, or reaches out of its process.
const SHUNNED: &[&str] = &[
    "process::",
    "Command",
    "fs::",
    "env::",
    "net::",
    "libc",
    "sleep",
    "Instant",
    "SystemTime",
    "thread::current",
    "{:p}",
    "proc_macro",
    "include_",
    "RandomState",
];

/// Programs to be changed.
pub struct Corpus {
    programs: Vec<corpus::Program>,
}

impl Corpus {
    /// Reads the programs that can be changed and compared: not those that print what may differ, and not those with
    /// `unsafe`, whose mutants may do anything.
    pub fn load(path: &Path, root: &Path) -> Result<Corpus, String> {
        let mut programs = corpus::load(path, &root.join("target/fuzz-programs"), &Machine::host())?;
        let differ = expected::load_differences(&root.join("tests/conformance-may-differ.txt"))?;
        let fail = expected::load(&root.join("tests/conformance-expected-failures.txt"))?;
        programs.retain(|it| {
            let Ok(text) = std::fs::read_to_string(&it.file) else { return false };
            let tokens = lexer::tokens(&text);
            let directives = &it.directives;
            !differ.contains(&it.name)
                && !fail.iter().any(|fails| fails.name == it.name)
                && !SHUNNED.iter().any(|shunned| text.contains(shunned))
                && !tokens.iter().any(|it| it.is("unsafe"))
                && directives.run_flags.is_empty()
                && directives.exec_env.is_empty()
                && directives.compile_flags.iter().all(|flag| !flag.starts_with("-Z"))
        });
        if programs.is_empty() {
            return Err(format!("{}: there are no programs that can be changed", path.display()));
        }
        Ok(Corpus { programs })
    }

    pub fn len(&self) -> usize {
        self.programs.len()
    }

    /// The mutant of a seed, if rustc accepts one that is not the program itself.
    pub fn mutant(&self, seed: u64, runner: &Runner) -> Result<Option<Program>, String> {
        let mut rng = Rng::new(seed);
        let original = rng.pick(&self.programs);
        let text = std::fs::read_to_string(&original.file).map_err(|error| format!("{}: {error}", original.name))?;
        let mut flags = vec!["--edition".to_owned(), original.edition.clone()];
        flags.extend(original.directives.compile_flags.iter().cloned());
        if !flags.iter().any(|it| it.contains("overflow-checks")) {
            flags.push(format!("-Coverflow-checks={}", if rng.percent(70) { "on" } else { "off" }));
        }
        let flags: Vec<&str> = flags.iter().map(String::as_str).collect();
        let tells = rng.percent(60);
        let program = |tokens: &[Token]| {
            let text: String = [ALLOWED].into_iter().chain(tokens.iter().map(|it| &*it.text)).collect();
            let text = if tells { telling(&text) } else { text };
            Program::new(seed, &format!("Mutant {seed} of {}", original.name), &flags, &text)
        };
        let mut tokens = lexer::tokens(&text);
        // What the program denies is no matter here.
        tokens.iter_mut().filter(|it| it.is("deny") || it.is("forbid")).for_each(|it| it.text = "allow".to_owned());
        let mut accepted = None;
        for _ in 0..rng.between(2, MAX_CHANGES) {
            let mut changed = tokens.clone();
            if change::change(&mut rng, &mut changed).is_none() || changed == tokens {
                continue;
            }
            let candidate = program(&changed);
            if runner.is_accepted(&candidate)? {
                tokens = changed;
                accepted = Some(candidate);
            }
        }
        Ok(accepted)
    }
}

/// A program whose assertions print what they compare, and go on.
fn telling(text: &str) -> String {
    const MACROS: &str = r#"#[allow(unused_macros)] macro_rules! assert_eq { ($a:expr, $b:expr $(, $($rest:tt)*)?) => { match (&$a, &$b) { (a, b) => { let same = *a == *b; ::std::println!("{} {} {:?} {:?}", ::std::line!(), same, a, b); } } } }
#[allow(unused_macros)] macro_rules! assert { ($a:expr $(, $($rest:tt)*)?) => { { let held: bool = $a; ::std::println!("{} {}", ::std::line!(), held); } } }
"#;
    // After what belongs to the whole file.
    let tokens = lexer::tokens(text);
    let (mut at, mut after) = (0, 0);
    while at < tokens.len() {
        if tokens[at].kind == Kind::Space {
            at += 1;
            // What documents the file belongs to it too.
            if tokens[at - 1].text.starts_with("//!") || tokens[at - 1].text.starts_with("/*!") {
                after = at;
            }
        } else if tokens[at].is("#") && tokens.get(at + 1).is_some_and(|it| it.is("!")) {
            let end = (at..tokens.len()).find(|&it| tokens[it].is("]") && balanced(&tokens[at..=it]));
            let Some(end) = end else { break };
            at = end + 1;
            after = at;
        } else {
            break;
        }
    }
    let joined = |tokens: &[Token]| tokens.iter().map(|it| &*it.text).collect::<String>();
    format!("{}\n{MACROS}{}", joined(&tokens[..after]), joined(&tokens[after..]))
}

fn balanced(tokens: &[Token]) -> bool {
    tokens.iter().filter(|it| it.is("[")).count() == tokens.iter().filter(|it| it.is("]")).count()
}

#[cfg(test)]
mod tests {
    use super::telling;

    #[test]
    fn macros_come_after_what_belongs_to_the_file() {
        let text = telling("//! A program.\n#![allow(dead_code, unused[0])]\nfn main() {}\n");
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines[1], "#![allow(dead_code, unused[0])]");
        assert!(lines[2].starts_with("#[allow(unused_macros)] macro_rules! assert_eq"));
        assert_eq!(lines.last(), Some(&"fn main() {}"));
    }
}
