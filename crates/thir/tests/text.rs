//! The text of bodies is rustc's: what is read of it prints as it was.

use bessemer_thir as thir;
use expect_test::{Expect, expect};
use testing::thir_text::read_crate;
use ty::Arena;

/// rustc's text of a snippet's bodies, and ours.
fn texts(source: &str) -> Vec<(String, String, String)> {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let metadata = testing::compile(folder.path(), source, &[]);
    let mut rustc = testing::rustc(folder.path());
    rustc.args(["--edition", "2024", "--crate-type", "lib", "-Zunpretty=thir-flat", "-Zverbose-internals"]);
    let text = testing::output(rustc.arg("snippet.rs"));
    let arena = Arena::new();
    let program = testing::Program::open(&arena, &metadata, testing::session_options());
    let (bodies, lookup) = read_crate(&program, 2024, &text);
    let mut texts = Vec::new();
    for body in bodies {
        let read = body.body.expect("the text is understood");
        texts.push((body.name, body.text, thir::print::print(&read.thir, &lookup)));
    }
    texts
}

#[test]
fn what_is_read_prints_as_it_was() {
    let source = "
        pub trait Shape { type Side; fn side(&self) -> Self::Side; }
        pub struct Square<T> { pub side: T, pub name: &'static str }
        impl<T: Copy> Shape for Square<T> { type Side = T; fn side(&self) -> T { self.side } }
        pub enum Tree { Leaf(u8), Node { left: Box<Tree>, right: Box<Tree> } }
        pub fn depth(tree: &Tree) -> usize {
            match tree { Tree::Leaf(0 | 2..=9) => 0, Tree::Leaf(_) => 1, Tree::Node { left, .. } => 1 + depth(left) }
        }
        pub fn all(xs: &mut [i32; 3], f: impl Fn(i32) -> f64) -> f64 {
            let mut sum = -1.5;
            for x in xs.iter() { let &y = x else { continue }; if y > 3 && let 5 = y { sum += f(y) } }
            let add = |z: f64| sum + z;
            let [a, .., ref c] = *xs;
            xs[0] = a - *c;
            add(b\"ab\"[1] as f64)
        }
        pub async fn wait(x: u8) -> Result<u8, String> { let y: Result<u8, String> = async { Ok(x) }.await; Ok(y?) }
    ";
    let texts = texts(source);
    assert!(texts.len() >= 6, "{} bodies", texts.len());
    for (name, expected, found) in texts {
        assert_eq!(found, expected, "{name}");
    }
}

#[track_caller]
fn check(source: &str, expected: Expect) {
    let texts: Vec<String> = texts(source).into_iter().map(|(_, _, text)| text + "\n").collect();
    expected.assert_eq(&texts.concat());
}

#[test]
fn a_small_body() {
    check(
        "pub const C: bool = !true;",
        expect![[r#"
            Thir {
                body_type: Const(
                    bool,
                ),
                arms: [],
                blocks: [],
                exprs: [
                    Expr {
                        kind: Literal {
                            lit: Spanned {
                                node: Bool(
                                    true,
                                ),
                                span: snippet.rs:1:22: 1:26 (#0),
                            },
                            neg: false,
                        },
                        ty: bool,
                        temp_scope_id: 4,
                        span: snippet.rs:1:22: 1:26 (#0),
                    },
                    Expr {
                        kind: Scope {
                            region_scope: Node(4),
                            hir_id: HirId(DefId(0:3 ~ snippet[99fe]::C).4),
                            value: e0,
                        },
                        ty: bool,
                        temp_scope_id: 4,
                        span: snippet.rs:1:22: 1:26 (#0),
                    },
                    Expr {
                        kind: Unary {
                            op: Not,
                            arg: e1,
                        },
                        ty: bool,
                        temp_scope_id: 3,
                        span: snippet.rs:1:21: 1:26 (#0),
                    },
                    Expr {
                        kind: Scope {
                            region_scope: Node(3),
                            hir_id: HirId(DefId(0:3 ~ snippet[99fe]::C).3),
                            value: e2,
                        },
                        ty: bool,
                        temp_scope_id: 3,
                        span: snippet.rs:1:21: 1:26 (#0),
                    },
                ],
                stmts: [],
                params: [],
            }
        "#]],
    );
}
