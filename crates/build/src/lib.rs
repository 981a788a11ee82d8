//! MIR built from typed bodies.
//!
//! **What it is.** The step from THIR to the first form of MIR: expressions become statements, patterns become tests and
//! bindings, scopes become drops on every way out of them. The counterpart is rustc's `rustc_mir_build::builder`, whose order
//! of blocks, locals and scopes is kept, so that texts can be compared.
//!
//! **What goes in.** A [`thir::TypedBody`]. **What comes out.** A [`BuiltBody`]: what borrow checking would look at. Drops are
//! not elaborated, and there are edges that are never taken. What is not built for sure is a [`Doubt`].
//!
//! **What it must not know.** Syntax, inference variables, layouts, and what becomes of the MIR.

#![forbid(unsafe_code)]

mod builder;
mod data;
mod expr;
mod facts;
mod matches;
mod place;
pub mod pretty;
mod scope;
mod setup;

pub use data::*;
pub use facts::Facts;
pub use ty::Doubt;

use thir::TypedBody;
use traits::TraitCx;

/// What each step gives.
pub type Result<T> = ty::Answer<T>;

/// What building asks about the program.
#[derive(Clone, Copy)]
pub struct BuildCx<'tcx> {
    /// Facts about types without parameters.
    pub traits: &'tcx TraitCx<'tcx>,
    /// Facts about types with parameters.
    pub solve: solve::Cx<'tcx>,
}

/// Builds the MIR of a body.
///
/// # Errors
/// A doubt names what is not built, and where.
pub fn build<'tcx>(cx: BuildCx<'tcx>, body: &TypedBody<'tcx>) -> Result<BuiltBody<'tcx>> {
    if let thir::BodyTy::GlobalAsm(_) = body.thir.body_type {
        return Err(Doubt::at("`global_asm!`", body.span));
    }
    builder::Builder::new(cx, Facts::new(cx, body.def_id), body)?.build()
}
