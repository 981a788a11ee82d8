//! Cache folders that are not the user's alone, that cannot be written, that nothing may be run from, or that are not there.

use crate::place::{Disk, Place, Ran, files_below, linked, set_mode};
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown, lchown, symlink};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::Command;

const MAIN: &str = "fn main() { println!(\"it runs\"); }\n";
const SAYS: &str = "it runs\n";
const REFUSED: &str = "warning: the cache folder is not used: ";

/// Another user's number.
const OTHER: u32 = 54321;

fn place() -> Place {
    let place = Place::new();
    place.write("a.rs", linked(MAIN));
    place.write("b.rs", MAIN);
    place
}

fn is_root(place: &Place) -> bool {
    let is_root = std::fs::metadata(place.path("work")).unwrap().uid() == 0;
    if !is_root {
        eprintln!("skipped: only root can give files away");
    }
    is_root
}

#[test]
fn folders_are_for_their_user_only() {
    let place = place();
    place.run().says(SAYS);
    for folder in ["cache", "cache/run", "cache/code1"] {
        let mode = std::fs::metadata(place.path(folder)).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o700, "{folder}");
    }
    for file in files_below(&place.cache()) {
        let metadata = std::fs::metadata(&file).unwrap();
        // A lock holds nothing.
        assert!(metadata.mode() & 0o077 == 0 || metadata.len() == 0, "{}", file.display());
    }
}

#[test]
fn what_others_may_write_is_not_used() {
    let place = place();
    place.run().says(SAYS);
    let before = files_below(&place.cache());
    for mode in [0o777, 0o770, 0o1777] {
        set_mode(&place.cache(), mode);
        let ran = place.run().says(SAYS).compiled();
        assert!(ran.stderr.contains(REFUSED) && ran.stderr.contains("help: "), "{ran:#?}");
        assert_eq!(place.run().compiled().stderr.matches(REFUSED).count(), 1);
        assert_eq!(files_below(&place.cache()), before);
        let output = Ran::of(place.command(&["cache", "clean"]).output().unwrap());
        output.fails("the cache folder is not used");
    }
    // Others may read, but not write.
    set_mode(&place.cache(), 0o755);
    place.run().says(SAYS).remembered();
    // One of the caches in it.
    set_mode(&place.cache().join("run"), 0o777);
    place.run().says(SAYS).compiled();
    set_mode(&place.cache().join("run"), 0o700);
    // The folder that it is in.
    let outer = place.path("outer");
    std::fs::create_dir_all(outer.join("cache")).unwrap();
    set_mode(&outer, 0o777);
    assert!(place.run_in(&outer.join("cache")).says(SAYS).stderr.contains(REFUSED));
    assert!(files_below(&outer).is_empty());
    set_mode(&outer, 0o1777);
    assert!(!place.run_in(&outer.join("cache")).says(SAYS).stderr.contains(REFUSED));
}

#[test]
fn what_is_anothers_is_not_used() {
    let place = place();
    if !is_root(&place) {
        return;
    }
    place.run().says(SAYS).compiled();
    chown(place.cache(), Some(OTHER), None).unwrap();
    assert!(place.run().says(SAYS).compiled().stderr.contains(REFUSED));
    chown(place.cache(), Some(0), None).unwrap();
    place.run().says(SAYS).remembered();
    let link = place.path("link");
    symlink(place.cache(), &link).unwrap();
    place.run_in(&link).says(SAYS).remembered();
    lchown(&link, Some(OTHER), None).unwrap();
    assert!(place.run_in(&link).says(SAYS).compiled().stderr.contains(REFUSED));
    // An executable that somebody else owns.
    let executable = files_below(&place.cache()).into_iter().find(|it| it.extension().is_some_and(|it| it == "exe"));
    chown(executable.unwrap(), Some(OTHER), None).unwrap();
    place.run().says(SAYS).compiled();
}

/// A command as another user, who may read everything (the toolchain may be in root's home), but owns nothing.
fn as_other(program: impl AsRef<std::ffi::OsStr>) -> Command {
    let mut command = Command::new("setpriv");
    command.args(["--reuid", &OTHER.to_string(), "--regid", &OTHER.to_string(), "--clear-groups"]);
    command.args(["--inh-caps", "+dac_read_search", "--ambient-caps", "+dac_read_search"]).arg(program);
    command
}

#[test]
fn users_do_not_run_each_others_programs() {
    let place = place();
    if !is_root(&place) {
        return;
    }
    let sysroot = Command::new("rustc").args(["--print", "sysroot"]).output().unwrap();
    let rustc = Path::new(String::from_utf8(sysroot.stdout).unwrap().trim()).join("bin/rustc");
    if !as_other(&rustc).arg("-vV").output().is_ok_and(|it| it.status.success()) {
        eprintln!("skipped: another user cannot run the compiler");
        return;
    }
    set_mode(&place.path(""), 0o755);
    set_mode(&place.path("temporary"), 0o1777);
    // A program in memory: the linker asks whether the user himself may read its files.
    let run = |mut command: Command, cache: &Path| {
        command.args(["run", "--time", "b.rs"]).current_dir(place.path("work")).env_remove("RUST_BACKTRACE");
        command.env("BESSEMER_CACHE_DIR", cache).env("TMPDIR", place.path("temporary")).env("RUSTC", &rustc);
        Ran::of(command.output().unwrap()).says(SAYS)
    };
    let bessemer = env!("CARGO_BIN_EXE_bessemer");
    let one = |cache: &Path| run(Command::new(bessemer), cache);
    let other = |cache: &Path| run(as_other(bessemer), cache);
    // The one's folder, which the other may read, then write too.
    one(&place.cache()).compiled();
    one(&place.cache()).remembered();
    for mode in [0o700, 0o755, 0o777] {
        set_mode(&place.cache(), mode);
        assert!(other(&place.cache()).compiled().stderr.contains(REFUSED));
    }
    // The other's folder in a folder for all; root does not use it either.
    let own = place.path("temporary/own");
    other(&own).compiled();
    other(&own).remembered();
    assert_eq!(std::fs::metadata(&own).unwrap().uid(), OTHER);
    assert!(one(&own).compiled().stderr.contains(REFUSED));
}

#[test]
fn nothing_may_be_run_from_the_cache() {
    let place = place();
    let Some(_disk) = Disk::mount(place.cache(), "size=100m,noexec") else { return };
    for is_new in [true, false] {
        assert_eq!(place.run().says(SAYS).is_compiled(), is_new);
    }
    // Tests are found with a library that rustc loads.
    place.write("c.rs", "#[test]\nfn one() {}\n");
    let tests = Ran::of(place.command(&["run", "--test", "c.rs"]).output().unwrap());
    assert!(tests.code == Some(0) && tests.stdout.contains("test one ... ok"), "{tests:#?}");
    assert_eq!(std::fs::read_dir(place.path("temporary")).unwrap().count(), 0);
    // Nor from the folder for temporary files: memory is left.
    let Some(_temporary) = Disk::mount(place.path("temporary"), "size=100m,noexec") else { return };
    place.run().says(SAYS).remembered();
    place.run_in(Path::new("")).says(SAYS).compiled();
    assert_eq!(std::fs::read_dir(place.path("temporary")).unwrap().count(), 0);
}

#[test]
fn a_cache_that_is_full() {
    for size in ["4k", "40k", "400k", "1m", "4m"] {
        let place = place();
        let Some(_disk) = Disk::mount(place.cache(), &format!("size={size}")) else { return };
        for file in ["a.rs", "b.rs"] {
            for _ in 0..2 {
                Ran::of(place.command(&["run", file]).output().unwrap()).says(SAYS);
            }
        }
        let output = place.path("program");
        Ran::of(place.command(&["build", "-o", output.to_str().unwrap(), "a.rs"]).output().unwrap()).says("");
        Ran::of(Command::new(&output).output().unwrap()).says(SAYS);
        assert!(place.command(&["cache", "clean"]).status().unwrap().success(), "{size}");
        assert_eq!(std::fs::read_dir(place.path("temporary")).unwrap().count(), 0, "{size}");
    }
}

#[test]
fn a_cache_that_is_read_only() {
    let place = place();
    let Some(disk) = Disk::mount(place.cache(), "size=100m") else { return };
    place.run().says(SAYS).compiled();
    disk.make_read_only();
    place.run().says(SAYS).remembered();
    place.write("a.rs", linked("fn main() { println!(\"another\"); }\n"));
    for _ in 0..2 {
        let ran = place.run().says("another\n").compiled();
        assert!(!ran.stderr.contains("warning"), "{ran:#?}");
    }
    assert_eq!(std::fs::read_dir(place.path("temporary")).unwrap().count(), 0);
}

#[test]
fn a_cache_that_cannot_be() {
    let place = place();
    std::fs::write(place.path("file"), "").unwrap();
    for cache in [place.path("file"), place.path("file/below"), "/proc/1/no-such-folder".into(), "/dev/null".into()] {
        let ran = place.run_in(&cache).says(SAYS).compiled();
        assert!(!ran.stderr.contains("error"), "{ran:#?}");
    }
    // Variables that name no folder.
    for (xdg, home, expected) in [("", "home", "home/.cache/bessemer"), ("relative", "home", "home/.cache/bessemer")] {
        let mut command = place.command(&["run", "a.rs"]);
        command.env_remove("BESSEMER_CACHE_DIR").env("XDG_CACHE_HOME", xdg).env("HOME", place.path(home));
        // rustup looks for its own things there.
        let rustup = std::env::var_os("RUSTUP_HOME").map_or_else(|| home_of_user().join(".rustup"), Into::into);
        command.env("RUSTUP_HOME", rustup);
        Ran::of(command.output().unwrap()).says(SAYS);
        assert!(place.path(expected).is_dir(), "{xdg:?}");
        std::fs::remove_dir_all(place.path(home)).unwrap();
    }
    let mut names: Vec<_> = std::fs::read_dir(place.path("work")).unwrap().map(|it| it.unwrap().file_name()).collect();
    names.sort();
    assert_eq!(names, ["a.rs", "b.rs"], "nothing is put into the folder that somebody works in");
}

fn home_of_user() -> std::path::PathBuf {
    std::env::var_os("HOME").unwrap_or_default().into()
}

/// Others can guess names, but not be first: folders for what comes between are new, and their user's.
#[test]
fn temporary_folders_are_for_their_user_only() {
    let place = place();
    let mode = "fn main() {\n    use std::os::unix::fs::PermissionsExt;\n    let path = std::env::current_exe().unwrap();\n    \
                let folder = path.parent().unwrap();\n    println!(\"{:o}\", \
                std::fs::metadata(folder).unwrap().permissions().mode() & 0o777);\n}\n";
    place.write("a.rs", linked(mode));
    let mut command = place.command_with(Path::new(""), &["run", "a.rs"]);
    // SAFETY: it only sets a number of the process to be.
    unsafe {
        command.pre_exec(|| {
            libc::umask(0);
            Ok(())
        });
    }
    Ran::of(command.output().unwrap()).says("700\n");
}
