//! An expression language: a tokenizer, a Pratt parser, a compiler to byte code and a stack machine.

use std::collections::HashMap;
use std::fmt;
use std::iter::Peekable;
use std::str::Chars;

#[derive(Debug, Clone, PartialEq)]
enum Token {
    Number(f64),
    Name(String),
    Symbol(char),
}

#[derive(Debug, PartialEq)]
enum Error {
    UnexpectedChar(char),
    UnexpectedToken(Token),
    UnexpectedEnd,
    UnknownName(String),
    StackUnderflow,
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Error::UnexpectedChar(c) => write!(f, "unexpected character {c:?}"),
            Error::UnexpectedToken(token) => write!(f, "unexpected {token:?}"),
            Error::UnexpectedEnd => f.write_str("unexpected end"),
            Error::UnknownName(name) => write!(f, "`{name}` is not defined"),
            Error::StackUnderflow => f.write_str("stack underflow"),
        }
    }
}

fn number(chars: &mut Peekable<Chars<'_>>) -> f64 {
    let mut text = String::new();
    while let Some(c) = chars.next_if(|c| c.is_ascii_digit() || *c == '.') {
        text.push(c);
    }
    text.parse().unwrap_or(f64::NAN)
}

fn tokenize(source: &str) -> Result<Vec<Token>, Error> {
    let mut chars = source.chars().peekable();
    let mut tokens = Vec::new();
    while let Some(&c) = chars.peek() {
        tokens.push(match c {
            ' ' | '\t' => {
                chars.next();
                continue;
            }
            '0'..='9' | '.' => Token::Number(number(&mut chars)),
            'a'..='z' | 'A'..='Z' | '_' => {
                let mut name = String::new();
                while let Some(c) = chars.next_if(|c| c.is_alphanumeric() || *c == '_') {
                    name.push(c);
                }
                Token::Name(name)
            }
            '+' | '-' | '*' | '/' | '^' | '(' | ')' | '=' => Token::Symbol(chars.next().unwrap_or(c)),
            other => return Err(Error::UnexpectedChar(other)),
        });
    }
    Ok(tokens)
}

#[derive(Debug, Clone)]
enum Op {
    Push(f64),
    Load(String),
    Store(String),
    Negate,
    Binary(char),
}

struct Compiler<'t> {
    tokens: &'t [Token],
    code: Vec<Op>,
}

impl Compiler<'_> {
    fn next(&mut self) -> Option<Token> {
        let (first, rest) = self.tokens.split_first()?;
        self.tokens = rest;
        Some(first.clone())
    }

    fn expression(&mut self, least: u8) -> Result<(), Error> {
        match self.next().ok_or(Error::UnexpectedEnd)? {
            Token::Number(value) => self.code.push(Op::Push(value)),
            Token::Name(name) if self.tokens.first() == Some(&Token::Symbol('=')) => {
                self.next();
                self.expression(0)?;
                self.code.push(Op::Store(name));
                return Ok(());
            }
            Token::Name(name) => self.code.push(Op::Load(name)),
            Token::Symbol('-') => {
                self.expression(5)?;
                self.code.push(Op::Negate);
            }
            Token::Symbol('(') => {
                self.expression(0)?;
                match self.next() {
                    Some(Token::Symbol(')')) => {}
                    Some(other) => return Err(Error::UnexpectedToken(other)),
                    None => return Err(Error::UnexpectedEnd),
                }
            }
            other => return Err(Error::UnexpectedToken(other)),
        }
        while let Some(Token::Symbol(op)) = self.tokens.first() {
            let op = *op;
            let (left, right) = match op {
                '+' | '-' => (1, 2),
                '*' | '/' => (3, 4),
                '^' => (8, 7),
                _ => break,
            };
            if left < least {
                break;
            }
            self.next();
            self.expression(right)?;
            self.code.push(Op::Binary(op));
        }
        Ok(())
    }
}

#[derive(Default)]
struct Machine {
    stack: Vec<f64>,
    variables: HashMap<String, f64>,
}

impl Machine {
    fn pop(&mut self) -> Result<f64, Error> {
        self.stack.pop().ok_or(Error::StackUnderflow)
    }

    fn run(&mut self, code: &[Op]) -> Result<f64, Error> {
        for op in code {
            let value = match op {
                Op::Push(value) => *value,
                Op::Load(name) => *self.variables.get(name).ok_or_else(|| Error::UnknownName(name.clone()))?,
                Op::Store(name) => {
                    let value = self.pop()?;
                    self.variables.insert(name.clone(), value);
                    value
                }
                Op::Negate => -self.pop()?,
                Op::Binary(op) => {
                    let (right, left) = (self.pop()?, self.pop()?);
                    match op {
                        '+' => left + right,
                        '-' => left - right,
                        '*' => left * right,
                        '/' => left / right,
                        _ => left.powf(right),
                    }
                }
            };
            self.stack.push(value);
        }
        self.pop()
    }

    fn line(&mut self, source: &str) -> Result<f64, Error> {
        let tokens = tokenize(source)?;
        let mut compiler = Compiler { tokens: &tokens, code: Vec::new() };
        compiler.expression(0)?;
        if let Some(token) = compiler.tokens.first() {
            return Err(Error::UnexpectedToken(token.clone()));
        }
        self.run(&compiler.code)
    }
}

fn main() {
    let mut machine = Machine::default();
    let lines = [
        "1 + 2 * 3",
        "x = 2 ^ 3 ^ 2",
        "y = -(x - 500) / 4",
        "x * y + .5",
        "2 $ 3",
        "(1 + 2",
        "z + 1",
        "1 2",
        "1 / 0",
        ")",
    ];
    for line in lines {
        match machine.line(line) {
            Ok(value) => println!("{line:<22} => {value}"),
            Err(error) => println!("{line:<22} => error: {error}"),
        }
    }
}
