//! Does a call match a rule? (rustc: `rustc_expand::mbe::macro_parser`.)
//!
//! A pattern is a list of steps, and matching is the simulation of an automaton over it: at each token there is a set of
//! places in the list. A place either wants this token, or wants the parser to read a fragment. Where several places
//! remain and one wants a fragment, the call is ambiguous: the parser is never tried twice.
//!
//! Two places that are the same step lead to the same end, except for what they captured; if one gets through, so does
//! the other, which is an ambiguity. So no step is in the set more than twice, and the work is bounded. What a place
//! captured is a chain of entries in one log, so that places that part ways share what they have in common.

use rustc_hash::FxHashMap;
use syntax::ast::{Ast, ExprKind, TyKind, UnOp};
use syntax::doubt::{Doubt, Result};
use syntax::parser::{Fragment, FragmentKind, Parser};
use syntax::span::{Ident, Span};
use syntax::stream::TokenStream;
use syntax::token::{MetaVar, Token, TokenKind};

use super::quoted::{MetaVarDecl, Tree};
use super::{CALL, Captured, Name, Repeat, describe, name_of};
use crate::hygiene::Hygiene;

/// A step of a pattern.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Step {
    /// This token.
    Token(Token),
    /// A repetition begins, with this many metavariables from `first_var` on. Behind it is `behind`.
    Sequence { repeat: Repeat, captures: usize, first_var: usize, depth: usize, behind: usize },
    /// A repetition without separator ends, and may begin again at `first`.
    EndOfSequence { repeat: Repeat, first: usize },
    /// A separator, then the repetition again; or its end.
    Separator(Token),
    /// The repetition begins again at `first`.
    Again { first: usize },
    /// A fragment.
    Fragment { decl: MetaVarDecl, var: usize, depth: usize },
    /// The end.
    End,
}

/// The steps of a pattern.
pub(crate) fn steps(pattern: &[Tree]) -> Vec<Step> {
    let mut steps = Vec::new();
    add_steps(pattern, &mut steps, &mut 0, 0);
    steps.push(Step::End);
    steps
}

fn add_steps(trees: &[Tree], steps: &mut Vec<Step>, var: &mut usize, depth: usize) {
    for tree in trees {
        match tree {
            Tree::Token(token) => steps.push(Step::Token(*token)),
            Tree::Delimited { open, close, trees, .. } => {
                steps.push(Step::Token(*open));
                add_steps(trees, steps, var, depth);
                steps.push(Step::Token(*close));
            }
            Tree::Sequence(sequence) => {
                let start = steps.len();
                let first_var = *var;
                steps.push(Step::End);
                add_steps(&sequence.trees, steps, var, depth + 1);
                let first = start + 1;
                match sequence.separator {
                    Some(separator) => {
                        steps.push(Step::Separator(separator));
                        steps.push(Step::Again { first });
                    }
                    None => steps.push(Step::EndOfSequence { repeat: sequence.repeat, first }),
                }
                let (repeat, captures, behind) = (sequence.repeat, sequence.captures, steps.len());
                steps[start] = Step::Sequence { repeat, captures, first_var, depth, behind };
            }
            Tree::MetaVarDecl(decl) => {
                steps.push(Step::Fragment { decl: *decl, var: *var, depth });
                *var += 1;
            }
            // These are in bodies only.
            Tree::MetaVar(..) | Tree::MetaVarExpr(..) => {}
        }
    }
}

/// What a metavariable matched: once, or once for each repetition.
#[derive(Clone, Debug)]
pub(crate) enum Match {
    /// Outside of repetitions.
    One(Captured),
    /// In a repetition.
    Many(Vec<Match>),
}

/// What a call's metavariables matched.
pub(crate) type Matched = FxHashMap<Name, Match>;

/// Whether a rule matches.
pub(crate) enum Outcome {
    /// It does.
    Matched(Matched),
    /// It does not, and how many tokens were read until then.
    Failed(usize, Box<Doubt>),
}

/// An entry of the log.
enum Event {
    /// A repetition began in which the variable is repeated.
    Open { var: usize, depth: usize },
    /// The variable matched something.
    Capture { var: usize, depth: usize, captured: Captured },
}

/// The number behind that of an entry, or 0: nothing was captured.
type Link = usize;

#[derive(Clone, Copy)]
struct Place {
    step: usize,
    log: Link,
}

struct Matcher<'a> {
    steps: &'a [Step],
    log: Vec<(Link, Event)>,
    /// The places to look at for the current token.
    current: Vec<Place>,
    /// How often each step was among them.
    seen: Vec<u8>,
    /// The steps that were.
    touched: Vec<usize>,
    /// The places behind the current token.
    next: Vec<Place>,
    /// The places that want a fragment.
    fragments: Vec<Place>,
    /// The places at the end.
    ended: Vec<Place>,
}

/// Matches a call's arguments.
pub(crate) fn match_rule(
    hygiene: &Hygiene,
    name: Ident,
    steps: &[Step],
    arguments: &TokenStream,
    call_site: Span,
) -> Result<Outcome> {
    let editions = hygiene.editions();
    let mut ast = Ast::new();
    let mut parser = Parser::new(&mut ast, editions, arguments, call_site.after());
    let mut matcher = Matcher {
        steps,
        log: Vec::new(),
        current: Vec::new(),
        seen: vec![0; steps.len()],
        touched: Vec::new(),
        next: Vec::new(),
        fragments: Vec::new(),
        ended: Vec::new(),
    };
    matcher.push(Place { step: 0, log: 0 });
    loop {
        let token = *parser.token();
        matcher.step(&token, |kind| kind.may_begin_with(&token, editions));
        // At the end no fragment is tried, not even one that may be empty.
        if token.kind == TokenKind::Eof {
            return match matcher.ended[..] {
                [place] => Ok(Outcome::Matched(matcher.collect(hygiene, place))),
                [] => {
                    let message = "unexpected end of macro invocation: missing tokens in macro arguments";
                    Ok(matcher.failed(&parser, Doubt::new(token.span, CALL, message)))
                }
                _ => Err(Doubt::new(token.span, CALL, "ambiguity: multiple successful parses")),
            };
        }
        match (matcher.next.len(), &matcher.fragments[..]) {
            (0, []) => {
                let message = format!("no rules expected {} in a call of `{}!`", describe(token.kind), name.name);
                return Ok(matcher.failed(&parser, Doubt::new(token.span, CALL, message)));
            }
            (_, []) => {
                matcher.restart();
                for place in std::mem::take(&mut matcher.next) {
                    matcher.push(place);
                }
                parser.bump();
            }
            (0, &[place]) => {
                let Step::Fragment { decl, var, depth } = steps[place.step] else { unreachable!() };
                let captured = capture(&mut parser, decl.kind)?;
                matcher.fragments.clear();
                matcher.restart();
                let log = matcher.note(place.log, Event::Capture { var, depth, captured });
                matcher.push(Place { step: place.step + 1, log });
            }
            _ => return Err(matcher.ambiguity(name, token.span)),
        }
    }
}

impl Matcher<'_> {
    fn note(&mut self, before: Link, event: Event) -> Link {
        self.log.push((before, event));
        self.log.len()
    }

    fn push(&mut self, place: Place) {
        let seen = &mut self.seen[place.step];
        if *seen < 2 {
            *seen += 1;
            self.touched.push(place.step);
            self.current.push(place);
        }
    }

    /// Prepares for the next token.
    fn restart(&mut self) {
        for step in self.touched.drain(..) {
            self.seen[step] = 0;
        }
        self.current.clear();
        self.ended.clear();
    }

    /// Follows all places to where they want something, and keeps those that want what is there.
    fn step(&mut self, token: &Token, may_begin: impl Fn(FragmentKind) -> bool) {
        while let Some(Place { step, log }) = self.current.pop() {
            match self.steps[step] {
                Step::Token(Token { kind: TokenKind::DocComment(..), .. }) => self.push(Place { step: step + 1, log }),
                Step::Token(wanted) => {
                    if is_same(&wanted, token) {
                        self.next.push(Place { step: step + 1, log });
                    }
                }
                Step::Sequence { repeat, captures, first_var, depth, behind } => {
                    let mut log = log;
                    for var in first_var..first_var + captures {
                        log = self.note(log, Event::Open { var, depth });
                    }
                    if repeat != Repeat::AtLeastOnce {
                        self.push(Place { step: behind, log });
                    }
                    self.push(Place { step: step + 1, log });
                }
                Step::EndOfSequence { repeat, first } => {
                    self.push(Place { step: step + 1, log });
                    if repeat != Repeat::AtMostOnce {
                        self.push(Place { step: first, log });
                    }
                }
                Step::Separator(separator) => {
                    self.push(Place { step: step + 2, log });
                    if is_same(&separator, token) {
                        self.next.push(Place { step: step + 1, log });
                    }
                }
                Step::Again { first } => self.push(Place { step: first, log }),
                Step::Fragment { decl, .. } => {
                    if may_begin(decl.kind) {
                        self.fragments.push(Place { step, log });
                    }
                }
                Step::End => {
                    if token.kind == TokenKind::Eof {
                        self.ended.push(Place { step, log });
                    }
                }
            }
        }
    }

    fn failed(&self, parser: &Parser<'_>, doubt: Box<Doubt>) -> Outcome {
        Outcome::Failed(parser.position().token_index(), doubt)
    }

    fn ambiguity(&self, name: Ident, span: Span) -> Box<Doubt> {
        let options = self.fragments.iter().filter_map(|place| match self.steps[place.step] {
            Step::Fragment { decl, .. } => Some(format!("{} ('{}')", decl.word, decl.ident.name)),
            _ => None,
        });
        let options = options.collect::<Vec<_>>().join(" or ");
        let others = match self.next.len() {
            0 => String::new(),
            1 => " or 1 other option".to_owned(),
            n => format!(" or {n} other options"),
        };
        let message = format!(
            "local ambiguity when calling macro `{}`: multiple parsing options: built-in NTs {options}{others}",
            name.name
        );
        Doubt::new(span, CALL, message)
    }

    /// What was captured on the way to a place.
    fn collect(self, hygiene: &Hygiene, place: Place) -> Matched {
        let mut names = Vec::new();
        for step in self.steps {
            if let Step::Fragment { decl, .. } = step {
                names.push(name_of(hygiene, decl.ident));
            }
        }
        let mut path = Vec::new();
        let mut link = place.log;
        while link != 0 {
            path.push(link - 1);
            link = self.log[link - 1].0;
        }
        let mut log: Vec<Option<Event>> = self.log.into_iter().map(|(_, event)| Some(event)).collect();
        let mut matches: Vec<Option<Match>> = vec![None; names.len()];
        for index in path.into_iter().rev() {
            let (var, depth, found) = match log[index].take() {
                Some(Event::Open { var, depth }) => (var, depth, Match::Many(Vec::new())),
                Some(Event::Capture { var, depth, captured }) => (var, depth, Match::One(captured)),
                None => continue,
            };
            add_match(&mut matches[var], depth, found);
        }
        let found = names.into_iter().zip(matches);
        found.filter_map(|(name, found)| Some((name, found?))).collect()
    }
}

/// Adds what a variable matched `depth` repetitions deep.
fn add_match(slot: &mut Option<Match>, depth: usize, found: Match) {
    if depth == 0 {
        *slot = Some(found);
        return;
    }
    let mut place = slot.as_mut();
    for _ in 1..depth {
        place = match place {
            Some(Match::Many(matches)) => matches.last_mut(),
            _ => None,
        };
    }
    // The repetition was opened before.
    if let Some(Match::Many(matches)) = place {
        matches.push(found);
    }
}

/// Is this the token that the pattern wants? Identifiers are compared without regard to where they come from.
fn is_same(wanted: &Token, token: &Token) -> bool {
    let same_name = |a: Option<(Ident, bool)>, b: Option<(Ident, bool)>| match (a, b) {
        (Some((a, a_raw)), Some((b, b_raw))) => Some(a.name == b.name && a_raw == b_raw),
        _ => None,
    };
    if let Some(same) = same_name(wanted.ident(), token.ident()) {
        return same;
    }
    if let Some(same) = same_name(wanted.lifetime(), token.lifetime()) {
        return same;
    }
    let invisible = |token: &Token| {
        matches!(
            token.kind,
            TokenKind::Open(syntax::token::Delim::Invisible(_)) | TokenKind::Close(syntax::token::Delim::Invisible(_))
        )
    };
    !invisible(wanted) && !invisible(token) && wanted.kind == token.kind
}

/// Reads a fragment.
fn capture(parser: &mut Parser<'_>, kind: FragmentKind) -> Result<Captured> {
    let start = parser.position();
    let first = parser.token().span;
    let fragment = parser.parse_fragment(kind)?;
    let tokens = parser.tokens_since(start);
    let tokens = match TokenStream::new(tokens) {
        Some(tokens) => tokens,
        // A procedural macro's invisible group began in front of the fragment and ended in it.
        None => TokenStream::new(without_skipped(parser.tokens_since(start)))
            .ok_or_else(|| Doubt::new(first, CALL, "the macro fragment is nested too deeply"))?,
    };
    let span = match tokens.tokens() {
        [] => first.before(),
        [first, .., last] => first.span.to(last.span),
        [one] => one.span,
    };
    let ast = parser.ast();
    let metavar = match fragment {
        Fragment::Tt => return Ok(Captured::Tt(tokens)),
        Fragment::Ident(ident, raw) => return Ok(Captured::Ident(ident, raw)),
        Fragment::Lifetime(ident, raw) => return Ok(Captured::Lifetime(ident, raw)),
        Fragment::Item(_) => MetaVar::Item,
        Fragment::Block(_) => MetaVar::Block,
        Fragment::Stmt(_) => MetaVar::Stmt,
        Fragment::Pat(_) if kind == FragmentKind::PatParam => MetaVar::PatParam,
        Fragment::Pat(_) => MetaVar::Pat,
        Fragment::Expr(expr) => {
            let (literal, string) = match ast[expr].kind {
                ExprKind::Lit(_) => (true, true),
                ExprKind::Unary(UnOp::Neg, operand) => (matches!(ast[operand].kind, ExprKind::Lit(_)), false),
                _ => (false, false),
            };
            MetaVar::Expr { literal, string }
        }
        Fragment::Ty(ty) => MetaVar::Ty { is_path: matches!(ast[ty].kind, TyKind::Path(None, _)) },
        Fragment::Literal(_) => MetaVar::Literal,
        Fragment::Meta(_) => MetaVar::Meta,
        Fragment::Path(_) => MetaVar::Path,
        Fragment::Vis(_) => MetaVar::Vis,
    };
    Ok(Captured::Group(metavar, span, tokens))
}

fn without_skipped(tokens: Vec<Token>) -> Vec<Token> {
    let is_skipped = |token: &Token| match token.kind {
        TokenKind::Open(delim) | TokenKind::Close(delim) => delim.is_skipped(),
        _ => false,
    };
    tokens.into_iter().filter(|token| !is_skipped(token)).collect()
}
