//! Decoding of all that the toolchain's own crates hold.

use super::super::tables::Table;
use super::super::{Decode, Decoder};
use crate::session::{CrateData, Session};
use crate::{CrateLocator, error::Result};
use ::mir::{Body, CoroutineLayout, Promoted};
use std::path::PathBuf;
use std::process::Command;
use ty::{Arena, ConstAllocation, ConstValue, IndexVec, SessionOptions, Tcx, Ty};

fn options() -> SessionOptions {
    SessionOptions {
        triple: "x86_64-unknown-linux-gnu".to_owned(),
        data_layout: String::new(),
        overflow_checks: true,
        ub_checks: true,
        panic_abort: false,
        optimize: false,
        target_features: Vec::new(),
    }
}

fn sysroot_lib() -> PathBuf {
    let output = Command::new("rustc").args(["--print", "target-libdir"]).output().expect("rustc is installed");
    PathBuf::from(String::from_utf8(output.stdout).expect("a path in UTF-8").trim())
}

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

/// Every body of core, alloc and std takes up exactly the bytes before what rustc writes next.
#[test]
fn bodies_of_std() {
    let step = if std::env::var_os("BESSEMER_WALK_ALL").is_some() { 1 } else { 37 };
    let arena = Arena::new();
    let tcx = Tcx::new(&arena, options());
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
        let tables = &krate.root.tables;
        let mut run = || -> Result<()> {
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
            for (count, found) in counts.iter_mut().zip([optimized, ctfe, promoted, layouts, trivial, statics]) {
                *count += found.len();
            }
            Ok(())
        };
        if let Err(error) = run() {
            panic!("{}: {error}", krate.source.name);
        }
    }
    eprintln!("decoded {counts:?}");
    assert!(counts[0] > 100 && counts[1] > 100, "{counts:?}");
}
