//! Compiles crates with the installed rustc and opens them, ready to be lowered. The tests of `mono` use it, too.
#![allow(dead_code)]

use lower::LowerCx;
use std::path::Path;
use std::process::Command;
use testing::Program;
use ty::{Arena, SessionOptions};

/// The name of crates that tests compile.
pub const CRATE: &str = "it";

/// How rustc compiles a crate.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Settings {
    pub edition: String,
    pub flags: Vec<String>,
    /// With debug information, and descriptions of variables.
    pub debug: bool,
}

impl Default for Settings {
    fn default() -> Settings {
        Settings { edition: "2024".to_owned(), flags: Vec::new(), debug: false }
    }
}

impl Settings {
    /// What the flags mean for us.
    fn session(&self) -> SessionOptions {
        let has = |flag: &str| self.flags.iter().any(|it| it == flag);
        let optimize = has("-Copt-level=3");
        let debug_assertions = !optimize && !has("-Cdebug-assertions=off");
        SessionOptions {
            overflow_checks: debug_assertions && !has("-Coverflow-checks=off"),
            ub_checks: debug_assertions,
            panic_abort: has("-Cpanic=abort"),
            optimize,
            ..testing::session_options()
        }
    }
}

/// A crate of tests that are compiled in the same way.
pub struct Group {
    folder: tempfile::TempDir,
    settings: Settings,
    rustc: Command,
}

impl Group {
    /// A crate of this type (`--crate-type`) and source.
    pub fn new(crate_type: &str, source: &str, settings: &Settings) -> Group {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let mut rustc = rustc(folder.path(), CRATE, source, settings);
        rustc.args(["--crate-type", crate_type]);
        Group { folder, settings: settings.clone(), rustc }
    }

    /// Another crate that this one uses.
    pub fn dependency(&mut self, name: &str, source: &str) {
        let mut rustc = rustc(self.folder.path(), name, source, &self.settings);
        testing::output(rustc.args(["--crate-type", "lib"]));
        self.rustc.arg("--extern").arg(format!("{name}=lib{name}.rmeta"));
    }

    /// Files of a folder are called as if it were the current one.
    pub fn remap(&mut self, folder: &Path) {
        self.rustc.arg("--remap-path-prefix").arg(format!("{}/=", folder.display()));
    }

    /// Compiles the crate and looks at it.
    pub fn open<R>(mut self, look: impl for<'tcx> FnOnce(&Program<'tcx>, &LowerCx<'tcx>) -> R) -> R {
        testing::output(&mut self.rustc);
        let arena = Arena::new();
        let session = self.settings.session();
        let options = lower::Options {
            debug: if self.settings.debug { lir::DebugInfo::Full } else { lir::DebugInfo::None },
            variables: if self.settings.debug { lower::Variables::InMemory } else { lower::Variables::Hidden },
            std: Default::default(),
            optimize: session.optimize,
            linkage: lir::Linkage::Hidden,
            recursion_limit: 128,
            prebuilt: Default::default(),
            entry: Default::default(),
        };
        let program = Program::open(&arena, &self.folder.path().join("libit.rmeta"), session);
        let sysroot = testing::sysroot_lib();
        let of_toolchain = program.session.crate_sources().filter(|(_, source)| source.metadata.starts_with(&sysroot));
        let prebuilt = of_toolchain.map(|(krate, _)| krate).collect();
        let &front::Front { tcx, bodies, layouts, traits, eval, mangler, .. } = &*program;
        let options = lower::Options { prebuilt, ..options };
        let cx = LowerCx::new(tcx, bodies, layouts, traits, eval, mangler, options);
        look(&program, &cx)
    }
}

/// rustc on a crate, for its metadata with all bodies.
fn rustc(folder: &Path, name: &str, source: &str, settings: &Settings) -> Command {
    std::fs::write(folder.join(format!("{name}.rs")), source).expect("the source is written");
    let mut rustc = testing::rustc(folder);
    rustc.args(["--crate-name", name, "--edition", &settings.edition, "--emit=metadata", "-Zalways-encode-mir"]);
    rustc.arg("-o").arg(format!("lib{name}.rmeta")).arg(format!("{name}.rs")).args(&settings.flags);
    rustc
}

/// A symbol as a path, without what changes with every compiler.
pub fn display_name(symbol: &str) -> String {
    format!("{:#}", rustc_demangle::demangle(symbol))
}
