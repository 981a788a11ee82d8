//! The streams of an expansion, as macros build them. (rustc: `rustc_ast::tokenstream::TokenStream`.)
//!
//! [`TokenStream`] is flat, so it would be copied whole for each tree that a macro adds, and for each group around it. These
//! streams are trees: adding to one copies it only if somebody else has it too, and a group refers to its contents. What
//! goes in is not taken apart until a macro looks into it.

use std::sync::Arc;

use syntax::stream::{TokenStream, TokenTree};
use syntax::symbol::Symbol;
use syntax::token::{Delim, Spacing, Token, TokenKind};

/// A stream of an expansion.
#[derive(Clone)]
pub(crate) enum Stream {
    /// Not taken apart.
    Flat(TokenStream),
    /// Built of trees.
    Built(Arc<Nodes>),
}

/// Trees in a row.
#[derive(Clone, Default)]
pub(crate) struct Nodes(Vec<Node>);

/// A tree.
#[derive(Clone)]
pub(crate) enum Node {
    /// A token that is no delimiter.
    Token(Token),
    /// A group.
    Group {
        /// Its opening delimiter.
        open: Token,
        /// Its closing delimiter.
        close: Token,
        /// What they are.
        delim: Delim,
        /// What is between them.
        stream: Stream,
    },
}

impl From<TokenTree> for Node {
    fn from(tree: TokenTree) -> Node {
        match tree {
            TokenTree::Token(token) => Node::Token(token),
            TokenTree::Delimited { open, close, delim, stream } => {
                Node::Group { open, close, delim, stream: Stream::Flat(stream) }
            }
        }
    }
}

impl From<Vec<Node>> for Stream {
    fn from(nodes: Vec<Node>) -> Stream {
        Stream::Built(Arc::new(Nodes(nodes)))
    }
}

impl Default for Stream {
    fn default() -> Stream {
        Stream::Built(Arc::default())
    }
}

impl Stream {
    pub(crate) fn is_empty(&self) -> bool {
        match self {
            Stream::Flat(stream) => stream.is_empty(),
            Stream::Built(nodes) => nodes.0.is_empty(),
        }
    }

    /// Calls `f` with each tree.
    pub(crate) fn for_each(&self, mut f: impl FnMut(&Node)) {
        match self {
            Stream::Flat(stream) => stream.trees().for_each(|tree| f(&tree.into())),
            Stream::Built(nodes) => nodes.0.iter().for_each(f),
        }
    }

    /// The only tree, if there is only one.
    pub(crate) fn only(&self) -> Option<Node> {
        match self {
            Stream::Flat(stream) => {
                let mut trees = stream.trees();
                let first = trees.next()?;
                trees.next().is_none().then(|| first.into())
            }
            Stream::Built(nodes) => match &nodes.0[..] {
                [node] => Some(node.clone()),
                _ => None,
            },
        }
    }

    fn nodes(&mut self) -> &mut Vec<Node> {
        if let Stream::Flat(stream) = self {
            *self = Stream::Built(Arc::new(Nodes(stream.trees().map(Node::from).collect())));
        }
        match self {
            Stream::Built(nodes) => &mut Arc::make_mut(nodes).0,
            Stream::Flat(_) => unreachable!("it was just taken apart"),
        }
    }

    /// Puts a tree behind the last, and glues them where they make one token.
    pub(crate) fn push(&mut self, node: Node) {
        let nodes = self.nodes();
        if !glue_to_last(nodes, &node) {
            nodes.push(node);
        }
    }

    /// The same of a stream's trees, of which only the first may be glued.
    pub(crate) fn append(&mut self, stream: &Stream) {
        if stream.is_empty() {
            return;
        }
        if self.is_empty() {
            *self = stream.clone();
            return;
        }
        let nodes = self.nodes();
        let mut is_first = true;
        stream.for_each(|node| {
            if !(is_first && glue_to_last(nodes, node)) {
                nodes.push(node.clone());
            }
            is_first = false;
        });
    }

    /// The stream in one array. `None`: groups are nested too deeply.
    pub(crate) fn flatten(&self) -> Option<TokenStream> {
        let built = match self {
            Stream::Flat(stream) => return Some(stream.clone()),
            Stream::Built(nodes) => nodes,
        };
        let mut tokens = Vec::new();
        // What is left of each group that is open, and the delimiter that ends it.
        let mut open = vec![(built.0.iter(), None)];
        while let Some((nodes, end)) = open.last_mut() {
            match nodes.next() {
                Some(Node::Token(token)) => tokens.push(*token),
                Some(Node::Group { open: begin, close, stream, .. }) => {
                    tokens.push(*begin);
                    match stream {
                        Stream::Flat(stream) => {
                            tokens.extend(stream.tokens());
                            tokens.push(*close);
                        }
                        Stream::Built(nodes) => open.push((nodes.0.iter(), Some(*close))),
                    }
                }
                None => {
                    tokens.extend(*end);
                    open.pop();
                }
            }
        }
        TokenStream::new(tokens)
    }
}

/// A macro may nest groups as deeply as it likes, so they are not dropped by recursion.
impl Drop for Nodes {
    fn drop(&mut self) {
        let mut rows = vec![std::mem::take(&mut self.0)];
        while let Some(row) = rows.pop() {
            for node in row {
                if let Node::Group { stream: Stream::Built(nodes), .. } = node
                    && let Some(mut nodes) = Arc::into_inner(nodes)
                    && !nodes.0.is_empty()
                {
                    rows.push(std::mem::take(&mut nodes.0));
                }
            }
        }
    }
}

/// Makes one token of the last and the next if they belong together. Did they?
fn glue_to_last(nodes: &mut [Node], next: &Node) -> bool {
    let (Some(Node::Token(last)), Node::Token(next)) = (nodes.last_mut(), next) else { return false };
    if last.spacing == Spacing::Alone {
        return false;
    }
    let Some(kind) = glue(last.kind, next.kind) else { return false };
    // Where the two have different contexts, one of them stands for both.
    let span = if last.span.ctxt == next.span.ctxt {
        last.span.to(next.span)
    } else if last.span.ctxt.0 == 0 {
        next.span
    } else {
        last.span
    };
    *last = Token { kind, spacing: next.spacing, span, ..*last };
    true
}

fn glue(last: TokenKind, next: TokenKind) -> Option<TokenKind> {
    match (last, next) {
        (TokenKind::SingleQuote, TokenKind::Ident(name, raw)) => {
            Some(TokenKind::Lifetime(Symbol::intern(&format!("'{name}")), raw))
        }
        _ => last.glue(next),
    }
}

#[cfg(test)]
mod tests {
    use syntax::span::Span;

    use super::*;

    fn token(kind: TokenKind, spacing: Spacing) -> Node {
        Node::Token(Token { spacing, ..Token::new(kind, Span::DUMMY) })
    }

    fn group(stream: Stream) -> Node {
        let delim = Delim::Bracket;
        let [open, close] = [TokenKind::Open(delim), TokenKind::Close(delim)].map(|kind| Token::new(kind, Span::DUMMY));
        Node::Group { open, close, delim, stream }
    }

    #[test]
    fn joint_tokens_become_one() {
        let mut stream = Stream::default();
        stream.push(token(TokenKind::Lt, Spacing::Joint));
        stream.push(token(TokenKind::Lt, Spacing::Joint));
        stream.push(token(TokenKind::Eq, Spacing::Alone));
        stream.push(token(TokenKind::Eq, Spacing::Alone));
        stream.push(token(TokenKind::SingleQuote, Spacing::Joint));
        stream.push(token(TokenKind::Ident(Symbol::intern("a"), false), Spacing::Alone));
        let kinds: Vec<TokenKind> = stream.flatten().unwrap().tokens().iter().map(|token| token.kind).collect();
        assert_eq!(kinds, [TokenKind::ShlEq, TokenKind::Eq, TokenKind::Lifetime(Symbol::intern("'a"), false)]);
    }

    #[test]
    fn depth_is_no_danger() {
        let mut stream = Stream::default();
        for _ in 0..100_000 {
            let mut outer = Stream::default();
            outer.push(group(stream));
            stream = outer;
        }
        assert!(stream.flatten().is_none());
        drop(stream);
    }

    #[test]
    fn adding_copies_nothing() {
        let mut stream = Stream::default();
        let comma = token(TokenKind::Comma, Spacing::Alone);
        stream.push(comma.clone());
        let address = |stream: &Stream| match stream {
            Stream::Built(nodes) => Arc::as_ptr(nodes),
            Stream::Flat(_) => unreachable!(),
        };
        let before = address(&stream);
        (0..1000).for_each(|_| stream.push(comma.clone()));
        assert_eq!(address(&stream), before);
        // Somebody else has it: this one is copied, the other stays.
        let other = stream.clone();
        stream.push(comma);
        let len = |stream: &Stream| stream.flatten().unwrap().len();
        assert_eq!((len(&other), len(&stream)), (1001, 1002));
        assert_ne!(address(&stream), before);
    }
}
