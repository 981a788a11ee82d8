//! Syntax trees as data. (rustc: `rustc_ast::ast`.)
//!
//! One [`Ast`] holds the nodes of a file or of a whole crate, each kind in an array of its own. A node is named by an
//! [`Id`], several that belong together by a [`List`]; both are numbers, and `ast[id]`, `ast[list]` are the node and the
//! slice. So trees need no lifetimes, are changed in place by macro expansion (`ast[id] = …`), and later stages keep what
//! they find out in arrays indexed by `Id::index`.
//!
//! The tree is what was written: parentheses, the order of attributes and the spelling of literals are kept, so that
//! `pretty` prints what rustc prints. Macro calls are kept as token streams. Names and shapes follow rustc's AST. Where
//! this differs: items, associated items and foreign items are one type, whose kind the parser restricts; and nodes have
//! no numbers for the resolver but their ids.

mod builtin;
mod expr;
mod item;
mod pat;
mod ty;

use std::fmt;
use std::hash::{Hash, Hasher};
use std::marker::PhantomData;
use std::num::NonZeroU32;
use std::ops::{Index, IndexMut, Range};

pub use builtin::*;
pub use expr::*;
pub use item::*;
pub use pat::*;
pub use ty::*;

use crate::span::{Ident, Span};
use crate::stream::TokenStream;
use crate::symbol::Symbol;
use crate::token::{AttrStyle, CommentKind, Delim};
use crate::tree;

/// The number of a node of type `T` in its [`Ast`].
pub struct Id<T>(NonZeroU32, PhantomData<fn() -> T>);

impl<T> Id<T> {
    fn new(index: usize) -> Id<T> {
        let number = u32::try_from(index + 1).ok().and_then(NonZeroU32::new);
        // A source file has fewer than 2^32 bytes, hence nodes.
        Id(number.expect("more than 2^32 nodes"), PhantomData)
    }

    /// Counted from 0, in the order in which nodes of this type were made.
    pub fn index(self) -> usize {
        self.0.get() as usize - 1
    }
}

impl<T> Clone for Id<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Id<T> {}

impl<T> PartialEq for Id<T> {
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0
    }
}

impl<T> Eq for Id<T> {}

impl<T> Hash for Id<T> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.hash(state);
    }
}

/// The node itself while a whole tree is shown ([`crate::tree`]), else its number.
impl<T: Node + fmt::Debug> fmt::Debug for Id<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match tree::shown() {
            Some(shown) => shown.ast[*self].fmt(f),
            None => write!(f, "#{}", self.index()),
        }
    }
}

/// Several nodes of type `T` that follow each other in their [`Ast`].
pub struct List<T> {
    start: u32,
    len: u32,
    marker: PhantomData<fn() -> T>,
}

impl<T> List<T> {
    /// A list of nothing.
    pub const EMPTY: List<T> = List { start: 0, len: 0, marker: PhantomData };

    fn of(start: usize, len: usize) -> List<T> {
        match (u32::try_from(start), u32::try_from(len)) {
            (Ok(start), Ok(len)) => List { start, len, marker: PhantomData },
            _ => unreachable!("more than 2^32 nodes"),
        }
    }

    /// How many there are.
    pub fn len(self) -> usize {
        self.len as usize
    }

    /// Are there none?
    pub fn is_empty(self) -> bool {
        self.len == 0
    }

    fn range(self) -> Range<usize> {
        self.start as usize..self.start as usize + self.len as usize
    }
}

impl<T> Clone for List<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for List<T> {}

impl<T> Default for List<T> {
    fn default() -> Self {
        List::EMPTY
    }
}

impl<T> PartialEq for List<T> {
    fn eq(&self, other: &Self) -> bool {
        self.range() == other.range()
    }
}

impl<T> Eq for List<T> {}

/// As of an [`Id`].
impl<T: Node + fmt::Debug> fmt::Debug for List<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match tree::shown() {
            Some(shown) => f.debug_list().entries(&shown.ast[*self]).finish(),
            None => write!(f, "{:?}", self.range()),
        }
    }
}

/// What an [`Ast`] has an array for.
pub trait Node: Sized {
    #[doc(hidden)]
    fn all(ast: &Ast) -> &Vec<Self>;
    #[doc(hidden)]
    fn all_mut(ast: &mut Ast) -> &mut Vec<Self>;
}

macro_rules! nodes {
    ($($field:ident: $node:ty,)*) => {
        /// The nodes of a syntax tree.
        #[derive(Default, Debug)]
        pub struct Ast {
            $($field: Vec<$node>,)*
        }

        $(impl Node for $node {
            fn all(ast: &Ast) -> &Vec<Self> {
                &ast.$field
            }

            fn all_mut(ast: &mut Ast) -> &mut Vec<Self> {
                &mut ast.$field
            }
        })*
    };
}

nodes! {
    exprs: Expr,
    expr_ids: ExprId,
    expr_fields: ExprField,
    arms: Arm,
    closures: Closure,
    method_calls: MethodCall,
    struct_exprs: StructExpr,
    for_loops: ForLoop,
    gen_blocks: GenBlock,
    pats: Pat,
    pat_ids: PatId,
    pat_fields: PatField,
    struct_pats: StructPat,
    types: Ty,
    type_ids: TyId,
    type_pats: TyPat,
    type_pat_ids: Id<TyPat>,
    fn_pointers: FnPtrTy,
    unsafe_binders: UnsafeBinderTy,
    qselves: QSelf,
    segments: PathSegment,
    generic_args: GenericArgs,
    angle_args: AngleArg,
    constraints: AssocConstraint,
    bounds: Bound,
    use_args: UseArg,
    generic_params: GenericParam,
    where_predicates: WherePredicate,
    items: Item,
    item_ids: ItemId,
    fns: Fn,
    consts: Const,
    statics: Static,
    type_aliases: TyAlias,
    impls: Impl,
    traits: Trait,
    delegations: Delegation,
    delegation_names: DelegationName,
    fn_decls: FnDecl,
    params: Param,
    fields: FieldDef,
    variants: Variant,
    use_trees: UseTree,
    visibility_paths: Path,
    mac_calls: MacCall,
    macro_defs: MacroDef,
    blocks: Block,
    stmts: Stmt,
    lets: Let,
    mac_stmts: MacStmt,
    attrs: Attr,
    idents: Ident,
    format_args: FormatArgs,
    format_arg_list: FormatArg,
    format_pieces: FormatPiece,
    inline_asm: InlineAsm,
    asm_pieces: AsmPiece,
    asm_operands: AsmOperand,
    symbols: Symbol,
}

impl Ast {
    /// A tree without nodes.
    pub fn new() -> Ast {
        Ast::default()
    }

    /// Adds a node.
    pub fn add<T: Node>(&mut self, node: T) -> Id<T> {
        let all = T::all_mut(self);
        all.push(node);
        Id::new(all.len() - 1)
    }

    /// Adds nodes that follow each other.
    pub fn add_list<T: Node>(&mut self, nodes: Vec<T>) -> List<T> {
        if nodes.is_empty() {
            return List::EMPTY;
        }
        let all = T::all_mut(self);
        let start = all.len();
        all.extend(nodes);
        List::of(start, all.len() - start)
    }

    /// Adds copies of nodes that follow each other.
    pub fn add_copies<T: Node + Copy>(&mut self, nodes: &[T]) -> List<T> {
        let all = T::all_mut(self);
        let start = all.len();
        all.extend_from_slice(nodes);
        List::of(start, nodes.len())
    }

    /// The node of that number, see [`Id::index`]; there must be one.
    pub fn nth<T: Node>(&self, index: usize) -> Id<T> {
        debug_assert!(index < self.count::<T>());
        Id::new(index)
    }

    /// How many nodes of a type there are: the length of an array indexed by [`Id::index`].
    pub fn count<T: Node>(&self) -> usize {
        T::all(self).len()
    }
}

impl<T: Node> Index<Id<T>> for Ast {
    type Output = T;

    #[inline]
    fn index(&self, id: Id<T>) -> &T {
        &T::all(self)[id.index()]
    }
}

impl<T: Node> IndexMut<Id<T>> for Ast {
    fn index_mut(&mut self, id: Id<T>) -> &mut T {
        &mut T::all_mut(self)[id.index()]
    }
}

impl<T: Node> Index<List<T>> for Ast {
    type Output = [T];

    #[inline]
    fn index(&self, list: List<T>) -> &[T] {
        &T::all(self)[list.range()]
    }
}

impl<T: Node> IndexMut<List<T>> for Ast {
    fn index_mut(&mut self, list: List<T>) -> &mut [T] {
        &mut T::all_mut(self)[list.range()]
    }
}

/// A whole file, or a module's contents.
#[derive(Clone, Copy, Debug)]
pub struct File {
    /// Its inner attributes.
    pub attrs: List<Attr>,
    /// Its items.
    pub items: List<ItemId>,
    /// From its first token to its last.
    pub span: Span,
}

/// An attribute or a doc comment.
#[derive(Clone, Debug)]
pub struct Attr {
    /// What it says.
    pub kind: AttrKind,
    /// What it belongs to.
    pub style: AttrStyle,
    /// All of it.
    pub span: Span,
}

/// An attribute's contents.
#[derive(Clone, Debug)]
pub enum AttrKind {
    /// `#[path(args)]`
    Normal(AttrItem),
    /// A doc comment's text between its delimiters.
    Doc(CommentKind, Symbol),
}

/// What stands between an attribute's brackets, or is matched by `$x:meta`.
#[derive(Clone, Debug)]
pub struct AttrItem {
    /// Of `unsafe(…)` around it the span of the keyword.
    pub safety: Safety,
    /// `cfg` of `cfg(test)`
    pub path: Path,
    /// `(test)`
    pub args: AttrArgs,
}

/// An attribute's arguments.
#[derive(Clone, Debug)]
pub enum AttrArgs {
    /// None.
    Empty,
    /// `(…)`, `[…]` or `{…}`
    Delimited(DelimArgs),
    /// `= value`
    Eq(Span, ExprId),
}

/// A group of tokens that a macro gets.
#[derive(Clone, Debug)]
pub struct DelimArgs {
    /// The opening delimiter.
    pub open: Span,
    /// The closing delimiter.
    pub close: Span,
    /// What they are.
    pub delim: Delim,
    /// What is between them.
    pub tokens: TokenStream,
}

impl DelimArgs {
    /// From delimiter to delimiter.
    pub fn span(&self) -> Span {
        self.open.to(self.close)
    }
}

/// `path!(args)`
#[derive(Clone, Debug)]
pub struct MacCall {
    /// The macro.
    pub path: Path,
    /// What it gets.
    pub args: DelimArgs,
}

impl MacCall {
    /// All of the call.
    pub fn span(&self) -> Span {
        self.path.span.to(self.args.span())
    }
}

/// A path: `std::vec::Vec<T>`. Of `::std` the first segment is `{{root}}`.
#[derive(Clone, Copy, Debug)]
pub struct Path {
    /// Its segments.
    pub segments: List<PathSegment>,
    /// All of it.
    pub span: Span,
}

/// A name in a path, with its arguments.
#[derive(Clone, Copy, Debug)]
pub struct PathSegment {
    /// The name.
    pub ident: Ident,
    /// `<T>`, `(A) -> B` or `(..)`
    pub args: Option<Id<GenericArgs>>,
}

/// `<ty as path…>`: the type in front of a path. `position` segments of the path belong to the trait.
#[derive(Clone, Copy, Debug)]
pub struct QSelf {
    /// The type.
    pub ty: TyId,
    /// The trait's path.
    pub path_span: Span,
    /// How many segments the trait's path has; 0 without `as`.
    pub position: u32,
}

/// An expression in braces, or one that must be constant. It is a body of its own.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct AnonConst(pub ExprId);

/// `mut` or not.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[expect(missing_docs, reason = "the names say it")]
pub enum Mutability {
    Not,
    Mut,
}

/// `pin`, as in `&pin mut T`, or not.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[expect(missing_docs, reason = "the names say it")]
pub enum Pinnedness {
    Not,
    Pinned,
}

/// `safe`, `unsafe` or neither, with the keyword's span.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[expect(missing_docs, reason = "the names say it")]
pub enum Safety {
    Default,
    Safe(Span),
    Unsafe(Span),
}

/// `const` or not, with the keyword's span.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[expect(missing_docs, reason = "the names say it")]
pub enum Constness {
    No,
    Yes(Span),
}

/// `async`, `gen` or `async gen`, with the keywords' span.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[expect(missing_docs, reason = "the names say it")]
pub enum Coroutine {
    Async(Span),
    Gen(Span),
    AsyncGen(Span),
}

/// `'a`, as it is used.
pub type Lifetime = Ident;

/// A part of a file's tokens: from number `lo` to before number `hi`.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct TokenRange {
    /// The first token.
    pub lo: u32,
    /// Behind the last.
    pub hi: u32,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::token::Token;

    /// Reading is mostly writing memory. What is rare and large has an array of its own.
    #[test]
    fn nodes_are_small() {
        assert_eq!(size_of::<Option<ExprId>>(), 4);
        assert!(size_of::<Token>() <= 40);
        assert!(size_of::<Expr>() <= 48);
        assert!(size_of::<Pat>() <= 48);
        assert!(size_of::<Ty>() <= 40);
        assert!(size_of::<Stmt>() <= 20);
        assert!(size_of::<Item>() <= 124);
    }

    #[test]
    fn lists_are_slices() {
        let mut ast = Ast::new();
        let span = Span::new(1, 2);
        let first = ast.add(Ty { kind: TyKind::Never, span });
        let second = ast.add(Ty { kind: TyKind::Infer, span });
        let empty = ast.add_list(Vec::<TyId>::new());
        let both = ast.add_list(vec![second, first]);
        let again = ast.add_copies(&[first]);
        assert_eq!(ast[empty], []);
        assert_eq!(ast[both], [second, first]);
        assert_eq!(ast[again], [first]);
        ast[first].kind = TyKind::ImplicitSelf;
        assert!(matches!(ast[ast[both][1]].kind, TyKind::ImplicitSelf));
        assert_eq!((first.index(), second.index(), ast.count::<Ty>()), (0, 1, 2));
    }
}
