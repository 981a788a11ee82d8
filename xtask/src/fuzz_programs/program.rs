//! A whole program of a seed.

use super::generator::{Generator, Passing, Size};
use super::prelude::PRELUDE;
use super::types::Type;

/// A generated program.
#[derive(Clone, Debug)]
pub struct Program {
    pub seed: u64,
    pub text: String,
    /// Whether overflow is checked: it must be the same for all compilers.
    pub overflow_checks: bool,
}

/// Writes the program of a seed: the same for the same seed and size.
pub fn generate(seed: u64, size: Size) -> Program {
    let mut g = Generator::new(seed, size);
    g.first_statics();
    let adts = g.rng.between(2, 6);
    for _ in 0..adts {
        g.adt();
    }
    g.constants();
    for _ in 0..size.functions {
        g.function();
    }
    let mut tasks = Vec::new();
    if g.rng.percent(60) {
        tasks.extend(g.traits());
    }
    let scenarios = g.rng.between(usize::from(size.scenarios > 0), size.scenarios);
    for _ in 0..scenarios {
        let name = g.scenario();
        tasks.push(name);
    }
    let functions = g.functions.clone();
    g.variables.clear();
    g.loops.clear();
    g.result = None;
    g.block("fn main() {", "}", |g| {
        g.line("watch_panics();");
        for index in 0..g.types.adts.len() {
            let args = (0..g.types.adts[index].params).map(|_| g.types.scalar(&mut g.rng)).collect();
            let ty = Type::Adt(index, args);
            let text = g.text(&ty);
            g.line(format!(
                "println!(\"{{}} {{}} {{}}\", size_of::<{text}>(), align_of::<{text}>(), size_of::<Option<{text}>>());"
            ));
        }
        let mut id = 0;
        let mut call = |g: &mut Generator, text: String| {
            id += 1;
            g.line(format!("guarded({}, || {text});", 100_000 + id));
        };
        for name in tasks {
            call(g, format!("{name}()"));
        }
        // The last functions call those before them; all are called here too.
        for function in functions {
            let simple = function.params.iter().all(|it| matches!(it, Passing::Value(_)));
            let times = if simple { 2 } else { 1 };
            for _ in 0..times {
                (g.cost, g.weight) = (super::generator::MAX_COST, 1);
                g.variables.clear();
                let args: Vec<Type> = (0..function.type_params).map(|_| g.plain_type(2)).collect();
                let result = function.result.substitute(&args);
                let text = g.text(&result);
                let id = g.point_id();
                g.block(format!("guarded({id}, || -> {text} {{"), "});", |g| {
                    let prepared = g.prepare_call(&function, &args);
                    g.line(prepared);
                });
            }
        }
        g.line("println!(\"{:x}\", STATE.load(Relaxed));");
    });
    let overflow_checks = g.rng.percent(75);
    let checks = if overflow_checks { "on" } else { "off" };
    let head = format!("// Seed {seed}. Compile with -C overflow-checks={checks}.\n");
    Program { seed, text: format!("{head}{PRELUDE}\n{}\n", g.lines.join("\n")), overflow_checks }
}

#[cfg(test)]
mod tests {
    use super::{Size, generate};

    #[test]
    fn a_program_follows_from_its_seed() {
        for seed in 0..100 {
            let text = generate(seed, Size::default()).text;
            assert_eq!(text, generate(seed, Size::default()).text);
            assert_ne!(text, generate(seed + 1, Size::default()).text);
            assert!(text.lines().count() < 2000, "the program of seed {seed} is too long");
        }
    }
}
