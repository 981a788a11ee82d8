//! What is inferred of small functions: the types of their variables.

use bessemer_typeck as typeck;
use expand::cfg::Options;
use expand::expander::{Expanded, Input, expand_crate};
use expand::external::NoSurroundings;
use expand::mbe::Limits;
use hir::lower;
use names::OtherCrates;
use std::path::Path;
use syntax::span::Edition;
use thir::{Pat, PatKind, StmtKind, TypedBody};
use ty::{Arena, DefId, DefKind, Definitions, Tcx};

const EDITION: Edition = Edition::E2024;

struct Source<'a> {
    expanded: &'a Expanded,
    module: DefId,
}

impl typeck::Source for Source<'_> {
    fn span(&self, span: syntax::span::Span) -> ty::Span {
        ty::Span { file: ty::SourceFileId(0), lo: span.lo, hi: span.hi, ctxt: ty::SyntaxContext(span.ctxt.0) }
    }
    fn edition(&self, span: syntax::span::Span) -> Edition {
        self.expanded.session.hygiene.editions().of(span)
    }
    fn call_site(&self, span: syntax::span::Span) -> Option<syntax::span::Span> {
        let hygiene = &self.expanded.session.hygiene;
        (span.ctxt.0 != 0).then(|| hygiene.expansion(hygiene.outer_expansion(span.ctxt)).call_site)
    }
    fn module(&self) -> DefId {
        self.module
    }
}

/// Of each function of a snippet its variables with their types; or the doubt.
fn inferred(source: &str) -> String {
    let source = source.to_owned();
    let run = move || inferred_here(&source);
    let thread = std::thread::Builder::new().stack_size(64 << 20).spawn(run).expect("a thread starts");
    thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
}

fn inferred_here(source: &str) -> String {
    let dir = tempfile::tempdir().expect("a temporary folder");
    let metadata = testing::compile(dir.path(), source, &[]);
    let arena = Arena::new();
    let crates = OtherCrates::new(Tcx::new(&arena, testing::session_options()), testing::locator());
    let input = Input {
        name: "snippet",
        path: Path::new("snippet.rs"),
        source,
        edition: EDITION,
        options: &Options::default(),
        crates: &crates,
        surroundings: &NoSurroundings,
        is_test: false,
        is_proc_macro: false,
        limits: Limits::default(),
    };
    let mut expanded = expand_crate(&input).unwrap_or_else(|failure| panic!("{}", failure.doubt.message));
    let arena = Arena::new();
    let program = testing::Program::open(&arena, &metadata, testing::session_options());
    let session = program.session;
    let number = |krate| {
        let hash = crates.hash_of(krate)?;
        session.crates().into_iter().find(|&known| session.crate_identity(known).1 == hash)
    };
    let input = lower::Input { session, crates: &number, externs: &[], edition: EDITION };
    let lowered = lower::lower_crate(&mut expanded, &input).unwrap_or_else(|doubt| panic!("{}", doubt.message));
    let cx = solve::Session::start(program.tcx, program.bodies).expect("std has what the solver needs");
    let mut text = String::new();
    for hir in &lowered.bodies {
        if !matches!(session.def_kind(hir.def_id), DefKind::Fn | DefKind::AssocFn) {
            continue;
        }
        let source = Source { expanded: &expanded, module: ty::CrateNum::LOCAL.root() };
        text += &format!("{}:\n", program.tcx.def_path_str(hir.def_id));
        match typeck::check(cx, session, hir, &source) {
            Ok(bodies) => bodies.iter().for_each(|body| describe(program.tcx, body, &mut text)),
            Err(doubt) => text += &format!("    in doubt: {doubt}\n"),
        }
    }
    text
}

fn describe<'tcx>(tcx: Tcx<'tcx>, body: &TypedBody<'tcx>, text: &mut String) {
    let mut bindings = |pat: &Pat<'tcx>| {
        pat.walk(&mut |pat| {
            if let PatKind::Binding { name, ty, .. } = &pat.kind {
                *text += &format!("    {name}: {}\n", tcx.ty_str(*ty));
            }
            true
        });
    };
    body.thir.params.iter().filter_map(|param| param.pat.as_deref()).for_each(&mut bindings);
    for stmt in body.thir.stmts.iter() {
        if let StmtKind::Let { pattern, .. } = &stmt.kind {
            bindings(pattern);
        }
    }
    body.thir.arms.iter().for_each(|arm| bindings(&arm.pattern));
}

/// Checks that lines are among those of [`inferred`].
#[track_caller]
fn check(source: &str, lines: &[&str]) {
    let text = inferred(source);
    for wanted in lines {
        assert!(text.lines().any(|line| line.trim() == *wanted), "no `{wanted}` in\n{text}");
    }
}

#[test]
fn literals_get_types_from_their_use() {
    check(
        "pub fn f(x: u8) -> u64 { let a = 1; let b = 2.0; let c = x + 3; let d = 4; let _ = (a, b, c); d }",
        &["f:", "x: u8", "a: i32", "b: f64", "c: u8", "d: u64"],
    );
}

#[test]
fn receivers_are_borrowed_and_dereferenced() {
    check(
        "pub fn f(v: Vec<String>) -> usize {
            let first = v.first();
            let s = v[0].as_str();
            let n = v.len();
            _ = (first, s);
            n
        }",
        &["first: core::option::Option<&alloc::string::String>", "s: &str", "n: usize"],
    );
}

#[test]
fn patterns_look_through_references() {
    check(
        "pub fn f(x: &Option<(u8, String)>) -> u8 {
            match x {
                Some((a, s)) if s.is_empty() => *a,
                Some(_) | None => 0,
            }
        }",
        &["a: &u8", "s: &alloc::string::String"],
    );
}

#[test]
fn closures_are_told_their_signature() {
    check(
        "pub fn f(v: &[u32]) -> Option<u64> { v.iter().map(|x| u64::from(*x)).map(|y| y * 2).next() }",
        &["x: &u32", "y: u64"],
    );
}

#[test]
fn what_is_not_known_for_sure_is_a_doubt() {
    check(
        "pub fn f(n: u32) -> u32 { let add = |m: u32| n + m; add(1) }",
        &["in doubt: a closure that captures something"],
    );
}
