//! Macros by example: `macro_rules!` and `macro`. (rustc: `rustc_expand::mbe`.)
//!
//! A definition is compiled once ([`Macro::compile`]): each rule's pattern and body become `quoted::Tree`s, the pattern is
//! checked (`check`) and made a list of steps for the `matcher`. A call ([`Macro::expand`]) tries the rules in order and
//! writes the body of the first that matches (`transcribe`).

mod check;
mod doc;
mod matcher;
mod metavar_expr;
mod quoted;
#[cfg(test)]
mod tests;
mod transcribe;

use syntax::doubt::{Doubt, Result};
use syntax::span::{Edition, Ident, Span, SyntaxContext, metavars};
use syntax::stream::TokenStream;
use syntax::symbol::{Symbol, kw};
use syntax::token::{Delim, MetaVar, Token, TokenKind};

use crate::hygiene::{ExpnData, ExpnId, ExpnKind, Home, Hygiene, MacroKind, Transparency};
use matcher::{Matched, Outcome, Step};
use quoted::{Part, Tree};

pub(crate) const DEFINITION: &str = "macro definition";
pub(crate) const CALL: &str = "macro call";

/// How far expansion goes.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// How many expansions may be one inside of the other: `#![recursion_limit]`.
    pub recursion: usize,
    /// How many tokens all expansions together may write.
    pub tokens: usize,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits { recursion: 128, tokens: 16 << 20 }
    }
}

/// What expansions of one crate share.
#[derive(Debug)]
pub struct Session {
    /// Expansions and contexts.
    pub hygiene: Hygiene,
    /// How far expansion goes.
    pub limits: Limits,
    /// How many tokens were written.
    tokens: usize,
}

impl Session {
    /// Of a crate of that edition, in which nothing is expanded yet.
    pub fn new(edition: Edition) -> Session {
        metavars::forget();
        Session { hygiene: Hygiene::new(edition), limits: Limits::default(), tokens: 0 }
    }

    /// How many tokens expansions have written.
    pub fn tokens_written(&self) -> usize {
        self.tokens
    }

    /// Counts tokens that are about to be written.
    pub(crate) fn charge(&mut self, tokens: usize, span: Span) -> Result<()> {
        self.tokens = self.tokens.saturating_add(tokens);
        match self.tokens > self.limits.tokens {
            true => {
                let message = format!("the program's macros expand to more than {} tokens", self.limits.tokens);
                Err(Doubt::new(span, CALL, message))
            }
            false => Ok(()),
        }
    }
}

/// A metavariable's name, as `$x` in pattern and body are compared.
pub(crate) type Name = (Symbol, SyntaxContext);

pub(crate) fn name_of(hygiene: &Hygiene, ident: Ident) -> Name {
    (ident.name, hygiene.normalize_to_macro_rules(ident.span.ctxt))
}

/// How often something is repeated.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Repeat {
    /// `*`
    Any,
    /// `+`
    AtLeastOnce,
    /// `?`
    AtMostOnce,
}

/// What a metavariable holds.
#[derive(Clone, Debug)]
pub(crate) enum Captured {
    /// A token or a group, as it was.
    Tt(TokenStream),
    /// An identifier, and whether it is raw.
    Ident(Ident, bool),
    /// A lifetime, and whether it is raw.
    Lifetime(Ident, bool),
    /// Anything else: it is put in an invisible group. The span is that of the syntax that was read.
    Group(MetaVar, Span, TokenStream),
}

#[derive(Debug)]
struct Rule {
    steps: Vec<Step>,
    /// The delimiters around the body, and the body.
    span: Span,
    body: Vec<Tree>,
}

/// A definition that was compiled.
#[derive(Debug)]
pub struct Macro {
    /// Its name.
    pub ident: Ident,
    /// All of the definition.
    pub span: Span,
    /// What its expansions hide.
    pub transparency: Transparency,
    /// The edition of the crate that defines it.
    pub edition: Edition,
    /// `#[macro_export(local_inner_macros)]`
    pub local_inner_macros: bool,
    /// Where it is defined.
    pub home: Home,
    rules: Vec<Rule>,
}

impl Macro {
    /// Compiles the rules that stand in `body`.
    pub fn compile(
        hygiene: &Hygiene,
        ident: Ident,
        span: Span,
        macro_rules: bool,
        body: &TokenStream,
        edition: Edition,
    ) -> Result<Macro> {
        let mut rules = Vec::new();
        let tokens = body.tokens();
        let separator = if macro_rules { TokenKind::Semi } else { TokenKind::Comma };
        let mut at = 0;
        while at < tokens.len() {
            reject_rule_kind(&tokens[at], tokens.get(at + 1))?;
            let pattern = quoted::parse_tree_at(body, &mut at, Part::Pattern, hygiene, edition)?;
            let Tree::Delimited { trees: pattern, .. } = pattern else {
                let message = "a macro's pattern must be in delimiters";
                return Err(Doubt::new(pattern.span(), DEFINITION, message));
            };
            check::pattern(hygiene, &pattern)?;
            match tokens.get(at).map(|token| token.kind) {
                Some(TokenKind::FatArrow) => at += 1,
                _ => return missing(tokens, at, span, "`=>`"),
            }
            if at == tokens.len() {
                return missing(tokens, at, span, "the right-hand side of the rule");
            }
            let rhs = quoted::parse_tree_at(body, &mut at, Part::Body, hygiene, edition)?;
            let rhs_span = rhs.span();
            let Tree::Delimited { trees, delim, .. } = rhs else {
                return Err(Doubt::new(rhs_span, DEFINITION, "the right-hand side of a rule must be in delimiters"));
            };
            if matches!(delim, Delim::Invisible(_)) {
                return Err(Doubt::new(rhs_span, DEFINITION, "the right-hand side of a rule must be in delimiters"));
            }
            rules.push(Rule { steps: matcher::steps(&pattern), span: rhs_span, body: trees });
            if at < tokens.len() {
                if tokens[at].kind != separator {
                    return missing(tokens, at, span, &format!("`{separator}` between rules"));
                }
                at += 1;
            }
        }
        if rules.is_empty() {
            return Err(Doubt::new(span, DEFINITION, "macros must contain at least one rule"));
        }
        let transparency = Transparency::of_definition(macro_rules);
        Ok(Macro { ident, span, transparency, edition, local_inner_macros: false, home: Home::default(), rules })
    }

    /// Expands a call that stands in what `parent` wrote. `arguments` is what is between the call's delimiters.
    pub fn expand(
        &self,
        session: &mut Session,
        parent: ExpnId,
        call_site: Span,
        arguments: &TokenStream,
    ) -> Result<(ExpnId, TokenStream)> {
        if session.hygiene.depth(parent) >= session.limits.recursion {
            let limit = session.limits.recursion;
            let message = format!("recursion limit of {limit} reached while expanding `{}!`", self.ident.name);
            return Err(Doubt::new(call_site, CALL, message));
        }
        let (rule, matched) = match doc::desugared(arguments) {
            Some(arguments) => self.choose(session, call_site, &arguments)?,
            None => self.choose(session, call_site, arguments)?,
        };
        let id = session.hygiene.fresh(ExpnData {
            kind: ExpnKind::Macro(MacroKind::Bang, self.ident.name),
            parent,
            call_site,
            def_site: self.span,
            edition: self.edition,
            local_inner_macros: self.local_inner_macros,
            home: self.home,
        });
        let tokens = transcribe::transcribe(session, self, &rule.body, rule.span, &matched, id)?;
        match TokenStream::new(tokens) {
            Some(stream) => Ok((id, stream)),
            None => Err(Doubt::new(call_site, CALL, "the expansion is nested too deeply")),
        }
    }

    fn choose(&self, session: &Session, call_site: Span, arguments: &TokenStream) -> Result<(&Rule, Matched)> {
        // Of the rules that do not match, the one that read furthest says best what is wrong.
        let mut furthest: Option<(usize, Box<Doubt>)> = None;
        for rule in &self.rules {
            match matcher::match_rule(&session.hygiene, self.ident, &rule.steps, arguments, call_site)? {
                Outcome::Matched(matched) => return Ok((rule, matched)),
                Outcome::Failed(position, doubt) => {
                    if furthest.as_ref().is_none_or(|(best, _)| position > *best) {
                        furthest = Some((position, doubt));
                    }
                }
            }
        }
        match furthest {
            Some((_, doubt)) => Err(doubt),
            None => Err(Doubt::new(call_site, CALL, "the macro has no rules")),
        }
    }
}

/// Rules of attributes and derives are not expanded.
fn reject_rule_kind(token: &Token, next: Option<&Token>) -> Result<()> {
    let what = match token.plain_name().map(Symbol::as_str) {
        Some("attr") => "attribute rules of macros",
        Some("derive") => "derive rules of macros",
        Some("unsafe") if next.is_some_and(|next| next.plain_name().is_some()) => "unsafe attribute rules of macros",
        _ => return Ok(()),
    };
    Err(Doubt::new(token.span, DEFINITION, format!("{what} are not supported")))
}

fn missing<T>(tokens: &[Token], at: usize, span: Span, what: &str) -> Result<T> {
    match tokens.get(at) {
        Some(token) => {
            Err(Doubt::new(token.span, DEFINITION, format!("expected {what}, found {}", describe(token.kind))))
        }
        None => Err(Doubt::new(span, DEFINITION, format!("the definition ends where {what} is expected"))),
    }
}

/// A token in a message.
pub(crate) fn describe(kind: TokenKind) -> String {
    match kind {
        TokenKind::Eof => "the end of the arguments".to_owned(),
        TokenKind::Open(Delim::Invisible(_)) | TokenKind::Close(Delim::Invisible(_)) => {
            "a captured macro fragment".to_owned()
        }
        _ => format!("`{kind}`"),
    }
}

/// Is this the word `crate`, as `$crate` needs it?
pub(crate) fn is_crate(name: Symbol, raw: bool) -> bool {
    name == kw::CRATE && !raw
}
