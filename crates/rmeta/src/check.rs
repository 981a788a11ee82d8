//! Asks everything that can be asked: for tests, and for finding out where a file is damaged.

use crate::Session;
use ::mir::Bodies;
use ty::*;

/// Definitions of a crate that are asked about at most; damaged files may claim any number.
const MAX_DEFINITIONS: usize = 1 << 22;

/// Hands each question about a crate and its definitions to `run`, which calls it. Questions that do not apply to a
/// definition are asked as well: they too have an answer or unwind with a [`MetadataError`].
pub fn ask_everything(session: &Session<'_>, krate: CrateNum, run: &mut dyn FnMut(&dyn Fn())) {
    run(&|| _ = session.crate_flags(krate));
    run(&|| _ = session.native_libraries(krate));
    run(&|| _ = session.foreign_modules(krate));
    run(&|| _ = session.exported_symbols(krate));
    run(&|| _ = session.local_codegen_items(krate));
    run(&|| _ = session.lang_item(LangItem::OwnedBox));
    run(&|| _ = session.diagnostic_item("HashMap"));
    let Some(data) = session.crate_data(krate) else { return };
    for index in 0..data.root.tables.def_kind.len().min(MAX_DEFINITIONS) as u32 {
        ask_about(session, DefId { krate, index }, run);
    }
}

fn ask_about(session: &Session<'_>, def_id: DefId, run: &mut dyn FnMut(&dyn Fn())) {
    let questions: &[&dyn Fn()] = &[
        &|| _ = session.def_kind(def_id),
        &|| _ = session.def_key(def_id),
        &|| _ = session.def_path_hash_local(def_id),
        &|| _ = session.generics_of(def_id),
        &|| _ = session.predicates_of(def_id),
        &|| _ = session.item_bounds(def_id),
        &|| _ = session.super_predicates_of(def_id),
        &|| _ = session.implied_predicates_of(def_id),
        &|| _ = session.variances_of(def_id),
        &|| _ = session.coroutine_for_closure(def_id),
        &|| _ = session.type_of(def_id),
        &|| _ = session.fn_sig(def_id),
        &|| _ = session.adt_def(def_id),
        &|| _ = session.const_param_default(def_id),
        &|| _ = session.scalar_valid_range(def_id),
        &|| _ = session.adt_destructor(def_id),
        &|| _ = session.trait_def(def_id),
        &|| _ = session.assoc_item(def_id),
        &|| _ = session.assoc_items(def_id),
        &|| _ = session.impl_header(def_id),
        &|| _ = session.impls_of_trait(def_id),
        &|| _ = session.impl_parent(def_id),
        &|| _ = session.defaultness(def_id),
        &|| _ = session.coerce_unsized_field(def_id),
        &|| _ = session.codegen_attrs(def_id),
        &|| _ = session.intrinsic(def_id),
        &|| _ = session.is_foreign_item(def_id),
        &|| _ = session.is_const_fn(def_id),
        &|| _ = session.is_cross_crate_inlinable(def_id),
        &|| _ = session.deduced_readonly_params(def_id),
        &|| _ = session.module_children(def_id),
        &|| _ = session.captured_names(def_id),
        &|| _ = session.coroutine_kind(def_id),
        &|| _ = session.coroutine_by_move_body(def_id),
        &|| ask_span(session, session.def_span(def_id)),
        &|| {
            if session.has_optimized_mir(def_id) {
                session.optimized_mir(def_id);
            }
        },
        &|| {
            if session.has_ctfe_mir(def_id) {
                session.mir_for_ctfe(def_id);
            }
        },
        &|| _ = session.promoted_mir(def_id),
        &|| _ = session.coroutine_layout(def_id),
        &|| _ = session.trivial_const(def_id),
        &|| _ = session.static_initializer(def_id),
    ];
    for question in questions {
        run(question);
    }
}

fn ask_span(session: &Session<'_>, span: Span) {
    session.expansion_cause(span);
    session.debug_span(span);
    if !span.is_dummy() {
        session.source_file(span.file).line_column(span.lo);
    }
}
