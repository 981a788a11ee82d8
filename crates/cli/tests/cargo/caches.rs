//! Builds that are interrupted, that run side by side, whose caches are damaged or cannot be written.

use crate::project::{Outcome, Project};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

fn program(number: u32) -> String {
    format!(
        "use std::collections::HashMap;\nfn main() {{\n    let map: HashMap<_, _> = [(\"number\", {number})].into();\n    \
         println!(\"{{map:?}}\");\n}}\n"
    )
}

fn says(number: u32) -> String {
    format!("{{\"number\": {number}}}\n")
}

const BUILT: &str = "target/bessemer/debug/program";

#[test]
fn a_killed_build_leaves_nothing_wrong() {
    let mut project = Project::program(&program(0));
    project.cache = project.path("cache");
    for (round, wait) in [50, 150, 300, 600, 1000, 1500].into_iter().enumerate() {
        let number = round as u32;
        project.edit("src/main.rs", &program(number));
        let mut command = project.bessemer_command(&["build"]);
        let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).process_group(0).spawn().unwrap();
        std::thread::sleep(Duration::from_millis(wait));
        let group = format!("-{}", child.id());
        Command::new("kill").args(["-KILL", "--", &group]).stderr(Stdio::null()).status().unwrap();
        child.wait().unwrap();
        // Whatever was there is whole.
        if project.path(BUILT).exists() {
            project.run(BUILT).success();
        }
        if round % 2 == 1 {
            project.bessemer(&["build"]).success();
            assert_eq!(project.run(BUILT).success().stdout, says(number), "killed after {wait} ms");
        }
    }
}

#[test]
fn builds_side_by_side() {
    let projects = [Project::program(&program(1)), Project::program(&program(2))];
    let cache = projects[0].path("cache");
    let start = |project: &Project, args: &[&str]| {
        let mut command = project.bessemer_command(args);
        command.env("BESSEMER_CACHE_DIR", &cache).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
    };
    // Of one package, with two back ends; of two packages, with one cache.
    let builds = [
        start(&projects[0], &["build"]),
        start(&projects[0], &["build", "--backend", "llvm"]),
        start(&projects[1], &["build"]),
    ];
    for build in builds {
        Outcome::of(build.wait_with_output().unwrap()).success();
    }
    for (project, number) in projects.iter().zip(1..) {
        assert_eq!(project.run(BUILT).success().stdout, says(number));
    }
}

fn files_below(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).into_iter().flatten() {
        let path = entry.unwrap().path();
        if path.is_dir() { files.extend(files_below(&path)) } else { files.push(path) }
    }
    files.sort();
    files
}

#[test]
fn a_damaged_cache_is_none() {
    let mut project = Project::program(&program(0));
    project.cache = project.path("cache");
    project.write("tests/one.rs", "#[test]\nfn one() {}\n");
    project.bessemer(&["build", "--all-targets"]).success();
    for round in 1..4 {
        for (index, file) in files_below(&project.cache).into_iter().enumerate() {
            let mut bytes = std::fs::read(&file).unwrap();
            let length = bytes.len();
            match round {
                1 => (0..length).step_by(997).for_each(|at| bytes[at] ^= 0x55),
                2 => bytes.truncate(length / 2),
                _ if index % 2 == 0 => bytes.clear(),
                _ => {
                    std::fs::remove_file(&file).unwrap();
                    continue;
                }
            }
            std::fs::write(&file, bytes).unwrap();
        }
        project.edit("src/main.rs", &program(round));
        project.edit("tests/one.rs", "#[test]\nfn one() {}\n");
        let tests = project.bessemer(&["test"]).success();
        assert_eq!(tests.tests(), ["test one ... ok"], "round {round}");
        assert_eq!(project.run(BUILT).success().stdout, says(round), "round {round}");
    }
}

#[test]
fn a_cache_that_cannot_be_written_costs_time_only() {
    let mut project = Project::program(&program(5));
    project.write("tests/one.rs", "#[test]\nfn one() {}\n");
    // A file where the folder would be.
    project.cache = project.path("Cargo.toml");
    project.bessemer(&["build"]).success();
    assert_eq!(project.run(BUILT).success().stdout, says(5));
    assert_eq!(project.bessemer(&["test", "--test", "one"]).success().tests(), ["test one ... ok"]);
    // No cache at all.
    project.cache = PathBuf::new();
    project.edit("src/main.rs", &program(6));
    project.bessemer(&["build"]).success();
    assert_eq!(project.run(BUILT).success().stdout, says(6));
}

#[test]
fn a_cache_that_others_may_write_is_not_used() {
    let mut project = Project::program(&program(5));
    project.write("tests/one.rs", "#[test]\nfn one() {}\n");
    project.cache = project.path("cache");
    std::fs::create_dir(&project.cache).unwrap();
    std::fs::set_permissions(&project.cache, std::os::unix::fs::PermissionsExt::from_mode(0o777)).unwrap();
    let tests = project.bessemer(&["test"]).success();
    assert_eq!(tests.tests(), ["test one ... ok"]);
    // Once, and not for each crate.
    assert_eq!(tests.stderr.matches("the cache folder is not used").count(), 1, "{tests:#?}");
    assert!(files_below(&project.cache).is_empty());
}

/// A small file system, where this user may mount one.
struct SmallDisk(PathBuf);

impl SmallDisk {
    fn mount(folder: PathBuf, size: &str) -> Option<SmallDisk> {
        std::fs::create_dir_all(&folder).unwrap();
        let mut mount = Command::new("mount");
        mount.args(["-t", "tmpfs", "-o", &format!("size={size}"), "tmpfs"]).arg(&folder).stderr(Stdio::null());
        if !mount.status().is_ok_and(|status| status.success()) {
            eprintln!("skipped: this user may not mount file systems");
            return None;
        }
        Some(SmallDisk(folder))
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(&self.0).status();
    }
}

#[test]
fn a_full_disk() {
    let mut project = Project::program(&program(7));
    let Some(_cache) = SmallDisk::mount(project.path("cache"), "100k") else { return };
    // The cache is full: nothing is kept, and nobody minds.
    project.cache = project.path("cache");
    project.bessemer(&["build"]).success();
    assert_eq!(project.run(BUILT).success().stdout, says(7));
    // There is no room for the program: that is an error, and no half of a program is left.
    project.bessemer(&["clean"]).success();
    let Some(target) = SmallDisk::mount(project.path("target/bessemer"), "300k") else { return };
    let failed = project.bessemer(&["build"]);
    assert!(failed.code.is_some_and(|code| code != 0), "{failed:#?}");
    assert!(!failed.stderr.contains("internal error") && !failed.stderr.contains("panicked"), "{failed:#?}");
    assert!(!project.path(BUILT).exists());
    drop(target);
    project.bessemer(&["build"]).success();
    assert_eq!(project.run(BUILT).success().stdout, says(7));
}
