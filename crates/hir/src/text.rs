//! Bodies as text: one node a line, what is in it below and further right.
//!
//! Variables and targets of jumps have numbers in the order in which the text mentions them first. Places are left out unless
//! they are asked for ([`Places`]), so that the text of a body says what it means and nothing else.

use std::fmt::Write;

use ::ty::{DefId, DefKind, DefPathData, Definitions};
use expand::sources::{SourceFile, Sources};
use rmeta::Session;
use rustc_hash::FxHashMap;
use syntax::ast::{AsmPiece, BindingMode, BoundConstness, BoundPolarity, Mutability, Pinnedness};
use syntax::span::{Ident, Span};

use crate::body::{BlockId, Body, ExprId, Hir, LocalId, PatId, TyId};
use crate::expr::*;
use crate::pat::*;
use crate::path::*;
use crate::ty::*;

/// The path of a definition: `krate::module::{closure#0}`.
pub fn def_path(session: &Session<'_>, def_id: DefId) -> String {
    let mut names = Vec::new();
    let mut at = def_id;
    loop {
        let key = session.def_key(at);
        let Some(parent) = key.parent else { break };
        let n = key.disambiguator;
        names.push(match key.data {
            DefPathData::TypeNs(name)
            | DefPathData::ValueNs(name)
            | DefPathData::MacroNs(name)
            | DefPathData::LifetimeNs(name)
            | DefPathData::OpaqueLifetime(name) => match n {
                0 => name.as_str().to_owned(),
                n => format!("{}#{n}", name.as_str()),
            },
            data => format!("{{{}#{n}}}", kind_of_step(data)),
        });
        at = DefId { krate: def_id.krate, index: parent };
    }
    let mut path = session.crate_name(def_id.krate).as_str().to_owned();
    for name in names.iter().rev() {
        path.push_str("::");
        path.push_str(name);
    }
    path
}

fn kind_of_step(data: DefPathData) -> &'static str {
    match data {
        DefPathData::Use => "use",
        DefPathData::GlobalAsm => "global_asm",
        DefPathData::Impl => "impl",
        DefPathData::ForeignMod => "extern",
        DefPathData::Closure => "closure",
        DefPathData::Ctor => "constructor",
        DefPathData::AnonConst | DefPathData::LateAnonConst => "constant",
        DefPathData::OpaqueTy => "opaque",
        DefPathData::AnonAssocTy(_) => "anon_assoc",
        DefPathData::SyntheticCoroutineBody => "synthetic",
        DefPathData::NestedStatic => "nested",
        _ => "misc",
    }
}

/// The name of a kind of definition, as rustc has it.
fn kind_name(kind: DefKind) -> String {
    match kind {
        DefKind::Static { .. } => "Static".to_owned(),
        DefKind::Impl { .. } => "Impl".to_owned(),
        DefKind::Ctor(of, kind) => format!("Ctor({of:?},{kind:?})"),
        kind => format!("{kind:?}"),
    }
}

/// Where the places of a crate are: lines and columns, as rustc prints them for a programmer of rustc.
#[derive(Debug)]
pub struct Places<'a> {
    sources: &'a Sources,
    /// Where the lines of each text begin.
    lines: Vec<Vec<u32>>,
}

impl<'a> Places<'a> {
    /// Of a crate's texts.
    pub fn new(sources: &'a Sources) -> Places<'a> {
        let starts = |file: &SourceFile| {
            let after = file.text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n').map(|(at, _)| at as u32 + 1);
            std::iter::once(0).chain(after).collect()
        };
        Places { sources, lines: sources.files().iter().map(starts).collect() }
    }

    /// `line:column-line:column`, from 1; `-` if it is in no text of the crate.
    pub fn of(&self, span: Span) -> String {
        let place = |position: u32| {
            let file = self.sources.file(position).filter(|_| position > 0)?;
            let index = self.sources.files().iter().position(|found| found.base == file.base)?;
            let at = position - file.base;
            let line = self.lines[index].partition_point(|start| *start <= at);
            let start = self.lines[index][line.checked_sub(1)?];
            let column = file.text.get(start as usize..at as usize)?.chars().count() + 1;
            Some(format!("{line}:{column}"))
        };
        match (place(span.lo), place(span.hi)) {
            (Some(lo), Some(hi)) => format!("{lo}-{hi}"),
            _ => "-".to_owned(),
        }
    }
}

/// The text of a body. With places, the lines of expressions, patterns, types and blocks end with theirs behind a tab.
pub fn print(hir: &Hir, session: &Session<'_>, places: Option<&Places<'_>>) -> String {
    let mut printer = Printer {
        places,
        place: None,
        hir,
        session,
        out: String::new(),
        depth: 0,
        locals: FxHashMap::default(),
        targets: FxHashMap::default(),
        next_target: 0,
    };
    printer.body(&hir.body);
    printer.out
}

struct Printer<'a, 'tcx> {
    places: Option<&'a Places<'a>>,
    /// What the next line ends with.
    place: Option<String>,
    hir: &'a Hir,
    session: &'a Session<'tcx>,
    out: String,
    depth: usize,
    locals: FxHashMap<LocalId, usize>,
    targets: FxHashMap<ExprId, usize>,
    next_target: usize,
}

impl Printer<'_, '_> {
    fn line(&mut self, text: impl AsRef<str>) {
        for _ in 0..self.depth {
            self.out.push(' ');
        }
        self.out.push_str(text.as_ref());
        if let Some(place) = self.place.take() {
            self.out.push('\t');
            self.out.push_str(&place);
        }
        self.out.push('\n');
    }

    fn at(&mut self, span: Span) {
        self.place = self.places.map(|places| places.of(span));
    }

    fn inside(&mut self, f: impl FnOnce(&mut Self)) {
        self.depth += 1;
        f(self);
        self.depth -= 1;
    }

    /// A line and expressions below it.
    fn with(&mut self, text: impl AsRef<str>, exprs: &[ExprId]) {
        self.line(text);
        self.inside(|x| exprs.iter().for_each(|expr| x.expr(*expr)));
    }

    fn path_of(&self, def_id: DefId) -> String {
        def_path(self.session, def_id)
    }

    fn local(&mut self, local: LocalId) -> usize {
        let next = self.locals.len();
        *self.locals.entry(local).or_insert(next)
    }

    fn res(&mut self, res: Res) -> String {
        match res {
            Res::Def(kind, def_id) => format!("Def({}, {})", kind_name(kind), self.path_of(def_id)),
            Res::Local(local) => format!("Local({})", self.local(local)),
            Res::PrimTy(prim) => format!("PrimTy({})", prim.name()),
            Res::SelfTyParam { trait_ } => format!("SelfTyParam({})", self.path_of(trait_)),
            Res::SelfTyAlias { alias_to, .. } => format!("SelfTyAlias({})", self.path_of(alias_to)),
            Res::SelfCtor(def_id) => format!("SelfCtor({})", self.path_of(def_id)),
            Res::Err => "Err".to_owned(),
        }
    }

    fn body(&mut self, body: &Body) {
        self.line("Body");
        self.inside(|x| {
            for param in &body.params {
                x.pat(param.pat);
            }
            x.expr(body.value);
        });
    }

    fn label(label: Option<Ident>) -> String {
        label.map_or(String::new(), |label| format!(" {}", label.name))
    }

    fn new_target(&mut self, expr: Option<ExprId>) -> usize {
        let number = self.next_target;
        self.next_target += 1;
        if let Some(expr) = expr {
            self.targets.insert(expr, number);
        }
        number
    }

    fn target(&self, destination: Destination) -> String {
        match self.targets.get(&destination.target) {
            Some(number) => format!("{} @{number}", Self::label(destination.label)),
            None => format!("{} @?", Self::label(destination.label)),
        }
    }

    fn expr(&mut self, id: ExprId) {
        let hir = self.hir;
        self.at(hir[id].span);
        match &hir[id].kind {
            ExprKind::ConstBlock(block) => {
                self.line(format!("ConstBlock {}", self.path_of(block.def_id)));
                self.inside(|x| x.body(&block.body));
            }
            ExprKind::Array(exprs) => self.with("Array", exprs),
            ExprKind::Call(callee, args) => {
                self.line("Call");
                self.inside(|x| {
                    x.expr(*callee);
                    args.iter().for_each(|arg| x.expr(*arg));
                });
            }
            ExprKind::MethodCall(segment, receiver, args, _) => {
                self.line("MethodCall");
                self.inside(|x| {
                    x.segment(segment);
                    x.expr(*receiver);
                    args.iter().for_each(|arg| x.expr(*arg));
                });
            }
            ExprKind::Use(expr, _) => self.with("Use", &[*expr]),
            ExprKind::Tup(exprs) => self.with("Tup", exprs),
            ExprKind::Binary(op, _, a, b) => self.with(format!("Binary {op:?}"), &[*a, *b]),
            ExprKind::Unary(op, expr) => self.with(format!("Unary {op:?}"), &[*expr]),
            ExprKind::Lit(lit) => self.line(format!("Lit {}", literal(lit))),
            ExprKind::Cast(expr, ty) => {
                self.line("Cast");
                self.inside(|x| {
                    x.expr(*expr);
                    x.ty(*ty);
                });
            }
            ExprKind::Type(expr, ty) => {
                self.line("Type");
                self.inside(|x| {
                    x.expr(*expr);
                    x.ty(*ty);
                });
            }
            ExprKind::DropTemps(expr) => self.with("DropTemps", &[*expr]),
            ExprKind::Let(let_) => {
                self.line("Let");
                self.inside(|x| {
                    x.pat(let_.pat);
                    let_.ty.iter().for_each(|ty| x.ty(*ty));
                    x.expr(let_.init);
                });
            }
            ExprKind::If(cond, then, els) => {
                self.line("If");
                self.inside(|x| {
                    x.expr(*cond);
                    x.expr(*then);
                    els.iter().for_each(|els| x.expr(*els));
                });
            }
            ExprKind::Loop(block, label, source, _) => {
                let number = self.new_target(Some(id));
                self.line(format!("Loop {source:?}{} @{number}", Self::label(*label)));
                self.inside(|x| x.block(*block, None));
            }
            ExprKind::Match(scrutinee, arms, source) => {
                let source = match source {
                    MatchSource::TryDesugar(_) => "TryDesugar".to_owned(),
                    source => format!("{source:?}"),
                };
                self.line(format!("Match {source}"));
                self.inside(|x| {
                    x.expr(*scrutinee);
                    for arm in arms {
                        let Arm { pat, guard, body, .. } = hir[*arm];
                        x.line("Arm");
                        x.inside(|x| {
                            x.pat(pat);
                            if let Some(guard) = guard {
                                x.with("Guard", &[guard]);
                            }
                            x.expr(body);
                        });
                    }
                });
            }
            ExprKind::Closure(closure) => self.closure(closure),
            ExprKind::Block(block, label) => {
                self.line(format!("Block{}", Self::label(*label)));
                self.inside(|x| x.block(*block, Some(id)));
            }
            ExprKind::Assign(a, b, _) => self.with("Assign", &[*a, *b]),
            ExprKind::AssignOp(op, _, a, b) => self.with(format!("AssignOp {op:?}"), &[*a, *b]),
            ExprKind::Field(expr, ident) => self.with(format!("Field {}", ident.name), &[*expr]),
            ExprKind::Index(a, b, _) => self.with("Index", &[*a, *b]),
            ExprKind::Path(path) => {
                self.line("Path");
                self.inside(|x| x.qpath(path));
            }
            ExprKind::AddrOf(kind, mutability, expr) => self.with(format!("AddrOf {kind:?} {mutability:?}"), &[*expr]),
            ExprKind::Break(destination, value) => {
                self.with(format!("Break{}", self.target(*destination)), value.as_slice());
            }
            ExprKind::Continue(destination) => self.line(format!("Continue{}", self.target(*destination))),
            ExprKind::Ret(value) => self.with("Ret", value.as_slice()),
            ExprKind::Become(expr) => self.with("Become", &[*expr]),
            ExprKind::InlineAsm(asm) => self.asm(asm),
            ExprKind::OffsetOf(ty, names) => {
                let names: Vec<&str> = names.iter().map(|ident| ident.name.as_str()).collect();
                self.line(format!("OffsetOf {}", names.join(".")));
                self.inside(|x| x.ty(*ty));
            }
            ExprKind::Struct(path, fields, tail) => {
                self.line("Struct");
                self.inside(|x| {
                    x.qpath(path);
                    for field in fields {
                        let shorthand = if field.is_shorthand { " shorthand" } else { "" };
                        x.with(format!("ExprField {}{shorthand}", field.ident.name), &[field.expr]);
                    }
                    match tail {
                        StructTail::None => {}
                        StructTail::Base(base) => x.with("Base", &[*base]),
                        StructTail::DefaultFields(_) => x.line("DefaultFields"),
                    }
                });
            }
            ExprKind::Repeat(expr, len) => {
                self.line("Repeat");
                self.inside(|x| {
                    x.expr(*expr);
                    x.const_arg(len);
                });
            }
            ExprKind::Yield(expr, source) => {
                let source = if *source == YieldSource::Yield { "Yield" } else { "Await" };
                self.with(format!("Yield {source}"), &[*expr]);
            }
            ExprKind::UnsafeBinderCast(cast, expr, ty) => {
                self.line(format!("UnsafeBinderCast {cast:?}"));
                self.inside(|x| {
                    x.expr(*expr);
                    ty.iter().for_each(|ty| x.ty(*ty));
                });
            }
        }
    }

    fn closure(&mut self, closure: &Closure) {
        let kind = match closure.kind {
            ClosureKind::Closure => "Closure".to_owned(),
            ClosureKind::Coroutine(::ty::CoroutineKind::Desugared(desugaring, source)) => {
                format!("Coroutine({desugaring:?},{source:?})")
            }
            ClosureKind::Coroutine(::ty::CoroutineKind::Coroutine { movable }) => {
                format!("Coroutine({})", if movable { "Movable" } else { "Static" })
            }
            ClosureKind::CoroutineClosure(desugaring) => format!("CoroutineClosure({desugaring:?})"),
        };
        let capture = match closure.capture {
            syntax::ast::CaptureBy::Value(_) => "Value",
            syntax::ast::CaptureBy::Use(_) => "Use",
            syntax::ast::CaptureBy::Ref => "Ref",
        };
        let binder = if closure.has_binder { " for" } else { "" };
        self.line(format!("Closure {} {kind} {capture}{binder}", self.path_of(closure.def_id)));
        self.inside(|x| {
            x.fn_decl(&closure.decl);
            x.body(&closure.body);
        });
    }

    fn asm(&mut self, asm: &InlineAsm) {
        let mut text = String::new();
        for piece in &asm.template {
            match piece {
                AsmPiece::Text(piece) => text.push_str(piece.as_str()),
                AsmPiece::Operand(number, modifier) => {
                    let modifier = modifier.map_or(String::new(), |modifier| format!(":{modifier}"));
                    let _ = write!(text, "{{{number}{modifier}}}");
                }
            }
        }
        self.line(format!("InlineAsm {text:?}"));
        self.inside(|x| {
            for operand in &asm.operands {
                match operand {
                    AsmOperand::In { expr, .. } => x.with("In", &[*expr]),
                    AsmOperand::Out { expr, .. } => x.with("Out", expr.as_slice()),
                    AsmOperand::InOut { expr, .. } => x.with("InOut", &[*expr]),
                    AsmOperand::SplitInOut { in_expr, out_expr, .. } => {
                        x.line("SplitInOut");
                        x.inside(|x| {
                            x.expr(*in_expr);
                            out_expr.iter().for_each(|expr| x.expr(*expr));
                        });
                    }
                    AsmOperand::Const(block) => {
                        x.line(format!("Const {}", x.path_of(block.def_id)));
                        x.inside(|x| x.body(&block.body));
                    }
                    AsmOperand::SymFn(expr) => x.with("SymFn", &[*expr]),
                    AsmOperand::SymStatic(path, _) => {
                        x.line("SymStatic");
                        x.inside(|x| x.qpath(path));
                    }
                    AsmOperand::Label(block) => {
                        x.line("Label");
                        x.inside(|x| x.block(*block, None));
                    }
                }
            }
        });
    }

    fn block(&mut self, id: BlockId, expr: Option<ExprId>) {
        let hir = self.hir;
        let block = &hir[id];
        self.at(block.span);
        let number = self.new_target(expr);
        let rules = match block.rules {
            BlockCheckMode::Default => "",
            BlockCheckMode::UnsafeUser => " unsafe",
            BlockCheckMode::UnsafeGenerated => " unsafe(generated)",
        };
        let targeted = if block.targeted_by_break { " targeted" } else { "" };
        self.line(format!("block{rules}{targeted} @{number}"));
        self.inside(|x| {
            for stmt in &block.stmts {
                match &hir[*stmt].kind {
                    StmtKind::Let(let_) => x.let_stmt(let_),
                    StmtKind::Item(def_id) => x.line(format!("Item {}", x.path_of(*def_id))),
                    StmtKind::Expr(expr) => x.with("Expr", &[*expr]),
                    StmtKind::Semi(expr) => x.with("Semi", &[*expr]),
                }
            }
            if let Some(expr) = block.expr {
                x.with("Value", &[expr]);
            }
        });
    }

    fn let_stmt(&mut self, let_: &LetStmt) {
        let source = match let_.source {
            LocalSource::AssignDesugar(_) => "AssignDesugar".to_owned(),
            source => format!("{source:?}"),
        };
        let super_ = if let_.super_.is_some() { " super" } else { "" };
        self.line(format!("LetStmt {source}{super_}"));
        self.inside(|x| {
            x.pat(let_.pat);
            let_.ty.iter().for_each(|ty| x.ty(*ty));
            let_.init.iter().for_each(|init| x.expr(*init));
            if let Some(els) = let_.els {
                x.line("Else");
                x.inside(|x| x.block(els, None));
            }
        });
    }

    fn pat(&mut self, id: PatId) {
        let hir = self.hir;
        let dbm = if hir[id].default_binding_modes { "" } else { " no-dbm" };
        self.at(hir[id].span);
        match &hir[id].kind {
            PatKind::Missing => self.line("pat Missing"),
            PatKind::Wild => self.line(format!("pat Wild{dbm}")),
            PatKind::Binding(mode, local, ident, sub) => {
                let local = self.local(*local);
                self.line(format!("pat Binding{} {local} {}{dbm}", binding(*mode), ident.name));
                self.inside(|x| sub.iter().for_each(|sub| x.pat(*sub)));
            }
            PatKind::Struct(path, fields, rest) => {
                let rest = if rest.is_some() { " .." } else { "" };
                self.line(format!("pat Struct{rest}{dbm}"));
                self.inside(|x| {
                    x.qpath(path);
                    for field in fields {
                        let shorthand = if field.is_shorthand { " shorthand" } else { "" };
                        x.line(format!("PatField {}{shorthand}", field.ident.name));
                        x.inside(|x| x.pat(field.pat));
                    }
                });
            }
            PatKind::TupleStruct(path, pats, rest) => {
                self.line(format!("pat TupleStruct{}{dbm}", dots(*rest)));
                self.inside(|x| {
                    x.qpath(path);
                    pats.iter().for_each(|pat| x.pat(*pat));
                });
            }
            PatKind::Or(pats) => self.pats(format!("pat Or{dbm}"), pats),
            PatKind::Never => self.line("pat Never"),
            PatKind::Tuple(pats, rest) => self.pats(format!("pat Tuple{}{dbm}", dots(*rest)), pats),
            PatKind::Box(pat) => self.pats(format!("pat Box{dbm}"), &[*pat]),
            PatKind::Deref(pat) => self.pats(format!("pat Deref{dbm}"), &[*pat]),
            PatKind::Ref(pat, pinned, mutability) => {
                let pinned = if *pinned == Pinnedness::Pinned { " pin" } else { "" };
                self.pats(format!("pat Ref{pinned} {mutability:?}{dbm}"), &[*pat]);
            }
            PatKind::Expr(expr) => {
                self.line(format!("pat Expr{dbm}"));
                self.inside(|x| x.pat_expr(expr));
            }
            PatKind::Guard(pat, cond) => {
                self.line(format!("pat Guard{dbm}"));
                self.inside(|x| {
                    x.pat(*pat);
                    x.expr(*cond);
                });
            }
            PatKind::Range(lo, hi, end) => {
                self.line(format!("pat Range {end:?}{dbm}"));
                self.inside(|x| {
                    for end in [lo, hi] {
                        match end {
                            Some(expr) => x.pat_expr(expr),
                            None => x.line("None"),
                        }
                    }
                });
            }
            PatKind::Slice(before, rest, after) => {
                self.line(format!("pat Slice{dbm}"));
                self.inside(|x| {
                    before.iter().for_each(|pat| x.pat(*pat));
                    if let Some(rest) = rest {
                        x.pats("Rest", &[*rest]);
                    }
                    after.iter().for_each(|pat| x.pat(*pat));
                });
            }
        }
    }

    fn pats(&mut self, text: impl AsRef<str>, pats: &[PatId]) {
        self.line(text);
        self.inside(|x| pats.iter().for_each(|pat| x.pat(*pat)));
    }

    fn pat_expr(&mut self, expr: &PatExpr) {
        match &expr.kind {
            PatExprKind::Lit(lit, negated) => {
                self.line(format!("Lit {}{}", if *negated { "-" } else { "" }, literal(lit)));
            }
            PatExprKind::Path(path) => self.qpath(path),
        }
    }

    fn qpath(&mut self, path: &QPath) {
        match path {
            QPath::Resolved(ty, path) => self.path(*ty, path),
            QPath::TypeRelative(ty, segment) => {
                self.line("TypeRelative");
                self.inside(|x| {
                    x.ty(*ty);
                    x.segment(segment);
                });
            }
            QPath::LangItem(item, _) => {
                let res = self.res(Res::Def(item.kind, item.def_id));
                self.line(format!("Resolved {res}"));
                self.inside(|x| x.line(format!("seg {} {res} infer", item.item.name())));
            }
        }
    }

    fn path(&mut self, ty: Option<TyId>, path: &Path) {
        let res = self.res(path.res);
        self.line(format!("Resolved {res}"));
        self.inside(|x| {
            if let Some(ty) = ty {
                x.line("QSelf");
                x.inside(|x| x.ty(ty));
            }
            path.segments.iter().for_each(|segment| x.segment(segment));
        });
    }

    fn segment(&mut self, segment: &PathSegment) {
        let res = self.res(segment.res);
        let infer = if segment.infer_args { " infer" } else { "" };
        self.line(format!("seg {} {res}{infer}", segment.ident.name));
        if let Some(args) = &segment.args {
            self.inside(|x| x.args(args));
        }
    }

    fn args(&mut self, args: &GenericArgs) {
        self.line(format!("args {:?}", args.parenthesized));
        self.inside(|x| {
            for arg in &args.args {
                match arg {
                    GenericArg::Lifetime(lifetime) => x.line(x.lifetime(lifetime)),
                    GenericArg::Type(ty) => x.ty(*ty),
                    GenericArg::Const(arg) => x.const_arg(arg),
                    GenericArg::Infer(_) => x.line("Infer"),
                }
            }
            for constraint in &args.constraints {
                x.line(format!("constraint {}", constraint.ident.name));
                x.inside(|x| {
                    let args = &constraint.gen_args;
                    if !args.args.is_empty() || !args.constraints.is_empty() {
                        x.args(args);
                    }
                    match &constraint.kind {
                        AssocItemConstraintKind::EqType(ty) => x.ty(*ty),
                        AssocItemConstraintKind::EqConst(arg) => x.const_arg(arg),
                        AssocItemConstraintKind::Bound(bounds) => x.bounds(bounds),
                    }
                });
            }
        });
    }

    fn lifetime(&self, lifetime: &Lifetime) -> String {
        format!("lifetime {}", lifetime.ident.name)
    }

    fn const_arg(&mut self, arg: &ConstArg) {
        match &arg.kind {
            ConstArgKind::Path(path) => {
                self.line("const Path");
                self.inside(|x| x.qpath(path));
            }
            ConstArgKind::Anon(anon) => self.line(format!("const Anon {}", self.path_of(anon.def_id))),
            ConstArgKind::Infer => self.line("const Infer"),
        }
    }

    fn bounds(&mut self, bounds: &[GenericBound]) {
        for bound in bounds {
            match bound {
                GenericBound::Trait(bound) => self.poly_trait_ref(bound),
                GenericBound::Outlives(lifetime) => self.line(format!("Outlives {}", lifetime.ident.name)),
                GenericBound::Use(..) => self.line("Use"),
            }
        }
    }

    fn poly_trait_ref(&mut self, bound: &PolyTraitRef) {
        let mut modifiers = String::new();
        match bound.modifiers.constness {
            BoundConstness::Never => {}
            BoundConstness::Always => modifiers.push_str(" const"),
            BoundConstness::Maybe => modifiers.push_str(" [const]"),
        }
        match bound.modifiers.polarity {
            BoundPolarity::Positive => {}
            BoundPolarity::Negative => modifiers.push_str(" !"),
            BoundPolarity::Maybe => modifiers.push_str(" ?"),
        }
        self.line(format!("PolyTraitRef{modifiers}"));
        self.inside(|x| x.path(None, &bound.path));
    }

    fn fn_decl(&mut self, decl: &FnDecl) {
        let variadic = if decl.c_variadic { " ..." } else { "" };
        self.line(format!("decl{variadic}"));
        self.inside(|x| {
            decl.inputs.iter().for_each(|ty| x.ty(*ty));
            if let FnRetTy::Return(ty) = decl.output {
                x.line("->");
                x.inside(|x| x.ty(ty));
            }
        });
    }

    fn types(&mut self, text: &str, types: &[TyId]) {
        self.line(text);
        self.inside(|x| types.iter().for_each(|ty| x.ty(*ty)));
    }

    fn ty(&mut self, id: TyId) {
        let hir = self.hir;
        self.at(hir[id].span);
        match &hir[id].kind {
            TyKind::Slice(ty) => self.types("ty Slice", &[*ty]),
            TyKind::Array(ty, len) => {
                self.line("ty Array");
                self.inside(|x| {
                    x.ty(*ty);
                    x.const_arg(len);
                });
            }
            TyKind::Ptr(ty, mutability) => self.types(&format!("ty Ptr {mutability:?}"), &[*ty]),
            TyKind::Ref(lifetime, ty, mutability) => {
                let name = lifetime.ident.name;
                self.types(&format!("ty Ref {name} {mutability:?}"), &[*ty]);
            }
            TyKind::FnPtr(ptr) => {
                let safety = if ptr.is_unsafe { " unsafe" } else { "" };
                self.line(format!("ty FnPtr{safety} {}", ptr.abi.as_str()));
                self.inside(|x| x.fn_decl(&ptr.decl));
            }
            TyKind::UnsafeBinder(_, ty) => self.types("ty UnsafeBinder", &[*ty]),
            TyKind::Never => self.line("ty Never"),
            TyKind::Tup(types) => self.types("ty Tup", types),
            TyKind::Path(path) => {
                self.line("ty Path");
                self.inside(|x| x.qpath(path));
            }
            TyKind::TraitAscription(bounds) => {
                self.line("ty TraitAscription");
                self.inside(|x| x.bounds(bounds));
            }
            TyKind::OpaqueDef(opaque) => {
                self.line(format!("ty OpaqueDef {}", self.path_of(opaque.def_id)));
                self.inside(|x| x.bounds(&opaque.bounds));
            }
            TyKind::TraitObject(bounds, lifetime, syntax) => {
                self.line(format!("ty TraitObject {syntax:?} {}", lifetime.ident.name));
                self.inside(|x| bounds.iter().for_each(|bound| x.poly_trait_ref(bound)));
            }
            TyKind::Pat(ty, _) => self.types("ty Pat", &[*ty]),
            TyKind::Infer => self.line("ty Infer"),
        }
    }
}

fn binding(mode: BindingMode) -> String {
    let mut text = String::new();
    match mode.by_ref {
        None => {}
        Some((_, Mutability::Not)) => text.push_str(" ref"),
        Some((_, Mutability::Mut)) => text.push_str(" ref-mut"),
    }
    if mode.mutability == Mutability::Mut {
        text.push_str(" mut");
    }
    text
}

fn dots(rest: Option<u32>) -> String {
    rest.map_or(String::new(), |at| format!(" ..{at}"))
}

fn literal(lit: &Lit) -> String {
    match &lit.kind {
        LitKind::Str(text) => format!("Str {:?}", text.as_str()),
        LitKind::ByteStr(bytes) => format!("ByteStr {bytes:?}"),
        LitKind::CStr(bytes) => format!("CStr {bytes:?}"),
        LitKind::Byte(byte) => format!("Byte {byte}"),
        LitKind::Char(c) => format!("Char {c:?}"),
        LitKind::Int(value, LitIntType::Unsuffixed) => format!("Int {value}"),
        LitKind::Int(value, LitIntType::Signed(ty)) => format!("Int {value} {}", PrimTy::Int(*ty).name()),
        LitKind::Int(value, LitIntType::Unsigned(ty)) => format!("Int {value} {}", PrimTy::Uint(*ty).name()),
        LitKind::Float(digits, None) => format!("Float {digits}"),
        LitKind::Float(digits, Some(ty)) => format!("Float {digits} {}", PrimTy::Float(*ty).name()),
        LitKind::Bool(value) => format!("Bool {value}"),
    }
}
