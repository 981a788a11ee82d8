//! Bodies that are made here are those that rustc writes.

use bessemer_stages::{Crate, Resolved, Stages, with_stack};
use front::Front;
use mir::Bodies;
use std::path::Path;
use std::process::Command;
use syntax::span::Edition;
use ty::{Arena, SessionOptions};

/// Compares the MIR of all bodies of a snippet, without what rustc optimises.
fn check(edition: Edition, source: &str) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    std::fs::write(folder.path().join("snippet.rs"), source).expect("the snippet is written");
    let mut rustc = testing::rustc(folder.path());
    rustc.args(["--edition", &edition.to_string(), "--crate-type=lib", "--emit=metadata", "-Zalways-encode-mir"]);
    rustc.args(["-Zmir-opt-level=0", "-Zub-checks=no", "-o", "libsnippet.rmeta", "snippet.rs"]);
    testing::output(&mut rustc);
    let krate = krate(folder.path(), edition);
    let metadata = folder.path().join("libsnippet.rmeta");
    with_stack(|| {
        let arena = Arena::new();
        let options = SessionOptions { ub_checks: false, ..testing::session_options() };
        let front = Front::open(&arena, testing::inputs(&metadata, &krate.locator, options)).expect("it opens");
        let stages = Resolved::new(&krate, &front).and_then(|resolved| Stages::new(front, resolved)).expect("names");
        let owners: Vec<_> = stages.resolved().bodies.keys().copied().collect();
        let mut compared = 0;
        for owner in owners {
            for typed in stages.typed(owner).expect("it is written").expect("types") {
                let def_id = typed.def_id;
                if !front.session.has_optimized_mir(def_id) {
                    continue;
                }
                let made = stages.mir(def_id).expect("it is written").unwrap_or_else(|doubt| panic!("{doubt}"));
                let text = |body| mir::pretty::body_to_string(front.tcx, "fn f", body);
                assert_eq!(text(&made.body), text(front.session.optimized_mir(def_id)));
                compared += 1;
            }
        }
        assert!(compared > 0);
    })
    .expect("no panic");
}

fn krate(folder: &Path, edition: Edition) -> Crate {
    let cfg = testing::output(Command::new("rustc").args(["--print", "cfg"]));
    Crate {
        name: "snippet".to_owned(),
        path: "snippet.rs".into(),
        edition,
        cfg: cfg.lines().map(str::to_owned).collect(),
        locator: testing::locator(),
        folder: folder.to_owned(),
        ..Crate::default()
    }
}

/// What std's macros desugar to is of std's edition, not of the crate's: it says how long temporaries live.
#[test]
fn macros_of_other_editions() {
    for edition in [Edition::E2018, Edition::E2021, Edition::E2024] {
        check(
            edition,
            "pub fn show(x: &u8, f: &mut core::fmt::Formatter) -> core::fmt::Result { write!(f, \"{}!\", x) }\n",
        );
    }
}

/// The order of captures is that of a closure's fields.
#[test]
fn what_is_indexed_is_captured_before_the_index() {
    let source = "\
pub struct Table { pub rows: [u8; 8] }
pub fn read(table: &Table, at: &[usize]) -> u8 {
    let read = |n: usize| { let row = table.rows[at[n]]; row };
    read(1)
}
pub fn write(table: &mut [u8; 8], at: &[usize; 2]) {
    let mut write = || table[at[1]] = 1;
    write();
}
";
    check(Edition::E2021, source);
}

/// What stands under an attribute for lints has a scope of its own.
#[test]
fn levels_of_lints_have_scopes() {
    let source = "\
pub struct Pair { pub a: u8, pub b: Option<u8> }
pub fn statements(n: u8) -> u8 {
    #[allow(unused_variables)]
    let a = n + 1;
    #[warn(unused_variables)]
    let Some(b) = Some(n) else { let d = n; return d };
    #[allow(unused)]
    for i in 0..n { let c = i; drop(c); }
    #[expect(unused)]
    { let e = n; }
    #[allow(clippy::all)]
    (drop(n));
    #[doc(hidden)]
    let f = n;
    #[cfg_attr(all(), allow(unused))]
    while let 1 = n { #[deny(unused)] let g = f; #[allow(dead_code)] drop({ let h = g; h }); }
    b
}
pub fn parts(#[allow(unused)] x: u8, #[allow(unused)] Pair { a, b }: Pair) -> Pair {
    #[allow(irrefutable_let_patterns)]
    match x {
        #[allow(unused)] y if let z = y && z > 1 => drop(z),
        #[forbid(unsafe_code)] 1 | 2 => { let d = x; #[allow(unused)] match d { e => drop(e) } }
        _ => {}
    }
    let Pair { #[allow(unused)] a: c, .. } = Pair { #[allow(unused)] a: { let i = x; i }, b: matches!(b, Some(_)).then_some(a) };
    Pair { a: c, b: None }
}
pub fn closures(x: u8) -> u8 {
    #[allow(unused)]
    let f = |#[allow(unused)] y: u8| { let z = x + y; #[allow(unused)] let w = z; w };
    #[allow(unused)]
    f({ let g = |y: u8| { let z = y; z }; let h = g(x); h })
}
pub fn constant() -> u8 {
    #[allow(unused)]
    let c = const { let a = 1; #[allow(unused)] let b = a + 1; b };
    c
}
";
    check(Edition::E2024, source);
}

/// Debuggers do not see what a destructuring assignment makes.
#[test]
fn assignments_to_patterns_have_no_variables() {
    let source = "\
pub fn swap(mut a: u8, b: &mut u8) -> u8 {
    (a, *b) = (*b, a);
    (_, a) = { let lhs = *b; (0, lhs) };
    let lhs = a;
    lhs
}
";
    check(Edition::E2024, source);
}

/// Whether a value is `Copy` may hang on what a coroutine of the same body holds, which is not known before that is built: a
/// closure moves such a value.
#[test]
fn what_coroutines_hold_is_not_known_in_their_body() {
    let source = "\
pub struct W<T>(*const T);
impl<T: Send> Clone for W<T> { fn clone(&self) -> Self { W(self.0) } }
impl<T: Send> Copy for W<T> {}
pub fn f() {
    let future = async {};
    let x = W(&raw const future);
    let c = || { let x = x; };
    c();
}
fn is_send<T: Send>(t: T) -> T { t }
pub fn g(n: u8) -> impl Future<Output = u8> + Send {
    is_send(async move { let text = String::new(); f(); n + text.len() as u8 })
}
";
    check(Edition::E2024, source);
}
