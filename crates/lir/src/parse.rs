//! Reads the text form that [`crate::text`] writes.
//!
//! Text written by hand may be shorter than what the printer writes: `module` and `source` may be left out; a call may
//! spell its signature (`call (i32) -> i32 @f(v0)`) and name a symbol that no table has (then it is entered as a
//! function in calls, as data in `symbol_addr`); `align` of a memory access is 1 where it is not written; data objects
//! may hold little-endian integers (`i32 5, i8 -1`).
//!
//! Any input gives a module or an error with its place. The grammar has no recursion, and memory is linear in the text.

mod function;
mod inst;
mod lexer;
mod module;

use crate::{Function, Module, Type};
use lexer::{Lexer, Token, TokenKind};
use std::fmt;
use std::sync::Arc;

/// Why a text is not LIR.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ParseError {
    /// From 1.
    pub line: usize,
    /// From 1, in characters.
    pub column: usize,
    /// What the parser expected, and what it found.
    pub message: String,
}

impl fmt::Display for ParseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}", self.line, self.column, self.message)
    }
}

impl std::error::Error for ParseError {}

/// Reads a module. The result is what the text says, which need not hold the verifier's rules.
pub fn parse_module(text: &str) -> Result<Module, ParseError> {
    let mut parser = Parser::new(text)?;
    let module = module::module(&mut parser);
    module.map_err(|error| error.place(text))
}

/// Reads one function.
pub fn parse_function(text: &str) -> Result<Function, ParseError> {
    let mut parser = Parser::new(text)?;
    let function = function::function(&mut parser).and_then(|function| {
        parser.end()?;
        Ok(function)
    });
    function.map_err(|error| error.place(text))
}

/// An error with the byte offset of its place.
struct Error {
    offset: usize,
    message: String,
}

type Result<T, E = Error> = std::result::Result<T, E>;

impl Error {
    fn place(self, text: &str) -> ParseError {
        let before = text.get(..self.offset).unwrap_or(text);
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        ParseError {
            line: before.matches('\n').count() + 1,
            column: before[line_start..].chars().count() + 1,
            message: self.message,
        }
    }
}

/// One token ahead of the text.
struct Parser<'s> {
    lexer: Lexer<'s>,
    token: Token<'s>,
}

impl<'s> Parser<'s> {
    fn new(text: &'s str) -> Result<Parser<'s>, ParseError> {
        let mut lexer = Lexer::new(text);
        let token = lexer.next().map_err(|error| error.place(text))?;
        Ok(Parser { lexer, token })
    }

    /// An error at the current token.
    fn error<T>(&self, message: impl Into<String>) -> Result<T> {
        Err(Error { offset: self.token.offset, message: message.into() })
    }

    /// An error that something else was expected than the current token.
    fn expected<T>(&self, what: &str) -> Result<T> {
        self.error(format!("expected {what}, found {}", self.token.kind))
    }

    /// Takes the current token and goes to the next.
    fn next(&mut self) -> Result<TokenKind<'s>> {
        let next = self.lexer.next()?;
        Ok(std::mem::replace(&mut self.token, next).kind)
    }

    fn end(&self) -> Result<()> {
        if self.token.kind == TokenKind::End { Ok(()) } else { self.expected("the end") }
    }

    fn at_punct(&self, punct: &str) -> bool {
        matches!(self.token.kind, TokenKind::Punct(found) if found == punct)
    }

    /// Takes a punctuation mark if it is there.
    fn eat(&mut self, punct: &str) -> Result<bool> {
        let found = self.at_punct(punct);
        if found {
            self.next()?;
        }
        Ok(found)
    }

    fn expect(&mut self, punct: &str) -> Result<()> {
        if self.eat(punct)? { Ok(()) } else { self.expected(&format!("`{punct}`")) }
    }

    /// The current token, if it is a word.
    fn word(&self) -> Option<&'s str> {
        match self.token.kind {
            TokenKind::Word(word) => Some(word),
            _ => None,
        }
    }

    /// The current token, if it is a word that is not the first on its line.
    fn word_on_line(&self) -> Option<&'s str> {
        self.word().filter(|_| !self.token.starts_line)
    }

    /// Takes a word if it is there, on the same line.
    fn eat_flag(&mut self, word: &str) -> Result<bool> {
        let found = self.word_on_line() == Some(word);
        if found {
            self.next()?;
        }
        Ok(found)
    }

    fn expect_word(&mut self, word: &str) -> Result<()> {
        if self.word() != Some(word) {
            return self.expected(&format!("`{word}`"));
        }
        self.next().map(drop)
    }

    /// Takes a word that `from_name` knows.
    fn named<T>(&mut self, what: &str, from_name: impl Fn(&str) -> Option<T>) -> Result<T> {
        match self.word().and_then(from_name) {
            Some(found) => {
                self.next()?;
                Ok(found)
            }
            None => self.expected(what),
        }
    }

    fn ty(&mut self) -> Result<Type> {
        self.named("a type", Type::from_name)
    }

    /// Takes a word made of `prefix` and a number.
    fn entity(&mut self, prefix: &str) -> Result<u32> {
        self.named(&format!("{prefix} and a number"), |word| entity_number(word, prefix))
    }

    /// As [`Parser::entity`], for a definition in a table: the number must be the next one.
    fn table_entity(&mut self, prefix: &str, next: usize) -> Result<()> {
        match self.word().and_then(|word| entity_number(word, prefix)) {
            Some(number) if number as usize == next => self.next().map(drop),
            _ => self.expected(&format!("`{prefix}{next}`")),
        }
    }

    /// Takes `word` + number if it is there.
    fn eat_entity(&mut self, prefix: &str) -> Result<Option<u32>> {
        let found = self.word().and_then(|word| entity_number(word, prefix));
        if found.is_some() {
            self.next()?;
        }
        Ok(found)
    }

    /// An unsigned integer.
    fn uint(&mut self) -> Result<u128> {
        let TokenKind::Number(digits) = self.token.kind else { return self.expected("a number") };
        let value = match digits.strip_prefix("0x") {
            Some(digits) => u128::from_str_radix(digits, 16),
            None => digits.parse(),
        };
        let Ok(value) = value else { return self.error(format!("`{digits}` is not a number that fits")) };
        self.next()?;
        Ok(value)
    }

    /// An unsigned integer of a smaller type.
    fn small<T: TryFrom<u128>>(&mut self) -> Result<T> {
        let offset = self.token.offset;
        let value = self.uint()?;
        T::try_from(value).map_err(|_| Error { offset, message: format!("{value} is too large here") })
    }

    /// Whether a minus was taken, and the number.
    fn signed(&mut self) -> Result<(bool, u128)> {
        let negative = self.eat("-")?;
        Ok((negative, self.uint()?))
    }

    fn i128(&mut self) -> Result<i128> {
        let offset = self.token.offset;
        let (negative, magnitude) = self.signed()?;
        let value = if negative { 0i128.checked_sub_unsigned(magnitude) } else { i128::try_from(magnitude).ok() };
        value.ok_or_else(|| Error { offset, message: "the number is too large here".to_owned() })
    }

    /// `(number)`
    fn paren<T: TryFrom<u128>>(&mut self) -> Result<T> {
        self.expect("(")?;
        let value = self.small()?;
        self.expect(")")?;
        Ok(value)
    }

    /// `(number, number)`
    fn paren_pair<T: TryFrom<u128>, U: TryFrom<u128>>(&mut self) -> Result<(T, U)> {
        self.expect("(")?;
        let first = self.small()?;
        self.expect(",")?;
        let second = self.small()?;
        self.expect(")")?;
        Ok((first, second))
    }

    /// ` + 8`, ` - 8` or nothing.
    fn offset(&mut self) -> Result<i64> {
        let negative = self.at_punct("-");
        if !negative && !self.at_punct("+") {
            return Ok(0);
        }
        let offset = self.token.offset;
        self.next()?;
        let magnitude: u64 = self.small()?;
        let value = if negative { 0i64.checked_sub_unsigned(magnitude) } else { 0i64.checked_add_unsigned(magnitude) };
        value.ok_or_else(|| Error { offset, message: "the offset is too large".to_owned() })
    }

    /// ` + 8` or nothing.
    fn unsigned_offset(&mut self) -> Result<u64> {
        if self.eat("+")? { self.small() } else { Ok(0) }
    }

    fn bytes(&mut self) -> Result<Vec<u8>> {
        match &mut self.token.kind {
            TokenKind::Text(bytes) => {
                let bytes = std::mem::take(bytes);
                self.next()?;
                Ok(bytes)
            }
            _ => self.expected("a text in quotes"),
        }
    }

    fn text(&mut self) -> Result<String> {
        let offset = self.token.offset;
        let bytes = self.bytes()?;
        String::from_utf8(bytes).map_err(|_| Error { offset, message: "the text is not UTF-8".to_owned() })
    }

    fn paren_text(&mut self) -> Result<String> {
        self.expect("(")?;
        let text = self.text()?;
        self.expect(")")?;
        Ok(text)
    }

    /// `@name`
    fn symbol_name(&mut self) -> Result<Arc<str>> {
        match self.token.kind {
            TokenKind::Symbol(name) => {
                self.next()?;
                Ok(Arc::from(name))
            }
            TokenKind::Punct("@") => {
                self.next()?;
                Ok(Arc::from(self.text()?))
            }
            _ => self.expected("a symbol"),
        }
    }

    /// Items with commas between them up to the mark `close`.
    fn list<T>(&mut self, close: &str, mut item: impl FnMut(&mut Self) -> Result<T>) -> Result<Vec<T>> {
        let mut items = Vec::new();
        while !self.eat(close)? {
            if !items.is_empty() {
                self.expect(",")?;
            }
            items.push(item(self)?);
        }
        Ok(items)
    }
}

/// The number in `prefix` + number, written as the printer writes it.
fn entity_number(word: &str, prefix: &str) -> Option<u32> {
    let digits = word.strip_prefix(prefix)?;
    let plain = digits == "0" || digits.starts_with(|c: char| ('1'..='9').contains(&c));
    if plain { digits.parse().ok() } else { None }
}
