//! Streams of tokens: flat, shared, and seen as trees. (rustc: `rustc_ast::tokenstream`.)
//!
//! A stream is a part of a shared array. A group is not nested in it: its delimiters are tokens that say how far it is
//! from one to the other. So a group's contents are again a part of the same array, looking ahead is an index, and what
//! a parser has read is a range. Macro expansion makes arrays by copying ranges.

use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use crate::span::Span;
use crate::stack::MAX_DEPTH;
use crate::token::{Delim, Token, TokenKind};

/// A sequence of tokens in which delimiters match.
#[derive(Clone)]
pub struct TokenStream {
    tokens: Arc<Vec<Token>>,
    lo: u32,
    hi: u32,
}

/// One token or one group of a stream.
#[derive(Clone)]
pub enum TokenTree {
    /// A token that is no delimiter.
    Token(Token),
    /// A group.
    Delimited {
        /// Its opening delimiter.
        open: Token,
        /// Its closing delimiter.
        close: Token,
        /// What they are.
        delim: Delim,
        /// What is between them.
        stream: TokenStream,
    },
}

impl TokenTree {
    /// From the first character to the last.
    pub fn span(&self) -> Span {
        match self {
            TokenTree::Token(token) => token.span,
            TokenTree::Delimited { open, close, .. } => open.span.to(close.span),
        }
    }
}

impl TokenStream {
    /// A stream of these tokens. The delimiters' distances are set here.
    ///
    /// Delimiters must match, which whoever makes tokens sees to, and groups must not be nested thousands of levels deep;
    /// otherwise nothing is returned.
    pub fn new(mut tokens: Vec<Token>) -> Option<TokenStream> {
        let mut open = Vec::new();
        for index in 0..tokens.len() {
            match tokens[index].kind {
                TokenKind::Open(_) if open.len() >= MAX_DEPTH as usize => return None,
                TokenKind::Open(_) => open.push(index),
                TokenKind::Close(delim) => {
                    let start = open.pop()?;
                    if tokens[start].kind != TokenKind::Open(delim) {
                        return None;
                    }
                    let distance = (index - start) as u32;
                    tokens[start].pair = distance;
                    tokens[index].pair = distance;
                }
                _ => {}
            }
        }
        open.is_empty().then(|| TokenStream::from_paired(tokens))
    }

    /// A stream of tokens whose delimiters match and know their distances.
    pub(crate) fn from_paired(tokens: Vec<Token>) -> TokenStream {
        let hi = tokens.len() as u32;
        TokenStream { tokens: Arc::new(tokens), lo: 0, hi }
    }

    /// The tokens, delimiters included.
    pub fn tokens(&self) -> &[Token] {
        &self.tokens[self.lo as usize..self.hi as usize]
    }

    /// How many tokens there are, delimiters included.
    pub fn len(&self) -> usize {
        (self.hi - self.lo) as usize
    }

    /// Is there nothing?
    pub fn is_empty(&self) -> bool {
        self.lo == self.hi
    }

    /// Part of the stream. Delimiters must match in it.
    pub fn slice(&self, range: Range<usize>) -> TokenStream {
        let (lo, hi) = (self.lo + range.start as u32, self.lo + range.end as u32);
        debug_assert!(lo <= hi && hi <= self.hi);
        TokenStream { tokens: self.tokens.clone(), lo, hi }
    }

    /// Where the tree ends that begins at a token.
    pub fn end_of_tree(tokens: &[Token], index: usize) -> usize {
        match tokens[index].kind {
            TokenKind::Open(_) => index + tokens[index].pair as usize + 1,
            _ => index + 1,
        }
    }

    /// The tree that begins at a token.
    pub fn tree(&self, index: usize) -> TokenTree {
        let tokens = self.tokens();
        let open = tokens[index];
        match open.kind {
            TokenKind::Open(delim) => {
                let end = index + open.pair as usize;
                TokenTree::Delimited { open, close: tokens[end], delim, stream: self.slice(index + 1..end) }
            }
            _ => TokenTree::Token(open),
        }
    }

    /// The trees, one after the other.
    pub fn trees(&self) -> impl Iterator<Item = TokenTree> {
        let mut index = 0;
        std::iter::from_fn(move || {
            if index == self.len() {
                return None;
            }
            let tree = self.tree(index);
            index = Self::end_of_tree(self.tokens(), index);
            Some(tree)
        })
    }
}

impl Default for TokenStream {
    fn default() -> TokenStream {
        TokenStream { tokens: Arc::new(Vec::new()), lo: 0, hi: 0 }
    }
}

impl fmt::Debug for TokenStream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.tokens().iter().map(|token| token.kind)).finish()
    }
}
