//! Asks every question about every definition: all bytes are where we think they are.

mod common;

use bessemer_rmeta::Session;
use ty::*;

/// Asks all that applies to a definition.
fn ask<'tcx>(session: &'tcx Session<'tcx>, def_id: DefId) {
    let tables = &session.crate_data(def_id.krate).expect("a crate with metadata").root.tables;
    let bytes = session.crate_data(def_id.krate).unwrap().bytes;
    let has =
        |table: &bessemer_rmeta::format::tables::Table| table.value(bytes, def_id.index).expect("a table").is_some();
    let kind = session.def_kind(def_id);
    session.def_key(def_id);
    assert_ne!(session.def_path_hash_local(def_id), 0);
    let span = session.def_span(def_id);
    if !span.is_dummy() {
        let file = session.source_file(span.file);
        let (line, _) = file.line_column(span.lo);
        assert!(line as usize <= file.lines.len().max(1), "{span:?} is in {:?}", file.name);
        session.expansion_cause(span);
        session.debug_span(span);
    }
    if has(&tables.generics_of) {
        let generics = session.generics_of(def_id);
        assert_eq!(generics.parent_count, generics.parent.map_or(0, |parent| session.generics_of(parent).count()));
        session.predicates_of(def_id);
    }
    session.item_bounds(def_id);
    if has(&tables.type_of) {
        session.type_of(def_id);
    }
    if has(&tables.fn_sig) {
        session.fn_sig(def_id);
    }
    session.codegen_attrs(def_id);
    session.intrinsic(def_id);
    session.const_param_default(def_id);
    session.is_foreign_item(def_id);
    session.is_const_fn(def_id);
    session.is_cross_crate_inlinable(def_id);
    session.deduced_readonly_params(def_id);
    session.coroutine_kind(def_id);
    session.coroutine_by_move_body(def_id);
    session.captured_names(def_id);
    session.scalar_valid_range(def_id);
    session.assoc_item(def_id);
    match kind {
        DefKind::Struct | DefKind::Union | DefKind::Enum => {
            let adt = session.adt_def(def_id);
            for field in adt.variants.iter().flat_map(|variant| variant.fields.iter()) {
                session.type_of(field.did);
            }
            session.adt_destructor(def_id);
        }
        DefKind::Trait | DefKind::TraitAlias => {
            session.trait_def(def_id);
            session.super_predicates_of(def_id);
            if kind == DefKind::Trait {
                session.assoc_items(def_id);
                session.module_children(def_id);
            }
            for found in session.impls_of_trait(def_id) {
                let header = session.impl_header(found.impl_).expect("an impl of a trait");
                assert_eq!(header.trait_ref.def_id, def_id);
            }
        }
        DefKind::Impl { of_trait } => {
            assert_eq!(session.impl_header(def_id).is_some(), of_trait);
            session.assoc_items(def_id);
            session.impl_parent(def_id);
            session.defaultness(def_id);
            session.coerce_unsized_field(def_id);
        }
        DefKind::Mod => {
            session.module_children(def_id);
        }
        _ => {}
    }
}

fn ask_crate<'tcx>(session: &'tcx Session<'tcx>, krate: CrateNum, step: usize) -> usize {
    session.crate_flags(krate);
    session.stable_crate_id(krate);
    session.native_libraries(krate);
    session.foreign_modules(krate);
    session.exported_symbols(krate);
    let data = session.crate_data(krate).expect("a crate with metadata");
    let table = &data.root.tables.def_kind;
    let mut asked = 0;
    for index in (0..table.len() as u32).step_by(step) {
        if table.byte(data.bytes, index).expect("a table") != 0 {
            ask(session, DefId { krate, index });
            asked += 1;
        }
    }
    asked
}

#[test]
fn everything_in_the_standard_library() {
    // All of it with BESSEMER_WALK_ALL=1; else a sample.
    let step = if std::env::var_os("BESSEMER_WALK_ALL").is_some() { 1 } else { 7 };
    common::with_snippet("pub fn nothing() {}", |session| {
        let asked: usize = session.crates().into_iter().map(|krate| ask_crate(session, krate, step)).sum();
        assert!(asked * step > 100_000, "{asked}");
    });
}
