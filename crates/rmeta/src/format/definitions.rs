//! The answers to [`Definitions`] and [`Bodies`], remembered.

use super::source_map::odd_widths;
use crate::error::Result;
use crate::session::Session;
use ::mir::{Bodies, Body, CoroutineLayout, Promoted};
use ty::*;

impl<'tcx> Session<'tcx> {
    /// Gives an answer about a crate, or unwinds as [`Definitions`] says.
    fn answer<T>(&self, krate: CrateNum, answer: Result<T>) -> T {
        self.data(krate).expect(answer)
    }

    fn read_codegen_items(&self, krate: CrateNum) -> Result<Vec<DefId>> {
        let data = self.data(krate);
        let (tables, bytes) = (&data.root.tables, data.bytes);
        let mut items = Vec::new();
        // Crates have hundreds of thousands of definitions, nearly all of them of other kinds.
        for (index, &code) in tables.def_kind.bytes(bytes)?.iter().enumerate() {
            let kind = self.format.def_kind(code)?;
            let index = index as u32;
            let has_code = match kind {
                Some(DefKind::Fn | DefKind::AssocFn) => tables.optimized_mir.value(bytes, index)?.is_some(),
                Some(DefKind::Static { .. }) => tables.eval_static_initializer.value(bytes, index)?.is_some(),
                _ => kind == Some(DefKind::GlobalAsm),
            };
            items.extend(has_code.then_some(DefId { krate, index }));
        }
        Ok(items)
    }

    fn read_functions(&self, krate: CrateNum) -> Result<Vec<DefId>> {
        let data = self.data(krate);
        let (tables, bytes) = (&data.root.tables, data.bytes);
        let mut functions = Vec::new();
        for (index, &code) in tables.def_kind.bytes(bytes)?.iter().enumerate() {
            let index = index as u32;
            let is_function = matches!(
                self.format.def_kind(code)?,
                Some(DefKind::Fn | DefKind::AssocFn | DefKind::Closure | DefKind::SyntheticCoroutineBody)
            );
            if is_function && tables.optimized_mir.value(bytes, index)?.is_some() {
                functions.push(DefId { krate, index });
            }
        }
        Ok(functions)
    }
}

/// The kinds of coroutines in the order in which their table numbers them, from 1.
fn coroutine_kind(code: u8) -> Option<CoroutineKind> {
    use CoroutineDesugaring::{Async, AsyncGen, Gen};
    let source = match (code + 1) % 3 {
        1 => CoroutineSource::Block,
        2 => CoroutineSource::Fn,
        _ => CoroutineSource::Closure,
    };
    Some(match code {
        1 => CoroutineKind::Coroutine { movable: true },
        2 => CoroutineKind::Coroutine { movable: false },
        3..=5 => CoroutineKind::Desugared(Gen, source),
        6..=8 => CoroutineKind::Desugared(Async, source),
        9..=11 => CoroutineKind::Desugared(AsyncGen, source),
        _ => return None,
    })
}

impl<'tcx> Definitions<'tcx> for Session<'tcx> {
    fn release(&self) -> &'static release::Release {
        self.format.release
    }

    fn crates(&self) -> Vec<CrateNum> {
        self.all_crate_data().map(|krate| krate.num).collect()
    }

    fn crate_name(&self, krate: CrateNum) -> Symbol {
        self.name_of(krate)
    }

    fn stable_crate_id(&self, krate: CrateNum) -> u64 {
        self.data(krate).root.stable_crate_id
    }

    fn crate_flags(&self, krate: CrateNum) -> CrateFlags {
        let root = &self.data(krate).root;
        CrateFlags {
            compiler_builtins: root.compiler_builtins,
            panic_runtime: root.panic_runtime,
            needs_panic_runtime: root.needs_panic_runtime,
            needs_allocator: root.needs_allocator,
            no_builtins: root.no_builtins,
            profiler_runtime: root.profiler_runtime,
            has_global_allocator: root.has_global_allocator,
            has_alloc_error_handler: root.has_alloc_error_handler,
            has_panic_handler: root.has_panic_handler,
            has_default_lib_allocator: root.has_default_lib_allocator,
        }
    }

    fn native_libraries(&self, krate: CrateNum) -> Vec<NativeLib> {
        self.answer(krate, self.this().read_native_libraries(krate))
    }

    fn foreign_modules(&self, krate: CrateNum) -> Vec<ForeignModule> {
        self.answer(krate, self.this().read_foreign_modules(krate))
    }

    fn def_kind(&self, def_id: DefId) -> DefKind {
        let kind =
            self.read_def_kind(def_id).and_then(|kind| kind.ok_or(super::decoder::missing("no such definition")));
        self.answer(def_id.krate, kind)
    }

    fn def_key(&self, def_id: DefId) -> DefKey {
        self.memos.def_keys.get_or(def_id, || self.answer(def_id.krate, self.this().read_def_key(def_id)))
    }

    fn def_path_hash_local(&self, def_id: DefId) -> u64 {
        let krate = self.data(def_id.krate);
        krate.expect(krate.root.tables.def_path_hashes.number(krate.bytes, def_id.index))
    }

    fn module_children(&self, module: DefId) -> Vec<(Symbol, DefId)> {
        self.answer(module.krate, self.this().read_module_children(module))
    }

    fn def_span(&self, def_id: DefId) -> Span {
        let span = self.this().entry(def_id, |tables| &tables.def_span);
        self.answer(def_id.krate, span).unwrap_or(Span::DUMMY)
    }

    fn local_codegen_items(&self, krate: CrateNum) -> Vec<DefId> {
        self.answer(krate, self.read_codegen_items(krate))
    }

    fn local_functions(&self, krate: CrateNum) -> Vec<DefId> {
        self.answer(krate, self.read_functions(krate))
    }

    fn generics_of(&self, def_id: DefId) -> &'tcx Generics {
        self.memos.generics.get_or(def_id, || {
            let generics = self.answer(def_id.krate, self.this().read_generics(def_id));
            self.tcx.arena().keep(generics)
        })
    }

    fn predicates_of(&self, def_id: DefId) -> GenericPredicates<'tcx> {
        self.memos.predicates.get_or(def_id, || self.answer(def_id.krate, self.this().read_predicates(def_id)))
    }

    fn item_bounds(&self, def_id: DefId) -> &'tcx [Clause<'tcx>] {
        self.memos.item_bounds.get_or(def_id, || {
            let clauses = self.this().entries(def_id, |tables| &tables.explicit_item_bounds);
            self.clauses(self.answer(def_id.krate, clauses))
        })
    }

    fn super_predicates_of(&self, trait_: DefId) -> &'tcx [Clause<'tcx>] {
        self.memos.super_predicates.get_or(trait_, || {
            let clauses = self.this().entries(trait_, |tables| &tables.explicit_super_predicates_of);
            self.clauses(self.answer(trait_.krate, clauses))
        })
    }

    fn implied_predicates_of(&self, trait_: DefId) -> &'tcx [Clause<'tcx>] {
        self.memos.implied_predicates.get_or(trait_, || {
            let clauses = self.this().entries(trait_, |tables| &tables.explicit_implied_predicates_of);
            self.clauses(self.answer(trait_.krate, clauses))
        })
    }

    fn variances_of(&self, def_id: DefId) -> &'tcx [Variance] {
        self.memos.variances.get_or(def_id, || {
            let variances = self.this().entries(def_id, |tables| &tables.variances_of);
            self.tcx.arena().alloc_slice::<Variance>(&self.answer(def_id.krate, variances))
        })
    }

    fn type_of(&self, def_id: DefId) -> Ty<'tcx> {
        self.memos.types.get_or(def_id, || self.answer(def_id.krate, self.this().read_type_of(def_id)))
    }

    fn fn_sig(&self, def_id: DefId) -> PolyFnSig<'tcx> {
        self.memos.signatures.get_or(def_id, || {
            let found = self.this().entry(def_id, |tables| &tables.fn_sig);
            let sig = found.and_then(|sig| sig.ok_or(super::decoder::missing("a definition has no signature")));
            self.answer(def_id.krate, sig)
        })
    }

    fn adt_def(&self, def_id: DefId) -> &'tcx AdtDef {
        self.memos.adts.get_or(def_id, || {
            let adt = self.answer(def_id.krate, self.this().read_adt_def(def_id));
            self.tcx.arena().keep(adt)
        })
    }

    fn adt_hash_facts(&self, adt: DefId) -> AdtHashFacts {
        self.answer(adt.krate, self.this().read_adt_hash_facts(self.adt_def(adt)))
    }

    fn const_param_default(&self, def_id: DefId) -> Option<Const<'tcx>> {
        self.answer(def_id.krate, self.this().entry(def_id, |tables| &tables.const_param_default))
    }

    fn scalar_valid_range(&self, adt: DefId) -> (Option<u128>, Option<u128>) {
        let attributes = self.answer(adt.krate, self.this().read_attributes(adt));
        (attributes.scalar_valid_range_start, attributes.scalar_valid_range_end)
    }

    fn adt_destructor(&self, adt: DefId) -> Option<Destructor> {
        self.answer(adt.krate, self.this().entry(adt, |tables| &tables.adt_destructor))
    }

    fn coroutine_kind(&self, def_id: DefId) -> Option<CoroutineKind> {
        let krate = self.data(def_id.krate);
        coroutine_kind(krate.expect(krate.root.tables.coroutine_kind.byte(krate.bytes, def_id.index)))
    }

    fn coroutine_for_closure(&self, closure: DefId) -> Option<DefId> {
        let krate = self.data(closure.krate);
        let raw = krate.root.tables.coroutine_for_closure.raw_def_id(krate.bytes, closure.index);
        krate.expect(raw).map(|raw| krate.expect(krate.map_def_id(raw)))
    }

    fn coroutine_by_move_body(&self, def_id: DefId) -> Option<DefId> {
        let krate = self.data(def_id.krate);
        let raw = krate.root.tables.coroutine_by_move_body_def_id.raw_def_id(krate.bytes, def_id.index);
        krate.expect(raw).map(|raw| krate.expect(krate.map_def_id(raw)))
    }

    fn captured_names(&self, closure: DefId) -> Vec<Symbol> {
        let names = self.this().entry(closure, |tables| &tables.closure_saved_names_of_captured_variables);
        self.answer(closure.krate, names).unwrap_or_default()
    }

    fn trait_def(&self, trait_: DefId) -> TraitDef {
        self.memos.traits.get_or(trait_, || self.answer(trait_.krate, self.this().read_trait_def(trait_)))
    }

    fn assoc_item(&self, def_id: DefId) -> Option<AssocItem> {
        self.memos.assoc_items.get_or(def_id, || self.answer(def_id.krate, self.this().read_assoc_item(def_id)))
    }

    fn assoc_items(&self, container: DefId) -> &'tcx [AssocItem] {
        self.memos.assoc_item_lists.get_or(container, || {
            let items = self.answer(container.krate, self.this().read_assoc_items(container));
            self.tcx.arena().alloc_slice(&items)
        })
    }

    fn impl_header(&self, impl_: DefId) -> Option<ImplHeader<'tcx>> {
        self.memos
            .impl_headers
            .get_or(impl_, || self.answer(impl_.krate, self.this().entry(impl_, |tables| &tables.impl_trait_header)))
    }

    fn impls_of_trait(&self, trait_: DefId) -> &'tcx [TraitImpl] {
        self.memos.impls.get_or(trait_, || {
            let mut impls = Vec::new();
            for krate in self.this().all_crate_data() {
                impls.extend(krate.expect(self.this().read_impls_in(krate, trait_)));
            }
            self.tcx.arena().alloc_slice(&impls)
        })
    }

    fn impl_parent(&self, impl_: DefId) -> Option<DefId> {
        self.answer(impl_.krate, self.read_impl_parent(impl_))
    }

    fn defaultness(&self, def_id: DefId) -> Defaultness {
        self.answer(def_id.krate, self.read_defaultness(def_id))
    }

    fn coerce_unsized_field(&self, impl_: DefId) -> Option<u32> {
        // `CoerceUnsizedInfo`: an optional kind, whose only variant is a struct's field.
        let field: Option<Option<u32>> =
            self.answer(impl_.krate, self.this().entry(impl_, |tables| &tables.coerce_unsized_info));
        field.flatten()
    }

    fn lang_item(&self, item: LangItem) -> Option<DefId> {
        self.answer(CrateNum::LOCAL, self.this().find_lang_item(item))
    }

    fn diagnostic_item(&self, name: &str) -> Option<DefId> {
        self.answer(CrateNum::LOCAL, self.this().find_diagnostic_item(name))
    }

    fn codegen_attrs(&self, def_id: DefId) -> &'tcx CodegenAttrs {
        self.memos.codegen_attrs.get_or(def_id, || {
            let attrs: Option<CodegenAttrs> =
                self.answer(def_id.krate, self.this().entry(def_id, |tables| &tables.codegen_fn_attrs));
            self.tcx.arena().keep(attrs.unwrap_or_default())
        })
    }

    fn intrinsic(&self, def_id: DefId) -> Option<IntrinsicDef> {
        self.memos
            .intrinsics
            .get_or(def_id, || self.answer(def_id.krate, self.this().entry(def_id, |tables| &tables.intrinsic)))
    }

    fn is_foreign_item(&self, def_id: DefId) -> bool {
        let Some(index) = self.def_key(def_id).parent else { return false };
        let parent = self.answer(def_id.krate, self.read_def_kind(DefId { index, ..def_id }));
        parent == Some(DefKind::ForeignMod)
    }

    fn is_const_fn(&self, def_id: DefId) -> bool {
        let krate = self.data(def_id.krate);
        let is_function = matches!(
            krate.expect(self.read_def_kind(def_id)),
            Some(DefKind::Fn | DefKind::AssocFn | DefKind::Ctor(_, CtorKind::Fn) | DefKind::Closure)
        );
        // The default of this table is "const"; a third value means "const, and for compile time only".
        is_function && krate.expect(krate.root.tables.constness.byte(krate.bytes, def_id.index)) != 1
    }

    fn is_cross_crate_inlinable(&self, def_id: DefId) -> bool {
        let krate = self.data(def_id.krate);
        krate.expect(krate.root.tables.cross_crate_inlinable.byte(krate.bytes, def_id.index)) != 0
    }

    fn exported_symbols(&self, krate: CrateNum) -> &'tcx [ExportedSymbol<'tcx>] {
        self.memos.exported_symbols.get_or(krate, || {
            let symbols = self.answer(krate, self.this().read_exported_symbols(krate));
            self.tcx.arena().alloc_slice(&symbols)
        })
    }

    fn deduced_readonly_params(&self, def_id: DefId) -> Vec<bool> {
        // Bits of use: 1 drop, 2 shared borrow, 4 mutation, 8 capture. The first two are harmless for some types only,
        // which is not known here.
        let usage: Vec<u8> =
            self.answer(def_id.krate, self.this().entries(def_id, |tables| &tables.deduced_param_attrs));
        usage.into_iter().map(|usage| usage & 0b111 == 0).collect()
    }

    fn source_file(&self, file: SourceFileId) -> &'tcx SourceFile {
        self.memos.source_files.get_or(file, || {
            let krate = self.crate_of_file(file).map_or(CrateNum::LOCAL, |krate| krate.num);
            let read = self.answer(krate, self.this().read_source_file(file));
            self.tcx.arena().keep(read)
        })
    }

    fn shown_position(&self, span: Span) -> (u32, u32) {
        let file = self.source_file(span.file);
        let (line, column) = file.line_column(span.lo);
        if self.crate_of_file(span.file).is_none_or(|krate| krate.num != CrateNum::LOCAL) {
            return (line, column);
        }
        let widths = self.memos.odd_widths.get_or(span.file, || {
            let widths = odd_widths(file);
            self.tcx.arena().alloc_slice(&widths)
        });
        let start = file.lines.get(line as usize - 1).copied().unwrap_or(0);
        let first = widths.partition_point(|&(at, _)| at < start);
        let before = widths[first..].iter().take_while(|&&(at, _)| at < span.lo);
        // Each was counted as one column.
        (line, before.fold(column, |column, &(_, width)| column + u32::from(width) - 1))
    }

    fn expansion_cause(&self, span: Span) -> Span {
        if span.ctxt == SyntaxContext::ROOT {
            return span;
        }
        let krate = self.crate_of_context(span.ctxt).map_or(CrateNum::LOCAL, |krate| krate.num);
        self.answer(krate, self.this().find_expansion_cause(span))
    }

    fn debug_span(&self, span: Span) -> Span {
        self.debug_span_within(span, Span::DUMMY)
    }

    fn debug_span_within(&self, span: Span, function: Span) -> Span {
        if span.ctxt == SyntaxContext::ROOT {
            return span;
        }
        let krate = self.crate_of_context(span.ctxt).map_or(CrateNum::LOCAL, |krate| krate.num);
        self.answer(krate, self.this().find_debug_span(span, function.ctxt))
    }
}

impl<'tcx> Bodies<'tcx> for Session<'tcx> {
    fn has_optimized_mir(&self, def_id: DefId) -> bool {
        self.has_optimized_mir_of(def_id)
    }

    fn optimized_mir(&self, def_id: DefId) -> &'tcx Body<'tcx> {
        self.this().optimized_mir_of(def_id)
    }

    fn has_ctfe_mir(&self, def_id: DefId) -> bool {
        self.has_ctfe_mir_of(def_id)
    }

    fn mir_for_ctfe(&self, def_id: DefId) -> &'tcx Body<'tcx> {
        self.this().ctfe_mir_of(def_id)
    }

    fn promoted_mir(&self, def_id: DefId) -> &'tcx IndexVec<Promoted, Body<'tcx>> {
        self.this().promoted_mir_of(def_id)
    }

    fn coroutine_layout(&self, def_id: DefId) -> Option<&'tcx CoroutineLayout<'tcx>> {
        self.this().coroutine_layout_of(def_id)
    }

    fn coroutine_witnesses(&self, def_id: DefId) -> Option<&'tcx CoroutineLayout<'tcx>> {
        self.this().coroutine_witnesses_of(def_id)
    }

    fn trivial_const(&self, def_id: DefId) -> Option<(ConstValue, Ty<'tcx>)> {
        self.this().trivial_const_of(def_id)
    }

    fn const_qualifs(&self, def_id: DefId) -> Option<mir::ConstQualifs> {
        self.this().const_qualifs_of(def_id)
    }

    fn static_initializer(&self, def_id: DefId) -> Option<ConstAllocation<'tcx>> {
        self.this().static_initializer_of(def_id)
    }
}
