//! Making a std from its source when something comes between. The source is a tiny one, which rustc checks in no time.

use super::{Gave, Place, gave, names, says};
use std::io::{BufRead, BufReader};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, SystemTime};

/// A target without a system: its std is `core` and `alloc`.
const TARGET: &str = "thumbv7em-none-eabihf";

/// The crates of that std, what they need, and their text.
const CRATES: [(&str, &str, &str); 4] = [
    (
        "core",
        "",
        "#![feature(no_core, lang_items)]\n#![no_core]\n\
         #[lang = \"pointee_sized\"]\npub trait PointeeSized {}\n\
         #[lang = \"meta_sized\"]\npub trait MetaSized: PointeeSized {}\n\
         #[lang = \"sized\"]\npub trait Sized: MetaSized {}\n\
         pub mod prelude { pub mod rust_2024 {} }\n",
    ),
    ("compiler_builtins", "core", "#![feature(no_core, compiler_builtins)]\n#![no_core]\n#![compiler_builtins]\n"),
    ("alloc", "core compiler_builtins", "#![feature(no_core)]\n#![no_core]\n"),
    ("sysroot", "alloc", "#![no_std]\n"),
];

impl Place {
    /// Writes the source; gives its folder.
    fn tiny_source(&self) -> PathBuf {
        let library = self.path("source").join("library");
        let write = |name: &str, text: &str| {
            let path = library.join(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        };
        let mut lock = "version = 4\n".to_owned();
        for (name, needs, text) in CRATES {
            let needs: Vec<&str> = needs.split_whitespace().collect();
            let dependencies: String = needs.iter().map(|it| format!("{it} = {{ path = \"../{it}\" }}\n")).collect();
            let features = "panic-unwind = []\nbacktrace = []\ndefault = []\n";
            let head = format!("[package]\nname = \"{name}\"\nversion = \"0.0.0\"\nedition = \"2024\"\n");
            write(
                &format!("{name}/Cargo.toml"),
                &format!("{head}[dependencies]\n{dependencies}[features]\n{features}"),
            );
            write(&format!("{name}/src/lib.rs"), text);
            let mut needs: Vec<String> = needs.iter().map(|it| format!(" \"{it}\",\n")).collect();
            needs.sort();
            lock += &format!(
                "\n[[package]]\nname = \"{name}\"\nversion = \"0.0.0\"\ndependencies = [\n{}]\n",
                needs.concat()
            );
        }
        write("Cargo.toml", "[workspace]\nresolver = \"1\"\nmembers = [\"sysroot\"]\n");
        write("Cargo.lock", &lock);
        // What tells Bessemer that it is one.
        write("std/Cargo.toml", "");
        library
    }

    fn add(&self, source: &Path) -> Command {
        let mut command = self.command(env!("CARGO_BIN_EXE_bessemer"), &["target", "add", TARGET]);
        command.env("BESSEMER_RUST_SRC", source);
        command
    }

    /// The cache's files and folders whose names begin so.
    fn cached(&self, prefix: &str) -> Vec<String> {
        let cache = self.path("cache");
        // One that is ended at once has made none.
        let all = if cache.is_dir() { names(&cache) } else { Vec::new() };
        all.into_iter().filter(|name| name.starts_with(prefix)).collect()
    }

    fn is_listed(&self) -> bool {
        self.succeeds(&["target", "list"]).stdout.contains(TARGET)
    }
}

#[track_caller]
fn succeeded(gave: &Gave) {
    assert_eq!(gave.code, Some(0), "{}", gave.stderr);
}

#[test]
fn interrupted() {
    let place = Place::new();
    let source = place.tiny_source();
    // Before the first word, after each crate, and with what it has started or alone.
    for line in 0..6 {
        for with_children in [true, false] {
            let mut command = place.add(&source);
            command.process_group(0).stdin(Stdio::null()).stderr(Stdio::piped());
            let mut child = command.spawn().unwrap();
            let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
            let _: Vec<_> = lines.by_ref().take(line).collect();
            let whom = format!("{}{}", if with_children { "-" } else { "" }, child.id());
            assert!(Command::new("kill").args(["-9", "--", &whom]).status().unwrap().success());
            child.wait().unwrap();
            // All or nothing.
            let made = place.cached("std-");
            assert_eq!(made.len(), usize::from(place.is_listed()), "{made:?}");
            for name in made {
                std::fs::remove_dir_all(place.path("cache").join(name)).unwrap();
            }
        }
    }
    // It works at once, and what the others have left is swept when it is old.
    succeeded(&gave(place.add(&source), b""));
    assert!(place.is_listed());
    for name in [place.cached("bessemer-scratch-"), place.cached("temporary-std-")].concat() {
        let left = std::fs::File::open(place.path("cache").join(name)).unwrap();
        left.set_modified(SystemTime::now() - Duration::from_secs(3600)).unwrap();
    }
    succeeded(&place.bessemer(&["target", "remove", TARGET]));
    assert!(!place.is_listed());
    succeeded(&gave(place.add(&source), b""));
    assert_eq!((place.cached("bessemer-scratch-"), place.cached("temporary-std-")), (vec![], vec![]));
}

#[test]
fn several_at_once() {
    let place = Place::new();
    let source = place.tiny_source();
    let spawn = |args: &[&str]| {
        let mut command = place.add(&source);
        command.args(args).stdin(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap()
    };
    let children: Vec<_> = [&[][..], &[], &["--panic=immediate-abort"], &[]].into_iter().map(spawn).collect();
    let mut said = String::new();
    for child in children {
        let output = child.wait_with_output().unwrap();
        let text = String::from_utf8(output.stderr).unwrap();
        assert!(output.status.success(), "{text}");
        said += &text;
    }
    // Each once: whoever comes second waits for it.
    assert_eq!(said.matches("Compiling core ").count(), 2, "{said}");
    assert_eq!(place.succeeds(&["target", "list"]).stdout.lines().count(), 2);
    assert_eq!((place.cached("bessemer-scratch-"), place.cached("temporary-std-")), (vec![], vec![]));
}

#[test]
fn broken_source() {
    let place = Place::new();
    let source = place.tiny_source();
    std::fs::write(source.join("alloc/src/lib.rs"), "#![feature(no_core)]\n#![no_core]\nfn broken(\n").unwrap();
    let failed = gave(place.add(&source), b"");
    place.check_failure(&failed, 1);
    says(&failed.stderr, &["the source of std cannot be checked for `thumbv7em-none-eabihf`", "broken("]);
    assert_eq!((place.cached("std-"), place.cached("temporary-std-")), (vec![], vec![]));
    succeeded(&gave(place.add(&place.tiny_source()), b""));
}

/// On disks of many sizes: it is made, or says that there is no room and leaves nothing.
#[test]
fn full_disk() {
    let place = Place::new();
    let source = place.tiny_source();
    let cache = place.path("cache");
    std::fs::create_dir(&cache).unwrap();
    let mut failures = 0;
    for kilobytes in [40, 80, 120, 160, 240, 320, 4000] {
        let mut mount = Command::new("mount");
        mount.args(["-t", "tmpfs", "-o", &format!("mode=700,size={kilobytes}k"), "tmpfs"]).arg(&cache);
        if !mount.stderr(Stdio::null()).status().is_ok_and(|status| status.success()) {
            eprintln!("skipped: this user may not mount file systems");
            return;
        }
        let _unmount = Unmount(&cache);
        let made = gave(place.add(&source), b"");
        if made.code == Some(0) {
            assert!(place.is_listed(), "{kilobytes} kB");
            continue;
        }
        failures += 1;
        place.check_failure(&made, 1);
        says(&made.stderr, &["No space left on device"]);
        let left = [place.cached("std-"), place.cached("bessemer-scratch-"), place.cached("temporary-std-")];
        assert_eq!(left, [const { Vec::<String>::new() }; 3], "{kilobytes} kB");
        assert!(kilobytes < 4000, "{}", made.stderr);
    }
    assert!(failures > 0);
}

struct Unmount<'a>(&'a Path);

impl Drop for Unmount<'_> {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(self.0).status();
    }
}
