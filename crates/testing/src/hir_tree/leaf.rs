//! Small values of the dump as the texts of the crate `hir` have them.

use super::node::{NONE, Node};

/// The name of an ABI in the source.
pub(super) fn abi(node: &Node<'_>) -> String {
    let unwind = if node.field("unwind").leaf() == "true" { "-unwind" } else { "" };
    let name = match node.name() {
        "Rust" | "C" => node.name().to_owned(),
        name => name.to_lowercase(),
    };
    format!("{name}{unwind}")
}

pub(super) fn binding(mode: &Node<'_>) -> String {
    let mut text = String::new();
    if mode.at(0).name() == "Yes" {
        let mutability = mode.at(0).items().last().unwrap_or(&NONE).name();
        text.push_str(if mutability == "Mut" { " ref-mut" } else { " ref" });
    }
    if mode.at(1).name() == "Mut" {
        text.push_str(" mut");
    }
    text
}

pub(super) fn dots(node: &Node<'_>) -> String {
    // `DotDotPos(Some(1))`, or the number that means none.
    let text = match node {
        Node::List(_, items) => match items.first() {
            Some(inner) => inner.some().map_or(inner.leaf(), Node::leaf),
            None => "",
        },
        node => node.leaf(),
    };
    match text.parse::<u32>() {
        Ok(at) if at != u32::MAX => format!(" ..{at}"),
        _ => String::new(),
    }
}

/// The text of a string as `{:?}` prints it.
pub(super) fn unquote(text: &str) -> String {
    let inner = text.strip_prefix('"').and_then(|text| text.strip_suffix('"')).unwrap_or(text);
    let mut out = String::new();
    let mut chars = inner.chars();
    while let Some(c) = chars.next() {
        match (c, c == '\\') {
            (c, false) => out.push(c),
            (_, true) => match chars.next() {
                Some('n') => out.push('\n'),
                Some('t') => out.push('\t'),
                Some('r') => out.push('\r'),
                Some(c) => out.push(c),
                None => {}
            },
        }
    }
    out
}

pub(super) fn literal(lit: &Node<'_>) -> String {
    let node = lit.field("node");
    match node.name() {
        "Str" => format!("Str {}", node.at(0).leaf()),
        name @ ("ByteStr" | "CStr") => {
            let bytes: Vec<&str> = node.at(0).items().iter().map(Node::leaf).collect();
            format!("{name} [{}]", bytes.join(", "))
        }
        "Int" => {
            let value = node.at(0).at(0).leaf();
            match node.at(1) {
                Node::List(_, ty) => format!("Int {value} {}", ty.first().unwrap_or(&NONE).leaf()),
                _ => format!("Int {value}"),
            }
        }
        "Float" => {
            let digits = node.at(0).leaf().trim_matches('"');
            match node.at(1) {
                Node::List(_, ty) => format!("Float {digits} {}", ty.first().unwrap_or(&NONE).leaf()),
                _ => format!("Float {digits}"),
            }
        }
        name => format!("{name} {}", node.at(0).leaf()),
    }
}
