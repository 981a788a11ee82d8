//! What a front end tells about a program's definitions.

use crate::*;

/// Everything that crates after the front end ask about definitions. `rmeta` implements it for rustc's metadata.
///
/// Answers are computed on demand and remembered; asking twice is cheap. Where bytes on disk turn out to be damaged while
/// answering, the implementation unwinds with a [`MetadataError`] as the payload (`std::panic::panic_any`), which the
/// driver turns into a message; so no answer here is a `Result`.
pub trait Definitions<'tcx>: Send + Sync {
    /// The release of rustc that wrote the definitions, which all have in common.
    fn release(&self) -> &'static release::Release;

    // ---- crates
    /// All crates of the session; [`CrateNum::LOCAL`] is among them.
    fn crates(&self) -> Vec<CrateNum>;
    /// The name that paths in the crate's sources use, with `_` for `-`.
    fn crate_name(&self, krate: CrateNum) -> Symbol;
    /// The hash of name and disambiguators that `v0` symbols and `DefPathHash`es begin with.
    fn stable_crate_id(&self, krate: CrateNum) -> u64;
    /// The crate was compiled with `-C panic=…` and has these roles.
    fn crate_flags(&self, krate: CrateNum) -> CrateFlags;
    /// What `#[link]` and the command line ask for, in order.
    fn native_libraries(&self, krate: CrateNum) -> Vec<NativeLib>;
    /// The crate's `extern` blocks.
    fn foreign_modules(&self, krate: CrateNum) -> Vec<ForeignModule>;

    // ---- the tree of definitions
    /// What kind of thing a definition is.
    fn def_kind(&self, def_id: DefId) -> DefKind;
    /// The name within the parent, and the parent.
    fn def_key(&self, def_id: DefId) -> DefKey;
    /// The local half of the definition's `DefPathHash`.
    fn def_path_hash_local(&self, def_id: DefId) -> u64;
    /// The items of a module by name, with those that it re-exports: used to find `main`.
    fn module_children(&self, module: DefId) -> Vec<(Symbol, DefId)>;
    /// The name, or the head, in the source: where messages about the definition point.
    fn def_span(&self, def_id: DefId) -> Span;
    /// All definitions of a crate that may be roots of code generation: functions, statics, global assembly with bodies.
    fn local_codegen_items(&self, krate: CrateNum) -> Vec<DefId>;
    /// All functions, methods and closures of a crate that have bodies.
    fn local_functions(&self, krate: CrateNum) -> Vec<DefId>;

    // ---- signatures and types
    /// Of anything that has parameters, or is in something that has. Closures have those of their function.
    fn generics_of(&self, def_id: DefId) -> &'tcx Generics;
    /// Explicit where-clauses.
    fn predicates_of(&self, def_id: DefId) -> GenericPredicates<'tcx>;
    /// Bounds on an associated type or opaque type (`type Item: Clone`).
    fn item_bounds(&self, def_id: DefId) -> &'tcx [Clause<'tcx>];
    /// Supertraits: clauses on `Self` of a trait.
    fn super_predicates_of(&self, trait_: DefId) -> &'tcx [Clause<'tcx>];
    /// Supertraits, and bounds that a trait's head puts on associated types (`trait T: Iterator<Item: Copy>`): what holds
    /// wherever the trait does.
    fn implied_predicates_of(&self, trait_: DefId) -> &'tcx [Clause<'tcx>];
    /// Of each generic parameter, the parent's included, of a type, function or opaque type.
    fn variances_of(&self, def_id: DefId) -> &'tcx [Variance];
    /// The type of a struct, alias, field, constant, static, function item, closure, … in terms of its own parameters.
    fn type_of(&self, def_id: DefId) -> Ty<'tcx>;
    /// Of a function, method, constructor or foreign function, in terms of its own parameters. Not of closures: their
    /// type has it.
    fn fn_sig(&self, def_id: DefId) -> PolyFnSig<'tcx>;
    /// Of a struct, union or enum, not of a variant.
    fn adt_def(&self, def_id: DefId) -> &'tcx AdtDef;
    /// What of a struct's, union's or enum's definition matters for its stable hash only.
    fn adt_hash_facts(&self, adt: DefId) -> AdtHashFacts;
    /// `4` of `<const N: usize = 4>`.
    fn const_param_default(&self, def_id: DefId) -> Option<Const<'tcx>>;
    /// `#[rustc_layout_scalar_valid_range_start/end]`, both inclusive.
    fn scalar_valid_range(&self, adt: DefId) -> (Option<u128>, Option<u128>);
    /// The `Drop` impl of a type itself, without its fields'.
    fn adt_destructor(&self, adt: DefId) -> Option<Destructor>;
    /// Of a closure: the coroutine kind, if it is one.
    fn coroutine_kind(&self, def_id: DefId) -> Option<CoroutineKind>;
    /// Of an async closure: the coroutine that its body is.
    fn coroutine_for_closure(&self, closure: DefId) -> Option<DefId>;
    /// For the body of an async closure: the coroutine that takes its upvars by value.
    fn coroutine_by_move_body(&self, def_id: DefId) -> Option<DefId>;
    /// Names of a closure's captured variables, for debuggers.
    fn captured_names(&self, closure: DefId) -> Vec<Symbol>;

    // ---- traits and impls
    /// Modifiers and attributes of a trait.
    fn trait_def(&self, trait_: DefId) -> TraitDef;
    /// `None` if it is not in a trait or an impl.
    fn assoc_item(&self, def_id: DefId) -> Option<AssocItem>;
    /// The items of a trait or impl, in order of definition.
    fn assoc_items(&self, container: DefId) -> &'tcx [AssocItem];
    /// Of an impl of a trait.
    fn impl_header(&self, impl_: DefId) -> Option<ImplHeader<'tcx>>;
    /// All impls of a trait in all crates of the session.
    fn impls_of_trait(&self, trait_: DefId) -> &'tcx [TraitImpl];
    /// The impl that this one specialises, if it is not the trait itself.
    fn impl_parent(&self, impl_: DefId) -> Option<DefId>;
    /// Of an item of an impl, or of the impl: whether another may specialise it.
    fn defaultness(&self, def_id: DefId) -> Defaultness;
    /// Of an impl of `CoerceUnsized` for a struct: the number of the field that is coerced.
    fn coerce_unsized_field(&self, impl_: DefId) -> Option<u32>;
    /// The item with this `#[lang]`, of whichever crate.
    fn lang_item(&self, item: LangItem) -> Option<DefId>;
    /// A crate's item by `#[rustc_diagnostic_item]`.
    fn diagnostic_item(&self, name: &str) -> Option<DefId>;

    // ---- code generation
    /// Of a function, static, constructor or closure; the default where nothing is written.
    fn codegen_attrs(&self, def_id: DefId) -> &'tcx CodegenAttrs;
    /// `None` if it is an ordinary function.
    fn intrinsic(&self, def_id: DefId) -> Option<IntrinsicDef>;
    /// Whether it is in an `extern` block.
    fn is_foreign_item(&self, def_id: DefId) -> bool;
    /// A function, constructor or closure that constant evaluation may call.
    fn is_const_fn(&self, def_id: DefId) -> bool;
    /// rustc compiles a copy into every crate that uses it, so the defining crate exports no symbol.
    fn is_cross_crate_inlinable(&self, def_id: DefId) -> bool;
    /// Symbols of non-generic definitions that the crate's compiled code exports.
    fn exported_symbols(&self, krate: CrateNum) -> &'tcx [ExportedSymbol<'tcx>];
    /// Attributes that rustc found by analysing the bodies' parameters: per parameter, whether it is read-only.
    fn deduced_readonly_params(&self, def_id: DefId) -> Vec<bool>;

    // ---- sources
    /// The name and the lines of a file.
    fn source_file(&self, file: SourceFileId) -> &'tcx SourceFile;
    /// Line and column, from 1, as `Location` shows them for the start of a span. rustc counts columns as a terminal shows
    /// them (a tab is four, a wide character two) where it has the source at hand, in the crate being compiled, and
    /// characters elsewhere.
    fn shown_position(&self, span: Span) -> (u32, u32) {
        self.source_file(span.file).line_column(span.lo)
    }
    /// Where the outermost macro that made the span was invoked; the span itself if it was written by hand.
    fn expansion_cause(&self, span: Span) -> Span;
    /// The span that line tables show: macros collapse to where they were invoked, as rustc's `-C collapse-macro-debuginfo`
    /// default does.
    fn debug_span(&self, span: Span) -> Span;
    /// As [`Definitions::debug_span`] for code of a function, whose own span is given: what was made by the macro that made
    /// the whole function stays in the function, since no stepping goes on above it.
    fn debug_span_within(&self, span: Span, function: Span) -> Span;
}

/// Facts that rustc's stable hash of a type covers, and nothing else here needs.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct AdtHashFacts {
    /// The bits of rustc's `AdtFlags`.
    pub flags: u16,
    /// Of each variant, in order.
    pub variants: Vec<VariantHashFacts>,
}

/// The part of [`AdtHashFacts`] that is a variant's.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct VariantHashFacts {
    /// The bits of rustc's `VariantFlags`.
    pub flags: u8,
    /// Of each field, in order.
    pub fields: Vec<FieldHashFacts>,
}

/// The part of [`AdtHashFacts`] that is a field's.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct FieldHashFacts {
    /// The module; `None` for `pub`.
    pub visible_in: Option<DefId>,
    /// `unsafe field: T`
    pub is_unsafe: bool,
    /// The constant of a field's default value.
    pub default_value: Option<DefId>,
}

/// An impl of a trait, with what rejects it quickly.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct TraitImpl {
    /// The impl.
    pub impl_: DefId,
    /// The outermost constructor of the self type; `None`: any type may match.
    pub simplified_self: Option<SimplifiedType>,
}

/// The outermost constructor of a type, for rejecting impls without unification.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum SimplifiedType {
    /// `bool`
    Bool,
    /// `char`
    Char,
    /// A signed integer.
    Int(IntTy),
    /// An unsigned integer.
    Uint(UintTy),
    /// A float.
    Float(FloatTy),
    /// A struct, union or enum, of any arguments.
    Adt(DefId),
    /// `extern { type T; }`
    Foreign(DefId),
    /// `str`
    Str,
    /// `[T; N]`, of any element and length.
    Array,
    /// `[T]`, of any element.
    Slice,
    /// `&T` or `&mut T`
    Ref(Mutability),
    /// `*const T` or `*mut T`
    Ptr(Mutability),
    /// `!`
    Never,
    /// Number of fields.
    Tuple(usize),
    /// A trait object with only marker traits.
    MarkerTraitObject,
    /// `dyn Trait`, of any arguments: its principal trait.
    Trait(DefId),
    /// A closure.
    Closure(DefId),
    /// A coroutine.
    Coroutine(DefId),
    /// A coroutine's witness.
    CoroutineWitness(DefId),
    /// Number of inputs.
    Function(usize),
    /// `unsafe<'a> T`
    UnsafeBinder,
    /// Errors and others.
    Other,
}

/// What a crate's compiled code defines for others.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ExportedSymbol<'tcx> {
    /// An item without type or constant parameters.
    NonGeneric(DefId),
    /// An instance that was compiled there, so that others need no copy.
    Generic(DefId, GenericArgs<'tcx>),
    /// An instance of `drop_in_place`.
    DropGlue(Ty<'tcx>),
    /// A name that is not a definition's.
    NoDefId(Symbol),
}

/// What a crate's own attributes, and the crate's place in the standard library, say.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct CrateFlags {
    /// `#![compiler_builtins]`: it may be called by code that no source names, such as `memcpy`.
    pub compiler_builtins: bool,
    /// `#![panic_runtime]`: what a panic does is decided by linking it.
    pub panic_runtime: bool,
    /// `#![needs_panic_runtime]`: programs with it are linked with a panic runtime.
    pub needs_panic_runtime: bool,
    /// `#![needs_allocator]`: programs with it have an allocator.
    pub needs_allocator: bool,
    /// `#![no_builtins]`: loops are not made into calls of `memcpy` and the like.
    pub no_builtins: bool,
    /// `#![profiler_runtime]`
    pub profiler_runtime: bool,
    /// It has a `#[global_allocator]`.
    pub has_global_allocator: bool,
    /// It has an `#[alloc_error_handler]`.
    pub has_alloc_error_handler: bool,
    /// It has a `#[panic_handler]`.
    pub has_panic_handler: bool,
    /// `#![default_lib_allocator]`: it has the allocator of programs without another (`std`).
    pub has_default_lib_allocator: bool,
}

/// Metadata on disk is not what it should be. The payload with which [`Definitions`] unwinds.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct MetadataError {
    /// The damaged file; empty where it is not known.
    pub path: std::path::PathBuf,
    /// What is wrong, for people.
    pub message: String,
}

impl std::fmt::Display for MetadataError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let MetadataError { path, message } = self;
        if path.as_os_str().is_empty() {
            return write!(f, "damaged or foreign metadata: {message}");
        }
        write!(f, "damaged or foreign metadata in {}: {message}", path.display())
    }
}
impl std::error::Error for MetadataError {}

/// Questions about fully monomorphic types that crates after this one answer; installed by `front`, so that a crate may ask
/// a later one (an array's length, an alias's type) without depending on it.
pub trait Hooks<'tcx>: Send + Sync {
    /// The type with regions erased, aliases resolved and constants evaluated (`traits`).
    fn normalize_ty(&self, ty: Ty<'tcx>) -> Ty<'tcx>;
    /// The constant as a value (`eval`). Fails where the program's constant does.
    fn eval_const(&self, constant: Const<'tcx>) -> Result<Const<'tcx>, ConstError>;
    /// The bits of a constant expression without parameters, such as an enum's discriminant (`eval`).
    fn eval_discriminant(&self, def_id: DefId) -> Result<u128, ConstError>;
    /// Whether `Copy` holds.
    fn is_copy(&self, ty: Ty<'tcx>) -> bool;
    /// Whether `Sized` holds.
    fn is_sized(&self, ty: Ty<'tcx>) -> bool;
    /// No `UnsafeCell` outside of indirection.
    fn is_freeze(&self, ty: Ty<'tcx>) -> bool;
    /// Whether `Unpin` holds.
    fn is_unpin(&self, ty: Ty<'tcx>) -> bool;
    /// `UnsafeUnpin`: a unique reference to it may be taken as unaliased.
    fn is_unsafe_unpin(&self, ty: Ty<'tcx>) -> bool;
    /// Whether dropping a value of the type does anything.
    fn needs_drop(&self, ty: Ty<'tcx>) -> bool;
}

/// A constant of the program that cannot be evaluated: the user's mistake, found after monomorphisation.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ConstError {
    /// The expression that cannot be evaluated.
    pub span: Span,
    /// What is wrong, in rustc's words.
    pub message: String,
    /// The calls that led there, innermost first: where and which function.
    pub frames: Vec<(Span, String)>,
    /// The text at the place itself, where it says more than the message.
    pub label: Option<String>,
    /// Where further constants are made of the one at fault, innermost first.
    pub used_at: Vec<Span>,
}

impl ConstError {
    /// An error about which no more is known.
    pub fn new(span: Span, message: impl Into<String>) -> ConstError {
        ConstError { span, message: message.into(), frames: Vec::new(), label: None, used_at: Vec::new() }
    }
}
impl std::fmt::Display for ConstError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.message)
    }
}
impl std::error::Error for ConstError {}
