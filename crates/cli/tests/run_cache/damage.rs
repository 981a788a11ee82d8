//! Damaged files, and a cache that is emptied while it is used.

use crate::place::{Place, Ran, files_below, linked};
use std::os::unix::process::CommandExt;
use std::process::{Command, Stdio};
use std::time::{Duration, SystemTime};

const MAIN: &str = "fn main() { println!(\"it runs\"); }\n";
const SAYS: &str = "it runs\n";

#[test]
fn what_is_damaged_is_compiled_again() {
    for text in [linked(MAIN), MAIN.to_owned()] {
        let place = Place::new();
        place.write("a.rs", text);
        place.run().says(SAYS).compiled();
        place.run().says(SAYS).remembered();
        for kind in 0..3 {
            for step in 0..5_usize {
                for file in files_below(&place.cache()) {
                    let whole = std::fs::read(&file).unwrap();
                    let at = whole.len() * step / 5;
                    let damaged = match kind {
                        0 => whole.iter().enumerate().map(|(index, byte)| byte ^ u8::from(index == at)).collect(),
                        1 => whole[..at].to_vec(),
                        _ => [&whole[..], &[step as u8; 9]].concat(),
                    };
                    // In place, so that mode and owner stay.
                    std::fs::write(&file, damaged).unwrap();
                }
                place.run().says(SAYS);
                place.run().says(SAYS).remembered();
            }
        }
    }
}

#[test]
fn each_file_of_a_program_is_checked() {
    let place = Place::new();
    place.write("a.rs", linked(MAIN));
    place.run().says(SAYS).compiled();
    let files = files_below(&place.cache().join("run"));
    assert_eq!(files.len(), 3, "entry, names of variables, executable: {files:?}");
    for file in files {
        let mut bytes = std::fs::read(&file).unwrap();
        let middle = bytes.len() / 2;
        bytes[middle] ^= 1;
        let time = std::fs::metadata(&file).unwrap().modified().unwrap();
        std::fs::write(&file, bytes).unwrap();
        std::fs::File::open(&file).unwrap().set_modified(time).unwrap();
        place.run().says(SAYS).compiled();
        place.run().says(SAYS).remembered();
    }
    // Another program in the place of this one's.
    let name = |path: &std::path::PathBuf| path.extension().is_some_and(|it| it == "exe");
    let executable = files_below(&place.cache()).into_iter().find(name).unwrap();
    std::fs::copy("/bin/false", &executable).unwrap();
    place.run().says(SAYS).compiled();
    std::fs::remove_file(&executable).unwrap();
    std::os::unix::fs::symlink("/bin/false", &executable).unwrap();
    place.run().says(SAYS).compiled();
    place.run().says(SAYS).remembered();
}

#[test]
fn cleaning_removes_all_there_is() {
    let place = Place::new();
    place.write("a.rs", linked(MAIN));
    place.run().says(SAYS);
    // What other versions and killed processes left, and what is none of ours.
    let old = SystemTime::now() - Duration::from_secs(7200);
    for folder in
        ["cache/code0", "cache/run2", "cache/images", "cache/bessemer-scratch-x", "temporary/bessemer-scratch-dead"]
    {
        std::fs::create_dir_all(place.path(folder).join("below")).unwrap();
        std::fs::write(place.path(folder).join("below/file"), "x").unwrap();
        std::fs::File::open(place.path(folder)).unwrap().set_modified(old).unwrap();
    }
    for file in ["cache/.tmpAbC", "cache/temporary-x", "cache/toolchain-0123.json", "cache/run/left-over"] {
        std::fs::write(place.path(file), "x").unwrap();
    }
    for file in ["cache/notes.txt", "cache/runner", "temporary/other"] {
        std::fs::write(place.path(file), "x").unwrap();
    }
    let clean = || {
        let output = place.command(&["cache", "clean", "--json"]).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        serde_json::from_slice::<serde_json::Value>(&output.stdout).unwrap()["freed_bytes"].as_u64().unwrap()
    };
    let size = || files_below(&place.cache()).iter().map(|it| std::fs::metadata(it).unwrap().len()).sum::<u64>();
    let before = size();
    let freed = clean();
    let left = ["cache/code1/lock", "cache/notes.txt", "cache/runner", "temporary/other"].map(|it| place.path(it));
    let found: Vec<_> = [files_below(&place.cache()), files_below(&place.path("temporary"))].concat();
    assert_eq!(found, left);
    assert_eq!(freed, before - size());
    assert_eq!(clean(), 0);
    place.run().says(SAYS).compiled();
    place.run().says(SAYS).remembered();
}

#[test]
fn cleaning_harms_nobody() {
    let place = Place::new();
    let test = "#[test]\nfn one() { println!(\"x\"); }\n";
    place.write("a.rs", format!("{test}{}", linked(MAIN)));
    place.write("b.rs", MAIN);
    let is_done = std::sync::atomic::AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            while !is_done.load(std::sync::atomic::Ordering::Relaxed) {
                let output = place.command(&["cache", "clean"]).output().unwrap();
                assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
            }
        });
        let results = std::panic::catch_unwind(|| {
            for round in 0..4 {
                let start = |args: &[&str]| {
                    let mut command = place.command(args);
                    command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
                };
                let runs = [start(&["run", "a.rs"]), start(&["run", "b.rs"])];
                let output = place.path(&format!("program{round}"));
                let build = start(&["build", "-o", output.to_str().unwrap(), "a.rs"]);
                let tests = start(&["run", "--test", "a.rs"]);
                for run in runs {
                    Ran::of(run.wait_with_output().unwrap()).says(SAYS);
                }
                Ran::of(build.wait_with_output().unwrap()).says("");
                let tests = Ran::of(tests.wait_with_output().unwrap());
                assert!(tests.code == Some(0) && tests.stdout.contains("test one ... ok"), "{tests:#?}");
            }
        });
        is_done.store(true, std::sync::atomic::Ordering::Relaxed);
        if let Err(payload) = results {
            std::panic::resume_unwind(payload);
        }
    });
}

#[test]
fn left_overs_of_killed_runs_are_swept() {
    let place = Place::new();
    place.write("a.rs", linked(MAIN));
    let old = SystemTime::now() - Duration::from_secs(7200);
    std::fs::create_dir_all(place.cache().join("run")).unwrap();
    let folders = ["temporary/bessemer-scratch-dead", "cache/run/bessemer-scratch-dead"].map(|it| place.path(it));
    for folder in &folders {
        std::fs::create_dir_all(folder.join("below")).unwrap();
        std::fs::File::open(folder).unwrap().set_modified(old).unwrap();
    }
    // Somebody works in it still.
    let used = place.path("temporary/bessemer-scratch-used");
    std::fs::create_dir(&used).unwrap();
    let lock = std::fs::File::open(&used).unwrap();
    lock.lock().unwrap();
    lock.set_modified(old).unwrap();
    place.run().says(SAYS);
    assert!(folders.iter().all(|folder| !folder.exists()) && used.exists());
    assert_eq!(std::fs::read_dir(place.path("temporary")).unwrap().count(), 1);
    // Really killed ones leave something, which is told from what is in use.
    place.write("a.rs", linked("fn main() { println!(\"another\"); }\n"));
    let mut command = place.command(&["run", "a.rs"]);
    let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).process_group(0).spawn().unwrap();
    std::thread::sleep(Duration::from_millis(30));
    // With the rustc that it has started, which would go on writing to its folder.
    let group = format!("-{}", child.id());
    assert!(Command::new("kill").args(["-KILL", "--", &group]).status().unwrap().success());
    child.wait().unwrap();
    // The rustc of a killed run ends by itself, a moment later, and what it still writes makes the folder young again.
    let left: Vec<_> = std::fs::read_dir(place.path("temporary")).unwrap().map(|entry| entry.unwrap().path()).collect();
    let is_old = |path: &std::path::PathBuf| std::fs::metadata(path).unwrap().modified().unwrap() == old;
    let deadline = std::time::Instant::now() + Duration::from_secs(60);
    while !left.iter().all(is_old) {
        assert!(std::time::Instant::now() < deadline, "something still writes to {left:?}");
        for path in &left {
            std::fs::File::open(path).unwrap().set_modified(old).unwrap();
        }
        std::thread::sleep(Duration::from_millis(200));
    }
    std::fs::File::open(place.cache().join("swept")).unwrap().set_modified(old).unwrap();
    place.run().says("another\n");
    assert_eq!(std::fs::read_dir(place.path("temporary")).unwrap().count(), 1);
}
