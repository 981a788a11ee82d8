//! What is told besides cargo's own words: what a profile asks for and does not get, reports, what failed.

use crate::project::{Outcome, Project};
use serde_json::Value;

const MANIFEST: &str = "[package]\nname = \"told\"\nversion = \"0.1.0\"\nedition = \"2024\"\n[workspace]\n\
                        [dependencies]\npart = { path = \"part\" }\n";
const PART: &str = "[package]\nname = \"part\"\nversion = \"0.1.0\"\nedition = \"2024\"\n";

fn project(more: &str, library: &str) -> Project {
    Project::new(&[
        ("Cargo.toml", &format!("{MANIFEST}{more}")),
        ("src/lib.rs", library),
        ("src/main.rs", "fn main() { println!(\"{}\", told::double(4)); }\n"),
        ("part/Cargo.toml", PART),
        ("part/src/lib.rs", "pub fn two() -> u32 { 2 }\n"),
    ])
}

const LIBRARY: &str = "//! ```\n//! assert_eq!(told::double(2), 4);\n//! ```\nfn unused() {}\n\
                       pub fn double(it: u32) -> u32 { it * part::two() }\n\
                       #[test]\nfn doubles() { assert_eq!(double(1), 2); }\n";

/// Once per build, however many crates that is of.
#[test]
fn what_a_profile_does_not_get() {
    let more = "[profile.release]\nlto = \"thin\"\nsplit-debuginfo = \"packed\"\n[profile.release.package.part]\nopt-level = 1\n\
                [profile.fast]\ninherits = \"release\"\n";
    let project = project(more, LIBRARY);
    let note = |profile: &str| {
        format!("note: of the profile `{profile}`, Bessemer does not do this yet: split-debuginfo = \"packed\"\n")
    };
    let found = project.bessemer(&["build", "--release"]).success();
    assert_eq!(found.stderr.matches("does not do this yet").count(), 1);
    found.says(&note("release"));
    project.bessemer(&["check", "--release"]).success().never_says("does not do this yet");
    project.bessemer(&["build"]).success().never_says("does not do this yet");
    project.bessemer(&["build", "-q", "-r"]).success().never_says("does not do this yet");
    project.bessemer(&["build", "--profile", "fast"]).success().says(&note("fast"));
}

#[test]
fn reports() {
    let project = project("", LIBRARY);
    let found = project.bessemer(&["build", "--report"]).success();
    for part in [
        "Libraries checked: 2",
        "  back end cranelift, level 0, ",
        "everything else",
        "  memory: ",
        "All of it, with cargo",
    ] {
        found.says(part);
    }
    project.edit("src/main.rs", "fn main() { println!(\"{}\", told::double(5)); }\n");
    let found = project.bessemer(&["build", "--report", "json"]).success();
    let line = found.stderr.lines().find(|line| line.starts_with("{\"$message_type\":\"report\"")).unwrap();
    let report: Value = serde_json::from_str(line).unwrap();
    let units = report["units"].as_array().unwrap();
    assert_eq!(units.len(), 1, "{report}");
    let unit = &units[0]["report"];
    let times = unit["stages"].as_array().unwrap().iter().map(|stage| stage["time"].as_f64().unwrap());
    assert!(times.sum::<f64>() <= report["seconds"].as_f64().unwrap());
    assert_eq!(unit["backend"], "cranelift");
    let size = unit["outputs"][0]["size_bytes"].as_u64().unwrap();
    assert_eq!(size, project.snapshot("target/bessemer/debug")[&project.path("target/bessemer/debug/told")].1);
}

#[test]
fn a_report_is_a_page() {
    let project = project("", LIBRARY);
    project.bessemer(&["build", "--report", "html"]).success().says("report.html");
    let page = std::fs::read_to_string(project.path("target/bessemer/report.html")).unwrap();
    for part in ["for 3 units", "check (rustc): ", "code generation: ", ">told-", "back end cranelift, level 0"] {
        assert!(page.contains(part), "{part}: {page}");
    }
    // Itself is all that it needs.
    assert!(!page.contains("<script") && !page.contains("src=") && !page.contains("://"), "{page}");
    let found = project.bessemer(&["build", "--report=html=none.html", "--report", "json"]).success();
    assert!(found.stderr.contains("\"units\":[]"), "{}", found.stderr);
    assert!(std::fs::read_to_string(project.path("none.html")).unwrap().contains("Nothing was compiled"));
}

/// Who reads the last line knows whether something failed, and nothing is said twice.
#[test]
fn the_last_line_tells_the_truth() {
    let failing = format!("{LIBRARY}#[test]\nfn fails() {{ panic!(\"it does\") }}\n");
    let project = project("", &failing);
    let last = |found: &Outcome| found.stderr.lines().last().unwrap_or_default().to_owned();
    // As under cargo, nothing follows what fails.
    let found = project.bessemer(&["test"]).code(101);
    assert_eq!(last(&found), "error: test failed, to rerun pass `--lib`");
    found.never_says("Doc-tests");
    let found = project.bessemer(&["test", "--no-fail-fast"]).code(101);
    found.says("test src/lib.rs - (line 1) ... ok");
    assert_eq!(last(&found), "    `--lib`");
    for (once, times) in [("Doc-tests told", 1), ("Compiling told", 0), ("Finished `test` profile", 1)] {
        assert_eq!(found.stderr.matches(once).count(), times, "{once}: {}", found.stderr);
    }
    project.edit("src/lib.rs", LIBRARY);
    let found = project.bessemer(&["test"]).success();
    assert_eq!(found.stderr.matches("Compiling told").count(), 1, "{}", found.stderr);
    assert_eq!(found.stderr.matches("function `unused` is never used").count(), 1, "{}", found.stderr);
    project.edit("src/lib.rs", &LIBRARY.replace("double(2), 4", "double(2), 5"));
    let found = project.bessemer(&["test"]).code(101);
    assert!(last(&found).starts_with("error: doctest failed"), "{}", found.stderr);
}

/// The command that the documentation names.
#[test]
fn nextest() {
    if Outcome::of(std::process::Command::new("cargo").args(["nextest", "--version"]).output().unwrap()).code != Some(0)
    {
        eprintln!("SKIPPED: cargo-nextest is not installed");
        return;
    }
    let project = project("", LIBRARY);
    let found = project.bessemer(&["nextest", "run"]).success();
    found.says("told doubles");
    found.says("1 passed");
    assert!(project.path("target/bessemer/debug/deps").is_dir());
    assert!(!project.path("target/debug").exists());
    project.edit("src/lib.rs", &LIBRARY.replace("double(1), 2", "double(1), 3"));
    project.bessemer(&["nextest", "run", "--no-fail-fast"]).code(100).says("1 failed");
}
