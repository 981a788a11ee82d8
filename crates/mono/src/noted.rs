//! Which of some given definitions a program uses.

use crate::discovery::{Found, uses_of};
use lower::{LowerCx, Use};
use rustc_hash::FxHashSet;
use ty::{DefId, DefKind, Instance, TyKind};

/// Those of `asked` that code or data refers to: functions, and types of which a method or associated function is referred to.
/// `roots` are referred to by none.
pub(crate) fn noted<'tcx>(
    cx: &LowerCx<'tcx>,
    asked: &FxHashSet<DefId>,
    roots: &[Use<'tcx>],
    found: &[Found<'tcx>],
) -> FxHashSet<DefId> {
    if asked.is_empty() {
        return FxHashSet::default();
    }
    let crates: FxHashSet<_> = asked.iter().map(|def_id| def_id.krate).collect();
    let uses = found.iter().flat_map(|found| uses_of(&found.result)).chain(roots);
    let functions = uses.filter_map(|item| match item {
        Use::Function(instance) if crates.contains(&instance.def_id().krate) => Some(instance),
        _ => None,
    });
    functions.flat_map(|instance| named_by(cx, instance)).filter(|def_id| asked.contains(def_id)).collect()
}

/// The function itself, and the type that it is a part of.
fn named_by<'tcx>(cx: &LowerCx<'tcx>, instance: &Instance<'tcx>) -> impl Iterator<Item = DefId> {
    let definitions = cx.tcx.definitions();
    let def_id = instance.def_id();
    let parent = definitions.def_key(def_id).parent.map(|index| DefId { index, ..def_id });
    let in_impl = parent.filter(|&parent| matches!(definitions.def_kind(parent), DefKind::Impl { .. }));
    let of_type = in_impl.and_then(|it| match *definitions.type_of(it).kind() {
        TyKind::Adt(adt, _) => Some(adt),
        _ => None,
    });
    [Some(def_id), of_type].into_iter().flatten()
}
