//! Items of std whose users look for the program's own file.

use crate::front_half::FrontHalf;
use rustc_hash::FxHashSet;
use ty::{CrateNum, DefId};

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
        let definitions = front.tcx.definitions();
        let is_std = |krate: &CrateNum| {
            front.cx.options.prebuilt.contains(krate) && definitions.crate_name(*krate).as_str() == "std"
        };
        let Some(std) = definitions.crates().into_iter().find(is_std) else { return StdItems::default() };
        let find = |path: [&str; 2]| {
            path.into_iter().try_fold(std.root(), |module, name| {
                let children = definitions.module_children(module);
                children.into_iter().find(|(it, _)| it.as_str() == name).map(|(_, def_id)| def_id)
            })
        };
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
