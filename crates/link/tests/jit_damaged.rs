//! Damaged objects give errors. In a program of its own: what is loaded here must never run or be unwound through.
#![cfg(all(target_os = "linux", target_arch = "x86_64"))]

mod common;

use bessemer_link::jit::Loader;
use common::c_object;

/// Marsaglia's xorshift: the same damage in every run.
fn random(state: &mut u64, limit: usize) -> usize {
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    usize::try_from(*state % limit as u64).unwrap()
}

#[test]
fn damaged_objects() {
    let source = "#include <string.h>
        __thread int counter = 1; static __thread int zeros[10]; const char *names[] = {\"a\", \"b\"}; int common;
        __attribute__((weak)) extern int missing; static int table[100];
        __attribute__((constructor)) static void start(void) { table[0] = 1; }
        int f(int x) { return counter++ + zeros[x] + table[x] + (int)strlen(names[x]) + (&missing != 0) + common; }";
    let object = c_object(source, &["-fPIC", "-fcommon", "-ffunction-sections"]);
    let load = |bytes: &[u8]| {
        let mut loader = Loader::new();
        loader.add_object("damaged", bytes);
        loader.load().map(drop).is_ok()
    };
    assert!(load(&object));
    for length in 0..object.len() - 1 {
        assert!(!load(&object[..length]), "{length} bytes");
    }
    let mut state = 1;
    let mut refused = 0;
    for _ in 0..4_000 {
        let mut damaged = object.clone();
        for _ in 0..=random(&mut state, 3) {
            let at = random(&mut state, damaged.len());
            damaged[at] = [0, 1, 0x7f, 0xff, random(&mut state, 256) as u8][random(&mut state, 5)];
        }
        refused += u32::from(!load(&damaged));
    }
    assert!(refused > 500, "{refused}");
}
