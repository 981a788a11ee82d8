//! `#[test]` and `#[bench]` that work where rustc is not told `--test`: they keep the function as it is and put a constant
//! beside it, of the type with which the test harness describes tests.

#![feature(allow_internal_unstable, proc_macro_def_site)]

extern crate proc_macro;

use proc_macro::{Delimiter, Group, Ident, Literal, Punct, Spacing, Span, TokenStream, TokenTree};

#[proc_macro_attribute]
#[allow_internal_unstable(test)]
pub fn test(_: TokenStream, item: TokenStream) -> TokenStream {
    describe("test", item)
}

#[proc_macro_attribute]
#[allow_internal_unstable(test)]
pub fn bench(_: TokenStream, item: TokenStream) -> TokenStream {
    describe("bench", item)
}

#[proc_macro_attribute]
pub fn test_case(_: TokenStream, _: TokenStream) -> TokenStream {
    r#"::core::compile_error!("custom test frameworks (`#[test_case]`) are not supported");"#.parse().unwrap()
}

/// What the attributes and the head of a test function say.
struct Function {
    name: Ident,
    ignore: bool,
    ignore_message: Option<TokenTree>,
    should_panic: bool,
    expected: Option<TokenTree>,
}

fn describe(kind: &str, item: TokenStream) -> TokenStream {
    // What is no function is an error, which the compilation for the diagnostics reports.
    let Some(function) = Function::parse(item.clone()) else { return item };
    let span = function.name.span().resolved_at(Span::def_site());
    let at = function.name.span();
    let text = function.name.to_string();
    let constant = match text.strip_prefix("r#") {
        Some(raw) => Ident::new_raw(raw, span),
        None => Ident::new(&text, span),
    };
    let ident = |text: &str| TokenTree::from(Ident::new(text, span));
    let punct = |c| TokenTree::from(Punct::new(c, Spacing::Alone));
    let number = |number| TokenTree::from(Literal::usize_suffixed(number));
    let group = |delimiter, tokens: Vec<TokenTree>| {
        let mut group = Group::new(delimiter, tokens.into_iter().collect());
        group.set_span(span);
        TokenTree::from(group)
    };
    let list = |tokens| group(Delimiter::Bracket, tokens);
    let said = |what, flag: bool, value: Option<TokenTree>| {
        let value = value.into_iter().flat_map(|value| [punct('='), value]);
        list([ident(what), ident(if flag { "true" } else { "false" })].into_iter().chain(value).collect())
    };
    let input = vec![
        constant.into(),
        punct(','),
        Literal::string(&text).into(),
        punct(','),
        said("ignore", function.ignore, function.ignore_message),
        punct(','),
        said("should_panic", function.should_panic, function.expected),
        punct(','),
        list(vec![
            ident("at"),
            Literal::string(&at.file()).into(),
            number(at.start().line()),
            number(at.start().column()),
            number(at.end().line()),
            number(at.end().column()),
        ]),
        punct(','),
        list(vec![ident(kind), function.name.into()]),
        punct(','),
    ];
    // Not `::core`: the crate may have named another crate so.
    let head: TokenStream = "extern crate core as support; support::bessemer::describe!".parse().unwrap();
    let mut output: TokenStream = head
        .into_iter()
        .map(|mut token| {
            token.set_span(span);
            token
        })
        .collect();
    output.extend([group(Delimiter::Brace, input)]);
    output.extend(item);
    output
}

impl Function {
    fn parse(item: TokenStream) -> Option<Function> {
        let mut function = Function {
            name: Ident::new("unnamed", Span::call_site()),
            ignore: false,
            ignore_message: None,
            should_panic: false,
            expected: None,
        };
        function.parse_tokens(item).then_some(function)
    }

    /// Reads up to the function's name; whether there is one.
    fn parse_tokens(&mut self, item: TokenStream) -> bool {
        let mut tokens = item.into_iter();
        while let Some(token) = tokens.next() {
            match token {
                TokenTree::Punct(punct) if punct.as_char() == '#' => {
                    if let Some(TokenTree::Group(attribute)) = tokens.next() {
                        self.attribute(attribute.stream());
                    }
                }
                TokenTree::Ident(keyword) => match &*keyword.to_string() {
                    "fn" => {
                        let Some(TokenTree::Ident(name)) = tokens.next().map(bare) else { return false };
                        self.name = name;
                        return true;
                    }
                    "pub" | "crate" | "const" | "async" | "unsafe" | "safe" | "extern" => {}
                    _ => return false,
                },
                // A visibility, or the whole item, that came through a macro's parameter.
                TokenTree::Group(group) if group.delimiter() == Delimiter::None => {
                    if self.parse_tokens(group.stream()) {
                        return true;
                    }
                }
                // `(crate)` after `pub`, the name of an ABI after `extern`.
                TokenTree::Group(_) | TokenTree::Literal(_) => {}
                TokenTree::Punct(_) => return false,
            }
        }
        false
    }

    fn attribute(&mut self, attribute: TokenStream) {
        let tokens = bare_start(attribute);
        let Some((TokenTree::Ident(name), rest)) = tokens.split_first() else { return };
        match &*name.to_string() {
            "ignore" if !self.ignore => {
                self.ignore = true;
                self.ignore_message = value(rest);
            }
            "should_panic" if !self.should_panic => {
                self.should_panic = true;
                self.expected = match rest {
                    [TokenTree::Group(list)] => match list.stream().into_iter().collect::<Vec<_>>().split_first() {
                        Some((TokenTree::Ident(key), rest)) if key.to_string() == "expected" => value(rest),
                        _ => None,
                    },
                    _ => value(rest),
                };
            }
            _ => {}
        }
    }
}

/// The text in `= "text"`.
fn value(tokens: &[TokenTree]) -> Option<TokenTree> {
    match tokens {
        [TokenTree::Punct(equals), value] if equals.as_char() == '=' => {
            Some(bare(value.clone())).filter(|value| matches!(value, TokenTree::Literal(_)))
        }
        _ => None,
    }
}

/// A token without the invisible parentheses that it has if it came through a macro's parameter.
fn bare(token: TokenTree) -> TokenTree {
    if let TokenTree::Group(group) = &token
        && group.delimiter() == Delimiter::None
    {
        let mut inside = group.stream().into_iter();
        if let (Some(inside), None) = (inside.next(), inside.next()) {
            return bare(inside);
        }
    }
    token
}

/// The tokens, of which the first are not in invisible parentheses.
fn bare_start(tokens: TokenStream) -> Vec<TokenTree> {
    let mut tokens: Vec<_> = tokens.into_iter().collect();
    while let Some(TokenTree::Group(group)) = tokens.first()
        && group.delimiter() == Delimiter::None
    {
        let inside = group.stream();
        tokens.splice(..1, inside);
    }
    tokens
}
