//! Decoding of all that the toolchain's own crates hold, and of what they do not.

use super::super::tables::Table;
use super::super::{Decode, Decoder};
use crate::session::{CrateData, Session};
use crate::{CrateLocator, error::Result};
use ::mir::{Body, CoroutineLayout, Promoted};
use testing::{session_options, sysroot_lib};
use ty::{Arena, ConstAllocation, ConstValue, CrateNum, IndexVec, Tcx, Ty};

/// Decodes a value that a table has for each definition, each `step`th; gives how many there are and where each ends.
fn decode_table<'tcx, T: Decode<'tcx>>(
    session: &'tcx Session<'tcx>,
    krate: &'tcx CrateData<'tcx>,
    table: &Table,
    step: u32,
) -> Result<Vec<(u32, usize)>> {
    let mut ends = Vec::new();
    for index in 0..table.len() as u32 {
        if let Some(position) = table.value(krate.bytes, index)?
            && index % step == 0
        {
            let mut d: Decoder<'tcx> = krate.decoder(session, position)?;
            T::decode(&mut d)?;
            ends.push((index, d.position()));
        }
    }
    Ok(ends)
}

/// Decodes a crate's bodies, each of which must take up exactly the bytes before what rustc writes next. Gives how many
/// there are of each kind.
fn check_crate<'tcx>(session: &'tcx Session<'tcx>, krate: &'tcx CrateData<'tcx>, step: u32) -> Result<[usize; 6]> {
    let tables = &krate.root.tables;
    let optimized = decode_table::<Body<'_>>(session, krate, &tables.optimized_mir, step)?;
    for &(index, end) in &optimized {
        let next = tables.closure_saved_names_of_captured_variables.value(krate.bytes, index)?;
        assert_eq!(Some(end), next, "{}: definition {index}", krate.source.name);
    }
    let ctfe = decode_table::<Body<'_>>(session, krate, &tables.mir_for_ctfe, step)?;
    for &(index, end) in &ctfe {
        let is_const = tables.mir_const_qualif.value(krate.bytes, index)?.is_some();
        let next = tables.promoted_mir.value(krate.bytes, index)?;
        assert!(is_const || Some(end) == next, "{}: definition {index}", krate.source.name);
    }
    let promoted = decode_table::<IndexVec<Promoted, Body<'_>>>(session, krate, &tables.promoted_mir, step)?;
    let layouts = decode_table::<CoroutineLayout<'_>>(session, krate, &tables.mir_coroutine_witnesses, 1)?;
    let trivial = decode_table::<(ConstValue, Ty<'_>)>(session, krate, &tables.trivial_const, step)?;
    let statics = decode_table::<ConstAllocation<'_>>(session, krate, &tables.eval_static_initializer, 1)?;
    Ok([optimized, ctfe, promoted, layouts, trivial, statics].map(|found| found.len()))
}

/// All of it with BESSEMER_WALK_ALL=1; else a sample.
#[test]
fn bodies_of_std() {
    let step = if std::env::var_os("BESSEMER_WALK_ALL").is_some() { 1 } else { 37 };
    let arena = Arena::new();
    let tcx = Tcx::new(&arena, session_options());
    let lib = sysroot_lib();
    let std = std::fs::read_dir(&lib)
        .expect("the sysroot has libraries")
        .map(|entry| entry.expect("a readable folder").path())
        .find(|path| {
            let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
            name.starts_with("libstd-") && name.ends_with(".rlib")
        })
        .expect("the sysroot has std");
    let locator = CrateLocator { sysroot_lib: lib, ..CrateLocator::default() };
    let session = Session::open(tcx, &std, &locator).expect("std opens");
    let mut counts = [0; 6];
    for krate in session.all_crate_data() {
        match check_crate(session, krate, step) {
            Ok(found) => counts.iter_mut().zip(found).for_each(|(count, found)| *count += found),
            Err(error) => panic!("{}: {error}", krate.source.name),
        }
    }
    assert!(counts[0] > 100 && counts[1] > 100, "{counts:?}");
}

/// What the standard library has little or nothing of.
const UNUSUAL: &str = r#"
#![feature(coroutines, coroutine_trait, stmt_expr_attributes, explicit_tail_calls, gen_blocks, unsafe_binders)]
#![allow(incomplete_features)]
use std::ops::Coroutine;
pub enum E { A(u8), B { x: i64 }, C }
pub fn branches(e: E, n: usize, v: &[u8]) -> i64 {
    let mut s = 0;
    for i in 0..n {
        if v[i] > 3 && n > 2 || i == 7 { s += match &e { E::A(a) => *a as i64, E::B { x } => *x, _ => -1 }; }
    }
    s
}
pub fn coroutine() -> impl Coroutine<u8, Yield = u32, Return = String> {
    #[coroutine] |mut r: u8| { let s = String::new(); for i in 0..3u32 { r = yield i + r as u32; } s }
}
pub fn immovable() -> impl Coroutine<(), Yield = u32, Return = ()> {
    #[coroutine] static || { let a = [1u32; 8]; let b = &a; yield b[0]; yield b[1]; }
}
pub fn generator() -> impl Iterator<Item = u8> { gen { yield 1; yield 2 } }
pub fn tail(n: u64, a: u64) -> u64 { if n == 0 { return a } become tail(n - 1, a + n) }
pub async fn async_closure(v: Vec<u8>) -> usize {
    let f = async |x: &u8| -> usize { v.len() + *x as usize };
    f(&1).await + f(&2).await
}
pub fn binder(x: unsafe<'a> &'a u32) -> u32 { unsafe { *std::unsafe_binder::unwrap_binder!(x) } }
#[unsafe(naked)] pub extern "C" fn naked() { std::arch::naked_asm!("ret") }
std::thread_local! { static TL: std::cell::Cell<u8> = const { std::cell::Cell::new(3) }; }
pub fn thread_local() -> u8 { TL.get() }
pub static NESTED: &&&[&str] = &&&(&["x", "y"] as &[&str]);
pub static mut MUTABLE: &mut [u8] = &mut [1, 2, 3];
pub fn type_id() -> std::any::TypeId { const { std::any::TypeId::of::<String>() } }
pub const VTABLE: &(dyn std::fmt::Debug + Sync) = &5u64;
pub const POINTERS: [fn(u64, u64) -> u64; 2] = [tail, tail];
pub trait Tr { const K: usize = 3; }
impl<T: Tr> Tr for Vec<T> { const K: usize = T::K + 1; }
pub fn repeat<T: Tr>() -> [u8; 3] { [T::K as u8; 3] }
"#;

#[test]
fn bodies_of_unusual_constructs() {
    let dir = tempfile::tempdir().expect("a temporary folder");
    std::fs::write(dir.path().join("unusual.rs"), UNUSUAL).expect("the snippet is written");
    let settings: [&[&str]; 4] = [
        &[],
        &["-O", "-Zmir-opt-level=4", "-g"],
        &["-Cinstrument-coverage", "-Zcoverage-options=branch"],
        &["-Cpanic=abort", "-Zinline-mir", "-Zmir-enable-passes=+ScalarReplacementOfAggregates", "-g"],
    ];
    for extra in settings {
        let flags = ["--edition", "2024", "--crate-type", "lib", "--emit=metadata", "-Zalways-encode-mir"];
        testing::output(testing::rustc(dir.path()).args(flags).args(extra).arg("unusual.rs"));
        let arena = Arena::new();
        let tcx = Tcx::new(&arena, session_options());
        let locator = CrateLocator { sysroot_lib: sysroot_lib(), ..CrateLocator::default() };
        let session = Session::open(tcx, &dir.path().join("libunusual.rmeta"), &locator).expect("it opens");
        let krate = session.crate_data(CrateNum::LOCAL).expect("it has metadata");
        match check_crate(session, krate, 1) {
            Ok(counts) => assert!(counts.iter().all(|&count| count > 0), "{extra:?}: {counts:?}"),
            Err(error) => panic!("{extra:?}: {error}"),
        }
    }
}
