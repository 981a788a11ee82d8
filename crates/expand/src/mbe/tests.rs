use expect_test::{Expect, expect};
use syntax::lexer::{Head, lex};
use syntax::pretty;
use syntax::span::SyntaxContext;

use super::*;
use crate::hygiene::ExpnId;

fn tokens(text: &str, base: u32, edition: Edition) -> TokenStream {
    lex(text, base, SyntaxContext::ROOT, edition, Head::Tokens).unwrap_or_else(|doubt| panic!("{text}: {doubt}"))
}

fn define(session: &Session, rules: &str, macro_rules: bool, edition: Edition) -> Result<Macro> {
    let body = tokens(rules, 1000, edition);
    let ident = Ident::new(Symbol::intern("m"), Span::new(1, 2));
    Macro::compile(&session.hygiene, ident, Span::new(1, 2), macro_rules, &body, edition)
}

fn print(session: &Session, stream: &TokenStream) -> String {
    let ast = syntax::ast::Ast::new();
    pretty::Context::new(&ast, session.hygiene.editions()).tokens(stream)
}

fn expand_in(edition: Edition, rules: &str, call: &str) -> String {
    let mut session = Session::new(edition);
    let expanded = define(&session, rules, true, edition).and_then(|definition| {
        let arguments = tokens(call, 1, edition);
        definition.expand(&mut session, ExpnId::ROOT, Span::new(0, 900), &arguments)
    });
    match expanded {
        Ok((_, stream)) => print(&session, &stream),
        Err(doubt) => format!("{:?}: {doubt}", doubt.span),
    }
}

fn check(rules: &str, call: &str, expected: Expect) {
    expected.assert_eq(&expand_in(Edition::E2021, rules, call));
}

#[test]
fn fragments() {
    check("($a:expr, $t:ty) => { let x: $t = $a; }", "1 + 2, Vec<u8>", expect!["let x : Vec<u8> = 1 + 2;"]);
    check(
        "($i:ident $l:lifetime $b:block $v:vis , ) => { $v fn $i<$l>() $b }",
        "f 'a { 1 } pub(crate),",
        expect!["pub(crate) fn f < 'a > () { 1 }"],
    );
    check("($v:vis struct $n:ident;) => { $v struct $n {} }", "struct S;", expect![" struct S {}"]);
    check("($p:pat => $e:expr) => { match x { $p => $e } }", "A | B(_) => 3", expect!["match x { A | B(_) => 3 }"]);
    check("($($i:item)*) => { mod m { $($i)* } }", "struct A; fn f() {}", expect!["mod m { struct A; fn f() {} }"]);
    check("($s:stmt) => { $s; }", "let x = 1", expect!["let x = 1;"]);
    check("($m:meta) => { #[$m] struct S; }", "cfg(test)", expect!["#[cfg(test)] struct S;"]);
    check("($l:literal $p:path) => { $p($l) }", "-1 a::b::<u8>", expect!["a::b::<u8> (-1)"]);
    check("($($t:tt)*) => { [$($t),*] }", "a (b c) + 'x'", expect!["[a, (b c), + , 'x']"]);
}

#[test]
fn rules_are_tried_in_order() {
    let rules = "(a) => { 1 }; (b $($x:ident),+ $(,)?) => { $($x)* }; ($($t:tt)*) => { rest }";
    check(rules, "a", expect!["1"]);
    check(rules, "b x, y,", expect!["x y"]);
    check(rules, "b", expect!["rest"]);
    check(
        "(a) => {}; (a b c) => {}",
        "a b d",
        expect!["5..6: no rules expected `d` in a call of `m!` (while reading: macro call)"],
    );
    check(
        "(a) => {}; (a b c) => {}",
        "a b",
        expect![
            "3..4: unexpected end of macro invocation: missing tokens in macro arguments (while reading: macro call)"
        ],
    );
}

#[test]
fn a_fragment_that_begins_must_end() {
    // The second rule would match, but the parser is committed to the first.
    check(
        "($e:expr) => {}; ($($t:tt)*) => {}",
        "1 +",
        expect!["3..4: expected expression, found end of input (while reading: expression)"],
    );
}

#[test]
fn repetitions() {
    check("($($k:ident: [$($v:expr),*]);*) => { $($k($($v),*);)* }", "a: [1, 2]; b: []", expect!["a (1, 2); b ();"]);
    check("($($k:ident $($v:literal)?),*) => { $($k $(= $v)?),* }", "a 1, b", expect!["a = 1, b"]);
    check(
        "($($a:ident)* ; $($b:ident)*) => { $($a $b)* }",
        "x y; z",
        expect![
            "1036..1043: meta-variable `a` repeats 2 times, but `b` repeats 1 time (while reading: macro expansion)"
        ],
    );
    check(
        "($($a:ident)*) => { $a }",
        "x y",
        expect!["1020..1022: variable `a` is still repeating at this depth (while reading: macro expansion)"],
    );
    check(
        "($a:ident) => { $($a)* }",
        "x",
        expect![
            "1017..1021: attempted to repeat an expression containing no syntax variables matched as repeating at this depth (while reading: macro expansion)"
        ],
    );
    check(
        "($($a:ident)*) => { $($a)+ }",
        "",
        expect!["1021..1025: this must repeat at least once (while reading: macro expansion)"],
    );
}

#[test]
fn ambiguities_are_rustcs() {
    check(
        "($($i:ident)* $j:ident) => {}",
        "a b",
        expect![
            "1..2: local ambiguity when calling macro `m`: multiple parsing options: built-in NTs ident ('i') or ident ('j') (while reading: macro call)"
        ],
    );
    check(
        "($($i:ident)* a) => {}",
        "a",
        expect![
            "1..2: local ambiguity when calling macro `m`: multiple parsing options: built-in NTs ident ('i') or 1 other option (while reading: macro call)"
        ],
    );
    check(
        "($(a)* $(a)*) => {}",
        "a",
        expect!["1..2: ambiguity: multiple successful parses (while reading: macro call)"],
    );
    // What doubles with each token in rustc.
    let many = "a ".repeat(5000);
    assert!(expand_in(Edition::E2021, "($($(a)+)* b) => {}", &many).contains("missing tokens"));
}

#[test]
fn patterns_are_checked() {
    check(
        "($e:expr [ ]) => {}",
        "",
        expect![
            "1009..1010: `$e:expr` is followed by `[`, which is not allowed for `expr` fragments; allowed there are: `=>`, `,` or `;` (while reading: macro definition)"
        ],
    );
    check(
        "($($e:expr)* $t:ty) => {}",
        "",
        expect![
            "1013..1018: `$e:expr` is followed by `$t:ty`, which is not allowed for `expr` fragments; allowed there are: `=>`, `,` or `;` (while reading: macro definition)"
        ],
    );
    check(
        "($p:pat | $q:pat) => {}",
        "",
        expect![
            "1008..1009: `$p:pat` is followed by `|`, which is not allowed for `pat` fragments; allowed there are: `=>`, `,`, `=`, `if` or `in` (while reading: macro definition)"
        ],
    );
    expect!["a | b"].assert_eq(&expand_in(Edition::E2018, "($p:pat | $q:pat) => { $p | $q }", "a | b"));
    check(
        "($()*) => {}",
        "",
        expect!["1002..1004: repetition matches empty token tree (while reading: macro definition)"],
    );
    check(
        "($a:ident $a:ident) => {}",
        "",
        expect!["1010..1018: duplicate matcher binding (while reading: macro definition)"],
    );
    check(
        "($a) => {}",
        "",
        expect!["1001..1003: missing fragment specifier of `$a` (while reading: macro definition)"],
    );
    check(
        "($a:foo) => {}",
        "",
        expect!["1001..1007: invalid fragment specifier `foo` (while reading: macro definition)"],
    );
    check(
        "($(a)b c) => {}",
        "",
        expect!["1007..1008: expected one of: `*`, `+`, or `?` (while reading: macro definition)"],
    );
    check(
        "($(a),?) => {}",
        "",
        expect![
            "1006..1007: the `?` macro repetition operator does not take a separator (while reading: macro definition)"
        ],
    );
    check("", "", expect!["1..2: macros must contain at least one rule (while reading: macro definition)"]);
    check("() {}", "", expect!["1003..1004: expected `=>`, found `{` (while reading: macro definition)"]);
    check(
        "() =>",
        "",
        expect![
            "1..2: the definition ends where the right-hand side of the rule is expected (while reading: macro definition)"
        ],
    );
    check(
        "() => x",
        "",
        expect!["1006..1007: the right-hand side of a rule must be in delimiters (while reading: macro definition)"],
    );
    check(
        "attr() () => {}",
        "",
        expect!["1000..1004: attribute rules of macros are not supported (while reading: macro definition)"],
    );
}

#[test]
fn metavariable_expressions() {
    check(
        "($($($x:ident)*);*) => { ${count($x)} ${count($x, 1)} $(${index()} ${len()} ${count($x)} $(${ignore($x)} .)*);* }",
        "a b; c",
        expect!["3 2 0 2 2. . ; 1 2 1."],
    );
    check("($x:ident $y:literal) => { ${concat(get_, $x, $y)} }", "a 1", expect!["get_a1"]);
    check(
        "($x:literal) => { ${concat($x, a)} }",
        "1",
        expect!["1019..1034#1: `${concat(..)}` is not generating a valid identifier (while reading: macro expansion)"],
    );
    check(
        "($x:ident) => { ${index()} }",
        "a",
        expect![
            "1017..1026: meta-variable expression `index` with depth parameter must be called inside of a macro repetition (while reading: macro expansion)"
        ],
    );
    check(
        "($x:ident) => { ${len($x)} }",
        "a",
        expect![
            "1022..1023: the depth of a metavariable expression must be a literal (while reading: macro definition)"
        ],
    );
    check("() => { $$x $crate }", "", expect!["$x $crate"]);
}

#[test]
fn definitions_in_definitions() {
    check(
        "($n:ident) => { macro_rules! $n { ($x:expr) => { $x } } }",
        "inner",
        expect!["macro_rules! inner { ($x : expr) => { $x } }"],
    );
}

#[test]
fn captured_fragments_stay_whole() {
    let mut session = Session::new(Edition::E2021);
    let definition = define(&session, "($e:expr) => { $e * 2 }", true, Edition::E2021).unwrap();
    let arguments = tokens("1 + 2", 1, Edition::E2021);
    let (_, once) = definition.expand(&mut session, ExpnId::ROOT, Span::new(0, 9), &arguments).unwrap();
    let kinds: Vec<String> = once.tokens().iter().map(|token| format!("{:?}", token.kind)).collect();
    assert!(kinds[0].contains("MetaVar(Expr { literal: false, string: false })"), "{}", kinds[0]);
    // Captured again as the same kind, the group is not doubled.
    let again = define(&session, "($e:expr) => { $e }", true, Edition::E2021).unwrap();
    let group = once.slice(0..once.tokens()[0].pair as usize + 1);
    let (_, twice) = again.expand(&mut session, ExpnId::ROOT, Span::new(0, 9), &group).unwrap();
    assert_eq!(twice.len(), group.len());
    // A captured expression is no longer its tokens.
    let literal = define(&session, "(1 + 2) => { yes }; ($e:expr) => { no }", true, Edition::E2021).unwrap();
    let (_, found) = literal.expand(&mut session, ExpnId::ROOT, Span::new(0, 9), &group).unwrap();
    assert_eq!(print(&session, &found), "no");
}

#[test]
fn written_names_are_marked_and_captured_ones_are_not() {
    for (macro_rules, transparency) in [(true, Transparency::SemiOpaque), (false, Transparency::Opaque)] {
        let mut session = Session::new(Edition::E2021);
        let definition = define(&session, "($x:tt) => { x $x }", macro_rules, Edition::E2021).unwrap();
        let arguments = tokens("x", 1, Edition::E2021);
        let (id, stream) = definition.expand(&mut session, ExpnId::ROOT, Span::new(0, 9), &arguments).unwrap();
        let [written, captured] = stream.tokens() else { panic!("{stream:?}") };
        assert_eq!(session.hygiene.marks(written.span.ctxt), [(id, transparency)]);
        assert_eq!(captured.span, Span::new(1, 2));
    }
}

#[test]
fn rules_of_both_forms_have_their_separator() {
    let session = Session::new(Edition::E2021);
    assert!(define(&session, "(a) => {}, (b) => {}", false, Edition::E2021).is_ok());
    assert!(define(&session, "(a) => {}; (b) => {}", false, Edition::E2021).is_err());
    assert!(define(&session, "(a) => {}, (b) => {}", true, Edition::E2021).is_err());
}

#[test]
fn depth_and_size_have_limits() {
    let mut session = Session::new(Edition::E2021);
    let definition = define(&session, "() => {}", true, Edition::E2021).unwrap();
    let nothing = TokenStream::default();
    let mut parent = ExpnId::ROOT;
    for _ in 0..128 {
        parent = definition.expand(&mut session, parent, Span::new(0, 9), &nothing).unwrap().0;
    }
    let doubt = definition.expand(&mut session, parent, Span::new(0, 9), &nothing).unwrap_err();
    assert_eq!(doubt.message, "recursion limit of 128 reached while expanding `m!`");

    let mut session = Session::new(Edition::E2021);
    session.limits.tokens = 1000;
    let definition = define(&session, "($($t:tt)*) => { $($t)* $($t)* }", true, Edition::E2021).unwrap();
    let mut stream = tokens("a", 1, Edition::E2021);
    let mut made = 0;
    let doubt = loop {
        match definition.expand(&mut session, ExpnId::ROOT, Span::new(0, 9), &stream) {
            Ok((_, more)) => stream = more,
            Err(doubt) => break doubt,
        }
        made = stream.len();
    };
    assert!(made <= 1000);
    assert_eq!(doubt.message, "the program's macros expand to more than 1000 tokens");

    let deep = format!("() => {{ {}{} }}", "(".repeat(5000), ")".repeat(5000));
    let session = Session::new(Edition::E2021);
    let doubt = define(&session, &deep, true, Edition::E2021).unwrap_err();
    assert_eq!(doubt.message, "a macro's rule is nested more than 256 levels deep");
}

/// A list of n elements is matched with work that grows as n does.
#[test]
fn long_calls_cost_what_they_are_long() {
    let mut session = Session::new(Edition::E2021);
    let definition = define(&session, "($($x:ident),* $(, $y:literal)?) => { [$($x),*] }", true, Edition::E2021);
    let definition = definition.unwrap();
    let arguments = tokens(&vec!["a"; 20_000].join(","), 1, Edition::E2021);
    let (_, stream) = definition.expand(&mut session, ExpnId::ROOT, Span::new(0, 9), &arguments).unwrap();
    assert_eq!(stream.len(), 20_000 * 2 + 1);
    assert!(session.tokens_written() < 20_000 * 4);
}

#[test]
fn doc_comments_are_attributes() {
    check(
        "(#[$m:meta] $($t:tt)*) => { #[$m] [$($t)*] }",
        "/// a \"# b\n//! c",
        expect![[r###"#[doc = r##" a "# b"##] [#![doc = r" c"]]"###]],
    );
    // In a pattern they mean nothing.
    check("(/// pattern\n a) => { a }", "a", expect!["a"]);
}
