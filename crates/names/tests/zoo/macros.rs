//! Procedural macros.
extern crate proc_macro;

use proc_macro::{Group, Ident, TokenStream, TokenTree};

#[proc_macro_derive(Name, attributes(name))]
pub fn name(input: TokenStream) -> TokenStream {
    let mut trees = input.into_iter();
    let mut name = None;
    while let Some(tree) = trees.next() {
        if let TokenTree::Ident(word) = &tree
            && (word.to_string() == "struct" || word.to_string() == "enum")
        {
            name = trees.next();
        }
    }
    let name = name.expect("a name").to_string();
    format!("impl {name} {{ pub const NAME: &'static str = \"{name}\"; }}").parse().expect("Rust")
}

/// Doubles what it stands at, the second time under another name.
#[proc_macro_attribute]
pub fn twice(arguments: TokenStream, item: TokenStream) -> TokenStream {
    let mut result = item.clone();
    let mut is_name = false;
    for tree in item {
        let tree = match tree {
            TokenTree::Ident(_) if is_name => {
                let name = arguments.to_string();
                is_name = false;
                TokenTree::Ident(Ident::new(&name, proc_macro::Span::call_site()))
            }
            TokenTree::Ident(word) => {
                is_name = word.to_string() == "fn";
                TokenTree::Ident(word)
            }
            other => other,
        };
        result.extend([tree]);
    }
    result
}

#[proc_macro]
pub fn in_parens(input: TokenStream) -> TokenStream {
    TokenTree::Group(Group::new(proc_macro::Delimiter::Parenthesis, input)).into()
}
