//! Bodies of a text, with the metadata that rustc writes of it.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;

use bessemer_hir::lower::{Input, lower_crate};
use bessemer_hir::text;
use expand::cfg::Options;
use expand::expander::{self, expand_crate};
use expand::external::NoSurroundings;
use expand::mbe::Limits;
use names::OtherCrates;
use rmeta::{CrateLocator, Session};
use syntax::span::Edition;
use ty::{Arena, Tcx};

/// What came of a crate: texts of bodies and doubts, each by the path of the definition.
pub struct Found {
    pub bodies: BTreeMap<String, String>,
    pub doubts: Vec<(String, String)>,
    /// The names of the crate's files.
    pub files: BTreeSet<String>,
}

pub fn locator() -> CrateLocator {
    CrateLocator { sysroot_lib: testing::sysroot_lib(), ..CrateLocator::default() }
}

/// What rustc writes of `zoo.rs` in a folder.
pub fn metadata(folder: &Path, source: &str, edition: Edition) -> PathBuf {
    std::fs::write(folder.join("zoo.rs"), source).unwrap();
    let path = folder.join("libzoo.rmeta");
    let mut rustc = testing::rustc(folder);
    rustc.args(["--crate-type=lib", "--emit=metadata=libzoo.rmeta"]).arg(format!("--edition={edition}"));
    testing::output(rustc.arg("zoo.rs"));
    path
}

/// What rustc prints of it.
pub fn dump(folder: &Path, edition: Edition) -> String {
    let mut rustc = testing::rustc(folder);
    rustc.args(["--crate-type=lib", "-Zunpretty=hir-tree"]).arg(format!("--edition={edition}"));
    testing::output(rustc.arg("zoo.rs"))
}

/// The bodies of a text. Nothing if it is not expanded.
pub fn lower(source: &str, edition: Edition, metadata: &Path, with_places: bool) -> Option<Found> {
    let arena = Arena::new();
    let tcx = Tcx::new(&arena, testing::session_options());
    let crates = OtherCrates::new(tcx, locator());
    let mut options = Options::default();
    options.insert_printed(&testing::output(Command::new("rustc").args(["--print", "cfg"])));
    let input = expander::Input {
        name: "zoo",
        path: Path::new("zoo.rs"),
        source,
        edition,
        options: &options,
        crates: &crates,
        surroundings: &NoSurroundings,
        is_test: false,
        is_proc_macro: false,
        limits: Limits { tokens: 1 << 18, ..Limits::default() },
        only: None,
    };
    let mut expanded = expand_crate(&input).ok()?;
    let session = Session::open(tcx, metadata, &locator()).unwrap();
    let by_hash: BTreeMap<u128, ty::CrateNum> =
        ty::Definitions::crates(session).into_iter().map(|krate| (session.crate_identity(krate).1, krate)).collect();
    let number = |krate| by_hash.get(&crates.hash_of(krate)?).copied();
    let lowered = lower_crate(
        &mut expanded,
        &Input { session, krate: ty::CrateNum::LOCAL, crates: &number, externs: &[], edition },
    )
    .unwrap();
    let places = with_places.then(|| text::Places::new(&expanded.sources));
    let path = |def_id| text::def_path(session, def_id);
    let print = |hir| text::print(hir, session, places.as_ref());
    Some(Found {
        bodies: lowered.bodies.iter().map(|hir| (path(hir.def_id), print(hir))).collect(),
        doubts: lowered.doubts.iter().map(|(def_id, doubt)| (path(*def_id), doubt.to_string())).collect(),
        files: expanded.sources.files().iter().map(|file| file.name.to_string()).collect(),
    })
}
