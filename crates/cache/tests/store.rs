//! The store as a build meets it: what is put is found, whatever else happens to the folder.

use bessemer_cache::{Key, Store};
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::thread::JoinHandle;

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
    // What is open stays readable.
    assert_eq!(opened.get(&key(5)), Some(&value(5)[..]));
    assert!(!found(folder, 5));
}

#[test]
fn many_packs_become_few() {
    let folder = tempfile::tempdir().unwrap();
    for round in 0..100 {
        store(folder.path(), round * 10..round * 10 + 12);
        assert!(packs(folder.path()).len() <= bessemer_cache::store::MANY_PACKS + 1);
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
    for content in [&b""[..], b"x", &[0xff; 8], &[7; 1000]] {
        std::fs::write(folder.path().join("lock"), content).unwrap();
        assert_eq!(damaged(&bytes, "the lock file"), 0);
    }
    assert_eq!(damaged(&bytes, "as it was"), 0);
}

/// Somebody cuts off a pack that is in use: entries are lost, and nothing worse.
#[test]
fn a_pack_that_is_cut_off_while_it_is_open() {
    let folder = tempfile::tempdir().unwrap();
    store(folder.path(), 0..5000);
    let pack = packs(folder.path()).remove(0);
    let length = std::fs::metadata(&pack).unwrap().len();
    for eighths in (0..8).rev() {
        let opened = Store::open(folder.path(), LIMIT);
        opened.get(&key(1));
        std::fs::File::options().write(true).open(&pack).unwrap().set_len(length / 8 * eighths).unwrap();
        let lost = (0..5000).filter(|&number| match opened.get(&key(number)) {
            Some(bytes) => {
                assert_eq!(bytes, value(number));
                false
            }
            None => true,
        });
        assert!(lost.count() > 0);
        opened.put(key(10_000 + eighths), value(3));
        opened.commit().unwrap();
        assert!(Store::open(folder.path(), LIMIT).get(&key(10_000 + eighths)).is_some());
        // The damaged pack is gone.
        store(folder.path(), 0..5000);
        let largest = |path: &PathBuf| std::fs::metadata(path).unwrap().len();
        std::fs::rename(packs(folder.path()).into_iter().max_by_key(largest).unwrap(), &pack).unwrap();
    }
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

/// A folder is not listed at one moment: while packs are merged, neither a part nor the whole may be on the list.
#[test]
fn what_was_stored_is_found_while_others_merge() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    store(folder, 0..3);
    let finished = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let readers: Vec<_> = (0..3)
            .map(|_| {
                scope.spawn(|| {
                    let mut lost = 0;
                    while !finished.load(Relaxed) {
                        lost += (0..3).filter(|&number| !found(folder, number)).count();
                    }
                    lost
                })
            })
            .collect();
        for round in 0..150 {
            store(folder, 1000 + round..1001 + round);
        }
        finished.store(true, Relaxed);
        let lost: usize = readers.into_iter().map(|reader| reader.join().unwrap()).sum();
        assert_eq!(lost, 0, "entries were not found");
    });
}

/// Not a test of its own: what the processes of the next test do.
#[test]
fn child() {
    let (Some(folder), Ok(first)) = (std::env::var_os("STORE_TEST_FOLDER"), std::env::var("STORE_TEST_FIRST")) else {
        return;
    };
    let first: u64 = first.parse().unwrap();
    let rounds = std::env::var("STORE_TEST_ROUNDS").map_or(30, |rounds| rounds.parse().unwrap());
    for round in 0..rounds {
        let number = first + round;
        store(Path::new(&folder), number..number + 50);
        println!("committed {number};");
        assert!(found(Path::new(&folder), number), "{number} is lost");
    }
}

/// Starts a process that runs [`child`].
fn start_child(folder: &Path, first: u64, rounds: u64, stdout: Stdio) -> Child {
    Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "child", "--nocapture"])
        .env("STORE_TEST_FOLDER", folder)
        .env("STORE_TEST_FIRST", first.to_string())
        .env("STORE_TEST_ROUNDS", rounds.to_string())
        .stdout(stdout)
        .spawn()
        .unwrap()
}

/// Eight processes write, and now and then one is killed and another takes its place. Whatever one of them said it had stored
/// is found.
#[test]
fn kills_at_random_moments() {
    const WRITERS: u64 = 8;
    let kills = std::env::var("BESSEMER_STORE_KILLS").map_or(12, |kills| kills.parse().unwrap());
    let folder = tempfile::tempdir().unwrap();
    let mut next = 0;
    let mut start = || {
        next += 1;
        start_child(folder.path(), next * 100_000, 10_000, Stdio::piped())
    };
    let mut said: Vec<JoinHandle<Vec<u64>>> = Vec::new();
    let mut listen = |process: &mut Child| {
        let lines = BufReader::new(process.stdout.take().unwrap()).lines();
        // What a killed process says last may be half a line.
        let number = |line: String| line.strip_suffix(';')?.strip_prefix("committed ")?.parse().ok();
        said.push(std::thread::spawn(move || lines.map_while(Result::ok).filter_map(number).collect()));
    };
    let mut running: Vec<Child> = (0..WRITERS).map(|_| start()).collect();
    running.iter_mut().for_each(&mut listen);
    let mut state = 1u64;
    let mut random = |below: u64| {
        state = state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        (state >> 33) % below
    };
    for _ in 0..kills {
        std::thread::sleep(std::time::Duration::from_micros(random(120_000)));
        let mut process = running.swap_remove(random(WRITERS) as usize);
        process.kill().unwrap();
        process.wait().unwrap();
        let mut process = start();
        listen(&mut process);
        running.push(process);
    }
    for process in &mut running {
        // Nobody gave up, and nobody hangs.
        assert!(process.try_wait().unwrap().is_none(), "a process has failed");
        process.kill().unwrap();
        process.wait().unwrap();
    }
    let stored: Vec<u64> = said.into_iter().flat_map(|listener| listener.join().unwrap()).collect();
    let opened = Store::open(folder.path(), LIMIT);
    let lost: Vec<_> = stored.iter().filter(|&&it| opened.get(&key(it)) != Some(&value(it))).collect();
    assert!(lost.is_empty(), "of {} entries these are lost: {lost:?}", stored.len());
    // And nobody is kept from writing.
    store(folder.path(), 0..20);
    assert!((0..20).all(|number| found(folder.path(), number)));
}

#[test]
fn processes_at_once_some_killed() {
    let folder = tempfile::tempdir().unwrap();
    let start = |first: u64| start_child(folder.path(), first, 30, Stdio::null());
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
