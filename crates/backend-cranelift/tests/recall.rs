//! Compiling with a memory gives the same objects as without, and does not compile twice.

use backend::{Backend, Emit, FunctionCache, Options};
use bessemer_backend_cranelift::CraneliftBackend;
use lir::hash::ContentHash;
use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::Mutex;
use std::time::Duration;

#[derive(Default)]
struct Map {
    entries: Mutex<HashMap<ContentHash, Vec<u8>>>,
    found: Mutex<usize>,
    made: Mutex<usize>,
    /// The functions whose time was told, or that they were found.
    told: Mutex<Vec<(String, bool)>>,
}

impl Map {
    fn counts(&self) -> (usize, usize) {
        (std::mem::take(&mut self.found.lock().unwrap()), std::mem::take(&mut self.made.lock().unwrap()))
    }
}

impl FunctionCache for Map {
    fn get(&self, key: &ContentHash) -> Option<Cow<'_, [u8]>> {
        let bytes = self.entries.lock().unwrap().get(key)?.clone();
        *self.found.lock().unwrap() += 1;
        Some(bytes.into())
    }

    fn put(&self, key: &ContentHash, bytes: Vec<u8>) {
        *self.made.lock().unwrap() += 1;
        self.entries.lock().unwrap().insert(*key, bytes);
    }

    fn took(&self, function: &str, time: Option<Duration>) {
        self.told.lock().unwrap().push((function.to_owned(), time.is_some()));
    }
}

const TEXT: &str = "
    data hidden @text align(1) { \"text\" }
    function hidden @leaf(v0: i32) -> i32 {
        file0 = \"a.rs\"
        scope0 = function \"leaf\" file0:1
        loc0 = file0:1:1 scope0
    block0:
        v1 = iadd v0, v0 !loc0
        return v1
    }
    function hidden @caller(v0: i32) -> i32 personality(@rust_eh_personality) {
        sig0 = (i32) -> i32
        sig1 = (ptr)
        sym0 = function @leaf
        sym1 = function @outside
        sym2 = data @text
        sym3 = function @rust_eh_personality
        file0 = \"a.rs\"
        scope0 = function \"caller\" file0:5
        loc0 = file0:6:1 scope0
        loc1 = file0:7:1 scope0
    block0:
        v1 = invoke sig0 @leaf(v0) to block1 unwind block2 !loc0
    block1:
        v2 = symbol_addr @text
        call sig1 @outside(v2) !loc1
        return v1
    block2 catch_all(v3, v4):
        return v0
    }
    function hidden @assembly() {
    block0:
        asm [\"nop\"] ()
        return
    }";

fn module() -> lir::Module {
    lir::parse_module(TEXT).unwrap_or_else(|error| panic!("{error}"))
}

fn options() -> Options {
    Options { debug: backend::DebugInfo::Lines, ..Options::new("x86_64-unknown-linux-gnu", "x86-64") }
}

#[test]
fn a_memory_changes_nothing() {
    let (module, options) = (module(), options());
    let without = CraneliftBackend.compile(&module, &options, Emit::Object).unwrap();
    assert_eq!(without.rejected.len(), 1);
    let cache = Map::default();
    for round in 0..3 {
        let with = CraneliftBackend.compile_with(&module, &options, Emit::Object, &cache).unwrap();
        assert_eq!(with, without);
        assert_eq!(cache.counts(), if round == 0 { (0, 3) } else { (3, 0) });
        let mut told = std::mem::take(&mut *cache.told.lock().unwrap());
        told.sort();
        assert_eq!(told, ["assembly", "caller", "leaf"].map(|name| (name.to_owned(), round == 0)));
    }
    // Texts are not remembered.
    CraneliftBackend.compile_with(&module, &options, Emit::Ir, &cache).unwrap();
    assert_eq!(cache.counts(), (0, 0));
}

#[test]
fn only_what_changed_is_compiled() {
    let (first, options) = (module(), options());
    let cache = Map::default();
    CraneliftBackend.compile_with(&first, &options, Emit::Object, &cache).unwrap();
    cache.counts();
    let check = |module: &lir::Module, options: &Options, counts: (usize, usize), what: &str| {
        let without = CraneliftBackend.compile(module, options, Emit::Object).unwrap();
        let with = CraneliftBackend.compile_with(module, options, Emit::Object, &cache).unwrap();
        assert_eq!(cache.counts(), counts, "{what}");
        assert!(with == without, "{what}: another object than without a memory");
    };
    let edited = |old: &str, new: &str| lir::parse_module(&TEXT.replace(old, new)).unwrap();
    check(&edited("iadd v0, v0", "imul v0, v0"), &options, (2, 1), "another instruction");
    check(&edited("file0:7:1", "file0:70:1"), &options, (3, 0), "another line");
    check(&edited("\"a.rs\"", "\"b.rs\""), &options, (3, 0), "another file");
    check(&edited("data hidden @text", "data export @text"), &options, (3, 0), "data that others may replace");
    check(&edited("@text", "@title"), &options, (2, 1), "another symbol");
    // Defined elsewhere, reached through the global offset table.
    let mut alone = first.clone();
    alone.data.clear();
    check(&alone, &options, (3, 0), "no data");
    let mut reversed = first.clone();
    reversed.functions.reverse();
    check(&reversed, &options, (3, 0), "another order");
    check(&first, &Options { opt: backend::OptLevel::O2, ..options.clone() }, (0, 3), "optimised");
    let cpu = Options { features: vec!["+avx2".to_owned()], ..options.clone() };
    check(&first, &cpu, (0, 3), "another CPU");
}

/// What is no outcome counts as nothing.
#[test]
fn nonsense_is_not_believed() {
    let (module, options) = (module(), options());
    let without = CraneliftBackend.compile(&module, &options, Emit::Object).unwrap();
    let cache = Map::default();
    CraneliftBackend.compile_with(&module, &options, Emit::Object, &cache).unwrap();
    for bytes in cache.entries.lock().unwrap().values_mut() {
        bytes.clear();
    }
    assert_eq!(CraneliftBackend.compile_with(&module, &options, Emit::Object, &cache).unwrap(), without);
}
