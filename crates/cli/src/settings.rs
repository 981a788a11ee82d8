//! What `cargo bessemer` tells the `bessemer` that cargo runs in rustc's place: the one writes, the other reads.
//!
//! Not by the environment: cargo would hand that on to build scripts, to the programs that it runs, and, by way of rustc, to
//! `env!` and procedural macros. So cargo is told to run a link to `bessemer` that lies in a folder with the settings, and
//! `bessemer` finds them by the name under which it was started.

use driver::FrontEnd;
use serde_json::{Value, json};
use std::ffi::{OsStr, OsString};
use std::io;
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// The first of the numbers of codegen units that mark what serves the build itself.
pub const HOST_MARK: u32 = 3_141_000_000;

/// The first of the numbers of codegen units that mark everything else.
pub const TARGET_MARK: u32 = 3_143_000_000;

/// How many numbers from the first on are marks: they tell the number that the user wants.
pub const MARKS: u32 = 1 << 20;

/// The name of the link to `bessemer`.
const LINK: &str = "bessemer";
const FILE: &str = "bessemer-settings.json";
const REPORT: &str = "report";
const SHOWN: &str = "shown";
const WORK: &str = "work";
const STAMP: &str = "stamp";

/// The settings of one run of `cargo bessemer`.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Placed {
    pub backend: Option<String>,
    pub front_end: FrontEnd,
    pub shows_progress: bool,
    /// The user wants to be told all.
    pub verbose: bool,
    /// The folder of all such folders.
    pub root: PathBuf,
    /// Where what was done is to be told.
    pub report: Option<PathBuf>,
    /// The kind of output that is to be shown of final artefacts.
    pub shown: Option<String>,
    /// The folder for it.
    pub shown_folder: PathBuf,
    /// The folder for what was done for it.
    pub work_folder: PathBuf,
    /// The file that artefacts depend on which were made with these settings.
    pub stamp: PathBuf,
    /// The user's own `RUSTC_WRAPPER`.
    pub wrapper: Option<PathBuf>,
}

impl Placed {
    /// The settings for this process, if it was started by that link.
    pub fn here() -> Option<Placed> {
        let name = PathBuf::from(std::env::args_os().next()?);
        // cargo starts it by its whole path.
        Placed::read(name.parent().filter(|_| name.is_absolute())?)
    }

    fn read(folder: &Path) -> Option<Placed> {
        let text = std::fs::read(folder.join(FILE)).ok()?;
        let value: Value = serde_json::from_slice(&text).ok()?;
        let text = |key: &str| value[key].as_str().map(str::to_owned);
        let report = folder.join(REPORT);
        Some(Placed {
            backend: text("backend"),
            front_end: text("front-end").and_then(|name| FrontEnd::from_name(&name)).unwrap_or_default(),
            shows_progress: value["progress"].as_bool() == Some(true),
            verbose: value["verbose"].as_bool() == Some(true),
            root: folder.parent()?.to_owned(),
            report: report.is_dir().then_some(report),
            shown: text("shown"),
            shown_folder: folder.join(SHOWN),
            work_folder: folder.join(WORK),
            stamp: folder.parent()?.join(text("stamp")?),
            wrapper: configured_instead(folder, "RUSTC_WRAPPER").map(PathBuf::from),
        })
    }
}

/// Makes the folder with these settings, if it is not there yet, below `root`. Gives its path.
///
/// `build` tells one build of Bessemer from another. With `report`, or if something is to be shown, it is a folder of its own, for
/// the caller to remove.
pub fn place(
    root: &Path,
    bessemer: &Path,
    build: &str,
    placed: &Placed,
    report: bool,
) -> io::Result<(PathBuf, Option<tempfile::TempDir>)> {
    make_root(root)?;
    let (backend, front_end) = (placed.backend.as_deref().unwrap_or_default(), placed.front_end.name());
    let temporary = match report || placed.shown.is_some() {
        true => Some(tempfile::Builder::new().prefix("report-").tempdir_in(root)?),
        false => None,
    };
    let stamp = match &temporary {
        // What is to be shown is made now: all artefacts that were made before are stale, and so will these be, when their
        // stamp is gone.
        Some(folder) if placed.shown.is_some() => {
            age_stamps(root, None)?;
            age_leftovers(root, folder.path())?;
            let stamp = folder.path().join(STAMP);
            std::fs::write(&stamp, "")?;
            Path::new(folder.path().file_name().unwrap_or_default()).join(STAMP).to_string_lossy().into_owned()
        }
        _ => {
            let stamp = name_of(STAMP, &[build.as_bytes(), backend.as_bytes(), front_end.as_bytes()]);
            age_stamps(root, Some(&stamp))?;
            stamp
        }
    };
    let (progress, verbose) = (placed.shows_progress, placed.verbose);
    let value = json!({
        "backend": placed.backend,
        "front-end": front_end,
        "progress": progress,
        "verbose": verbose,
        "shown": placed.shown,
        "stamp": stamp,
    });
    let text = value.to_string();
    let wrapper = placed.wrapper.as_ref().map(|it| it.as_os_str().as_bytes());
    let fill = |folder: &Path| -> io::Result<()> {
        std::os::unix::fs::symlink(bessemer, folder.join(LINK))?;
        instead(folder, "RUSTC_WRAPPER", placed.wrapper.as_deref().map(Path::as_os_str))?;
        std::fs::write(folder.join(FILE), &text)
    };
    if let Some(folder) = temporary {
        fill(folder.path())?;
        if report {
            std::fs::create_dir(folder.path().join(REPORT))?;
        }
        std::fs::create_dir(folder.path().join(SHOWN))?;
        std::fs::create_dir(folder.path().join(WORK))?;
        return Ok((folder.path().to_owned(), Some(folder)));
    }
    let name = name_of("run", &[text.as_bytes(), bessemer.as_os_str().as_bytes(), wrapper.unwrap_or(b"\0")]);
    let folder = root.join(name);
    if Placed::read(&folder).is_none() || !folder.join(LINK).exists() {
        let temporary = tempfile::Builder::new().prefix("new-").tempdir_in(root)?;
        fill(temporary.path())?;
        let _ = std::fs::remove_dir_all(&folder);
        match std::fs::rename(temporary.path(), &folder) {
            Ok(()) => drop(temporary.keep()),
            // Another run was faster.
            Err(_) if Placed::read(&folder).is_some() => {}
            Err(error) => return Err(error),
        }
    }
    Ok((folder, None))
}

/// The link in such a folder that is cargo's `rustc-wrapper`.
pub fn link(folder: &Path) -> PathBuf {
    folder.join(LINK)
}

/// The folder in such a folder for what was done.
pub fn report(folder: &Path) -> PathBuf {
    folder.join(REPORT)
}

/// The folder in such a folder for what is to be shown.
pub fn shown(folder: &Path) -> PathBuf {
    folder.join(SHOWN)
}

/// The file in such a folder that tells what was done for an artefact that is to be shown.
pub fn work(folder: &Path, artefact: &str) -> PathBuf {
    folder.join(WORK).join(artefact)
}

/// Notes what a variable would be for build scripts without us.
pub fn instead(folder: &Path, variable: &str, value: Option<&OsStr>) -> io::Result<()> {
    let mut text = OsString::from("=");
    text.push(value.unwrap_or_default());
    std::os::unix::fs::symlink(text, folder.join(format!("instead-of-{variable}")))
}

/// What was noted so.
pub fn configured_instead(folder: &Path, variable: &str) -> Option<OsString> {
    let text = std::fs::read_link(folder.join(format!("instead-of-{variable}"))).ok()?;
    let value = text.into_os_string().into_vec().strip_prefix(b"=")?.to_vec();
    (!value.is_empty()).then(|| OsString::from_vec(value))
}

/// A folder for these folders, in cargo's target directory. cargo marks that where it makes it, so we do.
fn make_root(root: &Path) -> io::Result<()> {
    const TAG: &str = "Signature: 8a477f597d28d172789f06886806bc55\n# What is here can be made again.\n";
    let Some(target) = root.parent().filter(|target| !target.exists()) else { return std::fs::create_dir_all(root) };
    std::fs::create_dir_all(root)?;
    std::fs::write(target.join("CACHEDIR.TAG"), TAG)
}

/// cargo makes an artefact again that is older than a file that it depends on. Each such file stands for settings: those of
/// today are old, all others are far in the future.
fn age_stamps(root: &Path, current: Option<&str>) -> io::Result<()> {
    let old = UNIX_EPOCH + Duration::from_secs(1);
    let future = UNIX_EPOCH + Duration::from_secs(i32::MAX as u64);
    let set = |path: &Path, time: SystemTime| -> io::Result<()> {
        if std::fs::metadata(path).and_then(|it| it.modified()).is_ok_and(|it| it == time) {
            return Ok(());
        }
        let file = std::fs::OpenOptions::new().create(true).append(true).open(path)?;
        file.set_modified(time)
    };
    for entry in std::fs::read_dir(root)? {
        let name = entry?.file_name();
        if name.as_bytes().starts_with(b"stamp-") && current.is_none_or(|current| name != current) {
            set(&root.join(name), future)?;
        }
    }
    match current {
        Some(current) => set(&root.join(current), old),
        None => Ok(()),
    }
}

/// The same for folders of runs that were ended before they could remove them: what they have made is not to be taken for
/// today's.
fn age_leftovers(root: &Path, own: &Path) -> io::Result<()> {
    let future = UNIX_EPOCH + Duration::from_secs(i32::MAX as u64);
    for entry in std::fs::read_dir(root)? {
        let folder = entry?.path();
        // Whoever runs just now has read what it needs, or makes it again.
        if let Ok(file) = std::fs::OpenOptions::new().append(true).open(folder.join(STAMP))
            && folder != own
        {
            file.set_modified(future)?;
        }
    }
    Ok(())
}

fn name_of(prefix: &str, parts: &[&[u8]]) -> String {
    use std::hash::{DefaultHasher, Hash, Hasher};
    let mut hasher = DefaultHasher::new();
    parts.hash(&mut hasher);
    format!("{prefix}-{:016x}", hasher.finish())
}

#[cfg(test)]
mod tests {
    use super::{Placed, STAMP, place, shown};
    use std::path::Path;
    use std::time::SystemTime;

    #[test]
    fn what_a_run_left_that_was_ended_is_stale() {
        let target = tempfile::tempdir().expect("a folder");
        let root = target.path().join("root");
        let placed = Placed { shown: Some("obj".to_owned()), ..Placed::default() };
        let run = || place(&root, Path::new("/bessemer"), "build", &placed, false).expect("a folder");
        let (first, folder) = run();
        // As if it was killed.
        let kept = folder.expect("one of its own").keep();
        assert_eq!(first, kept);
        let made = |folder: &Path| std::fs::metadata(folder.join(STAMP)).and_then(|it| it.modified()).expect("a stamp");
        assert!(made(&first) <= SystemTime::now());
        let (second, _folder) = run();
        assert!(shown(&second).is_dir());
        assert!(made(&first) > SystemTime::now() && made(&second) <= SystemTime::now());
    }
}
