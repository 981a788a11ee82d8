//! Dividing an unoptimised program into modules that an edit leaves as they are.
//!
//! A definition's module follows from its name alone, so that modules without an edited definition are the same as in the last
//! build, and are found in the cache.

/// How many modules a program of this many functions becomes. A power of two, so that it is mostly the same after an edit; as
/// many modules as make an edit cheap, and few enough that the modules themselves cost little.
pub(super) fn count(functions: usize, functions_per_module: usize) -> usize {
    let functions_per_module = if functions_per_module == 0 { 32 } else { functions_per_module };
    (functions / functions_per_module).next_power_of_two().min(MAX_COUNT)
}

pub(super) const MAX_COUNT: usize = 128;

/// The module that a definition belongs to: always the same, whatever else the program holds, so that an edit changes few modules.
pub(super) fn of(name: &str, count: usize) -> usize {
    let hash = name_hash(name);
    // The last bytes of a name are in few bits of the hash; this carries them to the upper ones.
    let mixed = (hash ^ (hash >> 32)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    (mixed >> 48) as usize % count
}

/// FNV-1a.
pub(crate) fn name_hash(name: &str) -> u64 {
    name.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

#[cfg(test)]
mod tests {
    use super::{count, of};

    #[test]
    fn buckets_are_even() {
        let counts = |size| [0, 63, 255, 999, 3999, 100_000].map(|functions| count(functions, size));
        assert_eq!(counts(128), [1, 1, 1, 8, 32, 128]);
        assert_eq!(counts(32), [1, 1, 8, 32, 128, 128]);
        assert_eq!(counts(0), counts(32));
        let mut sizes = [0; 32];
        for number in 0..3200 {
            sizes[of(&format!("_RNvCs0_5crate{number}"), 32)] += 1;
        }
        assert!(sizes.iter().all(|&size| (60..140).contains(&size)), "{sizes:?}");
    }
}
