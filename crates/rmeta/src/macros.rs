//! What macro expansion gets to know of a crate: names in modules, definitions of macros as tokens, expansions.
//!
//! Tokens are flat, delimiters included, and know nothing of any front end's own tokens.

use ty::{CrateNum, DefId, Span, Symbol, SyntaxContext};

/// What a name of a module means.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum NameKind {
    /// A module, or a crate's root.
    Module(DefId),
    /// An enum or a trait: it has names in it, none of them macros.
    Scope(DefId),
    /// Any other type.
    Type,
    /// A macro, and what it can be used as.
    Macro(DefId, MacroKinds),
    /// An attribute that is no macro.
    Attribute,
    /// A module of a tool's attributes.
    Tool,
}

/// What a macro can be used as: one or several.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct MacroKinds {
    /// `name!(…)`
    pub bang: bool,
    /// `#[name]`
    pub attr: bool,
    /// `#[derive(name)]`
    pub derive: bool,
}

/// A name that a module offers to other crates.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct PublicName {
    /// The name.
    pub name: Symbol,
    /// What it means.
    pub kind: NameKind,
}

/// A macro's definition.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct MacroDefinition {
    /// Its name.
    pub name: Symbol,
    /// All of the definition.
    pub span: Span,
    /// Was it made by `macro_rules!`?
    pub is_macro_rules: bool,
    /// What stands between the delimiters of the body.
    pub body: Vec<Token>,
    /// What its attributes say.
    pub attributes: MacroAttributes,
}

/// A token of a macro's definition.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Token {
    /// What it is.
    pub kind: TokenKind,
    /// Where it stands.
    pub span: Span,
    /// Does the next token follow without a blank, and how?
    pub spacing: Spacing,
}

/// What follows a token.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Spacing {
    /// A blank, or nothing.
    Alone,
    /// Punctuation, without a blank.
    Joint,
    /// Anything else, without a blank.
    JointHidden,
}

/// What a token is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum TokenKind {
    /// Punctuation, as it is written.
    Punct(&'static str),
    /// An opening delimiter.
    Open(Delimiter),
    /// A closing delimiter.
    Close(Delimiter),
    /// A literal.
    Literal {
        /// Its form.
        kind: LiteralKind,
        /// What stands between its quotes, as written.
        symbol: Symbol,
        /// Its suffix.
        suffix: Option<Symbol>,
    },
    /// An identifier, and whether it is raw.
    Ident(Symbol, bool),
    /// An identifier that a metavariable held: where that one was.
    CapturedIdent(Symbol, Span, bool),
    /// A lifetime, and whether it is raw.
    Lifetime(Symbol, bool),
    /// A lifetime that a metavariable held: where that one was.
    CapturedLifetime(Symbol, Span, bool),
    /// A documentation comment.
    DocComment {
        /// Is it `/** */`?
        is_block: bool,
        /// Does it belong to what is around it?
        is_inner: bool,
        /// Its text.
        text: Symbol,
    },
}

/// Delimiters.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[expect(missing_docs, reason = "the names say it")]
pub enum Delimiter {
    Paren,
    Brace,
    Bracket,
    /// Nothing is written: what a metavariable of the kind held.
    Captured(Captured),
    /// Nothing is written: a procedural macro's group.
    ProcMacro,
}

/// The kind of a metavariable.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[expect(missing_docs, reason = "named as the fragments are")]
pub enum Captured {
    Item,
    Block,
    Stmt,
    Pat,
    PatParam,
    Expr { literal: bool, string: bool },
    Ty { is_path: bool },
    Ident,
    Lifetime,
    Literal,
    Meta,
    Path,
    Vis,
    Tt,
}

/// The form of a literal; of raw strings with the number of `#`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[expect(missing_docs, reason = "the names say it")]
pub enum LiteralKind {
    Bool,
    Byte,
    Char,
    Integer,
    Float,
    Str,
    StrRaw(u8),
    ByteStr,
    ByteStrRaw(u8),
    CStr,
    CStrRaw(u8),
}

/// The last expansion of a syntax context.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct ContextData {
    /// The context without it.
    pub parent: SyntaxContext,
    /// The crate and the number of the expansion.
    pub expansion: (CrateNum, u32),
    /// 0: it hides nothing; 1: variables and labels; 2: all.
    pub transparency: u8,
}

/// What an expansion was.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ExpansionData {
    /// The macro's name; none for what is no macro.
    pub macro_name: Option<Symbol>,
    /// Was it called as `name!()` (0), `#[name]` (1) or `#[derive(name)]` (2)?
    pub macro_kind: u8,
    /// The expansion that holds the macro's definition.
    pub parent: (CrateNum, u32),
    /// Where it was called.
    pub call_site: Span,
    /// Where the macro was defined.
    pub def_site: Span,
    /// The edition of the macro's crate: 0 is 2015, 3 is 2024.
    pub edition: u8,
    /// The macro.
    pub macro_def_id: Option<DefId>,
    /// The module that the macro was defined in.
    pub parent_module: Option<DefId>,
    /// `#[macro_export(local_inner_macros)]`
    pub local_inner_macros: bool,
    /// Line tables show the call site instead of what is inside.
    pub collapse_debuginfo: bool,
}

/// What a macro's attributes say.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct MacroAttributes {
    /// `#[macro_export(local_inner_macros)]`
    pub local_inner_macros: bool,
    /// `#[rustc_builtin_macro]`: the name that the compiler knows it by, if it is not its own, and a derive's helpers.
    pub builtin: Option<(Option<Symbol>, Vec<Symbol>)>,
    /// `#[allow_internal_unstable]`
    pub allow_internal_unstable: Vec<Symbol>,
    /// `#[rustc_macro_transparency]`. 0: it hides nothing; 1: variables and labels; 2: all.
    pub transparency: Option<u8>,
}
