//! One definition for each name that linkers see.
//!
//! Two definitions of one name in a crate are the program's mistake whatever they are. Those of two crates meet where their
//! objects are linked, and of a library the linker takes only the objects that something needs. An object is a module of the
//! crate, by and large: so a second definition is in the way where its module has other code in the program, or where
//! something means just that definition. A weak one gives way. A local one is seen by nobody, and has no name here.

use crate::Roots;
use lower::{EntryPoint, LowerCx, Use};
use rustc_hash::{FxHashMap, FxHashSet};
use ty::{CrateNum, DefId, DefKind, Instance, Linkage, Symbol};

/// Two definitions of one symbol.
#[derive(Clone, Debug)]
pub struct Clash<'tcx> {
    /// The name.
    pub symbol: Symbol,
    /// One definition.
    pub first: Use<'tcx>,
    /// The other.
    pub second: Use<'tcx>,
    /// The first is the program's entry: C's `main` is made for it.
    pub is_entry: bool,
}

/// Definitions of different crates that have one name, in the order in which linkers meet them.
#[derive(Clone, Debug)]
struct Rivals<'tcx> {
    symbol: Symbol,
    all: Vec<Use<'tcx>>,
    /// The first is the program's entry.
    is_entry: bool,
    /// The number of the one that has the name.
    chosen: usize,
}

/// Names with more than one definition.
#[derive(Clone, Debug, Default)]
pub(crate) struct Contested<'tcx> {
    rivals: Vec<Rivals<'tcx>>,
    losers: FxHashSet<Use<'tcx>>,
}

impl<'tcx> Contested<'tcx> {
    /// What of the roots has the name of another.
    ///
    /// # Errors
    /// Definitions of one crate.
    pub fn of_roots(cx: &LowerCx<'tcx>, roots: &Roots) -> Result<Contested<'tcx>, Vec<Clash<'tcx>>> {
        let mut order: FxHashMap<CrateNum, usize> = FxHashMap::default();
        for (index, def_id) in roots.exported.iter().enumerate() {
            order.entry(def_id.krate).or_insert(index);
        }
        let mut by_name: FxHashMap<Symbol, Vec<Use<'tcx>>> = FxHashMap::default();
        let entry = roots.entry.as_ref().map(|entry| {
            let (EntryPoint::Main { main, .. } | EntryPoint::Tests { harness: main, .. }) = *entry;
            (Symbol::intern("main"), function(main))
        });
        let mut seen = FxHashSet::default();
        for &def_id in roots.exported.iter().filter(|&&def_id| seen.insert(def_id)) {
            if let Some(name) = cx.mangler.fixed_symbol_name(Instance::new(def_id, ty::List::empty())) {
                by_name.entry(Symbol::intern(&name)).or_default().push(item(cx, def_id));
            }
        }
        let (mut clashes, mut rivals) = (Vec::new(), Vec::new());
        for (symbol, mut all) in by_name {
            let entry = entry.filter(|entry| entry.0 == symbol).map(|entry| entry.1);
            if all.len() + usize::from(entry.is_some()) < 2 {
                continue;
            }
            // Within a crate, those that come first in its source come first.
            all.sort_by_key(|&item| (order.get(&def_id(item).krate), position(cx, item)));
            if let Some(entry) = entry
                && let Some(&second) = all.iter().find(|&&item| def_id(item).krate == CrateNum::LOCAL)
            {
                clashes.push(Clash { symbol, first: entry, second, is_entry: true });
                continue;
            }
            let pairs = all.array_windows().filter(|[a, b]| def_id(*a).krate == def_id(*b).krate);
            let count = clashes.len();
            clashes.extend(pairs.map(|&[first, second]| Clash { symbol, first, second, is_entry: false }));
            if clashes.len() > count {
                continue;
            }
            all.retain(|&item| !is_local(cx, item));
            all.splice(0..0, entry);
            if all.len() > 1 {
                rivals.push(Rivals { symbol, all, is_entry: entry.is_some(), chosen: 0 });
            }
        }
        if clashes.is_empty() {
            rivals.sort_by_key(|it| it.symbol.as_str());
            let mut contested = Contested { rivals, losers: FxHashSet::default() };
            contested.find_losers();
            Ok(contested)
        } else {
            sort(cx, &mut clashes);
            Err(clashes)
        }
    }

    pub fn is_empty(&self) -> bool {
        self.rivals.is_empty()
    }

    fn find_losers(&mut self) {
        let others = self
            .rivals
            .iter()
            .flat_map(|it| it.all.iter().enumerate().filter(|&(index, _)| index != it.chosen).map(|(_, &item)| item));
        self.losers = others.collect();
    }

    /// Whether another definition has the name of this one.
    pub fn is_loser(&self, item: Use<'tcx>) -> bool {
        !self.losers.is_empty() && self.losers.contains(&item)
    }

    /// Looks at what a program is made of, and what it met but did not take. Gives the choice of other definitions, if those
    /// are to be taken.
    ///
    /// # Errors
    /// Definitions of one name that are all in the program.
    pub fn judge(
        &self,
        cx: &LowerCx<'tcx>,
        taken: impl Iterator<Item = Use<'tcx>>,
        met: &FxHashSet<Use<'tcx>>,
    ) -> Result<Option<Contested<'tcx>>, Vec<Clash<'tcx>>> {
        if self.is_empty() {
            return Ok(None);
        }
        let mut other = self.clone();
        let crates: FxHashSet<CrateNum> =
            self.rivals.iter().flat_map(|it| &it.all).map(|&item| def_id(item).krate).collect();
        let in_objects = taken.filter(|&item| is_in_object(cx, item) && crates.contains(&def_id(item).krate));
        let modules: FxHashSet<DefId> = in_objects.map(|item| module_of(cx, def_id(item))).collect();
        let mut clashes = Vec::new();
        let mut is_other = false;
        for rivals in &mut other.rivals {
            let is_linked = |&(index, &item): &(usize, &Use<'tcx>)| {
                index == 0 || met.contains(&item) || modules.contains(&module_of(cx, def_id(item)))
            };
            let is_entry = |index: usize| rivals.is_entry && index == 0;
            let linked = rivals.all.iter().enumerate().filter(is_linked);
            let strong: Vec<_> = linked.filter(|&(index, &item)| is_entry(index) || !is_weak(cx, item)).collect();
            if let [(index, &first), (_, &second), ..] = strong[..] {
                clashes.push(Clash { symbol: rivals.symbol, first, second, is_entry: is_entry(index) });
            } else if let [(index, _)] = strong[..] {
                is_other |= std::mem::replace(&mut rivals.chosen, index) != index;
            }
        }
        if !clashes.is_empty() {
            sort(cx, &mut clashes);
            return Err(clashes);
        }
        other.find_losers();
        Ok(is_other.then_some(other))
    }
}

/// In the order of their messages.
pub(crate) fn sort<'tcx>(cx: &LowerCx<'tcx>, clashes: &mut [Clash<'tcx>]) {
    clashes.sort_by_key(|clash| (clash.symbol.as_str(), position(cx, clash.second)));
}

/// Puts the one that comes later in the source second, as rustc does.
pub(crate) fn in_order<'tcx>(cx: &LowerCx<'tcx>, a: Use<'tcx>, b: Use<'tcx>) -> (Use<'tcx>, Use<'tcx>) {
    let text = |item| match item {
        Use::Function(instance) => cx.tcx.instance_str(instance),
        _ => String::new(),
    };
    let key = |item| (def_id(item).krate != CrateNum::LOCAL, position(cx, item), text(item));
    if key(a) <= key(b) { (a, b) } else { (b, a) }
}

fn position(cx: &LowerCx<'_>, item: Use<'_>) -> (u32, u32) {
    let span = cx.tcx.definitions().def_span(def_id(item));
    (span.file.0, span.lo)
}

fn function<'tcx>(def_id: DefId) -> Use<'tcx> {
    Use::Function(Instance::new(def_id, ty::List::empty()))
}

/// A root as it is met from elsewhere.
pub(crate) fn item<'tcx>(cx: &LowerCx<'tcx>, def_id: DefId) -> Use<'tcx> {
    match cx.tcx.definitions().def_kind(def_id) {
        DefKind::Static { .. } => Use::Static(def_id),
        _ => Use::Function(Instance::new(def_id, crate::identity_args(cx, def_id))),
    }
}

/// The definition of a function or static.
pub(crate) fn def_id(item: Use<'_>) -> DefId {
    match item {
        Use::Function(instance) => instance.def_id(),
        Use::Static(def_id) => def_id,
        Use::Alloc(_) => ty::bug!("constant memory is named by its content"),
    }
}

fn linkage(cx: &LowerCx<'_>, item: Use<'_>) -> Option<Linkage> {
    cx.tcx.definitions().codegen_attrs(def_id(item)).linkage
}

fn is_local(cx: &LowerCx<'_>, item: Use<'_>) -> bool {
    linkage(cx, item) == Some(Linkage::Internal)
}

fn is_weak(cx: &LowerCx<'_>, item: Use<'_>) -> bool {
    !matches!(linkage(cx, item), None | Some(Linkage::External | Linkage::AvailableExternally | Linkage::Internal))
}

/// Whether rustc compiles an item once, in the crate that defines it.
fn is_in_object<'tcx>(cx: &LowerCx<'tcx>, item: Use<'tcx>) -> bool {
    match item {
        Use::Function(instance) => cx.is_of_its_crate(instance),
        Use::Static(_) => true,
        Use::Alloc(_) => false,
    }
}

/// The module that a definition is in.
fn module_of(cx: &LowerCx<'_>, def_id: DefId) -> DefId {
    let definitions = cx.tcx.definitions();
    let mut next = def_id;
    while let Some(index) = definitions.def_key(next).parent {
        next = DefId { index, ..next };
        if matches!(definitions.def_kind(next), DefKind::Mod) {
            break;
        }
    }
    next
}
