//! Tests and benchmarks of packages: the same names, results and exit codes as under cargo.

use crate::project::{Outcome, Project};

const BACKENDS: [&str; 2] = ["cranelift", "llvm"];

/// Unit tests, integration tests with shared code, a test without the harness, a program's and an example's tests,
/// documentation tests, a benchmark without the harness.
const PACKAGE: &[(&str, &str)] = &[
    (
        "Cargo.toml",
        r#"
[package]
name = "tested"
version = "0.1.0"
edition = "2021"
[dev-dependencies]
helper = { path = "helper" }
[[test]]
name = "own_harness"
harness = false
[[bench]]
name = "speed"
harness = false
[[example]]
name = "shown"
test = true
[workspace]
"#,
    ),
    (
        "src/lib.rs",
        r#"
//! Documentation with a test:
//! ```
//! assert_eq!(tested::add(1, 2), 3);
//! ```

pub fn add(a: i32, b: i32) -> i32 {
    a + b
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn adds() {
        assert_eq!(add(1, 2), helper::three());
    }

    #[test]
    #[should_panic(expected = "overflow")]
    fn overflows() {
        add(i32::MAX, std::hint::black_box(1));
    }

    #[test]
    #[ignore = "for a reason"]
    fn ignored() {}

    #[test]
    fn gives_a_result() -> Result<(), std::num::ParseIntError> {
        "12".parse::<u8>().map(drop)
    }
}
"#,
    ),
    (
        "src/main.rs",
        "fn main() { println!(\"{}\", tested::add(2, 3)); }\n#[test]\nfn in_program() { println!(\"captured\"); main() }\n",
    ),
    ("tests/common/mod.rs", "pub fn shared() -> u8 { 4 }\n"),
    (
        "tests/outside.rs",
        r#"
mod common;

#[test]
fn from_outside() {
    assert_eq!(tested::add(2, 2), common::shared() as i32);
}

#[test]
fn program_is_there() {
    let output = std::process::Command::new(env!("CARGO_BIN_EXE_tested")).output().unwrap();
    assert_eq!(output.stdout, b"5\n");
    assert!(std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).is_dir());
}

#[test]
fn fails() {
    assert_eq!(tested::add(1, 1), 3, "as it should");
}
"#,
    ),
    ("tests/own_harness.rs", "fn main() { println!(\"own harness: {}\", tested::add(20, 1)) }\n"),
    ("benches/speed.rs", "fn main() { println!(\"bench {:?}\", std::env::args().skip(1).collect::<Vec<_>>()) }\n"),
    ("examples/shown.rs", "fn main() {}\n#[test]\nfn in_example() {}\n"),
    ("helper/Cargo.toml", "[package]\nname = \"helper\"\nversion = \"0.1.0\"\nedition = \"2024\"\n"),
    ("helper/src/lib.rs", "pub fn three() -> i32 { 3 }\n"),
];

/// The summaries of all test programs, without times.
fn summaries(outcome: &Outcome) -> Vec<&str> {
    let lines = outcome.stdout.lines().filter(|line| line.starts_with("test result: "));
    lines.filter_map(|line| line.split_once("; finished in ")).map(|it| it.0).collect()
}

#[test]
fn the_same_results_as_with_cargo() {
    let project = Project::new(PACKAGE);
    let args = ["test", "--no-fail-fast"];
    let expected = project.cargo(&args).code(101);
    assert_eq!(expected.tests().len(), 10, "{expected:#?}");
    for backend in BACKENDS {
        let found = project.bessemer(&[&args[..], &["--backend", backend]].concat()).code(101);
        assert_eq!(found.tests(), expected.tests(), "{backend}");
        assert_eq!(summaries(&found), summaries(&expected), "{backend}");
        found.says("own harness: 21");
        found.says("as it should");
        // Nothing is compiled for the second run, and a filter is the harness's.
        let again = project.bessemer(&["test", "--backend", backend, "--lib", "adds"]).success();
        assert_eq!((again.compiled().len(), again.tests()), (0, vec!["test tests::adds ... ok"]));
    }
    // The first program that fails ends it.
    let stopped = project.bessemer(&["test"]).code(101);
    stopped.never_says("test src/lib.rs");
    // What is good ends well; what does not compile is said.
    project.edit("tests/outside.rs", "#[test]\nfn from_outside() {}\n");
    project.bessemer(&["test"]).success().says("test src/lib.rs - (line 3) ... ok");
    project.edit("tests/outside.rs", "#[test]\nfn from_outside() { missing() }\n");
    let failed = project.bessemer(&["test"]).code(101);
    assert_eq!(failed.stderr.matches("cannot find function `missing`").count(), 1, "{failed:#?}");
    failed.says("could not compile `tested` (test \"outside\")");
}

#[test]
fn benchmarks_are_run() {
    let project = Project::new(PACKAGE);
    let found = project.bessemer(&["bench", "--bench", "speed", "--", "fast"]).success();
    found.says("bench [\"fast\", \"--bench\"]");
    found.says("(target/bessemer/release/deps/speed-");
    // The library's tests, which a benchmark run skips.
    project.bessemer(&["bench", "--lib"]).success().says("4 ignored");
}

/// `#[test]` where no prelude offers it, under other names, from macros of other crates, beside other attributes.
#[test]
fn tests_by_any_name() {
    let member = "version = \"0.1.0\"\nedition = \"2024\"\n";
    let project = Project::new(&[
        (
            "Cargo.toml",
            &format!(
                "[package]\nname = \"tested\"\n{member}[dev-dependencies]\nmacros = {{ path = \"macros\" }}\nattributes = {{ \
                 path = \"attributes\" }}\n[workspace]\n"
            ),
        ),
        (
            "src/lib.rs",
            r#"
#[cfg(test)]
mod own;
#[cfg(test)]
#[no_implicit_prelude]
mod file;
mod no_prelude {
    #![cfg_attr(test, no_implicit_prelude)]
    #[test] fn in_line() { ::core::assert!(true) }
    #[test]
    #[should_panic = "no_implicit_prelude]"]
    fn panics() { ::std::panic!("[no_implicit_prelude]") }
    mod deeper {
        #[test]
        #[ignore]
        fn ignored() {}
    }
}
"#,
        ),
        (
            "src/file.rs",
            "#[test]\nfn in_file() -> ::core::result::Result<(), u8> { ::core::result::Result::Err(::core::primitive::u8::MAX) \
             }\n#[::core::prelude::v1::test]\nfn by_path() {}\n",
        ),
        (
            "src/own.rs",
            r#"
use core::prelude::v1::test as renamed;
mod prelude { pub use std::prelude::v1::*; }
mod inside { use super::prelude::*; #[test] fn by_own_prelude() {} }
#[renamed]
fn by_other_name() {}
macros::tests! { by_macro, by_macro_too }
macros::attributed! { #[test] fn with_attribute() {} }
#[attributes::checked]
fn by_attribute() {}
#[attributes::cases(1, 2)]
fn by_cases(it: u8) { assert!(it < 3) }
#[cfg_attr(all(), test)]
#[cfg_attr(all(), should_panic)]
fn conditional() { panic!() }
"#,
        ),
        ("macros/Cargo.toml", &format!("[package]\nname = \"macros\"\n{member}")),
        (
            "macros/src/lib.rs",
            "#[macro_export]\nmacro_rules! tests { ($($name:ident),*) => { $(#[test] fn $name() {})* } }\n#[macro_export]\n\
             macro_rules! attributed { ($(#[$meta:meta])* fn $name:ident() $body:block) => { $(#[$meta])* fn $name() $body } }\n",
        ),
        ("attributes/Cargo.toml", &format!("[package]\nname = \"attributes\"\n{member}[lib]\nproc-macro = true\n")),
        (
            "attributes/src/lib.rs",
            r##"
use proc_macro::TokenStream;
#[proc_macro_attribute]
pub fn checked(_: TokenStream, item: TokenStream) -> TokenStream {
    format!("#[::core::prelude::v1::test] {item}").parse().unwrap()
}
#[proc_macro_attribute]
pub fn cases(cases: TokenStream, item: TokenStream) -> TokenStream {
    let cases = cases.to_string();
    let cases: String = cases.split(',').map(|it| format!("#[test] fn case_{0}() {{ super::by_cases({0}) }}\n", it.trim())).collect();
    format!("{item} mod by_cases {{ {cases} }}").parse().unwrap()
}
"##,
        ),
    ]);
    let args = ["test", "--lib"];
    let expected = project.cargo(&args).code(101);
    assert_eq!(expected.tests().len(), 14, "{expected:#?}");
    for backend in BACKENDS {
        let found = project.bessemer(&["test", "--lib", "--backend", backend]).code(101);
        assert_eq!(found.tests(), expected.tests(), "{backend}");
    }
    // Where the tests are is known to the line and the column.
    let place = |outcome: &Outcome| {
        let line = outcome.stdout.lines().find(|line| line.contains("src/lib.rs:")).map(str::to_owned);
        line.and_then(|line| line.split_once("panicked at ").map(|it| it.1.to_owned()))
    };
    let panics = ["test", "--lib", "panics", "--", "--nocapture"];
    assert_eq!(place(&project.bessemer(&panics)), place(&project.cargo(&panics)));
}

/// `#[test]` that other crates offer.
#[test]
fn tests_of_other_crates_making() {
    let member = "version = \"0.1.0\"\nedition = \"2024\"\n";
    let package = |name: &str, dependencies: &str| format!("[package]\nname = \"{name}\"\n{member}{dependencies}");
    let project = Project::new(&[
        (
            "Cargo.toml",
            &package(
                "tested",
                "[dependencies]\noffers = { path = \"offers\" }\n[dev-dependencies]\nother = { package = \"by-way\", path = \
                 \"by-way\" }\n[workspace]\n",
            ),
        ),
        (
            "src/lib.rs",
            r#"
pub mod prelude { pub use offers::prelude::*; }
#[cfg(test)]
mod glob {
    use offers::prelude::*;
    #[test]
    fn by_glob() { assert_eq!(Type::default(), offers::prelude::Type) }
    #[test]
    #[should_panic(expected = "in")]
    fn panics() { offers::panics() }
}
#[cfg(test)]
mod named {
    use offers::check;
    #[check]
    fn by_name() {}
    #[other::more::core::prelude::v1::test]
    fn by_core() {}
    mod inner { #![no_implicit_prelude] #[test] fn without() {} use ::other::prelude::test as that; #[that] fn with() {} }
}
"#,
        ),
        ("tests/outside.rs", "use tested::prelude::*;\n#[test]\nfn from_outside() { let _ = Type; }\n"),
        ("offers/Cargo.toml", &package("offers", "[dependencies]\nmacros = { path = \"../macros\" }\n")),
        ("macros/Cargo.toml", &package("macros", "[lib]\nproc-macro = true\n")),
        (
            "macros/src/lib.rs",
            "#[proc_macro]\npub fn nothing(_: proc_macro::TokenStream) -> proc_macro::TokenStream { Default::default() }\n",
        ),
        (
            "offers/src/lib.rs",
            r#"
pub mod prelude {
    pub use std::prelude::v1::*;
    #[derive(Debug, Default, PartialEq)]
    pub struct Type;
}
pub use std::prelude::rust_2024::test as check;
pub use macros::nothing;
pub use macros as all_macros;
mod private { pub use std::prelude::v1::*; #[allow(dead_code)] pub fn unseen() {} }
#[allow(unused_imports)]
use private::unseen;
pub fn panics() { panic!("in offers") }
"#,
        ),
        ("by-way/Cargo.toml", &package("by-way", "[dependencies]\noffers = { path = \"../offers\" }\n")),
        ("by-way/src/lib.rs", "pub use offers::prelude;\npub mod more { pub extern crate core; pub use super::*; }\n"),
    ]);
    let args = ["test", "--lib", "--tests"];
    let expected = project.cargo(&args).success();
    assert_eq!(expected.tests().len(), 7, "{expected:#?}");
    for backend in BACKENDS {
        let found = project.bessemer(&["test", "--lib", "--tests", "--backend", backend]).success();
        assert_eq!(found.tests(), expected.tests(), "{backend}");
    }
    assert_eq!(project.bessemer(&args).success().tests(), expected.tests());
}

/// All kinds of documentation tests.
const DOCUMENTED: &str = r#"
//! ```
//! assert_eq!(documented::one(), 1);
//! assert_eq!((option_env!("RUSTC_BOOTSTRAP"), std::env::var_os("RUSTC_BOOTSTRAP")), (None, None));
//! ```

/// ```should_panic
/// assert_eq!(documented::one(), 2);
/// ```
/// ```compile_fail,E0308
/// let text: &str = documented::one();
/// ```
/// ```no_run
/// loop { documented::one(); }
/// ```
/// ```ignore
/// this is no Rust
/// ```
/// ```
/// # fn main() -> Result<(), std::num::ParseIntError> {
/// let number: u8 = "1".parse()?;
/// assert_eq!(number, helper::three() as u8 - 2);
/// # Ok(())
/// # }
/// ```
/// ```standalone_crate
/// assert!(std::env::args().len() < 5 && module_path!().starts_with("rust_out"));
/// ```
pub fn one() -> i32 { 1 }

/// ```
/// println!("seen");
/// let list = vec![1];
/// list[documented::one() as usize];
/// ```
pub fn fails() {}

/// ```
/// let unknown = documented::two();
/// ```
pub fn wrong() {}
"#;

#[test]
fn documentation() {
    for edition in ["2021", "2024"] {
        let manifest = format!(
            "[package]\nname = \"documented\"\nversion = \"0.1.0\"\nedition = \"{edition}\"\n[workspace]\n\
             [dependencies]\nhelper = {{ path = \"helper\" }}\n"
        );
        let helper = |name: &str| PACKAGE.iter().find(|(path, _)| *path == name).unwrap().1;
        let project = Project::new(&[
            ("Cargo.toml", &manifest),
            ("src/lib.rs", DOCUMENTED),
            ("helper/Cargo.toml", helper("helper/Cargo.toml")),
            ("helper/src/lib.rs", helper("helper/src/lib.rs")),
        ]);
        let expected = project.cargo(&["test", "--doc"]).code(101);
        assert_eq!(expected.tests().len(), 9, "{expected:#?}");
        for backend in BACKENDS {
            let found = project.bessemer(&["test", "--doc", "--backend", backend]).code(101);
            assert_eq!(
                (found.tests(), summaries(&found)),
                (expected.tests(), summaries(&expected)),
                "{edition} {found:#?}"
            );
            // Places are those of the documentation.
            for told in [
                "panicked at src/lib.rs:7:5",
                "--> src/lib.rs:40:27",
                "cannot find function `two` in crate `documented`",
                "seen",
            ] {
                assert!(expected.stdout.contains(told), "{expected:#?}");
                assert!(found.stdout.contains(told), "{told}: {found:#?}");
            }
        }
        // Edition 2024 has most tests in one program, and each by itself where that does not compile.
        let (right, _) = DOCUMENTED.split_once("/// ```\n/// println!").unwrap();
        let module = if edition == "2024" { "doctest_bundle_2024" } else { "rust_out" };
        let test = format!(
            "/// ```\n/// assert!(module_path!().starts_with(\"{module}\"));\n/// ```\npub fn together() {{}}\n"
        );
        project.edit("src/lib.rs", &format!("{right}{test}"));
        let expected = project.cargo(&["test", "--doc"]).success();
        let found = project.bessemer(&["test", "--doc"]).success();
        assert_eq!(found.tests(), expected.tests(), "{edition} {found:#?}");
        // One is picked, and run by what the user wants programs to be run by.
        let runner = "target.x86_64-unknown-linux-gnu.runner=['env', 'RUN_BY=env']";
        let args = ["test", "--doc", "--config", runner, "--", "one"];
        let (expected, found) = (project.cargo(&args).success(), project.bessemer(&args).success());
        assert_eq!(found.tests(), expected.tests(), "{edition} {found:#?}");
    }
}
