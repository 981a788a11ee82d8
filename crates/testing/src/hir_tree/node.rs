//! Rust's `{:#?}`, read back.

/// A value of the dump.
#[derive(Debug)]
pub(super) enum Node<'a> {
    /// Anything on one line.
    Leaf(&'a str),
    /// `Name { field: value }`, also maps.
    Struct(&'a str, Vec<(&'a str, Node<'a>)>),
    /// `Name(value)`, also tuples and lists.
    List(&'a str, Vec<Node<'a>>),
}

pub(super) static NONE: Node<'static> = Node::Leaf("?");

impl<'a> Node<'a> {
    pub(super) fn name(&self) -> &'a str {
        match self {
            Node::Leaf(text) => text,
            Node::Struct(name, _) | Node::List(name, _) => name,
        }
    }

    pub(super) fn field(&self, name: &str) -> &Node<'a> {
        match self {
            Node::Struct(_, fields) => fields.iter().find(|(found, _)| *found == name).map_or(&NONE, |(_, node)| node),
            _ => &NONE,
        }
    }

    pub(super) fn at(&self, index: usize) -> &Node<'a> {
        self.items().get(index).unwrap_or(&NONE)
    }

    pub(super) fn items(&self) -> &[Node<'a>] {
        match self {
            Node::List(_, items) => items,
            _ => &[],
        }
    }

    /// Of `Some(x)` it is `x`.
    pub(super) fn some(&self) -> Option<&Node<'a>> {
        (self.name() == "Some").then(|| self.at(0))
    }

    pub(super) fn leaf(&self) -> &'a str {
        match self {
            Node::Leaf(text) => text,
            _ => "?",
        }
    }
}

/// Reads a value whose first line is given. Lines end with commas.
pub(super) fn node<'a>(line: &'a str, lines: &mut impl Iterator<Item = &'a str>) -> Node<'a> {
    if let Some(name) = line.strip_suffix('{') {
        let mut fields = Vec::new();
        while let Some(line) = lines.next().map(str::trim_start) {
            if line.starts_with('}') {
                break;
            }
            let (field, rest) = line.split_once(": ").unwrap_or(("", line));
            fields.push((field, node(rest, lines)));
        }
        return Node::Struct(name.trim_end(), fields);
    }
    if let Some(name) = line.strip_suffix(['(', '[']) {
        let mut items = Vec::new();
        while let Some(line) = lines.next().map(str::trim_start) {
            if matches!(line, ")" | ")," | "]" | "],") {
                break;
            }
            items.push(node(line, lines));
        }
        return Node::List(name, items);
    }
    Node::Leaf(line.strip_suffix(',').unwrap_or(line))
}
