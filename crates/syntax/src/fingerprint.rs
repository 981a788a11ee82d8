//! Has an item changed, or only a function's body? (rustc has no counterpart: it hashes what it resolved.)
//!
//! A fingerprint is a hash of tokens: it does not depend on where they stand, nor on white space and comments, and is the
//! same in every run. An item's hash leaves out the bodies of functions in it; each body has one of its own. So an edit
//! of a body changes that body's hash and nothing else, and an edit of anything else changes its item's.
//!
//! White space does count where a program can see it: between the tokens that a macro or an attribute gets, since
//! `stringify!` shows whether they touch. Doc comments are attributes, hence tokens. What does not count and can be seen are
//! lines and columns, as in `line!()` and in panics' places: whoever keeps code keeps those apart.

use crate::ast::*;
use crate::stream::TokenStream;
use crate::token::{Delim, LitKind, Spacing, Token, TokenKind};

/// A hash of tokens.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct Fingerprint(pub [u8; 16]);

/// The fingerprints of a file.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Fingerprints {
    /// Each item of the file and of its modules, traits, impls and extern blocks, in the order of the text. Items inside
    /// of bodies belong to those.
    pub items: Vec<ItemFingerprint>,
    /// The body of each function among them, in the order of the text.
    pub bodies: Vec<BodyFingerprint>,
}

/// An item's fingerprint.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct ItemFingerprint {
    /// The item.
    pub item: ItemId,
    /// Of all its tokens but for bodies, attributes included.
    pub hash: Fingerprint,
}

/// A body's fingerprint.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct BodyFingerprint {
    /// The function.
    pub item: ItemId,
    /// Of the tokens from brace to brace.
    pub hash: Fingerprint,
    /// `const fn`: what it does can be part of types.
    pub is_const: bool,
}

/// The fingerprints of a file with these tokens. Its time is that of the tokens times the depth of modules.
pub fn of_file(ast: &Ast, file: &File, tokens: &TokenStream) -> Fingerprints {
    let mut found = Fingerprints::default();
    // Modules may be nested deeply: no recursion.
    let mut todo: Vec<ItemId> = ast[file.items].iter().rev().copied().collect();
    let mut order = Vec::new();
    while let Some(id) = todo.pop() {
        order.push(id);
        todo.extend(ast[children(ast, id)].iter().rev());
    }
    // The bodies in the order of the text, so that those of an item are a range.
    let mut bodies = Vec::new();
    for &id in &order {
        if let ItemKind::Fn(function) = ast[id].kind
            && ast[function].body.is_some()
        {
            bodies.push((id, ast[function].body_tokens));
        }
    }
    for &id in &order {
        let range = ast[id].tokens;
        let first = bodies.partition_point(|(_, body)| body.lo < range.lo);
        let mut hasher = Hasher::default();
        let mut at = range.lo;
        for (_, body) in bodies[first..].iter().take_while(|(_, body)| body.hi <= range.hi) {
            hasher.tokens(tokens, TokenRange { lo: at, hi: body.lo });
            hasher.byte(BODY);
            at = body.hi;
        }
        hasher.tokens(tokens, TokenRange { lo: at, hi: range.hi });
        found.items.push(ItemFingerprint { item: id, hash: hasher.finish() });
    }
    for (item, range) in bodies {
        let mut hasher = Hasher::default();
        hasher.tokens(tokens, range);
        let is_const = match ast[item].kind {
            ItemKind::Fn(function) => ast[function].header.constness != Constness::No,
            _ => false,
        };
        found.bodies.push(BodyFingerprint { item, hash: hasher.finish(), is_const });
    }
    found
}

/// The fingerprint of any tokens.
pub fn of_tokens(tokens: &TokenStream) -> Fingerprint {
    let mut hasher = Hasher::default();
    hasher.tokens(tokens, TokenRange { lo: 0, hi: tokens.len() as u32 });
    hasher.finish()
}

fn children(ast: &Ast, id: ItemId) -> List<ItemId> {
    match ast[id].kind {
        ItemKind::Mod(_, _, ModKind::Inline(items, _)) => items,
        ItemKind::ForeignMod(foreign) => foreign.items,
        ItemKind::Trait(id) => ast[id].items,
        ItemKind::Impl(id) => ast[id].items,
        _ => List::EMPTY,
    }
}

/// Stands for a body that is left out.
const BODY: u8 = 0xff;

#[derive(Default)]
struct Hasher {
    hasher: blake3::Hasher,
    /// What was not given to the hasher yet, which prefers large pieces.
    buffer: Vec<u8>,
}

impl Hasher {
    fn byte(&mut self, byte: u8) {
        self.buffer.push(byte);
    }

    fn text(&mut self, text: &str) {
        self.buffer.extend_from_slice(&(text.len() as u32).to_le_bytes());
        self.buffer.extend_from_slice(text.as_bytes());
    }

    fn tokens(&mut self, stream: &TokenStream, range: TokenRange) {
        let tokens = stream.tokens();
        let range = range.lo as usize..(range.hi as usize).min(tokens.len());
        // Up to where white space counts: the end of the outermost macro call or attribute.
        let mut visible = 0;
        for index in range {
            if index >= visible && gives_tokens(tokens, index) {
                visible = index + tokens[index].pair as usize;
            }
            self.token(&tokens[index], index < visible);
            if self.buffer.len() >= 1 << 12 {
                self.hasher.update(&self.buffer);
                self.buffer.clear();
            }
        }
    }

    fn token(&mut self, token: &Token, spacing: bool) {
        if spacing {
            self.byte(match token.spacing {
                Spacing::Alone => 0xfe,
                Spacing::Joint => 0xfd,
                Spacing::JointHidden => 0xfc,
            });
        }
        match token.kind {
            TokenKind::Open(delim) => self.byte(1 + delim_code(delim)),
            TokenKind::Close(delim) => self.byte(5 + delim_code(delim)),
            TokenKind::Literal(lit) => {
                let (kind, hashes) = lit_code(lit.kind);
                self.buffer.extend([9, kind, hashes, u8::from(lit.suffix.is_some())]);
                self.text(lit.symbol.as_str());
                if let Some(suffix) = lit.suffix {
                    self.text(suffix.as_str());
                }
            }
            TokenKind::Ident(name, raw) => {
                self.byte(10 + u8::from(raw));
                self.text(name.as_str());
            }
            TokenKind::NtIdent(ident, raw) => {
                self.byte(10 + u8::from(raw));
                self.text(ident.name.as_str());
            }
            TokenKind::Lifetime(name, raw) => {
                self.byte(12 + u8::from(raw));
                self.text(name.as_str());
            }
            TokenKind::NtLifetime(ident, raw) => {
                self.byte(12 + u8::from(raw));
                self.text(ident.name.as_str());
            }
            TokenKind::DocComment(..) => {
                self.byte(14);
                self.text(&token.kind.to_string());
            }
            kind => {
                self.byte(15);
                self.text(kind.punct_str().unwrap_or_default());
            }
        }
    }

    fn finish(mut self) -> Fingerprint {
        self.hasher.update(&self.buffer);
        let mut hash = [0; 16];
        self.hasher.finalize_xof().fill(&mut hash);
        Fingerprint(hash)
    }
}

/// Does a group begin here whose tokens a macro or an attribute gets: `m!(…)`, `macro_rules! m { … }`, `#[…]`?
///
/// It may say so of other groups too: then white space counts there.
fn gives_tokens(tokens: &[Token], index: usize) -> bool {
    if !matches!(tokens[index].kind, TokenKind::Open(_)) {
        return false;
    }
    let before = |distance: usize| index.checked_sub(distance).map(|at| tokens[at].kind);
    let is_name = |kind: Option<TokenKind>| matches!(kind, Some(TokenKind::Ident(..) | TokenKind::NtIdent(..)));
    match before(1) {
        Some(TokenKind::Pound | TokenKind::Bang) => true,
        name => is_name(name) && before(2) == Some(TokenKind::Bang),
    }
}

fn delim_code(delim: Delim) -> u8 {
    match delim {
        Delim::Paren => 0,
        Delim::Bracket => 1,
        Delim::Brace => 2,
        Delim::Invisible(_) => 3,
    }
}

fn lit_code(kind: LitKind) -> (u8, u8) {
    match kind {
        LitKind::Bool => (0, 0),
        LitKind::Byte => (1, 0),
        LitKind::Char => (2, 0),
        LitKind::Integer => (3, 0),
        LitKind::Float => (4, 0),
        LitKind::Str => (5, 0),
        LitKind::StrRaw(n) => (6, n),
        LitKind::ByteStr => (7, 0),
        LitKind::ByteStrRaw(n) => (8, n),
        LitKind::CStr => (9, 0),
        LitKind::CStrRaw(n) => (10, n),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Parsed;
    use crate::span::{Edition, Editions};

    fn parse(source: &str) -> Parsed {
        crate::parse(source, 7, &Editions::new(Edition::E2024)).unwrap()
    }

    fn of(source: &str) -> Fingerprints {
        let parsed = parse(source);
        of_file(&parsed.ast, &parsed.file, &parsed.tokens)
    }

    /// How many items and bodies differ.
    fn changes(before: &str, after: &str) -> (usize, usize) {
        let (before, after) = (of(before), of(after));
        assert_eq!(before.items.len(), after.items.len());
        assert_eq!(before.bodies.len(), after.bodies.len());
        let items = before.items.iter().zip(&after.items).filter(|(a, b)| a.hash != b.hash).count();
        let bodies = before.bodies.iter().zip(&after.bodies).filter(|(a, b)| a.hash != b.hash).count();
        (items, bodies)
    }

    const SOURCE: &str = "
        use a::b;
        #[attr] fn f(x: u8) -> u8 { x + 1 }
        struct S { x: u8 }
        impl S { const fn g() { h(); } fn h() { fn inner() {} m!(a+b) } }
        mod m { fn i() {} trait T { fn j(); fn k() {} } }
    ";

    #[test]
    fn all_items_and_bodies_have_one() {
        let found = of(SOURCE);
        assert_eq!(found.items.len(), 11);
        assert_eq!(found.bodies.len(), 5);
        assert_eq!(found.bodies.iter().filter(|body| body.is_const).count(), 1);
    }

    #[test]
    fn places_white_space_and_comments_do_not_count() {
        let spread =
            SOURCE.replace("{ ", "{\n  // comment\n").replace("x + 1", "x+/* c */1").replace("h();", "h ( ) ;");
        assert_ne!(spread, SOURCE);
        assert_eq!(changes(SOURCE, &spread), (0, 0));
        assert_eq!(changes(SOURCE, &format!("//! not a doc\n{SOURCE}").replace("//!", "//")), (0, 0));
    }

    #[test]
    fn a_body_counts_for_itself_only() {
        assert_eq!(changes(SOURCE, &SOURCE.replace("x + 1", "x + 2")), (0, 1));
        assert_eq!(changes(SOURCE, &SOURCE.replace("fn inner() {}", "fn inner() { 1 }")), (0, 1));
        assert_eq!(changes(SOURCE, &SOURCE.replace("fn i() {}", "fn i() { loop {} }")), (0, 1));
    }

    #[test]
    fn what_is_no_body_counts_for_the_items_around() {
        assert_eq!(changes(SOURCE, &SOURCE.replace("-> u8", "-> u9")), (1, 0));
        assert_eq!(changes(SOURCE, &SOURCE.replace("attr", "other")), (1, 0));
        assert_eq!(changes(SOURCE, &SOURCE.replace("fn f", "/// doc\nfn f")), (1, 0));
        // The method and the impl, the function and the trait and the module.
        assert_eq!(changes(SOURCE, &SOURCE.replace("fn h()", "fn h2()")), (2, 0));
        assert_eq!(changes(SOURCE, &SOURCE.replace("fn j()", "fn j2()")), (3, 0));
    }

    #[test]
    fn what_macros_see_counts() {
        assert_eq!(changes(SOURCE, &SOURCE.replace("m!(a+b)", "m!(a + b)")), (0, 1));
        assert_eq!(changes(SOURCE, &SOURCE.replace("m!(a+b)", "m ! (a+b)")), (0, 0));
        assert_eq!(changes("m!(a b);", "m!(a  b);"), (0, 0));
        assert_eq!(changes("macro_rules! m { (a) => {} }", "macro_rules! m { (a)=> {} }"), (1, 0));
    }

    #[test]
    fn hashes_are_the_same_in_every_run() {
        let Fingerprint(hash) = of_tokens(&parse("fn f() {}").tokens);
        let text: String = hash.iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(text, "a2da2ccc98548b6031e215becab3f450");
    }
}
