//! How releases write metadata differently.

/// What differs in the encoding of values. Lists of names are in [`crate::Lists`].
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Encoding {
    /// Constants are told apart by whether they are part of types (`DefKind::Const { is_type_const }`).
    pub type_constants: bool,
    /// Names may mean modules of a namespace (`Res::OpenMod`).
    pub open_modules: bool,
    /// Unstable features may be merely warned about (`StabilityLevel::Unstable { is_soft }`).
    pub soft_stability: bool,
    /// The flags of a type's definition say that it is `MaybeDangling` (`AdtFlags`).
    pub maybe_dangling_flag: bool,
    /// How the conditions of a diagnostic's texts are written.
    pub directive: Directive,
    /// The arguments of a diagnostic's texts (`FormatArg`).
    pub format_arguments: FormatArguments,
    /// How aliases in types are written.
    pub alias: Alias,
    /// Anonymous constants of the lowering to HIR and lifetimes made by it have paths of their own (`DefPathData`).
    pub lowered_paths: bool,
    /// The safety, calling convention and variadicity of a signature are one byte (`FnSigKind`).
    pub packed_signatures: bool,
    /// Behind that: which argument is splatted.
    pub splatted_signatures: bool,
    /// The root lists mitigations that must be enabled everywhere.
    pub denied_mitigations: bool,
    /// Retags are a statement of their own (`StatementKind::Retag`); else they belong to uses (`Rvalue::Use`).
    pub retag_statements: bool,
    /// Traits say where they may be implemented (`TraitDef::impl_restriction`).
    pub impl_restrictions: bool,
    /// Constness says whether it is only for compile time (`Constness::Const { always }`).
    pub always_const: bool,
    /// Terminators have attributes.
    pub terminator_attributes: bool,
    /// Drops say which local is the future of an asynchronous drop.
    pub async_drop_futures: bool,
    /// Shims are one kind of instance (`InstanceKind::Shim`).
    pub shim_kinds: bool,
    /// Names of a coroutine's saved variables stand with their types.
    pub coroutine_names_with_types: bool,
    /// Functions say how they are instrumented, and patchable entries have optional parts (`CodegenFnAttrs`).
    pub instrumented_functions: bool,
    /// Macros may capture guards of patterns (`MetaVarKind::Guard`).
    pub captured_guards: bool,
    /// Procedural macros are listed with what they are (`ProcMacroKind`).
    pub proc_macro_kinds: bool,
    /// Inline assembly has the architectures AMDGPU and Xtensa, and more registers of LoongArch (`rustc_target::asm`).
    pub amdgpu_and_xtensa: bool,
}

/// The form of `#[diagnostic::on_unimplemented]` and its like (`rustc_hir::attrs::diagnostic::Directive`).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Directive {
    /// A condition, directives within, and a message for `const` at the end.
    ConstMessage,
    /// A condition and directives within.
    Conditions,
    /// Directives within, each behind its condition.
    Filters,
}

/// The variants of `rustc_hir::attrs::diagnostic::FormatArg`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct FormatArguments {
    /// How many there are.
    pub count: u8,
    /// The number of the one that holds what the user wrote.
    pub as_written: u8,
}

/// The form of aliases (`rustc_type_ir::AliasTy`, `AliasTerm`, `UnevaluatedConst`).
#[derive(Clone, Copy, PartialEq, Eq, Debug, PartialOrd, Ord)]
pub enum Alias {
    /// The kind is part of the type; the alias is arguments and a definition.
    KindApart,
    /// The alias of a type is arguments, kind and definition. Other aliases are as before.
    KindInTypes,
    /// So are all aliases but those of constants.
    KindInTerms,
    /// An alias is kind, definition and arguments, behind whether it is rigid.
    KindFirst,
}

pub(crate) const V1_95: Encoding = Encoding {
    type_constants: false,
    open_modules: false,
    soft_stability: true,
    maybe_dangling_flag: false,
    directive: Directive::ConstMessage,
    format_arguments: FormatArguments { count: 6, as_written: 5 },
    alias: Alias::KindApart,
    lowered_paths: true,
    packed_signatures: false,
    splatted_signatures: false,
    denied_mitigations: false,
    retag_statements: true,
    impl_restrictions: false,
    always_const: false,
    terminator_attributes: false,
    async_drop_futures: true,
    shim_kinds: false,
    coroutine_names_with_types: false,
    instrumented_functions: false,
    captured_guards: false,
    proc_macro_kinds: false,
    amdgpu_and_xtensa: false,
};

pub(crate) const V1_96: Encoding = Encoding {
    type_constants: true,
    open_modules: true,
    soft_stability: false,
    maybe_dangling_flag: true,
    captured_guards: true,
    directive: Directive::Conditions,
    alias: Alias::KindInTypes,
    ..V1_95
};

pub(crate) const V1_97: Encoding = Encoding {
    directive: Directive::Filters,
    alias: Alias::KindInTerms,
    lowered_paths: false,
    packed_signatures: true,
    denied_mitigations: true,
    retag_statements: false,
    impl_restrictions: true,
    ..V1_96
};

pub(crate) const V1_98: Encoding = Encoding {
    format_arguments: FormatArguments { count: 10, as_written: 6 },
    alias: Alias::KindFirst,
    splatted_signatures: true,
    always_const: true,
    terminator_attributes: true,
    async_drop_futures: false,
    shim_kinds: true,
    coroutine_names_with_types: true,
    instrumented_functions: true,
    proc_macro_kinds: true,
    amdgpu_and_xtensa: true,
    ..V1_97
};
