//! The store as a build meets it: what is put is found, whatever else happens to the folder.

use cache::{Key, Store};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

const LIMIT: u64 = 1 << 30;

fn key(number: u64) -> Key {
    *blake3::hash(&number.to_le_bytes()).as_bytes()
}

/// Bytes that only this key may have; of different lengths, none at all among them.
fn value(number: u64) -> Vec<u8> {
    format!("value {number};").repeat(number as usize % 7).into_bytes()
}

fn store(folder: &Path, numbers: impl Iterator<Item = u64>) {
    let store = Store::open(folder, LIMIT);
    for number in numbers {
        store.put(key(number), value(number));
    }
    store.commit().unwrap();
}

fn found(folder: &Path, number: u64) -> bool {
    match Store::open(folder, LIMIT).get(&key(number)) {
        Some(bytes) => {
            assert_eq!(bytes, value(number), "wrong bytes for {number}");
            true
        }
        None => false,
    }
}

fn packs(folder: &Path) -> Vec<PathBuf> {
    let mut packs: Vec<PathBuf> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|it| it == "pack"))
        .collect();
    packs.sort();
    packs
}

#[test]
fn what_is_committed_is_found() {
    let folder = tempfile::tempdir().unwrap();
    let folder = &folder.path().join("not").join("there");
    assert!(!found(folder, 1));
    store(folder, 0..1000);
    let opened = Store::open(folder, LIMIT);
    for number in 0..1000 {
        assert_eq!(opened.get(&key(number)), Some(&value(number)[..]), "{number}");
    }
    for number in 1000..2000 {
        assert_eq!(opened.get(&key(number)), None);
    }
    // Nothing new, nothing written.
    opened.commit().unwrap();
    assert_eq!(opened.stats().packs, 1);
    assert_eq!(opened.stats().entries, 1000);
    opened.clear().unwrap();
    assert_eq!(opened.stats().packs, 0);
    // What is mapped stays readable.
    assert_eq!(opened.get(&key(5)), Some(&value(5)[..]));
    assert!(!found(folder, 5));
}

#[test]
fn many_packs_become_few() {
    let folder = tempfile::tempdir().unwrap();
    for round in 0..100 {
        store(folder.path(), round * 10..round * 10 + 12);
        assert!(packs(folder.path()).len() <= cache::store::MANY_PACKS + 1);
    }
    let opened = Store::open(folder.path(), LIMIT);
    assert!((0..1000).all(|number| opened.get(&key(number)) == Some(&value(number))));
}

/// Every bit pattern of damage that one changed byte makes, at every position, and every cut.
#[test]
fn damage_loses_entries_but_never_gives_wrong_ones() {
    let folder = tempfile::tempdir().unwrap();
    store(folder.path(), 0..20);
    let pack = packs(folder.path()).remove(0);
    let bytes = std::fs::read(&pack).unwrap();
    let blobs = bytes.len() - (0..20).map(|number| value(number).len()).sum::<usize>();
    let damaged = |bytes: &[u8], what: &str| {
        // A pack is never changed in place, not even by this test.
        std::fs::remove_file(&pack).unwrap();
        std::fs::write(&pack, bytes).unwrap();
        let opened = Store::open(folder.path(), LIMIT);
        let mut lost = 0;
        for number in 0..40 {
            match opened.get(&key(number)) {
                Some(got) => assert!(number < 20 && got == value(number), "{what}: wrong bytes for {number}"),
                None => lost += usize::from(number < 20),
            }
        }
        lost
    };
    for at in 0..bytes.len() {
        for flip in [0x01, 0x80, 0xff] {
            let mut changed = bytes.clone();
            changed[at] ^= flip;
            let lost = damaged(&changed, &format!("byte {at}"));
            assert!(lost == 1 || at < blobs, "byte {at}: {lost} entries are lost");
        }
        assert_eq!(damaged(&bytes[..at], &format!("cut at {at}")), 20);
    }
    let longer = [&bytes[..], b"x"].concat();
    assert_eq!(damaged(&longer, "a byte too many"), 20);
    assert_eq!(damaged(&bytes, "as it was"), 0);
}

#[test]
fn a_damaged_entry_is_replaced() {
    let folder = tempfile::tempdir().unwrap();
    store(folder.path(), 0..20);
    let pack = packs(folder.path()).remove(0);
    let mut bytes = std::fs::read(&pack).unwrap();
    let last = bytes.len() - 1;
    bytes[last] ^= 1;
    std::fs::remove_file(&pack).unwrap();
    std::fs::write(&pack, bytes).unwrap();
    let lost: Vec<u64> = (0..20).filter(|&number| !found(folder.path(), number)).collect();
    assert_eq!(lost.len(), 1);
    store(folder.path(), lost.into_iter());
    assert!((0..20).all(|number| found(folder.path(), number)));
    // Merging takes the good one.
    for round in 2..30 {
        store(folder.path(), round * 100..round * 100 + 1);
    }
    assert!((0..20).all(|number| found(folder.path(), number)));
}

#[test]
fn foreign_files_are_left_alone_and_useless_ones_removed() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    std::fs::create_dir(path("0123456789abcdef-folder.pack")).unwrap();
    std::fs::write(path("notes.txt"), "mine").unwrap();
    std::fs::write(path("0123456789abcdef-empty.pack"), "").unwrap();
    std::fs::write(path("0123456789abcdef-other.pack"), "x".repeat(1000)).unwrap();
    std::fs::write(path("temporary-young"), "half a pack").unwrap();
    std::fs::write(path("temporary-old"), "half a pack").unwrap();
    let old = std::time::SystemTime::now() - std::time::Duration::from_secs(7200);
    std::fs::File::options().write(true).open(path("temporary-old")).unwrap().set_modified(old).unwrap();
    store(folder.path(), 0..3);
    assert!(found(folder.path(), 2));
    assert!(path("notes.txt").exists() && path("temporary-young").exists());
    assert!(!path("temporary-old").exists());
    assert!(!path("0123456789abcdef-empty.pack").exists() && !path("0123456789abcdef-other.pack").exists());
}

#[test]
fn the_limit_holds_and_what_is_used_stays() {
    let folder = tempfile::tempdir().unwrap();
    let limit = 200_000;
    let blob = |number: u64| vec![number as u8; 1000];
    let used = key(7);
    for round in 0..400u64 {
        let store = Store::open(folder.path(), limit);
        if round == 0 {
            store.put(used, blob(7));
        } else {
            assert_eq!(store.get(&used), Some(&blob(7)[..]), "lost in round {round}");
        }
        for number in 0..10 {
            store.put(key(1000 + round * 10 + number), blob(number));
        }
        store.commit().unwrap();
        assert!(store.stats().size_bytes <= limit, "{:?}", store.stats());
    }
    // Nothing that is larger than the limit stays, and nothing at all with a limit of zero.
    let store = Store::open(folder.path(), limit);
    store.put(key(1), vec![0; 300_000]);
    store.commit().unwrap();
    assert!(store.stats().size_bytes <= limit);
    let none = Store::open(folder.path(), 0);
    none.put(key(2), vec![1]);
    none.commit().unwrap();
    assert_eq!(Store::open(folder.path(), limit).get(&key(2)), None);
}

#[test]
fn threads_with_stores_of_their_own_and_one_in_common() {
    let folder = tempfile::tempdir().unwrap();
    let common = Store::open(folder.path(), LIMIT);
    std::thread::scope(|scope| {
        for thread in 0..8u64 {
            let (common, folder) = (&common, folder.path());
            scope.spawn(move || {
                for round in 0..20 {
                    let number = thread * 1000 + round;
                    store(folder, number..number + 3);
                    assert!(found(folder, number));
                    common.put(key(100_000 + number), value(100_000 + number));
                }
            });
        }
    });
    common.commit().unwrap();
    for thread in 0..8 {
        assert!((0..20).all(|round| found(folder.path(), thread * 1000 + round)));
        assert!((0..20).all(|round| found(folder.path(), 100_000 + thread * 1000 + round)));
    }
}

/// Not a test of its own: what the processes of the next test do.
#[test]
fn child() {
    let (Some(folder), Ok(first)) = (std::env::var_os("STORE_TEST_FOLDER"), std::env::var("STORE_TEST_FIRST")) else {
        return;
    };
    let first: u64 = first.parse().unwrap();
    for round in 0..30 {
        let number = first + round;
        store(Path::new(&folder), number..number + 50);
        assert!(found(Path::new(&folder), number));
    }
}

#[test]
fn processes_at_once_some_killed() {
    let folder = tempfile::tempdir().unwrap();
    let start = |first: u64| {
        Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "child"])
            .env("STORE_TEST_FOLDER", folder.path())
            .env("STORE_TEST_FIRST", first.to_string())
            .stdout(Stdio::null())
            .spawn()
            .unwrap()
    };
    let whole: Vec<_> = (0..4).map(|process| start(process * 10_000)).collect();
    let mut killed: Vec<_> = (4..12).map(|process| start(process * 10_000)).collect();
    for (index, process) in killed.iter_mut().enumerate() {
        std::thread::sleep(std::time::Duration::from_millis(5 * index as u64));
        process.kill().unwrap();
    }
    for mut process in whole {
        assert!(process.wait().unwrap().success());
    }
    for process in &mut killed {
        process.wait().unwrap();
    }
    for process in 0..4 {
        assert!((0..80).all(|round| round >= 79 || found(folder.path(), process * 10_000 + round)));
    }
    // And of the killed ones, whatever is found is right.
    for process in 4..12 {
        for round in 0..80 {
            found(folder.path(), process * 10_000 + round);
        }
    }
}

#[test]
fn a_place_that_cannot_be_written() {
    let folder = tempfile::tempdir().unwrap();
    // A file where the folder should be: nobody can write there, not even root.
    let file = folder.path().join("file");
    std::fs::write(&file, "").unwrap();
    let opened = Store::open(&file.join("store"), LIMIT);
    opened.put(key(1), value(1));
    assert!(opened.commit().is_err());
    assert_eq!(opened.get(&key(1)), None);
    assert_eq!(opened.stats().packs, 0);
    opened.commit().unwrap();
}

#[test]
fn a_full_disk() {
    let folder = tempfile::tempdir().unwrap();
    let mut mount = Command::new("mount");
    mount.args(["-t", "tmpfs", "-o", "size=64k", "tmpfs"]).arg(folder.path()).stderr(Stdio::null());
    if !mount.status().is_ok_and(|status| status.success()) {
        println!("skipped: no file system can be mounted here");
        return;
    }
    store(folder.path(), 0..20);
    let opened = Store::open(folder.path(), LIMIT);
    opened.put(key(100), vec![7; 200_000]);
    let full = opened.commit();
    let files = std::fs::read_dir(folder.path()).unwrap().count();
    let all = (0..20).all(|number| found(folder.path(), number));
    drop(opened);
    let _ = Command::new("umount").arg(folder.path()).status();
    assert!(full.is_err(), "200 kB fit into 64");
    assert!(all, "what was there before is lost");
    // The pack and the lock.
    assert_eq!(files, 2, "a temporary file is left");
}
