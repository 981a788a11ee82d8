//! Walking up a definition's path: the part that symbol names and type names have in common.

use ty::{
    CoroutineKind, CoroutineSource, CrateNum, DefId, DefKey, DefPathData, GenericArg, GenericParamKind, Generics, List,
    Tcx, TraitRef, Ty,
};

pub(crate) type Args<'tcx> = &'tcx [GenericArg<'tcx>];

/// What a path's last segment follows.
#[derive(Clone, Copy)]
pub(crate) enum Parent<'tcx> {
    Path(DefId, Args<'tcx>),
    /// `<Self as Trait>`
    Qualified(TraitRef<'tcx>),
}

/// Writes the parts of paths.
pub(crate) trait PathPrinter<'tcx>: Sized {
    fn tcx(&self) -> Tcx<'tcx>;
    /// A path, by [`walk`] unless the printer knows better.
    fn path(&mut self, def_id: DefId, args: Args<'tcx>);
    fn crate_root(&mut self, krate: CrateNum);
    fn impl_path(&mut self, impl_: DefId, args: Args<'tcx>);
    /// The coroutine of an async closure, which comes in one kind for each of `Fn`, `FnMut` and `FnOnce`.
    fn coroutine_of_kind(&mut self, def_id: DefId, parent_args: Args<'tcx>, kind: Ty<'tcx>);
    /// A path and its own generic arguments.
    fn generic_path(&mut self, def_id: DefId, parent_args: Args<'tcx>, own_args: Args<'tcx>);
    fn segment(&mut self, parent: Parent<'tcx>, key: DefKey);
}

/// Writes a definition's path, down from the crate's root. `args` may be short of the definition's own.
pub(crate) fn walk<'tcx>(printer: &mut impl PathPrinter<'tcx>, def_id: DefId, args: Args<'tcx>) {
    ty::ensure_stack();
    let tcx = printer.tcx();
    let definitions = tcx.definitions();
    let key = definitions.def_key(def_id);
    let parent = match (key.data, key.parent) {
        (DefPathData::CrateRoot, _) | (_, None) => return printer.crate_root(def_id.krate),
        (DefPathData::Impl, _) => return printer.impl_path(def_id, args),
        (_, Some(index)) => DefId { index, ..def_id },
    };
    if args.is_empty() {
        return printer.segment(Parent::Path(parent, args), key);
    }
    let generics = definitions.generics_of(def_id);
    let parent_args = &args[..generics.parent_count.min(args.len())];
    match key.data {
        DefPathData::Closure => {
            // What a closure captures is not part of its name; the kind of an async closure's coroutine is.
            let kind = definitions.coroutine_kind(def_id);
            if let Some(CoroutineKind::Desugared(_, CoroutineSource::Closure)) = kind
                && let Some(kind) = args.get(parent_args.len())
            {
                return printer.coroutine_of_kind(def_id, parent_args, kind.expect_ty());
            }
        }
        DefPathData::SyntheticCoroutineBody | DefPathData::AnonConst => {}
        _ if !generics.own_params.is_empty() && args.len() >= generics.count() => {
            return printer.generic_path(def_id, parent_args, own_args_no_defaults(tcx, generics, args));
        }
        _ => {}
    }
    let of_trait = generics.has_self
        && generics.parent == Some(parent)
        && parent_args.len() == generics.parent_count
        && definitions.generics_of(parent).parent_count == 0;
    let parent = if of_trait {
        Parent::Qualified(TraitRef { def_id: parent, args: tcx.mk_args(parent_args) })
    } else {
        Parent::Path(parent, parent_args)
    };
    printer.segment(parent, key);
}

/// An item's own arguments, without `Self`, and without those at the end that are what they are by default.
pub(crate) fn own_args_no_defaults<'tcx>(tcx: Tcx<'tcx>, generics: &Generics, args: Args<'tcx>) -> Args<'tcx> {
    let definitions = tcx.definitions();
    let has_own_self = generics.has_self && generics.parent.is_none();
    let start = if has_own_self { 1 } else { generics.parent_count };
    let is_default = |param: &ty::GenericParamDef| {
        let default = match param.kind {
            GenericParamKind::Type { has_default: true, .. } => {
                Some(GenericArg::Type(definitions.type_of(param.def_id)))
            }
            GenericParamKind::Const { has_default: true } => {
                definitions.const_param_default(param.def_id).map(GenericArg::Const)
            }
            _ => None,
        };
        default.is_some_and(|default| tcx.subst_slice(default, args) == args[param.index as usize])
    };
    let defaults = generics.own_params.iter().rev().take_while(|param| is_default(param)).count();
    &args[start..generics.count() - defaults]
}

/// The arguments of a trait object's trait, with something in the place of `Self` that is no type of a program.
pub(crate) fn with_dummy_self<'tcx>(tcx: Tcx<'tcx>, args: List<'tcx, GenericArg<'tcx>>) -> Args<'tcx> {
    let mut all = vec![GenericArg::Type(tcx.mk_ty(ty::TyKind::Infer(0)))];
    all.extend(args.iter());
    tcx.mk_args(&all).as_slice()
}
