//! How some thousand functions take arguments of some hundred types, compared with the functions in rustc's LLVM IR.

mod common;

use common::llvm;
use std::fmt::Write;
use ty::Arena;

const ABIS: [&str; 5] = ["Rust", "C", "sysv64", "win64", "efiapi"];

/// Functions beyond one for each type and ABI.
const FUNCTIONS: &str = r#"
    #[unsafe(no_mangle)] pub extern "C-unwind" fn c_unwind(a: u8) {}
    #[unsafe(no_mangle)] pub extern "system" fn system(a: i16, b: bool) -> i8 { 0 }
    #[unsafe(no_mangle)] #[track_caller] pub fn tracked(a: u8) {}
    #[unsafe(no_mangle)] pub extern "rust-cold" fn cold(a: &u8, b: String) {}
    #[unsafe(no_mangle)] pub extern "C" fn registers(a: C1, b: CUnion, c: u64, d: C1, e: u64, f: CPair, g: u64) {}
    #[unsafe(no_mangle)] pub extern "C" fn floats(a: CFloats, b: CMixed, c: f32, d: CFloats, e: CFloats, f: CFloats) {}
    #[unsafe(no_mangle)] pub extern "C" fn sret(a: u8, b: C1, c: CPair, d: CPair, e: CPair) -> CBig { loop {} }
    #[unsafe(no_mangle)] pub extern "C" fn va(f: *const u8, n: std::ffi::c_int) -> std::ffi::c_int { 0 }
    #[unsafe(no_mangle)] pub fn many(a: &str, b: Option<&mut u32>, c: Option<Box<u8>>, d: Rc<str>, e: Pin<&mut AsyncOne>,
        f: &Cell<u8>, g: &PhantomPinned, h: &mut PhantomPinned, i: NonNull<u8>, j: Option<NonZeroU8>, k: &[()]) {}
    #[unsafe(no_mangle)] pub fn results(a: Result<u8, u8>, b: Result<u64, ()>) -> Result<u64, u64> { loop {} }
    #[unsafe(no_mangle)] pub fn nothing(a: (), b: [u64; 0], c: PhantomData<u8>) {}
    #[unsafe(no_mangle)] pub fn objects(a: &dyn Trait, b: &mut dyn Trait, c: Box<dyn Sub>, d: Arc<dyn Trait>) {}
    #[repr(C)] pub union CUnion { a: f64, b: u8 }
    #[repr(C)] pub struct CPair(u64, u32);
    #[repr(C)] pub struct CFloats(f32, f32, f32);
    #[repr(C)] pub struct CMixed(f32, u32, f64);
    #[repr(C)] pub struct CBig([u64; 5]);
"#;

#[test]
fn functions_are_called_as_rustc_calls_them() {
    let all = common::types::all();
    let mut source = common::types::DEFINITIONS.to_owned();
    source.push_str(FUNCTIONS);
    let unsized_ = ["str", "[u8]", "[u32]", "Foreign", "ForeignTail", "path::Path", "Mutex<[u8]>"];
    let is_unsized = |entry: &str| {
        unsized_.contains(&entry)
            || entry.contains("dyn Trait>") && !entry.contains("Box<")
            || entry.starts_with("dyn ")
    };
    let mut names: Vec<String> =
        FUNCTIONS.split(" fn ").skip(1).map(|rest| rest.split('(').next().expect("parameters").to_owned()).collect();
    for (index, entry) in all.iter().enumerate() {
        let by_reference =
            entry.starts_with(['&', '*']) || ["Rc<", "Arc<", "std::ptr"].iter().any(|p| entry.starts_with(p));
        if is_unsized(entry) && !by_reference || entry.starts_with("Tail") && entry.contains("<[u8]>") {
            continue;
        }
        if ["Tail<str>", "TailDeep<[u16]>"].contains(&entry.as_str()) {
            continue;
        }
        // All for the hand-picked types; two ABIs for combinations.
        let abis = if index < 300 { &ABIS[..] } else { &ABIS[..2] };
        for abi in abis {
            let name = format!("f{index}_{abi}");
            writeln!(
                source,
                "#[unsafe(no_mangle)] pub extern \"{abi}\" fn {name}(a: {entry}, b: u8, c: {entry}, d: &{entry}, \
                 e: {entry}) -> {entry} {{ loop {{}} }}"
            )
            .unwrap();
            names.push(name);
        }
    }
    let dir = tempfile::tempdir().expect("a temporary folder");
    let metadata = testing::compile(dir.path(), &source, &[]);
    let mut command = testing::rustc(dir.path());
    // What rustc deduces from bodies is no concern here; it does not with incremental compilation.
    command.args(["-Cincremental=incremental"]);
    command.args([
        "--edition",
        "2024",
        "--crate-type",
        "lib",
        "--emit=llvm-ir",
        "-Copt-level=1",
        "-Ctarget-feature=+avx512f",
    ]);
    testing::output(command.args(["-Cno-prepopulate-passes", "-Ccodegen-units=1", "-o", "snippet.ll", "snippet.rs"]));
    let module = std::fs::read_to_string(dir.path().join("snippet.ll")).expect("LLVM IR");
    let theirs = llvm::signatures(&module);

    let arena = Arena::new();
    let program = common::open(&arena, &metadata, true);
    let mut wrong = String::new();
    for name in &names {
        let ours = llvm::signature_of(&program, name);
        let theirs = &theirs[name];
        if ours != *theirs {
            let (number, _) = name[1..].split_once('_').unwrap_or_default();
            let entry = number.parse::<usize>().map_or("", |number| &all[number]);
            writeln!(wrong, "{name} {entry}\nours:  {ours}\nrustc: {theirs}\n").unwrap();
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}
