//! What macros are told is what rustc tells them.

use crate::common::*;
use bessemer_procmacro::{Isolation, Library, MacroKind};
use syntax::span::{Ident, Span};
use syntax::stream::TokenStream;
use syntax::symbol::Symbol;
use syntax::token::{Delim, MetaVar, Origin, Token, TokenKind};

const USER: &str = include_str!("programs/user.rs");

/// What the program's macros report when rustc expands them.
fn with_rustc() -> String {
    let folder = macros();
    std::fs::write(folder.join("user.rs"), USER).unwrap();
    let library = macros_file();
    let flag = format!("macros={}", library.display());
    testing::output(testing::rustc(folder).args(["--edition", "2021", "--extern", &flag, "user.rs"]));
    run(&folder.join("user"))
}

/// The same with ours.
fn with_ours(library: &Library) -> String {
    let mut program = Program::new(USER, "user.rs");
    let mut reports = Vec::new();

    let (start, end) = (program.find("probe! {"), program.find("!a\n}"));
    let input = program.between(start.hi, end.lo + 2);
    let call = program.call(Span::new(start.lo, end.hi), None, input);
    reports.push(report(&expand(library, "probe", call, &program).unwrap()));

    let arguments = program.find("via!(1 + 2, 'a, r#x, Vec<u8>, (y))");
    let input = metavariables(&program.between(arguments.lo + 5, arguments.hi - 1));
    let use_site = program.find("shape!($e $l $i $t $x)");
    let call = program.call(use_site, None, input);
    reports.push(report(&expand(library, "shape", call, &program).unwrap()));

    let (derive, start, end) = (program.find("Probe)]\n"), program.find("#[help"), program.find("; 2],\n}"));
    let input = program.between(start.lo, end.hi);
    let call = program.call(Span::new(derive.lo, derive.lo + 5), None, input);
    reports.push(report(&expand(library, "Probe", call, &program).unwrap()));

    let (attribute, item, end) = (program.find("#[probed("), program.find("fn f<T>"), program.find("vec![]]\n}"));
    let closing = program.find(")]\nfn f<T>");
    let arguments = program.between(attribute.hi, closing.lo);
    let input = program.between(item.lo, end.hi);
    let call = program.call(Span::new(attribute.lo, closing.lo + 2), Some(arguments), input);
    reports.push(report(&expand(library, "probed", call, &program).unwrap()));
    reports.join("\n#####\n")
}

/// `1 + 2, 'a, r#x, Vec<u8>, (y)` as the contents of metavariables of these kinds, one after the other.
fn metavariables(arguments: &TokenStream) -> TokenStream {
    let mut out = Vec::new();
    let mut kinds =
        [Some(MetaVar::Expr { literal: true, string: false }), None, None, Some(MetaVar::Ty { is_path: true }), None]
            .into_iter();
    for part in arguments.tokens().split(|token| token.kind == TokenKind::Comma) {
        let delim = kinds.next().flatten().map(|kind| Delim::Invisible(Origin::MetaVar(kind)));
        out.extend(delim.map(|delim| Token::new(TokenKind::Open(delim), part[0].span)));
        out.extend(part.iter().map(|token| match token.kind {
            TokenKind::Lifetime(name, raw) => {
                Token::new(TokenKind::NtLifetime(Ident::new(name, token.span), raw), token.span)
            }
            TokenKind::Ident(name, true) => {
                Token::new(TokenKind::NtIdent(Ident::new(name, token.span), true), token.span)
            }
            _ => *token,
        }));
        out.extend(delim.map(|delim| Token::new(TokenKind::Close(delim), part[0].span)));
    }
    TokenStream::new(out).unwrap()
}

#[track_caller]
fn assert_same(ours: &str, theirs: &str) {
    for (index, (our, their)) in ours.lines().zip(theirs.lines()).enumerate() {
        assert_eq!(our, their, "line {index} of the reports (ours, then rustc's)");
    }
    assert_eq!(ours.lines().count(), theirs.lines().count());
}

#[test]
fn every_answer_is_rustcs() {
    let theirs = with_rustc();
    assert!(theirs.lines().count() > 800, "the macros have much to report");
    for isolation in [Isolation::InProcess, Isolation::Forked] {
        let library = Library::open(&macros_file(), isolation).unwrap();
        assert_same(&with_ours(&library), &theirs);
    }
}

#[test]
fn macros_are_listed() {
    for isolation in [Isolation::InProcess, Isolation::Forked] {
        let library = Library::open(&macros_file(), isolation).unwrap();
        let kind = |name: &str| &library.macros().iter().find(|it| it.name == name).unwrap().kind;
        assert_eq!(*kind("probe"), MacroKind::Bang);
        assert_eq!(*kind("probed"), MacroKind::Attribute);
        assert_eq!(*kind("Probe"), MacroKind::Derive { helpers: vec!["help".to_owned(), "more".to_owned()] });
    }
}

#[test]
fn what_goes_through_unchanged_stays_as_it_was() {
    let library = Library::open(&macros_file(), Isolation::InProcess).unwrap();
    let text = "a += (b, [c]) ; 'l /* x */ \"s\" /// doc\n >>= < ; -1";
    let echoed = expand_bang(&library, "echo", text).unwrap().tokens;
    let program = Program::new(text, "bang.rs");
    assert_eq!(echoed.tokens(), program.tokens.tokens());
    // Trees do not keep doc comments, nor where identifiers are followed at once.
    let rebuilt = expand_bang(&library, "rebuild", text).unwrap().tokens;
    assert_eq!(program.print(&rebuilt), "a += (b, [c]); 'l \"s\" #[doc = \" doc\"] >>= < ; - 1");
    assert_eq!(Symbol::intern("a"), rebuilt.tokens()[0].ident().unwrap().0.name);
}

/// Requests, not time: each tree is asked for once.
#[test]
fn work_grows_as_the_input_does() {
    let library = Library::open(&macros_file(), Isolation::InProcess).unwrap();
    let requests = |n: usize| expand_bang(&library, "rebuild", &"(a b) ".repeat(n)).unwrap().requests;
    let (small, large) = (requests(100), requests(1000));
    assert!(large <= small * 10, "{small} requests for 100 groups, {large} for 1000");
}
