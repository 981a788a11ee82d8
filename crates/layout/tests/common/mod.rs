//! Compiles snippets with the installed rustc and opens them, with everything that layouts ask.
#![allow(dead_code)]

pub mod llvm;
pub mod types;

use eval::EvalCx;
use layout::LayoutCx;
use mir::Bodies;
use rmeta::{CrateLocator, Session};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;
use traits::{TraitCx, TraitHooks};
use ty::{Arena, DefId, Definitions, SessionOptions, Tcx};

/// Runs a command and gives its standard output.
pub fn output(command: &mut Command) -> String {
    let output = command.output().expect("the command starts");
    assert!(output.status.success(), "{command:?}\n{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("UTF-8")
}

/// rustc with unstable options allowed, in a folder.
pub fn rustc(dir: &Path) -> Command {
    let mut command = Command::new("rustc");
    command.env("RUSTC_BOOTSTRAP", "1").args(["--edition", "2024", "-Awarnings"]).current_dir(dir);
    command
}

pub fn sysroot_lib() -> PathBuf {
    static DIR: OnceLock<PathBuf> = OnceLock::new();
    DIR.get_or_init(|| {
        let sysroot = output(Command::new("rustc").args(["--print", "sysroot"]));
        Path::new(sysroot.trim()).join("lib/rustlib/x86_64-unknown-linux-gnu/lib")
    })
    .clone()
}

/// Compiles `snippet.rs` of a folder as a library; gives the metadata file.
pub fn compile(dir: &Path) -> PathBuf {
    let out = dir.join("libsnippet.rmeta");
    output(
        rustc(dir)
            .args(["--crate-type", "lib", "--emit=metadata", "-Zalways-encode-mir", "-o"])
            .arg(&out)
            .arg("snippet.rs"),
    );
    out
}

pub struct Program<'tcx> {
    pub tcx: Tcx<'tcx>,
    pub session: &'tcx Session<'tcx>,
    pub layouts: &'tcx LayoutCx<'tcx>,
    pub traits: &'tcx TraitCx<'tcx>,
}

pub fn open<'tcx>(arena: &'tcx Arena, path: &Path, optimize: bool) -> Program<'tcx> {
    let session = SessionOptions {
        triple: "x86_64-unknown-linux-gnu".to_owned(),
        data_layout: "e-m:e-p270:32:32-p271:32:32-p272:64:64-i64:64-i128:128-f80:128-n8:16:32:64-S128".to_owned(),
        overflow_checks: !optimize,
        ub_checks: !optimize,
        panic_abort: false,
        optimize,
        target_features: vec!["fxsr".to_owned(), "sse".to_owned(), "sse2".to_owned()],
    };
    let tcx = Tcx::new(arena, session);
    let locator = CrateLocator { sysroot_lib: sysroot_lib(), ..CrateLocator::default() };
    let session = Session::open(tcx, path, &locator).unwrap_or_else(|error| panic!("{error}"));
    tcx.set_definitions(session);
    let bodies: &dyn Bodies<'_> = session;
    let layouts = arena.alloc(LayoutCx::new(tcx, bodies).expect("the data layout"));
    let traits = arena.alloc(TraitCx::new(tcx, bodies));
    let eval = arena.alloc(EvalCx::new(tcx, bodies, layouts, traits));
    tcx.set_hooks(arena.alloc(TraitHooks { traits, eval }));
    Program { tcx, session, layouts, traits }
}

impl Program<'_> {
    /// A definition of the snippet's root module.
    pub fn find(&self, name: &str) -> DefId {
        let children = self.session.module_children(ty::CrateNum::LOCAL.root());
        children.into_iter().find(|(child, _)| child.as_str() == name).unwrap_or_else(|| panic!("no {name}")).1
    }
}
