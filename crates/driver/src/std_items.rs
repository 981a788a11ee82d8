//! Items of std whose users look for the program's own file.

use crate::front_half::FrontHalf;
use rustc_hash::FxHashSet;
use std::sync::Arc;
use ty::{CrateNum, DefId, Instance};

/// The crate `std`, unless the program does without.
fn find_std(front: &FrontHalf<'_>) -> Option<CrateNum> {
    let definitions = front.tcx.definitions();
    let is_std = |krate: &CrateNum| front.std.contains(krate) && definitions.crate_name(*krate).as_str() == "std";
    definitions.crates().into_iter().find(is_std)
}

/// An item of a module of a crate, by their names.
fn find_in(front: &FrontHalf<'_>, krate: CrateNum, path: [&str; 2]) -> Option<DefId> {
    path.into_iter().try_fold(krate.root(), |module, name| {
        let children = front.tcx.definitions().module_children(module);
        children.into_iter().find(|(it, _)| it.as_str() == name).map(|(_, def_id)| def_id)
    })
}

/// The symbols of what all programs have of std, where it is made from its source: the function by which they begin, and what std's
/// crates export, such as the function by which they panic, or those that back ends call.
pub(crate) fn runtime(front: &FrontHalf<'_>, exported: &[DefId]) -> FxHashSet<Arc<str>> {
    let Some(std) = find_std(front).filter(|std| !front.cx.options.prebuilt.contains(std)) else {
        return FxHashSet::default();
    };
    let exported = exported.iter().copied().filter(|def_id| front.std.contains(&def_id.krate));
    let symbol = |def_id| front.cx.symbol_name(Instance::new(def_id, ty::List::empty()));
    let all = find_in(front, std, ["rt", "lang_start_internal"]).into_iter().chain(exported);
    all.map(|def_id| symbol(def_id).as_str().into()).collect()
}

/// What std has that a program in memory does not find as it would in a file. A definition that there is none of is used by
/// nobody.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct StdItems {
    /// `std::env::current_exe`: the program's own file.
    current_exe: Option<DefId>,
    /// `std::backtrace::Backtrace`: names of functions, which are found in that file.
    backtrace: Option<DefId>,
    /// `std::env::args` and its sister: the program's own name,
    args: [Option<DefId>; 2],
    /// `std::process::Command`: which may well be what is started.
    command: Option<DefId>,
}

impl StdItems {
    /// Finds them in the toolchain's std.
    pub fn find(front: &FrontHalf<'_>) -> StdItems {
        let Some(std) = find_std(front).filter(|std| front.cx.options.prebuilt.contains(std)) else {
            return StdItems::default();
        };
        let find = |path: [&str; 2]| find_in(front, std, path);
        StdItems {
            current_exe: find(["env", "current_exe"]),
            backtrace: find(["backtrace", "Backtrace"]),
            args: [find(["env", "args"]), find(["env", "args_os"])],
            command: find(["process", "Command"]),
        }
    }

    /// All of them.
    pub fn all(&self) -> FxHashSet<DefId> {
        let StdItems { current_exe, backtrace, args: [args, args_os], command } = *self;
        [current_exe, backtrace, args, args_os, command].into_iter().flatten().collect()
    }

    /// Whether a program that uses these definitions looks for its own file: for the file itself, for names in it, or to start
    /// itself by its own name.
    pub fn want_file(&self, used: &FxHashSet<DefId>) -> bool {
        let uses = |item: Option<DefId>| item.is_some_and(|item| used.contains(&item));
        uses(self.current_exe) || uses(self.backtrace) || (self.args.into_iter().any(uses) && uses(self.command))
    }
}
