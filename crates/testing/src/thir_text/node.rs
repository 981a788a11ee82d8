//! Text laid out by `{:#?}`, as a tree.

use thir::print::Node;

/// Reads a value that is laid out over several lines.
pub fn parse(text: &str) -> Result<Node, String> {
    let mut lines = text.lines().map(str::trim_start).peekable();
    let first = lines.next().ok_or("no text")?;
    let node = value(first, &mut lines)?;
    match lines.next() {
        None => Ok(node),
        Some(line) => Err(format!("text after the value: {line}")),
    }
}

fn value<'t>(first: &str, lines: &mut impl Iterator<Item = &'t str>) -> Result<Node, String> {
    let text = first.strip_suffix(',').unwrap_or(first);
    if let Some(name) = text.strip_suffix(" {") {
        let mut fields = Vec::new();
        loop {
            let line = lines.next().ok_or("a struct without an end")?;
            if line == "}" || line == "}," {
                return Ok(Node::Struct(name.to_owned(), fields));
            }
            if line == ".." {
                fields.push((line.to_owned(), Node::Text(String::new())));
                continue;
            }
            let (field, rest) = line.split_once(": ").ok_or_else(|| format!("no field: {line}"))?;
            fields.push((field.to_owned(), value(rest, lines)?));
        }
    }
    let mut values = |end: char| {
        let mut values = Vec::new();
        loop {
            let line = lines.next().ok_or("a list without an end")?;
            if line.strip_suffix(',').unwrap_or(line) == end.to_string() {
                return Ok::<_, String>(values);
            }
            values.push(value(line, lines)?);
        }
    };
    if text == "[" {
        return Ok(Node::List(values(']')?));
    }
    if let Some(name) = text.strip_suffix('(')
        && name.chars().all(|c| c.is_alphanumeric() || c == '_')
    {
        return Ok(Node::Tuple(name.to_owned(), values(')')?));
    }
    Ok(if text == "[]" { Node::List(Vec::new()) } else { Node::Text(text.to_owned()) })
}

/// The value on one line, as rustc writes types within others.
pub(super) fn compact(node: &Node) -> String {
    let list = |values: &[Node]| values.iter().map(compact).collect::<Vec<_>>().join(", ");
    match node {
        Node::Text(text) => text.clone(),
        Node::List(values) => format!("[{}]", list(values)),
        Node::Tuple(name, values) => format!("{name}({})", list(values)),
        Node::Struct(name, fields) => {
            let fields: Vec<_> = fields
                .iter()
                .map(|(name, value)| if name == ".." { name.clone() } else { format!("{name}: {}", compact(value)) })
                .collect();
            format!("{name} {{ {} }}", fields.join(", "))
        }
    }
}
