//! Items: of modules, of traits and impls, of `extern` blocks.

use super::{
    AnonConst, Attr, BlockId, Bound, Constness, Coroutine, DelimArgs, ExprId, FnRet, Generics, Id, InlineAsm, List,
    MacCall, Mutability, PatId, Path, QSelf, Safety, TokenRange, TyId,
};
use crate::span::{Ident, Span};
use crate::symbol::Symbol;
use crate::token::Lit;

/// The number of an item.
pub type ItemId = Id<Item>;

/// An item.
#[derive(Clone, Copy, Debug)]
pub struct Item {
    /// Its attributes: outer ones, then those inside of it.
    pub attrs: List<Attr>,
    /// Who may see it.
    pub vis: Visibility,
    /// What it is.
    pub kind: ItemKind,
    /// All of it without outer attributes.
    pub span: Span,
    /// Its tokens, outer attributes included, in what the parser ran over.
    pub tokens: TokenRange,
}

/// What an item is. Which kinds may stand where is said at [`Place`].
#[derive(Clone, Copy, Debug)]
pub enum ItemKind {
    /// `extern crate a as b;`: the crate's name, if it is not the item's
    ExternCrate(Option<Symbol>, Ident),
    /// `use a::b;`
    Use(Id<UseTree>),
    /// `static A: T = a;`
    Static(Id<Static>),
    /// `const A: T = a;`
    Const(Id<Const>),
    /// `const { a }`
    ConstBlock(BlockId, Span),
    /// `fn f() { }`
    Fn(Id<Fn>),
    /// `mod a { }`, `mod a;`
    Mod(Safety, Ident, ModKind),
    /// `extern "C" { }`
    ForeignMod(ForeignMod),
    /// What `global_asm!` expands to.
    GlobalAsm(Id<InlineAsm>),
    /// `type A = T;`
    TyAlias(Id<TyAlias>),
    /// `enum A { }`
    Enum(Ident, Generics, List<Variant>),
    /// `struct A { }`
    Struct(Ident, Generics, VariantData),
    /// `union A { }`
    Union(Ident, Generics, VariantData),
    /// `trait A { }`
    Trait(Id<Trait>),
    /// `trait A = B + C;`
    TraitAlias(Id<Trait>),
    /// `impl A for B { }`
    Impl(Id<Impl>),
    /// `m!(a);`
    MacCall(Id<MacCall>),
    /// `macro_rules! m { }`, `macro m { }`
    MacroDef(Ident, Id<MacroDef>),
    /// `reuse a::b;`
    Delegation(Id<Delegation>),
}

impl ItemKind {
    /// What it is, in words.
    pub fn describe(&self) -> &'static str {
        match self {
            ItemKind::ExternCrate(..) => "extern crate",
            ItemKind::Use(_) => "`use` import",
            ItemKind::Static(_) => "static item",
            ItemKind::Const(_) => "constant item",
            ItemKind::ConstBlock(..) => "const block",
            ItemKind::Fn(_) => "function",
            ItemKind::Mod(..) => "module",
            ItemKind::ForeignMod(_) => "extern block",
            ItemKind::GlobalAsm(_) => "global asm item",
            ItemKind::TyAlias(_) => "type alias",
            ItemKind::Enum(..) => "enum",
            ItemKind::Struct(..) => "struct",
            ItemKind::Union(..) => "union",
            ItemKind::Trait(_) => "trait",
            ItemKind::TraitAlias(_) => "trait alias",
            ItemKind::Impl(_) => "implementation",
            ItemKind::MacCall(_) => "item macro invocation",
            ItemKind::MacroDef(..) => "macro definition",
            ItemKind::Delegation(_) => "delegated function",
        }
    }

    /// May it stand there?
    pub fn fits(&self, place: Place) -> bool {
        match place {
            Place::Module => true,
            Place::Trait | Place::Impl => matches!(
                self,
                ItemKind::Const(_)
                    | ItemKind::Fn(_)
                    | ItemKind::TyAlias(_)
                    | ItemKind::MacCall(_)
                    | ItemKind::Delegation(_)
            ),
            Place::Extern => {
                matches!(self, ItemKind::Static(_) | ItemKind::Fn(_) | ItemKind::TyAlias(_) | ItemKind::MacCall(_))
            }
        }
    }
}

/// Where an item stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Place {
    /// In a module or a block: all kinds.
    Module,
    /// In a trait: functions, constants, types, macro calls, delegations.
    Trait,
    /// In an impl: the same.
    Impl,
    /// In an `extern` block: functions, statics, types, macro calls.
    Extern,
}

/// Who may see something.
#[derive(Clone, Copy, Debug)]
pub struct Visibility {
    /// Who.
    pub kind: VisibilityKind,
    /// The words; of none the place where they would be.
    pub span: Span,
}

/// Who may see something.
#[derive(Clone, Copy, Debug)]
pub enum VisibilityKind {
    /// `pub`
    Public,
    /// `pub(crate)`, `pub(in a::b)`
    Restricted {
        /// Where it may be seen.
        path: Id<Path>,
        /// Without `in`.
        shorthand: bool,
    },
    /// Nothing is written.
    Inherited,
}

/// `default`, `final` or neither, with the keyword's span.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[expect(missing_docs, reason = "the names say it")]
pub enum Defaultness {
    Implicit,
    Default(Span),
    Final(Span),
}

/// A module's contents.
#[derive(Clone, Copy, Debug)]
pub enum ModKind {
    /// `{ … }`: the items and the span of what is between the braces
    Inline(List<ItemId>, Span),
    /// `;`
    Outline,
}

/// `unsafe extern "C" { … }`
#[derive(Clone, Copy, Debug)]
pub struct ForeignMod {
    /// The keyword `extern`.
    pub extern_span: Span,
    /// `unsafe`
    pub safety: Safety,
    /// The string and where it stands.
    pub abi: Option<(Lit, Span)>,
    /// What is declared.
    pub items: List<ItemId>,
}

/// `extern "C"` of a function.
#[derive(Clone, Copy, Debug)]
pub enum Extern {
    /// Nothing.
    None,
    /// `extern`
    Implicit(Span),
    /// `extern "C"`: the string, where it stands, and the span of both words
    Explicit(Lit, Span, Span),
}

/// What stands in front of `fn`.
#[derive(Clone, Copy, Debug)]
pub struct FnHeader {
    /// `safe`, `unsafe`
    pub safety: Safety,
    /// `async`, `gen`
    pub coroutine: Option<Coroutine>,
    /// `const`
    pub constness: Constness,
    /// `extern "C"`
    pub ext: Extern,
}

impl Default for FnHeader {
    fn default() -> FnHeader {
        FnHeader { safety: Safety::Default, coroutine: None, constness: Constness::No, ext: Extern::None }
    }
}

/// Parameters and result.
#[derive(Clone, Copy, Debug)]
pub struct FnDecl {
    /// The parameters, `self` among them.
    pub inputs: List<Param>,
    /// The result.
    pub output: FnRet,
}

/// A parameter.
#[derive(Clone, Copy, Debug)]
pub struct Param {
    /// Its attributes.
    pub attrs: List<Attr>,
    /// Its type. `self` is `ImplicitSelf`, `&self` a reference to that.
    pub ty: TyId,
    /// What it is bound to.
    pub pat: PatId,
    /// All of it with attributes.
    pub span: Span,
}

/// A function.
#[derive(Clone, Copy, Debug)]
pub struct Fn {
    /// `default`
    pub defaultness: Defaultness,
    /// Its name.
    pub ident: Ident,
    /// `<T>` and `where`
    pub generics: Generics,
    /// What stands in front of `fn`.
    pub header: FnHeader,
    /// Parameters and result.
    pub decl: Id<FnDecl>,
    /// From the visibility to before the body.
    pub sig_span: Span,
    /// `contract_requires`, `contract_ensures`
    pub contract: Option<FnContract>,
    /// What it does.
    pub body: Option<BlockId>,
    /// The body's tokens, braces included.
    pub body_tokens: TokenRange,
}

/// What a function promises, as the macro `contracts` writes it.
#[derive(Clone, Copy, Debug)]
pub struct FnContract {
    /// `contract_requires { … }`
    pub requires: Option<BlockId>,
    /// `contract_ensures …`
    pub ensures: Option<ExprId>,
}

/// A constant.
#[derive(Clone, Copy, Debug)]
pub struct Const {
    /// `default`
    pub defaultness: Defaultness,
    /// Its name, perhaps `_`.
    pub ident: Ident,
    /// `<T>` and `where`
    pub generics: Generics,
    /// Its type.
    pub ty: TyId,
    /// Its value.
    pub value: Option<ExprId>,
    /// `type const`: the value is an argument of types.
    pub is_type_const: bool,
}

/// A static variable.
#[derive(Clone, Copy, Debug)]
pub struct Static {
    /// Its name.
    pub ident: Ident,
    /// Its type.
    pub ty: TyId,
    /// `safe`, `unsafe`
    pub safety: Safety,
    /// `mut`
    pub mutability: Mutability,
    /// Its first value.
    pub value: Option<ExprId>,
}

/// `type A<T>: B where … = C where …;`
#[derive(Clone, Copy, Debug)]
pub struct TyAlias {
    /// `default`
    pub defaultness: Defaultness,
    /// Its name.
    pub ident: Ident,
    /// `<T>` and the clause in front of `=`
    pub generics: Generics,
    /// The clause behind the type.
    pub after_where: super::WhereClause,
    /// `: B`
    pub bounds: List<Bound>,
    /// What it stands for.
    pub ty: Option<TyId>,
}

/// An impl.
#[derive(Clone, Copy, Debug)]
pub struct Impl {
    /// `<T>` and `where`
    pub generics: Generics,
    /// `const`, in either place
    pub constness: Constness,
    /// What is said of the trait.
    pub of_trait: Option<ImplHeader>,
    /// What it is for.
    pub self_ty: TyId,
    /// What it has.
    pub items: List<ItemId>,
}

/// The trait of an impl.
#[derive(Clone, Copy, Debug)]
pub struct ImplHeader {
    /// `default`
    pub defaultness: Defaultness,
    /// `unsafe`
    pub safety: Safety,
    /// Of `!Trait` the `!`.
    pub negative: Option<Span>,
    /// The trait.
    pub path: Path,
}

/// A trait or an alias of traits.
#[derive(Clone, Copy, Debug)]
pub struct Trait {
    /// `const`
    pub constness: Constness,
    /// `unsafe`
    pub safety: Safety,
    /// `auto`
    pub is_auto: bool,
    /// Its name.
    pub ident: Ident,
    /// `<T>` and `where`
    pub generics: Generics,
    /// `: A + B`, of an alias what it stands for
    pub bounds: List<Bound>,
    /// What it has.
    pub items: List<ItemId>,
}

/// `reuse`
#[derive(Clone, Copy, Debug)]
pub struct Delegation {
    /// `<T as U>` in front of the path.
    pub qself: Option<Id<QSelf>>,
    /// The function, or what several are in.
    pub path: Path,
    /// What is reused.
    pub kind: DelegationKind,
    /// How the receiver is made.
    pub body: Option<BlockId>,
}

/// What is reused.
#[derive(Clone, Copy, Debug)]
pub enum DelegationKind {
    /// `reuse a as b;`
    Single(Option<Ident>),
    /// `reuse a::{b, c as d};`
    List(List<DelegationName>),
    /// `reuse a::*;`, and all of a trait in `reuse impl`
    Glob,
}

/// `name as rename`
#[derive(Clone, Copy, Debug)]
pub struct DelegationName {
    /// The function.
    pub name: Ident,
    /// Its name here.
    pub rename: Option<Ident>,
}

/// A variant of an enum.
#[derive(Clone, Copy, Debug)]
pub struct Variant {
    /// Its attributes.
    pub attrs: List<Attr>,
    /// What is written in front of it, which macros may use.
    pub vis: Visibility,
    /// Its name.
    pub ident: Ident,
    /// Its fields.
    pub data: VariantData,
    /// `= 1`
    pub discriminant: Option<AnonConst>,
    /// All of it without attributes.
    pub span: Span,
}

/// The fields of a struct or variant.
#[derive(Clone, Copy, Debug)]
pub enum VariantData {
    /// `{ a: T }`
    Struct(List<FieldDef>),
    /// `(T)`
    Tuple(List<FieldDef>),
    /// None.
    Unit,
}

/// A field.
#[derive(Clone, Copy, Debug)]
pub struct FieldDef {
    /// Its attributes.
    pub attrs: List<Attr>,
    /// Who may see it.
    pub vis: Visibility,
    /// `unsafe`
    pub safety: Safety,
    /// Its name, if it has one.
    pub ident: Option<Ident>,
    /// Its type.
    pub ty: TyId,
    /// `= 1`
    pub default: Option<AnonConst>,
    /// All of it without attributes.
    pub span: Span,
}

/// A part of a `use` item.
#[derive(Clone, Copy, Debug)]
pub struct UseTree {
    /// What is in front.
    pub prefix: Path,
    /// What is behind.
    pub kind: UseTreeKind,
    /// All of it.
    pub span: Span,
}

/// The end of a part of a `use` item.
#[derive(Clone, Copy, Debug)]
pub enum UseTreeKind {
    /// `a`, `a as b`
    Simple(Option<Ident>),
    /// `{a, b}`; the span is that of the braces
    Nested(List<UseTree>, Span),
    /// `*`
    Glob,
}

/// A macro's definition.
#[derive(Clone, Debug)]
pub struct MacroDef {
    /// Its rules. Of `macro m(a) { b }` they are `{(a) => {b}}`.
    pub body: DelimArgs,
    /// `macro_rules!`, not `macro`
    pub macro_rules: bool,
}
