//! Opens a program: everything that is known of it, put together around one crate.
//!
//! **What goes in.** The metadata of the crate being compiled, where its dependencies lie, and the settings of the session.
//! **What comes out.** A [`Front`]: who answers questions about definitions, bodies, layouts, traits, constants and names.
//!
//! **What it must not know.** What the answers are for: LIR, back ends, reachability, options of commands.
//!
//! This is also where another front end plugs in. A [`LocalCrate`] answers for the crate being compiled, in whole or in part;
//! the metadata answers for all others, and for what the [`LocalCrate`] leaves to it ([`Front::open_with`]).

#![deny(unsafe_code)]
#![warn(missing_docs)]

mod local;

pub use local::LocalCrate;

use eval::EvalCx;
use layout::{DataLayoutError, LayoutCx};
use local::Overlay;
use mangle::Mangler;
use mir::Bodies;
use rmeta::{CrateLocator, OpenError, Session};
use std::fmt;
use std::path::Path;
use traits::{TraitCx, TraitHooks};
use ty::{Arena, DefId, SessionOptions, Tcx};

/// What a program is opened from.
#[derive(Clone, Debug)]
pub struct Inputs<'a> {
    /// The metadata of the crate being compiled.
    pub metadata: &'a Path,
    /// Where its dependencies lie.
    pub locator: &'a CrateLocator,
    /// What the whole session was asked for, where it changes the meaning of MIR.
    pub options: SessionOptions,
    /// What `rustc -V` prints after `rustc `: see [`Mangler::new`].
    pub rustc_version: &'a str,
}

/// An opened program.
#[derive(Clone, Copy)]
pub struct Front<'tcx> {
    /// The context of the program's types, in which definitions and hooks are set.
    pub tcx: Tcx<'tcx>,
    /// The crates on disk.
    pub session: &'tcx Session<'tcx>,
    /// Who answers questions about definitions and bodies: the session, or a [`LocalCrate`] before it.
    pub bodies: &'tcx dyn Bodies<'tcx>,
    /// Layouts of types, and how functions pass their arguments.
    pub layouts: &'tcx LayoutCx<'tcx>,
    /// Which impls and instances are meant.
    pub traits: &'tcx TraitCx<'tcx>,
    /// Constants and statics, evaluated.
    pub eval: &'tcx EvalCx<'tcx>,
    /// Names of symbols.
    pub mangler: &'tcx Mangler<'tcx>,
}

/// Why a program cannot be opened.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Error {
    /// The metadata of one of its crates.
    Open(OpenError),
    /// The session's description of the target's types.
    DataLayout(DataLayoutError),
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Error::Open(error) => error.fmt(f),
            Error::DataLayout(error) => error.fmt(f),
        }
    }
}
impl std::error::Error for Error {}

impl<'tcx> Front<'tcx> {
    /// Opens a program that the metadata describes whole.
    ///
    /// # Errors
    /// See [`Error`].
    pub fn open(arena: &'tcx Arena, inputs: Inputs<'_>) -> Result<Front<'tcx>, Error> {
        let version = inputs.rustc_version;
        let session = open_session(arena, inputs)?;
        Front::assemble(session, session, version)
    }

    /// Opens a program whose own crate has another maker, who is given the metadata.
    ///
    /// # Errors
    /// See [`Error`].
    pub fn open_with(
        arena: &'tcx Arena,
        inputs: Inputs<'_>,
        local: impl FnOnce(&'tcx Session<'tcx>) -> &'tcx dyn LocalCrate<'tcx>,
    ) -> Result<Front<'tcx>, Error> {
        let version = inputs.rustc_version;
        let session = open_session(arena, inputs)?;
        let overlay = Overlay::new(session.tcx, local(session), session);
        Front::assemble(session, arena.hold(overlay), version)
    }

    fn assemble(
        session: &'tcx Session<'tcx>,
        bodies: &'tcx dyn Bodies<'tcx>,
        rustc_version: &str,
    ) -> Result<Front<'tcx>, Error> {
        let tcx = session.tcx;
        let arena = tcx.arena();
        tcx.set_definitions(bodies);
        let layouts = arena.hold(LayoutCx::new(tcx, bodies).map_err(Error::DataLayout)?);
        let traits = arena.hold(TraitCx::new(tcx, bodies));
        let eval = arena.hold(EvalCx::new(tcx, bodies, layouts, traits));
        let mangler = arena.hold(Mangler::new(tcx, rustc_version));
        tcx.set_hooks(arena.alloc(TraitHooks { traits, eval }));
        Ok(Front { tcx, session, bodies, layouts, traits, eval, mangler })
    }

    /// A definition by the names that lead to it from a crate's root (`core::option::Option`). Looks into modules only.
    pub fn find(&self, path: &str) -> Option<DefId> {
        let mut steps = path.split("::");
        let krate = steps.next()?;
        let crates = self.bodies.crates();
        let root = crates.into_iter().find(|&it| self.bodies.crate_name(it).as_str() == krate)?.root();
        steps.try_fold(root, |module, step| {
            let children = self.bodies.module_children(module);
            children.iter().find(|(name, _)| name.as_str() == step).map(|&(_, def_id)| def_id)
        })
    }
}

fn open_session<'tcx>(arena: &'tcx Arena, inputs: Inputs<'_>) -> Result<&'tcx Session<'tcx>, Error> {
    let tcx = Tcx::new(arena, inputs.options);
    Session::open(tcx, inputs.metadata, inputs.locator).map_err(Error::Open)
}
