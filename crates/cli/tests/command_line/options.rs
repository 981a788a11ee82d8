//! Options as users of rustc know them, and what helps people to find their way.

use super::{HELLO, Place, gave, says};
use std::process::Stdio;

/// Which warnings there are, and which are errors, is rustc's to say.
#[test]
fn lints_are_rustcs() {
    let place = Place::new();
    place.write("lints.rs", "fn unused() {}\nfn main() { let x = 5; if cfg!(nothing) {} }\n");
    let cases: [&[&str]; 8] = [
        &["-A", "unused"],
        &["-D", "unused"],
        &["-Dunused", "-A", "dead_code"],
        &["-A", "dead_code", "-D", "unused"],
        &["-F", "dead_code", "--cap-lints", "warn"],
        &["--deny=unused-variables", "-Wunused"],
        &["--force-warn", "dead_code", "--cap-lints", "allow"],
        &["--check-cfg", "cfg(nothing)"],
    ];
    for options in cases {
        let rustc =
            place.rustc(&[&["--edition", "2024", "--emit=metadata", "--color=never"], options, &["lints.rs"]].concat());
        let _ = std::fs::remove_file(place.work().join("liblints.rmeta"));
        for command in [&["check"][..], &["build", "-o", "program"], &["run"]] {
            let ours = place.bessemer(&[command, options, &["lints.rs"]].concat());
            assert_eq!((ours.code, &ours.stderr), (rustc.code, &rustc.stderr), "{command:?} {options:?}");
        }
    }
}

#[test]
fn codegen_options() {
    let place = Place::new();
    place.write("hello.rs", HELLO);
    let symbols = |options: &[&str]| {
        let gave = place.succeeds(&[&["build", "-o", "program"], options, &["hello.rs"]].concat());
        assert_eq!(gave.stderr, "", "{options:?}");
        let output = place.command("nm", &["program"]).output().unwrap();
        String::from_utf8(output.stdout).unwrap()
    };
    says(&symbols(&[]), &["hello4main"]);
    assert_eq!(symbols(&["-C", "strip=symbols"]), "");
    for options in [
        &["-C", "codegen-units=1", "-C", "incremental=cache", "-C", "embed-bitcode=no"][..],
        &[
            "-Cmetadata=1",
            "-Clto=off",
            "-Crpath",
            "-Csymbol-mangling-version=v0",
            "-C",
            "force_frame_pointers=yes",
            "-C",
            "target-cpu=native",
        ],
        &["-C", "relocation-model=static", "-C", "default-linker-libraries", "-C", "link-args=-Wl,--build-id -lm"],
    ] {
        symbols(options);
        assert_eq!(place.command(place.work().join("program"), &[]).output().unwrap().stdout, b"hello\n");
    }
    let linker = place.path("linker");
    testing::write_script(&linker, "#!/bin/sh\necho called > called\nexec cc \"$@\"\n");
    symbols(&["-C", &format!("linker={}", linker.display())]);
    assert!(place.work().join("called").exists());
    // What has no effect is told, once.
    let gave = place.succeeds(&["build", "-C", "jump-tables=no", "hello.rs"]);
    assert_eq!(gave.stderr, "warning: `-C jump-tables=no` has no effect: Bessemer does not do that yet\n");
    let said = place.fails(&["build", "-C", "link-agr=x", "hello.rs"], 2);
    says(&said, &["help: did you mean `link-arg`?"]);
}

/// The level and back end that a report tells of.
fn chosen(place: &Place, args: &[&str], backend: Option<&str>) -> String {
    let mut command = place.command(env!("CARGO_BIN_EXE_bessemer"), args);
    if let Some(backend) = backend {
        command.env("BESSEMER_BACKEND", backend);
    }
    let gave = gave(command, b"");
    assert_eq!(gave.code, Some(0), "{}", gave.stderr);
    let line = gave.stderr.lines().find(|line| line.starts_with("back end ")).unwrap_or_default();
    line.rsplit_once(',').unwrap_or_default().0.to_owned()
}

/// One rule for all commands, and the one that `--help` tells.
#[test]
fn back_ends_and_levels_by_default() {
    let place = Place::new();
    place.write("hello.rs", HELLO);
    for command in [&["build", "-o", "program"][..], &["run"]] {
        // An empty cache, as a program that is remembered is not compiled.
        let chosen = |options: &[&str], backend| {
            let _ = std::fs::remove_dir_all(place.path("cache").join("run"));
            chosen(&place, &[command, &["--report"], options, &["hello.rs"]].concat(), backend)
        };
        assert_eq!(chosen(&[], None), "back end cranelift, level 0");
        assert_eq!(chosen(&["-O"], None), "back end llvm, level 3");
        assert_eq!(chosen(&["-O", "1"], None), "back end llvm, level 1");
        assert_eq!(chosen(&["-Os"], None), "back end llvm, level s");
        assert_eq!(chosen(&["--release"], None), "back end llvm, level 3");
        assert_eq!(chosen(&["-C", "opt-level=2"], None), "back end llvm, level 2");
        assert_eq!(chosen(&["-O2", "--backend", "cranelift"], None), "back end cranelift, level 2");
        assert_eq!(chosen(&[], Some("llvm")), "back end llvm, level 0");
        assert_eq!(chosen(&["--backend", "cranelift"], Some("llvm")), "back end cranelift, level 0");
    }
    let words = "Without -O, --release or -C opt-level, code is not optimised.";
    for args in [&["--help"][..], &["build", "-h"], &["run", "--help"]] {
        says(&place.succeeds(args).stdout, &[words, "Cranelift"]);
    }
    says(&place.succeeds(&["build", "--help"]).stdout, &["BESSEMER_CACHE_DIR", "NO_COLOR", "BESSEMER_BACKEND "]);
}

const ARGUMENTS: &str = "fn main() { println!(\"{:?}\", std::env::args().skip(1).collect::<Vec<_>>()); }\n";

#[test]
fn arguments_follow_the_file() {
    let place = Place::new();
    place.write("args.rs", ARGUMENTS);
    for (args, expected) in [
        (&["run", "args.rs", "a", "b"][..], "[\"a\", \"b\"]\n"),
        (&["run", "-O", "args.rs", "--help", "-O", "3", "--", "x"], "[\"--help\", \"-O\", \"3\", \"--\", \"x\"]\n"),
        (&["run", "args.rs", "--", "--backend", "--"], "[\"--backend\", \"--\"]\n"),
    ] {
        let gave = place.succeeds(args);
        assert_eq!((gave.stdout.as_str(), gave.stderr.as_str()), (expected, ""));
    }
    // A script that is a program by itself.
    let script = place.work().join("script");
    testing::write_script(&script, &format!("#!/usr/bin/env -S bessemer run -q\n{ARGUMENTS}"));
    let folder = std::path::Path::new(env!("CARGO_BIN_EXE_bessemer")).parent().unwrap();
    let path = format!("{}:{}", folder.display(), std::env::var("PATH").unwrap());
    let mut command = place.command(&script, &["-v", "--json", "x"]);
    command.env("PATH", path);
    let gave = gave(command, b"");
    assert_eq!((gave.stdout.as_str(), gave.stderr.as_str()), ("[\"-v\", \"--json\", \"x\"]\n", ""));
}

#[test]
fn questions_are_rustcs_to_answer() {
    let place = Place::new();
    place.write("hello.rs", HELLO);
    for (ours, rustcs) in [
        (&["build", "--print", "sysroot"][..], &["--print", "sysroot"][..]),
        (&["check", "--print", "cfg", "-C", "panic=abort"], &["--print", "cfg", "-C", "panic=abort"]),
        (&["check", "--print", "cfg", "--target", "wasm32-wasip1"], &["--print", "cfg", "--target", "wasm32-wasip1"]),
        (&["build", "--print", "crate-name", "hello.rs"], &["--print", "crate-name", "hello.rs"]),
        (&["build", "--explain", "E0308"], &["--explain", "E0308"]),
    ] {
        assert_eq!(place.succeeds(ours).stdout, place.rustc(rustcs).stdout, "{ours:?}");
    }
    assert_eq!(place.files(), ["hello.rs"]);
    let gave = place.succeeds(&["build", "--print", "link-args", "hello.rs"]);
    says(&gave.stdout, &["cc ", "-pie"]);
    assert_eq!(place.files(), ["hello", "hello.rs"]);
    let gave = place.succeeds(&["build", "--crate-type", "staticlib", "--print", "native-static-libs", "hello.rs"]);
    says(&gave.stderr, &["native-static-libs: -l"]);
}

#[test]
fn words_that_help() {
    let place = Place::new();
    place.write("hello.rs", HELLO);
    says(&place.fails(&["buidl", "hello.rs"], 2), &["a similar subcommand exists: 'build'"]);
    says(&place.fails(&["build", "--backend", "lvm", "hello.rs"], 2), &["did you mean `llvm`?"]);
    says(&place.fails(&["build", "--emit", "lnik", "hello.rs"], 2), &["did you mean `link`?"]);
    says(&place.fails(&["man", "chekc"], 2), &["did you mean `check`?"]);
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        says(&place.succeeds(&["completions", shell]).stdout, &["bessemer", "crate-type"]);
    }
    says(&place.succeeds(&["man"]).stdout, &[".TH bessemer 1", "BESSEMER_CACHE_DIR"]);
    says(&place.succeeds(&["man", "build"]).stdout, &[".TH", "emit"]);
    let rustc = place.rustc(&["--version"]).stdout;
    for args in [["--version", "-v"], ["--verbose", "-V"]] {
        let mut command = place.command(env!("CARGO_BIN_EXE_bessemer"), &args);
        command.env_remove("CARGO");
        let gave = gave(command, b"");
        let lines = ["bessemer 0.", "\ncommit: ", "\nllvm: 22.", "\ncranelift: 0."];
        says(&gave.stdout, &lines);
        says(&gave.stdout, &[&format!("\nrustc: {rustc}")]);
    }
}

/// Whoever reads no more has all that is wanted.
#[test]
fn a_closed_pipe_is_no_fault() {
    let place = Place::new();
    place.write("hello.rs", HELLO);
    for args in [
        &["backends"][..],
        &["doctor", "--json"],
        &["cache", "stats"],
        &["completions", "bash"],
        &["man"],
        &["--help"],
        &["build", "--emit", "lir", "-o", "-", "hello.rs"],
        &["build", "--print", "link-args", "hello.rs"],
    ] {
        let mut command = place.command(env!("CARGO_BIN_EXE_bessemer"), args);
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        drop(child.stdout.take());
        let output = child.wait_with_output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!((output.status.code(), said.as_str()), (Some(0), ""), "{args:?}");
    }
    let mut command = place.command(env!("CARGO_BIN_EXE_cargo-bessemer"), &["bessemer", "--help"]);
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!((output.status.code(), output.stderr.len()), (Some(0), 0));
    // Nor is it one where what is said can be read by nobody.
    for args in [&["bessemer", "nosuch"][..], &["bessemer", "build", "--backend", "nosuch"]] {
        let mut command = place.command(env!("CARGO_BIN_EXE_cargo-bessemer"), args);
        let mut child = command.stderr(Stdio::piped()).spawn().unwrap();
        drop(child.stderr.take());
        assert_eq!(child.wait().unwrap().code(), Some(2), "{args:?}");
    }
}

/// The linker's own words come first, then what it was told, in short.
#[test]
fn link_errors() {
    let place = Place::new();
    place.write("undefined.rs", "unsafe extern \"C\" { fn nowhere(); }\nfn main() { unsafe { nowhere() } }\n");
    let short = place.fails(&["build", "undefined.rs"], 1);
    let lines: Vec<&str> = short.lines().collect();
    assert_eq!(lines[0], "error: linking with `cc` failed: exit status: 1");
    says(lines[1], &["undefined symbol: nowhere"]);
    says(&short, &["\n  = note: cc ", "/{libstd-", "object file", "--verbose shows them all"]);
    assert_eq!(short.matches("libcore-").count(), 1);
    let long = place.fails(&["build", "--verbose", "undefined.rs"], 1);
    says(&long, &["\n  = note: the whole command: cc ", "/libstd-", ".rlib"]);
    assert!(!short.contains(".rlib "), "{short}");
}

#[test]
fn a_report_accounts_for_everything() {
    let place = Place::new();
    let text = "use std::arch::asm;\nfn seven() -> u64 { let it; unsafe { asm!(\"mov {}, 7\", out(reg) it) }; it }\n\
                fn main() { println!(\"{}\", seven()); }\n";
    place.write("program.rs", text);
    let gave = place.succeeds(&["build", "-g", "--report", "json", "program.rs"]);
    let line = gave.stderr.lines().find(|line| line.starts_with('{')).unwrap_or_default();
    let value: serde_json::Value = serde_json::from_str(line).unwrap();
    let report = &value["report"];
    assert_eq!((&report["backend"], &report["level"]), (&"cranelift".into(), &"0".into()));
    let fallback = &report["fallbacks"][0];
    assert_eq!(fallback["name"], "program::seven");
    assert_eq!(fallback["place"], "program.rs:2");
    assert_eq!(fallback["backend"], "llvm");
    let codes: Vec<_> = report["code"].as_array().unwrap().iter().collect();
    assert_eq!(codes.iter().map(|code| code["backend"].as_str().unwrap()).collect::<Vec<_>>(), ["cranelift", "llvm"]);
    for code in codes {
        let number = |key: &str| code[key].as_u64().unwrap();
        assert_eq!(number("functions"), number("generated") + number("from_cache"));
    }
    assert!(report["reached"].as_u64().is_some_and(|reached| reached > 10));
    assert!(report["memory_bytes"].as_u64().is_some_and(|bytes| bytes > 1 << 20));
    let size = std::fs::metadata(place.work().join("program")).unwrap().len();
    assert_eq!(report["outputs"], serde_json::json!([{ "path": "program", "size_bytes": size }]));
    let stages: Vec<&str> =
        report["stages"].as_array().unwrap().iter().map(|stage| stage["name"].as_str().unwrap()).collect();
    assert_eq!(stages.last(), Some(&"everything else"));
    let text = place.succeeds(&["build", "-g", "--report", "program.rs"]).stderr;
    let size = format!("program: {size} bytes");
    says(&text, &["`program::seven` (program.rs:2) went to llvm: ", "memory: ", &size, "everything else", "total "]);
    let _ = place.succeeds(&["run", "program.rs"]);
    says(&place.succeeds(&["run", "--report", "program.rs"]).stderr, &["remembered", "look up"]);
}
