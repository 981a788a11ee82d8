//! Code of dependencies, kept from one build to the next.
//!
//! Most of what an unoptimised program reaches mentions nothing of the crates that are being worked on, and is the same in
//! the next build. Its objects are kept as an *image*, by a key made of everything that they depend on: the crates that do
//! not change (as files), the options, the back end, this build of Bessemer. A build that finds the image of its key lowers
//! and generates only what is not in it, and adds to it what other programs will find there.
//!
//! An image that is damaged is as good as none, and is replaced. Files are written beside their place and renamed, and never
//! changed. The index has a checksum over itself and the image's key, and the hashes of the objects; these are read only where
//! what the system says of them is news.

use crate::caches::key::{add_code_options, add_tools};
use crate::caches::names::NameTable;
use crate::objects::Object;
use crate::options::Options;
use crate::placeholder::Library;
use crate::settings::Settings;
use backend::OptLevel;
use cache::scratch::{self, FILE_PREFIX, LEFT_OVER_AGE};
use cache::stamp::state_since_boot;
use cache::{KeyBuilder, private, sealed};
use link::aot::Input;
use rayon::prelude::*;
use rmeta::Session;
use rustc_hash::{FxHashMap, FxHashSet};
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime};
use toolchain::Toolchain;
use ty::CrateNum;

/// How many images are kept.
pub const MAX_IMAGES: usize = 8;

/// How long a file that nothing names is left alone: a process may be about to name it.
const GRACE: Duration = LEFT_OVER_AGE;

const MAGIC: &[u8; 8] = b"bessimg4";

/// What an image holds.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
struct Index {
    objects: Vec<Known>,
    /// The names of the functions and data in it.
    symbols: NameTable,
}

/// An object of an image.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
struct Known {
    /// The name of its file, too.
    hash: [u8; 32],
    /// How the system described the file when the content was known to be this: see [`state_since_boot`].
    state: Vec<u8>,
}

impl Known {
    /// What the system says of the file if it still is the object. Reading it is needed only where that is news.
    fn state_now(&self, file: &Path) -> Option<Vec<u8>> {
        let state = state(file)?;
        let is_whole = || std::fs::read(file).is_ok_and(|bytes| blake3::hash(&bytes).as_bytes() == &self.hash);
        (state == self.state || is_whole()).then_some(state)
    }
}

fn state(file: &Path) -> Option<Vec<u8>> {
    Some(state_since_boot(&std::fs::metadata(file).ok()?))
}

/// Code that was generated before.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Image {
    /// Empty where nothing can be kept.
    folder: PathBuf,
    index: Index,
    /// The objects by their files, in the order of the index.
    files: Vec<PathBuf>,
    /// Objects that could not be kept, but are of the image for this build.
    loose: Vec<Object>,
}

/// What images need to know of a program's crates.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Crates {
    /// The crates that may be others in the next build: the one that is compiled, those whose sources are worked on (cargo
    /// caps the lints of all others), and those that depend on such.
    pub edited: FxHashSet<CrateNum>,
    /// How the others' packages are optimised, where they are. The toolchain's own, whose generic functions are compiled for
    /// them, as that which is optimised most.
    pub levels: FxHashMap<CrateNum, OptLevel>,
}

/// Looks at a program's crates. `std` are those of the toolchain, if code of theirs may be kept: where it is compiled already, that
/// changes nothing.
pub fn crates(session: &Session<'_>, prebuilt: &FxHashSet<CrateNum>, std: &FxHashSet<CrateNum>) -> Crates {
    let mut edited = FxHashSet::default();
    let mut levels = FxHashMap::default();
    // What uses comes before what is used.
    for krate in session.link_order().into_iter().rev() {
        let Some(data) = session.crate_data(krate) else { continue };
        if prebuilt.contains(&krate) || std.contains(&krate) {
            continue;
        }
        let library = data.source.rlib.as_deref().and_then(Library::of_rlib);
        let library = library.filter(|it| krate != CrateNum::LOCAL && !it.is_edited);
        let library = library.filter(|_| data.crate_map.iter().skip(1).all(|dep| !edited.contains(dep)));
        let Some(library) = library else {
            edited.insert(krate);
            continue;
        };
        if library.opt != OptLevel::O0 {
            levels.insert(krate, library.opt);
        }
    }
    use OptLevel::{O1, O2, O3, Os, Oz};
    if let Some(most) = [O3, O2, O1, Os, Oz].into_iter().find(|most| levels.values().any(|level| level == most)) {
        levels.extend(prebuilt.iter().chain(std).map(|&krate| (krate, most)));
    }
    Crates { edited, levels }
}

/// The folder for images in the cache, and the key of a program's.
pub fn folder(
    toolchain: &Toolchain,
    options: &Options,
    settings: &Settings,
    session: &Session<'_>,
    crates: &Crates,
) -> Option<PathBuf> {
    // What is kept is linked into programs: nobody else may have written it.
    let cache = private::open(options.cache.as_ref()?).ok()?;
    let mut key = KeyBuilder::new("image");
    add_tools(&mut key, toolchain)?;
    add_code_options(&mut key, options);
    key.add_value(&options.for_backend(&toolchain.target)).add_path(std::env::current_dir().ok()?);
    /// What of a crate its code in the image follows from.
    #[derive(PartialEq, Eq, PartialOrd, Ord, Hash)]
    struct Kept {
        name: String,
        id: u64,
        /// rustc's own hash of all that went into the crate: it is the same when the crate is compiled anew.
        content: [u8; 16],
        /// How it is optimised, and the back end's key.
        level: Option<(OptLevel, [u8; 32])>,
    }
    let stable = session.all_crate_data().filter(|data| !crates.edited.contains(&data.num));
    let mut kept: Vec<Kept> = stable
        .map(|data| Kept {
            name: data.source.name.as_str().to_owned(),
            id: data.root.stable_crate_id,
            content: data.root.header.hash.to_le_bytes(),
            level: crates
                .levels
                .get(&data.num)
                .map(|&level| (level, settings.backend_for_target(level, options.target.as_deref()).key())),
        })
        .collect();
    kept.sort_unstable();
    key.add_value(&kept);
    Some(private::open(&images(&cache)).ok()?.join(key.name(40)))
}

/// The folder of all images in the user's cache folder.
pub fn images(cache: &Path) -> PathBuf {
    cache.join("images")
}

/// How many images there are, of how many files, of how many bytes.
pub fn stats(cache: &Path) -> (u64, u64, u64) {
    let (mut count, mut files, mut bytes) = (0, 0, 0);
    for image in std::fs::read_dir(images(cache)).into_iter().flatten().flatten() {
        count += 1;
        for file in std::fs::read_dir(image.path()).into_iter().flatten().flatten() {
            files += 1;
            bytes += file.metadata().map_or(0, |metadata| metadata.len());
        }
    }
    (count, files, bytes)
}

fn hex(hash: &[u8; 32]) -> String {
    blake3::Hash::from_bytes(*hash).to_hex().to_string()
}

impl Image {
    /// The image of a folder; an empty one where there is none, or a damaged one.
    pub fn load(folder: PathBuf) -> Image {
        let mut index = read_index(&folder).unwrap_or_default();
        let file = |known: &Known| folder.join(format!("{}.o", hex(&known.hash)));
        let files: Vec<PathBuf> = index.objects.iter().map(file).collect();
        let mut is_news = false;
        let states: Vec<_> = files.par_iter().zip(&index.objects).map(|(file, known)| known.state_now(file)).collect();
        for (state, known) in states.into_iter().zip(&mut index.objects) {
            let Some(state) = state else { return Image { folder, ..Image::default() } };
            is_news |= state != known.state;
            known.state = state;
        }
        let image = Image { folder, index, files, loose: Vec::new() };
        if is_news {
            // Only so that the files need not be read the next time.
            let _ = image.write_index();
        } else if !image.files.is_empty() {
            // Used: others go before it. That it cannot be noted in a read-only cache is no matter.
            let _ =
                std::fs::File::open(image.folder.join("index")).and_then(|file| file.set_modified(SystemTime::now()));
        }
        image
    }

    /// An image for this build alone.
    pub fn unkept() -> Image {
        Image::default()
    }

    fn is_kept(&self) -> bool {
        !self.folder.as_os_str().is_empty()
    }

    /// The names of the functions and data in it.
    pub fn symbols(&self) -> &NameTable {
        &self.index.symbols
    }

    /// Adds objects with these symbols, and keeps them for later builds if the cache takes them.
    pub fn extend(&mut self, objects: Vec<Object>, symbols: &[Arc<str>]) {
        let fits = symbols.iter().all(|symbol| self.index.symbols.insert(symbol));
        for object in objects {
            let hash = *blake3::hash(&object.bytes).as_bytes();
            let file = self.folder.join(format!("{}.o", hex(&hash)));
            let stored = match self.is_kept() {
                true => store(&self.folder, &file, &[&object.bytes]).ok().and_then(|()| state(&file)),
                false => None,
            };
            match stored {
                Some(state) => {
                    self.index.objects.push(Known { hash, state });
                    self.files.push(file);
                }
                None => self.loose.push(object),
            }
        }
        if self.is_kept() && self.loose.is_empty() && fits {
            // A cache that cannot be written costs time, not the result.
            let _ = self.write_index();
        }
    }

    fn write_index(&self) -> std::io::Result<()> {
        let objects = postcard::to_stdvec(&self.index.objects).map_err(std::io::Error::other)?;
        let length = (objects.len() as u64).to_le_bytes();
        let [slots, text] = self.index.symbols.parts();
        let content: [&[u8]; 4] = [&length, &objects, &slots, &text];
        let head = sealed::head(MAGIC, &key_of(&self.folder), &content);
        store(&self.folder, &self.folder.join("index"), &[&[&head[..]], &content[..]].concat())?;
        self.drop_unnamed();
        forget_oldest(self.folder.parent().unwrap_or(Path::new("")))
    }

    /// Removes the objects of images that another process replaced by its own, and what killed processes have left.
    fn drop_unnamed(&self) {
        let named: FxHashSet<&PathBuf> = self.files.iter().collect();
        for entry in std::fs::read_dir(&self.folder).into_iter().flatten().flatten() {
            let path = entry.path();
            let is_old = is_older(entry.metadata().and_then(|it| it.modified()).ok(), GRACE);
            let is_ours = path.extension().is_some_and(|it| it == "o") || is_temporary(&path);
            if is_old && is_ours && !named.contains(&path) {
                let _ = std::fs::remove_file(path);
            }
        }
    }

    /// What the linker is given.
    pub fn link_inputs(&self) -> Vec<Input> {
        let loose = |object: &Object| Input::ObjectBytes { name: object.name.clone(), bytes: object.bytes.clone() };
        self.files.iter().map(|file| Input::Object(file.clone())).chain(self.loose.iter().map(loose)).collect()
    }
}

fn read_index(folder: &Path) -> Option<Index> {
    let bytes = std::fs::read(folder.join("index")).ok()?;
    let content = sealed::open(MAGIC, &key_of(folder), &bytes)?;
    let (length, content) = content.split_first_chunk::<8>()?;
    let length = usize::try_from(u64::from_le_bytes(*length)).ok()?;
    let objects = postcard::from_bytes(content.get(..length)?).ok()?;
    let names = sealed::HEAD_BYTES + 8 + length;
    Some(Index { objects, symbols: NameTable::read(bytes, names)? })
}

/// An image's key, by which its folder is named.
fn key_of(folder: &Path) -> Vec<u8> {
    folder.file_name().unwrap_or_default().as_encoded_bytes().to_vec()
}

fn is_temporary(path: &Path) -> bool {
    path.file_name().and_then(|name| name.to_str()).is_some_and(|name| name.starts_with(FILE_PREFIX))
}

/// Writes a file completely or not at all.
fn store(folder: &Path, path: &Path, parts: &[&[u8]]) -> std::io::Result<()> {
    private::open(folder).map_err(std::io::Error::other)?;
    private::write(path, parts)
}

/// Removes the images that were not used for longest, and those that were never finished.
fn forget_oldest(images: &Path) -> std::io::Result<()> {
    let modified = |path: &Path| std::fs::metadata(path).and_then(|it| it.modified()).ok();
    let mut found: Vec<(SystemTime, PathBuf)> = Vec::new();
    for folder in std::fs::read_dir(images)?.flatten().map(|entry| entry.path()) {
        match modified(&folder.join("index")) {
            Some(time) => found.push((time, folder)),
            None if is_older(modified(&folder), GRACE) => _ = scratch::remove_folder(&folder),
            None => {}
        }
    }
    if found.len() > MAX_IMAGES {
        found.sort();
        for (_, folder) in &found[..found.len() - MAX_IMAGES] {
            // Another process may have done it.
            let _ = scratch::remove_folder(folder);
        }
    }
    Ok(())
}

fn is_older(time: Option<SystemTime>, age: Duration) -> bool {
    time.and_then(|time| time.elapsed().ok()).is_some_and(|it| it > age)
}

#[cfg(test)]
mod tests {
    use super::{Image, Object};

    #[test]
    fn images_come_back_and_damaged_ones_do_not() {
        let cache = tempfile::tempdir().unwrap();
        let folder = cache.path().join("images").join("key");
        let mut image = Image::load(folder.clone());
        assert_eq!(image.symbols().len(), 0);
        let object = Object { name: "a".to_owned(), bytes: vec![1, 2, 3] };
        image.extend(vec![object], &["f".into(), "g".into()]);
        let again = Image::load(folder.clone());
        assert_eq!(again, image);
        assert!(["f", "g"].iter().all(|name| again.symbols().contains(name)) && !again.symbols().contains("h"));
        assert_eq!(again.link_inputs().len(), 1);
        for entry in std::fs::read_dir(&folder).unwrap() {
            let file = entry.unwrap().path();
            let bytes = std::fs::read(&file).unwrap();
            for at in 0..bytes.len() {
                let mut damaged = bytes.clone();
                damaged[at] ^= 0x40;
                std::fs::write(&file, &damaged).unwrap();
                assert_eq!(Image::load(folder.clone()).symbols().len(), 0, "{} byte {at}", file.display());
                std::fs::write(&file, &bytes[..at]).unwrap();
                assert_eq!(Image::load(folder.clone()).symbols().len(), 0, "{} cut at {at}", file.display());
                std::fs::write(&file, [&bytes[..], &bytes[..at + 1]].concat()).unwrap();
                assert_eq!(Image::load(folder.clone()).symbols().len(), 0, "{} longer by {at}", file.display());
            }
            std::fs::write(&file, &bytes).unwrap();
        }
        // The files are others, with the same content.
        let again = Image::load(folder.clone());
        assert_eq!((again.symbols().len(), again.link_inputs()), (2, image.link_inputs()));
        assert_ne!(again, image);
        assert_eq!(Image::load(folder.clone()), again);
        // It is for its own key only.
        let other = folder.with_file_name("other");
        std::fs::rename(&folder, &other).unwrap();
        assert_eq!(Image::load(other).symbols().len(), 0);
    }

    #[test]
    fn a_damaged_image_is_replaced() {
        let cache = tempfile::tempdir().unwrap();
        let folder = cache.path().join("images").join("key");
        let object = Object { name: "a".to_owned(), bytes: vec![1, 2, 3] };
        let build = || {
            let mut image = Image::load(folder.clone());
            let is_new = image.symbols().len() == 0;
            if is_new {
                image.extend(vec![object.clone()], &["f".into()]);
            }
            assert_eq!(image.link_inputs().len(), 1);
            is_new
        };
        assert_eq!([build(), build()], [true, false]);
        for entry in std::fs::read_dir(&folder).unwrap() {
            let file = entry.unwrap().path();
            for damaged in [&b""[..], b"x", b"something else that is longer"] {
                std::fs::write(&file, damaged).unwrap();
                assert_eq!([build(), build()], [true, false], "{}", file.display());
            }
        }
    }

    #[test]
    fn what_was_never_finished_is_removed() {
        let cache = tempfile::tempdir().unwrap();
        let images = cache.path().join("images");
        let old = std::time::SystemTime::now() - 2 * super::GRACE;
        for name in ["old", "young"] {
            std::fs::create_dir_all(images.join(name)).unwrap();
            std::fs::write(images.join(name).join("x.o"), "x").unwrap();
        }
        std::fs::File::open(images.join("old")).unwrap().set_modified(old).unwrap();
        let mut image = Image::load(images.join("key"));
        image.extend(vec![Object { name: "a".to_owned(), bytes: vec![1] }], &["f".into()]);
        let temporary = images.join("key/temporary-x");
        std::fs::write(&temporary, "x").unwrap();
        std::fs::File::open(&temporary).unwrap().set_modified(old).unwrap();
        image.extend(vec![Object { name: "b".to_owned(), bytes: vec![2] }], &["g".into()]);
        assert!(!images.join("old").exists() && images.join("young").exists() && !temporary.exists());
        assert_eq!(Image::load(images.join("key")).symbols().len(), 2);
    }
}
