//! What is wrong with a program only once its functions are instantiated: refused at every level, in rustc's words.

use std::path::Path;
use std::process::{Command, Output};

struct Place {
    folder: tempfile::TempDir,
}

impl Place {
    fn new() -> Place {
        Place { folder: tempfile::tempdir().unwrap() }
    }

    fn run(&self, program: impl AsRef<std::ffi::OsStr>, args: &[&str]) -> Output {
        let mut command = Command::new(program);
        command.args(args).current_dir(self.folder.path());
        command.env("BESSEMER_CACHE_DIR", self.folder.path().join("cache"));
        for name in ["RUST_BACKTRACE", "BESSEMER_BACKTRACE", "RUSTFLAGS"] {
            command.env_remove(name);
        }
        command.output().unwrap()
    }

    fn bessemer(&self, args: &[&str]) -> Output {
        self.run(Path::new(env!("CARGO_BIN_EXE_bessemer")), args)
    }

    /// A program is refused by rustc, and by us at every level, with rustc's words of that level.
    #[track_caller]
    fn refused(&self, source: &str) -> String {
        let [plain, optimized] = self.refused_by_rustc(source);
        self.refused_with(source, &plain, &optimized);
        plain
    }

    /// What rustc says of a program without and with optimisation.
    #[track_caller]
    fn refused_by_rustc(&self, source: &str) -> [String; 2] {
        std::fs::write(self.folder.path().join("prog.rs"), source).unwrap();
        ["opt-level=0", "opt-level=3"].map(|level| {
            let rustc = self.run("rustc", &["--edition", "2024", "-C", level, "-o", "prog", "prog.rs"]);
            assert_eq!(rustc.status.code(), Some(1), "rustc accepts this:\n{source}");
            without_end(&String::from_utf8(rustc.stderr).unwrap())
        })
    }

    /// What was written last is refused with these words.
    #[track_caller]
    fn refused_with(&self, source: &str, plain: &str, optimized: &str) {
        for (args, wanted) in [(&["build"][..], plain), (&["build", "--release"], optimized), (&["run"], plain)] {
            let gave = self.bessemer(&[args, &["prog.rs"]].concat());
            let said = String::from_utf8(gave.stderr).unwrap();
            assert_eq!(gave.status.code(), Some(1), "{args:?}:\n{said}\n{source}");
            assert_eq!(without_end(&said), wanted, "{args:?}:\n{source}");
        }
    }

    #[track_caller]
    fn prints(&self, source: &str, args: &[&str], wanted: &str) {
        std::fs::write(self.folder.path().join("prog.rs"), source).unwrap();
        let gave = self.bessemer(&[&["run"], args, &["prog.rs"]].concat());
        assert!(gave.status.success(), "{}\n{source}", String::from_utf8_lossy(&gave.stderr));
        assert_eq!(String::from_utf8_lossy(&gave.stdout), wanted);
    }
}

/// Without how many errors there are, where more can be read of them, and where rustc keeps the full names of long types.
fn without_end(said: &str) -> String {
    let kept = |line: &&str| {
        ![
            "error: aborting due to",
            "For more information about",
            "the full name for the type",
            "using `--verbose` to print",
        ]
        .iter()
        .any(|end| line.contains(end))
    };
    let text: Vec<&str> = said.lines().filter(kept).map(str::trim_end).collect();
    text.join("\n").trim_end().to_owned()
}

/// `check::<u8>()` is in error; what follows needs it, or only mentions it.
fn needing(rest: &str) -> String {
    format!(
        "#![allow(warnings)]\nfn check<T>() {{\n    const {{ assert!(size_of::<T>() != 1, \"one byte\") }}\n}}\n{rest}\nfn main() {{ \
         needs::<u8>(); }}\n"
    )
}

#[test]
fn constants_that_dead_code_needs() {
    let place = Place::new();
    for rest in [
        "fn needs<T>() { check::<T>(); }",
        // Never run.
        "fn needs<T>() { if false { check::<T>(); } }",
        "fn needs<T>() { if true { return } check::<T>(); }",
        "fn needs<T>() { if size_of::<T>() == 2 { check::<T>(); } }",
        "fn inner<T, const B: bool>() { if B { check::<T>(); } }\nfn needs<T>() { inner::<T, false>() }",
        // A pointer to the function.
        "fn needs<T>() { if false { let f: fn() = check::<T>; f() } }",
        "struct Is<T>(T);\nimpl<T> Is<T> { const ALL: [fn(); 1] = [check::<T>]; }\nfn needs<T>() { if false { Is::<T>::ALL[0]() } }",
        // Mentioned by what is only mentioned.
        "fn b<T>() { if false { check::<T>() } }\nfn a<T>() { if false { b::<T>() } }\nfn needs<T>() { if false { a::<T>() } }",
        // Drop glue, of a part and by way of a vector.
        "struct D<T>(T);\nimpl<T> Drop for D<T> { fn drop(&mut self) { check::<T>() } }\nfn needs<T>() { let d: Option<(u8, D<T>)> = \
         None; if false { drop(d) } }",
        // A vtable.
        "trait Show { fn show(&self) {} }\nstruct S<T>(std::marker::PhantomData<T>);\nimpl<T> Show for S<T> { fn show(&self) { \
         check::<T>() } }\nfn needs<T>() { if false { let d: &dyn Show = &S::<T>(std::marker::PhantomData); d.show() } }",
        // Closures: called, as a function pointer, and never made.
        "fn needs<T>() { let f = || if false { check::<T>() }; f() }",
        "fn needs<T>() { if false { let f: fn() = || check::<T>(); f() } }",
    ] {
        let said = place.refused(&needing(rest));
        assert!(said.contains("E0080") && said.contains("one byte"), "{said}");
    }
}

#[test]
fn how_a_constant_came_to_be_needed() {
    let place = Place::new();
    // Through other constants and const functions; over several lines; in a method of an impl.
    for source in [
        "struct Is<T>(T);\nimpl<T> Is<T> {\n    const SMALL: usize = small(size_of::<T>());\n    const TWICE: usize = Self::SMALL * \
         2;\n}\nconst fn small(size: usize) -> usize {\n    deeper(size)\n}\nconst fn deeper(size: usize) -> usize {\n    if size > \
         4 { panic!(\"too big\") } else { size }\n}\nfn f<T>() -> usize {\n    if false { Is::<T>::TWICE } else { 1 }\n}\nfn main() \
         {\n    f::<u64>();\n}\n",
        "fn check<const N: usize>() {\n    const {\n        assert!(\n            N > 3,\n            \"N is too \
         small\"\n        );\n    }\n}\nfn main() {\n    check::<\n        1,\n    >();\n    check::<2>();\n}\n",
        "struct Ring<const N: usize>([u8; N]);\nimpl<const N: usize> Ring<N> {\n    const OK: () = assert!(N.is_power_of_two(), \
         \"no power of two\");\n    fn new() -> Self {\n        let () = Self::OK;\n        Ring([0; N])\n    }\n}\nimpl<const N: \
         usize> Default for Ring<N> {\n    fn default() -> Self {\n        Self::new()\n    }\n}\nfn main() {\n    let ring: Ring<3> = \
         Default::default();\n    println!(\"{}\", ring.0.len());\n}\n",
        "const fn down(n: usize) -> usize {\n    if n == 0 { panic!(\"the end\") } else { down(n - 1) }\n}\nfn f<const N: usize>() -> \
         usize {\n    const { down(N) }\n}\nfn main() {\n    f::<9>();\n}\n",
    ] {
        place.refused(source);
    }
}

/// rustc finds the fault while it inlines, of which nothing is left in metadata. So the bodies are read without inlining, and
/// the words are those of code that is not optimised.
#[test]
fn what_inlining_finds() {
    let place = Place::new();
    let source = "fn check<const N: usize>() -> usize {\n    const { 10 / N }\n}\nmod inner {\n    pub fn f() -> usize {\n        \
                  super::check::<0>() + super::check::<1>()\n    }\n}\nfn main() {\n    inner::f();\n    check::<0>();\n}\n";
    let [plain, optimized] = place.refused_by_rustc(source);
    assert_eq!(plain.matches("error[E0080]").count(), optimized.matches("error[E0080]").count());
    place.refused_with(source, &plain, &plain);
}

#[test]
fn instances_without_end() {
    let place = Place::new();
    for source in [
        "fn f<T>(n: u32, t: T) {\n    if n != 0 { f(n - 1, (t, 1u8)) }\n}\nfn main() {\n    f(3, ());\n}\n",
        // By way of each other, and twice at each step: as a tree, the types and the calls are endless.
        "fn f<T>(n: u32, t: T) {\n    if n != 0 { g(n - 1, (t, 1u8)) }\n}\nfn g<T>(n: u32, t: T) {\n    if n != 0 { f(n - 1, [t]) \
         }\n}\nfn main() {\n    f(3, ());\n}\n",
        "fn f<T: Copy>(n: u32, t: T) {\n    if n != 0 {\n        f(n - 1, (t, t));\n        f(n - 1, [(t, t)]);\n    }\n}\nfn main() \
         {\n    f(3, ());\n}\n",
        // Where no code is needed at all.
        "fn f<T>() {\n    if false { f::<(T,)>() }\n}\nfn main() {\n    f::<u8>();\n}\n",
        // Closures, vtables, associated types.
        "fn f<F: Fn()>(n: u32, run: F) {\n    if n == 0 { run() } else { f(n - 1, || run()) }\n}\nfn main() {\n    f(3, || \
         ());\n}\n",
        "trait Grow {\n    fn grow(&self) -> Box<dyn Grow>;\n}\nstruct S<T>(std::marker::PhantomData<T>);\nimpl<T: 'static> Grow for \
         S<T> {\n    fn grow(&self) -> Box<dyn Grow> {\n        Box::new(S::<(T,)>(std::marker::PhantomData))\n    }\n}\nfn main() \
         {\n    let it: Box<dyn Grow> = Box::new(S::<u8>(std::marker::PhantomData));\n    it.grow();\n}\n",
        "trait Next {\n    type Next: Next;\n}\nstruct S<T>(T);\nimpl<T> Next for S<T> {\n    type Next = S<S<T>>;\n}\nfn step<T: \
         Next>(n: u32) {\n    if n != 0 { step::<T::Next>(n - 1) }\n}\nfn main() {\n    step::<S<u8>>(4);\n}\n",
    ] {
        let said = place.refused(source);
        assert!(said.contains("reached the recursion limit while instantiating"), "{said}");
    }
}

/// A function that nothing needs may need what does not evaluate, however much is inlined.
#[test]
fn unused_functions_are_not_looked_at() {
    let source = "fn check<const N: usize>() -> usize {\n    const { 10 / N }\n}\n#[allow(dead_code)]\nfn unused() -> usize {\n    \
                  check::<0>()\n}\nfn main() {\n    println!(\"{}\", check::<5>());\n}\n";
    Place::new().prints(source, &["--release"], "2\n");
    Place::new().prints(source, &[], "2\n");
}

/// A function of a type that is so many levels deep, which needs that of the next level.
fn levels(attribute: &str, depth: usize) -> String {
    format!(
        "{attribute}\nuse std::marker::PhantomData;\nstruct Zero;\nstruct Next<T>(PhantomData<T>);\ntrait Count {{\n    type \
         Less: Count;\n}}\nimpl Count for Zero {{\n    type Less = Zero;\n}}\nimpl<T: Count> Count for Next<T> {{\n    type Less = \
         T;\n}}\nfn count<T: Count + 'static>() -> usize {{\n    if std::any::TypeId::of::<T>() == std::any::TypeId::of::<Zero>() {{ 0 }} \
         else {{ 1 + count::<T::Less>() }}\n}}\nfn main() {{\n    println!(\"{{}}\", count::<{}Zero{}>());\n}}\n",
        "Next<".repeat(depth),
        ">".repeat(depth)
    )
}

#[test]
fn recursion_limits_are_the_crates() {
    let place = Place::new();
    place.prints(&levels("", 100), &[], "100\n");
    place.prints(&levels("#![recursion_limit = \"300\"]", 200), &["--release"], "200\n");
    let source = "#![recursion_limit = \"5\"]\nfn f<T>(n: u32, t: T) {\n    if n != 0 { f(n - 1, (t,)) }\n}\nfn main() {\n    f(3, \
                  1u8);\n}\n";
    let said = place.refused(source);
    assert!(said.contains("while instantiating `f::<((((((u8,),),),),),)>`"), "{said}");
}

/// Types of iterators mention each other's closures: as trees they are endless.
#[test]
fn types_of_long_chains() {
    let place = Place::new();
    let steps: String =
        (0..24).map(|n| format!("let i = i.map(|v: u64| v ^ {n}).filter(|v| *v != {});\n", 1000 + n)).collect();
    let source = format!(
        "fn main() {{\nlet i = 0..std::hint::black_box(100u64);\n{steps}println!(\"{{}}\", i.sum::<u64>());\n}}\n"
    );
    place.prints(&source, &[], "4950\n");
    place.prints(&source, &["--backend", "llvm", "-g"], "4950\n");
}
