//! What tests of typed bodies share: from a snippet to its bodies.

#![allow(dead_code, reason = "each test uses a part")]

use bessemer_typeck as typeck;
use expand::cfg::Options;
use expand::expander::{Expanded, Input, expand_crate};
use expand::external::NoSurroundings;
use expand::mbe::Limits;
use hir::lower;
use names::OtherCrates;
use std::collections::BTreeMap;
use std::path::Path;
use syntax::span::Edition;
use thir::TypedBody;
use ty::{Arena, DefId, DefKind, Definitions, Tcx};

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

/// Says something of the bodies of each function of a snippet; what is in doubt says so itself.
pub fn describe_bodies(source: &str, edition: Edition, describe: Describe) -> String {
    let source = source.to_owned();
    let run = move || describe_here(&source, edition, describe);
    // The solver asks for a large stack.
    let thread = std::thread::Builder::new().stack_size(64 << 20).spawn(run).expect("a thread starts");
    thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
}

/// Writes what is wanted of the bodies of a function: its own, and those of its closures.
pub type Describe = for<'tcx> fn(Tcx<'tcx>, &[TypedBody<'tcx>], &mut String);

fn describe_here(source: &str, edition: Edition, describe: Describe) -> String {
    let mut text = String::new();
    for_each_function(source, edition, &mut |program, _, def_id, bodies| {
        text += &format!("{}:\n", program.tcx.def_path_str(def_id));
        match bodies {
            Ok(bodies) => describe(program.tcx, bodies, &mut text),
            Err(doubt) => text += &format!("    in doubt: {doubt}\n"),
        }
    });
    text
}

/// Checks that all bodies of a snippet, of edition 2024, are typed as rustc types them.
#[track_caller]
pub fn compare_with_rustc(source: &str) {
    let source = source.to_owned();
    let run = move || {
        let (mut count, mut wrong) = (0, String::new());
        for_each_function(&source, Edition::E2024, &mut |program, rustcs, def_id, bodies| match bodies {
            Ok(bodies) => {
                for body in bodies {
                    let Some(theirs) = rustcs.get(&body.def_id) else { continue };
                    let [ours, theirs] =
                        [body, theirs].map(|body| thir::tree::print(program.tcx, body, &|_| String::new()));
                    count += 1;
                    if ours != theirs {
                        wrong +=
                            &format!("{}:\nours:\n{ours}\nrustc's:\n{theirs}\n", program.tcx.def_path_str(body.def_id));
                    }
                }
            }
            Err(doubt) => wrong += &format!("{}: in doubt: {doubt}\n", program.tcx.def_path_str(def_id)),
        });
        assert!(wrong.is_empty(), "{wrong}");
        assert!(count > 0, "nothing was compared");
    };
    let thread = std::thread::Builder::new().stack_size(64 << 20).spawn(run).expect("a thread starts");
    thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
}

type Visit<'a> = dyn for<'tcx> FnMut(
        &testing::Program<'tcx>,
        &BTreeMap<DefId, TypedBody<'tcx>>,
        DefId,
        &typeck::Answer<Vec<TypedBody<'tcx>>>,
    ) + 'a;

/// Calls `visit` with each function of a snippet, with rustc's bodies and with ours.
fn for_each_function(source: &str, edition: Edition, visit: &mut Visit<'_>) {
    let dir = tempfile::tempdir().expect("a temporary folder");
    let metadata = testing::compile(dir.path(), source, &[]);
    let mut rustc = testing::rustc(dir.path());
    rustc.args(["--edition", "2024", "--crate-type", "lib", "-Zunpretty=thir-flat", "-Zverbose-internals"]);
    let dump = testing::output(rustc.arg("snippet.rs"));
    let arena = Arena::new();
    let crates = OtherCrates::new(Tcx::new(&arena, testing::session_options()), testing::locator());
    let input = Input {
        name: "snippet",
        path: Path::new("snippet.rs"),
        source,
        edition,
        options: &Options::default(),
        crates: &crates,
        surroundings: &NoSurroundings,
        is_test: false,
        is_proc_macro: false,
        limits: Limits::default(),
        only: None,
    };
    let mut expanded = expand_crate(&input).unwrap_or_else(|failure| panic!("{}", failure.doubt.message));
    let arena = Arena::new();
    let program = testing::Program::open(&arena, &metadata, testing::session_options());
    let session = program.session;
    let number = |krate| {
        let hash = crates.hash_of(krate)?;
        session.crates().into_iter().find(|&known| session.crate_identity(known).1 == hash)
    };
    let input = lower::Input { session, krate: ty::CrateNum::LOCAL, crates: &number, externs: &[], edition };
    let lowered = lower::lower_crate(&mut expanded, &input).unwrap_or_else(|doubt| panic!("{}", doubt.message));
    let cx = solve::Session::start(program.tcx, program.bodies).expect("std has what the solver needs");
    let (read, _) = testing::thir_text::read_crate(&program, 2024, &dump);
    let rustcs = read.into_iter().filter_map(|read| Some((read.def_id, read.body.ok()?))).collect();
    for hir in &lowered.bodies {
        if !matches!(session.def_kind(hir.def_id), DefKind::Fn | DefKind::AssocFn) {
            continue;
        }
        let source = Source { expanded: &expanded, module: ty::CrateNum::LOCAL.root() };
        visit(&program, &rustcs, hir.def_id, &typeck::check(cx, session, hir, &source));
    }
}
