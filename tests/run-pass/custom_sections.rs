// Definitions in sections of their own names: functions that are called before `main`; memory that is written beside memory
// that is not.

use std::sync::atomic::{AtomicU32, Ordering};

static CALLS: AtomicU32 = AtomicU32::new(0);

#[used]
#[unsafe(link_section = ".init_array")]
static INIT: extern "C" fn() = init;

#[used]
#[unsafe(link_section = ".init_array.00100")]
static EARLIER: extern "C" fn() = earlier;

extern "C" fn init() {
    CALLS.store(CALLS.load(Ordering::SeqCst) * 10 + 2, Ordering::SeqCst);
}

extern "C" fn earlier() {
    CALLS.store(CALLS.load(Ordering::SeqCst) * 10 + 1, Ordering::SeqCst);
}

#[unsafe(link_section = "mine")]
static CONSTANT: u64 = 5;

#[unsafe(link_section = "mine")]
static NAME: &str = "name";

#[unsafe(link_section = "mine")]
static WRITTEN: AtomicU32 = AtomicU32::new(6);

fn main() {
    assert_eq!(CALLS.load(Ordering::SeqCst), 12);
    assert_eq!(std::hint::black_box(&CONSTANT), &5);
    WRITTEN.fetch_add(1, Ordering::SeqCst);
    assert_eq!(WRITTEN.load(Ordering::SeqCst), 7);
    assert_eq!(std::hint::black_box(NAME), "name");
}
