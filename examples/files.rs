//! Files and folders: writing, appending, seeking, reading lines, walking, renaming, and errors by kind.

use std::collections::BTreeMap;
use std::env;
use std::ffi::OsStr;
use std::fs::{self, File, OpenOptions};
use std::io::{self, BufRead, BufReader, BufWriter, ErrorKind, Read, Seek, SeekFrom, Write};
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Component, Path, PathBuf};

/// A folder that is removed at the end, also after a panic.
struct Scratch(PathBuf);

impl Scratch {
    fn new() -> io::Result<Scratch> {
        let path = env::temp_dir().join(format!("files-example-{}", std::process::id()));
        fs::create_dir_all(&path)?;
        Ok(Scratch(path))
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let removed = fs::remove_dir_all(&self.0);
        println!("removed: {}", removed.is_ok() && !self.0.exists());
    }
}

fn walk(folder: &Path, visit: &mut dyn FnMut(&Path, u64)) -> io::Result<()> {
    let mut entries = fs::read_dir(folder)?.collect::<Result<Vec<_>, _>>()?;
    entries.sort_by_key(|entry| entry.file_name());
    for entry in entries {
        if entry.file_type()?.is_dir() {
            walk(&entry.path(), visit)?;
        } else {
            visit(&entry.path(), entry.metadata()?.len());
        }
    }
    Ok(())
}

/// Records of 12 bytes, found by their place.
struct Records(File);

impl Records {
    fn put(&mut self, index: u64, key: u32, value: f64) -> io::Result<()> {
        self.0.seek(SeekFrom::Start(index * 12))?;
        self.0.write_all(&key.to_le_bytes())?;
        self.0.write_all(&value.to_be_bytes())
    }

    fn get(&mut self, index: u64) -> io::Result<(u32, f64)> {
        let (mut key, mut value) = ([0; 4], [0; 8]);
        self.0.seek(SeekFrom::Start(index * 12))?;
        self.0.read_exact(&mut key)?;
        self.0.read_exact(&mut value)?;
        Ok((u32::from_le_bytes(key), f64::from_be_bytes(value)))
    }
}

fn main() -> io::Result<()> {
    let scratch = Scratch::new()?;
    let root = &scratch.0;
    fs::create_dir_all(root.join("logs/old"))?;
    let log = root.join("logs/today.log");
    let mut writer = BufWriter::with_capacity(64, File::create(&log)?);
    for n in 1..=40 {
        writeln!(writer, "{} line {n}", ["info", "warn", "error"][n % 3])?;
    }
    writer.flush()?;
    drop(writer);
    OpenOptions::new().append(true).open(&log)?.write_all("info Grüße\nno end".as_bytes())?;

    let mut levels = BTreeMap::new();
    for line in BufReader::new(File::open(&log)?).lines() {
        *levels.entry(line?.split(' ').next().unwrap_or("").to_owned()).or_insert(0) += 1;
    }
    println!("{levels:?}");
    fs::copy(&log, root.join("logs/old/yesterday.log"))?;
    fs::rename(&log, root.join("renamed.txt"))?;
    symlink("renamed.txt", root.join("link"))?;

    let options = OpenOptions::new().read(true).write(true).create_new(true).clone();
    let mut records = Records(options.open(root.join("records.bin"))?);
    for index in [3, 0, 1] {
        records.put(index, 100 + index as u32, index as f64 / 3.0)?;
    }
    println!("{:?} {:?} {:?}", records.get(3)?, records.get(2)?, records.get(4).map_err(|e| e.kind()));
    records.0.set_len(20)?;
    println!("{:?} {:?}", records.get(1).map_err(|e| e.to_string()), records.0.metadata()?.len());

    walk(root, &mut |path, size| println!("{:>5} {}", size, path.strip_prefix(root).unwrap_or(path).display()))?;
    let text = fs::read_to_string(root.join("link"))?;
    println!("{:?} {:?}", text.lines().last(), fs::read_link(root.join("link"))?);
    fs::set_permissions(root.join("renamed.txt"), fs::Permissions::from_mode(0o640))?;
    println!("{:o}", fs::metadata(root.join("link"))?.permissions().mode() & 0o777);

    let kind = |result: io::Result<()>| result.err().map(|error| error.kind());
    println!("{:?}", kind(File::open(root.join("nowhere")).map(drop)));
    println!("{:?}", kind(options.open(root.join("records.bin")).map(drop)) == Some(ErrorKind::AlreadyExists));
    println!("{:?}", kind(fs::remove_dir(root.join("logs"))));
    println!("{:?}", kind(fs::read_dir(root.join("link")).map(drop)));
    println!("{}", fs::read(root.join("a\0b")).unwrap_err());

    let path = Path::new("/usr/./share/../lib/libm.so.6");
    println!(
        "{:?} {:?} {:?}",
        path.file_stem(),
        path.extension(),
        path.parent().and_then(Path::file_name) == Some(OsStr::new("lib"))
    );
    println!("{:?}", path.components().filter(|c| matches!(c, Component::Normal(_))).collect::<PathBuf>());
    let mut chained = String::new();
    io::Cursor::new("one ").chain(&b"two three"[..]).take(7).read_to_string(&mut chained)?;
    println!("{chained:?} {:?}", path.with_extension("a").with_file_name("x").ancestors().count());
    Ok(())
}
