//! Makes trees. (rustc: `rustc_expand::build`.)
//!
//! All nodes of a builder have its place. What is taken over from the program, such as the type of a field, keeps its own.

use syntax::ast::*;
use syntax::span::{Ident, Span};
use syntax::stream::TokenStream;
use syntax::symbol::{Symbol, kw};
use syntax::token::{AttrStyle, Delim, Lit, LitKind, Spacing, Token, TokenKind};

/// Makes nodes at a place.
pub(crate) struct Builder<'a> {
    pub(crate) ast: &'a mut Ast,
    pub(crate) span: Span,
}

impl<'a> Builder<'a> {
    pub(crate) fn new(ast: &'a mut Ast, span: Span) -> Builder<'a> {
        Builder { ast, span }
    }

    /// The same at another place.
    pub(crate) fn at(&mut self, span: Span) -> Builder<'_> {
        Builder { ast: self.ast, span }
    }

    pub(crate) fn ident(&self, name: &str) -> Ident {
        Ident::new(Symbol::intern(name), self.span)
    }

    pub(crate) fn path(&mut self, names: &[Symbol]) -> Path {
        let idents = names.iter().map(|name| Ident::new(*name, self.span)).collect();
        self.path_of(idents)
    }

    pub(crate) fn path_of(&mut self, idents: Vec<Ident>) -> Path {
        let segments = idents.into_iter().map(|ident| PathSegment { ident, args: None }).collect();
        Path { segments: self.ast.add_list(segments), span: self.span }
    }

    /// `$crate::a::b`
    pub(crate) fn std_path(&mut self, names: &[&str]) -> Path {
        let names: Vec<Symbol> =
            [kw::DOLLAR_CRATE].into_iter().chain(names.iter().map(|name| Symbol::intern(name))).collect();
        self.path(&names)
    }

    /// The same with arguments of the last name.
    pub(crate) fn with_args(&mut self, path: Path, args: Vec<AngleArg>) -> Path {
        if args.is_empty() {
            return path;
        }
        let mut segments = self.ast[path.segments].to_vec();
        let args = self.ast.add_list(args);
        let args = self.ast.add(GenericArgs::Angle { args, span: self.span });
        if let Some(last) = segments.last_mut() {
            last.args = Some(args);
        }
        Path { segments: self.ast.add_list(segments), span: path.span }
    }

    pub(crate) fn path_ident(&mut self, ident: Ident) -> Path {
        let segments = self.ast.add_list(vec![PathSegment { ident, args: None }]);
        Path { segments, span: self.span }
    }

    // Expressions.

    pub(crate) fn expr(&mut self, kind: ExprKind) -> ExprId {
        self.ast.add(Expr { kind, span: self.span, attrs: List::EMPTY })
    }

    pub(crate) fn expr_path(&mut self, path: Path) -> ExprId {
        self.expr(ExprKind::Path(None, path))
    }

    pub(crate) fn expr_ident(&mut self, ident: Ident) -> ExprId {
        let path = self.path_ident(ident);
        self.expr_path(path)
    }

    pub(crate) fn expr_std(&mut self, names: &[&str]) -> ExprId {
        let path = self.std_path(names);
        self.expr_path(path)
    }

    pub(crate) fn call(&mut self, callee: ExprId, args: Vec<ExprId>) -> ExprId {
        let args = self.ast.add_list(args);
        self.expr(ExprKind::Call(callee, args))
    }

    pub(crate) fn call_std(&mut self, names: &[&str], args: Vec<ExprId>) -> ExprId {
        let callee = self.expr_std(names);
        self.call(callee, args)
    }

    pub(crate) fn lit(&mut self, kind: LitKind, text: &str, suffix: Option<&str>) -> ExprId {
        let lit = Lit { kind, symbol: Symbol::intern(text), suffix: suffix.map(Symbol::intern) };
        self.expr(ExprKind::Lit(lit))
    }

    /// A string literal of a text.
    pub(crate) fn str(&mut self, text: &str) -> ExprId {
        let escaped = crate::literal::escape_str(text);
        self.lit(LitKind::Str, &escaped, None)
    }

    pub(crate) fn bool(&mut self, value: bool) -> ExprId {
        self.lit(LitKind::Bool, if value { "true" } else { "false" }, None)
    }

    pub(crate) fn addr_of(&mut self, expr: ExprId) -> ExprId {
        self.expr(ExprKind::AddrOf(BorrowKind::Ref, Mutability::Not, expr))
    }

    pub(crate) fn deref(&mut self, expr: ExprId) -> ExprId {
        self.expr(ExprKind::Unary(UnOp::Deref, expr))
    }

    pub(crate) fn binary(&mut self, op: BinOp, left: ExprId, right: ExprId) -> ExprId {
        let span = self.span;
        self.expr(ExprKind::Binary(op, span, left, right))
    }

    pub(crate) fn field(&mut self, expr: ExprId, field: Ident) -> ExprId {
        self.expr(ExprKind::Field(expr, field))
    }

    pub(crate) fn paren(&mut self, expr: ExprId) -> ExprId {
        self.expr(ExprKind::Paren(expr))
    }

    pub(crate) fn tuple(&mut self, exprs: Vec<ExprId>) -> ExprId {
        let exprs = self.ast.add_list(exprs);
        self.expr(ExprKind::Tup(exprs))
    }

    pub(crate) fn array(&mut self, exprs: Vec<ExprId>) -> ExprId {
        let exprs = self.ast.add_list(exprs);
        self.expr(ExprKind::Array(exprs))
    }

    pub(crate) fn match_(&mut self, scrutinee: ExprId, arms: Vec<Arm>) -> ExprId {
        let arms = self.ast.add_list(arms);
        self.expr(ExprKind::Match(scrutinee, arms, MatchStyle::Prefix))
    }

    pub(crate) fn arm(&mut self, pat: PatId, body: ExprId) -> Arm {
        Arm { attrs: List::EMPTY, pat, guard: None, body: Some(body), span: self.span }
    }

    pub(crate) fn expr_block(&mut self, block: BlockId) -> ExprId {
        let span = self.ast[block].span;
        self.ast.add(Expr { kind: ExprKind::Block(block, None), span, attrs: List::EMPTY })
    }

    /// `Path { field: expr, … }`
    pub(crate) fn struct_expr(&mut self, path: Path, fields: Vec<ExprField>) -> ExprId {
        let fields = self.ast.add_list(fields);
        let id = self.ast.add(StructExpr { qself: None, path, fields, rest: StructRest::None });
        self.expr(ExprKind::Struct(id))
    }

    pub(crate) fn mac_call(&mut self, path: Path, tokens: TokenStream) -> ExprId {
        let args = DelimArgs { open: self.span, close: self.span, delim: Delim::Paren, tokens };
        let mac = self.ast.add(MacCall { path, args });
        self.expr(ExprKind::MacCall(mac))
    }

    // Statements.

    pub(crate) fn block(&mut self, stmts: Vec<Stmt>) -> BlockId {
        let stmts = self.ast.add_list(stmts);
        self.ast.add(Block { stmts, is_unsafe: false, is_generated: true, span: self.span })
    }

    /// A block that is an expression. It is where the expression is.
    pub(crate) fn block_of(&mut self, expr: ExprId) -> BlockId {
        let span = self.ast[expr].span;
        let stmts = self.ast.add_list(vec![Stmt { kind: StmtKind::Expr(expr), span }]);
        self.ast.add(Block { stmts, is_unsafe: false, is_generated: true, span })
    }

    pub(crate) fn stmt_expr(&mut self, expr: ExprId) -> Stmt {
        Stmt { kind: StmtKind::Expr(expr), span: self.ast[expr].span }
    }

    pub(crate) fn stmt_item(&mut self, item: ItemId) -> Stmt {
        Stmt { kind: StmtKind::Item(item), span: self.span }
    }

    pub(crate) fn let_(&mut self, pat: PatId, ty: Option<TyId>, init: Option<ExprId>) -> Stmt {
        let span = self.span;
        let id = self.ast.add(Let { super_: None, pat, ty, init, els: None, span, attrs: List::EMPTY });
        Stmt { kind: StmtKind::Let(id), span }
    }

    pub(crate) fn let_ident(&mut self, ident: Ident, init: ExprId) -> Stmt {
        let pat = self.pat_ident(ident);
        self.let_(pat, None, Some(init))
    }

    // Patterns.

    pub(crate) fn pat(&mut self, kind: PatKind) -> PatId {
        self.ast.add(Pat { kind, span: self.span })
    }

    pub(crate) fn pat_ident(&mut self, ident: Ident) -> PatId {
        self.pat(PatKind::Ident(BindingMode::NONE, ident, None))
    }

    pub(crate) fn pat_path(&mut self, path: Path) -> PatId {
        self.pat(PatKind::Path(None, path))
    }

    pub(crate) fn pat_tuple(&mut self, pats: Vec<PatId>) -> PatId {
        let pats = self.ast.add_list(pats);
        self.pat(PatKind::Tuple(pats))
    }

    pub(crate) fn pat_tuple_struct(&mut self, path: Path, pats: Vec<PatId>) -> PatId {
        let pats = self.ast.add_list(pats);
        self.pat(PatKind::TupleStruct(None, path, pats))
    }

    pub(crate) fn pat_struct(&mut self, path: Path, fields: Vec<PatField>) -> PatId {
        let fields = self.ast.add_list(fields);
        let id = self.ast.add(StructPat { qself: None, path, fields, rest: None });
        self.pat(PatKind::Struct(id))
    }

    // Types.

    pub(crate) fn ty(&mut self, kind: TyKind) -> TyId {
        self.ast.add(Ty { kind, span: self.span })
    }

    pub(crate) fn ty_path(&mut self, path: Path) -> TyId {
        self.ty(TyKind::Path(None, path))
    }

    pub(crate) fn ty_ident(&mut self, ident: Ident) -> TyId {
        let path = self.path_ident(ident);
        self.ty_path(path)
    }

    pub(crate) fn ty_name(&mut self, name: &str) -> TyId {
        let ident = self.ident(name);
        self.ty_ident(ident)
    }

    pub(crate) fn ty_ref(&mut self, ty: TyId, lifetime: Option<Lifetime>, mutability: Mutability) -> TyId {
        self.ty(TyKind::Ref(lifetime, ty, mutability))
    }

    pub(crate) fn unit_ty(&mut self) -> TyId {
        self.ty(TyKind::Tup(List::EMPTY))
    }

    /// `path` as a bound.
    pub(crate) fn bound(&mut self, path: Path, modifiers: BoundModifiers) -> Bound {
        Bound::Trait(PolyTraitRef { params: List::EMPTY, modifiers, path, span: path.span, parens: false })
    }

    // Items and attributes.

    pub(crate) fn item(&mut self, attrs: List<Attr>, kind: ItemKind) -> ItemId {
        let vis = self.inherited();
        self.ast.add(Item { attrs, vis, kind, span: self.span, tokens: TokenRange::default() })
    }

    pub(crate) fn inherited(&self) -> Visibility {
        Visibility { kind: VisibilityKind::Inherited, span: self.span.before() }
    }

    pub(crate) fn const_item(&mut self, ident: Ident, ty: TyId, value: ExprId) -> ItemId {
        let item = Const {
            defaultness: Defaultness::Implicit,
            ident,
            generics: Generics::default(),
            ty,
            value: Some(value),
            is_type_const: false,
        };
        let id = self.ast.add(item);
        self.item(List::EMPTY, ItemKind::Const(id))
    }

    pub(crate) fn param(&mut self, ident: Ident, ty: TyId) -> Param {
        let pat = self.pat_ident(ident);
        Param { attrs: List::EMPTY, ty, pat, span: self.span }
    }

    pub(crate) fn decl(&mut self, inputs: Vec<Param>, output: FnRet) -> Id<FnDecl> {
        let inputs = self.ast.add_list(inputs);
        self.ast.add(FnDecl { inputs, output })
    }

    fn attr(&mut self, style: AttrStyle, names: &[&str], args: AttrArgs) -> Attr {
        let names: Vec<Symbol> = names.iter().map(|name| Symbol::intern(name)).collect();
        let path = self.path(&names);
        let item = AttrItem { safety: Safety::Default, path, args };
        Attr { kind: AttrKind::Normal(item), style, span: self.span }
    }

    /// `#[name]`
    pub(crate) fn attr_word(&mut self, style: AttrStyle, name: &str) -> Attr {
        self.attr(style, &[name], AttrArgs::Empty)
    }

    /// `#[name(word)]`
    pub(crate) fn attr_nested_word(&mut self, name: &str, word: &str) -> Attr {
        let token = self.token(TokenKind::Ident(Symbol::intern(word), false));
        let tokens = TokenStream::new(vec![token]).unwrap_or_default();
        let args = DelimArgs { open: self.span, close: self.span, delim: Delim::Paren, tokens };
        self.attr(AttrStyle::Outer, &[name], AttrArgs::Delimited(args))
    }

    /// `#[name = "text"]`
    pub(crate) fn attr_value(&mut self, name: &str, text: &str) -> Attr {
        let value = self.str(text);
        let args = AttrArgs::Eq(self.span, value);
        self.attr(AttrStyle::Outer, &[name], args)
    }

    pub(crate) fn token(&self, kind: TokenKind) -> Token {
        Token { kind, spacing: Spacing::Alone, pair: 0, span: self.span }
    }
}
