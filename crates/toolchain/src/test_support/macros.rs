//! `#[test]` and `#[bench]` that work where rustc is not told `--test`: they keep the function as it is and put a constant
//! beside it, of the type with which the test harness describes tests.

#![feature(allow_internal_unstable, proc_macro_def_site)]

extern crate proc_macro;

use proc_macro::{Delimiter, Group, Ident, Literal, Punct, Spacing, Span, TokenStream, TokenTree};

#[proc_macro_attribute]
#[allow_internal_unstable(test)]
pub fn test(_: TokenStream, item: TokenStream) -> TokenStream {
    describe("StaticTestFn", item)
}

#[proc_macro_attribute]
#[allow_internal_unstable(test)]
pub fn bench(_: TokenStream, item: TokenStream) -> TokenStream {
    describe("StaticBenchFn", item)
}

#[proc_macro_attribute]
pub fn test_case(_: TokenStream, _: TokenStream) -> TokenStream {
    r#"::core::compile_error!("custom test frameworks (`#[test_case]`) are not supported");"#.parse().unwrap()
}

/// What the attributes and the head of a test function say.
struct Function {
    name: Ident,
    /// Where the type of the result is, or would be.
    output: Span,
    ignore: bool,
    ignore_message: Option<TokenTree>,
    should_panic: bool,
    expected: Option<TokenTree>,
}

/// Puts a function's description before it. `kind` is how the harness calls it.
fn describe(kind: &str, item: TokenStream) -> TokenStream {
    // What is no function is an error, which the compilation for the diagnostics reports.
    let Some(function) = Function::parse(item.clone()) else { return item };
    let at = function.name.span();
    let hidden = at.resolved_at(Span::def_site());
    let name = function.name.to_string();
    let constant = match name.strip_prefix("r#") {
        Some(raw) => Ident::new_raw(raw, hidden),
        None => Ident::new(&name, hidden),
    };
    // The harness is seen to call the function from where that says what it returns: so it is with rustc.
    let call_site = function.output.resolved_at(Span::def_site());
    let argument = if kind == "StaticBenchFn" { "bencher" } else { "" };
    let mut callee = function.name.clone();
    callee.set_span(function.output.resolved_at(at));
    let mut result = TokenStream::from(TokenTree::from(callee));
    result.extend([group(Delimiter::Parenthesis, code(argument, call_site), call_site)]);
    let mut call = code("support::bessemer::test::assert_test_result", call_site);
    call.extend([group(Delimiter::Parenthesis, result, call_site)]);
    let mut closure = code(&format!("|{argument}|"), call_site);
    closure.extend(call);

    let said = |what, flag: bool, value: Option<TokenTree>| {
        let mut tokens = code(&format!("{what} {flag}"), hidden);
        tokens.extend(value);
        group(Delimiter::Bracket, tokens, hidden)
    };
    let mut place = code("at", hidden);
    place.extend([TokenTree::from(Literal::string(&at.file()))]);
    let numbers = [at.start().line(), at.start().column(), at.end().line(), at.end().column()];
    place.extend(numbers.map(|number| TokenTree::from(Literal::usize_suffixed(number))));
    let mut called = code(kind, hidden);
    called.extend(closure);
    let mut input = TokenStream::new();
    for token in [
        constant.into(),
        Literal::string(&name).into(),
        said("ignore", function.ignore, function.ignore_message),
        said("should_panic", function.should_panic, function.expected),
        group(Delimiter::Bracket, place, hidden),
        group(Delimiter::Bracket, called, hidden),
    ] {
        input.extend([token, Punct::new(',', Spacing::Alone).into()]);
    }

    // Not `::core`: the crate may have named another crate so.
    let mut output = code("extern crate core as support; support::bessemer::describe!", hidden);
    output.extend([group(Delimiter::Brace, input, hidden)]);
    output.extend(item);
    output
}

/// Tokens that are all in one place. There must be no parentheses among them.
fn code(text: &str, span: Span) -> TokenStream {
    let tokens: TokenStream = text.parse().unwrap();
    let tokens = tokens.into_iter().map(|mut token| {
        token.set_span(span);
        token
    });
    tokens.collect()
}

fn group(delimiter: Delimiter, tokens: TokenStream, span: Span) -> TokenTree {
    let mut group = Group::new(delimiter, tokens);
    group.set_span(span);
    group.into()
}

impl Function {
    fn parse(item: TokenStream) -> Option<Function> {
        let mut function = Function {
            name: Ident::new("unnamed", Span::call_site()),
            output: Span::call_site(),
            ignore: false,
            ignore_message: None,
            should_panic: false,
            expected: None,
        };
        function.parse_tokens(item).then_some(function)
    }

    /// Reads the head of a function; whether there is one.
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
                        self.output = name.span();
                        self.name = name;
                        self.signature(tokens);
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

    /// Reads what follows a function's name.
    fn signature(&mut self, tokens: impl Iterator<Item = TokenTree>) {
        let is_parameters = |token: &TokenTree| {
            matches!(token, TokenTree::Group(group) if group.delimiter() == Delimiter::Parenthesis)
        };
        let mut tokens = tokens.skip_while(|token| !is_parameters(token));
        let Some(parameters) = tokens.next() else { return };
        self.output = match (tokens.next(), tokens.next(), tokens.next()) {
            (Some(TokenTree::Punct(dash)), Some(_), Some(output)) if dash.as_char() == '-' => output.span(),
            _ => parameters.span().end(),
        };
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
