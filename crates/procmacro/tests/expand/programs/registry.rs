#![allow(dead_code)]

use std::collections::HashMap;

use clap::{Args, Parser, Subcommand, ValueEnum};
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize, Clone, Debug, Default)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Plain<'a, T: Default> {
    /// A doc comment with "quotes".
    first_field: u32,
    #[serde(default = "seven", skip_serializing_if = "Option::is_none")]
    r#type: Option<i64>,
    #[serde(borrow)]
    text: &'a str,
    #[serde(with = "as_text")]
    number: u8,
    generic: Vec<T>,
}

fn seven() -> Option<i64> {
    Some(7)
}

mod as_text {
    use serde::{Deserialize, Deserializer, Serializer};

    pub fn serialize<S: Serializer>(value: &u8, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&value.to_string())
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u8, D::Error> {
        String::deserialize(deserializer).map(|text| text.len() as u8)
    }
}

#[derive(Serialize, Deserialize)]
#[serde(tag = "kind", content = "value")]
enum Tagged {
    Unit,
    New(u8),
    Pair(u8, String),
    #[serde(rename = "struct", alias = "other")]
    Struct { a: HashMap<String, u8>, #[serde(flatten)] rest: HashMap<String, u8> },
}

#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum Untagged<T> {
    One(T),
    Many(Vec<T>),
}

#[derive(Serialize, Deserialize)]
#[serde(transparent)]
struct Wrapper([u8; 3]);

fn large(number: u8) -> bool {
    number > 5
}

#[derive(thiserror::Error, Debug)]
enum Error {
    #[error("cannot read {path}: {source}")]
    Read { path: String, #[source] source: std::io::Error },
    #[error("number {0:?} is {large}", large = large(*.0))]
    Number(u8),
    #[error(transparent)]
    Other(#[from] std::fmt::Error),
}

/// A program.
///
/// It does things.
#[derive(Parser, Debug)]
#[command(version, about, long_about = None)]
struct Options {
    /// How often
    #[arg(short, long, default_value_t = 1, value_parser = clap::value_parser!(u8).range(1..))]
    count: u8,
    #[arg(long, value_enum)]
    color: Option<Color>,
    #[command(flatten)]
    more: More,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Args, Debug)]
struct More {
    #[arg(long, env = "MORE", num_args = 1..)]
    paths: Vec<std::path::PathBuf>,
}

#[derive(Subcommand, Debug)]
enum Command {
    /// Adds
    Add { name: String, #[arg(last = true)] rest: Vec<String> },
    #[command(alias = "rm", hide = true)]
    Remove,
}

#[derive(ValueEnum, Clone, Copy, Debug)]
enum Color {
    Always,
    #[value(name = "auto", alias = "a")]
    Automatic,
}

#[async_trait::async_trait]
trait Fetch<T: Send + Sync + 'static> {
    async fn fetch(&self, key: &str) -> Option<T>;
    async fn all<'a>(&'a mut self, keys: &'a [String]) -> Vec<T>
    where
        T: 'a,
    {
        let mut out = vec![];
        for key in keys {
            out.extend(self.fetch(key).await);
        }
        out
    }
}

struct Nothing;

#[async_trait::async_trait]
impl<T: Send + Sync + 'static> Fetch<T> for Nothing {
    async fn fetch(&self, _key: &str) -> Option<T> {
        None
    }
}

#[tracing::instrument(level = "debug", skip(text), fields(len = text.len(), %other), err)]
async fn traced(text: &str, other: u8, (a, b): (u8, u8)) -> Result<u8, Error> {
    if text.is_empty() {
        return Err(Error::Number(other));
    }
    Ok(a + b)
}

#[tracing::instrument(ret)]
fn traced_too<T: std::fmt::Debug>(value: T) -> T {
    value
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let (one, two) = tokio::join!(async { 1 }, traced("a", 1, (2, 3)));
    tokio::select! {
        biased;
        x = async { one } => drop(x),
        Ok(y) = async { two }, if one > 0 => drop(y),
        else => {}
    }
}

#[cfg(test)]
mod tests {
    #[tokio::test]
    async fn test() {}
}
