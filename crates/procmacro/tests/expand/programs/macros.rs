//! Macros of every kind, well-behaved and not.

#![feature(proc_macro_span, proc_macro_diagnostic, proc_macro_expand, proc_macro_tracked_env, proc_macro_tracked_path)]
#![feature(proc_macro_def_site, proc_macro_quote)]

extern crate proc_macro;

use proc_macro::*;
use std::fmt::Write;

fn raw_string(text: &str) -> TokenStream {
    format!("r###\"{text}\"###").parse().unwrap()
}

fn span(out: &mut String, span: Span) {
    let (start, end) = (span.start(), span.end());
    write!(out, "{}:{}-{}:{} ", start.line(), start.column(), end.line(), end.column()).unwrap();
    write!(out, "{:?} {:?} ", span.byte_range(), span.source_text()).unwrap();
    writeln!(out, "parent {:?}", span.parent().map(|span| span.source_text())).unwrap();
}

fn trees(out: &mut String, stream: TokenStream, depth: usize, spans: bool) {
    for tree in stream {
        write!(out, "{:1$}", "", 2 * depth).unwrap();
        match &tree {
            TokenTree::Group(group) => write!(out, "{:?} <{group}> ", group.delimiter()),
            TokenTree::Punct(punct) => write!(out, "{:?} {:?} ", punct.as_char(), punct.spacing()),
            TokenTree::Ident(ident) => write!(out, "{ident} "),
            TokenTree::Literal(literal) => write!(out, "literal {literal} "),
        }
        .unwrap();
        if spans { span(out, tree.span()) } else { out.push('\n') }
        if let TokenTree::Group(group) = tree {
            if spans {
                span(out, group.span_open());
                span(out, group.span_close());
            }
            trees(out, group.stream(), depth + 1, spans);
        }
    }
}

fn report(input: TokenStream) -> String {
    let mut out = format!("{input}\nempty {}\n", input.is_empty());
    trees(&mut out, input.clone(), 0, true);
    for site in [Span::call_site(), Span::mixed_site()] {
        span(&mut out, site);
        span(&mut out, site.source());
        span(&mut out, site.located_at(Span::call_site()));
        span(&mut out, site.resolved_at(Span::def_site()));
        writeln!(out, "{} {:?}", site.file(), site.local_file()).unwrap();
    }
    let all: Vec<TokenTree> = input.into_iter().collect();
    if let [first, .., last] = &all[..] {
        writeln!(out, "joined {:?}", first.span().join(last.span()).map(|span| span.source_text())).unwrap();
        span(&mut out, first.span().located_at(Span::mixed_site()));
    }
    for tree in &all {
        if let TokenTree::Literal(literal) = tree {
            let parts = [literal.subspan(1..3), literal.subspan(..=1), literal.subspan(2..), literal.subspan(3..3)];
            writeln!(out, "{:?}", parts.map(|span| span.map(|span| span.source_text()))).unwrap();
        }
    }
    let texts = [
        "", "a+=b", "#!/bin/sh\nx", "// no\n/// doc\nx", "'a 'b' r#fn \"s\\n\"", "(", ")", "{ () ", "a::<b>>>=c", "1.0.0",
        "x\r\ny", "-1 + 2e3_f64", "&&mut a..=b", "[ { } ( ) ]", "$crate::f!{}",
    ];
    for text in texts {
        match text.parse::<TokenStream>() {
            Ok(stream) => {
                writeln!(out, "{text:?} is {stream}").unwrap();
                trees(&mut out, stream, 1, false);
            }
            Err(error) => writeln!(out, "{text:?} is none: {error}").unwrap(),
        }
    }
    for text in ["1u8", "-1", "- 1", "-1.5e3f32", "-'a'", "a", "", "1 ", "1+", "(1)", "(1", "\"a\\tb\"", "b'a'", "cr#\"x\"#", "/**/1"] {
        match text.parse::<Literal>() {
            Ok(literal) => writeln!(out, "{text:?} is {literal} at {:?}", literal.span().source_text()).unwrap(),
            Err(error) => writeln!(out, "{text:?} is none: {error}").unwrap(),
        }
    }
    writeln!(out, "{} {}", Ident::new("a\u{308}", Span::call_site()), Ident::new_raw("fn", Span::call_site())).unwrap();
    writeln!(out, "{:?}", std::panic::catch_unwind(|| Ident::new("\u{1F600}", Span::call_site())).is_err()).unwrap();
    // Streams that are put together.
    let punct = |ch, spacing| TokenTree::from(Punct::new(ch, spacing));
    let mut stream = TokenStream::from(punct('<', Spacing::Joint));
    stream.extend([punct('<', Spacing::Joint), punct('=', Spacing::Alone), punct('=', Spacing::Joint)]);
    stream.extend([TokenStream::from(punct('>', Spacing::Joint)), TokenStream::new()]);
    stream.extend([punct('\'', Spacing::Joint), TokenTree::Ident(Ident::new("a", Span::call_site()))]);
    stream.extend([TokenTree::Literal(Literal::i32_suffixed(-7)), TokenTree::Literal(Literal::f64_unsuffixed(-0.5))]);
    stream.extend([TokenTree::Literal(Literal::string("\"\n")), TokenTree::Literal(Literal::c_string(c"\xff"))]);
    for delimiter in [Delimiter::Parenthesis, Delimiter::Brace, Delimiter::Bracket, Delimiter::None] {
        stream.extend([TokenTree::Group(Group::new(delimiter, stream.clone()))]);
    }
    writeln!(out, "{stream}").unwrap();
    trees(&mut out, stream, 0, false);
    out
}

#[proc_macro]
pub fn probe(input: TokenStream) -> TokenStream {
    raw_string(&report(input))
}

#[proc_macro]
pub fn shape(input: TokenStream) -> TokenStream {
    let mut out = format!("{input}\n");
    trees(&mut out, input, 0, false);
    raw_string(&out)
}

#[proc_macro_derive(Probe, attributes(help, more))]
pub fn derive(input: TokenStream) -> TokenStream {
    format!("const DERIVE: &str = {};", raw_string(&report(input))).parse().unwrap()
}

#[proc_macro_attribute]
pub fn probed(arguments: TokenStream, input: TokenStream) -> TokenStream {
    let report = format!("{}=====\n{}", report(arguments), report(input));
    format!("const ATTRIBUTE: &str = {};", raw_string(&report)).parse().unwrap()
}

#[proc_macro]
pub fn echo(input: TokenStream) -> TokenStream {
    input
}

/// Takes everything apart and puts it together again, tree by tree.
#[proc_macro]
pub fn rebuild(input: TokenStream) -> TokenStream {
    fn rebuild(input: TokenStream) -> TokenStream {
        let mut out = TokenStream::new();
        for tree in input {
            out.extend([match tree {
                TokenTree::Group(group) => {
                    let mut new = Group::new(group.delimiter(), rebuild(group.stream()));
                    new.set_span(group.span());
                    TokenTree::Group(new)
                }
                tree => tree,
            }]);
        }
        out
    }
    rebuild(input)
}

#[proc_macro]
pub fn panics(input: TokenStream) -> TokenStream {
    Diagnostic::spanned(Span::call_site(), Level::Warning, "before it panics").emit();
    panic!("no {input}")
}

#[proc_macro]
pub fn panics_oddly(_: TokenStream) -> TokenStream {
    std::panic::panic_any(7)
}

#[proc_macro]
pub fn aborts(_: TokenStream) -> TokenStream {
    std::process::abort()
}

#[proc_macro]
pub fn recurses(input: TokenStream) -> TokenStream {
    fn deeper(n: u64, text: &str) -> u64 {
        let here = format!("{text}{n}");
        deeper(n + 1, &here[..1]) + here.len() as u64
    }
    raw_string(&deeper(0, &input.to_string()).to_string())
}

#[proc_macro]
pub fn exits(_: TokenStream) -> TokenStream {
    std::process::exit(7)
}

#[proc_macro]
pub fn faults(_: TokenStream) -> TokenStream {
    unsafe { std::ptr::null_mut::<u8>().write_volatile(1) };
    TokenStream::new()
}

#[proc_macro]
pub fn prints(input: TokenStream) -> TokenStream {
    println!("a macro printed this: {input}");
    eprintln!("and this: {input}");
    input
}

#[proc_macro]
pub fn counts(_: TokenStream) -> TokenStream {
    use std::sync::atomic::{AtomicU32, Ordering};
    static COUNT: AtomicU32 = AtomicU32::new(0);
    TokenTree::from(Literal::u32_unsuffixed(COUNT.fetch_add(1, Ordering::Relaxed))).into()
}

#[proc_macro]
pub fn surroundings(_: TokenStream) -> TokenStream {
    let name = |path: std::path::PathBuf| path.file_name().unwrap().to_string_lossy().into_owned();
    let all: Vec<String> = std::env::vars().map(|(name, value)| format!("{name}={value}")).collect();
    let text = format!("{} {}", name(std::env::current_dir().unwrap()), all.join(" "));
    raw_string(&text)
}

#[proc_macro]
pub fn tracks(_: TokenStream) -> TokenStream {
    let value = tracked::env_var("PROCMACRO_TEST_UNSET").is_ok();
    tracked::path("some/file.txt");
    let mut diagnostic = Diagnostic::spanned(Span::call_site(), Level::Error, "an error");
    diagnostic = diagnostic.note("a note").span_help(Span::mixed_site(), "some help");
    diagnostic.emit();
    raw_string(&value.to_string())
}

#[proc_macro]
pub fn expands(input: TokenStream) -> TokenStream {
    // Whatever the macro makes of the failure: the expansion is not known.
    match std::panic::catch_unwind(|| input.expand_expr().is_ok()) {
        Ok(_) => raw_string("expanded"),
        Err(_) => raw_string("guessed"),
    }
}

#[proc_macro]
pub fn quotes(_: TokenStream) -> TokenStream {
    quote!(a)
}

#[proc_macro]
pub fn debugs(_: TokenStream) -> TokenStream {
    raw_string(&format!("{:?}", Span::call_site()))
}

#[proc_macro]
pub fn misreads(_: TokenStream) -> TokenStream {
    raw_string(&"'abc'".parse::<TokenStream>().is_ok().to_string())
}

#[proc_macro]
pub fn nests(_: TokenStream) -> TokenStream {
    let mut stream = TokenStream::new();
    for _ in 0..25_000 {
        stream = TokenTree::Group(Group::new(Delimiter::Parenthesis, stream)).into();
    }
    stream
}
