//! What rustc prints, from a run or from the last one.

use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash, Hasher};
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use super::files::SourceFile;

/// What rustc makes of a file.
pub struct Answer {
    /// Its print; nothing if it reported errors.
    pub text: Option<String>,
    /// How long it took from the text to the tree.
    pub time: Duration,
}

/// `rustc -Zunpretty=normal` of a file.
pub fn normal(file: &SourceFile, source: &str) -> Result<Answer, String> {
    let mut hasher = DefaultHasher::new();
    (source, file.edition, "1.95.0 normal").hash(&mut hasher);
    let folder = Path::new("target/front-diff");
    let kept = folder.join(format!("{:016x}", hasher.finish()));
    if let Some(answer) = std::fs::read_to_string(&kept).ok().and_then(|text| decode(&text)) {
        return Ok(answer);
    }
    let output = Command::new("rustc")
        .env("RUSTC_BOOTSTRAP", "1")
        .args(["-Zunpretty=normal", "-Ztime-passes", "-Ztime-passes-format=json", "--edition"])
        .arg(file.edition.to_string())
        .arg(&file.path)
        .output()
        .map_err(|error| format!("rustc: {error}"))?;
    let text = match output.status.success() {
        true => Some(String::from_utf8(output.stdout).map_err(|_| "rustc printed no UTF-8")?),
        false => None,
    };
    let errors = String::from_utf8_lossy(&output.stderr);
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
