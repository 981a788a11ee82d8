//! Makes bodies of a crate's expanded tree. (rustc: `rustc_ast_lowering`, with `rustc_resolve::late` on the way.)
//!
//! One walk does both: it resolves names while it rewrites. A body that is not understood is left out, with the doubt that says
//! why; the bodies in it and around it are made all the same.

mod desugar;
mod expr;
mod format;
mod item;
mod literal;
mod make;
mod pat;
mod path;
mod ty;

use std::path::PathBuf;

use ::ty::{CoroutineKind, CrateNum, DefId, DefPathData, Definitions};
use expand::expander::Expanded;
use expand::external::CrateId;
use expand::hygiene::{ExpnData, ExpnId, ExpnKind, Home, Transparency};
use index::IndexVec;
use rmeta::Session;
use syntax::ast::{self, Ast, List};
use syntax::doubt::{Doubt, Result};
use syntax::span::{Edition, Ident, Span, SyntaxContext};
use syntax::stack;
use syntax::symbol::Symbol;

use crate::body::{Body, ExprId, Hir, LocalId, Node};
use crate::defs::Defs;
use crate::expr::{Expr, ExprKind};
use crate::resolve::{Resolver, Rib, RibKind};
use crate::scope::{Ns, Scopes};

/// After how many levels another stack is needed: a level here is several calls.
const SEGMENT: u32 = 24;

/// What lowering needs beside the tree.
#[derive(Clone, Copy)]
pub struct Input<'a, 'tcx> {
    /// The metadata that rustc wrote of this very crate, or of a program with it.
    pub session: &'tcx Session<'tcx>,
    /// The crate's number in that session: others than the first are libraries that a program is made of.
    pub krate: CrateNum,
    /// The number in that session of a crate that macros come from.
    pub crates: &'a (dyn Fn(CrateId) -> Option<CrateNum> + Sync),
    /// The names of crates that paths may begin with, and the files that may be them.
    pub externs: &'a [(String, Vec<PathBuf>)],
    /// The crate's edition.
    pub edition: Edition,
}

/// A crate's bodies.
#[derive(Debug, Default)]
pub struct Lowered {
    /// The bodies.
    pub bodies: Vec<Hir>,
    /// The bodies that were not understood, and why.
    pub doubts: Vec<(DefId, Box<Doubt>)>,
}

/// What `?` jumps to.
#[derive(Clone, Copy, Debug)]
enum TryScope {
    Function,
    Homogeneous(ExprId),
    Heterogeneous(ExprId),
}

/// What jumps and `.await` mean in a function.
#[derive(Clone, Copy, Debug)]
struct FnScope {
    loop_: Option<ExprId>,
    try_: TryScope,
    coroutine: Option<CoroutineKind>,
    task_context: Option<LocalId>,
}

impl FnScope {
    const NONE: FnScope = FnScope { loop_: None, try_: TryScope::Function, coroutine: None, task_context: None };
}

/// A body that is being made.
#[derive(Debug)]
struct Cx {
    hir: Hir,
    /// The definition around: parent of closures and constants.
    parent: DefId,
    fn_: FnScope,
}

impl Cx {
    fn new(def_id: DefId) -> Cx {
        Cx {
            hir: Hir {
                def_id,
                body: Body { params: Vec::new(), value: ExprId::ZERO },
                exprs: IndexVec::new(),
                pats: IndexVec::new(),
                blocks: IndexVec::new(),
                stmts: IndexVec::new(),
                arms: IndexVec::new(),
                types: IndexVec::new(),
                locals: IndexVec::new(),
                traits: Vec::new(),
                block_traits: Default::default(),
                stmt_numbers: Default::default(),
                lint_levels: Default::default(),
            },
            parent: def_id,
            fn_: FnScope::NONE,
        }
    }
}

struct Lowerer<'a, 'tcx> {
    ast: &'a Ast,
    session: &'tcx Session<'tcx>,
    res: Resolver<'a, 'tcx>,
    defs: Defs<'tcx>,
    cx: Cx,
    out: Lowered,
    /// Items that this position is not in are left out, if there is one.
    only: Option<u32>,
    depth: u32,
    /// The trait that is defined or implemented around.
    trait_: Option<DefId>,
    /// What an elided lifetime is.
    elided: crate::ty::LifetimeKind,
}

/// Makes all bodies of a crate.
///
/// # Errors
/// The metadata is damaged, or is not of this crate.
pub fn lower_crate(expanded: &mut Expanded, input: &Input<'_, '_>) -> Result<Lowered> {
    let Expanded { ast, file, session, sources, only, .. } = expanded;
    let externs = input.externs.iter().map(|(name, paths)| (&**name, &**paths));
    let mut scopes = Scopes::new(input.session, input.krate, externs);
    let prelude = standard_prelude(&mut scopes, ast, file, input.edition)?;
    for item in &ast[file.items] {
        if let ast::ItemKind::ExternCrate(_, ident) = ast[*item].kind {
            scopes.add_extern(ident.name)?;
        }
    }
    let res = Resolver {
        scopes,
        hygiene: &mut session.hygiene,
        crates: input.crates,
        ribs: Vec::new(),
        blocks: Vec::new(),
        krate: input.krate,
        module: input.krate.root(),
        prelude,
        no_prelude: false,
    };
    let mut lowerer = Lowerer {
        ast,
        session: input.session,
        res,
        defs: Defs::new(input.session, input.krate, sources),
        cx: Cx::new(input.krate.root()),
        out: Lowered::default(),
        only: *only,
        depth: 0,
        trait_: None,
        elided: crate::ty::LifetimeKind::Infer,
    };
    lowerer.module(input.krate.root(), file.attrs, file.items);
    Ok(lowerer.out)
}

/// The module whose names need no import.
fn standard_prelude(scopes: &mut Scopes<'_>, ast: &Ast, file: &ast::File, edition: Edition) -> Result<Option<DefId>> {
    let name = match edition {
        Edition::E2015 => "rust_2015",
        Edition::E2018 => "rust_2018",
        Edition::E2021 => "rust_2021",
        Edition::E2024 => "rust_2024",
    };
    let has = |name| ast[file.attrs].iter().any(|attr| item::is_attr(ast, attr, name));
    if has("no_core") {
        return Ok(None);
    }
    let krate = if has("no_std") { "core" } else { "std" };
    let mut res = scopes.extern_crate(Symbol::intern(krate));
    for name in ["prelude", name] {
        let Some(module) = res.and_then(Scopes::is_module) else { return Ok(None) };
        res = scopes.lookup(module, Symbol::intern(name), Ns::Type)?;
    }
    Ok(res.and_then(Scopes::is_module))
}

impl<'tcx> Lowerer<'_, 'tcx> {
    /// Makes a body: of a definition that is type-checked by itself.
    fn body(&mut self, def_id: DefId, make: impl FnOnce(&mut Self) -> Result<Body>) {
        let (ribs, depth, elided) = (self.res.ribs.len(), self.depth, self.elided);
        let module = self.res.module;
        let outer = std::mem::replace(&mut self.cx, Cx::new(def_id));
        self.elided = crate::ty::LifetimeKind::Infer;
        let made = self.res.traits().and_then(|traits| {
            self.cx.hir.traits = self.trait_.into_iter().chain(traits).collect();
            make(self)
        });
        let Cx { mut hir, .. } = std::mem::replace(&mut self.cx, outer);
        match made {
            Ok(body) => {
                hir.body = body;
                self.out.bodies.push(hir);
            }
            Err(doubt) => self.out.doubts.push((def_id, doubt)),
        }
        self.res.ribs.truncate(ribs);
        (self.depth, self.elided, self.res.module) = (depth, elided, module);
    }

    /// Goes through what is no body, for the constants in it.
    fn scratch(&mut self, def_id: DefId, walk: impl FnOnce(&mut Self) -> Result<()>) {
        let (ribs, depth, elided) = (self.res.ribs.len(), self.depth, self.elided);
        let outer = std::mem::replace(&mut self.cx, Cx::new(def_id));
        let walked = walk(self);
        self.cx = outer;
        // What is not understood there is no body's.
        if let Err(doubt) = walked {
            self.out.doubts.push((def_id, doubt));
        }
        self.res.ribs.truncate(ribs);
        (self.depth, self.elided) = (depth, elided);
    }

    /// One level of the tree.
    fn level<T: Send>(&mut self, span: Span, f: impl FnOnce(&mut Self) -> Result<T> + Send) -> Result<T> {
        stack::level(self, |x| &mut x.depth, SEGMENT, span, f)
    }

    /// A scope that ends with what is done in it.
    fn rib<T>(&mut self, kind: RibKind, f: impl FnOnce(&mut Self) -> Result<T>) -> Result<T> {
        let ribs = self.res.ribs.len();
        self.res.ribs.push(Rib::new(kind));
        let result = f(self);
        self.res.ribs.truncate(ribs);
        result
    }

    /// The innermost scope.
    fn innermost(&mut self) -> &mut Rib {
        if self.res.ribs.is_empty() {
            self.res.ribs.push(Rib::new(RibKind::Normal));
        }
        let last = self.res.ribs.len() - 1;
        &mut self.res.ribs[last]
    }

    /// Takes what a function around has for jumps away.
    fn new_scopes<T>(&mut self, f: impl FnOnce(&mut Self) -> Result<T>) -> Result<T> {
        let outer = self.cx.fn_;
        (self.cx.fn_.loop_, self.cx.fn_.try_) = (None, TryScope::Function);
        let result = f(self);
        self.cx.fn_ = outer;
        result
    }

    /// Another function's body in the same type-checked body.
    fn inner_body<T>(&mut self, def_id: DefId, f: impl FnOnce(&mut Self) -> Result<T>) -> Result<T> {
        let (outer, parent) = (self.cx.fn_, self.cx.parent);
        self.cx.parent = def_id;
        (self.cx.fn_.coroutine, self.cx.fn_.task_context) = (None, None);
        let result = f(self);
        (self.cx.fn_, self.cx.parent) = (outer, parent);
        result
    }

    /// The definition of a node in the one that we are in.
    fn define(&mut self, data: DefPathData, span: Span) -> Result<DefId> {
        self.defs.take(self.cx.parent, data, span)
    }

    /// A place that lowering makes: the same text in a context of its own.
    fn mark(&mut self, span: Span, reason: &'static str) -> Span {
        // What a macro of another crate wrote is of that crate's edition.
        let edition = self.res.hygiene.editions().of(span);
        let id = self.res.hygiene.fresh(ExpnData {
            kind: ExpnKind::Desugaring(reason),
            parent: ExpnId::ROOT,
            call_site: span,
            def_site: Span::DUMMY,
            edition,
            local_inner_macros: false,
            home: Home::default(),
        });
        let ctxt = self.res.hygiene.apply_mark(SyntaxContext::ROOT, id, Transparency::Transparent);
        Span { ctxt, ..span }
    }

    fn doubt<T>(&self, span: Span, construct: &'static str, message: impl Into<String>) -> Result<T> {
        Err(Doubt::new(span, construct, message))
    }

    /// A name that is not written.
    fn dummy(name: &str) -> Ident {
        Ident::new(Symbol::intern(name), Span::DUMMY)
    }

    fn ty_symbol(name: Symbol) -> ::ty::Symbol {
        ::ty::Symbol::intern(name.as_str())
    }

    /// Notes a node that stands under attributes, if one of them sets levels of lints.
    fn note_lint_levels(&mut self, attrs: List<ast::Attr>, node: Node) {
        let ast = self.ast;
        let sets = |attr| ["allow", "expect", "warn", "deny", "forbid"].iter().any(|it| item::is_attr(ast, attr, it));
        if ast[attrs].iter().any(sets) {
            self.cx.hir.lint_levels.insert(node);
        }
    }

    /// Adds an expression.
    fn expr(&mut self, span: Span, kind: ExprKind) -> ExprId {
        self.cx.hir.exprs.push(Expr { kind, span })
    }

    /// The number of an expression that is made later.
    fn reserve(&mut self, span: Span) -> ExprId {
        self.expr(span, ExprKind::Tup(Vec::new()))
    }

    fn set(&mut self, id: ExprId, span: Span, kind: ExprKind) -> ExprId {
        self.cx.hir.exprs[id] = Expr { kind, span };
        id
    }

    fn lang_item(&self, item: ::ty::LangItem, span: Span) -> Result<DefId> {
        match self.session.lang_item(item) {
            Some(def_id) => Ok(def_id),
            None => self.doubt(span, "language item", format!("there is no `{}`", item.name())),
        }
    }
}
