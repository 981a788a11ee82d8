//! Whatever a program follows from is part of what is remembered.

use crate::place::{Place, Ran, linked};
use std::process::{Child, Stdio};
use std::time::{Duration, SystemTime};

const MAIN: &str = "fn main() { println!(\"{}\", option_env!(\"RX\").unwrap_or(\"none\")); }\n";

fn start(place: &Place, value: &str) -> Child {
    let mut command = place.command(&["run", "--time", "a.rs"]);
    command.env("RX", value).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
}

#[test]
fn runs_at_once_are_each_their_own() {
    for text in [linked(MAIN), MAIN.to_owned()] {
        let place = Place::new();
        place.write("a.rs", text);
        for round in 0..4 {
            let values = ["a", "b", "c"].map(|value| format!("{value}{}", round / 2));
            let running = values.each_ref().map(|value| start(&place, value));
            for (child, value) in running.into_iter().zip(&values) {
                Ran::of(child.wait_with_output().unwrap()).says(&format!("{value}\n"));
            }
            // Each value has its own entry.
            for value in &values {
                let ran = Ran::of(start(&place, value).wait_with_output().unwrap());
                ran.says(&format!("{value}\n")).remembered();
            }
        }
        place.run().says("none\n").compiled();
        place.run().says("none\n").remembered();
    }
}

#[test]
fn edits_during_a_run_are_not_missed() {
    for text in [
        linked("mod m;\nfn main() { println!(\"{}\", m::X); }\n"),
        "mod m;\nfn main() { println!(\"{}\", m::X); }\n".to_owned(),
    ] {
        let place = Place::new();
        place.write("a.rs", &text);
        for round in 0..6_u64 {
            let module = |number: u64| format!("pub const X: u32 = {number};\n");
            place.write("m.rs", module(100 + round));
            let time = SystemTime::now() - Duration::from_secs(1000);
            let set_back = || {
                let file = std::fs::File::open(place.path("work/m.rs")).unwrap();
                file.set_modified(time).unwrap();
            };
            set_back();
            let mut command = place.command(&["run", "a.rs"]);
            let mut running = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
            std::thread::sleep(Duration::from_millis(40 * round));
            // The same size and time of modification.
            place.write("m.rs", module(200 + round));
            set_back();
            running.wait().unwrap();
            place.run().says(&format!("{}\n", 200 + round));
        }
    }
}

#[test]
fn a_file_that_was_not_there_counts() {
    let place = Place::new();
    place.write("a.rs", "mod m;\nmod n;\nfn main() { println!(\"{}\", m::X + n::X); }\n");
    place.write("m.rs", "pub const X: u32 = 1;\n");
    place.write("n/mod.rs", "pub const X: u32 = 1;\n");
    place.run().says("2\n").compiled();
    place.run().says("2\n").remembered();
    for other in ["m/mod.rs", "n.rs"] {
        place.write(other, "pub const X: u32 = 2;\n");
        place.run().fails("E0761");
        std::fs::remove_file(place.path("work").join(other)).unwrap();
        place.run().says("2\n").remembered();
    }
}

#[test]
fn tests_are_remembered_too() {
    let place = Place::new();
    place.write("a.rs", "#[test]\nfn one() {}\n");
    for is_compiled in [true, false] {
        let ran = place.run_with(&["--test"]);
        assert!(ran.stdout.contains("test one ... ok"), "{ran:#?}");
        assert_eq!(ran.is_compiled(), is_compiled);
    }
    place.write("a.rs", "#[test]\nfn two() {}\n");
    assert!(place.run_with(&["--test"]).compiled().stdout.contains("test two ... ok"));
}

#[test]
fn files_with_odd_names_count() {
    let place = Place::new();
    let names = ["#x", "a b", "c:d", "# env-dep:X=1", "back\\slash", "line\nend", "x:\ny:"];
    let mut text = String::from("fn main() {\n");
    for name in names {
        place.write(name, "1");
        text += &format!("print!(\"{{}}\", include_str!({name:?}));\n");
    }
    // No text, and of a length that is no matter.
    place.write("bytes", [0xff, 1]);
    text += "println!(\" {:?}\", include_bytes!(\"bytes\"));\n}\n";
    place.write("a.rs", text);
    place.run().says("1111111 [255, 1]\n").compiled();
    place.run().says("1111111 [255, 1]\n").remembered();
    let mut digits = [b'1'; 7];
    for (index, name) in names.iter().enumerate() {
        place.write(name, "2");
        digits[index] = b'2';
        place.run().says(&format!("{} [255, 1]\n", String::from_utf8_lossy(&digits)));
    }
    place.write("bytes", [0xff, 2]);
    place.run().says("2222222 [255, 2]\n").compiled();
}

#[test]
fn the_environment_counts() {
    let place = Place::new();
    place.write(
        "a.rs",
        "#![allow(internal_features)]\n#![feature(core_intrinsics)]\nfn main() { println!(\"ran\"); }\n",
    );
    let run = |bootstrap: Option<&str>| {
        let mut command = place.command(&["run", "--time", "a.rs"]);
        bootstrap.map(|value| command.env("RUSTC_BOOTSTRAP", value));
        Ran::of(command.output().unwrap())
    };
    run(Some("1")).says("ran\n").compiled();
    run(Some("1")).says("ran\n").remembered();
    run(None).fails("E0554");
    run(Some("0")).fails("E0554");

    // Values with everything that has to be escaped, and values that are no text.
    place.write("a.rs", "fn main() { println!(\"{:?}\", option_env!(\"RX\")); }\n");
    for value in ["a=b\n# env-dep:RX=c", "\\n", "", "\r\\"] {
        for is_new in [true, false] {
            let ran = Ran::of(start(&place, value).wait_with_output().unwrap()).says(&format!("{:?}\n", Some(value)));
            assert_eq!(ran.is_compiled(), is_new, "{value:?}");
        }
    }
    place.run().says("None\n").compiled();
    let plain = start(&place, "a").wait_with_output().unwrap();
    Ran::of(plain).says("Some(\"a\")\n").compiled();
    place.run().says("None\n").remembered();
}

/// A C library in a folder.
fn library(place: &Place, folder: &str, name: &str, value: u32) {
    place.write(&format!("{folder}/it.c"), format!("int it(void) {{ return {value}; }}\n"));
    place.tool("cc", &["-c", &format!("{folder}/it.c"), "-o", &format!("{folder}/it.o")]);
    let archive = format!("{folder}/lib{name}.a");
    let _ = std::fs::remove_file(place.path("work").join(&archive));
    place.tool("ar", &["rcs", &archive, &format!("{folder}/it.o")]);
}

#[test]
fn what_the_linker_reads_counts() {
    let place = Place::new();
    place.write("a.rs", "unsafe extern \"C\" { safe fn it() -> i32; }\nfn main() { println!(\"{}\", it()); }\n");
    std::fs::create_dir_all(place.path("work/empty")).unwrap();
    library(&place, "native", "it", 1);
    library(&place, "path", "it", 1);
    let script = "INPUT(native/it.o)\n";
    place.write("script.ld", script);
    let ways: [(&[&str], &str); 6] = [
        (&["-L", "empty", "-L", "native=native", "-l", "static=it"], "native"),
        (&["-l", "it", "-Clink-arg=-Lnative"], "native"),
        (&["-Clink-arg=native/libit.a"], "native"),
        (&["-Clink-arg=native/it.o"], "native"),
        (&["-Clink-arg=script.ld"], "native"),
        (&["-l", "it"], "path"),
    ];
    for (args, folder) in ways {
        let run = || {
            let mut command = place.command(&[&["run", "--time"], args, &["a.rs"]].concat());
            if folder == "path" {
                command.env("LIBRARY_PATH", place.path("work/path"));
            }
            Ran::of(command.output().unwrap())
        };
        library(&place, folder, "it", 1);
        run().says("1\n").compiled();
        run().says("1\n").remembered();
        library(&place, folder, "it", 2);
        run().says("2\n").compiled();
        run().says("2\n").remembered();
    }
    // A library that is found before the other.
    let args = ["-L", "empty", "-L", "native", "-l", "static=it"];
    library(&place, "native", "it", 1);
    place.run_with(&args).says("1\n").compiled();
    library(&place, "empty", "it", 3);
    place.run_with(&args).says("3\n").compiled();
}

#[test]
fn libraries_of_other_crates_count() {
    let place = Place::new();
    place.write("b.rs", "pub fn it() -> u32 { c::it() }\n");
    place.write("a.rs", "fn main() { println!(\"{}\", b::it()); }\n");
    std::fs::create_dir_all(place.path("work/deps")).unwrap();
    let compile = |value: u32| {
        place.write("c.rs", format!("#[inline]\npub fn it() -> u32 {{ {value} }}\n"));
        for (name, args) in [("c.rs", &[] as &[&str]), ("b.rs", &["--extern", "c=deps/libc.rmeta"])] {
            let fixed =
                ["--crate-type=lib", "--emit=metadata", "--out-dir=deps", "--edition=2024", "-Zalways-encode-mir"];
            let mut command = std::process::Command::new("rustc");
            command.arg(name).args(fixed).args(args).current_dir(place.path("work")).env("RUSTC_BOOTSTRAP", "1");
            assert!(command.status().unwrap().success());
        }
    };
    compile(1);
    let args = ["--extern", "b=deps/libb.rmeta", "-L", "dependency=deps"];
    place.run_with(&args).says("1\n").compiled();
    place.run_with(&args).says("1\n").remembered();
    compile(2);
    place.run_with(&args).says("2\n").compiled();
    place.run_with(&args).says("2\n").remembered();
}
