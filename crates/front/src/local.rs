//! The seam for another front end: who answers for the crate being compiled.

use mir::{Bodies, Body, ConstQualifs, CoroutineLayout, Promoted};
use ty::*;

/// Writes the questions about one definition or one crate: with a default in [`LocalCrate`], and by crate in [`Overlay`].
macro_rules! questions {
    (
        definitions { $(fn $question:ident($($arg:ident: $ty:ty),*) -> $answer:ty, of $krate:expr;)* }
        bodies { $(fn $b_question:ident($b_arg:ident: DefId) -> $b_answer:ty;)* }
        local { $($local:tt)* }
        overlay { $($overlay:tt)* }
    ) => {
        /// What a front end other than rustc's metadata tells about the crate being compiled.
        ///
        /// The questions are those of [`Definitions`] and [`Bodies`], asked of the crates that it owns: of
        /// [`CrateNum::LOCAL`] alone, unless it says otherwise. What is not overruled is left to the metadata of the same crate. So a front end may begin with the bodies of some functions;
        /// a whole one overrules everything, and needs metadata only for the list of crates and the release of rustc.
        pub trait LocalCrate<'tcx>: Send + Sync {
            /// Who answers what is left to it.
            fn metadata(&self) -> &'tcx dyn Bodies<'tcx>;
            $($local)*
            $(#[doc = concat!("See [`Definitions::", stringify!($question), "`].")]
            fn $question(&self, $($arg: $ty),*) -> $answer { self.metadata().$question($($arg),*) })*
            $(#[doc = concat!("See [`Bodies::", stringify!($b_question), "`].")]
            fn $b_question(&self, $b_arg: DefId) -> $b_answer { self.metadata().$b_question($b_arg) })*
        }

        impl<'tcx> Definitions<'tcx> for Overlay<'tcx> {
            $($overlay)*
            $(fn $question(&self, $($arg: $ty),*) -> $answer {
                match self.local.owns_crate($krate) {
                    true => self.local.$question($($arg),*),
                    false => self.rest.$question($($arg),*),
                }
            })*
        }

        impl<'tcx> Bodies<'tcx> for Overlay<'tcx> {
            $(fn $b_question(&self, $b_arg: DefId) -> $b_answer {
                if self.local.owns_crate($b_arg.krate) {
                    self.local.$b_question($b_arg)
                } else {
                    self.rest.$b_question($b_arg)
                }
            })*
        }
    };
}

/// One who answers for the crate being compiled before one who answers for all others.
pub(crate) struct Overlay<'tcx> {
    tcx: Tcx<'tcx>,
    local: &'tcx dyn LocalCrate<'tcx>,
    rest: &'tcx dyn Bodies<'tcx>,
    impls: Memo<DefId, &'tcx [TraitImpl]>,
}

// SAFETY: it holds a collection of its own and references, which dropping does not follow.
#[allow(unsafe_code, reason = "the one promise that an arena asks for")]
unsafe impl Hold for Overlay<'_> {}

impl<'tcx> Overlay<'tcx> {
    pub(crate) fn new(
        tcx: Tcx<'tcx>,
        local: &'tcx dyn LocalCrate<'tcx>,
        rest: &'tcx dyn Bodies<'tcx>,
    ) -> Overlay<'tcx> {
        Overlay { tcx, local, rest, impls: Memo::default() }
    }
}

questions! {
    definitions {
        fn crate_name(krate: CrateNum) -> Symbol, of krate;
        fn stable_crate_id(krate: CrateNum) -> u64, of krate;
        fn crate_flags(krate: CrateNum) -> CrateFlags, of krate;
        fn native_libraries(krate: CrateNum) -> Vec<NativeLib>, of krate;
        fn foreign_modules(krate: CrateNum) -> Vec<ForeignModule>, of krate;
        fn def_kind(def_id: DefId) -> DefKind, of def_id.krate;
        fn def_key(def_id: DefId) -> DefKey, of def_id.krate;
        fn def_path_hash_local(def_id: DefId) -> u64, of def_id.krate;
        fn module_children(module: DefId) -> Vec<(Symbol, DefId)>, of module.krate;
        fn def_span(def_id: DefId) -> Span, of def_id.krate;
        fn local_codegen_items(krate: CrateNum) -> Vec<DefId>, of krate;
        fn local_functions(krate: CrateNum) -> Vec<DefId>, of krate;
        fn generics_of(def_id: DefId) -> &'tcx Generics, of def_id.krate;
        fn predicates_of(def_id: DefId) -> GenericPredicates<'tcx>, of def_id.krate;
        fn item_bounds(def_id: DefId) -> &'tcx [Clause<'tcx>], of def_id.krate;
        fn super_predicates_of(trait_: DefId) -> &'tcx [Clause<'tcx>], of trait_.krate;
        fn implied_predicates_of(trait_: DefId) -> &'tcx [Clause<'tcx>], of trait_.krate;
        fn variances_of(def_id: DefId) -> &'tcx [Variance], of def_id.krate;
        fn type_of(def_id: DefId) -> Ty<'tcx>, of def_id.krate;
        fn fn_sig(def_id: DefId) -> PolyFnSig<'tcx>, of def_id.krate;
        fn adt_def(def_id: DefId) -> &'tcx AdtDef, of def_id.krate;
        fn adt_hash_facts(adt: DefId) -> AdtHashFacts, of adt.krate;
        fn const_param_default(def_id: DefId) -> Option<Const<'tcx>>, of def_id.krate;
        fn scalar_valid_range(adt: DefId) -> (Option<u128>, Option<u128>), of adt.krate;
        fn adt_destructor(adt: DefId) -> Option<Destructor>, of adt.krate;
        fn coroutine_kind(def_id: DefId) -> Option<CoroutineKind>, of def_id.krate;
        fn coroutine_for_closure(closure: DefId) -> Option<DefId>, of closure.krate;
        fn coroutine_by_move_body(def_id: DefId) -> Option<DefId>, of def_id.krate;
        fn captured_names(closure: DefId) -> Vec<Symbol>, of closure.krate;
        fn trait_def(trait_: DefId) -> TraitDef, of trait_.krate;
        fn assoc_item(def_id: DefId) -> Option<AssocItem>, of def_id.krate;
        fn assoc_items(container: DefId) -> &'tcx [AssocItem], of container.krate;
        fn impl_header(impl_: DefId) -> Option<ImplHeader<'tcx>>, of impl_.krate;
        fn impl_parent(impl_: DefId) -> Option<DefId>, of impl_.krate;
        fn defaultness(def_id: DefId) -> Defaultness, of def_id.krate;
        fn coerce_unsized_field(impl_: DefId) -> Option<u32>, of impl_.krate;
        fn codegen_attrs(def_id: DefId) -> &'tcx CodegenAttrs, of def_id.krate;
        fn intrinsic(def_id: DefId) -> Option<IntrinsicDef>, of def_id.krate;
        fn is_foreign_item(def_id: DefId) -> bool, of def_id.krate;
        fn is_const_fn(def_id: DefId) -> bool, of def_id.krate;
        fn is_cross_crate_inlinable(def_id: DefId) -> bool, of def_id.krate;
        fn exported_symbols(krate: CrateNum) -> &'tcx [ExportedSymbol<'tcx>], of krate;
        fn deduced_readonly_params(def_id: DefId) -> Vec<bool>, of def_id.krate;
    }
    bodies {
        fn has_optimized_mir(def_id: DefId) -> bool;
        fn optimized_mir(def_id: DefId) -> &'tcx Body<'tcx>;
        fn has_ctfe_mir(def_id: DefId) -> bool;
        fn mir_for_ctfe(def_id: DefId) -> &'tcx Body<'tcx>;
        fn promoted_mir(def_id: DefId) -> &'tcx IndexVec<Promoted, Body<'tcx>>;
        fn coroutine_layout(def_id: DefId) -> Option<&'tcx CoroutineLayout<'tcx>>;
        fn coroutine_witnesses(def_id: DefId) -> Option<&'tcx CoroutineLayout<'tcx>>;
        fn trivial_const(def_id: DefId) -> Option<(ConstValue, Ty<'tcx>)>;
        fn const_qualifs(def_id: DefId) -> Option<ConstQualifs>;
        fn static_initializer(def_id: DefId) -> Option<ConstAllocation<'tcx>>;
    }
    local {
        /// Whether it is asked about a crate. Libraries may be among those that it owns; the next three questions are about
        /// [`CrateNum::LOCAL`] nonetheless.
        fn owns_crate(&self, krate: CrateNum) -> bool {
            krate == CrateNum::LOCAL
        }
        /// The crate's own impls of a trait of whatever crate.
        fn impls_of_trait(&self, trait_: DefId) -> Vec<TraitImpl> {
            let all = self.metadata().impls_of_trait(trait_).iter();
            all.filter(|it| it.impl_.krate == CrateNum::LOCAL).copied().collect()
        }
        /// The language item, if the crate itself defines it.
        fn lang_item(&self, item: LangItem) -> Option<DefId> {
            self.metadata().lang_item(item).filter(|it| it.krate == CrateNum::LOCAL)
        }
        /// The item by `#[rustc_diagnostic_item]`, if the crate itself defines it.
        fn diagnostic_item(&self, name: &str) -> Option<DefId> {
            self.metadata().diagnostic_item(name).filter(|it| it.krate == CrateNum::LOCAL)
        }
        /// Whether a source file has a number that this front end gave it. Those of the metadata count from 0.
        fn owns_file(&self, _file: SourceFileId) -> bool {
            false
        }
        /// Whether an expansion has a number that this front end gave it. Those of the metadata count from 1.
        fn owns_context(&self, _ctxt: SyntaxContext) -> bool {
            false
        }
        /// Asked of the crate's own files.
        fn source_file(&self, file: SourceFileId) -> &'tcx SourceFile {
            self.metadata().source_file(file)
        }
        /// See [`Definitions::shown_position`]. Asked, as the next three, of spans of the crate's own files and expansions.
        fn shown_position(&self, span: Span) -> (u32, u32) {
            self.metadata().shown_position(span)
        }
        /// See [`Definitions::expansion_cause`].
        fn expansion_cause(&self, span: Span) -> Span {
            self.metadata().expansion_cause(span)
        }
        /// See [`Definitions::debug_span`].
        fn debug_span(&self, span: Span) -> Span {
            self.metadata().debug_span(span)
        }
        /// See [`Definitions::debug_span_within`].
        fn debug_span_within(&self, span: Span, function: Span) -> Span {
            self.metadata().debug_span_within(span, function)
        }
    }
    overlay {
        fn release(&self) -> &'static release::Release {
            self.rest.release()
        }
        fn crates(&self) -> Vec<CrateNum> {
            self.rest.crates()
        }
        fn impls_of_trait(&self, trait_: DefId) -> &'tcx [TraitImpl] {
            self.impls.get_or(trait_, || {
                let mut impls = self.local.impls_of_trait(trait_);
                impls.extend(self.rest.impls_of_trait(trait_).iter().filter(|it| it.impl_.krate != CrateNum::LOCAL));
                self.tcx.arena().alloc_slice(&impls)
            })
        }
        fn lang_item(&self, item: LangItem) -> Option<DefId> {
            let of_others = || self.rest.lang_item(item).filter(|it| it.krate != CrateNum::LOCAL);
            self.local.lang_item(item).or_else(of_others)
        }
        fn diagnostic_item(&self, name: &str) -> Option<DefId> {
            let of_others = || self.rest.diagnostic_item(name).filter(|it| it.krate != CrateNum::LOCAL);
            self.local.diagnostic_item(name).or_else(of_others)
        }
        fn source_file(&self, file: SourceFileId) -> &'tcx SourceFile {
            if self.local.owns_file(file) { self.local.source_file(file) } else { self.rest.source_file(file) }
        }
        fn shown_position(&self, span: Span) -> (u32, u32) {
            if self.local.owns_file(span.file) { self.local.shown_position(span) } else { self.rest.shown_position(span) }
        }
        fn expansion_cause(&self, span: Span) -> Span {
            if self.owns(span) { self.local.expansion_cause(span) } else { self.rest.expansion_cause(span) }
        }
        fn debug_span(&self, span: Span) -> Span {
            if self.owns(span) { self.local.debug_span(span) } else { self.rest.debug_span(span) }
        }
        fn debug_span_within(&self, span: Span, function: Span) -> Span {
            if self.owns(span) {
                self.local.debug_span_within(span, function)
            } else {
                self.rest.debug_span_within(span, function)
            }
        }
    }
}

impl Overlay<'_> {
    /// Whether what is known of a span's expansion is known to the local crate's maker.
    fn owns(&self, span: Span) -> bool {
        match span.ctxt {
            SyntaxContext::ROOT => self.local.owns_file(span.file),
            ctxt => self.local.owns_context(ctxt),
        }
    }
}
