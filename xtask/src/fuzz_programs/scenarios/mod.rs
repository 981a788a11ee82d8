//! Scenarios: set pieces around one thing of the language or its library each, with random parts.
//!
//! What random statements seldom make by chance is written down here: drop order, coroutines, collections, threads.

mod basics;
mod foreign;
mod language;
mod library;
mod machine;
mod memory;
mod sharing;

use super::generator::Generator;
use super::types::{INTS, Int, Type};

/// Writes one scenario, a function without parameters that has the given name.
type Scenario = fn(&mut Generator, &str);

/// All scenarios, with the names that `--scenario` knows them by.
pub const SCENARIOS: &[(&str, Scenario)] = &[
    ("drop-order", basics::drop_order),
    ("panic-while-dropping", basics::panic_while_dropping),
    ("async", basics::async_by_hand),
    ("collections", basics::collections),
    ("formatting", basics::formatting),
    ("iterators", basics::iterators),
    ("boxed-closures", basics::boxed_closures),
    ("text", basics::text),
    ("const-generics", basics::const_generics),
    ("shared-ownership", basics::shared_ownership),
    ("sorting", basics::sorting),
    ("wide-arithmetic", basics::wide_arithmetic),
    ("recursion", basics::recursion),
    ("any", basics::any),
    ("threads", sharing::threads_and_atomics),
    ("atomics", sharing::atomics),
    ("turns", sharing::turns),
    ("channels", sharing::channels),
    ("made-once", sharing::made_once),
    ("fences", sharing::fences),
    ("hash-tables", library::hash_tables),
    ("heaps-and-cows", library::heaps_and_cows),
    ("lending", language::lending),
    ("locations", language::locations),
    ("macros", language::macros),
    ("never", language::never),
    ("unsized-tails", language::unsized_tails),
    ("ref-mut", language::ref_mut),
    ("bits", memory::bits),
    ("raw-memory", memory::raw_memory),
    ("large-alignments", memory::large_alignments),
    ("extern-statics", memory::extern_statics),
    ("c-library", foreign::c_library),
    ("c-calls", foreign::c_calls),
    ("c-half", foreign::c_half),
    ("sse2", machine::sse2),
    ("avx2", machine::avx2),
    ("assembly", machine::assembly),
];

impl Generator {
    /// Writes a random scenario, or the one of a name, and gives its function's name.
    pub fn scenario(&mut self, wanted: Option<usize>) -> String {
        let name = self.name("scenario");
        self.variables.clear();
        self.cost = 0;
        let (_, scenario) = match wanted {
            Some(index) => SCENARIOS[index],
            None => *self.rng.pick(SCENARIOS),
        };
        scenario(self, &name);
        name
    }

    fn int(&mut self) -> Type {
        Type::Int(*self.rng.pick(INTS))
    }

    /// An integer type of a width.
    fn int_of(&mut self, bits: u32, signed: bool) -> Int {
        let found = INTS.iter().find(|it| it.bits == bits && it.signed == signed && !it.name.ends_with("size"));
        *found.expect("there are integers of all widths")
    }

    /// A random expression over variables, given as their places and types, that calls nothing costly.
    fn over(&mut self, ty: &Type, variables: &[(&str, Type)]) -> String {
        let before = self.variables.len();
        for (place, ty) in variables {
            self.declare(*place, ty.clone(), false);
        }
        let cost = std::mem::replace(&mut self.cost, super::generator::MAX_COST);
        let text = self.expression(ty, 2);
        self.cost = cost;
        self.variables.truncate(before);
        text
    }

    /// The same, without anything that is told: for threads that run beside others.
    fn quietly(&mut self, ty: &Type, variables: &[(&str, Type)]) -> String {
        let quiet = std::mem::replace(&mut self.quiet, true);
        let text = self.over(ty, variables);
        self.quiet = quiet;
        text
    }

    /// Writes a template, in which `$NAME` and other words in capitals after `$` stand for texts.
    fn template(&mut self, template: &str, words: &[(&str, &str)]) {
        self.line(fill(template, words));
    }
}

/// A template with its words replaced.
fn fill(template: &str, words: &[(&str, &str)]) -> String {
    let mut pieces = template.split('$');
    let mut text = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        let end = piece.find(|it: char| !it.is_ascii_uppercase() && !it.is_ascii_digit()).unwrap_or(piece.len());
        let (word, rest) = piece.split_at(end);
        // What begins otherwise is a `macro_rules` variable of the program's own.
        if !word.starts_with(|it: char| it.is_ascii_uppercase()) {
            text.push('$');
            text.push_str(piece);
            continue;
        }
        let found = words.iter().find(|it| it.0 == word);
        text.push_str(found.unwrap_or_else(|| panic!("nothing is given for ${word}")).1);
        text.push_str(rest);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::fill;

    #[test]
    fn words_are_replaced_and_macro_variables_are_not() {
        let text = fill("fn $NAME_of($A2: u8) { $x($y)* }", &[("NAME", "f1"), ("A2", "b")]);
        assert_eq!(text, "fn f1_of(b: u8) { $x($y)* }");
    }
}
