//! What rustc prints, from a run or from the last one.

use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash, Hasher};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::time::Duration;

use syntax::span::Edition;

use super::compilation::Compilation;
use super::files::SourceFile;

/// What rustc makes of a file.
pub struct Answer {
    /// Its print; nothing if it reported errors.
    pub text: Option<String>,
    /// How long it took from the text to the tree.
    pub time: Duration,
}

const FOLDER: &str = "target/front-diff";

/// The options that `rustc --print cfg` says.
pub fn printed_cfg() -> Result<String, String> {
    let output = Command::new("rustc").args(["--print", "cfg"]).output().map_err(|error| format!("rustc: {error}"))?;
    String::from_utf8(output.stdout).map_err(|_| "rustc printed no UTF-8".to_owned())
}

/// `rustc -Zunpretty=normal` of a file.
pub fn normal(file: &SourceFile, source: &str) -> Result<Answer, String> {
    print("normal", source, file.edition, &file.path)
}

/// The folder of the toolchain's own crates.
pub fn sysroot_lib() -> Result<PathBuf, String> {
    let output = Command::new("rustc").args(["--print", "target-libdir"]).output();
    let output = output.map_err(|error| format!("rustc: {error}"))?;
    let text = String::from_utf8(output.stdout).map_err(|_| "rustc printed no UTF-8".to_owned())?;
    Ok(PathBuf::from(text.trim()))
}

/// `rustc -Zunpretty=expanded` of a crate.
pub fn expanded(compilation: &Compilation, source: &str) -> Result<Answer, String> {
    let mut variables: Vec<_> = compilation.variables.iter().flatten().collect();
    variables.retain(|(name, _)| name.starts_with("CARGO_") || *name == "OUT_DIR");
    variables.sort();
    let mut hasher = DefaultHasher::new();
    (source, &compilation.args, &compilation.folder, variables, "1.95.0", "expansion").hash(&mut hasher);
    kept(hasher.finish(), || {
        let mut command = Command::new("rustc");
        if let Some(variables) = &compilation.variables {
            command.env_clear().envs(variables);
        }
        if !compilation.folder.as_os_str().is_empty() {
            command.current_dir(&compilation.folder);
        }
        command.env("RUSTC_BOOTSTRAP", "1").args(["-Zunpretty=expanded", "-Awarnings"]).args(TIMES);
        command.args(&compilation.args);
        run(command, "macro_expand_crate", |output, errors| {
            // Errors of later stages do not change what is printed; those of macros and missing files do.
            let strange =
                ["cannot find macro", "cannot find attribute", "cannot find derive", "E0583", "can't find crate"];
            let is_replaced = String::from_utf8_lossy(&output.stdout).contains("/*ERROR*/");
            let is_replaced = is_replaced && !output.status.success();
            !output.stdout.is_empty() && !is_replaced && !strange.iter().any(|text| errors.contains(text))
        })
    })
}

/// So that rustc says how long its stages take.
const TIMES: [&str; 2] = ["-Ztime-passes", "-Ztime-passes-format=json"];

fn print(what: &str, source: &str, edition: Edition, path: &Path) -> Result<Answer, String> {
    let mut hasher = DefaultHasher::new();
    (source, edition, "1.95.0", what).hash(&mut hasher);
    kept(hasher.finish(), || {
        let mut command = Command::new("rustc");
        command.env("RUSTC_BOOTSTRAP", "1").arg(format!("-Zunpretty={what}")).args(TIMES);
        command.args(["--crate-type=lib", "--edition"]).arg(edition.to_string()).arg(path);
        run(command, "parse_crate", |output, _| output.status.success())
    })
}

/// Runs rustc, and says how long a stage took.
fn run(mut command: Command, stage: &str, is_right: impl Fn(&Output, &str) -> bool) -> Result<Answer, String> {
    let output = command.output().map_err(|error| format!("rustc: {error}"))?;
    let errors = String::from_utf8_lossy(&output.stderr);
    let mut passes = errors.lines().filter_map(|line| line.strip_prefix("time: "));
    let time = passes.find_map(|line| {
        let pass: serde_json::Value = serde_json::from_str(line).ok()?;
        (pass["pass"] == stage).then(|| pass["time"].as_f64())?
    });
    let text = match is_right(&output, &errors) {
        true => Some(String::from_utf8(output.stdout).map_err(|_| "rustc printed no UTF-8")?),
        false => None,
    };
    Ok(Answer { text, time: Duration::from_secs_f64(time.unwrap_or_default()) })
}

/// What was found the last time, or is found now.
fn kept(hash: u64, find: impl FnOnce() -> Result<Answer, String>) -> Result<Answer, String> {
    let folder = Path::new(FOLDER);
    let kept = folder.join(format!("{hash:016x}"));
    if let Some(answer) = std::fs::read_to_string(&kept).ok().and_then(|text| decode(&text)) {
        return Ok(answer);
    }
    let answer = find()?;
    std::fs::create_dir_all(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    // Another task may write the same; whoever is last has written it whole.
    let temporary = kept.with_extension(format!("{:?}", std::thread::current().id()));
    let written = std::fs::write(&temporary, encode(&answer)).and_then(|()| std::fs::rename(&temporary, &kept));
    written.map_err(|error| format!("{}: {error}", kept.display()))?;
    Ok(answer)
}

fn encode(answer: &Answer) -> String {
    let nanos = answer.time.as_nanos();
    match &answer.text {
        Some(text) => format!("read {nanos}\n{text}"),
        None => format!("refused {nanos}\n"),
    }
}

fn decode(text: &str) -> Option<Answer> {
    let (head, text) = text.split_once('\n')?;
    let (what, nanos) = head.split_once(' ')?;
    let time = Duration::from_nanos(nanos.parse().ok()?);
    Some(Answer { text: (what == "read").then(|| text.to_owned()), time })
}
