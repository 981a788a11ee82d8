//! Tests: the results of each, with cargo and with each back end.

use super::list::Tested;
use super::{Settings, package};
use std::collections::BTreeMap;
use std::fs::File;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// How long the tests of a package may be compiled and run: one that hangs must not hold up all others.
const TIME_LIMIT: Duration = Duration::from_secs(30 * 60);

/// How many tests that differ are named.
const MAX_NAMES: usize = 8;

/// How often each test had each result, over all the package's test programs.
type Results = BTreeMap<(String, String), usize>;

/// Runs a package's tests with cargo and with each back end. Gives what differs.
pub fn check(settings: &Settings, tested: &Tested) -> Result<Vec<String>, String> {
    let folder = package::unpack(&settings.work, tested.package, tested.version)?;
    let with_args = |mut command: Command| {
        command.arg("--no-fail-fast").args(tested.args);
        // A lint that a package denies and a later compiler knows better would stop it; cargo caps lints of dependencies so.
        command.env("RUSTFLAGS", "--cap-lints=warn");
        command
    };
    let expected = run(with_args(settings.cargo(&folder, "test")), &folder.join("cargo-test.log"))?;
    let mut differences = Vec::new();
    let mut line = format!("{} {}: cargo {}", tested.package, tested.version, summary(&expected));
    for backend in &settings.backends {
        let mut command = settings.bessemer(&folder, "test");
        command.args(["--backend", backend]);
        let log = folder.join(format!("{backend}-test.log"));
        match run(with_args(command), &log) {
            Ok(mut found) => {
                line += &format!(", {backend} {}", summary(&found));
                if settings.own_front_end {
                    line += &format!(" ({})", bodies(&log));
                }
                let mut expected = expected.clone();
                let known = settings.known.iter().filter_map(|it| it.test_of(tested.package, backend));
                let differing = known.filter(|test| take_known(test, &mut expected, &mut found)).count();
                if differing > 0 {
                    line += &format!(" ({differing} known to differ)");
                }
                differences.extend(compare(backend, &expected, &found));
            }
            Err(message) => {
                line += &format!(", {backend} not run");
                differences.push(message);
            }
        }
    }
    println!("{line}");
    Ok(differences)
}

/// How many bodies were whose, over all test programs, by the reports among a command's messages.
fn bodies(log: &Path) -> String {
    let text = std::fs::read_to_string(log).unwrap_or_default();
    let (mut own, mut rustc) = (0, 0);
    for line in text.lines().filter_map(|line| line.trim().strip_prefix("front end own: ")) {
        let mut numbers = line.split(' ').filter_map(|word| word.parse::<u64>().ok());
        own += numbers.next().unwrap_or(0);
        rustc += numbers.next().unwrap_or(0);
    }
    format!("{own} bodies own, {rustc} from rustc")
}

fn run(command: Command, log: &Path) -> Result<Results, String> {
    let shown = format!("{command:?}");
    let out = log.with_extension("out");
    let Some(is_success) = run_for(TIME_LIMIT, command, &out, log).map_err(|error| format!("{shown}: {error}"))? else {
        return Err(format!("{shown} took longer than {} minutes; see {}", TIME_LIMIT.as_secs() / 60, out.display()));
    };
    let read = |file: &Path| match std::fs::read(file) {
        Ok(bytes) => Ok(String::from_utf8_lossy(&bytes).into_owned()),
        Err(error) => Err(format!("{}: {error}", file.display())),
    };
    let (stdout, stderr) = (read(&out)?, read(log)?);
    if stderr.contains("error: could not compile") {
        return Err(format!("{shown} did not compile; see {}", log.display()));
    }
    let mut results = Results::new();
    for line in stdout.lines() {
        let Some((name, result)) = line.strip_prefix("test ").and_then(|line| line.rsplit_once(" ... ")) else {
            continue;
        };
        if result == "ok" || result == "FAILED" || result.starts_with("ignored") {
            *results.entry((name.to_owned(), result.to_owned())).or_default() += 1;
        }
    }
    // Programs without the standard harness count by how they end.
    results.insert(("(exit)".to_owned(), is_success.to_string()), 1);
    Ok(results)
}

/// Runs a command, whose words go to files, to its end, if that comes in time. Whether it succeeded.
fn run_for(limit: Duration, mut command: Command, stdout: &Path, stderr: &Path) -> std::io::Result<Option<bool>> {
    command.stdin(Stdio::null()).stdout(File::create(stdout)?).stderr(File::create(stderr)?);
    // A group of its own: with cargo end the programs that it runs.
    let mut child = command.process_group(0).spawn()?;
    let start = Instant::now();
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(Some(status.success()));
        }
        if start.elapsed() > limit {
            Command::new("kill").args(["-KILL", "--", &format!("-{}", child.id())]).status()?;
            child.wait()?;
            return Ok(None);
        }
        std::thread::sleep(Duration::from_millis(100));
    }
}

fn summary(results: &Results) -> String {
    let count = |wanted: &str| -> usize {
        results.iter().filter(|((_, result), _)| result.starts_with(wanted)).map(|(_, count)| count).sum()
    };
    format!("{} passed {} failed {} ignored", count("ok"), count("FAILED"), count("ignored"))
}

/// Takes a test out of both results; whether it differs.
fn take_known(test: &str, expected: &mut Results, found: &mut Results) -> bool {
    let take = |results: &mut Results| -> Results {
        let keys: Vec<_> = results.keys().filter(|(name, _)| name == test).cloned().collect();
        keys.into_iter().filter_map(|key| results.remove_entry(&key)).collect()
    };
    take(expected) != take(found)
}

fn compare(backend: &str, expected: &Results, found: &Results) -> Vec<String> {
    let differing = |a: &Results, b: &Results| -> Vec<String> {
        let only = a.iter().filter(|(key, count)| b.get(key) != Some(count));
        only.map(|((name, result), count)| format!("{name} {result} ×{count}")).collect()
    };
    let (missing, new) = (differing(expected, found), differing(found, expected));
    let mut lines = Vec::new();
    for (what, list) in [("only with cargo", missing), ("only with Bessemer", new)] {
        if !list.is_empty() {
            let shown: Vec<_> = list.iter().take(MAX_NAMES).cloned().collect();
            let more =
                if list.len() > MAX_NAMES { format!(" and {} more", list.len() - MAX_NAMES) } else { String::new() };
            lines.push(format!("{backend}, {what}: {}{more}", shown.join(", ")));
        }
    }
    lines
}
