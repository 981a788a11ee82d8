//! Snippets, opened.

use front::{Front, Inputs};
use rmeta::CrateLocator;
use std::ops::Deref;
use std::path::Path;
use ty::{Arena, DefId, GenericArgs, GenericParamKind, Instance, SessionOptions};

/// An opened program, with what tests ask of it.
pub struct Program<'tcx> {
    front: Front<'tcx>,
}

impl<'tcx> Deref for Program<'tcx> {
    type Target = Front<'tcx>;
    fn deref(&self) -> &Front<'tcx> {
        &self.front
    }
}

/// Where the dependencies of a snippet without others lie: in the sysroot.
pub fn locator() -> CrateLocator {
    CrateLocator { sysroot_lib: crate::sysroot_lib(), ..CrateLocator::default() }
}

/// What a snippet is opened from.
pub fn inputs<'a>(metadata: &'a Path, locator: &'a CrateLocator, options: SessionOptions) -> Inputs<'a> {
    Inputs { metadata, locator, options, rustc_version: crate::rustc_version() }
}

impl<'tcx> From<Front<'tcx>> for Program<'tcx> {
    fn from(front: Front<'tcx>) -> Program<'tcx> {
        Program { front }
    }
}

impl<'tcx> Program<'tcx> {
    /// Opens what rustc wrote. Dependencies lie beside it, or in the sysroot.
    pub fn open(arena: &'tcx Arena, metadata: &Path, options: SessionOptions) -> Program<'tcx> {
        let beside = metadata.parent().map(Path::to_owned);
        let locator = CrateLocator { search_dirs: beside.into_iter().collect(), ..locator() };
        let front = Front::open(arena, inputs(metadata, &locator, options));
        front.unwrap_or_else(|error| panic!("{error}")).into()
    }

    /// A definition that is there; see [`Front::find`].
    pub fn find(&self, path: &str) -> DefId {
        self.front.find(path).unwrap_or_else(|| panic!("no {path}"))
    }

    /// The arguments of a definition whose parameters are lifetimes: all erased.
    pub fn erased_args(&self, def_id: DefId) -> GenericArgs<'tcx> {
        let count = self.bodies.generics_of(def_id).count();
        self.tcx.mk_args(&vec![ty::Region::Erased.into(); count])
    }

    /// Whether a definition, or what encloses it, has parameters other than lifetimes (a trait's `Self` is one).
    pub fn has_type_params(&self, def_id: DefId) -> bool {
        let mut next = Some(def_id);
        while let Some(item) = next {
            let generics = self.bodies.generics_of(item);
            if generics.has_self || generics.own_params.iter().any(|param| param.kind != GenericParamKind::Lifetime) {
                return true;
            }
            next = generics.parent;
        }
        false
    }

    /// The instance of a function without type parameters.
    pub fn instance(&self, def_id: DefId) -> Instance<'tcx> {
        assert!(!self.has_type_params(def_id), "{} has type parameters", self.tcx.def_path_str(def_id));
        Instance::new(def_id, self.erased_args(def_id))
    }
}
