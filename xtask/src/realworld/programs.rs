//! Programs: what both builds print.

use super::list::{PROGRAMS, Program};
use super::{Settings, package, succeed};
use std::path::Path;
use std::process::{Command, Stdio};

/// Builds a program four times and compares. Gives what differs.
pub fn check(settings: &Settings, program: &Program) -> Result<Vec<String>, String> {
    let folder = package::unpack(&settings.work, program.package, program.version)?;
    let data = package::unpack(&settings.work, PROGRAMS[0].package, PROGRAMS[0].version)?;
    let mut differences = Vec::new();
    for (profile, dir, flag) in [("debug", "debug", None), ("release", "release", Some("--release"))] {
        let mut ours = settings.bessemer(&folder, "build");
        ours.args(flag);
        succeed(ours, &folder.join(format!("bessemer-{profile}.log")))?;
        let mut theirs = settings.cargo(&folder, "build");
        theirs.args(flag);
        succeed(theirs, &folder.join(format!("cargo-{profile}.log")))?;
        let ours = folder.join("target/bessemer").join(dir).join(program.binary);
        let theirs = folder.join("target").join(dir).join(program.binary);
        let mut same = 0;
        for args in program.uses {
            let (expected, found) = (run(&theirs, args, &data, program)?, run(&ours, args, &data, program)?);
            if expected == found {
                same += 1;
            } else {
                let (line, expected, found) = first_difference(&expected, &found);
                differences.push(format!(
                    "{profile}: `{} {}` line {line}: cargo's prints `{expected}`, Bessemer's `{found}`",
                    program.binary,
                    args.join(" ")
                ));
            }
        }
        println!("{} {} {profile}: {same} of {} uses the same", program.package, program.version, program.uses.len());
    }
    Ok(differences)
}

/// What a program prints, and how it ends.
fn run(binary: &Path, args: &[&str], folder: &Path, program: &Program) -> Result<String, String> {
    let mut command = Command::new(binary);
    command.args(args).current_dir(folder).stdin(Stdio::null());
    let output = command.output().map_err(|error| format!("{}: {error}", binary.display()))?;
    let mut text = String::from_utf8_lossy(&output.stdout).into_owned();
    text += &String::from_utf8_lossy(&output.stderr);
    text += &format!("{}\n", output.status);
    // Names of the files themselves, and times where they are in the output.
    text = text.replace(&*binary.to_string_lossy(), "PROGRAM");
    let is_number = |c: char| c.is_ascii_digit() || c == '.';
    Ok(text
        .lines()
        .filter(|line| !line.contains("\"elapsed\""))
        // What a program that measures thinks of this machine, and the space around it.
        .filter(|line| !program.is_timed || !line.trim().is_empty() && !line.trim_start().starts_with("Warning:"))
        .map(
            |line| {
                if program.is_timed {
                    line.replace(is_number, "").split_whitespace().collect()
                } else {
                    line.to_owned()
                }
            },
        )
        .map(|line| line + "\n")
        .collect())
}

fn first_difference<'a>(a: &'a str, b: &'a str) -> (usize, &'a str, &'a str) {
    let (mut a, mut b) = (a.lines(), b.lines());
    let mut line = 0;
    loop {
        line += 1;
        match (a.next(), b.next()) {
            (Some(a), Some(b)) if a == b => {}
            (a, b) => return (line, a.unwrap_or("nothing"), b.unwrap_or("nothing")),
        }
    }
}
