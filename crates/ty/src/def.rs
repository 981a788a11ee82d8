//! Definitions: what items are called and what they are.

use crate::{ExternAbi, FieldIdx, IndexVec, Intrinsic, ReprOptions, Symbol, VariantIdx};
use std::fmt;

/// A crate of the session. 0 is the crate being compiled.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct CrateNum(pub u32);

impl CrateNum {
    pub const LOCAL: CrateNum = CrateNum(0);

    /// The crate's root module.
    pub fn root(self) -> DefId {
        DefId { krate: self, index: 0 }
    }
}
impl fmt::Debug for CrateNum {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "crate{}", self.0)
    }
}

/// A definition: an item, a closure, a field, a generic parameter, …
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct DefId {
    pub krate: CrateNum,
    /// The definition's number in its crate.
    pub index: u32,
}

impl DefId {
    pub fn is_crate_root(self) -> bool {
        self.index == 0
    }
}
impl fmt::Debug for DefId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.krate.0, self.index)
    }
}

/// How a definition is called within its parent.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum DefPathData {
    CrateRoot,
    Use,
    GlobalAsm,
    Impl,
    ForeignMod,
    TypeNs(Symbol),
    ValueNs(Symbol),
    MacroNs(Symbol),
    LifetimeNs(Symbol),
    Closure,
    Ctor,
    AnonConst,
    LateAnonConst,
    OpaqueTy,
    OpaqueLifetime(Symbol),
    /// An associated type made for an `impl Trait` in a trait's method.
    AnonAssocTy(Symbol),
    SyntheticCoroutineBody,
    NestedStatic,
    DesugaredAnonymousLifetime,
}

/// A definition's place in the tree of definitions.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct DefKey {
    /// Absent for the crate root.
    pub parent: Option<u32>,
    pub data: DefPathData,
    /// Tells equal `data` of the same parent apart.
    pub disambiguator: u32,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum CtorKind {
    Fn,
    Const,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum CtorOf {
    Struct,
    Variant,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum DefKind {
    Mod,
    Struct,
    Union,
    Enum,
    Variant,
    Trait,
    TyAlias,
    ForeignTy,
    TraitAlias,
    AssocTy,
    TyParam,
    Fn,
    Const,
    ConstParam,
    Static { safe: bool, mutable: bool, nested: bool },
    Ctor(CtorOf, CtorKind),
    AssocFn,
    AssocConst,
    Macro,
    ExternCrate,
    Use,
    ForeignMod,
    AnonConst,
    InlineConst,
    OpaqueTy,
    Field,
    LifetimeParam,
    GlobalAsm,
    Impl { of_trait: bool },
    Closure,
    SyntheticCoroutineBody,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, PartialOrd, Ord)]
pub enum Mutability {
    Not,
    Mut,
}

impl Mutability {
    pub fn is_mut(self) -> bool {
        self == Mutability::Mut
    }
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum AdtKind {
    Struct,
    Union,
    Enum,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum VariantDiscr {
    /// The value of this constant expression.
    Explicit(DefId),
    /// As many after the last explicit one, or after 0.
    Relative(u32),
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct FieldDef {
    pub did: DefId,
    pub name: Symbol,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct VariantDef {
    /// The variant's own id; of a struct or union, the type's.
    pub def_id: DefId,
    pub ctor: Option<(CtorKind, DefId)>,
    pub name: Symbol,
    pub discr: VariantDiscr,
    pub fields: IndexVec<FieldIdx, FieldDef>,
}

/// A struct, union or enum.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct AdtDef {
    pub did: DefId,
    pub kind: AdtKind,
    pub variants: IndexVec<VariantIdx, VariantDef>,
    pub repr: ReprOptions,
    pub is_box: bool,
    pub is_phantom_data: bool,
    pub is_manually_drop: bool,
    pub is_unsafe_cell: bool,
    pub is_unsafe_pinned: bool,
    pub is_maybe_dangling: bool,
}

impl AdtDef {
    pub fn is_enum(&self) -> bool {
        self.kind == AdtKind::Enum
    }
    pub fn is_union(&self) -> bool {
        self.kind == AdtKind::Union
    }
    pub fn is_struct(&self) -> bool {
        self.kind == AdtKind::Struct
    }
    /// The only variant of a struct or union.
    pub fn non_enum_variant(&self) -> &VariantDef {
        assert!(!self.is_enum());
        &self.variants[VariantIdx::from_u32(0)]
    }
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum GenericParamKind {
    Lifetime,
    Type { has_default: bool, synthetic: bool },
    Const { has_default: bool },
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct GenericParamDef {
    pub name: Symbol,
    pub def_id: DefId,
    pub index: u32,
    pub kind: GenericParamKind,
}

/// The generic parameters of an item; those of its parent (an impl, a trait, a closure's function) come first.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Generics {
    pub parent: Option<DefId>,
    pub parent_count: usize,
    pub own_params: Vec<GenericParamDef>,
    /// Whether parameter 0 (here or in the parent) is `Self`.
    pub has_self: bool,
}

impl Generics {
    /// Parent's and own.
    pub fn count(&self) -> usize {
        self.parent_count + self.own_params.len()
    }
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum AssocKind {
    Const,
    Fn,
    Type,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum AssocContainer {
    Trait,
    InherentImpl,
    TraitImpl,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct AssocItem {
    pub def_id: DefId,
    pub name: Symbol,
    pub kind: AssocKind,
    pub container: AssocContainer,
    /// In an impl of a trait: the trait's item that this one is for. In a trait: itself.
    pub trait_item: Option<DefId>,
    pub fn_has_self_parameter: bool,
    /// A default body, value or type is there (in a trait).
    pub has_value: bool,
    /// An associated type made for an `impl Trait` in a method's signature.
    pub is_synthetic: bool,
}

/// Whether an impl's item may be specialised further.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Defaultness {
    Default { has_value: bool },
    Final,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct TraitDef {
    pub def_id: DefId,
    pub is_auto: bool,
    pub is_marker: bool,
    /// `#[rustc_coinductive]` and auto traits.
    pub is_coinductive: bool,
    pub is_fundamental: bool,
    /// `unsafe trait`.
    pub is_unsafe: bool,
}

/// How a type's relation to another follows from that of their arguments: rustc's `Variance`.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Variance {
    Covariant,
    Invariant,
    Contravariant,
    Bivariant,
}

/// The `Drop` impl of a type.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Destructor {
    /// The impl's `drop` method.
    pub did: DefId,
}

/// A function that the compiler itself does.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct IntrinsicDef {
    /// The name in the source.
    pub name: Symbol,
    /// Which one it is; `None` if only other versions of rustc know the name.
    pub known: Option<Intrinsic>,
    /// Whether every back end must implement it (there is no usable body).
    pub must_be_overridden: bool,
}

impl IntrinsicDef {
    /// The intrinsic of a name.
    pub fn new(name: Symbol, must_be_overridden: bool) -> IntrinsicDef {
        IntrinsicDef { name, known: Intrinsic::from_name(name.as_str()), must_be_overridden }
    }
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum CoroutineDesugaring {
    Async,
    Gen,
    AsyncGen,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum CoroutineSource {
    Block,
    Closure,
    Fn,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum CoroutineKind {
    Desugared(CoroutineDesugaring, CoroutineSource),
    /// Written with `#[coroutine]`; movable (`Unpin`) or not.
    Coroutine {
        movable: bool,
    },
}

/// A library named by `#[link]` or a build script.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct NativeLib {
    pub name: Symbol,
    pub kind: NativeLibKind,
    /// The archive member name under which a bundled library lies in the rlib.
    pub bundled_as: Option<Symbol>,
    pub verbatim: bool,
    /// `#[link(cfg(…))]` holds, or there is none.
    pub enabled: bool,
    pub foreign_module: Option<DefId>,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum NativeLibKind {
    Static {
        bundle: bool,
        whole_archive: bool,
    },
    Dylib {
        as_needed: Option<bool>,
    },
    Framework,
    RawDylib,
    LinkArg,
    /// None: the name of the WebAssembly module that functions are imported from.
    WasmImportModule,
    Unspecified,
}

/// A block `extern "…" { … }`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ForeignModule {
    pub def_id: DefId,
    pub abi: ExternAbi,
    pub items: Vec<DefId>,
}
