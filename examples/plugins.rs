//! Filters for text behind `dyn` traits, found by name, with downcasts, supertraits and upcasts.

use std::any::Any;
use std::collections::BTreeMap;
use std::fmt::{self, Debug, Display};

trait Named {
    fn name(&self) -> String;
}

trait Filter: Named + Any {
    fn apply(&mut self, line: &str) -> Option<String>;

    fn finish(&mut self) -> Vec<String> {
        Vec::new()
    }
}

struct Upper;
struct Grep(String);
#[derive(Default)]
struct Number {
    next: u32,
}
struct Custom<F>(&'static str, F);

impl Named for Upper {
    fn name(&self) -> String {
        "upper".into()
    }
}
impl Filter for Upper {
    fn apply(&mut self, line: &str) -> Option<String> {
        Some(line.to_uppercase())
    }
}

impl Named for Grep {
    fn name(&self) -> String {
        format!("grep {:?}", self.0)
    }
}
impl Filter for Grep {
    fn apply(&mut self, line: &str) -> Option<String> {
        line.contains(&self.0).then(|| line.to_owned())
    }
}

impl Named for Number {
    fn name(&self) -> String {
        "number".into()
    }
}
impl Filter for Number {
    fn apply(&mut self, line: &str) -> Option<String> {
        self.next += 1;
        Some(format!("{:>2}: {line}", self.next))
    }
    fn finish(&mut self) -> Vec<String> {
        vec![format!("-- {} lines", self.next)]
    }
}
impl Drop for Number {
    fn drop(&mut self) {
        println!("(the counter stood at {})", self.next);
    }
}

impl<F> Named for Custom<F> {
    fn name(&self) -> String {
        self.0.into()
    }
}
impl<F: FnMut(&str) -> Option<String> + 'static> Filter for Custom<F> {
    fn apply(&mut self, line: &str) -> Option<String> {
        (self.1)(line)
    }
}

type Factory = Box<dyn Fn(&str) -> Box<dyn Filter>>;

struct Registry(BTreeMap<&'static str, Factory>);

impl Registry {
    fn new() -> Registry {
        let mut factories: BTreeMap<&'static str, Factory> = BTreeMap::new();
        factories.insert("upper", Box::new(|_| Box::new(Upper)));
        factories.insert("grep", Box::new(|text| Box::new(Grep(text.to_owned()))));
        factories.insert("number", Box::new(|_| Box::<Number>::default()));
        factories.insert(
            "unique",
            Box::new(|_| {
                let mut last = None;
                Box::new(Custom("unique", move |line: &str| {
                    let line = Some(line.to_owned());
                    if line == last {
                        return None;
                    }
                    last.clone_from(&line);
                    line
                }))
            }),
        );
        Registry(factories)
    }

    fn pipeline(&self, description: &str) -> Result<Vec<Box<dyn Filter>>, String> {
        let make = |part: &str| {
            let (name, argument) = part.trim().split_once(' ').unwrap_or((part.trim(), ""));
            self.0.get(name).map(|factory| factory(argument)).ok_or_else(|| format!("no filter is called {name:?}"))
        };
        description.split('|').map(make).collect()
    }
}

impl Debug for dyn Filter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let named: &dyn Named = self;
        write!(f, "<{}>", named.name())
    }
}

fn run(filters: &mut [Box<dyn Filter>], lines: &[&str]) -> Vec<String> {
    let mut output: Vec<String> = lines
        .iter()
        .filter_map(|line| filters.iter_mut().try_fold(line.to_string(), |line, filter| filter.apply(&line)))
        .collect();
    output.extend(filters.iter_mut().flat_map(|filter| filter.finish()));
    output
}

fn main() {
    let registry = Registry::new();
    let lines = ["alpha beta", "alpha beta", "gamma", "beta", "delta beta"];
    for description in ["upper", "grep beta | unique | number", "number | nonesuch"] {
        match registry.pipeline(description) {
            Ok(mut filters) => {
                println!("{filters:?}\n  {}", run(&mut filters, &lines).join("\n  "));
                let counters = filters.iter().filter(|filter| (&***filter as &dyn Any).is::<Number>()).count();
                println!("{counters} of {} count", filters.len());
            }
            Err(error) => println!("{description}: {}", &error as &dyn Display),
        }
    }
}
