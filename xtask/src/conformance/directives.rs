//! The `//@` comments of a program, as rustc's own test suite writes them.

use super::machine::Machine;

/// What a program's directives ask for.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Directives {
    pub edition: Option<String>,
    /// `--cfg`, `-C` and their values, for the compiler.
    pub compile_flags: Vec<String>,
    pub run_flags: Vec<String>,
    pub exec_env: Vec<(String, String)>,
    pub unset_exec_env: Vec<String>,
    /// The program ends with a failure of its own.
    pub run_fail: bool,
    /// What a failing program prints on standard error.
    pub error_patterns: Vec<String>,
    /// Not for this machine or this way of running.
    pub ignored: bool,
}

/// The revisions of a program with the directives of each; one without a name where it has none.
pub fn parse(text: &str, machine: &Machine) -> Vec<(Option<String>, Directives)> {
    let lines = || text.lines().filter_map(|line| line.trim_start().strip_prefix("//@")).map(str::trim);
    let revisions: Vec<&str> =
        lines().filter_map(|line| line.strip_prefix("revisions:")).flat_map(str::split_whitespace).collect();
    if revisions.is_empty() {
        return vec![(None, parse_revision(lines(), None, machine))];
    }
    let of = |&revision: &&str| {
        let mut directives = parse_revision(lines(), Some(revision), machine);
        directives.compile_flags.extend(["--cfg".to_owned(), revision.to_owned()]);
        (Some(revision.to_owned()), directives)
    };
    revisions.iter().map(of).collect()
}

fn parse_revision<'a>(lines: impl Iterator<Item = &'a str>, revision: Option<&str>, machine: &Machine) -> Directives {
    let mut result = Directives::default();
    for line in lines {
        let line = match line.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
            Some((names, rest)) => {
                if !names.split(',').any(|name| Some(name.trim()) == revision) {
                    continue;
                }
                rest.trim()
            }
            None => line,
        };
        let name_end = line.find([':', ' ', '\t']).unwrap_or(line.len());
        let (name, value) = (&line[..name_end], line[name_end..].trim_start_matches(':').trim());
        let words = || value.split_whitespace().map(str::to_owned);
        match name {
            // A range names the editions that it passes in.
            "edition" => {
                let first = value.split("..").next().unwrap_or(value).trim();
                result.edition = Some(if first.is_empty() { "2015" } else { first }.to_owned());
            }
            "compile-flags" => result.compile_flags.extend(words()),
            "run-flags" => result.run_flags.extend(words()),
            "exec-env" => {
                let (name, value) = value.split_once('=').unwrap_or((value, ""));
                result.exec_env.push((name.to_owned(), value.to_owned()));
            }
            "unset-exec-env" => result.unset_exec_env.push(value.to_owned()),
            "run-fail" | "run-crash" | "run-fail-or-crash" => result.run_fail = true,
            "error-pattern" => result.error_patterns.push(value.to_owned()),
            _ => {
                if let Some(what) = name.strip_prefix("ignore-") {
                    result.ignored |= what == "test" || machine.holds(what);
                } else if let Some(what) = name.strip_prefix("only-") {
                    result.ignored |= !machine.holds(what);
                } else if let Some(what) = name.strip_prefix("needs-") {
                    result.ignored |= !machine.has(what);
                }
            }
        }
    }
    result
}

#[cfg(test)]
mod tests {
    use super::super::machine::Machine;
    use super::Directives;

    fn parse(text: &str) -> Vec<(Option<String>, Directives)> {
        super::parse(text, &Machine::host())
    }

    #[test]
    fn revisions_have_directives_of_their_own() {
        let text = "//@ run-pass\n//@ revisions: a b\n//@[a] edition:2018\n//@[b] edition: 2021..\n//@[b] compile-flags: -C opt-level=3\n";
        let parsed = parse(text);
        assert_eq!(parsed.len(), 2);
        assert_eq!(parsed[0].1.edition.as_deref(), Some("2018"));
        assert_eq!(parsed[0].1.compile_flags, ["--cfg", "a"]);
        assert_eq!(parsed[1].1.edition.as_deref(), Some("2021"));
        assert_eq!(parsed[1].1.compile_flags, ["-C", "opt-level=3", "--cfg", "b"]);
    }

    #[test]
    fn what_is_not_for_this_machine_is_ignored() {
        assert!(parse("//@ only-windows")[0].1.ignored);
        assert!(parse("//@ ignore-linux (why)")[0].1.ignored);
        assert!(parse("//@ needs-sanitizer-address")[0].1.ignored);
        assert!(!parse("//@ ignore-windows\n//@ needs-unwind\n//@ only-x86_64")[0].1.ignored);
    }

    #[test]
    fn what_another_machine_lacks_is_ignored() {
        let machine = Machine::of_target("wasm32-wasip1", "true").expect("rustc knows it");
        let is_ignored = |text: &str| super::parse(text, &machine)[0].1.ignored;
        assert!(is_ignored("//@ needs-unwind"));
        assert!(is_ignored("//@ only-x86_64"));
        assert!(is_ignored("//@ ignore-32bit"));
        assert!(!is_ignored("//@ only-wasm32"));
    }

    #[test]
    fn failing_programs_and_their_environment() {
        let directives =
            &parse("//@ run-fail\n//@ error-pattern:index out of bounds\n//@ exec-env:RUST_BACKTRACE=1")[0].1;
        assert!(directives.run_fail);
        assert_eq!(directives.error_patterns, ["index out of bounds"]);
        assert_eq!(directives.exec_env, [("RUST_BACKTRACE".to_owned(), "1".to_owned())]);
    }
}
