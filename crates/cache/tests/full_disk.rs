//! The store on disks that are full. In a process of its own: a test beside it that starts a program hands it, until its `exec`, every
//! file that is open here, and a removed file takes space until the last one lets go of it.

use bessemer_cache::{Key, Store};
use std::path::Path;
use std::process::{Command, Stdio};

const LIMIT: u64 = 1 << 30;

fn key(number: u64) -> Key {
    *blake3::hash(&number.to_le_bytes()).as_bytes()
}

/// Bytes that only this key may have; of different lengths, none at all among them.
fn value(number: u64) -> Vec<u8> {
    format!("value {number};").repeat(number as usize % 7 * 5).into_bytes()
}

fn are_found(store: &Store, mut numbers: impl Iterator<Item = u64>) -> Result<(), u64> {
    numbers.find(|&number| store.get(&key(number)) != Some(&value(number))).map_or(Ok(()), Err)
}

/// Stores until nothing fits any more, on disks of ten sizes: what was stored before stays, nothing half is left, and when there is
/// room again, all is well.
#[test]
fn what_was_stored_stays_and_room_is_used_again() {
    for kilobytes in [16, 24, 32, 48, 64, 100, 200, 500, 1000, 2000] {
        let folder = tempfile::tempdir().unwrap();
        let mut mount = Command::new("mount");
        mount.args(["-t", "tmpfs", "-o", &format!("size={kilobytes}k"), "tmpfs"]).arg(folder.path());
        if !mount.stderr(Stdio::null()).status().is_ok_and(|status| status.success()) {
            println!("skipped: no file system can be mounted here");
            return;
        }
        let _unmount = Unmount(folder.path());
        let mut stored = 0;
        let mut is_full = false;
        while !is_full {
            let opened = Store::open(folder.path(), LIMIT);
            (stored..stored + 20).for_each(|number| opened.put(key(number), value(number)));
            is_full = opened.commit().is_err();
            stored += if is_full { 0 } else { 20 };
            assert!(stored < 100_000, "{kilobytes} kB hold {stored} entries");
        }
        let opened = Store::open(folder.path(), LIMIT);
        opened.put(key(1 << 40), vec![7; kilobytes * 1000]);
        assert!(opened.commit().is_err(), "{kilobytes} kB fit twice");
        assert_eq!(are_found(&opened, 0..stored), Ok(()), "{kilobytes} kB: one of {stored} entries is lost");
        assert_eq!(opened.get(&key(1 << 40)), None);
        let foreign = std::fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name());
        let foreign: Vec<_> =
            foreign.filter(|name| name != "lock" && !name.to_string_lossy().ends_with(".pack")).collect();
        assert!(foreign.is_empty(), "{kilobytes} kB: {foreign:?} is left");
        opened.clear().unwrap();
        // Files that are open take space though they are removed.
        drop(opened);
        let opened = Store::open(folder.path(), LIMIT);
        (0..20).for_each(|number| opened.put(key(number), value(number)));
        opened.commit().unwrap();
        assert_eq!(are_found(&Store::open(folder.path(), LIMIT), 0..20), Ok(()), "{kilobytes} kB, cleared");
    }
}

struct Unmount<'a>(&'a Path);

impl Drop for Unmount<'_> {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg(self.0).status();
    }
}
