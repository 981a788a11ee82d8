//! What is required of a pattern. (rustc: `rustc_expand::mbe::{macro_rules, macro_check}`.)
//!
//! A metavariable such as `$x:expr` may only be followed by tokens that no future syntax will make part of an expression.
//! So for each place in the pattern we work out what may come first behind it, and which fragments may end there.

use rustc_hash::FxHashSet;
use syntax::doubt::{Doubt, Result};
use syntax::parser::FragmentKind;
use syntax::span::Span;
use syntax::symbol::{Symbol, kw};
use syntax::token::{Token, TokenKind};

use super::quoted::{MetaVarDecl, Sequence, Tree};
use super::{DEFINITION, Repeat, name_of};
use crate::hygiene::Hygiene;

/// Checks a rule's pattern.
pub(crate) fn pattern(hygiene: &Hygiene, trees: &[Tree]) -> Result<()> {
    follow_sets(hygiene, trees, &Set { elements: Vec::new(), maybe_empty: true })?;
    no_empty_repetition(trees)?;
    distinct_names(hygiene, trees, &mut FxHashSet::default())
}

/// A repetition that can match nothing, again and again, would never end.
fn no_empty_repetition(trees: &[Tree]) -> Result<()> {
    for tree in trees {
        match tree {
            Tree::Delimited { trees, .. } => no_empty_repetition(trees)?,
            Tree::Sequence(sequence) if may_be_empty(sequence) => {
                return Err(Doubt::new(sequence.span, DEFINITION, "repetition matches empty token tree"));
            }
            Tree::Sequence(sequence) => no_empty_repetition(&sequence.trees)?,
            Tree::Token(_) | Tree::MetaVar(..) | Tree::MetaVarDecl(_) | Tree::MetaVarExpr(..) => {}
        }
    }
    Ok(())
}

fn may_be_empty(sequence: &Sequence) -> bool {
    sequence.separator.is_none()
        && sequence.trees.iter().all(|tree| match tree {
            Tree::MetaVarDecl(decl) => decl.kind == FragmentKind::Vis,
            Tree::Token(token) => matches!(token.kind, TokenKind::DocComment(..)),
            Tree::Sequence(inner) => inner.repeat != Repeat::AtLeastOnce,
            Tree::Delimited { .. } | Tree::MetaVar(..) | Tree::MetaVarExpr(..) => false,
        })
}

fn distinct_names(hygiene: &Hygiene, trees: &[Tree], names: &mut FxHashSet<super::Name>) -> Result<()> {
    for tree in trees {
        match tree {
            Tree::MetaVarDecl(decl) => {
                if !names.insert(name_of(hygiene, decl.ident)) {
                    return Err(Doubt::new(decl.span, DEFINITION, "duplicate matcher binding"));
                }
            }
            Tree::Delimited { trees, .. } => distinct_names(hygiene, trees, names)?,
            Tree::Sequence(sequence) => distinct_names(hygiene, &sequence.trees, names)?,
            Tree::Token(_) | Tree::MetaVar(..) | Tree::MetaVarExpr(..) => {}
        }
    }
    Ok(())
}

#[derive(Clone, Copy, Debug)]
enum Element {
    Token(Token),
    Decl(MetaVarDecl),
}

impl Element {
    fn is_like(&self, other: &Element) -> bool {
        match (self, other) {
            (Element::Token(a), Element::Token(b)) => a.kind == b.kind,
            (Element::Decl(a), Element::Decl(b)) => a.kind == b.kind,
            _ => false,
        }
    }

    fn span(&self) -> Span {
        match self {
            Element::Token(token) => token.span,
            Element::Decl(decl) => decl.span,
        }
    }
}

/// What may come first, or last, in a part of a pattern.
#[derive(Clone, Debug)]
struct Set {
    elements: Vec<Element>,
    /// May there be nothing?
    maybe_empty: bool,
}

impl Set {
    fn only(element: Element) -> Set {
        Set { elements: vec![element], maybe_empty: false }
    }

    fn add(&mut self, element: Element) {
        if !self.elements.iter().any(|other| other.is_like(&element)) {
            self.elements.push(element);
        }
    }

    fn add_all(&mut self, other: &Set) {
        for element in &other.elements {
            self.add(*element);
        }
        self.maybe_empty &= other.maybe_empty;
    }
}

/// What may come first in each of the suffixes of `trees`, followed by `behind`; the last is `behind`.
fn first_sets(trees: &[Tree], behind: &Set) -> Vec<Set> {
    let mut sets = vec![behind.clone()];
    for tree in trees.iter().rev() {
        let next = sets.last().cloned().unwrap_or_else(|| behind.clone());
        sets.push(match tree {
            Tree::Token(token) => Set::only(Element::Token(*token)),
            Tree::Delimited { open, .. } => Set::only(Element::Token(*open)),
            Tree::MetaVarDecl(decl) => Set::only(Element::Decl(*decl)),
            Tree::MetaVar(..) | Tree::MetaVarExpr(..) => Set { elements: Vec::new(), maybe_empty: false },
            Tree::Sequence(sequence) => {
                let mut first = first_of_sequence(sequence);
                if first.maybe_empty {
                    first.add_all(&next);
                }
                first
            }
        });
    }
    sets.reverse();
    sets
}

/// What may come first in a repetition.
fn first_of_sequence(sequence: &Sequence) -> Set {
    let nothing = Set { elements: Vec::new(), maybe_empty: true };
    let mut first = first_sets(&sequence.trees, &nothing).swap_remove(0);
    if let (Some(separator), true) = (sequence.separator, first.maybe_empty) {
        first.add(Element::Token(separator));
    }
    first.maybe_empty |= sequence.repeat != Repeat::AtLeastOnce;
    first
}

/// Checks what follows each fragment in `trees`, behind which comes `behind`. What may come last in `trees`.
fn follow_sets(hygiene: &Hygiene, trees: &[Tree], behind: &Set) -> Result<Set> {
    let firsts = first_sets(trees, behind);
    let mut last = Set { elements: Vec::new(), maybe_empty: true };
    for (tree, suffix) in trees.iter().zip(&firsts[1..]) {
        match tree {
            Tree::MetaVarDecl(decl) if !is_one_tree(decl.kind) => last = Set::only(Element::Decl(*decl)),
            Tree::Token(_) | Tree::MetaVar(..) | Tree::MetaVarDecl(_) | Tree::MetaVarExpr(..) => {
                last = Set { elements: Vec::new(), maybe_empty: false };
                continue;
            }
            Tree::Delimited { close, trees, .. } => {
                follow_sets(hygiene, trees, &Set::only(Element::Token(*close)))?;
                last = Set { elements: Vec::new(), maybe_empty: false };
                continue;
            }
            Tree::Sequence(sequence) => {
                let mut inner_behind = suffix.clone();
                if let Some(separator) = sequence.separator {
                    inner_behind.add(Element::Token(separator));
                }
                let inner = follow_sets(hygiene, &sequence.trees, &inner_behind)?;
                if inner.maybe_empty {
                    last.add_all(&inner);
                } else {
                    last = inner;
                }
                continue;
            }
        }
        for ending in &last.elements {
            let Element::Decl(decl) = ending else { continue };
            for next in &suffix.elements {
                if let Some(allowed) = not_allowed(hygiene, next, decl.kind) {
                    return Err(bad_follow(decl, next, allowed, last.elements.len() + suffix.elements.len() == 2));
                }
            }
        }
    }
    Ok(last)
}

fn bad_follow(decl: &MetaVarDecl, next: &Element, allowed: &str, certain: bool) -> Box<Doubt> {
    let next_text = match next {
        Element::Token(token) => token.kind.to_string(),
        Element::Decl(next) => format!("${}:{}", next.ident.name, next.word),
    };
    let (name, kind) = (decl.ident.name, decl.word);
    let is = if certain { "is" } else { "may be" };
    let message = format!(
        "`${name}:{kind}` {is} followed by `{next_text}`, which is not allowed for `{kind}` fragments; \
         allowed there are: {allowed}"
    );
    Doubt::new(next.span(), DEFINITION, message)
}

/// Does such a fragment end where its tree ends, whatever follows?
fn is_one_tree(kind: FragmentKind) -> bool {
    matches!(
        kind,
        FragmentKind::Item
            | FragmentKind::Block
            | FragmentKind::Ident
            | FragmentKind::Literal
            | FragmentKind::Meta
            | FragmentKind::Lifetime
            | FragmentKind::Tt
    )
}

/// If `next` must not follow a fragment, what may.
fn not_allowed(hygiene: &Hygiene, next: &Element, kind: FragmentKind) -> Option<&'static str> {
    use TokenKind::*;
    if let Element::Token(Token { kind: Close(_), .. }) = next {
        return None;
    }
    let token = match next {
        Element::Token(token) => Some(token),
        Element::Decl(_) => None,
    };
    let token_kind = token.map_or(Eof, |token| token.kind);
    let word = |words: &[Symbol]| matches!(token_kind, Ident(name, false) if words.contains(&name));
    let (fits, allowed) = match kind {
        FragmentKind::Stmt | FragmentKind::Expr | FragmentKind::Expr2021 => {
            (matches!(token_kind, FatArrow | Comma | Semi), "`=>`, `,` or `;`")
        }
        FragmentKind::PatParam => (
            matches!(token_kind, FatArrow | Comma | Eq | Or) || word(&[kw::IF, kw::IN]),
            "`=>`, `,`, `=`, `|`, `if` or `in`",
        ),
        FragmentKind::Pat => {
            (matches!(token_kind, FatArrow | Comma | Eq) || word(&[kw::IF, kw::IN]), "`=>`, `,`, `=`, `if` or `in`")
        }
        FragmentKind::Path | FragmentKind::Ty => {
            use syntax::token::Delim::{Brace, Bracket};
            let fits = match next {
                Element::Token(_) => {
                    matches!(token_kind, Open(Brace | Bracket) | Comma | FatArrow | Colon | Eq | Gt | Shr | Semi | Or)
                        || word(&[kw::AS, kw::WHERE])
                }
                Element::Decl(decl) => decl.kind == FragmentKind::Block,
            };
            (fits, "`{`, `[`, `=>`, `,`, `>`, `=`, `:`, `;`, `|`, `as` or `where`")
        }
        FragmentKind::Vis => {
            let fits = match next {
                Element::Token(token) => match token.kind {
                    Comma | Ident(_, true) => true,
                    Ident(name, false) if name != kw::PRIV => true,
                    _ => token.can_begin_type(hygiene.editions()),
                },
                Element::Decl(decl) => {
                    matches!(decl.kind, FragmentKind::Ident | FragmentKind::Ty | FragmentKind::Path)
                }
            };
            (fits, "`,`, an identifier or a type")
        }
        FragmentKind::Item
        | FragmentKind::Block
        | FragmentKind::Ident
        | FragmentKind::Lifetime
        | FragmentKind::Literal
        | FragmentKind::Meta
        | FragmentKind::Tt => (true, ""),
    };
    (!fits).then_some(allowed)
}
