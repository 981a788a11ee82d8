//! Rust's tokens, syntax trees, parser and pretty printer.
pub mod ast;
pub mod doubt;
pub mod lexer;
pub mod span;
pub mod stream;
pub mod symbol;
pub mod token;
