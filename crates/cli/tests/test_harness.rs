//! `build --test`: crates' tests with their harness, compared with what `rustc --test` makes of the same source.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

const BACKENDS: [&str; 2] = ["cranelift", "llvm"];
const EDITIONS: [&str; 4] = ["2015", "2018", "2021", "2024"];

/// One cache for all, so that what finds tests is compiled once, perhaps by several at the same time.
fn cache() -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join("test-harness-cache")
}

fn bessemer(folder: &Path, args: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_bessemer"));
    command.args(args).current_dir(folder).env("BESSEMER_CACHE_DIR", cache()).env_remove("RUSTFLAGS");
    command.output().unwrap()
}

#[track_caller]
fn succeeds(output: Output) {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

/// What a test program says, and its exit code, without what differs from run to run.
fn outcome(folder: &Path, program: &str, args: &[&str]) -> (String, Option<i32>) {
    let mut command = Command::new(folder.join(program));
    let output = command.args(args).current_dir(folder).env("RUST_BACKTRACE", "0").output().unwrap();
    let mut text = String::new();
    for line in String::from_utf8(output.stdout).unwrap().lines() {
        let line = line.split_once("; finished in ").map_or(line, |(line, _)| line);
        // The number of a thread.
        match (line.split_once("' ("), line.split_once(") panicked at ")) {
            (Some((thread, _)), Some((_, place))) => text += &format!("{thread}' panicked at {place}\n"),
            _ => text += &format!("{line}\n"),
        }
    }
    (text, output.status.code())
}

/// Compares the tests of a crate, whose files are given, the root first, with rustc's; gives rustc's list.
#[track_caller]
fn compare(files: &[(&str, &str)], edition: &str) -> String {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    for (name, text) in files {
        std::fs::create_dir_all(folder.join(name).parent().unwrap()).unwrap();
        std::fs::write(folder.join(name), text).unwrap();
    }
    let root = files[0].0;
    let mut rustc = Command::new("rustc");
    rustc.args(["--test", "--edition", edition, "--cap-lints", "allow", "-o", "expected", root]);
    succeeds(rustc.current_dir(folder).env_remove("RUSTFLAGS").output().unwrap());
    for backend in BACKENDS {
        let args = ["build", "--test", "--edition", edition, "--backend", backend, "-o", "found", root];
        succeeds(bessemer(folder, &args));
        for args in [
            &["--list"][..],
            &["--list", "--ignored"],
            &["--list", "--format=terse"],
            &["--test-threads=1"],
            &["--test-threads=1", "--format=terse"],
            &["--test-threads=1", "--ignored"],
            &["--test-threads=1", "--include-ignored", "--show-output"],
            &["--test-threads=1", "--skip", "fails"],
            &["--test-threads=1", "--exact", "modules::inner::deep"],
            &["--no-such-option"],
        ] {
            let (expected, found) = (outcome(folder, "expected", args), outcome(folder, "found", args));
            assert!(found == expected, "{args:?}, {backend}\nfound: {}\nexpected: {}", found.0, expected.0);
        }
    }
    outcome(folder, "expected", &["--list"]).0
}

#[test]
fn every_form_of_test() {
    let root = r##"
//! Inner documentation.

fn main() {
    #[test]
    fn not_nameable() {}
}

#[test]
fn plain() {}

/// With documentation.
#[test]
#[ignore]
fn ignored() {}

#[ignore = "takes \"long\""]
#[test]
/** More of it. */
fn ignored_with_reason() {}

#[test]
#[should_panic]
fn panics() {
    panic!("so it should")
}

#[test]
#[should_panic(expected = r#"so "it" should"#)]
fn panics_with() {
    panic!("so \"it\" should")
}

#[should_panic = "short"]
#[test]
fn panics_with_short() {
    panic!("the short form")
}

#[test]
#[should_panic(expected = "this")]
fn fails_with_other() {
    panic!("that")
}

#[test]
#[should_panic]
fn fails_without_panic() {}

#[test]
fn fails_and_prints() {
    println!("a line");
    assert_eq!(1 + 1, 3, "at line {}", line!());
}

#[test]
fn fails_in_std() {
    None::<u8>.unwrap();
}

#[test]
fn result() -> Result<(), Box<::std::error::Error + Send + Sync>> {
    let number: i32 = "1".parse()?;
    assert_eq!(number, 1);
    Ok(())
}

#[test]
fn fails_with_result() -> Result<(), ::std::num::ParseIntError> {
    "one".parse::<i32>().map(|_| ())
}

#[test]
fn exit_code() -> ::std::process::ExitCode {
    ::std::process::ExitCode::SUCCESS
}

#[test]
fn fails_with_exit_code() -> ::std::process::ExitCode {
    ::std::process::ExitCode::from(3)
}

#[test]
pub(crate) extern "C" fn visible() {}

#[test]
const fn constant<'a>() {}

#[test]
#[cfg(any())]
fn not_there() {}

#[cfg_attr(all(), test, ignore = "by configuration")]
fn configured() {}

#[test]
#[inline(never)]
#[cfg_attr(all(), should_panic)]
fn attributes_after() {
    panic!()
}

#[std::prelude::v1::test]
fn by_path_in_std() {}

#[core::prelude::v1::test]
fn by_path_in_core() {}

pub mod modules {
    #[test]
    fn plain() {}

    pub mod inner {
        #[test]
        fn deep() {}
    }

    pub use self::inner as again;
}

pub use modules::inner;

mod r#mod {
    #[test]
    fn r#fn() {}
}

const _: () = {
    mod hidden {
        #[test]
        fn not_nameable() {}
    }
};

macro_rules! test {
    ($(#[$meta:meta])* $vis:vis $name:ident $message:literal) => {
        #[test]
        $(#[$meta])*
        #[should_panic(expected = $message)]
        $vis fn $name() {
            panic!($message)
        }
    };
    ($($item:item)*) => {
        $(#[test] $item)*
    };
}

test!(by_macro "a message");
test!(#[ignore = "in a macro"] #[doc = "Text."] pub by_macro_with_attributes "a message");
test! {
    fn whole() {}
    #[ignore]
    #[should_panic(expected = "x")]
    pub fn whole_with_attributes() { panic!("x") }
}

mod file;
include!("included.rs");
"##;
    let files = [
        ("root.rs", root),
        ("file.rs", "#[test]\nfn in_file() {}\n\n#[test]\nfn fails_in_file() {\n    panic!()\n}\n"),
        ("included.rs", "#[test]\nfn fails_included() {\n    panic!()\n}\n"),
    ];
    for edition in EDITIONS {
        let root =
            if edition == "2015" || edition == "2018" { root.into() } else { root.replace("Box<::", "Box<dyn ::") };
        let mut files = files;
        files[0].1 = &root;
        let list = compare(&files, edition);
        assert!(list.contains("r#mod::r#fn: test") && list.contains("modules::inner::deep: test"), "{list}");
        assert!(!list.contains("not_nameable") && !list.contains("again"), "{list}");
    }
}

#[test]
fn names_of_our_own() {
    // Names that the crates which find tests must not take away.
    let root = r#"
extern crate std as core;
extern crate core as real_core;

mod test {
    pub struct TestDescAndFn;
    #[test]
    fn inside() {}
}
use test::TestDescAndFn;

pub const DESCRIPTION: TestDescAndFn = TestDescAndFn;

#[test]
fn names() {
    let _: TestDescAndFn = DESCRIPTION;
    let sizes = vec![real_core::mem::size_of::<u8>()];
    ::core::println!("{:?}", sizes);
}
"#;
    for edition in ["2018", "2021", "2024"] {
        compare(&[("tests/names.rs", root)], edition);
    }
}

#[test]
fn crates_without_std() {
    let with_std_in_tests = r#"
#![no_std]
#[cfg(test)]
extern crate std;
extern crate alloc;

#[cfg(test)]
mod tests {
    use std::prelude::v1::*;

    #[test]
    fn formats() {
        assert_eq!(alloc::format!("{}", 1), String::from("1"));
        std::println!("printed");
    }

    #[test]
    #[should_panic(expected = "number 1")]
    fn panics() {
        panic!("number {}", 1)
    }
}
"#;
    let with_modules = r#"
#![no_std]
pub mod std {
    pub fn one() -> u8 { 1 }
}
pub mod test {
    pub fn two() -> u8 { 2 }
}
use std::one;
use test::two;

#[test]
fn modules() {
    assert_eq!(one() + two(), 3);
}
"#;
    for edition in EDITIONS {
        compare(&[("src/lib.rs", with_std_in_tests)], edition);
        compare(&[("src/lib.rs", with_modules)], edition);
    }
}

#[test]
fn std_stays_std() {
    let root = r#"
#[macro_use]
extern crate std;
use std::alloc::System;
use std::collections::*;

#[global_allocator]
static ALLOCATOR: System = System;

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
struct Derived {
    field: u8,
}

mod inner {
    use std::prelude::v1::*;

    #[derive(Debug, Default)]
    pub struct Named(#[allow(dead_code)] String);
}

#[test]
fn names() {
    let set: BTreeSet<_> = vec![Derived::default()].into_iter().collect();
    println!("{:?} {:?}", set, inner::Named::default());
    println!("{}", std::any::type_name::<Option<Box<inner::Named>>>());
    println!("{}", std::any::type_name_of_val(&names));
    println!("{}", module_path!());
    assert!(matches!(env!("PATH").len(), 1..));
    write!(String::new(), "").unwrap();
    debug_assert!(concat!("a", 1) == "a1");
}

use std::fmt::Write;

#[test]
fn fails_at_a_place() {
    fn here() -> u32 {
        std::panic::Location::caller().line()
    }
    panic!("{} {}", here(), file!());
}
"#;
    for edition in ["2018", "2021", "2024"] {
        compare(&[("root.rs", root)], edition);
    }
}

#[test]
fn no_tests() {
    let list = compare(&[("empty.rs", "pub fn function() {}")], "2021");
    assert_eq!(list, "\n0 tests, 0 benchmarks\n".trim_start_matches('\n'));
}

#[test]
fn runs_at_once() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("a.rs"), "#[test] fn works() {}\n#[test] fn fails() { panic!() }").unwrap();
    let output = bessemer(folder.path(), &["run", "--test", "a.rs", "--", "works"]);
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(
        output.status.success() && text.contains("1 passed; 0 failed; 0 ignored; 0 measured; 1 filtered"),
        "{text}"
    );
    let output = bessemer(folder.path(), &["run", "--test", "a.rs"]);
    assert_eq!(output.status.code(), Some(101));
}

#[test]
fn mistakes_are_reported_by_rustc() {
    let folder = tempfile::tempdir().unwrap();
    for (text, says) in [
        ("#[test] fn f(x: u8) {}", "functions used as tests can not have any arguments"),
        ("#[test] async fn f() {}", "async functions cannot be used for tests"),
        ("#[test] fn f() { missing() }", "cannot find function `missing`"),
        ("struct S; impl S { #[test] fn f() {} }", "may only be used on a free function"),
        ("#![test_runner(run)]", "custom test frameworks"),
    ] {
        std::fs::write(folder.path().join("a.rs"), text).unwrap();
        let output = bessemer(folder.path(), &["build", "--test", "a.rs"]);
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.code() == Some(1) && stderr.contains(says), "{stderr}");
        assert!(!stderr.contains("bessemer"), "{stderr}");
    }
}

#[test]
fn several_processes_share_a_cache() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    std::fs::write(folder.join("a.rs"), "#[test] fn works() {}").unwrap();
    let cache = folder.join("cache");
    let start = |name: &str| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_bessemer"));
        command.args(["build", "--test", "a.rs", "-o", name]).current_dir(folder).env("BESSEMER_CACHE_DIR", &cache);
        command.spawn().unwrap()
    };
    let support = || {
        let entries = std::fs::read_dir(&cache).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
        let mut names: Vec<_> = entries.filter(|name| name.starts_with("test-support-")).collect();
        assert_eq!(names.len(), 1, "{names:?}");
        names.remove(0)
    };
    for mut child in ["one", "two", "three"].map(start) {
        assert!(child.wait().unwrap().success());
    }
    let name = support();
    // What someone has removed in part is made again.
    std::fs::remove_file(cache.join(&name).join("libbessemer_std.rmeta")).unwrap();
    assert!(start("four").wait().unwrap().success());
    assert_eq!(support(), name);
}

#[test]
fn tests_that_cannot_be_found_are_an_error() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    std::fs::write(folder.join("other.rs"), "pub mod prelude { pub use std::prelude::v1::*; }").unwrap();
    let mut rustc = Command::new("rustc");
    rustc.args(["--crate-type=lib", "-Zalways-encode-mir", "other.rs"]).env("RUSTC_BOOTSTRAP", "1");
    succeeds(rustc.current_dir(folder).output().unwrap());
    let build = |text: &str| {
        std::fs::write(folder.join("a.rs"), text).unwrap();
        bessemer(folder, &["build", "--test", "a.rs", "--extern", "other=libother.rlib", "-o", "found"])
    };

    // Two attributes of the same name: rustc's own, by way of another crate, and the one that finds tests.
    let output = build("#[test] fn a() {} mod hidden { use other::prelude::*; #[test] fn b() {} }");
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.code() == Some(1) && stderr.contains("`test` is ambiguous"), "{stderr}");
    let advised = "use other::prelude::*; use std::prelude::v1::test;";
    succeeds(build(&format!("#[test] fn a() {{}} mod found {{ {advised} #[test] fn b() {{}} }}")));
    assert_eq!(outcome(folder, "found", &["--list"]).0, "a: test\nfound::b: test\n\n2 tests, 0 benchmarks\n");

    // Without a prelude, too.
    succeeds(build("#![no_implicit_prelude]\n#[test] fn a() {}"));
    assert_eq!(outcome(folder, "found", &["--list"]).0, "a: test\n\n1 test, 0 benchmarks\n");
    succeeds(build("#![no_implicit_prelude]\nuse ::std::prelude::v1::test;\n#[test] fn a() {}"));
}
