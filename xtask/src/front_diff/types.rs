//! Stage `types`: typed bodies against those that rustc prints with `-Zunpretty=thir-flat`.
//!
//! rustc's are read into the same data as ours, and both are written as trees in which nodes have numbers by first appearance.
//! Left out is what only borrow checking asks: types as the user wrote them.

use std::collections::BTreeMap;
use std::fmt::{Debug, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::time::Instant;

use front::{Front, Inputs};
use hir::body::Hir;
use hir::lower::{Input, lower_crate};
use hir::text;
use syntax::span::Edition;
use testing::thir_text::read_crate;
use thir::{
    AdtExprBase, BlockSafety, ExprId, ExprKind, FieldPat, ItemLocalId, LitKind, MatchSource, Pat, PatKind,
    PatRangeBoundary, Scope, StmtKind, StrStyle, Thir, TypedBody, UpvarArgs,
};
use ty::{CrateNum, DefId, DefKind, Definitions, SourceFileId, Span, Tcx, Ty};

use super::compilation::Compilation;
use super::hir::{Examined, Outcome, emit_and_print, first_difference, write_diff};
use super::{Toolchain, expansion};

/// Lines times this plus columns are positions.
const COLUMNS: u32 = 1 << 12;

/// What a body's source is.
struct Source<'a> {
    sources: &'a expand::sources::Sources,
    edition: Edition,
    hygiene: &'a expand::hygiene::Hygiene,
    module: DefId,
}

impl typeck::Source for Source<'_> {
    fn span(&self, span: syntax::span::Span) -> Span {
        let place = |at| {
            let place = self.sources.place(at)?;
            (place.column + 1 < COLUMNS).then_some(place.line * COLUMNS + place.column + 1)
        };
        match (place(span.lo), place(span.hi)) {
            (Some(lo), Some(hi)) => Span { file: SourceFileId(0), lo, hi, ctxt: ty::SyntaxContext(span.ctxt.0) },
            _ => Span::DUMMY,
        }
    }
    fn edition(&self, span: syntax::span::Span) -> Edition {
        match span.ctxt.0 {
            0 => self.edition,
            _ => self.hygiene.editions().of(span),
        }
    }
    fn call_site(&self, span: syntax::span::Span) -> Option<syntax::span::Span> {
        let id = self.hygiene.outer_expansion(span.ctxt);
        (span.ctxt.0 != 0).then(|| self.hygiene.expansion(id).call_site)
    }
    fn module(&self) -> DefId {
        self.module
    }
}

/// The module that a definition is in.
fn module_of(definitions: &dyn Definitions<'_>, def_id: DefId) -> DefId {
    let mut at = def_id;
    while definitions.def_kind(at) != DefKind::Mod {
        match definitions.def_key(at).parent {
            Some(index) => at = DefId { index, ..at },
            None => break,
        }
    }
    at
}

/// Compares a crate's typed bodies.
pub fn examine(compilation: &Compilation, toolchain: &Toolchain, diff: Option<&Path>) -> Result<Examined, String> {
    std::thread::scope(|scope| {
        let run = || examine_here(compilation, toolchain, diff);
        let thread = std::thread::Builder::new().stack_size(256 << 20).spawn_scoped(scope, run);
        let joined = thread.map_err(|error| error.to_string())?.join();
        joined.unwrap_or_else(|_| Err(format!("{}: a panic", compilation.path.display())))
    })
}

fn examine_here(compilation: &Compilation, toolchain: &Toolchain, diff: Option<&Path>) -> Result<Examined, String> {
    let mut result = Examined { name: compilation.path.display().to_string(), ..Examined::default() };
    if compilation.is_proc_macro {
        result.failed = Some(("left out".to_owned(), "a crate of procedural macros".to_owned()));
        return Ok(result);
    }
    let scratch = tempfile::tempdir().map_err(|error| error.to_string())?;
    let metadata = scratch.path().join("libcompared.rmeta");
    let dump_args = ["-Zunpretty=thir-flat", "-Zverbose-internals"];
    let Some(dump) = emit_and_print(compilation, &metadata, &["-Zalways-encode-mir"], &dump_args)? else {
        result.failed = Some(("not compiled by rustc".to_owned(), String::new()));
        return Ok(result);
    };
    let Toolchain { cfg, sysroot_lib } = toolchain;
    let found = expansion::expand(compilation, cfg, sysroot_lib, |expanded, crates, _, locator| {
        let mut expanded = match expanded {
            Ok(expanded) => expanded,
            Err(failure) => return Err((failure.doubt.construct.to_owned(), failure.doubt.message.clone())),
        };
        let arena = ty::Arena::new();
        let options = testing::session_options();
        let inputs = Inputs { metadata: &metadata, locator, options, rustc_version: testing::rustc_version() };
        let front = Front::open(&arena, inputs).map_err(|error| ("metadata".to_owned(), error.to_string()))?;
        let session = front.session;
        let numbers = session.crates().into_iter().map(|krate| (session.crate_identity(krate).1, krate));
        let by_hash: BTreeMap<u128, CrateNum> = numbers.collect();
        let number = |krate| by_hash.get(&crates.hash_of(krate)?).copied();
        let externs: Vec<(String, Vec<PathBuf>)> =
            locator.externs.iter().map(|(name, paths)| (name.clone(), paths.clone())).collect();
        let input = Input { session, crates: &number, externs: &externs, edition: compilation.edition };
        let lowered = lower_crate(&mut expanded, &input);
        let lowered = lowered.map_err(|doubt| (doubt.construct.to_owned(), doubt.message.clone()))?;
        let edition = match compilation.edition {
            Edition::E2015 => 2015,
            Edition::E2018 => 2018,
            Edition::E2021 => 2021,
            Edition::E2024 => 2024,
        };
        let program = testing::Program::from(front);
        let (expected, lookup) = read_crate(&program, edition, &dump);
        let mut expected: BTreeMap<DefId, _> = expected.into_iter().map(|read| (read.def_id, read)).collect();
        let cx = solve::Session::start(front.tcx, front.bodies)
            .map_err(|doubt| ("the solver".to_owned(), doubt.to_string()))?;
        let start = Instant::now();
        let mut outcomes = Vec::new();
        for (def_id, doubt) in &lowered.doubts {
            if expected.remove(def_id).is_some() {
                let construct = format!("names: {}", doubt.construct);
                outcomes.push((text::def_path(session, *def_id), Outcome::Doubt(construct, doubt.message.clone())));
            }
        }
        for hir in &lowered.bodies {
            let source = Source {
                sources: &expanded.sources,
                edition: compilation.edition,
                hygiene: &expanded.session.hygiene,
                module: module_of(front.bodies, hir.def_id),
            };
            let parts = closures(hir);
            let checked = catch_unwind(AssertUnwindSafe(|| typeck::check(cx, session, hir, &source)));
            let checked = checked.unwrap_or_else(|_| {
                let doubt = typeck::Doubt { construct: "a panic", message: String::new(), span: None };
                Err(Box::new(doubt))
            });
            match checked {
                Ok(bodies) => {
                    for body in bodies {
                        let path = text::def_path(session, body.def_id);
                        let outcome = match expected.remove(&body.def_id) {
                            None => Outcome::Extra,
                            Some(read) => match &read.body {
                                Err(message) => {
                                    Outcome::Doubt("rustc's text is not understood".to_owned(), message.clone())
                                }
                                Ok(theirs) => {
                                    let ours = print(front.tcx, &body, &|span| describe_ours(span));
                                    let names: &dyn thir::print::Names<'_> = &lookup;
                                    let rustcs = print(front.tcx, theirs, &|span| {
                                        describe_rustcs(&names.span(span), &expanded.sources)
                                    });
                                    if ours != rustcs
                                        && let Some(folder) = diff
                                    {
                                        write_diff(folder, &path, &ours, &rustcs);
                                    }
                                    match first_difference(&ours, &rustcs) {
                                        None => Outcome::Equal,
                                        Some((ours, rustcs)) => Outcome::Different(ours, rustcs),
                                    }
                                }
                            },
                        };
                        outcomes.push((path, outcome));
                    }
                }
                Err(doubt) => {
                    let place = doubt.span.map(|span| format!("{}:{}", span.lo / COLUMNS, span.lo % COLUMNS));
                    let message = format!("{}: {}", place.unwrap_or_default(), doubt.message);
                    for def_id in [hir.def_id].into_iter().chain(parts) {
                        if expected.remove(&def_id).is_some() {
                            let outcome = Outcome::Doubt(doubt.construct.to_owned(), message.clone());
                            outcomes.push((text::def_path(session, def_id), outcome));
                        }
                    }
                }
            }
        }
        for read in expected.into_values() {
            let outcome = Outcome::Doubt("names: missing".to_owned(), "no body was made".to_owned());
            outcomes.push((read.name, outcome));
        }
        Ok((outcomes, start.elapsed()))
    });
    match found {
        None => result.failed = Some(("file".to_owned(), "the file is not UTF-8".to_owned())),
        Some(Err(failed)) => result.failed = Some(failed),
        Some(Ok((outcomes, time))) => {
            result.bodies = outcomes;
            result.ours = time;
        }
    }
    Ok(result)
}

fn closures(hir: &Hir) -> Vec<DefId> {
    let of = |expr: &hir::expr::Expr| match &expr.kind {
        hir::expr::ExprKind::Closure(closure) => Some(closure.def_id),
        hir::expr::ExprKind::ConstBlock(block) => Some(block.def_id),
        _ => None,
    };
    hir.exprs.iter().filter_map(of).collect()
}

fn describe_ours(span: Span) -> String {
    match span.is_dummy() {
        true => "elsewhere".to_owned(),
        false => format!("{}:{}: {}:{}", span.lo / COLUMNS, span.lo % COLUMNS, span.hi / COLUMNS, span.hi % COLUMNS),
    }
}

/// `a.rs:1:2: 3:4 (#5)` without file and context, if the file is the crate's.
fn describe_rustcs(text: &str, sources: &expand::sources::Sources) -> String {
    let place = text.split(" (#").next().unwrap_or_default();
    let mut parts: Vec<&str> = place.rsplitn(5, ':').collect();
    let file = parts.pop().unwrap_or_default();
    if !sources.files().iter().any(|known| &*known.name == file) {
        return "elsewhere".to_owned();
    }
    parts.reverse();
    parts.join(":")
}

/// A body as a tree.
fn print<'tcx>(tcx: Tcx<'tcx>, body: &TypedBody<'tcx>, span: &dyn Fn(Span) -> String) -> String {
    let mut printer = Printer { tcx, thir: &body.thir, span, numbers: BTreeMap::new(), out: String::new(), depth: 0 };
    for param in body.thir.params.iter() {
        let kind = param.self_kind;
        let place = param.ty_span.map(span);
        printer.line(format_args!("param {} {place:?} {kind:?}", tcx.ty_str(param.ty)));
        if let Some(pat) = &param.pat {
            printer.nested(|printer| printer.pat(pat));
        }
    }
    printer.expr(body.root);
    printer.out
}

struct Printer<'a, 'tcx> {
    tcx: Tcx<'tcx>,
    thir: &'a Thir<'tcx>,
    span: &'a dyn Fn(Span) -> String,
    numbers: BTreeMap<ItemLocalId, usize>,
    out: String,
    depth: usize,
}

impl<'tcx> Printer<'_, 'tcx> {
    fn line(&mut self, text: impl std::fmt::Display) {
        let indent = self.depth * 2;
        _ = writeln!(self.out, "{:indent$}{text}", "");
    }
    fn nested(&mut self, f: impl FnOnce(&mut Self)) {
        self.depth += 1;
        f(self);
        self.depth -= 1;
    }
    fn number(&mut self, id: ItemLocalId) -> usize {
        let next = self.numbers.len();
        *self.numbers.entry(id).or_insert(next)
    }
    fn scope(&mut self, scope: Scope) -> String {
        let number = self.number(scope.local_id);
        format!("{:?}@{number}", scope.data)
    }
    fn ty(&self, ty: Ty<'tcx>) -> String {
        self.tcx.ty_str(ty)
    }
    fn args(&self, args: ty::GenericArgs<'tcx>) -> String {
        let all: Vec<_> = args
            .iter()
            .map(|arg| match arg {
                ty::GenericArg::Type(ty) => self.tcx.ty_str(ty),
                ty::GenericArg::Const(constant) => self.tcx.const_str(constant),
                ty::GenericArg::Lifetime(_) => "'_".to_owned(),
            })
            .collect();
        all.join(", ")
    }
    fn exprs(&mut self, all: &[ExprId]) {
        self.nested(|printer| all.iter().for_each(|&expr| printer.expr(expr)));
    }
    fn optional(&mut self, expr: Option<ExprId>) {
        self.exprs(expr.as_slice());
    }

    fn expr(&mut self, id: ExprId) {
        ty::ensure_stack();
        let expr = &self.thir[id];
        let place = (self.span)(expr.span);
        let temp = self.number(expr.temp_scope_id);
        let head = format!("{} {place} temp {temp}", self.ty(expr.ty));
        let say = |printer: &mut Self, what: &dyn Debug| printer.line(format_args!("{what:?}: {head}"));
        match &expr.kind {
            ExprKind::Scope { region_scope, value, .. } => {
                let scope = self.scope(*region_scope);
                say(self, &format_args!("Scope {scope}"));
                self.exprs(&[*value]);
            }
            ExprKind::If { if_then_scope, cond, then, else_opt } => {
                let scope = self.scope(*if_then_scope);
                say(self, &format_args!("If {scope}"));
                self.exprs(&[*cond, *then]);
                self.optional(*else_opt);
            }
            ExprKind::Call { ty, fun, args, from_hir_call, fn_span } => {
                let (ty, fn_span) = (self.ty(*ty), (self.span)(*fn_span));
                say(self, &format_args!("Call {ty} {from_hir_call} {fn_span}"));
                self.exprs(&[*fun]);
                self.exprs(args);
            }
            ExprKind::Deref { arg } => {
                say(self, &format_args!("Deref"));
                self.exprs(&[*arg]);
            }
            ExprKind::Binary { op, lhs, rhs } => {
                say(self, &format_args!("Binary {op:?}"));
                self.exprs(&[*lhs, *rhs]);
            }
            ExprKind::LogicalOp { op, lhs, rhs } => {
                say(self, &format_args!("Logical {op:?}"));
                self.exprs(&[*lhs, *rhs]);
            }
            ExprKind::Unary { op, arg } => {
                say(self, &format_args!("Unary {op:?}"));
                self.exprs(&[*arg]);
            }
            ExprKind::Cast { source } => {
                say(self, &format_args!("Cast"));
                self.exprs(&[*source]);
            }
            ExprKind::Use { source } => {
                say(self, &format_args!("Use"));
                self.exprs(&[*source]);
            }
            ExprKind::NeverToAny { source } => {
                say(self, &format_args!("NeverToAny"));
                self.exprs(&[*source]);
            }
            ExprKind::PointerCoercion { cast, source, is_from_as_cast } => {
                say(self, &format_args!("PointerCoercion {cast:?} {is_from_as_cast}"));
                self.exprs(&[*source]);
            }
            ExprKind::Loop { body } => {
                say(self, &format_args!("Loop"));
                self.exprs(&[*body]);
            }
            ExprKind::Let { expr, pat } => {
                say(self, &format_args!("Let"));
                self.exprs(&[*expr]);
                self.nested(|printer| printer.pat(pat));
            }
            ExprKind::Match { scrutinee, arms, match_source } => {
                let source = match match_source {
                    MatchSource::TryDesugar(_) => "TryDesugar".to_owned(),
                    other => format!("{other:?}"),
                };
                say(self, &format_args!("Match {source}"));
                self.exprs(&[*scrutinee]);
                for &arm in arms {
                    let arm = &self.thir[arm];
                    let (scope, place) = (self.scope(arm.scope), (self.span)(arm.span));
                    self.line(format_args!("arm {scope} {place}"));
                    self.nested(|printer| printer.pat(&arm.pattern));
                    self.optional(arm.guard);
                    self.exprs(&[arm.body]);
                }
            }
            ExprKind::Block { block } => {
                say(self, &format_args!("Block"));
                self.nested(|printer| printer.block(*block));
            }
            ExprKind::Assign { lhs, rhs } => {
                say(self, &format_args!("Assign"));
                self.exprs(&[*lhs, *rhs]);
            }
            ExprKind::AssignOp { op, lhs, rhs } => {
                say(self, &format_args!("AssignOp {op:?}"));
                self.exprs(&[*lhs, *rhs]);
            }
            ExprKind::Field { lhs, variant_index, name } => {
                say(self, &format_args!("Field {variant_index:?} {name:?}"));
                self.exprs(&[*lhs]);
            }
            ExprKind::Index { lhs, index } => {
                say(self, &format_args!("Index"));
                self.exprs(&[*lhs, *index]);
            }
            ExprKind::VarRef { id } => {
                let number = self.number(id.local_id());
                say(self, &format_args!("VarRef {number}"));
            }
            ExprKind::UpvarRef { var_hir_id, closure_def_id } => {
                let number = self.number(var_hir_id.local_id());
                say(self, &format_args!("UpvarRef {number} {closure_def_id:?}"));
            }
            ExprKind::Borrow { borrow_kind, arg } => {
                say(self, &format_args!("Borrow {borrow_kind:?}"));
                self.exprs(&[*arg]);
            }
            ExprKind::RawBorrow { mutability, arg } => {
                say(self, &format_args!("RawBorrow {mutability:?}"));
                self.exprs(&[*arg]);
            }
            ExprKind::Break { label, value } => {
                let scope = self.scope(*label);
                say(self, &format_args!("Break {scope}"));
                self.optional(*value);
            }
            ExprKind::Continue { label } => {
                let scope = self.scope(*label);
                say(self, &format_args!("Continue {scope}"));
            }
            ExprKind::Return { value } => {
                say(self, &format_args!("Return"));
                self.optional(*value);
            }
            ExprKind::Repeat { value, count } => {
                let count = self.tcx.const_str(*count);
                say(self, &format_args!("Repeat {count}"));
                self.exprs(&[*value]);
            }
            ExprKind::Array { fields } => {
                say(self, &format_args!("Array"));
                self.exprs(fields);
            }
            ExprKind::Tuple { fields } => {
                say(self, &format_args!("Tuple"));
                self.exprs(fields);
            }
            ExprKind::Adt(adt) => {
                let args = self.args(adt.args);
                say(self, &format_args!("Adt {:?} {:?} [{args}]", adt.adt_def, adt.variant_index));
                for field in &adt.fields {
                    self.line(format_args!("field {:?}", field.name));
                    self.exprs(&[field.expr]);
                }
                match &adt.base {
                    AdtExprBase::None => {}
                    AdtExprBase::Base(base) => {
                        let types: Vec<_> = base.field_types.iter().map(|&ty| self.ty(ty)).collect();
                        self.line(format_args!("base {types:?}"));
                        self.exprs(&[base.base]);
                    }
                    AdtExprBase::DefaultFields(_) => self.line("default fields"),
                }
            }
            ExprKind::PlaceTypeAscription { source, user_ty_span, .. } => {
                let place = (self.span)(*user_ty_span);
                say(self, &format_args!("PlaceTypeAscription {place}"));
                self.exprs(&[*source]);
            }
            ExprKind::ValueTypeAscription { source, user_ty_span, .. } => {
                let place = (self.span)(*user_ty_span);
                say(self, &format_args!("ValueTypeAscription {place}"));
                self.exprs(&[*source]);
            }
            ExprKind::Closure(closure) => {
                let args = match closure.args {
                    UpvarArgs::Closure(args) | UpvarArgs::Coroutine(args) | UpvarArgs::CoroutineClosure(args) => args,
                };
                let args = self.args(args);
                say(self, &format_args!("Closure {:?} [{args}]", closure.closure_id));
                self.exprs(&closure.upvars);
                for (read, cause, _) in &closure.fake_reads {
                    self.line(format_args!("fake read {cause:?}"));
                    self.exprs(&[*read]);
                }
            }
            ExprKind::Literal { lit, neg } => {
                let node = match &lit.node {
                    LitKind::Str(text, _) => LitKind::Str(*text, StrStyle::Cooked),
                    LitKind::ByteStr(bytes, _) => LitKind::ByteStr(bytes.clone(), StrStyle::Cooked),
                    LitKind::CStr(bytes, _) => LitKind::CStr(bytes.clone(), StrStyle::Cooked),
                    other => other.clone(),
                };
                say(self, &format_args!("Literal {node:?} {neg}"));
            }
            ExprKind::NonHirLiteral { lit, .. } => say(self, &format_args!("NonHirLiteral {lit:?}")),
            ExprKind::ZstLiteral { .. } => say(self, &format_args!("ZstLiteral")),
            ExprKind::NamedConst { def_id, args, .. } => {
                let args = self.args(*args);
                say(self, &format_args!("NamedConst {def_id:?} [{args}]"));
            }
            ExprKind::ConstParam { param, def_id } => say(self, &format_args!("ConstParam {param:?} {def_id:?}")),
            ExprKind::StaticRef { ty, def_id } => {
                let ty = self.ty(*ty);
                say(self, &format_args!("StaticRef {ty} {def_id:?}"));
            }
            ExprKind::ThreadLocalRef(def_id) => say(self, &format_args!("ThreadLocalRef {def_id:?}")),
            ExprKind::ConstBlock { did, args } => {
                let args = self.args(*args);
                say(self, &format_args!("ConstBlock {did:?} [{args}]"));
            }
            ExprKind::ByUse { expr, .. } => {
                say(self, &format_args!("ByUse"));
                self.exprs(&[*expr]);
            }
            ExprKind::Become { value } => {
                say(self, &format_args!("Become"));
                self.exprs(&[*value]);
            }
            ExprKind::Yield { value } => {
                say(self, &format_args!("Yield"));
                self.exprs(&[*value]);
            }
            // What ours never has.
            ExprKind::LoopMatch { .. }
            | ExprKind::ConstContinue { .. }
            | ExprKind::PlaceUnwrapUnsafeBinder { .. }
            | ExprKind::ValueUnwrapUnsafeBinder { .. }
            | ExprKind::WrapUnsafeBinder { .. }
            | ExprKind::InlineAsm(_) => say(self, &format_args!("other")),
        }
    }

    fn block(&mut self, id: thir::BlockId) {
        let block = &self.thir[id];
        let (scope, place) = (self.scope(block.region_scope), (self.span)(block.span));
        let safety = match block.safety_mode {
            BlockSafety::Safe => "safe",
            BlockSafety::BuiltinUnsafe => "unsafe of the compiler",
            BlockSafety::ExplicitUnsafe(_) => "unsafe",
        };
        self.line(format_args!("block {scope} {place} {safety} {}", block.targeted_by_break));
        self.nested(|printer| {
            for &stmt in &block.stmts {
                printer.stmt(stmt);
            }
        });
        self.optional(block.expr);
    }

    fn stmt(&mut self, id: thir::StmtId) {
        match &self.thir[id].kind {
            StmtKind::Expr { scope, expr } => {
                let scope = self.scope(*scope);
                self.line(format_args!("stmt {scope}"));
                self.exprs(&[*expr]);
            }
            StmtKind::Let { remainder_scope, init_scope, pattern, initializer, else_block, span, .. } => {
                let (remainder, init) = (self.scope(*remainder_scope), self.scope(*init_scope));
                let place = (self.span)(*span);
                self.line(format_args!("let {remainder} {init} {place}"));
                self.nested(|printer| printer.pat(pattern));
                self.optional(*initializer);
                if let Some(block) = else_block {
                    self.line("else");
                    self.nested(|printer| printer.block(*block));
                }
            }
        }
    }

    fn fields(&mut self, fields: &[FieldPat<'tcx>]) {
        self.nested(|printer| {
            for field in fields {
                printer.line(format_args!("field {:?}", field.field));
                printer.nested(|printer| printer.pat(&field.pattern));
            }
        });
    }

    fn value(&self, value: ty::ValTree<'tcx>) -> String {
        match value.kind() {
            ty::ValTreeKind::Leaf(leaf) => format!("{leaf:?}"),
            ty::ValTreeKind::Branch(parts) => {
                let parts: Vec<_> = parts.iter().map(|part| self.tcx.const_str(part)).collect();
                format!("{parts:?}")
            }
        }
    }

    fn pat(&mut self, pat: &Pat<'tcx>) {
        let place = (self.span)(pat.span);
        let of_const = pat.extra.as_ref().and_then(|extra| extra.expanded_const);
        let head = format!("{} {place} {of_const:?}", self.ty(pat.ty));
        let say = |printer: &mut Self, what: &dyn Debug| printer.line(format_args!("{what:?}: {head}"));
        match &pat.kind {
            PatKind::Missing => say(self, &format_args!("Missing")),
            PatKind::Wild => say(self, &format_args!("Wild")),
            PatKind::Never => say(self, &format_args!("Never")),
            PatKind::Binding { name, mode, var, ty, subpattern, is_primary, is_shorthand } => {
                let (number, ty) = (self.number(var.local_id()), self.ty(*ty));
                say(self, &format_args!("Binding {name} {mode:?} {number} {ty} {is_primary} {is_shorthand}"));
                if let Some(inner) = subpattern {
                    self.nested(|printer| printer.pat(inner));
                }
            }
            PatKind::Variant { adt_def, args, variant_index, subpatterns } => {
                let args = self.args(*args);
                say(self, &format_args!("Variant {adt_def:?} [{args}] {variant_index:?}"));
                self.fields(subpatterns);
            }
            PatKind::Leaf { subpatterns } => {
                say(self, &format_args!("Leaf"));
                self.fields(subpatterns);
            }
            PatKind::Deref { pin, subpattern } => {
                say(self, &format_args!("Deref {pin:?}"));
                self.nested(|printer| printer.pat(subpattern));
            }
            PatKind::DerefPattern { subpattern, borrow } => {
                say(self, &format_args!("DerefPattern {borrow:?}"));
                self.nested(|printer| printer.pat(subpattern));
            }
            PatKind::Constant { value } => {
                let (ty, value) = (self.ty(value.ty), self.value(value.valtree));
                say(self, &format_args!("Constant {value} {ty}"));
            }
            PatKind::Range(range) => {
                let bound = |bound: PatRangeBoundary<'tcx>| match bound {
                    PatRangeBoundary::Finite(value) => self.value(value),
                    other => format!("{other:?}"),
                };
                let (lo, hi, ty) = (bound(range.lo), bound(range.hi), self.ty(range.ty));
                say(self, &format_args!("Range {lo} {hi} {:?} {ty}", range.end));
            }
            PatKind::Slice { prefix, slice, suffix } | PatKind::Array { prefix, slice, suffix } => {
                let is_array = matches!(pat.kind, PatKind::Array { .. });
                say(self, &format_args!("Slice {is_array}"));
                self.nested(|printer| {
                    prefix.iter().for_each(|pat| printer.pat(pat));
                    printer.line("rest");
                    slice.iter().for_each(|pat| printer.pat(pat));
                    printer.line("suffix");
                    suffix.iter().for_each(|pat| printer.pat(pat));
                });
            }
            PatKind::Or { pats } => {
                say(self, &format_args!("Or"));
                self.nested(|printer| pats.iter().for_each(|pat| printer.pat(pat)));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::front_diff::{files, rustc};

    /// How many bodies of `tests/run-pass` are equal. More is better: raise it then.
    const EQUAL: usize = 809;

    #[test]
    fn programs_have_the_types_that_rustc_finds() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/run-pass");
        let files = files::collect(&[folder], Edition::E2024).expect("the programs are there");
        let toolchain = Toolchain {
            cfg: rustc::printed_cfg().expect("rustc prints its conditions"),
            sysroot_lib: rustc::sysroot_lib().expect("rustc prints its sysroot"),
        };
        let (mut equal, mut different) = (0, Vec::new());
        for file in files {
            let compilation = Compilation::of_file(&file.path, file.edition);
            let examined = examine(&compilation, &toolchain, None).expect("rustc compiles them");
            for (path, outcome) in examined.bodies {
                match outcome {
                    Outcome::Equal | Outcome::Places(..) => equal += 1,
                    Outcome::Different(ours, rustcs) => different.push(format!("{path}: {ours} / {rustcs}")),
                    Outcome::Doubt(..) | Outcome::Extra => {}
                }
            }
        }
        assert!(different.is_empty(), "{}", different.join("\n"));
        assert!(equal >= EQUAL, "{equal} bodies are equal, no longer {EQUAL}");
    }
}
