//! A whole program of a seed.

use super::generator::{Generator, Passing, Size};
use super::prelude::PRELUDE;
use super::types::Type;

/// What lines of a program begin with that are in C.
pub const C_LINE: &str = "//c ";

/// A generated program.
#[derive(Clone, Debug)]
pub struct Program {
    pub seed: u64,
    pub text: String,
    /// What all compilers are given: the edition, whether overflow is checked. The first line says so too.
    pub flags: Vec<String>,
}

/// What stands before the flags in a program's first line.
const FLAGS: &str = "Compile with ";

impl Program {
    /// A program with a first line that says how it is compiled, after what it is.
    pub fn new(seed: u64, what: &str, flags: &[&str], text: &str) -> Program {
        let text = format!("// {what}. {FLAGS}{}.\n{text}", flags.join(" "));
        Program { seed, text, flags: flags.iter().map(|&it| it.to_owned()).collect() }
    }

    /// A program from a file, whose first line may say how it is compiled.
    pub fn parse(seed: u64, text: String) -> Program {
        let line = text.lines().next().filter(|it| it.starts_with("//"));
        let flags = line.and_then(|it| it.split_once(FLAGS)).map_or("--edition 2024", |it| it.1.trim_end_matches('.'));
        Program { seed, flags: flags.split_whitespace().map(str::to_owned).collect(), text }
    }

    /// The part that is in C, if there is one.
    pub fn c_half(&self) -> Option<String> {
        let lines: Vec<&str> = self.text.lines().filter_map(|it| it.trim_start().strip_prefix(C_LINE)).collect();
        (!lines.is_empty()).then(|| lines.join("\n") + "\n")
    }
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
    for _ in 0..g.rng.below(3) {
        g.macro_item();
    }
    g.leaver();
    for _ in 0..size.functions {
        g.function();
    }
    let mut tasks = Vec::new();
    if g.rng.percent(60) {
        tasks.extend(g.traits());
    }
    let scenarios = match size.scenario {
        Some(_) => 1,
        None => g.rng.between(usize::from(size.scenarios > 0), size.scenarios),
    };
    for _ in 0..scenarios {
        let name = g.scenario(size.scenario);
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
    let checks = if g.rng.percent(75) { "-Coverflow-checks=on" } else { "-Coverflow-checks=off" };
    let text = format!("{PRELUDE}\n{}\n", g.lines.join("\n"));
    Program::new(seed, &format!("Seed {seed}"), &["--edition", "2024", checks], &text)
}

#[cfg(test)]
mod tests {
    use super::{Program, Size, generate};

    /// What programs must be made of, each with words that are in it alone. The prelude, which all have, does not count.
    const CONSTRUCTS: &[(&str, &str)] = &[
        ("atomics of all widths", "AtomicI16::new"),
        ("orderings of atomics", "Order::AcqRel"),
        ("exchange in a loop", "compare_exchange_weak"),
        ("an atomic pointer", "AtomicPtr::new"),
        ("an atomic made of a pointer", "::from_ptr(&raw mut"),
        ("Arc", "Arc::clone"),
        ("Mutex", "Mutex::new"),
        ("a poisoned lock", "clear_poison"),
        ("Condvar", ".wait_while("),
        ("RwLock", "RwLock::new"),
        ("Barrier", "Barrier::new"),
        ("mpsc", "mpsc::channel"),
        ("mpsc with room", "mpsc::sync_channel"),
        ("thread::spawn", "std::thread::spawn"),
        ("scoped threads", "std::thread::scope(|scope| scope.spawn"),
        ("thread locals", "thread_local!"),
        ("HashMap", "HashMap::default"),
        ("HashSet", "HashSet::default"),
        ("BinaryHeap", "BinaryHeap::new"),
        ("Cow", "Cow::Borrowed"),
        ("ref mut in generated matches", "(ref mut b"),
        ("ref mut in a set piece", "ref mut left"),
        ("transmute in expressions", "std::mem::transmute::<"),
        ("transmute of references and pointers", "transmute::<*const"),
        ("MaybeUninit in expressions", "std::mem::MaybeUninit::<"),
        ("MaybeUninit in arrays", "assume_init_drop"),
        ("ManuallyDrop in expressions", "(*std::mem::ManuallyDrop::new("),
        ("ManuallyDrop of what is dropped", "std::mem::ManuallyDrop::drop(&mut k"),
        ("volatile reads", "std::ptr::read_volatile(&raw const"),
        ("volatile writes", "std::ptr::write_volatile(&raw mut"),
        ("generic associated types", "type Item<'a> where Self: 'a"),
        ("derive(Hash)", "Eq, Ord, Hash)]\n"),
        ("hashes that are told", "&hash_of(&"),
        ("derive(PartialOrd)", "PartialEq, PartialOrd)]"),
        ("track_caller on functions", "#[track_caller] fn f"),
        ("Location", "std::panic::Location::caller()"),
        ("macros that make expressions", "macro_rules! make"),
        ("macros with repetitions", "$($rest:expr),+"),
        ("resume_unwind", "std::panic::resume_unwind(Box::new(("),
        ("resume_unwind of what was caught", "resume_unwind(payload)"),
        ("structs with a tail", "<X: ?Sized>"),
        ("sizes of what has none", "size_of_val(it)"),
        ("never", ") -> ! {"),
        ("types without values", "enum Void"),
        ("alignment of parts", "align(64)"),
        ("alignment to a page", "align(4096)"),
        ("extern statics", "pub safe static"),
        ("LazyLock", "LazyLock::new"),
        ("OnceLock", "OnceLock::new"),
        ("Once", ".call_once("),
        ("fences", "fence(Order::"),
        ("SSE2", "_mm_storeu_si128"),
        ("AVX2", "_mm256_permute4x64_epi64"),
        ("detection of features", "is_x86_feature_detected!"),
        ("inline assembly", "asm!(\"lea {0}, ["),
        ("labels of assembly", "label {"),
        ("assembly with symbols", "asm!(\"call {f}\""),
        ("naked functions", "naked_asm!"),
        ("assembly beside functions", "global_asm!"),
        ("structs by value through C pointers", "std::hint::black_box(f)("),
        ("generated functions through C pointers", "as extern \"C-unwind\" fn("),
        ("snprintf", "snprintf(buffer"),
        ("a part in C", "//c uint64_t"),
        ("calls from C", "_back0("),
        ("structs by value in C's `...`", "va_arg(all, struct"),
    ];

    #[test]
    fn programs_reach_every_construct() {
        let texts: Vec<String> =
            (0..300).map(|seed| generate(seed, Size::default()).text.split_off(super::PRELUDE.len())).collect();
        let missing: Vec<_> = CONSTRUCTS.iter().filter(|it| !texts.iter().any(|text| text.contains(it.1))).collect();
        assert!(missing.is_empty(), "no program has these: {missing:?}");
    }

    #[test]
    fn programs_reach_every_scenario() {
        for (index, (name, _)) in crate::fuzz_programs::scenarios::SCENARIOS.iter().enumerate() {
            let size = Size { functions: 0, scenario: Some(index), ..Size::default() };
            let text = generate(index as u64, size).text;
            assert!(text.contains("scenario"), "the program of {name} has no scenario");
            assert_eq!(text.contains(super::C_LINE), *name == "c-half", "{name}");
        }
    }

    #[test]
    fn a_file_says_how_it_is_compiled() {
        let program = Program::new(3, "Seed 3", &["--edition", "2015", "-Coverflow-checks=off"], "fn main() {}\n");
        assert_eq!(Program::parse(3, program.text).flags, program.flags);
        assert_eq!(Program::parse(0, "fn main() {}\n".to_owned()).flags, ["--edition", "2024"]);
    }

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
