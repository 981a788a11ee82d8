//! Packages whose bodies our own front end makes: those of programs, of the libraries that they use, and of tests.

use crate::project::{Outcome, Project};

/// A program, a library of the workspace with a procedural macro that asks for its package, and a library outside of it.
const WORKSPACE: &[(&str, &str)] = &[
    (
        "Cargo.toml",
        "[workspace]\nmembers = [\"app\", \"tables\", \"naming\"]\nexclude = [\"outside\"]\nresolver = \"2\"\n",
    ),
    (
        "app/Cargo.toml",
        "[package]\nname = \"app\"\nversion = \"1.0.0\"\nedition = \"2024\"\n[dependencies]\ntables = { path = \"../tables\" }\n",
    ),
    (
        "app/src/main.rs",
        r#"
#[macro_use]
extern crate tables;
fn main() {
    println!("{} {}", tables::NAME, table!(4).sum(|n| n * n));
}
"#,
    ),
    (
        "tables/Cargo.toml",
        "[package]\nname = \"tables\"\nversion = \"2.1.0\"\nedition = \"2021\"\n[dependencies]\n\
         naming = { path = \"../naming\" }\nsteps = { path = \"../outside/steps\" }\n",
    ),
    (
        "tables/src/lib.rs",
        r#"
pub const NAME: &str = naming::package!();
pub const VERSION: &str = env!("CARGO_PKG_VERSION");
pub struct Table { rows: Vec<u64> }
#[macro_export]
macro_rules! table {
    ($len:expr) => { $crate::Table::new($len) };
}
impl Table {
    pub fn new(len: u64) -> Table {
        Table { rows: steps::up_to(len).collect() }
    }
    pub fn sum(&self, of: impl Fn(u64) -> u64) -> u64 {
        self.rows.iter().map(|&row| of(row)).sum()
    }
}
#[cfg(test)]
mod tests {
    use super::*;
    #[test]
    fn squares() {
        assert_eq!(Table::new(3).sum(|n| n * n), 5);
    }
    #[test]
    #[should_panic(expected = "no row 7")]
    fn missing() {
        let table = Table::new(2);
        assert!(table.rows.get(7).is_some(), "no row {}", 7);
    }
}
"#,
    ),
    (
        "tables/tests/names.rs",
        "#[test]\nfn names() {\n    assert_eq!((tables::NAME, tables::VERSION), (\"tables\", \"2.1.0\"));\n}\n",
    ),
    (
        "naming/Cargo.toml",
        "[package]\nname = \"naming\"\nversion = \"0.1.0\"\nedition = \"2024\"\n[lib]\nproc-macro = true\n",
    ),
    (
        "naming/src/lib.rs",
        r#"
#[proc_macro]
pub fn package(_: proc_macro::TokenStream) -> proc_macro::TokenStream {
    assert!(std::path::Path::new("tables/src/lib.rs").exists(), "cargo runs rustc in the workspace's folder");
    format!("{:?}", std::env::var("CARGO_PKG_NAME").unwrap()).parse().unwrap()
}
"#,
    ),
    ("outside/steps/Cargo.toml", "[package]\nname = \"steps\"\nversion = \"0.1.0\"\nedition = \"2018\"\n[workspace]\n"),
    ("outside/steps/src/lib.rs", "pub fn up_to(end: u64) -> impl Iterator<Item = u64> {\n    0..end\n}\n"),
];

/// The lines of a report on whose bodies there are.
fn bodies(outcome: &Outcome) -> Vec<&str> {
    outcome.stderr.lines().filter_map(|line| line.trim().strip_prefix("front end own: ")).collect()
}

/// What is said of tests, but for times.
fn results(outcome: &Outcome) -> Vec<&str> {
    let mut lines: Vec<_> = outcome.stdout.lines().filter(|line| line.starts_with("test ")).collect();
    lines.retain(|line| !line.starts_with("test result"));
    lines.sort_unstable();
    lines
}

#[test]
fn libraries_and_tests_have_our_own_bodies() {
    let project = Project::new(WORKSPACE);
    let ran = project.bessemer(&["run", "--front-end", "own", "--report"]);
    assert_eq!(ran.stdout, "tables 14\n", "{}", ran.stderr);
    let counts = bodies(&ran);
    assert!(counts.len() == 1 && counts[0].ends_with(", 0 from rustc, of 3 crates"), "{counts:?}\n{}", ran.stderr);

    let tested = project.bessemer(&["test", "--front-end", "own", "--report", "-p", "tables", "--tests"]);
    assert_eq!(results(&tested), results(&project.cargo(&["test", "-p", "tables", "--tests"])), "{}", tested.stderr);
    let counts = bodies(&tested);
    let is_own = |count: &&str| count.contains(", 0 from rustc") && !count.starts_with("0 ");
    assert!(counts.len() == 2 && counts.iter().all(is_own), "{counts:?}\n{}", tested.stderr);
}

/// Where rustc has inlined bodies into a library, these must stay rustc's.
#[test]
fn libraries_that_were_made_for_rustcs_bodies() {
    let project = Project::new(WORKSPACE);
    assert_eq!(project.bessemer(&["run"]).stdout, "tables 14\n");
    let ran = project.bessemer(&["run", "--front-end", "own", "--report"]);
    assert_eq!(ran.stdout, "tables 14\n", "{}", ran.stderr);
    assert!(bodies(&ran)[0].ends_with(", 0 from rustc, of 1 crate"), "{}", ran.stderr);
}
