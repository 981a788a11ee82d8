//! Which impl, which function and which type a monomorphic program means.
//!
//! **What it is.** Everything that is left of the trait system after type checking: selection of impls (with
//! specialisation and the impls that the compiler provides), projection and normalisation, facts about types (`Copy`,
//! `Sized`, needs drop, …), resolution of instances, contents of vtables, unsizing, signatures of instances, and bodies of
//! shims (drop glue among them).
//!
//! **What goes in.** Types and instances without parameters, and a front end's facts ([`ty::Definitions`],
//! [`mir::Bodies`]). **What comes out.** Instances, normalised types with erased regions, vtable entries, MIR.
//!
//! **What it must not know.** Layouts, the evaluation of constants (asked through [`ty::Hooks`]), which instances a program
//! needs, anything of a back end.
//!
//! The program was type checked, so goals are expected to hold; what is to be found out is *how*. Goals have no inference
//! variables: an impl's parameters are found by matching its header against the goal (`matcher`) and by projecting its
//! where-clauses. All regions are erased except those bound inside of a type; a goal may lie under binders, whose variables
//! it then mentions as free De Bruijn indices.

#![deny(unsafe_code)]
#![warn(missing_docs)]

mod builtin;
mod callable;
mod error;
mod facts;
mod hooks;
mod impls;
mod instance;
mod lang;
mod matcher;
mod normalize;
mod object;
mod project;
mod regions;
mod select;
mod shim;
mod sig;
mod unsize;
mod vtable;

pub use error::{Failure, TraitError};
pub use hooks::{ConstEval, TraitHooks};
pub use select::Selection;
pub use unsize::UnsizeKind;
pub use vtable::VtableEntry;

use impls::{ImplTable, Leaf};
use lang::LangTraits;
use mir::Bodies;
use std::sync::OnceLock;
use ty::{DefId, Definitions, GenericArgs, Instance, Memo, Tcx, TraitRef, Ty};

/// Answers questions of the trait system about one program, and remembers the answers. Shared by all threads.
///
/// Questions nest as deep as the program's types do; threads that ask should have stacks of 16 MiB or more.
pub struct TraitCx<'tcx> {
    tcx: Tcx<'tcx>,
    bodies: &'tcx dyn Bodies<'tcx>,
    lang: OnceLock<LangTraits>,
    normalized: Memo<Ty<'tcx>, Ty<'tcx>>,
    selections: Memo<TraitRef<'tcx>, Result<Selection<'tcx>, TraitError<'tcx>>>,
    proven: Memo<TraitRef<'tcx>, bool>,
    impl_tables: Memo<DefId, &'tcx ImplTable>,
    leaves: Memo<(DefId, DefId), Option<Leaf>>,
    needs_drop: Memo<Ty<'tcx>, bool>,
    instances: Memo<(DefId, GenericArgs<'tcx>), Result<Instance<'tcx>, TraitError<'tcx>>>,
    own_methods: Memo<DefId, &'tcx [DefId]>,
    vtables: Memo<TraitRef<'tcx>, &'tcx [VtableEntry<'tcx>]>,
    discriminants: Memo<DefId, Result<&'tcx [u128], TraitError<'tcx>>>,
    shims: Memo<Instance<'tcx>, &'tcx mir::Body<'tcx>>,
}

// SAFETY: it holds collections of its own and references, which dropping does not follow.
#[allow(unsafe_code, reason = "the one promise that an arena asks for")]
unsafe impl ty::Hold for TraitCx<'_> {}

impl<'tcx> TraitCx<'tcx> {
    /// Without any answers yet. `bodies` must be what answers the context's questions about definitions.
    pub fn new(tcx: Tcx<'tcx>, bodies: &'tcx dyn Bodies<'tcx>) -> TraitCx<'tcx> {
        TraitCx {
            tcx,
            bodies,
            lang: OnceLock::new(),
            normalized: Memo::default(),
            selections: Memo::default(),
            proven: Memo::default(),
            impl_tables: Memo::default(),
            leaves: Memo::default(),
            needs_drop: Memo::default(),
            instances: Memo::default(),
            own_methods: Memo::default(),
            vtables: Memo::default(),
            discriminants: Memo::default(),
            shims: Memo::default(),
        }
    }

    /// The context of the program's types.
    pub fn tcx(&self) -> Tcx<'tcx> {
        self.tcx
    }

    /// Who has the MIR of functions.
    pub fn bodies(&self) -> &'tcx dyn Bodies<'tcx> {
        self.bodies
    }

    pub(crate) fn definitions(&self) -> &'tcx dyn Definitions<'tcx> {
        self.tcx.definitions()
    }

    /// The item that encloses a definition.
    pub(crate) fn parent(&self, def_id: DefId) -> DefId {
        match self.definitions().def_key(def_id).parent {
            Some(index) => DefId { krate: def_id.krate, index },
            None => ty::bug!("{def_id:?} is a crate's root"),
        }
    }

    /// The trait that an item belongs to, if it is a trait's item (not an impl's).
    pub fn trait_of_item(&self, def_id: DefId) -> Option<DefId> {
        let item = self.definitions().assoc_item(def_id)?;
        (item.container == ty::AssocContainer::Trait).then(|| self.parent(def_id))
    }
}
