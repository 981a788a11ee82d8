//! Code of dependencies, which is kept and linked again.

use crate::project::{Outcome, Project, has, std_source};

/// A package with two programs and a dependency that nobody works on.
fn project(programs: [&str; 2]) -> Project {
    let mut project = Project::new(&[
        (
            "Cargo.toml",
            "[package]\nname = \"programs\"\nversion = \"1.0.0\"\nedition = \"2024\"\n[dependencies]\nkept = \"1.0.0\"\n[workspace]\n",
        ),
        (
            ".cargo/config.toml",
            "[source.crates-io]\nreplace-with = \"vendored\"\n[source.vendored]\ndirectory = \"vendor\"\n",
        ),
        ("vendor/kept/.cargo-checksum.json", "{\"files\":{}}"),
        ("vendor/kept/Cargo.toml", "[package]\nname = \"kept\"\nversion = \"1.0.0\"\nedition = \"2024\"\n"),
        (
            "vendor/kept/src/lib.rs",
            "pub fn twice(x: u32) -> u32 { x * 2 }\n\
             unsafe extern \"C\" { safe fn programs_own(x: u32) -> u32; }\n\
             pub fn asks(x: u32) -> u32 { programs_own(x) }\n",
        ),
        ("src/bin/first.rs", programs[0]),
        ("src/bin/second.rs", programs[1]),
    ]);
    project.cache = project.path("cache");
    project
}

/// How many functions a build had to lower.
fn lowered(report: &str) -> u64 {
    let line = report.lines().find(|line| line.contains(" lower ")).unwrap_or_else(|| panic!("{report}"));
    let words: Vec<&str> = line.split_whitespace().collect();
    let at = words.iter().position(|word| *word == "functions").unwrap_or_else(|| panic!("{line}"));
    words[at - 1].parse().unwrap()
}

const TWICE: &str = "fn main() { println!(\"{}\", kept::twice(4)); }\n";

/// A program gets code from an image that it does not reach itself, and that refers to what only another program has.
#[test]
fn what_another_program_has_is_not_missed() {
    let asks = "#[unsafe(no_mangle)] extern \"C\" fn programs_own(x: u32) -> u32 { x + 1 }\n\
                fn main() { println!(\"{}\", kept::asks(1)); }\n";
    let project = project([asks, TWICE]);
    project.bessemer(&["build", "--bin", "first"]).success();
    project.bessemer(&["build", "--bin", "second"]).success();
    assert_eq!(project.run("target/bessemer/debug/first").success().stdout, "2\n");
    assert_eq!(project.run("target/bessemer/debug/second").success().stdout, "8\n");
}

#[test]
fn what_is_kept_is_not_lowered_again() {
    let project = project([TWICE, TWICE]);
    let build = || lowered(&project.bessemer(&["build", "--bin", "first", "--report"]).success().stderr);
    let all = build();
    // In other files, but the same crates.
    project.bessemer(&["clean"]).success();
    let own = build();
    assert!(own * 4 < all, "{own} of {all}");
    project.edit("src/bin/first.rs", "fn main() { println!(\"{}\", kept::twice(5)); }\n");
    assert!(build() * 4 < all);
    assert_eq!(project.run("target/bessemer/debug/first").success().stdout, "10\n");
    // Another version of the dependency is another image.
    project.edit("vendor/kept/src/lib.rs", "pub fn twice(x: u32) -> u32 { x + x + 1 }\n");
    project.bessemer(&["clean"]).success();
    assert!(build() * 2 > all);
    assert_eq!(project.run("target/bessemer/debug/first").success().stdout, "11\n");
}

/// Where std is made from its source, its code is kept as well.
#[test]
fn std_from_source_is_kept() {
    let target = "x86_64-unknown-linux-musl";
    let Some(source) = std_source() else { return };
    if !has("x86_64-linux-musl-gcc") {
        return;
    }
    // Panics find their way through code that is kept.
    let panics = "fn main() {\n\
                      let found = std::panic::catch_unwind(|| kept::twice(\"x\".parse().unwrap()));\n\
                      println!(\"{} {}\", found.is_err(), kept::twice(3));\n\
                  }\n";
    let mut project = project([TWICE, panics]);
    // What std depends on is not among the project's vendored crates, so that its check must not begin below it.
    let cache = tempfile::tempdir().unwrap();
    project.cache = cache.path().to_owned();
    let build = |program: &str| {
        let args = ["build", "--target", target, "--bin", program, "--report"];
        let mut command = project.bessemer_with_std(&source, &args);
        lowered(&Outcome::of(command.output().unwrap()).success().stderr)
    };
    let run = |program: &str| project.run(&format!("target/bessemer/{target}/debug/{program}")).success().stdout;
    let all = build("first");
    assert!(all > 1000, "{all}");
    project.edit("src/bin/first.rs", "fn main() { println!(\"{}\", kept::twice(5)); }\n");
    let again = build("first");
    assert!(again * 20 < all, "{again} of {all}");
    assert_eq!(run("first"), "10\n");
    let other = build("second");
    assert!(other * 5 < all, "{other} of {all}");
    assert_eq!(run("second"), "true 6\n");
}

#[test]
fn what_is_damaged_is_replaced() {
    let project = project([TWICE, TWICE]);
    let build = |number: u32| {
        project.edit("src/bin/first.rs", &format!("fn main() {{ println!(\"{{}}\", kept::twice({number})); }}\n"));
        let count = lowered(&project.bessemer(&["build", "--bin", "first", "--report"]).success().stderr);
        let said = project.run("target/bessemer/debug/first").success().stdout;
        assert_eq!(said, format!("{}\n", number * 2));
        count
    };
    let all = build(1);
    assert!(build(2) * 4 < all);
    let images = project.cache.join("images");
    let image = std::fs::read_dir(&images).unwrap().next().unwrap().unwrap().path();
    let mut number = 2;
    for kind in 0..3 {
        let files: Vec<_> = std::fs::read_dir(&image).unwrap().map(|entry| entry.unwrap().path()).collect();
        let names = ["index", "o"]
            .map(|end| files.iter().find(|file| file.ends_with(end) || file.extension() == Some(end.as_ref())));
        for file in names.map(|file| file.expect("an index and objects")) {
            let mut bytes = std::fs::read(file).unwrap();
            let middle = bytes.len() / 2;
            match kind {
                0 => bytes[middle] ^= 1,
                1 => bytes.truncate(middle),
                _ => bytes.push(0),
            }
            std::fs::write(file, bytes).unwrap();
            number += 2;
            assert!(build(number - 1) * 2 > all, "{}", file.display());
            // It is whole again.
            assert!(build(number) * 4 < all, "{}", file.display());
        }
    }
}

/// A program that is not optimised, with dependencies that are.
#[test]
fn what_is_kept_is_optimised_as_its_package_says() {
    // Optimised, both are one constant.
    let sum = "pub fn sum() -> u64 {\n    let (mut sum, mut x) = (0_u64, 0_u64);\n    while x < 50 {\n        sum = \
               sum.wrapping_add(x.wrapping_mul(x));\n        x = x.wrapping_add(1);\n    }\n    sum\n}\n";
    // A constant that own code needs and the dependency's too.
    let text = "pub fn text() -> &'static str { TEXT }\npub fn text_of<T>(_: T) -> &'static str { TEXT }\nconst TEXT: &str = \"it\";\n";
    let main = format!(
        "fn main() {{ println!(\"{{}} {{}} {{}} {{}}\", sum(), kept::sum(), kept::text(), kept::text_of(|| 0)); \
         }}\n#[inline(never)]\n{sum}"
    );
    let mut project = project([&main, &main]);
    project.edit("vendor/kept/src/lib.rs", &format!("{text}#[inline(never)]\n{sum}"));
    let manifest = std::fs::read_to_string(project.path("Cargo.toml")).unwrap();
    let check = |project: &Project, args: &[&str], is_optimised: bool| {
        project.bessemer(&[&["build", "--bin", "first"], args].concat()).success();
        assert_eq!(project.run("target/bessemer/debug/first").success().stdout, "40425 40425 it it\n");
        let mut nm = std::process::Command::new("nm");
        nm.arg("-S").arg(project.path("target/bessemer/debug/first"));
        let symbols = Outcome::of(nm.output().unwrap()).success().stdout;
        let size = |name: &str| {
            let line =
                symbols.lines().find(|line| line.contains(name)).unwrap_or_else(|| panic!("no {name}: {symbols}"));
            u64::from_str_radix(line.split(' ').nth(1).unwrap(), 16).unwrap()
        };
        assert!(size("5first3sum") > 32, "{args:?} {}", size("5first3sum"));
        assert_eq!(size("4kept3sum") <= 16, is_optimised, "{args:?} {}", size("4kept3sum"));
    };
    check(&project, &[], false);
    for package in ["\"*\"", "kept"] {
        project.edit("Cargo.toml", &format!("{manifest}[profile.dev.package.{package}]\nopt-level = 3\n"));
        check(&project, &[], true);
        // Now from the image.
        project.edit("src/bin/first.rs", &format!("{main}// {package}\n"));
        check(&project, &[], true);
    }
    // The back end that was asked for does all of it.
    check(&project, &["--backend", "cranelift"], false);
    check(&project, &["--backend", "llvm"], true);
    // What is said of others changes nothing.
    project.edit("Cargo.toml", &format!("{manifest}[profile.dev.build-override]\nopt-level = 3\n"));
    check(&project, &[], false);
    // Nothing is kept where there is no cache, and all is right all the same.
    project.edit("Cargo.toml", &format!("{manifest}[profile.dev.package.kept]\nopt-level = 2\n"));
    std::fs::write(project.path("no-folder"), "").unwrap();
    project.cache = project.path("no-folder");
    check(&project, &[], true);
}

/// Constants that only dead code of a dependency needs are looked at in each build, whatever of the dependency is kept.
#[test]
fn errors_of_kept_functions_are_not_hidden() {
    let needs = |ty: &str| format!("fn main() {{ kept::needs::<{ty}>(); }}\n");
    let project = project([&needs("u16"), &needs("u8")]);
    let library =
        "fn check<T>() { const { assert!(size_of::<T>() != 1) } }\npub fn needs<T>() { if false { check::<T>() } }\n";
    project.edit("vendor/kept/src/lib.rs", library);
    project.bessemer(&["build", "--bin", "first"]).success();
    for _ in 0..2 {
        let said = project.bessemer(&["build", "--bin", "second"]).code(101).stderr;
        assert!(said.contains("encountered while instantiating `fn check::<u8>`"), "{said}");
    }
    project.edit("src/bin/second.rs", &needs("u32"));
    project.bessemer(&["build", "--bin", "second"]).success();
    project.edit("src/bin/second.rs", &needs("u8"));
    project.bessemer(&["build", "--bin", "second"]).code(101);
}
