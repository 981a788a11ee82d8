//! Definitions: what items are called and what they are.

use crate::{ExternAbi, FieldIdx, IndexVec, Intrinsic, ReprOptions, Symbol, VariantIdx};
use std::fmt;

/// A crate of the session. 0 is the crate being compiled.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct CrateNum(pub u32);

impl CrateNum {
    /// The crate being compiled.
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
    /// The crate that it is in.
    pub krate: CrateNum,
    /// The definition's number in its crate.
    pub index: u32,
}

impl DefId {
    /// Whether it is its crate's root module.
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
    /// The crate's root module.
    CrateRoot,
    /// `use …;`
    Use,
    /// `global_asm!(…)`
    GlobalAsm,
    /// `impl … { }`: told apart by number alone.
    Impl,
    /// `extern "…" { }`
    ForeignMod,
    /// A named type, trait or module, or a type parameter.
    TypeNs(Symbol),
    /// A named function, constant, static, or field.
    ValueNs(Symbol),
    /// A macro of this name.
    MacroNs(Symbol),
    /// A lifetime parameter.
    LifetimeNs(Symbol),
    /// A closure or coroutine expression.
    Closure,
    /// The constructor of a tuple or unit struct or variant.
    Ctor,
    /// A constant expression: an array's length, a discriminant, `const { … }`, a generic argument.
    AnonConst,
    /// A constant expression that rustc takes for one after names are resolved only.
    LateAnonConst,
    /// `impl Trait` in a type (in argument position it is a [`DefPathData::TypeNs`]).
    OpaqueTy,
    /// A lifetime parameter of an opaque type, made for one that the opaque type captures.
    OpaqueLifetime(Symbol),
    /// An associated type made for an `impl Trait` in a trait's method.
    AnonAssocTy(Symbol),
    /// The body of an async closure that takes its captures by value.
    SyntheticCoroutineBody,
    /// Memory that a static's initial value points to, made a static of its own.
    NestedStatic,
    /// A lifetime parameter made for an elided lifetime, as in the head of an `impl`.
    DesugaredAnonymousLifetime,
}

impl DefPathData {
    /// The name that is in it.
    pub fn name(self) -> Option<Symbol> {
        match self {
            DefPathData::TypeNs(name)
            | DefPathData::ValueNs(name)
            | DefPathData::MacroNs(name)
            | DefPathData::LifetimeNs(name)
            | DefPathData::OpaqueLifetime(name)
            | DefPathData::AnonAssocTy(name) => Some(name),
            _ => None,
        }
    }
}

/// A definition's place in the tree of definitions.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct DefKey {
    /// Absent for the crate root.
    pub parent: Option<u32>,
    /// Its name and what kind of name that is.
    pub data: DefPathData,
    /// Tells equal `data` of the same parent apart.
    pub disambiguator: u32,
}

/// How a constructor is used.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum CtorKind {
    /// `S(…)`, of tuple structs and variants: a function.
    Fn,
    /// `S`, of unit structs and variants: a constant.
    Const,
}

/// What a constructor makes.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum CtorOf {
    /// A struct.
    Struct,
    /// A variant of an enum.
    Variant,
}

/// What kind of thing a definition is.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum DefKind {
    /// `mod m { }`, also the crate's root.
    Mod,
    /// `struct S`; its constructor is a definition of its own.
    Struct,
    /// `union U`
    Union,
    /// `enum E`
    Enum,
    /// A variant of an enum; its constructor is a definition of its own.
    Variant,
    /// `trait T`
    Trait,
    /// `type A = B;` outside of traits and impls.
    TyAlias,
    /// `extern { type T; }`
    ForeignTy,
    /// `trait A = B;`
    TraitAlias,
    /// `type A;` in a trait, `type A = B;` in an impl.
    AssocTy,
    /// A type parameter, `T` in `<T>`; also `Self` of a trait.
    TyParam,
    /// `fn f()`, also a foreign one; no method.
    Fn,
    /// `const C: T = …;` outside of traits and impls.
    Const,
    /// `N` in `<const N: usize>`.
    ConstParam,
    /// `static S: T = …;`, also a foreign one.
    Static {
        /// False for a foreign static without `safe`. A `static mut` needs `unsafe` whatever this says.
        safe: bool,
        /// `static mut`
        mutable: bool,
        /// Not written by anybody: memory that another static's initial value points to.
        nested: bool,
    },
    /// The constructor of a tuple or unit struct or variant.
    Ctor(CtorOf, CtorKind),
    /// A function in a trait or an impl.
    AssocFn,
    /// A constant in a trait or an impl.
    AssocConst,
    /// `macro_rules!`, `macro`, and procedural macros.
    Macro,
    /// `extern crate c;`
    ExternCrate,
    /// `use …;`
    Use,
    /// `extern "…" { }`
    ForeignMod,
    /// A constant expression in a type, or of a discriminant.
    AnonConst,
    /// `const { … }`
    InlineConst,
    /// `impl Trait` in a type.
    OpaqueTy,
    /// A field of a struct, union or variant.
    Field,
    /// `'a` in `<'a>`.
    LifetimeParam,
    /// `global_asm!(…)`
    GlobalAsm,
    /// `impl … { }`
    Impl {
        /// `impl Trait for Type` rather than `impl Type`.
        of_trait: bool,
    },
    /// A closure, async closure or coroutine: [`crate::Definitions::type_of`] tells which.
    Closure,
    /// The body of an async closure that takes its captures by value.
    SyntheticCoroutineBody,
}

/// Whether something may be written: `&` and `&mut`, `*const` and `*mut`, `static` and `static mut`.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, PartialOrd, Ord)]
pub enum Mutability {
    /// Without `mut`, or with `const`.
    Not,
    /// With `mut`.
    Mut,
}

impl Mutability {
    /// Whether it is [`Mutability::Mut`].
    pub fn is_mut(self) -> bool {
        self == Mutability::Mut
    }
}

/// Which kind of item defines a type.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum AdtKind {
    /// `struct`
    Struct,
    /// `union`
    Union,
    /// `enum`
    Enum,
}

/// A variant's discriminant, as the source has it.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum VariantDiscr {
    /// The value of this constant expression.
    Explicit(DefId),
    /// As many after the last explicit one, or after 0.
    Relative(u32),
}

/// A field of a struct, union or variant.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct FieldDef {
    /// The field's own id, which its type is asked for by ([`crate::Definitions::type_of`]).
    pub did: DefId,
    /// Its name; of tuple structs and variants, `0`, `1`, ….
    pub name: Symbol,
}

/// A variant; a struct or union is one.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct VariantDef {
    /// The variant's own id; of a struct or union, the type's.
    pub def_id: DefId,
    /// The constructor, of tuple and unit structs and variants; `None` with braces.
    pub ctor: Option<(CtorKind, DefId)>,
    /// Of a struct or union, the type's name.
    pub name: Symbol,
    /// Meaningful for enums only.
    pub discr: VariantDiscr,
    /// In the source's order, which need not be memory's.
    pub fields: IndexVec<FieldIdx, FieldDef>,
}

/// A struct, union or enum.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct AdtDef {
    /// The item.
    pub did: DefId,
    /// Which keyword defines it.
    pub kind: AdtKind,
    /// Of a struct or union, one.
    pub variants: IndexVec<VariantIdx, VariantDef>,
    /// `#[repr(…)]`, and what else rustc lays it out by.
    pub repr: ReprOptions,
    /// `Box`: `*b` moves out of it, and its drop glue is built in.
    pub is_box: bool,
    /// `PhantomData`: has no fields, but acts as one of its argument.
    pub is_phantom_data: bool,
    /// `ManuallyDrop`: its field is not dropped.
    pub is_manually_drop: bool,
    /// `UnsafeCell`: what is behind a shared reference to it may change.
    pub is_unsafe_cell: bool,
    /// `UnsafePinned`: even a unique reference to it may be aliased.
    pub is_unsafe_pinned: bool,
    /// `MaybeDangling`: references in it may dangle.
    pub is_maybe_dangling: bool,
}

impl AdtDef {
    /// Whether it is an `enum`.
    pub fn is_enum(&self) -> bool {
        self.kind == AdtKind::Enum
    }
    /// Whether it is a `union`.
    pub fn is_union(&self) -> bool {
        self.kind == AdtKind::Union
    }
    /// Whether it is a `struct`.
    pub fn is_struct(&self) -> bool {
        self.kind == AdtKind::Struct
    }
    /// The only variant of a struct or union.
    pub fn non_enum_variant(&self) -> &VariantDef {
        assert!(!self.is_enum());
        &self.variants[VariantIdx::from_u32(0)]
    }
}

/// What a generic parameter stands for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum GenericParamKind {
    /// `'a`. Late-bound ones are not among an item's parameters.
    Lifetime,
    /// `T`
    Type {
        /// `T = …`
        has_default: bool,
        /// Written as `impl Trait` in argument position.
        synthetic: bool,
    },
    /// `const N: usize`
    Const {
        /// `const N: usize = …`
        has_default: bool,
    },
}

/// A generic parameter.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct GenericParamDef {
    /// The name in the source; of an `impl Trait` argument, its text.
    pub name: Symbol,
    /// The parameter's own id.
    pub def_id: DefId,
    /// Its place among the arguments, the parent's included.
    pub index: u32,
    /// What it stands for.
    pub kind: GenericParamKind,
}

/// The generic parameters of an item; those of its parent (an impl, a trait, a closure's function) come first.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Generics {
    /// The item whose parameters come first.
    pub parent: Option<DefId>,
    /// The number of the parent's parameters, with its own parent's.
    pub parent_count: usize,
    /// In order; the first has the index `parent_count`.
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

/// What an associated item is.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum AssocKind {
    /// `const C: T`
    Const,
    /// `fn f()`
    Fn,
    /// `type A`
    Type,
}

/// Where an associated item is.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum AssocContainer {
    /// In a `trait`.
    Trait,
    /// In an `impl Type`.
    InherentImpl,
    /// In an `impl Trait for Type`.
    TraitImpl,
}

/// An item of a trait or an impl.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct AssocItem {
    /// The item.
    pub def_id: DefId,
    /// Its name; of a synthetic type, the method's.
    pub name: Symbol,
    /// Whether it is a constant, function or type.
    pub kind: AssocKind,
    /// Where it is.
    pub container: AssocContainer,
    /// In an impl of a trait: the trait's item that this one is for. In a trait: itself.
    pub trait_item: Option<DefId>,
    /// `self` in any form: it may be called as a method.
    pub fn_has_self_parameter: bool,
    /// A default body, value or type is there (in a trait).
    pub has_value: bool,
    /// An associated type made for an `impl Trait` in a method's signature.
    pub is_synthetic: bool,
}

/// Whether an impl's item may be specialised further.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Defaultness {
    /// Marked `default`, or an item of a trait: an impl may replace it.
    Default {
        /// There is a body, value or type to be replaced.
        has_value: bool,
    },
    /// No impl may replace it.
    Final,
}

/// What a trait's own attributes and modifiers say.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct TraitDef {
    /// The trait.
    pub def_id: DefId,
    /// `auto trait`: holds for types all of whose parts it holds for.
    pub is_auto: bool,
    /// `#[marker]`: impls may overlap.
    pub is_marker: bool,
    /// `#[rustc_coinductive]` and auto traits.
    pub is_coinductive: bool,
    /// `#[fundamental]`: other crates may implement it for their types alone, and a new impl for others is a breaking
    /// change.
    pub is_fundamental: bool,
    /// `unsafe trait`.
    pub is_unsafe: bool,
}

/// How a type's relation to another follows from that of their arguments: rustc's `Variance`.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Variance {
    /// As the argument: of `&'a T`, both.
    Covariant,
    /// Only where the argument is the same: `T` of `&mut T`.
    Invariant,
    /// The other way round: a parameter of a `fn`.
    Contravariant,
    /// Always: the argument does not matter.
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

/// Which syntax a coroutine was made from.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum CoroutineDesugaring {
    /// `async`
    Async,
    /// `gen`
    Gen,
    /// `async gen`
    AsyncGen,
}

/// Where the syntax stands.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum CoroutineSource {
    /// A block: `async { }`.
    Block,
    /// A closure: `async || { }`.
    Closure,
    /// A function: `async fn`.
    Fn,
}

/// What a coroutine is to those who resume it.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum CoroutineKind {
    /// A future, an iterator or an async iterator, and where it is written.
    Desugared(CoroutineDesugaring, CoroutineSource),
    /// Written with `#[coroutine]`; movable (`Unpin`) or not.
    Coroutine {
        /// It does not need to be pinned: no `static` before its closure.
        movable: bool,
    },
}

/// A library named by `#[link]` or a build script.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct NativeLib {
    /// The name, without `lib` and extension unless `verbatim`; of a link argument, the argument.
    pub name: Symbol,
    /// How it is linked.
    pub kind: NativeLibKind,
    /// The archive member name under which a bundled library lies in the rlib.
    pub bundled_as: Option<Symbol>,
    /// The name is a file's name (`modifiers = "+verbatim"`).
    pub verbatim: bool,
    /// `#[link(cfg(…))]` holds, or there is none.
    pub enabled: bool,
    /// The `extern` block with the attribute; `None` for libraries of the command line.
    pub foreign_module: Option<DefId>,
}

/// `#[link(kind = "…")]`
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum NativeLibKind {
    /// `static`
    Static {
        /// The objects are put in the rlib, rather than searched for when the program is linked (`+bundle`).
        bundle: bool,
        /// All of its objects are linked, whether they are needed or not (`+whole-archive`).
        whole_archive: bool,
    },
    /// `dylib`
    Dylib {
        /// Whether the program depends on it only where it uses it (`as-needed`); `None`: the linker decides.
        as_needed: Option<bool>,
    },
    /// `framework`, of Apple's systems.
    Framework,
    /// `raw-dylib`: without an import library at build time.
    RawDylib,
    /// `link-arg`: the name is an argument for the linker.
    LinkArg,
    /// None: the name of the WebAssembly module that functions are imported from.
    WasmImportModule,
    /// No kind: dynamic where the linker finds one.
    Unspecified,
}

/// A block `extern "…" { … }`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ForeignModule {
    /// The block.
    pub def_id: DefId,
    /// The ABI of its functions.
    pub abi: ExternAbi,
    /// Its functions, statics and types.
    pub items: Vec<DefId>,
}
