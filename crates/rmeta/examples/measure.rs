//! How long opening a crate and decoding `main` takes, and with `--all`, decoding all bodies of all crates:
//! `measure FILE.rmeta SYSROOT_LIB [--all]`.

use bessemer_rmeta::{CrateLocator, Session};
use mir::Bodies;
use std::path::PathBuf;
use std::time::Instant;
use ty::{Arena, CrateNum, DefId, Definitions, Tcx};

fn main() {
    let mut args = std::env::args().skip(1);
    let (Some(file), Some(sysroot_lib)) = (args.next(), args.next()) else {
        eprintln!("measure FILE.rmeta SYSROOT_LIB");
        std::process::exit(2);
    };
    let start = Instant::now();
    let arena = Arena::new();
    let tcx = Tcx::new(&arena, testing::session_options());
    let locator = CrateLocator { sysroot_lib: PathBuf::from(sysroot_lib), ..CrateLocator::default() };
    let session = match Session::open(tcx, file.as_ref(), &locator) {
        Ok(session) => session,
        Err(error) => {
            eprintln!("{error}");
            std::process::exit(1);
        }
    };
    tcx.set_definitions(session);
    println!("open {:?}", start.elapsed());
    let start = Instant::now();
    let children = session.module_children(CrateNum::LOCAL.root());
    let main = children.iter().find(|(name, _)| name.as_str() == "main").expect("a function main").1;
    println!("find main {:?}", start.elapsed());
    let start = Instant::now();
    let blocks = session.optimized_mir(main).basic_blocks.len();
    println!("decode main ({blocks} blocks) {:?}", start.elapsed());
    if args.next().as_deref() != Some("--all") {
        return;
    }
    for krate in session.crates() {
        let start = Instant::now();
        let data = session.crate_data(krate).expect("metadata");
        let mut count = 0;
        for index in 0..data.root.tables.optimized_mir.len() as u32 {
            let def_id = DefId { krate, index };
            if session.has_optimized_mir(def_id) {
                count += 1;
                session.optimized_mir(def_id);
            }
        }
        println!("all {count} bodies of {} {:?}", session.crate_name(krate), start.elapsed());
    }
}
