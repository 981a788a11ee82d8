//! Damaged, foreign and missing files: errors that say what to do, and never anything worse.

mod common;

use bessemer_rmeta::check::ask_everything;
use bessemer_rmeta::{CrateLocator, Session};
use mir::Bodies;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use ty::*;

const STACK: usize = 1 << 20;

const SOURCE: &str = "
    use std::collections::HashMap;
    pub trait Shape { type Unit; fn area(&self) -> Self::Unit; fn twice(&self) -> (Self::Unit, Self::Unit) { (self.area(), self.area()) } }
    #[derive(Clone, Debug, PartialEq)] pub enum Tree { Leaf(i32), Node(Box<Tree>, Box<Tree>) }
    impl Shape for Tree { type Unit = i32; fn area(&self) -> i32 { match self { Tree::Leaf(x) => *x, Tree::Node(a, b) => a.area() + b.area() } } }
    pub static NAMES: &[&str] = &[\"one\", \"two\"];
    pub const fn sum(xs: [u8; 4]) -> u32 { let mut i = 0; let mut s = 0; while i < 4 { s += xs[i] as u32; i += 1 } s }
    pub const SUM: u32 = sum([1, 2, 3, 4]);
    pub async fn wait(x: impl std::future::Future<Output = u8>) -> u8 { x.await }
    pub fn count(words: &str) -> HashMap<String, usize> {
        let mut map = HashMap::new();
        for word in words.split(' ') { *map.entry(word.to_owned()).or_default() += 1; println!(\"{word}\"); }
        map
    }
    impl Drop for Guard<'_> { fn drop(&mut self) { self.0.set(true) } }
    pub struct Guard<'a>(&'a std::cell::Cell<bool>);
    unsafe extern \"C\" { pub fn getpid() -> i32; }
";

/// Runs a question; the only panic that may come is a [`MetadataError`].
fn expect_answer_or_error(question: impl FnOnce()) -> bool {
    match catch_unwind(AssertUnwindSafe(question)) {
        Ok(()) => true,
        Err(payload) if payload.is::<MetadataError>() => false,
        Err(payload) => {
            let text = payload.downcast_ref::<String>().cloned();
            let text = text.or_else(|| payload.downcast_ref::<&str>().map(|&text| text.to_owned()));
            panic!("a panic that is no error of metadata: {}", text.unwrap_or_default())
        }
    }
}

fn open_and_ask(bytes: &[u8]) {
    let arena = Arena::new();
    let tcx = Tcx::new(&arena, common::session_options());
    if let Ok(session) = Session::open_bytes(tcx, Path::new("damaged.rmeta"), bytes, &common::locator()) {
        tcx.set_definitions(session);
        ask_everything(session, CrateNum::LOCAL, &mut |question| _ = expect_answer_or_error(question));
    }
}

/// Numbers that look random but are the same every time.
fn numbers(seed: u64) -> impl FnMut(usize) -> usize {
    let mut state = seed;
    move |below| {
        state = state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        (state >> 33) as usize % below
    }
}

#[test]
fn damaged_bytes() {
    let dir = tempfile::tempdir().unwrap();
    let path = common::compile(dir.path(), SOURCE, &[]);
    let original = std::fs::read(&path).unwrap();
    // Thousands of errors are expected; their messages would only be noise.
    std::panic::set_hook(Box::new(|_| {}));
    open_and_ask(&original);
    let rounds = std::env::var("BESSEMER_DAMAGE_ROUNDS").ok().and_then(|rounds| rounds.parse().ok()).unwrap_or(40);
    let mut number = numbers(7);
    for round in 0..rounds {
        let mut bytes = original.clone();
        match round % 4 {
            // A file that was not written to its end, but for the mark.
            0 => {
                bytes.truncate(number(original.len()));
                bytes.extend_from_slice(b"rust-end-file");
            }
            // Single bits.
            1 | 2 => {
                for _ in 0..1 + number(20) {
                    bytes[8 + number(original.len() - 8)] ^= 1 << number(8);
                }
            }
            // A stretch of nonsense.
            _ => {
                let start = number(original.len() - 64);
                for byte in &mut bytes[start..start + 64] {
                    *byte = number(256) as u8;
                }
            }
        }
        open_and_ask(&bytes);
    }
    _ = std::panic::take_hook();
}

#[test]
fn files_that_do_not_open() {
    let dir = tempfile::tempdir().unwrap();
    let path = common::compile(dir.path(), "pub fn f() {}", &[]);
    let original = std::fs::read(&path).unwrap();
    let locator = common::locator();
    let check = |bytes: &[u8], expected: &str| {
        let path = dir.path().join("other.rmeta");
        std::fs::write(&path, bytes).unwrap();
        assert_eq!(common::error_of(&path, &locator), expected);
    };
    check(
        b"",
        "FILE is not crate metadata of rustc: the file is empty (rustc writes no metadata for programs and tests)",
    );
    check(b"PK\x03\x04", "FILE is not crate metadata of rustc: it does not begin as metadata does");
    check(&original[..original.len() / 2], "FILE is not crate metadata of rustc: it is cut short");
    let mut other = original.clone();
    other[17 + 9] = b'4';
    // Behind the length of the version, which distributions add to.
    let found = String::from_utf8_lossy(&other[17..][..usize::from(other[16])]);
    check(
        &other,
        &format!(
            "FILE was written by `{found}`, and only metadata of rustc {} is understood; compile the crate again with \
             one of these",
            release::names()
        ),
    );
    let nowhere = common::error_of(&dir.path().join("nowhere.rmeta"), &locator);
    assert!(nowhere.starts_with("cannot read FILE"), "{nowhere}");
    let lost = common::error_of(&path, &CrateLocator::default());
    assert_eq!(lost, "cannot find crate `std`, which `snippet` needs; searched nowhere");
}

#[test]
fn deep_types() {
    let dir = tempfile::tempdir().unwrap();
    // As deep as is allowed, and deeper; on a stack half as large as threads have.
    for (depth, fits) in [(480, true), (1000, false)] {
        let source = format!("#![recursion_limit = \"4000\"] pub fn x(_: {}u8) {{}}", "&".repeat(depth));
        let path = common::compile(dir.path(), &source, &[]);
        let ask = move || {
            let arena = Arena::new();
            let session = common::open(&arena, &path).unwrap();
            let x = common::find(session, "snippet::x");
            std::panic::set_hook(Box::new(|_| {}));
            let answered = expect_answer_or_error(|| _ = session.fn_sig(x));
            _ = std::panic::take_hook();
            answered
        };
        let thread = std::thread::Builder::new().stack_size(STACK).spawn(ask).unwrap();
        assert_eq!(thread.join().unwrap(), fits, "{depth}");
    }
}

/// `cp new.rmeta old.rmeta` while a build runs: what was opened stays as it was, and what is opened then is an error.
#[test]
fn a_file_that_is_cut_off_while_it_is_used() {
    let dir = tempfile::tempdir().unwrap();
    let path = common::compile(dir.path(), SOURCE, &[]);
    let arena = Arena::new();
    let session = common::open(&arena, &path).unwrap();
    let x = common::find(session, "snippet::count");
    for len in [100, 0] {
        std::fs::File::options().write(true).open(&path).unwrap().set_len(len).unwrap();
        ask_everything(session, CrateNum::LOCAL, &mut |question| _ = expect_answer_or_error(question));
        assert!(session.has_optimized_mir(x) && session.optimized_mir(x).basic_blocks.len() > 1);
        let error = common::error_of(&path, &common::locator());
        let expected = ["it is cut short", "the file is empty"];
        assert!(expected.iter().any(|expected| error.contains(expected)), "{error}");
    }
}
