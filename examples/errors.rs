//! Errors with `?`, `From`, sources and `Box<dyn Error>`; `main` returns the last one.

use std::collections::HashMap;
use std::error::Error;
use std::fmt;
use std::num::{ParseFloatError, ParseIntError};
use std::str::FromStr;

#[derive(Debug)]
enum ConfigError {
    Missing(&'static str),
    Syntax { line: usize, text: String },
    Port(ParseIntError),
    Ratio(ParseFloatError),
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ConfigError::Missing(key) => write!(f, "there is no {key}"),
            ConfigError::Syntax { line, text } => write!(f, "line {line}: {text:?} is not KEY = VALUE"),
            ConfigError::Port(_) => f.write_str("the port is not a number"),
            ConfigError::Ratio(_) => f.write_str("the ratio is not a number"),
        }
    }
}

impl Error for ConfigError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            ConfigError::Port(error) => Some(error),
            ConfigError::Ratio(error) => Some(error),
            _ => None,
        }
    }
}

impl From<ParseIntError> for ConfigError {
    fn from(error: ParseIntError) -> Self {
        ConfigError::Port(error)
    }
}

impl From<ParseFloatError> for ConfigError {
    fn from(error: ParseFloatError) -> Self {
        ConfigError::Ratio(error)
    }
}

#[derive(Debug, PartialEq)]
struct Config {
    host: String,
    port: u16,
    ratio: Option<f32>,
}

impl FromStr for Config {
    type Err = ConfigError;

    fn from_str(text: &str) -> Result<Config, ConfigError> {
        let mut values = HashMap::new();
        for (index, line) in text.lines().enumerate() {
            let syntax = || ConfigError::Syntax { line: index + 1, text: line.to_owned() };
            let (key, value) = line.split_once('=').ok_or_else(syntax)?;
            values.insert(key.trim(), value.trim());
        }
        let get = |key| values.get(key).copied().ok_or(ConfigError::Missing(key));
        Ok(Config {
            host: get("host")?.to_owned(),
            port: get("port")?.parse()?,
            ratio: values.get("ratio").map(|ratio| ratio.parse()).transpose()?,
        })
    }
}

fn chain(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(error) = source {
        text += &format!(": {error}");
        source = error.source();
    }
    text
}

fn sum(numbers: &str) -> Result<u8, Box<dyn Error + Send + Sync>> {
    let mut sum = 0u8;
    for number in numbers.split_whitespace() {
        sum = sum.checked_add(number.parse::<u8>()?).ok_or_else(|| format!("{sum} + {number} is too much"))?;
    }
    if sum == 0 {
        return Err("nothing to add".into());
    }
    Ok(sum)
}

fn main() -> Result<(), Box<dyn Error>> {
    let texts = [
        "host = localhost\nport = 8080",
        "host = localhost\nport = 80800\nratio = 1",
        "host = ::1\nport = 22\nratio = much",
        "port = 22",
        "host = a\nnonsense",
        "host=b\nport=1\nratio=0.5",
    ];
    for text in texts {
        match text.parse::<Config>() {
            Ok(config) => println!("{config:?}"),
            Err(error) => println!("{}", chain(&error)),
        }
    }
    for numbers in ["1 2 3", "200 100", "1 -1", "", "256"] {
        match sum(numbers) {
            Ok(sum) => println!("{sum}"),
            Err(error) if error.is::<ParseIntError>() => println!("not a number: {error}"),
            Err(error) => println!("{error}"),
        }
    }
    let config: Config = "host = last\nport = none".parse()?;
    println!("not reached: {config:?}");
    Ok(())
}
