//! Which code is made with which checks.
//!
//! rustc compiles a crate with the crate's own settings. That is what the crate defines and what it needs of others in the
//! form of copies: generic and inline functions, shims, constant memory. So each function that has a place of its own is made
//! with the settings of its crate, and copies with those of what refers to them; where crates differ, there may be several
//! copies of a function. Most programs have one setting and this costs them nothing.

use lower::{LowerCx, Use};
use rustc_hash::FxHashMap;
use ty::CrateNum;

/// All settings with which code of a program is made.
pub struct Contexts<'a, 'tcx> {
    /// The program's own first.
    all: Vec<&'a LowerCx<'tcx>>,
    /// Of those crates that differ from it.
    of_crates: FxHashMap<CrateNum, Context>,
    /// Those whose code stays together.
    together: Vec<Context>,
}

/// The number of a setting.
pub(crate) type Context = u8;

/// Something to be made, and how.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(crate) struct Item<'tcx> {
    pub what: Use<'tcx>,
    pub context: Context,
}

impl<'a, 'tcx> Contexts<'a, 'tcx> {
    /// One setting for the whole program.
    pub fn new(own: &'a LowerCx<'tcx>) -> Contexts<'a, 'tcx> {
        Contexts { all: vec![own], of_crates: FxHashMap::default(), together: Vec::new() }
    }

    /// With another setting for some crates; gives its number. There are as many settings as checks and levels can be
    /// combined: few. Where the copies that these crates need are to be `together` with them (so that an optimiser sees both),
    /// they are not among what stays the same when other crates change ([`Program::stable`](crate::Program::stable)).
    pub fn add(&mut self, cx: &'a LowerCx<'tcx>, crates: impl IntoIterator<Item = CrateNum>, together: bool) -> u8 {
        let context = Context::try_from(self.all.len()).expect("few settings");
        self.all.push(cx);
        self.of_crates.extend(crates.into_iter().map(|krate| (krate, context)));
        self.together.extend(together.then_some(context));
        context
    }

    /// Whether what is made in a context stays with the crates that it is made for.
    pub(crate) fn is_together(&self, context: Context) -> bool {
        self.together.contains(&context)
    }

    /// The program's own.
    pub(crate) fn own(&self) -> &'a LowerCx<'tcx> {
        self.all[0]
    }

    pub(crate) fn cx(&self, item: Item<'tcx>) -> &'a LowerCx<'tcx> {
        self.in_context(item.context)
    }

    pub(crate) fn in_context(&self, context: Context) -> &'a LowerCx<'tcx> {
        self.all[usize::from(context)]
    }

    /// What something in the program itself refers to.
    pub(crate) fn of_own(&self, what: Use<'tcx>) -> Item<'tcx> {
        self.used_in(0, what)
    }

    /// What something that is made in a context refers to.
    pub(crate) fn used_in(&self, context: Context, what: Use<'tcx>) -> Item<'tcx> {
        if self.all.len() == 1 {
            return Item { what, context: 0 };
        }
        let of_crate = |krate: CrateNum| self.of_crates.get(&krate).copied().unwrap_or(0);
        let context = match what {
            Use::Static(def_id) => of_crate(def_id.krate),
            Use::Function(instance) if self.own().is_of_its_crate(instance) => of_crate(instance.def_id().krate),
            Use::Function(_) | Use::Alloc(_) => context,
        };
        Item { what, context }
    }
}
