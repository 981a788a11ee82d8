//! A command line tool: arguments, a report, and `process::exit` from the depth of it.
//@ args: --base 16 ff 10 -x zz --quiet 7

use std::collections::VecDeque;
use std::env;
use std::process;

struct Options {
    base: u32,
    quiet: bool,
    numbers: Vec<String>,
}

/// Only what runs to its end is dropped.
struct Report(Vec<String>);

impl Drop for Report {
    fn drop(&mut self) {
        println!("the report is dropped, which it should not be");
    }
}

fn usage(problem: &str) -> ! {
    eprintln!("error: {problem}\nusage: sum [--base N] [--quiet] NUMBER...");
    process::exit(2)
}

fn parse(mut args: VecDeque<String>) -> Options {
    let mut options = Options { base: 10, quiet: false, numbers: Vec::new() };
    while let Some(arg) = args.pop_front() {
        match arg.as_str() {
            "--base" => {
                let value = args.pop_front().unwrap_or_else(|| usage("--base needs a number"));
                options.base = match value.parse() {
                    Ok(base @ 2..=36) => base,
                    Ok(base) => usage(&format!("there is no base {base}")),
                    Err(error) => usage(&format!("{value}: {error}")),
                };
            }
            "--quiet" => options.quiet = true,
            "-x" => eprintln!("warning: -x does nothing"),
            _ if arg.starts_with("--") => usage(&format!("unknown option {arg}")),
            _ => options.numbers.push(arg),
        }
    }
    options
}

fn main() {
    let options = parse(env::args().skip(1).collect());
    let mut report = Report(Vec::new());
    let mut failures = 0;
    let sum: i64 = options
        .numbers
        .iter()
        .filter_map(|number| {
            let value = i64::from_str_radix(number, options.base);
            report.0.push(match &value {
                Ok(value) => format!("{number} is {value}"),
                Err(error) => {
                    failures += 1;
                    format!("{number}: {error}")
                }
            });
            value.ok()
        })
        .sum();
    println!("{}", report.0.join("\n"));
    if !options.quiet {
        println!("in base {}", options.base);
    }
    print!("the sum is {sum}, without an end of line");
    process::exit(40 + failures + i32::from(options.quiet));
}
