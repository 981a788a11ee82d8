//! Any bytes as a crate's metadata: every question has an answer or unwinds with a `MetadataError`.
//!
//! Start it with the metadata of a small crate in its corpus, and with BESSEMER_SYSROOT_LIB set to what
//! `rustc --print target-libdir` says, so that the crate's dependencies are found.

#![no_main]

use libfuzzer_sys::fuzz_target;
use rmeta::check::ask_everything;
use rmeta::{CrateLocator, Session};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use ty::{Arena, CrateNum, MetadataError, SessionOptions, Tcx};

fuzz_target!(
    init: {
        let default = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |info| {
            if !info.payload().is::<MetadataError>() {
                default(info);
                std::process::abort();
            }
        }));
    },
    |bytes: &[u8]| {
        let arena = Arena::new();
        let options = SessionOptions {
            triple: "x86_64-unknown-linux-gnu".to_owned(),
            abi_name: String::new(),
            c_enum_min_bits: 0,
            data_layout: String::new(),
            overflow_checks: true,
            ub_checks: true,
            contract_checks: false,
            panic_abort: false,
            optimize: false,
            cfg: Default::default(),
        };
        let sysroot_lib = std::env::var_os("BESSEMER_SYSROOT_LIB").unwrap_or_default().into();
        let locator = CrateLocator { sysroot_lib, ..CrateLocator::default() };
        let tcx = Tcx::new(&arena, options);
        if let Ok(session) = Session::open_bytes(tcx, Path::new("input"), bytes, &locator) {
            tcx.set_definitions(session);
            ask_everything(session, CrateNum::LOCAL, &mut |question| _ = catch_unwind(AssertUnwindSafe(question)));
        }
    }
);
