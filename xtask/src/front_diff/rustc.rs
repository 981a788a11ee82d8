//! What rustc prints, from a run or from the last one.

use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash, Hasher};
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use syntax::span::Edition;

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

/// `rustc -Zunpretty=expanded` of a text.
pub fn expanded(source: &str, edition: Edition) -> Result<Answer, String> {
    let thread = format!("{:?}", std::thread::current().id()).replace(|c: char| !c.is_ascii_digit(), "");
    let temporary = Path::new(FOLDER).join(format!("expanded_{thread}.rs"));
    let written = std::fs::create_dir_all(FOLDER).and_then(|()| std::fs::write(&temporary, source));
    written.map_err(|error| format!("{}: {error}", temporary.display()))?;
    print("expanded", source, edition, &temporary)
}

fn print(what: &str, source: &str, edition: Edition, path: &Path) -> Result<Answer, String> {
    let mut hasher = DefaultHasher::new();
    (source, edition, "1.95.0", what).hash(&mut hasher);
    let folder = Path::new(FOLDER);
    let kept = folder.join(format!("{:016x}", hasher.finish()));
    if let Some(answer) = std::fs::read_to_string(&kept).ok().and_then(|text| decode(&text)) {
        return Ok(answer);
    }
    let output = Command::new("rustc")
        .env("RUSTC_BOOTSTRAP", "1")
        .arg(format!("-Zunpretty={what}"))
        .args(["-Ztime-passes", "-Ztime-passes-format=json", "--crate-type=lib", "--edition"])
        .arg(edition.to_string())
        .arg(path)
        .output()
        .map_err(|error| format!("rustc: {error}"))?;
    let errors = String::from_utf8_lossy(&output.stderr);
    // A program without `core` has errors. Those that change what is printed are of macros and missing files.
    let is_right = match what {
        "expanded" => {
            let strange = ["cannot find macro", "cannot find attribute", "cannot find derive", "E0583"];
            let is_replaced = String::from_utf8_lossy(&output.stdout).contains("/*ERROR*/");
            !output.stdout.is_empty() && !is_replaced && !strange.iter().any(|text| errors.contains(text))
        }
        _ => output.status.success(),
    };
    let text = match is_right {
        true => Some(String::from_utf8(output.stdout).map_err(|_| "rustc printed no UTF-8")?),
        false => None,
    };
    let mut passes = errors.lines().filter_map(|line| line.strip_prefix("time: "));
    let time = passes.find_map(|line| {
        let pass: serde_json::Value = serde_json::from_str(line).ok()?;
        (pass["pass"] == "parse_crate").then(|| pass["time"].as_f64())?
    });
    let answer = Answer { text, time: Duration::from_secs_f64(time.unwrap_or_default()) };
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
