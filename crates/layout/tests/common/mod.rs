//! Compiles snippets with the installed rustc and opens them, with everything that layouts ask.
#![allow(dead_code)]

pub mod llvm;
pub mod types;

use bessemer_layout::LayoutCx;
use eval::EvalCx;
use mir::Bodies;
use rmeta::{CrateLocator, Session};
use std::path::Path;
use testing::sysroot_lib;
use traits::{TraitCx, TraitHooks};
use ty::{Arena, DefId, Definitions, SessionOptions, Tcx};

pub struct Program<'tcx> {
    pub tcx: Tcx<'tcx>,
    pub session: &'tcx Session<'tcx>,
    pub layouts: &'tcx LayoutCx<'tcx>,
    pub traits: &'tcx TraitCx<'tcx>,
}

pub fn open<'tcx>(arena: &'tcx Arena, path: &Path, optimize: bool) -> Program<'tcx> {
    let session =
        SessionOptions { overflow_checks: !optimize, ub_checks: !optimize, optimize, ..testing::session_options() };
    let tcx = Tcx::new(arena, session);
    let locator = CrateLocator { sysroot_lib: sysroot_lib(), ..CrateLocator::default() };
    let session = Session::open(tcx, path, &locator).unwrap_or_else(|error| panic!("{error}"));
    tcx.set_definitions(session);
    let bodies: &dyn Bodies<'_> = session;
    let layouts = arena.hold(LayoutCx::new(tcx, bodies).expect("the data layout"));
    let traits = arena.hold(TraitCx::new(tcx, bodies));
    let eval = arena.hold(EvalCx::new(tcx, bodies, layouts, traits));
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
