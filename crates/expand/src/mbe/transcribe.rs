//! Writes a rule's body with what the metavariables hold. (rustc: `rustc_expand::mbe::transcribe`.)

use rustc_hash::FxHashMap;
use syntax::doubt::{Doubt, Result};
use syntax::span::{Ident, Span, SyntaxContext, metavars};
use syntax::symbol::Symbol;
use syntax::token::{Delim, Lit, LitKind, MetaVar, Origin, Spacing, Token, TokenKind};
use unicode_normalization::UnicodeNormalization;

use super::matcher::{Match, Matched};
use super::metavar_expr::{Element, MetaVarExpr};
use super::quoted::{Sequence, Tree};
use super::{Captured, Macro, Name, Repeat, Session, name_of};
use crate::external::CrateId;
use crate::hygiene::{ExpnId, Transparency};

const EXPANSION: &str = "macro expansion";

/// The tokens that a rule's body becomes.
pub(crate) fn transcribe(
    session: &mut Session,
    definition: &Macro,
    body: &[Tree],
    body_span: Span,
    matched: &Matched,
    id: ExpnId,
) -> Result<Vec<Token>> {
    let mut writer = Writer {
        session,
        matched,
        id,
        transparency: definition.transparency,
        is_foreign: definition.home.krate != CrateId::LOCAL,
        contexts: FxHashMap::default(),
        repetitions: Vec::new(),
        result: Vec::new(),
    };
    writer.trees(body, false)?;
    let Writer { result, session, .. } = writer;
    // What metavariables held was counted where it was copied.
    session.charge(0, body_span)?;
    Ok(result)
}

struct Writer<'a> {
    session: &'a mut Session,
    matched: &'a Matched,
    id: ExpnId,
    transparency: Transparency,
    is_foreign: bool,
    /// The marked context of each context in the body.
    contexts: FxHashMap<SyntaxContext, SyntaxContext>,
    /// Of each repetition around: which one this is, and how many there are.
    repetitions: Vec<(usize, usize)>,
    result: Vec<Token>,
}

impl Writer<'_> {
    fn mark(&mut self, span: Span) -> Span {
        let (session, id, transparency) = (&mut *self.session, self.id, self.transparency);
        let marked = self.contexts.entry(span.ctxt);
        let ctxt = *marked.or_insert_with(|| session.hygiene.apply_mark(span.ctxt, id, transparency));
        Span { ctxt, ..span }
    }

    fn push(&mut self, kind: TokenKind, spacing: Spacing, span: Span) -> Result<()> {
        self.session.charge(1, span)?;
        self.result.push(Token { kind, spacing, pair: 0, span });
        Ok(())
    }

    /// `alone`: are these all the trees of a repetition of any number without separator?
    fn trees(&mut self, trees: &[Tree], alone: bool) -> Result<()> {
        for tree in trees {
            match tree {
                Tree::Token(token) => {
                    let span = self.mark(token.span);
                    let kind = match token.kind {
                        TokenKind::NtIdent(ident, raw) => {
                            TokenKind::NtIdent(Ident::new(ident.name, self.mark(ident.span)), raw)
                        }
                        TokenKind::NtLifetime(ident, raw) => {
                            TokenKind::NtLifetime(Ident::new(ident.name, self.mark(ident.span)), raw)
                        }
                        kind => kind,
                    };
                    self.push(kind, Spacing::Alone, span)?;
                }
                Tree::Delimited { open, close, delim, trees } => {
                    let (open_span, close_span) = (self.mark(open.span), self.mark(close.span));
                    self.push(open.kind, open.spacing, open_span)?;
                    self.trees(trees, false)?;
                    // An attribute's bracket is always followed by a blank.
                    let spacing = if *delim == Delim::Bracket { Spacing::Alone } else { close.spacing };
                    self.push(close.kind, spacing, close_span)?;
                }
                Tree::Sequence(sequence) => self.sequence(sequence)?,
                Tree::MetaVar(span, ident) => self.metavar(*span, *ident, alone)?,
                Tree::MetaVarExpr(span, expr) => self.metavar_expr(*span, expr)?,
                // These are in patterns only.
                Tree::MetaVarDecl(_) => {}
            }
        }
        Ok(())
    }

    fn sequence(&mut self, sequence: &Sequence) -> Result<()> {
        let fail = |message: String| Err(Doubt::new(sequence.span, EXPANSION, message));
        let mut length = None;
        if let Err(message) = self.length(&sequence.trees, &mut length) {
            return fail(message);
        }
        let Some((length, _)) = length else {
            let message = "attempted to repeat an expression containing no syntax variables matched as repeating at \
                           this depth";
            return fail(message.to_owned());
        };
        if length == 0 && sequence.repeat == Repeat::AtLeastOnce {
            return fail("this must repeat at least once".to_owned());
        }
        let alone = sequence.trees.len() == 1 && sequence.separator.is_none() && sequence.repeat != Repeat::AtMostOnce;
        for index in 0..length {
            if let (Some(separator), true) = (sequence.separator, index > 0) {
                self.push(separator.kind, Spacing::Alone, separator.span)?;
            }
            // An empty repetition costs time too.
            self.session.charge(1, sequence.span)?;
            self.repetitions.push((index, length));
            self.trees(&sequence.trees, alone)?;
            self.repetitions.pop();
        }
        Ok(())
    }

    /// How often the metavariables in `trees` are repeated here, and one that says so. They must agree.
    fn length(&self, trees: &[Tree], found: &mut Option<(usize, Symbol)>) -> std::result::Result<(), String> {
        for tree in trees {
            match tree {
                Tree::Delimited { trees, .. } | Tree::Sequence(Sequence { trees, .. }) => self.length(trees, found)?,
                Tree::MetaVar(_, ident) => self.length_of(*ident, found)?,
                Tree::MetaVarExpr(_, expr) => {
                    for ident in expr.vars() {
                        self.length_of(ident, found)?;
                    }
                }
                Tree::Token(_) | Tree::MetaVarDecl(_) => {}
            }
        }
        Ok(())
    }

    fn length_of(&self, ident: Ident, found: &mut Option<(usize, Symbol)>) -> std::result::Result<(), String> {
        let Some(Match::Many(matches)) = self.lookup(ident) else { return Ok(()) };
        let times = |n: usize| if n == 1 { "1 time".to_owned() } else { format!("{n} times") };
        match *found {
            None => *found = Some((matches.len(), ident.name)),
            Some((length, _)) if length == matches.len() => {}
            Some((length, other)) => {
                return Err(format!(
                    "meta-variable `{other}` repeats {}, but `{}` repeats {}",
                    times(length),
                    ident.name,
                    times(matches.len())
                ));
            }
        }
        Ok(())
    }

    fn name(&self, ident: Ident) -> Name {
        name_of(&self.session.hygiene, ident)
    }

    /// What a metavariable holds in the repetitions that are around.
    fn lookup(&self, ident: Ident) -> Option<&Match> {
        let matched = self.matched;
        let mut found = matched.get(&self.name(ident))?;
        for &(index, _) in &self.repetitions {
            match found {
                Match::One(_) => break,
                Match::Many(matches) => found = matches.get(index)?,
            }
        }
        Some(found)
    }

    fn metavar(&mut self, span: Span, ident: Ident, alone: bool) -> Result<()> {
        let matched = self.matched;
        let name = self.name(ident);
        let Some(mut found) = matched.get(&name) else {
            // Not ours: of a macro that this one defines, say.
            let dollar = self.mark(span);
            self.push(TokenKind::Dollar, Spacing::JointHidden, dollar)?;
            let ident = Ident::new(ident.name, self.mark(ident.span));
            let raw = ident.was_raw(self.session.hygiene.editions());
            return self.push(TokenKind::Ident(ident.name, raw), Spacing::Alone, ident.span);
        };
        for &(index, _) in &self.repetitions {
            let Match::Many(matches) = found else { break };
            match matches.get(index) {
                Some(inner) => found = inner,
                None => return Err(Doubt::new(span, EXPANSION, format!("`${}` is repeated less often", ident.name))),
            }
        }
        let captured = match found {
            Match::One(captured) => captured,
            Match::Many(_) => {
                let message = format!("variable `{}` is still repeating at this depth", ident.name);
                return Err(Doubt::new(span, EXPANSION, message));
            }
        };
        self.captured(span, captured, alone)
    }

    fn captured(&mut self, span: Span, captured: &Captured, alone: bool) -> Result<()> {
        match captured {
            Captured::Tt(stream) => self.tree(span, stream.tokens(), alone),
            Captured::Ident(ident, raw) => {
                let at = self.mark(span);
                metavars::note(ident.span, at);
                self.push(TokenKind::NtIdent(*ident, *raw), Spacing::Alone, at)
            }
            Captured::Lifetime(ident, raw) => {
                let at = self.mark(span);
                metavars::note(ident.span, at);
                self.push(TokenKind::NtLifetime(*ident, *raw), Spacing::Alone, at)
            }
            Captured::Group(kind, own_span, stream) => {
                let at = self.mark(span);
                metavars::note(*own_span, at);
                let tokens = contents(*kind, stream.tokens());
                let delim = Delim::Invisible(Origin::MetaVar(*kind));
                self.push(TokenKind::Open(delim), Spacing::Alone, at)?;
                self.session.charge(tokens.len(), at)?;
                self.result.extend_from_slice(tokens);
                self.push(TokenKind::Close(delim), Spacing::Alone, at)
            }
        }
    }

    /// A token or a group as it was. If it was put somewhere before, its own span now is where the metavariable is: else
    /// two uses of one token could not be told apart.
    fn tree(&mut self, span: Span, tokens: &[Token], alone: bool) -> Result<()> {
        self.session.charge(tokens.len(), span)?;
        let start = self.result.len();
        self.result.extend_from_slice(tokens);
        let (Some(&first), Some(&last)) = (tokens.first(), tokens.last()) else { return Ok(()) };
        // A stream of many single tokens: its places are worth more than this.
        if alone {
            return Ok(());
        }
        let at = self.mark(span);
        let is_new = match tokens.len() {
            1 => metavars::note(first.span, at),
            _ => {
                metavars::note(first.span, at)
                    && metavars::note(last.span, at)
                    && metavars::note(first.span.to(last.span), at)
            }
        };
        if is_new || self.is_foreign {
            return Ok(());
        }
        let end = self.result.len() - 1;
        for index in [start, end] {
            let token = &mut self.result[index];
            token.span = Span { ctxt: token.span.ctxt, ..at };
            metavars::note(self.result[index].span, at);
        }
        Ok(())
    }

    fn metavar_expr(&mut self, span: Span, expr: &MetaVarExpr) -> Result<()> {
        let number = match expr {
            MetaVarExpr::Concat(elements) => return self.concat(span, elements),
            MetaVarExpr::Ignore(ident) => {
                self.known(*ident)?;
                return Ok(());
            }
            MetaVarExpr::Count(ident, depth) => self.count(span, *ident, *depth)?,
            MetaVarExpr::Index(depth) => self.repetition(span, *depth, "index")?.0,
            MetaVarExpr::Len(depth) => self.repetition(span, *depth, "len")?.1,
        };
        let symbol = Symbol::intern(&number.to_string());
        let at = self.mark(span);
        self.push(TokenKind::Literal(Lit { kind: LitKind::Integer, symbol, suffix: None }), Spacing::Alone, at)
    }

    fn known(&self, ident: Ident) -> Result<&Match> {
        let matched = self.matched;
        matched.get(&self.name(ident)).ok_or_else(|| {
            let message = format!("variable `{}` is not recognized in meta-variable expression", ident.name);
            Doubt::new(ident.span, EXPANSION, message)
        })
    }

    fn repetition(&self, span: Span, depth: usize, what: &str) -> Result<(usize, usize)> {
        let around = self.repetitions.iter().nth_back(depth).copied();
        around.ok_or_else(|| too_deep(span, self.repetitions.len(), what))
    }

    fn count(&self, span: Span, ident: Ident, depth: usize) -> Result<usize> {
        let mut found = self.known(ident)?;
        let mut levels: usize = 0;
        let mut inner = Some(found);
        while let Some(Match::Many(matches)) = inner {
            levels += 1;
            inner = matches.first();
        }
        let deepest = levels.saturating_sub(1).saturating_sub(self.repetitions.len());
        if depth > deepest {
            return Err(too_deep(span, deepest + 1, "count"));
        }
        for &(index, _) in &self.repetitions {
            if let Match::Many(matches) = found {
                match matches.get(index) {
                    Some(inner) => found = inner,
                    None => break,
                }
            }
        }
        match found {
            Match::One(_) => {
                Err(Doubt::new(span, EXPANSION, "`count` can not be placed inside the innermost repetition"))
            }
            Match::Many(_) => Ok(count_matches(found, depth, deepest)),
        }
    }

    fn concat(&mut self, span: Span, elements: &[Element]) -> Result<()> {
        let mut text = String::new();
        for element in elements {
            match element {
                Element::Text(symbol) => text.push_str(symbol.as_str()),
                Element::Var(ident) => {
                    self.known(*ident)?;
                    match self.lookup(*ident) {
                        Some(Match::One(captured)) => text.push_str(word(captured, ident.span)?.as_str()),
                        _ => {
                            let message = "`${concat(...)}` variable is still repeating at this depth";
                            return Err(Doubt::new(ident.span, EXPANSION, message));
                        }
                    }
                }
            }
        }
        let text: String = text.nfc().collect();
        let at = self.mark(span);
        let lexed = syntax::lexer::lex(
            &text,
            0,
            SyntaxContext::ROOT,
            self.session.hygiene.editions().of(at),
            syntax::lexer::Head::Tokens,
        );
        let kind = match lexed.as_ref().map(|stream| stream.tokens()) {
            Ok([Token { kind: TokenKind::Ident(name, false), span, .. }]) if span.hi as usize == text.len() => {
                let raw = Ident::new(*name, at).was_raw(self.session.hygiene.editions());
                TokenKind::Ident(*name, raw)
            }
            _ => return Err(Doubt::new(at, EXPANSION, "`${concat(..)}` is not generating a valid identifier")),
        };
        self.push(kind, Spacing::Alone, at)
    }
}

/// What is in a captured group: a fragment that was captured before as the same kind is not put in two groups.
fn contents(kind: MetaVar, tokens: &[Token]) -> &[Token] {
    match tokens.first() {
        Some(open)
            if open.kind == TokenKind::Open(Delim::Invisible(Origin::MetaVar(kind)))
                && open.pair as usize + 1 == tokens.len() =>
        {
            &tokens[1..tokens.len() - 1]
        }
        _ => tokens,
    }
}

fn count_matches(found: &Match, depth: usize, deepest: usize) -> usize {
    fn count(found: &Match, level: usize, depth: usize) -> usize {
        match found {
            Match::One(_) => 1,
            Match::Many(matches) if level == depth => matches.len(),
            Match::Many(matches) => matches.iter().map(|inner| count(inner, level + 1, depth)).sum(),
        }
    }
    count(found, depth, deepest)
}

fn too_deep(span: Span, limit: usize, what: &str) -> Box<Doubt> {
    let message = match limit {
        0 => {
            format!(
                "meta-variable expression `{what}` with depth parameter must be called inside of a macro repetition"
            )
        }
        _ => format!("depth parameter of meta-variable expression `{what}` must be less than {limit}"),
    };
    Doubt::new(span, EXPANSION, message)
}

/// What a metavariable adds to a `concat`.
fn word(captured: &Captured, span: Span) -> Result<Symbol> {
    let fail = |message: &str| Err(Doubt::new(span, EXPANSION, message));
    let (tokens, may_be_number) = match captured {
        Captured::Ident(_, true) => return fail("`${concat(..)}` does not support raw identifiers"),
        Captured::Ident(ident, false) => return Ok(ident.name),
        Captured::Tt(stream) => (stream, false),
        Captured::Group(MetaVar::Literal, _, stream) => (stream, true),
        _ => return fail("metavariables of `${concat(..)}` must be of type `ident`, `literal` or `tt`"),
    };
    let [token] = contents(MetaVar::Literal, tokens.tokens()) else {
        return fail("metavariables of `${concat(..)}` must be of type `ident`, `literal` or `tt`");
    };
    match token.kind {
        TokenKind::Ident(_, true) => fail("`${concat(..)}` does not support raw identifiers"),
        TokenKind::Ident(name, false) => Ok(name),
        TokenKind::Literal(Lit { kind: LitKind::Str, symbol, suffix: None }) => Ok(symbol),
        TokenKind::Literal(Lit { kind: LitKind::Integer, symbol, suffix }) if may_be_number => match suffix {
            None => Ok(symbol),
            Some(_) => fail("integer metavariables of `${concat(..)}` must not be suffixed"),
        },
        _ => fail("metavariables of `${concat(..)}` must be of type `ident`, `literal` or `tt`"),
    }
}
