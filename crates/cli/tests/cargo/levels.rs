//! Settings of profiles that change the code itself, seen in the code: levels of single packages, modules, debug information.

use crate::project::Project;
use std::process::Command;

const MANIFEST: &str = "[package]\nname = \"program\"\nversion = \"0.1.0\"\nedition = \"2024\"\n[dependencies]\n\
                        library = { path = \"library\" }\n[workspace]\n";

/// Loops that an optimiser turns into vector instructions, if it looks at them.
const LIBRARY: &str = "#[inline(never)]\npub fn defined(v: &[u32]) -> u32 { let mut sum = 0; for x in v { sum ^= *x } sum }\n\
                       #[inline(never)]\npub fn generic<T: Copy + Into<u32>>(v: &[T]) -> u32 {\n    \
                       let mut sum = 0;\n    for x in v { sum ^= (*x).into() }\n    sum\n}\n\
                       #[inline(never)]\npub fn instantiates(v: &[u32]) -> u32 { generic(v) }\n\
                       pub static NUMBER: u32 = 7;\n";

const PROGRAM: &str = "use std::hint::black_box as bb;\n\
                       #[inline(never)]\nfn own(v: &[u32]) -> u32 { let mut sum = 0; for x in v { sum |= *x } sum }\n\
                       fn main() {\n    let v: Vec<u32> = (0..bb(100)).collect();\n    let bytes: Vec<u8> = bb(vec![1, 2, 4]);\n    \
                       println!(\"{} {} {} {} {}\", own(&v), library::defined(&v), library::instantiates(&v), \
                       library::generic(&bytes), library::NUMBER);\n}\n";

fn project() -> Project {
    Project::new(&[
        ("Cargo.toml", MANIFEST),
        ("src/main.rs", PROGRAM),
        ("library/Cargo.toml", "[package]\nname = \"library\"\nversion = \"0.1.0\"\nedition = \"2024\"\n"),
        ("library/src/lib.rs", LIBRARY),
    ])
}

/// Builds and runs the program with more settings for its profile.
fn built(project: &Project, profile: &str, settings: &[&str]) {
    let mut args = vec!["run".to_owned(), "-q".to_owned(), "--profile".to_owned(), profile.to_owned()];
    for setting in settings {
        args.extend(["--config".to_owned(), format!("profile.{profile}.{setting}")]);
    }
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    let found = project.bessemer(&args).success();
    assert_eq!((&*found.stdout, &*found.stderr), ("127 0 0 7 7\n", ""), "{settings:?}");
}

/// Whether functions of the program are optimised for speed, by names: those that are there, each with its answer.
fn optimised(project: &Project, profile: &str, settings: &[&str]) -> Vec<(&'static str, bool)> {
    built(project, profile, settings);
    let folder = if profile == "dev" { "debug" } else { profile };
    let program = project.path(&format!("target/bessemer/{folder}/program"));
    let output = Command::new("objdump").args(["-d", "--no-show-raw-insn"]).arg(program).output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    let mut found = Vec::new();
    for name in ["7program3own", "7library7defined", "7library7generich", "7library7genericm"] {
        let functions = text.split("\n\n").filter(|function| {
            let symbol = function.lines().next().unwrap_or_default().split('<').nth(1).unwrap_or_default();
            symbol.contains(name)
        });
        found.extend(functions.take(1).map(|function| (name, function.contains("%xmm"))));
    }
    found
}

/// What a crate defines, and the copies of generic functions that it needs, follow from its own package's level.
#[test]
fn levels_of_packages() {
    let project = project();
    let all = |own: bool, library: bool| {
        // Which crate needs which copy: bytes the program, numbers the library.
        let of = [("7program3own", own), ("7library7defined", library), ("7library7generich", own)];
        [&of[..], &[("7library7genericm", library)]].concat()
    };
    assert_eq!(optimised(&project, "release", &[]), all(true, true));
    assert_eq!(optimised(&project, "release", &["package.library.opt-level=0"]), all(true, false));
    assert_eq!(optimised(&project, "release", &["package.library.opt-level=\"s\""]), all(true, false));
    assert_eq!(optimised(&project, "release", &["package.program.opt-level=1"]), all(false, true));
    assert_eq!(optimised(&project, "dev", &[]), all(false, false));
    // Of crates that are being edited, too.
    assert_eq!(optimised(&project, "dev", &["package.library.opt-level=3"]), all(false, true));
    assert_eq!(optimised(&project, "dev", &["package.program.opt-level=3"]), all(true, false));
    // With code that is kept.
    project.edit("src/main.rs", &format!("{PROGRAM}// Edited.\n"));
    assert_eq!(optimised(&project, "dev", &["package.library.opt-level=3"]), all(false, true));
    // The one setting of the whole profile still is one.
    assert_eq!(optimised(&project, "dev", &["opt-level=3", "package.library.opt-level=0"]), all(true, false));
}

/// The sections of the program that `built` has made, with their sizes.
fn sections(project: &Project) -> Vec<(String, u64)> {
    let output =
        Command::new("readelf").arg("-SW").arg(project.path("target/bessemer/release/program")).output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    let lines = text.lines().filter_map(|line| line.split_once("] ")).map(|(_, rest)| rest.split_whitespace());
    lines
        .filter_map(|mut words| {
            let name = words.next()?.to_owned();
            Some((name, u64::from_str_radix(words.nth(3)?, 16).ok()?))
        })
        .collect()
}

/// How much is told debuggers, of the program itself: what std's compiled code says is the same in all.
#[test]
fn levels_of_debug_information() {
    let project = project();
    let size = |settings: &[&str]| -> u64 {
        built(&project, "release", settings);
        let is_told = |name: &str| name == ".debug_info" || name == ".debug_str";
        sections(&project).into_iter().filter(|(name, _)| is_told(name)).map(|(_, size)| size).sum()
    };
    let levels = ["\"line-directives-only\"", "\"line-tables-only\"", "1", "2"];
    let sizes: Vec<u64> = levels.iter().map(|level| size(&[&format!("debug={level}")])).collect();
    assert!(sizes.windows(2).all(|two| two[0] < two[1]), "{sizes:?}");
    assert_eq!(size(&["debug=0"]), 0);
    let any = |prefix: &str| sections(&project).iter().any(|(name, _)| name.starts_with(prefix));
    assert_eq!(size(&["debug=2", "strip=\"debuginfo\""]), 0);
    assert!(!any(".debug_") && any(".symtab"));
    assert_eq!(size(&["debug=2", "strip=\"symbols\""]), 0);
    assert!(!any(".debug_") && !any(".symtab"));
}

/// Where programs look for shared libraries.
#[test]
fn run_paths() {
    let project = project();
    let has_run_path = |settings: &[&str]| {
        built(&project, "release", settings);
        let program = project.path("target/bessemer/release/program");
        let output = Command::new("readelf").arg("-d").arg(program).output().unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        text.lines().any(|line| line.contains("RUNPATH") && line.contains("$ORIGIN/"))
    };
    assert!(!has_run_path(&[]));
    assert!(has_run_path(&["rpath=true"]));
}

/// How many modules an optimised program is.
#[test]
fn modules() {
    let project = project();
    let count = |settings: &[&str]| {
        // Each is one unit for debuggers.
        built(&project, "release", &[&["debug=2", "strip=false"], settings].concat());
        let program = project.path("target/bessemer/release/program");
        let output =
            Command::new("readelf").args(["--debug-dump=info", "--dwarf-depth=1"]).arg(program).output().unwrap();
        let text = String::from_utf8_lossy(&output.stdout);
        text.lines().filter(|line| line.contains("DW_AT_name") && line.contains("/@/program.")).count()
    };
    assert_eq!(count(&[]), 1);
    assert_eq!(count(&["codegen-units=4"]), 4);
    assert_eq!(count(&["codegen-units=4", "lto=\"thin\""]), 4);
    assert_eq!(count(&["codegen-units=4", "lto=\"off\""]), 4);
    assert_eq!(count(&["codegen-units=4", "lto=\"fat\""]), 1);
    assert_eq!(count(&["codegen-units=4", "lto=true"]), 1);
}
