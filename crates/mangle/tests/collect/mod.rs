//! The instances that a library's functions use: a simple collector.

use bessemer_mangle::Mangler;
use mir::visit::{Location, Visitor, super_rvalue, super_terminator};
use mir::{Bodies as _, Body, CastKind, Operand, PointerCoercion, Rvalue, Terminator, TerminatorKind};
use std::collections::{BTreeSet, HashSet};
use testing::Program;
use traits::VtableEntry;
use ty::{
    ClosureKind, CodegenFlags, CrateNum, DefId, DefKind, Definitions, ExportedSymbol, InlineAttr, Instance,
    InstanceKind, Ty, TyKind, TypeFoldable,
};

/// The types that a function calls `row` with, in order.
pub fn rows<'tcx>(program: &Program<'tcx>, function: DefId) -> Vec<Ty<'tcx>> {
    let row = program.find("snippet::row");
    let body = program.session.optimized_mir(function);
    let types = body.basic_blocks.iter().filter_map(|block| match &block.terminator.kind {
        TerminatorKind::Call(call) => match *call.func.constant()?.const_.ty().kind() {
            TyKind::FnDef(def_id, args) if def_id == row => Some(program.tcx.normalize(args.type_at(0))),
            _ => None,
        },
        _ => None,
    });
    types.collect()
}

struct Uses<'a, 'tcx> {
    program: &'a Program<'tcx>,
    body: &'tcx Body<'tcx>,
    instance: Instance<'tcx>,
    found: Vec<Instance<'tcx>>,
}

impl<'tcx> Uses<'_, 'tcx> {
    fn monomorphize<T: TypeFoldable<'tcx>>(&self, value: T) -> T {
        self.program.traits.instantiate_and_normalize(value, self.instance.args)
    }

    fn operand_ty(&self, operand: &Operand<'tcx>) -> Ty<'tcx> {
        self.monomorphize(operand.ty(&self.body.local_decls, self.program.tcx))
    }

    fn drop_of(&mut self, ty: Ty<'tcx>) {
        if !ty.is_dyn() && self.program.traits.needs_drop(ty) {
            self.found.push(self.program.traits.resolve_drop_in_place(ty));
        }
    }
}

impl<'tcx> Visitor<'tcx> for Uses<'_, 'tcx> {
    fn visit_rvalue(&mut self, rvalue: &Rvalue<'tcx>, at: Location) {
        if let Rvalue::Cast(CastKind::PointerCoercion(coercion), operand, target) = rvalue {
            let traits = self.program.traits;
            let source = self.operand_ty(operand);
            match (coercion, *source.kind()) {
                (PointerCoercion::ReifyFnPointer, TyKind::FnDef(def_id, args)) => {
                    self.found.extend(traits.resolve_for_fn_ptr(def_id, args));
                }
                (PointerCoercion::ClosureFnPointer { .. }, TyKind::Closure(def_id, args)) => {
                    self.found.push(traits.resolve_closure(def_id, args, ClosureKind::FnOnce));
                }
                (PointerCoercion::Unsize, _) => {
                    let target = self.monomorphize(*target);
                    let (source, target) = traits.unsize_tails_of_pointers(source, target);
                    if let TyKind::Dynamic(predicates, _) = *target.kind()
                        && !source.is_dyn()
                    {
                        for entry in traits.vtable_entries_for_dyn(source, predicates) {
                            match *entry {
                                VtableEntry::Method(instance) => self.found.push(instance),
                                VtableEntry::DropInPlace => self.drop_of(source),
                                _ => {}
                            }
                        }
                    }
                }
                _ => {}
            }
        }
        super_rvalue(self, rvalue, at);
    }

    fn visit_terminator(&mut self, terminator: &Terminator<'tcx>, at: Location) {
        match &terminator.kind {
            TerminatorKind::Call(call) => {
                if let TyKind::FnDef(def_id, args) = *self.operand_ty(&call.func).kind() {
                    self.found.extend(self.program.traits.resolve_instance(def_id, args));
                }
            }
            TerminatorKind::Drop { place, .. } => {
                let ty = place.ty(&self.body.local_decls, self.program.tcx);
                self.drop_of(self.monomorphize(ty));
            }
            _ => {}
        }
        super_terminator(self, terminator, at);
    }
}

/// The functions of the snippet that have no parameters, and what they use.
pub fn instances<'tcx>(program: &Program<'tcx>) -> Vec<Instance<'tcx>> {
    let mut seen = HashSet::new();
    let mut all = Vec::new();
    let mut queue = Vec::new();
    for def_id in program.session.local_codegen_items(CrateNum::LOCAL) {
        let is_function = matches!(program.session.def_kind(def_id), DefKind::Fn | DefKind::AssocFn);
        if is_function && !program.has_type_params(def_id) {
            let instance = program.instance(def_id);
            queue.extend(is_compiled(program, instance).then_some(instance));
        }
    }
    while let Some(instance) = queue.pop() {
        if !seen.insert(instance) {
            continue;
        }
        all.push(instance);
        if let Some(body) = body(program, instance) {
            let mut uses = Uses { program, body, instance, found: Vec::new() };
            uses.visit_body(body);
            queue.extend(uses.found);
        }
    }
    all
}

fn body<'tcx>(program: &Program<'tcx>, instance: Instance<'tcx>) -> Option<&'tcx Body<'tcx>> {
    match instance.kind {
        InstanceKind::Virtual(..) | InstanceKind::Intrinsic(_) => return None,
        InstanceKind::Item(def_id) => {
            let available = program.session.has_optimized_mir(def_id) && !program.session.is_foreign_item(def_id);
            // What compiled std has, rustc does not compile again.
            let own = def_id.krate == CrateNum::LOCAL
                || bessemer_mangle::is_generic(instance)
                || program.session.is_cross_crate_inlinable(def_id);
            if !available || !own {
                return None;
            }
        }
        _ => {}
    }
    Some(program.traits.instance_mir(instance))
}

/// Whether the instance surely has code under its own name: what is inlined everywhere has not.
pub fn is_compiled<'tcx>(program: &Program<'tcx>, instance: Instance<'tcx>) -> bool {
    match instance.kind {
        InstanceKind::Virtual(..) | InstanceKind::Intrinsic(_) | InstanceKind::DropGlue(_, None) => false,
        InstanceKind::Item(def_id) => {
            let inline = program.session.codegen_attrs(def_id).inline;
            program.session.intrinsic(def_id).is_none() && matches!(inline, InlineAttr::None | InlineAttr::Never)
        }
        _ => true,
    }
}

/// Names of what compiled crates say that they export, by the symbols that there are: how many there are, and those that
/// are not among them.
pub fn exported_names<'tcx>(
    program: &Program<'tcx>,
    mangler: &Mangler<'tcx>,
    theirs: &BTreeSet<String>,
) -> (usize, Vec<String>) {
    let mut count = 0;
    let mut missing = Vec::new();
    for krate in program.session.crates() {
        for symbol in program.session.exported_symbols(krate) {
            let name = match *symbol {
                ExportedSymbol::NonGeneric(def_id) => {
                    let flags = program.session.codegen_attrs(def_id).flags;
                    if flags.contains(CodegenFlags::FOREIGN_ITEM) || program.session.is_foreign_item(def_id) {
                        continue;
                    }
                    if program.has_type_params(def_id) {
                        continue;
                    }
                    mangler.symbol_name(program.instance(def_id), None)
                }
                ExportedSymbol::Generic(def_id, args) => mangler.symbol_name(Instance::new(def_id, args), Some(krate)),
                ExportedSymbol::DropGlue(ty) => {
                    mangler.symbol_name(program.traits.resolve_drop_in_place(ty), Some(krate))
                }
                ExportedSymbol::NoDefId(_) => continue,
            };
            count += 1;
            if !theirs.contains(&name) {
                missing.push(format!("{symbol:?}: {name}"));
            }
        }
    }
    (count, missing)
}
