//! A crate's bodies, made by our own stages, in place of those that rustc wrote.

use bessemer_stages::{BodyAt, Crate, OwnBodies, Resolved, Stage, Stages, text, with_stack};
use expect_test::expect;
use front::Front;
use mir::Bodies as _;
use mir::Const;
use std::path::Path;
use syntax::span::Edition;
use ty::{Arena, ConstValue, CrateNum, DefId, Scalar, UnevaluatedConst};

const SOURCE: &str = "\
pub const fn sum(numbers: &[u8]) -> u8 {
    let mut sum = 0;
    let mut at = 0;
    while at < numbers.len() {
        sum += numbers[at];
        at += 1;
    }
    sum
}
pub const SUM: u8 = sum(&[1, 2, 3]);
pub const BY_LENGTH: [u8; SUM as usize] = [SUM; SUM as usize];
pub fn run() -> impl Fn(u8) -> u8 {
    |x| x + SUM
}
pub async fn wait(x: u8) -> u8 {
    x
}
pub async fn wait_for_another() -> u8 {
    wait(1).await
}
";

/// A future that is in doubt.
const LATE: &str = "\
#![feature(async_drop)]
pub struct Late;
impl Drop for Late {
    fn drop(&mut self) {}
}
impl std::future::AsyncDrop for Late {
    async fn drop(self: std::pin::Pin<&mut Self>) {}
}
pub async fn late(_late: Late) {}
";

/// What a snippet in a folder is for the stages.
fn krate(folder: &Path) -> Crate {
    let cfg = testing::output(std::process::Command::new("rustc").args(["--print", "cfg"]));
    Crate {
        name: "snippet".to_owned(),
        path: "snippet.rs".into(),
        edition: Edition::E2024,
        cfg: cfg.lines().map(str::to_owned).collect(),
        locator: testing::locator(),
        folder: folder.to_owned(),
        ..Crate::default()
    }
}

fn value(front: &Front<'_>, path: &str) -> ConstValue {
    let def = front.find(path).expect("the constant");
    let constant = UnevaluatedConst { def, args: ty::List::empty() };
    let constant = Const::Unevaluated { constant, promoted: None, ty: front.tcx.types().u8 };
    front.eval.eval_const_operand(constant).expect("a value")
}

#[test]
fn bodies_take_the_place_of_rustcs() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let metadata = testing::compile(folder.path(), SOURCE, &[]);
    let krate = krate(folder.path());
    let doubts = with_stack(|| {
        let arena = Arena::new();
        let inputs = testing::inputs(&metadata, &krate.locator, testing::session_options());
        let mut own = None;
        let front = Front::open_with(&arena, inputs, |session| *own.insert(arena.hold(OwnBodies::new(session))));
        let (front, own) = (front.expect("it opens"), own.expect("it was asked for"));
        let six = ConstValue::Scalar(Scalar::from_bits(6, 1));
        own.begin(front, [(ty::CrateNum::LOCAL, Ok(krate.clone()))]);
        assert_eq!(own.asked(), Default::default());
        assert_eq!(value(&front, "snippet::SUM"), six);
        let asked = own.asked();
        assert_eq!(asked.doubts, []);
        assert!(asked.made >= 1, "{asked:?}");

        // A place in an own body is one in the file.
        let sum = front.find("snippet::sum").expect("the function");
        let body = front.bodies.optimized_mir(sum);
        let file = front.bodies.source_file(body.span.file);
        assert_eq!((&*file.name, file.line_column(body.span.lo)), ("snippet.rs", (1, 1)));

        let wait = front.find("snippet::wait_for_another").expect("the function");
        front.bodies.optimized_mir(wait);
        let made = own.asked().made;
        let future = front.bodies.optimized_mir(future_in(&front, wait));
        assert!(future.coroutine.as_ref().is_some_and(|coroutine| coroutine.coroutine_drop.is_some()));
        assert_eq!(own.asked().made, made + 1);
        own.asked().doubts
    })
    .expect("no panic");
    assert_eq!(doubts, []);
}

/// The body of an `async fn`.
fn future_in(front: &Front<'_>, function: DefId) -> DefId {
    let definitions = front.tcx.definitions();
    let all = (0..front.session.definition_count(CrateNum::LOCAL)).map(|index| DefId { index, ..function });
    let is_in = |def_id| definitions.def_key(def_id).parent == Some(function.index);
    let mut futures = all.into_iter().filter(|&def_id| definitions.coroutine_kind(def_id).is_some() && is_in(def_id));
    futures.next().expect("a future")
}

#[test]
fn bodies_in_doubt_are_rustcs() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let metadata = testing::compile(folder.path(), LATE, &[]);
    let krate = krate(folder.path());
    let stages = with_stack(|| {
        let arena = Arena::new();
        let inputs = testing::inputs(&metadata, &krate.locator, testing::session_options());
        let mut own = None;
        let front = Front::open_with(&arena, inputs, |session| *own.insert(arena.hold(OwnBodies::new(session))));
        let (front, own) = (front.expect("it opens"), own.expect("it was asked for"));
        own.begin(front, [(ty::CrateNum::LOCAL, Ok(krate.clone()))]);
        let future = future_in(&front, front.find("snippet::late").expect("the function"));
        assert!(std::ptr::eq(front.bodies.optimized_mir(future), front.session.optimized_mir(future)));
        own.asked().doubts.iter().map(|doubt| doubt.stage).collect::<Vec<_>>()
    });
    assert_eq!(stages.expect("no panic"), [Stage::Elaboration]);
}

#[test]
fn a_text_that_rustc_has_not_read_is_a_doubt() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let metadata = testing::compile(folder.path(), SOURCE, &[]);
    std::fs::write(folder.path().join("snippet.rs"), format!("\n{SOURCE}")).expect("the snippet is written");
    let krate = krate(folder.path());
    let arena = Arena::new();
    let inputs = testing::inputs(&metadata, &krate.locator, testing::session_options());
    let front = Front::open(&arena, inputs).expect("it opens");
    let doubt = Resolved::new(&krate, &front).err().expect("a doubt");
    expect![[r#"snippet.rs: source: file: the text is not the one that the metadata is of"#]]
        .assert_eq(&doubt.to_string());
}

#[test]
fn stages_as_text() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let metadata = testing::compile(folder.path(), "pub fn f(x: Option<u8>) -> u8 {\n    x.unwrap_or(1)\n}\n", &[]);
    let krate = krate(folder.path());
    expect![[r#"
        1:1-1:4          Ident("pub", false)
        1:5-1:7          Ident("fn", false)
        1:8-1:9          Ident("f", false)
        1:9-1:10         Open(Paren)
        1:10-1:11          Ident("x", false)
        1:11-1:12          Colon
        1:13-1:19          Ident("Option", false)
        1:19-1:20          Lt
        1:20-1:22          Ident("u8", false)
        1:22-1:23          Gt
        1:23-1:24        Close(Paren)
        1:25-1:27        RArrow
        1:28-1:30        Ident("u8", false)
        1:31-1:32        Open(Brace)
        2:5-2:6            Ident("x", false)
        2:6-2:7            Dot
        2:7-2:16           Ident("unwrap_or", false)
        2:16-2:17          Open(Paren)
        2:17-2:18            Literal(Lit { kind: Integer, symbol: "1", suffix: None })
        2:18-2:19          Close(Paren)
        3:1-3:2          Close(Brace)
    "#]]
    .assert_eq(&text::tokens(&krate).expect("tokens"));
    let (hir, thir) = with_stack(|| {
        let arena = Arena::new();
        let inputs = testing::inputs(&metadata, &krate.locator, testing::session_options());
        let front = Front::open(&arena, inputs).expect("it opens");
        let resolved = Resolved::new(&krate, &front).expect("names");
        let hir = text::hir(&resolved, front.session);
        let stages = Stages::new(front, resolved).expect("a solver");
        (hir, text::thir(&stages))
    })
    .expect("no panic");
    assert_eq!((hir.doubts, thir.doubts), (Vec::new(), Vec::new()));
    expect![[r#"
        snippet::f:
        Body
         pat Binding 0 x	1:10-1:11
         Block	1:31-3:2
          block @0	1:31-3:2
           Value
            MethodCall	2:5-2:19
             seg unwrap_or Err infer
             Path	2:5-2:6
              Resolved Local(0)
               seg x Local(0) infer
             Lit Int 1	2:17-2:18

    "#]]
    .assert_eq(&hir.text);
    expect![[r#"
        snippet::f:
        param core::option::Option<u8> Some("1:13-1:23") None
          Binding x BindingMode(No, Not) 0 core::option::Option<u8> true false: core::option::Option<u8> 1:10-1:11 None
        Scope Node@1: u8 1:31-3:2 temp 1
          Block: u8 1:31-3:2 temp 1
            block Node@2 1:31-3:2 safe false
              Scope Node@3: u8 2:5-2:19 temp 3
                Call fn item {core::option::Option::<u8>::unwrap_or} true 2:7-2:19: u8 2:5-2:19 temp 3
                  ZstLiteral: fn item {core::option::Option::<u8>::unwrap_or} 2:7-2:16 temp 3
                  Scope Node@4: core::option::Option<u8> 2:5-2:6 temp 4
                    VarRef 0: core::option::Option<u8> 2:5-2:6 temp 4
                  Scope Node@5: u8 2:17-2:18 temp 5
                    Literal Int(1, Unsuffixed) false: u8 2:17-2:18 temp 5

    "#]]
    .assert_eq(&thir.text);
}

fn mir_text<'tcx>(front: &Front<'tcx>, stages: &Stages<'tcx>, owner: DefId) -> String {
    let typed = stages.typed(owner).expect("it is there").expect("types");
    let made = typed.iter().map(|body| stages.mir(body.def_id).expect("it is there").expect("MIR"));
    made.map(|made| mir::pretty::body_to_string(front.tcx, "fn f", &made.body)).collect()
}

/// A body that is made alone is the one that is made with all others.
#[test]
fn bodies_alone() {
    let source = "\
pub trait Area { fn area(&self) -> u32; fn twice(&self) -> u32 { self.area() * 2 } }
pub struct Square(pub u32);
impl Area for Square {
    fn area(&self) -> u32 { macro_rules! square { ($e:expr) => { $e * $e } } square!(self.0) }
}
macro_rules! adder { ($name:ident, $by:expr) => { pub fn $name(x: u32) -> u32 { x + $by } } }
adder!(one_more, 1);
pub fn outer(x: u32) -> impl Fn(u32) -> u32 {
    struct Inner(u32);
    impl Inner { fn get(&self) -> u32 { println!(\"{}\", self.0); self.0 } }
    let inner = Inner(x);
    move |y| inner.get() + y + one_more(BASE)
}
pub const BASE: u32 = { const fn two() -> u32 { 1 + 1 } two() };
";
    let folder = tempfile::tempdir().expect("a temporary folder");
    let metadata = testing::compile(folder.path(), source, &[]);
    let krate = krate(folder.path());
    with_stack(|| {
        let arena = Arena::new();
        let front = Front::open(&arena, testing::inputs(&metadata, &krate.locator, testing::session_options()));
        let front = front.expect("it opens");
        let stages = |resolved| Stages::new(front, resolved).expect("stages");
        let all = stages(Resolved::new(&krate, &front).expect("names"));
        let owners: Vec<DefId> = all.resolved().bodies.keys().copied().collect();
        let mut left_out = 0;
        for &owner in &owners {
            let hir = &all.resolved().bodies[&owner];
            let span = hir[hir.body.value].span;
            let file = all.resolved().sources.file(span.lo).expect("its text");
            let at = BodyAt { path: &file.path, offset: span.lo - file.base };
            let one = stages(Resolved::of_body(&krate, &front, at).expect("names"));
            assert_eq!(mir_text(&front, &one, owner), mir_text(&front, &all, owner));
            left_out += owners.len() - one.resolved().bodies.len();
        }
        assert!(owners.len() == 7 && left_out > 30, "{} bodies, {left_out} left out", owners.len());
    })
    .expect("no panic");
}
