//! Typed bodies, read from what `rustc -Zunpretty=thir-flat -Zverbose-internals` prints.
//!
//! With these, MIR building is tested before type checking exists, and apart from it. Types are looked up in the crate's
//! metadata. What the text does not have is worked out from what it has: the scopes of temporaries and variables by rustc's
//! rules for them (`scopes`), and captures by the expressions that make closures.

mod node;
mod read;
mod scopes;
mod types;

pub use node::parse;
pub use types::{Lookup, TextNames};

use rmeta::Session;
use rustc_hash::FxHashMap;
use std::cell::RefCell;
use thir::{
    BorrowKind, CaptureProjection, CaptureProjectionKind, CapturedPlace, ExprId, ExprKind, LocalVarId, Pat, PatKind,
    Thir, TypedBody,
};
use ty::{DefId, Definitions, Mutability, Span, Symbol, TyKind, VariantIdx};

/// A body and its text.
pub struct Read<'tcx> {
    pub def_id: DefId,
    /// The definition as rustc writes it.
    pub name: String,
    pub text: String,
    /// What is read of it; or what is not understood.
    pub body: Result<TypedBody<'tcx>, String>,
}

/// Reads all bodies of a crate, whose sources are of the edition.
pub fn read_crate<'tcx>(program: &crate::Program<'tcx>, edition: u16, text: &str) -> (Vec<Read<'tcx>>, Lookup<'tcx>) {
    let lookup = Lookup::new(program.tcx, program.session);
    let mut found = Vec::new();
    let mut sections: Vec<(String, String)> = Vec::new();
    for line in text.lines() {
        match line.strip_suffix(':') {
            Some(name) if line.starts_with("DefId(") => sections.push((name.to_owned(), String::new())),
            _ => {
                if let Some((_, body)) = sections.last_mut() {
                    body.push_str(line);
                    body.push('\n');
                }
            }
        }
    }
    for (name, text) in sections {
        let text = text.trim_end().to_owned();
        let Ok(def_id) = lookup.def_id(&name) else { continue };
        let body = parse(&text).and_then(|node| read::read(&lookup, &node)).and_then(|thir| {
            let root = thir.exprs.last_index().ok_or("no expression")?;
            let ExprKind::Scope { hir_id, .. } = thir[root].kind else { return Err("no root".to_owned()) };
            let scopes = scopes::scopes(&lookup, &thir, root, edition);
            let span = thir[root].span;
            Ok(TypedBody {
                def_id,
                root,
                scopes,
                captures: Vec::new(),
                body_id: hir_id.local_id,
                span,
                inherits_overflow_checks: false,
                return_ty_span: span,
                thir,
            })
        });
        found.push(Read { def_id, name, text, body });
    }
    add_captures(program.session, &mut found);
    (found, lookup)
}

/// A closure's captures are what the expression that makes it puts into it.
fn add_captures(session: &Session<'_>, found: &mut [Read<'_>]) {
    let mut names: FxHashMap<LocalVarId, Symbol> = FxHashMap::default();
    let mut captures = FxHashMap::default();
    for thir in found.iter().filter_map(|read| Some(&read.body.as_ref().ok()?.thir)) {
        let mut add = |pat: &Pat<'_>| {
            pat.walk(&mut |pat| {
                if let PatKind::Binding { name, var, .. } = pat.kind {
                    names.insert(var, name);
                }
                true
            });
        };
        for pat in thir.params.iter().filter_map(|param| param.pat.as_ref()) {
            add(pat);
        }
        for stmt in thir.stmts.iter() {
            if let thir::StmtKind::Let { pattern, .. } = &stmt.kind {
                add(pattern);
            }
        }
        thir.arms.iter().for_each(|arm| add(&arm.pattern));
        for expr in thir.exprs.iter() {
            if let ExprKind::Let { pat, .. } = &expr.kind {
                add(pat);
            }
        }
    }
    for thir in found.iter().filter_map(|read| Some(&read.body.as_ref().ok()?.thir)) {
        for expr in thir.exprs.iter() {
            let ExprKind::Closure(closure) = &expr.kind else { continue };
            // The body around may not be read. Metadata has the names of variables that are captured whole.
            let known = session.captured_names(closure.closure_id);
            let places = closure.upvars.iter().enumerate().map(|(at, &upvar)| {
                let mut place = captured(thir, upvar, &names)?;
                if let (None, Some(name)) =
                    (names.get(&place.var), known.get(at).filter(|_| place.projections.is_empty()))
                {
                    let name = name.as_str();
                    place.name = Symbol::intern(name.strip_prefix("_ref__").unwrap_or(name));
                }
                Some(place)
            });
            captures.insert(closure.closure_id, places.collect::<Option<Vec<_>>>());
        }
    }
    for read in found {
        if let Ok(body) = &mut read.body {
            match captures.remove(&body.def_id) {
                Some(Some(captures)) => body.captures = captures,
                Some(None) => read.body = Err("captures".to_owned()),
                None => {}
            }
        }
    }
}

fn captured<'tcx>(
    thir: &Thir<'tcx>,
    upvar: ExprId,
    names: &FxHashMap<LocalVarId, Symbol>,
) -> Option<CapturedPlace<'tcx>> {
    let (by_ref, mut at) = match thir[upvar].kind {
        ExprKind::Borrow { borrow_kind, arg } => (Some(borrow_kind), arg),
        _ => (None::<BorrowKind>, upvar),
    };
    let mut projections = Vec::new();
    let (var, var_ty) = loop {
        let expr = &thir[at];
        let mut step = |kind, next| {
            projections.push(CaptureProjection { kind, ty: expr.ty });
            next
        };
        at = match expr.kind {
            ExprKind::VarRef { id } | ExprKind::UpvarRef { var_hir_id: id, .. } => break (id, expr.ty),
            ExprKind::Deref { arg } => step(CaptureProjectionKind::Deref, arg),
            ExprKind::Field { lhs, variant_index, name } => {
                let variant = match thir[lhs].ty.kind() {
                    TyKind::Adt(..) => variant_index,
                    _ => VariantIdx::ZERO,
                };
                step(CaptureProjectionKind::Field(name, variant), lhs)
            }
            ExprKind::Scope { value, .. } => value,
            _ => return None,
        };
    };
    projections.reverse();
    let name = names.get(&var).copied().unwrap_or_else(|| Symbol::intern("?"));
    let span = thir[upvar].span;
    Some(CapturedPlace { var, name, var_ty, projections, by_ref, mutability: Mutability::Not, span })
}

/// Files that spans are of: the numbers in [`Span`]s count these, and positions are line and column.
#[derive(Default)]
pub struct Files(RefCell<Vec<String>>);

/// Columns are below this.
const COLUMNS: u32 = 1 << 12;

impl Files {
    /// `a.rs:1:2: 3:4 (#5)`
    fn read(&self, text: &str) -> Option<Span> {
        let (place, ctxt) = text.strip_suffix(')')?.split_once(" (#")?;
        if place == "no-location" {
            return Some(Span { ctxt: ty::SyntaxContext(ctxt.parse().ok()?), ..Span::DUMMY });
        }
        let mut parts = place.rsplitn(5, ':').map(str::trim);
        let mut number = || parts.next()?.parse::<u32>().ok();
        let (hi_column, hi_line, lo_column, lo_line) = (number()?, number()?, number()?, number()?);
        let name = parts.next()?;
        let mut files = self.0.borrow_mut();
        let known = files.iter().position(|file| file == name);
        let file = known.unwrap_or_else(|| {
            files.push(name.to_owned());
            files.len() - 1
        });
        let place = |line: u32, column: u32| (column < COLUMNS).then_some(line.checked_mul(COLUMNS)? + column);
        let file = ty::SourceFileId(file as u32);
        let ctxt = ty::SyntaxContext(ctxt.parse().ok()?);
        Some(Span { file, lo: place(lo_line, lo_column)?, hi: place(hi_line, hi_column)?, ctxt })
    }

    fn write(&self, span: Span) -> String {
        let place = |at: u32| format!("{}:{}", at / COLUMNS, at % COLUMNS);
        match self.0.borrow().get(span.file.0 as usize) {
            Some(name) => format!("{name}:{}: {} (#{})", place(span.lo), place(span.hi), span.ctxt.0),
            None => format!("no-location (#{})", span.ctxt.0),
        }
    }

    /// Whether the place is in the toolchain's own sources.
    fn is_std(&self, span: Span) -> bool {
        self.0.borrow().get(span.file.0 as usize).is_some_and(|name| name.starts_with("/rustc/"))
    }
}
