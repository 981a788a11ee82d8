//! What the system says of a file, by which a change is noticed without reading it.

use std::fs::Metadata;
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::sync::OnceLock;

/// What the system says of a file, which is something else after every change of its content; empty where there is none. A
/// file's time of change (`ctime`) is the system's own and cannot be set.
pub fn file_state(file: &Path) -> Vec<u8> {
    std::fs::metadata(file).map_or_else(|_| Vec::new(), |metadata| state_of(&metadata))
}

/// The same for a file that is open.
pub fn state_of(metadata: &Metadata) -> Vec<u8> {
    let numbers = [
        metadata.dev() as i64,
        metadata.ino() as i64,
        metadata.size() as i64,
        metadata.mtime(),
        metadata.mtime_nsec(),
        metadata.ctime(),
        metadata.ctime_nsec(),
    ];
    numbers.iter().flat_map(|number| number.to_le_bytes()).collect()
}

/// As [`state_of`], and something else after each start of the system: a power failure may spoil the content of a file that
/// was written shortly before, and leave all that the system says of it as it was.
pub fn state_since_boot(metadata: &Metadata) -> Vec<u8> {
    static BOOT: OnceLock<Vec<u8>> = OnceLock::new();
    let boot = BOOT.get_or_init(|| std::fs::read("/proc/sys/kernel/random/boot_id").unwrap_or_default());
    [state_of(metadata), boot.clone()].concat()
}
