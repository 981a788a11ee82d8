//! A crate's bodies, made by our own stages, in place of those that rustc wrote.

use bessemer_stages::{Crate, OwnBodies, Resolved, Stage, Stages, text, with_stack};
use expect_test::expect;
use front::Front;
use mir::Const;
use std::path::Path;
use syntax::span::Edition;
use ty::{Arena, ConstValue, Scalar, UnevaluatedConst};

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
pub async fn wait() {}
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
    let (made, doubts) = with_stack(|| {
        let arena = Arena::new();
        let inputs = testing::inputs(&metadata, &krate.locator, testing::session_options());
        let mut own = None;
        let front = Front::open_with(&arena, inputs, |session| *own.insert(arena.hold(OwnBodies::new(session))));
        let (front, own) = (front.expect("it opens"), own.expect("it was asked for"));
        let six = ConstValue::Scalar(Scalar::from_bits(6, 1));
        own.begin(front, Resolved::new(&krate, &front));
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

        let wait = front.find("snippet::wait").expect("the function");
        front.bodies.optimized_mir(wait);
        let asked = own.asked();
        (asked.made, asked.doubts.iter().map(|doubt| doubt.stage).collect::<Vec<_>>())
    })
    .expect("no panic");
    assert!(made >= 2);
    assert_eq!(doubts, [Stage::Types]);
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
    expect![[r#""#]].assert_eq(&text::tokens(&krate).expect("tokens"));
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
    expect![[r#""#]].assert_eq(&hir.text);
    expect![[r#""#]].assert_eq(&thir.text);
}
