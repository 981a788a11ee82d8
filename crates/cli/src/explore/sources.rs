//! Places for texts that are edited: the file in the user's folder stays as it is.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Texts that are not needed any more are removed, the oldest first, when there are more than this.
const MAX_TEXTS: usize = 32;

/// A folder with fewer entries than this is made to look like that of the file.
const MAX_ENTRIES: usize = 2000;

/// Texts of one file, each in a folder of its own, which has links to all else that is beside the file: its modules.
pub struct Sources {
    file: PathBuf,
    root: PathBuf,
    texts: Vec<(Arc<str>, PathBuf)>,
    made: usize,
}

impl Sources {
    /// None yet, of this file, below this folder.
    pub fn new(file: &Path, root: &Path) -> Sources {
        Sources { file: file.to_owned(), root: root.to_owned(), texts: Vec::new(), made: 0 }
    }

    /// A file with this text.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn place(&mut self, text: &str) -> io::Result<PathBuf> {
        let name = self.file.file_name().unwrap_or_default();
        if let Some(index) = self.texts.iter().position(|(known, _)| **known == *text) {
            let known = self.texts.remove(index);
            let path = known.1.join(name);
            self.texts.push(known);
            return Ok(path);
        }
        self.made += 1;
        let folder = self.root.join(format!("source-{}", self.made));
        std::fs::create_dir_all(&folder)?;
        let around = self.file.parent().unwrap_or(Path::new("/"));
        for entry in std::fs::read_dir(around)?.flatten().take(MAX_ENTRIES) {
            if entry.file_name() != name {
                std::os::unix::fs::symlink(entry.path(), folder.join(entry.file_name()))?;
            }
        }
        let path = folder.join(name);
        std::fs::write(&path, text)?;
        self.texts.push((text.into(), folder));
        if self.texts.len() > MAX_TEXTS {
            let (_, folder) = self.texts.remove(0);
            let _ = std::fs::remove_dir_all(folder);
        }
        Ok(path)
    }
}

#[cfg(test)]
mod tests {
    use super::{MAX_TEXTS, Sources};

    #[test]
    fn a_text_has_its_modules_beside_it() {
        let scratch = tempfile::tempdir().expect("a folder");
        let work = scratch.path().join("work");
        std::fs::create_dir(&work).expect("a folder");
        std::fs::write(work.join("a.rs"), "old").expect("a file");
        std::fs::write(work.join("m.rs"), "module").expect("a file");
        let mut sources = Sources::new(&work.join("a.rs"), scratch.path());
        let path = sources.place("new").expect("a place");
        assert_eq!(std::fs::read_to_string(&path).expect("a text"), "new");
        assert_eq!(std::fs::read_to_string(path.with_file_name("m.rs")).expect("a text"), "module");
        assert_eq!(std::fs::read_to_string(work.join("a.rs")).expect("a text"), "old");
        for number in 0..MAX_TEXTS {
            sources.place(&number.to_string()).expect("a place");
            // It is used again and again.
            assert!(sources.place("0").expect("a place").exists());
        }
        assert!(!path.exists());
    }
}
