//! What is read is shown as what it prints, which `tests/rustc.rs` compares with rustc's.

use expect_test::{Expect, expect};

use super::*;
use crate::lexer::{Head, lex};
use crate::pretty::Context;
use crate::span::SyntaxContext;

const ALL_EDITIONS: [Edition; 4] = [Edition::E2015, Edition::E2018, Edition::E2021, Edition::E2024];

fn tokens(source: &str) -> Vec<Token> {
    let stream = lex(source, 0, SyntaxContext::ROOT, Edition::E2024, Head::Tokens).unwrap();
    stream.tokens().to_vec()
}

fn read(source: &str, edition: Edition) -> String {
    let editions = Editions::new(edition);
    match crate::parse(source, 0, &editions) {
        Ok(parsed) => parsed.print(&editions),
        Err(doubt) => format!("{}..{} {doubt}\n", doubt.span.lo, doubt.span.hi),
    }
}

fn check(source: &str, expected: Expect) {
    expected.assert_eq(&read(source, Edition::E2024));
}

/// The doubts of several texts, one in a line.
fn check_doubts(sources: &[&str], expected: Expect) {
    let doubts = sources.iter().map(|source| {
        let editions = Editions::new(Edition::E2024);
        match crate::parse(source, 0, &editions) {
            Ok(parsed) => format!("{source}: READ AS {}", parsed.print(&editions)),
            Err(doubt) => {
                let (before, rest) = source.split_at(doubt.span.lo as usize);
                format!("{before}»{rest}: {doubt}\n")
            }
        }
    });
    expected.assert_eq(&doubts.collect::<String>());
}

/// A text in which `⟨kind …⟩` is what a metavariable holds. Its print, or the doubt.
fn check_captured(source: &str, expected: Expect) {
    let mut text = String::new();
    let mut captured = Vec::new();
    for (index, piece) in source.split(['⟨', '⟩']).enumerate() {
        // Every other piece is in brackets: they are not nested.
        if index % 2 == 0 {
            text += piece;
        } else {
            text += &format!(" captured_{} ", captured.len());
            captured.push(piece.split_once(' ').unwrap());
        }
    }
    let mut all = Vec::new();
    for token in tokens(&text) {
        let index = token.kind.to_string().strip_prefix("captured_").map(|index| index.parse::<usize>().unwrap());
        match index {
            None => all.push(token),
            Some(index) => capture(&mut all, captured[index]),
        }
    }
    let editions = Editions::new(Edition::E2024);
    let stream = TokenStream::new(unmatched(all)).unwrap();
    let mut ast = Ast::new();
    let text = match Parser::new(&mut ast, &editions, &stream, Span::DUMMY).parse_file() {
        Err(doubt) => format!("{doubt}\n"),
        Ok(file) => {
            let cx = Context::new(&ast, &editions);
            ast[file.items].iter().map(|&item| cx.item(item, Place::Module) + "\n").collect()
        }
    };
    expected.assert_eq(&text);
}

fn capture(all: &mut Vec<Token>, (kind, text): (&str, &str)) {
    let inner = tokens(text);
    let is_literal = inner.first().is_some_and(Token::can_begin_literal);
    let kind = match kind {
        "item" => MetaVar::Item,
        "block" => MetaVar::Block,
        "stmt" => MetaVar::Stmt,
        "pat_param" => MetaVar::PatParam,
        "pat" => MetaVar::Pat,
        "expr" => MetaVar::Expr { literal: is_literal, string: is_literal && text.contains('"') },
        "ty" => MetaVar::Ty { is_path: !text.contains(['&', '(']) },
        "literal" => MetaVar::Literal,
        "meta" => MetaVar::Meta,
        "path" => MetaVar::Path,
        "vis" => MetaVar::Vis,
        _ => panic!("{kind}"),
    };
    let delim = Delim::Invisible(Origin::MetaVar(kind));
    all.push(Token::new(TokenKind::Open(delim), Span::DUMMY));
    all.extend(inner);
    all.push(Token::new(TokenKind::Close(delim), Span::DUMMY));
}

/// Distances are set anew in a stream that is put together.
fn unmatched(mut tokens: Vec<Token>) -> Vec<Token> {
    for token in &mut tokens {
        token.pair = 0;
    }
    tokens
}

#[test]
fn what_is_missing_is_named() {
    check_doubts(
        &[
            "fn f() { 1 + }",
            "fn f() { let x 1; }",
            "fn f() { a b }",
            "fn f() { f(1 2) }",
            "fn f() { match x { 1 2 } }",
            "fn f() { if x { } else 1 }",
            "fn f() { loop }",
            "fn f() { a < b < c }",
            "fn f() { a <- b }",
            "fn f() { ..= }",
            "fn f() { a as u8.b }",
            "fn f() { (let x = 1) }",
            "fn f() { if (let x = 1) && y {} }",
            "fn f() { if a || let x = 1 {} }",
            "fn f() { let x = a && b else { return }; }",
            "fn f() { let x = S {} else { return }; }",
            "fn f() { #![a] #[b] }",
            "fn f() { #[a] }",
            "fn f() { { #![a] } if x { #![a] } }",
            "fn f() { x = #[a] #![b] 1 }",
            "fn f() { 'a 1 }",
            "fn f() { break 'fn; }",
            "fn f() { S { a = 1 } }",
            "fn f() { S { ..a, b } }",
            "fn f() { a.1u8; }",
            "fn f() { a.1e+5; }",
            "fn f() { a.b::<u8>; }",
            "fn f() { |x| -> u8 1; }",
            "fn f() { move async || 1; }",
            "fn f() { builtin # nothing(1) }",
            "fn f() { let a | b = c; }",
            "fn f() { let mut (a, b) = c; }",
            "fn f() { let a::b @ c = d; }",
            "fn f() { let &1..2 = c; }",
            "fn f() { let 1..= = c; }",
            "fn f() { let A { x: 1 y } = c; }",
            "fn f(x) {}",
            "fn f(x: u8, self) {}",
            "fn f(&self: u8) {}",
            "fn f<T: A B>() {}",
            "fn f() -> {}",
            "fn f() where T {}",
            "fn 1() {}",
            "fn",
        ],
        expect![[r#"
            fn f() { 1 + »}: expected expression, found `}` (while reading: expression)
            fn f() { let x »1; }: expected `;`, found `1` (while reading: `let` statement)
            fn f() { a »b }: expected `;` or `}`, found `b` (while reading: statement)
            fn f() { f(1 »2) }: expected `,`, found `2` (while reading: arguments)
            fn f() { match x { 1 »2 } }: expected `=>`, found `2` (while reading: match arm)
            fn f() { if x { } else »1 }: expected `{`, found `1` (while reading: block)
            fn f() { loop »}: expected `{`, found `}` (while reading: block)
            fn f() { a < b »< c }: comparison operators cannot be chained (while reading: expression)
            fn f() { a »<- b }: expected an operator, found `<-` (while reading: expression)
            fn f() { »..= }: an inclusive range needs an end (while reading: expression)
            fn f() { a as u8».b }: a cast must be in parentheses before something may follow it (while reading: expression)
            fn f() { (»let x = 1) }: expected expression, found `let` (while reading: expression)
            fn f() { if (»let x = 1) && y {} }: expected expression, found `let` (while reading: condition)
            fn f() { if a || »let x = 1 {} }: expected expression, found `let` (while reading: condition)
            fn f() { let x = »a && b else { return }; }: `&&` and `||` cannot be used before `else` (while reading: `let` statement)
            fn f() { let x = »S {} else { return }; }: `}` is not allowed before `else` (while reading: `let` statement)
            fn f() { #![a] »#[b] }: expected statement after outer attribute (while reading: statement)
            fn f() { »#[a] }: expected statement after outer attribute (while reading: statement)
            fn f() { { #![a] } if x { »#![a] } }: an inner attribute is not permitted in this context (while reading: block)
            fn f() { x = #[a] »#![b] 1 }: an inner attribute is not permitted here (while reading: attribute)
            fn f() { 'a »1 }: expected `:`, found `1` (while reading: label)
            fn f() { break »'fn; }: labels cannot have the names of keywords (while reading: label)
            fn f() { S { a »= 1 } }: expected `}`, found `=` (while reading: struct expression)
            fn f() { S { ..a», b } }: expected `}`, found `,` (while reading: struct expression)
            fn f() { a.»1u8; }: expected the name of a field or method, found `1u8` (while reading: field)
            fn f() { a.»1e+5; }: expected the number of a field, found `1e+5` (while reading: field)
            fn f() { a.»b::<u8>; }: a field has no generic arguments (while reading: field)
            fn f() { |x| -> u8 »1; }: expected `{`, found `1` (while reading: block)
            fn f() { move »async || 1; }: expected `|`: `async` stands before `move`, found keyword `async` (while reading: closure)
            fn f() { builtin # »nothing(1) }: `builtin # nothing` is unknown (while reading: builtin)
            fn f() { let »a | b = c; }: alternatives must be in parentheses here (while reading: `let` statement)
            fn f() { let mut »(a, b) = c; }: `mut` must be followed by a named binding (while reading: pattern)
            fn f() { let a::b »@ c = d; }: the left-hand side of `@` must be a binding (while reading: pattern)
            fn f() { let &»1..2 = c; }: this range must be in parentheses (while reading: pattern)
            fn f() { let 1»..= = c; }: an inclusive range needs an end (while reading: range pattern)
            fn f() { let A { x: 1 »y } = c; }: expected `}`, found `y` (while reading: struct pattern)
            fn f(x») {}: expected `:`, found `)` (while reading: parameter)
            fn f(x: u8, »self) {}: `self` must be the first parameter of an associated function (while reading: parameter)
            fn f(&self»: u8) {}: expected `,` or `)`: `&self` has no other type, found `:` (while reading: parameter)
            fn f<T: A »B>() {}: expected `>`, found `B` (while reading: generic parameters)
            fn f() -> »{}: expected type, found `{` (while reading: type)
            fn f() where T »{}: expected `:`, found `{` (while reading: `where` clause)
            fn »1() {}: expected identifier, found `1` (while reading: function)
            »fn: expected identifier, found end of input (while reading: function)
        "#]],
    );
    check_doubts(
        &[
            "struct S",
            "struct S { a u8 }",
            "struct S(u8)",
            "enum E { A B }",
            "enum E;",
            "type A = *u8;",
            "type A = &A + B;",
            "type A = &dyn A + B;",
            "type A = A<B: C = D>;",
            "type A = A<1 + 2>;",
            "type A = const fn();",
            "type A = Fn(x: u8);",
            "type A = T is u8;",
            "type A = [u8;",
            "const A = 1;",
            "const A: u8 = 1",
            "static A;",
            "pub",
            "pub(x) fn f() {}",
            "default struct S;",
            "trait T { struct S; }",
            "extern { const A: u8; }",
            "impl T for {}",
            "impl unsafe T {}",
            "impl &T for U {}",
            "impl T { 1 }",
            "mod",
            "use a::{b c};",
            "use a as 1;",
            "extern crate 1;",
            "m!(a)",
            "pub m!{}",
            "macro_rules! m",
            "macro m(a)",
            "/// doc",
            "//! a\n fn f() {} //! b",
            "#[a",
            "#a fn f() {}",
            "trait A: B = C;",
            "fn f<T, 'fn>() {}",
            "type T = for<'a> ?A;",
            "trait T: ('a) {}",
            "reuse impl A { b }",
            "+",
        ],
        expect![[r#"
            struct »S: expected `{`, found end of input (while reading: fields)
            struct S { a »u8 }: expected `:`, found `u8` (while reading: field)
            struct S(u8»): expected `;`, found end of input (while reading: struct)
            enum E { A »B }: expected `,`, found `B` (while reading: enum)
            enum E»;: expected `{`, found `;` (while reading: enum)
            type A = *»u8;: expected `mut` or `const`, found `u8` (while reading: pointer type)
            type A = &A »+ B;: expected `;`, found `+` (while reading: type alias)
            type A = &»dyn A + B;: ambiguous `+` in a type (while reading: type)
            type A = A<B: C »= D>;: expected `>`, found `=` (while reading: generic arguments)
            type A = A<»1 + 2>;: expressions must be enclosed in braces to be used as const generic arguments (while reading: generic arguments)
            type A = »const fn();: a function pointer is neither `const` nor `async` (while reading: function pointer type)
            type A = Fn(»x: u8);: here only types are allowed (while reading: parameter)
            type A = T »is u8;: expected `;`, found `is` (while reading: type alias)
            type A = »[u8;: this delimiter is never closed (while reading: token tree)
            const A »= 1;: expected `:`, found `=` (while reading: constant item)
            const A: u8 = »1: expected `;`, found end of input (while reading: constant item)
            static A»;: expected `:`, found `;` (while reading: static item)
            »pub: expected item, found end of input (while reading: item)
            pub»(x) fn f() {}: this is no place where something may be visible (while reading: visibility)
            »default struct S;: struct cannot be `default` or `final` (while reading: item)
            trait T { »struct S; }: struct is not supported here (while reading: item)
            extern { »const A: u8; }: constant item is not supported here (while reading: item)
            impl T for »{}: expected type, found `{` (while reading: type)
            impl »unsafe T {}: expected type, found keyword `unsafe` (while reading: type)
            impl »&T for U {}: expected a trait, found type (while reading: implementation)
            impl T { »1 }: expected item, found `1` (while reading: item)
            »mod: expected identifier, found end of input (while reading: module)
            use a::{b »c};: expected `,`, found `c` (while reading: `use` item)
            use a as »1;: expected identifier, found `1` (while reading: new name)
            extern crate »1;: expected identifier, found `1` (while reading: `extern crate` item)
            m!(a»): expected `;`, or braces around the arguments, found end of input (while reading: macro call)
            »pub m!{}: macros are not made visible this way (while reading: macro)
            macro_rules! »m: expected `(`, `[` or `{`, found end of input (while reading: macro definition)
            macro m(a»): expected `{`, found end of input (while reading: macro definition)
            »/// doc: expected item after attributes (while reading: item)
            //! a
             fn f() {} »//! b: expected outer doc comment (while reading: attribute)
            #»[a: this delimiter is never closed (while reading: token tree)
            #»a fn f() {}: expected `[`, found `a` (while reading: attribute)
            trait »A: B = C;: a trait alias is not `auto` or `unsafe` and has no bounds (while reading: trait)
            fn f<T, »'fn>() {}: lifetimes cannot have the names of keywords (while reading: generic parameters)
            type T = for<'a> »?A;: expected identifier, found `?` (while reading: path)
            trait T: »('a) {}: lifetime bounds may not be parenthesized (while reading: bound)
            »reuse impl A { b }: only trait impls can be reused (while reading: delegation)
            »+: expected item, found `+` (while reading: item)
        "#]],
    );
}

#[test]
fn editions_decide() {
    let in_all = |source: &str| {
        let texts = ALL_EDITIONS.iter().map(|&edition| format!("{edition}: {}", read(source, edition)));
        texts.collect::<String>()
    };
    expect![[r#"
        2015: fn f() { async {} }
        2018: fn f() { async {} }
        2021: fn f() { async {} }
        2024: fn f() { async {} }
    "#]]
    .assert_eq(&in_all("fn f() { async { } }"));
    expect![[r#"
        2015: 12..21 chains of `let` are only allowed in Rust 2024 or later (while reading: condition)
        2018: 12..21 chains of `let` are only allowed in Rust 2024 or later (while reading: condition)
        2021: 12..21 chains of `let` are only allowed in Rust 2024 or later (while reading: condition)
        2024: fn f() { if let a = b && let c = d {} }
    "#]]
    .assert_eq(&in_all("fn f() { if let a = b && let c = d {} }"));
    expect![[r#"
        2015: trait T {
            fn f(u8);
        }
        2018: 17..18 expected `:`, found `)` (while reading: parameter)
        2021: 17..18 expected `:`, found `)` (while reading: parameter)
        2024: 17..18 expected `:`, found `)` (while reading: parameter)
    "#]]
    .assert_eq(&in_all("trait T { fn f(u8); }"));
    expect![[r#"
        2015: fn gen() { try {} }
        2018: fn gen() { try {} }
        2021: fn gen() { try {} }
        2024: 3..6 expected identifier, found keyword `gen` (while reading: function)
    "#]]
    .assert_eq(&in_all("fn gen() { try { } }"));
    expect![[r#"
        2015: 0..5 `async fn` is not permitted in Rust 2015 (while reading: function)
        2018: async fn f() {}
        2021: async fn f() {}
        2024: async fn f() {}
    "#]]
    .assert_eq(&in_all("async fn f() {}"));
}

#[test]
fn fragments_of_macros_stay_whole() {
    check_captured(
        "const A: u8 = 1 + ⟨expr 2 + 3⟩ * ⟨expr x⟩.y;",
        expect![[r#"
        const A: u8 = 1 + (2 + 3) * x.y;
    "#]],
    );
    check_captured(
        "const A: u8 = -⟨expr 2 + 3⟩ as u8 + ⟨literal -1⟩;",
        expect![[r#"
        const A: u8 = -(2 + 3) as u8 + -1;
    "#]],
    );
    check_captured(
        "⟨vis pub(crate)⟩ fn f(⟨pat (a, b)⟩: ⟨ty &'a u8⟩) -> ⟨ty A<B>⟩ ⟨block { 1 }⟩",
        expect![[r#"
        pub(crate) fn f((a, b): &'a u8) -> A<B> { 1 }
    "#]],
    );
    check_captured(
        "#[⟨meta cfg(a)⟩] ⟨item #[b] struct S;⟩ ⟨vis ⟩ struct T(⟨vis pub⟩ (u8, u8));",
        expect![[r#"
        #[cfg(a)]
        #[b]
        struct S;
        struct T(pub (u8, u8));
    "#]],
    );
    check_captured(
        "fn f() { ⟨stmt let x = 1⟩ ⟨stmt f()⟩; #[a] ⟨item fn g() {}⟩ ⟨expr a⟩; ⟨block { 2 }⟩ }",
        expect![[r#"
        fn f() {
            let x = 1;
            f();
            ;
            #[a]
            fn g() {}
            a;
            { 2 }
        }
    "#]],
    );
    check_captured(
        "impl ⟨path A::B<C>⟩ for ⟨ty D⟩ { } type X = dyn ⟨path A⟩ + ⟨ty B⟩;",
        expect![[r#"
        expected `;`, found `ty` metavariable (while reading: type alias)
    "#]],
    );
    check_captured(
        "fn f() { match x { ⟨pat 1 | 2⟩ => ⟨expr 1⟩, ⟨pat_param 3⟩ | 4..=⟨expr 5⟩ => {} } }",
        expect![[r#"
        fn f() { match x { 1 | 2 => 1, 3 | 4..=5 => {} } }
    "#]],
    );
    check_captured(
        "extern ⟨literal \"C\"⟩ fn f() {} extern ⟨expr \"D\"⟩ { }",
        expect![[r#"
        extern "C" fn f() {}
        extern "D" {}
    "#]],
    );
    check_captured(
        "fn f() { ⟨path a::b⟩::<u8>(); ⟨path m⟩!(x); }",
        expect![[r#"
        expected `;` or `}`, found `::` (while reading: statement)
    "#]],
    );
    check_captured(
        "fn f() { if ⟨block { a }⟩ == b {} unsafe ⟨block { c }⟩ }",
        expect![[r#"
        expected `{`, found `block` metavariable (while reading: block)
    "#]],
    );
    check_captured(
        "type X = ⟨expr 1⟩;",
        expect![[r#"
        expected type, found `expr` metavariable (while reading: type)
    "#]],
    );
    check_captured(
        "const A: u8 = ⟨expr 1 2⟩;",
        expect![[r#"
            expected the end of what the metavariable holds, found `2` (while reading: macro fragment)
        "#]],
    );
}

#[test]
fn groups_of_procedural_macros_are_looked_through() {
    let invisible = Delim::Invisible(Origin::ProcMacro);
    let mut all = Vec::new();
    for token in tokens("fn f OPEN ( ) { a + OPEN b * c CLOSE } CLOSE") {
        match &token.kind.to_string()[..] {
            "OPEN" => all.push(Token::new(TokenKind::Open(invisible), Span::DUMMY)),
            "CLOSE" => all.push(Token::new(TokenKind::Close(invisible), Span::DUMMY)),
            _ => all.push(token),
        }
    }
    let stream = TokenStream::new(unmatched(all)).unwrap();
    let editions = Editions::new(Edition::E2021);
    let mut ast = Ast::new();
    let file = Parser::new(&mut ast, &editions, &stream, Span::DUMMY).parse_file().unwrap();
    let item = ast[file.items][0];
    assert_eq!(Context::new(&ast, &editions).item(item, Place::Module), "fn f() { a + b * c }");
}

#[test]
fn fragments_are_read_and_their_tokens_kept() {
    let fragment = |kind: &str, source: &str| {
        let stream = lex(source, 0, SyntaxContext::ROOT, Edition::E2021, Head::Tokens).unwrap();
        let editions = Editions::new(Edition::E2021);
        let mut ast = Ast::new();
        let mut parser = Parser::new(&mut ast, &editions, &stream, Span::DUMMY);
        let kind = FragmentKind::of_name(kind).unwrap();
        let may = kind.may_begin_with(parser.token(), &editions);
        let start = parser.position();
        let result = match parser.parse_fragment(kind) {
            Err(doubt) => format!("{doubt}"),
            Ok(_) => {
                let read = TokenStream::new(parser.tokens_since(start)).unwrap();
                let next = parser.token().kind;
                format!("`{}`, then `{next}`", Context::new(&ast, &editions).tokens(&read))
            }
        };
        format!("{kind} {source}: {}{result}\n", if may { "" } else { "(may not begin so) " })
    };
    let all = [
        ("expr", "a + b => c"),
        ("expr", "let x"),
        ("expr_2021", "const { 1 }"),
        ("ty", "A<B<C>>= 1"),
        ("ty", "A<B>>= 1"),
        ("ty", "&'a dyn A + B"),
        ("pat", "| 1 | 2, 3"),
        ("pat_param", "1 | 2"),
        ("stmt", "let x = 1; y"),
        ("stmt", "f(); y"),
        ("stmt", "m! {} y"),
        ("item", "#[a] pub fn f() {} y"),
        ("item", "1"),
        ("block", "{ a } b"),
        ("block", "a"),
        ("meta", "cfg(a = \"b\"), c"),
        ("meta", "unsafe(a)"),
        ("path", "A::B<C>::d::<e> f"),
        ("vis", "pub(crate) x"),
        ("vis", "x"),
        ("tt", "(a b) c"),
        ("tt", "a b"),
        ("tt", ")"),
        ("ident", "r#fn x"),
        ("ident", "_"),
        ("lifetime", "'a 'b"),
        ("literal", "-1.5 x"),
        ("literal", "true"),
        ("literal", "x"),
    ];
    let text: String = all
        .into_iter()
        .filter(|(_, source)| !source.starts_with(')'))
        .map(|(kind, source)| fragment(kind, source))
        .collect();
    expect![[r#"
        expr a + b => c: `a + b`, then `=>`
        expr let x: (may not begin so) expected expression, found `let` (while reading: expression)
        expr_2021 const { 1 }: (may not begin so) `const { 1 }`, then `end of input`
        ty A<B<C>>= 1: `A<B<C>>`, then `=`
        ty A<B>>= 1: `A<B>`, then `>=`
        ty &'a dyn A + B: ambiguous `+` in a type (while reading: type)
        pat | 1 | 2, 3: `| 1 | 2`, then `,`
        pat_param 1 | 2: `1`, then `|`
        stmt let x = 1; y: `let x = 1`, then `;`
        stmt f(); y: `f()`, then `;`
        stmt m! {} y: `m! {}`, then `y`
        item #[a] pub fn f() {} y: `#[a] pub fn f() {}`, then `y`
        item 1: expected item, found `1` (while reading: item)
        block { a } b: `{ a }`, then `b`
        block a: (may not begin so) expected `{`, found `a` (while reading: block)
        meta cfg(a = "b"), c: `cfg(a = "b")`, then `,`
        meta unsafe(a): `unsafe(a)`, then `end of input`
        path A::B<C>::d::<e> f: `A::B<C>::d::<e>`, then `f`
        vis pub(crate) x: `pub(crate)`, then `x`
        vis x: ``, then `x`
        tt (a b) c: `(a b)`, then `c`
        tt a b: `a`, then `b`
        ident r#fn x: `r#fn`, then `x`
        ident _: (may not begin so) expected identifier, found reserved identifier `_` (while reading: macro fragment)
        lifetime 'a 'b: `'a`, then `'b`
        literal -1.5 x: `-1.5`, then `x`
        literal true: `true`, then `end of input`
        literal x: (may not begin so) expected literal, found `x` (while reading: literal)
    "#]]
    .assert_eq(&text);
}

#[test]
fn what_macro_calls_expand_to() {
    let parse = |source: &str, read: &dyn std::ops::Fn(&mut Parser<'_>) -> Result<String>| {
        let stream = lex(source, 0, SyntaxContext::ROOT, Edition::E2021, Head::Tokens).unwrap();
        let editions = Editions::new(Edition::E2021);
        let mut ast = Ast::new();
        let mut parser = Parser::new(&mut ast, &editions, &stream, Span::DUMMY);
        read(&mut parser).unwrap_or_else(|doubt| doubt.to_string())
    };
    let stmts = |p: &mut Parser<'_>| {
        let stmts = p.parse_stmts()?;
        let cx = Context::new(p.ast, p.editions);
        Ok(stmts.iter().map(|stmt| cx.stmt(stmt) + "⏎").collect())
    };
    expect!["let x = 1;⏎f();⏎m! {}⏎x;⏎"].assert_eq(&parse("let x = 1; f(); m! {} x", &stmts));
    expect!["expected `;`, found `f` (while reading: `let` statement)"].assert_eq(&parse("let x = 1 f()", &stmts));
    let methods = |p: &mut Parser<'_>| {
        let items = p.parse_items(Place::Trait)?;
        let cx = Context::new(p.ast, p.editions);
        Ok(items.iter().map(|&item| cx.item(item, Place::Trait) + "⏎").collect())
    };
    expect![[r#"
        fn f();⏎#[a]
        const A: u8 = 1;⏎type B;⏎"#]]
    .assert_eq(&parse("fn f(); #[a] const A: u8 = 1; type B;", &methods));
    expect!["struct is not supported here (while reading: item)"].assert_eq(&parse("struct S;", &methods));
    let pattern_type = |p: &mut Parser<'_>| {
        let (ty, pat) = p.parse_pattern_type()?;
        let ty = p.ast.add(Ty { kind: TyKind::Pat(ty, pat), span: Span::DUMMY });
        Ok(Context::new(p.ast, p.editions).ty(ty))
    };
    expect!["u32 is const 1.."].assert_eq(&parse("u32 is 1..", &pattern_type));
    expect!["u32 is const 0..=const A | const 9.."].assert_eq(&parse("u32 is 0..=A | 9..", &pattern_type));
    expect!["*const u8 is !null"].assert_eq(&parse("*const u8 is !null", &pattern_type));
    expect!["a type is only restricted by ranges (while reading: pattern type)"]
        .assert_eq(&parse("u32 is 1", &pattern_type));
}

#[test]
fn a_part_of_a_token_is_kept_as_one() {
    let stream = lex("(x < <<A as B>::C>::D)", 0, SyntaxContext::ROOT, Edition::E2021, Head::Tokens).unwrap();
    let editions = Editions::new(Edition::E2021);
    let mut ast = Ast::new();
    let mut parser = Parser::new(&mut ast, &editions, &stream, Span::DUMMY);
    assert!(parser.eat(TokenKind::Open(Delim::Paren)));
    parser.bump();
    parser.bump();
    // `<<` is two, and what is read begins in the middle of it.
    assert!(parser.eat_first(TokenKind::Lt));
    let start = parser.position();
    let ty = parser.parse_ty().unwrap();
    let kinds: Vec<String> = parser.tokens_since(start).iter().map(|token| token.kind.to_string()).collect();
    assert_eq!(kinds.join(" "), "< A as B > :: C");
    assert_eq!(Context::new(&ast, &editions).ty(ty), "<A as B>::C");
}

/// The same text in the middle of `open` and `close`, many times.
fn nest(times: usize, open: &str, middle: &str, close: &str) -> String {
    open.repeat(times) + middle + &close.repeat(times)
}

#[test]
fn deep_nesting_is_read_or_doubted() {
    let forms: [(&str, &str, &str, &str, &str); 24] = [
        ("const A: u8 = ", "(", "1", ")", ";"),
        ("const A: u8 = ", "[", "1", "]", ";"),
        ("const A: u8 = ", "{", "1", "}", ";"),
        ("const A: u8 = ", "f(", "1", ")", ";"),
        ("const A: u8 = ", "-", "1", "", ";"),
        ("const A: u8 = ", "&mut ", "1", "", ";"),
        ("const A: u8 = ", "1 + ", "1", "", ";"),
        ("const A: u8 = ", "a = ", "1", "", ";"),
        ("const A: u8 = ", "|x| ", "1", "", ";"),
        ("const A: u8 = a", "", "", ".b()", ";"),
        ("const A: u8 = a", "", "", "?", ";"),
        ("const A: u8 = a", "", "", "[0]", ";"),
        ("const A: u8 = ", "if a { } else ", "{}", "", ";"),
        ("const A: u8 = ", "match a { _ => ", "1", "}", ";"),
        ("const A: u8 = ", "return ", "1", "", ";"),
        ("const A: u8 = ", "#[a = ", "1", "] 1", ";"),
        ("type A = ", "&", "u8", "", ";"),
        ("type A = ", "A<", "u8", ">", ";"),
        ("type A = ", "fn(", "u8", ")", ";"),
        ("fn f() { let ", "&", "x", "", " = 1; }"),
        ("fn f() { let ", "S(x | ", "x", ")", " = 1; }"),
        ("fn f() { match x { ", "(_ | ", "!", ")", "} }"),
        ("use ", "a::{", "b", "}", ";"),
        ("", "mod a {", "", "}", ""),
    ];
    for (before, open, middle, close, after) in forms {
        for times in [600, 5_000, 30_000] {
            let source = format!("{before}{}{after}", nest(times, open, middle, close));
            let editions = Editions::new(Edition::E2021);
            match crate::parse(&source, 0, &editions) {
                Ok(parsed) => {
                    assert!(times < 20_000, "{before}{open}: such depth is refused");
                    // Indentation makes the text grow faster than the tree.
                    assert!(times > 600 || parsed.print(&editions).len() > times);
                }
                Err(doubt) => {
                    assert!(times > 20_000 && doubt.message.contains("levels deep"), "{before}{open}: {doubt}")
                }
            }
        }
    }
    let source = format!("m! {{ {} }}", nest(30_000, "(", "", ")"));
    assert!(crate::parse(&source, 0, &Editions::default()).err().unwrap().message.contains("levels deep"));
    let source = format!("fn f<{}>() {{}}", nest(30_000, "T: for<", "", ">A"));
    assert!(crate::parse(&source, 0, &Editions::default()).err().unwrap().message.contains("levels deep"));
}

#[test]
fn captured_fragments_in_each_other_are_levels_too() {
    for kind in
        [MetaVar::Vis, MetaVar::Literal, MetaVar::Path, MetaVar::Meta, MetaVar::Block, MetaVar::Ty { is_path: true }]
    {
        let delim = Delim::Invisible(Origin::MetaVar(kind));
        for times in [600, 9_000] {
            let mut all = vec![Token::new(TokenKind::Open(delim), Span::DUMMY); times];
            all.extend(tokens(match kind {
                MetaVar::Vis => "pub",
                MetaVar::Literal => "1",
                MetaVar::Block => "{ }",
                _ => "a",
            }));
            all.extend(vec![Token::new(TokenKind::Close(delim), Span::DUMMY); times]);
            let stream = TokenStream::new(unmatched(all)).unwrap();
            let editions = Editions::new(Edition::E2021);
            let mut ast = Ast::new();
            let mut parser = Parser::new(&mut ast, &editions, &stream, Span::DUMMY);
            let result = parser.parse_fragment(FragmentKind::of_metavar(kind));
            assert!(result.is_ok(), "{kind:?}: {result:?}");
        }
    }
}

#[test]
fn spans_are_rustcs() {
    let source = "fn f() { #[a] x + 1; pub fn g() {} let y = 2; }";
    let editions = Editions::new(Edition::E2021);
    let parsed = crate::parse(source, 0, &editions).unwrap();
    let ast = &parsed.ast;
    let text = |span: Span| &source[span.lo as usize..span.hi as usize];
    let ItemKind::Fn(function) = ast[ast[parsed.file.items][0]].kind else { panic!() };
    let body = &ast[ast[function].body.unwrap()];
    let stmts: Vec<&str> = ast[body.stmts].iter().map(|stmt| text(stmt.span)).collect();
    assert_eq!(stmts, ["x + 1;", "pub fn g() {}", "let y = 2;"]);
    assert_eq!(text(ast[function].sig_span), "fn f()");
    let StmtKind::Semi(sum) = ast[body.stmts][0].kind else { panic!() };
    // An operation begins with its first operand's attributes.
    assert_eq!(text(ast[sum].span), "#[a] x + 1");
}

#[test]
fn a_number_behind_a_dot_is_two_fields() {
    check(
        "fn f() { a.0.1; a.0.; a.0.1.2; a.1e3; }",
        expect![[r#"
        20..21 expected the name of a field or method, found `;` (while reading: field)
    "#]],
    );
    check(
        "fn f() { a.0.1.2.3; a.0 .1; a.0.b; a.00.x(); }",
        expect![[r#"
        fn f() { a.0.1.2.3; a.0.1; a.0.b; a.00.x(); }
    "#]],
    );
}
